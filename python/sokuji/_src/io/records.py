"""Record files: tf.python_io.TFRecordWriter and tf_record_iterator, tf.io.TFRecordWriter, with zlib and gzip."""

import os
import struct
import zlib

from sokuji import _core
from sokuji._src.core import errors


class TFRecordCompressionType:
    """How a TFRecord file is compressed."""

    NONE, ZLIB, GZIP = 0, 1, 2

    def __init__(self, *args, **kwargs):
        pass


class TFRecordOptions:
    """How a TFRecord file is written: compression_type "", "ZLIB" or "GZIP"."""

    compression_type_map = {0: "", 1: "ZLIB", 2: "GZIP"}

    def __init__(self, compression_type=None, flush_mode=None, input_buffer_size=None, output_buffer_size=None, window_bits=None,
                 compression_level=None, compression_method=None, mem_level=None, compression_strategy=None):  # fmt: skip
        self.get_compression_type_string(compression_type)
        self.compression_type, self.compression_level = compression_type, compression_level

    @classmethod
    def get_compression_type_string(cls, options):
        """'' , 'ZLIB' or 'GZIP' of options, a name or a number."""
        if options is None:
            return ""
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        name = cls.compression_type_map.get(options, options)
        if name not in ("", "ZLIB", "GZIP"):
            raise ValueError("Not a valid compression_type: %r" % (options,))
        return name


class TFRecordOptions_1(TFRecordOptions):
    """tf.python_io.TFRecordOptions of 1.x."""

    def __init__(self, compression_type):
        super().__init__(compression_type)


TFRecordOptions_1.__name__ = TFRecordOptions_1.__qualname__ = "TFRecordOptions"


class TFRecordWriter:
    """Writes records, each with checksums, to a file."""

    def __init__(self, path, options=None):
        kind = TFRecordOptions.get_compression_type_string(options)
        try:
            self._file = open(os.fspath(path), "wb")
        except OSError as e:
            raise errors.from_os(e, path) from None
        level = options.compression_level if isinstance(options, TFRecordOptions) and options.compression_level is not None else -1
        self._packer = {"": None, "ZLIB": zlib.compressobj(level), "GZIP": zlib.compressobj(level, zlib.DEFLATED, 31)}[kind]

    def write(self, record):
        if self._file is None:
            raise errors.FailedPreconditionError(None, None, "Writer is closed.")
        if isinstance(record, _core.Handle):
            record = record.numpy()
        if isinstance(record, str):
            record = record.encode()
        if not isinstance(record, (bytes, bytearray, memoryview)):
            raise TypeError("a record is bytes or a string, not %s" % type(record).__name__)
        framed = _core.record_frame(bytes(record))
        self._file.write(framed if self._packer is None else self._packer.compress(framed))

    def flush(self):
        if self._file is None:
            raise errors.FailedPreconditionError(None, None, "Writer is closed.")
        if self._packer is not None:
            self._file.write(self._packer.flush(zlib.Z_SYNC_FLUSH))
        self._file.flush()

    def close(self):
        if self._file is not None:
            if self._packer is not None:
                self._file.write(self._packer.flush())
            self._file.close()
            self._file = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        if getattr(self, "_file", None) is not None:
            self.close()


def _unpacked(path, kind):
    """Records of a compressed file."""
    import gzip

    try:
        with open(path, "rb") as f:
            packed = f.read()
        content = gzip.decompress(packed) if kind == "GZIP" else zlib.decompress(packed)
    except OSError as e:
        raise (errors.from_os(e, path) if e.errno else errors.DataLossError(None, None, "%s: %s" % (path, e))) from None
    except (zlib.error, EOFError) as e:
        raise errors.DataLossError(None, None, "%s: %s" % (path, e)) from None
    at = 0
    while at < len(content):
        if at + 12 > len(content):
            raise errors.DataLossError(None, None, "truncated record at %d" % at)
        (n,) = struct.unpack_from("<Q", content, at)
        record = content[at + 12 : at + 12 + n]
        if len(record) < n or _core.record_frame(record) != content[at : at + 16 + n]:
            raise errors.DataLossError(None, None, "corrupted record at %d" % at)
        yield record
        at += 16 + n


def tf_record_iterator(path, options=None):
    """The records of a file, as bytes."""
    path = os.fspath(path)
    path = path.decode() if isinstance(path, bytes) else path
    kind = TFRecordOptions.get_compression_type_string(options)
    yield from (_unpacked(path, kind) if kind else _core.Records(path))

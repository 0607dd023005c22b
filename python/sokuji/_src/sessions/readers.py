"""Readers of 1.x: they take names of files from a queue and give (key, value), a record at a time."""

import itertools
import os
import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, errors
from sokuji._src.core.execute import convert
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, session
from sokuji._src.io import records
from sokuji._src.sessions import queues


class _State:
    """Where a reader is in one session."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.rows, self.produced, self.finished = None, 0, 0

    def next(self, reader, queue):
        while True:
            if self.rows is None:
                path = queue.take(1)[0][0]
                path = path.item() if isinstance(path, np.ndarray) else path
                self.rows = reader._records(path)
            try:
                found = next(self.rows)
            except StopIteration:
                self.rows, self.finished = None, self.finished + 1
                continue
            except OSError as error:
                self.rows = None
                raise errors.from_os(error, str(error.filename)) from None
            self.produced += 1
            return found


def _strings(values):
    whole = np.empty([len(values)], object)
    whole[:] = values
    return conversion._from_array(whole, 7)


@python_ops.kernel("ReaderReadV2", [(7, ()), (7, ())], True)
def _read(attributes):
    reader, state = attributes["reader"], _state(attributes)
    key, value = state.next(reader, queues._state(attributes))
    return [conversion._from_array(np.array(v, object), 7) for v in (key, value)]


@python_ops.kernel("ReaderReadUpToV2", [(7, (None,)), (7, (None,))], True)
def _read_up_to(attributes, count):
    reader, state, found = attributes["reader"], _state(attributes), []
    while len(found) < int(count.numpy()):
        if found and state.rows is None:
            break
        if found:  # to the end of the file, not into the next one
            row = next(state.rows, None)
            if row is None:
                state.rows, state.finished = None, state.finished + 1
                break
            state.produced += 1
            found.append(row)
        else:
            found.append(state.next(reader, queues._state(attributes)))
    return [_strings([row[i] for row in found]) for i in (0, 1)]


python_ops.kernel("ReaderNumRecordsProducedV2", [(9, ())], True)(lambda attributes: [convert(_state(attributes).produced, 9)])
python_ops.kernel("ReaderNumWorkUnitsCompletedV2", [(9, ())], True)(lambda attributes: [convert(_state(attributes).finished, 9)])


@python_ops.kernel("ReaderResetV2", [], True)
def _reset(attributes):
    _state(attributes).clear()
    return []


python_ops.kernel("Reader", [(7, ())], True)(lambda attributes: [convert(b"reader", 7)])


def _state(attributes):
    reader = attributes["reader"]
    return reader._states.setdefault(session.running(), _State())


class ReaderBase:
    """What all readers share."""

    _default = "reader_base"
    _type = "ReaderV2"
    supports_serialize = False

    def __init__(self, name):
        if graphs.building() is None:
            raise RuntimeError("Readers are not supported when eager execution is enabled. Instead, please use tf.data to get data into your model.")
        self._states = weakref.WeakKeyDictionary()
        self._reader_ref = python_ops.call("Reader", [], {"reader": self}, name or self._default)
        self._reader_ref.op._type = self._type

    reader_ref = property(lambda self: self._reader_ref)

    def _queue(self, queue):
        if isinstance(queue, _core.Handle):
            queue = queue.op._attributes["queue"]
        return {"reader": self, "queue": queue}

    def read(self, queue, name=None):
        """(key, value) of the next record; the queue gives the next file when one ends."""
        return tuple(python_ops.call("ReaderReadV2", [], self._queue(queue), name or "ReaderReadV2"))

    def read_up_to(self, queue, num_records, name=None):
        """(keys, values) of up to so many records."""
        return tuple(python_ops.call("ReaderReadUpToV2", [num_records], self._queue(queue), name or "ReaderReadUpToV2", (9,)))

    def num_records_produced(self, name=None):
        return python_ops.call("ReaderNumRecordsProducedV2", [], {"reader": self}, name)

    def num_work_units_completed(self, name=None):
        return python_ops.call("ReaderNumWorkUnitsCompletedV2", [], {"reader": self}, name)

    def reset(self, name=None):
        return python_ops.call("ReaderResetV2", [], {"reader": self}, name)

    def serialize_state(self, name=None):
        raise NotImplementedError("not implemented: the state of a reader as a string; use tf.data, whose iterators are saved")

    def restore_state(self, state, name=None):
        self.serialize_state()


def _path(path):
    return path.decode("utf-8", "surrogateescape")


class WholeFileReader(ReaderBase):
    """(name, contents)"""

    _default, _type = "whole_file_reader", "WholeFileReaderV2"

    def __init__(self, name=None):
        super().__init__(name)

    def _records(self, path):
        with open(_path(path), "rb") as file:
            yield path, file.read()


class IdentityReader(ReaderBase):
    """(what the queue gives, the same)"""

    _default, _type = "identity_reader", "IdentityReaderV2"

    def __init__(self, name=None):
        super().__init__(name)

    def _records(self, path):
        yield path, path


class TextLineReader(ReaderBase):
    """(name:number, line) without the first lines of each file"""

    _default, _type = "text_line_reader", "TextLineReaderV2"

    def __init__(self, skip_header_lines=None, name=None):
        self._skip = skip_header_lines or 0
        super().__init__(name)

    def _records(self, path):
        with open(_path(path), "rb") as file:
            for number, line in enumerate(file):
                if number >= self._skip:
                    line = line[:-1] if line.endswith(b"\n") else line
                    yield path + b":%d" % (number + 1), line[:-1] if line.endswith(b"\r") else line


class TFRecordReader(ReaderBase):
    """(name:place, record)"""

    _default, _type = "tf_record_reader", "TFRecordReaderV2"

    def __init__(self, name=None, options=None):
        self._options = options
        super().__init__(name)

    def _records(self, path):
        place = 0
        for record in records.tf_record_iterator(_path(path), self._options):
            yield path + b":%d" % place, record
            place += len(record) + 16


class FixedLengthRecordReader(ReaderBase):
    """(name:number, bytes), between a header and a footer; each record so many bytes after the last"""

    _default, _type = "fixed_length_record_reader", "FixedLengthRecordReaderV2"

    def __init__(self, record_bytes, header_bytes=None, footer_bytes=None, hop_bytes=None, name=None, encoding=None):
        if encoding:
            raise NotImplementedError("not implemented: tf.FixedLengthRecordReader(encoding=%r); use tf.data.FixedLengthRecordDataset" % (encoding,))
        self._sizes = record_bytes, header_bytes or 0, footer_bytes or 0, hop_bytes or record_bytes
        super().__init__(name)

    def _records(self, path):
        size, header, footer, hop = self._sizes
        end = os.path.getsize(_path(path)) - footer
        with open(_path(path), "rb") as file:
            for number in itertools.count():
                file.seek(header + number * hop)
                if header + number * hop + size > end:
                    return
                yield path + b":%d" % number, file.read(size)


NAMES = {c.__name__: c for c in (ReaderBase, WholeFileReader, IdentityReader, TextLineReader, TFRecordReader, FixedLengthRecordReader)}

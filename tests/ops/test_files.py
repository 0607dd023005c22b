"""Files against NumPy: it reads what we write, we read what it writes; IDX, CSV and saved variables from Python."""
import ctypes
import gzip
import io
import os
import struct
import zipfile
import zlib
from ctypes import POINTER, byref, c_bool, c_char_p, c_int, c_int64, c_size_t, c_void_p

import numpy as np
import pytest

import sokuji_c
from sokuji_c import SokujiError, Tensor, check, lib, tensor

keep = sokuji_c._keep
for name, result, arguments in [
        ("sj_npy_read", c_void_p, (c_char_p,)), ("sj_npy_read_bytes", c_void_p, (c_char_p, c_size_t)),
        ("sj_npy_write", c_int, (c_char_p, c_void_p)), ("sj_npz_open", c_void_p, (c_char_p,)),
        ("sj_npz_open_bytes", c_void_p, (c_char_p, c_size_t)), ("sj_npz_count", c_int64, (c_void_p,)),
        ("sj_npz_name", c_char_p, (c_void_p, c_int64)), ("sj_npz_read", c_void_p, (c_void_p, c_char_p)),
        ("sj_npz_close", None, (c_void_p,)), ("sj_npz_writer_begin", c_void_p, (c_char_p,)),
        ("sj_npz_writer_add", c_int, (c_void_p, c_char_p, c_void_p)), ("sj_npz_writer_end", c_int, (c_void_p,)),
        ("sj_idx_read", c_void_p, (c_char_p,)), ("sj_set_inflate", None, (c_void_p,)),
        ("sj_csv_read_with", c_void_p, (c_char_p, c_void_p)), ("sj_csv_parse_with", c_void_p, (c_char_p, c_size_t, c_void_p)),
        ("sj_variable_new_named", c_void_p, (c_void_p, c_char_p, c_bool)),
        ("sj_variables_save", c_int, (c_char_p, c_int, POINTER(c_void_p))),
        ("sj_variables_restore", c_int, (c_char_p, c_int, POINTER(c_void_p)))]:
    getattr(lib, name).restype, getattr(lib, name).argtypes = result, arguments


def taken(function, *arguments):
    """Calls a function of the pleasant face and returns its tensor as an array, or raises its error."""
    scope = lib.sj_scope_begin()
    result = Tensor(keep(function(*arguments)))
    lib.sj_scope_end(scope)
    check(lib.sj_error_code())
    return result.numpy()


def write(path, value):
    kept = tensor(value)
    check(lib.sj_npy_write(path_of(path), kept.handle))


def add(writer, name, value):
    kept = tensor(value)
    check(lib.sj_npz_writer_add(writer, name, kept.handle))


def path_of(path):
    return os.fsencode(str(path))


def npy_bytes(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version, allow_pickle=False)
    return file.getvalue()


def read(data):
    return taken(lib.sj_npy_read_bytes, data, len(data))


NUMBERS = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]
SHAPES = [(), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4, 5)]


def sample(dtype, shape):
    n = int(np.prod(shape))
    numbers = np.random.RandomState(n).randint(0, 256, n * np.dtype(dtype).itemsize).astype(np.uint8)
    if np.dtype(dtype).kind == "b":
        numbers %= 2
    return numbers.view(dtype).reshape(shape) if n else np.zeros(shape, dtype)


def assert_same(found, expected):
    assert found.dtype == expected.dtype and found.shape == expected.shape
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", NUMBERS)
def test_numbers(dtype, tmp_path):
    for shape in SHAPES:
        array = sample(dtype, shape)
        for version in ((1, 0), (2, 0), (3, 0)):
            assert_same(read(npy_bytes(array, version)), array)
        assert_same(read(npy_bytes(np.array(array, order="F"))), array)
        swapped = array.astype(array.dtype.newbyteorder(">"))
        assert_same(read(npy_bytes(swapped)), array)
        assert_same(read(npy_bytes(np.array(swapped, order="F"))), array)
        path = tmp_path / "a.npy"
        write(path, array)
        assert_same(np.load(path), array)
        assert (path.stat().st_size - array.nbytes) % 64 == 0
        assert_same(taken(lib.sj_npy_read, path_of(path)), array)


def test_strings(tmp_path):
    texts = np.array([["", "a", "Größe"], ["日本", "𝄞x", "long " * 9]])
    encoded = np.array([[t.encode() for t in row] for row in texts], object)
    for array in (texts, np.array(texts, order="F"), texts.astype(texts.dtype.newbyteorder(">"))):
        assert (read(npy_bytes(array)) == encoded).all()
    raw = np.array([[b"", b"a\0b"], [b"\xff\xfe", b"xyz"]])
    for array in (raw, np.array(raw, order="F")):
        assert read(npy_bytes(array)).tolist() == raw.tolist()
    path = tmp_path / "s.npy"
    write(path, raw)
    assert np.load(path).tolist() == raw.tolist()
    with pytest.raises(SokujiError, match="ends with a 0 byte"):
        write(path, np.array([b"a\0", b""], object))


def header(text, data=b"", version=1, length=None):
    text = text.encode()
    size = len(text) if length is None else length
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", size) + text + data


GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n"

BAD = [  # (data, code, words)
    (header(GOOD.replace("(1,)", "(300000000,)"), bytes(8)), "DataLoss", "1200000000"),
    (header(GOOD, bytes(5)), "DataLoss", "but 5 are there"),
    (header(GOOD, length=20000), "InvalidArgument", "at most 10000"),
    (header(GOOD, length=5000), "InvalidArgument", "of which"),
    (header(GOOD, version=2, length=2**32 - 1), "InvalidArgument", "at most 10000"),
    (header(GOOD, version=4), "InvalidArgument", "version 4.0"),
    (header(GOOD.replace("(1,)", "(18446744073709551616,)")), "InvalidArgument", "63 bits"),
    (header(GOOD.replace("(1,)", "(-1,)")), "InvalidArgument", "negative"),
    (header(GOOD.replace("(1,)", "(4294967296, 4294967296)")), "InvalidArgument", "overflows"),
    (header(GOOD.replace("(1,)", "(0, 4294967296, 4294967296)")), "InvalidArgument", "overflows"),
    (header(GOOD.replace("(1,)", "(" + "1," * 255 + ")"), bytes(4)), "InvalidArgument", "254"),
    (header(GOOD.replace("'<f4'", "('<f4', (2,))")), "InvalidArgument", "structured"),
    (header(GOOD.replace("'<f4'", "[('a', '<f4')]")), "InvalidArgument", "structured"),
    (header(GOOD.replace("<f4", "<q4")), "InvalidArgument", "not known"),
    (header(GOOD.replace("<f4", "|O")), "InvalidArgument", "pickle"),
    (header(GOOD.replace("<f4", "<f16")), "InvalidArgument", "not known"),
    (header(GOOD.replace("<f4", "|f4")), "InvalidArgument", "byte order"),
    (header(GOOD.replace("(1,)", "(1"), bytes(4)), "InvalidArgument", "a dimension is expected"),
    (header(GOOD.replace("(1,)", "(1)"), bytes(4)), "InvalidArgument", "','"),
    (header(GOOD.replace("(1,)", "((1,)"), bytes(4)), "InvalidArgument", "dimension"),
    (header(GOOD.replace("}", ""), bytes(4)), "InvalidArgument", "expected"),
    (header(GOOD.replace("False", "0"), bytes(4)), "InvalidArgument", "True or False"),
    (header(GOOD.replace("'shape'", "'shade'"), bytes(4)), "InvalidArgument", "not known"),
    (header(GOOD.replace("'shape': (1,)", "'descr': '<f4'"), bytes(4)), "InvalidArgument", "twice"),
    (header("{'descr': '<f4', 'shape': (1,)}\n", bytes(4)), "InvalidArgument", "lacks"),
    (header(GOOD.replace("\n", "x\n"), bytes(4)), "InvalidArgument", "end"),
    (header(GOOD.replace("(1,)", "(__import__('os').abort(),)"), bytes(4)), "InvalidArgument", "dimension"),
    (header(GOOD.replace("<f4", "|b1"), b"\2"), "DataLoss", "bools"),
    (b"", "InvalidArgument", "mark"), (b"\x93NUMPY", "InvalidArgument", "mark"), (b"x" * 100, "InvalidArgument", "mark"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_headers(number):
    data, code, words = BAD[number]
    with pytest.raises(SokujiError) as caught:
        read(data)
    assert caught.value.code == code and words in caught.value.message


def test_python_2_and_other_spellings():
    text = "{'shape': (2L, 1L), 'fortran_order': False, 'descr': \"<f4\"}"
    assert_same(read(header(text, np.float32([1, 2]).tobytes())), np.float32([[1], [2]]))


def test_objects_are_refused(tmp_path):
    np.save(tmp_path / "o.npy", np.array([{}, 1], object))
    with pytest.raises(SokujiError, match="pickle"):
        taken(lib.sj_npy_read, path_of(tmp_path / "o.npy"))


# ---- archives ----

ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "layer/kernel:0": np.int64([1, -2]), "größe": np.array(3.5),
          "s": np.array([b"x", b"yz"])}


def open_npz(data):
    npz = lib.sj_npz_open_bytes(data, len(data))
    check(lib.sj_error_code())
    return npz


def read_npz(data):
    npz = open_npz(data)
    try:
        names = [lib.sj_npz_name(npz, i) for i in range(lib.sj_npz_count(npz))]
        return {name.decode(errors="replace"): taken(lib.sj_npz_read, npz, name) for name in names}
    finally:
        lib.sj_npz_close(npz)


def assert_arrays(found, expected=ARRAYS):
    assert list(found) == list(expected)
    for name in expected:
        assert found[name].tolist() == expected[name].tolist()


def savez(save=np.savez, arrays=ARRAYS):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


class NotSeekable(io.RawIOBase):
    """Makes zipfile put sizes and checksums after the data."""

    def __init__(self):
        self.parts = []

    def writable(self):
        return True

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)


def test_npz_read(tmp_path):
    assert_arrays(read_npz(savez()))
    stream = NotSeekable()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in ARRAYS.items():
            archive.writestr(name + ".npy", npy_bytes(array))
    assert_arrays(read_npz(b"".join(stream.parts)))
    np.savez(tmp_path / "n.npz", **ARRAYS)
    npz = lib.sj_npz_open(path_of(tmp_path / "n.npz"))
    with pytest.raises(SokujiError, match="has no array 'b'"):
        taken(lib.sj_npz_read, npz, b"b")
    lib.sj_npz_close(npz)
    assert read_npz(savez(arrays={})) == {}


def test_npz_write(tmp_path):
    path = tmp_path / "w.npz"
    writer = lib.sj_npz_writer_begin(path_of(path))
    for name, array in ARRAYS.items():
        add(writer, name.encode(), array)
    assert not path.exists()
    check(lib.sj_npz_writer_end(writer))
    with np.load(path) as stored:
        assert_arrays({name: stored[name] for name in stored.files})
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert_arrays(read_npz(path.read_bytes()))
    for name, code in ((b"a", "AlreadyExists"), (b"", "InvalidArgument"), (b"\xff", "InvalidArgument")):
        writer = lib.sj_npz_writer_begin(path_of(path))
        add(writer, b"a", 1.0)
        with pytest.raises(SokujiError) as caught:
            add(writer, name, 1.0)
        assert caught.value.code == code
        with pytest.raises(SokujiError, match="could not be written"):
            check(lib.sj_npz_writer_end(writer))
    assert_arrays(read_npz(path.read_bytes()))
    assert os.listdir(tmp_path) == ["w.npz"]


def check_flips(data, small):
    """Every flipped bit is refused or harmless, every cut is refused."""
    for position in range(len(data)):
        for bit in range(8):
            altered = data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1:]
            try:
                found = read_npz(altered)
            except SokujiError as error:
                assert error.code in ("DataLoss", "InvalidArgument", "Unimplemented", "FailedPrecondition"), error
                continue
            assert_arrays(found, small)
    for n in range(len(data)):
        with pytest.raises(SokujiError):
            read_npz(data[:n])
    with pytest.raises(SokujiError):
        read_npz(data + b"\0")


def test_npz_every_flipped_bit_and_every_cut():
    small = {"a": np.float32([1, 2]), "b": np.int8([3])}
    check_flips(savez(arrays=small), small)


def test_npz_bad_members():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("note.txt", "hello")
    with pytest.raises(SokujiError, match="mark"):
        read_npz(file.getvalue())


# ---- compressed ----

INFLATE = ctypes.CFUNCTYPE(c_int, c_int, c_void_p, c_size_t, c_size_t, POINTER(c_void_p), POINTER(c_size_t))
lib.sj_memory_new.restype, lib.sj_memory_new.argtypes = c_void_p, (c_size_t,)


@INFLATE
def python_inflate(compression, data, n, most, ret_output, ret_n):
    """Python's zlib as the registered decompressor (libsokuji-io's is tested in tests/unit/test_io.c)."""
    stream = zlib.decompressobj(31 if compression else -15)
    try:
        output = stream.decompress(ctypes.string_at(data, n), most + 1)
    except zlib.error:
        return 15
    if len(output) > most:
        return 11
    if not stream.eof or stream.unused_data:
        return 15
    block = lib.sj_memory_new(len(output) + 1)
    ctypes.memmove(block, output, len(output))
    ret_output[0], ret_n[0] = block, len(output)
    return 0


@pytest.fixture
def inflating():
    lib.sj_set_inflate(ctypes.cast(python_inflate, c_void_p))
    yield
    lib.sj_set_inflate(None)


def test_compressed(inflating, tmp_path):
    assert_arrays(read_npz(savez(np.savez_compressed)))
    path = tmp_path / "x.idx.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 1, 9])))
    assert taken(lib.sj_idx_read, path_of(path)).tolist() == [9]
    check_flips(savez(np.savez_compressed, {"a": np.float32([1, 2])}), {"a": np.float32([1, 2])})


def test_compressed_needs_a_decompressor(tmp_path):
    lib.sj_set_inflate(None)
    with pytest.raises(SokujiError, match="sj_use_zlib"):
        read_npz(savez(np.savez_compressed))
    path = tmp_path / "x.idx.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 1, 9])))
    with pytest.raises(SokujiError, match="sj_use_zlib"):
        taken(lib.sj_idx_read, path_of(path))


# ---- IDX, CSV, variables ----

@pytest.mark.parametrize("code,dtype", [(8, "u1"), (9, "i1"), (11, "i2"), (12, "i4"), (13, "f4"), (14, "f8")])
def test_idx(code, dtype, tmp_path):
    path = tmp_path / "x.idx"
    for shape in ((), (3,), (2, 3), (2, 0), (2, 3, 4)):
        array = sample(dtype, shape)
        head = bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
        data = head + array.astype(array.dtype.newbyteorder(">")).tobytes()
        path.write_bytes(data)
        assert_same(taken(lib.sj_idx_read, path_of(path)), array)
        for bad in (data + b"\0", data[:-1]):
            path.write_bytes(bad)
            with pytest.raises(SokujiError):
                taken(lib.sj_idx_read, path_of(path))


class CsvArguments(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("skip_lines", c_int64), ("delimiter", ctypes.c_char), ("dtype", c_int)]


def csv(text, **options):
    arguments = CsvArguments(ctypes.sizeof(CsvArguments), **options)
    return taken(lib.sj_csv_parse_with, text, len(text), byref(arguments))


def test_csv():
    assert_same(csv(b"1,2\n3, 4.5e0 \r\n\n\"5\",-6"), np.float32([[1, 2], [3, 4.5], [5, -6]]))
    assert_same(csv(b"x;y\n1;2\n", skip_lines=1, delimiter=b";", dtype=9), np.int64([[1, 2]]))
    assert csv(b"").shape == (0, 0)
    for text, words in ((b"1,2\n3\n", "line 2 has 1 fields where 2"), (b"1,2\n3,x4\n", "line 2, column 2: 'x4' is no float32"),
                        (b"1,,2", "line 1, column 2: '' is no"), (b'1,"2\n', "closing quote"), (b'1,"2"3\n', "follows the closing"),
                        (b'1,2"\n', "quote within"), (b"1,2,\n", "column 3")):
        with pytest.raises(SokujiError) as caught:
            csv(text)
        assert caught.value.code == "InvalidArgument" and words in caught.value.message
    with pytest.raises(SokujiError, match="'300' is no uint8"):
        csv(b"1\n300", dtype=4)


def variable(name, value):
    kept = tensor(value)
    made = Tensor(lib.sj_variable_new_named(kept.handle, name.encode(), True))
    check(lib.sj_error_code())
    return made


def variables(arrays):
    return [variable(name, array) for name, array in arrays.items()]


def test_save_and_restore(tmp_path):
    path = path_of(tmp_path / "v.npz")
    arrays = {"w": np.float32([[1, 2]]), "model/b:0": np.float64([3])}
    made, other = variables(arrays), variables({name: a * 0 for name, a in arrays.items()})
    check(lib.sj_variables_save(path, 2, sokuji_c.handles(made)))
    with np.load(tmp_path / "v.npz") as stored:
        assert_arrays({name: stored[name] for name in stored.files}, arrays)
    check(lib.sj_variables_restore(path, 2, sokuji_c.handles(other)))
    for restored, array in zip(other, arrays.values()):
        assert_same(restored.numpy(), array)
    # Nothing changes when the last one does not fit.
    for last, code in ((np.float64([1, 2]), "InvalidArgument"), (np.float32([1]), "InvalidArgument")):
        bad = variables({"w": np.float32([[8, 9]]), "model/b:0": last})
        with pytest.raises(SokujiError) as caught:
            check(lib.sj_variables_restore(path, 2, sokuji_c.handles(bad)))
        assert caught.value.code == code
        assert bad[0].numpy().tolist() == [[8, 9]]
    bad = variables({"w": np.float32([[8, 9]]), "missing": np.float32([1])})
    with pytest.raises(SokujiError, match="no array 'missing'"):
        check(lib.sj_variables_restore(path, 2, sokuji_c.handles(bad)))
    for names in (["", "x"], ["x", "x"]):
        bad = [variable(name, 1.0) for name in names]
        with pytest.raises(SokujiError):
            check(lib.sj_variables_save(path, 2, sokuji_c.handles(bad)))
    with np.load(tmp_path / "v.npz") as stored:
        assert_arrays({name: stored[name] for name in stored.files}, arrays)


@pytest.mark.skipif(not hasattr(lib, "sj__test_file_fail_at"), reason="needs the library with hooks")
def test_save_survives_every_failure(tmp_path):
    """Each system call and each allocation of a save and of a restore fails once: the old file and values stay."""
    path = path_of(tmp_path / "v.npz")
    old, new = variables({"w": np.float32([1])}), variables({"w": np.float32([2])})
    check(lib.sj_variables_save(path, 1, sokuji_c.handles(old)))
    for arm in (lambda n: sokuji_c.file_fail_at(n, 5, False), lambda n: sokuji_c.memory_fail_at(n, False)):
        for n in range(1, 100):
            handles = sokuji_c.handles(new)
            arm(n)
            status = lib.sj_variables_save(path, 1, handles)
            arm(0)
            lib.sj_error_clear()
            with np.load(tmp_path / "v.npz") as stored:
                assert stored["w"][0] == (1 if status else 2)
            if status == 0:
                break
        assert n > 1 and os.listdir(tmp_path) == ["v.npz"]
        check(lib.sj_variables_save(path, 1, sokuji_c.handles(old)))
        for n in range(1, 100):
            handles = sokuji_c.handles(new)
            arm(n)
            status = lib.sj_variables_restore(path, 1, handles)
            arm(0)
            lib.sj_error_clear()
            assert new[0].numpy()[0] == (2 if status else 1)
            if status == 0:
                break
        new = variables({"w": np.float32([2])})

"""
The rows of tests/data/bad_inputs.csv: each is a call whose status is as it should be, is checked elsewhere, or belongs to a part that
does not exist yet (bad_inputs.py says which). A call of an operation that is not in the table yet is skipped.
"""
import csv
import ctypes
import os
import re

import bad_inputs
import numpy as np
import pytest
import sokuji_c as sj
import support

with open(os.path.join(os.path.dirname(__file__), "..", "data", "bad_inputs.csv"), encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
LIMIT = 1 << 30


@pytest.fixture(autouse=True)
def memory_limit():
    """What a test machine has must not decide: everything above 1 GiB is refused."""
    sj.memory_set_limit(LIMIT)
    yield
    sj.memory_set_limit(-1)


def calls_of(row):
    return [c for c in bad_inputs.CALLS if c[0] == row["id"] and c[1] in row["op"]]


def not_yet(row):
    for part, phrases in bad_inputs.NOT_YET:
        if any(phrase in row["op"] for phrase in phrases.split(", ")):
            return part
    return None


def test_every_call_belongs_to_a_row():
    ids = {row["id"] for row in ROWS}
    assert {c[0] for c in bad_inputs.CALLS} | set(bad_inputs.COVERED) <= ids


def check(call):
    key, _, operation, inputs, attrs, codes, match, expected, n_outputs = call
    what = f"{key}: {operation} of {[np.shape(v) for v in inputs]} with {attrs}"
    tensors = [sj.tensor(v) for v in inputs]
    before = sj.memory_in_use()
    try:
        outputs = sj.run(operation, tensors, attrs, n_outputs)
        code, message = "OK", ""
    except sj.SokujiError as error:
        code, message, outputs = error.code, error.message, None
    assert code in codes, f"{what}: {code} ({message}), expected {codes}"
    assert outputs is not None or not match or re.search(match, message), f"{what}: {message}"
    if expected is not None:
        support.compare(outputs[0], np.asarray(expected), what=what)
    del outputs
    assert sj.lib.sj_ok() and sj.memory_in_use() <= before + 65536, f"{what}: something is left over"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['id']}-{row['op'][:24]}")
def test_row(row):
    calls = calls_of(row)
    if not calls and row["id"] in bad_inputs.COVERED:
        return
    if not calls:
        part = not_yet(row)
        assert part, f"{row['id']} ({row['op']}: {row['bad_input']}) is in no list of bad_inputs.py"
        pytest.skip(f"not yet: {part}")
    present = [c for c in calls if c[2] in sj.rows()]
    for call in present:
        check(call)
    if not present:
        pytest.skip(f"not yet: operation {calls[0][2]}")


# ---- handles ----

def test_handles_that_are_no_tensors():
    op, x, results = sj.Op("MatMul"), sj.tensor(np.ones((2, 2), np.float32)), (ctypes.c_void_p * 1)()
    freed = sj.tensor(np.ones((2, 2), np.float32))
    handle, freed.handle = freed.handle, None
    sj._free(handle)
    nil = sj._declare("sj_nil", ctypes.c_void_p)()
    for bad in (None, handle, nil):
        for pair in ((bad, x.handle), (x.handle, bad)):
            status = sj.execute_raw(op, None, 2, (ctypes.c_void_p * 2)(*pair), 1, results)
            assert status in (3, 9) and results[0] is None and sj.lib.sj_ok()
    sj._free(handle)
    sj._free(nil)
    sj._free(None)
    assert sj.run("MatMul", [x, x])[0].sum() == 8
    assert sj._execute(None, None, 0, None, 0, None) == 3
    assert sj.execute_raw(op, None, 2, None, 1, results) == 3
    assert sj.execute_raw(op, None, 2, sj.handles([x, x]), 1, None) == 3
    assert sj.execute_raw(op, None, -1, sj.handles([x, x]), 1, results) == 3
    assert sj.execute_raw(op, None, 2**31 - 1, sj.handles([x, x]), 1, results) == 3
    assert sj.execute_raw(op, None, 2, sj.handles([x, x]), -1, results) == 3


def test_argument_structs_of_wrong_sizes():
    op, x, results = sj.Op("MatMul"), sj.tensor(np.ones((2, 2), np.float32)), (ctypes.c_void_p * 1)()
    for size in (0, 1, 7, 2**63, 2**64 - 1, 65537):
        args = ctypes.create_string_buffer(64)
        ctypes.c_size_t.from_buffer(args).value = size
        assert sj.execute_raw(op, args, 2, sj.handles([x, x]), 1, results) == 3, size
    for size in (8, 9, 64):
        args = ctypes.create_string_buffer(64)
        ctypes.c_size_t.from_buffer(args).value = size
        assert sj.execute_raw(op, args, 2, sj.handles([x, x]), 1, results) == 0, size
        sj._free(results[0])


def test_tapes():
    x = sj.tensor(np.ones(2, np.float32))
    with sj.Tape([x]) as tape:
        y = sj.execute("Mul", [x, x])[0]
    assert tape.gradient([y], [None], [x])[0].numpy().tolist() == [2, 2]
    with pytest.raises(sj.SokujiError, match="used up"):
        tape.gradient([y], [None], [x])
    other = sj.tensor(np.ones(2, np.float32))
    with sj.Tape([x], persistent=True) as tape:
        y = sj.execute("Mul", [x, x])[0]
    assert tape.gradient([y], [None], [other]) == [None]
    with pytest.raises(sj.SokujiError):
        tape.gradient([y], [sj.tensor(np.ones(3, np.float32))], [x])
    with pytest.raises(sj.SokujiError):
        sj.Tape([sj.tensor(np.ones(2, np.int32))])


def test_variables():
    """What was never assigned is not read: not by operations, not by an assignment from it, not as an initial value."""
    new = sj._declare("sj_variable_new_uninitialized", ctypes.c_void_p, ctypes.c_int, sj.Ints, ctypes.c_char_p, ctypes.c_bool)
    empty, other = [sj.Tensor(new(1, sj._ints([2]), name, True)) for name in (b"empty", b"other")]
    for attempt in (lambda: sj.run("Identity", [empty]), lambda: sj.check(sj.lib.sj_assign(ctypes.c_void_p(other.handle), ctypes.c_void_p(empty.handle))),
                    lambda: (sj.lib.sj_variable_new(ctypes.c_void_p(empty.handle)), sj._stuck())):
        with pytest.raises(sj.SokujiError, match="'empty'.* has no value yet") as raised:
            attempt()
        assert raised.value.code == "FailedPrecondition"
        sj.lib.sj_error_clear()


def test_bools_that_are_neither_0_nor_1():
    scope, text = sj.lib.sj_scope_begin(), ctypes.create_string_buffer(64)
    made = sj.lib.sj_tensor_new(sj.DTYPES["bool"], sj._ints([3]), bytes([0, 2, 255]), 3)
    sj.lib.sj_tensor_text(ctypes.c_void_p(made), text, ctypes.c_size_t(64))
    bools = sj.Tensor(sj._keep(made))
    sj.lib.sj_scope_end(scope)
    assert text.value == b"[False  True  True]"
    assert sj.run("Cast", [bools], {"DstT": "int32"})[0].tolist() == [0, 1, 1]
    assert sj.run("LogicalNot", [bools])[0].view(np.uint8).tolist() == [1, 0, 0]
    assert sj.run("LogicalAnd", [bools, np.array([True] * 3)])[0].view(np.uint8).tolist() == [0, 1, 1]
    assert sj.run("Equal", [bools, np.array([True] * 3)])[0].view(np.uint8).tolist() == [0, 1, 1]
    assert sj.run("All", [bools, np.int32(0)])[0].view(np.uint8) == 0
    assert sj.run("Any", [bools, np.int32(0)])[0].view(np.uint8) == 1


def test_tensors_of_bad_shapes():
    new, data = sj.lib.sj_tensor_new, (ctypes.c_char * 64)()
    def status(dtype, dims, n_bytes, pointer=data):
        scope = sj.lib.sj_scope_begin()
        new(dtype, sj._ints(dims), pointer, n_bytes)
        sj.lib.sj_scope_end(scope)
        code = sj.lib.sj_error_code()
        sj.lib.sj_error_clear()
        return code
    assert status(1, [2, 2], 16) == 0
    for dtype, dims, n_bytes in ((1, [2, 2], 15), (1, [-1], 4), (1, [2**62, 4], 16), (1, [0, 2**62, 4], 0), (1, [1] * 255, 4), (7, [1], 16),
                                 (0, [1], 4), (99, [1], 4), (-1, [1], 4), (20, [1], 16)):
        assert status(dtype, dims, n_bytes) == 3, (dtype, dims, n_bytes)
    assert status(1, [2**40], 2**42) in (3, 8)
    assert status(1, [2], 8, None) == 3

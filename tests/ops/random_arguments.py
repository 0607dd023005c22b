"""
Random calls of operations, in a process of its own: random_arguments.py CALLS OPERATION... prints "begin NAME" and "end NAME" around
each operation, and "wrong NAME: …" for what is wrong. A call may succeed or fail with a status; it may not end the process, hang, leave an error
sticking or change its inputs. Half of the calls are the operation's cases with something exchanged, half are made up.
"""
import faulthandler
import os
import sys
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np  # noqa: E402
import sokuji_c as sj  # noqa: E402
import support  # noqa: E402
from cases import CASES, ERRORS, load  # noqa: E402

EDGES = [0, 1, -1, 2, 3, 4, 5, 7, 8, 64, 255, 256, -2, -128, 2**15, 2**31 - 1, -2**31, 2**31, 2**32, 2**40, 2**62, 2**63 - 1, -2**63]
FLOAT_EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 1e-30, 1e30, np.inf, -np.inf, np.nan, 1e-310, 3.5]
DTYPES = [d for d in sj.DTYPES]


def pick(rng, items):
    return items[int(rng.integers(len(items)))]


def random_shape(rng):
    rank = int(pick(rng, [0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 9]))
    shape = [int(pick(rng, [0, 1, 1, 2, 2, 3, 4, 5, 8])) for _ in range(rank)]
    while np.prod(shape) > 4096:
        shape[shape.index(max(shape))] = 1
    return tuple(shape)


def random_array(rng, dtype=None, shape=None):
    dtype, shape = dtype or pick(rng, DTYPES), random_shape(rng) if shape is None else shape
    if dtype == "string":
        flat = [bytes(rng.integers(0, 256, int(rng.integers(0, 12)), np.uint8)) for _ in range(int(np.prod(shape)))]
        return np.array(flat + [None], object)[:-1].reshape(shape)
    if dtype == "bfloat16":
        return rng.integers(0, 65536, shape).astype("<u2").view(sj.bfloat16)
    kind = np.dtype(dtype).kind
    if kind == "b":
        return np.asarray(rng.random(shape) < 0.5)
    if kind in "iu":
        info, small = np.iinfo(dtype), rng.random() < 0.7
        values = rng.integers(-2, 6, shape) if small else np.array([pick(rng, EDGES) for _ in range(int(np.prod(shape)))]).reshape(shape)
        return np.asarray(np.clip(values.astype(object), info.min, info.max) if values.size else values, dtype)
    values = rng.standard_normal(shape) * 3
    if rng.random() < 0.3:
        values = np.where(rng.random(shape) < 0.3, np.array([pick(rng, FLOAT_EDGES) for _ in range(max(1, values.size))])[:values.size]
                          .reshape(shape), values)
    with np.errstate(all="ignore"):
        return np.asarray(values, dtype)


def random_ints(rng):
    n = int(pick(rng, [0, 1, 1, 2, 2, 3, 4, 4, 5, 8, 300 if rng.random() < 0.05 else 6]))
    small = rng.random() < 0.7
    return [int(rng.integers(-2, 6)) if small else pick(rng, EDGES) for _ in range(n)]


def random_input(rng, row, port, shape=None):
    if port["optional"] and rng.random() < 0.4:
        return None
    if rng.random() < 0.1:
        return random_array(rng)
    if port["list"]:
        dtype = pick(rng, ["int32", "int64"])
        return random_array(rng, dtype, () if rng.random() < 0.3 else (int(rng.integers(0, 6)),))
    if port["type"] in support.CLASSES:
        types = [t for t in row["types"][support.CLASSES.index(port["type"])] if t in sj.DTYPES]
        return random_array(rng, types[0] if rng.random() < 0.8 else pick(rng, types), shape)
    return random_array(rng, port["type"] if port["type"] in sj.DTYPES else None, shape)


def random_attribute(rng, attribute):
    kind = attribute["kind"]
    if kind == "enum":
        return int(pick(rng, [0, 1, 2, 3, -1, 99])) if rng.random() < 0.3 else int(rng.integers(len(attribute["values"])))
    if kind.startswith("bool"):
        return bool(rng.random() < 0.5)
    if kind.startswith("int") and kind != "ints":
        return int(rng.integers(-2, 6)) if rng.random() < 0.6 else pick(rng, EDGES)
    if kind.startswith("float"):
        return float(pick(rng, FLOAT_EDGES))
    if kind == "ints":
        return random_ints(rng) if rng.random() < 0.5 else [1, int(rng.integers(0, 4)), int(rng.integers(0, 4)), 1]
    if kind == "dtype":
        return int(rng.integers(-1, 30)) if rng.random() < 0.3 else pick(rng, DTYPES)
    return bytes(rng.integers(1, 256, int(rng.integers(0, 20)), np.uint8))


def made_up(rng, row):
    inputs, common = [], random_shape(rng) if rng.random() < 0.4 else None
    for port in row["inputs"]:
        for _ in range(int(rng.integers(0, 4)) if port["variadic"] else 1):
            inputs.append(random_input(rng, row, port, common))
    attrs = {a["name"]: random_attribute(rng, a) for a in row["attributes"] if rng.random() < 0.7}
    return inputs, attrs, None


def exchanged(rng, row):
    """A case of the operation with one or two things exchanged."""
    case = pick(rng, CASES.get(row["name"], []) + ERRORS.get(row["name"], []))
    try:
        types, inputs, attrs = next(iter(support.variants(case, row))) if case in CASES.get(row["name"], []) else (
            {}, [sj.as_array(v) if v is not None else None for v in case.inputs], support.attributes(case, {"T": "float32"}))
    except (IndexError, ValueError, StopIteration):
        return made_up(rng, row)
    inputs, attrs = list(inputs), dict(attrs)
    for _ in range(int(rng.integers(1, 3))):
        what = rng.random()
        if inputs and what < 0.3:
            i = int(rng.integers(len(inputs)))
            inputs[i] = random_input(rng, row, support.port_of(row, i))
        elif inputs and what < 0.55:
            i = int(rng.integers(len(inputs)))
            if inputs[i] is not None:
                inputs[i] = random_array(rng, support.dtype_name(inputs[i]), inputs[i].shape)
        elif inputs and what < 0.7:
            i = int(rng.integers(len(inputs)))
            if inputs[i] is not None:
                shape = list(inputs[i].shape)
                if shape:
                    shape[int(rng.integers(len(shape)))] = int(pick(rng, [0, 1, 2, 3, 5]))
                inputs[i] = random_array(rng, support.dtype_name(inputs[i]), tuple(shape))
        elif row["attributes"]:
            attribute = pick(rng, row["attributes"])
            attrs[attribute["name"]] = random_attribute(rng, attribute)
    return inputs, attrs, case.n_outputs


def call(rng, row):
    """One random call, on a tape; where it succeeds, its gradient too. Returns whether it succeeded."""
    has_cases = bool(CASES.get(row["name"]) or ERRORS.get(row["name"]))
    inputs, attrs, n_outputs = exchanged(rng, row) if has_cases and rng.random() < 0.6 else made_up(rng, row)
    if row["variadic_outputs"] and n_outputs is None:
        n_outputs = int(rng.integers(0, 4))
    tensors = [sj.tensor(v) for v in inputs]
    floats = [t for t in tensors if t is not None and t.dtype in (np.float32, np.float64)]
    tape = sj.Tape(floats)
    try:
        with tape:
            outputs = sj.execute(row["name"], tensors, attrs, n_outputs)
        for y in outputs:
            y.numpy()
        targets = [y for y in outputs if y.dtype in (np.float32, np.float64)]
        if targets and floats:
            tape.gradient(targets, [None] * len(targets), floats)
        succeeded = True
    except sj.SokujiError as error:
        succeeded = False
        if error.code in ("Internal", "Unknown"):
            print(f"wrong {row['name']}: {error} for {[np.shape(v) for v in inputs]} {attrs}")
    for value, t in zip(inputs, tensors):
        if value is not None and not support.same_bytes(sj.as_array(value), t.numpy()):
            print(f"wrong {row['name']}: an input was changed by {[np.shape(v) for v in inputs]} {attrs}")
    if not sj.lib.sj_ok():
        print(f"wrong {row['name']}: an error sticks")
        sj.lib.sj_error_clear()
    return succeeded


def main():
    load()
    calls, names = int(sys.argv[1]), sys.argv[2:]
    sj.memory_set_limit(256 << 20)
    sj.set_threads(2)
    for name in names:
        print(f"begin {name}", flush=True)
        faulthandler.dump_traceback_later(120, exit=True)
        rng = np.random.default_rng(zlib.crc32(name.encode()) + int(os.environ.get("SOKUJI_RANDOM_SEED", "0")))
        succeeded = sum(call(rng, sj.rows()[name]) for _ in range(calls))
        print(f"end {name} {succeeded}", flush=True)


if __name__ == "__main__":
    faulthandler.enable()
    main()

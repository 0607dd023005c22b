"""What the operations' tests share: variants of a case by dtype, comparing, and finite differences."""
import itertools

import numpy as np

import sokuji_c as sj

# Relative and absolute tolerance of a case that names none: some roundings of a sum of a few dozen terms.
TOLERANCE = {"float32": (1e-5, 1e-6), "float64": (1e-12, 1e-13), "float16": (2e-3, 2e-3), "bfloat16": (1.6e-2, 1.6e-2),
             "complex64": (1e-5, 1e-6), "complex128": (1e-12, 1e-13)}
CLASSES = ["T", "U", "V", "W"]


def dtype_name(array):
    if array.dtype == sj.bfloat16:
        return "bfloat16"
    return "string" if array.dtype == object else array.dtype.name


# ---- variants ----

def cast(value, dtype):
    """The value as an array of the dtype; numbers wrap into integers, and are compared with 0 for bool."""
    array = sj.as_array(value) if not isinstance(value, np.ndarray) else value
    if dtype == "string" or array.dtype == object:
        return array
    if dtype == "bfloat16":
        return array if array.dtype == sj.bfloat16 else sj.to_bfloat16(array)
    if array.dtype == sj.bfloat16:
        array = sj.from_bfloat16(array)
    if dtype == "bool":
        return array != 0
    if not isinstance(value, np.ndarray) and array.dtype.kind == "f":
        array = np.asarray(value, np.float64)
    if np.dtype(dtype).kind in "iu" and array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            array = array.astype(np.int64)
    return array.astype(dtype)


def port_of(row, i):
    ports = row["inputs"]
    return ports[min(i, len(ports) - 1)] if ports else None


def class_dtypes(case, row, index):
    """The dtypes that a class goes through in this case."""
    name = CLASSES[index]
    members = [v for i, v in enumerate(case.inputs) if v is not None and port_of(row, i)["type"] == name]
    asked = case.dtypes.get(name) if isinstance(case.dtypes, dict) else case.dtypes if index == 0 else None
    if not members:
        return asked or [None]
    first = sj.as_array(members[0])
    if first.dtype == object:
        return ["string"]
    if asked:
        return asked
    if not callable(case.expect) and case.check is None:
        given = dtype_name(first)
        return [given if given in row["types"][index] else row["types"][index][0]]
    return [d for d in row["types"][index] if d in sj.DTYPES and d != "string"]


def assignments(case, row):
    """Dtypes by class: each class goes through its dtypes while the others keep their first."""
    lists = [class_dtypes(case, row, i) for i in range(len(row["types"]))]
    if not lists:
        asked = case.dtypes if isinstance(case.dtypes, list) else [None]
        return [{"any": d} for d in asked]
    result = [[dtypes[0] for dtypes in lists]]
    for i, dtypes in enumerate(lists):
        for d in dtypes[1:]:
            result.append([d if j == i else other[0] for j, other in enumerate(lists)])
    return [dict(zip(CLASSES, r)) for r in result]


def arrays(case, row, types):
    """The case's inputs as arrays, cast by their ports."""
    result = []
    for i, value in enumerate(case.inputs):
        port = port_of(row, i)
        dtype = types.get(port["type"]) if port else None
        if value is None:
            result.append(None)
        elif dtype is not None and sj.as_array(value).dtype != object:
            result.append(cast(value, dtype))
        else:
            result.append(sj.as_array(value, is_list=bool(port) and port["list"]))
    return result


def attributes(case, types):
    return {k: types.get("T") if isinstance(v, str) and v == "T" else v for k, v in case.attrs.items()}


def variants(case, row):
    for types in assignments(case, row):
        yield types, arrays(case, row, types), attributes(case, types)


def float_variant(case, row):
    """The variant on which gradients are checked: float64 where the row has it, else float32; None without floats."""
    types = assignments(case, row)[0]
    options = []
    for index in range(len(row["types"])):
        current = types[CLASSES[index]]
        allowed = class_dtypes(case, row, index)
        floats = [d for d in ("float64", "float32") if d in allowed or (d in row["types"][index] and current == "float32"
                                                                         and case.dtypes is None)]
        options.append(floats[0] if floats and current in ("float32", "float64", "float16", "bfloat16") else current)
    chosen = dict(zip(CLASSES, options)) if options else types
    inputs = arrays(case, row, chosen)
    if not options:  # ports of any dtype: floats are taken as float64
        inputs = [v.astype(np.float64) if v is not None and v.dtype == np.float32 and port_of(row, i)["type"] == "any" else v
                  for i, v in enumerate(inputs)]
    return inputs, attributes(case, chosen)


# ---- comparing ----

def wide(array):
    """For reference functions: floats as float64, complex as complex128."""
    if array is None or array.dtype == object:
        return array
    if array.dtype == sj.bfloat16:
        return sj.from_bfloat16(array).astype(np.float64)
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    return array.astype(np.complex128) if array.dtype.kind == "c" else array


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def compare(got, expected, rtol=None, atol=None, what=""):
    """Asserts shape and values; expected may be of a wider dtype."""
    expected = np.asarray(expected, object if got.dtype == object else None)
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, expected {expected.shape}"
    if got.dtype == object:
        expected = [v.encode() if isinstance(v, str) else v for v in expected.reshape(-1)]
        assert list(got.reshape(-1)) == list(expected), f"{what}: {got!r} expected {expected!r}"
        return
    name = dtype_name(got)
    got = wide(got)
    if name not in TOLERANCE:
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(got, expected.astype(got.dtype), err_msg=what)
        return
    default = TOLERANCE[name]
    np.testing.assert_allclose(got, expected, rtol=default[0] if rtol is None else max(rtol, default[0] if name in (
        "float16", "bfloat16") else 0), atol=default[1] if atol is None else max(atol, default[1] if name in (
            "float16", "bfloat16") else 0), err_msg=what, equal_nan=True)


def same_bytes(a, b):
    if a is None or b is None:
        return a is b
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return list(a.reshape(-1)) == list(b.reshape(-1)) if a.dtype == object else a.tobytes() == b.tobytes()


# ---- finite differences ----

# Central differences of 6th order: sum c_k (f(x + k h) - f(x - k h)) / h.
STENCIL = ((1, 0.75), (2, -0.15), (3, 1.0 / 60.0))


def derivative(function, inputs, directions, step):
    """d/dt function(inputs + t * directions) at 0; a direction of None moves nothing. Also says how large its terms were."""
    total, scale = 0.0, 0.0
    for k, c in STENCIL:
        values = []
        for sign in (1, -1):
            moved = [x if u is None else (x + sign * k * step * u).astype(x.dtype) for x, u in zip(inputs, directions)]
            values.append(function(moved))
        total += c * (values[0] - values[1]) / step
        scale = max(scale, abs(values[0]), abs(values[1]))
    return total, scale / step


def directions_for(rng, inputs, indices, most_elements=12):
    """Two random directions in all inputs at once, one in each alone, and the unit directions of small inputs."""
    def random_one(chosen):
        return [rng.standard_normal(x.shape) if i in chosen else None for i, x in enumerate(inputs)]
    yield random_one(indices)
    yield random_one(indices)
    if len(indices) > 1:
        for i in indices:
            yield random_one([i])
    for i in indices:
        if 1 < inputs[i].size <= most_elements:
            for e in range(inputs[i].size):
                unit = np.zeros(inputs[i].size)
                unit[e] = 1
                yield [unit.reshape(inputs[i].shape) if j == i else None for j in range(len(inputs))]


def dot(lists, others):
    return sum(float(np.sum(a.astype(np.float64) * b)) for a, b in itertools.zip_longest(lists, others)
               if a is not None and b is not None)

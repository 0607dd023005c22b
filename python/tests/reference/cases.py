"""
Reads the files in cases/: a line is a Python expression over tf, tfe, np and the helpers below, or statements with an expression after the
last semicolon. "1 " or "2 " at its start: only for that TensorFlow; " #~ 1e-4" at its end: a relative tolerance of its own. evaluate() runs
one under any TensorFlow and encodes the result, or the name of the exception's class, as plain values. Python 3.6 suffices.
"""
import glob
import os
import re

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def read(version):
    """[(file, line, tolerance or None)] of that TensorFlow, in order."""
    found = []
    for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.txt"))):
        with open(path, encoding="utf-8") as file:
            for line in file:
                line, _, tolerance = line.rstrip("\n").partition(" #~ ")
                if not line.strip() or line.startswith("#"):
                    continue
                if line[:2] in ("1 ", "2 "):
                    if int(line[0]) != version:
                        continue
                    line = line[2:]
                found.append((os.path.basename(path)[:-4], line.strip(), float(tolerance) if tolerance else None))
    return found


# ---- helpers of the cases ----


def F(*v):
    return np.array(v[0] if len(v) == 1 else v, np.float32)


def D(*v):
    return np.array(v[0] if len(v) == 1 else v, np.float64)


def I(*v):  # noqa: E743
    return np.array(v[0] if len(v) == 1 else v, np.int32)


def L(*v):
    return np.array(v[0] if len(v) == 1 else v, np.int64)


def B(*v):
    return np.array(v[0] if len(v) == 1 else v, bool)


def R(*shape, low=-2.0, high=2.0, seed=1, dtype=np.float32):
    """Random reals, the same on every NumPy."""
    return np.random.RandomState(seed).uniform(low, high, shape).astype(dtype)


def P(*shape, seed=1):
    return R(*shape, low=0.1, high=3.0, seed=seed)


def SPD(n, seed=1):
    """A well-conditioned symmetric positive definite matrix."""
    a = R(n, n, low=-1.0, high=1.0, seed=seed, dtype=np.float64)
    return (a @ a.T + n * np.eye(n)).astype(np.float32)


def names_of(tf, version):
    """What a case sees."""

    def grad(function, *values):
        """Gradients of the sum of the function's results."""
        values = [tf.constant(v) for v in values]
        with tf.GradientTape(persistent=True) as tape:
            for v in values:
                tape.watch(v)
            result = function(*values)
        return tape.gradient(result, values)

    def within(scope, *functions):
        """The last function's result; all are called in the scope, one after the other."""
        with scope:
            return [function() for function in functions][-1]

    names = dict(tf=tf, within=within, np=np, F=F, D=D, I=I, L=L, B=B, R=R, P=P, SPD=SPD, grad=grad)
    if version == 1:
        names["tfe"] = tf.contrib.eager
    return names


# ---- results as plain values ----


def encode(value):
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, bytes):
        return ["bytes", value.decode("latin-1")]
    if isinstance(value, (np.ndarray, np.generic)):
        return encode_array(np.asarray(value), "array")
    kind = type(value).__name__
    if kind == "IndexedSlices":
        return ["slices", encode(value.values), encode(value.indices)]
    if kind in ("SparseTensor", "SparseTensorValue"):
        return ["sparse", encode(value.indices), encode(value.values), encode(value.dense_shape)]
    if kind == "TensorShape":
        return ["shape", None if value.ndims is None else value.as_list()]
    if kind == "DType":
        return ["dtype", value.name]
    if kind == "Dimension":
        return ["dimension", value.value]
    if isinstance(value, dict):
        return ["dict"] + [[key, encode(value[key])] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return ["list"] + [encode(item) for item in value]
    if hasattr(value, "numpy"):
        return encode_array(np.asarray(value.numpy()), "tensor", value.dtype.name)
    return ["object", kind]


def encode_array(array, word, dtype=None):
    dtype = dtype or ("string" if array.dtype.kind in "OSU" else array.dtype.name)
    flat = array.ravel().tolist()
    if array.dtype.kind == "f":
        digits = {2: "%.5g", 4: "%.9g"}.get(array.dtype.itemsize, "%.17g")
        flat = [digits % v for v in flat]
    elif array.dtype.kind == "c":
        flat = ["%.17g" % part for v in flat for part in (v.real, v.imag)]
    elif dtype == "string":
        flat = [(v.decode("latin-1") if isinstance(v, bytes) else v) for v in flat]
    return [word, dtype, list(array.shape), flat]


def evaluate(line, names):
    """The encoded result; ["raises", class name] of an exception."""
    statements, _, expression = line.rpartition(";")
    names = dict(names)
    try:
        if statements:
            exec(re.sub(r";\s*", "\n", statements), names)
        return encode(eval(expression.strip(), names))
    except Exception as error:  # noqa: BLE001  every class is a result here
        return ["raises", type(error).__name__]

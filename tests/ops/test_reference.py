"""
Single operations against the answers and gradients of TensorFlow 1.8 and 2.21 (tests/reference/ops_*.npz). What 2.21 answers otherwise
than 1.8 is taken from 2.21. Cases of operations or dtypes that are not there are passed over; the cases below differ for a reason.
"""
import json
import os

import numpy as np
import pytest
import sokuji_c as sj
from test_string_reference import ports

REFERENCE = os.path.join(os.path.dirname(__file__), "..", "reference")
LEAST = {"ops_math": 700, "ops_nn": 250, "ops_array": 120, "ops_linalg": 60, "ops_string": 70, "ops_more": 40}  # cases that are compared
OTHERWISE = {  # operation, version -> why it is not compared, or a function of (inputs, attributes) that says whether it is not
    ("Cast", None): lambda inputs, attrs: inputs[0].dtype.kind == "f",  # numbers that do not fit saturate here, and are the processor's there
    ("Svd", None): "signs of the vectors; test_linalg.c multiplies them out",
    ("SelfAdjointEigV2", None): "signs of the vectors",
    ("TopKV2", None): lambda inputs, attrs: not attrs.get("sorted", True) or np.isnan(inputs[0]).any(),  # orders that nobody promises
    ("MaxPool", None): lambda inputs, attrs: np.isnan(inputs[0]).any(),  # NaN: what was read first wins there
    ("Selu", "1.8"): "the derivative at 0",
    ("Erf", "2.21"): "erf of infinities, NaN there",
    ("Softmax", "2.21"): lambda inputs, attrs: not np.isfinite(inputs[0]).all(),
    ("Pow", None): lambda inputs, attrs: inputs[0].size == 81,  # derivatives at 0 and infinities
    ("Digamma", "2.21"): "derivatives at the poles",
    ("RegexFullMatch", None): lambda inputs, attrs: b"\\p" in inputs[1].item(),  # refused
    ("FloorMod", None): lambda inputs, attrs: inputs[0].dtype.kind == "f" and not np.isfinite(inputs[0]).all(),  # the two differ
}
TOLERANCE = {"float16": (2e-3, 2e-3), "float32": (2e-5, 1e-4), "float64": (1e-10, 1e-9)}  # outputs, gradients


def cases(name, version):
    data, found = np.load(os.path.join(REFERENCE, f"{name}_{version}.npz")), {}
    for key in data.files:
        case, _, part = key.partition("/")
        found.setdefault(case, {})[part] = data[key]
    return found


def is_otherwise(operation, version, inputs, attrs):
    for key in ((operation, None), (operation, version)):
        reason = OTHERWISE.get(key)
        if reason is not None and (isinstance(reason, str) or reason(inputs, attrs)):
            return True
    return False


def has_dtypes(operation, inputs):
    """Whether the row takes these dtypes at all."""
    row = sj.rows()[operation]
    classes = dict(zip("TUVW", row["types"]))
    for i, x in enumerate(inputs):
        port = row["inputs"][min(i, len(row["inputs"]) - 1)]
        if port["type"] in classes and ("string" if x.dtype == object else x.dtype.name) not in classes[port["type"]]:
            return False
    return True


def same(got, wanted, which, what):
    assert got.dtype == wanted.dtype and got.shape == wanted.shape, what
    if wanted.dtype == object:
        assert list(got.ravel()) == list(wanted.ravel()), what
    elif wanted.dtype.kind == "f":
        tolerance = TOLERANCE[wanted.dtype.name][which]
        size = np.abs(wanted[np.isfinite(wanted)])
        largest = float(size.max()) if size.size else 0.0
        room = tolerance * largest if largest < 1e6 else 0
        np.testing.assert_allclose(got.astype(float), wanted.astype(float), rtol=tolerance, atol=room, err_msg=str(what))
    else:
        np.testing.assert_array_equal(got, wanted, err_msg=str(what))


def check_gradients(operation, inputs, attrs, n_outputs, case, what):
    by = [int(part[3:]) for part in case if part.startswith("din")]
    if not by:
        return
    tensors = [sj.tensor(x) for x in inputs]
    with sj.Tape([tensors[i] for i in by]) as tape:
        outputs = sj.execute(operation, tensors, attrs, n_outputs)
    found = tape.gradient([outputs[0]], [sj.tensor(case["dout0"])], [tensors[i] for i in by])
    for i, gradient in zip(by, found):
        wanted = case[f"din{i}"]
        same(gradient.numpy() if gradient is not None else np.zeros_like(wanted), wanted, 1, (what, f"gradient by input {i}"))


@pytest.mark.parametrize("name", sorted(LEAST))
def test_single_operations(name):
    compared, newer = 0, cases(name, "2.21")
    for version in ("1.8", "2.21"):
        for key, case in cases(name, version).items():
            described = json.loads(case["call"].tobytes().decode())
            operation, inputs = described["op"], ports(case, "in")
            if operation not in sj.rows() or not has_dtypes(operation, inputs) or (version == "1.8" and key in newer):
                continue
            attrs = {k: v for k, v in described["attributes"].items() if k in sj.Op(operation).attributes and v != ""}
            if is_otherwise(operation, version, inputs, attrs):
                continue
            expected, what = ports(case, "out"), (name, version, key, operation, attrs, [x.shape for x in inputs])
            for got, wanted in zip(sj.run(operation, inputs, attrs, len(expected)), expected, strict=True):
                same(got, wanted, 0, what)
            check_gradients(operation, inputs, attrs, len(expected), case, what)
            compared += 1
    assert compared >= LEAST[name], f"{compared} cases compared"

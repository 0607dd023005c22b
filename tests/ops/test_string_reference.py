"""String operations against the answers of TensorFlow 1.8 and 2.21 (tests/reference/ops_string_*.npz)."""
import json
import os

import numpy as np
import pytest

import sokuji_c as sj

REFERENCE = os.path.join(os.path.dirname(__file__), "..", "reference")
OURS = {"StringToNumber", "AsString", "StringSplit", "StringSplitV2", "StringJoin", "ReduceJoin", "Substr", "StringStrip", "StringLower",
        "StringUpper", "StringLength", "tf.decode_csv"}


def strings(array):
    stored = json.loads(array.tobytes().decode())
    values = [v.encode() if isinstance(v, str) else bytes(v) for v in stored["values"]]
    return np.array(values + [None], object)[:-1].reshape(stored["shape"])


def ports(case, what):
    found = []
    for i in range(40):
        key = f"{what}{i}"
        if key + "_strings" in case:
            found.append(strings(case[key + "_strings"]))
        elif key in case:
            found.append(case[key])
    return found


def cases(version):
    data, found = np.load(os.path.join(REFERENCE, f"ops_string_{version}.npz")), {}
    for key in data.files:
        name, _, part = key.partition("/")
        found.setdefault(name, {})[part] = data[key]
    return found


def call(case):
    described = json.loads(case["call"].tobytes().decode())
    name, options, inputs = described["op"], dict(described["attributes"]), ports(case, "in")
    if name == "tf.decode_csv":
        name = "DecodeCSV"
        for default in options.pop("defaults"):
            inputs.append(np.array([default[0].encode()], object) if isinstance(default[0], str) else
                          np.array(default, np.float32 if isinstance(default[0], float) else np.int32))
    attrs = {k: v for k, v in options.items() if k in sj.Op(name).attributes and not (k == "encoding" and v == "")}
    return name, inputs, attrs


@pytest.mark.parametrize("version", ["1.8", "2.21"])
def test_all_of_tensorflow(version):
    count = 0
    for key, case in cases(version).items():
        if json.loads(case["call"].tobytes().decode())["op"] not in OURS:
            continue
        name, inputs, attrs = call(case)
        expected = ports(case, "out")
        for got, wanted in zip(sj.run(name, inputs, attrs, len(expected)), expected, strict=True):
            if wanted.dtype == object:
                assert got.shape == wanted.shape and list(got.ravel()) == list(wanted.ravel()), (key, name, attrs, inputs, got, wanted)
            else:
                np.testing.assert_array_equal(got, wanted, err_msg=f"{key} {name} {attrs} {inputs}")
        count += 1
    assert count > (90 if version == "1.8" else 0)

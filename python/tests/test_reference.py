"""Every case of reference/cases gives what the real TensorFlow gave: class of the exception, structure, dtype, shape and values."""

import json
import os
import sys

import pytest

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference")
sys.path.insert(0, HERE)
import cases  # noqa: E402

# Relative to the largest magnitude in the result. TensorFlow's own float32 kernels (Eigen's packet mathematics, sums in float32) are within about 1e-6.
TOLERANCES = {"float16": 2e-3, "float32": 3e-6, "complex64": 3e-6, "float64": 1e-12, "complex128": 1e-12}


def load(version):
    with open(os.path.join(HERE, "results_%s.json" % ("1.8" if version == 1 else "2.21")), encoding="utf-8") as file:
        return json.load(file)


def numbers_agree(want, have, tolerance):
    scale = max([1.0] + [abs(v) for v in want if v == v and abs(v) != float("inf")])
    return all(a == b or (a != a and b != b) or abs(a - b) <= tolerance * scale for a, b in zip(want, have))


def agree(want, have, tolerance=None):
    if isinstance(want, list) and want and want[0] in ("tensor", "array", "float"):
        if not isinstance(have, list) or want[0] != have[0] or want[:-1] != have[:-1]:
            return False
        if want[0] == "float":
            return numbers_agree([float(want[1])], [float(have[1])], tolerance or 1e-6)
        if want[1] in TOLERANCES:
            return numbers_agree([float(v) for v in want[3]], [float(v) for v in have[3]], tolerance or TOLERANCES[want[1]])
        return want == have
    if isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        return all(agree(a, b, tolerance) for a, b in zip(want, have))
    return type(want) is type(have) and want == have


def parameters():
    made = []
    for version in (1, 2):
        for number, (file, line, tolerance) in enumerate(cases.read(version)):
            made.append(pytest.param(version, line, tolerance, id="%s-%d-%d" % (file, version, number)))
    return made


RESULTS = {version: load(version) for version in (1, 2)}


@pytest.mark.parametrize("version, line, tolerance", parameters())
def test_case(version, line, tolerance, request):
    tf = request.getfixturevalue("tf%d" % version)
    assert line in RESULTS[version], "not recorded: run reference/record.py under the real TensorFlow"
    want = RESULTS[version][line]
    have = json.loads(json.dumps(cases.evaluate(line, cases.names_of(tf, version))))
    if agree(want, have, tolerance):
        return
    if isinstance(have, list) and have[:1] == ["raises"] and want[:1] != ["raises"]:
        statements, _, expression = line.rpartition(";")
        names = cases.names_of(tf, version)
        exec(statements.replace("; ", "\n").replace(";", "\n"), names)
        eval(expression.strip(), names)
    assert have == want, line

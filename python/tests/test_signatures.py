"""
Functions have TensorFlow 1.8's signatures, read from the running library: its parameters in its order with its defaults; what Sokuji adds comes after
them. Layers, datasets, images and Keras, which take more by keywords, are compared by what their tests call.
"""

import csv
import importlib
import inspect
import os
import re

import pytest

REFERENCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference", "signatures_1.8.csv")
ELSEWHERE = ("tf.keras.", "tf.layers.", "tf.data.", "tf.test.", "tf.train.", "tf.summary.", "tf.gfile.", "tf.image.",
             "tf.nn.rnn_cell.", "tfe.Network", "tfe.Sequential", "tfe.Checkpoint")  # fmt: skip
# Why a signature differs.
DIFFERENT = {
    "tf.Tensor": "tensors are not made by their class", "tf.DType": "neither are dtypes", "tf.SparseTensorValue": "a named tuple",
    "tf.Variable": "takes the arguments of both TensorFlows", "tfe.Variable": "takes the arguments of both TensorFlows",
    "tf.GradientTape": "a type of the core", "tfe.GradientTape": "a type of the core", "tf.nn.swish": "a graph function there",
    "tf.losses.Reduction": "a namespace", "tf.VariableScope": "only its fields are used", "tfe.metrics.Metric": "a base class",
    "tf.compat.as_str": "one function under two names", "tfe.metrics.Mean": "a base class", "tfe.metrics.Accuracy": "a base class",
    "tf.errors.UnknownError": "made by the library", "tfe.Iterator": "takes a dataset", "tf.nn.rnn_cell.LSTMStateTuple": "a named tuple",
    "tf.sparse_split": "its first default has no other face", "tf.saved_model.loader.load": "import_scope by name",
    "tf.FixedLenFeature": "a named tuple", "tf.FixedLenSequenceFeature": "a named tuple", "tf.VarLenFeature": "a named tuple",
}  # fmt: skip


def rows():
    with open(REFERENCE, encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in ("function", "class")]


def find(module, symbol):
    words = (["contrib", "eager"] if symbol.startswith("tfe.") else []) + symbol.split(".")[1:]
    for word in words:
        module = getattr(module, word)
    late = getattr(module, "_comes_from", None)  # imported when it is called
    return module if late is None else getattr(importlib.import_module("sokuji._src." + late[0]), late[1])


def parts(signature):
    """The parameters as text, without self; braces and brackets keep their commas."""
    signature = re.sub(r"<dtype: '(\w+)'>", r"tf.\1", signature.strip()[1:-1])
    found, depth, start = [], 0, 0
    for i, c in enumerate(signature + ","):
        depth += (c in "[({<") - (c in "])}>")
        if c == "," and depth == 0:
            found.append(signature[start:i].strip())
            start = i + 1
    return [p for p in found if p and p != "self"]


def test_signatures(tf1):
    checked, wrong = 0, []
    for row in rows():
        symbol = row["symbol"]
        if symbol.startswith(ELSEWHERE) or symbol in DIFFERENT:
            continue
        try:
            ours = find(tf1, symbol)
        except (NotImplementedError, AttributeError):
            continue
        want, have = parts(row["signature"]), parts(str(inspect.signature(ours)))
        checked += 1
        if have[: len(want)] != want or any("=" not in p and not p.startswith("*") for p in have[len(want) :]):
            wrong.append("%s: %s instead of %s" % (symbol, have, want))
    assert not wrong, "\n".join(wrong)
    assert checked > 400


@pytest.mark.parametrize("call", ["tf.matmul(1)", "tf.matmul()", "tf.square(1, 2, 3)", "tf.square(y=1)", "tf.add(1, x=2, y=3)", "tf.reduce_sum()"])
def test_wrong_calls_are_type_errors(tf1, call):
    with pytest.raises(TypeError):
        eval(call, {"tf": tf1})

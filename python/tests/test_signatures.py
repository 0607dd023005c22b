"""
Functions, classes and methods have TensorFlow's signatures, of 1.8 and of 2.21, read from the running libraries: its parameters in its order with its
defaults; what Sokuji adds comes after them. What differs on purpose stands below, with the reason.
"""

import csv
import importlib
import inspect
import os
import re

import pytest

REFERENCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference", "signatures_%s.csv")
# Why a signature differs: patterns of whole names.
DIFFERENT = {
    r"tf\.keras\.(Layer|Metric|Variable|InputSpec|name_scope)(\..*)?": "as the classes of both versions have them",
    r"tf\.(keras\.)?losses\.(Circle|categorical_generalized_cross_entropy)": "80 for 80.0, and a default more",
    r"tf\.keras\.(layers\.ReversibleEmbedding\.compute_output_shape|optimizers\.Adadelta\.update_step)": "inherited",
    r"tf\.QueueBase|tf\.ReaderBase|tf(\.dtypes)?\.DType|tf\.Tensor|tf\.data\.(Dataset|Iterator)|tfe\.Iterator|tf\.RaggedTensor|tf\.experimental\.RowPartition|tf(\.keras)?\.KerasTensor": "not made by their class",
    r"tf\.(sparse\.)?SparseTensorValue|tf\.nn\.rnn_cell\.LSTMStateTuple|tf\.(io\.)?(FixedLenFeature|FixedLenSequenceFeature|VarLenFeature)": "named tuples",
    r"tf\.config\.\w+Device\.\w+": "a tuple's", r"tf\.UnconnectedGradients|.*\.Algorithm|.*\.Feature|.*\.AutoShardPolicy\.\w+": "enumerations", r"tf\.losses\.Reduction": "a namespace",
    r"tf\.nn\.swish": "a graph function there", r"tf\.nn\.rnn_cell\.\w+Cell\.__call__": "the cells' call takes no more",
    r"tfe\.metrics\.(Metric|Mean|Accuracy)(\..*)?": "take what the computation takes", r"tf\.compat\.as_str": "one function under two names",
    r"tf\.sparse_split": "its first default has no other face", r"tf\.saved_model\.loader\.load": "import_scope by name",
    r"tf\.test\.TestCase\.\w+": "unittest's", r"tf\.TensorArraySpec\.is_compatible_with": "TypeSpec's", r"tf\.Variable(\.eval)?|tf\.custom_gradient|tf\.errors\.UnknownError": "take the arguments of both TensorFlows",
    r".*\.(de)?serialize(_keras_object)?|.*ustom_?[oO]bject_?[sS]cope": "takes what it is for by place",
    r".*\w+_initializer\.__call__|tf\.(keras\.)?initializers\.([cC]onstant|Initializer\.__call__)": "one class has both TensorFlows' parameters",
    r"tf\.linalg\.LinearOperator|tf\.QueueBase|tf\.ReaderBase(\.restore_state)?": "classes to inherit from there", r"tf\.lookup\.experimental\.DenseHashTable\.lookup": "takes its base's",
    r"tf\.data\.Dataset\.rejection_resample|.*\.flow_from_dataframe|tf\.keras\.utils\.plot_model": "is missing", r"tf\.keras\.\w+\.(add_)?loss": "a property in 2.x",
}  # fmt: skip
# Only the names are compared: one class or function has both TensorFlows' parameters, in the order of the other one.
SHARED = {
    "1.8": re.compile(r"tf\.(keras|data|train|summary|image|gfile|test)\.|tf\.Variable|tfe\.|tf\.Graph|tf\.layers\.Layer"),
    "2.21": re.compile(r"tf\.keras\.(layers|models|callbacks|backend|Model|Sequential|Input|wrappers)\b"),
}
# Parameters that Sokuji's layers and models of 2.x do not have; those that layers take by their base's keywords are not among them.
ABSENT = re.compile(r"(training|mask|custom_objects|safe_mode|lora_rank|lora_alpha|quantization_config|sliding_window|use_gate|initial_state_shape|constants|"
                    r"interpolation|threshold|time_major|zero_output_for_mask|return_all_outputs|max_shard_size|zipped|raise_error|dilation_rate|axis|ignore_class|"
                    r"allow_last_axis_squeeze|optional|ragged|name|dir_path|layer)\b")  # fmt: skip


def rows(version):
    with open(REFERENCE % version, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def find(module, symbol):
    words = (["contrib", "eager"] if symbol.startswith("tfe.") else []) + symbol.split(".")[1:]
    for word in words:
        module = getattr(module, word)
    late = getattr(module, "_comes_from", None)  # imported when it is called
    return module if late is None else getattr(importlib.import_module("sokuji._src." + late[0]), late[1])


def is_bound_later(tf, symbol):
    """Whether a method is a plain function in its class, whose first parameter is the object."""
    owner, _, method = symbol.rpartition(".")
    return not isinstance(inspect.getattr_static(find(tf, owner), method, None), (staticmethod, classmethod))


def parts(signature):
    """The parameters as text, without self; braces, brackets and quotes keep their commas."""
    signature = re.sub(r"<dtype: '(\w+)'>", r"tf.\1", signature.split(" -> ")[0].strip()[1:-1])
    signature = re.sub(r"(unconnected_gradients)=('none'|<[^>]*>)", r"\1=NONE", signature)  # the member or its value
    signature = re.sub(r"<function (\w+) at \w+>", r"\1", re.sub(r"<(?:\w+\.)*(\w+)(?: object at \w+|\.\w+: [^>]*)>", r"<\1>", signature))
    found, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(signature + ","):
        quoted ^= c == "'"
        depth += (c in "[({<") - (c in "])}>")
        if c == "," and depth <= 0 and not quoted:
            found.append(re.sub(r"^(\w+): .*? = ", r"\1=", signature[start:i].strip()))
            start = i + 1
    return [p for p in found if p and p not in ("self", "instance", "cls", "/")]


def name(parameter):
    return "**" if parameter.startswith("**") else "*" if parameter.startswith("*") else parameter.partition("=")[0]


def same(want, have, only_names):
    """Whether what is written for the first signature calls the second one in the same way."""
    options, names = [p for p in want if not p.startswith("**")], [name(p) for p in have]
    if only_names:
        return all(name(p) in names or "**" in names or "*" in names or ABSENT.match(p) for p in options)
    if name(want[-1:][0] if want else "") == "**" and "**" not in names:
        return False
    head = [p if not p.startswith("*") else "*" for p in have[: len(options)]]
    return head == [p if not p.startswith("*") else "*" for p in options] and all("=" in p or p.startswith("*") for p in have[len(options) :])


def differences(tf, version):
    checked, wrong = 0, []
    for row in rows(version):
        symbol, want = row["symbol"], parts(row["signature"])
        if any(re.fullmatch(pattern, symbol) for pattern in DIFFERENT) or row["kind"] == "class" and [name(p) for p in want] == ["*", "**"]:
            continue
        try:
            ours = find(tf, symbol)
        except (NotImplementedError, AttributeError):
            continue
        try:
            have = parts(str(inspect.signature(ours)))
        except (ValueError, TypeError) as error:
            have = [str(error)]
        checked += 1
        if row["kind"] == "method" and have[:1] in (["dataset"], ["graph"], ["model"], ["tensor"]) and have[:1] != want[:1] and is_bound_later(tf, symbol):
            have = have[1:]  # self, in a function that became a method
        if row["kind"] == "method" and symbol.endswith((".build", ".compute_output_shape", ".compute_mask", "__call__", ".call")):
            have = want[:1] + have[1:]  # what a layer calls its input
        if not same(want, have, SHARED[version].match(symbol)):
            wrong.append("%s: %s instead of %s" % (symbol, have, want))
    return checked, wrong


@pytest.mark.parametrize("version", ["1.8", "2.21"])
def test_signatures(version, request):
    tf = request.getfixturevalue("tf1" if version == "1.8" else "tf2")
    checked, wrong = differences(tf, version)
    assert not wrong, "\n".join(wrong)
    assert checked > 1500


@pytest.mark.parametrize("call", ["tf.matmul(1)", "tf.matmul()", "tf.square(1, 2, 3)", "tf.square(y=1)", "tf.add(1, x=2, y=3)", "tf.reduce_sum()"])
def test_wrong_calls_are_type_errors(tf1, call):
    with pytest.raises(TypeError):
        eval(call, {"tf": tf1})

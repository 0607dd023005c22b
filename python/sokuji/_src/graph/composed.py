"""
The functions of tf.* in graphs: each gets TensorFlow's names for its node and constants. A function that cannot be written as nodes because a
shape or value is known only when the graph runs becomes one node that calls it then.
"""

import functools
import inspect

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, nest
from sokuji._src.core.execute import convert
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import words
from sokuji._src.graph.variables import GraphVariable, checked, symbolic
from sokuji._src.ops.sparse_ops import SparseTensor

# What functions are called in graphs where their own name is not TensorFlow's default for the node; after | the result's name in that scope.
NAMES = {
    "cast": "Cast", "expand_dims": "ExpandDims", "softmax": "Softmax", "log_softmax": "LogSoftmax", "where": "Select",
    "top_k": "TopKV2", "clip_by_value_1": "clip_by_value", "random_shuffle": "RandomShuffle", "gather_nd": "GatherNd",
    "leaky_relu": "LeakyRelu|Maximum", "reduce_logsumexp": "ReduceLogSumExp", "exponential_decay": "ExponentialDecay",
    "natural_exp_decay": "NaturalExpDecay", "inverse_time_decay": "InverseTimeDecay", "polynomial_decay": "PolynomialDecay", "cosine_decay": "CosineDecay|Mul",
    "piecewise_constant": "PiecewiseConstant|case/cond/Merge", "sigmoid_cross_entropy_with_logits": "logistic_loss", "range_": "range",
    "weighted_cross_entropy_with_logits": "logistic_loss", "softmax_cross_entropy_with_logits_v2": "softmax_cross_entropy_with_logits|Reshape_2",
    "softmax_cross_entropy_with_logits": "softmax_cross_entropy_with_logits_sg|Reshape_2",
    "sparse_softmax_cross_entropy_with_logits": "SparseSoftmaxCrossEntropyWithLogits", "round": "Round", "pow": "Pow", "truediv_1": "truediv",
    "divide_1": "truediv", "verify_tensor_all_finite": "VerifyFinite/CheckNumerics", "one_hot": "one_hot", "to_float": "ToFloat",
    "fused_batch_norm": "FusedBatchNorm", "segment_sum": "SegmentSum", "boolean_mask": "boolean_mask|GatherV2", "sequence_mask": "SequenceMask|Less",
    "unique": "Unique", "tensordot": "Tensordot", "accumulate_n": "AccumulateNV2", "global_norm": "global_norm|global_norm", "norm": "norm|Squeeze",
    "crelu": "CRelu|Relu", "in_top_k": "in_top_k|InTopKV2", "depthwise_conv2d": "depthwise", "batch_normalization": "batchnorm|add_1",
    "zero_fraction": "zero_fraction|Mean", "trace": "Trace", "svd": "Svd", "self_adjoint_eig": "SelfAdjointEigV2", "qr": "Qr", "setdiff1d": "ListDiff",
    "confusion_matrix": "confusion_matrix|SparseTensorDenseAdd", "broadcast_dynamic_shape": "BroadcastArgs", "bincount": "Bincount",
    "sparse_tensor_to_dense": "SparseToDense", "complex": "Complex", "extract_image_patches": "ExtractImagePatches", "reverse_sequence": "ReverseSequence",
    "batch_to_space": "BatchToSpaceND", "space_to_batch": "SpaceToBatchND", "count_nonzero": "count_nonzero|Sum", "scalar_mul": "mul",
    "strided_slice": "StridedSlice", "substr": "Substr", "eye": "eye|MatrixDiag", "cosine_distance": "cosine_distance_loss|value", "compute_weighted_loss": "weighted_loss|value",
    "mean_pairwise_squared_error": "mean_pairwise_squared_error|value_2", "linear_cosine_decay": "LinearCosineDecay", "cosine_decay_restarts": "SGDRDecay",
}  # fmt: skip
NAMES.update((loss, loss + "_loss|value") for loss in ("sparse_softmax_cross_entropy", "softmax_cross_entropy", "sigmoid_cross_entropy"))
NAMES.update((loss, loss + "|value") for loss in ("mean_squared_error", "absolute_difference", "log_loss", "huber_loss", "hinge_loss"))
# How many operations TensorFlow 1.8 has for a call, where that is not what there is here: seeds depend on it.
_COUNTS = {
    "leaky_relu": 3, "clip_by_norm": 10, "reduce_logsumexp": lambda *_, keepdims=None, keep_dims=None, **__: 12 if keepdims or keep_dims else 14,
    "softmax_cross_entropy_with_logits_v2": 31, "sigmoid_cross_entropy_with_logits": 10, "weighted_cross_entropy_with_logits": 16, "l2_normalize": 7, "softmax_cross_entropy_with_logits": 32, "sparse_softmax_cross_entropy_with_logits": 2,
    "mean_squared_error": 42, "sparse_softmax_cross_entropy": 43, "softmax_cross_entropy": 73, "exponential_decay": lambda *_, **k: 8 + _is_stepped(_, k), "eye": 2, "natural_exp_decay": lambda *_, **k: 10 + _is_stepped(_, k), "trace": 3,
    "inverse_time_decay": lambda *_, **k: 11 + _is_stepped(_, k), "polynomial_decay": lambda *_, cycle=False, **__: 26 if cycle or _[5:6] == (True,) else 14,
    "piecewise_constant": lambda x, boundaries, *_, **__: 40 + 16 * (len(boundaries) - 1) + (len(boundaries) - 1) * (len(boundaries) - 2), "random_crop": 18,
    "cosine_decay_restarts": 53, "einsum": 7, "sequence_mask": lambda lengths, maxlen=None, dtype=None, *_, **__: 9 - (maxlen is not None) + (dtype is not None),
    "assert_equal": 15, "assert_none_equal": 15, "assert_less": 15, "assert_less_equal": 13, "assert_greater": 13, "assert_greater_equal": 13, "assert_positive": 14,
    "assert_negative": 14, "assert_non_positive": 12, "assert_non_negative": 14, "assert_near": 33, "assert_rank": 12, "assert_rank_at_least": 12, "assert_rank_in": 16,
    "norm": 5, "in_top_k": 2, "absolute_difference": 43, "huber_loss": 52, "log_loss": 55, "hinge_loss": 50, "cosine_distance": 46,
    "sigmoid_cross_entropy": 51, "zero_fraction": 5, "confusion_matrix": 62, "boolean_mask": 27,
    "global_norm": lambda t_list, *_, **__: len(t_list) + 6, "clip_by_global_norm": lambda t_list, *_, **__: 3 * len(t_list) + 14,
}  # fmt: skip
# The tensors of these, of which TensorFlow makes constants where they are none.
_OPERANDS = {"labels", "onehot_labels", "multi_class_labels", "logits", "predictions", "targets", "tensor", "mask", "t", "x", "y", "input_tensor", "value", "lengths", "sentinel"}


def _is_stepped(arguments, keywords):
    return bool(keywords.get("staircase", arguments[4] if len(arguments) > 4 else False))


def _literals(signature, arguments, keywords):
    try:
        given = signature.bind_partial(*arguments, **keywords).arguments
    except TypeError:
        return 0
    return sum(name in _OPERANDS and value is not None and not isinstance(value, _core.Handle) for name, value in given.items())


_NAMED_TWICE = {"sparse_softmax_cross_entropy_with_logits"}  # the node has the scope's name in the scope: xent/xent
_REDUCTIONS = {"Sum", "Mean", "Max", "Min", "Prod", "All", "Any"}


def of_arguments(arguments, keywords):
    """The tf.Graph that an argument belongs to, where none is open; None where another one is."""
    for one in (*arguments, *keywords.values()):
        if type(one) is _core.SymbolicTensor:
            graph = one._node._graph
            return graph if isinstance(graph, graphs.Graph) and _core.graph_now() is None else None
        if type(one) in (list, tuple):
            graph = of_arguments(one, {})
            if graph is not None:
                return graph
    return None


# ---- functions of the table: one operation ----


_DEFAULTS = {"floordiv": "floordiv"}  # nodes that are named after the function rather than the operation


def of_table(function, op, groups, parameters):
    """The function that also names its node and constants where a graph is open."""
    inputs = _core.inputs_of(op) or []
    names = [row[0] for row in parameters]
    default = next((row[2] for row in parameters if row[0] == "name"), None) or _DEFAULTS.get(function.__name__, op)

    @functools.wraps(function, assigned=("__name__", "__qualname__"), updated=())
    def wrapper(*arguments, **keywords):
        graph = graphs.building()
        if graph is None:
            graph = of_arguments(arguments, keywords)
            if graph is not None:
                with graphs._stack.opened(graph):
                    return wrapper(*arguments, **keywords)
        if graph is None or len(arguments) > len(names) or any(k not in names for k in keywords):
            return function(*arguments, **keywords)
        values = dict(zip(names, arguments))
        values.update(keywords)
        name = values.pop("name", None) or default
        first = len(graph)
        full = name[:-1] if name.endswith("/") else graph.unique_name(name)
        _inputs(graph, op, groups, parameters, inputs, values, full)
        graph.next_name(full + "/")
        try:
            made = function(**values)
        except errors.InvalidArgumentError as error:
            raise at_build(error) from None
        finally:
            graph.next_name(None)
        graph._note_line(first)
        return made

    wrapper.__doc__ = function.__doc__
    _core.set_hook("naming", wrapper.__code__)
    return wrapper


def _inputs(graph, op, groups, parameters, inputs, values, full):
    """Replaces plain values of inputs by constants called after them."""
    is_literal = op in _REDUCTIONS and not isinstance(values.get("input_tensor"), _core.Handle)
    rows = [(row[0], row[1]) for row in parameters if row[1] in inputs and values.get(row[0]) is not None]
    hints = {}
    for key, target in rows:
        group, value = _group(groups, inputs, target), values[key]
        if isinstance(value, _core.Handle) and group not in "?ib":
            hints.setdefault(group, value._dtype_number)
    for key, target in rows:
        group, value = _group(groups, inputs, target), values[key]
        if isinstance(value, GraphVariable):
            values[key] = value._now()
        elif not isinstance(value, _core.SymbolicTensor):
            number = hints.get(group, 0) if group not in "?ib" else 10 if group == "b" else 0
            if group == "i" and isinstance(value, (list, tuple)) and not value:
                number = 3
            made = checked(value, number)
            if isinstance(made, _core.EagerTensor):
                made = graph.constant(made, full + "/" + target + "/")
            values[key] = made
            if group not in "?ib":
                hints.setdefault(group, made._dtype_number)
    if op == "Transpose" and values.get("perm") is None:
        graph._more += 7  # Rank, sub/y, sub, Range/start, Range/delta, Range, sub_1
    if op in _REDUCTIONS:
        _all_axes(graph, values, is_literal)


def _group(groups, inputs, target):
    place = inputs.index(target)
    return groups[place] if place < len(groups) else "?"


def _all_axes(graph, values, is_literal):
    """Without an axis TensorFlow reduces over a constant that lists them all."""
    if values.get("axis") is not None or values.get("reduction_indices") is not None:
        return
    graph._more += 4 * is_literal  # a constant for Rank, which is one, and the range's three
    shape = getattr(values.get("input_tensor"), "_shape_tuple", None)
    if shape is None:
        graph._more += 4  # Rank, range/start, range/delta, range
    else:
        values["axis"] = graph.constant(convert(list(range(len(shape))), 3), "Const")
        values.pop("reduction_indices", None)


# ---- functions made of several operations ----


def of_several(function, default=None):
    """The function in a name scope of its own, its result called like that."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return function
    named = signature.parameters.get("name") or signature.parameters.get("scope")
    default, _, own = (default or "").partition("|")
    own = own or None
    preset = default or (named.default if named is not None and isinstance(named.default, str) else None) or function.__name__.strip("_")

    @functools.wraps(function)
    def wrapper(*arguments, **keywords):
        graph = graphs.building()
        if graph is None:
            graph = of_arguments(arguments, keywords)
            if graph is None:
                return function(*arguments, **keywords)
            with graphs._stack.opened(graph):
                return wrapper(*arguments, **keywords)
        name, tail = preset, own
        if named is not None:
            try:
                given = signature.bind_partial(*arguments, **keywords).arguments
            except TypeError:
                return function(*arguments, **keywords)
            name = given.get(named.name) or preset
        first, count = len(graph), graph._last_id
        with graph.name_scope(name) as scope:
            made = attempt(function, _read(arguments), {key: _read(value) for key, value in keywords.items()})
            made = _in_graph(graph, made)
        if tail is None and function.__name__ in _NAMED_TWICE:
            tail = scope[:-1].rpartition("/")[2]
        tail = {"none": "Mul", "weighted_sum": "Sum"}.get(keywords.get("reduction"), tail)
        _call_it(graph, made, scope + tail + "/" if tail else scope, first)
        if function.__name__ in _COUNTS and len(graph) > first:
            n = _COUNTS[function.__name__]
            graph._more += count + (n(*arguments, **keywords) if callable(n) else n) + _literals(signature, arguments, keywords) - graph._last_id
        graph._note_line(first)
        return made

    wrapper._plain = function
    return wrapper


def _in_graph(graph, made):
    """Values that were computed at once as constants."""
    if type(made) is _core.EagerTensor:
        return graph.constant(made, "Const")
    if type(made) in (list, tuple) and any(type(t) is _core.EagerTensor for t in made):
        return type(made)(_in_graph(graph, t) for t in made)
    return made


def _read(value):
    """Variables as what they read as."""
    if isinstance(value, GraphVariable):
        return value._now()
    if type(value) in (list, tuple) and any(isinstance(v, (GraphVariable, list, tuple)) for v in value):
        return type(value)(_read(v) for v in value)
    return value


def _call_it(graph, made, scope, first):
    """The node of a single result takes the scope's own name."""
    if isinstance(made, (list, tuple)) and made and all(isinstance(t, _core.SymbolicTensor) and t._node is made[0]._node for t in made):
        made = made[0]
    if isinstance(made, _core.SymbolicTensor) and made._node._graph is graph and made._node.index >= first and graph.find(scope[:-1]) is None:
        made._node.rename(scope[:-1])


_NEEDS_VALUE = (TypeError, NotImplementedError, AttributeError, BufferError)
_FAILURES = (TypeError, ValueError, BufferError, NotImplementedError, AttributeError, IndexError, errors.InvalidArgumentError, errors.UnimplementedError)


def attempt(function, arguments, keywords):
    """Calls the function; where it needs what only a run knows, a node that calls it then."""
    try:
        return function(*arguments, **keywords)
    except _FAILURES as error:
        leaves = _leaves((arguments, keywords))
        made = None
        if leaves and (isinstance(error, _NEEDS_VALUE) or not all(_is_known(t) for t in leaves)):
            made = defer(function, arguments, keywords, leaves)
        if made is None:
            raise error if getattr(function, "_home", function.__module__).endswith("check_ops") else at_build(error)
        return made


def put_off(error, function, arguments, keywords):
    """What a function of 2.x that failed so gives where a graph's tensors were too little known: a node's tensors, or NotImplemented."""
    if not isinstance(error, _FAILURES) or words.probing.now:
        return NotImplemented
    arguments, keywords = nest.map_structure(lambda v: v._read() if isinstance(v, _core.VariableBase) and _core.graph_now() is not None else v, (arguments, keywords))
    leaves = _leaves((arguments, keywords))
    unknown = [t for t in leaves if t._known_value() is None]
    vague = any(t._shape_tuple is None or None in t._shape_tuple for t in unknown)
    made = defer(function, arguments, keywords, leaves) if vague or (unknown and isinstance(error, _NEEDS_VALUE)) else None
    return NotImplemented if made is None else made


def at_build(error):
    """What cannot be built is a ValueError in TensorFlow, whatever it is when it runs."""
    return ValueError(error.message) if isinstance(error, errors.InvalidArgumentError) else error


def _leaves(structure):
    found = []
    for leaf in _parts(structure):
        if isinstance(leaf, (_core.SymbolicTensor, GraphVariable)) and not any(leaf is f for f in found):
            found.append(leaf)
    return found


def _is_known(leaf):
    return isinstance(leaf, GraphVariable) or leaf._known_value() is not None


# Shapes of results whose sizes are a matter of values.
_TOLD = {"string_split": [(None, 2), (None,), (2,)], "setdiff1d": [(None,), (None,)], "non_max_suppression": [(None,)], "ctc_loss_1": [(None,)]}


def defer(function, arguments, keywords, leaves):
    """One node that calls the function with the tensors of the run. None where even examples of them are refused."""
    structure = (arguments, keywords)
    probes = [_probe(function, structure, leaves, size, alike=False) for size in (2, 3)]
    if probes[0] is None or probes[1] is None:
        alike = [_probe(function, structure, leaves, size) for size in (2, 3)]
        if all(p is not None for p in alike) or (probes[0] is None and probes[1] is None):
            probes = alike
    if probes[0] is None and probes[1] is None:
        probes[0] = _probe(function, structure, leaves, 1)
    if probes[0] is None and probes[1] is None:
        probes[0] = _probe(function, structure, leaves, 0)
    if probes[0] is None and probes[1] is None:
        probes = [_probe(function, structure, leaves, size, False) for size in (2, 3)]
    if probes[0] is None and probes[1] is None:
        return None
    one = probes[0] if probes[0] is not None else probes[1]
    other = probes[1] if probes[1] is not None else probes[0]
    outputs = _parts(one)
    if not outputs or not all(isinstance(t, _core.EagerTensor) for t in outputs):
        return None
    rest = _parts(other)
    if len(rest) != len(outputs):
        return None
    is_vague = any(getattr(t, "_shape_tuple", ()) is None for t in leaves) or probes[0] is None or probes[1] is None
    fixed = _TOLD.get(function.__name__)
    told = [(a._dtype_number, f) for a, f in zip(outputs, fixed)] if fixed else [(a._dtype_number, None if is_vague else _common(a._shape_tuple, b._shape_tuple)) for a, b in zip(outputs, rest)]
    made = _core.py_call(lambda tensors: _parts(_called(function, structure, leaves, tensors)), function.__name__.strip("_"), False,
                         [symbolic(t) for t in leaves], told)  # fmt: skip
    made = iter(made)
    wholes = [SparseTensor(next(made), next(made), next(made)) if isinstance(leaf, SparseTensor) else next(made) for leaf in nest.flatten(one)]
    return nest.pack_sequence_as(one, wholes) if nest.is_nested(one) else wholes[0]


def _parts(value):
    """The tensors of a result, also those of sparse ones."""
    leaves = nest.flatten(value)
    return [t for leaf in leaves for t in ((leaf.indices, leaf.values, leaf.dense_shape) if isinstance(leaf, SparseTensor) else (leaf,))]


def _common(a, b):
    return None if len(a) != len(b) else [m if m == n else None for m, n in zip(a, b)]


def _called(function, structure, leaves, tensors):
    def swap(leaf):
        for place, one in enumerate(leaves):
            if leaf is one:
                return tensors[place]
        return SparseTensor(*map(swap, leaf._components())) if isinstance(leaf, SparseTensor) else leaf

    arguments, keywords = nest.map_structure(swap, structure)
    return function(*arguments, **keywords)


def _probe(function, structure, leaves, size, uses_known=True, alike=True):
    """The result for example tensors whose unknown sizes are `size` (0: scalars where the rank is unknown, else 1), or None."""
    _core.no_graph_begin()
    before, words.probing.now = words.probing.now, True  # random numbers cannot be drawn by a node that stands for a function
    try:
        others = [v._shape_tuple for v in _leaves(structure) if v._shape_tuple is not None] if alike else ()
        return _called(function, structure, leaves, [_example(t, size, others, uses_known) for t in leaves])
    except Exception:
        return None
    finally:
        words.probing.now = before
        _core.no_graph_end()


def _example(leaf, size, others=(), uses_known=True):
    """A tensor like the leaf; an unknown size is that of another argument of the same rank, where it has one."""
    if isinstance(leaf, _core.SymbolicTensor):
        known = leaf._known_value()
        if known is not None and uses_known:
            return known
        sizes = leaf._shape_tuple
        alike = [o for o in others if sizes is not None and len(o) == len(sizes)]
        sizes = (size,) * min(size, 1) if sizes is None else tuple(
            next((o[i] for o in alike if o[i] is not None), max(size, 1)) if d is None else d for i, d in enumerate(sizes))  # fmt: skip
    else:
        sizes = leaf._shape_tuple
    number = leaf._dtype_number
    if number == 7:
        return conversion._from_array(np.full(sizes, "0", dtype=object), 7)
    if size == 3:  # other values than the other probe's: sizes that depend on values are unknown
        return convert((np.arange(int(np.prod(sizes))) % 3).reshape(sizes).astype(dtypes.as_dtype(number).as_numpy_dtype), number)
    return convert(np.ones(sizes, dtypes.as_dtype(number).as_numpy_dtype), number)



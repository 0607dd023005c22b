"""How the nodes of a GraphDef are made here that are no rows of the operation table, and those that are."""

import contextlib

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, shapes
from sokuji._src.core.execute import convert, execute
from sokuji._src.exchange import arrays, attributes, op_defs
from sokuji._src.graph import python_ops, words
from sokuji._src.graph.variables import GraphVariable, _value_now, symbolic
from sokuji._src.io import tensor_proto
from sokuji._src.ops import print_ops

HANDLERS = {}
# TensorFlow's operations that programs' files may well name, and that are not here.
KNOWN = set("""PyFunc PyFuncStateless EagerPyFunc HashTableV2 LookupTableFindV2 LookupTableImportV2 InitializeTableV2 TensorListReserve TensorListSetItem
TensorListStack TensorListGetItem TensorListFromTensor EmptyTensorList IteratorV2 IteratorGetNext OneShotIterator QueueDequeueV2 FIFOQueueV2 SymbolicGradient
DecodeJpeg EncodeJpeg SokujiCall""".split())  # fmt: skip


@contextlib.contextmanager
def blamed(node):
    """What a damaged node leads to is an error that names it."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, OverflowError, ZeroDivisionError, AssertionError) as error:
        raise ValueError("Node '%s': what it says does not fit the operation %s (%s: %s)" % (node.name, node.op, type(error).__name__, error)) from None


def handler(*names):
    def add(function):
        HANDLERS.update(dict.fromkeys(names, function))
        return function

    return add


def as_tensor(value):
    return value if isinstance(value, (GraphVariable, _core.SymbolicTensor)) else symbolic(value)


def read(value):
    """A tensor; of a variable what it reads as."""
    if not isinstance(value, GraphVariable):
        return value
    settle(value)
    return value._now()


def settle(variable):
    """A variable whose file has no reading of it gets one, that nobody sees."""
    if variable._snapshot is None:
        graph = variable._graph
        with graph.control_dependencies(None):
            variable._snapshot = graph._read(variable, variable.op.name + "/read")
        graph._hidden.add(variable._snapshot._node.index)
        variable._op._outputs = [variable._snapshot]


def build(reader, node, name, data):
    """The node's tensors, or its variable."""
    special = HANDLERS.get(node.op)
    if special is not None:
        return special(reader, node, name, data)
    if node.op in reader.functions or node.op in ("If", "While", "StatelessIf", "StatelessWhile", "Case", "PartitionedCall", "StatefulPartitionedCall"):
        from sokuji._src.exchange import functions

        return functions._run(reader.library, node, data)
    if node.op in arrays.NAMES:
        return arrays.run(node, [read(t) for t in data])
    if node.op in python_ops.KERNELS:
        known = {key: attributes.value_of(value) for key, value in node.attr.items() if not key.startswith("_")}
        made = python_ops.call(node.op, [read(t) for t in data], known, name + "/")
        return made if isinstance(made, list) else [made] if isinstance(made, _core.Handle) else []
    return by_table(reader, node, name, [read(t) for t in data])


def by_table(reader, node, name, data):
    if not _core.has_op(node.op):
        raise NotImplementedError("not implemented: tf.import_graph_def of the operation %s (node '%s')" % (node.op, node.name))
    reader.graph.next_name(name + "/")
    try:
        return executed(node, op_defs.find(node.op), data)
    except (errors.InvalidArgumentError, TypeError) as error:
        raise ValueError("%s (node '%s' of the GraphDef, operation %s)" % (getattr(error, "message", error), node.name, node.op)) from None
    finally:
        reader.graph.next_name(None)


def executed(node, definition, data):
    """A row of the table with the node's attributes: its tensors."""
    given = {}
    for key in _core.attributes_of(node.op):
        if key in node.attr:
            given[key] = attributes.value_of(node.attr[key])
        elif key in definition.attributes and definition.attributes[key][1] is not None:
            given[key] = op_defs.default(*definition.attributes[key])
        if isinstance(given.get(key), bytes):
            given[key] = given[key].decode("utf-8", "surrogateescape")
    many = [a.count or a.type for a in definition.outputs if a.count or a.is_list]
    n = [len(attributes.value_of(node.attr[key])) if kind == "lt" else node.attr[key].i for key, (kind, _) in definition.attributes.items() if key in many]
    if node.op in ("Split", "Unpack"):
        n = [node.attr["num_split" if node.op == "Split" else "num"].i]
    made = execute(node.op, data, given, n[0]) if n else execute(node.op, data, given)
    return list(made) if isinstance(made, (list, tuple)) else [made]


# ---- values, groups ----


@handler("Const")
def _const(reader, node, name, data):
    proto = node.attr["value"].tensor
    if node.attr["dtype"].type != proto.dtype:
        raise ValueError("Node '%s': the attribute dtype is %d, the value's is %d" % (node.name, node.attr["dtype"].type, proto.dtype))
    try:
        with words._unrecorded():
            array = tensor_proto.make_ndarray(proto)
            value = conversion._from_array(array, 7) if proto.dtype == 7 else convert(array, proto.dtype)
    except (TypeError, errors.InvalidArgumentError) as error:
        raise ValueError("Node '%s': %s" % (node.name, getattr(error, "message", error))) from None
    return [reader.graph.constant(value, name + "/")]


@handler("Placeholder", "PlaceholderV2")
def _placeholder(reader, node, name, data):
    sizes = attributes.sizes_of(node.attr["shape"].shape) if "shape" in node.attr else None
    if sizes == [] and reader.definition.versions.producer < 24:
        sizes = None  # what files of then say of an unknown shape
    made = reader.graph.placeholder(node.attr["dtype"].type, sizes, name + "/")
    reader.graph._operation(made._node)._attributes = {"shape": shapes.as_shape(sizes)}
    return [made]


@handler("PlaceholderWithDefault")
def _with_default(reader, node, name, data):
    sizes = attributes.sizes_of(node.attr["shape"].shape)
    reader.graph.next_name(name + "/")
    value = read(data[0])
    return _core.py_call(words._same, "PlaceholderWithDefault", False, [value], [(value._dtype_number, sizes)])


@handler("NoOp", "ControlTrigger")
def _group(reader, node, name, data):
    _core.Graph.group(reader.graph, [], name + "/")
    return []


@handler("Identity", "Snapshot", "PreventGradient", "Print")
def _identity(reader, node, name, data):
    if not isinstance(data[0], GraphVariable):
        if not isinstance(data[0], _core.Handle):  # an array
            return [data[0]]
        return by_table(reader, type(node)(name=node.name, op="Identity"), name, [data[0]])
    return [_reading(reader, data[0], name, "Identity")]


@handler("ReadVariableOp")
def _read_resource(reader, node, name, data):
    return [_reading(reader, _variable_of(node, data[0]), name, "ReadVariableOp")]


def _reading(reader, variable, name, kind):
    made = reader.graph._read(variable, name)
    op = reader.graph._operation(made._node)
    op._type = kind
    if variable._snapshot is None and not reader.graph._controls:
        variable._snapshot = made
        variable._op._outputs = [made]
    return made


@handler("IdentityN")
def _identities(reader, node, name, data):
    return [by_table(reader, type(node)(name=node.name, op="Identity"), name if k == 0 else "%s/%d" % (name, k), [read(t)])[0] for k, t in enumerate(data)]


@handler("Concat")
def _concat(reader, node, name, data):
    data = [read(t) for t in data]
    return by_table(reader, type(node)(name=node.name, op="ConcatV2"), name, data[1:] + data[:1])


# ---- variables ----


@handler("VariableV2", "Variable", "VarHandleOp")
def _variable(reader, node, name, data):
    sizes = attributes.sizes_of(node.attr["shape"].shape)
    if sizes is None or None in sizes:
        raise NotImplementedError("not implemented: tf.import_graph_def of a variable whose shape is not known (node '%s')" % node.name)
    made = GraphVariable.__new__(GraphVariable)
    graph, number = reader.graph, node.attr["dtype"].type
    made._graph, made._constraint, made._resource, made._name = graph, None, node.op == "VarHandleOp", name
    made._trainable = False
    made._initializer = made._initial_value = made._snapshot = None
    graph.variable(made, number, tuple(sizes), name, False)
    op = graph._operation(_core.Graph.group(graph, [], name + "/"))
    op._type = "VarHandleOp" if made._resource else "VariableV2"
    op._attributes = {"dtype": dtypes.as_dtype(number), "shape": shapes.as_shape(sizes), "container": "", "shared_name": node.attr["shared_name"].s.decode()}
    made._op = op
    graph._made_variables.append(made)
    return made


def _variable_of(node, value):
    if isinstance(value, GraphVariable):
        return value
    raise ValueError("Node '%s': %s is no variable" % (node.name, getattr(value, "name", value)))


@handler("Assign", "AssignAdd", "AssignSub", "AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp")
def _assign(reader, node, name, data):
    variable, how = _variable_of(node, data[0]), ["", "Add", "Sub"].index(node.op[6:9] if node.op[6:9] in ("Add", "Sub") else "")
    value = read(data[1])
    if not shapes._of_sizes(value._shape_tuple).is_compatible_with(variable._shape_tuple):
        raise ValueError("Node '%s': the shapes %s and %s are incompatible" % (node.name, variable.shape, value.shape))
    made = reader.graph.assign(how, variable, value, name + "/")
    reader.graph._operation(made._node)._type = node.op
    if how == 0 and variable._initializer is None:
        variable._initializer, variable._initial_value = made.op, value
    return [made]


@handler("IsVariableInitialized", "VarIsInitializedOp")
def _is_initialized(reader, node, name, data):
    variable = _variable_of(node, data[0])
    reader.graph.next_name(name + "/")
    made = _core.py_call(lambda none: [convert(_value_now(variable) is not None, 10)], node.op, True, [], [(10, ())])
    reader.graph._operation(made[0]._node)._attributes = {}
    return made


@handler("ResourceGather")
def _resource_gather(reader, node, name, data):
    return by_table(reader, type(node)(name=node.name, op="GatherV2"), name, [read(data[0]), read(data[1]), symbolic(convert(0, 3))])


def _known(data):
    values = [t._known_value() for t in data]
    return None if any(v is None for v in values) else [v.numpy() for v in values]


def _broadcast_axes(shapes_of):
    """For each of two shapes the axes along which it is repeated."""
    a, b = ([int(d) for d in s] for s in shapes_of)
    rank = max(len(a), len(b))
    wide = [[1] * (rank - len(s)) + s for s in (a, b)]
    both = [i for i in range(rank) if wide[0][i] == wide[1][i] == 1]
    return [[i for i in range(rank) if w[i] == 1 and (i in both or o[i] != 1) and (o[i] != 1 or i in both)] for w, o in (wide, wide[::-1])]


def _offsets(axis, shapes_of):
    made, at = [], 0
    for s in shapes_of:
        row = np.zeros(len(s), np.int32)
        row[axis], at = at, at + int(s[axis])
        made.append(row)
    return made


def _folded(reader, node, name, data, compute, sizes):
    """A small function of shapes: constants where they are known."""
    data = [read(t) for t in data]
    known = _known(data)
    if known is not None:
        with words._unrecorded():
            values = [convert(np.array(v, np.int64), data[-1]._dtype_number) for v in compute(known)]
        return [reader.graph.constant(v, (name if k == 0 else "%s/%d" % (name, k)) + "/") for k, v in enumerate(values)]
    reader.graph.next_name(name + "/")
    number = data[-1]._dtype_number
    return _core.py_call(lambda tensors: [convert(np.array(v, np.int64), number) for v in compute([t.numpy() for t in tensors])], node.op, False, data,
                         [(number, s) for s in sizes])  # fmt: skip


@handler("BroadcastGradientArgs")
def _broadcast_gradient(reader, node, name, data):
    return _folded(reader, node, name, data, _broadcast_axes, [(None,)] * 2)


@handler("ConcatOffset")
def _concat_offset(reader, node, name, data):
    return _folded(reader, node, name, data, lambda v: _offsets(int(v[0]), v[1:]), [t._shape_tuple for t in data[1:]])


# ---- steps of optimizers ----


@handler("ApplyGradientDescent", "ApplyMomentum", "ApplyAdam", "ApplyAdagrad", "ApplyRMSProp", "ResourceApplyGradientDescent", "ResourceApplyMomentum",
         "ResourceApplyAdam", "ResourceApplyAdagrad", "ResourceApplyRMSProp")  # fmt: skip
def _apply(reader, node, name, data):
    """The step in plain operations, in the operation's order of inputs."""
    graph = reader.graph
    rule, nesterov = node.op.replace("Resource", ""), node.attr["use_nesterov"].b if "use_nesterov" in node.attr else False
    values = [v if isinstance(v, GraphVariable) else read(v) for v in data]
    with graph.name_scope(name + "/"):
        ready, variable, change = _STEPS[rule](values, nesterov)
        with graph.control_dependencies([t.op for t in ready] + [change.op]):
            made = graph.assign(2, variable, change, name + "/")
    graph._operation(made._node)._type = "AssignSub"
    return [made]


def _now(variable):
    return read(variable)


def _descent(v, nesterov):
    return [], v[0], v[1] * v[2]


def _momentum(v, nesterov):
    variable, accum, rate, grad, momentum = v
    after = accum._change(0, _now(accum) * momentum + grad, "accum")
    return [after], variable, after * rate if not nesterov else grad * rate + after * momentum * rate


def _adam(v, nesterov):
    variable, m, u, power1, power2, rate, beta1, beta2, epsilon, grad = v
    power1, power2 = read(power1), read(power2)
    rate = rate * execute("Sqrt", [1 - power2], {}) / (1 - power1)
    m = m._change(0, _now(m) + (grad - _now(m)) * (1 - beta1), "m")
    u = u._change(0, _now(u) + (grad * grad - _now(u)) * (1 - beta2), "v")
    first = m if not nesterov else grad * (1 - beta1) + beta1 * m
    return [m, u], variable, rate * first / (execute("Sqrt", [u], {}) + epsilon)


def _adagrad(v, nesterov):
    variable, accum, rate, grad = v
    after = accum._change(0, _now(accum) + grad * grad, "accum")
    return [after], variable, rate * grad / execute("Sqrt", [after], {})


def _rmsprop(v, nesterov):
    variable, ms, mom, rate, rho, momentum, epsilon, grad = v
    ms = ms._change(0, _now(ms) + (grad * grad - _now(ms)) * (1 - rho), "ms")
    mom = mom._change(0, _now(mom) * momentum + rate * grad / execute("Sqrt", [ms + epsilon], {}), "mom")
    return [ms, mom], variable, execute("Identity", [mom], {})


_STEPS = {"ApplyGradientDescent": _descent, "ApplyMomentum": _momentum, "ApplyAdam": _adam, "ApplyAdagrad": _adagrad, "ApplyRMSProp": _rmsprop}


@handler("Assert")
def _assert(reader, node, name, data):
    values = [read(t) for t in data]

    def check(tensors):
        if not np.all(tensors[0].numpy()):
            raise errors.InvalidArgumentError(None, None, "assertion failed: " + " ".join("[%s]" % print_ops.summary(t, 3) for t in tensors[1:]))
        return []

    reader.graph.next_name(name + "/")
    _core.py_call(check, "Assert", True, values, [])
    reader.graph._operation(reader.graph.node(len(reader.graph) - 1))._attributes = {}
    return []

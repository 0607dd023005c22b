"""TensorArrays and stacks of files: an array's flow is a TensorArray, its handle says which dtype and options; both exist while nodes are made only."""

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.exchange import attributes
from sokuji._src.graph import tensor_array


class Handle:
    """What a file calls a resource, and no tensor stands for."""

    _dtype_number, _node, name = 20, None, "handle"
    dtype = dtypes.as_dtype(20)

    def __init__(self, array=None):
        self.array = array


def is_handle(value):
    return isinstance(value, Handle)


def refused(node, kinds, why=None):
    """Tensors that cannot be had: asking for them says so."""
    why = why or "the gradient of a loop, as 1.x wrote it; use tf.gradients of what was imported"
    message = "not implemented: tf.import_graph_def of the node '%s': %s" % (node.name, why)

    def fail(given):
        raise errors.UnimplementedError(None, None, message)

    return list(_core.py_call(fail, node.op, True, [], [(number, None) for number in kinds]))


def _flow(node, data):
    made = data[-1]
    return made if isinstance(made, tensor_array.TensorArray) else None


def _new(node, data):
    shape = attributes.sizes_of(node.attr["element_shape"].shape) if "element_shape" in node.attr else None
    flag = lambda key, default: node.attr[key].b if key in node.attr else default  # noqa: E731
    made = tensor_array.TensorArray(node.attr["dtype"].type, data[0], flag("dynamic_size", False), flag("clear_after_read", True), None, infer_shape=True, element_shape=shape)
    return [Handle(made), made]


def _read(node, data):
    return _flow(node, data).read(data[1])


def _gather(node, data):
    made = _flow(node, data).gather(data[1])
    sizes = attributes.sizes_of(node.attr["element_shape"].shape) if "element_shape" in node.attr else None
    if sizes is not None and isinstance(made, _core.SymbolicTensor):
        made.set_shape([None, *sizes])
    return made


def _concat(node, data):
    return [_flow(node, data).concat(), *refused(node, [9], "the lengths of the parts")]


def _stack(node, data):
    return [Handle()]


_WAYS = {
    "TensorArrayV3": _new, "TensorArrayReadV3": _read, "TensorArrayGatherV3": _gather, "TensorArrayConcatV3": _concat, "TensorArraySplitV3": lambda node, data: data[3].split(data[1], data[2]), "StackV2": _stack,
    "TensorArrayWriteV3": lambda node, data: data[3].write(data[1], data[2]), "TensorArrayScatterV3": lambda node, data: data[3].scatter(data[1], data[2]),
    "TensorArraySizeV3": lambda node, data: data[1].size(), "TensorArrayCloseV3": lambda node, data: [], "StackCloseV2": lambda node, data: [],
    "StackPushV2": lambda node, data: data[1], "TensorArrayGradV3": lambda node, data: [Handle(), *refused(node, [1])],
    "SokujiRefused": lambda node, data: refused(node, [node.attr["T"].type], node.attr["why"].s.decode()),
}  # fmt: skip


def run(node, data):
    """The node's results. Those of an array that cannot be had cannot be had either."""
    if node.op.startswith("TensorArray") and node.op not in ("TensorArrayV3", "TensorArrayGradV3", "TensorArrayCloseV3") and (not data or _flow(node, data) is None):
        return refused(node, [3 if "Size" in node.op else node.attr["dtype"].type if "dtype" in node.attr else 1])
    made = _WAYS[node.op](node, data)
    return made if isinstance(made, list) else [made]


NAMES = frozenset(_WAYS)

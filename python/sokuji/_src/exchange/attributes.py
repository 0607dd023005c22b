"""AttrValue messages from Python's values and back, by the kinds of op_defs."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.io import graph_messages, tensor_proto

C = graph_messages.CLASSES
AttrValue, Shape = C["AttrValue"], C["TensorShapeProto"]
_FIELDS = {"i": "i", "b": "b", "f": "f", "s": "s", "t": "type", "h": "shape", "x": "tensor", "n": "func"}


def shape_proto(sizes):
    """Of a sequence of numbers and None; None: the rank is unknown."""
    made = Shape()
    if sizes is None:
        made.unknown_rank = True
    else:
        for d in sizes:
            made.dim.append(C["TensorShapeProto.Dim"](size=-1 if d is None else int(d)))
    return made


def sizes_of(proto):
    """The list of sizes with None for unknown ones, or None."""
    return None if proto.unknown_rank else [None if d.size < 0 else d.size for d in proto.dim]


def _one(kind, value):
    if kind == "t":
        return int(dtypes.as_dtype(value)._number) if not isinstance(value, int) else value
    if kind == "h":
        return value if isinstance(value, Shape) else shape_proto(shapes.as_shape(value)._dims)
    if kind == "s":
        return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
    if kind == "n":
        return value if not isinstance(value, str) else C["NameAttrList"](name=value)
    if kind == "x":
        return value if isinstance(value, C["TensorProto"]) else tensor_proto.make_tensor_proto(value)
    return {"i": int, "b": bool, "f": float}[kind](value)


def value_proto(kind, value):
    """The AttrValue of a value of that kind."""
    made = AttrValue()
    if kind[0] == "l":
        made.list.SetInParent()
        getattr(made.list, _FIELDS[kind[1]]).extend([_one(kind[1], v) for v in value])
    else:
        made._set(made._field(_FIELDS[kind]), _one(kind, value))
    return made


def kind_of(value):
    """The kind that a value looks like; None of what files cannot hold."""
    if isinstance(value, (list, tuple)):
        return "l" + (kind_of(value[0]) if value else "i")
    for types, kind in ((bool, "b"), ((int, np.integer), "i"), (float, "f"), ((str, bytes), "s"), (dtypes.DType, "t"), (shapes.TensorShape, "h")):
        if isinstance(value, types):
            return kind
    return "x" if isinstance(value, (np.ndarray, _core.EagerTensor, C["TensorProto"])) else "n" if isinstance(value, C["NameAttrList"]) else None


def value_of(proto):
    """What an AttrValue says, in Python: numbers of types, lists of sizes, messages of tensors and functions."""
    field = proto.WhichOneof("value")
    if field is None:
        return None
    value = getattr(proto, field)
    if field == "list":
        for name in ("s", "i", "f", "b", "type", "tensor", "func"):
            if getattr(value, name):
                return list(getattr(value, name))
        return [sizes_of(s) for s in value.shape]
    return sizes_of(value) if field == "shape" else value


def shown(proto):
    """What Operation.get_attr gives."""
    field = proto.WhichOneof("value")
    if field == "list":
        return [dtypes.as_dtype(t) for t in proto.list.type] or [s for name in ("s", "i", "f", "b", "shape", "tensor", "func") for s in getattr(proto.list, name)]
    return dtypes.as_dtype(proto.type) if field == "type" else None if field is None else getattr(proto, field)

"""StructuredValue messages, in which SavedModel of 2.x says what functions take and give."""

import collections

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.data.specs import TensorSpec
from sokuji._src.exchange import attributes
from sokuji._src.io import graph_messages

C = graph_messages.CLASSES
Value = C["StructuredValue"]


def decoded(proto):
    """The Python value; tensors as TensorSpecs."""
    kind = proto.WhichOneof("kind")
    if kind in (None, "none_value"):
        return None
    value = getattr(proto, kind)
    if kind == "int64_value":
        return (value >> 1) ^ -(value & 1)
    if kind in ("list_value", "tuple_value"):
        return (list if kind == "list_value" else tuple)(decoded(v) for v in value.values)
    if kind == "dict_value":
        return {key: decoded(v) for key, v in value.fields.items()}
    if kind == "named_tuple_value":
        return collections.namedtuple(value.name or "Tuple", [p.key for p in value.values])(*[decoded(p.value) for p in value.values])
    if kind == "tensor_shape_value":
        return shapes.TensorShape(attributes.sizes_of(value))
    if kind == "tensor_dtype_value":
        return dtypes.as_dtype(value)
    if kind == "tensor_spec_value":
        return TensorSpec(attributes.sizes_of(value.shape), dtypes.as_dtype(value.dtype), value.name or None)
    if kind == "type_spec_value":
        raise NotImplementedError("not implemented: %s in a SavedModel's function" % (value.type_spec_class_name or "a TypeSpec"))
    return value


def encoded(value):
    """The message of a Python value."""
    made = Value()
    if value is None:
        made.none_value.SetInParent()
    elif isinstance(value, bool):
        made.bool_value = value
    elif isinstance(value, int):
        made.int64_value = (value << 1) ^ (value >> 63)
    elif isinstance(value, float):
        made.float64_value = value
    elif isinstance(value, str):
        made.string_value = value
    elif isinstance(value, TensorSpec):
        spec = C["TensorSpecProto"](name=value.name or "", shape=attributes.shape_proto(value._sizes()), dtype=value.dtype._number)
        made._set(made._field("tensor_spec_value"), spec)
    elif isinstance(value, dtypes.DType):
        made.tensor_dtype_value = value._number
    elif isinstance(value, shapes.TensorShape):
        made.tensor_shape_value.CopyFrom(attributes.shape_proto(value._dims))
    elif isinstance(value, dict):
        made.dict_value.SetInParent()
        for key, one in value.items():
            made.dict_value.fields[str(key)].CopyFrom(encoded(one))
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        made.named_tuple_value.name = type(value).__name__
        for key, one in zip(value._fields, value):
            made.named_tuple_value.values.add(key=key, value=encoded(one))
    elif isinstance(value, (list, tuple)):
        field = made.list_value if isinstance(value, list) else made.tuple_value
        field.SetInParent()
        for one in value:
            field.values.append(encoded(one))
    elif isinstance(value, _core.Handle):
        return encoded(TensorSpec(value.shape, value.dtype))
    else:
        raise NotImplementedError("not implemented: tf.saved_model.save of a function that takes %r; pass tensors, numbers, texts, lists or dicts" % (value,))
    return made

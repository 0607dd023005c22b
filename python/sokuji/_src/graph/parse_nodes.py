"""Examples and raw bytes parsed by nodes of a graph of 1.x."""

from sokuji._src.core import dtypes, shapes
from sokuji._src.data import parsing
from sokuji._src.graph import python_ops, words
from sokuji._src.ops import string_ops
from sokuji._src.ops.sparse_ops import SparseTensor


def _specs(features, batch):
    """[(key, spec, outputs)] in the keys' order; batch: the sizes in front."""
    rows = []
    for key in sorted(features):
        spec = features[key]
        number = dtypes.as_dtype(spec.dtype)._number
        if isinstance(spec, parsing.VarLenFeature):
            rank = len(batch) + 1
            rows.append((key, spec, [(9, (None, rank)), (number, (None,)), (9, (rank,))]))
        elif isinstance(spec, parsing.FixedLenFeature):
            rows.append((key, spec, [(number, (*batch, *shapes.as_shape(spec.shape).as_list()))]))
        elif isinstance(spec, parsing.FixedLenSequenceFeature):
            rows.append((key, spec, [(number, (*batch, None, *shapes.as_shape(spec.shape).as_list()))]))
        else:
            raise NotImplementedError("not implemented: %s in a graph" % type(spec).__name__)
    return rows


def _outputs(attributes, inputs):
    return [one for _, _, outputs in attributes["rows"] for one in outputs]


def _parts(attributes, made):
    found = []
    for key, _, _ in attributes["rows"]:
        one = made[key]
        found += [one.indices, one.values, one.dense_shape] if isinstance(one, SparseTensor) else [one]
    return found


python_ops.kernel("ParseExample", _outputs)(lambda attributes, text: _parts(attributes, parsing.parse_example(text, attributes["features"])))
python_ops.kernel("ParseSingleExample", _outputs)(lambda attributes, text: _parts(attributes, parsing.parse_single_example(text, attributes["features"])))


def _parsed(kind, serialized, features, batch, name):
    if not features:
        raise ValueError("Missing: features was %s." % features)
    rows = _specs(features, batch)
    made = python_ops.call(kind, [serialized], {"rows": rows, "features": features}, name, [7])
    made = iter(made if isinstance(made, list) else [made])
    return {key: SparseTensor(next(made), next(made), next(made)) if len(outputs) == 3 else next(made) for key, _, outputs in rows}


def parse_example(serialized, features, name=None, example_names=None):
    text = words.convert_to_tensor(serialized, dtypes.string)
    if text._shape_tuple is not None and len(text._shape_tuple) != 1:
        raise ValueError("Input serialized must be a vector; its shape is %s. Use parse_single_example for one example" % (text.shape,))
    return _parsed("ParseExample", text, features, (text._shape_tuple or (None,))[:1], name or "ParseExample/ParseExample")


def parse_single_example(serialized, features, name=None, example_names=None):
    text = words.convert_to_tensor(serialized, dtypes.string)
    if text._shape_tuple not in (None, ()):
        raise ValueError("Input serialized must be a scalar; its shape is %s" % (text.shape,))
    return _parsed("ParseSingleExample", text, features, (), name or "ParseSingleExample/ParseSingleExample")


@python_ops.kernel("DecodeRaw", lambda attributes, inputs: [(attributes["out_type"], None if inputs[0]._shape_tuple is None else (*inputs[0]._shape_tuple, None))])
def _raw(attributes, text):
    return [string_ops._decode_raw(text, attributes["out_type"], attributes["little_endian"])]


def decode_raw(bytes, out_type, little_endian=True, name=None):
    number = dtypes.as_dtype(out_type)._number
    return python_ops.call("DecodeRaw", [bytes], {"out_type": number, "little_endian": bool(little_endian)}, name, [7])

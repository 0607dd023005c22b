"""Examples and raw bytes parsed by nodes of a graph; files read and written by them."""

from sokuji._src.core import dtypes, shapes
from sokuji._src.data import parsing
from sokuji._src.graph import python_ops, words
from sokuji._src.ops import string_ops
from sokuji._src.ops.ragged import RaggedTensor
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
        elif type(spec).__name__ == "RaggedFeature" and not spec.partitions:
            rows.append((key, spec, [(number, (None,)), (9, (None,))] if batch else [(number, (None,))]))
        else:
            raise NotImplementedError("not implemented: %s in a graph" % type(spec).__name__)
    return rows


def _outputs(attributes, inputs):
    return [one for _, _, outputs in attributes["rows"] for one in outputs]


def _parts(attributes, made):
    found = []
    for key, _, _ in attributes["rows"]:
        one = made[key]
        found += one._components() if hasattr(one, "_components") else [one]
    return found


def _composed(made, outputs):
    parts = [next(made) for _ in outputs]
    return SparseTensor(*parts) if len(parts) == 3 else RaggedTensor._of_components(parts) if len(parts) == 2 else parts[0]


python_ops.kernel("ParseExample", _outputs)(lambda attributes, text: _parts(attributes, parsing.parse_example(text, attributes["features"])))
python_ops.kernel("ParseSingleExample", _outputs)(lambda attributes, text: _parts(attributes, parsing.parse_single_example(text, attributes["features"])))


def _parsed(kind, serialized, features, batch, name):
    if not features:
        raise ValueError("Missing: features was %s." % features)
    rows = _specs(features, batch)
    made = python_ops.call(kind, [serialized], {"rows": rows, "features": features}, name, [7])
    made = iter(made if isinstance(made, list) else [made])
    return {key: _composed(made, outputs) for key, _, outputs in rows}


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


python_ops.kernel("ParseTensor", lambda attributes, inputs: [(attributes["out_type"], None)])(
    lambda attributes, text: [parsing.parse_tensor(text, attributes["out_type"])])  # fmt: skip
python_ops.kernel("SerializeTensor", [(7, ())])(lambda attributes, tensor: [parsing.serialize_tensor(tensor)])


def parse_tensor(serialized, out_type, name=None):
    return python_ops.call("ParseTensor", [serialized], {"out_type": dtypes.as_dtype(out_type)._number}, name, [7])


def serialize_tensor(tensor, name=None):
    return python_ops.call("SerializeTensor", [tensor], {}, name)


@python_ops.kernel("ParseSequenceExample", lambda attributes, inputs: [one for rows in attributes["rows"] for _, _, outputs in rows for one in outputs])
def _sequence(attributes, text):
    made = parsing.parse_single_sequence_example(text, attributes["context"], attributes["lists"])
    return [part for rows, values in zip(attributes["rows"], made) for part in _parts({"rows": rows}, values)]


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None, name=None):
    rows = [_specs(context_features or {}, ()), _specs({key: parsing.FixedLenSequenceFeature(spec.shape, spec.dtype) if hasattr(spec, "shape") else spec
                                                        for key, spec in (sequence_features or {}).items()}, ())]  # fmt: skip
    lists = [(key, spec, [(n, (None, 2) if s == (None, 1) else (2,) if s == (1,) else s) for n, s in outputs] if len(outputs) == 3 else outputs)
             for key, spec, outputs in rows[1]]  # fmt: skip
    made = python_ops.call("ParseSequenceExample", [serialized], {"rows": (rows[0], lists), "context": context_features, "lists": sequence_features}, name, [7])
    made = iter(made if isinstance(made, list) else [made])
    return tuple({key: _composed(made, outputs) for key, _, outputs in part} for part in (rows[0], lists))


def decode_raw(bytes, out_type, little_endian=True, name=None):
    number = dtypes.as_dtype(out_type)._number
    return python_ops.call("DecodeRaw", [bytes], {"out_type": number, "little_endian": bool(little_endian)}, name, [7])


# ---- files: read and written whenever the graph runs ----


python_ops.kernel("ReadFile", [(7, ())], True)(lambda attributes, name: [string_ops.read_file(name)])
python_ops.kernel("MatchingFiles", [(7, (None,))], True)(lambda attributes, pattern: [string_ops.matching_files(pattern)])
python_ops.kernel("WriteFile", [], True)(lambda attributes, name, contents: string_ops.write_file(name, contents) or [])


def read_file(filename, name=None):
    return python_ops.call("ReadFile", [filename], {}, name, [7])


def matching_files(pattern, name=None):
    return python_ops.call("MatchingFiles", [pattern], {}, name, [7])


def write_file(filename, contents, name=None):
    return python_ops.call("WriteFile", [filename, contents], {}, name, [7, 7])

"""Examples in records as tensors: the descriptions of features (FixedLenFeature, …), parse_example and parse_single_example, and tensors as bytes."""

import collections

import numpy as np

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, invalid, tensor
from sokuji._src.io import messages, tensor_proto
from sokuji._src.ops.sparse_ops import SparseTensor

FixedLenFeature = collections.namedtuple("FixedLenFeature", "shape dtype default_value")
FixedLenFeature.__new__.__defaults__ = (None,)
FixedLenSequenceFeature = collections.namedtuple("FixedLenSequenceFeature", "shape dtype allow_missing default_value")
FixedLenSequenceFeature.__new__.__defaults__ = (False, None)
VarLenFeature = collections.namedtuple("VarLenFeature", "dtype")
SparseFeature = collections.namedtuple("SparseFeature", "index_key value_key dtype size already_sorted")
SparseFeature.__new__.__defaults__ = (False,)


class RaggedFeature(collections.namedtuple("RaggedFeature", "dtype value_key partitions row_splits_dtype validate")):
    """Values of any number, as a ragged tensor of a batch."""

    def __new__(cls, dtype, value_key=None, partitions=(), row_splits_dtype=dtypes.int32, validate=False):
        if partitions:
            raise NotImplementedError("not implemented: tf.io.RaggedFeature with partitions")
        return super().__new__(cls, dtype, value_key, partitions, row_splits_dtype, validate)

_LISTS = {"int64": "int64_list", "float32": "float_list", "string": "bytes_list"}
_KINDS = {"int64": np.int64, "float32": np.float32, "string": object}


def _message(kind, serialized):
    try:
        return messages.CLASSES[kind].FromString(bytes(serialized))
    except Exception:
        raise invalid("Could not parse %s input, value: %r" % (kind.lower(), bytes(serialized)[:60])) from None


def _values(feature, name, spec):
    """The numbers of a feature, or None where the example has none."""
    if feature is None or feature.WhichOneof("kind") is None:
        return None
    wanted = _LISTS.get(dtypes.as_dtype(spec.dtype).name)
    if wanted is None:
        raise ValueError("Unsupported dtype of the feature %s: %s; examples hold int64, float32 and string" % (name, dtypes.as_dtype(spec.dtype).name))
    have = feature.WhichOneof("kind")
    if have != wanted:
        raise invalid("Key: %s.  Data types don't match. Data type: %s but expected type: %s" % (name, have, dtypes.as_dtype(spec.dtype).name))
    return list(getattr(feature, have).value)


def _array(values, spec):
    values = [v.encode() if isinstance(v, str) else v for v in values]
    made = np.empty(len(values), _KINDS[dtypes.as_dtype(spec.dtype).name])
    made[:] = values
    return made


def _default(value, spec, shape):
    plain = np.asarray(convert(value, dtypes.as_dtype(spec.dtype)._number))
    return np.broadcast_to(plain, shape) if plain.ndim == 0 else plain.reshape(shape)


def _fixed(feature, name, spec):
    shape = tuple(shapes.as_shape(spec.shape).as_list())
    values = _values(feature, name, spec)
    if values is None:
        if spec.default_value is None:
            raise invalid("Feature: %s (data type: %s) is required but could not be found." % (name, dtypes.as_dtype(spec.dtype).name))
        return _default(spec.default_value, spec, shape)
    if len(values) != int(np.prod(shape, dtype=np.int64)):
        raise invalid("Key: %s.  Number of %s values != expected.  Values size: %d but output shape: %s"
                      % (name, dtypes.as_dtype(spec.dtype).name, len(values), list(shape)))  # fmt: skip
    return _array(values, spec).reshape(shape)


def _sequence(feature, name, spec):
    shape = tuple(shapes.as_shape(spec.shape).as_list())
    values = _values(feature, name, spec)
    if values is None:
        if not spec.allow_missing:
            raise invalid("Feature: %s is required but could not be found." % name)
        values = []
    size = int(np.prod(shape, dtype=np.int64))
    if len(values) % size:
        raise invalid("Key: %s.  %d values do not fill rows of the shape %s" % (name, len(values), list(shape)))
    return _array(values, spec).reshape((-1, *shape))


def _tensor(array, spec):
    return convert(np.array(array, order="C"), dtypes.as_dtype(spec.dtype)._number)


def _padded(rows, spec):
    """Sequences of one batch, the shorter ones filled up."""
    longest = max([len(r) for r in rows], default=0)
    fill = spec.default_value
    fill = (b"" if dtypes.as_dtype(spec.dtype).name == "string" else 0) if fill is None else fill
    made = np.empty((len(rows), longest, *rows[0].shape[1:]), rows[0].dtype)
    made[...] = fill
    for i, row in enumerate(rows):
        made[i, : len(row)] = row
    return made


def _sparse(rows, spec, lead):
    places = [(i, j) if lead else (j,) for i, row in enumerate(rows) for j in range(len(row))]
    flat = [v for row in rows for v in row]
    longest = max([len(r) for r in rows], default=0)
    size = [len(rows), longest] if lead else [longest]
    return SparseTensor(np.array(places, np.int64).reshape(-1, 2 if lead else 1), _tensor(_array(flat, spec), spec), np.array(size, np.int64))


def _features(features):
    if not features:
        raise ValueError("Missing: features was %s." % (features,))
    for name, spec in features.items():
        if not isinstance(spec, (FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, RaggedFeature, SparseFeature)):
            raise NotImplementedError("not implemented: %s of the feature %s; use FixedLenFeature, FixedLenSequenceFeature or VarLenFeature"
                                      % (type(spec).__name__, name))  # fmt: skip
    return features


def _in_order(made):
    """Sparse features come first, ragged ones last, each by their names."""
    return dict(sorted(made.items(), key=lambda item: (not hasattr(item[1], "dense_shape") if not hasattr(item[1], "row_splits") else 2, item[0])))


def parse_single_example(serialized, features, example_names=None, name=None):
    """One example's features by their names."""
    given = tensor(serialized)
    if given._shape_tuple != ():
        raise ValueError("Input serialized must be a scalar")
    found = _message("Example", given.numpy()).features.feature
    made = {}
    for key, spec in _features(features).items():
        feature = found.get(key)
        if isinstance(spec, VarLenFeature):
            made[key] = _sparse([_values(feature, key, spec) or []], spec, False)
        elif isinstance(spec, SparseFeature):
            made[key] = spec.read([found], False)
        elif isinstance(spec, RaggedFeature):
            made[key] = _tensor(_array(_values(found.get(spec.value_key or key), key, spec) or [], spec), spec)
        else:
            made[key] = _tensor((_fixed if isinstance(spec, FixedLenFeature) else _sequence)(feature, key, spec), spec)
    return _in_order(made)


def parse_example(serialized, features, example_names=None, name=None):
    """A batch of examples' features by their names."""
    given = tensor(serialized)
    if len(given._shape_tuple) != 1:
        raise ValueError("Input serialized must be a vector; its shape is %s. Use parse_single_example for one example" % (given._shape_tuple,))
    found = [_message("Example", s).features.feature for s in given.numpy()]
    made = {}
    for key, spec in _features(features).items():
        if isinstance(spec, VarLenFeature):
            made[key] = _sparse([_values(f.get(key), key, spec) or [] for f in found], spec, True)
        elif isinstance(spec, SparseFeature):
            made[key] = spec.read(found, True)
        elif isinstance(spec, RaggedFeature):
            from sokuji._src.ops.ragged import RaggedTensor

            rows = [_values(f.get(spec.value_key or key), key, spec) or [] for f in found]
            made[key] = RaggedTensor.from_row_lengths(_tensor(_array([v for row in rows for v in row], spec), spec), [len(row) for row in rows])
        elif isinstance(spec, FixedLenFeature):
            shape = tuple(shapes.as_shape(spec.shape).as_list())
            rows = [_fixed(f.get(key), key, spec) for f in found]
            made[key] = _tensor(np.stack(rows) if rows else np.empty((0, *shape), _KINDS[dtypes.as_dtype(spec.dtype).name]), spec)
        else:
            rows = [_sequence(f.get(key), key, spec) for f in found]
            made[key] = _tensor(_padded(rows, spec), spec)
    return _in_order(made)


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None, name=None):
    """(context, sequences): of a sequence feature every step is a row."""
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    whole = _message("SequenceExample", tensor(serialized).numpy())
    context, lists = {}, {}
    for key, spec in (context_features or {}).items():
        feature = whole.context.feature.get(key)
        if isinstance(spec, VarLenFeature):
            context[key] = _sparse([_values(feature, key, spec) or []], spec, False)
        else:
            context[key] = _tensor(_fixed(feature, key, spec), spec)
    for key, spec in (sequence_features or {}).items():
        steps = whole.feature_lists.feature_list.get(key)
        if steps is None and not getattr(spec, "allow_missing", True):
            raise invalid("Name: <unknown>, Feature list '%s' is required but could not be found." % key)
        steps = [] if steps is None else list(steps.feature)
        if isinstance(spec, VarLenFeature):
            lists[key] = _sparse([_values(f, key, spec) or [] for f in steps], spec, True)
            continue
        shape = tuple(shapes.as_shape(spec.shape).as_list())
        rows = [_fixed(f, key, FixedLenFeature(spec.shape, spec.dtype)) for f in steps]
        lists[key] = _tensor(np.stack(rows) if rows else np.empty((0, *shape), _KINDS[dtypes.as_dtype(spec.dtype).name]), spec)
    return context, lists


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    """(context, sequences, lengths) of a batch: sequences are filled up to the longest one; of several steps of varying length sparse (example, step, place)."""
    rows = [bytes(v) for v in np.asarray(tensor(serialized)).reshape(-1)]
    context_features, sequence_features = context_features or {}, sequence_features or {}
    parts = [parse_single_sequence_example(row, context_features, sequence_features) for row in rows]
    context, lists, lengths = {}, {}, {}
    for key, spec in context_features.items():
        if isinstance(spec, VarLenFeature):
            context[key] = _stacked([part[0][key] for part in parts], spec)
        else:
            context[key] = _tensor(np.stack([np.asarray(part[0][key]) for part in parts]), spec)
    for key, spec in sequence_features.items():
        found = [part[1][key] for part in parts]
        if isinstance(spec, VarLenFeature):
            lists[key] = _stacked(found, spec)
        else:
            lists[key] = _tensor(_padded([np.asarray(f) for f in found], spec), spec)
            lengths[key] = convert(np.array([f.shape[0] for f in found], np.int64), 9)
    return context, lists, lengths


def _stacked(parts, spec):
    """Sparse tensors as the rows of one."""
    places = [np.insert(np.asarray(p.indices), 0, i, axis=1) for i, p in enumerate(parts)]
    most = np.max([np.asarray(p.dense_shape) for p in parts], axis=0)
    return SparseTensor(np.concatenate(places), _tensor(np.concatenate([np.asarray(p.values) for p in parts]), spec), np.concatenate([[len(parts)], most]).astype(np.int64))


class SparseFeature(collections.namedtuple("SparseFeature", "index_key value_key dtype size already_sorted")):
    """A sparse tensor by two features: where its values lie, and the values."""

    def __new__(cls, index_key, value_key, dtype, size, already_sorted=False):
        return super().__new__(cls, index_key, value_key, dtype, size, already_sorted)

    def read(self, feature_maps, lead):
        """The sparse tensor of several examples, or of one."""
        keys = [self.index_key] if isinstance(self.index_key, str) else list(self.index_key)
        size = [self.size] if np.ndim(self.size) == 0 else list(self.size)
        places, flat = [], []
        for i, feature in enumerate(feature_maps):
            columns = [_values(feature.get(key), key, VarLenFeature(dtypes.int64)) or [] for key in keys]
            values = _values(feature.get(self.value_key), self.value_key, self) or []
            rows = list(zip(zip(*columns), values, strict=True)) if columns[0] or values else []
            for place, value in rows if self.already_sorted else sorted(rows, key=lambda row: row[0]):
                if any(not 0 <= p < n for p, n in zip(place, size)):
                    raise invalid("SparseFeature %s: the index %s is outside the size %s" % (self.value_key, list(place), size))
                places.append(((i,) if lead else ()) + tuple(place))
                flat.append(value)
        whole = [*([len(feature_maps)] if lead else []), *size]
        return SparseTensor(np.array(places, np.int64).reshape(-1, len(whole)), _tensor(_array(flat, self), self), np.array(whole, np.int64))


def serialize_sparse(sp_input, out_type=dtypes.string, name=None):
    """Three strings: a sparse tensor's indices, values and shape."""
    return convert(np.array([serialize_tensor(t).numpy() for t in (sp_input.indices, sp_input.values, sp_input.dense_shape)], object), 7)


def serialize_many_sparse(sp_input, out_type=dtypes.string, name=None):
    """Three strings for each row of a sparse tensor's first dimension."""
    places, values, whole = (np.asarray(t) for t in (sp_input.indices, sp_input.values, sp_input.dense_shape))
    if len(whole) < 2:
        raise invalid("serialize_many_sparse: the sparse tensor must have rank 2 or more; its shape is %s" % whole.tolist())
    kind = sp_input.values.dtype._number
    rows = [SparseTensor(places[own][:, 1:], convert(values[own], kind), whole[1:]) for own in (places[:, 0] == i for i in range(whole[0]))]
    return convert(np.array([serialize_sparse(row).numpy() for row in rows], object).reshape(-1, 3), 7)


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    """The sparse tensor whose rows serialize_many_sparse, or a batch of serialize_sparse, wrote."""
    parts = []
    for row in np.asarray(tensor(serialized_sparse)).reshape(-1, 3):
        parts.append(SparseTensor(parse_tensor(row[0], dtypes.int64), parse_tensor(row[1], dtype), parse_tensor(row[2], dtypes.int64)))
    return _stacked(parts, VarLenFeature(dtypes.as_dtype(dtype)))


def serialize_tensor(tensor, name=None):
    """A TensorProto's bytes."""
    return convert(tensor_proto.make_tensor_proto(convert(tensor, 0)).SerializeToString(), 7)


def parse_tensor(serialized, out_type, name=None):
    """The tensor of a TensorProto's bytes; its dtype is said."""
    proto = _message("TensorProto", tensor(serialized).numpy())
    wanted = dtypes.as_dtype(out_type)
    if proto.dtype != wanted.as_datatype_enum:
        raise invalid("Type mismatch between parsed tensor (%s) and dtype (%s)" % (dtypes.as_dtype(proto.dtype).name, wanted.name))
    return convert(tensor_proto.make_ndarray(proto), wanted._number)


SPECS = {"RaggedFeature": RaggedFeature, "FixedLenFeature": FixedLenFeature, "FixedLenSequenceFeature": FixedLenSequenceFeature, "VarLenFeature": VarLenFeature,
         "SparseFeature": SparseFeature}  # fmt: skip


def parse_single_example_1(serialized, features, name=None, example_names=None):
    """A dictionary of tensors from one serialized tf.train.Example."""
    return parse_single_example(serialized, features)


def parse_example_1(serialized, features, name=None, example_names=None):
    """A dictionary of tensors from serialized tf.train.Example messages (batch,), each feature as features says."""
    return parse_example(serialized, features)


def serialize_sparse_1(sp_input, name=None, out_type=dtypes.string):
    """Three strings: a sparse tensor's indices, values and shape."""
    return serialize_sparse(sp_input)


def serialize_many_sparse_1(sp_input, name=None, out_type=dtypes.string):
    """Three strings for each row of a sparse tensor's first dimension."""
    return serialize_many_sparse(sp_input)


PUBLIC = {}  # the same functions as programs have them, which know graphs too
NAMES = {**SPECS, "parse_single_example": parse_single_example, "parse_example": parse_example, "parse_tensor": parse_tensor,
         "parse_single_sequence_example": parse_single_sequence_example, "serialize_tensor": serialize_tensor, "parse_sequence_example": parse_sequence_example,
         "serialize_sparse": serialize_sparse, "serialize_many_sparse": serialize_many_sparse, "deserialize_many_sparse": deserialize_many_sparse}  # fmt: skip
NAMES_1 = {**{name: value for name, value in NAMES.items() if name != "RaggedFeature"}, "parse_single_example": parse_single_example_1, "parse_example": parse_example_1,
           "serialize_sparse": serialize_sparse_1, "serialize_many_sparse": serialize_many_sparse_1}  # fmt: skip

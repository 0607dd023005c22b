"""Sparse tensors' functions of 1.x: what NumPy does with coordinates, as nodes or at once; products and sums of plain operations, with gradients."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors, shapes
from sokuji._src.core.execute import convert, execute
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, words
from sokuji._src.ops import array_ops, sparse_ops

SparseTensor, SparseTensorValue = sparse_ops.SparseTensor, sparse_ops.SparseTensorValue


def _sparse(value, name="sp_input"):
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def _invalid(message, *values):
    raise errors.InvalidArgumentError(None, None, message % values)


def _rank(inputs, place=0):
    shape = inputs[place]._shape_tuple
    return None if shape is None else shape[-1]


def _triple(number=None, rank=lambda inputs: _rank(inputs)):
    """The outputs of a sparse result: indices, values (of the dtype of the second input), shape."""

    def outputs(attributes, inputs):
        r = rank(inputs)
        return [(9, (None, r)), (inputs[1]._dtype_number if number is None else number, (None,)), (9, (r,))]

    return outputs


def _array(tensor):
    return np.asarray(tensor.numpy())


def _kernel(name, outputs):
    """A kernel of arrays, whose results are converted to what it says it gives."""

    def add(function):
        def run(attributes, *tensors):
            told = outputs(attributes, tensors)
            made = function(attributes, *[_array(t) for t in tensors])
            return [_of(np.asarray(v), number) for v, (number, _) in zip(made, told)]

        python_ops.kernel(name, outputs)(run)
        return function

    return add


def _of(array, number):
    if number == 7:
        return array_ops.conversion._from_array(array.astype(object), 7)
    return convert(np.asarray(array, dtypes.as_dtype(number).as_numpy_dtype, order="C"), number)


def _call(kind, *inputs, **attributes):
    made = python_ops.call(kind, list(inputs), attributes)
    return SparseTensor(*made[:3]) if isinstance(made, list) and len(made) >= 3 else made


def _parts(sp):
    return sp.indices, sp.values, sp.dense_shape


def _ordered(indices, values):
    order = np.lexsort(indices.T[::-1]) if len(indices) else np.arange(0)
    return indices[order], values[order]


# ---- kernels ----


@_kernel("SparseReorder", _triple())
def _reorder(attributes, i, v, s):
    return [*_ordered(i, v), s]


@_kernel("SparseTranspose", _triple())
def _transpose(attributes, i, v, s, perm):
    perm = perm.astype(int) if perm.size else np.arange(len(s))[::-1]
    return [*_ordered(i[:, perm], v), s[perm]]


@_kernel("SparseConcat", _triple())
def _concat(attributes, *given):
    axis, rows = attributes["concat_dim"], [given[k : k + 3] for k in range(0, len(given), 3)]
    sizes, at, places = [s for _, _, s in rows], 0, []
    axis = axis + len(sizes[0]) if axis < 0 else axis
    for s in sizes[1:]:
        if np.delete(s, axis).tolist() != np.delete(sizes[0], axis).tolist() and not attributes.get("expand"):
            _invalid("Input shapes should match: expected %s, got %s", sizes[0].tolist(), s.tolist())
    for i, _, s in rows:
        moved = i.copy()
        moved[:, axis] += at
        at += s[axis]
        places.append(moved)
    whole = np.max(sizes, 0)
    whole[axis] = at
    return [*_ordered(np.concatenate(places), np.concatenate([v for _, v, _ in rows])), whole]


def _union(function):
    def kernel(attributes, ai, av, ash, bi, bv, bsh, *more):
        if ash.tolist() != bsh.tolist():
            _invalid("Operands do not have the same shapes; got %s and %s", ash.tolist(), bsh.tolist())
        found = {}
        for place, rows in enumerate(((ai, av), (bi, bv))):
            for i, v in zip(rows[0].tolist(), rows[1]):
                found.setdefault(tuple(i), [np.zeros((), av.dtype)[()], np.zeros((), av.dtype)[()]])[place] = v
        keys = sorted(found)
        values = np.array([function(*found[k]) for k in keys], av.dtype)
        indices = np.array(keys, np.int64).reshape(-1, len(ash))
        keep = np.abs(values) >= more[0] if more else np.ones(len(values), bool)
        return [indices[keep], values[keep], ash]

    return kernel


for _name, _function in (("SparseAdd", np.add), ("SparseSparseMaximum", np.maximum), ("SparseSparseMinimum", np.minimum)):
    _kernel(_name, _triple())(_union(_function))


@_kernel("SparseSlice", _triple())
def _slice(attributes, i, v, s, start, size):
    end = np.minimum(start + size, s)
    keep = ((i >= start) & (i < end)).all(1)
    return [i[keep] - start, v[keep], np.maximum(end - start, 0)]


@_kernel("SparseReshape", _triple(rank=lambda inputs: (inputs[3]._shape_tuple or (None,))[0]))
def _reshape(attributes, i, v, s, wanted):
    n, wanted = int(np.prod(s)), wanted.astype(np.int64).copy()
    if (wanted == -1).sum() > 1:
        _invalid("only one output shape size may be -1, got %s", wanted.tolist())
    if -1 in wanted:
        rest = int(np.prod(wanted[wanted != -1]))
        if rest == 0 or n % rest:
            _invalid("reshape cannot infer the missing size of %s for a tensor of %d elements", wanted.tolist(), n)
        wanted[wanted == -1] = n // rest
    if int(np.prod(wanted)) != n:
        _invalid("Input to reshape is a tensor with %d dense values, but the requested shape has %d", n, int(np.prod(wanted)))
    flat = np.ravel_multi_index(tuple(i.T), tuple(s)) if len(i) else np.zeros(0, np.int64)
    return [np.stack(np.unravel_index(flat, tuple(wanted)), 1).reshape(-1, len(wanted)), v, wanted]


def _with_rows(attributes, inputs):
    r = _rank(inputs)
    return [(9, (None, r)), (inputs[1]._dtype_number, (None,)), (9, (r,)), (10, (None,))]


@_kernel("SparseFillEmptyRows", _with_rows)
def _fill(attributes, i, v, s, default):
    empty = np.ones(int(s[0]), bool)
    empty[i[:, 0]] = False
    more = np.zeros((int(empty.sum()), len(s)), np.int64)
    more[:, 0] = np.flatnonzero(empty)
    indices, values = np.concatenate([i, more]), np.concatenate([v, np.full(len(more), default[()], v.dtype)])
    order = np.argsort(indices[:, 0], kind="stable")
    return [indices[order], values[order], s, empty]


@_kernel("SparseSoftmax", lambda attributes, inputs: [(inputs[1]._dtype_number, (None,))])
def _softmax(attributes, i, v, s):
    made = np.empty_like(v)
    rows = i[:, :-1]
    for key in {tuple(r) for r in rows.tolist()}:
        at = (rows == np.array(key, np.int64)).all(1)
        e = np.exp(v[at] - v[at].max())
        made[at] = e / e.sum()
    return [made]


def _to_dense(i, v, s, default=0):
    made = np.full(tuple(s), default, v.dtype)
    made[tuple(i.T)] = v
    return made


def _axes_of(attributes, rank):
    axes = attributes["axis"]
    return tuple(range(rank)) if axes is None else tuple(a % rank for a in axes)


def _reduced_shape(attributes, inputs):
    rank = _rank(inputs)
    if rank is None:
        return None
    axes = _axes_of(attributes, rank)
    return [1 if k in axes else None for k in range(rank) if attributes["keep"] or k not in axes]


def _reduced(attributes, i, v, s, function):
    axes, groups = _axes_of(attributes, len(s)), {}
    for place, value in zip(i, v):
        groups.setdefault(tuple(int(p) for k, p in enumerate(place) if k not in axes), []).append(value)
    shape = [1 if k in axes else int(s[k]) for k in range(len(s)) if attributes["keep"] or k not in axes]
    full = {tuple(int(0) if k in axes else key[sum(1 for j in range(k) if j not in axes)] for k in range(len(s)) if attributes["keep"] or k not in axes):
            function(values) for key, values in groups.items()}  # fmt: skip
    return full, shape


for _name, _function in (("Max", np.max), ("Sum", np.sum)):

    @_kernel("SparseReduce" + _name, lambda attributes, inputs: [(inputs[1]._dtype_number, _reduced_shape(attributes, inputs))])
    def _reduce(attributes, i, v, s, function=_function):
        full, shape = _reduced(attributes, i, v, s, function)
        made = np.zeros(shape, v.dtype)
        for key, value in full.items():
            made[key] = value
        return [made]

    @_kernel("SparseReduce%sSparse" % _name, _triple(rank=lambda inputs: None))
    def _reduce_sparse(attributes, i, v, s, function=_function):
        full, shape = _reduced(attributes, i, v, s, function)
        keys = sorted(full)
        return [np.array(keys, np.int64).reshape(len(keys), len(shape)), np.array([full[k] for k in keys], v.dtype), np.array(shape, np.int64)]


@_kernel("SparseToIndicator", lambda attributes, inputs: [(10, None if _rank(inputs) is None else [None] * (_rank(inputs) - 1) + [attributes["n"]])])
def _indicator(attributes, i, v, s):
    if len(v) and ((v < 0) | (v >= attributes["n"])).any():
        _invalid("an id is outside of [0, %d)", attributes["n"])
    made = np.zeros((*s[:-1], attributes["n"]), bool)
    made[(*i[:, :-1].T, v.astype(np.int64))] = True
    return [made]


@_kernel("SparseCheck", lambda attributes, inputs: [(9, inputs[0]._shape_tuple)])
def _check(attributes, i, s):
    places = i.reshape(-1, 1) if i.ndim < 2 else i
    if places.shape[1] != s.size:
        _invalid("SparseToDense: indices have %d numbers each, output_shape %d", places.shape[1], s.size)
    for k, row in enumerate(places):
        if ((row < 0) | (row >= s)).any():
            _invalid("indices[%d] = %s is out of bounds: need 0 <= index < %s", k, row.tolist(), s.tolist())
        if attributes["validate"] and k and tuple(row) <= tuple(places[k - 1]):
            what = "is repeated" if tuple(row) == tuple(places[k - 1]) else "is out of order"
            _invalid("indices[%d] = %s %s", k, row.tolist(), what)
    return [i]


# ---- functions ----


def sparse_placeholder(dtype, shape=None, name=None):
    """A SparseTensor whose parts are fed."""
    if shape is None:
        rank = None
        whole = words.placeholder(dtypes.int64, [None], name=None if name is None else name + "/shape")
    else:
        sizes = shapes.as_shape(shape)
        rank = sizes.ndims
        whole = words.constant([-1 if d is None else d for d in sizes.as_list()], dtypes.int64, name=name or "Const")
    values = words.placeholder(dtype, [None], name=None if name is None else name + "/values")
    return SparseTensor(words.placeholder(dtypes.int64, [None, rank], name=None if name is None else name + "/indices"), values, whole)


def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """The values at their places, the default elsewhere."""
    convert_ = words.convert_to_tensor
    indices, values, shape = convert_(sparse_indices), convert_(sparse_values), convert_(output_shape)
    if values.dtype is dtypes.string and default_value == 0:
        default_value = ""
    wide = [t if t._dtype_number == 9 else execute("Cast", [t], {"DstT": 9}) for t in (indices, shape)]
    if len(wide[1]._shape_tuple or (0,)) == 0:
        wide[1] = execute("Reshape", [wide[1], convert([1], 3)], {})
    known = wide[1] if isinstance(wide[1], _core.EagerTensor) else wide[1]._known_value()
    full = execute("Fill", [wide[1], convert(default_value, values._dtype_number)], {})
    checked = python_ops.call("SparseCheck", wide, {"validate": validate_indices})
    if len(checked._shape_tuple or (0, 0)) < 2:
        rank = 1
        checked = execute("Reshape", [checked, convert([-1, rank], 3)], {})
    if values._shape_tuple == ():
        count = execute("StridedSlice", [execute("Shape", [checked], {}), convert([0], 3), convert([1], 3), convert([1], 3)], {"shrink_axis_mask": 0})
        values = execute("Fill", [count, values], {})
    if values.dtype is dtypes.string:
        made = python_ops.call("SparseStringsToDense", [checked, values, wide[1], convert_(default_value)], {})
    else:
        made = execute("TensorScatterUpdate", [full, checked, values], {})
    if known is not None and isinstance(made, _core.SymbolicTensor):
        made.set_shape([int(d) for d in np.ravel(known.numpy())])
    return made


@_kernel("SparseStringsToDense", lambda attributes, inputs: [(7, [None] * _rank(inputs) if _rank(inputs) else None)])
def _strings(attributes, i, v, s, default):
    return [_to_dense(i, v.astype(object), s, default[()])]


def sparse_tensor_to_dense(sp_input, default_value=0, validate_indices=True, name=None):
    sp = _sparse(sp_input)
    return sparse_to_dense(sp.indices, sp.dense_shape, sp.values, default_value, validate_indices)


def sparse_transpose(sp_input, perm=None, name=None):
    """The same with its axes in another order."""
    sp = _sparse(sp_input)
    return _call("SparseTranspose", *_parts(sp), convert([] if perm is None else list(perm), 9))


def sparse_reorder(sp_input, name=None):
    """The same with its indices in row-major order."""
    return _call("SparseReorder", *_parts(_sparse(sp_input)))


def sparse_concat(axis, sp_inputs, name=None, expand_nonconcat_dim=False, concat_dim=None):
    """Sparse tensors one after the other along an axis."""
    if concat_dim is not None:
        if axis is not None:
            raise ValueError("Cannot specify both 'axis' and 'concat_dim'")
        axis = concat_dim
    rows = [_sparse(sp) for sp in sp_inputs]
    return rows[0] if len(rows) == 1 else _call("SparseConcat", *[t for sp in rows for t in _parts(sp)], concat_dim=axis, expand=expand_nonconcat_dim)


def sparse_add(a, b, thresh=0):
    """The sum of two sparse tensors, or of a sparse and a dense one; values of at most thresh in size go."""
    if not any(isinstance(x, (SparseTensor, SparseTensorValue)) for x in (a, b)):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if all(isinstance(x, (SparseTensor, SparseTensorValue)) for x in (a, b)):
        a, b = _sparse(a), _sparse(b)
        number = dtypes.as_dtype(a.dtype).real_dtype._number
        return _call("SparseAdd", *_parts(a), *_parts(b), convert(thresh, number))
    a, b = (b, a) if isinstance(b, (SparseTensor, SparseTensorValue)) else (a, b)
    a, b = _sparse(a), words.convert_to_tensor(b)
    return execute("AddV2", [b, execute("ScatterNd", [a.indices, a.values, execute("Cast", [execute("Shape", [b], {})], {"DstT": 9})], {})], {})


def _elementwise(kind):
    def function(sp_a, sp_b, name=None):
        """The elementwise maximum or minimum of two sparse tensors of one shape."""
        return _call(kind, *_parts(_sparse(sp_a)), *_parts(_sparse(sp_b)))

    return function


sparse_maximum, sparse_minimum = _elementwise("SparseSparseMaximum"), _elementwise("SparseSparseMinimum")


def sparse_slice(sp_input, start, size, name=None):
    """The part of `size` from `start` on."""
    return _call("SparseSlice", *_parts(_sparse(sp_input)), words.convert_to_tensor(start, 9), words.convert_to_tensor(size, 9))


def sparse_split(keyword_required=None, sp_input=None, num_split=None, axis=None, name=None, split_dim=None):
    """A list of num_split parts along an axis."""
    sp, axis = _sparse(sp_input), split_dim if axis is None else axis
    known = sp.shape.as_list()
    n, rest = divmod(known[axis], num_split)
    made, at = [], 0
    for k in range(num_split):
        wide = n + (k < rest)
        start, size = [0] * len(known), list(known)
        start[axis], size[axis] = at, wide
        made.append(sparse_slice(sp, start, size))
        at += wide
    return made


def sparse_retain(sp_input, to_retain):
    """The elements for which to_retain is true."""
    sp, keep = _sparse(sp_input), words.convert_to_tensor(to_retain)
    n, m = sp.values._shape_tuple, keep._shape_tuple
    if n and m and None not in (n[0], m[0]) and n[0] != m[0]:
        raise ValueError("Dimensions %d and %d are not compatible: to_retain has one element for each value" % (m[0], n[0]))
    where = execute("Reshape", [execute("Where", [keep], {}), convert([-1], 3)], {})
    return SparseTensor(execute("GatherV2", [sp.indices, where, convert(0, 3)], {}), execute("GatherV2", [sp.values, where, convert(0, 3)], {}), sp.dense_shape)


def sparse_reshape(sp_input, shape, name=None):
    """The same elements under another shape; one size may be -1."""
    return _call("SparseReshape", *_parts(_sparse(sp_input)), words.convert_to_tensor(shape, 9))


def sparse_reset_shape(sp_input, new_shape=None):
    """The same with a larger or the smallest shape."""
    sp = _sparse(sp_input)
    if new_shape is not None:
        new, old = shapes.as_shape(new_shape).as_list() if isinstance(new_shape, (list, tuple, shapes.TensorShape)) else None, sp.shape
        if new is not None and old.ndims is not None and (len(new) != old.ndims or any(None not in (a, b) and a < b for a, b in zip(new, old.as_list()))):
            raise ValueError("New shape %s must have the rank of %s and be at least as large" % (new, old))
        return SparseTensor(sp.indices, sp.values, words.convert_to_tensor(new_shape, 9))
    wide = execute("AddV2", [execute("Max", [sp.indices, convert([0], 3)], {}), convert(1, 9)], {})
    return SparseTensor(sp.indices, sp.values, wide)


def sparse_fill_empty_rows(sp_input, default_value, name=None):
    """(the sparse tensor with default_value in the first place of empty rows, which rows were empty)."""
    sp = _sparse(sp_input)
    made = python_ops.call("SparseFillEmptyRows", [*_parts(sp), words.convert_to_tensor(default_value, sp.dtype)], {})
    return SparseTensor(*made[:3]), made[3]


def sparse_softmax(sp_input, name=None):
    """Softmax over the last axis, among the elements that are there."""
    sp = _sparse(sp_input)
    return SparseTensor(sp.indices, python_ops.call("SparseSoftmax", list(_parts(sp)), {}), sp.dense_shape)


def sparse_to_indicator(sp_input, vocab_size, name=None):
    """A dense boolean tensor: true where the sparse one has a number."""
    return python_ops.call("SparseToIndicator", list(_parts(_sparse(sp_input))), {"n": int(vocab_size)})


def sparse_merge(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """A sparse tensor that has sp_values where sp_ids says."""
    ids, values = _sparse(sp_ids), _sparse(sp_values)
    last = execute("Reshape", [ids.values if ids.dtype is dtypes.int64 else execute("Cast", [ids.values], {"DstT": 9}), convert([-1, 1], 3)], {})
    rank = ids.indices._shape_tuple[1]
    before = execute("Slice", [ids.indices, convert([0, 0], 3), convert([-1, rank - 1], 3)], {})
    shape = execute("ConcatV2", [execute("Slice", [ids.dense_shape, convert([0], 3), convert([rank - 1], 3)], {}), convert([int(vocab_size)], 9), convert(0, 3)], {})
    made = SparseTensor(execute("ConcatV2", [before, last, convert(1, 3)], {}), values.values, shape)
    return made if already_sorted else sparse_reorder(made)


def sparse_mask(a, mask_indices, name=None):
    """Indexed slices without those of mask_indices."""
    kept = array_ops.setdiff1d(a.indices, mask_indices) if hasattr(array_ops, "setdiff1d") else execute("ListDiff", [a.indices, words.convert_to_tensor(mask_indices)], {})
    from sokuji._src.core.conversion import IndexedSlices

    return IndexedSlices(execute("GatherV2", [a.values, kept[1], convert(0, 3)], {}), kept[0], a.dense_shape)


def _reducer(kind):
    def function(sp_input, axis=None, keep_dims=False, reduction_axes=None, keepdims=None):
        """A sparse tensor reduced over axes."""
        sp, axis = _sparse(sp_input), reduction_axes if axis is None else axis
        axes = None if axis is None else [int(a) for a in np.ravel(axis)]
        return _call(kind, *_parts(sp), axis=axes, keep=bool(keepdims or keep_dims))

    return function


sparse_reduce_max, sparse_reduce_max_sparse = _reducer("SparseReduceMax"), _reducer("SparseReduceMaxSparse")
sparse_reduce_sum_sparse, _sum_kernel = _reducer("SparseReduceSumSparse"), _reducer("SparseReduceSum")


def sparse_reduce_sum(sp_input, axis=None, keep_dims=False, reduction_axes=None, keepdims=None):
    """The sum of a sparse tensor over axes, as a dense tensor."""
    sp, axis = _sparse(sp_input), reduction_axes if axis is None else axis
    if sp.indices._shape_tuple is None or sp.indices._shape_tuple[1] is None or sp.dtype.is_integer:
        return _sum_kernel(sp, axis, keepdims or keep_dims)
    dense = execute("ScatterNd", [sp.indices, sp.values, sp.dense_shape], {})
    axes = list(range(sp.indices._shape_tuple[1])) if axis is None else [int(a) for a in np.ravel(axis)]
    return execute("Sum", [dense, convert(axes, 3)], {"keep_dims": bool(keepdims or keep_dims)})


def sparse_tensor_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The product with a matrix: rows of it, weighted and added up."""
    sp, b = _sparse(sp_a), words.convert_to_tensor(b)
    if adjoint_b:
        b = execute("Transpose", [b, convert([1, 0], 3)], {})
    column = lambda k: execute("StridedSlice", [sp.indices, convert([0, k], 3), convert([0, k + 1], 3), convert([1, 1], 3)], {"begin_mask": 1, "end_mask": 1, "shrink_axis_mask": 2})  # noqa: E731
    size = execute("StridedSlice", [sp.dense_shape, convert([1 if adjoint_a else 0], 3), convert([2 if adjoint_a else 1], 3), convert([1], 3)], {"shrink_axis_mask": 1})
    rows = execute("GatherV2", [b, column(0 if adjoint_a else 1), convert(0, 3)], {})
    weighted = execute("Mul", [rows, execute("ExpandDims", [sp.values, convert(-1, 3)], {})], {})
    return execute("UnsortedSegmentSum", [weighted, column(1 if adjoint_a else 0), size], {})


def sparse_matmul(a, b, transpose_a=False, transpose_b=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The matrix product of dense matrices that hold many zeros."""
    return execute("MatMul", [words.convert_to_tensor(a), words.convert_to_tensor(b)], {"transpose_a": transpose_a, "transpose_b": transpose_b})


def _of_segments(kind):
    def function(data, indices, segment_ids, name=None, num_segments=None):
        """The rows of data at indices, reduced by segment."""
        data, ids = words.convert_to_tensor(data), words.convert_to_tensor(segment_ids)
        rows = execute("GatherNd", [data, execute("ExpandDims", [words.convert_to_tensor(indices), convert(-1, 3)], {})], {})  # whose gradient is dense
        if num_segments is None:
            if kind != "sqrtn":
                return execute(kind, [rows, ids], {})
            total = execute("SegmentSum", [rows, ids], {})
        else:
            total = execute("UnsortedSegmentSum", [rows, ids, convert(num_segments, 3)], {})
            if kind == "SegmentSum":
                return total
        ones = execute("OnesLike", [execute("Cast", [ids], {"DstT": data._dtype_number})], {})
        count = execute("SegmentSum", [ones, ids], {}) if num_segments is None else execute("UnsortedSegmentSum", [ones, ids, convert(num_segments, 3)], {})
        count = execute("Maximum", [count, convert(1, data._dtype_number)], {})
        rank = len(data._shape_tuple)
        count = execute("Reshape", [count, convert([-1] + [1] * (rank - 1), 3)], {})
        return execute("RealDiv", [total, execute("Sqrt", [count], {}) if kind == "sqrtn" else count], {})

    def with_number(data, indices, segment_ids, num_segments, name=None):
        """The rows of data at indices, reduced by segment, of which there are num_segments."""
        return function(data, indices, segment_ids, num_segments=num_segments)

    return function, with_number


sparse_segment_sum, sparse_segment_sum_with_num_segments = _of_segments("SegmentSum")
sparse_segment_mean, sparse_segment_mean_with_num_segments = _of_segments("SegmentMean")
sparse_segment_sqrt_n, sparse_segment_sqrt_n_with_num_segments = _of_segments("sqrtn")


def _rows_of(params, ids):
    tables = list(params) if isinstance(params, (list, tuple)) else [params]
    if len(tables) > 1:
        raise NotImplementedError("not implemented: embedding_lookup_sparse of several tables; concatenate them")
    table = tables[0]
    return execute("GatherV2", [table._now() if hasattr(table, "_now") else words.convert_to_tensor(table), ids, convert(0, 3)], {})


def embedding_lookup_sparse(params, sp_ids, sp_weights, partition_strategy="mod", name=None, combiner=None, max_norm=None):
    """For each row of ids the sum, mean, or sum over the root of the squared weights, of their rows of the table."""
    combiner = "mean" if combiner is None else combiner
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError("sp_ids must be SparseTensor")
    if sp_weights is not None and not isinstance(sp_weights, SparseTensor):
        raise TypeError("sp_weights must be either None or SparseTensor")
    if max_norm is not None:
        raise NotImplementedError("not implemented: embedding_lookup_sparse with max_norm; clip the table's rows")
    ids = execute("Cast", [execute("StridedSlice", [sp_ids.indices, convert([0, 0], 3), convert([0, 1], 3), convert([1, 1], 3)],
                                   {"begin_mask": 1, "end_mask": 1, "shrink_axis_mask": 2})], {"DstT": 3})  # fmt: skip
    rows = _rows_of(params, sp_ids.values)
    wide = lambda t: execute("Reshape", [t, convert([-1] + [1] * (len(rows._shape_tuple) - 1), 3)], {})  # noqa: E731
    weights = sp_weights.values if sp_weights is not None else execute("OnesLike", [execute("Cast", [ids], {"DstT": rows._dtype_number})], {})
    weights = weights if weights._dtype_number == rows._dtype_number else execute("Cast", [weights], {"DstT": rows._dtype_number})
    total = execute("SegmentSum", [execute("Mul", [rows, wide(weights)], {}), ids], {})
    if combiner == "sum":
        return total
    if combiner == "mean":
        norm = execute("SegmentSum", [weights, ids], {})
    else:
        norm = execute("Sqrt", [execute("SegmentSum", [execute("Square", [weights], {}), ids], {})], {})
    if sp_weights is None:  # rows without ids stay zero
        norm = execute("Maximum", [norm, convert(1, rows._dtype_number)], {})
    return execute("RealDiv", [total, wide(norm)], {})


# ---- what SparseTensors have in graphs ----


def times(self, dense, kind="Mul"):
    """Elementwise with a dense tensor, which is broadcast."""
    dense = words.convert_to_tensor(dense, self.dtype)
    wide = execute("BroadcastTo", [dense, self.dense_shape], {})
    return SparseTensor(self.indices, execute(kind, [self.values, execute("GatherNd", [wide, self.indices], {})], {}), self.dense_shape)


def evaluate(self, feed_dict=None, session=None):
    from sokuji._src.graph import operation

    graph = self.values._node._graph if isinstance(self.values, _core.SymbolicTensor) else graphs.get_default_graph()
    return operation._default_session(session, graph, "eval").run(self, feed_dict)


NAMES = {n: f for n, f in list(globals().items()) if n.startswith("sparse_") and callable(f)}

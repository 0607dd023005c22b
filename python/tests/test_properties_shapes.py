"""Reductions, indexing, joining and moving of elements against NumPy, on examples that hypothesis draws."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from properties import ALL, FLOATS, INTS, agree, arrays, elements, examples, shapes, wide

import sokuji as tf

NUMBERS = (*FLOATS, *INTS)


def drawn(data, dtypes=ALL, least=0, most=4, side=5, smallest=0, low=-8.0, high=8.0):
    """An array, and its dtype."""
    dtype = data.draw(st.sampled_from(dtypes))
    return data.draw(arrays(dtype, shapes(least, most, side, smallest), low, high)), dtype


def some_axes(data, rank):
    """None, an axis or several, from either end."""
    if rank == 0:
        return data.draw(st.sampled_from([None, []]))
    chosen = data.draw(st.one_of(st.none(), st.integers(-rank, rank - 1), st.lists(st.integers(0, rank - 1), unique=True, max_size=rank)))
    if isinstance(chosen, list):
        return [a - rank if data.draw(st.booleans()) else a for a in chosen]
    return chosen


def of_numpy(axis):
    return tuple(axis) if isinstance(axis, list) else axis


# ---- reductions ----

REDUCTIONS = {
    "sum": (np.sum, NUMBERS, -8, 8), "prod": (np.prod, NUMBERS, -2, 2), "max": (np.max, NUMBERS, -8, 8), "min": (np.min, NUMBERS, -8, 8),
    "mean": (np.mean, FLOATS, -8, 8), "all": (np.all, ("bool",), 0, 1), "any": (np.any, ("bool",), 0, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", REDUCTIONS)
@given(data=st.data())
@examples(80)
def test_reductions(name, data):
    function, dtypes, low, high = REDUCTIONS[name]
    x, dtype = drawn(data, dtypes, smallest=1 if name in ("max", "min", "mean") else 0, low=low, high=high)
    axis, keepdims = some_axes(data, x.ndim), data.draw(st.booleans())
    options = {"dtype": dtype} if x.dtype.kind in "iu" and name in ("sum", "prod") else {}
    want = function(wide(x), axis=of_numpy(axis), keepdims=keepdims, **options)
    scale = np.sum(np.abs(wide(x)), axis=of_numpy(axis), keepdims=keepdims) if name in ("sum", "mean") else None
    agree(getattr(tf, "reduce_" + name)(x, axis=axis, keepdims=keepdims), want, dtype, 8 if name == "prod" else 1, scale)


@given(data=st.data())
@examples(60)
def test_reductions_of_empty_axes_give_the_identity(data):
    shape = data.draw(st.permutations([0, 2, 3]))
    x = np.zeros(shape, np.float32)
    for name, value in (("sum", 0), ("prod", 1), ("max", -np.inf), ("min", np.inf), ("mean", np.nan)):
        got = getattr(tf, "reduce_" + name)(x, axis=shape.index(0))
        np.testing.assert_array_equal(got.numpy(), np.full([n for n in shape if n], value, np.float32))


@given(data=st.data(), dtype=st.sampled_from(FLOATS))
@examples(80)
def test_moments_and_norms(data, dtype):
    x, _ = drawn(data, (dtype,), smallest=1)
    axis, keepdims = some_axes(data, x.ndim), data.draw(st.booleans())
    options = {"axis": of_numpy(axis), "keepdims": keepdims}
    large = 64.0 * np.ones(np.shape(np.sum(x, **options)))
    agree(tf.math.reduce_variance(x, axis, keepdims), np.var(wide(x), **options), dtype, 8, large)
    agree(tf.math.reduce_euclidean_norm(x, axis, keepdims), np.sqrt(np.sum(np.square(wide(x)), **options)), dtype, 4)
    agree(tf.reduce_logsumexp(x, axis, keepdims), np.log(np.sum(np.exp(wide(x)), **options)), dtype, 4, large / 4)
    agree(tf.math.count_nonzero(x, axis, keepdims), np.sum(x != 0, **options), "int64")


@given(data=st.data())
@examples(100)
def test_places_of_the_largest_and_smallest(data):
    x, dtype = drawn(data, NUMBERS, least=1, smallest=1, low=-2, high=2)  # few values, so that some are equal: the first one counts
    axis, output = data.draw(st.integers(-x.ndim, x.ndim - 1)), data.draw(st.sampled_from(["int32", "int64"]))
    agree(tf.argmax(x, axis, output_type=output), np.argmax(x, axis), output)
    agree(tf.argmin(x, axis, output_type=output), np.argmin(x, axis), output)


@given(data=st.data())
@examples(100)
def test_running_sums_and_products(data):
    x, dtype = drawn(data, ("float32", "float64", "int32", "int64"), least=1, low=-2, high=2)
    axis, exclusive, reverse = data.draw(st.integers(-x.ndim, x.ndim - 1)), data.draw(st.booleans()), data.draw(st.booleans())
    for function, numpy, first in ((tf.cumsum, np.cumsum, 0), (tf.math.cumprod, np.cumprod, 1)):
        values = np.flip(wide(x), axis) if reverse else wide(x)
        want = numpy(values, axis, dtype=values.dtype)
        if exclusive and x.shape[axis]:
            start = np.full_like(np.take(want, [0], axis), first)
            want = np.concatenate([start, np.delete(want, -1, axis)], axis)
        agree(function(x, axis, exclusive, reverse), np.flip(want, axis) if reverse else want, dtype, 8, np.full(want.shape, 64.0))


@given(data=st.data())
@examples(80)
def test_sorting(data):
    x, dtype = drawn(data, ("float32", "float64", "int32", "int64"), least=1, most=3, low=-3, high=3)
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    agree(tf.sort(x, axis), np.sort(x, axis), dtype, 0)
    agree(tf.sort(x, axis, "DESCENDING"), np.flip(np.sort(x, axis), axis), dtype, 0)
    agree(tf.argsort(x, axis, stable=True), np.argsort(x, axis, kind="stable"), "int32")
    k = data.draw(st.integers(0, x.shape[-1]))
    values, places = tf.math.top_k(x, k)
    agree(values, np.flip(np.sort(x, -1), -1)[..., :k], dtype, 0)
    agree(places, np.argsort(-wide(x), -1, kind="stable")[..., :k], "int32")


@given(data=st.data())
@examples(60)
def test_sets_and_counts(data):
    x = data.draw(arrays("int32", st.integers(0, 12), 0, 5))
    values, index, counts = tf.unique_with_counts(x)
    want, first = np.unique(x, return_index=True)
    order = np.argsort(first, kind="stable")
    np.testing.assert_array_equal(values.numpy(), want[order])
    np.testing.assert_array_equal(values.numpy()[index.numpy()], x)
    np.testing.assert_array_equal(counts.numpy(), [np.sum(x == v) for v in want[order]])
    agree(tf.math.bincount(x), np.bincount(x) if len(x) else np.zeros(0, np.int64), "int32")
    edges = np.sort(data.draw(arrays("float32", st.integers(1, 6))))
    wanted = data.draw(arrays("float32", st.integers(0, 6)))
    for side in ("left", "right"):
        agree(tf.searchsorted(edges, wanted, side), np.searchsorted(edges, wanted, side), "int32")


# ---- indexing ----


@given(data=st.data())
@examples(400)
def test_indexing(data):
    """Integers, slices of any stride, new axes, ellipses."""
    x, dtype = drawn(data, least=0)
    key = data.draw(hnp.basic_indices(x.shape, min_dims=0, max_dims=8, allow_newaxis=True, allow_ellipsis=True))
    want = x[key]
    form = data.draw(st.sampled_from(["tensor", "variable", "tensors in the key"]))
    if form == "tensors in the key":
        parts = key if isinstance(key, tuple) else (key,)
        key = tuple(tf.constant(k) if isinstance(k, int) and data.draw(st.booleans()) else k for k in parts)
    t = tf.Variable(x) if form == "variable" else tf.constant(x)
    agree(t[key], want, dtype, 0)
    agree(t, x, dtype, 0)


@given(data=st.data())
@examples(100)
def test_indexing_far_outside(data):
    """A slice ends where the tensor ends; an integer outside is an error, and so is a key too many."""
    x, dtype = drawn(data, least=1, most=3, smallest=1)
    ends = st.one_of(st.none(), st.integers(-20, 20), st.integers(-(2**62), 2**62))
    key = tuple(slice(data.draw(ends), data.draw(ends), data.draw(st.sampled_from([None, 1, 2, 7, -1, -3]))) for _ in range(x.ndim))
    agree(tf.constant(x)[key], x[key], dtype, 0)
    outside = data.draw(st.one_of(st.integers(x.shape[0], 2**40), st.integers(-(2**40), -x.shape[0] - 1)))
    with pytest.raises((IndexError, tf.errors.InvalidArgumentError)):
        tf.constant(x)[outside]
    with pytest.raises((IndexError, tf.errors.InvalidArgumentError)):
        tf.constant(x)[(0,) * (x.ndim + 1)]


@given(data=st.data())
@examples(150)
def test_gradient_of_indexing(data):
    """What the key picks has the gradient that came, all else has 0."""
    x, _ = drawn(data, ("float32", "float64"))
    key = data.draw(hnp.basic_indices(x.shape, min_dims=0, max_dims=6, allow_newaxis=True, allow_ellipsis=True))
    came = np.arange(1, x[key].size + 1, dtype=x.dtype).reshape(x[key].shape)
    want = np.zeros_like(x)
    want[key] = came
    t = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(t)
        y = t[key]
    agree(tape.gradient(y, t, output_gradients=tf.constant(came)), want, x.dtype, 0)


@given(data=st.data())
@examples(150)
def test_gather(data):
    x, dtype = drawn(data, least=1, smallest=1)
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    index = data.draw(hnp.arrays(data.draw(st.sampled_from(["int32", "int64"])), shapes(0, 3, 4), elements=st.integers(0, x.shape[axis] - 1)))
    agree(tf.gather(x, index, axis=axis), np.take(x, index, axis), dtype, 0)
    rank = data.draw(st.integers(0, x.ndim))
    places = [data.draw(hnp.arrays("int32", index.shape, elements=st.integers(0, x.shape[k] - 1))) for k in range(rank)]
    stacked = np.stack(places, -1) if places else np.zeros((*index.shape, 0), np.int32)
    agree(tf.gather_nd(x, stacked), x[tuple(places)] if places else np.broadcast_to(x, index.shape + x.shape), dtype, 0)


@given(data=st.data())
@examples(100)
def test_scatter_and_masks(data):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    n = data.draw(st.integers(0, 6))
    places = np.stack([data.draw(hnp.arrays("int32", (n,), elements=st.integers(0, side - 1))) for side in shape], -1)
    values = data.draw(hnp.arrays("int32", (n,), elements=st.integers(-9, 9)))
    want = np.zeros(shape, np.int32)
    np.add.at(want, tuple(places.T), values)
    agree(tf.scatter_nd(places, values, shape), want, "int32")
    agree(tf.tensor_scatter_nd_add(np.ones(shape, np.int32), places, values), want + 1, "int32")
    mask = data.draw(arrays("bool", shape[: data.draw(st.integers(1, len(shape)))]))
    agree(tf.boolean_mask(want, mask), want[mask], "int32")


# ---- joining, cutting, moving ----


@given(data=st.data())
@examples(120)
def test_concat_and_split(data):
    x, dtype = drawn(data, least=1)
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    cuts = sorted(data.draw(st.lists(st.integers(0, x.shape[axis]), max_size=3)))
    parts = np.split(x, cuts, axis)
    agree(tf.concat(parts, axis), x, dtype, 0)
    for got, want in zip(tf.split(x, [p.shape[axis] for p in parts], axis), parts, strict=True):
        agree(got, want, dtype, 0)
    for n in (n for n in range(1, 6) if x.shape[axis] % n == 0):
        for got, want in zip(tf.split(x, n, axis), np.split(x, n, axis), strict=True):
            agree(got, want, dtype, 0)


@given(data=st.data())
@examples(100)
def test_stack_and_unstack(data):
    shape, dtype = data.draw(shapes(0, 3)), data.draw(st.sampled_from(ALL))
    parts = [data.draw(arrays(dtype, shape)) for _ in range(data.draw(st.integers(1, 4)))]
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    want = np.stack(parts, axis)
    agree(tf.stack([tf.constant(part) for part in parts], axis), want, dtype, 0)  # lists of NumPy's scalars are lists of numbers, as in TensorFlow
    for got, part in zip(tf.unstack(want, axis=axis), parts, strict=True):
        agree(got, part, dtype, 0)


@given(data=st.data())
@examples(150)
def test_moving(data):
    """transpose, reverse, roll, expand_dims, squeeze, reshape, broadcast_to, tile, repeat."""
    x, dtype = drawn(data)
    order = data.draw(st.permutations(range(x.ndim)))
    agree(tf.transpose(x, order), np.transpose(x, order), dtype, 0)
    agree(tf.transpose(x), x.T, dtype, 0)
    new = data.draw(st.integers(-x.ndim - 1, x.ndim))
    agree(tf.expand_dims(x, new), np.expand_dims(x, new), dtype, 0)
    agree(tf.squeeze(np.expand_dims(x, new), [new]), x, dtype, 0)
    agree(tf.squeeze(x), np.squeeze(x), dtype, 0)
    agree(tf.reshape(x, np.transpose(x, order).shape), x.reshape(np.transpose(x, order).shape), dtype, 0)
    agree(tf.reshape(x, [-1]), x.reshape(-1), dtype, 0)
    larger = (*data.draw(shapes(0, 2, 3)), *[n if n != 1 else data.draw(st.integers(0, 3)) for n in x.shape])
    agree(tf.broadcast_to(x, larger), np.broadcast_to(x, larger), dtype, 0)
    times = [data.draw(st.integers(0, 3)) for _ in x.shape]
    agree(tf.tile(x, times), np.tile(x, times) if x.ndim else x, dtype, 0)
    if x.ndim:
        axes = data.draw(st.lists(st.integers(0, x.ndim - 1), unique=True))
        agree(tf.reverse(x, axes), np.flip(x, tuple(axes)), dtype, 0)
        steps, axis = data.draw(st.integers(-7, 7)), data.draw(st.integers(-x.ndim, x.ndim - 1))
        agree(tf.roll(x, steps, axis), np.roll(x, steps, axis), dtype, 0)
        agree(tf.repeat(x, 2, axis), np.repeat(x, 2, axis), dtype, 0)


@given(data=st.data())
@examples(100)
def test_padding(data):
    x, dtype = drawn(data, (*FLOATS, "int32", "int64"), most=3)
    widths = [[data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))] for _ in x.shape]
    filler = data.draw(elements(dtype))
    amounts = np.array(widths, np.int32).reshape(x.ndim, 2)
    agree(tf.pad(x, amounts, constant_values=filler), np.pad(x, widths, constant_values=filler) if x.ndim else x, dtype, 0)
    for mode, spare in (("REFLECT", 1), ("SYMMETRIC", 0)):
        near = [[min(a, max(n - spare, 0)), min(b, max(n - spare, 0))] for n, (a, b) in zip(x.shape, widths)]
        if x.size and x.ndim:
            agree(tf.pad(x, near, mode), np.pad(x, near, mode.lower()), dtype, 0)


@given(data=st.data())
@examples(80)
def test_made_arrays(data):
    """range, linspace, eye, one_hot, fill, meshgrid, sequence_mask, diag, band_part."""
    start, limit = data.draw(st.integers(-9, 9)), data.draw(st.integers(-9, 9))
    step = data.draw(st.sampled_from([1, 2, 3, -1, -2]))
    if (limit - start) * step >= 0:
        agree(tf.range(start, limit, step), np.arange(start, limit, step), "int32")
    else:
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.range(start, limit, step)
    n, m = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 5))
    agree(tf.linspace(0.0, float(limit), n), np.linspace(0, limit, n), "float32", 2, np.full(n, 9.0))
    agree(tf.eye(n, m), np.eye(n, m), "float32", 0)
    index = data.draw(arrays("int32", shapes(0, 3), -2, 6))
    agree(tf.one_hot(index, 5), (index[..., None] == np.arange(5)) * 1.0, "float32", 0)
    agree(tf.sequence_mask(np.abs(index), 4), np.arange(4) < np.abs(index)[..., None], "bool")
    a, b = np.arange(n), np.arange(m) * 1.0
    for order in ("ij", "xy"):
        for got, want in zip(tf.meshgrid(a, b, indexing=order), np.meshgrid(a, b, indexing=order), strict=True):
            agree(got, want)
    agree(tf.fill([n, m], limit), np.full((n, m), limit), "int32")
    square = data.draw(arrays("float32", (2, n, m + 1)))
    lower, upper = data.draw(st.integers(-1, n)), data.draw(st.integers(-1, m + 1))
    band = np.array([[(lower < 0 or i - j <= lower) and (upper < 0 or j - i <= upper) for j in range(m + 1)] for i in range(n)])
    agree(tf.linalg.band_part(square, lower, upper), np.where(band, square, 0), "float32", 0)
    agree(tf.linalg.diag_part(square), np.diagonal(square, 0, 1, 2), "float32", 0)


# ---- contractions ----


@given(data=st.data())
@examples(120)
def test_matmul(data):
    dtype = data.draw(st.sampled_from(["float32", "float64", "int32"]))
    n, k, m = (data.draw(st.integers(0, 6)) for _ in range(3))
    batches = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=1, max_side=3)).input_shapes
    a, b = data.draw(arrays(dtype, (*batches[0], n, k))), data.draw(arrays(dtype, (*batches[1], k, m)))
    turn_a, turn_b = data.draw(st.booleans()), data.draw(st.booleans())
    want, scale = wide(a) @ wide(b), np.abs(wide(a)) @ np.abs(wide(b))
    got = tf.matmul(np.swapaxes(a, -1, -2) if turn_a else a, np.swapaxes(b, -1, -2) if turn_b else b, transpose_a=turn_a, transpose_b=turn_b)
    agree(got, want, dtype, k + 1, scale)
    agree(tf.constant(a) @ tf.constant(b), want, dtype, k + 1, scale)


SUMS = ("ij,jk->ik", "ij,ij->", "ij->ji", "ij->j", "bij,bjk->bik", "i,j->ij", "ijk,kl->ijl", "ab,bc,cd->ad", "bi,bi->b")


@given(data=st.data(), equation=st.sampled_from(SUMS))
@examples(100)
def test_einsum_and_tensordot(data, equation):
    sizes = {letter: data.draw(st.integers(1, 4)) for letter in "abcdijkl"}
    operands = [data.draw(arrays("float32", tuple(sizes[c] for c in part))) for part in equation.split("->")[0].split(",")]
    want, scale = (np.einsum(equation, *[f(wide(o)) for o in operands]) for f in (np.array, np.abs))
    agree(tf.einsum(equation, *operands), want, "float32", 40, scale)
    a, b = data.draw(arrays("float32", (2, 3, 4))), data.draw(arrays("float32", (4, 3, 2)))
    for axes in (0, 1, [[2], [0]], [[1, 2], [1, 0]]):
        agree(tf.tensordot(a, b, axes), np.tensordot(wide(a), wide(b), axes), "float32", 16, np.tensordot(np.abs(wide(a)), np.abs(wide(b)), axes))


@given(data=st.data())
@examples(80)
def test_segments(data):
    ids = np.array(sorted(data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=8))), np.int32)
    x = data.draw(arrays("float32", (len(ids), data.draw(st.integers(0, 3)))))
    shuffled, n = np.array(data.draw(st.permutations(ids.tolist())), np.int32), 6
    for name, function, empty in (("sum", np.sum, 0), ("mean", np.mean, 0), ("max", np.max, np.finfo("float32").min), ("min", np.min, np.finfo("float32").max),
                                  ("prod", np.prod, 1)):  # fmt: skip
        scale = np.full((n, x.shape[1]), 64.0) if name != "prod" else None
        want = np.stack([function(wide(x[shuffled == k]), axis=0) if (shuffled == k).any() else np.full(x.shape[1], empty, float) for k in range(n)])
        agree(getattr(tf.math, "unsorted_segment_" + name)(x, shuffled, n), want, "float32", 8, scale)
        last = ids[-1] + 1
        # A segment without rows is 0 (1 of products) among sorted ones.
        want = np.stack([function(wide(x[ids == k]), axis=0) if (ids == k).any() else np.full(x.shape[1], float(name == "prod")) for k in range(last)])
        agree(getattr(tf.math, "segment_" + name)(x, ids), want, "float32", 8, None if scale is None else scale[:last])


# ---- gradients whose value NumPy can count ----


@given(data=st.data())
@examples(100)
def test_gradients_sum_over_what_was_broadcast(data):
    both = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=4))
    x, y = (data.draw(arrays("float64", shape)) for shape in both.input_shapes)
    a, b = tf.constant(x), tf.constant(y)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        z = a * b + a
    da, db = tape.gradient(z, [a, b])

    def summed(g, shape):
        g = np.sum(np.broadcast_to(g, both.result_shape), axis=tuple(range(len(both.result_shape) - len(shape))))
        return np.sum(g, axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True).reshape(shape)

    agree(da, summed(y + 1, x.shape), "float64", 8, np.full(x.shape, 999.0))
    agree(db, summed(x, y.shape), "float64", 8, np.full(y.shape, 999.0))


@given(data=st.data())
@examples(60)
def test_gradients_of_what_moves_elements(data):
    """The gradient of a permutation of elements is the inverse permutation."""
    x, _ = drawn(data, ("float32",), least=1, smallest=1)
    order = data.draw(st.permutations(range(x.ndim)))
    axis = data.draw(st.integers(0, x.ndim - 1))
    came = np.arange(x.size, dtype=np.float32).reshape(x.shape)
    t = tf.constant(x)
    for make, back in (
        (lambda v: tf.transpose(v, order), lambda g: np.transpose(g.reshape(np.transpose(x, order).shape), np.argsort(order))),
        (lambda v: tf.reverse(v, [axis]), lambda g: np.flip(g, axis)),
        (lambda v: tf.roll(v, 1, axis), lambda g: np.roll(g, -1, axis)),
        (lambda v: tf.concat(tf.split(v, [1, x.shape[axis] - 1], axis), axis), lambda g: g),
        (lambda v: tf.reshape(tf.stack(tf.unstack(v, axis=axis), axis), x.shape), lambda g: g),
    ):
        with tf.GradientTape() as tape:
            tape.watch(t)
            y = make(t)
        assume(y.shape.num_elements() == x.size)
        agree(tape.gradient(y, t, output_gradients=tf.reshape(tf.constant(came), y.shape)), back(came), "float32", 0)

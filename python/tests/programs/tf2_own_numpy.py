# tf: 2.21
# tf.experimental.numpy: values and dtypes by NumPy's rules, gradients, and tensors that behave as arrays.
import numpy as np
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

tnp.experimental_enable_numpy_behavior()


def show(name, value):
    for v in value if isinstance(value, (list, tuple)) else [value]:
        v = tf.convert_to_tensor(v) if not isinstance(v, tf.Tensor) else v
        print(name, v.dtype.name, v.shape, np.round(np.ravel(v.numpy()).astype(complex if v.dtype.is_complex else float), 5).tolist()[:12])


x = tnp.array([[1.5, -2.0, 3.25], [0.5, 4.0, -1.0]], dtype=tnp.float32)
i = tnp.asarray([[1, 2, 3], [6, 5, 4]])
b = tnp.asarray([True, False, True])
for name in "exp expm1 log1p sqrt square sin cos tan sinh tanh arctan arcsinh cbrt deg2rad rad2deg fabs fix floor ceil negative absolute sign exp2 sinc isnan isfinite signbit".split():
    show(name, getattr(tnp, name)(x if name not in ("sqrt", "log1p") else tnp.absolute(x)))
    if name not in ("signbit",):
        show(name + " int", getattr(tnp, name)(i))
for name in "add subtract multiply divide true_divide floor_divide mod maximum minimum power greater less_equal not_equal hypot heaviside logaddexp float_power".split():
    f = getattr(tnp, name)
    show(name, f(x, 2.0))
    show(name + " ii", f(i, 2))
    show(name + " mixed", f(tnp.absolute(x), i))
for name in "sum mean prod max min std var ptp argmax argmin cumsum cumprod count_nonzero any all average amax".split():
    f = getattr(tnp, name)
    show(name, f(x))
    show(name + " int", f(i, axis=1))
show("sum kw", tnp.sum(b)), show("mean keep", tnp.mean(x, axis=0, keepdims=True)), show("sum dtype", tnp.sum(i, dtype=tnp.float32))
show("arange", tnp.arange(5)), show("arange", tnp.arange(1, 2, 0.25)), show("arange", tnp.arange(3, dtype=tnp.float32))
show("ones", tnp.ones([2, 2])), show("zeros", tnp.zeros(3, dtype=tnp.int32)), show("full", tnp.full((2,), 7)), show("eye", tnp.eye(2, 3, 1)), show("like", tnp.ones_like(i))
show("linspace", tnp.linspace(0, 1, 5)), show("logspace", tnp.logspace(0, 2, 3)), show("geomspace", tnp.geomspace(1, 8, 4)), show("tri", tnp.tri(3)), show("mesh", tnp.meshgrid([1, 2], [3, 4, 5]))
show("matmul", tnp.matmul(x, x.numpy().T)), show("matmul", tnp.matmul(i, [1, 2, 3])), show("dot", tnp.dot(x, [1.0, 2.0, 3.0])), show("inner", tnp.inner(i, i)), show("outer", tnp.outer([1, 2], [3, 4]))
show("vdot", tnp.vdot([1, 2], [3, 4])), show("tensordot", tnp.tensordot(x, x, 2)), show("einsum", tnp.einsum("ij,kj->ik", x, i)), show("kron", tnp.kron([[1, 2]], [[1], [3]]))
show("reshape", tnp.reshape(i, (3, -1))), show("ravel", tnp.ravel(i)), show("F", tnp.reshape(i, (3, 2), order="F")), show("transpose", tnp.transpose(i)), show("swap", tnp.swapaxes(i, 0, 1))
show("move", tnp.moveaxis(tnp.ones([2, 3, 4]), 0, -1)), show("expand", tnp.expand_dims(i, 1)), show("squeeze", tnp.squeeze([[1]])), show("flip", tnp.flip(i, 1)), show("flip", tnp.flip(i))
show("roll", tnp.roll(i, 1)), show("roll", tnp.roll(i, 1, 0)), show("rot90", tnp.rot90(i)), show("rot90", tnp.rot90(i, 3)), show("cat", tnp.concatenate([i, x])), show("stack", tnp.stack([1, 2.5]))
show("append", tnp.append(i, [7])), show("hstack", tnp.hstack([i, i])), show("vstack", tnp.vstack([[1, 2], [3, 4]])), show("dstack", tnp.dstack([[1, 2], [3, 4]])), show("split", tnp.split(i, 3, 1))
show("split", tnp.split(tnp.arange(6), [1, 3])), show("tile", tnp.tile(i, 2)), show("repeat", tnp.repeat(i, 2)), show("repeat", tnp.repeat(i, 2, 0)), show("pad", tnp.pad(i, [[1, 1], [0, 2]], "constant", constant_values=9))
show("diag", tnp.diag([1, 2])), show("diag", tnp.diag(i)), show("diag k", tnp.diag([1, 2], 1)), show("diagonal", tnp.diagonal(i, 1)), show("trace", tnp.trace(i)), show("tril", tnp.tril(i)), show("triu", tnp.triu(x, 1))
show("where", tnp.where(x > 0, x, 0)), show("where", tnp.where([True, False, True])), show("nonzero", tnp.nonzero([0, 3, 0, 5])), show("take", tnp.take(i, [0, 5])), show("take", tnp.take(i, [2, 0], axis=1))
show("along", tnp.take_along_axis(i, tnp.asarray([[2], [0]]), 1)), show("clip", tnp.clip(x, 0, 2)), show("clip", tnp.clip(i, 2, None)), show("sort", tnp.sort(x)), show("argsort", tnp.argsort(x)), show("select", tnp.select([b], [[1, 2, 3]], 9))
show("around", tnp.around(x, 1)), show("around", tnp.around(x)), show("isclose", tnp.isclose(x, x + 1e-9)), show("allclose", tnp.allclose(i, i)), show("equal", tnp.array_equal(i, i)), show("diff", tnp.diff(i)), show("polyval", tnp.polyval([1, 2, 3], 2))
show("nansum", tnp.nansum([1.0, np.nan])), show("nanmean", tnp.nanmean([1.0, np.nan, 4.0])), show("gcd", tnp.gcd(12, 18)), show("cross", tnp.cross([1, 2, 3], [4, 5, 6])), show("vander", tnp.vander([1, 2, 3]))
show("logical", tnp.logical_and(b, [1, 1, 0])), show("not", tnp.logical_not(i)), show("xor", tnp.bitwise_xor(i, 3)), show("broadcast", tnp.broadcast_to([1, 2], (2, 2))), show("atleast", tnp.atleast_2d([1, 2]))
show("real", tnp.real([1 + 2j])), show("imag", tnp.imag([1 + 2j])), show("angle", tnp.angle([1j])), show("conj", tnp.conj([1 + 2j])), show("copy", tnp.copy(x)), show("ndmin", tnp.array([1], ndmin=3))
print(tnp.result_type(x, 1.0), tnp.result_type(i, 1.5), tnp.promote_types(tnp.int32, tnp.float32), tnp.shape(i), tnp.ndim(x), tnp.size(i), tnp.isscalar(3), tnp.newaxis, tnp.float32, isinstance(x, tnp.ndarray))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tnp.sum(tnp.exp(tnp.square(x) / 10.0) * tnp.matmul(x, tnp.ones([3, 1], dtype=tnp.float32)))
show("gradient", tape.gradient(y, x))
show("function", tf.function(lambda v: tnp.mean(tnp.maximum(v, 0.0), axis=1))(x))
tnp.random.seed(3)
print(tnp.random.randn(2, 3).shape, tnp.random.uniform(size=[4]).dtype, tnp.random.randint(5, size=(2,)).dtype, tnp.random.rand(2).shape)
for wrong in (lambda: tnp.arange(1, 2, 0), lambda: tnp.clip(x, None, None), lambda: tnp.matmul(x, x), lambda: tnp.where(x, 1), lambda: tnp.pad(x, 1, "edge")):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__)
t = tf.constant([[1, 2], [3, 4]])
show("T", t.T), show("astype", t.astype(tnp.float32)), show("reshape", t.reshape(4)), show("reshape", t.reshape((1, -1))), show("ravel", t.ravel()), show("clip", t.clip(2, 3)), show("max", t.max()), show("mean", t.mean(axis=0))
show("mixed", t + tf.constant([1.5, 2.0])), show("mixed", tf.constant(1, tf.int64) * t), show("mixed", t + 1), show("mixed", t * 1.5), show("mixed", tf.constant([1.5]) - t), show("div", t / 2), show("cmp", t < 2.5)

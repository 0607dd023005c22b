"""keras.ops of networks, of matrices, of segments and of Fourier transforms."""

import math

import numpy as np

from sokuji._src.keras import activations, losses
from sokuji._src.keras import random as keras_random
from sokuji._src.keras.ops_core import CORE, F, LINALG, NN, T, also, both, op, plain, result_type, sizes_of, tf
from sokuji._src.keras.ops_numpy import NUMPY, _axes
from sokuji._src.keras.ops_numpy_shapes import expand_dims, flip, moveaxis

nn, core, linear = op(NN), op(CORE), op(LINALG)


# ---- activations ----


def _activations():
    """What keras.activations has too."""
    for name in "relu relu6 sigmoid softsign silu hard_sigmoid hard_silu hard_tanh tanh_shrink log_sigmoid selu sparse_plus sparse_sigmoid softplus".split():
        _named(name, lambda x, name=name: _activation(name)(T(x)))
    for name, word, usual in (("elu", "alpha", 1.0), ("celu", "alpha", 1.0), ("soft_shrink", "threshold", 0.5), ("hard_shrink", "threshold", 0.5), ("squareplus", "b", 4),
                              ("leaky_relu", "negative_slope", 0.2), ("sparsemax", "axis", -1), ("glu", "axis", -1), ("gelu", "approximate", True)):  # fmt: skip
        scope = {"_of": lambda x, value, name=name: _activation(name)(T(x), value)}
        exec("def %s(x, %s=%r): return _of(x, %s)" % (name, word, usual, word), scope)
        nn(scope[name])


def _activation(name):
    return {"elu": activations.elu_2, "relu": activations.relu_2}.get(name) or activations.BY_NAME_2.get(name) or getattr(activations, name)


def _named(name, function):
    function.__name__ = name
    return nn(function)


_activations()
also(NN, swish="silu", hard_swish="hard_silu")


@nn
def threshold(x, threshold, default_value):
    return activations.threshold(T(x), threshold, default_value)


def _over(name):
    def function(x, axis=-1):
        t = T(x)
        if isinstance(axis, (tuple, list)):
            rank = len(t._shape_tuple)
            last = [a % rank for a in axis]
            order = [i for i in range(rank) if i not in last] + last
            wide = tf.transpose(t, order)
            flat = tf.reshape(wide, list(sizes_of(wide)[: rank - len(last)]) + [-1])
            return tf.transpose(tf.reshape(getattr(tf.nn, name)(flat), sizes_of(wide)), np.argsort(order).tolist())
        return tf.reshape(getattr(tf.nn, name)(tf.reshape(t, [-1])), sizes_of(t)) if axis is None else getattr(tf.nn, name)(t, axis)

    return _named(name, function)


_over("softmax")
_over("log_softmax")


@nn
def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    if sparse:
        raise NotImplementedError("not implemented: keras.ops.one_hot with sparse=True")
    t = T(x)
    return tf.one_hot(t if t.dtype.name in ("int32", "int64", "uint8") else T(t, "int32"), num_classes, axis=axis, dtype=plain(dtype))


@nn
def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs):
    made = one_hot(inputs, num_classes if num_classes is not None else kwargs["num_tokens"], axis, dtype, sparse)
    return tf.reduce_max(made, 1 if len(T(inputs)._shape_tuple) > 1 else 0)


@nn
def normalize(x, axis=-1, order=2, epsilon=None):
    t = F(x)
    epsilon = 1e-7 if epsilon is None else epsilon
    if order == 2:
        return t * tf.math.rsqrt(tf.maximum(tf.reduce_sum(tf.square(t), axis, keepdims=True), epsilon**2))
    return t / tf.maximum(norm(t, order, axis, True), epsilon)


@nn
def moments(x, axes, keepdims=False, synchronized=False):
    t = F(x)
    return tf.reduce_mean(t, _axes(axes), keepdims), tf.math.reduce_variance(t, _axes(axes), keepdims)


def _along(t, value, axis):
    """A vector that stands along an axis."""
    return tf.reshape(T(value, t.dtype.name), [-1 if i == axis % len(t._shape_tuple) else 1 for i in range(len(t._shape_tuple))])


@nn
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001):
    t = F(x)
    made = (t - _along(t, mean, axis)) * tf.math.rsqrt(_along(t, variance, axis) + epsilon)
    made = made if scale is None else made * _along(t, scale, axis)
    return made if offset is None else made + _along(t, offset, axis)


@nn
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    t = F(x)
    mean, variance = moments(t, axis, True)
    made = (t - mean) * tf.math.rsqrt(variance + (1e-7 if epsilon is None else epsilon))
    made = made if gamma is None else made * T(gamma, t.dtype.name)
    return made if beta is None else made + T(beta, t.dtype.name)


@nn
def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    t = F(x)
    made = t * tf.math.rsqrt(tf.reduce_mean(tf.square(t), _axes(axis), True) + (1e-7 if epsilon is None else epsilon))
    return made if scale is None else made * T(scale, t.dtype.name)


@nn
def polar(abs_, angle):
    a, b = both(abs_, angle, float)
    return tf.complex(a * tf.cos(b), a * tf.sin(b))


@nn
def psnr(x1, x2, max_val):
    a, b = both(x1, x2, float)
    return 10.0 * tf.math.log(float(max_val) ** 2 / tf.reduce_mean(tf.square(a - b))) / math.log(10.0)


# ---- losses ----


@nn
def binary_crossentropy(target, output, from_logits=False):
    y, p = T(target), F(output)
    y = T(y, p.dtype.name)
    _same_shape(y, p)
    if from_logits:
        return tf.nn.sigmoid_cross_entropy_with_logits(y, p)
    p = tf.clip_by_value(p, 1e-7, 1.0 - 1e-7)
    return -(y * tf.math.log(p) + (1.0 - y) * tf.math.log(1.0 - p))


def _same_shape(y, p):
    if len(y._shape_tuple) != len(p._shape_tuple) or any(a != b and None not in (a, b) for a, b in zip(y._shape_tuple, p._shape_tuple)):
        raise ValueError("Arguments `target` and `output` must have the same shape. Received: target.shape=%s, output.shape=%s" % (y._shape_tuple, p._shape_tuple))


@nn
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    p = F(output)
    y = T(target, p.dtype.name)
    if len(y._shape_tuple) < 1:
        raise ValueError("Arguments `target` and `output` must be at least rank 1. Received: target.shape=%s, output.shape=%s" % (y._shape_tuple, p._shape_tuple))
    _same_shape(y, p)
    return losses.categorical_crossentropy(y, p, from_logits, 0.0, axis)


@nn
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    p, y = F(output), T(target)
    if len(y._shape_tuple) == len(p._shape_tuple) and y._shape_tuple[-1] == 1:
        y = tf.squeeze(y, [-1])
    if len(y._shape_tuple) != len(p._shape_tuple) - 1:
        raise ValueError("Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=%s, output.shape=%s" % (y._shape_tuple, p._shape_tuple))
    p = moveaxis(p, axis, -1)
    return losses.sparse_categorical_crossentropy(y, p, from_logits)


# ---- windows ----


def _last(t, data_format):
    first = data_format == "channels_first"
    return (moveaxis(t, 1, -1) if first else t), (lambda made: moveaxis(made, -1, 1) if first else made)


def _spread(value, n):
    return [value] * n if isinstance(value, int) else list(value)


@nn
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    t, k = both(inputs, kernel, float)
    t, back = _last(t, data_format)
    n = len(t._shape_tuple) - 2
    strides, rates = _spread(strides, n), _spread(dilation_rate, n)
    if padding == "causal":
        t, padding = tf.pad(t, [[0, 0], [rates[0] * (k._shape_tuple[0] - 1), 0], [0, 0]]), "valid"
    channels, groups = t._shape_tuple[-1], t._shape_tuple[-1] // k._shape_tuple[-2]
    if channels % k._shape_tuple[-2]:
        raise ValueError("The number of input channels must be evenly divisible by kernel's in_channels. Received input channels %s and kernel in_channels %s. "
                         % (channels, k._shape_tuple[-2]))  # fmt: skip
    one = lambda t, k: tf.nn.convolution(t, k, strides, padding.upper(), dilations=rates)  # noqa: E731
    if groups == 1:
        return back(one(t, k))
    return back(tf.concat([one(a, b) for a, b in zip(tf.split(t, groups, -1), tf.split(k, groups, -1))], -1))


@nn
def conv_transpose(inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1):
    from sokuji._src.keras import layers, layers_3d

    n = len(T(inputs)._shape_tuple) - 2
    kernel = T(kernel)
    found = {**layers.KERAS, **layers_3d.LAYERS}
    made = (found.get("Conv%dDTranspose" % n) or getattr(tf.keras.layers, "Conv%dDTranspose" % n))(
        kernel._shape_tuple[-2], kernel._shape_tuple[:n], strides, padding, output_padding=output_padding, data_format=data_format, dilation_rate=dilation_rate, use_bias=False)  # fmt: skip
    made.build(inputs._shape_tuple if hasattr(inputs, "_shape_tuple") else np.shape(inputs))
    object.__setattr__(made, "kernel", kernel)
    return made.call(F(inputs))


@nn
def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    t, k = both(inputs, kernel, float)
    t, back = _last(t, data_format)
    n = len(t._shape_tuple) - 2
    strides, rates = _spread(strides, n), _spread(dilation_rate, n)
    if n == 1:
        made = depthwise_conv(tf.expand_dims(t, 1), tf.expand_dims(k, 0), [strides[0]] * 2, padding, None, [rates[0]] * 2)
        return back(tf.squeeze(made, [1]))
    return back(tf.nn.depthwise_conv2d(t, k, [1, *strides, 1], padding.upper(), dilations=rates))


@nn
def separable_conv(inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    made = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(made, pointwise_kernel, 1, "valid", data_format)


def _pool(kind):
    def function(inputs, pool_size, strides=None, padding="valid", data_format=None):
        t, back = _last(T(inputs), data_format)
        n = len(t._shape_tuple) - 2
        return back(tf.nn.pool(t, _spread(pool_size, n), kind, strides=_spread(pool_size if strides is None else strides, n), padding=padding.upper()))

    return _named({"AVG": "average_pool", "MAX": "max_pool"}[kind], function)


_pool("MAX")
_pool("AVG")


def _adaptive(name, reduce):
    def function(inputs, output_size, data_format=None):
        t, back = _last(F(inputs), data_format)
        for axis, size in enumerate(_spread(output_size, len(t._shape_tuple) - 2), 1):
            n = t._shape_tuple[axis]
            parts = [getattr(tf, reduce)(NUMPY["take"](t, range(i * n // size, -(-(i + 1) * n // size)), axis), axis, keepdims=True) for i in range(size)]
            t = tf.concat(parts, axis)
        return back(t)

    return _named(name, function)


_adaptive("adaptive_average_pool", "reduce_mean")
_adaptive("adaptive_max_pool", "reduce_max")


@nn
def space_to_depth(x, block_size, data_format="channels_last"):
    t, back = _last(T(x), data_format)
    return back(tf.nn.space_to_depth(t, block_size))


@nn
def depth_to_space(x, block_size, data_format="channels_last"):
    t, back = _last(T(x), data_format)
    return back(tf.nn.depth_to_space(t, block_size))


@nn
def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False, flash_attention=None, attn_logits_soft_cap=None):
    q, k = both(query, key, float)
    v = T(value, q.dtype.name)
    for t in (q, k, v):
        if len(t._shape_tuple) != 4:
            raise ValueError("`dot_product_attention` only supports 4D inputs. Received: query.shape=%s, key.shape=%s, value.shape=%s." % (q._shape_tuple, k._shape_tuple, v._shape_tuple))
    heads, groups = q._shape_tuple[2], k._shape_tuple[2]
    if heads != groups:
        k, v = (tf.repeat(t, heads // groups, axis=2) for t in (k, v))
    scores = tf.einsum("btnh,bsnh->bnts", q, k) * (1.0 / math.sqrt(q._shape_tuple[-1]) if scale is None else scale)
    scores = scores if bias is None else scores + T(bias, scores.dtype.name)
    scores = scores if attn_logits_soft_cap is None else attn_logits_soft_cap * tf.tanh(scores / attn_logits_soft_cap)
    if mask is not None:
        scores = tf.where(T(mask, "bool"), scores, tf.constant(-0.7 * 3.4028235e38, scores.dtype))
    if is_causal:
        scores = tf.where(tf.constant(np.tril(np.ones(scores._shape_tuple[-2:], bool))), scores, tf.constant(-0.7 * 3.4028235e38, scores.dtype))
    return tf.einsum("bnts,bsnh->btnh", tf.nn.softmax(scores), v)


@nn
def ctc_loss(target, output, target_length, output_length, mask_index=0):
    return tf.nn.ctc_loss(T(target, "int32"), F(output), T(target_length, "int32"), T(output_length, "int32"), False, blank_index=mask_index)


@nn
def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    """Patches of images with channels first, as columns."""
    t = T(x)
    (kh, kw), (dh, dw), (ph, pw), (sh, sw) = (_spread(v, 2) for v in (kernel_size, dilation, padding, stride))
    t = tf.pad(t, [[0, 0], [0, 0], [ph, ph], [pw, pw]])
    b, c, h, w = sizes_of(t)
    rows = (np.arange(0, h - dh * (kh - 1), sh)[:, None] + dh * np.arange(kh)).astype(np.int32)
    columns = (np.arange(0, w - dw * (kw - 1), sw)[:, None] + dw * np.arange(kw)).astype(np.int32)
    made = tf.gather(tf.gather(t, rows, axis=2), columns, axis=4)  # b c oh kh ow kw
    return tf.reshape(tf.transpose(made, [0, 1, 3, 5, 2, 4]), [b, c * kh * kw, rows.shape[0] * columns.shape[0]])


# ---- of matrices ----


@linear
def norm(x, ord=None, axis=None, keepdims=False):
    t = F(x)
    rank = len(t._shape_tuple)
    over = list(range(rank)) if axis is None else [a % rank for a in ([axis] if isinstance(axis, int) else axis)]
    if axis is None and ord is None or ord in (None, "fro") and len(over) == 2 or ord in (None, 2) and len(over) == 1:
        return tf.sqrt(tf.reduce_sum(tf.square(tf.abs(t)) if t.dtype.is_complex else tf.square(t), over, keepdims))
    if len(over) == 1:
        size = tf.abs(t)
        if ord == np.inf or ord == -np.inf:
            return (tf.reduce_max if ord > 0 else tf.reduce_min)(size, over, keepdims)
        if ord == 0:
            return tf.reduce_sum(tf.cast(tf.not_equal(t, 0), t.dtype), over, keepdims)
        if isinstance(ord, str):
            raise ValueError("Invalid `ord` argument for vector norm. Received: ord=%s" % ord)
        return tf.pow(tf.reduce_sum(tf.pow(size, float(ord)), over, keepdims), 1.0 / float(ord))
    t = moveaxis(t, over, (-2, -1))
    if ord in (1, -1, np.inf, -np.inf):
        sums = tf.reduce_sum(tf.abs(t), -2 if abs(ord) == 1 else -1)
        made = (tf.reduce_max if ord > 0 else tf.reduce_min)(sums, -1)
    elif ord in (2, -2, "nuc"):
        values = tf.linalg.svd(t, compute_uv=False)
        made = tf.reduce_sum(values, -1) if ord == "nuc" else (tf.reduce_max if ord > 0 else tf.reduce_min)(values, -1)
    else:
        raise ValueError("Invalid `ord` argument for matrix norm. Received: ord=%s" % (ord,))
    return expand_dims(made, tuple(over)) if keepdims else made


def _square(t):
    if len(t._shape_tuple) < 2:
        raise ValueError("Expected input to have rank >= 2. Received input with shape %s." % (t._shape_tuple,))
    if t._shape_tuple[-1] != t._shape_tuple[-2]:
        raise ValueError("Expected a square matrix. Received non-square input with shape %s" % (t._shape_tuple,))
    return t


@linear
def cholesky(x, upper=False):
    made = tf.linalg.cholesky(_square(F(x)))
    return tf.linalg.matrix_transpose(made) if upper else made


@linear
def cholesky_inverse(x, upper=False):
    t = _square(F(x))
    t = tf.linalg.matrix_transpose(t) if upper else t
    return tf.linalg.cholesky_solve(t, tf.eye(t._shape_tuple[-1], dtype=t.dtype))


def _of_square(name, function):
    def own(x):
        return function(_square(F(x)))

    own.__name__ = name
    return linear(own)


_of_square("det", lambda t: tf.linalg.det(t))
_of_square("inv", lambda t: tf.linalg.inv(t))
_of_square("eig", lambda t: tuple(tf.linalg.eig(t)))
_of_square("eigh", lambda t: tuple(tf.linalg.eigh(t)))
_of_square("slogdet", lambda t: tuple(tf.linalg.slogdet(t)))
_of_square("logdet", lambda t: tf.linalg.logdet(t))


@linear
def lu_factor(x):
    return tuple(tf.linalg.lu(F(x)))


@linear
def qr(x, mode="reduced"):
    if mode not in ("reduced", "complete"):
        raise ValueError("`mode` argument value not supported. Expected one of {'reduced', 'complete'}. Received: mode=%s" % mode)
    return tuple(tf.linalg.qr(F(x), full_matrices=mode == "complete"))


@linear
def svd(x, full_matrices=True, compute_uv=True):
    made = tf.linalg.svd(F(x), full_matrices=full_matrices, compute_uv=compute_uv)
    return (made[1], made[0], tf.linalg.adjoint(made[2])) if compute_uv else made


@linear
def solve(a, b):
    a, b = both(a, b, float)
    if len(b._shape_tuple) == len(a._shape_tuple) - 1:
        return tf.squeeze(tf.linalg.solve(a, tf.expand_dims(b, -1)), [-1])
    return tf.linalg.solve(a, b)


@linear
def solve_triangular(a, b, lower=False):
    a, b = both(a, b, float)
    if len(b._shape_tuple) == len(a._shape_tuple) - 1:
        return tf.squeeze(tf.linalg.triangular_solve(a, tf.expand_dims(b, -1), lower=lower), [-1])
    return tf.linalg.triangular_solve(a, b, lower=lower)


@linear
def lstsq(a, b, rcond=None):
    a, b = both(a, b, float)
    one = len(b._shape_tuple) == 1
    made = tf.matmul(pinv(a, rcond), tf.expand_dims(b, -1) if one else b)
    return tf.squeeze(made, [-1]) if one else made


@linear
def pinv(x, rcond=None):
    return tf.linalg.pinv(F(x), rcond)


@linear
def matrix_rank(x, tol=None):
    return tf.linalg.matrix_rank(F(x), tol)


CORE.update({name: LINALG[name] for name in LINALG})


# ---- segments, the best, transforms ----


def _segment(name):
    def function(data, segment_ids, num_segments=None, sorted=False):
        ids = T(segment_ids, "int32")
        if num_segments is None:
            num_segments = tf.reduce_max(ids) + 1
        return getattr(tf.math, "unsorted_segment_" + name)(T(data), ids, num_segments)

    function.__name__ = "segment_" + name
    return core(function)


for _name in ("sum", "max", "min", "prod"):
    _segment(_name)


@core
def top_k(x, k, sorted=True):
    return tf.math.top_k(T(x), k, sorted=sorted)


@core
def in_top_k(targets, predictions, k):
    return tf.math.in_top_k(T(targets), T(predictions), k)


@core
def logsumexp(x, axis=None, keepdims=False):
    return tf.reduce_logsumexp(T(x), _axes(axis), keepdims)


def _simple(name, path):
    def function(x):
        found = tf
        for word in path.split("."):
            found = getattr(found, word)
        return found(T(x))

    function.__name__ = name
    return core(function)


for _name in "rsqrt erf erfc erfinv".split():
    _simple(_name, "math." + _name)


@core
def cdist(x, y):
    a, b = both(x, y, float)
    return tf.sqrt(tf.reduce_sum(tf.square(tf.expand_dims(a, -2) - tf.expand_dims(b, -3)), -1))


def _pair(name):
    def function(x):
        if not isinstance(x, (tuple, list)) or len(x) != 2:
            raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary. Received: x=%s" % (x,))
        a, b = (F(v) for v in x)
        if a._shape_tuple != b._shape_tuple:
            raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary, of the same shape. Received: x[0].shape = %s, x[1].shape = %s"
                             % (a._shape_tuple, b._shape_tuple))  # fmt: skip
        made = getattr(tf.signal, {"fft": "fft", "fft2": "fft2d", "ifft2": "ifft2d"}[name])(tf.complex(a, b))
        return tf.math.real(made), tf.math.imag(made)

    function.__name__ = name
    return core(function)


for _name in ("fft", "fft2", "ifft2"):
    _pair(_name)


@core
def rfft(x, fft_length=None):
    made = tf.signal.rfft(F(x), None if fft_length is None else [fft_length])
    return tf.math.real(made), tf.math.imag(made)


@core
def irfft(x, fft_length=None):
    a, b = (F(v) for v in x)
    return tf.signal.irfft(tf.complex(a, b), None if fft_length is None else [fft_length])


@core
def extract_sequences(x, sequence_length, sequence_stride):
    return tf.signal.frame(T(x), sequence_length, sequence_stride)


def _tapered(window, sequence_length, fft_length, kind):
    """The window in the middle of a frame."""
    if window is None:
        window = np.ones(sequence_length)
    elif isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError("If a string is passed to `window`, it must be one of `\"hann\"`, `\"hamming\"`. Received: window=%s" % window)
        window = getattr(tf.signal, window + "_window")(sequence_length).numpy()
    window = np.asarray(window)
    if window.shape != (sequence_length,):
        raise ValueError("The shape of `window` must be equal to [sequence_length].Received: window shape=%s" % (window.shape,))
    before = (fft_length - sequence_length) // 2
    return tf.constant(np.pad(window, (before, fft_length - sequence_length - before)).astype(kind.as_numpy_dtype))


@core
def stft(x, sequence_length, sequence_stride, fft_length, window="hann", center=True):
    t = F(x)
    if fft_length < sequence_length:
        raise ValueError("`fft_length` must equal or larger than `sequence_length`. Received: sequence_length=%s, fft_length=%s" % (sequence_length, fft_length))
    if center:
        t = tf.pad(t, [[0, 0]] * (len(t._shape_tuple) - 1) + [[fft_length // 2] * 2], "REFLECT")
    made = tf.signal.rfft(tf.signal.frame(t, fft_length, sequence_stride) * _tapered(window, sequence_length, fft_length, t.dtype))
    return tf.math.real(made), tf.math.imag(made)


@core
def istft(x, sequence_length, sequence_stride, fft_length, length=None, window="hann", center=True):
    a, b = (F(v) for v in x)
    frames = tf.signal.irfft(tf.complex(a, b), [fft_length])
    taper = _tapered(window, sequence_length, fft_length, a.dtype)
    made = tf.signal.overlap_and_add(frames * taper, sequence_stride)
    weight = tf.signal.overlap_and_add(tf.broadcast_to(tf.square(taper), frames.shape), sequence_stride)
    made = tf.where(weight > 1e-11, made / tf.maximum(weight, 1e-11), made)
    begin = fft_length // 2 if center else 0
    end = begin + length if length is not None else made._shape_tuple[-1] - (fft_length // 2 if center else 0)
    return made[..., begin:end]


@core
def view_as_real(x):
    t = T(x)
    return tf.stack([tf.math.real(t), tf.math.imag(t)], -1)


@core
def view_as_complex(x):
    t = F(x)
    if t._shape_tuple[-1] != 2:
        raise ValueError("Last dimension of input must be size 2 (real and imaginary). Received shape: %s" % (t._shape_tuple,))
    return tf.complex(t[..., 0], t[..., 1])


def ctc_decode(inputs, sequence_lengths, strategy="greedy", beam_width=100, top_paths=1, merge_repeated=True, mask_index=0):
    """The likeliest labels (a batch of paths, filled up with -1) and their scores."""
    t = F(inputs)
    turned = tf.transpose(t, [1, 0, 2])
    classes = t._shape_tuple[-1]
    if strategy == "greedy":
        made, scores = tf.nn.ctc_greedy_decoder(turned, T(sequence_lengths, "int32"), merge_repeated, blank_index=mask_index)
    elif strategy == "beam_search":
        order = [i for i in range(classes) if i != mask_index % classes] + [mask_index % classes]
        made, scores = tf.nn.ctc_beam_search_decoder(tf.gather(turned, order, axis=2), T(sequence_lengths, "int32"), beam_width, top_paths)
    else:
        raise ValueError("Invalid strategy %s. Supported values are 'greedy' and 'beam_search'." % strategy)
    rows = []
    for sparse in made:
        row = tf.sparse.to_dense(sparse, default_value=-1)
        if strategy == "beam_search":
            row = tf.where(row < 0, row, tf.gather(tf.constant(order, "int64"), tf.maximum(row, 0)))
        rows.append(tf.pad(row, [[0, 0], [0, t._shape_tuple[1] - row._shape_tuple[1]]], constant_values=-1))
    return T(tf.stack(rows), "int32"), scores


NN["ctc_decode"] = ctc_decode
del keras_random, result_type, flip

"""tf.signal: Fourier transforms over NumPy's with their gradients, frames, windows, short-time transforms, cosine transforms, mel spectra."""

import math

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import axis_of, convert, ints, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops, window_ops
from sokuji._src.ops.complex_arithmetic import differentiable

# ---- Fourier transforms ----


def _complex_fft(name, axes, inverse):
    where = tuple(range(-axes, 0))

    @differentiable
    def inner(x):
        n = np.prod([x.shape[a] for a in where])
        to, back = (np.fft.ifftn, lambda g: np.fft.fftn(g, axes=where) / n) if inverse else (np.fft.fftn, lambda g: np.fft.ifftn(g, axes=where) * n)
        return to(x, axes=where).astype(x.dtype), lambda g: [back(g)]

    def transform(input, name=None):
        """The Fourier transform of complex tensors over their last axes, or its inverse."""
        t = input if isinstance(input, _core.Handle) else np.asarray(input)
        t = tensor(t.astype(np.complex64) if isinstance(t, np.ndarray) and t.dtype.kind in "fiu" else t)
        if not t.dtype.is_complex:
            raise invalid("%s: the input is %s; it must be complex64 or complex128" % (transform.__name__, t.dtype.name))
        if t.ndim < axes:
            raise invalid("%s: the input has %d dimensions; at least %d" % (transform.__name__, t.ndim, axes))
        return inner(t)

    transform.__name__ = name
    return transform


fft, fft2d, fft3d = (_complex_fft("fft" + n, k, False) for n, k in (("", 1), ("2d", 2), ("3d", 3)))
ifft, ifft2d, ifft3d = (_complex_fft("ifft" + n, k, True) for n, k in (("", 1), ("2d", 2), ("3d", 3)))


def _fitted(x, lengths):
    """The last axes cropped, or filled up with zeros."""
    x = x[(..., *(slice(0, n) for n in lengths))]
    pads = [(0, 0)] * (x.ndim - len(lengths)) + [(0, n - d) for n, d in zip(lengths, x.shape[x.ndim - len(lengths) :])]
    return np.pad(x, pads)


def _lengths(fft_length, axes):
    if fft_length is None:
        return None
    made = ints(fft_length)
    if len(made) != axes or min(made) < 0:
        raise invalid("fft_length must be %d numbers that are not negative; it is %s" % (axes, made))
    return made


def _real_fft(axes):
    where = tuple(range(-axes, 0))

    def transform(input_tensor, fft_length=None, name=None):
        """The Fourier transform of real tensors over their last axes: the half that is not redundant."""
        t = tensor(input_tensor)
        if not t.dtype.is_floating:
            t = convert(np.asarray(t, np.float32), 0)
        if t.ndim < axes:
            raise invalid("rfft: the input has %d dimensions; at least %d" % (t.ndim, axes))
        lengths = _lengths(fft_length, axes) or list(t._shape_tuple[-axes:])
        if 0 in lengths:
            return array_ops.zeros([*t._shape_tuple[:-axes], *lengths[:-1], 0], "complex64" if t._dtype_number == 1 else "complex128")

        @differentiable
        def inner(x):
            kind = np.complex64 if x.dtype == np.float32 else np.complex128
            shape, n = x.shape[x.ndim - axes :], lengths[-1]

            def gradient(g):
                whole = np.zeros((*g.shape[:-1], n), np.complex128)
                whole[..., : g.shape[-1]] = g
                return [_fitted((np.fft.ifftn(whole, axes=where) * np.prod(lengths)).real, shape)]

            return np.fft.rfftn(_fitted(x, lengths), axes=where).astype(kind), gradient

        return inner(t)

    return transform


def _real_ifft(axes):
    where = tuple(range(-axes, 0))

    def transform(input_tensor, fft_length=None, name=None):
        """The real tensor whose Fourier transform has this half."""
        t = tensor(input_tensor)
        if not t.dtype.is_complex:
            raise invalid("irfft: the input is %s; it must be complex64 or complex128" % t.dtype.name)
        have = list(t._shape_tuple[-axes:])
        lengths = _lengths(fft_length, axes) or [*have[:-1], max(2 * (have[-1] - 1), 0)]
        if 0 in lengths:
            return array_ops.zeros([*t._shape_tuple[:-axes], *lengths[:-1], 0], t.dtype.real_dtype)
        taken = [*lengths[:-1], lengths[-1] // 2 + 1]

        @differentiable
        def inner(x):
            kind = np.float32 if x.dtype == np.complex64 else np.float64

            def gradient(g):
                twice = np.full(taken[-1], 2.0)
                twice[0] = 1.0
                if lengths[-1] % 2 == 0:
                    twice[-1] = 1.0
                return [_fitted(np.fft.rfftn(g, axes=where) * twice / np.prod(lengths), have)]

            return np.fft.irfftn(_fitted(x, taken), lengths, where).astype(kind), gradient

        return inner(t)

    return transform


rfft, rfft2d, rfft3d = (_real_fft(n) for n in (1, 2, 3))
irfft, irfft2d, irfft3d = (_real_ifft(n) for n in (1, 2, 3))


def _shift(direction):
    def shift(x, axes=None, name=None):
        """Moves the zero frequency to the middle of axes, or back."""
        t = tensor(x)
        where = list(range(t.ndim)) if axes is None else [axis_of(a, t.ndim) for a in (ints(axes))]
        by = [t._shape_tuple[a] // 2 if direction > 0 else -(t._shape_tuple[a] // 2) for a in where]
        if t.dtype.is_complex:
            return differentiable(lambda v: (np.roll(v, by, where), lambda g: [np.roll(g, [-b for b in by], where)]))(t)
        return array_ops.roll(t, by, where)

    return shift


fftshift, ifftshift = _shift(1), _shift(-1)

# ---- windows ----


def _window(values, dtype):
    return convert(np.asarray(values, np.float64).astype(dtypes.as_dtype(dtype).as_numpy_dtype), 0)


def kaiser_window(window_length, beta=12.0, dtype=dtypes.float32, name=None):
    """A window of Bessel functions."""
    return _window(np.kaiser(int(window_length), float(beta)), dtype)


def kaiser_bessel_derived_window(window_length, beta=12.0, dtype=dtypes.float32, name=None):
    """A window of cumulated Kaiser values."""
    total = np.cumsum(np.kaiser(int(window_length) // 2 + 1, float(beta)))
    half = np.sqrt(total[:-1] / total[-1])
    return _window(np.concatenate([half, half[::-1]]), dtype)


def vorbis_window(window_length, dtype=dtypes.float32, name=None):
    """Vorbis' window."""
    n = int(window_length)
    return _window(np.sin(np.pi / 2 * np.sin(np.pi / n * (np.arange(n) + 0.5)) ** 2), dtype)


# ---- frames ----


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Overlapping pieces along the axis, which becomes (frames, frame_length)."""
    t, length, step = tensor(signal), int(frame_length), int(frame_step)
    if length <= 0 or step <= 0:
        raise invalid("frame: frame_length is %d, frame_step %d; both must be positive" % (length, step))
    axis = axis_of(axis, t.ndim)
    n = t._shape_tuple[axis]
    count = -(-n // step) if pad_end else max(0, 1 + (n - length) // step)
    missing = max(0, (count - 1) * step + length - n) if pad_end else 0
    if missing:
        pads = [[0, missing if i == axis else 0] for i in range(t.ndim)]
        t = run("PadV2", t, convert(pads, 3), convert(pad_value, t._dtype_number))
    index = np.arange(count)[:, None] * step + np.arange(length)[None, :]
    made = run("GatherV2", t, convert(index.ravel().astype(np.int64), 9), convert(axis, 3))
    shape = t._shape_tuple
    return run("Reshape", made, sizes([*shape[:axis], count, length, *shape[axis + 1 :]]))


def overlap_and_add(signal, frame_step, name=None):
    """The frames laid over one another, each frame_step after the one before, and added."""
    t, step = tensor(signal), int(frame_step)
    if t.ndim < 2:
        raise ValueError("overlap_and_add: the signal must have at least two dimensions; its shape is %s" % (t._shape_tuple,))
    *lead, count, length = t._shape_tuple
    rows = int(np.prod(lead, dtype=np.int64))
    flat = run("Transpose", run("Reshape", t, sizes([rows, count * length])), convert([1, 0], 3))
    places = (np.arange(count)[:, None] * step + np.arange(length)[None, :]).ravel().astype(np.int64)
    total = (count - 1) * step + length if count else 0
    made = run("UnsortedSegmentSum", flat, convert(places, 9), convert(total, 3))
    return run("Reshape", run("Transpose", made, convert([1, 0], 3)), sizes([*lead, total]))


def _power_of_two(n):
    return 1 << max(int(n) - 1, 0).bit_length()


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=window_ops.hann_window, pad_end=False, name=None):
    """The Fourier transforms of windowed frames."""
    t = tensor(signals)
    n = _power_of_two(frame_length) if fft_length is None else int(fft_length)
    frames = frame(t, frame_length, frame_step, pad_end)
    if window_fn is not None:
        frames = frames * window_fn(int(frame_length), dtype=frames.dtype)
    return rfft(frames, [n])


def inverse_stft(stfts, frame_length, frame_step, fft_length=None, window_fn=window_ops.hann_window, name=None):
    """Signals from their short-time Fourier transform."""
    length = int(frame_length)
    n = _power_of_two(length) if fft_length is None else int(fft_length)
    frames = irfft(stfts, [n])
    if length > n:
        frames = array_ops.pad(frames, [[0, 0]] * (frames.ndim - 1) + [[0, length - n]])
    frames = frames[..., :length]
    if window_fn is not None:
        frames = frames * window_fn(length, dtype=frames.dtype)
    return overlap_and_add(frames, frame_step)


def inverse_stft_window_fn(frame_step, forward_window_fn=window_ops.hann_window, name=None):
    """The window with which inverse_stft undoes stft."""

    def window(frame_length, dtype):
        forward = np.asarray(forward_window_fn(int(frame_length), dtype=dtype), np.float64)
        overlaps = -(-int(frame_length) // int(frame_step))
        whole = np.pad(forward**2, (0, overlaps * int(frame_step) - len(forward))).reshape(overlaps, -1)
        return _window(forward / np.tile(whole.sum(0), overlaps)[: len(forward)], dtype)

    return window


# ---- cosine transforms ----


def _cosines(type, n, norm):
    """The matrix of the transform: values times matrix."""
    i, k = np.arange(n)[:, None], np.arange(n)[None, :]
    if type == 1:
        made = 2 * np.cos(np.pi * i * k / (n - 1))
        made[[0, -1]] /= 2
    elif type == 2:
        made = 2 * np.cos(np.pi * k * (2 * i + 1) / (2 * n))
        if norm:
            made *= np.where(k == 0, 0.5 * math.sqrt(1 / n), math.sqrt(0.5 / n))
    elif type == 3:
        made = np.where(i == 0, 1.0, 2 * np.cos(np.pi * i * (2 * k + 1) / (2 * n)))
        if norm:
            made = _cosines(2, n, norm).T
    else:
        made = 2 * np.cos(np.pi * (2 * k + 1) * (2 * i + 1) / (4 * n)) * (math.sqrt(0.5 / n) if norm else 1.0)
    return made


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The discrete cosine transform, of type 1 to 4, of the last axis."""
    if axis != -1:
        raise NotImplementedError("axis must be -1. Got: %s" % axis)
    if type not in (1, 2, 3, 4):
        raise ValueError("Types I, II, III and IV (I)DCT are supported. Got: %s" % type)
    if norm not in (None, "ortho"):
        raise ValueError("Unknown normalization. Got: %s" % norm)
    t = tensor(input)
    t = t if t.dtype.is_floating else convert(np.asarray(t, np.float32), 0)
    if n is not None and int(n) <= 0:
        raise ValueError("n should be a positive integer or None")
    if n is not None and type != 1:
        have, want = t._shape_tuple[-1], int(n)
        t = t[..., :want] if want <= have else array_ops.pad(t, [[0, 0]] * (t.ndim - 1) + [[0, want - have]])
    if type == 1 and (norm or t._shape_tuple[-1] < 2):
        raise ValueError("Normalization is not supported for the Type-I DCT, which needs at least two values.")
    size = t._shape_tuple[-1]
    matrix = convert(_cosines(type, size, norm is not None).astype(t.dtype.as_numpy_dtype), 0)
    made = run("MatMul", run("Reshape", t, sizes([-1, size])), matrix)
    return run("Reshape", made, sizes(t._shape_tuple))


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse discrete cosine transform of the last axis."""
    if n is not None:
        raise NotImplementedError("idct: n is not supported, as in TensorFlow")
    if type not in (1, 2, 3, 4):
        raise ValueError("Types I, II, III and IV (I)DCT are supported. Got: %s" % type)
    return dct(input, {1: 1, 2: 3, 3: 2, 4: 4}[type], None, axis, norm)


def _reversed(t):
    return array_ops.reverse(t, [t.ndim - 1])


def mdct(signals, frame_length, window_fn=vorbis_window, pad_end=False, norm=None, name=None):
    """The modified cosine transform of overlapping frames."""
    length = int(frame_length)
    if length % 4:
        raise ValueError("frame_length must be a multiple of 4; it is %d" % length)
    frames = frame(signals, length, length // 2, pad_end)
    frames = frames * (window_fn(length, dtype=frames.dtype) if window_fn is not None else convert(1.0 / math.sqrt(2), frames._dtype_number))
    a, b, c, d = array_ops.split(frames, 4, -1)
    return dct(array_ops.concat([-_reversed(c) - d, a - _reversed(b)], -1), 4, norm=norm)


def inverse_mdct(mdcts, window_fn=vorbis_window, norm=None, name=None):
    """The inverse modified cosine transform, frames added with overlap."""
    t = tensor(mdcts)
    half = t._shape_tuple[-1]
    made = dct(t, 4, norm="ortho") if norm == "ortho" else dct(t, 4) * convert(0.5 / half, t._dtype_number)
    a, b = array_ops.split(made, 2, -1)
    frames = array_ops.concat([b, -_reversed(b), -_reversed(a), -a], -1)
    frames = frames * (window_fn(2 * half, dtype=frames.dtype) if window_fn is not None else convert(1.0 / math.sqrt(2), frames._dtype_number))
    return overlap_and_add(frames, half)


# ---- mel ----


def _mel(hertz):
    return 1127.0 * np.log(1.0 + np.asarray(hertz, np.float64) / 700.0)


def linear_to_mel_weight_matrix(num_mel_bins=20, num_spectrogram_bins=129, sample_rate=8000, lower_edge_hertz=125.0, upper_edge_hertz=3800.0, dtype=dtypes.float32, name=None):
    """A matrix (num_spectrogram_bins, num_mel_bins) from spectra to mel spectra."""
    rate = float(sample_rate)
    if num_mel_bins <= 0 or rate <= 0 or lower_edge_hertz < 0 or lower_edge_hertz >= upper_edge_hertz or upper_edge_hertz > rate / 2:
        raise ValueError("linear_to_mel_weight_matrix: bins must be positive, and 0 <= lower_edge_hertz < upper_edge_hertz <= sample_rate / 2")
    bins = _mel(np.linspace(0.0, rate / 2, int(num_spectrogram_bins))[1:])[:, None]
    edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), int(num_mel_bins) + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    made = np.maximum(0.0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))
    return _window(np.pad(made, [[1, 0], [0, 0]]), dtype)


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """Mel-frequency cepstral coefficients."""
    t = tensor(log_mel_spectrograms)
    n = t._shape_tuple[-1]
    if n == 0:
        raise ValueError("num_mel_bins must be positive. Got: %s" % (t._shape_tuple,))
    return dct(t) * convert(1.0 / math.sqrt(2.0 * n), t._dtype_number)


SIGNAL_2 = {name: globals()[name] for name in """fft fft2d fft3d ifft ifft2d ifft3d rfft rfft2d rfft3d irfft irfft2d irfft3d fftshift ifftshift kaiser_window
    kaiser_bessel_derived_window vorbis_window frame overlap_and_add stft inverse_stft inverse_stft_window_fn dct idct mdct inverse_mdct
    linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms""".split()}  # fmt: skip

"""Functions of tf.contrib and of 1.x alone: sorting, sets, projective transforms of images, dense tensors made sparse."""

import functools
import sys

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import convert, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops, image_late_ops, raw_ops, signal_ops, sort_ops, sparse_ops, sparse_ops_2, stateless_random_ops, string_late_ops


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """The values in order along an axis."""
    return sort_ops.sort(values, axis, direction)


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """The places that put the values in order along an axis."""
    return sort_ops.argsort(values, axis, direction)


def nth_element(input, n, reverse=False, name=None):
    """The n-th smallest value of each row, or largest with reverse."""
    return raw_ops._nth_element(input, n, reverse)


def dense_to_sparse(tensor, eos_token=0, outputs_collections=None, scope=None):
    """The values other than eos_token, as a sparse tensor."""
    t = convert(tensor, 0)
    places = np.argwhere(np.asarray(t) != eos_token)
    return sparse_ops_2._made(places, run("GatherNd", t, convert(places.astype(np.int64).reshape(-1, t.ndim), 9)), t._shape_tuple)


def _set(name, a, b, **keywords):
    kinds = [raw_ops._rows(v)[2] if hasattr(v, "dense_shape") else tensor(v).dtype for v in (a, b)]
    if kinds[0] is not kinds[1]:
        raise TypeError("Types don't match, %s vs %s." % (kinds[0], kinds[1]))
    if any(not hasattr(v, "dense_shape") and tensor(v).ndim < 2 for v in (a, b)):
        raise invalid("set_%s: both inputs have 2 dimensions and more" % name)
    return raw_ops.SETS[name](a, b, **keywords)


def set_difference(a, b, aminusb=True, validate_indices=True):
    """The elements of a's rows that b's rows lack; the other way round without aminusb."""
    return _set("difference", a, b, aminusb=aminusb)


def set_intersection(a, b, validate_indices=True):
    """The elements that rows of both have."""
    return _set("intersection", a, b)


def set_union(a, b, validate_indices=True):
    """The elements that rows of either have."""
    return _set("union", a, b)


def substr(plain):
    """1.x's, whose arguments broadcast and whose places are not negative."""

    def function(input, pos, len, name=None):
        """Bytes from pos on, len many, of each string."""
        given = [tensor(v) for v in (input, pos, len)]
        if any(isinstance(t, _core.SymbolicTensor) for t in given):
            return plain(input, pos, len, name)
        if (np.asarray(given[1]) < 0).any():
            raise invalid("Substr: pos is %s; it must not be negative" % np.asarray(given[1]))
        shapes = [t._shape_tuple for t in given]
        if shapes[1] == shapes[2] and shapes[1] in ((), shapes[0]):
            return plain(input, pos, len, name)
        return string_late_ops.substr(*given)

    function.__name__ = "substr"
    return function


# ---- images ----


def angles_to_projective_transforms(angles, image_height, image_width, name=None):
    """For each angle, counterclockwise about the middle, the eight numbers of a transform."""
    a = np.atleast_1d(np.asarray(tensor(angles, dtypes.float32)))
    h, w = (np.float32(float(v)) - 1 for v in (image_height, image_width))
    c, s, zero = np.cos(a), np.sin(a), np.zeros_like(a)
    rows = [c, -s, (w - (c * w - s * h)) / 2, s, c, (h - (s * w + c * h)) / 2, zero, zero]
    return convert(np.stack(rows, 1).astype(np.float32), 0)


def translations_to_projective_transforms(translations, name=None):
    """For each (dx, dy), the eight numbers of a transform."""
    d = np.atleast_2d(np.asarray(tensor(translations, dtypes.float32)))
    one, zero = np.ones(len(d), np.float32), np.zeros(len(d), np.float32)
    return convert(np.stack([one, zero, -d[:, 0], zero, one, -d[:, 1], zero, zero], 1), 0)


def _matrices(transforms):
    t = np.atleast_2d(np.asarray(tensor(transforms, dtypes.float32)))
    return np.concatenate([t, np.ones((len(t), 1), np.float32)], 1).reshape(-1, 3, 3)


def compose_transforms(*transforms):
    """One transform that does what the several do."""
    made = _matrices(transforms[0])
    for other in transforms[1:]:
        made = made @ _matrices(other)
    flat = made.reshape(-1, 9)
    return convert((flat[:, :8] / flat[:, 8:]).astype(np.float32), 0)


def transform(images, transforms, interpolation="NEAREST", name=None):
    """Pixel (x, y) of the result is the image's at the transformed place, 0 outside."""
    if interpolation not in ("NEAREST", "BILINEAR"):
        raise errors.InvalidArgumentError(None, None, "Invalid interpolation %s; it can be NEAREST or BILINEAR" % interpolation)
    whole = tensor(images)
    if whole.dtype not in (dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64):
        raise TypeError("Invalid dtype %s." % whole.dtype)
    if not 2 <= whole.ndim <= 4:
        raise TypeError("Images should have rank between 2 and 4.")
    shape = whole._shape_tuple
    t = run("Reshape", whole, sizes([1, *shape, 1] if whole.ndim == 2 else [1, *shape] if whole.ndim == 3 else shape))
    m = _matrices(transforms).astype(np.float32)
    n, rows, columns, _ = t._shape_tuple
    if len(m) not in (1, n):
        raise invalid("transform: %d transforms for %d images" % (len(m), n))
    grid = np.stack([*np.meshgrid(np.arange(columns), np.arange(rows)), np.ones((rows, columns))], -1).astype(np.float32)
    x, y, k = np.moveaxis(np.einsum("bij,yxj->byxi", m, grid), -1, 0)
    with np.errstate(all="ignore"):
        x, y = (np.broadcast_to(np.where(k == 0, -9, v / k), (n, rows, columns)) for v in (x, y))

    def picked(y, x):
        inside = (y >= 0) & (y < rows) & (x >= 0) & (x < columns)
        index = np.stack(np.broadcast_arrays(np.arange(n)[:, None, None], np.where(inside, y, 0), np.where(inside, x, 0)), -1).astype(np.int64)
        found = run("GatherNd", t, convert(index, 9))
        return run("SelectV2", convert(inside[..., None], 0), found, array_ops.zeros([], t.dtype))

    if interpolation == "NEAREST":
        away = lambda v: np.sign(v) * np.floor(np.abs(v) + 0.5)  # noqa: E731
        return run("Reshape", picked(away(y), away(x)), sizes(shape))
    top, left = np.floor(y), np.floor(x)
    fy, fx = (array_ops.cast(convert((v - low)[..., None].astype(np.float32), 0), t.dtype) for v, low in ((y, top), (x, left)))
    upper, lower = (picked(i, left) * (1 - fx) + picked(i, left + 1) * fx for i in (top, top + 1))
    return run("Reshape", upper * (1 - fy) + lower * fy, sizes(shape))


def rotate(images, angles, interpolation="NEAREST", name=None):
    """Images turned counterclockwise about their middle, by radians."""
    t = tensor(images)
    if not 2 <= t.ndim <= 4:
        raise TypeError("Images should have rank between 2 and 4.")
    h, w = t._shape_tuple[:2] if t.ndim < 4 else t._shape_tuple[1:3]
    return transform(t, angles_to_projective_transforms(angles, h, w), interpolation)


def translate(images, translations, interpolation="NEAREST", name=None):
    """Images moved by (dx, dy)."""
    return transform(images, translations_to_projective_transforms(translations), interpolation)


def ssim(img1, img2, max_val):
    """Structural similarity of images whose values go to max_val."""
    return image_late_ops.ssim(img1, img2, max_val)


def ssim_multiscale(img1, img2, max_val, power_factors=(0.0448, 0.2856, 0.3001, 0.2363, 0.1333)):
    """Structural similarity over several scales."""
    return image_late_ops.ssim_multiscale(img1, img2, max_val, power_factors)


def extract_glimpse(input, size, offsets, centered=True, normalized=True, uniform_noise=True, name=None):
    """Windows of images about the offsets."""
    return image_late_ops.extract_glimpse(input, size, offsets, centered, normalized, "uniform" if uniform_noise else "gaussian")


def _stateless_uniform(shape, seed, minval=0, maxval=1, dtype=dtypes.float32, name=None):
    """Uniform numbers, a function of the seed."""
    if not dtypes.as_dtype(dtype).is_floating:
        raise ValueError("Invalid dtype %s" % dtypes.as_dtype(dtype))
    return stateless_random_ops.stateless_uniform(shape, seed, minval, 1 if maxval is None else maxval, dtype)


_OF_VALUES = "abs square sign negative sqrt erf tanh cast sigmoid".split()


def _looking_for_sparse(plain, for_sparse):
    @functools.wraps(plain)
    def function(*arguments, **keywords):
        given = arguments[:1] or [v for k, v in keywords.items() if k in ("x", "input")]
        if given and isinstance(given[0], sparse_ops.SparseTensor):
            return for_sparse(*arguments, **keywords)
        return plain(*arguments, **keywords)

    function.__module__, function.__qualname__ = "sokuji.v1", plain.__name__  # as which it is pickled
    return function


def _of_values(plain):
    def function(x, *arguments, **keywords):
        return x.with_values(plain(x.values, *arguments, **keywords))

    return function


def _install():
    """From the first sparse tensor on functions of 1.x look for them."""
    root = sys.modules.get("sokuji.v1")
    if root is None:
        return
    size = lambda kind: lambda input, name=None, out_type=dtypes.int32: array_ops.cast(kind(input.dense_shape), out_type)  # noqa: E731
    special = {"shape": size(lambda s: s), "size": size(lambda s: run("Prod", s, convert([0], 3))), "rank": size(lambda s: run("Size", s))}
    own = vars(root)
    for name in (*_OF_VALUES, *special):
        if callable(own.get(name)):
            own[name] = _looking_for_sparse(own[name], special.get(name) or _of_values(own[name]))


sparse_ops.made_first.append(_install)


def add(names, spaces):
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    names.update(substr=substr(names["substr"]), decode_json_example=string_late_ops.decode_json_example)
    space("contrib.framework").update(sort=sort, argsort=argsort)
    space("contrib.stateless").update(stateless_random_uniform=_stateless_uniform, stateless_random_normal=stateless_random_ops.stateless_normal,
                                      stateless_truncated_normal=stateless_random_ops.stateless_truncated_normal)  # fmt: skip
    transforms = {n: signal_ops.SIGNAL_2[n] for n in "fft fft2d fft3d ifft ifft2d ifft3d".split()}
    names.update(transforms)
    space("spectral").update(transforms, **{n: signal_ops.SIGNAL_2[n] for n in "rfft rfft2d rfft3d irfft irfft2d irfft3d dct idct".split()})
    space("contrib.signal").update({n: signal_ops.SIGNAL_2[n] for n in """frame overlap_and_add stft inverse_stft inverse_stft_window_fn
        linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms""".split()})  # fmt: skip
    space("contrib.nn")["nth_element"] = nth_element
    space("contrib.layers")["dense_to_sparse"] = dense_to_sparse
    space("sets").update(set_difference=set_difference, set_intersection=set_intersection, set_union=set_union, set_size=raw_ops.SETS["size"])
    space("image").update(ssim=ssim, ssim_multiscale=ssim_multiscale, sobel_edges=image_late_ops.sobel_edges, extract_glimpse=extract_glimpse)
    space("contrib.image").update({f.__name__: f for f in (angles_to_projective_transforms, translations_to_projective_transforms, compose_transforms, transform,
                                                           rotate, translate)})  # fmt: skip

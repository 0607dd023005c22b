"""tf.image of 1.x in graphs: which ranks it takes, what shapes it tells (rot90 and central_crop tell less than is known), names and counts of its nodes."""

import functools
import inspect

from sokuji import _core
from sokuji._src.core.execute import run
from sokuji._src.graph import composed, words
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.variables import GraphVariable
from sokuji._src.ops import image_ops, random_ops


def _size(value, axis):
    if not isinstance(value, _core.Handle):
        return int(value)
    known = value if isinstance(value, _core.EagerTensor) else value._known_value()
    return None if known is None else int(known.numpy().ravel()[axis])


def _sized(d, a):
    return [*d[:-3], *(_size(a[k], 0) for k in ("target_height", "target_width")), d[-1]]


def _resized(d, a):
    size = a["size"]
    if not isinstance(size, _core.Handle):
        size = list(size)
        if len(size) != 2:
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        return [*d[:-3], _size(size[0], 0), _size(size[1], 0), d[-1]]
    return [*d[:-3], _size(size, 0), _size(size, 1), d[-1]]


def _unturned(d, a):
    return [*d[:-3], None, None, d[-1]]


def _quarter(d, a):
    return _unturned(d, a) if d[-2] is None or d[-2] != d[-3] else d


def _turned(d, a):
    return [*d[:-3], d[-2], d[-3], d[-1]]


def _same(d, a):
    return d


def _told(t, dims, kind):
    """The tensor with the shape that is told of it, whether that says more than is known or less."""
    known = t._shape_tuple
    if dims is None or known == tuple(dims):
        return t
    if known is None or all(k is None or k == d for k, d in zip(known, dims)):
        t.set_shape(list(dims))
        return t
    return _core.py_call(list, kind, False, [t], [(t._dtype_number, list(dims))])[0]


# function | its scope | the last node in it | operations in 1.8 | ranks (0: any, an unknown one is 3 first) | what it tells
_ROWS = {
    "rot90": ("rot90", "cond/Merge", 63, (3, 4), _quarter), "flip_left_right": ("flip_left_right", "ReverseV2", 3, (3, 4), _same),
    "flip_up_down": ("flip_up_down", "ReverseV2", 3, (3, 4), _same), "transpose_image": ("transpose_image", "transpose_image", 3, (3, 4), _turned),
    "random_flip_left_right": ("random_flip_left_right", "Merge", 19, (3,), _same), "random_flip_up_down": ("random_flip_up_down", "Merge", 19, (3,), _same),
    "central_crop": ("central_crop", "Slice", 43, (3,), _unturned), "crop_to_bounding_box": ("crop_to_bounding_box", "Squeeze", 7, (3, 4), _sized),
    "pad_to_bounding_box": ("pad_to_bounding_box", "Squeeze", 8, (3, 4), _sized),
    "resize_image_with_crop_or_pad": ("resize_image_with_crop_or_pad", "Squeeze", 14, (3, 4), _sized),
    "resize_images": ("resize_images", "Squeeze", 5, (3, 4), _resized), "per_image_standardization": ("per_image_standardization", "", 18, (0, 3), _same),
    "adjust_brightness": ("adjust_brightness", "Identity_1", 4, (0,), None), "adjust_contrast": ("adjust_contrast", "Identity_1", 4, (0,), None),
    "adjust_hue": ("adjust_hue", "Identity_1", 4, (0,), None), "adjust_saturation": ("adjust_saturation", "Identity_1", 4, (0,), None),
    "adjust_gamma": ("adjust_gamma", "mul_1", 7, (0,), None), "convert_image_dtype": ("convert_image", "", 3, (0,), None),
    "rgb_to_grayscale": ("rgb_to_grayscale", "", 16, (0,), None), "grayscale_to_rgb": ("grayscale_to_rgb", "", 17, (0,), None),
    "rgb_to_hsv": ("RGBToHSV", "", 1, (0,), None), "hsv_to_rgb": ("HSVToRGB", "", 1, (0,), None),
    "total_variation": ("total_variation", "add", 25, (3, 4), None), "psnr": ("PSNR", "Identity_3", 37, (0,), None),
}  # fmt: skip


def _checked(name, t, ranks):
    """The image with three dimensions where nothing is known of them; what the function does not take is refused."""
    d = t._shape_tuple
    if d is None and 0 not in ranks:
        if name in ("resize_images", "total_variation"):
            raise ValueError("'images' contains no shape.")
        t = run("Identity", t)
        t.set_shape([None] * 3)
    elif d is not None and ranks != (0,) and len(d) not in ranks:
        raise ValueError("'image' (shape %s) must be three-dimensional%s." % (t.shape, " or four-dimensional" if 4 in ranks else ""))
    return t


def _in_graph(name, function):
    scope, tail, count, ranks, tells = _ROWS[name]
    signature = inspect.signature(function)
    first_name = next(iter(signature.parameters))

    @functools.wraps(function)
    def made_in_graph(*arguments, **keywords):
        graph = graphs.building()
        given = signature.bind(*arguments, **keywords)
        given.apply_defaults()
        given = {k: v._now() if isinstance(v, GraphVariable) else v for k, v in given.arguments.items()}
        first, before = len(graph), graph._last_id
        image = words.convert_to_tensor(given.pop(first_name))
        if name == "central_crop" and given["central_fraction"] == 1.0:
            return image
        with graph.name_scope(given.pop("name", None) or scope) as full:
            image = _checked(name, image, ranks)
            d = image._shape_tuple
            dims = None if d is None or tells is None else tells(list(d), given)
            made = composed._in_graph(graph, composed.attempt(function, (image,), given))
            made = _told(made, dims, tail.rpartition("/")[2] or scope)
            if made is image:
                made = run("Identity", made)
        composed._call_it(graph, made, full + tail + "/" if tail else full, first)
        graph._more += before + count - sum(isinstance(v, _core.Handle) for v in given.values()) - graph._last_id
        return made

    return made_in_graph


def _drawn(adjust, check, low):
    """A random change: the factor is a node, then it is an ordinary one."""

    def function(image, *limits, seed=None, **keywords):
        limits = list(limits) + list(keywords.values())
        if len(limits) > low:
            *limits, seed = limits
        check(*limits)
        factor = random_ops.random_uniform([], *(limits if low == 2 else (-limits[0], limits[0])), seed=seed)
        return adjust(image, factor)

    return function


def _at_least_0(most):
    def check(max_delta):
        if max_delta < 0 or (most and max_delta > most):
            raise ValueError("max_delta must be %s." % ("in [0, %s]" % most if most else "non-negative"))

    return check


def functions(either):
    """{dotted name: function}; either(eager, in_graph) chooses between two."""
    found = image_ops.names(1)
    made = {name: either(found[name], _in_graph(name, found[name])) for name in _ROWS}
    for name, check, low in (("brightness", _at_least_0(0), 1), ("hue", _at_least_0(0.5), 1), ("contrast", image_ops._ordered, 2), ("saturation", image_ops._ordered, 2)):
        made["random_" + name] = either(found["random_" + name], _drawn(made["adjust_" + name], check, low))
    return {"image." + name: function for name, function in made.items()}

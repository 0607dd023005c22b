"""tf.image of 2.x beyond image_ops: resizing by other kernels and with antialiasing, crops of boxes, suppression of boxes, similarity, edges, random changes by a given seed."""

import collections

import numpy as np

from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import convert, execute, ints, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops, image_ops, nn_ops, stateless_random_ops


def _lanczos(radius):
    def kernel(x):
        x = np.abs(x)
        y = np.pi * np.where(x <= 1e-3, 1.0, x)
        return np.where(x > radius, 0.0, np.where(x <= 1e-3, 1.0, radius * np.sin(y) * np.sin(y / radius) / (y * y)))

    return kernel


def _gaussian(x):
    return np.where(np.abs(x) >= 1.5, 0.0, np.exp(-x * x / (2 * 0.5 * 0.5)))


def _mitchell(x):
    x = np.abs(x)
    far, near = ((-7.0 / 18.0 * x + 2.0) * x - 10.0 / 3.0) * x + 16.0 / 9.0, (7.0 / 6.0 * x - 2.0) * x * x + 8.0 / 9.0
    return np.where(x >= 2, 0.0, np.where(x >= 1, far, near))


def _keys(x):
    x = np.abs(x)
    return np.where(x >= 2, 0.0, np.where(x >= 1, ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0, (1.5 * x - 2.5) * x * x + 1.0))


_KERNELS = {"lanczos3": (3.0, _lanczos(3.0)), "lanczos5": (5.0, _lanczos(5.0)), "gaussian": (1.5, _gaussian), "mitchellcubic": (2.0, _mitchell),
            "bilinear": (1.0, lambda x: np.maximum(0.0, 1.0 - np.abs(x))), "bicubic": (2.0, _keys)}  # fmt: skip


def _weights(n, out, radius, kernel, antialias):
    """The matrix that takes n pixels to out pixels."""
    inverse = n / out
    scale = max(inverse, 1.0) if antialias else 1.0
    made = np.zeros((out, n))
    for i in range(out):
        at = (i + 0.5) * inverse
        first, last = max(int(np.ceil(at - radius * scale - 0.5)), 0), min(int(np.floor(at + radius * scale - 0.5)), n - 1)
        w = kernel((np.arange(first, last + 1) + 0.5 - at) / scale)
        total = w.sum()
        made[i, first : last + 1] = w / total if abs(total) >= 1000 * np.finfo(np.float32).tiny else w
    return made.astype(np.float32)


def resize(images, size, method="bilinear", preserve_aspect_ratio=False, antialias=False, name=None):
    """2.x: pixels lie at their centres."""
    t, wanted = tensor(images), ints(size)
    if method not in _KERNELS or (method in ("bilinear", "bicubic") and not antialias) or t.ndim not in (3, 4) or len(wanted) != 2:
        return image_ops.resize(images, size, method, preserve_aspect_ratio)
    rows, columns = wanted
    if preserve_aspect_ratio:
        h, w = t._shape_tuple[-3:-1]
        ratio = min(rows / h, columns / w)
        rows, columns = int(round(ratio * h)), int(round(ratio * w))
    batch = t if t.ndim == 4 else run("ExpandDims", t, convert(0, 3))
    image_ops._check_size(batch, (rows, columns))
    radius, kernel = _KERNELS[method]
    made = image_ops._weighted(batch, *(_weights(n, out, radius, kernel, antialias) for n, out in zip(batch._shape_tuple[1:3], (rows, columns))))
    return made if t.ndim == 4 else execute("Squeeze", [made], {"squeeze_dims": [0]})


def resize_with_pad(image, target_height, target_width, method="bilinear", antialias=False):
    """Images of another size in their own proportions, black at the margins."""
    t = tensor(image)
    h, w = t._shape_tuple[-3:-1]
    ratio = max(w / target_width, h / target_height)
    fit = h / ratio, w / ratio
    made = resize(t, [int(v) for v in fit], method, False, antialias)
    before = [max(0, int((whole - v) // 2)) for whole, v in zip((target_height, target_width), fit)]
    return image_ops.pad_to_bounding_box(made, *before, target_height, target_width)


def crop_and_resize(image, boxes, box_indices, crop_size, method="bilinear", extrapolation_value=0.0, name=None):
    """A crop of the given size for each box, whose corners are fractions of the image."""
    if method not in ("bilinear", "nearest"):
        raise ValueError("method must be 'bilinear' or 'nearest'")
    t, corners, which = array_ops.cast(tensor(image), dtypes.float32), tensor(boxes), np.asarray(tensor(box_indices))
    b = np.asarray(corners)
    n, h, w, c = t._shape_tuple
    rows, columns = ints(crop_size)
    if np.isnan(b).any():
        raise invalid("crop_and_resize: a box holds NaN")
    if rows <= 0 or columns <= 0 or b.ndim != 2 or b.shape[1] != 4 or len(which) != len(b):
        raise invalid("crop_and_resize: %s boxes with indices %s of %d images, to %dx%d" % (b.shape, which.tolist(), n, rows, columns))
    if len(which) and (which.min() < 0 or which.max() >= n):
        raise errors.OutOfRangeError(None, None, "box_index has values outside [0, batch_size)")

    def places(k, size, out):
        """Where the crop's rows or columns lie, (boxes, out)."""
        low, high = corners[:, k : k + 1], corners[:, k + 2 : k + 3]
        if out == 1:
            return (low + high) * (0.5 * (size - 1))
        return low * float(size - 1) + (high - low) * ((size - 1) / (out - 1)) * convert(np.arange(out, dtype=np.float32), 0)

    y, x = places(0, h, rows), places(1, w, columns)
    ys, xs = (np.asarray(v) for v in (y, x))
    inside = ((ys >= 0) & (ys <= h - 1))[:, :, None] & ((xs >= 0) & (xs <= w - 1))[:, None, :]
    ys, xs = np.clip(ys, 0, h - 1), np.clip(xs, 0, w - 1)

    def pick(i, j):
        index = np.broadcast_arrays(which[:, None, None], i[:, :, None], j[:, None, :])
        return run("GatherNd", t, convert(np.stack(index, -1).astype(np.int64), 9))

    if method == "nearest":
        crop = pick(np.floor(ys + 0.5), np.floor(xs + 0.5))
    else:
        fy = run("Reshape", y - convert(np.floor(ys), 0), sizes([len(b), rows, 1, 1]))
        fx = run("Reshape", x - convert(np.floor(xs), 0), sizes([len(b), 1, columns, 1]))
        top, bottom = (pick(i, np.floor(xs)) * (1.0 - fx) + pick(i, np.ceil(xs)) * fx for i in (np.floor(ys), np.ceil(ys)))
        crop = top + (bottom - top) * fy
    return run("SelectV2", convert(inside[..., None], 0), crop, convert(float(extrapolation_value), 1))


# ---- boxes ----


def _overlap(a, b):
    """Intersection over union of two boxes."""
    (ay0, ay1), (ax0, ax1), (by0, by1), (bx0, bx1) = (sorted((v[i], v[i + 2])) for v in (a, b) for i in (0, 1))
    areas = (ay1 - ay0) * (ax1 - ax0), (by1 - by0) * (bx1 - bx0)
    if min(areas) <= 0:
        return 0.0
    both = max(min(ay1, by1) - max(ay0, by0), 0.0) * max(min(ax1, bx1) - max(ax0, bx0), 0.0)
    return both / (sum(areas) - both)


def _suppressed(boxes, scores, most, iou_threshold, score_threshold, sigma):
    """(indices, scores) of the boxes kept; with sigma the scores of those that overlap a better one fall instead."""
    import heapq

    queue = [(-float(s), i, 0) for i, s in enumerate(scores) if s > score_threshold]
    heapq.heapify(queue)
    kept, values, factor = [], [], -0.5 / sigma if sigma > 0 else 0.0
    while queue and len(kept) < most:
        score, i, begin = heapq.heappop(queue)
        score = first = -score
        gone = False
        for j in range(len(kept) - 1, begin - 1, -1):
            both = _overlap(boxes[i], boxes[kept[j]])
            score *= np.exp(factor * both * both) if sigma > 0 or both <= iou_threshold else 0.0
            gone = sigma <= 0 and both > iou_threshold
            if gone or score <= score_threshold:
                break
        if gone:
            continue
        if score == first:
            kept.append(i)
            values.append(score)
        elif score > score_threshold:
            heapq.heappush(queue, (-score, i, len(kept)))
    return kept, values


def non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), soft_nms_sigma=0.0, name=None):
    """(numbers of the boxes kept, their scores), softly when soft_nms_sigma is given."""
    kept, values = _suppressed(np.asarray(tensor(boxes), np.float64), np.asarray(tensor(scores)), int(max_output_size), float(iou_threshold), float(score_threshold), float(soft_nms_sigma))
    return convert(np.array(kept, np.int32), 0), convert(np.array(values, np.float32), 0)


def non_max_suppression_padded(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), pad_to_max_output_size=False, name=None,
                               sorted_input=False, canonicalized_coordinates=False, tile_size=512):  # fmt: skip
    """(numbers of the boxes kept, how many they are), padded where that is asked for."""
    found, n = np.asarray(non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold, score_threshold)[0]), None
    n = len(found)
    if pad_to_max_output_size:
        found = np.concatenate([found, np.zeros(int(max_output_size) - n, np.int32)])
    return convert(found.astype(np.int32), 0), convert(n, 3)


def combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold=0.5, score_threshold=float("-inf"), pad_per_class=False,
                                 clip_boxes=True, name=None):  # fmt: skip
    """The best boxes of each class and image, padded: (boxes, scores, classes, numbers)."""
    b, s = np.asarray(tensor(boxes), np.float64), np.asarray(tensor(scores))
    n, classes = len(b), s.shape[2]
    total = min(int(max_total_size), int(max_output_size_per_class) * classes) if pad_per_class else int(max_total_size)
    out = np.zeros((n, total, 4), np.float32), np.zeros((n, total), np.float32), np.zeros((n, total), np.float32), np.zeros(n, np.int32)
    for i in range(n):
        rows = []
        for k in range(classes):
            mine = b[i, :, k if b.shape[2] > 1 else 0]
            kept, values = _suppressed(mine, s[i, :, k], int(max_output_size_per_class), float(iou_threshold), float(score_threshold), 0.0)
            rows += [(value, k, mine[j]) for j, value in zip(kept, values)]
        rows = sorted(rows, key=lambda row: -row[0])[:total]
        for j, (value, k, box) in enumerate(rows):
            out[0][i, j], out[1][i, j], out[2][i, j] = np.clip(box, 0, 1) if clip_boxes else box, value, k
        out[3][i] = len(rows)
    kind = collections.namedtuple("CombinedNonMaxSuppression", "nmsed_boxes nmsed_scores nmsed_classes valid_detections")
    return kind(*(convert(v, 0) for v in out))


def draw_bounding_boxes(images, boxes, colors, name=None):
    """Images with the outlines of boxes (y_min, x_min, y_max, x_max), which are fractions of the size."""
    t, given = tensor(images), tensor(boxes)
    made, b = np.array(np.asarray(t)), np.asarray(given)
    if given.dtype != dtypes.float32 or t.ndim != 4 or b.ndim != 3 or b.shape[2] != 4 or len(b) != len(made):
        raise invalid("draw_bounding_boxes: images are (batch, rows, columns, channels), boxes float32 (batch, n, 4); they are %s and %s of %s"
                      % (made.shape, given.dtype.name, b.shape))  # fmt: skip
    n, h, w, c = made.shape
    colors = None if colors is None else np.asarray(tensor(colors), np.float64)
    if colors is None or not len(colors):
        colors = np.array([[1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1], [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1]])
    for i in range(n):
        for k, box in enumerate(b[i].astype(np.float64)):
            y0, x0, y1, x1 = int(box[0] * (h - 1)), int(box[1] * (w - 1)), int(box[2] * (h - 1)), int(box[3] * (w - 1))
            if y0 > y1 or x0 > x1 or y0 >= h or y1 < 0 or x0 >= w or x1 < 0:
                continue
            rows, columns = slice(max(y0, 0), min(y1, h - 1) + 1), slice(max(x0, 0), min(x1, w - 1) + 1)
            colour = colors[k % len(colors)][:c]
            for y in (y0, y1):
                if 0 <= y < h:
                    made[i, y, columns] = colour
            for x in (x0, x1):
                if 0 <= x < w:
                    made[i, rows, x] = colour
    return convert(made, 0)


# ---- likeness and edges ----


def _likeness(img1, img2, max_val, filter_size, filter_sigma, k1, k2, levels=1):
    """(leading shape, [(luminance times contrast, contrast) of each level, whose images are half as large as those before])."""
    top = image_ops.convert_image_dtype(convert(max_val, tensor(img1)._dtype_number), dtypes.float32)
    x, y = (image_ops.convert_image_dtype(v, dtypes.float32) for v in (img1, img2))
    if x._shape_tuple[-1] != y._shape_tuple[-1] or x.ndim < 3:
        raise ValueError("ssim: the images are %s and %s" % (x._shape_tuple, y._shape_tuple))
    lead, inner = x._shape_tuple[:-3], x._shape_tuple[-3:]
    x, y = (run("Reshape", v, sizes([-1, *inner])) for v in (x, y))
    g = -0.5 * (np.arange(filter_size) - (filter_size - 1) / 2.0) ** 2 / filter_sigma**2
    g = np.exp(g[:, None] + g[None, :])
    kernel = convert(np.tile((g / g.sum())[..., None, None], (1, 1, inner[-1], 1)).astype(np.float32), 0)
    blurred = lambda v: nn_ops.depthwise_conv2d(v, kernel, [1, 1, 1, 1], "VALID")  # noqa: E731
    c1, c2 = (k1 * top) ** 2, (k2 * top) ** 2
    made = []
    for level in range(levels):
        if level:
            odd = [[0, 0], *([0, n % 2] for n in x._shape_tuple[1:3]), [0, 0]]
            x, y = (execute("AvgPool", [array_ops.pad(v, odd, "SYMMETRIC")], {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}) for v in (x, y))
        if min(x._shape_tuple[1:3]) < filter_size:
            raise invalid("ssim: the images %s are smaller than the filter of %d" % (x._shape_tuple, filter_size))
        mx, my = blurred(x), blurred(y)
        product, squares = mx * my * 2.0, run("Square", mx) + run("Square", my)
        luminance = (product + c1) / (squares + c1)
        contrast = (blurred(x * y) * 2.0 - product + c2) / (blurred(run("Square", x) + run("Square", y)) - squares + c2)
        made.append((luminance * contrast, contrast))
    return lead, made


def _shaped(made, lead):
    return run("Reshape", made, sizes(lead) if lead else convert(np.zeros(0, np.int32), 0))


def ssim(img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, return_index_map=False):
    """The structural similarity (Wang et al. 2004), the mean over the image."""
    lead, [(made, _)] = _likeness(img1, img2, max_val, filter_size, filter_sigma, k1, k2)
    if return_index_map:
        made = run("Mean", made, convert([-1], 3))
        return run("Reshape", made, sizes([*lead, *made._shape_tuple[1:]]))
    return _shaped(run("Mean", made, convert([1, 2, 3], 3)), lead)


def ssim_multiscale(img1, img2, max_val, power_factors=(0.0448, 0.2856, 0.3001, 0.2363, 0.1333), filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    """The product of the contrasts' means at several scales, and of the last one's similarity, to these powers."""
    lead, levels = _likeness(img1, img2, max_val, filter_size, filter_sigma, k1, k2, len(power_factors))
    parts = [level[1] for level in levels[:-1]] + [levels[-1][0]]
    total = None
    for part, power in zip(parts, power_factors):
        part = run("Pow", run("Relu", run("Mean", part, convert([1, 2], 3))), convert(power, 1))
        total = part if total is None else total * part
    return _shaped(run("Mean", total, convert([-1], 3)), lead)


def sobel_edges(image):
    """(…, 2): the differences down and across."""
    t = tensor(image)
    c = t._shape_tuple[-1]
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], np.float32)
    kernel = convert(np.tile(np.stack([down, down.T], -1)[:, :, None, :], (1, 1, c, 1)), t._dtype_number)
    made = nn_ops.depthwise_conv2d(array_ops.pad(t, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT"), kernel, [1, 1, 1, 1], "VALID")
    return run("Reshape", made, sizes([*t._shape_tuple, 2]))


def extract_glimpse(input, size, offsets, centered=True, normalized=True, noise="uniform", name=None):
    """A window of each image around its offset; what lies outside is noise, or 0."""
    t, (h, w), places = tensor(input), ints(size), np.asarray(tensor(offsets), np.float32)
    n, rows, columns, c = t._shape_tuple
    if h <= 0 or w <= 0:
        raise invalid("extract_glimpse: size is %s; it must be positive" % ([h, w],))
    if places.shape != (n, 2):
        raise invalid("extract_glimpse: offsets are %s; they must be %s" % (places.shape, (n, 2)))
    whole = np.array([rows, columns], np.float32)
    at = places * whole if normalized else places
    at = (at / 2 + whole / 2 if centered else at) - np.array([h, w], np.float32) / 2
    at = np.trunc(at).astype(np.int64)
    y, x = at[:, :1] + np.arange(h), at[:, 1:] + np.arange(w)
    inside = ((y >= 0) & (y < rows))[:, :, None] & ((x >= 0) & (x < columns))[:, None, :]
    index = np.stack(np.broadcast_arrays(np.arange(n)[:, None, None], np.clip(y, 0, rows - 1)[:, :, None], np.clip(x, 0, columns - 1)[:, None, :]), -1)
    found = run("GatherNd", t, convert(index, 9))
    if inside.all():
        return found
    from sokuji._src.ops import random_ops

    kinds = {"uniform": random_ops.random_uniform, True: random_ops.random_uniform, "gaussian": random_ops.random_normal, False: random_ops.random_normal}
    other = array_ops.zeros([n, h, w, c]) if noise == "zero" else kinds[noise]([n, h, w, c])
    return run("SelectV2", convert(inside[..., None], 0), found, other)


# ---- random changes by a seed ----


def _uniform(seed, low, high):
    if high < low:
        raise ValueError("upper must be > lower: %s and %s" % (high, low))
    return float(stateless_random_ops.stateless_uniform([], seed, low, high))


def _flips(flip):
    def function(image, seed):
        """Images mirrored, or not, as the seed says."""
        t = tensor(image)
        if t.ndim == 3:
            return flip(t) if float(stateless_random_ops.stateless_uniform([], seed)) < 0.5 else t
        drawn = stateless_random_ops.stateless_uniform([t._shape_tuple[0]], seed)
        turned = run("Reshape", run("Greater", drawn, convert(0.5, 1)), convert([-1, 1, 1, 1], 3))  # unlike one image's
        return run("SelectV2", turned, flip(t), t)

    return function


def stateless_random_crop(value, size, seed, name=None):
    """A part of the given size at a place drawn by the seed."""
    t, wanted = tensor(value), ints(size)
    if any(a > b for a, b in zip(wanted, t._shape_tuple)):
        raise invalid("Need value.shape >= size, got %s and %s" % (t._shape_tuple, wanted))
    drawn = np.asarray(stateless_random_ops.stateless_uniform([t.ndim], seed, 0, 2**31 - 1, dtypes.int32))
    begin = drawn % (np.array(t._shape_tuple) - np.array(wanted) + 1)
    return run("Slice", t, convert(begin.astype(np.int32), 0), convert(wanted, 3))


def stateless_random_brightness(image, max_delta, seed):
    """Brightness changed by a number drawn by the seed."""
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return image_ops.adjust_brightness(image, _uniform(seed, -max_delta, max_delta))


def stateless_random_hue(image, max_delta, seed):
    """Hue changed by a number drawn by the seed."""
    if not 0 <= max_delta <= 0.5:
        raise ValueError("max_delta must be in [0, 0.5].")
    return image_ops.adjust_hue(image, _uniform(seed, -max_delta, max_delta))


def stateless_random_contrast(image, lower, upper, seed):
    """Contrast changed by a factor drawn by the seed."""
    if upper <= lower or lower < 0:
        raise ValueError("upper must be > lower, and lower non-negative.")
    return image_ops.adjust_contrast(image, _uniform(seed, lower, upper))


def stateless_random_saturation(image, lower, upper, seed=None):
    """Saturation changed by a factor drawn by the seed."""
    if upper <= lower or lower < 0:
        raise ValueError("upper must be > lower, and lower non-negative.")
    return image_ops.adjust_saturation(image, _uniform(seed, lower, upper))


IMAGE_2 = {name: globals()[name] for name in """resize resize_with_pad crop_and_resize non_max_suppression_with_scores non_max_suppression_padded
    combined_non_max_suppression draw_bounding_boxes ssim ssim_multiscale sobel_edges extract_glimpse stateless_random_crop stateless_random_brightness stateless_random_hue
    stateless_random_contrast stateless_random_saturation""".split()}  # fmt: skip
IMAGE_2.update(stateless_random_flip_left_right=_flips(image_ops.flip_left_right), stateless_random_flip_up_down=_flips(image_ops.flip_up_down))

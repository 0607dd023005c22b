"""Pictures and texts of folders: keras.utils' load_img and its fellows, image_dataset_from_directory, text_dataset_from_directory."""

import os

import numpy as np

from sokuji._src.core.execute import convert, tensor
from sokuji._src.data.dataset import Dataset
from sokuji._src.io import pictures
from sokuji._src.ops import image_late_ops, string_ops

_FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def _pil():
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("Could not import PIL.Image. The use of `load_img` requires PIL.") from None
    return Image


def img_to_array(img, data_format=None, dtype=None):
    """(rows, columns, channels) of a picture, as floats."""
    x = np.asarray(img, dtype=dtype or "float32")
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError("Unknown data_format: %s" % data_format)
    if x.ndim not in (2, 3):
        raise ValueError("Unsupported image shape: %s" % (x.shape,))
    x = x[..., None] if x.ndim == 2 else x
    return x.transpose(2, 0, 1) if data_format == "channels_first" else x


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """A Pillow picture of an array; with scale, its values go from 0 to 255."""
    Image, x = _pil(), np.asarray(x, dtype=dtype or "float32")
    if x.ndim != 3:
        raise ValueError("Expected image array to have rank 3 (single image). Got array with shape: %s" % (x.shape,))
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError("Invalid data_format: %s" % data_format)
    x = x.transpose(1, 2, 0) if data_format == "channels_first" else x
    if scale:
        x = x - np.min(x)
        x = (x / np.max(x) if np.max(x) != 0 else x) * 255
    if x.shape[2] not in (1, 3, 4):
        raise ValueError("Unsupported channel number: %s" % x.shape[2])
    if x.shape[2] > 1:
        return Image.fromarray(x.astype("uint8"), "RGBA" if x.shape[2] == 4 else "RGB")
    return Image.fromarray(x[:, :, 0].astype("int32" if np.max(x) > 255 else "uint8"), "I" if np.max(x) > 255 else "L")


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Writes an array to a file as a picture."""
    img = array_to_img(x, data_format, scale)
    if img.mode == "RGBA" and file_format in ("jpg", "jpeg"):
        img = img.convert("RGB")
    img.save(path, format={"jpg": "jpeg"}.get(file_format, file_format), **kwargs)


def load_img(path, color_mode="rgb", target_size=None, interpolation="nearest", keep_aspect_ratio=False):
    """The picture of a file, in the mode and size asked for."""
    Image = _pil()
    if keep_aspect_ratio:
        raise NotImplementedError("not implemented: keras.utils.load_img with keep_aspect_ratio; crop the picture")
    img = Image.open(path)
    img.load()
    modes = {"grayscale": "L", "rgba": "RGBA", "rgb": "RGB"}
    if color_mode not in modes:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    if img.mode != modes[color_mode] and not (color_mode == "grayscale" and img.mode in ("I;16", "I")):
        img = img.convert(modes[color_mode])
    if target_size is not None and img.size != (target_size[1], target_size[0]):
        kinds = {"nearest": 0, "bilinear": 2, "bicubic": 3, "hamming": 5, "box": 4, "lanczos": 1}
        if interpolation not in kinds:
            raise ValueError("Invalid interpolation method %s specified. Supported methods are %s" % (interpolation, ", ".join(kinds)))
        img = img.resize((target_size[1], target_size[0]), kinds[interpolation])
    return img


def _index(directory, labels, formats, class_names, shuffle, seed, verbose):
    """(paths, labels, names of the classes)"""
    if labels == "inferred":
        found = [d for d in sorted(os.listdir(directory)) if os.path.isdir(os.path.join(directory, d)) and not d.startswith(".")]
        if class_names is not None and not set(class_names) <= set(found):
            raise ValueError("The `class_names` passed did not match the names of the subdirectories of the target directory. Expected: %s (or a subset of it), but received: "
                             "class_names=%s" % (found, class_names))  # fmt: skip
        found = found if class_names is None else list(class_names)
    else:
        found = [""]
    paths, numbers = [], []
    for i, name in enumerate(found):
        base = os.path.join(directory, name)
        rows = sorted((root, f) for root, _, files in os.walk(base) for f in files if f.lower().endswith(formats))
        paths += [os.path.join(root, f) for root, f in rows]
        numbers += [i] * len(rows)
    if labels != "inferred":
        if labels is not None and len(labels) != len(paths):
            raise ValueError("Expected the lengths of `labels` to match the number of files in the target directory. len(labels) is %d while we found %d files in directory %s."
                             % (len(labels), len(paths), directory))  # fmt: skip
        numbers, found = None if labels is None else list(labels), None if labels is None else [str(v) for v in sorted(set(labels))]
    if verbose:
        print("Found %d files." % len(paths) if labels is None else "Found %d files belonging to %d classes." % (len(paths), len(found)))
    if shuffle:
        seed = np.random.randint(1e6) if seed is None else seed
        np.random.RandomState(seed).shuffle(paths)
        if numbers is not None:
            np.random.RandomState(seed).shuffle(numbers)
    return paths, numbers, found


def _parts(paths, labels, split, subset, verbose):
    if not split:
        return paths, labels
    n = int(split * len(paths))
    cut = slice(None, -n) if subset == "training" else slice(-n, None)
    if verbose:
        print("Using %d files for %s." % (len(paths) - n if subset == "training" else n, subset))
    return paths[cut], None if labels is None else labels[cut]


def _dataset(directory, formats, read, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links, format, verbose):
    if labels not in ("inferred", None) and not isinstance(labels, (list, tuple)):
        raise ValueError("`labels` argument should be a list/tuple of integer labels, of the same size as the number of files in the target directory. If you wish to infer the "
                         "labels from the subdirectory names in the target directory, pass `labels=\"inferred\"`. Received: labels=%s" % (labels,))  # fmt: skip
    if label_mode not in ("int", "categorical", "binary", None):
        raise ValueError("`label_mode` argument must be one of \"int\", \"categorical\", \"binary\", or None. Received: label_mode=%s" % label_mode)
    if format != "tf":
        raise NotImplementedError("not implemented: datasets of folders with format=%r; use 'tf'" % format)
    if bool(validation_split) != bool(subset) or (validation_split and not 0 < validation_split < 1) or subset not in (None, "training", "validation", "both"):
        raise ValueError("`validation_split` and `subset` go together: a number between 0 and 1, and one of 'training', 'validation' and 'both'. Received: %s, %s"
                         % (validation_split, subset))  # fmt: skip
    if validation_split and shuffle and seed is None:
        raise ValueError("If using `validation_split` and shuffling the data, you must provide a `seed` argument, to make sure that there is no overlap between the training and "
                         "validation subset.")  # fmt: skip
    seed = np.random.randint(1e6) if seed is None else seed
    paths, numbers, names = _index(directory, None if label_mode is None else labels, formats, class_names, shuffle, seed, verbose)
    if label_mode == "binary" and len(names) != 2:
        raise ValueError("When passing `label_mode=\"binary\"`, there must be exactly 2 class_names. Received: class_names=%s" % names)
    if not paths:
        raise ValueError("No files found in directory %s. Allowed formats: %s" % (directory, formats))

    def made(subset):
        own, y = _parts(paths, numbers, validation_split, subset, verbose)
        if label_mode is None:
            data = Dataset.from_tensor_slices(np.array(own))
        else:
            y = np.asarray(y, np.int32)
            y = y.astype(np.float32)[:, None] if label_mode == "binary" else np.eye(len(names), dtype=np.float32)[y] if label_mode == "categorical" else y
            data = Dataset.from_tensor_slices((np.array(own), y))
        if shuffle:
            data = data.shuffle(batch_size * 8 if batch_size is not None else 1024, seed=seed)
        data = data.map(read if label_mode is None else lambda path, label: (read(path), label))
        data = data if batch_size is None else data.batch(batch_size)
        data = data.prefetch(2)
        data.class_names, data.file_paths = names, own
        return data

    return [made("training"), made("validation")] if subset == "both" else made(subset)


def _at_run(function, path, kind):
    from sokuji._src.graph import py_call

    return py_call.py_function(function, [path], kind)


def image_dataset_from_directory(directory, labels="inferred", label_mode="int", class_names=None, color_mode="rgb", batch_size=32, image_size=(256, 256), shuffle=True, seed=None,
                                 validation_split=None, subset=None, interpolation="bilinear", follow_links=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False,
                                 data_format=None, format="tf", verbose=True):  # fmt: skip
    """Batches of the pictures of a folder's folders, with their folders' numbers."""
    channels = {"grayscale": 1, "rgb": 3, "rgba": 4}.get(color_mode)
    if channels is None:
        raise ValueError("`color_mode` must be one of {\"rgb\", \"rgba\", \"grayscale\"}. Received: color_mode=%s" % color_mode)
    if pad_to_aspect_ratio or data_format == "channels_first":
        raise NotImplementedError("not implemented: image_dataset_from_directory with pad_to_aspect_ratio or channels_first; map the dataset")

    def load(path):
        with open(tensor(path).numpy().decode(), "rb") as file:
            image = pictures.decode_image(convert(file.read(), 7), channels)
        if crop_to_aspect_ratio:
            h, w, _ = image._shape_tuple
            high, wide = min(h, int(float(w * image_size[0]) / image_size[1])), min(w, int(float(h * image_size[1]) / image_size[0]))
            image = image[(h - high) // 2 : (h - high) // 2 + high, (w - wide) // 2 : (w - wide) // 2 + wide]
        return image_late_ops.resize(image, image_size, method=interpolation)

    def read(path):
        made = _at_run(load, path, "float32")
        made.set_shape((*image_size, channels))
        return made

    return _dataset(directory, _FORMATS, read, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links, format, verbose)


def text_dataset_from_directory(directory, labels="inferred", label_mode="int", class_names=None, batch_size=32, max_length=None, shuffle=True, seed=None, validation_split=None,
                                subset=None, follow_links=False, format="tf", verbose=True):  # fmt: skip
    """Batches of the texts of a folder's folders, with their folders' numbers."""

    def load(path):
        made = string_ops.read_file(path)
        return made if max_length is None else string_ops.substr_2(made, 0, max_length)

    def read(path):
        made = _at_run(load, path, "string")
        made.set_shape(())
        return made

    return _dataset(directory, (".txt",), read, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links, format, verbose)


NAMES = {f.__name__: f for f in (img_to_array, array_to_img, save_img, load_img, image_dataset_from_directory, text_dataset_from_directory)}

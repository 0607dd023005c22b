"""Pictures as arrays, and ImageDataGenerator: tf.keras.utils.load_img and the like (with Pillow), tf.keras.preprocessing.image."""

import io
import math
import os
import threading
import warnings

import numpy as np

from sokuji._src.keras.layers import _format
from sokuji._src.keras.layers_random import projected


def _pillow(what):
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("Could not import PIL.Image. The use of `%s` requires PIL." % what) from None
    return Image


def img_to_array(img, data_format=None, dtype=None):
    """(rows, columns, channels) of a picture or an array."""
    first = _format(data_format) == "channels_first"
    x = np.asarray(img, dtype=dtype or "float32")
    if x.ndim == 3:
        return x.transpose(2, 0, 1) if first else x
    if x.ndim != 2:
        raise ValueError("Unsupported image shape: %s" % (x.shape,))
    return x[None] if first else x[:, :, None]


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """A picture of an array; with scale, from black to white."""
    picture = _pillow("array_to_img")
    x = np.asarray(x, dtype=dtype or "float32")
    if x.ndim != 3:
        raise ValueError("Expected image array to have rank 3 (single image). Got array with shape: %s" % (x.shape,))
    x = x.transpose(1, 2, 0) if _format(data_format) == "channels_first" else x
    if scale:
        x = x - np.min(x)
        x = x / (np.max(x) or 1) * 255
    if x.shape[2] not in (1, 3, 4):
        raise ValueError("Unsupported channel number: %s" % x.shape[2])
    if x.shape[2] == 1:
        return picture.fromarray(x[:, :, 0].astype("int32" if np.max(x) > 255 else "uint8"))
    return picture.fromarray(x.astype("uint8"))


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Writes an array to a file as a picture."""
    img = array_to_img(x, data_format, scale)
    img = img.convert("RGB") if img.mode == "RGBA" and file_format in ("jpg", "jpeg") else img
    img.save(path, format=file_format, **kwargs)


_MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}


def load_img(path, color_mode="rgb", target_size=None, interpolation="nearest", keep_aspect_ratio=False):
    """The picture of a file."""
    picture = _pillow("load_img")
    if not isinstance(path, (io.BytesIO, os.PathLike, bytes, str)):
        raise TypeError("path should be path-like or io.BytesIO, not %s" % type(path))
    if color_mode not in _MODES:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    img = picture.open(path)
    if img.mode != _MODES[color_mode] and not (color_mode == "grayscale" and img.mode in ("I;16", "I")):
        img = img.convert(_MODES[color_mode])
    if target_size is None or img.size == (target_size[1], target_size[0]):
        return img
    try:
        method = getattr(picture.Resampling, interpolation.upper())
    except AttributeError:
        raise ValueError("Invalid interpolation method %s specified. Supported methods are nearest, bilinear, bicubic, hamming, box, lanczos" % interpolation) from None
    rows, columns = target_size
    if not keep_aspect_ratio:
        return img.resize((columns, rows), method)
    width, height = img.size
    h, w = min(height, width * rows // columns), min(width, height * columns // rows)
    y, x = (height - h) // 2, (width - w) // 2
    return img.resize((columns, rows), method, box=[x, y, x + w, y + h])


# ---- changes of one image ----


def apply_affine_transform(x, theta=0, tx=0, ty=0, shear=0, zx=1, zy=1, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, order=1):
    """Turned (degrees), moved, sheared and zoomed about the middle."""
    if order not in (0, 1):
        raise NotImplementedError("not implemented: apply_affine_transform with order=%r; use 0 or 1" % (order,))
    turns = [np.eye(3)]
    if theta:
        c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
        turns.append(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
    if tx or ty:
        turns.append(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]]))
    if shear:
        turns.append(np.array([[1, -np.sin(np.deg2rad(shear)), 0], [0, np.cos(np.deg2rad(shear)), 0], [0, 0, 1]]))
    if zx != 1 or zy != 1:
        turns.append(np.diag([zx, zy, 1.0]))
    if len(turns) == 1:
        return x
    t = np.transpose(x, (row_axis, col_axis, channel_axis))
    middle = np.eye(3)
    middle[:2, 2] = t.shape[0] / 2.0 - 0.5, t.shape[1] / 2.0 - 0.5
    m = middle @ np.linalg.multi_dot([*turns, np.eye(3)]) @ np.linalg.inv(middle)
    seen = np.array([[m[1, 1], m[1, 0], m[1, 2], m[0, 1], m[0, 0], m[0, 2], 0, 0]])
    made = projected(t[None], seen, "nearest" if order == 0 else "bilinear", fill_mode, cval)[0]
    return np.transpose(made, np.argsort((row_axis, col_axis, channel_axis)))


def apply_channel_shift(x, intensity, channel_axis=0):
    """Every channel with the number added, kept within the image's range."""
    t = np.moveaxis(x, channel_axis, 0)
    return np.moveaxis(np.stack([np.clip(c + intensity, np.min(t), np.max(t)) for c in t]), 0, channel_axis)


def apply_brightness_shift(x, brightness, scale=True):
    """The image with its brightness multiplied."""
    from PIL import ImageEnhance

    low, high = np.min(x), np.max(x)
    made = img_to_array(ImageEnhance.Brightness(array_to_img(x, scale=bool(scale or low < 0 or high > 255))).enhance(brightness))
    return made / 255 * (high - low) + low if not scale and (low < 0 or high > 255) else made


class Iterator:
    """Batches of indices, again and again; each epoch in a new order."""

    def __init__(self, n, batch_size, shuffle, seed, **kwargs):
        for name in kwargs:
            if name not in ("workers", "use_multiprocessing", "max_queue_size"):
                raise TypeError("Iterator() got an unexpected keyword argument %r; use workers, use_multiprocessing or max_queue_size" % name)
        self.n, self.batch_size, self.seed, self.shuffle = n, batch_size, seed, shuffle
        self.batch_index = self.total_batches_seen = 0
        self.lock, self.index_array = threading.Lock(), None

    def _set_index_array(self):
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _begin(self):
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx):
        if idx >= len(self):
            raise ValueError("Asked to retrieve element %d, but the Sequence has length %d" % (idx, len(self)))
        self._begin()
        self.total_batches_seen += 1
        if self.index_array is None:
            self._set_index_array()
        return self._batch(self.index_array[self.batch_size * idx : self.batch_size * (idx + 1)])

    def on_epoch_end(self):
        self._set_index_array()

    def reset(self):
        self.batch_index = 0

    def __iter__(self):
        return self

    def __next__(self):
        with self.lock:
            self._begin()
            if self.batch_index == 0:
                self._set_index_array()
            first = self.batch_index * self.batch_size % self.n if self.n else 0
            self.batch_index = self.batch_index + 1 if self.n > first + self.batch_size else 0
            self.total_batches_seen += 1
            chosen = self.index_array[first : first + self.batch_size]
        return self._batch(chosen)


def _unsaved(save_to_dir, name):
    if save_to_dir is not None:
        raise NotImplementedError("not implemented: ImageDataGenerator.%s(save_to_dir=…); save batches with tf.keras.utils.save_img" % name)


class NumpyArrayIterator(Iterator):
    """Batches of changed images of an array."""

    def __init__(self, x, y, image_data_generator, batch_size=32, shuffle=False, sample_weight=None, seed=None, data_format=None,
                 save_to_dir=None, save_prefix="", save_format="png", subset=None, ignore_class_split=False, dtype=None):  # fmt: skip
        _unsaved(save_to_dir, "flow")
        more = [np.asarray(v) for v in (x[1] if isinstance(x[1], list) else [x[1]])] if isinstance(x, (tuple, list)) else []
        x = np.asarray(x[0] if isinstance(x, (tuple, list)) else x, dtype=dtype or "float32")
        for name, other in (("y", y), ("sample_weight", sample_weight), *(("x", m) for m in more)):
            if other is not None and len(other) != len(x):
                raise ValueError("`x` (images tensor) and `%s` should have the same length. Found: x.shape = %s, %s.shape = %s" % (name, x.shape, name, np.shape(other)))
        if x.ndim != 4:
            raise ValueError("Input data in `NumpyArrayIterator` should have rank 4. You passed an array with shape %s" % (x.shape,))
        if subset not in (None, "training", "validation"):
            raise ValueError('Invalid subset name: %s; expected "training" or "validation".' % subset)
        if subset is not None:
            at = int(len(x) * image_data_generator._validation_split)
            if y is not None and not ignore_class_split and not np.array_equal(np.unique(y[:at]), np.unique(y[at:])):
                raise ValueError("Training and validation subsets have different number of classes after the split. If your numpy arrays are sorted by the label, you might "
                                 "want to shuffle them.")  # fmt: skip
            part = slice(None, at) if subset == "validation" else slice(at, None)
            x, y, more = x[part], None if y is None else y[part], [m[part] for m in more]
            sample_weight = None if sample_weight is None else sample_weight[part]
        self.x, self.x_misc, self.y = x, more, None if y is None else np.asarray(y)
        self.sample_weight, self.image_data_generator = None if sample_weight is None else np.asarray(sample_weight), image_data_generator
        super().__init__(len(x), batch_size, shuffle, seed)

    def _batch(self, chosen):
        made = np.zeros((len(chosen), *self.x.shape[1:]), self.x.dtype)
        for i, j in enumerate(chosen):
            made[i] = self.image_data_generator._changed(self.x[j])
        whole = (made if not self.x_misc else [made, *(m[chosen] for m in self.x_misc)],)
        if self.y is None:
            return whole[0]
        whole += (self.y[chosen],)
        return whole if self.sample_weight is None else (*whole, self.sample_weight[chosen])


class DirectoryIterator(Iterator):
    """Batches of changed images of a folder with a folder for each class."""

    _ENDS = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff")

    def __init__(self, directory, image_data_generator, target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical", batch_size=32, shuffle=True,
                 seed=None, data_format=None, save_to_dir=None, save_prefix="", save_format="png", follow_links=False, subset=None, interpolation="nearest",
                 keep_aspect_ratio=False, dtype=None):  # fmt: skip
        _unsaved(save_to_dir, "flow_from_directory")
        if class_mode not in ("categorical", "binary", "sparse", "input", None):
            raise ValueError("Invalid class_mode: %s; expected one of: %s" % (class_mode, ("categorical", "binary", "sparse", "input", None)))
        classes = classes or sorted(d for d in os.listdir(directory) if os.path.isdir(os.path.join(directory, d)))
        self.class_indices, self.class_mode, self.image_data_generator = {c: i for i, c in enumerate(classes)}, class_mode, image_data_generator
        self._how, self.num_classes = (color_mode, tuple(target_size), interpolation, keep_aspect_ratio), len(classes)
        self.data_format, self._made_as = data_format or image_data_generator.data_format, dtype
        self.filenames, self.classes, self.directory = [], [], directory
        for name, number in self.class_indices.items():
            found = sorted(os.path.relpath(os.path.join(root, f), directory) for root, _, files in os.walk(os.path.join(directory, name), followlinks=follow_links)
                           for f in files if f.lower().endswith(self._ENDS))  # fmt: skip
            at = int(len(found) * image_data_generator._validation_split)
            found = {None: found, "validation": found[:at], "training": found[at:]}[subset]
            self.filenames += found
            self.classes += [number] * len(found)
        self.classes, self.samples = np.array(self.classes, np.int32), len(self.filenames)
        self.filepaths = [os.path.join(directory, f) for f in self.filenames]
        print("Found %d images belonging to %d classes." % (self.samples, self.num_classes))
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _batch(self, chosen):
        color, size, interpolation, keep = self._how
        made = np.stack([self.image_data_generator._changed(img_to_array(load_img(self.filepaths[j], color, size, interpolation, keep), self.data_format))
                         for j in chosen])  # fmt: skip
        made = made if self._made_as is None else made.astype(self._made_as)
        if self.class_mode is None:
            return made
        labels = self.classes[chosen]
        return made, made.copy() if self.class_mode == "input" else np.eye(self.num_classes, dtype=np.float32)[labels] if self.class_mode == "categorical" else labels.astype(np.float32)


class ImageDataGenerator:
    """Images changed at random, and made alike: by NumPy's numbers."""

    def __init__(self, featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False, samplewise_std_normalization=False, zca_whitening=False,
                 zca_epsilon=1e-6, rotation_range=0, width_shift_range=0.0, height_shift_range=0.0, brightness_range=None, shear_range=0.0, zoom_range=0.0,
                 channel_shift_range=0.0, fill_mode="nearest", cval=0.0, horizontal_flip=False, vertical_flip=False, rescale=None, preprocessing_function=None,
                 data_format=None, validation_split=0.0, interpolation_order=1, dtype=None):  # fmt: skip
        given = {name: value for name, value in locals().items() if name not in ("self", "validation_split", "data_format", "dtype", "zoom_range")}
        vars(self).update(given)
        self.data_format, self.dtype, self._validation_split = _format(data_format), dtype or "float32", validation_split
        self.channel_axis, self.row_axis, self.col_axis = (1, 2, 3) if self.data_format == "channels_first" else (3, 1, 2)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError("`validation_split` must be strictly between 0 and 1.  Received: %s" % validation_split)
        self.mean = self.std = self.zca_whitening_matrix = None
        is_pair = isinstance(zoom_range, (tuple, list)) and len(zoom_range) == 2 and all(isinstance(v, (float, int)) for v in zoom_range)
        if not is_pair and not isinstance(zoom_range, (float, int)):
            raise ValueError("`zoom_range` should be a float or a tuple or list of two floats. Received: %s" % (zoom_range,))
        self.zoom_range = list(zoom_range) if is_pair else [1 - zoom_range, 1 + zoom_range]
        if brightness_range is not None and (not isinstance(brightness_range, (tuple, list)) or len(brightness_range) != 2):
            raise ValueError("`brightness_range should be tuple or list of two floats. Received: %s" % (brightness_range,))
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.featurewise_center = featurewise_center or zca_whitening or featurewise_std_normalization
        self.samplewise_center = samplewise_center or samplewise_std_normalization

    def flow(self, x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None, save_prefix="", save_format="png", ignore_class_split=False,
             subset=None):  # fmt: skip
        return NumpyArrayIterator(x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format, save_to_dir, save_prefix, save_format, subset, ignore_class_split, self.dtype)

    def flow_from_directory(self, directory, target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical", batch_size=32, shuffle=True, seed=None,
                            save_to_dir=None, save_prefix="", save_format="png", follow_links=False, subset=None, interpolation="nearest", keep_aspect_ratio=False):  # fmt: skip
        return DirectoryIterator(directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle, seed, self.data_format, save_to_dir, save_prefix,
                                 save_format, follow_links, subset, interpolation, keep_aspect_ratio)  # fmt: skip

    def flow_from_dataframe(self, *arguments, **keywords):
        raise NotImplementedError("not implemented: ImageDataGenerator.flow_from_dataframe; use flow, or flow_from_directory")

    def _changed(self, x):
        params = self.get_random_transform(x.shape)
        return self.standardize(self.apply_transform(x.astype(self.dtype), params))

    def standardize(self, x):
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        x = x * self.rescale if self.rescale else x
        x = x - np.mean(x, keepdims=True) if self.samplewise_center else x
        x = x / (np.std(x, keepdims=True) + 1e-6) if self.samplewise_std_normalization else x
        for is_on, value in ((self.featurewise_center, self.mean), (self.featurewise_std_normalization, self.std), (self.zca_whitening, self.zca_whitening_matrix)):
            if is_on and value is None:
                warnings.warn("This ImageDataGenerator hasn't been fit on any training data. Fit it first by calling `.fit(numpy_data)`.", stacklevel=2)
        x = x - self.mean if self.featurewise_center and self.mean is not None else x
        x = x / (self.std + 1e-6) if self.featurewise_std_normalization and self.std is not None else x
        if self.zca_whitening and self.zca_whitening_matrix is not None:
            x = np.reshape(x.reshape(-1, math.prod(x.shape[-3:])) @ self.zca_whitening_matrix, x.shape)
        return x

    def _shift(self, given, size):
        if not np.any(given):
            return 0
        try:
            moved = np.random.choice(given) * np.random.choice([-1, 1])
        except ValueError:
            moved = np.random.uniform(-given, given)
        return moved * size if np.max(given) < 1 else moved

    def get_random_transform(self, img_shape, seed=None):
        """What is done to one image, drawn."""
        if seed is not None:
            np.random.seed(seed)
        uniform = np.random.uniform
        theta = uniform(-self.rotation_range, self.rotation_range) if self.rotation_range else 0
        tx, ty = self._shift(self.height_shift_range, img_shape[self.row_axis - 1]), self._shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = uniform(-self.shear_range, self.shear_range) if self.shear_range else 0
        zx, zy = (1, 1) if self.zoom_range == [1, 1] else uniform(*self.zoom_range, 2)
        flips = [(np.random.random() < 0.5) * is_on for is_on in (self.horizontal_flip, self.vertical_flip)]
        shift = uniform(-self.channel_shift_range, self.channel_shift_range) if self.channel_shift_range != 0 else None
        brightness = None if self.brightness_range is None else uniform(*self.brightness_range)
        return {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy, "flip_horizontal": flips[0], "flip_vertical": flips[1],
                "channel_shift_intensity": shift, "brightness": brightness}  # fmt: skip

    def apply_transform(self, x, transform_parameters):
        row, column, channel, how = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1, transform_parameters
        x = apply_affine_transform(x, *(how.get(name, default) for name, default in (("theta", 0), ("tx", 0), ("ty", 0), ("shear", 0), ("zx", 1), ("zy", 1))),
                                   row, column, channel, self.fill_mode, self.cval, self.interpolation_order)  # fmt: skip
        if how.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, how["channel_shift_intensity"], channel)
        x = np.flip(x, column) if how.get("flip_horizontal", False) else x
        x = np.flip(x, row) if how.get("flip_vertical", False) else x
        return x if how.get("brightness") is None else apply_brightness_shift(x, how["brightness"], False)

    def random_transform(self, x, seed=None):
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Looks at data for what featurewise normalisation and whitening need."""
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError("Input to `.fit()` should have rank 4. Got array with shape: %s" % (x.shape,))
        if seed is not None:
            np.random.seed(seed)
        x = x * self.rescale if self.rescale else x
        x = np.stack([self.random_transform(row) for _ in range(rounds) for row in x]).astype(self.dtype) if augment else x
        wide = [x.shape[a] if a == self.channel_axis else 1 for a in (1, 2, 3)]
        if self.featurewise_center:
            self.mean = np.mean(x, (0, self.row_axis, self.col_axis)).reshape(wide)
            x = x - self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, (0, self.row_axis, self.col_axis)).reshape(wide)
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))).dot(u.T)


def plot_model(*arguments, **keywords):
    """Drawing a model needs pydot, which is not there: an ImportError."""
    raise ImportError("You must install pydot (`pip install pydot`) for `plot_model` to work; model.summary() and sokuji.show print models as text and DOT")


UTILS = {f.__name__: f for f in (img_to_array, array_to_img, load_img, save_img, plot_model)}
IMAGE = {f.__name__: f for f in (img_to_array, array_to_img, load_img, save_img, apply_affine_transform, apply_channel_shift, apply_brightness_shift, ImageDataGenerator,
                                 Iterator, NumpyArrayIterator, DirectoryIterator)}  # fmt: skip

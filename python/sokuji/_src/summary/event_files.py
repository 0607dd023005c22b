"""Event files, which TensorBoard reads: records of Event messages, appended while a program runs; histograms and PNG images for them."""

import atexit
import bisect
import glob
import os
import threading
import time
import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.io import messages, png, records

Event, Summary = messages.CLASSES["Event"], messages.CLASSES["Summary"]
_open = weakref.WeakSet()
_count = [0]


class EventFile:
    """One event file. Events wait in a queue until it is long or old enough."""

    def __init__(self, logdir, suffix="", max_queue=10, flush_millis=120000, with_process=False):
        import socket

        self._folder = os.fspath(logdir)
        os.makedirs(self._folder, exist_ok=True)
        middle = ".%d.%d" % (os.getpid(), _count[0]) if with_process else ""
        _count[0] += 1
        base = "events.out.tfevents.%010d.%s%s%s" % (time.time(), socket.gethostname(), middle, suffix)
        self.path = os.path.join(self._folder, base)
        self._lock = threading.Lock()
        self._file = open(self.path, "ab")
        self._most, self._seconds = max_queue, flush_millis / 1000
        self._waiting, self._flushed = 0, time.monotonic()
        self.write(Event(wall_time=time.time(), file_version="brain.Event:2"))
        self.flush()
        _open.add(self)

    def write(self, event):
        with self._lock:
            if self._file is None:
                return
            self._file.write(_core.record_frame(event.SerializeToString()))
            self._waiting += 1
        if self._waiting > self._most or time.monotonic() - self._flushed > self._seconds:
            self.flush()

    def value(self, step, value):
        """An event with one summary value."""
        values = value if isinstance(value, list) else [value]
        self.write(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))

    def flush(self):
        with self._lock:
            if self._file is not None:
                self._file.flush()
            self._waiting, self._flushed = 0, time.monotonic()

    def close(self):
        self.flush()
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def __del__(self):
        if getattr(self, "_file", None) is not None:
            self._file.close()


@atexit.register
def _close_all():
    for file in list(_open):
        file.close()


def summary_iterator(path):
    """tf.train.summary_iterator: the events of a file."""
    for record in records.tf_record_iterator(path):
        yield Event.FromString(record)


def all_events(logdir):
    """The events of all files of a folder, in the files' order."""
    for path in sorted(glob.glob(os.path.join(glob.escape(logdir), "*tfevents*"))):
        yield from summary_iterator(path)


# ---- histograms of 1.x ----


def _limits():
    """TensorFlow's bucket limits: 1e-12 and up by a tenth to 1e20, mirrored."""
    positive, v = [], 1e-12
    while v < 1e20:
        positive.append(v)
        v *= 1.1
    positive.append(np.finfo(np.float64).max)
    return [-v for v in reversed(positive)] + [0.0] + positive


_bucket_limits = []


def histogram(values, tag):
    """A HistogramProto of all values; runs of empty buckets are one bucket."""
    if not _bucket_limits:
        _bucket_limits.extend(_limits())
    values = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(values).all():
        raise errors.InvalidArgumentError(None, None, "%s in summary histogram for: %s" % ("Nan" if np.isnan(values).any() else "Infinity", tag))
    counts = np.zeros(len(_bucket_limits))
    for v in values.tolist():
        counts[min(bisect.bisect_right(_bucket_limits, v), len(counts) - 1)] += 1
    total, squares = 0.0, 0.0
    for v in values.tolist():
        total, squares = total + v, squares + v * v
    huge = float(np.finfo(np.float64).max)
    proto = messages.CLASSES["HistogramProto"](min=float(values.min()) if len(values) else huge, max=float(values.max()) if len(values) else -huge,
                                                num=float(len(values)), sum=total, sum_squares=squares)  # fmt: skip
    i = 0
    while i < len(counts):
        i += 1
        while counts[i - 1] <= 0 and i < len(counts) and counts[i] <= 0:
            i += 1
        proto.bucket_limit.append(_bucket_limits[i - 1])
        proto.bucket.append(float(counts[i - 1]))
    return proto


# ---- images ----


def pixels_of(image, bad_color):
    """Floats as bytes: from 0 up to the largest, or around 128 when some are negative; what is not finite becomes the bad colour."""
    if image.dtype == np.uint8:
        return image
    image = image.astype(np.float32)
    finite = np.isfinite(image).all(axis=-1)
    good = image[finite]
    low, high = (float(good.min()), float(good.max())) if good.size else (0.0, 0.0)
    if low < 0:
        largest = max(abs(low), abs(high))
        scale, offset = np.float32(0 if largest < 1e-6 else 127.0 / largest), np.float32(128)
    else:
        scale, offset = np.float32(0 if high < 1e-6 else 255.0 / high), np.float32(0)
    out = np.zeros(image.shape, np.uint8)
    out[finite] = (good * scale + offset).astype(np.uint8)
    out[~finite] = np.resize(np.asarray(bad_color, np.uint8), max(image.shape[-1], 1))[: image.shape[-1]]
    return out


def image_values(tag, tensor, max_images=3, bad_color=(255, 0, 0, 255)):
    """Summary values of a batch of images."""
    images = np.asarray(tensor)
    if images.ndim != 4 or images.shape[-1] not in (1, 3, 4):
        raise errors.InvalidArgumentError(None, None, "Tensor must be 4-D with last dim 1, 3, or 4, not %s" % list(images.shape))
    made = []
    for i, image in enumerate(images[:max_images]):
        name = "%s/image/%d" % (tag, i) if max_images > 1 else tag + "/image"
        content = messages.CLASSES["Summary.Image"](height=image.shape[0], width=image.shape[1], colorspace=image.shape[2],
                                                     encoded_image_string=png.encode(pixels_of(image, bad_color)))  # fmt: skip
        made.append(messages.CLASSES["Summary.Value"](tag=name, image=content))
    return made

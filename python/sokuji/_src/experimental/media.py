"""Pictures and sound by way of files' formats: tf.image's loss of quality by JPEG, and tf.audio's WAV files of 16 bits."""

import collections
import struct

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, tensor
from sokuji._src.io import pictures
from sokuji._src.ops import image_ops, random_ops, stateless_random_ops


def adjust_jpeg_quality(image, jpeg_quality, dct_method="", name=None):
    """The image after it was written as a JPEG file of that quality and read again."""
    t = tensor(image)
    channels = t._shape_tuple[-1]
    whole = image_ops.convert_image_dtype(t, dtypes.uint8, saturate=True)
    made = pictures.decode_jpeg(pictures.encode_jpeg(whole, quality=int(jpeg_quality)), channels=channels, dct_method=dct_method)
    return image_ops.convert_image_dtype(made, t.dtype, saturate=True)


def _between(low, high):
    if low < 0 or high < 0 or low > 100 or high > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if low >= high:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """adjust_jpeg_quality with a quality at random."""
    _between(min_jpeg_quality, max_jpeg_quality)
    return adjust_jpeg_quality(image, random_ops.random_uniform([], min_jpeg_quality, max_jpeg_quality, dtypes.int32, seed))


def stateless_random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed):
    """adjust_jpeg_quality with a quality by a seed of two numbers."""
    _between(min_jpeg_quality, max_jpeg_quality)
    return adjust_jpeg_quality(image, stateless_random_ops.stateless_uniform([], seed, min_jpeg_quality, max_jpeg_quality, dtypes.int32))


def encode_wav(audio, sample_rate, name=None):
    """The bytes of a WAV file of floats (samples, channels) between -1 and 1, as 16 bits."""
    values = np.asarray(tensor(audio))
    if values.ndim != 2:
        raise invalid("audio must be 2-dimensional but got shape %s" % (values.shape,))
    rate, channels = int(sample_rate), values.shape[1]
    data = np.trunc(np.clip(values.astype(np.float32) * np.float32(32767.0), -32768, 32767)).astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16, b"data", len(data))
    return convert(head + data, 7)


def decode_wav(contents, desired_channels=-1, desired_samples=-1, name=None):
    """(floats (samples, channels) between -1 and 1, sample rate) of a WAV file of 16 bits."""
    data = tensor(contents).numpy()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise invalid("Header mismatch: Expected RIFF but found %r" % data[:4].decode("latin1"))
    at, rate, channels, samples = 12, None, 1, None
    while at + 8 <= len(data):
        kind, n = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        if kind == b"fmt ":
            how, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
            if how != 1 or bits != 16:
                raise invalid("Can only read 16-bit WAV files, but received %d" % bits)
        elif kind == b"data":
            samples = np.frombuffer(data[at + 8 : at + 8 + n], "<i2").astype(np.float32) / np.float32(32768.0)
        at += 8 + n + n % 2
    if rate is None or samples is None:
        raise invalid("decode_wav: the file of %d bytes has no samples" % len(data))
    made = samples.reshape(-1, channels)
    if desired_channels > channels:
        made = np.repeat(made[:, :1], desired_channels, 1) if channels == 1 else np.pad(made, ((0, 0), (0, desired_channels - channels)), mode="edge")
    elif desired_channels > 0:
        made = made[:, :desired_channels]
    if desired_samples >= 0:
        made = np.pad(made[:desired_samples], ((0, max(0, desired_samples - len(made))), (0, 0)))
    return collections.namedtuple("DecodeWav", "audio sample_rate")(convert(np.ascontiguousarray(made), 1), convert(rate, 3))


IMAGE = {"adjust_jpeg_quality": adjust_jpeg_quality, "random_jpeg_quality": random_jpeg_quality, "stateless_random_jpeg_quality": stateless_random_jpeg_quality}
AUDIO = {"encode_wav": encode_wav, "decode_wav": decode_wav}

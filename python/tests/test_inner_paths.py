"""Modules inside TensorFlow that programs import: their names are the public ones; what is missing says so; the digits of the tutorials' input_data."""

import gzip
import struct
import subprocess
import sys

import numpy as np
import pytest

PROGRAM = """
import tensorflow as tf
from tensorflow.contrib.eager.python import tfe
from tensorflow.python.framework import dtypes, ops, tensor_shape
from tensorflow.python.ops import array_ops, math_ops, nn, variable_scope as vs
from tensorflow.python.ops.rnn_cell_impl import RNNCell
from tensorflow.python.keras.layers import Dense
import tensorflow.python.keras.backend as K
from tensorflow.python.keras._impl.keras import backend as K0
from tensorflow.python.platform import gfile, tf_logging as logging
from tensorflow.python.training import moving_averages
from tensorflow.python.util import nest
from tensorflow.contrib.cudnn_rnn.python.layers import cudnn_rnn
assert ops.convert_to_tensor is tf.convert_to_tensor and dtypes.float32 is tf.float32 and array_ops.concat is tf.concat
assert nn.relu is tf.nn.relu and vs.variable_scope is tf.variable_scope and RNNCell is tf.nn.rnn_cell.RNNCell and Dense is tf.keras.layers.Dense
assert K0.epsilon is K.epsilon is tf.keras.backend.epsilon and gfile.Exists is tf.gfile.Exists and tfe.Variable is tf.contrib.eager.Variable
assert not hasattr(ops, "no_such_name") and "concat" in array_ops.__all__
try:
    ops._private
except AttributeError:
    pass
try:
    math_ops.no_such_name
except NotImplementedError as error:
    print(error)
try:
    import tensorflow.python.no_such_module
except ImportError as error:
    print(type(error).__name__)
"""


def run(tmp_path, text):
    path = tmp_path / "program.py"
    path.write_text(text)
    return subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", str(path)], capture_output=True, text=True, check=False)


def test_paths(tmp_path):
    done = run(tmp_path, PROGRAM)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["not implemented: tf.python.ops.math_ops.no_such_name; use an operation that is there, or NumPy through .numpy()",
                                        "ModuleNotFoundError"]  # fmt: skip


def test_paths_of_2(tmp_path):
    path = tmp_path / "program.py"
    path.write_text("import tensorflow as tf\nfrom tensorflow.python.framework import ops\nfrom tensorflow.python.ops import math_ops\n"
                    "print(math_ops.reduce_sum(ops.convert_to_tensor([1, 2])).numpy())\n")  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "2", str(path)], capture_output=True, text=True, check=False)
    assert done.stdout == "3\n", done.stderr


@pytest.fixture
def digits(tmp_path):
    def put(name, magic, array):
        with gzip.open(tmp_path / name, "wb") as file:
            file.write(struct.pack(">%dI" % (1 + array.ndim), magic, *array.shape) + array.tobytes())

    draw = np.random.RandomState(1)
    for name, n in (("train", 60), ("t10k", 10)):
        put(name + "-images-idx3-ubyte.gz", 2051, draw.randint(0, 256, (n, 28, 28)).astype(np.uint8))
        put(name + "-labels-idx1-ubyte.gz", 2049, draw.randint(0, 10, n).astype(np.uint8))
    return tmp_path


def test_input_data(digits):
    from sokuji._src.contrib.mnist import read_data_sets

    found = read_data_sets(str(digits), one_hot=True, validation_size=20, seed=3)
    assert found.train.images.shape == (40, 784) and found.train.images.dtype == np.float32 and 0 <= found.train.images.min() <= found.train.images.max() <= 1
    assert found.validation.num_examples == 20 and found.test.labels.shape == (10, 10)
    seen = [found.train.next_batch(16) for _ in range(3)]
    assert [x.shape for x, _ in seen] == [(16, 784)] * 3 and found.train.epochs_completed == 1
    assert len({row.tobytes() for x, _ in seen[:2] for row in x}) == 32  # no example twice in an epoch
    with pytest.raises(ValueError, match="Validation size should be between 0 and 60"):
        read_data_sets(str(digits), validation_size=61)


def test_input_data_damaged(digits):
    from sokuji._src.contrib.mnist import read_data_sets

    with gzip.open(digits / "train-labels-idx1-ubyte.gz", "wb") as file:
        file.write(b"\0\0\x08\x03\0\0\0\0")
    with pytest.raises(ValueError, match="Invalid magic number 2051 in MNIST label file"):
        read_data_sets(str(digits))

"""Writes the stored checkpoints of this folder with the real TensorFlow, one folder a version: python make_checkpoints.py. Run it with TensorFlow 1.8.0 and with 2.21.

plain: a tensor of every dtype (SaveV2 itself). objects: tf.train.Checkpoint of variables, lists and an optimizer. A record file stands beside them.
"""

import os
import sys

import numpy as np
import tensorflow as tf

ONE = tf.__version__.startswith("1.")
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tf1" if ONE else "tf2")
DTYPES = "bool int8 uint8 int16 uint16 int32 int64 float16 float32 float64 complex64 complex128".split()


def tensors():
    found = {}
    for name in DTYPES:
        found["numbers/" + name] = (np.arange(6).reshape(2, 3) * (3 if name != "bool" else 1) % 7).astype(name)
    found["scalar"] = np.float32(2.5)
    found["empty"] = np.zeros([0, 4], np.int32)
    found["ones"] = np.ones([1, 1, 1, 1, 1, 1, 1, 2], np.float32)
    found["text"] = np.array([[b"", b"abc"], [b"\x00\xff", b"x" * 300]], object)
    found["word"] = np.array(b"hello", object)
    for i in range(40):
        found["many/variable_%02d/kernel" % i] = np.float32([i, -i])
    return found


def plain():
    names = sorted(tensors())
    arguments = dict(prefix="./plain", tensor_names=names, shape_and_slices=[""] * len(names))
    values = [tensors()[n] for n in names]
    if ONE:
        from tensorflow.python.ops import io_ops

        io_ops.save_v2(tensors=[tf.constant(v) for v in values], **arguments)
    else:
        tf.raw_ops.SaveV2(tensors=[tf.constant(v) for v in values], **arguments)


def objects():
    if ONE:
        import tensorflow.contrib.eager as tfe
        variable, Checkpoint, optimizer = tfe.Variable, tfe.Checkpoint, tf.train.AdamOptimizer(0.1)
    else:
        variable, Checkpoint, optimizer = tf.Variable, tf.train.Checkpoint, None
    w, b = variable([[1.0, 2.0], [3.0, 4.0]], name="w"), variable([0.5, -0.5], name="b")
    if ONE:
        optimizer.apply_gradients([(tf.constant([[1.0, 0.0], [0.0, 1.0]]), w), (tf.constant([2.0, -2.0]), b)])
        root = Checkpoint(w=w, b=b, optimizer=optimizer, step=variable(7, dtype=tf.int64, name="step"))
    else:
        module = tf.Module()
        module.w, module.parts = w, [b, {"k": variable(3.0)}]
        root = Checkpoint(module=module, step=variable(7, dtype=tf.int64, name="step"))
    root.save("./objects")


def records():
    with (tf.python_io if ONE else tf.io).TFRecordWriter("records") as writer:
        for length in (0, 1, 7, 8, 9, 1000):
            writer.write(bytes(bytearray(i % 251 for i in range(length))))


if ONE:
    tf.enable_eager_execution()
if not os.path.isdir(HERE):
    os.makedirs(HERE)
os.chdir(HERE)  # so that the state file names no folder
plain()
objects()
records()
sys.stdout.write("written with TensorFlow %s\n" % tf.__version__)

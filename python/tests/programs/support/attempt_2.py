"""What a call of 2.x gives, or the error that it raises."""
import numpy as np
import tensorflow as tf


def attempt(label, fn):
    try:
        v = fn()
        if isinstance(v, tf.Tensor):
            v = v.numpy()
        if isinstance(v, np.ndarray):
            v = (str(v.dtype), (np.round(v, 5) + 0.0).tolist()) if v.dtype.kind == "f" else (str(v.dtype), v.tolist())
        print(label, v)
    except Exception as e:
        print(label, "raises", type(e).__name__)

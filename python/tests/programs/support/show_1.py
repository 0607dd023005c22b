"""How programs of 1.x print what they compute."""
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe


def show(r):
    if isinstance(r, tf.SparseTensor):
        return "sparse %s %s %s" % (show(r.indices), show(r.values), show(r.dense_shape))
    if isinstance(r, tf.IndexedSlices):
        return "slices %s %s" % (show(r.values), show(r.indices))
    if isinstance(r, tuple) and hasattr(r, "_fields"):
        return type(r).__name__ + "(" + ", ".join("%s=%s" % (f, show(getattr(r, f))) for f in r._fields) + ")"
    if isinstance(r, (list, tuple)):
        return "[" + ", ".join(show(q) for q in r) + "]"
    if isinstance(r, dict):
        return "{" + ", ".join("%s: %s" % (k, show(r[k])) for k in sorted(r)) + "}"
    if isinstance(r, (tf.Tensor, tfe.Variable)) or hasattr(r, "numpy"):
        a = r.numpy()
        if isinstance(a, np.ndarray) and a.dtype.kind == "f":
            a = np.round(a.astype(np.float64), 5) + 0.0
        return "%s %s %s" % (r.dtype.name, tuple(r.shape.as_list()), a.tolist() if hasattr(a, "tolist") else a)
    if isinstance(r, np.ndarray):
        return "ndarray %s %s %s" % (r.dtype, r.shape, r.tolist())
    return "%s %s" % (type(r).__name__, r)


def outcome(label, make):
    try:
        print(label, show(make()))
    except Exception as e:
        print(label, "raises", type(e).__name__)

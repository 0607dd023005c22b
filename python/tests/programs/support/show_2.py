"""How programs of 2.x print what they compute."""
import numpy as np
import tensorflow as tf


def show(x):
    if isinstance(x, (tf.RaggedTensor,)): return "R%s" % (x.to_list(),)
    if isinstance(x, tf.SparseTensor): return "S%s %s %s" % (x.indices.numpy().tolist(), x.values.numpy().tolist(), x.dense_shape.numpy().tolist())
    if isinstance(x, tf.IndexedSlices): return "I%s %s" % (x.indices.numpy().tolist(), x.values.numpy().tolist())
    if isinstance(x, (tf.Tensor, tf.Variable)):
        try: v = x.numpy()
        except Exception: return "sym %s %s" % (x.shape, x.dtype.name)
        if isinstance(v, bytes): return "%s" % v
        if v.dtype.kind in "fc": v = np.round(v, 4) + 0.0
        return "%s %s%s" % (v.tolist(), x.dtype.name, x.shape.as_list())
    if isinstance(x, np.ndarray): return "np %s %s" % (np.round(x,4).tolist() if x.dtype.kind in "fc" else x.tolist(), x.dtype)
    if isinstance(x, dict): return "{%s}" % ", ".join("%s: %s" % (k, show(v)) for k, v in x.items())
    if isinstance(x, (list, tuple)): return type(x).__name__ + "(" + ", ".join(show(v) for v in x) + ")"
    if isinstance(x, float): return "%.5g" % x
    return repr(x)
def S(label, fn, message=False):
    try: print(label, "|", show(fn()))
    except Exception as e: print(label, "raises", type(e).__name__, str(e).strip().splitlines()[0][:150] if message else "")

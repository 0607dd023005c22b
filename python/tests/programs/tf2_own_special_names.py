# tf: 2.21
# Special functions with gradients and at their edges, and names of tf.math, tf.linalg and tf itself that few programs ask for.
import numpy as np
import tensorflow as tf
from support.attempt_2 import attempt


x = tf.constant([0.1, 0.5, 1.0, 2.5, 7.0])
for n in "bessel_j0 bessel_j1 bessel_y0 bessel_y1 bessel_i0 bessel_i0e bessel_i1 bessel_i1e bessel_k0 bessel_k0e bessel_k1 bessel_k1e expint spence dawsn fresnel_cos fresnel_sin".split():
    f = getattr(tf.math.special, n)
    attempt(n, lambda: f(x))
    attempt(n + " double", lambda: f(tf.constant([0.3, 4.0, 30.0], tf.float64)))
    attempt(n + " edge", lambda: f(tf.constant([0.0 if n != "bessel_y1" else 0.5, -1.0, np.inf, np.nan])))
    def g():
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x)
        return t.gradient(y, x)
    attempt(n + " grad", g)
attempt("approx", lambda: [v.numpy().tolist() for v in tf.math.approx_max_k(tf.constant([3.0, 1.0, 5.0, 2.0]), 2)])
attempt("smul", lambda: tf.math.scalar_mul(2.0, x))
attempt("smul2", lambda: tf.scalar_mul(2.0, x))
attempt("rsqrt", lambda: tf.math.rsqrt(x))
attempt("ndtri", lambda: tf.math.ndtri(tf.constant([0.1, 0.5])))
attempt("erfcinv", lambda: tf.math.erfcinv(tf.constant([0.1, 0.5])))
attempt("in_top_k", lambda: tf.math.in_top_k([1, 0], [[0.1, 0.9], [0.2, 0.8]], 1))
attempt("top_k", lambda: [v.numpy().tolist() for v in tf.math.top_k([3, 1, 2], 2)])
attempt("top_k16", lambda: [v.dtype.name for v in tf.math.top_k([3, 1, 2], 2, index_type=tf.int16)])
attempt("zeta", lambda: tf.math.zeta([2.0, 3.0], [1.0, 2.0]))
attempt("polygamma", lambda: tf.math.polygamma([1.0, 2.0], [1.0, 2.0]))
attempt("cos", lambda: tf.math.confusion_matrix([1, 2], [1, 0], weights=[0.5, 2.0], dtype=tf.float32))
attempt("bincount", lambda: tf.math.bincount([[1, 2, 2], [0, 1, 1]], axis=-1, minlength=4, binary_output=True))
attempt("bincount w", lambda: tf.math.bincount([1, 2, 2], weights=[0.5, 1.0, 2.0], maxlength=2))
attempt("segments", lambda: tf.math.unsorted_segment_sqrt_n([1.0, 2.0, 3.0], [0, 0, 1], 2))
attempt("seg empty", lambda: tf.math.unsorted_segment_mean([1.0, 2.0, 3.0], [0, 0, 2], 3))
attempt("reduce_variance ints", lambda: tf.math.reduce_variance([1, 2]))
attempt("igamma grad", lambda: tf.math.igamma([1.0], [2.0]))
attempt("get_static", lambda: tf.get_static_value(tf.constant([1, 2])))
attempt("get_static none", lambda: tf.get_static_value(tf.Variable(1.0)))
attempt("sym", lambda: tf.is_symbolic_tensor(tf.constant(1.0)))
attempt("issym2", lambda: tf.is_tensor(3))
attempt("fingerprint", lambda: tf.fingerprint([b"abc", b"d"]))
attempt("extract_volume_patches", lambda: tf.extract_volume_patches(tf.reshape(tf.range(8.0), [1, 2, 2, 2, 1]), [1, 1, 2, 2, 1], [1, 1, 1, 1, 1], "VALID"))
attempt("scope", lambda: tf.get_current_name_scope())
with tf.name_scope("a"):
    with tf.name_scope("b"):
        attempt("scope2", lambda: tf.get_current_name_scope())
attempt("assert_greater", lambda: tf.debugging.assert_greater([2], [1]))
attempt("assert_rank", lambda: tf.assert_rank([1], 1))

def creator(next_creator, **kwargs):
    kwargs["name"] = "made"
    return next_creator(**kwargs)
def under():
    with tf.variable_creator_scope(creator):
        return tf.Variable(1.0).name
attempt("creator", under)
attempt("conj grad", lambda: tf.linalg.experimental.conjugate_gradient(tf.linalg.LinearOperatorFullMatrix([[4.0, 1.0], [1.0, 3.0]], is_self_adjoint=True, is_positive_definite=True), tf.constant([1.0, 2.0])).x)
attempt("eightri", lambda: tf.linalg.eigh_tridiagonal([1.0, 2.0, 3.0], [0.5, 0.25]))
attempt("global_norm", lambda: tf.linalg.global_norm([tf.constant([3.0]), tf.constant([4.0])]))
attempt("tensor_diag", lambda: tf.linalg.tensor_diag_part(tf.linalg.tensor_diag([1, 2])))
attempt("matrix_rank", lambda: tf.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]))
attempt("range64", lambda: tf.range(3, dtype=tf.int64))
attempt("lin", lambda: tf.linspace([0.0, 1.0], [1.0, 3.0], 3, axis=1))
attempt("repeat", lambda: tf.repeat([[1, 2], [3, 4]], [1, 2], axis=0))
attempt("searchsorted", lambda: tf.searchsorted([[1, 3, 5]], [[2, 5]], side="right"))
attempt("tensor_scatter_nd_max", lambda: tf.tensor_scatter_nd_max([1, 2, 3], [[0], [2]], [5, 1]))
attempt("unravel", lambda: tf.unravel_index([3, 5], [2, 3]))

# tf: 1.8
# tolerance: 1e-4
# Linear algebra: forms, errors and gradients.
import re
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)


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


rs = np.random.RandomState(0)
A = rs.randn(3, 3).astype(np.float32); S = A.dot(A.T) + 3 * np.eye(3, dtype=np.float32); B = rs.randn(2, 4, 3)
a, s, b = tf.constant(A), tf.constant(S), tf.constant(B)
outcome("qr", lambda: [tf.abs(x) for x in tf.qr(a)])
outcome("qr full", lambda: [x.shape.as_list() for x in tf.qr(b, full_matrices=True)])
outcome("qr econ", lambda: [x.shape.as_list() for x in tf.qr(b)])
outcome("qr type", lambda: type(tf.qr(a)).__name__)
outcome("qr int", lambda: tf.qr([[1, 2], [2, 3]]))
outcome("svd", lambda: tf.svd(b, full_matrices=True)[0])
outcome("svd shapes", lambda: [x.shape.as_list() for x in tf.svd(b, full_matrices=True)])
outcome("svd vals", lambda: tf.svd(tf.transpose(b, [0, 2, 1]), compute_uv=False))
outcome("eig", lambda: tf.self_adjoint_eig(s)[0])
outcome("eig v", lambda: tf.abs(tf.self_adjoint_eig(s)[1]))
outcome("eigvals", lambda: tf.self_adjoint_eigvals(tf.stack([s, 2 * s])))
outcome("eig rect", lambda: tf.self_adjoint_eigvals(tf.ones([2, 3])))
outcome("linalg.eigh", lambda: tf.linalg.eigh(s)[0])
outcome("linalg.eigvalsh", lambda: tf.linalg.eigvalsh(s))
outcome("cholesky_solve", lambda: tf.cholesky_solve(tf.cholesky(tf.stack([s, s + 1])), tf.ones([2, 3, 1])))
outcome("cholesky_solve mismatch", lambda: tf.cholesky_solve(tf.cholesky(s), tf.ones([2, 1])))
outcome("tri upper", lambda: tf.matrix_triangular_solve(tf.matrix_band_part(s, 0, -1), tf.ones([3, 2]), lower=False))
outcome("tri adj", lambda: tf.matrix_triangular_solve(s, tf.ones([3, 2]), adjoint=True))
outcome("tri singular", lambda: tf.matrix_triangular_solve(tf.zeros([2, 2]), tf.ones([2, 1])))
outcome("tri vec", lambda: tf.matrix_triangular_solve(s, tf.ones([3])))
outcome("solve adj", lambda: tf.matrix_solve(a, tf.ones([3, 1]), adjoint=True))
outcome("solve singular", lambda: tf.matrix_solve(tf.ones([2, 2]), tf.ones([2, 1])))
outcome("solve rect", lambda: tf.matrix_solve(tf.ones([2, 3]), tf.ones([2, 1])))
outcome("ls fast", lambda: tf.matrix_solve_ls(b, tf.ones([2, 4, 1], tf.float64)))
outcome("ls reg", lambda: tf.matrix_solve_ls(b, tf.ones([2, 4, 1], tf.float64), l2_regularizer=0.5))
outcome("ls slow", lambda: tf.matrix_solve_ls(b, tf.ones([2, 4, 1], tf.float64), fast=False))
outcome("ls under", lambda: tf.matrix_solve_ls(tf.transpose(b, [0, 2, 1]), tf.ones([2, 3, 1], tf.float64)))
outcome("lstsq", lambda: tf.linalg.lstsq(b[0], tf.ones([4, 1], tf.float64)))
outcome("det", lambda: tf.matrix_determinant(tf.stack([a, s])))
outcome("det rect", lambda: tf.matrix_determinant(tf.ones([2, 3])))
outcome("slogdet", lambda: tf.linalg.slogdet(tf.stack([a, s])))
outcome("logdet neg", lambda: tf.linalg.logdet(s))
outcome("inv adj", lambda: tf.matrix_inverse(a, adjoint=True))
outcome("inv int", lambda: tf.matrix_inverse([[1, 0], [0, 1]]))
outcome("expm", lambda: tf.linalg.expm(a / 3))
outcome("logm", lambda: tf.linalg.logm(tf.cast(s, tf.complex64)))
for o in ("euclidean", "fro", 1, 2, np.inf, 3, 0.5, "x"):
    outcome("norm %s" % o, lambda: tf.norm(a, ord=o))
    outcome("norm ax1 %s" % o, lambda: tf.norm(a, o, axis=1))
    outcome("norm ax01 %s" % o, lambda: tf.norm(a, ord=o, axis=(0, 1), keep_dims=True))
outcome("norm int", lambda: tf.norm([3, 4]))
outcome("norm keepdims", lambda: tf.norm(a, axis=-1, keepdims=True))
outcome("norm both", lambda: tf.norm(a, axis=-1, keepdims=True, keep_dims=True))
outcome("norm axis str", lambda: tf.norm(a, axis="x"))
outcome("norm axis 3", lambda: tf.norm(a, axis=(0, 1, 2)))
outcome("norm neg ord", lambda: tf.norm(a, ord=-1))
outcome("band", lambda: tf.matrix_band_part(tf.reshape(tf.range(12), [3, 4]), 1, 0))
outcome("band i64", lambda: tf.matrix_band_part(tf.ones([2, 3, 3]), tf.constant(0, tf.int64), tf.constant(1, tf.int64)))
outcome("band vec", lambda: tf.matrix_band_part([1.0], 0, 0))
outcome("band big", lambda: tf.matrix_band_part(tf.ones([2, 2]), 5, 0))
outcome("eye", lambda: tf.eye(2, 3, batch_shape=[2], dtype=tf.int32))
outcome("linalg.eye", lambda: tf.linalg.eye(2))
outcome("diag", lambda: tf.diag([[1, 2], [3, 4]]))
outcome("diag_part 4", lambda: tf.diag_part(tf.diag([[1, 2], [3, 4]])))
outcome("diag_part bad", lambda: tf.diag_part(tf.ones([2, 3])))
outcome("matrix_diag_part", lambda: tf.matrix_diag_part(b))
outcome("set_diag bad", lambda: tf.matrix_set_diag(tf.ones([2, 3]), [1.0]))
outcome("trace rect", lambda: tf.trace(tf.ones([2, 3])))
outcome("trace vec", lambda: tf.trace([1.0]))
outcome("matrix_transpose", lambda: tf.matrix_transpose(b[:, :2]))
outcome("matrix_transpose vec", lambda: tf.matrix_transpose([1.0]))
outcome("matmul both", lambda: tf.matmul(a, a, transpose_a=True, adjoint_a=True))
outcome("matmul sparse", lambda: tf.matmul(a, a, a_is_sparse=True))
outcome("matmul vec", lambda: tf.matmul(a, [1.0, 2.0, 3.0]))
outcome("matmul bcast", lambda: tf.matmul(b, tf.ones([3, 2], tf.float64)))
outcome("matmul half", lambda: tf.matmul(tf.ones([2, 2], tf.float16), tf.ones([2, 2], tf.float16)))
outcome("matmul bool", lambda: tf.matmul([[True]], [[True]]))
outcome("@", lambda: a @ A)
outcome("r@", lambda: A.tolist() @ a)
outcome("np@", lambda: A @ a)
outcome("einsum implicit", lambda: tf.einsum("ij,jk", a, a))
outcome("einsum three", lambda: tf.einsum("ij,jk,kl->il", a, a, a))
outcome("einsum perm", lambda: tf.einsum("abc->cab", b).shape.as_list())
outcome("einsum bad", lambda: tf.einsum("ij,jk->il", a, a))
outcome("einsum wrong n", lambda: tf.einsum("ij,jk->ik", a))
outcome("einsum dims", lambda: tf.einsum("ij,jk->ik", a, tf.ones([2, 2])))
outcome("tensordot 0", lambda: tf.tensordot([1.0, 2.0], [3.0, 4.0], 0))
outcome("tensordot 2", lambda: tf.tensordot(a, a, 2))
outcome("tensordot neg", lambda: tf.tensordot(a, a, -1))
outcome("tensordot ax list", lambda: tf.tensordot(a, a, [[0, 1], [1, 0]]))
outcome("tensordot ax int", lambda: tf.tensordot(a, a, [1, 0]))
outcome("tensordot mism", lambda: tf.tensordot(a, a, [[0, 1], [1]]))
def grad(f, *xs):
    return list(tfe.gradients_function(f)(*xs))
outcome("g chol", lambda: grad(lambda x: tf.reduce_sum(tf.cholesky(x) ** 2), s))
outcome("g inv", lambda: grad(lambda x: tf.reduce_sum(tf.matrix_inverse(x)), s))
outcome("g det", lambda: grad(lambda x: tf.matrix_determinant(x), s))
outcome("g logdet", lambda: grad(lambda x: tf.linalg.logdet(x), s))
outcome("g eig", lambda: grad(lambda x: tf.reduce_sum(tf.self_adjoint_eig(x)[0] ** 2), s))
outcome("g eigv", lambda: grad(lambda x: tf.reduce_sum(tf.self_adjoint_eig(x)[1] ** 4), s))
outcome("g svd", lambda: grad(lambda x: tf.reduce_sum(tf.svd(x, compute_uv=False) ** 2), a))
outcome("g svd uv", lambda: grad(lambda x: tf.reduce_sum(tf.svd(x)[1] ** 2 * tf.svd(x)[0]), a))
outcome("g qr", lambda: grad(lambda x: tf.reduce_sum(tf.qr(x)[1] ** 2 + tf.qr(x)[0] ** 2 * tf.constant(A)), a))
outcome("g solve", lambda: grad(lambda x, y: tf.reduce_sum(tf.matrix_solve(x, y)), a, tf.ones([3, 1])))
outcome("g tri", lambda: grad(lambda x, y: tf.reduce_sum(tf.matrix_triangular_solve(x, y)), s, tf.ones([3, 1])))
outcome("g cholsolve", lambda: grad(lambda x: tf.reduce_sum(tf.cholesky_solve(tf.cholesky(x), tf.ones([3, 1]))), s))
outcome("g norm", lambda: grad(lambda x: tf.norm(x, ord=3), a))
outcome("g norm0", lambda: grad(lambda x: tf.norm(x), tf.zeros([2])))
outcome("g norm inf", lambda: grad(lambda x: tf.norm(x, ord=np.inf), a))
outcome("g norm 2", lambda: grad(lambda x: tf.norm(x, ord=2, axis=[0, 1]), a))
outcome("g band", lambda: grad(lambda x: tf.reduce_sum(tf.matrix_band_part(x, 0, 1) * x), a))
outcome("g diag", lambda: grad(lambda x: tf.reduce_sum(tf.diag(x) * a), tf.ones([3])))
outcome("g mdiag", lambda: grad(lambda x: tf.reduce_sum(tf.matrix_diag(x) * a), tf.ones([3])))
outcome("g setdiag", lambda: grad(lambda x, y: tf.reduce_sum(tf.matrix_set_diag(x, y) ** 2), a, tf.ones([3])))
outcome("g trace", lambda: grad(lambda x: tf.trace(x) ** 2, a))
outcome("g cross", lambda: grad(lambda x, y: tf.reduce_sum(tf.cross(x, y) ** 2), a, s))
outcome("g einsum", lambda: grad(lambda x, y: tf.reduce_sum(tf.einsum("ij,kj->ik", x, y) ** 2), a, s))
outcome("g tensordot", lambda: grad(lambda x, y: tf.reduce_sum(tf.tensordot(x, y, [[0], [1]]) ** 2), a, s))
outcome("gg inv", lambda: grad(lambda x: tf.reduce_sum(grad(lambda y: tf.matrix_inverse(y), x)[0] ** 2), s))
outcome("gg chol", lambda: grad(lambda x: tf.reduce_sum(grad(lambda y: tf.cholesky(y), x)[0] ** 2), s))
outcome("gg det", lambda: grad(lambda x: tf.reduce_sum(grad(lambda y: tf.matrix_determinant(y), x)[0] ** 2), s))
LO = tf.linalg
op = LO.LinearOperatorFullMatrix(s) if hasattr(LO, "LinearOperatorFullMatrix") else None
outcome("linop", lambda: [op.matmul(a), op.determinant(), op.solve(a), op.to_dense(), op.trace(), op.shape])
outcome("linop diag", lambda: [LO.LinearOperatorDiag([1.0, 2.0]).matvec([3.0, 4.0]), LO.LinearOperatorDiag([1.0, 2.0]).log_abs_determinant(), LO.LinearOperatorIdentity(2).to_dense()])
outcome("global_norm", lambda: tf.global_norm([a, s]))
outcome("l2_normalize", lambda: tf.nn.l2_normalize(a, [0, 1]))
outcome("givens", lambda: tf.matrix_determinant(tf.ones([0, 0])))

# tf: 2.21
# Linear operators: every class by value, hints, names, products with each other, inverses and adjoints, in functions, with gradients.
import numpy as np
import tensorflow as tf

L = tf.linalg


def r(x):
    x = np.asarray(x)
    if x.dtype.kind == "c":
        return [(np.round(x.real, 4) + 0.0).tolist(), (np.round(x.imag, 4) + 0.0).tolist()]
    return (np.round(x, 4) + 0.0).tolist()


def attempt(label, fn):
    try:
        print(label, fn())
    except Exception as e:
        print(label, "raises", type(e).__name__)


full = L.LinearOperatorFullMatrix([[4.0, 1.0], [1.0, 3.0]], is_self_adjoint=True, is_positive_definite=True)
tril = L.LinearOperatorLowerTriangular([[2.0, 9.0], [1.0, 3.0]])
diag = L.LinearOperatorDiag([2.0, 5.0])
eye = L.LinearOperatorIdentity(2)
scaled = L.LinearOperatorScaledIdentity(2, 3.0)
zeros = L.LinearOperatorZeros(2)
circ = L.LinearOperatorCirculant(tf.constant([6.0, 1.0, 2.0], tf.complex64))
circ2 = L.LinearOperatorCirculant2D(tf.constant([[4.0, 1.0], [2.0, 3.0]], tf.complex64))
toep = L.LinearOperatorToeplitz([4.0, 1.0, 2.0], [4.0, -1.0, 0.5])
tri = L.LinearOperatorTridiag([[1.0, 2.0, 0.0], [5.0, 6.0, 7.0], [0.0, 3.0, 4.0]], diagonals_format="compact")
perm = L.LinearOperatorPermutation([2, 0, 1])
house = L.LinearOperatorHouseholder([1.0, 2.0])
low = L.LinearOperatorLowRankUpdate(diag, [[1.0], [2.0]], [3.0], [[0.5], [1.0]])
low2 = L.LinearOperatorLowRankUpdate(L.LinearOperatorDiag([2.0, 5.0], is_positive_definite=True), [[1.0], [2.0]], is_diag_update_positive=True)
comp = L.LinearOperatorComposition([full, tril])
block = L.LinearOperatorBlockDiag([full, scaled, L.LinearOperatorDiag([7.0])])
lower = L.LinearOperatorBlockLowerTriangular([[full], [L.LinearOperatorFullMatrix([[1.0, 2.0]]), L.LinearOperatorDiag([7.0])]])
kron = L.LinearOperatorKronecker([full, diag])
inv = L.LinearOperatorInversion(full)
adj = L.LinearOperatorAdjoint(tril)
for name, op in dict(full=full, tril=tril, diag=diag, eye=eye, scaled=scaled, zeros=zeros, circ=circ, circ2=circ2, toep=toep, tri=tri, perm=perm, house=house,
                     low=low, low2=low2, comp=comp, block=block, lower=lower, kron=kron, inv=inv, adj=adj).items():
    n = int(op.domain_dimension)
    print("==", name, type(op).__name__, op.name, op.dtype.name, op.shape, op.batch_shape, n, op.tensor_rank, op.is_square)
    print("hints", op.is_non_singular, op.is_self_adjoint, op.is_positive_definite)
    attempt("dense", lambda: r(op.to_dense()))
    x = tf.cast(tf.reshape(tf.range(2 * n), [n, 2]), op.dtype)
    attempt("matmul", lambda: r(op.matmul(x)))
    attempt("adjoint matmul", lambda: r(op.matmul(x, adjoint=True)))
    attempt("both", lambda: r(op.matmul(L.adjoint(x), adjoint_arg=True)))
    attempt("matvec", lambda: r(op.matvec(x[:, 1])))
    attempt("solve", lambda: r(op.solve(x)))
    attempt("solve adjoint", lambda: r(op.solve(x, adjoint=True)))
    attempt("solvevec", lambda: r(op.solvevec(x[:, 1])))
    attempt("det", lambda: r(op.determinant()))
    attempt("logdet", lambda: r(op.log_abs_determinant()))
    attempt("trace", lambda: r(op.trace()))
    attempt("diag", lambda: r(op.diag_part()))
    attempt("add", lambda: r(op.add_to_tensor(tf.ones([n, n], op.dtype))))
    attempt("inverse", lambda: (type(op.inverse()).__name__, op.inverse().name, r(op.inverse().to_dense())))
    attempt("adjoint", lambda: (type(op.adjoint()).__name__, op.adjoint().name, r(op.H.to_dense())))
    attempt("cholesky", lambda: (type(op.cholesky()).__name__, op.cholesky().name, r(op.cholesky().to_dense())))
    attempt("eigvals", lambda: r(tf.sort(tf.math.real(op.eigvals()))))
    attempt("cond", lambda: r(op.cond()))
    attempt("tensors", lambda: (r(op.shape_tensor()), r(op.batch_shape_tensor()), r(op.domain_dimension_tensor()), r(op.range_dimension_tensor()), r(op.tensor_rank_tensor())))
    attempt("parameters", lambda: sorted(op.parameters))
    attempt("variables", lambda: [len(op.variables), len(op.trainable_variables)])
    attempt("assert singular", lambda: op.assert_non_singular())
    if name != "low":  # where TensorFlow does not return
        attempt("assert adjoint", lambda: op.assert_self_adjoint())
    attempt("assert positive", lambda: op.assert_positive_definite())

print("== products")
ops = dict(full=full, tril=tril, diag=diag, eye=eye, scaled=scaled, zeros=zeros)
for a in ops:
    for b in ops:
        attempt(a + " " + b, lambda: (type(ops[a].matmul(ops[b])).__name__, ops[a].matmul(ops[b]).name, r((ops[a] @ ops[b]).to_dense())))
        attempt(a + " solve " + b, lambda: (type(ops[a].solve(ops[b])).__name__, ops[a].solve(ops[b]).name, r(ops[a].solve(ops[b]).to_dense())))
for a in ops:
    for b in ops:
        attempt(a + " + " + b, lambda: r(ops[a].add_to_tensor(ops[b].to_dense())))
batch = L.LinearOperatorDiag([[1.0, 2.0], [3.0, 4.0]])
print(batch.shape, r(batch.matmul(tf.ones([2, 3]))), r(batch.solvevec([1.0, 1.0])), r(batch.determinant()), r(batch.trace()))
print((batch @ full).shape, r((batch @ full).to_dense()))
attempt("wrong inner", lambda: full.matmul(tf.ones([3, 2])))
attempt("wrong operator", lambda: full.matmul(L.LinearOperatorIdentity(3)))
attempt("wrong dtype", lambda: full.matmul(tf.ones([2, 2], tf.float64)))
attempt("not square solve", lambda: L.LinearOperatorFullMatrix([[1.0, 2.0]]).solve([[1.0]]))
attempt("not square det", lambda: L.LinearOperatorFullMatrix([[1.0, 2.0]]).determinant())
attempt("said singular", lambda: L.LinearOperatorFullMatrix([[1.0, 2.0], [2.0, 1.0]], is_non_singular=False).solve([[1.0], [1.0]]))
attempt("contradiction", lambda: L.LinearOperatorFullMatrix([[1.0]], is_non_singular=False, is_positive_definite=True))
attempt("not square and adjoint", lambda: L.LinearOperatorFullMatrix([[1.0, 2.0]], is_square=False, is_self_adjoint=True))
attempt("scalar", lambda: L.LinearOperatorFullMatrix(1.0))
attempt("integers", lambda: L.LinearOperatorFullMatrix([[1]]))
attempt("empty composition", lambda: L.LinearOperatorComposition([]))
attempt("mixed dtypes", lambda: L.LinearOperatorComposition([full, L.LinearOperatorIdentity(2, dtype=tf.float64)]))
attempt("rows of zero", lambda: L.LinearOperatorIdentity(-1))
v = tf.Variable([1.0, 2.0])
op = L.LinearOperatorDiag(v)
print(len(op.variables), len(op.trainable_variables), op.diag is v)
with tf.GradientTape() as tape:
    y = tf.reduce_sum(op.matmul([[1.0], [2.0]])) + op.log_abs_determinant() + op.trace()
print(r(tape.gradient(y, v)))
v.assign([3.0, 4.0])
print(r(op.to_dense()))


@tf.function
def f(d):
    o = L.LinearOperatorLowRankUpdate(L.LinearOperatorDiag(d), tf.ones([2, 1]))
    return o.solve(tf.ones([2, 1])), o.log_abs_determinant(), L.LinearOperatorKronecker([L.LinearOperatorDiag(d), L.LinearOperatorDiag(d)]).trace()


print([r(q) for q in f(tf.constant([1.0, 2.0]))])
s = block.matmul([tf.ones([2, 1]), tf.ones([2, 1]), tf.ones([1, 1])])
print(type(s).__name__, [r(q) for q in s])
s = lower.solve([tf.ones([2, 1]), tf.ones([1, 1])])
print(type(s).__name__, [r(q) for q in s])
print(comp.operators[0].name, len(block.operators), low.base_operator.name, r(low.u), r(low.diag_update), r(low.diag_operator.to_dense()), inv.operator.name)
print(r(circ.spectrum), r(circ.convolution_kernel()), circ.block_depth, circ.block_shape, r(perm.perm), r(house.reflection_axis), r(toep.col), r(toep.row))
print(r(tri.diagonals), tri.diagonals_format, r(scaled.multiplier), r(tril.tril), r(full.matrix))

# tf: 2.21
# Gradients: tapes, Jacobians, forward mode, custom gradients, control flow.
import numpy as np, tensorflow as tf
def n(x): return tf.nest.map_structure(lambda v: np.round(v.numpy(),5).tolist() if hasattr(v,"numpy") else v, x)
def t(name, f):
    try: print(name, n(f()))
    except Exception as e: print(name, "raises", type(e).__name__)
x, y = tf.constant(2.0), tf.constant(3.0)
v, w = tf.Variable(2.0), tf.Variable(5.0, trainable=False)
def g(f, src, **k):
    with tf.GradientTape(**k) as tape:
        out = f()
    return tape.gradient(out, src)
t("var", lambda: g(lambda: v*v, v)); t("nontrain", lambda: g(lambda: v*w, [v, w])); t("const", lambda: g(lambda: x*x, x))
def watch():
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x); out = x*v
    return tape.gradient(out, [x, v]), [a.name for a in tape.watched_variables()]
def twice():
    with tf.GradientTape() as tape: out = v*v
    tape.gradient(out, v); return tape.gradient(out, v)
t("twice", twice)
def pers():
    with tf.GradientTape(persistent=True) as tape:
        a = v*v; b = a*a
    return tape.gradient(b, v), tape.gradient(a, v), tape.gradient(b, a), tape.gradient([a, b], v), tape.gradient({"a": a}, {"v": v})
t("persistent", pers)
def unc():
    with tf.GradientTape() as tape: a = v*1.0
    return tape.gradient(a, [w], unconnected_gradients="zero"), 
t("unconnected", unc)
t("unconnected bad", lambda: g(lambda: v, v) if False else tf.GradientTape().gradient(v, v, unconnected_gradients="foo"))
def stop():
    with tf.GradientTape(persistent=True) as tape:
        a = v*v
        with tape.stop_recording(): b = a*3.
        c = a*b
    return tape.gradient(c, v), tape.gradient(b, v)
t("stop_recording", stop)
def reset():
    with tf.GradientTape() as tape:
        a = v*v; tape.reset(); b = v*3.
    return tape.gradient(b, v)
t("reset", reset)
t("outgrads", lambda: (lambda tp: None)(0) or g2())
def g2():
    with tf.GradientTape() as tape: a = v*tf.constant([1.,2.])
    return tape.gradient(a, v, output_gradients=tf.constant([10.,1.]))
t("outgrads", g2)
def jac():
    z = tf.constant([1.,2.,3.])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z); a = z*z*v; b = tf.reduce_sum(a)
    return tape.jacobian(a, z), tape.jacobian(a, v), tape.jacobian(b, z)
t("jacobian", jac)
def bjac():
    z = tf.reshape(tf.range(6.), [2,3])
    with tf.GradientTape() as tape:
        tape.watch(z); a = tf.matmul(z, tf.ones([3,2])) * z[:, :2]
    return tape.batch_jacobian(a, z)
t("batch_jacobian", bjac)
def hess():
    z = tf.constant([1.,2.])
    with tf.GradientTape() as t2:
        t2.watch(z)
        with tf.GradientTape() as t1:
            t1.watch(z); a = tf.reduce_sum(z**3)
        gr = t1.gradient(a, z)
    return t2.jacobian(gr, z)
t("hessian", hess)
def fwd():
    with tf.autodiff.ForwardAccumulator(v, tf.constant(1.)) as acc: a = v**3 * w
    return acc.jvp(a), acc.jvp(w)
t("forward", fwd)
def fwd2():
    with tf.autodiff.ForwardAccumulator([x, y], [tf.constant(1.), tf.constant(2.)]) as acc: a = tf.sin(x)*y
    return acc.jvp([a, x])
t("forward2", fwd2)
def fob():
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x); a = x**4
        gr = tape.gradient(a, x)
    return acc.jvp(gr)
t("forward over back", fob)
def slices():
    e = tf.Variable(tf.ones([4,2]))
    with tf.GradientTape() as tape: a = tf.reduce_sum(tf.gather(e, [1,1,3]))
    gr = tape.gradient(a, e)
    return type(gr).__name__, gr.indices, gr.values, tf.convert_to_tensor(gr)
t("slices", slices)
t("int", lambda: g(lambda: tf.cast(v, tf.int32)*2, v)); 
def intw():
    with tf.GradientTape() as tape:
        i = tf.constant(3); tape.watch(i); a = i*i
    return tape.gradient(a, i)
t("int watch", intw)
def nest():
    with tf.GradientTape() as tape: a = {"p": v*v, "q": [v]}
    return tape.gradient(a, {"s": v, "r": (v, w)})
t("nest", nest)
t("none target", lambda: g(lambda: None, v))
t("str", lambda: g(lambda: v, "a"))
def inside():
    with tf.GradientTape() as tape:
        a = v*v
        gr = tape.gradient(a, v)
    return gr
t("inside", inside)
def assign():
    u = tf.Variable(1.)
    with tf.GradientTape() as tape:
        u.assign(u * 3.); a = u*u
    return tape.gradient(a, u)
t("assign", assign)
t("clip", lambda: tf.clip_by_global_norm([tf.constant([3.,4.]), None, tf.constant([12.])], 6.5))
@tf.custom_gradient
def cg(a):
    def gr(dy, **kw): return dy * 7.
    return a * 2., gr
t("custom", lambda: g(lambda: cg(v), v))
@tf.custom_gradient
def cgv(a):
    r = a * v
    def gr(dy, variables=None): return dy * 1., [dy * 100.]
    return r, gr
t("custom var", lambda: g(lambda: cgv(v*1.), [v]))
t("custom fn", lambda: g(lambda: tf.function(cg)(v), v))
t("stop_gradient", lambda: g(lambda: tf.stop_gradient(v)*v, v))
t("recompute", lambda: g(lambda: tf.recompute_grad(lambda a: tf.sin(a)*v)(v*1.), v))
t("gradients eager", lambda: tf.gradients(v, v))
t("fn grad", lambda: tf.function(lambda a: tf.gradients(a*a, a))(x))
t("hessians fn", lambda: tf.function(lambda a: tf.hessians(tf.reduce_sum(a**3), a))(tf.constant([1.,2.])))
t("cond grad", lambda: g(lambda: tf.cond(v > 1, lambda: v*v, lambda: v), v))
t("while grad", lambda: g(lambda: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i+1, a*v), [0, v*1.])[1], v))
t("map grad", lambda: g(lambda: tf.reduce_sum(tf.map_fn(lambda q: q*v, tf.constant([1.,2.]))), v))
t("scan grad", lambda: g(lambda: tf.scan(lambda a, q: a*q*v, tf.constant([1.,2.]), initializer=tf.constant(1.))[-1], v))
t("ta grad", lambda: g(lambda: tf.reduce_sum(tf.TensorArray(tf.float32, 2).write(0, v).write(1, v*v).stack()), v))
t("py_function", lambda: g(lambda: tf.py_function(lambda a: a*a, [v], tf.float32), v))
t("sort", lambda: g(lambda: tf.reduce_sum(tf.sort(tf.stack([v, 1.]))*[1.,5.]), v))
t("norm0", lambda: g(lambda: tf.norm(v*0.), v)); t("sqrt0", lambda: g(lambda: tf.sqrt(v-2.), v)); t("where", lambda: g(lambda: tf.where(v > 5., v*v, 1.), v))
t("abs0", lambda: g(lambda: tf.abs(v-2.), v)); t("relu0", lambda: g(lambda: tf.nn.relu(v-2.), v)); t("round", lambda: g(lambda: tf.round(v), v)); t("argmax", lambda: g(lambda: tf.argmax(tf.stack([v,1.])), v))
t("linalg", lambda: g(lambda: tf.linalg.det(tf.eye(2)*v), v)); t("inv", lambda: g(lambda: tf.reduce_sum(tf.linalg.inv(tf.eye(2)*v)), v)); t("chol", lambda: g(lambda: tf.reduce_sum(tf.linalg.cholesky(tf.eye(2)*v)), v))
t("svd", lambda: g(lambda: tf.reduce_sum(tf.linalg.svd(tf.linalg.diag(tf.stack([v, 1.])))[0]), v)); t("eigh", lambda: g(lambda: tf.reduce_sum(tf.linalg.eigh(tf.linalg.diag(tf.stack([v, 1.])))[0]), v))
t("complex", lambda: g(lambda: tf.math.real(tf.complex(v, v)*tf.complex(v, 1.)), v))
t("einsum", lambda: g(lambda: tf.einsum("i,i->", tf.stack([v, 1.]), tf.stack([v, 2.])), v))
t("sparse", lambda: g(lambda: tf.reduce_sum(tf.sparse.sparse_dense_matmul(tf.SparseTensor([[0,0]], tf.stack([v]), [1,1]), [[3.]])), v))
t("bcast", lambda: g(lambda: tf.reduce_sum(tf.ones([2,3])*v + tf.ones([3])*v), v)); t("gather_nd", lambda: g(lambda: tf.gather_nd(tf.stack([v, v*v]), [[1]]), v)); t("cumprod", lambda: g(lambda: tf.reduce_sum(tf.math.cumprod(tf.stack([v, v, 1.]))), v))

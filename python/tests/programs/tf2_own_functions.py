# tf: 2.21
# tf.function: traces, signatures, structures, methods, variables, effects, gradients.
import numpy as np, tensorflow as tf
def t(name, f):
    try: print(name, f())
    except Exception as e: print(name, "raises", type(e).__name__)
traces=[]
@tf.function
def f(x, flag=True):
    traces.append((x.dtype.name if hasattr(x,"dtype") else x, str(getattr(x,"shape",None)), flag))
    return x*2 if flag else x
f(tf.constant(1)); f(tf.constant(2)); f(tf.constant([1,2])); f(3); f(4); f(3); f(1.5, False); f(tf.constant(1), flag=False); f(True)
print(traces, f.experimental_get_tracing_count())
@tf.function(reduce_retracing=True)
def g(x):
    traces.append(str(x.shape)); return tf.reduce_sum(x)
del traces[:]
for n in range(1,6): g(tf.ones([n]))
g(tf.ones([2,2])); g(tf.ones([3,3])); g(tf.ones([3,4]))
print(traces)
@tf.function(input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32, name="k")])
def h(x, k): return x * tf.cast(k, tf.float32)
print(h([1.,2.], 3).numpy(), h.input_signature if hasattr(h,"input_signature") else None)
t("rank", lambda: h(tf.ones([2,2]), 1)); t("dt", lambda: h(tf.constant([1]), 1)); t("n", lambda: h(tf.ones([1])))
t("kw", lambda: h(x=tf.ones([1]), k=2).numpy())
c = h.get_concrete_function()
print(c(tf.ones([2]), tf.constant(2)).numpy(), c(x=tf.ones([1]), k=tf.constant(2)).numpy())
t("c", lambda: c(tf.ones([2]), tf.constant(1.)))
t("c3", lambda: c(tf.ones([2])))
def py(a, b=1, *args, c, **kw): return a
fpy = tf.function(py)
print(fpy.python_function is py, fpy.function_spec if False else "")
print(fpy.get_concrete_function(tf.TensorSpec([2]), c=tf.TensorSpec([],tf.int32)).structured_input_signature)
@tf.function
def s(d): return {"a": d["x"] + 1, "b": [d["y"], (d["x"], None)]}
r = s({"x": tf.constant(1), "y": tf.constant(2.)}); print(r["a"].numpy(), r["b"][0].numpy(), type(r["b"]).__name__, r["b"][1][1])
class C:
    def __init__(self): self.n = 0; self.v = None
    @tf.function
    def m(self, x):
        self.n += 1
        if self.v is None: self.v = tf.Variable(1.)
        return self.v.assign_add(x)
a, b = C(), C()
print(a.m(1.).numpy(), a.m(tf.constant(2.)).numpy(), b.m(tf.constant(5.)).numpy(), a.n, b.n)
@tf.function
def bad():
    return tf.Variable(1.)
t("var each", lambda: (bad(), bad()))
leak=[]
@tf.function
def lk(x): leak.append(x); return x
lk(tf.constant(1)); t("leak", lambda: leak[0] + 1); print(type(leak[0]).__name__ in ("SymbolicTensor",))
@tf.function
def outer(x):
    @tf.function
    def inner(y): return y + x
    return inner(x) * inner(x * 2)
print(outer(tf.constant(3.)).numpy())
@tf.function
def rec(n): return n
print(rec(tf.Variable(4.)).numpy())
w = tf.Variable(1.0)
@tf.function
def up(x):
    w.assign_add(x); w.assign(w*2); return w + 0., w.read_value()
print([float(q) for q in up(1.)], w.numpy())
@tf.function(jit_compile=True)
def jit(x): return tf.sin(x)
print(tf.function(lambda: None)(), tf.function(lambda: (1, "a", 2.5))(), tf.function(lambda x: [x])(1))
t("ret obj", lambda: tf.function(lambda: object())())
print(tf.executing_eagerly(), tf.function(lambda: tf.constant(tf.executing_eagerly()))().numpy(), tf.inside_function() if hasattr(tf,"inside_function") else "")
@tf.function
def ctl(x):
    with tf.control_dependencies([tf.debugging.assert_positive(x)]):
        return tf.identity(x)
t("assert", lambda: ctl(tf.constant(-1.))); print(ctl(tf.constant(1.)).numpy())
tf.config.run_functions_eagerly(True)
print(f(tf.constant(7)).numpy(), tf.config.functions_run_eagerly()); tf.config.run_functions_eagerly(False)
@tf.function
def args(*a, **k): return sum(a) + sum(k.values())
print(args(1,2,z=tf.constant(3)).numpy())
@tf.function
def dflt(x=tf.constant(2), y=3): return x*y
print(dflt().numpy(), dflt(y=4).numpy())
import functools
print(tf.function(functools.partial(lambda a,b: a-b, b=2))(tf.constant(5)).numpy())
x = tf.constant(3.)
with tf.GradientTape(persistent=True) as tp:
    tp.watch(x)
    with tf.GradientTape() as t2:
        t2.watch(x); y = tf.function(lambda v: v**3)(x)
    d1 = t2.gradient(y, x)
print(d1.numpy(), tp.gradient(d1, x).numpy())
@tf.function
def gr(x):
    with tf.GradientTape() as tp:
        tp.watch(x); y = x*x*w
    return tp.gradient(y, [x, w])
print([float(q) for q in gr(tf.constant(2.))])
@tf.function
def jac(x):
    with tf.GradientTape() as tp:
        tp.watch(x); y = x*x
    return tp.jacobian(y, x)
print(jac(tf.constant([1.,2.])).numpy())
cf = f.get_concrete_function(tf.TensorSpec([], tf.int32))
print(cf.pretty_printed_signature() if hasattr(cf,"pretty_printed_signature") else "")
print(cf)

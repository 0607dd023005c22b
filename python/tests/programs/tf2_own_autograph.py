# tf: 2.21
# AutoGraph and control flow: jumps, loops over tensors and datasets, errors.
import numpy as np, tensorflow as tf
def t(name, f):
    try: print(name, f())
    except Exception as e: print(name, "raises", type(e).__name__)
F = tf.function
def n(x): return tf.nest.map_structure(lambda v: v.numpy().tolist() if hasattr(v,"numpy") else v, x)
@F
def early(x):
    if x > 0:
        return x * 2
    if x < -5:
        return x - 100
    return -x
t("p", lambda: (n([early(tf.constant(v)) for v in (3, -2, -10)])))
@F
def nested(m):
    s = 0
    for i in tf.range(m):
        for j in tf.range(i):
            if j == 2: continue
            if i == 4: break
            s += i * j
    return s
t("p", lambda: (n(nested(tf.constant(6)))))
@F
def wh(x):
    c = 0
    while x > 1:
        if x % 2 == 0: x = x // 2
        else: x = 3 * x + 1
        c += 1
    return c
t("p", lambda: (n(wh(tf.constant(27)))))
@F
def lst(m):
    l = []
    for i in tf.range(3): l.append(i)
    return l
t("list append", lambda: n(lst(3)))
@F
def ta(m):
    a = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    for i in tf.range(m): a = a.write(i, i*i)
    return a.stack()
t("p", lambda: (n(ta(tf.constant(4)))))
@F
def over(x):
    s = tf.zeros([])
    for row in x: s += tf.reduce_max(row)
    return s
t("p", lambda: (n(over(tf.constant([[1.,2.],[3.,0.]])))))
@F
def enum(x):
    s = 0.
    for i, v in enumerate(x): s += tf.cast(i, tf.float32) * v
    return s
t("enum", lambda: n(enum(tf.constant([1.,2.,3.]))))
@F
def zp(x, y):
    s = 0.
    for a, b in zip(x, y): s += a * b
    return s
t("zip", lambda: n(zp(tf.constant([1.,2.]), tf.constant([3.,4.]))))
@F
def ds():
    s = tf.constant(0, tf.int64)
    for i in tf.data.Dataset.range(10):
        if i == 5: break
        s += i
    return s
t("p", lambda: (n(ds())))
@F
def ands(a, b): return 1 if (a > 0 and b > 0) else (2 if not (a > 0 or b > 0) else 3)
@F
def chain(x): return 0 < x < 10
t("chain", lambda: n([chain(tf.constant(5)), chain(tf.constant(50))]))
@F
def asr(x):
    assert x > 0, "neg"
    return x
t("assert", lambda: n(asr(tf.constant(-1)))); t("asr", lambda: n(asr(tf.constant(1))))
@F
def undefined(x):
    if x > 0: y = 1
    return y
t("undefined", lambda: undefined(tf.constant(1)))
@F
def dtypes(x):
    if x > 0: y = 1
    else: y = 1.0
    return y
t("dtypes", lambda: dtypes(tf.constant(1)))
@F
def nonebr(x):
    if x > 0: y = None
    else: y = x
    return y
t("none", lambda: nonebr(tf.constant(1)))
@F
def shapech(x):
    for _ in tf.range(3): x = tf.concat([x, x], 0)
    return x
t("shape", lambda: n(shapech(tf.constant([1]))))
@F
def shapeok(x):
    for _ in tf.range(3):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(x, tf.TensorShape([None]))])
        x = tf.concat([x, x], 0)
    return x
t("p", lambda: (n(shapeok(tf.constant([1])))))
@F
def loopdtype(x):
    for i in tf.range(3): x = x + tf.constant(1.5)
    return x
t("loopdtype", lambda: n(loopdtype(tf.constant(1))))
@F
def pyloop(x):
    for i in range(3): x = x + i
    return x
t("p", lambda: (n(pyloop(tf.constant(1)))))
@F
def helper(x):
    def inner(y):
        if y > 2: return y
        else: return y * 10
    return inner(x) + inner(x + 2)
t("p", lambda: (n(helper(tf.constant(1)))))
@F
def lam(x):
    f = lambda y: y + 1 if y > 0 else y - 1
    return f(x)
t("lam", lambda: n(lam(tf.constant(-3))))
@F
def wtf(x):
    i = tf.constant(0)
    while True:
        i += 1
        if i > x: break
    return i
t("while true", lambda: n(wtf(tf.constant(4))))
@F
def tern(x): return "a" if x is None else "b"
t("p", lambda: (n(tern(None)), n(tern(tf.constant(1)))))
@F
def trye(x):
    try:
        y = x + 1
    except ValueError:
        y = x
    finally:
        y = y * 2
    return y
t("p", lambda: (n(trye(tf.constant(1)))))
@F
def dictst(x):
    d = {"a": x, "b": 0}
    for i in tf.range(3):
        d["a"] += i
        d["b"] += 1
    return d
t("dict state", lambda: n(dictst(tf.constant(1))))
class O: pass
@F
def obj(x):
    o = O(); o.v = x
    if x > 0: o.v = x * 2
    for i in tf.range(2): o.v += 1
    return o.v
t("obj", lambda: n(obj(tf.constant(2))))
@F
def slic(x):
    for i in tf.range(2): x = tf.tensor_scatter_nd_update(x, [[i]], [9])
    return x[1:]
t("p", lambda: (n(slic(tf.constant([1,2,3])))))
@F
def prints(x):
    tf.print("v", x, output_stream="file:///tmp/fx/pr.txt") if False else None
    print("tracing")
    return x
prints(tf.constant(1)); prints(tf.constant(2))
@F(autograph=False)
def noag(x):
    if x > 0: return x
    return -x
t("noag", lambda: noag(tf.constant(1)))
@F
def itb(x):
    return bool(x)
t("bool", lambda: itb(tf.constant(1)))
@F
def lenx(x): return len(x)
t("len", lambda: n(lenx(tf.ones([3,2]))))
@F
def rng(x):
    s = 0
    for i in range(x): s += i
    return s
t("range(tensor)", lambda: n(rng(tf.constant(4))))
@F
def recur(x):
    return x if x < 1 else recur.python_function(x - 1)
t("abs", lambda: n(F(lambda x: abs(x) + max(x, x) if False else abs(x))(tf.constant(-3))))
t("any", lambda: n(F(lambda x: tf.reduce_any(x > 1))(tf.constant([1,2]))))
@F
def dowhile(x):
    y = x
    while tf.reduce_sum(y) < 100.:
        y = y * 2.
        if tf.reduce_max(y) > 30.: break
    else:
        y = -y
    return y
@F
def multi(x):
    a, b = x, x + 1
    while a < 10:
        a, b = b, a + b
    return a, b
t("p", lambda: (n(multi(tf.constant(1)))))
@F
def ret_in_loop(x):
    for i in tf.range(10):
        if i * i > x: return i
    return -1
t("p", lambda: (n(ret_in_loop(tf.constant(20))), n(ret_in_loop(tf.constant(2000)))))
@F
def st(x):
    s = ""
    if x > 0: s = "pos"
    else: s = "neg"
    return s
t("p", lambda: (n(st(tf.constant(1)))))
x = tf.constant(2.0)
@F
def gradloop(x):
    with tf.GradientTape() as tp:
        tp.watch(x); y = x
        for i in tf.range(3): y = y * x
    return tp.gradient(y, x)
t("p", lambda: (n(gradloop(x))))
with tf.GradientTape() as tp:
    tp.watch(x); y = F(lambda v: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * v), [0, v])[1])(x)
t("p", lambda: (n(tp.gradient(y, x))))
v = tf.Variable(1.)
@F
def assign_if(x):
    if x > 0: v.assign(x)
    else: v.assign_sub(x)
    return v
t("p", lambda: (n(assign_if(5.)), n(assign_if(tf.constant(-2.)))))
t("cond struct", lambda: n(tf.cond(tf.constant(True), lambda: {"a": 1}, lambda: {"a": 2})))
t("cond mism", lambda: F(lambda p: tf.cond(p, lambda: 1, lambda: (1, 2)))(tf.constant(True)))
t("cond dt", lambda: F(lambda p: tf.cond(p, lambda: 1, lambda: 2.))(tf.constant(True)))
t("switch", lambda: n(F(lambda i: tf.switch_case(i, [lambda: 1, lambda: 2], default=lambda: 9))(tf.constant(5))))
t("case", lambda: n(F(lambda i: tf.case([(i > 3, lambda: 1), (i > 1, lambda: 2)], default=lambda: 3))(tf.constant(2))))
t("while shape", lambda: n(F(lambda: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.concat([a, a], 0)), [0, tf.ones([1])]))()))
t("while inv", lambda: n(F(lambda: tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, tf.concat([a, a], 0)), [0, tf.ones([1])], shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])]))()))
t("max iter", lambda: n(F(lambda: tf.while_loop(lambda i: True, lambda i: (i + 1,), [0], maximum_iterations=4))()))
t("vec", lambda: n(tf.vectorized_map(lambda a: a * 2 + tf.reduce_sum(a), tf.constant([[1.,2.],[3.,4.]]))))
t("map", lambda: n(F(lambda a: tf.map_fn(lambda r: (r, r * 2), a, fn_output_signature=(tf.int32, tf.int32)))(tf.constant([1,2]))))
t("scan", lambda: n(F(lambda a: tf.scan(lambda c, r: c + r, a))(tf.constant([1,2,3]))))
t("foldl", lambda: n(F(lambda a: (tf.foldl(lambda c, r: c - r, a), tf.foldr(lambda c, r: c - r, a)))(tf.constant([1,2,3]))))

# tf: 2.21
# tf.function: signatures, structures, methods, side effects; AutoGraph over loops, branches and state.
import numpy as np
import tensorflow as tf
from support.show_2 import S

import collections, dataclasses
one = tf.constant(1.0)
@tf.function
def f(x, y=2, *, z=3): return x * y + z
S("defaults", lambda: [f(one), f(one, 5), f(one, z=one), f(x=one, y=one)])
S("count", lambda: f.experimental_get_tracing_count())
S("missing arg", lambda: f())
S("unexpected", lambda: f(one, q=2))
S("twice", lambda: f(one, x=1))
S("jit", lambda: tf.function(lambda x: x + 1, jit_compile=True)(one))
S("jit False", lambda: tf.function(lambda x: x + 1, jit_compile=False)(one))
cf = f.get_concrete_function(tf.TensorSpec([None], tf.float32), 7, z=tf.TensorSpec([], tf.float32))
S("concrete py args", lambda: cf(tf.constant([1.0, 2.0]), z=one))
S("concrete sig", lambda: cf.structured_input_signature)
S("concrete inputs", lambda: [ (i.name, i.shape.as_list()) for i in cf.inputs])
S("concrete bad py", lambda: cf(tf.constant([1.0]), 8, z=one))
S("concrete ok py", lambda: cf(tf.constant([1.0]), 7, z=one))
S("pretty", lambda: cf.pretty_printed_signature() if hasattr(cf, "pretty_printed_signature") else None)
P = collections.namedtuple("P", "a b")
@tf.function
def g(p): return P(p.a + 1, {"k": p.b, "l": [p.a, None]})
S("namedtuple", lambda: g(P(one, one)))
@dataclasses.dataclass
class D:
    a: tf.Tensor
    b: int
S("dataclass", lambda: tf.function(lambda d: d.a * d.b)(D(one, 3)))
class M(tf.Module):
    def __init__(self):
        super().__init__(name="mm")
        self.v = None
    @tf.function
    def __call__(self, x):
        if self.v is None:
            self.v = tf.Variable(x * 2, name="made")
        return self.v * x
m = M()
S("create once", lambda: [m(one), m(one * 2), m.v.name, [v.name for v in m.variables]])
@tf.function
def bad(x):
    v = tf.Variable(1.0)
    return v * x
@tf.function
def effects(x):
    print("tracing", x)
    tf.print("running", x, output_stream="file:///dev/null")
    return x
effects(one); effects(one); effects(1); effects("s")
effects(one); effects(one); effects(1); effects("s")
effects(one); effects(one); effects(1); effects("s")
effects(one); effects(one); effects(1); effects("s")
S("py_function", lambda: tf.function(lambda x: tf.py_function(lambda a: a.numpy() + 1, [x], tf.float32))(one))
S("numpy_function", lambda: tf.function(lambda x: tf.numpy_function(lambda a: a + np.float32(1), [x], tf.float32))(one))
S("numpy_function shape", lambda: tf.function(lambda x: tf.constant(str(tf.numpy_function(lambda a: a + np.float32(1), [x], tf.float32).shape)))(one))
S("py_function many", lambda: tf.py_function(lambda a, b: (a + b, a * b), [one, one * 3], [tf.float32, tf.float32]))
S("py_function grad", lambda: grad_py())
def grad_py():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.py_function(lambda a: a * a, [x], tf.float32)
    return t.gradient(y, x)
S("py_function error", lambda: tf.py_function(lambda a: 1 / 0, [one], tf.float32))
S("numpy_function error", lambda: tf.function(lambda x: tf.numpy_function(lambda a: {}["k"], [x], tf.float32))(one))
S("numpy dtype", lambda: tf.numpy_function(lambda a: a.astype("int64"), [one], tf.float32))
@tf.function(input_signature=(tf.TensorSpec([None]), {"k": tf.TensorSpec([], tf.int32)}))
def sig(a, b): return tf.reduce_sum(a) + tf.cast(b["k"], tf.float32)
S("sig", lambda: [sig([1., 2.], {"k": 3}), sig(a=tf.ones([3]), b={"k": tf.constant(1)})])
S("sig wrong key", lambda: sig([1.], {"q": 3}))
S("sig missing", lambda: sig([1.]))
S("sig bad value", lambda: sig("text", {"k": 1}))
S("sig too many specs", lambda: tf.function(lambda a: a, input_signature=[tf.TensorSpec([]), tf.TensorSpec([])])(one))
@tf.function(input_signature=[tf.TensorSpec(None, tf.float32)])
def anyrank(x): return tf.rank(x)
S("anyrank", lambda: [anyrank(one), anyrank(tf.ones([2, 3]))])
S("annotations", lambda: tf.function(lambda x: x)(np.ones([2], np.float64)))
S("return none", lambda: tf.function(lambda: None)())
S("return py", lambda: tf.function(lambda: (1, 2.5, "s", True))())
S("return list", lambda: tf.function(lambda x: [x, x])(one))
S("return variable", lambda: tf.function(lambda: m.v)())
S("return object", lambda: tf.function(lambda: object())())
box = []
def leak():
    @tf.function
    def h(x):
        box.append(x + 1)
        return x
    h(one)
    return box[0] + 1
S("leak numpy", lambda: box[0].numpy())
S("bool leak", lambda: bool(box[0]))
S("iterate sym", lambda: tf.function(lambda x: [i for i in x])(tf.constant([1, 2])))
S("bool sym no autograph", lambda: tf.function(lambda x: 1 if x else 2, autograph=False)(tf.constant(True)))
S("len sym", lambda: tf.function(lambda x: len(x))(tf.constant([1, 2])))
S("float sym", lambda: tf.function(lambda x: float(x))(one))
S("np.sum sym", lambda: tf.function(lambda x: np.sum(x))(one))
S("vars", lambda: [v.name for v in tf.function(lambda x: x + m.v + one).get_concrete_function(tf.TensorSpec([])).variables])
class C:
    def __init__(self): self.n = 0
    @tf.function
    def inc(self, x): self.n += 1; return x + self.n
    @classmethod
    @tf.function
    def cm(cls, x): return x * 10
    @staticmethod
    @tf.function
    def sm(x): return x * 100
c = C()
S("retrace None", lambda: [f(one, None)])
@tf.function(reduce_retracing=True)
def rel(x, k):
    seen.append((x.shape.as_list() if x.shape.rank is not None else None, k)); return x
seen = []
for s in ([1], [2], [3], [1, 1], [2, 2], [5, 7]): rel(tf.zeros(s), 1)
rel(tf.zeros([1]), 2)
S("clone", lambda: f.get_concrete_function(one)(one))
F = tf.function
@F
def pairs(x, y):
    t = 0
    for a, b in zip(x, y): t += a * b
    for i, a in enumerate(x): t += i * a
    return t
S("zip enumerate tensors", lambda: pairs(tf.constant([1, 2]), tf.constant([3, 4])))
@F
def ds_zip(ds):
    t = tf.constant(0, tf.int64)
    for a, (b, c) in tf.data.Dataset.zip((ds, tf.data.Dataset.zip((ds, ds)))): t += a * b + c
    return t
S("ds", lambda: ds_zip(tf.data.Dataset.range(4)))
@F
def elif_(x):
    if x > 10: r = "big"
    elif x > 5: r = "mid"
    else: r = "small"
    return r
S("elif", lambda: [elif_(tf.constant(11)), elif_(tf.constant(7)), elif_(tf.constant(1)), elif_(3)])
@F
def tern(x): return (x if x > 0 else -x) + (1 if tf.reduce_any(x > 5) else 0)
S("ternary", lambda: [tern(tf.constant(-7)), tern(tf.constant(7))])
@F
def logic(x, y):
    if x > 0 and y > 0: return 1
    if x > 0 or not y > 0: return 2
    return 3
S("logic", lambda: [logic(tf.constant(a), tf.constant(b)) for a in (1, -1) for b in (1, -1)])
S("chain", lambda: F(lambda x: 1 if 0 < x < 5 else 0)(tf.constant(3)))
@F
def brk(n):
    s = 0
    for i in tf.range(n):
        if i % 2 == 0: continue
        if i > 7: break
        s += i
    else: s += 100
    return s
S("break continue else", lambda: [brk(tf.constant(5)), brk(tf.constant(20))])
@F
def py_loop(x):
    out = []
    for i in range(3): out.append(x * i)
    return out
S("python loop", lambda: py_loop(tf.constant(2)))
@F
def ta(n):
    t = tf.TensorArray(tf.int32, 0, dynamic_size=True)
    for i in tf.range(n): t = t.write(i, i * i)
    return t.stack()
S("TensorArray", lambda: ta(tf.constant(4)))
@F
def rec(n):
    if n <= 1: return tf.constant(1)
    return n * rec_py(n - 1)
def rec_py(n): return tf.constant(1) if n <= 1 else n * rec_py(n - 1)
S("recursion python", lambda: rec(5))
@F
def rec_t(n):
    if n <= 1: return 1
    return n * rec_t(n - 1)
@F
def gen(x):
    def g():
        yield x
        yield x * 2
    return [v for v in g()]
S("generator", lambda: gen(tf.constant(3)))
S("comprehension", lambda: F(lambda x: [x * i for i in range(3) if i != 1])(tf.constant(3)))
S("dict comp", lambda: F(lambda x: {k: x * i for i, k in enumerate("ab")})(tf.constant(3)))
@F
def nested(x):
    def inner(y):
        if y > 2: return y * 2
        return y
    return inner(x) + inner(x + 2)
S("nested def", lambda: [nested(tf.constant(1)), nested(tf.constant(3))])
@F
def lam(x): return tf.map_fn(lambda e: e * 2 if e > 1 else e, x)
S("lambda", lambda: lam(tf.constant([1, 2, 3])))
@F
def state(x):
    class O: pass
    o = O(); o.v = tf.constant(0)
    for i in tf.range(x): o.v = o.v + i
    return o.v
S("attribute state", lambda: state(tf.constant(4)))
@F
def dct(x):
    d = {"a": tf.constant(0), "b": tf.constant(1)}
    while d["a"] < x: d["a"] = d["a"] + 2; d["b"] = d["b"] * 3
    return d
S("dict state", lambda: dct(tf.constant(5)))
@F
def undef_loop(n):
    for i in tf.range(n): z = i
    return z
S("undefined after loop", lambda: undef_loop(tf.constant(3)))
@F
def undef_if(x):
    if x > 0: z = 1
    return z
@F
def typ(x):
    y = 1
    if x > 0: y = 2.0
    return y
@F
def shp(x):
    y = tf.zeros([2])
    if x > 0: y = tf.zeros([3])
    return y
S("shape branch", lambda: shp(tf.constant(1)))
@F
def struct(x):
    y = (1, 2)
    if x > 0: y = 5
    return y
@F
def none_init(n):
    y = None
    for i in tf.range(n): y = i
    return y
S("None loop var", lambda: none_init(tf.constant(2)))
@F
def noneret(x):
    if x > 0: return x
@F
def whil(n):
    i = 0; acc = tf.constant("")
    while i < n: acc += tf.strings.as_string(i); i += 1
    return acc
S("string loop", lambda: whil(tf.constant(4)))
@F
def inv(n):
    x = tf.zeros([0], tf.int32)
    for i in tf.range(n):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(x, tf.TensorShape([None]))], maximum_iterations=3, parallel_iterations=1)
        x = tf.concat([x, [i]], 0)
    return x
S("loop options", lambda: inv(tf.constant(10)))
@F
def it_break(ds):
    for x in ds:
        if x > 3: break
    else: x = tf.constant(-1, tf.int64)
    return x
@F
def iterator(it): return next(it)
S("iterator", lambda: [iterator(i) for i in [iter(tf.data.Dataset.range(3))] for _ in range(2)])
@F
def over_iter(it):
    s = tf.constant(0, tf.int64)
    for x in it: s += x
    return s
S("for iterator", lambda: over_iter(iter(tf.data.Dataset.range(5))))
@F
def ragged(r):
    s = 0
    for row in r: s += tf.reduce_sum(row)
    return s
@F
def asrt(x):
    assert x > 0, "neg %d" % 3
    return x
S("assert", lambda: asrt(tf.constant(-1)))
S("assert py", lambda: asrt(-1))
@F
def raise_(x):
    raise ValueError("mine")
S("raise", lambda: raise_(1))
@F
def try_(x):
    try: y = x["k"]
    except (TypeError, KeyError, ValueError): y = tf.constant(5)
    finally: x += 1
    return y + x
S("try", lambda: try_(tf.constant(1)))
@F
def with_(x):
    with tf.name_scope("sc"):
        if x > 0: y = x * 2
        else: y = x
    return y
S("with", lambda: with_(tf.constant(4)))
@F
def bltins(x):
    print("trace"); 
    return len(x), abs(-x), max(1, 2), int(3.5), sum([1, 2]), any([0, 1]), sorted([3, 1]), list(map(lambda v: v + 1, [1, 2]))
S("builtins", lambda: bltins(tf.constant([1, 2, 3])))
@F
def b2(x): return float(x), int(x)
S("int float", lambda: b2(tf.constant(3)))
S("range tensor", lambda: F(lambda n: [i for i in range(n)])(3))
@F
def rg(n):
    s = 0
    for i in range(n): s += i
    return s
S("range(tensor)", lambda: rg(tf.constant(4)))
@F
def rg2(a, b, c):
    s = tf.constant(0)
    for i in range(a, b, c): s = s * 10 + i
    return s
S("range(a,b,c)", lambda: rg2(tf.constant(9), tf.constant(0), tf.constant(-3)))
@F
def wh2(x):
    while tf.reduce_sum(x) < 20: x = x * 2
    return x
S("while vec", lambda: wh2(tf.constant([1, 2])))
@F
def upd(v):
    for i in tf.range(3): v.assign_add(1.0)
    if v > 2: v.assign(v * 10)
    return v.read_value()
S("var", lambda: upd(tf.Variable(0.0)))
@F
def slice_(x):
    x = tf.tensor_scatter_nd_update(x, [[0]], [9])
    y = x[1:]
    if y[0] > 0: y = y + 1
    return y, x[..., tf.newaxis]
S("slice", lambda: slice_(tf.constant([1, 2, 3])))
@F
def setitem(x):
    x[0] = 1
    return x
S("setitem", lambda: setitem(tf.constant([1, 2])))
@tf.autograph.experimental.do_not_convert
def nc(x): return 1 if x is not None else 2
S("do_not_convert", lambda: F(lambda x: nc(x))(tf.constant(1)))
S("to_code", lambda: "def" in tf.autograph.to_code(pairs.python_function))
S("to_graph", lambda: tf.autograph.to_graph(elif_.python_function)(tf.constant(7)))
@F
def glob(x):
    global G
    G = x + 1
    return x
S("global", lambda: glob(1))
@F
def nonl(x):
    c = tf.constant(0)
    def add():
        nonlocal c
        c += x
    for _ in tf.range(3): add()
    return c
S("nonlocal", lambda: nonl(tf.constant(2)))
@F
def collz(x):
    s = tf.constant(1)
    while s < 1000 and x > 1:
        if x % 2 == 0: x //= 2
        else: x = 3 * x + 1
        s += 1
    return s
S("collatz", lambda: collz(tf.constant(27)))
@F
def early(x):
    for i in tf.range(10):
        for j in tf.range(10):
            if i * j == x: return i, j
    return -1, -1
S("nested return", lambda: [early(tf.constant(42)), early(tf.constant(97))])
@F
def match_(x):
    a, *b = [x, x + 1, x + 2]
    (c, d), e = (x, 1), x
    a += 1
    return a, b, c + d, e
S("unpack", lambda: match_(tf.constant(1)))
@F
def walrus(x):
    if (y := x * 2) > 3: return y
    return x
@F
def fstr(x):
    return tf.strings.join([f"a{1+1}", tf.strings.as_string(x)])
S("fstring", lambda: fstr(tf.constant(1)))

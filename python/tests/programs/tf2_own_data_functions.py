# tf: 2.21
# Functions of datasets: traced once, variables, branches, loops, datasets of datasets, Python functions and errors.
import numpy as np, tensorflow as tf
D=tf.data.Dataset
def v(ds): return tf.nest.map_structure(lambda x: x.tolist() if hasattr(x,"tolist") else x, list(ds.as_numpy_iterator()))
def t(name, f):
    try: print(name, f())
    except Exception as e: print(name, "raises", type(e).__name__)
w = tf.Variable(2, dtype=tf.int64)
d = D.range(3).map(lambda x: x*w)
print(v(d)); w.assign(5); print(v(d))
c = tf.constant([1,2,3])
print(v(D.range(3).map(lambda i: c[i])))
print(v(D.range(3).map(lambda i: tf.gather(c, i))))
table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a","b"],[1,2]), -1)
print(v(D.from_tensor_slices(["a","c","b"]).map(table.lookup)))
def g(x):
    if x % 2 == 0:
        return x * 10
    else:
        return -x
print(v(D.range(5).map(g)))
def loop(x):
    s = tf.constant(0, tf.int64)
    for i in tf.range(x):
        if i == 3:
            break
        s += i
    return s
print(v(D.range(6).map(loop)))
@tf.function
def fn(x): return x + 1
print(v(D.range(3).map(fn)))
class M(tf.Module):
    def __init__(self): self.k = tf.Variable(3.)
    def __call__(self, x): return self.k * tf.cast(x, tf.float32)
m = M()
print(v(D.range(3).map(m)))
print(v(D.range(3).map(tf.square)), v(D.range(3).map(float if False else (lambda x: tf.cast(x, tf.float32)))))
dense = tf.keras.layers.Dense(2, kernel_initializer="ones")
dense(tf.ones([1,3]))
print(v(D.from_tensor_slices(tf.ones([2,3])).batch(2).map(dense)))
t("var in map", lambda: D.range(2).map(lambda x: tf.Variable(1.)))
print(v(D.range(10).window(3, shift=2, drop_remainder=True).flat_map(lambda w: w.batch(3))))
print(v(D.range(6).window(2).map(lambda w: w.reduce(np.int64(0), lambda a,b: a+b))))
print(v(D.zip((D.range(6),D.range(6,12))).window(2).flat_map(lambda a,b: D.zip((a,b)))))
print(v(D.zip((D.range(6),D.range(6,12))).window(2).flat_map(lambda a,b: D.zip((a.batch(2),b.batch(2))))))
t("wind", lambda: v(D.range(6).window(0)))
print([[int(x) for x in w] for w in D.range(7).window(3, 1, 2)], int(D.range(7).window(3,2).cardinality()), int(D.range(7).window(3,2,drop_remainder=True).cardinality()))
print(v(D.range(3).map(lambda x: D.range(x)).flat_map(lambda d: d.map(lambda y: y*2))))
print(v(D.range(3).map(lambda x: {"a": x, "b": (x, x+1)}).map(lambda e: e["b"][1] + e["a"])))
import collections
P = collections.namedtuple("P", "x y")
d = D.from_tensor_slices(P([1,2],[3.,4.]))
t("nt2", lambda: v(d.map(lambda x, y: x)))
t("nt", lambda: v(d.map(lambda p: p.x)))
d2 = D.range(2).map(lambda x: P(x, x))
print(d2.element_spec)
print(v(D.range(4).interleave(lambda x: D.range(x).map(lambda y: x*10+y), cycle_length=2, block_length=1, num_parallel_calls=tf.data.AUTOTUNE)))
it = iter(D.range(3).map(lambda x: tf.debugging.check_numerics(1./tf.cast(x-1, tf.float32), "bad")))
print(next(it).numpy()); t("err", lambda: next(it)); print(next(it).numpy()); t("end", lambda: next(it))
t("print", lambda: [tf.print("x") for _ in D.range(1)])
for x in D.range(2).map(lambda x: (tf.print("in", x), x)[1]): print(int(x))
@tf.function
def total(ds):
    s = tf.constant(0, tf.int64)
    for x in ds: s += x
    return s
print(total(D.range(5)).numpy(), total(D.range(5).map(lambda x: x*2)).numpy())
@tf.function
def inside(n):
    ds = D.range(n).map(lambda x: x * n).filter(lambda x: x > 2)
    s = tf.constant(0, tf.int64)
    for x in ds: s += x
    return s
print(inside(tf.constant(5, tf.int64)).numpy())
@tf.function
def red(n):
    return D.range(n).reduce(tf.constant(0, tf.int64), lambda a, b: a + b * n)
print(red(tf.constant(4, tf.int64)).numpy())
@tf.function
def it2():
    i = iter(D.range(3))
    return next(i) + next(i) * 10
print(it2().numpy())
print(v(D.from_tensors(tf.ones([2,2])).map(lambda x: tf.linalg.inv(x + tf.eye(2)))))
print(v(D.range(3).map(lambda x: tf.strings.as_string(x) + "!")), v(D.from_tensor_slices(["a,b","c,d"]).map(lambda s: tf.strings.split(s, ","))))
print(v(D.from_tensor_slices(["1,2.5,x"]).map(lambda s: tf.io.decode_csv(s, [0, 0., ""]))))
print(v(D.range(3).apply(tf.data.experimental.enumerate_dataset()))) if hasattr(tf.data.experimental,"enumerate_dataset") else None
print(v(D.range(4).map(lambda x: tf.where(x > 1, x, -x)).batch(2).map(tf.reduce_sum)))
t("stateful", lambda: v(D.range(3).scan(tf.constant([0,1], tf.int64), lambda s, x: (tf.stack([s[1], s[0]+s[1]]), s[0]))))
print(v(D.range(3).map(lambda x: tf.py_function(lambda q: [q, q+1], [x], [tf.int64, tf.int64]))))
print(v(D.range(3).map(lambda x: tf.numpy_function(lambda q: np.float32(q*2), [x], tf.float32))))
def bad(x):
    raise KeyError("k")
t("py err", lambda: v(D.range(3).map(lambda x: tf.py_function(bad, [x], tf.int64))))
t("py err", lambda: v(D.range(3).map(lambda x: tf.numpy_function(bad, [x], tf.int64))))
t("trace err", lambda: D.range(3).map(bad))
t("dtype", lambda: D.range(3).map(lambda x: x + 1.5))
t("shape", lambda: D.from_tensor_slices(tf.ones([2,3])).map(lambda x: tf.matmul(x, x)))
t("bool", lambda: D.range(3).map(lambda x: [1] if bool(x) else [2]))
t("np", lambda: D.range(3).map(lambda x: np.sin(x)))
t("int", lambda: D.range(3).map(lambda x: np.zeros(int(x))))
t("iter", lambda: D.range(3).map(lambda x: [y for y in x]))
t("obj", lambda: D.range(3).map(lambda x: object()))
t("wrong args", lambda: D.range(3).map(lambda x, y: x))

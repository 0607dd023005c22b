# tf: 1.8
# Functions of datasets in 1.8: traced once, control flow, py_func, layers, errors.
import numpy as np, tensorflow as tf, tensorflow.contrib.eager as tfe
tf.enable_eager_execution()
D=tf.data.Dataset
def p(x):
    if isinstance(x, dict): return {k: p(x[k]) for k in sorted(x)}
    if isinstance(x, (tuple, list)): return [p(i) for i in x]
    return np.asarray(x.numpy()).tolist() if hasattr(x, "numpy") else x
def v(ds): return [p(x) for x in ds]
def t(name, f):
    try: print(name, f())
    except Exception as e: print(name, "raises", type(e).__name__)
r = D.range(6)
n = []
t("once", lambda: (v(r.map(lambda x: (n.append(1), x * 2)[1])), len(n)))
w = tfe.Variable(2, dtype=tf.int64)
d = r.map(lambda x: x * w)
t("var", lambda: v(d.take(2))); w.assign(5); t("var2", lambda: v(d.take(2)))
t("tuple", lambda: v(D.zip((r, r)).map(lambda a, b: {"s": a + b, "d": (a, b)}).take(2)))
t("filter", lambda: v(r.filter(lambda x: tf.equal(x % 2, 0))))
t("flat", lambda: v(r.take(3).flat_map(lambda x: D.from_tensors(x).repeat(x))))
t("inter", lambda: v(r.take(3).interleave(lambda x: D.range(x), 2)))
t("nested map", lambda: v(r.take(3).flat_map(lambda x: D.range(2).map(lambda y: y + x))))
t("py_func", lambda: v(r.take(2).map(lambda x: tf.py_func(lambda a: a * 3, [x], tf.int64))))
t("py_func str", lambda: v(r.take(2).map(lambda x: tf.py_func(lambda a: b"s%d" % a, [x], tf.string))))
t("cond", lambda: v(r.map(lambda x: tf.cond(x > 2, lambda: x, lambda: -x))))
t("while", lambda: v(r.map(lambda x: tf.while_loop(lambda i: i < 10, lambda i: i + 3, [x]))))
t("if", lambda: v(r.map(lambda x: x if x > 2 else -x)))
t("dtype", lambda: r.map(lambda x: x + 1.5))
t("mixed", lambda: r.map(lambda x: x + tf.constant(1)))
t("shape", lambda: D.from_tensor_slices(tf.ones([2, 3])).map(lambda x: tf.matmul(x, x)))
t("group", lambda: v(r.apply(tf.contrib.data.group_by_window(lambda x: x % 2, lambda k, w: w.batch(2), 2))))
t("bucket", lambda: [x.shape.as_list() for x in D.from_tensor_slices([1, 5, 2]).map(lambda n: tf.fill([n], n)).apply(tf.contrib.data.bucket_by_sequence_length(lambda x: tf.size(x), [3], [2, 2]))])
t("map_and_batch", lambda: v(r.apply(tf.contrib.data.map_and_batch(lambda x: x * 2, 4))))
t("unbatch", lambda: v(r.batch(2).apply(tf.contrib.data.unbatch())))
t("ignore", lambda: v(D.from_tensor_slices([1., 0., 2.]).map(lambda x: tf.check_numerics(1. / x, "e")).apply(tf.contrib.data.ignore_errors())))
it = tfe.Iterator(D.from_tensor_slices([1., 0., 2.]).map(lambda x: tf.check_numerics(1. / x, "e")))
t("1", lambda: p(it.next())); t("2", lambda: p(it.next())); t("3", lambda: p(it.next())); t("4", lambda: p(it.next()))
t("gen bad", lambda: v(D.from_generator(lambda: iter(["a"]), tf.int32)))
t("parallel", lambda: v(r.map(lambda x: x * x, num_parallel_calls=3).prefetch(2)))
t("decode", lambda: v(D.from_tensor_slices(["1,2.5", "3,4.5"]).map(lambda s: tf.decode_csv(s, [[0], [0.]]))))
t("str", lambda: v(D.from_tensor_slices(["a b", "c"]).map(lambda s: tf.string_split([s]).values)))
t("onehot", lambda: v(D.from_tensor_slices(([1, 2], [0, 1])).map(lambda a, b: (tf.to_float(a), tf.one_hot(b, 2)))))
dense = tf.layers.Dense(2, kernel_initializer=tf.ones_initializer())
dense(tf.ones([1, 3]))
t("layer", lambda: v(D.from_tensor_slices(tf.ones([2, 3])).batch(1).map(dense)))
t("types", lambda: (D.zip((r, r.batch(2))).output_types, D.zip((r, r.batch(2))).output_shapes))
t("shuffle", lambda: (v(r.shuffle(4, seed=3)), v(r.shuffle(4, seed=3).repeat(2))))
t("rand", lambda: [np.round(v(x), 5).tolist() for x in [r.take(2).map(lambda x: tf.random_uniform([], seed=3))] * 2])
t("repeat", lambda: len(v(r.repeat(3)))); t("iter", lambda: len(list(r.take(0))))
t("none", lambda: r.map(lambda x: None)); t("numpy", lambda: r.map(lambda x: x.numpy())); t("notds", lambda: r.flat_map(lambda x: x))
ex = tf.train.Example(features=tf.train.Features(feature={"a": tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))})).SerializeToString()
t("raw", lambda: v(D.from_tensors("abcd").map(lambda s: tf.decode_raw(s, tf.uint8))))
t("image", lambda: v(D.from_tensors(tf.ones([1, 2, 1])).map(lambda x: tf.image.flip_left_right(x))))
t("zip bad", lambda: D.zip([r, r])); t("list", lambda: v(r.take(1).map(lambda x: [x, x])))
t("oneshot", lambda: p(r.make_one_shot_iterator().get_next())); t("gather", lambda: v(r.map(lambda x: tf.gather([1, 2], x))))

"""Variables in parts."""

import numpy as np
import tensorflow as tf

np.set_printoptions(precision=4, suppress=True)


def attempt(label, action):
    try:
        print(label, "->", action())
    except Exception as error:
        print(label, "->", type(error).__name__)


def init(session):
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])


def part_0():
    tf.set_random_seed(5); fp = tf.fixed_size_partitioner
    with tf.variable_scope("a", partitioner=fp(3)):
        v = tf.get_variable("v", [7, 2], initializer=tf.random_normal_initializer()); b = tf.get_variable("b", [2], initializer=tf.ones_initializer())
    print(v.name, v.dtype, v.get_shape(), len(v), [p.name for p in v], [p.shape.as_list() for p in v], type(v).__name__, v._get_partitions())
    t = tf.convert_to_tensor(v); print(t.name, t.shape, t.op.type); print(v.as_tensor().name); y = tf.matmul(v, tf.ones([2, 1])); print(y.shape, y.name)
    with tf.variable_scope("a", reuse=True): print(tf.get_variable("v", [7, 2]) is v); print(tf.get_variable("v") is v); attempt("shape", lambda: tf.get_variable("v", [6, 2], partitioner=fp(3))); attempt("missing", lambda: tf.get_variable("w", [6, 2], partitioner=fp(3)))
    with tf.variable_scope("a"): attempt("again", lambda: tf.get_variable("v", [7, 2])); attempt("again2", lambda: tf.get_variable("v", [7, 2], partitioner=fp(3)))
    c = tf.get_variable("c", initializer=tf.reshape(tf.range(10.0), [5, 2]), partitioner=fp(2)); print([p.name for p in c])
    d = tf.get_variable("d", [4, 6], partitioner=fp(2, axis=1)); e = tf.get_variable("e", [20, 2], partitioner=tf.variable_axis_size_partitioner(64)); f = tf.get_variable("f", [20, 2], partitioner=tf.min_max_variable_partitioner(4, min_slice_size=40)); print([len(q) for q in (d, e, f)], [p.shape.as_list() for p in d])
    attempt("two axes", lambda: tf.get_variable("g", [4, 4], partitioner=lambda shape, dtype: [2, 2])); attempt("rank", lambda: tf.get_variable("g", [4, 4], partitioner=lambda shape, dtype: [2])); attempt("call", lambda: tf.get_variable("g", [4, 4], partitioner=3)); attempt("assign", lambda: v.assign(1)); attempt("zero", lambda: tf.get_variable("h", [4, 4], partitioner=lambda shape, dtype: [0, 1]))
    with tf.variable_scope("l", partitioner=fp(2)): o = tf.layers.dense(tf.ones([1, 4]), 3); print(o.shape)
    ids = tf.placeholder(tf.int32, [None]); em = tf.nn.embedding_lookup(v, ids); em2 = tf.nn.embedding_lookup(v, ids, partition_strategy="div"); print(em.shape)
    loss = tf.reduce_sum(tf.square(em2)) + tf.reduce_sum(y); tr = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    print([q.name for q in tf.trainable_variables()])
    with tf.Session() as s:
        init(s); print(s.run([t, b[0] if False else tf.convert_to_tensor(b), tf.convert_to_tensor(c), d.as_tensor()])); print(s.run([em2], {ids: [0, 3, 6]})); print(s.run([em], {ids: [0, 1, 2]})); s.run(tr, {ids: [0, 6]}); print(s.run(v.as_tensor())); print(s.run(o))
    attempt("run", lambda: tf.Session().run(v))


tf.reset_default_graph()
part_0()

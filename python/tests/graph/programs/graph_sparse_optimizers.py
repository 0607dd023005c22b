"""Slots within variable scopes; steps with gradients of some rows."""

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
    T = tf.train; mk = [T.GradientDescentOptimizer(0.1), T.MomentumOptimizer(0.1, 0.9), T.MomentumOptimizer(0.1, 0.9, use_nesterov=True), T.AdamOptimizer(), T.AdagradOptimizer(0.1), T.AdadeltaOptimizer(0.5), T.RMSPropOptimizer(0.1, momentum=0.5), T.RMSPropOptimizer(0.1, centered=True), T.FtrlOptimizer(0.1, l1_regularization_strength=0.01), T.ProximalGradientDescentOptimizer(0.1, 0.01), T.ProximalAdagradOptimizer(0.1), ]
    tr = []
    for k, o in enumerate(mk):
        with tf.variable_scope("o%d" % k):
            w = tf.get_variable("w", initializer=[1.0, 2.0]); e = tf.get_variable("e", initializer=[[1.0, 2], [3, 4]]); loss = tf.reduce_sum(w * w) + tf.reduce_sum(tf.gather(e, [0, 0]) ** 2)
            op = o.minimize(loss, var_list=[w, e]); tr.append((op, w, e)); print(op.name, op.type, o.get_name(), o.get_slot_names(), [o.get_slot(w, n).name for n in o.get_slot_names()], [v.name for v in o.variables()])
    print([v.name for v in tf.global_variables()]); print(len(tf.trainable_variables()), tf.get_collection(tf.GraphKeys.TRAIN_OP)[0].name)
    with tf.Session() as s:
        init(s)
        for k, (op, w, e) in enumerate(tr):
            for _ in range(3): s.run(op)
            print(k, s.run([w, e]), [s.run(mk[k].get_slot(w, n)) for n in mk[k].get_slot_names()])


tf.reset_default_graph()
part_0()

# Rows that are fed: numbers that the variable does not have are refused.
tf.reset_default_graph()
table = tf.get_variable("table", [3, 2], initializer=tf.zeros_initializer())
rows = tf.placeholder(tf.int32, [None])
step = tf.train.GradientDescentOptimizer(1.0).apply_gradients([(tf.IndexedSlices(tf.ones([2, 2]), rows, tf.constant([3, 2])), table)])
with tf.Session() as session:
    session.run(table.initializer)
    session.run(step, {rows: [0, 0]})
    print(session.run(table))
    for wrong in ([3, 7], [-1, 0]):
        attempt("rows", lambda: session.run(step, {rows: wrong}))

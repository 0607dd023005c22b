# tf: 1.8
# tolerance: 1e-4
# Layers in an EagerVariableStore share variables by their names.
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe

tfe.enable_eager_execution()
st = tfe.EagerVariableStore()
def f(x):
    with st.as_default():
        h = tf.layers.dense(x, 3, name="l1", activation=tf.nn.relu)
        with tf.variable_scope("s"): h = tf.layers.dense(h, 2, name="l2")
        h = tf.layers.batch_normalization(h, name="bn", training=True)
        return h
a = f(tf.ones([2, 2])); b = f(tf.ones([2, 2]))
print(np.allclose(a, b), sorted(v.name for v in st.variables()), len(st.trainable_variables()), len(st.non_trainable_variables()))
try: tf.layers.dense(tf.ones([1, 2]), 3, name="q", reuse=True)
except Exception as e: print(type(e).__name__, str(e)[:60])
with st.as_default(): print(tf.layers.dense(tf.ones([1, 2]), 3, name="l1", reuse=True).shape)
try:
    with st.as_default(): print(tf.layers.dense(tf.ones([1, 4]), 3, name="l1").shape)
except Exception as e: print(type(e).__name__)
print(tf.layers.dense(tf.ones([1, 2]), 3, name="l1").shape, tfe.Network("n").name)
c = st.copy(); print(len(c.variables()))
with tf.variable_scope("z", reuse=tf.AUTO_REUSE): print(tf.layers.dense(tf.ones([1, 2]), 3, name="l1").shape)

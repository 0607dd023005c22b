"""A tf.Module with variables, nested objects and functions of every kind as SavedModel of 2.x. FOLDER write|read."""
import sys, os
import numpy as np
import tensorflow as tf
folder, mode = sys.argv[1:3]
class Inner(tf.Module):
    def __init__(self):
        super().__init__()
        self.b = tf.Variable([1.0, -1.0], name="b")
class M(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.arange(6, dtype=np.float32).reshape(3, 2) * 0.1, name="w")
        self.count = tf.Variable(0, trainable=False)
        self.inner = Inner()
        self.items = [tf.Variable(5.0), Inner()]
        self.named = {"k": tf.Variable(7.0)}
        self.table = tf.constant([10.0, 20.0])
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def __call__(self, x):
        return tf.nn.sigmoid(x @ self.w + self.inner.b)
    @tf.function
    def many(self, x, scale=2.0, flag=True, *, extra=None):
        y = x * scale + self.table
        return {"y": y if flag else -y, "z": (tf.reduce_sum(y), [x])}
    @tf.function(input_signature=[])
    def step(self):
        self.count.assign_add(1)
        return self.count + 0
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def flow(self, x):
        if x > 0:
            y = x * 2.0
        else:
            y = x - 1.0
        while y < 100.0:
            y = y * y + 1.0
        return y
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def nested(self, x):
        return self.helper(x) + self.helper(x + 1.0)
    @tf.function
    def helper(self, x):
        return x * self.items[0]
def use(m):
    x = tf.constant([[1., 2., 3.], [0., 0., 0.]])
    print(np.round(m(x).numpy(), 5).tolist())
    r = m.many(tf.constant([1., 2.])); print(r["y"].numpy().tolist(), r["z"][0].numpy(), r["z"][1][0].numpy().tolist())
    r = m.many(tf.constant([1., 2.]), 3.0, flag=False); print(r["y"].numpy().tolist())
    print(m.step().numpy(), m.step().numpy(), m.count.numpy())
    if hasattr(m, "flow"): print(m.flow(tf.constant(3.0)).numpy(), m.flow(tf.constant(-3.0)).numpy())
    if hasattr(m, "nested"): print(m.nested(tf.constant([1.0, 2.0])).numpy().tolist())
    print(m.inner.b.numpy().tolist(), m.items[0].numpy(), m.items[1].b.numpy().tolist(), m.named["k"].numpy(), m.w.trainable, m.count.trainable)
if mode == "write":
    m = M()
    use(m)
    m.count.assign(0)
    tf.saved_model.save(m, folder + "/m", signatures={"serving_default": m.__call__.get_concrete_function()})
else:
    m = tf.saved_model.load(folder + "/m")
    use(m)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(m(tf.ones([1, 3])))
    print(np.round(t.gradient(y, m.w).numpy(), 4).tolist())
    print(list(m.signatures), {k: np.round(v.numpy(), 4).tolist() for k, v in m.signatures["serving_default"](x=tf.ones([1, 3])).items()})
    m.w.assign(m.w * 0.0); print(m(tf.ones([1, 3])).numpy().tolist())
    try: m.many("bad", 17)
    except Exception as e: print(type(e).__name__)
    try: tf.saved_model.load(folder + "/zz")
    except Exception as e: print(type(e).__name__)
    print(type(m).__name__)

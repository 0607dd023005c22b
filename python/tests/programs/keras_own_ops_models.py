# tf: 2.21
# keras.ops in functional models, in layers, under gradients and functions; their names and configurations.
import json
import numpy as np, tensorflow as tf
import keras
from keras import ops, layers as L

def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 4).tolist()
x = keras.Input((4, 3), name='in')
h = ops.relu(x)
m = ops.mean(h, axis=1)
s = ops.sum(x, axis=-1, keepdims=True)
c = ops.concatenate([h, s], axis=-1)
t = ops.transpose(c, (0, 2, 1))
q = ops.squeeze(ops.expand_dims(m, 1), 1)
z = ops.softmax(ops.matmul(q, np.ones((3, 2), 'float32')))
w = ops.where(ops.greater(m, 0.2), m, ops.zeros_like(m))
st = ops.stack([m, w], axis=1)
sp = ops.split(c, 2, axis=1)
g = ops.power(m, 2)
tk = ops.take(x, [0, 2], axis=1)
ein = ops.einsum('bij,bkj->bik', x, x)
mx = ops.max(x, axis=(1, 2))
model = keras.Model(x, {'t': t, 'z': z, 'st': st, 'sp': sp[1], 'g': g, 'tk': tk, 'ein': ein, 'mx': mx}, name='net')
model.summary()
print([o.name for o in model.operations])
v = np.sin(np.arange(24)).reshape(2, 4, 3).astype('float32')
out = model(v)
for k in sorted(out):
    print(k, out[k].shape, r(out[k]))
for k, o in (('h', h), ('m', m), ('c', c), ('t', t), ('ein', ein), ('sp', sp[0]), ('mx', mx)):
    print(k, o.shape, o.dtype, o._keras_history.operation.__class__.__name__ if hasattr(o._keras_history, 'operation') else '')
for row in json.loads(model.to_json())['config']['layers']:
    print(row['class_name'], row['name'], json.dumps(row['config'], sort_keys=True))
again = keras.Model.from_config(model.get_config())
o2 = again(v)
print(all((np.allclose(out[k], o2[k]) for k in out)))

class Own(L.Layer):

    def build(self, s):
        self.w = self.add_weight(shape=(s[-1], 2), initializer='ones')

    def call(self, x):
        return ops.tanh(ops.matmul(x, self.w) + ops.mean(x, axis=-1, keepdims=True))
o = Own()
with tf.GradientTape() as tape:
    y = ops.sum(o(v) * ops.arange(2.0))
print(r(y), r(tape.gradient(y, o.w)))

@tf.function
def f(a):
    return ops.logsumexp(ops.reshape(a, (-1, 3)), axis=0) + ops.std(a, axis=(0, 1))
print(r(f(v)))
i = keras.Input((3,))
out = Own()(i)
out = ops.clip(out, -0.5, 0.5)
mm = keras.Model(i, out)
mm.compile('sgd', 'mse')
print(r(mm.fit(v[0], np.ones((4, 2)), epochs=2, verbose=0).history['loss']))
a = keras.KerasTensor((None, 3))
print(ops.add(a, 1).shape, ops.dot(a, keras.KerasTensor((3, 5))).shape, ops.mean(a).shape, ops.one_hot(keras.KerasTensor((2,), dtype='int32'), 4).shape, ops.argmax(a, axis=-1).dtype, ops.equal(a, 0).dtype, ops.cast(a, 'int32').dtype)

# tf: 1.8
# tolerance: 1e-3
# tf.keras of 1.8 in graphs: serialization, initializers by number, the backend.
import functools
import numpy as np
import json
import tensorflow as tf
from support.attempt_1 import attempt, r
keras = tf.keras
K, L = keras.backend, keras.layers

attempt = functools.partial(attempt, most=110)


# serialization of every kind
for kind, obj in [('initializers', keras.initializers.RandomNormal(0.1, 0.2, seed=3)), ('regularizers', keras.regularizers.l1_l2(0.1, 0.2)),
                  ('constraints', keras.constraints.max_norm(3)), ('activations', keras.activations.relu), ('losses', keras.losses.mean_squared_error),
                  ('metrics', keras.metrics.binary_accuracy)]:
    m = getattr(keras, kind)
    s = m.serialize(obj)
    print(kind, s if isinstance(s, str) else sorted(s.items(), key=lambda p: p[0]))
    back = m.deserialize(s)
    print(kind, getattr(back, '__name__', type(back).__name__))
opt = keras.optimizers.SGD(lr=0.25, momentum=0.5, nesterov=True)
s = keras.optimizers.serialize(opt)
print(s['class_name'], sorted((k, r(v) if not isinstance(v, bool) else v) for k, v in s['config'].items()))
print(type(keras.optimizers.deserialize(s)).__name__, type(keras.optimizers.get('adam')).__name__, type(keras.optimizers.get('Nadam')).__name__)
for kind in ('initializers', 'regularizers', 'constraints', 'activations', 'losses', 'metrics', 'optimizers'):
    attempt(kind + ' get', lambda: getattr(keras, kind).get('bogus'))
    attempt(kind + ' get 3', lambda: getattr(keras, kind).get(3))
attempt("init none", lambda: keras.initializers.get(None))
print(keras.regularizers.get(None), keras.constraints.get(None), keras.activations.get(None).__name__)
x = tf.constant([[1., -2., 3.], [0.5, 4., -1.]])
print(r(K.eval(keras.regularizers.l1(0.1)(x))), r(K.eval(keras.regularizers.l2(0.1)(x))), r(K.eval(keras.regularizers.get('l1_l2')(x))))
for c in (keras.constraints.max_norm(2.), keras.constraints.non_neg(), keras.constraints.unit_norm(), keras.constraints.MinMaxNorm(0.5, 1., rate=0.7, axis=1)):
    print(type(c).__name__, r(K.eval(c(x))), c.get_config())
for name in ('zeros', 'ones', 'identity', 'orthogonal', 'glorot_uniform', 'he_normal', 'lecun_uniform', 'random_uniform', 'truncated_normal', 'VarianceScaling'):
    i = keras.initializers.get(name)
    print(name, type(i).__name__, sorted((k, str(v)) for k, v in i.get_config().items()))
print(r(K.eval(keras.initializers.RandomUniform(-1, 1, seed=1)((2, 2)))), r(K.eval(keras.initializers.TruncatedNormal(seed=2)((3,)))))
print(r(K.eval(keras.initializers.VarianceScaling(2., 'fan_out', 'uniform', seed=4)((2, 3)))), r(K.eval(keras.initializers.Orthogonal(gain=2., seed=1)((2, 2)))))
print(r(K.eval(keras.initializers.he_uniform(seed=1)((2, 2)))), r(K.eval(keras.initializers.lecun_normal(seed=1)((2, 2)))))

# K
a = K.variable(np.arange(6).reshape(2, 3), name='a')
print(a.name, K.int_shape(a), K.ndim(a), K.dtype(a), K.floatx(), K.epsilon(), K.image_data_format(), K.backend())
print(r(K.eval(K.dot(a, K.transpose(a)))), r(K.eval(K.batch_dot(K.ones((2, 3, 4)), K.ones((2, 4, 5)))))[0][0], r(K.eval(K.softmax(a))))
print(r(K.eval(K.sum(a, axis=0))), r(K.eval(K.mean(a, -1, keepdims=True))), r(K.eval(K.std(a))), r(K.eval(K.var(a, 1))), r(K.eval(K.prod(a + 1, 0))), K.eval(K.argmax(a)).tolist())
print(r(K.eval(K.l2_normalize(a, 1))), r(K.eval(K.clip(a, 1, 3))), r(K.eval(K.pow(a, 2))), r(K.eval(K.hard_sigmoid(a - 3))))
print(r(K.eval(K.relu(a - 2, alpha=0.1, max_value=2))), r(K.eval(K.elu(a - 2, 0.5))), r(K.eval(K.softplus(a))), r(K.eval(K.softsign(a))))
print(r(K.eval(K.concatenate([a, a], 0))), K.int_shape(K.expand_dims(a)), K.int_shape(K.squeeze(K.expand_dims(a, 0), 0)), K.int_shape(K.repeat(a, 4)), r(K.eval(K.repeat_elements(a, 2, 1))))
print(K.int_shape(K.permute_dimensions(a, (1, 0))), K.int_shape(K.flatten(a)), r(K.eval(K.reverse(a, 1))), r(K.eval(K.one_hot(K.constant([0, 2], 'int32'), 3))))
K.set_value(a, np.ones((2, 3)))
print(r(K.get_value(a)), r(K.batch_get_value([a])), K.count_params(a))
f = K.function([x], [x * 2], updates=[K.update_add(a, K.ones((2, 3)))])
print(r(f([np.ones((2, 3))])), r(K.eval(a)))
p = K.placeholder(shape=(None, 2), name='pp')
print(p.name, K.int_shape(p))
print(r(K.eval(K.switch(K.constant(1) > 0, K.constant(2.), K.constant(3.)))), r(K.eval(K.in_train_phase(K.constant(1.), K.constant(2.), training=1))))
step = lambda inp, states: (inp + states[0], [inp + states[0]])
last, outs, st = K.rnn(step, K.constant(np.arange(12.).reshape(2, 3, 2)), [K.zeros((2, 2))])
print(r(K.eval(last)), r(K.eval(outs)), len(st))
print(r(K.eval(K.categorical_crossentropy(K.constant([[0., 1.]]), K.constant([[.4, .6]])))), r(K.eval(K.binary_crossentropy(K.constant([1., 0.]), K.constant([.4, .6])))), r(K.eval(K.sparse_categorical_crossentropy(K.constant([1]), K.constant([[.4, .6]])))))
print(r(K.eval(K.conv1d(K.ones((1, 4, 1)), K.ones((2, 1, 1)), padding='causal'))).__len__(), r(K.eval(K.pool2d(K.constant(np.arange(16.).reshape(1, 4, 4, 1)), (2, 2), strides=(2, 2)))))
print(K.get_uid('zz'), K.get_uid('zz'), r(K.eval(K.map_fn(lambda t: t * 2, K.constant([1., 2.])))), r(K.eval(K.foldl(lambda s, t: s + t, K.constant([1., 2.])))))
print(r(K.eval(K.arange(4))), r(K.eval(K.eye(2))), K.eval(K.cast(K.constant([1.7]), 'int32')).tolist(), K.eval(K.greater(a, 1)).tolist(), K.eval(K.any(K.greater(a, 5))))
print(r(K.eval(K.temporal_padding(K.ones((1, 2, 1))))), K.int_shape(K.spatial_2d_padding(K.ones((1, 2, 2, 1)))), K.int_shape(K.resize_images(K.ones((1, 2, 2, 1)), 2, 3, 'channels_last')))
print(r(K.eval(K.bias_add(K.ones((1, 2)), K.constant([1., 2.])))), r(K.eval(K.in_top_k(K.constant([[.1, .9]]), K.constant([1], 'int32'), 1)) ) if hasattr(K, 'in_top_k') else '', r(K.eval(K.gather(a, [1]))))
n, mu, va = K.normalize_batch_in_training(K.constant([[1., 2.], [3., 6.]]), K.ones((2,)), K.zeros((2,)), [0])
print(r(K.eval(n)), r(K.eval(mu)), r(K.eval(va)))

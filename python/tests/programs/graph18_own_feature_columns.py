# tf: 1.8
# tolerance: 1e-3
# tf.feature_column: dense inputs, linear models, what is refused; estimators of linear models and networks over them.
import functools
import numpy as np
import tensorflow as tf
from support.attempt_1 import attempt, r
fc = tf.feature_column

attempt = functools.partial(attempt, most=90)


features = {'age': tf.constant([[23.], [41.], [65.]]), 'pair': tf.constant([[1., 2.], [3., 4.], [5., 6.]]), 'city': tf.constant([['a'], ['b'], ['zz']]), 'code': tf.constant([[1], [0], [3]]),
            'tags': tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ['x', 'y', 'y'], [3, 2]), 'flat': tf.constant([1., 2., 3.]), 'empty': tf.constant([['a'], [''], ['b']])}
age = fc.numeric_column('age')
pair = fc.numeric_column('pair', shape=2, normalizer_fn=lambda t: t / 2.)
buckets = fc.bucketized_column(age, [30., 50.])
city = fc.categorical_column_with_vocabulary_list('city', ['a', 'b', 'c'], num_oov_buckets=2)
city2 = fc.categorical_column_with_vocabulary_list('city', ['a', 'b', 'c'])
code = fc.categorical_column_with_identity('code', 4)
tags = fc.categorical_column_with_vocabulary_list('tags', ['x', 'y'])
hashed = fc.categorical_column_with_hash_bucket('city', 7)
hashed_code = fc.categorical_column_with_hash_bucket('code', 5, dtype=tf.int64)
empty = fc.categorical_column_with_vocabulary_list('empty', ['a', 'b'])
print(age.name, buckets.name, fc.indicator_column(city).name, fc.embedding_column(code, 2).name)
init = tf.constant_initializer(np.arange(8.).reshape(4, 2))
layers = [fc.input_layer(features, [c]) for c in (age, pair, buckets, fc.indicator_column(city), fc.indicator_column(city2), fc.indicator_column(tags), fc.indicator_column(hashed), fc.indicator_column(hashed_code), fc.indicator_column(empty),
                                                   fc.embedding_column(code, 2, initializer=init), fc.numeric_column('flat'))]
both = fc.input_layer(features, [fc.indicator_column(city), age, buckets, fc.embedding_column(tags, 3, combiner='sqrtn', initializer=tf.ones_initializer())])
print(both.shape, [l.shape[-1] for l in layers])
cols = {}
linear = fc.linear_model(features, [age, pair, buckets, city, tags, code], units=2, cols_to_vars=cols)
mean = fc.linear_model(features, [tags], sparse_combiner='mean')
print([v.name for v in tf.trainable_variables()])
print(sorted((k if k == 'bias' else k.name, [v.shape.as_list() for v in vs]) for k, vs in cols.items()))
with tf.Session() as s:
    s.run([tf.global_variables_initializer(), tf.tables_initializer()])
    for l in layers + [both, linear]:
        print(r(s.run(l)))
    for v in tf.trainable_variables():
        if 'linear_model' in v.name:
            v.load(np.arange(np.prod(v.shape.as_list())).reshape(v.shape.as_list()) * 0.1 + 0.5, s)
    print(r(s.run(linear)), r(s.run(mean)))
spec = fc.make_parse_example_spec([age, pair, city, fc.indicator_column(tags), buckets, code])
print(sorted((k, str(v)) for k, v in spec.items()))
attempt('dense', lambda: fc.input_layer(features, [city]))
attempt('missing', lambda: fc.input_layer(features, [fc.numeric_column('nothing')]))
attempt('duplicate', lambda: fc.input_layer(features, [age, fc.numeric_column('age')]))
attempt('none', lambda: fc.input_layer(features, []))
attempt('buckets', lambda: fc.bucketized_column(age, [3., 1.]))
attempt('source', lambda: fc.bucketized_column(city, [1.]))
attempt('hash', lambda: fc.categorical_column_with_hash_bucket('x', 0))
attempt('vocabulary', lambda: fc.categorical_column_with_vocabulary_list('x', ['a', 'a']))
attempt('vocabulary', lambda: fc.categorical_column_with_vocabulary_list('x', []))
attempt('identity', lambda: fc.categorical_column_with_identity('x', 3, default_value=5))
attempt('embedding', lambda: fc.embedding_column(code, 0))
attempt('shape', lambda: fc.numeric_column('x', shape=0))
attempt('string', lambda: fc.numeric_column('x', dtype=tf.string))
attempt('normalizer', lambda: fc.numeric_column('x', normalizer_fn=3))
print(age)
print(buckets)
print(code)


tf.logging.set_verbosity(tf.logging.ERROR)


def r4(x):
    return np.round(np.asarray(x, dtype=np.float64), 4).tolist()


n = np.arange(24)
x = {'a': np.sin(n).astype(np.float32), 'b': np.cos(2 * n).astype(np.float32), 'w': (1 + n % 2).astype(np.float32)}
y = (x['a'] + 0.5 * x['b'] > 0.2).astype(np.int32)
z = (2 * x['a'] - x['b'] + 0.3).astype(np.float32)
three = (n % 3).astype(np.int32)
a, b = fc.numeric_column('a'), fc.numeric_column('b')
columns = [a, b, fc.bucketized_column(a, [-0.5, 0.5])]


def train(t):
    return tf.estimator.inputs.numpy_input_fn(x, t, batch_size=8, num_epochs=None, shuffle=False)


def test(t=None):
    return tf.estimator.inputs.numpy_input_fn(x, t, batch_size=12, num_epochs=1, shuffle=False)


config = tf.estimator.RunConfig(tf_random_seed=1)
for name, est, t in [('linear', tf.estimator.LinearClassifier(columns), y), ('sgd', tf.estimator.LinearClassifier(columns, optimizer=tf.train.GradientDescentOptimizer(0.01), weight_column='w'), y),
                     ('three', tf.estimator.LinearClassifier([a, b], n_classes=3, optimizer='SGD'), three), ('regress', tf.estimator.LinearRegressor([a, b], optimizer='Adagrad'), z),
                     ('words', tf.estimator.LinearClassifier([a], label_vocabulary=['no', 'yes'], loss_reduction=tf.losses.Reduction.SUM), np.where(y, 'yes', 'no'))]:
    est.train(train(t), steps=6)
    e = est.evaluate(test(t))
    print(name, sorted((k, r4(v)) for k, v in e.items() if k != 'auc_precision_recall'))
    p = list(est.predict(test()))
    print('  ', sorted((k, v.dtype.kind, v.shape) for k, v in p[0].items()), [r4(q['predictions'] if 'predictions' in q else q['logits']) for q in p[:3]], [q['classes'].tolist() for q in p[:3] if 'classes' in q])
    print('  ', [v for v in est.get_variable_names() if 'Ftrl' not in v and 'Adagrad' not in v], r4(est.get_variable_value('linear/linear_model/a/weights')))
for name, est, t in [('dnn', tf.estimator.DNNClassifier([4, 3], [a, b], config=config), y), ('dnn3', tf.estimator.DNNClassifier([5], [a, b], n_classes=3, activation_fn=tf.nn.tanh, optimizer='Adam', config=config), three),
                     ('dnnr', tf.estimator.DNNRegressor([4], [a, b], config=config), z)]:
    est.train(train(t), steps=8)
    e = est.evaluate(test(t))
    print(name, sorted(k for k in e if k != 'auc_precision_recall'))
    print('  ', sorted(v for v in est.get_variable_names() if 'agrad' not in v and 'Adam' not in v and 'beta' not in v), est.get_variable_value('dnn/hiddenlayer_0/kernel').shape)
attempt('classes', lambda: tf.estimator.LinearClassifier([a], n_classes=1))
attempt('optimizer', lambda: tf.estimator.LinearClassifier([a], optimizer='Bogus').train(train(y), steps=1))

# tf: 1.8
# tf.feature_column: dense inputs, linear models, what is refused.
import numpy as np
import tensorflow as tf
fc = tf.feature_column


def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()


def attempt(label, f):
    try:
        print(label, f())
    except Exception as e:
        print(label, type(e).__name__, str(e)[:90])


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

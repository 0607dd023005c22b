"""tf.feature_column: features by name as dense tensors and as linear models, over the names of 1.x. Categories are dense rows of ids here; -1 stands for none."""

import collections
import math

from sokuji._src.contrib.public import refuse, tf


class _Dense:
    """A column that input_layer takes."""


class _Categories:
    """A column of class numbers."""


def _feature(features, key):
    if key not in features:
        raise ValueError("Feature %s is not in features dictionary." % key)
    found = features[key]
    if isinstance(found, tf.SparseTensor):
        return found
    found = tf.convert_to_tensor(found)
    if found.shape.ndims == 0:
        raise ValueError("Feature (key: %s) cannot have rank 0. Give: %s" % (key, found))
    return tf.expand_dims(found, -1) if found.shape.ndims == 1 else found


def _rows(features, key):
    """The values as (batch, n), '' or -1 where there is none."""
    found = _feature(features, key)
    if isinstance(found, tf.SparseTensor):
        found = tf.sparse_tensor_to_dense(found, default_value="" if found.dtype == tf.string else -1, validate_indices=False)
    return found


def _missing(values):
    return tf.equal(values, "" if values.dtype == tf.string else -1)


class _NumericColumn(_Dense, collections.namedtuple("_NumericColumn", "key shape default_value dtype normalizer_fn")):
    name = property(lambda self: self.key)
    _size = property(lambda self: math.prod(self.shape))
    _spec = property(lambda self: {self.key: tf.FixedLenFeature(self.shape, self.dtype, self.default_value)})

    def _value(self, features):
        found = _feature(features, self.key)
        if isinstance(found, tf.SparseTensor):
            raise ValueError("The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not supported. key: %s" % self.key)
        return tf.to_float(found if self.normalizer_fn is None else self.normalizer_fn(found))

    def _dense(self, features, trainable):
        return self._value(features)


class _BucketizedColumn(_Dense, _Categories, collections.namedtuple("_BucketizedColumn", "source_column boundaries")):
    name = property(lambda self: self.source_column.name + "_bucketized")
    _buckets = property(lambda self: (len(self.boundaries) + 1) * self.source_column._size)
    _size = _buckets
    _spec = property(lambda self: self.source_column._spec)

    def _places(self, features):
        value = self.source_column._value(features)
        return tf.reduce_sum(tf.to_int32(tf.expand_dims(value, -1) >= tf.constant(list(map(float, self.boundaries)))), -1)

    def _dense(self, features, trainable):
        return tf.one_hot(self._places(features), len(self.boundaries) + 1)

    def _ids(self, features):
        n = self.source_column._size
        return tf.reshape(self._places(features), [-1, n]) + tf.range(n) * (len(self.boundaries) + 1)


class _HashedCategoricalColumn(_Categories, collections.namedtuple("_HashedCategoricalColumn", "key hash_bucket_size dtype")):
    name = property(lambda self: self.key)
    _buckets = property(lambda self: self.hash_bucket_size)
    _spec = property(lambda self: {self.key: tf.VarLenFeature(self.dtype)})

    def _ids(self, features):
        values = _rows(features, self.key)
        if (values.dtype == tf.string) != (self.dtype == tf.string):
            raise ValueError("Column dtype and SparseTensors dtype must be compatible. key: %s, column dtype: %s, tensor dtype: %s" % (self.key, self.dtype, values.dtype))
        text = values if values.dtype == tf.string else tf.as_string(values)
        ids = tf.string_to_hash_bucket_fast(text, self.hash_bucket_size)
        return tf.where(_missing(values), -tf.ones_like(ids), ids)


class _VocabularyListCategoricalColumn(_Categories, collections.namedtuple("_VocabularyListCategoricalColumn", "key vocabulary_list dtype default_value num_oov_buckets")):
    name = property(lambda self: self.key)
    _buckets = property(lambda self: len(self.vocabulary_list) + self.num_oov_buckets)
    _spec = property(lambda self: {self.key: tf.VarLenFeature(self.dtype)})

    def _ids(self, features):
        values = _rows(features, self.key)
        if (values.dtype == tf.string) != (self.dtype == tf.string):
            raise ValueError("Column dtype and SparseTensors dtype must be compatible. key: %s, column dtype: %s, tensor dtype: %s" % (self.key, self.dtype, values.dtype))
        key_type = tf.string if values.dtype == tf.string else tf.int64
        table = tf.contrib.lookup.index_table_from_tensor(tf.constant(list(self.vocabulary_list), key_type), num_oov_buckets=self.num_oov_buckets, default_value=self.default_value, dtype=key_type)
        ids = table.lookup(values if key_type == tf.string else tf.to_int64(values))
        return tf.where(_missing(values), -tf.ones_like(ids), ids)


class _VocabularyFileCategoricalColumn(_Categories, collections.namedtuple("_VocabularyFileCategoricalColumn", "key vocabulary_file vocabulary_size num_oov_buckets dtype default_value")):
    name = property(lambda self: self.key)
    _buckets = property(lambda self: self.vocabulary_size + self.num_oov_buckets)
    _spec = property(lambda self: {self.key: tf.VarLenFeature(self.dtype)})

    def _ids(self, features):
        values = _rows(features, self.key)
        text = values if values.dtype == tf.string else tf.to_int64(values)
        table = tf.contrib.lookup.index_table_from_file(self.vocabulary_file, self.num_oov_buckets, self.vocabulary_size, self.default_value, key_dtype=text.dtype)
        ids = table.lookup(text)
        return tf.where(_missing(values), -tf.ones_like(ids), ids)


class _IdentityCategoricalColumn(_Categories, collections.namedtuple("_IdentityCategoricalColumn", "key num_buckets default_value")):
    name = property(lambda self: self.key)
    _buckets = property(lambda self: self.num_buckets)
    _spec = property(lambda self: {self.key: tf.VarLenFeature(tf.int64)})

    def _ids(self, features):
        values = _rows(features, self.key)
        if not values.dtype.is_integer:
            raise ValueError("Invalid input, not integer. key: %s dtype: %s" % (self.key, values.dtype))
        values, missing = tf.to_int64(values), _missing(values)
        if self.default_value is None:
            checks = [tf.assert_less(values, tf.to_int64(self.num_buckets), data=(values,), name="assert_less_than_num_buckets"),
                      tf.assert_greater_equal(tf.where(missing, tf.zeros_like(values), values), tf.to_int64(0), name="assert_greater_or_equal_0")]  # fmt: skip
            with tf.control_dependencies([c for c in checks if c is not None]):
                return tf.identity(values)
        outside = (values < 0) | (values >= self.num_buckets)
        return tf.where(missing, values, tf.where(outside, tf.fill(tf.shape(values), tf.to_int64(self.default_value)), values))


class _IndicatorColumn(_Dense, collections.namedtuple("_IndicatorColumn", "categorical_column")):
    name = property(lambda self: self.categorical_column.name + "_indicator")
    _size = property(lambda self: self.categorical_column._buckets)
    _spec = property(lambda self: self.categorical_column._spec)

    def _dense(self, features, trainable):
        return tf.reduce_sum(tf.one_hot(self.categorical_column._ids(features), self._size), axis=[-2])


def _combined(table, ids, combiner):
    """The rows of a table that ids say, together: (batch, width)"""
    kept = tf.expand_dims(tf.to_float(ids >= 0), -1)
    total = tf.reduce_sum(tf.gather(table, tf.maximum(ids, tf.zeros_like(ids))) * kept, 1)
    n = tf.maximum(tf.reduce_sum(kept, 1), 1.0)
    return total if combiner == "sum" else total / (n if combiner == "mean" else tf.sqrt(n))


class _EmbeddingColumn(_Dense, collections.namedtuple("_EmbeddingColumn", "categorical_column dimension combiner initializer ckpt_to_load_from tensor_name_in_ckpt max_norm trainable")):
    name = property(lambda self: self.categorical_column.name + "_embedding")
    _size = property(lambda self: self.dimension)
    _spec = property(lambda self: self.categorical_column._spec)

    def _dense(self, features, trainable):
        ids = self.categorical_column._ids(features)
        table = tf.get_variable("embedding_weights", [self.categorical_column._buckets, self.dimension], tf.float32, self.initializer, trainable=self.trainable and trainable)
        table = table if self.max_norm is None else tf.clip_by_norm(table, self.max_norm, axes=[1])
        return _combined(table, ids, self.combiner)


# ---- what programs call ----


def numeric_column(key, shape=(1,), default_value=None, dtype=None, normalizer_fn=None):
    """A column of numbers."""
    dtype = tf.as_dtype(dtype or tf.float32)
    shape = tuple(shape) if isinstance(shape, (list, tuple)) else (shape,)
    for size in shape:
        if not isinstance(size, int):
            raise TypeError("shape dimensions must be integer. shape: %s" % (shape,))
        if size < 1:
            raise ValueError("shape dimensions must be greater than 0. shape: %s, key: %s" % (shape, key))
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError("dtype must be convertible to float. dtype: %s, key: %s" % (dtype, key))
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError("normalizer_fn must be a callable. Given: %s" % normalizer_fn)
    return _NumericColumn(key, shape, default_value if default_value is None or isinstance(default_value, (list, tuple)) else (default_value,) * math.prod(shape), dtype, normalizer_fn)


def bucketized_column(source_column, boundaries):
    """The bucket that a number falls into."""
    if not isinstance(source_column, _NumericColumn):
        raise ValueError("source_column must be a column generated with numeric_column(). Given: %s" % (source_column,))
    if len(source_column.shape) > 1:
        raise ValueError("source_column must be one-dimensional column. Given: %s" % (source_column,))
    if not boundaries or not isinstance(boundaries, (list, tuple)) or any(a >= b for a, b in zip(boundaries, boundaries[1:])):
        raise ValueError("boundaries must be a sorted list.")
    return _BucketizedColumn(source_column, tuple(boundaries))


def categorical_column_with_hash_bucket(key, hash_bucket_size, dtype=None):
    """Categories by the hashes of values."""
    if hash_bucket_size is None:
        raise ValueError("hash_bucket_size must be set. key: %s" % key)
    if hash_bucket_size < 1:
        raise ValueError("hash_bucket_size must be at least 1. hash_bucket_size: %s, key: %s" % (hash_bucket_size, key))
    return _HashedCategoricalColumn(key, hash_bucket_size, tf.as_dtype(dtype or tf.string))


def categorical_column_with_vocabulary_list(key, vocabulary_list, dtype=None, default_value=-1, num_oov_buckets=0):
    """Categories by a list of values."""
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError("vocabulary_list %s must be non-empty, column_name: %s" % (vocabulary_list, key))
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError("Duplicate keys in vocabulary_list %s, column_name: %s" % (vocabulary_list, key))
    if num_oov_buckets and default_value != -1:
        raise ValueError("Can't specify both num_oov_buckets and default_value in %s." % key)
    if num_oov_buckets < 0:
        raise ValueError("Invalid num_oov_buckets %s in %s." % (num_oov_buckets, key))
    found = tf.string if isinstance(vocabulary_list[0], (str, bytes)) else tf.int64
    return _VocabularyListCategoricalColumn(key, tuple(vocabulary_list), tf.as_dtype(dtype or found), default_value, num_oov_buckets)


def categorical_column_with_vocabulary_file(key, vocabulary_file, vocabulary_size=None, num_oov_buckets=0, default_value=None, dtype=None):
    """Categories by the lines of a file."""
    if not vocabulary_file:
        raise ValueError("Missing vocabulary_file in %s." % key)
    if vocabulary_size is None:
        with tf.gfile.GFile(vocabulary_file) as f:
            vocabulary_size = sum(1 for _ in f)
    if num_oov_buckets and default_value is not None:
        raise ValueError("Can't specify both num_oov_buckets and default_value in %s." % key)
    return _VocabularyFileCategoricalColumn(key, vocabulary_file, vocabulary_size, num_oov_buckets, tf.as_dtype(dtype or tf.string), -1 if default_value is None else default_value)


def categorical_column_with_identity(key, num_buckets, default_value=None):
    """Categories that are numbers already."""
    if num_buckets < 1:
        raise ValueError("num_buckets %s < 1, column_name %s" % (num_buckets, key))
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError("default_value %s not in range [0, %s), column_name %s" % (default_value, num_buckets, key))
    return _IdentityCategoricalColumn(key, num_buckets, default_value)


def indicator_column(categorical_column):
    """How often each category stands in a row."""
    return _IndicatorColumn(categorical_column)


def embedding_column(categorical_column, dimension, combiner="mean", initializer=None, ckpt_to_load_from=None, tensor_name_in_ckpt=None, max_norm=None, trainable=True):
    """Vectors that are learnt for categories."""
    if dimension is None or dimension < 1:
        raise ValueError("Invalid dimension %s." % dimension)
    if initializer is not None and not callable(initializer):
        raise ValueError("initializer must be callable if specified. Embedding of column_name: %s" % categorical_column.name)
    if ckpt_to_load_from or tensor_name_in_ckpt:
        raise NotImplementedError("not implemented: embedding_column(ckpt_to_load_from=…); use tf.train.init_from_checkpoint")
    return _EmbeddingColumn(categorical_column, dimension, combiner, initializer or tf.truncated_normal_initializer(mean=0.0, stddev=1 / math.sqrt(dimension)), None, None, max_norm, trainable)


def _checked(columns, features):
    columns = [columns] if isinstance(columns, (_Dense, _Categories)) else list(columns)
    if isinstance(columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    if not columns:
        raise ValueError("feature_columns must not be empty.")
    if not isinstance(features, dict):
        raise ValueError("We expected a dictionary here. Instead we got: %s" % (features,))
    seen = {}
    for c in columns:
        if c.name in seen:
            raise ValueError("Duplicate feature column name found for columns: %s and %s. This usually means that these columns refer to same base feature. Either one must be discarded or a "
                             "duplicated but renamed item must be inserted in features dict." % (c, seen[c.name]))  # fmt: skip
        seen[c.name] = c
    return sorted(columns, key=lambda c: c.name)


def input_layer(features, feature_columns, weight_collections=None, trainable=True, cols_to_vars=None):
    """The features side by side: (batch, width)"""
    columns = _checked(feature_columns, features)
    for c in columns:
        if not isinstance(c, _Dense):
            raise ValueError("Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with an embedding_column or indicator_column. Given: %s" % (c,))
    made = []
    with tf.variable_scope(None, default_name="input_layer", values=list(features.values())) as whole:
        for c in columns:
            with tf.variable_scope(None, default_name=c.name):
                made.append(tf.reshape(c._dense(features, trainable), [-1, c._size]))
            if cols_to_vars is not None:
                cols_to_vars[c] = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=whole.name + "/" + c.name + "/")
        return tf.concat(made, 1)


def linear_model(features, feature_columns, units=1, sparse_combiner="sum", weight_collections=None, trainable=True, cols_to_vars=None):
    """A linear function of the features: (batch, units)"""
    columns, sums = _checked(feature_columns, features), []
    with tf.variable_scope(None, default_name="linear_model", values=list(features.values())) as whole:
        for c in columns:
            with tf.variable_scope(None, default_name=c.name) as own:
                if isinstance(c, _Categories):
                    ids = c._ids(features)
                    weights = tf.get_variable("weights", [c._buckets, units], tf.float32, tf.zeros_initializer(), trainable=trainable)
                    sums.append(_combined(weights, ids, sparse_combiner))
                else:
                    value = tf.reshape(c._dense(features, trainable), [-1, c._size])
                    weights = tf.get_variable("weights", [c._size, units], tf.float32, tf.zeros_initializer(), trainable=trainable)
                    sums.append(tf.matmul(value, weights, name="weighted_sum"))
            if cols_to_vars is not None:
                cols_to_vars[c] = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=own.name + "/")
        bias = tf.get_variable("bias_weights", [units], tf.float32, tf.zeros_initializer(), trainable=trainable)
        if cols_to_vars is not None:
            cols_to_vars["bias"] = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=whole.name + "/bias_weights")
        return tf.nn.bias_add(tf.add_n(sums, name="weighted_sum_no_bias"), bias, name="weighted_sum")


def make_parse_example_spec(feature_columns):
    """What tf.parse_example is told to read for the columns."""
    made = {}
    for c in feature_columns:
        if not isinstance(c, (_Dense, _Categories)):
            raise ValueError("All feature_columns must be _FeatureColumn instances. Given: %s" % (c,))
        made.update(c._spec)
    return made


NAMES = {f.__name__: f for f in (numeric_column, bucketized_column, categorical_column_with_hash_bucket, categorical_column_with_vocabulary_list, categorical_column_with_vocabulary_file,
                                 categorical_column_with_identity, indicator_column, embedding_column, input_layer, linear_model, make_parse_example_spec)}  # fmt: skip
NAMES.update((name, refuse("feature_column." + name, use)) for name, use in (("crossed_column", "categorical_column_with_hash_bucket of tf.string_join"),
             ("shared_embedding_columns", "embedding_column"), ("weighted_categorical_column", "numeric_column")))  # fmt: skip

"""tf.estimator's linear models and networks over feature columns, for classes and for numbers. auc_precision_recall is not among their metrics."""

import math

from sokuji._src.contrib.estimator import Estimator, EstimatorSpec
from sokuji._src.contrib.public import refuse, tf


def _optimizer(given, rate):
    if isinstance(given, str):
        kinds = {"Adagrad": tf.train.AdagradOptimizer, "Adam": tf.train.AdamOptimizer, "Ftrl": tf.train.FtrlOptimizer, "RMSProp": tf.train.RMSPropOptimizer,
                 "SGD": tf.train.GradientDescentOptimizer}  # fmt: skip
        if given not in kinds:
            raise ValueError("Unsupported optimizer name: %s. Supported names are: %s" % (given, tuple(sorted(kinds))))
        return kinds[given](learning_rate=rate)
    return given() if callable(given) else given


def _loss(losses, weights, reduction):
    if weights is not None:
        losses = losses * weights
    if reduction == "weighted_mean":
        return tf.reduce_sum(losses) / (tf.reduce_sum(weights + tf.zeros_like(losses)) if weights is not None else tf.to_float(tf.size(losses)))
    return tf.reduce_sum(losses)


def _spec(mode, features, labels, logits, head, train):
    """The EstimatorSpec of a model's logits; head: (classes or 0 for numbers, weight_column, label_vocabulary, loss_reduction)."""
    classes, weight, vocabulary, reduction = head
    keys, metrics = tf.estimator.ModeKeys, tf.metrics
    if classes == 0:
        predictions = {"predictions": logits}
    elif classes == 2:
        logistic = tf.sigmoid(logits, name="logistic")
        two = tf.concat([tf.zeros_like(logits), logits], axis=-1)
        ids = tf.expand_dims(tf.argmax(two, axis=-1), -1)
        predictions = {"logits": logits, "logistic": logistic, "probabilities": tf.nn.softmax(two), "class_ids": ids}
    else:
        ids = tf.expand_dims(tf.argmax(logits, axis=-1), -1)
        predictions = {"logits": logits, "probabilities": tf.nn.softmax(logits), "class_ids": ids}
    if classes:
        text = tf.gather(tf.constant(list(vocabulary)), ids) if vocabulary else tf.as_string(ids, name="str_classes")
        predictions["classes"] = text
    if mode == keys.PREDICT:
        outputs = tf.estimator.export.PredictOutput(predictions)
        return EstimatorSpec(mode, predictions=predictions, export_outputs={"serving_default": outputs, "predict": outputs})
    labels = tf.convert_to_tensor(labels)
    labels = tf.expand_dims(labels, -1) if labels.shape.ndims == 1 else labels
    weights = None
    if weight is not None:
        weights = tf.to_float(features[weight if isinstance(weight, str) else weight.key])
        weights = tf.expand_dims(weights, -1) if weights.shape.ndims == 1 else weights
    if classes and vocabulary:
        labels = tf.contrib.lookup.index_table_from_tensor(tf.constant(list(vocabulary))).lookup(labels)
    if classes == 0:
        labels = tf.to_float(labels)
        losses = tf.losses.mean_squared_error(labels, logits, reduction="none")
    elif classes == 2:
        labels = tf.to_float(labels)
        with tf.control_dependencies([tf.assert_less_equal(labels, 1.0, message="Labels must <= n_classes - 1"), tf.assert_non_negative(labels, message="Labels must >= 0")]):
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.identity(labels), logits=logits)
    else:
        labels = tf.to_int64(labels)
        losses = tf.expand_dims(tf.losses.sparse_softmax_cross_entropy(labels=tf.squeeze(labels, [-1]), logits=logits, reduction="none"), -1)
    loss = _loss(losses, weights, reduction)
    if mode == keys.EVAL:
        found = {"average_loss": metrics.mean(losses, weights)}
        if classes == 2:
            mean, chance = metrics.mean(labels, weights), predictions["logistic"]
            baseline = tf.maximum(mean[0], 1.0 - mean[0]), tf.maximum(mean[1], 1.0 - mean[1])
            found.update({"accuracy": metrics.accuracy(labels, ids, weights), "prediction/mean": metrics.mean(chance, weights), "label/mean": mean, "accuracy_baseline": baseline,
                          "auc": metrics.auc(labels, chance, weights),
                          "precision": metrics.precision(labels, ids, weights), "recall": metrics.recall(labels, ids, weights)})  # fmt: skip
        elif classes:
            found["accuracy"] = metrics.accuracy(labels, ids, weights)
        return EstimatorSpec(mode, predictions=predictions, loss=loss, eval_metric_ops=found)
    tf.summary.scalar("loss", loss)
    return EstimatorSpec(mode, predictions=predictions, loss=loss, train_op=train(loss))


def _linear(features, columns, width):
    with tf.variable_scope("linear", values=list(features.values())):
        return tf.feature_column.linear_model(features, columns, units=width)


def _network(features, columns, width, hidden_units, activation, dropout, training):
    with tf.variable_scope("dnn", values=list(features.values())):
        with tf.variable_scope("input_from_feature_columns"):
            x = tf.feature_column.input_layer(features, columns)
        for k, units in enumerate(hidden_units):
            x = tf.layers.dense(x, units, activation=activation, kernel_initializer=tf.glorot_uniform_initializer(), name="hiddenlayer_%d" % k)
            if dropout is not None and training:
                x = tf.layers.dropout(x, rate=dropout, training=True)
        return tf.layers.dense(x, width, activation=None, kernel_initializer=tf.glorot_uniform_initializer(), name="logits")


def _width(n_classes):
    if n_classes < 2:
        raise ValueError("n_classes must be > 2: %s." % n_classes)
    return 1 if n_classes == 2 else n_classes


def _refuse_partitions(**given):
    for name, value in given.items():
        if value is not None:
            raise NotImplementedError("not implemented: an estimator with %s=%s; leave it out" % (name, value))


class _Linear(Estimator):
    def _make(self, columns, width, head, optimizer, model_dir, config):
        def model_fn(features, labels, mode):
            logits = _linear(features, columns, width)
            rate = min(0.2, 1.0 / math.sqrt(len(columns)))
            return _spec(mode, features, labels, logits, head, lambda loss: _optimizer(optimizer, rate).minimize(loss, global_step=tf.train.get_global_step()))

        super().__init__(model_fn, model_dir, config)


class LinearClassifier(_Linear):
    """A linear model of classes."""

    def __init__(self, feature_columns, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None, optimizer="Ftrl", config=None, partitioner=None, warm_start_from=None,
                 loss_reduction="weighted_sum"):  # fmt: skip
        _refuse_partitions(partitioner=partitioner, warm_start_from=warm_start_from)
        self._make(tuple(feature_columns), _width(n_classes), (n_classes, weight_column, label_vocabulary, loss_reduction), optimizer, model_dir, config)


class LinearRegressor(_Linear):
    """A linear model of numbers."""

    def __init__(self, feature_columns, model_dir=None, label_dimension=1, weight_column=None, optimizer="Ftrl", config=None, partitioner=None, warm_start_from=None,
                 loss_reduction="weighted_sum"):  # fmt: skip
        _refuse_partitions(partitioner=partitioner, warm_start_from=warm_start_from)
        self._make(tuple(feature_columns), label_dimension, (0, weight_column, None, loss_reduction), optimizer, model_dir, config)


class _Deep(Estimator):
    def _make(self, hidden_units, columns, width, head, optimizer, activation_fn, dropout, model_dir, config):
        def model_fn(features, labels, mode):
            logits = _network(features, columns, width, hidden_units, activation_fn or tf.nn.relu, dropout, mode == tf.estimator.ModeKeys.TRAIN)
            return _spec(mode, features, labels, logits, head, lambda loss: _optimizer(optimizer, 0.05).minimize(loss, global_step=tf.train.get_global_step()))

        super().__init__(model_fn, model_dir, config)


class DNNClassifier(_Deep):
    """A network of dense layers for classes."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None, optimizer="Adagrad", activation_fn=None, dropout=None,
                 input_layer_partitioner=None, config=None, warm_start_from=None, loss_reduction="weighted_sum"):  # fmt: skip
        _refuse_partitions(input_layer_partitioner=input_layer_partitioner, warm_start_from=warm_start_from)
        head = n_classes, weight_column, label_vocabulary, loss_reduction
        self._make(hidden_units, tuple(feature_columns), _width(n_classes), head, optimizer, activation_fn, dropout, model_dir, config)


class DNNRegressor(_Deep):
    """A network of dense layers for numbers."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, label_dimension=1, weight_column=None, optimizer="Adagrad", activation_fn=None, dropout=None,
                 input_layer_partitioner=None, config=None, warm_start_from=None, loss_reduction="weighted_sum"):  # fmt: skip
        _refuse_partitions(input_layer_partitioner=input_layer_partitioner, warm_start_from=warm_start_from)
        self._make(hidden_units, tuple(feature_columns), label_dimension, (0, weight_column, None, loss_reduction), optimizer, activation_fn, dropout, model_dir, config)


NAMES = {c.__name__: c for c in (LinearClassifier, LinearRegressor, DNNClassifier, DNNRegressor)}
NAMES.update((name, refuse("estimator." + name, "tf.estimator.Estimator with a model_fn")) for name in (
    "BaselineClassifier", "BaselineRegressor", "BoostedTreesClassifier", "BoostedTreesRegressor", "DNNLinearCombinedClassifier", "DNNLinearCombinedRegressor"))  # fmt: skip

"""tf.contrib.layers: layers as functions over tf.layers and variables of the scope, named weights and biases. arg_scope gives them defaults."""

import functools

from sokuji._src.contrib.framework import add_arg_scope, model_variable
from sokuji._src.contrib.public import choose, in_graph, known, refuse, relu, tf
from sokuji._src.graph import scopes
from sokuji._src.layers import contrib_layers, in_graph as graph_layers
from sokuji._src.ops.init_ops import Ones, Zeros, xavier_initializer

_UPDATES = "update_ops"
_RENAMED = {"kernel": "weights", "bias": "biases"}


def collect(collections, name, outputs):
    """The outputs, kept in collections of the graph."""
    if collections:
        tf.add_to_collections(collections, outputs)
    return outputs


def _for(variables_collections, name):
    return variables_collections.get(name) if isinstance(variables_collections, dict) else variables_collections


def _getter(renamed, variables_collections, made):
    """A getter of variables of the model, under other names; made: {name: variable}, to which it adds."""

    def get(getter, name, *arguments, collections=None, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, **others):
        scope, _, short = name.rpartition("/")
        short = renamed.get(short, short)
        kept = [*(collections or []), *((_for(variables_collections, short) or ()) if short not in made else ())]
        made[short] = model_variable((scope and scope + "/") + short, shape, dtype, initializer, regularizer, trainable, kept, custom_getter=functools.partial(getter, *arguments))
        return made[short]

    return get


def _finished(sc, outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections):
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect(outputs_collections, sc.name, outputs)


class _Layer:
    """with _Layer(…) as (scope, layer): layer(name, inputs, …) calls the function of tf.layers in the scope."""

    def __init__(self, scope, default, inputs, reuse, variables_collections, renamed=_RENAMED):
        self._made = {}
        self._scope = tf.variable_scope(scope, default, [inputs], reuse=reuse, custom_getter=_getter(renamed, variables_collections, self._made))

    def __enter__(self):
        sc = self._scope.__enter__()

        def layer(name, inputs, **keywords):
            if in_graph():
                return graph_layers.FUNCTIONS[name](inputs, name=sc, reuse=False, **keywords)
            return getattr(tf.layers, name)(inputs, name="layer", **keywords)

        return sc, layer

    def __exit__(self, *exception):
        return self._scope.__exit__(*exception)


def _counting(more):
    """Seeds depend on how many operations there are: TensorFlow has that many more than this function makes."""

    def wrap(function):
        @functools.wraps(function)
        def counted(*arguments, **keywords):
            made = function(*arguments, **keywords)
            if in_graph():
                graph_layers.building()._more += more
            return made

        return counted

    return wrap


@add_arg_scope
def fully_connected(inputs, num_outputs, activation_fn=relu, normalizer_fn=None, normalizer_params=None, weights_initializer=xavier_initializer(),
                    weights_regularizer=None, biases_initializer=Zeros(), biases_regularizer=None, reuse=None, variables_collections=None,
                    outputs_collections=None, trainable=True, scope=None):  # fmt: skip
    """activation(inputs @ weights + biases)"""
    if not isinstance(num_outputs, int):
        raise ValueError("num_outputs should be int or long, got %s." % (num_outputs,))
    if not in_graph():
        return contrib_layers.fully_connected(inputs, num_outputs, activation_fn, normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
                                              biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections, trainable, scope)  # fmt: skip
    with _Layer(scope, "fully_connected", inputs, reuse, variables_collections) as (sc, layer):
        outputs = layer("dense", inputs, units=num_outputs, use_bias=not normalizer_fn and biases_initializer is not None, kernel_initializer=weights_initializer,
                        bias_initializer=biases_initializer, kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer, trainable=trainable)  # fmt: skip
        return _finished(sc, outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections)


def _first(data_format, rank=4):
    if data_format not in (None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW"):
        raise ValueError("Invalid data_format: %r" % (data_format,))
    return "channels_first" if data_format and data_format.startswith("NC") else "channels_last"


@add_arg_scope
def convolution(inputs, num_outputs, kernel_size, stride=1, padding="SAME", data_format=None, rate=1, activation_fn=relu, normalizer_fn=None,
                normalizer_params=None, weights_initializer=xavier_initializer(), weights_regularizer=None, biases_initializer=Zeros(), biases_regularizer=None,
                reuse=None, variables_collections=None, outputs_collections=None, trainable=True, scope=None):  # fmt: skip
    """activation(inputs * weights + biases), over one, two or three dimensions as inputs has"""
    _first(data_format)
    rank = tf.convert_to_tensor(inputs).shape.ndims
    if rank not in (3, 4, 5):
        raise ValueError("Convolution not supported for input with rank", rank)
    n = rank - 2
    with _Layer(scope, "Conv", inputs, reuse, variables_collections) as (sc, layer):
        outputs = layer("conv%dd" % n, inputs, filters=num_outputs, kernel_size=_list(kernel_size, n), strides=_list(stride, n), padding=padding, dilation_rate=_list(rate, n),
                        data_format=_first(data_format), use_bias=not normalizer_fn and biases_initializer is not None, kernel_initializer=weights_initializer,
                        bias_initializer=biases_initializer, kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer, trainable=trainable)  # fmt: skip
        if in_graph() and _list(rate, n) != [1] * n:
            graph_layers.building()._more += 11  # batches of the places between
        return _finished(sc, outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections)


def _list(value, n):
    made = [int(value)] * n if isinstance(value, int) else [int(v) for v in value]
    made = made * n if len(made) == 1 else made
    if len(made) != n:
        raise ValueError("Expected %d integers, not %s" % (n, value))
    return made


@add_arg_scope
def convolution2d_transpose(inputs, num_outputs, kernel_size, stride=1, padding="SAME", data_format="NHWC", activation_fn=relu, normalizer_fn=None,
                            normalizer_params=None, weights_initializer=xavier_initializer(), weights_regularizer=None, biases_initializer=Zeros(),
                            biases_regularizer=None, reuse=None, variables_collections=None, outputs_collections=None, trainable=True, scope=None):  # fmt: skip
    """The other way of a convolution."""
    if data_format not in ("NCHW", "NHWC"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with _Layer(scope, "Conv2d_transpose", inputs, reuse, variables_collections) as (sc, layer):
        outputs = layer("conv2d_transpose", inputs, filters=num_outputs, kernel_size=_list(kernel_size, 2), strides=_list(stride, 2), padding=padding,
                        data_format=_first(data_format), use_bias=not normalizer_fn and biases_initializer is not None, kernel_initializer=weights_initializer,
                        bias_initializer=biases_initializer, kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer, trainable=trainable)  # fmt: skip
        return _finished(sc, outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections)


@add_arg_scope
@_counting(2)
def separable_convolution2d(inputs, num_outputs, kernel_size, depth_multiplier=1, stride=1, padding="SAME", data_format="NHWC", rate=1, activation_fn=relu,
                            normalizer_fn=None, normalizer_params=None, weights_initializer=xavier_initializer(), weights_regularizer=None,
                            biases_initializer=Zeros(), biases_regularizer=None, reuse=None, variables_collections=None, outputs_collections=None,
                            trainable=True, scope=None):  # fmt: skip
    """A convolution of each channel, and one of the channels at each place; without num_outputs only the first."""
    if data_format != "NHWC":
        raise NotImplementedError("not implemented: tf.contrib.layers.separable_conv2d with data_format=%r; use NHWC" % (data_format,))
    with tf.variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse) as sc:
        inputs = tf.convert_to_tensor(inputs)
        channels, (high, wide), steps = inputs.shape[-1].value, _list(kernel_size, 2), _list(stride, 2)

        def weights(name, shape):
            return model_variable(name, shape, inputs.dtype, weights_initializer, weights_regularizer, trainable, _for(variables_collections, "weights"))

        depthwise = weights("depthwise_weights", [high, wide, channels, depth_multiplier])
        if num_outputs is not None:
            pointwise = weights("pointwise_weights", [1, 1, depth_multiplier * channels, num_outputs])
            outputs = tf.nn.separable_conv2d(inputs, depthwise, pointwise, [1, *steps, 1], padding, _list(rate, 2))
        else:
            num_outputs = depth_multiplier * channels
            outputs = tf.nn.depthwise_conv2d(inputs, depthwise, [1, *steps, 1], padding, _list(rate, 2))
        if not normalizer_fn and biases_initializer is not None:
            outputs = tf.nn.bias_add(outputs, model_variable("biases", [num_outputs], inputs.dtype, biases_initializer, biases_regularizer, trainable,
                                                             _for(variables_collections, "biases")))  # fmt: skip
        return _finished(sc, outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections)


@add_arg_scope
def bias_add(inputs, activation_fn=None, initializer=Zeros(), regularizer=None, reuse=None, variables_collections=None, outputs_collections=None, trainable=True,
             data_format="NHWC", scope=None):  # fmt: skip
    """Adds a bias of its own to the last axis, then the activation."""
    with tf.variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as sc:
        inputs = tf.convert_to_tensor(inputs)
        size = inputs.shape[1 if data_format == "NCHW" else -1].value
        biases = model_variable("biases", [size], inputs.dtype, initializer, regularizer, trainable, _for(variables_collections, "biases"))
        return _finished(sc, tf.nn.bias_add(inputs, biases, data_format=data_format), None, None, activation_fn, outputs_collections)


# ---- normalisation ----


@add_arg_scope
def batch_norm(inputs, decay=0.999, center=True, scale=False, epsilon=0.001, activation_fn=None, param_initializers=None, param_regularizers=None,
               updates_collections=_UPDATES, is_training=True, reuse=None, variables_collections=None, outputs_collections=None, trainable=True,
               batch_weights=None, fused=None, data_format="NHWC", zero_debias_moving_mean=False, scope=None, renorm=False, renorm_clipping=None,
               renorm_decay=0.99, adjustment=None):  # fmt: skip
    """Normalises each channel over the batch; with updates_collections=None the moving averages change in place."""
    if data_format not in ("NCHW", "NHWC"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    if renorm or adjustment is not None or batch_weights is not None or zero_debias_moving_mean:
        raise NotImplementedError("not implemented: tf.contrib.layers.batch_norm with renorm, adjustment, batch_weights or zero_debias_moving_mean")
    axis, first, more = 1 if data_format == "NCHW" else -1, param_initializers or {}, param_regularizers or {}
    with _Layer(scope, "BatchNorm", inputs, reuse, variables_collections, {}) as (sc, layer):
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError("Inputs %s has undefined rank" % inputs.name)
        is_fused = fused is not False and rank in (2, 4)
        if not in_graph() or (updates_collections == _UPDATES and not (is_fused and rank == 2)):
            outputs = layer("batch_normalization", inputs, axis=axis, momentum=decay, epsilon=epsilon, center=center, scale=scale, training=is_training, trainable=trainable,
                            fused=fused, beta_initializer=first.get("beta", Zeros()), gamma_initializer=first.get("gamma", Ones()),
                            moving_mean_initializer=first.get("moving_mean", Zeros()), moving_variance_initializer=first.get("moving_variance", Ones()),
                            beta_regularizer=more.get("beta"), gamma_regularizer=more.get("gamma"))  # fmt: skip
            return _finished(sc, outputs, None, None, activation_fn, outputs_collections)
        size = [inputs.shape[axis].value]
        if size[0] is None:
            raise ValueError("Inputs %s has undefined channels dimension %s." % (inputs.name, inputs.shape[axis]))

        def parameter(name, default, is_trained):
            return model_variable(name, size, inputs.dtype, first.get(name, default), more.get(name), is_trained and trainable, _for(variables_collections, name))

        beta = parameter("beta", Zeros(), True) if center else tf.constant(0.0, shape=size) if is_fused else None
        gamma = parameter("gamma", Ones(), True) if scale else tf.constant(1.0, shape=size) if is_fused else None
        mean, variance = parameter("moving_mean", Zeros(), False), parameter("moving_variance", Ones(), False)
        outputs = (_fused if is_fused else _plainly)(inputs, axis, mean, variance, beta, gamma, epsilon, decay, is_training, updates_collections)
        return _finished(sc, outputs, None, None, activation_fn, outputs_collections)


def _plainly(inputs, axis, mean, variance, beta, gamma, epsilon, decay, is_training, updates_collections):
    """As several operations, for inputs of other ranks."""
    rank = inputs.shape.ndims
    axes = [a for a in range(rank) if a != axis % rank]
    wide = [-1 if a == axis % rank else 1 for a in range(rank)]
    batch = tf.nn.moments(inputs, axes)
    m, v = choose(is_training, lambda: _moved((mean, variance), batch, decay, updates_collections, batch), lambda: [tf.identity(mean), tf.identity(variance)])
    m, v, b, g = (t if t is None else tf.reshape(t, wide) for t in (m, v, beta, gamma))
    return tf.nn.batch_normalization(inputs, m, v, b, g, epsilon)


def _moved(variables, values, decay, updates_collections, results):
    """The results; the averages move as they are computed, or by operations of the collections."""
    moves = [graph_layers.moving(v, value, decay) for v, value in zip(variables, values)]
    if updates_collections is not None:
        for move in moves:
            tf.add_to_collections(updates_collections, move)
        return results
    with tf.control_dependencies(moves):
        return [tf.identity(t) for t in results]


def _fused(inputs, axis, mean, variance, beta, gamma, epsilon, decay, is_training, updates_collections):
    rank, size = inputs.shape.ndims, mean.shape[0].value
    x = tf.reshape(inputs, [-1, 1, 1, size] if axis == -1 else [-1, size, 1, 1]) if rank == 2 else inputs
    made, m, v = graph_layers.normalized_fused(x, axis % 4, is_training, mean, variance, gamma, beta, epsilon)
    value = known(is_training)
    if value is not False and updates_collections is None:
        made = choose(is_training, lambda: _moved((mean, variance), (m, v), decay, None, [made])[0], lambda: made)
    elif value is not False:
        _moved(*((mean, variance), (m, v)), decay, updates_collections, None) if value else [tf.add_to_collections(updates_collections, choose(
            is_training, lambda: graph_layers.moving(a, b, decay), a._now)) for a, b in ((mean, m), (variance, v))]  # fmt: skip
    return tf.reshape(made, tf.shape(inputs)) if rank == 2 else made


@add_arg_scope
def layer_norm(inputs, center=True, scale=True, activation_fn=None, reuse=None, variables_collections=None, outputs_collections=None, trainable=True,
               begin_norm_axis=1, begin_params_axis=-1, scope=None):  # fmt: skip
    """Normalises each example over its axes."""
    with tf.variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as sc:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError("Inputs %s has undefined rank." % inputs.name)
        begin_norm_axis += rank if begin_norm_axis < 0 else 0
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError("begin_params_axis (%d) and begin_norm_axis (%d) must be < rank(inputs) (%d)" % (begin_params_axis, begin_norm_axis, rank))
        size = inputs.shape[begin_params_axis:]
        if not size.is_fully_defined():
            raise ValueError("Inputs %s: shape(inputs)[%s:] is not fully defined: %s" % (inputs.name, begin_params_axis, inputs.shape))

        def parameter(name, initializer, is_on):
            return model_variable(name, size, inputs.dtype, initializer, trainable=trainable, collections=_for(variables_collections, name)) if is_on else None

        beta, gamma = parameter("beta", Zeros(), center), parameter("gamma", Ones(), scale)
        mean, variance = tf.nn.moments(inputs, list(range(begin_norm_axis, rank)), keep_dims=True)
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, 1e-12)
        outputs.set_shape(inputs.shape)
        return _finished(sc, outputs, None, None, activation_fn, outputs_collections)


def _groups(default, inputs, groups, axis, axes, center, scale, epsilon, activation_fn, initializers, reuse, kept, outputs_collections, trainable, scope):
    with tf.variable_scope(scope, default, [inputs], reuse=reuse) as sc:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        axis, size = axis % rank, inputs.shape[axis].value
        groups = size if groups is None else groups
        if groups > size or size % groups:
            raise ValueError("%s groups is not commensurate with %d channels." % ("Invalid:" if groups > size else "", size))
        wide = [size if a == axis else 1 for a in range(rank)]

        def parameter(name, initializer, is_on):
            made = model_variable(name, [size], inputs.dtype, (initializers or {}).get(name, initializer), trainable=trainable, collections=_for(kept, name)) if is_on else None
            return None if made is None else tf.reshape(made, wide)

        beta, gamma = parameter("beta", Zeros(), center), parameter("gamma", Ones(), scale)
        whole = tf.shape(inputs)
        shape = [*(d if d is not None else whole[i] for i, d in enumerate(inputs.shape.as_list()))]
        x = tf.reshape(inputs, [*shape[:axis], groups, size // groups, *shape[axis + 1 :]])
        mean, variance = tf.nn.moments(x, sorted({a % rank + (a % rank > axis) for a in axes} | {axis + 1}), keep_dims=True)
        x = tf.reshape((x - mean) * tf.rsqrt(variance + epsilon), shape)
        x = x if gamma is None else x * gamma
        x = x if beta is None else x + beta
        x.set_shape(inputs.shape)
        return _finished(sc, x, None, None, activation_fn, outputs_collections)


@add_arg_scope
def group_norm(inputs, groups=32, channels_axis=-1, reduction_axes=(-3, -2), center=True, scale=True, epsilon=1e-6, activation_fn=None, param_initializers=None,
               reuse=None, variables_collections=None, outputs_collections=None, trainable=True, scope=None, mean_close_to_zero=False):  # fmt: skip
    """Normalises groups of channels."""
    return _groups("GroupNorm", inputs, groups, channels_axis, reduction_axes, center, scale, epsilon, activation_fn, param_initializers, reuse, variables_collections,
                   outputs_collections, trainable, scope)  # fmt: skip


@add_arg_scope
def instance_norm(inputs, center=True, scale=True, epsilon=1e-6, activation_fn=None, param_initializers=None, reuse=None, variables_collections=None,
                  outputs_collections=None, trainable=True, data_format="NHWC", scope=None):  # fmt: skip
    """Normalises each channel of each example."""
    if data_format not in ("NCHW", "NHWC"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    rank = tf.convert_to_tensor(inputs).shape.ndims
    axis = 1 if data_format == "NCHW" else rank - 1
    return _groups("InstanceNorm", inputs, None, axis, [a for a in range(1, rank) if a != axis], center, scale, epsilon, activation_fn, param_initializers, reuse,
                   variables_collections, outputs_collections, trainable, scope)  # fmt: skip


@add_arg_scope
@_counting(12)
def unit_norm(inputs, dim, epsilon=1e-7, scope=None):
    """Of length one along the dimension."""
    with tf.variable_scope(scope, "UnitNorm", [inputs]):
        rank = inputs.shape.ndims
        if not rank:
            raise ValueError("The input rank must be known.")
        if not 0 <= dim < rank:
            raise ValueError("dim must be positive but smaller than the input rank.")
        return tf.div(inputs, tf.sqrt(epsilon + tf.reduce_sum(tf.square(inputs), dim, True)))


# ---- without variables ----


_SHORT = {"max": "max", "average": "avg"}


def _pool(which, n):
    @add_arg_scope
    def pool(inputs, kernel_size, stride=2, padding="VALID", data_format="NHWC" if n == 2 else "NDHWC", outputs_collections=None, scope=None):
        """Maxima or means of windows."""
        formats = ("NCHW", "NHWC") if n == 2 else ("NCDHW", "NDHWC")
        if data_format not in formats:
            raise ValueError("data_format has to be either %s or %s." % formats)
        with tf.name_scope(scope, "%sPool%dD" % (_SHORT[which].capitalize(), n), [inputs]) as sc:
            if not data_format.startswith("NC") and in_graph():
                plain = getattr(tf.nn, "%s_pool%s" % (_SHORT[which], "3d" if n == 3 else ""))
                return collect(outputs_collections, sc, plain(inputs, [1, *_list(kernel_size, n), 1], [1, *_list(stride, n), 1], padding.upper()))
            layer = getattr(tf.layers, "%s_pooling%dd" % (which, n))
            return collect(outputs_collections, sc, layer(inputs, _list(kernel_size, n), _list(stride, n), padding, data_format=_first(data_format)))

    pool.__name__ = "%s_pool%dd" % (_SHORT[which], n)
    return pool


_POOLS = {f.__name__: f for f in (_pool(which, n) for which in ("max", "average") for n in (2, 3))}


@add_arg_scope
def pool(inputs, kernel_size, pooling_type, padding="VALID", data_format=None, dilation_rate=1, stride=1, outputs_collections=None, scope=None):
    """Maxima or means of windows over one, two or three axes."""
    with tf.name_scope(scope, "%s_pool" % pooling_type.lower(), [inputs]) as sc:
        n = tf.convert_to_tensor(inputs).shape.ndims - 2
        if n < 1:
            raise ValueError("Rank of inputs must be >= 3")
        made = tf.nn.pool(inputs, _list(kernel_size, n), pooling_type, padding, _list(dilation_rate, n), _list(stride, n))
        return collect(outputs_collections, sc, made)


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None):
    """In training zeros with probability 1 - keep_prob, the rest scaled up."""
    with tf.variable_scope(scope, "Dropout", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        if in_graph():
            with scopes.variable_scope(sc, auxiliary_name_scope=False), tf.name_scope(sc.original_name_scope):
                return collect(outputs_collections, sc.name, choose(
                    is_training, lambda: tf.nn.dropout(inputs, keep_prob, noise_shape, seed), lambda: tf.identity(inputs)))  # fmt: skip
        return tf.nn.dropout(inputs, keep_prob, noise_shape, seed) if is_training else inputs


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """(batch, …) to (batch, the product of the rest)"""
    with tf.name_scope(scope, "Flatten", [inputs]) as sc:
        return collect(outputs_collections, sc, tf.layers.flatten(tf.convert_to_tensor(inputs)))


@add_arg_scope
@_counting(2)
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """Rows with a single 1."""
    with tf.name_scope(scope, "OneHotEncoding", [labels, num_classes]) as sc:
        return collect(outputs_collections, sc, contrib_layers.one_hot_encoding(labels, num_classes, on_value, off_value))


@add_arg_scope
def maxout(inputs, num_units, axis=-1, scope=None):
    """The largest of each group of channels."""
    with tf.variable_scope(scope, "MaxOut", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        shape, whole = inputs.shape.as_list(), tf.shape(inputs)
        channels = shape[axis]
        if channels % num_units:
            raise ValueError("number of features({}) is not a multiple of num_units({})".format(channels, num_units))
        shape[axis] = -1
        shape = [whole[i] if d is None else d for i, d in enumerate(shape)]
        return tf.reduce_max(tf.reshape(inputs, [*shape, channels // num_units]), -1)


@add_arg_scope
@_counting(4)
def softmax(logits, scope=None):
    """exp(logits) over its sum along the last axis."""
    with tf.variable_scope(scope, "softmax", [logits]):
        return tf.nn.softmax(logits)


def embed_sequence(ids, vocab_size=None, embed_dim=None, unique=False, initializer=None, regularizer=None, trainable=True, scope=None, reuse=None):
    """Rows of a table of the scope."""
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing. Got vocab_size=%s and embed_dim=%s" % (vocab_size, embed_dim))
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = None if reuse and (vocab_size is None or embed_dim is None) else [vocab_size, embed_dim]
        return tf.nn.embedding_lookup(model_variable("embeddings", shape, None, initializer, regularizer, trainable), ids)


def bow_encoder(ids, vocab_size, embed_dim, sparse_lookup=True, initializer=None, regularizer=None, trainable=True, scope=None, reuse=None):
    """The mean of the rows of each example."""
    with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        table = model_variable("embeddings", [vocab_size, embed_dim], None, initializer, regularizer, trainable)
        if isinstance(ids, tf.SparseTensor):
            return tf.nn.embedding_lookup_sparse(table, ids, None, combiner="mean")
        rows, is_word = tf.nn.embedding_lookup(table, ids), tf.ones_like(ids)
        if sparse_lookup:  # an id of zero ends
            is_word = tf.cast(tf.not_equal(ids, tf.zeros_like(ids)), ids.dtype)
        is_word = tf.to_float(tf.expand_dims(is_word, -1))
        return tf.reduce_sum(rows * is_word, 1) / tf.reduce_sum(is_word, 1)


def embedding_lookup_unique(params, ids, name=None):
    """Rows of params by ids, each row looked up once."""
    return tf.nn.embedding_lookup(params, ids)


def _named(layer, default):
    found = getattr(layer, "__name__", None) or getattr(getattr(layer, "func", None), "__name__", None)
    return found or default


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """The layer that many times, each with variables of its own."""
    scope = kwargs.pop("scope", None)
    with tf.variable_scope(scope, "Repeat", [inputs]):
        scope, inputs = scope or _named(layer, "repeat"), tf.convert_to_tensor(inputs)
        for i in range(repetitions):
            inputs = layer(inputs, *args, **{**kwargs, "scope": "%s_%d" % (scope, i + 1)})
        return inputs


def stack(inputs, layer, stack_args, **kwargs):
    """The layer with each of the arguments in turn."""
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with tf.variable_scope(scope, "Stack", [inputs]):
        scope, inputs = scope or _named(layer, "stack"), tf.convert_to_tensor(inputs)
        for i, given in enumerate(stack_args):
            inputs = layer(inputs, *(given if isinstance(given, (list, tuple)) else [given]), **{**kwargs, "scope": "%s_%d" % (scope, i + 1)})
        return inputs


# ---- regularizers ----


def sum_regularizer(regularizer_list, scope=None):
    """A regularizer that adds up others."""
    kept = [r for r in regularizer_list if r is not None]
    if not kept:
        return None

    def total(weights):
        with tf.name_scope(scope, "sum_regularizer"):
            found = [t for t in (r(weights) for r in kept) if t is not None]
            return tf.add_n(found) if found else None

    return total


def apply_regularization(regularizer, weights_list=None):
    """The sum of the penalties, which the graph's losses have too."""
    weights = list(tf.get_collection(tf.GraphKeys.WEIGHTS) if weights_list is None else weights_list)
    if not weights:
        raise ValueError("No weights to regularize.")
    with tf.name_scope("get_regularization_penalty", values=weights) as scope:
        found = [tf.constant(0.0) if p is None else p for p in map(regularizer, weights)]
        for p in found:
            if p.shape.ndims != 0:
                raise ValueError("regularizer must return a scalar Tensor instead of a Tensor with rank %d." % p.shape.ndims)
        total = tf.add_n(found, name=scope)
        tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, total)
        return total


FUNCTIONS = (fully_connected, convolution, convolution2d_transpose, separable_convolution2d, bias_add, batch_norm, layer_norm, group_norm, instance_norm, unit_norm,
             pool, dropout, flatten, one_hot_encoding, maxout, softmax, embed_sequence, bow_encoder, embedding_lookup_unique, repeat, stack, sum_regularizer, apply_regularization)  # fmt: skip
NAMES = {f.__name__: f for f in FUNCTIONS}
NAMES.update(_POOLS, conv2d=convolution, convolution2d=convolution, conv3d=convolution, convolution3d=convolution, conv2d_transpose=convolution2d_transpose,
             separable_conv2d=separable_convolution2d, relu=functools.partial(fully_connected, activation_fn=relu),
             relu6=functools.partial(fully_connected, activation_fn=lambda x: tf.nn.relu6(x)), elu=functools.partial(fully_connected, activation_fn=lambda x: tf.nn.elu(x)),
             linear=functools.partial(fully_connected, activation_fn=None))  # fmt: skip
del NAMES["convolution"], NAMES["pool"]
SLIM = dict(NAMES, fc=fully_connected, convolution=convolution, pool=pool)
NAMES["spatial_softmax"] = refuse("contrib.layers.spatial_softmax")

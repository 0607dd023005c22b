"""The functions of tf.layers in graphs: variables by get_variable in a scope of the layer, operations with its name in front."""

from sokuji import _core
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.graph import as_then, scopes, words
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.graph.variables import symbolic
from sokuji._src.ops import init_ops, nn_ops

building = graphs.building


class _Scope:
    """The layer's variable scope: of the given name, shared with reuse, or of the first free one."""

    def __init__(self, name, default, reuse):
        if reuse and not name:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        self._scope = scopes.variable_scope(name, default_name=default, reuse=reuse)

    def __enter__(self):
        return self._scope.__enter__()

    def __exit__(self, *exception):
        return self._scope.__exit__(*exception)


def _finish(made, activation):
    return made if activation is None else activation(made)


def _last(inputs):
    size = None if inputs._shape_tuple is None else inputs._shape_tuple[-1]
    if size is None:
        raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
    return size


def _bias(made, use_bias, size, dtype, initializer, regularizer, constraint, trainable):
    if not use_bias:
        return made
    bias = scopes.get_variable("bias", [size], dtype, initializer, regularizer, trainable, constraint=constraint)
    return lambda value: as_then.op("BiasAdd", [value, bias._now()])


def dense(inputs, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=init_ops.Zeros(), kernel_regularizer=None,
          bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, reuse=None):  # fmt: skip
    """activation(inputs · kernel + bias)"""
    inputs = symbolic(inputs)
    with _Scope(name, "dense", reuse):
        kernel = scopes.get_variable("kernel", [_last(inputs), units], inputs.dtype, kernel_initializer, kernel_regularizer, trainable,
                                     constraint=kernel_constraint)  # fmt: skip
        add = _bias(None, use_bias, units, inputs.dtype, bias_initializer, bias_regularizer, bias_constraint, trainable)
        rank = len(inputs._shape_tuple)
        if rank > 2:
            made = execute("Reshape", [inputs, convert([-1, inputs._shape_tuple[-1]], 3)], {})
            made = as_then.op("MatMul", [made, kernel._now()])
            sizes = [-1 if d is None else d for d in inputs._shape_tuple[:-1]] + [units]
            if sizes.count(-1) > 1:
                raise NotImplementedError("not implemented: tf.layers.dense in a graph where more than one dimension is unknown")
            made = execute("Reshape", [made, convert(sizes, 3)], {})
        else:
            made = as_then.op("MatMul", [inputs, kernel._now()])
        return _regularized(_finish(add(made) if add else made, activation), activity_regularizer)


def _regularized(made, regularizer):
    if regularizer is not None:
        graphs.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, regularizer(made))
    return made


def _pair(value):
    return [value, value] if isinstance(value, int) else list(value)


def conv2d(inputs, filters, kernel_size, strides=(1, 1), padding="valid", data_format="channels_last", dilation_rate=(1, 1), activation=None,
           use_bias=True, kernel_initializer=None, bias_initializer=init_ops.Zeros(), kernel_regularizer=None, bias_regularizer=None,
           activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, reuse=None):  # fmt: skip
    """activation(inputs * kernel + bias), over the two middle axes"""
    if data_format != "channels_last":
        raise NotImplementedError("not implemented: tf.layers.conv2d in a graph with data_format=%r; use 'channels_last'" % (data_format,))
    inputs = symbolic(inputs)
    with _Scope(name, "conv2d", reuse):
        kernel = scopes.get_variable("kernel", _pair(kernel_size) + [_last(inputs), filters], inputs.dtype, kernel_initializer, kernel_regularizer, trainable,
                                     constraint=kernel_constraint)  # fmt: skip
        add = _bias(None, use_bias, filters, inputs.dtype, bias_initializer, bias_regularizer, bias_constraint, trainable)
        made = as_then.op("Conv2D", [inputs, kernel._now()], strides=[1, *_pair(strides), 1], padding=padding.upper(),
                          dilations=[1, *_pair(dilation_rate), 1])  # fmt: skip
        return _regularized(_finish(add(made) if add else made, activation), activity_regularizer)


def _pooling(which, default):
    def pool(inputs, pool_size, strides, padding="valid", data_format="channels_last", name=None):
        if data_format != "channels_last":
            raise NotImplementedError("not implemented: tf.layers.%s in a graph with data_format=%r; use 'channels_last'" % (default, data_format))
        with graphs.building().name_scope(name or default):
            return as_then.op(which, [symbolic(inputs)], ksize=[1, *_pair(pool_size), 1], strides=[1, *_pair(strides), 1], padding=padding.upper())

    pool.__name__ = default
    return pool


max_pooling2d, average_pooling2d = _pooling("MaxPool", "max_pooling2d"), _pooling("AvgPool", "average_pooling2d")


def flatten(inputs, name=None):
    """(batch, …) to (batch, the product of the rest)"""
    inputs, graph = symbolic(inputs), graphs.building()
    first = graph._last_id
    with graph.name_scope(name or "flatten"):
        size = 1
        for d in (inputs._shape_tuple or (None, None))[1:]:
            if d is None:
                raise NotImplementedError("not implemented: tf.layers.flatten in a graph where a dimension beside the first is unknown")
            size *= d
        rows = inputs._shape_tuple[0]
        made = as_then.op("Reshape", [inputs, convert([-1 if rows is None else rows, size], 3)])
    graph._more += first + 8 - graph._last_id
    return made


def _choose(training, then, otherwise):
    if isinstance(training, _core.SymbolicTensor):
        known = training._known_value()
        if known is None:
            return words.cond(training, then, otherwise)
        training = bool(known.numpy())
    return then() if training else otherwise()


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    inputs = symbolic(inputs)
    with graphs.building().name_scope(name or "dropout"):
        return _choose(training, lambda: as_then.dropout(inputs, 1 - rate, noise_shape, seed) if as_then.building() else
                       nn_ops.dropout(inputs, 1 - rate, noise_shape, seed), lambda: words.identity(inputs))  # fmt: skip


def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=init_ops.Zeros(),
                        gamma_initializer=init_ops.Ones(), moving_mean_initializer=init_ops.Zeros(), moving_variance_initializer=init_ops.Ones(),
                        beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, training=False, trainable=True,
                        name=None, reuse=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, virtual_batch_size=None,
                        adjustment=None):  # fmt: skip
    """Normalises over all axes but one; moving averages are updated by operations of tf.GraphKeys.UPDATE_OPS."""
    if renorm or virtual_batch_size is not None or adjustment is not None:
        raise NotImplementedError("not implemented: tf.layers.batch_normalization with renorm, virtual_batch_size or adjustment")
    inputs, graph = symbolic(inputs), graphs.building()
    rank = len(inputs._shape_tuple)
    if not isinstance(axis, int) or axis % rank != rank - 1:
        raise NotImplementedError("not implemented: tf.layers.batch_normalization in a graph with axis=%r; use the last axis" % (axis,))
    size, kind = [_last(inputs)], inputs.dtype
    with _Scope(name, "batch_normalization", reuse):
        gamma = scopes.get_variable("gamma", size, kind, gamma_initializer, gamma_regularizer, trainable, constraint=gamma_constraint) if scale else None
        beta = scopes.get_variable("beta", size, kind, beta_initializer, beta_regularizer, trainable, constraint=beta_constraint) if center else None
        mean = scopes.get_variable("moving_mean", size, kind, moving_mean_initializer, trainable=False)
        variance = scopes.get_variable("moving_variance", size, kind, moving_variance_initializer, trainable=False)
        now = _statistics(inputs, rank, training, mean, variance, is_fused=rank == 4 and fused is not False)
        made = _normalized(inputs, now[0], now[1], gamma, beta, epsilon)
        if training is not False:
            for variable, value in ((mean, now[0]), (variance, now[2])):
                _moving(graph, variable, value, momentum, training)
        return made


def _statistics(inputs, rank, training, mean, variance, is_fused):
    """Mean and variance to normalise by, and the variance that moves: of fused normalization the unbiased one."""
    axes = convert(list(range(rank - 1)), 3)

    def batch():
        middle = execute("Mean", [inputs, axes], {"keep_dims": True})
        spread = execute("Mean", [run("SquaredDifference", inputs, middle), axes], {})
        flat = run("Reshape", middle, convert([-1], 3))
        if not is_fused:
            return flat, spread, spread
        n = run("RealDiv", execute("Cast", [run("Size", inputs)], {"DstT": spread._dtype_number}), convert(float(inputs._shape_tuple[-1]), spread._dtype_number))
        return flat, spread, spread * (n / run("Maximum", n - convert(1.0, spread._dtype_number), convert(1.0, spread._dtype_number)))

    return _choose(training, batch, lambda: (mean._now(), variance._now(), variance._now()))


def _normalized(inputs, mean, variance, gamma, beta, epsilon):
    factor = run("Rsqrt", variance + epsilon)
    factor = factor if gamma is None else factor * gamma._now()
    shift = -mean * factor if beta is None else beta._now() - mean * factor
    return inputs * factor + shift


def _moving(graph, variable, value, momentum, training):
    """variable -= (variable - value) (1 - momentum), where training."""
    rate = convert(1.0 - momentum, value._dtype_number)
    if isinstance(training, _core.SymbolicTensor):
        rate = execute("Cast", [training], {"DstT": value._dtype_number}) * rate
    with graph.name_scope("AssignMovingAvg"):
        update = variable.assign_sub((variable._now() - value) * rate)
    graph.add_to_collection(GraphKeys.UPDATE_OPS, update.op)


FUNCTIONS = {f.__name__: f for f in (dense, conv2d, max_pooling2d, average_pooling2d, flatten, dropout, batch_normalization)}

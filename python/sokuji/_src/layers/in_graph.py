"""The functions of tf.layers in graphs: variables by get_variable in a scope of the layer, operations with its name in front."""

import inspect

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.graph import as_then, direct, scopes, words
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.graph.variables import symbolic
from sokuji._src.ops import init_ops

building = graphs.building


class _Unique(str):
    """A layer object's own name, of which its scope is the first free one."""


class _Scope:
    """The layer's variable scope: of the given name, shared with reuse, or of the first free one; or that of an earlier call of a layer object."""

    def __init__(self, name, default, reuse):
        if isinstance(name, scopes.VariableScope):
            self._scope = scopes.variable_scope(name, reuse=True if reuse is None else reuse, auxiliary_name_scope=False)
            self._names = graphs.building().name_scope(name.original_name_scope)
            return
        if isinstance(name, _Unique):
            name, default = None, str(name)
        if reuse and not name:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        self._scope, self._names = scopes.variable_scope(name, default_name=default, reuse=reuse), None

    def __enter__(self):
        global last_scope
        last_scope = self._scope.__enter__()
        if self._names is not None:
            self._names.__enter__()
        return last_scope

    def __exit__(self, *exception):
        if self._names is not None:
            self._names.__exit__(*exception)
        return self._scope.__exit__(*exception)


last_scope = None  # the scope of the layer that was called last


def _finish(made, activation):
    return made if activation is None else activation(made)


def _sizes(t):
    """The sizes, of which those that a run tells are tensors."""
    if t._shape_tuple is None:
        raise ValueError("the number of dimensions of %s must be known" % t)
    if t._shape_tuple.count(None) == 0:
        return list(t._shape_tuple)
    shape = as_then.op("Shape", [t])
    return [shape[i] if d is None else d for i, d in enumerate(t._shape_tuple)]


def _reshape(t, sizes, name=None):
    """The tensor in that shape; one size may be unknown, or several that are tensors."""
    tensors = [i for i, d in enumerate(sizes) if isinstance(d, _core.Handle)]
    if len(tensors) == 1:
        sizes = [-1 if i == tensors[0] else d for i, d in enumerate(sizes)]
    made = as_then.op("Reshape", [t, as_then.stack(sizes) if len(tensors) > 1 else convert(sizes, 3)], name)
    made.set_shape([None if isinstance(d, _core.Handle) or d == -1 else d for d in sizes])
    return made


def _channel(inputs, axis=-1, layer="Dense"):
    size = None if inputs._shape_tuple is None else inputs._shape_tuple[axis]
    if size is None:
        if layer != "Dense":
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
    return size


def _bias(use_bias, size, dtype, initializer, regularizer, constraint, trainable):
    return scopes.get_variable("bias", [size], dtype, initializer, regularizer, trainable, constraint=constraint) if use_bias else None


def _ranked(inputs, rank, what):
    if inputs._shape_tuple is None or len(inputs._shape_tuple) != rank:
        raise ValueError("Input 0 of layer %s is incompatible with the layer: expected ndim=%d, found ndim=%s. Full shape received: %s"
                         % (what, rank, inputs.shape.ndims, inputs.shape))  # fmt: skip


def dense(inputs, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=init_ops.Zeros(), kernel_regularizer=None,
          bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, reuse=None):  # fmt: skip
    """activation(inputs · kernel + bias)"""
    inputs = symbolic(inputs)
    with _Scope(name, "dense", reuse):
        kernel = scopes.get_variable("kernel", [_channel(inputs), units], inputs.dtype, kernel_initializer, kernel_regularizer, trainable,
                                     constraint=kernel_constraint)  # fmt: skip
        bias = _bias(use_bias, units, inputs.dtype, bias_initializer, bias_regularizer, bias_constraint, trainable)
        rank = len(inputs._shape_tuple)
        if rank > 2:
            first, sizes = graphs.building()._last_id, _sizes(inputs)
            made = as_then.op("MatMul", [_reshape(inputs, [-1, sizes[-1]]), kernel._now()])
            made = _reshape(made, sizes[:-1] + [units], "Tensordot")
            _counted(first, 41 if None in inputs._shape_tuple else 9)
        else:
            made = as_then.op("MatMul", [inputs, kernel._now()])
        if bias is not None:
            made = as_then.op("BiasAdd", [made, bias._now()])
        return _regularized(_finish(made, activation), activity_regularizer)


def _regularized(made, regularizer):
    if regularizer is not None:
        graphs.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, regularizer(made))
    return made


def _counted(first, n):
    """TensorFlow has n operations since then: seeds depend on how many there are."""
    graph = graphs.building()
    graph._more += first + n - graph._last_id


def _several(value, n, what="kernel_size"):
    made = [int(value)] * n if isinstance(value, int) else [int(v) for v in value]
    if len(made) != n:
        raise ValueError("The `%s` argument must be a tuple of %d integers. Received: %s" % (what, n, value))
    return made


def _is_first(data_format):
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("The `data_format` argument must be one of \"channels_first\", \"channels_last\". Received: %s" % (data_format,))
    return data_format == "channels_first"


def _turned(t, is_first, back=False):
    """Channels last, or back: kernels take them so."""
    rank = len(t._shape_tuple)
    if not is_first:
        return t
    return as_then.op("Transpose", [t, convert([0, rank - 1, *range(1, rank - 1)] if back else [0, *range(2, rank), 1], 3)])


def _padding(padding):
    if padding.lower() not in ("valid", "same"):
        raise ValueError("The `padding` argument must be one of \"valid\", \"same\". Received: %s" % (padding,))
    return padding.upper()


def _convolution(n):
    default = "conv%dd" % n

    def layer(inputs, filters, kernel_size, strides=1 if n == 1 else (1,) * n, padding="valid", data_format="channels_last",
              dilation_rate=1 if n == 1 else (1,) * n, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=init_ops.Zeros(),
              kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True,
              name=None, reuse=None):  # fmt: skip
        inputs, is_first = symbolic(inputs), _is_first(data_format)
        _ranked(inputs, n + 2, name or default)
        with _Scope(name, default, reuse):
            size = _several(kernel_size, n)
            kernel = scopes.get_variable("kernel", size + [_channel(inputs, 1 if is_first else -1, default), filters], inputs.dtype, kernel_initializer,
                                         kernel_regularizer, trainable, constraint=kernel_constraint)  # fmt: skip
            bias = _bias(use_bias, filters, inputs.dtype, bias_initializer, bias_regularizer, bias_constraint, trainable)
            x, weights = _turned(inputs, is_first), kernel._now()
            steps, apart = [1, *_several(strides, n, "strides"), 1], [1, *_several(dilation_rate, n, "dilation_rate"), 1]
            if n == 1:
                x, weights = (run("ExpandDims", t, convert(d, 3)) for t, d in ((x, 1), (weights, 0)))
                steps, apart = [1, *steps], [1, *apart]
            _counted(graphs.building()._last_id, 1)  # dilation_rate
            made = as_then.op("Conv3D" if n == 3 else "Conv2D", [x, weights], strides=steps, padding=_padding(padding), dilations=apart)
            if n == 1:
                made = as_then.op("Squeeze", [made], squeeze_dims=[1])
            if bias is not None:
                made = as_then.op("BiasAdd", [made, bias._now()])
            return _regularized(_finish(_turned(made, is_first, True), activation), activity_regularizer)

    layer.__name__, layer.__doc__ = default, "activation(inputs * kernel + bias)"
    return layer


conv1d, conv2d, conv3d = _convolution(1), _convolution(2), _convolution(3)


def conv2d_transpose(inputs, filters, kernel_size, strides=(1, 1), padding="valid", data_format="channels_last", activation=None, use_bias=True,
                     kernel_initializer=None, bias_initializer=init_ops.Zeros(), kernel_regularizer=None, bias_regularizer=None,
                     activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, reuse=None):  # fmt: skip
    """What conv2d would have made of the result's shape, the other way."""
    inputs, is_first = symbolic(inputs), _is_first(data_format)
    _ranked(inputs, 4, name or "conv2d_transpose")
    with _Scope(name, "conv2d_transpose", reuse):
        size, steps, kind = _several(kernel_size, 2), _several(strides, 2, "strides"), _padding(padding)
        kernel = scopes.get_variable("kernel", size + [filters, _channel(inputs, 1 if is_first else -1, "conv2d")], inputs.dtype, kernel_initializer,
                                     kernel_regularizer, trainable, constraint=kernel_constraint)  # fmt: skip
        bias = _bias(use_bias, filters, inputs.dtype, bias_initializer, bias_regularizer, bias_constraint, trainable)
        x = _turned(inputs, is_first)
        first, sizes = graphs.building()._last_id, _sizes(x)
        wide = [d * s if kind == "SAME" else d * s + max(k - s, 0) for d, s, k in zip(sizes[1:3], steps, size)]
        shape = [sizes[0], *wide, filters]
        known = [None if isinstance(d, _core.Handle) else d for d in shape]
        made = as_then.op("Conv2DBackpropInput", [as_then.stack(shape) if None in known else convert(shape, 3), kernel._now(), x], "conv2d_transpose",
                          strides=[1, *steps, 1], padding=kind)  # fmt: skip
        made.set_shape(known)
        _counted(first, 24 if kind == "VALID" else 20)
        if bias is not None:
            made = as_then.op("BiasAdd", [made, bias._now()])
        return _regularized(_finish(_turned(made, is_first, True), activation), activity_regularizer)


def _pooling(which, default, n):
    def pool(inputs, pool_size, strides, padding="valid", data_format="channels_last", name=None):
        inputs, is_first = symbolic(inputs), _is_first(data_format)
        _ranked(inputs, n + 2, name or default)
        with _Scope(name, default, None):
            x, size, steps = _turned(inputs, is_first), _several(pool_size, n, "pool_size"), _several(strides, n, "strides")
            if n == 1:
                x, size, steps = run("ExpandDims", x, convert(1, 3)), [1, *size], [1, *steps]
            made = as_then.op(which, [x], ksize=[1, *size, 1], strides=[1, *steps, 1], padding=_padding(padding))
            return _turned(as_then.op("Squeeze", [made], squeeze_dims=[1]) if n == 1 else made, is_first, True)

    pool.__name__ = default
    return pool


_POOLS = {default: _pooling(which, default, n) for n in (1, 2, 3) for which, default in (
    ("MaxPool3D" if n == 3 else "MaxPool", "max_pooling%dd" % n), ("AvgPool3D" if n == 3 else "AvgPool", "average_pooling%dd" % n))}  # fmt: skip


def flatten(inputs, name=None):
    """(batch, …) to (batch, the product of the rest)"""
    inputs, first = symbolic(inputs), graphs.building()._last_id
    with _Scope(name, "flatten", None):
        rest = (inputs._shape_tuple or (None, None))[1:]
        rows = None if inputs._shape_tuple is None else inputs._shape_tuple[0]
        size = None if None in rest else int(np.prod(rest, dtype=np.int64))
        if size is not None:
            target = convert([-1 if rows is None else rows, size], 3)
        else:
            target = as_then.stack([as_then.op("Shape", [inputs])[0] if rows is None else rows, -1])
        made = as_then.op("Reshape", [inputs, target])
        made.set_shape([rows, size])
    _counted(first, 8)
    return made


def choose(training, then, otherwise):
    if isinstance(training, (_core.SymbolicTensor, _core.VariableBase)):
        known = training._known_value() if isinstance(training, _core.SymbolicTensor) else None
        if known is None:
            training = symbolic(training)
            if not training.dtype.is_bool:
                training = execute("Cast", [training], {"DstT": 10})
            return words.cond(training, then, otherwise)
        training = bool(known.numpy())
    return then() if training else otherwise()


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    """In training zeros with probability rate, the rest scaled up."""
    inputs = symbolic(inputs)
    with _Scope(name, "dropout", None):
        return choose(training, lambda: as_then.dropout(inputs, 1 - rate, noise_shape, seed), lambda: words.identity(inputs))


def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=init_ops.Zeros(),
                        gamma_initializer=init_ops.Ones(), moving_mean_initializer=init_ops.Zeros(), moving_variance_initializer=init_ops.Ones(),
                        beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, training=False, trainable=True,
                        name=None, reuse=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, virtual_batch_size=None,
                        adjustment=None):  # fmt: skip
    """Normalises over all axes but one; moving averages are updated by operations of tf.GraphKeys.UPDATE_OPS."""
    if renorm or virtual_batch_size is not None or adjustment is not None:
        raise NotImplementedError("not implemented: tf.layers.batch_normalization with renorm, virtual_batch_size or adjustment")
    inputs = symbolic(inputs)
    if inputs._shape_tuple is None:
        raise ValueError("Input has undefined rank:", inputs.shape)
    rank, axes = len(inputs._shape_tuple), [axis] if isinstance(axis, int) else list(axis)
    if len(axes) != 1:
        raise NotImplementedError("not implemented: tf.layers.batch_normalization over several axes")
    axis = axes[0] % rank
    if not -rank <= axes[0] < rank:
        raise ValueError("Invalid axis: %d" % axes[0])
    if inputs._shape_tuple[axis] is None:
        raise ValueError("Input has undefined `axis` dimension. Input shape: ", inputs.shape)
    size, kind = [inputs._shape_tuple[axis]], inputs.dtype
    is_fused = rank == 4 and axis in (1, 3) and fused is not False

    def parameter(name, is_there, initializer, regularizer, constraint, otherwise):
        if is_there:
            return scopes.get_variable(name, size, kind, initializer, regularizer, trainable, constraint=constraint)
        return symbolic(convert(np.full(size, otherwise, kind.as_numpy_dtype), 0)) if is_fused else None

    with _Scope(name, "batch_normalization", reuse):
        gamma = parameter("gamma", scale, gamma_initializer, gamma_regularizer, gamma_constraint, 1)
        beta = parameter("beta", center, beta_initializer, beta_regularizer, beta_constraint, 0)
        mean = scopes.get_variable("moving_mean", size, kind, moving_mean_initializer, trainable=False)
        variance = scopes.get_variable("moving_variance", size, kind, moving_variance_initializer, trainable=False)
        if is_fused:
            made, new_mean, new_variance = normalized_fused(inputs, axis, training, mean, variance, gamma, beta, epsilon)
            kept = [choose(training, lambda: symbolic(convert(momentum, 1)), lambda: symbolic(convert(1.0, 1)))]
            update = lambda v, n: moving(v, n, None, kept[0])  # noqa: E731
        else:
            new_mean, new_variance = _batch_moments(inputs, axis, training, mean, variance)
            update = lambda v, n: choose(training, lambda: moving(v, n, momentum), v._now)  # noqa: E731
        if training is not False:
            for variable, value in ((mean, new_mean), (variance, new_variance)):
                graphs.add_to_collection(GraphKeys.UPDATE_OPS, update(variable, value))
        if not is_fused:
            made = _plain(inputs, axis, new_mean, new_variance, gamma, beta, epsilon, size)
        return made


def normalized_fused(inputs, axis, training, mean, variance, gamma, beta, epsilon):
    """(result, mean, variance) of one operation; gamma and beta are variables or tensors."""
    x, kind = _turned(inputs, axis == 1), inputs._dtype_number
    scale, offset = (t._now() if isinstance(t, _core.VariableBase) else t for t in (gamma, beta))

    def normalized(is_training):
        moments = [symbolic(convert([], kind)) for _ in range(2)] if is_training else [mean._now(), variance._now()]  # read once: they are counted
        made = as_then.op("FusedBatchNorm", [x, scale, offset, *moments], epsilon=max(epsilon, 1.001e-5), is_training=is_training)
        return (made[0], made[1], made[2]) if is_training else (made[0], *moments)

    made, new_mean, new_variance = choose(training, lambda: normalized(True), lambda: normalized(False))
    return _turned(made, axis == 1, True), new_mean, new_variance


def _batch_moments(inputs, axis, training, mean, variance):
    if training is False:
        return mean._now(), variance._now()
    batch = direct._moments(inputs, [a for a in range(len(inputs._shape_tuple)) if a != axis])
    return [choose(training, lambda: batch[i], (mean, variance)[i]._now) for i in (0, 1)]


def _plain(inputs, axis, mean, variance, gamma, beta, epsilon, size):
    rank = len(inputs._shape_tuple)
    wide = [size[0] if a == axis else 1 for a in range(rank)]
    given = (mean, variance, *(w if w is None else w._now() for w in (gamma, beta)))
    m, v, g, b = (t if t is None or axis == rank - 1 else _reshape(t, wide) for t in given)
    with graphs.building().name_scope("batchnorm"):
        factor = as_then.op("Rsqrt", [v + epsilon])
        factor = factor if g is None else factor * g
        return inputs * factor + (-m * factor if b is None else b - m * factor)


def moving(variable, value, momentum, kept=None):
    """variable -= (variable - value) (1 - momentum); the momentum is a number, or else the tensor `kept`."""
    with graphs.building().name_scope("AssignMovingAvg") as scope:
        rate = symbolic(convert(1.0 - momentum, value._dtype_number), None, "decay") if kept is None else 1.0 - kept
        return variable.assign_sub((variable._now() - value) * rate, name=scope)


FUNCTIONS = {f.__name__: f for f in (dense, conv1d, conv2d, conv3d, conv2d_transpose, flatten, dropout, batch_normalization, *_POOLS.values())}
_OF = {"Dense": dense, "Conv1D": conv1d, "Conv2D": conv2d, "Conv3D": conv3d, "Conv2DTranspose": conv2d_transpose, "Flatten": flatten, "Dropout": dropout,
       "BatchNormalization": batch_normalization}  # fmt: skip
_OF.update(("%sPooling%dD" % (word, n), _POOLS["%s_pooling%dd" % (low, n)]) for n in (1, 2, 3) for word, low in (("Max", "max"), ("Average", "average")))


def call(layer, arguments, keywords):
    """The call of a layer object with a tensor of the open graph: at first its variables are made, later they are shared."""
    function, (given, named) = _OF[type(layer).__name__], layer._arguments
    named = {key: value for key, value in named.items() if key not in ("name", "_scope", "_reuse", "dtype")}
    names = list(inspect.signature(function).parameters)[1:]
    named.update(zip(names, given))
    scope = getattr(layer, "_graph_scope", None)
    named["name"] = scope if scope is not None else layer._arguments[1].get("_scope") or layer._arguments[1].get("name") or named.get("name")
    if "reuse" in names and scope is None and layer._arguments[1].get("_reuse"):
        named["reuse"] = True
    elif scope is None and not layer._arguments[1].get("_scope") and isinstance(named["name"], str):
        named["name"] = _Unique(named["name"])
    made = function(*arguments, **named, **keywords)
    if scope is None:
        layer._graph_scope = last_scope
        layer._name, layer.built = last_scope.name, True
        for v in graphs.get_collection(GraphKeys.GLOBAL_VARIABLES, last_scope.name + "/"):
            is_trained = any(v is t for t in graphs.get_collection(GraphKeys.TRAINABLE_VARIABLES))
            (layer._trainable_weights if is_trained else layer._non_trainable_weights).append(v)
            setattr(layer, v.op.name.rpartition("/")[2], v)
    return made

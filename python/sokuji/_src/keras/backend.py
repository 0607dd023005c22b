"""tf.keras.backend: Keras' own words for operations, and its settings (floatx, epsilon, image_data_format)."""

import collections
import functools

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, ints, run, sizes, tensor
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import session, words
from sokuji._src.graph.gradients import gradients as graph_gradients
from sokuji._src.keras import at_once, models, training_1, utils
from sokuji._src.keras import graph as keras_graph
from sokuji._src.ops import array_ops, control_flow, convolution_ops, image_ops, init_ops, math_ops, nn_3d_ops, nn_ops, random_ops, sparse_ops
from sokuji._src.variables import scopes, variables

# ---- settings ----

_settings = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def _setting(name, allowed=None):
    def get():
        """What is set for all of Keras."""
        return _settings[name]

    def put(value):
        """Sets it for all of Keras."""
        if allowed is not None and value not in allowed:
            raise ValueError("Unknown %s: %s; known are %s" % (name, value, ", ".join(allowed)))
        _settings[name] = value if allowed is not None else float(value)

    return get, put


floatx, set_floatx = _setting("floatx", ("float16", "float32", "float64"))
epsilon, set_epsilon = _setting("epsilon")
image_data_format, _set_format = _setting("image_data_format", ("channels_last", "channels_first"))


def set_image_data_format(data_format):
    """From now on layers expect images as "channels_last" or "channels_first" says."""
    _set_format(data_format)


def _format(data_format):
    data_format = data_format or image_data_format()
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("Unknown data_format: " + str(data_format))
    return data_format


def backend():
    """The backend's name."""
    return "tensorflow"


_uids = collections.defaultdict(lambda: collections.defaultdict(int))


def get_uid(prefix=""):
    """How often this prefix was asked for in this graph."""
    counts = _uids[id(graphs.building())]
    counts[prefix] += 1
    return counts[prefix]


def reset_uids():
    """Layers' names count from the beginning again."""
    _uids.clear()


def manual_variable_initialization(value):
    """Kept for programs of 1.x: variables here have their values from the beginning, or a session initializes them."""


def get_session():
    """Graphs only: the session that Keras uses."""
    found = session.get_default_session()
    return session.Session() if found is None else found


def set_session(session):
    """Graphs only: the session that Keras uses from now on."""
    raise NotImplementedError("not implemented: tf.keras.backend.set_session; use `with tf.Session() as session:` around the model")


# ---- values ----


def _number(dtype):
    return dtypes.as_dtype(dtype or floatx())._number


@at_once.at_once
def variable(value, dtype=None, name=None, constraint=None):
    """A variable with this value."""
    kind = variables.Variable if variables._version == 2 or graphs.building() is not None else variables.ResourceVariable
    return kind(convert(value, _number(dtype)), name=name, constraint=constraint)


def constant(value, dtype=None, shape=None, name=None):
    """A constant tensor."""
    made = convert(value, _number(dtype))
    return made if shape is None else run("BroadcastTo", made, sizes(shape)) if made._size == 1 else run("Reshape", made, sizes(shape))


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None):
    """A symbolic input."""
    if sparse:
        raise NotImplementedError("not implemented: tf.keras.backend.placeholder(sparse=True); use a dense placeholder")
    return words.placeholder(dtype or floatx(), shape if shape is not None or ndim is None else [None] * ndim, name)


def _filled(fill):
    def made(shape, dtype=None, name=None):
        """A variable of the shape, filled with the number of that name."""
        return variable(fill(shape, dtype or floatx()), dtype, name) if variables._version == 1 else fill(shape, dtype or floatx())

    return made


def _like(fill):
    def made(x, dtype=None, name=None):
        """A variable of x's shape, filled with the number of that name."""
        return fill(x, dtype=dtype)

    return made


def eye(size, dtype=None, name=None):
    """The identity matrix, as a variable."""
    return variable(array_ops.eye(size, dtype=dtype or floatx()), dtype, name)


def _random_variable(draw):
    def normal(shape, mean, scale, dtype=None, name=None, seed=None):
        """A variable of normal numbers."""
        return variable(draw(mean, scale, seed=_seed(seed))(shape, dtype or floatx()), dtype, name)

    def uniform(shape, low, high, dtype=None, name=None, seed=None):
        """A variable of uniform numbers."""
        return variable(draw(low, high, seed=_seed(seed))(shape, dtype or floatx()), dtype, name)

    return normal if draw is init_ops.RandomNormal else uniform


def _seed(seed):
    return int(np.random.randint(10**7)) if seed is None else seed


def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normal numbers."""
    return random_ops.random_normal(shape, mean, stddev, dtype or floatx(), _seed(seed))


def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Uniform numbers."""
    return random_ops.random_uniform(shape, minval, maxval, dtype or floatx(), _seed(seed))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normal numbers within two standard deviations."""
    return random_ops.truncated_normal(shape, mean, stddev, dtype or floatx(), _seed(seed))


def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """1 with probability p, 0 elsewhere."""
    drawn = random_ops.random_uniform(shape, dtype=dtype or floatx(), seed=_seed(seed))
    return array_ops.cast(drawn <= p, dtype or floatx())


def get_value(x):
    """The value of a tensor or variable, as an array."""
    return x.eval(session=get_session()) if isinstance(x, (_core.SymbolicTensor, graphs_variable())) else at_once.at_once(lambda: x.numpy())()


def graphs_variable():
    from sokuji._src.graph.variables import GraphVariable

    return GraphVariable


def eval(x):
    """The value, as an array."""
    return get_value(to_dense(x))


def batch_get_value(tensors):
    """The values of tensors or variables, as arrays."""
    return [get_value(x) for x in tensors]


@at_once.at_once
def set_value(x, value):
    """Assigns an array to a variable."""
    value = np.asarray(value, dtype=x.dtype.as_numpy_dtype)
    x.load(value, get_session()) if isinstance(x, graphs_variable()) else x.assign(value)


def batch_set_value(tuples):
    """Assigns pairs (variable, array)."""
    for x, value in tuples:
        set_value(x, value)


def update(x, new_x):
    """Assigns to a variable."""
    return x.assign(new_x)


def update_add(x, increment):
    """Adds to a variable."""
    return x.assign_add(increment)


def update_sub(x, decrement):
    """Subtracts from a variable."""
    return x.assign_sub(decrement)


def moving_average_update(x, value, momentum):
    """Moves x towards the value by 1 - momentum."""
    return x.assign_sub((x - value) * (1.0 - momentum))


def is_sparse(tensor):
    """Whether a tensor is sparse."""
    return isinstance(tensor, sparse_ops.SparseTensor)


def to_dense(tensor):
    """A sparse tensor as a dense one."""
    return sparse_ops.sparse_tensor_to_dense(tensor) if is_sparse(tensor) else tensor


def dtype(x):
    """The dtype's name."""
    return x.dtype.name.replace("_ref", "")


def int_shape(x):
    """The shape, as a tuple."""
    known = shapes.TensorShape(x.shape)
    return None if known.ndims is None else tuple(known.as_list())


def ndim(x):
    """The number of axes."""
    return shapes.TensorShape(x.shape).ndims


def shape(x):
    """The shape, as a tensor."""
    return run("Shape", tensor(x))


def count_params(x):
    """The number of elements."""
    return int(np.prod(int_shape(x)))


def cast_to_floatx(x):
    """An array as the default dtype of floats."""
    return np.asarray(x, dtype=floatx()) if not isinstance(x, _core.Handle) else array_ops.cast(x, floatx())


def print_tensor(x, message=""):
    """Prints the tensor and gives it back."""
    from sokuji._src.ops import check_ops

    return check_ops.Print(x, [x], message) if hasattr(check_ops, "Print") else x


# ---- element by element ----


def _unary(op):
    def function(x):
        """The function of that name, elementwise."""
        return run(op, tensor(x))

    return function


def _binary(op):
    def function(x, y):
        """The operation of that name on x and y, elementwise."""
        x = tensor(x)
        return run(op, x, convert(y, x._dtype_number))

    return function


def sqrt(x):
    """The square root; of negative numbers 0."""
    return run("Sqrt", run("Maximum", tensor(x), convert(0.0, tensor(x)._dtype_number)))


def pow(x, a):
    """x to the power of a."""
    x = tensor(x)
    return run("Pow", x, convert(a, x._dtype_number))


def clip(x, min_value, max_value):
    """x between two bounds."""
    if max_value is not None and min_value is not None and max_value < min_value:
        max_value = min_value
    return math_ops.clip_by_value_1(tensor(x), min_value, np.inf if max_value is None else max_value)


def relu(x, alpha=0.0, max_value=None):
    """max(x, 0), with a slope below zero and a greatest value where they are given."""
    x = tensor(x)
    made = run("Relu", x) if alpha == 0.0 else nn_ops.leaky_relu(x, alpha)
    return made if max_value is None else clip(made, 0.0, max_value) if alpha == 0.0 else run("Minimum", made, convert(max_value, x._dtype_number))


def elu(x, alpha=1.0):
    """x where it is positive, alpha (exp(x) - 1) elsewhere."""
    made = run("Elu", tensor(x))
    return made if alpha == 1 else array_ops.where(tensor(x) > 0, made, alpha * made)


def hard_sigmoid(x):
    """0.2 x + 0.5 between 0 and 1."""
    return clip(0.2 * tensor(x) + 0.5, 0.0, 1.0)


def softmax(x, axis=-1):
    """exp(x) over its sum along an axis."""
    return nn_ops.softmax(tensor(x), axis)


def dropout(x, level, noise_shape=None, seed=None):
    """Zeros with probability level, the rest scaled up."""
    return nn_ops.dropout(tensor(x) * 1.0, 1.0 - level, noise_shape, _seed(seed))


def in_top_k(predictions, targets, k):
    """Whether the targets are among the k greatest predictions."""
    return nn_ops.in_top_k(predictions, targets, k)


# ---- reductions ----


def _reduced(op, prepare=None):
    def function(x, axis=None, keepdims=False):
        """The reduction of that name over axes."""
        x = tensor(x) if prepare is None else prepare(tensor(x))
        return math_ops._reduce(op, x, axis, keepdims)

    return function


def _as_float(x):
    return array_ops.cast(x, floatx()) if x.dtype is dtypes.bool else x


def _as_bool(x):
    return array_ops.cast(x, dtypes.bool)


def var(x, axis=None, keepdims=False):
    """The variance over axes."""
    x = _as_float(tensor(x))
    return math_ops._reduce("Mean", run("Square", x - math_ops._reduce("Mean", x, axis, True)), axis, keepdims)


def std(x, axis=None, keepdims=False):
    """The standard deviation over axes."""
    return run("Sqrt", var(x, axis, keepdims))


def _arg(op):
    def function(x, axis=-1):
        """The places of the greatest or least elements along an axis."""
        return run(op, tensor(x), convert(axis, 3))

    return function


# ---- shapes ----


def reshape(x, shape):
    """The same elements under another shape."""
    return run("Reshape", tensor(x), sizes(shape))


def flatten(x):
    """A vector of all elements."""
    return reshape(x, [-1])


def batch_flatten(x):
    """(batch, …) to (batch, the product of the rest)."""
    x = tensor(x)
    return run("Reshape", x, array_ops.stack([-1, math_ops._reduce("Prod", run("Shape", x)[1:], None, False)]))


def expand_dims(x, axis=-1):
    """A new axis of size 1."""
    return array_ops.expand_dims(tensor(x), axis)


def squeeze(x, axis):
    """The same without an axis of size 1."""
    return _core.execute("Squeeze", [tensor(x)], {"squeeze_dims": [axis]})


def transpose(x):
    """The axes in reverse order."""
    return math_ops_transpose(tensor(x))


def math_ops_transpose(x, perm=None):
    return run("Transpose", x, convert(list(range(len(x._shape_tuple)))[::-1] if perm is None else list(perm), 3))


def permute_dimensions(x, pattern):
    """The axes in another order."""
    return math_ops_transpose(tensor(x), pattern)


def concatenate(tensors, axis=-1):
    """Tensors one after the other along an axis."""
    return array_ops.concat([tensor(to_dense(t)) for t in tensors], axis % ndim(tensor(tensors[0])) if axis < 0 else axis)


def stack(x, axis=0):
    """Tensors as rows of a new axis."""
    return array_ops.stack(x, axis)


def reverse(x, axes):
    """The rows of axes backwards."""
    return array_ops.reverse(tensor(x), [axes] if isinstance(axes, int) else axes)


def repeat_elements(x, rep, axis):
    """Each element rep times along an axis."""
    return array_ops.repeat(tensor(x), rep, axis)


def repeat(x, n):
    """(batch, n) to (batch, times, n)."""
    return array_ops.tile(array_ops.expand_dims(tensor(x), 1), [1, n, 1])


def arange(start, stop=None, step=1, dtype="int32"):
    """Numbers from start up to before stop."""
    if stop is None:
        start, stop = 0, max(start, 0)
    return array_ops.cast(array_ops.range_(start, stop, step), dtype)


def tile(x, n):
    """Copies side by side, n along each axis."""
    return array_ops.tile(tensor(x), [n] if isinstance(n, int) else n)


def gather(reference, indices):
    """Rows by their numbers."""
    return run("GatherV2", tensor(reference), tensor(indices), convert(0, 3))


def one_hot(indices, num_classes):
    """Rows with a single 1."""
    return array_ops.one_hot(indices, num_classes, axis=-1)


def temporal_padding(x, padding=(1, 1)):
    """Zeros before and after the steps."""
    return array_ops.pad(tensor(x), [[0, 0], list(padding), [0, 0]])


def _padding(n):
    def pad(x, padding, data_format):
        pairs = [list(pair) for pair in padding]
        if len(pairs) != n or any(len(pair) != 2 for pair in pairs):
            raise ValueError("padding is %s; it must be %d pairs" % (padding, n))
        last = _format(data_format) == "channels_last"
        return array_ops.pad(tensor(x), [[0, 0], *pairs, [0, 0]] if last else [[0, 0], [0, 0], *pairs])

    return pad


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Zeros around images."""
    return _padding(2)(x, padding, data_format)


def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Zeros around volumes."""
    return _padding(3)(x, padding, data_format)


def resize_images(x, height_factor, width_factor, data_format):
    """Images enlarged by whole factors."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("Invalid data_format: " + str(data_format))
    x, first = tensor(x), data_format == "channels_first"
    x = math_ops_transpose(x, (0, 2, 3, 1)) if first else x
    made = image_ops.resize_nearest_neighbor(x, [x._shape_tuple[1] * height_factor, x._shape_tuple[2] * width_factor])
    return math_ops_transpose(made, (0, 3, 1, 2)) if first else made


def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Volumes enlarged by whole factors."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("Invalid data_format: " + str(data_format))
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), 1 if data_format == "channels_last" else 2):
        x = repeat_elements(x, factor, axis)
    return x


# ---- products ----


def dot(x, y):
    """The last axis of x with the last but one of y."""
    x, y = tensor(x), tensor(y)
    nx, ny = len(x._shape_tuple), len(y._shape_tuple)
    return math_ops.tensordot(x, y, [[nx - 1], [max(ny - 2, 0)]]) if nx > 2 or ny > 2 else run("MatMul", x, y)


def batch_dot(x, y, axes=None):
    """Products of each x with its y over an axis of each; at least two axes remain."""
    x, y = tensor(x), tensor(y)
    nx, ny = len(x._shape_tuple), len(y._shape_tuple)
    ax, ay = (axes, axes) if isinstance(axes, int) else axes if axes is not None else (nx - 1, max(ny - 2, 1))
    letters = "abcdefghijklm"
    of_x = letters[:nx]
    of_y = "".join("a" if i == 0 else of_x[ax] if i == ay % ny else "nopqrstuv"[i] for i in range(ny))
    made = math_ops.einsum("%s,%s->%s" % (of_x, of_y, "".join(c for c in of_x if c != of_x[ax]) + "".join(c for c in of_y[1:] if c not in of_x)), x, y)
    return array_ops.expand_dims(made, 1) if len(made._shape_tuple) == 1 else made


def l2_normalize(x, axis=None):
    """x over its Euclidean norm along an axis."""
    return nn_ops.l2_normalize(tensor(x), axis)


def bias_add(x, bias, data_format=None):
    """Adds a bias to each channel."""
    x, bias = tensor(x), tensor(bias)
    if len(bias._shape_tuple) not in (1, len(x._shape_tuple) - 1):
        raise ValueError("Unexpected bias dimensions %d, expect to be 1 or %d dimensions" % (len(bias._shape_tuple), len(x._shape_tuple)))
    if _format(data_format) == "channels_first" and len(x._shape_tuple) > 2:
        order = (-1, *range(len(bias._shape_tuple) - 1))
        bias = math_ops_transpose(bias, [o % len(order) for o in order]) if len(order) > 1 else run("Reshape", bias, sizes([-1] + [1] * (len(x._shape_tuple) - 2)))
    return x + bias


# ---- normalization, losses ----


def batch_normalization(x, mean, var, beta, gamma, epsilon=1e-3):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta"""
    return nn_ops.batch_normalization(tensor(x), mean, var, beta, gamma, epsilon)


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """(normalized, mean, variance)"""
    x = tensor(x)
    mean, variance = nn_ops.moments(x, list(reduction_axes))
    kept = [1 if i in reduction_axes else d for i, d in enumerate(x._shape_tuple)]
    parts = [None if t is None else reshape(t, kept) for t in (mean, variance, beta, gamma)]
    return nn_ops.batch_normalization(x, *parts, epsilon), mean, variance


def categorical_crossentropy(target, output, from_logits=False):
    """The cross entropy of distributions over the last axis."""
    output = tensor(output)
    target = convert(target, output._dtype_number)
    if from_logits:
        return nn_ops.softmax_cross_entropy_with_logits_v2(labels=target, logits=output)
    output = clip(output / math_ops._reduce("Sum", output, -1, True), epsilon(), 1.0 - epsilon())
    return -math_ops._reduce("Sum", target * run("Log", output), -1, False)


def sparse_categorical_crossentropy(target, output, from_logits=False):
    """The cross entropy of distributions over the last axis with class numbers."""
    output = tensor(output)
    logits = output if from_logits else run("Log", clip(output, epsilon(), 1.0 - epsilon()))
    labels = array_ops.cast(flatten(target), dtypes.int64)
    made = nn_ops.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=reshape(logits, [-1, output._shape_tuple[-1]]))
    return reshape(made, list(output._shape_tuple[:-1])) if len(output._shape_tuple) >= 3 else made


def binary_crossentropy(target, output, from_logits=False):
    """The cross entropy of probabilities, or of logits, with labels 0 and 1, elementwise."""
    output = tensor(output)
    if not from_logits:
        output = clip(output, epsilon(), 1.0 - epsilon())
        output = run("Log", output / (1.0 - output))
    return nn_ops.sigmoid_cross_entropy_with_logits(labels=convert(target, output._dtype_number), logits=output)


# ---- convolutions ----


def _convolved(n, convolve):
    def function(x, kernel, strides, padding, data_format, dilation_rate):
        x, last = tensor(x), _format(data_format) == "channels_last"
        spread = lambda v: (v,) * n if isinstance(v, int) else tuple(v)  # noqa: E731
        if padding not in ("valid", "same", "causal"):
            raise ValueError("Invalid padding: " + str(padding))
        if padding == "causal":
            x, padding = temporal_padding(x, (spread(dilation_rate)[0] * (int_shape(kernel)[0] - 1), 0)), "valid"
        x = x if last else math_ops_transpose(x, (0, *range(2, n + 2), 1))
        made = convolve(x, tensor(kernel), spread(strides), padding.upper(), spread(dilation_rate))
        return made if last else math_ops_transpose(made, (0, n + 1, *range(1, n + 1)))

    return function


def _plain(x, kernel, strides, padding, dilation_rate):
    return convolution_ops.convolution(x, kernel, padding, strides, dilation_rate)


def conv1d(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolution of (batch, steps, channels) with a kernel (size, channels, filters)."""
    return _convolved(1, _plain)(x, kernel, strides, padding, data_format, dilation_rate)


def conv2d(x, kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """Convolution of (batch, height, width, channels) with a kernel (height, width, channels, filters)."""
    return _convolved(2, _plain)(x, kernel, strides, padding, data_format, dilation_rate)


def conv3d(x, kernel, strides=(1, 1, 1), padding="valid", data_format=None, dilation_rate=(1, 1, 1)):
    """Convolution of volumes."""
    return _convolved(3, _plain)(x, kernel, strides, padding, data_format, dilation_rate)


def separable_conv2d(x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """Convolution of each channel, then of all at each place."""
    def convolve(x, kernel, strides, padding, dilation_rate):
        return nn_ops.separable_conv2d(x, kernel, tensor(pointwise_kernel), [1, *strides, 1], padding, rate=dilation_rate)

    return _convolved(2, convolve)(x, depthwise_kernel, strides, padding, data_format, dilation_rate)


def conv2d_transpose(x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None):
    """The transposed convolution, whose output has output_shape."""
    given = ints(output_shape)
    if _format(data_format) == "channels_first":
        given = [given[0], given[2], given[3], given[1]]

    def convolve(x, kernel, strides, padding, dilation_rate):
        return nn_ops.conv2d_transpose(x, kernel, given, [1, *strides, 1], padding)

    return _convolved(2, convolve)(x, kernel, strides, padding, data_format, (1, 1))


def _pooled(x, pool_size, strides, padding, data_format, pool_mode, functions):
    if pool_mode not in functions:
        raise ValueError("Invalid pooling mode: " + str(pool_mode))

    def pool(x, kernel, strides, padding, dilation_rate):
        return functions[pool_mode](x, [1, *pool_size, 1], [1, *strides, 1], padding)

    return _convolved(len(pool_size), pool)(x, 0.0, strides, padding, data_format, 1)


def _window(op):
    return lambda x, ksize, strides, padding: _core.execute(op, [x], {"ksize": ksize, "strides": strides, "padding": padding})


def pool2d(x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"):
    """Maxima ("max") or means ("avg") of windows over images."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, {"max": _window("MaxPool"), "avg": _window("AvgPool")})


def pool3d(x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"):
    """Maxima ("max") or means ("avg") of windows over volumes."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, {"max": nn_3d_ops.max_pool3d, "avg": nn_3d_ops.avg_pool3d})


# ---- control ----


def switch(condition, then_expression, else_expression):
    """Chooses by one condition, or element by element."""
    condition = tensor(condition)
    if condition._shape_tuple == ():
        branches = [e if callable(e) else (lambda e=e: e) for e in (then_expression, else_expression)]
        from sokuji._src.graph import control_flow as in_graphs

        return in_graphs.cond(array_ops.cast(condition, dtypes.bool), *branches)
    then, other = (tensor(e() if callable(e) else e) for e in (then_expression, else_expression))
    condition = array_ops.cast(condition, dtypes.bool)
    more = len(then._shape_tuple) - len(condition._shape_tuple)
    if more < 0:
        raise ValueError("Rank of `condition` should be less than or equal to rank of `then_expression` and `else_expression`.")
    if more:
        condition = array_ops.tile(reshape(condition, list(condition._shape_tuple) + [1] * more), [1] * len(condition._shape_tuple) + list(then._shape_tuple[-more:]))
    return run("Select", condition, then, other)


def in_train_phase(x, alt, training=None):
    """x in training, alt in the test phase."""
    training = models.learning_phase() if training is None else training
    if not isinstance(training, _core.Handle):
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    return switch(training, x, alt)


def in_test_phase(x, alt, training=None):
    """x in the test phase, alt in training."""
    return in_train_phase(alt, x, training=training)


def stop_gradient(variables):
    """The value, through which no gradient passes."""
    return [stop_gradient(v) for v in variables] if isinstance(variables, (list, tuple)) else run("StopGradient", tensor(variables))


def gradients(loss, variables):
    """Gradients of a loss by variables, in graphs."""
    if isinstance(loss, keras_graph.KerasTensor):
        return [_Gradient(loss, v) for v in variables] if isinstance(variables, (list, tuple)) else [_Gradient(loss, variables)]
    return graph_gradients(loss, variables)


def map_fn(fn, elems, name=None, dtype=None):
    """fn of each row."""
    return control_flow.map_fn(fn, elems, dtype=dtype)


def foldl(fn, elems, initializer=None, name=None):
    """fn(accumulated, element) over the rows, from the first on."""
    return control_flow.foldl(fn, elems, initializer=initializer)


def foldr(fn, elems, initializer=None, name=None):
    """fn(accumulated, element) over the rows, from the last on."""
    return control_flow.foldr(fn, elems, initializer=initializer)


def rnn(step_function, inputs, initial_states, go_backwards=False, mask=None, constants=None, unroll=False, input_length=None):
    """(last output, outputs, new states) of step_function(input, states) over the second axis; where the mask is false nothing changes."""
    inputs = tensor(inputs)
    if len(inputs._shape_tuple) < 3:
        raise ValueError("Input should be at least 3D.")
    parts = array_ops.unstack(inputs, axis=1)
    kept = None if mask is None else array_ops.unstack(array_ops.cast(mask, dtypes.bool), axis=1)
    order = range(len(parts))[::-1] if go_backwards else range(len(parts))
    states, outputs = list(initial_states), []
    for k in order:
        output, new = step_function(parts[k], states + list(constants or []))
        if kept is not None:
            keep = lambda new, old, flags=kept[k]: run("Select", flags, new, old)  # noqa: E731
            output = keep(output, outputs[-1] if outputs else array_ops.zeros_like(output))
            new = [keep(a, b) for a, b in zip(new, states)]
        states = list(new)
        outputs.append(output)
    return outputs[-1], array_ops.stack(outputs, 1), states


class function:
    """Runs inputs to outputs in the session, with updates beside."""

    def __init__(self, inputs, outputs, updates=None, **kwargs):
        if not isinstance(inputs, (list, tuple)) or not isinstance(outputs, (list, tuple)):
            raise TypeError("`inputs` and `outputs` of a TensorFlow backend function should be lists or tuples.")
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.updates = [run("Identity", u) if isinstance(u, tuple) else u for u in (x.assign(y) if isinstance(p, tuple) else p
                        for p in updates or [] for x, y in [p if isinstance(p, tuple) else (None, None)])]  # fmt: skip

    def __call__(self, inputs):
        if not isinstance(inputs, (list, tuple)):
            raise TypeError("`inputs` should be a list or tuple.")
        if keras_graph.has_symbols([self.inputs, self.outputs]):
            return self._run_symbols(list(inputs))
        made = get_session().run(self.outputs + self.updates, dict(zip(self.inputs, inputs)))
        return made[: len(self.outputs)]


    @at_once.at_once
    def _run_symbols(self, values):
        phase = dict(zip(map(id, self.inputs), values)).get(id(models._phase_symbol), 0)
        pairs = [(s, convert(np.asarray(v, dtypes.as_dtype(s._kind).as_numpy_dtype), 0)) for s, v in zip(self.inputs, values) if s is not models._phase_symbol]
        inputs = [s for s, _ in pairs]
        plain = [s for s in self.outputs if not isinstance(s, _Gradient)]
        with training_1._phase(int(np.asarray(phase))), _core.GradientTape(persistent=True) as tape:
            for _, value in pairs:
                tape.watch(value)
            wanted = plain + [s for g in self.outputs if isinstance(g, _Gradient) for s in (g.loss, *([g.of] if keras_graph.has_symbols(g.of) else []))]
            graph = keras_graph.Graph(inputs, wanted)
            kept = [row for node in graph.nodes for row in keras_graph._kept(node.layer)]
            made = graph.run([value for _, value in pairs], lambda layer: {}) if wanted else []
            for v, value in kept:
                v._assign(value)
        known = {id(s): value for s, value in zip(wanted, made)}
        known.update((id(s), value) for s, value in pairs)
        rows = []
        for s in self.outputs:
            if isinstance(s, _Gradient):
                rows.append(tape.gradient(known[id(s.loss)], known.get(id(s.of), s.of)))
            else:
                rows.append(known[id(s)])
        return [t.numpy() for t in rows]


class _Gradient(keras_graph.KerasTensor):
    """The gradient of a symbol by another, or by a weight."""

    def __init__(self, loss, of):
        super().__init__(shapes.TensorShape(of.shape).as_list(), dtypes.as_dtype(of.dtype).base_dtype.name, node=loss.node)
        self.loss, self.of = loss, of


def _of_symbols(name, function):
    """The function, whose result for symbols is a symbol."""

    @functools.wraps(function)
    def either(*arguments, **keywords):
        if keras_graph.has_symbols((arguments, keywords)):
            return keras_graph.apply(keras_graph.Operation(name, function), arguments[0] if arguments else None, arguments[1:], keywords)
        return function(*arguments, **keywords)

    return either


# ---- the names ----

_ON_VALUES = """floatx set_floatx epsilon set_epsilon image_data_format set_image_data_format backend get_uid reset_uids manual_variable_initialization
get_session set_session get_value eval batch_get_value set_value batch_set_value is_sparse dtype int_shape ndim count_params gradients function learning_phase
set_learning_phase clear_session name_scope""".split()

_UNARY = {"abs": "Abs", "square": "Square", "exp": "Exp", "log": "Log", "round": "Round", "sign": "Sign", "sin": "Sin", "cos": "Cos", "tanh": "Tanh",
          "sigmoid": "Sigmoid", "softplus": "Softplus", "softsign": "Softsign"}  # fmt: skip
_BINARY = {"equal": "Equal", "not_equal": "NotEqual", "greater": "Greater", "greater_equal": "GreaterEqual", "less": "Less", "less_equal": "LessEqual",
           "maximum": "Maximum", "minimum": "Minimum"}  # fmt: skip
_REDUCTIONS = {"sum": ("Sum", None), "prod": ("Prod", None), "max": ("Max", None), "min": ("Min", None), "mean": ("Mean", _as_float),
               "any": ("Any", _as_bool), "all": ("All", _as_bool)}  # fmt: skip
_OWN = """floatx set_floatx epsilon set_epsilon image_data_format set_image_data_format backend get_uid reset_uids manual_variable_initialization get_session
set_session variable constant placeholder eye random_normal random_uniform truncated_normal random_binomial get_value eval batch_get_value set_value
batch_set_value update update_add update_sub moving_average_update is_sparse to_dense dtype int_shape ndim shape count_params cast_to_floatx print_tensor sqrt pow
clip relu elu hard_sigmoid softmax dropout in_top_k var std reshape flatten batch_flatten expand_dims squeeze transpose permute_dimensions concatenate stack
reverse repeat_elements repeat arange gather one_hot temporal_padding spatial_2d_padding spatial_3d_padding resize_images resize_volumes dot batch_dot l2_normalize
bias_add batch_normalization normalize_batch_in_training categorical_crossentropy sparse_categorical_crossentropy binary_crossentropy conv1d conv2d conv3d
separable_conv2d conv2d_transpose pool2d pool3d switch in_train_phase in_test_phase stop_gradient gradients map_fn foldl foldr rnn function tile"""


def _cast(x, dtype):
    """x as another dtype."""
    return array_ops.cast(x, dtype)


def names(version):
    made = {name: _unary(op) for name, op in _UNARY.items()}
    made.update((name, _binary(op)) for name, op in _BINARY.items())
    made.update((name, _reduced(*how)) for name, how in _REDUCTIONS.items())
    made.update({name: globals()[name] for name in _OWN.split()}, argmax=_arg("ArgMax"), argmin=_arg("ArgMin"), cast=_cast, name_scope=scopes.name_scope,
                zeros=_filled(array_ops.zeros), ones=_filled(array_ops.ones), zeros_like=_like(array_ops.zeros_like), ones_like=_like(array_ops.ones_like),
                random_normal_variable=_random_variable(init_ops.RandomNormal), random_uniform_variable=_random_variable(init_ops.RandomUniform),
                learning_phase=models.learning_phase, set_learning_phase=models.set_learning_phase, clear_session=utils.clear_session)  # fmt: skip
    if version == 1:
        made = {name: f if name in _ON_VALUES else _of_symbols(name, f) for name, f in made.items()}
    return made

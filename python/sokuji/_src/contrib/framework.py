"""tf.contrib.framework: arg_scope, and variables by name, scope and collection."""

import contextlib
import functools
import inspect
import operator
import re
import threading

from sokuji._src.contrib.public import choose, tf
from sokuji._src.ops import array_ops

# ---- arguments given by scopes ----

_local, _takes = threading.local(), {}


def _stack():
    if not hasattr(_local, "stack"):
        _local.stack = [{}]
    return _local.stack


def current_arg_scope():
    """The arguments that open scopes give, by function."""
    return _stack()[-1]


def arg_scope_func_key(op):
    """The key of a function in the scopes of arguments."""
    return getattr(op, "_key_op", str(op))


def has_arg_scope(func):
    """Whether a function takes arguments of scopes."""
    return arg_scope_func_key(func) in _takes


def arg_scoped_arguments(func):
    """The names of the arguments that scopes may give to a function."""
    return _takes[arg_scope_func_key(func)]


def add_arg_scope(func):
    """The function with defaults from the arg_scopes that are open."""
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def scoped(*args, **kwargs):
        return func(*args, **{**current_arg_scope().get(key, {}), **kwargs})

    _takes[key] = tuple(name for name, p in inspect.signature(func).parameters.items() if p.default is not p.empty)
    scoped._key_op = key
    return scoped


@contextlib.contextmanager
def arg_scope(list_ops_or_scope, **kwargs):
    """with arg_scope([function, …], argument=default): or with a scope that was open."""
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("When attempting to re-use a scope by suppling adictionary, kwargs must be empty.")
        scope = dict(list_ops_or_scope)
    elif not isinstance(list_ops_or_scope, (list, tuple)):
        raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
    else:
        scope = dict(current_arg_scope())
        for op in list_ops_or_scope:
            if not has_arg_scope(op):
                raise ValueError("%s is not decorated with @add_arg_scope", (op.__module__, op.__name__))
            key = arg_scope_func_key(op)
            scope[key] = {**scope.get(key, {}), **kwargs}
    _stack().append(scope)
    try:
        yield scope
    finally:
        _stack().pop()


# ---- variables ----


@add_arg_scope
def variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None, caching_device=None, device=None,
             partitioner=None, custom_getter=None, use_resource=None):  # fmt: skip
    """A variable of that name, made or shared as the scope says."""
    collections = list(collections) if collections is not None else [tf.GraphKeys.GLOBAL_VARIABLES]
    get = tf.get_variable if custom_getter is None else functools.partial(custom_getter, reuse=tf.get_variable_scope().reuse)
    if isinstance(device, str):
        with tf.device(device):
            return get(name, shape=shape, dtype=dtype or tf.float32, initializer=initializer, regularizer=regularizer, trainable=trainable, collections=list(dict.fromkeys(collections)))
    settings = {} if partitioner is None else {"partitioner": partitioner}
    return get(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, trainable=trainable,
               collections=list(dict.fromkeys(collections)), **settings)  # fmt: skip


@add_arg_scope
def model_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None, caching_device=None, device=None,
                   partitioner=None, custom_getter=None, use_resource=None):  # fmt: skip
    """A variable that is listed among those of the model."""
    keys = tf.GraphKeys
    return variable(name, shape, dtype or tf.float32, initializer, regularizer, trainable, [*(collections or []), keys.GLOBAL_VARIABLES, keys.MODEL_VARIABLES],
                    caching_device, device, partitioner, custom_getter)  # fmt: skip


def local_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable in the collection of local ones, which checkpoints leave out."""
    return tf.Variable(initial_value, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES], validate_shape=validate_shape, name=name)


def global_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable in the collection of global ones."""
    return tf.Variable(initial_value, trainable=False, collections=[tf.GraphKeys.GLOBAL_VARIABLES], validate_shape=validate_shape, name=name)


def add_model_variable(var):
    """Adds a variable to the model's variables."""
    if var not in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES):
        tf.add_to_collection(tf.GraphKeys.MODEL_VARIABLES, var)


def get_variables(scope=None, suffix=None, collection=None):
    """Variables of the scope whose names end in the suffix."""
    if scope is not None and not isinstance(scope, str):
        scope = scope.name
    if suffix is not None:
        scope = (scope or "") + ".*" + suffix + ("" if ":" in suffix else ":")
    return tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES if collection is None else collection, scope)


def _of(key):
    def variables(scope=None, suffix=None):
        """The variables of the collection, of those whose names begin with scope and end with suffix."""
        return get_variables(scope, suffix, getattr(tf.GraphKeys, key))

    return variables


get_model_variables, get_local_variables, get_trainable_variables = _of("MODEL_VARIABLES"), _of("LOCAL_VARIABLES"), _of("TRAINABLE_VARIABLES")


def get_variables_by_suffix(suffix, scope=None):
    """The variables whose names end so."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name, scope=None):
    """The variables of that last name."""
    return get_variables(scope=scope, suffix="/" + given_name + ":|^" + given_name + ":")


def get_unique_variable(var_op_name):
    """The variable of that name; others beginning with it do not count."""
    found = get_variables(scope=var_op_name)
    if not found:
        raise ValueError("Variable %s does not exist" % var_op_name)
    if len(found) > 1:
        found = [v for v in found if v.op.name == var_op_name]
        if len(found) != 1:
            raise ValueError("Variable %s does not uniquely identify a variable" % var_op_name)
    return found[0]


def get_variable_full_name(var):
    """A variable's name, without the number of its output."""
    info = getattr(var, "_save_slice_info", None)
    return info.full_name if info else var.op.name


def get_variables_to_restore(include=None, exclude=None):
    """Those that begin with a name of include and with none of exclude."""
    for what, names in (("include", include), ("exclude", exclude)):
        if names is not None and not isinstance(names, (list, tuple)):
            raise ValueError("%s must be None or a list or tuple." % what)
    found = get_variables() if include is None else [v for scope in include for v in get_variables(scope)]
    left = {v.op.name for scope in exclude or () for v in get_variables(scope)}
    return [v for v in found if v.op.name not in left]


def filter_variables(var_list, include_patterns=None, exclude_patterns=None, reg_search=True):
    """The variables whose names match include_patterns and no exclude_patterns."""
    match = re.search if reg_search else re.match
    kept = [v for v in var_list if any(match(p, v.op.name) for p in include_patterns)] if include_patterns else list(var_list)
    return [v for v in kept if not any(match(p, v.op.name) for p in exclude_patterns or ())]


def assign_from_values(var_names_to_values):
    """(an operation that assigns, its feeds)"""
    feeds, assigns = {}, []
    for name, value in var_names_to_values.items():
        found = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, name)
        if not found:
            raise ValueError("Variable %s was not found" % name)
        if len(found) > 1:
            found = [v for v in found if v.op.name == name] or found
        place = tf.placeholder(found[0].dtype.base_dtype, found[0].shape)
        feeds[place] = value.reshape(found[0].shape.as_list()) if hasattr(value, "reshape") else value
        assigns.append(found[0].assign(place))
    return tf.group(*assigns), feeds


def assign_from_values_fn(var_names_to_values):
    """A function of a session that assigns values to variables by their names."""
    op, feeds = assign_from_values(var_names_to_values)
    return lambda session: session.run(op, feeds)


def _named(var_list):
    return var_list if isinstance(var_list, dict) else {v.op.name: v for v in var_list}


def assign_from_checkpoint(model_path, var_list, ignore_missing_vars=False):
    """(an operation that assigns what the checkpoint has, its feeds)"""
    reader, feeds, assigns = tf.train.NewCheckpointReader(model_path), {}, []
    for name, var in _named(var_list).items():
        if not reader.has_tensor(name):
            if ignore_missing_vars:
                tf.logging.warning("Variable %s missing in checkpoint %s", name, model_path)
                continue
            raise ValueError("Checkpoint is missing variable [%s]" % name)
        value = reader.get_tensor(name)
        if not var.shape.is_compatible_with(value.shape) and value.size != var.shape.num_elements():
            raise ValueError("Total size of new array must be unchanged for %s lh_shape: [%s], rh_shape: [%s]" % (name, str(value.shape), str(var.shape)))
        place = tf.placeholder(var.dtype.base_dtype, var.shape)
        feeds[place] = value.reshape(var.shape.as_list())
        assigns.append(var.assign(place))
    return tf.group(*assigns), feeds


def assign_from_checkpoint_fn(model_path, var_list, ignore_missing_vars=False, reshape_variables=False):
    """A function(session) that restores them."""
    var_list = _named(var_list)
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        has = tf.train.NewCheckpointReader(model_path).has_tensor
        for name in [name for name in var_list if not has(name)]:
            tf.logging.warning("Variable %s missing in checkpoint %s", name, model_path)
        var_list = {name: v for name, v in var_list.items() if has(name)}
    if not var_list:
        tf.logging.warning("No Variables to restore")
        return None
    saver = tf.train.Saver(var_list)
    return lambda session: saver.restore(session, model_path)


# ---- shapes, types, and the rest ----


def assert_or_get_global_step(graph=None, global_step_tensor=None):
    """The given global step, or the graph's."""
    if global_step_tensor is None:
        return tf.train.get_global_step()
    tf.train.assert_global_step(global_step_tensor)
    return global_step_tensor


def zero_initializer(ref, use_locking=True, name="zero_initializer"):
    """An operation that sets a variable to zero."""
    return tf.assign(ref, tf.zeros(ref.shape, ref.dtype.base_dtype), name=name)


def reduce_sum_n(tensors, name=None):
    """The sum of all elements of all tensors."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with tf.name_scope(name, "reduce_sum_n", tensors) as scope:
        tensors = [tf.reduce_sum(t, name="%s/sum" % t.op.name) for t in tensors]
        return tensors[0] if len(tensors) == 1 else tf.add_n(tensors, name=scope)


def assert_same_float_dtype(tensors=None, dtype=None):
    """The floating-point dtype of them all, float32 where nothing says."""
    for t in tensors or ():
        if t is None:
            continue
        if dtype is not None and t.dtype.base_dtype != dtype:
            raise ValueError("Tensors must all be of the same type; %s is %s, expected %s" % (t, t.dtype, dtype))
        dtype = t.dtype.base_dtype
    dtype = dtype or tf.float32
    if not tf.as_dtype(dtype).is_floating:
        raise ValueError("Expected floating point type, got %s." % dtype)
    return tf.as_dtype(dtype)


def assert_scalar(tensor, name=None):
    """The tensor, or ValueError unless it is a scalar."""
    tensor = tf.convert_to_tensor(tensor)
    if tensor.shape.ndims != 0:
        raise ValueError("Unexpected shape %s for %s." % (tensor.shape, tensor))
    return tensor


def assert_scalar_int(tensor, name=None):
    """The tensor, or ValueError unless it is an integer scalar."""
    tensor = tf.convert_to_tensor(tensor)
    if not tensor.dtype.is_integer:
        raise ValueError("Unexpected type %s for tensor %s." % (tensor.dtype, tensor))
    return assert_scalar(tensor)


def with_shape(expected_shape, tensor):
    """The tensor, whose shape must be that one."""
    if tf.contrib.framework.is_tensor(expected_shape):
        expected_shape = tf.contrib.util.constant_value(expected_shape)
    expected = tf.TensorShape([None if d is None or d < 0 else int(d) for d in expected_shape])
    tensor = tf.convert_to_tensor(tensor)
    tensor.shape.assert_is_compatible_with(expected)
    if tensor.shape.is_fully_defined():
        return tensor
    with tf.control_dependencies([tf.assert_equal(tf.shape(tensor), expected.as_list())]):
        tensor = tf.identity(tensor)
    tensor.set_shape(expected)
    return tensor


def with_same_shape(expected_tensor, tensor):
    """The tensor, after a check of its shape."""
    return with_shape(expected_tensor.shape.as_list(), tensor)


def remove_squeezable_dimensions(predictions, labels, name=None):
    """Both, the longer without a last dimension of one."""
    predictions, labels = tf.convert_to_tensor(predictions), tf.convert_to_tensor(labels)
    apart = predictions.shape.ndims - labels.shape.ndims
    if apart == 1 and predictions.shape[-1].value in (1, None):
        predictions = tf.squeeze(predictions, [-1])
    if apart == -1 and labels.shape[-1].value in (1, None):
        labels = tf.squeeze(labels, [-1])
    return predictions, labels


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """true_fn() or false_fn(), decided at once when pred is known."""
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("`%s` must be callable." % ("false_fn" if callable(true_fn) else "true_fn"))
    return choose(pred, true_fn, false_fn)


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """Indices in which order the values are sorted."""
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError("Direction must be ASCENDING or DESCENDING, is %s" % direction)
    t = tf.convert_to_tensor(values)
    rank = t.shape.ndims
    order = [*range(axis % rank), *range(axis % rank + 1, rank), axis % rank]
    back = [order.index(i) for i in range(rank)]
    turned = tf.transpose(t, order)
    found = tf.nn.top_k(-turned if direction == "ASCENDING" else turned, tf.shape(turned)[-1])[1]
    return tf.transpose(found, back)


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """The values in order along an axis."""
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError("Direction must be ASCENDING or DESCENDING, is %s" % direction)
    t = tf.convert_to_tensor(values)
    rank = t.shape.ndims
    order = [*range(axis % rank), *range(axis % rank + 1, rank), axis % rank]
    turned = tf.transpose(t, order)
    found = tf.nn.top_k(-turned if direction == "ASCENDING" else turned, tf.shape(turned)[-1])[0]
    return tf.transpose(-found if direction == "ASCENDING" else found, [order.index(i) for i in range(rank)])


def get_graph_from_inputs(op_input_list, graph=None):
    """The graph of the inputs, or the given one."""
    return graph or next((t.graph for t in op_input_list if hasattr(t, "graph")), None) or tf.get_default_graph()


def get_placeholders(graph):
    """The placeholders of a graph."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def get_name_scope():
    """The name scope that is open."""
    scope = tf.get_default_graph().unique_name("x", mark_as_used=False).rpartition("/")[0]
    return scope


def strip_name_scope(name, export_scope):
    """The name without the scope before it."""
    return re.sub(r"([\^]|loc:@|^)" + re.escape(export_scope) + r"[\/]+(.*)", r"\1\2", name) if export_scope else name


def prepend_name_scope(name, import_scope):
    """The name with the scope before it."""
    return re.sub(r"([\^]|loc:@|^)(.*)", r"\1" + import_scope + r"/\2", name, count=1) if import_scope else name


def deprecated(date, instructions, warn_once=True):
    """A decorator without effect."""
    return lambda function: function


def _step(name):
    def step(*arguments):
        return operator.attrgetter("train." + name)(tf)(*arguments)

    step.__doc__ = "tf.train.%s" % name
    return step


def smart_constant_value(pred):
    """The value of a bool or a tensor, None where it is not known before a run."""
    return pred if isinstance(pred, bool) else tf.contrib.util.constant_value(pred)


def _undecorated(*arguments, **keywords):
    """A decorator that changes nothing."""
    return lambda f: f


NAMES = {f.__name__: f for f in (
    current_arg_scope, arg_scope_func_key, has_arg_scope, arg_scoped_arguments, add_arg_scope, arg_scope, variable, model_variable, local_variable, global_variable,
    add_model_variable, get_variables, get_variables_by_suffix, get_variables_by_name, get_unique_variable, get_variable_full_name, get_variables_to_restore,
    filter_variables, assign_from_values, assign_from_values_fn, assign_from_checkpoint, assign_from_checkpoint_fn, assert_or_get_global_step, zero_initializer,
    reduce_sum_n, assert_same_float_dtype, assert_scalar, assert_scalar_int, with_shape, with_same_shape, remove_squeezable_dimensions, smart_cond, argsort, sort,
    get_graph_from_inputs, get_placeholders, get_name_scope, strip_name_scope, prepend_name_scope, deprecated)}  # fmt: skip
NAMES.update(get_model_variables=get_model_variables, get_local_variables=get_local_variables, get_trainable_variables=get_trainable_variables)
NAMES.update({name: _step(name) for name in ("get_global_step", "create_global_step", "get_or_create_global_step", "assert_global_step", "init_from_checkpoint")})
NAMES.update(is_tensor=array_ops.is_tensor, smart_constant_value=smart_constant_value, deprecated_args=_undecorated, deprecated_arg_values=_undecorated)

"""Graphs of 1.x: which names come from the room `graph`, and how functions begin to take part once a graph is made."""

import functools
import sys
import types

import numpy as np

from sokuji import _core
from sokuji._src.api import assemble_exchange
from sokuji._src.api.missing import home, is_space, reachable_in
from sokuji._src.graph import as_then, composed, datasets, direct, gradient_names, gradients, operation, operators, scopes, session, variables, words
from sokuji._src.graph import graph as graphs
from sokuji._src.layers import in_graph as layers_in_graph
from sokuji._src.ops import array_ops, functions, op_table, random_ops, sparse_ops
from sokuji._src.train import moving_averages
from sokuji._src.variables import variables as eager_variables

# ---- names that ask by themselves whether a graph is open ----

_GRAPH = """Graph GraphKeys get_default_graph reset_default_graph control_dependencies add_to_collection add_to_collections get_collection
get_collection_ref init_scope"""
_SESSION = "Session InteractiveSession get_default_session"
_WORDS = "add_check_numerics_ops placeholder placeholder_with_default constant convert_to_tensor identity no_op group set_random_seed get_seed"
_ALWAYS_OF_VARIABLES = """global_variables_initializer local_variables_initializer variables_initializer is_variable_initialized
report_uninitialized_variables assert_variables_initialized"""


def _pick(module, names):
    return {name: getattr(module, name) for name in names.split()}


def _dispatch(eager, in_graph):
    """A function that is `in_graph` where a tf.Graph is open or an argument is of one."""

    @functools.wraps(in_graph)
    def function(*arguments, **keywords):
        if graphs.building() is None and not any(_is_of_graph(a) for a in arguments):
            return eager(*arguments, **keywords)
        return in_graph(*arguments, **keywords)

    function.__doc__ = in_graph.__doc__ or eager.__doc__
    return function


def _dispatch_open(eager, in_graph):
    @functools.wraps(in_graph)
    def function(*arguments, **keywords):
        return (eager if graphs.building() is None else in_graph)(*arguments, **keywords)

    function.__doc__ = in_graph.__doc__ or eager.__doc__
    return function


def _is_of_graph(value):
    if isinstance(value, (list, tuple)):
        return any(_is_of_graph(v) for v in value)
    return isinstance(value, (_core.SymbolicTensor, variables.GraphVariable))


class _NameScope:
    """tf.name_scope: of the open graph, else of names of variables."""

    def __new__(cls, name, default_name=None, values=None):
        from sokuji._src.variables import scopes as eager_scopes

        return (eager_scopes if graphs.building() is None else graphs).name_scope(name, default_name, values)


def _collected(function):
    @functools.wraps(function)
    def collected(*arguments, **keywords):
        graphs.refuse("variable collections are not supported when eager execution is enabled.", ValueError)
        return function(*arguments, **keywords)

    return collected


def _always():
    """The names that are there from the beginning."""
    names = _pick(graphs, _GRAPH)
    names.update(_pick(session, _SESSION), Operation=operation.Operation, tuple=words.tuple_)
    names.update(_pick(words, "placeholder placeholder_with_default"))
    names.update(_pick(variables, _ALWAYS_OF_VARIABLES))
    for name in "all_variables model_variables moving_average_variables".split():
        names[name] = _collected(getattr(variables, name))
    names["count_up_to"], names["hessians"] = variables.count_up_to, gradients.hessians
    names.update(RegisterGradient=gradient_names.RegisterGradient, NoGradient=gradient_names.no_gradient, NotDifferentiable=gradient_names.no_gradient)
    names["add_check_numerics_ops"] = words.add_check_numerics_ops
    names["initialize_all_variables"] = variables.global_variables_initializer
    return names


def _later(names):
    """The names that change when the first graph is made."""
    made = _pick(words, _WORDS)
    for name in "global_variables all_variables local_variables model_variables trainable_variables moving_average_variables".split():
        eager = names.get(name)
        made[name] = _dispatch(eager, getattr(variables, name)) if isinstance(eager, types.FunctionType) else getattr(variables, name)
    made.update(gradients=_dispatch(names["gradients"], gradients.gradients), hessians=gradients.hessians, name_scope=_NameScope,
                variable_scope=scopes.variable_scope, get_variable=scopes.get_variable, get_variable_scope=scopes.get_variable_scope,
                get_local_variable=scopes.get_local_variable, assign=variables.assign, assign_add=variables.assign_add,
                assign_sub=variables.assign_sub, Variable=eager_variables.Variable)  # fmt: skip
    made["control_dependencies"] = _dispatch_open(names["control_dependencies"], graphs.control_dependencies)
    made["device"] = _dispatch_open(names["device"], lambda device_name_or_function: graphs.get_default_graph().device(device_name_or_function))
    made["colocate_with"] = _dispatch_open(names["colocate_with"], lambda op, ignore_existing=False: graphs.get_default_graph().colocate_with(op))
    made["tuple"] = words.tuple_
    for name in "shape size rank".split():
        made[name] = _dispatch(names[name], getattr(as_then, name))
    for name, in_graph in assemble_exchange.IN_GRAPH.items():
        made[name] = _dispatch_open(names[name], in_graph) if name in names else in_graph
    for name in _ALWAYS_OF_VARIABLES.split():
        made[name] = getattr(variables, name)
    made["make_template"] = _dispatch_open(names["make_template"], scopes.make_template)
    for name, function in variables.SCATTERS.items():
        made[name] = _dispatch(names[name], function) if name in names else function
    return made


def _train(space):
    made = {}
    for name in "get_global_step get_or_create_global_step create_global_step".split():
        made[name] = _dispatch(space[name], getattr(variables, name))
    made["global_step"] = lambda sess, global_step_tensor: (
        session.global_step(sess, global_step_tensor) if isinstance(sess, session.BaseSession) else eager_variables.global_step(sess, global_step_tensor))
    return made


def _layers(space):
    return {name: _dispatch(space[name], function) for name, function in layers_in_graph.FUNCTIONS.items()}


# ---- functions of operations ----

_COMPOSED_FROM = ("sokuji._src.ops.", "sokuji._src.train.losses", "sokuji._src.train.schedules")
_PLAIN = {"zeros", "ones", "random_normal", "truncated_normal", "random_uniform", "dropout", "is_tensor", "broadcast_static_shape", "set_random_seed", "get_seed", "executing_eagerly"}


def _table():
    """{dotted name: wrapper}"""
    known, made = functions.table(1), {}
    for name, op, groups, parameters in op_table.rows(1):
        if name in known:
            made[name] = composed.of_table(known[name], op, groups, parameters)
    return made


def _wrapped(name, value):
    module = home(value)
    is_function = isinstance(value, (types.FunctionType, _core.Quick))
    if not is_function or value.__name__ in _PLAIN or name in _PLAIN or not module.startswith(_COMPOSED_FROM):
        return None
    return composed.of_several(value, composed.NAMES.get(value.__name__))


def _spaces(module, prefix=""):
    yield prefix, vars(module)
    for name, value in list(vars(module).items()):
        if is_space(value) and not name.startswith("_") and name not in ("eager", "keras", "data", "test", "gfile", "logging", "errors", "flags"):
            yield from _spaces(value, prefix + name + ".")


_plain = {}  # (prefix, name) -> what eager execution has


def _find(space, dotted):
    for word in dotted.split("."):
        space = space.get(word) if isinstance(space, dict) else vars(space).get(word)
    return space


def _take_part():
    """Replaces functions in the namespaces of 1.x by ones that look whether a graph is open."""
    module = sys.modules.get("sokuji.v1")
    if module is None:
        return
    table = _table()
    direct_ones = direct.table(lambda name: _find(vars(module), name))
    done = {}
    for prefix, space in list(_spaces(module)):
        changed = _later(space) if prefix == "" else _train(space) if prefix == "train." else _layers(space) if prefix == "layers." else {}
        if prefix == "":
            changed["random_poisson"] = direct_ones["random_poisson"]
        for name, value in list(space.items()):
            if name.startswith("_") or name in changed:
                continue
            if prefix + name in direct_ones:
                changed[name] = direct_ones[prefix + name]
                continue
            if isinstance(value, _core.Function) and prefix + name in table:
                changed[name] = table[prefix + name]
            else:
                made = done.get(id(value)) or _wrapped(name, value)
                if made is not None:
                    done[id(value)] = changed[name] = made
        for name, value in changed.items():
            _plain.setdefault((prefix, name), space.get(name))
        space.update(changed)

    reachable_in("sokuji.v1")
    datasets.take_part()
    sparse_ops._in_graph = words.sparse_parts
    random_ops._seeds_in_graph = words.seeds
    random_ops._in_graph = array_ops._in_graph = as_then
    _core.set_hook("operator", operators.operator)


_LIKE_1 = """constant identity convert_to_tensor zeros ones name_scope control_dependencies no_op group random.uniform=random_uniform random.normal=random_normal
random.truncated_normal=truncated_normal"""


def _convert_2(value, dtype=None, dtype_hint=None, name=None):
    return words.convert_to_tensor(value, dtype, name, dtype_hint)


def take_part_2():
    """The same for 2.x's functions that are one operation, and for those that make tensors."""
    module, space_1 = sys.modules["sokuji"], vars(sys.modules["sokuji.v1"])
    known = functions.table(2)
    made = {name: (known[name], composed.of_table(known[name], op, groups, parameters)) for name, op, groups, parameters in op_table.rows(2) if name in known}
    for prefix, space in list(_spaces(module)):
        for name, value in list(space.items()):
            plain, with_name = made.get(prefix + name, (None, None))
            if plain is not None and value is plain:
                space[name] = with_name
    for word in _LIKE_1.split():
        path, _, other = word.partition("=")
        prefix, _, name = path.rpartition(".")
        space = vars(_find(vars(module), prefix)) if prefix else vars(module)
        if name in space:
            in_graph = _convert_2 if name == "convert_to_tensor" else space_1[other or name]
            space[name] = _dispatch_open(space[name], in_graph)
    reachable_in("sokuji")


def _sparse_parts(value):
    return [value.indices, value.values, value.dense_shape]


session.register_expansion(sparse_ops.SparseTensor, _sparse_parts, lambda values: sparse_ops.SparseTensorValue(*values), list)


def begin():
    """Makes functions look for graphs from the first graph on."""
    if _take_part not in graphs._listeners:
        graphs._listeners.append(_take_part)


def enter():
    """Graph mode: the default graph of the thread is open."""
    graphs.in_use()
    graphs.open_global()


def leave():
    """Eager execution, with the plain functions until the next graph is made."""
    graphs.close_global()
    module = sys.modules.get("sokuji.v1")
    for prefix, space in list(_spaces(module)):
        for name in list(space):
            if _plain.get((prefix, name)) is not None:
                space[name] = _plain[prefix, name]
    _plain.clear()
    begin()


def is_begun():
    return graphs._global is not None and len(graphs._global) > 0


_strict = False


def is_strict():
    return _strict


def strict_modes(strict=True):
    """Whether what TensorFlow refuses in one mode or the other (a placeholder in eager execution) is refused here too."""
    global _strict
    _strict = bool(strict)


def refuse_as_then():
    """Eager execution was enabled: where modes are strict, what it refused then is refused from now on."""
    graphs.strict_eager = eager_variables.strict_eager = _strict


def add(version, names, spaces):
    if version == 1:
        for name, value in _always().items():
            names.setdefault(name, value)
        spaces.setdefault("train", {})["ExponentialMovingAverage"] = moving_averages.ExponentialMovingAverage
        spaces.setdefault("contrib.util", {})["constant_value"] = constant_value
        spaces["contrib.framework.nest"] = spaces["nest"]
        spaces.setdefault("contrib.framework", {}).setdefault("get_variables", _get_variables)


def _get_variables(scope=None, suffix=None):
    """Variables of the scope whose names end in the suffix."""
    return [v for v in variables.global_variables(scope) if suffix is None or v.op.name.endswith(suffix)]


def constant_value(tensor, partial=False):
    """The value where it is known before a run, as an array, or None; what is no tensor as it is."""
    if isinstance(tensor, _core.EagerTensor):
        return tensor.numpy()
    if not isinstance(tensor, _core.SymbolicTensor):
        return None if hasattr(tensor, "assign") else tensor
    known = tensor._known_value()
    return None if known is None or not _is_told(tensor) else np.array(known.numpy())


_TOLD = {"Const", "Shape", "Size", "Rank", "Range", "Cast", "Concat", "ConcatV2", "Pack", "Fill", "Equal", "NotEqual"}


def _is_told(tensor):
    """Whether TensorFlow 1.8 looks into the operation for a value that is known before a run."""
    op = tensor.op
    if op.type not in _TOLD or tensor._known_value() is None:
        return False
    return op.type in ("Const", "Shape", "Size", "Rank") or all(_is_told(t) for t in op.inputs)



"""Variable scopes in graphs: names, reuse, inherited settings, and the graph's store of shared variables. Eager ones are in the room `variables`."""

import functools
import inspect

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import partitioned
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.graph.variables import GraphVariable
from sokuji._src.ops import init_ops
from sokuji._src.variables import scopes
from sokuji._src.variables.scopes import AUTO_REUSE


class VariableScope(scopes.VariableScope):
    """A variable scope of a graph: what get_variable takes from it."""

    def __init__(self, reuse, name="", initializer=None, regularizer=None, caching_device=None, partitioner=None, custom_getter=None, name_scope="",
                 dtype=None, use_resource=None, constraint=None):  # fmt: skip
        super().__init__(reuse, name, initializer, regularizer, None, None, custom_getter, name_scope, dtype, use_resource, constraint)
        self._reuse, self._use_resource, self._caching_device, self._partitioner = reuse, use_resource, caching_device, partitioner

    caching_device = property(lambda self: self._caching_device)
    partitioner = property(lambda self: self._partitioner)

    def set_use_resource(self, use_resource):
        self._use_resource = use_resource

    def set_caching_device(self, caching_device):
        self._caching_device = caching_device

    def set_partitioner(self, partitioner):
        self._partitioner = partitioner

    def get_variable(self, var_store, name, *arguments, **keywords):
        with _current(self):
            return get_variable(name, *arguments, **keywords)

    def get_collection(self, name):
        return graphs.get_collection(name, self.name + "/" if self.name else "")

    def global_variables(self):
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def trainable_variables(self):
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def local_variables(self):
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def _changed(self, name, name_scope, getter, **given):
        settings = dict(initializer=self._initializer, regularizer=self._regularizer, dtype=self._dtype, constraint=self._constraint,
                        use_resource=self._use_resource, caching_device=self._caching_device, partitioner=self._partitioner, reuse=self._reuse)  # fmt: skip
        settings.update({key: value for key, value in given.items() if value is not None})
        settings["custom_getter"] = scopes._joined_getter(getter, self._custom_getter)
        return VariableScope(name=name, name_scope=name_scope, **settings)


def _open_scopes(graph):
    if graph._scopes is None:
        graph._scopes = [VariableScope(False)]
    return graph._scopes


class _current:
    def __init__(self, scope):
        self._scope = scope

    def __enter__(self):
        self._stack = _open_scopes(graphs.get_default_graph())
        self._stack.append(self._scope)
        return self._scope

    def __exit__(self, *exception):
        self._stack.pop()


def get_variable_scope():
    if graphs.building() is None:
        return scopes.get_variable_scope()
    return _open_scopes(graphs.get_default_graph())[-1]


def _unique(graph, prefix):
    name = "/".join(part for part in (get_variable_scope().name, prefix) if part)
    if not graph._scope_counts.get(name):
        return prefix
    number = 1
    while graph._scope_counts.get("%s_%d" % (name, number)):
        number += 1
    return "%s_%d" % (prefix, number)


class variable_scope:
    """with tf.variable_scope(name): names of get_variable begin with it, its settings hold, and names of operations begin with it too."""

    def __new__(cls, name_or_scope, default_name=None, values=None, **settings):
        if graphs.building() is None:
            return scopes.variable_scope(name_or_scope, default_name, values, **settings)
        return super().__new__(cls)

    def __init__(self, name_or_scope, default_name=None, values=None, initializer=None, regularizer=None, caching_device=None, partitioner=None,
                 custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None, auxiliary_name_scope=True):  # fmt: skip
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if not (reuse in (None, False, True) or reuse is AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError("The auxiliary_name_scope must be `True` or `False`, while get %s" % (auxiliary_name_scope,))
        self._given, self._default, self._reuse, self._named = name_or_scope, default_name, reuse or None, auxiliary_name_scope
        self._settings = dict(initializer=initializer, regularizer=regularizer, dtype=dtype, caching_device=caching_device, use_resource=use_resource,
                              constraint=constraint, partitioner=partitioner)  # fmt: skip
        self._getter = custom_getter
        self._graph = graphs.get_default_graph()

    def __enter__(self):
        graph, given = self._graph, self._given
        if given is None and self._reuse:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        if given is not None and not isinstance(given, (str, scopes.VariableScope)):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        short = self._default if given is None else given if isinstance(given, str) else given.name.split("/")[-1]
        self._names = None
        opened = graph._stack + "/" if graph._stack else ""
        if self._named and short:
            self._names = graph.name_scope(short)
            opened = self._names.__enter__()
        try:
            scope = self._scope(graph, opened)
        except BaseException:
            self.__leave()
            raise
        counts = graph._scope_counts
        self._saved = dict(counts) if isinstance(given, scopes.VariableScope) else None
        counts[scope.name] = counts.get(scope.name, 0) + 1
        self._scope_name = scope.name
        self._current = _current(scope)
        return self._current.__enter__()

    def _scope(self, graph, opened):
        outer = get_variable_scope()
        settings = dict(self._settings)
        if isinstance(self._given, scopes.VariableScope):
            settings["reuse"] = self._given.reuse if self._reuse is None else self._reuse
            return self._given._changed(self._given.name, self._given.original_name_scope, self._getter, **settings)
        settings["reuse"] = self._reuse or outer.reuse
        short = _unique(graph, self._default) if self._given is None else self._given
        return outer._changed(outer.name + "/" + short if outer.name else short, opened, self._getter, **settings)

    def __leave(self):
        if self._names is not None:
            self._names.__exit__(None, None, None)

    def __exit__(self, *exception):
        self._current.__exit__()
        counts = self._graph._scope_counts
        if self._saved is not None:
            counts.clear()
            counts.update(self._saved)
        else:
            scopes._close_under(counts, self._scope_name)
        self.__leave()


variable_scope.__signature__ = inspect.signature(variable_scope.__init__).replace(
    parameters=list(inspect.signature(variable_scope.__init__).parameters.values())[1:])  # fmt: skip


def get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None, caching_device=None,
                 partitioner=None, validate_shape=True, use_resource=None, custom_getter=None, constraint=None):  # fmt: skip
    """The variable of that name in the scope: made, or shared, as its reuse says."""
    if graphs.building() is None:
        return scopes.get_variable(name, shape, dtype, initializer, regularizer, trainable, collections, caching_device, partitioner, validate_shape,
                                   use_resource, custom_getter, constraint)  # fmt: skip
    scope = get_variable_scope()
    full = scope.name + "/" + name if scope.name else name
    if initializer is None:
        initializer = scope.initializer
    if regularizer is None:
        regularizer = scope.regularizer
    if constraint is None:
        constraint = scope.constraint
    kind = scope.dtype if dtype is None else dtype
    if initializer is not None and not callable(initializer):
        found = convert(initializer, 0).dtype
        if dtype is None:
            kind = found
        elif dtypes.as_dtype(dtype) is not found:
            raise ValueError("Initializer type '%s' and explicit dtype '%s' don't match." % (found, dtypes.as_dtype(dtype)))
    settings = dict(shape=shape, dtype=kind, initializer=initializer, regularizer=regularizer, reuse=scope.reuse, trainable=trainable,
                    collections=collections, caching_device=caching_device, partitioner=scope.partitioner if partitioner is None else partitioner, validate_shape=validate_shape,
                    use_resource=scope.use_resource if use_resource is None else use_resource)  # fmt: skip
    getter = scopes._joined_getter(custom_getter, scope.custom_getter)
    graph = graphs.get_default_graph()
    get = partitioned.getter(functools.partial(_get, constraint=constraint)) if settings["partitioner"] is not None or graph._partitioned else _get
    with graph.name_scope(None):
        if getter is None:
            return get(full, constraint=constraint, **settings)
        return getter(functools.partial(get, constraint=constraint), full, **settings)


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=False, collections=None, caching_device=None,
                       partitioner=None, validate_shape=True, use_resource=None, custom_getter=None, constraint=None):  # fmt: skip
    """get_variable of a variable that is not trained and belongs to the local ones."""
    names = [GraphKeys.LOCAL_VARIABLES] if collections is None else list(collections) + [GraphKeys.LOCAL_VARIABLES]
    return get_variable(name, shape, dtype, initializer, regularizer, False, names, caching_device, partitioner, validate_shape, use_resource,
                        custom_getter, constraint)  # fmt: skip


def _get(name, shape=None, dtype=None, initializer=None, regularizer=None, reuse=None, trainable=True, collections=None, caching_device=None,
         partitioner=None, validate_shape=True, use_resource=None, constraint=None, custom_getter=None, partition_info=None):  # fmt: skip
    graph = graphs.get_default_graph()
    kind = dtypes.as_dtype(dtypes.float32 if dtype is None else dtype).base_dtype
    is_value = initializer is not None and not callable(initializer)
    if is_value and shape is not None:
        raise ValueError("If initializer is a constant, do not specify shape.")
    wanted = shapes.as_shape(shape)
    should_check = reuse is not None
    found = graph._variables.get(name)
    if found is not None:
        if should_check and not reuse:
            raise ValueError("Variable %s already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?" % name)
        if not wanted.is_compatible_with(found.shape):
            raise ValueError("Trying to share variable %s, but specified shape %s and found shape %s." % (name, wanted, found.shape))
        if kind is not found.dtype.base_dtype:
            raise ValueError("Trying to share variable %s, but specified dtype %s and found dtype %s." % (name, kind.name, found.dtype.name))
        return found
    if reuse is True:
        raise ValueError("Variable %s does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope?" % name)
    if not is_value and not wanted.is_fully_defined():
        raise ValueError("Shape of a new variable (%s) must be fully defined, but instead was %s." % (name, wanted))
    made = graph._variables[name] = GraphVariable(
        initializer if is_value else _first(name, wanted, kind, initializer, partition_info), trainable=trainable, collections=collections, name=name,
        dtype=None if is_value else kind, constraint=constraint, use_resource=use_resource)  # fmt: skip
    if regularizer is not None:
        with graph.name_scope(name + "/Regularizer/"):
            loss = regularizer(made)
        if loss is not None:
            graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
    return made


def _first(name, shape, kind, initializer, info=None):
    """A function of nothing that gives the first value."""
    if initializer is None:
        if kind.is_floating:
            initializer = init_ops.glorot_uniform_initializer()
        elif kind.is_integer or kind.is_bool:
            initializer = init_ops.Zeros()
        else:
            raise ValueError("An initializer for variable %s of %s is required" % (name, kind))
    if isinstance(initializer, type):
        initializer = initializer(dtype=kind)
    return lambda: initializer(shape.as_list(), dtype=kind, partition_info=info) if isinstance(initializer, init_ops.Initializer) else _called(initializer, shape, kind, info)


def _called(initializer, shape, kind, info):
    try:
        return initializer(shape.as_list(), dtype=kind, partition_info=info)
    except TypeError as error:
        if "partition_info" not in str(error):
            raise
        return initializer(shape.as_list(), dtype=kind)


class Template:
    """A function that makes its variables at the first call and shares them from then on."""

    def __init__(self, name, func, create_scope_now=False, unique_name=None, custom_getter=None):
        self._name, self._func, self._unique_name, self._getter, self._scope, self._is_made = name, func, unique_name, custom_getter, None, False
        if name is None:
            raise ValueError("name cannot be None.")
        if create_scope_now:
            with variable_scope(unique_name, default_name=name, custom_getter=custom_getter, auxiliary_name_scope=False) as scope:
                self._scope = scope

    name = property(lambda self: self._name)
    func = property(lambda self: self._func)
    variable_scope = property(lambda self: self._scope)
    var_scope = variable_scope
    variable_scope_name = property(lambda self: None if self._scope is None else self._scope.name + "/" if self._scope.name else "")
    global_variables = variables = property(lambda self: [] if self._scope is None else self._scope.global_variables())
    trainable_variables = property(lambda self: [] if self._scope is None else self._scope.trainable_variables())

    def __call__(self, *arguments, **keywords):
        if self._scope is None:
            with variable_scope(self._unique_name, default_name=self._name, custom_getter=self._getter) as scope:
                self._scope = scope
                return self._first(arguments, keywords)
        with variable_scope(self._scope, reuse=True if self._is_made else None):
            return self._again(arguments, keywords) if self._is_made else self._first(arguments, keywords)

    def _first(self, arguments, keywords):
        made = self._func(*arguments, **keywords)
        self._is_made = True
        return made

    def _again(self, arguments, keywords):
        before = len(self.trainable_variables)
        made = self._func(*arguments, **keywords)
        if len(self.trainable_variables) != before:
            raise ValueError("Trainable variable created when calling a template after the first time, perhaps you used tf.Variable when you meant "
                             "tf.get_variable: %s" % (self.trainable_variables[before:],))  # fmt: skip
        return made


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    return Template(name_, functools.partial(func_, **kwargs) if kwargs else func_, create_scope_now_, unique_name_, custom_getter_)

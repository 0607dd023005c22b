"""Name scopes and variable scopes as 1.8 has them with eager execution: names, inherited settings, stores that share variables, templates."""

import enum
import functools
import inspect

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert
from sokuji._src.ops import array_ops, init_ops
from sokuji._src.variables import trackable, variables


class _ReuseMode(enum.Enum):
    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE


def _state():
    return variables._scopes()


# ---- name scopes ----


class name_scope:
    """with tf.name_scope(name): names of variables that are made directly begin with it. A name that ends in / begins anew; None and "" too."""

    def __init__(self, name, default_name=None, values=None):
        self._given = default_name if name is None else name
        if values is not None and self._given is None:
            raise TypeError("At least one of name (%s) and default_name (%s) must be provided." % (name, default_name))
        if self._given is not None and not isinstance(self._given, str):
            raise TypeError("a name scope's name must be a string, not %r" % (self._given,))

    name = property(lambda self: self._given)

    def __enter__(self):
        state = _state()
        self._saved = state.names
        if not self._given:
            state.names = []
        elif self._given.endswith("/"):
            state.names = [self._given[:-1]]
        else:
            state.names = [*self._saved, self._given]
        joined = "/".join(n for n in state.names if n)
        return joined + "/" if joined else ""

    def __exit__(self, *exception):
        _state().names = self._saved


# ---- variable scopes ----


class VariableScope:
    """What get_variable takes from the scope: the names' beginning, and what is used where an argument is not given."""

    def __init__(self, reuse, name="", initializer=None, regularizer=None, caching_device=None, partitioner=None, custom_getter=None, name_scope="",
                 dtype=None, use_resource=None, constraint=None):  # fmt: skip
        if caching_device is not None:
            raise NotImplementedError("Caching devices is not yet supported when eager execution is enabled.")
        if partitioner is not None:
            raise NotImplementedError("Partitioned variables are not yet supported when eager execution is enabled.")
        self._name, self._initializer, self._regularizer, self._custom_getter = name, initializer, regularizer, custom_getter
        self._name_scope, self._dtype, self._constraint = name_scope, dtypes.float32 if dtype is None else dtype, constraint
        self._reuse, self._use_resource = AUTO_REUSE, True

    name = property(lambda self: self._name)
    original_name_scope = property(lambda self: self._name_scope)
    reuse = property(lambda self: self._reuse)
    initializer = property(lambda self: self._initializer)
    regularizer = property(lambda self: self._regularizer)
    dtype = property(lambda self: self._dtype)
    constraint = property(lambda self: self._constraint)
    custom_getter = property(lambda self: self._custom_getter)
    use_resource = property(lambda self: self._use_resource)
    caching_device = partitioner = property(lambda self: None)

    def reuse_variables(self):
        self._reuse = True

    def set_initializer(self, initializer):
        self._initializer = initializer

    def set_regularizer(self, regularizer):
        self._regularizer = regularizer

    def set_dtype(self, dtype):
        self._dtype = dtype

    def set_custom_getter(self, custom_getter):
        self._custom_getter = custom_getter

    def set_use_resource(self, use_resource):
        if not use_resource:
            raise ValueError("When eager execution is enabled, use_resource cannot be set to false.")

    def set_partitioner(self, partitioner):
        if partitioner:
            raise NotImplementedError("Partitioned variables are not yet supported when eager execution is enabled.")

    def set_caching_device(self, caching_device):
        raise NotImplementedError("Caching devices are not yet supported when eager execution is enabled.")

    def get_variable(self, var_store, name, *arguments, **keywords):
        with _Current(self):
            return get_variable(name, *arguments, **keywords)

    def global_variables(self):
        return variables._collection()

    trainable_variables = local_variables = global_variables

    def _changed(self, name, name_scope, getter, **given):
        """A scope with this one's settings where others are not given."""
        settings = dict(initializer=self._initializer, regularizer=self._regularizer, dtype=self._dtype)
        settings.update({key: value for key, value in given.items() if value is not None})
        settings["custom_getter"] = _joined_getter(getter, self._custom_getter)
        return VariableScope(None, name, name_scope=name_scope, **settings)


def _joined_getter(getter, outer):
    if getter is None or outer is None:
        return getter or outer
    return lambda inner, *arguments, **keywords: getter(functools.partial(outer, inner), *arguments, **keywords)


class _Current:
    """Puts a scope in place for a while."""

    def __init__(self, scope):
        self._scope = scope

    def __enter__(self):
        state = _state()
        self._saved = state.scopes
        state.scopes = [*self._saved, self._scope]

    def __exit__(self, *exception):
        _state().scopes = self._saved


def get_variable_scope():
    """The variable scope that is open."""
    state = _state()
    if not state.scopes:
        state.scopes = [VariableScope(False)]
    return state.scopes[-1]


def scope_name():
    return get_variable_scope().name


def _counts():
    """How often each variable scope was opened."""
    state = _state()
    if not hasattr(state, "scope_counts"):
        state.scope_counts = {}
    return state.scope_counts


def _unique_name(prefix):
    name = "/".join(part for part in (scope_name(), prefix) if part)
    counts, number = _counts(), 1
    if counts.get(name, 0) == 0:
        return prefix
    while counts.get("%s_%d" % (name, number), 0) > 0:
        number += 1
    return "%s_%d" % (prefix, number)


class variable_scope:
    """with tf.variable_scope(name): names of get_variable begin with it, and its settings hold for them."""

    def __init__(self, name_or_scope, default_name=None, values=None, initializer=None, regularizer=None, caching_device=None, partitioner=None,
                 custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None, auxiliary_name_scope=True):  # fmt: skip
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if reuse not in (None, False, True, AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError("The auxiliary_name_scope must be `True` or `False`, while get %s" % (auxiliary_name_scope,))
        if name_or_scope is not None and not isinstance(name_or_scope, (str, VariableScope)):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        self._given, self._default, self._reuse, self._named = name_or_scope, default_name, reuse, auxiliary_name_scope
        self._settings = dict(initializer=initializer, regularizer=regularizer, dtype=dtype, caching_device=caching_device, partitioner=partitioner,
                              constraint=constraint)  # fmt: skip
        self._getter = custom_getter

    def __enter__(self):
        if self._given is None and self._reuse:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        self._names = _Nothing() if not self._named else self._name_scope_of()
        opened = self._names.__enter__()
        try:
            scope = self._scope(opened)
        except BaseException:
            self._names.__exit__()
            raise
        counts = _counts()
        self._counted, self._saved_counts = counts, dict(counts) if isinstance(self._given, VariableScope) else None
        counts[scope.name] = counts.get(scope.name, 0) + 1
        self._scope_name = scope.name
        self._current = _Current(scope)
        self._current.__enter__()
        return scope

    def _name_scope_of(self):
        if isinstance(self._given, VariableScope):
            short = self._given.name.split("/")[-1]
        else:
            short = self._default if self._given is None else self._given
        return name_scope(short) if short else _Nothing()

    def _scope(self, opened):
        if isinstance(self._given, VariableScope):
            return self._given._changed(self._given.name, self._given.original_name_scope, self._getter, **self._settings)
        outer = get_variable_scope()
        short = _unique_name(self._default) if self._given is None else self._given
        name = outer.name + "/" + short if outer.name else short
        return outer._changed(name, short if opened is None else opened, self._getter, **self._settings)

    def __exit__(self, *exception):
        self._current.__exit__()
        if self._saved_counts is not None:
            self._counted.clear()
            self._counted.update(self._saved_counts)
        else:
            _close_under(self._counted, self._scope_name)
        self._names.__exit__()


def _close_under(counts, name):
    """Names inside a scope that has ended begin to count anew."""
    for key in counts:
        if not name or key.startswith(name + "/"):
            counts[key] = 0


class _Nothing:
    def __enter__(self):
        return None

    def __exit__(self, *exception):
        pass


# ---- get_variable ----


def get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None, caching_device=None,
                 partitioner=None, validate_shape=True, use_resource=None, custom_getter=None, constraint=None):  # fmt: skip
    """A variable of the scope: inside an EagerVariableStore the one made before, else a new one."""
    scope = get_variable_scope()
    if dtype is not None and initializer is not None and not callable(initializer):
        found = convert(initializer, 0).dtype
        if found is not dtypes.as_dtype(dtype):
            raise ValueError("Initializer type '%s' and explicit dtype '%s' don't match." % (found, dtypes.as_dtype(dtype)))
    if partitioner is not None:
        raise ValueError("Partitioned variables are not yet supported when eager execution is enabled.")
    full = scope.name + "/" + name if scope.name else name
    kind = scope.dtype if dtype is None else dtype
    initializer = scope.initializer if initializer is None else initializer
    getter = custom_getter or scope.custom_getter
    settings = dict(shape=shape, dtype=kind, initializer=initializer, regularizer=regularizer or scope.regularizer, reuse=False, trainable=trainable,
                    collections=collections, caching_device=caching_device, partitioner=None, validate_shape=validate_shape,
                    use_resource=True)  # fmt: skip
    if getter is None:
        return _get(full, constraint=constraint or scope.constraint, **settings)
    return getter(functools.partial(_get, constraint=constraint or scope.constraint), full, **settings)


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=False, collections=None, caching_device=None,
                       partitioner=None, validate_shape=True, use_resource=None, custom_getter=None, constraint=None):  # fmt: skip
    """get_variable of a variable that is not trained."""
    return get_variable(name, shape, dtype, initializer, regularizer, False, collections, caching_device, partitioner, validate_shape, use_resource,
                        custom_getter, constraint)  # fmt: skip


def _get(name, shape=None, dtype=None, initializer=None, regularizer=None, reuse=None, trainable=True, collections=None, caching_device=None,
         partitioner=None, validate_shape=True, use_resource=None, constraint=None):  # fmt: skip
    store = _state().stores[-1] if _state().stores else None
    if reuse is True and store is None:
        raise RuntimeError("When eager execution is enabled variable reuse is only supported when an EagerVariableStore is active. See the "
                           "documentation on EagerVariableStore for example usage.")  # fmt: skip
    if store is not None and name in store.found:
        return _shared(store.found[name], name, shape, dtype)
    owner, short = _template_of(name)
    value = None if owner is None else trackable.waiting_value(owner, short)
    if value is None:
        value = _initial(name, shape, dtype, initializer)
    state = _state()
    saved, state.names = state.names, []
    try:
        made = variables.ResourceVariable(value, trainable=trainable, name=name, constraint=constraint)
    finally:
        state.names = saved
    if store is not None:
        store.found[name] = made
    if owner is not None:
        trackable.track(owner, short, made)
    if regularizer is not None:
        regularizer(made)
    return made


def _shared(found, name, shape, dtype):
    if shape is not None and not shapes.as_shape(shape).is_compatible_with(found._shape_tuple):
        raise ValueError("Trying to share variable %s, but specified shape %s and found shape %s."
                         % (name, shapes.as_shape(shape), shapes.as_shape(found._shape_tuple)))  # fmt: skip
    if dtype is not None and dtypes.as_dtype(dtype) is not found.dtype:
        raise ValueError("Trying to share variable %s, but specified dtype %s and found dtype %s." % (name, dtypes.as_dtype(dtype).name, found.dtype.name))
    return found


def _initial(name, shape, dtype, initializer):
    kind = dtypes.as_dtype(dtypes.float32 if dtype is None else dtype)
    if isinstance(initializer, type):
        initializer = initializer(dtype=kind) if issubclass(initializer, init_ops.Initializer) else initializer()
    if initializer is not None and not callable(initializer):
        if shape is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        return convert(initializer, kind._number)
    if shape is None and (initializer is None or isinstance(initializer, init_ops.Initializer)):
        raise ValueError("Shape of a new variable (%s) must be fully defined, but instead was <unknown>." % name)
    if initializer is None:
        if kind.is_floating:
            initializer = init_ops.glorot_uniform_initializer()
        elif kind.is_integer or kind.is_bool:
            return array_ops.zeros(shape, kind)
        else:
            raise ValueError("An initializer for variable %s of %s is required" % (name, kind))
    sizes = None if shape is None else shapes.as_shape(shape).as_list()
    if sizes is not None and None in sizes:
        raise ValueError("Shape of a new variable (%s) must be fully defined, but instead was %s." % (name, shapes.as_shape(shape)))
    return _called(initializer, sizes, kind)


def _called(initializer, sizes, kind):
    """Initializers take a shape and a dtype; functions of a shape alone, or of nothing, are taken too."""
    if isinstance(initializer, init_ops.Initializer):
        return initializer(sizes, dtype=kind)
    try:
        parameters = inspect.signature(initializer).parameters
    except (TypeError, ValueError):
        parameters = ("shape", "dtype")
    if sizes is None:
        return initializer()
    keywords = {key: value for key, value in (("dtype", kind), ("partition_info", None)) if key in parameters}
    return initializer(sizes, **keywords)


# ---- stores ----


class _Store:
    def __init__(self):
        self.found = {}  # by full name


class EagerVariableStore:
    """Keeps what get_variable makes inside `with store.as_default()`, so that the next call finds it."""

    def __init__(self, store=None):
        self._store = _Store() if store is None else store

    def as_default(self):
        return _StoreScope(self._store)

    def variables(self):
        return sorted(self._store.found.values(), key=lambda v: v.name)

    def trainable_variables(self):
        return [v for v in self.variables() if v.trainable]

    def non_trainable_variables(self):
        return [v for v in self.variables() if not v.trainable]

    def copy(self):
        made = EagerVariableStore()
        for name, v in self._store.found.items():
            made._store.found[name] = variables.ResourceVariable(v._read(), name=v._name, trainable=v.trainable)
        return made


def in_store(name, shape, make):
    """The open store's variable of this full name, made when there is none; what make gives where no store is open."""
    if not _state().stores:
        return make()
    found = _state().stores[-1].found
    if name not in found:
        found[name] = make()
    return _shared(found[name], name, shape, None)


class _StoreScope:
    def __init__(self, store):
        self._store = store

    def __enter__(self):
        _state().stores.append(self._store)

    def __exit__(self, *exception):
        _state().stores.pop()


# ---- templates ----


def _template_of(name):
    """The innermost open template whose scope the name lies in, and the name inside of it. Templates around it come to hold the inner one."""
    open_now = getattr(_state(), "templates", None)
    if not open_now:
        return None, None
    for outer, inner in zip(open_now, open_now[1:]):
        if inner.variable_scope.name.startswith(outer.variable_scope.name + "/"):
            trackable.track(outer, inner.variable_scope.name[len(outer.variable_scope.name) + 1 :], inner)
    prefix = open_now[-1].variable_scope.name + "/"
    return (open_now[-1], name[len(prefix) :]) if name.startswith(prefix) else (None, None)


class EagerTemplate(trackable.Trackable):
    """A function that makes its variables at the first call and shares them from then on."""

    def __init__(self, name, func, create_scope_now=False, custom_getter=None, create_graph_function=False):
        if name is None:
            raise ValueError("name cannot be None.")
        state = _state()
        self.__dict__.update(_name=name, _func=func, _getter=custom_getter, _variable_scope=None, _variables_created=False,
                             _store=state.stores[-1] if state.stores else _Store())  # fmt: skip
        if create_scope_now:
            with variable_scope(_unique_name(name), custom_getter=custom_getter, auxiliary_name_scope=False) as scope:
                self.__dict__["_variable_scope"] = scope

    name = property(lambda self: self._name)
    func = property(lambda self: self._func)
    variable_scope = property(lambda self: self._variable_scope)
    variable_scope_name = property(lambda self: self._variable_scope.name.rstrip("/") + "/" if self._variable_scope is not None else None)

    def _checkpoint_children(self):
        return trackable.named_children(self)

    def __call__(self, *arguments, **keywords):
        given = (self._variable_scope,) if self._variable_scope is not None else (None, self._name)
        with variable_scope(*given, custom_getter=self._getter if self._variable_scope is None else None) as scope:
            if self._variable_scope is None:
                self.__dict__["_variable_scope"] = scope
            with _StoreScope(self._store):
                return self._call(arguments, keywords)

    def _call(self, arguments, keywords):
        state = _state()
        state.templates = [*getattr(state, "templates", ()), self]
        before, trained = len(self._all()), len(self.trainable_variables)
        try:
            result = self._func(*arguments, **keywords)
        finally:
            state.templates = state.templates[:-1]
        if not self._variables_created:
            self.__dict__["_variables_created"] = True
        elif len(self.trainable_variables) != trained:
            raise ValueError("Trainable variable created when calling a template after the first time, perhaps you used tf.Variable when you meant "
                             "tf.get_variable: %s" % (self.trainable_variables[trained:],))  # fmt: skip
        elif len(self._all()) != before:
            from sokuji._src.core import logging

            logging.NAMES["info"]("New variables created when calling a template after the first time, perhaps you used tf.Variable when you meant "
                                  "tf.get_variable")  # fmt: skip
        return result

    def _all(self):
        if self._variable_scope is None:
            return []
        prefix = self._variable_scope.name + "/"
        return sorted((v for name, v in self._store.found.items() if name.startswith(prefix)), key=lambda v: v.name)

    variables = property(lambda self: self._all() if self._variables_created else [])
    trainable_variables = property(lambda self: [v for v in self.variables if v.trainable])
    non_trainable_variables = property(lambda self: [v for v in self.variables if not v.trainable])
    global_variables = variables
    local_variables = property(lambda self: [])
    trainable_weights, non_trainable_weights, weights = trainable_variables, non_trainable_variables, variables


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """A function that shares the variables that its get_variable calls make."""
    if unique_name_ is not None:
        raise ValueError("unique_name_ cannot be used when eager exeuction is enabled.")
    func = functools.partial(func_, **kwargs) if kwargs else func_
    return EagerTemplate(name_, func, create_scope_now_, custom_getter_)

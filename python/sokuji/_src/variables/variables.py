"""Variables and where their names come from: tf.Variable, tfe.Variable, get_variable, scopes, EagerVariableStore, the global step."""

import _thread
import weakref

from sokuji import _core
from sokuji._src.core import dtypes, errors, shapes, signatures
from sokuji._src.core.execute import convert, invalid, refuse, run
from sokuji._src.variables import updates

_version = 2
strict_eager = False  # tf.Variable is refused as 1.8 refuses it once eager execution is enabled
_kind_in_graph = None  # gives the class of variables of the open graph, or None
_made = None  # called with every new variable: tfe.restore_variables_on_create
_state = _thread._local()  # threading.local, without importing that
_by_address = weakref.WeakValueDictionary()  # variables by the library's address of them: what a graph's nodes say that they read


_PLACES = {
    1: "collections validate_shape caching_device name variable_def dtype expected_shape import_scope constraint".split(),
    "tfe": "collections validate_shape caching_device name dtype variable_def import_scope constraint".split(),
    2: "validate_shape caching_device name variable_def dtype import_scope constraint synchronization aggregation shape".split(),
}


def _takes(cls):
    places = _PLACES["tfe" if cls is ResourceVariable else _version]
    return ", ".join(["initial_value=None", "trainable=%s" % (True if _version == 1 else None)] + ["%s=%s" % (p, p == "validate_shape" or None) for p in places])


def set_version(version):
    global _version
    _version = version


def _scopes():
    if not hasattr(_state, "scopes"):
        _state.scopes, _state.names, _state.stores = [], [], []
    return _state


class Variable(_core.VariableBase):
    """A tensor that can be assigned. An open tape watches it when it is trainable."""

    __signature__ = signatures.OfInit(_takes)

    def __new__(cls, *arguments, **keywords):
        kind = _kind_in_graph() if _kind_in_graph is not None else None
        if kind is not None and (cls is Variable or cls is ResourceVariable):
            cls = kind
        return super().__new__(cls)

    def __init__(self, initial_value=None, trainable=True, *arguments, dtype=None, name=None, constraint=None, collections=None,
                 validate_shape=True, caching_device=None, variable_def=None, import_scope=None, expected_shape=None, shape=None,
                 synchronization=None, aggregation=None, use_resource=None):  # fmt: skip
        if arguments:  # what TensorFlow takes by place
            places = _PLACES["tfe" if isinstance(self, ResourceVariable) else _version]
            if len(arguments) > len(places):
                raise TypeError("Variable takes at most %d arguments by place, %d were given" % (len(places) + 2, len(arguments) + 2))
            named = dict(dtype=dtype, name=name, constraint=constraint, collections=collections, validate_shape=validate_shape, shape=shape, variable_def=variable_def)
            Variable.__init__(self, initial_value, trainable, **{**named, **dict(zip(places, arguments))})
            return
        refuse("tf.Variable", "make it from a value", variable_def=variable_def)
        if strict_eager and type(self) is Variable:
            raise RuntimeError("tf.Variable not supported when eager execution is enabled. Please use tf.contrib.eager.Variable instead")
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        graph = _core.graph_now()
        if graph is not None:
            if hasattr(graph, "_new_variable"):
                graph._new_variable(self, initial_value, trainable=trainable, dtype=dtype, name=name, constraint=constraint, collections=collections,
                                    validate_shape=validate_shape, shape=shape)  # fmt: skip
                return
            initial_value = graph._initial_value(self, initial_value, 0 if dtype is None else dtypes.as_dtype(dtype)._number)
        elif callable(initial_value):
            initial_value = initial_value()
        elif hasattr(initial_value, "initialize"):
            initial_value = initial_value.initialize()
        value = convert(initial_value, 0 if dtype is None else dtypes.as_dtype(dtype)._number)
        if dtype is not None and value.dtype is not dtypes.as_dtype(dtype):
            raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r"
                             % (dtypes.as_dtype(dtype).name, value.dtype.name, value))  # fmt: skip
        if shape is not None and not shapes.as_shape(shape).is_compatible_with(value._shape_tuple):
            raise ValueError("In this `tf.Variable` creation, the initial value's shape (%s) is not compatible with the explicitly supplied `shape` argument (%s)."
                             % (shapes.as_shape(value._shape_tuple), shapes.as_shape(shape)))  # fmt: skip
        if synchronization is not None or aggregation is not None:
            trainable = updates.placement(self, trainable, synchronization, aggregation, name)
        prefix = "/".join(n for n in _scopes().names if n)
        self._name = (prefix + "/" if prefix else "") + (name or "Variable")
        self._constraint = constraint
        super().__init__(value, self._name, bool(trainable))
        _by_address[self._address] = self
        if shape is not None and not shapes.as_shape(shape).is_fully_defined():
            self._declared = shapes.as_shape(shape)
            self._set_shape(self._declared._dims)
            self.__class__ = _Free
        if _made is not None:
            _made(self)

    name = property(lambda self: self._name + ":0")
    _shared_name = property(lambda self: self._name)
    constraint = property(lambda self: self._constraint)
    initializer = property(lambda self: None)
    initialized_value = lambda self: self._read()  # noqa: E731
    handle = property(lambda self: self)
    synchronization, aggregation = updates.VariableSynchronization.AUTO, updates.VariableAggregation.NONE

    @property
    def initial_value(self):
        if _version == 2:
            raise RuntimeError("This property is not supported when eager execution is enabled.")
        return self._read()

    def __deepcopy__(self, memo):
        made = type(self)(self._read(), trainable=self.trainable, name=self._name)
        memo[id(self)] = made
        return made

    def __reduce__(self):
        return _restore, (type(self), self.numpy(), self.dtype.name, self._name, self.trainable)

    def value(self):
        return self._read()

    def read_value(self):
        return self._read()

    def is_initialized(self, name=None):
        return convert(True, 10)

    def _check(self, value):
        value = convert(value, self._dtype_number)
        if value.dtype is not self.dtype and _version == 2:
            raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r" % (self.dtype.name, value.dtype.name, value))
        if value.dtype is not self.dtype:
            raise invalid("assign: the value is %s, the variable %s is %s" % (value.dtype.name, self.name, self.dtype.name))
        return value

    def assign(self, value, use_locking=False, name=None, read_value=True):
        value = self._check(value)
        if value._shape_tuple != self._shape_tuple and not _may_fit(self, value):
            shape, given = shapes.as_shape(self._shape_tuple), shapes.as_shape(value._shape_tuple)
            if _version == 2:
                raise ValueError("Cannot assign value to variable ' %s': Shape mismatch.The variable shape %s, and the assigned value shape %s are incompatible." % (self.name, shape, given))
            raise ValueError("Shapes %s and %s are incompatible" % (shape, given))
        self._assign(value)
        return self._assigned() if read_value else None

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        self._assign_add(self._same_shape(delta))
        return self._assigned() if read_value else None

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        self._assign_sub(self._same_shape(delta))
        return self._assigned() if read_value else None

    def _same_shape(self, delta):
        delta = self._check(delta)
        if delta._shape_tuple != self._shape_tuple and not _may_fit(self, delta):
            raise invalid("Cannot update variable with shape %s using a Tensor with shape %s, shapes must be equal."
                          % (list(self._shape_tuple), list(delta._shape_tuple)))  # fmt: skip
        return delta

    def _assigned(self):
        graph = _core.graph_now() if _version == 1 else None
        if not hasattr(graph, "name_scope"):
            return self if _version == 2 else self._read()
        with graph.control_dependencies(graph.get_operations()[-1:]):  # the assignment: a session that fetches the value makes it
            return self._read()

    def load(self, value, session=None):
        self.assign(value)

    def count_up_to(self, limit):
        """The value so far, which grows by one; OutOfRangeError at the limit."""
        before = self._read()
        if int(before) >= limit:
            raise errors.OutOfRangeError(None, None, "Reached limit of %d" % limit)
        self._assign_add(convert(1, self._dtype_number))
        return before

    def sparse_read(self, indices, name=None):
        return run("GatherV2", self, convert(indices, 0), convert(0, 3))

    def _scatter(self, indices, values, how, read_value=True):
        self._assign(updates.scattered(self, convert(indices, 0), convert(values, self._dtype_number), how))
        return self._assigned()

    scatter_update, scatter_add, scatter_sub = (updates.at_rows(how) for how in ("Update", "Add", "Sub"))

    def experimental_ref(self):
        return self.ref()

    def __getitem__(self, key):
        return updates.part_of(self, key) if _version == 2 else super().__getitem__(key)

    def __len__(self):
        raise TypeError("object of type '%s' has no len()" % type(self).__name__)

    def __iter__(self):
        if _version == 1:
            raise TypeError("'%s' object is not iterable." % type(self).__name__)
        return iter(self._read())

for _name, _method in {**updates.ROWS, **updates.COORDINATES, **updates.IN_PLACE}.items():
    setattr(Variable, _name, _method)


class _Free(Variable):
    """A variable whose values may be of several shapes."""

    shape = property(lambda self: self._declared)
    get_shape = lambda self: self._declared  # noqa: E731


_Free.__name__ = _Free.__qualname__ = "Variable"


def _may_fit(variable, value):
    """Whether a symbolic value may have the variable's shape when the graph runs."""
    if type(variable) is _Free:
        return variable._declared.is_compatible_with(shapes.as_shape(value._shape_tuple))
    return isinstance(value, _core.SymbolicTensor) and shapes.as_shape(variable._shape_tuple).is_compatible_with(shapes.as_shape(value._shape_tuple))


def of_address(address):
    """The variable at an address of the library's, None where there is none (any more)."""
    return _by_address.get(address)


def _restore(kind, value, dtype, name, trainable):
    return kind(convert(value, dtypes.as_dtype(dtype)._number), trainable=trainable, name=name)


class ResourceVariable(Variable):
    """tfe.Variable."""


def make(value, **keywords):
    """A variable of the running version's class."""
    return (ResourceVariable if _version == 1 else Variable)(value, **keywords)


# ---- tf.assign and its family ----


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """Assigns a value to a variable."""
    return ref.assign(value)


def assign_add(ref, value, use_locking=None, name=None):
    """Adds to a variable."""
    return ref.assign_add(value)


def assign_sub(ref, value, use_locking=None, name=None):
    """Subtracts from a variable."""
    return ref.assign_sub(value)


def scatter_update(ref, indices, updates, use_locking=True, name=None):
    """Assigns updates to rows of a variable."""
    return ref._scatter(indices, updates, "Update")


def scatter_add(ref, indices, updates, use_locking=False, name=None):
    """Adds updates to rows of a variable."""
    return ref._scatter(indices, updates, "Add")


def scatter_sub(ref, indices, updates, use_locking=False, name=None):
    """Subtracts updates from rows of a variable."""
    return ref._scatter(indices, updates, "Sub")


# ---- the global step ----


def get_global_step(graph=None):
    """The global step, or None."""
    return _core.step()


@_core.quick
def get_or_create_global_step(graph=None):
    """The global step, made where there is none."""
    if _core.step() is None:
        state = _scopes()
        saved, state.names = state.names, []
        _core.set_step(make(convert(0, 9), trainable=False, name="global_step"))
        state.names = saved
    return _core.step()


def global_step(sess, global_step_tensor):
    """tf.train.global_step: the number that a step variable has now."""
    return int(global_step_tensor.numpy())


def assert_global_step(global_step_tensor):
    """TypeError unless it is an integer scalar."""
    if not (isinstance(global_step_tensor, _core.Handle) and global_step_tensor.dtype.is_integer):
        raise TypeError("Existing \"global_step\" does not have integer type: %s" % (getattr(global_step_tensor, "dtype", type(global_step_tensor)),))
    if global_step_tensor._shape_tuple not in ((), (1,)):
        raise TypeError("Existing \"global_step\" is not scalar: %s" % (global_step_tensor._shape_tuple,))


def create_global_step(graph=None):
    """Makes the global step; ValueError where there is one."""
    if _core.step() is not None:
        raise ValueError('"global_step" already exists.')
    return get_or_create_global_step()


def _collection(scope=None):
    """Variables of a kind, in eager mode: none are kept."""
    raise ValueError("collections are not supported with eager execution; keep your variables in your own objects")


global_variables = trainable_variables = local_variables = _collection


from sokuji._src.variables.scopes import (  # noqa: E402, F401  (they use what is above)
    AUTO_REUSE,
    EagerVariableStore,
    VariableScope,
    get_local_variable,
    get_variable,
    get_variable_scope,
    make_template,
    name_scope,
    scope_name,
    variable_scope,
)  # fmt: skip

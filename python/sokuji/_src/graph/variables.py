"""Variables whose values belong to sessions: tf.Variable in a graph, its initializer and snapshot, assignments, and what asks for all of them."""

import functools

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, nest, shapes
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.ops import scatter_ops
from sokuji._src.variables import variables

_ASSIGN, _ADD, _SUBTRACT = 0, 1, 2


def checked(value, number):
    """The value converted to the dtype; Python values that are not of its kind are refused, as TensorFlow 1.8 does."""
    if number and not isinstance(value, (_core.Handle, np.ndarray, np.generic)):
        dtype = dtypes.as_dtype(number)
        kinds = _KINDS["int" if dtype.is_integer else dtype.name if dtype.name in _KINDS else "complex" if dtype.is_complex else "real"]
        for leaf in nest.flatten(value) if isinstance(value, (list, tuple)) else (value,):
            if isinstance(leaf, (int, float, complex, str, bytes)) and not isinstance(leaf, (np.generic, *kinds)):
                raise TypeError("Expected %s, got %r of type '%s' instead." % (dtype.name, leaf, type(leaf).__name__))
    if not number:
        value = kept(value)
    try:
        return _core.convert(value, number)
    except ValueError as error:
        if "unsupported type" not in str(error):
            raise
        raise TypeError("Failed to convert object of type %s to Tensor. Contents: %s. Consider casting elements to a supported type." % (type(value), value)) from None


def kept(value):
    """NumPy's scalars as arrays, which keep their dtype in graphs; lists of them do where it is none of Python's own."""
    if isinstance(value, np.generic):
        return value if isinstance(value, (str, bytes)) else np.asarray(value)
    if isinstance(value, (list, tuple)) and value and isinstance(nest.flatten(value)[0], np.number):
        try:
            made = np.array(value)
        except ValueError:
            return value
        return value if made.dtype in (np.int64, np.float64, np.complex128, object) or made.dtype.kind in "SU" else made
    return value


_KINDS = {"int": (int,), "bool": (bool,), "string": (str, bytes), "real": (int, float), "complex": (int, float, complex)}


def symbolic(value, dtype=None, name="Const"):
    """The value as a tensor of the open graph."""
    graph = graphs.building()
    if isinstance(value, GraphVariable):
        return value._now()
    if isinstance(value, _core.SymbolicTensor):
        made = value
    else:
        made = checked(value, 0 if dtype is None else dtypes.as_dtype(dtype)._number)
        if isinstance(made, _core.EagerTensor):
            made = graph.constant(made, name)
    if dtype is not None and made.dtype is not dtypes.as_dtype(dtype):
        raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r" % (dtypes.as_dtype(dtype).name, made.dtype.name, made))
    return made


def _named(name, **inputs):
    """The name that an operation gets, to be given as it is, and its inputs (value, dtype, whether a constant is called Const) with constants called after it."""
    graph = graphs.get_default_graph()
    full = name[:-1] if name.endswith("/") else graph.unique_name(name)
    return full + "/", [symbolic(value, dtype, "Const" if bare else "%s/%s/" % (full, key)) for key, (value, dtype, bare) in inputs.items()]


class GraphVariable(variables.ResourceVariable):
    """A variable of a graph: reading and changing it are operations, its value is a session's."""

    def __init__(self, initial_value=None, trainable=True, collections=None, validate_shape=True, caching_device=None, name=None, variable_def=None,
                 dtype=None, expected_shape=None, import_scope=None, constraint=None, use_resource=None, **ignored):  # fmt: skip
        if variable_def is not None:
            raise NotImplementedError("not implemented: tf.Variable(variable_def=…); make it from its initial value")
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
        if not isinstance(collections, (list, tuple, set)):
            raise ValueError("collections argument to Variable constructor must be a list, tuple, or set. Got %s of type %s" % (collections, type(collections)))
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        graph = graphs.get_default_graph()._root
        use_resource = conversion._version == 2 if use_resource is None else bool(use_resource)
        self._graph, self._constraint, self._resource = graph, constraint, use_resource
        if use_resource:
            self.__class__ = ResourceVariable
        first = len(graph)
        with graphs.init_scope(), graph.name_scope("Variable" if name is None else name) as scope:
            self._name = scope[:-1]
            value = self._first_value(graph, initial_value, dtype)
            if None in (value._shape_tuple or ((None,) if value._shape_tuple is None else ())):
                raise ValueError("initial_value must have a shape specified: %s" % value)
            graph.variable(self, value._dtype_number, value._shape_tuple, self._name, bool(trainable))
            self._nodes(graph, value, scope)
        graph._made_variables.append(self)
        graph._note_line(first)
        names = list(collections)
        if trainable and GraphKeys.TRAINABLE_VARIABLES not in names:
            names.append(GraphKeys.TRAINABLE_VARIABLES)
        graph.add_to_collections(names, self)

    def _first_value(self, graph, initial_value, dtype):
        if not callable(initial_value):
            return symbolic(initial_value, dtype, "initial_value")
        with graph.name_scope("Initializer"):
            return symbolic(initial_value(), dtype, "initial_value")

    def _nodes(self, graph, value, scope):
        """The operations that TensorFlow has for a variable: itself, its first assignment, its snapshot."""
        op = graph._operation(graph.group([], scope))
        op._type = "VarHandleOp" if self._resource else "VariableV2"
        op._attributes = {"dtype": value.dtype, "shape": shapes.as_shape(value._shape_tuple), "container": "", "shared_name": self._name if self._resource else ""}
        self._op = op
        if self._resource:
            graph._operation(graph.group([], "IsInitialized/VarIsInitializedOp"))._type = "VarIsInitializedOp"
        assign = graph.assign(_ASSIGN, self, value, "Assign").op
        if not self._resource:
            assign._type = "Assign"
        self._initializer, self._initial_value = assign, value
        self._snapshot = graph._read(self, "Read/ReadVariableOp" if self._resource else "read")
        if not self._resource:
            self._snapshot.op._type = "Identity"
            graph._snapshots[id(self._snapshot)] = self
        op._outputs = [self._snapshot]

    name = property(lambda self: self._name + ":0")
    op = property(lambda self: self._op)
    graph = property(lambda self: self._graph)
    device = property(lambda self: self._op.device)
    initializer = property(lambda self: self._initializer)
    initial_value = property(lambda self: self._initial_value)
    constraint = property(lambda self: self._constraint)
    handle = property(lambda self: self)
    _shared_name = property(lambda self: self._name)
    shape = property(lambda self: shapes.as_shape(self._shape_tuple))
    dtype = property(lambda self: dtypes.as_dtype(self._dtype_number) if self._resource else dtypes.reference(self._dtype_number))

    def get_shape(self):
        return self.shape

    # ---- reading ----

    def _now(self):
        """What an operation takes: the snapshot, or a reading of its own where it has to wait for something."""
        graph = graphs.get_default_graph()
        if graph is self._graph and not graph._controls:
            return self._snapshot
        return graph._read(self, "ReadVariableOp" if self._resource else "read")

    def _as_graph_element(self):
        return self._snapshot

    def value(self):
        return self._now() if self._resource else self._snapshot

    def read_value(self):
        graph = graphs.get_default_graph()
        if self._resource:
            with graph.name_scope("Read"):
                made = graph._read(self, "ReadVariableOp")
            return run("Identity", made)
        made = graph._read(self, "read")
        made.op._type = "Identity"
        return made

    def initialized_value(self):
        """The value, or the first one where it is not initialised yet."""
        from sokuji._src.graph import words

        return words.cond(is_variable_initialized(self), self.read_value, lambda: self._initial_value)

    def eval(self, session=None):
        return self._snapshot.eval(session=session)

    def load(self, value, session=None):
        session = operation._default_session(session, self._graph, "run")
        session.run(self._initializer, {self._initializer.inputs[-1]: value})

    def numpy(self):
        raise NotImplementedError("numpy() of a graph's variable: its value belongs to a session; use session.run(variable)")

    def __iter__(self):
        raise TypeError("'Variable' object is not iterable.")

    def __repr__(self):
        return "<tf.Variable '%s' shape=%s dtype=%s>" % (self.name, self.shape, self.dtype.name)

    __str__ = __repr__

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other

    def __getitem__(self, key):
        part = self._now()[key]
        if not any(isinstance(k, _core.Handle) for k in nest.flatten(list(key) if isinstance(key, tuple) else [key])):
            part.assign = functools.partial(self._assign_part, key, part.op.name + "/_assign/")
        return part

    # ---- changing ----

    def _change(self, how, value, name):
        graph = graphs.get_default_graph()
        kind = ("Assign", "AssignAdd", "AssignSub")[how]
        name, (value,) = _named(name or (kind + "VariableOp" if self._resource else kind), value=(value, dtypes.as_dtype(self._dtype_number), self._resource))
        known = shapes._of_sizes(value._shape_tuple)
        if not known.is_compatible_with(self._shape_tuple):
            raise ValueError("Dimension mismatch: Shapes %s and %s are incompatible" % (self.shape, known))
        first = len(graph)
        made = graph.assign(how, self, value, name)
        if not self._resource:
            made.op._type = kind
        graph._note_line(first)
        return made

    def assign(self, value, use_locking=False, name=None, read_value=True):
        return self._change(_ASSIGN, value, name)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        return self._change(_ADD, delta, name)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        return self._change(_SUBTRACT, delta, name)

    def count_up_to(self, limit):
        def next_value(tensors):
            if int(tensors[0]) >= limit:
                raise errors.OutOfRangeError(None, None, "Reached limit of %d" % limit)
            return tensors

        if not self.dtype.is_integer or self._shape_tuple != ():
            raise ValueError("count_up_to needs an integer scalar, not %s %s" % (self.dtype.name, self.shape))
        graph = graphs.get_default_graph()
        (old,) = _core.py_call(next_value, "counted", True, [graph._read(self, "read")], [(self._dtype_number, ())])
        with graph.control_dependencies([old]):
            first = len(graph)
            changed = graph.assign(_ADD, self, symbolic(1, self.dtype.base_dtype), "count")
        with graph.control_dependencies([changed]):
            made = run("Identity", old)
        graph._hidden.update((old._node.index, first, first + 1))
        made._node.rename(graph.unique_name("CountUpTo"))
        made.op._type = "CountUpTo"
        return made

    def sparse_read(self, indices, name=None):
        return run("GatherV2", self._now(), symbolic(indices), convert(0, 3))

    def _after(self, kind, first, after, name):
        """Assigns what nodes since `first` compute, which TensorFlow has as one operation."""
        graph = graphs.get_default_graph()
        graph._hidden.update(range(first, len(graph)))
        graph._more -= len(graph) - first
        made = graph.assign(_ASSIGN, self, after, name or kind)
        made.op._type = kind
        graph._note_line(first)
        return made

    def _scatter(self, indices, updates, how, kind="ScatterUpdate", name=None):
        """Writes rows: how is called with the old rows and the updates, one index after the other."""
        graph = graphs.get_default_graph()
        name, inputs = _named(name or kind, indices=(indices, None, False), updates=(updates, self.dtype.base_dtype, False))
        if not inputs[0].dtype.is_integer:
            raise TypeError("%s: indices must be int32 or int64, not %s" % (kind, inputs[0].dtype.name))
        first, rows = len(graph), self._shape_tuple[0]

        def scatter(tensors):
            old, index, new = (np.array(t.numpy()) for t in tensors)
            flat = index.ravel()
            wrong = np.flatnonzero((flat < 0) | (flat >= rows))
            if wrong.size:
                raise errors.InvalidArgumentError(None, None, "indices[%d] = %d is not in [0, %d)" % (wrong[0], flat[wrong[0]], rows))
            new = np.broadcast_to(new, index.shape + old.shape[1:]).reshape((-1,) + old.shape[1:])
            for k, i in enumerate(flat):
                old[i] = how(old[i], new[k])
            return [convert(old, tensors[0]._dtype_number)]

        (after,) = _core.py_call(scatter, "scatter", False, [graph._read(self, "read"), *inputs], [(self._dtype_number, self._shape_tuple)])
        return self._after(kind, first, after, name)

    def _scatter_nd(self, indices, updates, how, name=None):
        name, inputs = _named(name or "ScatterNd" + how, indices=(indices, None, False), updates=(updates, self.dtype.base_dtype, False))
        first = len(graphs.get_default_graph())
        after = run("TensorScatter" + how, graphs.get_default_graph()._read(self, "read"), *inputs)
        return self._after("ScatterNd" + how, first, after, name)

    def _assign_part(self, key, called, value, use_locking=False, name=None):
        """Writes the part that the key, of numbers, names; gives the whole value afterwards."""
        name, (value,) = _named(name or called, value=(value, self.dtype.base_dtype, False))
        first, n = len(graphs.get_default_graph()), self.shape.num_elements()
        places = np.arange(n).reshape(self._shape_tuple)[key]
        wide = run("Reshape", run("BroadcastTo", value, convert(list(places.shape), 3)) if places.ndim else value, convert([-1], 3))
        flat = run("Reshape", graphs.get_default_graph()._read(self, "read"), convert([n], 3))
        after = run("Reshape", run("TensorScatterUpdate", flat, convert(places.reshape(-1, 1), 9), wide), convert(list(self._shape_tuple), 3))
        return self._after("StridedSliceAssign", first, after, name)

    def set_shape(self, shape):
        self.shape.merge_with(shape)

    def to_proto(self, export_scope=None):
        raise NotImplementedError("not implemented: tf.Variable.to_proto")


class ResourceVariable(GraphVariable):
    """One made with use_resource, as programs print its type."""


def _operators():
    """Operators work on what the variable reads as."""
    names = "add sub mul truediv div floordiv mod pow matmul and or xor".split()
    for name in names + ["r" + n for n in names]:
        word = "__%s__" % name
        if hasattr(_core.SymbolicTensor, word):
            setattr(GraphVariable, word, lambda self, other, word=word: getattr(self._now(), word)(other))
    for word in ("__neg__", "__abs__", "__invert__"):
        setattr(GraphVariable, word, lambda self, word=word: getattr(self._now(), word)())
    for word in ("__lt__", "__le__", "__gt__", "__ge__"):
        setattr(GraphVariable, word, lambda self, other, word=word: getattr(self._now(), word)(other))


# ---- assignments as functions ----


def _ref(ref, what):
    if isinstance(ref, _core.VariableBase):
        return ref
    raise TypeError("%s: %r is not a variable" % (what, ref))


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    if validate_shape is False and isinstance(ref, GraphVariable):
        return graphs.get_default_graph().assign(3, ref, symbolic(value, ref.dtype.base_dtype), name or "Assign")
    return _ref(ref, "tf.assign").assign(value, name=name)


def assign_add(ref, value, use_locking=None, name=None):
    return _ref(ref, "tf.assign_add").assign_add(value, name=name)


def assign_sub(ref, value, use_locking=None, name=None):
    return _ref(ref, "tf.assign_sub").assign_sub(value, name=name)


def _scatter_function(word, scatter):
    """Updates are locked by default, other changes not, as the signatures say; here no two threads change a variable at a time."""
    if word == "Update":
        return lambda ref, indices, updates, use_locking=True, name=None: scatter(ref, indices, updates, name)
    return lambda ref, indices, updates, use_locking=False, name=None: scatter(ref, indices, updates, name)


def _row_scatter(word, how):
    return _scatter_function(word, lambda ref, indices, updates, name: ref._scatter(indices, updates, how, "Scatter" + word, name))


def _nd_scatter(word, how):
    return _scatter_function(word, lambda ref, indices, updates, name: ref._scatter_nd(indices, updates, how, name))


_HOW = {"Update": lambda old, new: new, "Add": lambda old, new: old + new, "Sub": lambda old, new: old - new, "Mul": lambda old, new: old * new,
        "Div": scatter_ops._quotient, "Min": np.minimum, "Max": np.maximum}  # fmt: skip
SCATTERS = {"scatter_" + word.lower(): _row_scatter(word, how) for word, how in _HOW.items()}
SCATTERS.update({"scatter_nd_" + word.lower(): _nd_scatter(word, word) for word in ("Update", "Add", "Sub")})


def count_up_to(ref, limit, name=None):
    """Adds one to a variable, up to a limit, and gives what it was; OutOfRangeError at the limit."""
    return ref.count_up_to(limit)


# ---- all of them ----


def _collection(key):
    def variables_of(scope=None):
        """The variables of a collection of the default graph, of those whose name begins with scope."""
        return graphs.get_collection(key, scope)

    return variables_of


global_variables = all_variables = _collection(GraphKeys.GLOBAL_VARIABLES)
local_variables, model_variables = _collection(GraphKeys.LOCAL_VARIABLES), _collection(GraphKeys.MODEL_VARIABLES)
trainable_variables = _collection(GraphKeys.TRAINABLE_VARIABLES)
moving_average_variables = _collection(GraphKeys.MOVING_AVERAGE_VARIABLES)


def variables_initializer(var_list, name="init"):
    from sokuji._src.graph import words

    graph = graphs.get_default_graph()
    made = [v.initializer for v in var_list if isinstance(v, GraphVariable)]
    return words.group(*made, name=name) if made else words.no_op(name=name) if graph else None


def global_variables_initializer():
    return variables_initializer(global_variables(), "init")


def local_variables_initializer():
    return variables_initializer(local_variables(), "init")


def _value_now(variable):
    """The variable's value in the running session, or None."""
    from sokuji._src.graph import session

    if not isinstance(variable, GraphVariable):
        return variable
    running = session.running()
    return None if running is None else running._session._variable(variable)


def is_variable_initialized(variable, name=None):
    """A boolean tensor: whether the variable has a value."""
    (made,) = _core.py_call(lambda none: [convert(_value_now(variable) is not None, 10)], "IsVariableInitialized", True, [], [(10, ())])
    return made


_NO_COLLECTIONS = "variable collections are not supported when eager execution is enabled."


def report_uninitialized_variables(var_list=None, name="report_uninitialized_variables"):
    """The names, as a vector of strings, of variables without a value."""
    graphs.refuse(_NO_COLLECTIONS, ValueError)
    var_list = global_variables() + local_variables() if var_list is None else list(var_list)

    def names(none):
        return [convert([v.op.name.encode() for v in var_list if _value_now(v) is None], 7)]

    (made,) = _core.py_call(names, "ReportUninitializedVariables", True, [], [(7, (None,))])
    return made


def assert_variables_initialized(var_list=None):
    """An operation that fails when a variable has no value."""
    graphs.refuse(_NO_COLLECTIONS, ValueError)
    var_list = global_variables() + local_variables() if var_list is None else list(var_list)
    if not var_list:
        return None

    def check(none):
        for v in var_list:
            if _value_now(v) is None:
                raise errors.FailedPreconditionError(None, None, "Attempting to use uninitialized value %s" % v.op.name)
        return []

    _core.py_call(check, "assert_variables_initialized", True, [], [])
    return operation.of(graphs.building().node(len(graphs.building()) - 1))


# ---- the global step ----


def get_global_step(graph=None):
    graph = graphs.get_default_graph() if graph is None else graph
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) > 1:
        return None
    if found:
        return found[0]
    named = [v for v in graph.get_collection(GraphKeys.GLOBAL_VARIABLES) if v.name == "global_step:0"]
    return named[0] if named else None


def create_global_step(graph=None):
    graph = graphs.get_default_graph() if graph is None else graph
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        from sokuji._src.graph import scopes

        return scopes.get_variable("global_step", shape=[], dtype=dtypes.int64, initializer=variables_zero, trainable=False,
                                   collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP])  # fmt: skip


def variables_zero(shape, dtype=None, partition_info=None):
    from sokuji._src.ops import init_ops

    return init_ops.Zeros()(shape, dtype)


def get_or_create_global_step(graph=None):
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found



variables._kind_in_graph = lambda: GraphVariable if graphs.building() is not None else None
_operators()
GraphVariable.__name__ = GraphVariable.__qualname__ = "Variable"  # as programs print it

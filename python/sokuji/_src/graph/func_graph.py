"""The graph of a function that is being traced, or of a branch or a loop's body within it: its arguments' placeholders, its results, the variables made."""

import contextlib
import re
import weakref

from sokuji import _core
from sokuji._src.core import conversion, dtypes
from sokuji._src.core.execute import convert
from sokuji._src.graph import operation, signature

_NO_SEED, _MOST = 87654321, 2**31 - 1  # the graph's seed where none is set; what seeds are below
_SINGLETON = (
    "tf.function only supports singleton tf.Variables created on the first call. Make sure the tf.Variable is only created once or created outside tf.function. "
    "See https://www.tensorflow.org/guide/function#creating_tfvariables for more information."
)


@contextlib.contextmanager
def init_scope():
    """What runs within runs at once, outside of all graphs that are open and unseen by tapes."""
    if _core.graph_now() is None:
        yield
        return
    _core.no_graph_begin()
    try:
        yield
    finally:
        _core.no_graph_end()


def is_symbolic(value):
    return isinstance(value, _core.SymbolicTensor)


def in_graph(*values):
    """Whether an operation of these values makes a node."""
    return _core.graph_now() is not None or any(isinstance(v, _core.SymbolicTensor) for v in values)


class FuncGraph(_core.Graph):
    """A graph within the one that is open, if any."""

    def __init__(self, name, outer=None):
        super().__init__(outer)
        self.name, self.outer_graph = name, outer
        self.inputs, self.outputs, self.structured_outputs = [], [], None
        self.given = []  # the values that the inputs stand for, where they are known
        self.creates = None  # references to the variables made; None: none may be made
        self.is_function = False
        given = _core.op_seeds(1)[0]
        self.seed = getattr(outer, "seed", None if conversion._version == 1 or given == _NO_SEED else given)
        self._n_seeds = 0

    building_function = property(lambda self: True)

    @contextlib.contextmanager
    def as_default(self):
        self.begin()
        try:
            yield self
        finally:
            self.end()

    def add_input(self, spec, name, value=None):
        made = self.placeholder(spec[0], None if spec[1] is None else list(spec[1]), name)
        self.inputs.append(made)
        self.given.append(value if type(value) is _core.EagerTensor else None)
        return made

    def op_seeds(self, op_seed):
        """The two seeds of an operation, as TensorFlow chooses them in a function's graph."""
        if op_seed is None:
            if self.seed is None:
                return 0, 0
            op_seed, self._n_seeds = self._n_seeds, self._n_seeds + 1
        found = (_NO_SEED if self.seed is None else self.seed) % _MOST, op_seed % _MOST
        return (0, _MOST) if found == (0, 0) else found

    # ---- looking ----

    def get_operations(self):
        return [operation.of(self.node(i)) for i in range(len(self))]

    def get_operation_by_name(self, name):
        made = self.find(name)
        if made is None:
            raise KeyError("The name '%s' refers to an Operation not in the graph." % name)
        return operation.of(made)

    def get_tensor_by_name(self, name):
        name_of_it, colon, output = name.rpartition(":")
        if not colon or not output.isdigit():
            raise ValueError("names of the form 'name' are of operations; a tensor's is 'name:output', not '%s'" % name)
        return self.get_operation_by_name(name_of_it).outputs[int(output)]

    def result(self, value):
        """A returned value's leaf as a tensor of this graph."""
        return as_tensor(value)

    # ---- variables ----

    def _function_graph(self):
        graph = self
        while not graph.is_function and isinstance(graph.outer_graph, FuncGraph):
            graph = graph.outer_graph
        return graph

    def _initial_value(self, variable, value, dtype_number):
        """The value, computed now, that a variable begins with that is made while this graph is open."""
        graph = self._function_graph()
        if graph.creates is None:
            raise ValueError(_SINGLETON)
        with init_scope():
            if hasattr(value, "initialize"):
                value = value.initialize()
            value = convert(value() if callable(value) and not isinstance(value, _core.Handle) else value, dtype_number)
            if is_symbolic(value):
                value = evaluated(value)
        graph.creates.append(weakref.ref(variable))
        return value


def evaluated(tensor):
    """What a symbolic tensor is for the arguments that its function is being traced for."""
    known = tensor._known_value()
    if known is not None:
        return known
    graph = tensor._node._graph
    feeds, values = [], []
    for placeholder, given in zip(graph.inputs, graph.given):
        if given is not None:
            feeds.append(placeholder)
            values.append(given)
    for outer, placeholder in graph.captures():
        feeds.append(placeholder)
        values.append(evaluated(outer) if is_symbolic(outer) else outer)
    return _core.Session(graph)._run(feeds, values, [tensor], [])[0]


def as_tensor(value):
    """A tensor of the open graph: of a variable, its value now."""
    if isinstance(value, _core.VariableBase):
        return value._read()
    return value if isinstance(value, _core.Tensor) else convert(value, 0)


# ---- results ----


class Results:
    """The structure of returned values: which leaves are tensors, and how to put a call's tensors in their places."""

    def __init__(self, value, take, takes_operations=True):
        self.tensors, self.takes_operations = [], takes_operations
        self.form = self._taken(value, take)
        self.is_one = self.form is signature.TENSOR

    def _taken(self, value, take):
        if value is None or (self.takes_operations and isinstance(value, operation.Operation)):
            return None
        if isinstance(value, (list, tuple)):
            items = [self._taken(item, take) for item in value]
            return type(value), items
        if isinstance(value, signature.Mapping):
            taken = {key: self._taken(value[key], take) for key in sorted(value)}
            return dict, [(key, taken[key]) for key in value], value
        parts = signature.composite_of(value)
        if parts is not None:
            return value, [self._taken(part, take) for part in parts[0](value)]
        self.tensors.append(take(value))
        return signature.TENSOR

    def packed(self, tensors):
        return tensors[0] if self.is_one else self._pack(self.form, iter(tensors))

    def _pack(self, form, tensors):
        if form is None:
            return None
        if form is signature.TENSOR:
            return next(tensors)
        kind = form[0]
        if kind is dict:
            made = {}
            for key in sorted(key for key, _ in form[1]):
                made[key] = self._pack(dict(form[1])[key], tensors)
            return signature._like_mapping(form[2], made)
        made = [self._pack(item, tensors) for item in form[1]]
        if not isinstance(kind, type):
            return signature.composite_of(kind)[1](kind, made)
        return kind(*made) if hasattr(kind, "_fields") else made if kind is list else kind(made)


# ---- arguments ----

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.\\/>-]")


def clean(name):
    name = _NOT_A_NAME.sub("_", name)
    return name if re.match(r"[A-Za-z0-9.]", name) else "arg_" + name


def shape_of(spec):
    return None if spec[1] is None else list(spec[1])


def dtype_of(number):
    return dtypes.as_dtype(number)

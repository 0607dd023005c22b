"""A traced function: a graph with inputs and outputs that is called like an operation, and what programs ask of it."""

import weakref

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core.execute import convert
from sokuji._src.data.specs import TensorSpec
from sokuji._src.graph import signature
from sokuji._src.variables import variables

_ONLY = "POSITIONAL_ONLY"
_counts = {}


def _inference_name(name):
    _counts[name] = _counts.get(name, 0) + 1
    return "__inference_%s_%d" % (name, sum(_counts.values()))


class ConcreteFunction:
    """One trace of a tf.function."""

    def __init__(self, graph, name, parameters, args, kwargs, results, input_names):
        self.graph, self._results, self._parameters, self._input_names = graph, results, parameters, input_names
        self.name = _inference_name(name)
        self._core = _core.ConcreteFunction(graph, graph.inputs, results.tensors)
        self._call = self._core._call_list
        self._packed, self._is_one = results.packed, results.is_one
        self._shape_of(args, kwargs)
        self._trainable, self._shown = None, results.tensors

    def _shape_of(self, args, kwargs):
        specs = [TensorSpec(t.shape, t.dtype, name) for t, name in zip(self.graph.inputs, self._input_names)]
        rest = iter(specs)
        self._named = set()  # the names that TensorSpecs gave
        self._args = tuple(signature.replaced(value, rest) for value in args)
        self._kwargs = {key: signature.replaced(value, rest) for key, value in kwargs.items()}

    inputs = property(lambda self: [*self.graph.inputs, *[inner for _, inner in self.graph.captures()]])
    outputs = property(lambda self: list(self._shown))  # under TensorFlow's names; they never run
    structured_outputs = property(lambda self: self._packed(self.outputs))
    _output_specs = property(lambda self: self._packed([TensorSpec(t.shape, t.dtype) for t in self._results.tensors]))
    structured_input_signature = property(lambda self: (self._args, self._kwargs))
    output_dtypes = property(lambda self: self._packed([t.dtype for t in self._results.tensors]))
    output_shapes = property(lambda self: self._packed([t.shape for t in self._results.tensors]))

    @property
    def variables(self):
        """The variables that the graph reads or changes, each once."""
        return variables_of(self.graph)

    @property
    def trainable_variables(self):
        return tuple(v for v in self.variables if v.trainable)

    @property
    def captured_inputs(self):
        captured = [outer for outer, _ in self.graph.captures()]
        constants = []
        for i in range(len(self.graph)):
            node = self.graph.node(i)
            if node._type == "Const" and node.value is not None and node.value._shape_tuple != () and not any(node.value is c for c in constants):
                constants.append(node.value)
        return [*captured, *self.variables, *constants]

    # ---- calls ----

    def call_flat(self, tensors):
        """The results of tensors in the inputs' order."""
        if _core.is_recording():
            self._note_reads()
        made = self._call(tensors)
        return made[0] if self._is_one else self._packed(made)

    def _reads(self):
        if self._trainable is None:
            self._trainable = tuple([weakref.ref(v) for v in self.variables if v.trainable])
        return self._trainable

    def remembered(self, function, args, kwargs, leaves):
        """Calls like this one of the function find this trace by themselves."""
        function._remember(args, kwargs, leaves, self._core, self._results.form, self._reads())

    def _note_reads(self):
        """Open tapes know the variables that are read only inside."""
        for reference in self._reads():
            variable = reference()
            if variable is not None:
                variable._read()

    def __call__(self, *args, **kwargs):
        if not kwargs and len(args) == len(self.graph.inputs) and all(isinstance(a, _core.Tensor) for a in args):
            return self.call_flat(list(args))
        return self.call_flat(self._bound(args, kwargs))

    def _bound(self, args, kwargs):
        """The tensors of a call in the traced arguments' structure, or by the names of the inputs."""
        flat_names = self._input_names
        if kwargs and not args and set(kwargs) == set(flat_names):
            return [self._converted(kwargs[name], i) for i, name in enumerate(flat_names)]
        rows = self._parameters.names(self._args, self._kwargs)[0]
        values, given = list(self._args), list(args)
        kwargs = dict(kwargs)
        tensor_places = [i for i, value in enumerate(values) if _has_specs(value)]
        places = range(len(values)) if len(given) > len(tensor_places) else tensor_places
        if len(given) > len(values):
            raise TypeError("%s takes %d positional arguments, got %d" % (self.name, len(tensor_places), len(given)))
        taken = set()
        for place, value in zip(places, given):
            values[place] = value
            taken.add(place)
        for place, name in enumerate(rows):
            if name in kwargs:
                if place in taken:
                    raise TypeError("%s got two values for '%s'" % (self.name, name))
                values[place] = kwargs.pop(name)
                taken.add(place)
        named = dict(self._kwargs)
        for key in list(kwargs):
            if key not in named:
                raise TypeError("%s got an unexpected keyword argument '%s'" % (self.name, key))
            named[key] = kwargs.pop(key)
        flat = []
        for traced, value in zip([*self._args, *self._kwargs.values()], [*values, *named.values()]):
            flat += self._leaves(traced, value)
        return [self._converted(value, i) for i, value in enumerate(flat)]

    def _leaves(self, traced, value):
        wanted, given = [], []
        structure = signature.encode(traced, wanted)
        if isinstance(traced, TensorSpec):
            if isinstance(value, TensorSpec):
                raise TypeError("%s missing required argument '%s'" % (self.name, traced.name))
            return [value]
        if signature.encode(value, given) != structure:
            if len(nest.flatten(value)) == len(nest.flatten(traced)) and wanted and not given:
                return nest.flatten(value)
            raise TypeError("%s was traced for the argument %r, it got %r" % (self.name, traced, value))
        return given

    def _converted(self, value, i):
        if isinstance(value, _core.Tensor):
            return value
        return value._read() if isinstance(value, _core.VariableBase) else convert(value, self.graph.inputs[i]._dtype_number)

    # ---- to look at ----

    def _rows(self):
        """(name, kind, text) of each argument, as a call of this trace has them."""
        names, keywords = self._parameters.names(self._args, self._kwargs)
        plain = [p for p in self._parameters.rows if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        rest = next((p.name for p in self._parameters.rows if p.kind == p.VAR_POSITIONAL), "args")
        named = [(plain[i].name, str(plain[i].kind.name)) if i < len(plain) else ("%s_%d" % (rest, i - len(plain)), _ONLY) for i in range(len(names))]
        rows = [(name, _ONLY if len(names) > len(plain) else kind, _type_text(value, self._named)) for (name, kind), value in zip(named, self._args)]
        return rows + [(name, "KEYWORD_ONLY", _type_text(value, self._named)) for name, value in zip(keywords, self._kwargs.values())]

    def _signature_text(self):
        texts = {}
        for name, kind, text in self._rows():
            texts.setdefault(kind, []).append("%s: %s" % (name, text))
        first, last = texts.get(_ONLY, []), texts.get("KEYWORD_ONLY", [])
        parts = [*first, *(["/"] if first else []), *texts.get("POSITIONAL_OR_KEYWORD", []), *(["*"] if last else []), *last]
        return "(%s) -> %s" % (", ".join(parts), _type_text(self._output_specs))

    def pretty_printed_signature(self, verbose=True):
        if not verbose:
            return self._signature_text()
        lines = ["Input Parameters:", *["  %s (%s): %s" % row for row in self._rows()]] if self._rows() else ["Input Parameters:", "  None"]
        lines += ["Output Type:", "  %s" % _type_text(self._output_specs), "Captures:"]
        lines += ["  %d: %s" % (id(c), _type_text(c)) for c in self.captured_inputs] or ["  None"]
        return "\n".join(lines)

    def __repr__(self):
        return "<ConcreteFunction %s at 0x%X>" % (self._signature_text(), id(self))

    def __str__(self):
        return "ConcreteFunction " + self.pretty_printed_signature()


def _has_specs(value):
    leaves = []
    signature.encode(value, leaves)
    return bool(leaves)


def _type_text(value, named=()):
    if isinstance(value, TensorSpec):
        return repr(value if value.name in named else TensorSpec(value.shape, value.dtype))
    if isinstance(value, _core.VariableBase):
        return "TensorSpec(shape=(), dtype=tf.resource, name=None)"
    if isinstance(value, _core.Tensor):
        return repr(TensorSpec(value.shape, value.dtype))
    if isinstance(value, (list, tuple)):
        return "%s[%s]" % ("List" if isinstance(value, list) else "Tuple", ", ".join(_type_text(item, named) for item in value))
    if isinstance(value, dict):
        return "Dict[%s]" % ", ".join("[%r, %s]" % (key, _type_text(item, named)) for key, item in value.items())
    return "Literal[%r]" % (value,)


def nodes_of(graph):
    return [graph.node(i) for i in range(len(graph))]


def variables_of(graph):
    found = {}
    for node in nodes_of(graph):
        address = node.variable_address
        if address is not None and address not in found:
            found[address] = variables.of_address(address)
    return tuple(v for v in found.values() if v is not None)



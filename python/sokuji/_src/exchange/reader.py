"""tf.import_graph_def: the nodes of a GraphDef in the open graph, each by the operation table or by what stands for it here (handlers.py)."""

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.exchange import arrays, functions, handlers, op_defs, raising
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation
from sokuji._src.graph.variables import GraphVariable
from sokuji._src.io import graph_messages

C = graph_messages.CLASSES
GraphDef = C["GraphDef"]


def parts_of(name):
    """(node's name, output's number) of an input; the number is -1 of a control input."""
    if name.startswith("^"):
        return name[1:], -1
    node, colon, index = name.rpartition(":")
    if not colon:
        return name, 0
    if not index.isdigit():
        raise ValueError("the input %r names no output" % name)
    return node, int(index)


class Reader:
    """Makes a GraphDef's nodes, in the order in which TensorFlow does."""

    def __init__(self, graph, definition, prefix, input_map=None):
        self.graph, self.definition, self.prefix = graph, definition, prefix
        self.input_map = {} if input_map is None else input_map
        self.used = set()
        self.outputs = {}  # of a node's name: tensors, or a variable
        self.operations = {}  # of a node's name
        self.names = {}  # in the graph, where another node may have the name already
        self.nodes = list(definition.node)
        self.functions = {f.signature.name: f for f in definition.library.function}
        self.library = functions.Library(definition.library.function)

    # ---- order ----

    def _order(self):
        """The nodes, each after its inputs: the last one that is ready first, as TensorFlow takes them."""
        by_name, waiting, followers = {}, {}, {}
        by_name.update((node.name, place) for place, node in enumerate(self.nodes))
        ready = []
        for place, node in enumerate(self.nodes):
            sources = {parts_of(i)[0] for i in node.input if not self._mapped(i)}
            for source in sources:
                if source not in by_name:
                    raise ValueError("Node '%s': Unknown input node '%s'" % (node.name, [i for i in node.input if parts_of(i)[0] == source][0]))
                followers.setdefault(by_name[source], []).append(place)
            waiting[place] = len(sources)
            if not sources:
                ready.append(place)
        found = 0
        while ready:
            place = ready.pop()
            found += 1
            yield self.nodes[place]
            for after in followers.get(place, ()):
                waiting[after] -= 1
                if waiting[after] == 0:
                    ready.append(after)
        if found < len(self.nodes):
            stuck = next(n for p, n in enumerate(self.nodes) if waiting[p] > 0)
            raise ValueError("the GraphDef goes in a circle at the node '%s'" % stuck.name)

    def _key(self, name):
        node, index = parts_of(name)
        return "^" + node if index < 0 else "%s:%d" % (node, index)

    def _mapped(self, name):
        return self._key(name) in self.input_map

    def _raise(self):
        """What there is beside plain nodes: loops and conditions of 1.x become functions."""
        names = set()
        for place, node in enumerate(self.nodes):
            if node.name in names:
                raise ValueError("Node '%s' is not unique" % node.name)
            if not node.name:
                raise ValueError("Node %d of the GraphDef has no name" % place)
            names.add(node.name)
        if raising.is_needed(self.nodes):
            try:
                raised = raising.Raised(self.nodes, self.functions)
            except (IndexError, KeyError, AttributeError, RecursionError) as error:
                raise ValueError("the loops and conditions of the GraphDef are damaged (%s: %s)" % (type(error).__name__, error)) from None
            self.nodes = raised.nodes
            self.library.add(raised.functions)
            self.graph._inside.update((self.prefix + name, where) for name, where in raised.inside.items())

    # ---- nodes ----

    def run(self):
        self._raise()
        order = list(self._order())
        for node in self.nodes:  # what is made beside the file's own nodes is called otherwise
            name = self.prefix + node.name
            is_new = self.graph.find(name) is None
            other = self.graph.unique_name(name)
            self.names[node.name] = name if is_new else other
        for node in order:
            self._node(node)
        unused = [k for k in self.input_map if k not in self.used and parts_of(k)[0] not in self.operations and k not in self.used]
        if unused:
            raise ValueError("Attempted to map inputs that were not found in graph_def: [%s]" % ", ".join(sorted(unused)))
        for name, values in self.outputs.items():
            if isinstance(values, GraphVariable):
                handlers.settle(values)

    def tensor(self, name, what=None):
        """The tensor (or variable) that an input names."""
        key = self._key(name)
        if key in self.input_map:
            self.used.add(key)
            return self.input_map[key]
        node, index = parts_of(name)
        values = self.outputs[node]
        if isinstance(values, GraphVariable):
            return values
        if index >= len(values):
            raise ValueError("Node '%s': Connecting to invalid output %d of source node %s which has %d outputs" % (what, index, node, len(values)))
        return values[index]

    def _node(self, node):
        definition = op_defs.find(node.op)
        function = self.functions.get(node.op)
        if definition is None and function is None and node.op not in handlers.HANDLERS and node.op not in arrays.NAMES:
            kind = NotImplementedError if node.op in handlers.KNOWN else None
            if kind is not None:
                raise kind("not implemented: tf.import_graph_def of the operation %s (node '%s')" % (node.op, node.name))
            raise errors.NotFoundError(None, None, "Op type not registered '%s' in binary running here. Make sure the Op is registered (node '%s')" % (node.op, node.name))
        name = self.names[node.name]
        data = [self.tensor(i, node.name) for i in node.input if not i.startswith("^")]
        controls = [self.input_map[self._key(i)] if self._mapped(i) else self.operations[i[1:]] for i in node.input if i.startswith("^")]
        self.used.update(self._key(i) for i in node.input if self._mapped(i))
        with handlers.blamed(node):
            self._checked(node, definition, data)
        first = len(self.graph)
        with self.graph.control_dependencies(None), self.graph.control_dependencies([c.op if not isinstance(c, operation.Operation) else c for c in controls]):
            with handlers.blamed(node):
                values = handlers.build(self, node, name, data)
        self._note(node, name, values, first)

    def _note(self, node, name, values, first):
        found = self.graph.find(name)
        if found is None and len(self.graph) > first:
            last = values[0]._node if isinstance(values, list) and values and isinstance(values[0], _core.SymbolicTensor) else self.graph.node(len(self.graph) - 1)
            if last.index >= first:
                last.rename(name)
                found = last
        if found is None:
            found = _core.Graph.group(self.graph, [], name + "/")
        self.operations[node.name] = self.graph._operation(found)
        self.outputs[node.name] = values
        if isinstance(values, list) and values and any(t._node is not found for t in values if isinstance(t, _core.SymbolicTensor)):
            self.operations[node.name]._outputs = list(values)
            self.operations[node.name]._type = self.operations[node.name]._type or node.op
        for i in range(first, len(self.graph)):
            if i != found.index:
                self.graph._hidden.add(i)
        if "_raised" in node.attr:
            self.operations[node.name]._type = node.attr["_raised"].s.decode()
        if node.device:
            self.graph._devices[found.index] = graphs.merged_device("", node.device)
        self.graph._note_line(first)

    def _checked(self, node, definition, data):
        """The inputs are as many, and of the dtypes, that the operation says."""
        if definition is None or any(not isinstance(t, (_core.Handle, GraphVariable)) for t in data):
            return
        wanted, known = [], {}
        for argument in definition.inputs:
            given = node.attr[argument.count].i if argument.count and argument.count in node.attr else 1
            if argument.is_list:
                wanted += list(node.attr[argument.type].list.type) if argument.type in node.attr else []
            else:
                number = argument.dtype or (node.attr[argument.type].type if argument.type in node.attr else known.get(argument.type, 0))
                wanted += [number % 100] * (given if argument.count else 1)
        if len(wanted) != len(data):
            raise ValueError("NodeDef '%s' expects %d inputs of the operation %s, but has %d" % (node.name, len(wanted), node.op, len(data)))
        for place, (number, t) in enumerate(zip(wanted, data)):
            if number and number != 20 and t._dtype_number != number:
                raise ValueError("Input %d of node %s was passed %s from %s:0 incompatible with expected %s."
                                 % (place, self.prefix + node.name, t.dtype.name, getattr(t, "name", t).rpartition(":")[0], dtypes.as_dtype(number).name))  # fmt: skip


def _definition(graph_def):
    if isinstance(graph_def, GraphDef):
        return graph_def
    if hasattr(graph_def, "SerializeToString"):
        return GraphDef.FromString(graph_def.SerializeToString())
    raise TypeError("graph_def must be a GraphDef proto.")


def _map_of(graph, input_map):
    made = {}
    for key, value in (input_map or {}).items():
        if not isinstance(key, (str, bytes)):
            raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
        key = key.decode() if isinstance(key, bytes) else key
        name, index = parts_of(key)
        if index < 0:
            made["^" + name] = graph.as_graph_element(value, False, True)
        else:
            made["%s:%d" % (name, index)] = handlers.as_tensor(value)
    return made


def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None, producer_op_list=None, validate_colocation_constraints=True):
    """Adds the operations of a GraphDef; gives those of return_elements."""
    definition = _definition(graph_def)
    if input_map is not None and not (isinstance(input_map, dict) and all(isinstance(k, (str, bytes)) for k in input_map)):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    if return_elements is not None:
        return_elements = tuple(return_elements)
        if not all(isinstance(e, (str, bytes)) for e in return_elements):
            raise TypeError("return_elements must be a list of strings.")
        return_elements = [e.decode() if isinstance(e, bytes) else e for e in return_elements]
    graph = graphs.get_default_graph()
    with graph.as_default() if graphs.building() is not graph else graphs.contextlib.nullcontext():
        with graph.name_scope("import" if name is None else name) as scope:
            mapped = _map_of(graph, input_map)
        with graph.name_scope(None):
            reader = Reader(graph, definition, scope, mapped)
            missing = [e for e in return_elements or () if parts_of(e)[0] not in {n.name for n in definition.node}]
            if missing:
                raise ValueError("Requested return_element %r not found in graph_def." % missing[0])
            reader.run()
    return None if return_elements is None else [_element(reader, e) for e in return_elements]


def _element(reader, name):
    node, colon, _ = name.rpartition(":")
    if not colon:
        return reader.operations[name]
    made = reader.tensor(name, name)
    return made._snapshot if isinstance(made, GraphVariable) else made

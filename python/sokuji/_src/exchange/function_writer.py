"""FunctionDefs of traced functions, branches and loop bodies."""

import re

from sokuji import _core
from sokuji._src.exchange import attributes, op_defs, writer
from sokuji._src.io import graph_messages
from sokuji._src.variables import variables as eager_variables

C = graph_messages.CLASSES
_CHANGES = {"AssignVariableOp": 0, "AssignAddVariableOp": 1, "AssignSubVariableOp": 2}
_EFFECTS = ("Assert", "PrintV2")


class NotWritten(NotImplementedError):
    """The function has something that TensorFlow has no operation for."""


def _parts(graph, node):
    return getattr(graph, "_parts", {}).get(node.index, ())


def variables_of(graph):
    """The addresses of variables that a graph reads or changes, also within its branches and loops."""
    found = {}
    for i in range(len(graph)):
        node = graph.node(i)
        for address in (node.variable_address, node.changed_address):
            if address is not None:
                found[address] = None
        for part in _parts(graph, node)[:2]:
            found.update(dict.fromkeys(variables_of(part)))
    return list(found)


class _Handle:
    """A variable within a function: the argument that its resource is."""

    def __init__(self, name, variable):
        self.op, self.name, self._dtype_number = self, name, variable._dtype_number
        self._resource = is_resource(variable)


def is_resource(variable):
    """A variable of 1.x that is none is handed on by its value."""
    return getattr(variable, "_resource", True)


class Library:
    """FunctionDefs as they are made."""

    def __init__(self, prefix="", known=None):
        self.definitions, self._names, self._prefix = [], set(), prefix
        self.known = known or {}  # {address: variable} beside those of eager execution

    def variable(self, address):
        found = self.known.get(address)
        return eager_variables.of_address(address) if found is None else found

    def name(self, wanted):
        wanted = self._prefix + re.sub(r"\W", "_", wanted)
        made, n = wanted, 0
        while made in self._names:
            n += 1
            made = "%s_%d" % (wanted, n)
        self._names.add(made)
        return made

    def add(self, wanted, graph, placeholders, addresses, outputs, names=None, passed=()):
        """The FunctionDef of a graph whose arguments are the placeholders and then the variables' resources; its name. passed: arguments given back too."""
        made = _FunctionWriter(self, graph)
        name = self.name(wanted)
        self.definitions.append(made.function(name, placeholders, addresses, outputs, names, passed))
        return name

    # ---- branches and loops in another graph ----

    def node(self, outer, made, op, node):
        """An If or a While of the graph that `outer` writes."""
        parts = _parts(node._graph, node)
        if not parts:
            return outer._by_hand(made, op, node)
        first, second, limit = parts
        is_loop = "While" in made.op
        made.op = "While" if is_loop else "If"
        captured = {}
        for graph in (first, second):
            for source, _ in graph.captures():
                captured.setdefault((source._node, source._output), source)
        addresses = list(dict.fromkeys(variables_of(first) + variables_of(second)))
        changed = {g.node(i).changed_address for g in (first, second) for i in range(len(g))}
        if any(a in changed and not is_resource(self.variable(a)) for a in addresses):
            raise NotWritten("a branch that changes a variable that is no resource")
        resources = [outer.resource(address) for address in addresses]
        if is_loop and not (limit is None or isinstance(limit, int) and limit < 0):
            raise NotWritten("a loop with maximum_iterations")
        state = list(node._inputs[: len(first.inputs)]) if is_loop else []
        tensors = state + list(captured.values())
        names = []
        for which, graph in zip(("cond", "body") if is_loop else ("true", "false"), (first, second)):
            inner = {(s._node, s._output): p for s, p in graph.captures()}
            places = list(graph.inputs if is_loop else []) + [inner.get(key, t) for key, t in captured.items()]
            passed = range(len(state), len(tensors) + len(addresses)) if is_loop and which == "body" else ()
            names.append(self.add("%s_%s" % (node._name, which), graph, places, addresses, list(graph.outputs), None, passed))
        references = [outer.reference(t) for t in tensors] + resources
        known = [self.variable(address) for address in addresses]
        types = [t._dtype_number for t in tensors] + [20 if is_resource(v) else v._dtype_number for v in known]
        if is_loop:
            made.input.extend(references)
            made.attr["T"].CopyFrom(attributes.value_proto("lt", types))
        else:
            made.input.extend([outer.reference(node._inputs[0]), *references])
            made.attr["Tcond"].type = node._inputs[0]._dtype_number
            made.attr["Tin"].CopyFrom(attributes.value_proto("lt", types))
            made.attr["Tout"].CopyFrom(attributes.value_proto("lt", [t._dtype_number for t in node._outputs]))
        for key, name in zip(("cond", "body") if is_loop else ("then_branch", "else_branch"), names):
            made.attr[key].func.name = name
        outer.ordered(made, addresses, addresses)


class _FunctionWriter(writer.Writer):
    """Writes a function's graph; inputs are named by operations' outputs in the end."""

    def __init__(self, library, graph):
        super().__init__(graph, False, library)
        self.handles = {}
        self._last, self._since = {}, {}  # by variable: the last change; readings since
        self._effects = []

    def resource(self, address):
        return self.handles[address].name

    def reference(self, tensor):
        if tensor._node._graph is not self.graph:  # what a branch within takes from further outside came through here
            tensor = next((p for s, p in self.graph.captures() if s._node is tensor._node and s._output == tensor._output), tensor)
        return super().reference(tensor)

    def _of_variable(self, node):
        if node.changed_address is not None:
            return self.handles[node.changed_address], _CHANGES.get(node._type)
        return self.handles.get(node.variable_address), None

    def ordered(self, made, reads, changes):
        """Control inputs, so that what concerns a variable happens in the order of the graph."""
        waits = {}
        for address in reads:
            if address in self._last:
                waits["^" + self._last[address]] = None
        for address in changes:
            waits.update(("^" + name, None) for name in self._since.pop(address, ()))
            self._last[address] = made.name
        for address in reads:
            if address not in changes:
                self._since.setdefault(address, []).append(made.name)
        made.input.extend(w for w in waits if w not in made.input)
        if changes and made.name not in self._effects:
            self._effects.append(made.name)

    def function(self, name, placeholders, addresses, outputs, names, passed):
        made = C["FunctionDef"]()
        made.signature.name = name
        taken = {self.graph.node(i)._name for i in range(len(self.graph))}
        arguments = []
        for k, t in enumerate([*placeholders, *addresses]):
            is_tensor = k < len(placeholders)
            wanted = names[k] if names and k < len(names) else "arg_%d" % k if is_tensor else "resource_%d" % (k - len(placeholders))
            wanted = re.sub(r"[^a-z0-9_]", "_", wanted.lower())
            wanted = wanted if re.match("[a-z]", wanted) else "arg_" + wanted
            base, n = wanted, 0
            while wanted in taken and not (is_tensor and t._node._graph is self.graph and t._node._name == wanted) or wanted in arguments:
                n += 1
                wanted = "%s_%d" % (base, n)
            arguments.append(wanted)
            variable = None if is_tensor else self.library.variable(t)
            if not is_tensor and variable is None:
                raise NotWritten("a variable that is gone")
            number = t._dtype_number if is_tensor else 20 if is_resource(variable) else variable._dtype_number
            made.signature.input_arg.add(name=wanted, type=number)
            if is_tensor:
                if t._node._graph is self.graph:
                    self.captured[t._node.index] = wanted
            else:
                self.handles[t] = _Handle(wanted, variable)
        for i in range(len(self.graph)):
            node = self.graph.node(i)
            if i not in self.captured and not (node._type == "Placeholder"):
                self._one(node)
        self._results(made, outputs, arguments, passed)
        self._finish(made, set(arguments))
        return made

    def _one(self, node):
        op = writer.operation.of(node)
        made = self.node(op)
        if made.op not in op_defs._rows() and made.op not in ("If", "While"):
            raise NotWritten("the operation %s (%s)" % (made.op, node._name))
        if "value" in made.attr and made.op == "Const" or _core.has_op(node._type) or _parts(node._graph, node) or made.op == "NoOp":
            pass
        elif node.variable_address is not None:
            self.ordered(made, [node.variable_address], [])
        elif node.changed_address is not None and made.op in _CHANGES:
            self.ordered(made, [node.changed_address], [node.changed_address])
        elif made.op in _EFFECTS:
            self._effects.append(made.name)
        else:
            raise NotWritten("the operation %s (%s)" % (made.op, node._name))
        self.nodes.append(made)
        self.after(op)
        if node.changed_address is not None and made.op in _CHANGES and self.nodes[-1] is not made:
            self._since.setdefault(node.changed_address, []).append(self.nodes[-1].name)

    def _results(self, made, outputs, arguments, passed):
        taken = {n.name for n in self.nodes} | set(arguments)
        inner = {id(outer): placeholder for outer, placeholder in self.graph.captures()}
        for k, t in enumerate(outputs):
            t = inner.get(id(t), t)  # what is only handed on
            name, n = "Identity", 0
            while name in taken:
                n += 1
                name = "Identity_%d" % n
            taken.add(name)
            if isinstance(t, _core.SymbolicTensor):
                self.extra("Identity", name, [self.reference(t)], T=("t", t._dtype_number))
            else:
                self.constant(name, t.numpy(), t._dtype_number)
            made.signature.output_arg.add(name="output_%d" % k, type=t._dtype_number)
            made.ret["output_%d" % k] = name + ":output:0"
        for place in passed:
            k = len(made.signature.output_arg)
            made.signature.output_arg.add(name="output_%d" % k, type=made.signature.input_arg[place].type)
            made.ret["output_%d" % k] = arguments[place]
        for name in self._effects:
            made.control_ret[name] = name
            made.signature.control_output.append(name)
        if self._effects:
            made.signature.is_stateful = True

    def _finish(self, made, arguments):
        """Inputs as functions name them: node:output:number."""
        by_name = {n.name: n for n in self.nodes}
        for node in self.nodes:
            node.input[:] = [_reference(i, by_name, arguments) for i in node.input]
        list.extend(made.node_def, self.nodes)


def _reference(reference, by_name, arguments):
    name, _, place = reference.partition(":")
    if reference.startswith("^") or name in arguments:
        return reference
    if name not in by_name:
        raise NotWritten("a tensor of another graph, %s" % name)
    node, place = by_name[name], int(place or 0)
    definition = op_defs.find(node.op)
    for argument in definition.outputs:
        n = node.attr[argument.count].i if argument.count else len(node.attr[argument.type].list.type) if argument.is_list else 1
        if place < n:
            return "%s:%s:%d" % (name, argument.name, place)
        place -= n
    raise NotWritten("an output of %s" % node.op)



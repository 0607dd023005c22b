"""GraphDef of a graph: each node as TensorFlow's own, by the operation table; what TensorFlow has in another way is written in that way."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.exchange import attributes, op_defs
from sokuji._src.graph import operation
from sokuji._src.io import graph_messages, tensor_proto

C = graph_messages.CLASSES
NodeDef, GraphDef = C["NodeDef"], C["GraphDef"]
PRODUCER = 26  # 1.8's version of graphs
_CHANGED = ("Assign", "AssignAdd", "AssignSub")


class Writer:
    """Makes the NodeDefs of a graph, and those that TensorFlow needs beside them."""

    def __init__(self, graph, add_shapes=False, library=None):
        self.graph, self.add_shapes = graph, add_shapes
        self.library = library  # of functions: takes branches and bodies (functions.py)
        self.nodes, self._places = [], {}
        self.variables = {v._address: v for v in getattr(graph, "_made_variables", ())}
        self.captured = {}  # names that stand for nodes of the graph, in functions

    # ---- names ----

    def reference(self, tensor):
        """How an input names a tensor."""
        node = tensor._node
        name = self.captured.get(node.index) or self._places.get((node.index, tensor._output))
        if name is None:
            name = node._name if tensor._output == 0 else "%s:%d" % (node._name, tensor._output)
        return name

    def extra(self, op, name, inputs=(), **attrs):
        """A node that only files have; returns its name."""
        made = NodeDef(name=name, op=op, input=inputs)
        for key, (kind, value) in attrs.items():
            made.attr[key] = attributes.value_proto(kind, value)
        self.nodes.append(made)
        return name

    def constant(self, name, value, number):
        return self.extra("Const", name, dtype=("t", number), value=("x", tensor_proto.make_tensor_proto(value, number)))

    # ---- nodes ----

    def node(self, op):
        """The NodeDef of an operation; it names what it could not say."""
        node = op._node
        made = NodeDef(name=node._name, op=op.type)
        if made.op in ("Exit", "Merge") or op_defs.find(made.op) is None and op_defs.find(node._type) is not None:
            made.op = node._type  # what is shown as a part of 1.8's loops and conditions is an Identity
        if node._type == "Const":
            made.op = "Const"  # what was folded when it was imported
        device = getattr(self.graph, "_devices", {}).get(node.index)
        if device:
            made.device = device
        _WAYS.get(made.op, Writer._by_table)(self, made, op, node)
        made.input.extend(["^" + c._name for c in node._controls])
        if self.add_shapes and "_output_shapes" not in made.attr:
            made.attr["_output_shapes"] = attributes.value_proto("lh", [t.shape for t in op.outputs])
        return made

    def _const(self, made, op, node):
        value = node.value
        if value is None:
            value = node._outputs[0]._known_value()
        made.attr["dtype"].type = node._outputs[0]._dtype_number
        made.attr["value"].tensor.CopyFrom(tensor_proto.make_tensor_proto(value))

    def _placeholder(self, made, op, node):
        output = node._outputs[0]
        made.op = "Placeholder"
        made.attr["dtype"].type = output._dtype_number
        made.attr["shape"].shape.CopyFrom(attributes.shape_proto(output._shape_tuple))

    def _variable(self, made, op, node):
        known = op._attributes or {}
        made.attr["dtype"].type = known["dtype"]._number
        made.attr["shape"].shape.CopyFrom(attributes.shape_proto(known["shape"]._dims))
        made.attr["container"].s = b""
        made.attr["shared_name"].s = known.get("shared_name", "").encode()

    def _of_variable(self, node):
        """The name of the variable that a node reads or changes; None: it does neither."""
        changed = getattr(self.graph, "_changes", {}).get(node.index)
        if changed is not None:
            return changed[1], changed[0]
        found = self.variables.get(node.variable_address)
        return found, None

    def _read(self, made, op, node):
        variable, _ = self._of_variable(node)
        if variable is None:
            return self._identity(made, op, node)
        made.input.append(variable.op.name)
        made.op = "ReadVariableOp" if variable._resource else "Identity"
        made.attr["dtype" if variable._resource else "T"].type = variable._dtype_number

    def _identity(self, made, op, node):
        inputs = [t for t in node._inputs if t is not None]
        made.input.extend([self.reference(t) for t in inputs])
        made.attr["dtype" if made.op == "ReadVariableOp" else "T"].type = node._outputs[0]._dtype_number

    def _initialized(self, made, op, node):
        made.input.append(node._name.partition("/IsInitialized")[0])

    def _assign(self, made, op, node):
        variable, how = self._of_variable(node)
        if variable is None:
            return self._by_hand(made, op, node)
        value = self.reference(node._inputs[-1])
        made.input.extend([variable.op.name, value])
        if variable._resource:
            made.op = ("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp")[how]
            made.attr["dtype"].type = variable._dtype_number
            self._places[node.index, 0] = node._name + "/ReadVariableOp"
        else:
            made.op = _CHANGED[how]
            made.attr["T"].type = variable._dtype_number
            made.attr["use_locking"].b = how == 0
            if how == 0:
                made.attr["validate_shape"].b = True

    def after(self, op):
        """What follows the node: the value of a resource that it changed, where that is asked for."""
        name = self._places.get((op._node.index, 0))
        if name is not None and self.nodes[-1].op.endswith("VariableOp"):
            variable, _ = self._of_variable(op._node)
            self.extra("ReadVariableOp", name, [variable.op.name, "^" + op._node._name], dtype=("t", variable._dtype_number))

    def _by_hand(self, made, op, node):
        """What no row describes: its inputs and attributes as they are."""
        made.input.extend([self.reference(t) for t in node._inputs if t is not None])
        for key, value in (op._attributes or {}).items():
            if attributes.kind_of(value) is not None:
                made.attr[key] = attributes.value_proto(attributes.kind_of(value), value)

    def _broadcast(self, made, op, node):
        """1.8 has no BroadcastTo: one times the value, as many times."""
        value, shape = node._inputs
        number = value._dtype_number
        if number in (7, 10):
            return self._by_table(made, op, node)
        one = self.constant(node._name + "/one", np.ones((), dtypes.as_dtype(number).as_numpy_dtype), number)
        ones = self.extra("Fill", node._name + "/ones", [self.reference(shape), one], T=("t", number), index_type=("t", shape._dtype_number))
        made.op = "Mul"
        made.input.extend([self.reference(value), ones])
        made.attr["T"].type = number

    def resource(self, address):
        """What a branch or loop is given for a variable: its resource, or what it reads as."""
        variable = self.variables[address]
        return variable.op.name if variable._resource else self.reference(variable._snapshot)

    def ordered(self, made, reads, changes):
        pass

    def _apply(self, made, op, node):
        """A step of an optimizer."""
        known = getattr(self.graph, "_steps", {}).get(node.index)
        if known is not None and known["variable"]._resource:
            made.op = "Resource" + made.op
        definition = op_defs.find(made.op)
        if known is None or definition is None or any(not isinstance(g, _core.SymbolicTensor) for g in known["grad"]):
            return self._by_hand(made, op, node)
        variables, slots = [known["variable"]], list(known["slots"])
        for argument in definition.inputs:
            if argument.is_ref or argument.dtype == 20:
                made.input.append((variables or slots).pop(0).op.name)
            elif argument.name in ("alpha", "lr"):
                made.input.append(self.reference(known["rate"]))
            elif argument.name in ("delta", "grad"):
                made.input.append(self.reference(known["grad"][0]))
            elif argument.name in known["powers"]:
                made.input.append(self.reference(known["powers"][argument.name]))
            else:
                made.input.append(self.constant("%s/%s" % (node._name, argument.name), np.float32(known["numbers"][argument.name]), known["variable"]._dtype_number))
        made.attr["T"].type = known["variable"]._dtype_number
        made.attr["use_locking"].b = False
        if "use_nesterov" in definition.attributes:
            made.attr["use_nesterov"].b = bool(known["numbers"].get("use_nesterov"))

    # ---- rows of the table ----

    def _by_table(self, made, op, node):
        definition = op_defs.find(made.op)
        if definition is None and op_defs.find(node._type) is not None and not op._type:
            definition = op_defs.find(node._type)
            made.op = node._type
        if self.library is not None and getattr(node._graph, "_parts", {}).get(node.index) and made.op in ("If", "StatelessIf", "While", "StatelessWhile", "PartitionedCall", "StatefulPartitionedCall"):
            return self.library.node(self, made, op, node)
        if definition is None or not _core.has_op(node._type) and op._attributes is None and definition.attributes and not _says_all(definition, node):
            return self._by_hand(made, op, node)
        values = node.attributes()
        values.update(op._attributes or {})
        tensors = list(node._inputs)
        self._inputs(made, definition, node, tensors, values)
        outputs = list(node._outputs)
        for argument in definition.outputs:
            if argument.count and not values.get(argument.count):
                values[argument.count] = len(outputs)
            n = int(values[argument.count]) if argument.count else len(values[argument.type]) if argument.is_list and argument.type in values else len(outputs) if argument.is_list else 1
            taken, outputs = outputs[:n], outputs[n:]
            if argument.is_list:
                values.setdefault(argument.type, [t._dtype_number for t in taken])
            elif argument.type and taken and taken[0] is not None:
                values.setdefault(argument.type, taken[0]._dtype_number)
        for key, (kind, default) in definition.attributes.items():
            if key in values:
                made.attr[key] = attributes.value_proto(kind, values[key])
            elif default is not None:
                made.attr[key] = attributes.value_proto(kind, op_defs.default(kind, default))
        if _core.has_op(node._type):
            for key in values.keys() - definition.attributes.keys():
                value = values[key]
                if key in _WITH_DEFAULT and value not in (0, False, [], b"", "", _WITH_DEFAULT[key]):
                    made.attr[key] = attributes.value_proto(attributes.kind_of(value), value)

    def _inputs(self, made, definition, node, tensors, values):
        single = [a for a in definition.inputs if not (a.count or a.is_list)]
        for place, argument in enumerate(definition.inputs):
            if argument.count or argument.is_list:
                rest = sum(1 for a in definition.inputs[place + 1 :] if a in single)
                many = [a for a in definition.inputs if a.count or a.is_list]
                n = (len(tensors) - rest) // max(1, sum(1 for a in many if a in definition.inputs[place:]))
                taken, tensors = tensors[:n], tensors[n:]
                if argument.count:
                    values.setdefault(argument.count, n)
                if argument.is_list:
                    values.setdefault(argument.type, [t._dtype_number for t in taken])
                elif argument.type:
                    values.setdefault(argument.type, taken[0]._dtype_number)
                made.input.extend([self.reference(t) for t in taken])
                continue
            taken, tensors = (tensors[0] if tensors else None), tensors[1:]
            if taken is None:
                made.input.append(self._left_out(definition, argument, node, values))
                continue
            name = self.reference(taken)
            wanted = argument.dtype or (values.get(argument.type) if argument.type in values else None)
            wanted = wanted if isinstance(wanted, int) else getattr(wanted, "_number", taken._dtype_number)
            if wanted != taken._dtype_number:
                name = self.extra("Cast", "%s/%s" % (node._name, argument.name), [name], SrcT=("t", taken._dtype_number), DstT=("t", wanted))
            elif argument.type:
                values.setdefault(argument.type, taken._dtype_number)
            made.input.append(name)

    def _left_out(self, definition, argument, node, values):
        """The input that stands for one not given: all axes, or the reversed order of them."""
        shape = node._inputs[0]._shape_tuple
        name = "%s/%s" % (node._name, argument.name)
        if argument.type:
            values.setdefault(argument.type, 3)
        if definition.name in ("GatherV2", "ArgMax", "ArgMin"):
            return self.constant(name, np.int32(0), 3)
        if shape is not None:
            axes = range(len(shape)) if definition.name != "Transpose" else range(len(shape) - 1, -1, -1)
            return self.constant(name, np.array(list(axes), np.int32), 3)
        source, number = self.reference(node._inputs[0]), node._inputs[0]._dtype_number
        rank = self.extra("Rank", name + "/Rank", [source], T=("t", number))
        zero, one = self.constant(name + "/start", np.int32(0), 3), self.constant(name + "/delta", np.int32(1), 3)
        if definition.name != "Transpose":
            return self.extra("Range", name, [zero, rank, one], Tidx=("t", 3))
        last = self.extra("Sub", name + "/last", [rank, one], T=("t", 3))
        down = self.constant(name + "/down", np.int32(-1), 3)
        return self.extra("Range", name, [last, down, down], Tidx=("t", 3))


# Attributes that the core has beside those of 1.8, and what they are unless said otherwise.
_WITH_DEFAULT = {"incompatible_shape_error": True, "batch_dims": 0, "select_cols": [], "explicit_paddings": [], "include_batch_in_index": False,
                 "exponential_avg_factor": 1.0, "Truncate": False}  # fmt: skip


def _says_all(definition, node):
    return all(default is not None or kind in ("t", "lt") for kind, default in definition.attributes.values())


_WAYS = {
    "Const": Writer._const, "Placeholder": Writer._placeholder, "VariableV2": Writer._variable, "VarHandleOp": Writer._variable,
    "BroadcastTo": Writer._broadcast, "Identity": Writer._read, "ReadVariableOp": Writer._read, "VarIsInitializedOp": Writer._initialized, "NoOp": lambda *a: None,
    **dict.fromkeys(["AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", *_CHANGED], Writer._assign),
}  # fmt: skip
_WAYS.update(dict.fromkeys("ApplyGradientDescent ApplyMomentum ApplyAdam ApplyRMSProp ApplyAdagrad ResourceApplyUpdate".split(), Writer._apply))


def _written(graph):
    """The operations of a graph, and what they need that TensorFlow does not have."""
    needed = {op._node.index for op in graph.get_operations()}
    waiting = [graph.node(i) for i in needed]
    while waiting:
        node = waiting.pop()
        for other in [t._node for t in node._inputs if t is not None] + node._controls:
            if other.index not in needed and other._graph is graph:
                needed.add(other.index)
                waiting.append(other)
    return [graph._operation(graph.node(i)) for i in sorted(needed)]


def graph_def(graph, from_version=None, add_shapes=False, use_pybind11_proto=False):
    """tf.Graph.as_graph_def."""
    from sokuji._src.exchange import function_writer

    writer = Writer(graph, add_shapes)
    writer.library = function_writer.Library(known=writer.variables)
    for op in _written(graph):
        if from_version is not None and op._node.index < from_version:
            continue
        count = len(writer.nodes), len(writer.library.definitions)
        try:
            made = writer.node(op)
        except function_writer.NotWritten:  # said by name, for those who only look at the graph
            del writer.nodes[count[0] :], writer.library.definitions[count[1] :]
            made = NodeDef(name=op.name, op="SokujiCall", input=[writer.reference(t) for t in op.inputs] + ["^" + c.name for c in op.control_inputs])
        writer.nodes.append(made)
        writer.after(op)
    whole = GraphDef()
    list.extend(whole.node, writer.nodes)
    if writer.library.definitions:
        whole.library.function.extend(writer.library.definitions)
    whole.versions.producer = PRODUCER
    return whole


def node_def(op):
    """tf.Operation.node_def."""
    return Writer(op.graph).node(op)

"""The graph of objects in a checkpoint (TensorFlow's TrackableObjectGraph): objects get names by the shortest way from the root, and a stored
graph is laid over the program's objects, now or when they are made.
"""

import collections
import logging

from sokuji import _core
from sokuji._src.core import errors, execute
from sokuji._src.io import wire
from sokuji._src.variables import trackable
from sokuji._src.variables import variables as variables_module

GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE = "VARIABLE_VALUE"

Node = collections.namedtuple("Node", "children attributes slots")  # children: [(name, node)]; slots: [(slot name, variable's node, slot's node)]
Attribute = collections.namedtuple("Attribute", "name full_name key")


def _escape(name):
    return name.replace(".", "..").replace("/", ".S")


# ---- the message ----


def encode(nodes):
    out = []
    for node in nodes:
        parts = [wire.data(1, wire.number(1, child) + wire.data(2, name)) for name, child in node.children]
        parts += [wire.data(2, wire.data(1, a.name) + wire.data(2, a.full_name) + wire.data(3, a.key)) for a in node.attributes]
        parts += [wire.data(3, wire.number(1, variable) + wire.data(2, name) + wire.number(3, slot)) for name, variable, slot in node.slots]
        out.append(wire.data(1, b"".join(parts)))
    return b"".join(out)


def _by_number(message, texts):
    found = dict.fromkeys(texts, "")
    for number, value in wire.fields(message):
        found[number] = value.decode("utf-8") if number in texts else value
    return found


def _decode_node(message):
    node = Node([], [], [])
    for number, value in wire.fields(message):
        if number == 1:
            child = _by_number(value, (2,))
            node.children.append((child[2], child.get(1, 0)))
        elif number == 2:
            attribute = _by_number(value, (1, 2, 3))
            node.attributes.append(Attribute(attribute[1], attribute[2], attribute[3]))
        elif number == 3:
            slot = _by_number(value, (2,))
            node.slots.append((slot[2], slot.get(1, 0), slot.get(3, 0)))
    return node


def decode(message):
    """The nodes; DataLossError when the bytes are no graph or point outside of it."""
    try:
        nodes = [_decode_node(value) for number, value in wire.fields(message) if number == 1]
    except (ValueError, TypeError, AttributeError, UnicodeDecodeError) as e:
        raise errors.DataLossError(None, None, "the checkpoint's graph of objects is damaged: %s" % e) from None
    used = [c for node in nodes for _, c in node.children] + [i for node in nodes for slot in node.slots for i in slot[1:]]
    if not nodes or any(i >= len(nodes) for i in used):
        raise errors.DataLossError(None, None, "the checkpoint's graph of objects is damaged: it points outside of itself")
    return nodes


# ---- saving ----


def walk(root):
    """Objects breadth first, and each one's names on the way from the root: ([object, ...], {id: (name, ...)})."""
    order, paths = [root], {id(root): ()}
    for obj in order:  # grows
        for name, child in trackable.children(obj):
            if id(child) not in paths:
                paths[id(child)] = (*paths[id(obj)], name)
                order.append(child)
    return order, paths


def _is_optimizer(obj):
    return hasattr(obj, "get_slot_names") and hasattr(obj, "get_slot")


def _slots(order, numbers, names):
    """Adds the slot variables behind the other objects; {id of the optimizer: [(slot name, variable's node, slot's node)]}."""
    found, plain = {}, [(i, obj) for i, obj in enumerate(order)]
    for _, optimizer in plain:
        if not _is_optimizer(optimizer):
            continue
        for slot_name in optimizer.get_slot_names():
            for i, variable in plain:
                slot = optimizer.get_slot(variable, slot_name) if isinstance(variable, _core.VariableBase) else None
                if slot is None:
                    continue
                if id(slot) in numbers:
                    raise NotImplementedError("A slot variable was re-used as a dependency of a trackable object; save it by the optimizer only")
                names[id(slot)] = "%s/.OPTIMIZER_SLOT/%s/%s" % (names[id(variable)], names[id(optimizer)], _escape(slot_name))
                numbers[id(slot)] = len(order)
                order.append(slot)
                found.setdefault(id(optimizer), []).append((slot_name, i, numbers[id(slot)]))
    return found


def _values_of(obj):
    if isinstance(obj, _core.VariableBase):
        return {_VALUE: (obj, None)}
    return obj._checkpoint_values()


def serialize(root):
    """(nodes, [(key, tensor), ...]) of everything that the root reaches."""
    order, paths = walk(root)
    names = {key: "/".join(_escape(name) for name in path) for key, path in paths.items()}
    numbers = {id(obj): i for i, obj in enumerate(order)}
    slots = _slots(order, numbers, names)
    nodes, tensors = [], []
    for obj in order:
        node = Node([(name, numbers[id(child)]) for name, child in trackable.children(obj)], [], slots.get(id(obj), []))
        for attribute, (tensor, _) in _values_of(obj).items():
            key = "/".join(part for part in (names[id(obj)], ".ATTRIBUTES", _escape(attribute)) if part)
            node.attributes.append(Attribute(attribute, getattr(tensor, "_name", key), key))
            tensors.append((key, tensor))
        nodes.append(node)
    return nodes, tensors


def global_names(root):
    """{name of the variable: variable}, as a name-based checkpoint knows them."""
    order, _ = walk(root)
    found = {obj._name: obj for obj in order if isinstance(obj, _core.VariableBase)}
    for optimizer in order:
        if _is_optimizer(optimizer):
            for name in optimizer.get_slot_names():
                for variable in order:
                    slot = optimizer.get_slot(variable, name) if isinstance(variable, _core.VariableBase) else None
                    if slot is not None:
                        found[slot._name] = slot
    return found


# ---- restoring ----

_uids = [0]


class Load:
    """One restoration: which node of the stored graph belongs to which object, and what is still without one."""

    def __init__(self, reader, nodes):
        _uids[0] += 1
        self.uid = _uids[0]
        self.reader, self.nodes = reader, nodes
        self.bound = {}  # node: object
        self.unused = []  # (object, attribute) that the object knows nothing of
        self.slots = {}  # variable's node: [(optimizer's node, slot name, slot's node)]
        self.slots_waiting = {}  # optimizer's node: [(variable, slot name, slot's node)]
        for i, node in enumerate(nodes):
            for name, variable, slot in node.slots:
                self.slots.setdefault(variable, []).append((i, name, slot))

    def simple_value(self, node, shape):
        """The value of a node that is one variable and nothing else."""
        found = self.nodes[node]
        if found.children or [a.name for a in found.attributes] != [_VALUE]:
            return None
        value = self.reader.read(found.attributes[0].key)
        if shape is not None and tuple(shape) != value._shape_tuple:
            raise ValueError("The checkpoint has shape %s for a variable of shape %s" % (value._shape_tuple, tuple(shape)))
        return value

    def restore(self, node, obj):
        """Lays the stored graph from this node on over the object; all values are read and checked before the first is given out."""
        assignments, queue = [], collections.deque()
        self._bind(node, obj, queue)
        while queue:
            node, obj = queue.popleft()
            state = trackable.state_of(obj)
            if self.uid > state.uid:
                assignments += self._values(node, obj)
                state.uid = self.uid
            known = dict(trackable.children(obj))
            for name, child in self.nodes[node].children:
                if name in known:
                    self._bind(child, known[name], queue)
                elif not any(load is self for load, _ in state.deferred.get(name, ())):
                    state.deferred.setdefault(name, []).append((self, child))
        for give, value in assignments:
            give(value)

    def _bind(self, node, obj, queue):
        """Notes which object a node is, with the slots that wait for it; a new pair goes on the queue."""
        if node in self.bound:
            if self.bound[node] is not obj:
                self._inconsistent(self.bound[node], obj)
            return
        self.bound[node] = obj
        queue.append((node, obj))
        for variable, name, slot in self.slots_waiting.pop(node, ()):
            self._bind_slot(obj, variable, name, slot, queue)
        for optimizer, name, slot in self.slots.pop(node, ()):
            if optimizer in self.bound:
                self._bind_slot(self.bound[optimizer], obj, name, slot, queue)
            else:
                self.slots_waiting.setdefault(optimizer, []).append((obj, name, slot))

    def _bind_slot(self, optimizer, variable, name, slot, queue):
        found = optimizer._slot_for_restoring(variable, name) if hasattr(optimizer, "_slot_for_restoring") else None
        if found is not None:
            self._bind(slot, found, queue)

    def _inconsistent(self, a, b):
        text = "Two checkpoint references resolved to different objects (%s and %s)." % (a, b)
        if variables_module._version == 1:
            raise AssertionError("Unable to load the checkpoint into this object graph. Either the Checkpointable object references in the Python "
                                 "program have changed in an incompatible way, or the checkpoint was generated in an incompatible program.\n\n" + text)  # fmt: skip
        logging.getLogger("tensorflow").warning("Inconsistent references when loading the checkpoint into this object graph. %s", text)

    def _values(self, node, obj):
        given, found = [], _values_of(obj)
        for attribute in self.nodes[node].attributes:
            if attribute.name not in found:
                self.unused.append((obj, attribute.name))
                continue
            tensor, give = found[attribute.name]
            value = self.reader.read(attribute.key)
            if isinstance(obj, _core.VariableBase):
                check_value(obj, value, attribute.key)
                give = obj._assign
            given.append((give, value))
        return given


def check_value(variable, value, key):
    """A stored value must have the variable's shape and dtype."""
    if value._shape_tuple != variable._shape_tuple:
        raise ValueError("Received incompatible tensor with shape %s when attempting to restore variable with shape %s and name %s."
                         % (value._shape_tuple, variable._shape_tuple, variable.name))  # fmt: skip
    if value._dtype_number != variable._dtype_number:
        raise execute.invalid("tensor_name = %s; expected dtype %s does not equal original dtype %s" % (key, variable.dtype.name, value.dtype.name))

"""Functional models: symbolic inputs, the nodes that joining layers leave behind, and models that run them.

A layer called with a symbol runs once on zeros to learn the shape of what it gives; its variables' values and the random numbers drawn since are
put back. Unknown sizes other than the batch's are tried with two sizes, and what changes with them is unknown as well. A program's own layers run in a
graph instead, where that goes, and so see the unknown sizes.
"""

import collections

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, nest
from sokuji._src.core import shapes as _shapes
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import func_graph
from sokuji._src.keras import layers_base, masks, scopes_1
from sokuji._src.keras import random as keras_random
from sokuji._src.keras.at_once import at_once, is_graph
from sokuji._src.keras.layers_base import Layer, unique_name
from sokuji._src.variables import variables

_counter = collections.Counter()
trying = False  # while a layer runs on zeros


_History = collections.namedtuple("KerasHistory", "operation node_index tensor_index")


class KerasTensor:
    """A symbolic input or a layer's output: a shape with None for what is not known, and how it came to be."""

    def __init__(self, shape, dtype="float32", sparse=False, ragged=False, record_history=True, name=None, node=None, index=0):
        self._sizes, self._kind, self.node, self.index, self.sparse, self.ragged = tuple(shape), dtype, node, index, sparse, ragged
        self.name = name or unique_name("keras_tensor", True)
        self._keras_mask = None

    @property
    def dtype(self):
        return self._kind if variables._version == 2 else dtypes.as_dtype(self._kind)

    @property
    def shape(self):
        return self._sizes if variables._version == 2 else _shapes.TensorShape(self._sizes)

    ndim = property(lambda self: len(self._sizes))
    _keras_history = property(lambda self: _History(self.node.layer, self.node.layer._nodes.index(self.node), self.index))

    def get_shape(self):
        return _shapes.TensorShape(self._sizes)

    @property
    def _uses_learning_phase(self):
        """Whether what made it does something else in training."""
        layer = self.node.layer
        takes = isinstance(layer, Layer) and "training" in layers_base.call_arguments(layer) and not isinstance(layer, layers_base._Composite)
        return takes or any(s._uses_learning_phase for s in self.node.sources)


    def __len__(self):
        raise TypeError("object of type 'KerasTensor' has no len()")

    def __array__(self, *arguments, **keywords):
        raise ValueError("A KerasTensor is symbolic: it's a placeholder for a shape and a dtype. It doesn't have any actual numerical value. You cannot "
                         "convert it to a NumPy array.")  # fmt: skip

    def _to_tensor(self, dtype):
        raise ValueError("A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is a symbolic placeholder for a shape and dtype, "
                         "used when constructing Keras Functional models; give it to layers, or wrap the function in a Lambda layer.")  # fmt: skip

    def __bool__(self):
        raise TypeError("A symbolic KerasTensor cannot be used as a boolean.")

    def __iter__(self):
        raise TypeError("Iterating over a symbolic KerasTensor is not supported.")

    def __repr__(self):
        return "<KerasTensor shape=%s, dtype=%s, sparse=False, ragged=False, name=%s>" % (self._sizes, self._kind, self.name)

    __hash__ = object.__hash__


class Node:
    """One call of a layer: what it was given and what it gave."""

    def __init__(self, layer, inputs_given, arguments, keywords):
        self.layer, self.inputs_given, self.arguments, self.keywords = layer, inputs_given, arguments, keywords
        self.sources = symbols_of((inputs_given, arguments, keywords))
        self.outputs, self.outputs_given = [], None


class InputLayer(Layer):
    """Where a functional model begins."""

    def __init__(self, input_shape=None, batch_size=None, dtype=None, input_tensor=None, sparse=False, name=None, **kwargs):
        if input_tensor is not None or sparse:
            raise NotImplementedError("not implemented: tf.keras.layers.InputLayer with input_tensor or sparse")
        given = kwargs.pop("batch_input_shape", None) or kwargs.pop("batch_shape", None) or kwargs.pop("shape", None)
        sizes = tuple(given) if given is not None else (batch_size, *(input_shape if input_shape is not None else ()))
        super().__init__(name=name or unique_name("input" if variables._version == 1 else "input_layer"), dtype=dtype or "float32", **kwargs)
        self._batch_input_shape = sizes
        self.built = True
        node = Node(self, [], (), {})
        made = KerasTensor([d.value if isinstance(d, _shapes.Dimension) else d for d in sizes], dtypes.as_dtype(dtype or "float32").name,
                           name=name if name is not None else (self.name if variables._version == 1 else None), node=node)  # fmt: skip
        node.outputs, node.outputs_given, node.inputs_given = [made], made, made
        self._nodes.append(node)

    batch_shape = property(lambda self: self._batch_input_shape)

    def call(self, inputs=None):
        return inputs

    def get_config(self):
        if variables._version == 1:
            return {"batch_input_shape": self._batch_input_shape, "dtype": self.dtype, "sparse": False, "name": self.name}
        return {"batch_shape": self._batch_input_shape, "dtype": self.dtype, "sparse": False, "ragged": False, "name": self.name, "optional": False}

    @classmethod
    def from_config(cls, config):
        shape = config.get("batch_shape") or config.get("batch_input_shape")
        if config.get("sparse") or config.get("ragged"):
            raise NotImplementedError("not implemented: tf.keras.layers.InputLayer with sparse or ragged")
        return cls(batch_shape=shape, name=config.get("name"), dtype=config.get("dtype"))


def Input(shape=None, batch_size=None, name=None, dtype=None, sparse=False, tensor=None, batch_shape=None, **kwargs):
    """A symbolic input of a functional model."""
    if sparse or tensor is not None or any(kwargs.values()):
        raise NotImplementedError("not implemented: tf.keras.Input with sparse, tensor or %s" % ", ".join(kwargs))
    if shape is None and batch_shape is None:
        raise ValueError("You must pass a `shape` argument.")
    if isinstance(shape, int):
        raise ValueError("Cannot convert '%s' to a shape." % shape)
    sizes = tuple(batch_shape) if batch_shape is not None else (batch_size, *shape)
    return InputLayer(batch_shape=sizes, name=name, dtype=dtype).output


# ---- symbols in structures ----


def has_symbols(value):
    if isinstance(value, KerasTensor):
        return True
    if isinstance(value, (list, tuple)):
        return any(has_symbols(v) for v in value)
    return isinstance(value, dict) and any(has_symbols(v) for v in value.values())


def symbols_of(value):
    return [leaf for leaf in nest.flatten(value) if isinstance(leaf, KerasTensor)]


def _replaced(value, values):
    """The structure with values in the place of symbols."""
    if isinstance(value, KerasTensor):
        return values[id(value)]
    if isinstance(value, dict):
        return type(value)((key, _replaced(v, values)) for key, v in value.items())
    if isinstance(value, (list, tuple)):
        made = [_replaced(v, values) for v in value]
        return made if isinstance(value, list) else type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    return value


# ---- what a layer gives ----


def _probe(layer, inputs, arguments, keywords, symbols, size):
    """The layer's result for zeros, with `size` for each unknown size but the batch's, which is 1."""
    values = {}
    for s in symbols:
        sizes = [(1 if i == 0 else size) if d is None else d for i, d in enumerate(s._sizes)]
        values[id(s)] = convert(np.zeros(sizes, dtypes.as_dtype(s._kind).as_numpy_dtype), 0) if s._kind != "string" else _core.execute(
            "Fill", [convert(sizes, 3) if sizes else convert(np.zeros(0, np.int32), 0), convert("", 7)], {})  # fmt: skip
        if s._keras_mask is not None:
            masks.put(values[id(s)], convert(np.ones([(1 if i == 0 else size) if d is None else d for i, d in enumerate(s._keras_mask._sizes)], bool), 0))
    return layer(_replaced(inputs, values), *_replaced(arguments, values), **_replaced(keywords, values))


def _kept(layer):
    """What a trial call may change, to be put back."""
    return [(v, v._read()) for v in getattr(layer, "non_trainable_weights", [])] if getattr(layer, "built", False) else []


def _trace(layer, inputs, arguments, keywords, symbols):
    """The layer's result for a graph's placeholders; None where it does not run in a graph."""
    if variables._version == 1 or type(layer).__module__.startswith("sokuji.") or any(s._kind == "string" for s in symbols):
        return None
    graph = func_graph.FuncGraph("keras", _core.graph_now())
    graph.is_function, graph.creates = True, []
    try:
        with graph.as_default():
            values = {id(s): graph.add_input((dtypes.as_dtype(s._kind)._number, s._sizes), s.name) for s in symbols}
            for s in symbols:
                if s._keras_mask is not None:
                    masks.put(values[id(s)], graph.add_input((dtypes.bool._number, s._keras_mask._sizes), "mask"))
            made = layer(_replaced(inputs, values), *_replaced(arguments, values), **_replaced(keywords, values))
        flat = nest.flatten(made)
        return made if all(isinstance(t, _core.Tensor) and t._shape_tuple is not None for t in flat) else None
    except Exception:  # the trial on zeros raises what the program did wrong
        return None
    finally:
        layer._forget_losses()


def shapes_given(layer, inputs, arguments, keywords):
    """The structure of (sizes, dtype, the mask's sizes or None) that the layer gives for the symbols."""
    symbols = symbols_of((inputs, arguments, keywords))
    unknown = any(d is None for s in symbols for d in s._sizes[1:])
    global trying
    _core.GradientTape._pause()
    depth, before, trying = layers_base.calls.depth, trying, True
    try:
        kept = _kept(layer)
        drawn = [(g, g._count) for g in keras_random.generators_of(layer)] if isinstance(layer, Layer) else []
        made = _trace(layer, inputs, arguments, keywords, symbols) if isinstance(layer, Layer) else None
        traced = made is not None
        if not traced:
            made = _probe(layer, inputs, arguments, keywords, symbols, 24)
        other = _probe(layer, inputs, arguments, keywords, symbols, 40) if unknown and not traced else made
        for v, value in kept:
            v._assign(value)
        for generator, count in drawn:
            generator._count = count
    finally:
        layers_base.calls.depth, trying = depth, before
        _core.GradientTape._resume()
    batch = symbols[0]._sizes[0] if symbols and symbols[0]._sizes else None

    def sizes(a, b):
        if traced:
            return tuple(a._shape_tuple)
        rest = [x if x == y else None for x, y in zip(a._shape_tuple, b._shape_tuple)]
        return (batch if a._shape_tuple[0] == 1 or batch is None else a._shape_tuple[0], *rest[1:]) if rest else ()

    def mask(a, b):
        a, b = masks.get(a), masks.get(b)
        return None if a is None or b is None else sizes(a, b)

    return made, [(sizes(a, b), a.dtype.name, mask(a, b)) for a, b in zip(nest.flatten(made), nest.flatten(other))]


def output_shape(layer, input_shape):
    """For compute_output_shape: a TensorShape (1.x) or tuple."""
    is_list = isinstance(input_shape, list) and input_shape and isinstance(input_shape[0], (list, tuple, _shapes.TensorShape))
    given = [KerasTensor(_shapes.TensorShape(s).as_list()) for s in (input_shape if is_list else [input_shape])]
    made, flat = shapes_given(layer, given if is_list else given[0], (), {})
    shapes = [_shapes.TensorShape(s) if variables._version == 1 else s for s, _, _ in flat]
    return shapes if isinstance(made, (list, tuple)) else shapes[0]


@at_once
def apply(layer, inputs, arguments=(), keywords=None):
    """Joins the layer to symbols: new symbols."""
    keywords = keywords or {}
    node = Node(layer, inputs, arguments, keywords)
    if isinstance(layer, Layer) and not layer.built and len(node.sources) >= 1:
        _symbolic_build(layer, inputs)
    made, flat = shapes_given(layer, inputs, arguments, keywords)
    node.outputs = [KerasTensor(sizes, dtype, node=node, index=i) for i, (sizes, dtype, _) in enumerate(flat)]
    for symbol, (_, _, mask) in zip(node.outputs, flat):
        if mask is not None and (variables._version == 2 or is_graph()):
            symbol._keras_mask = KerasTensor(mask, "bool")
    node.outputs_given = nest.pack_sequence_as(made, node.outputs)
    layer._nodes.append(node)
    return node.outputs_given


def _symbolic_build(layer, inputs):
    """Layers see the unknown sizes when they build themselves."""
    if isinstance(layer, layers_base._Composite):
        if variables._version == 2 and isinstance(inputs, KerasTensor) and layer.inputs is None and getattr(layer, "_numbered_from_input", False):
            layer.build(inputs._sizes)
        return
    shapes = nest.map_structure(lambda s: s._sizes if isinstance(s, KerasTensor) else None, inputs) if not isinstance(inputs, KerasTensor) else inputs._sizes
    if variables._version == 1:
        shapes = [_shapes.TensorShape(s) for s in shapes] if isinstance(inputs, (list, tuple)) else _shapes.TensorShape(shapes)
        first = nest.flatten(inputs)[0]
        if layer._dtype is None and isinstance(first, KerasTensor) and dtypes.as_dtype(first._kind).is_floating:
            layer._dtype = dtypes.as_dtype(first._kind)
    if variables._version == 2 and layers_base.calls.path and not layer._scope_prefix:
        layer._scope_prefix = layers_base.calls.path[-1] + "/"
    scopes_1.within(layer, _build, layer, shapes)


def _build(layer, shapes):
    layers_base.calls.path.append(layer.scope_name)
    layer._build_shape = shapes
    try:
        layer.build(shapes)
    finally:
        layers_base.calls.path.pop()
    layer._built_done()


# ---- operators on symbols ----


_kinds = {}


class Operation:
    """What an operator on symbols leaves in the graph; no layer of a model."""

    built, trainable = True, True

    def __init__(self, name, function, swapped=False, config=None):
        self.name, self._function, self._nodes, self.swapped, self._config = unique_name(name, True), function, [], swapped, config or {}
        self.keras_operation = "".join(word.title() for word in name.split("_"))  # Keras' class
        self.__class__ = _kinds.setdefault(self.keras_operation, type(self.keras_operation, (Operation,), {}))

    def get_config(self):
        return {"name": self.name, **self._config}

    def __call__(self, *arguments, **keywords):
        return self._function(*arguments, **keywords, **self._config)


def _operator(name, function, swapped=False):
    def method(self, *others):
        if variables._version == 1 and not is_graph():
            raise NotImplementedError("not implemented: operators on symbolic inputs; use a Lambda layer")
        return apply(Operation(name, function, swapped), self, tuple(o if isinstance(o, KerasTensor) else convert(o, dtypes.as_dtype(self._kind)._number)
                                                            if not isinstance(o, (slice, tuple, int, type(None))) else o for o in others))  # fmt: skip

    return method


def _install():
    binary = {"add": ("Add", "__add__", "__radd__"), "subtract": ("Sub", "__sub__", "__rsub__"), "multiply": ("Mul", "__mul__", "__rmul__"),
              "true_divide": ("RealDiv", "__truediv__", "__rtruediv__"), "power": ("Pow", "__pow__", "__rpow__"),
              "greater": ("Greater", "__gt__", None), "less": ("Less", "__lt__", None), "greater_equal": ("GreaterEqual", "__ge__", None),
              "less_equal": ("LessEqual", "__le__", None)}  # fmt: skip
    for name, (op, forward, reflected) in binary.items():
        setattr(KerasTensor, forward, _number_operator(name, lambda a, b, op=op: run(op, a, b)))
        if reflected:
            setattr(KerasTensor, reflected, _number_operator(name, lambda a, b, op=op: run(op, b, a), True))
    KerasTensor.__matmul__ = _operator("matmul", lambda a, b: a @ b)
    KerasTensor.__neg__ = _operator("negative", lambda a: -a)
    KerasTensor.__abs__ = _operator("absolute", lambda a: run("Abs", a))
    KerasTensor.__getitem__ = _operator("get_item", lambda a, key: a[key])


def _number_operator(name, function, swapped=False):
    inner = _operator(name, function, swapped)

    def method(self, other):
        return inner(self, convert(other, dtypes.as_dtype(self._kind)._number) if isinstance(other, (int, float)) else other)

    return method


_install()


# ---- the graph of a model ----


class Graph:
    """The nodes between inputs and outputs, in an order in which they can run, and their layers in Keras' order."""

    def __init__(self, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs
        self.flat_inputs, self.flat_outputs = symbols_of(inputs), symbols_of(outputs)
        self.nodes, self._indices = [], {}
        given = {id(s) for s in self.flat_inputs}
        self._visit(given)
        self._depths()
        self._check(given)
        self._gone = self._let_go()

    def _visit(self, given):
        seen = set()

        def visit(symbol):
            node = symbol.node
            self._indices.setdefault(id(node.layer), len(self._indices))
            if id(node) in seen or id(symbol) in given:
                if id(node) not in seen and id(symbol) in given and not node.sources:
                    seen.add(id(node))
                    self.nodes.append(node)
                return
            seen.add(id(node))
            for source in node.sources:
                visit(source)
            self.nodes.append(node)

        for symbol in self.flat_outputs:
            visit(symbol)

    def _depths(self):
        depths, layer_depths = {}, {}
        given = {id(s) for s in self.flat_inputs}
        for node in reversed(self.nodes):
            depth = max(depths.get(id(node), 0), layer_depths.get(id(node.layer), 0))
            depths[id(node)] = layer_depths[id(node.layer)] = depth
            for source in node.sources:
                if id(source) not in given or not source.node.sources:
                    depths[id(source.node)] = max(depth + 1, depths.get(id(source.node), 0))
        layers = {id(node.layer): node.layer for node in self.nodes}
        for symbol in self.flat_inputs:
            if not symbol.node.sources:
                layers.setdefault(id(symbol.node.layer), symbol.node.layer)
                layer_depths.setdefault(id(symbol.node.layer), 0)
                self._indices.setdefault(id(symbol.node.layer), -1)
        self.operations = sorted(layers.values(), key=lambda layer: (-layer_depths[id(layer)], self._indices[id(layer)]))
        self.layers = [layer for layer in self.operations if isinstance(layer, Layer)]
        self.depth_counts = collections.Counter(depths[id(node)] for node in self.nodes)

    def _check(self, given):
        for node in self.nodes:
            if not node.sources and not any(id(o) in given for o in node.outputs):
                raise ValueError("Graph disconnected: cannot find parent for tensor %r of the model's outputs among its inputs." % node.outputs[0])

    def _let_go(self):
        """For each node the symbols that no later one needs, so that their values go as soon as they may."""
        needed = {id(s) for s in self.flat_outputs}
        gone = []
        for node in reversed(self.nodes):
            last = {id(s) for s in [*node.sources, *node.outputs]} - needed
            gone.append(last)
            needed |= last
        return gone[::-1]

    def run(self, flat_values, keywords):
        values = dict(zip((id(s) for s in self.flat_inputs), flat_values))
        for node, gone in zip(self.nodes, self._gone):
            if all(id(o) in values for o in node.outputs):
                continue
            made = node.layer(_replaced(node.inputs_given, values), *_replaced(node.arguments, values), **{**_replaced(node.keywords, values), **keywords(node.layer)})
            for symbol, value in zip(node.outputs, nest.flatten(made)):
                values[id(symbol)] = value
            for symbol in gone:
                values.pop(symbol, None)
            made = value = None
        return _replaced(self.outputs, values)

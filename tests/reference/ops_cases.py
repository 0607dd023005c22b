"""Runs single operations of TensorFlow by their registered names, and records in and out.

Used by the ops_*.py scripts, under TensorFlow 1.8.0 (Python 3.6) first and then under 2.21 (Python
3.12). Case numbers are the same in both; NAME_1.8.npz holds what 1.8 computes, NAME_2.21.npz only
what 1.8 cannot do or does otherwise (beyond the rounding of its type). A case has

    case<N>/call          {"op", "attributes", "inputs"} as text: the operation ("Conv2D") or a
                          function of the Python face ("tf.einsum"); all its attributes, inferred
                          ones too, or the function's keyword arguments; and, only where an input
                          is a list (stored flattened), the lists' lengths (null: no list)
    case<N>/in<k>, out<k> inputs and outputs in order
    case<N>/dout0, din<k> where a gradient is taken: the one given for output 0, the one got for
                          input k

Tensors of strings are text, in<k>_strings or out<k>_strings: {"shape": [...], "values": [...]}.
"""

import os

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_def_library, op_def_registry

import reference

V1 = tf if tf.__version__.startswith("1.") else tf.compat.v1
OLD = V1 is tf
FLOATS = (np.float32, np.float64)
ERRORS = (
    tf.errors.OpError,
    ValueError,
    TypeError,
    LookupError,
    NotImplementedError,
    AttributeError,
)


def op_definition(name):
    if OLD:
        return op_def_registry.get_registered_ops()[name]
    found = op_def_registry.get(name)
    if found is None:
        raise LookupError(name)
    return found


def apply_op(name, inputs, attributes):
    """Adds the operation to the default graph; returns its list of outputs."""
    definition = op_definition(name)
    named = dict(zip([argument.name for argument in definition.input_arg], inputs), **attributes)
    named = dict(defaults(definition), **named)
    if not OLD:
        return op_def_library.apply_op(name, **named)
    library = op_def_library.OpDefLibrary()
    library.add_op(definition)
    return library.apply_op(name, **named)


def defaults(definition):
    """The attributes' default values, but for the types that inputs tell."""
    told = set()
    for argument in definition.input_arg:
        told.update([argument.type_attr, argument.type_list_attr, argument.number_attr])
    found = {}
    for attribute in definition.attr:
        if attribute.HasField("default_value") and attribute.name not in told:
            found[attribute.name] = plain(attribute.default_value)
    return found


def quiet_session():
    """A session that computes each operation as it stands, folding and rewriting nothing."""
    config = V1.ConfigProto()
    config.graph_options.optimizer_options.opt_level = -1
    rewrite = config.graph_options.rewrite_options
    rewrite.constant_folding = rewrite.OFF
    if not OLD:
        rewrite.disable_meta_optimizer = True
    return V1.Session(config=config)


def flat(nested):
    if isinstance(nested, (list, tuple)):
        return [leaf for part in nested for leaf in flat(part)]
    return [nested]


def plain(attribute):
    """An AttrValue as something JSON can hold."""
    kind = attribute.WhichOneof("value")
    value = getattr(attribute, kind)
    if kind == "s":
        return value.decode("latin-1")
    if kind == "type":
        return tf.as_dtype(value).name
    if kind == "shape":
        return [d.size for d in value.dim] if not value.unknown_rank else None
    if kind == "list":
        items = value.ListFields()
        if not items:
            return []
        if items[0][0].name == "type":
            return [tf.as_dtype(item).name for item in items[0][1]]
        if items[0][0].name == "shape":
            return [[d.size for d in item.dim] for item in items[0][1]]
        return [i.decode("latin-1") if isinstance(i, bytes) else i for i in items[0][1]]
    return value if kind in ("i", "f", "b") else str(value)


def same(a, b):
    """Equal, or equal up to the rounding of a computation in their type."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.kind not in "fc":
        return bool(np.array_equal(a, b))
    size = np.abs(a[np.isfinite(a)])
    room = 64 * np.finfo(a.dtype).eps
    return bool(
        np.allclose(
            a, b, rtol=room, atol=room * max(1, size.max() if size.size else 1), equal_nan=True
        )
    )


def put(arrays, key, value):
    value = np.asarray(value)
    if value.dtype.kind in "OSU":
        leaves = [v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in value.ravel()]
        arrays[key + "_strings"] = reference.text({"shape": list(value.shape), "values": leaves})
    else:
        arrays[key] = value


class Cases:
    """The cases of one file."""

    def __init__(self, name):
        self.name, self.n_cases, self.n_failed, self.arrays = name, 0, 0, {}
        self.older = {}
        if not OLD:
            with np.load(os.path.join(reference.FOLDER, name + "_1.8.npz")) as stored:
                self.older = {key: stored[key] for key in stored.files}

    def draw(self, shape, dtype=np.float32, low=-1.0, high=1.0):
        """Fixed numbers of the next case (or integers when dtype is one), different for each shape."""
        source = np.random.RandomState(self.n_cases * 131 + len(shape) * 17 + sum(shape))
        if np.dtype(dtype).kind in "iu":
            return source.randint(int(low), int(high) + 1, shape).astype(dtype)
        return source.uniform(low, high, shape).astype(dtype)

    def op(self, name, *inputs, gradient=(), **attributes):
        """A registered operation; GRADIENT lists the numbers of the inputs to differentiate by
        (through output 0).
        """
        self.record(
            name, lambda tensors: apply_op(name, tensors, attributes), inputs, None, gradient
        )

    def function(self, name, call, *inputs, gradient=(), **options):
        """A function of the Python face on tensors and options, named NAME in the file."""
        self.record(name, lambda tensors: call(*tensors, **options), inputs, options, gradient)

    def record(self, name, build, inputs, options, gradient):
        number, self.n_cases = self.n_cases, self.n_cases + 1
        try:
            found = self.run(number, name, build, inputs, options, gradient)
        except ERRORS as error:
            self.n_failed += 1
            print("case%d %s fails: %s" % (number, name, str(error).replace("\n", " ")[:160]))
            return
        if not self.known(found):
            self.arrays.update(found)

    def run(self, number, name, build, inputs, options, gradient):
        with V1.Graph().as_default() as graph, quiet_session() as session:
            tensors = [
                [tf.constant(i) for i in item] if isinstance(item, list) else tf.constant(item)
                for item in inputs
            ]
            n_constants = len(graph.get_operations())
            results = flat(build(tensors))
            if options is None:
                made = [op for op in graph.get_operations()[n_constants:] if op.type == name][-1]
                options = {k: plain(v) for k, v in made.node_def.attr.items() if k[0] != "_"}
                results = list(made.outputs)
            fetches, given = list(results), []
            if gradient:
                given = [
                    self.draw(session.run(tf.shape(results[0])), results[0].dtype.as_numpy_dtype)
                ]
                wanted = [flat(tensors)[i] for i in gradient]
                found = V1.gradients(results[:1], wanted, [tf.constant(g) for g in given])
                fetches += [
                    tf.convert_to_tensor(g) for g in found
                ]  # Slices of a table, added into a table.
            values = session.run(fetches)
        return self.describe(number, name, options, inputs, values, len(results), given, gradient)

    def describe(self, number, name, options, inputs, values, n_results, given, gradient):
        key, found = f"case{number}/", {}
        call = {"op": name, "attributes": options}
        if any(isinstance(item, list) for item in inputs):
            call["inputs"] = [len(i) if isinstance(i, list) else None for i in inputs]
        found[key + "call"] = reference.text(call)
        for k, value in enumerate(flat(list(inputs))):
            put(found, key + f"in{k}", value)
        for k, value in enumerate(values[:n_results]):
            put(found, key + f"out{k}", value)
        for k, value in enumerate(given):
            put(found, key + f"dout{k}", value)
        for k, value in zip(gradient, values[n_results:]):
            put(found, key + f"din{k}", value)
        return found

    def known(self, found):
        """Whether 1.8 has the case with the same outputs and gradients."""
        results = [k for k in found if k.split("/")[1].startswith(("out", "din"))]
        return bool(self.older) and all(
            k in self.older and same(self.older[k], found[k]) for k in results
        )

    def save(self):
        print(f"{self.n_cases} cases, {self.n_failed} fail")
        reference.save(self.name + "_" + ".".join(tf.__version__.split(".")[:2]), self.arrays)

"""tf.saved_model.load: objects, variables and functions of a SavedModel of 2.x; of one of 1.x its signatures."""

import os

from sokuji import _core
from sokuji._src.core import conversion, dtypes, nest
from sokuji._src.core.execute import convert
from sokuji._src.data.specs import TensorSpec
from sokuji._src.exchange import attributes, functions, saved_model, structured
from sokuji._src.graph import function as traced
from sokuji._src.train import checkpoint
from sokuji._src.variables import trackable, variables


class _UserObject(trackable.AutoTrackable):
    """An object of a SavedModel."""


class RestoredFunction:
    """A tf.function of a SavedModel: the trace that fits a call."""

    def __init__(self, name, concretes, spec):
        self.__name__, self.concrete_functions = name, concretes
        full = structured.decoded(spec.fullargspec) if spec.HasField("fullargspec") else None
        self._names = list(full.args or []) if full is not None else []
        self._varargs = full.varargs if full is not None else None
        self._defaults = list(full.defaults or ()) if full is not None else []
        self._keywords = dict(full.kwonlydefaults or {}) if full is not None else {}
        if spec.is_method and self._names[:1] == ["self"]:
            self._names = self._names[1:]

    def _canonical(self, args, kwargs):
        """Arguments in their parameters' places, with defaults."""
        kwargs = dict(kwargs)
        if len(args) > len(self._names) and self._varargs is None:
            raise TypeError("%s() takes %d positional arguments but %d were given" % (self.__name__, len(self._names), len(args)))
        placed, first = list(args), len(self._names) - len(self._defaults)
        for place in range(len(args), len(self._names)):
            name = self._names[place]
            if name in kwargs:
                placed.append(kwargs.pop(name))
            elif place >= first:
                placed.append(self._defaults[place - first])
            else:
                raise TypeError("%s() missing required argument: '%s'" % (self.__name__, name))
        return tuple(placed), {**self._keywords, **kwargs}

    def __call__(self, *args, **kwargs):
        if self._names or self._varargs or self._keywords:
            args, kwargs = self._canonical(args, kwargs)
        for concrete in self.concrete_functions:
            for inexact in (False, True):
                flat = concrete.matched(args, kwargs, inexact)
                if flat is not None:
                    return concrete.call(flat)
        raise ValueError("Could not find matching concrete function to call loaded from the SavedModel. Got:\n  Positional arguments (%d total):\n    * %s\n  "
                         "Keyword arguments: %s\n\nExpected these arguments to match one of the following %d option(s):\n\n%s"
                         % (len(args), "\n    * ".join(map(repr, args)), kwargs, len(self.concrete_functions),
                            "\n".join("Option %d:\n  %r" % (i + 1, c.structured_input_signature) for i, c in enumerate(self.concrete_functions))))  # fmt: skip

    def get_concrete_function(self, *args, **kwargs):
        if not args and not kwargs and len(self.concrete_functions) == 1:
            return self.concrete_functions[0]
        args, kwargs = self._canonical(args, kwargs)
        for concrete in self.concrete_functions:
            if concrete.matched(args, kwargs, True) is not None:
                return concrete
        raise ValueError("Could not find matching concrete function to call loaded from the SavedModel.")

    def _list_all_concrete_functions_for_serialization(self):
        return list(self.concrete_functions)


class RestoredConcrete:
    """One trace of a SavedModel's function."""

    def __init__(self, name, body, captures, signature, output, specs):
        self.name, self._body, self.captured = name, body, captures
        self._signature, self._output, self._specs = signature, output, specs
        self._traced = None
        self.keywords = None

    @property
    def structured_input_signature(self):
        if self.keywords is None:
            return self._signature
        return (), {key: TensorSpec(spec.shape, spec.dtype, key) for key, spec in zip(self.keywords, self._specs)}

    structured_outputs = property(lambda self: self._output)
    output_shapes = property(lambda self: nest.map_structure(lambda s: s.shape, self._output))
    output_dtypes = property(lambda self: nest.map_structure(lambda s: s.dtype, self._output))
    variables = property(lambda self: tuple(c for c in self.captured if isinstance(c, _core.VariableBase)))
    trainable_variables = property(lambda self: tuple(v for v in self.variables if v.trainable))
    captured_inputs = property(lambda self: list(self.captured))

    def matched(self, args, kwargs, inexact):
        """The tensors of a call that fits, or None."""
        wanted = self._signature
        if len(args) != len(wanted[0]) or set(kwargs) != set(wanted[1]):
            return None
        flat = []
        for spec, value in [*zip(wanted[0], args), *((wanted[1][k], kwargs[k]) for k in sorted(kwargs))]:
            if not self._fits(spec, value, flat, inexact):
                return None
        return flat

    def _fits(self, spec, value, flat, inexact):
        if isinstance(spec, TensorSpec):
            if isinstance(value, TensorSpec):
                flat.append(value)
                return spec.dtype == value.dtype and spec.shape.is_compatible_with(value.shape)
            if isinstance(value, _core.VariableBase):
                value = value._read()
            if not isinstance(value, _core.Tensor):
                if not inexact or value is None or isinstance(value, (str, bytes)) != (spec.dtype is dtypes.string):
                    return False
                try:
                    value = conversion.convert_to_tensor(value, spec.dtype)
                except (TypeError, ValueError):
                    return False
            flat.append(value)
            return value.dtype == spec.dtype and spec.shape.is_compatible_with(value.shape)
        if isinstance(spec, dict):
            return isinstance(value, dict) and set(spec) == set(value) and all(self._fits(spec[k], value[k], flat, inexact) for k in sorted(spec))
        if isinstance(spec, (list, tuple)):
            return isinstance(value, (list, tuple)) and len(spec) == len(value) and all(self._fits(a, b, flat, inexact) for a, b in zip(spec, value))
        return not isinstance(value, _core.Handle) and type(spec) is type(value) and spec == value or spec is None and value is None

    def call(self, flat):
        if self._traced is None:
            self._traced = traced.Function(lambda *tensors: tuple(self._body([*tensors, *self.captured])), self.name, None, autograph=False, reduce_retracing=True)
        made = iter(self._traced(*flat) or ())
        return _packed(self._output, made)

    def __call__(self, *args, **kwargs):
        if self.keywords is not None:  # a signature, or a trace: its tensors in order or by name
            if len(args) > len(self.keywords):
                raise TypeError("%s takes %d arguments, it got %d" % (self.name, len(self.keywords), len(args)))
            given = dict(zip(self.keywords, args), **kwargs)
            missing = [k for k in self.keywords if k not in given]
            if missing or set(given) - set(self.keywords):
                raise TypeError("signature_wrapper(*, %s) missing required arguments: %s." % (", ".join(self.keywords), ", ".join(missing or sorted(set(given) - set(self.keywords)))))
            return self.call([_converted(given[k], s) for k, s in zip(self.keywords, self._specs)])
        flat = self.matched(args, kwargs, True)
        if flat is None:
            raise TypeError("%s takes %r, it got %r %r" % (self.name, self._signature, args, kwargs))
        return self.call(flat)


def _converted(value, spec):
    value = value._read() if isinstance(value, _core.VariableBase) else value
    return value if isinstance(value, _core.Tensor) else convert(value, spec.dtype._number)


def _packed(structure, tensors):
    if isinstance(structure, TensorSpec):
        return next(tensors)
    if isinstance(structure, dict):
        made = {key: _packed(structure[key], tensors) for key in sorted(structure)}
        return {key: made[key] for key in structure}
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*[_packed(s, tensors) for s in structure])
    if isinstance(structure, (list, tuple)):
        return type(structure)(_packed(s, tensors) for s in structure)
    return structure


class _Signatures(dict):
    """The signatures by name."""

    __hash__ = object.__hash__


class _Loader:
    def __init__(self, folder, meta):
        self.folder, self.meta = folder, meta
        self.library = functions.Library(meta.graph_def.library.function)
        self.objects = meta.object_graph_def
        self.nodes = [None] * len(self.objects.nodes)
        self.concretes = {}

    def load(self):
        later = []
        for i, proto in enumerate(self.objects.nodes):
            kind = proto.WhichOneof("kind")
            if kind in ("function", "bare_concrete_function"):
                later.append(i)
            else:
                self.nodes[i] = self._object(proto, kind)
        for name, proto in self.objects.concrete_functions.items():
            self.concretes[name] = self._concrete(name, proto)
        for i in later:
            proto = self.objects.nodes[i]
            if proto.WhichOneof("kind") == "function":
                name = proto.function.concrete_functions[0] if proto.function.concrete_functions else "function"
                self.nodes[i] = RestoredFunction(name, [self._of(n) for n in proto.function.concrete_functions], proto.function.function_spec)
            else:
                self.nodes[i] = self._of(proto.bare_concrete_function.concrete_function_name)
                self.nodes[i].keywords = list(proto.bare_concrete_function.argument_keywords)
        self._connect()
        prefix = os.path.join(self.folder, "variables", "variables")
        if os.path.exists(prefix + ".index"):
            checkpoint.Checkpoint(**{n: c for n, c in _children(self.nodes[0])}).restore(prefix).expect_partial()
        return self.nodes[0]

    def _of(self, name):
        if name not in self.concretes:
            raise ValueError("the SavedModel names the function %s, which it does not have" % name)
        return self.concretes[name]

    def _object(self, proto, kind):
        if kind == "variable":
            v = proto.variable
            sizes = attributes.sizes_of(v.shape)
            if sizes is None or None in sizes:
                raise NotImplementedError("not implemented: tf.saved_model.load of a variable whose shape is not known (%s)" % v.name)
            dtype = dtypes.as_dtype(v.dtype)
            first = conversion._from_array(_np().full(sizes, b"", object), 7) if v.dtype == 7 else convert(_np().zeros(sizes, dtype.as_numpy_dtype), v.dtype)
            return variables.ResourceVariable(first, trainable=v.trainable, name=v.name or None)
        if kind == "constant":
            node = next((n for n in self.meta.graph_def.node if n.name == proto.constant.operation), None)
            if node is None:
                raise ValueError("the SavedModel names the constant %s, which it does not have" % proto.constant.operation)
            return functions._const(None, node, [])[0]
        if kind == "user_object":
            identifier = proto.user_object.identifier
            if identifier in ("trackable_list_wrapper", "trackable_tuple_wrapper"):
                return trackable.List()
            if identifier == "trackable_dict_wrapper":
                return trackable.Dict()
            return _Signatures() if identifier == "signature_map" else _UserObject()
        if kind == "asset":
            files = self.meta.asset_file_def
            return convert(os.path.join(self.folder, "assets", files[proto.asset.asset_file_def_index].filename), 7)
        if kind in ("resource", "captured_tensor"):
            raise NotImplementedError("not implemented: tf.saved_model.load of a %s (a table, or what is like it)" % kind)
        return _UserObject()

    def _concrete(self, name, proto):
        signature = structured.decoded(proto.canonicalized_input_signature)
        body = self.library.body(name)
        captures = [self._node(i) for i in proto.bound_inputs]
        signature = signature if signature is not None else ((), {})
        n = len(body.inputs) - len(captures)
        specs = _specs(signature)[:n]
        if len(specs) != n:
            specs = [TensorSpec(None, dtypes.as_dtype(a.type)) for a in body.definition.signature.input_arg[:n]]
        return RestoredConcrete(name, body, captures, signature, structured.decoded(proto.output_signature), specs)

    def _node(self, i):
        if not 0 <= i < len(self.nodes):
            raise ValueError("the SavedModel names the object %d of %d" % (i, len(self.nodes)))
        return self.nodes[i]

    def _connect(self):
        for obj, proto in zip(self.nodes, self.objects.nodes):
            rows = [(child.local_name, self._node(child.node_id)) for child in proto.children]
            if isinstance(obj, (trackable.Dict, _Signatures)):
                for name, child in rows:
                    obj[name] = child
            elif isinstance(obj, trackable.List):
                for name, child in sorted((r for r in rows if r[0].isdigit()), key=lambda r: int(r[0])):
                    obj.append(child)
            elif isinstance(obj, _UserObject):
                for name, child in rows:
                    object.__setattr__(obj, name, child)
                call = dict(rows).get("__call__")
                if call is not None:
                    obj.__class__ = type("_UserObject", (_UserObject,), {"__call__": lambda self, *a, **k: self.__dict__["__call__"](*a, **k)})
        root = self.nodes[0]
        if not hasattr(root, "signatures"):
            root.signatures = _Signatures()


def _np():
    import numpy

    return numpy


def _children(obj):
    return [(n, c) for n, c in trackable.children(obj) if trackable.is_trackable(c)]


def _specs(signature):
    found = []

    def walk(value):
        if isinstance(value, TensorSpec):
            found.append(value)
        elif isinstance(value, dict):
            for key in sorted(value):
                walk(value[key])
        elif isinstance(value, (list, tuple)):
            for one in value:
                walk(one)

    walk(signature)
    return found


def load(export_dir, tags=None, options=None):
    """tf.saved_model.load."""
    folder = os.fspath(export_dir)
    model = saved_model.parse_saved_model(folder)
    if tags is not None:
        tags = {tags} if isinstance(tags, str) else set(tags)
    found = next((m for m in model.meta_graphs if tags is None or set(m.meta_info_def.tags) == tags), None)
    if found is None:
        raise ValueError("Got an incompatible argument to `tags`: %s. The tags the SavedModel has are %s" % (tags, [list(m.meta_info_def.tags) for m in model.meta_graphs]))
    if not found.object_graph_def.nodes:
        raise NotImplementedError("not implemented: tf.saved_model.load of a SavedModel of 1.x; use tf.saved_model.loader.load of sokuji.v1")
    if found.object_graph_def.nodes[0].WhichOneof("kind") not in (None, "user_object"):
        raise ValueError("the SavedModel's first object is no user object")
    return _Loader(folder, found).load()


def contains_saved_model(export_dir):
    """Whether the folder holds a SavedModel."""
    return saved_model.maybe_saved_model_directory(os.fspath(export_dir))

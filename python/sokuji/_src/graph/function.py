"""tf.function: a Python function traced into a graph once for each signature of its arguments, and run from there on."""

import functools
import inspect
import threading
import weakref

from sokuji import _core
from sokuji._src.core import conversion, nest
from sokuji._src.core.execute import convert, run
from sokuji._src.data.specs import TensorSpec, type_spec_from_value
from sokuji._src.eager import forward
from sokuji._src.graph import func_graph, signature
from sokuji._src.graph.concrete import ConcreteFunction
from sokuji._src.graph.func_graph import FuncGraph

_eagerly = False


def run_functions_eagerly(run_eagerly):
    """tf.config.run_functions_eagerly: whether functions run as ordinary Python."""
    global _eagerly
    _eagerly = bool(run_eagerly)
    _core.TracedBase._run_eagerly(_eagerly)


def functions_run_eagerly():
    """Whether tf.function's functions are called as Python functions."""
    return _eagerly


# ---- the arguments of a call ----


class Parameters:
    """The parameters of a Python function: binds arguments to them, so that equal calls look equal."""

    def __init__(self, function, input_signature=None):
        self.signature = inspect.signature(function)
        self.input_signature = None if input_signature is None else tuple(input_signature)
        rows = list(self.signature.parameters.values())
        self.rows = rows
        plain = all(p.kind is p.POSITIONAL_OR_KEYWORD for p in rows)
        self.n_plain = len(rows) if plain else -1
        self.name = getattr(function, "__name__", "function")

    def bind(self, args, kwargs):
        """(args, kwargs) with defaults filled in and, where a parameter has a name, in its place."""
        if not kwargs and len(args) == self.n_plain:
            return args, kwargs
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError("Binding inputs to tf.function failed due to `%s`. Received args: %s and kwargs: %s for signature: %s."
                            % (error, args, kwargs, self.signature)) from None  # fmt: skip
        bound.apply_defaults()
        return bound.args, dict(sorted(bound.kwargs.items()))  # in the order in which structures are flattened

    def names(self, args, kwargs):
        """A name for each argument."""
        made = []
        rest = 0
        rows = [p for p in self.rows if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        variable = next((p.name for p in self.rows if p.kind is p.VAR_POSITIONAL), "args")
        for i in range(len(args)):
            if i < len(rows):
                made.append(rows[i].name)
            else:
                made.append("%s_%d" % (variable, rest) if rest else variable)
                rest += 1
        return made, list(kwargs)

    def fitted(self, args, kwargs):
        """The arguments as tensors of the input signature."""
        wanted = self.input_signature
        if kwargs or len(args) != len(wanted):
            n = len(args) + len(kwargs)
            kept, args = args, list(args[: len(wanted)])
            rest = kept[len(wanted) :]
            defaults = [p.default for p in self.rows[len(wanted) :]]
            if kwargs or len(args) < len(wanted) or any(r is not d for r, d in zip(rest, defaults)) or len(rest) > len(defaults):
                raise TypeError("Binding inputs to tf.function failed: %d arguments, input_signature has %d" % (n, len(wanted)))
        made = [self._fitted(value, spec, row.name) for value, spec, row in zip(args, wanted, self.rows)]
        return tuple(made) + tuple(p.default for p in self.rows[len(wanted) :]), {}

    def _fitted(self, value, spec, name):
        if not isinstance(spec, TensorSpec):
            if nest.is_nested(spec):
                try:
                    nest.assert_same_structure(spec, value)
                except (TypeError, ValueError) as error:
                    raise TypeError("Binding inputs to tf.function failed: argument '%s': %s" % (name, error)) from None
                flat = [self._fitted(v, s, name) for v, s in zip(nest.flatten(value), nest.flatten(spec))]
                return nest.pack_sequence_as(spec, flat)
            if hasattr(spec, "element_spec") or _is_of(value, spec):
                return value
            if isinstance(value, getattr(spec, "value_type", ())):
                raise NotImplementedError("not implemented: tf.function with %r in its input_signature; leave the input_signature out" % (spec,))
            raise TypeError("Binding inputs to tf.function failed: argument '%s' is %r, input_signature says %r" % (name, value, spec))
        if isinstance(value, TensorSpec):
            return value
        try:
            tensor = value if isinstance(value, _core.Tensor) else value._read() if isinstance(value, _core.VariableBase) else convert(value, spec.dtype._number)
        except (TypeError, ValueError) as error:
            raise TypeError("Binding inputs to tf.function failed: argument '%s': Can not cast %r to %r: %s" % (name, value, spec, error)) from None
        if not signature.covers((spec.dtype._number, spec._sizes()), signature.spec_of(tensor)):
            if tensor.dtype == spec.dtype and spec.shape.is_compatible_with(tensor.shape):
                return tensor
            raise TypeError("Binding inputs to tf.function failed due to `Can not cast TensorSpec(shape=%s, dtype=%r, name=None) to %r`."
                            % (tensor.shape, tensor.dtype, spec))  # fmt: skip
        return tensor


def _is_of(value, spec):
    """Whether a value that consists of tensors is what a spec says."""
    if value is spec:
        return True
    try:
        found = getattr(value, "_type_spec", None) or type_spec_from_value(value)
    except TypeError:
        return value == spec
    same = type(found).__name__ == type(spec).__name__ and hasattr(spec, "shape") and found.dtype == spec.dtype and spec.shape.is_compatible_with(found.shape)
    return same and getattr(found, "ragged_rank", None) == getattr(spec, "ragged_rank", None)


def _autograph():
    """AutoGraph, imported when the first function is traced, with the backend that builds graphs."""
    from sokuji._src.autograph import api
    from sokuji._src.graph import backend  # noqa: F401

    return api


def _flat_specs(leaves):
    return tuple([signature.spec_of(leaf) for leaf in leaves])


# ---- the function ----


class Function(_core.TracedBase):
    """What tf.function returns."""

    def __init__(self, python_function, name=None, input_signature=None, autograph=True, reduce_retracing=False, autograph_options=None, jit_compile=None):
        self._python_function, self._input_signature = python_function, None if input_signature is None else tuple(input_signature)
        self._autograph, self._options, self._reduces = autograph, autograph_options, reduce_retracing
        self._name = name or getattr(python_function, "__name__", None) or type(python_function).__name__
        if isinstance(python_function, functools.partial):
            self._name = name or getattr(python_function.func, "__name__", "partial")
        self._parameters = Parameters(python_function, self._input_signature)
        self._jit_compile = jit_compile
        self._lock = threading.RLock()
        self._reset()
        functools.update_wrapper(self, _wrapped(python_function), updated=())

    def _reset(self):
        self._traces, self._n_traces, self._created, self._called = signature.Traces(), 0, False, False
        self._inside = weakref.WeakKeyDictionary()  # traces that use tensors of the graph they were made in, by graph
        self._bound = weakref.WeakKeyDictionary()
        self._history = []  # (structure, specs) of each trace
        self._own = {}  # traces for certain variables
        self._forget()

    python_function = property(lambda self: self._python_function)
    input_signature = property(lambda self: self._input_signature)
    name = property(lambda self: self._name)
    function_spec = property(lambda self: self._parameters.signature)

    def _bound_to(self, instance):
        """The function of an object whose method it is."""
        try:
            found = self._bound.get(instance)
        except TypeError:
            return self._like(functools.partial(self._python_function, instance))
        if found is None:
            found = self._bound[instance] = self._like(_Method(self._python_function, instance))
        return found

    def _like(self, function):
        return Function(function, self._name, self._input_signature, self._autograph, self._reduces, self._options, self._jit_compile)

    def __copy__(self):
        return self._like(self._python_function)

    def __deepcopy__(self, memo):
        import copy

        return self._like(copy.deepcopy(self._python_function, memo))

    def __repr__(self):
        return "<sokuji.Function %s of %r>" % (self._name, self._python_function)

    # ---- calls ----

    def _call_fully(self, args, kwargs):
        """A call that is not like one remembered."""
        if _eagerly:
            return self._python_function(*args, **kwargs)
        concrete, leaves = self._found(args, kwargs)
        if leaves.variables and forward._active and any(forward.is_primal(v) for v in leaves.variables):
            raise ValueError("Tried to take gradients (or similar) of a variable without handle data: a function's variable argument cannot be a primal")
        if leaves.variables and any(a is not b for a, b in zip(concrete.arguments, leaves.variables)):
            return self._call_with(concrete, leaves, args, kwargs)
        if _core.graph_now() is None and not concrete.graph.captures():
            concrete.remembered(self, args, kwargs, leaves)
        return concrete.call_flat(leaves)

    def _call_with(self, concrete, leaves, args, kwargs):
        """The call for other variables than those traced with: their values change places meanwhile. Where gradients must reach them, a trace of their own."""
        if _core.graph_now() is None and not _core.is_recording():
            pairs = [(a, b) for a, b in zip(concrete.arguments, leaves.variables) if a is not b]
            kept = [a._read() for a, _ in pairs]
            given = [b._read() for _, b in pairs]
            for (a, _), value in zip(pairs, given):
                a._assign(value)
            try:
                return concrete.call_flat(leaves)
            finally:
                for (a, b), value in zip(pairs, kept):
                    b._assign(a._read())
                    a._assign(value)
        key = (signature.encode(args, []), signature.encode(kwargs, []), _flat_specs(leaves))
        found = self._own.get(key)
        if found is None:
            args, kwargs = self._prepared(args, kwargs)
            found = self._own[key] = self._trace(self._specs(leaves), args, kwargs, leaves, None)
            self._n_traces -= 1
        return found.call_flat(leaves)

    def _prepared(self, args, kwargs):
        args, kwargs = self._parameters.bind(args, kwargs)
        return (args, kwargs) if self._input_signature is None else self._parameters.fitted(args, kwargs)

    def _found(self, args, kwargs):
        args, kwargs = self._prepared(args, kwargs)
        leaves = signature.Leaves()
        if conversion._version == 1:
            leaves.variables = None
        structure = (signature.encode(args, leaves), signature.encode(kwargs, leaves) if kwargs else None)
        specs = self._specs(leaves)
        names = {leaf.name for leaf in leaves if isinstance(leaf, TensorSpec) and leaf.name} if self._input_signature is None else ()
        return self._looked_up(structure, specs, names) or self._made(structure, specs, args, kwargs, leaves, names), leaves

    def _specs(self, leaves):
        if self._input_signature is None:
            return _flat_specs(leaves)
        given = []
        for s in nest.flatten(list(self._input_signature)):
            given += [signature.spec_of(s)] if isinstance(s, TensorSpec) else getattr(s, "_part_specs", list)()
        return tuple(given) if len(given) == len(leaves) else _flat_specs(leaves)

    def _looked_up(self, structure, specs, names=()):
        found = self._traces.find(structure, specs)
        if names and found is not None and not names <= found._named:
            return None  # inputs that are given names get them
        if found is None and len(self._inside):
            graph = _core.graph_now()
            while graph is not None and found is None:
                inside = self._inside.get(graph)
                found = inside.find(structure, specs) if inside is not None else None
                graph = getattr(graph, "outer_graph", None)
        return found

    def _made(self, structure, specs, args, kwargs, leaves, names=()):
        with self._lock:
            found = self._looked_up(structure, specs, names)
            if found is not None:
                return found
            if self._reduces and self._input_signature is None:
                specs = self._traces.relaxed(structure, specs)
            if self._called:
                return self._kept(structure, specs, self._trace(specs, args, kwargs, leaves, None))
            created = []
            self._called = True
            try:
                concrete = self._trace(specs, args, kwargs, leaves, created)
                if created:
                    self._created = True
                    concrete = self._trace(specs, args, kwargs, leaves, None)
            except BaseException:
                self._called = len(self._traces) > 0
                raise
            return self._kept(structure, specs, concrete)

    def _kept(self, structure, specs, concrete):
        self._history.append((structure, specs))
        self._forget()
        if concrete.graph.captures():
            outer = concrete.graph.outer_graph
            traces = self._inside.get(outer)
            if traces is None:
                traces = self._inside[outer] = signature.Traces()
            traces.put(structure, specs, concrete)
        else:
            self._traces.put(structure, specs, concrete)
        return concrete

    def _trace(self, specs, args, kwargs, leaves, creates):
        self._n_traces += 1
        function = self._python_function
        if self._autograph:
            function = _autograph().converted(function.bound() if isinstance(function, _Method) else function, self._options)
        return traced(function, self._name, self._parameters, specs, args, kwargs, leaves, creates)

    # ---- what is asked of a function ----

    def get_concrete_function(self, *args, **kwargs):
        """The trace for arguments, or for TensorSpecs in their places."""
        if self._input_signature is not None and not args and not kwargs:
            args = self._input_signature
        concrete, _ = self._found(args, kwargs)
        return concrete

    def experimental_get_tracing_count(self):
        return self._n_traces

    def explain_retracing(self):
        """Why the function was traced as often as it was: a line for each trace, with what tells it from the one most like it."""
        from sokuji._src.graph import explain

        names = lambda n: self._parameters.names((None,) * n, {})[0]  # noqa: E731
        return explain.explain(self._name, names, self._history)

    def pretty_printed_concrete_signatures(self, verbose=True):
        return ("\n\n" if verbose else "\n").join(c.pretty_printed_signature(verbose) for c in self._traces)

    def experimental_get_compiler_ir(self, *args, **kwargs):
        raise NotImplementedError("not implemented: tf.function.experimental_get_compiler_ir; there is no XLA compiler")


class _Method:
    """A function with its object, which it does not keep alive."""

    def __init__(self, function, instance):
        self.function, self.instance = function, weakref.ref(instance)
        bound = function.__get__(instance)
        self.__signature__ = inspect.signature(bound)
        self.__name__, self.__doc__ = getattr(function, "__name__", "method"), function.__doc__

    def bound(self):
        instance = self.instance()
        if instance is None:
            raise ReferenceError("the object whose method %s is has been deleted" % self.__name__)
        return self.function.__get__(instance)

    def __call__(self, *args, **kwargs):
        return self.bound()(*args, **kwargs)


def _wrapped(function):
    while isinstance(function, functools.partial):
        function = function.func
    return function.function if isinstance(function, _Method) else function


def traced(function, name, parameters, specs, args, kwargs, leaves, creates):
    """The concrete function of one run of a Python function over placeholders."""
    graph = FuncGraph(name, _core.graph_now())
    graph.is_function, graph.creates = True, creates
    arg_names, keyword_names = parameters.names(args, kwargs)
    rest = iter(zip(specs, leaves))
    placed_args, input_names = [], []
    for value, title in zip([*args, *kwargs.values()], [*arg_names, *keyword_names]):
        placed_args.append(signature.replaced(value, _placeholders(graph, title, rest, input_names)))
    n = len(args)
    with graph.as_default():
        made = function(*placed_args[:n], **dict(zip(kwargs, placed_args[n:])))
        results = func_graph.Results(made, _returned, conversion._version == 1)
        outputs = list(results.tensors)
        shown = [run("Identity", t) for t in outputs] if conversion._version == 2 else outputs
    graph.outputs, graph.structured_outputs = shown, results.packed(shown)
    made = ConcreteFunction(graph, name, parameters, args, kwargs, results, input_names)
    made._shown = shown
    made._named.update(leaf.name for leaf in (*leaves, *(parameters.input_signature or ())) if isinstance(leaf, TensorSpec) and leaf.name)
    made.arguments = tuple(leaves.variables or ())
    graph._finalize()  # a tensor that leaked out of it is refused from here on
    return made


def _placeholders(graph, title, rest, names):
    """Placeholders for the tensors of one argument, as they are asked for."""
    for k in range(1 << 30):
        spec, leaf = next(rest)
        name = (leaf.name if isinstance(leaf, TensorSpec) else None) or (func_graph.clean(title) if k == 0 else "%s_%d" % (func_graph.clean(title), k))
        names.append(name)
        yield graph.add_input(spec, name, leaf)


def _returned(value):
    try:
        return func_graph.as_tensor(value)
    except (TypeError, ValueError) as error:
        raise TypeError("To be compatible with tf.function, Python functions must return zero or more Tensors or ExtensionTypes or None values; in "
                        "compilation of the function, found return value of type %s, which is not a Tensor or ExtensionType: %s" % (type(value).__name__, error)) from None  # fmt: skip


# ---- the ways in ----


def function(func=None, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False, experimental_implements=None,
             experimental_autograph_options=None, experimental_attributes=None, experimental_relax_shapes=None, experimental_compile=None,
             experimental_follow_type_hints=None):  # fmt: skip
    """tf.function: the function, traced and run as a graph. Without a function, a decorator."""
    if input_signature is not None:
        if not isinstance(input_signature, (list, tuple)):
            raise TypeError("input_signature must be either a tuple or a list, got %s" % type(input_signature))
    reduces = reduce_retracing or bool(experimental_relax_shapes)

    def decorated(inner):
        return Function(inner, None, input_signature, autograph, reduces, experimental_autograph_options, jit_compile)

    return decorated if func is None else decorated(func)


def defun(func):
    """tfe.defun: the function, traced and run as a graph."""
    return Function(func, None, None, False)


def executing_eagerly():
    """Whether operations run at once here; false while a function is traced."""
    return _core.graph_now() is None


def inside_function():
    """Whether a function is being traced."""
    graph = _core.graph_now()
    return getattr(graph, "building_function", False)



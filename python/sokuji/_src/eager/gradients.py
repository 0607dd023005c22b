"""tfe's gradient functions, custom_gradient and py_func, over the core's tape."""

import enum
import functools
import inspect

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, nest
from sokuji._src.core.execute import convert, run


GradientTape = _core.GradientTape


# ---- its methods that are written here ----


def _jacobian_of(self, target, sources, unconnected_gradients="none", parallel_iterations=None, experimental_use_pfor=True):
    """d target / d source, of the shape of the target and then the source's."""
    target, flat = convert(target, 0), nest.flatten(sources)
    made = _jacobians(self, target, flat)
    if getattr(unconnected_gradients, "value", unconnected_gradients or "none") != "none":
        made = [run("Fill", convert(list(target._shape_tuple + s._shape_tuple), 3), convert(0, s._dtype_number)) if j is None else j for j, s in zip(made, flat)]
    return nest.pack_sequence_as(sources, made)


def _jacobians(self, target, sources):
    """The gradients are linear in the weights of the target's elements: their Jacobians by the weights, transposed. So the tape is asked once, persistent or not."""
    weights = run("OnesLike", target)
    with _core.GradientTape(persistent=True) as linear:
        linear.watch(weights)
        gradients = self.gradient(target, sources, weights)
    m = len(target._shape_tuple or ())
    made = []
    for g in gradients:
        if g is not None:
            g = convert(g, 0)
            n = len(g._shape_tuple or ())
            g = _jacobian_in_graph(linear, g, weights) if isinstance(g, _core.SymbolicTensor) else linear._jacobian(g, weights)
            g = run("Transpose", g, convert([*range(n, n + m), *range(n)], 3)) if n + m else g
        made.append(g)
    return made


def _jacobian_in_graph(linear, g, weights):
    """The same while a graph is built: a backward pass for each element, whose number must be known."""
    sizes = g._shape_tuple
    if None in (sizes, weights._shape_tuple) or None in (*sizes, *weights._shape_tuple) or np.prod(sizes) > 1024:
        raise NotImplementedError("not implemented: a Jacobian inside tf.function of sizes that are unknown or above 1024: %s; take it outside of the function" % (sizes,))
    rows = []
    for i in range(int(np.prod(sizes))):
        one = np.zeros(sizes, g.dtype.as_numpy_dtype)
        one.flat[i] = 1
        row = linear.gradient(g, weights, convert(one, g._dtype_number))
        rows.append(run("ZerosLike", weights) if row is None else row)
    return run("Reshape", _core.execute("Pack", rows, {}), convert([*sizes, *weights._shape_tuple], 3)) if rows else run("Fill", convert([*sizes, *weights._shape_tuple], 3), 0.0)


def _batch_jacobian(self, target, source, unconnected_gradients="none", parallel_iterations=None, experimental_use_pfor=True):
    """d target[b] / d source[b]: the Jacobian summed over the target's batch, batch first."""
    target, source = convert(target, 0), source if isinstance(source, _core.Handle) else convert(source, 0)
    t, s = target._shape_tuple, source._shape_tuple
    if not t or not s or t[0] != s[0]:
        raise ValueError("Need first dimension of target shape (%s) and source shape (%s) to match." % (t, s))
    j = _jacobian_of(self, target, source, unconnected_gradients)
    if j is None:
        return None
    j = run("Sum", j, convert([0], 3))
    n = len(t) - 1
    return run("Transpose", j, convert([n, *range(n), *range(n + 1, n + len(s))], 3))


def _watched_variables(self):
    """The variables that the tape watched, in the order in which they were made."""
    from sokuji._src.variables import variables

    found = {id(v): v for v in self._watched()}
    if len(found) > 1:
        order = {address: i for i, address in enumerate(list(variables._by_address))}
        found = dict(sorted(found.items(), key=lambda item: order.get(getattr(item[1], "_address", None), -1)))
    return (tuple if conversion._version == 2 else list)(found.values())


def _stop_recording(self):
    return _Paused(self)


for _name, _method in (("jacobian", _jacobian_of), ("batch_jacobian", _batch_jacobian), ("stop_recording", _stop_recording), ("watched_variables", _watched_variables)):
    _method.__name__, _method.__qualname__ = _name, "GradientTape." + _name
    _core.extend(_name, _method, GradientTape)


class _Paused:
    def __init__(self, tape):
        self.tape = tape

    def __enter__(self):
        if not self.tape._is_open():
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        _core.GradientTape._pause()

    def __exit__(self, *exception):
        _core.GradientTape._resume()


class UnconnectedGradients(enum.Enum):
    """What the gradient by a source is that the target does not depend on."""

    NONE = "none"
    ZERO = "zero"



def _unconnected(wanted, gradients, sources):
    wanted = getattr(wanted, "value", wanted)
    if wanted not in ("none", "zero"):
        raise ValueError("Unknown value for unconnected_gradients: '%s'" % (wanted,))
    return gradients if wanted == "none" else [run("ZerosLike", s) if g is None else g for g, s in zip(gradients, sources)]


_core.set_hook("unconnected", _unconnected)


def _positions(function, params, n):
    names = list(inspect.signature(function).parameters)
    if params is None:
        return list(range(n))
    if all(isinstance(p, str) for p in params):
        missing = [p for p in params if p not in names]
        if missing:
            raise ValueError("params must be a list of integers or strings naming arguments; %s is no argument" % missing)
        return [names.index(p) for p in params]
    if all(isinstance(p, int) for p in params):
        return list(params)
    raise ValueError("params must be all strings or all integers; got %s." % (params,))


def _arguments(function, arguments, keywords):
    if keywords:
        bound = inspect.signature(function).bind(*arguments, **keywords)
        bound.apply_defaults()
        arguments = bound.args
    return list(arguments)


def value_and_gradients_function(f, params=None):
    """A function like f that returns (value, gradients by the arguments)."""

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        dy = keywords.pop("dy", None)
        if keywords:
            raise ValueError("Functions to be differentiated cannot receive keyword arguments.")
        arguments = list(arguments)
        places = _positions(f, params, len(arguments))
        with GradientTape() as tape:
            for place in places:
                arguments[place] = run("Identity", convert(arguments[place], 0))
                tape.watch(arguments[place])
            value = f(*arguments)
            if value is None:
                raise ValueError("Cannot differentiate a function that returns None; did you forget to return a value from %s?" % f.__name__)
            value = nest.map_structure(lambda v: convert(v, 0), value)
        flat = nest.flatten(value)
        given = None if dy is None else [convert(g, 0) for g in nest.flatten(dy)]
        return value, tape.gradient(flat, [arguments[place] for place in places], given)

    return decorated


def gradients_function(f, params=None):
    """A function like f that returns the gradients by its arguments."""
    both = value_and_gradients_function(f, params)

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        return both(*arguments, **keywords)[1]

    return decorated


def implicit_value_and_gradients(f):
    """A function like f that returns (value, [(gradient, variable)]) for the trainable variables that f read."""

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        with GradientTape() as tape:
            value = f(*arguments, **keywords)
            if value is None:
                raise ValueError("Cannot differentiate a function that returns None; did you forget to return a value from %s?" % f.__name__)
        sources = tape.watched_variables()
        if not sources:
            raise ValueError("No trainable variables were accessed while the function was being computed.")
        return value, list(zip(tape.gradient(value, sources), sources))

    return decorated


def implicit_gradients(f):
    """A function that gives [(gradient, variable)] of f by all trainable variables that f reads."""
    both = implicit_value_and_gradients(f)

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        return both(*arguments, **keywords)[1]

    return decorated


def make_vjp(f, params=None):
    """A function like f that returns (value, vjp), where vjp(dy) gives the gradients."""

    def decorated(*arguments, **keywords):
        arguments = _arguments(f, arguments, keywords)
        places = _positions(f, params, len(arguments))
        with GradientTape(persistent=True) as tape:
            for place in places:
                arguments[place] = run("Identity", convert(arguments[place], 0))
                tape.watch(arguments[place])
            value = f(*arguments)
        sources = [arguments[place] for place in places]

        def vjp(dy=None):
            return tape.gradient(nest.flatten(value), sources, None if dy is None else [convert(g, 0) for g in nest.flatten(dy)])

        return value, vjp

    return decorated


class _Gradient:
    """Called by the backward walk: fills in zeros for outputs that nothing used."""

    def __init__(self, function, outputs, n_inputs, n_variables, variables):
        self.function, self.n_inputs, self.variables = function, n_inputs, variables
        self.shapes = [(t._shape_tuple, t._dtype_number) for t in outputs]

    def __call__(self, dy):
        given = [run("Fill", convert(list(s), 3) if s else convert([], 3), convert(0, d)) if g is None else g for g, (s, d) in zip(dy, self.shapes)]
        if self.variables:
            by_inputs, by_variables = self.function(*given, variables=self.variables)
            return _as_list(by_inputs, self.n_inputs) + list(by_variables)
        return _as_list(self.function(*given), self.n_inputs)


def _as_list(value, n):
    made = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(made) != n:
        raise ValueError("custom_gradient function expected to return %d gradients but returned %d instead." % (n, len(made)))
    return made


def custom_gradient(f=None):
    """f returns (value, gradient function); the latter takes output gradients and returns input gradients."""
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        inputs = [convert(a, 0) if not isinstance(a, _core.VariableBase) else a for a in nest.flatten(list(arguments))]
        packed = nest.pack_sequence_as(list(arguments), inputs)
        with GradientTape() as seen:
            value, gradient = f(*packed, **keywords)
        used = [v for v in seen.watched_variables() if not any(v is i for i in inputs)]
        takes = inspect.signature(gradient).parameters
        if "variables" not in takes and not any(p.kind is p.VAR_KEYWORD for p in takes.values()):
            if used:
                raise TypeError("If using @custom_gradient with a function that uses variables, then grad_fn must accept a 'variables' keyword "
                                "argument.")  # fmt: skip
        # New tensors without a history: what f computed stays differentiable, for second derivatives.
        outputs = [run("StopGradient", convert(v, 0)) for v in nest.flatten(value)]
        _core.record_gradient(inputs + used, outputs, _Gradient(gradient, outputs, len(inputs), len(used), used))
        return nest.pack_sequence_as(value, outputs)

    return decorated


def _typed(results, Tout):
    is_list = isinstance(Tout, (list, tuple))
    wanted = [dtypes.as_dtype(t) for t in (Tout if is_list else [Tout])]
    given = list(results) if isinstance(results, (list, tuple)) and is_list else [] if results is None and not wanted else [results]
    if len(given) != len(wanted):
        raise ValueError("the function returned %d values, Tout names %d" % (len(given), len(wanted)))
    return given, wanted, is_list


def py_func_of_tensors(func, inp, Tout, name=None):
    """tfe.py_func: func gets tensors; differentiable, because its operations run here."""
    given, wanted, is_list = _typed(func(*[convert(i, 0) for i in inp]), Tout)
    made = [convert(g, t._number) for g, t in zip(given, wanted)]
    return made if is_list else made[0]


def py_func(func, inp, Tout, stateful=True, name=None):
    """tf.py_func: func gets arrays; not differentiable."""
    from sokuji._src.core import errors

    given, wanted, is_list = _typed(func(*[np.asarray(convert(i, 0).numpy()) for i in inp]), Tout)
    made = [convert(np.asarray(g), 0) for g in given]
    for t, dtype in zip(made, wanted):
        if t.dtype is not dtype:
            raise errors.InvalidArgumentError(None, None, "py_func returned %s where %s is expected" % (t.dtype.name, dtype.name))
    return made if is_list else made[0]


def stop_gradient(input, name=None):
    return run("StopGradient", convert(input, 0))


def gradients(ys, xs, grad_ys=None, name="gradients", colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None,
              stop_gradients=None):  # fmt: skip
    """Graphs only: symbolic gradients of ys by xs."""
    raise RuntimeError("tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.")

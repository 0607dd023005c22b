"""tf.autodiff.ForwardAccumulator: Jacobians times vectors. A tape's gradients are linear in the weights of the target; the gradient of that by the weights is the product."""

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core.execute import convert, run
from sokuji._src.eager import gradients

_active = []


class ForwardAccumulator:
    """Within its context, jvp(y) is known for what is computed from the primals: the derivative of y along the tangents."""

    def __init__(self, primals, tangents):
        nest.assert_same_structure(primals, tangents)
        self._primals = nest.flatten(primals)
        if len({id(p) for p in self._primals}) < len(self._primals):
            raise ValueError("Tensor {} was specified as a primal multiple times. This may indicate an error. If it was intended, please sum the corresponding tangents.")
        self._tangents = [self._tangent(p, t) for p, t in zip(self._primals, nest.flatten(tangents))]
        self._tape = gradients.GradientTape(persistent=True, watch_accessed_variables=False)
        self._recording, self._began, self._outer = False, False, []

    def _tangent(self, primal, tangent):
        made = convert(tangent, primal._dtype_number)
        if made.dtype is not primal.dtype:
            raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r" % (primal.dtype.name, made.dtype.name, made))
        return made

    def __enter__(self):
        if self._recording:
            raise ValueError("Accumulator is already recording.")
        self._recording, self._outer, began, self._began = True, list(_active), self._began, True
        self._tape.__enter__()
        if not began:
            self._tape.watch([p for p in self._primals if p.dtype.is_floating])
        _active.append(self)
        return self

    def __exit__(self, *exception):
        _active.remove(self)
        self._recording = False
        self._tape.__exit__(*exception)

    def jvp(self, primals, unconnected_gradients=gradients.UnconnectedGradients.NONE):
        """The derivatives of tensors along the tangents; None, or zeros, of those that do not depend on the primals."""
        flat = nest.flatten(primals)
        again = [outer for outer in self._outer if not outer._recording]  # so that they differentiate what is computed here
        for outer in again:
            outer._tape.__enter__()
        try:
            found = [self._product(y) for y in flat]
        finally:
            for outer in reversed(again):
                outer._tape.__exit__(None, None, None)
        return nest.pack_sequence_as(primals, gradients._unconnected(unconnected_gradients, found, flat))

    def _product(self, y):
        for primal, tangent in zip(self._primals, self._tangents):
            if y is primal:
                return tangent
        if not y.dtype.is_floating or not self._began:
            return None
        weights = run("OnesLike", y)
        sources = [p for p in self._primals if p.dtype.is_floating]
        with _core.GradientTape(persistent=True) as linear:
            linear.watch(weights)
            found = self._tape.gradient(y, sources, weights)
        pairs = [(convert(g, 0), t) for g, p, t in zip(found, sources, [t for t in self._tangents if t.dtype.is_floating]) if g is not None]
        if not pairs:
            return None
        made = linear.gradient([g for g, _ in pairs], weights, [t for _, t in pairs])
        return run("ZerosLike", y) if made is None else made


def is_primal(variable):
    return any(variable is p for accumulator in _active for p in accumulator._primals)

"""tf.train.AdagradDAOptimizer of 1.x: Adagrad over averaged gradients, with a rule in operations of its own."""

from sokuji._src.core.conversion import IndexedSlices
from sokuji._src.core.execute import convert, run
from sokuji._src.train.optimizers import Optimizer
from sokuji._src.variables import variables


class AdagradDAOptimizer(Optimizer):
    """Dual averaging, with l1 and l2 regularization that grow with the steps."""

    _slots = ("gradient_accumulator", "gradient_squared_accumulator")

    def __init__(self, learning_rate, global_step, initial_gradient_squared_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False, name="AdagradDA"):  # fmt: skip
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError("initial_gradient_squared_accumulator_value must be positive: %s" % initial_gradient_squared_accumulator_value)
        super().__init__(use_locking, name)
        self._rate, self._step, self._first = learning_rate, global_step, initial_gradient_squared_accumulator_value
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _own_slots(self, variable):
        found = self._slot_variables.get(self._slots[0], {}).get(id(variable))
        if found is None:
            for name, value in zip(self._slots, (0.0, self._first)):
                made = variables.make(run("ZerosLike", variable) + value, trainable=False, name="%s/%s" % (variable._name, self._name))
                self._slot_variables.setdefault(name, {})[id(variable)] = (variable, made)
        return [self._slot_variables[name][id(variable)][1] for name in self._slots]

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        pairs = [(g, v) for g, v in pairs if g is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        rate = float(convert(self._rate() if callable(self._rate) else self._rate, 1).numpy())
        step = float(convert(self._step, 9).numpy()) + 1.0
        for g, v in pairs:
            g = g._dense() if isinstance(g, IndexedSlices) else convert(g, 0)
            total, squares = self._own_slots(v)
            total._assign_add(g)
            squares._assign_add(run("Square", g))
            shrunk = total._read()
            if self._l1 > 0:
                shrunk = run("Sign", shrunk) * run("Relu", run("Abs", shrunk) - self._l1 * step)
            v._assign(-rate * shrunk / (self._l2 * step * rate + run("Sqrt", squares)))
        if global_step is not None:
            global_step._assign_add(1)


OPTIMIZERS = {"AdagradDAOptimizer": AdagradDAOptimizer}

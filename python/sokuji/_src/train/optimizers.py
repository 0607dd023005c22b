"""tf.train's optimizers of 1.x: the update rules of the library, slots as variables, and the rest of TensorFlow's interface."""

import collections

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, number, run
from sokuji._src.variables import trackable, variables

GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2
_SGD, _MOMENTUM, _ADAM, _RMSPROP, _CENTERED, _ADAGRAD, _ADADELTA, _FTRL, _PROXIMAL, _PROXIMAL_ADAGRAD = range(10)


_titles = collections.Counter()  # slot variables have names of their own: w/Adam, w/Adam_1


def _builds(loss):
    """Whether the loss is a graph's: not a function that is called with a tape, in eager code or in a function that is being traced."""
    graph = _core.graph_now()
    return isinstance(loss, _core.SymbolicTensor) or (graph is not None and not (callable(loss) and graph.building_function))


class Optimizer(trackable.Trackable):
    """What all optimizers share: minimize, compute_gradients, apply_gradients, slots."""

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2
    _rule, _slots, _dynamic = None, (), ()
    _unready = False  # variables of the optimizer itself are still to be made
    __setattr__ = object.__setattr__

    def __init__(self, use_locking, name):
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._name = name
        self._updater = None
        self._extra = []  # variables of the optimizer itself
        self._slot_variables = {}

    def _build(self, learning_rate, **numbers):
        """The rule's numbers; those that are variables, tensors or callables are read again at every step."""
        self._updater = _core.Updater(self._rule, self._make_slots)
        self._live = []
        self._numbers = dict(numbers, learning_rate=learning_rate)
        for name, value in [("learning_rate", learning_rate), *numbers.items()]:
            if isinstance(value, _core.SymbolicTensor):
                if name != "learning_rate":
                    raise NotImplementedError("not implemented: %s of an optimizer as a tensor of a graph; give a number" % name)
            elif callable(value) or isinstance(value, _core.VariableBase):
                self._live.append((name, value))
            elif name == "nesterov":
                self._updater.nesterov = bool(value)
            else:
                setattr(self._updater, name, float(value.numpy() if isinstance(value, _core.Handle) else value))

    def get_name(self):
        return self._name

    def _initial_slot(self, variable, index):
        return 0.0

    def _betas_of_adam(self):
        return False

    def _make_slots(self, variable):
        if _core.graph_now() is not None:
            from sokuji._src.train import optimizers_graph

            return optimizers_graph.made_slots(self, variable)
        made = []
        titles = {name: self._slot_title(variable) for name in self._slot_order()}
        for index, name in enumerate(self._slots):
            value = run("Fill", convert(variable._shape_tuple, 3) if variable._shape_tuple else convert([], 3),
                        convert(self._initial_slot(variable, index), variable._dtype_number))  # fmt: skip
            made.append(variables.make(value, trainable=False, name=titles[name]))
            self._slot_variables.setdefault(name, {})[id(variable)] = (variable, made[-1])
        return tuple(made)

    def _slot_order(self):
        """The slots in the order in which TensorFlow makes, and so names, them."""
        return self._slots

    def _slot_title(self, variable):
        base = "%s/%s" % (variable._name, self._name)
        _titles[base] += 1
        return base if _titles[base] == 1 else "%s_%d" % (base, _titles[base] - 1)

    # ---- checkpoints ----

    def _checkpoint_children(self):
        return sorted(trackable.named_children(self))

    def _slot_for_restoring(self, variable, name):
        if name not in self._slots:
            return None
        self._updater.slots_of(variable)
        return self.get_slot(variable, name)

    def _prepare(self):
        for name, value in self._live:
            if callable(value) is False and variables._version == 1:
                self._live = [row for row in self._live if row[0] != name]  # 1.x reads a variable once, at the first step
            now = value() if callable(value) else value
            setattr(self._updater, name, float(now.numpy() if isinstance(now, _core.Handle) else now))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """One step. Pairs whose gradient is None are left out. In a graph: the operation that does it."""
        graph = _core.graph_now()
        if graph is not None:
            from sokuji._src.train import optimizers_graph

            step = optimizers_graph.apply_in_function if graph.building_function else optimizers_graph.apply_gradients
            return step(self, grads_and_vars, global_step, name)
        if self._live:
            self._prepare()
        if self._unready:
            self._make_ready()
        self._updater.apply(grads_and_vars)
        if global_step is not None:
            global_step._assign_add(1)

    def compute_gradients(self, loss, var_list=None, gate_gradients=GATE_OP, aggregation_method=None, colocate_gradients_with_ops=False,
                          grad_loss=None):  # fmt: skip
        if _builds(loss):
            from sokuji._src.train import optimizers_graph

            return optimizers_graph.compute_gradients(self, loss, var_list, gate_gradients, grad_loss)
        if not callable(loss):
            raise RuntimeError("`loss` passed to Optimizer.compute_gradients should be a function when eager execution is enabled.")
        with _core.GradientTape() as tape:
            if var_list is not None:
                for v in var_list:
                    tape.watch(v)
            value = loss()
        if var_list is None:
            var_list = tape.watched_variables()
        return list(zip(tape.gradient(value, list(var_list), grad_loss), var_list))

    def minimize(self, loss, global_step=None, var_list=None, gate_gradients=GATE_OP, aggregation_method=None, colocate_gradients_with_ops=False,
                 name=None, grad_loss=None):  # fmt: skip
        if _builds(loss):
            from sokuji._src.train import optimizers_graph

            return optimizers_graph.minimize(self, loss, global_step, var_list, gate_gradients, name, grad_loss)
        pairs = self.compute_gradients(loss, var_list, grad_loss=grad_loss)
        if all(g is None for g, _ in pairs):
            raise ValueError("No gradients provided for any variable, check your graph for ops that do not support gradients, between "
                             "variables %s and loss %s." % ([v.name for _, v in pairs], loss))  # fmt: skip
        return self.apply_gradients(pairs, global_step)

    def get_slot(self, var, name):
        found = self._slot_variables.get(name, {}).get(id(var))
        return None if found is None else found[1]

    def get_slot_names(self):
        return sorted(self._slot_variables)

    def variables(self):
        slots = [slot for by_variable in self._slot_variables.values() for _, slot in by_variable.values()]
        return sorted(self._extra + slots, key=lambda v: v.name)


class GradientDescentOptimizer(Optimizer):
    """Gradient descent."""

    _rule = _SGD

    def __init__(self, learning_rate, use_locking=False, name="GradientDescent"):
        super().__init__(use_locking, name)
        self._build(learning_rate)


class MomentumOptimizer(Optimizer):
    """Gradient descent with momentum, Nesterov's where it is asked for."""

    _rule, _slots = _MOMENTUM, ("momentum",)

    def __init__(self, learning_rate, momentum, use_locking=False, name="Momentum", use_nesterov=False):
        super().__init__(use_locking, name)
        self._build(learning_rate, momentum=momentum, nesterov=use_nesterov)


class AdamOptimizer(Optimizer):
    """Steps by running means of gradients and of squared gradients, without their bias."""

    _rule, _slots = _ADAM, ("m", "v")

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08, use_locking=False, name="Adam"):
        super().__init__(use_locking, name)
        self._build(learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon)
        self._betas, self._unready = (beta1, beta2), True

    def _betas_of_adam(self):
        return True

    def _make_ready(self):
        for beta, name in zip(self._betas, ("beta1_power", "beta2_power")):
            value = trackable.waiting_value(self, name, ())
            made = variables.make(convert(beta, number(dtypes.float32)) if value is None else value, trainable=False, name=name)
            self._extra.append(trackable.track(self, name, made))
        self._updater.powers = tuple(self._extra)
        self._unready = False


class RMSPropOptimizer(Optimizer):
    """Steps by a running mean of squared gradients."""

    def __init__(self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False, name="RMSProp"):
        super().__init__(use_locking, name)
        self._rule = _CENTERED if centered else _RMSPROP
        self._slots = ("mg", "rms", "momentum") if centered else ("rms", "momentum")
        self._build(learning_rate, rho=decay, momentum=momentum, epsilon=epsilon)

    def _initial_slot(self, variable, index):
        return 1.0 if self._slots[index] == "rms" else 0.0

    def _slot_order(self):
        return sorted(self._slots, key=("rms", "mg", "momentum").index)


class AdagradOptimizer(Optimizer):
    """Steps by the sum of squared gradients so far."""

    _rule, _slots = _ADAGRAD, ("accumulator",)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name="Adagrad"):
        if initial_accumulator_value <= 0.0:
            raise ValueError("initial_accumulator_value must be positive: %s" % initial_accumulator_value)
        super().__init__(use_locking, name)
        self._first = initial_accumulator_value
        self._build(learning_rate)

    def _initial_slot(self, variable, index):
        return self._first


class AdadeltaOptimizer(Optimizer):
    """Steps by running means of squared gradients and squared steps."""

    _rule, _slots = _ADADELTA, ("accum", "accum_update")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-08, use_locking=False, name="Adadelta"):
        super().__init__(use_locking, name)
        self._build(learning_rate, rho=rho, epsilon=epsilon)


class FtrlOptimizer(Optimizer):
    """"Follow the regularized leader"."""

    _rule, _slots = _FTRL, ("accum", "linear")

    def __init__(self, learning_rate, learning_rate_power=-0.5, initial_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False, name="Ftrl", accum_name=None, linear_name=None,
                 l2_shrinkage_regularization_strength=0.0):  # fmt: skip
        for what, value in (("initial_accumulator_value", initial_accumulator_value), ("l1_regularization_strength", l1_regularization_strength),
                            ("l2_regularization_strength", l2_regularization_strength),
                            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength)):  # fmt: skip
            if value < 0.0:
                raise ValueError("%s %f needs to be positive or zero" % (what, value))
        if learning_rate_power > 0.0:
            raise ValueError("learning_rate_power %f needs to be negative or zero" % learning_rate_power)
        super().__init__(use_locking, name)
        self._first = initial_accumulator_value
        self._build(learning_rate, learning_rate_power=learning_rate_power, l1=l1_regularization_strength, l2=l2_regularization_strength,
                    l2_shrinkage=l2_shrinkage_regularization_strength)  # fmt: skip

    def _initial_slot(self, variable, index):
        return self._first if index == 0 else 0.0


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent with l1 and l2 regularization in each step."""

    _rule = _PROXIMAL

    def __init__(self, learning_rate, l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False,
                 name="ProximalGradientDescent"):  # fmt: skip
        super().__init__(use_locking, name)
        self._build(learning_rate, l1=l1_regularization_strength, l2=l2_regularization_strength)


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad with l1 and l2 regularization in each step."""

    _rule, _slots = _PROXIMAL_ADAGRAD, ("accumulator",)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, l1_regularization_strength=0.0, l2_regularization_strength=0.0,
                 use_locking=False, name="ProximalAdagrad"):  # fmt: skip
        if initial_accumulator_value <= 0.0:
            raise ValueError("initial_accumulator_value must be positive: %s" % initial_accumulator_value)
        super().__init__(use_locking, name)
        self._first = initial_accumulator_value
        self._build(learning_rate, l1=l1_regularization_strength, l2=l2_regularization_strength)

    def _initial_slot(self, variable, index):
        return self._first


TRAIN = {name: value for name, value in list(globals().items()) if name.endswith("Optimizer")}

"""tf.keras.optimizers of 2.x: Keras' update rules over tensors, with iterations, a learning rate that can be assigned, clipping and averages."""

import inspect

import re

from sokuji import _core
from sokuji._src.core import dtypes, signatures
from sokuji._src.core.conversion import IndexedSlices
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.keras import layers_base
from sokuji._src.keras import schedules as keras_schedules
from sokuji._src.keras import serialization
from sokuji._src.keras import variable as keras_variable
from sokuji._src.keras.checkpoints import OptimizerCheckpoints
from sokuji._src.keras.schedules import LearningRateSchedule
from sokuji._src.ops import array_ops, math_ops


def _takes(cls):
    """An optimizer's own parameters, then the shared ones."""
    words = lambda method: [str(p) for p in inspect.signature(method).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]  # noqa: E731
    own = words(cls.__init__)
    names = {word.partition("=")[0] for word in own}
    return ", ".join(own + [word for word in words(Optimizer.__init__) if word.partition("=")[0] not in names] + ["**kwargs"])


def _zeros(variable):
    return run("ZerosLike", variable)


class Optimizer(OptimizerCheckpoints):
    """What all optimizers share: iterations, the learning rate, slots, clipping, weight decay, moving averages.

    Optimizers with parameters of their own take the shared ones after them: *shared are those that are given by place."""

    __signature__ = signatures.OfInit(lambda cls: _takes(cls))

    _slots = ()

    def __init__(self, learning_rate, weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False, ema_momentum=0.99,
                 ema_overwrite_frequency=None, loss_scale_factor=None, gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        if kwargs:
            raise ValueError("Argument(s) not recognized: %s" % kwargs)
        if gradient_accumulation_steps is not None and not gradient_accumulation_steps >= 2:
            raise ValueError("`gradient_accumulation_steps` must be an integer >= 2. Received: gradient_accumulation_steps=%s" % gradient_accumulation_steps)
        self.loss_scale_factor, self.gradient_accumulation_steps, self._sums = loss_scale_factor, gradient_accumulation_steps, []
        if sum(c is not None for c in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError("Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set.")
        self.name = name or layers_base.unique_name(layers_base.snake_case(type(self).__name__), True)
        self.clipnorm, self.clipvalue, self.global_clipnorm, self.weight_decay = clipnorm, clipvalue, global_clipnorm, weight_decay
        self.use_ema, self.ema_momentum, self.ema_overwrite_frequency = use_ema, ema_momentum, ema_overwrite_frequency
        self.built, self._trainable, self._index, self._own, self._averages = False, [], {}, [], []
        self._iterations = keras_variable.make(convert(0, 9), trainable=False, name="iteration", prefix=self.name)
        self._rate = None
        if isinstance(learning_rate, LearningRateSchedule):
            self._rate = learning_rate
        elif callable(learning_rate):
            self._rate = learning_rate
        else:
            made = convert(learning_rate, 1)
            self._rate_variable = keras_variable.make(array_ops.cast(made, dtypes.float32), trainable=False, name="learning_rate", prefix=self.name)

    @property
    def iterations(self):
        n = self.gradient_accumulation_steps
        return run("FloorDiv", self._iterations._read(), convert(n, 9)) if n else self._iterations

    def _done(self):
        """The number of steps taken, as a tensor."""
        now = self.iterations
        return now._read() if isinstance(now, _core.VariableBase) else now

    def scale_loss(self, loss):
        return loss if self.loss_scale_factor is None else loss * float(self.loss_scale_factor)

    @property
    def learning_rate(self):
        if self._rate is None:
            return self._rate_variable
        return convert(self._rate(self._done()) if isinstance(self._rate, LearningRateSchedule) else self._rate(), 0)

    @learning_rate.setter
    def learning_rate(self, value):
        if isinstance(value, LearningRateSchedule):
            self._rate = value
        elif self._rate is not None:
            raise TypeError("This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor argument, hence its "
                            "learning rate is not settable.")  # fmt: skip
        else:
            self._rate_variable.assign(array_ops.cast(convert(value, 0), dtypes.float32))

    lr = learning_rate

    @property
    def variables(self):
        rate = [] if self._rate is not None else [self._rate_variable]
        return [self._iterations, *rate, *self._sums, *self._own, *self._averages]

    def build(self, trainable_variables):
        self._trainable = list(trainable_variables)
        self._index = {id(v): i for i, v in enumerate(self._trainable)}
        self._state = {name: [] for name in self._slots}
        if self.gradient_accumulation_steps:
            self._sums = [self._slot("gradient_accumulator", v, _zeros(v)) for v in self._trainable]
        for name in self._slots:
            self._state[name] = [self._slot(name, v, self._first(name, v)) for v in self._trainable]
        # In Keras' order: all slots of the first kind, or the kinds of each variable in turn, as the optimizer says.
        pairs = self._slots if self._pairs is None else self._slots[: self._pairs]
        self._own = [self._state[name][i] for i in range(len(self._trainable)) for name in pairs] + [
            slot for name in self._slots[len(pairs) :] for slot in self._state[name]]  # fmt: skip
        if self.use_ema:
            self._averages = [self._slot("average", v, v._read()) for v in self._trainable]
        self.built = True
        self._checkpoint_arrived()

    def _slot(self, name, v, value):
        title = "%s_%s" % (getattr(v, "path", v.name).replace("/", "_").replace(":", "_"), name)
        return keras_variable.make(value, trainable=False, name=title, prefix=self.name)

    _pairs = None  # so many slots of each variable in turn, then the others kind by kind; None: all in turn

    # ---- for subclasses ----

    _trainable_variables = property(lambda self: self._trainable)

    def add_variable(self, shape, initializer="zeros", dtype=None, aggregation="none", layout=None, name=None):
        from sokuji._src.ops import init_ops

        value = init_ops.get(initializer)(list(shape), dtype=dtypes.as_dtype(dtype or dtypes.float32))
        made = keras_variable.make(value, trainable=False, name=name or "variable", prefix=self.name)
        self._own.append(made)
        return made

    def add_variable_from_reference(self, reference_variable, name=None, initializer="zeros"):
        made = self._slot(name or "var", reference_variable, _zeros(reference_variable) if initializer == "zeros" else reference_variable._read())
        self._own.append(made)
        return made

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        names = [name] if isinstance(name, str) else list(name)
        made = [[self.add_variable_from_reference(v, n, initializer) for v in trainable_variables] for n in names]
        return made[0] if isinstance(name, str) else tuple(made)

    def _get_variable_index(self, variable):
        return self._index[id(variable)]

    def assign(self, variable, value):
        variable.assign(value)

    def assign_add(self, variable, value):
        variable.assign_add(value)

    def assign_sub(self, variable, value):
        variable.assign_sub(value)

    def update_step(self, gradient, variable, learning_rate):
        raise NotImplementedError("update_step() of %s" % type(self).__name__)

    def _step(self, v, g, rate):
        self.update_step(g, v, rate)

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        if self.built:
            raise ValueError("`exclude_from_weight_decay()` can only be configured before the optimizer is built.")
        self._undecayed = ({id(v) for v in var_list or ()}, list(var_names or ()))

    _undecayed = (), ()

    def _decays(self, v):
        return id(v) not in self._undecayed[0] and not any(re.search(name, v.name) for name in self._undecayed[1])

    def stateless_apply(self, optimizer_variables, grads, trainable_variables):
        """(the variables' values, the optimizer's) after a step; nothing changes."""
        own, of = self.variables, self._trainable
        return keras_variable.stateless(own + list(of), [*optimizer_variables, *trainable_variables], lambda: self.apply(grads, of),
                                        lambda _: ([v._read() for v in of], [v._read() for v in own]))  # fmt: skip

    def _first(self, name, variable):
        return _zeros(variable)

    # ---- a step ----

    def apply_gradients(self, grads_and_vars):
        grads, own = zip(*grads_and_vars) if grads_and_vars and not isinstance(grads_and_vars, zip) else (list(x) for x in zip(*grads_and_vars))
        self.apply(list(grads), list(own))
        return self.iterations

    def apply(self, grads, trainable_variables=None):
        if trainable_variables is None:
            if not self.built:
                raise ValueError("When passing `grads` without `variables`, the optimizer must be built on a list of variables.")
            if len(grads) != len(self._trainable):
                raise ValueError("When passing `grads` as a list of gradient tensors, the gradients must match `optimizer.variables` one-to-one. "
                                 "Received a list of %d gradients, but the optimizer is tracking %d variables." % (len(grads), len(self._trainable)))  # fmt: skip
            trainable_variables = self._trainable
        elif not self.built:
            self.build(trainable_variables)
        unknown = [v.name for v in trainable_variables if id(v) not in self._index]
        if unknown:
            raise ValueError("Unknown variable: %s. This optimizer can only be called for the variables it was originally built with." % unknown[0])
        pairs = [(g, v) for g, v in zip(grads, trainable_variables) if g is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        pairs = self._unscaled(pairs)
        if pairs is None:  # gathered for a later step
            self._iterations._assign_add(convert(1, 9))
            return
        given = [g for g, _ in pairs]
        grads = self._clipped([array_ops.cast(g._dense() if isinstance(g, IndexedSlices) else convert(g, 0), _tensor_dtype(v)) for g, v in pairs])
        rate = self.learning_rate
        rate = rate._read() if isinstance(rate, _core.VariableBase) else rate
        if self.weight_decay is not None:
            for v in [v for _, v in pairs if self._decays(v)]:
                v._assign_sub(v * (array_ops.cast(rate, _tensor_dtype(v)) * float(self.weight_decay)))
        self._begin_step()
        clips = any(c is not None for c in (self.clipnorm, self.clipvalue, self.global_clipnorm))
        for g, (_, v), slices in zip(grads, pairs, given):
            # The square of slices is that of each of their rows, also where rows repeat.
            self._squared = IndexedSlices(run("Square", convert(slices.values, 0)), slices.indices, slices.dense_shape)._dense() if isinstance(
                slices, IndexedSlices) and not clips else None  # fmt: skip
            i = self._index[id(v)]
            if g._shape_tuple != v._shape_tuple:
                raise ValueError("The gradient's shape %s is not the variable's: %s" % (g._shape_tuple, v._shape_tuple))
            self._step(v, g, array_ops.cast(rate, _tensor_dtype(v)), *[self._state[name][i] for name in self._slots])
            if getattr(v, "constraint", None) is not None:
                v._assign(v.constraint(v._read()))
        if self.use_ema:
            self._average()
        self._iterations._assign_add(convert(1, 9))

    def _unscaled(self, pairs):
        """The gradients of the loss itself, the mean of those of several steps; None where more are to come."""
        scale, n = self.loss_scale_factor, self.gradient_accumulation_steps
        if scale is not None:
            pairs = [((g._dense() if isinstance(g, IndexedSlices) else convert(g, 0)) / float(scale), v) for g, v in pairs]
        if not n:
            return pairs
        if _core.graph_now() is not None:
            raise NotImplementedError("not implemented: gradient_accumulation_steps inside tf.function; apply the gradients outside")
        sums = [self._sums[self._index[id(v)]] for _, v in pairs]
        dense = [g._dense() if isinstance(g, IndexedSlices) else convert(g, 0) for g, _ in pairs]
        if (int(self._iterations.numpy()) + 1) % n:
            for held, g in zip(sums, dense):
                held._assign_add(g)
            return None
        pairs = [((g + held) / float(n), v) for g, held, (_, v) in zip(dense, sums, pairs)]
        for held in sums:
            held._assign(_zeros(held))
        return pairs

    def _begin_step(self):
        pass

    _squared = None

    def _square(self, g):
        return run("Square", g) if self._squared is None else array_ops.cast(self._squared, g.dtype)

    def _clipped(self, grads):
        if self.clipnorm is not None:
            return [math_ops.clip_by_norm(g, self.clipnorm) for g in grads]
        if self.clipvalue is not None:
            return [run("ClipByValue", g, convert(-self.clipvalue, g._dtype_number), convert(self.clipvalue, g._dtype_number)) for g in grads]
        return math_ops.clip_by_global_norm(grads, self.global_clipnorm)[0] if self.global_clipnorm is not None else grads

    def _average(self):
        if _core.graph_now() is not None:
            return self._average_in_graph()
        m = 0.0 if int(self._done().numpy()) == 0 else self.ema_momentum
        for v, average in zip(self._trainable, self._averages):
            average._assign(average * m + (1 - m) * v)
        if self.ema_overwrite_frequency and (int(self._done().numpy()) + 1) % self.ema_overwrite_frequency == 0:
            self.finalize_variable_values(self._trainable)

    def _average_in_graph(self):
        step = self._done()
        is_first = run("Equal", step, convert(0, 9))
        m, rest = (run("SelectV2", is_first, convert(a, 1), convert(b, 1)) for a, b in ((0.0, self.ema_momentum), (1.0, 1 - self.ema_momentum)))
        for v, average in zip(self._trainable, self._averages):
            average._assign(average * m + rest * v)
        if self.ema_overwrite_frequency:
            is_time = run("Equal", (step + 1) % self.ema_overwrite_frequency, convert(0, 9))
            for v, average in zip(self._trainable, self._averages):
                v._assign(run("SelectV2", is_time, average._read(), v._read()))

    def finalize_variable_values(self, var_list):
        if self.use_ema:
            for v, average in zip(self._trainable, self._averages):
                v._assign(average._read())

    def _t(self, dtype):
        """The number of this step, from 1."""
        return array_ops.cast(self._done() + 1, dtype)

    def minimize(self, loss, var_list, tape=None):
        if callable(loss):
            with _core.GradientTape() as tape:
                loss = loss()
        elif tape is None:
            raise ValueError("`tape` is required when a `Tensor` loss is passed.")
        var_list = var_list() if callable(var_list) else var_list
        self.apply_gradients(list(zip(tape.gradient(loss, list(var_list)), var_list)))

    def get_config(self):
        rate = self._rate_variable.numpy() if self._rate is None else serialization.serialize(self._rate)
        config = {"name": self.name, "learning_rate": float(rate) if not isinstance(rate, dict) else rate, "weight_decay": self.weight_decay,
                  "clipnorm": self.clipnorm, "global_clipnorm": self.global_clipnorm, "clipvalue": self.clipvalue, "use_ema": self.use_ema,
                  "ema_momentum": self.ema_momentum, "ema_overwrite_frequency": self.ema_overwrite_frequency, "loss_scale_factor": self.loss_scale_factor,
                  "gradient_accumulation_steps": self.gradient_accumulation_steps}  # fmt: skip
        return {**config, **self._numbers()}

    def _numbers(self):
        return {}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = {k: v for k, v in config.items() if v is not None}
        if isinstance(config.get("learning_rate"), dict):
            with serialization.CustomObjectScope(custom_objects or {}):
                config["learning_rate"] = serialization.revive(config["learning_rate"])
        return cls(**config)


def _tensor_dtype(variable):
    return dtypes.as_dtype(variable._dtype_number)


class SGD(Optimizer):
    """Gradient descent, with momentum where it is given."""

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None,
                 use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None, gradient_accumulation_steps=None, name=None,
                 **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
                         loss_scale_factor, gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        if not isinstance(momentum, float) or momentum < 0 or momentum > 1:
            raise ValueError("`momentum` must be a float between [0, 1].")
        self.momentum, self.nesterov = momentum, nesterov
        self._slots = ("momentum",) if momentum else ()

    def _step(self, v, g, rate, m=None):
        if m is None:
            v._assign_sub(g * rate)
            return
        now = m * self.momentum - g * rate
        m._assign(now)
        v._assign_add(now * self.momentum - g * rate if self.nesterov else now)

    def _numbers(self):
        return {"momentum": self.momentum, "nesterov": self.nesterov}


class Adam(Optimizer):
    """Steps by running means of gradients and of squared gradients, without their bias."""

    _slots = ("momentum", "velocity")
    _pairs = 2

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=None, clipnorm=None, clipvalue=None,
                 global_clipnorm=None, use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
                         loss_scale_factor, gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, epsilon, amsgrad
        if amsgrad:
            self._slots = ("momentum", "velocity", "velocity_hat")

    def _step(self, v, g, rate, m, n, top=None):
        t = self._t(g.dtype)
        one, b1, b2 = (convert(x, g._dtype_number) for x in (1.0, self.beta_1, self.beta_2))
        alpha = rate * run("Sqrt", one - b2**t) / (one - b1**t)
        m._assign_add((g - m) * (1 - self.beta_1))
        n._assign_add((self._square(g) - n) * (1 - self.beta_2))
        if top is not None:
            top._assign(run("Maximum", top, n))
            n = top
        v._assign_sub(m * alpha / (run("Sqrt", n) + self.epsilon))

    def _numbers(self):
        return {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "amsgrad": self.amsgrad}


class AdamW(Adam):
    """Adam with weights that decay by themselves."""

    def __init__(self, learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, *shared, **kwargs):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, *shared, **kwargs)


class RMSprop(Optimizer):
    """Steps by a running mean of squared gradients."""

    _pairs = 0

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered
        self._slots = ("velocity", *(["momentum"] if momentum > 0 else []), *(["average_gradient"] if centered else []))

    def _step(self, v, g, rate, n, *others):
        n._assign(self.rho * n + (1 - self.rho) * self._square(g))
        denominator = n + self.epsilon
        if self.centered:
            mean = others[-1]
            mean._assign(self.rho * mean + (1 - self.rho) * g)
            denominator = n - run("Square", mean) + self.epsilon
        step = rate * g * run("Rsqrt", denominator)
        if self.momentum > 0:
            others[0]._assign(self.momentum * others[0] + step)
            step = others[0]
        v._assign_sub(step * 1.0)

    def _numbers(self):
        return {"rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered}


class Adagrad(Optimizer):
    """Steps by the sum of squared gradients so far."""

    _slots = ("accumulator",)

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def _first(self, name, variable):
        return _zeros(variable) + self.initial_accumulator_value

    def _step(self, v, g, rate, n):
        n._assign_add(self._square(g))
        v._assign_sub(rate * g / run("Sqrt", n + self.epsilon))

    def _numbers(self):
        return {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}


class Adadelta(Optimizer):
    """Steps by running means of squared gradients and squared steps."""

    _slots = ("accumulated_grad", "accumulated_delta_var")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        self.rho, self.epsilon = rho, epsilon

    def _step(self, v, g, rate, n, d):
        n._assign(self.rho * n + (1 - self.rho) * self._square(g))
        delta = -run("Sqrt", d + self.epsilon) * g / run("Sqrt", n + self.epsilon)
        d._assign(self.rho * d + (1 - self.rho) * run("Square", delta))
        v._assign_add(rate * delta)

    def _numbers(self):
        return {"rho": self.rho, "epsilon": self.epsilon}


class Adamax(Optimizer):
    """Adam by the greatest gradient instead of their squares."""

    _slots = ("momentum", "norm")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _step(self, v, g, rate, m, u):
        power = convert(self.beta_1, g._dtype_number) ** self._t(g.dtype)
        m._assign_add((g - m) * (1 - self.beta_1))
        u._assign(run("Maximum", self.beta_2 * u, run("Abs", g)))
        v._assign_sub(rate * m / ((1 - power) * (u + self.epsilon)))

    def _numbers(self):
        return {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}


class Nadam(Optimizer):
    """Adam with Nesterov's momentum."""

    _slots = ("momentum", "velocity")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self._product = keras_variable.make(convert(1.0, 1), trainable=False, name="variable", prefix=self.name)

    def build(self, trainable_variables):
        super().build(trainable_variables)
        self._own = [*self._own, self._product]

    def _begin_step(self):
        self._u = [self.beta_1 * (1.0 - 0.5 * convert(0.96, 1) ** (self._t(dtypes.float32) + k)) for k in (0.0, 1.0)]
        self._product._assign(self._product * self._u[0])

    def _step(self, v, g, rate, m, n):
        u, u_next, product = (array_ops.cast(x, g.dtype) for x in (*self._u, self._product._read()))
        power = convert(self.beta_2, g._dtype_number) ** self._t(g.dtype)
        m._assign_add((g - m) * (1 - self.beta_1))
        n._assign_add((self._square(g) - n) * (1 - self.beta_2))
        m_hat = u_next * m / (1.0 - product * u_next) + (1.0 - u) * g / (1.0 - product)
        v._assign_sub(m_hat * rate / (run("Sqrt", n / (1.0 - power)) + self.epsilon))

    def _numbers(self):
        return {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}


class Lion(Optimizer):
    """Steps of one size, by the sign of a running mean."""

    _slots = ("momentum",)

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        if not 0 < beta_1 <= 1:
            raise ValueError("Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer degenerates to SignSGD.")
        self.beta_1, self.beta_2 = beta_1, beta_2

    def _step(self, v, g, rate, m):
        v._assign_sub(rate * run("Sign", m * self.beta_1 + g * (1.0 - self.beta_1)))
        m._assign(m * self.beta_2 + g * (1.0 - self.beta_2))

    def _numbers(self):
        return {"beta_1": self.beta_1, "beta_2": self.beta_2}


class Ftrl(Optimizer):
    """"Follow the regularized leader"."""

    _slots = ("accumulator", "linear")

    def __init__(self, learning_rate=0.001, learning_rate_power=-0.5, initial_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, l2_shrinkage_regularization_strength=0.0, beta=0.0, **kwargs):  # fmt: skip
        super().__init__(learning_rate, **kwargs)
        if initial_accumulator_value < 0.0 or learning_rate_power > 0.0 or l1_regularization_strength < 0.0 or l2_regularization_strength < 0.0:
            raise ValueError("Ftrl: the strengths and the initial accumulator must not be negative, learning_rate_power must not be positive")
        self.learning_rate_power, self.initial_accumulator_value, self.beta = learning_rate_power, initial_accumulator_value, beta
        self.l1_regularization_strength, self.l2_regularization_strength = l1_regularization_strength, l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength

    def _first(self, name, variable):
        return _zeros(variable) + (self.initial_accumulator_value if name == "accumulator" else 0.0)

    def _step(self, v, g, rate, n, linear):
        power = -self.learning_rate_power
        new = n + self._square(g)
        used = g + 2 * self.l2_shrinkage_regularization_strength * v
        linear._assign_add(used - (new**power - n**power) / rate * v)
        quadratic = new**power / rate + 2 * (self.l2_regularization_strength + self.beta / (2.0 * rate))
        bound = convert(self.l1_regularization_strength, g._dtype_number)
        v._assign((run("ClipByValue", linear, -bound, bound) - linear) / quadratic)
        n._assign(new)

    def _numbers(self):
        names = ("learning_rate_power", "initial_accumulator_value", "l1_regularization_strength", "l2_regularization_strength",
                 "l2_shrinkage_regularization_strength", "beta")  # fmt: skip
        return {name: getattr(self, name) for name in names}


class Lamb(Adam):
    """Adam with a step in proportion to each weight's norm."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, *shared, **kwargs):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, False, *shared, **kwargs)

    def _numbers(self):
        return {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}

    def _step(self, v, g, rate, m, n):
        t = self._t(g.dtype)
        b1, b2 = (convert(x, g._dtype_number) ** t for x in (self.beta_1, self.beta_2))
        m._assign_add((g - m) * (1 - self.beta_1))
        n._assign_add((self._square(g) - n) * (1 - self.beta_2))
        step = (m / (1 - b1)) / (run("Sqrt", n / (1 - b2)) + self.epsilon)
        length, size = (float(run("Sqrt", run("Sum", run("Square", x), None))) for x in (v, step))
        v._assign_sub((length / size if length > 0 and size > 0 else 1.0) * rate * step)


class Adafactor(Optimizer):
    """The squares of a matrix' gradient are kept as the means of its rows and columns."""

    _slots = ("row", "column", "velocity")

    def __init__(self, learning_rate=0.001, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1.0, relative_step=True, *shared, **kwargs):
        super().__init__(learning_rate, *shared, **kwargs)
        self.beta_2_decay, self.epsilon_1, self.epsilon_2 = beta_2_decay, epsilon_1, epsilon_2
        self.clip_threshold, self.relative_step = clip_threshold, relative_step

    def _slot(self, name, v, value):
        if name not in ("row", "column"):
            return super()._slot(name, v, value)
        return keras_variable.make(value, trainable=False, name=v.name, prefix=self.name)

    def _first(self, name, variable):
        shape = variable._shape_tuple
        if name == "velocity":
            return _zeros(variable)
        shape = () if len(shape) < 2 else shape[:-1] if name == "row" else (*shape[:-2], shape[-1])
        return array_ops.zeros(list(shape), _tensor_dtype(variable))

    def _step(self, v, g, rate, row, column, velocity):
        one = convert(1.0, g._dtype_number)
        mean = lambda t, axis, keep=False: execute("Mean", [t, convert([axis], 3)], {"keep_dims": keep})  # noqa: E731
        rms = lambda t: run("Sqrt", run("Mean", t * t, None))  # noqa: E731
        t = self._t(g.dtype)
        if self._rate is None and self.relative_step:
            rate = run("Minimum", rate, one / run("Sqrt", t))
        step = run("Maximum", convert(self.epsilon_2, g._dtype_number), rms(v._read())) * run("Minimum", rate, one / run("Sqrt", t))
        squares, beta = g * g + self.epsilon_1, 1.0 - t**self.beta_2_decay
        if len(v._shape_tuple) >= 2:
            row._assign(row * beta + (1.0 - beta) * mean(squares, -1))
            column._assign(column * beta + (1.0 - beta) * mean(squares, -2))
            r = row._read()
            velocity._assign(run("ExpandDims", r / mean(r, -1, True), convert(-1, 3)) * run("ExpandDims", column._read(), convert(-2, 3)))
        else:
            velocity._assign(velocity * beta + (1.0 - beta) * squares)
        u = g / run("Sqrt", velocity._read())
        v._assign_sub(step * u / run("Maximum", one, rms(u) / self.clip_threshold))

    def _numbers(self):
        return {name: getattr(self, name) for name in ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")}


CLASSES = {c.__name__: c for c in (SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, Nadam, Lion, Ftrl, Lamb, Adafactor)}


def get(identifier):
    """An optimizer of a name, a configuration or an object."""
    if isinstance(identifier, dict):
        if "module" in identifier or identifier["class_name"] not in CLASSES:
            return serialization.revive(identifier, "optimizer")
        return CLASSES[identifier["class_name"]].from_config(identifier.get("config", {}))
    if isinstance(identifier, str):
        for name, cls in CLASSES.items():
            if name.lower() == identifier.lower() and name != "Lamb":
                return cls()
    elif hasattr(identifier, "apply_gradients"):
        return identifier
    raise ValueError("Could not interpret optimizer identifier: %s" % (identifier,))


def names():
    return {**CLASSES, "Optimizer": Optimizer, "get": get}


def names_1():
    from sokuji._src.keras import optimizers_1

    return dict(optimizers_1.KINDS, get=optimizers_1.get, Optimizer=optimizers_1.Optimizer)

"""tf.keras.optimizers.schedules: learning rates as functions of the step."""

import math

from sokuji._src.core.execute import convert, run
from sokuji._src.ops import array_ops


class LearningRateSchedule:
    """A learning rate that is a function of the step."""

    _fields = ()

    def __call__(self, step):
        raise NotImplementedError("Learning rate schedule '%s' must override `__call__(self, step)`." % type(self).__name__)

    def get_config(self):
        return {name: getattr(self, name) for name in self._fields}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _parts(rate, step):
    rate = convert(rate, 0)
    return rate, array_ops.cast(convert(step, 0), rate.dtype)


class ExponentialDecay(LearningRateSchedule):
    """rate * decay_rate ** (step / decay_steps)"""

    _fields = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name")

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name="ExponentialDecay"):
        if decay_steps <= 0:
            raise ValueError("Argument `decay_steps` must be > 0. Received: decay_steps=%s" % decay_steps)
        self.initial_learning_rate, self.decay_steps, self.decay_rate, self.staircase, self.name = (
            initial_learning_rate, decay_steps, decay_rate, staircase, name)  # fmt: skip

    def _portion(self, step):
        p = step / float(self.decay_steps)
        return run("Floor", p) if self.staircase else p

    def __call__(self, step):
        rate, step = _parts(self.initial_learning_rate, step)
        return rate * convert(self.decay_rate, rate._dtype_number) ** self._portion(step)


class InverseTimeDecay(ExponentialDecay):
    """rate / (1 + decay_rate * step / decay_steps)"""

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name="InverseTimeDecay"):
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step):
        rate, step = _parts(self.initial_learning_rate, step)
        return rate / (1.0 + float(self.decay_rate) * self._portion(step))


class PiecewiseConstantDecay(LearningRateSchedule):
    """One of the values, by the boundaries that the step has passed."""

    _fields = ("boundaries", "values", "name")

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        if len(boundaries) != len(values) - 1:
            raise ValueError("The length of boundaries should be 1 less than the length of values. Received: boundaries=%s of length %d, and "
                             "values=%s of length %d." % (boundaries, len(boundaries), values, len(values)))  # fmt: skip
        self.boundaries, self.values, self.name = list(boundaries), list(values), name

    def __call__(self, step):
        now = float(convert(step, 0).numpy())
        return convert(self.values[sum(now > float(b) for b in self.boundaries)], 1)


class PolynomialDecay(LearningRateSchedule):
    """From the rate to end_learning_rate by a power of the steps that are left."""

    _fields = ("initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle", "name")

    def __init__(self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name="PolynomialDecay"):
        self.initial_learning_rate, self.decay_steps, self.end_learning_rate = initial_learning_rate, decay_steps, end_learning_rate
        self.power, self.cycle, self.name = power, cycle, name

    def __call__(self, step):
        rate, step = _parts(self.initial_learning_rate, step)
        n = convert(float(self.decay_steps), rate._dtype_number)
        if self.cycle:
            n = n * (1.0 if float(step) == 0 else run("Ceil", step / n))
        else:
            step = run("Minimum", step, n)
        return (rate - float(self.end_learning_rate)) * (1 - step / n) ** float(self.power) + float(self.end_learning_rate)


class CosineDecay(LearningRateSchedule):
    """The rate along half a cosine to alpha times itself, after a warm-up where it is asked for."""

    _fields = ("initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target", "warmup_steps")

    def __init__(self, initial_learning_rate, decay_steps, alpha=0.0, name="CosineDecay", warmup_target=None, warmup_steps=0):
        self.initial_learning_rate, self.decay_steps, self.alpha, self.name = initial_learning_rate, decay_steps, alpha, name
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps
        if decay_steps <= 0:
            raise ValueError("Argument `decay_steps` must be > 0. Received: decay_steps=%s" % decay_steps)

    def __call__(self, step):
        rate, step = _parts(self.initial_learning_rate, step)
        if self.warmup_target is not None:
            if float(step) < self.warmup_steps:
                return (float(self.warmup_target) - rate) * (step / float(self.warmup_steps)) + rate
            rate, step = convert(float(self.warmup_target), rate._dtype_number), step - float(self.warmup_steps)
        fraction = run("Minimum", step, convert(float(self.decay_steps), step._dtype_number)) / float(self.decay_steps)
        cosine = 0.5 * (1.0 + run("Cos", math.pi * fraction))
        return rate * ((1 - self.alpha) * cosine + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines one after the other, each longer and lower."""

    _fields = ("initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha", "name")

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name="SGDRDecay"):
        self.initial_learning_rate, self.first_decay_steps, self.t_mul, self.m_mul = initial_learning_rate, first_decay_steps, t_mul, m_mul
        self.alpha, self.name = alpha, name

    def __call__(self, step):
        from sokuji._src.train.schedules import cosine_decay_restarts

        return cosine_decay_restarts(self.initial_learning_rate, step, self.first_decay_steps, self.t_mul, self.m_mul, self.alpha)


NAMES = {c.__name__: c for c in (LearningRateSchedule, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay,
                                 CosineDecayRestarts)}  # fmt: skip

"""tf.keras.optimizers of 1.8, which train Keras models in graph mode: hyperparameters are variables, slots are made at the first step."""

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, run
from sokuji._src.keras.at_once import at_once
from sokuji._src.variables import variables


def _sqrt(x):
    return run("Sqrt", x)


class Optimizer:
    """params -= a step, in the words of Keras 2.1."""

    _ahead = 0.0  # how far the counter of steps is when it is read: in TensorFlow's graphs Adam's has moved on already
    _defaults = {}  # hyperparameters, in the constructor's order; those that are bool or None stay plain

    @at_once
    def __init__(self, *arguments, **keywords):
        self.clipnorm, self.clipvalue = keywords.pop("clipnorm", None), keywords.pop("clipvalue", None)
        settings = dict(self._defaults)
        unknown = [k for k in keywords if k not in settings]
        if unknown:
            raise TypeError("Unexpected keyword argument passed to optimizer: " + unknown[0])
        settings.update(zip(settings, arguments))
        settings.update(keywords)
        self._plain = {name: value for name, value in settings.items() if isinstance(value, bool) or value is None or name == "epsilon"}
        self.epsilon = 1e-7 if settings.get("epsilon") is None else settings["epsilon"]
        for name, value in settings.items():
            setattr(self, name, value if name in self._plain and name != "epsilon" else self.epsilon if name == "epsilon" else
                    variables.make(convert(np.float32(value), 0), trainable=False, name=type(self).__name__ + "/" + name))  # fmt: skip
        self.iterations = variables.make(convert(0, 9), trainable=False, name=type(self).__name__ + "/iterations")
        self._slots, self.weights = {}, [self.iterations]

    def _slot(self, v, name):
        key = id(v), name
        if key not in self._slots:
            self._slots[key] = variables.make(run("ZerosLike", v._read()), trainable=False, name="training/%s/%s" % (type(self).__name__, name))
            self.weights.append(self._slots[key])
        return self._slots[key]

    def _rate(self):
        rate = self.lr._read()
        if "decay" in self._defaults and float(self.decay.numpy()) > 0:
            rate = rate / (1.0 + self.decay._read() * run("Cast", self.iterations._read(), DstT=1))
        return rate

    def _clipped(self, gradients):
        if self.clipnorm is not None and self.clipnorm > 0:
            norm = _sqrt(sum(run("Sum", g * g, convert(list(range(len(g._shape_tuple))), 3)) for g in gradients))
            if float(norm.numpy()) >= self.clipnorm:
                gradients = [g * self.clipnorm / norm for g in gradients]
        if self.clipvalue is not None and self.clipvalue > 0:
            gradients = [run("ClipByValue", g, convert(-self.clipvalue, 1), convert(self.clipvalue, 1)) for g in gradients]
        return gradients

    def apply_gradients(self, pairs):
        pairs = [(g if isinstance(g, _core.EagerTensor) else convert(g, 0), v) for g, v in pairs if g is not None]
        gradients = self._clipped([g for g, _ in pairs])
        rate, t = self._rate(), run("Cast", self.iterations._read(), DstT=1) + 1.0 + self._ahead
        self._begin(t)
        for g, (_, v) in zip(gradients, pairs):
            new = self._new(v, v._read(), g, rate, t)
            constraint = getattr(v, "constraint", None)
            v._assign(new if constraint is None else constraint(new))
        self.iterations._assign(self.iterations._read() + convert(1, 9))

    def _begin(self, t):
        pass

    @at_once
    def get_config(self):
        made = {}
        for name in self._defaults:
            value = getattr(self, name)
            made[name] = float(value.numpy()) if isinstance(value, _core.VariableBase) else value
        for name in ("clipnorm", "clipvalue"):
            if getattr(self, name) is not None:
                made[name] = getattr(self, name)
        return made

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    @at_once
    def get_weights(self):
        return [w.numpy() for w in self.weights]


class SGD(Optimizer):
    """Gradient descent, with momentum where it is given."""

    _defaults = {"lr": 0.01, "momentum": 0.0, "decay": 0.0, "nesterov": False}

    def _new(self, v, p, g, rate, t):
        slot = self._slot(v, "moment")
        moved = self.momentum._read() * slot._read() - rate * g
        slot._assign(moved)
        return p + self.momentum._read() * moved - rate * g if self.nesterov else p + moved


class RMSprop(Optimizer):
    """Steps by a running mean of squared gradients."""

    _defaults = {"lr": 0.001, "rho": 0.9, "epsilon": None, "decay": 0.0}

    def _new(self, v, p, g, rate, t):
        slot = self._slot(v, "accumulator")
        slot._assign(self.rho._read() * slot._read() + (1.0 - self.rho._read()) * (g * g))
        return p - rate * g / (_sqrt(slot._read()) + self.epsilon)


class Adagrad(Optimizer):
    """Steps by the sum of squared gradients so far."""

    _defaults = {"lr": 0.01, "epsilon": None, "decay": 0.0}

    def _new(self, v, p, g, rate, t):
        slot = self._slot(v, "accumulator")
        slot._assign(slot._read() + g * g)
        return p - rate * g / (_sqrt(slot._read()) + self.epsilon)


class Adadelta(Optimizer):
    """Steps by running means of squared gradients and squared steps."""

    _defaults = {"lr": 1.0, "rho": 0.95, "epsilon": None, "decay": 0.0}

    def _new(self, v, p, g, rate, t):
        a, d, rho = self._slot(v, "accumulator"), self._slot(v, "delta"), self.rho._read() if isinstance(self.rho, _core.VariableBase) else self.rho
        a._assign(rho * a._read() + (1.0 - rho) * (g * g))
        update = g * _sqrt(d._read() + self.epsilon) / _sqrt(a._read() + self.epsilon)
        d._assign(rho * d._read() + (1.0 - rho) * (update * update))
        return p - rate * update


class Adam(Optimizer):
    """Steps by running means of gradients and of squared gradients, without their bias."""

    _ahead = 1.0
    _defaults = {"lr": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": None, "decay": 0.0, "amsgrad": False}

    def _moments(self, v, g):
        m, u = self._slot(v, "m"), self._slot(v, "v")
        m._assign(self.beta_1._read() * m._read() + (1.0 - self.beta_1._read()) * g)
        return m, u

    def _new(self, v, p, g, rate, t):
        m, u = self._moments(v, g)
        u._assign(self.beta_2._read() * u._read() + (1.0 - self.beta_2._read()) * (g * g))
        rate = rate * (_sqrt(1.0 - self.beta_2._read() ** t) / (1.0 - self.beta_1._read() ** t))
        second = u._read()
        if self.amsgrad:
            most = self._slot(v, "vhat")
            most._assign(run("Maximum", most._read(), second))
            second = most._read()
        return p - rate * m._read() / (_sqrt(second) + self.epsilon)


class Adamax(Adam):
    """Adam by the greatest gradient instead of their squares."""

    _defaults = {"lr": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": None, "decay": 0.0}

    def _new(self, v, p, g, rate, t):
        m, u = self._moments(v, g)
        u._assign(run("Maximum", self.beta_2._read() * u._read(), run("Abs", g)))
        return p - rate / (1.0 - self.beta_1._read() ** t) * m._read() / (u._read() + self.epsilon)


class Nadam(Adam):
    """Adam with Nesterov's momentum."""

    _ahead = 0.0
    _defaults = {"lr": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": None, "schedule_decay": 0.004}
    _schedule = 1.0

    def _begin(self, t):
        beta, decay = self.beta_1._read(), self.schedule_decay._read()
        self._now, self._next = (beta * (1.0 - 0.5 * convert(0.96, 1) ** (step * decay)) for step in (t, t + 1.0))
        self._schedule = self._schedule * self._now

    def _new(self, v, p, g, rate, t):
        m, u = self._moments(v, g)
        u._assign(self.beta_2._read() * u._read() + (1.0 - self.beta_2._read()) * (g * g))
        mean = (1.0 - self._now) * (g / (1.0 - self._schedule)) + self._next * (m._read() / (1.0 - self._schedule * self._next))
        return p - rate * mean / (_sqrt(u._read() / (1.0 - self.beta_2._read() ** t)) + self.epsilon)


KINDS = {kind.__name__: kind for kind in (SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam)}


def get(identifier):
    """An optimizer of a name, a configuration or an object."""
    if isinstance(identifier, str):
        found = {name.lower(): kind for name, kind in KINDS.items()}.get(identifier.lower())
        if found is None:
            raise ValueError("Unknown optimizer: " + identifier)
        return found()
    if isinstance(identifier, dict):
        return KINDS[identifier["class_name"]].from_config(identifier["config"])
    if not hasattr(identifier, "apply_gradients"):
        raise ValueError("Could not interpret optimizer identifier:", identifier)
    return identifier

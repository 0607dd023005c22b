"""tf.keras.mixed_precision: policies of dtypes. Kernels compute in float32 and float64, so only those can be the global one; loss scaling works with any."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, signatures
from sokuji._src.core.execute import convert, run
from sokuji._src.keras import optimizers
from sokuji._src.ops import array_ops

_global = []


class Policy:
    """What a layer computes in, and what its variables are."""

    def __init__(self, name=None):
        name = "float32" if name is None else name
        if not isinstance(name, str):
            raise TypeError("'name' must be a string, such as 'mixed_float16'. Received: name=%s (of type %s)" % (name, type(name)))
        if name in ("mixed_float16", "mixed_bfloat16"):
            self._compute, self._variable = name[6:], "float32"
        else:
            try:
                self._compute = self._variable = dtypes.as_dtype(name).name
            except TypeError:
                raise ValueError("Cannot convert '%s' to a mixed precision DTypePolicy. Valid policies include 'mixed_float16', 'mixed_bfloat16', and the name of any "
                                 "float dtype such as 'float32'." % name) from None  # fmt: skip
        self._name = name

    name = property(lambda self: self._name)
    compute_dtype = property(lambda self: self._compute)
    variable_dtype = property(lambda self: self._variable)
    quantization_mode = property(lambda self: None)

    def convert_input(self, x, autocast, dtype):
        kind = dtypes.as_dtype(dtype)
        return array_ops.cast(x, kind) if autocast and isinstance(x, (_core.Handle, np.ndarray)) and dtypes.as_dtype(x.dtype).is_floating else x

    def get_config(self):
        return {"name": self._name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __eq__(self, other):
        return isinstance(other, Policy) and self._name == other._name

    def __hash__(self):
        return hash(self._name)

    def __repr__(self):
        return '<DTypePolicy "%s">' % self._name


Policy.__name__ = "DTypePolicy"


def set_global_policy(policy):
    """The policy of layers from now on."""
    policy = policy if isinstance(policy, Policy) else Policy(policy)
    if policy.name != "float32":
        raise NotImplementedError("not implemented: tf.keras.mixed_precision.set_global_policy(%r); kernels compute in float32, give layers dtype=… for float64" % policy.name)
    _global[:] = [policy]


def global_policy():
    """The policy of layers that name none."""
    if not _global:
        _global.append(Policy("float32"))
    return _global[0]


class LossScaleOptimizer(optimizers.Optimizer):
    """An optimizer whose loss is made larger, and its gradients smaller again; a step whose gradients are not finite is left out and the scale halved."""

    __signature__ = signatures.OfInit()
    _scaling_names = "inner_optimizer initial_scale dynamic_growth_steps step_counter dynamic_scale".split()

    def __init__(self, inner_optimizer, initial_scale=2.0**15, dynamic_growth_steps=2000, name=None, **kwargs):
        if kwargs:
            raise ValueError("LossScaleOptimizer does not accept %s." % sorted(kwargs))
        if isinstance(inner_optimizer, LossScaleOptimizer):
            raise TypeError("LossScaleOptimizer cannot be wrapped with itself.")
        object.__setattr__(self, "inner_optimizer", inner_optimizer)
        object.__setattr__(self, "_state", {"scale": float(initial_scale), "good": 0})
        object.__setattr__(self, "_numbers_of_scale", (float(initial_scale), dynamic_growth_steps, name or "loss_scale_optimizer"))

    initial_scale = property(lambda self: self._numbers_of_scale[0])
    dynamic_growth_steps = property(lambda self: self._numbers_of_scale[1])
    name = property(lambda self: self._numbers_of_scale[2])
    step_counter = property(lambda self: convert(self._state["good"], 3))
    dynamic_scale = property(lambda self: convert(self._state["scale"], 1))
    iterations = property(lambda self: self.inner_optimizer.iterations)
    variables = property(lambda self: self.inner_optimizer.variables)
    learning_rate = property(lambda self: self.inner_optimizer.learning_rate, lambda self, value: setattr(self.inner_optimizer, "learning_rate", value))
    built = property(lambda self: self.inner_optimizer.built)

    def __setattr__(self, name, value):
        if name == "learning_rate":
            self.inner_optimizer.learning_rate = value
        else:
            object.__setattr__(self, name, value)

    def build(self, var_list):
        self.inner_optimizer.build(var_list)

    def scale_loss(self, loss):
        return loss * self._state["scale"]

    def apply_gradients(self, grads_and_vars, **keywords):
        """A step with the gradients of the scaled loss."""
        if _core.graph_now() is not None:
            raise NotImplementedError("not implemented: LossScaleOptimizer in functions; call apply_gradients outside, or train without it: float32 needs no scaling")
        pairs, state = list(grads_and_vars), self._state
        scaled = [(None if g is None else run("Mul", convert(g, 0), convert(1.0 / state["scale"], 1)), v) for g, v in pairs]
        if not all(g is None or np.isfinite(np.asarray(g)).all() for g, _ in scaled):
            state.update(scale=state["scale"] / 2, good=0)
            return
        self.inner_optimizer.apply_gradients(scaled, **keywords)
        state["good"] += 1
        if state["good"] >= self.dynamic_growth_steps:
            state.update(scale=state["scale"] * 2, good=0)

    def apply(self, grads, trainable_variables=None):
        self.apply_gradients(zip(grads, self.inner_optimizer._trainable_variables if trainable_variables is None else trainable_variables))

    def get_config(self):
        from sokuji._src.keras import serialization

        return {"name": self.name, "inner_optimizer": serialization.serialize(self.inner_optimizer), "initial_scale": self.initial_scale,
                "dynamic_growth_steps": self.dynamic_growth_steps}  # fmt: skip


NAMES = {"Policy": Policy, "DTypePolicy": Policy, "LossScaleOptimizer": LossScaleOptimizer, "set_global_policy": set_global_policy, "set_dtype_policy": set_global_policy,
         "global_policy": global_policy, "dtype_policy": global_policy}  # fmt: skip

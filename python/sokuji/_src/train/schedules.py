"""tf.train's learning rates over steps. Under eager execution each returns a tensor for the step it is given."""

import math

from sokuji._src.core.execute import convert, run
from sokuji._src.ops.array_ops import cast


def _parts(learning_rate, global_step, *others):
    if global_step is None:
        raise ValueError("global_step is required")
    rate = convert(learning_rate, 0)
    return (rate, cast(convert(global_step, 0), rate.dtype), *[convert(o, rate._dtype_number) if not hasattr(o, "dtype") else cast(o, rate.dtype) for o in others])


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * decay_rate ** (global_step / decay_steps)"""
    rate, step, n, decay = _parts(learning_rate, global_step, decay_steps, decay_rate)
    p = step / n
    return rate * decay ** (run("Floor", p) if staircase else p)


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * exp(-decay_rate * global_step)"""
    rate, step, n, decay = _parts(learning_rate, global_step, decay_steps, decay_rate)
    p = step / n
    return rate * run("Exp", -decay * (run("Floor", p) if staircase else p))


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate / (1 + decay_rate * global_step / decay_steps)"""
    rate, step, n, decay = _parts(learning_rate, global_step, decay_steps, decay_rate)
    p = step / n
    return rate / (1.0 + decay * (run("Floor", p) if staircase else p))


def polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None):
    """From the rate to end_learning_rate by a power of the steps that are left."""
    rate, step, n, end, power = _parts(learning_rate, global_step, decay_steps, end_learning_rate, power)
    if cycle:
        n = n * (1.0 if float(step) == 0 else run("Ceil", step / n))
    else:
        step = run("Minimum", step, n)
    return (rate - end) * (1 - step / n) ** power + end


def _cosine(fraction):
    return 0.5 * (1.0 + run("Cos", math.pi * fraction))


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """The rate along half a cosine to alpha times itself."""
    rate, step, n = _parts(learning_rate, global_step, decay_steps)
    return rate * ((1 - alpha) * _cosine(run("Minimum", step, n) / n) + alpha)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
    """Half cosines one after the other, each longer and lower."""
    rate, step, n, t, m = _parts(learning_rate, global_step, first_decay_steps, t_mul, m_mul)
    done = step / n
    if float(t) == 1.0:
        restarts = run("Floor", done)
        fraction = done - restarts
    else:
        restarts = run("Floor", run("Log", 1.0 - done * (1.0 - t)) / run("Log", t))
        total = (1.0 - t**restarts) / (1.0 - t)
        fraction = (done - total) / t**restarts
    return rate * ((1 - alpha) * _cosine(fraction) * m**restarts + alpha)


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """A line to zero times a cosine."""
    rate, step, n = _parts(learning_rate, global_step, decay_steps)
    step = run("Minimum", step, n)
    wave = 0.5 * (1.0 + run("Cos", math.pi * (2.0 * num_periods * (step / n))))
    return rate * ((alpha + (n - step) / n) * wave + beta)


def piecewise_constant(x, boundaries, values, name=None):
    """One of the values, by the boundaries that x has passed."""
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    x, boundaries, values = convert(x, 0), [convert(b, 0) for b in boundaries], [convert(v, 0) for v in values]
    for i, b in enumerate(boundaries):
        if b.dtype is not x.dtype:
            if (b.dtype.name, x.dtype.name) != ("int32", "int64"):
                raise ValueError("Boundaries (%s) must have the same dtype as x (%s)." % (b.dtype.name, x.dtype.name))
            boundaries[i] = cast(b, x.dtype)
    if any(v.dtype is not values[0].dtype for v in values):
        raise ValueError("Values must have elements all with the same dtype (%s)." % [v.dtype.name for v in values])
    place = convert(0, 3)
    for b in boundaries:
        place = place + run("Cast", run("Greater", x, b), DstT=3)
    return run("GatherV2", run("Pack", *values, axis=0), place, convert(0, 3))

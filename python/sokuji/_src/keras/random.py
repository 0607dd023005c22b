"""tf.keras.random of 2.x: stateless numbers from seeds, which seed generators count up; unseeded ones begin at a number of Python's random."""

import random as _python

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, run, sizes
from sokuji._src.ops import array_ops, stateless_random_ops


def make_default_seed():
    return _python.randint(1, int(1e9))


class SeedGenerator:
    """Gives [seed, 0], [seed, 1], …"""

    def __init__(self, seed=None, name=None, **kwargs):
        if kwargs:
            raise ValueError("Unrecognized keyword arguments: %s" % kwargs)
        if seed is not None and not isinstance(seed, int):
            raise ValueError("Argument `seed` must be an integer. Received: seed=%s" % (seed,))
        self._first = make_default_seed() if seed is None else seed
        self._count, self._variable = 0, None

    @property
    def state(self):
        """The seed and the count as a variable, which follows the generator when it is asked for."""
        from sokuji._src.keras import variable

        now = convert(np.array([self._first, self._count], np.uint32), 0)
        if self._variable is None:
            self._variable = variable.KerasVariable(now, False, "seed_generator_state", "seed_generator/seed_generator_state")
        self._variable._assign(now)
        return self._variable

    def next(self, ordered=True):
        made = [self._first, self._count]
        self._count += 1
        return made


def _seed(seed):
    if isinstance(seed, SeedGenerator) and _core.graph_now() is not None:  # each run draws anew
        return _core.py_call(lambda _: [_seed(seed)], "SeedGenerator", True, [], [(3, [2])])[0]
    pair = seed.next() if isinstance(seed, SeedGenerator) else [make_default_seed() if seed is None else int(seed), 0]
    return convert(np.array([p % (2**31 - 2) for p in pair], np.int32), 0)


def _draw(op, shape, seed, dtype):
    kind = dtypes.as_dtype(dtype or dtypes.float32)._number
    return execute(op, [sizes(shape), _seed(seed)], {"dtype": kind})


def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normal numbers."""
    return _draw("StatelessRandomNormal", shape, seed, dtype) * float(stddev) + float(mean)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normal numbers within two standard deviations."""
    return _draw("StatelessTruncatedNormal", shape, seed, dtype) * float(stddev) + float(mean)


def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Uniform numbers."""
    made = _draw("StatelessRandomUniform", shape, seed, dtype)
    low, high = (convert(float(v), made._dtype_number) for v in (minval, maxval))
    return made * (high - low) + low


def randint(shape, minval, maxval, dtype="int32", seed=None):
    """Numbers from minval up to maxval - 1, drawn as int32."""
    kind = dtypes.as_dtype(dtype)
    if not kind.is_integer:
        raise ValueError("`keras.random.randint` requires an integer `dtype`. Received: dtype=%s " % (dtype,))
    drawn = dtypes.int64 if kind is dtypes.int64 else dtypes.int32
    low, high = (convert(int(v), drawn._number) for v in (minval, maxval))
    return array_ops.cast(execute("StatelessRandomUniformInt", [sizes(shape), _seed(seed), low, high], {}), kind)


def shuffle(x, axis=0, seed=None):
    """The rows in the order of drawn numbers."""
    t = convert(x, 0)
    order = np.argsort(np.asarray(uniform([t._shape_tuple[axis]], seed=seed)), kind="stable")
    return run("GatherV2", t, convert(order.astype(np.int64), 9), convert(axis, 3))


def categorical(logits, num_samples, dtype="int32", seed=None):
    """Class numbers drawn by logits (batch, classes)."""
    return array_ops.cast(execute("StatelessMultinomial", [convert(logits, 0), convert(num_samples, 3), _seed(seed)], {}), dtype)


def dropout(inputs, rate, noise_shape=None, seed=None):
    """Zeros with probability rate, the rest scaled up."""
    t = convert(inputs, 0)
    shape = t._shape_tuple if noise_shape is None else [d if n is None else n for n, d in zip(noise_shape, t._shape_tuple)]
    keep = run("GreaterEqual", uniform(shape, seed=seed, dtype=t.dtype), convert(float(rate), t._dtype_number))
    return run("Mul", t * (1.0 / (1.0 - float(rate))), array_ops.cast(keep, t.dtype))


def generators_of(layer):
    """The seed generators of a layer and of those below."""
    own = [v for v in vars(layer).values() if isinstance(v, SeedGenerator)]
    return own + [g for below in getattr(layer, "_sublayers", []) for g in generators_of(below)]


def gamma(shape, alpha, dtype=None, seed=None):
    """Numbers of a gamma distribution."""
    return stateless_random_ops.stateless_gamma(shape, _seed(seed), alpha, dtype=dtypes.as_dtype(dtype or dtypes.float32))


def beta(shape, alpha, beta, dtype=None, seed=None):
    """Numbers of a beta distribution, from two of gamma distributions."""
    kind, first = dtypes.as_dtype(dtype or dtypes.float32), _seed(seed)
    a, b = (stateless_random_ops.stateless_gamma(shape, s, v, dtype=kind) for s, v in ((first, alpha), (first + 12, beta)))
    return a / (a + b)


def binomial(shape, counts, probabilities, dtype=None, seed=None):
    """How many of counts trials succeed, each with the probability."""
    kind = dtypes.as_dtype(dtype or dtypes.float32)
    return stateless_random_ops.stateless_binomial(shape, _seed(seed), convert(counts, kind._number), convert(probabilities, kind._number), kind)


NAMES = {"beta": beta, "gamma": gamma, "binomial": binomial, "SeedGenerator": SeedGenerator, "normal": normal, "truncated_normal": truncated_normal, "uniform": uniform, "dropout": dropout,
         "randint": randint, "shuffle": shuffle, "categorical": categorical}

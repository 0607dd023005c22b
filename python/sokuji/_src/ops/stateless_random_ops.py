"""Random numbers that are functions of a seed given at the call, and seeds as TensorFlow draws them."""

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, number, sizes, tensor
from sokuji._src.ops import nn_ops, random_ops


def get_seed(op_seed):
    """The two seeds that an operation with this seed, or none, would get now."""
    return _core.op_seeds(op_seed)


def _stateless(op, shape, seed, dtype):
    return execute(op, [sizes(shape), tensor(seed)], {"dtype": dtypes.as_dtype(dtype)})


def _scaled(drawn, scale, offset, dtype):
    return drawn * convert(scale, number(dtype)) + convert(offset, number(dtype))


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None, alg="auto_select"):
    return _scaled(_stateless("StatelessRandomNormal", shape, seed, dtype), stddev, mean, dtype)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None, alg="auto_select"):
    return _scaled(_stateless("StatelessTruncatedNormal", shape, seed, dtype), stddev, mean, dtype)


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype=dtypes.float32, name=None, alg="auto_select"):
    dtype = dtypes.as_dtype(dtype)
    if dtype.is_integer:
        if (minval is None) != (maxval is None):
            raise ValueError("For integer dtype %s, minval and maxval must be both None or both not None" % dtype.name)
        if minval is None:
            return _stateless("StatelessRandomUniformFullInt", shape, seed, dtype)
        return execute("StatelessRandomUniformInt", [sizes(shape), tensor(seed), convert(minval, dtype._number), convert(maxval, dtype._number)], {})
    low, high = convert(minval or 0, dtype._number), convert(1 if maxval is None else maxval, dtype._number)
    return _stateless("StatelessRandomUniform", shape, seed, dtype) * (high - low) + low


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    return random_ops.multinomial(logits, num_samples, seed, None, dtype)


RANDOM_2 = {"stateless_normal": stateless_normal, "stateless_truncated_normal": stateless_truncated_normal, "stateless_uniform": stateless_uniform,
            "categorical": categorical, "gamma": random_ops.random_gamma}  # fmt: skip


def stateless_dropout(x, rate, seed, rng_alg="auto_select", noise_shape=None, name=None):
    """tf.nn.dropout whose choice is a function of the seed."""
    return nn_ops.general_dropout(x, rate, lambda shape, dtype: stateless_uniform(shape, seed, dtype=dtype, alg=rng_alg), noise_shape)


EXPERIMENTAL = {"stateless_dropout": stateless_dropout, "general_dropout": nn_ops.general_dropout}

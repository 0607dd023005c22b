"""Random numbers that are functions of a seed given at the call, and seeds as TensorFlow draws them."""

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, invalid, number, run, sizes, tensor
from sokuji._src.ops import nn_ops, random_ops


def get_seed(op_seed):
    """The two seeds that an operation with this seed, or none, would get now."""
    return _core.op_seeds(op_seed)


def _stateless(op, shape, seed, dtype):
    return execute(op, [sizes(shape), _seed(seed)], {"dtype": dtypes.as_dtype(dtype)})


def _scaled(drawn, scale, offset, dtype):
    return drawn * convert(scale, number(dtype)) + convert(offset, number(dtype))


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None, alg="auto_select"):
    """Normal numbers, a function of the seed."""
    _algorithm(alg)
    return _scaled(_stateless("StatelessRandomNormal", shape, seed, dtype), stddev, mean, dtype)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None, alg="auto_select"):
    """Normal numbers within two standard deviations, a function of the seed."""
    _algorithm(alg)
    return _scaled(_stateless("StatelessTruncatedNormal", shape, seed, dtype), stddev, mean, dtype)


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype=dtypes.float32, name=None, alg="auto_select"):
    """Uniform numbers, a function of the seed."""
    _algorithm(alg)
    dtype = dtypes.as_dtype(dtype)
    if dtype.is_integer:
        if (minval is None) != (maxval is None):
            raise ValueError("For integer dtype %s, minval and maxval must be both None or both not None" % dtype.name)
        if minval is None:
            return _stateless("StatelessRandomUniformFullInt", shape, seed, dtype)
        return execute("StatelessRandomUniformInt", [sizes(shape), _seed(seed), convert(minval, dtype._number), convert(maxval, dtype._number)], {})
    low, high = convert(minval or 0, dtype._number), convert(1 if maxval is None else maxval, dtype._number)
    return _stateless("StatelessRandomUniform", shape, seed, dtype) * (high - low) + low


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """Class numbers (batch, num_samples) drawn by logits (batch, classes)."""
    return random_ops.multinomial(logits, num_samples, seed, None, dtype)


def poisson(shape, lam, dtype=dtypes.float32, seed=None, name=None):
    """Numbers of Poisson distributions: for each rate in lam, shape many."""
    lam = tensor(lam)
    return random_ops._draw("RandomPoissonV2", [sizes(shape), lam], seed, dtype=dtypes.as_dtype(dtype))


def stateless_gamma(shape, seed, alpha, beta=None, dtype=dtypes.float32, name=None):
    """Numbers of gamma distributions, a function of the seed."""
    kind = number(dtype)
    alpha, beta = convert(alpha, kind), convert(1 if beta is None else beta, kind)
    drawn = execute("StatelessRandomGammaV2", [sizes(shape), _seed(seed), alpha + run("ZerosLike", beta)], {})
    return run("Maximum", run("RealDiv", drawn, beta), convert(1.1754943508222875e-38 if kind == 1 else 2.2250738585072014e-308, kind))


def stateless_poisson(shape, seed, lam, dtype=dtypes.int32, name=None):
    """Numbers of Poisson distributions, a function of the seed."""
    return execute("StatelessRandomPoisson", [sizes(shape), _seed(seed), tensor(lam)], {"dtype": number(dtype)})


def binomials(shape, seed, counts, probs, dtype):
    """Numbers of binomial distributions; counts and probs are broadcast to one another."""
    if isinstance(probs, (int, float)) and not isinstance(probs, bool):
        probs = float(probs)
    probs = tensor(probs)
    counts = convert(counts, probs._dtype_number)
    shaped = run("AddV2", run("ZerosLike", counts), run("ZerosLike", probs))
    return execute("StatelessRandomBinomial", [sizes(shape), seed, counts + shaped, probs + shaped], {"dtype": number(dtype)})


def stateless_binomial(shape, seed, counts, probs, output_dtype=dtypes.int32, name=None):
    """Numbers of binomial distributions, a function of the seed."""
    return binomials(shape, _seed(seed), counts, probs, output_dtype)


def stateless_categorical(logits, num_samples, seed, dtype=dtypes.int64, name=None):
    """Class numbers drawn by logits, a function of the seed."""
    return execute("StatelessMultinomial", [tensor(logits), convert(num_samples, 3), _seed(seed)], {"output_dtype": number(dtype)})


def _algorithm(alg):
    """Philox is the only one of the CPU's."""
    if alg in ("philox", "auto_select", 1, 3) or getattr(alg, "value", None) in (1, 3):
        return
    if alg in ("threefry", 2) or getattr(alg, "value", None) == 2:
        raise invalid("stateless random numbers: the CPU has no ThreeFry; use alg='philox'")
    raise ValueError("Argument `alg` got unsupported value %s. Supported values are philox for the Philox algorithm, threefry for the ThreeFry algorithm, and auto_select "
                     "for auto-selection." % (alg,))  # fmt: skip


def _seed(seed):
    made = tensor(seed)
    if made._shape_tuple not in (None, (2,), (None,)):
        raise invalid("seed must have shape [2], not %s" % (list(made._shape_tuple),))
    return made


def fold_in(seed, data, alg="auto_select"):
    """A seed for each number that goes with a seed."""
    _algorithm(alg)
    data = tensor(data)
    return run("Pack", _stateless("StatelessRandomUniformFullInt", [], _seed(seed), data.dtype), data)


def split(seed, num=2, alg="auto_select"):
    """Seeds of a seed."""
    _algorithm(alg)
    seed = _seed(seed)
    return _stateless("StatelessRandomUniformFullInt", [num, 2], seed, seed.dtype)


def stateless_shuffle(value, seed, alg="auto_select", name=None):
    """The rows in another order: each place in turn takes one of those that are left, by the next word of the stream."""
    _algorithm(alg)
    value = tensor(value)
    if value._shape_tuple is None or (value._shape_tuple and value._shape_tuple[0] is None):
        raise NotImplementedError("not implemented: tf.random.experimental.stateless_shuffle of rows whose number is not known; shuffle outside of the function")
    n = value._shape_tuple[0] if value._shape_tuple else 0
    words = _stateless("StatelessRandomUniformFullInt", [n], _seed(seed), dtypes.uint32).numpy() if n else []
    places = list(range(n))
    for i in range(n - 1):
        j = i + int(words[i]) % (n - i)
        places[i], places[j] = places[j], places[i]
    return run("GatherV2", value, convert(places, 3), convert(0, 3)) if n else value


EXPERIMENTAL_RANDOM = {"stateless_shuffle": stateless_shuffle, "stateless_fold_in": fold_in, "stateless_split": split}
RANDOM_2 = {"poisson": poisson, "stateless_gamma": stateless_gamma, "stateless_poisson": stateless_poisson, "stateless_binomial": stateless_binomial, "stateless_categorical": stateless_categorical, "fold_in": fold_in, "split": split,
            "stateless_normal": stateless_normal, "stateless_truncated_normal": stateless_truncated_normal, "stateless_uniform": stateless_uniform,
            "categorical": categorical, "gamma": random_ops.random_gamma}  # fmt: skip


def stateless_dropout(x, rate, seed, rng_alg=None, noise_shape=None, name=None):
    """tf.nn.dropout whose choice is a function of the seed."""
    return nn_ops.general_dropout(x, rate, lambda shape, dtype: stateless_uniform(shape, seed, dtype=dtype, alg=rng_alg or "auto_select"), noise_shape)


EXPERIMENTAL = {"stateless_dropout": stateless_dropout, "general_dropout": nn_ops.general_dropout}

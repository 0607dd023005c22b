"""What tf.contrib.distributions has beside tf.distributions."""

import math

import numpy as np

from sokuji._src.contrib import distributions as base
from sokuji._src.contrib.public import tf
from sokuji._src.contrib.distributions import FULLY_REPARAMETERIZED, Distribution, Normal, _kind, _LocScale


@_kind
class Deterministic(Distribution):
    """Always loc, within atol + rtol * |loc|."""

    _batch_of, _reparameterization = ("loc",), FULLY_REPARAMETERIZED

    def __init__(self, loc, atol=None, rtol=None, validate_args=False, allow_nan_stats=True, name="Deterministic"):
        self._begin(locals(), False, loc=loc)
        self._slack = (0.0 if atol is None else atol) + (0.0 if rtol is None else rtol) * tf.abs(self._loc)

    def _sample_n(self, n, seed):
        return self._loc + tf.zeros(_LocScale._shape(self, n), self.dtype)

    def _prob(self, x):
        return tf.cast(tf.abs(x - self._loc) <= self._slack, self.dtype)

    def _cdf(self, x):
        return tf.cast(x >= self._loc - self._slack, self.dtype)

    def _mean(self):
        return tf.identity(self._loc)

    _mode = _mean

    def _variance(self):
        return tf.zeros_like(self._loc)

    _entropy = _variance


@_kind
class Poisson(Distribution):
    """How many events come in a time in which rate come on average."""

    _batch_of, _also = ("rate",), ("log_rate",)

    def __init__(self, rate=None, log_rate=None, validate_args=False, allow_nan_stats=True, name="Poisson"):
        if (rate is None) == (log_rate is None):
            raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
        self._begin(locals(), rate=rate, log_rate=log_rate)
        if rate is None:
            self._rate = tf.exp(self._log_rate)
        else:
            self._log_rate = tf.log(self._rate)

    def _sample_n(self, n, seed):
        return tf.random_poisson(self._rate, [n], dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        return self._log_rate * x - tf.lgamma(1.0 + x) - self._rate

    def _cdf(self, x):
        return tf.igammac(1.0 + tf.floor(x), self._rate + tf.zeros_like(x))

    def _mean(self):
        return tf.identity(self._rate)

    _variance = _mean

    def _mode(self):
        return tf.floor(self._rate)


@_kind
class Logistic(_LocScale):
    """The logistic distribution."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Logistic"):
        self._begin(locals(), loc=loc, scale=scale)

    def _sample_n(self, n, seed):
        u = tf.random_uniform(self._shape(n), np.finfo(self.dtype.as_numpy_dtype).tiny, 1.0, self.dtype, seed)
        return (tf.log(u) - tf.log1p(-1.0 * u)) * self._scale + self._loc

    def _log_prob(self, x):
        z = self._z(x)
        return -z - 2.0 * tf.nn.softplus(-z) - tf.log(self._scale)

    def _cdf(self, x):
        return tf.sigmoid(self._z(x))

    def _log_cdf(self, x):
        return -tf.nn.softplus(-self._z(x))

    def _survival_function(self, x):
        return tf.sigmoid(-self._z(x))

    def _entropy(self):
        return self._full(2.0 + tf.log(self._scale))

    def _stddev(self):
        return self._full(self._scale) * math.pi / math.sqrt(3.0)


@_kind
class Cauchy(_LocScale):
    """Cauchy's distribution, without mean or variance."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Cauchy"):
        self._begin(locals(), loc=loc, scale=scale)

    def _sample_n(self, n, seed):
        return self._loc + self._scale * tf.tan(math.pi * (tf.random_uniform(self._shape(n), 0.0, 1.0, self.dtype, seed) - 0.5))

    def _log_prob(self, x):
        return -tf.log1p(tf.square(self._z(x))) - math.log(math.pi) - tf.log(self._scale)

    def _cdf(self, x):
        return tf.atan(self._z(x)) / math.pi + 0.5

    def _quantile(self, p):
        return self._loc + self._scale * tf.tan(math.pi * (p - 0.5))

    def _entropy(self):
        return self._full(math.log(4 * math.pi) + tf.log(self._scale))

    def _mode(self):
        return self._full(self._loc)

    def _mean(self):
        return self._full(self._loc) * float("nan")

    _stddev = _mean


@_kind
class MultivariateNormalDiag(Distribution):
    """Vectors of independent normal numbers."""

    _batch_of, _event_rank, _reparameterization = ("loc", "scale_diag"), 1, FULLY_REPARAMETERIZED

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, validate_args=False, allow_nan_stats=True, name="MultivariateNormalDiag"):
        if loc is None and scale_diag is None:
            raise NotImplementedError("not implemented: MultivariateNormalDiag without loc and scale_diag; give one of them")
        self._begin(locals(), loc=loc, scale_diag=scale_diag)
        self._loc = tf.zeros_like(self._scale_diag) if loc is None else self._loc
        self._dtype = self._loc.dtype
        ones = tf.ones_like(self._loc)
        self._scale_diag = ones if scale_diag is None else self._scale_diag
        if scale_identity_multiplier is not None:
            more = tf.convert_to_tensor(scale_identity_multiplier, dtype=self._dtype)[..., None] * ones
            self._scale_diag = more if scale_diag is None else self._scale_diag + more

    def _sample_n(self, n, seed):
        shape = base._joined([n] if isinstance(n, int) else tf.reshape(n, [1]), self._batch(), self._event())
        return tf.random_normal(shape, dtype=self.dtype, seed=seed) * self._scale_diag + self._loc

    def _log_prob(self, x):
        one = -0.5 * tf.square((x - self._loc) / self._scale_diag) - 0.5 * base._LOG_2PI - tf.log(tf.abs(self._scale_diag))
        return tf.reduce_sum(one, -1)

    def _mean(self):
        return self._full(self._loc)

    _mode = _mean

    def _stddev(self):
        return self._full(tf.abs(self._scale_diag))

    def _variance(self):
        return self._full(tf.square(self._scale_diag))

    def _covariance(self):
        return tf.matrix_diag(self._variance())

    def _entropy(self):
        return tf.reduce_sum(self._full(0.5 * base._LOG_2PI + 0.5 + tf.log(tf.abs(self._scale_diag))), -1)


@base.RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _diagonals(a, b, name=None):
    ratio = tf.square(a.stddev()) / tf.square(b.stddev())
    return tf.reduce_sum(tf.squared_difference(a.mean(), b.mean()) / (2.0 * tf.square(b.stddev())) + 0.5 * (ratio - 1.0 - tf.log(ratio)), -1)


class Independent(Distribution):
    """Another distribution whose last batch dimensions are of the event."""

    def __init__(self, distribution, reinterpreted_batch_ndims=None, validate_args=False, name=None):
        self.distribution, self.validate_args, self.allow_nan_stats = distribution, validate_args, distribution.allow_nan_stats
        self.parameters = dict(distribution=distribution, reinterpreted_batch_ndims=reinterpreted_batch_ndims, validate_args=validate_args, name=name)
        n = distribution.batch_shape.ndims
        self.reinterpreted_batch_ndims = max(0, n - 1) if reinterpreted_batch_ndims is None else reinterpreted_batch_ndims
        self._dtype, self._reparameterization = distribution.dtype, distribution.reparameterization_type
        self.name = name or "Independent" + distribution.name

    def _cut(self):
        return self.distribution.batch_shape.ndims - self.reinterpreted_batch_ndims

    @property
    def batch_shape(self):
        """The batch's shape, as far as it is known."""
        return self.distribution.batch_shape[: self._cut()]

    @property
    def event_shape(self):
        """One value's shape, as far as it is known."""
        return self.distribution.batch_shape[self._cut() :].concatenate(self.distribution.event_shape)

    def _batch(self):
        return self.distribution.batch_shape_tensor()[: self._cut()] if base._static(self.batch_shape) is None else base._static(self.batch_shape)

    def _event(self):
        known = base._static(self.event_shape)
        return known if known is not None else tf.concat([self.distribution.batch_shape_tensor()[self._cut() :], self.distribution.event_shape_tensor()], 0)

    def _sample_n(self, n, seed):
        return self.distribution.sample(n, seed)

    def _sum(self, x):
        return tf.reduce_sum(x, list(range(-self.reinterpreted_batch_ndims, 0))) if self.reinterpreted_batch_ndims else x

    def _log_prob(self, x):
        return self._sum(self.distribution.log_prob(x))

    def _entropy(self):
        return self._sum(self.distribution.entropy())


for _name in ("mean", "variance", "stddev", "mode"):
    setattr(Independent, "_" + _name, lambda self, name=_name: getattr(self.distribution, name)())


class NormalWithSoftplusScale(Normal):
    """Normal whose scale is softplus(scale)."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="NormalWithSoftplusScale"):
        given = dict(loc=loc, scale=scale, validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        super().__init__(loc, tf.nn.softplus(scale), validate_args, allow_nan_stats, name)
        self.parameters = given


class Chi2(base.Gamma):
    """The sum of the squares of df normal numbers."""

    _batch_of = ("df",)

    def __init__(self, df, validate_args=False, allow_nan_stats=True, name="Chi2"):
        self._begin(locals(), df=df)
        self._concentration, self._rate = 0.5 * self._df, tf.constant(0.5, self._dtype)

    df, concentration, rate = (property(lambda self, n=n: getattr(self, n)) for n in ("_df", "_concentration", "_rate"))


def softplus_inverse(x, name=None):
    """The number whose softplus x is."""
    return x + tf.log(-tf.expm1(-x))


NAMES = {c.__name__: c for c in (Deterministic, Poisson, Logistic, Cauchy, MultivariateNormalDiag, Independent, NormalWithSoftplusScale, Chi2, base.OneHotCategorical)}
NAMES["softplus_inverse"] = softplus_inverse

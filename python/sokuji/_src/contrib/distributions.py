"""tf.distributions and tf.contrib.distributions of 1.8: what is drawn, how likely it is, moments and divergences, over the names of 1.x."""

import contextlib
import hashlib
import inspect
import math

import numpy as np

from sokuji._src.contrib.public import tf
from sokuji._src.core.execute import run


class ReparameterizationType:
    """Whether gradients pass through samples."""

    def __init__(self, rep_type):
        self._rep_type = rep_type

    def __repr__(self):
        return "<Reparameteriation Type: %s>" % self._rep_type

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


FULLY_REPARAMETERIZED, NOT_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED"), ReparameterizationType("NOT_REPARAMETERIZED")
_LOG_2PI = math.log(2 * math.pi)


def _new_seed(seed, salt):
    return None if seed is None else int(hashlib.md5((str(seed) + salt).encode()).hexdigest()[:8], 16) & 0x7FFFFFFF


def _static(shape):
    """A vector of sizes: a list where they are known, else a tensor."""
    known = shape.as_list() if shape.ndims is not None else None
    return known if known is not None and None not in known else None


def _joined(*parts):
    if all(isinstance(p, list) for p in parts):
        return [d for p in parts for d in p]
    return tf.concat([tf.constant(p, tf.int32) if isinstance(p, list) else tf.cast(p, tf.int32) for p in parts], 0)


class Distribution:
    """What random values are drawn from; subclasses give _sample_n, _log_prob and moments."""

    _event_rank, _reparameterization = 0, NOT_REPARAMETERIZED
    _home = "distributions"

    def __init__(self, dtype, reparameterization_type, validate_args, allow_nan_stats, parameters=None, graph_parents=None, name=None):
        self._dtype, self._reparameterization, self.validate_args, self.allow_nan_stats = dtype, reparameterization_type, validate_args, allow_nan_stats
        self.parameters, self.name = {k: v for k, v in (parameters or {}).items() if k not in ("self", "__class__")}, name or type(self).__name__

    def _begin(self, given, floats=True, **tensors):
        """Notes the arguments and makes the parameters tensors, as attributes with an underscore."""
        self.parameters = {k: v for k, v in given.items() if k not in ("self", "__class__")}
        self.validate_args, self.allow_nan_stats = given["validate_args"], given["allow_nan_stats"]
        self.name = given["name"]
        with tf.name_scope(self.name, values=list(tensors.values())):
            kinds = {v.dtype for v in tensors.values() if hasattr(v, "dtype") and hasattr(v, "get_shape")}
            wanted = next(iter(kinds)) if len(kinds) == 1 else None
            for key, value in tensors.items():
                made = value if value is None else tf.identity(tf.convert_to_tensor(value, dtype=wanted if not hasattr(value, "dtype") else None), name=key)
                if made is not None and floats and not made.dtype.is_floating:
                    raise ValueError("Expected floating point type, got %s." % made.dtype)
                setattr(self, "_" + key, made)
        made = [v for k in tensors for v in [getattr(self, "_" + k)] if v is not None]
        self._dtype = made[0].dtype if made else tf.float32
        if floats and any(v.dtype != self._dtype for v in made):
            raise ValueError("%s, type=%s, must be of the same type (%r)." % (*next((v, v.dtype.__repr__()) for v in made if v.dtype != self._dtype), self._dtype))

    def _check(self, **rules):
        """validate_args: parameters that must be positive."""
        if self.validate_args:
            with tf.name_scope(self.name), tf.control_dependencies([getattr(tf, rule)(getattr(self, "_" + key)) for key, rule in rules.items()]):
                for key in self._batch_of:
                    setattr(self, "_" + key, tf.identity(getattr(self, "_" + key)))

    dtype = property(lambda self: self._dtype)
    reparameterization_type = property(lambda self: self._reparameterization)

    # ---- shapes ----

    def _parts(self):
        """The parameters whose shapes broadcast to the batch's."""
        return [getattr(self, "_" + key) for key in self._batch_of]

    @property
    def batch_shape(self):
        """The batch's shape, as far as it is known."""
        made = tf.TensorShape([])
        for part in self._parts():
            shape = part.shape[: part.shape.ndims - self._event_rank] if self._event_rank and part.shape.ndims is not None else part.shape
            made = tf.broadcast_static_shape(made, shape)
        return made

    @property
    def event_shape(self):
        """One value's shape, as far as it is known."""
        return self._parts()[0].shape[-1:] if self._event_rank else tf.TensorShape([])

    def _batch(self):
        known = _static(self.batch_shape)
        if known is not None:
            return known
        made = tf.constant([], tf.int32)
        for part in self._parts():
            shape = tf.shape(part)
            made = tf.broadcast_dynamic_shape(made, shape[:-1] if self._event_rank else shape)
        return made

    def _event(self):
        known = _static(self.event_shape)
        return known if known is not None else tf.shape(self._parts()[0])[-1:]

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """The batch's shape."""
        return tf.convert_to_tensor(self._batch(), dtype=tf.int32)

    def event_shape_tensor(self, name="event_shape_tensor"):
        """One value's shape."""
        return tf.convert_to_tensor(self._event(), dtype=tf.int32)

    def is_scalar_event(self, name="is_scalar_event"):
        """Whether a value is a scalar."""
        return tf.convert_to_tensor(self.event_shape.ndims == 0)

    def is_scalar_batch(self, name="is_scalar_batch"):
        """Whether there is one distribution."""
        return tf.convert_to_tensor(self.batch_shape.ndims == 0)

    # ---- values ----

    def sample(self, sample_shape=(), seed=None, name="sample"):
        """Values drawn: of shape sample_shape + batch's + event's."""
        with self._named(name):
            if isinstance(sample_shape, (int, np.integer)):
                sizes = [int(sample_shape)]
            elif isinstance(sample_shape, (list, tuple, tf.TensorShape)) and all(isinstance(d, (int, np.integer)) or hasattr(d, "value") for d in sample_shape):
                sizes = [int(d) for d in sample_shape]
            else:
                given = tf.cast(sample_shape, tf.int32)
                sizes = tf.reshape(given, [-1])
                known = tf.contrib.util.constant_value(sizes)
                sizes = sizes if known is None else [int(d) for d in known]
            n = int(np.prod(sizes)) if isinstance(sizes, list) else tf.reduce_prod(sizes)
            made = self._sample_n(n, seed)
            return tf.reshape(made, _joined(sizes, self._batch(), self._event()))

    @contextlib.contextmanager
    def _named(self, name):
        with tf.name_scope(self.name), tf.name_scope(name):
            yield

    def _lacks(self, name):
        return NotImplementedError("%s is not implemented" % name)

    def _value(self, value):
        return tf.convert_to_tensor(value, dtype=self.dtype if not hasattr(value, "dtype") else None)

    def _by(self, name, *others):
        """The first of the ways to compute what is wanted that the class has."""
        for other, turn in others:
            found = getattr(self, "_" + other, None)
            if found is not None:
                return lambda *a: turn(found(*a))
        raise self._lacks(name)

    def _of_value(self, name, value, *others):
        with self._named(name):
            return self._by(name, (name, lambda x: x), *others)(self._value(value))

    def prob(self, value, name="prob"):
        """How likely (how dense) a value is."""
        return self._of_value("prob", value, ("log_prob", tf.exp))

    def log_prob(self, value, name="log_prob"):
        """The logarithm of prob."""
        return self._of_value("log_prob", value, ("prob", tf.log))

    def cdf(self, value, name="cdf"):
        """How likely a value is at most this one."""
        return self._of_value("cdf", value, ("log_cdf", tf.exp))

    def log_cdf(self, value, name="log_cdf"):
        """The logarithm of cdf."""
        return self._of_value("log_cdf", value, ("cdf", tf.log))

    def survival_function(self, value, name="survival_function"):
        """How likely a value is greater than this one."""
        return self._of_value("survival_function", value, ("cdf", lambda x: 1.0 - x), ("log_cdf", lambda x: 1.0 - tf.exp(x)))

    def log_survival_function(self, value, name="log_survival_function"):
        """The logarithm of survival_function."""
        return self._of_value("log_survival_function", value, ("cdf", lambda x: tf.log1p(-x)), ("log_cdf", lambda x: tf.log1p(-tf.exp(x))))

    def quantile(self, value, name="quantile"):
        """The value whose cdf this is."""
        return self._of_value("quantile", value)

    def _stat(self, name, *others):
        with self._named(name):
            return self._by(name, (name, lambda x: x), *others)()

    def mean(self, name="mean"):
        """The mean."""
        return self._stat("mean")

    def mode(self, name="mode"):
        """The likeliest value."""
        return self._stat("mode")

    def variance(self, name="variance"):
        """The variance."""
        return self._stat("variance", ("stddev", tf.square))

    def stddev(self, name="stddev"):
        """The square root of the variance."""
        return self._stat("stddev", ("variance", tf.sqrt))

    def covariance(self, name="covariance"):
        """The covariance of an event's elements."""
        return self._stat("covariance")

    def entropy(self, name="entropy"):
        """Shannon's entropy, in nats."""
        return self._stat("entropy")

    def cross_entropy(self, other, name="cross_entropy"):
        """The entropy and the divergence from this distribution to the other."""
        return kl_divergence(self, other) + self.entropy()

    def kl_divergence(self, other, name="kl_divergence"):
        """The divergence of Kullback and Leibler to the other."""
        return kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    def copy(self, **override_parameters_kwargs):
        """Another one with some parameters changed."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    @classmethod
    def param_shapes(cls, sample_shape, name="DistributionParamShapes"):
        """The shapes of parameters for samples of one."""
        return {k: tf.convert_to_tensor(sample_shape, dtype=tf.int32) for k in cls._batch_of}

    @classmethod
    def param_static_shapes(cls, sample_shape):
        """The shapes of parameters for samples of one."""
        return {k: tf.TensorShape(sample_shape) for k in cls._batch_of}

    def _shown(self):
        return self.batch_shape, self.event_shape, self.dtype.name

    def __str__(self):
        return 'tf.distributions.%s("%s", batch_shape=%s, event_shape=%s, dtype=%s)' % (type(self).__name__, self.name, *self._shown())

    def __repr__(self):
        return "<tf.distributions.%s '%s' batch_shape=%s event_shape=%s dtype=%s>" % (type(self).__name__, self.name, *self._shown())

    def _full(self, value):
        """A moment for each of the batch."""
        return value + tf.zeros(_joined(self._batch(), self._event()), value.dtype)

    def _or_nan(self, holds, value, text):
        """The value where it exists; NaN elsewhere, or an error where the distribution allows none."""
        if self.allow_nan_stats:
            nan = tf.fill(tf.shape(value), tf.constant(float("nan"), value.dtype))
            return tf.where(holds & tf.fill(tf.shape(value), True), value, nan)
        with tf.control_dependencies([tf.Assert(tf.reduce_all(holds), [text])]):
            return tf.identity(value)


def _param(name, doc):
    made = property(lambda self: getattr(self, "_" + name))
    made.__doc__ = doc
    return made


def _kind(members):
    """A class's public parameters, after its tensors."""
    for name in members._batch_of + members.__dict__.get("_also", ()):
        if name not in members.__dict__:
            setattr(members, name, _param(name, "The parameter %s." % name))
    return members


def ndtr(x):
    """The normal distribution's cdf."""
    w = x * (0.5**0.5)
    z = tf.abs(w)
    return 0.5 * tf.where(z < 0.5**0.5, 1.0 + tf.erf(w), tf.where(w > 0.0, 2.0 - tf.erfc(z), tf.erfc(z)))


def log_ndtr(x):
    """The logarithm of the normal distribution's cdf, exact far below zero as well."""
    low = tf.minimum(x, -10.0 if x.dtype == tf.float32 else -20.0)
    square = tf.square(low)
    series = 1.0 - 1.0 / square + 3.0 / tf.square(square) - 15.0 / (square * tf.square(square))
    far = -0.5 * square - tf.log(-low) - 0.5 * _LOG_2PI + tf.log(series)
    high = tf.maximum(x, -10.0 if x.dtype == tf.float32 else -20.0)
    return tf.where(x > 5.0, -ndtr(-x), tf.where(x > (-10.0 if x.dtype == tf.float32 else -20.0), tf.log(ndtr(high)), far))


class _LocScale(Distribution):
    _batch_of, _reparameterization = ("loc", "scale"), FULLY_REPARAMETERIZED

    def _z(self, x):
        return (x - self._loc) / self._scale

    def _mean(self):
        return self._full(self._loc)

    _mode = _mean

    def _shape(self, n):
        return _joined([n] if isinstance(n, int) else tf.reshape(n, [1]), self._batch())


@_kind
class Normal(_LocScale):
    """The normal distribution with mean loc and standard deviation scale."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Normal"):
        self._begin(locals(), loc=loc, scale=scale)
        self._check(scale="assert_positive")

    def _sample_n(self, n, seed):
        return tf.random_normal(self._shape(n), 0.0, 1.0, self.dtype, seed) * self._scale + self._loc

    def _log_prob(self, x):
        return -0.5 * tf.square(self._z(x)) - (0.5 * _LOG_2PI + tf.log(self._scale))

    def _cdf(self, x):
        return ndtr(self._z(x))

    def _log_cdf(self, x):
        return log_ndtr(self._z(x))

    def _survival_function(self, x):
        return ndtr(-self._z(x))

    def _log_survival_function(self, x):
        return log_ndtr(-self._z(x))

    def _quantile(self, p):
        return self._loc + self._scale * run("Ndtri", p)

    def _stddev(self):
        return self._full(self._scale)

    def _entropy(self):
        return self._full(0.5 * _LOG_2PI + 0.5 + tf.log(self._scale))


@_kind
class Laplace(_LocScale):
    """Laplace's distribution: two exponentials, back to back at loc."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Laplace"):
        self._begin(locals(), loc=loc, scale=scale)
        self._check(scale="assert_positive")

    def _sample_n(self, n, seed):
        kind = self.dtype.as_numpy_dtype
        u = tf.random_uniform(self._shape(n), np.nextafter(kind(-1.0), kind(0.0)), 1.0, self.dtype, seed)
        return self._loc - self._scale * tf.sign(u) * tf.log1p(-tf.abs(u))

    def _log_prob(self, x):
        return -tf.abs(self._z(x)) - math.log(2.0) - tf.log(self._scale)

    def _cdf(self, x):
        z = self._z(x)
        return 0.5 + 0.5 * tf.sign(z) * (1.0 - tf.exp(-tf.abs(z)))

    def _log_cdf(self, x):
        z = self._z(x)
        return tf.where(z < 0.0, z - math.log(2.0), tf.log1p(-0.5 * tf.exp(-tf.abs(z))))

    def _log_survival_function(self, x):
        z = -self._z(x)
        return tf.where(z < 0.0, z - math.log(2.0), tf.log1p(-0.5 * tf.exp(-tf.abs(z))))

    def _stddev(self):
        return math.sqrt(2.0) * self._full(self._scale)

    def _entropy(self):
        return self._full(math.log(2.0) + 1.0 + tf.log(self._scale))


@_kind
class Uniform(Distribution):
    """Numbers from low to high, all as likely."""

    _batch_of, _reparameterization = ("low", "high"), FULLY_REPARAMETERIZED

    def __init__(self, low=0.0, high=1.0, validate_args=False, allow_nan_stats=True, name="Uniform"):
        self._begin(locals(), low=low, high=high)
        if validate_args:
            with tf.control_dependencies([tf.assert_less(self._low, self._high, message="uniform not defined when low >= high.")]):
                self._low = tf.identity(self._low)

    _shape = _LocScale._shape

    def range(self, name="range"):
        """high - low."""
        return self._high - self._low

    def _sample_n(self, n, seed):
        return self._low + self.range() * tf.random_uniform(self._shape(n), dtype=self.dtype, seed=seed)

    def _prob(self, x):
        x = x * tf.ones(self._batch(), x.dtype)
        inside = tf.where((x < self._low) | (x >= self._high), tf.zeros_like(x), tf.ones_like(x) / self.range())
        return tf.where(tf.is_nan(x), x, inside)

    def _cdf(self, x):
        return tf.clip_by_value((x - self._low) / self.range(), 0.0, 1.0)

    def _mean(self):
        return (self._low + self._high) / 2.0

    def _variance(self):
        return tf.square(self.range()) / 12.0

    def _stddev(self):
        return self.range() / math.sqrt(12.0)

    def _entropy(self):
        return tf.log(self.range())


@_kind
class Gamma(Distribution):
    """The gamma distribution; its samples are not differentiated."""

    _batch_of = ("concentration", "rate")

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name="Gamma"):
        self._begin(locals(), concentration=concentration, rate=rate)
        self._check(concentration="assert_positive", rate="assert_positive")

    def _sample_n(self, n, seed):
        return tf.random_gamma([n], self._concentration, self._rate, self.dtype, seed)

    def _log_prob(self, x):
        a, b = self._concentration, self._rate
        return (a - 1.0) * tf.log(x) - b * x - (tf.lgamma(a) - a * tf.log(b))

    def _cdf(self, x):
        return tf.igamma(self._full(self._concentration), self._rate * x)

    def _entropy(self):
        a = self._concentration
        return a - tf.log(self._rate) + tf.lgamma(a) + (1.0 - a) * tf.digamma(a)

    def _mean(self):
        return self._concentration / self._rate

    def _variance(self):
        return self._concentration / tf.square(self._rate)

    def _stddev(self):
        return tf.sqrt(self._concentration) / self._rate

    def _mode(self):
        return self._or_nan(self._full(self._concentration) > 1.0, (self._concentration - 1.0) / self._rate, "mode not defined when any concentration <= 1")


@_kind
class Exponential(Gamma):
    """Times between events that come at a rate."""

    _batch_of, _reparameterization = ("rate",), True

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name="Exponential"):
        self._begin(locals(), rate=rate)
        self._check(rate="assert_positive")
        self._concentration = tf.ones_like(self._rate)

    concentration = property(lambda self: self._concentration)

    def _sample_n(self, n, seed):
        u = tf.random_uniform(_LocScale._shape(self, n), np.finfo(self.dtype.as_numpy_dtype).tiny, 1.0, self.dtype, seed)
        return -tf.log(u) / self._rate


def _log_beta(a, b):
    return tf.lgamma(a) + tf.lgamma(b) - tf.lgamma(a + b)


@_kind
class Beta(Distribution):
    """The beta distribution, of numbers from 0 to 1."""

    _batch_of = ("concentration1", "concentration0")

    def __init__(self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True, name="Beta"):
        self._begin(locals(), concentration1=concentration1, concentration0=concentration0)
        self._check(concentration1="assert_positive", concentration0="assert_positive")

    total_concentration = property(lambda self: self._concentration1 + self._concentration0)

    def _sample_n(self, n, seed):
        ones = tf.ones_like(self.total_concentration)
        a = tf.random_gamma([n], ones * self._concentration1, dtype=self.dtype, seed=seed)
        b = tf.random_gamma([n], ones * self._concentration0, dtype=self.dtype, seed=_new_seed(seed, "beta"))
        return a / (a + b)

    def _log_prob(self, x):
        a, b = self._concentration1, self._concentration0
        return (a - 1.0) * tf.log(x) + (b - 1.0) * tf.log1p(-x) - _log_beta(a, b)

    def _cdf(self, x):
        return tf.betainc(self._full(self._concentration1), self._full(self._concentration0), x + tf.zeros_like(self.total_concentration))

    def _mean(self):
        return self._concentration1 / self.total_concentration

    def _variance(self):
        return self._mean() * (1.0 - self._mean()) / (1.0 + self.total_concentration)

    def _entropy(self):
        a, b, both = self._concentration1, self._concentration0, self.total_concentration
        return _log_beta(a, b) - (a - 1.0) * tf.digamma(a) - (b - 1.0) * tf.digamma(b) + (both - 2.0) * tf.digamma(both)

    def _mode(self):
        a, b = self._concentration1, self._concentration0
        return self._or_nan((self._full(a) > 1.0) & (self._full(b) > 1.0), (a - 1.0) / (a + b - 2.0), "Mode undefined for concentration1 <= 1.")


@_kind
class StudentT(Distribution):
    """Student's distribution with df degrees of freedom."""

    _batch_of = ("df", "loc", "scale")

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name="StudentT"):
        self._begin(locals(), df=df, loc=loc, scale=scale)
        self._check(df="assert_positive")

    def _sample_n(self, n, seed):
        normal = tf.random_normal(_LocScale._shape(self, n), dtype=self.dtype, seed=seed)
        df = self._df * tf.ones(self._batch(), self.dtype)
        gamma = tf.random_gamma([n], 0.5 * df, 0.5, self.dtype, _new_seed(seed, "student_t"))
        return normal * tf.rsqrt(gamma / df) * self._scale + self._loc

    def _log_prob(self, x):
        y, df = (x - self._loc) / self._scale, self._df
        return -0.5 * (df + 1.0) * tf.log1p(y**2.0 / df) - (
            tf.log(tf.abs(self._scale)) + 0.5 * tf.log(df) + 0.5 * math.log(math.pi) + tf.lgamma(0.5 * df) - tf.lgamma(0.5 * (df + 1.0)))  # fmt: skip

    def _cdf(self, x):
        y = (x - self._loc) / tf.abs(self._scale)
        df = self._df + tf.zeros_like(y)
        below = 0.5 * tf.betainc(0.5 * df, 0.5 * tf.ones_like(y), df / (y**2.0 + df))
        return tf.where(y < 0.0, below, 1.0 - below)

    def _entropy(self):
        df = self._full(self._df)
        return tf.log(tf.abs(self._scale)) + 0.5 * tf.log(df) + _log_beta(0.5 * tf.ones_like(df), 0.5 * df) + 0.5 * (df + 1.0) * (tf.digamma(0.5 * (df + 1.0)) - tf.digamma(0.5 * df))

    def _mean(self):
        return self._or_nan(self._full(self._df) > 1.0, self._full(self._loc), "mean not defined for components of df <= 1")

    def _variance(self):
        df = self._full(self._df)
        safe = tf.where(df > 2.0, df - 2.0, tf.ones_like(df))
        value = tf.where(df > 2.0, tf.square(self._full(self._scale)) * df / safe, tf.fill(tf.shape(df), tf.constant(float("inf"), df.dtype)))
        return self._or_nan(df > 1.0, value, "variance not defined for components of df <= 1")

    def _mode(self):
        return tf.identity(self._loc)


def _chance(dist, given, logits, probs, event=False):
    """Makes both of a distribution's logits and probabilities."""
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")
    dist._begin(given, logits=logits, probs=probs)
    if logits is None:
        dist._logits = tf.log(dist._probs) if event else tf.log(dist._probs) - tf.log1p(-1.0 * dist._probs)
    else:
        dist._probs = tf.nn.softmax(dist._logits) if event else tf.sigmoid(dist._logits)
    if dist.validate_args and probs is not None:
        with tf.control_dependencies([tf.assert_non_negative(dist._probs, message="probs has components less than 0."),
                                      tf.assert_less_equal(dist._probs, tf.ones((), dist._probs.dtype), message="probs has components greater than 1.")]):  # fmt: skip
            dist._probs = tf.identity(dist._probs)
    if "dtype" in given:
        dist._dtype = tf.as_dtype(given["dtype"])


@_kind
class Bernoulli(Distribution):
    """1 with the probability probs, else 0."""

    _batch_of, _also = ("logits",), ("probs",)

    def __init__(self, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True, name="Bernoulli"):
        dtype = tf.int32 if dtype is None else dtype
        _chance(self, locals(), logits, probs)

    def _sample_n(self, n, seed):
        u = tf.random_uniform(_LocScale._shape(self, n), seed=seed, dtype=self._probs.dtype)
        return tf.cast(u < self._probs, self.dtype)

    def _log_prob(self, event):
        event = tf.cast(event, self._logits.dtype)
        logits = self._logits + tf.zeros_like(event)
        return -tf.nn.sigmoid_cross_entropy_with_logits(labels=event + tf.zeros_like(logits), logits=logits)

    def _entropy(self):
        return -self._logits * (tf.sigmoid(self._logits) - 1.0) + tf.nn.softplus(-self._logits)

    def _mean(self):
        return tf.identity(self._probs)

    def _variance(self):
        return self._probs * (1.0 - self._probs)

    def _mode(self):
        return tf.cast(self._probs > 0.5, self.dtype)


class _Classes(Distribution):
    """Of classes with probabilities, or logits, along the last axis."""

    _batch_of = ("logits",)

    event_size = property(lambda self: tf.shape(self._logits)[-1] if self._logits.shape[-1].value is None else tf.constant(self._logits.shape[-1].value))

    @property
    def batch_shape(self):
        """The batch's shape, as far as it is known."""
        return self._logits.shape[:-1]

    def _batch(self):
        known = _static(self.batch_shape)
        return tf.shape(self._logits)[:-1] if known is None else known

    def _drawn(self, n, seed):
        """Class numbers: (n, batch…)"""
        k = self._logits.shape[-1].value
        flat = tf.reshape(self._logits, [-1, tf.shape(self._logits)[-1] if k is None else k])
        return tf.reshape(tf.transpose(tf.multinomial(flat, n, seed=seed)), _LocScale._shape(self, n))

    def _entropy(self):
        return -tf.reduce_sum(tf.nn.log_softmax(self._logits) * self._probs, axis=-1)


@_kind
class Categorical(_Classes):
    """One of several classes, as a number."""

    _also = ("probs",)

    def __init__(self, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True, name="Categorical"):
        dtype = tf.int32 if dtype is None else dtype
        _chance(self, locals(), logits, probs, True)

    def _sample_n(self, n, seed):
        return tf.cast(self._drawn(n, seed), self.dtype)

    def _log_prob(self, k):
        k = tf.cast(k, self.dtype if self.dtype.is_integer else tf.int32)
        logits = self._logits
        if k.shape.ndims != self.batch_shape.ndims or k.shape.as_list() != self.batch_shape.as_list():
            spread = tf.ones_like(k, logits.dtype)
            logits = logits * tf.expand_dims(spread, -1)
            k = k + tf.zeros(tf.shape(logits)[:-1], k.dtype)
        return -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _cdf(self, k):
        n = tf.range(tf.shape(self._logits)[-1])
        before = tf.cast(n < tf.cast(k, tf.int32)[..., None], self._probs.dtype)
        return tf.reduce_sum(self._probs * before, -1)

    def _mode(self):
        return tf.cast(tf.argmax(self._logits, axis=-1), self.dtype)


@_kind
class OneHotCategorical(_Classes):
    """One of several classes, as a vector with a single 1."""

    _also, _event_rank = ("probs",), 1

    def __init__(self, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True, name="OneHotCategorical"):
        dtype = tf.int32 if dtype is None else dtype
        _chance(self, locals(), logits, probs, True)

    def _sample_n(self, n, seed):
        return tf.one_hot(self._drawn(n, seed), self._event()[0], dtype=self.dtype)

    def _log_prob(self, x):
        x = tf.cast(x, self._logits.dtype)
        return -tf.nn.softmax_cross_entropy_with_logits_v2(labels=x + tf.zeros_like(self._logits), logits=self._logits + tf.zeros_like(x))

    def _mode(self):
        return tf.one_hot(tf.argmax(self._logits, axis=-1), self._event()[0], dtype=self.dtype)

    def _mean(self):
        return self._probs

    def _variance(self):
        return self._probs * (1.0 - self._probs)

    def _covariance(self):
        p = self._probs
        return tf.matrix_set_diag(-tf.matmul(p[..., None], p[..., None, :]), self._variance())


@_kind
class Dirichlet(Distribution):
    """Probabilities that sum to 1."""

    _batch_of, _event_rank = ("concentration",), 1

    def __init__(self, concentration, validate_args=False, allow_nan_stats=True, name="Dirichlet"):
        self._begin(locals(), concentration=concentration)
        self._check(concentration="assert_positive")

    total_concentration = property(lambda self: tf.reduce_sum(self._concentration, -1))

    def _sample_n(self, n, seed):
        made = tf.random_gamma([n], self._concentration, dtype=self.dtype, seed=seed)
        return made / tf.reduce_sum(made, -1, keepdims=True)

    def _lbeta(self):
        return tf.reduce_sum(tf.lgamma(self._concentration), -1) - tf.lgamma(self.total_concentration)

    def _log_prob(self, x):
        return tf.reduce_sum((self._concentration - 1.0) * tf.log(x), -1) - self._lbeta()

    def _entropy(self):
        k, both, a = tf.cast(tf.shape(self._concentration)[-1], self.dtype), self.total_concentration, self._concentration
        return self._lbeta() + (both - k) * tf.digamma(both) - tf.reduce_sum((a - 1.0) * tf.digamma(a), -1)

    def _mean(self):
        return self._concentration / self.total_concentration[..., None]

    def _factor(self):
        return tf.rsqrt(1.0 + self.total_concentration[..., None])

    def _variance(self):
        x = self._factor() * self._mean()
        return self._factor() ** 2 * self._mean() - x**2

    def _covariance(self):
        x = self._factor() * self._mean()
        return tf.matrix_set_diag(-tf.matmul(x[..., None], x[..., None, :]), self._variance())

    def _mode(self):
        a = self._concentration
        k = tf.cast(tf.shape(a)[-1], self.dtype)
        return self._or_nan(tf.reduce_all(a > 1.0, -1, keepdims=True), (a - 1.0) / (self.total_concentration[..., None] - k), "Mode undefined for components <= 1.")


@_kind
class Multinomial(_Classes):
    """How often each of several classes is drawn in total_count draws."""

    _also, _event_rank = ("probs", "total_count"), 1

    def __init__(self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="Multinomial"):
        _chance(self, locals(), logits, probs, True)
        self._total_count = tf.convert_to_tensor(total_count, dtype=None if hasattr(total_count, "dtype") else self._dtype, name="total_count")

    @property
    def batch_shape(self):
        """The batch's shape, as far as it is known."""
        return tf.broadcast_static_shape(self._logits.shape[:-1], self._total_count.shape)

    def _batch(self):
        known = _static(self.batch_shape)
        return tf.broadcast_dynamic_shape(tf.shape(self._logits)[:-1], tf.shape(self._total_count)) if known is None else known

    def _sample_n(self, n, seed):
        k, batch = self._event()[0], self._batch()
        logits = tf.reshape(self._logits + tf.zeros(_joined(batch, [1]), self.dtype), [-1, k])
        draws = tf.reshape(tf.cast(self._total_count, tf.int32) + tf.zeros(batch, tf.int32), [-1])

        def one(row):
            made = tf.reshape(tf.multinomial(row[0][None], n * row[1], seed=seed), [n, -1])
            return tf.reduce_sum(tf.one_hot(made, depth=k), axis=-2)

        made = tf.map_fn(one, [logits, draws], dtype=tf.float32)
        made = tf.transpose(made, [1, 0, 2])
        return tf.cast(tf.reshape(made, _joined([n] if isinstance(n, int) else tf.reshape(n, [1]), batch, [k])), self.dtype)

    def _log_prob(self, counts):
        total = tf.cast(self._total_count, self.dtype)
        ways = tf.lgamma(total + 1.0) - tf.reduce_sum(tf.lgamma(counts + 1.0), -1)
        return tf.reduce_sum(counts * tf.nn.log_softmax(self._logits), -1) + ways

    _entropy = None

    def _mean(self):
        return self._probs * tf.cast(self._total_count, self.dtype)[..., None]

    def _variance(self):
        return self._mean() - self._mean() * self._probs

    def _covariance(self):
        p = self._probs * tf.ones_like(tf.cast(self._total_count, self.dtype))[..., None]
        return tf.matrix_set_diag(-tf.matmul(self._mean()[..., None], p[..., None, :]), self._variance())


@_kind
class DirichletMultinomial(Distribution):
    """A multinomial whose probabilities are of a Dirichlet distribution."""

    _batch_of, _also, _event_rank = ("concentration",), ("total_count",), 1

    def __init__(self, total_count, concentration, validate_args=False, allow_nan_stats=True, name="DirichletMultinomial"):
        self._begin(locals(), concentration=concentration)
        self._total_count = tf.convert_to_tensor(total_count, dtype=None if hasattr(total_count, "dtype") else self._dtype)

    total_concentration = property(lambda self: tf.reduce_sum(self._concentration, -1))
    _lbeta = Dirichlet._lbeta

    def _sample_n(self, n, seed):
        k, batch = self._event()[0], self._batch()
        gamma = tf.random_gamma([n], self._concentration, dtype=self.dtype, seed=seed)
        logits = tf.reshape(tf.log(gamma), [-1, k])
        made = tf.multinomial(logits, tf.cast(self._total_count, tf.int32), seed=_new_seed(seed, "dirichlet_multinomial"))
        return tf.cast(tf.reshape(tf.reduce_sum(tf.one_hot(made, depth=k), -2), _joined([n] if isinstance(n, int) else tf.reshape(n, [1]), batch, [k])), self.dtype)

    def _log_prob(self, counts):
        both = self._concentration + counts
        ways = tf.lgamma(self._total_count + 1.0) - tf.reduce_sum(tf.lgamma(counts + 1.0), -1)
        return tf.reduce_sum(tf.lgamma(both), -1) - tf.lgamma(tf.reduce_sum(both, -1)) - self._lbeta() + ways

    def _mean(self):
        return self._total_count[..., None] * self._concentration / self.total_concentration[..., None]

    def _scaled(self):
        total = self.total_concentration[..., None]
        return tf.sqrt((1.0 + total / self._total_count[..., None]) / (1.0 + total))

    def _variance(self):
        x = self._scaled() * self._mean()
        return x * (self._scaled() * self._total_count[..., None] - x)

    def _covariance(self):
        x = self._scaled() * self._mean()
        return tf.matrix_set_diag(-tf.matmul(x[..., None], x[..., None, :]), self._variance())


# ---- divergences ----

_DIVERGENCES = {}


class RegisterKL:
    """A decorator: the function gives the divergence of two classes of distributions."""

    def __init__(self, dist_cls_a, dist_cls_b):
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn):
        if not callable(kl_fn):
            raise TypeError("kl_fn must be callable, received: %s" % kl_fn)
        if self._key in _DIVERGENCES:
            raise ValueError("KL(%s || %s) has already been registered to: %s" % (self._key[0].__name__, self._key[1].__name__, _DIVERGENCES[self._key]))
        _DIVERGENCES[self._key] = kl_fn
        return kl_fn


def kl_divergence(distribution_a, distribution_b, allow_nan_stats=True, name=None):
    """The divergence of Kullback and Leibler from one distribution to the other."""
    for a in inspect.getmro(type(distribution_a)):
        for b in inspect.getmro(type(distribution_b)):
            if (a, b) in _DIVERGENCES:
                made = _DIVERGENCES[a, b](distribution_a, distribution_b, name=name)
                if allow_nan_stats:
                    return made
                with tf.control_dependencies([tf.Assert(tf.logical_not(tf.reduce_any(tf.is_nan(made))), ["KL calculation between distributions returned NaN values"])]):
                    return tf.identity(made)
    raise NotImplementedError("No KL(distribution_a || distribution_b) registered for distribution_a type %s and distribution_b type %s"
                              % (type(distribution_a).__name__, type(distribution_b).__name__))  # fmt: skip


@RegisterKL(Normal, Normal)
def _normals(a, b, name=None):
    ratio = tf.square(a.scale) / tf.square(b.scale)
    return tf.squared_difference(a.loc, b.loc) / (2.0 * tf.square(b.scale)) + 0.5 * (ratio - 1.0 - tf.log(ratio))


@RegisterKL(Bernoulli, Bernoulli)
def _bernoullis(a, b, name=None):
    plus = tf.nn.softplus
    return tf.sigmoid(a.logits) * (plus(-b.logits) - plus(-a.logits)) + tf.sigmoid(-a.logits) * (plus(b.logits) - plus(a.logits))


@RegisterKL(OneHotCategorical, OneHotCategorical)
@RegisterKL(Categorical, Categorical)
def _categoricals(a, b, name=None):
    return tf.reduce_sum(tf.nn.softmax(a.logits) * (tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)), -1)


@RegisterKL(Beta, Beta)
def _betas(a, b, name=None):
    one, zero = a.concentration1 - b.concentration1, a.concentration0 - b.concentration0
    return (_log_beta(b.concentration1, b.concentration0) - _log_beta(a.concentration1, a.concentration0) + one * tf.digamma(a.concentration1)
            + zero * tf.digamma(a.concentration0) - (one + zero) * tf.digamma(a.total_concentration))  # fmt: skip


@RegisterKL(Gamma, Gamma)
def _gammas(a, b, name=None):
    p, q = a.concentration, b.concentration
    return (p - q) * tf.digamma(p) + tf.lgamma(q) - tf.lgamma(p) + q * tf.log(a.rate) - q * tf.log(b.rate) + p * (b.rate / a.rate - 1.0)


@RegisterKL(Dirichlet, Dirichlet)
def _dirichlets(a, b, name=None):
    apart = tf.digamma(a.concentration) - tf.digamma(a.total_concentration[..., None])
    return tf.reduce_sum((a.concentration - b.concentration) * apart, -1) - a._lbeta() + b._lbeta()


NAMES = {c.__name__: c for c in (Bernoulli, Beta, Categorical, Dirichlet, DirichletMultinomial, Distribution, Exponential, Gamma, Laplace, Multinomial, Normal, RegisterKL,
                                 ReparameterizationType, StudentT, Uniform)}  # fmt: skip
NAMES.update(kl_divergence=kl_divergence, FULLY_REPARAMETERIZED=FULLY_REPARAMETERIZED, NOT_REPARAMETERIZED=NOT_REPARAMETERIZED)

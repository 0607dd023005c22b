"""tf.random.Generator: a stream of Philox numbers whose state is a variable. Each call takes 256 places for every number that it draws."""

import enum

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import convert, execute, number, run, sizes
from sokuji._src.ops import stateless_random_ops
from sokuji._src.variables import trackable, variables

_PLACES = 256
_SIZES = {1: 3, 2: 2}  # of the states of Philox and ThreeFry
_LOWEST = -(2**63)


class Algorithm(enum.Enum):
    """tf.random.Algorithm."""

    PHILOX, THREEFRY, AUTO_SELECT = 1, 2, 3


def _algorithm(alg):
    names = {"philox": 1, "threefry": 2, "auto_select": 1, Algorithm.PHILOX: 1, Algorithm.THREEFRY: 2, Algorithm.AUTO_SELECT: 1}
    if isinstance(alg, str) and alg not in names:
        raise ValueError("Argument `alg` got unsupported value %s. Supported values are philox for the Philox algorithm, threefry for the ThreeFry algorithm, and "
                         "auto_select for auto-selection." % alg)  # fmt: skip
    return names.get(alg, alg if isinstance(alg, Algorithm) else int(alg) if not isinstance(alg, str) else None)


def _wrapped(value):
    """A number of any size as the int64 of the same 64 bits."""
    value = int(value) & (2**64 - 1)
    return value - 2**64 if value >= 2**63 else value


def create_rng_state(seed, alg):
    """The state of a generator that begins with the seed."""
    n = _SIZES[_algorithm(alg)]
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        seed = int(seed)
        made = [_wrapped(seed >> 64 * k) for k in range(n)]
    else:
        given = [_wrapped(v) for v in np.atleast_1d(np.asarray(seed)).ravel()]
        made = [0] * (n - len(given)) + given
        if len(made) != n:
            raise ValueError("the seed has %d numbers; a state has %d" % (len(given), n))
    return convert(np.array(made, np.int64), 9)


class Generator(trackable.AutoTrackable):
    """Random numbers of its own stream; make it by from_seed, from_state, from_key_counter or from_non_deterministic_state."""

    def __init__(self, copy_from=None, state=None, alg=None):
        if copy_from is not None:
            if state is not None or alg is not None:
                raise AssertionError("copy_from goes without state and alg")
            state, alg = copy_from.state, copy_from.algorithm
        if state is None or alg is None:
            raise AssertionError("a Generator needs a state and an algorithm; use tf.random.Generator.from_seed")
        self._alg = _algorithm(alg)
        value = self._checked(state)
        shared = copy_from is None and isinstance(state, _core.VariableBase)
        self._state_var = state if shared else variables.Variable(value, trainable=False, name="StateVar", dtype=dtypes.int64)

    def _checked(self, state):
        value = state._read() if isinstance(state, _core.VariableBase) else convert(state, 9)
        if value._shape_tuple != (_SIZES[self._alg],):
            raise ValueError("Shapes %s and [%d] are incompatible" % (value.shape, _SIZES[self._alg]))
        return value

    @classmethod
    def from_state(cls, state, alg):
        return cls(state=state, alg=alg)

    @classmethod
    def from_seed(cls, seed, alg=None):
        alg = _algorithm("philox" if alg is None else alg)
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg=None):
        alg = _algorithm("philox" if alg is None else alg)
        return cls(state=np.frombuffer(np.random.SeedSequence().generate_state(2 * _SIZES[alg]).tobytes(), np.int64), alg=alg)

    @classmethod
    def from_key_counter(cls, key, counter, alg):
        alg = _algorithm(alg)
        return cls(state=_key_counter(key, counter, alg), alg=alg)

    state = property(lambda self: self._state_var)
    algorithm = property(lambda self: self._alg)
    key = property(lambda self: self._state_var[_SIZES[self._alg] - 1])

    def reset(self, state):
        self._state_var.assign(self._checked(state))

    def reset_from_seed(self, seed):
        self.reset(create_rng_state(seed, self._alg))

    def reset_from_key_counter(self, key, counter):
        self.reset(_key_counter(key, counter, self._alg))

    # ---- the stream ----

    def skip(self, delta):
        """Goes on by so many numbers; returns the state before."""
        if self._alg != 1:
            raise errors.UnimplementedError(None, None, "Non-XLA devices don't support the ThreeFry algorithm.")
        now = self._state_var._read()
        low, high = now[0], now[1]
        moved = low + convert(delta, 9) * convert(_PLACES, 9)
        lowest = convert(_LOWEST, 9)
        carry = execute("Cast", [run("Less", run("BitwiseXor", moved, lowest), run("BitwiseXor", low, lowest))], {"DstT": 9})
        self._state_var._assign(run("Pack", moved, high + carry, now[2]))
        return now

    def _drawn(self, op, shape, *more, **attributes):
        size = sizes(shape)
        delta = execute("Cast", [run("Prod", size, convert([0], 3))], {"DstT": 9})
        return execute(op, [size, self.skip(delta), *more], attributes)

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        kind = _floating(dtype)
        return self._drawn("StatelessRandomNormal", shape, dtype=kind) * convert(stddev, kind) + convert(mean, kind)

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        kind = _floating(dtype)
        return self._drawn("StatelessTruncatedNormal", shape, dtype=kind) * convert(stddev, kind) + convert(mean, kind)

    def uniform(self, shape, minval=0, maxval=None, dtype=dtypes.float32, name=None):
        dtype = dtypes.as_dtype(dtype)
        kind = dtype._number
        if dtype.is_integer:
            if (minval is None) != (maxval is None):
                raise ValueError("For integer dtype %r, minval and maxval must be both `None` or both non-`None`; got minval=%s and maxval=%s" % (dtype, minval, maxval))
            return self._drawn("StatelessRandomUniformInt", shape, convert(minval, kind), convert(maxval, kind)) if minval is not None else self.uniform_full_int(shape, dtype)
        low, high = convert(minval, _floating(dtype)), convert(1 if maxval is None else maxval, kind)
        return self._drawn("StatelessRandomUniform", shape, dtype=kind) * (high - low) + low

    def uniform_full_int(self, shape, dtype=dtypes.uint64, name=None):
        return self._drawn("StatelessRandomUniformFullInt", shape, dtype=number(dtype))

    def binomial(self, shape, counts, probs, dtype=dtypes.int32, name=None):
        """Takes as much of the stream as TensorFlow does: 50 places for each number, and for three more of each distribution."""
        size, counts, probs = sizes(shape), stateless_random_ops.tensor(counts), stateless_random_ops.tensor(probs)
        shaped = run("ZerosLike", execute("Cast", [counts], {"DstT": 1})) + run("ZerosLike", execute("Cast", [probs], {"DstT": 1}))
        n, batches = (execute("Cast", [t], {"DstT": 9}) for t in (run("Prod", size, convert([0], 3)), run("Size", shaped)))
        return stateless_random_ops.binomials(shape, self.skip((n + batches * convert(3, 9)) * convert(50, 9)), counts, probs, dtype)

    def make_seeds(self, count=1):
        """Seeds for stateless functions, a column each."""
        keys = self.uniform_full_int([count], dtypes.int64)
        return run("Pack", keys, run("ZerosLike", keys))

    def split(self, count=1):
        """Generators whose streams do not meet."""
        keys = self.uniform_full_int([count], dtypes.int64)
        zero = convert(0, 9)
        return [Generator(state=run("Pack", zero, zero, keys[i]), alg=self._alg) for i in range(count)]


def _floating(dtype):
    kind = dtypes.as_dtype(dtype)._number
    if kind not in (1, 2):
        if dtypes.as_dtype(dtype).is_integer:
            raise TypeError("Cannot convert 0.0 to EagerTensor of dtype %s" % dtypes.as_dtype(dtype).name)
        raise NotImplementedError("not implemented: tf.random.Generator's numbers of %s; use tf.float32 and tf.cast" % dtypes.as_dtype(dtype).name)
    return kind


def _key_counter(key, counter, alg):
    counter, n = np.asarray(counter, np.int64), _SIZES[alg] - 1
    if counter.shape != (n,):
        raise ValueError("Shapes %s and [%d] are incompatible" % (counter.shape, n))
    return convert(np.array([*counter, _wrapped(key)], np.int64), 9)


_global = None


def get_global_generator():
    """The generator of the process, made from the machine's entropy where none was set."""
    global _global
    if _global is None:
        _global = Generator.from_non_deterministic_state()
    return _global


def set_global_generator(generator):
    """From now on the global generator."""
    global _global
    _global = generator


NAMES = {"Generator": Generator, "Algorithm": Algorithm, "create_rng_state": create_rng_state, "get_global_generator": get_global_generator,
         "set_global_generator": set_global_generator}  # fmt: skip

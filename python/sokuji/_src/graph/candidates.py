"""Candidate sampling: classes drawn by TensorFlow's samplers, with its numbers for a seed, and the losses over them (nce_loss, sampled_softmax_loss)."""

import collections
import itertools
import math
import struct
import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import convert, run
from sokuji._src.data.stored import philox
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, session, words
from sokuji._src.ops import array_ops, nn_ops, random_ops

AccidentalHits = collections.namedtuple("ComputeAccidentalHits", "indices ids weights")
_FIELDS = "sampled_candidates true_expected_count sampled_expected_count"

# ---- TensorFlow's ways to numbers ----


def _float(number):
    return struct.unpack("<f", struct.pack("<I", (127 << 23) | (number & 0x7FFFFF)))[0] - 1.0


def _double(low, high):
    return struct.unpack("<d", struct.pack("<Q", (1023 << 52) | ((low & 0xFFFFF) << 32) | high))[0] - 1.0


def _below(n, draw, bits):
    """A number below n, each as likely."""
    if not n & (n - 1):
        return draw() & (n - 1)
    rest = (1 << bits) % n
    while True:
        number = draw()
        if number >= rest:
            return number % n


class _Draw:
    def __init__(self, numbers):
        self._numbers = numbers

    def word(self):
        return next(self._numbers)

    def double_word(self):
        return next(self._numbers) | next(self._numbers) << 32

    def double(self):
        return _double(next(self._numbers), next(self._numbers))


class Uniform:
    def __init__(self, n):
        if not n > 0:
            raise errors.InvalidArgumentError(None, None, "range_max is %s; it must be above 0" % n)
        self.n = n

    def n_likely(self):
        return self.n

    def sample(self, draw):
        return _below(self.n, draw.double_word, 64)

    def probability(self, value):
        return 1.0 / self.n


class LogUniform(Uniform):
    def sample(self, draw):
        return (int(math.exp(draw.double() * math.log1p(self.n))) - 1) % self.n

    def probability(self, value):
        return math.log((value + 2.0) / (value + 1.0)) / math.log1p(self.n)


class Learned(Uniform):
    """Each class as often as it was seen, and once more."""

    def __init__(self, n):
        super().__init__(n)
        self._weights = np.ones(n, np.int64)

    def sample(self, draw):
        return int(np.searchsorted(np.cumsum(self._weights), _below(int(self._weights.sum()), draw.word, 32), side="right"))

    def probability(self, value):
        return int(self._weights[value]) / int(self._weights.sum())

    def update(self, values):
        np.add.at(self._weights, values, 1)


class Fixed(Uniform):
    """As likely as given weights say, by Walker's aliases."""

    def __init__(self, weights):
        super().__init__(len(weights))
        weights = np.asarray(weights, np.float32)
        if not (weights.min() >= 0 and 0 < weights.sum() < np.inf):
            raise errors.InvalidArgumentError(None, None, "unigrams must be weights of at least 0, some of them above 0: %s" % (weights,))
        self._shares = weights / np.float32(sum(map(np.float32, weights)))
        shares = [float(w) * self.n / float(np.sum(weights, dtype=np.float64)) for w in weights]
        self._aliases, self._own = [-1] * self.n, [1.0] * self.n
        low, high = [i for i, s in enumerate(shares) if s < 1], [i for i, s in enumerate(shares) if s >= 1]
        while low and high:
            small, large = low.pop(), high[-1]
            self._aliases[small], self._own[small] = large, shares[small]
            shares[large] -= 1 - shares[small]
            if shares[large] < 1:
                low.append(high.pop())

    def n_likely(self):
        return int(np.count_nonzero(self._shares))

    def sample(self, draw):
        share, place = _float(draw.word()), _below(self.n, draw.word, 32)
        return place if share < self._own[place] else self._aliases[place]

    def probability(self, value):
        return float(self._shares[value])


def _drawn(sampler, draw, count, is_unique):
    """(candidates, how many were tried)"""
    if not is_unique:
        return [sampler.sample(draw) for _ in range(count)], count
    found = {}
    for tried in itertools.count(1):
        found.setdefault(sampler.sample(draw))
        if len(found) == count:
            return list(found), tried


def _expected(p, count, tried):
    return p * count if tried == count else -math.expm1(tried * math.log1p(-p))


def _outputs(attributes, inputs):
    return [(9, (attributes["count"],)), (1, inputs[0]._shape_tuple), (1, (attributes["count"],))]


@python_ops.kernel("CandidateSampler", _outputs, True)
def _sample(attributes, true_classes):
    now, count, is_unique = session.running(), attributes["count"], attributes["unique"]
    fresh = {"runs": 0, "sampler": attributes["make"]()}
    if now is not None:
        state = attributes["states"].setdefault(now, fresh)
    else:
        state = fresh if attributes["key"] is None else random_ops.streams.setdefault(attributes["key"], fresh)
    sampler, true = state["sampler"], true_classes.numpy()
    if true.ndim != 2 or true.shape[1] != attributes["num_true"]:
        raise errors.InvalidArgumentError(None, None, "true_classes must be a matrix with num_true columns: %s, %d" % (list(true.shape), attributes["num_true"]))
    if true.size and not 0 <= true.min() <= true.max() < sampler.n:
        raise errors.InvalidArgumentError(None, None, "true_classes are %d to %d, outside [0, range_max), which is [0, %d)" % (true.min(), true.max(), sampler.n))
    if is_unique and count > sampler.n_likely():
        raise errors.InvalidArgumentError(None, None, "Sampler's range is too small.")
    seeds = attributes["seeds"] if any(attributes["seeds"]) else np.random.SeedSequence().generate_state(2).tolist()
    draw = _Draw(philox(*seeds, state["runs"] * 512 * count))
    state["runs"] += 1
    found, tried = _drawn(sampler, draw, count, is_unique)
    expected = [np.array([_expected(sampler.probability(int(v)), count, tried) for v in values], np.float32) for values in (found, true.ravel())]
    if hasattr(sampler, "update"):
        sampler.update(true.ravel())
    return [convert(np.array(found, np.int64), 9), convert(expected[1].reshape(true.shape), 1), convert(expected[0], 1)]


def _sampler(kind, make, n, true_classes, num_true, num_sampled, unique, seed, name):
    if not int(num_sampled) > 0:
        raise errors.InvalidArgumentError(None, None, "num_sampled is %s; it must be above 0" % num_sampled)
    first, second = words.get_seed(seed)
    return collections.namedtuple(kind, _FIELDS)(*python_ops.call("CandidateSampler", [true_classes], {"make": make, "count": int(num_sampled), "num_true": num_true, "unique": unique, "states": weakref.WeakKeyDictionary(),
                                                                      "key": None if seed is None else (kind, num_sampled, num_true, unique, seed, n),
                                                                      "seeds": (first or 0, second or 0)}, name or kind, (9,)))  # fmt: skip


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """(sampled classes, how often the true ones are expected, how often the sampled ones): all as likely."""
    return _sampler("UniformCandidateSampler", lambda: Uniform(range_max), range_max, true_classes, num_true, num_sampled, unique, seed, name)


def log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Classes in order of how frequent they are, as words by Zipf's law."""
    return _sampler("LogUniformCandidateSampler", lambda: LogUniform(range_max), range_max, true_classes, num_true, num_sampled, unique, seed, name)


def learned_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """As often as they were among the true ones."""
    return _sampler("LearnedUnigramCandidateSampler", lambda: Learned(range_max), range_max, true_classes, num_true, num_sampled, unique, seed, name)


def fixed_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, vocab_file="", distortion=1.0, num_reserved_ids=0, num_shards=1,
                                    shard=0, unigrams=(), seed=None, name=None):  # fmt: skip
    """By weights that are given, or that are the last column of a file."""
    if bool(vocab_file) == bool(len(unigrams)):
        raise errors.InvalidArgumentError(None, None, "Must provide either vocab_file or unigrams, and not both")
    if num_shards != 1:
        raise NotImplementedError("not implemented: fixed_unigram_candidate_sampler with num_shards; give the shard's unigrams")
    if vocab_file:
        with open(vocab_file, encoding="utf-8") as file:
            unigrams = [float(line.rsplit(",", 1)[-1]) for line in file if line.strip()]
    weights = [0.0] * num_reserved_ids + [float(np.float32(np.float32(u) ** np.float32(distortion))) for u in unigrams]
    if len(weights) != range_max:
        raise errors.InvalidArgumentError(None, None, "range_max is %d but has to be %d (vocabulary and reserved ids)" % (range_max, len(weights)))
    return _sampler("FixedUnigramCandidateSampler", lambda: Fixed(weights), tuple(weights), true_classes, num_true, num_sampled, unique, seed, name)


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """Every class."""
    true = convert(true_classes, 9)
    _counted(-2)
    return convert(np.arange(num_sampled, dtype=np.int64), 9), array_ops.ones_like(array_ops.cast(true, dtypes.float32)), array_ops.ones([num_sampled])


@python_ops.kernel("ComputeAccidentalHits", [(3, (None,)), (9, (None,)), (1, (None,))])
def _hits(attributes, true, sampled):
    places = {value: place for place, value in enumerate(sampled.numpy().tolist())}  # the last, where one was drawn twice
    found = [(row, places[value]) for row, values in enumerate(true.numpy().tolist()) for value in values if value in places]
    rows, columns = ([pair[i] for pair in found] for i in (0, 1))
    return [convert(np.array(rows, np.int32), 3), convert(np.array(columns, np.int64), 9), convert(np.full(len(found), -np.finfo(np.float32).max, np.float32), 1)]


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """(rows, places among the sampled, weights) of sampled classes that are true ones."""
    return AccidentalHits(*python_ops.call("ComputeAccidentalHits", [true_classes, sampled_candidates], {}, name or "ComputeAccidentalHits", (9, 9)))


# ---- losses ----


def _counted(n):
    """Seeds depend on how many operations there are: TensorFlow has so many more."""
    if graphs.building() is not None:
        graphs.building()._more += n


def _tensor(value, number):
    return words.convert_to_tensor(value, number or None) if _core.graph_now() is not None and not isinstance(value, _core.Handle) else convert(value, number) if not isinstance(
        value, _core.Handle) else value  # fmt: skip


def _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, subtract_log_q, remove_accidental_hits, partition, seed):
    """(logits, labels): true ones first, then sampled ones."""
    labels = array_ops.cast(_tensor(labels, 0), dtypes.int64)
    inputs = _tensor(inputs, 0)
    is_given = sampled_values is not None
    if not is_given:
        _counted(2)
        sampled_values = log_uniform_candidate_sampler(labels, num_true, num_sampled, True, num_classes, seed)
    sampled, true_expected, sampled_expected = (run("StopGradient", _tensor(t, 0)) for t in sampled_values)
    sampled = array_ops.cast(sampled, dtypes.int64)
    look = lambda table, ids: nn_ops.embedding_lookup(table, ids, partition)  # noqa: E731
    true = run("Sum", run("Mul", run("ExpandDims", inputs, convert(1, 3)), look(weights, labels)), convert([2], 3)) + look(biases, labels)
    others = run("MatMul", inputs, look(weights, sampled), transpose_b=True) + look(biases, sampled)
    if remove_accidental_hits:
        same = run("Equal", run("ExpandDims", labels, convert(2, 3)), run("Reshape", sampled, convert([1, 1, -1], 3)))
        hits = run("Sum", array_ops.cast(same, others.dtype), convert([1], 3))
        others = others + hits * convert(float(-np.finfo(np.float32).max), others._dtype_number)
    _counted(61 + 2 * is_given + 10 * bool(remove_accidental_hits) + 31 * (len(weights) - 1 if isinstance(weights, (list, tuple)) else 0))
    if subtract_log_q:
        true, others = true - run("Log", true_expected), others - run("Log", sampled_expected)
    wanted = array_ops.concat([array_ops.ones_like(true) / convert(float(num_true), true._dtype_number), array_ops.zeros_like(others)], 1)
    return array_ops.concat([true, others], 1), wanted


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, remove_accidental_hits=False, partition_strategy="mod", name="nce_loss"):
    """Noise-contrastive estimation (Gutmann and Hyvärinen 2010): a loss for each example."""
    logits, wanted = _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True, remove_accidental_hits, partition_strategy, None)
    return run("Sum", nn_ops.sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits), convert([1], 3))


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, remove_accidental_hits=True, partition_strategy="mod",
                         name="sampled_softmax_loss", seed=None):  # fmt: skip
    """The softmax cross entropy over the true classes and sampled others (Jean et al. 2014)."""
    logits, wanted = _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True, remove_accidental_hits, partition_strategy, seed)
    _counted(20)
    return nn_ops.softmax_cross_entropy_2(run("StopGradient", wanted), logits)


def nce_loss_2(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, remove_accidental_hits=False, name="nce_loss"):
    """Noise-contrastive estimation, a loss for each example, as 2.x spells it."""
    return nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, remove_accidental_hits, "div", name)


def sampled_softmax_loss_2(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, remove_accidental_hits=True, seed=None,
                           name="sampled_softmax_loss"):  # fmt: skip
    """Softmax cross entropy over the true and sampled classes, as 2.x spells it."""
    return sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, remove_accidental_hits, "div", name, seed)


SAMPLERS = {f.__name__: f for f in (uniform_candidate_sampler, log_uniform_candidate_sampler, learned_unigram_candidate_sampler, fixed_unigram_candidate_sampler,
                                    all_candidate_sampler)}  # fmt: skip
NN_1 = dict(SAMPLERS, compute_accidental_hits=compute_accidental_hits, nce_loss=nce_loss, sampled_softmax_loss=sampled_softmax_loss)
NN_2 = {"compute_accidental_hits": compute_accidental_hits, "nce_loss": nce_loss_2, "sampled_softmax_loss": sampled_softmax_loss_2, "all_candidate_sampler": all_candidate_sampler,
        "fixed_unigram_candidate_sampler": fixed_unigram_candidate_sampler, "learned_unigram_candidate_sampler": learned_unigram_candidate_sampler}  # fmt: skip
RANDOM_2 = {name: SAMPLERS[name] for name in SAMPLERS}

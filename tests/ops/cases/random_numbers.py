"""Cases of the random operations. Values are compared with TensorFlow's in test_random_reference.py; here: shapes, ranges, errors."""
import numpy as np
from cases import case, error

_SEEDS = {"seed": 3, "seed2": 5}


def _within(low, high):
    def check(outputs, inputs, attrs):
        assert outputs[0].shape == tuple(np.asarray(inputs[0]).tolist())
        assert ((outputs[0] >= low) & (outputs[0] < high)).all()
    return check


for _name, _low, _high in (("RandomUniform", 0, 1), ("RandomStandardNormal", -6, 6), ("TruncatedNormal", -2, 2)):
    for _shape in ([], [3], [2, 0, 3], [5, 70], [40000]):
        for _dtype in ("float32", "float64"):
            case(_name, [np.array(_shape, np.int64)], dict(_SEEDS, dtype=_dtype), check=_within(_low, _high))
            case("Stateless" + _name.replace("Standard", "") if _name[0] == "R" else "Stateless" + _name,
                 [np.array(_shape, np.int64), np.array([7, -8], np.int64)], {"dtype": _dtype}, check=_within(_low, _high))
    error(_name, [np.array([2, -3])], {"dtype": "float32"}, match=r"shape\[1\] is -3")
    error(_name, [np.array([2])], {"dtype": 20}, match="dtype is resource; supported are float32, float64")
    error(_name, [np.array([2])], {}, match="supported are")
    error(_name, [np.array([[2]])], {"dtype": "float32"}, match="vector")
    error(_name, [np.int32(3)], {"dtype": "float32"}, match="shape is a scalar")
    error(_name, [np.array([2**40, 2**40])], {"dtype": "float32"}, match="overflow|large|elements")
for _name in ("StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal"):
    error(_name, [np.array([2]), np.array([1, 2, 3, 4])], match=r"seed has shape \[4\]")
    error(_name, [np.array([2]), np.array([1, 2, 3], np.int32)], match=r"seed has shape \[3\]")
    error(_name, [np.array([2]), np.array([1, 2])], {"dtype": "int32"}, match="dtype is int32")
    error(_name, [np.array([-2]), np.array([1, 2])], match=r"shape\[0\] is -2")

case("RandomUniformInt", [np.array([3, 4]), -2, 9], _SEEDS, check=_within(-2, 9), dtypes=["int32", "int64"])
case("StatelessRandomUniformInt", [np.array([3, 4]), np.array([1, 2]), -2, 9], check=_within(-2, 9), dtypes=["int32", "int64"])
for _dtype in ("int32", "int64", "uint32", "uint64"):
    case("StatelessRandomUniformFullInt", [np.array([500]), np.array([1, 2])], {"dtype": _dtype},
         check=lambda outputs, inputs, attrs: _spread(outputs[0]))
for _name, _seed in (("RandomUniformInt", []), ("StatelessRandomUniformInt", [np.array([1, 2])])):
    error(_name, [np.array([3]), *_seed, 5, 5], match="minval 5 is not below maxval 5")
    error(_name, [np.array([3]), *_seed, np.array([5], np.int32), 5], match=r"minval has shape \[1\]")
    error(_name, [np.array([3]), *_seed, 5, np.array([[5]], np.int32)], match=r"maxval has shape \[1,1\]")
    error(_name, [np.array([-3]), *_seed, 1, 5], match=r"shape\[0\] is -3")
error("StatelessRandomUniformFullInt", [np.array([3]), np.array([1, 2])], {"dtype": "float32"}, match="dtype is float32")
error("StatelessRandomUniformFullInt", [np.array([3]), np.array([1])], match="seed has shape")


def _spread(values):
    """Every eighth of the dtype's range is hit."""
    info = np.iinfo(values.dtype)
    eighths = (values.astype(object) - int(info.min)) * 8 // (int(info.max) - int(info.min) + 1)
    assert set(eighths) == set(range(8))


def _shuffled(outputs, inputs, attrs):
    x, y = inputs[0], outputs[0]
    assert x.shape == y.shape
    rows = lambda a: sorted(repr(r.tolist() if hasattr(r, "tolist") else r) for r in a)  # noqa: E731
    assert (rows(x) == rows(y)) if x.ndim else x == y


for _value in (np.arange(6.0), np.arange(24).reshape(6, 4), np.float32(3), np.zeros((0, 3)), np.zeros((3, 0)),
               np.array([b"a", b"b", b"", b"long"], object), np.arange(5).astype(np.uint8), np.ones((2, 2), np.complex64)):
    case("RandomShuffle", [_value], _SEEDS, check=_shuffled)
case("RandomShuffle", [np.int32(3)], {"seed": -(2**63), "seed2": -(2**63)}, check=_shuffled)
error("RandomShuffle", [np.arange(3), np.arange(3)], match="2 inputs given")
error("RandomShuffle", [np.zeros((2**33, 0))], match="8589934592 rows")
error("RandomShuffle", [np.arange(3)], match="2 outputs asked", n_outputs=2)
error("RandomShuffle", [None], match="NULL")


def _chosen(outputs, inputs, attrs):
    assert outputs[0].shape == (inputs[0].shape[0], int(inputs[1]))
    assert ((outputs[0] >= 0) & (outputs[0] < inputs[0].shape[1])).all()
    with np.errstate(invalid="ignore"):
        assert np.isfinite(np.take_along_axis(inputs[0].astype(float), outputs[0].astype(np.int64), 1)).all()


_logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]])
_impossible = np.array([[1.0, -np.inf, 2.0, np.nan]])
for _name, _seed in (("Multinomial", []), ("StatelessMultinomial", [np.array([1, 2])])):
    case(_name, [_logits, np.int32(5), *_seed], _SEEDS if not _seed else {}, check=_chosen)
    case(_name, [_impossible, np.int32(50), *_seed], _SEEDS if not _seed else {}, check=_chosen, dtypes=["float32", "float64"])
    case(_name, [_logits, np.int32(0), *_seed], {"output_dtype": "int32"}, check=_chosen)
    case(_name, [np.zeros((0, 3)), np.int32(4), *_seed], check=_chosen)
    error(_name, [_logits, np.int32(-1), *_seed], match="num_samples is -1")
    error(_name, [_logits[0], np.int32(1), *_seed], match="matrix")
    error(_name, [np.zeros((2, 0)), np.int32(1), *_seed], match="0 classes")
    error(_name, [_logits, np.array([1], np.int32), *_seed], match="num_samples has shape")
    error(_name, [_logits, np.int32(1), *_seed], {"output_dtype": "float32"}, match="output_dtype is float32")
    error(_name, [np.full((2, 2), -np.inf), np.int32(1), *_seed], match=r"logits\[0\] has no finite")


def _gammas(outputs, inputs, attrs):
    assert outputs[0].shape == tuple(inputs[0].tolist()) + inputs[1].shape and (outputs[0] >= 0).all()


for _alpha in (2.0, [0.5, 1.0, 30.0], np.zeros((2, 0)), [[0.0], [0.1]]):
    case("RandomGamma", [np.array([4, 3]), np.array(_alpha)], _SEEDS, check=_gammas, dtypes=["float32", "float64"])
error("RandomGamma", [np.array([4]), -1.0], match=r"alpha\[0\] is -1")
error("RandomGamma", [np.array([4]), np.nan], match=r"alpha\[0\] is")
error("RandomGamma", [np.array([-4]), 1.0], match=r"shape\[0\] is -4")
error("RandomGamma", [np.array([2**40, 2**40]), 1.0], match="overflow|large|elements")


def _counts(outputs, inputs, attrs):
    found = outputs[0].astype(float)
    assert found.shape == tuple(inputs[0].tolist()) + inputs[1].shape and (found >= 0).all() and (found == np.floor(found)).all()
    assert outputs[0].dtype == attrs.get("dtype", "int64")
    if found.shape[0] >= 1000:  # five standard errors of the mean, ten of the variance
        rate = inputs[1].astype(float)
        assert (np.abs(found.mean(0) - rate) <= 5 * np.sqrt(rate / len(found))).all()
        assert (np.abs(found.var(0) - rate) <= 10 * np.sqrt((rate + 2 * rate**2) / len(found))).all()


for _rate in (2.0, [0.5, 1.0, 30.0], np.zeros((2, 0)), [[0.0], [0.1]]):
    case("RandomPoissonV2", [np.array([4, 3]), np.array(_rate)], _SEEDS, check=_counts, dtypes=["float32", "float64"])
for _dtype in ("int32", "int64", "float32", "float64"):
    case("RandomPoissonV2", [np.array([2000]), np.array([0, 3, 9, 10, 40, 1000])], dict(_SEEDS, dtype=_dtype), check=_counts)
error("RandomPoissonV2", [np.array([4]), np.float32(-1)], match=r"rate\[0\] is -1")
error("RandomPoissonV2", [np.array([4]), np.float32(np.nan)], match=r"rate\[0\] is")
error("RandomPoissonV2", [np.array([4]), np.float64([1, 1e10])], {"dtype": "int32"}, match=r"rate\[1\] is 1e\+10")
error("RandomPoissonV2", [np.array([4]), np.float32(np.inf)], match=r"rate\[0\] is inf")
error("RandomPoissonV2", [np.array([-4]), np.float32(1)], match=r"shape\[0\] is -4")
error("RandomPoissonV2", [np.array([2**40, 2**40]), np.float32(1)], match="overflow|large|elements")
error("RandomPoissonV2", [np.array([4]), np.float32(1)], {"dtype": "uint8"}, match="dtype is uint8")

_seed = np.array([1, 2])


def _stateless_counts(outputs, inputs, attrs):
    _counts(outputs, [inputs[0][: len(inputs[0]) - inputs[2].ndim], inputs[2]], attrs)


def _binomials(outputs, inputs, attrs):
    found = outputs[0].astype(float)
    counts, probs = inputs[2].astype(float), inputs[3].astype(float)
    assert found.shape == tuple(inputs[0].tolist()) and outputs[0].dtype == attrs.get("dtype", "int64")
    assert ((found >= 0) & (found <= counts) & (found == np.floor(found))).all()
    if len(found) >= 1000:  # five standard errors of the mean
        assert (np.abs(found.mean(0) - counts * probs) <= 5 * np.sqrt(counts * probs * (1 - probs) / len(found))).all()


case("StatelessRandomGammaV2", [np.array([4, 3]), _seed, np.array([0.5, 1.0, 30.0])], check=lambda o, i, a: _gammas(o, [i[0][:1], i[2]], a), dtypes=["float32", "float64"])
case("StatelessRandomGammaV2", [np.array([2, 0]), _seed, np.zeros(0)], check=lambda o, i, a: _gammas(o, [i[0][:1], i[2]], a))
for _dtype in ("int32", "int64", "float32", "float64"):
    case("StatelessRandomPoisson", [np.array([2000, 5]), _seed, np.array([0, 3, 9, 10, 40])], {"dtype": _dtype}, check=_stateless_counts)
    case("StatelessRandomBinomial", [np.array([2000, 5]), _seed, np.array([0, 3, 30, 100, 40]), np.array([0.1, 0.0, 0.3, 0.7, 1.0])], {"dtype": _dtype}, check=_binomials)
for _name, _good, _bad, _match in (("StatelessRandomGammaV2", [np.float32([1, 2])], [np.float32([1, -2])], r"alpha\[1\] is -2"),
                                   ("StatelessRandomPoisson", [np.float32([1, 2])], [np.float32([1, np.nan])], r"rate\[1\] is"),
                                   ("StatelessRandomBinomial", [np.float32([5, 2]), np.float32([0.5, 0.1])], [np.float32([5, 2]), np.float32([0.5, 1.1])], r"probs\[1\] 1.1")):
    error(_name, [np.array([2]), _seed, *_bad], match=_match)
    error(_name, [np.array([3]), _seed, *_good], match="the given shape must end with it")
    error(_name, [np.array([], np.int64), _seed, *_good], match="the given shape must end with it")
    error(_name, [np.array([2]), np.array([1, 2, 3, 4]), *_good], match=r"seed has shape \[4\]")
    error(_name, [np.array([-3, 2]), _seed, *_good], match=r"shape\[0\] is -3")
    error(_name, [np.int32(2), _seed, *_good], match="shape is a scalar")
error("StatelessRandomPoisson", [np.array([2]), _seed, np.float32(1)], {"dtype": "uint8"}, match="dtype is uint8")
error("StatelessRandomBinomial", [np.array([2]), _seed, np.float32([1, 2]), np.float32(1)], match="ranks 1 and 0")
error("StatelessRandomBinomial", [np.array([2]), _seed, np.float32([-1, 2]), np.float32([1, 1])], match=r"counts\[0\] is -1")
error("StatelessRandomBinomial", [np.array([2]), _seed, np.float32([np.inf, 2]), np.float32([1, 1])], match=r"counts\[0\] is inf")

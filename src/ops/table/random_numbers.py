"""Random numbers: TensorFlow's, bit for bit. Not differentiable."""
from rows import op

_SEEDS = "seed:int seed2:int"
_FLOATS = _SEEDS + " dtype:dtype!"
_DOC = """
seed and seed2 name the stream: calls with the same seeds, dtypes and operation go on where the one before stopped, until the
global seed is set again. 0 and 0: the machine's entropy. random.h has the same with TensorFlow's rule for seeds."""
_STATELESS = """
The numbers are a function of seed (two integers, or three of int64: a Philox counter, low half first, and its key) and nothing else."""

op("RandomUniform", "shape:ints", "output:any", _FLOATS, c_name="random_uniform_seeded", rule="random", kernel="random_uniform",
   stateful=True, doc="Numbers of [0, 1), evenly distributed; dtype: float32 or float64." + _DOC)
op("RandomStandardNormal", "shape:ints", "output:any", _FLOATS, c_name="random_standard_normal_seeded", rule="random",
   kernel="random_normal", stateful=True, doc="Numbers of the normal distribution (mean 0, deviation 1); dtype: float32 or float64." + _DOC)
op("TruncatedNormal", "shape:ints", "output:any", _FLOATS, c_name="truncated_normal_seeded", rule="random",
   kernel="random_truncated_normal", stateful=True,
   doc="Numbers of the normal distribution (mean 0, deviation 1), those beyond 2 drawn again; dtype: float32 or float64." + _DOC)
op("RandomUniformInt", "shape:ints minval:T maxval:T", "output:T", _SEEDS, T="int32 int64", c_name="random_uniform_int_seeded",
   rule="random_int", kernel="random_int", stateful=True,
   doc="Integers of [minval, maxval), both scalars. InvalidArgument unless minval < maxval. Where maxval - minval is no power of 2, "
       "small ones are\nmore likely, by a share of (maxval - minval) / 2^32 (2^64 of int64) at most." + _DOC)
op("RandomShuffle", "value:any", "output:any", _SEEDS, c_name="random_shuffle_seeded", rule="random_shuffle", kernel="random_shuffle",
   stateful=True, doc="The rows (along the first dimension) in random order; a scalar is given back." + _DOC)
op("Multinomial", "logits:T num_samples:int32", "output:any", _SEEDS + " output_dtype:dtype=int64", T="numbers", c_name="multinomial_seeded",
   rule="multinomial", kernel="multinomial", stateful=True,
   doc="num_samples (a scalar) classes for each row of logits (rows, classes), drawn with the probabilities softmax(logits): (rows, num_samples)\n"
       "of int64 or int32. Infinite and NaN logits count as impossible; InvalidArgument when a row has no others." + _DOC)
op("RandomGamma", "shape:ints alpha:T", "output:T", _SEEDS, T="floats", c_name="random_gamma_seeded", rule="random_gamma",
   kernel="random_gamma", stateful=True,
   doc="Numbers of the gamma distribution of shape parameter alpha and scale 1; the result's shape is `shape` followed by alpha's.\n"
       "Marsaglia and Tsang: A simple method for generating gamma variables (2000)." + _DOC)

op("RandomPoissonV2", "shape:ints rate:T", "output:any", _SEEDS + " dtype:dtype=int64", T="float32 float64 int32 int64", c_name="random_poisson_seeded",
   rule="random_poisson", kernel="random_poisson", stateful=True,
   doc="Numbers of the Poisson distribution of the given rate; the result's shape is `shape` followed by rate's. dtype: int32, int64, float32 or\n"
       "float64. Hormann: The transformed rejection method for generating Poisson random variables (1993)." + _DOC)

op("StatelessRandomUniform", "shape:ints seed:ints", "output:any", "dtype:dtype=float32", rule="stateless_random",
   kernel="stateless_uniform", doc="Numbers of [0, 1), evenly distributed; dtype: float32 or float64." + _STATELESS)
op("StatelessRandomNormal", "shape:ints seed:ints", "output:any", "dtype:dtype=float32", rule="stateless_random",
   kernel="stateless_normal", doc="Numbers of the normal distribution (mean 0, deviation 1); dtype: float32 or float64." + _STATELESS)
op("StatelessTruncatedNormal", "shape:ints seed:ints", "output:any", "dtype:dtype=float32", rule="stateless_random",
   kernel="stateless_truncated_normal",
   doc="Numbers of the normal distribution (mean 0, deviation 1), those beyond 2 drawn again; dtype: float32 or float64." + _STATELESS)
op("StatelessRandomUniformInt", "shape:ints seed:ints minval:T maxval:T", "output:T", T="int32 int64", rule="stateless_random_int",
   kernel="stateless_random_int", doc="Integers of [minval, maxval), both scalars. InvalidArgument unless minval < maxval." + _STATELESS)
op("StatelessRandomUniformFullInt", "shape:ints seed:ints", "output:any", "dtype:dtype=int32", rule="stateless_full_int",
   kernel="stateless_full_int", doc="Integers of all values of the dtype: int32, int64, uint32 or uint64." + _STATELESS)
op("StatelessRandomGammaV2", "shape:ints seed:ints alpha:T", "output:T", T="floats", rule="stateless_of_parameter", kernel="stateless_gamma",
   doc="Numbers of the gamma distribution of shape parameter alpha and scale 1; shape ends with alpha's." + _STATELESS)
op("StatelessRandomPoisson", "shape:ints seed:ints lam:T", "output:any", "dtype:dtype=int64", T="float32 float64 int32 int64",
   rule="stateless_of_parameter", kernel="stateless_poisson",
   doc="Numbers of the Poisson distribution of rate lam; shape ends with lam's. dtype: int32, int64, float32 or float64." + _STATELESS)
op("StatelessRandomBinomial", "shape:ints seed:ints counts:T probs:T", "output:any", "dtype:dtype=int64", T="float32 float64 int32 int64",
   rule="stateless_of_parameter", kernel="stateless_binomial",
   doc="How many of `counts` trials succeed, each with the probability `probs`; both have the same shape, with which `shape` ends. dtype: int32,\n"
       "int64, float32 or float64." + _STATELESS)
op("StatelessMultinomial", "logits:T num_samples:int32 seed:ints", "output:any", "output_dtype:dtype=int64", T="numbers",
   rule="multinomial", kernel="stateless_multinomial",
   doc="num_samples (a scalar) classes for each row of logits (rows, classes), as sj_multinomial draws them: (rows, num_samples)." + _STATELESS)

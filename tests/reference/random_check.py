"""Repeats TensorFlow's seeded random numbers in NumPy alone and compares with the stored ones. Any
Python with NumPy:

    python random_check.py random_1.8.npz
    python random_check.py random_2.21.npz

The short functions below are the specification of the numbers, found by experiment: Philox4x32-10
(Salmon et al., 2011) and what each kernel makes of its words. Integers and uniforms agree bit for
bit; normals to the last place or two, since logarithm, sine and cosine differ between libraries.
"""

import collections
import json
import sys

import numpy as np

SKIP = 256  # Groups of four words which a kernel reserves for each value it makes.


def philox(key, high, first, count):
    """(count, 4) uint32: the groups numbered first, first + 1, ... of the stream with that key and
    upper counter half.
    """
    low = np.arange(count, dtype=np.uint64) + np.uint64(first)
    return philox_at(key, high, low)


def philox_at(key, high, low):
    mask = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    k0, k1 = np.uint64(key) & mask, np.uint64(key) >> half
    c = [low & mask, low >> half]
    c += [np.full_like(low, int(high) & 0xFFFFFFFF), np.full_like(low, int(high) >> 32)]
    for _ in range(10):
        a = np.uint64(0xD2511F53) * c[0]
        b = np.uint64(0xCD9E8D57) * c[2]
        c = [(b >> half) ^ c[1] ^ k0, b & mask, (a >> half) ^ c[3] ^ k1, a & mask]
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & mask, (k1 + np.uint64(0xBB67AE85)) & mask
    return np.stack(c, -1).astype(np.uint32)


def words(stream, count):
    key, high, first = stream
    return philox(key, high, first, (count + 3) // 4).ravel()[:count]


def unit_float(word):
    """[0, 1): 23 bits of the word as the mantissa of a float32 in [1, 2), less one."""
    return ((word & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)


def unit_half(word):
    bits = ((word & np.uint32(0x3FF)) | np.uint32(0x3C00)).astype(np.uint16)
    return bits.view(np.float16) - np.float16(1)


def unit_double(word):
    """Two words a value: 20 bits of the first above 32 of the second."""
    w = word.astype(np.uint64)
    bits = ((w[0::2] & np.uint64(0xFFFFF)) << np.uint64(32)) | w[1::2] | np.uint64(1023 << 52)
    return bits.view(np.float64) - 1


def box_muller(u, v, tiny):
    """Pairs (sin, cos) of the angle 2 pi v, times sqrt(-2 log u), u at least TINY.

    Each step is rounded to the values' type; the angle's product is of float64, and functions are rounded correctly.
    """
    kind = u.dtype.type
    logarithm = kind(np.log(np.maximum(u, kind(tiny)).astype(np.float64)))
    radius = np.sqrt(kind(-2) * logarithm)
    angle = kind(2 * np.pi * v.astype(np.float64)).astype(np.float64)
    return np.stack([kind(np.sin(angle)) * radius, kind(np.cos(angle)) * radius], -1)


def normal_pairs(word, dtype):
    """Float32 (and float16 by rounding it) takes two words a pair, float64 four."""
    if dtype == "float64":
        u = unit_double(word)
    else:
        u = unit_float(word)
    return box_muller(u[0::2], u[1::2], 1e-7)


def uniform(stream, count, dtype="float32", minval=None, maxval=None):
    if dtype in ("int32", "int64"):
        return uniform_integers(stream, count, dtype, minval, maxval)
    low, high = (0, 1) if minval is None else (minval, maxval)
    kind = np.dtype(dtype).type
    if dtype == "float64":
        u = unit_double(words(stream, 2 * count + 2))[:count]
    else:
        u = (unit_half if dtype == "float16" else unit_float)(words(stream, count))
    return u * kind(high - low) + kind(low)


def uniform_integers(stream, count, dtype, minval, maxval):
    """minval + word % (maxval - minval); int64 takes two words a value, the low one first."""
    span = maxval - minval
    if dtype == "int32":
        offset = words(stream, count).astype(np.int64) % span
        return (minval + offset).astype(np.int32)
    w = words(stream, 2 * count + 2).astype(np.uint64)
    offset = (w[0::2] | (w[1::2] << np.uint64(32)))[:count] % np.uint64(span)
    return (offset + np.array(minval, np.int64).astype(np.uint64)).astype(np.int64)


def normal(stream, count, dtype="float32", mean=0.0, stddev=1.0):
    per = 8 if dtype == "float64" else 4
    pairs = normal_pairs(words(stream, (count + 3) // 4 * per), dtype)
    values = pairs.ravel()[:count].astype(dtype)
    kind = np.dtype(dtype).type
    return values * kind(stddev) + kind(mean)


def truncated(stream, count, dtype="float32", mean=0.0, stddev=1.0):
    """Each group of 4 values (2 of float64) begins where 256 groups a value are reserved, and draws
    till all are within 2.
    """
    key, high, first = stream
    group = 2 if dtype == "float64" else 4
    n_groups = (count + group - 1) // group
    skip = np.uint64(group * SKIP // 4)
    start = np.arange(n_groups, dtype=np.uint64) * skip + np.uint64(first)
    tries = 16
    low = (start[:, None] + np.arange(tries, dtype=np.uint64)).ravel()
    pairs = normal_pairs(philox_at(key, high, low).ravel(), dtype).reshape(n_groups, -1)
    values = np.concatenate([row[np.abs(row) < 2][:group] for row in pairs])
    kind = np.dtype(dtype).type
    return values[:count] * kind(stddev) + kind(mean)


def shuffle(stream, count, row=0):
    """Each place in turn, but the last, swaps with the one word % (places left) ahead of it."""
    order = np.arange(count, dtype=np.int32)
    for i, word in enumerate(words(stream, max(count - 1, 0))):
        j = i + int(word) % (count - i)
        order[i], order[j] = order[j], order[i]
    return np.repeat(order, row) if row else order


def multinomial(stream, count, rows=2):
    """One float64 uniform a sample, looked up in the running sums of exp(logit - largest), in
    float64.
    """
    logits = np.log(np.array([[1, 2, 3, 4], [5, 0.5, 0.25, 3]], np.float32))[:rows]
    u = unit_double(words(stream, 2 * rows * count)).reshape(rows, count)
    found = []
    for logit, draws in zip(logits.astype(np.float64), u):
        sums = np.cumsum(np.exp(logit - logit.max()))
        found.append(np.searchsorted(sums, draws * sums[-1], side="right"))
    return np.array(found, np.int64).ravel()


def dropout(stream, count, keep_prob=0.6):
    keep = np.float32(keep_prob)
    return np.floor(keep + uniform(stream, count)) / keep


def crop(stream, count):
    """Row and column offsets are int32 uniforms below 2^31 - 1, modulo the room there is."""
    offset = uniform(stream, 2, "int32", 0, 2**31 - 1) % np.array([3 * count + 1, 2])
    rows = np.arange(12 * count, dtype=np.int32).reshape(4 * count, 3)
    return rows[offset[0] : offset[0] + count, offset[1] : offset[1] + 2].ravel()


def full_int(stream, count, dtype):
    """The words themselves, two for 64 bits."""
    return words(stream, count * np.dtype(dtype).itemsize // 4).view(dtype)


def split(stream, count, num):
    """NUM new pairs of seeds; fold_in(seed, data) is (the first word, data)."""
    return full_int(stream, 2 * num, "int32")


class Words:
    """Fresh groups of one stream, handed out as float64 uniforms or normals, last of a pair first."""

    def __init__(self, key, high, first):
        self.key, self.high, self.next = key, high, first
        self.uniforms, self.normals = [], []

    def group(self):
        self.next += 1
        return philox(self.key, self.high, self.next - 1, 1).ravel()

    def uniform(self):
        if not self.uniforms:
            self.uniforms = list(unit_double(self.group()))
        return self.uniforms.pop()

    def normal(self):
        if not self.normals:
            self.normals = list(normal_pairs(self.group(), "float64").ravel())
        return self.normals.pop()


def gamma(stream, count, dtype="float32", alpha=(0.5, 2.0), beta=None):
    """Marsaglia and Tsang's squeeze (2000) in float64; output i (alpha-major) begins 256 i groups
    on.
    """
    key, high, first = stream
    found = np.zeros((count, len(alpha)))
    for i in range(count * len(alpha)):
        source = Words(key, high, first + SKIP * i)
        found[i % count, i // count] = gamma_value(source, alpha[i // count])
    return (found.astype(dtype) / np.dtype(dtype).type(beta or 1)).ravel()


def gamma_value(source, alpha):
    if alpha == 1:
        return -np.log1p(-source.uniform())
    d = alpha + (1 if alpha < 1 else 0) - 1 / 3
    c = 1 / 3 / np.sqrt(d)
    while True:
        x = source.normal()
        v = (1 + c * x) ** 3
        if v <= 0:
            continue
        u = source.uniform()
        if u < 1 - 0.0331 * x**4 or np.log(u) < 0.5 * x * x + d * (1 - v + np.log(v)):
            boost = source.uniform() ** (1 / alpha) if alpha < 1 else 1
            return d * v * boost


def used(draw, count, arguments):
    """By how many groups a call moves its kernel's counter on."""
    if draw == "shuffle":
        return (count - 1 + 3) // 4
    if draw == "multinomial":
        return arguments.get("rows", 2) * ((count + 3) // 4 * 4) * 2 * SKIP
    if draw == "gamma":
        return count * 2 * SKIP
    if draw == "crop":
        return 2 * SKIP
    return count * SKIP


def scrambled(seed):
    """Stateless operations: one group keyed by a constant, its counter the two seeds, gives key and
    upper counter.
    """
    low, high = [int(s) % 2**64 for s in seed]
    mix = philox_at(0x02461E293EC8F720, high, np.array([low], np.uint64))[0].astype(np.uint64)
    return int(mix[0] | mix[1] << np.uint64(32)), int(mix[2] | mix[3] << np.uint64(32)), 0


def streams(call, n_runs, count):
    """The stream of each run: (key, upper half of the counter, first group). A Generator's seed is
    its first group.
    """
    draw, arguments = call["draw"], call["arguments"]
    if draw.startswith("generator_"):
        return [(0, 0, call["seed"] + k * count * SKIP) for k in range(n_runs)]
    if "seed" in call:
        return [scrambled(call["seed"])]
    found, position = [], collections.Counter()
    for pair in call["seeds"]:
        found.append((pair[0], pair[1], position[tuple(pair)]))
        position[tuple(pair)] += used(draw, count, arguments)
    return found


DRAWS = {
    "uniform": uniform,
    "normal": normal,
    "truncated": truncated,
    "shuffle": shuffle,
    "multinomial": multinomial,
    "gamma": gamma,
    "dropout": dropout,
    "crop": crop,
    "full_int": full_int,
    "split": split,
}


def mismatch(call, stored, total):
    """The largest difference relative to max(1, |value|) over the runs; None where nothing repeats
    this draw.
    """
    arguments = dict(call["arguments"])
    name = call["draw"].replace("stateless_", "").replace("generator_", "")
    name = "truncated" if name == "truncated_normal" else name
    if name not in DRAWS:
        return None
    count = int(np.prod(arguments.pop("shape", arguments.pop("n", 1))))
    worst = 0.0
    for k, stream in enumerate(streams(call, len(stored), count)):
        values = DRAWS[name](stream, count, **arguments)
        if total is not None:
            values = values[:: 97 if len(values) < 10000 else 4999]
        wanted = stored[k].ravel().astype(np.float64)
        distance = np.abs(values.astype(np.float64) - wanted) / np.maximum(1, np.abs(wanted))
        worst = max(worst, float(distance.max()))
    return worst


def main(path):
    data = np.load(path)
    tolerance = {"float16": 2e-3, "float32": 4e-7}
    worst, n_wrong = collections.Counter(), 0
    for key in data.files:
        if not key.endswith("/call"):
            continue
        case = key[: -len("/call")]
        call = json.loads(data[key].tobytes().decode("utf-8"))
        stored, total = (
            data[case + "/out"],
            data[case + "/sum"] if case + "/sum" in data.files else None,
        )
        found = mismatch(call, stored, total)
        label = "{} {}".format(call["draw"], stored.dtype)
        if found is None:
            worst[label + " (not repeated)"] += 1
            continue
        worst[label] = max(worst[label], found)
        if found > tolerance.get(str(stored.dtype), 1e-13):
            n_wrong += 1
            print("differs by", found, call)
    for label, value in sorted(worst.items()):
        print("%-40s %g" % (label, value))
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

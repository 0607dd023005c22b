"""Seeded random numbers, eager and graph. Run with TensorFlow 1.8.0 (Python 3.6), then with 2.21
(Python 3.12):

    python random_numbers.py

It writes random_1.8.npz or random_2.21.npz. A case is one operation built after setting the seeds,
and run three times in a row: case<N>/call tells {mode, draw, global_seed, op_seed, seeds,
arguments}, case<N>/out the values, a row a run. Of results of more than 100 elements every 97th
(every 4,999th beyond 10,000) is kept of the flattened values, and case<N>/sum has the sums of all
in float64. Of 2.21 only the cases are kept that 1.8 lacks or answers otherwise. random_check.py
repeats most of it from scratch.

How TensorFlow derives the two seeds (both versions alike), all modulo 2^31 - 1:
  global and operation seed set       (global, operation)
  only the operation's set            (87654321, operation)
  only the global set, eager          (global, the next randint(0, 2^31 - 1) of CPython's
                                      random.Random(global)); setting the global seed starts it anew,
                                      each seedless call draws once
  only the global set, graph of 1.8   (global, number of operations in the graph so far, the call's
                                      own constants for shape and limits included)
  only the global set, graph of 2.21  (global, number of seedless random operations so far)
  (0, 0) becomes (0, 2^31 - 1)        since (0, 0) means "from the machine's entropy"
An eager call with the same seeds, dtype and attributes finds its kernel in a cache and goes on
where that kernel stopped; setting the global seed empties the cache. So does a graph's operation go
on from one run to the next within a session.

How a kernel uses them: Philox4x32-10, key = the 64 bits of the first seed (low word first), the
counter's upper 64 bits = the second seed, its lower 64 bits count groups of four words from 0. A
call that makes n values then moves the counter on by 256 n groups, however few it used
(random_uniform, random_uniform_int, random_normal, truncated_normal); random_shuffle of n rows
takes n - 1 words rounded up to groups; multinomial and random_gamma are in random_check.py.
"""

import random

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

import reference

V1 = tf if tf.__version__.startswith("1.") else tf.compat.v1
RUNS, SMALL = 3, 100
SEEDS = [(1, None), (1, 7), (None, 7), (0, 0), (2**31 + 5, 2**33 + 1), (42, 0)]
SIZES = [[], [1], [3], [4], [5], [7], [2, 3], [1000], [300000]]
FEW = [[3], [7], [1000]]


def uniform(shape, seed, dtype="float32", **limits):
    return V1.random_uniform(shape, dtype=dtype, seed=seed, **limits)


def normal(shape, seed, dtype="float32", **options):
    return V1.random_normal(shape, dtype=dtype, seed=seed, **options)


def truncated(shape, seed, dtype="float32", **options):
    return V1.truncated_normal(shape, dtype=dtype, seed=seed, **options)


def shuffle(shape, seed, row=0):
    """range(n) as a vector, or as n rows of ROW equal numbers."""
    n = int(np.prod(shape))
    value = np.arange(n, dtype=np.int32)
    return V1.random_shuffle(np.repeat(value, row).reshape(n, row) if row else value, seed=seed)


def multinomial(shape, seed, rows=2):
    logits = np.log(np.array([[1, 2, 3, 4], [5, 0.5, 0.25, 3]], np.float32))[:rows]
    return V1.multinomial(logits, int(np.prod(shape)), seed=seed)


def gamma(shape, seed, dtype="float32", alpha=(0.5, 2.0), beta=None):
    return V1.random_gamma(shape, np.array(alpha, dtype), beta, dtype=tf.as_dtype(dtype), seed=seed)


def poisson(shape, seed, dtype="float32", lam=(0.5, 20.0)):
    return V1.random_poisson(np.array(lam, dtype), shape, dtype=tf.as_dtype(dtype), seed=seed)


def dropout(shape, seed, keep_prob=0.6):
    return V1.nn.dropout(np.ones(shape, np.float32), keep_prob=keep_prob, seed=seed)


def crop(shape, seed):
    n = int(np.prod(shape))
    return V1.random_crop(np.arange(4 * n * 3, dtype=np.int32).reshape(4 * n, 3), [n, 2], seed=seed)


# (draw, arguments, shapes, seeds)
DRAWS = [
    (uniform, {}, SIZES, SEEDS),
    (uniform, {"minval": -2.0, "maxval": 3.0}, FEW, SEEDS[:2]),
    (uniform, {"dtype": "float64"}, SIZES, SEEDS[:3]),
    (uniform, {"dtype": "float16"}, FEW, SEEDS[:2]),
    (uniform, {"dtype": "int32", "minval": 0, "maxval": 10}, SIZES, SEEDS[:3]),
    (uniform, {"dtype": "int32", "minval": -5, "maxval": 2**31 - 1}, FEW, SEEDS[:2]),
    (uniform, {"dtype": "int64", "minval": 0, "maxval": 10}, SIZES, SEEDS[:3]),
    (uniform, {"dtype": "int64", "minval": -(2**40), "maxval": 2**62}, FEW, SEEDS[:2]),
    (normal, {}, SIZES, SEEDS),
    (normal, {"mean": 1.5, "stddev": 0.25}, FEW, SEEDS[:2]),
    (normal, {"dtype": "float64"}, SIZES, SEEDS[:3]),
    (normal, {"dtype": "float16"}, FEW, SEEDS[:2]),
    (truncated, {}, SIZES, SEEDS),
    (truncated, {"mean": 1.5, "stddev": 0.1}, FEW, SEEDS[:2]),
    (truncated, {"dtype": "float64"}, SIZES, SEEDS[:3]),
    (shuffle, {}, [[1], [2], [5], [7], [1000]], SEEDS[:4]),
    (shuffle, {"row": 2}, [[1], [2], [5], [100]], SEEDS[:2]),
    (multinomial, {}, FEW, SEEDS[:3]),
    (multinomial, {"rows": 1}, FEW, SEEDS[:2]),
    (gamma, {}, [[1], [5], [300]], SEEDS[:3]),
    (gamma, {"dtype": "float64", "alpha": (1.0, 3.5), "beta": 2.0}, [[5], [300]], SEEDS[:2]),
    (poisson, {}, [[1], [5], [300]], SEEDS[:2]),
    (dropout, {}, FEW + [[4, 6]], SEEDS[:2]),
    (crop, {}, [[2], [5]], SEEDS[:2]),
]


def eager_values(draw, shape, global_seed, op_seed, options):
    """RUNS results, and the seeds each call used."""
    V1.set_random_seed(global_seed)
    chain = random.Random(global_seed)
    seeds, values = [], []
    for _ in range(RUNS):
        if op_seed is not None:
            pair = (87654321 if global_seed is None else global_seed, op_seed)
        else:
            pair = (global_seed, chain.randint(0, 2**31 - 1))
        pair = [s % (2**31 - 1) for s in pair]
        seeds.append([0, 2**31 - 1] if pair == [0, 0] else pair)
        values.append(draw(shape, op_seed, **options).numpy())
    return seeds, values


def graph_values(draw, shape, global_seed, op_seed, options):
    with context.graph_mode(), V1.Graph().as_default() as graph, V1.Session() as session:
        V1.set_random_seed(global_seed)
        result = draw(shape, op_seed, **options)
        seeded = [op for op in graph.get_operations() if "seed2" in op.node_def.attr]
        pair = [int(seeded[0].get_attr(name)) for name in ("seed", "seed2")]
        return [pair] * RUNS, [session.run(result) for _ in range(RUNS)]


def add_case(arrays, call, values):
    """Stores the runs of a case, one upon another: whole, or when large as samples and their sums."""
    key = "case%d" % sum(k.endswith("/call") for k in arrays)
    arrays[key + "/call"] = reference.text(call)
    values = np.stack([np.asarray(v) for v in values])
    if values[0].size > SMALL:
        flat = values.reshape(len(values), -1)
        arrays[key + "/sum"] = np.sum(flat, axis=1, dtype=np.float64)
        values = flat[:, :: 97 if flat.shape[1] < 10000 else 4999]
    arrays[key + "/out"] = values


def stateful_cases(arrays, mode, run):
    for draw, options, shapes, seeds in DRAWS:
        for shape in shapes:
            for global_seed, op_seed in seeds if shape in FEW or shape == [2] else seeds[:2]:
                call = {
                    "mode": mode,
                    "draw": draw.__name__,
                    "arguments": dict(options, shape=shape),
                }
                call.update(global_seed=global_seed, op_seed=op_seed)
                call["seeds"], values = run(draw, shape, global_seed, op_seed, options)
                add_case(arrays, call, values)


def add_program(arrays, mode):
    """Different operations after one another with only the global seed 5: how the operation seeds
    follow.
    """

    def draws():
        uniforms = uniform([3], None)
        normals = normal([2, 2], None)
        truncated_normals = truncated([5], 9)
        more = uniform([3], None)
        return uniforms, normals, truncated_normals, more, shuffle([6], None)

    if mode == "eager":
        V1.set_random_seed(5)
        values = [value.numpy() for value in draws()]
    else:
        with context.graph_mode(), V1.Graph().as_default(), V1.Session() as session:
            V1.set_random_seed(5)
            V1.constant(1.0)
            values = session.run(draws())
    for name, value in zip(("uniform", "normal", "truncated", "uniform_again", "shuffle"), values):
        arrays[f"program/{mode}/{name}"] = value


def stateless_cases(arrays):
    """2.21: functions of the seed alone, and tf.random.Generator."""
    types = ["float32", "float64", "float16", "int32", "int64"]
    for shape in [[], [3], [5], [1000], [300000]]:
        for seed in ([1, 2], [0, 0], [-7, 2**40]):
            for dtype in types:
                limits = {"minval": -3, "maxval": 11} if dtype[0] == "i" else {}
                value = tf.random.stateless_uniform(shape, seed, dtype=dtype, **limits)
                call = {
                    "draw": "stateless_uniform",
                    "seed": seed,
                    "arguments": {"dtype": dtype, "shape": shape},
                }
                call["arguments"].update(limits)
                add_case(arrays, call, [value.numpy()])
            for name in ("stateless_normal", "stateless_truncated_normal"):
                for dtype in types[:2]:
                    value = getattr(tf.random, name)(shape, seed, dtype=dtype)
                    call = {
                        "draw": name,
                        "seed": seed,
                        "arguments": {"dtype": dtype, "shape": shape},
                    }
                    add_case(arrays, call, [value.numpy()])
    for dtype in ("int32", "int64", "uint32", "uint64"):
        value = tf.random.stateless_uniform([7], [1, 2], None, None, dtype=dtype)
        call = {
            "draw": "stateless_full_int",
            "seed": [1, 2],
            "arguments": {"dtype": dtype, "shape": [7]},
        }
        add_case(arrays, call, [value.numpy()])
    for count in (1, 3):
        value = tf.random.split([1, 2], count)
        add_case(
            arrays, {"draw": "split", "seed": [1, 2], "arguments": {"num": count}}, [value.numpy()]
        )
    value = tf.random.fold_in([1, 2], 5)
    add_case(arrays, {"draw": "fold_in", "seed": [1, 2], "arguments": {"data": 5}}, [value.numpy()])
    value = tf.random.experimental.stateless_shuffle(tf.range(20), [1, 2])
    add_case(
        arrays,
        {"draw": "stateless_shuffle", "seed": [1, 2], "arguments": {"n": 20}},
        [value.numpy()],
    )


def generator_cases(arrays):
    """Philox generators; "state" is the generator's after the draws."""
    for shape in ([3], [5], [1000]):
        for dtype in ("float32", "float64", "int32", "int64"):
            generator = tf.random.Generator.from_seed(1234, alg="philox")
            limits = {"minval": 0, "maxval": 10} if dtype[0] == "i" else {}
            values = [generator.uniform(shape, dtype=dtype, **limits).numpy() for _ in range(RUNS)]
            options = dict(limits, dtype=dtype, shape=shape)
            call = {"draw": "generator_uniform", "seed": 1234, "arguments": options}
            call["state"] = generator.state.numpy().tolist()
            add_case(arrays, call, values)
        for name in ("normal", "truncated_normal"):
            generator = tf.random.Generator.from_seed(1234, alg="philox")
            values = [getattr(generator, name)(shape).numpy() for _ in range(RUNS)]
            options = {"dtype": "float32", "shape": shape}
            call = {"draw": "generator_" + name, "seed": 1234, "arguments": options}
            call["state"] = generator.state.numpy().tolist()
            add_case(arrays, call, values)


def main():
    V1.enable_eager_execution()
    arrays = {}
    stateful_cases(arrays, "graph", graph_values)
    add_program(arrays, "graph")
    stateful_cases(arrays, "eager", eager_values)
    add_program(arrays, "eager")
    if V1 is not tf:
        stateless_cases(arrays)
        generator_cases(arrays)
        arrays = reference.without_known(arrays, "random_1.8")
    reference.save("random_" + ".".join(tf.__version__.split(".")[:2]), arrays)


if __name__ == "__main__":
    main()

"""The order in which tf.data's shuffle yields. Run with TensorFlow 1.8.0 (Python 3.6), then with 2.21
(Python 3.12):

    python dataset_order.py

It writes dataset_order_1.8.npz or dataset_order_2.21.npz: case<N>/call tells {mode, pipeline,
elements, buffer, seed, global_seed, reshuffle, seeds}, case<N>/order has three passes over the
pipeline of range(elements), a row a pass. In eager mode the dataset is iterated three times; in
graph mode one initializable iterator is initialized three times in a session. Of 2.21 only the
cases are kept that 1.8 lacks or answers otherwise. random_order() says how each order comes about,
and every case that a seed fixes is compared with it here.
"""

import random

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

import random_check
import reference

V1 = tf if tf.__version__.startswith("1.") else tf.compat.v1
OLD = V1 is tf
PASSES = 3
SEEDS = [(1, None), (1, 7), (None, 7), (0, 0), (42, 2**33)]
SIZES = [(10, 1), (10, 2), (10, 3), (10, 10), (10, 1000), (100, 7), (100, 32), (100, 1000)]


class Stream:
    """The words of one Philox stream, one after another."""

    def __init__(self, key, high):
        self.stream, self.n_used, self.words = (key, high, 0), 0, []

    def __call__(self):
        if self.n_used == len(self.words):
            self.words = random_check.words(self.stream, 2 * len(self.words) + 64)
        self.n_used += 1
        return int(self.words[self.n_used - 1])


def random_order(elements, buffer, stream):
    """A window of up to BUFFER elements is kept full; each step takes word % (elements in it), and
    the first moves there.
    """
    waiting, window, order = list(range(elements)), [], []
    while waiting or window:
        while waiting and len(window) < buffer:
            window.append(waiting.pop(0))
        place = stream() % len(window)
        order.append(window[place])
        window[place] = window[0]
        window.pop(0)
    return order


def expected(elements, buffer, seeds, reshuffle, eager):
    """The orders of the passes.

    Reshuffling, each iterator of one dataset (also each round of a repeat after it) has a stream of
    its own, seeded by the next two words of the dataset's. Only eager 2.21 keeps the dataset from
    pass to pass; a graph, and eager 1.8, make it anew, so that each pass is the first. Not
    reshuffling, the stream is that of the seeds; 1.8 takes the first seed for both.
    """
    if not reshuffle:
        streams = [Stream(seeds[0], seeds[0] if OLD else seeds[1]) for _ in range(PASSES)]
    elif eager and not OLD:
        parent = Stream(*seeds)
        streams = [Stream(parent(), parent()) for _ in range(PASSES)]
    else:
        parents = [Stream(*seeds) for _ in range(PASSES)]
        streams = [Stream(parent(), parent()) for parent in parents]
    return [random_order(elements, buffer, stream) for stream in streams]


def pipeline(name, elements, buffer, seed, reshuffle):
    numbers = tf.data.Dataset.range(elements)
    options = {"seed": seed, "reshuffle_each_iteration": reshuffle}
    if name == "shuffle":
        return numbers.shuffle(buffer, **options)
    if name == "shuffle_repeat":
        return numbers.shuffle(buffer, **options).repeat(3)
    if name == "repeat_shuffle":
        return numbers.repeat(3).shuffle(buffer, **options)
    if name == "fused":
        fused = (tf.contrib.data if OLD else tf.data.experimental).shuffle_and_repeat
        return numbers.apply(fused(buffer, 3, seed=seed))
    if name == "shuffle_twice":
        return numbers.shuffle(buffer, **options).shuffle(buffer, **options)
    return numbers.shuffle(buffer, **options).batch(elements)  # "batch"


def eager_order(arguments, global_seed):
    V1.set_random_seed(global_seed)
    dataset = pipeline(*arguments)
    if OLD:
        passes = [[e.numpy() for e in tf.contrib.eager.Iterator(dataset)] for _ in range(PASSES)]
    else:
        passes = [[e.numpy() for e in dataset] for _ in range(PASSES)]
    return passes


def graph_order(arguments, global_seed):
    with context.graph_mode(), V1.Graph().as_default(), V1.Session() as session:
        V1.set_random_seed(global_seed)
        iterator = V1.data.make_initializable_iterator(pipeline(*arguments)) if not OLD else None
        iterator = iterator or pipeline(*arguments).make_initializable_iterator()
        element, passes = iterator.get_next(), []
        for _ in range(PASSES):
            session.run(iterator.initializer)
            passes.append([])
            try:
                while True:
                    passes[-1].append(session.run(element))
            except tf.errors.OutOfRangeError:
                pass
        return passes


def seeds_of(mode, global_seed, seed):
    """The pair the dataset is made with; in a graph without an operation seed it depends on the
    graph before it.
    """
    if seed is None and mode == "graph":
        return None
    if seed is None:
        seed = random.Random(global_seed).randint(0, 2**31 - 1)
    pair = (87654321 if global_seed is None else global_seed % (2**31 - 1), seed % (2**31 - 1))
    return (0, 2**31 - 1) if pair == (0, 0) else pair


def add_case(arrays, mode, arguments, global_seed):
    name, elements, buffer, seed, reshuffle = arguments
    run = eager_order if mode == "eager" else graph_order
    order = np.array(run(arguments, global_seed), np.uint8).reshape(PASSES, -1)
    seeds = seeds_of(mode, global_seed, seed)
    call = {"mode": mode, "pipeline": name, "elements": elements, "buffer": buffer, "seed": seed}
    call.update(global_seed=global_seed, reshuffle=reshuffle, seeds=seeds)
    key = "case%d" % sum(k.endswith("/call") for k in arrays)
    arrays[key + "/call"] = reference.text(call)
    arrays[key + "/order"] = order
    if name != "shuffle" or not seeds:
        return
    if order.tolist() != expected(elements, buffer, seeds, reshuffle, mode == "eager"):
        print("differs from random_order:", call)


def main():
    V1.enable_eager_execution()
    arrays = {}
    for mode in ("eager", "graph"):
        for elements, buffer in SIZES:
            for global_seed, seed in SEEDS if elements == 10 else SEEDS[:2]:
                for reshuffle in (True, False):
                    add_case(
                        arrays, mode, ("shuffle", elements, buffer, seed, reshuffle), global_seed
                    )
        for name in ("shuffle_repeat", "repeat_shuffle", "fused", "shuffle_twice", "batch"):
            for buffer in (1, 4, 15):
                for global_seed, seed in SEEDS[:2]:
                    add_case(arrays, mode, (name, 10, buffer, seed, True), global_seed)
    if not OLD:
        arrays = reference.without_known(arrays, "dataset_order_1.8")
    reference.save("dataset_order_" + ".".join(tf.__version__.split(".")[:2]), arrays)


if __name__ == "__main__":
    main()

"""What the programs of all libraries share: data, weights, timing, and figures as lines of JSON. Python 3.6 runs it too."""

from __future__ import print_function

import json
import os
import resource
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BRIEF = "BENCH_BRIEF" in os.environ  # only to see that everything runs
IMAGES, BATCH, IRIS_ROWS = 8000, 1000, 112
CNN_SHAPES = [(5, 5, 1, 20), (5, 5, 20, 50), (20000, 500), (500, 500), (500, 10)]
IRIS_SIZES = [(4, 20), (20, 20), (20, 3)]
RECORDS = 200 if BRIEF else 20000
random = np.random.RandomState(1)


def show(workload, name, unit, values, **more):
    values = sorted(values)
    row = {"workload": workload, "name": name, "unit": unit, "median": values[len(values) // 2], "low": values[0], "high": values[-1]}
    row.update(more)
    print(json.dumps(row))
    sys.stdout.flush()


def turns(name):
    """Once; where paced.py lets all programs measure one work in turn, as often as it says."""
    if "BENCH_PACED" not in os.environ:
        yield
        return
    while True:
        print(json.dumps({"turn": name}))
        sys.stdout.flush()
        if not sys.stdin.readline().startswith("m"):
            return
        yield


def seconds(function, *arguments):
    begin = time.time()
    function(*arguments)
    return time.time() - begin


# ---- overhead ----


def overhead(name, function):
    """Nanoseconds of a call, the call of the lambda included: about 20 ms a sample."""
    for _ in range(20):
        function()
    calls = max(5, int((0.0001 if BRIEF else 0.02) / (seconds(lambda: [function() for _ in range(5)]) / 5)))

    def run():
        for _ in range(calls):
            function()

    for _ in turns(name):
        show("overhead", name, "ns", [seconds(run) / calls * 1e9 for _ in range(7)])


# ---- networks ----


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def cnn_weights():
    weights = []
    for shape in CNN_SHAPES:
        limit = np.sqrt(6.0 / (np.prod(shape[:-2]) * (shape[-2] + shape[-1])))
        weights += [random.uniform(-limit, limit, shape).astype(np.float32), np.zeros(shape[-1], np.float32)]
    return weights


def iris_weights():
    weights = []
    for shape in IRIS_SIZES:
        weights += [random.normal(0, 0.1, shape).astype(np.float32), np.full(shape[1], 0.1, np.float32)]
    return weights


def images():
    return random.uniform(0, 1, (IMAGES, 28, 28, 1)).astype(np.float32), random.randint(0, 10, IMAGES).astype(np.int32)


def flowers():
    return random.uniform(0, 7, (IRIS_ROWS, 4)).astype(np.float32), random.randint(0, 3, IRIS_ROWS).astype(np.int32)


def measure_cnn(train_step, evaluate):
    steps, evaluations = (1, 1) if BRIEF else (3, 1)
    order = random.permutation(IMAGES)
    train_step(order[:BATCH])
    for _ in turns("training step of 1,000 images"):
        show("cnn", "training step of 1,000 images", "s", [seconds(train_step, order[:BATCH]) for _ in range(steps)])
    show("cnn", "peak memory of training", "MiB", [peak_mib()])
    evaluate()
    for _ in turns("evaluation of 8,000 images at once"):
        show("cnn", "evaluation of 8,000 images at once", "s", [seconds(evaluate) for _ in range(evaluations)])
    show("cnn", "peak memory", "MiB", [peak_mib()])


def measure_iris(train_step, evaluate):
    def run(n):
        for _ in range(n):
            order = random.permutation(IRIS_ROWS)
            for i in range(0, IRIS_ROWS, 16):
                train_step(order[i : i + 16])
            evaluate()

    measure_epochs(run)


def measure_epochs(run):
    """run(n) runs n epochs. A sample is about 0.3 s, after 20 epochs of warm-up."""
    run(1 if BRIEF else 20)
    epochs = 1 if BRIEF else max(2, int(0.3 / (seconds(run, 4) / 4)))
    show("iris", "epoch", "epochs/s", [epochs / seconds(run, epochs) for _ in range(3)], work="iris epoch")


def measure_pipeline(make):
    """make(x, y) returns an iterable of batches."""
    x, y = random.uniform(0, 1, (RECORDS, 4)).astype(np.float32), random.randint(0, 3, RECORDS).astype(np.int32)

    def run():
        for _ in make(x, y):
            pass

    run()
    for _ in turns("map, shuffle, batch, prefetch"):
        show("pipeline", "map, shuffle, batch, prefetch", "records/s", [RECORDS / seconds(run) for _ in range(3)])


# ---- kernels ----


class Line:
    """A line of kernels.txt."""

    def __init__(self, text):
        words = text.split()
        self.name, self.kind = text, words[0]
        self.n = [int(w) for w in words[1:] if w.isdigit()]
        self.padding = "SAME" if "same" in words else "VALID"
        self.dtype = np.float64 if "float64" in words else np.float32

    def draw(self, *shape):
        """Random numbers, the same again every 100,003: drawing them all takes longer than the work."""
        return np.resize(random.uniform(-1, 1, 100003).astype(self.dtype), shape)

    @property
    def stride(self):
        return self.n[6]

    def output_shape(self):
        n, h, w, _, k, m, s = self.n
        return (n,) + tuple(-(-d // s) if self.padding == "SAME" else (d - k) // s + 1 for d in (h, w)) + (m,)

    def arrays(self):
        """The inputs, in the order in which the libraries' functions take them."""
        n = self.n
        if self.kind.startswith("matmul"):
            a, b = (n[0], n[2]), (n[2], n[1])
            return [self.draw(*(a[::-1] if self.kind.endswith("tn") else a)), self.draw(*(b[::-1] if self.kind.endswith("nt") else b))]
        if self.kind.startswith("conv2d"):
            x, w, dy = self.draw(*n[:4]), self.draw(n[4], n[4], n[3], n[5]), self.draw(*self.output_shape())
            return {"conv2d": [x, w], "conv2d_dx": [w, dy], "conv2d_dw": [x, dy]}[self.kind]
        if self.kind == "gather":
            return [self.draw(*n), random.randint(0, n[0], n[0] // 5).astype(np.int32)]
        if self.kind == "batch_norm":
            return [self.draw(*n), self.draw(n[3]), self.draw(n[3])]
        return [self.draw(*n) for _ in range({"add": 2, "multiply_add_relu": 3}.get(self.kind, 1))]

    def work(self):
        """The unit, and how much of it a call is."""
        n, size = self.n, np.dtype(self.dtype).itemsize
        if self.kind.startswith("matmul"):
            return "GFLOP/s", 2e-9 * n[0] * n[1] * n[2]
        if self.kind.startswith("conv2d"):
            return "GFLOP/s", 2e-9 * float(np.prod(self.output_shape())) * n[4] * n[4] * n[3]
        if self.kind == "gather":
            return "GB/s", 2e-9 * (n[0] // 5) * n[1] * size
        moved = {"add": 3, "multiply_add_relu": 4, "sum_all": 1, "sum_rows": 1, "sum_columns": 1, "max_pool": 1.25, "avg_pool": 1.25}
        return "GB/s", moved.get(self.kind, 2) * 1e-9 * float(np.prod(n)) * size


def measure_kernels(make, path):
    """make(line, arrays) returns a function without arguments that computes and waits; None, or an error, where the library has no such thing."""
    for text in open(path).read().splitlines():
        if not text or text.startswith("#"):
            continue
        line = Line(text)
        unit, amount = line.work()
        try:
            run = make(line, line.arrays())
            for _ in turns(line.name) if run else ():
                show("kernels", line.name, unit, [amount / s for s in kernel_seconds(run)])
        except Exception as error:
            print("%s: %s" % (text, str(error).splitlines()[:1]), file=sys.stderr)


def kernel_seconds(run):
    """Samples of about 4 ms until 60 ms are spent; two at least."""
    run()
    first = seconds(run)
    calls = max(1, int(0.004 / max(first, 1e-7)))

    def several():
        for _ in range(calls):
            run()

    found, spent = [], 0
    while len(found) < 2 or (spent < (0 if BRIEF else 0.06) and len(found) < 200):
        spent_now = seconds(several)
        found.append(spent_now / calls)
        spent += spent_now
    return found

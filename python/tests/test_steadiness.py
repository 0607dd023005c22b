"""Long runs leave nothing over: no object, block, reference or byte more after 10,000 steps. test_interrupts.py: Ctrl-C, fork and threads."""

import gc
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys

import numpy as np
import pytest

STEPS = 10000
HERE = pathlib.Path(__file__).parent
# The address sanitizer keeps what is freed for a while.
RESIDENT_TELLS = "address" not in os.environ.get("SOKUJI_SANITIZE", "")


def steady(step, n=STEPS, warm_up=1500):
    """No object, block, page or byte of the library more after n steps; allocations of the first steps are caches."""
    import sokuji

    for _ in range(warm_up):
        step()
    gc.collect()
    used = sokuji._core.memory_in_use()
    objects, blocks, memory = len(gc.get_objects()), sys.getallocatedblocks(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(n):
        step()
    gc.collect()
    assert abs(len(gc.get_objects()) - objects) < 50
    assert sys.getallocatedblocks() - blocks < 500
    assert sokuji._core.memory_in_use() == used
    assert not RESIDENT_TELLS or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 4096  # KiB


WHOLE = bool(os.environ.get("SOKUJI_SLOW_TESTS"))
# Seconds of 10,080 steps: 30 for the second listing, which maps every line in Python, 20 for the seventh, 2 for the others.
LISTINGS = {"02_eager_official": STEPS + 80 if WHOLE else 560, "03_eager_keras_iris": STEPS + 80, "04_eager_lowlevel_iris": STEPS + 80, "05_eager_network_iris": STEPS + 80,
            "06_eager_dynamic_iris": STEPS + 80, "07_eager_cnn_mnist": STEPS + 80 if WHOLE else 560}  # fmt: skip


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_loop_of_a_listing_is_steady(listing, tmp_path):
    """Unchanged but for its end and the size of its data. (The first listing is a graph's.)"""
    cache = tmp_path / ".keras" / "datasets"
    cache.mkdir(parents=True)
    shutil.copy(HERE.parents[1] / "data" / "iris" / "iris_training.csv", cache)
    traced = ["--trace"] if WHOLE and listing.endswith("iris") else []
    steps = LISTINGS[listing] // (5 if os.environ.get("SOKUJI_SANITIZE") else 1)
    done = subprocess.run([sys.executable, str(HERE / "steady_listing.py"), str(HERE / "listings" / (listing + ".py")), str(max(140, steps - steps % 140)), *traced],
                          cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, timeout=600)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    more = json.loads(done.stdout)
    assert abs(more["library bytes"]) < 4096  # a gradient, which the branch of the sixth listing has or has not
    assert {name: n for name, n in more["references"].items() if abs(n) > 8} == {}
    # Less than one for every tenth step that is counted.
    assert abs(more["objects"]) < 50 and more["blocks"] < 600 and more.get("traced bytes", 0) < 64 << 10, more
    assert not RESIDENT_TELLS or more["resident KiB"] < 4096, more


def test_fit_and_evaluation_are_steady(tf2):
    model = tf2.keras.Sequential([tf2.keras.layers.Dense(4, activation="relu"), tf2.keras.layers.Dropout(0.2), tf2.keras.layers.Dense(3)])
    model.compile("adam", tf2.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    x, y = np.ones((8, 4), np.float32), np.zeros(8, np.int32)

    def step():
        model.fit(x, y, batch_size=4, verbose=0)
        model.evaluate(x, y, verbose=0)
        model.predict(x, verbose=0)

    steady(step, 1000, 200)


def test_datasets_custom_gradients_and_nested_tapes_are_steady(tf2):
    data = tf2.data.Dataset.from_tensor_slices(np.arange(6.0, dtype=np.float32)).map(lambda v: v * 2).filter(lambda v: v > 1).shuffle(4).batch(2).prefetch(1)
    v = tf2.Variable(3.0)

    @tf2.custom_gradient
    def clipped(x):
        return x * 1.0, lambda dy: tf2.clip_by_value(dy, -0.5, 0.5)

    def step():
        for x in data:
            with tf2.GradientTape() as outer:
                with tf2.GradientTape(persistent=True) as inner:
                    y = tf2.reduce_sum(clipped(v * v * x) ** 2)
                g = inner.gradient(y, v)
                inner.gradient(y, [v])
            outer.gradient(g, v)

    steady(step, 1000, 300)


def test_failures_printing_and_indexing_are_steady(tf1):
    t = tf1.constant([[1.0, 2.0], [3.0, 4.0]])

    def step():
        with pytest.raises(tf1.errors.InvalidArgumentError):
            tf1.matmul(t, tf1.constant([[1.0, 2.0, 3.0]]))
        with pytest.raises(TypeError):
            tf1.square()
        str(t[0]), repr(t), float(t[0, 1]), np.asarray(t), memoryview(t), list(t)
        tf1.split(t, 2), tf1.gather(t, [0]), tf1.GradientTape()

    steady(step, 2000)


def test_reference_counts(tf2):
    value, t = np.ones((3, 3), np.float32), tf2.constant([1.0])
    names = {"None": None, "array": value, "tensor": t, "dtype": tf2.float32}
    before = {name: sys.getrefcount(o) for name, o in names.items()}
    for _ in range(1000):
        tf2.constant(value), tf2.reduce_sum(value, axis=None), tf2.cast(value, tf2.float32), t + t, t.dtype, tf2.add(t, 1), tf2.stack([t, t])
    for name, o in names.items():
        if sys.getrefcount(o) < 2**30:  # immortal in newer Pythons
            assert abs(sys.getrefcount(o) - before[name]) < 20, name

"""
Runs the loop of a listing for many steps and prints, as JSON, what there is more after them than before: python steady_listing.py LISTING STEPS
[--trace]. A step ends where the optimizer has applied its gradients; the first steps fill caches and are not counted.
"""

import gc
import gzip
import json
import os
import resource
import sys

import numpy as np

WARM_UP = 1400  # whole epochs of every listing, so that both looks are at the same place of the loop


class Enough(BaseException):
    """The steps are done; no listing catches it."""


def images(folder):
    """Small pictures in IDX files, for the seventh listing."""
    random = np.random.default_rng(1)
    for name, values in (("images", random.integers(0, 256, (20, 12, 12))), ("labels", random.integers(0, 10, 20))):
        head = b"\0\0\x08" + bytes([values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
        with gzip.open(os.path.join(folder, name), "wb") as file:
            file.write(head.ljust(16 if name == "images" else 8, b"\0") + values.astype(np.uint8).tobytes())
    return [os.path.join(folder, "images"), os.path.join(folder, "labels")]


def endless(text):
    """The listing with small data and without an end. It keeps results of every epoch itself: only the newest ones here."""
    for old, new in (
        ("epoch_num = 30", "epoch_num = 10 ** 9"), ("epoch_num = 5", "epoch_num = 10 ** 9"), ("num_epochs = 201", "num_epochs = 10 ** 9"),
        ("results = []", "results = __import__('collections').deque(maxlen=1)"), ("28, 28", "12, 12"), ("784", "144"), ("batch_size = 1000", "batch_size = 4"),
        ("Dense(500", "Dense(20"), ("import matplotlib\nmatplotlib.use(\"Agg\")\nimport matplotlib.pyplot as plt\n", ""), ("import seaborn as sns\n", ""),
    ):  # fmt: skip
        text = text.replace(old, new)
    assert "10 ** 9" in text
    return text


def look(names, traced):
    """What is counted, by name. References are those of the listing's own variables."""
    import sokuji

    float32 = sokuji.float32  # the first name brings the others: before anything is counted
    gc.collect()
    found = {
        "objects": len(gc.get_objects()), "blocks": sys.getallocatedblocks(), "resident KiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "library bytes": sokuji._core.memory_in_use(),
    }  # fmt: skip
    if traced:
        import tracemalloc

        found["traced bytes"] = tracemalloc.get_traced_memory()[0]
    held = {"None": None, "float32": float32, **{name: value for name, value in names.items() if not name.startswith("__")}}
    references = {name: (id(value), sys.getrefcount(value)) for name, value in held.items() if sys.getrefcount(value) < 2**30}
    return found, references


def counted(optimizers, steps, names, traced):
    """apply_gradients of these classes looks after the first steps, and again at the end; both looks go to the list."""
    looks, taken = [], [0]

    def follow(apply):
        def apply_gradients(*arguments, **keywords):
            apply(*arguments, **keywords)
            taken[0] += 1
            if taken[0] in (WARM_UP, WARM_UP + steps):
                looks.append(look(names, traced))
            if taken[0] == WARM_UP + steps:
                raise Enough

        return apply_gradients

    for optimizer in optimizers:
        optimizer.apply_gradients = follow(optimizer.apply_gradients)
    return looks


def main():
    path, steps, traced = sys.argv[1], int(sys.argv[2]), "--trace" in sys.argv
    import sokuji

    tf = sokuji.install_as_tensorflow(1)
    names = {"__name__": "__main__", "__file__": path}
    sys.argv = [path, *images(os.getcwd())]
    with open(path, encoding="utf-8") as file:
        program = compile(endless(file.read()), path, "exec")
    if traced:
        import tracemalloc

        tracemalloc.start()
    looks = counted([tf.train.AdamOptimizer, tf.train.GradientDescentOptimizer], steps, names, traced)
    printed, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
    try:
        exec(program, names)
    except Enough:
        pass
    (before, references), (after, later) = looks
    more = {name: after[name] - before[name] for name in before}
    more["references"] = {name: later[name][1] - n for name, (object_id, n) in references.items() if later.get(name, (0,))[0] == object_id}
    json.dump(more, printed)


if __name__ == "__main__":
    main()

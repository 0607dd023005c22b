"""Runs one of the column's iris listings as it is but with seeds, on Sokuji or on the real TensorFlow 1.8: seeded_listing.py FILE SEED...

Prints a JSON list for each seed: (train loss, valid loss, train accuracy, valid accuracy) after every fifth epoch. On Sokuji by `python -m sokuji --tf 1`.
The real TensorFlow's figures of seeds 1 and 2 are in reference/listings.json.
"""

from __future__ import print_function

import io
import json
import re
import sys

import numpy as np
import tensorflow as tf

EAGER = "tf.enable_eager_execution()"
NUMBERS = re.compile(r":\s+([\d.]+)")


def run(text, seed):
    np.random.seed(seed)
    if EAGER in text:
        text = text.replace(EAGER, "tf.set_random_seed(%d)" % seed)
    else:
        tf.reset_default_graph()
        tf.set_random_seed(seed)
    stdout, sys.stdout = sys.stdout, io.StringIO()
    try:
        exec(compile(text, "listing", "exec"), {"__name__": "__main__"})
        return [[float(x) for x in NUMBERS.findall(line)] for line in sys.stdout.getvalue().splitlines() if line.startswith("epoch:")]
    finally:
        sys.stdout = stdout


if __name__ == "__main__":
    listing = io.open(sys.argv[1], encoding="utf-8").read()
    if EAGER in listing:  # once in a process
        tf.enable_eager_execution()
    for word in sys.argv[2:]:
        print(json.dumps(run(listing, int(word))))

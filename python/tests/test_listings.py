"""The column's iris listings with seeds: figures of the real TensorFlow 1.8 with the same seeds, and learning as its unseeded runs did."""

import json
import math
import pathlib
import statistics
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
FIGURES = ("train loss", "valid loss", "train accuracy", "valid accuracy")
RUNS = 10  # behind each mean of curves.json
CURVES = json.loads((HERE.parents[1] / "tests" / "examples" / "curves.json").read_text())
RECORDED = json.loads((HERE / "reference" / "listings.json").read_text())
NAMES = {"01_graph_iris": "iris_graph", "03_eager_keras_iris": "iris_layers", "04_eager_lowlevel_iris": "iris_lowlevel", "05_eager_network_iris": "iris_network",
         "06_eager_dynamic_iris": "iris_dynamic"}  # fmt: skip


@pytest.mark.parametrize("listing", sorted(NAMES))
def test_learns_as_on_tensorflow(listing):
    command = [sys.executable, "-m", "sokuji", "--tf", "1", str(HERE / "seeded_listing.py"), str(HERE / "listings" / (listing + ".py"))]
    done = subprocess.run(command + [str(seed) for seed in range(1, 11)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    for mine, real in zip(runs, RECORDED[listing]):
        for row, want in zip(mine, real):
            assert row == pytest.approx(want, abs=1.1e-5), "with a seed the figures are TensorFlow's own"
    for figure, (mean, deviation), values in zip(FIGURES, CURVES[NAMES[listing]], zip(*(run[-1][1:] for run in runs))):
        allowed = 4 * math.sqrt(deviation**2 / RUNS + statistics.variance(values) / len(values))
        assert abs(statistics.mean(values) - mean) <= allowed, (figure, statistics.mean(values), mean, allowed)

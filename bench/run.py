#!/usr/bin/env python3
"""Runs the benchmarks and, for each peer environment found, the same work on the peer, in alternation; prints a table for each workload.

    run.py BUILD_FOLDER [TURNS]

PEERS names a folder with the peers' virtual environments (tf18, tf2, torch, jax, numpy, each with bin/python); without it only our side runs: from
C, and from Python where BUILD_FOLDER/python holds the package, there with the peers' own program for TensorFlow. Of the workloads in PACED each piece of
work is measured by all programs in turn, TURNS (3) times; of the others all programs run one after the other. BENCH_BRIEF=1: only to see that everything runs.
Writes build/bench/results.json, whose rows tables.py explains, and build/bench/machine.txt.
"""

import datetime
import glob
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time

import goals
import paced
import tables

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
OUT = os.path.join(ROOT, "build", "bench")
KERNELS, KERNELS_ONE = os.path.join(HERE, "kernels.txt"), os.path.join(HERE, "kernels-one.txt")
LISTINGS = sorted(glob.glob(os.path.join(ROOT, "python", "tests", "listings", "0[13456]_*iris.py")))
BRIEF = "BENCH_BRIEF" in os.environ
# What each peer runs, by workload: modes of peers/peer.py. PyTorch's and JAX' other modes were never the best on these workloads.
MODES = {
    "overhead": ["tf18-eager", "tf2-eager", "torch-eager", "jax-jit", "numpy"],
    "iris": ["tf2-function", "torch-eager", "jax-jit", "jax-scan", "numpy"],
    "cnn": ["tf18-eager", "tf18-graph", "tf2-eager", "tf2-function", "torch-eager", "jax-jit"],
    "kernels": ["tf18-eager", "tf2-eager", "tf2-xla", "torch-eager", "jax-jit", "numpy"],
    "pipeline": ["tf18-eager", "tf2-eager", "torch-eager"],
    "one thread": ["tf2-eager", "torch-eager", "jax-jit", "numpy"],
}
PACED = ("overhead", "cnn", "kernels", "one thread", "pipeline")
DISTRIBUTIONS = {"tf18": ["tensorflow"], "tf2": ["tensorflow_cpu"], "torch": ["torch"], "jax": ["jax", "jaxlib"]}

# Compiled kernels of JAX are kept from round to round: compiling is not what is measured.
ENVIRONMENT = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_COMPILATION_CACHE_DIR": os.path.join(OUT, "jax"), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
ENVIRONMENT.pop("PYTHONPATH", None)


class Task:
    """One process: whose it is and what it runs."""

    def __init__(self, workload, command, face=None, peer=None, runner=None, **variables):
        self.workload, self.command, self.face, self.peer, self.variables = workload, command, face, peer, variables
        self.runner = runner or lines_of

    def labelled(self, row):
        return {**row, "workload": self.workload, **({"peer": self.peer} if self.peer else {"from": self.face})}

    def run(self):
        return [self.labelled(row) for row in self.runner(self.command, **self.variables)]


def lines_of(command, **variables):
    """The JSON lines that a command prints."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False, env={**ENVIRONMENT, **variables})
    except subprocess.TimeoutExpired:
        print(f"longer than 600 s: {' '.join(command)}", file=sys.stderr)
        return []
    if done.returncode != 0:
        print(f"failed: {' '.join(command)}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def example_epochs(command):
    """Epochs a second of one of the iris examples, start-up left out by the difference of two runs."""

    def run(n):
        begin = time.perf_counter()
        subprocess.run([*command, "--quiet", "--epochs", str(n)], cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - begin

    n = 200 if BRIEF else 6000
    rates = [(n - 10) / max(run(n) - run(10), 1e-6) for _ in range(3)]
    name = "epoch, " + os.path.basename(command[0])
    return [{"name": name, "unit": "epochs/s", "median": sorted(rates)[1], "low": min(rates), "high": max(rates), "work": "iris epoch"}]


def ours(build):
    """Our side's tasks."""
    c = lambda workload, *words: Task(workload, [os.path.join(build, "bench", words[0]), *words[1:]], "C")  # noqa: E731
    yield c("machine", "machine")
    yield c("overhead", "dispatch")
    for name in ("iris_lowlevel", "iris_layers", "iris_graph"):
        yield Task("iris", [os.path.join(build, "examples", name)], "C", runner=example_epochs)
    yield from (c("cnn", "cnn"), c("kernels", "suite", KERNELS), c("one thread", "suite", KERNELS_ONE), c("pipeline", "pipeline"), c("growth", "growth"))
    yield Task("kernels", [os.path.join(build, "bench", "suite"), os.path.join(HERE, "kernels-function.txt"), "function"], "C, sj_function")
    package = os.path.join(build, "python")
    if not os.path.isdir(package):
        return

    def python(workload, version, *words, face="Python"):
        command = [sys.executable, "-m", "sokuji", "--tf", version, os.path.join(HERE, "peers", words[0]), *words[1:]]
        return Task(workload, command, face, PYTHONPATH=os.path.abspath(package))

    yield python("overhead", "1", "peer.py", "tf18-eager", "overhead")
    for listing in LISTINGS:
        yield python("iris", "1", "listing.py", listing, "10" if BRIEF else "6000")
    yield python("cnn", "1", "peer.py", "tf18-eager", "cnn")
    yield python("cnn", "2", "peer.py", "tf2-function", "cnn", face="Python, tf.function")
    yield python("kernels", "1", "peer.py", "tf18-eager", "kernels", KERNELS)
    yield python("pipeline", "2", "peer.py", "tf2-eager", "pipeline")
    command = [sys.executable, os.path.join(HERE, "peers", "startup.py"), "sokuji", os.path.join(package, "sokuji")]
    yield Task("startup", command, "Python", PYTHONPATH=os.path.abspath(package))


def peers(folder):
    """The peers' tasks."""
    python = {name: os.path.join(folder, name, "bin", "python") for name in ("tf18", "tf2", "torch", "jax", "numpy")}
    python = {name: path for name, path in python.items() if os.path.exists(path)}
    for workload, modes in MODES.items():
        for mode in modes:
            library = mode.partition("-")[0]
            if library in python:
                run = "kernels" if workload == "one thread" else workload
                files = {"kernels": [KERNELS], "one thread": [KERNELS_ONE]}.get(workload, [])
                yield Task(workload, [python[library], os.path.join(HERE, "peers", "peer.py"), mode, run, *files], peer=mode)
    for listing in LISTINGS if "tf18" in python else []:
        epochs = "3" if BRIEF else "400" if "01_" in listing else "60"
        yield Task("iris", [python["tf18"], os.path.join(HERE, "peers", "listing.py"), listing, epochs], peer="tf18-graph" if "01_" in listing else "tf18-eager")
    for library, distributions in DISTRIBUTIONS.items():
        if library in python:
            module = "tensorflow" if library.startswith("tf") else library
            yield Task("startup", [python[library], os.path.join(HERE, "peers", "startup.py"), module, *distributions], peer=library)


def in_turn(tasks):
    """By workload; within one our tasks and the peers' alternate."""
    found = []
    for workload in dict.fromkeys(t.workload for t in tasks):
        mine = [t for t in tasks if t.workload == workload and not t.peer]
        others = [t for t in tasks if t.workload == workload and t.peer]
        for i in range(max(len(mine), len(others))):
            found += mine[i : i + 1] + others[i : i + 1]
    return found


def run_all(tasks, n_turns):
    begin, rows = time.time(), []
    for workload in dict.fromkeys(t.workload for t in tasks):
        part = [t for t in tasks if t.workload == workload]
        if workload in PACED:
            processors = {min(os.sched_getaffinity(0))} if workload == "one thread" else None
            rows += [task.labelled(row) for task, row in paced.run(part, n_turns, ENVIRONMENT, ROOT, processors)]
        else:
            rows += [row for task in part for row in task.run()]
        print(f"{time.time() - begin:5.0f} s: {workload}", file=sys.stderr)
    return rows


def merge(rows):
    """The median of each row's medians over the turns, which it keeps, with the lowest and the highest of all."""
    groups, result = {}, []
    for row in rows:
        groups.setdefault((row.get("peer"), row.get("from"), row["workload"], row["name"]), []).append(row)
    for group in groups.values():
        row = dict(group[0], median=statistics.median(r["median"] for r in group), low=min(r["low"] for r in group), high=max(r["high"] for r in group))
        if row.pop("turn", None) is not None and len(group) > 1:
            row["turns"] = [r["median"] for r in group]
        if "limit" in row:
            row["limit"] = statistics.median(r["limit"] / r["median"] for r in group) * row["median"]
        result.append(row)
    return result


def first_match(pattern, text, default=""):
    found = re.search(pattern, text, re.M)
    return found.group(1).strip() if found else default


def machine_text(folder):
    """The machine and the versions of everything, in a sentence."""
    cpu = first_match(r"^model name\s*:(.*)", open("/proc/cpuinfo").read(), platform.machine())
    memory = int(first_match(r"^MemTotal:\s*(\d+)", open("/proc/meminfo").read(), "0")) / 2**20
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False).stdout.splitlines()[:1]
    found = []
    for library, distributions in DISTRIBUTIONS.items():
        for path in glob.glob(os.path.join(folder, library, "lib", "*", "site-packages", distributions[0] + "-[0-9]*.dist-info")) if folder else []:
            found.append(os.path.basename(path)[: -len(".dist-info")].replace("-", " "))
    with_peers = "; " + ", ".join(found) if found else ""
    n = len(os.sched_getaffinity(0))
    return f"One run of `make bench` on {datetime.date.today()}: {cpu}, {n} processors, {memory:.0f} GiB; {' '.join(compiler)}{with_peers}."


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # what runs is ended
    build, n_turns = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1 if BRIEF else 3
    folder = os.environ.get("PEERS", "")
    tasks = in_turn([*ours(build), *(peers(folder) if folder else [])])
    wanted = os.environ.get("WORKLOADS")
    tasks = [t for t in tasks if not wanted or t.workload in wanted.split(",")]
    rows = tables.compared(merge(run_all(tasks, n_turns)))
    for workload in dict.fromkeys(row["workload"] for row in rows):
        print(f"\n## {workload}\n\n{tables.of_workload(rows, workload)}")
    if folder:
        print(f"\n## goals\n\n{goals.text(rows)}")
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, "results.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    with open(os.path.join(OUT, "machine.txt"), "w", encoding="utf-8") as file:
        file.write(machine_text(folder) + "\n")


if __name__ == "__main__":
    main()

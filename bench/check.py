#!/usr/bin/env python3
"""Counts the instructions of small operations, iris steps and kernels, and fails where one needs 10 percent more than the recorded baseline.

    check.py BUILD_FOLDER [--update]

Valgrind counts, so the figures depend neither on who else works on the machine nor on its clock. They are of one thread and AVX2, whatever the
processor has: Valgrind knows no AVX-512. Each is the difference of two runs of different length, which leaves the start out. Another compiler
than the baseline's makes other code: then nothing is compared; with another Python nothing from Python. --update records bench/baseline.json anew.
"""

import concurrent.futures
import json
import os
import platform
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BASELINE = os.path.join(HERE, "baseline.json")
MOST = 1.10
PREFIX = "from Python: "
OVERHEAD = ["matmul 2x2", "matmul 2x2 with tape", "add of scalars", "add of scalars with tape", "x*x+x and gradient", "tensor from a list",
            "scalar to a number", "read a variable", "function call: matmul 2x2"]  # fmt: skip
PYTHON = ["matmul_with_tape", "gradient", "step"]  # of check_python.py
EXAMPLES = ["iris_lowlevel", "iris_layers", "iris_graph"]
KERNELS = ["matmul 16 20 20", "matmul_tn 20 20 16", "matmul_nt 16 20 20", "matmul 64 64 64", "matmul 256 256 256", "matmul 96 96 96 float64",
           "conv2d 4 24 24 20 5 50 1 valid", "conv2d_dx 4 24 24 20 5 50 1 valid", "conv2d_dw 4 24 24 20 5 50 1 valid", "conv2d 16 28 28 1 5 20 1 valid",
           "conv2d 1 28 28 64 3 64 1 same", "conv2d 1 28 28 128 1 64 1 same", "add 50000", "exp 50000", "tanh 50000", "multiply_add_relu 50000",
           "softmax 64 1000", "sum_all 200 200", "sum_rows 200 200", "sum_columns 200 200", "transpose 200 200", "gather 2000 64",
           "batch_norm 2 28 28 64", "max_pool 2 28 28 64", "avg_pool 2 28 28 64"]  # fmt: skip


def instructions(command, **variables):
    """What Valgrind counts of one run."""
    tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run([*tool, *command], cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "SOKUJI_ISA": "avx2", **variables})
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"failed: {' '.join(command)}\n{done.stderr[-2000:]}")
    return int(found.group(1).replace(",", ""))


def works(build):
    """(name, command that takes a number of rounds, fewer rounds, more rounds)"""
    dispatch, suite = os.path.join(build, "bench", "dispatch"), os.path.join(build, "bench", "suite")
    lines = os.path.join(build, "bench", "check.txt")
    with open(lines, "w", encoding="utf-8") as file:
        file.write("\n".join(KERNELS) + "\n")
    found = [(name, lambda n, name=name: [dispatch, name, str(n)], 100, 1100) for name in OVERHEAD]
    found += [(f"epoch of {name}", lambda n, name=name: [os.path.join(build, "examples", name), "--quiet", "--epochs", str(n)], 5, 15) for name in EXAMPLES]
    found += [(name, lambda n, name=name: [suite, lines, name, str(n)], 1, 4) for name in KERNELS]
    program = os.path.join(HERE, "check_python.py")
    found += [(PREFIX + name, lambda n, name=name: [sys.executable, program, name, str(n)], 5, 55) for name in PYTHON]
    return found


def count_all(build):
    variables = {"PYTHONPATH": os.path.join(build, "python"), "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}

    def count(work):
        name, command, few, many = work
        return name, round((instructions(command(many), **variables) - instructions(command(few), **variables)) / (many - few))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(pool.map(count, works(build)))


def compiler_of(build):
    """Name and major version of the build's C compiler."""
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as file:
        path = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", file.read(), re.M).group(1)
    text = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    name = "clang" if "clang" in text else "gcc"
    return name + " " + re.search(r"(\d+)\.\d+", text).group(1)


def python_version():
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def reason_to_skip(compiler, baseline):
    """Why the counts cannot be compared here, or None."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = file.read()
    if platform.machine() != "x86_64" or " avx2 " not in flags or " fma " not in flags:
        return "this processor has no AVX2, which the baseline is of"
    if baseline and baseline["compiler"] != compiler:
        return f"the baseline is of {baseline['compiler']}, this build of {compiler}"
    return None


def compare(baseline, now):
    """Prints the rows that changed much; the number of rows that are worse."""
    before, n_worse = baseline["instructions"], 0
    for name, count in now.items():
        if name.startswith(PREFIX) and baseline["python"] != python_version():
            print(f"not compared: {name}: the baseline is of Python {baseline['python']}")
            continue
        ratio = count / before[name] if name in before else None
        is_worse = ratio is None or ratio > MOST
        n_worse += is_worse
        if is_worse or ratio < 1 / MOST:
            print(f"{'WORSE' if is_worse else 'better'}: {name}: {count:,} instructions, {before.get(name, 0):,} recorded")
    return n_worse


def calls_are_worse(build):
    """Functions and sessions beside the same work done eagerly; what is above 1 is told in docs/graphs.md."""
    return subprocess.run([sys.executable, os.path.join(HERE, "calls.py"), build, "--pattern", "2x2", "--most", "1.2"], check=False).returncode != 0


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build, update = os.path.abspath(sys.argv[1]), "--update" in sys.argv
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing (apt-get install valgrind)")
    baseline = None
    if os.path.exists(BASELINE) and not update:
        with open(BASELINE, encoding="utf-8") as file:
            baseline = json.load(file)
    compiler = compiler_of(build)
    reason = reason_to_skip(compiler, baseline)
    if reason:
        print(f"not compared: {reason}")
        return
    now = count_all(build)
    if update or baseline is None:
        with open(BASELINE, "w", encoding="utf-8") as file:
            json.dump({"compiler": compiler, "python": python_version(), "instructions": now}, file, indent=1)
            file.write("\n")
        print(f"recorded: {len(now)} counts")
        return
    n_worse = compare(baseline, now) + calls_are_worse(build)
    print(f"{len(now) - n_worse} passed, {n_worse} failed")
    if n_worse:
        sys.exit("more instructions than bench/baseline.json says; where that is meant, and named in the commit: make bench-check UPDATE=--update")


if __name__ == "__main__":
    main()

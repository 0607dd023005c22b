#!/usr/bin/env python3
"""Compares the same work done eagerly, as a function and by a session, from C: chains of 1 to 12 operations, under tapes, nested, with variables, as training steps.

    calls.py BUILD_FOLDER [--pattern PATTERN] [--rounds N] [--time MILLISECONDS] [--most RATIO] [--all]

Callgrind counts instructions (one thread, AVX2); a table shows each case's ratio to eager, those above RATIO (1) marked: then it fails. PATTERN: words of a case parted by |, such as
"gradient|2x2". --time: times in alternation instead, for work whose instructions say little. Without --all only the cases above RATIO are shown, and how many were compared.
"""

import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile


def lines_of(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "SOKUJI_ISA": "avx2"})
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(command)}\n{done.stderr[-2000:]}")
    return [line.split("|") for line in done.stdout.splitlines()]


def counted(program, rounds, pattern):
    """(case, way, instructions of one call); dumps 2, 4, … are of the stretches between two marks."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "dump")
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--dump-before=calls_mark"]
        for i, (*case, way, _) in enumerate(lines_of([*tool, program, "count", str(rounds), pattern])):
            with open(f"{out}.{2 * i + 2}", encoding="utf-8") as file:
                yield tuple(case), way, int(re.search(r"^summary: (\d+)", file.read(), re.M).group(1)) / rounds


def timed(program, milliseconds, pattern):
    for *case, way, ns in lines_of([program, "time", str(milliseconds), pattern]):
        yield tuple(case), way, float(ns)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--pattern", default="")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--time", type=float)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--most", type=float, default=1.0)
    args = parser.parse_args()
    program = os.path.join(args.build, "bench", "calls")
    rows = timed(program, args.time, args.pattern) if args.time else counted(program, args.rounds, args.pattern)
    table = collections.defaultdict(dict)
    for case, way, figure in rows:
        table[case][way] = figure
    n_compared = n_above = 0
    for (mode, size, n), ways in table.items():
        for way in [w for w in ways if w != "eager"]:
            ratio = ways[way] / ways["eager"]
            n_compared += 1
            n_above += ratio > args.most
            if args.all or ratio > args.most:
                print(f"{mode:20} {size:10} {n:>3} operations  {way:9} {ways[way]:12,.0f} eager {ways['eager']:12,.0f} ratio {ratio:.3f}{' *' if ratio > args.most else ''}")
    print(f"{n_compared} compared, {n_above} above {args.most:g}")
    if n_above or not n_compared:
        sys.exit(1)


if __name__ == "__main__":
    main()

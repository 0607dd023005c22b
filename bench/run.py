#!/usr/bin/env python3
"""Runs the benchmarks and, for each peer environment found, the same work on the peer, in alternation; prints tables.

    run.py BUILD_FOLDER [ROUNDS]

PEERS names a folder with the peers' virtual environments (tf18, tf2, torch, jax, each with bin/python); without it only our side
runs: from C, and from Python where BUILD_FOLDER/python holds the package, there with the peers' own program for TensorFlow 1.8.
Writes BUILD_FOLDER/bench/results.json: workload, name, unit, median, low, high, ratio_to_best_peer, from (C or Python).
"""
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PEER_RUNS = {"tf18": ["tf18-eager", "tf18-graph"], "tf2": ["tf2-eager", "tf2-function"], "torch": ["torch-eager"], "jax": ["jax-jit"]}
HIGHER_IS_BETTER = {"epochs/s"}


def lines_of(command, timeout=900, **variables):
    """The JSON lines that a command prints; none when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False, env=dict(os.environ, **variables))
    rows = []
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            rows.append(json.loads(line))
    if done.returncode != 0:
        print(f"failed: {' '.join(command)}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return rows


def iris(program, epochs=3000):
    """Epochs a second of one of the iris examples, start-up left out by the difference of two runs."""
    def run(n):
        begin = time.perf_counter()
        subprocess.run([program, "--quiet", "--epochs", str(n)], cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - begin
    short = run(10)
    return (epochs - 10) / (run(epochs) - short)


def ours(build):
    rows = []
    for name in ("dispatch", "graph", "cnn"):
        rows += lines_of([os.path.join(build, "bench", name)])
    for name in ("iris_lowlevel", "iris_layers", "iris_graph"):
        rates = sorted(iris(os.path.join(build, "examples", name)) for _ in range(5))
        rows.append({"workload": "iris", "name": f"{name} epoch", "unit": "epochs/s", "median": rates[2], "low": rates[0],
                     "high": rates[-1]})
    package = os.path.join(build, "python")
    if os.path.isdir(package):
        command = [sys.executable, "-m", "sokuji", "--tf", "1", os.path.join(HERE, "peers.py"), "tf18-eager"]
        rows += [dict(row, **{"from": "Python"}) for row in lines_of(command, PYTHONPATH=os.path.abspath(package))]
    return [dict({"from": "C"}, **row) for row in rows]


def peers(folder):
    rows = []
    for environment, names in PEER_RUNS.items():
        python = os.path.join(folder, environment, "bin", "python")
        for name in names if os.path.exists(python) else []:
            for row in lines_of([python, os.path.join(HERE, "peers.py"), name]):
                rows.append(dict(row, peer=name))
    return rows


def best_peer(row, peer_rows):
    same = [p for p in peer_rows if p["name"] == row["name"]]
    if not same:
        return None
    choose = max if row["unit"] in HIGHER_IS_BETTER else min
    return choose(same, key=lambda p: p["median"])


def merge(rounds):
    """The median over rounds of each row's median, with the lowest and the highest of all."""
    merged = {}
    for rows in rounds:
        for row in rows:
            merged.setdefault((row.get("peer"), row.get("from"), row["workload"], row["name"], row["unit"]), []).append(row)
    result = []
    for (peer, face, workload, name, unit), group in merged.items():
        row = {"workload": workload, "name": name, "unit": unit, "from": face or "Python", "median": statistics.median(r["median"] for r in group),
               "low": min(r["low"] for r in group), "high": max(r["high"] for r in group)}
        result.append(dict(row, peer=peer) if peer else row)
    return result


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build, n_rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = os.environ.get("PEERS", "")
    our_rounds, peer_rounds = [], []
    for _ in range(n_rounds):
        our_rounds.append(ours(build))
        peer_rounds.append(peers(folder) if folder else [])
    rows, peer_rows = merge(our_rounds), merge(peer_rounds)
    print("| workload | what | from | unit | median | lowest | highest | best peer | its median | ours / best peer |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        best = best_peer(row, peer_rows)
        row["ratio_to_best_peer"] = row["median"] / best["median"] if best else None
        tail = f"{best['peer']} | {best['median']:.4g} | {row['ratio_to_best_peer']:.3g}" if best else " | | "
        print(f"| {row['workload']} | {row['name']} | {row['from']} | {row['unit']} | {row['median']:.4g} | {row['low']:.4g} | {row['high']:.4g} | {tail} |")
    if peer_rows:
        print("\n| peer | what | unit | median |\n|---|---|---|---|")
        for row in peer_rows:
            print(f"| {row['peer']} | {row['name']} | {row['unit']} | {row['median']:.4g} |")
    os.makedirs(os.path.join(build, "bench"), exist_ok=True)
    with open(os.path.join(build, "bench", "results.json"), "w", encoding="utf-8") as file:
        json.dump(rows + peer_rows, file, indent=1)


if __name__ == "__main__":
    main()

"""What a run reached of the project's goals, and where a contraction's time goes; tools/write-readme puts both into docs/performance.md.

A goal is a speed as a multiple of a peer's in the same run ("times"), or an amount in the row's unit ("at most"): what must be, and what is aimed at. The
multiples are of figures of one machine of two cores: what was wanted there divided by what the peer reached there.
"""

import re
import statistics

import tables

# name, workload, rows, from ("" any), peer ("" the best), must, aim
TIMES = [("iris epoch, eager, from C", "iris", "epoch, iris_l.*", "C", "jax-scan", 20000 / 2640, 35000 / 2640),
         ("listing 04", "iris", "epoch, listing 04", "Python", "jax-jit", 9000 / 1650, 14000 / 1650),
         ("listings 03 and 05", "iris", "epoch, listing 0[35]", "Python", "jax-jit", 6000 / 1650, 10000 / 1650),
         ("listing 01, a graph", "iris", "epoch, listing 01", "Python", "tf18-graph", 9000 / 424, 14000 / 424),
         ("its graph from C", "iris", "epoch, iris_graph", "C", "tf18-graph", 25000 / 424, 45000 / 424),
         ("matmul 2x2 with tape, from C", "overhead", "matmul 2x2 with tape", "C", "torch-eager", 1550 / 40, 1550 / 25),
         ("matmul 2x2 with tape, from Python", "overhead", "matmul 2x2 with tape", "Python", "torch-eager", 1550 / 120, 1550 / 70),
         ("x*x+x and gradient, from Python", "overhead", r"x\*x\+x and gradient", "Python", "jax-jit", 5.7 / 1.2, 5.7 / 0.6),
         ("MNIST network, training step", "cnn", "training step.*", "", "", 1 / 0.95, 1 / 0.75),
         ("MNIST network, evaluation at once", "cnn", "evaluation.*", "", "", 1, 1 / 0.85),
         ("products up to 16", "kernels", "matmul (2|4|8|16) .*(?<!float64)", "C", "", 4, 4),
         ("products of 256 and 1024", "kernels", "matmul (256|1024) .*(?<!float64)", "C", "", 1, 1),
         ("convolutions, the slowest", "kernels", "conv2d.*(?<!float64)", "C", "", 0.9, 1),
         ("elementwise, softmax, reductions, large", "kernels", "(add|relu|exp|tanh|softmax|sum_.*) (16777216|4096 .*)(?<!float64)", "C", "", 1, 1),
         ("import beyond NumPy", "startup", "import.*", "", "jax", 400 / 15, 400 / 8)]  # fmt: skip
# name, workload, rows, after which row of the same face (two rows share a name), must, aim
AMOUNTS = [("MNIST network, memory of training, MiB", "cnn", "peak memory of training", 650, 450),
           ("MNIST network, memory of evaluation, MiB", "cnn", "peak memory", 1229, 512),
           ("installed, MiB", "startup", "installed", 8, 5), ("resident beyond NumPy, MiB", "startup", "resident.*", 12, 8)]  # fmt: skip


def rows_of(rows, workload, pattern, face=""):
    return [r for r in rows if r["workload"] == workload and not r.get("peer") and re.fullmatch(pattern, r["name"]) and r["from"].startswith(face)]


def speed(row, peers, peer):
    """The row's speed in times of the peer's, None where it did not run."""
    best = tables.best_peer(row, [p for p in peers if p["peer"] == peer or not peer])
    if best is None:
        return None
    times = tables.ratio(row, best)
    return times if row["unit"] in tables.RATES else 1 / times


def state(value, must, aim, is_less):
    reached = [value <= goal if is_less else value >= goal for goal in (must, aim)]
    return "aim" if reached[1] else "must" if reached[0] else "**not reached**"


def times_line(rows, name, workload, pattern, face, peer, must, aim):
    peers = [r for r in rows if r.get("peer")]
    found = [(speed(r, peers, peer), r) for r in rows_of(rows, workload, pattern, face)]
    found = sorted(((s, f"{r['name']}, {r['from']}") for s, r in found if s is not None))
    if not found:
        return None
    low = [f"{what} {tables.number(s)}" for s, what in found if s < must]
    middle = f" (half above {tables.number(statistics.median(s for s, _ in found))})" if len(found) > 4 else ""
    of = peer or "the best peer"
    return f"| {name} | {tables.number(must)} times {of} | {tables.number(aim)} | {tables.number(found[0][0])}{middle} | " \
           f"{state(found[0][0], must, aim, False)}{': ' if low and len(found) > 1 else ''}{'; '.join(low) if len(found) > 1 else ''} |"  # fmt: skip


def amount_line(rows, name, workload, pattern, must, aim):
    found = [r["median"] for r in rows_of(rows, workload, pattern)]
    return f"| {name} | at most {must} | {aim} | {tables.number(max(found))} | {state(max(found), must, aim, True)} |" if found else None


def text(rows):
    lines = [times_line(rows, *goal) for goal in TIMES] + [amount_line(rows, *goal) for goal in AMOUNTS]
    return "| work | must | aim | reached (the lowest) | which |\n|---|---|---|---|---|\n" + "\n".join(line for line in lines if line)


# ---- where the time goes ----


def work_of(name):
    """(floating point operations, bytes that must move) of a contraction's line of kernels.txt."""
    kind, *sizes = name.replace(" float64", "").split()
    size = 8 if name.endswith("float64") else 4
    if kind.startswith("matmul"):
        m, n, k = map(int, sizes)
        return 2 * m * n * k, size * (m * n + m * k + n * k)
    n, h, w, c, window, filters, stride = map(int, sizes[:-1])
    rows, columns = (-(-(d - window + 1) // stride) if sizes[-1] == "valid" else -(-d // stride) for d in (h, w))
    return 2 * n * rows * columns * filters * window * window * c, size * (n * h * w * c + window * window * c * filters + n * rows * columns * filters)


def budget(rows):
    """Of each large contraction: its time, the multiply-adds' at the machine's peak, the bytes' at its speed of copying, and what neither explains."""
    limits = tables.limits_of(rows)
    of = limits[max(limits)]
    peak = max(v for k, v in of.items() if "multiply-adds" in k)
    lines = []
    for row in rows_of(rows, "kernels", "(matmul|conv2d).*", "C"):
        flops, moved = work_of(row["name"])
        if flops < 5e8:
            continue
        total, adds, move = flops / row["median"] * 1e-6, flops / (peak / 2 if row["name"].endswith("float64") else peak) * 1e-6, moved / of["memory copied"] * 1e-6
        best = row["ratio_to_best_peer"]
        lines.append(f"| {row['name']} | {total:.2f} | {adds:.2f} | {move:.2f} | {max(0, total - max(adds, move)):.2f} | {f'{total * best:.2f}' if best else ''} |")
    return "| contraction | ms | multiply-adds | memory | neither | best peer |\n|---|---|---|---|---|---|\n" + "\n".join(lines)

"""A run's rows compared, and as tables.

A row: workload, name, unit, median, low, high; "from" (C or Python: ours) or "peer" (a mode of a peer); turns, where programs took turns: the median of each;
limit: what the machine could do at the same moment. Ours also have ratio_to_best_peer, the speed or time divided by the best peer's on the same work (of
a time less is better, of a rate more; the median over the turns), and fraction_of_limit, how much is reached of what the machine can do
in the same run: of its multiply-adds, of its memory's speed. null: there is nothing to compare with.
"""

import re
import statistics

RATES = ("epochs/s", "records/s", "GFLOP/s", "GB/s", "million/s")
# Floating point operations of the column's network for one image: forward; forward and backward, without the gradient by the images.
CNN_FLOPS = 2.0 * (24 * 24 * 20 * 25 + 20 * 20 * 50 * 500 + 20000 * 500 + 500 * 500 + 500 * 10)
CNN_WORK = {"training step of 1,000 images": 1000 * (3 * CNN_FLOPS - 2.0 * 24 * 24 * 20 * 25), "evaluation of 8,000 images at once": 8000 * CNN_FLOPS}
IN_MEMORY = 1 << 22  # elements from which the caches do not hold a row's tensors


def is_better(unit, a, b):
    return a > b if unit in RATES else a < b


def best_peer(row, peers):
    """The fastest peer's row on the same work."""
    best = None
    for p in peers:
        same = p["name"] == row["name"] if "work" not in row else p.get("work") == row["work"]
        if same and p["workload"] == row["workload"] and (best is None or is_better(row["unit"], p["median"], best["median"])):
            best = p
    return best


def ratio(row, peer):
    """A row's figure in those of the peer's on the same work: of turns, which lie beside each other, the median of their ratios."""
    mine, its = row.get("turns", []), peer.get("turns", [])
    if mine and len(mine) == len(its):
        return statistics.median(a / b for a, b in zip(mine, its))
    return row["median"] / peer["median"]


def limits_of(rows):
    """{thread count: {what: figure}} from the workload machine."""
    limits = {}
    for row in rows:
        if row["workload"] == "machine":
            what, _, threads = row["name"].rpartition(", ")
            limits.setdefault(int(threads.split()[0]), {})[what] = row["median"]
    return limits


def fraction_of_limit(row, limits):
    if not limits:
        return None
    of = limits[1 if row["workload"] == "one thread" else max(limits)]
    flops = max((v for k, v in of.items() if "multiply-adds" in k), default=None)
    if "limit" in row:
        return row["median"] / row["limit"]
    if row["name"] in CNN_WORK and flops:
        return CNN_WORK[row["name"]] * 1e-9 / flops / row["median"]
    if row["unit"] == "GFLOP/s" and flops and row["workload"] != "machine":
        return row["median"] / (flops / 2 if row["name"].endswith("float64") else flops)
    if row["unit"] == "GB/s" and row["workload"] != "machine":
        size = 1
        for number in re.findall(r"\b\d+\b", row["name"]):
            size *= int(number)
        if size >= IN_MEMORY:
            return row["median"] / of["memory read" if row["name"].startswith("sum") else "memory copied"]
    return None


def compared(rows):
    """Ours with their two figures, and then the peers'."""
    mine, peers, limits = [r for r in rows if not r.get("peer")], [r for r in rows if r.get("peer")], limits_of(rows)
    for row in mine:
        best = best_peer(row, peers)
        row["ratio_to_best_peer"] = ratio(row, best) if best else None
        row["best_peer"] = best["peer"] if best else None
        row["fraction_of_limit"] = fraction_of_limit(row, limits)
    return mine + peers


def number(value):
    return "" if value is None else f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def line(row, peers):
    best = best_peer(row, peers)
    tail = f"{best['peer']} {number(best['median'])}" if best else ""
    fraction = row["fraction_of_limit"]
    cells = [row["name"], row["from"], row["unit"], number(row["median"]), f"{number(row['low'])} to {number(row['high'])}", tail, number(row["ratio_to_best_peer"])]
    return "| " + " | ".join([*cells, "" if fraction is None else f"{100 * fraction:.0f} %"]) + " |"


HEAD = "| what | from | unit | Sokuji | lowest to highest | best peer | ours / its | of the limit |\n|---|---|---|---|---|---|---|---|\n"


def of_workload(rows, workload):
    peers = [r for r in rows if r.get("peer")]
    return HEAD + "\n".join(line(r, peers) for r in rows if r["workload"] == workload and not r.get("peer"))


# ---- the README's choice ----

CHOSEN = [("overhead", "matmul 2x2 with tape"), ("overhead", "x\\*x\\+x and gradient"), ("overhead", "function call.*"), ("iris", ".*"), ("cnn", ".*"),
          ("kernels", "matmul (16|256|1024) .*(?<!float64)"), ("kernels", "conv2d(|_dx|_dw) (200 24.*|8 56 56 64 3 64 1 same)"), ("kernels", "(add|exp) 16777216"),
          ("kernels", "(softmax 4096|sum_all 4096|batch_norm|max_pool) .*(?<!float64)"), ("pipeline", ".*"), ("startup", ".*")]  # fmt: skip


def chosen(rows):
    peers = [r for r in rows if r.get("peer")]
    lines = []
    for workload, pattern in CHOSEN:
        for row in rows:
            if row["workload"] == workload and not row.get("peer") and re.fullmatch(pattern, row["name"]) and (workload != "kernels" or row["from"] == "C"):
                lines.append(line(row, peers))
    ratios = [r["ratio_to_best_peer"] for r in rows if r["name"].startswith("conv2d") and r.get("from") == "C" and r.get("ratio_to_best_peer")]
    tail = f"\n\nThe convolutions of `bench/kernels.txt`, forward and both gradients: {len(ratios)} speeds, " \
           f"{number(min(ratios))} to {number(max(ratios))} of the best peer's, half of them above {number(statistics.median(ratios))}." if ratios else ""  # fmt: skip
    return HEAD + "\n".join(lines) + tail

"""Writes progress_cases.h: what tqdm 4 shows, for test_progress.c.

Usage: python make_progress_cases.py > progress_cases.h   (needs tqdm)
"""

import io

import tqdm
from tqdm import std

METERS = [  # n, total (None: unknown), elapsed, and the keywords of format_meter
    (0, 30, 0.0, {}),
    (13, 30, 2.55, {"rate": 5.1, "prefix": "train"}),
    (30, 30, 5.9, {}),
    (1, 3, 10.0, {}),
    (2, 3, 20.5, {"prefix": "epoch"}),
    (1, 1000, 0.01, {}),
    (999, 1000, 86399.0, {}),
    (500, 1000, 3600.0, {"prefix": "long"}),
    (500, 1000, 360000.0, {"prefix": "long"}),
    (31, 30, 5.9, {}),
    (5, None, 2.0, {}),
    (5, None, 0.0, {}),
    (5, None, 7.0, {"prefix": "データ", "unit": "枚"}),
    (5, 0, 2.0, {}),
    (0, 0, 0.0, {}),
    (0, 10, 4.0, {}),
    (3, 10, 4.0, {"initial": 1}),
    (3, 10, 4.0, {"initial": 3}),
    (-2, 10, 4.0, {}),
    (2, 10, 4.0, {"initial": 5}),
    (7, 10, 1.0, {"ascii": True}),
    (47, 100, 1.0, {"ascii": True, "ncols": 60}),
    (47, 100, 1.0, {"ncols": 80}),
    (47, 100, 1.0, {"ncols": 80, "prefix": "学習", "postfix": "loss=0.123"}),
    (47, 100, 1.0, {"ncols": 40, "prefix": "train"}),
    (47, 100, 1.0, {"ncols": 20, "prefix": "train"}),
    (47, 100, 1.0, {"ncols": 21, "prefix": "とても長い説明の文字列"}),
    (47, 100, 1.0, {"ncols": 22, "prefix": "とても長い説明の文字列"}),
    (47, 100, 1.0, {"ncols": 6, "prefix": "train"}),
    (47, 100, 1.0, {"ncols": 1}),
    (47, 100, 1.0, {"ncols": 0, "prefix": "train"}),
    (47, None, 1.0, {"ncols": 12, "prefix": "train"}),
    (47, None, 1.0, {"ncols": 0, "prefix": "train"}),
    (47, 100, 1.0, {"ncols": 70, "prefix": "\033[31mred\033[0m"}),
    (47, 100, 1.0, {"ncols": 10, "prefix": "\033[31mred and long\033[0m"}),
    (47, 100, 1.0, {"prefix": "ends: "}),
    (47, 100, 1.0, {"prefix": "ends:"}),
    (12345, 67890, 3.5, {"unit_scale": True}),
    (12345, 67890, 3.5, {"unit_scale": True, "unit": "B", "unit_divisor": 1024}),
    (999499, 10**12, 3.5, {"unit_scale": True}),
    (999500, 10**12, 3.5, {"unit_scale": True}),
    (99949, 10**18, 1e-9, {"unit_scale": True, "unit": "B"}),
    (9223372036854775807, 9223372036854775807, 1.0, {"unit_scale": True}),
    (9223372036854775806, 9223372036854775807, 1.0, {}),
    (1, 10, 3000.0, {"unit_scale": True}),
    (1, 10, 3000.0, {}),
    (1, 100, 0.3, {"rate": 0.333}),
    (1, 100, 0.3, {"rate": 1.0}),
    (1, 100, 0.3, {"rate": 0.99999}),
    (1, 100, 0.3, {"rate": 1.00001}),
    (1, 100, 0.3, {"rate": 12345.678}),
    (1, 100, 0.3, {"rate": 1e12}),
    (1, 1000, 0.3, {"rate": 1e-7}),
    (1, 100, 0.3, {"rate": -4.0}),
    (1, 100, 0.3, {"rate": 2.675, "unit": "batch"}),
    (1, 100, 59.9999, {}),
    (50, 100, 60.0, {"postfix": "loss=0.1, accuracy=0.97"}),
    (123, 200, 1.0, {}),
    (125, 200, 1.0, {}),
    (1, 8, 1.0, {"ncols": 48}),
    (995, 1000, 1.0, {}),
    (5, 1000, 1.0, {}),
    (15, 1000, 1.0, {}),
]

# Options of the bars, then steps (seconds that pass, bar, action, number or text).
SCENARIOS = [
    ([dict(total=4, desc="train")],
     [(0.25, 0, "update", 1), (0.25, 0, "update", 1), (0.5, 0, "update", 1), (0.5, 0, "update", 1),
      (0.125, 0, "end", 0)]),
    ([dict(total=5)],
     [(2.0, 0, "write", "epoch:\t1\ttrain/loss:\t0.35"), (0.0, 0, "update", 1), (2.25, 0, "write", "epoch:\t2"),
      (0.0, 0, "update", 1), (2.0, 0, "write", ""), (0.0, 0, "update", 3), (0.0, 0, "end", 0)]),
    ([dict(total=100000, ncols=60, unit="step")],
     [(0.0625, 0, "update", 10), (0.0625, 0, "update", 10), (0.0625, 0, "update", 10), (0.0625, 0, "update", 10),
      (0.0625, 0, "update", 15), (0.0625, 0, "update", 1), (0.0625, 0, "update", 1), (0.5, 0, "update", 1),
      (12.0, 0, "update", 50), (0.25, 0, "update", 1), (0.25, 0, "update", 1), (1.0, 0, "update", 100),
      (1.0, 0, "update", -20), (1.0, 0, "update", 40), (0.0, 0, "end", 0)]),
    ([dict(total=10, smoothing=0)],
     [(0.25, 0, "update", 3), (0.25, 0, "update", 1), (0.25, 0, "update", 1), (0.25, 0, "update", 1),
      (0.25, 0, "update", 1), (0.0, 0, "end", 0)]),
    ([dict(total=10, smoothing=1, mininterval=0.5, initial=2)],
     [(0.25, 0, "update", 3), (0.25, 0, "update", 1), (1.25, 0, "update", 1), (0.0, 0, "end", 0)]),
    ([dict(total=None, unit="B", unit_scale=True, unit_divisor=1024)],
     [(0.25, 0, "update", 3000), (0.25, 0, "update", 5000), (1.0, 0, "update", 7000000), (0.0, 0, "end", 0)]),
    ([dict(total=3, leave=False, desc="gone")],
     [(1.0, 0, "update", 1), (1.0, 0, "update", 1), (1.0, 0, "update", 1), (0.0, 0, "end", 0)]),
    ([dict(total=3)],
     [(1.0, 0, "update", 1), (0.25, 0, "describe", "a long description"), (0.25, 0, "postfix", "loss=0.25"),
      (0.25, 0, "describe", ""), (0.25, 0, "postfix", ""), (0.0, 0, "update", 2), (0.0, 0, "end", 0)]),
    ([dict(total=2, desc="epoch"), dict(total=2, desc="batch", leave=False)],
     [(1.0, 1, "update", 1), (1.0, 1, "update", 1), (0.0, 1, "end", 0), (0.0, 0, "update", 1), (1.0, 0, "update", 1),
      (0.0, 0, "end", 0)]),
]


def c_string(text):
    if text is None:
        return "NULL"
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c if c >= " " else f"\\{ord(c):03o}") for c in text) + '"'


def print_meters():
    print("static const meter_case meter_cases[] = {")
    for n, total, elapsed, keywords in METERS:
        expected = std.tqdm.format_meter(n, total, elapsed, **keywords)
        fields = {
            "initial": keywords.get("initial", 0), "elapsed": repr(elapsed), "rate": repr(keywords.get("rate", 0.0)),
            "columns": keywords.get("ncols", "FREE"), "prefix": c_string(keywords.get("prefix", "")),
            "unit": c_string(keywords.get("unit", "")), "postfix": c_string(keywords.get("postfix", "")),
            "ascii": str(keywords.get("ascii", False)).lower(), "unit_scale": str(keywords.get("unit_scale", False)).lower(),
            "unit_divisor": keywords.get("unit_divisor", 0),
        }
        text = "".join(f", .{key} = {value}" for key, value in fields.items() if str(value) not in ("0", "0.0", '""', "false"))
        print(f"\t{{{{{n}, {-1 if total is None else total}{text}}},\n\t {c_string(expected)}}},")
    print("};\n")


class Clock:
    now = 1000.0


def make_bar(file, options):
    return tqdm.tqdm(file=file, ascii=False, **options)


def play(bars_options, steps):
    file = io.StringIO()
    std.time = lambda: Clock.now
    bars = [make_bar(file, options) for options in bars_options]
    for advance, bar, action, value in steps:
        Clock.now += advance
        if action == "update":
            bars[bar].update(value)
        elif action == "write":
            tqdm.tqdm.write(value, file=file)
        elif action == "describe":
            bars[bar].set_description(value)
        elif action == "postfix":
            bars[bar].set_postfix_str(value)
        else:
            bars[bar].close()
    return file.getvalue()


def options_fields(options):
    fields = [f".total = {-1 if options['total'] is None else options['total']}"]
    names = {"desc": "description", "unit": "unit", "ncols": "columns", "mininterval": "min_interval",
             "initial": "initial", "unit_divisor": "unit_divisor"}
    inner = []
    for key, value in options.items():
        if key in names:
            inner.append(f".{names[key]} = {c_string(value) if isinstance(value, str) else value}")
    if "unit_scale" in options:
        inner.append(".unit_scale = true")
    if options.get("leave") is False:
        inner.append(".vanish = true")
    if "smoothing" in options:
        inner.append(f".smoothing = {options['smoothing'] or 'SJ_PROGRESS_AVERAGE'}")
    fields.append(".options = {.size = sizeof(sj_progress_options)" + "".join(", " + field for field in inner) + "}")
    return "{" + ", ".join(fields) + "}"


def print_scenarios():
    print("static const scenario scenarios[] = {")
    for bars_options, steps in SCENARIOS:
        print("\t{.bars = {" + ",\n\t          ".join(options_fields(options) for options in bars_options) + "},")
        print(f"\t .bar_count = {len(bars_options)},\n\t .steps = {{")
        for advance, bar, action, value in steps:
            number, text = (0, c_string(value)) if isinstance(value, str) else (value, "NULL")
            print(f"\t\t{{{advance}, {bar}, STEP_{action.upper()}, {number}, {text}}},")
        print(f"\t }},\n\t .step_count = {len(steps)},\n\t .expected =")
        pieces = play(bars_options, steps).split("\r")
        for i, piece in enumerate(pieces):
            mark = "" if i == 0 else "\\r"
            if piece or mark:
                body = c_string(piece)
                print(f'\t\t"{mark}{body[1:-1]}"')
        print("\t},")
    print("};")


print("/* Made by make_progress_cases.py with the real tqdm: what it shows for given numbers, and byte by byte over time. */")
print("/* clang-format off */\n")
print_meters()
print_scenarios()

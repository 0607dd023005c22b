"""Special functions, counting, rolling, regular expressions: see ops_cases.py. Run with TensorFlow 1.8.0, then 2.21:

python ops_more.py
"""

import numpy as np

from ops_cases import FLOATS, Cases

cases = Cases("ops_more")
draw, op = cases.draw, cases.op
TEXTS = np.array(
    ["", "abc", "aaa bbb", "a1b22c333", "x@y.org", "  tabs\tand\nlines ", "ABC abc", "a.b.c", "(group)", "2018-04-27", "naïve 日本"]
)

for dtype in FLOATS:
    inf, nan = np.inf, np.nan
    shapes = np.array([0.1, 0.5, 1, 2, 5.5, 20, 100, 0.01], dtype)
    for name in ("Igamma", "Igammac"):
        for scale in (0.2, 0.9, 1.0, 1.3, 4.0):
            op(name, shapes, (shapes * scale).astype(dtype), gradient=(1,))
        op(name, shapes[:, None], draw((1, 5), dtype, 0.05, 30), gradient=(1,))
        op(name, np.array([0, -1, 1, 2, nan, 1, 2, 0], dtype), np.array([1, 1, 0, inf, 1, nan, -1, 0], dtype))
    op("IgammaGradA", draw((40,), dtype, 0.1, 20), draw((40,), dtype, 0.1, 30))
    for size in (1, 5, 50):
        op("Betainc", draw((30,), dtype, 0.1, size), draw((30,), dtype, 0.1, size), draw((30,), dtype, 0.01, 0.99), gradient=(2,))
    op("Betainc", dtype(2.5), dtype(0.5), draw((2, 3), dtype, 0.01, 0.99), gradient=(2,))
    op("Betainc", draw((4,), dtype, 0.1, 3), dtype(0.5), dtype(0.3))
    op("Betainc", np.array([0, 1, 1, 1, 2, -1, nan], dtype), np.array([1, 0, 1, 1, 3, 1, 1], dtype), np.array([0.5, 0.5, 0, 1, -0.1, 0.5, 0.5], dtype))
    op("Erfinv", draw((60,), dtype, -0.999, 0.999), gradient=(0,))
    op("Erfinv", np.array([1, -1, 1.5, nan, 0], dtype))
    op("Ndtri", draw((60,), dtype, 0.001, 0.999), gradient=(0,))
    op("Ndtri", np.array([0, 1, 0.5, -0.5, 2, nan, 1e-30], dtype))
    values = np.array([-1, 0, 0.99, 1, 2.5, 4.999, 5, 7], dtype)
    op("HistogramFixedWidth", values, np.array([0, 5], dtype), np.int32(5))
    op("HistogramFixedWidth", values.reshape(2, 4), np.array([-2, 3], dtype), np.int32(3), dtype=np.int64)
    op("Bucketize", values.reshape(2, 4), boundaries=[0.0, 1.0, 2.5])
    op("Conv2D", draw((2, 5, 6, 4), dtype), draw((3, 2, 2, 6), dtype), strides=[1, 2, 1, 1], padding="SAME", gradient=(0, 1))
for dtype in (np.int32, np.int64, np.float32):
    op("Roll", draw((3, 4), dtype, -9, 9), np.int32(2), np.int32(1))
    op("Roll", draw((3, 4), dtype, -9, 9), np.array([1, -5, 2], np.int64), np.array([0, 1, -1], np.int32))
for dtype in (np.int32, np.int64, np.float32, np.float64):
    numbers = draw((3, 5), np.int32, 0, 7)
    op("Bincount", numbers, np.int32(6), np.zeros(0, dtype))
    op("Bincount", numbers, np.int32(9), draw((3, 5), dtype, -4, 4))
    op("Bincount", numbers, np.int32(0), np.zeros(0, dtype))
    op("Cross", draw((4, 3), dtype, -9, 9), draw((4, 3), dtype, -9, 9), gradient=(0, 1) if dtype in FLOATS else ())
for pattern, rewrite in (
    ("a", "X"), ("a+", "<\\0>"), ("[a-z]+", "W"), ("(\\w+)@(\\w+)", "\\2 at \\1"), ("\\s+", " "), ("b*", "-"), ("^", ">"), ("$", "<"),
    ("\\d{2,3}", "#"), ("(?i)abc", "*"), ("a|b|c", ""), ("\\.", "\\\\"), ("[^a-z ]", "_"), ("(a)(1)?", "[\\1|\\2]"), ("\\bb", "B"),
    (".", "."), ("(?s).", "x"), ("a*?", "q"), ("(?:ab|a)(c|bc)", "\\1"), ("\\(g.*\\)", "()"), ("[[:upper:]]{2}", "U"), ("日", "day"),
):
    op("RegexReplace", TEXTS, pattern, rewrite)
    op("RegexReplace", TEXTS, pattern, rewrite, replace_global=False)
for pattern in ("a.*", "[a-z]*", "\\d+-\\d+-\\d+", "(?i)abc.*", "", ".*", "(?s).*", "\\(\\w+\\)", "[^@]+@[^@]+\\.(org|com)", "(a|aa|aaa)( b+)?", "\\pL+ \\pL+"):
    op("RegexFullMatch", TEXTS, pattern)
cases.save()

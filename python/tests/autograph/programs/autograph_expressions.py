# tf: 2.21
# Builtins, operators and conditional expressions of symbolic tensors: values, or the exception's class.
import tensorflow as tf

C = tf.constant


def shown(t):
    return t.numpy().tolist() if isinstance(t, tf.Tensor) and t.dtype != tf.string else t.numpy() if isinstance(t, tf.Tensor) else t


def attempt(name, function):
    try:
        print(name, tf.nest.map_structure(shown, tf.function(function)(C([3, 1, 2]), C(3))))
    except Exception as error:
        print(name, type(error).__name__)


attempt("len", lambda v, n: len(v))
attempt("len of two axes", lambda v, n: len(tf.zeros([2, 3])))
attempt("len of a scalar", lambda v, n: len(n))
attempt("range", lambda v, n: range(n))
attempt("range of two", lambda v, n: range(1, n))
attempt("int", lambda v, n: int(n))
attempt("int of a float", lambda v, n: int(C(2.75)))
attempt("float", lambda v, n: float(n))
attempt("bool", lambda v, n: bool(n))
attempt("abs", lambda v, n: abs(-n))
attempt("min", lambda v, n: min(n, 2))
attempt("max", lambda v, n: max(n, 4))
attempt("sum", lambda v, n: sum(v))
attempt("any", lambda v, n: any(v > 2))
attempt("all", lambda v, n: all(v > 2))
attempt("sorted", lambda v, n: sorted(v))
attempt("list", lambda v, n: list(v))
attempt("tuple", lambda v, n: tuple(v))
attempt("enumerate", lambda v, n: enumerate(v))
attempt("zip", lambda v, n: zip(v, v))
attempt("map", lambda v, n: list(map(lambda a: a + 1, v)))
attempt("filter", lambda v, n: filter(lambda a: a > 1, v))
attempt("iter", lambda v, n: iter(v))
attempt("pow", lambda v, n: pow(n, 2))
attempt("in a list", lambda v, n: n in [n])
attempt("in a tensor", lambda v, n: 3 in v)
attempt("comprehension", lambda v, n: [x for x in v])
attempt("comprehension over a range", lambda v, n: [x for x in range(n)])
attempt("comprehension of Python", lambda v, n: [n + x for x in range(2)])
attempt("generator", lambda v, n: any(x > 2 for x in v))
attempt("not of a number", lambda v, n: not n)
attempt("not", lambda v, n: not n > 2)
attempt("and", lambda v, n: (n > 2) and (n < 5))
attempt("or", lambda v, n: (n > 2) or (n < 5))
attempt("and of a number", lambda v, n: n and 1)
attempt("and after Python", lambda v, n: (1 and n, 0 and n, 0 or n))
attempt("and of other dtypes", lambda v, n: n > 2 and n)
attempt("chained", lambda v, n: 1 < n < 5)
attempt("chained three", lambda v, n: 1 < n < 5 < 4)
attempt("chained with Python", lambda v, n: n > 2 > 1)
attempt("equal", lambda v, n: n == 3)
attempt("not equal", lambda v, n: n != 3)
attempt("is", lambda v, n: n is None)
attempt("conditional", lambda v, n: 5 if n > 2 else 6)
attempt("conditional of dtypes", lambda v, n: 5 if n > 2 else 6.0)
attempt("conditional with None", lambda v, n: None if n > 2 else 1)
attempt("conditional of tuples", lambda v, n: (1, 2) if n > 2 else (3, 4))
attempt("conditional of text", lambda v, n: "a" if n > 2 else "b")
attempt("conditional of a vector", lambda v, n: 1 if v else 2)
attempt("conditional of a number", lambda v, n: 1 if n else 2)
attempt("static shape", lambda v, n: v.shape[0] if len(v.shape) else 9)
attempt("slices", lambda v, n: (v[::-1], v[n - 2]))

F = tf.autograph.experimental.Feature


def feature(function, features):
    try:
        print(function.__name__, tf.nest.map_structure(shown, tf.function(function, experimental_autograph_options=features)(C(3))))
    except Exception as error:
        print(function.__name__, type(error).__name__)


def asserts(n):
    assert n > 2, "small"
    return n


def asserts_more(n):
    assert n > 5, "small"
    return n


def equal(n):
    return n == 3, n != 3


for chosen in (None, F.ASSERT_STATEMENTS, F.ALL):
    feature(asserts, chosen)
    feature(asserts_more, chosen)
feature(equal, F.EQUALITY_OPERATORS)

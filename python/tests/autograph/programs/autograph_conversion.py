# tf: 2.21
# Which functions are converted, and how they are called; to_graph, to_code and do_not_convert without a graph.
import functools

import tensorflow as tf


def attempt(label, function, *arguments, says=None):
    try:
        result = function(*arguments)
        print(label, result.numpy() if isinstance(result, tf.Tensor) else result)
    except Exception as error:
        print(label, type(error).__name__, "" if says is None else says in str(error))


def simple(x):
    """Doc."""
    if x > 0:
        return x
    return -x


def generator(n):
    for i in range(n):
        yield i


def for_else(n):
    for i in range(n):
        pass
    else:
        n = 2
    return n


def while_else(n):
    while n > 0:
        n -= 1
    else:
        n = 2
    return n


class K:
    def __init__(self, k):
        self.k = k

    def method(self, x):
        if x > self.k:
            return 1
        return 2

    def __call__(self, x):
        return self.method(x) * 10


made = tf.autograph.to_graph(simple)
print(made.__name__, made(3), made(-3), made(tf.constant(-3)).numpy())
attempt("generator", tf.autograph.to_graph, generator, says="generators are not supported")
attempt("for else", tf.autograph.to_graph, for_else, says="for/else statement not yet supported")
attempt("while else", tf.autograph.to_code, while_else, says="while/else statement not yet supported")
attempt("method", lambda: tf.autograph.to_graph(K(2).method)(K(5), 4))
attempt("object", tf.autograph.to_graph, K(2), says="a function that doesn't expose a __code__ object")
attempt("class", tf.autograph.to_graph, K)
attempt("partial", tf.autograph.to_graph, functools.partial(simple, 1))
attempt("number", tf.autograph.to_graph, 3)
attempt("builtin", tf.autograph.to_code, len)
namespace = {}
exec("def no_source(x):\n    return x", namespace)
attempt("no source", tf.autograph.to_graph, namespace["no_source"], says="Unable to locate the source code of")
code = tf.autograph.to_code(simple)
print(code.startswith("def tf__simple(x):"), "if_stmt" in code)
print("if_exp" in tf.autograph.to_code(lambda x: 1 if x else 2))
print("converted_call" in tf.autograph.to_code(lambda x: simple(x)))


def loops(n):
    total = 0
    for i in range(n):
        if i == 1:
            continue
        if i == 4:
            break
        total += i
    while total > 100:
        total -= 1
    return total and not n > 99 or 7


code = tf.autograph.to_code(loops)
print([word in code for word in ("for_stmt", "while_stmt", "and_", "or_", "not_", "break_")])
print([tf.autograph.to_graph(loops)(n) for n in (0, 2, 10)])


@tf.autograph.experimental.do_not_convert
def left(x):
    return x + 1


print(left(1), left.__name__, left.__wrapped__(2), tf.autograph.experimental.do_not_convert(lambda x: x)(4))


def counts(n, log=[]):
    log.append(n)
    return log


print(tf.autograph.to_graph(counts)(1) is counts(2), counts(3))
x = 1


def closure():
    return x


converted = tf.autograph.to_graph(closure)
x = 5
print(converted())


def options(n):
    while n > 0:
        tf.autograph.experimental.set_loop_options(maximum_iterations=2)
        n -= 1
    return n


print(tf.autograph.to_graph(options)(5), options(5))


def reraise(x):
    def inner(y):
        raise ValueError("inside")

    try:
        inner(x)
    except ValueError as error:
        return str(error)
    finally:
        print("finally")


print(tf.autograph.to_graph(reraise)(1))
attempt("raises", tf.autograph.to_graph(lambda: {}["key"]))
print([f.name for f in tf.autograph.experimental.Feature])
tf.autograph.trace("traced", 1)

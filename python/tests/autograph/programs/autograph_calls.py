# tf: 2.21
# Functions, methods, objects and partials that converted functions call; recursion, decorators, super, closures, side effects.
import functools

import tensorflow as tf

C = tf.constant


def shown(t):
    return t.numpy().tolist() if isinstance(t, tf.Tensor) else t


def attempt(label, function, *arguments):
    try:
        print(label, tf.nest.map_structure(shown, tf.function(function)(*arguments)))
    except Exception as error:
        print(label, type(error).__name__)


class Base:
    def __init__(self, k):
        self.k = k

    def method(self, x, y=0):
        if x > self.k:
            return 1 + y
        return 2 + y

    @classmethod
    def of_class(cls, x):
        if x > 0:
            return 100
        return 200

    @staticmethod
    def of_none(x):
        if x > 0:
            return 1000
        return 2000

    def __call__(self, x):
        if x > self.k:
            return 10
        return 20


class Derived(Base):
    def method(self, x, y=0):
        if x > 5:
            z = super().method(x) + 50
        else:
            z = super(Derived, self).method(x, y)
        return z


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) + 1

    return wrapper


@decorated
def wrapped(x):
    if x > 0:
        return 1
    return 2


def recursive(x, depth):
    if depth == 0:
        return x
    if x > 10:
        y = x - 1
    else:
        y = x * 2
    return recursive(y, depth - 1)


b, d = Base(2), Derived(2)


def methods(x):
    return b.method(x), b.method(x, y=5), b(x), Base.of_class(x), b.of_class(x), b.of_none(x), Base(5).method(x), Base.method(b, x)


attempt("methods", methods, C(3))
attempt("super", d.method, C(7))
attempt("super with names", d.method, C(1))
attempt("partials", lambda x: (functools.partial(b.method, x)(), functools.partial(functools.partial(b.method, y=5), x)(), functools.partial(b, x)()), C(3))
attempt("bound", b.method, C(3))
attempt("class method", Base.of_class, C(3))
attempt("object", b, C(3))
attempt("partial", functools.partial(Base.method, b), C(3))
attempt("wrapped", wrapped, C(3))
attempt("recursive", lambda x: recursive(x, 3), C(3))


def inner_functions(x):
    calls = []

    def helper(y, k=3):
        calls.append("helper")
        if y > 1:
            return y * k
        return k

    double = lambda z: z * 2 if z > 1 else 0
    return helper(x), helper(x, 4), helper(x, k=5), double(x), len(calls)


attempt("inner functions", inner_functions, C(2))


def try_finally(x):
    y = 0
    try:
        if x > 0:
            y = x
        else:
            y = -x
    finally:
        y = y + 1
    return y


attempt("try", try_finally, C(-4))


class Manager:
    def __enter__(self):
        print("in")
        return self

    def __exit__(self, *error):
        print("out")


def with_return(x):
    with Manager():
        if x > 0:
            return x
        return -x


attempt("with", with_return, C(-4))


def python_effects(x):
    log = []
    for i in range(3):
        if i == 1:
            continue
        log.append(i)
    while len(log) < 5:
        log.append(len(log))
    squares = {k: k * k for k in log if k > 1}
    return x, log, squares, [i for i in log if not i % 2]


attempt("Python alone", python_effects, C(1))


@tf.autograph.experimental.do_not_convert
def left(x):
    if x > 0:
        return 1
    return 2


attempt("not converted", lambda x: left(x), C(1))
attempt("callbacks are converted", lambda v: tf.map_fn(lambda e: e * 2 if e > 1 else e, v), C([1, 2, 3]))
print([int(v) for v in tf.data.Dataset.range(5).map(lambda e: e * 2 if e > 2 else e).as_numpy_iterator()])
print([int(v) for v in tf.data.Dataset.range(5).filter(lambda e: e > 1 and e < 4).as_numpy_iterator()])
attempt("cond's functions", lambda x: tf.cond(x > 1, lambda: 1 if x > 2 else 2, lambda: 3), C(2))


class Module(tf.Module):
    def __init__(self):
        self.w = tf.Variable(2.0)
        self.calls = 0

    @tf.function
    def __call__(self, x):
        self.calls += 1
        if x > self.w:
            self.w.assign_add(1.0)
            y = self.w * x
        else:
            y = -x
        return y


m = Module()
print([float(m(C(v))) for v in (3.0, 1.0, 5.0)], m.w.numpy(), m.calls)


@tf.function
def train(w, steps):
    losses = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    for step in tf.range(steps):
        with tf.GradientTape() as tape:
            loss = tf.square(w - 3.0)
        gradient = tape.gradient(loss, w)
        if gradient > 0:
            w.assign_sub(0.1 * gradient)
        else:
            w.assign_sub(0.2 * gradient)
        losses = losses.write(step, loss)
    return losses.stack()


w = tf.Variable(0.0)
print(train(w, C(3)).numpy().tolist(), w.numpy())

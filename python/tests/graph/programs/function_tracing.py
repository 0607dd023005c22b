# tf: 2.21
# tf.function: when it traces again, structures, methods, variables made on the first call, errors, concrete functions.
import functools

import numpy as np
import tensorflow as tf

log = []


def traced():
    found = list(log)
    del log[:]
    return found


def attempt(label, fn):
    try:
        print(label, fn())
    except Exception as e:
        print(label, "raises", type(e).__name__)


@tf.function
def f(x):
    log.append(x.shape.as_list() if isinstance(x, tf.Tensor) else x)
    return x + 1


f(tf.constant(1)), f(tf.constant(2)), f(tf.constant(1.0)), f(tf.constant([1]))
print("specs", traced())
f(1), f(2), f(1), f(1.0), f(True)
print("python numbers", traced(), f.experimental_get_tracing_count())
f(np.float32(1.0)), f(np.array([1, 2, 3])), f(np.array([4, 5, 6]))
print("arrays", traced())


@tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="rows")])
def g(x):
    log.append(x.shape.as_list())
    return tf.reduce_sum(x, axis=0)


print("signature", g(tf.ones([3, 2])).numpy().tolist(), g(tf.ones([1, 2])).numpy().tolist(), g([[1.0, 2.0]]).numpy().tolist(), traced())
attempt("wrong rank", lambda: g(tf.ones([2])))
attempt("wrong dtype", lambda: g(tf.ones([1, 2], tf.float64)))
attempt("too many", lambda: g(tf.ones([1, 2]), 3))


@tf.function(reduce_retracing=True)
def relaxed(x):
    log.append(x.shape.as_list())
    return tf.size(x)


for n in (1, 2, 3, 4, 9):
    relaxed(tf.zeros([n, 2]))
print("relaxed", traced())


@tf.function
def structure(a, b=None, *args, **kwargs):
    log.append((tf.nest.map_structure(lambda t: t.dtype.name if isinstance(t, tf.Tensor) else t, (a, b)), len(args), sorted(kwargs)))
    return {"a": a, "rest": [args, None], "named": kwargs}


one = tf.constant(1)
structure({"p": one, "q": [one, 2]}), structure({"q": [one, 2], "p": one}), structure({"p": one, "q": (one, 2)})
structure(one, b=None), structure(one), structure(one, None), structure(one, "text"), structure(a=one, b="text")
made = structure(one, 1, one, one, extra=one)
print(sorted(made), type(made["rest"][0]).__name__, made["rest"][1], made["named"]["extra"].numpy())
for entry in traced():
    print("  ", entry)


class Counter:
    def __init__(self, step):
        self.step = step

    @tf.function
    def bump(self, x):
        log.append("bump %d" % self.step)
        return x + self.step


c1, c2 = Counter(1), Counter(10)
print("methods", c1.bump(one).numpy(), c1.bump(one).numpy(), c2.bump(one).numpy(), traced())
c1.step = 100
print("stale", c1.bump(one).numpy(), c1.bump(tf.constant(1.0)).numpy(), traced())
partial = tf.function(functools.partial(lambda x, k: (log.append(k), x * k)[1], k=3))
print("partial", partial(one).numpy(), partial(one, k=4).numpy(), traced())
concrete = f.get_concrete_function(tf.TensorSpec([None], tf.int32))
traced()
print("concrete", concrete(tf.constant([1, 2])).numpy().tolist(), concrete.structured_outputs.shape.as_list(), concrete.inputs[0].dtype.name)
print("uses the wider trace", f(tf.constant([1, 2, 3, 4])).numpy().tolist(), traced())
attempt("concrete, wrong dtype", lambda: concrete(tf.constant([1.0])))
attempt("unhashable", lambda: f({1, 2}))


@tf.function
def makes_each_time(x):
    v = tf.Variable(1.0)
    return x + v


attempt("variable on every call", lambda: makes_each_time(tf.constant(1.0)))


class Lazy(tf.Module):
    def __init__(self):
        super().__init__()
        self.w, self.traces = None, 0

    @tf.function
    def __call__(self, x):
        self.traces += 1
        if self.w is None:
            self.w = tf.Variable(tf.ones([x.shape[-1], 2]) * 0.5, name="w")
        self.w.assign_add(tf.ones_like(self.w))
        return x @ self.w


lazy = Lazy()
print("made once", lazy(tf.ones([1, 3])).numpy().tolist(), lazy(tf.ones([1, 3])).numpy().tolist(), lazy.traces)
counter = tf.Variable(0)


@tf.function
def ordered():
    counter.assign_add(1)
    first = counter.read_value()
    counter.assign(counter * 10)
    return first, counter, counter + 1


print("order", [int(t) for t in ordered()], [int(t) for t in ordered()], counter.numpy())
graph_tensor = []
tf.function(lambda x: (graph_tensor.append(x * 2), x)[1])(tf.constant(1))
attempt("leaked", lambda: graph_tensor[0] + 1)
attempt("numpy inside", lambda: tf.function(lambda x: x.numpy())(tf.constant(1)))
attempt("variable's numpy inside", lambda: tf.function(lambda: counter.numpy())())
attempt("bool inside", lambda: tf.function(lambda x: 1 if x > 0 else 2, autograph=False)(tf.constant(1)))
tf.config.run_functions_eagerly(True)
f(tf.constant(1)), f(tf.constant(1))
print("eagerly", traced())
tf.config.run_functions_eagerly(False)
print("inside", tf.function(lambda: tf.constant(tf.executing_eagerly()))().numpy(), tf.inside_function())
rolls = tf.function(lambda: tf.random.uniform([4]))
print("draws anew", (rolls().numpy() != rolls().numpy()).any())

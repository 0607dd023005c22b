# tf: 2.21
# Loops over data sets and their iterators inside tf.function.
import tensorflow as tf

C = tf.constant
D = tf.data.Dataset.range(5)


def attempt(function, says=None):
    try:
        result = tf.function(function)(C(2, tf.int64))
        print(function.__name__, tf.nest.map_structure(lambda t: t.numpy().tolist() if isinstance(t, tf.Tensor) else t, result))
    except Exception as error:
        print(function.__name__, type(error).__name__, "" if says is None else says in str(error))


def total(n):
    s = C(0, tf.int64)
    for x in D:
        s += x
    return s


def stops(n):
    s = C(0, tf.int64)
    seen = 0
    for x in D:
        seen += 1
        if x > n:
            break
        s += x
    return s, seen


def skips(n):
    s = C(0, tf.int64)
    for x in D:
        if x == n:
            continue
        s += x
    return s


def undefined(n):
    for x in D:
        y = x
    return y


def dtype(n):
    s = C(0)
    for x in D:
        s = tf.cast(s, tf.float32)
    return s


def returns(n):
    for x in D:
        if x > n:
            return x
    return C(9, tf.int64)


def enumerated(n):
    s = C(0, tf.int64)
    for i, x in enumerate(D):
        s += x * i
    return s


def zipped(n):
    s = C(0, tf.int64)
    for x, y in zip(D, D.map(lambda v: v * 2)):
        s += x * y
    return s


def of_an_iterator(n):
    it = iter(D)
    s = C(0, tf.int64)
    for x in it:
        if x >= n:
            break
        s += x
    return s, next(it)


def next_in_python(n):
    it = iter(D)
    s = C(0, tf.int64)
    for _ in range(3):
        s += next(it)
    return s


def batches(n):
    s = C(0, tf.int64)
    rows = 0
    for b in D.batch(2):
        for x in b:
            s += x
        rows += len(b)
    return s, rows


def nested(n):
    s = C(0, tf.int64)
    for x in D:
        for y in tf.data.Dataset.range(3):
            if y > x:
                break
            s += y
    return s


def dictionaries(n):
    s = C(0, tf.int64)
    for e in tf.data.Dataset.from_tensor_slices({"a": tf.range(3, dtype=tf.int64), "b": tf.range(3, 6, dtype=tf.int64)}):
        s += e["a"] * e["b"]
    return s


def size(n):
    return len(D)


attempt(total)
attempt(stops)
attempt(skips)
attempt(undefined, "'y' must be defined before the loop")
attempt(dtype, "'s' has dtype int32 before the loop, but dtype float32 after one iteration")
attempt(returns, "a return statement cannot be placed inside this TensorFlow loop")
attempt(enumerated)
attempt(zipped)
attempt(of_an_iterator)
attempt(next_in_python)
attempt(batches)
attempt(nested)
attempt(dictionaries)
attempt(size)

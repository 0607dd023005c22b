# tf: 2.21
# What may cross a branch or a loop of tensors: values, or the exception's class and whether it says why.
import tensorflow as tf

C = tf.constant
yes, n = C(True), C(3)


def attempt(function, *arguments, says=None):
    try:
        result = tf.function(function)(*arguments)
        print(function.__name__, tf.nest.map_structure(lambda t: t.numpy().tolist() if isinstance(t, tf.Tensor) else t, result))
    except Exception as error:
        print(function.__name__, type(error).__name__, "" if says is None else says in str(error))


def undefined_else(p):
    if p:
        v = C(1)
    return v


def undefined_main(p):
    if p:
        pass
    else:
        v = C(1)
    return v


def unused(p):
    if p:
        v = 1
    return 3


def dtypes(p):
    if p:
        v = 1
    else:
        v = 2.5
    return v


def shapes(p):
    if p:
        v = C([1])
    else:
        v = C([2, 3])
    return v


def structures(p):
    if p:
        v = (1, 2)
    else:
        v = 3
    return v


def keys(p):
    if p:
        v = {"a": 1}
    else:
        v = {"b": 1}
    return v


def none_in_one(p):
    v = None
    if p:
        v = 1
    return v


def none_in_both(p):
    if p:
        v = None
    else:
        v = None
    return v is None


def objects_unused(p):
    if p:
        v = object()
    else:
        v = object()
    return 1


def objects(p):
    if p:
        v = object()
    else:
        v = object()
    return v


def functions(p):
    if p:
        f = lambda: 1
    else:
        f = lambda: 2
    return f()


def no_return(p):
    if p:
        return 1


def returns_none(p):
    if p:
        return 1
    return None


def returns_differ(p):
    if p:
        return 1, 2
    return 1


def falls_through_elif(x):
    if x > 0:
        return 1
    elif x == 0:
        return 2
    return 0


def raises(p):
    if p:
        raise KeyError("boo")
    return 1


class Holder:
    pass


def attribute(p):
    o = Holder()
    if p:
        o.x = C(1)
    else:
        o.x = C(2)
    return o.x


def attribute_in_one(p):
    o = Holder()
    if p:
        o.x = C(1)
    return o.x


def item(p):
    d = {"k": C(1)}
    if p:
        d["k"] = C(5)
    return d["k"]


def new_item(p):
    d = {}
    if p:
        d["k"] = C(5)
    else:
        d["k"] = C(6)
    return d["k"]


also = "must also be initialized in the "
attempt(undefined_else, yes, says="'v' " + also + "else branch")
attempt(undefined_main, yes, says="'v' " + also + "main branch")
attempt(unused, yes)
attempt(dtypes, yes, says="'v' has dtype int32 in the main branch, but dtype float32 in the else branch")
attempt(shapes, yes)
attempt(structures, yes, says="'v' must have the same nested structure in the main and else branches")
attempt(keys, yes, says="'v' must have the same nested structure in the main and else branches")
attempt(none_in_one, yes, says="'v' is None at the end of the else branch.")
attempt(none_in_both, yes, says="'v' is None at the end of the main branch.")
attempt(objects_unused, yes)
attempt(objects, yes)
attempt(functions, yes)
attempt(no_return, yes, says="the else branch must also have a return statement.")
attempt(returns_none, yes, says="is None at the end of the else branch.")
attempt(returns_differ, yes, says="must have the same nested structure in the main and else branches")
attempt(falls_through_elif, n, says="the else branch must also have a return statement.")
attempt(raises, yes, says="boo")
attempt(attribute, yes)
attempt(attribute_in_one, yes, says="'o.x' " + also + "else branch")
attempt(item, yes)
attempt(new_item, yes)


def defined_by_for(n):
    for i in tf.range(n):
        y = i * 2
    return y


def defined_by_while(n):
    i = 0
    while i < n:
        y = i * 2
        i += 1
    return y


def used_before(n):
    for i in tf.range(n):
        if i > 1:
            z = y
        y = i * 2
    return y


def the_item(n):
    for i in tf.range(n):
        pass
    return i


def dtype_after_a_round(n):
    x = 0
    for i in tf.range(n):
        x = tf.cast(x, tf.float32) + 0.5
    return x


def shape_after_a_round(n):
    x = tf.zeros([2, 3])
    while n > 0:
        x = x[:1]
        n -= 1
    return x


def structure_after_a_round(n):
    x = (1, 2)
    while n > 0:
        x = (1, 2, 3)
        n -= 1
    return x


def item_in_loop(n):
    d = {"k": C(1)}
    l = [1, 2]
    for i in tf.range(n):
        d["k"] += i
        l[0] += d["k"]
    return d, l


def none_before(n):
    x = None
    while n > 0:
        x = n
        n -= 1
    return x


def true_and_break(n):
    i = C(0)
    while True:
        i += 1
        if i >= n:
            break
    return i


def true_and_return(n):
    i = C(0)
    while True:
        i += 1
        if i >= n:
            return i


def return_in_for(n):
    for i in tf.range(n):
        if i * i > 10:
            return i
    return -1


def return_always(n):
    i = 0
    while i < n:
        i += 1
        return i
    return -1


def python_for_and_break(n):
    s = 0
    for i in range(3):
        if n > i:
            break
        s += 1
    return s


def python_for_and_continue(n):
    s = 0
    for i in range(3):
        if n > i:
            continue
        s += 1
    return s


def python_for_and_return(n):
    for i in range(5):
        if i == 3:
            return i + n


def range_of_a_tensor(n):
    s = 0
    for i in range(n):
        s += i
    return s, i


def range_down(n):
    s = 0
    for i in tf.range(10, 0, -n):
        s = s * 10 + i
    for i in range(10, 0, -n):
        s = s * 10 + i
    return s


def range_of_floats(n):
    s = 0.0
    for i in tf.range(0.0, 1.0, 0.25):
        s = s + i
    return s


def rows(n):
    s = tf.zeros([3])
    for r in tf.ones([2, 3]):
        s += r
    return s


def scalar(n):
    for r in n:
        pass
    return 0


def unpacked_rows(n):
    s = 0.0
    for a, b in tf.ones([4, 2]):
        s += a * b
    return s


def enumerated(n):
    s = 0
    for i, x in enumerate(tf.range(n)):
        s += i * x
    return s


def mixed(n):
    s = 0
    for i in tf.range(n):
        for j in range(2):
            if j == 1:
                continue
            s += i
    return s


def written(n):
    found = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    for i in tf.range(n):
        if i % 2 == 0:
            found = found.write(found.size(), i * 10)
    return found.stack()


def options(n):
    i = 0
    while i < n:
        tf.autograph.experimental.set_loop_options(maximum_iterations=2)
        i += 1
    x = tf.zeros([1])
    for j in tf.range(n):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(x, tf.TensorShape([None]))], maximum_iterations=3)
        x = tf.concat([x, x], 0)
    return i, tf.size(x)


attempt(defined_by_for, n)
attempt(defined_by_for, C(0), says="loop must iterate at least once to initialize y")
attempt(defined_by_while, n)
attempt(defined_by_while, C(0), says="loop must iterate at least once to initialize y")
attempt(used_before, n, says="'y' must be defined before the loop")
attempt(the_item, n)
attempt(dtype_after_a_round, n, says="'x' has dtype int32 before the loop, but dtype float32 after one iteration")
attempt(shape_after_a_round, n, says="'x' has shape (2, 3) before the loop, but shape (1, 3) after one iteration. Use tf.autograph.experimental.set_loop_options")
attempt(structure_after_a_round, n, says="'x' does not have the same nested structure after one iteration.")
attempt(item_in_loop, n)
attempt(none_before, n)
attempt(true_and_break, n, says="The condition of while loop started as non-Tensor, then changed to Tensor.")
attempt(true_and_return, n)
attempt(return_in_for, n, says="a return statement cannot be placed inside this TensorFlow loop")
attempt(return_always, n)
attempt(python_for_and_break, n, says="break and return statements which depend on a TF condition are not supported in Python for loops.")
attempt(python_for_and_continue, n)
attempt(python_for_and_return, n)
attempt(range_of_a_tensor, n)
attempt(range_down, n)
attempt(range_of_floats, n)
attempt(rows, n)
attempt(scalar, n)
attempt(unpacked_rows, n)
attempt(enumerated, n)
attempt(mixed, n)
attempt(written, C(5))
attempt(options, C(10))

"""What may cross a branch or a loop, and what is said when it may not: exceptions and sentences are TensorFlow 2.21's, with the user's variable and line."""

import re

import fake
import pytest

from sokuji._src.autograph import api, messages


@pytest.fixture
def graph():
    with fake.installed() as backend:
        yield backend


def trace(function, *arguments, features=None):
    return fake.run(api.converted(function, features), *arguments)


# ---- branches ----


def undefined_else(p):
    if p:
        v = 1
    return v


def undefined_main(p):
    if p:
        pass
    else:
        v = 1
    return v


def unused_needs_no_value(p):
    if p:
        v = 1
    return 3


def objects_that_nobody_reads(p):
    if p:
        v = object()
    else:
        v = object()
    return 3


def dtypes(p):
    if p:
        v = 1
    else:
        v = 2.5
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


def an_object(p):
    if p:
        v = object()
    else:
        v = object()
    return v


def a_function(p):
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


def elif_falls_through(p):
    if p:
        return 1
    elif not p:
        return 2
    return 0


def raises(p):
    if p:
        raise KeyError("boo")
    return 1


class Holder:
    pass


def attribute_in_one(p):
    o = Holder()
    if p:
        o.x = 1
    return o.x


def attributes_differ(p):
    o = Holder()
    if p:
        o.x = 1
    else:
        o.y = 2
    return 1


def expression(p):
    return 5 if p else 6.0


REFUSED_BRANCHES = [
    (undefined_else, ValueError, "'v' must also be initialized in the else branch"),
    (undefined_main, ValueError, "'v' must also be initialized in the main branch"),
    (dtypes, TypeError, "'v' has dtype int32 in the main branch, but dtype float32 in the else branch"),
    (structures, TypeError, "'v' must have the same nested structure in the main and else branches:\n\nThe two structures don't have"),
    (keys, TypeError, "'v' must have the same nested structure in the main and else branches:"),
    (none_in_one, ValueError, "'v' is None at the end of the else branch."),
    (none_in_both, ValueError, "'v' is None at the end of the main branch."),
    (an_object, TypeError, "'v' must be a tensor"),
    (a_function, TypeError, "'f' must be a tensor"),
    (no_return, ValueError, "the else branch must also have a return statement."),
    (returns_none, ValueError, "'retval_' is None at the end of the else branch."),
    (returns_differ, TypeError, "'retval_' must have the same nested structure in the main and else branches:"),
    (elif_falls_through, ValueError, "the else branch must also have a return statement."),
    (raises, KeyError, "'boo'"),
    (attribute_in_one, ValueError, "'o.x' must also be initialized in the else branch"),
    (attributes_differ, ValueError, "'o.x' must also be initialized in the else branch"),
    (expression, TypeError, "'p' has dtype int32 in the main branch, but dtype float32 in the else branch"),
]


@pytest.mark.parametrize("function, kind, text", REFUSED_BRANCHES, ids=lambda v: getattr(v, "__name__", ""))
def test_branches_refuse(graph, function, kind, text):
    with pytest.raises(kind) as caught:
        trace(function, True)
    assert type(caught.value) is kind and str(caught.value).startswith(text)


def test_branches_need_what_is_read_alone(graph):
    assert trace(unused_needs_no_value, True) == 3
    assert trace(objects_that_nobody_reads, True) == 3


def test_messages_name_the_place(graph):
    with pytest.raises(ValueError) as caught:
        trace(undefined_else, True)
    line = undefined_else.__code__.co_firstlineno + 1
    assert 'File "%s", line %d, in undefined_else\n        if p:' % (__file__, line) in str(caught.value)


# ---- loops ----


def used_before(n):
    for i in range(n):
        q = y + 1
        y = q
    return y


def loop_dtype(n):
    x = 0
    for _ in range(n):
        x = fake.cast(x, "float32") + 0.5
    return x


def while_dtype(n):
    x = 0
    while n > 0:
        x = 0.5
        n -= 1
    return x


def loop_shape(n):
    x = [0]
    for _ in range(n):
        x = fake.concat([fake.constant(x), fake.constant(x)]) if not isinstance(x, list) else fake.constant([1, 2])
    return x


def vector(n):
    x = fake.constant([1])
    while n > 0:
        x = fake.concat([x, x])
        n -= 1
    return x


def vector_allowed(n):
    x = fake.constant([1])
    while n > 0:
        api.set_loop_options(shape_invariants=[(x, (None,))], maximum_iterations=2)
        x = fake.concat([x, x])
        n -= 1
    return x


def loop_structure(n):
    x = (1, 2)
    while n > 0:
        x = (1, 2, 3)
        n -= 1
    return x


def loop_none(n):
    x = 1
    while n > 0:
        x = None
        n -= 1
    return x


def return_in_loop(n):
    for i in range(n):
        if i * i > 10:
            return i
    return -1


def true_and_break(n):
    i = fake.constant(0)
    while True:
        i += 1
        if i >= n:
            break
    return i


def break_by_tensor(n):
    s = 0
    for i in [0, 1, 2]:
        if n > i:
            break
        s += 1
    return s


def appends(n):
    found = []
    for i in range(n):
        found.append(i)
    return found


def scalar(n):
    for i in n:
        pass
    return 1


REFUSED_LOOPS = [
    (used_before, ValueError, "'q' must be defined before the loop\nNote: AutoGraph tried to define it automatically, but ran into a UnboundLocalError"),
    (loop_dtype, TypeError, "'x' has dtype int32 before the loop, but dtype float32 after one iteration"),
    (while_dtype, TypeError, "'x' has dtype int32 before the loop, but dtype float32 after one iteration"),
    (vector, ValueError, "'x' has shape (1,) before the loop, but shape (2,) after one iteration. Use tf.autograph.experimental.set_loop_options"),
    (loop_structure, TypeError, "'x' does not have the same nested structure after one iteration."),
    (loop_none, ValueError, "'x' may not be None after one iteration"),
    (return_in_loop, NotImplementedError, "a return statement cannot be placed inside this TensorFlow loop"),
    (true_and_break, NotImplementedError, "The condition of while loop started as non-Tensor, then changed to Tensor."),
    (break_by_tensor, NotImplementedError, "break and return statements which depend on a TF condition are not supported in Python for loops."),
    (appends, fake.Inaccessible, "a tensor of an inner graph came out"),
    (scalar, ValueError, "len requires a non-scalar tensor"),
]


@pytest.mark.parametrize("function, kind, text", REFUSED_LOOPS, ids=lambda v: getattr(v, "__name__", ""))
def test_loops_refuse(graph, function, kind, text):
    with pytest.raises(kind) as caught:
        trace(function, 3)
    if function is used_before:
        assert re.match(
            "'[qy]' must be defined before the loop\nNote: AutoGraph tried to define it automatically, but ran into a UnboundLocalError", str(caught.value)
        )
    else:
        assert type(caught.value) is kind and str(caught.value).startswith(text)


def test_loop_options(graph):
    assert trace(vector_allowed, 3) == [1, 1, 1, 1]
    shapes, options = graph.options[0]
    assert options == {"maximum_iterations": 2} and (None,) in shapes
    assert api.to_graph(api.set_loop_options)() is None


def test_a_loop_that_defines_has_to_run(graph):
    def defines(n):
        for i in range(n):
            y = i * 2
        return y

    def while_defines(n):
        i = 0
        while i < n:
            y = i * 2
            i += 1
        return y

    for function in (defines, while_defines):
        assert trace(function, 3) == 4
        with pytest.raises(AssertionError, match="loop must iterate at least once to initialize y"):
            trace(function, 0)


def test_none_before_a_loop(graph):
    def replaced(n):
        x = None
        while n > 0:
            x = n
            n -= 1
        return x

    assert trace(replaced, 3) == 1


def test_unconditional_return_in_a_loop(graph):
    def returns(n):
        i = 0
        while i < n:
            i += 1
            return i
        return -1

    # The loop may run no round: TensorFlow defines the result by itself and checks that one did.
    assert trace(returns, 3) == 1


def test_branches_are_traced_once(graph):
    traced = []

    def function(x):
        if x > 0:
            traced.append("main")
            y = 1
        else:
            traced.append("else")
            y = 2
        return y

    assert trace(function, 5) == 1
    assert traced == ["main", "else"] and graph.conds == 1


def test_range_loop_makes_no_rows(graph):
    def function(n):
        s = 0
        for i in fake.range_(n):
            s += i
        return s

    assert trace(function, 4) == 6 and graph.whiles == 1


# ---- datasets ----


def test_datasets(graph):
    def total(n):
        s = 0
        for x in fake.Dataset([1, 2, 3, 4]):
            if x > n:
                break
            s += x
        return s

    def undefined(n):
        for x in fake.Dataset([1]):
            y = x
        return y

    def returns(n):
        for x in fake.Dataset([1]):
            if x > n:
                return x
        return 0

    assert [trace(total, n) for n in (2, 9)] == [3, 10]
    with pytest.raises(ValueError, match="'y' must be defined before the loop"):
        trace(undefined, 1)
    with pytest.raises(NotImplementedError, match="a return statement cannot be placed inside"):
        trace(returns, 1)


# ---- logic ----


def test_logic_of_tensors(graph):
    def lazily(n):
        return (n > 2 and n < 5), (n > 2 or n < -5), not n > 2, 0 < n < 5, n > 2 > 1

    def short_circuit(v):
        return len(v) > 1 and v[0] > 1

    def differing(n):
        return n > 2 and n

    assert trace(lazily, 3) == (True, True, False, True, True) or trace(lazily, 3) == [True, True, False, True, True]
    assert trace(short_circuit, [5]) is False
    with pytest.raises(TypeError):
        trace(differing, 3)


def test_python_values_stay_python():
    class Odd:
        def __bool__(self):
            raise RuntimeError("asked")

    def operands(a, b):
        return a and b, a or b, not a

    assert api.to_graph(operands)([], 3) == ([], 3, True)
    assert api.to_graph(operands)("x", None) == (None, "x", False)
    with pytest.raises(RuntimeError):
        api.to_graph(operands)(Odd(), 1)


# ---- features ----


F = api.Feature


def test_assert_statements(graph):
    def checks(n):
        assert n > 5, "too small"
        return n

    assert trace(checks, 7, features=F.ASSERT_STATEMENTS) == 7
    with pytest.raises(AssertionError, match="too small"):
        trace(checks, 3, features=F.ALL)
    with pytest.raises(fake.NotAllowed):
        trace(checks, 7)
    with pytest.raises(AssertionError, match="too small"):
        api.to_graph(checks, experimental_optional_features=F.ALL)(3)


def test_print(graph):
    def shows(n):
        print("n", n)
        return n

    trace(shows, 3, features=F.BUILTIN_FUNCTIONS)
    assert graph.printed == [["n", 3]]


def test_equality(graph):
    def equal(n):
        return n == 3, n != 3

    assert list(trace(equal, 3, features=F.EQUALITY_OPERATORS)) == [True, False]
    assert "ag__.eq(n, 3)" in api.to_code(equal, experimental_optional_features=F.EQUALITY_OPERATORS)
    assert "ag__.eq" not in api.to_code(equal)


def test_lists_grow_in_loops(graph):
    def evens(n):
        found = []
        for i in range(n):
            if i % 2 == 0:
                found.append(i)
        return found

    def popped(n):
        found = []
        found.append(n)
        found.append(n + 1)
        last = found.pop()
        return last

    assert trace(evens, 5, features=F.LISTS) == [0, 2, 4]
    assert trace(popped, 5, features=(F.LISTS,)) == 6
    converted = api.to_graph(evens, experimental_optional_features=F.LISTS)
    assert converted(5) == [0, 2, 4]


def test_features_are_checked():
    with pytest.raises(TypeError):
        api.converted(test_equality, "LISTS")
    assert [f.value for f in F.all_but(F.LISTS)] == [f.value for f in F if f not in (F.LISTS, F.ALL)]


def test_exceptions_have_tensorflows_names():
    for name in "AutoGraphError ConversionError UnsupportedLanguageElementError InaccessibleSourceCodeError".split():
        assert issubclass(getattr(messages, name), Exception)

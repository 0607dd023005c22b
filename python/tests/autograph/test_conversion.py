"""Which functions are converted, from what source, and that they stay the user's: cells, defaults, names, lines of tracebacks, warnings."""

import functools
import gc
import inspect
import linecache
import logging
import threading
import time
import traceback
import weakref

import fake
import pytest

from sokuji._src.autograph import api, conversion, messages, runtime


@pytest.fixture
def graph():
    with fake.installed() as backend:
        yield backend


def choose(x):
    if x > 0:
        return 1
    return 2


# ---- the function stays the user's ----


def test_to_graph_keeps_the_function():
    def function(a, b: int = 3, *rest, c=4, **more) -> int:
        """Says something."""
        return a, b, rest, c, more

    function.mark = "kept"
    made = api.to_graph(function)
    assert made(1, 2, 5, c=6, d=7) == (1, 2, (5,), 6, {"d": 7}) and made(1) == (1, 3, (), 4, {})
    assert made.__doc__ == "Says something." and made.__annotations__ == function.__annotations__ and made.mark == "kept"
    assert made.__wrapped__ is function and inspect.signature(made) == inspect.signature(function)
    assert made.__name__ == "tf__function" and made.__module__ == __name__
    assert made.__code__.co_filename == __file__ and made.__code__.co_name == "function"


def test_defaults_are_evaluated_once():
    default = []

    def function(x, into=default):
        into.append(x)
        return into

    assert api.to_graph(function)(1) is default and api.converted(function)(2) is default and default == [1, 2]


def test_cells_are_shared():
    x = 1

    def function():
        nonlocal y
        y = x + 1
        return y

    y = None
    made = api.to_graph(function)
    assert made() == 2 and y == 2
    x = 10
    assert made() == 11 and y == 11


def test_inner_functions_are_named_as_written():
    def function():
        class Inner:
            def method(self):
                if self:
                    return [lambda: 1]
                return None

        def helper():
            return 1

        return Inner, helper, (lambda: 2)

    inner, helper, anonymous = api.to_graph(function)()
    before = "test_inner_functions_are_named_as_written.<locals>.function.<locals>."
    assert inner.__qualname__ == before + "Inner" and inner.method.__qualname__ == before + "Inner.method"
    assert helper.__qualname__ == before + "helper" and anonymous.__qualname__ == before + "<lambda>"
    assert inner().method()[0]() == 1


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args):
        return "wrapped", function(*args)

    return wrapper


@decorated
@decorated
def twice(x):
    if x > 0:
        return 1
    return 2


def test_decorators(graph):
    assert fake.run(api.converted(twice), 3) == ("wrapped", ("wrapped", 1))
    assert "@" not in api.to_code(twice)


@functools.lru_cache(maxsize=None)
def cached(x):
    return x + 1


def test_calls_of_all_kinds(graph):
    class Callable:
        def __init__(self, k):
            self.k = k

        def __call__(self, x):
            if x > self.k:
                return 10
            return 20

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

        @property
        def size(self):
            return self.k

    k = Callable(2)

    def uses(x):
        partials = functools.partial(k.method, x)(), functools.partial(functools.partial(k.method, y=5), x)(), functools.partial(k, x)()
        return k.method(x), k(x), Callable.of_class(x), k.of_none(x), Callable(5).method(x), Callable.method(k, x), k.size, cached(3), partials

    assert fake.run(api.converted(uses), 3) == (1, 10, 100, 1000, 2, 1, 2, 4, (1, 6, 10))
    for function in (k, k.method, k.of_class, Callable.of_none, functools.partial(Callable.method, k)):
        assert fake.run(api.converted(function), 3) in (10, 1, 100, 1000)


def test_callbacks_of_libraries_are_converted_where_asked(graph):
    seen = []

    def library(function):
        seen.append(api.converted_here(function) is function)

    library = api.do_not_convert(library)
    library.__wrapped__(choose)
    api.converted(lambda: seen.append(api.converted_here(choose) is choose))()
    api.converted(lambda: library(choose))()
    assert seen == [True, False, True]


def test_do_not_convert(graph):
    @api.do_not_convert
    def left(x):
        if x > 0:
            return 1
        return 2

    @api.do_not_convert()
    def left_too(x):
        return 1

    assert left.__name__ == "left" and left(1) == 1 and left_too(1) == 1 and api.do_not_convert(len)([1]) == 1
    with pytest.raises(fake.NotAllowed):
        fake.run(api.converted(left), 1)
    with pytest.raises(fake.NotAllowed):
        fake.run(api.converted(lambda x: left(x)), 1)


def test_declined_within(graph):
    def function(x):
        @api.do_not_convert
        def left(y):
            if y > 0:
                return 1
            return 2

        return left(x)

    assert api.converted(function)(1) == 1
    with pytest.raises(fake.NotAllowed):
        fake.run(api.converted(function), 1)


def test_not_recursive(graph):
    def function(x):
        y = len([x])
        if x > 0:
            z = choose(3)
        else:
            z = choose(-3)
        return y, z

    assert fake.run(api.to_graph(function, recursive=False), 1) == (1, 1)
    with pytest.raises(fake.NotAllowed):
        fake.run(api.to_graph(lambda x: choose(x), recursive=False), 1)


# ---- sources ----


one, other = (lambda x: 1 if x > 0 else 2), (lambda x: 3 if x > 0 else 4)
several = [lambda x: (x), lambda x: lambda x: x, lambda x: 5, lambda *a, k=3: (a
                                                                          and k), lambda: not 1]  # fmt: skip


def test_lambdas_of_one_line(graph):
    assert fake.run(api.converted(one), 1) == 1 and fake.run(api.converted(other), 1) == 3
    assert [api.to_graph(f)(7) for f in several[:1]] == [7] and api.to_graph(several[1])(7)(8) == 8 and api.to_graph(several[2])(1) == 5
    assert api.to_graph(several[3])() == () and api.to_graph(several[3])(1, k=4) == 4 and api.to_graph(several[4])() is False
    inner = several[1](0)
    assert api.to_graph(inner)(9) == 9
    assert "if_exp" in api.to_code(one) and api.to_code(one).startswith("tf__lam = lambda x: ")


def test_text_that_is_hard_to_cut_out():
    if True:

        def odd(x,
                y=(1,
2)):  # fmt: skip
            text = """
unindented, if x: (
"""
            if x:  # a comment
                return text, y
            # a comment at the margin
            return y  # fmt: skip

    assert api.to_graph(odd)(1) == ("\nunindented, if x: (\n", (1, 2)) and api.to_graph(odd)(0) == (1, 2)

    def short(x): return 1 if x else 2  # noqa: E704 # fmt: skip

    assert api.to_graph(short)(0) == 2


def test_future_annotations(tmp_path):
    module = imported(tmp_path, "from __future__ import annotations\ndef f(x: Missing) -> Missing:\n    def g(y: Missing2): return y\n    return g(x)\n")
    assert api.to_graph(module["f"])(3) == 3


def imported(folder, text, name="user_module"):
    path = folder / (name + ".py")
    path.write_text(text)
    namespace = {"__name__": name}
    exec(compile(text, str(path), "exec"), namespace)
    return namespace


def test_changed_file(tmp_path):
    namespace = imported(tmp_path, "def f(x):\n    return x\n")
    (tmp_path / "user_module.py").write_text("def other(y):\n    return 2\n" * 3)
    assert api.converted(namespace["f"])(5) == 5
    with pytest.raises(messages.ConversionError):
        api.to_graph(namespace["f"])


# ---- what is refused, and what then ----


def no_source():
    namespace = {}
    exec("def f(x):\n    if x > 0: return 1\n    return 2", namespace)
    return namespace["f"]


def generator(n):
    for i in range(n):
        yield i


async def coroutine():
    return 1


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


def options_late(n):
    while n > 0:
        n -= 1
        api.set_loop_options(maximum_iterations=1)
    return n


def options_outside(n):
    api.set_loop_options(maximum_iterations=1)
    return n


def return_in_finally(n):
    try:
        n += 1
    finally:
        return n  # noqa: B012


REFUSED = [
    (generator, "generators are not supported"),
    (coroutine, "coroutines are not supported"),
    (for_else, "for/else statement not yet supported"),
    (while_else, "while/else statement not yet supported"),
    (return_in_finally, "return, break and continue in a finally block are not supported"),
    (options_late, '"set_loop_options" must be the first statement in the loop block'),
    (options_outside, '"set_loop_options" must be used inside a statement'),
    (no_source(), "Unable to locate the source code of"),
    (len, "Cannot apply autograph to a function that doesn't expose a __code__ object."),
    (3, "Cannot apply autograph to a function that doesn't expose a __code__ object."),
]


@pytest.mark.parametrize("function, text", REFUSED, ids=lambda v: getattr(v, "__name__", ""))
def test_refused(function, text):
    for look in (api.to_graph, api.to_code):
        with pytest.raises((messages.ConversionError, messages.UnsupportedLanguageElementError)) as caught:
            look(function)
        assert text in str(caught.value)


def test_refused_functions_run_as_they_are(caplog):
    with caplog.at_level(logging.WARNING, "tensorflow"):
        assert [api.converted(f)(3) for f in (for_else, while_else, options_late, return_in_finally)] == [2, 2, 0, 4]
        first = caplog.text
        api.converted(for_else)(3)
    assert caplog.text == first  # once for each function
    assert "AutoGraph could not transform <function for_else at " in first and "and will run it as-is.\nCause: for/else statement not yet supported" in first
    assert "To silence this warning, decorate the function with @tf.autograph.experimental.do_not_convert" in first


def test_silently_as_they_are(caplog, graph):
    """TensorFlow 2.21 warns of neither."""
    with caplog.at_level(logging.WARNING, "tensorflow"):
        assert api.converted(no_source())(1) == 1 and list(api.converted(generator)(2)) == [0, 1]
        with pytest.raises(fake.NotAllowed):
            fake.run(api.converted(no_source()), 1)
    assert not caplog.text


def test_verbosity(capsys):
    messages.set_verbosity(2, alsologtostdout=True)
    try:

        def fresh(x):
            return x

        api.converted(fresh)(1)
        api.trace("hello", 3)
    finally:
        messages.set_verbosity(0)
    out = capsys.readouterr().out
    assert "Converted <function" in out and "def ag__function(x)" in out and out.endswith("hello 3\n")


# ---- tracebacks ----


def deep(x):
    y = x + 1
    if y > 0:
        for i in [1]:
            fails(y, i)
    return y


def fails(y, i):
    while True:
        raise KeyError(y) from ValueError("why")


def test_tracebacks_show_the_users_lines():
    with pytest.raises(KeyError) as caught:
        api.converted(deep)(1)
    assert isinstance(caught.value.__cause__, ValueError)
    frames = traceback.extract_tb(caught.value.__traceback__)[1:]
    assert {f.filename for f in frames} == {__file__} and {f.name for f in frames} == {"deep", "fails"}
    assert frames[-1].line == 'raise KeyError(y) from ValueError("why")' and "fails(y, i)" in [f.line for f in frames]
    assert frames[-1].lineno == fails.__code__.co_firstlineno + 2 and frames[-1].colno in (8, None)


def test_unbound_variables_are_told_as_pythons_own():
    def function(n):
        if n > 1:
            x = 1
        while n:
            return x

    for call in (function, api.converted(function)):
        with pytest.raises(UnboundLocalError) as caught:
            call(1)
        assert str(caught.value) == "cannot access local variable 'x' where it is not associated with a value"


# ---- caches ----


def test_converted_once_for_each_code_object(monkeypatch):
    count = []
    original = conversion.convert
    monkeypatch.setattr(conversion, "convert", lambda f, *o: count.append(f) or original(f, *o))

    def make(k):
        def inner(x):
            if x > k:
                return k
            return x

        return inner

    functions = [make(k) for k in range(5)]
    for _ in range(3):
        assert [api.converted(f)(3) for f in functions] == [0, 1, 2, 3, 3]
    assert len(count) == 1
    api.converted(functions[0], api.Feature.LISTS)(3)
    assert len(count) == 2


def test_what_conversion_made_is_not_converted_again(monkeypatch):
    def function(x):
        def inner(y):
            if y:
                return 1
            return 2

        return inner(x), (lambda z: z and 3)(x)

    converted = []
    original = conversion.convert
    monkeypatch.setattr(conversion, "convert", lambda f, *o: converted.append(f.__name__) or original(f, *o))
    assert api.converted(function)(1) == (1, 3) and converted == ["function"]
    made = api.to_graph(choose)
    assert api.to_graph(made) is made and api.converted(made)(-1) == 2


def test_functions_are_let_go():
    def make():
        def recursive(n):
            if n > 0:
                return recursive(n - 1)
            return 0

        return recursive

    function = make()
    assert api.converted(function)(3) == 0
    gone = weakref.ref(function)
    del function
    gc.collect()
    assert gone() is None


def test_what_was_made_is_let_go():
    before = len(conversion._artifacts)
    for i in range(20):
        namespace = {}
        text = "def f(x):\n    if x:\n        return %d\n" % i
        linecache.cache["<%d>" % i] = len(text), None, text.splitlines(keepends=True), "<%d>" % i
        exec(compile(text, "<%d>" % i, "exec"), namespace)
        assert api.converted(namespace["f"])(1) == i
    del namespace
    gc.collect()
    assert len(conversion._artifacts) <= before + 5


def test_long_chains():
    text = "def f(x):\n    if x == 0:\n        r = 0\n" + "".join("    elif x == %d:\n        r = %d\n" % (i, i) for i in range(1, 60)) + "    return r\n"
    linecache.cache["<chain>"] = len(text), None, text.splitlines(keepends=True), "<chain>"
    namespace = {}
    exec(compile(text, "<chain>", "exec"), namespace)
    assert [api.to_graph(namespace["f"])(i) for i in (0, 30, 59)] == [0, 30, 59]


def test_libraries_are_left(monkeypatch):
    import json
    import textwrap

    monkeypatch.setattr(conversion, "convert", lambda f, *o: pytest.fail("converted %s" % f))
    call = runtime.runtime().converted_call
    assert call(textwrap.dedent, " a") == "a" and call(json.dumps, [1]) == "[1]" and call(fake.np.mean, [1, 3]) == 2
    assert call(api.to_code, api.to_code).startswith("def tf__to_code")


def test_threads():
    found = []

    def function(n):
        total = 0
        for i in range(n):
            if i % 2:
                continue
            total += i
        return total

    threads = [threading.Thread(target=lambda: found.append(api.converted(function)(100))) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == [2450] * 8


def test_conversion_takes_milliseconds():
    """The fastest of several, with room for a busy machine; about 1 ms at rest."""
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        conversion.convert(imported, frozenset())
        conversion.convert(deep, frozenset())
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.03

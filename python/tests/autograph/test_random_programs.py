"""Random functions of nested ifs, loops, breaks, continues, returns, try and with: converted they give what they gave, effects in the same order."""

import contextlib
import linecache
import random

import fake
import pytest

from sokuji._src.autograph import api

_VARIABLES = "a b c".split()


class Writer:
    """Writes one function. `symbolic`: only what tensors can do, every variable set before, loops that end, no jumps out of loops by return."""

    def __init__(self, seed, symbolic):
        self.random, self.symbolic, self.lines, self.loops = random.Random(seed), symbolic, [], 0

    def text(self):
        self.line(0, "def function(a, b, zero, log):")
        self.line(1, "c = zero + 1")
        self.block(1, 0, False)
        self.line(1, "return a, b, c")
        return "\n".join(self.lines) + "\n"

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def value(self):
        r = self.random
        return "(%s %s %d) %% 97 - 40" % (r.choice(_VARIABLES), r.choice(["+", "-", "*"]), r.randint(2, 5))

    def test(self):
        r = self.random
        kind = r.randrange(7)
        v, w = r.sample(_VARIABLES, 2)
        if kind == 0:
            return "%s > %d and %s < %d" % (v, r.randint(-3, 3), w, r.randint(0, 9))
        if kind == 1:
            return "not %s < %d or %s == 2" % (v, r.randint(0, 5), w)
        if kind == 2:
            return "%d <= %s < %d" % (r.randint(-5, 2), v, r.randint(2, 9))
        if kind == 3:
            return "(%s if %s > 1 else %s) > 0" % (v, w, w)
        return "%s %s %d" % (v, r.choice(["<", ">", "<=", "!="]), r.randint(-2, 6))

    def block(self, depth, level, in_loop):
        for _ in range(self.random.randint(1, 3)):
            self.statement(depth, level, in_loop)

    def statement(self, depth, level, in_loop):
        r = self.random
        kind = r.choice(
            ["assign"] * 3
            + ["log"] * (not self.symbolic)
            + (["if"] * 3 + ["while", "for"] + ["try", "with", "function"] * (not self.symbolic) if level < 4 else [])
        )
        if in_loop and r.random() < 0.12:
            self.line(depth, r.choice(["break", "continue"]))
        elif not self.symbolic and level and r.random() < 0.08:
            self.line(depth, "return %s" % self.value())
        elif kind == "assign":
            self.line(depth, r.choice(["%s = %s", "%s += %s"]) % (r.choice(_VARIABLES), self.value()))
        elif kind == "log":
            self.line(depth, "log.append(%s)" % r.choice([*_VARIABLES, "d"] if r.random() < 0.1 else _VARIABLES))
        else:
            getattr(self, "_" + kind)(depth, level + 1, in_loop)

    def _if(self, depth, level, in_loop):
        self.line(depth, "if %s:" % self.test())
        self.block(depth + 1, level, in_loop)
        if self.random.random() < 0.3:
            self.line(depth, "elif %s:" % self.test())
            self.block(depth + 1, level, in_loop)
        if self.random.random() < 0.5:
            self.line(depth, "else:")
            self.block(depth + 1, level, in_loop)

    def _while(self, depth, level, in_loop):
        self.loops += 1
        counter = "n%d" % self.loops
        # In a graph the condition is a tensor from the beginning, else a break would make it one.
        self.line(depth, "%s = zero" % counter)
        self.line(depth, "while %s < 3 and (%s):" % (counter, self.test()))
        self.line(depth + 1, "%s += 1" % counter)
        self.block(depth + 1, level, True)

    def _for(self, depth, level, in_loop):
        self.loops += 1
        name = "i%d" % self.loops
        rows = "range(zero + %d)" if self.symbolic else "range(%d)"
        self.line(depth, ("for %s in " + rows + ":") % (name, self.random.randint(0, 4)))
        self.line(depth + 1, "%s += %s" % (self.random.choice(_VARIABLES), name))
        self.block(depth + 1, level, True)

    def _try(self, depth, level, in_loop):
        self.line(depth, "try:")
        self.block(depth + 1, level, in_loop)
        if self.random.random() < 0.5:
            self.line(depth + 1, "log.append(1 // (%s %% 3))" % self.random.choice(_VARIABLES))
        self.line(depth, "except ZeroDivisionError:")
        self.block(depth + 1, level, in_loop)
        if self.random.random() < 0.5:
            self.line(depth, "else:")
            self.block(depth + 1, level, in_loop)
        if self.random.random() < 0.5:
            self.line(depth, "finally:")
            self.line(depth + 1, "log.append('finally')")

    def _function(self, depth, level, in_loop):
        """Variables are the inner function's own, or nonlocal, or only read; some are unbound then."""
        self.loops += 1
        name = "f%d" % self.loops
        self.line(depth, "def %s(%s):" % (name, self.random.choice(_VARIABLES)))
        if self.random.random() < 0.6:
            outer = [v for v in _VARIABLES if "(%s)" % v not in self.lines[-1]]
            self.line(depth + 1, "nonlocal %s" % ", ".join(outer[: self.random.randint(1, 2)]))
        self.block(depth + 1, level, False)
        self.line(depth + 1, "return %s" % self.value())
        self.line(depth, "%s = %s(%s)" % (self.random.choice(_VARIABLES), name, self.random.choice(_VARIABLES)))

    def _with(self, depth, level, in_loop):
        self.line(depth, "with noted(log) as w%d:" % level)
        self.block(depth + 1, level, in_loop)


@contextlib.contextmanager
def noted(log):
    log.append("in")
    try:
        yield
    finally:
        log.append("out")


def written(seed, symbolic):
    text = Writer(seed, symbolic).text()
    name = "<random program %d %s>" % (seed, symbolic)
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    namespace = {"noted": noted}
    exec(compile(text, name, "exec"), namespace)
    return namespace["function"], text


def outcome(function, a, b):
    log = []
    try:
        return function(a, b, 0, log), log
    except (NameError, ZeroDivisionError, TypeError) as error:
        # A variable of a function around it is told as one of its own (UnboundLocalError) where a branch reads it.
        return NameError if isinstance(error, NameError) else type(error), log


@pytest.mark.parametrize("part", range(8))
def test_python_values(part):
    for seed in range(part * 25, part * 25 + 25):
        function, text = written(seed, False)
        converted = api.to_graph(function)
        for a, b in ((0, 0), (3, -2), (-4, 7)):
            assert outcome(converted, a, b) == outcome(function, a, b), text


@pytest.mark.parametrize("part", range(8))
def test_symbolic_values(part):
    with fake.installed():
        for seed in range(part * 10, part * 10 + 10):
            function, text = written(seed, True)
            for a, b in ((0, 0), (3, -2), (-4, 7)):
                expected = function(a, b, 0, None)
                found = fake.run(api.converted(function), a, b, 0, None)
                assert list(found) == list(expected), text

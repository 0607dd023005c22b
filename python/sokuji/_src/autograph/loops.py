"""What converted while and for call. A loop is the graph's when its condition, or what it runs over, is symbolic; else it is Python's."""

from sokuji._src.autograph import backend as _backend
from sokuji._src.autograph import messages, structure
from sokuji._src.autograph.state import UNDEFINED, State, packed, tensors


def loop_options(parallel_iterations=None, swap_memory=None, maximum_iterations=None, shape_invariants=None):
    """What a loop's set_loop_options asked for."""
    given = {"parallel_iterations": parallel_iterations, "swap_memory": swap_memory, "maximum_iterations": maximum_iterations}
    return {k: v for k, v in given.items() if v is not None}, list(shape_invariants or ())


# ---- while ----


def while_stmt(test, body, names, options=None, pure_test=True, accessors=()):
    """while test(): body()"""
    graph = _backend.current()
    # Whether the loop is symbolic shows when its condition is evaluated; what that puts into a graph is thrown away, unless it binds variables.
    condition = graph.aside(test) if pure_test else test()
    if graph.is_symbolic(condition):
        _Loop(names, body, options, accessors).run_while(test)
        return
    try:
        if not condition:
            return
        body()
        while True:
            condition = test()
            if condition is not True and condition is not False and graph.is_symbolic(condition):
                raise messages.python_while_became_symbolic(body)
            if not condition:
                return
            body()
    except NameError as error:
        raise messages.local_error(error)


# ---- for ----


def for_stmt(iterated, extra_test, body, names, options=None, accessors=()):
    """for item in iterated: body(item), as long as extra_test() holds, where there is one."""
    graph = _backend.current()
    kind = graph.loop_kind(iterated)
    if kind is None:
        _python_for(iterated, extra_test, body, graph)
    elif kind == "tensor":
        _Loop(names, body, options, accessors).run_rows(iterated, extra_test)
    else:
        _Loop(names, body, options, accessors).run_dataset(iterated, extra_test)


def _python_for(iterated, extra_test, body, graph):
    try:
        if extra_test is None:
            for item in iterated:
                body(item)
            return
        for item in iterated:
            body(item)
            more = extra_test()
            if more is not True and more is not False and graph.is_symbolic(more):
                raise messages.python_for_became_symbolic(body)
            if not more:
                return
    except NameError as error:
        raise messages.local_error(error)


# ---- symbolic loops ----


class _Loop:
    """A loop in the graph: the variables' structures, and the checks that a round keeps them."""

    def __init__(self, names, body, options, accessors):
        self.state = State(names, (body,), accessors)
        self.body = body
        self.graph = _backend.current()
        self.options, self.invariants = options() if options is not None else ({}, [])
        self.before = self.state.get()
        self.values = list(self.before)
        self.automatic = []  # names that the first round defines

    def run_while(self, test):
        self.define(self.body)
        flat, count = self.flat(), len(self.automatic) > 0
        extra = (self.graph.tensor(False),) if count else ()

        def loop_test(*flat):
            self.enter(flat[: len(flat) - count])
            return test()

        def loop_body(*flat):
            self.enter(flat[: len(flat) - count])
            return self.round(self.body) + ((self.graph.tensor(True),) if count else ())

        made = self.build(lambda: self.graph.while_loop(loop_test, loop_body, (*flat, *extra), self.shapes(flat) + (None,) * count, self.options))
        if count:
            self.assert_ran(made[-1])
        self.leave(made[: len(made) - count])

    def run_rows(self, rows, extra_test):
        """Over the first axis of a tensor; one that tf.range made is never stored."""
        graph = self.graph
        parts = graph.range_parts(rows)
        if parts is None:
            first, step, last = 0, 1, graph.length(rows)
        else:
            first, last, step = parts
            rows = None

        def item(i):
            return i if rows is None else graph.row(rows, i)

        self.define(lambda: self.body(item(graph.tensor(first))))
        flat = self.flat()
        last, step = graph.tensor(last), step if isinstance(step, (int, float)) else graph.tensor(step)

        def unfinished(i):
            if isinstance(step, (int, float)):
                return i < last if step > 0 else i > last
            zero = graph.zeros(graph.dtype(step), ())
            return graph.logical_or(_both(graph, step > zero, i < last), _both(graph, step < zero, i > last))

        def loop_test(i, *flat):
            if extra_test is None:
                return unfinished(i)
            self.enter(flat)
            return _both(graph, unfinished(i), extra_test())

        def loop_body(i, *flat):
            self.enter(flat)
            return (i + step, *self.round(lambda: self.body(item(i))))

        start = graph.tensor(first)
        made = self.build(lambda: graph.while_loop(loop_test, loop_body, (start, *flat), (None, *self.shapes(flat)), self.options))
        if self.automatic:
            self.assert_ran(unfinished(start))
        self.leave(made[1:])

    def run_dataset(self, source, extra_test):
        missing = [i for i, v in enumerate(self.values) if v is UNDEFINED or v is None]
        if missing:
            raise messages.not_before_loop(self.blamed(missing), None, self.body)
        flat = self.flat()

        def loop_test(*flat):
            self.enter(flat)
            return extra_test()

        def loop_body(element, *flat):
            self.enter(flat)
            return self.round(lambda: self.body(element))

        options = dict(self.options, shapes=self.shapes(flat))
        made = self.build(lambda: self.graph.dataset_loop(source, loop_test if extra_test is not None else None, loop_body, flat, options))
        self.leave(made)

    # ---- variables ----

    def define(self, body):
        """Gives variables that a round defines, and does not ask for first, zeros to begin with."""
        missing = [i for i, v in enumerate(self.values) if v is UNDEFINED or v is None]
        if not missing:
            return
        try:
            found = self.graph.aside(lambda: self._found(body, missing))
        except Exception as error:
            raise messages.not_before_loop(self.blamed(missing), messages.local_error(error), self.body) from None
        finally:
            self.state.set(self.before)
        for i, (like, specs) in zip(missing, found):
            if like is UNDEFINED:
                continue
            if like is None:
                raise messages.loop_none(self.state.names[i], self.body)
            self.values[i] = packed([like], [self.graph.zeros(dtype, shape) for dtype, shape in specs])[0]
            self.automatic.append(self.state.names[i])
            if any(shape is None or None in shape for _, shape in specs):
                self.invariants.append((self.state.names[i], [shape for _, shape in specs]))

    def blamed(self, missing):
        """A return in a loop is told as that."""
        names = [self.state.names[i] for i in missing]
        return "retval_" if "retval_" in names else names[0]

    def _found(self, body, missing):
        flat = []
        for name, value in zip(self.state.names, self.values):
            if value is not UNDEFINED and value is not None:
                flat += tensors(name, value, self.body)
        likes = iter(packed([v for v in self.values if v is not UNDEFINED and v is not None], flat))
        self.state.set([v if v is UNDEFINED or v is None else next(likes) for v in self.values])
        body()
        after = self.state.get()
        found = []
        for i in missing:
            if after[i] is UNDEFINED or after[i] is None:
                found.append((after[i], ()))
                continue
            leaves = tensors(self.state.names[i], after[i], self.body)
            found.append((after[i], [(self.graph.dtype(t), self.graph.shape(t)) for t in leaves]))
        return found

    def flat(self):
        """The variables as tensors, before the loop. One that stays unbound, or None, takes no part."""
        self.taken = [i for i, v in enumerate(self.values) if v is not UNDEFINED and v is not None]
        self.leaves = [tensors(self.state.names[i], self.values[i], self.body) for i in self.taken]
        self.likes = [self.values[i] for i in self.taken]
        return tuple(t for leaves in self.leaves for t in leaves)

    def shapes(self, flat):
        """An invariant, or None, for each tensor."""
        made = []
        for i, leaves in zip(self.taken, self.leaves):
            invariant = self._invariant(i)
            made += invariant if invariant is not None else [None] * len(leaves)
        return tuple(made)

    def _invariant(self, i):
        for who, shape in self.invariants:
            if who == self.state.names[i] if isinstance(who, str) else who is self.before[i]:
                return [_sizes(s) for s in (shape if _many(shape) else [shape])]
        return None

    def enter(self, flat):
        values = list(self.before)
        for i, value in zip(self.taken, packed(self.likes, flat)):
            values[i] = value
        self.state.set(values)

    def round(self, body):
        """One round: what the variables are afterwards, as tensors, checked against what they were before the loop."""
        try:
            body()
        except NameError as error:
            raise messages.local_error(error)
        after = self.state.get()
        made = []
        for i, like, leaves in zip(self.taken, self.likes, self.leaves):
            made += self.checked(i, like, leaves, after[i])
        return tuple(made)

    def checked(self, i, like, leaves, value):
        name, graph = self.state.names[i], self.graph
        if value is UNDEFINED:
            raise messages.loop_structure_differs(name, "It is undefined then.", self.body)
        if value is None:
            raise messages.loop_none(name, self.body)
        why = structure.difference(like, value)
        if why is not None:
            raise messages.loop_structure_differs(name, why, self.body)
        made = tensors(name, value, self.body)
        if len(made) != len(leaves):
            raise messages.loop_structure_differs(name, "%d tensors become %d." % (len(leaves), len(made)), self.body)
        invariant = self._invariant(i) or [None] * len(leaves)
        for old, new, shape in zip(leaves, made, invariant):
            before, after = graph.dtype(old), graph.dtype(new)
            if before != after:
                raise messages.loop_dtype_differs(name, getattr(before, "name", before), getattr(after, "name", after), self.body)
            wanted = graph.shape(old) if shape is None else None if shape is ... else shape
            if not _fits(graph.shape(new), wanted):
                raise messages.loop_shape_differs(name, _shown(wanted), _shown(graph.shape(new)), None if shape is None else _shown(wanted), self.body)
        return made

    def build(self, make):
        try:
            return make()
        except BaseException:
            self.state.set(self.before)
            raise

    def leave(self, flat):
        self.enter(flat)

    def assert_ran(self, ran):
        names = ", ".join(self.automatic)
        self.graph.assert_(ran, "loop must iterate at least once to initialize %s" % names)


def _both(graph, a, b):
    """a and b, both already evaluated."""
    if b is True:
        return a
    if b is False:
        return graph.tensor(False)
    return graph.logical_not(graph.logical_or(graph.logical_not(a), graph.logical_not(b)))


def _sizes(shape):
    """A shape invariant as a tuple, or ... of one that takes any shape: of a TensorShape, a list, or None."""
    if shape is None or shape is ...:
        return ...
    if hasattr(shape, "as_list"):
        return ... if shape.rank is None else tuple(shape.as_list())
    return tuple(shape)


def _many(shape):
    return isinstance(shape, list) and all(s is None or isinstance(s, (tuple, list)) or hasattr(s, "as_list") for s in shape) and len(shape) > 0


def _fits(shape, wanted):
    """Whether a shape is one of those that another stands for."""
    if wanted is None:
        return True
    if shape is None or len(shape) != len(wanted):
        return False
    return all(w is None or s == w for s, w in zip(shape, wanted))


def _shown(shape):
    return "<unknown>" if shape is None else "(%s)" % (", ".join(str(s) for s in shape) + ("," if len(shape) == 1 else ""))

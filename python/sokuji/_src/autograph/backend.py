"""What AutoGraph asks of the graph: which values are symbolic, and how a branch, a loop, a message are built. One backend holds for the process.

Conditions, branches and bodies arrive as functions over flat tuples of tensors. The structures of the user's variables are AutoGraph's matter, and so are
the checks that both branches, or a loop's rounds, agree. The default backend knows no symbolic values: everything runs as Python.
"""


class Backend:
    """Nothing is symbolic here; a backend that builds graphs overrides all of it."""

    def is_symbolic(self, value):
        """Whether the value's use as a condition or in a loop belongs into a graph: a symbolic tensor, or, while a graph is open, any tensor or variable."""
        return False

    def loop_kind(self, value):
        """What `for` over a value builds: "tensor", "dataset" (a dataset or its iterator) or None, Python's own loop."""
        return None

    # ---- values ----

    def tensor(self, value):
        """A value as a tensor of the graph that is open; TypeError or ValueError where there is none. An object that cond and while_loop take as it is may
        come back as itself; dtype and shape are then asked of it."""
        raise TypeError("there is no graph")

    def dtype(self, tensor):
        """A tensor's dtype, something that prints as its name."""
        raise NotImplementedError

    def shape(self, tensor):
        """A tensor's shape as a tuple with None for unknown sizes, or None for an unknown rank."""
        raise NotImplementedError

    def components(self, value):
        """([tensors], function that makes such a value of tensors) of an object that travels through graphs, like a TensorArray; else None."""
        return None

    def zeros(self, dtype, shape):
        """A tensor of zeros; unknown sizes are 0. Stands for a variable that a loop defines, before its first round."""
        raise NotImplementedError

    def aside(self, function):
        """function() in a graph that is thrown away, where a graph is open; else simply function()."""
        return function()

    # ---- control flow ----

    def cond(self, predicate, true_fn, false_fn):
        """true_fn() or false_fn(), each traced once, in this order; both give equally many tensors. A tuple of tensors."""
        raise NotImplementedError

    def while_loop(self, test, body, state, shapes, options):
        """state, a tuple of tensors, becomes body(*state) while test(*state). `shapes`: for each an invariant (a tuple; ...
        where any shape will do) or None: what it begins with. `options`: a dict with
        maximum_iterations, parallel_iterations, swap_memory where they were given. A tuple of tensors."""
        raise NotImplementedError

    def dataset_loop(self, source, test, body, state, options):
        """state becomes body(element, *state) for each element of a dataset or iterator, as long as test(*state) (None: always). A tuple."""
        raise NotImplementedError

    def logical_not(self, tensor):
        raise NotImplementedError

    def logical_or(self, a, b):
        raise NotImplementedError

    # ---- rows, for loops over a tensor ----

    def range_parts(self, tensor):
        """(start, limit, delta) of a tensor that tf.range made, else None: its loop then needs no memory."""
        return None

    def length(self, tensor):
        """The size of the first axis, a Python int where it is known, else an int32 tensor; ValueError for a scalar."""
        raise NotImplementedError

    def row(self, tensor, index):
        """tensor[index]"""
        return tensor[index]

    # ---- what is called ----

    def builtin(self, name, arguments, keywords):
        """A builtin of Python with symbolic arguments or datasets: abs, float, int, len, range, sorted, enumerate, zip, map, filter, any, all, next,
        print. NotImplemented: Python's own is called."""
        return NotImplemented

    def assert_(self, condition, message):
        """Fails with the message (a string, or a list of what to show) when the graph runs and the condition does not hold."""
        raise NotImplementedError

    def equal(self, a, b):
        return a == b

    def not_equal(self, a, b):
        return a != b

    # ---- lists that grow within loops (the feature LISTS) ----

    def new_list(self, elements):
        """A list of tensors that lives in the graph, None where no graph is open. It has append(x), which gives the new list, and pop(), which gives the
        new list and the element; components() must know it."""
        return None


_current = Backend()


def current():
    return _current


def set_backend(backend):
    """Makes a backend hold; gives the one before."""
    global _current
    before, _current = _current, backend
    return before

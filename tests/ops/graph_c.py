"""The graphs of include/sokuji/graph.h over ctypes, for tests: a Graph with placeholders, sessions and concrete functions of it."""
import ctypes
from ctypes import POINTER, c_bool, c_char_p, c_int, c_void_p

import sokuji_c as sj

_graph_new = sj._declare("sj_graph_new", c_void_p)
_graph_free = sj._declare("sj_graph_free", None, c_void_p)
_graph_begin = sj._declare("sj_graph_begin", c_int, c_void_p)
_graph_end = sj._declare("sj_graph_end", None)
_placeholder = sj._declare("sj_placeholder", c_void_p, c_void_p, c_int, sj.Ints, c_char_p)
_gradients = sj._declare("sj_graph_gradients", c_int, c_void_p, c_int, POINTER(c_void_p), POINTER(c_void_p), c_int,
                         POINTER(c_void_p), c_int, POINTER(c_void_p), POINTER(c_void_p))
_is_symbolic = sj._declare("sj_tensor_is_symbolic", c_bool, c_void_p)
_session_new = sj._declare("sj_session_new", c_void_p, c_void_p)
_session_free = sj._declare("sj_session_free", None, c_void_p)
_session_run = sj._declare("sj_session_run", c_int, c_void_p, c_int, POINTER(c_void_p), POINTER(c_void_p), c_int,
                           POINTER(c_void_p), c_int, POINTER(c_void_p), POINTER(c_void_p))
_function_new = sj._declare("sj_concrete_function_new", c_void_p, c_void_p, c_int, POINTER(c_void_p), c_int, POINTER(c_void_p))
_function_free = sj._declare("sj_concrete_function_free", None, c_void_p)
_function_call = sj._declare("sj_concrete_function_call", c_int, c_void_p, c_int, POINTER(c_void_p), c_int, POINTER(c_void_p))


class Graph:
    """with Graph() as graph: operations are appended. The graph lives as long as the object."""

    def __init__(self):
        self.graph = _graph_new()
        sj._stuck()

    def __enter__(self):
        sj.check(_graph_begin(self.graph))
        return self

    def __exit__(self, *_):
        _graph_end()

    def __del__(self):
        _graph_free(self.graph)

    def placeholder(self, dtype, dims):
        """dims: a list with -1 for what is unknown, or -1: the rank is."""
        shape = sj.Ints(-1, None) if isinstance(dims, int) else sj._ints(dims)
        handle = _placeholder(self.graph, sj.dtype_number(dtype), shape, b"x")
        sj._stuck()
        return sj.Tensor(sj._keep(handle))

    def gradients(self, ys, weights, xs):
        """A Tensor or None for each x; sparse ones made dense."""
        results = (c_void_p * max(1, len(xs)))()
        scope = sj.lib.sj_scope_begin()
        status = _gradients(self.graph, len(ys), sj.handles(ys), sj.handles(weights), len(xs), sj.handles(xs), 0, None, results)
        kept = [sj.Tensor(sj._keep(r)) if r and status == 0 else None for r in results[:len(xs)]]
        sj.lib.sj_scope_end(scope)
        sj.check(status)
        return [sj.execute("Identity", [g])[0] if g is not None and not is_symbolic(g) else g for g in kept]

    def run(self, feeds, fetches):
        """feeds: pairs of placeholder and Tensor."""
        session, results = _session_new(self.graph), (c_void_p * max(1, len(fetches)))()
        try:
            sj.check(_session_run(session, len(feeds), sj.handles([p for p, _ in feeds]), sj.handles([v for _, v in feeds]),
                                  len(fetches), sj.handles(fetches), 0, None, results))
        finally:
            _session_free(session)
        return [sj.Tensor(r) for r in results[:len(fetches)]]


class Function:
    """A concrete function of a Graph."""

    def __init__(self, graph, inputs, outputs):
        self.function = _function_new(graph.graph, len(inputs), sj.handles(inputs), len(outputs), sj.handles(outputs))
        self.n_outputs = len(outputs)
        sj._stuck()

    def __del__(self):
        _function_free(getattr(self, "function", None))

    def __call__(self, inputs):
        results = (c_void_p * max(1, self.n_outputs))()
        sj.check(_function_call(self.function, len(inputs), sj.handles(inputs), self.n_outputs, results))
        return [sj.Tensor(r) for r in results[:self.n_outputs]]


def is_symbolic(t):
    return _is_symbolic(t.handle)

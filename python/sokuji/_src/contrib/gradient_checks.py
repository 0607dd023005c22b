"""Gradients beside finite differences: tf.test.compute_gradient of both ages, and of 1.x compute_gradient_error; graph files compared."""

import importlib

import numpy as np

from sokuji._src.contrib.public import tf


def _numeric(value_of, x, y_size, delta):
    """[size of x, size of y]: central differences of value_of(array) at x."""
    found = np.zeros((x.size, y_size), x.dtype)
    for i in range(x.size):
        ends = []
        for step in (delta, -delta):
            moved = x.copy()
            moved.flat[i] += x.dtype.type(step)
            ends.append(np.asarray(value_of(moved)))
        found[i] = ((ends[0] - ends[1]) / (2 * delta)).ravel()
    return found


def _theoretical(gradient_of, x, y_shape, dtype):
    """[size of x, size of y]: gradient_of(array of y's shape) for each element of y alone."""
    found = np.zeros((x.size, int(np.prod(y_shape))), x.dtype)
    for i in range(found.shape[1]):
        one = np.zeros(y_shape, dtype)
        one.flat[i] = 1
        back = gradient_of(one)
        if hasattr(back, "indices"):  # slices: rows may stand there several times
            rows = np.zeros(x.shape, x.dtype)
            np.add.at(rows, np.asarray(back.indices), np.asarray(back.values))
            back = rows
        found[:, i] = np.asarray(back).ravel()
    return found


def _checked(what, *types):
    for dtype in types:
        if dtype.is_complex:
            raise NotImplementedError("not implemented: tf.test.%s of %s; use its real and imaginary parts" % (what, dtype.name))
        if not dtype.is_floating:
            raise ValueError("tf.test.%s: differences need floating point numbers, not %s" % (what, dtype.name))


# ---- 1.x: tensors of a graph, by the default session ----


def compute_gradient(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """(theoretical, numeric) gradient of y by x, each [size of x, size of y]; of a list x a list of such.

    x, y: tensors of the default session's graph with the shapes x_shape and y_shape. x_init_value: where; random numbers otherwise. init_targets: run first.
    Errors: ValueError without a default session; AssertionError where x_init_value has another shape; TypeError where y does not depend on x.
    """
    session = tf.get_default_session()
    if session is None:
        raise ValueError("tf.test.compute_gradient: there is no default session; call it within `with tf.Session():`")
    for op in init_targets if isinstance(init_targets, (list, tuple)) else [init_targets] if init_targets is not None else []:
        session.run(op)
    is_list, feeds = isinstance(x, list), extra_feed_dict or {}
    xs, shapes = (x, x_shape) if is_list else ([x], [x_shape])
    starts = x_init_value if is_list and x_init_value is not None else [x_init_value] * len(xs)
    # All of the graph is made before any of it runs.
    made = []
    for one in xs:
        _checked("compute_gradient", one.dtype, y.dtype)
        upstream = tf.constant(1.0, shape=y_shape, dtype=y.dtype)
        made.append((upstream, tf.gradients(y, one, tf.identity(upstream))[0]))
    found = []
    for one, shape, start, (upstream, dx) in zip(xs, shapes, starts, made):
        if start is not None:
            assert list(start.shape) == list(shape), "x_shape = %s, init_data shape = %s" % (list(shape), list(start.shape))
            at = np.asarray(start)
        else:
            at = np.asarray(np.random.random_sample(shape)).astype(one.dtype.as_numpy_dtype)
        back = _theoretical(lambda dy, u=upstream, d=dx, o=one, a=at: session.run(d, {**feeds, o: a, u: dy}), at, tuple(y_shape), y.dtype.as_numpy_dtype)
        found.append((back, _numeric(lambda moved, o=one: session.run(y, {**feeds, o: moved}), at, back.shape[1], delta)))
    return found if is_list else found[0]


def compute_gradient_error(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """The largest difference of compute_gradient's two; arguments as there."""
    found = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    return _largest(found if isinstance(found, list) else [found])


def _largest(pairs):
    error = 0
    for a, b in pairs:
        if a.size or b.size:  # nan counts
            error = np.maximum(error, np.fabs(np.asarray(a) - np.asarray(b)).max())
    return error


# ---- 2.x: a function ----


def compute_gradient_2(f, x, delta=None):
    """(theoretical, numeric) gradients of f(*x): each a tuple with an array [size of f(*x), size] for each of x.

    x: a list or tuple of values; delta: 1/1024. Errors: ValueError where x is neither, or not of floating point numbers.
    """
    tf2 = importlib.import_module("sokuji")
    if not isinstance(x, (list, tuple)):
        raise ValueError("`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a %s" % type(x))
    xs = [tf2.convert_to_tensor(one) for one in x]
    y = f(*xs)
    _checked("compute_gradient", *(t.dtype for t in (*xs, y)))
    pairs = []
    for i, one in enumerate(xs):
        at = np.array(one.numpy())

        def result(value, i=i):
            return f(*xs[:i], value, *xs[i + 1 :])

        def back(dy, value=one, at=at, result=result):
            with tf2.GradientTape() as recorded:
                recorded.watch(value)
                made = result(value)
            found = recorded.gradient(made, value, output_gradients=tf2.convert_to_tensor(dy))
            return np.zeros_like(at) if found is None else found

        y_shape = tuple(y.shape.as_list())
        wanted = _theoretical(back, at, y_shape, y.dtype.as_numpy_dtype)
        seen = _numeric(lambda moved, result=result: result(tf2.convert_to_tensor(moved)).numpy(), at, wanted.shape[1], delta or 1.0 / 1024)
        pairs.append((wanted.T, seen.T))
    return tuple(zip(*pairs)) if pairs else ((), ())


def max_error(grad1, grad2):
    """The largest difference between two lists of arrays."""
    return _largest(zip(grad1, grad2))


# ---- graph files ----


def assert_equal_graph_def(actual, expected, checkpoint_v2=False):
    """Fails where two GraphDefs differ; the order of nodes does not count."""
    for name, graph in (("actual", actual), ("expected", expected)):
        if type(graph).__name__ != "GraphDef":
            raise TypeError("Expected tf.GraphDef for %s, got %s" % (name, type(graph).__name__))
    ours, theirs = ({node.name: node for node in graph.node} for graph in (actual, expected))
    extra, lacking = [repr(name) for name in ours if name not in theirs], [repr(name) for name in theirs if name not in ours]
    assert not extra and not lacking, "nodes only in actual: %s; only in expected: %s" % (", ".join(extra) or "none", ", ".join(lacking) or "none")
    for name, node in ours.items():
        assert node == theirs[name], "node %r differs:\n%s\nexpected:\n%s" % (name, node, theirs[name])


NAMES_1 = {"compute_gradient": compute_gradient, "compute_gradient_error": compute_gradient_error, "assert_equal_graph_def": assert_equal_graph_def}
NAMES_2 = {"compute_gradient": compute_gradient_2}

"""cond, case, while_loop and switch_case where a graph is open or the condition is symbolic. Elsewhere the eager ones run (ops/control_flow.py)."""

from sokuji import _core
from sokuji._src.core import dtypes, errors, nest, shapes
from sokuji._src.core.execute import convert
from sokuji._src.graph import branch, operation, tensor_array
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.func_graph import Results, as_tensor, in_graph
from sokuji._src.ops import control_flow as eager

_version = 2


def set_version(version):
    global _version
    _version = version


def _branch(name, function):
    """A function's graph and results, within the graph that is open."""
    graph = branch.begun(name)
    with graph.as_default():
        value = function()
        if isinstance(graph, branch.Branch):
            value = _as_then(graph, value)
        results = Results(value, _taken)
        inside = [as_tensor(t) for t in results.tensors]
    graph.outputs = results.tensors = inside
    known = [outer for outer, _ in graph.captures()]
    known += [t for t in inside if isinstance(t, _core.SymbolicTensor) and t._node._graph is graph]
    passed = {id(t) for t in inside if not any(t is one for one in known)}
    branch.count(graph, len(graph) + len(passed))  # placeholders are the switches of what comes from outside
    return graph, results


def _as_then(graph, value):
    """Operations as tensors that are there when they are done; of a branch with results, what is no tensor yet is one."""
    if value is None:
        raise ValueError("true_fn and false_fn must have a return value.")
    if isinstance(value, (list, tuple, dict)):
        return nest.map_structure(lambda v: _as_then(graph, v), value)
    return graph.true(value) if isinstance(value, operation.Operation) else value


def _taken(value):
    try:
        return as_tensor(value)
    except (TypeError, ValueError) as error:
        raise TypeError("a branch returned %r, which is no tensor: %s" % (value, error)) from None


def _opened(*values):
    """A graph to append to: the one that is open, or that of a symbolic value."""
    if _core.graph_now() is not None:
        return None
    return next((v._node._graph for v in values if isinstance(v, _core.SymbolicTensor)), None)


class _Opened:
    """With the graph of a symbolic value open, where none is."""

    def __init__(self, *values):
        self.graph = _opened(*values)

    def __enter__(self):
        if self.graph is not None:
            self.graph.begin()

    def __exit__(self, *exception):
        if self.graph is not None:
            self.graph.end()


# ---- branches ----


def _scalar(pred):
    pred = as_tensor(pred)
    if pred._shape_tuple not in (None, ()):
        if _version == 1:
            raise ValueError("Shape must be rank 0 but is rank %d for the condition of cond" % len(pred._shape_tuple))
        raise errors.InvalidArgumentError(None, None, "The second input must be a scalar, but it has shape %s" % (pred.shape,))
    if pred.dtype is not dtypes.bool:
        if _version == 1:
            raise TypeError("cond: the condition must be bool, not %s" % pred.dtype.name)
        raise errors.InvalidArgumentError(None, None, "cond: the condition must be bool, not %s; compare it with something" % pred.dtype.name)
    return pred


def _check_branches(first, second):
    (_, a), (_, b) = first, second
    wrong = ValueError if _version == 1 else TypeError
    mine, others = a.packed(a.tensors), b.packed(b.tensors)
    leaves = [nest.flatten(mine), nest.flatten(others)]
    if len(leaves[0]) != len(leaves[1]):
        if _version == 1:
            raise ValueError("Incompatible return values of true_fn and false_fn: The two structures don't have the same number of elements.")
        raise AssertionError("true_fn and false_fn return %d and %d values" % tuple(map(len, leaves)))
    try:
        nest.assert_same_structure(mine, others)
        for x, y in zip(*leaves):
            if not (isinstance(x, _core.Handle) and isinstance(y, _core.Handle) or type(x) is type(y)):
                wrong = ValueError if x is None or y is None else wrong
                raise TypeError("%s and %s" % (x, y))
    except (TypeError, ValueError) as error:
        raise wrong("true_fn and false_fn arguments to tf.cond must have the same number, type, and overall structure of return values.\n\n"
                    "true_fn output:  %s\nfalse_fn output: %s\n\nError details:\n%s" % (mine, others, error)) from None  # fmt: skip
    for x, y in zip(a.tensors, b.tensors):
        if x.dtype is not y.dtype:
            raise wrong("true_fn and false_fn arguments to tf.cond must have the same number, type, and overall structure of return values: "
                        "their dtypes are %s and %s" % (x.dtype.name, y.dtype.name))  # fmt: skip


def _function_of(graph, inputs=()):
    return _core.ConcreteFunction(graph, list(inputs), graph.outputs)


def _note(*parts):
    """What files say of the If or While that was just made."""
    graph = _core.graph_now()
    if not hasattr(graph, "_parts"):
        graph._parts = {}
    graph._parts[len(graph) - 1] = parts


def build_cond(pred, true_fn, false_fn, name=None):
    with _Opened(pred), _scope(name or "cond"):
        pred = _scalar(pred)
        branch.count(_core.graph_now(), 4)  # Switch, switch_t, switch_f, pred_id
        first, second = _branch("cond_true", true_fn), _branch("cond_false", false_fn)
        _check_branches(first, second)
        with branch.waiting(first[0], second[0]):
            made = _core.cond(pred, _function_of(first[0]), _function_of(second[0]), [])
        _note(first[0], second[0], None)
        made = branch.results_named(made, "Merge")
        if not made:
            return _last_node() if first[1].form is None else first[1].packed(made)
    return first[1].packed(made)


def _last_node():
    graph = _core.graph_now()
    return operation.of(graph.node(len(graph) - 1))


class _scope:
    """A name scope, in graphs of 1.x."""

    def __init__(self, name):
        graph = graphs.building()
        self._names = None if graph is None else graph.name_scope(name)

    def __enter__(self):
        return self._names and self._names.__enter__()

    def __exit__(self, *exception):
        return self._names and self._names.__exit__(*exception)


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """true_fn() or false_fn(), by the value of pred."""
    true_fn, false_fn = true_fn if true_fn is not None else fn1, false_fn if false_fn is not None else fn2
    if not in_graph(pred):
        return eager.cond(pred, true_fn, false_fn, strict, name)
    if not callable(true_fn) or not callable(false_fn):
        wrong, function = ("false_fn", false_fn) if callable(true_fn) else ("true_fn", true_fn)
        raise TypeError("cond(): %s argument required" % wrong if function is None else "%s must be callable." % wrong)
    if isinstance(pred, bool):
        raise TypeError("pred must not be a Python bool", pred)
    made = build_cond(pred, true_fn, false_fn, name)
    return eager._unpacked(made, strict)


def cond_2(pred, true_fn=None, false_fn=None, name=None):
    """true_fn() or false_fn(), by the value of pred."""
    return cond(pred, true_fn, false_fn, True, name)


def _pairs(pred_fn_pairs):
    pairs = list(pred_fn_pairs.items()) if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
    if not isinstance(pairs, (list, tuple)):
        raise TypeError("'pred_fn_pairs' must be a list, tuple, or dict. Received: %s" % type(pred_fn_pairs))
    pairs = [((pair[0].deref(), pair[1]) if isinstance(pair, tuple) and hasattr(pair[0], "deref") else pair) for pair in pairs]
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        if not isinstance(pair[0], bool) and as_tensor(pair[0]).dtype is not dtypes.bool:
            raise TypeError("pred must be Tensor of type bool: %s" % getattr(pair[0], "name", pair[0]))
        if not callable(pair[1]):
            raise TypeError("fn for pred %s must be callable." % getattr(pair[0], "name", pair[0]))
    return pairs


def _fails_unless(condition, message):
    from sokuji._src.graph import py_call

    return py_call.assert_(condition, message)


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the first function whose condition holds, of default otherwise."""
    pairs = _pairs(pred_fn_pairs)
    if not pairs and (_version == 1 or default is None):
        raise ValueError("case: pred_fn_pairs must not be empty: not enough values to unpack (expected 2, got 0)")
    if default is not None and not callable(default):
        raise TypeError("%s must be callable." % ("false_fn" if _version == 1 else "default"))
    if not in_graph(*[pred for pred, _ in pairs]):
        return eager.case(pairs, default, exclusive and _version == 1, strict, name)
    with _Opened(*[pred for pred, _ in pairs]):
        preds, checks = [as_tensor(pred) for pred, _ in pairs], []
        if exclusive and len(preds) - (default is None and _version == 1) > 1:
            checks.append(_fails_unless(_count(preds) <= 1, "Input error: exclusive=True: more than 1 conditions (%s) evaluated as True:" % ", ".join(
                getattr(p, "name", str(p)) for p in preds)))  # fmt: skip
        if default is None:
            checks.append(_fails_unless(_count(preds) >= 1, "Input error: None of conditions evaluated as True:"))
            default = pairs[-1][1]
            pairs, preds = pairs[:-1], preds[:-1]

        def rest(i):
            return default() if i == len(pairs) else build_cond(preds[i], pairs[i][1], lambda: rest(i + 1))

        graph = graphs.building()
        with _scope(name), _Opened() if graph is None else graph.control_dependencies(checks):
            return eager._unpacked(rest(0), strict)


def _count(preds):
    total = None
    for p in preds:
        one = _as_int(p)
        total = one if total is None else total + one
    return total


def _as_int(pred):
    return _core.execute("SelectV2", [pred, convert(1, 3), convert(0, 3)], {})


def case_2(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the first function whose condition holds, of default otherwise."""
    return case(pred_fn_pairs, default, exclusive, True, name)


def switch_case(branch_index, branch_fns, default=None, name="switch_case"):
    """The result of the function with that index; of default, or of the last one, for indices that none has."""
    rows = sorted(branch_fns.items()) if isinstance(branch_fns, dict) else list(branch_fns)
    if rows and not callable(rows[0]):
        rows = sorted(rows, key=lambda row: row[0])
    else:
        rows = list(enumerate(rows))
    if not rows:
        raise ValueError("Argument branch_fns must not be empty")
    for index, function in rows:
        if not isinstance(index, int):
            raise TypeError("keys of branch_fns must be integers, not %r" % (index,))
        if not callable(function):
            raise TypeError("the function of branch %d must be callable" % index)
    if default is None:
        default = rows[-1][1]
    if not in_graph(branch_index):
        index = int(as_tensor(branch_index).numpy())
        return dict(rows).get(index, default)()
    with _Opened(branch_index):
        index = as_tensor(branch_index)

        def rest(i):
            if i == len(rows):
                return default()
            return build_cond(_core.execute("Equal", [index, convert(rows[i][0], index._dtype_number)], {}), rows[i][1], lambda: rest(i + 1))

        return rest(0)


# ---- loops ----


def _invariant(value, shape):
    """The shape that holds for a loop variable in all rounds, as a tuple or None."""
    if shape is None:
        return value._shape_tuple
    shape = shape.shape if hasattr(shape, "is_compatible_with") and hasattr(shape, "dtype") else shapes.as_shape(shape)
    if not shape.is_compatible_with(value.shape) or not _is_wider(shape._dims, value._shape_tuple):
        raise ValueError("The shape invariant specified for a loop variable is not compatible with its initial shape: %s, %s" % (shape, value.shape))
    return shape._dims


def _is_wider(wide, narrow):
    if wide is None:
        return True
    return narrow is not None and len(wide) == len(narrow) and all(w is None or w == n for w, n in zip(wide, narrow))


def _text(dims):
    return str(shapes.TensorShape(dims))


def _first(value):
    """The first value of a loop variable; a node in a graph of 1.x."""
    made = as_tensor(value)
    return graphs.building().constant(made, "Const") if isinstance(made, _core.EagerTensor) and graphs.building() is not None else made


class Loop:
    """A while loop in a graph, over a flat list of tensors; TensorArrays among them are taken apart."""

    def __init__(self, state, invariants, limit):
        self.arrays = [tensor_array.opened(value) for value in state]
        self.state = [value if array else _first(value) for value, array in zip(state, self.arrays)]
        self.invariants = [None if array else _invariant(value, shape) for value, shape, array in zip(self.state, invariants, self.arrays)]
        self.limit = -1
        self.counter = None
        if limit is not None:
            limit = limit if isinstance(limit, int) else as_tensor(limit)
            known = limit if isinstance(limit, int) else limit._known_value() if isinstance(limit, _core.SymbolicTensor) else limit
            if known is not None:
                self.limit = max(int(known), 0) if isinstance(known, int) else max(int(known.numpy()), 0)
            else:
                self.counter = limit

    def graph(self, name):
        """A graph with placeholders for the state, and the state of its variables."""
        graph = branch.begun(name)
        state = []
        for value, shape, array in zip(self.state, self.invariants, self.arrays):
            if array:
                state.append(array.placed(graph))
            else:
                state.append(graph.add_input((value._dtype_number, shape), "loop_variable"))
        if self.counter is not None:
            self.count = graph.add_input((self.counter._dtype_number, ()), "loop_counter")
        return graph, state

    def condition(self, function):
        graph, state = self.graph("while_cond")
        with graph.as_default():
            made = as_tensor(function(*state))
            if made.dtype is not dtypes.bool:
                raise TypeError("while_loop: the condition must give a bool, it gives %s" % made.dtype.name)
            if made._shape_tuple not in (None, (), (1,)) or (made._shape_tuple == (1,) and _version == 1):
                raise ValueError("while_loop: the condition must be a scalar, its shape is %s" % (made.shape,))
            if self.counter is not None:
                made = _core.execute("LogicalAnd", [made, self.count < self.counter], {})
        graph.outputs = [made]
        return graph

    def body(self, function):
        graph, state = self.graph("while_body")
        with graph.as_default():
            made = function(*state)
            after = []
            for i, (before, value) in enumerate(zip(self.state, made)):
                if self.arrays[i]:
                    after += self.arrays[i].after(value)
                else:
                    after.append(self.checked(i, before, as_tensor(value)))
            if self.counter is not None:
                after.append(self.count + convert(1, self.counter._dtype_number))
        graph.outputs, graph.has_arrays = after, any(self.arrays)
        return graph

    def checked(self, i, before, after):
        if before.dtype is not after.dtype:
            wrong = errors.InvalidArgumentError if _version == 1 else TypeError
            message = "The loop variable %d has dtype %s before the loop, but dtype %s after one iteration" % (i, before.dtype.name, after.dtype.name)
            raise wrong(message) if wrong is TypeError else wrong(None, None, message)
        if not _is_wider(self.invariants[i], after._shape_tuple):
            raise ValueError("The loop variable %d has shape %s before the loop, but shape %s after one iteration. Provide shape invariants using either the "
                             "`shape_invariants` argument of tf.while_loop or set_shape() on the loop variables."
                             % (i, _text(self.invariants[i]), _text(after._shape_tuple)))  # fmt: skip
        return after

    def parts(self, condition, body):
        """Both graphs, counted as TensorFlow's: for each variable Enter, Merge; what the condition needs, LoopCond; Switch, Identity; the body, NextIteration."""
        graph = _core.graph_now()
        n = len(self.state)
        limited = _version == 1 and self.limit >= 0  # the limit is a loop variable there
        branch.count(graph, 2 * n - n + 6 * limited)
        condition = self.condition(condition)
        branch.count(condition, len(condition) + 1 + 2 * n - n + 5 * limited)
        body = self.body(body)
        outside = [outer for outer, _ in condition.captures()]
        again = sum(any(outer is other for other in outside) for outer, _ in body.captures())
        branch.count(body, len(body) + n - again + 2 * limited)
        return condition, body

    def run(self, condition, body, is_bare=True):
        condition, body = self.parts(condition, body)
        first = []
        for value, array in zip(self.state, self.arrays):
            first += array.before() if array else [value]
        if self.counter is not None:
            first.append(convert(0, self.counter._dtype_number))
        with branch.waiting(condition, body):
            made = _core.while_loop(_function_of(condition, condition.inputs), _function_of(body, body.inputs), self.limit, first)
        _note(condition, body, self.limit)
        with _scope("while") if is_bare else _Opened():
            made = iter(branch.results_named(made, "Exit"))
        result = []
        for value, shape, array in zip(self.state, self.invariants, self.arrays):
            if array:
                result.append(array.taken(made))
                continue
            tensor = next(made)
            if isinstance(tensor, _core.SymbolicTensor) and shape is not None:
                tensor._set_shape(list(shape))
            result.append(tensor)
        return result


def build_while(cond, body, loop_vars, shape_invariants, limit, one_by_one, name=None, likes=None):
    """The structure of loop variables after the loop. one_by_one: they are passed to cond and body as arguments. likes takes what the body returned."""
    flat = nest.flatten(loop_vars)
    with _Opened(*flat), _scope(name or "while"):
        if shape_invariants is None:
            invariants = [None] * len(flat)
        else:
            invariants = _flat_shapes(loop_vars, shape_invariants)
        loop = Loop(flat, invariants, limit)

        def packed(state):
            return nest.pack_sequence_as(loop_vars, list(state))

        def round_(*state):
            value = packed(state)
            made = body(*value) if one_by_one else body(value)
            if likes is not None:
                likes.append(made if nest.is_nested(made) else [made])
            if one_by_one:
                if not isinstance(made, (list, tuple)) or eager._is_named(made):
                    made = (made,)
                made = [*made] if isinstance(loop_vars, list) else tuple(made)
                if len(made) != len(loop_vars):
                    raise ValueError("The number of inputs and outputs of body must match loop_vars: %d, %d" % (len(loop_vars), len(made)))
            _same_structure(loop_vars, made)
            return nest.flatten(made)

        result = loop.run(lambda *state: cond(*packed(state)) if one_by_one else cond(packed(state)), round_, False)
        return nest.pack_sequence_as(likes[0], result) if likes else packed(result)


def _same_structure(before, after):
    try:
        nest.assert_same_structure(before, after)
    except TypeError:
        if not (isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)) and len(before) == len(after)):
            raise
        for a, b in zip(before, after):
            _same_structure(a, b)


def _flat_shapes(structure, given):
    """An invariant for each leaf of a structure; shapes are given in the same one, as TensorShapes, lists of sizes or TensorSpecs."""
    if isinstance(structure, (list, tuple)):
        if not isinstance(given, (list, tuple)) or len(given) != len(structure):
            raise ValueError("shape_invariants does not have the structure of loop_vars: %r" % (given,))
        return [shape for part, shape in zip(structure, given) for shape in _flat_shapes(part, shape)]
    if isinstance(structure, dict):
        return [shape for key in sorted(structure) for shape in _flat_shapes(structure[key], given[key])]
    return [given]


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None,
               maximum_iterations=None, return_same_structure=False):  # fmt: skip
    """body(*loop_vars) again and again while cond(*loop_vars) holds."""
    if not in_graph(*(nest.flatten(loop_vars) if nest.is_nested(loop_vars) else [loop_vars])):
        return eager.while_loop(cond, body, loop_vars, shape_invariants, parallel_iterations, back_prop, swap_memory, name, maximum_iterations,
                                return_same_structure)  # fmt: skip
    if not callable(cond) or not callable(body):
        raise TypeError("'%s' must be callable." % ("body" if callable(cond) else "cond"))
    if not isinstance(parallel_iterations, int) or parallel_iterations < 1:
        raise TypeError("parallel_iterations must be a positive integer.")
    if not nest.is_nested(loop_vars):
        loop_vars = [loop_vars]
    if not loop_vars:
        raise ValueError("'loop_vars' must be provided: No loop variables provided")
    likes = [] if graphs.building() is not None else None
    made = build_while(cond, body, loop_vars, shape_invariants, maximum_iterations, True, name, likes)
    if not back_prop:
        made = nest.map_structure(lambda t: _core.execute("StopGradient", [t], {}) if isinstance(t, _core.Tensor) else t, made)
    return made[0] if len(nest.flatten(made) if likes else made) == 1 and not return_same_structure else made


def while_loop_2(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
                 maximum_iterations=None, name=None):  # fmt: skip
    """body(*loop_vars) again and again while cond(*loop_vars) holds."""
    return while_loop(cond, body, loop_vars, shape_invariants, parallel_iterations, back_prop, swap_memory, name, maximum_iterations, True)


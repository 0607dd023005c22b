"""
Every row of the operation table in graphs: each case's inputs as placeholders whose shapes are known, partly known or unknown, run by a session and
called as a concrete function, with first gradients. All must give the bits that eager gives.
"""
import bad_inputs
import numpy as np
import pytest
import sokuji_c as sj
from graph_c import Function, Graph, is_symbolic
from support import same_bytes, variants
from test_operations import CASES, ROWS, Differentiation, described, every_row, generator, outputs_wanted

KNOWN, PARTLY, UNKNOWN, FLOATS = "known shapes", "unknown dimensions", "unknown ranks", "integers known, floats not"


def dims_of(how, array):
    """The shape of an input's placeholder; None: the input is an ordinary tensor."""
    if how == KNOWN:
        return list(array.shape)
    if how == PARTLY:
        return [-1 if i % 2 == 0 else n for i, n in enumerate(array.shape)]
    if how == FLOATS and (array.dtype.kind not in "fcV" or array.ndim == 0):
        return None
    return [-1] * array.ndim if how == FLOATS else -1


def ports(graph, how, inputs):
    """What the operation is given, and the placeholders with their values."""
    given, feeds = [], []
    for array in inputs:
        dims = None if array is None else dims_of(how, array)
        if array is None or dims is None:
            given.append(None if array is None else sj.tensor(array))
            continue
        dtype = "bfloat16" if array.dtype == sj.bfloat16 else "string" if array.dtype == object else array.dtype
        given.append(graph.placeholder(dtype, dims))
        feeds.append((given[-1], sj.tensor(array)))
    return given, feeds


def check_outputs(case, row, types, inputs, attrs, how):
    what, n = f"{described(case, types)} with {how}", outputs_wanted(case, row)
    expected, graph = sj.run(case.op, inputs, attrs, n), Graph()
    given, feeds = ports(graph, how, inputs)
    with graph:
        outputs = sj.execute(case.op, given, attrs, n)
    assert all(is_symbolic(y) for y in outputs), what
    function = Function(graph, [p for p, _ in feeds], outputs)
    for got in (graph.run(feeds, outputs), graph.run(feeds, outputs), graph.run(feeds, outputs), function([v for _, v in feeds])):
        for y, want, symbolic in zip((t.numpy() for t in got), expected, outputs):
            assert y.dtype == want.dtype and y.shape == want.shape, f"{what}: {y.dtype} {y.shape}, eager {want.dtype} {want.shape}"
            assert symbolic.dtype == y.dtype, f"{what}: the graph says {symbolic.dtype}"
            assert row["stateful"] or same_bytes(y, want), f"{what}: {y!r}, eager {want!r}"


@every_row
def test_values_of_graphs(name):
    row = ROWS[name]
    for case in CASES.get(name, []):
        if not case.symbolic:
            continue
        for types, inputs, attrs in variants(case, row):
            for how in (KNOWN, PARTLY, UNKNOWN, FLOATS):
                check_outputs(case, row, types, inputs, attrs, how)


def same_or_both_none(a, b):
    """A graph may say zeros where a tape says that nothing depends."""
    if a is None or b is None:
        return not np.any(np.asarray((a if b is None else b) if a is not None or b is not None else 0))
    return same_bytes(a, b)


def check_gradients(d, how):
    what, case = f"{described(d.case)} with {how}", d.case
    expected, graph = d.first([d.inputs[i] for i in d.indices]), Graph()
    given, feeds = ports(graph, how, d.inputs)
    with graph:
        values = case.before(given) if getattr(case, "before", None) else given
        outputs = sj.execute(case.op, values, d.attrs, d.n_outputs)
    ys, xs = [outputs[k] for k in d.chosen], [(i, given[i]) for i in d.indices if given[i] is not None and is_symbolic(given[i])]
    wanted = [g for i, g in zip(d.indices, expected) if i in [j for j, _ in xs]]
    weights = [graph.placeholder(w.dtype, dims_of(KNOWN if how == KNOWN else PARTLY, w)) for w in d.weights]
    found = graph.gradients(ys, weights, [x for _, x in xs])
    feeds_all = feeds + list(zip(weights, [sj.tensor(w) for w in d.weights]))
    results = iter(graph.run(feeds_all, [g for g in found if g is not None]))
    arrays = [next(results).numpy() if g is not None else None for g in found]
    for (i, _), got, want in zip(xs, arrays, wanted):
        assert same_or_both_none(got, want), f"{what}: gradient by input {i}: {got!r}, eager {want!r}"
    function, tensors = Function(graph, [p for p, _ in feeds], ys), [v for _, v in feeds]
    chosen = [v for p, v in feeds if any(p is x for _, x in xs)]
    with sj.Tape(chosen) as tape:
        results = function(tensors)
    again = tape.gradient(results, [sj.tensor(w) for w in d.weights], chosen)
    for (i, _), got, want in zip(xs, again, wanted):
        assert same_or_both_none(got.numpy() if got is not None else None, want), f"{what}: gradient of a function by input {i}"


@every_row
def test_gradients_of_graphs(name):
    row, rng = ROWS[name], generator(name)
    if not row["differentiable"] or name not in CASES:
        pytest.skip("no gradient")
    for case in CASES[name]:
        if case.gradient is False or not case.symbolic:
            continue
        d = Differentiation(case, row, rng)
        if d.indices and d.chosen:
            for how in (KNOWN,) if getattr(case, "before", None) else (KNOWN, PARTLY, UNKNOWN, FLOATS):  # `before` looks at shapes
                check_gradients(d, how)


def check_taped(d, n_calls=4):
    """The operation between others: often enough that the function is one plan forward and one back (src/graph/taped.c)."""
    def function_of(values):
        values = [sj.execute("Mul", [v, v])[0] if i in d.indices and v is not None else v for i, v in enumerate(values)]
        values = [sj.execute("Sqrt", [v])[0] if i in d.indices and v is not None else v for i, v in enumerate(values)]
        outputs = sj.execute(d.case.op, values, d.attrs, d.n_outputs)
        return [sj.execute("Neg", [sj.execute("Add", [outputs[k], outputs[k]])[0]])[0] for k in d.chosen]

    graph, given = Graph(), [None if a is None else sj.tensor(a) for a in d.inputs]
    with graph:
        placeholders = [graph.placeholder(given[i].numpy().dtype, list(d.inputs[i].shape)) for i in d.indices]
        outputs = function_of([placeholders[d.indices.index(i)] if i in d.indices else t for i, t in enumerate(given)])
    function, chosen, weights = Function(graph, placeholders, outputs), [given[i] for i in d.indices], [sj.tensor(w) for w in d.weights]
    with sj.Tape(chosen) as tape:
        want = function_of(given)
    wanted = tape.gradient(want, weights, chosen)
    for _ in range(n_calls):
        with sj.Tape(chosen) as tape:
            got = function(chosen)
        for y, expected in zip(got, want):
            assert same_bytes(y.numpy(), expected.numpy()), described(d.case)
        for i, found, expected in zip(d.indices, tape.gradient(got, weights, chosen), wanted):
            assert (found is None) == (expected is None), f"{described(d.case)}: gradient by input {i} of a taped function"
            assert found is None or same_bytes(found.numpy(), expected.numpy()), f"{described(d.case)}: gradient by input {i} of a taped function"


@every_row
def test_taped_functions(name):
    row, rng = ROWS[name], generator(name)
    if not row["differentiable"] or row["stateful"] or name not in CASES:
        pytest.skip("no gradient, or random")
    for case in CASES[name]:
        if case.gradient is False or not case.symbolic or getattr(case, "before", None):
            continue
        d = Differentiation(case, row, rng)
        if d.indices and d.chosen:
            check_taped(d)


def code_of(work):
    try:
        work()
    except sj.SokujiError as error:
        return error.code, error.message
    return "OK", ""


def test_bad_values_fail_in_every_plan():
    """What a kernel refuses it refuses in a plan as it is, an optimised one and one of a tape, and names the node."""
    n_checked = 0
    for key, _, operation, inputs, attrs, codes, *_, n_outputs in bad_inputs.CALLS:
        if operation not in ROWS or codes == ("OK",) or sum(np.size(v) for v in inputs) > 1 << 16 or ROWS[operation]["stateful"]:
            continue
        values = [sj.tensor(v) for v in inputs]
        code, _ = code_of(lambda: sj.execute(operation, values, attrs, n_outputs))
        graph = Graph()
        placeholders = [graph.placeholder("string" if a.dtype == object else a.dtype, list(a.shape)) for a in (v.numpy() for v in values)]
        try:
            with graph:
                outputs = sj.execute(operation, placeholders, attrs, n_outputs)
            function = Function(graph, placeholders, outputs)
        except sj.SokujiError:
            continue  # refused while it was built
        for _ in range(3):
            found, message = code_of(lambda: function(values))
            assert found == code, f"{key}: {operation}: {found} ({message}), eager {code}"
            assert code == "OK" or f"of type {operation}]" in message, message
        n_checked += 1
    assert n_checked > 30

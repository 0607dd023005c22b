"""Cells and sequences in graphs of 1.x: variable scopes of cells, and dynamic_rnn as a loop over steps whose number only a run may know."""

from sokuji import _core
from sokuji._src.core import nest, shapes
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.graph import as_then, control_flow, scopes
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.tensor_array import TensorArray
from sokuji._src.graph.variables import symbolic
from sokuji._src.keras.layers_base import Layer

building = graphs.building


def cell_scope(cell, base):
    """The variable scope that a cell's variables are made in."""
    name = cell.__dict__.get("_arguments", ((), {}))[1].get("name")
    return scopes.variable_scope(None, default_name=name or base)


def weight(cell, name, shape, initializer):
    made = scopes.get_variable(name, shape, cell._dtype, initializer)
    cell._trainable_weights.append(made)
    return made


_is_entering = False  # whether steps are counted as those of a loop, whose variables are entered


def step(cell, inputs, state):
    """One call of the cell, counted as 1.8's: seeds depend on how many operations there are."""
    made = cell.call(inputs, state)
    graph = building()
    if graph is graph._root:
        graph._more -= cell._excess + cell._n_read - (len(cell._trainable_weights) if _is_entering and cell._n_read else 0)
    else:
        graph._more -= cell._excess
    return made


def _count_to(total):
    graph = building()
    graph._more += total - graph._last_id


def zeros(batch_size, size, dtype):
    """Zeros of (batch, size); the batch may be a tensor."""
    rest = shapes.TensorShape(size).as_list()
    if isinstance(batch_size, _core.Handle) and (not isinstance(batch_size, _core.SymbolicTensor) or batch_size._known_value() is not None):
        batch_size = int((batch_size._known_value() if isinstance(batch_size, _core.SymbolicTensor) else batch_size).numpy())
    first = building()._last_id
    made = as_then.zeros([batch_size, *rest], dtype)
    _count_to(first + (10 if isinstance(batch_size, _core.Handle) else 8))
    if isinstance(batch_size, _core.Handle):
        made.set_shape([None, *rest])
    return made


def batch_of(t, axis):
    known = t._shape_tuple[axis]
    return as_then.op("Shape", [t])[axis] if known is None else known


def lengths_of(sequence_length):
    if sequence_length is None:
        return None
    made = symbolic(sequence_length)
    if made._shape_tuple is not None and len(made._shape_tuple) != 1:
        raise ValueError("sequence_length must be a vector of length batch_size, but saw shape: %s" % made.shape)
    return made if made._dtype_number == 3 else execute("Cast", [made], {"DstT": 3})


def _first_state(cell, batch, initial_state, dtype):
    if initial_state is not None:
        return nest.map_structure(symbolic, initial_state)
    if dtype is None:
        raise ValueError("If there is no initial_state, you must give a dtype.")
    return cell.zero_state(batch, dtype)


def _swapped(t):
    """(batch, steps, …) as (steps, batch, …), or back."""
    if t._shape_tuple is None or len(t._shape_tuple) < 2:
        raise ValueError("Expected input tensor %s to have rank at least 2, but saw shape: %s" % (t, t.shape))
    return as_then.op("Transpose", [t, convert([1, 0, *range(2, len(t._shape_tuple))], 3)], "transpose")


def _selected(on, new, old):
    return nest.pack_sequence_as(new, [run("Select", on, a, b) for a, b in zip(nest.flatten(new), nest.flatten(old))])


def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None, dtype=None, parallel_iterations=None, swap_memory=False, time_major=False, scope=None):
    """(outputs, state) of a cell over (batch, steps, features)."""
    check(cell)
    with scopes.variable_scope(scope or "rnn"):
        x, first = symbolic(inputs), building()._last_id
        x, lengths = x if time_major else _swapped(x), lengths_of(sequence_length)
        if x._shape_tuple is None or len(x._shape_tuple) < 3:
            raise ValueError("Shape %s must have rank at least 3" % x.shape)
        if None in x._shape_tuple[2:]:
            raise ValueError("Input size (depth of inputs) must be accessible via shape inference, but saw value None.")
        state = _first_state(cell, batch_of(x, 1), initial_state, dtype)
        n, is_open, turns = len(nest.flatten(state)), x._shape_tuple[1] is None, 0 if time_major else 8
        before = first + 50 + 4 * n + turns + 11 * is_open + 18 * (lengths is not None) + ((10 if is_open else 8) * n if initial_state is None else 0)
        steps = batch_of(x, 0)
        is_new = getattr(cell, "_graph_scope", None) is None and isinstance(cell, Layer)
        if is_new:  # variables are made outside of the loop
            _count_to(before)
            build(cell, x, before)
        total = building()._last_id + 17 + 2 * n + turns - is_open + (2 + n if lengths is not None else 0)
        outputs, state = _loop(cell, x, state, steps, lengths)
        outputs = nest.map_structure(lambda t: t if time_major else _swapped(t), outputs)
        if is_new:
            _count_to(total)
    return outputs, state


def _loop(cell, x, state, steps, lengths):
    kind = (nest.flatten(state) or [x])[0].dtype
    sizes = cell.output_size
    arrays = [TensorArray(kind, size=steps) for _ in nest.flatten(sizes)]
    def step(i, state, arrays):
        row = run("GatherV2", x, i, convert(0, 3))
        output, new = cell(row, state)
        nest.assert_same_structure(state, new)
        flat = nest.flatten(output)
        if lengths is not None:
            on = run("Less", i, lengths)
            flat, new = [run("Select", on, t, run("ZerosLike", t)) for t in flat], _selected(on, new, state)
        return i + 1, new, [array.write(i, t) for array, t in zip(arrays, flat)]

    made = control_flow.while_loop(lambda i, state, arrays: i < steps, step, (convert(0, 3), state, arrays),
                                   shape_invariants=(shapes.TensorShape([]), nest.map_structure(_loose, state), [None] * len(arrays)))  # fmt: skip
    outputs = []
    for array in made[2]:
        stacked = array.stack()
        stacked.set_shape([x._shape_tuple[0], x._shape_tuple[1], *stacked._shape_tuple[2:]])
        outputs.append(stacked)
    return nest.pack_sequence_as(sizes, outputs), made[1]


def _loose(t):
    return shapes.as_shape(t._shape_tuple)


def build(cell, x, before):
    """Makes the variables of a cell for steps like those of x, by a step that nothing needs."""
    global _is_entering
    row, state = run("GatherV2", x, convert(0, 3), convert(0, 3)), cell.zero_state(batch_of(x, 1), x.dtype)
    _count_to(before)
    _is_entering = True
    try:
        cell(row, state)
    finally:
        _is_entering = False


def check(cell):
    if not all(hasattr(cell, word) for word in ("output_size", "state_size", "zero_state")) or not callable(cell):
        raise TypeError("The argument 'cell' (%r) is not an RNNCell" % (cell,))


def static_rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    check(cell)
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with scopes.variable_scope(scope or "rnn"):
        inputs, lengths = [symbolic(x) for x in inputs], lengths_of(sequence_length)
        if None in inputs[0]._shape_tuple[1:]:
            raise ValueError("Input size (second dimension of inputs[0]) must be accessible via shape inference, but saw value None.")
        state = _first_state(cell, batch_of(inputs[0], 0), initial_state, dtype)
        outputs = []
        for k, x in enumerate(inputs):
            output, new = cell(x, state)
            if lengths is not None:
                on = run("Less", convert(k, 3), lengths)
                output, new = nest.map_structure(lambda t: run("Select", on, t, run("ZerosLike", t)), output), _selected(on, new, state)
            outputs.append(output)
            state = new
    return outputs, state


def _turned(t, lengths, axis):
    if lengths is None:
        return as_then.op("ReverseV2", [t, convert([axis], 3)])
    return as_then.op("ReverseSequence", [t, lengths], seq_dim=axis, batch_dim=1 - axis)


def bidirectional_dynamic_rnn(cell_fw, cell_bw, inputs, sequence_length=None, initial_state_fw=None, initial_state_bw=None, dtype=None,
                              parallel_iterations=None, swap_memory=False, time_major=False, scope=None):  # fmt: skip
    """((outputs forwards, outputs backwards), (state forwards, state backwards))"""
    check(cell_fw)
    check(cell_bw)
    axis = 0 if time_major else 1
    with scopes.variable_scope(scope or "bidirectional_rnn"):
        x, lengths = symbolic(inputs), lengths_of(sequence_length)
        with scopes.variable_scope("fw") as fw:
            forwards, state_fw = dynamic_rnn(cell_fw, x, lengths, initial_state_fw, dtype, time_major=time_major, scope=fw)
        with scopes.variable_scope("bw") as bw:
            made, state_bw = dynamic_rnn(cell_bw, _turned(x, lengths, axis), lengths, initial_state_bw, dtype, time_major=time_major, scope=bw)
        return (forwards, _turned(made, lengths, axis)), (state_fw, state_bw)


def static_bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None, initial_state_bw=None, dtype=None, sequence_length=None, scope=None):
    """(outputs of both, joined, state forwards, state backwards)"""
    check(cell_fw)
    check(cell_bw)
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("inputs must be a sequence")
    with scopes.variable_scope(scope or "bidirectional_rnn"):
        lengths = lengths_of(sequence_length)

        def reverse(values):
            if lengths is None:
                return list(reversed(values))
            t = _turned(as_then.stack(values), lengths, 0)
            return [run("GatherV2", t, convert(k, 3), convert(0, 3)) for k in range(len(values))]

        with scopes.variable_scope("fw") as fw:
            forwards, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, lengths, fw)
        with scopes.variable_scope("bw") as bw:
            made, state_bw = static_rnn(cell_bw, reverse([symbolic(x) for x in inputs]), initial_state_bw, dtype, lengths, bw)
        outputs = [execute("ConcatV2", [a, b, convert(1, 3)], {}) for a, b in zip(forwards, reverse(made))]
        return outputs, state_fw, state_bw


def raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """(TensorArrays of what is emitted, final state, final loop state): loop_fn says what goes in, what is kept, and when it ends."""
    check(cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with scopes.variable_scope(scope or "rnn"):
        time = convert(0, 3)
        finished, inputs, state, emitted, loop_state = loop_fn(time, None, None, None)
        inputs, state = nest.map_structure(symbolic, inputs), nest.map_structure(symbolic, state)
        first = nest.flatten(inputs)[0]
        batch, kind = batch_of(first, 0), nest.flatten(state)[0].dtype if nest.flatten(state) else first.dtype
        sizes = cell.output_size if emitted is None else emitted
        zero = [zeros(batch, s, kind) if emitted is None else as_then.zeros([batch, *s._shape_tuple], s.dtype) for s in nest.flatten(sizes)]
        arrays = [TensorArray(z.dtype, size=0, dynamic_size=True) for z in zero]
        has_loop_state = loop_state is not None
        if getattr(cell, "_graph_scope", None) is None and isinstance(cell, Layer):
            cell(inputs, state)  # variables are made outside of the loop

        def kept(done, old, new):
            if isinstance(old, TensorArray) or (old._shape_tuple is not None and not old._shape_tuple):
                return new
            return run("Select", done, old, new)

        def step(time, done, inputs, arrays, state, loop_state):
            output, cell_state = cell(inputs, state)
            ended, after, new, emit, loop = loop_fn(time + 1, output, cell_state, loop_state if has_loop_state else None)
            emit = [kept(done, z, symbolic(e)) for z, e in zip(zero, nest.flatten(output if emit is None else emit))]
            new = nest.pack_sequence_as(state, [kept(done, a, symbolic(b)) for a, b in zip(nest.flatten(state), nest.flatten(new))])
            loop = loop if has_loop_state and loop is not None else loop_state
            return time + 1, run("LogicalOr", done, symbolic(ended)), after, [a.write(time, e) for a, e in zip(arrays, emit)], new, loop

        loose = lambda value: nest.map_structure(lambda t: None if isinstance(t, TensorArray) else _loose(t), value)  # noqa: E731
        started = nest.map_structure(lambda t: t if isinstance(t, TensorArray) else symbolic(t), loop_state) if has_loop_state else convert(0, 3)
        begin = (time, symbolic(finished), inputs, arrays, state, started)
        made = control_flow.while_loop(lambda time, done, *others: run("LogicalNot", run("All", done, convert([0], 3))), step, begin,
                                       shape_invariants=(shapes.TensorShape([]), _loose(begin[1]), loose(inputs), [None] * len(arrays), loose(state), loose(started)))  # fmt: skip
        return nest.pack_sequence_as(sizes, made[3]), made[4], made[5] if has_loop_state else None


FUNCTIONS = {f.__name__: f for f in (raw_rnn, static_rnn, dynamic_rnn, bidirectional_dynamic_rnn, static_bidirectional_rnn)}

"""The optimizers of 1.x in graphs: gradients, slots and updates as operations."""

from sokuji import _core
from sokuji._src.core import conversion, nest
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.graph import func_graph, gradients, variables, words
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.graph import GraphKeys


def _loss_dtype(loss):
    if loss.dtype._number not in (1, 2, 19):
        raise ValueError("Invalid type %r for %s, expected: %s." % (loss.dtype, loss.name, ["float32", "float64", "float16", "bfloat16"]))


def compute_gradients(optimizer, loss, var_list=None, gate_gradients=1, grad_loss=None):
    """[(gradient or None, variable)] for the list, or for all trainable variables of the graph."""
    if gate_gradients not in (0, 1, 2):
        raise ValueError("gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  Not %s" % gate_gradients)
    loss = variables.symbolic(loss) if not callable(loss) else loss()
    _loss_dtype(loss)
    if grad_loss is not None:
        _loss_dtype(grad_loss)
    if var_list is None:
        graph = loss.graph
        var_list = graph.get_collection(GraphKeys.TRAINABLE_VARIABLES) + graph.get_collection(GraphKeys.TRAINABLE_RESOURCE_VARIABLES)
    else:
        var_list = nest.flatten(var_list)
    for v in var_list:
        if not isinstance(v, _core.VariableBase):
            raise TypeError("Argument is not a tf.Variable: %s" % (v,))
    if not var_list:
        raise ValueError("No variables to optimize.")
    found = gradients.gradients(loss, var_list, grad_loss)
    if gate_gradients == 2:
        found = words.tuple_([_dense(g) for g in found]) if any(g is not None for g in found) else found
    return list(zip(found, var_list))


def _dense(g):
    return g._dense() if isinstance(g, conversion.IndexedSlices) else g


def minimize(optimizer, loss, global_step=None, var_list=None, gate_gradients=1, name=None, grad_loss=None):
    pairs = compute_gradients(optimizer, loss, var_list, gate_gradients, grad_loss)
    if all(g is None for g, _ in pairs):
        raise ValueError("No gradients provided for any variable, check your graph for ops that do not support gradients, between variables %s and loss %s."
                         % ([str(v) for _, v in pairs], loss))  # fmt: skip
    return apply_gradients(optimizer, pairs, global_step, name)


def apply_gradients(optimizer, grads_and_vars, global_step=None, name=None):
    """The operation that updates the variables, and then adds one to the step."""
    pairs = tuple(grads_and_vars)
    if not pairs:
        raise ValueError("No variables provided.")
    for g, v in pairs:
        if not isinstance(v, _core.VariableBase):
            raise NotImplementedError("Trying to update a Tensor %s" % (v,))
    pairs = [(getattr(g, "_whole", g), v) for g, v in pairs]
    given = [(g if isinstance(g, conversion.IndexedSlices) else variables.symbolic(g, v.dtype.base_dtype), v) for g, v in pairs if g is not None]
    if not given:
        raise ValueError("No gradients provided for any variable: %s." % ([str(v) for _, v in pairs],))
    graph = given[0][1].graph if isinstance(given[0][1], variables.GraphVariable) else graphs.get_default_graph()
    first = len(graph)
    with graphs.init_scope():
        _slots(optimizer, [v for _, v in given])
    with graph.name_scope(name or optimizer._name) as scope:
        done = _updates(graph, optimizer, given)
        if global_step is None:
            made = words.group(*done, name=scope)
        else:
            with graph.control_dependencies([words.group(*done, name="update")]):
                made = global_step.assign_add(variables.symbolic(1, global_step.dtype.base_dtype, "value"), name=scope).op
    graph.add_to_collection(GraphKeys.TRAIN_OP, made)
    graph._note_line(first)
    return made


def apply_in_function(optimizer, grads_and_vars, global_step=None, name=None):
    """The step of a function that is being traced: one node for all variables, whose slots are made at once."""
    grads_and_vars = tuple(grads_and_vars)
    if any(isinstance(v, variables.GraphVariable) for _, v in grads_and_vars):
        return apply_gradients(optimizer, grads_and_vars, global_step, name)
    pairs = [(g, v) for g, v in grads_and_vars if g is not None]
    if not pairs:
        raise ValueError("No gradients provided for any variable.")
    is_adam = optimizer._betas_of_adam()
    with func_graph.init_scope():
        if is_adam and optimizer._unready:
            optimizer._make_ready()
        for _, v in pairs:
            optimizer._updater.slots_of(v)
    rate = optimizer._numbers["learning_rate"]
    rate = rate() if callable(rate) and not isinstance(rate, _core.Handle) else rate
    rate = execute("Cast", [rate], {"DstT": 1}) if isinstance(rate, _core.Handle) else convert(float(rate), 1)
    optimizer._updater.apply_rate(pairs, _corrected(rate, optimizer._extra) if is_adam else rate)
    for power, beta in zip(optimizer._extra, optimizer._betas) if is_adam else ():
        power._assign(run("Mul", power._read(), convert(beta, 1)))
    if global_step is not None:
        global_step._assign_add(1)


def _updates(graph, optimizer, given):
    """The operations of one step."""
    rate = _rate(optimizer)
    powers = getattr(optimizer, "_extra", None) if optimizer._updater is not None and optimizer._betas_of_adam() else None
    made, updates = [], []
    for g, v in given:
        graph.next_name("update_%s/%s" % (v.op.name, _TYPES[optimizer._rule]))
        first = len(graph)
        try:
            optimizer._updater.apply_rate([(g, v)], _corrected(rate, powers) if powers else rate)
        finally:
            graph.next_name(None)
        node = graph.node(len(graph) - 1)
        assert len(graph) > first
        updates.append(graph._operation(node))
        _describe(graph, updates[-1], optimizer, g, v, rate, powers)
        if v.constraint is not None:
            with graph.control_dependencies([updates[-1]]):
                updates[-1] = v.assign(v.constraint(v._now())).op
    made += updates
    if powers:
        with graph.control_dependencies(updates):
            for power, beta in zip(powers, optimizer._betas):
                made.append(power.assign(power._now() * beta).op)
    return made


def _describe(graph, op, optimizer, g, v, rate, powers):
    """What files say of the step."""
    op._type = _TYPES[optimizer._rule]
    slots = [optimizer._graph_slots[name, id(v)] for name in optimizer._slots]
    numbers = dict(optimizer._numbers, **dict(zip(("beta1", "beta2"), getattr(optimizer, "_betas", ()))))
    named = dict(zip(("beta1_power", "beta2_power"), [p._snapshot for p in powers or ()]))
    graph._steps[op._node.index] = {"grad": [g], "variable": v, "slots": slots, "rate": rate, "powers": named, "numbers": numbers}


_TYPES = ("ApplyGradientDescent", "ApplyMomentum", "ApplyAdam", "ApplyRMSProp", "ApplyCenteredRMSProp", "ApplyAdagrad", "ApplyAdadelta", "ApplyFtrl",
          "ApplyProximalGradientDescent", "ApplyProximalAdagrad", "ApplyAdagradDA")  # fmt: skip


def _rate(optimizer):
    rate = optimizer._numbers["learning_rate"]
    rate = rate() if callable(rate) and not isinstance(rate, _core.Handle) else rate
    for name, value in optimizer._numbers.items():
        if name != "learning_rate" and isinstance(value, _core.VariableBase):
            raise NotImplementedError("not implemented: %s of an optimizer as a variable of a graph; give a number" % name)
    if isinstance(rate, _core.Handle):
        rate = variables.symbolic(rate, None, "learning_rate")
        return rate if rate.dtype.is_floating else execute("Cast", [rate], {"DstT": 1})
    return variables.symbolic(convert(float(rate), 1), None, "learning_rate")


def _corrected(rate, powers):
    one = convert(1.0, 1)
    now = [p._now() if isinstance(p, variables.GraphVariable) else p._read() for p in powers]
    root = run("Sqrt", run("Sub", one, now[1]))
    return run("RealDiv", run("Mul", rate, root), run("Sub", one, now[0]))


# ---- slots ----


def _slots(optimizer, var_list):
    """The slot variables, and variables of the optimizer itself, in TensorFlow's order and with its names."""
    if optimizer._updater is None:
        raise NotImplementedError("not implemented: %s in graphs; use tf.train.AdagradOptimizer" % type(optimizer).__name__)
    if optimizer._betas_of_adam() and optimizer._unready:
        for beta, name in zip(optimizer._betas, ("beta1_power", "beta2_power")):
            optimizer._extra.append(_variable(convert(beta, 1), name))
        optimizer._unready = False
    optimizer._graph_slots = getattr(optimizer, "_graph_slots", {})
    for v in var_list:
        for name in optimizer._slot_order():
            index = optimizer._slots.index(name)
            if (name, id(v)) not in optimizer._graph_slots:
                optimizer._graph_slots[name, id(v)] = _slot(optimizer, v, index, name)
    for v in var_list:
        optimizer._updater.slots_of(v)


def _variable(value, name):
    return variables.GraphVariable(value, name=name, trainable=False)


def _slot(optimizer, variable, index, name):
    graph = graphs.get_default_graph()
    with graph.name_scope(None):
        sizes = list(variable._shape_tuple)
        first = optimizer._initial_slot(variable, index)

        def value(shape, dtype=None, partition_info=None):
            return run("Fill", convert(sizes, 3) if sizes else convert([], 3), convert(first, variable._dtype_number))

        within = graph._scopes[-1].name if graph._scopes else ""  # slots are made by get_variable
        made = variables.GraphVariable(lambda: value(sizes), name="/".join(filter(None, (within, variable.op.name, optimizer._name))), trainable=False,
                                       dtype=variable.dtype.base_dtype, use_resource=variable._resource)  # fmt: skip
    optimizer._slot_variables.setdefault(name, {})[id(variable)] = (variable, made)
    return made


def made_slots(optimizer, variable):
    """For the updater: the slots in the rule's order."""
    return tuple(optimizer._graph_slots[name, id(variable)] for name in optimizer._slots)


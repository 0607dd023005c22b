"""tf.train.ExponentialMovingAverage in graphs."""

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import variables, words
from sokuji._src.graph.graph import GraphKeys


class ExponentialMovingAverage:
    """Keeps averages of variables and tensors: average -= (average - value) (1 - decay)."""

    def __init__(self, decay, num_updates=None, zero_debias=False, name="ExponentialMovingAverage"):
        self._decay, self._num_updates, self._zero_debias, self._name, self._averages = decay, num_updates, zero_debias, name, {}

    name = property(lambda self: self._name)

    def apply(self, var_list=None):
        """The operation that updates the averages, which are made now."""
        if var_list is None:
            var_list = variables.trainable_variables()
        new = []
        for var in var_list:
            if var.dtype.base_dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
                raise TypeError("The variables must be half, float, or double: %s" % var.name)
            if var in self._averages:
                raise ValueError("Moving average already computed for: %s" % var.name)
            new.append(var)
        debiased = set()
        with graphs.init_scope():
            for var in new:
                if isinstance(var, variables.GraphVariable):
                    made = self._slot(var.op.name, var.initialized_value())
                    graphs.add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, var)
                else:
                    made = self._slot(var.op.name, lambda var=var: run("Fill", convert(list(var._shape_tuple), 3), convert(0, var._dtype_number)))
                    if self._zero_debias:
                        debiased.add(made)
                self._averages[var] = made
        return self._update(var_list, debiased)

    def _slot(self, name, value):
        with graphs.get_default_graph().name_scope(None):
            return variables.GraphVariable(value, name=name + "/" + self._name, trainable=False)

    def _update(self, var_list, debiased):
        graph = graphs.get_default_graph()
        with graph.name_scope(self._name) as scope:
            rate = 1.0 - self._decay_now()
            updates = [self._one(graph, self._averages[v], v, rate, self._averages[v] in debiased) for v in var_list]
            return words.group(*updates, name=scope)

    def _decay_now(self):
        decay = variables.symbolic(self._decay, dtypes.float32, "decay")
        if self._num_updates is None:
            return decay
        steps = variables.symbolic(self._num_updates, None, "num_updates")
        steps = _core.execute("Cast", [steps], {"DstT": 1})
        return run("Minimum", decay, (1.0 + steps) / (10.0 + steps))

    def _one(self, graph, average, value, rate, is_debiased):
        rate = rate if average._dtype_number == 1 else _core.execute("Cast", [rate], {"DstT": average._dtype_number})
        now = value._now() if isinstance(value, variables.GraphVariable) else value
        if not is_debiased:
            return average.assign_sub((average._now() - now) * rate)
        biased, steps = self._slot(average.op.name[: -len(self._name) - 1] + "/biased", _zero_like(average)), self._slot(average.op.name + "/local_step", convert(0.0, 1))
        moved = biased.assign_sub((biased._now() - now) * rate)
        counted = steps.assign_add(1.0)
        return average.assign(moved / (1.0 - run("Pow", 1.0 - rate, _core.execute("Cast", [counted], {"DstT": average._dtype_number}))))

    def average(self, var):
        return self._averages.get(var)

    def average_name(self, var):
        if var in self._averages:
            return self._averages[var].op.name
        return graphs.get_default_graph().unique_name(var.op.name + "/" + self._name, mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables=None):
        averaged = variables.trainable_variables() + variables.moving_average_variables() if moving_avg_variables is None else list(moving_avg_variables)
        names = {self.average_name(v): v for v in dict.fromkeys(averaged)}
        names.update({v.op.name: v for v in variables.global_variables() if v not in averaged and v.op.name not in names})
        return names


def _zero_like(average):
    return lambda: run("Fill", convert(list(average._shape_tuple), 3) if average._shape_tuple else convert([], 3), convert(0, average._dtype_number))



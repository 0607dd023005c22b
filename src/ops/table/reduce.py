"""Reductions over axes."""
from rows import op

_AXES = """{0} over the axes (all when not given): the axes' dimensions go, or stay as 1 with keep_dims. {1}
Negative axes count from the end; InvalidArgument when one is out of range or repeated."""


def _reduction(name, what, more, kernel, gradient=None, T="numbers", saves=None, saves_outputs=""):
    op(name, f"input:{'bool' if T == 'bool' else 'T'} reduction_indices:ints?=axis", f"output:{'bool' if T == 'bool' else 'T'}",
       attrs="keep_dims:bool", T="" if T == "bool" else T, rule="reduce",
       kernel=kernel, gradient=gradient, saves_shapes="input" if gradient and saves is None else "",
       saves=("reduction_indices" if saves is None else f"reduction_indices {saves}") if gradient else "", saves_outputs=saves_outputs,
       doc=_AXES.format(what, more))


_WIDE = "float32 is accumulated in float64, in an order that depends on the shape alone."
_reduction("Sum", "The sum", "0 of none; integers wrap. " + _WIDE, "reduce_sum", "sum")
_reduction("Mean", "The mean", "NaN of none; of integers rounded toward zero, and 0 of none. " + _WIDE, "reduce_mean", "mean")
_reduction("Prod", "The product", "1 of none; integers wrap. " + _WIDE, "reduce_prod", "prod", saves="input")
_reduction("Max", "The maximum", "NaN where there is one; of none -infinity or the lowest integer. Equal maxima share the gradient equally.",
           "reduce_max", "extreme", saves="input", saves_outputs="output")
_reduction("Min", "The minimum", "NaN where there is one; of none infinity or the highest integer. Equal minima share the gradient equally.",
           "reduce_min", "extreme", saves="input", saves_outputs="output")
_reduction("EuclideanNorm", "The square root of the sum of squares", "Of integers rounded toward zero. The gradient at 0 is NaN. " + _WIDE,
           "reduce_norm", "euclidean_norm", saves="input", saves_outputs="output")
_reduction("Any", "Whether any element is true", "False of none.", "reduce_max", T="bool")
_reduction("All", "Whether all elements are true", "True of none.", "reduce_min", T="bool")

op("ProdOthers", "reduction_indices:ints?=axis tensors:T*", "output:T", T="floats", internal=True, gradient="prod_others",
   saves="reduction_indices tensors",
   doc="Each element of tensors[0] replaced by the product of the others along the axes; with m more tensors t, its derivative in their\n"
       "directions: the coefficient of e_1 e_2 … e_m in the product of (x + e_1 t_1 + …) over the others. Prod's gradient, and its own.")

"""Searching: extremes, order, what is different."""
from rows import ALL, NUMBERS, op

_ARG_TYPES = NUMBERS + ["bool", "uint16", "uint32", "uint64", "float16", "bfloat16"]
_ARG_DOC = """The index of the {0} element along the axis (default 0); among equal ones the first. NaN is passed over.
InvalidArgument when the axis has no elements."""
op("ArgMax", "input:T dimension:ints?=axis", "output:index", "output_type:dtype=int64", T=_ARG_TYPES, c_name="argmax", rule="arg_extreme",
   doc=_ARG_DOC.format("greatest"))
op("ArgMin", "input:T dimension:ints?=axis", "output:index", "output_type:dtype=int64", T=_ARG_TYPES, c_name="argmin", rule="arg_extreme",
   doc=_ARG_DOC.format("least"))
_SORTED_TYPES = NUMBERS + ["uint16", "uint32", "uint64", "float16", "bfloat16"]
op("TopKV2", "input:T k:ints", "values:T indices:index", "sorted:bool=True index_type:dtype=int32", T=_SORTED_TYPES, c_name="top_k",
   gradient="top_k", saves_shapes="input", saves_outputs="indices",
   doc="The k greatest elements along the last dimension and their indices, greatest first; among equal ones the lower index first. NaN comes last.")
op("InTopK", "predictions:float32 targets:U", "precision:bool", "k:int!", U="int32 int64", T="float32", c_name="in_top_k_attr", internal=True,
   rule="in_top_k", kernel="in_top_k", doc="InTopKV2 with k as an attribute.")
op("InTopKV2", "predictions:float32 targets:U k:ints", "precision:bool", U="int32 int64", T="float32", c_name="in_top_k",
   doc="For each row of predictions (batch, classes), whether fewer than k classes are more probable than the target. False where the target is\n"
       "no class or a prediction is not finite.")
_ANY = [t for t in ALL if not t.startswith("complex")]
op("Unique", "x:T", "y:T idx:index", "out_idx:dtype=int32", T=_ANY, allocates=True, rule="unique", kernel="unique",
   doc="The different elements of a vector, in the order of their first places, and for each element of x which of them it is.")
op("UniqueWithCounts", "x:T", "y:T idx:index count:index", "out_idx:dtype=int32", T=_ANY, allocates=True, rule="unique", kernel="unique",
   doc="Unique, and how often each element comes.")
op("InvertPermutation", "x:T", "y:T", T="int32 int64", doc="y[x[i]] = i for a permutation x of 0 … n-1.")
op("ListDiff", "x:T y:T", "out:T idx:index", "out_idx:dtype=int32", T=_ANY, allocates=True,
   doc="The elements of the vector x that y does not have, in their order, and their places in x.")
_BOUND_DOC = """For each row of values, where in the same sorted row each value would be put in: before equal ones (LowerBound)
or after them (UpperBound)."""
for _name in ("LowerBound", "UpperBound"):
    op(_name, "sorted_inputs:T values:T", "output:index", "out_type:dtype=int32", T=_SORTED_TYPES, rule="bound", doc=_BOUND_DOC)

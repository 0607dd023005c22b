"""Searching: places of extremes."""
from rows import NUMBERS, op

_ARG_TYPES = NUMBERS + ["bool", "uint16", "uint32", "uint64", "float16", "bfloat16"]
_ARG_DOC = """The index of the {0} element along the axis (default 0); among equal ones the first. NaN is passed over.
InvalidArgument when the axis has no elements."""
op("ArgMax", "input:T dimension:ints?=axis", "output:index", "output_type:dtype=int64", T=_ARG_TYPES, c_name="argmax", rule="arg_extreme",
   doc=_ARG_DOC.format("greatest"))
op("ArgMin", "input:T dimension:ints?=axis", "output:index", "output_type:dtype=int64", T=_ARG_TYPES, c_name="argmin", rule="arg_extreme",
   doc=_ARG_DOC.format("least"))

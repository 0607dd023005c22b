"""Reductions over the rows that share a segment number."""
from rows import NUMBERS, op

_T = NUMBERS + ["uint16", "uint32", "uint64"]
_SORTED = """Row s of the result is the {0} of data's rows whose segment number is s; the numbers, one for each row, are sorted.
A number that no row has gives a row of {1}. InvalidArgument when the numbers are negative or not sorted."""
_UNSORTED = """Row s of the result is the {0} of data's rows (data.shape[:rank of segment_ids]) whose segment number is s.
A number that no row has gives {1}; rows with a negative number are left out. InvalidArgument when a number is not below num_segments."""

for _name, _what, _empty, _saves in (("Sum", "sum", "0", ""), ("Mean", "mean", "0", ""), ("Max", "maximum", "0", "data"), ("Min", "minimum", "0", "data"),
                                     ("Prod", "product", "1", "data")):
    op("Segment" + _name, "data:T segment_ids:U", "output:T", T=_T, U="int32 int64", rule="segment", allocates=True,
       gradient="segment_" + _name.lower() if _name in ("Sum", "Mean") else "segment_" + ("prod" if _name == "Prod" else "extreme"),
       saves=_saves + " segment_ids", saves_shapes="data" if not _saves else "", saves_outputs="output" if _saves else "",
       doc=_SORTED.format(_what, _empty))
for _name, _what, _empty, _saves in (("Sum", "sum", "0", ""), ("Max", "maximum", "the dtype's lowest number", "data"),
                                     ("Min", "minimum", "the dtype's highest number", "data"), ("Prod", "product", "1", "data")):
    op("UnsortedSegment" + _name, "data:T segment_ids:U num_segments:ints", "output:T", T=_T, U="int32 int64", rule="unsorted_segment",
       gradient="segment_" + ("sum" if _name == "Sum" else "prod" if _name == "Prod" else "extreme"),
       saves=_saves + " segment_ids", saves_outputs="output" if _saves else "", doc=_UNSORTED.format(_what, _empty))

"""Choosing among elements by a condition."""
from rows import ALL, op

op("Select", "condition:bool t:T e:T", "output:T", T=ALL, gradient="select", saves="condition", saves_shapes="t e", gradient_reads="shapes",
   doc="t where the condition is true, else e: tensors of one shape. The condition has that shape, or is a scalar, or a vector that chooses\n"
       "among the rows (the first dimension).")
op("SelectV2", "condition:bool t:T e:T", "output:T", T=ALL, c_name="where_values", gradient="where_values", saves="condition", saves_shapes="t e",
   gradient_reads="shapes",
   doc="t where the condition is true, else e; the three are broadcast. TensorFlow 2's tf.where with values.")
op("Where", "input:T", "index:int64", T=[t for t in ALL if t != "string"], allocates=True,
   doc="The indices of the elements that are true (not 0), row-major: (count, rank).")

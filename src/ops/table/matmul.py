"""Contractions."""
from rows import op

op("MatMul", "a:T b:T", "product:T", attrs="transpose_a:bool transpose_b:bool", T="floats int32 int64", c_name="matmul",
   gradient="matmul", saves="a b",
   doc="The product of two matrices, a (m, k) and b (k, n), either given transposed: (m, n).\n"
       "InvalidArgument when a rank is not 2 or the inner sizes differ. An inner size of 0 gives zeros.")

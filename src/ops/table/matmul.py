"""Contractions."""
from rows import op

op("MatMul", "a:T b:T", "product:T", attrs="transpose_a:bool transpose_b:bool", T="floats int32 int64", c_name="matmul",
   gradient="matmul", saves="a b",
   doc="The product of two matrices, a (m, k) and b (k, n), either given transposed: (m, n).\n"
       "InvalidArgument when a rank is not 2 or the inner sizes differ. An inner size of 0 gives zeros.")

op("FusedMatMul", "a:T b:T bias:T", "product:T", attrs="transpose_a:bool transpose_b:bool relu:bool", T="floats", c_name="fused_matmul",
   gradient="fused_matmul", saves="a b", saves_outputs="product",
   doc="MatMul, plus bias (n) to each row, and with relu the positive part, in one pass: the same bits as one after the other.\n"
       "InvalidArgument as for MatMul, and when bias is not a vector of n.")

_BATCH_DOC = ("The products of matrices in the last two dimensions, x (…, m, k) and y (…, k, n), either given transposed (adj): (…, m, n).\n"
              "{0} InvalidArgument when a rank is below 2, the inner sizes differ or the batches do not fit.")
op("BatchMatMulV2", "x:T y:T", "output:T", attrs="adj_x:bool adj_y:bool", T="floats int32 int64", c_name="batch_matmul",
   rule="batch_matmul", gradient="batch_matmul", saves="x y", doc=_BATCH_DOC.format("The dimensions before them broadcast."))
op("BatchMatMul", "x:T y:T", "output:T", attrs="adj_x:bool adj_y:bool", T="floats int32 int64", c_name="batch_matmul_v1",
   rule="batch_matmul", kernel="batch_matmul", gradient="batch_matmul", saves="x y",
   doc=_BATCH_DOC.format("The dimensions before them are the same in both."))

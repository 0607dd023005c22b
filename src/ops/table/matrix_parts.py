"""Diagonals and bands. The matrices are the last two dimensions."""
from rows import ALL, op

_ANY = [t for t in ALL if t != "string"]
_DIAG = ["float32", "float64", "int32", "int64", "float16", "bfloat16", "complex64", "complex128"]
op("Diag", "diagonal:T", "output:T", T=_DIAG, gradient="diag", doc="Zeros of shape dims + dims with the input on the diagonal.")
op("DiagPart", "input:T", "diagonal:T", T=_DIAG, gradient="diag_part", doc="The diagonal of a tensor of shape dims + dims, of shape dims.")
op("MatrixDiag", "diagonal:T", "output:T", T=_ANY, gradient="matrix_diag", doc="Matrices (…, n, n) of zeros with the vectors (…, n) on their diagonals.")
op("MatrixDiagPart", "input:T", "diagonal:T", T=_ANY, gradient="matrix_diag_part", saves_shapes="input",
   doc="The main diagonals of matrices (…, m, n): (…, min(m, n)).")
op("MatrixSetDiag", "input:T diagonal:T", "output:T", T=_ANY, gradient="matrix_set_diag", saves_shapes="diagonal",
   doc="The matrices with other main diagonals.")
op("MatrixBandPart", "input:T num_lower:ints num_upper:ints", "band:T", T=_ANY, gradient="matrix_band_part", saves="num_lower num_upper",
   doc="The matrices with 0 outside the band of num_lower diagonals below and num_upper above the main one; a negative number: all of them.")

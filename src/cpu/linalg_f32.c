/* Linear algebra for float32; see linalg_entry_template.h. */
#include <float.h>

#define real float
#define ROUNDING FLT_EPSILON
#define LINALG_LU sj__lu_f32
#define LINALG_INVERSE sj__inverse_f32
#define LINALG_DETERMINANT sj__determinant_f32
#define LINALG_LOG_DETERMINANT sj__log_determinant_f32
#define LINALG_CHOLESKY sj__cholesky_f32
#define LINALG_TRIANGULAR_SOLVE sj__triangular_solve_f32
#define LINALG_SOLVE sj__solve_f32
#define LINALG_LEAST_SQUARES sj__least_squares_f32
#define LINALG_QR sj__qr_f32
#define LINALG_SVD sj__svd_f32
#define LINALG_SELF_ADJOINT_EIGEN sj__self_adjoint_eigen_f32
#include "cpu/linalg_entry_template.h"

/* Linear algebra for float64; see linalg_entry_template.h. */
#include <float.h>

#define real double
#define ROUNDING DBL_EPSILON
#define LINALG_LU sj__lu_f64
#define LINALG_INVERSE sj__inverse_f64
#define LINALG_DETERMINANT sj__determinant_f64
#define LINALG_LOG_DETERMINANT sj__log_determinant_f64
#define LINALG_CHOLESKY sj__cholesky_f64
#define LINALG_TRIANGULAR_SOLVE sj__triangular_solve_f64
#define LINALG_SOLVE sj__solve_f64
#define LINALG_LEAST_SQUARES sj__least_squares_f64
#define LINALG_QR sj__qr_f64
#define LINALG_SVD sj__svd_f64
#define LINALG_SELF_ADJOINT_EIGEN sj__self_adjoint_eigen_f64
#include "cpu/linalg_entry_template.h"

/*
 * Gradients of linear algebra, of matrices in the last two dimensions. The formulas are those of M. Giles, "Collected matrix derivative
 * results for forward and reverse mode algorithmic differentiation" (2008), where no other source is named.
 */
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/array_functions.h"
#include "sokuji/scope.h"

/* ---- helpers ---- */

static sj_tensor *product(sj_tensor *a, sj_tensor *b) { return sj_batch_matmul(a, b); }
static sj_tensor *product_tn(sj_tensor *a, sj_tensor *b) { return sj_batch_matmul(a, b, .adj_x = true); }
static sj_tensor *product_nt(sj_tensor *a, sj_tensor *b) { return sj_batch_matmul(a, b, .adj_y = true); }

static int64_t rows_of(const sj_tensor *t) { return sj_tensor_dim(t, -2); }
static int64_t columns_of(const sj_tensor *t) { return sj_tensor_dim(t, -1); }

static sj_tensor *transposed(sj_tensor *t)
{
	int64_t perm[SJ_MAX_RANK];
	int rank = sj_tensor_rank(t);
	if (rank < 2)
		return t;
	for (int i = 0; i < rank; i++)
		perm[i] = i < rank - 2 ? i : 2 * rank - 3 - i;
	return sj_transpose(t, .perm = {rank, perm});
}

/* A matrix (n, n) of three numbers: below, on and above the diagonal. It broadcasts over batches. */
static sj_tensor *mask(const sj_tensor *like, int64_t n, double below, double on, double above)
{
	sj_tensor *t;
	sj_status status = sj__tensor_make("mask", (sj_dtype)like->dtype, 2, (int64_t[]){n, n}, &t);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	for (int64_t i = 0; i < n * n; i++) {
		double value = i / n > i % n ? below : i / n == i % n ? on : above;
		if (like->dtype == SJ_FLOAT32)
			((float *)t->data)[i] = (float)value;
		else
			((double *)t->data)[i] = value;
	}
	return sj_scope_own(t);
}

static sj_tensor *scaled(sj_tensor *t, double factor) { return sj_mul(t, sj_scalar(sj_tensor_dtype(t), factor)); }

/* v (…, n) beside matrices: as rows (…, 1, n), or as columns (…, n, 1). */
static sj_tensor *as_row(sj_tensor *v) { return sj_expand_dims(v, SJ_INTS(-2)); }
static sj_tensor *as_column(sj_tensor *v) { return sj_expand_dims(v, SJ_INTS(-1)); }

static sj_tensor *sum_given(sj_tensor *a, sj_tensor *b) { return a == NULL ? b : b == NULL ? a : sj_add(a, b); }

/* ---- inverse, determinants ---- */

/* B = A^-1 gives -B^T dB B^T; B = A^-T gives -B dB^T B. */
void sj__gradient_matrix_inverse(const sj__gradient *g, sj_tensor **dx)
{
	const sj_matrix_inverse_args *args = g->args;
	sj_tensor *b = g->outputs[0], *d = g->dy[0];
	dx[0] = sj_neg(args->adjoint ? product(b, product_tn(d, b)) : product_tn(b, product_nt(d, b)));
}

static sj_tensor *as_matrix(sj_tensor *d) { return as_column(as_column(d)); }

void sj__gradient_matrix_determinant(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = sj_mul(as_matrix(sj_mul(g->dy[0], g->outputs[0])), sj_matrix_inverse(g->inputs[0], .adjoint = true));
}

void sj__gradient_log_matrix_determinant(const sj__gradient *g, sj_tensor **dx)
{
	if (g->dy[1] != NULL)
		dx[0] = sj_mul(as_matrix(g->dy[1]), sj_matrix_inverse(g->inputs[0], .adjoint = true));
}

/* ---- Cholesky ---- */

/* L^-T p L^-1, made symmetric, with p the lower triangle of L^T dL, its diagonal halved. */
void sj__gradient_cholesky(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *l = g->outputs[0];
	sj_tensor *p = sj_mul(product_tn(l, g->dy[0]), mask(l, rows_of(l), 1, 0.5, 0));
	sj_tensor *left = sj_matrix_triangular_solve(l, p, .adjoint = true);
	sj_tensor *both = sj_matrix_triangular_solve(l, transposed(left), .adjoint = true);
	dx[0] = scaled(sj_add(both, transposed(both)), 0.5);
}

/* ---- systems ---- */

void sj__gradient_matrix_triangular_solve(const sj__gradient *g, sj_tensor **dx)
{
	const sj_matrix_triangular_solve_args *args = g->args;
	bool lower = sj__matrix_triangular_solve_lower(args);
	sj_tensor *a = g->inputs[0], *x = g->outputs[0];
	sj_tensor *db = sj_matrix_triangular_solve(a, g->dy[0], .lower = SJ_GIVEN(lower), .adjoint = !args->adjoint);
	if (g->needs[0]) {
		sj_tensor *da = sj_neg(args->adjoint ? product_nt(x, db) : product_nt(db, x));
		dx[0] = sj__unbroadcast(g, 0, sj_mul(da, mask(a, rows_of(a), lower, 1, !lower)));
	}
	if (g->needs[1])
		dx[1] = sj__unbroadcast(g, 1, db);
}

void sj__gradient_matrix_solve(const sj__gradient *g, sj_tensor **dx)
{
	const sj_matrix_solve_args *args = g->args;
	sj_tensor *x = g->outputs[0], *db = sj_matrix_solve(g->inputs[0], g->dy[0], .adjoint = !args->adjoint);
	if (g->needs[0])
		dx[0] = sj_neg(args->adjoint ? product_nt(x, db) : product_nt(db, x));
	if (g->needs[1])
		dx[1] = db;
}

/* y with (gram + l2 I) y = b, gram symmetric positive definite. */
static sj_tensor *gram_solve(sj_tensor *gram, double l2, sj_tensor *b)
{
	sj_tensor *l = sj_cholesky(sj_add(gram, mask(gram, rows_of(gram), 0, l2, 0)));
	return sj_matrix_triangular_solve(l, sj_matrix_triangular_solve(l, b), .adjoint = true);
}

/* x = (A^T A + l2 I)^-1 A^T b: with z the same solution for dx, dA = b z^T - A (x z^T + z x^T), db = A z. */
static void tall_grads(const sj__gradient *g, double l2, sj_tensor **dx)
{
	sj_tensor *a = g->inputs[0], *b = g->inputs[1], *x = g->outputs[0];
	sj_tensor *z = gram_solve(product_tn(a, a), l2, g->dy[0]), *xz = product_nt(x, z);
	dx[0] = sj_sub(product_nt(b, z), product(a, sj_add(xz, transposed(xz))));
	dx[1] = product(a, z);
}

/* x = A^T y, y = (A A^T + l2 I)^-1 b: db = (A A^T + l2 I)^-1 A dx, dA = y (dx - A^T db)^T - db y^T A. */
static void wide_grads(const sj__gradient *g, double l2, sj_tensor **dx)
{
	sj_tensor *a = g->inputs[0], *b = g->inputs[1], *gram = product_nt(a, a);
	sj_tensor *y = gram_solve(gram, l2, b), *db = gram_solve(gram, l2, product(a, g->dy[0]));
	sj_tensor *rest = sj_sub(g->dy[0], product_tn(a, db));
	dx[0] = sj_sub(product_nt(y, rest), product(db, product_tn(y, a)));
	dx[1] = db;
}

void sj__gradient_matrix_solve_ls(const sj__gradient *g, sj_tensor **dx)
{
	double l2 = *(const double *)g->inputs[2]->data;
	if (rows_of(g->inputs[0]) >= columns_of(g->inputs[0]))
		tall_grads(g, l2, dx);
	else
		wide_grads(g, l2, dx);
}

/* ---- QR ---- */

/* x r^-T, with r upper triangular. */
static sj_tensor *times_inverse_transposed(sj_tensor *x, sj_tensor *r)
{
	return transposed(sj_matrix_triangular_solve(r, transposed(x), .lower = SJ_GIVEN(false)));
}

/* Square and tall matrices: S. F. Walter, L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2018). */
static sj_tensor *tall_qr_grad(sj_tensor *q, sj_tensor *r, sj_tensor *dq, sj_tensor *dr)
{
	sj_tensor *qdq = product_tn(q, dq), *rdr = product_nt(r, dr);
	sj_tensor *skew = sj_add(sj_sub(qdq, transposed(qdq)), sj_sub(rdr, transposed(rdr)));
	sj_tensor *lower = sj_mul(skew, mask(r, rows_of(r), 1, 1, 0));
	sj_tensor *inside = product(q, sj_add(dr, times_inverse_transposed(lower, r)));
	return sj_add(inside, times_inverse_transposed(sj_sub(dq, product(q, qdq)), r));
}

static sj_tensor *columns(sj_tensor *t, int64_t first, int64_t count)
{
	int64_t begin[SJ_MAX_RANK] = {0}, size[SJ_MAX_RANK];
	int rank = sj_tensor_rank(t);
	for (int i = 0; i < rank; i++)
		size[i] = sj_tensor_dim(t, i);
	if (rank < 1)
		return t;
	begin[rank - 1] = first;
	size[rank - 1] = count;
	return sj_slice(t, (sj_ints){rank, begin}, (sj_ints){rank, size});
}

void sj__gradient_qr(const sj__gradient *g, sj_tensor **dx)
{
	const sj_qr_args *args = g->args;
	sj_tensor *a = g->inputs[0], *q = g->outputs[0], *r = g->outputs[1], *dq = sj__dy(g, 0), *dr = sj__dy(g, 1);
	int64_t m = rows_of(a), n = columns_of(a);
	if (args->full_matrices && m > n) {
		sj__error_stick(
			sj__fail(SJ_UNIMPLEMENTED,
		                 "Qr: not implemented: the gradient with full_matrices for more rows than columns"));
		dx[0] = sj_nil();
	} else if (m >= n) {
		dx[0] = tall_qr_grad(q, r, dq, dr);
	} else { /* a = [x y], r = [u v]: x = q u is square, y = q v */
		sj_tensor *dv = columns(dr, m, n - m), *y = columns(a, m, n - m);
		sj_tensor *d_x = tall_qr_grad(q, columns(r, 0, m), sj_add(dq, product_nt(y, dv)), columns(dr, 0, m));
		sj_tensor *d_y = product(q, dv);
		dx[0] = sj_concat(2, (sj_tensor *[]){d_x, d_y}, -1);
	}
}

/* ---- eigenvalues and singular values ---- */

/* f[i][j] = 1 / (v[j] - v[i]), 0 on the diagonal and where the two are equal. */
static sj_tensor *inverse_gaps(sj_tensor *v)
{
	int64_t n = columns_of(v);
	sj_tensor *gaps = sj_add(sj_sub(as_row(v), as_column(v)), mask(v, n, 0, 1, 0));
	return sj_mul(sj_div_no_nan(mask(v, n, 1, 1, 1), gaps), mask(v, n, 1, 0, 1));
}

/* dA = V (diag(de) + f * (V^T dV)) V^T; what the upper triangle says is moved to the lower one, which alone is read. */
void sj__gradient_self_adjoint_eig(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *e = g->outputs[0], *v = g->outputs[1], *da = NULL;
	if (!sj__self_adjoint_eig_compute_v(g->args))
		sj_self_adjoint_eig(g->inputs[0], &e, &v);
	int64_t n = columns_of(e);
	if (g->dy[0] != NULL)
		da = sj_mul(as_row(g->dy[0]), mask(e, n, 0, 1, 0));
	if (g->dy[1] != NULL && sj__self_adjoint_eig_compute_v(g->args))
		da = sum_given(da, sj_mul(inverse_gaps(e), product_tn(v, g->dy[1])));
	if (da == NULL)
		return;
	da = product(v, product_nt(da, v));
	dx[0] = sj_mul(sj_add(da, transposed(da)), mask(e, n, 1, 0.5, 0));
}

typedef struct factors {
	sj_tensor *s, *u, *v, *ds, *du, *dv;
} factors;

/*
 * For m <= n, u (m, m) and v (n, m): J. Townsend, "Differentiating the singular value decomposition" (2016). With
 * f[i][j] = 1 / (s[j]^2 - s[i]^2): dA = u (diag(ds) + (f * (u^T du) + its transpose) S + S (f * (v^T dv) + its transpose)) v^T
 * + u S^-1 dv^T (I - v v^T).
 */
static sj_tensor *wide_svd_grad(const factors *x, int64_t m, int64_t n)
{
	sj_tensor *gaps = inverse_gaps(sj_square(x->s)), *middle = NULL, *beside = NULL;
	if (x->ds != NULL)
		middle = sj_mul(as_row(x->ds), mask(x->s, m, 0, 1, 0));
	if (x->du != NULL) {
		sj_tensor *f_u = sj_mul(gaps, product_tn(x->u, x->du));
		middle = sum_given(middle, sj_mul(sj_add(f_u, transposed(f_u)), as_row(x->s)));
	}
	if (x->dv != NULL) {
		sj_tensor *f_v = sj_mul(gaps, product_tn(x->v, x->dv));
		middle = sum_given(middle, sj_mul(as_column(x->s), sj_add(f_v, transposed(f_v))));
	}
	if (x->dv != NULL && m < n) {
		sj_tensor *dvt = transposed(x->dv), *outside = sj_sub(dvt, product_nt(product(dvt, x->v), x->v));
		sj_tensor *inverse = sj_div_no_nan(sj_scalar(sj_tensor_dtype(x->s), 1), x->s);
		beside = product(sj_mul(x->u, as_row(inverse)), outside);
	}
	sj_tensor *first = middle ? product(x->u, product_nt(middle, x->v)) : NULL;
	return sum_given(first, beside);
}

void sj__gradient_svd(const sj__gradient *g, sj_tensor **dx)
{
	const sj_svd_args *args = g->args;
	sj_tensor *a = g->inputs[0];
	int64_t m = rows_of(a), n = columns_of(a);
	bool uv = sj__svd_compute_uv(args), through_uv = uv && (g->dy[1] != NULL || g->dy[2] != NULL);
	factors x = {g->outputs[0], g->outputs[1], g->outputs[2], g->dy[0], uv ? g->dy[1] : NULL, uv ? g->dy[2] : NULL};
	if (args->full_matrices && m != n && through_uv) {
		sj__error_stick(
			sj__fail(SJ_UNIMPLEMENTED,
		                 "Svd: not implemented: the gradient through u and v of full_matrices for m != n"));
		dx[0] = sj_nil();
		return;
	}
	if (!uv || (args->full_matrices && m != n))
		sj_svd(a, &x.s, &x.u, &x.v);
	bool tall = m > n;
	if (tall)
		x = (factors){x.s, x.v, x.u, x.ds, x.dv, x.du};
	sj_tensor *da = wide_svd_grad(&x, tall ? n : m, tall ? m : n);
	dx[0] = da && tall ? transposed(da) : da;
}

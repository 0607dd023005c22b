/* Shape rules of linear algebra: the last two dimensions are matrices, those before them a batch. */
#include "ops/rules.h"

#include "ops_numbers.h"

/* A matrix input's shape: the batch and the two sizes, or an unknown rank. */
typedef struct matrices {
	int rank;
	int64_t dims[SJ_MAX_RANK];
	int64_t m, n;
} matrices;

static sj_status matrices_of(const sj__call *call, int i, matrices *s)
{
	const sj_tensor *t = call->inputs[i];
	s->rank = t->shape.rank;
	s->m = s->n = SJ__UNKNOWN;
	if (s->rank < 0)
		return SJ_OK;
	if (s->rank < 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its rank must be at least 2",
		                     call->op->inputs[i].name, sj__shape_text(t));
	memcpy(s->dims, sj__dims(t), (size_t)s->rank * sizeof(*s->dims));
	s->m = s->dims[s->rank - 2];
	s->n = s->dims[s->rank - 1];
	return SJ_OK;
}

static sj_status square_of(const sj__call *call, int i, matrices *s)
{
	sj_status status = matrices_of(call, i, s);
	if (status != SJ_OK || s->m == s->n)
		return status;
	if (s->m != SJ__UNKNOWN && s->n != SJ__UNKNOWN)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; matrices must be square",
		                     call->op->inputs[i].name, sj__shape_text(call->inputs[i]));
	s->m = s->n = s->m == SJ__UNKNOWN ? s->n : s->m;
	if (s->rank >= 0)
		s->dims[s->rank - 2] = s->dims[s->rank - 1] = s->m;
	return SJ_OK;
}

/* Output k: s's batch, then the sizes in `tail`. */
static sj_status batch_out(sj__call *call, int k, const matrices *s, int n_tail, const int64_t *tail)
{
	sj_dtype dtype = (sj_dtype)call->inputs[0]->dtype;
	int64_t dims[SJ_MAX_RANK];
	if (s->rank < 0)
		return sj__out_unknown(call, k, dtype);
	memcpy(dims, s->dims, (size_t)(s->rank - 2) * sizeof(*dims));
	for (int i = 0; i < n_tail; i++)
		dims[s->rank - 2 + i] = tail[i];
	return sj__out(call, k, dtype, s->rank - 2 + n_tail, dims);
}

static sj_status matrix_out(sj__call *call, int k, const matrices *s, int64_t m, int64_t n)
{
	return batch_out(call, k, s, 2, (int64_t[]){m, n});
}

static int64_t smaller_of(const matrices *s)
{
	if (s->m == 0 || s->n == 0)
		return 0;
	return s->m == SJ__UNKNOWN || s->n == SJ__UNKNOWN ? SJ__UNKNOWN : sj__min_i64(s->m, s->n);
}

/* ---- one matrix ---- */

sj_status sj__rule_square_matrix(sj__call *call)
{
	matrices s;
	sj_status status = square_of(call, 0, &s);
	return status == SJ_OK ? matrix_out(call, 0, &s, s.m, s.n) : status;
}

sj_status sj__rule_matrix_determinant(sj__call *call)
{
	matrices s;
	sj_status status = square_of(call, 0, &s);
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++)
		status = batch_out(call, k, &s, 0, NULL);
	return status;
}

sj_status sj__rule_cholesky_grad(sj__call *call)
{
	matrices l, d;
	sj_status status = square_of(call, 0, &l);
	if (status == SJ_OK)
		status = square_of(call, 1, &d);
	if (status != SJ_OK)
		return status;
	bool agree = l.rank < 0 || d.rank < 0 || l.rank == d.rank;
	for (int i = 0; agree && i < l.rank && i < d.rank; i++)
		agree = l.dims[i] == d.dims[i] || l.dims[i] == SJ__UNKNOWN || d.dims[i] == SJ__UNKNOWN;
	if (!agree)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "l has shape %s, grad %s; they must be the same",
		                     sj__shape_text(call->inputs[0]), sj__shape_text(call->inputs[1]));
	return matrix_out(call, 0, &l, l.m, l.n);
}

sj_status sj__rule_lu(sj__call *call)
{
	const sj_lu_args *args = call->args;
	sj_dtype places = args->output_idx_type == SJ_DTYPE_NONE ? SJ_INT32 : args->output_idx_type;
	matrices s;
	if (places != SJ_INT32 && places != SJ_INT64)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "output_idx_type is %s; it must be int32 or int64",
		                     sj_dtype_name(places));
	sj_status status = square_of(call, 0, &s);
	if (status == SJ_OK)
		status = matrix_out(call, 0, &s, s.m, s.n);
	if (status != SJ_OK || s.rank < 0)
		return status == SJ_OK ? sj__out_unknown(call, 1, places) : status;
	return sj__out(call, 1, places, s.rank - 1, s.dims);
}

/* ---- systems ---- */

static sj_status rows_agree(const sj__call *call, const matrices *a, const matrices *b)
{
	if (a->m == b->m || a->m == SJ__UNKNOWN || b->m == SJ__UNKNOWN)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "matrix %s and rhs %s have different numbers of rows",
	                     sj__shape_text(call->inputs[0]), sj__shape_text(call->inputs[1]));
}

/* The batches of two inputs, the same (or broadcast), into a's dimensions; a's rank becomes the result's. */
static sj_status batches_join(const sj__call *call, bool broadcasts, matrices *a, const matrices *b)
{
	if (a->rank < 0 || b->rank < 0) {
		a->rank = broadcasts || b->rank < 0 ? -1 : b->rank;
		if (a->rank >= 0)
			memcpy(a->dims, b->dims, (size_t)b->rank * sizeof(*a->dims));
		return SJ_OK;
	}
	int rank = a->rank > b->rank ? a->rank : b->rank;
	bool fits = broadcasts || a->rank == b->rank;
	int64_t dims[SJ_MAX_RANK];
	for (int i = 0; fits && i < rank - 2; i++) {
		int ia = i - (rank - a->rank), ib = i - (rank - b->rank);
		int64_t da = ia < 0 ? 1 : a->dims[ia], db = ib < 0 ? 1 : b->dims[ib];
		bool a_yields = broadcasts && da == 1;
		bool b_yields = broadcasts && db == 1;
		fits = da == db || da == SJ__UNKNOWN || db == SJ__UNKNOWN || a_yields || b_yields;
		dims[i] = da == db || b_yields ? da : a_yields || da == SJ__UNKNOWN ? db : da;
	}
	if (!fits)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the batches of matrix %s and rhs %s do not go together",
		                     sj__shape_text(call->inputs[0]), sj__shape_text(call->inputs[1]));
	memcpy(a->dims, dims, (size_t)(rank - 2) * sizeof(*dims));
	a->rank = rank;
	return SJ_OK;
}

static sj_status solve_rule(sj__call *call, bool square, bool broadcasts)
{
	matrices a, b;
	sj_status status = square ? square_of(call, 0, &a) : matrices_of(call, 0, &a);
	if (status == SJ_OK)
		status = matrices_of(call, 1, &b);
	if (status == SJ_OK)
		status = rows_agree(call, &a, &b);
	int64_t n = a.n;
	if (status == SJ_OK)
		status = batches_join(call, broadcasts, &a, &b);
	return status == SJ_OK ? matrix_out(call, 0, &a, n, b.n) : status;
}

sj_status sj__rule_matrix_solve(sj__call *call) { return solve_rule(call, true, false); }
sj_status sj__rule_matrix_triangular_solve(sj__call *call) { return solve_rule(call, true, true); }

sj_status sj__rule_matrix_solve_ls(sj__call *call)
{
	const sj_tensor *l2 = call->inputs[2];
	if (l2->shape.rank > 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "l2_regularizer has shape %s; it must be a scalar",
		                     sj__shape_text(l2));
	if (sj__known_value(l2) != NULL && !(*(const double *)l2->data >= 0))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "l2_regularizer is %g; it must be >= 0",
		                     *(const double *)l2->data);
	return solve_rule(call, false, false);
}

/* ---- factors ---- */

sj_status sj__rule_qr(sj__call *call)
{
	const sj_qr_args *args = call->args;
	matrices s;
	sj_status status = matrices_of(call, 0, &s);
	if (status != SJ_OK)
		return status;
	int64_t p = args->full_matrices ? s.m : smaller_of(&s);
	status = matrix_out(call, 0, &s, s.m, p);
	return status == SJ_OK ? matrix_out(call, 1, &s, p, s.n) : status;
}

sj_status sj__rule_svd(sj__call *call)
{
	const sj_svd_args *args = call->args;
	matrices s;
	sj_status status = matrices_of(call, 0, &s);
	if (status != SJ_OK)
		return status;
	int64_t p = smaller_of(&s);
	status = batch_out(call, 0, &s, 1, &p);
	for (int k = 1; status == SJ_OK && k < 3; k++) {
		int64_t size = k == 1 ? s.m : s.n;
		if (sj__svd_compute_uv(args))
			status = matrix_out(call, k, &s, size, args->full_matrices ? size : p);
		else
			status = sj__out(call, k, (sj_dtype)call->inputs[0]->dtype, 1, (int64_t[]){0});
	}
	return status;
}

sj_status sj__rule_self_adjoint_eig(sj__call *call)
{
	matrices s;
	sj_status status = square_of(call, 0, &s);
	if (status == SJ_OK)
		status = batch_out(call, 0, &s, 1, &s.n);
	if (status != SJ_OK)
		return status;
	return sj__self_adjoint_eig_compute_v(call->args)
	               ? matrix_out(call, 1, &s, s.n, s.n)
	               : sj__out(call, 1, (sj_dtype)call->inputs[0]->dtype, 1, (int64_t[]){0});
}

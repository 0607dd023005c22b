/* Shape rules of diagonals and bands. */
#include "ops/array.h"
#include "ops/rules.h"

static bool dims_go(int64_t a, int64_t b) { return a == b || a == SJ__UNKNOWN || b == SJ__UNKNOWN; }

sj_status sj__rule_diag(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int rank = x->shape.rank;
	if (rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	if (rank == 0 || rank > SJ_MAX_RANK / 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has rank %d; it must be in [1, %d]", rank,
		                     SJ_MAX_RANK / 2);
	for (int i = 0; i < 2 * rank; i++)
		dims[i] = sj__dims(x)[i % rank];
	return sj__out(call, 0, (sj_dtype)x->dtype, 2 * rank, dims);
}

sj_status sj__rule_diag_part(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int rank = x->shape.rank, half = rank / 2;
	if (rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	if (rank == 0 || rank % 2 != 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has rank %d; it must be even and positive",
		                     rank);
	for (int i = 0; i < half; i++) {
		int64_t a = sj__dims(x)[i], b = sj__dims(x)[half + i];
		if (!dims_go(a, b))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "the input has shape %s; dimensions %d and %d must be equal",
			                     sj__shape_text(x), i, half + i);
		dims[i] = a == SJ__UNKNOWN ? b : a;
	}
	return sj__out(call, 0, (sj_dtype)x->dtype, half, dims);
}

sj_status sj__rule_matrix_diag(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK + 1];
	int rank = x->shape.rank;
	if (rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	if (rank == 0 || rank == SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the diagonal has rank %d; it must be in [1, %d)", rank,
		                     SJ_MAX_RANK);
	memcpy(dims, sj__dims(x), sizeof(*dims) * (size_t)rank);
	dims[rank] = dims[rank - 1];
	return sj__out(call, 0, (sj_dtype)x->dtype, rank + 1, dims);
}

static sj_status matrix_expected(const sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	if (x->shape.rank < 0 || x->shape.rank >= 2)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has shape %s; it must have at least 2 dimensions",
	                     sj__shape_text(x));
}

static int64_t diagonal_length(const sj_tensor *x)
{
	int64_t m = sj__dims(x)[x->shape.rank - 2], n = sj__dims(x)[x->shape.rank - 1];
	return m == 0 || n == 0 ? 0 : m == SJ__UNKNOWN || n == SJ__UNKNOWN ? SJ__UNKNOWN : sj__min_i64(m, n);
}

sj_status sj__rule_matrix_diag_part(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int rank = x->shape.rank;
	sj_status status = matrix_expected(call);
	if (status != SJ_OK)
		return status;
	if (rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	memcpy(dims, sj__dims(x), sizeof(*dims) * (size_t)rank);
	dims[rank - 2] = diagonal_length(x);
	return sj__out(call, 0, (sj_dtype)x->dtype, rank - 1, dims);
}

sj_status sj__rule_matrix_set_diag(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *d = call->inputs[1];
	int rank = x->shape.rank;
	sj_status status = matrix_expected(call);
	if (status != SJ_OK || rank < 0 || d->shape.rank < 0)
		return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)x->dtype, x) : status;
	bool fits = d->shape.rank == rank - 1 && dims_go(sj__dims(d)[rank - 2], diagonal_length(x));
	for (int i = 0; fits && i < rank - 2; i++)
		fits = dims_go(sj__dims(d)[i], sj__dims(x)[i]);
	if (!fits)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the diagonal has shape %s, which is not that of the diagonals of %s",
		                     sj__shape_text(d), sj__shape_text(x));
	return sj__out_like(call, 0, (sj_dtype)x->dtype, x);
}

sj_status sj__rule_matrix_band_part(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_status status = matrix_expected(call);
	for (int i = 1; status == SJ_OK && i < 3; i++) {
		int64_t count, limit = x->shape.rank >= 0 ? sj__dims(x)[x->shape.rank - 3 + i] : SJ__UNKNOWN;
		bool known;
		status = sj__call_int(call, i, &count, &known);
		if (status == SJ_OK && known && limit != SJ__UNKNOWN && count > limit)
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                       "%s is %lld; it must be negative or at most %lld",
			                       call->op->inputs[i].name, (long long)count, (long long)limit);
	}
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)x->dtype, x) : status;
}

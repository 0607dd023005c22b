/* Shape rules of taking and putting slices that the last dimension of the indices names, and of UnravelIndex. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

sj_status sj__bad_indices_ignored(const sj__call *call, bool *ret_ignored)
{
	const sj_gather_nd_args *args = call->args; /* the same for all of this family */
	const char *policy = args->bad_indices_policy;
	*ret_ignored = policy != NULL && strcmp(policy, "IGNORE") == 0;
	if (policy == NULL || *ret_ignored || policy[0] == 0 || strcmp(policy, "DEFAULT") == 0 ||
	    strcmp(policy, "ERROR") == 0)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT,
	                     "bad_indices_policy is '%.40s'; it must be DEFAULT, ERROR or IGNORE", policy);
}

/* k, the length of the indices' last dimension; -1 when unknown. `of`: the rank of what they index, -1 unknown. */
static sj_status depth_read(const sj__call *call, const sj_tensor *indices, int of, int64_t *ret_k)
{
	bool ignored;
	*ret_k = -1;
	sj_status status = sj__bad_indices_ignored(call, &ignored);
	if (status == SJ_OK && indices->shape.rank == 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "indices is a scalar; it must have at least one dimension");
	if (status != SJ_OK || indices->shape.rank < 0)
		return status;
	*ret_k = sj__dims(indices)[indices->shape.rank - 1];
	if (of >= 0 && *ret_k > of)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the last dimension of indices is %lld, above the rank %d of what it indexes",
		                     (long long)*ret_k, of);
	return SJ_OK;
}

sj_status sj__rule_gather_nd(sj__call *call)
{
	const sj_tensor *params = call->inputs[0], *indices = call->inputs[1];
	int64_t k, dims[2 * SJ_MAX_RANK];
	int rank = 0;
	if (params->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "params is a scalar; it must have at least one dimension");
	sj_status status = depth_read(call, indices, params->shape.rank, &k);
	if (status != SJ_OK)
		return status;
	if (k < 0 || params->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)params->dtype);
	for (int i = 0; i < indices->shape.rank - 1; i++)
		dims[rank++] = sj__dims(indices)[i];
	for (int i = (int)k; i < params->shape.rank; i++)
		dims[rank++] = sj__dims(params)[i];
	if (rank > SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the result has %d dimensions; at most %d are possible",
		                     rank, SJ_MAX_RANK);
	return sj__out(call, 0, (sj_dtype)params->dtype, rank, dims);
}

/* updates must be indices.shape[:-1] + dims[k:]. */
static sj_status updates_fit(const sj__call *call, const sj_tensor *indices, const sj_tensor *updates, int64_t k,
                             int rank, const int64_t *dims)
{
	int n_outer = indices->shape.rank - 1, expected = n_outer + rank - (int)k;
	bool fits = updates->shape.rank < 0 || updates->shape.rank == expected;
	for (int i = 0; fits && i < updates->shape.rank; i++) {
		int64_t want = i < n_outer ? sj__dims(indices)[i] : dims[k + i - n_outer], have = sj__dims(updates)[i];
		fits = want == have || want == SJ__UNKNOWN || have == SJ__UNKNOWN;
	}
	if (fits)
		return SJ_OK;
	return sj__call_fail(
		call, SJ_INVALID_ARGUMENT,
		"updates has shape %s; for indices %s into %s it must be indices.shape[:-1] + shape[%lld:]",
		sj__shape_text(updates), sj__shape_text(indices), sj__dims_text(rank, dims), (long long)k);
}

static sj_status scatter_check(const sj__call *call, const sj_tensor *indices, const sj_tensor *updates, int rank,
                               const int64_t *dims)
{
	int64_t k;
	sj_status status = depth_read(call, indices, rank, &k);
	if (status == SJ_OK && k >= 0 && rank >= 0)
		status = updates_fit(call, indices, updates, k, rank, dims);
	return status;
}

sj_status sj__rule_scatter_nd(sj__call *call)
{
	int64_t dims[SJ_MAX_RANK];
	int rank;
	sj_status status = sj__call_shape_input(call, 2, &rank, dims);
	if (status == SJ_OK)
		status = scatter_check(call, call->inputs[0], call->inputs[1], rank, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[1]->dtype, rank, dims) : status;
}

sj_status sj__rule_tensor_scatter(sj__call *call)
{
	const sj_tensor *t = call->inputs[0];
	sj_status status = scatter_check(call, call->inputs[1], call->inputs[2], t->shape.rank, sj__dims(t));
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)t->dtype, t) : status;
}

sj_status sj__rule_unravel_index(sj__call *call)
{
	const sj_tensor *indices = call->inputs[0], *dims_input = call->inputs[1];
	int64_t dims[SJ_MAX_RANK], out[2], size = 1;
	int rank;
	sj_status status = sj__call_shape_input(call, 1, &rank, dims);
	if (status == SJ_OK && dims_input->shape.rank >= 0 && dims_input->shape.rank != 1)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "dims has shape %s; it must be a vector",
		                       sj__shape_text(dims_input));
	if (status == SJ_OK && indices->shape.rank > 1)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "indices has shape %s; it must be a scalar or a vector",
		                       sj__shape_text(indices));
	for (int i = 0; status == SJ_OK && sj__known_value(dims_input) != NULL && i < rank; i++) {
		if (dims[i] == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dims[%d] is 0; dims must be > 0", i);
		if (!sj__multiply_fits(size, dims[i], &size) || (dims_input->dtype == SJ_INT32 && size > INT32_MAX))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the product of dims %s overflows",
			                     sj__dims_text(rank, dims));
	}
	if (status != SJ_OK)
		return status;
	if (indices->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)indices->dtype);
	out[0] = rank < 0 ? SJ__UNKNOWN : rank;
	out[1] = indices->shape.size;
	return sj__out(call, 0, (sj_dtype)indices->dtype, 1 + indices->shape.rank, out);
}

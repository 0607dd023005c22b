/* Shape rules of the segment reductions. */
#include "ops/array.h"
#include "ops/rules.h"

sj_status sj__rule_segment(sj__call *call)
{
	const sj_tensor *data = call->inputs[0], *ids = call->inputs[1];
	int64_t dims[SJ_MAX_RANK];
	if (ids->shape.rank >= 0 && ids->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "segment_ids has shape %s; it must be a vector",
		                     sj__shape_text(ids));
	if (data->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "data is a scalar; it must have at least one dimension");
	if (data->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)data->dtype);
	memcpy(dims, sj__dims(data), sizeof(*dims) * (size_t)data->shape.rank);
	if (dims[0] != SJ__UNKNOWN && ids->shape.size != SJ__UNKNOWN && dims[0] != ids->shape.size)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "segment_ids has %lld numbers, data %s has %lld rows",
		                     (long long)ids->shape.size, sj__shape_text(data), (long long)dims[0]);
	dims[0] = SJ__UNKNOWN;
	return sj__out(call, 0, (sj_dtype)data->dtype, data->shape.rank, dims);
}

sj_status sj__rule_unsorted_segment(sj__call *call)
{
	const sj_tensor *data = call->inputs[0], *ids = call->inputs[1];
	int64_t dims[SJ_MAX_RANK + 1];
	bool known;
	int rank = data->shape.rank, rank_ids = ids->shape.rank;
	dims[0] = SJ__UNKNOWN;
	sj_status status = sj__call_int(call, 2, &dims[0], &known);
	if (status == SJ_OK && known && dims[0] < 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "num_segments is %lld; it must be >= 0",
		                       (long long)dims[0]);
	if (status != SJ_OK)
		return status;
	if (rank < 0 || rank_ids < 0)
		return sj__out_unknown(call, 0, (sj_dtype)data->dtype);
	for (int i = 0; i < rank_ids; i++) {
		if (i >= rank || (sj__dims(data)[i] != sj__dims(ids)[i] && sj__dims(data)[i] != SJ__UNKNOWN &&
		                  sj__dims(ids)[i] != SJ__UNKNOWN))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "data %s must begin with the shape of segment_ids, %s",
			                     sj__shape_text(data), sj__shape_text(ids));
	}
	for (int i = rank_ids; i < rank; i++)
		dims[1 + i - rank_ids] = sj__dims(data)[i];
	return sj__out(call, 0, (sj_dtype)data->dtype, 1 + rank - rank_ids, dims);
}

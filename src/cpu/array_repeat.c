/* Kernels of repeating and reversing. */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops/array_slice.h"
#include "ops/rules_array.h"
#include "ops_numbers.h"

enum { BYTES_IN_A_CHUNK = 256 * 1024 };

sj_status sj__kernel_tile(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int rank = x->shape.rank, n = 0;
	int64_t dense[SJ_MAX_RANK], dense_y[SJ_MAX_RANK], dims[SJ__COPY_RANK], to[SJ__COPY_RANK], from[SJ__COPY_RANK];
	if (y->shape.size == 0)
		return SJ_OK;
	sj__dense_strides(rank, sj__dims(x), dense);
	sj__dense_strides(rank, sj__dims(y), dense_y);
	for (int i = 0; i < rank; i++) {
		int64_t dim = sj__dims(x)[i];
		dims[n] = sj__dims(y)[i] / dim;
		to[n] = dense_y[i] * dim;
		from[n++] = 0;
		dims[n] = dim;
		to[n] = dense_y[i];
		from[n++] = dense[i];
	}
	sj__strided_copy((sj_dtype)x->dtype, n, dims, y->data, to, x->data, from);
	return SJ_OK;
}

sj_status sj__kernel_reverse(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	bool reversed[SJ_MAX_RANK];
	int64_t to[SJ_MAX_RANK], from[SJ_MAX_RANK], offset = 0;
	sj_status status = sj__reverse_axes(call, reversed);
	if (status != SJ_OK || x->shape.size == 0)
		return status;
	sj__dense_strides(x->shape.rank, sj__dims(x), to);
	for (int i = 0; i < x->shape.rank; i++) {
		from[i] = reversed[i] ? -to[i] : to[i];
		offset += reversed[i] ? (sj__dims(x)[i] - 1) * to[i] : 0;
	}
	sj__strided_copy((sj_dtype)x->dtype, x->shape.rank, sj__dims(x), y->data, to,
	                 (const char *)x->data + offset * (int64_t)sj_dtype_size((sj_dtype)x->dtype), from);
	return SJ_OK;
}

/* One block of the input, which bit i of `parts` says to be the first or the last part of the i-th rolled dimension. */
static void roll_block(const sj_tensor *x, sj_tensor *y, const int64_t *shifts, const int64_t *strides, uint64_t parts)
{
	int64_t dims[SJ_MAX_RANK], to = 0, from = 0, size = (int64_t)sj_dtype_size((sj_dtype)x->dtype);
	for (int i = 0; i < x->shape.rank; i++) {
		int64_t dim = sj__dims(x)[i], shift = shifts[i];
		dims[i] = dim;
		if (shift == 0)
			continue;
		dims[i] = parts & 1 ? shift : dim - shift;
		from += parts & 1 ? (dim - shift) * strides[i] : 0;
		to += parts & 1 ? 0 : shift * strides[i];
		parts >>= 1;
	}
	sj__strided_copy((sj_dtype)x->dtype, x->shape.rank, dims, (char *)y->data + to * size, strides,
	                 (const char *)x->data + from * size, strides);
}

sj_status sj__kernel_roll(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t shifts[SJ_MAX_RANK], strides[SJ_MAX_RANK];
	int n_rolled = 0;
	bool known;
	sj_status status = sj__roll_shifts(call, shifts, &known);
	if (status != SJ_OK || x->shape.size == 0)
		return status;
	for (int i = 0; i < x->shape.rank; i++)
		n_rolled += shifts[i] != 0; /* each has two elements at least: there are no more blocks than elements */
	sj__dense_strides(x->shape.rank, sj__dims(x), strides);
	for (uint64_t parts = 0; parts < (uint64_t)1 << n_rolled; parts++)
		roll_block(x, call->outputs[0], shifts, strides, parts);
	return SJ_OK;
}

/* ---- ReverseSequence ---- */

typedef struct sequence_work {
	sj_dtype dtype;
	const sj_tensor *lengths;
	const char *x;
	char *y;
	int64_t block, block_bytes;    /* elements behind both dimensions */
	int64_t first, middle, second; /* the two dimensions and what lies between */
	bool batch_is_first;
} sequence_work;

/* One unit: a block, numbered (outer, first, middle, second). */
static void sequence_range(void *context, int64_t begin, int64_t end)
{
	const sequence_work *w = context;
	int64_t step_second = 1, step_first = w->middle * w->second;
	for (int64_t unit = begin; unit < end; unit++) {
		int64_t second = unit % w->second, first = unit / step_first % w->first, from = unit;
		int64_t batch = w->batch_is_first ? first : second, place = w->batch_is_first ? second : first;
		int64_t length = sj__index_at(w->lengths, batch);
		if (place < length)
			from += (length - 1 - 2 * place) * (w->batch_is_first ? step_second : step_first);
		sj__elements_copy(w->dtype, w->y + unit * w->block_bytes, w->x + from * w->block_bytes, w->block);
	}
}

sj_status sj__kernel_reverse_sequence(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *lengths = call->inputs[1];
	const sj_reverse_sequence_args *args = call->args;
	int rank = x->shape.rank, seq = (int)(args->seq_dim < 0 ? args->seq_dim + rank : args->seq_dim);
	int batch = (int)(args->batch_dim < 0 ? args->batch_dim + rank : args->batch_dim);
	int low = seq < batch ? seq : batch, high = seq < batch ? batch : seq;
	for (int64_t i = 0; i < lengths->shape.size; i++)
		if (sj__index_at(lengths, i) < 0 || sj__index_at(lengths, i) > sj__dims(x)[seq])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "seq_lengths[%lld] = %lld is outside [0, %lld]",
			                     (long long)i, (long long)sj__index_at(lengths, i),
			                     (long long)sj__dims(x)[seq]);
	if (x->shape.size == 0)
		return SJ_OK;
	sequence_work w = {.dtype = (sj_dtype)x->dtype,
	                   .lengths = lengths,
	                   .x = x->data,
	                   .y = call->outputs[0]->data,
	                   .middle = 1};
	w.block = sj__shape_split(x, high).inner;
	w.block_bytes = w.block * (int64_t)sj_dtype_size(w.dtype);
	w.first = sj__dims(x)[low];
	w.second = sj__dims(x)[high];
	w.batch_is_first = low == batch;
	for (int i = low + 1; i < high; i++)
		w.middle *= sj__dims(x)[i];
	sj__parallel_for(x->shape.size / w.block, sj__max_i64(1, BYTES_IN_A_CHUNK / w.block_bytes), sequence_range, &w);
	return SJ_OK;
}

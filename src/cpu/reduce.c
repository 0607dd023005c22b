/* Reductions: sums and means over any set of axes, accumulated in float64 (floats) or wrapping (integers). */
#include "cpu/kernels.h"
#include "ops/rules.h"

typedef struct reduction {
	int64_t n_out, n_reduced;  /* outputs; inputs summed into each */
	int kept_rank, reduced_rank;
	int64_t kept_dims[SJ_MAX_RANK], kept_strides[SJ_MAX_RANK];
	int64_t reduced_dims[SJ_MAX_RANK], reduced_strides[SJ_MAX_RANK];
} reduction;

static void reduction_plan(reduction *r, const sj_tensor *input, const bool *reduced)
{
	const int64_t *dims = sj__dims(input);
	int64_t stride = 1;
	*r = (reduction){.n_out = 1, .n_reduced = 1};
	for (int i = input->shape.rank - 1; i >= 0; i--) {
		if (reduced[i]) {
			r->reduced_dims[r->reduced_rank] = dims[i];
			r->reduced_strides[r->reduced_rank++] = stride;
			r->n_reduced *= dims[i];
		} else {
			r->kept_dims[r->kept_rank] = dims[i];
			r->kept_strides[r->kept_rank++] = stride;
			r->n_out *= dims[i];
		}
		stride *= dims[i];
	}
}

static int64_t offset_of(int64_t index, int rank, const int64_t *dims, const int64_t *strides)
{
	int64_t offset = 0;
	for (int i = 0; i < rank; i++) {
		offset += index % dims[i] * strides[i];
		index /= dims[i];
	}
	return offset;
}

static void sum_into(const reduction *r, sj_dtype dtype, const void *input, void *output, bool mean)
{
	for (int64_t o = 0; o < r->n_out; o++) {
		int64_t base = offset_of(o, r->kept_rank, r->kept_dims, r->kept_strides);
		double sum = 0;
		int64_t whole = 0;
		for (int64_t i = 0; i < r->n_reduced; i++) {
			int64_t at = base + offset_of(i, r->reduced_rank, r->reduced_dims, r->reduced_strides);
			if (sj_dtype_is_floating(dtype))
				sum += sj__element_as_double(dtype, input, at);
			else
				whole = (int64_t)((uint64_t)whole + (uint64_t)sj__element_as_int64(dtype, input, at));
		}
		if (mean) {
			sum /= (double)r->n_reduced;
			whole = r->n_reduced ? whole / r->n_reduced : 0;
		}
		if (dtype == SJ_FLOAT32)
			((float *)output)[o] = (float)sum;
		else if (dtype == SJ_FLOAT64)
			((double *)output)[o] = sum;
		else
			memcpy((char *)output + o * (int64_t)sj_dtype_size(dtype), &whole, sj_dtype_size(dtype));
	}
}

static sj_status reduce(sj__call *call, bool mean)
{
	const sj_tensor *input = call->inputs[0];
	bool reduced[SJ_MAX_RANK], known;
	reduction r;
	sj_status status = sj__reduce_axes(call, input, call->inputs[1], reduced, &known);
	if (status != SJ_OK)
		return status;
	reduction_plan(&r, input, reduced);
	sum_into(&r, (sj_dtype)input->dtype, input->data, call->outputs[0]->data, mean);
	return SJ_OK;
}

sj_status sj__kernel_reduce_sum(sj__call *call) { return reduce(call, false); }
sj_status sj__kernel_reduce_mean(sj__call *call) { return reduce(call, true); }

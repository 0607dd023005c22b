/* Kernels of diagonals and bands: copies with the stride of a diagonal. No strings. */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"

sj_status sj__kernel_diag(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int64_t n = x->shape.size, to = n + 1, from = 1;
	sj__tensor_clear(y);
	sj__strided_copy((sj_dtype)x->dtype, 1, &n, y->data, &to, x->data, &from);
	return SJ_OK;
}

sj_status sj__kernel_diag_part(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int64_t n = y->shape.size, to = 1, from = n + 1;
	sj__strided_copy((sj_dtype)x->dtype, 1, &n, y->data, &to, x->data, &from);
	return SJ_OK;
}

/* The diagonals of the matrices of one tensor and the rows of the other, either way. */
static void diagonals_copy(const sj_tensor *matrices, const sj_tensor *vectors, char *to, const char *from,
                           bool to_matrices)
{
	int rank = matrices->shape.rank;
	int64_t m = sj__dims(matrices)[rank - 2], n = sj__dims(matrices)[rank - 1], length = sj__min_i64(m, n);
	if (vectors->shape.size == 0)
		return;
	int64_t dims[] = {vectors->shape.size / length, length}, in_matrix[] = {m * n, n + 1},
		in_vector[] = {length, 1};
	sj__strided_copy((sj_dtype)vectors->dtype, 2, dims, to, to_matrices ? in_matrix : in_vector, from,
	                 to_matrices ? in_vector : in_matrix);
}

sj_status sj__kernel_matrix_diag(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	sj__tensor_clear(y);
	diagonals_copy(y, x, y->data, x->data, true);
	return SJ_OK;
}

sj_status sj__kernel_matrix_diag_part(sj__call *call)
{
	diagonals_copy(call->inputs[0], call->outputs[0], call->outputs[0]->data, call->inputs[0]->data, false);
	return SJ_OK;
}

sj_status sj__kernel_matrix_set_diag(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *d = call->inputs[1];
	sj_tensor *y = call->outputs[0];
	sj__tensor_copy(y, x);
	diagonals_copy(y, d, y->data, d->data, true);
	return SJ_OK;
}

sj_status sj__kernel_matrix_band_part(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int64_t lower = 0, upper = 0, m = sj__dims(x)[x->shape.rank - 2], n = sj__dims(x)[x->shape.rank - 1];
	int64_t size = (int64_t)sj_dtype_size((sj_dtype)x->dtype);
	bool known;
	sj_status status = sj__call_int(call, 1, &lower, &known);
	if (status == SJ_OK)
		status = sj__call_int(call, 2, &upper, &known);
	if (status != SJ_OK || x->shape.size == 0)
		return status;
	sj__tensor_clear(y);
	for (int64_t row = 0; row < x->shape.size / n && sj__loop_goes(row * n); row++) {
		int64_t i = row % m, first = lower < 0 ? 0 : sj__min_i64(n, sj__max_i64(0, i - lower));
		int64_t end = upper < 0 ? n : sj__min_i64(n, i + upper + 1), at = (row * n + first) * size;
		if (end > first)
			memcpy((char *)y->data + at, (const char *)x->data + at, (size_t)((end - first) * size));
	}
	return SJ_OK;
}

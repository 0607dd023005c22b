/* The jacobian: one backward walk for each element of the target. */
#include "sokuji/scope.h"
#include "tape/tape.h"
#include "tensor/local.h"

static sj_status row_fill(sj_tape *tape, sj_tensor *target, sj_tensor *source, int64_t row, sj_tensor *jacobian)
{
	size_t size = sj_dtype_size((sj_dtype)source->dtype), n_bytes = (size_t)source->shape.size * size;
	sj_tensor *weight, *gradient = NULL;
	sj_status status = sj__tensor_zeros("sj_jacobian", target, &weight);
	if (status != SJ_OK)
		return status;
	if (weight->dtype == SJ_FLOAT32)
		((float *)weight->data)[row] = 1;
	else
		((double *)weight->data)[row] = 1;
	sj_scope scope = sj_scope_begin();
	status = sj_gradient_of(tape, 1, &target, &weight, 1, &source, &gradient);
	char *place = (char *)jacobian->data + (size_t)row * n_bytes;
	if (status == SJ_OK && gradient != NULL)
		status = sj_tensor_copy_to(gradient, place, n_bytes);
	else
		memset(place, 0, n_bytes);
	sj_scope_end(scope);
	sj__drop(weight);
	return status;
}

static sj_status arguments_are_good(const sj_tape *tape, const sj_tensor *target, const sj_tensor *source)
{
	if (!sj_tensor_is_valid(target) || !sj_tensor_is_valid(source))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_jacobian: the %s is no valid tensor",
		                sj_tensor_is_valid(target) ? "source" : "target");
	if (tape == NULL || !tape->persistent)
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "sj_jacobian: the tape must be persistent; open it with sj_tape_begin_persistent");
	if (target->dtype != source->dtype || (target->dtype != SJ_FLOAT32 && target->dtype != SJ_FLOAT64))
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "sj_jacobian: the target is %s, the source is %s; both must be float32 or both float64",
		                sj_dtype_name((sj_dtype)target->dtype), sj_dtype_name((sj_dtype)source->dtype));
	if (target->shape.rank + source->shape.rank > SJ_MAX_RANK)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_jacobian: ranks %d and %d add up to more than %d",
		                target->shape.rank, source->shape.rank, SJ_MAX_RANK);
	return SJ_OK;
}

sj_tensor *sj_jacobian(sj_tape *tape, sj_tensor *target, sj_tensor *source)
{
	sj__local_now();
	sj_tensor *jacobian = NULL;
	int64_t dims[SJ_MAX_RANK];
	int rank = 0;
	sj_status status = arguments_are_good(tape, target, source);
	if (status == SJ_OK) {
		for (int i = 0; i < target->shape.rank; i++)
			dims[rank++] = sj__dims(target)[i];
		for (int i = 0; i < source->shape.rank; i++)
			dims[rank++] = sj__dims(source)[i];
		status = sj__tensor_make("sj_jacobian", (sj_dtype)source->dtype, rank, dims, &jacobian);
	}
	for (int64_t row = 0; status == SJ_OK && row < target->shape.size; row++)
		status = row_fill(tape, target, source, row, jacobian);
	if (status == SJ_OK)
		return sj_scope_own(jacobian);
	sj__drop(jacobian);
	sj__error_stick(status);
	return &sj__nil_tensor;
}

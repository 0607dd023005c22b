/* Looking at tensors. Invalid handles get neutral answers; a variable answers with its present value. */
#include <math.h>

#include "tensor/local.h"
#include "tensor/slices.h"
#include "tensor/variable.h"

bool sj_tensor_is_valid(const sj_tensor *t) { return sj__is_live(t) && !sj__is_nil(t); }

sj_dtype sj_tensor_dtype(const sj_tensor *t) { return sj_tensor_is_valid(t) ? (sj_dtype)t->dtype : SJ_DTYPE_NONE; }

int sj_tensor_rank(const sj_tensor *t) { return sj_tensor_is_valid(t) ? t->shape.rank : -1; }

int64_t sj_tensor_dim(const sj_tensor *t, int axis)
{
	int rank = sj_tensor_rank(t);
	if (axis < 0)
		axis += rank;
	return axis >= 0 && axis < rank ? sj__dims(t)[axis] : -1;
}

const int64_t *sj_tensor_dims(const sj_tensor *t) { return sj_tensor_rank(t) >= 0 ? sj__dims(t) : NULL; }

int64_t sj_tensor_size(const sj_tensor *t) { return sj_tensor_is_valid(t) ? t->shape.size : -1; }

size_t sj_tensor_bytes(const sj_tensor *t)
{
	return sj_tensor_is_valid(t) && t->shape.size >= 0 ? (size_t)t->shape.size * sj__dtype_size(t->dtype) : 0;
}

/* The handle whose bytes are meant: a variable's present value, the dense form of slices, else the tensor; NULL when there are no bytes. */
static const sj_tensor *with_bytes(const sj_tensor *t)
{
	if (!sj_tensor_is_valid(t))
		return NULL;
	if (t->flags & SJ__FLAG_VARIABLE)
		t = t->variable->value;
	else if (t->flags & SJ__FLAG_SLICES)
		t = sj__slices_dense_kept(t);
	return t != NULL && t->data != NULL ? t : NULL;
}

const void *sj_tensor_data(const sj_tensor *t)
{
	const sj_tensor *value = with_bytes(t);
	return value ? value->data : NULL;
}

static sj_status SJ_COLD no_bytes(const char *who, const sj_tensor *t)
{
	if (t != NULL && sj_tensor_is_valid(t) && t->flags & SJ__FLAG_VARIABLE)
		return sj__fail(SJ_FAILED_PRECONDITION, "%s: the variable '%s' has no value yet; assign it first", who,
		                sj_variable_name(t));
	if (t != NULL && sj_tensor_is_valid(t) && t->flags & SJ__FLAG_SLICES)
		return SJ_RESOURCE_EXHAUSTED; /* sj__slices_dense has said it */
	return sj__fail(SJ_INVALID_ARGUMENT, "%s: the tensor is %s", who,
	                t == NULL                         ? "NULL"
	                : sj__is_live(t) && sj__is_nil(t) ? "nil (an operation before failed)"
	                                                  : "not valid (released?)");
}

double sj_tensor_item(const sj_tensor *t, int64_t index)
{
	const sj_tensor *value = with_bytes(t);
	sj_status status = SJ_OK;
	if (value == NULL)
		status = no_bytes("sj_tensor_item", t);
	else if (value->dtype == SJ_STRING)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_item: a string is no number; use sj_tensor_string");
	else if (index < 0 || index >= value->shape.size)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_item: index %lld is outside [0, %lld) of shape %s",
		                  (long long)index, (long long)value->shape.size, sj__shape_text(value));
	if (status == SJ_OK)
		return sj__element_as_double((sj_dtype)value->dtype, value->data, index);
	sj__error_stick(status);
	return (double)NAN;
}

double sj_item(const sj_tensor *t)
{
	if (sj_tensor_is_valid(t) && t->shape.size != 1) {
		sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT,
		                         "sj_item: the tensor has shape %s; only a tensor of one element is one number",
		                         sj__shape_text(t)));
		return (double)NAN;
	}
	return sj_tensor_item(t, 0);
}

const char *sj_tensor_string(const sj_tensor *t, int64_t index, size_t *ret_length)
{
	const sj_tensor *value = with_bytes(t);
	sj_status status = SJ_OK;
	if (value == NULL)
		status = no_bytes("sj_tensor_string", t);
	else if (value->dtype != SJ_STRING)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_string: the tensor is %s, not string",
		                  sj_dtype_name((sj_dtype)value->dtype));
	else if (index < 0 || index >= value->shape.size)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_string: index %lld is outside [0, %lld)",
		                  (long long)index, (long long)value->shape.size);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return NULL;
	}
	const sj__string *element = (const sj__string *)value->data + index;
	if (ret_length != NULL)
		*ret_length = (size_t)element->length;
	return sj__string_bytes(element);
}

sj_status sj_tensor_copy_to(const sj_tensor *t, void *data, size_t n_bytes)
{
	const sj_tensor *value = with_bytes(t);
	sj_status status = SJ_OK;
	if (value == NULL)
		status = no_bytes("sj_tensor_copy_to", t);
	else if (value->dtype == SJ_STRING)
		status = sj__fail(SJ_INVALID_ARGUMENT,
		                  "sj_tensor_copy_to: strings cannot be copied as bytes; use sj_tensor_string");
	else if (n_bytes != sj_tensor_bytes(value) || (data == NULL && n_bytes > 0))
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_copy_to: %zu bytes at %s for a tensor of %zu bytes",
		                  n_bytes, data ? "data" : "NULL", sj_tensor_bytes(value));
	if (status != SJ_OK) {
		sj__error_stick(status);
		return status;
	}
	if (n_bytes > 0)
		memcpy(data, value->data, n_bytes);
	return SJ_OK;
}

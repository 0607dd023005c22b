/* Making tensors from C data. Each function validates everything before it allocates. */
#include <math.h>

#include "tensor/local.h"

/* What every function of the pleasant face ends with: a new reference for the scope, or nil and a sticky error. */
static sj_tensor *result(sj_status status, sj_tensor *t)
{
	if (SJ_LIKELY(status == SJ_OK))
		return sj__scope_push(t);
	sj__error_stick(status);
	return &sj__nil_tensor;
}

static sj_status list_is_good(const char *who, sj_ints list)
{
	if (list.count < 0 || list.count > SJ_MAX_RANK)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: rank %lld is outside [0, %d]", who, (long long)list.count,
		                SJ_MAX_RANK);
	if (list.count > 0 && list.data == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the shape is NULL", who);
	return SJ_OK;
}

static sj_status tensor_new(sj_dtype dtype, sj_ints shape, const void *data, size_t n_bytes, sj_tensor **ret_tensor)
{
	sj_tensor *t;
	if (dtype == SJ_STRING || dtype == SJ_RESOURCE || dtype == SJ_VARIANT)
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "sj_tensor_new: %s elements cannot be copied from bytes; use sj_strings_new",
		                sj_dtype_name(dtype));
	sj_status status = list_is_good("sj_tensor_new", shape);
	if (status == SJ_OK)
		status = sj__tensor_new("sj_tensor_new", dtype, (int)shape.count, shape.data, &t);
	if (status != SJ_OK)
		return status;
	size_t expected = (size_t)t->shape.size * sj_dtype_size(dtype);
	if (n_bytes != expected || (data == NULL && n_bytes > 0)) {
		status = sj__fail(SJ_INVALID_ARGUMENT,
		                  "sj_tensor_new: %zu bytes given at %s for a %s tensor of shape %s, which has %zu",
		                  n_bytes, data ? "data" : "NULL", sj_dtype_name(dtype), sj__shape_text(t), expected);
	} else {
		status = sj__tensor_allocate(t);
	}
	if (status != SJ_OK) {
		sj__drop(t);
		return status;
	}
	if (dtype == SJ_BOOL) /* kernels rely on 0 and 1 */
		for (size_t i = 0; i < n_bytes; i++)
			((uint8_t *)t->data)[i] = ((const uint8_t *)data)[i] != 0;
	else if (n_bytes > 0)
		memcpy(t->data, data, n_bytes);
	*ret_tensor = t;
	return SJ_OK;
}

sj_tensor *sj_tensor_new(sj_dtype dtype, sj_ints shape, const void *data, size_t n_bytes)
{
	sj__local_now();
	sj_tensor *t = NULL;
	sj_status status = tensor_new(dtype, shape, data, n_bytes, &t);
	return result(status, t);
}

/* The lowest and highest whole number that each integer dtype holds, as doubles that compare exactly. */
static bool integer_range(sj_dtype dtype, double *low, double *below)
{
	switch (dtype) {
	case SJ_INT8:
	case SJ_QINT8: *low = -128, *below = 128; return true;
	case SJ_INT16:
	case SJ_QINT16: *low = -32768, *below = 32768; return true;
	case SJ_INT32:
	case SJ_QINT32: *low = -2147483648.0, *below = 2147483648.0; return true;
	case SJ_INT64: *low = -9223372036854775808.0, *below = 9223372036854775808.0; return true;
	case SJ_UINT8:
	case SJ_QUINT8: *low = 0, *below = 256; return true;
	case SJ_UINT16:
	case SJ_QUINT16: *low = 0, *below = 65536; return true;
	case SJ_UINT32: *low = 0, *below = 4294967296.0; return true;
	case SJ_UINT64: *low = 0, *below = 18446744073709551616.0; return true;
	case SJ_BOOL: *low = 0, *below = 2; return true;
	default: return false;
	}
}

static uint16_t half_from_float(float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
	if (magnitude > 0x7f800000)
		return (uint16_t)(sign | 0x7e00);
	if (magnitude >= 0x477ff000) /* rounds to 65536 or more */
		return (uint16_t)(sign | 0x7c00);
	if (magnitude < 0x38800000) { /* a half denormal: a multiple of 2^-24, rounded half to even */
		float scaled = (float)fabs((double)value) * 16777216.0f;
		return (uint16_t)(sign | (uint32_t)rint((double)scaled));
	}
	uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
	return (uint16_t)(sign | (rounded - 0x38000000) >> 13);
}

static void bytes_from_double(sj_dtype dtype, double value, void *data)
{
	float single = (float)value;
	uint32_t bits;
	switch (dtype) {
	case SJ_FLOAT32: memcpy(data, &single, 4); return;
	case SJ_FLOAT64: memcpy(data, &value, 8); return;
	case SJ_COMPLEX64: memcpy(data, (float[]){single, 0}, 8); return;
	case SJ_COMPLEX128: memcpy(data, (double[]){value, 0}, 16); return;
	case SJ_FLOAT16: memcpy(data, (uint16_t[]){half_from_float(single)}, 2); return;
	case SJ_BFLOAT16:
		memcpy(&bits, &single, 4);
		bits = isnan(single) ? 0x7fc00000 : bits + 0x7fff + (bits >> 16 & 1);
		memcpy(data, (uint16_t[]){(uint16_t)(bits >> 16)}, 2);
		return;
	case SJ_UINT64: memcpy(data, (uint64_t[]){(uint64_t)value}, 8); return;
	default: {
		int64_t whole = (int64_t)value; /* little-endian: the low bytes come first */
		memcpy(data, &whole, sj_dtype_size(dtype));
	}
	}
}

static sj_status scalar(sj_dtype dtype, double value, sj_tensor **ret_tensor)
{
	double low, below;
	if (dtype == SJ_STRING || dtype == SJ_RESOURCE || dtype == SJ_VARIANT)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_scalar: a number cannot be a %s; use sj_string_new",
		                sj_dtype_name(dtype));
	if (integer_range(dtype, &low, &below) && !(value >= low && value < below && value == floor(value)))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_scalar: %g is no %s value; give a whole number in [%g, %g)",
		                value, sj_dtype_name(dtype), low, below);
	sj_status status = sj__tensor_make("sj_scalar", dtype, 0, NULL, ret_tensor);
	if (status == SJ_OK)
		bytes_from_double(dtype, value, (*ret_tensor)->data);
	return status;
}

sj_tensor *sj_scalar(sj_dtype dtype, double value)
{
	sj__local_now();
	sj_tensor *t = NULL;
	sj_status status = scalar(dtype, value, &t);
	return result(status, t);
}

static sj_tensor *scalar_of_bytes(sj_dtype dtype, const void *bytes)
{
	sj__local_now();
	sj_tensor *t = NULL;
	sj_status status = sj__tensor_make("scalar", dtype, 0, NULL, &t);
	if (status == SJ_OK)
		memcpy(t->data, bytes, sj_dtype_size(dtype));
	return result(status, t);
}

sj_tensor *sj_float(float value) { return scalar_of_bytes(SJ_FLOAT32, &value); }
sj_tensor *sj_int(int32_t value) { return scalar_of_bytes(SJ_INT32, &value); }
sj_tensor *sj_scalar_i64(int64_t value) { return scalar_of_bytes(SJ_INT64, &value); }
sj_tensor *sj_scalar_bool(bool value) { return scalar_of_bytes(SJ_BOOL, &value); }

static sj_status strings_new(sj_ints shape, const char *const *strings, const size_t *lengths, int64_t count,
                             sj_tensor **ret_tensor)
{
	sj_tensor *t;
	sj_status status = list_is_good("sj_strings_new", shape);
	if (status == SJ_OK)
		status = sj__tensor_new("sj_strings_new", SJ_STRING, (int)shape.count, shape.data, &t);
	if (status != SJ_OK)
		return status;
	if (t->shape.size != count || (count > 0 && strings == NULL))
		status = sj__fail(SJ_INVALID_ARGUMENT,
		                  "sj_strings_new: %lld strings given at %s for shape %s, which has %lld elements",
		                  (long long)count, strings ? "strings" : "NULL", sj__shape_text(t),
		                  (long long)t->shape.size);
	if (status == SJ_OK)
		status = sj__tensor_allocate(t);
	for (int64_t i = 0; status == SJ_OK && i < count; i++) {
		if (strings[i] == NULL)
			status = sj__fail(SJ_INVALID_ARGUMENT, "sj_strings_new: string %lld is NULL", (long long)i);
		else
			status = sj__string_set((sj__string *)t->data + i, strings[i],
			                        (int64_t)(lengths ? lengths[i] : strlen(strings[i])));
	}
	if (status != SJ_OK) {
		sj__drop(t);
		return status;
	}
	*ret_tensor = t;
	return SJ_OK;
}

sj_tensor *sj_strings_new(sj_ints shape, const char *const *strings, const size_t *lengths, int64_t count)
{
	sj__local_now();
	sj_tensor *t = NULL;
	sj_status status = strings_new(shape, strings, lengths, count, &t);
	return result(status, t);
}

sj_tensor *sj_string_new_n(const void *bytes, size_t length)
{
	const char *string = bytes;
	return sj_strings_new(SJ_SCALAR_SHAPE, &string, &length, 1);
}

sj_tensor *sj_string_new(const char *text) { return sj_strings_new(SJ_SCALAR_SHAPE, &text, NULL, 1); }

/* Kernels between strings and numbers. Numbers are read and written as in the C locale. */
#include <stdio.h>

#include "base/decimal.h"
#include "base/text.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/string.h"
#include "ops_numbers.h"

/* ---- reading ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* [+-]0x and at most 13 digits, which a float64 holds exactly. */
static bool hex_parse(const char *bytes, int64_t length, double *ret_value)
{
	bool is_signed = length > 0 && (*bytes == '-' || *bytes == '+'), is_negative = is_signed && *bytes == '-';
	double value = 0;
	bytes += is_signed;
	length -= is_signed;
	if (length < 3 || length > 15 || bytes[0] != '0' || (bytes[1] | 0x20) != 'x')
		return false;
	for (int64_t i = 2; i < length; i++) {
		if (hex_digit(bytes[i]) < 0)
			return false;
		value = value * 16 + hex_digit(bytes[i]);
	}
	*ret_value = is_negative ? -value : value;
	return true;
}

static bool float32_parse(const char *bytes, int64_t length, float *ret_value)
{
	double wide;
	if (sj__parse_float(bytes, length, ret_value))
		return true;
	if (!hex_parse(bytes, length, &wide))
		return false;
	*ret_value = (float)wide;
	return true;
}

bool sj__number_parse(const char *bytes, int64_t length, sj_dtype dtype, void *data, int64_t index)
{
	int64_t whole;
	sj__strip(&bytes, &length);
	if (dtype == SJ_FLOAT32)
		return float32_parse(bytes, length, (float *)data + index);
	if (dtype == SJ_FLOAT64)
		return sj__parse_double(bytes, length, (double *)data + index) ||
		       hex_parse(bytes, length, (double *)data + index);
	if (!sj__parse_int64(bytes, length, &whole) || (dtype == SJ_INT32 && (whole < INT32_MIN || whole > INT32_MAX)))
		return false;
	if (dtype == SJ_INT32)
		((int32_t *)data)[index] = (int32_t)whole;
	else
		((int64_t *)data)[index] = whole;
	return true;
}

sj_status sj__kernel_string_to_number(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	for (int64_t i = 0; i < x->shape.size; i++) {
		const sj__string *s = sj__strings(x) + i;
		sj_status status = sj__loop_step(i);
		if (status != SJ_OK)
			return status;
		if (!sj__number_parse(sj__string_bytes(s), s->length, (sj_dtype)y->dtype, y->data, i))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "string %lld, '%.*s', is no %s", (long long)i,
			                     (int)sj__min_i64(s->length, 100), sj__string_bytes(s),
			                     sj_dtype_name((sj_dtype)y->dtype));
	}
	return SJ_OK;
}

/* ---- writing ---- */

/* %[fill][width][.precision] and what stands for the kind of number. The parts were checked by the rule. */
static void format_make(const sj_as_string_args *args, const char *conversion, char format[64])
{
	int64_t width = sj__as_string_width(args), precision = sj__as_string_precision(args);
	int n = 0;
	format[n++] = '%';
	if (width >= 0)
		n += snprintf(format + n, 32, "%s%d", args->fill != NULL ? args->fill : "", (int)width);
	if (precision >= 0)
		n += snprintf(format + n, 32, ".%d", (int)precision);
	strcpy(format + n, conversion);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static sj_status number_append(sj__text *text, const char *format, const sj_tensor *x, int64_t i)
{
	sj_dtype dtype = (sj_dtype)x->dtype;
	if (dtype == SJ_UINT64)
		return sj__text_append(text, format, (unsigned long long)((const uint64_t *)x->data)[i]);
	if (sj_dtype_is_integer(dtype))
		return sj__text_append(text, format, (long long)sj__element_as_int64(dtype, x->data, i));
	return sj__text_append(text, format, sj__element_as_double(dtype, x->data, i));
}

static sj_status complex_append(sj__text *text, const char *format, const sj_tensor *x, int64_t i)
{
	bool is_wide = x->dtype == SJ_COMPLEX128;
	double real = sj__element_as_double((sj_dtype)x->dtype, x->data, i);
	double imaginary = is_wide ? ((const double *)x->data)[2 * i + 1] : (double)((const float *)x->data)[2 * i + 1];
	sj__text_append_string(text, "(");
	sj__text_append(text, format, real);
	sj__text_append_string(text, ",");
	sj__text_append(text, format, imaginary);
	return sj__text_append_string(text, ")");
}
#pragma GCC diagnostic pop

sj_status sj__kernel_as_string(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	const sj_as_string_args *args = call->args;
	sj_dtype dtype = (sj_dtype)x->dtype;
	char format[64];
	format_make(args,
	            dtype == SJ_UINT64           ? "llu"
	            : sj_dtype_is_integer(dtype) ? "lld"
	            : args->scientific           ? "e"
	            : args->shortest             ? "g"
	                                         : "f",
	            format);
	sj__text text = {0};
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && (status = sj__loop_step(i)) == SJ_OK && i < x->shape.size; i++) {
		sj__text_clear(&text);
		if (dtype == SJ_BOOL)
			status = sj__text_append_string(&text, ((const uint8_t *)x->data)[i] ? "true" : "false");
		else if (dtype == SJ_COMPLEX64 || dtype == SJ_COMPLEX128)
			status = complex_append(&text, format, x, i);
		else
			status = number_append(&text, format, x, i);
		if (status == SJ_OK)
			status = sj__string_set(sj__strings_out(y) + i, sj__text_string(&text), text.length);
	}
	sj__text_release(&text);
	return status;
}

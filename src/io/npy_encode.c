/* Writing the .npy format: version 1.0, C order, little-endian. The header is padded so that the elements begin at a multiple of 64. */
#include <string.h>

#include "base/text.h"
#include "io/npy.h"

static const char *type_text(const sj_tensor *t)
{
	switch ((sj_dtype)t->dtype) {
	case SJ_BOOL: return "|b1";
	case SJ_INT8: return "|i1";
	case SJ_UINT8: return "|u1";
	case SJ_INT16: return "<i2";
	case SJ_INT32: return "<i4";
	case SJ_INT64: return "<i8";
	case SJ_UINT16: return "<u2";
	case SJ_UINT32: return "<u4";
	case SJ_UINT64: return "<u8";
	case SJ_FLOAT16: return "<f2";
	case SJ_FLOAT32: return "<f4";
	case SJ_FLOAT64: return "<f8";
	case SJ_COMPLEX64: return "<c8";
	case SJ_COMPLEX128: return "<c16";
	case SJ_BFLOAT16: return "<V2";
	case SJ_STRING: return "|S";
	default: return NULL;
	}
}

/* Bytes of an element in the file; of strings the longest one's, at least 1. */
static int64_t item_bytes_of(const sj_tensor *t)
{
	const sj__string *strings = t->data;
	int64_t most = 1;
	if (t->dtype != SJ_STRING)
		return (int64_t)sj__dtype_size(t->dtype);
	for (int64_t i = 0; i < t->shape.size; i++)
		most = sj__max_i64(most, strings[i].length);
	return most;
}

static sj_status header_write(const sj_tensor *t, sj__text *text)
{
	sj__text_append_bytes(text, "\x93NUMPY\x01\x00\x00\x00", 10);
	sj__text_append(text, "{'descr': '%s", type_text(t));
	if (t->dtype == SJ_STRING)
		sj__text_append(text, "%lld", (long long)item_bytes_of(t));
	sj__text_append_string(text, "', 'fortran_order': False, 'shape': (");
	for (int i = 0; i < t->shape.rank; i++)
		sj__text_append(text, i == 0 ? "%lld," : i == 1 ? " %lld" : ", %lld", (long long)sj__dims(t)[i]);
	sj__text_append_string(text, "), }");
	while (text->status == SJ_OK && text->length % 64 != 63)
		sj__text_append_string(text, " ");
	sj__text_append_string(text, "\n");
	if (text->status != SJ_OK)
		return text->status;
	text->bytes[8] = (char)((text->length - 10) & 255);
	text->bytes[9] = (char)((text->length - 10) >> 8);
	return SJ_OK;
}

static sj_status strings_check(const sj_tensor *t)
{
	const sj__string *strings = t->data;
	for (int64_t i = 0; i < t->shape.size; i++)
		if (strings[i].length > 0 && sj__string_bytes(&strings[i])[strings[i].length - 1] == 0)
			return sj__fail(
				SJ_INVALID_ARGUMENT,
				"string %lld ends with a 0 byte, which NumPy's 'S' cannot hold; cut it or store its bytes as uint8",
				(long long)i);
	return SJ_OK;
}

sj_status sj__npy_encoded_size(const sj_tensor *t, int64_t *ret_n)
{
	sj__text header = {0};
	int64_t n_data = 0;
	if (type_text(t) == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "NumPy has no %s elements; cast them first",
		                sj_dtype_name((sj_dtype)t->dtype));
	sj_status status = t->dtype == SJ_STRING ? strings_check(t) : SJ_OK;
	if (status == SJ_OK)
		status = header_write(t, &header);
	if (status == SJ_OK &&
	    (!sj__multiply_fits(item_bytes_of(t), t->shape.size, &n_data) || n_data > INT64_MAX - 65536))
		status = sj__fail(SJ_INVALID_ARGUMENT, "%lld strings padded to %lld bytes each are too many",
		                  (long long)t->shape.size, (long long)item_bytes_of(t));
	if (status == SJ_OK)
		*ret_n = header.length + n_data;
	sj__text_release(&header);
	return status;
}

static sj_status padding_encode(int64_t n, sj__sink *sink, void *context)
{
	static const uint8_t zeros[4096];
	sj_status status = SJ_OK;
	for (; status == SJ_OK && n > 0; n -= (int64_t)sizeof(zeros))
		status = sink(context, zeros, sj__min_i64(n, sizeof(zeros)));
	return status;
}

static sj_status strings_encode(const sj_tensor *t, sj__sink *sink, void *context)
{
	const sj__string *strings = t->data;
	int64_t item_bytes = item_bytes_of(t);
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < t->shape.size; i++) {
		status = sink(context, sj__string_bytes(&strings[i]), strings[i].length);
		if (status == SJ_OK)
			status = padding_encode(item_bytes - strings[i].length, sink, context);
	}
	return status;
}

sj_status sj__npy_encode(const sj_tensor *t, sj__sink *sink, void *context)
{
	sj__text header = {0};
	sj_status status = header_write(t, &header);
	if (status == SJ_OK)
		status = sink(context, header.bytes, header.length);
	sj__text_release(&header);
	if (status != SJ_OK)
		return status;
	if (t->dtype == SJ_STRING)
		return strings_encode(t, sink, context);
	return sink(context, t->data, t->shape.size * (int64_t)sj__dtype_size(t->dtype));
}

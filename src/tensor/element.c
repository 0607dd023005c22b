/* Elements: copying them by dtype, reading one as a number, and the counted blobs of strings. */
#include <math.h>

#include "base/memory.h"
#include "tensor/tensor.h"

sj_status sj__string_set(sj__string *element, const void *bytes, int64_t length)
{
	element->blob = NULL;
	element->length = 0;
	if (length == 0)
		return SJ_OK;
	struct sj__blob *blob = sj__memory_new(sizeof(struct sj__blob) + (size_t)length + 1);
	if (blob == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	blob->refs = 1;
	memcpy(blob->bytes, bytes, (size_t)length);
	blob->bytes[length] = 0;
	element->blob = blob;
	element->length = length;
	return SJ_OK;
}

void sj__string_share(sj__string *element, const sj__string *source)
{
	*element = *source;
	if (element->blob != NULL)
		sj__count_up(&element->blob->refs);
}

void sj__string_clear(sj__string *element)
{
	if (element->blob != NULL && sj__count_down(&element->blob->refs))
		sj__memory_free(element->blob);
	element->blob = NULL;
	element->length = 0;
}

void sj__elements_copy(sj_dtype dtype, void *destination, const void *source, int64_t n)
{
	if (SJ_LIKELY(dtype != SJ_STRING)) {
		if (n > 0)
			memcpy(destination, source, (size_t)n * sj_dtype_size(dtype));
		return;
	}
	for (int64_t i = 0; i < n; i++)
		sj__string_share((sj__string *)destination + i, (const sj__string *)source + i);
}

/* IEEE half to float, exact. */
static double half_as_double(uint16_t bits)
{
	int exponent = bits >> 10 & 31, fraction = bits & 1023;
	double magnitude = exponent == 31  ? (fraction ? (double)NAN : (double)INFINITY)
	                   : exponent == 0 ? ldexp(fraction, -24)
	                                   : ldexp(fraction + 1024, exponent - 25);
	return bits & 0x8000 ? -magnitude : magnitude;
}

static double bfloat16_as_double(uint16_t bits)
{
	uint32_t wide = (uint32_t)bits << 16;
	float value;
	memcpy(&value, &wide, sizeof(value));
	return value;
}

double sj__element_as_double(sj_dtype dtype, const void *data, int64_t i)
{
	switch (dtype) {
	case SJ_FLOAT32: return ((const float *)data)[i];
	case SJ_FLOAT64: return ((const double *)data)[i];
	case SJ_FLOAT16: return half_as_double(((const uint16_t *)data)[i]);
	case SJ_BFLOAT16: return bfloat16_as_double(((const uint16_t *)data)[i]);
	case SJ_COMPLEX64: return ((const float *)data)[2 * i];
	case SJ_COMPLEX128: return ((const double *)data)[2 * i];
	case SJ_UINT64: return (double)((const uint64_t *)data)[i];
	case SJ_STRING:
	case SJ_RESOURCE:
	case SJ_VARIANT:
	case SJ_DTYPE_NONE: return NAN;
	default: return (double)sj__element_as_int64(dtype, data, i);
	}
}

int64_t sj__element_as_int64(sj_dtype dtype, const void *data, int64_t i)
{
	switch (dtype) {
	case SJ_INT8:
	case SJ_QINT8: return ((const int8_t *)data)[i];
	case SJ_INT16:
	case SJ_QINT16: return ((const int16_t *)data)[i];
	case SJ_INT32:
	case SJ_QINT32: return ((const int32_t *)data)[i];
	case SJ_INT64: return ((const int64_t *)data)[i];
	case SJ_UINT8:
	case SJ_QUINT8: return ((const uint8_t *)data)[i];
	case SJ_UINT16:
	case SJ_QUINT16: return ((const uint16_t *)data)[i];
	case SJ_UINT32: return ((const uint32_t *)data)[i];
	case SJ_UINT64: return (int64_t)((const uint64_t *)data)[i];
	case SJ_BOOL: return ((const uint8_t *)data)[i] != 0;
	default: {
		double value = sj__element_as_double(dtype, data, i);
		if (!(value > -9.3e18 && value < 9.3e18))
			return value > 0 ? INT64_MAX : INT64_MIN;
		return value >= 9223372036854775808.0    ? INT64_MAX
		       : value <= -9223372036854775808.0 ? INT64_MIN
		                                         : (int64_t)value;
	}
	}
}

/* Order-keeping keys. Floating numbers: the bits, with negative ones turned around. */
#include "cpu/array_keys.h"

#include "base/threads.h"
#include "cpu/array_half.h"

#define TOP ((uint64_t)1 << 63)

static SJ_ALWAYS_INLINE uint64_t key_of_double(double value)
{
	uint64_t bits;
	if (value != value)
		return 0;
	value += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &value, sizeof(bits));
	return bits & TOP ? ~bits : bits | TOP;
}

/* float32's own bits: denormals stay different from 0 whatever the processor's mode. */
static SJ_ALWAYS_INLINE uint64_t key_of_float(float value)
{
	uint32_t bits = sj__float_bits(value);
	if ((bits & 0x7fffffff) > 0x7f800000)
		return 0;
	if (bits == 0x80000000)
		bits = 0;
	return bits & 0x80000000 ? (uint32_t)~bits : (uint64_t)bits | 0x80000000;
}

#define KEYS(T, expression) \
	for (int64_t i = 0; i < n; i++) { \
		T v = ((const T *)data)[i]; \
		ret_keys[i] = (expression); \
	} \
	return;

static void keys_of(sj_dtype dtype, const void *data, int64_t n, uint64_t *ret_keys)
{
	switch (dtype) {
	case SJ_FLOAT32: KEYS(float, key_of_float(v))
	case SJ_FLOAT64: KEYS(double, key_of_double(v))
	case SJ_FLOAT16: KEYS(uint16_t, key_of_float(sj__half_to_float(v)))
	case SJ_BFLOAT16: KEYS(uint16_t, key_of_float(sj__bfloat16_to_float(v)))
	case SJ_INT8: KEYS(int8_t, (uint64_t)(int64_t)v ^ TOP)
	case SJ_INT16: KEYS(int16_t, (uint64_t)(int64_t)v ^ TOP)
	case SJ_INT32: KEYS(int32_t, (uint64_t)(int64_t)v ^ TOP)
	case SJ_INT64: KEYS(int64_t, (uint64_t)v ^ TOP)
	case SJ_UINT16: KEYS(uint16_t, v)
	case SJ_UINT32: KEYS(uint32_t, v)
	case SJ_UINT64: KEYS(uint64_t, v)
	default: KEYS(uint8_t, v)
	}
}

void sj__keys_of(sj_dtype dtype, const void *data, int64_t n, uint64_t *ret_keys)
{
	enum { AT_ONCE = 65536 };
	for (int64_t at = 0; at < n && !sj__cancelled(); at += AT_ONCE)
		keys_of(dtype, (const char *)data + at * (int64_t)sj_dtype_size(dtype), sj__min_i64(n - at, AT_ONCE),
		        ret_keys + at);
}

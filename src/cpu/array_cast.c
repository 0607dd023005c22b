/*
 * Cast and CheckNumerics. The common pairs of dtypes have loops of their own; all others go in two steps, through int64,
 * uint64 or double, which hold every value of their class. Floating to integer saturates, and NaN gives 0, on every machine.
 */
#include <math.h>

#include "base/threads.h"
#include "cpu/array_half.h"
#include "cpu/kernels.h"
#include "ops_numbers.h"

enum { WIDE = 512, ELEMENTS_IN_A_CHUNK = 32768, DTYPES = 24 };

typedef void convert_function(int64_t n, const void *x, void *y);

#define LOOP(name, X, Y, expression) \
	static void name(int64_t n, const void *x_, void *y_) \
	{ \
		const X *restrict x = x_; \
		Y *restrict y = y_; \
		for (int64_t i = 0; i < n; i++) { \
			const X v = x[i]; \
			y[i] = (Y)(expression); \
		} \
	}

/* ---- floating to integer: saturating ---- */

#define SATURATE(v, low, high, T, min, max) ((v) != (v) ? (T)0 : (v) < (low) ? (min) : (v) >= (high) ? (max) : (T)(v))
#define TO_I8(v) SATURATE(v, -128, 128, int8_t, INT8_MIN, INT8_MAX)
#define TO_I16(v) SATURATE(v, -32768, 32768, int16_t, INT16_MIN, INT16_MAX)
#define TO_I32(v) SATURATE(v, -0x1p31f, 0x1p31f, int32_t, INT32_MIN, INT32_MAX)
#define TO_I64(v) SATURATE(v, -0x1p63f, 0x1p63f, int64_t, INT64_MIN, INT64_MAX)
#define TO_U8(v) SATURATE(v, 0, 256, uint8_t, 0, UINT8_MAX)
#define TO_U16(v) SATURATE(v, 0, 65536, uint16_t, 0, UINT16_MAX)
#define TO_U32(v) SATURATE(v, 0, 0x1p32f, uint32_t, 0, UINT32_MAX)
#define TO_U64(v) SATURATE(v, 0, 0x1p64f, uint64_t, 0, UINT64_MAX)

/* ---- to the wide dtype of the class ---- */

enum class { SIGNED, UNSIGNED, FLOATING };

LOOP(load_i8, int8_t, int64_t, v)
LOOP(load_i16, int16_t, int64_t, v)
LOOP(load_i32, int32_t, int64_t, v)
LOOP(load_i64, int64_t, int64_t, v)
LOOP(load_u8, uint8_t, int64_t, v)
LOOP(load_u16, uint16_t, int64_t, v)
LOOP(load_u32, uint32_t, int64_t, v)
LOOP(load_u64, uint64_t, uint64_t, v)
LOOP(load_bool, uint8_t, int64_t, v != 0)
LOOP(load_f32, float, double, v)
LOOP(load_f64, double, double, v)
LOOP(load_f16, uint16_t, double, sj__half_to_float(v))
LOOP(load_bf16, uint16_t, double, sj__bfloat16_to_float(v))

/* ---- from the wide dtypes ---- */

#define STORES(name, Y, from_integer, from_floating) \
	LOOP(store_##name##_signed, int64_t, Y, from_integer) \
	LOOP(store_##name##_unsigned, uint64_t, Y, from_integer) \
	LOOP(store_##name##_floating, double, Y, from_floating)

STORES(i8, int8_t, v, TO_I8(v))
STORES(i16, int16_t, v, TO_I16(v))
STORES(i32, int32_t, v, TO_I32(v))
STORES(i64, int64_t, v, TO_I64(v))
STORES(u8, uint8_t, v, TO_U8(v))
STORES(u16, uint16_t, v, TO_U16(v))
STORES(u32, uint32_t, v, TO_U32(v))
STORES(u64, uint64_t, v, TO_U64(v))
STORES(bool, uint8_t, v != 0, v != 0)
STORES(f32, float, v, v)
STORES(f64, double, v, v)
STORES(f16, uint16_t, sj__float_to_half((float)v), sj__float_to_half((float)v))
STORES(bf16, uint16_t, sj__float_to_bfloat16((float)v), sj__float_to_bfloat16((float)v))

static const struct {
	enum class class;
	convert_function *load;
	convert_function *store[3];
} dtypes[DTYPES] = {
	[SJ_INT8] = {SIGNED, load_i8, {store_i8_signed, store_i8_unsigned, store_i8_floating}},
	[SJ_INT16] = {SIGNED, load_i16, {store_i16_signed, store_i16_unsigned, store_i16_floating}},
	[SJ_INT32] = {SIGNED, load_i32, {store_i32_signed, store_i32_unsigned, store_i32_floating}},
	[SJ_INT64] = {SIGNED, load_i64, {store_i64_signed, store_i64_unsigned, store_i64_floating}},
	[SJ_UINT8] = {SIGNED, load_u8, {store_u8_signed, store_u8_unsigned, store_u8_floating}},
	[SJ_UINT16] = {SIGNED, load_u16, {store_u16_signed, store_u16_unsigned, store_u16_floating}},
	[SJ_UINT32] = {SIGNED, load_u32, {store_u32_signed, store_u32_unsigned, store_u32_floating}},
	[SJ_UINT64] = {UNSIGNED, load_u64, {store_u64_signed, store_u64_unsigned, store_u64_floating}},
	[SJ_BOOL] = {SIGNED, load_bool, {store_bool_signed, store_bool_unsigned, store_bool_floating}},
	[SJ_FLOAT32] = {FLOATING, load_f32, {store_f32_signed, store_f32_unsigned, store_f32_floating}},
	[SJ_FLOAT64] = {FLOATING, load_f64, {store_f64_signed, store_f64_unsigned, store_f64_floating}},
	[SJ_FLOAT16] = {FLOATING, load_f16, {store_f16_signed, store_f16_unsigned, store_f16_floating}},
	[SJ_BFLOAT16] = {FLOATING, load_bf16, {store_bf16_signed, store_bf16_unsigned, store_bf16_floating}},
};

/* ---- pairs in one step ---- */

LOOP(f32_to_f64, float, double, v)
LOOP(f64_to_f32, double, float, v)
LOOP(f32_to_i32, float, int32_t, TO_I32(v))
LOOP(f32_to_i64, float, int64_t, TO_I64(v))
LOOP(f32_to_u8, float, uint8_t, TO_U8(v))
LOOP(f32_to_bool, float, uint8_t, v != 0)
LOOP(f32_to_f16, float, uint16_t, sj__float_to_half(v))
LOOP(f32_to_bf16, float, uint16_t, sj__float_to_bfloat16(v))
LOOP(f16_to_f32, uint16_t, float, sj__half_to_float(v))
LOOP(bf16_to_f32, uint16_t, float, sj__bfloat16_to_float(v))
LOOP(i32_to_f32, int32_t, float, v)
LOOP(i64_to_f32, int64_t, float, v)
LOOP(u8_to_f32, uint8_t, float, v)
LOOP(bool_to_f32, uint8_t, float, v != 0)
LOOP(i32_to_i64, int32_t, int64_t, v)
LOOP(i64_to_i32, int64_t, int32_t, v)
LOOP(u8_to_i32, uint8_t, int32_t, v)
LOOP(bool_to_i32, uint8_t, int32_t, v != 0)
LOOP(i32_to_f64, int32_t, double, v)

static convert_function *pair_find(sj_dtype from, sj_dtype to)
{
	static convert_function *const pairs[DTYPES][DTYPES] = {
		[SJ_FLOAT32] = {[SJ_FLOAT64] = f32_to_f64,
	                        [SJ_INT32] = f32_to_i32,
	                        [SJ_INT64] = f32_to_i64,
	                        [SJ_UINT8] = f32_to_u8,
	                        [SJ_BOOL] = f32_to_bool,
	                        [SJ_FLOAT16] = f32_to_f16,
	                        [SJ_BFLOAT16] = f32_to_bf16},
		[SJ_FLOAT64] = {[SJ_FLOAT32] = f64_to_f32},
		[SJ_FLOAT16] = {[SJ_FLOAT32] = f16_to_f32},
		[SJ_BFLOAT16] = {[SJ_FLOAT32] = bf16_to_f32},
		[SJ_INT32] = {[SJ_FLOAT32] = i32_to_f32, [SJ_INT64] = i32_to_i64, [SJ_FLOAT64] = i32_to_f64},
		[SJ_INT64] = {[SJ_FLOAT32] = i64_to_f32, [SJ_INT32] = i64_to_i32},
		[SJ_UINT8] = {[SJ_FLOAT32] = u8_to_f32, [SJ_INT32] = u8_to_i32},
		[SJ_BOOL] = {[SJ_FLOAT32] = bool_to_f32, [SJ_INT32] = bool_to_i32},
	};
	return pairs[from][to];
}

/* ---- any real dtype to any ---- */

/* Clears the bits of the fraction that `to` does not have, so that rounding finds nothing to round. */
static void fraction_cut(sj_dtype to, int64_t n, double *wide)
{
	int bits = to == SJ_FLOAT32 ? 29 : to == SJ_FLOAT16 ? 42 : to == SJ_BFLOAT16 ? 45 : 0;
	for (int64_t i = 0; i < n; i++) {
		uint64_t word;
		memcpy(&word, &wide[i], sizeof(word));
		word &= ~(uint64_t)0 << bits;
		if (isfinite(wide[i]))
			memcpy(&wide[i], &word, sizeof(word));
	}
}

static void real_convert(sj_dtype from, sj_dtype to, bool truncate, int64_t n, const void *x, void *y)
{
	convert_function *direct = pair_find(from, to);
	bool cuts = truncate && dtypes[from].class == FLOATING && dtypes[to].class == FLOATING;
	if (direct != NULL && !cuts) {
		direct(n, x, y);
		return;
	}
	union {
		int64_t integers[WIDE];
		double floats[WIDE];
	} wide;
	size_t size_x = sj_dtype_size(from), size_y = sj_dtype_size(to);
	for (int64_t i = 0; i < n; i += WIDE) {
		int64_t count = sj__min_i64(WIDE, n - i);
		dtypes[from].load(count, (const char *)x + (size_t)i * size_x, &wide);
		if (cuts)
			fraction_cut(to, count, wide.floats);
		dtypes[to].store[dtypes[from].class](count, &wide, (char *)y + (size_t)i * size_y);
	}
}

/* ---- complex ---- */

static bool is_complex(sj_dtype dtype) { return dtype == SJ_COMPLEX64 || dtype == SJ_COMPLEX128; }
static sj_dtype part_of(sj_dtype dtype)
{
	return dtype == SJ_COMPLEX64 ? SJ_FLOAT32 : dtype == SJ_COMPLEX128 ? SJ_FLOAT64 : dtype;
}

/* The real parts; where only "is it 0" matters, the imaginary part stands in for a real part of 0. */
static void parts_take(sj_dtype from, bool for_bool, int64_t n, const void *x, double *parts)
{
	for (int64_t i = 0; i < n; i++) {
		double re = from == SJ_COMPLEX64 ? (double)((const float *)x)[2 * i] : ((const double *)x)[2 * i];
		double im = from == SJ_COMPLEX64 ? (double)((const float *)x)[2 * i + 1]
		                                 : ((const double *)x)[2 * i + 1];
		parts[i] = for_bool && re == 0 ? im : re;
	}
}

static void complex_to_real(sj_dtype from, sj_dtype to, bool truncate, int64_t n, const void *x, void *y)
{
	double parts[WIDE];
	for (int64_t i = 0; i < n; i += WIDE) {
		int64_t count = sj__min_i64(WIDE, n - i);
		parts_take(from, to == SJ_BOOL, count, (const char *)x + (size_t)i * sj_dtype_size(from), parts);
		char *at = (char *)y + (size_t)i * sj_dtype_size(to);
		if (to == SJ_FLOAT64)
			memcpy(at, parts, sizeof(double) * (size_t)count);
		else
			real_convert(SJ_FLOAT64, to, truncate, count, parts, at);
	}
}

static void real_to_complex(sj_dtype from, sj_dtype to, bool truncate, int64_t n, const void *x, void *y)
{
	double parts[WIDE];
	for (int64_t i = 0; i < n; i += WIDE) {
		int64_t count = sj__min_i64(WIDE, n - i);
		const char *at = (const char *)x + (size_t)i * sj_dtype_size(from);
		if (from == part_of(to))
			memcpy(parts, at, sj_dtype_size(from) * (size_t)count);
		else
			real_convert(from, part_of(to), truncate, count, at, parts);
		for (int64_t j = 0; j < count; j++) {
			if (to == SJ_COMPLEX64) {
				((float *)y)[2 * (i + j)] = ((const float *)(const void *)parts)[j];
				((float *)y)[2 * (i + j) + 1] = 0;
			} else {
				((double *)y)[2 * (i + j)] = parts[j];
				((double *)y)[2 * (i + j) + 1] = 0;
			}
		}
	}
}

/* ---- the kernel ---- */

typedef struct cast_work {
	sj_dtype from, to;
	bool truncate;
	const char *x;
	char *y;
} cast_work;

static void cast_range(void *context, int64_t begin, int64_t end)
{
	const cast_work *w = context;
	const char *x = w->x + (size_t)begin * sj_dtype_size(w->from);
	char *y = w->y + (size_t)begin * sj_dtype_size(w->to);
	int64_t n = end - begin;
	if (is_complex(w->from) && is_complex(w->to))
		real_convert(part_of(w->from), part_of(w->to), w->truncate, 2 * n, x, y);
	else if (is_complex(w->from))
		complex_to_real(w->from, w->to, w->truncate, n, x, y);
	else if (is_complex(w->to))
		real_to_complex(w->from, w->to, w->truncate, n, x, y);
	else
		real_convert(w->from, w->to, w->truncate, n, x, y);
}

sj_status sj__kernel_cast(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	const sj_cast_args *args = call->args;
	if (x->dtype == y->dtype) /* the rule's view is the result */
		return SJ_OK;
	cast_work work = {(sj_dtype)x->dtype, (sj_dtype)y->dtype, args->truncate, x->data, y->data};
	sj__parallel_for(x->shape.size, ELEMENTS_IN_A_CHUNK, cast_range, &work);
	return SJ_OK;
}

sj_status sj__kernel_bitcast(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	if (y->storage != x->storage)
		memcpy(y->data, x->data, (size_t)x->shape.size * sj_dtype_size((sj_dtype)x->dtype));
	return SJ_OK;
}

/* ---- CheckNumerics ---- */

/* Bit 1: NaN, bit 2: infinite. */
static int numbers_look(sj_dtype dtype, int64_t n, const void *x)
{
	int found = 0;
	for (int64_t i = 0; i < n && sj__loop_goes(i); i++) {
		double value = dtype == SJ_FLOAT32   ? (double)((const float *)x)[i]
		               : dtype == SJ_FLOAT64 ? ((const double *)x)[i]
		                                     : sj__element_as_double(dtype, x, i);
		double zero = value - value; /* 0 for finite numbers only */
		if (SJ_UNLIKELY(!(zero == 0)))
			found |= value != value ? 1 : 2;
	}
	return found;
}

sj_status sj__kernel_check_numerics(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_check_numerics_args *args = call->args;
	int found = numbers_look((sj_dtype)x->dtype, x->shape.size, x->data);
	if (found == 0)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s : Tensor had %s values", args->message ? args->message : "",
	                     found == 3   ? "Inf and NaN"
	                     : found == 1 ? "NaN"
	                                  : "Inf");
}

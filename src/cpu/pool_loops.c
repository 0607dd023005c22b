/* The loops of pool_loops.h: the template for each dtype, compiled once per instruction set. */
#include "cpu/pool_loops.h"

#include "base/threads.h"

#if defined(__AVX512F__)
#define TABLE sj__pool_avx512
#elif defined(__AVX2__)
#define TABLE sj__pool_avx2
#else
#define TABLE sj__pool_plain
#define ALL_TYPES
#endif

enum {
#if defined(__AVX512F__)
	POOL_BYTES = 64,
#elif defined(__AVX2__)
	POOL_BYTES = 32,
#else
	POOL_BYTES = 16,
#endif
};

/* Wide vectors as arguments of functions that are always inlined have no ABI to change. */
#pragma GCC diagnostic ignored "-Wpsabi"

/* The pixels [h0, h1) x [w0, w1) of a window that are inside the image. */
typedef struct pool_span {
	int64_t h0, h1, w0, w1;
} pool_span;

static SJ_ALWAYS_INLINE pool_span span_of(const sj__pool_geometry *g, int64_t oh, int64_t ow)
{
	int64_t h = oh * g->stride_h - g->pad_top, w = ow * g->stride_w - g->pad_left;
	return (pool_span){sj__max_i64(h, 0), sj__min_i64(h + g->window_h, g->in_h), sj__max_i64(w, 0),
	                   sj__min_i64(w + g->window_w, g->in_w)};
}

#define POOL_AVERAGE
#define element float
#define FUNCTION(name) name##_f32
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION

#define element double
#define FUNCTION(name) name##_f64
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION
#undef POOL_AVERAGE

#ifdef ALL_TYPES
#define element int32_t
#define FUNCTION(name) name##_i32
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION

#define element int64_t
#define FUNCTION(name) name##_i64
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION

#define element uint8_t
#define FUNCTION(name) name##_u8
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION

#define element int8_t
#define FUNCTION(name) name##_i8
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION

#define element int16_t
#define FUNCTION(name) name##_i16
#include "cpu/pool_template.h"
#undef element
#undef FUNCTION
#endif

const sj__pool_loops TABLE[] = {
	{max_f32, max_places_f32, max_grad_f32, max_take_f32, average_f32, average_grad_f32},
	{max_f64, max_places_f64, max_grad_f64, max_take_f64, average_f64, average_grad_f64},
#ifdef ALL_TYPES
	{max_i32, max_places_i32, max_grad_i32, max_take_i32, 0, 0},
	{max_i64, max_places_i64, max_grad_i64, max_take_i64, 0, 0},
	{max_u8, max_places_u8, max_grad_u8, max_take_u8, 0, 0},
	{max_i8, max_places_i8, max_grad_i8, max_take_i8, 0, 0},
	{max_i16, max_places_i16, max_grad_i16, max_take_i16, 0, 0},
#endif
};

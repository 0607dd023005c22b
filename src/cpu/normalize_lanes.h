/*
 * Elements of either float dtype read into float64, and maxima and sums in eight fixed lanes, for the files that are compiled once
 * per instruction set. `single` is a constant wherever these are called, so that each call has one dtype.
 */
#ifndef SOKUJI_CPU_NORMALIZE_LANES_H
#define SOKUJI_CPU_NORMALIZE_LANES_H

#include <stdbool.h>

#include "cpu/float_element.h"
#include "cpu/math_f32.h"
#include "cpu/math_f64.h"

/* Wide vectors as arguments of functions that are always inlined have no ABI to change. */
#pragma GCC diagnostic ignored "-Wpsabi"

enum { LANES = 8 };

typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef float narrow_lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef float float_lanes __attribute__((vector_size(2 * LANES * sizeof(float))));
typedef int32_t float_bits __attribute__((vector_size(2 * LANES * sizeof(float))));
typedef int64_t mask_lanes __attribute__((vector_size(LANES * sizeof(int64_t))));

/* ---- elements of either dtype ---- */

static SJ_ALWAYS_INLINE const void *at(const void *x, int64_t i, bool single)
{
	return (const char *)x + (size_t)i * (single ? sizeof(float) : sizeof(double));
}

/* Asks for what lies a page behind the n elements from i on: the processor itself does not look beyond a page. */
static SJ_ALWAYS_INLINE void page_ahead(const void *x, int64_t i, int64_t n, bool single)
{
	const char *begin = (const char *)at(x, i, single) + 4096, *end = at(begin, n, single);
	for (; begin < end; begin += 64)
		__builtin_prefetch(begin);
}

static SJ_ALWAYS_INLINE lanes get_lanes(const void *x, int64_t i, bool single)
{
	if (single) {
		narrow_lanes v;
		__builtin_memcpy(&v, (const float *)x + i, sizeof(v));
		return __builtin_convertvector(v, lanes);
	}
	lanes v;
	__builtin_memcpy(&v, (const double *)x + i, sizeof(v));
	return v;
}

/* exp(x) for x <= 0 or NaN. */
static SJ_ALWAYS_INLINE double exp_of(double x, bool single)
{
	return single ? (x < -110 ? 0 : sj__exp_f32_wide(x)) : sj__exp(x);
}

static SJ_ALWAYS_INLINE double log_of(double x, bool single) { return single ? sj__log_f32_wide(x) : sj__log(x); }

/* ---- maxima and sums in fixed lanes ---- */

static SJ_ALWAYS_INLINE double larger(double a, double b) { return b > a ? b : a; }

static SJ_ALWAYS_INLINE double lanes_sum(lanes v)
{
	return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* Comparisons follow each other slowly: several vectors at once, of floats as they are. */
#define ROW_MAX(vector, bits, element, x, n, m) \
	do { \
		enum { LENGTH = sizeof(vector) / sizeof(element) }; \
		vector best, other, v, w; \
		__builtin_memcpy(&best, x, sizeof(best)); \
		__builtin_memcpy(&other, (const element *)x + LENGTH, sizeof(other)); \
		for (i = 2 * LENGTH; i + 2 * LENGTH <= n; i += 2 * LENGTH) { \
			page_ahead(x, i, 2 * LENGTH, sizeof(element) == sizeof(float)); \
			__builtin_memcpy(&v, (const element *)x + i, sizeof(v)); \
			__builtin_memcpy(&w, (const element *)x + i + LENGTH, sizeof(w)); \
			bits above = v > best, also = w > other; \
			best = (vector)(((bits)v & above) | ((bits)best & ~above)); \
			other = (vector)(((bits)w & also) | ((bits)other & ~also)); \
		} \
		bits higher = other > best; \
		best = (vector)(((bits)other & higher) | ((bits)best & ~higher)); \
		for (int j = 0; j < LENGTH; j++) \
			m = larger(m, best[j]); \
	} while (0)

static SJ_ALWAYS_INLINE double any_row_max(const void *x, int64_t n, bool single)
{
	double m = sj__float_get(x, 0, single);
	int64_t i = 1;
	if (single && n >= 32)
		ROW_MAX(float_lanes, float_bits, float, x, n, m);
	else if (!single && n >= 2 * LANES)
		ROW_MAX(lanes, mask_lanes, double, x, n, m);
	for (; i < n; i++)
		m = larger(m, sj__float_get(x, i, single));
	return m;
}

/* Calls, since they are many. */
static SJ_NOINLINE double row_max_f32(const void *x, int64_t n) { return any_row_max(x, n, true); }
static SJ_NOINLINE double row_max_f64(const void *x, int64_t n) { return any_row_max(x, n, false); }

static SJ_ALWAYS_INLINE double row_max(const void *x, int64_t n, bool single)
{
	return single ? row_max_f32(x, n) : row_max_f64(x, n);
}

static SJ_ALWAYS_INLINE double row_sum(const double *x, int64_t n)
{
	lanes v = {0};
	int64_t i = 0;
	for (; i + LANES <= n; i += LANES)
		v += get_lanes(x, i, false);
	double sum = lanes_sum(v);
	for (; i < n; i++)
		sum += x[i];
	return sum;
}

/* The sums of a row's labels and of labels (x - m). */
static SJ_ALWAYS_INLINE void row_dot(int64_t n, const void *labels, const void *x, double m, double *ret_weight,
                                     double *ret_dot, bool single)
{
	lanes weights = {0}, dots = {0};
	int64_t i = 0;
	for (; i + LANES <= n; i += LANES) {
		lanes label = get_lanes(labels, i, single);
		weights += label;
		dots += label * (get_lanes(x, i, single) - m);
	}
	double weight = lanes_sum(weights), dot = lanes_sum(dots);
	for (; i < n; i++) {
		weight += sj__float_get(labels, i, single);
		dot += sj__float_get(labels, i, single) * (sj__float_get(x, i, single) - m);
	}
	*ret_weight = weight;
	*ret_dot = dot;
}

#endif

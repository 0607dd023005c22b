/*
 * Reductions of floats, accumulated in float64. A row goes into lanes: element i into lane i modulo the number of lanes, which
 * are then added in halves; what does not fill the lanes is added up by itself. Columns are added row by row; narrow ones several rows side by side. Compiled once per instruction set;
 * vectors only change how many lanes one instruction takes, so the bits are the same.
 */
#include <string.h>

#include "cpu/reduce.h"

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#define SUMS sj__reduce_avx512
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32 };
#define SUMS sj__reduce_avx2
#else
enum { VECTOR_BYTES = 16 };
#define SUMS sj__reduce_plain
#endif

enum { WIDTH = VECTOR_BYTES / 8, MOST_LANES = 32, WIDE = 64, ROWS_AT_ONCE = 8, AHEAD = 4096 /* bytes */ };

typedef double vector __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t mask __attribute__((vector_size(VECTOR_BYTES)));
typedef float half_vector __attribute__((vector_size(VECTOR_BYTES / 2)));

typedef sj__reduce_kind kind_of;

/* ---- one step, on a number and on a vector ---- */

static SJ_ALWAYS_INLINE double identity(kind_of kind)
{
	return kind == SJ__REDUCE_PROD  ? 1
	       : kind == SJ__REDUCE_MAX ? -__builtin_inf()
	       : kind == SJ__REDUCE_MIN ? __builtin_inf()
	                                : 0;
}

static SJ_ALWAYS_INLINE double join(kind_of kind, double a, double b)
{
	if (kind == SJ__REDUCE_MAX)
		return a >= b || a != a ? a : b;
	if (kind == SJ__REDUCE_MIN)
		return a <= b || a != a ? a : b;
	return kind == SJ__REDUCE_PROD ? a * b : a + b;
}

static SJ_ALWAYS_INLINE double step(kind_of kind, double a, double x)
{
	return join(kind, a, kind == SJ__REDUCE_SQUARES ? x * x : x);
}

static SJ_ALWAYS_INLINE vector choose(mask first, vector a, vector b)
{
	return (vector)((first & (mask)a) | (~first & (mask)b));
}

static SJ_ALWAYS_INLINE vector join_vector(kind_of kind, vector a, vector b)
{
	if (kind == SJ__REDUCE_MAX)
		return choose((a >= b) | (a != a), a, b);
	if (kind == SJ__REDUCE_MIN)
		return choose((a <= b) | (a != a), a, b);
	return kind == SJ__REDUCE_PROD ? a * b : a + b;
}

static SJ_ALWAYS_INLINE vector step_vector(kind_of kind, vector a, vector x)
{
	return join_vector(kind, a, kind == SJ__REDUCE_SQUARES ? x * x : x);
}

/* ---- loads ---- */

static SJ_ALWAYS_INLINE double load(int single, const void *x, int64_t i)
{
	return single ? ((const float *)x)[i] : ((const double *)x)[i];
}

static SJ_ALWAYS_INLINE vector load_vector(int single, const void *x, int64_t i)
{
	vector wide;
	half_vector narrow;
	if (!single) {
		memcpy(&wide, (const double *)x + i, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, (const float *)x + i, sizeof(narrow));
	return __builtin_convertvector(narrow, vector);
}

/* What the processor does not fetch by itself: lines beyond the page. Up to 256 bytes. */
static SJ_ALWAYS_INLINE void prefetch(const char *p, int n_bytes)
{
	__builtin_prefetch(p);
	if (n_bytes > 64)
		__builtin_prefetch(p + 64);
	if (n_bytes > 128) {
		__builtin_prefetch(p + 128);
		__builtin_prefetch(p + 192);
	}
}

/* ---- rows ---- */

/* Comparisons take longer than additions: more lanes keep as many in flight. */
static SJ_ALWAYS_INLINE int lanes_of(kind_of kind)
{
	return kind == SJ__REDUCE_MAX || kind == SJ__REDUCE_MIN ? 32 : 16;
}

/* Few elements, in four lanes. */
static SJ_ALWAYS_INLINE double short_row(kind_of kind, int single, int64_t n, const void *x, int64_t at)
{
	double a = identity(kind), b = a, c = a, d = a;
	int64_t i = 0;
	for (; i + 4 <= n; i += 4) {
		a = step(kind, a, load(single, x, at + i));
		b = step(kind, b, load(single, x, at + i + 1));
		c = step(kind, c, load(single, x, at + i + 2));
		d = step(kind, d, load(single, x, at + i + 3));
	}
	a = i < n ? step(kind, a, load(single, x, at + i)) : a;
	b = i + 1 < n ? step(kind, b, load(single, x, at + i + 1)) : b;
	c = i + 2 < n ? step(kind, c, load(single, x, at + i + 2)) : c;
	return join(kind, join(kind, a, c), join(kind, b, d));
}

/* n is a multiple of the number of lanes. */
static SJ_ALWAYS_INLINE double long_row(kind_of kind, int single, int64_t n, const void *x, int64_t at)
{
	const int n_lanes = lanes_of(kind), n_vectors = n_lanes / WIDTH;
	vector a[MOST_LANES / WIDTH];
	double lanes[WIDTH];
#pragma GCC unroll 16
	for (int v = 0; v < n_vectors; v++)
		a[v] = identity(kind) + (vector){0};
	for (int64_t i = 0; i < n; i += n_lanes) {
		prefetch((const char *)x + (at + i) * (single ? 4 : 8) + AHEAD, n_lanes * (single ? 4 : 8));
#pragma GCC unroll 16
		for (int v = 0; v < n_vectors; v++)
			a[v] = step_vector(kind, a[v], load_vector(single, x, at + i + v * WIDTH));
	}
#pragma GCC unroll 4
	for (int half = n_vectors / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
		for (int v = 0; v < half; v++)
			a[v] = join_vector(kind, a[v], a[v + half]);
	}
	memcpy(lanes, a, sizeof(lanes));
#pragma GCC unroll 4
	for (int half = WIDTH / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
		for (int l = 0; l < half; l++)
			lanes[l] = join(kind, lanes[l], lanes[l + half]);
	}
	return lanes[0];
}

static SJ_ALWAYS_INLINE void rows(kind_of kind, int single, int64_t n_rows, int64_t n, const void *x, double *slots)
{
	int64_t whole = n & -(int64_t)lanes_of(kind);
	for (int64_t r = 0; r < n_rows; r++) {
		if (whole == 0) {
			slots[r] = short_row(kind, single, n, x, r * n);
			continue;
		}
		double rest = short_row(kind, single, n - whole, x, r * n + whole);
		slots[r] = join(kind, long_row(kind, single, whole, x, r * n), rest);
	}
}

/* ---- columns ---- */

/* Adds so many rows, from the first to the last, to the slots. */
static SJ_ALWAYS_INLINE void rows_add(kind_of kind, int single, int64_t n_rows, int64_t stride, int64_t n,
                                      const void *x, int64_t at, double *slots)
{
	int64_t c = 0;
	for (; c + WIDTH <= n; c += WIDTH) {
		vector a;
		memcpy(&a, slots + c, sizeof(a));
		for (int64_t r = 0; r < n_rows; r++) {
			int64_t i = at + r * stride + c;
			__builtin_prefetch((const char *)x + (i + ROWS_AT_ONCE * stride) * (single ? 4 : 8));
			a = step_vector(kind, a, load_vector(single, x, i));
		}
		memcpy(slots + c, &a, sizeof(a));
	}
	for (; c < n; c++)
		for (int64_t r = 0; r < n_rows; r++)
			slots[c] = step(kind, slots[c], load(single, x, at + r * stride + c));
}

/*
 * Narrow rows are taken several (a power of two) side by side as one wide row, and the wide row's parts are added at the end; rows that are
 * left over go to the first parts.
 */
static SJ_ALWAYS_INLINE void columns(kind_of kind, int single, int64_t n_rows, int64_t stride, int64_t n, const void *x,
                                     double *slots)
{
	double wide[WIDE], *to = slots;
	int64_t group = 1, width = n;
	while (group * n * 2 <= WIDE && group * 2 <= n_rows / 2)
		group *= 2;
	if (group > 1 && stride == n) {
		to = wide;
		width = stride = group * n;
	} else {
		group = 1;
	}
	int64_t n_wide = n_rows / group;
	for (int64_t c = 0; c < width; c++)
		to[c] = identity(kind);
	for (int64_t r = 0; r < n_wide; r += ROWS_AT_ONCE)
		rows_add(kind, single, n_wide - r < ROWS_AT_ONCE ? n_wide - r : ROWS_AT_ONCE, stride, width, x,
		         r * stride, to);
	if (group == 1)
		return;
	for (int64_t i = n_wide * width; i < n_rows * n; i++)
		to[i - n_wide * width] = step(kind, to[i - n_wide * width], load(single, x, i));
	for (int64_t c = 0; c < n; c++) {
		slots[c] = wide[c];
		for (int64_t g = 1; g < group; g++)
			slots[c] = join(kind, slots[c], wide[g * n + c]);
	}
}

static SJ_ALWAYS_INLINE void combine(kind_of kind, int64_t n, void *total_, const void *part_)
{
	double *total = total_;
	const double *part = part_;
	for (int64_t i = 0; i < n; i++)
		total[i] = join(kind, total[i], part[i]);
}

/* ---- the table ---- */

#define LOOPS(kind, name) \
	static void name##_rows_f32(int64_t n_rows, int64_t n, const void *x, void *slots) \
	{ \
		rows(kind, 1, n_rows, n, x, slots); \
	} \
	static void name##_rows_f64(int64_t n_rows, int64_t n, const void *x, void *slots) \
	{ \
		rows(kind, 0, n_rows, n, x, slots); \
	} \
	static void name##_columns_f32(int64_t n_rows, int64_t stride, int64_t n, const void *x, void *slots) \
	{ \
		columns(kind, 1, n_rows, stride, n, x, slots); \
	} \
	static void name##_columns_f64(int64_t n_rows, int64_t stride, int64_t n, const void *x, void *slots) \
	{ \
		columns(kind, 0, n_rows, stride, n, x, slots); \
	} \
	static void name##_combine(int64_t n, void *total, const void *part) { combine(kind, n, total, part); }

LOOPS(SJ__REDUCE_SUM, sum)
LOOPS(SJ__REDUCE_SQUARES, squares)
LOOPS(SJ__REDUCE_PROD, prod)
LOOPS(SJ__REDUCE_MAX, max)
LOOPS(SJ__REDUCE_MIN, min)

const sj__reduce_loops SUMS[2][SJ__REDUCE_KINDS] = {
	{
		[SJ__REDUCE_SUM] = {sum_rows_f32, sum_columns_f32, sum_combine},
		[SJ__REDUCE_SQUARES] = {squares_rows_f32, squares_columns_f32, squares_combine},
		[SJ__REDUCE_PROD] = {prod_rows_f32, prod_columns_f32, prod_combine},
		[SJ__REDUCE_MAX] = {max_rows_f32, max_columns_f32, max_combine},
		[SJ__REDUCE_MIN] = {min_rows_f32, min_columns_f32, min_combine},
	},
	{
		[SJ__REDUCE_SUM] = {sum_rows_f64, sum_columns_f64, sum_combine},
		[SJ__REDUCE_SQUARES] = {squares_rows_f64, squares_columns_f64, squares_combine},
		[SJ__REDUCE_PROD] = {prod_rows_f64, prod_columns_f64, prod_combine},
		[SJ__REDUCE_MAX] = {max_rows_f64, max_columns_f64, max_combine},
		[SJ__REDUCE_MIN] = {min_rows_f64, min_columns_f64, min_combine},
	},
};

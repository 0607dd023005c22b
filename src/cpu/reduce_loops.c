/*
 * Reductions of floats, accumulated in float64. A row goes into lanes: element i into lane i modulo the number of lanes, which
 * are then added in halves. Columns are added row by row; narrow ones several rows side by side. Compiled once per instruction set;
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

enum { WIDTH = VECTOR_BYTES / 8, MOST_LANES = 32, WIDE = 64 };

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

static SJ_ALWAYS_INLINE vector step_vector(kind_of kind, vector a, vector x)
{
	if (kind == SJ__REDUCE_MAX)
		return choose((a >= x) | (a != a), a, x);
	if (kind == SJ__REDUCE_MIN)
		return choose((a <= x) | (a != a), a, x);
	return kind == SJ__REDUCE_PROD ? a * x : kind == SJ__REDUCE_SQUARES ? a + x * x : a + x;
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

/* ---- rows ---- */

/* Comparisons take longer than additions: more lanes keep as many in flight. */
static SJ_ALWAYS_INLINE int lanes_of(kind_of kind) { return kind == SJ__REDUCE_MAX || kind == SJ__REDUCE_MIN ? 32 : 16; }

static SJ_ALWAYS_INLINE void row(kind_of kind, int single, int64_t n, const void *x, void *slot)
{
	const int n_lanes = lanes_of(kind), n_vectors = n_lanes / WIDTH;
	_Alignas(64) double lanes[MOST_LANES];
	int64_t i = 0;
	for (int l = 0; l < MOST_LANES; l++)
		lanes[l] = identity(kind);
	if (n >= n_lanes) {
		vector a[MOST_LANES / WIDTH];
		for (int v = 0; v < n_vectors; v++)
			a[v] = identity(kind) + (vector){0};
		for (; i + n_lanes <= n; i += n_lanes)
			for (int v = 0; v < n_vectors; v++)
				a[v] = step_vector(kind, a[v], load_vector(single, x, i + v * WIDTH));
		memcpy(lanes, a, sizeof(double) * (size_t)n_lanes);
	}
	for (int l = 0; i + l < n; l++)
		lanes[l] = step(kind, lanes[l], load(single, x, i + l));
	for (int half = n_lanes / 2; half > 0; half /= 2)
		for (int l = 0; l < half; l++)
			lanes[l] = join(kind, lanes[l], lanes[l + half]);
	*(double *)slot = lanes[0];
}

/* ---- columns ---- */

/* Adds `rows` (1 or 4) rows, from the first to the last, to the slots. */
static SJ_ALWAYS_INLINE void rows_add(kind_of kind, int single, int rows, int64_t stride, int64_t n, const void *x, int64_t at,
                                      double *slots)
{
	int64_t c = 0;
	for (; c + WIDTH <= n; c += WIDTH) {
		vector a;
		memcpy(&a, slots + c, sizeof(a));
		for (int r = 0; r < rows; r++)
			a = step_vector(kind, a, load_vector(single, x, at + r * stride + c));
		memcpy(slots + c, &a, sizeof(a));
	}
	for (; c < n; c++)
		for (int r = 0; r < rows; r++)
			slots[c] = step(kind, slots[c], load(single, x, at + r * stride + c));
}

static SJ_ALWAYS_INLINE void rows_add_all(kind_of kind, int single, int64_t n_rows, int64_t stride, int64_t n, const void *x, double *slots)
{
	int64_t r = 0;
	for (int64_t c = 0; c < n; c++)
		slots[c] = identity(kind);
	for (; r + 4 <= n_rows; r += 4)
		rows_add(kind, single, 4, stride, n, x, r * stride, slots);
	for (; r < n_rows; r++)
		rows_add(kind, single, 1, stride, n, x, r * stride, slots);
}

/* Narrow rows, `group` of them side by side as one; what is left over goes to the first of the group. */
static SJ_ALWAYS_INLINE void columns(kind_of kind, int single, int64_t n_rows, int64_t stride, int64_t n, const void *x, void *slots_)
{
	double wide[WIDE], *slots = slots_;
	int64_t group = WIDE / n;
	if (group < 2 || n_rows < 2 * group || stride != n) {
		rows_add_all(kind, single, n_rows, stride, n, x, slots);
		return;
	}
	int64_t n_wide = n_rows / group, width = group * n;
	rows_add_all(kind, single, n_wide, width, width, x, wide);
	rows_add(kind, single, 1, 0, (n_rows - n_wide * group) * n, x, n_wide * width, wide);
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
	static void name##_row_f32(int64_t n, const void *x, void *slot) { row(kind, 1, n, x, slot); } \
	static void name##_row_f64(int64_t n, const void *x, void *slot) { row(kind, 0, n, x, slot); } \
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
		[SJ__REDUCE_SUM] = {sum_row_f32, sum_columns_f32, sum_combine},
		[SJ__REDUCE_SQUARES] = {squares_row_f32, squares_columns_f32, squares_combine},
		[SJ__REDUCE_PROD] = {prod_row_f32, prod_columns_f32, prod_combine},
		[SJ__REDUCE_MAX] = {max_row_f32, max_columns_f32, max_combine},
		[SJ__REDUCE_MIN] = {min_row_f32, min_columns_f32, min_combine},
	},
	{
		[SJ__REDUCE_SUM] = {sum_row_f64, sum_columns_f64, sum_combine},
		[SJ__REDUCE_SQUARES] = {squares_row_f64, squares_columns_f64, squares_combine},
		[SJ__REDUCE_PROD] = {prod_row_f64, prod_columns_f64, prod_combine},
		[SJ__REDUCE_MAX] = {max_row_f64, max_columns_f64, max_combine},
		[SJ__REDUCE_MIN] = {min_row_f64, min_columns_f64, min_combine},
	},
};

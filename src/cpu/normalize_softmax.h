/*
 * Softmax and the cross entropies over rows, for normalize_loops.c.
 *
 * So that exp and log always see long vectors, narrow matrices are worked on transposed, in tiles of many rows; wider
 * ones in tiles of some rows; and a long row in pieces. Which one it is depends on the number of columns alone.
 */
#ifndef SOKUJI_CPU_NORMALIZE_SOFTMAX_H
#define SOKUJI_CPU_NORMALIZE_SOFTMAX_H

#include <string.h>

#include "cpu/normalize_lanes.h"

enum { TILE = 512 /* elements */, NARROW = 16, LONG_ROW = 256 };

/* ---- tiles ---- */

typedef struct tile {
	int64_t rows, columns;
	int64_t row_step, column_step; /* in z and e: (columns, 1), or transposed (1, rows rounded up to whole lanes) */
	double z[TILE], e[TILE];       /* x - max and its exp */
	double max[TILE], sum[TILE], inverse[TILE], log[TILE]; /* of each row */
} tile;

/* Row and column of element i, in order: a loop that compilers leave alone, for rows too short for vectors. */
#define FOR_ELEMENTS(t, i, r, c) \
	for (int64_t i = 0, r = 0, c = 0; i < (t)->rows * (t)->columns; \
	     i++, c = c + 1 == (t)->columns ? (r++, 0) : c + 1)

/* The commonest numbers of columns get loops of their own, which compilers unroll. */
#define FOR_COMMON_COLUMNS(columns, FIXED, ANY) \
	switch (columns) { \
	case 2: FIXED(2); break; \
	case 3: FIXED(3); break; \
	case 4: FIXED(4); break; \
	case 10: FIXED(10); break; \
	default: ANY; \
	}

static SJ_ALWAYS_INLINE void narrow_load_fixed(tile *t, int64_t columns, const void *x, bool single)
{
	for (int64_t r = 0; r < t->rows; r++)
		for (int64_t c = 0; c < columns; c++)
			t->z[c * t->column_step + r] = sj__float_get(x, r * columns + c, single);
}

static SJ_ALWAYS_INLINE void narrow_load_any(tile *t, const void *x, bool single)
{
	FOR_ELEMENTS(t, i, r, c)
	t->z[c * t->column_step + r] = sj__float_get(x, i, single);
}

static SJ_ALWAYS_INLINE void narrow_load(tile *t, const void *x, bool single)
{
#define FIXED(n) narrow_load_fixed(t, n, x, single)
	FOR_COMMON_COLUMNS(t->columns, FIXED, narrow_load_any(t, x, single))
#undef FIXED
}

static SJ_ALWAYS_INLINE void tile_fill_narrow(tile *t, const void *x, bool single)
{
	int64_t height = (t->rows + LANES - 1) / LANES * LANES;
	t->row_step = 1;
	t->column_step = height;
	for (int64_t c = 0; c < t->columns; c++)
		for (int64_t r = height - LANES; r < height; r++)
			t->z[c * height + r] = 0;
	narrow_load(t, x, single);
	for (int64_t r = 0; r < height; r++)
		t->max[r] = t->z[r];
	for (int64_t c = 1; c < t->columns; c++)
		for (int64_t r = 0; r < height; r++)
			t->max[r] = larger(t->max[r], t->z[c * height + r]);
	for (int64_t r = 0; r < height; r++)
		t->sum[r] = 0;
	for (int64_t c = 0; c < t->columns; c++)
		for (int64_t r = 0; r < height; r++) {
			double z = t->z[c * height + r] - t->max[r], e = exp_of(z, single);
			t->z[c * height + r] = z;
			t->e[c * height + r] = e;
			t->sum[r] += e;
		}
}

static SJ_ALWAYS_INLINE void tile_fill_wide(tile *t, const void *x, bool single)
{
	t->row_step = t->columns;
	t->column_step = 1;
	for (int64_t r = 0; r < t->rows; r++) {
		double m = row_max(at(x, r * t->columns, single), t->columns, single);
		t->max[r] = m;
		for (int64_t i = r * t->columns; i < (r + 1) * t->columns; i++)
			t->z[i] = sj__float_get(x, i, single) - m;
	}
	for (int64_t i = 0; i < t->rows * t->columns; i++)
		t->e[i] = exp_of(t->z[i], single);
	for (int64_t r = 0; r < t->rows; r++)
		t->sum[r] = row_sum(t->e + r * t->columns, t->columns);
}

static SJ_ALWAYS_INLINE void tile_fill(tile *t, const void *x, bool inverses, bool logs, bool single)
{
	int64_t height = (t->rows + LANES - 1) / LANES * LANES;
	if (t->columns <= NARROW)
		tile_fill_narrow(t, x, single);
	else
		tile_fill_wide(t, x, single);
	for (int64_t r = t->rows; r < height; r++)
		t->sum[r] = 1;
	for (int64_t r = 0; inverses && r < height; r++)
		t->inverse[r] = 1 / t->sum[r];
	for (int64_t r = 0; logs && r < height; r++)
		t->log[r] = log_of(t->sum[r], single);
}

/* y = e / sum of a narrow tile. */
static SJ_ALWAYS_INLINE void narrow_quotients_fixed(const tile *t, int64_t columns, void *y, bool single)
{
	for (int64_t r = 0; r < t->rows; r++)
		for (int64_t c = 0; c < columns; c++)
			sj__float_put(y, r * columns + c, t->e[c * t->column_step + r] * t->inverse[r], single);
}

static SJ_ALWAYS_INLINE void narrow_quotients_any(const tile *t, void *y, bool single)
{
	FOR_ELEMENTS(t, i, r, c)
	sj__float_put(y, i, t->e[c * t->column_step + r] * t->inverse[r], single);
}

static SJ_ALWAYS_INLINE void narrow_quotients(const tile *t, void *y, bool single)
{
#define FIXED(n) narrow_quotients_fixed(t, n, y, single)
	FOR_COMMON_COLUMNS(t->columns, FIXED, narrow_quotients_any(t, y, single))
#undef FIXED
}

static SJ_ALWAYS_INLINE void tile_softmax(tile *t, bool logarithm, const void *x, void *y, bool single)
{
	tile_fill(t, x, !logarithm, logarithm, single);
	if (t->columns <= NARROW && !logarithm) {
		narrow_quotients(t, y, single);
		return;
	}
	if (t->columns <= NARROW) {
		FOR_ELEMENTS(t, i, r, c)
		sj__float_put(y, i, t->z[c * t->column_step + r] - t->log[r], single);
		return;
	}
	for (int64_t r = 0; r < t->rows; r++)
		for (int64_t i = r * t->columns; i < (r + 1) * t->columns; i++)
			sj__float_put(y, i, logarithm ? t->z[i] - t->log[r] : t->e[i] * t->inverse[r], single);
}

/* The gradients and the losses of a narrow tile, element by element in order. */
static SJ_ALWAYS_INLINE void narrow_losses_fixed(const tile *t, int64_t columns, const void *labels, void *loss,
                                                 void *backprop, bool single)
{
	for (int64_t r = 0; r < t->rows; r++) {
		double weight = 0, dot = 0;
		for (int64_t c = 0; c < columns; c++) {
			int64_t k = c * t->column_step + r;
			double label = sj__float_get(labels, r * columns + c, single);
			weight += label;
			dot += label * t->z[k];
			sj__float_put(backprop, r * columns + c, t->e[k] * t->inverse[r] - label, single);
		}
		sj__float_put(loss, r, weight * t->log[r] - dot, single);
	}
}

static SJ_ALWAYS_INLINE void narrow_losses_any(const tile *t, const void *labels, void *loss, void *backprop,
                                               bool single)
{
	double weight = 0, dot = 0;
	FOR_ELEMENTS(t, i, r, c)
	{
		int64_t k = c * t->column_step + r;
		double label = sj__float_get(labels, i, single);
		weight += label;
		dot += label * t->z[k];
		sj__float_put(backprop, i, t->e[k] * t->inverse[r] - label, single);
		if (c + 1 == t->columns) {
			sj__float_put(loss, r, weight * t->log[r] - dot, single);
			weight = dot = 0;
		}
	}
}

static SJ_ALWAYS_INLINE void narrow_losses(const tile *t, const void *labels, void *loss, void *backprop, bool single)
{
#define FIXED(n) narrow_losses_fixed(t, n, labels, loss, backprop, single)
	FOR_COMMON_COLUMNS(t->columns, FIXED, narrow_losses_any(t, labels, loss, backprop, single))
#undef FIXED
}

static SJ_ALWAYS_INLINE void tile_cross_entropy(tile *t, const void *x, const void *labels, void *loss, void *backprop,
                                                bool single)
{
	tile_fill(t, x, true, true, single);
	if (t->columns <= NARROW) {
		narrow_losses(t, labels, loss, backprop, single);
		return;
	}
	for (int64_t r = 0; r < t->rows; r++) {
		int64_t begin = r * t->columns;
		double weight, dot;
		row_dot(t->columns, at(labels, begin, single), at(x, begin, single), t->max[r], &weight, &dot, single);
		for (int64_t i = begin; i < begin + t->columns; i++)
			sj__float_put(backprop, i, t->e[i] * t->inverse[r] - sj__float_get(labels, i, single), single);
		sj__float_put(loss, r, weight * t->log[r] - dot, single);
	}
}

static SJ_ALWAYS_INLINE void tile_sparse(tile *t, const void *x, const int64_t *labels, void *loss, void *backprop,
                                         bool single)
{
	tile_fill(t, x, true, true, single);
	if (t->columns <= NARROW)
		narrow_quotients(t, backprop, single);
	else
		for (int64_t r = 0; r < t->rows; r++)
			for (int64_t i = r * t->columns; i < (r + 1) * t->columns; i++)
				sj__float_put(backprop, i, t->e[i] * t->inverse[r], single);
	for (int64_t r = 0; r < t->rows; r++) {
		int64_t hot = r * t->row_step + labels[r] * t->column_step;
		sj__float_put(backprop, r * t->columns + labels[r], t->e[hot] * t->inverse[r] - 1, single);
		sj__float_put(loss, r, t->log[r] - t->z[hot], single);
	}
}

/* ---- long rows ---- */

/* The exps of a row of up to KEPT elements stay in `kept`; those of a longer one go to the result and come back from there. */
enum { KEPT = 2048, STEP = 4 * LANES };

/* The sum of exp(x - m). y may be NULL: then the exps are not wanted. */
static SJ_ALWAYS_INLINE double any_long_sum(int64_t n, const void *x, double m, double *kept, void *y, bool single)
{
	lanes total = {0}, second = {0}, third = {0}, fourth = {0};
	for (int64_t begin = 0; begin < n; begin += TILE) {
		double *e = n <= KEPT ? kept + begin : kept;
		int64_t count = sj__min_i64(TILE, n - begin), padded = (count + STEP - 1) / STEP * STEP;
		for (int64_t i = 0; i < count; i++)
			e[i] = exp_of(sj__float_get(x, begin + i, single) - m, single);
		for (int64_t i = count; i < padded; i++)
			e[i] = 0;
		for (int64_t i = 0; i < padded; i += STEP) {
			total += get_lanes(e, i, false);
			second += get_lanes(e, i + LANES, false);
			third += get_lanes(e, i + 2 * LANES, false);
			fourth += get_lanes(e, i + 3 * LANES, false);
		}
		if (y != NULL && n > KEPT)
			for (int64_t i = 0; i < count; i++)
				sj__float_put(y, begin + i, e[i], single);
	}
	return lanes_sum((total + second) + (third + fourth));
}

static SJ_NOINLINE double long_sum_f32(int64_t n, const void *x, double m, double *kept, void *y)
{
	return any_long_sum(n, x, m, kept, y, true);
}

static SJ_NOINLINE double long_sum_f64(int64_t n, const void *x, double m, double *kept, void *y)
{
	return any_long_sum(n, x, m, kept, y, false);
}

static SJ_ALWAYS_INLINE double long_sum(int64_t n, const void *x, double m, double *kept, void *y, bool single)
{
	return single ? long_sum_f32(n, x, m, kept, y) : long_sum_f64(n, x, m, kept, y);
}

/* y = exp / sum, less the labels where there are any (a constant NULL or not). */
static SJ_ALWAYS_INLINE void long_quotients(int64_t n, const double *kept, double inverse, const void *labels, void *y,
                                            bool single)
{
#define LABEL(i) (labels == NULL ? 0 : sj__float_get(labels, i, single))
	if (n <= KEPT)
		for (int64_t i = 0; i < n; i++)
			sj__float_put(y, i, kept[i] * inverse - LABEL(i), single);
	else
		for (int64_t i = 0; i < n; i++)
			sj__float_put(y, i, sj__float_get(y, i, single) * inverse - LABEL(i), single);
#undef LABEL
}

/* Of float32 in float32, but for the sum; within 2 units. */
static SJ_NOINLINE void long_softmax_f32(int64_t n, const float *x, float *y)
{
	float kept[KEPT], m = (float)row_max(x, n, true);
	lanes total = {0}, second = {0}, third = {0}, fourth = {0};
	for (int64_t begin = 0; begin < n; begin += TILE) {
		float *e = n <= KEPT ? kept + begin : kept;
		int64_t count = sj__min_i64(TILE, n - begin), padded = (count + STEP - 1) / STEP * STEP;
		for (int64_t i = 0; i < count; i++)
			e[i] = sj__exp_below_f32(x[begin + i], m);
		for (int64_t i = count; i < padded; i++)
			e[i] = 0;
		for (int64_t i = 0; i < padded; i += STEP) {
			total += get_lanes(e, i, true);
			second += get_lanes(e, i + LANES, true);
			third += get_lanes(e, i + 2 * LANES, true);
			fourth += get_lanes(e, i + 3 * LANES, true);
		}
		if (n > KEPT)
			memcpy(y + begin, e, (size_t)count * sizeof(float));
	}
	double inverse = 1 / lanes_sum((total + second) + (third + fourth));
	float high = (float)inverse, low = (float)(inverse - high);
	const float *e = n <= KEPT ? kept : y;
	for (int64_t i = 0; i < n; i++)
		y[i] = sj__fmaf(e[i], high, e[i] * low);
}

static SJ_ALWAYS_INLINE void long_softmax(int64_t n, bool logarithm, const void *x, void *y, bool single)
{
	if (single && !logarithm) {
		long_softmax_f32(n, x, y);
		return;
	}
	double kept[KEPT];
	double m = row_max(x, n, single), sum = long_sum(n, x, m, kept, logarithm ? NULL : y, single);
	if (!logarithm) {
		long_quotients(n, kept, 1 / sum, NULL, y, single);
		return;
	}
	double log = log_of(sum, single);
	for (int64_t i = 0; i < n; i++)
		sj__float_put(y, i, (sj__float_get(x, i, single) - m) - log, single);
}

static SJ_ALWAYS_INLINE double long_cross_entropy(int64_t n, const void *x, const void *labels, void *backprop,
                                                  bool single)
{
	double kept[KEPT], weight, dot;
	double m = row_max(x, n, single), sum = long_sum(n, x, m, kept, backprop, single);
	row_dot(n, labels, x, m, &weight, &dot, single);
	long_quotients(n, kept, 1 / sum, labels, backprop, single);
	return weight * log_of(sum, single) - dot;
}

static SJ_ALWAYS_INLINE double long_sparse(int64_t n, const void *x, int64_t label, void *backprop, bool single)
{
	double kept[KEPT], m = row_max(x, n, single), sum = long_sum(n, x, m, kept, backprop, single);
	double z = sj__float_get(x, label, single) - m;
	long_quotients(n, kept, 1 / sum, NULL, backprop, single);
	sj__float_put(backprop, label, exp_of(z, single) * (1 / sum) - 1, single);
	return log_of(sum, single) - z;
}

/* ---- any rows ---- */

/* Whole lanes of rows fit into a tile. */
static SJ_ALWAYS_INLINE int64_t rows_in_a_tile(int64_t columns)
{
	int64_t rows = columns > LONG_ROW ? 1 : TILE / columns;
	return rows >= LANES ? rows & -LANES : rows;
}

static SJ_ALWAYS_INLINE void softmax(int64_t rows, int64_t columns, bool logarithm, const void *x, void *y, bool single)
{
	int64_t step = rows_in_a_tile(columns);
	tile t;
	t.columns = columns;
	for (int64_t r = 0; r < rows; r += step) {
		const void *from = at(x, r * columns, single);
		void *to = (void *)at(y, r * columns, single);
		t.rows = sj__min_i64(step, rows - r);
		if (columns > LONG_ROW)
			long_softmax(columns, logarithm, from, to, single);
		else
			tile_softmax(&t, logarithm, from, to, single);
	}
}

static SJ_ALWAYS_INLINE void cross_entropy(int64_t rows, int64_t columns, const void *x, const void *labels, void *loss,
                                           void *backprop, bool single)
{
	int64_t step = rows_in_a_tile(columns);
	tile t;
	t.columns = columns;
	for (int64_t r = 0; r < rows; r += step) {
		const void *from = at(x, r * columns, single), *row_labels = at(labels, r * columns, single);
		void *to = (void *)at(backprop, r * columns, single);
		t.rows = sj__min_i64(step, rows - r);
		if (columns > LONG_ROW)
			sj__float_put(loss, r, long_cross_entropy(columns, from, row_labels, to, single), single);
		else
			tile_cross_entropy(&t, from, row_labels, (void *)at(loss, r, single), to, single);
	}
}

static SJ_ALWAYS_INLINE void sparse_cross_entropy(int64_t rows, int64_t columns, const void *x, const int64_t *labels,
                                                  void *loss, void *backprop, bool single)
{
	int64_t step = rows_in_a_tile(columns);
	tile t;
	t.columns = columns;
	for (int64_t r = 0; r < rows; r += step) {
		const void *from = at(x, r * columns, single);
		void *to = (void *)at(backprop, r * columns, single);
		t.rows = sj__min_i64(step, rows - r);
		if (columns > LONG_ROW)
			sj__float_put(loss, r, long_sparse(columns, from, labels[r], to, single), single);
		else
			tile_sparse(&t, from, labels + r, (void *)at(loss, r, single), to, single);
	}
}

#endif

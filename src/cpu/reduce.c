/*
 * Reductions over any set of axes. Neighbouring dimensions that are both reduced or both kept become one. If the innermost is
 * reduced, an output is a sum of rows; if it is kept, a tile of outputs is a sum of rows column by column. Long sums are cut into
 * pieces, each reduced by itself and then combined in order: the cuts depend on shapes alone, so the bits do not depend on threads.
 */
#include "cpu/reduce.h"

#include <math.h>

#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/kernels.h"
#include "ops/rules.h"

enum {
	PIECE = 65536 /* elements */,
	TILE = SJ__REDUCE_COLUMNS,
	SLOT = 8,
	MOST_PARTIALS = 1 << 17 /* slots */,
	ROWS_AT_ONCE = 64
};

typedef struct dims {
	int rank;
	int64_t size;
	int64_t dims[SJ_MAX_RANK], strides[SJ_MAX_RANK]; /* innermost first, in elements */
} dims;

typedef struct reduction {
	const sj__reduce_loops *loops;
	sj__reduce_kind kind;
	sj_dtype dtype;
	bool mean;
	const char *x;
	char *y;
	int64_t element;         /* bytes */
	int64_t n_reduced;       /* inputs of an output */
	bool by_columns;         /* the innermost dimension is kept */
	int64_t inner;           /* its length */
	int64_t n_rows;          /* by columns: the reduced dimension next to it */
	dims kept, reduced;      /* the dimensions outside */
	int64_t chunk, n_chunks; /* the row (by columns: n_rows) is cut into chunks */
	int64_t n_tiles;         /* by columns: the innermost dimension is cut into tiles */
	int64_t n_units;         /* outputs or tiles of them */
	int64_t n_pieces;        /* of a unit */
	char *partials;          /* a tile of slots for each piece of each unit, or NULL */
} reduction;

/* ---- loops and results of a dtype ---- */

static const sj__reduce_loops *loops_of(sj_dtype dtype, sj__reduce_kind kind)
{
	static const sj__reduce_loops(*const of_floats[SJ__ISA_COUNT])[SJ__REDUCE_KINDS] =
	{ sj__reduce_plain,
#if defined(__x86_64__)
	  sj__reduce_avx2,
	  sj__reduce_avx512,
#endif
	};
	static const int8_t whole_types[24] = {
		[SJ_INT32] = SJ__WHOLE_I32, [SJ_INT64] = SJ__WHOLE_I64, [SJ_UINT8] = SJ__WHOLE_U8,
		[SJ_INT8] = SJ__WHOLE_I8,   [SJ_INT16] = SJ__WHOLE_I16, [SJ_BOOL] = SJ__WHOLE_BOOL,
	};
	if (dtype <= SJ_FLOAT64)
		return &of_floats[sj__isa()][dtype - SJ_FLOAT32][kind];
	return &sj__reduce_whole[whole_types[dtype]][kind];
}

static double finished_f64(double value, sj__reduce_kind kind, bool mean, int64_t n_reduced)
{
	if (mean)
		return value / (double)n_reduced;
	return kind == SJ__REDUCE_SQUARES ? sqrt(value) : value;
}

/* The mean of integers is rounded toward zero, and 0 of none. */
static int64_t finished_int(int64_t value, sj__reduce_kind kind, bool mean, int64_t n_reduced)
{
	if (mean)
		return n_reduced > 0 ? value / n_reduced : 0;
	return kind == SJ__REDUCE_SQUARES ? (int64_t)sqrt((double)value) : value;
}

/* Slots into n results from y[at] on. */
static SJ_ALWAYS_INLINE void results_write(sj__reduce_kind kind, bool mean, int64_t n_reduced, sj_dtype dtype,
                                           int64_t n, const void *slots, void *y, int64_t at)
{
	for (int64_t i = 0; i < n; i++) {
		if (dtype <= SJ_FLOAT64) {
			double value = finished_f64(((const double *)slots)[i], kind, mean, n_reduced);
			if (dtype == SJ_FLOAT32)
				((float *)y)[at + i] = (float)value;
			else
				((double *)y)[at + i] = value;
			continue;
		}
		int64_t value = finished_int(((const int64_t *)slots)[i], kind, mean, n_reduced);
		switch (sj_dtype_size(dtype)) {
		case 8: ((int64_t *)y)[at + i] = value; break;
		case 4: ((int32_t *)y)[at + i] = (int32_t)value; break;
		case 2: ((int16_t *)y)[at + i] = (int16_t)value; break;
		default: ((int8_t *)y)[at + i] = (int8_t)value; break;
		}
	}
}

static void finish(const reduction *r, int64_t n, const void *slots, int64_t at)
{
	results_write(r->kind, r->mean, r->n_reduced, r->dtype, n, slots, r->y, at);
}

/* ---- the plan ---- */

static void dims_add(dims *d, int64_t dim, int64_t stride)
{
	d->dims[d->rank] = dim;
	d->strides[d->rank++] = stride;
	d->size *= dim;
}

static int64_t offset_of(const dims *d, int64_t index)
{
	int64_t offset = 0;
	if (d->rank == 1)
		return index * d->strides[0];
	for (int i = 0; i < d->rank; i++) {
		offset += index % d->dims[i] * d->strides[i];
		index /= d->dims[i];
	}
	return offset;
}

/* Dimensions of 1 go; the rest alternates between reduced and kept. Returns how many are left, innermost first. */
static int dims_collapse(const sj_tensor *input, const bool *reduced, int64_t *lengths, bool *is_reduced)
{
	const int64_t *shape = sj__dims(input);
	int n = 0;
	for (int i = input->shape.rank - 1; i >= 0; i--) {
		if (shape[i] == 1)
			continue;
		if (n > 0 && is_reduced[n - 1] == reduced[i]) {
			lengths[n - 1] *= shape[i];
		} else {
			lengths[n] = shape[i];
			is_reduced[n++] = reduced[i];
		}
	}
	return n;
}

static void reduction_plan(reduction *r, const sj_tensor *input, const bool *reduced)
{
	int64_t lengths[SJ_MAX_RANK], stride;
	bool is_reduced[SJ_MAX_RANK];
	int n = dims_collapse(input, reduced, lengths, is_reduced), first = n > 0;
	r->kept.rank = r->reduced.rank = 0;
	r->kept.size = r->reduced.size = 1;
	r->by_columns = n > 0 && !is_reduced[0];
	r->inner = n > 0 ? lengths[0] : 1;
	r->n_rows = 1;
	stride = r->inner;
	if (r->by_columns && n > 1) {
		r->n_rows = lengths[1];
		stride *= lengths[1];
		first = 2;
	}
	for (int i = first; i < n; i++) {
		dims_add(is_reduced[i] ? &r->reduced : &r->kept, lengths[i], stride);
		stride *= lengths[i];
	}
	r->n_reduced = r->reduced.size * (r->by_columns ? r->n_rows : r->inner);
	r->n_tiles = r->by_columns ? (r->inner + TILE - 1) / TILE : 1;
	r->chunk = r->by_columns ? sj__max_i64(1, PIECE / sj__min_i64(r->inner, TILE)) : PIECE;
	r->n_chunks = ((r->by_columns ? r->n_rows : r->inner) + r->chunk - 1) / r->chunk;
	r->n_units = r->kept.size * r->n_tiles;
	r->n_pieces = r->reduced.size * r->n_chunks;
}

/* ---- the work ---- */

static int64_t unit_width(const reduction *r, int64_t unit)
{
	return r->by_columns ? sj__min_i64(TILE, r->inner - unit % r->n_tiles * TILE) : 1;
}

static int64_t unit_output(const reduction *r, int64_t unit)
{
	return r->by_columns ? unit / r->n_tiles * r->inner + unit % r->n_tiles * TILE : unit;
}

static void piece_compute(const reduction *r, int64_t unit, int64_t piece, void *slots)
{
	int64_t from = piece % r->n_chunks * r->chunk;
	int64_t at = offset_of(&r->kept, unit / r->n_tiles) + offset_of(&r->reduced, piece / r->n_chunks);
	if (r->by_columns) {
		at += from * r->inner + unit % r->n_tiles * TILE;
		r->loops->columns(sj__min_i64(r->chunk, r->n_rows - from), r->inner, unit_width(r, unit),
		                  r->x + at * r->element, slots);
	} else {
		r->loops->rows(1, sj__min_i64(r->chunk, r->inner - from), r->x + (at + from) * r->element, slots);
	}
}

static void units_range(void *context, int64_t begin, int64_t end)
{
	const reduction *r = context;
	double total[TILE], part[TILE];
	for (int64_t unit = begin; unit < end; unit++) {
		int64_t width = unit_width(r, unit);
		piece_compute(r, unit, 0, total);
		for (int64_t piece = 1; piece < r->n_pieces; piece++) {
			piece_compute(r, unit, piece, part);
			r->loops->combine(width, total, part);
		}
		finish(r, width, total, unit_output(r, unit));
	}
}

/* Outputs that are one short row each: many at a time, so that finishing them costs little. */
static void short_rows_range(void *context, int64_t begin, int64_t end)
{
	const reduction *r = context;
	double slots[ROWS_AT_ONCE];
	int64_t step = r->inner * r->element;
	for (int64_t o = begin; o < end; o += ROWS_AT_ONCE) {
		int64_t n = sj__min_i64(ROWS_AT_ONCE, end - o);
		r->loops->rows(n, r->inner, r->x + o * step, slots);
		finish(r, n, slots, o);
	}
}

static void pieces_range(void *context, int64_t begin, int64_t end)
{
	const reduction *r = context;
	int64_t tile = (r->by_columns ? sj__min_i64(TILE, r->inner) : 1) * SLOT;
	for (int64_t i = begin; i < end; i++)
		piece_compute(r, i / r->n_pieces, i % r->n_pieces, r->partials + i * tile);
}

static void partials_combine(const reduction *r)
{
	int64_t tile = (r->by_columns ? sj__min_i64(TILE, r->inner) : 1) * SLOT;
	for (int64_t unit = 0; unit < r->n_units; unit++) {
		int64_t width = unit_width(r, unit);
		char *total = r->partials + unit * r->n_pieces * tile;
		for (int64_t piece = 1; piece < r->n_pieces; piece++)
			r->loops->combine(width, total, total + piece * tile);
		finish(r, width, total, unit_output(r, unit));
	}
}

/* Few outputs of many inputs: the pieces are spread over the threads. */
static sj_status run_by_pieces(reduction *r, int64_t piece_elements)
{
	int64_t tile = r->by_columns ? sj__min_i64(TILE, r->inner) : 1, n = r->n_units * r->n_pieces;
	r->partials = sj__memory_new((size_t)(n * tile * SLOT));
	if (r->partials == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj__parallel_for(n, sj__max_i64(1, PIECE / piece_elements), pieces_range, r);
	partials_combine(r);
	sj__memory_free(r->partials);
	return SJ_OK;
}

static sj_status run(reduction *r)
{
	int64_t width = r->by_columns ? sj__min_i64(TILE, r->inner) : 1, unit_elements = r->n_reduced * width;
	int64_t grain = sj__max_i64(1, PIECE / unit_elements);
	if (r->n_pieces == 1 && !r->by_columns && r->kept.rank == 1) {
		sj__parallel_for(r->n_units, grain, short_rows_range, r);
		return SJ_OK;
	}
	bool few = r->n_units < 64 && unit_elements >= 2 * PIECE;
	if (few && r->n_pieces > 1 && r->n_units * r->n_pieces * width <= MOST_PARTIALS)
		return run_by_pieces(r, unit_elements / r->n_pieces);
	sj__parallel_for(r->n_units, grain, units_range, r);
	return SJ_OK;
}

/* Nothing goes into the outputs: each is the identity. */
static void run_empty(const sj__reduce_loops *loops, sj__reduce_kind kind, bool mean, const sj_tensor *input,
                      sj_tensor *output)
{
	double slot;
	loops->rows(1, 0, input->data, &slot);
	for (int64_t i = 0; i < output->shape.size; i++)
		results_write(kind, mean, 0, (sj_dtype)input->dtype, 1, &slot, output->data, i);
}

static SJ_NOINLINE sj_status reduce_axes(sj__call *call, const sj__reduce_loops *loops, sj__reduce_kind kind, bool mean)
{
	const sj_tensor *input = call->inputs[0];
	bool reduced[SJ_MAX_RANK], known;
	sj_status status = sj__reduce_axes(call, input, call->inputs[1], reduced, &known);
	if (status != SJ_OK || call->outputs[0]->shape.size == 0)
		return status;
	if (input->shape.size == 0) {
		run_empty(loops, kind, mean, input, call->outputs[0]);
		return SJ_OK;
	}
	reduction r;
	r.loops = loops;
	r.kind = kind;
	r.dtype = (sj_dtype)input->dtype;
	r.mean = mean;
	r.x = input->data;
	r.y = call->outputs[0]->data;
	r.element = (int64_t)sj_dtype_size(r.dtype);
	reduction_plan(&r, input, reduced);
	return run(&r);
}

/* The way of small losses: everything into one number. */
static SJ_ALWAYS_INLINE sj_status reduce(sj__call *call, sj__reduce_kind kind, bool mean)
{
	const sj_tensor *input = call->inputs[0];
	const sj__reduce_loops *loops = loops_of((sj_dtype)input->dtype, kind);
	if (SJ_UNLIKELY(call->inputs[1] != NULL || input->shape.size > PIECE))
		return reduce_axes(call, loops, kind, mean);
	double slot;
	loops->rows(1, input->shape.size, input->data, &slot);
	results_write(kind, mean, input->shape.size, (sj_dtype)input->dtype, 1, &slot, call->outputs[0]->data, 0);
	return SJ_OK;
}

sj_status sj__kernel_reduce_sum(sj__call *call) { return reduce(call, SJ__REDUCE_SUM, false); }
sj_status sj__kernel_reduce_mean(sj__call *call) { return reduce(call, SJ__REDUCE_SUM, true); }
sj_status sj__kernel_reduce_prod(sj__call *call) { return reduce(call, SJ__REDUCE_PROD, false); }
sj_status sj__kernel_reduce_max(sj__call *call) { return reduce(call, SJ__REDUCE_MAX, false); }
sj_status sj__kernel_reduce_min(sj__call *call) { return reduce(call, SJ__REDUCE_MIN, false); }
sj_status sj__kernel_reduce_norm(sj__call *call) { return reduce(call, SJ__REDUCE_SQUARES, false); }

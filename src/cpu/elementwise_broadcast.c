/*
 * Broadcasting for binary loops. Neighbouring dimensions that are broadcast alike become one, so what is left is rows of an
 * innermost dimension. Long rows are one call of the loop each; short rows are brought side by side, the operands that repeat
 * copied into a block, so that a call still has some hundred elements (a bias of 10 numbers added to a batch).
 */
#include "base/threads.h"
#include "cpu/elementwise.h"
#include "cpu/elementwise_stream.h"

enum { ELEMENTS_IN_A_CHUNK = 32768, LONG_ROW = 128, BLOCK = 512, LARGEST_ELEMENT = 8 };

typedef struct operand {
	const char *data;
	int64_t size;                 /* bytes of an element */
	int64_t stride;               /* in the row: 0 or 1 elements */
	int64_t strides[SJ_MAX_RANK]; /* of the dimensions outside, in elements */
} operand;

typedef struct binary_work {
	sj__binary_loop *loop;
	operand x, y;
	char *z;
	int64_t size_z;
	int rank; /* of the dimensions outside the row */
	int64_t row, n_rows;
	int64_t dims[SJ_MAX_RANK];
	bool streams;
	int64_t piece, n_pieces; /* long rows are split into pieces of so many elements */
} binary_work;

static const char *row_of(const binary_work *w, const operand *o, int64_t row)
{
	int64_t at = 0;
	for (int d = w->rank - 1; d >= 0; d--) {
		at += row % w->dims[d] * o->strides[d];
		row /= w->dims[d];
	}
	return o->data + at * o->size;
}

/* ---- long rows ---- */

static void pieces_range(void *context, int64_t begin, int64_t end)
{
	const binary_work *w = context;
	for (int64_t i = begin; i < end; i++) {
		int64_t row = i / w->n_pieces, from = i % w->n_pieces * w->piece,
			n = sj__min_i64(w->piece, w->row - from);
		const char *x = row_of(w, &w->x, row) + from * w->x.stride * w->x.size;
		const char *y = row_of(w, &w->y, row) + from * w->y.stride * w->y.size;
		char *z = w->z + (row * w->row + from) * w->size_z;
		if (w->streams)
			sj__stream_binary(w->loop, n, x, w->x.stride, y, w->y.stride, z, w->x.size, w->size_z);
		else
			w->loop(n, x, w->x.stride, y, w->y.stride, z);
	}
}

/* ---- short rows ---- */

typedef struct block {
	_Alignas(64) char bytes[BLOCK * LARGEST_ELEMENT];
} block;

/* The operand's rows that a block holds: how to come by them. */
typedef struct side {
	const operand *operand;
	block *block;
	const char *at; /* its first row of the run */
	int64_t step;   /* from row to row, in elements */
	bool in_place, repeats;
} side;

static void element_spread(char *to, const char *from, int64_t n, int64_t size)
{
	if (size == 4) {
		uint32_t value;
		memcpy(&value, from, 4);
		for (int64_t i = 0; i < n; i++)
			memcpy(to + 4 * i, &value, 4);
	} else {
		for (int64_t i = 0; i < n; i++)
			memcpy(to + size * i, from, (size_t)size);
	}
}

static void rows_copy(const binary_work *w, const side *s, const char *at, int64_t n_rows)
{
	int64_t size = s->operand->size;
	for (int64_t r = 0; r < n_rows; r++, at += s->step * size) {
		char *to = s->block->bytes + r * w->row * size;
		if (s->operand->stride)
			memcpy(to, at, (size_t)(w->row * size));
		else
			element_spread(to, at, w->row, size);
	}
}

static void side_begin(const binary_work *w, side *s, const operand *o, block *b, int64_t row, int64_t rows_in_block)
{
	s->operand = o;
	s->block = b;
	s->at = row_of(w, o, row);
	s->step = o->strides[w->rank - 1];
	s->in_place = o->stride == 1 && s->step == w->row;
	s->repeats = s->step == 0;
	if (s->repeats)
		rows_copy(w, s, s->at, rows_in_block);
}

/* Row `r` of the run and those after it, side by side. */
static const char *side_rows(const binary_work *w, const side *s, int64_t r, int64_t n_rows)
{
	const char *at = s->at + r * s->step * s->operand->size;
	if (s->in_place)
		return at;
	if (!s->repeats)
		rows_copy(w, s, at, n_rows);
	return s->block->bytes;
}

/* Rows [row, row + n_rows), all in one run of the dimension next to the innermost. */
static void run_rows(const binary_work *w, int64_t row, int64_t n_rows)
{
	block block_x, block_y;
	side x, y;
	int64_t rows_in_block = sj__min_i64(BLOCK / w->row, n_rows);
	side_begin(w, &x, &w->x, &block_x, row, rows_in_block);
	side_begin(w, &y, &w->y, &block_y, row, rows_in_block);
	for (int64_t r = 0; r < n_rows; r += rows_in_block) {
		int64_t count = sj__min_i64(rows_in_block, n_rows - r);
		w->loop(count * w->row, side_rows(w, &x, r, count), 1, side_rows(w, &y, r, count), 1,
		        w->z + (row + r) * w->row * w->size_z);
	}
}

static void rows_range(void *context, int64_t begin, int64_t end)
{
	const binary_work *w = context;
	int64_t run = w->dims[w->rank - 1];
	while (begin < end) {
		int64_t n_rows = sj__min_i64(run - begin % run, end - begin);
		run_rows(w, begin, n_rows);
		begin += n_rows;
	}
}

/* ---- the plan ---- */

static void operand_begin(operand *o, const sj_tensor *t)
{
	o->data = t->data;
	o->size = (int64_t)sj_dtype_size((sj_dtype)t->dtype);
}

/* Innermost first; the result's dimensions of 1 go, neighbours broadcast alike become one. Returns how many are left. */
static int dims_collapse(const sj_tensor *x, const sj_tensor *y, const sj_tensor *z, int64_t *dims, int64_t *sx,
                         int64_t *sy)
{
	const int64_t *dx = sj__dims(x), *dy = sj__dims(y), *dz = sj__dims(z);
	int64_t next_x = 1, next_y = 1; /* strides of a full dimension at this place */
	bool last_x = false, last_y = false;
	int n = 0;
	for (int i = z->shape.rank - 1; i >= 0; i--) {
		int ix = i - (z->shape.rank - x->shape.rank), iy = i - (z->shape.rank - y->shape.rank);
		int64_t ex = ix < 0 ? 1 : dx[ix], ey = iy < 0 ? 1 : dy[iy];
		if (dz[i] == 1)
			continue;
		bool full_x = ex != 1, full_y = ey != 1;
		if (n > 0 && full_x == last_x && full_y == last_y) {
			dims[n - 1] *= dz[i];
		} else {
			dims[n] = dz[i];
			sx[n] = full_x ? next_x : 0;
			sy[n++] = full_y ? next_y : 0;
		}
		next_x *= ex;
		next_y *= ey;
		last_x = full_x;
		last_y = full_y;
	}
	return n;
}

static void work_plan(binary_work *w, const sj_tensor *x, const sj_tensor *y, const sj_tensor *z)
{
	int64_t dims[SJ_MAX_RANK], sx[SJ_MAX_RANK], sy[SJ_MAX_RANK];
	int n = dims_collapse(x, y, z, dims, sx, sy);
	w->row = n > 0 ? dims[0] : 1;
	w->x.stride = n > 0 && sx[0] != 0;
	w->y.stride = n > 0 && sy[0] != 0;
	w->rank = n > 0 ? n - 1 : 0;
	w->n_rows = 1;
	for (int i = 0; i < w->rank; i++) { /* outermost first */
		w->dims[i] = dims[n - 1 - i];
		w->x.strides[i] = sx[n - 1 - i];
		w->y.strides[i] = sy[n - 1 - i];
		w->n_rows *= w->dims[i];
	}
}

void sj__loop_binary_broadcast(const sj_op *op, sj__binary_loop *loop, const sj_tensor *x, const sj_tensor *y,
                               const sj_tensor *z)
{
	binary_work w;
	w.loop = loop;
	operand_begin(&w.x, x);
	operand_begin(&w.y, y);
	w.z = z->data;
	w.size_z = (int64_t)sj_dtype_size((sj_dtype)z->dtype);
	work_plan(&w, x, y, z);
	if (w.rank > 0 && w.row < LONG_ROW) {
		sj__parallel_for(w.n_rows, ELEMENTS_IN_A_CHUNK / w.row, rows_range, &w);
		return;
	}
	/* Lines that two rows share would be read by one and written past the caches by the other. */
	w.streams = sj__streams(op, x, y, z) && w.row * w.size_z % 64 == 0;
	w.piece = sj__min_i64(w.row, ELEMENTS_IN_A_CHUNK);
	w.n_pieces = (w.row + w.piece - 1) / w.piece;
	sj__parallel_for(w.n_rows * w.n_pieces, ELEMENTS_IN_A_CHUNK / w.piece, pieces_range, &w);
}

/*
 * The strided copy. Dimensions of length 1 go, neighbours that are laid out alike in both arrays become one, and what is left is seen
 * as planes of two dimensions: rows of memcpy, rows of one repeated element, 2-D transposes in tiles, or plain strided loops.
 */
#include "cpu/strided_copy.h"

#include "base/threads.h"

enum { BYTES_IN_A_CHUNK = 256 * 1024, ELEMENTS_IN_A_BLOCK = 16384, TILE = 16 };

typedef struct copy_work copy_work;
typedef void plane_function(const copy_work *w, char *to, const char *from, int64_t n_rows);

struct copy_work {
	sj_dtype dtype;
	int64_t size; /* of an element, in bytes; all strides are in bytes */
	char *to;
	const char *from;
	plane_function *plane;
	int64_t row, row_to, row_from;    /* the innermost dimension */
	int64_t rows, rows_to, rows_from; /* the plane's other dimension */
	int64_t block, n_blocks;          /* rows in a unit of work, units in a plane */
	int rank;                         /* of the dimensions outside the plane */
	int64_t dims[SJ__COPY_RANK], to_strides[SJ__COPY_RANK], from_strides[SJ__COPY_RANK];
};

void sj__dense_strides(int rank, const int64_t *dims, int64_t *ret_strides)
{
	int64_t stride = 1;
	for (int i = rank - 1; i >= 0; i--) {
		ret_strides[i] = stride;
		stride *= dims[i];
	}
}

/* ---- planes ---- */

static void plane_rows(const copy_work *w, char *to, const char *from, int64_t n_rows)
{
	size_t n_bytes = (size_t)(w->row * w->size);
	switch (n_bytes) {
	case 4:
		for (int64_t i = 0; i < n_rows; i++)
			memcpy(to + i * w->rows_to, from + i * w->rows_from, 4);
		return;
	case 8:
		for (int64_t i = 0; i < n_rows; i++)
			memcpy(to + i * w->rows_to, from + i * w->rows_from, 8);
		return;
	case 16:
		for (int64_t i = 0; i < n_rows; i++)
			memcpy(to + i * w->rows_to, from + i * w->rows_from, 16);
		return;
	default:
		for (int64_t i = 0; i < n_rows; i++)
			memcpy(to + i * w->rows_to, from + i * w->rows_from, n_bytes);
	}
}

static void plane_repeat(const copy_work *w, char *to, const char *from, int64_t n_rows)
{
	for (int64_t i = 0; i < n_rows; i++)
		sj__elements_fill(w->dtype, to + i * w->rows_to, from + i * w->rows_from, w->row);
}

static void plane_strings(const copy_work *w, char *to, const char *from, int64_t n_rows)
{
	for (int64_t i = 0; i < n_rows; i++)
		for (int64_t j = 0; j < w->row; j++)
			sj__string_share((sj__string *)(to + i * w->rows_to + j * w->row_to),
			                 (const sj__string *)(from + i * w->rows_from + j * w->row_from));
}

typedef struct element16 {
	uint64_t halves[2];
} element16;

#define STRIDED_LOOP(T) \
	for (int64_t i = 0; i < n_rows; i++) { \
		char *t = to + i * w->rows_to; \
		const char *f = from + i * w->rows_from; \
		for (int64_t j = 0; j < w->row; j++) \
			*(T *)(t + j * w->row_to) = *(const T *)(f + j * w->row_from); \
	}

static void plane_strided(const copy_work *w, char *to, const char *from, int64_t n_rows)
{
	switch (w->size) {
	case 1: STRIDED_LOOP(uint8_t) return;
	case 2: STRIDED_LOOP(uint16_t) return;
	case 4: STRIDED_LOOP(uint32_t) return;
	case 8: STRIDED_LOOP(uint64_t) return;
	default: STRIDED_LOOP(element16)
	}
}

/* The source runs along the rows' dimension, the destination along the row: tiles keep both in the cache. */
#define TILED_LOOP(T) \
	for (int64_t i = 0; i < n_rows; i += TILE) \
		for (int64_t j = 0; j < w->row; j += TILE) { \
			int64_t i_end = sj__min_i64(i + TILE, n_rows), j_end = sj__min_i64(j + TILE, w->row); \
			for (int64_t a = i; a < i_end; a++) \
				for (int64_t b = j; b < j_end; b++) \
					*(T *)(to + a * w->rows_to + b * (int64_t)sizeof(T)) = *( \
						const T *)(from + a * (int64_t)sizeof(T) + b * w->row_from); \
		}

typedef uint32_t quad __attribute__((vector_size(16)));

static SJ_ALWAYS_INLINE void tile_of_four(char *to, int64_t rows_to, const char *from, int64_t row_from)
{
	quad a, b, c, d;
	memcpy(&a, from, 16);
	memcpy(&b, from + row_from, 16);
	memcpy(&c, from + 2 * row_from, 16);
	memcpy(&d, from + 3 * row_from, 16);
	quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
	quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
	quad r0 = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5),
	     r1 = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
	quad r2 = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
	     r3 = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
	memcpy(to, &r0, 16);
	memcpy(to + rows_to, &r1, 16);
	memcpy(to + 2 * rows_to, &r2, 16);
	memcpy(to + 3 * rows_to, &r3, 16);
}

static void tiles_of_words(const copy_work *w, char *to, const char *from, int64_t n_rows)
{
	int64_t row = w->row & ~(int64_t)3, rows = n_rows & ~(int64_t)3;
	for (int64_t i = 0; i < rows; i += TILE)
		for (int64_t j = 0; j < row; j += 4) {
			int64_t end = sj__min_i64(i + TILE, rows);
			for (int64_t a = i; a < end; a += 4)
				tile_of_four(to + a * w->rows_to + j * 4, w->rows_to, from + a * 4 + j * w->row_from,
				             w->row_from);
		}
	for (int64_t a = 0; a < n_rows; a++)
		for (int64_t b = a < rows ? row : 0; b < w->row; b++)
			memcpy(to + a * w->rows_to + b * 4, from + a * 4 + b * w->row_from, 4);
}

static void plane_tiled(const copy_work *w, char *to, const char *from, int64_t n_rows)
{
	switch (w->size) {
	case 1: TILED_LOOP(uint8_t) return;
	case 2: TILED_LOOP(uint16_t) return;
	case 4: tiles_of_words(w, to, from, n_rows); return;
	case 8: TILED_LOOP(uint64_t) return;
	default: TILED_LOOP(element16)
	}
}

/* ---- preparing ---- */

static void dimension_add(copy_work *w, int64_t dim, int64_t to_stride, int64_t from_stride)
{
	int last = w->rank - 1;
	if (dim == 1)
		return;
	if (last >= 0 && w->to_strides[last] == dim * to_stride && w->from_strides[last] == dim * from_stride) {
		w->dims[last] *= dim;
		w->to_strides[last] = to_stride;
		w->from_strides[last] = from_stride;
		return;
	}
	w->dims[w->rank] = dim;
	w->to_strides[w->rank] = to_stride;
	w->from_strides[w->rank] = from_stride;
	w->rank++;
}

static void dimension_take(copy_work *w, int at, int64_t *dim, int64_t *to_stride, int64_t *from_stride)
{
	*dim = w->dims[at];
	*to_stride = w->to_strides[at];
	*from_stride = w->from_strides[at];
	w->rank--;
	for (int i = at; i < w->rank; i++) {
		w->dims[i] = w->dims[i + 1];
		w->to_strides[i] = w->to_strides[i + 1];
		w->from_strides[i] = w->from_strides[i + 1];
	}
}

static void plane_choose(copy_work *w)
{
	int other = w->rank - 1;
	bool tiled = false;
	if (w->dtype != SJ_STRING && w->row_to == w->size && w->row_from != w->size && w->row_from != 0)
		for (int i = 0; i < w->rank; i++)
			if (w->from_strides[i] == w->size && w->dims[i] > 1) {
				other = i;
				tiled = true;
			}
	w->rows = 1;
	w->rows_to = w->rows_from = 0;
	if (other >= 0)
		dimension_take(w, other, &w->rows, &w->rows_to, &w->rows_from);
	if (w->dtype == SJ_STRING)
		w->plane = plane_strings;
	else if (w->row_to == w->size && w->row_from == w->size)
		w->plane = plane_rows;
	else if (w->row_to == w->size && w->row_from == 0)
		w->plane = plane_repeat;
	else
		w->plane = tiled ? plane_tiled : plane_strided;
	w->block = sj__max_i64(1, ELEMENTS_IN_A_BLOCK / sj__max_i64(1, w->row));
	w->block = sj__min_i64(w->rows, (w->block + TILE - 1) / TILE * TILE);
	w->n_blocks = (w->rows + w->block - 1) / w->block;
}

/* ---- the walk over planes ---- */

static void copy_range(void *context, int64_t begin, int64_t end)
{
	const copy_work *w = context;
	int64_t index[SJ__COPY_RANK], rest = begin / w->n_blocks, block = begin % w->n_blocks, at_to = 0, at_from = 0;
	for (int i = w->rank - 1; i >= 0; i--) {
		index[i] = rest % w->dims[i];
		rest /= w->dims[i];
		at_to += index[i] * w->to_strides[i];
		at_from += index[i] * w->from_strides[i];
	}
	for (int64_t unit = begin; unit < end; unit++) {
		int64_t first = block * w->block, n_rows = sj__min_i64(w->block, w->rows - first);
		w->plane(w, w->to + at_to + first * w->rows_to, w->from + at_from + first * w->rows_from, n_rows);
		if (++block < w->n_blocks)
			continue;
		block = 0;
		for (int i = w->rank - 1; i >= 0; i--) {
			at_to += w->to_strides[i];
			at_from += w->from_strides[i];
			if (++index[i] < w->dims[i])
				break;
			at_to -= index[i] * w->to_strides[i];
			at_from -= index[i] * w->from_strides[i];
			index[i] = 0;
		}
	}
}

void sj__strided_copy(sj_dtype dtype, int rank, const int64_t *dims, void *to, const int64_t *to_strides,
                      const void *from, const int64_t *from_strides)
{
	copy_work w;
	int64_t size = (int64_t)sj_dtype_size(dtype), outer = 1;
	w.dtype = dtype;
	w.size = size;
	w.to = to;
	w.from = from;
	w.rank = 0;
	for (int i = 0; i < rank; i++) {
		if (dims[i] == 0)
			return;
		dimension_add(&w, dims[i], to_strides[i] * size, from_strides[i] * size);
	}
	w.row = 1;
	w.row_to = w.row_from = size;
	if (w.rank > 0)
		dimension_take(&w, w.rank - 1, &w.row, &w.row_to, &w.row_from);
	if (w.rank == 0 && w.row_to == size && w.row_from == size && w.row * size <= BYTES_IN_A_CHUNK) {
		sj__elements_copy(dtype, to, from, w.row);
		return;
	}
	if (w.rank == 0 && w.row > ELEMENTS_IN_A_BLOCK) { /* one long row: cut it, so that threads can share it */
		w.dims[0] = w.row / ELEMENTS_IN_A_BLOCK;
		w.to_strides[0] = w.row_to * ELEMENTS_IN_A_BLOCK;
		w.from_strides[0] = w.row_from * ELEMENTS_IN_A_BLOCK;
		w.rank = 1;
		int64_t done = w.dims[0] * ELEMENTS_IN_A_BLOCK, tail = w.row - done, tail_to = w.row_to / size,
			tail_from = w.row_from / size;
		sj__strided_copy(dtype, 1, &tail, w.to + done * w.row_to, &tail_to, w.from + done * w.row_from,
		                 &tail_from);
		w.row = ELEMENTS_IN_A_BLOCK;
	}
	plane_choose(&w);
	for (int i = 0; i < w.rank; i++)
		outer *= w.dims[i];
	int64_t unit_bytes = w.block * w.row * size;
	sj__parallel_for(outer * w.n_blocks, sj__max_i64(1, BYTES_IN_A_CHUNK / unit_bytes), copy_range, &w);
}

/* ---- fill ---- */

#define FILL_LOOP(T) \
	{ \
		T one; \
		memcpy(&one, value, sizeof(T)); \
		for (int64_t i = 0; i < n; i++) \
			((T *)to)[i] = one; \
		return; \
	}

void sj__elements_fill(sj_dtype dtype, void *to, const void *value, int64_t n)
{
	if (dtype == SJ_STRING) {
		for (int64_t i = 0; i < n; i++)
			sj__string_share((sj__string *)to + i, value);
		return;
	}
	switch (sj_dtype_size(dtype)) {
	case 1: memset(to, *(const uint8_t *)value, n > 0 ? (size_t)n : 0); return;
	case 2: FILL_LOOP(uint16_t)
	case 4: FILL_LOOP(uint32_t)
	case 8: FILL_LOOP(uint64_t)
	default: FILL_LOOP(element16)
	}
}

typedef struct fill_work {
	sj_dtype dtype;
	char *to;
	const void *value;
	int64_t size;
} fill_work;

static void fill_range(void *context, int64_t begin, int64_t end)
{
	const fill_work *w = context;
	sj__elements_fill(w->dtype, w->to + begin * w->size, w->value, end - begin);
}

void sj__tensor_fill(sj_tensor *y, const void *value)
{
	fill_work work = {(sj_dtype)y->dtype, y->data, value, (int64_t)sj_dtype_size((sj_dtype)y->dtype)};
	sj__parallel_for(y->shape.size, BYTES_IN_A_CHUNK / work.size, fill_range, &work);
}

void sj__tensor_clear(sj_tensor *y)
{
	fill_work work = {SJ_UINT8, y->data, "", 1};
	sj__parallel_for(y->shape.size * (int64_t)sj_dtype_size((sj_dtype)y->dtype), BYTES_IN_A_CHUNK, fill_range,
	                 &work);
}

void sj__tensor_copy(sj_tensor *y, const sj_tensor *x)
{
	int64_t one = 1;
	sj__strided_copy((sj_dtype)y->dtype, 1, &x->shape.size, y->data, &one, x->data, &one);
}

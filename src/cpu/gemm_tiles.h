/*
 * The register tiles of matrix products and the packing that feeds them, for the `real` and `vec` of gemm_vector.h.
 * gemm_f32.c and gemm_f64.c include this file; each is compiled once for each instruction set.
 */
#include "cpu/gemm_kernels.h"
#include "cpu/gemm_vector.h"

/*
 * A tile's accumulators, one row of b and one broadcast must fit the registers: 32, 16 or (plain) any. Tiles that are computed from
 * panels have ROWS_OF(panel's vectors) rows, whatever the product's: few vectors want many rows, since each row costs a broadcast.
 */
#if defined(__AVX512F__)
enum { MOST_VECTORS = 4, MOST_ROWS = 12, TILE_VECTORS = 3, DIRECT_ROWS = 8 };
#define ROWS_OF(vectors) ((vectors) == 4 ? 6 : (vectors) == 3 ? 8 : 12)
#elif defined(__AVX2__)
enum { MOST_VECTORS = 3, MOST_ROWS = 8, TILE_VECTORS = 3, DIRECT_ROWS = 4 };
#define ROWS_OF(vectors) ((vectors) == 3 ? 4 : (vectors) == 2 ? 6 : 8)
#elif defined(__x86_64__) /* no fused multiply-add: small rather than fast */
enum { MOST_VECTORS = 2, MOST_ROWS = 4, TILE_VECTORS = 2, DIRECT_ROWS = 4 };
#define ROWS_OF(vectors) ((void)(vectors), 4)
#else
enum { MOST_VECTORS = 4, MOST_ROWS = 12, TILE_VECTORS = 2, DIRECT_ROWS = 8 };
#define ROWS_OF(vectors) ((vectors) == 4 ? 6 : (vectors) == 3 ? 8 : 12)
#endif
enum { TILE_COLUMNS = TILE_VECTORS * LANES, MOST_COLUMNS = MOST_VECTORS * LANES };
enum { MOST_ACROSS = (int)MOST_COLUMNS > (int)MOST_ROWS ? (int)MOST_COLUMNS : (int)MOST_ROWS };

/* Packing */

/* The widest vector with a cheap transpose everywhere. */
typedef real quad __attribute__((vector_size(16), may_alias));
typedef real quad_anywhere __attribute__((vector_size(16), may_alias, aligned(sizeof(real))));
enum { QUAD = 16 / (int)sizeof(real) };

static SJ_ALWAYS_INLINE quad quad_load(const real *p) { return (quad) * (const quad_anywhere *)p; }

static SJ_ALWAYS_INLINE void quad_store(real *p, quad v) { *(quad_anywhere *)p = (quad_anywhere)v; }

/* packed[i * step + r] = row[r][i] for r, i < QUAD. */
static SJ_ALWAYS_INLINE void transpose_quad(const real *const *row, int64_t i, real *packed, int64_t step)
{
#if SJ_REAL_BITS == 32
	quad r0 = quad_load(row[0] + i), r1 = quad_load(row[1] + i);
	quad r2 = quad_load(row[2] + i), r3 = quad_load(row[3] + i);
	quad low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
	quad low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
	quad_store(packed, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
	quad_store(packed + step, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
	quad_store(packed + 2 * step, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
	quad_store(packed + 3 * step, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
#else
	quad r0 = quad_load(row[0] + i), r1 = quad_load(row[1] + i);
	quad_store(packed, __builtin_shufflevector(r0, r1, 0, 2));
	quad_store(packed + step, __builtin_shufflevector(r0, r1, 1, 3));
#endif
}

#if SJ_REAL_BITS == 32 && (defined(__AVX2__) || defined(__AVX512F__))
/* Eight rows at a time, half of them in each half of a register: transposes within the halves are cheap. */
enum { MANY = 8 };
typedef real many __attribute__((vector_size(32), may_alias));
typedef real many_anywhere __attribute__((vector_size(32), may_alias, aligned(sizeof(real))));

static SJ_ALWAYS_INLINE many many_load(const real *low, const real *high)
{
	return __builtin_shufflevector(quad_load(low), quad_load(high), 0, 1, 2, 3, 4, 5, 6, 7);
}

static SJ_ALWAYS_INLINE void many_store(real *p, many v) { *(many_anywhere *)p = (many_anywhere)v; }

static SJ_ALWAYS_INLINE void transpose_many(const real *const *row, int64_t i, real *packed, int64_t step)
{
	many r0 = many_load(row[0] + i, row[4] + i), r1 = many_load(row[1] + i, row[5] + i);
	many r2 = many_load(row[2] + i, row[6] + i), r3 = many_load(row[3] + i, row[7] + i);
	many low01 = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
	many high01 = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
	many low23 = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
	many high23 = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
	many_store(packed, __builtin_shufflevector(low01, low23, 0, 1, 8, 9, 4, 5, 12, 13));
	many_store(packed + step, __builtin_shufflevector(low01, low23, 2, 3, 10, 11, 6, 7, 14, 15));
	many_store(packed + 2 * step, __builtin_shufflevector(high01, high23, 0, 1, 8, 9, 4, 5, 12, 13));
	many_store(packed + 3 * step, __builtin_shufflevector(high01, high23, 2, 3, 10, 11, 6, 7, 14, 15));
}
#else
enum { MANY = QUAD };

static SJ_ALWAYS_INLINE void transpose_many(const real *const *row, int64_t i, real *packed, int64_t step)
{
	transpose_quad(row, i, packed, step);
}
#endif

/* The terms [i, n) that no vector takes. */
static SJ_ALWAYS_INLINE void interleave_rest(const real *const *row, int64_t n_rows, int64_t i, int64_t n, real *packed,
                                             int64_t step)
{
	for (; i < n; i++)
		for (int64_t r = 0; r < n_rows; r++)
			packed[i * step + r] = row[r][i];
}

static void interleave_rows(const real *const *row, int64_t n_rows, int64_t n, real *packed, int64_t step)
{
	int64_t r = 0, i;
	for (; r + MANY <= n_rows; r += MANY) {
		for (i = 0; i + QUAD <= n; i += QUAD)
			transpose_many(row + r, i, packed + i * step + r, step);
		interleave_rest(row + r, MANY, i, n, packed + r, step);
	}
	if ((int)MANY > (int)QUAD && n_rows - r == step && step > QUAD && step < MANY && n > 2 * QUAD) {
		/* The next terms overwrite what is one row and more too much, up to the last terms. */
		const real *full[MANY];
		for (int64_t j = 0; j < MANY; j++)
			full[j] = row[r + sj__min_i64(j, step - 1)];
		for (i = 0; i + 2 * QUAD <= n; i += QUAD)
			transpose_many(full, i, packed + i * step, step);
		interleave_rest(row, step, i, n, packed, step);
		return;
	}
	for (; r + QUAD <= n_rows; r += QUAD) {
		for (i = 0; i + QUAD <= n; i += QUAD)
			transpose_quad(row + r, i, packed + i * step + r, step);
		interleave_rest(row + r, QUAD, i, n, packed + r, step);
	}
	interleave_rest(row + r, n_rows - r, 0, n, packed + r, step);
}

static void interleave(const void *const *row, int64_t n_rows, int64_t n, void *packed, int64_t step)
{
	interleave_rows((const real *const *)row, n_rows, n, packed, step);
}

/* One piece of n rows, inlined with a constant number of whole vectors. */
static SJ_ALWAYS_INLINE void copy_piece(int whole, int part, const real *from, int64_t from_step, real *to,
                                        int64_t to_step, int64_t n)
{
	for (int64_t i = 0; i < n; i++, from += from_step, to += to_step) {
		SJ_UNROLL
		for (int v = 0; v < whole; v++)
			vec_store(to + v * LANES, vec_load(from + v * LANES));
		if (part > 0)
			vec_store_part(to + whole * LANES, vec_load_part(from + whole * LANES, part), part);
	}
}

static void copy_pieces(const void *source, int64_t source_step, const sj__piece *piece, int64_t n_pieces, int64_t n,
                        void *packed, int64_t step)
{
	for (int64_t p = 0; p < n_pieces; p++) {
		const real *from = (const real *)source + piece[p].from;
		real *to = (real *)packed + piece[p].to;
		int whole = (int)(piece[p].length / LANES);
		int part = (int)(piece[p].length % LANES);
		switch (whole) {
		case 0: copy_piece(0, part, from, source_step, to, step, n); break;
		case 1: copy_piece(1, part, from, source_step, to, step, n); break;
		case 2: copy_piece(2, part, from, source_step, to, step, n); break;
		case 3: copy_piece(3, part, from, source_step, to, step, n); break;
		default: /* a panel has no more than four vectors */ copy_piece(4, 0, from, source_step, to, step, n);
		}
	}
}

/* packed[i * step + r] = first[r * stride + i] for r < n_rows <= MOST_ACROSS, i < n. */
static void pack_across(const real *first, int64_t stride, int64_t n_rows, int64_t n, real *packed, int64_t step)
{
	const real *row[MOST_ACROSS];
	for (int64_t r = 0; r < n_rows; r++)
		row[r] = first + r * stride;
	interleave_rows(row, n_rows, n, packed, step);
}

/* packed[i * step + r] = first[i * stride + r] for r < n_rows, i < n. */
static void pack_along(const real *first, int64_t stride, int64_t n_rows, int64_t n, real *packed, int64_t step)
{
	for (int64_t i = 0; i < n; i++, first += stride, packed += step) {
		int64_t r = 0;
		for (; r + LANES <= n_rows; r += LANES)
			vec_store(packed + r, vec_load(first + r));
		int rest = (int)(n_rows - r);
		if (rest == QUAD)
			quad_store(packed + r, quad_load(first + r));
		else if (rest > 0)
			vec_store_part(packed + r, vec_load_part(first + r, rest), rest);
	}
}

enum { PACKED_TERMS = 16 }; /* of all rows before the next: their cache lines are shared by several panels */

static void pack_a(const sj__gemm *g, int64_t row, int64_t n_rows, int64_t k, int64_t n_k, int64_t height, void *packed)
{
	const real *a = g->a;
	int64_t terms = g->transpose_a ? PACKED_TERMS : n_k;
	for (int64_t p = 0; p < n_k; p += terms) {
		real *panel = (real *)packed + p * height;
		int64_t some = sj__min_i64(terms, n_k - p);
		for (int64_t r = 0; r < n_rows; r += height, panel += height * n_k) {
			int64_t n = sj__min_i64(height, n_rows - r);
			if (g->transpose_a)
				pack_along(a + (k + p) * g->lda + row + r, g->lda, n, some, panel, height);
			else
				pack_across(a + (row + r) * g->lda + k, g->lda, n, n_k, panel, height);
		}
	}
}

static void pack_b(const sj__gemm *g, int64_t column, int64_t n_columns, int64_t k, int64_t n_k, int64_t width,
                   void *packed)
{
	const real *b = g->b;
	real *panel = packed;
	for (int64_t j = 0; j < n_columns; j += width, panel += width * n_k) {
		int64_t n = sj__min_i64(width, n_columns - j);
		if (n < width)
			memset(panel, 0, (size_t)(width * n_k) * sizeof(real));
		if (g->transpose_b)
			pack_across(b + (column + j) * g->ldb + k, g->ldb, n, n_k, panel, width);
		else
			pack_along(b + k * g->ldb + column + j, g->ldb, n, n_k, panel, width);
	}
}

/* Tiles from panels */

/* What a tile sums: rows of a, packed [k][row] or as runs, and a panel of b, [k][panel's columns]; and where the rows of sums go. */
typedef struct panel_tile {
	int64_t n_k;
	const real *a;
	const sj__gemm_run *run;
	const real *b;
	real *out[MOST_ROWS];
	bool add; /* to what is there */
	/* Lines that are brought to the second-level cache meanwhile: how many, and the next one's place in its row. */
	sj__gemm_ahead ahead;
	int64_t ahead_lines, ahead_at;
} panel_tile;

enum {
	AHEAD = 8,       /* rows of b that are asked for beforehand */
	CACHE_LINE = 64, /* bytes */
	TERMS_PER_LINE = SJ_VECTOR_BYTES > 32
	                         ? 4
	                         : 16, /* after so many a line is asked for; seldom where terms take few cycles */
};

static void ask_ahead(panel_tile *t, const sj__gemm_ahead *ahead)
{
	t->ahead = *ahead;
	t->ahead_at = 0;
	t->ahead_lines = ahead->n * ((ahead->bytes + CACHE_LINE - 1) / CACHE_LINE);
}

static SJ_ALWAYS_INLINE void ask_line(panel_tile *t)
{
	if (t->ahead_lines <= 0)
		return;
	__builtin_prefetch(t->ahead.from + t->ahead_at, 0, 2);
	t->ahead_lines--;
	t->ahead_at += CACHE_LINE;
	if (t->ahead_at >= t->ahead.bytes) {
		t->ahead_at = 0;
		t->ahead.from += t->ahead.step;
	}
}

/* The row of c that sums go to, before they do. */
static SJ_ALWAYS_INLINE void ask_row(int vectors, const real *out)
{
	SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		__builtin_prefetch(out + v * LANES, 1);
	__builtin_prefetch(out + vectors * LANES - 1, 1);
}

/* One term of a chain: a's column of `rows` numbers times a row of b. */
#define TILE_STEP(rows, vectors, a_of_r) \
	do { \
		SJ_UNROLL \
		for (int v = 0; v < vectors; v++) \
			bv[v] = vec_load(b + v * LANES); \
		SJ_UNROLL \
		for (int r = 0; r < rows; r++) { \
			vec ar = vec_broadcast(a_of_r); \
			SJ_UNROLL \
			for (int v = 0; v < vectors; v++) \
				sum[r][v] = vec_fma(ar, bv[v], sum[r][v]); \
		} \
	} while (0)

/* The first `vectors` of a panel's columns, each sum a chain from zero. Inlined with constants, so that sums live in registers. */
static SJ_ALWAYS_INLINE void sum_panel(int panel, int vectors, panel_tile *t)
{
	const int rows = ROWS_OF(panel);
	vec sum[MOST_ROWS][MOST_VECTORS], bv[MOST_VECTORS];
	const real *a = t->a, *b = t->b;
	int64_t n_k = t->n_k;
	SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		sum[r][v] = (vec){0};
	if (a) {
		for (int64_t row = 0; n_k > 0; n_k -= TERMS_PER_LINE, row++) {
			if (row < rows)
				ask_row(vectors, t->out[row]);
			else
				ask_line(t);
			for (int64_t p = sj__min_i64(n_k, TERMS_PER_LINE); p > 0; p--, a += rows, b += panel * LANES) {
				SJ_UNROLL
				for (int v = 0; v < vectors; v++)
					__builtin_prefetch(b + AHEAD * panel * LANES + v * LANES);
				TILE_STEP(rows, vectors, a[r]);
			}
		}
	} else {
		const sj__gemm_run *run = t->run;
		for (int64_t n; n_k > 0; n_k -= n, run++) {
			const real *row[MOST_ROWS];
			n = run->n;
			SJ_UNROLL
			for (int r = 0; r < rows; r++)
				row[r] = run->row[r];
			for (int64_t p = 0; p < n; p++, b += panel * LANES)
				TILE_STEP(rows, vectors, row[r][p]);
		}
		t->run = run;
	}
	if (t->add)
		SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		sum[r][v] = vec_load(t->out[r] + v * LANES) + sum[r][v];
	SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		vec_store(t->out[r] + v * LANES, sum[r][v]);
}

/* Panels that the instruction set does not use compile to nothing. */
#define PANEL_CASE(panel, vectors) \
	case panel * 8 + vectors: \
		if (panel <= MOST_VECTORS) \
			sum_panel(panel <= MOST_VECTORS ? panel : 1, panel <= MOST_VECTORS ? vectors : 1, t); \
		break

static SJ_NOINLINE void sum_panel_of(int panel, int vectors, panel_tile *t)
{
	switch (panel * 8 + vectors) {
		PANEL_CASE(1, 1);
		PANEL_CASE(2, 1);
		PANEL_CASE(2, 2);
		PANEL_CASE(3, 1);
		PANEL_CASE(3, 2);
		PANEL_CASE(3, 3);
		PANEL_CASE(4, 1);
		PANEL_CASE(4, 2);
		PANEL_CASE(4, 3);
		PANEL_CASE(4, 4);
	default: break;
	}
}

/* What becomes of a block's sum: added to c or stored, then bias and relu. */
static SJ_ALWAYS_INLINE vec finish(vec sum, vec c, bool add, const vec *bias, bool relu)
{
	if (add)
		sum = c + sum;
	if (bias)
		sum = sum + *bias;
	return relu ? vec_relu(sum) : sum;
}

/* Brings the sums of one tile to c: rows [row, row + n_rows), columns [column, column + n_columns) of the block. */
static void finish_tile(const sj__gemm_block *b, int64_t row, int64_t n_rows, int64_t column, int64_t n_columns,
                        const real *sums)
{
	const real *bias = b->bias ? (const real *)b->bias + column : NULL;
	const bool add_only = b->add && !bias && !b->relu;
	for (int64_t r = 0; r < n_rows; r++, sums += MOST_COLUMNS) {
		real *c = (real *)b->c + b->c_offset[row + r] + column;
		int64_t j = 0;
		for (; add_only && j + LANES <= n_columns; j += LANES)
			vec_store(c + j, vec_load(c + j) + vec_load(sums + j));
		for (; j + LANES <= n_columns; j += LANES) {
			vec old = b->add ? vec_load(c + j) : (vec){0};
			vec bv = bias ? vec_load(bias + j) : (vec){0};
			vec_store(c + j, finish(vec_load(sums + j), old, b->add, bias ? &bv : NULL, b->relu));
		}
		if (j < n_columns) {
			int part = (int)(n_columns - j);
			vec old = b->add ? vec_load_part(c + j, part) : (vec){0};
			vec bv = bias ? vec_load_part(bias + j, part) : (vec){0};
			vec_store_part(c + j, finish(vec_load(sums + j), old, b->add, bias ? &bv : NULL, b->relu),
			               part);
		}
	}
}

/*
 * Where the sums of a tile go: to c itself (true), where they are stored or added and nothing else, or to `sums`, like those of rows
 * that c has not. c is asked for meanwhile.
 */
static bool place_tile(const sj__gemm_block *b, int64_t row, int64_t n_rows, int64_t column, int64_t n_columns,
                       real *sums, real **ret_out)
{
	bool in_place = !b->bias && !b->relu && n_columns % LANES == 0;
	for (int64_t r = 0; r < MOST_ROWS; r++) {
		ret_out[r] = sums + r * MOST_COLUMNS;
		if (r >= n_rows)
			continue;
		real *c = (real *)b->c + b->c_offset[row + r] + column;
		if (in_place)
			ret_out[r] = c;
		else
			for (int64_t j = 0; j < n_columns; j += LANES)
				__builtin_prefetch(c + j, 1);
	}
	return in_place;
}

static void block(const sj__gemm_block *b)
{
	real sums[MOST_ROWS * MOST_COLUMNS] __attribute__((aligned(64))) = {0};
	int64_t panel_width = b->vectors * LANES, most = ROWS_OF(b->vectors);
	panel_tile t = {.n_k = b->n_k, .b = b->b};
	for (int64_t column = 0; column < b->n_columns; column += panel_width) {
		int64_t width = sj__min_i64(panel_width, b->n_columns - column);
		int vectors = (int)((width + LANES - 1) / LANES);
		t.a = b->a;
		t.run = b->run;
		sj__gemm_ahead next = {(const char *)(t.b + panel_width * b->n_k), 1,
		                       panel_width * b->n_k * (int64_t)sizeof(real), 0};
		ask_ahead(&t, column + panel_width < b->n_columns ? &next : &b->ahead);
		for (int64_t row = 0; row < b->n_rows; row += most) {
			int64_t height = sj__min_i64(most, b->n_rows - row);
			bool in_place = place_tile(b, row, height, column, width, sums, t.out);
			t.add = in_place && b->add;
			sum_panel_of((int)b->vectors, vectors, &t);
			if (t.a)
				t.a += most * b->n_k;
			if (!in_place)
				finish_tile(b, row, height, column, width, sums);
		}
		t.b += panel_width * b->n_k;
	}
}

/* Tiles from unpacked matrices */

/* Element (r, p) of a is a[r * a_row + p * a_term]; row p of b begins at b + p * b_row. */
typedef struct direct_tile {
	int64_t n_k;
	const real *a;
	int64_t a_row, a_term;
	const real *b;
	int64_t b_row;
	real *c;
	int64_t c_row;
	bool add, relu;
	const real *bias;
	int part; /* columns in the last vector */
} direct_tile;

/* One row of `vectors` vectors, the last of them `part` elements wide. */
static SJ_ALWAYS_INLINE void load_row(int vectors, int part, const real *p, vec row[TILE_VECTORS])
{
	SJ_UNROLL
	for (int v = 0; v < vectors - 1; v++)
		row[v] = vec_load(p + v * LANES);
	row[vectors - 1] = vec_load_part(p + (vectors - 1) * LANES, part);
}

static SJ_ALWAYS_INLINE void store_row(int vectors, int part, real *p, const vec row[TILE_VECTORS])
{
	SJ_UNROLL
	for (int v = 0; v < vectors - 1; v++)
		vec_store(p + v * LANES, row[v]);
	vec_store_part(p + (vectors - 1) * LANES, row[vectors - 1], part);
}

static SJ_ALWAYS_INLINE void direct_finish(int rows, int vectors, const direct_tile *t,
                                           vec sum[DIRECT_ROWS][TILE_VECTORS])
{
	vec old[TILE_VECTORS] = {{0}}, bias[TILE_VECTORS] = {{0}};
	const bool add = t->add, relu = t->relu, has_bias = t->bias != NULL;
	const int64_t c_row = t->c_row;
	const int part = t->part;
	real *c = t->c;
	if (has_bias)
		load_row(vectors, part, t->bias, bias);
	SJ_UNROLL
	for (int r = 0; r < rows; r++, c += c_row) {
		if (add)
			load_row(vectors, part, c, old);
		if (add || has_bias || relu)
			SJ_UNROLL
		for (int v = 0; v < vectors; v++)
			sum[r][v] = finish(sum[r][v], old[v], add, has_bias ? &bias[v] : NULL, relu);
		store_row(vectors, part, c, sum[r]);
	}
}

static SJ_ALWAYS_INLINE void direct_sum(int rows, int vectors, const direct_tile *t)
{
	vec sum[DIRECT_ROWS][TILE_VECTORS], bv[TILE_VECTORS];
	const real *a = t->a, *b = t->b;
	const int64_t a_row = t->a_row, a_term = t->a_term, b_row = t->b_row, n_k = t->n_k;
	const int part = t->part;
	SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		sum[r][v] = (vec){0};
	for (int64_t p = 0; p < n_k; p++, a += a_term, b += b_row) {
		load_row(vectors, part, b, bv);
		SJ_UNROLL
		for (int r = 0; r < rows; r++) {
			vec ar = vec_broadcast(a[r * a_row]);
			SJ_UNROLL
			for (int v = 0; v < vectors; v++)
				sum[r][v] = vec_fma(ar, bv[v], sum[r][v]);
		}
	}
	direct_finish(rows, vectors, t, sum);
}

/* Computes tile after tile of `rows` rows, as far as they go; returns the rows that are left. */
static SJ_ALWAYS_INLINE int64_t direct_rows(int rows, int vectors, int64_t n_rows, direct_tile *t)
{
	for (; n_rows >= rows; n_rows -= rows) {
		direct_sum(rows, vectors, t);
		t->a += rows * t->a_row;
		t->c += rows * t->c_row;
	}
	return n_rows;
}

static SJ_ALWAYS_INLINE void direct_columns(int vectors, int64_t n_rows, direct_tile *t)
{
	if (DIRECT_ROWS >= 8)
		n_rows = direct_rows(8, vectors, n_rows, t);
	n_rows = direct_rows(4, vectors, n_rows, t);
	n_rows = direct_rows(2, vectors, n_rows, t);
	direct_rows(1, vectors, n_rows, t);
}

/* One panel of at most TILE_COLUMNS columns, one block of k. */
static SJ_NOINLINE void direct_panel(int64_t n_rows, int64_t n_columns, direct_tile *t)
{
	int vectors = (int)((n_columns + LANES - 1) / LANES);
	t->part = (int)(n_columns - (vectors - 1) * LANES);
	switch (vectors) {
	case 1: direct_columns(1, n_rows, t); break;
	case 2: direct_columns(2, n_rows, t); break;
	default:
		if (TILE_VECTORS > 2)
			direct_columns(3, n_rows, t);
	}
}

/* The tile at the beginning of the given rows and columns, for the terms [k, k + n_k). */
static SJ_ALWAYS_INLINE direct_tile direct_tile_at(const sj__gemm *g, int64_t row, int64_t column, int64_t k,
                                                   int64_t n_k)
{
	bool last = k + n_k == g->k;
	return (direct_tile){
		.n_k = n_k,
		.a = (const real *)g->a + (g->transpose_a ? k * g->lda + row : row * g->lda + k),
		.a_row = g->transpose_a ? 1 : g->lda,
		.a_term = g->transpose_a ? g->lda : 1,
		.b = (const real *)g->b + (g->transpose_b ? column * g->ldb + k : k * g->ldb + column),
		.b_row = g->ldb,
		.c = (real *)g->c + row * g->ldc + column,
		.c_row = g->ldc,
		.add = g->accumulate || k > 0,
		.relu = g->relu && last,
		.bias = g->bias && last ? (const real *)g->bias + column : NULL,
	};
}

enum { TURNED_COLUMNS = 2 * LANES }; /* so that the buffer is at most 48 KiB */

/* A transposed b is turned around in a buffer on the stack, one panel and one block of k at a time. */
static SJ_NOINLINE void direct_turned(int64_t n_rows, int64_t n_columns, direct_tile *t)
{
	real panel[SJ__GEMM_BLOCK * TURNED_COLUMNS];
	int64_t step = n_columns <= LANES ? LANES : TURNED_COLUMNS;
	pack_across(t->b, t->b_row, n_columns, t->n_k, panel, step);
	t->b = panel;
	t->b_row = step;
	direct_panel(n_rows, n_columns, t);
}

static void direct(const sj__gemm *g, int64_t row_begin, int64_t row_end, int64_t column_begin, int64_t column_end)
{
	int64_t n_rows = row_end - row_begin, k = 0, width = g->transpose_b ? TURNED_COLUMNS : TILE_COLUMNS;
	do {
		int64_t n_k = sj__min_i64(SJ__GEMM_BLOCK, g->k - k);
		for (int64_t column = column_begin; column < column_end; column += width) {
			int64_t n_columns = sj__min_i64(width, column_end - column);
			direct_tile t = direct_tile_at(g, row_begin, column, k, n_k);
			if (g->transpose_b)
				direct_turned(n_rows, n_columns, &t);
			else
				direct_panel(n_rows, n_columns, &t);
		}
		k += SJ__GEMM_BLOCK;
	} while (k < g->k);
}

/* Sums along lines */

/* Where a tile's sums go, and whether they are added to what is there. */
typedef struct lines_place {
	real *out;
	int64_t row;
	bool add;
} lines_place;

/* A tile of `vectors` vectors, the last of them `part` elements wide. */
static SJ_ALWAYS_INLINE void lines_sum(int vectors, const sj__gemm_lines *l, const real *a_first, const real *b,
                                       int part, const lines_place *to)
{
	const int rows = ROWS_OF(vectors);
	vec sum[MOST_ROWS][MOST_VECTORS], bv[MOST_VECTORS];
	const int64_t a_step = l->a_step, b_step = l->b_step, n_lines = l->n_lines;
	SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		sum[r][v] = (vec){0};
	for (int64_t i = 0; i < n_lines; i++) {
		const real *a = a_first + l->line[i].a;
		for (int64_t p = l->line[i].n; p > 0; p--, a += a_step, b += b_step) {
			SJ_UNROLL
			for (int v = 0; v < vectors; v++)
				__builtin_prefetch(b + AHEAD * b_step + v * LANES);
			__builtin_prefetch(a + AHEAD * a_step);
			load_row(vectors, part, b, bv);
			SJ_UNROLL
			for (int r = 0; r < rows; r++) {
				vec ar = vec_broadcast(a[r]);
				SJ_UNROLL
				for (int v = 0; v < vectors; v++)
					sum[r][v] = vec_fma(ar, bv[v], sum[r][v]);
			}
		}
	}
	SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++) {
		real *out = to->out + r * to->row + v * LANES;
		vec_store(out, finish(sum[r][v], to->add ? vec_load(out) : (vec){0}, to->add, NULL, false));
	}
}

static SJ_NOINLINE void lines_tile(int vectors, const sj__gemm_lines *l, const real *a, const real *b, int part,
                                   const lines_place *to)
{
	switch (vectors) {
	case 1: lines_sum(1, l, a, b, part, to); break;
	case 2: lines_sum(2, l, a, b, part, to); break;
	case 3: lines_sum(MOST_VECTORS > 2 ? 3 : 1, l, a, b, part, to); break;
	default: lines_sum(MOST_VECTORS > 3 ? 4 : 1, l, a, b, part, to);
	}
}

static void lines_finish(int64_t n_rows, int64_t n_columns, const real *sums, real *c, int64_t c_row, bool add)
{
	for (int64_t r = 0; r < n_rows; r++, sums += MOST_COLUMNS, c += c_row)
		for (int64_t j = 0; j < n_columns; j += LANES) {
			int part = (int)sj__min_i64(LANES, n_columns - j);
			vec v = vec_load(sums + j);
			if (add)
				v = vec_load_part(c + j, part) + v;
			vec_store_part(c + j, v, part);
		}
}

/* Vectors of a tile turned around: two rows of them are enough to hide the multiply-adds' latency, four fit. */
enum { TURNED_VECTORS = MOST_VECTORS > 3 ? 4 : 2 };

/* A tile turned around: columns are rows of sums, and rows lie in the lanes. Vectors are as many as the registers hold. */
static SJ_ALWAYS_INLINE void turned_sum(int columns, int vectors, const sj__gemm_lines *l, const real *a_first,
                                        const real *b, real *sums)
{
	vec sum[SJ__GEMM_MOST_TURNED][TURNED_VECTORS], av[TURNED_VECTORS];
	const int64_t a_step = l->a_step, b_step = l->b_step, n_lines = l->n_lines;
	SJ_UNROLL
	for (int j = 0; j < columns; j++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		sum[j][v] = (vec){0};
	for (int64_t i = 0; i < n_lines; i++) {
		const real *a = a_first + l->line[i].a;
		for (int64_t p = l->line[i].n; p > 0; p--, a += a_step, b += b_step) {
			SJ_UNROLL
			for (int v = 0; v < vectors; v++)
				av[v] = vec_load(a + v * LANES);
			SJ_UNROLL
			for (int j = 0; j < columns; j++) {
				vec bj = vec_broadcast(b[j]);
				SJ_UNROLL
				for (int v = 0; v < vectors; v++)
					sum[j][v] = vec_fma(av[v], bj, sum[j][v]);
			}
		}
	}
	SJ_UNROLL
	for (int j = 0; j < columns; j++)
		SJ_UNROLL
	for (int v = 0; v < vectors; v++)
		vec_store(sums + (j * vectors + v) * LANES, sum[j][v]);
}

static void turned_columns(const sj__gemm_lines *l)
{
	real sums[SJ__GEMM_MOST_TURNED * TURNED_VECTORS * LANES] __attribute__((aligned(64)));
	int columns = l->n_turned > 2 ? SJ__GEMM_MOST_TURNED : 2;
	int64_t column = l->n_columns - columns,
		height = (l->n_rows < TURNED_VECTORS * LANES ? 1 : TURNED_VECTORS) * LANES;
	const real *b = (const real *)l->b + column;
	for (int64_t row = 0; row < l->n_rows; row += height) {
		/* The last tile begins early rather than read beyond the rows. */
		int64_t first = sj__min_i64(row, l->n_rows - height);
		const real *a = (const real *)l->a + first;
		if (height > LANES)
			columns > 2 ? turned_sum(SJ__GEMM_MOST_TURNED, TURNED_VECTORS, l, a, b, sums)
				    : turned_sum(2, TURNED_VECTORS, l, a, b, sums);
		else
			columns > 2 ? turned_sum(SJ__GEMM_MOST_TURNED, 1, l, a, b, sums)
				    : turned_sum(2, 1, l, a, b, sums);
		for (int64_t r = row; r < first + height; r++)
			for (int64_t j = columns - l->n_turned; j < columns; j++) {
				real *c = (real *)l->c + r * l->c_row + column + j, sum = sums[j * height + r - first];
				*c = l->add ? *c + sum : sum;
			}
	}
}

static void lines(const sj__gemm_lines *l)
{
	real sums[MOST_ROWS * MOST_COLUMNS] __attribute__((aligned(64)));
	int64_t most_width = l->vectors * LANES, n_columns = l->n_columns - l->n_turned;
	for (int64_t column = 0; column < n_columns; column += most_width) {
		int64_t width = sj__min_i64(most_width, n_columns - column);
		int vectors = (int)((width + LANES - 1) / LANES), part = (int)(width - (vectors - 1) * LANES);
		int64_t most = ROWS_OF(vectors);
		for (int64_t row = 0; row < l->n_rows; row += most) {
			/* The last tile begins early rather than read beyond the rows. */
			int64_t first = sj__max_i64(0, sj__min_i64(row, l->n_rows - most));
			real *c = (real *)l->c + row * l->c_row + column;
			bool in_place = first == row && row + most <= l->n_rows && part == LANES;
			lines_place to = {sums, MOST_COLUMNS, false}, there = {c, l->c_row, l->add};
			lines_tile(vectors, l, (const real *)l->a + first, (const real *)l->b + column, part,
			           in_place ? &there : &to);
			if (!in_place)
				lines_finish(sj__min_i64(most, l->n_rows - row), width,
				             sums + (row - first) * MOST_COLUMNS, c, l->c_row, l->add);
		}
	}
	if (l->n_turned > 0)
		turned_columns(l);
}

static int64_t rows_of(int64_t vectors) { return ROWS_OF(vectors); }

/* The same chains of multiply-adds, for products of a few numbers: any loop is dearer than the arithmetic. */
static SJ_ALWAYS_INLINE void few_terms(int64_t m, int64_t n, int64_t k, const real *a, int64_t a_row, int64_t a_term,
                                       const real *b, int64_t ldb, real *c, int64_t ldc)
{
#pragma GCC unroll 2
	for (int64_t row = 0; row < m; row++)
#pragma GCC unroll 2
		for (int64_t column = 0; column < n; column++) {
			real sum = 0;
#pragma GCC unroll 2
			for (int64_t term = 0; term < k; term++)
				sum = SJ_FMA_SCALAR(a[row * a_row + term * a_term], b[term * ldb + column], sum);
			c[row * ldc + column] = sum;
		}
}

static void few(int64_t m, int64_t n, int64_t k, const void *a, int64_t a_row, int64_t a_term, const void *b,
                int64_t ldb, void *c)
{
	if (m == 2 && n == 2 && k == 2) /* the loops fall away */
		few_terms(2, 2, 2, a, a_row, a_term, b, ldb, c, 2);
	else
		few_terms(m, n, k, a, a_row, a_term, b, ldb, c, n);
}

/* All four chains side by side where a vector holds them. */
static void two_by_two(const void *a, const void *b, void *c)
{
#if SJ_REAL_BITS == 32 && defined(SJ_QUAD_FMA)
	quad x = quad_load(a), y = quad_load(b), sum = {0};
	sum = SJ_QUAD_FMA(__builtin_shufflevector(x, x, 0, 0, 2, 2), __builtin_shufflevector(y, y, 0, 1, 0, 1), sum);
	sum = SJ_QUAD_FMA(__builtin_shufflevector(x, x, 1, 1, 3, 3), __builtin_shufflevector(y, y, 2, 3, 2, 3), sum);
	quad_store(c, sum);
#else
	few_terms(2, 2, 2, a, 2, 1, b, 2, c, 2);
#endif
}

/* The same for products so small that the way to the tiles costs more than the tiles: b as it lies, one block of k. */
static void tiny(int64_t m, int64_t n, int64_t k, const void *a, int64_t a_row, int64_t a_term, const void *b,
                 int64_t ldb, void *c, int64_t ldc, bool add, const void *bias, bool relu)
{
	for (int64_t column = 0; column < n; column += TILE_COLUMNS) {
		direct_tile t = {
			.n_k = k,
			.a = a,
			.a_row = a_row,
			.a_term = a_term,
			.b = (const real *)b + column,
			.b_row = ldb,
			.c = (real *)c + column,
			.c_row = ldc,
			.add = add,
			.relu = relu,
			.bias = bias ? (const real *)bias + column : NULL,
		};
		direct_panel(m, sj__min_i64(TILE_COLUMNS, n - column), &t);
	}
}

/* Depthwise convolutions, channel by channel */

/* out[c] = a[c] * b[c] + out[c] */
static void multiply_add(const real *a, const real *b, int64_t n, real *out)
{
	int64_t c = 0;
	for (; c + LANES <= n; c += LANES)
		vec_store(out + c, vec_fma(vec_load(a + c), vec_load(b + c), vec_load(out + c)));
	for (; c < n; c++)
		out[c] = SJ_FMA_SCALAR(a[c], b[c], out[c]);
}

static void spread(const void *a, const void *b, int64_t n_c, int64_t multiplier, void *out)
{
	const real *each = a, *other = b;
	real *sum = out;
	if (multiplier == 1) {
		multiply_add(each, other, n_c, sum);
		return;
	}
	for (int64_t c = 0; c < n_c; c++)
		for (int64_t j = 0; j < multiplier; j++, other++, sum++)
			*sum = SJ_FMA_SCALAR(each[c], *other, *sum);
}

static void collect(const void *a, const void *b, int64_t n_c, int64_t multiplier, void *out)
{
	const real *left = a, *right = b;
	real *sum = out;
	if (multiplier == 1) {
		multiply_add(left, right, n_c, sum);
		return;
	}
	for (int64_t c = 0; c < n_c; c++)
		for (int64_t j = 0; j < multiplier; j++, left++, right++)
			sum[c] = SJ_FMA_SCALAR(*left, *right, sum[c]);
}

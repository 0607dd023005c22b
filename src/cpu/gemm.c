/*
 * Drives matrix products: chooses between computing from the matrices where they lie (small and thin ones) and from
 * packed panels, cuts the work and hands it to the threads. What an element's bits are is decided in the tiles, by k alone;
 * so this file is free to cut m and n as it likes, also by the number of threads.
 */
#include "cpu/gemm.h"

#include <stdatomic.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/gemm_kernels.h"
#include "cpu/isa.h"

enum {
	ROWS_AT_ONCE = 192,       /* of a: with SJ__GEMM_BLOCK terms most of a core's second-level cache */
	COLUMNS_AT_ONCE = 1536,   /* of b, computed by one thread */
	PACKED_B_BYTES = 4 << 20, /* shared by the threads */
	SMALL = 1 << 19,          /* multiply-adds: below, handing out work costs more than it gains */
	UNPACKED_COLUMNS = 256,   /* up to here, rows of a are read where they lie */
	OWN_A_BYTES = 1 << 19,    /* up to here, a stays in each core's second-level cache */
	FEW = 24,                 /* rows or columns: below, packing costs more than it gains */
};

static int64_t round_up(int64_t a, int64_t b) { return sj__divide_up(a, b) * b; }

/* Products of many panels */

/* What a row of a costs, roughly, with so many of a panel's vectors in use: [panel's vectors][vectors]. */
static const uint8_t panel_cost[5][5] = {{0}, {0, 16}, {0, 17, 21}, {0, 21, 24, 30}, {0, 22, 26, 34, 40}};

int64_t sj__gemm_vectors(const sj__gemm_kernels *kernels, int64_t n_columns)
{
	int64_t needed = sj__divide_up(n_columns, kernels->lanes), best = 1, least = INT64_MAX;
	for (int64_t v = 1; v <= kernels->most_vectors; v++) {
		int64_t cost = needed / v * panel_cost[v][v] + panel_cost[v][needed % v];
		if (cost <= least) {
			least = cost;
			best = v;
		}
	}
	return best;
}

/* One pass: columns [column, column + n_columns) and terms [k, k + n_k) of b, packed in blocks of SJ__GEMM_BLOCK terms. */
typedef struct gemm_pass {
	const sj__gemm *g;
	const sj__gemm_kernels *kernels;
	const sj__gemm_source *source; /* may be NULL */
	int64_t column, n_columns, k, n_k;
	int64_t vectors, width, height; /* of a panel of b; its columns; the rows of its tiles */
	int64_t rows_at_once, columns_at_once;
	char *packed_b; /* [block of k][panel of columns][k][column] */
	char *packed_a; /* one block for each worker */
	int64_t packed_a_bytes;
	atomic_llong next; /* the next piece of c that nobody has begun */
	bool is_own;       /* whether each worker has columns of its own */
} gemm_pass;

/* Where column panel `panel` of the block that begins at term k (from the pass's first) lies in packed_b. */
static char *packed_panel(const gemm_pass *pass, int64_t k, int64_t panel)
{
	int64_t width = pass->width, n_k = sj__min_i64(SJ__GEMM_BLOCK, pass->n_k - k);
	return pass->packed_b + (k * round_up(pass->n_columns, width) + panel * width * n_k) * pass->kernels->element;
}

/* Packs column panels [begin, end), numbered through all blocks of k. */
static void pack_panels(void *context, int64_t begin, int64_t end)
{
	const gemm_pass *pass = context;
	int64_t width = pass->width, n_panels = sj__divide_up(pass->n_columns, width);
	for (int64_t i = begin; i < end; i++) {
		int64_t k = i / n_panels * SJ__GEMM_BLOCK, panel = i % n_panels, column = panel * width;
		int64_t n_columns = sj__min_i64(width, pass->n_columns - column);
		int64_t n_k = sj__min_i64(SJ__GEMM_BLOCK, pass->n_k - k);
		char *to = packed_panel(pass, k, panel);
		if (pass->source && pass->source->pack_b)
			pass->source->pack_b(pass->source, pass->column + column, n_columns, pass->k + k, n_k, width,
			                     to);
		else
			pass->kernels->pack_b(pass->g, pass->column + column, n_columns, pass->k + k, n_k, width, to);
	}
}

/* A matrix's rows where they lie, one run a tile. */
static void find_runs(const gemm_pass *pass, int64_t row, int64_t n_rows, int64_t k, int64_t n_k, sj__gemm_run *run)
{
	const sj__gemm *g = pass->g;
	int64_t height = pass->height, element = pass->kernels->element;
	for (int64_t first = 0; first < n_rows; first += height, run++) {
		run->n = n_k;
		for (int64_t r = 0; r < height; r++) {
			int64_t i = row + sj__min_i64(first + r, n_rows - 1);
			run->row[r] = (const char *)g->a + (i * g->lda + k) * element;
		}
	}
}

/* Whether a's rows are read where they lie. */
static bool lies_well(const sj__gemm *g) { return !g->transpose_a && g->n <= UNPACKED_COLUMNS; }

/* Gives the block its rows of a: where they lie if few columns would share the work of packing them. */
static void give_rows(const gemm_pass *pass, int64_t row, int64_t k, char *scratch, sj__gemm_block *block)
{
	const sj__gemm_source *source = pass->source;
	int64_t n_rows = block->n_rows, n_k = block->n_k;
	block->a = scratch;
	block->run = (sj__gemm_run *)scratch;
	if (source && source->find_runs) {
		int64_t most = pass->packed_a_bytes / (int64_t)sizeof(sj__gemm_run);
		if (source->find_runs(source, row, n_rows, k, n_k, pass->height, most, (sj__gemm_run *)scratch))
			block->a = NULL;
	} else if (!(source && source->pack_a) && lies_well(pass->g) && n_k > 0) {
		find_runs(pass, row, n_rows, k, n_k, (sj__gemm_run *)scratch);
		block->a = NULL;
	}
	if (!block->a)
		return;
	if (source && source->pack_a)
		source->pack_a(source, row, n_rows, k, n_k, pass->height, scratch);
	else
		pass->kernels->pack_a(pass->g, row, n_rows, k, n_k, pass->height, scratch);
}

/* Computes one piece of c: all terms of the pass for a block of rows and columns. */
static void compute_piece(const gemm_pass *pass, int64_t row, int64_t column, char *packed_a)
{
	const sj__gemm *g = pass->g;
	int64_t offset[ROWS_AT_ONCE], element = pass->kernels->element, first = pass->column + column;
	sj__gemm_block block = {
		.n_rows = sj__min_i64(pass->rows_at_once, g->m - row),
		.n_columns = sj__min_i64(pass->columns_at_once, pass->n_columns - column),
		.c = (char *)g->c + first * element,
		.c_offset = offset,
		.vectors = pass->vectors,
	};
	if (pass->source && pass->source->c_offset)
		pass->source->c_offset(pass->source, row, block.n_rows, offset);
	else
		for (int64_t r = 0; r < block.n_rows; r++)
			offset[r] = (row + r) * g->ldc;
	int64_t k = 0;
	do {
		bool last = pass->k + k + SJ__GEMM_BLOCK >= g->k;
		block.n_k = sj__min_i64(SJ__GEMM_BLOCK, pass->n_k - k);
		block.b = packed_panel(pass, k, column / pass->width);
		block.add = g->accumulate || pass->k + k > 0;
		block.bias = last && g->bias ? (const char *)g->bias + first * element : NULL;
		block.relu = last && g->relu;
		give_rows(pass, row, pass->k + k, packed_a, &block);
		pass->kernels->block(&block);
		k += SJ__GEMM_BLOCK;
	} while (k < pass->n_k);
}

/* A worker takes pieces, one after the other, until none is left; its number says which scratch block is its own. */
static void compute_pieces(void *context, int64_t begin, int64_t end)
{
	gemm_pass *pass = context;
	int64_t across = sj__divide_up(pass->n_columns, pass->columns_at_once);
	int64_t n_pieces = sj__divide_up(pass->g->m, pass->rows_at_once) * across;
	for (int64_t worker = begin; worker < end; worker++)
		for (int64_t i; !sj__cancelled() && (i = atomic_fetch_add(&pass->next, 1)) < n_pieces;)
			compute_piece(pass, i / across * pass->rows_at_once, i % across * pass->columns_at_once,
			              pass->packed_a + worker * pass->packed_a_bytes);
}

/* Cuts c so that each thread gets several pieces where there is enough work. */
static void choose_pieces(gemm_pass *pass, int64_t n_threads)
{
	int64_t height = pass->height, n = sj__min_i64(pass->g->n, pass->n_columns);
	pass->columns_at_once = sj__min_i64(round_up(COLUMNS_AT_ONCE, pass->width), round_up(n, pass->width));
	int64_t across = sj__divide_up(n, pass->columns_at_once);
	int64_t wanted = sj__divide_up(n_threads * (n_threads > 1 ? 2 : 1), across);
	pass->rows_at_once = sj__min_i64(ROWS_AT_ONCE / height * height,
	                                 round_up(sj__divide_up(pass->g->m, wanted), height));
}

/*
 * Cuts c in as many strips of columns as there are threads, if they come out even: a worker packs what it alone uses, so that panels
 * need not travel from core to core and nobody waits between packing and computing.
 */
static void choose_own_columns(gemm_pass *pass, int64_t n_threads)
{
	const sj__gemm *g = pass->g;
	int64_t n_panels = sj__divide_up(g->n, pass->width), height = pass->height;
	if (n_threads < 2 || pass->source || !lies_well(g) || g->m * g->k * pass->kernels->element > OWN_A_BYTES ||
	    n_panels % n_threads != 0)
		return;
	pass->is_own = true;
	pass->columns_at_once = n_panels / n_threads * pass->width;
	pass->rows_at_once = sj__min_i64(ROWS_AT_ONCE / height * height, round_up(g->m, height));
}

/* The strips [begin, end) of workers with columns of their own. */
static void compute_own_columns(void *context, int64_t begin, int64_t end)
{
	const gemm_pass *pass = context;
	int64_t n_panels = sj__divide_up(pass->n_columns, pass->width), across = pass->columns_at_once / pass->width;
	for (int64_t worker = begin; worker < end; worker++) {
		for (int64_t first = worker * across, k = 0; k < pass->n_k; k += SJ__GEMM_BLOCK, first += n_panels)
			pack_panels(context, first, first + across);
		for (int64_t row = 0; row < pass->g->m; row += pass->rows_at_once)
			compute_piece(pass, row, worker * pass->columns_at_once,
			              pass->packed_a + worker * pass->packed_a_bytes);
	}
}

static void run_pass(gemm_pass *pass, int64_t n_workers)
{
	if (pass->is_own) {
		sj__parallel_for(n_workers, 1, compute_own_columns, pass);
		return;
	}
	int64_t n_panels = sj__divide_up(pass->n_columns, pass->width) * sj__divide_up(pass->n_k, SJ__GEMM_BLOCK);
	sj__parallel_for(n_panels, sj__max_i64(1, sj__divide_up(n_panels, 4 * n_workers)), pack_panels, pass);
	atomic_store(&pass->next, 0);
	sj__parallel_for(n_workers, 1, compute_pieces, pass);
}

sj_status sj__gemm_packed(const sj__gemm *g, const sj__gemm_kernels *kernels, const sj__gemm_source *source)
{
	gemm_pass pass = {.g = g, .kernels = kernels, .source = source};
	if (g->m == 0 || g->n == 0)
		return SJ_OK;
	int64_t element = kernels->element, block_bytes = SJ__GEMM_BLOCK * element, n_threads = sj__threads();
	pass.vectors = sj__gemm_vectors(kernels, g->n);
	pass.width = pass.vectors * kernels->lanes;
	pass.height = kernels->rows_of(pass.vectors);
	int64_t most_columns = PACKED_B_BYTES / block_bytes / pass.width * pass.width;
	int64_t columns = sj__min_i64(most_columns, round_up(g->n, pass.width));
	int64_t terms = sj__min_i64(round_up(sj__max_i64(1, g->k), SJ__GEMM_BLOCK),
	                            PACKED_B_BYTES / (columns * block_bytes) * SJ__GEMM_BLOCK);
	pass.n_columns = columns;
	choose_pieces(&pass, n_threads);
	int64_t n_pieces = sj__divide_up(g->m, pass.rows_at_once) * sj__divide_up(columns, pass.columns_at_once);
	choose_own_columns(&pass, n_threads);
	int64_t n_workers = pass.is_own ? n_threads : sj__min_i64(n_threads, n_pieces);
	pass.packed_a_bytes = round_up(pass.rows_at_once * block_bytes, 64);
	int64_t b_bytes = round_up(columns * terms * element, 64);
	char *scratch = sj__memory_new((size_t)(b_bytes + n_workers * pass.packed_a_bytes));
	if (!scratch)
		return SJ_RESOURCE_EXHAUSTED;
	pass.packed_b = scratch;
	pass.packed_a = scratch + b_bytes;
	for (pass.column = 0; pass.column < g->n; pass.column += columns) {
		pass.n_columns = sj__min_i64(columns, g->n - pass.column);
		pass.k = 0;
		do {
			pass.n_k = sj__min_i64(terms, g->k - pass.k);
			run_pass(&pass, n_workers);
			pass.k += terms;
		} while (pass.k < g->k && !sj__cancelled());
	}
	sj__memory_free(scratch);
	return SJ_OK;
}

/* Products without packing */

typedef struct gemm_strips {
	const sj__gemm *g;
	const sj__gemm_kernels *kernels;
} gemm_strips;

static void compute_rows(void *context, int64_t begin, int64_t end)
{
	const gemm_strips *s = context;
	s->kernels->direct(s->g, begin, end, 0, s->g->n);
}

static void compute_columns(void *context, int64_t begin, int64_t end)
{
	const gemm_strips *s = context;
	s->kernels->direct(s->g, 0, s->g->m, begin, end);
}

/* Thin products in strips along the longer side, each of about SMALL multiply-adds. */
static void gemm_thin(const sj__gemm *g, const sj__gemm_kernels *kernels)
{
	gemm_strips strips = {.g = g, .kernels = kernels};
	int64_t line = sj__max_i64(1, sj__min_i64(g->m, g->n) * sj__max_i64(1, g->k));
	if (g->m > g->n) {
		sj__parallel_for(g->m, round_up(sj__max_i64(1, SMALL / line), kernels->rows), compute_rows, &strips);
	} else {
		int64_t grain = round_up(sj__max_i64(1, SMALL / line), kernels->columns);
		sj__parallel_for(g->n, grain, compute_columns, &strips);
	}
}

/* Whether m * n * k, all at least 0, is at most `limit`. */
static bool is_at_most(int64_t m, int64_t n, int64_t k, int64_t limit)
{
	return (double)m * (double)n * (double)k <= (double)limit;
}

static SJ_NOINLINE sj_status gemm_large(const sj__gemm *g, const sj__gemm_kernels *kernels)
{
	if (g->m == 0 || g->n == 0)
		return SJ_OK;
	if (g->m >= FEW && g->n >= FEW && g->k >= FEW)
		return sj__gemm_packed(g, kernels, NULL);
	gemm_thin(g, kernels);
	return SJ_OK;
}

static SJ_ALWAYS_INLINE sj_status gemm(const sj__gemm *g, const sj__gemm_kernels *kernels)
{
	if (!is_at_most(g->m, g->n, g->k, SMALL))
		return gemm_large(g, kernels);
	kernels->direct(g, 0, g->m, 0, g->n);
	return SJ_OK;
}

/*
 * A product with one column, whose c is contiguous, is computed as its transpose, with one row: the lanes then run along
 * m. True when it was.
 */
static bool turn_column(const sj__gemm *g, sj__gemm *ret_turned)
{
	if (g->n != 1 || g->m == 1 || g->ldc != 1 || g->bias)
		return false;
	*ret_turned = (sj__gemm){
		.transpose_a = !g->transpose_b,
		.transpose_b = !g->transpose_a,
		.accumulate = g->accumulate,
		.relu = g->relu,
		.m = 1,
		.n = g->m,
		.k = g->k,
		.a = g->b,
		.lda = g->ldb,
		.b = g->a,
		.ldb = g->lda,
		.c = g->c,
		.ldc = g->m,
	};
	return true;
}

static SJ_ALWAYS_INLINE bool is_tiny(int64_t m, int64_t n, int64_t k) { return (uint64_t)(m | n | k) < 128; }

#if defined(__x86_64__)
const sj__gemm_kernels *const sj__gemm_f32_tables[] = {&sj__gemm_f32_plain, &sj__gemm_f32_avx2, &sj__gemm_f32_avx512};
static const sj__gemm_kernels *const f64_kernels[] = {&sj__gemm_f64_plain, &sj__gemm_f64_avx2, &sj__gemm_f64_avx512};
#else
const sj__gemm_kernels *const sj__gemm_f32_tables[] = {&sj__gemm_f32_plain};
static const sj__gemm_kernels *const f64_kernels[] = {&sj__gemm_f64_plain};
#endif

const sj__gemm_kernels *sj__gemm_f64_kernels(void) { return f64_kernels[sj__isa()]; }

sj_status sj__gemm_f32(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                       const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, const float *bias,
                       bool relu)
{
	const sj__gemm_kernels *kernels = sj__gemm_f32_kernels();
	if (!transpose_b && is_tiny(m, n, k)) {
		kernels->tiny(m, n, k, a, transpose_a ? 1 : lda, transpose_a ? lda : 1, b, ldb, c, ldc, accumulate,
		              bias, relu);
		return SJ_OK;
	}
	sj__gemm g = {transpose_a, transpose_b, accumulate, relu, m, n, k, a, lda, b, ldb, c, ldc, bias}, turned;
	return gemm(turn_column(&g, &turned) ? &turned : &g, kernels);
}

sj_status sj__gemm_f64(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const double *a,
                       int64_t lda, const double *b, int64_t ldb, double *c, int64_t ldc, bool accumulate,
                       const double *bias, bool relu)
{
	const sj__gemm_kernels *kernels = f64_kernels[sj__isa()];
	if (!transpose_b && is_tiny(m, n, k)) {
		kernels->tiny(m, n, k, a, transpose_a ? 1 : lda, transpose_a ? lda : 1, b, ldb, c, ldc, accumulate,
		              bias, relu);
		return SJ_OK;
	}
	sj__gemm g = {transpose_a, transpose_b, accumulate, relu, m, n, k, a, lda, b, ldb, c, ldc, bias}, turned;
	return gemm(turn_column(&g, &turned) ? &turned : &g, kernels);
}

/*
 * The gradient of a convolution's filter as a matrix product: dy transposed (out_c, pixels) times the patches of x (pixels,
 * taps * in_c), which are copied panel by panel. The pixels of all images are cut into chunks, by the geometry alone; each
 * chunk sums into a matrix of its own, and the chunks are added in order.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv_kernels.h"

enum {
	MOST_CHUNKS = 64,
	LEAST_BLOCKS = 4,                  /* of pixels in a chunk */
	MOST_PIXELS = SJ__GEMM_BLOCK + 64, /* in a block */
	CHUNK_ELEMENTS = 2 << 20,          /* in the matrices of all chunks together, where there are several */
	ROWS_AT_ONCE = 192,
	COLUMNS_AT_ONCE = 1152, /* a multiple of every panel's width */
	MOST_PIECES = 64,       /* a panel is at most so wide */
	MOST_ROWS = 64,
	TURNED_AT_ONCE = 256, /* columns: every line of the result is filled while it is cached */
};

typedef struct filter_work {
	const sj__conv_geometry *g;
	const sj__gemm_kernels *kernels;
	const char *x, *dy;
	char *dfilter;
	int64_t n_pixels, n_columns; /* n * out_h * out_w; filter_h * filter_w * in_c */
	int64_t n_chunks, chunk_pixels, block_pixels;
	int64_t columns_at_once, n_strips;
	int64_t vectors, width, height; /* of a panel; its columns; the rows of its tiles */
	char *sums;                     /* [chunk][out_c][column] */
	bool is_turned;                 /* panel by panel as they are done: there is one chunk */
	bool is_one_block;              /* then each worker has one panel of sums in its scratch, and no matrix */
	int64_t sums_step;              /* from row to row: a matrix's or a panel's columns */
	char *scratch; /* for each worker: a panel of patches, then a block of dy, then such a panel's sums */
	int64_t patches_bytes, dy_bytes, scratch_bytes;
	atomic_llong next;
} filter_work;

static int64_t round_up(int64_t a, int64_t b) { return sj__divide_up(a, b) * b; }

/* A tap's (or, without dilation, a row of taps') share of a panel of columns, and where it lies in x. */
typedef struct patch_run {
	int64_t tap_y, tap_x;
	sj__piece piece; /* from: elements from the input pixel that tap (0, 0) meets */
} patch_run;

/* The runs of columns [column, column + width): single taps, or whole rows of taps where they lie side by side. */
static int64_t find_runs(const filter_work *w, int64_t column, int64_t width, bool joined, patch_run *run)
{
	const sj__conv_geometry *g = w->g;
	int64_t in_c = g->in_c, unit = joined ? g->filter_w * in_c : in_c, n = 0;
	for (int64_t done = 0, length; done < width; done += length) {
		int64_t at = column + done, tap = at / in_c;
		int64_t tap_y = tap / g->filter_w, tap_x = tap % g->filter_w;
		length = sj__min_i64(unit - at % unit, width - done);
		run[n++] = (patch_run){
			.tap_y = tap_y,
			.tap_x = tap_x,
			.piece =
				{
					.from = (tap_y * g->dilation_h * g->in_w + tap_x * g->dilation_w) * in_c +
		                                at % in_c,
					.to = done,
					.length = length,
				},
		};
	}
	return n;
}

/* One panel's runs in both forms. */
typedef struct panel_runs {
	int64_t n_joined, n_single, width;
	sj__piece joined[MOST_PIECES];
	patch_run single[MOST_PIECES];
} panel_runs;

static void plan_panel(const filter_work *w, int64_t column, int64_t width, panel_runs *ret)
{
	patch_run run[MOST_PIECES];
	ret->width = width;
	ret->n_joined = find_runs(w, column, width, w->g->dilation_w == 1, run);
	for (int64_t i = 0; i < ret->n_joined; i++)
		ret->joined[i] = run[i].piece;
	ret->n_single = find_runs(w, column, width, false, ret->single);
}

/* Output pixels side by side whose patches lie whole in the input; or one pixel whose patch reaches over the border. */
typedef struct segment {
	const char *source; /* the input pixel that tap (0, 0) of the first meets; outside x where there is none */
	int64_t y, x;       /* its place */
	int64_t n;
	bool is_inner;
} segment;

/* The segments of output pixels [pixel, pixel + n), at most n. */
static void find_segments(const filter_work *w, int64_t pixel, int64_t n, segment *ret)
{
	const sj__conv_geometry *g = w->g;
	int64_t reach_h = (g->filter_h - 1) * g->dilation_h, reach_w = (g->filter_w - 1) * g->dilation_w, count = 0;
	int64_t line = pixel / g->out_w, column = pixel % g->out_w;
	for (int64_t done = 0; done < n; line++, column = 0) {
		int64_t y = line % g->out_h * g->stride_h - g->pad_top, image = line / g->out_h;
		for (; column < g->out_w && done < n; column += ret[count].n, done += ret[count++].n) {
			int64_t x = column * g->stride_w - g->pad_left, most = sj__min_i64(g->out_w - column, n - done);
			segment s = {.y = y, .x = x, .n = 1};
			s.source = w->x + ((image * g->in_h + y) * g->in_w + x) * g->in_c * w->kernels->element;
			s.is_inner = y >= 0 && y + reach_h < g->in_h && x >= 0 && x + reach_w < g->in_w;
			if (s.is_inner)
				s.n = sj__min_i64(most, (g->in_w - 1 - reach_w - x) / g->stride_w + 1);
			ret[count] = s;
		}
	}
}

/* Only the taps that meet the input, zeros elsewhere. */
static void copy_border(const filter_work *w, const panel_runs *runs, const segment *s, char *packed)
{
	const sj__conv_geometry *g = w->g;
	sj__piece piece[MOST_PIECES];
	int64_t n = 0;
	for (int64_t i = 0; i < runs->n_single; i++) {
		int64_t y = s->y + runs->single[i].tap_y * g->dilation_h;
		int64_t x = s->x + runs->single[i].tap_x * g->dilation_w;
		if (y >= 0 && y < g->in_h && x >= 0 && x < g->in_w)
			piece[n++] = runs->single[i].piece;
	}
	memset(packed, 0, (size_t)(runs->width * w->kernels->element));
	w->kernels->copy_pieces(s->source, 0, piece, n, 1, packed, 0);
}

/* The patches of n pixels, given as segments, for one panel of columns. */
static void pack_patches(const filter_work *w, const segment *s, int64_t n, int64_t column, int64_t width, char *packed)
{
	int64_t pixel_bytes = w->width * w->kernels->element;
	panel_runs runs;
	plan_panel(w, column, width, &runs);
	if (width < w->width)
		memset(packed, 0, (size_t)(n * pixel_bytes));
	for (int64_t done = 0; done < n; done += s->n, s++)
		if (s->is_inner)
			w->kernels->copy_pieces(s->source, w->g->stride_w * w->g->in_c, runs.joined, runs.n_joined,
			                        s->n, packed + done * pixel_bytes, w->width);
		else
			copy_border(w, &runs, s, packed + done * pixel_bytes);
}

/* Packs all output channels of dy's pixels [pixel, pixel + n), ROWS_AT_ONCE by ROWS_AT_ONCE. */
static void pack_dy(const filter_work *w, int64_t pixel, int64_t n, char *packed)
{
	int64_t out_c = w->g->out_c;
	sj__gemm dy = {.transpose_a = true, .m = out_c, .k = w->n_pixels, .a = w->dy, .lda = out_c};
	for (int64_t row = 0; row < out_c; row += ROWS_AT_ONCE)
		w->kernels->pack_a(&dy, row, sj__min_i64(ROWS_AT_ONCE, out_c - row), pixel, n, w->height,
		                   packed + row * n * w->kernels->element);
}

/* What is copied behind the panel that ends at `column`: the next one where x's pixels lie like dy's, or else the next dy. */
static sj__gemm_ahead look_ahead(const filter_work *w, int64_t pixel, int64_t n, int64_t column, int64_t end)
{
	const sj__conv_geometry *g = w->g;
	int64_t element = w->kernels->element, tap = column / g->in_c;
	if (column >= end) {
		int64_t next = sj__min_i64(w->block_pixels, w->n_pixels - pixel - n);
		return (sj__gemm_ahead){w->dy + (pixel + n) * g->out_c * element, 1, next * g->out_c * element, 0};
	}
	if (g->stride_h != 1 || g->stride_w != 1 || g->out_h != g->in_h || g->out_w != g->in_w)
		return (sj__gemm_ahead){0};
	int64_t y = tap / g->filter_w * g->dilation_h - g->pad_top, x = tap % g->filter_w * g->dilation_w - g->pad_left;
	int64_t first = sj__max_i64(0, pixel + y * g->in_w + x) * g->in_c + column % g->in_c;
	return (sj__gemm_ahead){w->x + first * element, n, sj__min_i64(w->width, end - column) * element,
	                        g->in_c * element};
}

/* Adds the sums over one block of pixels to (or, for a chunk's first, stores them in) one panel of a chunk's matrix. */
static void compute_panel(const filter_work *w, int64_t n, int64_t width, char *sums, bool add, const char *patches,
                          sj__gemm_ahead ahead)
{
	int64_t offset[ROWS_AT_ONCE], element = w->kernels->element, out_c = w->g->out_c;
	const char *packed_dy = patches + w->patches_bytes;
	sj__gemm_block block = {.n_columns = width,
	                        .n_k = n,
	                        .vectors = w->vectors,
	                        .b = patches,
	                        .c = sums,
	                        .c_offset = offset,
	                        .add = add,
	                        .ahead = ahead};
	for (int64_t row = 0; row < out_c; row += ROWS_AT_ONCE) {
		block.n_rows = sj__min_i64(ROWS_AT_ONCE, out_c - row);
		for (int64_t r = 0; r < block.n_rows; r++)
			offset[r] = (row + r) * w->sums_step;
		block.a = packed_dy + row * n * element;
		w->kernels->block(&block);
		block.ahead.n = 0;
	}
}

/* Turns sums (out_c, n), which belong to the columns from `column` on, around into dfilter (column, out_c): channels [begin, end). */
static void turn_sums(const filter_work *w, const char *sums, int64_t begin, int64_t end, int64_t column, int64_t n)
{
	int64_t element = w->kernels->element, out_c = w->g->out_c;
	for (int64_t first = begin; first < end; first += MOST_ROWS) {
		int64_t n_rows = sj__min_i64(MOST_ROWS, end - first);
		const void *row[MOST_ROWS];
		for (int64_t r = 0; r < n_rows; r++)
			row[r] = sums + (first + r) * w->sums_step * element;
		w->kernels->interleave(row, n_rows, n, w->dfilter + (column * out_c + first) * element, out_c);
	}
}

/* One block of pixels of a chunk, for a strip of columns: panel by panel, so that each is used while it is cached. */
static void compute_block(const filter_work *w, int64_t pixel, int64_t n, int64_t column, char *sums, bool add,
                          char *scratch)
{
	bool is_done = w->is_turned && pixel + n == w->n_pixels;
	int64_t end = sj__min_i64(column + w->columns_at_once, w->n_columns);
	segment segments[MOST_PIXELS];
	find_segments(w, pixel, n, segments);
	pack_dy(w, pixel, n, scratch + w->patches_bytes);
	for (; column < end; column += w->width) {
		int64_t width = sj__min_i64(w->width, end - column);
		pack_patches(w, segments, n, column, width, scratch);
		char *panel = w->is_one_block ? scratch + w->patches_bytes + w->dy_bytes
		                              : sums + column * w->kernels->element;
		compute_panel(w, n, width, panel, add, scratch, look_ahead(w, pixel, n, column + width, end));
		if (is_done)
			turn_sums(w, panel, 0, w->g->out_c, column, width);
	}
}

static void compute_piece(const filter_work *w, int64_t chunk, int64_t column, char *scratch)
{
	char *sums = w->sums + chunk * w->g->out_c * w->n_columns * w->kernels->element;
	int64_t begin = chunk * w->chunk_pixels, end = sj__min_i64(begin + w->chunk_pixels, w->n_pixels);
	for (int64_t pixel = begin; pixel < end && !sj__cancelled(); pixel += w->block_pixels)
		compute_block(w, pixel, sj__min_i64(w->block_pixels, end - pixel), column, sums, pixel > begin,
		              scratch);
}

/* A worker takes pieces until none is left; its number says which scratch is its own. */
static void compute_pieces(void *context, int64_t begin, int64_t end)
{
	filter_work *w = context;
	for (int64_t worker = begin; worker < end; worker++)
		for (int64_t i; !sj__cancelled() && (i = atomic_fetch_add(&w->next, 1)) < w->n_chunks * w->n_strips;)
			compute_piece(w, i / w->n_strips, i % w->n_strips * w->columns_at_once,
			              w->scratch + worker * w->scratch_bytes);
}

void sj__conv_add_chunks(const sj__gemm_kernels *kernels, int64_t n_chunks, int64_t size, char *sums, int64_t begin,
                         int64_t end)
{
	for (int64_t chunk = 1; chunk < n_chunks; chunk++) {
		if (kernels->element == sizeof(float)) {
			float *restrict to = (float *)sums;
			const float *restrict from = to + chunk * size;
			for (int64_t i = begin; i < end; i++)
				to[i] += from[i];
		} else {
			double *restrict to = (double *)sums;
			const double *restrict from = to + chunk * size;
			for (int64_t i = begin; i < end; i++)
				to[i] += from[i];
		}
	}
}

/* Output channels [begin, end) of dfilter, from chunks that are to be added. */
static void finish_channels(void *context, int64_t begin, int64_t end)
{
	const filter_work *w = context;
	sj__conv_add_chunks(w->kernels, w->n_chunks, w->g->out_c * w->n_columns, w->sums, begin * w->n_columns,
	                    end * w->n_columns);
	for (int64_t column = 0; column < w->n_columns; column += TURNED_AT_ONCE)
		turn_sums(w, w->sums + column * w->kernels->element, begin, end, column,
		          sj__min_i64(TURNED_AT_ONCE, w->n_columns - column));
}

/* A few pixels more in each block are cheaper than a short block at the end, which adds to every sum as a long one does. */
static int64_t choose_block(int64_t n_pixels)
{
	int64_t n_whole = n_pixels / SJ__GEMM_BLOCK;
	if (n_whole == 0 || n_pixels > n_whole * MOST_PIXELS)
		return SJ__GEMM_BLOCK;
	return round_up(sj__divide_up(n_pixels, n_whole), 8);
}

/* The chunks and blocks decide the bits, so they follow from the geometry; the strips do not, so they may follow from the threads. */
static void plan(filter_work *w, int64_t n_threads)
{
	w->vectors = sj__gemm_vectors(w->kernels, w->n_columns);
	w->width = w->vectors * w->kernels->lanes;
	w->height = w->kernels->rows_of(w->vectors);
	w->block_pixels = choose_block(w->n_pixels);
	int64_t n_blocks = sj__divide_up(w->n_pixels, w->block_pixels), size = w->g->out_c * w->n_columns;
	int64_t wanted = sj__min_i64(MOST_CHUNKS, sj__min_i64(n_blocks / LEAST_BLOCKS, CHUNK_ELEMENTS / size));
	w->chunk_pixels = sj__divide_up(n_blocks, sj__max_i64(1, wanted)) * w->block_pixels;
	w->n_chunks = sj__divide_up(w->n_pixels, w->chunk_pixels);
	w->is_turned = w->n_chunks == 1;
	w->is_one_block = w->n_pixels <= w->block_pixels;
	w->sums_step = w->is_one_block ? w->width : w->n_columns;
	int64_t strips = sj__divide_up(n_threads > 1 ? 4 * n_threads : 1, w->n_chunks);
	w->columns_at_once = round_up(sj__divide_up(w->n_columns, strips), w->width);
	w->columns_at_once = sj__min_i64(COLUMNS_AT_ONCE, w->columns_at_once);
	w->n_strips = sj__divide_up(w->n_columns, w->columns_at_once);
	int64_t column_bytes = w->block_pixels * w->kernels->element;
	w->patches_bytes = round_up(w->width * column_bytes, 64);
	w->dy_bytes = round_up(round_up(w->g->out_c, w->height) * column_bytes, 64);
	w->scratch_bytes = w->patches_bytes + w->dy_bytes;
	if (w->is_one_block)
		w->scratch_bytes += round_up(w->g->out_c * w->width * w->kernels->element, 64);
}

sj_status sj__conv_matrix_filter(const sj__conv_geometry *g, const void *x, const void *dy, void *dfilter,
                                 const sj__gemm_kernels *kernels)
{
	filter_work w = {.g = g, .kernels = kernels, .x = x, .dy = dy, .dfilter = dfilter};
	w.n_pixels = g->n * g->out_h * g->out_w;
	w.n_columns = g->filter_h * g->filter_w * g->in_c;
	int64_t size = g->out_c * w.n_columns;
	if (size == 0 || w.n_pixels == 0) {
		if (size > 0)
			memset(dfilter, 0, (size_t)(size * kernels->element));
		return SJ_OK;
	}
	plan(&w, sj__threads());
	int64_t n_workers = sj__min_i64(sj__threads(), w.n_chunks * w.n_strips);
	int64_t sums_bytes = w.is_one_block ? 0 : round_up(w.n_chunks * size * kernels->element, 64);
	w.sums = sj__memory_new((size_t)(sums_bytes + n_workers * w.scratch_bytes));
	if (!w.sums)
		return SJ_RESOURCE_EXHAUSTED;
	w.scratch = w.sums + sums_bytes;
	sj__parallel_for(n_workers, 1, compute_pieces, &w);
	if (!w.is_turned)
		sj__parallel_for(g->out_c, sj__max_i64(4, (1 << 16) / (w.n_columns * w.n_chunks)), finish_channels, &w);
	sj__memory_free(w.sums);
	return SJ_OK;
}

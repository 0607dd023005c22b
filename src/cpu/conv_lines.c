/*
 * The gradient of a convolution's filter from x and dy where they lie: the sums run along the lines of output pixels, a tile
 * holds neighbouring (tap, channel)s of one filter row, which are neighbours in x, times channels of dy. Only x's border needs
 * a copy, a few images at a time. The images are cut into chunks, by the geometry alone; each chunk sums into a matrix of its own,
 * and the chunks are added in order.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv_kernels.h"

enum {
	BLOCK_PIXELS = 256, /* of output: summed in registers */
	MOST_LINES = 128,   /* in a block */
	MOST_CHUNKS = 32,
	CHUNK_ELEMENTS = 2 << 20,  /* in the matrices of all chunks together, where there are several */
	MOST_PADDED = 1 << 19,     /* elements of x's images that are copied at once */
	LEAST_PIXELS = 100,        /* in an image */
	LEAST_ROWS = 4,            /* taps and channels side by side */
	LEAST_GROUPS = 8,          /* of images: they are what threads share */
	SLACK = SJ__GEMM_RUN_ROWS, /* elements that a tile may read too far */
};

typedef struct lines_work {
	const sj__conv_geometry *g;
	const sj__gemm_kernels *kernels;
	const char *x, *dy;
	char *dfilter;
	bool copied;                /* x's images are copied, with zeros around */
	int64_t padded_h, padded_w; /* of an image as the tiles see it */
	int64_t images_at_once;     /* a group */
	int64_t vectors, n_turned;  /* of a tile; columns that would be a small part of a vector */
	int64_t chunk_images, n_chunks;
	int64_t n_filter; /* elements */
	char *sums;       /* [chunk][filter] */
	char *scratch;    /* for each worker */
	int64_t scratch_bytes;
	atomic_llong next;
} lines_work;

/* Images that make one block where they are small, or one that makes several. */
static int64_t images_at_once(const sj__conv_geometry *g)
{
	return sj__max_i64(1, BLOCK_PIXELS / (g->out_h * g->out_w));
}

static int64_t padded_height(const sj__conv_geometry *g)
{
	return (g->out_h - 1) * g->stride_h + (g->filter_h - 1) * g->dilation_h + 1;
}

static int64_t padded_width(const sj__conv_geometry *g)
{
	return (g->out_w - 1) * g->stride_w + (g->filter_w - 1) * g->dilation_w + 1;
}

/* Whether the tiles may read x itself: no border, and a tile's rows in each filter row. */
static bool lies_ready(const sj__conv_geometry *g)
{
	return g->pad_top == 0 && g->pad_left == 0 && padded_height(g) <= g->in_h && padded_width(g) <= g->in_w &&
	       g->in_c * g->filter_w >= SJ__GEMM_RUN_ROWS;
}

bool sj__conv_lines_fit(const sj__conv_geometry *g)
{
	if (g->n < 1 || g->in_c < 1 || g->out_c < 1 || g->filter_h < 1 || g->filter_w < 1 || g->in_h < 1 ||
	    g->in_w < 1 || g->out_h < 1 || g->out_w < 1 || g->dilation_w != 1 || g->out_w > BLOCK_PIXELS)
		return false;
	if (g->in_c > 64 || g->filter_w > 64 || g->filter_h > 64 || g->out_h * g->out_w < LEAST_PIXELS)
		return false;
	if (g->in_c * g->filter_w < LEAST_ROWS)
		return false;
	if (sj__divide_up(g->n, images_at_once(g)) < LEAST_GROUPS)
		return false;
	return lies_ready(g) || padded_height(g) * padded_width(g) * g->in_c <= MOST_PADDED;
}

/* Images [image, image + n) with zeros around, as far as the filter reaches. */
static void copy_images(const lines_work *w, int64_t image, int64_t n, char *to)
{
	const sj__conv_geometry *g = w->g;
	int64_t element = w->kernels->element, pixel = g->in_c * element, row_bytes = w->padded_w * pixel;
	int64_t left = sj__min_i64(g->pad_left, w->padded_w), inner = sj__min_i64(g->in_w, w->padded_w - left);
	for (int64_t i = 0; i < n; i++)
		for (int64_t y = -g->pad_top; y < w->padded_h - g->pad_top; y++, to += row_bytes) {
			if (y < 0 || y >= g->in_h) {
				memset(to, 0, (size_t)row_bytes);
				continue;
			}
			const char *from = w->x + ((image + i) * g->in_h + y) * g->in_w * pixel;
			memset(to, 0, (size_t)(left * pixel));
			memcpy(to + left * pixel, from, (size_t)(inner * pixel));
			memset(to + (left + inner) * pixel, 0, (size_t)(row_bytes - (left + inner) * pixel));
		}
	memset(to, 0, (size_t)(SLACK * element));
}

/* All taps and channels of one block of lines, filter row by filter row. */
static void compute_block(const lines_work *w, const sj__gemm_line *line, int64_t n_lines, const char *x,
                          const char *dy, char *sums, bool add)
{
	const sj__conv_geometry *g = w->g;
	int64_t element = w->kernels->element, width = g->filter_w * g->in_c;
	for (int64_t tap_y = 0; tap_y < g->filter_h; tap_y++) {
		sj__gemm_lines l = {
			.n_rows = width,
			.n_columns = g->out_c,
			.n_turned = w->n_turned,
			.n_lines = n_lines,
			.vectors = w->vectors,
			.line = line,
			.a = x + tap_y * g->dilation_h * w->padded_w * g->in_c * element,
			.b = dy,
			.a_step = g->stride_w * g->in_c,
			.b_step = g->out_c,
			.c = sums + tap_y * width * g->out_c * element,
			.c_row = g->out_c,
			.add = add,
		};
		w->kernels->lines(&l);
	}
}

/* A group of images, block by block; `first` says whether the chunk's sums begin here. */
static void compute_group(const lines_work *w, int64_t image, int64_t n, char *sums, bool first, char *scratch)
{
	const sj__conv_geometry *g = w->g;
	int64_t element = w->kernels->element, row = w->padded_w * g->in_c, n_lines = 0, pixels = 0;
	const char *x = w->x + image * w->padded_h * row * element, *dy;
	sj__gemm_line line[MOST_LINES];
	if (w->copied) {
		copy_images(w, image, n, scratch);
		x = scratch;
	}
	dy = w->dy + image * g->out_h * g->out_w * g->out_c * element;
	for (int64_t i = 0; i < n * g->out_h; i++) {
		int64_t y = i / g->out_h * w->padded_h + i % g->out_h * g->stride_h;
		line[n_lines++] = (sj__gemm_line){g->out_w, y * row};
		pixels += g->out_w;
		if (i + 1 < n * g->out_h && pixels + g->out_w <= BLOCK_PIXELS && n_lines < MOST_LINES)
			continue;
		compute_block(w, line, n_lines, x, dy, sums, !first);
		dy += pixels * g->out_c * element;
		n_lines = pixels = 0;
		first = false;
	}
}

static void compute_chunk(const lines_work *w, int64_t chunk, char *scratch)
{
	char *sums = w->sums + chunk * w->n_filter * w->kernels->element;
	int64_t begin = chunk * w->chunk_images, end = sj__min_i64(begin + w->chunk_images, w->g->n);
	for (int64_t image = begin; image < end && !sj__cancelled(); image += w->images_at_once)
		compute_group(w, image, sj__min_i64(w->images_at_once, end - image), sums, image == begin, scratch);
}

/* A worker takes chunks until none is left; its number says which scratch is its own. */
static void compute_chunks(void *context, int64_t begin, int64_t end)
{
	lines_work *w = context;
	for (int64_t worker = begin; worker < end; worker++)
		for (int64_t i; !sj__cancelled() && (i = atomic_fetch_add(&w->next, 1)) < w->n_chunks;)
			compute_chunk(w, i, w->scratch + worker * w->scratch_bytes);
}

/* Elements [begin, end) of the gradient. */
static void finish(void *context, int64_t begin, int64_t end)
{
	const lines_work *w = context;
	int64_t element = w->kernels->element;
	sj__conv_add_chunks(w->kernels, w->n_chunks, w->n_filter, w->sums, begin, end);
	memcpy(w->dfilter + begin * element, w->sums + begin * element, (size_t)((end - begin) * element));
}

/* The chunks decide the bits, so they follow from the geometry alone. */
static void plan(lines_work *w)
{
	const sj__conv_geometry *g = w->g;
	int64_t lanes = w->kernels->lanes, rest = g->out_c % lanes;
	if (rest <= SJ__GEMM_MOST_TURNED && g->out_c > lanes && g->filter_w * g->in_c >= lanes &&
	    lanes > SJ__GEMM_MOST_TURNED)
		w->n_turned = rest;
	w->vectors = sj__gemm_vectors(w->kernels, g->out_c - w->n_turned);
	w->copied = !lies_ready(g);
	w->padded_h = w->copied ? padded_height(g) : g->in_h;
	w->padded_w = w->copied ? padded_width(g) : g->in_w;
	w->images_at_once = images_at_once(g);
	w->n_filter = g->filter_h * g->filter_w * g->in_c * g->out_c;
	int64_t groups = sj__divide_up(g->n, w->images_at_once);
	int64_t wanted = sj__min_i64(MOST_CHUNKS, sj__min_i64(groups / 2, CHUNK_ELEMENTS / w->n_filter));
	w->chunk_images = sj__divide_up(groups, sj__max_i64(1, wanted)) * w->images_at_once;
	w->n_chunks = sj__divide_up(g->n, w->chunk_images);
	int64_t copy = w->images_at_once * w->padded_h * w->padded_w * g->in_c + SLACK;
	w->scratch_bytes = w->copied ? sj__divide_up(copy * w->kernels->element, 64) * 64 : 0;
}

sj_status sj__conv_lines_filter(const sj__conv_geometry *g, const void *x, const void *dy, void *dfilter,
                                const sj__gemm_kernels *kernels)
{
	lines_work w = {.g = g, .kernels = kernels, .x = x, .dy = dy, .dfilter = dfilter};
	plan(&w);
	int64_t n_workers = sj__min_i64(sj__threads(), w.n_chunks);
	int64_t bytes = w.n_filter * kernels->element, sums_bytes = sj__divide_up(w.n_chunks * bytes, 64) * 64;
	w.sums = sj__memory_new((size_t)(sums_bytes + n_workers * w.scratch_bytes + 64));
	if (!w.sums)
		return SJ_RESOURCE_EXHAUSTED;
	w.scratch = w.sums + sums_bytes;
	sj__parallel_for(n_workers, 1, compute_chunks, &w);
	sj__parallel_for(w.n_filter, sj__max_i64(64, (1 << 18) / w.n_chunks), finish, &w);
	sj__memory_free(w.sums);
	return SJ_OK;
}

/*
 * Convolutions with a batch in lanes: sixteen images at a time, band by band of destination rows, the source repacked to
 * [row][column][channel][image] in scratch. Each sum runs over the taps in ascending order, within a tap over the channels,
 * in blocks of whole taps; taps that meet no source are skipped. Only float32, only for few channels: see
 * sj__conv_lanes_fit.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv_kernels.h"
#include "cpu/isa.h"

enum {
	GROUP = SJ__CONV_GROUP,
	MOST_TAPS = 256,
	CACHED_FLOATS = 192 << 10, /* a window of source rows that the second-level cache holds */
	MOST_WINDOW_FLOATS = 1 << 20,
	MOST_ROW_FLOATS = 128 << 10, /* of one destination row */
	LEAST_BAND = 4,              /* destination rows: each band begins by gathering a whole window */
};

#if defined(__x86_64__)
static const sj__lanes_kernels *const lanes_kernels[] = {&sj__lanes_plain, &sj__lanes_avx2, &sj__lanes_avx512};
#else
static const sj__lanes_kernels *const lanes_kernels[] = {&sj__lanes_plain};
#endif

typedef struct lanes_work {
	const sj__conv_direction *d;
	const sj__lanes_kernels *kernels;
	void (*interleave)(const void *const *row, int64_t n_rows, int64_t n, void *packed, int64_t step);
	int64_t n_taps, taps_per_block;
	int64_t n_panels;           /* of destination channels, as even as possible: see first_of_panel */
	int64_t margin, row_floats; /* zero columns on both sides; floats in one repacked source row */
	int64_t band, n_bands;      /* destination rows */
	int64_t window;             /* source rows that one destination row can need; row r lies in slot r % window */
	float *filter;              /* [panel][tap][source channel][row of the panel] */
	float *scratch;             /* for each worker: the window, then one destination row */
	int64_t scratch_floats;
	atomic_llong next; /* the next (group, band) that nobody has begun */
} lanes_work;

/* Source rows that one destination row can need. */
static int64_t window_of(const sj__conv_axis *y)
{
	int64_t reach = (y->n_taps - 1) * (y->step < 0 ? -y->step : y->step);
	return sj__min_i64(y->n_source, reach / y->divisor + 2);
}

static int64_t first_of_panel(const lanes_work *w, int64_t panel) { return panel * w->d->destination_c / w->n_panels; }

static int64_t row_floats_of(const sj__conv_direction *d)
{
	return (d->x.n_source + 2 * (SJ__CONV_PIXELS - 1) * d->x.multiplier) * d->source_c * GROUP;
}

/* Share of the work that is useful, in percent, with images in lanes and with channels in lanes (32 wide, gathered rows). */
static int64_t percent_with_images(const sj__conv_direction *d)
{
	int64_t most = row_floats_of(d) * window_of(&d->y) <= CACHED_FLOATS ? 95 : 50;
	return most * d->n / (sj__divide_up(d->n, GROUP) * GROUP);
}

static int64_t percent_with_channels(const sj__conv_direction *d)
{
	int64_t c = d->destination_c;
	return 100 * c / (sj__divide_up(c, 32) * 32 + 12);
}

bool sj__conv_lanes_fit(const sj__conv_direction *d)
{
	if (d->n < 1 || d->source_c < 1 || d->destination_c < 1 || d->y.n_taps < 1 || d->x.n_taps < 1 ||
	    d->y.n_source < 1 || d->x.n_source < 1 || d->y.n_destination < 1 || d->x.n_destination < 1)
		return false;
	if (d->y.n_taps > MOST_TAPS || d->x.n_taps > MOST_TAPS || d->y.n_taps * d->x.n_taps > MOST_TAPS)
		return false;
	if (d->source_c > SJ__GEMM_BLOCK || d->destination_c > (1 << 16) || d->x.n_source > (1 << 16) ||
	    d->x.multiplier > (1 << 16) || d->x.n_destination > (1 << 16))
		return false;
	if (row_floats_of(d) * window_of(&d->y) > MOST_WINDOW_FLOATS)
		return false;
	if (d->x.n_destination * d->destination_c * GROUP > MOST_ROW_FLOATS)
		return false;
	return percent_with_images(d) > percent_with_channels(d);
}

/* The filter in panels of destination channels. Backward, the filter's last axis is the source's channels. */
static void pack_filter(void *context, int64_t begin, int64_t end)
{
	lanes_work *w = context;
	const sj__conv_direction *d = w->d;
	const float *filter = d->filter;
	int64_t n_source = d->source_c, n_destination = d->destination_c;
	for (int64_t panel = begin; panel < end; panel++) {
		int64_t first = first_of_panel(w, panel), rows = first_of_panel(w, panel + 1) - first;
		float *to = w->filter + first * w->n_taps * n_source;
		for (int64_t tap = 0; tap < w->n_taps; tap++)
			for (int64_t c = 0; c < n_source; c++)
				for (int64_t r = first; r < first + rows; r++)
					*to++ = d->backward ? filter[(tap * n_destination + r) * n_source + c]
					                    : filter[(tap * n_source + c) * n_destination + r];
	}
}

/* Repacks source rows [begin, end) of a group of images, with margins, to their slots. Idle lanes repeat the first image. */
static void gather_rows(const lanes_work *w, int64_t group, int64_t begin, int64_t end, float *window)
{
	const sj__conv_direction *d = w->d;
	int64_t row = d->x.n_source * d->source_c, n_images = sj__min_i64(GROUP, d->n - group * GROUP);
	int64_t margin = w->margin * d->source_c * GROUP;
	for (int64_t y = begin; y < end; y++) {
		float *to = window + y % w->window * w->row_floats;
		const void *from[GROUP];
		for (int64_t i = 0; i < GROUP; i++) {
			int64_t image = group * GROUP + (i < n_images ? i : 0);
			from[i] = (const float *)d->source + (image * d->y.n_source + y) * row;
		}
		memset(to, 0, (size_t)margin * sizeof(float));
		w->interleave(from, GROUP, row, to + margin, GROUP);
		memset(to + w->row_floats - margin, 0, (size_t)margin * sizeof(float));
	}
}

static void scatter_row(const lanes_work *w, int64_t group, int64_t y, const float *from)
{
	const sj__conv_direction *d = w->d;
	int64_t row = d->x.n_destination * d->destination_c, n_images = sj__min_i64(GROUP, d->n - group * GROUP);
	float *to[GROUP];
	for (int64_t i = 0; i < n_images; i++)
		to[i] = (float *)d->destination + ((group * GROUP + i) * d->y.n_destination + y) * row;
	w->kernels->scatter(from, n_images, row, to);
}

/*
 * The taps of one destination row and one class of its columns (those congruent modulo the divisor): source columns are for
 * the class's first pixel; each further one adds `multiplier`.
 */
typedef struct class_taps {
	int64_t n;
	int64_t least, most; /* source columns */
	int32_t index[MOST_TAPS];
	int64_t column[MOST_TAPS], slot[MOST_TAPS];
} class_taps;

static void find_taps(const lanes_work *w, int64_t y, int64_t first_x, class_taps *taps)
{
	const sj__conv_direction *d = w->d;
	taps->n = 0;
	taps->least = INT64_MAX;
	taps->most = INT64_MIN;
	for (int64_t p = 0; p < d->y.n_taps; p++) {
		int64_t row = sj__conv_meet(&d->y, y, p);
		for (int64_t q = 0; row >= 0 && q < d->x.n_taps; q++) {
			int64_t at = first_x * d->x.multiplier + d->x.origin + q * d->x.step;
			if (at % d->x.divisor != 0)
				continue;
			taps->index[taps->n] = (int32_t)(p * d->x.n_taps + q);
			taps->slot[taps->n] = row % w->window;
			taps->column[taps->n] = at / d->x.divisor;
			taps->least = sj__min_i64(taps->least, taps->column[taps->n]);
			taps->most = sj__max_i64(taps->most, taps->column[taps->n]);
			taps->n++;
		}
	}
}

/* The taps for one tile (a few pixels, `shift` source columns from the class's first); and where each block begins. */
typedef struct tile_taps {
	int64_t block_begin[MOST_TAPS + 1];
	int32_t index[MOST_TAPS];
	int64_t source[MOST_TAPS];
	int64_t n;
} tile_taps;

/* Keeps what may meet a source for any pixel: shift is the first's, last_shift the last's. Offsets stay without shift. */
static void choose_taps(const lanes_work *w, const class_taps *all, int64_t shift, int64_t last_shift, tile_taps *ret)
{
	int64_t n = 0, block = 0, n_source = w->d->x.n_source;
	ret->block_begin[0] = 0;
	for (int64_t i = 0; i < all->n; i++) {
		if (all->column[i] + last_shift < 0 || all->column[i] + shift >= n_source)
			continue;
		while (all->index[i] >= (block + 1) * w->taps_per_block)
			ret->block_begin[++block] = n;
		ret->index[n] = all->index[i];
		ret->source[n++] = all->slot[i] * w->row_floats + (all->column[i] + w->margin) * w->d->source_c * GROUP;
	}
	while (block * w->taps_per_block < w->n_taps)
		ret->block_begin[++block] = n;
	ret->n = n;
}

/* One tile for every panel of destination channels, block after block of taps. */
static void compute_panels(const lanes_work *w, const tile_taps *taps, const sj__lanes_tile *common, float *destination)
{
	const sj__conv_direction *d = w->d;
	sj__lanes_tap list[MOST_TAPS];
	sj__lanes_tile t = *common;
	t.tap = list;
	for (int64_t panel = 0; panel < w->n_panels; panel++) {
		int64_t first = first_of_panel(w, panel);
		t.rows = (int)(first_of_panel(w, panel + 1) - first);
		t.filter = w->filter + first * w->n_taps * d->source_c;
		t.destination = destination + first * GROUP;
		int64_t n_blocks = sj__divide_up(w->n_taps, w->taps_per_block);
		for (int64_t block = 0; block < n_blocks; block++) {
			int64_t begin = taps->block_begin[block], end = taps->block_begin[block + 1];
			for (int64_t i = begin; i < end; i++)
				list[i - begin] = (sj__lanes_tap){taps->source[i],
				                                  taps->index[i] * d->source_c * t.rows};
			t.n_taps = end - begin;
			t.add = block > 0;
			t.bias = d->bias && block == n_blocks - 1 ? (const float *)d->bias + first : NULL;
			t.relu = d->relu && block == n_blocks - 1;
			w->kernels->tile(&t);
		}
	}
}

/* One class of the pixels of one destination row, tile by tile. */
static void compute_class(const lanes_work *w, const class_taps *all, int64_t first_x, const float *source,
                          float *destination)
{
	const sj__conv_axis *x = &w->d->x;
	int64_t source_step = x->multiplier * w->d->source_c * GROUP, pixel = w->d->destination_c * GROUP;
	tile_taps inner, border;
	sj__lanes_tile t = {.n_channels = w->d->source_c,
	                    .source_step = source_step,
	                    .destination_step = x->divisor * pixel};
	choose_taps(w, all, -all->least, -all->least, &inner);
	for (int64_t column = first_x, shift = 0; column < x->n_destination;
	     column += SJ__CONV_PIXELS * x->divisor, shift += SJ__CONV_PIXELS * x->multiplier) {
		t.pixels = (int)sj__min_i64(SJ__CONV_PIXELS, sj__divide_up(x->n_destination - column, x->divisor));
		int64_t last = shift + (t.pixels - 1) * x->multiplier;
		bool is_inner = all->n == 0 || (all->least + shift >= 0 && all->most + last < x->n_source);
		if (!is_inner)
			choose_taps(w, all, shift, last, &border);
		t.source = source + shift * w->d->source_c * GROUP;
		compute_panels(w, is_inner ? &inner : &border, &t, destination + column * pixel);
	}
}

/* The first source row that any of the destination rows from y on needs. */
static int64_t first_source_row(const sj__conv_axis *axis, int64_t y)
{
	int64_t lowest = y * axis->multiplier + axis->origin + sj__min_i64(0, (axis->n_taps - 1) * axis->step);
	return sj__min_i64(axis->n_source, lowest <= 0 ? 0 : lowest / axis->divisor);
}

/* Destination rows one by one; the source rows that each needs beyond the last one's are gathered first. */
static void compute_band(const lanes_work *w, int64_t group, int64_t band, float *window)
{
	const sj__conv_direction *d = w->d;
	int64_t begin = band * w->band, end = sj__min_i64(begin + w->band, d->y.n_destination), gathered = 0;
	float *destination = window + w->window * w->row_floats;
	class_taps taps;
	for (int64_t y = begin; y < end; y++) {
		int64_t first_row = first_source_row(&d->y, y);
		int64_t last_row = sj__min_i64(first_row + w->window, d->y.n_source);
		gather_rows(w, group, sj__max_i64(gathered, first_row), last_row, window);
		gathered = last_row;
		for (int64_t x = 0; x < sj__min_i64(d->x.divisor, d->x.n_destination); x++) {
			find_taps(w, y, x, &taps);
			compute_class(w, &taps, x, window, destination);
		}
		scatter_row(w, group, y, destination);
	}
}

/* A worker takes bands until none is left; its number says which scratch is its own. */
static void compute_bands(void *context, int64_t begin, int64_t end)
{
	lanes_work *w = context;
	int64_t n_items = sj__divide_up(w->d->n, GROUP) * w->n_bands;
	for (int64_t worker = begin; worker < end; worker++)
		for (int64_t i; !sj__cancelled() && (i = atomic_fetch_add(&w->next, 1)) < n_items;)
			compute_band(w, i / w->n_bands, i % w->n_bands, w->scratch + worker * w->scratch_floats);
}

/* Panels and blocks as even as possible; bands so that every thread gets several. */
static void plan(lanes_work *w, int64_t n_threads)
{
	const sj__conv_direction *d = w->d;
	w->n_taps = d->y.n_taps * d->x.n_taps;
	int64_t most_taps = sj__max_i64(1, SJ__GEMM_BLOCK / sj__max_i64(1, d->source_c));
	w->taps_per_block = sj__divide_up(w->n_taps, sj__divide_up(w->n_taps, most_taps));
	w->n_panels = sj__divide_up(d->destination_c, w->kernels->rows);
	w->margin = (SJ__CONV_PIXELS - 1) * d->x.multiplier;
	w->row_floats = row_floats_of(d);
	int64_t wanted = n_threads > 1 ? sj__divide_up(4 * n_threads, sj__divide_up(d->n, GROUP)) : 1;
	w->band = sj__max_i64(LEAST_BAND, sj__divide_up(d->y.n_destination, wanted));
	w->n_bands = sj__divide_up(d->y.n_destination, w->band);
	w->window = window_of(&d->y);
	w->scratch_floats = w->window * w->row_floats + d->x.n_destination * d->destination_c * GROUP;
}

sj_status sj__conv_lanes(const sj__conv_direction *d)
{
	lanes_work w = {.d = d, .kernels = lanes_kernels[sj__isa()], .interleave = sj__gemm_f32_kernels()->interleave};
	plan(&w, sj__threads());
	int64_t n_workers = sj__min_i64(sj__threads(), sj__divide_up(d->n, GROUP) * w.n_bands);
	int64_t filter_floats = sj__divide_up(w.n_taps * d->source_c * d->destination_c, GROUP) * GROUP;
	float *scratch = sj__memory_new((size_t)(filter_floats + n_workers * w.scratch_floats) * sizeof(float));
	if (!scratch)
		return SJ_RESOURCE_EXHAUSTED;
	w.filter = scratch;
	w.scratch = scratch + filter_floats;
	sj__parallel_for(w.n_panels, sj__max_i64(1, (1 << 15) / (w.kernels->rows * w.n_taps * d->source_c)),
	                 pack_filter, &w);
	sj__parallel_for(n_workers, 1, compute_bands, &w);
	sj__memory_free(scratch);
	return SJ_OK;
}

/*
 * Convolutions as matrix products: the rows are destination pixels, gathered into packed panels as the product asks for
 * them, so that the matrix of all patches never exists. Backward with strides, destination pixels fall into classes that
 * meet different taps; each class is a product of its own. Any element type.
 */
#include <string.h>

#include "base/compiler.h"
#include "base/threads.h"
#include "cpu/conv_kernels.h"

enum {
	MOST_ROWS = 64,     /* row pointers handed over at once */
	MOST_JOINED = 32,   /* taps of a filter row */
	RUNS_COLUMNS = 256, /* up to so many channels, rows are read where they lie */
};

/* What taps without a source are gathered from. */
static const double zeros[SJ__GEMM_BLOCK];

int64_t sj__conv_meet(const sj__conv_axis *axis, int64_t d, int64_t t)
{
	int64_t at = d * axis->multiplier + axis->origin + t * axis->step;
	if (axis->divisor > 1) {
		if (at % axis->divisor != 0)
			return -1;
		at /= axis->divisor;
	}
	return at >= 0 && at < axis->n_source ? at : -1;
}

/* The destination pixels first, first + divisor, … of one axis: how many, and which taps can meet them: every period-th. */
typedef struct axis_class {
	int64_t first, n;
	int64_t first_tap, period, n_taps;
} axis_class;

static axis_class find_class(const sj__conv_axis *axis, int64_t first)
{
	axis_class class = {.first = first, .period = 1};
	class.n = axis->n_destination > first ? sj__divide_up(axis->n_destination - first, axis->divisor) : 0;
	int64_t step = axis->step % axis->divisor;
	while (step * class.period % axis->divisor != 0)
		class.period++;
	while (class.first_tap < sj__min_i64(class.period, axis->n_taps) &&
	       (first * axis->multiplier + axis->origin + class.first_tap * axis->step) % axis->divisor != 0)
		class.first_tap++;
	if (class.first_tap < sj__min_i64(class.period, axis->n_taps))
		class.n_taps = sj__divide_up(axis->n_taps - class.first_tap, class.period);
	return class;
}

/* Along one axis the taps of a class step through the source evenly. */
static int64_t step_of(const sj__conv_axis *axis, const axis_class *class)
{
	return class->period * axis->step / axis->divisor;
}

/* Where a destination meets the class's first tap; outside the source too. */
static int64_t start_of(const sj__conv_axis *axis, const axis_class *class, int64_t d)
{
	return (d * axis->multiplier + axis->origin + class->first_tap * axis->step) / axis->divisor;
}

/* One product. Its terms are (tap of the class, source channel), its rows (image, y of the class, x of the class). */
typedef struct class_product {
	sj__gemm_source source; /* first: the product hands it back */
	const sj__conv_direction *d;
	const sj__gemm_kernels *kernels;
	axis_class y, x;
	int64_t step_y, step_x;
} class_product;

/* A destination pixel: where it meets the first tap of the class, also outside the source, and that place in bytes. */
typedef struct pixel {
	int64_t y, x, place;
} pixel;

/* The pixels of rows [row, row + n). */
static void find_pixels(const class_product *p, int64_t row, int64_t n, pixel *ret)
{
	const sj__conv_direction *d = p->d;
	int64_t line = row / p->x.n, x = row % p->x.n, pixel_bytes = d->source_c * p->kernels->element;
	for (int64_t done = 0; done < n; line++, x = 0) {
		int64_t y = start_of(&d->y, &p->y, p->y.first + line % p->y.n * d->y.divisor);
		int64_t before = (line / p->y.n * d->y.n_source + y) * d->x.n_source;
		int64_t at = start_of(&d->x, &p->x, p->x.first + x * d->x.divisor);
		/* Neighbours of a class are `divisor` apart, so their sources are `multiplier`. */
		for (; x < p->x.n && done < n; x++, at += d->x.multiplier)
			ret[done++] = (pixel){y, at, (before + at) * pixel_bytes};
	}
}

static void offsets_of_rows(const sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t *ret_offset)
{
	const class_product *p = (const class_product *)source;
	const sj__conv_direction *d = p->d;
	int64_t line = row / p->x.n, x = row % p->x.n;
	for (int64_t done = 0; done < n_rows; line++, x = 0) {
		int64_t y = line / p->y.n * d->y.n_destination + p->y.first + line % p->y.n * d->y.divisor;
		for (; x < p->x.n && done < n_rows; x++)
			ret_offset[done++] = (y * d->x.n_destination + p->x.first + x * d->x.divisor) *
			                     d->destination_c;
	}
}

/*
 * What is the same for all the pixels of a tile: whether every tap meets a source; and, where the taps of a filter row meet source
 * pixels that lie side by side, which of them are all met or not by the same pixels: these are as good as channels of one tap.
 */
typedef struct tile_sight {
	bool inner;
	uint8_t end[MOST_JOINED]; /* by tap of a row: the first behind it that is not joined to it */
} tile_sight;

static bool is_between(int64_t first, int64_t n_taps, int64_t step, int64_t n_source)
{
	int64_t last = first + (n_taps - 1) * step;
	return sj__min_i64(first, last) >= 0 && sj__max_i64(first, last) < n_source;
}

/* Whether tap t of a row is met by the same of n pixels as the one before it. */
static bool is_met_alike(const class_product *p, const pixel *at, int64_t n, int64_t t)
{
	int64_t n_source = p->d->x.n_source;
	for (int64_t i = 0; i < n; i++)
		if (at[i].x + t == 0 || at[i].x + t == n_source)
			return false;
	return true;
}

static void look(const class_product *p, const pixel *at, int64_t n, tile_sight *ret)
{
	bool inner_x = true, inner_y = true;
	for (int64_t i = 0; i < n; i++) {
		inner_x &= is_between(at[i].x, p->x.n_taps, p->step_x, p->d->x.n_source);
		inner_y &= is_between(at[i].y, p->y.n_taps, p->step_y, p->d->y.n_source);
	}
	ret->inner = inner_x && inner_y;
	if (p->x.n_taps > MOST_JOINED)
		return;
	bool side_by_side = p->step_x == 1 && p->x.period == 1;
	for (int64_t t = p->x.n_taps - 1, end = t + 1; t >= 0; t--) {
		ret->end[t] = (uint8_t)end;
		if (!side_by_side || (!inner_x && !is_met_alike(p, at, n, t)))
			end = t;
	}
}

/* Terms of a panel that lie side by side in every row. */
typedef struct stretch {
	int64_t tap_y, tap_x, channel, n;
} stretch;

/* The place of term k. */
static stretch find_term(const class_product *p, int64_t k)
{
	int64_t tap = k / p->d->source_c;
	return (stretch){tap / p->x.n_taps, tap % p->x.n_taps, k % p->d->source_c, 0};
}

/* The stretch behind the last one. Without divisions, since there are many. */
static SJ_ALWAYS_INLINE void next_stretch(const class_product *p, const tile_sight *sight, int64_t most, stretch *s)
{
	int64_t n_taps = p->x.n_taps;
	if (s->n > 0) {
		s->channel = 0;
		s->tap_x = n_taps > MOST_JOINED ? s->tap_x + 1 : sight->end[s->tap_x];
		if (s->tap_x == n_taps) {
			s->tap_x = 0;
			s->tap_y++;
		}
	}
	int64_t end = n_taps > MOST_JOINED ? s->tap_x + 1 : sight->end[s->tap_x];
	s->n = sj__min_i64((end - s->tap_x) * p->d->source_c - s->channel, most);
}

/* Where a stretch lies for each of n pixels. */
static SJ_ALWAYS_INLINE void find_sources(const class_product *p, const pixel *at, int64_t n, bool inner,
                                          const stretch *s, const void **row)
{
	const sj__conv_direction *d = p->d;
	int64_t down = s->tap_y * p->step_y, across = s->tap_x * p->step_x, element = p->kernels->element;
	int64_t index = (down * d->x.n_source + across) * d->source_c + s->channel;
	const char *source = (const char *)d->source + index * element;
	for (int64_t r = 0; inner && r < n; r++)
		row[r] = source + at[r].place;
	for (int64_t r = 0; !inner && r < n; r++) {
		bool meets = (uint64_t)(at[r].y + down) < (uint64_t)d->y.n_source &&
		             (uint64_t)(at[r].x + across) < (uint64_t)d->x.n_source;
		row[r] = meets ? (const void *)(source + at[r].place) : zeros;
	}
}

static void gather_panel(const class_product *p, const pixel *at, int64_t n, stretch s, int64_t n_k, int64_t height,
                         char *panel)
{
	tile_sight sight;
	look(p, at, n, &sight);
	const void *row[MOST_ROWS];
	for (int64_t done = 0; done < n_k; done += s.n) {
		next_stretch(p, &sight, n_k - done, &s);
		find_sources(p, at, n, sight.inner, &s, row);
		p->kernels->interleave(row, n, s.n, panel + done * height * p->kernels->element, height);
	}
}

static void gather_rows(const sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t k, int64_t n_k,
                        int64_t height, void *packed)
{
	const class_product *p = (const class_product *)source;
	stretch begin = n_k > 0 ? find_term(p, k) : (stretch){0};
	char *panel = packed;
	for (int64_t first = 0; first < n_rows; first += height) {
		int64_t n = sj__min_i64(height, n_rows - first);
		pixel at[SJ__GEMM_RUN_ROWS];
		find_pixels(p, row + first, n, at);
		gather_panel(p, at, n, begin, n_k, height, panel);
		panel += height * n_k * p->kernels->element;
	}
}

/* The rows of every tile where they lie: one run for each tap, or for each row of joined taps. */
static bool find_runs(const sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t k, int64_t n_k,
                      int64_t height, int64_t most, sj__gemm_run *run)
{
	const class_product *p = (const class_product *)source;
	int64_t n_runs = 0;
	if (n_k == 0 || p->d->destination_c > RUNS_COLUMNS)
		return false;
	stretch begin = find_term(p, k);
	for (int64_t first = 0; first < n_rows; first += height) {
		int64_t n = sj__min_i64(height, n_rows - first);
		pixel at[SJ__GEMM_RUN_ROWS];
		find_pixels(p, row + first, n, at);
		for (int64_t r = n; r < height; r++)
			at[r] = at[0];
		tile_sight sight;
		look(p, at, n, &sight);
		stretch s = begin;
		for (int64_t done = 0; done < n_k; done += s.n, run++) {
			if (n_runs++ == most)
				return false;
			next_stretch(p, &sight, n_k - done, &s);
			run->n = s.n;
			find_sources(p, at, height, sight.inner, &s, run->row);
		}
	}
	return true;
}

/* Backward, the filter's taps lie as (destination channel, source channel); a panel wants the transpose. */
static void turn_filter(const sj__gemm_source *source, int64_t column, int64_t n_columns, int64_t k, int64_t n_k,
                        int64_t width, void *packed)
{
	const class_product *p = (const class_product *)source;
	int64_t n_source = p->d->source_c, element = p->kernels->element;
	if (n_columns < width)
		memset(packed, 0, (size_t)(width * n_k * element));
	for (int64_t done = 0, n; done < n_k; done += n) {
		int64_t tap = (k + done) / n_source, channel = (k + done) % n_source;
		int64_t tap_y = p->y.first_tap + tap / p->x.n_taps * p->y.period;
		int64_t tap_x = p->x.first_tap + tap % p->x.n_taps * p->x.period;
		int64_t from = (tap_y * p->d->x.n_taps + tap_x) * p->d->destination_c + column;
		const void *row[MOST_ROWS];
		n = sj__min_i64(n_source - channel, n_k - done);
		for (int64_t r = 0; r < n_columns; r++)
			row[r] = (const char *)p->d->filter + ((from + r) * n_source + channel) * element;
		p->kernels->interleave(row, n_columns, n, (char *)packed + done * width * element, width);
	}
}

static sj_status run_class(class_product *p)
{
	const sj__conv_direction *d = p->d;
	int64_t n_taps = p->y.n_taps * p->x.n_taps;
	sj__gemm g = {
		.m = d->n * p->y.n * p->x.n,
		.n = d->destination_c,
		.k = n_taps * d->source_c,
		.b = d->filter,
		.ldb = d->destination_c,
		.c = d->destination,
		.bias = d->bias,
		.relu = d->relu,
	};
	return sj__gemm_packed(&g, p->kernels, &p->source);
}

sj_status sj__conv_matrix(const sj__conv_direction *d, const sj__gemm_kernels *kernels)
{
	class_product p = {.source = {gather_rows, offsets_of_rows, d->backward ? turn_filter : NULL, find_runs},
	                   .d = d,
	                   .kernels = kernels};
	sj_status status = SJ_OK;
	for (int64_t y = 0; y < d->y.divisor && status == SJ_OK; y++)
		for (int64_t x = 0; x < d->x.divisor && status == SJ_OK; x++) {
			p.y = find_class(&d->y, y);
			p.x = find_class(&d->x, x);
			p.step_y = step_of(&d->y, &p.y);
			p.step_x = step_of(&d->x, &p.x);
			status = run_class(&p);
		}
	return status;
}

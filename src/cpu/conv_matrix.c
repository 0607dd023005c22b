/*
 * Convolutions as matrix products: the rows are destination pixels, gathered into packed panels as the product asks for
 * them, so that the matrix of all patches never exists. Backward with strides, destination pixels fall into classes that
 * meet different taps; each class is a product of its own. Any element type.
 */
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv_kernels.h"

enum { MOST_ROWS = 64 }; /* row pointers handed over at once */

/* What taps without a source are gathered from. */
static const double zeros[SJ__GEMM_BLOCK];

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

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
	class.n = axis->n_destination > first ? divide_up(axis->n_destination - first, axis->divisor) : 0;
	int64_t step = axis->step % axis->divisor;
	while (step * class.period % axis->divisor != 0)
		class.period++;
	while (class.first_tap < sj__min_i64(class.period, axis->n_taps) &&
	       (first * axis->multiplier + axis->origin + class.first_tap * axis->step) % axis->divisor != 0)
		class.first_tap++;
	if (class.first_tap < sj__min_i64(class.period, axis->n_taps))
		class.n_taps = divide_up(axis->n_taps - class.first_tap, class.period);
	return class;
}

/* One product. Its terms are (tap of the class, source channel), its rows (image, y of the class, x of the class). */
typedef struct class_product {
	sj__gemm_source source; /* first: the product hands it back */
	const sj__conv_direction *d;
	const sj__gemm_kernels *kernels;
	axis_class y, x;
	char *filter; /* backward: (tap of the class, source channel, destination channel) */
} class_product;

typedef struct pixel {
	int64_t image, y, x;
} pixel;

static pixel pixel_of_row(const class_product *p, int64_t row)
{
	int64_t line = row / p->x.n;
	return (pixel){
		.image = line / p->y.n,
		.y = p->y.first + line % p->y.n * p->d->y.divisor,
		.x = p->x.first + row % p->x.n * p->d->x.divisor,
	};
}

static void offsets_of_rows(const sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t *ret_offset)
{
	const class_product *p = (const class_product *)source;
	const sj__conv_direction *d = p->d;
	for (int64_t r = 0; r < n_rows; r++) {
		pixel at = pixel_of_row(p, row + r);
		ret_offset[r] = ((at.image * d->y.n_destination + at.y) * d->x.n_destination + at.x) * d->destination_c;
	}
}

/* Where source channel `channel` lies that a destination pixel meets through taps (tap_y, tap_x). */
static const void *find_source(const class_product *p, pixel at, int64_t tap_y, int64_t tap_x, int64_t channel)
{
	const sj__conv_direction *d = p->d;
	int64_t y = sj__conv_meet(&d->y, at.y, tap_y), x = sj__conv_meet(&d->x, at.x, tap_x);
	if (y < 0 || x < 0)
		return zeros;
	int64_t index = ((at.image * d->y.n_source + y) * d->x.n_source + x) * d->source_c + channel;
	return (const char *)d->source + index * p->kernels->element;
}

/*
 * Whether, for all the pixels, the taps of one filter row meet source pixels that lie side by side: then they are gathered
 * together, as if they were channels of one tap.
 */
static bool is_joined(const class_product *p, const pixel *at, int64_t n)
{
	const sj__conv_axis *x = &p->d->x;
	if (x->step != 1 || x->divisor != 1)
		return false;
	for (int64_t i = 0; i < n; i++) {
		int64_t first = at[i].x * x->multiplier + x->origin;
		if (first < 0 || first + x->n_taps > x->n_source)
			return false;
	}
	return true;
}

static void gather_panel(const class_product *p, const pixel *at, int64_t height, int64_t k, int64_t n_k, char *panel)
{
	int64_t n_c = p->d->source_c, unit = is_joined(p, at, height) ? n_c * p->x.n_taps : n_c;
	const void *row[MOST_ROWS];
	for (int64_t done = 0, length; done < n_k; done += length) {
		int64_t tap = (k + done) / n_c, channel = (k + done) % n_c;
		int64_t tap_y = p->y.first_tap + tap / p->x.n_taps * p->y.period;
		int64_t tap_x = p->x.first_tap + tap % p->x.n_taps * p->x.period;
		length = sj__min_i64(unit - (k + done) % unit, n_k - done);
		for (int64_t r = 0; r < height; r++)
			row[r] = find_source(p, at[r], tap_y, tap_x, channel);
		p->kernels->interleave(row, height, length, panel + done * height * p->kernels->element, height);
	}
}

static void gather_rows(const sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t k, int64_t n_k,
                        void *packed)
{
	const class_product *p = (const class_product *)source;
	int64_t most = p->kernels->panel_height(n_rows);
	char *panel = packed;
	for (int64_t first = 0; first < n_rows; first += most) {
		int64_t height = sj__min_i64(most, n_rows - first);
		pixel at[MOST_ROWS];
		for (int64_t r = 0; r < height; r++)
			at[r] = pixel_of_row(p, row + first + r);
		gather_panel(p, at, height, k, n_k, panel);
		panel += most * n_k * p->kernels->element;
	}
}

/* Turns the filter's taps [begin, end) of the class from (destination channel, source channel) to its transpose. */
static void turn_taps(void *context, int64_t begin, int64_t end)
{
	const class_product *p = context;
	int64_t n_source = p->d->source_c, n_destination = p->d->destination_c, element = p->kernels->element;
	for (int64_t tap = begin; tap < end; tap++) {
		int64_t tap_y = p->y.first_tap + tap / p->x.n_taps * p->y.period;
		int64_t tap_x = p->x.first_tap + tap % p->x.n_taps * p->x.period;
		int64_t from = (tap_y * p->d->x.n_taps + tap_x) * n_destination;
		for (int64_t first = 0; first < n_destination; first += MOST_ROWS) {
			int64_t n_rows = sj__min_i64(MOST_ROWS, n_destination - first);
			const void *row[MOST_ROWS];
			for (int64_t r = 0; r < n_rows; r++)
				row[r] = (const char *)p->d->filter + (from + first + r) * n_source * element;
			p->kernels->interleave(row, n_rows, n_source,
			                       p->filter + (tap * n_source * n_destination + first) * element,
			                       n_destination);
		}
	}
}

static sj_status run_class(class_product *p)
{
	const sj__conv_direction *d = p->d;
	int64_t n_taps = p->y.n_taps * p->x.n_taps;
	if (d->backward)
		sj__parallel_for(n_taps, sj__max_i64(1, (1 << 16) / (d->source_c * d->destination_c + 1)), turn_taps,
		                 p);
	sj__gemm g = {
		.m = d->n * p->y.n * p->x.n,
		.n = d->destination_c,
		.k = n_taps * d->source_c,
		.b = d->backward ? p->filter : d->filter,
		.ldb = d->destination_c,
		.c = d->destination,
		.bias = d->bias,
		.relu = d->relu,
	};
	return sj__gemm_packed(&g, p->kernels, &p->source);
}

sj_status sj__conv_matrix(const sj__conv_direction *d, const sj__gemm_kernels *kernels)
{
	class_product p = {.source = {gather_rows, offsets_of_rows}, .d = d, .kernels = kernels};
	int64_t filter_bytes = d->y.n_taps * d->x.n_taps * d->source_c * d->destination_c * kernels->element;
	if (d->backward && !(p.filter = sj__memory_new((size_t)filter_bytes)))
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = SJ_OK;
	for (int64_t y = 0; y < d->y.divisor && status == SJ_OK; y++)
		for (int64_t x = 0; x < d->x.divisor && status == SJ_OK; x++) {
			p.y = find_class(&d->y, y);
			p.x = find_class(&d->x, x);
			status = run_class(&p);
		}
	sj__memory_free(p.filter);
	return status;
}

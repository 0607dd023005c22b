/* Grids of images with captions. Small images are enlarged by whole factors without smoothing, so that pixels stay pixels. */
#include "plot/plot_parts.h"

#include <math.h>
#include <string.h>

enum {
	MOST_IMAGES = 10000,
	LONGEST_SIDE = 4096,
	USUAL_COLUMNS = 10,
	SMALL_SIDE = 96,
	LARGE_SIDE = 256,
	GAP = 12,
	MARGIN = 20,
	CAPTION_LINE = 18,
	FRAME = 3
};

typedef struct image_grid {
	const char *function;
	int n, height, width, channels;
	const float *floats; /* one of the two is given */
	const uint8_t *bytes;
	sj_image_grid_options options;
	sj__canvas canvas;
	double shown_width, shown_height, cell_width, cell_height, top;
	int columns, rows, caption_lines;
} image_grid;

static sj_status check_options(const image_grid *g)
{
	const sj_image_grid_options *o = &g->options;
	sj_status status = sj__plot_check_text(g->function, "title", -1, o->title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_texts(g->function, "captions", g->n, o->captions, 2);
	if (status == SJ_OK)
		status = sj__plot_check_count(g->function, "columns", o->columns, 0, MOST_IMAGES);
	if (status == SJ_OK)
		status = sj__plot_check_count(g->function, "image_size", o->image_size, 0, LONGEST_SIDE);
	if (status == SJ_OK)
		status = sj__plot_check_count(g->function, "highlight", o->highlight, 0, 0xffffff);
	if (status == SJ_OK)
		status = sj__plot_check_range(g->function, o->lowest, o->highest);
	if (status == SJ_OK)
		status = sj__plot_check_scale(g->function, o->scale);
	return status;
}

static sj_status bad_pixel(const image_grid *g, int64_t at)
{
	int64_t pixel = at / g->channels;
	int64_t image = pixel / ((int64_t)g->width * g->height), row = pixel / g->width % g->height;
	return sj_error_set(
		SJ_INVALID_ARGUMENT,
		"%s: image %lld, row %lld, column %lld is %g: expected 0 to 1: divide by the largest value, or "
		"set lowest and highest",
		g->function, (long long)image, (long long)row, (long long)(pixel % g->width), (double)g->floats[at]);
}

static sj_status check_pixels(const image_grid *g)
{
	const float slack = 1e-3f; /* rounding of what was computed to be 0 or 1 */
	bool any_range = g->options.lowest != g->options.highest;
	int64_t n = (int64_t)g->n * g->height * g->width * g->channels;
	if (g->floats == NULL && g->bytes == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "%s: pixels is NULL: give n * height * width * channels numbers", g->function);
	for (int64_t i = 0; g->floats != NULL && i < n; i++) {
		float v = g->floats[i];
		if (any_range ? !isfinite(v) : !(v >= -slack && v <= 1 + slack))
			return bad_pixel(g, i);
	}
	return SJ_OK;
}

static int lines_of(const char *text) { return text == NULL || *text == '\0' ? 0 : strchr(text, '\n') == NULL ? 1 : 2; }

/* Copies the first or second line of a caption; lines are cut at the buffer's size. */
static void copy_line(const char *caption, int line, char *text, size_t capacity)
{
	const char *end = strchr(caption, '\n');
	size_t n = end != NULL ? (size_t)(end - caption) : strlen(caption);
	if (line == 1) {
		caption = end != NULL ? end + 1 : "";
		n = strlen(caption);
	}
	n = n < capacity ? n : capacity - 1;
	while (n > 0 && ((unsigned char)caption[n] & 0xc0) == 0x80)
		n--;
	memcpy(text, caption, n);
	text[n] = '\0';
}

static const char *caption_of(const image_grid *g, int i)
{
	return g->options.captions != NULL && g->options.captions[i] != NULL ? g->options.captions[i] : "";
}

/* Measures on a canvas of one pixel, since the canvas is as large as what is measured. */
static sj_status measure_captions(image_grid *g, double *ret_widest)
{
	sj__canvas probe;
	char line[512];
	double widest = 0;
	sj_status status = sj__canvas_begin(&probe, g->function, 1, 1, 1);
	for (int i = 0; status == SJ_OK && i < g->n; i++) {
		const char *caption = caption_of(g, i);
		int lines = lines_of(caption);
		g->caption_lines = lines > g->caption_lines ? lines : g->caption_lines;
		for (int l = 0; l < lines; l++) {
			copy_line(caption, l, line, sizeof(line));
			widest = fmax(widest, sj__canvas_text_width(&probe, line, SJ__LABEL_SIZE));
		}
	}
	if (status == SJ_OK)
		*ret_widest = fmax(widest, 0);
	sj__canvas_release(&probe);
	return status;
}

static double shown_factor(const image_grid *g)
{
	double longer = fmax(g->width, g->height);
	if (g->options.image_size != 0)
		return g->options.image_size / longer;
	if (longer < SMALL_SIDE)
		return ceil(SMALL_SIDE / longer);
	return fmin(1, LARGE_SIDE / longer);
}

static sj_status lay_out(image_grid *g)
{
	double widest = 0;
	sj_status status = measure_captions(g, &widest);
	if (status != SJ_OK)
		return status;
	double factor = shown_factor(g);
	g->columns = g->options.columns != 0 ? g->options.columns : USUAL_COLUMNS;
	g->columns = g->columns < g->n ? g->columns : g->n;
	g->rows = (g->n + g->columns - 1) / g->columns;
	g->shown_width = fmax(1, round(g->width * factor));
	g->shown_height = fmax(1, round(g->height * factor));
	g->cell_width = ceil(fmax(g->shown_width, widest)) + GAP;
	g->cell_height = g->shown_height + GAP + (g->caption_lines > 0 ? g->caption_lines * CAPTION_LINE + 6 : 0);
	g->top = MARGIN - GAP / 2 + (g->options.title != NULL ? 34 : 0);
	return SJ_OK;
}

static uint32_t shade(const image_grid *g, int64_t at)
{
	if (g->bytes != NULL)
		return g->bytes[at];
	bool any_range = g->options.lowest != g->options.highest;
	double lowest = any_range ? g->options.lowest : 0, highest = any_range ? g->options.highest : 1;
	double part = (g->floats[at] - lowest) / (highest - lowest);
	return (uint32_t)(fmin(1, fmax(0, part)) * 255 + 0.5);
}

/* The image as a cairo surface of its own size; failures show in its status. */
static cairo_surface_t *surface_of(const image_grid *g, int image)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, g->width, g->height);
	unsigned char *bytes = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);
	int64_t at = (int64_t)image * g->height * g->width * g->channels;
	int to_green = g->channels == 3 ? 1 : 0, to_blue = g->channels == 3 ? 2 : 0;
	for (int row = 0; bytes != NULL && row < g->height; row++) {
		uint32_t *pixels = (uint32_t *)(void *)(bytes + (size_t)row * (size_t)stride);
		for (int column = 0; column < g->width; column++, at += g->channels)
			pixels[column] = shade(g, at) << 16 | shade(g, at + to_green) << 8 | shade(g, at + to_blue);
	}
	cairo_surface_mark_dirty(surface);
	return surface;
}

static void draw_image(image_grid *g, int image, double x, double y)
{
	cairo_t *cairo = g->canvas.cairo;
	cairo_surface_t *surface = surface_of(g, image);
	bool enlarges = g->shown_width >= g->width;
	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_rectangle(cairo, 0, 0, g->shown_width, g->shown_height);
	cairo_clip(cairo);
	cairo_scale(cairo, g->shown_width / g->width, g->shown_height / g->height);
	cairo_set_source_surface(cairo, surface, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(cairo), enlarges ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
	cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
	cairo_paint(cairo);
	cairo_restore(cairo);
	cairo_surface_destroy(surface);
}

static void draw_cell(image_grid *g, int i)
{
	char line[512];
	const char *caption = caption_of(g, i);
	bool wrong = g->options.wrong != NULL && g->options.wrong[i];
	sj__colour highlight = sj__colour_of(g->options.highlight != 0 ? g->options.highlight : 0xd0312d);
	sj__text_style style = {.size = SJ__LABEL_SIZE, .colour = wrong ? highlight : sj__ink, .align = 0.5};
	double middle = MARGIN - GAP / 2 + (i % g->columns + 0.5) * g->cell_width;
	double bottom = g->top + (i / g->columns + 1) * g->cell_height - GAP / 2;
	double x = floor(middle - g->shown_width / 2), y = floor(bottom - g->shown_height);
	int lines = lines_of(caption);
	if (wrong)
		sj__canvas_box(&g->canvas, x - FRAME, y - FRAME, g->shown_width + 2 * FRAME,
		               g->shown_height + 2 * FRAME, highlight);
	draw_image(g, i, x, y);
	for (int l = 0; l < lines; l++) {
		copy_line(caption, l, line, sizeof(line));
		sj__canvas_text(&g->canvas, middle, y - 5 - (lines - l - 0.5) * CAPTION_LINE, line, style);
	}
}

static sj_status draw(image_grid *g)
{
	sj_status status = lay_out(g);
	if (status != SJ_OK)
		return status;
	double width = g->columns * g->cell_width + 2 * MARGIN - GAP;
	double height = g->top + g->rows * g->cell_height + MARGIN - GAP / 2;
	status = sj__canvas_begin(&g->canvas, g->function, width, height, g->options.scale);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < g->n; i++)
		draw_cell(g, i);
	sj__box box = {0, g->top, width, height};
	sj__canvas_titles(&g->canvas, box, g->options.title, NULL, NULL);
	return SJ_OK;
}

static sj_status check_sizes(const char *function, int64_t n, int64_t height, int64_t width, int64_t channels)
{
	sj_status status = sj__plot_check_count(function, "n", n, 1, MOST_IMAGES);
	if (status == SJ_OK)
		status = sj__plot_check_count(function, "height", height, 1, LONGEST_SIDE);
	if (status == SJ_OK)
		status = sj__plot_check_count(function, "width", width, 1, LONGEST_SIDE);
	if (status == SJ_OK && channels != 1 && channels != 3)
		status = sj_error_set(SJ_INVALID_ARGUMENT,
		                      "%s: channels is %lld: expected 1 (grey) or 3 (red, green, blue)", function,
		                      (long long)channels);
	return status;
}

static sj_status plot(image_grid *g, const char *path, const sj_image_grid_options *options)
{
	sj_status status = sj__plot_check_options(g->function, options, &g->options, sizeof(g->options));
	if (status == SJ_OK)
		status = check_options(g);
	if (status == SJ_OK)
		status = check_pixels(g);
	if (status == SJ_OK)
		status = draw(g);
	if (status == SJ_OK)
		status = sj__canvas_save(&g->canvas, path);
	sj__canvas_release(&g->canvas);
	return status;
}

static sj_status plot_grid(const char *function, const char *path, int64_t n, int64_t height, int64_t width,
                           int64_t channels, const float *floats, const uint8_t *bytes,
                           const sj_image_grid_options *options)
{
	sj_status status = sj__plot_check_start(function, path);
	if (status == SJ_OK)
		status = check_sizes(function, n, height, width, channels);
	if (status != SJ_OK)
		return status;
	image_grid g = {
		.function = function,
		.n = (int)n,
		.height = (int)height,
		.width = (int)width,
		.channels = (int)channels,
		.floats = floats,
		.bytes = bytes,
		.options = {.size = sizeof(g.options)},
	};
	return plot(&g, path, options);
}

sj_status sj_plot_image_grid(const char *path, int64_t n, int64_t height, int64_t width, int64_t channels,
                             const float *pixels, const sj_image_grid_options *options)
{
	return plot_grid("sj_plot_image_grid", path, n, height, width, channels, pixels, NULL, options);
}

sj_status sj_plot_image_grid_bytes(const char *path, int64_t n, int64_t height, int64_t width, int64_t channels,
                                   const uint8_t *pixels, const sj_image_grid_options *options)
{
	return plot_grid("sj_plot_image_grid_bytes", path, n, height, width, channels, NULL, pixels, options);
}

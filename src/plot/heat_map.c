/*
 * Heat maps: a box of coloured cells with their numbers, labels at its left and bottom, and a colour bar at its right. The
 * cells are one small picture, enlarged without smoothing, so that many cells cost no more than few.
 */
#include "plot/plot_parts.h"

#include <math.h>
#include <stdio.h>

enum {
	MOST_CELLS_A_SIDE = 4096,
	MOST_DECIMALS = 15,
	COLOURS = 1024, /* more than 8 bits a channel can tell apart */
	LARGEST_NUMBER = 15,
	SMALLEST_NUMBER = 7
};

static const char function_name[] = "sj_plot_heat_map";

typedef struct heat_map {
	int rows, columns;
	const double *values;
	sj_heat_map_options options;
	double lowest, highest;
	uint32_t colours[COLOURS]; /* from lowest to highest */
	sj__ticks bar_ticks;
	sj__canvas canvas;
	sj__box box;
	double label_size;
	bool column_labels_upwards;
	int row_label_step, column_label_step; /* every so many rows and columns are labelled */
} heat_map;

static sj_status check_options(const sj_heat_map_options *o, int64_t rows, int64_t columns)
{
	sj_status status = sj__plot_check_text(function_name, "title", -1, o->title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_text(function_name, "x_title", -1, o->x_title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_text(function_name, "y_title", -1, o->y_title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_texts(function_name, "row_labels", rows, o->row_labels, 1);
	if (status == SJ_OK)
		status = sj__plot_check_texts(function_name, "column_labels", columns, o->column_labels, 1);
	if (status == SJ_OK)
		status = sj__plot_check_count(function_name, "decimals", o->decimals, 0, MOST_DECIMALS);
	if (status == SJ_OK)
		status = sj__plot_check_count(function_name, "colours", (int)o->colours, 0, SJ_COLOUR_MAP_GREY);
	if (status == SJ_OK)
		status = sj__plot_check_range(function_name, o->lowest, o->highest);
	if (status == SJ_OK && o->width != 0)
		status = sj__plot_check_count(function_name, "width", o->width, 200, 10000);
	if (status == SJ_OK && o->height != 0)
		status = sj__plot_check_count(function_name, "height", o->height, 200, 10000);
	if (status == SJ_OK)
		status = sj__plot_check_scale(function_name, o->scale);
	return status;
}

static sj_status check_values(int64_t rows, int64_t columns, const double *values)
{
	if (values == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: values is NULL: give %lld x %lld numbers", function_name,
		                    (long long)rows, (long long)columns);
	for (int64_t i = 0; i < rows * columns; i++)
		if (!sj__plot_is_usable(values[i]))
			return sj_error_set(
				SJ_INVALID_ARGUMENT,
				"%s: values[%lld][%lld] is %g: expected finite numbers up to 1e300: replace it or "
				"leave its row out",
				function_name, (long long)(i / columns), (long long)(i % columns), values[i]);
	return SJ_OK;
}

/* The values of the first and the last colour; a range of its own around values that are all equal. */
static void find_range(heat_map *h)
{
	h->lowest = h->highest = h->values[0];
	for (int64_t i = 1; i < (int64_t)h->rows * h->columns; i++) {
		h->lowest = fmin(h->lowest, h->values[i]);
		h->highest = fmax(h->highest, h->values[i]);
	}
	if (h->options.lowest != h->options.highest) {
		h->lowest = h->options.lowest;
		h->highest = h->options.highest;
	}
	if (sj__plot_is_one(h->lowest, h->highest)) {
		double half = fmax(0.5, 0.1 * fabs(h->highest));
		h->lowest -= half;
		h->highest += half;
	}
	sj__ticks_linear(&h->bar_ticks, h->lowest, h->highest, 8, false);
}

static const char *label_of(const char *const *labels, int index, char number[16])
{
	if (labels != NULL)
		return labels[index];
	snprintf(number, 16, "%d", index);
	return number;
}

static double widest_label(heat_map *h, const char *const *labels, int n)
{
	char number[16];
	double widest = 0;
	for (int i = labels != NULL ? 0 : n - 1; i < n; i++)
		widest = fmax(widest, sj__canvas_text_width(&h->canvas, label_of(labels, i, number), h->label_size));
	return widest;
}

static double widest_bar_label(heat_map *h)
{
	double widest = 0;
	for (int i = 0; i < h->bar_ticks.count; i++)
		widest = fmax(widest, sj__canvas_text_width(&h->canvas, h->bar_ticks.label[i], SJ__LABEL_SIZE));
	return widest;
}

/* Places the box so that every label finds room, but never takes more than a third of the picture for labels. */
static void lay_out(heat_map *h)
{
	const sj_heat_map_options *o = &h->options;
	double width = h->canvas.width, height = h->canvas.height;
	h->label_size = SJ__LABEL_SIZE;
	double row_labels = fmin(widest_label(h, o->row_labels, h->rows), width / 3);
	double column_label = widest_label(h, o->column_labels, h->columns);
	double left = 24 + row_labels + (o->y_title != NULL ? 26 : 0);
	double right = o->hide_colour_bar ? 20 : 24 + 24 + 14 + widest_bar_label(h) + 16;
	double pitch = (width - left - right) / h->columns;
	h->column_labels_upwards = o->column_labels != NULL && column_label > pitch * 0.92;
	double below = h->column_labels_upwards ? fmin(column_label, height / 3) : SJ__LABEL_SIZE;
	double top = o->title != NULL ? 48 : 20, bottom = 24 + below + (o->x_title != NULL ? 28 : 0);
	h->box = (sj__box){floor(left), floor(top), floor(width - left - right), floor(height - top - bottom)};
	double needed = h->column_labels_upwards ? 1.25 * h->label_size : column_label + 8;
	h->column_label_step = (int)ceil(fmax(1, needed * h->columns / h->box.width));
	h->row_label_step = (int)ceil(fmax(1, 1.25 * h->label_size * h->rows / h->box.height));
}

static void fill_colours(heat_map *h)
{
	for (int i = 0; i < COLOURS; i++) {
		sj__colour c = sj__colour_map_at(h->options.colours, (double)i / (COLOURS - 1));
		h->colours[i] = (uint32_t)(c.red * 255 + 0.5) << 16 | (uint32_t)(c.green * 255 + 0.5) << 8 |
		                (uint32_t)(c.blue * 255 + 0.5);
	}
}

static uint32_t colour_of_value(const heat_map *h, double value)
{
	double part = (value - h->lowest) / (h->highest - h->lowest);
	return h->colours[(int)(fmin(1, fmax(0, part)) * (COLOURS - 1) + 0.5)];
}

/* Paints a picture of `columns` x `rows` pixels over the box. */
static void paint_pixels(heat_map *h, int rows, int columns, sj__box box,
                         double (*value_at)(const heat_map *, int, int))
{
	cairo_t *cairo = h->canvas.cairo;
	cairo_surface_t *cells = cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
	unsigned char *bytes = cairo_image_surface_get_data(cells);
	int stride = cairo_image_surface_get_stride(cells);
	for (int row = 0; bytes != NULL && row < rows; row++)
		for (int column = 0; column < columns; column++)
			((uint32_t *)(void *)(bytes + (size_t)row * (size_t)stride))[column] =
				colour_of_value(h, value_at(h, row, column));
	cairo_surface_mark_dirty(cells);
	cairo_save(cairo);
	cairo_translate(cairo, box.x, box.y);
	cairo_scale(cairo, box.width / columns, box.height / rows);
	cairo_set_source_surface(cairo, cells, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
	cairo_rectangle(cairo, 0, 0, columns, rows);
	cairo_fill(cairo);
	cairo_restore(cairo);
	cairo_surface_destroy(cells);
}

static double cell_value(const heat_map *h, int row, int column)
{
	return h->values[(int64_t)row * h->columns + column];
}

static double bar_value(const heat_map *h, int row, int column)
{
	(void)column;
	return h->highest - (row + 0.5) / COLOURS * (h->highest - h->lowest);
}

/* The size at which every number fits its cell, or 0 where that is too small to read. */
static double number_size(heat_map *h)
{
	char text[SJ__NUMBER_BYTES];
	double widest = 0;
	for (int64_t i = 0; i < (int64_t)h->rows * h->columns; i++) {
		sj__number_format(text, h->values[i], h->options.decimals);
		widest = fmax(widest, sj__canvas_text_width(&h->canvas, text, LARGEST_NUMBER) / LARGEST_NUMBER);
	}
	double room = 0.5; /* half a letter's height beside the widest number */
	double size = fmin(h->box.width / h->columns / (widest + room), h->box.height / h->rows / 1.5);
	return size < SMALLEST_NUMBER ? 0 : fmin(size, LARGEST_NUMBER);
}

static void draw_numbers(heat_map *h)
{
	double cell_width = h->box.width / h->columns, cell_height = h->box.height / h->rows;
	if (h->options.hide_numbers || cell_width < SMALLEST_NUMBER || cell_height < SMALLEST_NUMBER)
		return;
	double size = number_size(h);
	for (int i = 0; size > 0 && i < h->rows * h->columns; i++) {
		char text[SJ__NUMBER_BYTES];
		bool bright = sj__colour_luminance(sj__colour_of(colour_of_value(h, h->values[i]))) > 0.35;
		sj__text_style style = {.size = size, .colour = bright ? sj__ink : (sj__colour){1, 1, 1}, .align = 0.5};
		sj__number_format(text, h->values[i], h->options.decimals);
		sj__canvas_text(&h->canvas, h->box.x + (i % h->columns + 0.5) * cell_width,
		                h->box.y + (i / h->columns + 0.5) * cell_height, text, style);
	}
}

static void draw_row_labels(heat_map *h)
{
	char number[16];
	double x = h->box.x;
	sj__text_style style = {.size = h->label_size, .colour = sj__ink, .align = 1};
	for (int i = 0; i < h->rows; i += h->row_label_step) {
		double y = h->box.y + (i + 0.5) * h->box.height / h->rows;
		sj__canvas_line(&h->canvas, x - 5, y, x, y, sj__soft_ink);
		sj__canvas_text(&h->canvas, x - 9, y, label_of(h->options.row_labels, i, number), style);
	}
}

static void draw_column_labels(heat_map *h)
{
	char number[16];
	double y = h->box.y + h->box.height;
	sj__text_style style = {.size = h->label_size,
	                        .colour = sj__ink,
	                        .align = h->column_labels_upwards ? 1 : 0.5,
	                        .upwards = h->column_labels_upwards};
	for (int i = 0; i < h->columns; i += h->column_label_step) {
		double x = h->box.x + (i + 0.5) * h->box.width / h->columns;
		sj__canvas_line(&h->canvas, x, y, x, y + 5, sj__soft_ink);
		sj__canvas_text(&h->canvas, x, y + (style.upwards ? 10 : 16),
		                label_of(h->options.column_labels, i, number), style);
	}
}

static void draw_colour_bar(heat_map *h)
{
	sj__box bar = {h->box.x + h->box.width + 24, h->box.y, 24, h->box.height};
	sj__text_style style = {.size = SJ__LABEL_SIZE, .colour = sj__ink};
	if (h->options.hide_colour_bar)
		return;
	paint_pixels(h, COLOURS, 1, bar, bar_value);
	for (int i = 0; i < h->bar_ticks.count; i++) {
		double part = (h->bar_ticks.at[i] - h->lowest) / (h->highest - h->lowest);
		double x = bar.x + bar.width, y = bar.y + fmin(bar.height * (1 - part), bar.height - 1);
		sj__canvas_line(&h->canvas, x, y, x + 5, y, sj__soft_ink);
		sj__canvas_text(&h->canvas, x + 10, y, h->bar_ticks.label[i], style);
	}
}

static sj_status draw(heat_map *h)
{
	const sj_heat_map_options *o = &h->options;
	double width = o->width != 0 ? o->width : 1000, height = o->height != 0 ? o->height : 800;
	sj_status status = sj__canvas_begin(&h->canvas, function_name, width, height, o->scale);
	if (status != SJ_OK)
		return status;
	find_range(h);
	fill_colours(h);
	lay_out(h);
	paint_pixels(h, h->rows, h->columns, h->box, cell_value);
	draw_numbers(h);
	draw_row_labels(h);
	draw_column_labels(h);
	draw_colour_bar(h);
	sj__canvas_titles(&h->canvas, h->box, o->title, o->x_title, o->y_title);
	return SJ_OK;
}

sj_status sj_plot_heat_map(const char *path, int64_t rows, int64_t columns, const double *values,
                           const sj_heat_map_options *options)
{
	heat_map h = {.options = {.size = sizeof(h.options)}};
	sj_status status = sj__plot_check_start(function_name, path);
	if (status == SJ_OK)
		status = sj__plot_check_count(function_name, "rows", rows, 1, MOST_CELLS_A_SIDE);
	if (status == SJ_OK)
		status = sj__plot_check_count(function_name, "columns", columns, 1, MOST_CELLS_A_SIDE);
	if (status == SJ_OK)
		status = sj__plot_check_options(function_name, options, &h.options, sizeof(h.options));
	if (status == SJ_OK)
		status = check_options(&h.options, rows, columns);
	if (status == SJ_OK)
		status = check_values(rows, columns, values);
	if (status != SJ_OK)
		return status;
	h.rows = (int)rows;
	h.columns = (int)columns;
	h.values = values;
	status = draw(&h);
	if (status == SJ_OK)
		status = sj__canvas_save(&h.canvas, path);
	sj__canvas_release(&h.canvas);
	return status;
}

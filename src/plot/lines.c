/*
 * Lines over common axes. The data's range gets a margin of a twentieth; ticks are round numbers; the legend stands in the
 * corner that hides the fewest points.
 */
#include "plot/plot_parts.h"

#include <math.h>

enum {
	MOST_SERIES = 100,
	MOST_POINTS = 10000000,
	MOST_MARKERS = 5000,
	STROKE_POINTS = 100,         /* strokes cost cairo the square of the crossings in them */
	DASHED_STROKE_POINTS = 2000, /* dashes begin anew with each stroke */
	LEGEND_LINE = 22,
	LEGEND_SAMPLE = 26
};

static const double dashes[] = {7, 5};

static const char function_name[] = "sj_plot_lines";

typedef struct axis {
	double lowest, highest; /* in the axis' own measure: log10 of the value where logarithmic */
	bool logarithmic, whole;
	sj__ticks ticks;
} axis;

typedef struct line_plot {
	int n_series;
	const sj_line_series *series;
	sj_lines_options options;
	axis x, y;
	sj__box box;
	sj__canvas canvas;
} line_plot;

static sj_status check_options(const sj_lines_options *o)
{
	sj_status status = sj__plot_check_text(function_name, "title", -1, o->title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_text(function_name, "x_title", -1, o->x_title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_text(function_name, "y_title", -1, o->y_title, 1);
	if (status == SJ_OK)
		status = sj__plot_check_range(function_name, o->lowest, o->highest);
	if (status == SJ_OK && o->log_y && o->lowest != o->highest && o->lowest <= 0)
		status = sj_error_set(SJ_INVALID_ARGUMENT, "%s: lowest is %g with log_y: expected a number above 0",
		                      function_name, o->lowest);
	if (status == SJ_OK && o->width != 0)
		status = sj__plot_check_count(function_name, "width", o->width, 200, 10000);
	if (status == SJ_OK && o->height != 0)
		status = sj__plot_check_count(function_name, "height", o->height, 200, 10000);
	if (status == SJ_OK)
		status = sj__plot_check_scale(function_name, o->scale);
	return status;
}

static sj_status bad_point(int series, const char *axis_name, int64_t i, double value, const char *expected)
{
	return sj_error_set(SJ_INVALID_ARGUMENT, "%s: series[%d].%s[%lld] is %g: expected %s", function_name, series,
	                    axis_name, (long long)i, value, expected);
}

static sj_status check_points(int index, const sj_line_series *s, bool log_y)
{
	for (int64_t i = 0; i < s->n; i++) {
		if (s->x != NULL && !sj__plot_is_usable(s->x[i]))
			return bad_point(index, "x", i, s->x[i], "a finite number up to 1e300");
		if (isnan(s->y[i]))
			continue;
		if (!sj__plot_is_usable(s->y[i]))
			return bad_point(index, "y", i, s->y[i], "a number up to 1e300, or NaN for a gap");
		if (log_y && s->y[i] <= 0)
			return bad_point(index, "y", i, s->y[i], "a number above 0 with log_y: make it NaN for a gap");
	}
	return SJ_OK;
}

static sj_status check_series(int n_series, const sj_line_series *series, bool log_y)
{
	if (series == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: series is NULL: give %d series", function_name, n_series);
	for (int i = 0; i < n_series; i++) {
		const sj_line_series *s = &series[i];
		sj_status status = sj__plot_check_text(function_name, "series name", i, s->name, 1);
		if (status == SJ_OK)
			status = sj__plot_check_count(function_name, "the n of a series", s->n, 0, MOST_POINTS);
		if (status == SJ_OK)
			status = sj__plot_check_count(function_name, "the colour of a series", s->colour, 0, 0xffffff);
		if (status == SJ_OK && s->y == NULL && s->n > 0)
			status = sj_error_set(SJ_INVALID_ARGUMENT, "%s: series[%d].y is NULL: give %lld numbers",
			                      function_name, i, (long long)s->n);
		if (status == SJ_OK)
			status = check_points(i, s, log_y);
		if (status != SJ_OK)
			return status;
	}
	return SJ_OK;
}

static double x_value(const sj_line_series *s, int64_t i) { return s->x != NULL ? s->x[i] : (double)i; }

static void axis_include(axis *a, double value)
{
	double measure = a->logarithmic ? log10(value) : value;
	a->lowest = fmin(a->lowest, measure);
	a->highest = fmax(a->highest, measure);
	a->whole = a->whole && value == floor(value);
}

/* A range to draw: some around a single value, 0 to 1 around none, and a margin. */
static void axis_widen(axis *a)
{
	if (a->lowest > a->highest) {
		a->lowest = 0;
		a->highest = 1;
	}
	if (sj__plot_is_one(a->lowest, a->highest)) {
		double half = fmax(0.5, 0.05 * fabs(a->highest));
		a->lowest -= half;
		a->highest += half;
		return;
	}
	double margin = 0.05 * (a->highest - a->lowest);
	a->lowest -= margin;
	a->highest += margin;
}

static void axis_place_ticks(axis *a, int wanted)
{
	if (a->logarithmic)
		sj__ticks_logarithmic(&a->ticks, a->lowest, a->highest, wanted);
	else
		sj__ticks_linear(&a->ticks, a->lowest, a->highest, wanted, a->whole);
}

static void find_ranges(line_plot *p)
{
	const sj_lines_options *o = &p->options;
	p->x = (axis){.lowest = INFINITY, .highest = -INFINITY, .whole = true};
	p->y = (axis){.lowest = INFINITY, .highest = -INFINITY, .logarithmic = o->log_y};
	for (int i = 0; i < p->n_series; i++)
		for (int64_t k = 0; k < p->series[i].n; k++) {
			axis_include(&p->x, x_value(&p->series[i], k));
			if (!isnan(p->series[i].y[k]))
				axis_include(&p->y, p->series[i].y[k]);
		}
	axis_widen(&p->x);
	axis_widen(&p->y);
	if (o->lowest != o->highest) {
		p->y.lowest = o->log_y ? log10(o->lowest) : o->lowest;
		p->y.highest = o->log_y ? log10(o->highest) : o->highest;
	}
}

static void lay_out(line_plot *p)
{
	const sj_lines_options *o = &p->options;
	double width = p->canvas.width, height = p->canvas.height, widest = 0;
	double top = o->title != NULL ? 48 : 22, bottom = 38 + (o->x_title != NULL ? 28 : 0);
	axis_place_ticks(&p->y, (int)fmax(2, (height - top - bottom) / 65));
	for (int i = 0; i < p->y.ticks.count; i++)
		widest = fmax(widest, sj__canvas_text_width(&p->canvas, p->y.ticks.label[i], SJ__LABEL_SIZE));
	double left = 24 + widest + (o->y_title != NULL ? 26 : 0), right = 24;
	p->box = (sj__box){floor(left), floor(top), floor(width - left - right), floor(height - top - bottom)};
	axis_place_ticks(&p->x, (int)fmax(2, p->box.width / 100));
}

static double x_place(const line_plot *p, double value)
{
	return p->box.x + (value - p->x.lowest) / (p->x.highest - p->x.lowest) * p->box.width;
}

static double y_place(const line_plot *p, double value)
{
	double measure = p->y.logarithmic ? log10(value) : value;
	return p->box.y + (p->y.highest - measure) / (p->y.highest - p->y.lowest) * p->box.height;
}

static void draw_axes(line_plot *p)
{
	sj__box b = p->box;
	sj__text_style below = {.size = SJ__LABEL_SIZE, .colour = sj__soft_ink, .align = 0.5};
	sj__text_style beside = {.size = SJ__LABEL_SIZE, .colour = sj__soft_ink, .align = 1};
	for (int i = 0; i < p->x.ticks.count; i++) {
		double x = x_place(p, p->x.ticks.at[i]);
		sj__canvas_line(&p->canvas, x, b.y, x, b.y + b.height, sj__rule);
		sj__canvas_text(&p->canvas, x, b.y + b.height + 17, p->x.ticks.label[i], below);
	}
	for (int i = 0; i < p->y.ticks.count; i++) {
		double part = (p->y.highest - p->y.ticks.at[i]) / (p->y.highest - p->y.lowest);
		double y = b.y + part * b.height;
		sj__canvas_line(&p->canvas, b.x, y, b.x + b.width, y, sj__rule);
		sj__canvas_text(&p->canvas, b.x - 10, y, p->y.ticks.label[i], beside);
	}
	sj__colour frame = {0.7, 0.7, 0.74};
	sj__canvas_line(&p->canvas, b.x, b.y + b.height, b.x + b.width, b.y + b.height, frame);
	sj__canvas_line(&p->canvas, b.x, b.y, b.x, b.y + b.height, frame);
}

static sj__colour series_colour(const line_plot *p, int i)
{
	uint32_t colour = p->series[i].colour;
	return colour != 0 ? sj__colour_of(colour) : sj__colour_of_series(i);
}

typedef struct place {
	double x, y;
	int64_t index;
} place;

/*
 * Consecutive points in one column of half a unit. Its first, lowest, highest and last point make the same picture as all of
 * them, so that millions of points are drawn as fast as thousands.
 */
typedef struct column {
	bool any, joins; /* joins: the line before it goes on into it */
	int n_drawn;     /* points of the path not yet stroked */
	double at;
	place first, low, high, last;
} column;

static void column_draw_point(column *c, cairo_t *cairo, place point, bool dashed)
{
	if (!c->joins)
		cairo_move_to(cairo, point.x, point.y);
	cairo_line_to(cairo, point.x, point.y); /* a point alone becomes a dot */
	c->joins = true;
	if (++c->n_drawn < (dashed ? DASHED_STROKE_POINTS : STROKE_POINTS))
		return;
	cairo_stroke(cairo);
	cairo_move_to(cairo, point.x, point.y);
	c->n_drawn = 0;
}

static void column_draw(column *c, cairo_t *cairo, bool dashed)
{
	if (!c->any)
		return;
	bool low_first = c->low.index < c->high.index;
	const place points[] = {c->first, low_first ? c->low : c->high, low_first ? c->high : c->low, c->last};
	column_draw_point(c, cairo, points[0], dashed);
	for (int i = 1; i < 4; i++)
		if (points[i].index != points[i - 1].index)
			column_draw_point(c, cairo, points[i], dashed);
	c->any = false;
}

static void column_add(column *c, cairo_t *cairo, place point, bool dashed)
{
	double at = floor(2 * point.x);
	if (c->any && c->at != at)
		column_draw(c, cairo, dashed);
	if (!c->any)
		c->first = c->low = c->high = point;
	c->any = true;
	c->at = at;
	c->last = point;
	if (point.y < c->low.y)
		c->low = point;
	if (point.y > c->high.y)
		c->high = point;
}

/* Far outside the box, coordinates would overflow cairo's fixed point numbers. */
static double cut_place(double y) { return fmin(1e5, fmax(-1e5, y)); }

/* Dense lines are thinner, so that they do not become areas. */
static double line_width(const sj_line_series *s) { return s->n > 2000 ? 1.4 : 2.2; }

static void draw_line(line_plot *p, const sj_line_series *s)
{
	cairo_t *cairo = p->canvas.cairo;
	column c = {.any = false};
	cairo_set_line_width(cairo, line_width(s));
	cairo_set_line_cap(cairo, s->dashed ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_set_dash(cairo, dashes, s->dashed ? 2 : 0, 0);
	for (int64_t i = 0; i < s->n; i++) {
		if (!isnan(s->y[i])) {
			place point = {x_place(p, x_value(s, i)), cut_place(y_place(p, s->y[i])), i};
			column_add(&c, cairo, point, s->dashed);
			continue;
		}
		column_draw(&c, cairo, s->dashed);
		c.joins = false;
	}
	column_draw(&c, cairo, s->dashed);
	cairo_stroke(cairo);
	cairo_set_dash(cairo, NULL, 0, 0);
}

static void draw_markers(line_plot *p, const sj_line_series *s)
{
	double last_x = -INFINITY, last_y = -INFINITY;
	if (!s->markers || s->n > MOST_MARKERS)
		return;
	for (int64_t i = 0; i < s->n; i++) {
		if (isnan(s->y[i]))
			continue;
		double x = x_place(p, x_value(s, i)), y = cut_place(y_place(p, s->y[i]));
		if (fabs(x - last_x) < 0.5 && fabs(y - last_y) < 0.5)
			continue;
		cairo_new_sub_path(p->canvas.cairo);
		cairo_arc(p->canvas.cairo, x, y, 4, 0, 2 * acos(-1));
		cairo_fill(p->canvas.cairo);
		last_x = x;
		last_y = y;
	}
}

static void draw_series(line_plot *p)
{
	cairo_t *cairo = p->canvas.cairo;
	cairo_save(cairo);
	cairo_rectangle(cairo, p->box.x, p->box.y - 2, p->box.width, p->box.height + 4);
	cairo_clip(cairo);
	for (int i = 0; i < p->n_series; i++) {
		sj__colour c = series_colour(p, i);
		cairo_set_source_rgb(cairo, c.red, c.green, c.blue);
		draw_line(p, &p->series[i]);
		draw_markers(p, &p->series[i]);
	}
	cairo_restore(cairo);
}

/* How many of at most some hundred points a series lie in the box. */
static int points_within(const line_plot *p, sj__box box)
{
	int n = 0;
	for (int i = 0; i < p->n_series; i++) {
		const sj_line_series *s = &p->series[i];
		int64_t step = s->n / 500 + 1;
		for (int64_t k = 0; k < s->n; k += step) {
			double x = x_place(p, x_value(s, k)), y = isnan(s->y[k]) ? INFINITY : y_place(p, s->y[k]);
			n += x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
		}
	}
	return n;
}

/* The corner with the fewest points, the upper right one first. */
static sj__box best_corner(const line_plot *p, double width, double height)
{
	const double inset = 12;
	double right = p->box.x + p->box.width - width - inset, bottom = p->box.y + p->box.height - height - inset;
	const sj__box corners[] = {
		{right, p->box.y + inset, width, height},
		{right, bottom, width, height},
		{p->box.x + inset, p->box.y + inset, width, height},
		{p->box.x + inset, bottom, width, height},
	};
	int best = 0, fewest = points_within(p, corners[0]);
	for (int i = 1; i < 4; i++) {
		int n = points_within(p, corners[i]);
		if (n < fewest) {
			fewest = n;
			best = i;
		}
	}
	return corners[best];
}

static void draw_sample(line_plot *p, int i, double x, double y)
{
	cairo_t *cairo = p->canvas.cairo;
	sj__colour c = series_colour(p, i);
	cairo_set_source_rgb(cairo, c.red, c.green, c.blue);
	cairo_set_line_width(cairo, line_width(&p->series[i]));
	cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
	cairo_set_dash(cairo, dashes, p->series[i].dashed ? 2 : 0, 0);
	cairo_move_to(cairo, x, y);
	cairo_line_to(cairo, x + LEGEND_SAMPLE, y);
	cairo_stroke(cairo);
	cairo_set_dash(cairo, NULL, 0, 0);
	if (p->series[i].markers) {
		cairo_arc(cairo, x + LEGEND_SAMPLE / 2.0, y, 4, 0, 2 * acos(-1));
		cairo_fill(cairo);
	}
}

static void draw_legend(line_plot *p)
{
	int n = 0;
	double widest = 0;
	for (int i = 0; i < p->n_series; i++) {
		n += p->series[i].name != NULL;
		widest = fmax(widest, sj__canvas_text_width(&p->canvas, p->series[i].name, SJ__LABEL_SIZE));
	}
	if (n == 0 || p->options.hide_legend)
		return;
	sj__box box = best_corner(p, widest + LEGEND_SAMPLE + 30, n * LEGEND_LINE + 10);
	cairo_set_source_rgba(p->canvas.cairo, 1, 1, 1, 0.85);
	cairo_rectangle(p->canvas.cairo, floor(box.x) + 0.5, floor(box.y) + 0.5, box.width, box.height);
	cairo_fill_preserve(p->canvas.cairo);
	cairo_set_source_rgb(p->canvas.cairo, sj__rule.red, sj__rule.green, sj__rule.blue);
	cairo_set_line_width(p->canvas.cairo, 1);
	cairo_stroke(p->canvas.cairo);
	sj__text_style style = {.size = SJ__LABEL_SIZE, .colour = sj__ink};
	double y = box.y + 5 + LEGEND_LINE / 2.0;
	for (int i = 0; i < p->n_series; i++) {
		if (p->series[i].name == NULL)
			continue;
		draw_sample(p, i, box.x + 10, y);
		sj__canvas_text(&p->canvas, box.x + LEGEND_SAMPLE + 20, y, p->series[i].name, style);
		y += LEGEND_LINE;
	}
}

static sj_status draw(line_plot *p)
{
	const sj_lines_options *o = &p->options;
	double width = o->width != 0 ? o->width : 1000, height = o->height != 0 ? o->height : 600;
	sj_status status = sj__canvas_begin(&p->canvas, function_name, width, height, o->scale);
	if (status != SJ_OK)
		return status;
	find_ranges(p);
	lay_out(p);
	draw_axes(p);
	draw_series(p);
	draw_legend(p);
	sj__canvas_titles(&p->canvas, p->box, o->title, o->x_title, o->y_title);
	return SJ_OK;
}

sj_status sj_plot_lines(const char *path, int n_series, const sj_line_series *series, const sj_lines_options *options)
{
	line_plot p = {.n_series = n_series, .series = series, .options = {.size = sizeof(p.options)}};
	sj_status status = sj__plot_check_start(function_name, path);
	if (status == SJ_OK)
		status = sj__plot_check_count(function_name, "n_series", n_series, 1, MOST_SERIES);
	if (status == SJ_OK)
		status = sj__plot_check_options(function_name, options, &p.options, sizeof(p.options));
	if (status == SJ_OK)
		status = check_options(&p.options);
	if (status == SJ_OK)
		status = check_series(n_series, series, p.options.log_y);
	if (status != SJ_OK)
		return status;
	status = draw(&p);
	if (status == SJ_OK)
		status = sj__canvas_save(&p.canvas, path);
	sj__canvas_release(&p.canvas);
	return status;
}

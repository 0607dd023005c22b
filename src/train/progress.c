/*
 * Progress bars: when to draw, where on the terminal, and the smoothed speed. The text itself comes from progress_meter.c.
 *
 * Bars inside one another form a chain by their `inside` and `inner` links; a bar's line lies as many lines below the
 * outermost bar's as it has bars around it, and the cursor rests on the outermost line between two drawings.
 */
#include <sokuji/progress.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sokuji/clock.h>
#include <sokuji/memory.h>
#include <sokuji/output.h>

#include "train/progress_meter.h"

enum {
	DESCRIPTION_BYTES = 256,
	UNIT_BYTES = 32,
	LINE_BYTES = 1024,
	DEEPEST = 16,
	UP_BYTES = 3, /* ESC [ A */
	DRAWING_BYTES = SJ__METER_BYTES + SJ__METER_COLUMNS_MOST + DEEPEST * (UP_BYTES + 1) + 2
};

/* Exponential moving average that corrects for its start from zero. */
typedef struct average {
	double value, rest; /* rest: the weight that the zero start still has */
} average;

struct sj_progress {
	char description[DESCRIPTION_BYTES], unit[UNIT_BYTES], postfix[DESCRIPTION_BYTES];
	bool unit_scale, ascii, vanish, draws, tells_end;
	double unit_divisor, smoothing;
	int columns; /* as in the options */
	int drawn_columns;
	int64_t total, initial, n;
	int64_t min_interval_ns, start_ns, drawn_ns, drawn_n;
	average steps, seconds, steps_an_interval;
	double min_steps; /* that pass before the clock is read again */
	sj_progress *inside, *inner;
};

static void average_add(average *a, double weight, double value)
{
	a->value = weight * value + (1 - weight) * a->value;
	a->rest *= 1 - weight;
}

static double average_get(const average *a) { return a->rest < 1 ? a->value / (1 - a->rest) : 0; }

/* Text under way to the output, so that a drawing is one write. */
typedef struct drawing {
	size_t length;
	char text[DRAWING_BYTES];
} drawing;

static void drawing_add(drawing *d, const char *text, size_t length, int times)
{
	for (int i = 0; i < times && length <= sizeof(d->text) - d->length; i++) {
		memcpy(d->text + d->length, text, length);
		d->length += length;
	}
}

static void drawing_show(drawing *d)
{
	sj_output_write(d->text, d->length);
	d->length = 0;
}

static int depth_of(const sj_progress *p)
{
	int depth = 0;
	for (; p->inside != NULL; p = p->inside)
		depth++;
	return depth;
}

static sj_progress *outermost(sj_progress *p)
{
	while (p->inside != NULL)
		p = p->inside;
	return p;
}

static int line_columns(const sj_progress *p)
{
	if (p->columns != 0)
		return p->columns == SJ_PROGRESS_NO_BAR ? 0 : p->columns;
	int columns = sj_output_columns();
	return columns > 0 ? columns : SJ__METER_COLUMNS_FREE;
}

static void format_line(const sj_progress *p, double elapsed, double rate, char *text)
{
	sj__meter meter = {
		.n = p->n,
		.total = p->total,
		.initial = p->initial,
		.elapsed = elapsed,
		.rate = rate,
		.columns = line_columns(p),
		.prefix = p->description,
		.unit = p->unit,
		.postfix = p->postfix,
		.ascii = p->ascii,
		.unit_scale = p->unit_scale,
		.unit_divisor = p->unit_divisor,
	};
	sj__meter_format(&meter, text);
}

static double elapsed_seconds(const sj_progress *p) { return (double)(sj_clock_ns() - p->start_ns) * 1e-9; }

/* Puts `text` in place of what the bar's line shows; `after` comes before the cursor goes back up. */
static void draw_text(sj_progress *p, int depth, const char *text, const char *after)
{
	drawing d = {.length = 0};
	int columns = sj__display_columns(text);
	drawing_add(&d, "\n", 1, depth);
	drawing_add(&d, "\r", 1, 1);
	drawing_add(&d, text, strlen(text), 1);
	drawing_add(&d, " ", 1, p->drawn_columns - columns);
	drawing_add(&d, after, strlen(after), 1);
	drawing_add(&d, "\033[A", UP_BYTES, depth);
	drawing_show(&d);
	p->drawn_columns = columns;
}

static void draw_at(sj_progress *p, double elapsed)
{
	char text[SJ__METER_BYTES];
	if (!p->draws)
		return;
	double seconds = average_get(&p->seconds);
	format_line(p, elapsed, seconds != 0 ? average_get(&p->steps) / seconds : 0, text);
	draw_text(p, depth_of(p), text, "");
}

static void draw(sj_progress *p) { draw_at(p, elapsed_seconds(p)); }

/* Wipes the bar's line. */
static void wipe(sj_progress *p)
{
	if (p->draws)
		draw_text(p, depth_of(p), "", "\r");
}

static void wipe_chain(sj_progress *p)
{
	for (p = outermost(p); p != NULL; p = p->inner)
		wipe(p);
}

static void draw_chain(sj_progress *p)
{
	for (p = outermost(p); p != NULL; p = p->inner)
		draw(p);
}

/* Copies the fields that the caller's struct has; the others of *options stay as they are. */
static sj_status read_options(const sj_progress_options *given, sj_progress_options *options)
{
	if (given == NULL)
		return SJ_OK;
	if (given->size < sizeof(given->size))
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "sj_progress_begin: options->size is %zu: set it to sizeof(sj_progress_options)",
		                    given->size);
	memcpy(options, given, given->size < sizeof(*options) ? given->size : sizeof(*options));
	return SJ_OK;
}

static sj_status check_numbers(const sj_progress_options *o)
{
	if (o->unit_divisor < 0 || o->unit_divisor == 1)
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "sj_progress_begin: unit_divisor is %d: expected 1000 or 1024 (or 0 for 1000)",
		                    o->unit_divisor);
	if (!(o->smoothing == SJ_PROGRESS_AVERAGE || (o->smoothing >= 0 && o->smoothing <= 1)))
		return sj_error_set(
			SJ_INVALID_ARGUMENT,
			"sj_progress_begin: smoothing is %g: expected 0 (for 0.3) to 1, or SJ_PROGRESS_AVERAGE",
			o->smoothing);
	if (!(fabs(o->min_interval) <= 1e9))
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "sj_progress_begin: min_interval is %g: expected seconds, 0 for 0.1",
		                    o->min_interval);
	if (o->columns < SJ_PROGRESS_NO_BAR || o->columns > SJ__METER_COLUMNS_MOST)
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "sj_progress_begin: columns is %d: expected 1 to %d, 0 for the terminal's or "
		                    "SJ_PROGRESS_NO_BAR",
		                    o->columns, SJ__METER_COLUMNS_MOST);
	if ((int)o->when_not_terminal < SJ_PROGRESS_BARS || o->when_not_terminal > SJ_PROGRESS_SILENT)
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "sj_progress_begin: when_not_terminal is %d: expected SJ_PROGRESS_BARS, "
		                    "SJ_PROGRESS_PLAIN or SJ_PROGRESS_SILENT",
		                    (int)o->when_not_terminal);
	return SJ_OK;
}

static sj_status check_outer(const sj_progress *outer)
{
	if (outer == NULL)
		return SJ_OK;
	if (outer->inner != NULL)
		return sj_error_set(
			SJ_FAILED_PRECONDITION,
			"sj_progress_begin: the bar given as `inside` has a bar inside it already: end that one "
			"first, or give it as `inside`");
	if (depth_of(outer) + 1 >= DEEPEST)
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_progress_begin: more than %d bars inside one another",
		                    DEEPEST);
	return SJ_OK;
}

static void init(sj_progress *p, int64_t total, const sj_progress_options *o)
{
	bool terminal = o->columns > 0 || sj_output_columns() > 0;
	double interval = o->min_interval == 0 ? 0.1 : fmax(0, o->min_interval);
	*p = (sj_progress){
		.unit_scale = o->unit_scale,
		.ascii = o->ascii,
		.vanish = o->vanish,
		.draws = terminal || o->when_not_terminal == SJ_PROGRESS_BARS,
		.tells_end = o->when_not_terminal == SJ_PROGRESS_PLAIN,
		.unit_divisor = o->unit_divisor == 0 ? 1000 : o->unit_divisor,
		.smoothing = o->smoothing == 0 ? 0.3 : fmax(0, o->smoothing),
		.columns = o->columns,
		.total = total,
		.initial = o->initial,
		.n = o->initial,
		.min_interval_ns = (int64_t)(interval * 1e9),
		.drawn_n = o->initial,
		.steps = {.rest = 1},
		.seconds = {.rest = 1},
		.steps_an_interval = {.rest = 1},
		.inside = o->inside,
	};
	sj__display_copy(p->description, sizeof(p->description), o->description != NULL ? o->description : "");
	sj__display_copy(p->unit, sizeof(p->unit), o->unit != NULL ? o->unit : "it");
}

sj_progress *sj_progress_begin(int64_t total, const sj_progress_options *options)
{
	sj_progress_options o = {.size = sizeof(o)};
	if (read_options(options, &o) != SJ_OK || check_numbers(&o) != SJ_OK || check_outer(o.inside) != SJ_OK)
		return NULL;
	sj_progress *p = sj_memory_new(sizeof(*p));
	if (p == NULL) {
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_progress_begin: no memory for a bar (%zu bytes)", sizeof(*p));
		return NULL;
	}
	init(p, total, &o);
	if (o.inside != NULL)
		o.inside->inner = p;
	draw_at(p, 0);
	p->start_ns = p->drawn_ns = sj_clock_ns();
	return p;
}

static int64_t add_within_range(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

/*
 * tqdm's rule for how many steps to wait before the clock is read again: so many as lately passed in one interval. Without
 * smoothing: the most that passed between two drawings.
 */
static void adapt_min_steps(sj_progress *p, double steps, double seconds)
{
	const double longest = 10, interval = (double)p->min_interval_ns * 1e-9;
	if (seconds >= longest) {
		p->min_steps = steps * (interval > 0 ? interval : longest) / seconds;
	} else if (p->smoothing > 0) {
		double passed = interval > 0 && seconds > 0 ? steps * interval / seconds : steps;
		average_add(&p->steps_an_interval, p->smoothing, passed);
		p->min_steps = average_get(&p->steps_an_interval);
	} else {
		p->min_steps = fmax(p->min_steps, steps);
	}
}

void sj_progress_update(sj_progress *progress, int64_t n)
{
	sj_progress *p = progress;
	if (p == NULL)
		return;
	if (n < 0)
		p->drawn_n = add_within_range(p->drawn_n, n);
	p->n = add_within_range(p->n, n);
	double steps = (double)p->n - (double)p->drawn_n;
	if (!p->draws || steps < p->min_steps)
		return;
	int64_t now = sj_clock_ns();
	double seconds = (double)(now - p->drawn_ns) * 1e-9;
	if (now - p->drawn_ns < p->min_interval_ns)
		return;
	if (p->smoothing > 0 && seconds > 0 && steps != 0) {
		average_add(&p->steps, p->smoothing, steps);
		average_add(&p->seconds, p->smoothing, seconds);
	}
	draw_at(p, (double)(now - p->start_ns) * 1e-9);
	adapt_min_steps(p, steps, seconds);
	p->drawn_n = p->n;
	p->drawn_ns = now;
}

void sj_progress_describe(sj_progress *progress, const char *description)
{
	if (progress == NULL)
		return;
	sj__display_copy(progress->description, sizeof(progress->description), description != NULL ? description : "");
	draw(progress);
}

void sj_progress_postfix(sj_progress *progress, const char *format, ...)
{
	char text[DESCRIPTION_BYTES] = "";
	if (progress == NULL)
		return;
	if (format != NULL) {
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(text, sizeof(text), format, arguments);
		va_end(arguments);
	}
	sj__display_copy(progress->postfix, sizeof(progress->postfix), text);
	draw(progress);
}

/* The text and its end of line in one write; a text that is too long for both the stack and memory is cut. */
static void show_line(const char *format, va_list arguments)
{
	char on_stack[LINE_BYTES];
	va_list again;
	va_copy(again, arguments);
	int n = vsnprintf(on_stack, sizeof(on_stack), format, arguments);
	if (n >= 0) {
		size_t length = (size_t)n;
		char *line = length < sizeof(on_stack) ? on_stack : sj_memory_new(length + 1);
		if (line != NULL && line != on_stack)
			vsnprintf(line, length + 1, format, again);
		if (line == NULL) {
			line = on_stack;
			length = sizeof(on_stack) - 1;
		}
		line[length] = '\n';
		sj_output_write(line, length + 1);
		if (line != on_stack)
			sj_memory_free(line);
	}
	va_end(again);
}

void sj_progress_write(sj_progress *progress, const char *format, ...)
{
	if (format == NULL)
		return;
	va_list arguments;
	va_start(arguments, format);
	if (progress != NULL)
		wipe_chain(progress);
	show_line(format, arguments);
	if (progress != NULL)
		draw_chain(progress);
	va_end(arguments);
}

int64_t sj_progress_count(const sj_progress *progress) { return progress != NULL ? progress->n : 0; }

static size_t add_line_end(char *text)
{
	size_t length = strlen(text);
	text[length] = '\n';
	return length + 1;
}

/* The last state, as a line of its own above the bars that go on. */
static void show_end(sj_progress *p)
{
	char text[SJ__METER_BYTES + 1];
	bool alone = p->inside == NULL && p->inner == NULL;
	if (!alone)
		wipe_chain(p);
	format_line(p, elapsed_seconds(p), 0, text);
	if (p->draws)
		draw_text(p, 0, text, "\n");
	else
		sj_output_write(text, add_line_end(text));
}

/* Takes the bar out of its chain; returns a bar that is left in it, or NULL. */
static sj_progress *unlink_bar(sj_progress *p)
{
	if (p->inside != NULL)
		p->inside->inner = p->inner;
	if (p->inner != NULL)
		p->inner->inside = p->inside;
	return p->inside != NULL ? p->inside : p->inner;
}

void sj_progress_end(sj_progress *progress)
{
	if (progress == NULL)
		return;
	bool shows_end = progress->draws ? !progress->vanish : progress->tells_end;
	bool moves_others = shows_end || progress->inner != NULL;
	if (shows_end)
		show_end(progress);
	else if (moves_others)
		wipe_chain(progress);
	else if (progress->draws)
		draw_text(progress, depth_of(progress), "", progress->inside == NULL ? "\r" : "");
	sj_progress *left = unlink_bar(progress);
	if (left != NULL && moves_others)
		draw_chain(left);
	sj_memory_free(progress);
}

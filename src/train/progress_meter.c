/*
 * The line of a progress bar, as tqdm 4 writes it: description, percentage, bar, counts, times, speed. Everything
 * here is a pure function of an sj__meter; nothing is drawn and no clock is read.
 */
#include "train/progress_meter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FREE_BAR_COLUMNS = 10, NUMBER_BYTES = 400, PIECE_BYTES = 320, TAIL_BYTES = 5 * NUMBER_BYTES + 2 * PIECE_BYTES };

/* The C library writes the locale's decimal point, of any length; a meter's is a point. */
static void point_in_place(char *number)
{
	char *mark = number + strspn(number, " +-");
	mark += strspn(mark, "0123456789");
	size_t n = strcspn(mark, "0123456789");
	if (mark == number || n == 0 || mark[n] == '\0')
		return;
	*mark = '.';
	memmove(mark + 1, mark + n, strlen(mark + n) + 1);
}

static void format_decimal(char *text, double value, int width, int decimals)
{
	snprintf(text, NUMBER_BYTES, "%*.*f", width, decimals, value);
	if (decimals > 0)
		point_in_place(text);
}

/* Three significant digits and an SI prefix. */
static void format_scaled(char *text, double value, double divisor)
{
	static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E", "Z"};
	for (int i = 0; i < (int)(sizeof(prefixes) / sizeof(prefixes[0])); i++) {
		double size = fabs(value);
		if (size < 999.5) {
			format_decimal(text, value, 3, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
			strcat(text, prefixes[i]);
			return;
		}
		value /= divisor;
	}
	format_decimal(text, value, 3, 1);
	strcat(text, "Y");
}

static void format_count(char *text, const sj__meter *m, int64_t count)
{
	if (m->unit_scale)
		format_scaled(text, (double)count, m->unit_divisor);
	else
		snprintf(text, NUMBER_BYTES, "%lld", (long long)count);
}

/* [H:]MM:SS, seconds cut. */
static void format_interval(char *text, double seconds)
{
	const double most = 9e15; /* a double counts seconds exactly up to here */
	long long t = (long long)fmin(fabs(seconds), most);
	const char *sign = seconds < 0 ? "-" : "";
	long long hours = t / 3600, minutes = t / 60 % 60;
	if (hours > 0)
		snprintf(text, NUMBER_BYTES, "%s%lld:%02lld:%02lld", sign, hours, minutes, t % 60);
	else
		snprintf(text, NUMBER_BYTES, "%s%02lld:%02lld", sign, minutes, t % 60);
}

/* Steps a second, or seconds a step where that is the number above 1. SI prefixes of a speed are always decimal. */
static void format_rate(char *text, size_t capacity, const sj__meter *m, double rate)
{
	bool inverted = rate != 0 && 1 / rate > 1;
	double value = inverted ? 1 / rate : rate;
	char number[NUMBER_BYTES] = "?";
	if (rate != 0 && m->unit_scale)
		format_scaled(number, value, 1000);
	else if (rate != 0)
		format_decimal(number, value, 5, 2);
	if (inverted)
		snprintf(text, capacity, "%ss/%s", number, m->unit);
	else
		snprintf(text, capacity, "%s%s/s", number, m->unit);
}

static double meter_rate(const sj__meter *m)
{
	if (m->rate != 0 || m->elapsed == 0)
		return m->rate;
	return ((double)m->n - (double)m->initial) / m->elapsed;
}

/* "| 13/30 [00:02<00:03,  5.10it/s, loss=1]" */
static void format_tail(char *text, const sj__meter *m)
{
	char n[NUMBER_BYTES], total[NUMBER_BYTES], elapsed[NUMBER_BYTES], remaining[NUMBER_BYTES] = "?";
	char speed[NUMBER_BYTES + PIECE_BYTES];
	double rate = meter_rate(m);
	format_count(n, m, m->n);
	format_count(total, m, m->total);
	format_interval(elapsed, m->elapsed);
	format_rate(speed, sizeof(speed), m, rate);
	if (rate != 0)
		format_interval(remaining, (double)((uint64_t)m->total - (uint64_t)m->n) / rate);
	snprintf(text, TAIL_BYTES, "| %s/%s [%s<%s, %s%s%s]", n, total, elapsed, remaining, speed,
	         *m->postfix != '\0' ? ", " : "", m->postfix);
}

/* "13it [00:02,  5.10it/s]" */
static void format_without_total(char *text, const sj__meter *m)
{
	char n[NUMBER_BYTES], elapsed[NUMBER_BYTES], speed[NUMBER_BYTES + PIECE_BYTES];
	format_count(n, m, m->n);
	format_interval(elapsed, m->elapsed);
	format_rate(speed, sizeof(speed), m, meter_rate(m));
	snprintf(text, SJ__METER_BYTES, "%s%s%s%s [%s, %s%s%s]", m->prefix, *m->prefix != '\0' ? ": " : "", n, m->unit,
	         elapsed, speed, *m->postfix != '\0' ? ", " : "", m->postfix);
}

/* A bar of `columns` columns, filled to eighths (tenths in ASCII) of a column; returns its end. */
static char *draw_bar(char *text, double fraction, int columns, bool ascii)
{
	static const char *const blocks[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
	static const char *const digits[] = {" ", "1", "2", "3", "4", "5", "6", "7", "8", "9", "#"};
	const char *const *symbols = ascii ? digits : blocks;
	int steps = ascii ? 10 : 8;
	int filled = (int)(fmax(0, fmin(1, fraction)) * columns * steps);
	for (int i = 0; i < columns; i++, filled -= steps) {
		const char *symbol = symbols[filled >= steps ? steps : filled > 0 ? filled : 0];
		size_t n = strlen(symbol);
		memcpy(text, symbol, n);
		text += n;
	}
	return text;
}

static void format_with_total(char *text, const sj__meter *m)
{
	char head[NUMBER_BYTES + PIECE_BYTES], tail[TAIL_BYTES];
	size_t prefix_length = strlen(m->prefix);
	bool has_colon = prefix_length >= 2 && strcmp(m->prefix + prefix_length - 2, ": ") == 0;
	double fraction = (double)m->n / (double)m->total;
	snprintf(head, sizeof(head), "%s%s%3.0f%%|", m->prefix, prefix_length == 0 || has_colon ? "" : ": ",
	         fraction * 100);
	format_tail(tail, m);
	size_t head_length = strlen(head);
	if (m->columns == 0) {
		snprintf(text, SJ__METER_BYTES, "%.*s%s", (int)head_length - 1, head, tail + 1);
		return;
	}
	int bar_columns = FREE_BAR_COLUMNS;
	if (m->columns > 0) {
		bar_columns = m->columns - sj__display_columns(head) - sj__display_columns(tail);
		bar_columns = bar_columns < 1 ? 1 : bar_columns;
	}
	/* It fits: head takes at most 720 bytes, the bar 1,000 columns of 3 bytes; only the tail can be cut. */
	memcpy(text, head, head_length);
	char *end = draw_bar(text + head_length, fraction, bar_columns, m->ascii);
	snprintf(end, (size_t)(text + SJ__METER_BYTES - end), "%s", tail);
}

void sj__meter_format(const sj__meter *meter, char *text)
{
	sj__meter m = *meter;
	if (m.columns > SJ__METER_COLUMNS_MOST)
		m.columns = SJ__METER_COLUMNS_MOST;
	if (m.total > 0 && m.n <= m.total)
		format_with_total(text, &m);
	else
		format_without_total(text, &m);
	if (m.columns > 0)
		sj__display_trim(text, SJ__METER_BYTES, m.columns);
}

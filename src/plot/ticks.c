/* Round numbers for axes, and how numbers are written on pictures. */
#include "plot/plot_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MINUS "\xe2\x88\x92" /* U+2212 */

/* Puts a point where the locale wrote its own sign between the digits. */
static void point_in_place(char *digits)
{
	char *mark = digits + strspn(digits, "0123456789");
	size_t n = strcspn(mark, "0123456789");
	if (n == 0 || mark[n] == '\0')
		return;
	*mark = '.';
	memmove(mark + 1, mark + n, strlen(mark + n) + 1);
}

void sj__number_format(char *text, double value, int decimals)
{
	char digits[SJ__NUMBER_BYTES - 8];
	snprintf(digits, sizeof(digits), "%.*f", decimals, fabs(value));
	if (decimals > 0)
		point_in_place(digits);
	bool is_zero = strspn(digits, "0.") == strlen(digits);
	snprintf(text, SJ__NUMBER_BYTES, "%s%s", value < 0 && !is_zero ? MINUS : "", digits);
}

/* 25000000 with step 5000000 as 2.5e7. */
static void format_scientific(char *text, size_t capacity, double value, double step)
{
	char mantissa[SJ__NUMBER_BYTES];
	int exponent = value != 0 ? (int)floor(log10(fabs(value)) + 1e-9) : 0;
	int step_exponent = (int)floor(log10(step) + 1e-9);
	int decimals = exponent - step_exponent + 1;
	double power = pow(10, exponent);
	sj__number_format(mantissa, power > 0 ? value / power : 0, decimals < 0 ? 0 : decimals > 15 ? 15 : decimals);
	if (strchr(mantissa, '.') != NULL) {
		size_t n = strlen(mantissa);
		while (mantissa[n - 1] == '0')
			n--;
		mantissa[mantissa[n - 1] == '.' ? n - 1 : n] = '\0';
	}
	if (value == 0)
		snprintf(text, capacity, "0");
	else
		snprintf(text, capacity, "%.16se%s%d", mantissa, exponent < 0 ? MINUS : "",
		         exponent < 0 ? -exponent : exponent);
}

/* The smallest of 1, 2, 2.5, 5 times a power of ten (1, 2, 5 for whole numbers) that is at least `least`. */
static double round_step(double least, bool whole, int *ret_decimals)
{
	static const double mantissas[] = {1, 2, 2.5, 5, 10};
	if (whole && least < 1)
		least = 1;
	int exponent = (int)floor(log10(least));
	double power = pow(10, exponent);
	int i = 0;
	while (i < 4 && (mantissas[i] * power < least * (1 - 1e-9) || (whole && i == 2)))
		i++;
	int decimals = (i == 2 ? 1 : i == 4 ? -1 : 0) - exponent;
	*ret_decimals = decimals > 0 ? decimals : 0;
	return mantissas[i] * power;
}

void sj__ticks_linear(sj__ticks *ticks, double lowest, double highest, int wanted, bool whole)
{
	int decimals;
	double step = round_step((highest - lowest) / wanted, whole, &decimals);
	double largest = fmax(fabs(lowest), fabs(highest));
	bool scientific = largest >= 1e6 || (largest < 1e-3 && decimals > 3);
	double first = ceil(lowest / step - 1e-9), last = floor(highest / step + 1e-9);
	ticks->count = 0;
	for (double i = first; i <= last && ticks->count < SJ__TICKS_MOST; i++) {
		char text[SJ__NUMBER_BYTES];
		double value = i * step;
		char *label = ticks->label[ticks->count];
		sj__number_format(text, value, decimals > 15 ? 15 : decimals);
		if (scientific)
			format_scientific(label, sizeof(ticks->label[0]), value, step);
		else
			snprintf(label, sizeof(ticks->label[0]), "%.31s", text);
		ticks->at[ticks->count++] = value;
	}
}

/* 0.01, 1, 1000 as they are, farther powers as 10⁻⁷. */
static void format_power(char *text, size_t capacity, int mantissa, int exponent)
{
	static const char *const superscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
	char digits[16];
	if (exponent >= -3 && exponent <= 3) {
		char number[SJ__NUMBER_BYTES];
		sj__number_format(number, mantissa * pow(10, exponent), exponent < 0 ? -exponent : 0);
		snprintf(text, capacity, "%.20s", number);
		return;
	}
	snprintf(digits, sizeof(digits), "%d", exponent < 0 ? -exponent : exponent);
	if (mantissa == 1)
		snprintf(text, capacity, "10%s", exponent < 0 ? "⁻" : "");
	else
		snprintf(text, capacity, "%d×10%s", mantissa, exponent < 0 ? "⁻" : "");
	for (const char *d = digits; *d != '\0'; d++)
		strcat(text, superscripts[*d - '0']);
}

static void add_power(sj__ticks *ticks, double lowest, double highest, int mantissa, int exponent)
{
	double at = exponent + log10(mantissa);
	if (at < lowest - 1e-9 || at > highest + 1e-9 || ticks->count == SJ__TICKS_MOST)
		return;
	format_power(ticks->label[ticks->count], sizeof(ticks->label[0]), mantissa, exponent);
	ticks->at[ticks->count++] = at;
}

void sj__ticks_logarithmic(sj__ticks *ticks, double lowest, double highest, int wanted)
{
	double span = highest - lowest;
	int step = span > wanted ? (int)ceil(span / wanted) : 1;
	ticks->count = 0;
	for (int exponent = (int)floor(lowest); exponent <= (int)ceil(highest); exponent++) {
		if (exponent % step != 0)
			continue;
		add_power(ticks, lowest, highest, 1, exponent);
		if (span < 3)
			add_power(ticks, lowest, highest, 2, exponent);
		if (span < 3)
			add_power(ticks, lowest, highest, 5, exponent);
	}
	if (ticks->count >= 2 || lowest < -290)
		return;
	sj__ticks_linear(ticks, pow(10, lowest), pow(10, highest), wanted, false);
	for (int i = 0; i < ticks->count; i++)
		ticks->at[i] = log10(ticks->at[i]);
}

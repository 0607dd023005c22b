/* Shortest digits by trying: the first length whose nearest decimal (or the next one away from zero) reads back as the value. */
#define _GNU_SOURCE
#include "base/decimal.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* glibc's and musl's "C" locale object is constant: this neither allocates nor fails. */
static locale_t c_locale(void) { return newlocale(LC_ALL_MASK, "C", (locale_t)0); }

bool sj__parse_float(const char *bytes, int64_t length, float *ret_value)
{
	char small[128], *copy = small;
	double ignored;
	if (!sj__parse_double(bytes, length, &ignored))
		return false;
	if (length >= (int64_t)sizeof(small))
		copy = sj__memory_new((size_t)length + 1);
	if (copy == NULL)
		return false;
	memcpy(copy, bytes, (size_t)length);
	copy[length] = 0;
	*ret_value = strtof_l(copy, NULL, c_locale());
	if (copy != small)
		sj__memory_free(copy);
	return true;
}

double sj__double_of_half(uint16_t bits)
{
	int exponent = bits >> 10 & 31, fraction = bits & 1023;
	double magnitude = exponent == 31  ? (fraction ? (double)NAN : (double)INFINITY)
	                   : exponent == 0 ? ldexp(fraction, -24)
	                                   : ldexp(fraction + 1024, exponent - 25);
	return bits & 0x8000 ? -magnitude : magnitude;
}

uint16_t sj__half_of_double(double value)
{
	uint16_t sign = signbit(value) ? 0x8000 : 0;
	double magnitude = fabs(value);
	int exponent;
	if (isnan(value))
		return sign | 0x7e00;
	if (magnitude >= 65520)
		return sign | 0x7c00;
	if (magnitude < 0x1p-14) /* a multiple of 2^-24; the smallest normal number continues the row */
		return (uint16_t)(sign | (uint16_t)rint(magnitude * 0x1p24));
	frexp(magnitude, &exponent);
	/* 2^(exponent-1) <= magnitude: 10 bits below that; rounding up to 2048 moves the exponent by its carry. */
	int fraction = (int)rint(ldexp(magnitude, 11 - exponent)) - 1024;
	return (uint16_t)(sign | (((exponent + 14) << 10) + fraction));
}

/* ---- digits ---- */

static void print_c(char *buffer, size_t size, const char *format, ...) SJ_PRINTF_LIKE(3, 4);
static void print_c(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	sj__format(buffer, size, format, arguments);
	va_end(arguments);
}

static bool reads_back(const char *text, double value, sj__decimal_kind kind)
{
	double d = strtod_l(text, NULL, c_locale());
	switch (kind) {
	case SJ__DECIMAL_F64: return d == value;
	case SJ__DECIMAL_F32: return (double)strtof_l(text, NULL, c_locale()) == value;
	case SJ__DECIMAL_F16: return sj__double_of_half(sj__half_of_double(d)) == value;
	default:
		return fabs(d - value) <=
		       ldexp(1, ilogb(value) - 8) * (d < value && ldexp(1, ilogb(value)) == value ? 0.5 : 1);
	}
}

/* "d.ddde+xx" into digits without trailing zeros. */
static sj__decimal of_scientific(const char *text)
{
	sj__decimal d = {.n = 0};
	for (; *text != 'e'; text++)
		if (*text != '.')
			d.digits[d.n++] = *text;
	d.exponent = atoi(text + 1) + 1;
	while (d.n > 0 && d.digits[d.n - 1] == '0')
		d.n--;
	return d;
}

/* The decimal of so many digits that is next away from zero. */
static void next_up(char *text)
{
	char *e = strchr(text, 'e'), *at = e - 1;
	for (; at >= text; at--) {
		if (*at == '.')
			continue;
		if (*at != '9') {
			++*at;
			return;
		}
		*at = '0';
	}
	int exponent = atoi(e + 1) + 1;
	text[0] = '1';
	print_c(e, 8, "e%+03d", exponent);
}

sj__decimal sj__decimal_shortest(double value, sj__decimal_kind kind)
{
	char text[40];
	value = fabs(value);
	if (value == 0)
		return (sj__decimal){.n = 0, .exponent = 1};
	for (int places = 0; places < 16; places++) {
		print_c(text, sizeof(text), "%.*e", places, value);
		if (reads_back(text, value, kind))
			return of_scientific(text);
		next_up(text);
		if (reads_back(text, value, kind))
			return of_scientific(text);
	}
	print_c(text, sizeof(text), "%.16e", value);
	return of_scientific(text);
}

sj__decimal sj__decimal_rounded(double value, int places)
{
	char text[40];
	if (value == 0)
		return (sj__decimal){.n = 0, .exponent = 1};
	print_c(text, sizeof(text), "%.*e", places, fabs(value));
	return of_scientific(text);
}

sj__decimal sj__decimal_scientific(double value, sj__decimal_kind kind, int places)
{
	sj__decimal d = sj__decimal_shortest(value, kind);
	return d.n <= places + 1 ? d : sj__decimal_rounded(value, places);
}

sj__decimal sj__decimal_fixed(double value, sj__decimal_kind kind, int places)
{
	sj__decimal d = sj__decimal_shortest(value, kind);
	int n_kept = d.exponent + places; /* digits up to the last place */
	char text[40];
	if (d.n < d.exponent && d.exponent <= 17)
		return sj__decimal_rounded(value, d.exponent - 1);
	if (d.n <= n_kept)
		return d;
	if (n_kept > 0)
		return sj__decimal_rounded(value, n_kept - 1);
	/* Below the last place: it rounds to nothing or to one in that place. */
	d = (sj__decimal){.n = 0, .exponent = 1};
	print_c(text, sizeof(text), "%.*f", places < 30 ? places : 30, fabs(value));
	if (text[strlen(text) - 1] == '1')
		d = (sj__decimal){.digits = "1", .n = 1, .exponent = 1 - places};
	return d;
}

/* Floating numbers as decimal digits and back: the shortest text that reads back as the same number, and exact rounding. */
#ifndef SOKUJI_BASE_DECIMAL_H
#define SOKUJI_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* 0.d1d2d3… times 10^exponent; n digits, the first and the last not '0', or n = 0 for zero. */
typedef struct sj__decimal {
	char digits[24];
	int n, exponent;
} sj__decimal;

/* Which numbers the digits must tell apart. */
typedef enum sj__decimal_kind { SJ__DECIMAL_F16, SJ__DECIMAL_BF16, SJ__DECIMAL_F32, SJ__DECIMAL_F64 } sj__decimal_kind;

/* The shortest digits of |value|, which is finite and of that kind; of several the nearest. */
sj__decimal sj__decimal_shortest(double value, sj__decimal_kind kind);

/*
 * The digits of the finite |value|, the shortest, rounded (from the exact value, ties to even) where they go beyond `places` after
 * the point, or `places` (at most 16) digits after the first in scientific form. Of a fixed form, digits before the point are the
 * exact value's.
 */
sj__decimal sj__decimal_fixed(double value, sj__decimal_kind kind, int places);
sj__decimal sj__decimal_scientific(double value, sj__decimal_kind kind, int places);

/* The finite |value| rounded to `places` (at most 16) digits after the first. */
sj__decimal sj__decimal_rounded(double value, int places);

/* As sj__parse_double, rounded once to float. */
bool sj__parse_float(const char *bytes, int64_t length, float *ret_value);

/* binary16, rounded to nearest even, and back. */
uint16_t sj__half_of_double(double value);
double sj__double_of_half(uint16_t bits);

#endif

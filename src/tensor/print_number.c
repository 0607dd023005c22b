/*
 * Numbers and strings as NumPy's str() writes them: the shortest digits that tell the number, at most eight after the
 * point in arrays, one form and width for all numbers of an array.
 */
#include "tensor/print_number.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"

enum { PRECISION = 8 };

/* ---- one number ---- */

/* Numbers have at most 400 characters before padding (float64 in positional form). */
enum { MOST = 512 };

typedef struct piece {
	char bytes[MOST];
	int n;
} piece;

static void put(piece *p, char c)
{
	if (p->n < MOST)
		p->bytes[p->n++] = c;
}

static void put_sign(piece *p, double value, bool always_signed)
{
	if (signbit(value))
		put(p, '-');
	else if (always_signed)
		put(p, '+');
}

static char digit_at(const sj__decimal *d, int i) { return i >= 0 && i < d->n ? d->digits[i] : '0'; }

/* Integer part, returns how many digits it had; at least "0". */
static void put_integer(piece *p, const sj__decimal *d)
{
	if (d->n == 0 || d->exponent <= 0)
		put(p, '0');
	else
		for (int i = 0; i < d->exponent; i++)
			put(p, digit_at(d, i));
}

static int fraction_length(const sj__decimal *d)
{
	int n = d->n - d->exponent;
	return d->n == 0 || n < 0 ? 0 : n;
}

static void put_fraction(piece *p, const sj__decimal *d)
{
	for (int i = 0, n = fraction_length(d); i < n; i++)
		put(p, digit_at(d, d->exponent + i));
}

static int exponent_of(const sj__decimal *d) { return d->n == 0 ? 0 : d->exponent - 1; }

static int exponent_length(int exponent)
{
	int n = 0;
	for (int rest = exponent < 0 ? -exponent : exponent; rest > 0; rest /= 10)
		n++;
	return n < 2 ? 2 : n;
}

static void put_exponent(piece *p, int exponent, int n_digits)
{
	int magnitude = exponent < 0 ? -exponent : exponent, scale = 1;
	put(p, 'e');
	put(p, exponent < 0 ? '-' : '+');
	for (int i = 1; i < n_digits; i++)
		scale *= 10;
	for (; scale > 0; scale /= 10)
		put(p, (char)('0' + magnitude / scale % 10));
}

static void put_special(piece *p, double value, bool always_signed)
{
	if (!isnan(value) || always_signed)
		put_sign(p, isnan(value) ? 1.0 : value, always_signed);
	for (const char *c = isnan(value) ? "nan" : "inf"; *c; c++)
		put(p, *c);
}

static void write_padded(sj__text *text, int n_left, const piece *p, int n_right)
{
	sj__text_reserve(text, (int64_t)n_left + p->n + n_right);
	for (; n_left > 0; n_left--)
		sj__text_append_bytes(text, " ", 1);
	sj__text_append_bytes(text, p->bytes, p->n);
	for (; n_right > 0; n_right--)
		sj__text_append_bytes(text, " ", 1);
}

void sj__float_write(sj__text *text, int kind, double value, bool bare, bool always_signed)
{
	piece p = {.n = 0};
	double magnitude = fabs(value);
	if (!isfinite(value)) {
		put_special(&p, value, always_signed);
		write_padded(text, 0, &p, 0);
		return;
	}
	sj__decimal d = sj__decimal_shortest(value, (sj__decimal_kind)kind);
	put_sign(&p, value, always_signed);
	if (magnitude != 0 && (magnitude >= 1e16 || magnitude < 1e-4)) {
		put(&p, digit_at(&d, 0));
		if (d.n > 1)
			put(&p, '.');
		for (int i = 1; i < d.n; i++)
			put(&p, d.digits[i]);
		put_exponent(&p, exponent_of(&d), exponent_length(exponent_of(&d)));
	} else {
		put_integer(&p, &d);
		if (fraction_length(&d) > 0 || !bare)
			put(&p, '.');
		put_fraction(&p, &d);
		if (fraction_length(&d) == 0 && !bare)
			put(&p, '0');
	}
	write_padded(text, 0, &p, 0);
}

/* ---- numbers of one form ---- */

void sj__float_form_look(sj__float_form *form, double value)
{
	double magnitude = fabs(value);
	form->has_nan |= isnan(value);
	form->has_inf |= isinf(value);
	form->has_negative_inf |= isinf(value) && value < 0;
	if (!isfinite(value))
		return;
	form->has_finite = true;
	if (magnitude == 0)
		return;
	form->largest = magnitude > form->largest ? magnitude : form->largest;
	form->smallest = form->smallest == 0 || magnitude < form->smallest ? magnitude : form->smallest;
}

/* The largest over the smallest, rounded as their dtype divides. */
static double ratio(const sj__float_form *form)
{
	double quotient = form->largest / form->smallest;
	if (form->kind == SJ__DECIMAL_F32 || form->kind == SJ__DECIMAL_BF16)
		return (double)((float)form->largest / (float)form->smallest);
	return form->kind == SJ__DECIMAL_F16 ? sj__double_of_half(sj__half_of_double(quotient)) : quotient;
}

static double lowest_positional(int kind)
{
	if (kind == SJ__DECIMAL_F16)
		return sj__double_of_half(sj__half_of_double(0.0001));
	return kind == SJ__DECIMAL_F64 ? 0.0001 : (double)0.0001f;
}

void sj__float_form_choose(sj__float_form *form)
{
	if (form->smallest > 0)
		form->scientific = form->largest >= 1e8 || form->smallest < lowest_positional(form->kind) ||
		                   ratio(form) > 1000;
}

static int widest(int a, int b) { return a > b ? a : b; }

void sj__float_form_measure(sj__float_form *form, double value)
{
	if (!isfinite(value))
		return;
	int sign = signbit(value) || form->always_signed;
	if (form->scientific) {
		sj__decimal d = sj__decimal_scientific(value, (sj__decimal_kind)form->kind, PRECISION);
		form->left = widest(form->left, sign + 1);
		form->places = widest(form->places, d.n - 1);
		form->exponent_digits = widest(form->exponent_digits, exponent_length(exponent_of(&d)));
	} else {
		sj__decimal d = sj__decimal_fixed(value, (sj__decimal_kind)form->kind, PRECISION);
		form->left = widest(form->left, sign + (d.n > 0 && d.exponent > 0 ? d.exponent : 1));
		form->right = widest(form->right, fraction_length(&d));
	}
}

/* Makes room for nan and inf. */
void sj__float_form_settle(sj__float_form *form)
{
	if (form->scientific)
		form->right = form->exponent_digits + 2 + form->places;
	if (!form->has_nan && !form->has_inf)
		return;
	int signed_inf = form->always_signed || form->has_negative_inf, after = form->right + 1;
	form->left = widest(form->left, widest(3 - after, 3 + signed_inf - after));
}

static void write_scientific(sj__text *text, const sj__float_form *form, double value)
{
	piece p = {.n = 0};
	sj__decimal d = sj__decimal_shortest(value, (sj__decimal_kind)form->kind);
	if (d.n != form->places + 1) /* further digits are the exact value's */
		d = sj__decimal_rounded(value, form->places);
	put_sign(&p, value, form->always_signed);
	int before = p.n + 1;
	put(&p, digit_at(&d, 0));
	put(&p, '.');
	for (int i = 1; i <= form->places; i++)
		put(&p, digit_at(&d, i));
	put_exponent(&p, exponent_of(&d), form->exponent_digits);
	write_padded(text, form->left - before, &p, 0);
}

static void write_fixed(sj__text *text, const sj__float_form *form, double value)
{
	piece p = {.n = 0};
	sj__decimal d = sj__decimal_fixed(value, (sj__decimal_kind)form->kind, PRECISION);
	put_sign(&p, value, form->always_signed);
	put_integer(&p, &d);
	int before = p.n;
	put(&p, '.');
	put_fraction(&p, &d);
	write_padded(text, form->left - before, &p, form->right - (p.n - before - 1));
}

void sj__float_form_write(sj__text *text, const sj__float_form *form, double value)
{
	piece p = {.n = 0};
	if (!isfinite(value)) {
		put_special(&p, value, form->always_signed);
		write_padded(text, form->left + form->right + 1 - p.n, &p, 0);
	} else if (form->scientific) {
		write_scientific(text, form, value);
	} else {
		write_fixed(text, form, value);
	}
}

/* ---- strings ---- */

void sj__bytes_write(sj__text *text, const char *bytes, int64_t length)
{
	bool single = memchr(bytes, '\'', (size_t)length) != NULL, both = memchr(bytes, '"', (size_t)length) != NULL;
	char quote = single && !both ? '"' : '\'';
	sj__text_append(text, "b%c", quote);
	for (int64_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		const char *escape = c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : NULL;
		if (escape != NULL)
			sj__text_append_string(text, escape);
		else if (c == (unsigned char)quote || c == '\\')
			sj__text_append(text, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			sj__text_append(text, "\\x%02x", c);
		else
			sj__text_append_bytes(text, bytes + i, 1);
	}
	sj__text_append_bytes(text, &quote, 1);
}

/* The growing text and the parsers of numbers. Growth doubles, so n appends of one byte cost O(n). */
#define _GNU_SOURCE
#include "base/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/compiler.h"
#include "base/memory.h"

/* glibc's and musl's "C" locale object is constant: this neither allocates nor fails. */
static locale_t c_locale(void) { return newlocale(LC_ALL_MASK, "C", (locale_t)0); }

int sj__format(char *buffer, size_t size, const char *format, va_list arguments)
{
	locale_t before = uselocale(c_locale());
	int n = vsnprintf(buffer, size, format, arguments);
	uselocale(before);
	return n;
}

static sj_status text_fail(sj__text *text, sj_status status)
{
	if (text->status == SJ_OK)
		text->status = status;
	return text->status;
}

sj_status sj__text_reserve(sj__text *text, int64_t n)
{
	if (text->status != SJ_OK)
		return text->status;
	int64_t needed;
	if (n < 0 || !sj__add_fits(text->length, n, &needed) || !sj__add_fits(needed, 1, &needed))
		return text_fail(text, sj__fail(SJ_RESOURCE_EXHAUSTED, "a text of %lld and %lld more bytes is too long",
		                                (long long)text->length, (long long)n));
	int64_t capacity = text->bytes == NULL ? 0 : (int64_t)sj__memory_capacity(text->bytes);
	if (needed <= capacity)
		return SJ_OK;
	size_t n_kept = text->bytes == NULL ? 0 : (size_t)text->length + 1;
	char *bytes = sj__memory_resize(text->bytes, n_kept, (size_t)sj__max_i64(needed, 2 * capacity));
	if (bytes == NULL)
		return text_fail(text, SJ_RESOURCE_EXHAUSTED);
	text->bytes = bytes;
	text->bytes[text->length] = 0;
	return SJ_OK;
}

sj_status sj__text_append_bytes(sj__text *text, const void *bytes, int64_t n)
{
	if (sj__text_reserve(text, n) != SJ_OK)
		return text->status;
	if (n > 0)
		memcpy(text->bytes + text->length, bytes, (size_t)n);
	text->length += n;
	text->bytes[text->length] = 0;
	return SJ_OK;
}

sj_status sj__text_append_string(sj__text *text, const char *string)
{
	return sj__text_append_bytes(text, string, (int64_t)strlen(string));
}

/* Formats into a small buffer first: most pieces are short, and their length is known only afterwards. */
sj_status sj__text_append_list(sj__text *text, const char *format, va_list arguments)
{
	char piece[256];
	va_list again;
	va_copy(again, arguments);
	int n = sj__format(piece, sizeof piece, format, arguments);
	if (n < 0) {
		text_fail(text, sj__fail(SJ_INVALID_ARGUMENT, "the format \"%s\" cannot be written", format));
	} else if ((size_t)n < sizeof piece) {
		sj__text_append_bytes(text, piece, n);
	} else if (sj__text_reserve(text, n) == SJ_OK) {
		sj__format(text->bytes + text->length, (size_t)n + 1, format, again);
		text->length += n;
	}
	va_end(again);
	return text->status;
}

sj_status sj__text_append(sj__text *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	sj_status status = sj__text_append_list(text, format, arguments);
	va_end(arguments);
	return status;
}

const char *sj__text_string(const sj__text *text) { return text->bytes == NULL ? "" : text->bytes; }

void sj__text_clear(sj__text *text)
{
	text->length = 0;
	text->status = SJ_OK;
	if (text->bytes != NULL)
		text->bytes[0] = 0;
}

char *sj__text_take(sj__text *text)
{
	if (text->bytes == NULL)
		sj__text_reserve(text, 0);
	if (text->status != SJ_OK)
		return NULL;
	char *bytes = text->bytes;
	*text = (sj__text){0};
	return bytes;
}

void sj__text_release(sj__text *text)
{
	sj__memory_free(text->bytes);
	*text = (sj__text){0};
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Accumulates downwards: INT64_MIN has no positive counterpart. */
bool sj__parse_int64(const char *bytes, int64_t length, int64_t *ret_value)
{
	bool is_signed = length > 0 && (bytes[0] == '-' || bytes[0] == '+');
	int64_t at = is_signed ? 1 : 0;
	int64_t value = 0;
	if (at >= length)
		return false;
	for (; at < length; at++)
		if (!is_digit(bytes[at]) || !sj__multiply_fits(value, 10, &value) ||
		    !sj__subtract_fits(value, bytes[at] - '0', &value))
			return false;
	if (!(is_signed && bytes[0] == '-') && !sj__subtract_fits(0, value, &value))
		return false;
	*ret_value = value;
	return true;
}

static bool is_word(const char *bytes, int64_t length, const char *word)
{
	return length == (int64_t)strlen(word) && strncasecmp(bytes, word, (size_t)length) == 0;
}

static int64_t skip_digits(const char *bytes, int64_t length, int64_t at)
{
	while (at < length && is_digit(bytes[at]))
		at++;
	return at;
}

static bool is_double(const char *bytes, int64_t length)
{
	int64_t start = length > 0 && (bytes[0] == '-' || bytes[0] == '+') ? 1 : 0;
	const char *rest = bytes + start;
	if (is_word(rest, length - start, "inf") || is_word(rest, length - start, "infinity") ||
	    is_word(rest, length - start, "nan"))
		return true;
	int64_t at = skip_digits(bytes, length, start);
	int64_t n_digits = at - start;
	if (at < length && bytes[at] == '.') {
		int64_t point = at;
		at = skip_digits(bytes, length, at + 1);
		n_digits += at - point - 1;
	}
	if (n_digits == 0)
		return false;
	if (at < length && (bytes[at] == 'e' || bytes[at] == 'E')) {
		at++;
		if (at < length && (bytes[at] == '-' || bytes[at] == '+'))
			at++;
		int64_t exponent = at;
		at = skip_digits(bytes, length, at);
		if (at == exponent)
			return false;
	}
	return at == length;
}

bool sj__parse_double(const char *bytes, int64_t length, double *ret_value)
{
	char small[128];
	if (length <= 0 || !is_double(bytes, length))
		return false;
	char *copy = small;
	if (length >= (int64_t)sizeof small)
		copy = sj__memory_new((size_t)length + 1);
	if (copy == NULL)
		return false;
	memcpy(copy, bytes, (size_t)length);
	copy[length] = 0;
	*ret_value = strtod_l(copy, NULL, c_locale());
	if (copy != small)
		sj__memory_free(copy);
	return true;
}

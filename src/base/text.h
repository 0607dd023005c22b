/*
 * A growing text on the one allocator, and strict parsing of numbers given as (pointer, length). Numbers are written and
 * read as in the C locale, whatever locale the program chose.
 */
#ifndef SOKUJI_BASE_TEXT_H
#define SOKUJI_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/*
 * All zero is the empty text. The first failure stays in `status` and later appends do nothing, so a writer of many pieces
 * checks once, at the end.
 */
typedef struct sj__text {
	char *bytes;    /* length bytes and a 0 byte; NULL while nothing was appended */
	int64_t length; /* without the 0 byte */
	sj_status status;
} sj__text;

/* Each returns text->status. */
sj_status sj__text_append(sj__text *text, const char *format, ...) SJ_PRINTF_LIKE(2, 3);
sj_status sj__text_append_list(sj__text *text, const char *format, va_list arguments);
sj_status sj__text_append_bytes(sj__text *text, const void *bytes, int64_t n);
sj_status sj__text_append_string(sj__text *text, const char *string);

/* Makes room for n more bytes, so that the next appends of so many cannot fail. */
sj_status sj__text_reserve(sj__text *text, int64_t n);

/* The text as a C string; never NULL; valid until the next append. */
const char *sj__text_string(const sj__text *text);

/* Keeps the memory, forgets content and failure. */
void sj__text_clear(sj__text *text);

/* Hands the bytes out, to be freed with sj__memory_free, and leaves the empty text; NULL when anything failed. */
char *sj__text_take(sj__text *text);

void sj__text_release(sj__text *text);

/* vsnprintf as in the C locale. */
int sj__format(char *buffer, size_t size, const char *format, va_list arguments);

/*
 * The whole of the bytes as a number, else false with *ret_value untouched: no spaces, no empty text, no rest.
 * int64: [+-]digits that fit. double: [+-]digits[.digits][e[+-]digits] with a digit before or after the point, or inf,
 * infinity, nan in any case; correctly rounded, too large is infinity.
 */
bool sj__parse_int64(const char *bytes, int64_t length, int64_t *ret_value);
bool sj__parse_double(const char *bytes, int64_t length, double *ret_value);

#endif

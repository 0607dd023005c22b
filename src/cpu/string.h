/* What the kernels of strings share. */
#ifndef SOKUJI_CPU_STRING_H
#define SOKUJI_CPU_STRING_H

#include "ops/op.h"

static inline const sj__string *sj__strings(const sj_tensor *t) { return t->data; }
static inline sj__string *sj__strings_out(const sj_tensor *t) { return t->data; }

static inline bool sj__is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The bytes of a string without white space at its ends. */
static inline void sj__strip(const char **bytes, int64_t *length)
{
	while (*length > 0 && sj__is_space(**bytes)) {
		++*bytes;
		--*length;
	}
	while (*length > 0 && sj__is_space((*bytes)[*length - 1]))
		--*length;
}

/*
 * The bytes as a number of the dtype (float32, float64, int32, int64), white space around it allowed, written to element `index` of data; false
 * when they spell none.
 */
bool sj__number_parse(const char *bytes, int64_t length, sj_dtype dtype, void *data, int64_t index);

#endif

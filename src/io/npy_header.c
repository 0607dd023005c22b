/*
 * The header of .npy files. It looks like a Python dict, and is read here by a fixed grammar: three keys, each once, whose values are a
 * quoted type, True or False, and a tuple of numbers. Nothing is evaluated.
 */
#include <string.h>

#include "io/npy.h"

#define HEADER_MOST 10000 /* NumPy's own limit */

typedef struct cursor {
	const char *at, *end;
} cursor;

static sj_status grammar_fail(const cursor *c, const char *expected)
{
	if (c->at == c->end)
		return sj__fail(SJ_INVALID_ARGUMENT, "the header ends where %s is expected", expected);
	return sj__fail(SJ_INVALID_ARGUMENT, "the header has '%c' (%d) where %s is expected",
	                *c->at >= 32 && *c->at < 127 ? *c->at : '?', (uint8_t)*c->at, expected);
}

static void skip_spaces(cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

static bool take(cursor *c, char wanted)
{
	skip_spaces(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool take_word(cursor *c, const char *word)
{
	size_t n = strlen(word);
	skip_spaces(c);
	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* A quoted text without escapes. */
static sj_status take_text(cursor *c, const char *what, const char **ret_text, int64_t *ret_length)
{
	skip_spaces(c);
	if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
		return grammar_fail(c, what);
	char quote = *c->at++;
	const char *begin = c->at;
	while (c->at < c->end && *c->at != quote && *c->at != '\\' && *c->at != '\n')
		c->at++;
	if (c->at == c->end || *c->at != quote)
		return grammar_fail(c, "the closing quote");
	*ret_text = begin;
	*ret_length = c->at++ - begin;
	return SJ_OK;
}

/* ---- the type ---- */

typedef struct type_row {
	char kind;
	int8_t item_bytes;
	uint8_t dtype;
} type_row;

static const type_row types[] = {
	{'b', 1, SJ_BOOL},      {'i', 1, SJ_INT8},        {'i', 2, SJ_INT16},    {'i', 4, SJ_INT32},
	{'i', 8, SJ_INT64},     {'u', 1, SJ_UINT8},       {'u', 2, SJ_UINT16},   {'u', 4, SJ_UINT32},
	{'u', 8, SJ_UINT64},    {'f', 2, SJ_FLOAT16},     {'f', 4, SJ_FLOAT32},  {'f', 8, SJ_FLOAT64},
	{'c', 8, SJ_COMPLEX64}, {'c', 16, SJ_COMPLEX128}, {'V', 2, SJ_BFLOAT16},
};

static sj_status type_fail(const char *text, int64_t length)
{
	if (memchr(text, 'O', (size_t)length) != NULL)
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "the elements are Python objects ('%.*s', a pickle), which are never loaded",
		                (int)sj__min_i64(length, 40), text);
	return sj__fail(SJ_INVALID_ARGUMENT,
	                "the type '%.*s' is not known; bool, integers, float16/32/64, complex64/128, 'S' and 'U' are",
	                (int)sj__min_i64(length, 40), text);
}

/* Digits that make a number in [1, 10^9). */
static bool count_parse(const char *text, int64_t length, int64_t *ret_count)
{
	int64_t count = 0;
	if (length < 1 || length > 9)
		return false;
	for (int64_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		count = count * 10 + (text[i] - '0');
	}
	*ret_count = count;
	return count > 0;
}

static bool type_find(char kind, int64_t count, sj__npy_header *header)
{
	header->kind = kind;
	header->item_bytes = kind == 'U' ? 4 * count : count;
	header->dtype = kind == 'S' || kind == 'U' ? SJ_STRING : SJ_DTYPE_NONE;
	for (int i = 0; i < SJ_COUNT_OF(types); i++)
		if (types[i].kind == kind && types[i].item_bytes == count)
			header->dtype = (sj_dtype)types[i].dtype;
	return header->dtype != SJ_DTYPE_NONE;
}

/* "<f4": byte order, kind, count. '|' says that there is no order to speak of. */
static sj_status take_type(cursor *c, sj__npy_header *header)
{
	const char *text;
	int64_t length, count;
	skip_spaces(c);
	if (c->at < c->end && (*c->at == '[' || *c->at == '('))
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "the type has fields (a structured array): only plain element types are read");
	sj_status status = take_text(c, "the type in quotes", &text, &length);
	if (status != SJ_OK)
		return status;
	if (length < 3 || strchr("<>|=", text[0]) == NULL || !count_parse(text + 2, length - 2, &count) ||
	    !type_find(text[1], count, header))
		return type_fail(text, length);
	if (text[0] == '|' && header->item_bytes > 1 && header->kind != 'S' && header->kind != 'V')
		return sj__fail(SJ_INVALID_ARGUMENT, "the type '%.*s' does not say its byte order", (int)length, text);
	header->is_big_endian = text[0] == '>';
	return SJ_OK;
}

/* ---- the shape ---- */

static sj_status take_dimension(cursor *c, int64_t *ret_dimension)
{
	int64_t value = 0;
	skip_spaces(c);
	if (c->at < c->end && *c->at == '-')
		return sj__fail(SJ_INVALID_ARGUMENT, "the shape has a negative dimension");
	if (c->at == c->end || *c->at < '0' || *c->at > '9')
		return grammar_fail(c, "a dimension");
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
		if (!sj__multiply_fits(value, 10, &value) || !sj__add_fits(value, *c->at - '0', &value))
			return sj__fail(SJ_INVALID_ARGUMENT, "the shape has a dimension of more than 63 bits");
	if (c->at < c->end && *c->at == 'L') /* as Python 2 wrote it */
		c->at++;
	*ret_dimension = value;
	return SJ_OK;
}

/* "()", "(3,)", "(3, 4)", "(3, 4,)"; "(3)" is no tuple. */
static sj_status take_shape(cursor *c, sj__npy_header *header)
{
	header->rank = 0;
	if (!take(c, '('))
		return grammar_fail(c, "the shape's '('");
	while (!take(c, ')')) {
		if (header->rank == SJ_MAX_RANK)
			return sj__fail(SJ_INVALID_ARGUMENT, "the shape has more than %d dimensions", SJ_MAX_RANK);
		sj_status status = take_dimension(c, &header->dims[header->rank++]);
		if (status != SJ_OK)
			return status;
		skip_spaces(c);
		bool at_end = c->at < c->end && *c->at == ')';
		if (!take(c, ',') && !(at_end && header->rank > 1))
			return grammar_fail(c, "the shape's ','");
	}
	return SJ_OK;
}

/* ---- the dict ---- */

enum { HAS_TYPE = 1, HAS_ORDER = 2, HAS_SHAPE = 4, HAS_ALL = 7 };

static sj_status take_value(cursor *c, const char *key, int64_t length, sj__npy_header *header, int *found)
{
	int bit = length == 5 && memcmp(key, "descr", 5) == 0             ? HAS_TYPE
	          : length == 13 && memcmp(key, "fortran_order", 13) == 0 ? HAS_ORDER
	          : length == 5 && memcmp(key, "shape", 5) == 0           ? HAS_SHAPE
	                                                                  : 0;
	if (bit == 0 || *found & bit)
		return sj__fail(SJ_INVALID_ARGUMENT, "the header's key '%.*s' is %s", (int)sj__min_i64(length, 40), key,
		                bit == 0 ? "not known" : "there twice");
	*found |= bit;
	if (bit == HAS_TYPE)
		return take_type(c, header);
	if (bit == HAS_SHAPE)
		return take_shape(c, header);
	header->is_fortran = take_word(c, "True");
	return header->is_fortran || take_word(c, "False") ? SJ_OK : grammar_fail(c, "True or False");
}

static sj_status dict_parse(cursor *c, sj__npy_header *header)
{
	int found = 0;
	if (!take(c, '{'))
		return grammar_fail(c, "'{'");
	while (!take(c, '}')) {
		const char *key;
		int64_t length;
		sj_status status = take_text(c, "a key in quotes", &key, &length);
		if (status == SJ_OK && !take(c, ':'))
			status = grammar_fail(c, "':'");
		if (status == SJ_OK)
			status = take_value(c, key, length, header, &found);
		if (status != SJ_OK)
			return status;
		skip_spaces(c);
		if (!take(c, ',') && !(c->at < c->end && *c->at == '}'))
			return grammar_fail(c, "',' or '}'");
	}
	skip_spaces(c);
	if (c->at < c->end && *c->at == '\n')
		c->at++;
	if (c->at != c->end)
		return grammar_fail(c, "the header's end");
	return found == HAS_ALL ? SJ_OK
	                        : sj__fail(SJ_INVALID_ARGUMENT,
	                                   "the header lacks a key: descr, fortran_order and shape are needed");
}

/* Where the dict is. */
static sj_status frame_parse(const uint8_t *bytes, int64_t n, cursor *ret_cursor)
{
	if (n < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "this is no .npy data: it does not begin with NumPy's mark");
	if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "version %d.%d of the format is not known; 1.0, 2.0 and 3.0 are",
		                bytes[6], bytes[7]);
	int64_t begin = bytes[6] == 1 ? 10 : 12, length = bytes[8] | bytes[9] << 8;
	if (bytes[6] > 1)
		length = n < begin ? n : length | (int64_t)bytes[10] << 16 | (int64_t)bytes[11] << 24;
	if (length > HEADER_MOST)
		return sj__fail(SJ_INVALID_ARGUMENT, "the header says that it has %lld bytes; at most %d are read",
		                (long long)length, HEADER_MOST);
	if (length > n - begin)
		return sj__fail(SJ_INVALID_ARGUMENT, "the header says that it has %lld bytes, of which %lld are there",
		                (long long)length, (long long)sj__max_i64(n - begin, 0));
	*ret_cursor = (cursor){(const char *)bytes + begin, (const char *)bytes + begin + length};
	return SJ_OK;
}

sj_status sj__npy_header_parse(const uint8_t *bytes, int64_t n, sj__npy_header *header)
{
	cursor c = {0};
	int64_t n_bytes;
	sj_status status = frame_parse(bytes, n, &c);
	if (status == SJ_OK)
		status = dict_parse(&c, header);
	if (status != SJ_OK)
		return status;
	header->data_offset = c.end - (const char *)bytes;
	if (!sj__shape_size(header->rank, header->dims, &header->size) ||
	    !sj__multiply_fits(header->size, header->item_bytes, &n_bytes) ||
	    !sj__multiply_fits(header->size, 16, &n_bytes))
		return sj__fail(SJ_INVALID_ARGUMENT, "the shape %s overflows: too many bytes for 64 bits",
		                sj__dims_text(header->rank, header->dims));
	return SJ_OK;
}

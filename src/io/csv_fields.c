/* Cutting comma-separated text into fields (RFC 4180), and fields into numbers. */
#include "io/csv_fields.h"

#include <math.h>

#include "base/compiler.h"

void sj__csv_begin(sj__csv *csv, const char *text, int64_t length, char delimiter)
{
	*csv = (sj__csv){.at = text, .end = text + length, .delimiter = delimiter, .line = 1, .column = 1};
}

void sj__csv_end(sj__csv *csv) { sj__text_release(&csv->unquoted); }

/* The length of the line break here: 1 for \n, 2 for \r\n, 0 for none. */
static int break_length(const sj__csv *csv)
{
	if (csv->at < csv->end && *csv->at == '\n')
		return 1;
	return csv->end - csv->at >= 2 && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 0;
}

static void break_pass(sj__csv *csv)
{
	csv->at += break_length(csv);
	csv->line++;
	csv->column = 1;
}

void sj__csv_skip_lines(sj__csv *csv, int64_t n)
{
	for (; n > 0 && csv->at < csv->end; n--) {
		const char *found = memchr(csv->at, '\n', (size_t)(csv->end - csv->at));
		csv->at = found == NULL ? csv->end : found + 1;
		csv->line++;
	}
}

bool sj__csv_row_begins(sj__csv *csv)
{
	while (csv->at < csv->end && break_length(csv) > 0)
		break_pass(csv);
	return csv->at < csv->end;
}

static sj_status quote_fail(const sj__csv *csv, const char *what)
{
	return sj__fail(SJ_INVALID_ARGUMENT, "line %lld, column %lld: %s", (long long)csv->line, (long long)csv->column,
	                what);
}

/* A field in quotes, with "" for ". Stays a part of the text unless it has such a pair. */
static sj_status quoted_take(sj__csv *csv, sj__csv_field *field)
{
	const char *begin = ++csv->at;
	int64_t n_breaks = 0;
	sj__text_clear(&csv->unquoted);
	for (;;) {
		const char *quote = memchr(csv->at, '"', (size_t)(csv->end - csv->at));
		if (quote == NULL)
			return quote_fail(csv, "the closing quote is missing");
		for (; csv->at < quote; csv->at++)
			n_breaks += *csv->at == '\n';
		csv->at++;
		if (csv->at == csv->end || *csv->at != '"')
			break;
		if (sj__text_append_bytes(&csv->unquoted, begin, csv->at - begin) != SJ_OK)
			return SJ_RESOURCE_EXHAUSTED;
		begin = ++csv->at;
	}
	field->bytes = begin;
	field->length = csv->at - 1 - begin;
	csv->line += n_breaks;
	if (csv->unquoted.length == 0)
		return SJ_OK;
	if (sj__text_append_bytes(&csv->unquoted, begin, field->length) != SJ_OK)
		return SJ_RESOURCE_EXHAUSTED;
	field->bytes = csv->unquoted.bytes;
	field->length = csv->unquoted.length;
	return SJ_OK;
}

static sj_status plain_take(sj__csv *csv, sj__csv_field *field)
{
	field->bytes = csv->at;
	while (csv->at < csv->end && *csv->at != csv->delimiter && *csv->at != '\n') {
		if (*csv->at == '"')
			return quote_fail(csv, "a quote within a field; quote the whole field and double quotes in it");
		csv->at++;
	}
	if (csv->at < csv->end && *csv->at == '\n' && csv->at > field->bytes && csv->at[-1] == '\r')
		csv->at--;
	field->length = csv->at - field->bytes;
	return SJ_OK;
}

sj_status sj__csv_next(sj__csv *csv, sj__csv_field *field)
{
	*field = (sj__csv_field){.line = csv->line, .column = csv->column};
	field->was_quoted = csv->at < csv->end && *csv->at == '"';
	sj_status status = field->was_quoted ? quoted_take(csv, field) : plain_take(csv, field);
	if (status != SJ_OK)
		return status;
	if (csv->at < csv->end && *csv->at == csv->delimiter) {
		csv->at++;
		csv->column++;
		return SJ_OK;
	}
	field->ends_row = true;
	if (csv->at < csv->end && break_length(csv) == 0)
		return quote_fail(csv, "text follows the closing quote");
	if (csv->at < csv->end)
		break_pass(csv);
	return SJ_OK;
}

/* ---- numbers ---- */

/* The least and most of the integer dtypes, by dtype number; {0, 0}: none. */
static const int64_t ranges[][2] = {
	[SJ_INT8] = {INT8_MIN, INT8_MAX},    [SJ_INT16] = {INT16_MIN, INT16_MAX}, [SJ_INT32] = {INT32_MIN, INT32_MAX},
	[SJ_INT64] = {INT64_MIN, INT64_MAX}, [SJ_UINT8] = {0, UINT8_MAX},         [SJ_UINT16] = {0, UINT16_MAX},
	[SJ_UINT32] = {0, UINT32_MAX},
};

static bool is_whole(sj_dtype dtype) { return (int)dtype < SJ_COUNT_OF(ranges) && ranges[dtype][1] != 0; }

bool sj__csv_takes(sj_dtype dtype)
{
	return dtype == SJ_FLOAT32 || dtype == SJ_FLOAT64 || dtype == SJ_STRING || (dtype > 0 && is_whole(dtype));
}

static sj_status number_fail(const sj__csv_field *f, sj_dtype dtype)
{
	return sj__fail(SJ_INVALID_ARGUMENT, "line %lld, column %lld: '%.*s%s' is no %s", (long long)f->line,
	                (long long)f->column, (int)sj__min_i64(f->length, 40), f->bytes, f->length > 40 ? "..." : "",
	                sj_dtype_name(dtype));
}

static sj_status whole_store(const sj__csv_field *f, const char *bytes, int64_t length, sj_tensor *t, int64_t index)
{
	int64_t value;
	int size = (int)sj__dtype_size(t->dtype);
	if (!sj__parse_int64(bytes, length, &value) || value < ranges[t->dtype][0] || value > ranges[t->dtype][1])
		return number_fail(f, (sj_dtype)t->dtype);
	memcpy((char *)t->data + index * size, &value, (size_t)size); /* little-endian: the low bytes come first */
	return SJ_OK;
}

sj_status sj__csv_store(const sj__csv_field *f, sj_tensor *t, int64_t index)
{
	const char *bytes = f->bytes, *end = bytes + f->length;
	double value;
	if (t->dtype == SJ_STRING)
		return sj__string_set((sj__string *)t->data + index, bytes, f->length);
	while (bytes < end && (*bytes == ' ' || *bytes == '\t'))
		bytes++;
	while (end > bytes && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (is_whole((sj_dtype)t->dtype))
		return whole_store(f, bytes, end - bytes, t, index);
	if (!sj__parse_double(bytes, end - bytes, &value))
		return number_fail(f, (sj_dtype)t->dtype);
	if (t->dtype == SJ_FLOAT64)
		((double *)t->data)[index] = value;
	else
		((float *)t->data)[index] = (float)value;
	return SJ_OK;
}

/*
 * The kernel of DecodeCSV: RFC 4180 records, one a string, read field by field. A field is found first (its extent, and
 * whether quotes are doubled in it) and then converted, so that fields nobody wants are never copied.
 */
#include "base/text.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/string.h"
#include "ops_numbers.h"

typedef struct csv {
	sj__call *call;
	char delimiter;
	bool use_quotes;
	const char *na_value;
	sj_ints columns;   /* of the fields wanted; count 0: all */
	sj__text unquoted; /* a field whose quotes were doubled */
	int64_t record;
	const char *bytes; /* of the record */
	int64_t length, at;
} csv;

typedef struct field {
	const char *bytes;
	int64_t length;
	bool has_doubled;
} field;

static sj_status csv_fail(const csv *c, int64_t n, const char *what)
{
	return sj__call_fail(c->call, SJ_INVALID_ARGUMENT, "field %lld in record %lld %s", (long long)n,
	                     (long long)c->record, what);
}

static sj_status field_bare(csv *c, int64_t n, field *f)
{
	int64_t begin = c->at;
	for (; c->at < c->length && c->bytes[c->at] != c->delimiter; c->at++) {
		char ch = c->bytes[c->at];
		if (ch == '\n' || ch == '\r' || (ch == '"' && c->use_quotes))
			return csv_fail(c, n, "is not quoted but holds a quote or an end of line");
	}
	*f = (field){c->bytes + begin, c->at - begin, false};
	return SJ_OK;
}

static sj_status field_quoted(csv *c, int64_t n, field *f)
{
	int64_t begin = ++c->at;
	bool has_doubled = false;
	for (;; c->at++) {
		if (c->at >= c->length)
			return csv_fail(c, n, "begins with a quote that nothing ends");
		if (c->bytes[c->at] != '"')
			continue;
		bool is_last = c->at + 1 == c->length;
		if (is_last || c->bytes[c->at + 1] == c->delimiter)
			break;
		if (c->bytes[c->at + 1] != '"')
			return csv_fail(c, n, "holds a quote that is not doubled");
		has_doubled = true;
		c->at++;
	}
	*f = (field){c->bytes + begin, c->at - begin, has_doubled};
	c->at++;
	return SJ_OK;
}

/* Takes one field from c->at on and stops at the delimiter after it or at the record's end. */
static sj_status field_take(csv *c, int64_t n, field *f)
{
	if (c->use_quotes && c->at < c->length && c->bytes[c->at] == '"')
		return field_quoted(c, n, f);
	return field_bare(c, n, f);
}

/* Doubled quotes become one. */
static sj_status field_unquote(csv *c, field *f)
{
	if (!f->has_doubled)
		return SJ_OK;
	sj__text_clear(&c->unquoted);
	for (int64_t i = 0; i < f->length; i++) {
		sj__text_append_bytes(&c->unquoted, f->bytes + i, 1);
		i += f->bytes[i] == '"';
	}
	f->bytes = sj__text_string(&c->unquoted);
	f->length = c->unquoted.length;
	return c->unquoted.status;
}

static sj_status default_write(const csv *c, int64_t n, int k)
{
	const sj_tensor *usual = c->call->inputs[k + 1], *y = c->call->outputs[k];
	if (usual->shape.size == 0)
		return csv_fail(c, n, "is required but missing");
	size_t size = sj__dtype_size(y->dtype);
	sj__elements_copy((sj_dtype)y->dtype, (char *)y->data + (size_t)c->record * size, usual->data, 1);
	return SJ_OK;
}

static sj_status field_write(csv *c, int64_t n, int k, field *f)
{
	const sj_tensor *y = c->call->outputs[k];
	sj_status status = field_unquote(c, f);
	if (status != SJ_OK)
		return status;
	bool is_na = f->length == (int64_t)strlen(c->na_value) && memcmp(f->bytes, c->na_value, (size_t)f->length) == 0;
	if (f->length == 0 || is_na)
		return default_write(c, n, k);
	if (y->dtype == SJ_STRING)
		return sj__string_set(sj__strings_out(y) + c->record, f->bytes, f->length);
	if (sj__number_parse(f->bytes, f->length, (sj_dtype)y->dtype, y->data, c->record))
		return SJ_OK;
	return sj__call_fail(c->call, SJ_INVALID_ARGUMENT, "field %lld in record %lld is no valid %s: '%.*s'",
	                     (long long)n, (long long)c->record, sj_dtype_name((sj_dtype)y->dtype),
	                     (int)sj__min_i64(f->length, 100), f->bytes);
}

static void ends_of_line_skip(csv *c)
{
	while (c->at < c->length && (c->bytes[c->at] == '\n' || c->bytes[c->at] == '\r'))
		c->at++;
}

/* A record of nothing has no fields; a delimiter at its end is followed by an empty one. */
static sj_status record_read(csv *c)
{
	int n_wanted = c->call->n_outputs, k = 0;
	int64_t n = 0;
	bool has_more = true;
	if (memchr(c->bytes, 0, (size_t)c->length) != NULL)
		return sj__call_fail(c->call, SJ_INVALID_ARGUMENT, "record %lld holds a 0 byte", (long long)c->record);
	ends_of_line_skip(c);
	has_more = c->at < c->length;
	while (has_more && !(c->columns.count > 0 && k == n_wanted)) {
		field f = {0};
		sj_status status = field_take(c, n, &f);
		bool is_wanted = c->columns.count == 0 || c->columns.data[k] == n;
		if (status == SJ_OK && is_wanted && k < n_wanted)
			status = field_write(c, n, k, &f);
		if (status != SJ_OK)
			return status;
		k += is_wanted;
		n++;
		has_more = c->at < c->length;
		c->at++;
		if (c->at < c->length)
			ends_of_line_skip(c);
	}
	if (k != n_wanted)
		return sj__call_fail(c->call, SJ_INVALID_ARGUMENT, "expected %d fields but have %d in record %lld",
		                     n_wanted, k, (long long)c->record);
	return SJ_OK;
}

sj_status sj__kernel_decode_csv(sj__call *call)
{
	const sj_decode_csv_args *args = call->args;
	const sj_tensor *records = call->inputs[0];
	csv c = {.call = call, .use_quotes = sj__decode_csv_use_quote_delim(args), .columns = args->select_cols};
	c.delimiter = args->field_delim != NULL && *args->field_delim ? *args->field_delim : ',';
	c.na_value = args->na_value != NULL ? args->na_value : "";
	sj_status status = SJ_OK;
	for (c.record = 0; status == SJ_OK && c.record < records->shape.size && !sj__cancelled(); c.record++) {
		const sj__string *s = sj__strings(records) + c.record;
		c.bytes = sj__string_bytes(s);
		c.length = s->length;
		c.at = 0;
		status = record_read(&c);
	}
	sj__text_release(&c.unquoted);
	return status;
}

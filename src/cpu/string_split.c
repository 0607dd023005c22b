/* Kernels that cut strings: once to count the parts, once to write them. */
#define _GNU_SOURCE
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/string.h"
#include "ops_numbers.h"

/* How strings are cut, and where their parts go: nowhere while they are counted. */
typedef struct splitter {
	const char *delimiter;
	int64_t delimiter_length, most_cuts; /* -1: any number */
	bool skip_empty;
	int64_t row, column, n; /* the part that comes next */
	int64_t *indices;       /* NULL: only counts */
	sj__string *values;
} splitter;

typedef sj_status split_function(splitter *s, const char *bytes, int64_t length);

static sj_status part(splitter *s, const char *bytes, int64_t length)
{
	sj_status status = sj__loop_step(s->n);
	if (status == SJ_OK && s->indices != NULL) {
		s->indices[2 * s->n] = s->row;
		s->indices[2 * s->n + 1] = s->column;
		status = sj__string_set(s->values + s->n, bytes, length);
	}
	s->n++;
	s->column++;
	return status;
}

/* StringSplit: any byte of the delimiter ends a part; without a delimiter every byte is one. */
static sj_status split_at_bytes(splitter *s, const char *bytes, int64_t length)
{
	sj_status status = SJ_OK;
	int64_t begin = 0;
	if (s->delimiter_length == 0) {
		for (int64_t i = 0; status == SJ_OK && i < length; i++)
			status = part(s, bytes + i, 1);
		return status;
	}
	for (int64_t i = 0; status == SJ_OK && i <= length; i++)
		if (i == length || memchr(s->delimiter, bytes[i], (size_t)s->delimiter_length) != NULL) {
			if (i > begin || (!s->skip_empty && length > 0))
				status = part(s, bytes + begin, i - begin);
			begin = i + 1;
		}
	return status;
}

static int64_t spaces_skip(const char *bytes, int64_t length, int64_t i)
{
	while (i < length && sj__is_space(bytes[i]))
		i++;
	return i;
}

/* Python's split(), at runs of white space; but after the last cut allowed the rest is a part even if nothing is left. */
static sj_status split_at_spaces(splitter *s, const char *bytes, int64_t length)
{
	sj_status status = SJ_OK;
	int64_t i = spaces_skip(bytes, length, 0), cuts = 0;
	if (s->most_cuts == 0)
		return part(s, bytes, length);
	while (status == SJ_OK && i < length) {
		int64_t begin = i;
		while (i < length && !sj__is_space(bytes[i]))
			i++;
		status = part(s, bytes + begin, i - begin);
		i = spaces_skip(bytes, length, i);
		if (status == SJ_OK && ++cuts == s->most_cuts)
			return part(s, bytes + i, length - i);
	}
	return status;
}

/* Python's split(sep). */
static sj_status split_at_separator(splitter *s, const char *bytes, int64_t length)
{
	sj_status status = SJ_OK;
	int64_t begin = 0, cuts = 0;
	while (status == SJ_OK && (s->most_cuts < 0 || cuts < s->most_cuts)) {
		const char *found = memmem(bytes + begin, (size_t)(length - begin), s->delimiter,
		                           (size_t)s->delimiter_length);
		if (found == NULL)
			break;
		status = part(s, bytes + begin, found - (bytes + begin));
		begin = found - bytes + s->delimiter_length;
		cuts++;
	}
	return status == SJ_OK ? part(s, bytes + begin, length - begin) : status;
}

static sj_status split_all(splitter *s, const sj_tensor *input, split_function *split, int64_t *ret_most)
{
	sj_status status = SJ_OK;
	s->n = 0;
	*ret_most = 0;
	for (s->row = 0; status == SJ_OK && s->row < input->shape.size; s->row++) {
		const sj__string *string = sj__strings(input) + s->row;
		s->column = 0;
		status = split(s, sj__string_bytes(string), string->length);
		*ret_most = sj__max_i64(*ret_most, s->column);
	}
	return status;
}

static sj_status split_kernel(sj__call *call, splitter *s, split_function *split)
{
	const sj_tensor *input = call->inputs[0];
	const sj__string *delimiter = sj__strings(call->inputs[1]);
	int64_t most;
	s->delimiter = sj__string_bytes(delimiter);
	s->delimiter_length = delimiter->length;
	sj_status status = split_all(s, input, split, &most);
	if (status == SJ_OK)
		status = sj__call_allocate(call, 0, SJ_INT64, 2, (int64_t[]){s->n, 2});
	if (status == SJ_OK)
		status = sj__call_allocate(call, 1, SJ_STRING, 1, &s->n);
	if (status != SJ_OK)
		return status;
	s->indices = call->outputs[0]->data;
	s->values = call->outputs[1]->data;
	((int64_t *)call->outputs[2]->data)[0] = input->shape.size;
	((int64_t *)call->outputs[2]->data)[1] = most;
	return split_all(s, input, split, &most);
}

sj_status sj__kernel_string_split(sj__call *call)
{
	splitter s = {.skip_empty = sj__string_split_skip_empty(call->args)};
	return split_kernel(call, &s, split_at_bytes);
}

sj_status sj__kernel_string_split_v2(sj__call *call)
{
	splitter s = {.most_cuts = sj__string_split_v2_maxsplit(call->args)};
	return split_kernel(call, &s, sj__strings(call->inputs[1])->length == 0 ? split_at_spaces : split_at_separator);
}

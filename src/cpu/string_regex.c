/* Kernels of regular expressions: replacing, and matching as a whole. */
#include "base/regex.h"
#include "base/text.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/string.h"
#include "ops_numbers.h"

static sj_status compile(const sj__call *call, sj__regex **ret_regex)
{
	const sj__string *pattern = sj__strings(call->inputs[1]);
	return sj__regex_new(call->op->name, sj__string_bytes(pattern), pattern->length, ret_regex);
}

/* Behind each backslash there must be another one, or the number of a group that the pattern has. */
static sj_status rewrite_check(const sj__call *call, const sj__regex *regex, const sj__string *rewrite)
{
	const char *bytes = sj__string_bytes(rewrite);
	for (int64_t i = 0; i < rewrite->length; i++) {
		if (bytes[i] != '\\')
			continue;
		char next = ++i < rewrite->length ? bytes[i] : 0;
		if (next == '\\')
			continue;
		if (next < '0' || next > '9')
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"the rewrite '%.*s' has a backslash before neither a digit nor a backslash",
				(int)sj__min_i64(rewrite->length, 200), bytes);
		if (next - '0' > sj__regex_group_count(regex))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "the rewrite names group %c, the pattern has %d", next,
			                     sj__regex_group_count(regex));
	}
	return SJ_OK;
}

static void rewrite_append(sj__text *out, const sj__string *rewrite, const char *text, const sj__regex_match *m)
{
	const char *bytes = sj__string_bytes(rewrite);
	for (int64_t i = 0; i < rewrite->length; i++) {
		int group = -1;
		if (bytes[i] == '\\' && bytes[++i] != '\\')
			group = bytes[i] - '0';
		if (group < 0)
			sj__text_append_bytes(out, bytes + i, 1);
		else if (m->begin[group] >= 0)
			sj__text_append_bytes(out, text + m->begin[group], m->end[group] - m->begin[group]);
	}
}

/* Bytes of the character at the text, at least 1. */
static int64_t character(const char *text, int64_t n)
{
	int64_t width = 1;
	while (width < n && width < 4 && (text[width] & 0xc0) == 0x80)
		width++;
	return width;
}

/* The string with its matches rewritten; an empty match right behind another does not count. False when there is none. */
static bool replace(sj__regex *regex, const sj__string *s, const sj__string *rewrite, bool all, sj__text *out)
{
	const char *text = sj__string_bytes(s);
	int64_t at = 0, last_end = -1, n_found = 0;
	sj__regex_match m;
	while (at <= s->length && !sj__cancelled() && (all || n_found == 0) &&
	       sj__regex_search(regex, text, s->length, at, &m)) {
		sj__text_append_bytes(out, text + at, m.begin[0] - at);
		at = m.begin[0];
		if (at == last_end && m.end[0] == at) {
			int64_t width = at < s->length ? character(text + at, s->length - at) : 1;
			sj__text_append_bytes(out, text + at, at < s->length ? width : 0);
			at += width;
			continue;
		}
		rewrite_append(out, rewrite, text, &m);
		at = last_end = m.end[0];
		n_found++;
	}
	if (at < s->length)
		sj__text_append_bytes(out, text + at, s->length - at);
	return n_found > 0;
}

sj_status sj__kernel_regex_replace(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	const sj__string *rewrite = sj__strings(call->inputs[2]);
	bool all = sj__regex_replace_replace_global(call->args);
	sj__regex *regex;
	sj__text out = {0};
	sj_status status = compile(call, &regex);
	if (status != SJ_OK)
		return status;
	status = rewrite_check(call, regex, rewrite);
	for (int64_t i = 0; status == SJ_OK && i < x->shape.size && !sj__cancelled(); i++) {
		const sj__string *s = sj__strings(x) + i;
		sj__text_clear(&out);
		if (!replace(regex, s, rewrite, all, &out))
			sj__string_share(sj__strings_out(y) + i, s);
		else if (out.status != SJ_OK)
			status = out.status;
		else
			status = sj__string_set(sj__strings_out(y) + i, sj__text_string(&out), out.length);
	}
	sj__text_release(&out);
	sj__regex_free(regex);
	return status;
}

sj_status sj__kernel_regex_full_match(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__regex *regex;
	sj_status status = compile(call, &regex);
	if (status != SJ_OK)
		return status;
	for (int64_t i = 0; i < x->shape.size && !sj__cancelled(); i++) {
		const sj__string *s = sj__strings(x) + i;
		((bool *)call->outputs[0]->data)[i] = sj__regex_matches_all(regex, sj__string_bytes(s), s->length);
	}
	sj__regex_free(regex);
	return SJ_OK;
}

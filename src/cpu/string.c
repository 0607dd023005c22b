/* Kernels on strings, element by element, and joining. */
#include "cpu/string.h"

#include "base/text.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "ops_numbers.h"

/* ---- letters and lengths ---- */

static sj_status letters_change(sj__call *call, char first, char last)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	for (int64_t i = 0; i < x->shape.size; i++) {
		const sj__string *s = sj__strings(x) + i;
		sj_status status = sj__loop_step(i);
		if (status == SJ_OK)
			status = sj__string_set(sj__strings_out(y) + i, sj__string_bytes(s), s->length);
		if (status != SJ_OK)
			return status;
		char *bytes = s->length > 0 ? sj__strings_out(y)[i].blob->bytes : NULL;
		for (int64_t k = 0; k < s->length; k++)
			if (bytes[k] >= first && bytes[k] <= last)
				bytes[k] ^= 0x20;
	}
	return SJ_OK;
}

sj_status sj__kernel_string_lower(sj__call *call) { return letters_change(call, 'A', 'Z'); }
sj_status sj__kernel_string_upper(sj__call *call) { return letters_change(call, 'a', 'z'); }

sj_status sj__kernel_string_strip(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < x->shape.size; i++) {
		const sj__string *s = sj__strings(x) + i;
		const char *bytes = sj__string_bytes(s);
		int64_t length = s->length;
		sj__strip(&bytes, &length);
		if (length == s->length)
			sj__string_share(sj__strings_out(y) + i, s);
		else
			status = sj__string_set(sj__strings_out(y) + i, bytes, length);
	}
	return status;
}

sj_status sj__kernel_string_length(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	const char *unit = ((const sj_string_length_args *)call->args)->unit;
	bool in_characters = unit != NULL && unit[0] == 'U';
	for (int64_t i = 0; i < x->shape.size; i++) {
		const sj__string *s = sj__strings(x) + i;
		int64_t n = s->length;
		if (in_characters) /* every byte that does not continue a character begins one */
			for (int64_t k = 0; k < s->length; k++)
				n -= (sj__string_bytes(s)[k] & 0xc0) == 0x80;
		((int32_t *)y->data)[i] = (int32_t)n;
	}
	return SJ_OK;
}

/* ---- parts ---- */

sj_status sj__kernel_substr(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *pos = call->inputs[1], *len = call->inputs[2], *y = call->outputs[0];
	sj_dtype dtype = (sj_dtype)pos->dtype;
	bool is_scalar = pos->shape.rank == 0;
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && (status = sj__loop_step(i)) == SJ_OK && i < x->shape.size; i++) {
		const sj__string *s = sj__strings(x) + i;
		int64_t from = sj__element_as_int64(dtype, pos->data, is_scalar ? 0 : i);
		int64_t n = sj__element_as_int64(dtype, len->data, is_scalar ? 0 : i),
			begin = from < 0 ? from + s->length : from;
		if (begin < 0 || begin > s->length)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "pos %lld is out of range for string %lld, which has %lld bytes",
			                     (long long)from, (long long)i, (long long)s->length);
		if (n < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "len %lld for string %lld is negative",
			                     (long long)n, (long long)i);
		status = sj__string_set(sj__strings_out(y) + i, sj__string_bytes(s) + begin,
		                        sj__min_i64(n, s->length - begin));
	}
	return status;
}

/* ---- joining ---- */

static const char *text_or_empty(const char *text) { return text != NULL ? text : ""; }

sj_status sj__kernel_string_join(sj__call *call)
{
	const sj_tensor *y = call->outputs[0];
	const char *separator = text_or_empty(((const sj_string_join_args *)call->args)->separator);
	int64_t separator_length = (int64_t)strlen(separator);
	sj__text text = {0};
	for (int64_t i = 0; text.status == SJ_OK && i < y->shape.size; i++) {
		sj_status status = sj__loop_step(i);
		if (status != SJ_OK) {
			sj__text_release(&text);
			return status;
		}
		sj__text_clear(&text);
		for (int k = 0; k < call->n_inputs; k++) {
			const sj__string *s = sj__strings(call->inputs[k]) + (call->inputs[k]->shape.rank == 0 ? 0 : i);
			if (k > 0)
				sj__text_append_bytes(&text, separator, separator_length);
			sj__text_append_bytes(&text, sj__string_bytes(s), s->length);
		}
		if (text.status == SJ_OK)
			text.status = sj__string_set(sj__strings_out(y) + i, sj__text_string(&text), text.length);
	}
	sj_status status = text.status;
	sj__text_release(&text);
	return status;
}

/* The dimensions that are joined, the one that runs fastest first, and those that stay. */
typedef struct join_work {
	int n_joined;
	int64_t dims[SJ_MAX_RANK], strides[SJ_MAX_RANK]; /* of the joined */
	int64_t n_each;                                  /* strings joined into one */
	const sj__string *x;
	const char *separator;
} join_work;

static sj_status one_join(const join_work *w, int64_t base, sj__text *text, sj__string *element)
{
	sj__text_clear(text);
	for (int64_t i = 0; i < w->n_each && sj__loop_goes(i); i++) {
		int64_t rest = i, at = base;
		for (int d = 0; d < w->n_joined; d++) {
			at += rest % w->dims[d] * w->strides[d];
			rest /= w->dims[d];
		}
		if (i > 0)
			sj__text_append_string(text, w->separator);
		sj__text_append_bytes(text, sj__string_bytes(w->x + at), w->x[at].length);
	}
	return text->status != SJ_OK ? text->status : sj__string_set(element, sj__text_string(text), text->length);
}

sj_status sj__kernel_reduce_join(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	join_work w = {.n_each = 1,
	               .x = x->data,
	               .separator = text_or_empty(((const sj_reduce_join_args *)call->args)->separator)};
	int64_t axes[SJ_MAX_RANK], n_axes, strides[SJ_MAX_RANK], stride = 1;
	bool joined[SJ_MAX_RANK] = {false};
	sj__call_ints(call, 1, axes, &n_axes); /* the rule has checked them */
	for (int d = x->shape.rank - 1; d >= 0; d--) {
		strides[d] = stride;
		stride *= sj__dims(x)[d];
	}
	for (int64_t i = 0; i < n_axes; i++) {
		int64_t axis = axes[i] < 0 ? axes[i] + x->shape.rank : axes[i];
		joined[axis] = true;
		w.dims[w.n_joined] = sj__dims(x)[axis];
		w.strides[w.n_joined++] = strides[axis];
		w.n_each *= sj__dims(x)[axis];
	}
	sj__text text = {0};
	sj_status status = SJ_OK;
	for (int64_t o = 0; status == SJ_OK && o < y->shape.size && !sj__cancelled(); o++) {
		int64_t rest = o, base = 0;
		for (int d = x->shape.rank - 1; d >= 0; d--)
			if (!joined[d]) {
				base += rest % sj__dims(x)[d] * strides[d];
				rest /= sj__dims(x)[d];
			}
		status = one_join(&w, base, &text, sj__strings_out(y) + o);
	}
	sj__text_release(&text);
	return status;
}

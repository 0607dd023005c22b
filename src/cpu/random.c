/*
 * Kernels of uniform and normal numbers. Where number i lies in the stream depends on i alone, so work is split freely. A stateful
 * kernel takes its part of the stream when nothing can fail any more.
 */
#include "cpu/random.h"

#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/kernels.h"
#include "ops/random_state.h"
#include "ops_numbers.h"

/* Numbers in a part of the work: a multiple of what a group gives. */
enum { PART = 1 << 16 };

const sj__random_loops *sj__random_loops_now(void)
{
	static const sj__random_loops *const tables[SJ__ISA_COUNT] =
	{ &sj__random_loops_plain,
#if defined(__x86_64__)
	  &sj__random_loops_avx2,
	  &sj__random_loops_avx512,
#endif
	};
	return tables[sj__isa()];
}

sj__philox sj__random_stateful(const sj__call *call, uint64_t n_groups)
{
	const sj__random_args *args = call->args;
	return sj__random_reserve(call, args->seed, args->seed2, n_groups);
}

/* One group whose key is a constant and whose counter is the two seeds gives the key and the counter's upper half; three are counter and key. */
sj__philox sj__random_stateless(const sj__call *call, int seed)
{
	int64_t seeds[SJ_MAX_RANK], n;
	uint32_t words[4];
	sj__call_ints(call, seed, seeds, &n); /* the rule has seen that there are two or three */
	if (n == 3)
		return (sj__philox){(uint64_t)seeds[2], (uint64_t)seeds[1], (uint64_t)seeds[0]};
	sj__philox_group((sj__philox){0x02461E293EC8F720u, (uint64_t)seeds[1], (uint64_t)seeds[0]}, words);
	return (sj__philox){words[0] | (uint64_t)words[1] << 32, words[2] | (uint64_t)words[3] << 32, 0};
}

void sj__random_count_set(const sj_tensor *y, int64_t at, double value)
{
	switch ((sj_dtype)y->dtype) {
	case SJ_FLOAT32: ((float *)y->data)[at] = (float)value; return;
	case SJ_FLOAT64: ((double *)y->data)[at] = value; return;
	case SJ_INT32: ((int32_t *)y->data)[at] = (int32_t)value; return;
	default: ((int64_t *)y->data)[at] = (int64_t)value;
	}
}

/* ---- float32 and float64 ---- */

typedef struct draw_work {
	sj__draw_loop *loop;
	sj__philox stream;
	sj__draw draw;
	size_t size; /* of a number */
	char *y;
} draw_work;

/* Groups from the run's begin to number i: a truncated normal begins every 256 words, others follow one another. */
static uint64_t groups_before(const draw_work *w, int64_t i)
{
	if (w->draw == SJ__DRAW_TRUNCATED_NORMAL)
		return (uint64_t)i * 64;
	return (uint64_t)i * w->size / 16;
}

static void draw_range(void *context, int64_t begin, int64_t end)
{
	const draw_work *w = context;
	w->loop(sj__philox_skip(w->stream, groups_before(w, begin)), end - begin, w->y + (size_t)begin * w->size);
}

static sj_status draw(sj__draw draw, sj__philox stream, const sj_tensor *y)
{
	draw_work work = {.stream = stream, .draw = draw, .y = y->data};
	work.loop = sj__random_loops_now()->draw[y->dtype - SJ_FLOAT32][draw];
	work.size = sj__dtype_size(y->dtype);
	sj__parallel_for(y->shape.size, PART, draw_range, &work);
	return SJ_OK;
}

static sj_status draw_stateful(const sj__call *call, sj__draw what)
{
	const sj_tensor *y = call->outputs[0];
	return draw(what, sj__random_stateful(call, (uint64_t)y->shape.size * SJ__GROUPS_RESERVED), y);
}

sj_status sj__kernel_random_uniform(sj__call *call) { return draw_stateful(call, SJ__DRAW_UNIFORM); }
sj_status sj__kernel_random_normal(sj__call *call) { return draw_stateful(call, SJ__DRAW_NORMAL); }
sj_status sj__kernel_random_truncated_normal(sj__call *call) { return draw_stateful(call, SJ__DRAW_TRUNCATED_NORMAL); }

static sj_status draw_stateless(const sj__call *call, sj__draw what)
{
	return draw(what, sj__random_stateless(call, 1), call->outputs[0]);
}

sj_status sj__kernel_stateless_uniform(sj__call *call) { return draw_stateless(call, SJ__DRAW_UNIFORM); }
sj_status sj__kernel_stateless_normal(sj__call *call) { return draw_stateless(call, SJ__DRAW_NORMAL); }
sj_status sj__kernel_stateless_truncated_normal(sj__call *call)
{
	return draw_stateless(call, SJ__DRAW_TRUNCATED_NORMAL);
}

/* ---- integers ---- */

/* minval + word % span; int64 takes two words a number, the low one first. span 0: all values. */
typedef struct int_work {
	sj__philox stream;
	uint64_t minval, span;
	void *y;
	bool is_wide;
} int_work;

enum { WORDS_AT_ONCE = 4 * SJ__RANDOM_CHUNK * 4 };

static void ints_of_words(const int_work *w, int64_t n, const uint32_t *words, uint32_t *y)
{
	uint32_t minval = (uint32_t)w->minval, span = (uint32_t)w->span;
	if (span == 0)
		memcpy(y, words, (size_t)n * sizeof(*y));
	else
		for (int64_t i = 0; i < n; i++)
			y[i] = minval + words[i] % span;
}

static void wide_ints_of_words(const int_work *w, int64_t n, const uint32_t *words, uint64_t *y)
{
	for (int64_t i = 0; i < n; i++) {
		uint64_t both = words[2 * i] | (uint64_t)words[2 * i + 1] << 32;
		y[i] = w->span ? w->minval + both % w->span : both;
	}
}

static void int_range(void *context, int64_t begin, int64_t end)
{
	const int_work *w = context;
	const sj__random_loops *loops = sj__random_loops_now();
	uint32_t words[WORDS_AT_ONCE];
	int64_t per_number = w->is_wide ? 2 : 1, most = WORDS_AT_ONCE / per_number;
	for (int64_t i = begin; i < end; i += most) {
		int64_t n = sj__min_i64(most, end - i);
		loops->words(sj__philox_skip(w->stream, (uint64_t)(i * per_number / 4)), 1,
		             (n * per_number + 4 * SJ__RANDOM_CHUNK - 1) / (4 * SJ__RANDOM_CHUNK), words);
		if (w->is_wide)
			wide_ints_of_words(w, n, words, (uint64_t *)w->y + i);
		else
			ints_of_words(w, n, words, (uint32_t *)w->y + i);
	}
}

static void ints_draw(int_work *work, const sj_tensor *y)
{
	work->y = y->data;
	work->is_wide = sj__dtype_size(y->dtype) == 8;
	sj__parallel_for(y->shape.size, PART, int_range, work);
}

/* Reads the scalar bounds: inputs i and i + 1. */
static sj_status bounds_read(const sj__call *call, int i, int_work *work)
{
	sj_dtype dtype = (sj_dtype)call->inputs[i]->dtype;
	int64_t minval = sj__element_as_int64(dtype, call->inputs[i]->data, 0);
	int64_t maxval = sj__element_as_int64(dtype, call->inputs[i + 1]->data, 0);
	if (minval >= maxval)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "minval %lld is not below maxval %lld",
		                     (long long)minval, (long long)maxval);
	work->minval = (uint64_t)minval;
	work->span = (uint64_t)maxval - (uint64_t)minval;
	return SJ_OK;
}

sj_status sj__kernel_random_int(sj__call *call)
{
	const sj_tensor *y = call->outputs[0];
	int_work work;
	sj_status status = bounds_read(call, 1, &work);
	if (status != SJ_OK)
		return status;
	work.stream = sj__random_stateful(call, (uint64_t)y->shape.size * SJ__GROUPS_RESERVED);
	ints_draw(&work, y);
	return SJ_OK;
}

sj_status sj__kernel_stateless_random_int(sj__call *call)
{
	int_work work;
	sj_status status = bounds_read(call, 2, &work);
	if (status != SJ_OK)
		return status;
	work.stream = sj__random_stateless(call, 1);
	ints_draw(&work, call->outputs[0]);
	return SJ_OK;
}

sj_status sj__kernel_stateless_full_int(sj__call *call)
{
	int_work work = {.stream = sj__random_stateless(call, 1)};
	ints_draw(&work, call->outputs[0]);
	return SJ_OK;
}

/*
 * Shuffling in TensorFlow's order: a window of up to buffer_size elements is kept full, a word of a Philox stream, modulo the elements
 * in it, says which one leaves, and the first moves to its place. Streams of single iterations are seeded by the next two words of the
 * dataset's own stream. tests/reference/dataset_order.py says the same in Python.
 */
#include "base/arguments.h"
#include "base/memory.h"
#include "data/data.h"
#include "ops/random_state.h"

typedef struct shuffle_dataset {
	sj_dataset base;
	int64_t buffer_size;
	sj_shuffle_mode mode;
	sj__philox stream;
	uint64_t n_taken; /* words of the stream, in mode SJ_SHUFFLE_ANEW */
} shuffle_dataset;

typedef struct shuffle_stage {
	sj__stage base;
	sj__philox stream;
	uint64_t n_taken;
	bool input_has_ended;
	int64_t first, n, capacity; /* a ring of elements */
	sj_tensor **window;
} shuffle_stage;

/* Word number i of a stream. */
static uint32_t word_at(sj__philox stream, uint64_t i)
{
	uint32_t words[4];
	sj__philox_group(sj__philox_skip(stream, i / 4), words);
	return words[i % 4];
}

static sj_status shuffle_begin(sj__stage *stage)
{
	shuffle_dataset *d = (shuffle_dataset *)stage->dataset;
	shuffle_stage *s = (shuffle_stage *)stage;
	uint64_t first = 0;
	s->stream = d->stream;
	if (d->mode == SJ_SHUFFLE_SAME || d->mode == SJ_SHUFFLE_SAME_V1)
		return SJ_OK;
	if (d->mode == SJ_SHUFFLE_ANEW)
		first = __atomic_fetch_add(&d->n_taken, 2, __ATOMIC_RELAXED);
	else if (sj__root_count(stage->root, stage->dataset, 2, &first) != SJ_OK)
		return SJ_RESOURCE_EXHAUSTED;
	s->stream = (sj__philox){.key = word_at(d->stream, first), .high = word_at(d->stream, first + 1)};
	return SJ_OK;
}

static sj_tensor **window_at(const shuffle_stage *s, int64_t i)
{
	return s->window + (s->first + i) % s->capacity * s->base.dataset->n_components;
}

static void shuffle_end(sj__stage *stage)
{
	shuffle_stage *s = (shuffle_stage *)stage;
	for (int64_t i = 0; i < s->n; i++)
		sj__tensors_drop(stage->dataset->n_components, window_at(s, i));
	sj__memory_free(s->window);
}

static sj_status window_grow(shuffle_stage *s)
{
	size_t row = sizeof(sj_tensor *) * (size_t)s->base.dataset->n_components;
	int64_t capacity = s->capacity == 0 ? 16 : 2 * s->capacity;
	sj_tensor **window = sj__memory_new(row * (size_t)capacity);
	if (window == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int64_t i = 0; i < s->n; i++)
		memcpy(window + i * s->base.dataset->n_components, window_at(s, i), row);
	sj__memory_free(s->window);
	s->window = window;
	s->first = 0;
	s->capacity = capacity;
	return SJ_OK;
}

static sj_status window_fill(shuffle_stage *s, int64_t buffer_size)
{
	while (!s->input_has_ended && s->n < buffer_size) {
		sj_status status = s->n == s->capacity ? window_grow(s) : SJ_OK;
		if (status == SJ_OK)
			status = sj__stage_next(s->base.input, window_at(s, s->n), &s->input_has_ended);
		if (status != SJ_OK)
			return status;
		s->n += !s->input_has_ended;
	}
	return SJ_OK;
}

static sj_status shuffle_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	shuffle_stage *s = (shuffle_stage *)stage;
	size_t row = sizeof(sj_tensor *) * (size_t)stage->dataset->n_components;
	sj_status status = window_fill(s, ((const shuffle_dataset *)stage->dataset)->buffer_size);
	if (status != SJ_OK)
		return status;
	*ret_end = s->n == 0;
	if (*ret_end)
		return SJ_OK;
	int64_t place = word_at(s->stream, s->n_taken++) % s->n;
	memcpy(ret_tensors, window_at(s, place), row);
	memmove(window_at(s, place), window_at(s, 0), row);
	s->first = (s->first + 1) % s->capacity;
	s->n--;
	return SJ_OK;
}

static const sj__dataset_kind shuffle_kind = {
	.name = "sj_dataset_shuffle",
	.dataset_size = sizeof(shuffle_dataset),
	.stage_size = sizeof(shuffle_stage),
	.begins_input = true,
	.begin = shuffle_begin,
	.next = shuffle_next,
	.end = shuffle_end,
};

/* Seeds 0 and 0: from the machine's entropy, once for the dataset. */
static sj__philox stream_of(int64_t seed, int64_t seed2)
{
	if (seed != 0 || seed2 != 0)
		return (sj__philox){.key = (uint64_t)seed, .high = (uint64_t)seed2};
	uint32_t words[4];
	sj__philox_group(sj__random_reserve(NULL, 0, 0, 1), words);
	return (sj__philox){.key = words[0] | (uint64_t)words[1] << 32, .high = words[2] | (uint64_t)words[3] << 32};
}

sj_dataset *sj_dataset_shuffle_seeded(sj_dataset *input, int64_t buffer_size, int64_t seed, int64_t seed2,
                                      sj_shuffle_mode mode)
{
	if (input != NULL && buffer_size < 1)
		return sj__dataset_refuse(input, "sj_dataset_shuffle: buffer_size is %lld; it must be at least 1",
		                          (long long)buffer_size);
	if (input != NULL && (mode < SJ_SHUFFLE_ANEW || mode > SJ_SHUFFLE_SAME_V1))
		return sj__dataset_refuse(input, "sj_dataset_shuffle: there is no mode %d", (int)mode);
	shuffle_dataset *d = sj__dataset_new(&shuffle_kind, 0, 1, &input);
	if (d == NULL)
		return NULL;
	d->buffer_size = buffer_size;
	d->mode = mode;
	d->stream = stream_of(seed, seed2);
	if (mode == SJ_SHUFFLE_SAME_V1)
		d->stream.high = d->stream.key;
	return &d->base;
}

sj_dataset *sj_dataset_shuffle_with(sj_dataset *input, int64_t buffer_size, const sj_dataset_shuffle_args *given)
{
	sj_dataset_shuffle_args args;
	sj_status status = sj__arguments_take("sj_dataset_shuffle", given, sizeof(args), &args);
	if (status != SJ_OK || input == NULL) {
		sj_dataset_free(input);
		sj__error_stick(status == SJ_OK
		                        ? sj__fail(SJ_INVALID_ARGUMENT, "sj_dataset_shuffle: the dataset is NULL")
		                        : status);
		return NULL;
	}
	sj__random_seeds seeds = sj__random_seeds_for(args.seed);
	sj_dataset *d = sj_dataset_shuffle_seeded(input, buffer_size, seeds.seed, seeds.seed2,
	                                          args.same_order ? SJ_SHUFFLE_SAME : SJ_SHUFFLE_ANEW);
	if (d == NULL)
		sj__random_seeds_return(&seeds);
	return d;
}

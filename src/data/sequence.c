/* Which elements come, and after which: repeat, skip, take, zip, concatenate, enumerate. Nothing here looks into a tensor. */
#include "base/memory.h"
#include "data/data.h"

typedef struct counted_dataset {
	sj_dataset base;
	int64_t count; /* negative: no limit */
} counted_dataset;

typedef struct counted_stage {
	sj__stage base;
	int64_t n; /* elements or rounds so far */
	bool round_is_empty;
} counted_stage;

static int64_t count_of(const sj__stage *stage) { return ((const counted_dataset *)stage->dataset)->count; }

static sj_dataset *counted_new(const sj__dataset_kind *kind, sj_dataset *input, int64_t count)
{
	counted_dataset *d = sj__dataset_new(kind, 0, 1, &input);
	if (d == NULL)
		return NULL;
	d->count = count;
	return &d->base;
}

/* ---- repeat ---- */

/* Each round is a new stage of the input. For ever, a round without elements is the end. */
static sj_status repeat_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	counted_stage *s = (counted_stage *)stage;
	int64_t count = count_of(stage);
	for (;;) {
		if (stage->input == NULL) {
			*ret_end = (count >= 0 && s->n >= count) || (count < 0 && s->round_is_empty);
			if (*ret_end)
				return SJ_OK;
			sj_status status = sj__stage_begin(stage->dataset->inputs[0], stage->root, &stage->input);
			if (status != SJ_OK)
				return status;
			s->n += count >= 0;
			s->round_is_empty = true;
		}
		bool round_has_ended = false;
		sj_status status = sj__stage_next(stage->input, ret_tensors, &round_has_ended);
		if (status != SJ_OK)
			return status;
		if (!round_has_ended) {
			s->round_is_empty = false;
			return SJ_OK;
		}
		sj__stage_end(stage->input);
		stage->input = NULL;
	}
}

static const sj__dataset_kind repeat_kind = {
	.name = "sj_dataset_repeat",
	.dataset_size = sizeof(counted_dataset),
	.stage_size = sizeof(counted_stage),
	.next = repeat_next,
};

sj_dataset *sj_dataset_repeat(sj_dataset *input, int64_t count) { return counted_new(&repeat_kind, input, count); }

/* ---- skip and take ---- */

static sj_status skip_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	counted_stage *s = (counted_stage *)stage;
	int64_t count = count_of(stage);
	for (; count < 0 || s->n < count; s->n++) {
		sj_status status = sj__stage_next(stage->input, ret_tensors, ret_end);
		if (status != SJ_OK || *ret_end)
			return status;
		sj__tensors_drop(stage->dataset->n_components, ret_tensors);
	}
	return sj__stage_next(stage->input, ret_tensors, ret_end);
}

static sj_status take_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	counted_stage *s = (counted_stage *)stage;
	int64_t count = count_of(stage);
	*ret_end = count >= 0 && s->n >= count;
	if (*ret_end)
		return SJ_OK;
	sj_status status = sj__stage_next(stage->input, ret_tensors, ret_end);
	s->n += status == SJ_OK && count >= 0;
	return status;
}

static const sj__dataset_kind skip_kind = {
	.name = "sj_dataset_skip",
	.dataset_size = sizeof(counted_dataset),
	.stage_size = sizeof(counted_stage),
	.begins_input = true,
	.next = skip_next,
};
static const sj__dataset_kind take_kind = {
	.name = "sj_dataset_take",
	.dataset_size = sizeof(counted_dataset),
	.stage_size = sizeof(counted_stage),
	.begins_input = true,
	.next = take_next,
};

sj_dataset *sj_dataset_skip(sj_dataset *input, int64_t n) { return counted_new(&skip_kind, input, n); }
sj_dataset *sj_dataset_take(sj_dataset *input, int64_t n) { return counted_new(&take_kind, input, n); }

/* ---- zip ---- */

typedef struct zip_stage {
	sj__stage base;
	sj__stage **inputs; /* n_inputs; NULL where they have not begun */
} zip_stage;

static sj_status zip_begin(sj__stage *stage)
{
	zip_stage *s = (zip_stage *)stage;
	int n = stage->dataset->n_inputs;
	s->inputs = sj__memory_new_zeroed(sizeof(*s->inputs) * (size_t)n);
	sj_status status = s->inputs == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
	for (int i = 0; status == SJ_OK && i < n; i++)
		status = sj__stage_begin(stage->dataset->inputs[i], stage->root, &s->inputs[i]);
	return status;
}

static void zip_end(sj__stage *stage)
{
	zip_stage *s = (zip_stage *)stage;
	for (int i = 0; s->inputs != NULL && i < stage->dataset->n_inputs; i++)
		sj__stage_end(s->inputs[i]);
	sj__memory_free(s->inputs);
}

static sj_status zip_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	const zip_stage *s = (const zip_stage *)stage;
	sj_tensor *tensors[SJ_DATASET_MOST_COMPONENTS];
	int n = 0;
	for (int i = 0; i < stage->dataset->n_inputs; i++) {
		sj_status status = sj__stage_next(s->inputs[i], tensors + n, ret_end);
		if (status != SJ_OK || *ret_end) {
			sj__tensors_drop(n, tensors);
			return status;
		}
		n += stage->dataset->inputs[i]->n_components;
	}
	memcpy(ret_tensors, tensors, sizeof(*tensors) * (size_t)n);
	return SJ_OK;
}

static const sj__dataset_kind zip_kind = {
	.name = "sj_dataset_zip",
	.dataset_size = sizeof(sj_dataset),
	.stage_size = sizeof(zip_stage),
	.begin = zip_begin,
	.next = zip_next,
	.end = zip_end,
};

sj_dataset *sj_dataset_zip(int n, sj_dataset *const *inputs)
{
	int64_t n_components = 0;
	if (n < 1 || inputs == NULL)
		return sj__dataset_refuse(NULL, "sj_dataset_zip: %d datasets at %s", n, inputs ? "an array" : "NULL");
	for (int i = 0; i < n; i++)
		n_components += sj_dataset_components(inputs[i]);
	/* Without components some input is NULL, and sj__dataset_new says so. */
	return sj__dataset_new(&zip_kind, n_components > SJ_DATASET_MOST_COMPONENTS ? -1 : (int)n_components, n,
	                       inputs);
}

/* ---- concatenate ---- */

typedef struct concatenate_stage {
	sj__stage base;
	int i; /* the input that is running or due */
} concatenate_stage;

static sj_status concatenate_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	concatenate_stage *s = (concatenate_stage *)stage;
	for (; s->i < stage->dataset->n_inputs; s->i++) {
		bool input_has_ended = false;
		sj_status status = SJ_OK;
		if (stage->input == NULL)
			status = sj__stage_begin(stage->dataset->inputs[s->i], stage->root, &stage->input);
		if (status == SJ_OK)
			status = sj__stage_next(stage->input, ret_tensors, &input_has_ended);
		if (status != SJ_OK || !input_has_ended)
			return status;
		sj__stage_end(stage->input);
		stage->input = NULL;
	}
	*ret_end = true;
	return SJ_OK;
}

static const sj__dataset_kind concatenate_kind = {
	.name = "sj_dataset_concatenate",
	.dataset_size = sizeof(sj_dataset),
	.stage_size = sizeof(concatenate_stage),
	.next = concatenate_next,
};

sj_dataset *sj_dataset_concatenate(sj_dataset *first, sj_dataset *second)
{
	if (first != NULL && second != NULL && first->n_components != second->n_components) {
		int n = first->n_components, m = second->n_components;
		sj_dataset_free(second);
		return sj__dataset_refuse(
			first, "sj_dataset_concatenate: the first has elements of %d tensors, the second of %d", n, m);
	}
	return sj__dataset_new(&concatenate_kind, 0, 2, (sj_dataset *[]){first, second});
}

/* ---- enumerate ---- */

sj_dataset *sj_dataset_enumerate(sj_dataset *input, int64_t start)
{
	if (input == NULL)
		return sj__dataset_new(&zip_kind, 1, 1, &input);
	return sj_dataset_zip(2, (sj_dataset *[]){sj_dataset_range(start, INT64_MAX, 1), input});
}

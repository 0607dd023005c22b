/* Sources and transformations of the caller's own that keep a state for each pass, and may take elements of other datasets. */
#include "base/memory.h"
#include "data/data.h"
#include "sokuji/scope.h"
#include "tensor/concrete.h"

struct sj_dataset_input {
	sj__stage *stage;
	bool is_open; /* while the pass's own functions run */
	bool has_ended;
};

typedef struct passes_dataset {
	sj_dataset base;
	sj_dataset_passes passes;
	sj__callback callback;
} passes_dataset;

typedef struct passes_stage {
	sj__stage base;
	void *pass; /* NULL before the first element is asked for */
	bool has_ended;
	sj_dataset_input *inputs; /* n_inputs */
} passes_stage;

static const passes_dataset *dataset_of(const passes_stage *s) { return (const passes_dataset *)s->base.dataset; }

static void passes_release(sj_dataset *dataset) { sj__callback_release(&((passes_dataset *)dataset)->callback); }

/* ---- what a pass takes ---- */

int sj_dataset_input_components(const sj_dataset_input *input)
{
	return input == NULL ? 0 : input->stage->dataset->n_components;
}

bool sj_dataset_input_next(sj_dataset_input *input, sj_tensor **ret_components)
{
	sj_status status;
	if (input == NULL || !input->is_open) {
		status = sj__fail(SJ_FAILED_PRECONDITION,
		                  "sj_dataset_input_next: the input is used outside of its pass's functions");
		sj__error_stick(status);
		return false;
	}
	if (!sj_ok() || input->has_ended)
		return false;
	status = sj__stage_next(input->stage, ret_components, &input->has_ended);
	if (status != SJ_OK)
		sj__error_stick(status);
	return status == SJ_OK && !input->has_ended;
}

static void inputs_open(passes_stage *s, bool is_open)
{
	for (int i = 0; i < s->base.dataset->n_inputs; i++)
		s->inputs[i].is_open = is_open;
}

/* ---- a pass ---- */

static sj_status passes_begin(sj__stage *stage)
{
	passes_stage *s = (passes_stage *)stage;
	int n = stage->dataset->n_inputs;
	s->inputs = sj__memory_new_zeroed(sizeof(*s->inputs) * (size_t)(n + 1));
	sj_status status = s->inputs == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
	for (int i = 0; status == SJ_OK && i < n; i++)
		status = sj__stage_begin(stage->dataset->inputs[i], stage->root, &s->inputs[i].stage);
	return status;
}

static void passes_end(sj__stage *stage)
{
	passes_stage *s = (passes_stage *)stage;
	if (s->pass != NULL)
		dataset_of(s)->passes.end(s->pass);
	for (int i = 0; s->inputs != NULL && i < stage->dataset->n_inputs; i++)
		sj__stage_end(s->inputs[i].stage);
	sj__memory_free(s->inputs);
}

static void pass_begin(passes_stage *s)
{
	sj_dataset_input *inputs[SJ_DATASET_MOST_INPUTS];
	int n = s->base.dataset->n_inputs;
	for (int i = 0; i < n; i++)
		inputs[i] = &s->inputs[i];
	const passes_dataset *d = dataset_of(s);
	s->pass = d->passes.begin(d->callback.context, n, inputs);
	if (s->pass == NULL && sj_ok())
		sj_error_set(SJ_UNKNOWN, "sj_dataset_from_passes: begin returned NULL");
}

static sj_status passes_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	passes_stage *s = (passes_stage *)stage;
	sj_tensor *outputs[SJ_DATASET_MOST_COMPONENTS] = {NULL};
	int n = stage->dataset->n_components;
	*ret_end = s->has_ended;
	if (s->has_ended)
		return SJ_OK;
	sj__error_frame frame;
	sj__error_frame_begin(&frame);
	sj_scope scope = sj_scope_begin();
	inputs_open(s, true);
	if (s->pass == NULL)
		pass_begin(s);
	bool has_more = s->pass != NULL && dataset_of(s)->passes.next(s->pass, n, outputs);
	inputs_open(s, false);
	sj_status status = sj__error_frame_end(&frame);
	if (has_more || status != SJ_OK)
		status = sj__outputs_take("sj_dataset_from_passes", status, n, outputs, ret_tensors);
	sj_scope_end(scope);
	s->has_ended = *ret_end = status == SJ_OK && !has_more;
	return status;
}

static const sj__dataset_kind passes_kind = {
	.name = "sj_dataset_from_passes",
	.dataset_size = sizeof(passes_dataset),
	.stage_size = sizeof(passes_stage),
	.begin = passes_begin,
	.next = passes_next,
	.end = passes_end,
	.release = passes_release,
};

/* ---- making ---- */

static sj_dataset *refuse(int n_inputs, sj_dataset *const *inputs, const char *why)
{
	for (int i = 0; i < n_inputs; i++)
		sj_dataset_free(inputs[i]);
	return sj__dataset_refuse(NULL, "sj_dataset_from_passes: %s", why);
}

sj_dataset *sj_dataset_from_passes(int n_outputs, int n_inputs, sj_dataset *const *inputs,
                                   const sj_dataset_passes *passes)
{
	sj__callback callback = {passes ? passes->context : NULL, passes ? passes->release : NULL};
	passes_dataset *d = NULL;
	if (n_inputs < 0 || n_inputs > SJ_DATASET_MOST_INPUTS)
		refuse(0, NULL, "more inputs than SJ_DATASET_MOST_INPUTS");
	else if (passes == NULL || passes->begin == NULL || passes->next == NULL || passes->end == NULL)
		refuse(n_inputs, inputs, "a function is NULL");
	else
		d = sj__dataset_new(&passes_kind, n_outputs > 0 ? n_outputs : -1, n_inputs, inputs);
	if (d == NULL) {
		sj__callback_release(&callback);
		return NULL;
	}
	d->passes = *passes;
	d->callback = callback;
	return &d->base;
}

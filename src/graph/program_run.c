/* Running a program: kernels one after the other on handles that stay, and whatever is not ready as any plan runs it. */
#include "base/threads.h"
#include "graph/program.h"
#include "tensor/handle.h"
#include "tensor/variable.h"

/* Where an ordinary tensor's bytes are now, for the kernels that read them. */
static SJ_ALWAYS_INLINE void place_point(sj__place *place, const sj_tensor *value)
{
	if (place->handle != NULL)
		place->handle->data = value->data;
}

/* A small tensor of the handle's shape; NULL: the ordinary way makes it, or says why not. */
static SJ_ALWAYS_INLINE sj_tensor *real_quick(const sj_tensor *handle)
{
	int64_t size = handle->shape.size, element = (int64_t)sj__dtype_size(handle->dtype);
	if (handle->shape.rank > SJ__INLINE_DIMS || handle->dtype == SJ_STRING || size * element > SJ__INSIDE_MOST)
		return NULL;
	sj_tensor *t = sj__handle_quick(&sj__local_state, (sj_dtype)handle->dtype);
	if (SJ_UNLIKELY(t == NULL))
		return NULL;
	t->shape = handle->shape;
	return sj__handle_quick_bytes(t, size, element) ? t : NULL;
}

static SJ_NOINLINE sj_status reals_make(const sj__plan *plan, const sj__step *step, int32_t over, sj_tensor **values)
{
	const int32_t *slots = plan->slots + step->ports + step->n_inputs;
	if (over >= 0 && values[over] != NULL && sj__is_sole_owner(values[over])) {
		values[slots[0]] = values[over];
		values[over] = NULL;
		place_point(&plan->program->places[slots[0]], values[slots[0]]);
		return SJ_OK;
	}
	for (int k = 0; k < step->n_outputs; k++) {
		sj__place *place = &plan->program->places[slots[k]];
		sj_tensor *t;
		if (!place->is_real)
			continue;
		t = real_quick(place->handle);
		if (SJ_LIKELY(t != NULL)) {
			values[slots[k]] = t;
			place->handle->data = t->data;
			continue;
		}
		sj_status status = sj__tensor_like(place->handle, (sj_dtype)place->handle->dtype, &t);
		if (status != SJ_OK)
			return status;
		values[slots[k]] = t;
		status = sj__tensor_allocate(t);
		if (status != SJ_OK)
			return sj__fail_within(status, step->op->name);
		place->handle->data = t->data;
	}
	return SJ_OK;
}

static SJ_ALWAYS_INLINE sj_status kernel_run(const sj__plan *plan, const sj__step *step, sj__work *work,
                                             sj_tensor **values)
{
	const uint32_t begin = sj__cancel_begin();
	sj_status status = SJ_OK;
	if (SJ_UNLIKELY(work->has_real))
		status = reals_make(plan, step, work->over, values);
	if (SJ_LIKELY(status == SJ_OK))
		status = work->kernel(&work->call);
	if (sj__cancelled_since(begin) && (status == SJ_OK || status == SJ_CANCELLED))
		status = sj__call_cancelled(&work->call);
	return SJ_LIKELY(status == SJ_OK) ? SJ_OK : sj__step_failed(status, step);
}

/* The steps from this one on that are one chain. */
static SJ_NOINLINE sj_status chain_run(const sj__plan *plan, int first, sj_tensor **values)
{
	const sj__work *works = plan->program->works + first;
	const sj__step *steps = plan->steps + first;
	const sj__chain *chain = works[0].chain;
	for (int i = 0; i < chain->n_links; i++) {
		sj_status status = works[i].has_real ? reals_make(plan, &steps[i], works[i].over, values) : SJ_OK;
		if (status != SJ_OK)
			return sj__step_failed(status, &steps[i]);
	}
	const uint32_t begin = sj__cancel_begin();
	sj__chain_run(chain);
	if (sj__cancelled_since(begin))
		return sj__step_failed(sj__call_cancelled(&works[0].call), &steps[0]);
	for (int i = 0; i < chain->n_links; i++)
		sj__values_end(plan, &steps[i], values);
	return SJ_OK;
}

/* The value that a variable of changing shape has now may not be one that the program is for. */
static sj_status SJ_COLD shape_changed(const sj__plan *plan, const sj__step *step)
{
	plan->program->is_stale = true;
	plan->program->has_changed = step - plan->steps >= plan->n_early;
	return sj__step_failed(
		sj__fail(SJ_FAILED_PRECONDITION,
	                 "the variable '%s' has got another shape within the run; assign it in a run before",
	                 sj_variable_name(step->node->value)),
		step);
}

/* False, and nothing done: the general way then does it, or says why not. */
static SJ_ALWAYS_INLINE bool read_run(const sj__plan *plan, const sj__step *step, sj_tensor **values)
{
	int32_t slot = plan->slots[step->ports];
	sj_tensor *variable = step->node->value;
	if (SJ__COUNTS_ARE_SHARED)
		return false;
	if (SJ_UNLIKELY(sj__session_instances(1, &variable, &variable) == 0 || variable->variable->value == NULL))
		return false;
	const sj_tensor *handle = plan->program->places[slot].handle; /* NULL: its shape is partly unknown */
	if (SJ_UNLIKELY(handle != NULL && !sj__same_shape(handle, variable->variable->value)))
		return false;
	values[slot] = sj__keep(variable->variable->value);
	place_point(&plan->program->places[slot], values[slot]);
	return true;
}

static SJ_NOINLINE sj_status general_run(const sj__plan *plan, sj__step *step, sj_tensor **values)
{
	const int32_t *slots = plan->slots + step->ports + step->n_inputs;
	sj_status status = sj__step_run(plan, step, values);
	for (int k = 0; k < step->n_outputs && status == SJ_OK; k++) {
		sj__place *place = &plan->program->places[slots[k]];
		if (values[slots[k]] == NULL || place->handle == NULL)
			continue;
		if (step->node->kind == SJ__NODE_READ && !sj__same_shape(place->handle, values[slots[k]]))
			return shape_changed(plan, step);
		place_point(place, values[slots[k]]);
	}
	return status;
}

sj_status sj__program_run(sj__plan *plan, sj_tensor **values)
{
	struct sj__program *program = plan->program;
	sj_status status = SJ_OK;
	for (int i = 0; i < plan->key.n_feeds; i++)
		place_point(&program->places[i], values[i]);
	for (int s = 0; s < plan->n_steps && status == SJ_OK; s++) {
		sj__work *work = &program->works[s];
		sj__step *step = &plan->steps[s];
		program->has_changed = s >= plan->n_early;
		if (SJ_LIKELY(work->way == SJ__WAY_KERNEL)) {
			status = kernel_run(plan, step, work, values);
		} else if (work->way == SJ__WAY_CHAIN) {
			status = chain_run(plan, s, values);
			s += work->chain->n_links - 1;
			continue;
		} else if (work->way == SJ__WAY_VIEW) {
			work->call.outputs[0]->data = (char *)work->call.inputs[0]->data + work->offset;
		} else if (work->way != SJ__WAY_NOTHING &&
		           (work->way != SJ__WAY_READ ||
		            !read_run(plan, step, values))) { /* whose end is the step's own */
			status = general_run(plan, step, values);
			continue;
		}
		sj__values_end(plan, step, values);
	}
	return status;
}

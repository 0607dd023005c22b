/* Running a plan: step after step, each value released after its last use. */
#include "base/denormals.h"
#include "base/memory.h"
#include "graph/plan.h"
#include "ops/quick.h"
#include "ops/random_state.h"
#include "tensor/local.h"
#include "tensor/variable.h"

enum { PORTS_FEW = 16, VALUES_FEW = 128 };

static SJ_THREAD_LOCAL_COLD sj_node *failed_node;

sj_node *sj__plan_failed(void) { return failed_node; }
void sj__plan_failed_clear(void) { failed_node = NULL; }

static sj_status node_run(sj__step *step, sj_tensor *const *inputs, sj_tensor **outputs)
{
	const sj_node *node = step->node;
	if (node->kind == SJ__NODE_READ)
		return sj__variable_read(node->value, outputs);
	if (node->kind == SJ__NODE_CALLABLE)
		return sj_call(node->callable, node->n_inputs, inputs, node->n_outputs, outputs);
	if (!(node->op->flags & SJ__OP_STATEFUL))
		return sj_execute(node->op, node->args, node->n_inputs, inputs, node->n_outputs, outputs);
	uint64_t *position = sj__session_position(node);
	uint64_t *before = sj__random_use_position(position ? position : step->position);
	sj_status status = sj_execute(node->op, node->args, node->n_inputs, inputs, node->n_outputs, outputs);
	sj__random_use_position(before);
	return status;
}

static sj_status SJ_COLD node_failed(sj_status status, sj_node *node)
{
	failed_node = node;
	return sj__fail(status, "%s [node '%s' of type %s]", sj_error_message(), node->name, sj_node_type(node));
}

static SJ_ALWAYS_INLINE void values_end(const sj__plan *plan, const sj__step *step, sj_tensor **values)
{
	const int32_t *slots = plan->slots + step->frees;
	for (int i = 0; i < step->n_frees; i++) {
		sj__drop(values[slots[i]]);
		values[slots[i]] = NULL;
	}
}

/* False, and nothing done: the ordinary way then does it, or says why not. */
static SJ_ALWAYS_INLINE bool step_quick_run(const sj__plan *plan, const sj__step *step, sj__local *thread,
                                            sj_tensor **values)
{
	const sj_node *node = step->node;
	const int32_t *slots = plan->slots + step->inputs;
	sj_tensor *x = values[slots[0]];
	sj_tensor *z = node->n_inputs == 2 ? sj__quick_run(thread, node->op, node->args, x, values[slots[1]], 2)
	                                   : sj__quick_run(thread, node->op, node->args, x, x, 1);
	if (SJ_UNLIKELY(z == NULL))
		return false;
	values[slots[node->n_inputs]] = z;
	values_end(plan, step, values);
	return true;
}

static sj_status step_ports_run(const sj__plan *plan, sj__step *step, sj_tensor **values, sj_tensor **ports)
{
	const sj_node *node = step->node;
	const int32_t *slots = plan->slots + step->inputs;
	sj_tensor **outputs = ports + node->n_inputs;
	for (int i = 0; i < node->n_inputs; i++)
		ports[i] = slots[i] >= 0 ? values[slots[i]] : NULL;
	sj_status status = node_run(step, ports, outputs);
	if (SJ_UNLIKELY(status != SJ_OK))
		return node_failed(status, step->node);
	slots += node->n_inputs;
	for (int k = 0; k < node->n_outputs; k++)
		values[slots[k]] = outputs[k];
	values_end(plan, step, values);
	return SJ_OK;
}

static sj_status step_run(const sj__plan *plan, sj__step *step, sj_tensor **values)
{
	sj_tensor *few[PORTS_FEW];
	size_t n = (size_t)step->node->n_inputs + (size_t)step->node->n_outputs;
	if (SJ_LIKELY(n <= PORTS_FEW))
		return step_ports_run(plan, step, values, few);
	sj_tensor **many = sj__memory_new(sizeof(*many) * n);
	if (many == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = step_ports_run(plan, step, values, many);
	sj__memory_free(many);
	return status;
}

/* ---- what a failed run puts back ---- */

static sj_tensor *instance_of(sj_tensor *variable)
{
	return variable->variable->place != 0 ? sj__session_instance(variable) : variable;
}

static void values_keep(const sj__plan *plan, sj_tensor **kept)
{
	for (int i = 0; i < plan->n_changed; i++) {
		sj_tensor *variable = instance_of(plan->changed[i]);
		kept[i] = NULL;
		if (variable != NULL && variable->variable->value != NULL)
			sj__variable_value(variable, &kept[i]);
	}
}

static void values_put_back(const sj__plan *plan, sj_tensor **kept)
{
	for (int i = plan->n_changed - 1; i >= 0; i--) {
		sj_tensor *variable = instance_of(plan->changed[i]);
		if (variable != NULL && variable->variable->value != kept[i])
			sj__variable_exchange(variable, &kept[i]);
	}
}

static void values_let_go(const sj__plan *plan, sj_tensor **kept)
{
	for (int i = 0; i < plan->n_changed; i++)
		sj__drop(kept[i]);
}

/* ---- the whole ---- */

/* In one region: denormals are flushed once, not by every step. */
static sj_status steps_run(sj__plan *plan, sj_tensor **values)
{
	sj__local *thread = &sj__local_state;
	sj_status status = SJ_OK;
	uint32_t before = thread->region_depth == 0 ? sj__denormals_flush_begin() : 0;
	thread->region_depth++;
	for (int s = 0; s < plan->n_steps && status == SJ_OK; s++)
		if (!plan->steps[s].is_quick || !step_quick_run(plan, &plan->steps[s], thread, values))
			status = step_run(plan, &plan->steps[s], values);
	if (--thread->region_depth == 0)
		sj__denormals_flush_end(before);
	return status;
}

static sj_status changes_run(sj__plan *plan, sj_tensor **values)
{
	if (plan->n_changed == 0)
		return steps_run(plan, values);
	sj_tensor **kept = sj__memory_new(sizeof(*kept) * (size_t)plan->n_changed);
	if (kept == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	values_keep(plan, kept);
	sj_status status = steps_run(plan, values);
	if (status != SJ_OK)
		values_put_back(plan, kept);
	values_let_go(plan, kept);
	sj__memory_free(kept);
	return status;
}

/* Everything that the run made and has not released: all but feeds and constants. */
static void values_release(const sj__plan *plan, sj_tensor **values)
{
	for (int i = plan->key.n_feeds; i < plan->n_slots; i++)
		if (values[i] != NULL && values[i] != plan->initial[i])
			sj__drop(values[i]);
}

sj_status sj__plan_run(sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values)
{
	sj_tensor *few[VALUES_FEW], **values = few;
	size_t n = sizeof(*values) * (size_t)plan->n_slots;
	if (plan->n_slots > VALUES_FEW && (values = sj__memory_new(n)) == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(values, plan->initial, n);
	for (int i = 0; i < plan->key.n_feeds; i++)
		values[i] = feeds[i];
	sj_status status = changes_run(plan, values);
	for (int i = 0; i < plan->key.n_fetches && status == SJ_OK; i++)
		ret_values[i] = sj__keep(values[plan->fetch_slots[i]]);
	values_release(plan, values);
	if (values != few)
		sj__memory_free(values);
	return status;
}

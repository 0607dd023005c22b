/* Running a plan: step after step, each value released after its last use. */
#include "base/memory.h"
#include "graph/plan.h"
#include "ops/random_state.h"
#include "tensor/local.h"
#include "tensor/variable.h"

enum { PORTS_FEW = 16, VALUES_FEW = 128 };

static SJ_THREAD_LOCAL_COLD sj_node *failed_node;

sj_node *sj__plan_failed(void) { return failed_node; }

static sj_status node_run(sj__step *step, sj_tensor *const *inputs, sj_tensor **outputs)
{
	const sj_node *node = step->node;
	if (node->kind == SJ__NODE_READ)
		return sj__variable_read(node->value, outputs);
	if (node->kind == SJ__NODE_CALLABLE)
		return sj_call(node->callable, node->n_inputs, inputs, node->n_outputs, outputs);
	if (!(node->op->flags & SJ__OP_STATEFUL))
		return sj_execute(node->op, node->args, node->n_inputs, inputs, node->n_outputs, outputs);
	uint64_t *before = sj__random_use_position(step->position);
	sj_status status = sj_execute(node->op, node->args, node->n_inputs, inputs, node->n_outputs, outputs);
	sj__random_use_position(before);
	return status;
}

static sj_status SJ_COLD node_failed(sj_status status, sj_node *node)
{
	failed_node = node;
	return sj__fail(status, "%s [node '%s' of type %s]", sj_error_message(), node->name, sj_node_type(node));
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
	slots = plan->slots + step->frees;
	for (int i = 0; i < step->n_frees; i++) {
		sj__drop(values[slots[i]]);
		values[slots[i]] = NULL;
	}
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

static sj_status steps_run(sj__plan *plan, sj_tensor **values)
{
	sj_status status = SJ_OK;
	for (int s = 0; s < plan->n_steps && status == SJ_OK; s++)
		status = step_run(plan, &plan->steps[s], values);
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
	failed_node = NULL;
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

/* Running a plan: step after step, each value released after its last use. */
#include "base/clock.h"
#include "base/memory.h"
#include "graph/program.h"
#include "ops/quick.h"
#include "ops/random_state.h"
#include "tensor/local.h"
#include "tensor/variable.h"

enum { PORTS_FEW = 16, VALUES_FEW = 128 };

static sj_status node_run(sj__step *step, sj_tensor *const *inputs, sj_tensor **outputs)
{
	const sj_node *node = step->node;
	if (node->kind == SJ__NODE_READ)
		return sj__variable_read(node->value, outputs);
	if (node->kind == SJ__NODE_CALLABLE)
		return sj_call(node->callable, step->n_inputs, inputs, step->n_outputs, outputs);
	if (!(step->op->flags & SJ__OP_STATEFUL))
		return sj_execute(step->op, step->args, step->n_inputs, inputs, step->n_outputs, outputs);
	uint64_t *before = sj__random_use_position(sj__session_position(step->position));
	sj_status status = sj_execute(step->op, step->args, step->n_inputs, inputs, step->n_outputs, outputs);
	sj__random_use_position(before);
	return status;
}

sj_status sj__step_failed(sj_status status, const sj__step *step)
{
	sj_node *node = sj__local_state.failed = step->blamed;
	const char *message = sj_error_message();
	bool has_line = node->origin != NULL && strstr(message, ", defined at ") == NULL; /* the innermost node's */
	return sj__fail(status, "%s [node '%s' of type %s%s%s]", message, node->name, sj_node_type(node),
	                has_line ? ", defined at " : "", has_line ? node->origin : "");
}

/* A function called in a graph: its nodes are appended there, and keep where they come from. */
static void origin_pass_on(const sj__step *step, sj_tensor *const *outputs)
{
	sj_graph *graph = sj__local_state.graph;
	if (graph == NULL && step->n_outputs > 0 && outputs[0] != NULL && sj__is_symbolic(outputs[0]))
		graph = sj_tensor_graph(outputs[0]);
	if (graph != NULL)
		sj_graph_note_origin(graph, step->node->origin);
}

/* False, and nothing done: the ordinary way then does it, or says why not. */
static SJ_ALWAYS_INLINE bool step_quick_run(const sj__plan *plan, const sj__step *step, sj__local *thread,
                                            sj_tensor **values)
{
	const int32_t *slots = plan->slots + step->ports;
	sj_tensor *x = values[slots[0]];
	sj_tensor *z = step->n_inputs == 2 ? sj__quick_run(thread, step->op, step->args, x, values[slots[1]], 2)
	                                   : sj__quick_run(thread, step->op, step->args, x, x, 1);
	if (SJ_UNLIKELY(z == NULL))
		return false;
	values[slots[step->n_inputs]] = z;
	sj__values_end(plan, step, values);
	return true;
}

static sj_status step_ports_run(const sj__plan *plan, sj__step *step, sj_tensor **values, sj_tensor **ports)
{
	const int32_t *slots = plan->slots + step->ports;
	sj_tensor **outputs = ports + step->n_inputs;
	for (int i = 0; i < step->n_inputs; i++)
		ports[i] = slots[i] >= 0 ? values[slots[i]] : NULL;
	sj_status status = node_run(step, ports, outputs);
	if (SJ_UNLIKELY(status != SJ_OK))
		return sj__step_failed(status, step);
	if (SJ_UNLIKELY(step->node->origin != NULL))
		origin_pass_on(step, outputs);
	slots += step->n_inputs;
	for (int k = 0; k < step->n_outputs; k++)
		values[slots[k]] = outputs[k];
	sj__values_end(plan, step, values);
	return SJ_OK;
}

sj_status sj__step_run(const sj__plan *plan, sj__step *step, sj_tensor **values)
{
	sj_tensor *few[PORTS_FEW];
	size_t n = (size_t)step->n_inputs + (size_t)step->n_outputs;
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

static void values_keep(const sj__plan *plan, sj_tensor **kept)
{
	for (int i = 0; i < plan->n_changed; i++) {
		sj_tensor *variable = sj__variable_instance(plan->changed[i]);
		kept[i] = NULL;
		if (variable != NULL && variable->variable->value != NULL)
			sj__variable_value(variable, &kept[i]);
	}
}

/* A variable that had none has none again. */
static void values_put_back(const sj__plan *plan, sj_tensor **kept)
{
	for (int i = plan->n_changed - 1; i >= 0; i--) {
		sj_tensor *variable = sj__variable_instance(plan->changed[i]);
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

static SJ_THREAD_LOCAL_COLD sj_node_observer observer;
static SJ_THREAD_LOCAL_COLD void *observer_context;

void sj_graph_observe(sj_node_observer function, void *context)
{
	observer = function;
	sj__local_now()->is_observed = function != NULL;
	observer_context = context;
}

static sj_status steps_observe(sj__plan *plan, sj_tensor **values)
{
	sj_status status = SJ_OK;
	for (int s = 0; s < plan->n_steps && status == SJ_OK; s++) {
		int64_t begin = sj__clock_ns();
		status = sj__step_run(plan, &plan->steps[s], values);
		if (observer != NULL && status == SJ_OK)
			observer(observer_context, plan->steps[s].node, begin, sj__clock_ns());
	}
	return status;
}

/* In one region: denormals are flushed once, not by every step. */
static sj_status steps_run(sj__plan *plan, sj_tensor **values)
{
	if (SJ_UNLIKELY(sj__local_state.is_observed))
		return steps_observe(plan, values);
	sj__local *thread = &sj__local_state;
	sj_status status = SJ_OK;
	if (thread->region_depth++ == 0)
		thread->denormals_before = sj__denormals_flush_begin();
	if (plan->program != NULL)
		status = sj__program_run(plan, values);
	for (int s = 0; s < plan->n_steps && status == SJ_OK && plan->program == NULL; s++)
		if (!plan->steps[s].is_quick || !step_quick_run(plan, &plan->steps[s], thread, values))
			status = sj__step_run(plan, &plan->steps[s], values);
	if (--thread->region_depth == 0)
		sj__denormals_flush_end(thread->denormals_before);
	return status;
}

static bool have_values(const sj__plan *plan)
{
	for (int i = 0; i < plan->n_changed; i++) {
		const sj_tensor *variable = sj__variable_instance(plan->changed[i]);
		if (variable == NULL || variable->variable->value == NULL)
			return false;
	}
	return true;
}

static sj_status changes_run(sj__plan *plan, sj_tensor **values)
{
	if (plan->n_changed == 0 || (!plan->is_risky && have_values(plan)))
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

/* Everything that the run made and has not released: all but feeds and what it began with. */
static void values_release(const sj__plan *plan, sj_tensor *const *start, sj_tensor **values)
{
	for (int i = plan->key.n_feeds; i < plan->n_slots; i++)
		if (values[i] != start[i])
			sj__drop(values[i]);
}

static sj_status plan_run(sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values)
{
	sj_tensor *few[VALUES_FEW],
		**values = few, *const *start = plan->program ? plan->program->start : plan->initial;
	size_t n = sizeof(*values) * (size_t)plan->n_slots;
	if (plan->n_slots > VALUES_FEW && (values = sj__memory_new(n)) == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(values, start, n);
	for (int i = 0; i < plan->key.n_feeds; i++)
		values[i] = feeds[i];
	sj_status status = changes_run(plan, values);
	for (int i = 0; i < plan->key.n_fetches && status == SJ_OK; i++)
		ret_values[i] = sj__keep(values[plan->fetch_slots[i]]);
	values_release(plan, start, values);
	if (values != few)
		sj__memory_free(values);
	return status;
}

/* No flags, and the shapes that the straight way takes to be sure. */
static bool feeds_are_plain(const sj__plan *plan, sj_tensor *const *feeds)
{
	unsigned flags = 0;
	for (int i = 0; i < plan->key.n_feeds; i++)
		flags |= feeds[i]->flags |
		         (plan->key.feeds[i]->shape.size >= 0 && !sj__same_shape(feeds[i], plan->key.feeds[i]));
	return flags == 0;
}

sj_status sj__plan_run(sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values)
{
	const sj__local *thread = &sj__local_state;
	bool is_straight = plan->straight != NULL && sj__straight_may_run(thread) && feeds_are_plain(plan, feeds);
	if (is_straight && plan->is_short)
		return sj__straight_run(plan, feeds, ret_values);
	sj__plan *special = SJ_LIKELY(!thread->is_observed) ? sj__special_begin(plan, feeds) : NULL;
	if (special == NULL)
		return is_straight ? sj__straight_run(plan, feeds, ret_values) : plan_run(plan, feeds, ret_values);
	sj_status status = plan_run(special, feeds, ret_values);
	bool is_undone = status != SJ_OK && special->program->is_stale && !special->program->has_changed;
	sj__special_end(plan, special);
	if (SJ_LIKELY(!is_undone))
		return status;
	sj__local_state.failed = NULL; /* what failed was the special plan alone */
	return plan_run(plan, feeds, ret_values);
}

/* Making a plan: what is needed, slots, constants folded, and where each value ends. */
#include "base/memory.h"
#include "graph/making.h"
#include "graph/program.h"
#include "tensor/local.h"

typedef sj__making making;

/* ---- what is needed ---- */

/* Of a tensor that is fed twice the first counts. */
static sj_status feeds_note(making *m)
{
	sj_status status = SJ_OK;
	for (int i = m->key->n_feeds - 1; i >= 0 && status == SJ_OK; i--)
		status = sj__pointers_put(&m->feeds, m->key->feeds[i], i);
	return status;
}

static int feed_of(const making *m, const sj_tensor *t) { return sj__pointers_get(&m->feeds, t); }

static void tensor_need(making *m, const sj_tensor *t)
{
	if (t != NULL && feed_of(m, t) < 0)
		m->needed[sj__making_node(m, t)->index] = true;
}

static void node_needs(making *m, const sj_node *node)
{
	const sj__fused *fused = m->fused ? m->fused[node->index] : NULL;
	int n = fused ? fused->n_inputs : node->n_inputs;
	sj_tensor *const *inputs = fused ? fused->inputs : node->inputs;
	for (int j = 0; j < n; j++)
		tensor_need(m, inputs[j]);
	for (int j = 0; j < node->n_controls; j++)
		m->needed[node->controls[j]->index] = true;
}

sj_status sj__making_needs(making *m)
{
	memset(m->needed, 0, (size_t)m->graph->n_nodes);
	for (int i = 0; i < m->key->n_fetches; i++)
		tensor_need(m, m->key->fetches[i]);
	for (int i = 0; i < m->key->n_targets; i++)
		m->needed[m->twin ? m->twin[m->key->targets[i]->index] : m->key->targets[i]->index] = true;
	for (int i = m->graph->n_nodes - 1; i >= 0; i--) {
		const sj_node *node = m->graph->nodes[i];
		if (!m->needed[i] || sj__making_knows(m, node))
			continue;
		if (node->kind == SJ__NODE_PLACEHOLDER && feed_of(m, node->outputs[0]) < 0)
			return sj__fail(SJ_INVALID_ARGUMENT,
			                "You must feed a value for placeholder tensor '%s' with dtype %s and shape %s",
			                node->name, sj_dtype_name((sj_dtype)node->outputs[0]->dtype),
			                sj__shape_text(node->outputs[0]));
		node_needs(m, node);
	}
	return SJ_OK;
}

/* ---- slots ---- */

int sj__output_number(const sj_tensor *t)
{
	int k = t->output;
	if (k < t->node->n_outputs && t->node->outputs[k] == t)
		return k;
	for (k = t->node->n_outputs - 1; k > 0 && t->node->outputs[k] != t; k--)
		continue;
	return k;
}

/* Feeds come first, so that a fed output hides the node's own. */
static int32_t slot_of(const making *m, const sj_tensor *t)
{
	if (t == NULL)
		return -1;
	int feed = feed_of(m, t);
	return feed >= 0 ? feed : m->first_slot[sj__making_node(m, t)->index] + sj__output_number(t);
}

static sj_status slots_make(making *m)
{
	sj__plan *plan = m->plan;
	int n_ports = 0, n_needed = 0;
	plan->n_slots = m->key->n_feeds;
	for (int i = 0; i < m->graph->n_nodes; i++) {
		const sj_node *node = m->graph->nodes[i];
		m->first_slot[i] = plan->n_slots;
		if (!m->needed[i])
			continue;
		plan->n_slots += node->n_outputs;
		n_ports += (node->n_inputs > 3 ? node->n_inputs : 3) + node->n_outputs; /* three where it is fused */
		n_needed++;
	}
	size_t n = (size_t)plan->n_slots + 1;
	plan->initial = sj__memory_new_zeroed(sizeof(*plan->initial) * n);
	plan->steps = sj__memory_new_zeroed(sizeof(*plan->steps) * ((size_t)n_needed + 1));
	plan->slots = sj__memory_new(sizeof(*plan->slots) * ((size_t)n_ports + n)); /* frees stand behind the ports */
	plan->positions = sj__memory_new_zeroed(sizeof(*plan->positions) * ((size_t)n_needed + 1));
	m->last_use = sj__memory_new(sizeof(*m->last_use) * n);
	m->is_pinned = sj__memory_new_zeroed(n);
	if (!plan->initial || !plan->steps || !plan->slots || !plan->positions || !m->last_use || !m->is_pinned)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < plan->n_slots; i++) {
		m->last_use[i] = -1;
		m->is_pinned[i] = i < m->key->n_feeds;
	}
	return SJ_OK;
}

/* ---- constants ---- */

/* Computes a node from constants now, unless that takes much room; one that fails fails when it runs, where the message belongs. */
static void node_fold(making *m, const sj_node *node)
{
	enum { PORTS_MOST = 16, MOST_BYTES = 10 << 20 };
	sj_tensor *inputs[PORTS_MOST];
	if (node->kind != SJ__NODE_OP || node->n_inputs == 0 || node->n_inputs > PORTS_MOST || node->n_controls > 0 ||
	    node->op->flags & SJ__OP_STATEFUL || (m->fused && m->fused[node->index]))
		return;
	for (int i = 0; i < node->n_inputs; i++) {
		int32_t slot = slot_of(m, node->inputs[i]);
		inputs[i] = slot >= 0 ? m->plan->initial[slot] : NULL;
		if (slot >= 0 && inputs[i] == NULL)
			return;
	}
	for (int k = 0; k < node->n_outputs; k++)
		if (node->outputs[k]->shape.size > MOST_BYTES / (int64_t)sj__dtype_size(node->outputs[k]->dtype))
			return;
	sj_tensor **outputs = m->plan->initial + m->first_slot[node->index];
	if (sj_execute(node->op, node->args, node->n_inputs, inputs, node->n_outputs, outputs) != SJ_OK)
		return;
	for (int k = 0; k < node->n_outputs; k++)
		m->is_pinned[m->first_slot[node->index] + k] = true;
}

/* What is known beforehand, in a tensor of its own. */
static sj_tensor *known_copy(const sj_tensor *t)
{
	sj_tensor *copy;
	if (sj__tensor_make("constant", (sj_dtype)t->dtype, t->shape.rank, sj__dims(t), &copy) != SJ_OK)
		return NULL;
	sj__elements_copy((sj_dtype)t->dtype, copy->data, t->data, t->shape.size);
	return copy;
}

/* Nothing of it is for a graph that is open, or for a tape. */
static sj_status constants_fold(making *m)
{
	sj_status status = SJ_OK;
	sj__local *thread = &sj__local_state;
	struct sj_graph *open = thread->graph;
	int32_t recording = thread->recording;
	thread->graph = NULL; /* whatever is open belongs to somebody else */
	thread->recording = 0;
	for (int i = 0; i < m->graph->n_nodes && status == SJ_OK; i++) {
		const sj_node *node = m->graph->nodes[i];
		if (!m->needed[i])
			continue;
		sj_tensor **initial = &m->plan->initial[m->first_slot[i]];
		if (node->kind == SJ__NODE_CONSTANT)
			*initial = sj__keep(node->value);
		else if (sj__making_knows(m, node))
			*initial = known_copy(node->outputs[0]);
		if (*initial != NULL)
			m->is_pinned[m->first_slot[i]] = true;
		else if (sj__making_knows(m, node))
			status = SJ_RESOURCE_EXHAUSTED;
		else
			node_fold(m, node);
	}
	thread->recording = recording;
	thread->graph = open;
	return status;
}

/* ---- steps ---- */

static bool has_quick_way(const sj__plan *plan, const sj__step *step)
{
	const int32_t *slots = plan->slots + step->ports;
	return step->op != NULL && step->op->quick != NULL && !(step->op->flags & SJ__OP_STATEFUL) &&
	       (step->n_inputs == 1 || step->n_inputs == 2) && step->n_inputs == step->op->n_inputs &&
	       step->n_outputs == 1 && slots[0] >= 0 && slots[step->n_inputs - 1] >= 0;
}

/* Returns where its ports end. */
static int32_t step_make(making *m, sj_node *node, int32_t at)
{
	sj__plan *plan = m->plan;
	int s = plan->n_steps++, i = node->index;
	const sj__fused *fused = m->fused ? m->fused[i] : NULL;
	sj_tensor *const *inputs = fused ? fused->inputs : node->inputs;
	sj__step *step = &plan->steps[s];
	*step = (sj__step){.node = node,
	                   .blamed = m->origins ? m->origins[i] : node,
	                   .op = fused ? fused->op : node->op,
	                   .args = fused ? fused->args : node->args,
	                   .n_inputs = fused ? fused->n_inputs : node->n_inputs,
	                   .n_outputs = node->n_outputs,
	                   .ports = at,
	                   .position = &plan->positions[s]};
	for (int j = 0; j < step->n_inputs; j++, at++) {
		plan->slots[at] = slot_of(m, inputs[j]);
		if (plan->slots[at] >= 0)
			m->last_use[plan->slots[at]] = s;
	}
	for (int k = 0; k < node->n_outputs; k++, at++) {
		m->last_use[m->first_slot[i] + k] = s;
		plan->slots[at] = m->first_slot[i] + k;
	}
	step->is_quick = has_quick_way(plan, step);
	return at;
}

static int32_t steps_of(making *m, bool late, int32_t at)
{
	for (int i = 0; i < m->graph->n_nodes; i++) {
		sj_node *node = m->graph->nodes[i];
		bool is_known = node->n_outputs > 0 && m->needed[i] && m->plan->initial[m->first_slot[i]] != NULL;
		if (m->needed[i] && !is_known && node->kind != SJ__NODE_GROUP && node->kind != SJ__NODE_PLACEHOLDER &&
		    (m->late != NULL && m->late[i]) == late)
			at = step_make(m, node, at);
	}
	return at;
}

static void steps_make(making *m)
{
	sj__plan *plan = m->plan;
	int32_t at = steps_of(m, false, 0);
	plan->n_early = plan->n_steps;
	at = steps_of(m, true, at);
	/* What ends where: a slot is seen once, at the step of its last use. */
	for (int s = 0; s < plan->n_steps; s++) {
		sj__step *step = &plan->steps[s];
		int n_ports = step->n_inputs + step->n_outputs;
		step->frees = at;
		for (int32_t *slot = plan->slots + step->ports; n_ports-- > 0; slot++)
			if (*slot >= 0 && m->last_use[*slot] == s && !m->is_pinned[*slot]) {
				plan->slots[at++] = *slot;
				m->last_use[*slot] = -2;
			}
		step->n_frees = at - step->frees;
	}
}

static sj_status ends_make(making *m)
{
	const sj__plan_key *key = m->key;
	sj__plan *plan = m->plan;
	plan->fetch_slots = sj__memory_new(sizeof(int32_t) * ((size_t)key->n_fetches + 1));
	if (plan->fetch_slots == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < key->n_fetches; i++) {
		plan->fetch_slots[i] = slot_of(m, key->fetches[i]);
		m->is_pinned[plan->fetch_slots[i]] = true;
	}
	return SJ_OK;
}

/* ---- what a failed run puts back ---- */

static bool is_atomic(const sj_node *node) { return node->kind == SJ__NODE_CALLABLE && node->callable->type.is_atomic; }

static bool changes_variables(const sj_node *node)
{
	return node->kind == SJ__NODE_CALLABLE && node->callable->type.changes != NULL;
}

/* A sum that needs memory of its own beside the variable's; a step counter's does not. */
static bool adds_much(const sj_node *node)
{
	return sj__callable_adds(node->callable) &&
	       (node->outputs[0]->shape.size < 0 || node->outputs[0]->shape.size * 16 > SJ__INSIDE_BYTES);
}

static bool is_safe(const sj_node *node)
{
	for (int i = 0; i < node->n_inputs; i++)
		if (node->inputs[i] != NULL && node->inputs[i]->shape.size < 0)
			return false;
	return node->kind == SJ__NODE_READ || (is_atomic(node) && !adds_much(node));
}

sj_status sj__changes_add(const sj_node *node, sj_tensor ***changed, int *n_changed, int *capacity)
{
	sj_tensor *const *variables;
	if (!changes_variables(node))
		return SJ_OK;
	int n = node->callable->type.changes(node->callable->context, &variables);
	for (int i = 0; i < n; i++) {
		sj_status status = sj__grow(changed, *n_changed, capacity, sizeof(**changed));
		if (status != SJ_OK)
			return status;
		(*changed)[(*n_changed)++] = variables[i];
	}
	return SJ_OK;
}

/*
 * Values need to be kept where something that may fail comes after the first change, or within it (a loop); where there are several changes also
 * in a run that finds some variable without a value.
 */
static sj_status changes_find(sj__plan *plan)
{
	bool has_changed = false, is_risky = false;
	int n_changes = 0;
	sj_status status = SJ_OK;
	for (int s = 0; s < plan->n_steps; s++) {
		const sj_node *node = plan->steps[s].node;
		bool changes = changes_variables(node);
		is_risky |= (has_changed && !is_safe(node)) || (changes && !is_atomic(node));
		has_changed |= changes;
		n_changes += changes;
	}
	plan->is_risky = is_risky;
	for (int s = 0; s < plan->n_steps && (is_risky || n_changes > 1) && status == SJ_OK; s++)
		status = sj__changes_add(plan->steps[s].node, &plan->changed, &plan->n_changed,
		                         &plan->n_changed_capacity);
	return status;
}

/* ---- the whole ---- */

static sj_status key_copy(sj__plan *plan, const sj__plan_key *key)
{
	size_t n = (size_t)key->n_feeds + (size_t)key->n_fetches + (size_t)key->n_targets;
	void **all = sj__memory_new(sizeof(*all) * (n + 1));
	if (all == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	plan->key = *key;
	plan->key.feeds = (sj_tensor *const *)all;
	plan->key.fetches = plan->key.feeds + key->n_feeds;
	plan->key.targets = (sj_node *const *)(all + key->n_feeds + key->n_fetches);
	for (int i = 0; i < key->n_feeds; i++)
		*all++ = key->feeds[i];
	for (int i = 0; i < key->n_fetches; i++)
		*all++ = key->fetches[i];
	for (int i = 0; i < key->n_targets; i++)
		*all++ = key->targets[i];
	return SJ_OK;
}

static sj_status plan_fill(making *m)
{
	sj_status status = feeds_note(m);
	if (status == SJ_OK)
		status = sj__making_needs(m);
	if (status == SJ_OK && m->origins != NULL)
		status = sj__making_optimise(m);
	if (status == SJ_OK)
		status = slots_make(m);
	if (status == SJ_OK)
		status = constants_fold(m);
	if (status == SJ_OK)
		status = ends_make(m);
	if (status != SJ_OK)
		return status;
	steps_make(m);
	status = changes_find(m->plan);
	if (status == SJ_OK)
		status = m->origins != NULL ? sj__program_make(m->plan) : sj__straight_make(m->plan);
	return status;
}

sj_status sj__plan_make(sj_graph *graph, const sj__plan_key *key, sj_node *const *origins, sj__plan **ret_plan)
{
	size_t n = (size_t)graph->n_nodes + 1;
	making m = {.graph = graph, .key = key, .origins = origins, .plan = sj__memory_new_zeroed(sizeof(sj__plan))};
	m.needed = sj__memory_new_zeroed(n);
	m.first_slot = sj__memory_new(sizeof(*m.first_slot) * n);
	sj_status status = m.plan && m.needed && m.first_slot ? key_copy(m.plan, key) : SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK) {
		m.plan->graph = sj_graph_keep(graph);
		status = plan_fill(&m);
	}
	sj__pointers_release(&m.feeds);
	sj__memory_free(m.needed);
	sj__memory_free(m.twin);
	sj__memory_free(m.fused);
	sj__memory_free(m.late);
	sj__memory_free(m.first_slot);
	sj__memory_free(m.last_use);
	sj__memory_free(m.is_pinned);
	if (status != SJ_OK) {
		sj__plan_destroy(m.plan);
		return status;
	}
	*ret_plan = m.plan;
	return SJ_OK;
}

static void fused_free(sj__fused *fused)
{
	while (fused != NULL) {
		sj__fused *next = fused->next;
		sj__memory_free(fused->args);
		sj__memory_free(fused);
		fused = next;
	}
}

void sj__plan_destroy(sj__plan *plan)
{
	if (plan == NULL)
		return;
	sj__special_free(plan->special);
	sj__program_free(plan->program);
	sj__memory_free(plan->straight);
	for (int i = 0; i < plan->n_slots && plan->initial != NULL; i++)
		sj__drop(plan->initial[i]);
	sj__memory_free(plan->initial);
	sj__memory_free(plan->steps);
	sj__memory_free(plan->slots);
	sj__memory_free(plan->positions);
	sj__memory_free(plan->fetch_slots);
	fused_free(plan->fused);
	sj__memory_free(plan->changed);
	sj__memory_free((void *)plan->key.feeds);
	sj_graph_free(plan->graph);
	sj__memory_free(plan);
}

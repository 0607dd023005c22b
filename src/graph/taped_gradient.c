/* The gradient of a function under a tape as a plan: its nodes, written down for the shapes, are offered to a tape, and what that leaves becomes the plan backward. */
#include "gradient/log.h"
#include "graph/taped_parts.h"
#include "sokuji/operations.h"
#include "sokuji/scope.h"
#include "sokuji/tape.h"

enum { SAVED_MOST = 1 << 20 };

/* ---- the gradient, written down ---- */

/* A use of a followed tensor: in the new graph, as the input of a node. */
typedef struct use {
	const sj_node *node;
	int input;
	int32_t slot;
	sj_tensor *alias; /* what stands for it where the gradient is found */
} use;

typedef struct writing_back {
	sj__writing w;
	const sj_concrete_function *f;
	sj__taped_entry *e;
	int n_forward;       /* nodes of the graph before the gradient's */
	int32_t *slots;      /* by such a node: the slot of its first output; -1: none */
	const bool *follows; /* by slot */
	use *uses;           /* in the order of a walk back */
	int n_uses, capacity;
	sj_tensor **dys, **gradients; /* by output, by use */
} writing_back;

static void slots_find(writing_back *b)
{
	const sj__plan *plan = b->f->plan;
	for (int i = 0; i < b->n_forward; i++)
		b->slots[i] = -1;
	for (int i = plan->n_slots - 1; i >= 0; i--)
		if (b->w.now[i] != NULL && sj__output_number(b->w.now[i]) == 0)
			b->slots[b->w.now[i]->node->index] = i;
}

static int32_t slot_of(const writing_back *b, const sj_tensor *t)
{
	int32_t first = b->slots[t->node->index];
	return first < 0 ? -1 : first + sj__output_number(t);
}

static bool is_recorded(const sj_node *node)
{
	return node->kind == SJ__NODE_OP && !(node->op->flags & SJ__OP_NOT_DIFFERENTIABLE);
}

/* Last node first, and each node's inputs from the first on. */
static sj_status uses_find(writing_back *b)
{
	sj_status status = SJ_OK;
	for (int i = b->n_forward - 1; i >= 0; i--) {
		const sj_node *node = b->w.graph->nodes[i];
		for (int j = 0; j < node->n_inputs && is_recorded(node) && status == SJ_OK; j++) {
			int32_t slot = node->inputs[j] ? slot_of(b, node->inputs[j]) : -1;
			if (slot < 0 || !b->follows[slot])
				continue;
			status = sj__grow(&b->uses, b->n_uses, &b->capacity, sizeof(*b->uses));
			if (status == SJ_OK)
				b->uses[b->n_uses++] = (use){.node = node, .input = j, .slot = slot};
		}
	}
	return status;
}

/* In the open graph. A tensor used once stands for itself. */
static sj_status aliases_make(writing_back *b)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < b->n_uses && status == SJ_OK; i++) {
		bool is_again = false;
		for (int j = 0; j < i; j++)
			is_again |= b->uses[j].slot == b->uses[i].slot;
		b->uses[i].alias = b->w.now[b->uses[i].slot];
		if (is_again)
			b->uses[i].alias = sj_identity(b->uses[i].alias);
		status = sj_error_code();
	}
	return status;
}

/* What is known while it is written is a constant of the gradient's, whose plan does not compute it. */
static sj_status known_take(sj_graph *graph, const sj_tensor *t, sj_tensor **ret_constant)
{
	sj_tensor *copy;
	sj_status status = sj__tensor_make("constant", (sj_dtype)t->dtype, t->shape.rank, sj__dims(t), &copy);
	if (status != SJ_OK)
		return status;
	sj__elements_copy((sj_dtype)t->dtype, copy->data, t->data, t->shape.size);
	status = sj__graph_take(graph, copy, ret_constant);
	sj__drop(copy);
	return status;
}

/* The inputs as the gradient is to see them; *next_use counts down, as the nodes go up. */
static sj_status inputs_substitute(writing_back *b, const sj_node *node, int *next_use, sj_tensor **inputs)
{
	sj_status status = SJ_OK;
	int first = *next_use;
	for (int j = 0; j < node->n_inputs && status == SJ_OK; j++) {
		inputs[j] = node->inputs[j];
		if (inputs[j] != NULL && inputs[j]->data != NULL)
			status = known_take(b->w.graph, inputs[j], &inputs[j]);
	}
	while (first >= 0 && b->uses[first].node == node) {
		inputs[b->uses[first].input] = b->uses[first].alias;
		first--;
	}
	*next_use = first;
	return status;
}

static sj_status node_offer(const sj_node *node, sj_tensor **inputs)
{
	bool tracked = false;
	for (int j = 0; j < node->n_inputs; j++)
		tracked |= inputs[j] != NULL && inputs[j]->tape_epoch == sj__local_state.tape_epoch;
	sj__call call = {.op = node->op,
	                 .args = node->args,
	                 .n_inputs = node->n_inputs,
	                 .n_outputs = node->n_outputs,
	                 .inputs = inputs,
	                 .outputs = node->outputs};
	return tracked ? sj__tape.record(&call) : SJ_OK;
}

static sj_status nodes_offer(writing_back *b)
{
	sj_status status = SJ_OK;
	int next_use = b->n_uses - 1;
	for (int i = 0; i < b->n_forward && status == SJ_OK; i++) {
		const sj_node *node = b->w.graph->nodes[i];
		if (!is_recorded(node))
			continue;
		sj_tensor **inputs = sj__memory_new(sizeof(*inputs) * ((size_t)node->n_inputs + 1));
		if (inputs == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		status = inputs_substitute(b, node, &next_use, inputs);
		if (status == SJ_OK)
			status = node_offer(node, inputs);
		sj__memory_free(inputs);
	}
	return status;
}

/* The gradients by the uses that are needed, of the outputs whose gradients come. */
static sj_status gradients_write(writing_back *b, const bool *has_dy, const bool *needs)
{
	const sj__taped_entry *e = b->e;
	sj_tensor **ys = sj__memory_new(sizeof(*ys) * 3 * (size_t)(e->n_ys + b->n_uses + 1));
	if (ys == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_tensor **weights = ys + e->n_ys, **xs = weights + e->n_ys, **found = xs + b->n_uses;
	int n_ys = 0, n_xs = 0;
	sj_tape *tape = sj_tape_begin();
	sj_status status = tape ? SJ_OK : sj_error_code();
	for (int i = 0; i < b->n_uses && status == SJ_OK; i++)
		if (needs[i]) {
			xs[n_xs++] = b->uses[i].alias;
			status = sj_tape_watch(tape, b->uses[i].alias);
		}
	if (status == SJ_OK)
		status = nodes_offer(b);
	for (int k = 0; k < e->n_ys; k++)
		if (has_dy[k]) {
			ys[n_ys] = b->w.now[b->f->plan->fetch_slots[e->ys[k]]];
			weights[n_ys++] = b->dys[k];
		}
	if (status == SJ_OK)
		status = sj_gradient_of(tape, n_ys, ys, weights, n_xs, xs, found);
	else
		sj_tape_free(tape);
	for (int i = 0, k = 0; i < b->n_uses && status == SJ_OK; i++)
		if (needs[i] && found[k++] != NULL)
			status = found[k - 1]->flags & SJ__FLAG_SLICES
			                 ? SJ_UNIMPLEMENTED
			                 : sj__graph_take(b->w.graph, found[k - 1], &b->gradients[i]);
	sj__memory_free(ys);
	return status;
}

/* What waits for the day's shapes or draws numbers is no plan of kernels. */
static bool gradient_is_plain(const writing_back *b)
{
	bool is_plain = true;
	for (int i = b->n_forward; i < b->w.graph->n_nodes; i++) {
		const sj_node *node = b->w.graph->nodes[i];
		is_plain &= node->kind != SJ__NODE_CALLABLE && node->kind != SJ__NODE_READ &&
		            !(node->kind == SJ__NODE_OP && node->op->flags & SJ__OP_STATEFUL);
	}
	return is_plain;
}

static void need_mark(const writing_back *b, const sj_tensor *t, bool *needed, bool *is_saved)
{
	const sj_node *node = t->node;
	if (node->index >= b->n_forward)
		needed[node->index - b->n_forward] = true;
	else if (node->kind != SJ__NODE_CONSTANT)
		is_saved[slot_of(b, t)] = true;
}

/* The values of the function's plan that the gradient reads. */
static sj_status saved_find(writing_back *b, bool *is_saved)
{
	int n = b->w.graph->n_nodes;
	bool *needed = sj__memory_new_zeroed((size_t)(n - b->n_forward) + 1);
	if (needed == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < b->n_uses; i++)
		if (b->gradients[i] != NULL)
			need_mark(b, b->gradients[i], needed, is_saved);
	for (int i = n - 1; i >= b->n_forward; i--)
		for (int j = 0; needed[i - b->n_forward] && j < b->w.graph->nodes[i]->n_inputs; j++)
			if (b->w.graph->nodes[i]->inputs[j] != NULL)
				need_mark(b, b->w.graph->nodes[i]->inputs[j], needed, is_saved);
	sj__memory_free(needed);
	return SJ_OK;
}

/* Its errors name the node of the function's last output. */
static void blame(sj__plan *plan, sj_node *node)
{
	for (int s = 0; s < plan->n_steps; s++)
		plan->steps[s].blamed = node;
}

/* Fed are the saved values and the gradients of the outputs. */
static sj_status backward_plan(writing_back *b, const bool *has_dy, sj__taped_backward *ret)
{
	const sj__taped_entry *e = b->e;
	sj_tensor **feeds = sj__memory_new(sizeof(*feeds) * (size_t)(e->n_saved + e->n_ys + b->n_uses + 1));
	if (feeds == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_tensor **fetches = feeds + e->n_saved + e->n_ys;
	sj__plan_key key = {.feeds = feeds, .fetches = fetches};
	for (int i = 0; i < e->n_saved; i++)
		feeds[key.n_feeds++] = b->w.now[e->saved[i]];
	for (int k = 0; k < e->n_ys; k++)
		if (has_dy[k])
			feeds[key.n_feeds++] = b->dys[k];
	for (int i = 0; i < b->n_uses; i++) {
		ret->fetch_of[i] = b->gradients[i] ? key.n_fetches : -1;
		if (b->gradients[i] != NULL)
			fetches[key.n_fetches++] = b->gradients[i];
	}
	sj_status status = sj__plan_make(b->w.graph, &key, NULL, &ret->plan);
	if (status == SJ_OK)
		blame(ret->plan, b->f->plan->key.fetches[e->ys[e->n_ys - 1]]->node);
	sj__memory_free(feeds);
	return status;
}

/* ---- an entry ---- */

static sj_status saved_set(writing_back *b, const bool *is_saved)
{
	const sj__plan *plan = b->f->plan;
	sj__taped_entry *e = b->e;
	int64_t n_bytes = 0;
	int n = 0;
	for (int i = 0; i < plan->n_slots; i++)
		n += is_saved[i];
	e->saved = sj__memory_new(sizeof(int32_t) * (size_t)(n + b->n_uses + e->n_ys + 1));
	if (e->saved == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	e->ports = e->saved + n;
	for (int i = 0; i < plan->n_slots; i++) {
		if (!is_saved[i])
			continue;
		e->saved[e->n_saved++] = i;
		if (b->w.now[i]->node->kind == SJ__NODE_OP)
			n_bytes += b->w.now[i]->shape.size * (int64_t)sj__dtype_size(b->w.now[i]->dtype);
	}
	e->n_ports = b->n_uses;
	for (int i = 0; i < b->n_uses; i++)
		e->ports[i] = b->uses[i].slot;
	return n_bytes <= SAVED_MOST ? SJ_OK : SJ_UNIMPLEMENTED;
}

sj_tensor *sj__taped_slot_tensor(const sj__plan *plan, int32_t slot)
{
	sj_tensor *t = slot < plan->key.n_feeds ? plan->key.feeds[slot] : NULL;
	for (int s = 0; t == NULL && s < plan->n_steps; s++) {
		const sj__step *step = &plan->steps[s];
		int32_t first = plan->slots[step->ports + step->n_inputs];
		if (step->n_outputs > 0 && slot >= first && slot < first + step->n_outputs)
			t = step->node->outputs[slot - first];
	}
	return t;
}

/* The function's plan with what is saved as further results. */
static sj_status forward_make(writing_back *b)
{
	const sj__plan *plan = b->f->plan;
	sj__taped_entry *e = b->e;
	int n = plan->key.n_fetches;
	sj_tensor **fetches = sj__memory_new(sizeof(*fetches) * (size_t)(n + e->n_saved + 1));
	if (fetches == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < n; i++)
		fetches[i] = plan->key.fetches[i];
	for (int i = 0; i < e->n_saved; i++)
		fetches[n + i] = sj__taped_slot_tensor(plan, e->saved[i]);
	sj__plan_key key = {plan->key.n_feeds, n + e->n_saved, 0, plan->key.feeds, fetches, NULL};
	sj_status status = sj__plan_make(plan->graph, &key, NULL, &e->forward);
	sj__memory_free(fetches);
	return status;
}

static sj_status dys_make(writing_back *b)
{
	sj_status status = SJ_OK;
	for (int k = 0; k < b->e->n_ys && status == SJ_OK; k++) {
		const sj_tensor *y = b->w.now[b->f->plan->fetch_slots[b->e->ys[k]]];
		b->dys[k] = sj_placeholder(b->w.graph, (sj_dtype)y->dtype, (sj_ints){y->shape.rank, sj__dims(y)}, NULL);
		status = sj_error_code();
	}
	return status;
}

static sj_status gradient_write(writing_back *b, const bool *has_dy, const bool *needs)
{
	sj_status status = sj_graph_begin(b->w.graph);
	if (status != SJ_OK)
		return status;
	status = aliases_make(b);
	if (status == SJ_OK)
		status = dys_make(b);
	if (status == SJ_OK)
		status = gradients_write(b, has_dy, needs);
	sj_graph_end();
	return status == SJ_OK && !gradient_is_plain(b) ? SJ_UNIMPLEMENTED : status;
}

static sj__taped_backward *backward_new(int n_ys, int n_uses)
{
	sj__taped_backward *b = sj__memory_new_zeroed(sizeof(*b));
	size_t n = (size_t)n_uses + 1;
	if (b == NULL)
		return NULL;
	b->has_dy = sj__memory_new((size_t)n_ys + n);
	b->fetch_of = sj__memory_new(sizeof(int) * n);
	b->needs = b->has_dy + n_ys;
	if (b->has_dy != NULL && b->fetch_of != NULL)
		return b;
	sj__taped_backward_free(b);
	return NULL;
}

/* has_dy, needs NULL: the entry's first, for all of them, with which it becomes known what is saved. */
static sj_status backward_fill(writing_back *b, const bool *has_dy, const bool *needs, sj__taped_backward **ret)
{
	sj__taped_entry *e = b->e;
	sj_status status = uses_find(b);
	if (status != SJ_OK)
		return status;
	sj__taped_backward *made = *ret = backward_new(e->n_ys, b->n_uses);
	b->gradients = sj__memory_new_zeroed(sizeof(*b->gradients) * (size_t)(b->n_uses + 1));
	if (made == NULL || b->gradients == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int k = 0; k < e->n_ys; k++)
		made->has_dy[k] = has_dy == NULL || has_dy[k];
	for (int i = 0; i < b->n_uses; i++)
		made->needs[i] = needs == NULL || needs[i];
	status = gradient_write(b, made->has_dy, made->needs);
	if (status == SJ_OK && needs == NULL) {
		bool *is_saved = sj__memory_new_zeroed((size_t)b->f->plan->n_slots + 1);
		status = is_saved ? saved_find(b, is_saved) : SJ_RESOURCE_EXHAUSTED;
		if (status == SJ_OK)
			status = saved_set(b, is_saved);
		if (status == SJ_OK)
			status = forward_make(b);
		sj__memory_free(is_saved);
	}
	return status == SJ_OK ? backward_plan(b, made->has_dy, made) : status;
}

sj_status sj__taped_backward_make(const sj_concrete_function *f, sj__taped_entry *e, const bool *follows,
                                  sj_tensor *const *values, const bool *has_dy, const bool *needs,
                                  sj__taped_backward **ret)
{
	writing_back b = {.f = f, .e = e, .follows = follows};
	sj__error_frame frame;
	*ret = NULL;
	sj__error_frame_begin(&frame);
	sj_scope scope = sj_scope_begin();
	sj_status status = sj__writing_make(&b.w, f->plan, values);
	if (status == SJ_OK) {
		b.n_forward = b.w.graph->n_nodes;
		b.dys = sj__memory_new_zeroed(sizeof(*b.dys) * (size_t)(e->n_ys + 1));
		b.slots = sj__memory_new(sizeof(*b.slots) * (size_t)(b.n_forward + 1));
		status = b.dys && b.slots ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	}
	if (status == SJ_OK) {
		slots_find(&b);
		status = backward_fill(&b, has_dy, needs, ret);
	}
	sj_scope_end(scope);
	sj__writing_end(&b.w);
	sj__memory_free(b.dys);
	sj__memory_free(b.slots);
	sj__memory_free(b.gradients);
	sj__memory_free(b.uses);
	if (status != SJ_OK && *ret != NULL) {
		sj__taped_backward_free(*ret);
		*ret = NULL;
	}
	sj__error_frame_end(&frame);
	return status;
}

sj_status sj__taped_ys_find(const sj_concrete_function *f, sj__taped_entry *e, const bool *follows)
{
	const sj__plan *plan = f->plan;
	bool *depends = sj__memory_new_zeroed((size_t)plan->n_slots + 1);
	e->ys = sj__memory_new(sizeof(int32_t) * (size_t)(f->n_outputs + 1));
	if (depends == NULL || e->ys == NULL) {
		sj__memory_free(depends);
		return SJ_RESOURCE_EXHAUSTED;
	}
	for (int s = 0; s < plan->n_steps; s++) {
		const sj__step *step = &plan->steps[s];
		const int32_t *slots = plan->slots + step->ports;
		bool any = false;
		for (int i = 0; i < step->n_inputs && is_recorded(step->node); i++)
			any |= slots[i] >= 0 && (follows[slots[i]] || depends[slots[i]]);
		for (int k = 0; k < step->n_outputs; k++)
			depends[slots[step->n_inputs + k]] = any && sj__taped_is_floating(step->node->outputs[k]);
	}
	for (int k = 0; k < f->n_outputs; k++)
		if (depends[plan->fetch_slots[k]]) {
			e->ys[e->n_ys++] = k;
			depends[plan->fetch_slots[k]] = false;
		}
	sj__memory_free(depends);
	return SJ_OK;
}

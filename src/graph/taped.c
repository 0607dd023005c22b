/*
 * Functions of small tensors called while a tape records: one optimised plan forward, one record on the tape, and one plan backward, in place of a record and a rule for
 * each operation. The bits stay eager's: each use of an input is an input of the record, so that what flows back is added up in the order of an eager walk. What
 * this is not sound or not worth it for (see docs/graphs.md) is left to the plan as it is.
 */
#include "graph/taped.h"

#include "base/memory.h"
#include "base/threads.h"
#include "gradient/log.h"
#include "graph/program.h"
#include "sokuji/operations.h"
#include "sokuji/scope.h"
#include "sokuji/tape.h"
#include "tensor/variable.h"

enum { ENTRIES_MOST = 8, VARIANTS_MOST = 8, TIMES_BEFORE = 2, SAVED_MOST = 1 << 20 };

/* ---- what is kept ---- */

/* The plan backward for some of the outputs' gradients and some of the inputs'. */
typedef struct backward {
	struct backward *next;
	sj__plan *plan;
	bool *has_dy, *needs; /* by output, by port */
	int *fetch_of;        /* by port: which of the plan's results; -1: none */
	bool is_kept;         /* among the entry's, else its caller's */
} backward;

/* For the shapes of the inputs and which of them are followed. */
typedef struct entry {
	struct entry *next;
	int32_t refs;
	int n_times;
	int64_t *numbers; /* what it is for */
	sj__plan *forward;
	int n_saved, n_ports, n_ys;
	int32_t *
		saved; /* slots of the function's plan whose values the gradient reads: the last results of `forward` */
	int32_t *ports; /* a slot that is followed for each of its uses: the last operation's first */
	int32_t *ys;    /* which of the function's outputs are the record's */
	backward *backwards;
} entry;

struct sj__taped {
	sj__lock *lock;
	bool is_good;
	int n_reads;
	int32_t *reads; /* the steps that read variables */
	entry *entries; /* the one used last first */
};

static void backward_free(backward *b)
{
	sj__plan_destroy(b->plan);
	sj__memory_free(b->has_dy);
	sj__memory_free(b->fetch_of);
	sj__memory_free(b);
}

static void entry_free(entry *e)
{
	if (e == NULL || __atomic_sub_fetch(&e->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	for (backward *b = e->backwards, *next; b != NULL; b = next) {
		next = b->next;
		backward_free(b);
	}
	sj__plan_destroy(e->forward);
	sj__memory_free(e->saved);
	sj__memory_free(e->ys);
	sj__memory_free(e->numbers);
	sj__memory_free(e);
}

void sj__taped_free(struct sj__taped *t)
{
	if (t == NULL)
		return;
	for (entry *e = t->entries, *next; e != NULL; e = next) {
		next = e->next;
		entry_free(e);
	}
	sj__lock_delete(t->lock);
	sj__memory_free(t->reads);
	sj__memory_free(t);
}

/* ---- which functions ---- */

static bool step_is_good(const sj__step *step)
{
	if (step->node->kind == SJ__NODE_READ)
		return step->node->value->variable->place == 0 && !step->node->value->variable->is_loose;
	return step->node->kind == SJ__NODE_OP && !(step->op->flags & (SJ__OP_STATEFUL | SJ__OP_ALLOCATES));
}

static struct sj__taped *taped_new(const sj__plan *plan)
{
	struct sj__taped *t = sj__memory_new_zeroed(sizeof(*t));
	if (t == NULL || (t->lock = sj__lock_new()) == NULL ||
	    (t->reads = sj__memory_new(sizeof(*t->reads) * ((size_t)plan->n_steps + 1))) == NULL) {
		sj__taped_free(t);
		return NULL;
	}
	t->is_good = true;
	for (int s = 0; s < plan->n_steps && t->is_good; s++) {
		t->is_good = step_is_good(&plan->steps[s]);
		if (plan->steps[s].node->kind == SJ__NODE_READ)
			t->reads[t->n_reads++] = s;
	}
	return t;
}

static struct sj__taped *taped_of(sj_concrete_function *f)
{
	struct sj__taped *t = __atomic_load_n(&f->taped, __ATOMIC_ACQUIRE), *none = NULL;
	if (SJ_LIKELY(t != NULL))
		return t;
	t = taped_new(f->plan);
	if (t != NULL && !__atomic_compare_exchange_n(&f->taped, &none, t, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		sj__taped_free(t);
		t = none;
	}
	return t;
}

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
	entry *e;
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
	const entry *e = b->e;
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
static sj_status backward_plan(writing_back *b, const bool *has_dy, backward *ret)
{
	const entry *e = b->e;
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
	entry *e = b->e;
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

/* The user's tensor that is in a slot which some step fills. */
static sj_tensor *slot_tensor(const sj__plan *plan, int32_t slot)
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
	entry *e = b->e;
	int n = plan->key.n_fetches;
	sj_tensor **fetches = sj__memory_new(sizeof(*fetches) * (size_t)(n + e->n_saved + 1));
	if (fetches == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < n; i++)
		fetches[i] = plan->key.fetches[i];
	for (int i = 0; i < e->n_saved; i++)
		fetches[n + i] = slot_tensor(plan, e->saved[i]);
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

static backward *backward_new(int n_ys, int n_uses)
{
	backward *b = sj__memory_new_zeroed(sizeof(*b));
	size_t n = (size_t)n_uses + 1;
	if (b == NULL)
		return NULL;
	b->has_dy = sj__memory_new((size_t)n_ys + n);
	b->fetch_of = sj__memory_new(sizeof(int) * n);
	b->needs = b->has_dy + n_ys;
	if (b->has_dy != NULL && b->fetch_of != NULL)
		return b;
	backward_free(b);
	return NULL;
}

/* has_dy, needs NULL: the entry's first, for all of them, with which it becomes known what is saved. */
static sj_status backward_fill(writing_back *b, const bool *has_dy, const bool *needs, backward **ret)
{
	entry *e = b->e;
	sj_status status = uses_find(b);
	if (status != SJ_OK)
		return status;
	backward *made = *ret = backward_new(e->n_ys, b->n_uses);
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

/* values: the inputs, of which nothing but dtypes and shapes counts. */
static sj_status backward_make(const sj_concrete_function *f, entry *e, const bool *follows, sj_tensor *const *values,
                               const bool *has_dy, const bool *needs, backward **ret)
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
		backward_free(*ret);
		*ret = NULL;
	}
	sj__error_frame_end(&frame);
	return status;
}

static bool is_floating(const sj_tensor *t) { return t->dtype == SJ_FLOAT32 || t->dtype == SJ_FLOAT64; }

/* The outputs that depend on what is followed, each once; an input or a variable's value that is handed on stands for itself. */
static sj_status ys_find(const sj_concrete_function *f, entry *e, const bool *follows)
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
			depends[slots[step->n_inputs + k]] = any && is_floating(step->node->outputs[k]);
	}
	for (int k = 0; k < f->n_outputs; k++)
		if (depends[plan->fetch_slots[k]]) {
			e->ys[e->n_ys++] = k;
			depends[plan->fetch_slots[k]] = false;
		}
	sj__memory_free(depends);
	return SJ_OK;
}

/* ---- which entry ---- */

/* By slot: inputs that a tape may follow, and variables. Whether there are any. */
static bool follows_find(const sj_concrete_function *f, const struct sj__taped *t, sj_tensor *const *feeds,
                         bool *follows)
{
	const sj__plan *plan = f->plan;
	const sj__log *log = sj__local_state.log;
	bool any = false;
	memset(follows, 0, (size_t)plan->n_slots);
	for (int i = 0; i < plan->key.n_feeds; i++)
		any |= follows[i] = sj__slot_of(log, feeds[i]) != 0;
	for (int r = 0; r < t->n_reads; r++) {
		const sj__step *step = &plan->steps[t->reads[r]];
		const sj_tensor *variable = step->node->value;
		any |= follows[plan->slots[step->ports]] = is_floating(variable) && (variable->variable->trainable ||
		                                                                     sj__slot_of(log, variable) != 0);
	}
	return any;
}

/* A number of the key after the other: written, or compared with what is there. */
typedef struct key_walk {
	int64_t *numbers;
	bool is_same, compares;
} key_walk;

static void key_number(key_walk *w, int64_t number)
{
	if (!w->compares)
		*w->numbers = number;
	w->is_same &= *w->numbers++ == number;
}

static bool key_walks(key_walk w, const sj_concrete_function *f, const struct sj__taped *t, sj_tensor *const *feeds,
                      const bool *follows)
{
	const sj__plan *plan = f->plan;
	for (int i = 0; i < plan->key.n_feeds && w.is_same; i++) {
		key_number(&w, feeds[i]->shape.rank * 2 + follows[i]);
		for (int a = 0; a < feeds[i]->shape.rank && w.is_same; a++)
			key_number(&w, sj__dims(feeds[i])[a]);
	}
	for (int r = 0; r < t->n_reads && w.is_same; r++)
		key_number(&w, follows[plan->slots[plan->steps[t->reads[r]].ports]]);
	return w.is_same;
}

static entry *entry_new(const sj_concrete_function *f, const struct sj__taped *t, sj_tensor *const *feeds,
                        const bool *follows)
{
	size_t n = (size_t)t->n_reads + 1;
	for (int i = 0; i < f->plan->key.n_feeds; i++)
		n += (size_t)feeds[i]->shape.rank + 1;
	entry *e = sj__memory_new_zeroed(sizeof(*e));
	if (e == NULL)
		return NULL;
	e->refs = 1;
	e->numbers = sj__memory_new(sizeof(int64_t) * n);
	if (e->numbers == NULL) {
		entry_free(e);
		return NULL;
	}
	key_walks((key_walk){e->numbers, true, false}, f, t, feeds, follows);
	return e;
}

/* Within the lock. The one used longest ago makes room. */
static entry *entry_find(const sj_concrete_function *f, struct sj__taped *t, sj_tensor *const *feeds,
                         const bool *follows)
{
	int n = 0;
	entry **link = &t->entries, *e;
	while (*link != NULL && !key_walks((key_walk){(*link)->numbers, true, true}, f, t, feeds, follows)) {
		if (++n == ENTRIES_MOST) {
			entry_free(*link);
			*link = NULL;
			break;
		}
		link = &(*link)->next;
	}
	e = *link;
	if (e != NULL)
		*link = e->next;
	else if ((e = entry_new(f, t, feeds, follows)) == NULL)
		return NULL;
	e->next = t->entries;
	t->entries = e;
	if (e->n_times < TIMES_BEFORE && ++e->n_times == TIMES_BEFORE && ys_find(f, e, follows) == SJ_OK &&
	    e->n_ys > 0) {
		backward_make(f, e, follows, feeds, NULL, NULL, &e->backwards);
		if (e->backwards != NULL)
			e->backwards->is_kept = true;
	}
	return e;
}

/* The entry to run with, kept; NULL: the plan as it is. */
static entry *entry_begin(const sj_concrete_function *f, struct sj__taped *t, sj_tensor *const *feeds,
                          const bool *follows)
{
	sj__lock_enter(t->lock);
	entry *e = entry_find(f, t, feeds, follows);
	if (e != NULL && e->backwards == NULL)
		e = NULL;
	if (e != NULL)
		__atomic_fetch_add(&e->refs, 1, __ATOMIC_RELAXED);
	sj__lock_leave(t->lock);
	return e;
}

/* ---- a call ---- */

/* What the record on the tape holds. */
typedef struct call {
	sj_concrete_function *f;
	entry *e;
	sj_tensor *saved[];
} call;

static void call_release(void *context)
{
	call *c = context;
	for (int i = 0; i < c->e->n_saved; i++)
		sj__drop(c->saved[i]);
	entry_free(c->e);
	sj_concrete_function_free(c->f);
	sj__memory_free(c);
}

static bool is_for(const backward *b, const entry *e, const bool *has_dy, const bool *needs)
{
	return memcmp(b->has_dy, has_dy, (size_t)e->n_ys) == 0 && memcmp(b->needs, needs, (size_t)e->n_ports) == 0;
}

/* Within the lock. */
static sj_status backward_find(const call *c, const bool *has_dy, const bool *needs, backward **ret)
{
	const sj__plan *plan = c->f->plan;
	int n = 0;
	for (backward *b = c->e->backwards; b != NULL; b = b->next, n++)
		if (is_for(b, c->e, has_dy, needs)) {
			*ret = b;
			return SJ_OK;
		}
	bool *follows = sj__memory_new_zeroed((size_t)plan->n_slots + 1);
	if (follows == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < c->e->n_ports; i++)
		follows[c->e->ports[i]] = true;
	/* The first plan's graph begins with placeholders of these shapes. */
	sj_tensor **likes = sj__memory_new(sizeof(*likes) * ((size_t)plan->key.n_feeds + 1));
	for (int i = 0; likes != NULL && i < plan->key.n_feeds; i++)
		likes[i] = c->e->backwards->plan->graph->nodes[i]->outputs[0];
	sj_status status = likes ? backward_make(c->f, c->e, follows, likes, has_dy, needs, ret)
	                         : SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK && n < VARIANTS_MOST) {
		(*ret)->is_kept = true;
		(*ret)->next = c->e->backwards->next;
		c->e->backwards->next = *ret;
	}
	sj__memory_free(likes);
	sj__memory_free(follows);
	return status;
}

static sj_status backward_run(const call *c, const backward *b, sj_tensor *const *dy, sj_tensor **feeds,
                              sj_tensor **ret_dx)
{
	const entry *e = c->e;
	int n_feeds = e->n_saved, n = b->plan->key.n_fetches;
	for (int i = 0; i < e->n_saved; i++)
		feeds[i] = c->saved[i];
	for (int k = 0; k < e->n_ys; k++)
		if (dy[k] != NULL)
			feeds[n_feeds++] = dy[k];
	sj_tensor **results = feeds + n_feeds;
	sj_status status = sj__plan_run(b->plan, feeds, results);
	for (int i = 0; i < n && status == SJ_OK; i++)
		sj_scope_own(results[i]);
	for (int i = 0; i < e->n_ports && status == SJ_OK; i++)
		ret_dx[i] = b->fetch_of[i] >= 0 ? results[b->fetch_of[i]] : NULL;
	return status;
}

static void call_gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, const bool *needs,
                          sj_tensor **ret_dx)
{
	const call *c = context;
	backward *b = NULL;
	size_t n = (size_t)(c->e->n_saved + n_outputs + n_inputs + 1);
	sj_tensor **feeds = sj__memory_new(sizeof(*feeds) * n + (size_t)n_outputs);
	bool *has_dy = (bool *)(feeds + n);
	sj_status status = feeds ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK) {
		for (int k = 0; k < n_outputs; k++)
			has_dy[k] = dy[k] != NULL;
		sj__lock_enter(c->f->taped->lock);
		status = backward_find(c, has_dy, needs, &b);
		sj__lock_leave(c->f->taped->lock);
	}
	if (status == SJ_OK)
		status = backward_run(c, b, dy, feeds, ret_dx);
	if (b != NULL && !b->is_kept)
		backward_free(b);
	sj__memory_free(feeds);
	if (status != SJ_OK)
		sj__error_stick(status);
}

/* Two outputs that the plan found to be one are told apart. */
static sj_status outputs_separate(const entry *e, sj_tensor **outputs)
{
	sj_status status = SJ_OK;
	for (int k = 1; k < e->n_ys && status == SJ_OK; k++) {
		sj_tensor **y = &outputs[e->ys[k]], *view;
		bool is_again = false;
		for (int j = 0; j < k; j++)
			is_again |= outputs[e->ys[j]] == *y;
		if (!is_again)
			continue;
		status = sj__tensor_view(*y, (*y)->shape.rank, sj__dims(*y), 0, &view);
		if (status != SJ_OK)
			break;
		sj__drop(*y);
		*y = view;
	}
	return status;
}

static sj_status call_record(call *c, sj_tensor *const *feeds, sj_tensor *const *outputs)
{
	const sj__plan *plan = c->f->plan;
	const entry *e = c->e;
	sj_tensor **ports = sj__memory_new(sizeof(*ports) * (size_t)(e->n_ports + e->n_ys + 1)),
		  **ys = ports + e->n_ports;
	if (ports == NULL) {
		call_release(c);
		return SJ_RESOURCE_EXHAUSTED;
	}
	for (int i = 0; i < e->n_ports; i++)
		ports[i] = e->ports[i] < plan->key.n_feeds ? feeds[e->ports[i]]
		                                           : slot_tensor(plan, e->ports[i])->node->value;
	for (int k = 0; k < e->n_ys; k++)
		ys[k] = outputs[e->ys[k]];
	sj_status status = sj__tape.record_call(e->n_ports, ports, e->n_ys, ys, call_gradient, c, call_release);
	sj__memory_free(ports);
	return status;
}

static sj_status unrecorded_run(sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values)
{
	sj__local *thread = &sj__local_state;
	int32_t recording = thread->recording;
	thread->recording = 0;
	sj_status status = sj__plan_run(plan, feeds, ret_values);
	thread->recording = recording;
	return status;
}

/* Takes over the reference to the entry. */
static sj_status entry_run(sj_concrete_function *f, entry *e, sj_tensor *const *feeds, sj_tensor **ret_outputs)
{
	int n = f->n_outputs;
	call *c = sj__memory_new_zeroed(sizeof(*c) + sizeof(sj_tensor *) * (size_t)(e->n_saved + 1));
	sj_tensor **values = sj__memory_new(sizeof(*values) * (size_t)(n + e->n_saved + 1));
	if (c == NULL || values == NULL) {
		sj__memory_free(c);
		sj__memory_free(values);
		entry_free(e);
		return SJ_RESOURCE_EXHAUSTED;
	}
	c->f = sj_concrete_function_keep(f);
	c->e = e;
	sj_status status = unrecorded_run(e->forward, feeds, values);
	bool is_run = status == SJ_OK;
	for (int i = 0; i < e->n_saved && is_run; i++)
		c->saved[i] = values[n + i];
	if (is_run)
		status = outputs_separate(e, values);
	if (status == SJ_OK)
		status = call_record(c, feeds, values);
	else
		call_release(c);
	for (int i = 0; i < n && is_run; i++)
		if (status == SJ_OK)
			ret_outputs[i] = values[i];
		else
			sj__drop(values[i]);
	sj__memory_free(values);
	return status;
}

bool sj__taped_is_declined(const sj_concrete_function *f)
{
	enum { SHORT = 4 };
	return f->plan->is_short && f->plan->n_ops <= SHORT;
}

sj_status sj__taped_run(sj_concrete_function *f, sj_tensor *const *feeds, sj_tensor **ret_outputs)
{
	enum { SLOTS_FEW = 256 };
	struct sj__taped *t;
	bool follows[SLOTS_FEW];
	unsigned flags = 0;
	if (sj__taped_is_declined(f))
		return sj__plan_run(f->plan, feeds, ret_outputs);
	for (int i = 0; i < f->plan->key.n_feeds; i++)
		flags |= feeds[i]->flags;
	if (f->plan->n_slots > SLOTS_FEW || flags != 0 || !sj__graphs_are_optimised() || !sj__tape.is_simple() ||
	    (t = taped_of(f)) == NULL || !t->is_good)
		return sj__plan_run(f->plan, feeds, ret_outputs);
	if (!follows_find(f, t, feeds, follows))
		return unrecorded_run(f->plan, feeds, ret_outputs);
	entry *e = entry_begin(f, t, feeds, follows);
	return e ? entry_run(f, e, feeds, ret_outputs) : sj__plan_run(f->plan, feeds, ret_outputs);
}

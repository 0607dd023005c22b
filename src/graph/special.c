/*
 * Plans for the shapes that are fed. Where the same shapes are fed a second time, what a plan runs is written down once more, in a graph
 * of its own whose placeholders have those shapes: what was unknown is known there, so gradients that had to wait become ordinary
 * nodes, and the plan made of it can be optimised and made ready (optimise.c, program.c). Errors go on to name the user's nodes.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "graph/program.h"
#include "sokuji/scope.h"
#include "tensor/handle.h"
#include "tensor/local.h"
#include "tensor/variable.h"

/* ---- the graph written down again ---- */

typedef sj__writing writing;

static sj_status origins_note(writing *w, sj_node *origin)
{
	sj_status status = SJ_OK;
	while (w->n_origins < w->graph->n_nodes && status == SJ_OK) {
		status = sj__grow(&w->origins, w->n_origins, &w->origins_capacity, sizeof(*w->origins));
		if (status == SJ_OK)
			w->origins[w->n_origins++] = origin;
	}
	return status;
}

static sj_status feeds_write(writing *w, sj_tensor *const *values)
{
	const sj__plan_key *key = &w->from->key;
	for (int i = 0; i < key->n_feeds; i++) {
		const sj_tensor *v = values[i];
		w->now[i] = sj_placeholder(w->graph, (sj_dtype)v->dtype, (sj_ints){v->shape.rank, sj__dims(v)}, NULL);
		sj_status status = sj_error_code();
		if (status == SJ_OK)
			status = origins_note(w, key->feeds[i]->node);
		if (status != SJ_OK)
			return status;
	}
	return SJ_OK;
}

/* Constants and what is folded become nodes where they are first used. */
sj_status sj__writing_take(writing *w, int32_t slot, sj_tensor **ret_tensor)
{
	sj_status status = SJ_OK;
	*ret_tensor = NULL;
	if (slot < 0)
		return SJ_OK;
	if (w->now[slot] == NULL && w->from->initial[slot] != NULL)
		status = sj__graph_take(w->graph, w->from->initial[slot], &w->now[slot]);
	if (status == SJ_OK && w->now[slot] == NULL)
		return sj__fail(SJ_INTERNAL, "a value is used before it is made");
	*ret_tensor = w->now[slot];
	return status;
}

static void target_add(writing *w) { w->targets[w->n_targets++] = w->graph->nodes[w->graph->n_nodes - 1]; }

/* A graph's variable is read even where nothing but its shape is asked for: its value may have another one by now. */
static sj_status read_write(writing *w, const sj_node *node, sj_tensor **outputs)
{
	sj_status status = sj__variable_read(node->value, outputs);
	if (status == SJ_OK && (node->value->variable->place != 0 || w->is_control[node->index]))
		target_add(w);
	return status;
}

/* Whether it changes a variable to which values of any shape are assigned: shapes are not known before such a run. */
static bool changes_shapes(const sj_callable *callable)
{
	sj_tensor *const *changed;
	int n = callable->type.changes ? callable->type.changes(callable->context, &changed) : 0;
	for (int i = 0; i < n; i++)
		if (changed[i]->variable->is_loose)
			return true;
	return false;
}

static sj_status node_write(writing *w, const sj__step *step, sj_tensor *const *inputs, sj_tensor **outputs)
{
	sj_node *node = step->node;
	if (node->kind == SJ__NODE_READ)
		return read_write(w, node, outputs);
	if (node->kind == SJ__NODE_OP)
		return sj_execute(step->op, step->args, step->n_inputs, inputs, step->n_outputs, outputs);
	if (changes_shapes(node->callable))
		return SJ_UNIMPLEMENTED;
	sj_status status = sj__gradient_run_symbolic(node->callable, inputs, step->n_outputs, outputs);
	if (status == SJ_UNIMPLEMENTED)
		status = sj_call(node->callable, step->n_inputs, inputs, step->n_outputs, outputs);
	if (status == SJ_OK && (node->callable->type.is_stateful || w->is_control[node->index]))
		target_add(w);
	return status;
}

static sj_status step_write(writing *w, const sj__step *step)
{
	const int32_t *slots = w->from->slots + step->ports;
	sj_tensor **inputs = w->ports, **outputs = w->ports + step->n_inputs;
	sj_status status = SJ_OK;
	for (int i = 0; i < step->n_inputs && status == SJ_OK; i++)
		status = sj__writing_take(w, slots[i], &inputs[i]);
	if (status == SJ_OK)
		status = origins_note(w, step->blamed);
	if (status == SJ_OK)
		status = node_write(w, step, inputs, outputs);
	bool is_made = status == SJ_OK;
	for (int k = 0; k < step->n_outputs && is_made; k++) {
		if (status == SJ_OK)
			status = sj__graph_take(w->graph, outputs[k], &w->now[slots[step->n_inputs + k]]);
		sj__drop(outputs[k]); /* the graph has it */
	}
	if (status == SJ_OK && step->node->kind == SJ__NODE_OP && w->is_control[step->node->index])
		target_add(w);
	return status == SJ_OK ? origins_note(w, step->blamed) : status;
}

static sj_status steps_write(writing *w)
{
	const sj__plan *from = w->from;
	sj_status status = sj_graph_begin(w->graph);
	if (status != SJ_OK)
		return status;
	for (int s = 0; s < from->n_steps && status == SJ_OK; s++)
		status = step_write(w, &from->steps[s]);
	sj_graph_end();
	return status;
}

static bool draws(const sj__step *step) { return step->op != NULL && step->op->flags & SJ__OP_STATEFUL; }

/* Random numbers go on where the plan that is run for other shapes stopped. */
static sj_status positions_share(const writing *w, sj__plan *plan)
{
	sj__pointers steps = {0};
	sj_status status = SJ_OK;
	for (int t = 0; t < w->from->n_steps && status == SJ_OK; t++)
		if (draws(&w->from->steps[t]))
			status = sj__pointers_put(&steps, w->from->steps[t].node, t);
	for (int s = 0; s < plan->n_steps && status == SJ_OK; s++) {
		int32_t t = draws(&plan->steps[s]) ? sj__pointers_get(&steps, plan->steps[s].blamed) : -1;
		if (t >= 0)
			plan->steps[s].position = w->from->steps[t].position;
	}
	sj__pointers_release(&steps);
	return status;
}

static void controls_mark(const sj__plan *plan, bool *is_control)
{
	for (int s = 0; s < plan->n_steps; s++) {
		const sj_node *node = plan->steps[s].node;
		for (int i = 0; i < node->n_controls; i++)
			is_control[node->controls[i]->index] = true;
	}
	for (int i = 0; i < plan->graph->n_nodes; i++) { /* groups are no steps */
		const sj_node *node = plan->graph->nodes[i];
		for (int j = 0; node->kind == SJ__NODE_GROUP && j < node->n_controls; j++)
			is_control[node->controls[j]->index] = true;
	}
	for (int i = 0; i < plan->key.n_targets; i++)
		is_control[plan->key.targets[i]->index] = true;
}

static sj_status writing_fill(writing *w, sj_tensor *const *values)
{
	const sj__plan *from = w->from;
	size_t n_ports = 1, n_slots = (size_t)from->n_slots + 1;
	for (int s = 0; s < from->n_steps; s++)
		if ((size_t)(from->steps[s].n_inputs + from->steps[s].n_outputs) > n_ports)
			n_ports = (size_t)(from->steps[s].n_inputs + from->steps[s].n_outputs);
	size_t n = n_slots + (size_t)from->n_steps + n_ports + (size_t)from->key.n_fetches;
	w->now = sj__memory_new_zeroed(sizeof(*w->now) * n + (size_t)from->graph->n_nodes);
	if (w->graph == NULL || w->now == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	w->targets = (sj_node **)(w->now + n_slots);
	w->ports = w->now + n_slots + from->n_steps;
	w->fetches = w->ports + n_ports;
	w->is_control = (bool *)(w->now + n);
	controls_mark(from, w->is_control);
	sj_status status = feeds_write(w, values);
	return status == SJ_OK ? steps_write(w) : status;
}

sj_status sj__writing_make(writing *w, const sj__plan *from, sj_tensor *const *values)
{
	*w = (writing){.from = from, .graph = sj_graph_new()};
	return writing_fill(w, values);
}

void sj__writing_end(writing *w)
{
	sj__memory_free(w->now);
	sj__memory_free(w->origins);
	sj_graph_free(w->graph); /* a plan of it has a reference */
}

static sj_status plan_of(writing *w, sj__plan **ret_plan)
{
	const sj__plan_key *old = &w->from->key;
	sj_status status = SJ_OK;
	for (int i = 0; i < old->n_fetches && status == SJ_OK; i++)
		status = sj__writing_take(w, w->from->fetch_slots[i], &w->fetches[i]);
	if (status == SJ_OK)
		status = origins_note(w, NULL);
	if (status != SJ_OK)
		return status;
	sj__plan_key key = {old->n_feeds, old->n_fetches, w->n_targets, w->now, w->fetches, w->targets};
	status = sj__plan_make(w->graph, &key, w->origins, ret_plan);
	return status == SJ_OK ? positions_share(w, *ret_plan) : status;
}

static sj_status special_make(const sj__plan *from, sj_tensor *const *values, sj__plan **ret_plan)
{
	writing w;
	sj_scope scope = sj_scope_begin();
	sj_status status = sj__writing_make(&w, from, values);
	if (status == SJ_OK)
		status = plan_of(&w, ret_plan);
	sj_scope_end(scope);
	sj__writing_end(&w);
	return status;
}

/* ---- which shapes ---- */

enum { SPECIALS_MOST = 8 };

typedef struct shapes {
	uint64_t used;    /* when it was last run; 0: never */
	int32_t n_times;  /* how often these shapes were fed */
	int64_t *numbers; /* rank and dimensions of each feed */
	bool is_early;    /* the plan was made at once, and has been run in vain if these shapes do not come again */
	sj__plan *plan;   /* NULL: not made, or not to be made */
} shapes;

struct sj__special {
	int32_t busy; /* one run at a time uses it; others run the plan as it is */
	uint64_t now;
	int32_t n_early; /* plans that were made at once for shapes that have not come again */
	shapes known[SPECIALS_MOST];
};

void sj__special_free(struct sj__special *special)
{
	if (special == NULL)
		return;
	for (int i = 0; i < SPECIALS_MOST; i++) {
		sj__plan_destroy(special->known[i].plan);
		sj__memory_free(special->known[i].numbers);
	}
	sj__memory_free(special);
}

static bool are_these(const shapes *s, int n, sj_tensor *const *values)
{
	const int64_t *number = s->numbers;
	if (s->used == 0)
		return false;
	for (int i = 0; i < n; i++) {
		const int64_t *dims = sj__dims(values[i]);
		int rank = values[i]->shape.rank;
		if (*number++ != rank)
			return false;
		for (int a = 0; a < rank; a++)
			if (*number++ != dims[a])
				return false;
	}
	return true;
}

/* In place of those that were used longest ago. */
static shapes *shapes_add(struct sj__special *special, int n, sj_tensor *const *values)
{
	shapes *oldest = &special->known[0];
	size_t n_numbers = 1, at = 0;
	for (int i = 1; i < SPECIALS_MOST; i++)
		if (special->known[i].used < oldest->used)
			oldest = &special->known[i];
	for (int i = 0; i < n; i++)
		n_numbers += 1 + (size_t)values[i]->shape.rank;
	int64_t *numbers = sj__memory_new(sizeof(int64_t) * n_numbers);
	if (numbers == NULL)
		return NULL;
	for (int i = 0; i < n; i++) {
		numbers[at++] = values[i]->shape.rank;
		for (int a = 0; a < values[i]->shape.rank; a++)
			numbers[at++] = sj__dims(values[i])[a];
	}
	sj__plan_destroy(oldest->plan);
	sj__memory_free(oldest->numbers);
	*oldest = (shapes){.numbers = numbers};
	return oldest;
}

static shapes *shapes_find(struct sj__special *special, int n, sj_tensor *const *values)
{
	for (int i = 0; i < SPECIALS_MOST; i++)
		if (are_these(&special->known[i], n, values))
			return &special->known[i];
	return shapes_add(special, n, values);
}

/* What goes wrong here goes wrong again in the plan as it is, which says so. */
static void special_try(const sj__plan *from, sj_tensor *const *values, sj__plan **ret_plan)
{
	sj__error_frame frame;
	sj__error_frame_begin(&frame);
	sj_status status = special_make(from, values, ret_plan);
	if (status != SJ_OK) {
		sj__plan_destroy(*ret_plan);
		*ret_plan = NULL;
	}
	sj__error_frame_end(&frame);
}

static bool values_are_plain(int n, sj_tensor *const *values)
{
	unsigned flags = 0;
	for (int i = 0; i < n; i++)
		flags |= values[i]->flags;
	return flags == 0;
}

static struct sj__special *special_of(sj__plan *plan)
{
	struct sj__special *special = __atomic_load_n(&plan->special, __ATOMIC_ACQUIRE), *none = NULL;
	if (SJ_LIKELY(special != NULL))
		return special;
	special = sj__memory_new_zeroed(sizeof(*special));
	if (special != NULL &&
	    !__atomic_compare_exchange_n(&plan->special, &none, special, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		sj__memory_free(special);
		special = none;
	}
	return special;
}

/* Whether a gradient's rule waits for shapes, or a tensor is large: the plan as it is takes more memory, so that it is not run even once. */
static bool is_worth_it(const sj__plan *plan)
{
	enum { LARGE = 1 << 18 };
	for (int s = 0; s < plan->n_steps; s++) {
		const sj_node *node = plan->steps[s].node;
		if (node->kind == SJ__NODE_CALLABLE && sj__gradient_is_deferred(node->callable))
			return true;
		if (node->kind == SJ__NODE_OP && node->n_outputs > 0 && node->outputs[0]->shape.size > LARGE)
			return true;
	}
	return false;
}

sj__plan *sj__special_begin(sj__plan *plan, sj_tensor *const *values)
{
	enum { TIMES_BEFORE = 2 };
	const sj__local *thread = &sj__local_state;
	if (plan->is_short || thread->recording != 0 || thread->graph != NULL || !sj__graphs_are_optimised() ||
	    !values_are_plain(plan->key.n_feeds, values))
		return NULL;
	struct sj__special *special = special_of(plan);
	if (special == NULL || __atomic_exchange_n(&special->busy, 1, __ATOMIC_ACQUIRE) != 0)
		return NULL;
	shapes *s = shapes_find(special, plan->key.n_feeds, values);
	if (s != NULL) {
		s->used = ++special->now;
		special->n_early -= s->is_early;
		s->is_early = false;
		if (SJ_UNLIKELY(s->n_times < TIMES_BEFORE) &&
		    (++s->n_times == TIMES_BEFORE || (special->n_early < SPECIALS_MOST && is_worth_it(plan)))) {
			s->is_early = s->n_times < TIMES_BEFORE;
			special->n_early += s->is_early;
			s->n_times = TIMES_BEFORE;
			special_try(plan, values, &s->plan);
		}
	}
	if (s == NULL || s->plan == NULL ||
	    s->plan->program == NULL) { /* of constants alone: there is nothing to make ready */
		sj__special_end(plan, NULL);
		return NULL;
	}
	return s->plan;
}

/* One whose variables have got another shape is given up for good: they may do so again. */
void sj__special_end(sj__plan *plan, const sj__plan *used)
{
	struct sj__special *special = plan->special;
	bool is_stale = used != NULL && used->program->is_stale;
	for (int i = 0; is_stale && i < SPECIALS_MOST; i++)
		if (special->known[i].plan == used) {
			sj__plan_destroy(special->known[i].plan);
			special->known[i].plan = NULL;
			break;
		}
	__atomic_store_n(&special->busy, 0, __ATOMIC_RELEASE);
}

/* ---- the switch ---- */

static bool graphs_as_they_are;

bool sj__graphs_are_optimised(void) { return !__atomic_load_n(&graphs_as_they_are, __ATOMIC_RELAXED); }

void sj_graph_set_optimized(bool optimized) { __atomic_store_n(&graphs_as_they_are, !optimized, __ATOMIC_RELAXED); }

bool sj_graph_is_optimized(void) { return sj__graphs_are_optimised(); }

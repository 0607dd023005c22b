/*
 * Plans of a few small operations, all of which have a quick way (ops/quick.h), and of reads of variables: run one after the other with nothing of what execute
 * would look at again, since dtypes were checked when the graph was built. What the quick way declines one step of is done, or refused, by execute. A tape records
 * each operation, as of any plan that runs as it is.
 */
#include "base/memory.h"
#include "graph/making.h"
#include "graph/program.h"
#include "ops/quick.h"
#include "tensor/handle.h"
#include "tensor/variable.h"

enum { STEPS_MOST = 32, SLOTS_MOST = 80, FEW = 3, LARGE = 16384, SHORT = 8, SMALL = 256 };

typedef struct straight_step {
	const sj_op *op; /* NULL: a read */
	const void *args;
	sj__quick *quick;
	sj__direct direct;
	int16_t x, y, z, n_frees; /* slots; with one input y is x */
	const int32_t *frees;
	sj_tensor *variable;
	sj_tensor *variables[2]; /* of a lone one: of which x and y are the values; NULL: others */
	bool has_reads;
} straight_step;

struct sj__straight {
	int n_steps, n_known;
	const straight_step *lone; /* the only operation, on what is fed and read */
	int32_t *known;            /* slots of constants */
	straight_step steps[];
};

/* ---- making ---- */

/* What execute asks of an operation's inputs beyond soundness and shapes. */
static bool types_are_good(const sj__step *step)
{
	const sj_tensor *x = step->node->inputs[0], *y = step->node->inputs[step->n_inputs - 1];
	return step->op == step->node->op && x->dtype == y->dtype && (step->op->type_masks[0] >> x->dtype & 1) &&
	       (step->args == NULL || *(const size_t *)step->args == step->op->args_size);
}

static bool step_is_good(const sj__step *step)
{
	if (step->node->kind == SJ__NODE_READ)
		return step->node->value->flags == SJ__FLAG_VARIABLE;
	return step->node->kind == SJ__NODE_OP && step->is_quick && types_are_good(step);
}

/* Each fetch is what some step leaves for it alone. */
static bool fetches_are_good(const sj__plan *plan)
{
	for (int i = 0; i < plan->key.n_fetches; i++) {
		int32_t slot = plan->fetch_slots[i];
		if (slot < plan->key.n_feeds || plan->initial[slot] != NULL)
			return false;
		for (int j = 0; j < i; j++)
			if (plan->fetch_slots[j] == slot)
				return false;
	}
	return true;
}

static sj__direct direct_of(const sj__step *step)
{
	const sj_node *node = step->node;
	return sj__direct_find(step->op, node->inputs[0], node->inputs[step->n_inputs - 1], node->outputs[0]);
}

/* What comes in has known shapes, and so has all that rules with quick ways make of it. */
static bool shapes_are_sure(const sj__plan *plan)
{
	bool are_sure = true;
	for (int i = 0; i < plan->key.n_feeds; i++)
		are_sure &= plan->key.feeds[i]->shape.size >= 0;
	for (int s = 0; s < plan->n_steps; s++)
		are_sure &= plan->steps[s].node->kind != SJ__NODE_READ ||
		            !plan->steps[s].node->value->variable->is_loose;
	return are_sure;
}

static void step_fill(const sj__plan *plan, const sj__step *step, straight_step *s)
{
	const int32_t *slots = plan->slots + step->ports;
	*s = (straight_step){.z = (int16_t)slots[step->n_inputs],
	                     .n_frees = (int16_t)step->n_frees,
	                     .frees = plan->slots + step->frees,
	                     .variable = step->node->value};
	if (step->node->kind == SJ__NODE_READ)
		return;
	s->op = step->op;
	s->args = step->args;
	s->quick = step->op->quick;
	s->x = (int16_t)slots[0];
	s->y = (int16_t)slots[step->n_inputs - 1];
}

/* So little that a program would gain less than beginning it costs. */
static bool is_short(const sj__plan *plan)
{
	int64_t largest = 0;
	for (int s = 0; s < plan->n_steps; s++)
		if (plan->steps[s].node->outputs[0]->shape.size > largest)
			largest = plan->steps[s].node->outputs[0]->shape.size;
	return (plan->n_ops <= FEW && largest <= LARGE) || (plan->n_ops <= SHORT && largest <= SMALL);
}

/* NULL: the fetch is not the operation's. */
static const straight_step *lone_make(struct sj__straight *straight, int32_t fetch)
{
	straight_step *lone = NULL;
	for (int s = 0; s < straight->n_steps; s++)
		if (straight->steps[s].op != NULL)
			lone = &straight->steps[s];
	for (int s = 0; s < straight->n_steps; s++) {
		const straight_step *read = &straight->steps[s];
		if (read->op == NULL && read->z == lone->x)
			lone->variables[0] = read->variable;
		if (read->op == NULL && read->z == lone->y)
			lone->variables[1] = read->variable;
	}
	lone->has_reads = lone->variables[0] != NULL || lone->variables[1] != NULL;
	return lone->z == fetch ? lone : NULL;
}

sj_status sj__straight_make(sj__plan *plan)
{
	bool is_good = plan->n_steps > 0 && plan->n_steps <= STEPS_MOST && plan->n_slots <= SLOTS_MOST &&
	               plan->n_changed == 0 && fetches_are_good(plan);
	for (int s = 0; s < plan->n_steps && is_good; s++)
		is_good = step_is_good(&plan->steps[s]);
	if (!is_good)
		return SJ_OK;
	struct sj__straight *straight = sj__memory_new_zeroed(sizeof(*straight) +
	                                                      sizeof(straight_step) * (size_t)plan->n_steps +
	                                                      sizeof(int32_t) * (size_t)plan->n_slots);
	if (straight == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	straight->known = (int32_t *)(straight->steps + plan->n_steps);
	straight->n_steps = plan->n_steps;
	for (int i = plan->key.n_feeds; i < plan->n_slots; i++)
		if (plan->initial[i] != NULL)
			straight->known[straight->n_known++] = i;
	for (int s = 0; s < plan->n_steps; s++)
		step_fill(plan, &plan->steps[s], &straight->steps[s]);
	for (int s = 0; s < plan->n_steps && shapes_are_sure(plan); s++)
		if (straight->steps[s].op != NULL)
			straight->steps[s].direct = direct_of(&plan->steps[s]);
	plan->straight = straight;
	for (int s = 0; s < plan->n_steps; s++)
		plan->n_ops += plan->steps[s].op != NULL;
	plan->is_short = is_short(plan);
	if (plan->n_ops == 1 && plan->key.n_fetches == 1 && straight->n_known == 0)
		straight->lone = lone_make(straight, plan->fetch_slots[0]);
	return SJ_OK;
}

/* ---- running ---- */

/* Borrowed; NULL, and nothing done: the ordinary way then does it, or says why not. */
static SJ_ALWAYS_INLINE sj_tensor *value_look(const sj__local *thread, sj_tensor *variable)
{
	sj_tensor *asked = variable; /* tapes know the graph's, not the session's */
	if (SJ_UNLIKELY(variable->variable->place != 0) && sj__session_instances(1, &variable, &variable) == 0)
		return NULL;
	sj_tensor *value = variable->variable->value;
	if (SJ__COUNTS_ARE_SHARED || value == NULL ||
	    SJ_UNLIKELY((value->flags != 0) | (value->owner != thread->number)))
		return NULL;
	if (thread->recording != 0 && sj__tape.variable_read(asked, &value) != SJ_OK)
		return NULL;
	return value;
}

static SJ_ALWAYS_INLINE sj_tensor *value_read(const sj__local *thread, sj_tensor *variable)
{
	sj_tensor *value = value_look(thread, variable);
	return SJ_LIKELY(value != NULL) ? sj__keep(value) : NULL;
}

static SJ_ALWAYS_INLINE sj_tensor *op_run(sj__local *thread, const straight_step *s, sj_tensor *x, sj_tensor *y)
{
	sj_tensor *z = s->direct.loop != NULL ? sj__direct_run(thread, &s->direct, x, y)
	                                      : s->quick(thread, s->op, s->args, x, y);
	if (SJ_UNLIKELY(z == NULL) || !sj__quick_must_record(thread, s->op, x, y))
		return z;
	sj_status status = s->op->n_inputs == 1 ? sj__tape.record_one(s->op, s->args, x, z)
	                                        : sj__tape.record_two(s->op, s->args, x, y, z);
	if (SJ_LIKELY(status == SJ_OK))
		return z;
	sj__drop(z);
	return NULL;
}

/* What the steps before this one have made and not released. */
static SJ_COLD void values_release(const struct sj__straight *straight, int n_done, sj_tensor **values)
{
	for (int s = 0; s < n_done; s++) {
		bool is_gone = false;
		for (int t = s; t < n_done; t++)
			for (int i = 0; i < straight->steps[t].n_frees; i++)
				is_gone |= straight->steps[t].frees[i] == straight->steps[s].z;
		if (!is_gone)
			sj__drop(values[straight->steps[s].z]);
	}
}

static SJ_ALWAYS_INLINE sj_status steps_run(const sj__plan *plan, sj__local *thread, sj_tensor **values)
{
	const struct sj__straight *straight = plan->straight;
	for (int i = 0; i < straight->n_steps; i++) {
		const straight_step *s = &straight->steps[i];
		sj_tensor *z = s->op != NULL ? op_run(thread, s, values[s->x], values[s->y])
		                             : value_read(thread, s->variable);
		if (SJ_UNLIKELY(z == NULL)) {
			sj_status status = sj__step_run(plan, &plan->steps[i], values);
			if (status == SJ_OK)
				continue;
			values_release(straight, i, values);
			return status;
		}
		values[s->z] = z;
		for (int k = 0; k < s->n_frees; k++)
			sj__drop_quick(thread, values[s->frees[k]]);
	}
	return SJ_OK;
}

static SJ_NOINLINE sj_status values_run(const sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values)
{
	sj__local *thread = &sj__local_state;
	const struct sj__straight *straight = plan->straight;
	sj_tensor *values[SLOTS_MOST];
	int n_feeds = plan->key.n_feeds;
	if (SJ_LIKELY(n_feeds > 0))
		values[0] = feeds[0];
	if (n_feeds > 1)
		values[1] = feeds[1];
	for (int i = 2; i < n_feeds; i++)
		values[i] = feeds[i];
	for (int i = 0; i < straight->n_known; i++)
		values[straight->known[i]] = plan->initial[straight->known[i]];
	if (thread->region_depth++ == 0)
		thread->denormals_before = sj__denormals_flush_begin();
	sj_status status = steps_run(plan, thread, values);
	if (--thread->region_depth == 0)
		sj__denormals_flush_end(thread->denormals_before);
	for (int i = 0; i < plan->key.n_fetches && status == SJ_OK; i++)
		ret_values[i] = values[plan->fetch_slots[i]];
	return status;
}

/* NULL, and nothing done: values_run does it. */
static SJ_ALWAYS_INLINE sj_tensor *lone_run(sj__local *thread, const straight_step *s, sj_tensor *const *feeds)
{
	sj_tensor *x, *y;
	if (!s->has_reads) {
		x = feeds[s->x];
		y = feeds[s->y];
	} else {
		x = s->variables[0] ? value_look(thread, s->variables[0]) : feeds[s->x];
		y = s->y == s->x ? x : s->variables[1] ? value_look(thread, s->variables[1]) : feeds[s->y];
		if (SJ_UNLIKELY(x == NULL || y == NULL))
			return NULL;
	}
	return op_run(thread, s, x, y);
}

sj_status sj__straight_run(const sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values)
{
	sj__local *thread = &sj__local_state;
	const struct sj__straight *straight = plan->straight;
	sj_tensor *z = straight->lone != NULL && thread->region_depth > 0 ? lone_run(thread, straight->lone, feeds)
	                                                                  : NULL;
	if (SJ_LIKELY(z != NULL)) {
		ret_values[0] = z;
		return SJ_OK;
	}
	return values_run(plan, feeds, ret_values);
}

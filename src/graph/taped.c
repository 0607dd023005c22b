/*
 * Functions of small tensors called while a tape records: one optimised plan forward, one record on the tape, and one plan backward, in place of a record and a rule for
 * each operation. The bits stay eager's: each use of an input is an input of the record, so that what flows back is added up in the order of an eager walk. What
 * this is not sound or not worth it for (see docs/graphs.md) is left to the plan as it is.
 */
#include "gradient/log.h"
#include "graph/taped_parts.h"
#include "sokuji/scope.h"

enum { VARIANTS_MOST = 8 };

/* What the record on the tape holds. */
typedef struct call {
	sj_concrete_function *f;
	sj__taped_entry *e;
	sj_tensor *results[]; /* the function's, its caller's own, and then what is saved */
} call;

static sj_tensor **saved_of(call *c) { return c->results + c->f->n_outputs; }

static void call_release(void *context)
{
	call *c = context;
	for (int i = 0; i < c->e->n_saved; i++)
		sj__drop(saved_of(c)[i]);
	sj__taped_entry_free(c->e);
	sj_concrete_function_free(c->f);
	sj__memory_free(c);
}

static bool is_for(const sj__taped_backward *b, const sj__taped_entry *e, const bool *has_dy, const bool *needs)
{
	return memcmp(b->has_dy, has_dy, (size_t)e->n_ys) == 0 && memcmp(b->needs, needs, (size_t)e->n_ports) == 0;
}

/* Within the lock. */
static sj_status backward_find(const call *c, const bool *has_dy, const bool *needs, sj__taped_backward **ret)
{
	const sj__plan *plan = c->f->plan;
	int n = 0;
	for (sj__taped_backward *b = c->e->backwards; b != NULL; b = b->next, n++)
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
	sj_status status = likes ? sj__taped_backward_make(c->f, c->e, follows, likes, has_dy, needs, ret)
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

static sj_status backward_run(call *c, const sj__taped_backward *b, sj_tensor *const *dy, sj_tensor **feeds,
                              sj_tensor **ret_dx)
{
	const sj__taped_entry *e = c->e;
	int n_feeds = e->n_saved, n = b->plan->key.n_fetches;
	for (int i = 0; i < e->n_saved; i++)
		feeds[i] = saved_of(c)[i];
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
	call *c = context;
	sj__taped_backward *b = NULL;
	enum { FEW = 64 };
	sj_tensor *few[FEW], **feeds = few;
	size_t n = (size_t)(c->e->n_saved + n_outputs + n_inputs + 1);
	if (n + (size_t)n_outputs > FEW)
		feeds = sj__memory_new(sizeof(*feeds) * n + (size_t)n_outputs);
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
		sj__taped_backward_free(b);
	if (feeds != few)
		sj__memory_free(feeds);
	if (status != SJ_OK)
		sj__error_stick(status);
}

/* Two outputs that the plan found to be one are told apart. */
static sj_status outputs_separate(const sj__taped_entry *e, sj_tensor **outputs)
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

/* The ports stand behind the results until then. */
static sj_status call_record(call *c, sj_tensor *const *feeds, sj_tensor *const *outputs)
{
	const sj__plan *plan = c->f->plan;
	const sj__taped_entry *e = c->e;
	sj_tensor **ports = saved_of(c) + e->n_saved, **ys = ports + e->n_ports;
	for (int i = 0; i < e->n_ports; i++)
		ports[i] = e->ports[i] < plan->key.n_feeds ? feeds[e->ports[i]]
		                                           : sj__taped_slot_tensor(plan, e->ports[i])->node->value;
	for (int k = 0; k < e->n_ys; k++)
		ys[k] = outputs[e->ys[k]];
	return sj__tape.record_call(e->n_ports, ports, e->n_ys, ys, call_gradient, c, call_release);
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
static sj_status entry_run(sj_concrete_function *f, sj__taped_entry *e, sj_tensor *const *feeds,
                           sj_tensor **ret_outputs)
{
	int n = f->n_outputs;
	size_t n_room = (size_t)(n + e->n_saved + e->n_ports + e->n_ys);
	call *c = sj__memory_new_zeroed(sizeof(*c) + sizeof(sj_tensor *) * n_room);
	if (c == NULL) {
		sj__taped_entry_free(e);
		return SJ_RESOURCE_EXHAUSTED;
	}
	c->f = sj_concrete_function_keep(f);
	c->e = e;
	sj_status status = unrecorded_run(e->forward, feeds, c->results);
	bool is_run = status == SJ_OK;
	if (is_run)
		status = outputs_separate(e, c->results);
	for (int i = 0; i < n && is_run; i++)
		ret_outputs[i] = c->results[i];
	if (status == SJ_OK)
		status = call_record(c, feeds, ret_outputs);
	else
		call_release(c);
	for (int i = 0; i < n && is_run && status != SJ_OK; i++)
		sj__drop(ret_outputs[i]);
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
	    (t = sj__taped_of(f)) == NULL || !t->is_good)
		return sj__plan_run(f->plan, feeds, ret_outputs);
	if (!sj__taped_follows(f, t, feeds, follows))
		return unrecorded_run(f->plan, feeds, ret_outputs);
	sj__taped_entry *e = sj__taped_entry_begin(f, t, feeds, follows);
	return e ? entry_run(f, e, feeds, ret_outputs) : sj__plan_run(f->plan, feeds, ret_outputs);
}

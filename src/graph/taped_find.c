/* What is kept of functions that were called under a tape: by shapes and by which inputs are followed. What this is not sound or not worth it for is told here. */
#include "gradient/log.h"
#include "graph/taped_parts.h"
#include "tensor/variable.h"

enum { ENTRIES_MOST = 8, TIMES_BEFORE = 2 };

/* ---- what is kept ---- */

void sj__taped_backward_free(sj__taped_backward *b)
{
	sj__plan_destroy(b->plan);
	sj__memory_free(b->has_dy);
	sj__memory_free(b->fetch_of);
	sj__memory_free(b);
}

void sj__taped_entry_free(sj__taped_entry *e)
{
	if (e == NULL || __atomic_sub_fetch(&e->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	for (sj__taped_backward *b = e->backwards, *next; b != NULL; b = next) {
		next = b->next;
		sj__taped_backward_free(b);
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
	for (sj__taped_entry *e = t->entries, *next; e != NULL; e = next) {
		next = e->next;
		sj__taped_entry_free(e);
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

struct sj__taped *sj__taped_of(sj_concrete_function *f)
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

/* ---- which entry ---- */

bool sj__taped_follows(const sj_concrete_function *f, const struct sj__taped *t, sj_tensor *const *feeds, bool *follows)
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
		any |= follows[plan->slots[step->ports]] = sj__taped_is_floating(variable) &&
		                                           (variable->variable->trainable ||
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

static sj__taped_entry *entry_new(const sj_concrete_function *f, const struct sj__taped *t, sj_tensor *const *feeds,
                                  const bool *follows)
{
	size_t n = (size_t)t->n_reads + 1;
	for (int i = 0; i < f->plan->key.n_feeds; i++)
		n += (size_t)feeds[i]->shape.rank + 1;
	sj__taped_entry *e = sj__memory_new_zeroed(sizeof(*e));
	if (e == NULL)
		return NULL;
	e->refs = 1;
	e->numbers = sj__memory_new(sizeof(int64_t) * n);
	if (e->numbers == NULL) {
		sj__taped_entry_free(e);
		return NULL;
	}
	key_walks((key_walk){e->numbers, true, false}, f, t, feeds, follows);
	return e;
}

/* Within the lock. The one used longest ago makes room. */
static sj__taped_entry *entry_find(const sj_concrete_function *f, struct sj__taped *t, sj_tensor *const *feeds,
                                   const bool *follows)
{
	int n = 0;
	sj__taped_entry **link = &t->entries, *e;
	while (*link != NULL && !key_walks((key_walk){(*link)->numbers, true, true}, f, t, feeds, follows)) {
		if (++n == ENTRIES_MOST) {
			sj__taped_entry_free(*link);
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
	if (e->n_times < TIMES_BEFORE && ++e->n_times == TIMES_BEFORE && sj__taped_ys_find(f, e, follows) == SJ_OK &&
	    e->n_ys > 0) {
		sj__taped_backward_make(f, e, follows, feeds, NULL, NULL, &e->backwards);
		if (e->backwards != NULL)
			e->backwards->is_kept = true;
	}
	return e;
}

sj__taped_entry *sj__taped_entry_begin(const sj_concrete_function *f, struct sj__taped *t, sj_tensor *const *feeds,
                                       const bool *follows)
{
	sj__lock_enter(t->lock);
	sj__taped_entry *e = entry_find(f, t, feeds, follows);
	if (e != NULL && e->backwards == NULL)
		e = NULL;
	if (e != NULL)
		__atomic_fetch_add(&e->refs, 1, __ATOMIC_RELAXED);
	sj__lock_leave(t->lock);
	return e;
}

/*
 * Making a program of an optimised plan's steps. An operation runs by its kernel alone where its inputs' and outputs' shapes are sure, its rule has nothing to
 * ask any more, and neither strings nor shapes that depend on data are in play. What is fetched, kept by somebody else or large is an ordinary
 * tensor of each run; all else lies in bytes that are planned here, a block serving several values one after the other.
 */
#include "graph/program.h"

#include "base/memory.h"
#include "tensor/handle.h"

#include "ops_numbers.h"

enum { PLANNED_MOST = 64 << 10, ALIGNMENT = 64, PORTS_MOST = 64 };

typedef struct making {
	sj__plan *plan;
	struct sj__program *program;
	sj_tensor **symbolic; /* by slot: what the graph says of it */
} making;

/* ---- which way ---- */

static void slots_describe(making *m)
{
	const sj__plan *plan = m->plan;
	for (int i = 0; i < plan->key.n_feeds; i++)
		m->symbolic[i] = plan->key.feeds[i];
	for (int s = 0; s < plan->n_steps; s++)
		for (int k = 0; k < plan->steps[s].n_outputs; k++)
			m->symbolic[plan->slots[plan->steps[s].ports + plan->steps[s].n_inputs + k]] =
				plan->steps[s].node->outputs[k];
	for (int i = 0; i < plan->n_slots; i++) {
		sj__place *p = &m->program->places[i];
		*p = (sj__place){.root = i, .block = -1, .is_known = i < plan->key.n_feeds};
		if (plan->initial[i] != NULL) {
			p->handle = plan->initial[i];
			p->is_known = true;
		}
	}
}

static bool are_known(const making *m, int n, const int32_t *slots)
{
	for (int i = 0; i < n; i++)
		if (slots[i] >= 0 &&
		    (!m->program->places[slots[i]].is_known ||
		     (m->symbolic[slots[i]] ? m->symbolic[slots[i]] : m->plan->initial[slots[i]])->dtype == SJ_STRING))
			return false;
	return true;
}

/* The shapes of an operation's outputs are as sure as its inputs'; a callable's are what it says of itself. */
static bool outputs_are_known(const making *m, const sj__step *step, const int32_t *slots)
{
	if (step->node->kind == SJ__NODE_READ)
		return step->node->outputs[0]->shape.size >= 0;
	if (step->op == NULL || step->op->flags & SJ__OP_ALLOCATES || !are_known(m, step->n_inputs, slots))
		return false;
	for (int k = 0; k < step->n_outputs; k++)
		if (step->node->outputs[k]->shape.size < 0 || step->node->outputs[k]->dtype == SJ_STRING)
			return false;
	return true;
}

static void ways_choose(making *m)
{
	for (int s = 0; s < m->plan->n_steps; s++) {
		const sj__step *step = &m->plan->steps[s];
		const int32_t *slots = m->plan->slots + step->ports;
		bool known = outputs_are_known(m, step, slots);
		sj__work *work = &m->program->works[s];
		work->way = step->node->kind == SJ__NODE_READ ? SJ__WAY_READ : SJ__WAY_GENERAL;
		if (step->op != NULL && known && !(step->op->flags & SJ__OP_STATEFUL) && !step->node->asked_values &&
		    step->n_inputs + step->n_outputs <= PORTS_MOST)
			work->way = SJ__WAY_KERNEL;
		for (int k = 0; k < step->n_outputs; k++)
			m->program->places[slots[step->n_inputs + k]].is_known = known;
	}
}

/* ---- handles ---- */

static sj_status handle_make(making *m, int32_t slot)
{
	sj__place *p = &m->program->places[slot];
	const sj_tensor *t = m->symbolic[slot];
	if (p->handle != NULL || !p->is_known || t == NULL)
		return SJ_OK;
	sj_status status = sj__tensor_new("graph", (sj_dtype)t->dtype, t->shape.rank, sj__dims(t), &p->handle);
	if (status != SJ_OK)
		return status;
	p->is_own = true;
	p->storage = (sj_storage){.refs = 1, .n_bytes = t->shape.size * (int64_t)sj__dtype_size(t->dtype)};
	p->handle->storage = &p->storage;
	p->handle->data = p->handle->inside_bytes; /* so that it is known to have some */
	return SJ_OK;
}

static void types_set(sj__call *call)
{
	const sj_op *op = call->op;
	for (int i = 0; i < call->n_inputs; i++) {
		unsigned type = op->inputs[i < op->n_inputs ? i : op->n_inputs - 1].type;
		if (type < SJ__TYPE_CLASSES && call->inputs[i] != NULL)
			call->types[type] = (sj_dtype)call->inputs[i]->dtype;
	}
}

/* Whether the rule's outputs are what the graph says, and which input's bytes a single one shares. */
static bool outputs_fit(const making *m, const sj__call *call, const int32_t *slots, int *ret_view_of)
{
	bool fit = true;
	*ret_view_of = -1;
	for (int k = 0; k < call->n_outputs && fit; k++) {
		const sj_tensor *made = call->outputs[k], *said = m->symbolic[slots[call->n_inputs + k]];
		fit = made != NULL && !(made->flags & SJ__FLAG_SYMBOLIC) && made->dtype == said->dtype &&
		      sj__same_shape(made, said) && (made->storage == NULL || call->n_outputs == 1);
		for (int i = 0; fit && made->storage != NULL && i < call->n_inputs; i++)
			if (call->inputs[i] != NULL && call->inputs[i]->storage == made->storage)
				*ret_view_of = i;
		fit = fit && (made->storage == NULL ||
		              (*ret_view_of >= 0 && made->dtype == call->inputs[*ret_view_of]->dtype));
	}
	return fit;
}

/* Asks the rule once what it would say in every run. */
static sj_status call_prepare(making *m, int s, sj_tensor **ports)
{
	const sj__step *step = &m->plan->steps[s];
	const int32_t *slots = m->plan->slots + step->ports;
	sj__work *work = &m->program->works[s];
	sj__place *places = m->program->places;
	sj_tensor *made[PORTS_MOST] = {NULL};
	int view_of = -1;
	work->call = (sj__call){.op = step->op,
	                        .args = step->args ? step->args : step->op->default_args,
	                        .n_inputs = step->n_inputs,
	                        .n_outputs = step->n_outputs,
	                        .inputs = ports,
	                        .outputs = made};
	for (int i = 0; i < step->n_inputs; i++)
		ports[i] = slots[i] >= 0 ? places[slots[i]].handle : NULL;
	types_set(&work->call);
	bool fits = step->op->rule(&work->call) == SJ_OK && outputs_fit(m, &work->call, slots, &view_of);
	if (!fits || step->op == &sj__op_table[SJ__OP_CHECK_NUMERICS]) { /* looks at what it hands on */
		work->way = SJ__WAY_GENERAL;
	} else if (view_of >= 0) {
		work->way = SJ__WAY_VIEW;
		work->offset = (char *)made[0]->data - (char *)ports[view_of]->data;
		ports[0] = ports[view_of];
		places[slots[step->n_inputs]].root = places[slots[view_of]].root;
	}
	work->kernel = step->op->kernel;
	work->call.outputs = ports + step->n_inputs;
	for (int k = 0; k < step->n_outputs; k++) {
		sj__drop(made[k]);
		ports[step->n_inputs + k] = places[slots[step->n_inputs + k]].handle;
	}
	return SJ_OK;
}

static sj_status calls_prepare(making *m)
{
	sj_status status = SJ_OK;
	sj_tensor **ports = m->program->ports;
	for (int i = 0; i < m->plan->n_slots && status == SJ_OK; i++)
		status = handle_make(m, i);
	for (int s = 0; s < m->plan->n_steps && status == SJ_OK; s++) {
		const sj__step *step = &m->plan->steps[s];
		if (m->program->works[s].way == SJ__WAY_KERNEL)
			status = call_prepare(m, s, ports);
		ports += step->n_inputs + step->n_outputs;
	}
	return status;
}

/* ---- ordinary tensors ---- */

static bool keeps_inputs(const sj__step *step)
{
	return step->node->kind != SJ__NODE_CALLABLE || !step->node->callable->type.only_looks;
}

/* Backwards: what a general step takes must be an ordinary tensor, and so must what a view is of that has to be one itself. */
static void reals_mark(making *m)
{
	sj__place *places = m->program->places;
	for (int i = 0; i < m->plan->key.n_fetches; i++)
		places[m->plan->fetch_slots[i]].is_real = true;
	for (int s = m->plan->n_steps - 1; s >= 0; s--) {
		const sj__step *step = &m->plan->steps[s];
		const int32_t *slots = m->plan->slots + step->ports, *outputs = slots + step->n_inputs;
		sj__work *work = &m->program->works[s];
		if (work->way == SJ__WAY_VIEW && places[outputs[0]].is_real) {
			work->way = SJ__WAY_GENERAL;
			places[outputs[0]].root = outputs[0];
		}
		for (int i = 0; i < step->n_inputs && work->way == SJ__WAY_GENERAL; i++)
			if (slots[i] >= 0 && (keeps_inputs(step) || !places[slots[i]].is_known))
				places[slots[i]].is_real = true;
		for (int k = 0; k < step->n_outputs; k++) {
			sj__place *p = &places[outputs[k]];
			p->is_real |= work->way == SJ__WAY_GENERAL || work->way == SJ__WAY_READ ||
			              (work->way == SJ__WAY_KERNEL && p->storage.n_bytes > PLANNED_MOST);
			work->has_real |= p->is_real;
		}
	}
}

/* Forwards: views of views, once it is sure which are any. */
static void roots_settle(making *m)
{
	sj__place *places = m->program->places;
	for (int s = 0; s < m->plan->n_steps; s++) {
		const sj__step *step = &m->plan->steps[s];
		const int32_t *slots = m->plan->slots + step->ports;
		if (m->program->works[s].way != SJ__WAY_VIEW)
			continue;
		for (int i = 0; i < step->n_inputs; i++)
			if (slots[i] >= 0 && places[slots[i]].handle == m->program->works[s].call.inputs[0])
				places[slots[step->n_inputs]].root = places[slots[i]].root;
	}
}

/* ---- bytes ---- */

typedef struct block {
	int64_t size, offset;
	int32_t next; /* free: the next one of about its size; -1: none */
} block;

enum { CLASSES = 48 };

/* Free blocks by the logarithm of their size. */
typedef struct blocks {
	block *all;
	int n, capacity;
	int64_t n_bytes;
	int32_t free[CLASSES];
} blocks;

static int class_of(int64_t size)
{
	int c = 0;
	while (size > ALIGNMENT) {
		size >>= 1;
		c++;
	}
	return c;
}

static sj_status block_take(blocks *b, int64_t size, int32_t *ret_block)
{
	size = (size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
	for (int32_t *link = &b->free[class_of(size)]; *link >= 0; link = &b->all[*link].next)
		if (b->all[*link].size >= size) {
			*ret_block = *link;
			*link = b->all[*link].next;
			return SJ_OK;
		}
	sj_status status = sj__grow(&b->all, b->n, &b->capacity, sizeof(*b->all));
	if (status != SJ_OK)
		return status;
	b->all[b->n] = (block){size, b->n_bytes, -1};
	b->n_bytes += size;
	*ret_block = b->n++;
	return SJ_OK;
}

static void block_release(blocks *b, int32_t which)
{
	int32_t *link = &b->free[class_of(b->all[which].size)];
	b->all[which].next = *link;
	*link = which;
}

/* The steps' lists of what ends with them come to hold ordinary tensors alone, at the last use of their bytes. */
static void ends_settle(making *m, sj__step *step, blocks *b)
{
	sj__place *places = m->program->places;
	int32_t *slots = m->plan->slots + step->frees;
	int n = 0;
	for (int i = 0; i < step->n_frees; i++) {
		int32_t root = places[slots[i]].root;
		if (--places[root].n_alive > 0)
			continue;
		if (places[root].is_real && m->plan->initial[root] == NULL)
			slots[n++] = root;
		else if (places[root].block >= 0)
			block_release(b, places[root].block);
	}
	step->n_frees = n;
}

/* Whether another input lies in the slot's bytes: where it begins elsewhere, it would be read after it was written over. */
static bool has_view(const making *m, const sj__step *step, int32_t slot)
{
	const int32_t *slots = m->plan->slots + step->ports;
	for (int i = 0; i < step->n_inputs; i++)
		if (slots[i] >= 0 && slots[i] != slot && m->program->places[slots[i]].root == slot)
			return true;
	return false;
}

/* An elementwise result may take the place of an input of its shape that ends with the step. */
static int32_t over_find(const making *m, const sj__step *step, const sj__work *work)
{
	const int32_t *slots = m->plan->slots + step->ports;
	const sj__place *places = m->program->places, *out = &places[slots[step->n_inputs]];
	if (work->way != SJ__WAY_KERNEL || !work->has_real || !(step->op->flags & SJ__OP_ELEMENTWISE) ||
	    step->n_outputs != 1)
		return -1;
	for (int i = 0; i < step->n_inputs; i++)
		for (int k = 0; slots[i] >= m->plan->key.n_feeds && k < step->n_frees; k++)
			if (m->plan->slots[step->frees + k] == slots[i] && places[slots[i]].is_own &&
			    places[slots[i]].handle->dtype == out->handle->dtype &&
			    sj__same_shape(places[slots[i]].handle, out->handle) && !has_view(m, step, slots[i]))
				return slots[i];
	return -1;
}

static sj_status blocks_plan(making *m, blocks *b)
{
	sj__place *places = m->program->places;
	sj_status status = SJ_OK;
	for (int i = 0; i < CLASSES; i++)
		b->free[i] = -1;
	for (int i = 0; i < m->plan->key.n_feeds; i++)
		places[i].n_alive = 1; /* never ends */
	for (int i = 0; i < m->plan->key.n_fetches; i++)
		places[places[m->plan->fetch_slots[i]].root].n_alive++;
	for (int s = 0; s < m->plan->n_steps && status == SJ_OK; s++) {
		sj__step *step = &m->plan->steps[s];
		const int32_t *outputs = m->plan->slots + step->ports + step->n_inputs;
		for (int k = 0; k < step->n_outputs && status == SJ_OK; k++) {
			sj__place *p = &places[outputs[k]];
			places[p->root].n_alive++;
			if (m->program->works[s].way == SJ__WAY_KERNEL && !p->is_real)
				status = block_take(b, p->storage.n_bytes, &p->block);
		}
		ends_settle(m, step, b);
		m->program->works[s].over = over_find(m, step, &m->program->works[s]);
	}
	return status;
}

static sj_status bytes_plan(making *m)
{
	blocks b = {.n = 0};
	sj_status status = blocks_plan(m, &b);
	if (status == SJ_OK && b.n_bytes > 0 && (m->program->bytes = sj__memory_new((size_t)b.n_bytes)) == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < m->plan->n_slots && status == SJ_OK; i++) {
		sj__place *p = &m->program->places[i];
		if (p->block >= 0)
			p->storage.bytes = p->handle->data = m->program->bytes + b.all[p->block].offset;
	}
	sj__memory_free(b.all);
	return status;
}

/* Views of what is planned lie where they lie in every run, and so do the values that a run begins with. */
static sj_status start_settle(making *m)
{
	struct sj__program *p = m->program;
	p->start = sj__memory_new_zeroed(sizeof(*p->start) * ((size_t)m->plan->n_slots + 1));
	if (p->start == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int s = 0; s < m->plan->n_steps; s++) {
		const sj__step *step = &m->plan->steps[s];
		const sj__call *call = &p->works[s].call;
		if (p->works[s].way != SJ__WAY_VIEW)
			continue;
		const sj__place *root = &p->places[p->places[m->plan->slots[step->ports + step->n_inputs]].root];
		call->outputs[0]->data = (char *)call->inputs[0]->data + p->works[s].offset;
		if (root->block >= 0 || !root->is_own)
			p->works[s].way = SJ__WAY_NOTHING;
	}
	for (int i = m->plan->key.n_feeds; i < m->plan->n_slots; i++)
		p->start[i] = p->places[i].is_real && p->places[i].is_own ? NULL : p->places[i].handle;
	return SJ_OK;
}

/* ---- the whole ---- */

static sj_status program_fill(making *m)
{
	slots_describe(m);
	ways_choose(m);
	sj_status status = calls_prepare(m);
	if (status != SJ_OK)
		return status;
	reals_mark(m);
	roots_settle(m);
	status = bytes_plan(m);
	if (status == SJ_OK)
		status = sj__chains_make(m->plan);
	return status == SJ_OK ? start_settle(m) : status;
}

sj_status sj__program_make(sj__plan *plan)
{
	size_t n_ports = 1;
	for (int s = 0; s < plan->n_steps; s++)
		n_ports += (size_t)(plan->steps[s].n_inputs + plan->steps[s].n_outputs);
	struct sj__program *p = plan->program = sj__memory_new_zeroed(sizeof(*p));
	if (p == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	p->works = sj__memory_new_zeroed(sizeof(*p->works) * ((size_t)plan->n_steps + 1));
	p->places = sj__memory_new_zeroed(sizeof(*p->places) * ((size_t)plan->n_slots + 1));
	p->ports = sj__memory_new_zeroed(sizeof(*p->ports) * n_ports);
	making m = {plan, p, sj__memory_new_zeroed(sizeof(sj_tensor *) * ((size_t)plan->n_slots + 1))};
	sj_status status = p->works && p->places && p->ports && m.symbolic ? program_fill(&m) : SJ_RESOURCE_EXHAUSTED;
	sj__memory_free(m.symbolic);
	if (p->places != NULL)
		p->n_places = plan->n_slots;
	if (p->works != NULL)
		p->n_works = plan->n_steps;
	return status;
}

void sj__program_free(struct sj__program *program)
{
	if (program == NULL)
		return;
	for (int i = 0; i < program->n_places; i++) {
		sj_tensor *handle = program->places[i].handle;
		if (!program->places[i].is_own)
			continue;
		handle->storage = NULL;
		sj__drop(handle);
	}
	for (int i = 0; i < program->n_works; i++)
		sj__memory_free(program->works[i].chain);
	sj__memory_free(program->works);
	sj__memory_free(program->places);
	sj__memory_free(program->ports);
	sj__memory_free(program->bytes);
	sj__memory_free(program->start);
	sj__memory_free(program);
}

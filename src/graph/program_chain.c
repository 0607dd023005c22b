/*
 * Chains of a program: large elementwise results that follow one another and of which some are needed by the next ones alone run block by block
 * (ops/chain.h), and those are never tensors. Small results lie in planned bytes, which caches hold anyway.
 */
#include "base/memory.h"
#include "graph/program.h"

enum { LINKS_MOST = 32 };

typedef struct chaining {
	sj__plan *plan;
	int first, n; /* steps */
	int64_t row;
	sj__chain_link links[LINKS_MOST];
	int32_t buffers[SJ__CHAIN_BUFFERS]; /* whose slot's values they hold; -1: free */
} chaining;

static int32_t output_of(const chaining *c, int i)
{
	const sj__step *step = &c->plan->steps[c->first + i];
	return c->plan->slots[step->ports + step->n_inputs];
}

/* As many steps as can be links over results of one size. */
static void links_gather(chaining *c)
{
	const struct sj__program *p = c->plan->program;
	int64_t size = -1;
	for (c->n = 0, c->row = 0; c->n < LINKS_MOST && c->first + c->n < c->plan->n_steps; c->n++) {
		const sj__work *work = &p->works[c->first + c->n];
		if (work->way != SJ__WAY_KERNEL || work->call.n_outputs != 1)
			return;
		const sj__place *out = &p->places[output_of(c, c->n)];
		if (!out->is_real || !out->is_own || (size >= 0 && out->handle->shape.size != size) ||
		    !sj__chain_link_make(&work->call, &c->row, &c->links[c->n]))
			return;
		size = out->handle->shape.size;
	}
}

/* The link with which the slot's bytes end; n: none. */
static int end_of(const chaining *c, int32_t slot)
{
	for (int i = 0; i < c->n; i++) {
		const sj__step *step = &c->plan->steps[c->first + i];
		for (int k = 0; k < step->n_frees; k++)
			if (c->plan->slots[step->frees + k] == slot)
				return i;
	}
	return c->n;
}

static int8_t buffer_of(const chaining *c, int32_t slot)
{
	for (int8_t b = 0; b < SJ__CHAIN_BUFFERS; b++)
		if (slot >= 0 && c->buffers[b] == slot)
			return b;
	return -1;
}

static void buffers_release(chaining *c, int i)
{
	for (int b = 0; b < SJ__CHAIN_BUFFERS; b++)
		if (c->buffers[b] >= 0 && end_of(c, c->buffers[b]) == i)
			c->buffers[b] = -1;
}

/* A result may take the buffer of an operand that ends with its link, if elements are as large. False: no buffer is free. */
static bool link_place(chaining *c, int i)
{
	sj__chain_link *link = &c->links[i];
	const sj__step *step = &c->plan->steps[c->first + i];
	const int32_t *slots = c->plan->slots + step->ports;
	bool is_same_size = link->size_in == link->size_out, is_between = end_of(c, output_of(c, i)) < c->n;
	link->buffer_x = buffer_of(c, slots[0]);
	link->buffer_y = step->n_inputs == 2 ? buffer_of(c, slots[1]) : -1;
	link->buffer_z = -1;
	if (is_same_size)
		buffers_release(c, i);
	for (int8_t b = 0; b < SJ__CHAIN_BUFFERS && is_between && link->buffer_z < 0; b++)
		if (c->buffers[b] < 0) {
			link->buffer_z = b;
			c->buffers[b] = output_of(c, i);
		}
	if (!is_same_size)
		buffers_release(c, i);
	return !is_between || link->buffer_z >= 0;
}

/* Shortens the chain until the buffers suffice. How many results are no tensors. */
static int links_place(chaining *c)
{
	int n_between = 0;
	for (int i = 0; i < c->n; i++) {
		if (i == 0) {
			n_between = 0;
			memset(c->buffers, 0xff, sizeof(c->buffers));
		}
		if (!link_place(c, i)) {
			c->n = i;
			i = -1;
			continue;
		}
		n_between += c->links[i].buffer_z >= 0;
	}
	return n_between;
}

/* Whether some operand of the chain is a view of the slot: blocks would be read behind others written over it. */
static bool is_viewed(const chaining *c, int32_t slot)
{
	for (int i = 0; i < c->n; i++) {
		const sj__step *step = &c->plan->steps[c->first + i];
		const int32_t *slots = c->plan->slots + step->ports;
		for (int j = 0; j < step->n_inputs; j++)
			if (slots[j] >= 0 && slots[j] != slot && c->plan->program->places[slots[j]].root == slot)
				return true;
	}
	return false;
}

/* What lies in buffers is no tensor any more, neither made nor let go. */
static void steps_settle(chaining *c)
{
	struct sj__program *p = c->plan->program;
	for (int i = 0; i < c->n; i++)
		if (c->links[i].buffer_z >= 0)
			p->places[output_of(c, i)].is_real = p->works[c->first + i].has_real = false;
	for (int i = 0; i < c->n; i++) {
		sj__step *step = &c->plan->steps[c->first + i];
		sj__work *work = &p->works[c->first + i];
		int32_t *frees = c->plan->slots + step->frees;
		int n = 0;
		for (int k = 0; k < step->n_frees; k++)
			if (p->places[frees[k]].is_real)
				frees[n++] = frees[k];
		step->n_frees = n;
		if (work->over >= 0 && (!p->places[work->over].is_real || is_viewed(c, work->over)))
			work->over = -1;
	}
}

static sj_status chain_make(chaining *c)
{
	struct sj__program *p = c->plan->program;
	sj__chain *chain = sj__memory_new(sizeof(*chain) + sizeof(chain->links[0]) * (size_t)c->n);
	if (chain == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	*chain = (sj__chain){.n_links = c->n, .n = c->links[0].z->shape.size, .row = c->row};
	memcpy(chain->links, c->links, sizeof(chain->links[0]) * (size_t)c->n);
	if (!sj__chain_settle(chain)) {
		sj__memory_free(chain);
		return SJ_OK;
	}
	steps_settle(c);
	p->works[c->first].chain = chain;
	p->works[c->first].way = SJ__WAY_CHAIN;
	return SJ_OK;
}

sj_status sj__chains_make(sj__plan *plan)
{
	chaining c = {.plan = plan};
	sj_status status = SJ_OK;
	for (int s = 0; s < plan->n_steps && status == SJ_OK; s += c.n > 1 ? c.n : 1) {
		c.first = s;
		links_gather(&c);
		if (c.n > 1 && links_place(&c) > 0)
			status = chain_make(&c);
	}
	return status;
}

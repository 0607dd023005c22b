/* Chains of elementwise loops, block by block: blocks are small enough to stay in the first cache from link to link. */
#include "ops/chain.h"

#include "base/threads.h"
#include "cpu/elementwise.h"
#include "cpu/elementwise_stream.h"
#include "cpu/kernels.h"

enum { BLOCK_BYTES = 8192, ELEMENTS_IN_A_CHUNK = 32768 };

/* ---- links ---- */

static bool is_row(const sj_tensor *t, const sj_tensor *z)
{
	const int64_t *last = sj__dims(z) + (z->shape.rank - t->shape.rank);
	for (int i = 0; t->shape.rank <= z->shape.rank && i < t->shape.rank; i++)
		if (sj__dims(t)[i] != last[i])
			return false;
	return t->shape.rank <= z->shape.rank;
}

static enum sj__chain_operand operand_of(const sj_tensor *t, const sj_tensor *z)
{
	if (t->shape.size == z->shape.size)
		return SJ__CHAIN_WHOLE;
	if (t->shape.size == 1)
		return SJ__CHAIN_SCALAR;
	return is_row(t, z) ? SJ__CHAIN_ROW : SJ__CHAIN_NONE;
}

/* Integer divisions and powers look at all values first. */
static bool has_plain_kernel(const sj__call *call)
{
	sj__kernel *kernel = call->op->kernel;
	if (kernel == sj__kernel_unary || kernel == sj__kernel_binary)
		return true;
	return (kernel == sj__kernel_binary_division || kernel == sj__kernel_binary_power) &&
	       sj_dtype_is_floating((sj_dtype)call->inputs[0]->dtype);
}

bool sj__chain_link_make(const sj__call *call, int64_t *row, sj__chain_link *ret_link)
{
	const sj_tensor *x = call->inputs[0], *y = call->n_inputs == 2 ? call->inputs[1] : NULL, *z = call->outputs[0];
	if (!has_plain_kernel(call) || call->n_inputs > 2 || z->shape.size <= 1)
		return false;
	sj__chain_link link = {.op = call->op,
	                       .loop = sj__loop_find(call->op, (sj_dtype)x->dtype),
	                       .x = x,
	                       .y = y,
	                       .z = z,
	                       .how_x = operand_of(x, z),
	                       .how_y = y ? operand_of(y, z) : SJ__CHAIN_WHOLE,
	                       .buffer_x = -1,
	                       .buffer_y = -1,
	                       .buffer_z = -1,
	                       .size_in = (uint8_t)sj__dtype_size(x->dtype),
	                       .size_out = (uint8_t)sj__dtype_size(z->dtype)};
	if (link.loop == NULL || link.how_x == SJ__CHAIN_NONE || link.how_y == SJ__CHAIN_NONE ||
	    (link.how_x != SJ__CHAIN_WHOLE && link.how_y != SJ__CHAIN_WHOLE) ||
	    (y == NULL && link.how_x != SJ__CHAIN_WHOLE))
		return false;
	const sj_tensor *narrow = link.how_x == SJ__CHAIN_ROW ? x : link.how_y == SJ__CHAIN_ROW ? y : NULL;
	if (narrow != NULL &&
	    (link.size_in != link.size_out || (*row != 0 && *row != narrow->shape.size) || narrow->shape.size == 0))
		return false;
	if (narrow != NULL)
		*row = narrow->shape.size;
	*ret_link = link;
	return true;
}

bool sj__chain_settle(sj__chain *chain)
{
	size_t size = 1;
	for (int i = 0; i < chain->n_links; i++) {
		const sj__chain_link *link = &chain->links[i];
		size = link->size_in > size ? link->size_in : size;
		size = link->size_out > size ? link->size_out : size;
	}
	chain->block = BLOCK_BYTES / (int64_t)size;
	if (chain->row > 0)
		chain->block -= chain->block % chain->row;
	return chain->block > 0;
}

/* ---- running ---- */

/* The last one is for results on their way past the caches. */
typedef struct buffers {
	_Alignas(64) char bytes[SJ__CHAIN_BUFFERS + 1][BLOCK_BYTES];
} buffers;

typedef struct running {
	const sj__chain *chain;
	bool streams; /* the last link's result */
} running;

static SJ_ALWAYS_INLINE char *place(buffers *b, const sj_tensor *t, int buffer, bool is_whole, int64_t at, size_t size)
{
	return buffer >= 0 ? b->bytes[buffer] : (char *)t->data + (is_whole ? (size_t)at * size : 0);
}

static void link_run(const sj__chain_link *l, int64_t row, buffers *b, int64_t at, int64_t n, char *z)
{
	const char *x = place(b, l->x, l->buffer_x, l->how_x == SJ__CHAIN_WHOLE, at, l->size_in), *y;
	if (l->y == NULL) {
		((sj__unary_loop *)l->loop)(n, x, z);
		return;
	}
	y = place(b, l->y, l->buffer_y, l->how_y == SJ__CHAIN_WHOLE, at, l->size_in);
	sj__binary_loop *loop = (sj__binary_loop *)l->loop;
	if (l->how_x == SJ__CHAIN_ROW || l->how_y == SJ__CHAIN_ROW)
		sj__loop_binary_repeated(loop, n, row, l->size_in, x, l->how_x == SJ__CHAIN_ROW, y, z);
	else
		loop(n, x, l->how_x == SJ__CHAIN_WHOLE, y, l->how_y == SJ__CHAIN_WHOLE, z);
}

/* What the first link reads for the next block. */
static sj__stream_next next_of(const sj__chain_link *first, int64_t at, int64_t n)
{
	bool has_x = first->how_x == SJ__CHAIN_WHOLE, has_y = first->y != NULL && first->how_y == SJ__CHAIN_WHOLE;
	const char *x = has_x ? (const char *)first->x->data + at * first->size_in : NULL;
	const char *y = has_y ? (const char *)first->y->data + at * first->size_in : x;
	return (sj__stream_next){has_x ? x : y, y, 64, 64, n * first->size_in};
}

/* Ranges begin at whole blocks, so that rows begin where blocks do. */
static void chain_range(void *context, int64_t begin, int64_t end)
{
	const running *r = context;
	const sj__chain *c = r->chain;
	const sj__chain_link *last = &c->links[c->n_links - 1];
	buffers b;
	for (int64_t at = begin; at < end; at += c->block) {
		int64_t n = sj__min_i64(c->block, end - at);
		for (const sj__chain_link *l = c->links; l <= last; l++)
			link_run(l, c->row, &b, at, n,
			         r->streams && l == last ? b.bytes[SJ__CHAIN_BUFFERS]
			                                 : place(&b, l->z, l->buffer_z, true, at, l->size_out));
		if (r->streams) {
			sj__stream_next next = next_of(c->links, at + n, n);
			sj__stream_write((char *)last->z->data + at * last->size_out, b.bytes[SJ__CHAIN_BUFFERS],
			                 n * last->size_out, &next);
		}
	}
	if (r->streams)
		sj__stream_end();
}

/* Whether the chain's last result goes past the caches: it is large, and no link has read what it overwrites. */
static bool streams(const sj__chain *c)
{
	const sj_tensor *z = c->links[c->n_links - 1].z;
	if ((uintptr_t)z->data % 64 != 0 || c->block * c->links[c->n_links - 1].size_out % 64 != 0)
		return false;
	for (const sj__chain_link *l = c->links; l < c->links + c->n_links; l++)
		if (!sj__streams(l->op, l->buffer_x < 0 ? l->x : NULL, l->buffer_y < 0 ? l->y : NULL, z))
			return false;
	return true;
}

void sj__chain_run(const sj__chain *chain)
{
	running r = {chain, streams(chain)};
	int64_t blocks = sj__max_i64(1, ELEMENTS_IN_A_CHUNK / chain->block);
	sj__parallel_for(chain->n, blocks * chain->block, chain_range, &r);
}

/*
 * Gradients of running sums and products. With P the exclusive running product of x and S[i] = dy[i] + x[i+1] S[i+1] (a recurrence
 * from the end), the gradient of the product is P S: no division, so zeros in x are exact, to any order.
 */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_cumsum(const sj__gradient *g, sj_tensor **dx)
{
	const sj_cumsum_args *args = g->args;
	int64_t axis[SJ_MAX_RANK];
	dx[0] = sj_cumsum(g->dy[0], sj__list_of(g->inputs[1], axis), .exclusive = args->exclusive,
	                  .reverse = !args->reverse);
}

/* x moved by one along the axis, a 0 taking the free place: out[i] = x[i+1] (to_front) or x[i-1]. */
static sj_tensor *moved(sj_tensor *x, int axis, bool to_front)
{
	int64_t begin[SJ_MAX_RANK] = {0}, size[SJ_MAX_RANK], paddings[2 * SJ_MAX_RANK] = {0};
	if (sj__is_nil(x) || x->shape.size == 0)
		return x;
	int rank = x->shape.rank;
	memcpy(size, sj__dims(x), sizeof(*size) * (size_t)rank);
	size[axis]--;
	begin[axis] = to_front;
	paddings[2 * axis + to_front] = 1;
	return sj_pad(sj_slice(x, ((sj_ints){rank, begin}), ((sj_ints){rank, size})),
	              ((sj_ints){2 * (int64_t)rank, paddings}));
}

static int axis_of(const sj_tensor *axis, int rank)
{
	int64_t value = sj__index_at(axis, 0);
	return (int)(value < 0 ? value + rank : value);
}

static sj_tensor *recur(sj_tensor *x, sj_tensor *a, int64_t axis, bool reverse)
{
	return sj_recurrence(x, a, SJ_INTS(axis), .reverse = reverse);
}

/* The element whose product begins after it is left out: dy moves first, and x by one place less. */
void sj__gradient_cumprod(const sj__gradient *g, sj_tensor **dx)
{
	const sj_cumprod_args *args = g->args;
	sj_tensor *x = g->inputs[0], *dy = g->dy[0];
	int axis = axis_of(g->inputs[1], x->shape.rank);
	bool back = args->reverse;
	sj_tensor *before = sj_cumprod(x, SJ_INTS(axis), .exclusive = true, .reverse = back);
	if (args->exclusive)
		dy = moved(dy, axis, !back);
	dx[0] = sj_mul(before, recur(dy, moved(x, axis, !back), axis, !back));
}

/* dx is the recurrence the other way, with a moved to the element that it multiplies; da[i] = dx[i] out[i-1]. */
void sj__gradient_recurrence(const sj__gradient *g, sj_tensor **dx)
{
	const sj_recurrence_args *args = g->args;
	sj_tensor *a = g->inputs[1], *out = g->outputs[0];
	int axis = axis_of(g->inputs[2], a->shape.rank);
	bool back = args->reverse;
	sj_tensor *d = recur(g->dy[0], moved(a, axis, !back), axis, !back);
	dx[0] = d;
	if (g->needs[1])
		dx[1] = sj_mul(d, moved(out, axis, back));
}

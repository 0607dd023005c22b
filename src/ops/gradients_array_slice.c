/* Gradients of cutting, padding, repeating and reversing. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_slice(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *x = g->inputs[0], *dy = g->dy[0];
	int64_t begin[SJ_MAX_RANK], end[SJ_MAX_RANK], strides[SJ_MAX_RANK];
	int rank = dy->shape.rank;
	sj__list_of(g->inputs[1], begin);
	for (int i = 0; i < rank; i++) {
		end[i] = begin[i] + sj__dims(dy)[i];
		strides[i] = 1;
	}
	dx[0] = sj_strided_slice_grad(sj__shape_list(x), ((sj_ints){rank, begin}), ((sj_ints){rank, end}),
	                              ((sj_ints){rank, strides}), g->dy[0]);
}

void sj__gradient_strided_slice(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *const inputs[] = {sj__list(sj__shape_list(g->inputs[0])), g->inputs[1], g->inputs[2], g->inputs[3],
	                             g->dy[0]};
	sj_strided_slice_grad_args args;
	memcpy(&args, g->args, sizeof(args)); /* the same masks */
	dx[0] = sj__run(&sj__op_table[SJ__OP_STRIDED_SLICE_GRAD], &args, 5, inputs);
}

void sj__gradient_strided_slice_grad(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *const inputs[] = {g->dy[0], g->inputs[1], g->inputs[2], g->inputs[3]};
	sj_strided_slice_args args;
	memcpy(&args, g->args, sizeof(args));
	dx[4] = sj__run(&sj__op_table[SJ__OP_STRIDED_SLICE], &args, 4, inputs);
}

/* The block of dy inside the padding; of PadV2's value, all the rest. */
void sj__gradient_pad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *x = g->inputs[0], *paddings = g->inputs[1];
	int64_t begin[SJ_MAX_RANK];
	for (int i = 0; i < x->shape.rank; i++)
		begin[i] = sj__index_at(paddings, 2 * (int64_t)i);
	dx[0] = sj_slice(g->dy[0], ((sj_ints){x->shape.rank, begin}), sj__shape_list(x));
	if (g->n_inputs == 3 && g->needs[2])
		dx[2] = sj_sub(sj_sum(g->dy[0]), sj_sum(dx[0]));
}

static sj_tensor *mirror_run(const sj__gradient *g, int op_number)
{
	sj_tensor *const inputs[] = {g->dy[0], g->inputs[1]};
	return sj__run(&sj__op_table[op_number], g->args, 2, inputs); /* both have the same arguments */
}

void sj__gradient_mirror_pad(const sj__gradient *g, sj_tensor **dx) { dx[0] = mirror_run(g, SJ__OP_MIRROR_PAD_GRAD); }

void sj__gradient_mirror_pad_grad(const sj__gradient *g, sj_tensor **dx) { dx[0] = mirror_run(g, SJ__OP_MIRROR_PAD); }

/* dy as (m0, d0, m1, d1, …), summed over the repetitions; a dimension that is not repeated stays one. */
void sj__gradient_tile(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *x = g->inputs[0], *multiples = g->inputs[1];
	int64_t dims[2 * SJ_MAX_RANK], axes[SJ_MAX_RANK];
	int n = 0, n_axes = 0;
	for (int i = 0; i < x->shape.rank; i++) {
		if (sj__index_at(multiples, i) != 1) {
			axes[n_axes++] = n;
			dims[n++] = sj__index_at(multiples, i);
		}
		dims[n++] = sj__dims(x)[i];
	}
	sj_tensor *d = sj_reshape(g->dy[0], ((sj_ints){n, dims}));
	dx[0] = n_axes > 0 ? sj_sum(d, .axis = {n_axes, axes}) : d;
}

void sj__gradient_reverse(const sj__gradient *g, sj_tensor **dx)
{
	int64_t axes[SJ_MAX_RANK];
	dx[0] = sj_reverse(g->dy[0], sj__list_of(g->inputs[1], axes));
}

void sj__gradient_roll(const sj__gradient *g, sj_tensor **dx)
{
	int64_t shifts[SJ_MAX_RANK], axes[SJ_MAX_RANK];
	sj_ints shift = sj__list_of(g->inputs[1], shifts), axis = sj__list_of(g->inputs[2], axes);
	for (int64_t i = 0; i < shift.count; i++) {
		int64_t a = axes[i] < 0 ? axes[i] + g->dy[0]->shape.rank : axes[i];
		shifts[i] = -(shifts[i] %
		              sj__max_i64(1, sj__dims(g->dy[0])[a])); /* the lowest number has no negative */
	}
	dx[0] = sj_roll(g->dy[0], shift, axis);
}

void sj__gradient_reverse_sequence(const sj__gradient *g, sj_tensor **dx)
{
	const sj_reverse_sequence_args *args = g->args;
	dx[0] = sj_reverse_sequence(g->dy[0], g->inputs[1], args->seq_dim, .batch_dim = args->batch_dim);
}

void sj__gradient_cross(const sj__gradient *g, sj_tensor **dx)
{
	if (g->needs[0])
		dx[0] = sj_cross(g->inputs[1], g->dy[0]);
	if (g->needs[1])
		dx[1] = sj_cross(g->dy[0], g->inputs[0]);
}

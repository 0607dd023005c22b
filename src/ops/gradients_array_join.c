/* Gradients of joining and taking apart: each is the other. */
#include "base/memory.h"
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/array_functions.h"
#include "sokuji/scope.h"

/*
 * The joined axis, from the shapes alone: the one whose sum over the inputs is dy's while all others agree with dy. Where two
 * axes fit, there is one input or dy is empty, and either gives the same gradients.
 */
static int concat_axis(const sj__gradient *g, int n)
{
	const int64_t *dims = sj__dims(g->dy[0]);
	for (int axis = 0; axis < g->dy[0]->shape.rank; axis++) {
		int64_t sum = 0;
		bool others_agree = true;
		for (int i = 0; i < n; i++) {
			sum += sj__dims(g->inputs[i])[axis];
			for (int a = 0; a < g->dy[0]->shape.rank; a++)
				others_agree &= a == axis || sj__dims(g->inputs[i])[a] == dims[a];
		}
		if (others_agree && sum == dims[axis])
			return axis;
	}
	return 0;
}

void sj__gradient_concat(const sj__gradient *g, sj_tensor **dx)
{
	int n = g->n_inputs - 1, axis = concat_axis(g, n), rank = g->dy[0]->shape.rank;
	int64_t begin[SJ_MAX_RANK] = {0};
	for (int i = 0; i < n; i++) {
		if (g->needs[i])
			dx[i] = sj_slice(g->dy[0], ((sj_ints){rank, begin}), sj__shape_list(g->inputs[i]));
		begin[axis] += sj__dims(g->inputs[i])[axis];
	}
}

static void unpack_to(const sj__gradient *g, sj_tensor *dy, int64_t axis, sj_tensor **dx)
{
	if (!sj__is_nil(dy))
		sj_unstack(dy, g->n_inputs, dx, .axis = axis);
}

void sj__gradient_stack(const sj__gradient *g, sj_tensor **dx)
{
	const sj_stack_args *args = g->args;
	unpack_to(g, g->dy[0], args->axis, dx);
}

/* All of dy, zeros filled in: an array of the caller's own, NULL without memory. */
static sj_tensor **all_dy(const sj__gradient *g)
{
	sj_tensor **all = sj__memory_new(sizeof(*all) * (size_t)g->n_outputs);
	if (all == NULL)
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
	for (int k = 0; all != NULL && k < g->n_outputs; k++)
		all[k] = sj__dy(g, k);
	return all;
}

void sj__gradient_unstack(const sj__gradient *g, sj_tensor **dx)
{
	const sj_unstack_args *args = g->args;
	sj_tensor **all = all_dy(g);
	dx[0] = all != NULL ? sj_stack(g->n_outputs, all, .axis = args->axis) : sj_nil();
	sj__memory_free(all);
}

static sj_tensor *parts_join(const sj__gradient *g, const sj_tensor *axis)
{
	sj_tensor **all = all_dy(g);
	sj_tensor *joined = all != NULL ? sj_concat(g->n_outputs, all, sj__index_at(axis, 0)) : sj_nil();
	sj__memory_free(all);
	return joined;
}

void sj__gradient_split(const sj__gradient *g, sj_tensor **dx) { dx[1] = parts_join(g, g->inputs[0]); }

void sj__gradient_split_v(const sj__gradient *g, sj_tensor **dx) { dx[0] = parts_join(g, g->inputs[2]); }

void sj__gradient_add_n(const sj__gradient *g, sj_tensor **dx)
{
	for (int i = 0; i < g->n_inputs; i++)
		dx[i] = g->needs[i] ? g->dy[0] : NULL;
}

/* For each row of data, where it is among the outputs put one after the other. */
static sj_tensor *partition_places(const sj__gradient *g)
{
	const sj_tensor *partitions = g->inputs[1];
	int64_t n = partitions->shape.size;
	sj_tensor *places = NULL;
	int64_t *next = sj__memory_new_zeroed(sizeof(*next) * (size_t)(g->n_outputs + 1));
	sj_status status = next == NULL ? SJ_RESOURCE_EXHAUSTED
	                                : sj__tensor_make("dynamic partition", SJ_INT64, partitions->shape.rank,
	                                                  sj__dims(partitions), &places);
	if (status != SJ_OK)
		sj__error_stick(status);
	for (int k = 0; status == SJ_OK && k < g->n_outputs; k++)
		next[k + 1] = next[k] + sj__dims(g->n_outputs > 1 ? g->outputs[k] : g->dy[k])[0];
	for (int64_t i = 0; status == SJ_OK && i < n; i++)
		((int64_t *)places->data)[i] = next[((const int32_t *)partitions->data)[i]]++;
	sj__memory_free(next);
	return status == SJ_OK ? sj_scope_own(places) : sj_nil();
}

void sj__gradient_dynamic_partition(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor **all = all_dy(g), *places = partition_places(g);
	if (all != NULL && g->inputs[1]->shape.size == 0)
		dx[0] = sj_reshape(sj_concat(g->n_outputs, all, 0), sj__shape_list(g->inputs[0]));
	else
		dx[0] = all != NULL ? sj_gather(sj_concat(g->n_outputs, all, 0), places) : sj_nil();
	sj__memory_free(all);
}

/* For each row of the result, which row of data is there, counted through all of them: the last that was put. */
static int64_t *rows_kept(const sj__gradient *g, int n)
{
	int64_t count = 0, *kept = sj__memory_new(sizeof(*kept) * (size_t)sj__max_i64(1, sj__dims(g->dy[0])[0]));
	if (kept == NULL)
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
	for (int m = 0; kept != NULL && m < n; m++)
		for (int64_t i = 0; i < g->inputs[m]->shape.size; i++)
			kept[sj__index_at(g->inputs[m], i)] = count++;
	return kept;
}

/* dy's rows for one tensor of indices, whose rows are counted from `first` on; 0 where a later row was put. */
static sj_tensor *rows_taken(sj_tensor *dy, sj_tensor *indices, const int64_t *kept, int64_t first)
{
	int64_t dims[SJ_MAX_RANK], n = indices->shape.size;
	int rank = indices->shape.rank + dy->shape.rank - 1;
	bool all = true;
	sj_tensor *mask, *rows = sj_gather(dy, indices);
	for (int64_t i = 0; i < n; i++)
		all &= kept[sj__index_at(indices, i)] == first + i;
	if (all)
		return rows;
	for (int i = 0; i < rank; i++)
		dims[i] = i < indices->shape.rank ? sj__dims(indices)[i] : 1;
	sj_status status = sj__tensor_make("dynamic stitch", SJ_BOOL, rank, dims, &mask);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	for (int64_t i = 0; i < n; i++)
		((uint8_t *)mask->data)[i] = kept[sj__index_at(indices, i)] == first + i;
	return sj_where_values(sj_scope_own(mask), rows, sj_scalar((sj_dtype)dy->dtype, 0));
}

void sj__gradient_dynamic_stitch(const sj__gradient *g, sj_tensor **dx)
{
	int n = g->n_inputs / 2;
	int64_t first = 0, *kept = rows_kept(g, n);
	for (int i = 0; i < n; i++) {
		if (g->needs[n + i])
			dx[n + i] = kept != NULL ? rows_taken(g->dy[0], g->inputs[i], kept, first) : sj_nil();
		first += g->inputs[i]->shape.size;
	}
	sj__memory_free(kept);
}

/* Gradients of the segment reductions: each row takes its segment's share. */
#include "base/memory.h"
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"

/* A bool tensor for the ids, of `rank` dimensions (1s at the end): is the number not negative? NULL: all are. */
static sj_tensor *inside_mask(const sj_tensor *ids, int rank)
{
	int64_t dims[SJ_MAX_RANK];
	bool all = true;
	sj_tensor *mask;
	for (int64_t i = 0; i < ids->shape.size; i++)
		all &= sj__index_at(ids, i) >= 0;
	if (all)
		return NULL;
	for (int i = 0; i < rank; i++)
		dims[i] = i < ids->shape.rank ? sj__dims(ids)[i] : 1;
	sj_status status = sj__tensor_make("segment mask", SJ_BOOL, rank, dims, &mask);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	for (int64_t i = 0; i < ids->shape.size; i++)
		((uint8_t *)mask->data)[i] = sj__index_at(ids, i) >= 0;
	return sj_scope_own(mask);
}

static sj_tensor *ids_clipped(const sj_tensor *ids)
{
	sj_tensor *clipped;
	sj_status status = sj__tensor_make("segment ids", SJ_INT64, ids->shape.rank, sj__dims(ids), &clipped);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	for (int64_t i = 0; i < ids->shape.size; i++)
		((int64_t *)clipped->data)[i] = sj__max_i64(0, sj__index_at(ids, i));
	return sj_scope_own(clipped);
}

/* The segments' rows, one for each row of data; 0 where the number is negative. */
static sj_tensor *rows_of(sj_tensor *segments, sj_tensor *ids)
{
	if (sj__is_nil(segments))
		return segments;
	sj_tensor *mask = inside_mask(ids, ids->shape.rank + segments->shape.rank - 1);
	if (mask == NULL)
		return sj_gather(segments, ids);
	if (sj__dims(segments)[0] == 0) /* every number is negative */
		return sj_broadcast_to(sj_scalar((sj_dtype)segments->dtype, 0), sj__shape_list(mask));
	return sj_where_values(mask, sj_gather(segments, ids_clipped(ids)), sj_scalar((sj_dtype)segments->dtype, 0));
}

void sj__gradient_segment_sum(const sj__gradient *g, sj_tensor **dx) { dx[0] = rows_of(g->dy[0], g->inputs[1]); }

/* Rows of each segment as a column (segments, 1, …) of dy's dtype; at least 1. */
static sj_tensor *counts_column(const sj__gradient *g)
{
	const sj_tensor *ids = g->inputs[1], *dy = g->dy[0];
	int64_t dims[SJ_MAX_RANK];
	for (int i = 0; i < dy->shape.rank; i++)
		dims[i] = i == 0 ? sj__dims(dy)[0] : 1;
	int64_t *counts = sj__memory_new_zeroed(sizeof(*counts) * (size_t)sj__max_i64(1, dims[0]));
	sj_tensor *column = sj_nil();
	if (counts == NULL) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return column;
	}
	for (int64_t i = 0; i < ids->shape.size; i++)
		counts[sj__index_at(ids, i)]++;
	for (int64_t i = 0; i < dims[0]; i++)
		counts[i] = sj__max_i64(1, counts[i]);
	column = sj_tensor_new(SJ_INT64, (sj_ints){dy->shape.rank, dims}, counts, sizeof(*counts) * (size_t)dims[0]);
	sj__memory_free(counts);
	return sj_cast(column, (sj_dtype)dy->dtype);
}

void sj__gradient_segment_mean(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = sj_gather(sj_div(g->dy[0], counts_column(g)), g->inputs[1]);
}

/* The rows equal to their segment's extreme share its gradient equally. */
void sj__gradient_segment_extreme(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *data = g->inputs[0], *ids = g->inputs[1], *y = g->outputs[0];
	sj_dtype dtype = (sj_dtype)data->dtype;
	int64_t n_segments = sj__dims(y)[0];
	sj_tensor *differs = sj_cast(sj_sub(data, rows_of(y, ids)), SJ_BOOL);
	sj_tensor *is_extreme = sj_where_values(differs, sj_scalar(dtype, 0), sj_scalar(dtype, 1));
	sj_tensor *counts = sj_unsorted_segment_sum(is_extreme, ids, SJ_INTS(n_segments));
	sj_tensor *has_rows = sj_cast(counts, SJ_BOOL);
	sj_tensor *share = sj_div(g->dy[0], sj_where_values(has_rows, counts, sj_scalar(dtype, 1)));
	dx[0] = sj_mul(is_extreme, rows_of(share, ids));
}

/*
 * For the zeros of a segment: the product of the segment's other zeros, which is 0 but for a lone zero. It is written as the elementary symmetric
 * polynomial of the others, through power sums over the segment less the element's own, so that its derivatives are right too. Of four zeros
 * and more only derivatives above the third order would not vanish.
 */
static sj_tensor *other_zeros(sj_tensor *data, sj_tensor *is_not_zero, sj_tensor *ids, sj_ints n_segments)
{
	sj_dtype dtype = (sj_dtype)data->dtype;
	sj_tensor *zero = sj_scalar(dtype, 0), *one = sj_scalar(dtype, 1);
	sj_tensor *z = sj_where_values(is_not_zero, zero, data);
	sj_tensor *is_zero = sj_where_values(is_not_zero, zero, one);
	sj_tensor *count = rows_of(sj_unsorted_segment_sum(is_zero, ids, n_segments), ids);
	sj_tensor *sum = sj_sub(rows_of(sj_unsorted_segment_sum(z, ids, n_segments), ids), z);
	sj_tensor *squares = sj_sub(rows_of(sj_unsorted_segment_sum(sj_square(z), ids, n_segments), ids), sj_square(z));
	sj_tensor *of_two = sj_mul(sj_sub(sj_square(sum), squares), sj_scalar(dtype, 0.5));
	sj_tensor *product = sj_where_values(sj_equal(count, sj_scalar(dtype, 3)), of_two, zero);
	product = sj_where_values(sj_equal(count, sj_scalar(dtype, 2)), sum, product);
	return sj_where_values(sj_equal(count, one), one, product);
}

/*
 * dy times the product of the others: the segment's product divided by the element where that is not 0, else the product of the elements that
 * are not 0 times that of the other zeros. Exact for derivatives up to the third order, and for all where a segment has fewer than four zeros.
 */
void sj__gradient_segment_prod(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *data = g->inputs[0], *ids = g->inputs[1], *y = g->outputs[0];
	sj_ints n_segments = {1, sj__dims(y)};
	sj_tensor *is_not_zero = sj_cast(data, SJ_BOOL);
	sj_tensor *without_zeros = sj_where_values(is_not_zero, data, sj_scalar((sj_dtype)data->dtype, 1));
	sj_tensor *rest = rows_of(sj_unsorted_segment_prod(without_zeros, ids, n_segments), ids);
	sj_tensor *of_zeros = sj_mul(rest, other_zeros(data, is_not_zero, ids, n_segments));
	sj_tensor *others = sj_where_values(is_not_zero, sj_div(rows_of(y, ids), without_zeros), of_zeros);
	dx[0] = sj_mul(rows_of(g->dy[0], ids), others);
}

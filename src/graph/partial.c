/*
 * What is known beforehand of an integer tensor that describes a shape: element by element, through the operations that shapes are put together
 * with (Shape, Pack, ConcatV2, slices, conversions). TensorFlow's constant_value_as_shape.
 */
#include "graph/graph.h"
#include "ops/op.h"
#include "sokuji/operations.h"

enum { DEEPEST = 16 };

static int64_t element(const sj_tensor *t, int64_t i, int depth);

static bool has_value(const sj_tensor *t) { return t != NULL && t->data != NULL; }

static int64_t value_at(const sj_tensor *t, int64_t i)
{
	return t->dtype == SJ_INT64 ? ((const int64_t *)t->data)[i] : ((const int32_t *)t->data)[i];
}

static int64_t joined(const sj_node *node, int64_t i, int depth)
{
	for (int k = 0; k < node->n_inputs - 1; k++) {
		const sj_tensor *part = node->inputs[k];
		if (part->shape.size < 0)
			return SJ__UNKNOWN;
		if (i < part->shape.size)
			return element(part, i, depth);
		i -= part->shape.size;
	}
	return SJ__UNKNOWN;
}

/* Of a vector's x[begin:end:stride] or x[begin]. */
static int64_t sliced(const sj_node *node, int64_t i, int depth)
{
	const sj_strided_slice_args *args = node->args;
	const sj_tensor *x = node->inputs[0];
	if (x->shape.rank != 1 || !has_value(node->inputs[1]) || !has_value(node->inputs[3]) ||
	    node->inputs[1]->shape.size != 1 || args->ellipsis_mask != 0 || args->new_axis_mask != 0)
		return SJ__UNKNOWN;
	int64_t begin = value_at(node->inputs[1], 0), stride = value_at(node->inputs[3], 0), n = x->shape.size;
	if (args->begin_mask != 0)
		begin = stride > 0 ? 0 : -1;
	if (begin < 0)
		begin = n < 0 ? SJ__UNKNOWN : begin + n;
	int64_t at = begin + i * stride;
	return begin < 0 || at < 0 || (n >= 0 && at >= n) ? SJ__UNKNOWN : element(x, at, depth);
}

static int64_t element_of(const sj_node *node, int64_t i, int depth)
{
	static const char *const same[] = {"Identity", "Cast", "Reshape", "ExpandDims", "Squeeze"};
	const char *name = node->op->name;
	const sj_tensor *x = node->n_inputs > 0 ? node->inputs[0] : NULL;
	if (strcmp(name, "Shape") == 0)
		return i < x->shape.rank ? sj__dims(x)[i] : SJ__UNKNOWN;
	if (strcmp(name, "Pack") == 0)
		return i < node->n_inputs && node->inputs[i]->shape.rank == 0 ? element(node->inputs[i], 0, depth)
		                                                              : SJ__UNKNOWN;
	if (strcmp(name, "ConcatV2") == 0)
		return joined(node, i, depth);
	if (strcmp(name, "StridedSlice") == 0)
		return sliced(node, i, depth);
	if (strcmp(name, "GatherV2") == 0 && has_value(node->inputs[1]) && x->shape.rank == 1 &&
	    i < node->inputs[1]->shape.size)
		return element(x, value_at(node->inputs[1], i), depth);
	for (size_t k = 0; k < sizeof(same) / sizeof(same[0]); k++)
		if (strcmp(name, same[k]) == 0)
			return element(x, i, depth);
	return SJ__UNKNOWN;
}

static int64_t element(const sj_tensor *t, int64_t i, int depth)
{
	if (t == NULL || (t->dtype != SJ_INT32 && t->dtype != SJ_INT64) || i < 0 ||
	    (t->shape.size >= 0 && i >= t->shape.size))
		return SJ__UNKNOWN;
	if (t->data != NULL)
		return value_at(t, i);
	bool is_known = sj__is_symbolic(t) && t->node != NULL && t->node->kind == SJ__NODE_OP && depth < DEEPEST;
	return is_known ? element_of(t->node, i, depth + 1) : SJ__UNKNOWN;
}

int sj__graph_shape_of(const sj_tensor *t, int64_t *ret_dims)
{
	if (t->shape.rank != 1 || t->shape.size < 0 || t->shape.size > SJ_MAX_RANK)
		return -1;
	for (int a = 0; a < t->shape.size; a++) {
		int64_t n = element(t, a, 0);
		ret_dims[a] = n < 0 ? SJ__UNKNOWN : n;
	}
	return (int)t->shape.size;
}

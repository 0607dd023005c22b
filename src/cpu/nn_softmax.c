/* Kernels of softmax, the cross entropies and L2Loss: the tensor's side of normalize_loops.h. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/kernels.h"
#include "cpu/normalize_loops.h"

enum { ELEMENTS_IN_A_RANGE = 16384 };

#if defined(__x86_64__)
static const sj__normalize_loops *const tables[SJ__ISA_COUNT] = {sj__normalize_plain, sj__normalize_avx2,
                                                                 sj__normalize_avx512};
#else
static const sj__normalize_loops *const tables[SJ__ISA_COUNT] = {sj__normalize_plain, sj__normalize_plain,
                                                                 sj__normalize_plain};
#endif

const sj__normalize_loops *sj__normalize_loops_of(bool single) { return &tables[sj__isa()][!single]; }

static int64_t rows_in_a_range(int64_t columns)
{
	return sj__max_i64(1, ELEMENTS_IN_A_RANGE / sj__max_i64(1, columns));
}

/* ---- softmax ---- */

typedef struct rows_work {
	const sj__normalize_loops *loops;
	int64_t columns;
	bool logarithm;
	size_t size; /* of an element */
	const char *x, *labels;
	const int64_t *classes;
	char *y, *loss;
} rows_work;

static void softmax_rows(void *context, int64_t begin, int64_t end)
{
	const rows_work *w = context;
	size_t offset = (size_t)(begin * w->columns) * w->size;
	w->loops->softmax(end - begin, w->columns, w->logarithm, w->x + offset, w->y + offset);
}

static sj_status softmax(sj__call *call, bool logarithm)
{
	const sj_tensor *x = call->inputs[0];
	if (x->shape.size == 0)
		return SJ_OK;
	int64_t columns = sj__dims(x)[x->shape.rank - 1];
	rows_work w = {.loops = sj__normalize_loops_of(x->dtype == SJ_FLOAT32),
	               .columns = columns,
	               .logarithm = logarithm,
	               .size = sj__dtype_size(x->dtype),
	               .x = x->data,
	               .y = call->outputs[0]->data};
	sj__parallel_for(x->shape.size / columns, rows_in_a_range(columns), softmax_rows, &w);
	return SJ_OK;
}

sj_status sj__kernel_softmax(sj__call *call) { return softmax(call, false); }
sj_status sj__kernel_log_softmax(sj__call *call) { return softmax(call, true); }

/* ---- cross entropy ---- */

static void cross_entropy_rows(void *context, int64_t begin, int64_t end)
{
	const rows_work *w = context;
	size_t offset = (size_t)(begin * w->columns) * w->size;
	w->loops->cross_entropy(end - begin, w->columns, w->x + offset, w->labels + offset,
	                        w->loss + (size_t)begin * w->size, w->y + offset);
}

/* t as (rows, columns): its own bytes, or a copy in *ret_copy with what broadcasting repeats. */
static sj_status rows_take(const sj_tensor *t, int64_t rows, int64_t columns, const void **ret_bytes, void **ret_copy)
{
	*ret_copy = NULL;
	*ret_bytes = t->data;
	if (t->shape.size == rows * columns)
		return SJ_OK;
	size_t size = sj__dtype_size(t->dtype);
	int rank = t->shape.rank;
	bool rows_repeat = rank < 2 || sj__dims(t)[0] == 1, columns_repeat = rank < 1 || sj__dims(t)[rank - 1] == 1;
	char *copy = sj__memory_new((size_t)(rows * columns) * size);
	if (copy == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int64_t r = 0; r < rows; r++)
		for (int64_t c = 0; c < columns; c++) {
			int64_t from = (rows_repeat ? 0 : r * (columns_repeat ? 1 : columns)) +
			               (columns_repeat ? 0 : c);
			memcpy(copy + (size_t)(r * columns + c) * size, (const char *)t->data + (size_t)from * size,
			       size);
		}
	*ret_bytes = *ret_copy = copy;
	return SJ_OK;
}

sj_status sj__kernel_softmax_cross_entropy_with_logits(sj__call *call)
{
	sj_tensor *loss = call->outputs[0], *backprop = call->outputs[1];
	int64_t rows = sj__dims(backprop)[0], columns = sj__dims(backprop)[1];
	const void *x, *labels;
	void *x_copy = NULL, *labels_copy = NULL;
	if (rows == 0)
		return SJ_OK;
	sj_status status = rows_take(call->inputs[0], rows, columns, &x, &x_copy);
	if (status == SJ_OK)
		status = rows_take(call->inputs[1], rows, columns, &labels, &labels_copy);
	if (status == SJ_OK) {
		rows_work w = {.loops = sj__normalize_loops_of(loss->dtype == SJ_FLOAT32),
		               .columns = columns,
		               .size = sj__dtype_size(loss->dtype),
		               .x = x,
		               .labels = labels,
		               .loss = loss->data,
		               .y = backprop->data};
		sj__parallel_for(rows, rows_in_a_range(columns), cross_entropy_rows, &w);
	}
	sj__memory_free(x_copy);
	sj__memory_free(labels_copy);
	return status;
}

/* ---- cross entropy with class numbers ---- */

static void sparse_rows(void *context, int64_t begin, int64_t end)
{
	const rows_work *w = context;
	size_t offset = (size_t)(begin * w->columns) * w->size;
	w->loops->sparse_cross_entropy(end - begin, w->columns, w->x + offset, w->classes + begin,
	                               w->loss + (size_t)begin * w->size, w->y + offset);
}

/* The labels as int64, each checked against the number of classes. */
static sj_status classes_take(const sj__call *call, int64_t classes, int64_t *ret_labels)
{
	const sj_tensor *labels = call->inputs[1];
	for (int64_t i = 0; i < labels->shape.size; i++) {
		int64_t label = labels->dtype == SJ_INT64 ? ((const int64_t *)labels->data)[i]
		                                          : ((const int32_t *)labels->data)[i];
		if (SJ_UNLIKELY(label < 0 || label >= classes))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "labels[%lld] is %lld, which is outside the valid range of [0, %lld)",
			                     (long long)i, (long long)label, (long long)classes);
		ret_labels[i] = label;
	}
	return SJ_OK;
}

sj_status sj__kernel_sparse_softmax_cross_entropy_with_logits(sj__call *call)
{
	enum { ON_THE_STACK = 256 };
	const sj_tensor *x = call->inputs[0];
	int64_t rows = sj__dims(x)[0], columns = sj__dims(x)[1], few[ON_THE_STACK];
	int64_t *classes = rows <= ON_THE_STACK ? few : sj__memory_new((size_t)rows * sizeof(*classes));
	if (classes == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = classes_take(call, columns, classes);
	if (status == SJ_OK) {
		rows_work w = {.loops = sj__normalize_loops_of(x->dtype == SJ_FLOAT32),
		               .columns = columns,
		               .size = sj__dtype_size(x->dtype),
		               .x = x->data,
		               .classes = classes,
		               .loss = call->outputs[0]->data,
		               .y = call->outputs[1]->data};
		sj__parallel_for(rows, rows_in_a_range(columns), sparse_rows, &w);
	}
	if (classes != few)
		sj__memory_free(classes);
	return status;
}

/* ---- L2Loss ---- */

typedef struct sum_work {
	const sj__normalize_loops *loops;
	const char *x;
	size_t size;
	double *sums; /* one a range */
} sum_work;

static void squares_range(void *context, int64_t begin, int64_t end)
{
	const sum_work *w = context;
	w->sums[begin / ELEMENTS_IN_A_RANGE] = w->loops->sum_squares(end - begin, w->x + (size_t)begin * w->size, 0);
}

sj_status sj__kernel_l2_loss(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t ranges = (x->shape.size + ELEMENTS_IN_A_RANGE - 1) / ELEMENTS_IN_A_RANGE;
	double one = 0, total = 0, *sums = ranges <= 1 ? &one : sj__memory_new((size_t)ranges * sizeof(*sums));
	if (sums == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sum_work w = {sj__normalize_loops_of(x->dtype == SJ_FLOAT32), x->data, sj__dtype_size(x->dtype), sums};
	sj__parallel_for(x->shape.size, ELEMENTS_IN_A_RANGE, squares_range, &w);
	for (int64_t i = 0; i < ranges; i++)
		total += sums[i];
	if (sums != &one)
		sj__memory_free(sums);
	if (x->dtype == SJ_FLOAT32)
		*(float *)call->outputs[0]->data = (float)(total / 2);
	else
		*(double *)call->outputs[0]->data = total / 2;
	return SJ_OK;
}

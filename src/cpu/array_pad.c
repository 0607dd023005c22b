/*
 * Kernels of padding. Trailing dimensions that get no padding are one block; the last padded dimension and the block make a row, and rows
 * are filled, copied and mirrored as wholes.
 */
#include "base/threads.h"
#include "cpu/array_rows.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array_slice.h"

enum { BYTES_IN_A_CHUNK = 256 * 1024 };

typedef struct pad_work {
	sj_dtype dtype;
	int64_t size;         /* of an element */
	int rank;             /* of the dimensions outside the row */
	int offset;           /* of mirrors: 1 leaves the border out */
	const int64_t *small; /* dimensions of the unpadded tensor */
	const sj__pairs *pairs;
	int64_t before, length, after, block; /* of the row: in blocks; elements in a block */
	char *big;                            /* the padded tensor */
	char *small_data;
	const void *value; /* what constant padding puts */
} pad_work;

static void work_begin(pad_work *w, const sj_tensor *small, const sj__pairs *pairs)
{
	int last = small->shape.rank - 1;
	w->dtype = (sj_dtype)small->dtype;
	w->size = (int64_t)sj_dtype_size(w->dtype);
	w->small = sj__dims(small);
	w->pairs = pairs;
	w->block = 1;
	while (last >= 0 && pairs->before[last] == 0 && pairs->after[last] == 0)
		w->block *= w->small[last--];
	w->rank = last < 0 ? 0 : last;
	w->before = last < 0 ? 0 : pairs->before[last];
	w->after = last < 0 ? 0 : pairs->after[last];
	w->length = last < 0 ? 1 : w->small[last];
}

static int64_t rows_of(const pad_work *w, const sj_tensor *big)
{
	int64_t n = 1;
	for (int i = 0; i < w->rank; i++)
		n *= sj__dims(big)[i];
	return n;
}

static int64_t row_blocks(const pad_work *w) { return w->before + w->length + w->after; }

/* The unpadded row under padded row `row`; -1 when it lies in the padding. */
static int64_t row_inside(const pad_work *w, int64_t row)
{
	int64_t at = 0, stride = 1;
	for (int i = w->rank - 1; i >= 0; i--) {
		int64_t dim = w->small[i], big = dim + w->pairs->before[i] + w->pairs->after[i],
			index = row % big - w->pairs->before[i];
		row /= big;
		if (index < 0 || index >= dim)
			return -1;
		at += index * stride;
		stride *= dim;
	}
	return at;
}

static int64_t mirrored(int64_t index, int64_t dim, int offset)
{
	if (index < 0)
		return -index - 1 + offset;
	return index < dim ? index : 2 * dim - 1 - offset - index;
}

static int64_t row_mirrored(const pad_work *w, int64_t row)
{
	int64_t at = 0, stride = 1;
	for (int i = w->rank - 1; i >= 0; i--) {
		int64_t dim = w->small[i], big = dim + w->pairs->before[i] + w->pairs->after[i];
		at += mirrored(row % big - w->pairs->before[i], dim, w->offset) * stride;
		row /= big;
		stride *= dim;
	}
	return at;
}

static void pad_range(void *context, int64_t begin, int64_t end)
{
	const pad_work *w = context;
	int64_t middle = w->length * w->block, left = w->before * w->block, right = w->after * w->block;
	for (int64_t row = begin; row < end; row++) {
		char *to = w->big + row * row_blocks(w) * w->block * w->size;
		int64_t inside = row_inside(w, row);
		if (inside < 0) {
			sj__elements_fill(w->dtype, to, w->value, left + middle + right);
			continue;
		}
		sj__elements_fill(w->dtype, to, w->value, left);
		sj__elements_copy(w->dtype, to + left * w->size, w->small_data + inside * middle * w->size, middle);
		sj__elements_fill(w->dtype, to + (left + middle) * w->size, w->value, right);
	}
}

static void mirror_range(void *context, int64_t begin, int64_t end)
{
	const pad_work *w = context;
	int64_t block = w->block * w->size;
	for (int64_t row = begin; row < end; row++) {
		char *to = w->big + row * row_blocks(w) * block;
		const char *from = w->small_data + row_mirrored(w, row) * w->length * block;
		for (int64_t i = 0; i < w->before; i++)
			sj__elements_copy(w->dtype, to + i * block,
			                  from + mirrored(i - w->before, w->length, w->offset) * block, w->block);
		sj__elements_copy(w->dtype, to + w->before * block, from, w->length * w->block);
		for (int64_t i = w->length; i < w->length + w->after; i++)
			sj__elements_copy(w->dtype, to + (w->before + i) * block,
			                  from + mirrored(i, w->length, w->offset) * block, w->block);
	}
}

static sj_status pad(sj__call *call, pad_work *w, sj__range_function *function)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	sj__pairs pairs;
	sj_status status = sj__call_pairs(call, 1, x->shape.rank, &pairs);
	if (status != SJ_OK || y->shape.size == 0)
		return status;
	work_begin(w, x, &pairs);
	w->big = y->data;
	w->small_data = x->data;
	sj__parallel_for(rows_of(w, y), sj__max_i64(1, BYTES_IN_A_CHUNK / (row_blocks(w) * w->block * w->size)),
	                 function, w);
	return SJ_OK;
}

sj_status sj__kernel_pad(sj__call *call)
{
	static const uint64_t zero[2];
	pad_work w = {.value = call->n_inputs == 3 ? call->inputs[2]->data : zero};
	return pad(call, &w, pad_range);
}

sj_status sj__kernel_mirror_pad(sj__call *call)
{
	pad_work w = {0};
	sj_status status = sj__mirror_offset(call, &w.offset);
	return status == SJ_OK ? pad(call, &w, mirror_range) : status;
}

sj_status sj__kernel_mirror_pad_grad(sj__call *call)
{
	const sj_tensor *dy = call->inputs[0];
	sj_tensor *dx = call->outputs[0];
	sj__pairs pairs;
	pad_work w = {0};
	sj_status status = sj__mirror_offset(call, &w.offset);
	if (status == SJ_OK)
		status = sj__call_pairs(call, 1, dx->shape.rank, &pairs);
	if (status != SJ_OK)
		return status;
	work_begin(&w, dx, &pairs);
	sj__tensor_clear(dx);
	sj__row_function *add = sj__row_fold(w.dtype, SJ__FOLD_SUM);
	int64_t block = w.block * w.size, n_rows = dy->shape.size > 0 ? rows_of(&w, dy) : 0;
	for (int64_t row = 0; row < n_rows && !sj__cancelled(); row++) {
		const char *from = (const char *)dy->data + row * row_blocks(&w) * block;
		char *to = (char *)dx->data + row_mirrored(&w, row) * w.length * block;
		for (int64_t i = 0; i < w.before; i++)
			add(w.block, from + i * block, to + mirrored(i - w.before, w.length, w.offset) * block);
		add(w.length * w.block, from + w.before * block, to);
		for (int64_t i = w.length; i < w.length + w.after; i++)
			add(w.block, from + (w.before + i) * block, to + mirrored(i, w.length, w.offset) * block);
	}
	return SJ_OK;
}

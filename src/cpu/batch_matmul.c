/* Matrix products over batches, which broadcast: many small ones side by side, large ones one after the other in parallel inside. */
#include "base/threads.h"
#include "cpu/gemm.h"
#include "cpu/kernels.h"
#include "ops_numbers.h"

enum { LARGE_PRODUCT = 1 << 20, PRODUCTS_IN_A_RANGE = 1 << 18 };

typedef struct batch_work {
	const sj_tensor *x, *y;
	sj_tensor *z;
	bool tx, ty;
	int64_t m, n, k;
	int rank;                                           /* of the batch */
	int64_t steps_x[SJ_MAX_RANK], steps_y[SJ_MAX_RANK]; /* in matrices; 0 where broadcast */
	int status;
} batch_work;

static sj_status product(const batch_work *w, int64_t m, int64_t x, int64_t y, int64_t z)
{
	bool tx = w->tx, ty = w->ty;
	int64_t n = w->n, k = w->k, ldx = tx ? w->m : k, ldy = ty ? k : n, size_x = w->m * k, size_y = k * n,
		size_z = w->m * n;
	switch (w->z->dtype) {
	case SJ_FLOAT32:
		return sj__gemm_f32(tx, ty, m, n, k, (const float *)w->x->data + x * size_x, ldx,
		                    (const float *)w->y->data + y * size_y, ldy, (float *)w->z->data + z * size_z, n,
		                    false, NULL, false);
	case SJ_FLOAT64:
		return sj__gemm_f64(tx, ty, m, n, k, (const double *)w->x->data + x * size_x, ldx,
		                    (const double *)w->y->data + y * size_y, ldy, (double *)w->z->data + z * size_z, n,
		                    false, NULL, false);
	case SJ_INT32:
		return sj__gemm_i32(tx, ty, m, n, k, (const int32_t *)w->x->data + x * size_x, ldx,
		                    (const int32_t *)w->y->data + y * size_y, ldy, (int32_t *)w->z->data + z * size_z,
		                    n);
	default:
		return sj__gemm_i64(tx, ty, m, n, k, (const int64_t *)w->x->data + x * size_x, ldx,
		                    (const int64_t *)w->y->data + y * size_y, ldy, (int64_t *)w->z->data + z * size_z,
		                    n);
	}
}

static void product_range(void *context, int64_t begin, int64_t end)
{
	batch_work *w = context;
	for (int64_t i = begin; i < end; i++) {
		int64_t x = 0, y = 0, rest = i;
		for (int d = w->rank - 1; d >= 0; d--) {
			int64_t index = rest % sj__dims(w->z)[d];
			rest /= sj__dims(w->z)[d];
			x += index * w->steps_x[d];
			y += index * w->steps_y[d];
		}
		sj_status status = product(w, w->m, x, y, i);
		if (status != SJ_OK)
			__atomic_store_n(&w->status, (int)status, __ATOMIC_RELAXED);
	}
}

/* Steps of t's matrices along the dimensions of a batch of this rank. */
static void steps_fill(const sj_tensor *t, int rank, int64_t *steps)
{
	int64_t step = 1;
	for (int d = rank - 1; d >= 0; d--) {
		int i = d - (rank + 2 - t->shape.rank);
		int64_t n = i < 0 ? 1 : sj__dims(t)[i];
		steps[d] = n == 1 ? 0 : step;
		step *= n;
	}
}

sj_status sj__kernel_batch_matmul(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1];
	sj_tensor *z = call->outputs[0];
	const sj_batch_matmul_args *args = call->args;
	const int64_t *mx = sj__dims(x) + x->shape.rank - 2;
	batch_work w = {.x = x, .y = y, .z = z, .tx = args->adj_x, .ty = args->adj_y, .rank = z->shape.rank - 2};
	w.m = sj__dims(z)[w.rank];
	w.n = sj__dims(z)[w.rank + 1];
	w.k = mx[!w.tx];
	if (z->shape.size == 0)
		return SJ_OK;
	int64_t batch = z->shape.size / (w.m * w.n), size = sj__max_i64(1, w.k) * w.m * w.n;
	bool one_y = y->shape.size == w.k * w.n, every_x = x->shape.size == batch * w.m * w.k;
	if (one_y && every_x && !w.tx && w.k > 0) /* the batch's rows are the rows of one matrix */
		return product(&w, batch * w.m, 0, 0, 0);
	steps_fill(x, w.rank, w.steps_x);
	steps_fill(y, w.rank, w.steps_y);
	if (size >= LARGE_PRODUCT)
		product_range(&w, 0, batch);
	else
		sj__parallel_for(batch, PRODUCTS_IN_A_RANGE / size, product_range, &w);
	return (sj_status)w.status;
}

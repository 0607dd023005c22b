/* Three-dimensional pooling and its gradients: one walk over the windows, image by image, does them all. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/volume.h"
#include "ops_numbers.h"

typedef enum what { LARGEST, LARGEST_GRAD, LARGEST_GRAD_GRAD, MEAN, MEAN_GRAD } what;

typedef struct pool_work {
	sj__volume v;
	what what;
	const double *x, *d; /* what is pooled; what is spread, or picked */
	double *result;
} pool_work;

/* The part of a window that lies inside: [begin, end) in each dimension. */
typedef struct box {
	int64_t begin[3], end[3];
} box;

static box box_at(const sj__volume *v, const int64_t at[3])
{
	box b;
	for (int i = 0; i < 3; i++) {
		const sj__window *w = &v->w[i];
		int64_t first = at[i] * w->stride - w->pad_before;
		b.begin[i] = sj__max_i64(0, first);
		b.end[i] = sj__max_i64(b.begin[i], sj__min_i64(w->in, first + w->size));
	}
	return b;
}

/* One channel of one window; `in` is the channel's place in the image's first pixel, `out` that in the output. */
static void window_do(const pool_work *w, const box *b, int64_t in, int64_t out)
{
	int64_t height = w->v.w[1].in, width = w->v.w[2].in, c = w->v.in_c, best = -1, n = 0;
	int64_t count = (b->end[0] - b->begin[0]) * (b->end[1] - b->begin[1]) * (b->end[2] - b->begin[2]);
	double sum = 0, share = w->what == MEAN_GRAD && count > 0 ? w->d[out] / (double)count : 0;
	for (int64_t z = b->begin[0]; z < b->end[0]; z++)
		for (int64_t y = b->begin[1]; y < b->end[1]; y++)
			for (int64_t x = b->begin[2]; x < b->end[2]; x++, n++) {
				int64_t at = in + ((z * height + y) * width + x) * c;
				if (w->what == MEAN_GRAD)
					w->result[at] += share;
				else if (w->what == MEAN)
					sum += w->x[at];
				else if (best < 0 || w->x[at] > w->x[best] ||
				         (w->x[at] != w->x[at] && w->x[best] == w->x[best]))
					best = at;
			}
	if (w->what == MEAN)
		w->result[out] = n > 0 ? sum / (double)n : 0;
	else if (w->what == LARGEST_GRAD && best >= 0)
		w->result[best] += w->d[out];
	else if (w->what != MEAN_GRAD && best >= 0)
		w->result[out] = w->what == LARGEST ? w->x[best] : w->d[best];
}

static void pool_range(void *context, int64_t begin, int64_t end)
{
	const pool_work *w = context;
	const sj__volume *v = &w->v;
	int64_t at[3], image = v->w[0].in * v->w[1].in * v->w[2].in * v->in_c;
	int64_t out = begin * v->w[0].out * v->w[1].out * v->w[2].out * v->in_c;
	for (int64_t n = begin; n < end; n++)
		for (at[0] = 0; at[0] < v->w[0].out; at[0]++)
			for (at[1] = 0; at[1] < v->w[1].out; at[1]++)
				for (at[2] = 0; at[2] < v->w[2].out && !sj__cancelled(); at[2]++) {
					box b = box_at(v, at);
					for (int64_t c = 0; c < v->in_c; c++)
						window_do(w, &b, n * image + c, out++);
				}
}

static what what_of(const sj__call *call)
{
	switch ((int)(call->op - sj__op_table)) {
	case SJ__OP_MAX_POOL3D: return LARGEST;
	case SJ__OP_MAX_POOL3D_GRAD: return LARGEST_GRAD;
	case SJ__OP_MAX_POOL3D_GRAD_GRAD: return LARGEST_GRAD_GRAD;
	case SJ__OP_AVG_POOL3D: return MEAN;
	default: return MEAN_GRAD;
	}
}

sj_status sj__kernel_pool3d(sj__call *call)
{
	pool_work w = {.what = what_of(call)};
	sj_tensor *y = call->outputs[0];
	const sj_tensor *pooled = w.what == MEAN_GRAD ? NULL : call->inputs[0];
	const sj_tensor *spread = w.what == LARGEST || w.what == MEAN ? NULL : call->inputs[call->n_inputs - 1];
	double *copies[2] = {NULL, NULL};
	sj_status status = sj__volume_of_pooling(call, sj__dims(pooled ? pooled : y), &w.v);
	if (status == SJ_OK && pooled != NULL)
		status = sj__volume_take(pooled, &w.x, &copies[0]);
	if (status == SJ_OK && spread != NULL)
		status = sj__volume_take(spread, &w.d, &copies[1]);
	if (status == SJ_OK)
		status = sj__volume_room(y, &w.result);
	if (status == SJ_OK) {
		sj__parallel_for(w.v.n, 1, pool_range, &w);
		sj__volume_put(y, w.result);
	}
	sj__memory_free(copies[0]);
	sj__memory_free(copies[1]);
	return status;
}

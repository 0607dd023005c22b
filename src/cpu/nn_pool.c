/*
 * Pooling kernels: the tensor's side of pool_loops.h. The work is cut into an image's channels, so that gradients, whose windows
 * may overlap, need no care.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/kernels.h"
#include "cpu/pool_loops.h"
#include "cpu/strided_copy.h"
#include "ops/window.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_RANGE = 65536 };

static const sj__pool_loops *loops_of(sj_dtype dtype)
{
	static const int8_t types[24] = {
		[SJ_FLOAT32] = SJ__LOOP_F32, [SJ_FLOAT64] = SJ__LOOP_F64, [SJ_INT32] = SJ__LOOP_I32,
		[SJ_INT64] = SJ__LOOP_I64,   [SJ_UINT8] = SJ__LOOP_U8,    [SJ_INT8] = SJ__LOOP_I8,
		[SJ_INT16] = SJ__LOOP_I16,
	};
#if defined(__x86_64__)
	if (types[dtype] <= SJ__LOOP_F64 && sj__isa() != SJ__ISA_PLAIN)
		return &(sj__isa() == SJ__ISA_AVX512 ? sj__pool_avx512 : sj__pool_avx2)[(int)types[dtype]];
#endif
	return &sj__pool_plain[(int)types[dtype]];
}

/* ---- geometry ---- */

/* Of pooling images of these dimensions. NCHW becomes images of one channel. */
static sj_status geometry_of(const sj__call *call, const int64_t *input, sj__pool_geometry *g)
{
	sj__pool_attributes a = sj__pool_attributes_of(call);
	sj__window w[2];
	sj_status status = sj__pool_windows(call, &a, input, w);
	if (status != SJ_OK)
		return status;
	bool planes = a.window.data_format == SJ_DATA_FORMAT_NCHW;
	*g = (sj__pool_geometry){.images = planes ? input[0] * input[1] : input[0],
	                         .in_h = w[0].in,
	                         .in_w = w[1].in,
	                         .channels = planes ? 1 : input[3],
	                         .out_h = w[0].out,
	                         .out_w = w[1].out,
	                         .window_h = w[0].size,
	                         .window_w = w[1].size,
	                         .stride_h = w[0].stride,
	                         .stride_w = w[1].stride,
	                         .pad_top = w[0].pad_before,
	                         .pad_left = w[1].pad_before};
	return SJ_OK;
}

static int64_t in_size(const sj__pool_geometry *g) { return g->in_h * g->in_w * g->channels; }
static int64_t out_size(const sj__pool_geometry *g) { return g->out_h * g->out_w * g->channels; }

/* ---- images, cut into groups of channels ---- */

typedef void pool_function(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1,
                           const void *x, const void *d, void *y);

typedef struct pool_work {
	sj__pool_geometry g;
	const sj__pool_loops *loops;
	pool_function *function;
	const char *x, *d;
	char *y;
	size_t step_x, step_d, step_y; /* bytes of an image */
	int64_t groups;
} pool_work;

static void pool_range(void *context, int64_t begin, int64_t end)
{
	const pool_work *w = context;
	for (int64_t unit = begin; unit < end; unit++) {
		size_t image = (size_t)(unit / w->groups);
		int64_t c0 = unit % w->groups * SJ__POOL_CHANNELS;
		w->function(w->loops, &w->g, c0, sj__min_i64(w->g.channels, c0 + SJ__POOL_CHANNELS),
		            w->x + image * w->step_x, w->d + image * w->step_d, w->y + image * w->step_y);
	}
}

static void images_run(pool_work *w, sj_dtype dtype, pool_function *function)
{
	w->function = function;
	w->loops = loops_of(dtype);
	w->groups = (w->g.channels + SJ__POOL_CHANNELS - 1) / SJ__POOL_CHANNELS;
	int64_t elements = sj__max_i64(1, in_size(&w->g) / sj__max_i64(1, w->groups));
	sj__parallel_for(w->g.images * w->groups, sj__max_i64(1, ELEMENTS_IN_A_RANGE / elements), pool_range, w);
}

/* ---- kernels ---- */

static void run_max(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x,
                    const void *d, void *y)
{
	(void)d;
	loops->max(g, c0, c1, x, y);
}

static void run_average(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x,
                        const void *d, void *y)
{
	(void)d;
	loops->average(g, c0, c1, x, y);
}

static void run_max_grad(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x,
                         const void *d, void *y)
{
	loops->max_grad(g, c0, c1, x, d, y);
}

static void run_max_take(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x,
                         const void *d, void *y)
{
	loops->max_take(g, c0, c1, x, d, y);
}

static void run_average_grad(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1,
                             const void *x, const void *d, void *y)
{
	(void)x;
	loops->average_grad(g, c0, c1, d, y);
}

static void run_places(const sj__pool_loops *loops, const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x,
                       const void *d, void *y)
{
	(void)d;
	loops->max_places(g, c0, c1, x, y);
}

static sj_status forward(sj__call *call, pool_function *function)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	pool_work w = {.x = x->data, .y = y->data};
	if (y->shape.size == 0)
		return SJ_OK;
	sj_status status = geometry_of(call, sj__dims(x), &w.g);
	if (status != SJ_OK)
		return status;
	w.step_x = (size_t)in_size(&w.g) * sj__dtype_size(x->dtype);
	w.step_y = (size_t)out_size(&w.g) * sj__dtype_size(y->dtype);
	images_run(&w, (sj_dtype)x->dtype, function);
	return SJ_OK;
}

sj_status sj__kernel_max_pool(sj__call *call) { return forward(call, run_max); }
sj_status sj__kernel_avg_pool(sj__call *call) { return forward(call, run_average); }

/* From d of the pooled shape to y of the images' shape; x, the images, may be NULL. */
static sj_status backward(sj__call *call, const sj_tensor *x, const sj_tensor *d, pool_function *function)
{
	sj_tensor *y = call->outputs[0];
	pool_work w = {.x = x ? x->data : d->data, .d = d->data, .y = y->data};
	sj__tensor_clear(y);
	if (y->shape.size == 0 || d->shape.size == 0)
		return SJ_OK;
	sj_status status = geometry_of(call, sj__dims(y), &w.g);
	if (status != SJ_OK)
		return status;
	w.step_y = (size_t)in_size(&w.g) * sj__dtype_size(y->dtype);
	w.step_x = x ? w.step_y : 0;
	w.step_d = (size_t)out_size(&w.g) * sj__dtype_size(d->dtype);
	images_run(&w, (sj_dtype)d->dtype, function);
	return SJ_OK;
}

sj_status sj__kernel_max_pool_grad(sj__call *call)
{
	return backward(call, call->inputs[0], call->inputs[2], run_max_grad);
}
sj_status sj__kernel_avg_pool_grad(sj__call *call) { return backward(call, NULL, call->inputs[1], run_average_grad); }

sj_status sj__kernel_max_pool_grad_grad(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *d = call->inputs[2];
	sj_tensor *y = call->outputs[0];
	pool_work w = {.x = x->data, .d = d->data, .y = y->data};
	if (y->shape.size == 0)
		return SJ_OK;
	sj_status status = geometry_of(call, sj__dims(x), &w.g);
	if (status != SJ_OK)
		return status;
	w.step_x = w.step_d = (size_t)in_size(&w.g) * sj__dtype_size(x->dtype);
	w.step_y = (size_t)out_size(&w.g) * sj__dtype_size(y->dtype);
	images_run(&w, (sj_dtype)x->dtype, run_max_take);
	return SJ_OK;
}

/* ---- with places ---- */

/* Places within images become places within the batch, of the dtype asked for. */
static void places_store(const int64_t *places, int64_t image_in, int64_t image_out, bool in_batch, sj_tensor *argmax)
{
	for (int64_t i = 0; i < argmax->shape.size && sj__loop_goes(i); i++) {
		int64_t place = places[i] + (in_batch ? i / image_out * image_in : 0);
		if (argmax->dtype == SJ_INT64)
			((int64_t *)argmax->data)[i] = place;
		else
			((int32_t *)argmax->data)[i] = (int32_t)place;
	}
}

sj_status sj__kernel_max_pool_with_argmax(sj__call *call)
{
	const sj_max_pool_with_argmax_args *args = call->args;
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0], *argmax = call->outputs[1];
	pool_work w = {.x = x->data};
	if (y->shape.size == 0)
		return SJ_OK;
	sj_status status = geometry_of(call, sj__dims(x), &w.g);
	if (status != SJ_OK)
		return status;
	if (argmax->dtype == SJ_INT32 && x->shape.size > INT32_MAX)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the places do not fit into int32; use SJ_INT64");
	int64_t *places = sj__memory_new((size_t)y->shape.size * sizeof(*places));
	if (places == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	w.y = (char *)places;
	w.step_x = (size_t)in_size(&w.g) * sj__dtype_size(x->dtype);
	w.step_y = (size_t)out_size(&w.g) * sizeof(*places);
	images_run(&w, (sj_dtype)x->dtype, run_places);
	places_store(places, in_size(&w.g), out_size(&w.g), args->include_batch_in_index, argmax);
	sj__memory_free(places);
	return forward(call, run_max);
}

/* Where in the batch element i of argmax points; InvalidArgument when that is outside its image. */
static sj_status place_take(const sj__call *call, int64_t i, int64_t image_in, int64_t image_out, bool in_batch,
                            int64_t *ret_place)
{
	const sj_tensor *argmax = call->inputs[2];
	int64_t place = sj__element_as_int64((sj_dtype)argmax->dtype, argmax->data, i),
		first = i / image_out * image_in;
	int64_t inside = in_batch ? place - first : place;
	if ((in_batch && place < 0) || inside < 0 || inside >= image_in)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "argmax[%lld] is %lld, which is outside its image of %lld elements", (long long)i,
		                     (long long)place, (long long)image_in);
	*ret_place = first + inside;
	return SJ_OK;
}

static void element_add(sj_dtype dtype, void *y, int64_t to, const void *d, int64_t from)
{
	size_t size = sj__dtype_size(dtype);
	uint64_t sum = 0;
	if (dtype == SJ_FLOAT32) {
		((float *)y)[to] += ((const float *)d)[from];
	} else if (dtype == SJ_FLOAT64) {
		((double *)y)[to] += ((const double *)d)[from];
	} else { /* the low bytes of a sum that wraps: little-endian machines only */
		sum = (uint64_t)sj__element_as_int64(dtype, y, to) + (uint64_t)sj__element_as_int64(dtype, d, from);
		memcpy((char *)y + (size_t)to * size, &sum, size);
	}
}

static sj_status places_kernel(sj__call *call, bool backwards)
{
	const sj_max_pool_grad_with_argmax_args *args = call->args;
	const sj_tensor *x = call->inputs[0], *d = call->inputs[1], *argmax = call->inputs[2];
	sj_tensor *y = call->outputs[0];
	size_t size = sj__dtype_size(y->dtype);
	int64_t images = sj__dims(x)[0], place = 0;
	sj__tensor_clear(y);
	if (argmax->shape.size == 0 || x->shape.size == 0)
		return SJ_OK;
	int64_t image_in = x->shape.size / images, image_out = argmax->shape.size / images;
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < argmax->shape.size && sj__loop_goes(i); i++) {
		status = place_take(call, i, image_in, image_out, args->include_batch_in_index, &place);
		if (status != SJ_OK)
			break;
		if (backwards)
			memcpy((char *)y->data + (size_t)i * size, (const char *)d->data + (size_t)place * size, size);
		else
			element_add((sj_dtype)y->dtype, y->data, place, d->data, i);
	}
	return status;
}

sj_status sj__kernel_max_pool_grad_with_argmax(sj__call *call) { return places_kernel(call, false); }
sj_status sj__kernel_max_pool_grad_grad_with_argmax(sj__call *call) { return places_kernel(call, true); }

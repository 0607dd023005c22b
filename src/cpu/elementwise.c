/*
 * Elementwise kernels: picking the loop for dtype and machine, collapsing broadcast dimensions, splitting the work.
 * What is computed is in the printed loops.
 */
#include "cpu/elementwise.h"

#include "base/threads.h"
#include "cpu/isa.h"
#include "ops/rules.h"

enum { ELEMENTS_IN_A_CHUNK = 32768 };

static int loop_type(sj_dtype dtype)
{
	static const int8_t types[24] = {
		[SJ_FLOAT32] = SJ__LOOP_F32 + 1, [SJ_FLOAT64] = SJ__LOOP_F64 + 1, [SJ_INT32] = SJ__LOOP_I32 + 1,
		[SJ_INT64] = SJ__LOOP_I64 + 1,   [SJ_UINT8] = SJ__LOOP_U8 + 1,    [SJ_INT8] = SJ__LOOP_I8 + 1,
		[SJ_INT16] = SJ__LOOP_I16 + 1,   [SJ_BOOL] = SJ__LOOP_BOOL + 1,
	};
	return types[dtype] - 1;
}

void (*sj__loop_find(const sj_op *op, sj_dtype dtype))(void)
{
	int type = loop_type(dtype), isa = sj__isa();
	if (type < 0)
		return NULL;
	if (type > SJ__LOOP_F64 || isa == 0)
		return op->loops->plain[type];
	return (isa == 2 ? sj__hot_avx512 : sj__hot_avx2)[op->loops->hot].of[type];
}

/* ---- one input ---- */

typedef struct unary_work {
	sj__unary_loop *loop;
	const char *x;
	char *y;
	size_t size_x, size_y;
} unary_work;

static void unary_range(void *context, int64_t begin, int64_t end)
{
	const unary_work *w = context;
	w->loop(end - begin, w->x + (size_t)begin * w->size_x, w->y + (size_t)begin * w->size_y);
}

sj_status sj__kernel_unary(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	sj__unary_loop *loop = (sj__unary_loop *)sj__loop_find(call->op, (sj_dtype)x->dtype);
	if (loop == NULL)
		return sj__call_fail(call, SJ_UNIMPLEMENTED, "no kernel for %s", sj_dtype_name((sj_dtype)x->dtype));
	if (x->shape.size <= ELEMENTS_IN_A_CHUNK) {
		loop(x->shape.size, x->data, y->data);
		return SJ_OK;
	}
	unary_work work = {loop, x->data, y->data, sj_dtype_size((sj_dtype)x->dtype), sj_dtype_size((sj_dtype)y->dtype)};
	sj__parallel_for(x->shape.size, ELEMENTS_IN_A_CHUNK, unary_range, &work);
	return SJ_OK;
}

/* ---- two inputs, broadcast ---- */

typedef struct binary_work {
	sj__binary_loop *loop;
	const char *x, *y;
	char *z;
	int64_t size_in, size_out;
	int rank;                  /* of the dimensions outside the innermost */
	int64_t inner, stride_x, stride_y; /* the innermost: length and strides (0 or 1) */
	int64_t dims[SJ_MAX_RANK], strides_x[SJ_MAX_RANK], strides_y[SJ_MAX_RANK]; /* in elements */
} binary_work;

/* A run of output elements inside one row of the innermost dimension. */
static void run_row(const binary_work *w, int64_t row, int64_t from, int64_t to)
{
	int64_t at_x = 0, at_y = 0, rest = row;
	for (int d = w->rank - 1; d >= 0; d--) {
		int64_t index = rest % w->dims[d];
		rest /= w->dims[d];
		at_x += index * w->strides_x[d];
		at_y += index * w->strides_y[d];
	}
	w->loop(to - from, w->x + (at_x + from * w->stride_x) * w->size_in, w->stride_x,
	        w->y + (at_y + from * w->stride_y) * w->size_in, w->stride_y, w->z + (row * w->inner + from) * w->size_out);
}

static void binary_range(void *context, int64_t begin, int64_t end)
{
	const binary_work *w = context;
	while (begin < end) {
		int64_t row = begin / w->inner, from = begin % w->inner;
		int64_t to = sj__min_i64(w->inner, from + (end - begin));
		run_row(w, row, from, to);
		begin += to - from;
	}
}

static void dims_collapse(binary_work *w, const sj_tensor *x, const sj_tensor *y, const sj_tensor *z)
{
	int rank = z->shape.rank, n = 0;
	const int64_t *dx = sj__dims(x), *dy = sj__dims(y), *dz = sj__dims(z);
	int64_t next_x = 1, next_y = 1; /* strides of a full dimension at this place */
	/* Innermost first; neighbours broadcast alike become one. */
	int64_t dims[SJ_MAX_RANK + 1], sx[SJ_MAX_RANK + 1], sy[SJ_MAX_RANK + 1];
	bool last_x = false, last_y = false;
	for (int i = rank - 1; i >= 0; i--) {
		int ix = i - (rank - x->shape.rank), iy = i - (rank - y->shape.rank);
		int64_t ex = ix < 0 ? 1 : dx[ix], ey = iy < 0 ? 1 : dy[iy];
		if (dz[i] == 1)
			continue;
		bool full_x = ex != 1, full_y = ey != 1;
		if (n > 0 && full_x == last_x && full_y == last_y) {
			dims[n - 1] *= dz[i];
		} else {
			dims[n] = dz[i];
			sx[n] = full_x ? next_x : 0;
			sy[n] = full_y ? next_y : 0;
			n++;
		}
		next_x *= ex;
		next_y *= ey;
		last_x = full_x;
		last_y = full_y;
	}
	w->inner = n > 0 ? dims[0] : 1;
	w->stride_x = n > 0 && sx[0] != 0;
	w->stride_y = n > 0 && sy[0] != 0;
	w->rank = n > 0 ? n - 1 : 0;
	for (int i = 0; i < w->rank; i++) { /* outermost first */
		w->dims[i] = dims[n - 1 - i];
		w->strides_x[i] = sx[n - 1 - i];
		w->strides_y[i] = sy[n - 1 - i];
	}
}

static SJ_NOINLINE void binary_broadcast(sj__binary_loop *loop, const sj_tensor *x, const sj_tensor *y, sj_tensor *z)
{
	binary_work w;
	w.loop = loop;
	w.x = x->data;
	w.y = y->data;
	w.z = z->data;
	w.size_in = (int64_t)sj_dtype_size((sj_dtype)x->dtype);
	w.size_out = (int64_t)sj_dtype_size((sj_dtype)z->dtype);
	dims_collapse(&w, x, y, z);
	sj__parallel_for(z->shape.size, ELEMENTS_IN_A_CHUNK, binary_range, &w);
}

sj_status sj__kernel_binary(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1];
	sj_tensor *z = call->outputs[0];
	sj__binary_loop *loop = (sj__binary_loop *)sj__loop_find(call->op, (sj_dtype)x->dtype);
	if (loop == NULL)
		return sj__call_fail(call, SJ_UNIMPLEMENTED, "no kernel for %s", sj_dtype_name((sj_dtype)x->dtype));
	int64_t n = z->shape.size;
	if (SJ_LIKELY(n <= ELEMENTS_IN_A_CHUNK)) {
		bool full_x = x->shape.size == n, full_y = y->shape.size == n;
		if ((full_x || x->shape.size == 1) && (full_y || y->shape.size == 1)) {
			loop(n, x->data, full_x, y->data, full_y, z->data);
			return SJ_OK;
		}
	}
	if (n > 0)
		binary_broadcast(loop, x, y, z);
	return SJ_OK;
}

/* Integer division: a zero among the divisors is refused before the first write. */
sj_status sj__kernel_binary_division(sj__call *call)
{
	const sj_tensor *y = call->inputs[1];
	if (sj_dtype_is_integer((sj_dtype)y->dtype) && call->outputs[0]->shape.size > 0)
		for (int64_t i = 0; i < y->shape.size; i++)
			if (sj__element_as_int64((sj_dtype)y->dtype, y->data, i) == 0)
				return sj__call_fail(call, SJ_INVALID_ARGUMENT, "Integer division by zero: y[%lld] is 0", (long long)i);
	return sj__kernel_binary(call);
}

/* Integer powers: a negative exponent has no integer result. */
sj_status sj__kernel_binary_power(sj__call *call)
{
	const sj_tensor *y = call->inputs[1];
	if (sj_dtype_is_integer((sj_dtype)y->dtype) && call->outputs[0]->shape.size > 0)
		for (int64_t i = 0; i < y->shape.size; i++)
			if (y->dtype != SJ_UINT8 && sj__element_as_int64((sj_dtype)y->dtype, y->data, i) < 0)
				return sj__call_fail(call, SJ_INVALID_ARGUMENT,
				                     "Integers to negative integer powers are not allowed: y[%lld] is %lld; cast to float first",
				                     (long long)i, (long long)sj__element_as_int64((sj_dtype)y->dtype, y->data, i));
	return sj__kernel_binary(call);
}

sj_status sj__kernel_none(sj__call *call)
{
	(void)call;
	return SJ_OK;
}

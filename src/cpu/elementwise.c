/*
 * Elementwise kernels: picking the loop for dtype and machine, splitting large work. What is computed is in the printed
 * loops; broadcasting is in elementwise_broadcast.c.
 */
#include "cpu/elementwise.h"

#include "base/threads.h"
#include "cpu/elementwise_stream.h"
#include "cpu/isa.h"
#include "cpu/kernels.h"
#include "ops/quick.h"
#include "tensor/handle.h"

#include "ops_numbers.h"

enum { ELEMENTS_IN_A_CHUNK = 32768 };

/* ---- which loop ---- */

static const sj__float_loops *const float_loops[SJ__ISA_COUNT] = {
	sj__loops_plain,
#if defined(__x86_64__)
	sj__loops_avx2,
	sj__loops_avx512,
#endif
};

static SJ_ALWAYS_INLINE void (*loop_of(const sj_op *op, sj_dtype dtype))(void)
{
	static const int8_t whole_types[24] = {
		[SJ_INT32] = SJ__LOOP_I32, [SJ_INT64] = SJ__LOOP_I64, [SJ_UINT8] = SJ__LOOP_U8,
		[SJ_INT8] = SJ__LOOP_I8,   [SJ_INT16] = SJ__LOOP_I16, [SJ_BOOL] = SJ__LOOP_BOOL,
	};
	if (SJ_LIKELY(dtype <= SJ_FLOAT64))
		return float_loops[sj__isa()][op->loop].of[dtype - SJ_FLOAT32];
	int type = whole_types[dtype];
	return type == 0 ? NULL : sj__loops_whole[op->loop].of[type - SJ__LOOP_I32];
}

void (*sj__loop_find(const sj_op *op, sj_dtype dtype))(void) { return loop_of(op, dtype); }

static sj_status SJ_COLD no_loop(const sj__call *call)
{
	return sj__call_fail(call, SJ_UNIMPLEMENTED, "no kernel for %s",
	                     sj_dtype_name((sj_dtype)call->inputs[0]->dtype));
}

/* ---- one input ---- */

typedef struct unary_work {
	sj__unary_loop *loop;
	const char *x;
	char *y;
	size_t size_x, size_y;
	bool streams;
} unary_work;

static void unary_range(void *context, int64_t begin, int64_t end)
{
	const unary_work *w = context;
	const char *x = w->x + (size_t)begin * w->size_x;
	char *y = w->y + (size_t)begin * w->size_y;
	if (w->streams)
		sj__stream_unary(w->loop, end - begin, x, y, (int64_t)w->size_x, (int64_t)w->size_y);
	else
		w->loop(end - begin, x, y);
}

static SJ_NOINLINE void unary_large(const sj_op *op, sj__unary_loop *loop, const sj_tensor *x, const sj_tensor *y)
{
	unary_work work = {loop,
	                   x->data,
	                   y->data,
	                   sj_dtype_size((sj_dtype)x->dtype),
	                   sj_dtype_size((sj_dtype)y->dtype),
	                   sj__streams(op, x, NULL, y)};
	sj__parallel_for(x->shape.size, ELEMENTS_IN_A_CHUNK, unary_range, &work);
}

sj_status sj__kernel_unary(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	sj__unary_loop *loop = (sj__unary_loop *)loop_of(call->op, (sj_dtype)x->dtype);
	if (SJ_UNLIKELY(loop == NULL))
		return no_loop(call);
	if (SJ_LIKELY(x->shape.size <= ELEMENTS_IN_A_CHUNK))
		loop(x->shape.size, x->data, y->data);
	else
		unary_large(call->op, loop, x, y);
	return SJ_OK;
}

/* ---- two inputs ---- */

/* Operands that are not scalars and have as many elements as the result lie as the result does. */
sj_status sj__kernel_binary(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1], *z = call->outputs[0];
	sj__binary_loop *loop = (sj__binary_loop *)loop_of(call->op, (sj_dtype)x->dtype);
	if (SJ_UNLIKELY(loop == NULL))
		return no_loop(call);
	int64_t n = z->shape.size;
	bool full_x = x->shape.size == n, full_y = y->shape.size == n;
	if (SJ_LIKELY(n <= ELEMENTS_IN_A_CHUNK && (full_x || x->shape.size == 1) && (full_y || y->shape.size == 1)))
		loop(n, x->data, full_x, y->data, full_y, z->data);
	else if (n > 0)
		sj__loop_binary_broadcast(call->op, loop, x, y, z);
	return SJ_OK;
}

/* ---- the quick ways: floats, operands whose shapes need no thought ---- */

static SJ_ALWAYS_INLINE sj_tensor *output_like(sj__local *thread, const sj_tensor *like)
{
	sj_tensor *z = sj__handle_quick(thread, (sj_dtype)like->dtype);
	if (SJ_UNLIKELY(z == NULL))
		return NULL;
	z->shape = like->shape; /* the dimensions lie inside */
	return sj__handle_quick_bytes(z, like->shape.size, like->dtype == SJ_FLOAT32 ? 4 : 8) ? z : NULL;
}

static SJ_ALWAYS_INLINE bool is_quick(const sj_tensor *x)
{
	return (x->dtype == SJ_FLOAT32 || x->dtype == SJ_FLOAT64) && (unsigned)x->shape.rank <= SJ__INLINE_DIMS &&
	       x->shape.size <= ELEMENTS_IN_A_CHUNK;
}

sj_tensor *sj__quick_unary(sj__local *thread, const sj_op *op, const void *args, const sj_tensor *x, const sj_tensor *y)
{
	(void)args, (void)y;
	if (SJ_UNLIKELY(!is_quick(x)))
		return NULL;
	sj__unary_loop *loop = (sj__unary_loop *)float_loops[sj__isa()][op->loop].of[x->dtype - SJ_FLOAT32];
	sj_tensor *z = SJ_LIKELY(loop != NULL) ? output_like(thread, x) : NULL;
	if (SJ_LIKELY(z != NULL))
		loop(x->shape.size, x->data, z->data);
	return z;
}

/* The narrow one's dimensions are the last ones of the wide one's: a scalar, a bias, the same shape. */
static SJ_ALWAYS_INLINE bool ends_alike(const sj_tensor *wide, const sj_tensor *narrow)
{
	const int64_t *last = wide->shape.inline_dims + (wide->shape.rank - narrow->shape.rank);
	for (int i = 0; i < narrow->shape.rank; i++)
		if (last[i] != narrow->shape.inline_dims[i])
			return false;
	return true;
}

sj_tensor *sj__quick_binary(sj__local *thread, const sj_op *op, const void *args, const sj_tensor *x,
                            const sj_tensor *y)
{
	(void)args;
	const sj_tensor *wide = x->shape.rank >= y->shape.rank ? x : y, *narrow = wide == x ? y : x;
	if (SJ_UNLIKELY(!is_quick(wide) || narrow->shape.rank < 0 || !ends_alike(wide, narrow)))
		return NULL;
	sj__binary_loop *loop = (sj__binary_loop *)float_loops[sj__isa()][op->loop].of[x->dtype - SJ_FLOAT32];
	sj_tensor *z = SJ_LIKELY(loop != NULL) ? output_like(thread, wide) : NULL;
	if (SJ_UNLIKELY(z == NULL))
		return NULL;
	int64_t n = wide->shape.size, few = narrow->shape.size;
	if (SJ_LIKELY(few == n || few == 1))
		loop(n, x->data, x->shape.size == n, y->data, y->shape.size == n, z->data);
	else if (n > 0)
		sj__loop_binary_repeated(loop, n, few, x->dtype == SJ_FLOAT32 ? 4 : 8, x->data, narrow == x, y->data,
		                         z->data);
	return z;
}

sj_tensor *sj__quick_bias_add(sj__local *thread, const sj_op *op, const void *args, const sj_tensor *x,
                              const sj_tensor *bias)
{
	const sj_bias_add_args *how = args;
	if ((how != NULL && how->data_format != SJ_DATA_FORMAT_NHWC) || x->shape.rank < 2 || bias->shape.rank != 1)
		return NULL;
	(void)op;
	return sj__quick_binary(thread, &sj__op_table[SJ__OP_ADD], NULL, x, bias);
}

/* ---- the direct way ---- */

static bool has_stride(const sj_tensor *t, const sj_tensor *like, int8_t *ret_stride)
{
	*ret_stride = (int8_t)(t->shape.size != 1 || like->shape.size == 1);
	return t->dtype == like->dtype && (t->shape.size == 1 || sj__same_shape(t, like));
}

sj__direct sj__direct_find(const sj_op *op, const sj_tensor *x, const sj_tensor *y, const sj_tensor *like)
{
	sj__direct d = {.like = like, .is_binary = op->quick == sj__quick_binary};
	if ((d.is_binary || op->quick == sj__quick_unary) && like->shape.size > 0 && is_quick(like) &&
	    has_stride(x, like, &d.stride_x) && has_stride(y, like, &d.stride_y) && (d.is_binary || d.stride_x == 1))
		d.loop = loop_of(op, (sj_dtype)like->dtype);
	return d;
}

sj_tensor *sj__direct_run(sj__local *thread, const sj__direct *d, const sj_tensor *x, const sj_tensor *y)
{
	sj_tensor *z = output_like(thread, d->like);
	if (SJ_UNLIKELY(z == NULL))
		return NULL;
	if (d->is_binary)
		((sj__binary_loop *)d->loop)(z->shape.size, x->data, d->stride_x, y->data, d->stride_y, z->data);
	else
		((sj__unary_loop *)d->loop)(z->shape.size, x->data, z->data);
	return z;
}

/* ---- refused values ---- */

/* Integer division: a zero among the divisors is refused before the first write. */
sj_status sj__kernel_binary_division(sj__call *call)
{
	const sj_tensor *y = call->inputs[1];
	if (sj_dtype_is_integer((sj_dtype)y->dtype) && call->outputs[0]->shape.size > 0)
		for (int64_t i = 0; i < y->shape.size; i++)
			if (sj__element_as_int64((sj_dtype)y->dtype, y->data, i) == 0)
				return sj__call_fail(call, SJ_INVALID_ARGUMENT,
				                     "Integer division by zero: y[%lld] is 0", (long long)i);
	return sj__kernel_binary(call);
}

/* Integer powers: a negative exponent has no integer result. */
sj_status sj__kernel_binary_power(sj__call *call)
{
	const sj_tensor *y = call->inputs[1];
	if (sj_dtype_is_integer((sj_dtype)y->dtype) && call->outputs[0]->shape.size > 0)
		for (int64_t i = 0; i < y->shape.size; i++)
			if (y->dtype != SJ_UINT8 && sj__element_as_int64((sj_dtype)y->dtype, y->data, i) < 0)
				return sj__call_fail(
					call, SJ_INVALID_ARGUMENT,
					"Integers to negative integer powers are not allowed: y[%lld] is %lld; cast to float first",
					(long long)i, (long long)sj__element_as_int64((sj_dtype)y->dtype, y->data, i));
	return sj__kernel_binary(call);
}

sj_status sj__kernel_none(sj__call *call)
{
	(void)call;
	return SJ_OK;
}

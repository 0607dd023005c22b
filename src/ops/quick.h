/*
 * The quick way to run an operation: where a row has a function for its commonest case, ordinary tensors (or variables of this thread)
 * go to it with no call record in between. What has any other flag, symbolic handles above all, never comes here; nor does
 * anything while a graph is open or an operation is cancelled. Whatever is not done here is done, or refused with a message, by the ordinary way.
 */
#ifndef SOKUJI_OPS_QUICK_H
#define SOKUJI_OPS_QUICK_H

#include "base/threads.h"
#include "ops/op.h"
#include "tensor/local.h"

/* Where an input has a flag: of variables the value, borrowed, with the variable's slot where a tape records. */
sj_tensor *sj__quick_run_flagged(sj__local *thread, const sj_op *op, const void *args, sj_tensor *x,
                                 sj_tensor *y) SJ_NOINLINE;

static SJ_ALWAYS_INLINE bool sj__quick_is_sound(const sj_tensor *t) { return t != NULL && t->magic == SJ__TENSOR_LIVE; }

static SJ_ALWAYS_INLINE bool sj__quick_must_record(const sj__local *thread, const sj_op *op, const sj_tensor *x,
                                                   const sj_tensor *y)
{
	if (SJ_LIKELY(thread->recording == 0) || op->flags & SJ__OP_NOT_DIFFERENTIABLE)
		return false;
	uint64_t epoch = thread->tape_epoch;
	return x->tape_epoch == epoch || y->tape_epoch == epoch || SJ__COUNTS_ARE_SHARED;
}

/* With inputs that are sound and have no flag. */
static SJ_ALWAYS_INLINE sj_tensor *sj__quick_run_plain(sj__local *thread, const sj_op *op, const void *args,
                                                       sj_tensor *x, sj_tensor *y, const int n_inputs)
{
	if (SJ_UNLIKELY(x->dtype != y->dtype || !(op->type_masks[0] >> x->dtype & 1)))
		return NULL;
	sj_tensor *z = op->quick(thread, op, args, x, y);
	if (SJ_UNLIKELY(z == NULL) || !sj__quick_must_record(thread, op, x, y))
		return z;
	sj_status status = n_inputs == 1 ? sj__tape.record_one(op, args, x, z) : sj__tape.record_two(op, args, x, y, z);
	if (SJ_LIKELY(status == SJ_OK))
		return z;
	sj__drop(z);
	return NULL;
}

/* Inside a region. The result is the caller's own; NULL: nothing was done. With one input y is x. */
static SJ_ALWAYS_INLINE sj_tensor *sj__quick_run(sj__local *thread, const sj_op *op, const void *args, sj_tensor *x,
                                                 sj_tensor *y, const int n_inputs)
{
	if (SJ_UNLIKELY(op->quick == NULL || op->n_inputs != n_inputs || !sj__quick_is_sound(x) ||
	                !sj__quick_is_sound(y) || (args != NULL && *(const size_t *)args != op->args_size) ||
	                thread->graph != NULL || sj__cancelled()))
		return NULL;
	if (SJ_UNLIKELY((x->flags | y->flags) != 0))
		return sj__quick_run_flagged(thread, op, args, x, y);
	return sj__quick_run_plain(thread, op, args, x, y, n_inputs);
}

/* ---- where the shapes are known beforehand: an elementwise operation on floats, its loop found ---- */

typedef struct sj__direct {
	void (*loop)(void);    /* NULL: none */
	const sj_tensor *like; /* of the result's shape and dtype */
	bool is_binary;
	int8_t stride_x, stride_y;
} sj__direct;

/* Of an operation with a quick way. Loop NULL: its operands are of other shapes, or dtypes. `like` is kept borrowed. */
sj__direct sj__direct_find(const sj_op *op, const sj_tensor *x, const sj_tensor *y, const sj_tensor *like);
/* Operands of those shapes; NULL: as quick ways. */
sj_tensor *sj__direct_run(sj__local *thread, const sj__direct *d, const sj_tensor *x, const sj_tensor *y);

#endif

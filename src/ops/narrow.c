/* Floats of 16 bits in operations that have no loops for them. A result is the float32 one rounded once, which is what loops that widen each element give. */
#include "ops/narrow.h"

#include "base/memory.h"
#include "sokuji/operations.h"
#include "tensor/local.h"

static bool is_narrow(sj_dtype dtype) { return dtype == SJ_FLOAT16 || dtype == SJ_BFLOAT16; }

static const sj__port *port_of(const sj_op *op, int i) { return &op->inputs[i < op->n_inputs ? i : op->n_inputs - 1]; }

/* The class of the input's type, where the operation takes float32 but not the dtype given; -1 else. */
static int refused_class(const sj_op *op, int i, const sj_tensor *t)
{
	unsigned type = port_of(op, i)->type;
	if (t == NULL || t->magic != SJ__TENSOR_LIVE || !is_narrow((sj_dtype)t->dtype) || type >= SJ__TYPE_CLASSES)
		return -1;
	uint32_t mask = op->type_masks[type];
	return mask >> SJ_FLOAT32 & 1 && !(mask >> t->dtype & 1) ? (int)type : -1;
}

static sj_status cast(sj_tensor *t, sj_dtype dtype, sj_tensor **ret_made)
{
	sj_cast_args args = {.size = sizeof(args), .dtype = dtype};
	return sj_execute(sj_op_find("Cast"), &args, 1, &t, 1, ret_made);
}

static void drop(int n, sj_tensor **tensors, sj_tensor *const *given)
{
	for (int i = 0; i < n; i++)
		if (given == NULL || tensors[i] != given[i])
			sj_free(tensors[i]);
}

/* Whether some input is refused for its dtype alone; InvalidArgument where others of its class have another. */
static sj_status is_refused(const sj__call *call, sj_tensor *const *given, bool *ret_found)
{
	sj_dtype dtypes[SJ__TYPE_CLASSES] = {0};
	for (int i = 0; i < call->n_inputs; i++) {
		unsigned type = port_of(call->op, i)->type;
		if (given[i] == NULL || given[i]->magic != SJ__TENSOR_LIVE || type >= SJ__TYPE_CLASSES)
			continue;
		if (given[i]->flags & SJ__FLAG_NIL)
			return sj__call_fail(call, SJ_FAILED_PRECONDITION,
			                     "%s (input %d) is nil: an operation before failed",
			                     port_of(call->op, i)->name, i);
		bool differs = dtypes[type] != SJ_DTYPE_NONE && dtypes[type] != (sj_dtype)given[i]->dtype;
		if (differs && *ret_found)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s is %s where %s is expected",
			                     port_of(call->op, i)->name, sj_dtype_name((sj_dtype)given[i]->dtype),
			                     sj_dtype_name(dtypes[type]));
		if (!differs)
			*ret_found |= refused_class(call->op, i, given[i]) >= 0;
		dtypes[type] = (sj_dtype)given[i]->dtype;
	}
	return SJ_OK;
}

/* Casts the refused inputs; *ret_class is their class, *ret_dtype their dtype. On failure what was made is let go. */
static sj_status inputs_widen(const sj__call *call, sj_tensor *const *given, sj_tensor **wide, int *ret_class,
                              sj_dtype *ret_dtype)
{
	for (int i = 0; i < call->n_inputs; i++) {
		int class = refused_class(call->op, i, given[i]);
		wide[i] = given[i];
		if (class < 0)
			continue;
		*ret_class = class;
		*ret_dtype = (sj_dtype)given[i]->dtype;
		sj_status status = cast(given[i], SJ_FLOAT32, &wide[i]);
		if (status != SJ_OK) {
			drop(i, wide, given);
			return status;
		}
	}
	return SJ_OK;
}

static sj_status outputs_narrow(sj__call *call, int class, sj_dtype dtype, sj_tensor **wide)
{
	const sj_op *op = call->op;
	for (int k = 0; k < call->n_outputs; k++) {
		unsigned type = op->outputs[k < op->n_outputs ? k : op->n_outputs - 1].type;
		sj_status status = SJ_OK;
		if ((int)type == class && wide[k]->dtype == SJ_FLOAT32)
			status = cast(wide[k], dtype, &call->outputs[k]);
		else
			call->outputs[k] = sj_keep(wide[k]);
		if (status != SJ_OK) {
			drop(k, call->outputs, NULL);
			return status;
		}
	}
	return SJ_OK;
}

static sj_status run(sj__call *call, sj_tensor *const *given)
{
	int n = call->n_inputs, class = 0;
	sj_dtype dtype = SJ_FLOAT16;
	sj_tensor **wide = sj__memory_new(sizeof(*wide) * (size_t)(n + call->n_outputs));
	if (wide == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = inputs_widen(call, given, wide, &class, &dtype);
	if (status == SJ_OK) {
		status = sj_execute(call->op, call->args, n, wide, call->n_outputs, wide + n);
		if (status == SJ_OK) {
			status = outputs_narrow(call, class, dtype, wide + n);
			drop(call->n_outputs, wide + n, NULL);
		}
		drop(n, wide, given);
	}
	sj__memory_free(wide);
	return status;
}

sj_status sj__narrow_execute(sj__call *call, sj_tensor *const *given, sj_status status)
{
	bool found = false;
	sj_status other = is_refused(call, given, &found);
	if (other != SJ_OK || !found)
		return other != SJ_OK ? other : status;
	sj__local *thread = &sj__local_state;
	int32_t recording = thread->recording;
	bool is_tried = recording != 0 && thread->graph == NULL && !call->is_symbolic &&
	                !(call->op->flags & SJ__OP_STATEFUL);
	if (is_tried) { /* a failure leaves no record of the casts before it */
		thread->recording = 0;
		status = run(call, given);
		thread->recording = recording;
		if (status != SJ_OK)
			return status;
		drop(call->n_outputs, call->outputs, NULL);
	}
	return run(call, given);
}

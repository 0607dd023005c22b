/* Recording: what execute calls after an operation while a tape is open, and gradients of the caller's own. */
#include "base/memory.h"
#include "tape/tape.h"
#include "tensor/local.h"
#include "tensor/slices.h"
#include "tensor/variable.h"

/* A variable's value carries the variable's slot, so that two values of one variable meet in one gradient. */
static sj_status variable_read(sj_tensor *variable, sj_tensor **value)
{
	sj__local *local = &sj__local_state;
	sj__log *log = local->log;
	if (!variable->variable->trainable && sj__slot_of(log, variable) == 0)
		return SJ_OK;
	uint32_t bits = sj__slot_give(log, variable, variable->variable->trainable ? SJ__SLOT_VARIABLE : 0);
	if (bits == 0)
		return SJ_RESOURCE_EXHAUSTED;
	if (!((*value)->flags & SJ__FLAG_SYMBOLIC) && ((*value)->owner != local->number || SJ__COUNTS_ARE_SHARED)) {
		sj_tensor *mine;
		sj_status status = sj__tensor_view(*value, (*value)->shape.rank, sj__dims(*value), 0, &mine);
		if (status != SJ_OK)
			return status;
		sj__drop(*value);
		*value = mine;
	}
	(*value)->tape_epoch = local->tape_epoch;
	(*value)->tape_slot = bits;
	return SJ_OK;
}

static SJ_ALWAYS_INLINE bool is_differentiable(const sj_tensor *t)
{
	enum {
		FLOATING = 1 << SJ_FLOAT32 | 1 << SJ_FLOAT64 | 1 << SJ_FLOAT16 | 1 << SJ_BFLOAT16 | 1 << SJ_COMPLEX64 |
		           1 << SJ_COMPLEX128
	};
	return FLOATING >> t->dtype & 1;
}

/* ---- the record ---- */

/* Elementwise inputs of the result's own shape, if that is known, need no shape kept. */
static sj_status shape_save(const sj__call *call, int i, sj_tensor **saved)
{
	if (call->op->flags & SJ__OP_ELEMENTWISE && call->outputs[0]->shape.size >= 0 &&
	    sj__same_shape(call->inputs[i], call->outputs[0]))
		return SJ_OK;
	return sj__tensor_shape_only(call->inputs[i], saved);
}

/* Bit of a port in a row's masks; variadic ports repeat the last named one. */
static SJ_ALWAYS_INLINE bool port_in(unsigned ports, int i, int n_named)
{
	return ports >> (SJ_LIKELY(i < n_named) ? i : n_named - 1) & 1;
}

static SJ_ALWAYS_INLINE sj_status inputs_save(const sj__call *call, sj__log *log, sj__record *r, const int n_inputs,
                                              uint32_t *ret_any)
{
	const sj_op *op = call->op;
	sj_status status = SJ_OK;
	uint32_t *slots = sj__record_input_slots(r);
	*ret_any = 0;
	for (int i = 0; i < n_inputs; i++) {
		sj_tensor *t = call->inputs[i];
		r->tensors[i] = NULL;
		slots[i] = 0;
		if (SJ_UNLIKELY(t == NULL))
			continue;
		*ret_any |= slots[i] = sj__slot_of(log, t);
		if (port_in(op->saves_inputs, i, op->n_inputs))
			r->tensors[i] = sj__keep(t);
		else if (status == SJ_OK && port_in(op->saves_shapes, i, op->n_inputs))
			status = shape_save(call, i, &r->tensors[i]);
	}
	return status;
}

static SJ_ALWAYS_INLINE sj_status outputs_save(const sj__call *call, sj__record *r, const int n_outputs)
{
	sj_status status = SJ_OK;
	sj_tensor **outputs = sj__record_outputs(r);
	uint32_t *slots = sj__record_output_slots(r);
	for (int k = 0; k < n_outputs; k++) {
		outputs[k] = NULL;
		slots[k] = 0;
		if (port_in(call->op->saves_outputs, k, call->op->n_outputs))
			outputs[k] = sj__keep(call->outputs[k]);
		else if (n_outputs > 1 && status == SJ_OK)
			status = sj__tensor_shape_only(call->outputs[k], &outputs[k]);
	}
	return status;
}

static SJ_ALWAYS_INLINE sj_status outputs_track(sj__log *log, sj__record *r, int n, sj_tensor *const *outputs)
{
	uint32_t *slots = sj__record_output_slots(r);
	for (int k = 0; k < n; k++) {
		if (!is_differentiable(outputs[k]))
			continue;
		slots[k] = sj__slot_give(log, outputs[k], 0);
		if (SJ_UNLIKELY(slots[k] == 0))
			return SJ_RESOURCE_EXHAUSTED;
	}
	return SJ_OK;
}

static SJ_ALWAYS_INLINE bool any_differentiable(int n, sj_tensor *const *outputs)
{
	for (int k = 0; k < n; k++)
		if (is_differentiable(outputs[k]))
			return true;
	return false;
}

/* The counts are the call's own, as constants where they are common. */
static SJ_ALWAYS_INLINE sj_status record_ports(const sj__call *call, const int n_inputs, const int n_outputs)
{
	sj__log *log = sj__local_state.log;
	const sj_op *op = call->op;
	uint32_t any;
	if (!any_differentiable(n_outputs, call->outputs))
		return SJ_OK;
	size_t n_pointers = SJ_UNLIKELY(op->flags & SJ__OP_HAS_POINTERS) ? sj__args_pointers_size(op, call->args) : 0;
	size_t args_size = sj__log_round(op->args_size);
	sj__record *r = sj__log_room(log, n_inputs, n_outputs, args_size + n_pointers);
	if (SJ_UNLIKELY(r == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	r->op = op;
	log->has_symbolic |= (call->outputs[0]->flags & SJ__FLAG_SYMBOLIC) != 0;
	sj_status status = inputs_save(call, log, r, n_inputs, &any), saved = outputs_save(call, r, n_outputs);
	if (SJ_UNLIKELY(status != SJ_OK || saved != SJ_OK ||
	                any == 0)) { /* no memory; or nothing tracked, where a second thread uses the library */
		sj__record_release(r);
		return status != SJ_OK ? status : saved;
	}
	if (op->args_size != 0)
		memcpy((void *)r->args, call->args, op->args_size);
	if (SJ_UNLIKELY(n_pointers != 0))
		sj__args_pointers_copy(op, (void *)r->args, (char *)r->args + args_size);
	status = outputs_track(log, r, n_outputs, call->outputs);
	if (SJ_UNLIKELY(status != SJ_OK))
		sj__record_release(r);
	else
		sj__log_append(log, r);
	return status;
}

/* Functions of their own, so that each saves no more registers than it needs. */
static SJ_NOINLINE sj_status record_2(const sj__call *call) { return record_ports(call, 2, 1); }
static SJ_NOINLINE sj_status record_any(const sj__call *call)
{
	return record_ports(call, call->n_inputs, call->n_outputs);
}

static SJ_NOINLINE sj_status record_few(const sj_op *op, const void *args, int n_inputs, sj_tensor *x, sj_tensor *y,
                                        sj_tensor *z)
{
	sj_tensor *inputs[] = {x, y};
	sj__call call = {.op = op,
	                 .args = args ? args : op->default_args,
	                 .n_inputs = n_inputs,
	                 .n_outputs = 1,
	                 .inputs = inputs,
	                 .outputs = &z};
	return record_any(&call);
}

/* ---- the short way: a plain operation on floats whose tensors are this thread's own, and no other thread ---- */

static SJ_ALWAYS_INLINE bool is_short_way(const sj__local *local, const sj_op *op, const sj_tensor *x,
                                          const sj_tensor *y, const sj_tensor *z)
{
	return !SJ__COUNTS_ARE_SHARED &&
	       (x->owner == local->number) & (y->owner == local->number) & (z->tape_epoch != local->tape_epoch) &&
	       (op->saves_shapes == 0 ||
	        (op->flags & SJ__OP_ELEMENTWISE && sj__same_shape(x, z) && sj__same_shape(y, z)));
}

/* The tensor where the bit says so, with one reference more. */
static SJ_ALWAYS_INLINE sj_tensor *kept_if(unsigned bit, sj_tensor *t)
{
	t->refs += (int32_t)(bit & 1);
	return bit & 1 ? t : NULL;
}

static SJ_ALWAYS_INLINE uint32_t own_slot(uint64_t epoch, const sj_tensor *t)
{
	return t->tape_epoch == epoch ? t->tape_slot : 0;
}

/* Argument structs begin with a size_t, so they are whole words; the defaults stay where they are. */
static SJ_ALWAYS_INLINE void args_save(sj__record *r, const sj_op *op, const void *args)
{
	size_t n = op->args_size;
	if (n == 0)
		return;
	if (args == NULL) {
		r->args = op->default_args;
		return;
	}
	char *to = (char *)r->args;
	const char *from = args, *end = from + n;
	do {
		memcpy(to, from, sizeof(uint64_t));
		to += sizeof(uint64_t);
		from += sizeof(uint64_t);
	} while (from < end);
}

/* With one input y is x. */
static SJ_ALWAYS_INLINE sj_status record_short(sj__local *local, const sj_op *op, const void *args, sj_tensor *x,
                                               sj_tensor *y, sj_tensor *z, const int n_inputs)
{
	sj__log *log = local->log;
	uint64_t epoch = local->tape_epoch;
	sj__record *r = sj__log_room_left(log, n_inputs, 1, sj__log_round(op->args_size));
	if (SJ_UNLIKELY(r == NULL))
		return record_few(op, args, n_inputs, x, y, z);
	uint32_t *slots = (uint32_t *)(r->tensors + n_inputs + 1);
	r->op = op;
	r->tensors[0] = kept_if(op->saves_inputs, x);
	slots[0] = own_slot(epoch, x);
	if (n_inputs == 2) {
		r->tensors[1] = kept_if(op->saves_inputs >> 1, y);
		slots[1] = own_slot(epoch, y);
	}
	r->tensors[n_inputs] = kept_if(op->saves_outputs, z);
	z->tape_epoch = epoch;
	z->tape_slot = slots[n_inputs] = ++log->n_slots;
	args_save(r, op, args);
	sj__log_append(log, r);
	return SJ_OK;
}

static sj_status record_one(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *z)
{
	sj__local *local = &sj__local_state;
	if (SJ_UNLIKELY(!is_short_way(local, op, x, x, z)))
		return record_few(op, args, 1, x, NULL, z);
	return record_short(local, op, args, x, x, z, 1);
}

static sj_status record_two(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *y, sj_tensor *z)
{
	sj__local *local = &sj__local_state;
	if (SJ_UNLIKELY(!is_short_way(local, op, x, y, z)))
		return record_few(op, args, 2, x, y, z);
	return record_short(local, op, args, x, y, z, 2);
}

static sj_status record(const sj__call *call)
{
	enum { PLAIN = SJ__OP_PLAIN | SJ__OP_HAS_POINTERS };
	if (SJ_LIKELY((call->op->flags & PLAIN) == SJ__OP_PLAIN && call->outputs[0]->flags == 0) &&
	    is_differentiable(call->outputs[0])) {
		sj_tensor **x = call->inputs, *z = call->outputs[0];
		return call->n_inputs == 2 ? record_two(call->op, call->args, x[0], x[1], z)
		                           : record_one(call->op, call->args, x[0], z);
	}
	return call->n_inputs == 2 && call->n_outputs == 1 ? record_2(call) : record_any(call);
}

/* ---- gradients of the caller's own ---- */

static sj_status custom_inputs(sj__log *log, int n, sj_tensor *const *inputs, bool keeps_shapes, sj__record *r)
{
	sj_status status = SJ_OK;
	uint32_t *slots = sj__record_input_slots(r);
	for (int i = 0; i < n; i++) {
		r->tensors[i] = NULL;
		slots[i] = 0;
		if (inputs[i] == NULL)
			continue;
		bool automatic = inputs[i]->flags & SJ__FLAG_VARIABLE && inputs[i]->variable->trainable;
		slots[i] = automatic ? sj__slot_give(log, inputs[i], SJ__SLOT_VARIABLE) : sj__slot_of(log, inputs[i]);
		if (status == SJ_OK && keeps_shapes)
			status = sj__tensor_shape_only(inputs[i], &r->tensors[i]);
	}
	return status;
}

/* The custom part is filled by the caller: until then a release lets go of nothing of the user's. */
static sj_status custom_append(sj__log *log, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                               sj_tensor *const *outputs, bool keeps_shapes, struct sj__custom **ret_custom)
{
	sj__record *r = sj__log_room(log, n_inputs, n_outputs, sizeof(struct sj__custom));
	if (r == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	struct sj__custom *custom = (struct sj__custom *)r->args;
	r->op = NULL;
	*custom = (struct sj__custom){0};
	for (int k = 0; k < n_outputs; k++) {
		sj__record_outputs(r)[k] = NULL;
		sj__record_output_slots(r)[k] = 0;
	}
	sj_status status = custom_inputs(log, n_inputs, inputs, keeps_shapes, r);
	if (status == SJ_OK)
		status = outputs_track(log, r, n_outputs, outputs);
	if (status != SJ_OK) {
		sj__record_release(r);
		return status;
	}
	sj__log_append(log, r);
	*ret_custom = custom;
	return SJ_OK;
}

static sj_status list_is_good(const char *what, int n, sj_tensor *const *tensors, bool may_be_null)
{
	if (n < 0 || (n > 0 && tensors == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_record: %d %s at %s", n, what,
		                tensors ? "an array" : "NULL");
	for (int i = 0; i < n; i++)
		if (!sj_tensor_is_valid(tensors[i]) && !(may_be_null && tensors[i] == NULL))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_record: %s %d is no valid tensor", what, i);
	return SJ_OK;
}

sj_status sj_tape_record(int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor *const *outputs,
                         sj_gradient_function *gradient, void *context, void (*release)(void *context))
{
	sj__local *local = sj__local_now();
	struct sj__custom *custom = NULL;
	sj_status status = gradient == NULL
	                           ? sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_record: the gradient function is NULL")
	                           : SJ_OK;
	if (status == SJ_OK)
		status = list_is_good("inputs", n_inputs, inputs, true);
	if (status == SJ_OK)
		status = list_is_good("outputs", n_outputs, outputs, false);
	if (status == SJ_OK && local->recording)
		status = custom_append(local->log, n_inputs, inputs, n_outputs, outputs, true, &custom);
	if (custom != NULL) {
		*custom = (struct sj__custom){gradient, context, release, NULL};
	} else if (release != NULL) {
		release(context);
	}
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

/* ---- what the graph records ---- */

static bool is_simple(void)
{
	const sj__log *log = sj__local_state.log;
	return log->n_open == 1 && !log->open->persistent;
}

static sj_status record_call(int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor *const *outputs,
                             sj__call_gradient *gradient, void *context, void (*release)(void *context))
{
	struct sj__custom *custom = NULL;
	sj_status status = custom_append(sj__local_state.log, n_inputs, inputs, n_outputs, outputs, false, &custom);
	if (status == SJ_OK)
		*custom = (struct sj__custom){NULL, context, release, gradient};
	else
		release(context);
	return status;
}

const sj__tape_hooks sj__tape = {variable_read,        record,    record_one, record_two, sj__tapes_set_aside,
                                 sj__tapes_bring_back, is_simple, record_call};

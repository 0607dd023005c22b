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
	if ((*value)->owner != local->number || SJ__COUNTS_ARE_SHARED) {
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

/* ---- arguments: a copy that lives as long as the record ---- */

static size_t pointers_size(const sj_op *op, const void *args)
{
	size_t n = 0;
	for (int i = 0; i < op->n_attributes; i++) {
		const char *field = (const char *)args + op->attributes[i].offset;
		if (op->attributes[i].kind == SJ_ATTRIBUTE_INTS)
			n += sizeof(int64_t) * (size_t)((const sj_ints *)field)->count;
		else if (op->attributes[i].kind == SJ_ATTRIBUTE_STRING && *(const char *const *)field != NULL)
			n += (strlen(*(const char *const *)field) + 8) & ~(size_t)7;
	}
	return n;
}

static void pointers_copy(const sj_op *op, void *args, char *room)
{
	for (int i = 0; i < op->n_attributes; i++) {
		char *field = (char *)args + op->attributes[i].offset;
		if (op->attributes[i].kind == SJ_ATTRIBUTE_INTS) {
			sj_ints *list = (sj_ints *)field;
			size_t n = sizeof(int64_t) * (size_t)list->count;
			if (n > 0)
				list->data = memcpy(room, list->data, n);
			room += n;
		} else if (op->attributes[i].kind == SJ_ATTRIBUTE_STRING && *(const char **)field != NULL) {
			size_t n = strlen(*(const char **)field) + 1;
			*(const char **)field = memcpy(room, *(const char **)field, n);
			room += (n + 7) & ~(size_t)7;
		}
	}
}

/* ---- the record ---- */

/* Elementwise inputs of the result's own shape need no shape kept. */
static sj_status shape_save(const sj__call *call, int i, sj_tensor **saved)
{
	if (call->op->flags & SJ__OP_ELEMENTWISE && sj__same_shape(call->inputs[i], call->outputs[0]))
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
	*ret_any = 0;
	for (int i = 0; i < n_inputs; i++) {
		sj_tensor *t = call->inputs[i];
		r->inputs[i] = NULL;
		r->input_slots[i] = 0;
		if (SJ_UNLIKELY(t == NULL))
			continue;
		*ret_any |= r->input_slots[i] = sj__slot_of(log, t);
		if (port_in(op->saves_inputs, i, op->n_inputs))
			r->inputs[i] = sj__keep(t);
		else if (status == SJ_OK && port_in(op->saves_shapes, i, op->n_inputs))
			status = shape_save(call, i, &r->inputs[i]);
	}
	return status;
}

static SJ_ALWAYS_INLINE sj_status outputs_save(const sj__call *call, sj__record *r, const int n_outputs)
{
	sj_status status = SJ_OK;
	for (int k = 0; k < n_outputs; k++) {
		r->outputs[k] = NULL;
		r->output_slots[k] = 0;
		if (port_in(call->op->saves_outputs, k, call->op->n_outputs))
			r->outputs[k] = sj__keep(call->outputs[k]);
		else if (n_outputs > 1 && status == SJ_OK)
			status = sj__tensor_shape_only(call->outputs[k], &r->outputs[k]);
	}
	return status;
}

static SJ_ALWAYS_INLINE sj_status outputs_track(sj__log *log, sj__record *r, int n, sj_tensor *const *outputs)
{
	for (int k = 0; k < n; k++) {
		if (!is_differentiable(outputs[k]))
			continue;
		r->output_slots[k] = sj__slot_give(log, outputs[k], 0);
		if (SJ_UNLIKELY(r->output_slots[k] == 0))
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
	size_t n_pointers = SJ_UNLIKELY(op->flags & SJ__OP_HAS_POINTERS) ? pointers_size(op, call->args) : 0;
	size_t args_size = sj__log_round(op->args_size);
	sj__record *r = sj__log_room(log, n_inputs, n_outputs, args_size + n_pointers);
	if (SJ_UNLIKELY(r == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	r->op = op;
	sj_status status = inputs_save(call, log, r, n_inputs, &any), saved = outputs_save(call, r, n_outputs);
	if (SJ_UNLIKELY(status != SJ_OK || saved != SJ_OK ||
	                any == 0)) { /* no memory; or nothing tracked, where a second thread uses the library */
		sj__record_release(r);
		return status != SJ_OK ? status : saved;
	}
	if (op->args_size != 0)
		memcpy((void *)r->args, call->args, op->args_size);
	if (SJ_UNLIKELY(n_pointers != 0))
		pointers_copy(op, (void *)r->args, (char *)r->args + args_size);
	status = outputs_track(log, r, n_outputs, call->outputs);
	if (SJ_UNLIKELY(status != SJ_OK))
		sj__record_release(r);
	else
		sj__log_append(log, r);
	return status;
}

/* ---- the short way: a plain operation whose tensors are this thread's own, and no other thread ---- */

static SJ_ALWAYS_INLINE bool is_short_way(const sj__call *call, const sj__local *local, const int n_inputs)
{
	const sj_op *op = call->op;
	const sj_tensor *x = call->inputs[0], *y = call->inputs[n_inputs - 1], *z = call->outputs[0];
	return !SJ__COUNTS_ARE_SHARED && (x->owner == local->number) & (y->owner == local->number) &&
	       z->tape_epoch != local->tape_epoch &&
	       (op->saves_shapes == 0 ||
	        (op->flags & SJ__OP_ELEMENTWISE && sj__same_shape(x, z) && sj__same_shape(y, z)));
}

static SJ_ALWAYS_INLINE sj_status record_short(const sj__call *call, sj__local *local, const int n_inputs)
{
	const sj_op *op = call->op;
	sj__log *log = local->log;
	sj_tensor *z = call->outputs[0];
	uint64_t epoch = local->tape_epoch;
	unsigned saved = op->saves_inputs;
	sj__record *r = sj__log_room(log, n_inputs, 1, sj__log_round(op->args_size));
	if (SJ_UNLIKELY(r == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	sj__log_ports ports = sj__log_ports_of(r, n_inputs, 1);
	for (int i = 0; i < n_inputs; i++) {
		sj_tensor *t = call->inputs[i];
		ports.input_slots[i] = t->tape_epoch == epoch ? t->tape_slot : 0;
		ports.inputs[i] = saved >> i & 1 ? t : NULL;
		t->refs += saved >> i & 1;
	}
	ports.inputs[n_inputs] = op->saves_outputs & 1 ? z : NULL;
	z->refs += op->saves_outputs & 1;
	z->tape_epoch = epoch;
	z->tape_slot = ports.input_slots[n_inputs] = ++log->n_slots;
	r->op = op;
	for (size_t at = 0; at < op->args_size; at += sizeof(uint64_t)) /* argument structs begin with a size_t */
		memcpy((char *)ports.args + at, (const char *)call->args + at, sizeof(uint64_t));
	sj__log_append(log, r);
	return SJ_OK;
}

/* Functions of their own, so that each saves no more registers than it needs. */
static SJ_NOINLINE sj_status record_short_1(const sj__call *call) { return record_short(call, &sj__local_state, 1); }
static SJ_NOINLINE sj_status record_short_2(const sj__call *call) { return record_short(call, &sj__local_state, 2); }
static SJ_NOINLINE sj_status record_2(const sj__call *call) { return record_ports(call, 2, 1); }
static SJ_NOINLINE sj_status record_any(const sj__call *call)
{
	return record_ports(call, call->n_inputs, call->n_outputs);
}

static sj_status record(const sj__call *call)
{
	enum { PLAIN = SJ__OP_PLAIN | SJ__OP_HAS_POINTERS };
	const sj__local *local = &sj__local_state;
	if (SJ_LIKELY((call->op->flags & PLAIN) == SJ__OP_PLAIN) && is_differentiable(call->outputs[0])) {
		if (call->n_inputs == 2 && SJ_LIKELY(is_short_way(call, local, 2)))
			return record_short_2(call);
		if (call->n_inputs == 1 && SJ_LIKELY(is_short_way(call, local, 1)))
			return record_short_1(call);
	}
	return call->n_inputs == 2 && call->n_outputs == 1 ? record_2(call) : record_any(call);
}

const sj__tape_hooks sj__tape = {variable_read, record};

/* ---- gradients of the caller's own ---- */

static sj_status custom_inputs(sj__log *log, int n, sj_tensor *const *inputs, sj__record *r)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < n; i++) {
		bool automatic = sj_is_variable(inputs[i]) && inputs[i]->variable->trainable;
		r->inputs[i] = NULL;
		r->input_slots[i] = automatic ? sj__slot_give(log, inputs[i], SJ__SLOT_VARIABLE)
		                              : sj__slot_of(log, inputs[i]);
		if (status == SJ_OK)
			status = sj__tensor_shape_only(inputs[i], &r->inputs[i]);
	}
	return status;
}

static sj_status custom_append(sj__log *log, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                               sj_tensor *const *outputs, sj__record **ret_record)
{
	sj__record *r = sj__log_room(log, n_inputs, n_outputs, 0);
	if (r == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int k = 0; k < n_outputs; k++) {
		r->outputs[k] = NULL;
		r->output_slots[k] = 0;
	}
	sj_status status = custom_inputs(log, n_inputs, inputs, r);
	if (status == SJ_OK)
		status = outputs_track(log, r, n_outputs, outputs);
	if (status != SJ_OK) {
		sj__record_release(r);
		return status;
	}
	sj__log_append(log, r);
	*ret_record = r;
	return SJ_OK;
}

static sj_status list_is_good(const char *what, int n, sj_tensor *const *tensors)
{
	if (n < 0 || (n > 0 && tensors == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_record: %d %s at %s", n, what,
		                tensors ? "an array" : "NULL");
	for (int i = 0; i < n; i++)
		if (!sj_tensor_is_valid(tensors[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_record: %s %d is no valid tensor", what, i);
	return SJ_OK;
}

sj_status sj_tape_record(int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor *const *outputs,
                         sj_gradient_function *gradient, void *context, void (*release)(void *context))
{
	sj__local *local = sj__local_now();
	sj__record *r = NULL;
	sj_status status = gradient == NULL
	                           ? sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_record: the gradient function is NULL")
	                           : SJ_OK;
	if (status == SJ_OK)
		status = list_is_good("inputs", n_inputs, inputs);
	if (status == SJ_OK)
		status = list_is_good("outputs", n_outputs, outputs);
	if (status == SJ_OK && local->recording)
		status = custom_append(local->log, n_inputs, inputs, n_outputs, outputs, &r);
	if (r != NULL) {
		r->custom = gradient;
		r->custom_context = context;
		r->custom_release = release;
	} else if (release != NULL) {
		release(context);
	}
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

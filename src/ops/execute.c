/* The one way to run an operation: resolve and check inputs, rule, allocation, kernel, record. Nothing is undone: nothing is done before it can fail. */
#include <stdarg.h>
#include <stdio.h>

#include "base/denormals.h"
#include "base/memory.h"
#include "base/threads.h"
#include "ops/narrow.h"
#include "ops/quick.h"
#include "ops/random_state.h"
#include "tensor/slices.h"
#include "tensor/local.h"
#include "tensor/variable.h"

enum { INLINE_PORTS = 16, ARGS_LIMIT = 512 };

sj_status sj__call_fail(const sj__call *call, sj_status code, const char *format, ...)
{
	char text[896];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return sj__fail(code, "%s: %s", call->op->name, text);
}

static const sj__port *input_port(const sj_op *op, int i)
{
	return &op->inputs[SJ_LIKELY(i < op->n_inputs) ? i : op->n_inputs - 1];
}

/* ---- inputs ---- */

static sj_status SJ_COLD input_refused(const sj__call *call, int i, const sj_tensor *t)
{
	const char *name = input_port(call->op, i)->name;
	if (t == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s (input %d) is NULL; give a tensor", name, i);
	if (!sj__is_live(t))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s (input %d) is not a valid tensor; was it released?",
		                     name, i);
	return sj__call_fail(call, SJ_FAILED_PRECONDITION, "%s (input %d) is nil: an operation before failed", name, i);
}

static sj_status SJ_COLD type_refused(const sj__call *call, int i, sj_dtype expected)
{
	const sj_op *op = call->op;
	char allowed[200] = "";
	int at = 0;
	sj_dtype given = (sj_dtype)call->inputs[i]->dtype;
	if (expected != SJ_DTYPE_NONE)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%s is %s where %s is expected; convert it with sj_cast", input_port(op, i)->name,
		                     sj_dtype_name(given), sj_dtype_name(expected));
	for (int d = 1; d < 24; d++)
		if (op->type_masks[input_port(op, i)->type] >> d & 1 && at < 180)
			at += snprintf(allowed + at, sizeof(allowed) - (size_t)at, "%s%s", at ? ", " : "",
			               sj_dtype_name((sj_dtype)d));
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s is %s; supported are %s", input_port(op, i)->name,
	                     sj_dtype_name(given), allowed);
}

static SJ_ALWAYS_INLINE sj_status type_check(sj__call *call, int i)
{
	const sj_op *op = call->op;
	unsigned type = input_port(op, i)->type;
	sj_dtype given = (sj_dtype)call->inputs[i]->dtype;
	if (SJ_LIKELY(type < SJ__TYPE_CLASSES)) {
		if (call->types[type] == SJ_DTYPE_NONE) {
			if (SJ_UNLIKELY(!(op->type_masks[type] >> given & 1)))
				return type_refused(call, i, SJ_DTYPE_NONE);
			call->types[type] = given;
		} else if (SJ_UNLIKELY(call->types[type] != given)) {
			return type_refused(call, i, call->types[type]);
		}
	} else if (type >= SJ__FIXED) {
		if (SJ_UNLIKELY(given != (sj_dtype)(type - SJ__FIXED)))
			return type_refused(call, i, (sj_dtype)(type - SJ__FIXED));
	} else if (type == SJ__INDEX_TYPE && SJ_UNLIKELY(given != SJ_INT32 && given != SJ_INT64)) {
		return type_refused(call, i, SJ_INT64);
	}
	return SJ_OK;
}

sj_status sj__variable_read(sj_tensor *variable, sj_tensor **ret_value)
{
	bool is_graphs = sj__local_state.graph != NULL || variable->variable->place != 0;
	sj_status status = is_graphs ? sj__graph.read(variable, ret_value) : sj__variable_value(variable, ret_value);
	if (status == SJ_OK && sj__local_state.recording) {
		status = sj__tape.variable_read(variable, ret_value);
		if (status != SJ_OK)
			sj__drop(*ret_value);
	}
	return status;
}

/* The dense form; of symbolic parts by operations, so that it is written down like everything else. */
static sj_status slices_resolve(sj_tensor *slices, sj_tensor **ret_value)
{
	sj_tensor *n_rows;
	if (!sj__slices_are_symbolic(slices))
		return sj__slices_dense(slices, ret_value);
	sj_status status = sj__tensor_make("indexed slices", SJ_INT64, 0, NULL, &n_rows);
	if (status != SJ_OK)
		return status;
	*(int64_t *)n_rows->data = sj__dims(slices)[0];
	sj_tensor *inputs[] = {sj__slices_values(slices), sj__slices_indices(slices), n_rows};
	status = sj_execute(sj_op_find("UnsortedSegmentSum"), NULL, 3, inputs, 1, ret_value);
	sj__drop(n_rows);
	return status;
}

/* Variables become their value, sparse gradients their dense form: own references, noted in `resolved`. */
static SJ_NOINLINE sj_status input_resolve(sj__call *call, int i, uint32_t *resolved)
{
	sj_tensor *t = call->inputs[i], *value;
	sj_status status;
	if (t->flags & SJ__FLAG_SYMBOLIC) {
		call->is_symbolic = true;
		return SJ_OK;
	}
	if (t->flags & SJ__FLAG_VARIABLE) {
		status = sj__variable_read(t, &value);
		call->is_symbolic |= status == SJ_OK && (value->flags & SJ__FLAG_SYMBOLIC) != 0;
	} else if (t->flags & SJ__FLAG_SLICES) {
		status = slices_resolve(t, &value);
		call->is_symbolic |= status == SJ_OK && (value->flags & SJ__FLAG_SYMBOLIC) != 0;
	} else if (t->flags & SJ__FLAG_NIL || t->data == NULL) {
		return input_refused(call, i, sj__is_nil(t) ? t : NULL);
	} else {
		return SJ_OK;
	}
	if (status != SJ_OK)
		return status;
	call->inputs[i] = value;
	*resolved |= 1u << (i < 31 ? i : 31);
	return SJ_OK;
}

/* Beyond 31 inputs bit 31 stands for "look at each one": the caller's array tells which were replaced. */
static void resolved_drop(const sj__call *call, sj_tensor *const *given, int n_done, uint32_t resolved)
{
	if (SJ_LIKELY(resolved == 0))
		return;
	for (int i = 0; i < n_done; i++)
		if (call->inputs[i] != given[i])
			sj__drop(call->inputs[i]);
}

static SJ_ALWAYS_INLINE sj_status input_take(sj__call *call, int i, sj_tensor *t, uint32_t *resolved)
{
	call->inputs[i] = t;
	if (SJ_UNLIKELY(t == NULL)) {
		if (input_port(call->op, i)->optional)
			return SJ_OK;
		return input_refused(call, i, t);
	}
	if (SJ_UNLIKELY(t->magic != SJ__TENSOR_LIVE))
		return input_refused(call, i, t);
	if (SJ_UNLIKELY(t->flags != 0)) {
		sj_status status = input_resolve(call, i, resolved);
		if (status != SJ_OK)
			return status;
	}
	return type_check(call, i);
}

static sj_status SJ_COLD counts_refused(const sj__call *call)
{
	const sj_op *op = call->op;
	bool inputs_fit = op->flags & SJ__OP_VARIADIC_INPUTS ? call->n_inputs >= op->n_inputs - 1
	                                                     : call->n_inputs == op->n_inputs;
	if (!inputs_fit)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%d inputs given, %d expected", call->n_inputs,
		                     op->n_inputs);
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%d outputs asked for, it has %d", call->n_outputs,
	                     op->n_outputs);
}

static SJ_ALWAYS_INLINE bool counts_fit(const sj_op *op, int n_inputs, int n_outputs)
{
	if (SJ_LIKELY(n_inputs == op->n_inputs && n_outputs == op->n_outputs))
		return true;
	bool inputs_fit = n_inputs == op->n_inputs ||
	                  (op->flags & SJ__OP_VARIADIC_INPUTS && n_inputs >= op->n_inputs - 1);
	bool outputs_fit = n_outputs == op->n_outputs || (op->flags & SJ__OP_VARIADIC_OUTPUTS && n_outputs >= 0);
	return inputs_fit && outputs_fit;
}

/* ---- outputs ---- */

static void outputs_drop(sj__call *call)
{
	for (int k = 0; k < call->n_outputs; k++)
		sj__drop(call->outputs[k]);
}

static SJ_ALWAYS_INLINE sj_status outputs_allocate(sj__call *call, const int n_outputs)
{
	for (int k = 0; k < n_outputs; k++) {
		sj_tensor *t = call->outputs[k];
		if (SJ_UNLIKELY(t == NULL || t->flags & SJ__FLAG_SYMBOLIC)) {
			if (call->op->flags & SJ__OP_ALLOCATES)
				continue;
			return sj__call_fail(call, SJ_INTERNAL, "the rule left output %d unknown", k);
		}
		if (t->storage == NULL) {
			sj_status status = sj__tensor_allocate(t);
			if (SJ_UNLIKELY(status != SJ_OK))
				return sj__fail_within(status, call->op->name);
		}
	}
	return SJ_OK;
}

/* What the kernel skipped is nobody's result, and what it drew the next call draws. */
sj_status sj__call_cancelled(const sj__call *call)
{
	if (call->op->flags & SJ__OP_STATEFUL)
		sj__random_give_back(call);
	return sj__call_fail(call, SJ_CANCELLED, "interrupted; clear the interruption to go on");
}

static SJ_ALWAYS_INLINE sj_status call_run(sj__call *call, const int n_outputs)
{
	const uint32_t begin = sj__cancel_begin();
	sj_status status = call->op->rule(call);
	if (SJ_LIKELY(status == SJ_OK))
		status = outputs_allocate(call, n_outputs);
	if (SJ_LIKELY(status == SJ_OK))
		status = call->op->kernel(call);
	if (sj__cancelled_since(begin) && (status == SJ_OK || status == SJ_CANCELLED))
		status = sj__call_cancelled(call);
	return status;
}

static SJ_ALWAYS_INLINE bool must_record(const sj__call *call, const sj__local *thread, const int n_inputs)
{
	if (SJ_LIKELY(thread->recording == 0) || call->op->flags & SJ__OP_NOT_DIFFERENTIABLE)
		return false;
	for (int i = 0; i < n_inputs; i++)
		if (call->inputs[i] != NULL && call->inputs[i]->tape_epoch == thread->tape_epoch)
			return true;
	return SJ__COUNTS_ARE_SHARED;
}

/* ---- arguments ---- */

/* A struct of an older (shorter) or newer (longer) header, brought to ours: what it lacks has its default. */
static SJ_COLD sj_status args_adapt(sj__call *call, const void *args, void *buffer)
{
	size_t size;
	memcpy(&size, args, sizeof(size));
	if (size < sizeof(size) || size > 65536)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the argument struct says its size is %zu; set .size = sizeof", size);
	memcpy(buffer, call->op->default_args, call->op->args_size);
	memcpy(buffer, args, size < call->op->args_size ? size : call->op->args_size);
	call->args = buffer;
	return SJ_OK;
}

static SJ_ALWAYS_INLINE sj_status args_take(sj__call *call, const void *args, void *buffer)
{
	const sj_op *op = call->op;
	if (op->args_size == 0 || args == NULL) {
		call->args = op->default_args;
		return SJ_OK;
	}
	if (SJ_LIKELY(*(const size_t *)args == op->args_size)) {
		call->args = args;
		return SJ_OK;
	}
	return args_adapt(call, args, buffer);
}

/* ---- the whole ---- */

static bool any_symbolic(int n, sj_tensor *const *given)
{
	for (int i = 0; i < n; i++)
		if (sj__is_live(given[i]) && given[i]->flags & SJ__FLAG_SYMBOLIC)
			return true;
	return false;
}

/* Variables beside a symbolic input are read when the graph runs, not now: inputs are taken once more, with the graph open. */
static SJ_COLD sj_status inputs_take_in_graph(sj__call *call, sj__local *thread, sj_tensor *const *given, int *n_taken,
                                              uint32_t *resolved)
{
	sj_status status = SJ_OK;
	resolved_drop(call, given, *n_taken, *resolved);
	*resolved = 0;
	memset(call->types, 0, sizeof(call->types));
	for (int i = 0; i < call->n_inputs && thread->graph == NULL; i++)
		if (sj__is_live(given[i]) && given[i]->flags & SJ__FLAG_SYMBOLIC)
			thread->graph = sj__graph.graph_of(given[i]);
	for (int i = 0; i < call->n_inputs && status == SJ_OK; i++) {
		*n_taken = i + 1;
		status = input_take(call, i, given[i], resolved);
	}
	thread->graph = NULL;
	return status;
}

/* The counts are the call's own, as constants where the caller knows them: the loops below then fall away. */
static SJ_ALWAYS_INLINE sj_status call_execute(sj__call *call, sj__local *thread, sj_tensor *const *given,
                                               const int n_inputs, const int n_outputs)
{
	uint32_t resolved = 0;
	sj_status status = SJ_OK;
	int n_taken = 0;
	for (int i = 0; i < n_inputs; i++) {
		n_taken = i + 1;
		status = input_take(call, i, given[i], &resolved);
		if (SJ_UNLIKELY(status != SJ_OK))
			break;
	}
	for (int k = 0; k < n_outputs; k++)
		call->outputs[k] = NULL;
	if (SJ_UNLIKELY((call->is_symbolic && resolved != 0) || status != SJ_OK) && thread->graph == NULL &&
	    any_symbolic(n_inputs, given))
		status = inputs_take_in_graph(call, thread, given, &n_taken, &resolved);
	if (SJ_LIKELY(status == SJ_OK))
		status = SJ_UNLIKELY(call->is_symbolic || thread->graph != NULL) ? sj__graph.append(call)
		                                                                 : call_run(call, n_outputs);
	if (SJ_LIKELY(status == SJ_OK) && must_record(call, thread, n_inputs))
		status = sj__tape.record(call);
	if (SJ_UNLIKELY(status != SJ_OK))
		outputs_drop(call);
	resolved_drop(call, given, n_taken, resolved);
	return SJ_LIKELY(status == SJ_OK) ? status : sj__narrow_execute(call, given, status);
}

static SJ_NOINLINE sj_status execute_many_ports(sj__call *call, sj__local *thread, sj_tensor *const *given,
                                                sj_tensor **ret_outputs)
{
	size_t n = (size_t)call->n_inputs + (size_t)call->n_outputs;
	sj_tensor **ports = sj__memory_new(sizeof(*ports) * n);
	if (ports == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	call->inputs = ports;
	call->outputs = ports + call->n_inputs;
	sj_status status = call_execute(call, thread, given, call->n_inputs, call->n_outputs);
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++)
		ret_outputs[k] = call->outputs[k];
	sj__memory_free(ports);
	return status;
}

static SJ_ALWAYS_INLINE sj_status execute_in_region(sj__call *call, sj__local *thread, sj_tensor *const *given,
                                                    sj_tensor **ret_outputs)
{
	sj_tensor *inputs[INLINE_PORTS], *outputs[INLINE_PORTS];
	if (SJ_UNLIKELY(call->n_inputs > INLINE_PORTS || call->n_outputs > INLINE_PORTS))
		return execute_many_ports(call, thread, given, ret_outputs);
	call->inputs = inputs;
	call->outputs = outputs;
	sj_status status = call_execute(call, thread, given, call->n_inputs, call->n_outputs);
	if (SJ_LIKELY(status == SJ_OK))
		for (int k = 0; k < call->n_outputs; k++)
			ret_outputs[k] = outputs[k];
	return status;
}

/* ---- the quick way ---- */

/* With a second thread in the library a variable's value may be replaced any time: only an own reference is safe then. */
static sj_tensor *quick_value(sj__local *thread, sj_tensor *variable)
{
	if (variable->flags != SJ__FLAG_VARIABLE || SJ__COUNTS_ARE_SHARED)
		return NULL;
	sj_tensor *value = variable->variable->value;
	if (SJ_UNLIKELY(value == NULL || variable->variable->place != 0 || value->flags != 0 ||
	                value->owner != thread->number))
		return NULL;
	if (thread->recording && sj__tape.variable_read(variable, &value) != SJ_OK)
		return NULL;
	return value;
}

sj_tensor *sj__quick_run_flagged(sj__local *thread, const sj_op *op, const void *args, sj_tensor *x, sj_tensor *y)
{
	sj_tensor *a = x->flags == 0 ? x : quick_value(thread, x), *b = a;
	if (x != y && a != NULL)
		b = y->flags == 0 ? y : quick_value(thread, y);
	if (SJ_UNLIKELY(a == NULL || b == NULL))
		return NULL;
	return op->n_inputs == 1 ? sj__quick_run_plain(thread, op, args, a, a, 1)
	                         : sj__quick_run_plain(thread, op, args, a, b, 2);
}

/* For callers outside of scopes, such as front ends. */
static SJ_ALWAYS_INLINE sj_tensor *execute_quick(const sj_op *op, const void *args, int n_inputs,
                                                 sj_tensor *const *inputs)
{
	sj__local *thread = &sj__local_state;
	uint32_t before = thread->region_depth == 0 ? sj__denormals_flush_begin() : 0;
	thread->region_depth++;
	sj_tensor *z = n_inputs == 2 ? sj__quick_run(thread, op, args, inputs[0], inputs[1], 2)
	                             : sj__quick_run(thread, op, args, inputs[0], inputs[0], 1);
	if (--thread->region_depth == 0)
		sj__denormals_flush_end(before);
	return z;
}

/* ---- the short way ---- */

/* Everything that it need not look at again: a plain operation, sound tensors of one of its dtypes. */
static SJ_ALWAYS_INLINE bool is_short_way(const sj_op *op, const void *args, const sj_tensor *x, const sj_tensor *y)
{
	return x != NULL && y != NULL && (op->flags & SJ__OP_PLAIN) && sj__local_state.graph == NULL &&
	       (x->magic == SJ__TENSOR_LIVE) & (y->magic == SJ__TENSOR_LIVE) && (x->flags | y->flags) == 0 &&
	       x->dtype == y->dtype && (op->type_masks[0] >> x->dtype & 1) &&
	       (args == NULL || *(const size_t *)args == op->args_size);
}

/* Checks are done, counts are constants, nothing is resolved and so nothing to be let go. */
static SJ_ALWAYS_INLINE sj_status execute_short(const sj_op *op, const void *args, sj_tensor **given,
                                                const int n_inputs, sj_tensor **ret_output)
{
	const sj__local *thread = &sj__local_state;
	sj__call call;
	call.op = op;
	call.args = args ? args : op->default_args;
	call.n_inputs = n_inputs;
	call.n_outputs = 1;
	call.inputs = given;
	call.outputs = ret_output;
	call.types[0] = (sj_dtype)given[0]->dtype;
	sj_status status = call_run(&call, 1);
	if (SJ_LIKELY(status == SJ_OK) && must_record(&call, thread, n_inputs))
		status = sj__tape.record(&call);
	if (SJ_UNLIKELY(status != SJ_OK))
		outputs_drop(&call);
	return status;
}

/* The same for callers outside of scopes, such as front ends. */
static sj_status execute_plain(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs,
                               sj_tensor **ret_output)
{
	sj__local *thread = &sj__local_state;
	sj_tensor *given[2] = {inputs[0], inputs[n_inputs - 1]}, *output = NULL;
	uint32_t before = thread->region_depth == 0 ? sj__denormals_flush_begin() : 0;
	thread->region_depth++;
	sj_status status = n_inputs == 2 ? execute_short(op, args, given, 2, &output)
	                                 : execute_short(op, args, given, 1, &output);
	if (--thread->region_depth == 0)
		sj__denormals_flush_end(before);
	if (SJ_LIKELY(status == SJ_OK))
		*ret_output = output;
	return status;
}

/* ---- the long way ---- */

sj_status sj_execute(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                     sj_tensor **ret_outputs)
{
	_Alignas(16) char buffer[ARGS_LIMIT];
	sj__local *thread = sj__local_now();
	if (SJ_UNLIKELY(op == NULL || (n_inputs > 0 && inputs == NULL) || (n_outputs > 0 && ret_outputs == NULL)))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_execute: %s is NULL",
		                op == NULL ? "the operation" : "an array");
	if (op->quick != NULL && n_inputs == op->n_inputs && n_outputs == 1) {
		sj_tensor *z = execute_quick(op, args, n_inputs, inputs);
		if (SJ_LIKELY(z != NULL)) {
			*ret_outputs = z;
			return SJ_OK;
		}
	}
	if (n_outputs == 1 && (n_inputs == 1 || n_inputs == 2) && n_inputs == op->n_inputs &&
	    is_short_way(op, args, inputs[0], inputs[n_inputs - 1]))
		return execute_plain(op, args, n_inputs, inputs, ret_outputs);
	sj__call call = {.op = op, .n_inputs = n_inputs, .n_outputs = n_outputs};
	if (SJ_UNLIKELY(!counts_fit(op, n_inputs, n_outputs)))
		return counts_refused(&call);
	sj_status status = args_take(&call, args, buffer);
	if (SJ_UNLIKELY(status != SJ_OK))
		return status;
	if (SJ_LIKELY(thread->region_depth > 0))
		return execute_in_region(&call, thread, inputs, ret_outputs);
	uint32_t before = sj__denormals_flush_begin();
	thread->region_depth++;
	status = execute_in_region(&call, thread, inputs, ret_outputs);
	thread->region_depth--;
	sj__denormals_flush_end(before);
	return status;
}

/* ---- the pleasant face ---- */

sj_status sj__run_many(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                       sj_tensor **ret_outputs)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < n_inputs && inputs != NULL; i++)
		if (inputs[i] == &sj__nil_tensor)
			status = SJ_FAILED_PRECONDITION;
	if (status == SJ_OK) {
		status = sj_execute(op, args, n_inputs, inputs, n_outputs, ret_outputs);
		if (status != SJ_OK)
			sj__error_stick(status);
	}
	for (int k = 0; k < n_outputs && ret_outputs != NULL; k++)
		ret_outputs[k] = status == SJ_OK ? sj__scope_push(ret_outputs[k]) : &sj__nil_tensor;
	return status;
}

sj_tensor *sj__run(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs)
{
	sj_tensor *output;
	for (int i = 0; i < n_inputs; i++)
		if (SJ_UNLIKELY(inputs[i] == &sj__nil_tensor))
			return &sj__nil_tensor;
	sj_status status = sj_execute(op, args, n_inputs, inputs, 1, &output);
	if (SJ_LIKELY(status == SJ_OK))
		return sj__scope_push(output);
	sj__error_stick(status);
	return &sj__nil_tensor;
}

/* One or two inputs inside a scope, with the counts as constants; all else the general way. */
static SJ_ALWAYS_INLINE sj_tensor *run_few(const sj_op *op, const void *args, sj_tensor *const *given,
                                           const int n_inputs)
{
	sj__local *thread = &sj__local_state;
	sj_tensor *inputs[2], *outputs[1];
	if (SJ_UNLIKELY(thread->region_depth == 0 || op->n_inputs != n_inputs || op->n_outputs != 1 ||
	                given[0] == &sj__nil_tensor || given[n_inputs - 1] == &sj__nil_tensor ||
	                (args != NULL && *(const size_t *)args != op->args_size)))
		return sj__run(op, args, n_inputs, given);
	sj__call call = {.op = op,
	                 .args = args ? args : op->default_args,
	                 .n_inputs = n_inputs,
	                 .n_outputs = 1,
	                 .inputs = inputs,
	                 .outputs = outputs};
	sj_status status = call_execute(&call, thread, given, n_inputs, 1);
	if (SJ_LIKELY(status == SJ_OK))
		return sj__scope_push(outputs[0]);
	sj__error_stick(status);
	return &sj__nil_tensor;
}

static SJ_NOINLINE sj_tensor *run_one(const sj_op *op, const void *args, sj_tensor *const *given)
{
	return run_few(op, args, given, 1);
}

static SJ_NOINLINE sj_tensor *run_two(const sj_op *op, const void *args, sj_tensor *const *given)
{
	return run_few(op, args, given, 2);
}

static SJ_COLD sj_tensor *short_way_failed(sj_status status)
{
	sj__error_stick(status);
	return &sj__nil_tensor;
}

static SJ_ALWAYS_INLINE sj_tensor *run_short(const sj_op *op, const void *args, sj_tensor **given, const int n_inputs)
{
	sj_tensor *output = NULL;
	sj_status status = execute_short(op, args, given, n_inputs, &output);
	return SJ_LIKELY(status == SJ_OK) ? sj__scope_push(output) : short_way_failed(status);
}

static SJ_NOINLINE sj_tensor *run_1(const sj_op *op, const void *args, sj_tensor *x)
{
	if (SJ_LIKELY(sj__local_state.region_depth > 0 && is_short_way(op, args, x, x)) && op->n_inputs == 1)
		return run_short(op, args, &x, 1);
	return run_one(op, args, &x);
}

static SJ_NOINLINE sj_tensor *run_2(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *y)
{
	sj_tensor *given[] = {x, y};
	if (SJ_LIKELY(sj__local_state.region_depth > 0 && is_short_way(op, args, x, y)) && op->n_inputs == 2)
		return run_short(op, args, given, 2);
	return run_two(op, args, given);
}

sj_tensor *sj__run_1(const sj_op *op, const void *args, sj_tensor *x)
{
	sj__local *thread = &sj__local_state;
	sj_tensor *z = thread->region_depth > 0 ? sj__quick_run(thread, op, args, x, x, 1) : NULL;
	return SJ_LIKELY(z != NULL) ? sj__scope_push(z) : run_1(op, args, x);
}

sj_tensor *sj__run_2(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *y)
{
	sj__local *thread = &sj__local_state;
	sj_tensor *z = thread->region_depth > 0 ? sj__quick_run(thread, op, args, x, y, 2) : NULL;
	return SJ_LIKELY(z != NULL) ? sj__scope_push(z) : run_2(op, args, x, y);
}

/* Callables: functions as values, run at once or appended to a graph. */
#include "ops/callable.h"

#include "base/memory.h"
#include "ops/op.h"
#include "tensor/local.h"

sj_callable *sj_callable_new(const sj_callable_type *type, void *context)
{
	sj_callable *callable = NULL;
	sj_status status = SJ_OK;
	size_t smallest = offsetof(sj_callable_type, invoke) + sizeof(type->invoke);
	if (type == NULL || type->size < smallest || type->size > 65536 || type->invoke == NULL)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_callable_new: %s",
		                  type == NULL           ? "the type is NULL"
		                  : type->invoke == NULL ? "invoke is NULL"
		                                         : "set .size = sizeof(sj_callable_type)");
	else if ((callable = sj__memory_new_zeroed(sizeof(*callable))) == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	if (status != SJ_OK) {
		if (type != NULL && type->size >= sizeof(*type) && type->release != NULL)
			type->release(context);
		sj__error_stick(status);
		return NULL;
	}
	memcpy(&callable->type, type, type->size < sizeof(*type) ? type->size : sizeof(*type));
	if (callable->type.name == NULL)
		callable->type.name = "Callable";
	callable->refs = 1;
	callable->context = context;
	return callable;
}

sj_callable *sj__callable_new(const sj_callable_type *type, void *context)
{
	sj_callable *callable = sj_callable_new(type, context);
	if (callable != NULL)
		callable->is_of_library = true;
	return callable;
}

sj_callable *sj_callable_keep(sj_callable *callable)
{
	if (callable != NULL)
		__atomic_fetch_add(&callable->refs, 1, __ATOMIC_RELAXED);
	return callable;
}

void sj_callable_free(sj_callable *callable)
{
	if (callable == NULL || __atomic_sub_fetch(&callable->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	if (callable->type.release != NULL)
		callable->type.release(callable->context);
	sj__memory_free(callable);
}

const char *sj_callable_name(const sj_callable *callable) { return callable ? callable->type.name : ""; }

void *sj_callable_context(const sj_callable *callable) { return callable ? callable->context : NULL; }

sj_status sj__callable_invoke(sj_callable *callable, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs)
{
	sj__error_frame frame;
	for (int k = 0; k < n_outputs; k++)
		ret_outputs[k] = NULL;
	sj__error_frame_begin(&frame);
	sj__outside around = {0, 0};
	if (!callable->is_of_library)
		around = sj__outside_begin();
	sj_status status = callable->type.invoke(callable->context, n_inputs, inputs, n_outputs, ret_outputs);
	if (!callable->is_of_library)
		sj__outside_end(around);
	sj_status stuck = sj__error_frame_end(&frame);
	if (status == SJ_OK)
		status = stuck;
	for (int k = 0; k < n_outputs && status == SJ_OK; k++)
		if (!sj_tensor_is_valid(ret_outputs[k]))
			status = sj__fail(SJ_INTERNAL, "%s: output %d is no valid tensor", callable->type.name, k);
	for (int k = 0; k < n_outputs && status != SJ_OK; k++) {
		if (sj__is_live(ret_outputs[k]))
			sj__drop(ret_outputs[k]);
		ret_outputs[k] = NULL;
	}
	return status;
}

static sj_status call_is_good(const sj_callable *callable, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs)
{
	if (callable == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_call: the callable is NULL");
	if (n_inputs < 0 || n_outputs < 0 || (n_inputs > 0 && inputs == NULL) || (n_outputs > 0 && ret_outputs == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "%s: %d inputs and %d outputs with a NULL array or a negative count",
		                callable->type.name, n_inputs, n_outputs);
	for (int i = 0; i < n_inputs; i++)
		if (inputs[i] != NULL && !sj_tensor_is_valid(inputs[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "%s: input %d is no valid tensor", callable->type.name, i);
	return SJ_OK;
}

sj_status sj_call(sj_callable *callable, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj__local *thread = sj__local_now();
	sj_status status = call_is_good(callable, n_inputs, inputs, n_outputs, ret_outputs);
	bool is_symbolic = thread->graph != NULL;
	for (int i = 0; status == SJ_OK && i < n_inputs && !is_symbolic; i++)
		is_symbolic = inputs[i] != NULL && (inputs[i]->flags & SJ__FLAG_SYMBOLIC) != 0;
	if (status != SJ_OK)
		return status;
	return is_symbolic ? sj__graph.append_callable(callable, n_inputs, inputs, n_outputs, ret_outputs)
	                   : sj__callable_invoke(callable, n_inputs, inputs, n_outputs, ret_outputs);
}

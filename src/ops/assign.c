/* Reading and assigning variables. Of arithmetic assignments the sum or difference is computed first, so a failure leaves the variable as it was. */
#include "ops/op.h"
#include "sokuji/variable.h"
#include "tensor/concrete.h"
#include "tensor/local.h"
#include "tensor/variable.h"

#include "ops_numbers.h"

sj_tensor *sj_variable_read(sj_tensor *variable)
{
	sj__local_now();
	if (sj_is_variable(variable))
		return sj__run_1(&sj__op_table[SJ__OP_IDENTITY], NULL, variable);
	if (variable != &sj__nil_tensor)
		sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT, "sj_variable_read: the argument is no variable"));
	return &sj__nil_tensor;
}

sj_tensor *sj__variable_instance(sj_tensor *variable)
{
	return sj_is_variable(variable) && variable->variable->place != 0 ? sj__graph.instance(variable) : variable;
}

/* Where a graph is open or the value is symbolic, the assignment is written down. */
static bool is_written_down(sj_tensor *variable, const sj_tensor *value)
{
	return sj__is_live(value) && sj_is_variable(variable) &&
	       (sj__local_state.graph != NULL || (value->flags & SJ__FLAG_SYMBOLIC) != 0 ||
	        sj__variable_instance(variable) == NULL);
}

static sj_status assign_now(sj_tensor *variable, sj_tensor *value)
{
	sj_tensor *source = NULL;
	sj_status status = sj_is_variable(variable)
	                           ? sj__concrete("sj_assign", value, &source)
	                           : sj__fail(SJ_INVALID_ARGUMENT, "sj_assign: the first argument is no variable");
	if (status == SJ_OK)
		status = sj__variable_set(variable, source);
	sj__drop(source);
	return status;
}

sj_status sj_assign(sj_tensor *variable, sj_tensor *value)
{
	sj__local_now();
	if (!sj_ok())
		return sj_error_code();
	sj_status status = is_written_down(variable, value) ? sj__graph.assign(SJ__ASSIGN, variable, value)
	                                                    : assign_now(sj__variable_instance(variable), value);
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

static sj_status update(const char *who, enum sj__assignment how, sj_tensor *variable, sj_tensor *value)
{
	sj_tensor *result = NULL;
	sj_status status = SJ_OK;
	sj__local *local = sj__local_now();
	int32_t recording = local->recording;
	if (!sj_ok())
		return sj_error_code();
	if (!sj_is_variable(variable))
		status = sj__fail(SJ_INVALID_ARGUMENT, "%s: the first argument is no variable", who);
	if (status == SJ_OK && is_written_down(variable, value)) {
		status = sj__graph.assign(how, variable, value);
	} else if (status == SJ_OK) {
		variable = sj__variable_instance(variable);
		local->recording = 0; /* assignments are not differentiated */
		status = sj_execute(&sj__op_table[how == SJ__ASSIGN_ADD ? SJ__OP_ADD : SJ__OP_SUB], NULL, 2,
		                    (sj_tensor *[]){variable, value}, 1, &result);
		local->recording = recording;
		if (status == SJ_OK)
			status = assign_now(variable, result);
		sj__drop(result);
	}
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

sj_status sj_assign_add(sj_tensor *variable, sj_tensor *value)
{
	return update("sj_assign_add", SJ__ASSIGN_ADD, variable, value);
}
sj_status sj_assign_sub(sj_tensor *variable, sj_tensor *value)
{
	return update("sj_assign_sub", SJ__ASSIGN_SUB, variable, value);
}

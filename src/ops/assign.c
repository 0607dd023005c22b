/* Reading variables, and arithmetic assignment to them: the sum or difference is computed first, so a failure leaves the variable as it was. */
#include "ops/op.h"
#include "sokuji/variable.h"
#include "tensor/local.h"

sj_tensor *sj_variable_read(sj_tensor *variable)
{
	sj__local_now();
	if (sj_is_variable(variable))
		return sj__run_1(sj_op_find("Identity"), NULL, variable);
	if (variable != &sj__nil_tensor)
		sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT, "sj_variable_read: the argument is no variable"));
	return &sj__nil_tensor;
}

static sj_status update(const char *who, const char *operation, sj_tensor *variable, sj_tensor *value)
{
	sj_tensor *result = NULL;
	sj_status status = SJ_OK;
	sj__local *local = sj__local_now();
	int32_t recording = local->recording;
	if (!sj_ok())
		return sj_error_code();
	if (!sj_is_variable(variable))
		status = sj__fail(SJ_INVALID_ARGUMENT, "%s: the first argument is no variable", who);
	local->recording = 0; /* assignments are not differentiated */
	if (status == SJ_OK)
		status = sj_execute(sj_op_find(operation), NULL, 2, (sj_tensor *[]){variable, value}, 1, &result);
	local->recording = recording;
	if (status != SJ_OK) {
		sj__error_stick(status);
		return status;
	}
	status = sj_assign(variable, result);
	sj__drop(result);
	return status;
}

sj_status sj_assign_add(sj_tensor *variable, sj_tensor *value)
{
	return update("sj_assign_add", "Add", variable, value);
}
sj_status sj_assign_sub(sj_tensor *variable, sj_tensor *value)
{
	return update("sj_assign_sub", "Sub", variable, value);
}

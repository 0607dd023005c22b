/*
 * Variables saved and restored by name. Restoring prepares every new value before it swaps the first one in, and swapping cannot fail.
 */
#include "sokuji/save.h"

#include "base/memory.h"
#include "io/file_words.h"
#include "io/names.h"
#include "io/npz.h"
#include "tensor/concrete.h"
#include "tensor/variable.h"

/* Every one a variable with a name of its own. */
static sj_status variables_check(const char *who, int n, sj_tensor *const *variables)
{
	sj__names names = {0};
	sj_status status = SJ_OK;
	if (n < 0 || (n > 0 && variables == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: %d variables at %s", who, n,
		                variables == NULL ? "NULL" : "an array");
	for (int i = 0; status == SJ_OK && i < n; i++) {
		const char *name = sj_variable_name(variables[i]);
		if (!sj_is_variable(variables[i]))
			status = sj__fail(SJ_INVALID_ARGUMENT, "%s: number %d of the list is no variable", who, i);
		else if (name[0] == 0)
			status = sj__fail(SJ_INVALID_ARGUMENT,
			                  "%s: variable %d has no name; make it with sj_variable_new_named", who, i);
		else if (sj__names_add(&names, name, (int64_t)strlen(name)) == SJ_ALREADY_EXISTS)
			status = sj__fail(SJ_INVALID_ARGUMENT, "%s: two variables are named '%s'", who, name);
		else if (names.n != i + 1)
			status = SJ_RESOURCE_EXHAUSTED;
	}
	sj__names_release(&names);
	return status;
}

static sj_status stuck(sj_status status)
{
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

/* ---- saving ---- */

static sj_status variable_write(sj_npz_writer *writer, sj_tensor *variable)
{
	sj_tensor *value;
	sj_status status = sj__variable_value(variable, &value);
	if (status != SJ_OK)
		return status;
	status = sj__npz_writer_add(writer, sj_variable_name(variable), value);
	sj__drop(value);
	return status;
}

static sj_status variables_save(const char *path, int n, sj_tensor *const *variables)
{
	sj_npz_writer *writer;
	sj_status status = variables_check("sj_variables_save", n, variables);
	if (status == SJ_OK)
		status = sj__npz_writer_begin(path, &writer);
	if (status != SJ_OK)
		return status;
	for (int i = 0; status == SJ_OK && i < n; i++)
		status = variable_write(writer, variables[i]);
	if (status == SJ_OK)
		return sj__npz_writer_end(writer);
	sj_npz_writer_abandon(writer);
	return status;
}

sj_status sj_variables_save(const char *path, int n, sj_tensor *const *variables)
{
	return sj_ok() ? stuck(variables_save(path, n, variables)) : sj_error_code();
}

/* ---- restoring ---- */

static sj_status value_check(const char *path, const sj_tensor *variable, const sj_tensor *value)
{
	if (value->dtype == variable->dtype && sj__same_shape(value, variable))
		return SJ_OK;
	return sj__fail(SJ_INVALID_ARGUMENT, "sj_variables_restore: the variable '%s' is %s %s, \"%s\" has %s %s",
	                sj_variable_name(variable), sj_dtype_name((sj_dtype)variable->dtype), sj__shape_text(variable),
	                path, sj_dtype_name((sj_dtype)value->dtype), sj__shape_text(value));
}

static sj_status values_read(const char *path, int n, sj_tensor *const *variables, sj_tensor **values)
{
	sj_npz *npz;
	sj_status status = sj__npz_open(path, &npz);
	if (status != SJ_OK)
		return status;
	for (int i = 0; status == SJ_OK && i < n; i++) {
		status = sj__npz_read(npz, sj_variable_name(variables[i]), &values[i]);
		if (status == SJ_OK)
			status = value_check(path, variables[i], values[i]);
	}
	sj_npz_close(npz);
	return status;
}

static sj_status variables_restore(const char *path, int n, sj_tensor *const *variables)
{
	sj_status status = variables_check("sj_variables_restore", n, variables);
	if (status != SJ_OK)
		return status;
	sj_tensor **values = sj__memory_new_zeroed(sizeof(*values) * (size_t)n);
	if (values == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	status = values_read(path, n, variables, values);
	for (int i = 0; status == SJ_OK && i < n; i++)
		sj__variable_exchange(variables[i], &values[i]);
	for (int i = 0; i < n; i++)
		sj__drop(values[i]); /* the old values, or what was read in vain */
	sj__memory_free(values);
	return status;
}

sj_status sj_variables_restore(const char *path, int n, sj_tensor *const *variables)
{
	return sj_ok() ? stuck(variables_restore(path, n, variables)) : sj_error_code();
}

/* The library's statuses as Python exceptions: tf.errors.* by code, with the library's message. */
#include "core.h"

static void *raise_with(sj_status status, const char *message)
{
	if (PyErr_Occurred())
		return NULL; /* a Python exception from a callback comes out as itself */
	if (status == SJ_RESOURCE_EXHAUSTED && core.errors[status] == NULL)
		return PyErr_NoMemory();
	PyObject *class = (int)status > 0 && (int)status < CORE_STATUSES ? core.errors[status] : NULL;
	if (class == NULL) {
		PyErr_SetString(PyExc_RuntimeError, message);
		return NULL;
	}
	PyObject *error = core.make_error ? PyObject_CallFunction(core.make_error, "Os", class, message) : NULL;
	if (error != NULL) {
		PyErr_SetObject((PyObject *)Py_TYPE(error), error);
		Py_DECREF(error);
	} else if (!PyErr_Occurred()) {
		PyErr_SetString(PyExc_RuntimeError, message);
	}
	return NULL;
}

/* A kernel that does not exist for a dtype is an InternalError in 1.x; the logical operations take bool alone, which is another error. */
static sj_status no_kernel(sj_status status, const char *message)
{
	if (status == SJ_INVALID_ARGUMENT && strncmp(message, "Cast: x is ", 11) == 0)
		return SJ_UNIMPLEMENTED;
	if (status == SJ_INVALID_ARGUMENT && strstr(message, "; supported are ") != NULL &&
	    strncmp(message, "Logical", 7) != 0)
		return core.version == 1 ? SJ_INTERNAL : SJ_INVALID_ARGUMENT;
	return status;
}

void *core_raise(sj_status status)
{
	char message[1024];
	snprintf(message, sizeof(message), "%s", sj_error_message());
	return raise_with(no_kernel(status, message), message);
}

void *core_raise_sticky(void)
{
	char message[1024];
	sj_status status = sj_error_code();
	snprintf(message, sizeof(message), "%s", sj_error_message());
	sj_error_clear();
	return raise_with(no_kernel(status == SJ_OK ? SJ_INTERNAL : status, message), message);
}

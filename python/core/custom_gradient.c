/* Gradients written in Python: what tf.custom_gradient puts on the open tapes. */
#include "core.h"

enum { FEW = 64 };

static void custom_release(void *context)
{
	PyGILState_STATE state = PyGILState_Ensure();
	Py_DECREF((PyObject *)context);
	PyGILState_Release(state);
}

/* Puts what the function returned into ret_dx; tensors go to the open scope. */
static int custom_take(PyObject *result, int n_inputs, sj_tensor **ret_dx)
{
	PyObject *list = PySequence_Fast(result, "a gradient function must return a list of gradients");
	if (list == NULL)
		return -1;
	int failed = 0;
	if (PySequence_Fast_GET_SIZE(list) != n_inputs) {
		PyErr_Format(PyExc_ValueError, "the gradient function returned %zd gradients for %d inputs",
		             PySequence_Fast_GET_SIZE(list), n_inputs);
		failed = -1;
	}
	for (int i = 0; failed == 0 && i < n_inputs; i++) {
		PyObject *o = PySequence_Fast_GET_ITEM(list, i);
		sj_tensor *t = o == Py_None ? NULL : core_convert(o, SJ_DTYPE_NONE);
		failed = t == NULL && o != Py_None ? -1 : 0;
		ret_dx[i] = t ? sj_scope_own(t) : NULL;
	}
	Py_DECREF(list);
	return failed;
}

static void custom_call(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **ret_dx)
{
	core_callback callback = core_callback_begin();
	PyObject *gradients = PyErr_Occurred() ? NULL : PyList_New(n_outputs), *result = NULL;
	for (int k = 0; gradients != NULL && k < n_outputs; k++)
		PyList_SET_ITEM(gradients, k, dy[k] ? core_wrap(sj_keep(dy[k])) : Py_NewRef(Py_None));
	if (gradients != NULL)
		result = PyObject_CallOneArg(context, gradients);
	if (result == NULL || custom_take(result, n_inputs, ret_dx) < 0)
		sj_error_set(SJ_UNKNOWN, "a gradient function raised a Python exception");
	Py_XDECREF(result);
	Py_XDECREF(gradients);
	core_callback_end(callback);
}

/* The tensors of a list, borrowed. */
static int tensors_take(PyObject *list, const char *what, sj_tensor **tensors)
{
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
		if (core_handle_check(PyList_GET_ITEM(list, i), what) < 0)
			return -1;
		tensors[i] = HANDLE_TENSOR(PyList_GET_ITEM(list, i));
	}
	return 0;
}

/* record_gradient(inputs, outputs, function): function takes a list of output gradients (or None) and returns one of input gradients. */
PyObject *core_record_gradient(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *inputs, *outputs, *function;
	sj_tensor *few[2][FEW];
	if (!PyArg_ParseTuple(arguments, "O!O!O", &PyList_Type, &inputs, &PyList_Type, &outputs, &function))
		return NULL;
	if (PyList_GET_SIZE(inputs) > FEW || PyList_GET_SIZE(outputs) > FEW)
		return PyErr_Format(PyExc_ValueError, "at most %d inputs and outputs", FEW);
	if (tensors_take(inputs, "an input", few[0]) < 0 || tensors_take(outputs, "an output", few[1]) < 0)
		return NULL;
	sj_status status = sj_tape_record((int)PyList_GET_SIZE(inputs), few[0], (int)PyList_GET_SIZE(outputs), few[1],
	                                  custom_call, Py_NewRef(function), custom_release);
	if (status != SJ_OK)
		return sj_ok() ? core_raise(status) : core_raise_sticky();
	Py_RETURN_NONE;
}

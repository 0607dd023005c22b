/*
 * Arguments: the attributes of an operation's argument struct from Python values, and binding of a call's arguments to names.
 */
#include "core.h"

static int fill_ints(sj_ints *field, PyObject *value, Ints *ints)
{
	PyObject *list = PyList_Check(value) || PyTuple_Check(value) ? Py_NewRef(value)
	                 : PyIndex_Check(value) && !Handle_Check(value) && !PyObject_CheckBuffer(value)
	                         ? PyList_New(0)
	                         : PySequence_List(value);
	if (list == NULL)
		return -1;
	if (PyList_Check(list) && PyList_GET_SIZE(list) == 0 && PyLong_Check(value))
		PyList_Append(list, value);
	Py_ssize_t n = PySequence_Fast_GET_SIZE(list);
	int failed = 0;
	if (n > CORE_INTS_ROOM - ints->n) {
		PyErr_SetString(PyExc_ValueError, "too many numbers in an argument");
		failed = -1;
	}
	*field = (sj_ints){n, ints->room + ints->n};
	for (Py_ssize_t i = 0; failed == 0 && i < n; i++) {
		PyObject *number = PyNumber_Long(PySequence_Fast_GET_ITEM(list, i));
		ints->room[ints->n++] = number ? PyLong_AsLongLong(number) : -1;
		Py_XDECREF(number);
		failed = PyErr_Occurred() ? -1 : 0;
	}
	Py_DECREF(list);
	return failed;
}

static int fill_enum(int *field, const sj_attribute *a, PyObject *value)
{
	const char *text = PyUnicode_Check(value) ? PyUnicode_AsUTF8(value)
	                   : PyBytes_Check(value) ? PyBytes_AS_STRING(value)
	                                          : NULL;
	for (int i = 0; text != NULL && a->names[i] != NULL; i++)
		if (strcasecmp(a->names[i], text) == 0) {
			*field = i;
			return 0;
		}
	if (!PyErr_Occurred()) {
		sj_error_set(SJ_INVALID_ARGUMENT, "%s is '%s'; it can be one of the names of its operation", a->name,
		             text ? text : Py_TYPE(value)->tp_name);
		core_raise_sticky();
	}
	return -1;
}

static int fill_number(char *field, const sj_attribute *a, PyObject *value)
{
	double number = PyFloat_AsDouble(value);
	int64_t integer = 0;
	bool truth = number != 0;
	if (a->kind == SJ_ATTRIBUTE_INT || a->kind == SJ_ATTRIBUTE_INT_OPTION) {
		PyObject *whole = PyNumber_Long(value);
		integer = whole ? PyLong_AsLongLong(whole) : 0;
		Py_XDECREF(whole);
	}
	if (PyErr_Occurred())
		return -1;
	switch (a->kind) {
	case SJ_ATTRIBUTE_BOOL: *(bool *)field = truth; break;
	case SJ_ATTRIBUTE_INT: *(int64_t *)field = integer; break;
	case SJ_ATTRIBUTE_FLOAT: *(double *)field = number; break;
	case SJ_ATTRIBUTE_INT_OPTION: *(sj_int_option *)field = (sj_int_option){true, integer}; break;
	case SJ_ATTRIBUTE_FLOAT_OPTION: *(sj_float_option *)field = (sj_float_option){true, number}; break;
	default: *(sj_bool_option *)field = (sj_bool_option){true, truth}; break;
	}
	return 0;
}

int core_fill(char *args, const sj_attribute *a, PyObject *value, Ints *ints)
{
	char *field = args + a->offset;
	switch (a->kind) {
	case SJ_ATTRIBUTE_INTS: return fill_ints((sj_ints *)field, value, ints);
	case SJ_ATTRIBUTE_DTYPE:
		*(sj_dtype *)field = PyLong_Check(value) ? (sj_dtype)PyLong_AsLong(value) : core_dtype(value);
		return PyErr_Occurred() ? -1 : 0;
	case SJ_ATTRIBUTE_ENUM: return fill_enum((int *)field, a, value);
	case SJ_ATTRIBUTE_STRING:
		*(const char **)field = PyBytes_Check(value) ? PyBytes_AS_STRING(value) : PyUnicode_AsUTF8(value);
		return *(const char **)field == NULL ? -1 : 0;
	default: return fill_number(field, a, value);
	}
}

const sj_attribute *core_attribute_find(const sj_op *op, const char *name)
{
	for (int i = 0; i < sj_op_attribute_count(op); i++)
		if (strcmp(sj_op_attribute(op, i)->name, name) == 0)
			return sj_op_attribute(op, i);
	return NULL;
}

/* ---- binding ---- */

static int place_of(const char *const *names, int n_names, PyObject *keyword)
{
	for (int i = 0; i < n_names; i++)
		if (PyUnicode_CompareWithASCIIString(keyword, names[i]) == 0)
			return i;
	return -1;
}

int core_bind(const char *who, const char *const *names, int n_required, int n_names, PyObject *const *arguments,
              Py_ssize_t n, PyObject *keywords, PyObject **values)
{
	if (n > n_names) {
		PyErr_Format(PyExc_TypeError, "%s() takes at most %d arguments (%zd given)", who, n_names, n);
		return -1;
	}
	for (Py_ssize_t i = 0; i < n; i++)
		values[i] = arguments[i];
	for (Py_ssize_t k = 0; keywords != NULL && k < PyTuple_GET_SIZE(keywords); k++) {
		PyObject *keyword = PyTuple_GET_ITEM(keywords, k);
		int place = place_of(names, n_names, keyword);
		if (place < n) {
			PyErr_Format(PyExc_TypeError, "%s() got %s '%U'", who,
			             place < 0 ? "an unexpected keyword argument" : "multiple values for argument",
			             keyword);
			return -1;
		}
		values[place] = arguments[n + k];
	}
	for (int i = 0; i < n_required; i++)
		if (values[i] == NULL) {
			PyErr_Format(PyExc_TypeError, "%s() missing required argument: '%s'", who, names[i]);
			return -1;
		}
	return 0;
}

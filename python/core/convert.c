/*
 * From Python values to tensors, by TensorFlow's rules: a float is float32, an int int32 (int64 when it is too large), arrays keep their dtype;
 * beside a tensor a value takes that tensor's dtype. Lists of tensors, dimensions and other objects go to Python (core.convert).
 */
#include "core.h"

#include <math.h>

enum { MAX_NESTING = 32 };

/* What is known of a nested list after one walk over it. */
typedef struct Nest {
	int rank;
	int64_t dims[MAX_NESTING];
	bool has_bool, has_int, has_wide_int, has_float, has_complex, has_text, has_other, is_ragged;
	bool starts_with_bool;
} Nest;

static PyTypeObject *numpy_array, *numpy_scalar;

static void numpy_find(void)
{
	if (numpy_array != NULL)
		return;
	PyObject *module = PyImport_ImportModule("numpy");
	if (module == NULL) {
		PyErr_Clear();
		return;
	}
	numpy_array = (PyTypeObject *)PyObject_GetAttrString(module, "ndarray");
	numpy_scalar = (PyTypeObject *)PyObject_GetAttrString(module, "generic");
	Py_DECREF(module);
}

/* ---- walking ---- */

static void leaf_note(Nest *nest, PyObject *o)
{
	if (PyBool_Check(o)) {
		nest->starts_with_bool |= !(nest->has_int || nest->has_float || nest->has_complex || nest->has_text);
		nest->has_bool = true;
	} else if (PyLong_CheckExact(o)) {
		int overflow;
		long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
		nest->has_int = true;
		nest->has_wide_int |= overflow != 0 || v != (int32_t)v;
	} else if (PyFloat_CheckExact(o)) {
		nest->has_float = true;
	} else if (PyUnicode_CheckExact(o) || PyBytes_CheckExact(o)) {
		nest->has_text = true;
	} else if (PyComplex_CheckExact(o)) {
		nest->has_complex = true;
	} else {
		nest->has_other = true;
	}
}

static void nest_walk(Nest *nest, PyObject *o, int depth)
{
	if (!PyList_Check(o) && !PyTuple_Check(o)) {
		if (depth != nest->rank)
			nest->is_ragged = true;
		leaf_note(nest, o);
		return;
	}
	Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
	PyObject **items = PySequence_Fast_ITEMS(o);
	if (depth >= nest->rank || nest->dims[depth] != n) {
		nest->is_ragged = true;
		for (Py_ssize_t i = 0; i < n && depth < MAX_NESTING; i++)
			nest_walk(nest, items[i], depth + 1);
		return;
	}
	for (Py_ssize_t i = 0; i < n; i++)
		nest_walk(nest, items[i], depth + 1);
}

/* The shape along the first elements; false when the nesting is too deep. */
static bool nest_shape(Nest *nest, PyObject *o)
{
	while (PyList_Check(o) || PyTuple_Check(o)) {
		if (nest->rank == MAX_NESTING)
			return false;
		nest->dims[nest->rank++] = PySequence_Fast_GET_SIZE(o);
		if (PySequence_Fast_GET_SIZE(o) == 0)
			break;
		o = PySequence_Fast_GET_ITEM(o, 0);
	}
	return true;
}

static sj_dtype nest_dtype(const Nest *nest)
{
	if (nest->has_text)
		return SJ_STRING;
	if (nest->has_complex)
		return SJ_COMPLEX128;
	if (nest->has_float)
		return SJ_FLOAT32;
	if (nest->has_int)
		return nest->has_wide_int ? SJ_INT64 : SJ_INT32;
	return nest->has_bool ? SJ_BOOL : SJ_FLOAT32;
}

/* ---- storing leaves ---- */

static int refused(PyObject *o, sj_dtype dtype)
{
	if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError) &&
	    !PyErr_ExceptionMatches(PyExc_OverflowError))
		return -1;
	PyErr_Clear();
	PyErr_Format(core.version == 1 && sj_graph_now() == NULL ? PyExc_ValueError : PyExc_TypeError,
	             "%R does not convert to a tensor of dtype %s", o, sj_dtype_name(dtype));
	return -1;
}

static int store_integer(void *at, sj_dtype dtype, PyObject *o)
{
	static const struct {
		int64_t low;
		uint64_t high;
	} range[CORE_DTYPES] = {[SJ_INT8] = {INT8_MIN, INT8_MAX},    [SJ_INT16] = {INT16_MIN, INT16_MAX},
	                        [SJ_INT32] = {INT32_MIN, INT32_MAX}, [SJ_INT64] = {INT64_MIN, INT64_MAX},
	                        [SJ_UINT8] = {0, UINT8_MAX},         [SJ_UINT16] = {0, UINT16_MAX},
	                        [SJ_UINT32] = {0, UINT32_MAX},       [SJ_UINT64] = {0, UINT64_MAX}};
	bool is_plain = dtype == SJ_INT32 || dtype == SJ_INT64 || dtype == SJ_UINT64;
	if (PyUnicode_Check(o) || PyBytes_Check(o) || PyComplex_Check(o) ||
	    ((core.version == 2 || sj_graph_now() != NULL) && PyFloat_Check(o)) ||
	    (core.version == 2 && PyBool_Check(o) && !is_plain))
		return refused(o, dtype);
	PyObject *whole = PyLong_Check(o)                         ? Py_NewRef(o)
	                  : PyFloat_Check(o) || core.version == 1 ? PyNumber_Long(o)
	                                                          : PyNumber_Index(o);
	if (whole == NULL)
		return refused(o, dtype);
	int overflow;
	int64_t v = PyLong_AsLongLongAndOverflow(whole, &overflow);
	uint64_t bits = (uint64_t)v;
	bool fits = overflow == 0 && v >= range[dtype].low && (v < 0 || (uint64_t)v <= range[dtype].high);
	if (overflow == 0 && core.version == 2 && !is_plain)
		fits = true; /* TensorFlow 2 takes the low bits */
	if (overflow > 0 && dtype == SJ_UINT64) {
		bits = PyLong_AsUnsignedLongLong(whole);
		fits = !PyErr_Occurred();
		PyErr_Clear();
	}
	Py_DECREF(whole);
	if (!fits) {
		PyErr_Format(PyExc_ValueError, "%R is outside the range of %s", o, sj_dtype_name(dtype));
		return -1;
	}
	memcpy(at, &bits, sj_dtype_size(dtype)); /* little-endian, as every machine the library runs on */
	return 0;
}

static int store_real(void *at, sj_dtype dtype, PyObject *o)
{
	if (PyUnicode_Check(o) || PyBytes_Check(o) || PyComplex_Check(o))
		return refused(o, dtype);
	double v = PyFloat_AsDouble(o);
	if (v == -1.0 && PyErr_Occurred())
		return refused(o, dtype);
	if (dtype == SJ_FLOAT32 && core.version == 2 && isfinite(v) && !isfinite((float)v)) {
		PyErr_Format(PyExc_ValueError, "%R is outside the range of float32", o);
		return -1;
	}
	if (dtype == SJ_FLOAT32)
		*(float *)at = (float)v;
	else
		*(double *)at = v;
	return 0;
}

static int store_complex(void *at, sj_dtype dtype, PyObject *o)
{
	Py_complex v = PyComplex_AsCComplex(o);
	if (PyErr_Occurred())
		return refused(o, dtype);
	if (dtype == SJ_COMPLEX64)
		memcpy(at, (float[2]){(float)v.real, (float)v.imag}, 8);
	else
		memcpy(at, (double[2]){v.real, v.imag}, 16);
	return 0;
}

static int store_bool(void *at, PyObject *o)
{
	if (!PyBool_Check(o) && core.version == 2 && !(numpy_scalar != NULL && PyObject_TypeCheck(o, numpy_scalar)))
		return refused(o, SJ_BOOL);
	if (PyUnicode_Check(o) || PyBytes_Check(o))
		return refused(o, SJ_BOOL);
	int truth = PyObject_IsTrue(o);
	if (truth < 0)
		return -1;
	*(bool *)at = truth != 0;
	return 0;
}

static int store(void *at, sj_dtype dtype, PyObject *o)
{
	switch (dtype) {
	case SJ_FLOAT32:
	case SJ_FLOAT64: return store_real(at, dtype, o);
	case SJ_BOOL: return store_bool(at, o);
	case SJ_COMPLEX64:
	case SJ_COMPLEX128: return store_complex(at, dtype, o);
	default: return store_integer(at, dtype, o);
	}
}

static int store_nest(char **at, sj_dtype dtype, PyObject *o)
{
	if (!PyList_Check(o) && !PyTuple_Check(o)) {
		if (store(*at, dtype, o) < 0)
			return -1;
		*at += sj_dtype_size(dtype);
		return 0;
	}
	if (PyErr_CheckSignals() < 0)
		return -1;
	for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
		if (store_nest(at, dtype, PySequence_Fast_GET_ITEM(o, i)) < 0)
			return -1;
	return 0;
}

/* ---- making tensors ---- */

static sj_tensor *new_own(sj_dtype dtype, sj_ints shape, const void *data, size_t n_bytes)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *t = sj_tensor_new(dtype, shape, data, n_bytes);
	if (sj_ok())
		sj_keep(t);
	sj_scope_end(scope);
	return sj_ok() ? t : core_raise_sticky();
}

sj_tensor *core_vector(Py_ssize_t n, const int64_t *values)
{
	return new_own(SJ_INT64, (sj_ints){1, (const int64_t[]){n}}, values, sizeof(*values) * (size_t)n);
}

static sj_tensor *cast_own(sj_tensor *own, sj_dtype dtype)
{
	static const sj_op *cast;
	static size_t at;
	if (own == NULL || sj_tensor_dtype(own) == dtype)
		return own;
	if (cast == NULL) {
		cast = sj_op_find("Cast");
		for (int i = 0; i < sj_op_attribute_count(cast); i++)
			if (strcmp(sj_op_attribute(cast, i)->name, "DstT") == 0)
				at = sj_op_attribute(cast, i)->offset;
	}
	_Alignas(16) char args[128] = {0};
	*(size_t *)args = sj_op_args_size(cast);
	*(sj_dtype *)(args + at) = dtype;
	sj_tensor *result;
	sj_status status = sj_execute(cast, args, 1, &own, 1, &result);
	sj_free(own);
	return status == SJ_OK ? result : core_raise(status);
}

/* Kinds that Python values are written in directly; the others are written as a wider kind and cast. */
static sj_dtype stored_as(sj_dtype dtype)
{
	switch (dtype) {
	case SJ_FLOAT16:
	case SJ_BFLOAT16: return SJ_FLOAT32;
	case SJ_QINT8:
	case SJ_QUINT8:
	case SJ_QINT32:
	case SJ_QINT16:
	case SJ_QUINT16: return SJ_INT32;
	default: return dtype;
	}
}

static sj_tensor *scalar(PyObject *o, sj_dtype dtype)
{
	_Alignas(16) char element[16];
	sj_dtype kind = stored_as(dtype);
	if (store(element, kind, o) < 0)
		return NULL;
	return cast_own(new_own(kind, SJ_SCALAR_SHAPE, element, sj_dtype_size(kind)), dtype);
}

static int text_collect(PyObject *o, const char **strings, size_t *lengths, int64_t *n)
{
	if (PyList_Check(o) || PyTuple_Check(o)) {
		for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
			if (text_collect(PySequence_Fast_GET_ITEM(o, i), strings, lengths, n) < 0)
				return -1;
		return 0;
	}
	Py_ssize_t length;
	if (PyUnicode_Check(o))
		strings[*n] = PyUnicode_AsUTF8AndSize(o, &length);
	else if (PyBytes_Check(o))
		strings[*n] = PyBytes_AS_STRING(o), length = PyBytes_GET_SIZE(o);
	else
		return refused(o, SJ_STRING);
	if (strings[*n] == NULL)
		return -1;
	lengths[(*n)++] = (size_t)length;
	return 0;
}

static sj_tensor *text(PyObject *o, const Nest *nest)
{
	int64_t count = 1, n = 0;
	for (int i = 0; i < nest->rank; i++)
		count *= nest->dims[i];
	const char **strings = PyMem_Malloc(sizeof(*strings) * (size_t)(count + 1));
	size_t *lengths = PyMem_Malloc(sizeof(*lengths) * (size_t)(count + 1));
	sj_tensor *t = NULL;
	if (strings == NULL || lengths == NULL) {
		PyErr_NoMemory();
	} else if (text_collect(o, strings, lengths, &n) == 0) {
		sj_scope scope = sj_scope_begin();
		t = sj_strings_new((sj_ints){nest->rank, nest->dims}, strings, lengths, count);
		if (sj_ok())
			sj_keep(t);
		sj_scope_end(scope);
		if (!sj_ok())
			t = core_raise_sticky();
	}
	PyMem_Free(strings);
	PyMem_Free(lengths);
	return t;
}

static sj_tensor *from_nest(PyObject *o, const Nest *nest, sj_dtype dtype)
{
	sj_dtype kind = stored_as(dtype);
	size_t n_bytes = sj_dtype_size(kind);
	for (int i = 0; i < nest->rank; i++)
		n_bytes *= (size_t)nest->dims[i];
	char few[1024], *data = n_bytes <= sizeof(few) ? few : PyMem_Malloc(n_bytes), *at = data;
	if (data == NULL)
		return PyErr_NoMemory(), NULL;
	sj_tensor *t = NULL;
	if (store_nest(&at, kind, o) == 0)
		t = cast_own(new_own(kind, (sj_ints){nest->rank, nest->rank ? nest->dims : SJ_SCALAR_SHAPE.data}, data,
		                     n_bytes),
		             dtype);
	if (data != few)
		PyMem_Free(data);
	return t;
}

/* ---- arrays ---- */

sj_dtype core_format_dtype(const char *format, Py_ssize_t size)
{
	static const sj_dtype ints[9] = {[1] = SJ_INT8, [2] = SJ_INT16, [4] = SJ_INT32, [8] = SJ_INT64};
	static const sj_dtype unsigneds[9] = {[1] = SJ_UINT8, [2] = SJ_UINT16, [4] = SJ_UINT32, [8] = SJ_UINT64};
	if (format == NULL)
		return SJ_UINT8;
	if (*format == '<' || *format == '=' || *format == '@')
		format++;
	if (format[0] == 'Z' && format[1] == 'f' && format[2] == 0)
		return SJ_COMPLEX64;
	if (format[0] == 'Z' && format[1] == 'd' && format[2] == 0)
		return SJ_COMPLEX128;
	if (format[0] == 0 || format[1] != 0)
		return SJ_DTYPE_NONE;
	switch (format[0]) {
	case 'f': return SJ_FLOAT32;
	case 'd': return SJ_FLOAT64;
	case 'e': return SJ_FLOAT16;
	case '?': return SJ_BOOL;
	case 'b':
	case 'h':
	case 'i':
	case 'l':
	case 'q': return size <= 8 ? ints[size] : SJ_DTYPE_NONE;
	case 'B':
	case 'H':
	case 'I':
	case 'L':
	case 'Q': return size <= 8 ? unsigneds[size] : SJ_DTYPE_NONE;
	default: return SJ_DTYPE_NONE;
	}
}

/* NULL without a Python error: not such an array, ask Python. */
static sj_tensor *from_buffer(PyObject *o, sj_dtype dtype)
{
	Py_buffer view;
	if (!PyObject_CheckBuffer(o) || PyBytes_Check(o) || PyByteArray_Check(o))
		return NULL;
	if (PyObject_GetBuffer(o, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
		PyErr_Clear();
		return NULL;
	}
	sj_dtype found = core_format_dtype(view.format, view.itemsize);
	if (view.ndim > 0 && numpy_scalar != NULL && PyObject_TypeCheck(o, numpy_scalar))
		found = SJ_DTYPE_NONE; /* a date shows its bytes */
	sj_tensor *t = NULL;
	if (found != SJ_DTYPE_NONE && view.ndim <= MAX_NESTING) {
		int64_t dims[MAX_NESTING + 1] = {0};
		for (int i = 0; i < view.ndim; i++)
			dims[i] = view.shape[i];
		t = new_own(found, (sj_ints){view.ndim, dims}, view.buf, (size_t)view.len);
	}
	PyBuffer_Release(&view);
	if (t != NULL && dtype != SJ_DTYPE_NONE)
		t = cast_own(t, dtype);
	return t;
}

/* TensorFlow 1.x reads NumPy scalars as Python numbers. */
static sj_tensor *from_numpy_scalar(PyObject *o, sj_dtype dtype)
{
	PyObject *item = PyObject_CallMethod(o, "item", NULL);
	if (item == NULL)
		return NULL;
	sj_tensor *t = PyObject_TypeCheck(item, numpy_scalar)
	                       ? (PyErr_Format(PyExc_ValueError, "%R does not convert to a tensor", o), NULL)
	                       : core_convert(item, dtype);
	Py_DECREF(item);
	return t;
}

/* ---- small integers: axes, sizes and steps are the same few, made once ---- */

/* An own reference; NULL without an error for what is none of them. A graph's constants are its own. */
static sj_tensor *small_integer(PyObject *o, sj_dtype dtype)
{
	enum { LEAST = -4, MANY = 24 };
	static sj_tensor *made[2][MANY];
	int overflow;
	long v = PyLong_AsLongAndOverflow(o, &overflow);
	if (v < LEAST || v >= LEAST + MANY || overflow != 0 || sj_graph_now() != NULL)
		return NULL;
	sj_tensor **place = &made[dtype == SJ_INT64][v - LEAST];
	if (*place == NULL)
		*place = scalar(o, dtype);
	return *place ? sj_keep(*place) : NULL;
}

/* ---- the whole ---- */

static sj_tensor *from_python(PyObject *o, sj_dtype dtype)
{
	if (core.convert == NULL) {
		PyErr_Format(PyExc_TypeError, "%R does not convert to a tensor", o);
		return NULL;
	}
	PyObject *made = PyObject_CallFunction(core.convert, "Oi", o, (int)dtype);
	if (made == NULL)
		return NULL;
	sj_tensor *t = NULL;
	if (Handle_Check(made))
		t = sj_keep(HANDLE_TENSOR(made));
	else
		PyErr_Format(PyExc_TypeError, "%R does not convert to a tensor", o);
	Py_DECREF(made);
	return t;
}

static sj_tensor *from_list(PyObject *o, sj_dtype dtype)
{
	Nest nest = {0};
	if (!nest_shape(&nest, o)) {
		PyErr_Format(PyExc_ValueError, "a list nested deeper than %d levels does not convert to a tensor",
		             MAX_NESTING);
		return NULL;
	}
	nest_walk(&nest, o, 0);
	if (nest.has_other)
		return from_python(o, dtype);
	if (nest.is_ragged) {
		PyErr_SetString(PyExc_ValueError,
		                "can't convert a ragged list to a tensor: the inner lists differ in length");
		return NULL;
	}
	/* After a number a bool is 0 or 1; after a bool a number is refused. */
	int kinds = nest.has_text + (nest.has_int || nest.has_float || nest.has_complex) +
	            (nest.has_bool && (nest.starts_with_bool || nest.has_text));
	if (kinds > 1 && (dtype == SJ_DTYPE_NONE || dtype == SJ_STRING)) {
		PyErr_SetString(PyExc_ValueError,
		                "can't convert a list that mixes text, numbers or booleans to a tensor");
		return NULL;
	}
	if (dtype == SJ_DTYPE_NONE)
		dtype = nest_dtype(&nest);
	if (dtype == SJ_STRING && !nest.has_text && (nest.has_int || nest.has_float || nest.has_bool)) {
		refused(o, dtype);
		return NULL;
	}
	return dtype == SJ_STRING ? text(o, &nest) : from_nest(o, &nest, dtype);
}

static sj_tensor *from_leaf(PyObject *o, sj_dtype dtype)
{
	Nest nest = {0};
	leaf_note(&nest, o);
	if (dtype == SJ_DTYPE_NONE)
		dtype = nest_dtype(&nest);
	return dtype == SJ_STRING ? text(o, &nest) : scalar(o, dtype);
}

sj_tensor *core_convert(PyObject *o, sj_dtype dtype)
{
	if (Handle_Check(o)) {
		if (HANDLE_TENSOR(o) == NULL)
			return PyErr_SetString(PyExc_ValueError, "the variable has no value yet"), NULL;
		if (Py_TYPE(o) != &EagerTensor_Type)
			CORE_NOTE_READ(o);
		return sj_keep(HANDLE_TENSOR(o));
	}
	if (PyLong_CheckExact(o) && (dtype == SJ_DTYPE_NONE || dtype == SJ_INT32 || dtype == SJ_INT64)) {
		sj_tensor *t = small_integer(o, dtype == SJ_DTYPE_NONE ? SJ_INT32 : dtype);
		if (t != NULL)
			return t;
		PyErr_Clear();
	}
	if (PyFloat_CheckExact(o) || PyLong_CheckExact(o) || PyBool_Check(o) || PyUnicode_CheckExact(o) ||
	    PyBytes_CheckExact(o) || PyComplex_CheckExact(o))
		return from_leaf(o, dtype);
	if (PyList_CheckExact(o) || PyTuple_CheckExact(o))
		return from_list(o, dtype);
	if (o == Py_None) {
		PyErr_SetString(PyExc_ValueError,
		                "None does not convert to a tensor; give a number, an array or a tensor");
		return NULL;
	}
	numpy_find();
	if (numpy_scalar != NULL && core.version == 1 && PyObject_TypeCheck(o, numpy_scalar))
		return from_numpy_scalar(o, dtype);
	sj_tensor *t = from_buffer(o, dtype);
	return t != NULL || PyErr_Occurred() ? t : from_python(o, dtype);
}

sj_dtype core_dtype(PyObject *o)
{
	for (int i = 1; i < CORE_DTYPES; i++)
		if (core.dtypes[i] == o)
			return (sj_dtype)i;
	PyObject *number = core_call_hook(core.as_dtype, o, "a dtype");
	long v = number ? PyLong_AsLong(number) : 0;
	Py_XDECREF(number);
	return PyErr_Occurred() ? SJ_DTYPE_NONE : (sj_dtype)v;
}

/* Running operations: without the interpreter where the work is long, with a word to the execution callback; execute(name, …) runs any of them. */
#include "core.h"

/* Two inputs of LIGHT_BYTES together have no HEAVY_PRODUCT. */
enum { HEAVY_BYTES = 1 << 18, HEAVY_PRODUCT = 1 << 25, LIGHT_BYTES = 11584, FEW_BYTES = 64 };

_Thread_local int core_heavy;

/* A vector of few integers: a shape or sizes, perhaps. Or strings, whose bytes lie elsewhere. */
static bool is_count(const sj_tensor *t)
{
	sj_dtype dtype = sj_tensor_dtype(t);
	return dtype == SJ_STRING ||
	       ((dtype == SJ_INT32 || dtype == SJ_INT64) && sj_tensor_rank(t) <= 1 && sj_tensor_size(t) <= 8);
}

/* What they stand for. */
static size_t elements_meant(const sj_tensor *t)
{
	const void *data = sj_tensor_data(t);
	size_t product = 1;
	if (data == NULL) /* a graph's variable */
		return 0;
	for (int64_t i = 0; i < sj_tensor_size(t); i++) {
		int64_t n = sj_tensor_dtype(t) == SJ_INT32 ? ((const int32_t *)data)[i] : ((const int64_t *)data)[i];
		if (n <= 0 || __builtin_mul_overflow(product, (size_t)n, &product))
			return 0;
	}
	return product;
}

/* Strings may be long, however few: all of their bytes, up to where there are enough. */
static size_t string_bytes(const sj_tensor *t)
{
	size_t bytes = 0, length = 0;
	for (int64_t i = 0; i < sj_tensor_size(t) && bytes < HEAVY_BYTES; i++, bytes += length)
		if (sj_tensor_string(t, i, &length) == NULL)
			break;
	return bytes;
}

/* Small inputs may make much of each other: by broadcasting, as rows and columns, as filters of an image. */
static bool is_heavy_product(int n, sj_tensor *const *inputs)
{
	size_t bytes = 0;
	double product = 1;
	for (int i = 0; i < n; i++) {
		const sj_tensor *t = inputs[i];
		if (t == NULL || (core_any_graph && sj_tensor_is_symbolic(t)))
			continue;
		size_t size = (size_t)sj_tensor_size(t), own = sj_tensor_bytes(t);
		bytes += own;
		if (sj_tensor_dtype(t) == SJ_STRING)
			bytes += string_bytes(t);
		else if (own <= FEW_BYTES && is_count(t)) {
			size = elements_meant(t);
			bytes += size;
		}
		product *= size > 1 ? (double)size : 1;
	}
	return bytes >= HEAVY_BYTES || product >= HEAVY_PRODUCT;
}

/*
 * Work that takes longer than about 100 us, by the sizes of the inputs: the interpreter is released for it. The commonest answer comes first: few
 * bytes in one or two inputs, none of which counts something or is a string.
 */
int core_is_heavy(int n, sj_tensor *const *inputs)
{
	size_t bytes = 0;
	if (n > 2)
		return is_heavy_product(n, inputs);
	for (int i = 0; i < n; i++) {
		size_t own = sj_tensor_bytes(inputs[i]);
		bytes += own;
		if (own > 0 && (own > FEW_BYTES ? sj_tensor_dtype(inputs[i]) == SJ_STRING : is_count(inputs[i])))
			return is_heavy_product(n, inputs);
	}
	return bytes >= LIGHT_BYTES && is_heavy_product(n, inputs);
}

typedef struct Execution {
	const sj_op *op;
	const void *args;
	int n_inputs, n_outputs;
	sj_tensor *const *inputs;
	sj_tensor **outputs;
} Execution;

static sj_status execute_work(void *context)
{
	const Execution *e = context;
	return sj_execute(e->op, e->args, e->n_inputs, e->inputs, e->n_outputs, e->outputs);
}

static sj_status run_long(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                          sj_tensor **ret_outputs)
{
	Execution execution = {op, args, n_inputs, n_outputs, inputs, ret_outputs};
	bool done;
	core_heavy = 1;
	sj_status status = core_long(execute_work, &execution, &done);
	for (int i = 0; done && status != SJ_OK && i < n_outputs; i++)
		sj_free(ret_outputs[i]);
	return status;
}

static int64_t
	times[2]; /* when the last operation that a callback is told of began and ended; under the interpreter's lock */

PyObject *core_run_times(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	return Py_BuildValue("LL", (long long)times[0], (long long)times[1]);
}

sj_status core_run(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                   sj_tensor **ret_outputs)
{
	int64_t begin = core.executed != NULL ? sj_clock_ns() : 0;
	sj_status status = core_is_heavy(n_inputs, inputs)
	                           ? run_long(op, args, n_inputs, inputs, n_outputs, ret_outputs)
	                           : sj_execute(op, args, n_inputs, inputs, n_outputs, ret_outputs);
	if (begin != 0)
		times[0] = begin, times[1] = sj_clock_ns();
	return status;
}

/* Tells the execution callback; a failure of it drops the result. */
static PyObject *announce(const sj_op *op, int n_inputs, sj_tensor *const *inputs, PyObject *result)
{
	PyObject *list = PyList_New(0), *answer = NULL;
	for (int i = 0; list != NULL && i < n_inputs; i++) {
		PyObject *one = inputs[i] ? core_wrap(sj_keep(inputs[i])) : Py_NewRef(Py_None);
		if (one == NULL || PyList_Append(list, one) < 0)
			Py_CLEAR(list);
		Py_XDECREF(one);
	}
	if (list != NULL)
		answer = PyObject_CallFunction(core.executed, "sOO", sj_op_name(op), list, result);
	Py_XDECREF(list);
	if (answer == NULL)
		Py_CLEAR(result);
	Py_XDECREF(answer);
	return result;
}

/* The operation's options that are true, by name. */
static PyObject *flags_of(const sj_op *op, const void *args)
{
	PyObject *list = PyList_New(0);
	for (int i = 0; list != NULL && args != NULL && i < sj_op_attribute_count(op); i++) {
		const sj_attribute *a = sj_op_attribute(op, i);
		if (a->kind != SJ_ATTRIBUTE_BOOL || !*((const bool *)args + a->offset))
			continue;
		PyObject *name = PyUnicode_FromString(a->name);
		if (name == NULL || PyList_Append(list, name) < 0)
			Py_CLEAR(list);
		Py_XDECREF(name);
	}
	return list;
}

/* What Python's part makes of complex inputs, which the kernels do not compute with; the operation's error where it makes nothing. */
static PyObject *refused(sj_status status, const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs)
{
	bool is_complex = false;
	for (int i = 0; i < n_inputs && core.complex_numbers != NULL; i++) {
		sj_dtype dtype = inputs[i] ? sj_tensor_dtype(inputs[i]) : SJ_FLOAT32;
		is_complex |= dtype == SJ_COMPLEX64 || dtype == SJ_COMPLEX128;
	}
	core_raise(status);
	if (!is_complex || !PyErr_ExceptionMatches(PyExc_Exception))
		return NULL;
	PyObject *kind, *error, *trace;
	PyErr_Fetch(&kind, &error, &trace);
	PyObject *list = PyList_New(n_inputs), *flags = flags_of(op, args);
	for (int i = 0; list != NULL && i < n_inputs; i++)
		PyList_SET_ITEM(list, i, inputs[i] ? core_wrap(sj_keep(inputs[i])) : Py_NewRef(Py_None));
	PyObject *made = list && flags ? PyObject_CallFunction(core.complex_numbers, "sOO", sj_op_name(op), list, flags)
	                               : NULL;
	Py_XDECREF(list);
	Py_XDECREF(flags);
	if (made == NULL || made == Py_NotImplemented) {
		if (made == NULL) {
			Py_XDECREF(kind), Py_XDECREF(error), Py_XDECREF(trace);
			return NULL;
		}
		Py_DECREF(made);
		PyErr_Restore(kind, error, trace);
		return NULL;
	}
	Py_XDECREF(kind), Py_XDECREF(error), Py_XDECREF(trace);
	return made;
}

PyObject *core_run_one(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs)
{
	sj_tensor *output;
	sj_status status = core_run(op, args, n_inputs, inputs, 1, &output);
	if (status != SJ_OK)
		return refused(status, op, args, n_inputs, inputs);
	PyObject *result = core_wrap(output);
	return core.executed != NULL && result != NULL ? announce(op, n_inputs, inputs, result) : result;
}

PyObject *core_run_many(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs)
{
	sj_tensor *few[CORE_MAX_INPUTS],
		**outputs = n_outputs <= CORE_MAX_INPUTS ? few : PyMem_Malloc(sizeof(*outputs) * (size_t)n_outputs);
	if (outputs == NULL)
		return PyErr_NoMemory();
	sj_status status = core_run(op, args, n_inputs, inputs, n_outputs, outputs);
	PyObject *list = NULL;
	if (status != SJ_OK)
		core_raise(status);
	else
		list = PyList_New(n_outputs);
	for (int k = 0; list != NULL && k < n_outputs; k++)
		PyList_SET_ITEM(list, k, core_wrap(outputs[k]));
	if (outputs != few)
		PyMem_Free(outputs);
	if (list != NULL && core.executed != NULL)
		list = announce(op, n_inputs, inputs, list);
	return list;
}

/* ---- execute(name, inputs, attributes, n_outputs=None, dtypes=None) ---- */

static const sj_op *op_of(PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	const sj_op *op = text ? sj_op_find(text) : NULL;
	if (op == NULL && text != NULL)
		PyErr_Format(PyExc_NotImplementedError, "not implemented: the operation %s", text);
	return op;
}

static int fill_dict(const sj_op *op, char *args, PyObject *attributes, Ints *ints)
{
	PyObject *key, *value;
	Py_ssize_t at = 0;
	while (attributes != Py_None && PyDict_Next(attributes, &at, &key, &value)) {
		const char *text = PyUnicode_AsUTF8(key);
		const sj_attribute *a = text ? core_attribute_find(op, text) : NULL;
		if (a == NULL) {
			PyErr_Format(PyExc_TypeError, "%s has no attribute %R", sj_op_name(op), key);
			return -1;
		}
		if (value != Py_None && core_fill(args, a, value, ints) < 0)
			return -1;
	}
	return 0;
}

PyObject *core_execute(PyObject *Py_UNUSED(module), PyObject *const *arguments, Py_ssize_t n)
{
	if (n < 3 || !PyDict_Check(arguments[2]) || (!PyList_Check(arguments[1]) && !PyTuple_Check(arguments[1])))
		return PyErr_Format(PyExc_TypeError, "execute(name, inputs, attributes[, n_outputs])");
	const sj_op *op = op_of(arguments[0]);
	_Alignas(16) char args[CORE_ARGS_ROOM] = {0};
	Ints ints = {.n = 0};
	if (op == NULL || fill_dict(op, args, arguments[2], &ints) < 0)
		return NULL;
	*(size_t *)args = sj_op_args_size(op);
	Py_ssize_t n_inputs = PySequence_Fast_GET_SIZE(arguments[1]);
	sj_tensor *few[CORE_MAX_INPUTS],
		**inputs = n_inputs <= CORE_MAX_INPUTS ? few : PyMem_Malloc(sizeof(*inputs) * (size_t)n_inputs);
	if (inputs == NULL)
		return PyErr_NoMemory();
	PyObject *result = NULL;
	Py_ssize_t done = 0;
	for (; done < n_inputs; done++) {
		PyObject *o = PySequence_Fast_GET_ITEM(arguments[1], done);
		inputs[done] = o == Py_None ? NULL : core_convert(o, SJ_DTYPE_NONE);
		if (inputs[done] == NULL && o != Py_None)
			break;
	}
	int n_outputs = n > 3 && arguments[3] != Py_None ? (int)PyLong_AsLong(arguments[3]) : sj_op_output_count(op);
	const void *filled = sj_op_args_size(op) ? args : NULL;
	if (done == n_inputs && !PyErr_Occurred())
		result = n_outputs == 1 && (n <= 3 || arguments[3] == Py_None)
		                 ? core_run_one(op, filled, (int)n_inputs, inputs)
		                 : core_run_many(op, filled, (int)n_inputs, inputs, n_outputs);
	while (done-- > 0)
		sj_free(inputs[done]);
	if (inputs != few)
		PyMem_Free(inputs);
	return result;
}

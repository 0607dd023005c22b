/*
 * Quick: a function written in Python whose commonest calls C answers: tensors, and plain values for the rest. quick(function) finds the answers by
 * the function's name; whatever they do not know goes to the function, which also says what the signature and the documentation are. A function
 * without answers is wrapped all the same: what it cannot do in a graph before the run becomes a node that calls it then.
 */
#include "core.h"

enum { MOST_NAMES = 8 };

/* The bound values, NULL where not given; a new reference, or NULL without an error for what is not this way's. */
typedef PyObject *answer_function(PyObject *const *values);

typedef struct Answer {
	const char *name;
	const char *parameters[MOST_NAMES];
	answer_function *answer;
	PyObject *words[MOST_NAMES]; /* the parameters, interned */
} Answer;

typedef struct Quick {
	PyObject_HEAD vectorcallfunc call;
	PyObject *function;
	Answer *answer;
} Quick;

static bool is_tensor(PyObject *o) { return o != NULL && Py_TYPE(o) == &EagerTensor_Type; }
static bool is_absent(PyObject *o) { return o == NULL || o == Py_None; }

/* None or a small number. */
static bool is_axis(PyObject *o, int one, int other)
{
	if (is_absent(o))
		return true;
	if (!PyLong_CheckExact(o))
		return false;
	int overflow;
	long axis = PyLong_AsLongAndOverflow(o, &overflow);
	return overflow == 0 && (axis == one || axis == other);
}

/* ---- one_hot(indices, depth, on_value, off_value, axis, dtype, name) ---- */

static sj_tensor *scalar_own(sj_dtype dtype, double value)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *t = sj_keep(sj_scalar(dtype, value));
	sj_scope_end(scope);
	if (!sj_ok())
		return core_raise_sticky();
	return t;
}

/* The depth of the last call is the depth of the next. */
static sj_tensor *depth_of(long depth)
{
	static sj_tensor *last;
	static long last_depth;
	if (last == NULL || last_depth != depth) {
		sj_tensor *made = scalar_own(SJ_INT32, (double)depth);
		if (made == NULL)
			return NULL;
		sj_free(last);
		last = made;
		last_depth = depth;
	}
	return last;
}

static PyObject *one_hot(PyObject *const *v)
{
	static const sj_op *op;
	static sj_tensor *on, *off;
	if (!is_tensor(v[0]) || v[1] == NULL || !PyLong_CheckExact(v[1]) || !is_absent(v[2]) || !is_absent(v[3]) ||
	    !is_axis(v[4], -1, -1) || !(is_absent(v[5]) || v[5] == core.dtypes[SJ_FLOAT32]))
		return NULL;
	int overflow;
	long depth = PyLong_AsLongAndOverflow(v[1], &overflow);
	if (overflow || depth < 0 || depth > INT32_MAX)
		return NULL;
	if (op == NULL) {
		on = scalar_own(SJ_FLOAT32, 1);
		off = on ? scalar_own(SJ_FLOAT32, 0) : NULL;
		op = off ? sj_op_find("OneHot") : NULL;
	}
	sj_tensor *n = op ? depth_of(depth) : NULL;
	return n ? core_run_one(op, NULL, 4, (sj_tensor *[]){HANDLE_TENSOR(v[0]), n, on, off}) : NULL;
}

/* ---- cast(x, dtype, name) ---- */

static PyObject *cast(PyObject *const *v)
{
	static const sj_op *op;
	static size_t place;
	if (!is_tensor(v[0]) || v[1] == NULL)
		return NULL;
	int dtype = 1;
	while (dtype < CORE_DTYPES && core.dtypes[dtype] != v[1])
		dtype++;
	if (dtype == CORE_DTYPES)
		return NULL;
	if ((int)sj_tensor_dtype(HANDLE_TENSOR(v[0])) == dtype)
		return Py_NewRef(v[0]);
	if (op == NULL) {
		op = sj_op_find("Cast");
		for (int i = 0; i < sj_op_attribute_count(op); i++)
			if (sj_op_attribute(op, i)->kind == SJ_ATTRIBUTE_DTYPE)
				place = sj_op_attribute(op, i)->offset;
	}
	_Alignas(16) char args[64] = {0};
	if (sj_op_args_size(op) > sizeof(args))
		return NULL;
	*(size_t *)args = sj_op_args_size(op);
	*(sj_dtype *)(args + place) = (sj_dtype)dtype;
	return core_run_one(op, args, 1, &HANDLE_TENSOR(v[0]));
}

/* ---- softmax_cross_entropy_with_logits ---- */

static PyObject *cross_entropy(PyObject *labels, PyObject *logits, PyObject *axis)
{
	static const sj_op *op;
	if (!is_tensor(labels) || !is_tensor(logits) || !is_axis(axis, -1, 1) || core.executed != NULL)
		return NULL;
	sj_tensor *inputs[] = {HANDLE_TENSOR(logits), HANDLE_TENSOR(labels)}, *outputs[2];
	if (sj_tensor_rank(inputs[0]) != 2 || sj_tensor_dtype(inputs[0]) != sj_tensor_dtype(inputs[1]))
		return NULL;
	if (op == NULL)
		op = sj_op_find("SoftmaxCrossEntropyWithLogits");
	sj_status status = core_run(op, NULL, 2, inputs, 2, outputs);
	if (status != SJ_OK)
		return core_raise(status);
	sj_free(outputs[1]);
	return core_wrap(outputs[0]);
}

/* (_sentinel, labels, logits, dim, name) and (labels, logits, axis, name) */
static PyObject *cross_entropy_v2(PyObject *const *v)
{
	return is_absent(v[0]) ? cross_entropy(v[1], v[2], v[3]) : NULL;
}

static PyObject *cross_entropy_2(PyObject *const *v) { return cross_entropy(v[0], v[1], v[2]); }

/* ---- get_or_create_global_step(graph) ---- */

/* The thread's own dictionary, which ends with it. */
static PyObject *step_of_thread(PyObject *set)
{
	static PyObject *word;
	PyObject *own = PyThreadState_GetDict();
	if (word == NULL && (word = PyUnicode_InternFromString("sokuji.step")) == NULL)
		return NULL;
	if (own != NULL && set != NULL && PyDict_SetItem(own, word, set) < 0)
		return NULL;
	return own ? PyDict_GetItemWithError(own, word) : NULL;
}

PyObject *core_step(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	PyObject *step = step_of_thread(NULL);
	return step || PyErr_Occurred() ? Py_XNewRef(step) : Py_NewRef(Py_None);
}

PyObject *core_set_step(PyObject *Py_UNUSED(module), PyObject *variable)
{
	return step_of_thread(variable) ? Py_NewRef(Py_None) : NULL;
}

static PyObject *step_made(PyObject *const *v) { return is_absent(v[0]) ? Py_XNewRef(step_of_thread(NULL)) : NULL; }

static Answer answers[] = {
	{"get_or_create_global_step", {"graph"}, step_made, {NULL}},
	{"one_hot", {"indices", "depth", "on_value", "off_value", "axis", "dtype", "name"}, one_hot, {NULL}},
	{"cast", {"x", "dtype", "name"}, cast, {NULL}},
	{"softmax_cross_entropy_with_logits_v2",
         {"_sentinel", "labels", "logits", "dim", "name"},
         cross_entropy_v2,
         {NULL}},
	{"softmax_cross_entropy_2", {"labels", "logits", "axis", "name"}, cross_entropy_2, {NULL}},
};

/* ---- the type ---- */

/* False where something is unknown or twice there: the function then says so. */
static bool bind(const Answer *a, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords, PyObject **values)
{
	if (n > MOST_NAMES)
		return false;
	for (Py_ssize_t i = 0; i < MOST_NAMES; i++)
		values[i] = i < n ? arguments[i] : NULL;
	if (n > 0 && a->words[n - 1] == NULL)
		return false;
	for (Py_ssize_t k = 0; keywords != NULL && k < PyTuple_GET_SIZE(keywords); k++) {
		int place = 0;
		while (place < MOST_NAMES && a->words[place] != PyTuple_GET_ITEM(keywords, k))
			place++;
		if (place == MOST_NAMES || values[place] != NULL)
			return false;
		values[place] = arguments[n + k];
	}
	return true;
}

/* What the function could not do with tensors of a graph, because it needs what only a run knows, the hook makes a node of, or it returns NULL with the error. */
static PyObject *deferred(PyObject *function, PyObject *const *arguments, size_t n_flags, PyObject *keywords)
{
	PyObject *type, *value, *trace, *result = NULL;
	PyErr_Fetch(&type, &value, &trace);
	PyErr_NormalizeException(&type, &value, &trace);
	Py_ssize_t n = PyVectorcall_NARGS(n_flags);
	PyObject *given = PyTuple_New(n), *named = PyDict_New();
	for (Py_ssize_t i = 0; given != NULL && i < n; i++)
		PyTuple_SET_ITEM(given, i, Py_NewRef(arguments[i]));
	for (Py_ssize_t i = 0; named != NULL && keywords != NULL && i < PyTuple_GET_SIZE(keywords); i++)
		PyDict_SetItem(named, PyTuple_GET_ITEM(keywords, i), arguments[n + i]);
	if (given != NULL && named != NULL)
		result = PyObject_CallFunctionObjArgs(core.deferred, value, function, given, named, NULL);
	Py_XDECREF(given);
	Py_XDECREF(named);
	if (result == NULL || result == Py_NotImplemented) {
		bool is_interrupted = result == NULL && !PyErr_ExceptionMatches(PyExc_Exception);
		Py_CLEAR(result);
		if (!is_interrupted) {
			PyErr_Clear();
			PyErr_Restore(type, value, trace);
			return NULL;
		}
	}
	Py_XDECREF(type);
	Py_XDECREF(value);
	Py_XDECREF(trace);
	return result;
}

static PyObject *quick_call(PyObject *self, PyObject *const *arguments, size_t n_flags, PyObject *keywords)
{
	const Quick *q = (const Quick *)self;
	PyObject *values[MOST_NAMES], *result;
	if (q->answer != NULL && bind(q->answer, arguments, PyVectorcall_NARGS(n_flags), keywords, values)) {
		result = q->answer->answer(values);
		if (result != NULL || PyErr_Occurred())
			return result;
	}
	result = PyObject_Vectorcall(q->function, arguments, n_flags, keywords);
	if (result == NULL && core_any_graph && core.deferred != NULL && PyErr_ExceptionMatches(PyExc_Exception))
		return deferred(q->function, arguments, n_flags, keywords);
	return result;
}

static int words_intern(Answer *a)
{
	for (int i = 0; i < MOST_NAMES && a->parameters[i] != NULL && a->words[i] == NULL; i++)
		if ((a->words[i] = PyUnicode_InternFromString(a->parameters[i])) == NULL)
			return -1;
	return 0;
}

PyObject *core_quick(PyObject *Py_UNUSED(module), PyObject *function)
{
	PyObject *name = PyObject_GetAttrString(function, "__name__");
	const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
	Answer *found = NULL;
	for (size_t i = 0; text != NULL && i < sizeof(answers) / sizeof(answers[0]); i++)
		if (strcmp(answers[i].name, text) == 0)
			found = &answers[i];
	Py_XDECREF(name);
	if (text == NULL || (found != NULL && words_intern(found) < 0))
		return NULL;
	Quick *q = PyObject_New(Quick, &Quick_Type);
	if (q == NULL)
		return NULL;
	q->call = quick_call;
	q->function = Py_NewRef(function);
	q->answer = found;
	return (PyObject *)q;
}

static void quick_dealloc(PyObject *self)
{
	Py_DECREF(((Quick *)self)->function);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *quick_text(PyObject *self) { return PyObject_Repr(((Quick *)self)->function); }

/* Whatever else is asked, the function knows. */
static PyObject *quick_attribute(PyObject *self, PyObject *name)
{
	if (PyUnicode_CompareWithASCIIString(name, "__wrapped__") == 0)
		return Py_NewRef(((Quick *)self)->function);
	if (PyUnicode_CompareWithASCIIString(name, "__class__") == 0 ||
	    PyUnicode_CompareWithASCIIString(name, "__call__") == 0)
		return PyObject_GenericGetAttr(self, name);
	return PyObject_GetAttr(((Quick *)self)->function, name);
}

static int quick_set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
	return PyObject_SetAttr(((Quick *)self)->function, name, value);
}

PyTypeObject Quick_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Quick",
                           .tp_basicsize = sizeof(Quick),
                           .tp_dealloc = quick_dealloc,
                           .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
                           .tp_vectorcall_offset = offsetof(Quick, call),
                           .tp_call = PyVectorcall_Call,
                           .tp_getattro = quick_attribute,
                           .tp_setattro = quick_set_attribute,
                           .tp_repr = quick_text};

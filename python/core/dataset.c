/*
 * The types Dataset and DatasetIterator: the library's datasets with functions of Python. Elements are flat tuples of EagerTensors; structures are
 * Python's part (sokuji/_src/data/dataset.py). The interpreter is released while an element is made and taken again for each function. An exception
 * of a function waits in a table under a number that the library's error carries, through threads too, and is raised again as itself.
 */
#include "graph.h"

enum { MOST = SJ_DATASET_MOST_COMPONENTS, WAITING = 64 };

typedef struct Dataset {
	PyObject_HEAD sj_dataset *dataset;
} Dataset;

typedef struct DatasetIterator {
	PyObject_HEAD sj_iterator *iterator; /* NULL when closed */
	PyObject *owner;                     /* the Dataset */
	PyThread_type_lock lock;             /* held while an element is made: threads take turns */
	unsigned long thread;                /* which holds it, or 0 */
} DatasetIterator;

/* An input of a pass, for Python's iteration. */
typedef struct PassInput {
	PyObject_HEAD sj_dataset_input *input; /* NULL after the pass */
} PassInput;

/* ---- exceptions on their way ---- */

static struct {
	unsigned long number;
	PyObject *error;
} waiting[WAITING];
static unsigned long n_raised;
static const char mark[] = "exception number ";

/* The Python error that is set, as the library's. */
static void error_send(void)
{
	PyObject *type, *error, *trace;
	PyErr_Fetch(&type, &error, &trace);
	PyErr_NormalizeException(&type, &error, &trace);
	if (trace != NULL)
		PyException_SetTraceback(error, trace);
	Py_XDECREF(type);
	Py_XDECREF(trace);
	unsigned long number = ++n_raised;
	waiting[number % WAITING].number = number;
	Py_XSETREF(waiting[number % WAITING].error, error);
	sj_error_set(SJ_UNKNOWN, "a Python function of a dataset raised (%s%lu)", mark, number);
}

/* Raises the sticky error: the function's own exception, or the library's. Always NULL. */
static PyObject *error_receive(void)
{
	const char *at = strstr(sj_error_message(), mark);
	unsigned long number = at ? strtoul(at + sizeof(mark) - 1, NULL, 10) : 0;
	PyObject *error = number != 0 && waiting[number % WAITING].number == number ? waiting[number % WAITING].error
	                                                                            : NULL;
	if (error == NULL)
		return core_raise_sticky();
	waiting[number % WAITING].error = NULL;
	sj_error_clear();
	PyErr_SetObject((PyObject *)Py_TYPE(error), error);
	Py_DECREF(error);
	return NULL;
}

/* ---- elements ---- */

static PyObject *element_wrap(int n, sj_tensor *const *tensors)
{
	PyObject *tuple = PyTuple_New(n);
	for (int i = 0; tuple != NULL && i < n; i++) {
		PyObject *one = core_wrap(sj_keep(tensors[i]));
		if (one == NULL)
			Py_CLEAR(tuple);
		else
			PyTuple_SET_ITEM(tuple, i, one);
	}
	return tuple;
}

/* A sequence of n tensors into outputs that the scope holds. */
static int element_take(PyObject *made, int n, sj_tensor **ret_outputs)
{
	PyObject *fast = PySequence_Fast(made, "a dataset's function must return a sequence of tensors");
	int result = fast == NULL ? -1 : 0;
	if (fast != NULL && PySequence_Fast_GET_SIZE(fast) != n) {
		PyErr_Format(PyExc_ValueError, "an element has %zd tensors, the first one had %d",
		             PySequence_Fast_GET_SIZE(fast), n);
		result = -1;
	}
	for (int i = 0; result == 0 && i < n; i++) {
		PyObject *one = PySequence_Fast_GET_ITEM(fast, i);
		result = core_handle_check(one, "an element of a dataset");
		if (result == 0)
			ret_outputs[i] = sj_scope_own(sj_keep(HANDLE_TENSOR(one)));
	}
	Py_XDECREF(fast);
	return result;
}

/* ---- functions ---- */

static void function_release(void *context)
{
	core_callback callback = core_callback_begin();
	Py_DECREF((PyObject *)context);
	core_callback_end(callback);
}

static PyObject *function_call(void *context, int n, sj_tensor *const *inputs)
{
	PyObject *element = element_wrap(n, inputs);
	PyObject *made = element ? PyObject_CallObject(context, element) : NULL;
	Py_XDECREF(element);
	return made;
}

static void map_function(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	core_callback callback = core_callback_begin();
	PyObject *made = function_call(context, n_inputs, inputs);
	if (made == NULL || element_take(made, n_outputs, ret_outputs) < 0)
		error_send();
	Py_XDECREF(made);
	core_callback_end(callback);
}

static bool filter_function(void *context, int n_inputs, sj_tensor *const *inputs)
{
	core_callback callback = core_callback_begin();
	PyObject *made = function_call(context, n_inputs, inputs);
	int passes = made ? PyObject_IsTrue(made) : -1;
	if (passes < 0)
		error_send();
	Py_XDECREF(made);
	core_callback_end(callback);
	return passes > 0;
}

/* ---- traced functions: run without the interpreter ---- */

typedef struct TracedCall {
	sj_concrete_function *function;
	PyObject *owner; /* the ConcreteFunction */
	int n_outputs, n_given;
	sj_tensor *given[]; /* what follows the element's tensors among the inputs, own references */
} TracedCall;

static _Thread_local int traced_depth;

bool core_error_travels(void)
{
	if (traced_depth == 0 || !PyErr_Occurred())
		return false;
	error_send();
	return true;
}

static void traced_release(void *context)
{
	TracedCall *c = context;
	core_callback callback = core_callback_begin();
	for (int i = 0; i < c->n_given; i++)
		sj_free(c->given[i]);
	Py_XDECREF(c->owner);
	PyMem_Free(c);
	core_callback_end(callback);
}

static bool traced_run(const TracedCall *c, int n, sj_tensor *const *inputs, sj_tensor **ret_outputs)
{
	sj_tensor *all[MOST];
	memcpy(all, inputs, sizeof(*all) * (size_t)n);
	memcpy(all + n, c->given, sizeof(*all) * (size_t)c->n_given);
	traced_depth++;
	sj_status status = sj_concrete_function_call(c->function, n + c->n_given, all, c->n_outputs, ret_outputs);
	traced_depth--;
	for (int k = 0; status == SJ_OK && k < c->n_outputs; k++)
		ret_outputs[k] = sj_scope_own(ret_outputs[k]);
	if (status != SJ_OK && sj_ok()) {
		char message[1024];
		snprintf(message, sizeof(message), "%s", sj_error_message());
		sj_error_set(status, "%s", message);
	}
	return status == SJ_OK;
}

static void traced_map(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *made[MOST];
	if (traced_run(context, n_inputs, inputs, made))
		memcpy(ret_outputs, made, sizeof(*made) * (size_t)n_outputs);
}

static bool traced_filter(void *context, int n_inputs, sj_tensor *const *inputs)
{
	sj_tensor *made[MOST];
	return traced_run(context, n_inputs, inputs, made) && *(const bool *)sj_tensor_data(made[0]);
}

/* Of (ConcreteFunction, list of what follows the element); NULL and a Python error. */
static TracedCall *traced_new(int n_inputs, PyObject *function, PyObject *list)
{
	Py_ssize_t n;
	sj_tensor **given = graph_tensors_of(list, "a captured tensor", &n);
	TracedCall *c = given ? PyMem_Calloc(1, sizeof(*c) + sizeof(sj_tensor *) * (size_t)n) : NULL;
	if (c != NULL && (n_inputs + n > MOST || ((ConcreteFunction *)function)->n_outputs > MOST)) {
		PyErr_Format(PyExc_ValueError, "a dataset's function of more than %d tensors", MOST);
		PyMem_Free(c);
		c = NULL;
	}
	if (c != NULL) {
		c->owner = Py_NewRef(function);
		c->function = ((ConcreteFunction *)function)->function;
		c->n_outputs = ((ConcreteFunction *)function)->n_outputs;
		for (; c->n_given < n; c->n_given++)
			c->given[c->n_given] = sj_keep(given[c->n_given]);
	}
	PyMem_Free(given);
	return c;
}

/* ---- passes: iterators of Python ---- */

typedef struct Pass {
	PyObject *iterator, *inputs;
} Pass;

static PyTypeObject PassInput_Type;

static void inputs_close(PyObject *inputs)
{
	for (Py_ssize_t i = 0; inputs != NULL && i < PyTuple_GET_SIZE(inputs); i++)
		((PassInput *)PyTuple_GET_ITEM(inputs, i))->input = NULL;
}

static int pass_make(Pass *p, PyObject *function, int n_inputs, sj_dataset_input *const *inputs)
{
	p->inputs = PyTuple_New(n_inputs);
	for (int i = 0; p->inputs != NULL && i < n_inputs; i++) {
		PassInput *one = PyObject_New(PassInput, &PassInput_Type);
		if (one == NULL)
			return -1;
		one->input = inputs[i];
		PyTuple_SET_ITEM(p->inputs, i, (PyObject *)one);
	}
	PyObject *made = p->inputs ? PyObject_CallObject(function, p->inputs) : NULL;
	p->iterator = made ? PyObject_GetIter(made) : NULL;
	Py_XDECREF(made);
	return p->iterator == NULL ? -1 : 0;
}

static void pass_drop(Pass *p)
{
	inputs_close(p->inputs);
	Py_XDECREF(p->iterator);
	Py_XDECREF(p->inputs);
	PyMem_Free(p);
}

static void *pass_begin(void *context, int n_inputs, sj_dataset_input *const *inputs)
{
	core_callback callback = core_callback_begin();
	Pass *p = PyMem_Calloc(1, sizeof(*p));
	if (p == NULL)
		PyErr_NoMemory();
	else if (pass_make(p, context, n_inputs, inputs) < 0) {
		pass_drop(p);
		p = NULL;
	}
	if (p == NULL)
		error_send();
	core_callback_end(callback);
	return p;
}

static bool pass_next(void *pass, int n_outputs, sj_tensor **ret_outputs)
{
	core_callback callback = core_callback_begin();
	PyObject *made = PyIter_Next(((Pass *)pass)->iterator);
	if (PyErr_Occurred() || (made != NULL && element_take(made, n_outputs, ret_outputs) < 0))
		error_send();
	bool has_more = made != NULL;
	Py_XDECREF(made);
	core_callback_end(callback);
	return has_more;
}

static void pass_end(void *pass)
{
	core_callback callback = core_callback_begin();
	pass_drop(pass);
	core_callback_end(callback);
}

static PyObject *input_next(PyObject *self)
{
	sj_tensor *tensors[MOST];
	sj_dataset_input *input = ((PassInput *)self)->input;
	if (input == NULL)
		return NULL;
	bool has_more;
	Py_BEGIN_ALLOW_THREADS has_more = sj_dataset_input_next(input, tensors);
	Py_END_ALLOW_THREADS if (!has_more) return sj_ok() ? NULL : error_receive();
	int n = sj_dataset_input_components(input);
	PyObject *element = element_wrap(n, tensors);
	for (int i = 0; i < n; i++)
		sj_free(tensors[i]);
	return element;
}

static PyTypeObject PassInput_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.PassInput",
                                      .tp_basicsize = sizeof(PassInput),
                                      .tp_flags = Py_TPFLAGS_DEFAULT,
                                      .tp_iter = PyObject_SelfIter,
                                      .tp_iternext = input_next,
                                      .tp_doc = "An input of a dataset's function."};

/* ---- making datasets ---- */

static PyObject *dataset_wrap(sj_dataset *own)
{
	if (own == NULL)
		return core_raise_sticky();
	Dataset *d = PyObject_New(Dataset, &Dataset_Type);
	if (d == NULL)
		sj_dataset_free(own);
	else
		d->dataset = own;
	return (PyObject *)d;
}

static sj_dataset *input_of(PyObject *self) { return sj_dataset_keep(((Dataset *)self)->dataset); }

/* from_tensors, from_slices: a list of tensors */
static PyObject *from_components(PyObject *given, sj_dataset *(*make)(int, sj_tensor *const *))
{
	PyObject *fast = PySequence_Fast(given, "a list of tensors is expected");
	if (fast == NULL)
		return NULL;
	Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
	sj_tensor *tensors[MOST];
	PyObject *result = NULL;
	for (Py_ssize_t i = 0; i < n && i < MOST; i++) {
		PyObject *one = PySequence_Fast_GET_ITEM(fast, i);
		if (core_handle_check(one, "a component of a dataset") < 0)
			goto done;
		tensors[i] = HANDLE_TENSOR(one);
	}
	result = dataset_wrap(make((int)(n > MOST ? MOST + 1 : n), tensors));
done:
	Py_DECREF(fast);
	return result;
}

static PyObject *from_tensors(PyObject *Py_UNUSED(c), PyObject *given)
{
	return from_components(given, sj_dataset_from_tensors);
}
static PyObject *from_slices(PyObject *Py_UNUSED(c), PyObject *given)
{
	return from_components(given, sj_dataset_from_slices);
}

static PyObject *from_range(PyObject *Py_UNUSED(c), PyObject *arguments)
{
	long long begin, end, step;
	return PyArg_ParseTuple(arguments, "LLL", &begin, &end, &step)
	               ? dataset_wrap(sj_dataset_range(begin, end, step))
	               : NULL;
}

static PyObject *text_lines(PyObject *Py_UNUSED(c), PyObject *given)
{
	PyObject *fast = PySequence_Fast(given, "a list of file names is expected"), *result = NULL;
	if (fast == NULL)
		return NULL;
	Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
	const char **paths = PyMem_Calloc((size_t)n + 1, sizeof(*paths));
	for (Py_ssize_t i = 0; paths != NULL && i < n; i++)
		if ((paths[i] = PyBytes_AsString(PySequence_Fast_GET_ITEM(fast, i))) == NULL)
			goto done;
	if (paths != NULL)
		result = dataset_wrap(sj_dataset_text_lines((int)n, paths));
done:
	PyMem_Free(paths);
	Py_DECREF(fast);
	return result;
}

/* An own array of n kept datasets. */
static int inputs_take(PyObject *list, int most, sj_dataset **ret_inputs)
{
	if (!PyList_Check(list) || PyList_GET_SIZE(list) > most) {
		PyErr_Format(PyExc_ValueError, "a list of at most %d datasets is expected", most);
		return -1;
	}
	int n = (int)PyList_GET_SIZE(list);
	for (int i = 0; i < n; i++)
		if (!PyObject_TypeCheck(PyList_GET_ITEM(list, i), &Dataset_Type)) {
			PyErr_SetString(PyExc_TypeError, "a list of datasets is expected");
			return -1;
		}
	for (int i = 0; i < n; i++)
		ret_inputs[i] = input_of(PyList_GET_ITEM(list, i));
	return n;
}

/* from_passes(n_outputs, function, inputs): function(*inputs) returns an iterator of tuples for each pass */
static PyObject *from_passes(PyObject *Py_UNUSED(c), PyObject *arguments)
{
	int n_outputs;
	PyObject *function, *list;
	sj_dataset *inputs[SJ_DATASET_MOST_INPUTS];
	if (!PyArg_ParseTuple(arguments, "iOO", &n_outputs, &function, &list))
		return NULL;
	int n = inputs_take(list, SJ_DATASET_MOST_INPUTS, inputs);
	sj_dataset_passes passes = {.size = sizeof(passes),
	                            .begin = pass_begin,
	                            .next = pass_next,
	                            .end = pass_end,
	                            .context = function,
	                            .release = function_release};
	if (n < 0)
		return NULL;
	Py_INCREF(function);
	return dataset_wrap(sj_dataset_from_passes(n_outputs, n, inputs, &passes));
}

static PyObject *zip(PyObject *Py_UNUSED(c), PyObject *list)
{
	sj_dataset *inputs[SJ_DATASET_MOST_INPUTS];
	int n = inputs_take(list, SJ_DATASET_MOST_INPUTS, inputs);
	return n < 0 ? NULL : dataset_wrap(sj_dataset_zip(n, inputs));
}

/* ---- transformations ---- */

static PyObject *map(PyObject *self, PyObject *arguments)
{
	int n_outputs;
	PyObject *function;
	if (!PyArg_ParseTuple(arguments, "iO", &n_outputs, &function))
		return NULL;
	return dataset_wrap(
		sj_dataset_map(input_of(self), n_outputs, map_function, Py_NewRef(function), function_release));
}

/* map_traced(ConcreteFunction, what follows the element among its inputs), filter_traced likewise */
static PyObject *map_traced(PyObject *self, PyObject *arguments)
{
	PyObject *function, *given;
	if (!PyArg_ParseTuple(arguments, "O!O", &ConcreteFunction_Type, &function, &given))
		return NULL;
	TracedCall *c = traced_new(sj_dataset_components(((Dataset *)self)->dataset), function, given);
	return c ? dataset_wrap(sj_dataset_map(input_of(self), c->n_outputs, traced_map, c, traced_release)) : NULL;
}

static PyObject *filter_traced(PyObject *self, PyObject *arguments)
{
	PyObject *function, *given;
	if (!PyArg_ParseTuple(arguments, "O!O", &ConcreteFunction_Type, &function, &given))
		return NULL;
	TracedCall *c = traced_new(sj_dataset_components(((Dataset *)self)->dataset), function, given);
	return c ? dataset_wrap(sj_dataset_filter(input_of(self), traced_filter, c, traced_release)) : NULL;
}

static PyObject *filter(PyObject *self, PyObject *function)
{
	return dataset_wrap(sj_dataset_filter(input_of(self), filter_function, Py_NewRef(function), function_release));
}

static PyObject *shuffle(PyObject *self, PyObject *arguments)
{
	long long size, seed, seed2;
	int mode;
	if (!PyArg_ParseTuple(arguments, "LLLi", &size, &seed, &seed2, &mode))
		return NULL;
	return dataset_wrap(sj_dataset_shuffle_seeded(input_of(self), size, seed, seed2, (sj_shuffle_mode)mode));
}

static PyObject *batch(PyObject *self, PyObject *arguments)
{
	long long size;
	int drop_remainder, is_padded;
	if (!PyArg_ParseTuple(arguments, "Lpp", &size, &drop_remainder, &is_padded))
		return NULL;
	sj_dataset_batch_args args = {sizeof(args), drop_remainder};
	return dataset_wrap(is_padded ? sj_dataset_padded_batch_with(input_of(self), size, &args)
	                              : sj_dataset_batch_with(input_of(self), size, &args));
}

static PyObject *counted(PyObject *self, PyObject *number, sj_dataset *(*make)(sj_dataset *, int64_t))
{
	long long n = PyLong_AsLongLong(number);
	return n == -1 && PyErr_Occurred() ? NULL : dataset_wrap(make(input_of(self), n));
}

static PyObject *repeat(PyObject *self, PyObject *n) { return counted(self, n, sj_dataset_repeat); }
static PyObject *skip(PyObject *self, PyObject *n) { return counted(self, n, sj_dataset_skip); }
static PyObject *take(PyObject *self, PyObject *n) { return counted(self, n, sj_dataset_take); }
static PyObject *prefetch(PyObject *self, PyObject *n) { return counted(self, n, sj_dataset_prefetch); }
static PyObject *enumerate(PyObject *self, PyObject *n) { return counted(self, n, sj_dataset_enumerate); }

static PyObject *cache(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	return dataset_wrap(sj_dataset_cache(input_of(self)));
}

static PyObject *concatenate(PyObject *self, PyObject *other)
{
	if (!PyObject_TypeCheck(other, &Dataset_Type))
		return PyErr_Format(PyExc_TypeError, "a dataset is expected");
	return dataset_wrap(sj_dataset_concatenate(input_of(self), input_of(other)));
}

static PyObject *components(PyObject *self, void *Py_UNUSED(closure))
{
	return PyLong_FromLong(sj_dataset_components(((Dataset *)self)->dataset));
}

/* ---- iterating ---- */

static PyObject *dataset_iterate(PyObject *self)
{
	DatasetIterator *it = PyObject_New(DatasetIterator, &DatasetIterator_Type);
	if (it == NULL)
		return NULL;
	it->owner = Py_NewRef(self);
	it->iterator = NULL;
	it->thread = 0;
	it->lock = PyThread_allocate_lock();
	if (it->lock == NULL) {
		Py_DECREF(it);
		return PyErr_NoMemory();
	}
	Py_BEGIN_ALLOW_THREADS it->iterator = sj_dataset_begin(((Dataset *)self)->dataset);
	Py_END_ALLOW_THREADS if (it->iterator == NULL)
	{
		Py_DECREF(it);
		return core_raise_sticky();
	}
	return (PyObject *)it;
}

/* A dataset whose function asks its own iterator is told so by the library. -1: Ctrl-C came. */
static int turn_take(DatasetIterator *it)
{
	PyLockStatus status = it->thread == PyThread_get_thread_ident()      ? PY_LOCK_INTR
	                      : PyThread_acquire_lock(it->lock, NOWAIT_LOCK) ? PY_LOCK_ACQUIRED
	                                                                     : PY_LOCK_FAILURE;
	while (status == PY_LOCK_FAILURE) {
		Py_BEGIN_ALLOW_THREADS status = PyThread_acquire_lock_timed(it->lock, 20000, 0);
		Py_END_ALLOW_THREADS if (status == PY_LOCK_FAILURE && PyErr_CheckSignals() < 0) return -1;
	}
	if (status == PY_LOCK_ACQUIRED)
		it->thread = PyThread_get_thread_ident();
	return status == PY_LOCK_ACQUIRED;
}

static void turn_give(DatasetIterator *it)
{
	it->thread = 0;
	PyThread_release_lock(it->lock);
}

static PyObject *element_next(DatasetIterator *it)
{
	sj_tensor *tensors[MOST];
	bool has_more;
	if (it->iterator == NULL || PyErr_CheckSignals() < 0)
		return NULL;
	bool began = core_iteration_begin();
	Py_BEGIN_ALLOW_THREADS has_more = sj_iterator_next(it->iterator, tensors);
	Py_END_ALLOW_THREADS if (core_iteration_end(began) && PyErr_CheckSignals() < 0)
	{
		sj_error_clear();
		return NULL;
	}
	if (has_more)
		return element_wrap(sj_dataset_components(((Dataset *)it->owner)->dataset), tensors);
	return sj_ok() ? NULL : error_receive();
}

static PyObject *iterator_next(PyObject *self)
{
	DatasetIterator *it = (DatasetIterator *)self;
	int taken = turn_take(it);
	PyObject *element = taken < 0 ? NULL : element_next(it);
	if (taken > 0)
		turn_give(it);
	return element;
}

/* One that is in use stays open. */
static PyObject *iterator_close(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	DatasetIterator *it = (DatasetIterator *)self;
	if (it->thread != 0)
		Py_RETURN_NONE;
	sj_iterator *iterator = it->iterator;
	it->iterator = NULL;
	Py_BEGIN_ALLOW_THREADS sj_iterator_free(iterator);
	Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static void iterator_dealloc(PyObject *self)
{
	PyObject *type, *error, *trace;
	PyErr_Fetch(&type, &error, &trace); /* a generator's end may run Python */
	Py_XDECREF(iterator_close(self, NULL));
	PyErr_Restore(type, error, trace);
	Py_XDECREF(((DatasetIterator *)self)->owner);
	if (((DatasetIterator *)self)->lock != NULL)
		PyThread_free_lock(((DatasetIterator *)self)->lock);
	Py_TYPE(self)->tp_free(self);
}

static void dataset_dealloc(PyObject *self)
{
	sj_dataset_free(((Dataset *)self)->dataset);
	Py_TYPE(self)->tp_free(self);
}

/* ---- types ---- */

static PyMethodDef dataset_methods[] =
	{{"from_tensors", from_tensors, METH_O | METH_STATIC, NULL},
         {"from_slices", from_slices, METH_O | METH_STATIC, NULL},
         {"range", from_range, METH_VARARGS | METH_STATIC, NULL},
         {"text_lines", text_lines, METH_O | METH_STATIC, NULL},
         {"from_passes", from_passes, METH_VARARGS | METH_STATIC, "from_passes(n_outputs, function, inputs)"},
         {"zip", zip, METH_O | METH_STATIC, NULL},
         {"map", map, METH_VARARGS, "map(n_outputs, function)"},
         {"filter", filter, METH_O, NULL},
         {"map_traced", map_traced, METH_VARARGS, "map_traced(ConcreteFunction, captured tensors)"},
         {"filter_traced", filter_traced, METH_VARARGS, "filter_traced(ConcreteFunction, captured tensors)"},
         {"shuffle", shuffle, METH_VARARGS, "shuffle(buffer_size, seed, seed2, mode)"},
         {"batch", batch, METH_VARARGS, "batch(size, drop_remainder, is_padded)"},
         {"repeat", repeat, METH_O, NULL},
         {"skip", skip, METH_O, NULL},
         {"take", take, METH_O, NULL},
         {"prefetch", prefetch, METH_O, NULL},
         {"enumerate", enumerate, METH_O, NULL},
         {"cache", cache, METH_NOARGS, NULL},
         {"concatenate", concatenate, METH_O, NULL},
         {NULL, NULL, 0, NULL}};
static PyGetSetDef dataset_fields[] = {{"components", components, NULL, "The number of tensors of an element.", NULL},
                                       {NULL, NULL, NULL, NULL, NULL}};
static PyMethodDef iterator_methods[] = {{"close", iterator_close, METH_NOARGS, "Ends the iterator, threads included."},
                                         {NULL, NULL, 0, NULL}};

PyTypeObject Dataset_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Dataset",
                             .tp_basicsize = sizeof(Dataset),
                             .tp_dealloc = dataset_dealloc,
                             .tp_flags = Py_TPFLAGS_DEFAULT,
                             .tp_iter = dataset_iterate,
                             .tp_methods = dataset_methods,
                             .tp_getset = dataset_fields,
                             .tp_doc = "A dataset of the library: flat tuples of tensors."};
PyTypeObject DatasetIterator_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.DatasetIterator",
                                     .tp_basicsize = sizeof(DatasetIterator),
                                     .tp_dealloc = iterator_dealloc,
                                     .tp_flags = Py_TPFLAGS_DEFAULT,
                                     .tp_iter = PyObject_SelfIter,
                                     .tp_iternext = iterator_next,
                                     .tp_methods = iterator_methods,
                                     .tp_doc = "Goes through a dataset."};

int core_dataset_init(void) { return PyType_Ready(&PassInput_Type); }

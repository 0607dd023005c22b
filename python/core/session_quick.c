/*
 * Session.run again: what was run before with the same fetches and feed keys (the very objects) is found here, arrays become tensors and the library runs. Everything else,
 * failures above all, is the ordinary way's (graph/session.py), which answers or says why not.
 */
#include "graph.h"
#include "session.h"

enum { LONG_NS = 1000000, FEEDS_MOST = 16 };

struct Known {
	PyObject *fetches;                  /* a tensor or operation, or a tuple of them */
	PyTypeObject *kind;                 /* of the fetches: list, tuple, or NULL for one */
	PyObject *keys;                     /* tuple of fed tensors */
	Py_ssize_t n_fetches, n_targets, n; /* n: of results */
	sj_tensor **feeds, **fetched;       /* borrowed: the graph's */
	sj_node **targets;
	int *places;   /* by result: which of the fetched it is; -1: None */
	bool was_long; /* until it is known, it may be */
	int users;     /* the session's list, and the runs under way, which other threads may outlast */
};

/* ---- what may be run without more ado ---- */

/* No Python function, branch or loop: nothing asks who runs it, and nothing runs for long that did not before. */
bool session_nodes_are_plain(sj_graph *graph)
{
	static const char *const plain[] = {"AssignVariableOp",    "AssignAddVariableOp", "AssignSubVariableOp",
	                                    "ResourceApplyUpdate", "OptimizerApply",      "SymbolicGradient"};
	for (int i = 0; i < sj_graph_size(graph); i++) {
		sj_callable *callable = sj_node_callable(sj_graph_node(graph, i));
		bool known = callable == NULL;
		for (size_t k = 0; k < sizeof(plain) / sizeof(plain[0]) && !known; k++)
			known = strcmp(sj_callable_name(callable), plain[k]) == 0;
		if (!known)
			return false;
	}
	return true;
}

static void known_free(struct Known *k)
{
	if (--k->users > 0)
		return;
	Py_XDECREF(k->fetches);
	Py_XDECREF(k->keys);
	PyMem_Free(k->feeds);
	PyMem_Free(k->fetched);
	PyMem_Free(k->targets);
	PyMem_Free(k->places);
	PyMem_Free(k);
}

void session_quick_clear(Session *s)
{
	while (s->n_known > 0)
		known_free(s->known[--s->n_known]);
}

int session_quick_traverse(const Session *s, visitproc visit, void *arg)
{
	for (int i = 0; i < s->n_known; i++) {
		Py_VISIT(s->known[i]->fetches);
		Py_VISIT(s->known[i]->keys);
	}
	return 0;
}

static bool fetches_match(const struct Known *k, PyObject *fetches)
{
	if (k->kind == NULL)
		return k->fetches == fetches;
	if (Py_TYPE(fetches) != k->kind || PySequence_Fast_GET_SIZE(fetches) != PyTuple_GET_SIZE(k->fetches))
		return false;
	PyObject **items = PySequence_Fast_ITEMS(fetches);
	for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(k->fetches); i++)
		if (items[i] != PyTuple_GET_ITEM(k->fetches, i))
			return false;
	return true;
}

static bool is_known(const Session *s, PyObject *fetches, PyObject *keys)
{
	for (int i = 0; i < s->n_known; i++) {
		bool same = fetches_match(s->known[i], fetches) &&
		            PyTuple_GET_SIZE(keys) == PyTuple_GET_SIZE(s->known[i]->keys);
		for (Py_ssize_t j = 0; same && j < PyTuple_GET_SIZE(keys); j++)
			same = PyTuple_GET_ITEM(keys, j) == PyTuple_GET_ITEM(s->known[i]->keys, j);
		if (same)
			return true;
	}
	return false;
}

static int places_read(struct Known *k, PyObject *targets, PyObject *places)
{
	k->n_targets = PyList_GET_SIZE(targets);
	k->n = PyList_GET_SIZE(places);
	k->targets = PyMem_Calloc((size_t)k->n_targets + 1, sizeof(*k->targets));
	k->places = PyMem_Calloc((size_t)k->n + 1, sizeof(*k->places));
	if (k->targets == NULL || k->places == NULL)
		return -1;
	for (Py_ssize_t i = 0; i < k->n_targets; i++)
		k->targets[i] = ((Node *)PyList_GET_ITEM(targets, i))->node;
	for (Py_ssize_t i = 0; i < k->n; i++)
		k->places[i] = (int)PyLong_AsLong(PyList_GET_ITEM(places, i));
	return PyErr_Occurred() ? -1 : 0;
}

/* _learn(fetches, fed tensors, fetched tensors, target nodes, for each result which fetched tensor or -1) */
PyObject *session_learn(PyObject *self, PyObject *arguments)
{
	Session *s = (Session *)self;
	PyObject *fetches, *keys, *fetched, *targets, *places;
	Py_ssize_t n_keys = 0;
	if (!PyArg_ParseTuple(arguments, "OO!O!O!O!", &fetches, &PyTuple_Type, &keys, &PyList_Type, &fetched,
	                      &PyList_Type, &targets, &PyList_Type, &places))
		return NULL;
	if (PyTuple_GET_SIZE(keys) > FEEDS_MOST || is_known(s, fetches, keys) ||
	    !session_nodes_are_plain(((Graph *)s->graph)->graph))
		Py_RETURN_NONE;
	struct Known *k = PyMem_Calloc(1, sizeof(*k));
	if (k == NULL)
		return PyErr_NoMemory();
	k->users = 1;
	k->was_long = true;
	k->kind = PyList_CheckExact(fetches) || PyTuple_CheckExact(fetches) ? Py_TYPE(fetches) : NULL;
	k->fetches = k->kind ? PySequence_Tuple(fetches) : Py_NewRef(fetches);
	k->keys = Py_NewRef(keys);
	k->feeds = graph_tensors_of(keys, "a feed", &n_keys);
	k->fetched = graph_tensors_of(fetched, "a fetch", &k->n_fetches);
	if (k->fetches == NULL || k->feeds == NULL || k->fetched == NULL || places_read(k, targets, places) < 0) {
		known_free(k);
		return PyErr_Occurred() ? NULL : PyErr_NoMemory();
	}
	struct Known *last = s->n_known == KNOWN_MOST ? s->known[--s->n_known] : NULL;
	memmove(s->known + 1, s->known, sizeof(s->known[0]) * (size_t)s->n_known++);
	s->known[0] = k;
	if (last != NULL)
		known_free(last);
	Py_RETURN_NONE;
}

/* ---- feeds ---- */

static bool shape_fits(const sj_tensor *t, int rank, const Py_ssize_t *dims)
{
	int expected = sj_tensor_rank(t);
	bool fits = expected < 0 || expected == rank;
	for (int i = 0; fits && i < rank && expected >= 0; i++)
		fits = sj_tensor_dims(t)[i] < 0 || sj_tensor_dims(t)[i] == dims[i];
	return fits;
}

static sj_tensor *tensor_new(sj_dtype dtype, int rank, const Py_ssize_t *dims, const void *data, Py_ssize_t n)
{
	int64_t shape[SJ_MAX_RANK];
	for (int i = 0; i < rank; i++)
		shape[i] = dims[i];
	return sj_keep(sj_tensor_new(dtype, (sj_ints){rank, shape}, data, (size_t)n * sj_dtype_size(dtype)));
}

/* NumPy's conversion of the commonest arrays that are not of the placeholder's dtype; an overflow is warned of in the ordinary way. */
static bool narrow(sj_dtype dtype, const Py_buffer *view, void *to, Py_ssize_t n)
{
	bool fits = true;
	if (dtype == SJ_INT32) {
		for (Py_ssize_t i = 0; i < n; i++) {
			int64_t x; /* an array may lie anywhere */
			memcpy(&x, (const char *)view->buf + 8 * i, 8);
			((int32_t *)to)[i] = (int32_t)x;
		}
		return true;
	}
	for (Py_ssize_t i = 0; i < n; i++) {
		double x;
		memcpy(&x, (const char *)view->buf + 8 * i, 8);
		((float *)to)[i] = (float)x;
		fits &= !(x > 3.4e38) & !(x < -3.4e38);
	}
	return fits;
}

static sj_tensor *from_array(PyObject *array, const sj_tensor *feed)
{
	enum { FEW = 2048 };
	char few[FEW];
	Py_buffer view;
	sj_tensor *t = NULL;
	if (PyObject_GetBuffer(array, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
		PyErr_Clear();
		return NULL;
	}
	sj_dtype dtype = sj_tensor_dtype(feed), found = core_format_dtype(view.format, view.itemsize);
	Py_ssize_t n = view.itemsize ? view.len / view.itemsize : 0;
	bool narrows = (dtype == SJ_FLOAT32 && found == SJ_FLOAT64) || (dtype == SJ_INT32 && found == SJ_INT64);
	if (view.ndim <= SJ_MAX_RANK && shape_fits(feed, view.ndim, view.shape) && (found == dtype || narrows)) {
		size_t bytes = (size_t)n * 4;
		void *room = !narrows ? view.buf : bytes <= FEW ? few : PyMem_Malloc(bytes);
		if (room != NULL && (!narrows || narrow(dtype, &view, room, n)))
			t = tensor_new(dtype, view.ndim, view.shape, room, n);
		if (narrows && room != few)
			PyMem_Free(room);
	}
	PyBuffer_Release(&view);
	return t;
}

/* The value as a tensor of what is fed, an own reference; NULL, without a Python error: ask the ordinary way. */
static sj_tensor *from_value(PyObject *value, const sj_tensor *feed)
{
	static PyTypeObject *array;
	if (array == NULL) {
		PyObject *numpy = PyImport_ImportModule("numpy");
		array = numpy ? (PyTypeObject *)PyObject_GetAttrString(numpy, "ndarray") : NULL;
		Py_XDECREF(numpy);
		PyErr_Clear();
	}
	if (Py_TYPE(value) == array)
		return from_array(value, feed);
	if (!PyFloat_CheckExact(value) || !shape_fits(feed, 0, NULL))
		return NULL;
	double x = PyFloat_AS_DOUBLE(value);
	float narrowed = (float)x;
	if (sj_tensor_dtype(feed) == SJ_FLOAT64)
		return tensor_new(SJ_FLOAT64, 0, NULL, &x, 1);
	return sj_tensor_dtype(feed) == SJ_FLOAT32 ? tensor_new(SJ_FLOAT32, 0, NULL, &narrowed, 1) : NULL;
}

/* ---- results ---- */

/* The NumPy scalar of a scalar; arrays are made where they always are. */
static PyObject *value_of(sj_tensor *own)
{
	static PyObject *scalars[CORE_DTYPES];
	static const char *const names[CORE_DTYPES] = {[SJ_FLOAT32] = "float32", [SJ_FLOAT64] = "float64"};
	sj_dtype dtype = sj_tensor_dtype(own);
	if (sj_tensor_rank(own) == 0 && names[dtype] != NULL) {
		PyObject *numpy = scalars[dtype] ? NULL : PyImport_ImportModule("numpy");
		if (numpy != NULL)
			scalars[dtype] = PyObject_GetAttrString(numpy, names[dtype]);
		Py_XDECREF(numpy);
		PyObject *number = PyFloat_FromDouble(sj_item(own));
		PyObject *value = number && scalars[dtype] ? PyObject_CallOneArg(scalars[dtype], number) : NULL;
		Py_XDECREF(number);
		sj_free(own);
		return value;
	}
	PyObject *tensor = core_wrap(own), *value = tensor ? core_call_hook(core.numpy, tensor, "run()") : NULL;
	Py_XDECREF(tensor);
	return value;
}

static PyObject *results_build(const struct Known *k, sj_tensor **results)
{
	PyObject *values[FEEDS_MOST], *built = NULL;
	bool good = true;
	for (Py_ssize_t i = 0; i < k->n_fetches; i++) {
		if (!good) /* nothing is made behind an error */
			sj_free(results[i]);
		values[i] = good ? value_of(results[i]) : NULL;
		good &= values[i] != NULL;
	}
	if (good && k->kind == NULL)
		built = Py_NewRef(k->places[0] < 0 ? Py_None : values[k->places[0]]);
	else if (good)
		built = k->kind == &PyList_Type ? PyList_New(k->n) : PyTuple_New(k->n);
	for (Py_ssize_t i = 0; built != NULL && k->kind != NULL && i < k->n; i++) {
		PyObject *one = Py_NewRef(k->places[i] < 0 ? Py_None : values[k->places[i]]);
		if (k->kind == &PyList_Type)
			PyList_SET_ITEM(built, i, one);
		else
			PyTuple_SET_ITEM(built, i, one);
	}
	for (Py_ssize_t i = 0; i < k->n_fetches; i++)
		Py_XDECREF(values[i]);
	return built;
}

/* ---- the run ---- */

/* The values in the order of the keys; false where the keys are others. */
static bool feeds_match(const struct Known *k, PyObject *dict, PyObject **values)
{
	Py_ssize_t n = PyTuple_GET_SIZE(k->keys), at = 0, i = 0;
	PyObject *key, *value;
	if (dict == Py_None)
		return n == 0;
	if (!PyDict_CheckExact(dict) || PyDict_GET_SIZE(dict) != n)
		return false;
	for (; PyDict_Next(dict, &at, &key, &value); i++) {
		Py_ssize_t j = i;
		if (PyTuple_GET_ITEM(k->keys, i) != key)
			for (j = 0; j < n && PyTuple_GET_ITEM(k->keys, j) != key; j++)
				;
		if (j == n)
			return false;
		values[j] = value;
	}
	return true;
}

typedef struct Again {
	sj_session *session;
	const struct Known *known;
	sj_tensor *values[FEEDS_MOST], *results[FEEDS_MOST];
} Again;

static sj_status again_work(void *context)
{
	Again *a = context;
	const struct Known *k = a->known;
	return sj_session_run(a->session, (int)PyTuple_GET_SIZE(k->keys), k->feeds, a->values, (int)k->n_fetches,
	                      k->fetched, (int)k->n_targets, k->targets, a->results);
}

/* Nothing is raised but what Ctrl-C does: the ordinary way says what is wrong. */
static PyObject *run_again(Session *s, struct Known *k, PyObject *const *given)
{
	Again a = {.session = s->session, .known = k};
	Py_ssize_t n = PyTuple_GET_SIZE(k->keys), n_taken = 0;
	sj_status status = SJ_OK;
	bool done = false;
	if (k->n_fetches > FEEDS_MOST)
		return Py_NewRef(Py_NotImplemented);
	sj_scope scope = sj_scope_begin();
	for (; n_taken < n && (a.values[n_taken] = from_value(given[n_taken], k->feeds[n_taken])) != NULL; n_taken++)
		;
	if (n_taken == n && sj_ok()) {
		int64_t begin = sj_clock_ns();
		if (k->was_long || core_is_heavy((int)n, a.values))
			status = core_long(again_work, &a, &done);
		else
			done = (status = again_work(&a)) == SJ_OK;
		k->was_long = sj_clock_ns() - begin > LONG_NS;
	}
	for (Py_ssize_t i = 0; i < n_taken; i++)
		sj_free(a.values[i]);
	sj_scope_end(scope);
	if (done && status == SJ_OK)
		return results_build(k, a.results);
	for (Py_ssize_t i = 0; done && i < k->n_fetches; i++)
		sj_free(a.results[i]);
	if (PyErr_Occurred())
		return NULL;
	if (!sj_ok()) {
		core_raise_sticky();
		PyErr_Clear();
	}
	return Py_NewRef(Py_NotImplemented);
}

/* _quick(fetches, feed_dict): the results, or NotImplemented and nothing done */
PyObject *session_quick(PyObject *self, PyObject *const *arguments, Py_ssize_t n)
{
	Session *s = (Session *)self;
	PyObject *values[FEEDS_MOST];
	if (n != 2)
		return PyErr_Format(PyExc_TypeError, "fetches and feeds are expected");
	int i = 0;
	for (; i < s->n_known; i++)
		if (fetches_match(s->known[i], arguments[0]) && feeds_match(s->known[i], arguments[1], values))
			break;
	if (i == s->n_known)
		return Py_NewRef(Py_NotImplemented);
	struct Known *known = s->known[i];
	known->users++;
	PyObject *results = run_again(s, known, values);
	known_free(known);
	return results;
}

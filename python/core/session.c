/* Session, ConcreteFunction, conditions, loops and Python functions as nodes: what runs graphs. */
#include "graph.h"
#include "session.h"

/* ---- Session ---- */

static int session_init(PyObject *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	Session *s = (Session *)self;
	PyObject *graph;
	if (!PyArg_ParseTuple(arguments, "O!", &Graph_Type, &graph))
		return -1;
	if (s->session != NULL)
		return 0;
	s->session = sj_session_new(((Graph *)graph)->graph);
	s->graph = Py_NewRef(graph);
	if (s->session != NULL)
		return 0;
	core_raise_sticky();
	return -1;
}

static int session_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((Session *)self)->graph);
	return session_quick_traverse((Session *)self, visit, arg);
}

static int session_clear(PyObject *self)
{
	session_quick_clear((Session *)self);
	Py_CLEAR(((Session *)self)->graph);
	return 0;
}

static void session_dealloc(PyObject *self)
{
	PyObject_GC_UnTrack(self);
	sj_session_free(((Session *)self)->session);
	session_clear(self);
	Py_TYPE(self)->tp_free(self);
}

typedef struct Run {
	sj_session *session;
	Py_ssize_t n_feeds, n_values, n_fetches, n_targets;
	sj_tensor **feeds, **values, **fetches, **results;
	sj_node **targets;
} Run;

static sj_status run_work(void *context)
{
	const Run *r = context;
	return sj_session_run(r->session, (int)r->n_feeds, r->feeds, r->values, (int)r->n_fetches, r->fetches,
	                      (int)r->n_targets, r->targets, r->results);
}

static int run_arguments(Run *r, PyObject *arguments)
{
	PyObject *feeds, *values, *fetches, *targets;
	if (!PyArg_ParseTuple(arguments, "OOOO!", &feeds, &values, &fetches, &PyList_Type, &targets))
		return -1;
	r->n_targets = PyList_GET_SIZE(targets);
	if ((r->feeds = graph_tensors_of(feeds, "a feed", &r->n_feeds)) == NULL ||
	    (r->values = graph_tensors_of(values, "a fed value", &r->n_values)) == NULL ||
	    (r->fetches = graph_tensors_of(fetches, "a fetch", &r->n_fetches)) == NULL)
		return -1;
	r->targets = PyMem_Calloc((size_t)r->n_targets + 1, sizeof(*r->targets));
	r->results = PyMem_Calloc((size_t)r->n_fetches + 1, sizeof(*r->results));
	if (r->targets == NULL || r->results == NULL || r->n_values != r->n_feeds) {
		PyErr_SetString(PyExc_ValueError, "as many values as feeds are expected");
		return -1;
	}
	for (Py_ssize_t i = 0; i < r->n_targets; i++) {
		PyObject *o = PyList_GET_ITEM(targets, i);
		if (!PyObject_TypeCheck(o, &Node_Type)) {
			PyErr_SetString(PyExc_TypeError, "a target is a node");
			return -1;
		}
		r->targets[i] = ((Node *)o)->node;
	}
	return 0;
}

static PyObject *session_run(PyObject *self, PyObject *arguments)
{
	Run r = {.session = ((Session *)self)->session};
	PyObject *result = NULL;
	if (run_arguments(&r, arguments) == 0) {
		bool done = false;
		sj_status status = core_long(run_work, &r, &done);
		if (status == SJ_OK)
			result = graph_list_of(r.n_fetches, r.results);
		else if (sj_ok())
			core_raise(status);
		else
			core_raise_sticky();
		for (Py_ssize_t i = 0; done && status != SJ_OK && i < r.n_fetches; i++)
			sj_free(r.results[i]);
	}
	PyMem_Free(r.feeds);
	PyMem_Free(r.values);
	PyMem_Free(r.fetches);
	PyMem_Free(r.targets);
	PyMem_Free(r.results);
	return result;
}

/* The value of a graph's variable in this session, or None before it has one. */
static PyObject *session_variable(PyObject *self, PyObject *variable)
{
	if (core_handle_check(variable, "the variable") < 0)
		return NULL;
	sj_tensor *own = sj_session_variable(((Session *)self)->session, HANDLE_TENSOR(variable));
	if (own == NULL || sj_tensor_data(own) == NULL)
		Py_RETURN_NONE;
	sj_tensor *value = core_read(own);
	return value ? core_wrap(value) : NULL;
}

static PyObject *session_failed(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(nothing))
{
	return graph_node_object(sj_session_failed());
}

static PyObject *session_forget(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	session_quick_clear((Session *)self);
	Py_RETURN_NONE;
}

static PyMethodDef session_methods[] = {{"_run", session_run, METH_VARARGS, "run(feeds, values, fetches, targets)"},
                                        {"_learn", session_learn, METH_VARARGS, NULL},
                                        {"_forget", session_forget, METH_NOARGS, "No run is known any more."},
                                        {"_quick", (PyCFunction)(void (*)(void))session_quick, METH_FASTCALL, NULL},
                                        {"_variable", session_variable, METH_O, "The value of a variable, or None."},
                                        {"_failed", session_failed, METH_NOARGS,
                                         "The node that failed in this thread's last run."},
                                        {NULL, NULL, 0, NULL}};

PyTypeObject Session_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Session",
                             .tp_basicsize = sizeof(Session),
                             .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                             .tp_doc = "Runs a graph and holds the values of its variables.",
                             .tp_traverse = session_traverse,
                             .tp_clear = session_clear,
                             .tp_dealloc = session_dealloc,
                             .tp_methods = session_methods,
                             .tp_init = session_init,
                             .tp_new = PyType_GenericNew};

/* ---- ConcreteFunction ---- */

/* Loops, Python functions, many nodes, large variables or results. */
static bool graph_is_heavy(sj_graph *graph)
{
	enum { MANY_NODES = 1000, HEAVY_BYTES = 1 << 18 };
	size_t bytes = 0;
	if (sj_graph_size(graph) > MANY_NODES || !session_nodes_are_plain(graph))
		return true;
	for (int i = 0; i < sj_graph_size(graph); i++) {
		sj_tensor *t;
		for (int k = 0; (t = sj_node_output(sj_graph_node(graph, i), k)) != NULL; k++)
			if (sj_tensor_size(t) > 0)
				bytes += (size_t)sj_tensor_size(t) * sj_dtype_size(sj_tensor_dtype(t));
	}
	return bytes >= HEAVY_BYTES;
}

static int concrete_init(PyObject *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	ConcreteFunction *f = (ConcreteFunction *)self;
	PyObject *graph, *input_list, *output_list;
	Py_ssize_t n_inputs, n_outputs;
	if (!PyArg_ParseTuple(arguments, "O!OO", &Graph_Type, &graph, &input_list, &output_list))
		return -1;
	sj_tensor **inputs = graph_tensors_of(input_list, "an input", &n_inputs);
	sj_tensor **outputs = inputs ? graph_tensors_of(output_list, "an output", &n_outputs) : NULL;
	if (outputs != NULL && f->function == NULL) {
		f->function = sj_concrete_function_new(((Graph *)graph)->graph, (int)n_inputs, inputs, (int)n_outputs,
		                                       outputs);
		f->graph = Py_NewRef(graph);
		f->n_outputs = (int)n_outputs;
		f->is_heavy = graph_is_heavy(((Graph *)graph)->graph);
		if (f->function == NULL)
			core_raise_sticky();
	}
	PyMem_Free(inputs);
	PyMem_Free(outputs);
	return PyErr_Occurred() ? -1 : 0;
}

static int concrete_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((ConcreteFunction *)self)->graph);
	Py_VISIT(((ConcreteFunction *)self)->dict);
	return 0;
}

static int concrete_clear(PyObject *self)
{
	Py_CLEAR(((ConcreteFunction *)self)->dict);
	Py_CLEAR(((ConcreteFunction *)self)->graph);
	return 0;
}

static void concrete_dealloc(PyObject *self)
{
	ConcreteFunction *f = (ConcreteFunction *)self;
	PyObject_GC_UnTrack(self);
	if (f->weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	sj_concrete_function_free(f->function);
	concrete_clear(self);
	Py_TYPE(self)->tp_free(self);
}

typedef struct Call {
	sj_concrete_function *function;
	int n_inputs, n_outputs;
	sj_tensor **inputs, **outputs;
} Call;

static sj_status call_work(void *context)
{
	const Call *c = context;
	return sj_concrete_function_call(c->function, c->n_inputs, c->inputs, c->n_outputs, c->outputs);
}

sj_status graph_function_run(const ConcreteFunction *f, int n_inputs, sj_tensor **inputs, sj_tensor **outputs)
{
	Call c = {f->function, n_inputs, f->n_outputs, inputs, outputs};
	bool done = false;
	if (sj_graph_now() != NULL || !(f->is_heavy || core_is_heavy(n_inputs, inputs)))
		return call_work(&c);
	sj_status status = core_long(call_work, &c, &done);
	for (int k = 0; done && status != SJ_OK && k < f->n_outputs; k++)
		sj_free(outputs[k]);
	return status;
}

static void notes_reads(PyObject *list)
{
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
		if (PyObject_TypeCheck(PyList_GET_ITEM(list, i), &VariableBase_Type))
			CORE_NOTE_READ(PyList_GET_ITEM(list, i));
}

static PyObject *concrete_call(PyObject *self, PyObject *list)
{
	ConcreteFunction *f = (ConcreteFunction *)self;
	Py_ssize_t n;
	sj_tensor **inputs = PyList_Check(list) ? graph_tensors_of(list, "an input", &n) : NULL;
	if (inputs == NULL)
		return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "a list of tensors is expected");
	notes_reads(list);
	sj_tensor **outputs = PyMem_Calloc((size_t)f->n_outputs + 1, sizeof(*outputs));
	PyObject *result = NULL;
	if (outputs != NULL) {
		sj_status status = graph_function_run(f, (int)n, inputs, outputs);
		if (status == SJ_OK)
			result = graph_list_of(f->n_outputs, outputs);
		else if (sj_ok())
			core_raise(status);
		else
			core_raise_sticky();
	}
	PyMem_Free(inputs);
	PyMem_Free(outputs);
	return result;
}

static PyObject *concrete_graph(PyObject *self, void *Py_UNUSED(closure))
{
	PyObject *graph = (PyObject *)((ConcreteFunction *)self)->graph;
	return graph ? Py_NewRef(graph) : PyErr_Format(PyExc_AttributeError, "the function was not initialised");
}

static PyObject *concrete_restart(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_concrete_function_restart(((ConcreteFunction *)self)->function);
	Py_RETURN_NONE;
}

static PyMethodDef concrete_methods[] = {{"_restart", concrete_restart, METH_NOARGS,
                                          "Seeded random numbers begin anew."},
                                         {"_call_list", concrete_call, METH_O,
                                          "call(list of tensors): list of tensors"},
                                         {NULL, NULL, 0, NULL}};

static PyGetSetDef concrete_properties[] = {{"_graph", concrete_graph, NULL, "Its graph.", NULL},
                                            {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject ConcreteFunction_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.ConcreteFunction",
                                      .tp_basicsize = sizeof(ConcreteFunction),
                                      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                      .tp_doc = "A graph that is called like an operation.",
                                      .tp_dictoffset = offsetof(ConcreteFunction, dict),
                                      .tp_weaklistoffset = offsetof(ConcreteFunction, weak_references),
                                      .tp_traverse = concrete_traverse,
                                      .tp_clear = concrete_clear,
                                      .tp_dealloc = concrete_dealloc,
                                      .tp_methods = concrete_methods,
                                      .tp_getset = concrete_properties,
                                      .tp_init = concrete_init,
                                      .tp_new = PyType_GenericNew};

/* ---- conditions and loops ---- */

static PyObject *finish(sj_status status, Py_ssize_t n, sj_tensor **outputs)
{
	if (status == SJ_OK)
		return graph_list_of(n, outputs);
	return sj_ok() ? core_raise(status) : core_raise_sticky();
}

PyObject *core_cond(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *condition, *then, *otherwise, *input_list, *result = NULL;
	Py_ssize_t n;
	if (!PyArg_ParseTuple(arguments, "OO!O!O", &condition, &ConcreteFunction_Type, &then, &ConcreteFunction_Type,
	                      &otherwise, &input_list) ||
	    core_handle_check(condition, "the condition") < 0)
		return NULL;
	int n_outputs = ((ConcreteFunction *)then)->n_outputs;
	sj_tensor **inputs = graph_tensors_of(input_list, "an input", &n);
	sj_tensor **outputs = inputs ? PyMem_Calloc((size_t)n_outputs + 1, sizeof(*outputs)) : NULL;
	if (outputs != NULL)
		result = finish(sj_cond(HANDLE_TENSOR(condition), ((ConcreteFunction *)then)->function,
		                        ((ConcreteFunction *)otherwise)->function, (int)n, inputs, n_outputs, outputs),
		                n_outputs, outputs);
	PyMem_Free(inputs);
	PyMem_Free(outputs);
	return result;
}

PyObject *core_while(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *condition, *body, *state_list, *result = NULL;
	long long limit;
	Py_ssize_t n;
	if (!PyArg_ParseTuple(arguments, "O!O!LO", &ConcreteFunction_Type, &condition, &ConcreteFunction_Type, &body,
	                      &limit, &state_list))
		return NULL;
	sj_tensor **state = graph_tensors_of(state_list, "a loop variable", &n);
	sj_tensor **outputs = state ? PyMem_Calloc((size_t)n + 1, sizeof(*outputs)) : NULL;
	if (outputs != NULL)
		result = finish(sj_while(((ConcreteFunction *)condition)->function,
		                         ((ConcreteFunction *)body)->function, limit, (int)n, state, outputs),
		                n, outputs);
	PyMem_Free(state);
	PyMem_Free(outputs);
	return result;
}

/* ---- Python functions ---- */

typedef struct PyCall {
	PyObject *function;
	sj_callable_type type; /* its name is behind it */
	int n_outputs;
	sj_dtype *dtypes;
	int *ranks;
	int64_t *dims; /* SJ_MAX_RANK each */
	char *name;
} PyCall;

static void py_call_release(void *context)
{
	PyCall *c = context;
	PyGILState_STATE state = PyGILState_Ensure();
	Py_XDECREF(c->function);
	PyMem_Free(c->dtypes);
	PyMem_Free(c->ranks);
	PyMem_Free(c->dims);
	PyMem_Free(c->name);
	PyMem_Free(c);
	PyGILState_Release(state);
}

static int results_take(const PyCall *c, PyObject *result, sj_tensor **ret_outputs)
{
	PyObject *list = PySequence_Fast(result, "a Python function of a graph must return a list of tensors");
	if (list == NULL)
		return -1;
	int failed = 0;
	if (PySequence_Fast_GET_SIZE(list) != c->n_outputs) {
		PyErr_Format(PyExc_ValueError, "%s returned %zd values, expects to see %d values.", c->name,
		             PySequence_Fast_GET_SIZE(list), c->n_outputs);
		failed = -1;
	}
	for (int k = 0; failed == 0 && k < c->n_outputs; k++) {
		ret_outputs[k] = core_convert(PySequence_Fast_GET_ITEM(list, k), c->dtypes[k]);
		failed = ret_outputs[k] == NULL ? -1 : 0;
	}
	Py_DECREF(list);
	return failed;
}

static sj_status py_call_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                                sj_tensor **ret_outputs)
{
	const PyCall *c = context;
	(void)n_outputs;
	core_callback callback = core_callback_begin();
	PyObject *list = PyErr_Occurred() ? NULL : PyList_New(n_inputs), *result = NULL;
	for (int i = 0; list != NULL && i < n_inputs; i++) {
		PyObject *one = inputs[i] ? core_wrap(sj_keep(inputs[i])) : Py_NewRef(Py_None);
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, i, one);
	}
	if (list != NULL)
		result = PyObject_CallOneArg(c->function, list);
	int failed = result == NULL ? -1 : results_take(c, result, ret_outputs);
	Py_XDECREF(list);
	Py_XDECREF(result);
	bool travels = failed < 0 && core_error_travels();
	core_callback_end(callback);
	if (travels)
		return sj_error_code();
	return failed < 0 ? sj_error_set(SJ_UNKNOWN, "a Python function of a graph raised an exception") : SJ_OK;
}

static sj_status py_call_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                               int *ranks, int64_t *dims)
{
	const PyCall *c = context;
	(void)n_inputs;
	(void)inputs;
	for (int k = 0; k < n_outputs; k++) {
		dtypes[k] = c->dtypes[k];
		ranks[k] = c->ranks[k];
		memcpy(dims + (size_t)k * SJ_MAX_RANK, c->dims + (size_t)k * SJ_MAX_RANK,
		       sizeof(int64_t) * SJ_MAX_RANK);
	}
	return SJ_OK;
}

static int outputs_read(PyCall *c, PyObject *specs)
{
	for (int k = 0; k < c->n_outputs; k++) {
		PyObject *spec = PyList_GET_ITEM(specs, k), *shape_object;
		int dtype;
		sj_ints shape;
		if (!PyTuple_Check(spec) || !PyArg_ParseTuple(spec, "iO", &dtype, &shape_object) ||
		    graph_shape_of(shape_object, &shape, c->dims + (size_t)k * SJ_MAX_RANK) < 0) {
			if (!PyErr_Occurred())
				PyErr_SetString(PyExc_TypeError, "an output is (dtype number, shape)");
			return -1;
		}
		c->dtypes[k] = (sj_dtype)dtype;
		c->ranks[k] = (int)shape.count;
	}
	return 0;
}

static PyCall *py_call_new(PyObject *function, const char *name, int stateful, PyObject *specs)
{
	PyCall *c = PyMem_Calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	size_t n = (size_t)PyList_GET_SIZE(specs), length = strlen(name) + 1;
	c->n_outputs = (int)n;
	c->function = Py_NewRef(function);
	c->dtypes = PyMem_Calloc(n + 1, sizeof(*c->dtypes));
	c->ranks = PyMem_Calloc(n + 1, sizeof(*c->ranks));
	c->dims = PyMem_Calloc(n * SJ_MAX_RANK + 1, sizeof(*c->dims));
	c->name = PyMem_Malloc(length);
	if (!c->dtypes || !c->ranks || !c->dims || !c->name || outputs_read(c, specs) < 0) {
		py_call_release(c);
		return NULL;
	}
	memcpy(c->name, name, length);
	c->type = (sj_callable_type){.size = sizeof(sj_callable_type),
	                             .name = c->name,
	                             .is_stateful = stateful != 0,
	                             .invoke = py_call_invoke,
	                             .infer = py_call_infer,
	                             .release = py_call_release};
	return c;
}

PyObject *core_py_call(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *function, *input_list, *specs, *result = NULL;
	const char *name;
	int stateful;
	Py_ssize_t n;
	if (!PyArg_ParseTuple(arguments, "OspOO!", &function, &name, &stateful, &input_list, &PyList_Type, &specs))
		return NULL;
	sj_tensor **inputs = graph_tensors_of(input_list, "an input", &n);
	sj_tensor **outputs = inputs ? PyMem_Calloc((size_t)PyList_GET_SIZE(specs) + 1, sizeof(*outputs)) : NULL;
	PyCall *c = outputs ? py_call_new(function, name, stateful, specs) : NULL;
	sj_callable *callable = c ? sj_callable_new(&c->type, c) : NULL;
	if (callable != NULL)
		result = finish(sj_call(callable, (int)n, inputs, c->n_outputs, outputs), PyList_GET_SIZE(specs),
		                outputs);
	else if (!PyErr_Occurred())
		PyErr_NoMemory();
	if (result != NULL)
		core_lines_note();
	sj_callable_free(callable);
	PyMem_Free(inputs);
	PyMem_Free(outputs);
	return result;
}

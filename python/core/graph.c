/*
 * Graph. It has one Node object for each node that was asked for, which has one SymbolicTensor for each output (node.c): identity holds, and
 * attributes that Python code sets stay.
 */
#include "graph.h"

static PyObject *graphs; /* address of the library's graph -> address of the Graph object, borrowed */
int core_any_graph;

/* ---- finding objects ---- */

static PyObject *graph_object(const sj_graph *graph)
{
	PyObject *key = PyLong_FromVoidPtr((void *)graph);
	PyObject *found = key && graphs ? PyDict_GetItemWithError(graphs, key) : NULL;
	Py_XDECREF(key);
	if (found == NULL) {
		if (!PyErr_Occurred())
			PyErr_SetString(PyExc_RuntimeError,
			                "the graph of this tensor was not made by Python, or is gone");
		return NULL;
	}
	return PyLong_AsVoidPtr(found);
}

static int list_reach(PyObject *list, Py_ssize_t n)
{
	while (PyList_GET_SIZE(list) < n)
		if (PyList_Append(list, Py_None) < 0)
			return -1;
	return 0;
}

/* The innermost frame outside this package, or NULL; without an error. */
static PyFrameObject *user_frame(void)
{
	PyFrameObject *frame = (PyFrameObject *)Py_XNewRef((PyObject *)PyEval_GetFrame());
	while (frame != NULL) {
		PyObject *globals = PyFrame_GetGlobals(frame), *name = PyDict_GetItemString(globals, "__name__");
		const char *module = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
		Py_DECREF(globals);
		if (module == NULL || (strncmp(module, "sokuji.", 7) != 0 && strcmp(module, "contextlib") != 0))
			return frame;
		PyFrameObject *back = PyFrame_GetBack(frame);
		Py_DECREF(frame);
		frame = back;
	}
	return NULL;
}

/* New nodes come from the user's line that is running: errors name it. */
static void lines_note(Graph *g)
{
	PyFrameObject *frame = sj_graph_size(g->graph) > g->n_noted ? user_frame() : NULL;
	if (frame == NULL)
		return;
	PyCodeObject *code = PyFrame_GetCode(frame);
	const char *file = PyUnicode_AsUTF8(code->co_filename);
	char line[512];
	snprintf(line, sizeof(line), "%s:%d", file ? file : "?", PyFrame_GetLineNumber(frame));
	if (sj_graph_note_origin(g->graph, line) == SJ_OK)
		g->n_noted = sj_graph_size(g->graph);
	PyErr_Clear();
	Py_DECREF(code);
	Py_DECREF(frame);
}

void core_lines_note(void)
{
	PyObject *graph = core_any_graph && sj_graph_now() ? graph_object(sj_graph_now()) : NULL;
	if (graph != NULL)
		lines_note((Graph *)graph);
	else
		PyErr_Clear();
}

static PyObject *node_of(PyObject *graph, sj_node *node)
{
	PyObject *nodes = ((Graph *)graph)->nodes;
	int index = sj_node_index(node);
	if (list_reach(nodes, index + 1) < 0)
		return NULL;
	PyObject *known = PyList_GET_ITEM(nodes, index);
	if (known != Py_None)
		return Py_NewRef(known);
	lines_note((Graph *)graph);
	Node *made = (Node *)Node_Type.tp_alloc(&Node_Type, 0);
	if (made == NULL)
		return NULL;
	made->node = node;
	made->graph = Py_NewRef(graph);
	made->outputs = PyList_New(0);
	if (made->outputs == NULL || PyList_SetItem(nodes, index, Py_NewRef(made)) < 0)
		Py_CLEAR(made);
	return (PyObject *)made;
}

PyObject *graph_node_object(sj_node *node)
{
	if (node == NULL)
		return Py_NewRef(Py_None);
	PyObject *graph = graph_object(sj_node_graph(node));
	return graph ? node_of(graph, node) : NULL;
}

PyObject *graph_output_of(PyObject *node, int k)
{
	PyObject *outputs = ((Node *)node)->outputs;
	sj_tensor *t = sj_node_output(((Node *)node)->node, k);
	if (t == NULL || list_reach(outputs, k + 1) < 0)
		return t ? NULL : PyErr_Format(PyExc_IndexError, "the operation has no output %d", k);
	PyObject *known = PyList_GET_ITEM(outputs, k);
	if (known != Py_None)
		return Py_NewRef(known);
	SymbolicTensor *made = (SymbolicTensor *)SymbolicTensor_Type.tp_alloc(&SymbolicTensor_Type, 0);
	if (made == NULL)
		return NULL;
	made->handle.tensor = sj_keep(t);
	made->node = Py_NewRef(node);
	if (PyList_SetItem(outputs, k, Py_NewRef(made)) < 0)
		Py_CLEAR(made);
	return (PyObject *)made;
}

/* The object of a symbolic tensor; takes the reference over. */
PyObject *core_wrap_symbolic(sj_tensor *own)
{
	int k = 0;
	sj_node *node = sj_tensor_node(own, &k);
	PyObject *object = node ? graph_node_object(node) : NULL, *tensor = object ? graph_output_of(object, k) : NULL;
	if (node == NULL)
		PyErr_SetString(PyExc_RuntimeError, "the graph of this tensor is gone");
	Py_XDECREF(object);
	sj_free(own);
	return tensor;
}

/* ---- lists ---- */

sj_tensor **graph_tensors_of(PyObject *sequence, const char *what, Py_ssize_t *ret_n)
{
	PyObject *list = PySequence_Fast(sequence, "a list of tensors is expected");
	if (list == NULL)
		return NULL;
	Py_ssize_t n = PySequence_Fast_GET_SIZE(list);
	sj_tensor **tensors = PyMem_Calloc((size_t)n + 1, sizeof(*tensors));
	if (tensors == NULL)
		PyErr_NoMemory();
	for (Py_ssize_t i = 0; tensors != NULL && i < n; i++) {
		PyObject *o = PySequence_Fast_GET_ITEM(list, i);
		if (o == Py_None)
			continue;
		if (core_handle_check(o, what) < 0) {
			PyMem_Free(tensors);
			tensors = NULL;
			break;
		}
		tensors[i] = HANDLE_TENSOR(o);
	}
	Py_DECREF(list);
	*ret_n = n;
	return tensors;
}

PyObject *graph_list_of(Py_ssize_t n, sj_tensor **own)
{
	PyObject *list = PyList_New(n);
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *one = own[i] == NULL ? Py_NewRef(Py_None) : core_wrap(own[i]);
		if (one == NULL)
			Py_CLEAR(list);
		else if (list != NULL)
			PyList_SET_ITEM(list, i, one);
		else
			Py_DECREF(one);
	}
	return list;
}

int graph_shape_of(PyObject *shape, sj_ints *ret_shape, int64_t *dims)
{
	if (shape == Py_None) {
		*ret_shape = (sj_ints){-1, NULL};
		return 0;
	}
	PyObject *list = PySequence_Fast(shape, "a shape is None or a list of dimensions");
	Py_ssize_t n = list ? PySequence_Fast_GET_SIZE(list) : 0;
	if (n > SJ_MAX_RANK)
		PyErr_Format(PyExc_ValueError, "a shape has at most %d dimensions", SJ_MAX_RANK);
	for (Py_ssize_t i = 0; !PyErr_Occurred() && i < n; i++) {
		PyObject *o = PySequence_Fast_GET_ITEM(list, i);
		dims[i] = o == Py_None ? -1 : PyLong_AsLongLong(o);
	}
	Py_XDECREF(list);
	*ret_shape = (sj_ints){n, dims};
	return PyErr_Occurred() ? -1 : 0;
}

static sj_node **nodes_of(PyObject *sequence, Py_ssize_t *ret_n)
{
	PyObject *list = PySequence_Fast(sequence, "a list of nodes is expected");
	Py_ssize_t n = list ? PySequence_Fast_GET_SIZE(list) : 0;
	sj_node **nodes = list ? PyMem_Calloc((size_t)n + 1, sizeof(*nodes)) : NULL;
	for (Py_ssize_t i = 0; nodes != NULL && i < n; i++) {
		PyObject *o = PySequence_Fast_GET_ITEM(list, i);
		if (!PyObject_TypeCheck(o, &Node_Type)) {
			PyErr_Format(PyExc_TypeError, "a node is expected, not %s", Py_TYPE(o)->tp_name);
			PyMem_Free(nodes);
			nodes = NULL;
			break;
		}
		nodes[i] = ((Node *)o)->node;
	}
	Py_XDECREF(list);
	*ret_n = n;
	return nodes;
}

/* ---- Graph ---- */

static int graph_init(PyObject *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	Graph *g = (Graph *)self;
	PyObject *outer = Py_None;
	if (!PyArg_ParseTuple(arguments, "|O", &outer))
		return -1;
	if (outer != Py_None && !PyObject_TypeCheck(outer, &Graph_Type)) {
		PyErr_SetString(PyExc_TypeError, "the outer graph must be a graph");
		return -1;
	}
	if (g->graph != NULL)
		return 0;
	g->graph = sj_graph_new_inside(outer == Py_None ? NULL : ((Graph *)outer)->graph);
	g->outer = outer == Py_None ? NULL : Py_NewRef(outer);
	g->nodes = PyList_New(0);
	if (graphs == NULL)
		graphs = PyDict_New();
	PyObject *key = PyLong_FromVoidPtr(g->graph), *address = PyLong_FromVoidPtr(g);
	int failed = g->graph == NULL || !g->nodes || !graphs || !key || !address ||
	             PyDict_SetItem(graphs, key, address) < 0;
	Py_XDECREF(key);
	Py_XDECREF(address);
	core_any_graph = 1;
	if (failed && !PyErr_Occurred())
		core_raise_sticky();
	return failed ? -1 : 0;
}

static int graph_traverse(PyObject *self, visitproc visit, void *arg)
{
	Graph *g = (Graph *)self;
	Py_VISIT(g->outer);
	Py_VISIT(g->nodes);
	Py_VISIT(g->dict);
	return 0;
}

static int graph_clear(PyObject *self)
{
	Graph *g = (Graph *)self;
	Py_CLEAR(g->nodes);
	Py_CLEAR(g->dict);
	Py_CLEAR(g->outer);
	return 0;
}

static void graph_dealloc(PyObject *self)
{
	Graph *g = (Graph *)self;
	PyObject *type, *error, *trace;
	PyObject_GC_UnTrack(self);
	PyErr_Fetch(&type, &error, &trace);
	if (g->weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	PyObject *key = g->graph ? PyLong_FromVoidPtr(g->graph) : NULL;
	if (key != NULL && graphs != NULL && PyDict_DelItem(graphs, key) < 0)
		PyErr_Clear();
	Py_XDECREF(key);
	graph_clear(self);
	sj_graph_free(g->graph);
	PyErr_Restore(type, error, trace);
	Py_TYPE(self)->tp_free(self);
}

static sj_graph *c_graph(PyObject *self)
{
	sj_graph *graph = ((Graph *)self)->graph;
	if (graph == NULL)
		PyErr_SetString(PyExc_RuntimeError, "the graph was not initialised: call super().__init__()");
	return graph;
}

PyObject *graph_done(sj_status status)
{
	if (status == SJ_OK)
		Py_RETURN_NONE;
	return sj_ok() ? core_raise(status) : core_raise_sticky();
}

static PyObject *graph_begin(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_graph *graph = c_graph(self);
	return graph ? graph_done(sj_graph_begin(graph)) : NULL;
}

static PyObject *graph_end(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(nothing))
{
	sj_graph_end();
	Py_RETURN_NONE;
}

static PyObject *graph_finalize(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_graph_finalize(((Graph *)self)->graph);
	Py_RETURN_NONE;
}

static PyObject *graph_set_lazy(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_graph_set_lazy(((Graph *)self)->graph);
	Py_RETURN_NONE;
}

static PyObject *graph_unfinalize(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_graph_unfinalize(((Graph *)self)->graph);
	Py_RETURN_NONE;
}

static PyObject *graph_next_name(PyObject *self, PyObject *name)
{
	const char *text = name == Py_None ? NULL : PyUnicode_AsUTF8(name);
	if (text == NULL && name != Py_None)
		return NULL;
	sj_graph_next_name(((Graph *)self)->graph, text);
	Py_RETURN_NONE;
}

static PyObject *graph_unique_name(PyObject *self, PyObject *arguments)
{
	const char *name;
	int take = 1;
	if (!PyArg_ParseTuple(arguments, "s|p", &name, &take))
		return NULL;
	const char *unique = sj_graph_unique_name(((Graph *)self)->graph, name, take);
	return sj_ok() ? PyUnicode_FromString(unique) : core_raise_sticky();
}

static PyObject *graph_set_scope(PyObject *self, PyObject *prefix)
{
	const char *text = prefix == Py_None ? NULL : PyUnicode_AsUTF8(prefix);
	sj_graph *graph = c_graph(self);
	if ((text == NULL && prefix != Py_None) || graph == NULL)
		return NULL;
	return graph_done(sj_graph_set_scope(graph, text));
}

static PyObject *graph_set_controls(PyObject *self, PyObject *sequence)
{
	Py_ssize_t n;
	sj_node **nodes = nodes_of(sequence, &n);
	if (nodes == NULL)
		return NULL;
	sj_status status = sj_graph_set_controls(((Graph *)self)->graph, (int)n, nodes);
	PyMem_Free(nodes);
	return graph_done(status);
}

static PyObject *symbolic_result(sj_tensor *t) { return sj_ok() ? core_wrap(sj_keep(t)) : core_raise_sticky(); }

static PyObject *graph_placeholder(PyObject *self, PyObject *arguments)
{
	int dtype;
	PyObject *shape_object;
	const char *name = NULL;
	int64_t dims[SJ_MAX_RANK];
	sj_ints shape;
	if (!PyArg_ParseTuple(arguments, "iO|z", &dtype, &shape_object, &name) ||
	    graph_shape_of(shape_object, &shape, dims) < 0)
		return NULL;
	return symbolic_result(sj_placeholder(((Graph *)self)->graph, (sj_dtype)dtype, shape, name));
}

static PyObject *graph_constant(PyObject *self, PyObject *arguments)
{
	PyObject *value;
	const char *name = NULL;
	if (!PyArg_ParseTuple(arguments, "O|z", &value, &name) || core_handle_check(value, "the value") < 0)
		return NULL;
	return symbolic_result(sj_graph_constant(((Graph *)self)->graph, HANDLE_TENSOR(value), name));
}

/* variable(object, dtype number, shape, name, trainable): makes the VariableBase object one of the graph. */
static PyObject *graph_variable(PyObject *self, PyObject *arguments)
{
	PyObject *object, *shape_object;
	int dtype, trainable;
	const char *name;
	int64_t dims[SJ_MAX_RANK];
	sj_ints shape;
	if (!PyArg_ParseTuple(arguments, "O!iOsp", &VariableBase_Type, &object, &dtype, &shape_object, &name,
	                      &trainable) ||
	    graph_shape_of(shape_object, &shape, dims) < 0)
		return NULL;
	sj_tensor *made = sj_graph_variable(((Graph *)self)->graph, (sj_dtype)dtype, shape, name, trainable);
	if (!sj_ok())
		return core_raise_sticky();
	sj_free(HANDLE_TENSOR(object));
	HANDLE_TENSOR(object) = made;
	Py_RETURN_NONE;
}

static PyObject *graph_assign(PyObject *self, PyObject *arguments)
{
	int how;
	PyObject *variable, *value;
	const char *name = NULL;
	if (!PyArg_ParseTuple(arguments, "iOO|z", &how, &variable, &value, &name) ||
	    core_handle_check(variable, "the variable") < 0)
		return NULL;
	sj_tensor *t = core_convert(value, sj_tensor_dtype(HANDLE_TENSOR(variable)));
	if (t == NULL)
		return NULL;
	if (name != NULL)
		sj_graph_next_name(((Graph *)self)->graph, name);
	PyObject *after = symbolic_result(sj_graph_assign(((Graph *)self)->graph, how, HANDLE_TENSOR(variable), t));
	sj_free(t);
	return after;
}

static PyObject *gradients_list(Py_ssize_t n, sj_tensor **gradients)
{
	PyObject *list = PyList_New(n);
	for (Py_ssize_t i = 0; list != NULL && i < n; i++) {
		PyObject *one = core_wrap_gradient(gradients[i]);
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, i, one);
	}
	return list;
}

static PyObject *graph_gradients(PyObject *self, PyObject *arguments)
{
	PyObject *y_list, *weight_list, *x_list, *stop_list, *result = NULL;
	Py_ssize_t n_y, n_weight = 0, n_x, n_stop = 0;
	if (!PyArg_ParseTuple(arguments, "OOOO", &y_list, &weight_list, &x_list, &stop_list))
		return NULL;
	sj_tensor **ys = graph_tensors_of(y_list, "a y", &n_y),
		  **xs = ys ? graph_tensors_of(x_list, "an x", &n_x) : NULL;
	sj_tensor **weights = weight_list == Py_None || !xs ? NULL
	                                                    : graph_tensors_of(weight_list, "a weight", &n_weight);
	sj_tensor **stops = stop_list == Py_None || !xs || PyErr_Occurred()
	                            ? NULL
	                            : graph_tensors_of(stop_list, "a stop", &n_stop);
	sj_tensor **gradients = PyErr_Occurred() ? NULL : PyMem_Calloc((size_t)n_x + 1, sizeof(*gradients));
	if (gradients != NULL && weights != NULL && n_weight != n_y)
		PyErr_Format(PyExc_ValueError, "%zd weights are given for %zd ys", n_weight, n_y);
	if (gradients != NULL && !PyErr_Occurred()) {
		sj_scope scope = sj_scope_begin();
		sj_status status = sj_graph_gradients(((Graph *)self)->graph, (int)n_y, ys, weights, (int)n_x, xs,
		                                      (int)n_stop, stops, gradients);
		result = status == SJ_OK ? gradients_list(n_x, gradients) : graph_done(status);
		sj_scope_end(scope);
	}
	PyMem_Free(ys);
	PyMem_Free(xs);
	PyMem_Free(weights);
	PyMem_Free(stops);
	PyMem_Free(gradients);
	return result;
}

static PyObject *graph_group(PyObject *self, PyObject *arguments)
{
	PyObject *sequence;
	const char *name = NULL;
	Py_ssize_t n;
	if (!PyArg_ParseTuple(arguments, "O|z", &sequence, &name))
		return NULL;
	sj_node **nodes = nodes_of(sequence, &n);
	if (nodes == NULL)
		return NULL;
	sj_node *group = sj_graph_group(((Graph *)self)->graph, (int)n, nodes, name);
	PyMem_Free(nodes);
	return group ? graph_node_object(group) : core_raise_sticky();
}

static Py_ssize_t graph_length(PyObject *self) { return sj_graph_size(((Graph *)self)->graph); }

static PyObject *graph_node(PyObject *self, PyObject *index)
{
	long i = PyLong_AsLong(index);
	sj_node *node = PyErr_Occurred() ? NULL : sj_graph_node(((Graph *)self)->graph, (int)i);
	if (node != NULL)
		return node_of(self, node);
	return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_IndexError, "the graph has no node %ld", i);
}

static PyObject *graph_find(PyObject *self, PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	sj_node *node = text ? sj_graph_find(((Graph *)self)->graph, text) : NULL;
	if (text == NULL)
		return NULL;
	return node ? node_of(self, node) : Py_NewRef(Py_None);
}

static PyObject *graph_captures(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_graph *graph = ((Graph *)self)->graph;
	int n = sj_graph_capture_count(graph);
	PyObject *list = PyList_New(n);
	for (int i = 0; list != NULL && i < n; i++) {
		sj_tensor *placeholder, *outer = sj_graph_capture(graph, i, &placeholder);
		PyObject *a = core_wrap(sj_keep(outer)), *b = a ? core_wrap(sj_keep(placeholder)) : NULL;
		PyObject *pair = b ? PyTuple_Pack(2, a, b) : NULL;
		Py_XDECREF(a);
		Py_XDECREF(b);
		if (pair == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, i, pair);
	}
	return list;
}

static PyMethodDef graph_methods[] =
	{{"begin", graph_begin, METH_NOARGS,
          "Opens the graph on this thread: operations are appended to it until end()."},
         {"end", graph_end, METH_NOARGS, "Ends the innermost begin() of this thread."},
         {"_finalize", graph_finalize, METH_NOARGS, "No more nodes may be appended."},
         {"set_lazy", graph_set_lazy, METH_NOARGS, "A part of the outer graph: sj_graph_set_lazy."},
         {"_unfinalize_core", graph_unfinalize, METH_NOARGS, "Nodes may be appended again."},
         {"next_name", graph_next_name, METH_O, "The name of the next node, before it is made unique."},
         {"_unique_name", graph_unique_name, METH_VARARGS, "unique_name(name, take=True)"},
         {"set_scope", graph_set_scope, METH_O, "What stands in front of the names of nodes from now on."},
         {"set_controls", graph_set_controls, METH_O, "The nodes that every node from now on waits for."},
         {"placeholder", graph_placeholder, METH_VARARGS, "placeholder(dtype number, shape or None, name)"},
         {"constant", graph_constant, METH_VARARGS, "constant(value, name)"},
         {"variable", graph_variable, METH_VARARGS, "variable(object, dtype number, shape, name, trainable)"},
         {"assign", graph_assign, METH_VARARGS, "assign(how, variable, value, name)"},
         {"gradients", graph_gradients, METH_VARARGS, "gradients(ys, weights, xs, stops)"},
         {"group", graph_group, METH_VARARGS, "group(nodes, name)"},
         {"node", graph_node, METH_O, "node(index)"},
         {"find", graph_find, METH_O, "find(name): the node, or None"},
         {"captures", graph_captures, METH_NOARGS, "[(outer tensor, placeholder)]"},
         {NULL, NULL, 0, NULL}};

static PySequenceMethods graph_sequence = {.sq_length = graph_length};

static PyMemberDef graph_members[] = {{"__dictoffset__", T_PYSSIZET, offsetof(Graph, dict), READONLY, NULL},
                                      {"outer", T_OBJECT, offsetof(Graph, outer), READONLY,
                                       "The graph it is inside of, or None."},
                                      {NULL, 0, 0, 0, NULL}};

PyTypeObject Graph_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Graph",
                           .tp_basicsize = sizeof(Graph),
                           .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                           .tp_doc = "Operations written down to be run later.",
                           .tp_dictoffset = offsetof(Graph, dict),
                           .tp_weaklistoffset = offsetof(Graph, weak_references),
                           .tp_traverse = graph_traverse,
                           .tp_clear = graph_clear,
                           .tp_dealloc = graph_dealloc,
                           .tp_methods = graph_methods,
                           .tp_members = graph_members,
                           .tp_as_sequence = &graph_sequence,
                           .tp_init = graph_init,
                           .tp_new = PyType_GenericNew};

/* ---- functions ---- */

static PyObject *graph_now(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	sj_graph *graph = sj_graph_now();
	if (graph == NULL)
		Py_RETURN_NONE;
	PyObject *object = graph_object(graph);
	return Py_XNewRef(object);
}

static PyObject *no_graph_begin(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	return graph_done(sj_graph_begin(NULL));
}

/* extend_symbolic(name, function): a method or property written in Python, for tensors of graphs alone. */
static PyObject *extend_symbolic(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *name, *function;
	if (!PyArg_ParseTuple(arguments, "UO", &name, &function) ||
	    PyDict_SetItem(SymbolicTensor_Type.tp_dict, name, function) < 0)
		return NULL;
	PyType_Modified(&SymbolicTensor_Type);
	Py_RETURN_NONE;
}

/* index(tensor, key): tensor[key] without the hook for operators of graphs. */
static PyObject *plain_index(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *self, *key;
	if (!PyArg_ParseTuple(arguments, "OO", &self, &key) || core_handle_check(self, "the tensor") < 0)
		return NULL;
	return core_index_plain(self, key);
}

/*
 * Operators on tensors of graphs are Python's where a hook is set: it gives nodes their names. NotImplemented: run as usual.
 */
PyObject *core_operator(const char *which, PyObject *a, PyObject *b)
{
	if (core.operator_of_graphs == NULL ||
	    (Py_TYPE(a) != &SymbolicTensor_Type && Py_TYPE(b) != &SymbolicTensor_Type))
		return Py_NewRef(Py_NotImplemented);
	return PyObject_CallFunction(core.operator_of_graphs, "sOO", which, a, b);
}

/* ---- what runs ---- */

static void observed(void *context, sj_node *node, int64_t begin_ns, int64_t end_ns)
{
	core_callback callback = core_callback_begin();
	if (PyErr_Occurred()) { /* a Python function of the graph raised it */
		core_callback_end(callback);
		return;
	}
	PyObject *function = Py_NewRef(context); /* which may end its own observing */
	PyObject *object = graph_node_object(node);
	PyObject *done = object ? PyObject_CallFunction(function, "OLL", object, (long long)begin_ns, (long long)end_ns)
	                        : NULL;
	if (object == NULL && PyErr_ExceptionMatches(PyExc_RuntimeError))
		PyErr_Clear(); /* a node of the library's own has no object */
	else if (done == NULL && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
		PyErr_Clear(), PyErr_SetInterrupt(); /* as soon as Python runs again */
	else if (done == NULL)
		PyErr_WriteUnraisable(function);
	Py_DECREF(function);
	Py_XDECREF(done);
	Py_XDECREF(object);
	core_callback_end(callback);
}

/* observe(function(node, begin, end in ns) or None) */
static PyObject *observe(PyObject *Py_UNUSED(module), PyObject *function)
{
	static _Thread_local PyObject *now;
	PyObject *before = now;
	now = function == Py_None ? NULL : Py_NewRef(function);
	sj_graph_observe(now ? observed : NULL, now);
	Py_XDECREF(before);
	Py_RETURN_NONE;
}

static PyMethodDef functions[] = {{"observe", observe, METH_O, "observe(function(node, begin, end) or None)"},
                                  {"extend_symbolic", extend_symbolic, METH_VARARGS, NULL},
                                  {"index", plain_index, METH_VARARGS, "index(tensor, key)"},
                                  {"graph_now", graph_now, METH_NOARGS, "The graph open on this thread, or None."},
                                  {"no_graph_begin", no_graph_begin, METH_NOARGS,
                                   "Operations run at once until no_graph_end()."},
                                  {"no_graph_end", graph_end, METH_NOARGS, "Ends no_graph_begin()."},
                                  {"cond", core_cond, METH_VARARGS, "cond(condition, then, otherwise, inputs)"},
                                  {"while_loop", core_while, METH_VARARGS, "while_loop(condition, body, limit, state)"},
                                  {"py_call", core_py_call, METH_VARARGS,
                                   "py_call(function, name, stateful, inputs, [(dtype number, shape)])"},
                                  {NULL, NULL, 0, NULL}};

int core_graph_init(PyObject *module)
{
	PyTypeObject *const types[] =
		{&Graph_Type, &Node_Type, &SymbolicTensor_Type, &Session_Type, &ConcreteFunction_Type, &Traced_Type};
	static const char *const names[] = {"Graph",     "Node", "SymbolicTensor", "Session", "ConcreteFunction",
	                                    "TracedBase"};
	SymbolicTensor_Type.tp_base = &Tensor_Type;
	SymbolicTensor_Type.tp_hash = Tensor_Type.tp_hash;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (PyType_Ready(types[i]) < 0 || PyModule_AddObjectRef(module, names[i], (PyObject *)types[i]) < 0)
			return -1;
	return PyModule_AddFunctions(module, functions);
}

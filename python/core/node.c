/* The types Node and SymbolicTensor; their objects are found and made by their Graph's (graph.c). */
#include "graph.h"

/* ---- Node ---- */

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
	Node *n = (Node *)self;
	Py_VISIT(n->graph);
	Py_VISIT(n->outputs);
	Py_VISIT(n->dict);
	return 0;
}

static int node_clear(PyObject *self)
{
	Node *n = (Node *)self;
	Py_CLEAR(n->outputs);
	Py_CLEAR(n->dict);
	Py_CLEAR(n->graph);
	n->node = NULL;
	return 0;
}

static void node_dealloc(PyObject *self)
{
	PyObject_GC_UnTrack(self);
	if (((Node *)self)->weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	node_clear(self);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *node_index(PyObject *self, void *Py_UNUSED(c))
{
	return PyLong_FromLong(sj_node_index(((Node *)self)->node));
}
static PyObject *node_name(PyObject *self, void *Py_UNUSED(c))
{
	return PyUnicode_FromString(sj_node_name(((Node *)self)->node));
}
static PyObject *node_origin(PyObject *self, void *Py_UNUSED(c))
{
	const char *origin = sj_node_origin(((Node *)self)->node);
	return PyUnicode_FromString(origin ? origin : "");
}
static PyObject *node_type(PyObject *self, void *Py_UNUSED(c))
{
	return PyUnicode_FromString(sj_node_type(((Node *)self)->node));
}

static PyObject *node_inputs(PyObject *self, void *Py_UNUSED(closure))
{
	const sj_node *node = ((Node *)self)->node;
	PyObject *list = PyList_New(sj_node_input_count(node));
	for (int i = 0; list != NULL && i < sj_node_input_count(node); i++) {
		sj_tensor *t = sj_node_input(node, i);
		PyObject *one = t ? core_wrap(sj_keep(t)) : Py_NewRef(Py_None);
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, i, one);
	}
	return list;
}

static PyObject *node_outputs(PyObject *self, void *Py_UNUSED(closure))
{
	const sj_node *node = ((Node *)self)->node;
	PyObject *list = PyList_New(sj_node_output_count(node));
	for (int k = 0; list != NULL && k < sj_node_output_count(node); k++) {
		PyObject *one = graph_output_of(self, k);
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, k, one);
	}
	return list;
}

static PyObject *node_controls(PyObject *self, void *Py_UNUSED(closure))
{
	const sj_node *node = ((Node *)self)->node;
	PyObject *list = PyList_New(sj_node_control_count(node));
	for (int i = 0; list != NULL && i < sj_node_control_count(node); i++) {
		PyObject *one = graph_node_object(sj_node_control(node, i));
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, i, one);
	}
	return list;
}

/* What the node captured: an EagerTensor; of a variable None, which Python's own objects stand for. */
static PyObject *node_value(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *value = sj_node_value(((Node *)self)->node);
	return value == NULL || sj_is_variable(value) ? Py_NewRef(Py_None) : core_wrap(sj_keep(value));
}

/* The address of the variable that the node reads, to be compared with VariableBase._address. */
static PyObject *node_variable(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *value = sj_node_value(((Node *)self)->node);
	return value && sj_is_variable(value) ? PyLong_FromVoidPtr(value) : Py_NewRef(Py_None);
}

/* The address of the variable that running the node changes (the first one), or None. */
static PyObject *node_changed(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *variable = sj_node_changed(((Node *)self)->node, 0);
	return variable ? PyLong_FromVoidPtr(variable) : Py_NewRef(Py_None);
}

static PyObject *node_graph(PyObject *self, void *Py_UNUSED(closure))
{
	return Py_NewRef(((Node *)self)->graph ? ((Node *)self)->graph : Py_None);
}

static PyObject *ints_list(const sj_ints *ints)
{
	PyObject *list = PyList_New(ints->count);
	for (int64_t i = 0; list != NULL && i < ints->count; i++)
		PyList_SET_ITEM(list, i, PyLong_FromLongLong(ints->data[i]));
	return list;
}

static PyObject *attribute_object(const sj_attribute *a, const char *field)
{
	switch (a->kind) {
	case SJ_ATTRIBUTE_BOOL: return PyBool_FromLong(*(const bool *)field);
	case SJ_ATTRIBUTE_INT: return PyLong_FromLongLong(*(const int64_t *)field);
	case SJ_ATTRIBUTE_FLOAT: return PyFloat_FromDouble(*(const double *)field);
	case SJ_ATTRIBUTE_INTS: return ints_list((const sj_ints *)field);
	case SJ_ATTRIBUTE_DTYPE: return PyLong_FromLong(*(const sj_dtype *)field);
	case SJ_ATTRIBUTE_ENUM: return PyUnicode_FromString(a->names[*(const int *)field]);
	case SJ_ATTRIBUTE_STRING:
		return *(const char *const *)field ? PyBytes_FromString(*(const char *const *)field)
		                                   : PyBytes_FromString("");
	case SJ_ATTRIBUTE_INT_OPTION: {
		const sj_int_option *o = (const sj_int_option *)field;
		return PyLong_FromLongLong(o->given ? o->value : (int64_t)a->default_value);
	}
	case SJ_ATTRIBUTE_FLOAT_OPTION: {
		const sj_float_option *o = (const sj_float_option *)field;
		return PyFloat_FromDouble(o->given ? o->value : a->default_value);
	}
	default: {
		const sj_bool_option *o = (const sj_bool_option *)field;
		return PyBool_FromLong(o->given ? o->value : a->default_value != 0);
	}
	}
}

static PyObject *node_attributes(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	const sj_node *node = ((Node *)self)->node;
	const sj_op *op = sj_node_op(node);
	const char *args = sj_node_args(node);
	PyObject *dict = PyDict_New();
	for (int i = 0; dict != NULL && op != NULL && args != NULL && i < sj_op_attribute_count(op); i++) {
		const sj_attribute *a = sj_op_attribute(op, i);
		PyObject *value = attribute_object(a, args + a->offset);
		if (value == NULL || PyDict_SetItemString(dict, a->name, value) < 0)
			Py_CLEAR(dict);
		Py_XDECREF(value);
	}
	return dict;
}

static PyObject *node_add_control(PyObject *self, PyObject *control)
{
	if (!PyObject_TypeCheck(control, &Node_Type))
		return PyErr_Format(PyExc_TypeError, "a node is expected, not %s", Py_TYPE(control)->tp_name);
	return graph_done(sj_node_add_control(((Node *)self)->node, ((Node *)control)->node));
}

static PyObject *node_rename(PyObject *self, PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	return text ? graph_done(sj_node_rename(((Node *)self)->node, text)) : NULL;
}

static PyMethodDef node_methods[] = {{"rename", node_rename, METH_O, "Another name, as it stands."},
                                     {"attributes", node_attributes, METH_NOARGS, "The attributes by name."},
                                     {"add_control", node_add_control, METH_O, "Waits for another node."},
                                     {NULL, NULL, 0, NULL}};

static PyGetSetDef node_properties[] = {{"index", node_index, NULL, "Its number in the graph.", NULL},
                                        {"_name", node_name, NULL, "Its name.", NULL},
                                        {"_type", node_type, NULL, "The type of its operation.", NULL},
                                        {"_origin", node_origin, NULL, "The user's file:line that made it.", NULL},
                                        {"_inputs", node_inputs, NULL, "Its input tensors.", NULL},
                                        {"_outputs", node_outputs, NULL, "Its output tensors.", NULL},
                                        {"_controls", node_controls, NULL, "The nodes it waits for.", NULL},
                                        {"_graph", node_graph, NULL, "Its graph.", NULL},
                                        {"value", node_value, NULL, "The tensor it captured, or None.", NULL},
                                        {"changed_address", node_changed, NULL, "Of the variable it changes, or None.",
                                         NULL},
                                        {"variable_address", node_variable, NULL, "Of the variable it reads, or None.",
                                         NULL},
                                        {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject Node_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tensorflow.Operation",
                          .tp_basicsize = sizeof(Node),
                          .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                          .tp_doc = "An operation of a graph.",
                          .tp_dictoffset = offsetof(Node, dict),
                          .tp_weaklistoffset = offsetof(Node, weak_references),
                          .tp_traverse = node_traverse,
                          .tp_clear = node_clear,
                          .tp_dealloc = node_dealloc,
                          .tp_methods = node_methods,
                          .tp_getset = node_properties};

/* ---- SymbolicTensor ---- */

static int symbolic_traverse(PyObject *self, visitproc visit, void *arg)
{
	SymbolicTensor *t = (SymbolicTensor *)self;
	Py_VISIT(t->node);
	Py_VISIT(t->dict);
	return 0;
}

static int symbolic_clear(PyObject *self)
{
	SymbolicTensor *t = (SymbolicTensor *)self;
	Py_CLEAR(t->dict);
	Py_CLEAR(t->node);
	return 0;
}

static void symbolic_dealloc(PyObject *self)
{
	SymbolicTensor *t = (SymbolicTensor *)self;
	PyObject_GC_UnTrack(self);
	if (t->handle.weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	sj_free(t->handle.tensor);
	t->handle.tensor = NULL;
	symbolic_clear(self);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *symbolic_node(PyObject *self, void *Py_UNUSED(closure))
{
	PyObject *node = ((SymbolicTensor *)self)->node;
	return Py_NewRef(node ? node : Py_None);
}

static PyObject *symbolic_index(PyObject *self, void *Py_UNUSED(closure))
{
	int k = 0;
	sj_tensor_node(HANDLE_TENSOR(self), &k);
	return PyLong_FromLong(k);
}

static PyObject *symbolic_set_shape(PyObject *self, PyObject *shape_object)
{
	int64_t dims[SJ_MAX_RANK];
	sj_ints shape;
	if (graph_shape_of(shape_object, &shape, dims) < 0)
		return NULL;
	return graph_done(sj_tensor_set_shape(HANDLE_TENSOR(self), shape));
}

/* A copy of what the tensor is known to be before any run, or None. */
static PyObject *symbolic_known(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	const sj_tensor *t = HANDLE_TENSOR(self);
	const void *data = sj_tensor_data(t);
	if (data == NULL || sj_tensor_dtype(t) == SJ_STRING)
		return Py_NewRef(Py_None);
	sj_scope scope = sj_scope_begin();
	sj_tensor *copy = sj_keep(sj_tensor_new(sj_tensor_dtype(t), (sj_ints){sj_tensor_rank(t), sj_tensor_dims(t)},
	                                        data, sj_tensor_bytes(t)));
	sj_scope_end(scope);
	return sj_ok() ? core_wrap(copy) : core_raise_sticky();
}

static PyMethodDef symbolic_methods[] = {{"_set_shape", symbolic_set_shape, METH_O, "Says more of the shape."},
                                         {"_known_value", symbolic_known, METH_NOARGS,
                                          "The value where it is known before a run, or None."},
                                         {NULL, NULL, 0, NULL}};

static PyGetSetDef symbolic_properties[] = {{"_node", symbolic_node, NULL, "The operation it comes from.", NULL},
                                            {"_output", symbolic_index, NULL, "Which output of the operation it is.",
                                             NULL},
                                            {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject SymbolicTensor_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tensorflow.Tensor",
                                    .tp_basicsize = sizeof(SymbolicTensor),
                                    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                    .tp_doc = "A tensor of a graph: what an operation will give when it runs.",
                                    .tp_dictoffset = offsetof(SymbolicTensor, dict),
                                    .tp_traverse = symbolic_traverse,
                                    .tp_clear = symbolic_clear,
                                    .tp_dealloc = symbolic_dealloc,
                                    .tp_methods = symbolic_methods,
                                    .tp_getset = symbolic_properties,
                                    .tp_richcompare = core_compare};

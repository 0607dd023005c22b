/*
 * The types Tensor, EagerTensor and VariableBase: a handle of the library with Python's protocols. Arithmetic is in numbers.c,
 * indexing in index.c; printing and NumPy scalars are Python's part (hooks).
 */
#include "core.h"
#include "graph.h"

enum { POOL = 128 };
static Handle *pool[POOL]; /* released EagerTensors, to be used again */
static int n_pool;

PyObject *core_wrap(sj_tensor *own)
{
	Handle *h;
	if (core_any_graph && sj_tensor_is_symbolic(own))
		return core_wrap_symbolic(own);
	if (n_pool > 0) {
		h = pool[--n_pool];
		PyObject_Init((PyObject *)h, &EagerTensor_Type);
	} else {
		h = PyObject_New(Handle, &EagerTensor_Type);
	}
	if (h == NULL) {
		sj_free(own);
		return NULL;
	}
	h->tensor = own;
	h->weak_references = NULL;
	h->attributes = NULL;
	h->read_mark = 0;
	return (PyObject *)h;
}

static void eager_dealloc(PyObject *self)
{
	Handle *h = (Handle *)self;
	if (h->weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	Py_CLEAR(h->attributes);
	sj_free(h->tensor);
	h->tensor = NULL;
	if (n_pool < POOL && Py_TYPE(self) == &EagerTensor_Type)
		pool[n_pool++] = h;
	else
		Py_TYPE(self)->tp_free(self);
}

static void handle_dealloc(PyObject *self)
{
	Handle *h = (Handle *)self;
	if (h->weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	sj_free(h->tensor);
	h->tensor = NULL;
	Py_TYPE(self)->tp_free(self);
}

PyTypeObject *core_variable_class;

bool core_is_variable_at_all(PyObject *o)
{
	if (!PyType_IsSubtype(Py_TYPE(o), &VariableBase_Type))
		return false;
	PyTypeObject *before = core_variable_class;
	core_variable_class = (PyTypeObject *)Py_NewRef(Py_TYPE(o));
	Py_XDECREF(before);
	return true;
}

int core_handle_check(PyObject *o, const char *what)
{
	if (Handle_Check(o) && HANDLE_TENSOR(o) != NULL)
		return 0;
	PyErr_Format(PyExc_TypeError, "%s must be a tensor or a variable, not %s", what, Py_TYPE(o)->tp_name);
	return -1;
}

static sj_tensor *live(PyObject *self)
{
	sj_tensor *t = HANDLE_TENSOR(self);
	if (t == NULL)
		PyErr_SetString(PyExc_ValueError, "the variable has no value yet");
	return t;
}

sj_tensor *core_read(sj_tensor *variable)
{
	static const sj_op *identity;
	sj_tensor *value;
	if (identity == NULL)
		identity = sj_op_find("Identity");
	sj_status status = sj_execute(identity, NULL, 1, &variable, 1, &value);
	return status == SJ_OK ? value : core_raise(status);
}

/* ---- what it looks like ---- */

static PyObject *shape_tuple(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *t = live(self);
	if (t == NULL)
		return NULL;
	int rank = sj_tensor_rank(t);
	const int64_t *dims = sj_tensor_dims(t);
	if (rank < 0) /* of a symbolic tensor: not known yet */
		Py_RETURN_NONE;
	PyObject *tuple = PyTuple_New(rank);
	for (int i = 0; tuple != NULL && i < rank; i++)
		PyTuple_SET_ITEM(tuple, i, dims[i] < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(dims[i]));
	return tuple;
}

static PyObject *shape(PyObject *self, void *closure)
{
	PyObject *tuple = shape_tuple(self, closure), *made;
	if (tuple == NULL || core.shape == NULL)
		return tuple;
	made = PyObject_CallOneArg(core.shape, tuple);
	Py_DECREF(tuple);
	return made;
}

static PyObject *dtype(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *t = live(self);
	if (t == NULL)
		return NULL;
	PyObject *made = core.dtypes[sj_tensor_dtype(t)];
	return made ? Py_NewRef(made) : core_call_hook(NULL, self, "dtype");
}

static PyObject *dtype_number(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *t = live(self);
	return t == NULL ? NULL : PyLong_FromLong(sj_tensor_dtype(t));
}

static PyObject *rank(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *t = live(self);
	return t == NULL ? NULL : PyLong_FromLong(sj_tensor_rank(t));
}

static PyObject *n_elements(PyObject *self, void *Py_UNUSED(closure))
{
	sj_tensor *t = live(self);
	if (t != NULL && core_any_graph && sj_tensor_is_symbolic(t) && sj_tensor_size(t) < 0) {
		PyErr_SetString(PyExc_TypeError, "the number of elements is known only when the graph runs");
		return NULL;
	}
	return t == NULL ? NULL : PyLong_FromLongLong(sj_tensor_size(t));
}

PyObject *core_call_hook(PyObject *hook, PyObject *argument, const char *what)
{
	if (hook == NULL)
		return PyErr_Format(PyExc_RuntimeError, "%s needs the package sokuji, not its core alone", what);
	return PyObject_CallOneArg(hook, argument);
}

static PyObject *to_numpy(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	if (HANDLE_TENSOR(self) != NULL && sj_tensor_is_symbolic(HANDLE_TENSOR(self)))
		return PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute 'numpy'",
		                    core.version == 1 ? "Tensor" : "SymbolicTensor");
	if (HANDLE_TENSOR(self) != NULL && sj_is_variable(HANDLE_TENSOR(self)) && sj_graph_now() != NULL)
		return PyErr_Format(
			PyExc_NotImplementedError,
			"numpy() is only available when eager execution is enabled; in a graph use the variable itself");
	return core_call_hook(core.numpy, self, "numpy()");
}
static PyObject *to_text(PyObject *self) { return core_call_hook(core.text, self, "str()"); }
static PyObject *to_representation(PyObject *self) { return core_call_hook(core.representation, self, "repr()"); }

/* The elements of a string tensor as a flat list of bytes. */
static PyObject *strings(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_tensor *t = live(self);
	if (t == NULL)
		return NULL;
	if (core_any_graph && sj_tensor_is_symbolic(t))
		return PyErr_Format(PyExc_TypeError, "a tensor of a graph has no value before the graph runs");
	PyObject *list = PyList_New(sj_tensor_size(t));
	for (int64_t i = 0; list != NULL && i < sj_tensor_size(t); i++) {
		size_t length;
		const char *bytes = sj_tensor_string(t, i, &length);
		PyObject *item = bytes == NULL ? core_raise_sticky()
		                               : PyBytes_FromStringAndSize(bytes, (Py_ssize_t)length);
		if (item != NULL && (i & 65535) == 65535 && PyErr_CheckSignals() < 0)
			Py_CLEAR(item);
		if (item == NULL) {
			Py_DECREF(list);
			return NULL;
		}
		PyList_SET_ITEM(list, i, item);
	}
	return list;
}

/* ---- the buffer protocol: read-only, without a copy ---- */

static const char *format_of(sj_dtype type)
{
	static const char *const formats[CORE_DTYPES] =
		{[SJ_FLOAT16] = "e",    [SJ_FLOAT32] = "f",    [SJ_FLOAT64] = "d", [SJ_INT8] = "b",
	         [SJ_INT16] = "h",      [SJ_INT32] = "i",      [SJ_INT64] = "l",   [SJ_UINT8] = "B",
	         [SJ_UINT16] = "H",     [SJ_UINT32] = "I",     [SJ_UINT64] = "L",  [SJ_BOOL] = "?",
	         [SJ_COMPLEX64] = "Zf", [SJ_COMPLEX128] = "Zd"};
	return formats[type];
}

/* The exporter keeps the value alive: of a variable the value now, which later assignments do not change. */
static int buffer_get(PyObject *self, Py_buffer *view, int flags)
{
	sj_tensor *t = live(self);
	const char *format = t ? format_of(sj_tensor_dtype(t)) : NULL;
	if (t != NULL && format == NULL)
		PyErr_Format(PyExc_BufferError, "a tensor of dtype %s has no buffer",
		             sj_dtype_name(sj_tensor_dtype(t)));
	if (format != NULL && (sj_tensor_is_symbolic(t) || (sj_is_variable(t) && sj_graph_now() != NULL))) {
		PyErr_SetString(PyExc_BufferError, "a tensor of a graph has no value; run the graph");
		view->obj = NULL;
		return -1;
	}
	if (format == NULL || flags & PyBUF_WRITABLE) {
		if (format != NULL)
			PyErr_SetString(PyExc_BufferError, "tensors are read-only; copy with numpy()");
		view->obj = NULL;
		return -1;
	}
	sj_tensor *held = sj_is_variable(t) ? core_read(t) : sj_keep(t);
	if (held == NULL) {
		view->obj = NULL;
		return -1;
	}
	int n = sj_tensor_rank(held);
	Py_ssize_t *strides = PyMem_Malloc(sizeof(*strides) * (size_t)(n + 1));
	if (strides == NULL) {
		sj_free(held);
		view->obj = NULL;
		PyErr_NoMemory();
		return -1;
	}
	Py_ssize_t step = (Py_ssize_t)sj_dtype_size(sj_tensor_dtype(held));
	*view = (Py_buffer){.buf = (void *)sj_tensor_data(held),
	                    .obj = Py_NewRef(self),
	                    .len = (Py_ssize_t)sj_tensor_bytes(held),
	                    .itemsize = step,
	                    .readonly = 1,
	                    .ndim = n,
	                    .format = flags & PyBUF_FORMAT ? (char *)format : NULL,
	                    .shape = flags & PyBUF_ND ? (Py_ssize_t *)sj_tensor_dims(held) : NULL,
	                    .internal = strides};
	strides[n] = (Py_ssize_t)(intptr_t)held;
	for (int i = n - 1; i >= 0; step *= sj_tensor_dims(held)[i], i--)
		strides[i] = step;
	view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? strides : NULL;
	return 0;
}

static void buffer_release(PyObject *Py_UNUSED(self), Py_buffer *view)
{
	Py_ssize_t *strides = view->internal;
	sj_free((sj_tensor *)(intptr_t)strides[view->ndim]);
	PyMem_Free(strides);
}

static PyBufferProcs buffer_procedures = {buffer_get, buffer_release};

/* ---- variables ---- */

static int variable_init(PyObject *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	PyObject *value;
	const char *name;
	int trainable;
	if (!PyArg_ParseTuple(arguments, "Osp", &value, &name, &trainable) ||
	    core_handle_check(value, "the initial value") < 0)
		return -1;
	sj_tensor *made = sj_variable_new_named(HANDLE_TENSOR(value), name, trainable);
	if (!sj_ok()) {
		core_raise_sticky();
		return -1;
	}
	sj_free(HANDLE_TENSOR(self));
	HANDLE_TENSOR(self) = made;
	return 0;
}

static PyObject *variable_set_shape(PyObject *self, PyObject *shape)
{
	int64_t dims[SJ_MAX_RANK];
	sj_ints ints;
	if (graph_shape_of(shape, &ints, dims) < 0)
		return NULL;
	return sj_variable_set_shape(HANDLE_TENSOR(self), ints) == SJ_OK ? Py_NewRef(Py_None) : core_raise_sticky();
}

typedef sj_status assign_function(sj_tensor *variable, sj_tensor *value);

static PyObject *assign_by(PyObject *self, PyObject *value, assign_function *how)
{
	sj_tensor *variable = live(self), *t = variable ? core_convert(value, sj_tensor_dtype(variable)) : NULL;
	if (t == NULL)
		return NULL;
	sj_status status = how(variable, t);
	sj_free(t);
	core_lines_note();
	return status == SJ_OK ? Py_NewRef(Py_None) : core_raise_sticky();
}

static PyObject *variable_assign(PyObject *self, PyObject *v) { return assign_by(self, v, sj_assign); }
static PyObject *variable_add(PyObject *self, PyObject *v) { return assign_by(self, v, sj_assign_add); }
static PyObject *variable_subtract(PyObject *self, PyObject *v) { return assign_by(self, v, sj_assign_sub); }

static PyObject *variable_read(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	sj_tensor *variable = live(self);
	if (variable == NULL)
		return NULL;
	CORE_NOTE_READ(self);
	sj_tensor *value = core_read(variable);
	return value ? core_wrap(value) : NULL;
}

static PyObject *variable_trainable(PyObject *self, void *Py_UNUSED(closure))
{
	return PyBool_FromLong(sj_variable_is_trainable(HANDLE_TENSOR(self)));
}

/* ---- the types ---- */

static PyMethodDef handle_methods[] = {{"numpy", to_numpy, METH_NOARGS,
                                        "The value as a NumPy array, a copy; a NumPy scalar of a scalar."},
                                       {"_strings", strings, METH_NOARGS,
                                        "The elements of a string tensor as a flat list of bytes."},
                                       {NULL, NULL, 0, NULL}};

static PyGetSetDef handle_properties[] = {{"shape", shape, NULL, "The shape.", NULL},
                                          {"dtype", dtype, NULL, "The dtype of the elements.", NULL},
                                          {"ndim", rank, NULL, "The number of dimensions.", NULL},
                                          {"_shape_tuple", shape_tuple, NULL, "The shape as a tuple of int.", NULL},
                                          {"_dtype_number", dtype_number, NULL, "The dtype's number.", NULL},
                                          {"_size", n_elements, NULL, "The number of elements.", NULL},
                                          {NULL, NULL, NULL, NULL, NULL}};

static PyMethodDef variable_methods[] = {{"_set_shape", variable_set_shape, METH_O, NULL},
                                         {"_assign", variable_assign, METH_O, NULL},
                                         {"_assign_add", variable_add, METH_O, NULL},
                                         {"_assign_sub", variable_subtract, METH_O, NULL},
                                         {"_read", variable_read, METH_NOARGS, NULL},
                                         {NULL, NULL, 0, NULL}};

static PyObject *variable_address(PyObject *self, void *Py_UNUSED(closure))
{
	return PyLong_FromVoidPtr(HANDLE_TENSOR(self));
}

static PyGetSetDef variable_properties[] = {{"_address", variable_address, NULL,
                                             "What Node.variable_address compares with.", NULL},
                                            {"trainable", variable_trainable, NULL,
                                             "Whether tapes watch the variable by themselves.", NULL},
                                            {NULL, NULL, NULL, NULL, NULL}};

static Py_hash_t hash(PyObject *self)
{
	if (core.version == 1 || Py_IS_TYPE(self, &SymbolicTensor_Type)) /* a session's feeds name a graph's tensors */
		return _Py_HashPointer(self);
	PyErr_SetString(PyExc_TypeError, "tensors and variables are unhashable; use tensor.ref() as the key");
	return -1;
}

static Py_ssize_t length(PyObject *self)
{
	sj_tensor *t = live(self);
	if (t == NULL)
		return -1;
	if (core.version == 2 && sj_tensor_rank(t) > 0)
		return sj_tensor_dim(t, 0);
	PyErr_Format(PyExc_TypeError,
	             core.version == 1 ? "object of type '%s' has no len()" : "a scalar %s has no len()",
	             Py_TYPE(self)->tp_name);
	return -1;
}

static PyObject *iterate(PyObject *self)
{
	sj_tensor *t = live(self);
	if (t == NULL)
		return NULL;
	if (core.version == 1 && core_any_graph && sj_tensor_is_symbolic(t)) {
		PyErr_SetString(
			PyExc_TypeError,
			"`Tensor` objects are not iterable when eager execution is not enabled. To iterate over "
			"this tensor use `tf.map_fn`.");
		return NULL;
	}
	if (core_any_graph && core.version == 2 && sj_tensor_is_symbolic(t))
		return core_call_hook(core.numpy, self, "iteration"); /* which refuses it */
	if (sj_tensor_rank(t) == 0 || (core.version == 1 && sj_is_variable(t))) {
		PyErr_Format(PyExc_TypeError, "a %s is not iterable",
		             sj_tensor_rank(t) == 0 ? "scalar tensor" : "variable");
		return NULL;
	}
	return PySeqIter_New(self);
}

static PySequenceMethods sequence_methods = {.sq_length = length, .sq_item = core_item};
static PyMappingMethods mapping_methods = {.mp_length = length, .mp_subscript = core_index};

static PyObject *no_new(PyTypeObject *type, PyObject *Py_UNUSED(arguments), PyObject *Py_UNUSED(keywords))
{
	PyErr_Format(PyExc_TypeError, "%s is not made by its class; use tf.constant or tf.convert_to_tensor",
	             type->tp_name);
	return NULL;
}

static PyObject *variable_new(PyTypeObject *type, PyObject *Py_UNUSED(arguments), PyObject *Py_UNUSED(keywords))
{
	return type->tp_alloc(type, 0);
}

PyTypeObject Handle_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Handle",
                            .tp_basicsize = sizeof(Handle),
                            .tp_dealloc = handle_dealloc,
                            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                            .tp_doc = "What tensors and variables share.",
                            .tp_weaklistoffset = offsetof(Handle, weak_references),
                            .tp_methods = handle_methods,
                            .tp_getset = handle_properties,
                            .tp_as_number = &core_number_methods,
                            .tp_as_sequence = &sequence_methods,
                            .tp_as_mapping = &mapping_methods,
                            .tp_as_buffer = &buffer_procedures,
                            .tp_hash = hash,
                            .tp_richcompare = core_compare,
                            .tp_str = to_text,
                            .tp_repr = to_representation,
                            .tp_iter = iterate,
                            .tp_new = no_new};

PyTypeObject Tensor_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tensorflow.Tensor",
                            .tp_basicsize = sizeof(Handle),
                            .tp_base = &Handle_Type,
                            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                            .tp_doc = "A tensor: an array of one dtype whose contents never change.",
                            .tp_dealloc = handle_dealloc,
                            .tp_hash = hash,
                            .tp_richcompare = core_compare,
                            .tp_new = no_new};

PyTypeObject EagerTensor_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji.EagerTensor",
                                 .tp_basicsize = sizeof(Handle),
                                 .tp_base = &Tensor_Type,
                                 .tp_flags = Py_TPFLAGS_DEFAULT,
                                 .tp_dictoffset = offsetof(Handle, attributes),
                                 .tp_doc = "A tensor with a value.",
                                 .tp_dealloc = eager_dealloc,
                                 .tp_hash = hash,
                                 .tp_richcompare = core_compare,
                                 .tp_new = no_new};

PyTypeObject VariableBase_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.VariableBase",
                                  .tp_basicsize = sizeof(Handle),
                                  .tp_base = &Handle_Type,
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                  .tp_doc = "What variables are made of.",
                                  .tp_dealloc = handle_dealloc,
                                  .tp_methods = variable_methods,
                                  .tp_getset = variable_properties,
                                  .tp_init = variable_init,
                                  .tp_new = variable_new,
                                  .tp_hash = hash,
                                  .tp_richcompare = core_compare};

/* The module sokuji._core: its types, hooks and the few functions that are no operation. */
#include "graph.h"

core_hooks core = {.version = 2};

/* ---- hooks ---- */

static PyObject *set_version(PyObject *Py_UNUSED(module), PyObject *version)
{
	long v = PyLong_AsLong(version);
	if (PyInterpreterState_Get() != PyInterpreterState_Main()) /* asked by every import of the package */
		return PyErr_Format(PyExc_ImportError,
		                    "sokuji works in the main interpreter alone; run what needs it in a "
		                    "thread or a process");
	if (v != 1 && v != 2)
		return PyErr_Occurred() ? NULL
		                        : PyErr_Format(PyExc_ValueError, "TensorFlow's version is 1 or 2, not %ld", v);
	core.version = (int)v;
	SymbolicTensor_Type.tp_name = v == 1 ? "tensorflow.Tensor" : "tensorflow.SymbolicTensor";
	sj_set_zero_gradients(v == 2);
	Py_RETURN_NONE;
}

static PyObject **hook_of(const char *name)
{
	struct {
		const char *name;
		PyObject **place;
	} const places[] = {{"as_dtype", &core.as_dtype},
	                    {"numpy", &core.numpy},
	                    {"text", &core.text},
	                    {"representation", &core.representation},
	                    {"shape", &core.shape},
	                    {"convert", &core.convert},
	                    {"flatten", &core.flatten},
	                    {"pack_as", &core.pack_as},
	                    {"index_other", &core.index_other},
	                    {"complex", &core.complex_numbers},
	                    {"executed", &core.executed},
	                    {"slices", &core.slices},
	                    {"unconnected", &core.unconnected},
	                    {"make_error", &core.make_error},
	                    {"document", &core.document},
	                    {"signature", &core.signature},
	                    {"masks", &core.masks},
	                    {"operator", &core.operator_of_graphs},
	                    {"promote", &core.promote},
	                    {"linear", &core.linear},
	                    {"naming", &core.naming},
	                    {"deferred", &core.deferred}};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(places[i].name, name) == 0)
			return places[i].place;
	return NULL;
}

/* set_hook(name, callable or None) */
static PyObject *set_hook(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	const char *name;
	PyObject *hook;
	if (!PyArg_ParseTuple(arguments, "sO", &name, &hook))
		return NULL;
	PyObject **place = hook_of(name);
	if (place == NULL)
		return PyErr_Format(PyExc_ValueError, "no hook is called '%s'", name);
	Py_XSETREF(*place, hook == Py_None ? NULL : Py_NewRef(hook));
	Py_RETURN_NONE;
}

/* set_dtype(number, object), set_error(status, class) */
static PyObject *set_numbered(PyObject *arguments, PyObject **table, int n)
{
	int number;
	PyObject *object;
	if (!PyArg_ParseTuple(arguments, "iO", &number, &object))
		return NULL;
	if (number < 0 || number >= n)
		return PyErr_Format(PyExc_ValueError, "%d is outside the table", number);
	Py_XSETREF(table[number], Py_NewRef(object));
	Py_RETURN_NONE;
}

static PyObject *set_dtype(PyObject *Py_UNUSED(m), PyObject *arguments)
{
	return set_numbered(arguments, core.dtypes, CORE_DTYPES);
}
static PyObject *set_error(PyObject *Py_UNUSED(m), PyObject *arguments)
{
	return set_numbered(arguments, core.errors, CORE_STATUSES);
}

/* ---- functions ---- */

/* convert(value, dtype number or 0) */
static PyObject *convert(PyObject *Py_UNUSED(module), PyObject *const *arguments, Py_ssize_t n)
{
	long dtype = n == 2 ? PyLong_AsLong(arguments[1]) : 0;
	if (n < 1 || n > 2 || dtype < 0 || dtype >= CORE_DTYPES)
		return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "convert(value[, dtype number])");
	if (Py_TYPE(arguments[0]) == &EagerTensor_Type)
		return Py_NewRef(arguments[0]);
	sj_tensor *t = core_convert(arguments[0], (sj_dtype)dtype);
	if (t != NULL && sj_is_variable(t)) {
		sj_tensor *value = core_read(t);
		sj_free(t);
		t = value;
	}
	return t == NULL ? NULL : core_wrap(t);
}

/* extend(name, function[, type]): a method or property written in Python, for tensors and variables or another type of the core. */
static PyObject *extend(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *name, *function;
	PyTypeObject *type = &Handle_Type;
	if (!PyArg_ParseTuple(arguments, "UO|O!", &name, &function, &PyType_Type, &type) ||
	    PyDict_SetItem(type->tp_dict, name, function) < 0)
		return NULL;
	PyType_Modified(type);
	Py_RETURN_NONE;
}

static PyObject *has_op(PyObject *Py_UNUSED(module), PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	return text == NULL ? NULL : PyBool_FromLong(sj_op_find(text) != NULL);
}

/* Whether a function called with one tensor is the operation of that name. */
static PyObject *is_op(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *function;
	const char *name;
	if (!PyArg_ParseTuple(arguments, "Os", &function, &name))
		return NULL;
	const sj_op *op = core_function_op(function);
	return PyBool_FromLong(op != NULL && op == sj_op_find(name));
}

static PyObject *inputs_of(PyObject *Py_UNUSED(module), PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	const sj_op *op = text ? sj_op_find(text) : NULL;
	if (op == NULL)
		return text == NULL ? NULL : Py_NewRef(Py_None);
	PyObject *list = PyList_New(0);
	for (int i = 0; list != NULL && i < sj_op_input_count(op); i++) {
		PyObject *one = PyUnicode_FromString(sj_op_input_name(op, i));
		if (one == NULL || PyList_Append(list, one) < 0)
			Py_CLEAR(list);
		Py_XDECREF(one);
	}
	return list;
}

/* The names of an operation's attributes; None where there is no such operation. */
static PyObject *attributes_of(PyObject *Py_UNUSED(module), PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	const sj_op *op = text ? sj_op_find(text) : NULL;
	if (op == NULL)
		return text == NULL ? NULL : Py_NewRef(Py_None);
	PyObject *list = PyList_New(sj_op_attribute_count(op));
	for (int i = 0; list != NULL && i < sj_op_attribute_count(op); i++)
		PyList_SET_ITEM(list, i, PyUnicode_FromString(sj_op_attribute(op, i)->name));
	return list;
}

static PyObject *op_names(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	PyObject *list = PyList_New(sj_op_count());
	for (int i = 0; list != NULL && i < sj_op_count(); i++)
		PyList_SET_ITEM(list, i, PyUnicode_FromString(sj_op_name(sj_op_at(i))));
	return list;
}

static PyObject *set_seed(PyObject *Py_UNUSED(module), PyObject *seed)
{
	if (seed == Py_None) {
		sj_clear_random_seed();
		Py_RETURN_NONE;
	}
	long long v = PyLong_AsLongLong(seed);
	if (v == -1 && PyErr_Occurred())
		return NULL;
	sj_set_random_seed(v);
	Py_RETURN_NONE;
}

/* The two seeds of a call with this seed (None: not given). */
static PyObject *op_seeds(PyObject *Py_UNUSED(module), PyObject *seed)
{
	sj_int_option given = {seed != Py_None, seed == Py_None ? 0 : PyLong_AsLongLong(seed)};
	int64_t first, second;
	if (PyErr_Occurred())
		return NULL;
	sj_random_op_seeds(given, &first, &second);
	return Py_BuildValue("LL", (long long)first, (long long)second);
}

/* set_memory_limit(bytes, or -1 for the machine's) */
static PyObject *set_memory_limit(PyObject *Py_UNUSED(module), PyObject *bytes)
{
	long long v = PyLong_AsLongLong(bytes);
	if (v == -1 && PyErr_Occurred())
		return NULL;
	sj_set_memory_limit(v);
	Py_RETURN_NONE;
}

static PyObject *memory_limit(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	return PyLong_FromLongLong(sj_memory_limit());
}

/* Bytes that tensors and all else of the library take. */
static PyObject *memory_in_use(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	return PyLong_FromLongLong(sj_memory_in_use());
}

static PyObject *is_recording(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
	return PyBool_FromLong(sj_tape_is_recording());
}

static PyMethodDef functions[] = {{"execute", (PyCFunction)(void (*)(void))core_execute, METH_FASTCALL,
                                   "execute(name, inputs, attributes[, n_outputs])"},
                                  {"convert", (PyCFunction)(void (*)(void))convert, METH_FASTCALL,
                                   "convert(value[, dtype number])"},
                                  {"record_gradient", core_record_gradient, METH_VARARGS,
                                   "record_gradient(inputs, outputs, function)"},
                                  {"to_dlpack", core_to_dlpack, METH_VARARGS, "to_dlpack(tensor, versioned)"},
                                  {"from_dlpack", core_from_dlpack, METH_O, "from_dlpack(capsule)"},
                                  {"quick", core_quick, METH_O, "quick(function)"},
                                  {"step", core_step, METH_NOARGS, NULL},
                                  {"set_step", core_set_step, METH_O, NULL},
                                  {"set_version", set_version, METH_O, NULL},
                                  {"set_hook", set_hook, METH_VARARGS, NULL},
                                  {"set_dtype", set_dtype, METH_VARARGS, NULL},
                                  {"set_error", set_error, METH_VARARGS, NULL},
                                  {"extend", extend, METH_VARARGS, NULL},
                                  {"has_op", has_op, METH_O, NULL},
                                  {"is_op", is_op, METH_VARARGS, NULL},
                                  {"inputs_of", inputs_of, METH_O, NULL},
                                  {"attributes_of", attributes_of, METH_O, NULL},
                                  {"op_names", op_names, METH_NOARGS, NULL},
                                  {"set_seed", set_seed, METH_O, NULL},
                                  {"op_seeds", op_seeds, METH_O, NULL},
                                  {"set_memory_limit", set_memory_limit, METH_O, NULL},
                                  {"memory_limit", memory_limit, METH_NOARGS, NULL},
                                  {"memory_in_use", memory_in_use, METH_NOARGS, NULL},
                                  {"is_recording", is_recording, METH_NOARGS, NULL},
                                  {"run_times", core_run_times, METH_NOARGS, NULL},
                                  {NULL, NULL, 0, NULL}};

/* ---- namespaces ---- */

/*
 * The interpreter keeps no place for names of modules that have a __getattr__ of their own (for names that are missing): looked up in the
 * module's dictionary first, a name costs half. Up to 3.11 a dictionary has a number that is its alone and another one after every change,
 * so that what was found under it and a name is found again without a search.
 */
#if PY_VERSION_HEX < 0x030C0000
enum { PLACES = 128 };

typedef struct Place {
	uint64_t version;
	PyObject *name, *value; /* the value is the dictionary's */
} Place;

static PyObject *space_find(PyObject *dict, PyObject *name)
{
	static Place places[PLACES];
	uint64_t version = ((PyDictObject *)dict)->ma_version_tag;
	Place *p = &places[((uintptr_t)name >> 4 ^ version) % PLACES];
	if (p->name == name && p->version == version)
		return p->value;
	PyObject *found = PyDict_GetItemWithError(dict, name);
	if (found != NULL) {
		p->version = version;
		p->value = found;
		Py_XSETREF(p->name, Py_NewRef(name));
	}
	return found;
}
#else
#define space_find PyDict_GetItemWithError
#endif

static PyObject *space_attribute(PyObject *self, PyObject *name)
{
	PyObject *dict = *(PyObject **)((char *)self + PyModule_Type.tp_dictoffset);
	PyObject *found = dict ? space_find(dict, name) : NULL;
	if (found != NULL)
		return Py_NewRef(found);
	return PyErr_Occurred() ? NULL : PyModule_Type.tp_getattro(self, name);
}

static PyTypeObject Space_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Space",
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_getattro = space_attribute,
                                  .tp_doc = "A module whose names are looked up quickly."};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "sokuji._core", .m_doc = "Sokuji's core.",
                                        .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC PyInit__core(void)
{
	PyTypeObject *const types[] = {&Handle_Type,          &Tensor_Type,       &EagerTensor_Type, &VariableBase_Type,
	                               &Function_Type,        &GradientTape_Type, &Updater_Type,     &Dataset_Type,
	                               &DatasetIterator_Type, &LayerBase_Type,    &Quick_Type,       &Space_Type};
	static const char *const names[] = {"Handle",          "Tensor",       "EagerTensor", "VariableBase",
	                                    "Function",        "GradientTape", "Updater",     "Dataset",
	                                    "DatasetIterator", "LayerBase",    "Quick",       "Space"};
	Space_Type.tp_base = &PyModule_Type;
	if (core_numbers_init() < 0 || core_index_init() < 0 || core_dataset_init() < 0 || core_layer_init() < 0)
		return NULL;
	PyObject *module = PyModule_Create(&definition);
	for (size_t i = 0; module != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (PyType_Ready(types[i]) < 0 || PyModule_AddObjectRef(module, names[i], (PyObject *)types[i]) < 0)
			Py_CLEAR(module);
	if (module != NULL && (core_layer_finish() < 0 || core_files_init(module) < 0 || core_graph_init(module) < 0))
		Py_CLEAR(module);
	return module;
}

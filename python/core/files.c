/* Checkpoints and record files (checkpoint.h, records.h) for Python: the types Checkpoint and Records, checkpoint_write, record_frame. */
#include "core.h"

/* ---- reading checkpoints ---- */

typedef struct Checkpoint {
	PyObject_HEAD sj_checkpoint *checkpoint;
} Checkpoint;

static PyObject *checkpoint_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	const char *prefix;
	if (!PyArg_ParseTuple(arguments, "s", &prefix))
		return NULL;
	Checkpoint *self = (Checkpoint *)type->tp_alloc(type, 0);
	if (self == NULL)
		return NULL;
	self->checkpoint = sj_checkpoint_open(prefix);
	if (self->checkpoint != NULL)
		return (PyObject *)self;
	Py_DECREF(self);
	return core_raise_sticky();
}

static void checkpoint_dealloc(PyObject *self)
{
	sj_checkpoint_close(((Checkpoint *)self)->checkpoint);
	Py_TYPE(self)->tp_free(self);
}

/* (name, dtype number, shape) */
static PyObject *entry_of(const sj_checkpoint *checkpoint, int64_t i)
{
	int64_t dims[SJ_MAX_RANK];
	int rank = sj_checkpoint_shape(checkpoint, i, dims);
	PyObject *shape = PyTuple_New(rank < 0 ? 0 : rank);
	for (int k = 0; shape != NULL && k < rank; k++) {
		PyObject *size = PyLong_FromLongLong(dims[k]);
		if (size == NULL)
			Py_CLEAR(shape);
		else
			PyTuple_SET_ITEM(shape, k, size);
	}
	if (shape == NULL)
		return NULL;
	const char *name = sj_checkpoint_name(checkpoint, i);
	PyObject *text = PyUnicode_DecodeUTF8(name, (Py_ssize_t)strlen(name), "surrogateescape");
	return Py_BuildValue("NiN", text, (int)sj_checkpoint_dtype(checkpoint, i), shape);
}

static PyObject *checkpoint_entries(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	const sj_checkpoint *checkpoint = ((Checkpoint *)self)->checkpoint;
	PyObject *list = PyList_New(0);
	for (int64_t i = 0; list != NULL && i < sj_checkpoint_count(checkpoint); i++) {
		PyObject *entry = entry_of(checkpoint, i);
		if (entry == NULL || PyList_Append(list, entry) < 0)
			Py_CLEAR(list);
		Py_XDECREF(entry);
	}
	return list;
}

static PyObject *checkpoint_read(PyObject *self, PyObject *name)
{
	const char *text = PyUnicode_AsUTF8(name);
	if (text == NULL)
		return NULL;
	sj_scope scope = sj_scope_begin();
	sj_tensor *t;
	Py_BEGIN_ALLOW_THREADS t = sj_keep(sj_checkpoint_read(((Checkpoint *)self)->checkpoint, text));
	Py_END_ALLOW_THREADS sj_scope_end(scope);
	if (sj_ok())
		return core_wrap(t);
	sj_free(t);
	return core_raise_sticky();
}

static PyMethodDef checkpoint_methods[] = {{"entries", checkpoint_entries, METH_NOARGS,
                                            "entries() -> [(name, dtype number, shape)]"},
                                           {"read", checkpoint_read, METH_O, "read(name) -> tensor"},
                                           {NULL, NULL, 0, NULL}};

static PyTypeObject Checkpoint_Type =
	{PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Checkpoint",
         .tp_basicsize = sizeof(Checkpoint),
         .tp_flags = Py_TPFLAGS_DEFAULT,
         .tp_doc = "Checkpoint(prefix): a checkpoint in TensorFlow's format, open for reading.",
         .tp_new = checkpoint_new,
         .tp_dealloc = checkpoint_dealloc,
         .tp_methods = checkpoint_methods};

/* ---- writing checkpoints ---- */

static int entry_write(sj_checkpoint_writer *writer, PyObject *pair)
{
	const char *name;
	PyObject *handle;
	if (!PyArg_ParseTuple(pair, "sO", &name, &handle) || core_handle_check(handle, "what a checkpoint holds") < 0)
		return -1;
	sj_tensor *value = core_read(HANDLE_TENSOR(handle));
	if (value == NULL)
		return -1;
	sj_status status;
	Py_BEGIN_ALLOW_THREADS status = sj_checkpoint_writer_add(writer, name, value);
	Py_END_ALLOW_THREADS sj_free(value);
	if (status == SJ_OK)
		return 0;
	core_raise_sticky();
	return -1;
}

/* checkpoint_write(prefix, [(name, tensor or variable), ...]) */
static PyObject *checkpoint_write(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	const char *prefix;
	PyObject *list;
	if (!PyArg_ParseTuple(arguments, "sO!", &prefix, &PyList_Type, &list))
		return NULL;
	sj_checkpoint_writer *writer = sj_checkpoint_writer_begin(prefix);
	if (writer == NULL)
		return core_raise_sticky();
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
		if (entry_write(writer, PyList_GET_ITEM(list, i)) < 0) {
			sj_checkpoint_writer_abandon(writer);
			return NULL;
		}
	sj_status status;
	Py_BEGIN_ALLOW_THREADS status = sj_checkpoint_writer_end(writer);
	Py_END_ALLOW_THREADS if (status != SJ_OK) return core_raise_sticky();
	Py_RETURN_NONE;
}

/* ---- records ---- */

typedef struct Records {
	PyObject_HEAD sj_record_reader *reader;
} Records;

static PyObject *records_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	const char *path;
	if (!PyArg_ParseTuple(arguments, "s", &path))
		return NULL;
	Records *self = (Records *)type->tp_alloc(type, 0);
	if (self == NULL)
		return NULL;
	self->reader = sj_record_reader_open(path);
	if (self->reader != NULL)
		return (PyObject *)self;
	Py_DECREF(self);
	return core_raise_sticky();
}

static void records_dealloc(PyObject *self)
{
	sj_record_reader_close(((Records *)self)->reader);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *records_next(PyObject *self)
{
	const void *bytes;
	int64_t n;
	sj_status status = sj_record_reader_next(((Records *)self)->reader, &bytes, &n, NULL);
	if (status == SJ_OK)
		return PyBytes_FromStringAndSize(bytes, (Py_ssize_t)n);
	return status == SJ_OUT_OF_RANGE ? NULL : core_raise_sticky();
}

static PyTypeObject Records_Type =
	{PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Records",
         .tp_basicsize = sizeof(Records),
         .tp_flags = Py_TPFLAGS_DEFAULT,
         .tp_doc = "Records(path): an iterator over the records of a TFRecord file, each as bytes.",
         .tp_new = records_new,
         .tp_dealloc = records_dealloc,
         .tp_iter = PyObject_SelfIter,
         .tp_iternext = records_next};

/* record_frame(bytes) -> the record as it stands in a file */
static PyObject *record_frame(PyObject *Py_UNUSED(module), PyObject *record)
{
	char *bytes;
	Py_ssize_t n;
	if (PyBytes_AsStringAndSize(record, &bytes, &n) < 0)
		return NULL;
	PyObject *framed = PyBytes_FromStringAndSize(NULL, n + 16);
	if (framed == NULL)
		return NULL;
	uint8_t *at = (uint8_t *)PyBytes_AS_STRING(framed);
	sj_record_head((uint64_t)n, at);
	memcpy(at + 12, bytes, (size_t)n);
	sj_record_tail(bytes, (uint64_t)n, at + 12 + n);
	return framed;
}

/* ---- the module ---- */

static PyMethodDef functions[] = {{"checkpoint_write", checkpoint_write, METH_VARARGS,
                                   "checkpoint_write(prefix, [(name, tensor)])"},
                                  {"record_frame", record_frame, METH_O,
                                   "record_frame(bytes): the record as it stands in a file"},
                                  {NULL, NULL, 0, NULL}};

int core_files_init(PyObject *module)
{
	if (PyType_Ready(&Checkpoint_Type) < 0 || PyType_Ready(&Records_Type) < 0 ||
	    PyModule_AddObjectRef(module, "Checkpoint", (PyObject *)&Checkpoint_Type) < 0 ||
	    PyModule_AddObjectRef(module, "Records", (PyObject *)&Records_Type) < 0)
		return -1;
	return PyModule_AddFunctions(module, functions);
}

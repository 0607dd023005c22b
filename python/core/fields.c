/* The attributes of layers that every step reads (layer.h). */
#include "layer.h"

static PyObject *words[FIELDS];

int core_fields_init(void)
{
	static const char *const names[FIELDS] = {
		[TRAINABLE] = "_trainable",
		[TRAINABLE_WEIGHTS] = "_trainable_weights",
		[FROZEN_WEIGHTS] = "_non_trainable_weights",
		[SUBLAYERS] = "_sublayers",
		[METRICS] = "_metrics",
		[KERNEL] = "kernel",
		[BIAS] = "bias",
		[ACTIVATION] = "activation",
		[CALL] = "call",
	};
	for (int i = 0; i < FIELDS; i++)
		if ((words[i] = PyUnicode_InternFromString(names[i])) == NULL)
			return -1;
	return 0;
}

#if PY_VERSION_HEX < 0x030C0000
/* What the class has of a name, or does about names, goes before the dictionary; but for call(), a function, which goes behind. */
static void fields_read(Layer *layer, PyObject *dict)
{
	PyTypeObject *type = Py_TYPE(layer);
	for (int i = 0; i < FIELDS; i++) {
		bool is_plain = type->tp_getattro == PyObject_GenericGetAttr &&
		                (i == CALL || _PyType_Lookup(type, words[i]) == NULL);
		layer->fields[i] = is_plain ? PyDict_GetItemWithError(dict, words[i]) : NULL;
	}
	layer->class_version = type->tp_version_tag;
}

/* Up to 3.11 a dictionary has a number that is its alone, and another one after every change. */
PyObject *const *core_layer_fields(PyObject *self)
{
	Layer *layer = (Layer *)self;
	PyObject **dict = _PyObject_GetDictPtr(self);
	if (dict == NULL || *dict == NULL)
		return NULL;
	uint64_t version = ((PyDictObject *)*dict)->ma_version_tag;
	if (layer->version != version || layer->class_version != Py_TYPE(self)->tp_version_tag ||
	    layer->class_version == 0) {
		fields_read(layer, *dict);
		layer->version = version;
	}
	return layer->fields;
}

PyObject *core_layer_own_call(PyObject *self)
{
	PyObject *const *fields = core_layer_fields(self);
	return fields ? Py_XNewRef(fields[CALL]) : NULL;
}
#else
PyObject *const *core_layer_fields(PyObject *Py_UNUSED(self)) { return NULL; }

PyObject *core_layer_own_call(PyObject *self)
{
	PyObject *dict = PyObject_GenericGetDict(self, NULL);
	PyObject *found = dict ? Py_XNewRef(PyDict_GetItemWithError(dict, words[CALL])) : NULL;
	Py_XDECREF(dict);
	return found;
}
#endif

PyObject *core_layer_field(PyObject *self, Field which)
{
	PyObject *const *fields = core_layer_fields(self);
	if (fields != NULL && fields[which] != NULL)
		return Py_NewRef(fields[which]);
	return PyErr_Occurred() ? NULL : PyObject_GetAttr(self, words[which]);
}

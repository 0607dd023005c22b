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
	};
	for (int i = 0; i < FIELDS; i++)
		if ((words[i] = PyUnicode_InternFromString(names[i])) == NULL)
			return -1;
	return 0;
}

/* What the class has of a name, or does about names, goes before the dictionary. */
static void fields_read(Layer *layer, PyObject *dict)
{
	PyTypeObject *type = Py_TYPE(layer);
	for (int i = 0; i < FIELDS; i++) {
		bool is_plain = type->tp_getattro == PyObject_GenericGetAttr && _PyType_Lookup(type, words[i]) == NULL;
		layer->fields[i] = is_plain ? PyDict_GetItemWithError(dict, words[i]) : NULL;
	}
	layer->class_version = type->tp_version_tag;
}

#if PY_VERSION_HEX < 0x030C0000
/* Up to 3.11 a dictionary has a number that is its alone, and another one after every change. */
static PyObject *noted(PyObject *self, Field which)
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
	return layer->fields[which];
}
#else
static PyObject *noted(PyObject *self, Field which)
{
	PyObject *dict = PyObject_GenericGetDict(self, NULL);
	if (dict == NULL)
		return NULL;
	fields_read((Layer *)self, dict);
	Py_DECREF(dict);
	return ((Layer *)self)->fields[which];
}
#endif

PyObject *core_layer_field(PyObject *self, Field which)
{
	PyObject *found = noted(self, which);
	if (found != NULL || PyErr_Occurred())
		return Py_XNewRef(found);
	return PyObject_GetAttr(self, words[which]);
}

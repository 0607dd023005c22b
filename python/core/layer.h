/*
 * What the files about layers share. A layer's attributes lie in its dictionary, where Python sets them; those that every step reads are noted
 * beside it and hold as long as neither the dictionary nor the class changes.
 */
#ifndef SOKUJI_PYTHON_LAYER_H
#define SOKUJI_PYTHON_LAYER_H

#include "core.h"

typedef enum Field {
	TRAINABLE,
	TRAINABLE_WEIGHTS,
	FROZEN_WEIGHTS,
	SUBLAYERS,
	METRICS,
	KERNEL,
	BIAS,
	ACTIVATION,
	CALL,
	FIELDS
} Field;

typedef struct Layer {
	PyObject_HEAD long plain; /* 0: no; else 1 + the dtype that a call with one tensor must have, 0 for any */
	uint64_t version;         /* of the dictionary that the fields were read from */
	unsigned class_version;
	PyObject *fields[FIELDS]; /* the dictionary's; NULL: not in it, or not its to say */
} Layer;

/* The attribute of a layer, a new reference. */
PyObject *core_layer_field(PyObject *self, Field which);
/* Those that are noted, borrowed, as long as nothing of Python's runs; NULL: none is. */
PyObject *const *core_layer_fields(PyObject *self);
/* The same of several attributes, one after the other: `fields` is what is noted, until Python had to be asked. */
static inline PyObject *core_layer_take(PyObject *self, PyObject *const **fields, Field which)
{
	if (*fields != NULL && (*fields)[which] != NULL)
		return Py_NewRef((*fields)[which]);
	*fields = NULL;
	return PyErr_Occurred() ? NULL : core_layer_field(self, which);
}
/* The call() that was set on the layer itself, a new reference, or NULL. */
PyObject *core_layer_own_call(PyObject *self);
int core_fields_init(void);

/* ---- weights.c ---- */
int core_weights_init(void);
PyObject *core_layer_weights(PyObject *self, PyObject *const *arguments, Py_ssize_t n);
PyObject *core_weights_below(PyObject *self, PyObject *nothing);
PyObject *core_weights_get(PyObject *self, void *closure);
PyObject *core_variables_get(PyObject *self, void *closure);

#endif

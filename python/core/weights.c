/*
 * The lists of weights that layers answer with, gathered from the layers below: trainable ones first in 1.x, each once. What models hold beside
 * layers, and the order of 2.x, are Python's (keras/layers_base.py).
 */
#include "layer.h"

static PyObject *word_weights, *word_every_weight, *word_with_metrics;
static PyObject *own_weights; /* LayerBase's own descriptor of `weights` */

int core_weights_init(void)
{
	const struct {
		PyObject **place;
		const char *text;
	} words[] = {{&word_weights, "weights"},
	             {&word_every_weight, "_every_weight"},
	             {&word_with_metrics, "_with_metrics"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((*words[i].place = PyUnicode_InternFromString(words[i].text)) == NULL)
			return -1;
	return 0;
}

/* A list that grows on the stack as long as it is short; it owns its items, since what a layer answers may be a list made for the occasion. */
typedef struct Items {
	Py_ssize_t n, room;
	PyObject **items, *few[64];
} Items;

static void items_begin(Items *list)
{
	list->n = 0;
	list->room = sizeof(list->few) / sizeof(list->few[0]);
	list->items = list->few;
}

static void items_end(Items *list)
{
	for (Py_ssize_t i = 0; i < list->n; i++)
		Py_DECREF(list->items[i]);
	if (list->items != list->few)
		PyMem_Free(list->items);
}

static int items_grow(Items *list)
{
	PyObject **more = PyMem_Malloc(sizeof(*more) * 2 * (size_t)list->room);
	if (more == NULL) {
		PyErr_NoMemory();
		return -1;
	}
	memcpy(more, list->items, sizeof(*more) * (size_t)list->n);
	if (list->items != list->few)
		PyMem_Free(list->items);
	list->items = more;
	list->room *= 2;
	return 0;
}

static int items_add(Items *list, PyObject *item)
{
	if (list->n == list->room && items_grow(list) < 0)
		return -1;
	list->items[list->n++] = Py_NewRef(item);
	return 0;
}

/* ---- gathering ---- */

static int extend_by(Items *list, PyObject *self, PyObject *const **fields, Field which)
{
	PyObject *more = core_layer_take(self, fields, which);
	int failed = more == NULL || !PyList_Check(more) ? -1 : 0;
	if (more != NULL && failed)
		PyErr_SetString(PyExc_TypeError, "the weights of a layer must be in lists");
	for (Py_ssize_t i = 0; failed == 0 && i < PyList_GET_SIZE(more); i++)
		failed = list ? items_add(list, PyList_GET_ITEM(more, i)) : 0;
	Py_XDECREF(more);
	return failed;
}

static int gather(PyObject *self, Items *trainable, Items *frozen, int on);

static int gather_below(PyObject *layers, Items *trainable, Items *frozen, int on)
{
	int failed = 0;
	if (!PyList_Check(layers)) {
		PyErr_SetString(PyExc_TypeError, "_sublayers must be a list");
		return -1;
	}
	if (PyList_GET_SIZE(layers) == 0)
		return 0;
	if (Py_EnterRecursiveCall(" while gathering weights"))
		return -1;
	for (Py_ssize_t i = 0; failed == 0 && i < PyList_GET_SIZE(layers); i++) {
		PyObject *layer = Py_NewRef(PyList_GET_ITEM(layers, i));
		failed = PyObject_TypeCheck(layer, &LayerBase_Type) ? gather(layer, trainable, frozen, on) : -1;
		if (failed && !PyErr_Occurred())
			PyErr_Format(PyExc_TypeError, "%R is no layer", layer);
		Py_DECREF(layer);
	}
	Py_LeaveRecursiveCall();
	return failed;
}

/* Either list may be NULL: those weights are not asked for. */
static int gather(PyObject *self, Items *trainable, Items *frozen, int on)
{
	PyObject *const *fields = core_layer_fields(self);
	PyObject *mine = core_layer_take(self, &fields, TRAINABLE);
	int is_trainable = mine == Py_True ? 1 : mine == Py_False ? 0 : -1;
	if (mine != NULL && is_trainable < 0) {
		is_trainable = PyObject_IsTrue(mine);
		fields = NULL;
	}
	Py_XDECREF(mine);
	on = on && is_trainable;
	if (is_trainable < 0 || extend_by(on ? trainable : frozen, self, &fields, TRAINABLE_WEIGHTS) < 0 ||
	    extend_by(frozen, self, &fields, FROZEN_WEIGHTS) < 0)
		return -1;
	PyObject *below = core_layer_take(self, &fields, SUBLAYERS);
	int failed = below ? gather_below(below, trainable, frozen, on) : -1;
	Py_XDECREF(below);
	return failed;
}

/* ---- each once, where it comes first ---- */

static bool is_among(const Items *list, Py_ssize_t n, const PyObject *item)
{
	for (Py_ssize_t i = 0; i < n; i++)
		if (list->items[i] == item)
			return true;
	return false;
}

static void keep_few_distinct(Items *list)
{
	Py_ssize_t n = 0;
	for (Py_ssize_t i = 0; i < list->n; i++) {
		PyObject *item = list->items[i];
		if (is_among(list, n, item))
			Py_DECREF(item);
		else
			list->items[n++] = item;
	}
	list->n = n;
}

static int keep_many_distinct(Items *list)
{
	PyObject *ids = PyDict_New();
	Py_ssize_t n = 0, i = 0;
	for (; ids != NULL && i < list->n; i++) {
		PyObject *item = list->items[i], *key = PyLong_FromVoidPtr(item);
		int known = key ? PyDict_Contains(ids, key) : -1;
		if (known == 0 && PyDict_SetItem(ids, key, Py_None) < 0)
			known = -1;
		Py_XDECREF(key);
		if (known < 0)
			break;
		if (known)
			Py_DECREF(item);
		else
			list->items[n++] = item;
	}
	int failed = ids == NULL || i < list->n ? -1 : 0;
	for (; i < list->n; i++)
		list->items[n++] = list->items[i];
	list->n = n;
	Py_XDECREF(ids);
	return failed;
}

static PyObject *list_of(const Items *from)
{
	PyObject *list = PyList_New(from->n);
	for (Py_ssize_t i = 0; list != NULL && i < from->n; i++)
		PyList_SET_ITEM(list, i, Py_NewRef(from->items[i]));
	return list;
}

/* Those kinds of weights, the layers' below after the layer's own. */
static int weights_into(PyObject *self, bool trainable, bool frozen, Items *ret_items)
{
	Items later;
	items_begin(&later);
	items_begin(ret_items);
	int failed = gather(self, trainable ? ret_items : NULL, frozen ? &later : NULL, 1);
	for (Py_ssize_t i = 0; failed == 0 && i < later.n; i++)
		failed = items_add(ret_items, later.items[i]);
	items_end(&later);
	if (failed == 0 && ret_items->n > 64)
		return keep_many_distinct(ret_items);
	if (failed == 0)
		keep_few_distinct(ret_items);
	return failed;
}

static PyObject *weights_of(PyObject *self, bool trainable, bool frozen)
{
	Items items;
	PyObject *made = weights_into(self, trainable, frozen, &items) == 0 ? list_of(&items) : NULL;
	items_end(&items);
	return made;
}

/* _weights(trainable, frozen): those kinds of weights, the layers' below after its own, each once. */
PyObject *core_layer_weights(PyObject *self, PyObject *const *arguments, Py_ssize_t n)
{
	if (n != 2)
		return PyErr_Format(PyExc_TypeError, "_weights(trainable, frozen)");
	return weights_of(self, arguments[0] == Py_True, arguments[1] == Py_True);
}

/* ---- properties ---- */

PyObject *core_weights_get(PyObject *self, void *Py_UNUSED(closure))
{
	return core.version == 1 ? weights_of(self, true, true) : PyObject_CallMethodNoArgs(self, word_every_weight);
}

/* Whether the layer's class leaves `weights` as it is here. */
static bool has_own_weights(PyObject *layer)
{
	if (own_weights == NULL)
		own_weights = PyDict_GetItem(LayerBase_Type.tp_dict, word_weights);
	return core.version == 1 && PyObject_TypeCheck(layer, &LayerBase_Type) &&
	       _PyType_Lookup(Py_TYPE(layer), word_weights) == own_weights;
}

static PyObject *any_weights(PyObject *layer)
{
	return has_own_weights(layer) ? weights_of(layer, true, true) : PyObject_GetAttr(layer, word_weights);
}

PyObject *core_variables_get(PyObject *self, void *Py_UNUSED(closure))
{
	PyObject *metrics = core_layer_field(self, METRICS), *weights = metrics ? any_weights(self) : NULL;
	if (weights != NULL && (core.version != 1 || !PyList_CheckExact(metrics) || PyList_GET_SIZE(metrics) > 0))
		Py_SETREF(weights, PyObject_CallMethodOneArg(self, word_with_metrics, weights));
	Py_XDECREF(metrics);
	return weights;
}

static int weights_append(Items *list, PyObject *layer)
{
	if (has_own_weights(layer)) {
		Items own;
		int failed = weights_into(layer, true, true, &own);
		for (Py_ssize_t k = 0; failed == 0 && k < own.n; k++)
			failed = items_add(list, own.items[k]);
		items_end(&own);
		return failed;
	}
	PyObject *own = PyObject_GetAttr(layer, word_weights), *fast = own ? PySequence_Fast(own, "weights") : NULL;
	int failed = fast == NULL ? -1 : 0;
	for (Py_ssize_t k = 0; failed == 0 && k < PySequence_Fast_GET_SIZE(fast); k++)
		failed = items_add(list, PySequence_Fast_GET_ITEM(fast, k));
	Py_XDECREF(own);
	Py_XDECREF(fast);
	return failed;
}

/* _weights_below(): the weights of each layer below, one after the other: a Network's. */
PyObject *core_weights_below(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	PyObject *layers = core_layer_field(self, SUBLAYERS), *made = NULL;
	if (layers == NULL || !PyList_Check(layers)) {
		Py_XDECREF(layers);
		return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "_sublayers must be a list");
	}
	Items items;
	items_begin(&items);
	bool entered = Py_EnterRecursiveCall(" while gathering weights") == 0;
	int failed = entered ? 0 : -1;
	for (Py_ssize_t i = 0; failed == 0 && i < PyList_GET_SIZE(layers); i++) {
		PyObject *layer = Py_NewRef(PyList_GET_ITEM(layers, i));
		failed = weights_append(&items, layer);
		Py_DECREF(layer);
	}
	if (entered)
		Py_LeaveRecursiveCall();
	if (failed == 0)
		made = list_of(&items);
	items_end(&items);
	Py_DECREF(layers);
	return made;
}

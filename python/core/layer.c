/*
 * LayerBase: what of Keras' layers runs at every step. A call with one tensor of a layer that needs nothing else is call() at once, a dense
 * layer's call() is three operations, and the list of weights is gathered here. Everything else is Python's (keras/layers_base.py).
 */
#include "core.h"

typedef struct Layer {
	PyObject_HEAD long plain; /* 0: no; else 1 + the dtype that such a call must have, 0 for any */
} Layer;

static PyObject *word_call, *word_call_fully, *word_call_any, *word_kernel, *word_bias, *word_activation,
	*word_trainable, *word_trainable_weights, *word_frozen_weights, *word_sublayers;
static const sj_op *op_fused, *op_relu;
static size_t place_of_relu; /* in the arguments of op_fused */

int core_layer_init(void)
{
	const struct {
		PyObject **place;
		const char *text;
	} words[] = {{&word_call, "call"},
	             {&word_call_fully, "_call_fully"},
	             {&word_call_any, "_call_any"},
	             {&word_kernel, "kernel"},
	             {&word_bias, "bias"},
	             {&word_activation, "activation"},
	             {&word_trainable, "_trainable"},
	             {&word_trainable_weights, "_trainable_weights"},
	             {&word_frozen_weights, "_non_trainable_weights"},
	             {&word_sublayers, "_sublayers"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((*words[i].place = PyUnicode_InternFromString(words[i].text)) == NULL)
			return -1;
	op_relu = sj_op_find("Relu");
	op_fused = sj_op_find("FusedMatMul");
	const sj_attribute *relu = op_fused ? core_attribute_find(op_fused, "relu") : NULL;
	if (relu == NULL || sj_op_args_size(op_fused) > 64)
		op_fused = NULL;
	else
		place_of_relu = relu->offset;
	LayerBase_Type.tp_new = PyBaseObject_Type.tp_new; /* so that object.__new__ makes layers */
	return 0;
}

/* ---- calls ---- */

static PyObject *layer_call(PyObject *self, PyObject *arguments, PyObject *keywords)
{
	long plain = ((Layer *)self)->plain;
	if (plain != 0 && PyTuple_GET_SIZE(arguments) == 1 && (keywords == NULL || PyDict_GET_SIZE(keywords) == 0) &&
	    (core.masks == NULL || PyDict_GET_SIZE(core.masks) == 0)) {
		PyObject *both[] = {self, PyTuple_GET_ITEM(arguments, 0)};
		if (Py_TYPE(both[1]) == &EagerTensor_Type &&
		    (plain == 1 || plain - 1 == (long)sj_tensor_dtype(HANDLE_TENSOR(both[1]))))
			return PyObject_VectorcallMethod(word_call, both, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
	}
	PyObject *method = PyObject_GetAttr(self, word_call_fully);
	PyObject *result = method ? PyObject_Call(method, arguments, keywords) : NULL;
	Py_XDECREF(method);
	return result;
}

static PyObject *plain_get(PyObject *self, void *Py_UNUSED(closure))
{
	long plain = ((Layer *)self)->plain;
	return plain == 0 ? PyBool_FromLong(0) : PyLong_FromLong(plain - 1);
}

static int plain_set(PyObject *self, PyObject *value, void *Py_UNUSED(closure))
{
	long plain = value == NULL || value == Py_False ? 0 : 1 + PyLong_AsLong(value);
	if (PyErr_Occurred())
		return -1;
	((Layer *)self)->plain = plain;
	return 0;
}

/* ---- Dense ---- */

static bool has_value(PyObject *o) { return Handle_Check(o) && HANDLE_TENSOR(o) != NULL; }

static bool is_matrix(PyObject *o) { return Py_TYPE(o) == &EagerTensor_Type && sj_tensor_rank(HANDLE_TENSOR(o)) == 2; }

/* inputs @ kernel + bias and its positive part in one operation. */
static sj_status fused(PyObject *inputs, PyObject *kernel, PyObject *bias, bool relu, sj_tensor **ret_outputs)
{
	_Alignas(16) char args[64] = {0};
	sj_tensor *three[] = {HANDLE_TENSOR(inputs), HANDLE_TENSOR(kernel), HANDLE_TENSOR(bias)};
	*(size_t *)args = sj_op_args_size(op_fused);
	*(bool *)(args + place_of_relu) = relu;
	CORE_NOTE_READ(kernel);
	CORE_NOTE_READ(bias);
	return core_run(op_fused, args, 3, three, 1, ret_outputs);
}

/* Dense.call: what is not a matrix by a kernel, plus a bias, is _call_any's; so is what the operation refuses, to say why. */
static PyObject *dense_call(PyObject *self, PyObject *inputs)
{
	PyObject *kernel = PyObject_GetAttr(self, word_kernel),
		 *bias = kernel ? PyObject_GetAttr(self, word_bias) : NULL;
	PyObject *activation = bias ? PyObject_GetAttr(self, word_activation) : NULL, *result = NULL;
	sj_tensor *outputs = NULL;
	if (activation != NULL && op_fused != NULL && core.executed == NULL && is_matrix(inputs) && has_value(kernel) &&
	    has_value(bias)) {
		bool relu = core_function_op(activation) == op_relu;
		if (fused(inputs, kernel, bias, relu, &outputs) == SJ_OK) {
			result = core_wrap(outputs);
			if (result != NULL && !relu && activation != core.linear)
				Py_SETREF(result, PyObject_CallOneArg(activation, result));
		}
	}
	if (activation != NULL && outputs == NULL && !PyErr_Occurred())
		result = PyObject_CallMethodOneArg(self, word_call_any, inputs);
	Py_XDECREF(kernel);
	Py_XDECREF(bias);
	Py_XDECREF(activation);
	return result;
}

/* ---- weights ---- */

static int extend_by(PyObject *list, PyObject *self, PyObject *word)
{
	PyObject *more = PyObject_GetAttr(self, word);
	int failed = more == NULL || !PyList_Check(more) ? -1 : 0;
	if (more != NULL && failed)
		PyErr_Format(PyExc_TypeError, "%U must be a list", word);
	for (Py_ssize_t i = 0; failed == 0 && i < PyList_GET_SIZE(more); i++)
		failed = PyList_Append(list, PyList_GET_ITEM(more, i));
	Py_XDECREF(more);
	return failed;
}

static int gather(PyObject *self, PyObject *trainable, PyObject *frozen, int on);

static int gather_below(PyObject *layers, PyObject *trainable, PyObject *frozen, int on)
{
	int failed = 0;
	if (!PyList_Check(layers)) {
		PyErr_SetString(PyExc_TypeError, "_sublayers must be a list");
		return -1;
	}
	if (Py_EnterRecursiveCall(" while gathering weights"))
		return -1;
	for (Py_ssize_t i = 0; failed == 0 && i < PyList_GET_SIZE(layers); i++) {
		PyObject *layer = Py_NewRef(PyList_GET_ITEM(layers, i));
		failed = gather(layer, trainable, frozen, on);
		Py_DECREF(layer);
	}
	Py_LeaveRecursiveCall();
	return failed;
}

static int gather(PyObject *self, PyObject *trainable, PyObject *frozen, int on)
{
	PyObject *mine = PyObject_GetAttr(self, word_trainable);
	int is_trainable = mine ? PyObject_IsTrue(mine) : -1;
	Py_XDECREF(mine);
	on = on && is_trainable;
	if (is_trainable < 0 || extend_by(on ? trainable : frozen, self, word_trainable_weights) < 0 ||
	    extend_by(frozen, self, word_frozen_weights) < 0)
		return -1;
	PyObject *below = PyObject_GetAttr(self, word_sublayers);
	int failed = below ? gather_below(below, trainable, frozen, on) : -1;
	Py_XDECREF(below);
	return failed;
}

/* Each of the items once, where it comes first: few of them, so they are looked through. */
static PyObject *distinct(PyObject *list)
{
	PyObject *made = PyList_New(0);
	for (Py_ssize_t i = 0; made != NULL && i < PyList_GET_SIZE(list); i++) {
		PyObject *item = PyList_GET_ITEM(list, i);
		bool known = false;
		for (Py_ssize_t k = 0; k < PyList_GET_SIZE(made) && !known; k++)
			known = PyList_GET_ITEM(made, k) == item;
		if (!known && PyList_Append(made, item) < 0)
			Py_CLEAR(made);
	}
	return made;
}

static PyObject *both_distinct(PyObject *first, PyObject *second)
{
	if (PyList_SetSlice(first, PyList_GET_SIZE(first), PyList_GET_SIZE(first), second) < 0)
		return NULL;
	if (PyList_GET_SIZE(first) <= 64)
		return distinct(first);
	PyObject *ids = PyDict_New(), *made = ids ? PyList_New(0) : NULL;
	for (Py_ssize_t i = 0; made != NULL && i < PyList_GET_SIZE(first); i++) {
		PyObject *item = PyList_GET_ITEM(first, i), *key = PyLong_FromVoidPtr(item);
		int known = key ? PyDict_Contains(ids, key) : -1;
		if (known < 0 ||
		    (known == 0 && (PyDict_SetItem(ids, key, Py_None) < 0 || PyList_Append(made, item) < 0)))
			Py_CLEAR(made);
		Py_XDECREF(key);
	}
	Py_XDECREF(ids);
	return made;
}

/* _weights(trainable, frozen): those kinds of weights, the layers' below after its own, each once. */
static PyObject *layer_weights(PyObject *self, PyObject *const *arguments, Py_ssize_t n)
{
	PyObject *trainable = PyList_New(0), *frozen = PyList_New(0), *made = NULL;
	if (n != 2)
		PyErr_SetString(PyExc_TypeError, "_weights(trainable, frozen)");
	else if (trainable != NULL && frozen != NULL && gather(self, trainable, frozen, 1) == 0) {
		if (arguments[0] != Py_True)
			PyList_SetSlice(trainable, 0, PyList_GET_SIZE(trainable), NULL);
		if (arguments[1] != Py_True)
			PyList_SetSlice(frozen, 0, PyList_GET_SIZE(frozen), NULL);
		made = both_distinct(trainable, frozen);
	}
	Py_XDECREF(trainable);
	Py_XDECREF(frozen);
	return made;
}

/* ---- the type ---- */

static PyMethodDef methods[] = {{"_dense_call", dense_call, METH_O,
                                 "_dense_call($self, inputs, /)\n--\n\nactivation(inputs @ kernel + bias)"},
                                {"_weights", (PyCFunction)(void (*)(void))layer_weights, METH_FASTCALL,
                                 "_weights($self, trainable, frozen, /)\n--\n\nWeights of these kinds."},
                                {NULL, NULL, 0, NULL}};

static PyGetSetDef properties[] =
	{{"_plain", plain_get, plain_set,
          "Calls with one tensor need nothing but call(): False, 0, or the dtype they must have.", NULL},
         {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject LayerBase_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.LayerBase",
                               .tp_basicsize = sizeof(Layer),
                               .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                               .tp_call = layer_call,
                               .tp_methods = methods,
                               .tp_getset = properties,
                               .tp_doc = "What of layers runs at every step."};

/*
 * LayerBase: what of Keras' layers runs at every step. A call with one tensor of a layer that needs nothing else is call() at once, a dense
 * layer's call() is one operation, and that of layers in a row one after the other. Everything else is Python's (keras/layers_base.py), but for
 * the lists of weights (weights.c).
 */
#include "layer.h"

static PyObject *word_call, *word_call_fully, *word_call_any;
static PyObject *method_dense,
	*method_row; /* the descriptors of _dense_call and _row_call: what call() is in most layers */
static const sj_op *op_fused, *op_relu;
static size_t place_of_relu; /* in the arguments of op_fused */

int core_layer_init(void)
{
	const struct {
		PyObject **place;
		const char *text;
	} words[] = {{&word_call, "call"}, {&word_call_fully, "_call_fully"}, {&word_call_any, "_call_any"}};
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
	return core_fields_init() < 0 ? -1 : core_weights_init();
}

/* ---- calls ---- */

static PyObject *dense_call(PyObject *self, PyObject *inputs);
static PyObject *row_call(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords);
static PyObject *layer_call(PyObject *self, PyObject *arguments, PyObject *keywords);

/* Whether a call with this is call() and nothing else. */
static bool is_plain_call(PyObject *self, PyObject *inputs)
{
	long plain = ((Layer *)self)->plain;
	return plain != 0 && Py_TYPE(inputs) == &EagerTensor_Type &&
	       (plain == 1 || plain - 1 == (long)sj_tensor_dtype(HANDLE_TENSOR(inputs))) &&
	       (core.masks == NULL || PyDict_GET_SIZE(core.masks) == 0);
}

static PyObject *plain_call(PyObject *self, PyObject *inputs)
{
	PyObject *both[] = {self, inputs}, *call = _PyType_Lookup(Py_TYPE(self), word_call);
	if (call != NULL && (call == method_dense || call == method_row)) {
		PyObject *own = core_layer_own_call(self), *result;
		if (own == NULL && !PyErr_Occurred())
			return call == method_dense ? dense_call(self, inputs) : row_call(self, &inputs, 1, NULL);
		result = own ? PyObject_CallOneArg(own, inputs) : NULL;
		Py_XDECREF(own);
		return result;
	}
	return PyObject_VectorcallMethod(word_call, both, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

static PyObject *call_with_one(PyObject *layer, PyObject *inputs)
{
	if (Py_TYPE(layer)->tp_call == layer_call && is_plain_call(layer, inputs))
		return plain_call(layer, inputs);
	return PyObject_CallOneArg(layer, inputs);
}

static PyObject *layer_call(PyObject *self, PyObject *arguments, PyObject *keywords)
{
	if (PyTuple_GET_SIZE(arguments) == 1 && (keywords == NULL || PyDict_GET_SIZE(keywords) == 0) &&
	    is_plain_call(self, PyTuple_GET_ITEM(arguments, 0)))
		return plain_call(self, PyTuple_GET_ITEM(arguments, 0));
	PyObject *method = PyObject_GetAttr(self, word_call_fully);
	PyObject *result = method ? PyObject_Call(method, arguments, keywords) : NULL;
	Py_XDECREF(method);
	return result;
}

/*
 * _row_call(inputs, training=None, mask=None): a Sequential's call: its layers one after the other. Where training is given, or something is
 * not as here, _call_row does it.
 */
static PyObject *row_call(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords)
{
	static PyObject *word_slow;
	PyObject *layers = n == 1 && keywords == NULL ? core_layer_field(self, SUBLAYERS) : NULL;
	if (layers == NULL || !PyList_CheckExact(layers)) {
		Py_XDECREF(layers);
		if (word_slow == NULL)
			word_slow = PyUnicode_InternFromString("_call_row");
		PyObject *method = word_slow && !PyErr_Occurred() ? PyObject_GetAttr(self, word_slow) : NULL;
		PyObject *made = method ? PyObject_Vectorcall(method, arguments, (size_t)n, keywords) : NULL;
		Py_XDECREF(method);
		return made;
	}
	PyObject *now = Py_EnterRecursiveCall(" in the layers of a model") == 0 ? Py_NewRef(arguments[0]) : NULL;
	bool entered = now != NULL;
	for (Py_ssize_t i = 0; now != NULL && i < PyList_GET_SIZE(layers); i++) {
		PyObject *layer = Py_NewRef(PyList_GET_ITEM(layers, i));
		Py_SETREF(now, call_with_one(layer, now));
		Py_DECREF(layer);
	}
	if (entered)
		Py_LeaveRecursiveCall();
	Py_DECREF(layers);
	return now;
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

/* Once the type is there. */
int core_layer_finish(void)
{
	method_dense = PyDict_GetItemString(LayerBase_Type.tp_dict, "_dense_call");
	method_row = PyDict_GetItemString(LayerBase_Type.tp_dict, "_row_call");
	return method_dense != NULL && method_row != NULL ? 0 : -1;
}

/* ---- Dense ---- */

enum { LIGHT_PRODUCT = 1 << 16 }; /* for which the interpreter is not released, whatever the inputs are */

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
	const int64_t *a = sj_tensor_dims(three[0]), *b = sj_tensor_dims(three[1]);
	if (sj_tensor_rank(three[1]) == 2 && (double)a[0] * (double)a[1] * (double)b[1] < LIGHT_PRODUCT)
		return sj_execute(op_fused, args, 3, three, 1, ret_outputs);
	return core_run(op_fused, args, 3, three, 1, ret_outputs);
}

/* Dense.call: what is not a matrix by a kernel, plus a bias, is _call_any's; so is what the operation refuses, to say why. */
static PyObject *dense_call(PyObject *self, PyObject *inputs)
{
	PyObject *const *fields = core_layer_fields(self);
	PyObject *kernel = core_layer_take(self, &fields, KERNEL), *result = NULL;
	PyObject *bias = kernel ? core_layer_take(self, &fields, BIAS) : NULL;
	PyObject *activation = bias ? core_layer_take(self, &fields, ACTIVATION) : NULL;
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

/* ---- the type ---- */

static PyMethodDef methods[] =
	{{"_dense_call", dense_call, METH_O, "_dense_call($self, inputs, /)\n--\n\nactivation(inputs @ kernel + bias)"},
         {"_row_call", (PyCFunction)(void (*)(void))row_call, METH_FASTCALL | METH_KEYWORDS,
          "_row_call($self, inputs, training=None, mask=None)\n--\n\nThe layers one after the other."},
         {"_weights", (PyCFunction)(void (*)(void))core_layer_weights, METH_FASTCALL,
          "_weights($self, trainable, frozen, /)\n--\n\nWeights of these kinds."},
         {"_weights_below", core_weights_below, METH_NOARGS,
          "_weights_below($self, /)\n--\n\nThe weights of each layer below."},
         {NULL, NULL, 0, NULL}};

static PyGetSetDef properties[] =
	{{"_plain", plain_get, plain_set,
          "Calls with one tensor need nothing but call(): False, 0, or the dtype they must have.", NULL},
         {"weights", core_weights_get, NULL, "The layer's variables and those of the layers in it.", NULL},
         {"variables", core_variables_get, NULL, "The weights, and the variables of the layer's metrics.", NULL},
         {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject LayerBase_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.LayerBase",
                               .tp_basicsize = sizeof(Layer),
                               .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                               .tp_call = layer_call,
                               .tp_methods = methods,
                               .tp_getset = properties,
                               .tp_doc = "What of layers runs at every step."};

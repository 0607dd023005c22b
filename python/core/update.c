/*
 * Updater: one optimizer's step for all its variables in one call. It finds the slots of each variable (made by a Python function when the
 * variable is met first), computes Adam's corrected rate in float32 as TensorFlow does, and hands everything to the library's update rules.
 */
#include "core.h"

#include <math.h>

enum { MOST_SLOTS = 3 };

typedef struct Updater {
	PyObject_HEAD sj_update update;
	int n_slots;
	PyObject *slots;      /* dict: id of the variable -> (variable, slots) */
	PyObject *make_slots; /* variable -> tuple of slot variables */
	PyObject *powers;     /* Adam: (beta1_power, beta2_power), else NULL */
} Updater;

static int updater_init(PyObject *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	Updater *u = (Updater *)self;
	int rule;
	PyObject *make_slots;
	if (!PyArg_ParseTuple(arguments, "iO", &rule, &make_slots))
		return -1;
	u->n_slots = sj_update_slots((sj_update_rule)rule);
	if (u->n_slots < 0 || u->n_slots > MOST_SLOTS) {
		PyErr_SetString(PyExc_ValueError, "no such update rule");
		return -1;
	}
	u->update = (sj_update){.size = sizeof(sj_update), .rule = (sj_update_rule)rule};
	u->slots = PyDict_New();
	u->make_slots = Py_NewRef(make_slots);
	return u->slots == NULL ? -1 : 0;
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	Updater *u = (Updater *)self;
	Py_VISIT(u->slots);
	Py_VISIT(u->make_slots);
	Py_VISIT(u->powers);
	return 0;
}

static int clear(PyObject *self)
{
	Updater *u = (Updater *)self;
	Py_CLEAR(u->slots);
	Py_CLEAR(u->make_slots);
	Py_CLEAR(u->powers);
	return 0;
}

static void updater_dealloc(PyObject *self)
{
	PyObject_GC_UnTrack(self);
	clear(self);
	Py_TYPE(self)->tp_free(self);
}

/* The entry of a variable, made when it is missing; borrowed. */
static PyObject *slots_of(Updater *u, PyObject *variable)
{
	PyObject *key = PyLong_FromVoidPtr(variable);
	PyObject *entry = key ? PyDict_GetItemWithError(u->slots, key) : NULL;
	if (entry == NULL && key != NULL && !PyErr_Occurred()) {
		PyObject *made = PyObject_CallOneArg(u->make_slots, variable);
		PyObject *pair = made && PyTuple_Check(made) && PyTuple_GET_SIZE(made) == u->n_slots
		                         ? PyTuple_Pack(2, variable, made)
		                         : NULL;
		if (pair != NULL && PyDict_SetItem(u->slots, key, pair) == 0)
			entry = pair;
		else if (!PyErr_Occurred())
			PyErr_SetString(PyExc_TypeError, "the slots must be a tuple of variables");
		Py_XDECREF(pair);
		Py_XDECREF(made);
	}
	Py_XDECREF(key);
	return entry;
}

/* A field of an IndexedSlices as a tensor, an own reference. */
static sj_tensor *field(PyObject *slices, const char *name, sj_dtype dtype)
{
	PyObject *value = PyObject_GetAttrString(slices, name);
	sj_tensor *t = value ? core_convert(value, dtype) : NULL;
	Py_XDECREF(value);
	return t;
}

/* A gradient as a tensor, an own reference: IndexedSlices of a variable keep their rows. */
static sj_tensor *gradient_convert(PyObject *gradient, const sj_tensor *variable)
{
	if (Handle_Check(gradient) || core.slices == NULL || PyObject_IsInstance(gradient, core.slices) != 1)
		return core_convert(gradient, sj_tensor_dtype(variable));
	sj_tensor *values = field(gradient, "values", sj_tensor_dtype(variable)), *made = NULL;
	sj_tensor *indices = values ? field(gradient, "indices", SJ_DTYPE_NONE) : NULL;
	if (indices != NULL) {
		sj_scope scope = sj_scope_begin();
		made = sj_indexed_slices(values, indices,
		                         (sj_ints){sj_tensor_rank(variable), sj_tensor_dims(variable)});
		if (sj_ok())
			sj_keep(made);
		sj_scope_end(scope);
		if (!sj_ok())
			made = core_raise_sticky();
	}
	sj_free(values);
	sj_free(indices);
	return made;
}

/* One step of n pairs into the arrays; own references of the gradients. */
static int gather(Updater *u, PyObject *pairs, sj_tensor **variables, sj_tensor **gradients, sj_tensor **slots)
{
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(pairs); i++) {
		PyObject *pair = PyList_GET_ITEM(pairs, i);
		PyObject *g = PyTuple_GET_ITEM(pair, 0), *v = PyTuple_GET_ITEM(pair, 1), *entry = slots_of(u, v);
		if (entry == NULL)
			return -1;
		variables[i] = HANDLE_TENSOR(v);
		for (int k = 0; k < u->n_slots; k++)
			slots[i * u->n_slots + k] = HANDLE_TENSOR(PyTuple_GET_ITEM(PyTuple_GET_ITEM(entry, 1), k));
		gradients[i] = gradient_convert(g, variables[i]);
		if (gradients[i] == NULL)
			return -1;
	}
	return 0;
}

static float power_now(const Updater *u, int k)
{
	return (float)sj_item(HANDLE_TENSOR(PyTuple_GET_ITEM(u->powers, k)));
}

static double adam_rate(const Updater *u)
{
	float rate = (float)u->update.learning_rate;
	return (double)(rate * sqrtf(1.0f - power_now(u, 1)) / (1.0f - power_now(u, 0)));
}

static sj_status powers_advance(const Updater *u)
{
	const float next[2] = {power_now(u, 0) * (float)u->update.beta1, power_now(u, 1) * (float)u->update.beta2};
	sj_status status = SJ_OK;
	sj_scope scope = sj_scope_begin();
	for (int k = 0; k < 2 && status == SJ_OK; k++)
		status = sj_assign(HANDLE_TENSOR(PyTuple_GET_ITEM(u->powers, k)), sj_float(next[k]));
	sj_scope_end(scope);
	return status;
}

typedef struct Application {
	const sj_update *update;
	int n;
	sj_tensor **variables, **slots, **gradients;
} Application;

static sj_status apply_work(void *context)
{
	const Application *a = context;
	return sj_update_apply(a->update, a->n, a->variables, a->slots, a->gradients);
}

static sj_status apply(Updater *u, int n, sj_tensor **variables, sj_tensor **slots, sj_tensor **gradients)
{
	sj_update now = u->update;
	if (u->powers != NULL)
		now.learning_rate = adam_rate(u);
	Application application = {&now, n, variables, slots, gradients};
	bool done = false;
	sj_status status = core_is_heavy(n, variables) ? core_long(apply_work, &application, &done)
	                                               : apply_work(&application);
	if (u->powers != NULL && (status == SJ_OK || done)) {
		sj_status advanced = powers_advance(u);
		return status == SJ_OK ? advanced : status;
	}
	return status;
}

/* Every pair must be (gradient, variable); those without a gradient are left out. */
static PyObject *pairs_take(PyObject *given)
{
	PyObject *all = PySequence_List(given), *kept = all ? PyList_New(0) : NULL;
	for (Py_ssize_t i = 0; kept != NULL && i < PyList_GET_SIZE(all); i++) {
		PyObject *pair = PyList_GET_ITEM(all, i);
		if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
			PyErr_SetString(PyExc_TypeError, "apply_gradients takes pairs (gradient, variable)");
		else if (!PyObject_TypeCheck(PyTuple_GET_ITEM(pair, 1), &VariableBase_Type) ||
		         HANDLE_TENSOR(PyTuple_GET_ITEM(pair, 1)) == NULL)
			PyErr_Format(PyExc_TypeError, "%R is not a variable", PyTuple_GET_ITEM(pair, 1));
		else if (PyTuple_GET_ITEM(pair, 0) == Py_None || PyList_Append(kept, pair) == 0)
			continue;
		Py_CLEAR(kept);
	}
	if (kept != NULL && PyList_GET_SIZE(kept) == 0) {
		PyErr_SetString(PyExc_ValueError, PyList_GET_SIZE(all) == 0
		                                          ? "No variables provided."
		                                          : "No gradients provided for any variable.");
		Py_CLEAR(kept);
	}
	Py_XDECREF(all);
	return kept;
}

static PyObject *updater_apply(PyObject *self, PyObject *given)
{
	Updater *u = (Updater *)self;
	PyObject *pairs = pairs_take(given), *result = NULL;
	if (pairs == NULL)
		return NULL;
	Py_ssize_t n = PyList_GET_SIZE(pairs);
	sj_tensor *few[32 * (2 + MOST_SLOTS)] = {NULL}, **room = few;
	if (n > 32)
		room = PyMem_Calloc((size_t)n * (2 + MOST_SLOTS), sizeof(*room));
	if (room == NULL) {
		Py_DECREF(pairs);
		return PyErr_NoMemory();
	}
	sj_tensor **variables = room, **gradients = room + n, **slots = room + 2 * n;
	if (gather(u, pairs, variables, gradients, slots) == 0)
		result = apply(u, (int)n, variables, slots, gradients) == SJ_OK ? Py_NewRef(Py_None)
		                                                                : core_raise_sticky();
	for (Py_ssize_t i = 0; i < n; i++)
		sj_free(gradients[i]);
	if (room != few)
		PyMem_Free(room);
	Py_DECREF(pairs);
	return result;
}

/* apply_rate(pairs, rate): the same with the learning rate as a tensor, as it stands (Adam's is corrected by the caller); in a graph, a node. */
static PyObject *updater_apply_rate(PyObject *self, PyObject *arguments)
{
	Updater *u = (Updater *)self;
	PyObject *given, *rate, *result = NULL;
	if (!PyArg_ParseTuple(arguments, "OO", &given, &rate) || core_handle_check(rate, "the learning rate") < 0)
		return NULL;
	PyObject *pairs = pairs_take(given);
	Py_ssize_t n = pairs ? PyList_GET_SIZE(pairs) : 0;
	sj_tensor **room = pairs ? PyMem_Calloc((size_t)n * (2 + MOST_SLOTS) + 1, sizeof(*room)) : NULL;
	if (room != NULL && gather(u, pairs, room, room + n, room + 2 * n) == 0) {
		sj_status status = sj_update_apply_rate(&u->update, HANDLE_TENSOR(rate), (int)n, room, room + 2 * n,
		                                        room + n);
		result = status == SJ_OK ? Py_NewRef(Py_None) : sj_ok() ? core_raise(status) : core_raise_sticky();
	}
	for (Py_ssize_t i = 0; room != NULL && i < n; i++)
		sj_free(room[n + i]);
	PyMem_Free(room);
	Py_XDECREF(pairs);
	return result;
}

/* Makes the slots of a variable without a step. */
static PyObject *updater_slots(PyObject *self, PyObject *variable)
{
	PyObject *entry = slots_of((Updater *)self, variable);
	return entry ? Py_NewRef(PyTuple_GET_ITEM(entry, 1)) : NULL;
}

static PyMethodDef methods[] = {{"apply", updater_apply, METH_O, "One step for (gradient, variable) pairs."},
                                {"apply_rate", updater_apply_rate, METH_VARARGS,
                                 "One step with a tensor as the learning rate."},
                                {"slots_of", updater_slots, METH_O,
                                 "The slot variables of a variable, made when missing."},
                                {NULL, NULL, 0, NULL}};

#define FIELD(name) \
	{ \
#name, T_DOUBLE, offsetof(Updater, update.name), 0, NULL \
	}
static PyMemberDef members[] = {FIELD(learning_rate),
                                FIELD(momentum),
                                FIELD(rho),
                                FIELD(beta1),
                                FIELD(beta2),
                                FIELD(epsilon),
                                FIELD(learning_rate_power),
                                FIELD(l1),
                                FIELD(l2),
                                FIELD(l2_shrinkage),
                                {"nesterov", T_BOOL, offsetof(Updater, update.nesterov), 0, NULL},
                                {"slots", T_OBJECT, offsetof(Updater, slots), READONLY, NULL},
                                {"powers", T_OBJECT, offsetof(Updater, powers), 0, NULL},
                                {NULL, 0, 0, 0, NULL}};

PyTypeObject Updater_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Updater",
                             .tp_basicsize = sizeof(Updater),
                             .tp_dealloc = updater_dealloc,
                             .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                             .tp_traverse = traverse,
                             .tp_clear = clear,
                             .tp_methods = methods,
                             .tp_members = members,
                             .tp_init = updater_init,
                             .tp_new = PyType_GenericNew,
                             .tp_doc = "Applies an update rule to variables."};

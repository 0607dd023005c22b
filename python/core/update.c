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
	PyObject *slots; /* dict: id of the variable -> (variable, slots) */
	PyObject *last;  /* the entries of the last step in its order, where the next step's are looked for first */
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
	u->last = PyList_New(0);
	u->make_slots = Py_NewRef(make_slots);
	return u->slots == NULL || u->last == NULL ? -1 : 0;
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	Updater *u = (Updater *)self;
	Py_VISIT(u->slots);
	Py_VISIT(u->last);
	Py_VISIT(u->make_slots);
	Py_VISIT(u->powers);
	return 0;
}

static int clear(PyObject *self)
{
	Updater *u = (Updater *)self;
	Py_CLEAR(u->slots);
	Py_CLEAR(u->last);
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
	if (u->last == NULL)
		return PyErr_Format(PyExc_RuntimeError, "the Updater was not initialised");
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

/* The entry of the i-th variable of a step; borrowed. */
static PyObject *entry_of(Updater *u, Py_ssize_t i, PyObject *variable)
{
	Py_ssize_t n = u->last ? PyList_GET_SIZE(u->last) : 0;
	PyObject *entry = i < n ? PyList_GET_ITEM(u->last, i) : NULL;
	if (entry != NULL && PyTuple_GET_ITEM(entry, 0) == variable)
		return entry;
	entry = slots_of(u, variable);
	if (entry == NULL || i > n)
		return entry;
	int failed = i == n ? PyList_Append(u->last, entry) : PyList_SetItem(u->last, i, Py_NewRef(entry));
	return failed ? NULL : entry;
}

/* ---- pairs ---- */

enum { FEW_PAIRS = 32 };

/* The gradients and variables of one step, references, and what they are to the library: gradients are own references where they were converted. */
typedef struct Pairs {
	Py_ssize_t n, room;
	bool any; /* whether there was a pair at all; those without a gradient are left out */
	PyObject **objects, *few_objects[2 * FEW_PAIRS];
	sj_tensor **variables, **gradients, **slots, *few[(2 + MOST_SLOTS) * FEW_PAIRS];
} Pairs;

static void pairs_release(Pairs *p)
{
	for (Py_ssize_t i = 0; i < p->n; i++) {
		if (p->gradients != NULL && p->gradients[i] != NULL && Py_TYPE(p->objects[2 * i]) != &EagerTensor_Type)
			sj_free(p->gradients[i]);
		Py_DECREF(p->objects[2 * i]);
		Py_DECREF(p->objects[2 * i + 1]);
	}
	if (p->objects != p->few_objects)
		PyMem_Free(p->objects);
	if (p->variables != p->few)
		PyMem_Free(p->variables);
}

static int pairs_grow(Pairs *p)
{
	PyObject **more = PyMem_Malloc(sizeof(*more) * 4 * (size_t)p->room);
	if (more == NULL) {
		PyErr_NoMemory();
		return -1;
	}
	memcpy(more, p->objects, sizeof(*more) * 2 * (size_t)p->n);
	if (p->objects != p->few_objects)
		PyMem_Free(p->objects);
	p->objects = more;
	p->room *= 2;
	return 0;
}

static int pair_take(Pairs *p, PyObject *pair)
{
	bool is_pair = (PyTuple_Check(pair) || PyList_Check(pair)) && PySequence_Fast_GET_SIZE(pair) == 2;
	PyObject *g = is_pair ? PySequence_Fast_GET_ITEM(pair, 0) : NULL;
	PyObject *v = is_pair ? PySequence_Fast_GET_ITEM(pair, 1) : NULL;
	p->any = true;
	if (!is_pair)
		PyErr_SetString(PyExc_TypeError, "apply_gradients takes pairs (gradient, variable)");
	else if (!core_is_variable(v) || HANDLE_TENSOR(v) == NULL)
		PyErr_Format(PyExc_TypeError, "%R is not a variable", v);
	else if (g == Py_None)
		return 0;
	else if (p->n < p->room || pairs_grow(p) == 0) {
		p->objects[2 * p->n] = Py_NewRef(g);
		p->objects[2 * p->n++ + 1] = Py_NewRef(v);
		return 0;
	}
	return -1;
}

/* Every pair must be (gradient, variable); nothing is applied before all are known. */
static int pairs_take(Pairs *p, PyObject *given)
{
	p->n = 0;
	p->room = FEW_PAIRS;
	p->any = false;
	p->objects = p->few_objects;
	p->variables = p->few;
	p->gradients = NULL;
	PyObject *all = PyObject_GetIter(given), *pair;
	int failed = all == NULL ? -1 : 0;
	while (failed == 0 && (pair = PyIter_Next(all)) != NULL) {
		failed = pair_take(p, pair);
		Py_DECREF(pair);
	}
	Py_XDECREF(all);
	if (failed == 0 && !PyErr_Occurred() && p->n == 0)
		PyErr_SetString(PyExc_ValueError,
		                p->any ? "No gradients provided for any variable." : "No variables provided.");
	return failed || PyErr_Occurred() ? -1 : 0;
}

/* What the library takes of them. */
static int pairs_resolve(Updater *u, Pairs *p)
{
	size_t n = (size_t)p->n;
	if (p->n > FEW_PAIRS)
		p->variables = PyMem_Malloc(sizeof(*p->variables) * n * (2 + MOST_SLOTS));
	if (p->variables == NULL) {
		PyErr_NoMemory();
		return -1;
	}
	p->gradients = p->variables + n;
	p->slots = p->variables + 2 * n;
	memset(p->gradients, 0, sizeof(*p->gradients) * n);
	for (Py_ssize_t i = 0; i < p->n; i++) {
		PyObject *g = p->objects[2 * i], *v = p->objects[2 * i + 1], *entry = entry_of(u, i, v);
		if (entry == NULL)
			return -1;
		p->variables[i] = HANDLE_TENSOR(v);
		for (int k = 0; k < u->n_slots; k++)
			p->slots[i * u->n_slots + k] = HANDLE_TENSOR(PyTuple_GET_ITEM(PyTuple_GET_ITEM(entry, 1), k));
		p->gradients[i] = Py_TYPE(g) == &EagerTensor_Type ? HANDLE_TENSOR(g)
		                                                  : gradient_convert(g, p->variables[i]);
		if (p->gradients[i] == NULL)
			return -1;
	}
	return 0;
}

/* ---- steps ---- */

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
	const Pairs *pairs;
} Application;

static sj_status apply_work(void *context)
{
	const Application *a = context;
	return sj_update_apply(a->update, (int)a->pairs->n, a->pairs->variables, a->pairs->slots, a->pairs->gradients);
}

/* A step of few numbers does not let go of the interpreter. */
static bool is_long(const Pairs *p)
{
	enum { LONG_BYTES = 1 << 18 };
	size_t bytes = 0;
	for (Py_ssize_t i = 0; i < p->n; i++)
		bytes += sj_tensor_bytes(p->variables[i]);
	return bytes >= LONG_BYTES;
}

static sj_status apply(Updater *u, const Pairs *p)
{
	sj_update now = u->update;
	if (u->powers != NULL)
		now.learning_rate = adam_rate(u);
	Application application = {&now, p};
	bool done = false;
	sj_status status = is_long(p) ? core_long(apply_work, &application, &done) : apply_work(&application);
	if (u->powers != NULL && (status == SJ_OK || done)) {
		sj_status advanced = powers_advance(u);
		return status == SJ_OK ? advanced : status;
	}
	return status;
}

static PyObject *updater_apply(PyObject *self, PyObject *given)
{
	Updater *u = (Updater *)self;
	Pairs pairs;
	PyObject *result = NULL;
	if (pairs_take(&pairs, given) == 0 && pairs_resolve(u, &pairs) == 0)
		result = apply(u, &pairs) == SJ_OK ? Py_NewRef(Py_None) : core_raise_sticky();
	pairs_release(&pairs);
	return result;
}

/* apply_rate(pairs, rate): the same with the learning rate as a tensor, as it stands (Adam's is corrected by the caller); in a graph, a node. */
static PyObject *updater_apply_rate(PyObject *self, PyObject *arguments)
{
	Updater *u = (Updater *)self;
	PyObject *given, *rate, *result = NULL;
	if (!PyArg_ParseTuple(arguments, "OO", &given, &rate) || core_handle_check(rate, "the learning rate") < 0)
		return NULL;
	Pairs p;
	if (pairs_take(&p, given) == 0 && pairs_resolve(u, &p) == 0) {
		sj_status status = sj_update_apply_rate(&u->update, HANDLE_TENSOR(rate), (int)p.n, p.variables, p.slots,
		                                        p.gradients);
		result = status == SJ_OK ? Py_NewRef(Py_None) : sj_ok() ? core_raise(status) : core_raise_sticky();
	}
	pairs_release(&p);
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

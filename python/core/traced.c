/*
 * TracedBase: the call of a tf.function. A call that looks like an earlier one (the same structure, dtypes, shapes and Python values) finds its
 * trace here and runs it; everything else is Python's (_call_fully), which says by remember() what trace such a call has.
 */
#include "graph.h"

enum { MOST_WAYS = 8, MOST_TOKENS = 64, MOST_LEAVES = 32, MOST_DIMS = 6, MOST_OUTPUTS = 16, MOST_BOUND = 4 };

typedef enum TokenKind { A_TENSOR, A_VALUE, AN_OBJECT, A_TUPLE, A_LIST, A_DICT } TokenKind;

/* What one place of a call's arguments must look like; of a structure, its parts follow. */
typedef struct Token {
	TokenKind kind;
	int dtype, rank;
	int64_t dims[MOST_DIMS];
	Py_ssize_t n;     /* of parts */
	PyObject *object; /* the value, a weak reference to the object, or a dictionary's sorted keys */
	PyTypeObject *type;
} Token;

/* A call and its trace. */
typedef struct Way {
	Py_ssize_t n_arguments;
	PyObject *keywords; /* tuple, or NULL */
	int n_tokens, n_leaves, n_outputs;
	bool has_variables;
	Token *tokens;
	PyObject *function;  /* ConcreteFunction */
	PyObject *form;      /* of the results */
	PyObject *variables; /* tuple of weak references to what open tapes are told of */
} Way;

typedef struct Traced {
	PyObject_HEAD vectorcallfunc call;
	Way ways[MOST_WAYS]; /* the last used first */
	int n_ways;
	struct {
		PyObject *instance; /* weak reference */
		PyObject *function; /* weak reference: it lives with the object */
	} bound[MOST_BOUND];        /* of a method: the functions of the objects asked last */
	PyObject *dict, *weak_references;
} Traced;

static bool runs_eagerly;
static PyObject *word_call_fully, *word_bound_to, *tensor_mark;

/* ---- tokens ---- */

static bool is_value(PyObject *o)
{
	PyTypeObject *t = Py_TYPE(o);
	return o == Py_None || t == &PyLong_Type || t == &PyFloat_Type || t == &PyBool_Type || t == &PyUnicode_Type ||
	       t == &PyBytes_Type;
}

typedef struct Walk {
	const Token *token, *end;
	PyObject **leaves;
	int n_leaves;
} Walk;

static bool matches(Walk *w, PyObject *o);

static bool tensor_matches(const Token *t, PyObject *o)
{
	if (Py_TYPE(o) != &EagerTensor_Type)
		return false;
	const sj_tensor *tensor = HANDLE_TENSOR(o);
	if ((int)sj_tensor_dtype(tensor) != t->dtype || sj_tensor_rank(tensor) != t->rank)
		return false;
	const int64_t *dims = sj_tensor_dims(tensor);
	for (int i = 0; i < t->rank; i++)
		if (dims[i] != t->dims[i])
			return false;
	return true;
}

static bool value_matches(const Token *t, PyObject *o)
{
	if (o == t->object)
		return true;
	if (Py_TYPE(o) != t->type || o == Py_None)
		return false;
	int same = PyObject_RichCompareBool(o, t->object, Py_EQ);
	if (same < 0)
		PyErr_Clear();
	return same > 0;
}

static bool parts_match(Walk *w, const Token *t, PyObject *o)
{
	if (Py_TYPE(o) != t->type)
		return false;
	if (t->kind == A_DICT) {
		if (PyDict_GET_SIZE(o) != t->n)
			return false;
		PyObject *key;
		for (Py_ssize_t at = 0; PyDict_Next(o, &at, &key, NULL);)
			if (!is_value(key)) /* whose comparison is Python's */
				return false;
		for (Py_ssize_t i = 0; i < t->n; i++) {
			PyObject *part = PyDict_GetItem(o, PyTuple_GET_ITEM(t->object, i));
			if (part == NULL || !matches(w, part))
				return false;
		}
		return true;
	}
	if (PySequence_Fast_GET_SIZE(o) != t->n)
		return false;
	for (Py_ssize_t i = 0; i < t->n; i++)
		if (!matches(w, PySequence_Fast_GET_ITEM(o, i)))
			return false;
	return true;
}

static bool matches(Walk *w, PyObject *o)
{
	const Token *t = w->token++;
	if (t->kind == A_TENSOR) {
		w->leaves[w->n_leaves++] = o;
		return tensor_matches(t, o);
	}
	if (t->kind == A_VALUE)
		return value_matches(t, o);
	return t->kind == AN_OBJECT ? o != Py_None && PyWeakref_GET_OBJECT(t->object) == o : parts_match(w, t, o);
}

static bool keywords_match(const Way *way, PyObject *keywords)
{
	Py_ssize_t n = keywords ? PyTuple_GET_SIZE(keywords) : 0;
	if (n != (way->keywords ? PyTuple_GET_SIZE(way->keywords) : 0))
		return false;
	for (Py_ssize_t i = 0; i < n; i++)
		if (PyTuple_GET_ITEM(keywords, i) != PyTuple_GET_ITEM(way->keywords, i))
			return false;
	return true;
}

/* Whether the call goes this way; its tensors then are in leaves (borrowed). */
static bool way_fits(const Way *way, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords, PyObject **leaves)
{
	if (n != way->n_arguments || !keywords_match(way, keywords))
		return false;
	Walk w = {way->tokens, way->tokens + way->n_tokens, leaves, 0};
	Py_ssize_t n_all = n + (keywords ? PyTuple_GET_SIZE(keywords) : 0);
	for (Py_ssize_t i = 0; i < n_all; i++)
		if (!matches(&w, arguments[i]))
			return false;
	return true;
}

/* ---- results ---- */

static bool form_is_plain(PyObject *form)
{
	if (form == Py_None || form == tensor_mark)
		return true;
	if (!PyTuple_Check(form) || PyTuple_GET_SIZE(form) != 2 || !PyList_Check(PyTuple_GET_ITEM(form, 1)) ||
	    (PyTuple_GET_ITEM(form, 0) != (PyObject *)&PyTuple_Type &&
	     PyTuple_GET_ITEM(form, 0) != (PyObject *)&PyList_Type))
		return false;
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(PyTuple_GET_ITEM(form, 1)); i++)
		if (!form_is_plain(PyList_GET_ITEM(PyTuple_GET_ITEM(form, 1), i)))
			return false;
	return true;
}

/* The form with tensors in its places, whose references it takes over. */
static PyObject *packed(PyObject *form, sj_tensor ***next)
{
	if (form == Py_None)
		return Py_NewRef(Py_None);
	if (form == tensor_mark) {
		sj_tensor *own = *(*next)++;
		return core_wrap(own);
	}
	PyObject *parts = PyTuple_GET_ITEM(form, 1);
	Py_ssize_t n = PyList_GET_SIZE(parts);
	bool is_list = PyTuple_GET_ITEM(form, 0) == (PyObject *)&PyList_Type, failed = false;
	PyObject *made = is_list ? PyList_New(n) : PyTuple_New(n);
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *one = packed(PyList_GET_ITEM(parts, i), next);
		failed |= one == NULL;
		if (made == NULL)
			Py_XDECREF(one);
		else if (is_list)
			PyList_SET_ITEM(made, i, one);
		else
			PyTuple_SET_ITEM(made, i, one);
	}
	if (failed)
		Py_CLEAR(made);
	return made;
}

/* ---- calls ---- */

static void reads_note(PyObject *variables)
{
	for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(variables); i++) {
		PyObject *variable = PyWeakref_GET_OBJECT(PyTuple_GET_ITEM(variables, i));
		if (variable != Py_None)
			CORE_NOTE_READ(variable);
	}
}

static PyObject *way_go(const Way *way, PyObject *const *leaves)
{
	sj_tensor *inputs[MOST_LEAVES], *outputs[MOST_OUTPUTS], **next = outputs;
	PyObject *function = Py_NewRef(way->function), *form = Py_NewRef(way->form);
	int n = way->n_leaves; /* the way may be gone, and a list's tensor too, once another thread runs */
	for (int i = 0; i < n; i++)
		inputs[i] = HANDLE_TENSOR(Py_NewRef(leaves[i]));
	if (core_open_tapes > 0)
		reads_note(way->variables);
	PyObject *result = NULL;
	sj_status status = graph_function_run((ConcreteFunction *)function, n, inputs, outputs);
	for (int i = 0; i < n; i++)
		Py_DECREF(leaves[i]);
	if (status == SJ_OK)
		result = packed(form, &next);
	else if (sj_ok())
		core_raise(status);
	else
		core_raise_sticky();
	Py_DECREF(function);
	Py_DECREF(form);
	return result;
}

static PyObject *call_fully(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords)
{
	PyObject *method = PyObject_GetAttr(self, word_call_fully), *given = PyTuple_New(n), *named = PyDict_New();
	for (Py_ssize_t i = 0; given != NULL && i < n; i++)
		PyTuple_SET_ITEM(given, i, Py_NewRef(arguments[i]));
	bool failed = method == NULL || given == NULL || named == NULL;
	for (Py_ssize_t i = 0; !failed && keywords != NULL && i < PyTuple_GET_SIZE(keywords); i++)
		failed = PyDict_SetItem(named, PyTuple_GET_ITEM(keywords, i), arguments[n + i]) < 0;
	PyObject *result = failed ? NULL : PyObject_CallFunctionObjArgs(method, given, named, NULL);
	Py_XDECREF(method);
	Py_XDECREF(given);
	Py_XDECREF(named);
	return result;
}

static PyObject *traced_call(PyObject *self, PyObject *const *arguments, size_t n_flags, PyObject *keywords)
{
	Traced *f = (Traced *)self;
	Py_ssize_t n = PyVectorcall_NARGS(n_flags);
	PyObject *leaves[MOST_LEAVES];
	for (int i = 0; i < f->n_ways && !runs_eagerly && sj_graph_now() == NULL; i++) {
		if (!way_fits(&f->ways[i], arguments, n, keywords, leaves))
			continue;
		if (f->ways[i].has_variables && core_open_tapes > 0)
			break;
		if (i > 0) {
			Way way = f->ways[i];
			memmove(f->ways + 1, f->ways, sizeof(Way) * (size_t)i);
			f->ways[0] = way;
		}
		return way_go(&f->ways[0], leaves);
	}
	return call_fully(self, arguments, n, keywords);
}

/* ---- remembering ---- */

static void way_clear(Way *way)
{
	for (int i = 0; way->tokens != NULL && i < way->n_tokens; i++)
		Py_XDECREF(way->tokens[i].object);
	PyMem_Free(way->tokens);
	Py_XDECREF(way->keywords);
	Py_XDECREF(way->function);
	Py_XDECREF(way->form);
	Py_XDECREF(way->variables);
	*way = (Way){0};
}

typedef struct Build {
	Way *way;
	Token tokens[MOST_TOKENS];
	PyObject *leaves; /* as Python found them: list */
} Build;

/* False without an error where a call of this kind is not remembered. */
static bool describe(Build *b, PyObject *o);

static bool tensor_describe(Build *b, Token *t, PyObject *o)
{
	const sj_tensor *tensor = HANDLE_TENSOR(o);
	int at = b->way->n_leaves++;
	t->kind = A_TENSOR;
	t->dtype = (int)sj_tensor_dtype(tensor);
	t->rank = sj_tensor_rank(tensor);
	if (t->rank > MOST_DIMS || at >= MOST_LEAVES || at >= PyList_GET_SIZE(b->leaves) ||
	    PyList_GET_ITEM(b->leaves, at) != o)
		return false;
	if (t->rank > 0)
		memcpy(t->dims, sj_tensor_dims(tensor), sizeof(int64_t) * (size_t)t->rank);
	return true;
}

static bool parts_describe(Build *b, Token *t, PyObject *o)
{
	t->n = PyDict_CheckExact(o) ? PyDict_GET_SIZE(o) : PySequence_Fast_GET_SIZE(o);
	t->kind = PyDict_CheckExact(o) ? A_DICT : PyList_CheckExact(o) ? A_LIST : A_TUPLE;
	if (t->kind == A_DICT) {
		PyObject *keys = PyDict_Keys(o);
		for (Py_ssize_t i = 0; keys != NULL && i < PyList_GET_SIZE(keys); i++)
			if (!is_value(PyList_GET_ITEM(keys, i)))
				Py_CLEAR(keys);
		if (keys == NULL || PyList_Sort(keys) < 0 || (t->object = PyList_AsTuple(keys)) == NULL)
			PyErr_Clear();
		Py_XDECREF(keys);
		if (t->object == NULL)
			return false;
	}
	for (Py_ssize_t i = 0; i < t->n; i++)
		if (!describe(b, t->kind == A_DICT ? PyDict_GetItem(o, PyTuple_GET_ITEM(t->object, i))
		                                   : PySequence_Fast_GET_ITEM(o, i)))
			return false;
	return true;
}

static bool describe(Build *b, PyObject *o)
{
	if (b->way->n_tokens >= MOST_TOKENS)
		return false;
	Token *t = &b->tokens[b->way->n_tokens++];
	*t = (Token){.type = Py_TYPE(o)};
	if (Py_TYPE(o) == &EagerTensor_Type)
		return tensor_describe(b, t, o);
	if (PyTuple_CheckExact(o) || PyList_CheckExact(o) || PyDict_CheckExact(o))
		return parts_describe(b, t, o);
	t->kind = is_value(o) ? A_VALUE : AN_OBJECT;
	if (t->kind == A_VALUE) {
		t->object = Py_NewRef(o);
		return true;
	}
	if (PyTuple_Check(o) || PyList_Check(o) || PyMapping_Check(o) || !PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)) ||
	    (Handle_Check(o) && !PyObject_TypeCheck(o, &VariableBase_Type)))
		return false;
	b->way->has_variables |= PyObject_TypeCheck(o, &VariableBase_Type);
	t->object = PyWeakref_NewRef(o, NULL);
	if (t->object == NULL)
		PyErr_Clear();
	return t->object != NULL;
}

static bool way_describe(Build *b, PyObject *arguments, PyObject *keywords)
{
	Way *way = b->way;
	way->n_arguments = PyTuple_GET_SIZE(arguments);
	for (Py_ssize_t i = 0; i < way->n_arguments; i++)
		if (!describe(b, PyTuple_GET_ITEM(arguments, i)))
			return false;
	PyObject *names = PyDict_GET_SIZE(keywords) > 0 ? PyDict_Keys(keywords) : NULL;
	if (names == NULL)
		return !PyErr_Occurred();
	way->keywords = PyList_AsTuple(names);
	Py_DECREF(names);
	PyObject *name, *value;
	Py_ssize_t at = 0;
	while (way->keywords != NULL && PyDict_Next(keywords, &at, &name, &value))
		if (!PyUnicode_CHECK_INTERNED(name) || !describe(b, value))
			return false;
	return way->keywords != NULL;
}

/* Keywords come in any order, so that a tensor that is there twice could be either. */
static bool leaves_are_clear(const Way *way, PyObject *leaves)
{
	for (Py_ssize_t i = 0; way->keywords != NULL && i < PyList_GET_SIZE(leaves); i++)
		for (Py_ssize_t k = 0; k < i; k++)
			if (PyList_GET_ITEM(leaves, i) == PyList_GET_ITEM(leaves, k))
				return false;
	return true;
}

/* remember(args, kwargs, leaves, concrete, form, variables): calls like this one run the trace. Whether such a call can be told again. */
static PyObject *traced_remember(PyObject *self, PyObject *all)
{
	Traced *f = (Traced *)self;
	PyObject *arguments, *keywords, *leaves, *function, *form, *variables;
	if (!PyArg_ParseTuple(all, "O!O!O!O!OO!", &PyTuple_Type, &arguments, &PyDict_Type, &keywords, &PyList_Type,
	                      &leaves, &ConcreteFunction_Type, &function, &form, &PyTuple_Type, &variables))
		return NULL;
	Way way = {0};
	Build b = {.way = &way, .leaves = leaves};
	way.n_outputs = ((ConcreteFunction *)function)->n_outputs;
	bool told = way.n_outputs <= MOST_OUTPUTS && form_is_plain(form) && way_describe(&b, arguments, keywords) &&
	            way.n_leaves == PyList_GET_SIZE(leaves) && leaves_are_clear(&way, leaves) &&
	            !(way.has_variables && core_open_tapes > 0); /* which is asked again each time */
	Token *kept = told ? PyMem_Malloc(sizeof(Token) * ((size_t)way.n_tokens + 1)) : NULL;
	if (kept == NULL) {
		for (int i = 0; i < way.n_tokens; i++)
			Py_XDECREF(b.tokens[i].object);
		way_clear(&way);
		return PyErr_Occurred() ? NULL : Py_NewRef(Py_False);
	}
	memcpy(kept, b.tokens, sizeof(Token) * (size_t)way.n_tokens);
	way.tokens = kept;
	way.function = Py_NewRef(function);
	way.form = Py_NewRef(form);
	way.variables = Py_NewRef(variables);
	Way last = {0};
	if (f->n_ways == MOST_WAYS)
		last = f->ways[--f->n_ways];
	memmove(f->ways + 1, f->ways, sizeof(Way) * (size_t)f->n_ways);
	f->ways[0] = way;
	f->n_ways++;
	way_clear(&last);
	Py_RETURN_TRUE;
}

static PyObject *traced_forget(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	Traced *f = (Traced *)self;
	while (f->n_ways > 0) {
		Way way = f->ways[--f->n_ways];
		way_clear(&way);
	}
	Py_RETURN_NONE;
}

static PyObject *traced_run_eagerly(PyObject *Py_UNUSED(type), PyObject *eagerly)
{
	runs_eagerly = PyObject_IsTrue(eagerly) > 0;
	Py_RETURN_NONE;
}

/* ---- methods ---- */

static PyObject *traced_get(PyObject *self, PyObject *instance, PyObject *Py_UNUSED(owner))
{
	Traced *f = (Traced *)self;
	if (instance == NULL || instance == Py_None)
		return Py_NewRef(self);
	for (int i = 0; i < MOST_BOUND && f->bound[i].instance != NULL; i++)
		if (PyWeakref_GET_OBJECT(f->bound[i].instance) == instance &&
		    PyWeakref_GET_OBJECT(f->bound[i].function) != Py_None)
			return Py_NewRef(PyWeakref_GET_OBJECT(f->bound[i].function));
	PyObject *function = PyObject_CallMethodOneArg(self, word_bound_to, instance);
	PyObject *reference = function && PyType_SUPPORTS_WEAKREFS(Py_TYPE(instance)) ? PyWeakref_NewRef(instance, NULL)
	                                                                              : NULL;
	PyObject *weak = reference ? PyWeakref_NewRef(function, NULL) : NULL;
	if (weak == NULL) {
		if (function != NULL)
			PyErr_Clear();
		Py_XDECREF(reference);
		return function;
	}
	PyObject *last[] = {f->bound[MOST_BOUND - 1].instance, f->bound[MOST_BOUND - 1].function};
	memmove(f->bound + 1, f->bound, sizeof(f->bound[0]) * (MOST_BOUND - 1));
	f->bound[0].instance = reference;
	f->bound[0].function = weak;
	Py_XDECREF(last[0]);
	Py_XDECREF(last[1]);
	return function;
}

/* ---- the type ---- */

static PyObject *traced_new(PyTypeObject *type, PyObject *Py_UNUSED(arguments), PyObject *Py_UNUSED(keywords))
{
	if (word_call_fully == NULL)
		word_call_fully = PyUnicode_InternFromString("_call_fully");
	if (word_bound_to == NULL)
		word_bound_to = PyUnicode_InternFromString("_bound_to");
	Traced *f = word_call_fully && word_bound_to ? (Traced *)type->tp_alloc(type, 0) : NULL;
	if (f != NULL)
		f->call = traced_call;
	if (type->tp_call == PyVectorcall_Call)
		type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL; /* before 3.12 a class does not inherit it */
	return (PyObject *)f;
}

static int traced_traverse(PyObject *self, visitproc visit, void *arg)
{
	Traced *f = (Traced *)self;
	for (int i = 0; i < f->n_ways; i++) {
		Py_VISIT(f->ways[i].function);
		Py_VISIT(f->ways[i].form);
		for (int k = 0; k < f->ways[i].n_tokens; k++)
			Py_VISIT(f->ways[i].tokens[k].object);
	}
	for (int i = 0; i < MOST_BOUND; i++) {
		Py_VISIT(f->bound[i].instance);
		Py_VISIT(f->bound[i].function);
	}
	Py_VISIT(f->dict);
	return 0;
}

static int traced_clear(PyObject *self)
{
	Traced *f = (Traced *)self;
	Py_XDECREF(traced_forget(self, NULL));
	for (int i = 0; i < MOST_BOUND; i++) {
		Py_CLEAR(f->bound[i].instance);
		Py_CLEAR(f->bound[i].function);
	}
	Py_CLEAR(f->dict);
	return 0;
}

static void traced_dealloc(PyObject *self)
{
	PyObject_GC_UnTrack(self);
	if (((Traced *)self)->weak_references != NULL)
		PyObject_ClearWeakRefs(self);
	traced_clear(self);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *traced_mark(PyObject *Py_UNUSED(type), PyObject *mark)
{
	tensor_mark = Py_NewRef(mark);
	Py_RETURN_NONE;
}

static PyMethodDef traced_methods[] =
	{{"_remember", traced_remember, METH_VARARGS, "Calls like this one run this trace."},
         {"_forget", traced_forget, METH_NOARGS, "Every call is looked at by Python again."},
         {"_set_mark", traced_mark, METH_O | METH_STATIC, "What stands for a tensor in the form of results."},
         {"_run_eagerly", traced_run_eagerly, METH_O | METH_STATIC, "Whether functions run as ordinary Python."},
         {NULL, NULL, 0, NULL}};

static PyGetSetDef traced_properties[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
                                          {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject Traced_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.TracedBase",
                            .tp_basicsize = sizeof(Traced),
                            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                                        Py_TPFLAGS_HAVE_VECTORCALL,
                            .tp_doc = "A Python function that is traced into graphs.",
                            .tp_vectorcall_offset = offsetof(Traced, call),
                            .tp_call = PyVectorcall_Call,
                            .tp_descr_get = traced_get,
                            .tp_dictoffset = offsetof(Traced, dict),
                            .tp_weaklistoffset = offsetof(Traced, weak_references),
                            .tp_traverse = traced_traverse,
                            .tp_clear = traced_clear,
                            .tp_dealloc = traced_dealloc,
                            .tp_methods = traced_methods,
                            .tp_getset = traced_properties,
                            .tp_new = traced_new};

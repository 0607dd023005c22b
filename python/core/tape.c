/* GradientTape over the library's tapes, and which variables a tape saw. */
#include "core.h"

_Thread_local int core_open_tapes;
_Thread_local uint64_t core_tape_mark;
static _Thread_local PyObject *reads; /* variables read since the outermost open tape began, in order; NULL: none yet */

typedef struct Tape {
	PyObject_HEAD sj_tape *tape;
	bool persistent, watches_variables, is_open, was_open;
	Py_ssize_t first_read;
	uint64_t thread; /* which began it, alone may use the library's tape, and ends it when it ends */
	PyObject *seen;  /* list of variables, once it is closed */
	PyObject *asked; /* list of variables that it was told to watch; NULL: none */
} Tape;

static uint64_t thread_now(void)
{
	static uint64_t last;
	static _Thread_local uint64_t number;
	return number ? number : (number = ++last);
}

/* ---- variables read ---- */

void core_note_read(PyObject *handle)
{
	((Handle *)handle)->read_mark = core_tape_mark;
	if (!sj_variable_is_trainable(HANDLE_TENSOR(handle)))
		return;
	if (reads == NULL)
		reads = PyList_New(0);
	if (reads == NULL || PyList_Append(reads, handle) < 0)
		PyErr_Clear();
}

/* From here on the tape's reads begin. */
static void reads_mark(Tape *t)
{
	static uint64_t mark;
	t->first_read = reads ? PyList_GET_SIZE(reads) : 0;
	core_tape_mark = ++mark;
}

static void reads_begin(Tape *t)
{
	core_open_tapes++;
	reads_mark(t);
}

static void reads_end(Tape *t)
{
	PyObject *now = NULL;
	bool is_last = --core_open_tapes == 0;
	if (is_last && t->first_read == 0) /* it saw all of them */
		now = Py_XNewRef(reads);
	else if (reads != NULL)
		now = PyList_GetSlice(reads, t->first_read, PyList_GET_SIZE(reads));
	if (is_last)
		Py_CLEAR(reads);
	if (now == NULL)
		return;
	if (t->seen != NULL) /* the tape was entered before */
		PyList_SetSlice(now, 0, 0, t->seen);
	Py_XSETREF(t->seen, now);
}

/* ---- begin and end ---- */

static const char *const tape_names[] = {"persistent", "watch_accessed_variables", NULL};

static int tape_init(PyObject *self, PyObject *arguments, PyObject *keywords)
{
	int persistent = 0, watches = 1;
	if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|pp", (char **)tape_names, &persistent, &watches))
		return -1;
	Tape *t = (Tape *)self;
	t->persistent = persistent;
	t->watches_variables = watches;
	return 0;
}

static PyObject *tape_make(PyObject *type, PyObject *const *arguments, size_t n_flags, PyObject *keywords)
{
	PyObject *v[2] = {Py_False, Py_True};
	if (core_bind("GradientTape", tape_names, 0, 2, arguments, PyVectorcall_NARGS(n_flags), keywords, v) < 0)
		return NULL;
	int persistent = PyObject_IsTrue(v[0]), watches = PyObject_IsTrue(v[1]);
	Tape *t = persistent < 0 || watches < 0 ? NULL : (Tape *)GradientTape_Type.tp_alloc((PyTypeObject *)type, 0);
	if (t != NULL) {
		t->persistent = persistent;
		t->watches_variables = watches;
	}
	return (PyObject *)t;
}

static sj_tape *tape_live(Tape *t)
{
	if (t->tape != NULL && t->thread == thread_now())
		return t->tape;
	if (t->tape != NULL)
		PyErr_SetString(
			PyExc_NotImplementedError,
			"not implemented: a GradientTape on another thread than the one that entered it; use it there");
	else
		PyErr_SetString(
			PyExc_RuntimeError,
			t->was_open
				? (core.version == 2
		                           ? "A non-persistent GradientTape can only be used to compute one set of "
		                             "gradients (or jacobians)"
		                           : "GradientTape.gradient can only be called once on non-persistent tapes.")
				: "the tape was never entered: use it as `with tf.GradientTape() as tape:`");
	return NULL;
}

static int tape_begin(Tape *t)
{
	if (t->is_open) {
		PyErr_SetString(PyExc_ValueError, "the tape is recording already");
		return -1;
	}
	bool again = t->tape != NULL;
	if (again && tape_live(t) == NULL)
		return -1;
	t->thread = thread_now();
	if (!again)
		t->tape = t->persistent ? sj_tape_begin_persistent() : sj_tape_begin();
	if (again ? sj_tape_reopen(t->tape) != SJ_OK : t->tape == NULL) {
		core_raise_sticky();
		return -1;
	}
	if (!t->watches_variables)
		sj_tape_watch_variables(t->tape, false);
	t->is_open = t->was_open = true;
	core_heavy = 0;
	reads_begin(t);
	return 0;
}

static void tape_end(Tape *t)
{
	if (!t->is_open)
		return;
	t->is_open = false;
	if (t->thread != thread_now())
		return;
	if (t->tape != NULL)
		sj_tape_end(t->tape);
	reads_end(t);
}

static PyObject *tape_enter(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	return tape_begin((Tape *)self) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *tape_exit(PyObject *self, PyObject *const *Py_UNUSED(arguments), Py_ssize_t Py_UNUSED(n))
{
	tape_end((Tape *)self);
	Py_RETURN_NONE;
}

static void tape_dealloc(PyObject *self)
{
	Tape *t = (Tape *)self;
	tape_end(t);
	if (t->tape != NULL && t->thread == thread_now())
		sj_tape_free(t->tape);
	Py_CLEAR(t->seen);
	Py_CLEAR(t->asked);
	Py_TYPE(self)->tp_free(self);
}

static int asked_note(Tape *t, PyObject *o)
{
	if (!PyObject_TypeCheck(o, &VariableBase_Type))
		return 0;
	if (t->asked == NULL)
		t->asked = PyList_New(0);
	return t->asked ? PyList_Append(t->asked, o) : -1;
}

static int watch_one(Tape *t, PyObject *o)
{
	if (core.version == 2 && !Handle_Check(o)) {
		PyErr_Format(PyExc_ValueError,
		             "Passed in object %R of type '%s', not tf.Tensor or tf.Variable or ExtensionType.", o,
		             Py_TYPE(o)->tp_name);
		return -1;
	}
	if (core_handle_check(o, "what is watched") < 0)
		return -1;
	sj_dtype dtype = sj_tensor_dtype(HANDLE_TENSOR(o));
	if (!sj_dtype_is_floating(dtype) && dtype != SJ_COMPLEX64 && dtype != SJ_COMPLEX128)
		return 0;
	sj_status status = sj_tape_watch(t->tape, HANDLE_TENSOR(o));
	if (status != SJ_OK && sj_ok())
		core_raise(status);
	else if (status != SJ_OK)
		core_raise_sticky();
	return status == SJ_OK ? asked_note(t, o) : -1;
}

static PyObject *tape_watch(PyObject *self, PyObject *what)
{
	Tape *tape = (Tape *)self;
	if (tape_live(tape) == NULL)
		return NULL;
	if (Handle_Check(what))
		return watch_one(tape, what) < 0 ? NULL : Py_NewRef(Py_None);
	PyObject *flat = core_call_hook(core.flatten, what, "a nested structure");
	int failed = flat == NULL ? -1 : 0;
	for (Py_ssize_t i = 0; failed == 0 && i < PyList_GET_SIZE(flat); i++)
		failed = watch_one(tape, PyList_GET_ITEM(flat, i));
	Py_XDECREF(flat);
	return failed ? NULL : Py_NewRef(Py_None);
}

/* ---- gradients ---- */

enum { FEW = 64 };

/* The tensors of a list, borrowed; NULL and a Python error when something else is among them. */
static sj_tensor **tensors_of(PyObject *list, const char *what, sj_tensor **few)
{
	Py_ssize_t n = PySequence_Fast_GET_SIZE(list);
	sj_tensor **tensors = n <= FEW ? few : PyMem_Malloc(sizeof(*tensors) * (size_t)n);
	if (tensors == NULL) {
		PyErr_NoMemory();
		return NULL;
	}
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *o = PySequence_Fast_GET_ITEM(list, i);
		if (core_handle_check(o, what) < 0) {
			if (tensors != few)
				PyMem_Free(tensors);
			return NULL;
		}
		tensors[i] = HANDLE_TENSOR(o);
	}
	return tensors;
}

/* Indexed slices as Python's IndexedSlices; a scope is open. */
static PyObject *slices_wrap(const sj_tensor *g)
{
	sj_tensor *parts[2] = {sj_indexed_slices_values(g), sj_indexed_slices_indices(g)};
	if (!sj_ok())
		return core_raise_sticky();
	sj_tensor *dense_shape = core_vector(sj_tensor_rank(g), sj_tensor_dims(g));
	PyObject *values = core_wrap(sj_keep(parts[0])), *indices = core_wrap(sj_keep(parts[1]));
	PyObject *shape = dense_shape ? core_wrap(dense_shape) : NULL;
	PyObject *made = values && indices && shape
	                         ? PyObject_CallFunctionObjArgs(core.slices, values, indices, shape, NULL)
	                         : NULL;
	Py_XDECREF(values);
	Py_XDECREF(indices);
	Py_XDECREF(shape);
	return made;
}

PyObject *core_wrap_gradient(sj_tensor *g)
{
	if (g == NULL)
		Py_RETURN_NONE;
	if (core.slices != NULL && sj_tensor_is_indexed_slices(g))
		return slices_wrap(g);
	return core_wrap(sj_keep(g));
}

typedef struct Walk {
	sj_tape *tape;
	int n_targets, n;
	sj_tensor **targets, **weights, **sources, **gradients;
} Walk;

static sj_status walk_work(void *context)
{
	const Walk *w = context;
	return sj_gradient_of(w->tape, w->n_targets, w->targets, w->weights, w->n, w->sources, w->gradients);
}

static sj_status walk(Walk *w)
{
	bool done;
	return core_heavy ? core_long(walk_work, w, &done) : walk_work(w);
}

/* Weights of the targets: NULL where None, else converted; own references. */
static int weights_of(PyObject *given, Py_ssize_t n, sj_tensor *const *targets, sj_tensor **weights)
{
	if (core.version == 2 && PySequence_Fast_GET_SIZE(given) < n)
		n = PySequence_Fast_GET_SIZE(given); /* the others' are ones */
	if (PySequence_Fast_GET_SIZE(given) != n) {
		PyErr_Format(PyExc_ValueError, "%zd output_gradients for %zd targets", PySequence_Fast_GET_SIZE(given),
		             n);
		return -1;
	}
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *o = PySequence_Fast_GET_ITEM(given, i);
		if ((o != Py_None || core.version == 2) &&
		    (weights[i] = core_convert(o, sj_tensor_dtype(targets[i]))) == NULL)
			return -1;
	}
	return 0;
}

/* What was asked for or by: one tensor, or the tensors of a structure. */
typedef struct Several {
	PyObject *list; /* flat; NULL of one tensor */
	Py_ssize_t n;
	sj_tensor **tensors, *few[FEW];
} Several;

static bool is_plain_list(PyObject *o)
{
	if (!PyList_CheckExact(o))
		return false;
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(o); i++)
		if (!Handle_Check(PyList_GET_ITEM(o, i)))
			return false;
	return true;
}

static void several_release(Several *s)
{
	if (s->tensors != s->few)
		PyMem_Free(s->tensors);
	Py_XDECREF(s->list);
}

static int several_take(Several *s, PyObject *given, const char *what)
{
	s->list = NULL;
	s->n = 1;
	s->tensors = s->few;
	if (Handle_Check(given)) {
		s->few[0] = HANDLE_TENSOR(given);
		return core_handle_check(given, what);
	}
	s->list = is_plain_list(given) ? Py_NewRef(given) : core_call_hook(core.flatten, given, "a nested structure");
	s->n = s->list ? PySequence_Fast_GET_SIZE(s->list) : 0;
	sj_tensor **found = s->list ? tensors_of(s->list, what, s->few) : NULL;
	if (found != NULL)
		s->tensors = found;
	return found == NULL ? -1 : 0;
}

/* Own references of the weights, one for each target. */
static int weights_take(PyObject *given, const Several *targets, sj_tensor **weights)
{
	PyObject *list = Handle_Check(given)    ? PyList_New(0)
	                 : is_plain_list(given) ? Py_NewRef(given)
	                                        : core_call_hook(core.flatten, given, "a nested structure");
	int failed = list == NULL || (Handle_Check(given) && PyList_Append(list, given) < 0) ? -1 : 0;
	if (failed == 0)
		failed = weights_of(list, targets->n, targets->tensors, weights);
	Py_XDECREF(list);
	return failed;
}

/* The gradients found, as the sources' structure has them; a scope is open. */
static PyObject *gradients_wrap(PyObject *sources, const Several *flat, sj_tensor *const *found, PyObject *unconnected)
{
	if (flat->list == NULL && unconnected == Py_None)
		return core_wrap_gradient(found[0]);
	PyObject *list = PyList_New(flat->n);
	for (Py_ssize_t i = 0; list != NULL && i < flat->n; i++) {
		PyObject *one = core_wrap_gradient(found[i]);
		if (one == NULL)
			Py_CLEAR(list);
		else
			PyList_SET_ITEM(list, i, one);
	}
	if (list != NULL && unconnected != Py_None && core.unconnected == NULL)
		Py_SETREF(list, core_call_hook(NULL, sources, "unconnected_gradients"));
	if (list != NULL && unconnected != Py_None) {
		PyObject *all = flat->list ? Py_NewRef(flat->list) : PyList_New(0);
		bool good = all != NULL && (flat->list != NULL || PyList_Append(all, sources) == 0);
		PyObject *filled = good ? PyObject_CallFunctionObjArgs(core.unconnected, unconnected, list, all, NULL)
		                        : NULL;
		Py_XDECREF(all);
		Py_SETREF(list, filled);
	}
	if (list == NULL || flat->list == sources)
		return list;
	PyObject *made = flat->list == NULL ? Py_NewRef(PyList_GET_ITEM(list, 0))
	                                    : PyObject_CallFunctionObjArgs(core.pack_as, sources, list, NULL);
	Py_DECREF(list);
	return made;
}

static PyObject *gradients_of(Tape *t, const Several *targets, PyObject *sources, const Several *flat,
                              PyObject *output_gradients, PyObject *unconnected)
{
	sj_tensor *few[FEW], *weights[FEW] = {NULL};
	bool is_weighted = output_gradients != Py_None;
	PyObject *result = NULL;
	if (targets->n > FEW)
		return PyErr_Format(PyExc_ValueError, "at most %d targets at once", FEW);
	sj_tensor **found = flat->n <= FEW ? few : PyMem_Malloc(sizeof(*found) * (size_t)flat->n);
	if (found == NULL)
		return PyErr_NoMemory();
	if (!is_weighted || weights_take(output_gradients, targets, weights) == 0) {
		sj_scope scope = sj_scope_begin();
		Walk work = {t->tape,
		             (int)targets->n,
		             (int)flat->n,
		             targets->tensors,
		             is_weighted ? weights : NULL,
		             flat->tensors,
		             found};
		sj_status status = walk(&work);
		result = status == SJ_OK ? gradients_wrap(sources, flat, found, unconnected) : core_raise_sticky();
		sj_scope_end(scope);
	}
	for (Py_ssize_t i = 0; is_weighted && i < targets->n; i++)
		sj_free(weights[i]);
	if (found != few)
		PyMem_Free(found);
	return result;
}

/* gradient(target, sources, output_gradients=None, unconnected_gradients=None) */
static PyObject *tape_gradient(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords)
{
	static const char *const names[] = {"target", "sources", "output_gradients", "unconnected_gradients"};
	PyObject *v[4] = {NULL, NULL, Py_None, Py_None}, *result = NULL;
	if (core_bind("gradient", names, 2, 4, arguments, n, keywords, v) < 0)
		return NULL;
	Tape *t = (Tape *)self;
	if (tape_live(t) == NULL)
		return NULL;
	if (t->is_open && !t->persistent)
		tape_end(t);
	Several targets, flat;
	if (several_take(&targets, v[0], "a target") == 0) {
		if (several_take(&flat, v[1], "a source") == 0)
			result = gradients_of(t, &targets, v[1], &flat, v[2], v[3]);
		several_release(&flat);
		if (!t->persistent) {
			sj_tape_free(t->tape);
			t->tape = NULL;
		}
	}
	several_release(&targets);
	return result;
}

static PyObject *tape_reset(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	Tape *t = (Tape *)self;
	if (!t->is_open)
		return PyErr_Format(PyExc_ValueError, "Tape is not recording.");
	if (tape_live(t) == NULL)
		return NULL;
	sj_tape_reset(t->tape);
	Py_CLEAR(t->seen);
	Py_CLEAR(t->asked);
	reads_mark(t);
	Py_RETURN_NONE;
}

/* Those that it read, where it watches them, and those that it was told to watch; some may be there twice. */
static PyObject *tape_variables(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	Tape *t = (Tape *)self;
	PyObject *list = !t->watches_variables ? PyList_New(0)
	                 : t->is_open && reads && t->thread == thread_now()
	                         ? PyList_GetSlice(reads, t->first_read, PyList_GET_SIZE(reads))
	                 : t->seen ? PyList_GetSlice(t->seen, 0, PyList_GET_SIZE(t->seen))
	                           : PyList_New(0);
	if (list != NULL && t->asked != NULL &&
	    PyList_SetSlice(list, PyList_GET_SIZE(list), PyList_GET_SIZE(list), t->asked) < 0)
		Py_CLEAR(list);
	return list;
}

static PyObject *tape_jacobian(PyObject *self, PyObject *arguments)
{
	PyObject *target, *source;
	if (!PyArg_ParseTuple(arguments, "OO", &target, &source) || tape_live((Tape *)self) == NULL ||
	    core_handle_check(target, "the target") < 0 || core_handle_check(source, "the source") < 0)
		return NULL;
	sj_scope scope = sj_scope_begin();
	sj_tensor *j = sj_jacobian(((Tape *)self)->tape, HANDLE_TENSOR(target), HANDLE_TENSOR(source));
	if (sj_ok())
		sj_keep(j);
	sj_scope_end(scope);
	return sj_ok() ? core_wrap(j) : core_raise_sticky();
}

/* with tape.stop_recording(): nothing on this thread is recorded. */
static PyObject *tape_pause(PyObject *Py_UNUSED(type), PyObject *Py_UNUSED(nothing))
{
	sj_tape_pause();
	Py_RETURN_NONE;
}

static PyObject *tape_resume(PyObject *Py_UNUSED(type), PyObject *Py_UNUSED(nothing))
{
	sj_tape_resume();
	Py_RETURN_NONE;
}

static PyObject *tape_is_open(PyObject *self, PyObject *Py_UNUSED(nothing))
{
	return PyBool_FromLong(((Tape *)self)->is_open);
}

static PyMethodDef tape_methods[] = {
	{"__enter__", tape_enter, METH_NOARGS, NULL},
	{"__exit__", (PyCFunction)(void (*)(void))tape_exit, METH_FASTCALL, NULL},
	{"watch", tape_watch, METH_O, "watch($self, tensor)\n--\n\nWatches a tensor, or every tensor of a structure."},
	{"gradient", (PyCFunction)(void (*)(void))tape_gradient, METH_FASTCALL | METH_KEYWORDS,
         "gradient($self, target, sources, output_gradients=None, unconnected_gradients='none')\n--\n\n"
         "Gradients of the target (of its sum) by the sources, in the sources' structure; None where it does not depend on one."},
	{"_jacobian", tape_jacobian, METH_VARARGS, NULL},
	{"reset", tape_reset, METH_NOARGS, "reset($self)\n--\n\nForgets what was recorded and watched."},
	{"_watched", tape_variables, METH_NOARGS, NULL},
	{"_is_open", tape_is_open, METH_NOARGS, NULL},
	{"_pause", tape_pause, METH_NOARGS | METH_STATIC, NULL},
	{"_resume", tape_resume, METH_NOARGS | METH_STATIC, NULL},
	{NULL, NULL, 0, NULL}};

PyTypeObject GradientTape_Type = {
	PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.GradientTape",
	.tp_basicsize = sizeof(Tape),
	.tp_dealloc = tape_dealloc,
	.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
	.tp_methods = tape_methods,
	.tp_init = tape_init,
	.tp_new = PyType_GenericNew,
	.tp_vectorcall = tape_make,
	.tp_doc =
		"GradientTape(persistent=False, watch_accessed_variables=True)\n--\n\nRecords operations, to be asked for gradients."};

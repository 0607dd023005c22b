/*
 * The C extension sokuji._core: what its files share. It sees the library's public headers only, and no NumPy headers: arrays come and
 * go through the buffer protocol. What is written in Python (printing, shapes, dtype objects, nested structures) registers itself here.
 */
#ifndef SOKUJI_PYTHON_CORE_H
#define SOKUJI_PYTHON_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <sokuji.h>

/* A tensor or variable as Python sees it: one reference to the library's handle. */
typedef struct Handle {
	PyObject_HEAD sj_tensor *tensor; /* own reference; NULL only in a variable that is not initialised yet */
	PyObject *weak_references;
	uint64_t read_mark;   /* of a variable: the mark of the newest tape that noted that it was read */
	PyObject *attributes; /* of an EagerTensor: the dict of what a program set on it, NULL until it does */
} Handle;

enum { CORE_DTYPES = 24, CORE_MAX_INPUTS = 64, CORE_STATUSES = 17 };

/* What the Python side registered, by name (core_hooks.c), and the two switches. */
typedef struct core_hooks {
	int version;                     /* 1 or 2: the TensorFlow whose semantics hold */
	PyObject *dtypes[CORE_DTYPES];   /* DType objects by number */
	PyObject *errors[CORE_STATUSES]; /* exception classes by status */
	PyObject *as_dtype;              /* any -> number */
	PyObject *numpy;                 /* EagerTensor -> array or NumPy scalar */
	PyObject *text, *representation; /* str, repr */
	PyObject *shape;                 /* tuple of int -> TensorShape */
	PyObject *convert;               /* (object, dtype number or 0) -> EagerTensor, for what C does not know */
	PyObject *flatten, *pack_as;     /* nested structures */
	PyObject *index_other;           /* (tensor, key) -> tensor, for keys that C does not know */
	PyObject *
		complex_numbers; /* None, or called as (op name, inputs, flags) for complex inputs that an operation refuses */
	PyObject *executed;    /* None, or called as (op name, inputs, outputs) after every operation */
	PyObject *slices;      /* the class IndexedSlices */
	PyObject *unconnected; /* (what was asked, gradients, sources) -> gradients without None */
	PyObject *make_error;  /* (class, message) -> exception */
	PyObject *document;    /* (name, operation's name) -> docstring */
	PyObject *signature;   /* [(name[, default])] -> inspect.Signature */
	PyObject *masks;       /* the dict of Keras' masks: empty while none is known */
	PyObject *promote; /* the same, for operands of several dtypes; NULL unless NumPy's promotion is asked for */
	PyObject *operator_of_graphs; /* (operation's name, a, b) -> tensor or NotImplemented */
	PyObject *linear;             /* Keras' activation that does nothing */
	PyObject *naming; /* the code of functions that name a Function's nodes in graphs, which is their __wrapped__ */
	PyObject *
		deferred; /* (error, function, arguments, keywords) -> a node's tensors that call it in the run, or NotImplemented */
} core_hooks;

extern core_hooks core;
extern PyTypeObject Handle_Type, Tensor_Type, EagerTensor_Type, VariableBase_Type, Function_Type, GradientTape_Type,
	Updater_Type, Dataset_Type, DatasetIterator_Type, LayerBase_Type, Quick_Type;

/* Classes of Python's are found by a walk: the class of the variable met last is kept, and is mostly the next one's too. */
extern PyTypeObject *core_variable_class;
bool core_is_variable_at_all(PyObject *o);
static inline bool core_is_variable(PyObject *o)
{
	return Py_TYPE(o) == core_variable_class || core_is_variable_at_all(o);
}

#define Handle_Check(o) \
	(Py_TYPE(o) == &EagerTensor_Type || Py_TYPE(o) == core_variable_class || PyObject_TypeCheck(o, &Handle_Type))
#define HANDLE_TENSOR(o) (((Handle *)(o))->tensor)

/* ---- tensor.c ---- */
/* A new EagerTensor that takes over the reference; NULL and a Python error on failure (the reference is released then). */
PyObject *core_wrap(sj_tensor *own);
/* The same for a tensor of a graph, whose object is always the same. */
PyObject *core_wrap_symbolic(sj_tensor *own);
/* run_times(): (begin, end) of the operation that a callback is being told of. */
PyObject *core_run_times(PyObject *module, PyObject *nothing);
/* After nodes were appended for which no tensor is wrapped: notes the user's line for them. */
void core_lines_note(void);
PyObject *core_operator(const char *which, PyObject *a, PyObject *b);
extern int core_any_graph; /* whether Python ever made a graph: before that no tensor is symbolic */
/* The value of a variable now (of a tensor: the same), an own reference; the reading is recorded by open tapes. */
sj_tensor *core_read(sj_tensor *variable);
/* -1 and a Python error when the object is no tensor or variable. */
int core_handle_check(PyObject *o, const char *what);

/* Calls a hook that the package may not have registered, which is a RuntimeError naming what needed it. */
PyObject *core_call_hook(PyObject *hook, PyObject *argument, const char *what);

/* ---- interrupt.c ---- */
typedef sj_status core_work(void *context);
/*
 * Does work without the interpreter. SJ_CANCELLED with a Python error set when Ctrl-C ended it, or came as it ended: ret_done says whether the work
 * was done nevertheless, so that its results must be released.
 */
sj_status core_long(core_work *work, void *context, bool *ret_done);
/* Around the making of an element: between the two Ctrl-C stops it. The end says whether Ctrl-C came. */
bool core_iteration_begin(void);
bool core_iteration_end(bool began);
/*
 * Whether a traced function of a dataset is running: the Python error that is set has then become the library's, and is raised where the element
 * was asked for.
 */
bool core_error_travels(void);
/* Around a call from the library into Python, which takes the interpreter and lets Python handle Ctrl-C itself. */
typedef struct core_callback {
	PyGILState_STATE state;
	bool was_armed, was_hit;
} core_callback;
core_callback core_callback_begin(void);
void core_callback_end(core_callback callback);

/* ---- errors.c ---- */
/* Raises the exception of a failed call from the library's message; always returns NULL. */
void *core_raise(sj_status status);
/* The same for the sticky error, which it clears. */
void *core_raise_sticky(void);

/* ---- convert.c ---- */
/* A tensor of the object, an own reference; dtype: the one wanted, or 0 for the rules of conversion. */
sj_tensor *core_convert(PyObject *o, sj_dtype dtype);
/* The dtype that an argument names; 0 and a Python error when none. */
sj_dtype core_dtype(PyObject *o);
/* The dtype of a buffer's elements; 0: none of ours. */
sj_dtype core_format_dtype(const char *format, Py_ssize_t size);
/* A vector of int64, an own reference. */
sj_tensor *core_vector(Py_ssize_t n, const int64_t *values);

/* ---- attributes.c ---- */
enum { CORE_ARGS_ROOM = 512, CORE_INTS_ROOM = 64 };

/* Where the lists of integers in an argument struct lie. */
typedef struct Ints {
	int64_t room[CORE_INTS_ROOM];
	int n;
} Ints;

/* Writes a value into its field of the argument struct. -1 and a Python error when it does not fit. */
int core_fill(char *args, const sj_attribute *a, PyObject *value, Ints *ints);
const sj_attribute *core_attribute_find(const sj_op *op, const char *name);
/* Puts a fast call's arguments into `values`, which hold the defaults; -1 and a TypeError when they do not fit the names. */
int core_bind(const char *who, const char *const *names, int n_required, int n_names, PyObject *const *arguments,
              Py_ssize_t n, PyObject *keywords, PyObject **values);

/* ---- run.c ---- */
sj_status core_run(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                   sj_tensor **ret_outputs);
/* A list of the results. */
PyObject *core_run_many(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs);
/* One result, wrapped. */
PyObject *core_run_one(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs);
PyObject *core_execute(PyObject *module, PyObject *const *arguments, Py_ssize_t n);
extern _Thread_local int core_heavy; /* whether this thread ran something worth releasing the interpreter for */
int core_is_heavy(int n, sj_tensor *const *inputs);

/* ---- function.c ---- */
/* The operation of a Function, or of one that also names its nodes in graphs, whose call with one tensor is that operation; NULL of anything else. */
const sj_op *core_function_op(PyObject *function);

/* ---- numbers.c, index.c ---- */
extern PyNumberMethods core_number_methods;
int core_numbers_init(void);
int core_index_init(void);
PyObject *core_compare(PyObject *a, PyObject *b, int how);
PyObject *core_index(PyObject *self, PyObject *key);
PyObject *core_index_plain(PyObject *self, PyObject *key);
PyObject *core_item(PyObject *self, Py_ssize_t i);

/* ---- dataset.c ---- */
int core_dataset_init(void);

/* ---- dlpack.c ---- */
PyObject *core_to_dlpack(PyObject *module, PyObject *arguments);
PyObject *core_from_dlpack(PyObject *module, PyObject *capsule);

/* ---- tape.c ---- */
/* Notes that a variable is used as an input, for watched_variables(); does nothing while no tape is open. */
#define CORE_NOTE_READ(o) \
	do { \
		if (core_open_tapes > 0 && ((Handle *)(o))->read_mark != core_tape_mark) \
			core_note_read(o); \
	} while (0)
extern _Thread_local int core_open_tapes;
extern _Thread_local uint64_t core_tape_mark;
void core_note_read(PyObject *handle);
/* A gradient: a tensor, IndexedSlices, or None of NULL; a scope is open. */
PyObject *core_wrap_gradient(sj_tensor *g);

/* ---- custom_gradient.c ---- */
PyObject *core_record_gradient(PyObject *module, PyObject *arguments);

/* ---- layer.c ---- */
int core_layer_init(void);
int core_layer_finish(void);

/* ---- quick.c ---- */
/* quick(function): the function with its commonest calls answered in C, and put off where a graph's tensors say too little. */
PyObject *core_quick(PyObject *module, PyObject *function);
/* The global step variable of the thread, or None. */
PyObject *core_step(PyObject *module, PyObject *nothing);
PyObject *core_set_step(PyObject *module, PyObject *variable);

/* ---- graph.c, session.c ---- */
int core_graph_init(PyObject *module);
PyObject *core_cond(PyObject *module, PyObject *arguments);
PyObject *core_while(PyObject *module, PyObject *arguments);
PyObject *core_py_call(PyObject *module, PyObject *arguments);

/* ---- files.c ---- */
/* Adds the types and functions of files to the module. */
int core_files_init(PyObject *module);

#endif

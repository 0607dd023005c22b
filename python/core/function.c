/*
 * A Function is an operation under a TensorFlow signature, with everything resolved when it is made: a call compares interned keywords,
 * converts, fills the argument struct and runs.
 */
#include "core.h"

enum { MOST_PARAMETERS = 24 };

typedef enum Destination { INPUT, ATTRIBUTE, IGNORED, REFUSED } Destination;

typedef struct Parameter {
	PyObject *name;
	PyObject *default_value; /* NULL: required */
	Destination destination;
	int index; /* of the input */
	const sj_attribute *attribute;
	bool is_name; /* of the node, where a graph is open */
} Parameter;

typedef struct Function {
	PyObject_HEAD vectorcallfunc call;
	const sj_op *op;
	const sj_op *batch_op
		[2]; /* of MatMul, what runs instead in 1.x and 2.x when an input has more than two dimensions */
	const sj_op *string_op; /* of Add, what runs instead on strings */
	int n_parameters, n_inputs, n_outputs;
	bool is_short;                /* the inputs come first, all other defaults set nothing, there is one output */
	char groups[CORE_MAX_INPUTS]; /* inputs of one letter share a dtype; i: int32 by default, b: bool, ?: free */
	Parameter parameters[MOST_PARAMETERS];
	PyObject *name, *result, *doc; /* result: None, or a callable that takes the outputs */
	PyObject *dict;
} Function;

static PyObject *arity_wrong(const Function *f, const char *what, PyObject *name)
{
	PyErr_Format(PyExc_TypeError, "%U() %s '%U'", f->name, what, name);
	return NULL;
}

static int keyword_place(const Function *f, PyObject *keyword)
{
	for (int i = 0; i < f->n_parameters; i++)
		if (f->parameters[i].name == keyword)
			return i;
	for (int i = 0; i < f->n_parameters; i++)
		if (PyUnicode_Compare(f->parameters[i].name, keyword) == 0)
			return i;
	return -1;
}

static int bind(const Function *f, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords, PyObject **values)
{
	if (n > f->n_parameters) {
		PyErr_Format(PyExc_TypeError, "%U() takes at most %d arguments (%zd given)", f->name, f->n_parameters,
		             n);
		return -1;
	}
	for (Py_ssize_t i = 0; i < n; i++)
		values[i] = arguments[i];
	for (int i = (int)n; i < f->n_parameters; i++)
		values[i] = NULL;
	for (Py_ssize_t k = 0; keywords != NULL && k < PyTuple_GET_SIZE(keywords); k++) {
		PyObject *name = PyTuple_GET_ITEM(keywords, k);
		int i = keyword_place(f, name);
		if (i < 0 || values[i] != NULL) {
			arity_wrong(f,
			            i < 0 ? "got an unexpected keyword argument" : "got multiple values for argument",
			            name);
			return -1;
		}
		values[i] = arguments[n + k];
	}
	for (int i = 0; i < f->n_parameters; i++)
		if (values[i] == NULL) {
			values[i] = f->parameters[i].default_value;
			if (values[i] == NULL) {
				arity_wrong(f, "missing required argument:", f->parameters[i].name);
				return -1;
			}
		}
	return 0;
}

/* The dtype that a group's tensors fix for its plain values. */
static sj_dtype group_dtype(const Function *f, char group, PyObject *const *objects)
{
	for (int i = 0; i < f->n_inputs; i++)
		if (f->groups[i] == group && objects[i] != NULL && Handle_Check(objects[i]) &&
		    HANDLE_TENSOR(objects[i]) != NULL)
			return sj_tensor_dtype(HANDLE_TENSOR(objects[i]));
	return SJ_DTYPE_NONE;
}

static bool is_empty_list(PyObject *o)
{
	return (PyList_Check(o) || PyTuple_Check(o)) && PySequence_Fast_GET_SIZE(o) == 0;
}

/* The dtype that input i takes when it is a plain value; inputs holds those before it. */
static sj_dtype hint_of(const Function *f, int i, PyObject *const *objects, sj_tensor *const *inputs)
{
	char group = f->groups[i];
	if (group == 'i')
		return is_empty_list(objects[i]) ? SJ_INT32 : SJ_DTYPE_NONE;
	if (group == 'b' || group == '?')
		return group == 'b' ? SJ_BOOL : SJ_DTYPE_NONE;
	sj_dtype hint = group_dtype(f, group, objects);
	for (int k = 0; hint == SJ_DTYPE_NONE && k < i; k++)
		if (f->groups[k] == group && inputs[k] != NULL)
			hint = sj_tensor_dtype(inputs[k]);
	return hint;
}

static int inputs_convert(const Function *f, PyObject *const *objects, sj_tensor **inputs)
{
	for (int i = 0; i < f->n_inputs; i++)
		inputs[i] = NULL;
	for (int i = 0; i < f->n_inputs; i++) {
		PyObject *o = objects[i];
		if (o == NULL)
			continue;
		if (Py_TYPE(o) == &EagerTensor_Type) {
			inputs[i] = sj_keep(HANDLE_TENSOR(o));
			continue;
		}
		inputs[i] = core_convert(o, hint_of(f, i, objects, inputs));
		if (inputs[i] == NULL)
			return -1;
	}
	return 0;
}

static PyObject *result_make(const Function *f, const void *args, sj_tensor *const *inputs)
{
	const sj_op *op = f->op;
	if (f->batch_op[0] != NULL && (sj_tensor_rank(inputs[0]) > 2 || sj_tensor_rank(inputs[1]) > 2))
		op = f->batch_op[core.version - 1];
	if (f->string_op != NULL && sj_tensor_dtype(inputs[0]) == SJ_STRING)
		op = f->string_op;
	if (f->n_outputs == 1)
		return core_run_one(op, args, f->n_inputs, inputs);
	PyObject *list = core_run_many(f->op, args, f->n_inputs, inputs, f->n_outputs);
	if (list == NULL || f->result == Py_None)
		return list;
	PyObject *made = PyObject_CallOneArg(f->result, list);
	Py_DECREF(list);
	return made;
}

static int refuse(const Function *f, const Parameter *p, PyObject *value)
{
	int truth = PyObject_IsTrue(value);
	if (truth > 0)
		PyErr_Format(PyExc_NotImplementedError, "not implemented: %U with %U=%R", f->name, p->name, value);
	return truth == 0 ? 0 : -1;
}

static bool given(PyObject *value) { return value != Py_None && value != Py_False; }

/* Two names of one thing (axis and reduction_indices) were both given. */
static int given_twice(const Function *f, int second)
{
	const Parameter *p = &f->parameters[second];
	for (int i = 0; i < second; i++) {
		const Parameter *q = &f->parameters[i];
		if (q->destination == p->destination && q->index == p->index && q->attribute == p->attribute) {
			PyErr_Format(PyExc_ValueError, "%U: can't specify both '%U' and '%U'", f->name, q->name,
			             p->name);
			return -1;
		}
	}
	return -1;
}

/* Spreads the bound values over inputs and attributes; returns whether any attribute was given, -1 on failure. */
static int spread(const Function *f, PyObject *const *values, PyObject **objects, char *args, Ints *ints)
{
	int any = 0;
	for (int i = 0; i < f->n_inputs; i++)
		objects[i] = NULL;
	for (int i = 0; i < f->n_parameters; i++) {
		const Parameter *p = &f->parameters[i];
		if (p->destination >= IGNORED) {
			if (p->is_name && values[i] != p->default_value && PyUnicode_Check(values[i]) &&
			    sj_graph_now() != NULL && core.version == 2)
				sj_graph_next_name(sj_graph_now(), PyUnicode_AsUTF8(values[i]));
			if (p->destination == REFUSED && values[i] != p->default_value && refuse(f, p, values[i]) < 0)
				return -1;
			continue;
		}
		if (values[i] == Py_None) {
			bool optional = p->destination == ATTRIBUTE || sj_op_input_is_optional(f->op, p->index) ||
			                p->default_value != NULL;
			if (optional)
				continue;
		}
		if (p->destination == INPUT) {
			if (objects[p->index] != NULL)
				return given_twice(f, i);
			objects[p->index] = values[i];
		} else {
			if (values[i] == Py_False && p->attribute->kind == SJ_ATTRIBUTE_BOOL)
				continue;
			any = 1;
			for (int k = 0; k < i; k++)
				if (f->parameters[k].attribute == p->attribute && given(values[k]))
					return given_twice(f, i);
			if (core_fill(args, p->attribute, values[i], ints) < 0)
				return -1;
		}
	}
	return any;
}

/* Tensors and variables alone, one for each input: nothing to bind or convert. The inputs are the caller's. */
static bool is_short_call(const Function *f, PyObject *const *arguments, Py_ssize_t n, PyObject *keywords,
                          sj_tensor **inputs)
{
	if (!f->is_short || keywords != NULL || n != f->n_inputs)
		return false;
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *o = arguments[i];
		if (Py_TYPE(o) != &EagerTensor_Type) {
			if (!core_is_variable(o) || HANDLE_TENSOR(o) == NULL)
				return false;
			CORE_NOTE_READ(o);
		}
		inputs[i] = HANDLE_TENSOR(o);
	}
	return true;
}

static bool has_short_calls(const Function *f)
{
	for (int i = 0; i < f->n_parameters; i++) {
		const Parameter *p = &f->parameters[i];
		bool sets_nothing = p->destination == IGNORED || p->destination == REFUSED ||
		                    (p->destination == ATTRIBUTE &&
		                     (p->default_value == Py_None ||
		                      (p->default_value == Py_False && p->attribute->kind == SJ_ATTRIBUTE_BOOL)));
		if (i < f->n_inputs ? p->destination != INPUT || p->index != i : !sets_nothing)
			return false;
	}
	return f->n_outputs == 1 && f->n_parameters >= f->n_inputs;
}

static PyObject *function_call(PyObject *self, PyObject *const *arguments, size_t n_flags, PyObject *keywords)
{
	Function *f = (Function *)self;
	PyObject *values[MOST_PARAMETERS], *objects[CORE_MAX_INPUTS];
	sj_tensor *inputs[CORE_MAX_INPUTS];
	_Alignas(16) char args[CORE_ARGS_ROOM];
	Ints ints;
	if (is_short_call(f, arguments, PyVectorcall_NARGS(n_flags), keywords, inputs))
		return result_make(f, NULL, inputs);
	ints.n = 0;
	if (bind(f, arguments, PyVectorcall_NARGS(n_flags), keywords, values) < 0)
		return NULL;
	size_t size = sj_op_args_size(f->op);
	if (size > 0)
		memset(args, 0, size);
	int any = spread(f, values, objects, args, &ints);
	if (any < 0)
		return NULL;
	*(size_t *)args = size;
	PyObject *result = NULL;
	if (inputs_convert(f, objects, inputs) == 0)
		result = result_make(f, any ? args : NULL, inputs);
	for (int i = 0; i < f->n_inputs; i++)
		sj_free(inputs[i]);
	return result;
}

const sj_op *core_function_op(PyObject *function)
{
	if (core.naming != NULL && PyFunction_Check(function) && PyFunction_GET_CODE(function) == core.naming) {
		PyObject *wrapped = PyObject_GetAttrString(function, "__wrapped__");
		const sj_op *op = wrapped ? core_function_op(wrapped) : NULL;
		PyErr_Clear();
		Py_XDECREF(wrapped);
		return op;
	}
	if (Py_TYPE(function) != &Function_Type)
		return NULL;
	const Function *f = (const Function *)function;
	return f->is_short && f->n_inputs == 1 ? f->op : NULL;
}

static int parameter_init(Function *f, PyObject *row)
{
	Parameter *p = &f->parameters[f->n_parameters];
	const char *target;
	PyObject *name, *value;
	int has_default;
	if (!PyArg_ParseTuple(row, "UzOp", &name, &target, &value, &has_default))
		return -1;
	p->name = PyUnicode_InternFromString(PyUnicode_AsUTF8(name));
	p->default_value = has_default ? Py_NewRef(value) : NULL;
	f->n_parameters++;
	p->destination = IGNORED;
	p->is_name = target == NULL && PyUnicode_CompareWithASCIIString(name, "name") == 0;
	if (target == NULL)
		return 0;
	if (strcmp(target, "?") == 0) {
		p->destination = REFUSED;
		return 0;
	}
	for (int i = 0; i < f->n_inputs; i++)
		if (strcmp(sj_op_input_name(f->op, i), target) == 0) {
			p->destination = INPUT;
			p->index = i;
			return 0;
		}
	p->attribute = core_attribute_find(f->op, target);
	p->destination = ATTRIBUTE;
	if (p->attribute == NULL)
		PyErr_Format(PyExc_ValueError, "%s has no input or attribute '%s'", sj_op_name(f->op), target);
	return p->attribute == NULL ? -1 : 0;
}

/* Function(name, op, groups, [(parameter, target or None, default, has default)], result, operation's name for its docstring) */
static int function_init(PyObject *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
	Function *f = (Function *)self;
	const char *op, *groups;
	PyObject *name, *rows, *result, *doc;
	if (!PyArg_ParseTuple(arguments, "UssO!OO", &name, &op, &groups, &PyList_Type, &rows, &result, &doc))
		return -1;
	f->op = sj_op_find(op);
	if (f->op == NULL || sj_op_input_count(f->op) < 0 || strlen(groups) >= sizeof(f->groups) ||
	    PyList_GET_SIZE(rows) > MOST_PARAMETERS || sj_op_args_size(f->op) > CORE_ARGS_ROOM) {
		PyErr_Format(PyExc_ValueError, "%s: no such operation, or too large for a Function", op);
		return -1;
	}
	f->n_inputs = sj_op_input_count(f->op);
	f->n_outputs = sj_op_output_count(f->op);
	memset(f->groups, '?', sizeof(f->groups));
	memcpy(f->groups, groups, strlen(groups));
	/* The argument structs of all three are {size, first, second}. */
	if (strcmp(op, "MatMul") == 0 && sj_op_args_size(f->op) == sj_op_args_size(sj_op_find("BatchMatMul"))) {
		f->batch_op[0] = sj_op_find("BatchMatMul");
		f->batch_op[1] = sj_op_find("BatchMatMulV2");
	}
	f->string_op = strcmp(op, "Add") == 0 ? sj_op_find("StringJoin") : NULL;
	f->name = Py_NewRef(name);
	f->result = Py_NewRef(result);
	f->doc = Py_NewRef(doc);
	f->dict = PyDict_New();
	f->call = function_call;
	f->n_parameters = 0;
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(rows); i++)
		if (parameter_init(f, PyList_GET_ITEM(rows, i)) < 0)
			return -1;
	f->is_short = has_short_calls(f);
	return 0;
}

static void function_dealloc(PyObject *self)
{
	Function *f = (Function *)self;
	for (int i = 0; i < f->n_parameters; i++) {
		Py_XDECREF(f->parameters[i].name);
		Py_XDECREF(f->parameters[i].default_value);
	}
	Py_XDECREF(f->name);
	Py_XDECREF(f->result);
	Py_XDECREF(f->doc);
	Py_XDECREF(f->dict);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *function_text(PyObject *self)
{
	PyObject *name = ((Function *)self)->name; /* NULL where __init__ did not run */
	return name ? PyUnicode_FromFormat("<function %U>", name) : PyUnicode_FromString("<function>");
}

/* Python's own signature object, made when it is asked for. */
static PyObject *function_signature(PyObject *self, void *Py_UNUSED(closure))
{
	const Function *f = (const Function *)self;
	if (core.signature == NULL)
		return PyErr_Format(PyExc_AttributeError, "__signature__");
	PyObject *rows = PyList_New(f->n_parameters), *made;
	for (int i = 0; rows != NULL && i < f->n_parameters; i++) {
		const Parameter *p = &f->parameters[i];
		PyObject *row = p->default_value ? PyTuple_Pack(2, p->name, p->default_value)
		                                 : PyTuple_Pack(1, p->name);
		if (row == NULL) {
			Py_DECREF(rows);
			return NULL;
		}
		PyList_SET_ITEM(rows, i, row);
	}
	made = rows ? PyObject_CallOneArg(core.signature, rows) : NULL;
	Py_XDECREF(rows);
	return made;
}

static PyObject *function_document(PyObject *self, void *Py_UNUSED(closure))
{
	const Function *f = (const Function *)self;
	if (core.document == NULL || f->doc == NULL)
		return Py_NewRef(f->doc ? f->doc : Py_None);
	return PyObject_CallFunctionObjArgs(core.document, f->name, f->doc, NULL);
}

static PyGetSetDef function_properties[] = {{"__signature__", function_signature, NULL, "The signature.", NULL},
                                            {"__doc__", function_document, NULL, "What it computes.", NULL},
                                            {NULL, NULL, NULL, NULL, NULL}};

static PyMemberDef function_members[] = {{"__name__", T_OBJECT, offsetof(Function, name), READONLY, NULL},
                                         {"__qualname__", T_OBJECT, offsetof(Function, name), READONLY, NULL},
                                         {NULL, 0, 0, 0, NULL}};

PyTypeObject Function_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "sokuji._core.Function",
                              .tp_basicsize = sizeof(Function),
                              .tp_dealloc = function_dealloc,
                              .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
                              .tp_vectorcall_offset = offsetof(Function, call),
                              .tp_call = PyVectorcall_Call,
                              .tp_members = function_members,
                              .tp_getset = function_properties,
                              .tp_init = function_init,
                              .tp_new = PyType_GenericNew,
                              .tp_repr = function_text,
                              .tp_dictoffset = offsetof(Function, dict)};

/* Python's operators on tensors and variables, both sides: the other operand takes the tensor's dtype; == is identity in 1.x. */
#include "core.h"

typedef enum Operation {
	ADD,
	SUBTRACT,
	MULTIPLY,
	TRUE_DIVIDE,
	FLOOR_DIVIDE,
	REMAINDER,
	POWER,
	MATMUL,
	BATCH_MATMUL_1, /* of 1.x, where batches are equal */
	BATCH_MATMUL_2,
	AND,
	OR,
	XOR,
	BIT_AND,
	BIT_OR,
	BIT_XOR,
	LESS,
	LESS_EQUAL,
	GREATER,
	GREATER_EQUAL,
	EQUAL,
	NOT_EQUAL,
	NEGATE,
	ABSOLUTE,
	NOT,
	BIT_NOT,
	OPERATIONS
} Operation;
static const char *const names[OPERATIONS] = {"Add",        "Sub",       "Mul",       "RealDiv",     "FloorDiv",
                                              "FloorMod",   "Pow",       "MatMul",    "BatchMatMul", "BatchMatMulV2",
                                              "LogicalAnd", "LogicalOr", "NotEqual",  "BitwiseAnd",  "BitwiseOr",
                                              "BitwiseXor", "Less",      "LessEqual", "Greater",     "GreaterEqual",
                                              "Equal",      "NotEqual",  "Neg",       "Abs",         "LogicalNot",
                                              "Invert"};
static const sj_op *operations[OPERATIONS], *join;

int core_numbers_init(void)
{
	join = sj_op_find("StringJoin");
	for (int i = 0; i < OPERATIONS; i++) {
		operations[i] = sj_op_find(names[i]);
		if (operations[i] == NULL) {
			PyErr_Format(PyExc_ImportError, "the library has no operation %s", names[i]);
			return -1;
		}
	}
	return 0;
}

/* ---- operands ---- */

/* Both as tensors, own references; false with a Python error, or with none set when the other object knows better. */
static bool operands(PyObject *a, PyObject *b, sj_tensor *both[2])
{
	bool a_is_handle = Handle_Check(a);
	PyObject *first = a_is_handle ? a : b, *other = a_is_handle ? b : a;
	sj_tensor *known = HANDLE_TENSOR(first);
	if (known == NULL) {
		PyErr_SetString(PyExc_ValueError, "the variable has no value yet");
		return false;
	}
	if (Py_TYPE(first) != &EagerTensor_Type)
		CORE_NOTE_READ(first);
	sj_tensor *converted = core_convert(other, sj_tensor_dtype(known));
	if (converted == NULL)
		return false;
	both[!a_is_handle] = sj_keep(known);
	both[a_is_handle] = converted;
	return true;
}

/* The sum of strings is their concatenation. */
static const sj_op *op_for(Operation which, const sj_tensor *t)
{
	return which == ADD && join != NULL && sj_tensor_dtype(t) == SJ_STRING ? join : operations[which];
}

static PyObject *run_both(Operation which, sj_tensor *both[2])
{
	PyObject *result = core_run_one(op_for(which, both[0]), NULL, 2, both);
	sj_free(both[0]);
	sj_free(both[1]);
	return result;
}

/* An object with an operator of its own gets its turn when it does not convert. */
static PyObject *not_converted(PyObject *a, PyObject *b)
{
	PyObject *other = Handle_Check(a) ? b : a;
	bool plain = PyLong_Check(other) || PyFloat_Check(other) || PyUnicode_Check(other) || PyList_Check(other) ||
	             PyTuple_Check(other) || other == Py_None;
	if (core.version == 2 && !plain && PyErr_ExceptionMatches(PyExc_TypeError)) {
		PyErr_Clear();
		Py_RETURN_NOTIMPLEMENTED;
	}
	return NULL;
}

/* 2.x tensors take on their right side what has another dtype, and the sum then refuses it. */
static bool operands_apart(PyObject *a, PyObject *b, sj_tensor *both[2])
{
	if (core.version == 1 || !Handle_Check(a) || Handle_Check(b) || !PyErr_ExceptionMatches(PyExc_TypeError))
		return false;
	PyErr_Clear();
	sj_tensor *other = core_convert(b, SJ_DTYPE_NONE);
	if (other == NULL)
		return false;
	both[0] = sj_keep(HANDLE_TENSOR(a));
	both[1] = other;
	return true;
}

/* A tensor's or a variable's handle, borrowed; NULL for anything else. */
static sj_tensor *tensor_of(PyObject *o)
{
	if (Py_TYPE(o) == &EagerTensor_Type)
		return HANDLE_TENSOR(o);
	if (!core_is_variable(o) || HANDLE_TENSOR(o) == NULL)
		return NULL;
	CORE_NOTE_READ(o);
	return HANDLE_TENSOR(o);
}

/* What the hook for graphs makes of the operator, if it does. */
#define IN_GRAPH(which, a, b) \
	do { \
		if (core_any_graph) { \
			PyObject *made_ = core_operator(names[which], a, b); \
			if (made_ != Py_NotImplemented) \
				return made_; \
			Py_DECREF(made_); \
		} \
	} while (0)

/* What the hook for NumPy's promotion makes of it, where there is one. */
#define PROMOTED(which, a, b) \
	do { \
		if (core.promote != NULL) { \
			PyObject *made_ = PyObject_CallFunction(core.promote, "sOO", names[which], a, b); \
			if (made_ != Py_NotImplemented) \
				return made_; \
			Py_DECREF(made_); \
		} \
	} while (0)

static PyObject *binary(PyObject *a, PyObject *b, Operation which)
{
	PROMOTED(which, a, b);
	sj_tensor *both[2], *quick[] = {tensor_of(a), tensor_of(b)};
	if (quick[0] != NULL && quick[1] != NULL)
		return core_run_one(op_for(which, quick[0]), NULL, 2, quick);
	IN_GRAPH(which, a, b);
	if (!operands(a, b, both) && !(which == ADD && operands_apart(a, b, both)))
		return not_converted(a, b);
	return run_both(which, both);
}

/* ---- division of integers: TensorFlow casts the small ones to float32, the others to float64 ---- */

static sj_dtype quotient_dtype(sj_dtype dtype)
{
	switch (dtype) {
	case SJ_INT8:
	case SJ_INT16:
	case SJ_UINT8:
	case SJ_UINT16: return SJ_FLOAT32;
	case SJ_INT32:
	case SJ_INT64:
	case SJ_UINT32:
	case SJ_UINT64: return SJ_FLOAT64;
	default: return SJ_DTYPE_NONE;
	}
}

static sj_tensor *cast(sj_tensor *t, sj_dtype dtype)
{
	PyObject *wrapped = core_wrap(t), *arguments[] = {NULL, wrapped, NULL}, *made = NULL;
	PyObject *name = PyUnicode_FromString("Cast"), *list = wrapped ? PyList_New(0) : NULL;
	PyObject *attributes = Py_BuildValue("{s:i}", "DstT", (int)dtype);
	if (list != NULL && name != NULL && attributes != NULL && PyList_Append(list, wrapped) == 0) {
		arguments[0] = name, arguments[1] = list, arguments[2] = attributes;
		made = core_execute(NULL, arguments, 3);
	}
	sj_tensor *result = made ? sj_keep(HANDLE_TENSOR(made)) : NULL;
	Py_XDECREF(made);
	Py_XDECREF(wrapped);
	Py_XDECREF(list);
	Py_XDECREF(name);
	Py_XDECREF(attributes);
	return result;
}

static PyObject *true_divide(PyObject *a, PyObject *b)
{
	sj_tensor *both[2];
	PROMOTED(TRUE_DIVIDE, a, b);
	IN_GRAPH(TRUE_DIVIDE, a, b);
	if (!operands(a, b, both))
		return not_converted(a, b);
	sj_dtype wanted = quotient_dtype(sj_tensor_dtype(both[0]));
	if (wanted != SJ_DTYPE_NONE && sj_tensor_dtype(both[0]) == sj_tensor_dtype(both[1])) {
		both[0] = cast(both[0], wanted);
		both[1] = both[0] ? cast(both[1], wanted) : both[1];
		if (both[0] == NULL || both[1] == NULL) {
			sj_free(both[0]);
			sj_free(both[1]);
			return NULL;
		}
	}
	return run_both(TRUE_DIVIDE, both);
}

/* ---- the rest ---- */

static PyObject *matmul(PyObject *a, PyObject *b)
{
	PROMOTED(MATMUL, a, b);
	sj_tensor *both[2], *quick[] = {tensor_of(a), tensor_of(b)};
	if (quick[0] != NULL && quick[1] != NULL && sj_tensor_rank(quick[0]) <= 2 && sj_tensor_rank(quick[1]) <= 2)
		return core_run_one(operations[MATMUL], NULL, 2, quick);
	IN_GRAPH(MATMUL, a, b);
	if (!operands(a, b, both))
		return not_converted(a, b);
	Operation batched = core.version == 1 ? BATCH_MATMUL_1 : BATCH_MATMUL_2;
	return run_both(sj_tensor_rank(both[0]) > 2 || sj_tensor_rank(both[1]) > 2 ? batched : MATMUL, both);
}

static PyObject *logical(PyObject *a, PyObject *b, Operation of_bools, Operation of_integers)
{
	sj_tensor *both[2];
	IN_GRAPH(of_bools, a, b);
	if (!operands(a, b, both))
		return not_converted(a, b);
	bool bits = core.version == 2 && sj_dtype_is_integer(sj_tensor_dtype(both[0]));
	if (!bits && of_bools == XOR && sj_tensor_dtype(both[0]) != SJ_BOOL)
		of_bools = AND; /* refuses what is no bool, as x ^ y must */
	return run_both(bits ? of_integers : of_bools, both);
}

static PyObject *unary(PyObject *a, Operation which)
{
	if (HANDLE_TENSOR(a) == NULL)
		return PyErr_Format(PyExc_ValueError, "the variable has no value yet");
	if (Py_TYPE(a) != &EagerTensor_Type) {
		IN_GRAPH(which, a, Py_None);
		CORE_NOTE_READ(a);
	}
	return core_run_one(operations[which], NULL, 1, &HANDLE_TENSOR(a));
}

#define BINARY(name, which) \
	static PyObject *name(PyObject *a, PyObject *b) { return binary(a, b, which); }
BINARY(add, ADD)
BINARY(subtract, SUBTRACT)
BINARY(multiply, MULTIPLY)
BINARY(floor_divide, FLOOR_DIVIDE)
BINARY(remainder_of, REMAINDER)
static PyObject *power(PyObject *a, PyObject *b, PyObject *Py_UNUSED(modulus)) { return binary(a, b, POWER); }
static PyObject * and (PyObject * a, PyObject *b) { return logical(a, b, AND, BIT_AND); }
static PyObject * or (PyObject * a, PyObject *b) { return logical(a, b, OR, BIT_OR); }
static PyObject *exclusive_or(PyObject *a, PyObject *b) { return logical(a, b, XOR, BIT_XOR); }
static PyObject *negative(PyObject *a) { return unary(a, NEGATE); }
static PyObject *positive(PyObject *a) { return Py_NewRef(a); }
static PyObject *absolute(PyObject *a) { return unary(a, ABSOLUTE); }

static PyObject *invert(PyObject *a)
{
	return unary(a, core.version == 2 && sj_dtype_is_integer(sj_tensor_dtype(HANDLE_TENSOR(a))) ? BIT_NOT : NOT);
}

/* ---- numbers out of tensors ---- */

/* As in TensorFlow 1.x only int() takes variables, and those of integers. */
static PyObject *single(PyObject *self, const char *what)
{
	sj_tensor *t = HANDLE_TENSOR(self);
	if (core.version == 1 && sj_is_variable(t) &&
	    !(strcmp(what, "int") == 0 && sj_dtype_is_integer(sj_tensor_dtype(t))))
		return PyErr_Format(PyExc_TypeError,
		                    "%s() argument must be a string or a number, not a variable; read its value first",
		                    what);
	if (sj_tensor_size(t) != 1)
		return PyErr_Format(PyExc_TypeError,
		                    "only tensors of one element can be converted to Python scalars; this one has %lld",
		                    (long long)sj_tensor_size(t));
	PyObject *value = core_call_hook(core.numpy, self, "a number");
	if (value == NULL || sj_tensor_rank(t) == 0)
		return value;
	PyObject *item = PyObject_CallMethod(value, "item", NULL);
	Py_DECREF(value);
	return item;
}

static PyObject *to_float(PyObject *self)
{
	sj_tensor *t = HANDLE_TENSOR(self);
	if (Py_TYPE(self) == &EagerTensor_Type && sj_tensor_size(t) == 1 && sj_tensor_dtype(t) == SJ_FLOAT32)
		return PyFloat_FromDouble((double)*(const float *)sj_tensor_data(t));
	PyObject *value = single(self, "float"), *number = value ? PyNumber_Float(value) : NULL;
	Py_XDECREF(value);
	return number;
}

static PyObject *to_int(PyObject *self)
{
	PyObject *value = single(self, "int"), *number = value ? PyNumber_Long(value) : NULL;
	Py_XDECREF(value);
	return number;
}

/* TensorFlow 1.x tensors are no indices of Python sequences. */
static PyObject *to_index(PyObject *self)
{
	sj_tensor *t = HANDLE_TENSOR(self);
	if (core.version == 1 || sj_tensor_rank(t) != 0 || !sj_dtype_is_integer(sj_tensor_dtype(t)))
		return PyErr_Format(PyExc_TypeError,
		                    core.version == 1
		                            ? "a tensor is no index in TensorFlow 1.x; use int(tensor)"
		                            : "only integer scalar tensors can be converted to a scalar index");
	return to_int(self);
}

static int to_bool(PyObject *self)
{
	sj_tensor *t = HANDLE_TENSOR(self);
	if (Py_TYPE(self) == &EagerTensor_Type && sj_tensor_rank(t) == 0 && sj_tensor_dtype(t) == SJ_BOOL)
		return *(const bool *)sj_tensor_data(t);
	if (core.version == 1 && core_any_graph && t != NULL && sj_tensor_is_symbolic(t)) {
		PyErr_SetString(
			PyExc_TypeError,
			"Using a `tf.Tensor` as a Python `bool` is not allowed. Use `if t is not None:` instead of "
			"`if t:` to test if a tensor is defined, and use TensorFlow ops such as tf.cond to execute "
			"subgraphs conditioned on the value of a tensor.");
		return -1;
	}
	if (core.version == 1 && (sj_tensor_rank(t) != 0 || sj_tensor_dtype(t) != SJ_BOOL)) {
		PyErr_Format(PyExc_ValueError, "a %s tensor has no truth value; compare it with something",
		             sj_tensor_rank(t) != 0 ? "non-scalar" : "non-boolean");
		return -1;
	}
	if (sj_tensor_size(t) == 0)
		return 0;
	PyObject *value = core_call_hook(core.numpy, self, "a number"); /* which refuses a tensor of a graph */
	int truth = value ? PyObject_IsTrue(value) : -1;
	Py_XDECREF(value);
	return truth;
}

/* ---- comparison ---- */

/* Under 2.x shapes that do not fit make == False, not an error. */
static PyObject *run_equality(Operation which, sj_tensor *both[2])
{
	const sj_op *op = operations[which];
	_Alignas(16) char args[64] = {0};
	for (int i = 0; i < sj_op_attribute_count(op); i++)
		if (sj_op_attribute(op, i)->kind == SJ_ATTRIBUTE_BOOL_OPTION && sj_op_args_size(op) <= sizeof(args))
			*(sj_bool_option *)(args + sj_op_attribute(op, i)->offset) = (sj_bool_option){true, false};
	*(size_t *)args = sj_op_args_size(op);
	PyObject *result = core_run_one(op, sj_op_args_size(op) <= sizeof(args) ? args : NULL, 2, both);
	sj_free(both[0]);
	sj_free(both[1]);
	return result;
}

static PyObject *compare_equal(PyObject *a, PyObject *b, int how)
{
	if (core.version == 1) {
		if (!Handle_Check(b) && a != b)
			Py_RETURN_NOTIMPLEMENTED;
		return PyBool_FromLong((a == b) == (how == Py_EQ));
	}
	sj_tensor *both[2];
	if (b == Py_None)
		return PyBool_FromLong(how == Py_NE);
	PROMOTED(how == Py_EQ ? EQUAL : NOT_EQUAL, a, b);
	if (!operands(a, b, both))
		return NULL;
	return run_equality(how == Py_EQ ? EQUAL : NOT_EQUAL, both);
}

PyObject *core_compare(PyObject *a, PyObject *b, int how)
{
	static const Operation which[] =
		{[Py_LT] = LESS, [Py_LE] = LESS_EQUAL, [Py_GT] = GREATER, [Py_GE] = GREATER_EQUAL};
	if (how == Py_EQ || how == Py_NE)
		return compare_equal(a, b, how);
	return binary(a, b, which[how]);
}

PyNumberMethods core_number_methods = {.nb_add = add,
                                       .nb_subtract = subtract,
                                       .nb_multiply = multiply,
                                       .nb_remainder = remainder_of,
                                       .nb_power = power,
                                       .nb_negative = negative,
                                       .nb_positive = positive,
                                       .nb_absolute = absolute,
                                       .nb_bool = to_bool,
                                       .nb_invert = invert,
                                       .nb_and = and,
                                       .nb_xor = exclusive_or,
                                       .nb_or = or
                                       ,
                                       .nb_int = to_int,
                                       .nb_float = to_float,
                                       .nb_floor_divide = floor_divide,
                                       .nb_true_divide = true_divide,
                                       .nb_index = to_index,
                                       .nb_matrix_multiply = matmul};

/*
 * A row of the operation table, as the machine sees it: what execute checks, and the functions that a row names.
 *
 * The rows are written in src/ops/table/ and printed into C by tools/generate.py. A rule is an operation's one validator: it
 * accepts shapes with unknown parts (symbolic inputs) as well as concrete tensors, checks everything that needs no data, and
 * says what comes out. A kernel computes into outputs that are already allocated. A gradient is written with operations.
 */
#ifndef SOKUJI_OPS_OP_H
#define SOKUJI_OPS_OP_H

#include "sokuji/execute.h"
#include "tensor/tensor.h"

enum { SJ__TYPE_CLASSES = 4 };

/* The type of a port: class 0..3 ("T", "U", …: equal within one call), a fixed dtype (SJ__FIXED + dtype), or any. */
enum { SJ__FIXED = 64, SJ__ANY_TYPE = 32, SJ__INDEX_TYPE = 33 /* int32 or int64 */ };

typedef struct sj__port {
	const char *name;
	uint8_t type;
	bool optional;
} sj__port;

enum sj__op_flag {
	SJ__OP_VARIADIC_INPUTS = 1,    /* the last input repeats */
	SJ__OP_VARIADIC_OUTPUTS = 2,   /* the caller says how many */
	SJ__OP_NOT_DIFFERENTIABLE = 4, /* gradients stop here (comparisons, argmax, …) */
	SJ__OP_ALLOCATES = 8, /* shapes depend on data: the kernel allocates the outputs that the rule left unknown */
	SJ__OP_ELEMENTWISE = 16,
	SJ__OP_STATEFUL = 32,               /* random numbers: never folded, never merged */
	SJ__OP_HAS_POINTERS = 64,           /* some attribute is a list or a string: copies must be deep */
	SJ__OP_PLAIN = 128,                 /* one or two inputs of one dtype (class 0), always given, and one output */
	SJ__OP_OF_SHAPE = 256,              /* the value follows from the input's shape alone */
	SJ__OP_GRADIENT_READS_SHAPES = 512, /* the gradient passes integers and flags on, and looks at no value */
	SJ__OP_GRADIENT_READS_LAST = 1024,  /* the gradient looks at the last input's value, whatever its dtype */
	SJ__OP_LIGHT = 2048,                /* elementwise, and an element takes less time than its bytes in memory */
};

typedef struct sj__call {
	const sj_op *op;
	const void *args; /* the whole argument struct, never NULL when the operation has attributes */
	int n_inputs, n_outputs;
	sj_tensor **inputs; /* NULL where an optional one is not given */
	sj_tensor **outputs;
	sj_dtype types[SJ__TYPE_CLASSES];
	bool is_symbolic; /* some input is: a node is appended instead of running a kernel */
} sj__call;

typedef sj_status sj__rule(sj__call *call);
typedef sj_status sj__kernel(sj__call *call);

struct sj__local;
/*
 * The operation's commonest case at once: rule, output and kernel, for sound tensors of one dtype that the row allows. NULL, and
 * nothing done, wherever anything is out of the ordinary: shapes, sizes, memory. The ordinary way then does it, or says why not.
 * y is x where there is one input; args is NULL for the defaults.
 */
typedef sj_tensor *sj__quick(struct sj__local *thread, const sj_op *op, const void *args, const sj_tensor *x,
                             const sj_tensor *y);

typedef struct sj__gradient {
	const sj_op *op;
	const void *args;
	int n_inputs, n_outputs;
	sj_tensor *const *inputs; /* as recorded: NULL where not saved; shape-only where only the shape was */
	sj_tensor *const *outputs;
	sj_tensor *const *dy; /* NULL: zero */
	const bool *needs;    /* which dx are asked for */
	bool may_write_dy;    /* dy[0] is seen by nobody else, and there is no other output */
	bool is_last_use;     /* the record goes after this: what it holds may be let go as soon as it is used */
} sj__gradient;

/* Fills dx[i] (NULL: none) with tensors of the open scope. */
typedef void sj__gradient_rule(const sj__gradient *g, sj_tensor **dx);

typedef void sj__unary_loop(int64_t n, const void *x, void *y);
/* Strides are 0 or 1, in elements. */
typedef void sj__binary_loop(int64_t n, const void *x, int64_t stride_x, const void *y, int64_t stride_y, void *z);

/* The dtypes that have loops, in the order of the tables. */
enum sj__loop_type {
	SJ__LOOP_F32,
	SJ__LOOP_F64,
	SJ__LOOP_I32,
	SJ__LOOP_I64,
	SJ__LOOP_U8,
	SJ__LOOP_I8,
	SJ__LOOP_I16,
	SJ__LOOP_BOOL,
	SJ__LOOP_TYPES
};

/* The loops of an elementwise operation: over floats, one table an instruction set; over the other dtypes. */
typedef struct sj__float_loops {
	void (*of[2])(void);
} sj__float_loops;

typedef struct sj__whole_loops {
	void (*of[SJ__LOOP_TYPES - 2])(void); /* from SJ__LOOP_I32 on */
} sj__whole_loops;

struct sj_op {
	const char *name;
	const char *c_name;
	int8_t n_inputs; /* named ports */
	int8_t n_outputs;
	uint16_t flags;
	uint16_t saves_inputs, saves_outputs, saves_shapes; /* bit i: port i is kept for the gradient */
	const sj__port *inputs;
	const sj__port *outputs;
	uint32_t type_masks[SJ__TYPE_CLASSES]; /* bit d: dtype d is allowed */
	uint32_t args_size;
	uint16_t n_attributes;
	const sj_attribute *attributes;
	const void *default_args;
	sj__rule *rule;
	sj__kernel *kernel;
	sj__quick *quick; /* NULL: none */
	sj__gradient_rule *gradient;
	int loop; /* its number in the tables of loops, -1: none */
};

extern SJ_HIDDEN const sj_op sj__op_table[];
extern SJ_HIDDEN const int sj__op_table_count;

/* Of an operation with SJ__OP_HAS_POINTERS: the bytes that its arguments point to, and their copy into room behind a copied struct. */
size_t sj__args_pointers_size(const sj_op *op, const void *args);
void sj__args_pointers_copy(const sj_op *op, void *args, char *room);
/* A deep copy of an operation's arguments, to be freed; NULL where it has none. */
sj_status sj__args_copy(const sj_op *op, const void *args, void **ret_copy);

/* ---- for rules ---- */

/* Fails with the operation's name in front of the message. */
sj_status sj__call_fail(const sj__call *call, sj_status code, const char *format, ...) SJ_PRINTF_LIKE(3, 4)
	__attribute__((cold));
/* SJ_CANCELLED, of a call whose kernel was cut short; gives back what it drew. */
sj_status sj__call_cancelled(const sj__call *call) SJ_COLD;

/* Output k has this dtype and shape; -1 in dims or as rank is unknown. */
sj_status sj__out(sj__call *call, int k, sj_dtype dtype, int rank, const int64_t *dims);
sj_status sj__out_like(sj__call *call, int k, sj_dtype dtype, const sj_tensor *t);
/* Output k shares input i's bytes (from byte_offset on) under another shape. */
sj_status sj__out_view(sj__call *call, int k, int i, int rank, const int64_t *dims, int64_t byte_offset);
static inline sj_status sj__out_unknown(sj__call *call, int k, sj_dtype dtype)
{
	return sj__out(call, k, dtype, -1, NULL);
}

/*
 * The bytes of an input whose value the rule needs, or NULL when it is symbolic and its value not known beforehand. Rules look at values through this
 * alone: a graph notes that the rule has to be asked again.
 */
const void *sj__value_unknown(void) SJ_COLD;
static SJ_ALWAYS_INLINE const void *sj__known_value(const sj_tensor *t)
{
	return SJ_LIKELY(t->data != NULL) ? t->data : sj__value_unknown();
}

/*
 * Reads input i, an int32 or int64 scalar or vector, into values (capacity SJ_MAX_RANK): *ret_count numbers, or -1 when the
 * value is symbolic. Fails when the rank is above 1 or there are too many.
 */
sj_status sj__call_ints(const sj__call *call, int i, int64_t *values, int64_t *ret_count);

/* Brings an axis into [0, rank); InvalidArgument naming it otherwise. */
sj_status sj__call_axis(const sj__call *call, const char *what, int64_t axis, int rank, int *ret_axis);

/* The broadcast of two shapes with unknown parts allowed; InvalidArgument when they do not go together. */
sj_status sj__broadcast_shapes(const sj__call *call, const sj_tensor *a, const sj_tensor *b, int *ret_rank,
                               int64_t *ret_dims);

/* Rules that many operations share. */
sj_status sj__rule_unary(sj__call *call);      /* output like input 0, dtype of the output port */
sj_status sj__rule_binary(sj__call *call);     /* broadcast of inputs 0 and 1 */
sj_status sj__rule_comparison(sj__call *call); /* the same; bool */

/* ---- for kernels ---- */

sj_status sj__kernel_unary(sj__call *call);
sj_status sj__kernel_binary(sj__call *call);
sj_status sj__kernel_none(sj__call *call); /* the rule's view is the result */
sj__quick sj__quick_unary, sj__quick_binary;

/* Allocates output k of a data-dependent operation. */
sj_status sj__call_allocate(sj__call *call, int k, sj_dtype dtype, int rank, const int64_t *dims);

/* ---- for gradients ---- */

/* dy[k], or zeros of output k's shape (which must have been saved, at least as a shape). */
sj_tensor *sj__dy(const sj__gradient *g, int k);
/* Sums `d` back to input i's shape, which broadcasting widened. */
sj_tensor *sj__unbroadcast(const sj__gradient *g, int i, sj_tensor *d);
/* Makes an error stick that says which gradient is not there; returns nil. In the table: missing(). */
sj_tensor *sj__gradient_missing(const char *operation) SJ_COLD;
/* Whether a gather's gradient is rows and their numbers, for which only the shape of what it gathered from must be known. */
bool sj__gradient_gather_is_sparse(const sj__gradient *g);
/* ReluGrad of dy[0] by y, the operation's output or input: written over dy[0] where that is large and may be. */
sj_tensor *sj__relu_grad_of_dy(const sj__gradient *g, sj_tensor *y);
/* Output k as recorded is not looked at again: its memory may serve what the rule computes next. */
void sj__gradient_output_done(const sj__gradient *g, int k);
/* A scalar of dy[0]'s dtype. */
sj_tensor *sj__constant(const sj__gradient *g, double value);
/* The shape of a recorded tensor, as a list. */
static inline sj_ints sj__shape_list(const sj_tensor *t) { return (sj_ints){t->shape.rank, sj__dims(t)}; }

/* ---- the pleasant face ---- */

/* Runs; the result belongs to the open scope; nil in, nil out; errors stick. */
sj_tensor *sj__run(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs);
/* The same for one and for two inputs, quicker. */
sj_tensor *sj__run_1(const sj_op *op, const void *args, sj_tensor *x);
sj_tensor *sj__run_2(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *y);
sj_status sj__run_many(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                       sj_tensor **ret_outputs);
/* A list as a tensor of the open scope; NULL when the list is not given. */
sj_tensor *sj__list(sj_ints list);

/* ---- the tape's hooks, called by execute; set by src/tape ---- */

struct sj__log;

typedef struct sj__tapes_aside {
	struct sj__log *log;
	int32_t recording;
	uint64_t epoch;
} sj__tapes_aside;

/* As sj_gradient_function, told which gradients are needed. */
typedef void sj__call_gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, const bool *needs,
                               sj_tensor **ret_dx);

typedef struct sj__tape_hooks {
	/* Gives a variable's value its slot in this thread's log. May replace *value (an own reference). */
	sj_status (*variable_read)(sj_tensor *variable, sj_tensor **value);
	/* Records a finished call some input of which may be tracked. */
	sj_status (*record)(const sj__call *call);
	/* The same for what ran the quick way: y is x where there is one input. */
	sj_status (*record_one)(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *z);
	sj_status (*record_two)(const sj_op *op, const void *args, sj_tensor *x, sj_tensor *y, sj_tensor *z);
	/* Sets the thread's tapes aside, as if none were open, and brings them back: what a graph is built with is none of theirs. */
	void (*set_aside)(struct sj__tapes_aside *aside);
	void (*bring_back)(const struct sj__tapes_aside *aside);
	/* Whether one tape records alone, and is asked once. */
	bool (*is_simple)(void);
	/* Records that the outputs were computed from the inputs (tensors, variables); the context is taken over, on failure too. */
	sj_status (*record_call)(int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor *const *outputs,
	                         sj__call_gradient *gradient, void *context, void (*release)(void *context));
} sj__tape_hooks;
extern const sj__tape_hooks sj__tape;

/* ---- the graph's hooks, called by execute and by the backward walk; set by src/graph ---- */

struct sj_callable;
struct sj_update;
enum sj__assignment { SJ__ASSIGN, SJ__ASSIGN_ADD, SJ__ASSIGN_SUB, SJ__ASSIGN_LOOSELY };

typedef struct sj__graph_hooks {
	/* Appends a node for a call with checked inputs; the outputs, own references, are symbolic. */
	sj_status (*append)(sj__call *call);
	/* The graph of a symbolic tensor, borrowed; NULL: gone. */
	struct sj_graph *(*graph_of)(const sj_tensor *t);
	/* Reads a variable where a graph is open, or one that belongs to a graph. An own reference, symbolic unless a session runs. */
	sj_status (*read)(sj_tensor *variable, sj_tensor **ret_value);
	/* The running session's own instance of a graph's variable, borrowed; NULL: none runs. */
	sj_tensor *(*instance)(sj_tensor *variable);
	/* The shape that a graph's integer vector stands for, partly unknown: its rank, or -1. */
	int (*shape_of)(const sj_tensor *t, int64_t *ret_dims);
	/* Appends an assignment. */
	sj_status (*assign)(enum sj__assignment how, sj_tensor *variable, sj_tensor *value);
	/* Appends an update of variables (update.h); learning_rate NULL: the update's. */
	sj_status (*update)(const struct sj_update *update, sj_tensor *learning_rate, int n,
	                    sj_tensor *const *variables, sj_tensor *const *slots, sj_tensor *const *gradients);
	sj_status (*append_callable)(struct sj_callable *callable, int n_inputs, sj_tensor *const *inputs,
	                             int n_outputs, sj_tensor **ret_outputs);
	/* Whether a gradient rule cannot run now: it needs shapes or values that are not known before the graph runs. */
	bool (*must_defer)(const sj__gradient *g);
	/* Appends a node that runs the rule later. */
	void (*defer)(const sj__gradient *g, sj_tensor **dx);
} sj__graph_hooks;
extern const sj__graph_hooks sj__graph;

/* What a variable stands for: a graph's for the running session's own (NULL: none runs), any other tensor for itself. Borrowed. */
sj_tensor *sj__variable_instance(sj_tensor *variable);
/* sj_update_apply at once, on variables that are nobody's placeholders, with a struct of our own size. Does not stick. */
sj_status sj__update_now(const struct sj_update *update, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                         sj_tensor *const *gradients);

/* A variable's value as an operation's input gets it: an own reference, noted by open tapes, symbolic where a graph is open. */
sj_status sj__variable_read(sj_tensor *variable, sj_tensor **ret_value);

#endif

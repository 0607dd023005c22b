/*
 * The one way to run an operation, by its row in the operation table; and the table, to be read by front ends.
 *
 * The pleasant face (operations.h) is generated from the same table and calls this. Here results are references of the caller's
 * own, and errors are returned without sticking.
 */
#ifndef SOKUJI_EXECUTE_H
#define SOKUJI_EXECUTE_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_op sj_op;

/* The row of a TensorFlow operation ("MatMul"), or NULL. */
SJ_PUBLIC const sj_op *sj_op_find(const char *name);
SJ_PUBLIC int sj_op_count(void);
SJ_PUBLIC const sj_op *sj_op_at(int index); /* sorted by name; NULL outside 0 .. count-1 */
SJ_PUBLIC const char *sj_op_name(const sj_op *op);

/* Inputs and outputs: how many (-1: any number of the last one) and what they are called. */
SJ_PUBLIC int sj_op_input_count(const sj_op *op);
SJ_PUBLIC int sj_op_output_count(const sj_op *op);
SJ_PUBLIC const char *sj_op_input_name(const sj_op *op, int index);
SJ_PUBLIC bool sj_op_input_is_optional(const sj_op *op, int index);

/* Attributes: the fields of the operation's argument struct (operations.h), for code that fills it by name. */
typedef enum sj_attribute_kind {
	SJ_ATTRIBUTE_BOOL,         /* bool */
	SJ_ATTRIBUTE_INT,          /* int64_t */
	SJ_ATTRIBUTE_FLOAT,        /* double */
	SJ_ATTRIBUTE_INTS,         /* sj_ints */
	SJ_ATTRIBUTE_DTYPE,        /* sj_dtype */
	SJ_ATTRIBUTE_ENUM,         /* int, one of the names */
	SJ_ATTRIBUTE_STRING,       /* const char *, 0-terminated */
	SJ_ATTRIBUTE_INT_OPTION,   /* sj_int_option */
	SJ_ATTRIBUTE_FLOAT_OPTION, /* sj_float_option */
	SJ_ATTRIBUTE_BOOL_OPTION   /* sj_bool_option */
} sj_attribute_kind;

/* Options whose default is not zero: SJ_GIVEN(3) gives one. */
typedef struct sj_int_option {
	bool given;
	int64_t value;
} sj_int_option;
typedef struct sj_float_option {
	bool given;
	double value;
} sj_float_option;
typedef struct sj_bool_option {
	bool given;
	bool value;
} sj_bool_option;
#define SJ_GIVEN(v) \
	{ \
		.given = true, .value = (v) \
	}

typedef struct sj_attribute {
	const char *name;
	sj_attribute_kind kind;
	size_t offset;            /* in the argument struct */
	double default_value;     /* of an option */
	const char *const *names; /* of an enum, NULL-terminated, in the order of their numbers */
} sj_attribute;

SJ_PUBLIC size_t sj_op_args_size(const sj_op *op); /* 0: the operation has no attributes */
SJ_PUBLIC int sj_op_attribute_count(const sj_op *op);
SJ_PUBLIC const sj_attribute *sj_op_attribute(const sj_op *op, int index); /* NULL outside */

/*
 * Runs `op`. args: the operation's argument struct, whose first field is its size, or NULL for all defaults. Optional inputs may be
 * NULL. ret_outputs: n_outputs references of the caller's own. On failure nothing has changed and ret_outputs is untouched; the
 * message is sj_error_message(). The result is recorded by open tapes.
 */
SJ_PUBLIC sj_status sj_execute(const sj_op *op, const void *args, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                               sj_tensor **ret_outputs);

SJ_END_DECLARATIONS

#endif

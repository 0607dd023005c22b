/* Reading the operation table: finding rows and describing them to front ends. */
#include <string.h>

#include "ops/op.h"

const sj_op *sj_op_find(const char *name)
{
	int low = 0, high = sj__op_table_count - 1;
	while (name != NULL && low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(name, sj__op_table[middle].name);
		if (order == 0)
			return &sj__op_table[middle];
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

int sj_op_count(void) { return sj__op_table_count; }

const sj_op *sj_op_at(int index) { return index >= 0 && index < sj__op_table_count ? &sj__op_table[index] : NULL; }

const char *sj_op_name(const sj_op *op) { return op ? op->name : ""; }

int sj_op_input_count(const sj_op *op)
{
	return op == NULL ? 0 : op->flags & SJ__OP_VARIADIC_INPUTS ? -1 : op->n_inputs;
}

int sj_op_output_count(const sj_op *op)
{
	return op == NULL ? 0 : op->flags & SJ__OP_VARIADIC_OUTPUTS ? -1 : op->n_outputs;
}

const char *sj_op_input_name(const sj_op *op, int index)
{
	return op != NULL && index >= 0 && index < op->n_inputs ? op->inputs[index].name : "";
}

bool sj_op_input_is_optional(const sj_op *op, int index)
{
	return op != NULL && index >= 0 && index < op->n_inputs && op->inputs[index].optional;
}

size_t sj_op_args_size(const sj_op *op) { return op ? op->args_size : 0; }

int sj_op_attribute_count(const sj_op *op) { return op ? op->n_attributes : 0; }

const sj_attribute *sj_op_attribute(const sj_op *op, int index)
{
	return op != NULL && index >= 0 && index < op->n_attributes ? &op->attributes[index] : NULL;
}

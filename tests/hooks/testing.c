/* The hooks of testing.h: thin doors to functions that are hidden in the library that programs link. */
#include "testing.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "gradient/log.h"
#include "ops/op.h"
#include "tensor/local.h"

enum { MOST_PORTS = 64 };

/* ---- rules ---- */

static sj_status inputs_take(sj__call *call, const sj__test_input *inputs, bool *made)
{
	for (int i = 0; i < call->n_inputs; i++) {
		const sj__test_input *given = &inputs[i];
		sj_status status = SJ_OK;
		call->inputs[i] = given->tensor;
		if (given->tensor == NULL)
			continue;
		if (given->is_symbolic) {
			status = sj__tensor_symbolic((sj_dtype)given->tensor->dtype, given->rank, given->dims,
			                             &call->inputs[i]);
			made[i] = status == SJ_OK;
		}
		if (status != SJ_OK)
			return status;
		unsigned type = call->op->inputs[i < call->op->n_inputs ? i : call->op->n_inputs - 1].type;
		if (type < SJ__TYPE_CLASSES)
			call->types[type] = (sj_dtype)given->tensor->dtype;
	}
	return SJ_OK;
}

static void shape_read(const sj_tensor *t, sj__test_shape *ret_shape)
{
	*ret_shape = (sj__test_shape){.is_said = t != NULL, .rank = -1};
	if (t == NULL)
		return;
	ret_shape->dtype = t->dtype;
	ret_shape->rank = t->shape.rank;
	for (int i = 0; i < t->shape.rank; i++)
		ret_shape->dims[i] = sj__dims(t)[i];
}

sj_status sj__test_infer(const sj_op *op, const void *args, int n_inputs, const sj__test_input *inputs, int n_outputs,
                         sj__test_shape *ret_shapes)
{
	sj_tensor *input_ports[MOST_PORTS] = {NULL}, *output_ports[MOST_PORTS] = {NULL};
	bool made[MOST_PORTS] = {false};
	if (n_inputs > MOST_PORTS || n_outputs > MOST_PORTS)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: at most %d ports can be inferred", op->name, MOST_PORTS);
	sj__local_now();
	sj__call call = {.op = op,
	                 .args = args ? args : op->default_args,
	                 .n_inputs = n_inputs,
	                 .n_outputs = n_outputs,
	                 .inputs = input_ports,
	                 .outputs = output_ports};
	sj_status status = inputs_take(&call, inputs, made);
	if (status == SJ_OK)
		status = op->rule(&call);
	for (int k = 0; k < n_outputs; k++) {
		if (status == SJ_OK)
			shape_read(output_ports[k], &ret_shapes[k]);
		sj__drop(output_ports[k]);
	}
	for (int i = 0; i < n_inputs; i++)
		if (made[i])
			sj__drop(input_ports[i]);
	return status;
}

/* ---- failures ---- */

void sj__test_memory_fail_at(int64_t n, bool for_ever) { sj__memory_fail_at(n, for_ever); }
int64_t sj__test_memory_count(void) { return sj__memory_count_allocations(); }
int64_t sj__test_memory_in_use(void) { return sj__memory_in_use(); }
void sj__test_memory_set_limit(int64_t n_bytes) { sj__memory_set_limit(n_bytes); }
void sj__test_file_fail_at(int64_t n, int error_number, bool for_ever) { sj__file_fail_at(n, error_number, for_ever); }
int64_t sj__test_file_count(void) { return sj__file_count_calls(); }

/* ---- settings and counts ---- */

int sj__test_set_isa(int isa) { return sj__set_isa(isa); }
void sj__test_set_threads(int n) { sj__set_threads(n); }

int64_t sj__test_tape_records(void)
{
	int64_t n = 0;
	const sj__log *log = sj__local_now()->log;
	for (const sj__record *r = log ? log->first : NULL; r != NULL; r = r->next)
		n++;
	return n;
}

int64_t sj__test_scope_tensors(void) { return sj__local_now()->n_owned; }

int64_t sj__test_free_handles(void)
{
	int64_t n = 0;
	for (const sj_tensor *t = sj__local_now()->free_handles; t != NULL; t = t->data)
		n++;
	return n;
}

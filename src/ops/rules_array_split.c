/* Shape rules of Pack, Unpack, Split, SplitV, AddN, and the dynamic ones. Parts along a leading axis are views. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

/* The shape that inputs [0, n) have in common; *ret_rank -1 when none is known. */
static sj_status shapes_join(const sj__call *call, int n, int *ret_rank, int64_t *ret_dims)
{
	*ret_rank = -1;
	for (int i = 0; i < n; i++) {
		const sj_tensor *t = call->inputs[i];
		if (t->shape.rank < 0)
			continue;
		if (*ret_rank < 0) {
			*ret_rank = t->shape.rank;
			memcpy(ret_dims, sj__dims(t), sizeof(*ret_dims) * (size_t)t->shape.rank);
		}
		bool fits = t->shape.rank == *ret_rank;
		for (int a = 0; fits && a < *ret_rank; a++) {
			int64_t dim = sj__dims(t)[a];
			fits = dim == ret_dims[a] || dim == SJ__UNKNOWN || ret_dims[a] == SJ__UNKNOWN;
			ret_dims[a] = ret_dims[a] == SJ__UNKNOWN ? dim : ret_dims[a];
		}
		if (!fits)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "tensor %d has shape %s, those before it %s; all must be equal", i,
			                     sj__shape_text(t), sj__dims_text(*ret_rank, ret_dims));
	}
	return SJ_OK;
}

sj_status sj__rule_stack(sj__call *call)
{
	const sj_stack_args *args = call->args;
	int64_t dims[SJ_MAX_RANK], all[SJ_MAX_RANK + 1];
	int rank, axis;
	if (call->n_inputs < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "no values to stack; give at least one");
	sj_status status = shapes_join(call, call->n_inputs, &rank, dims);
	sj_dtype dtype = (sj_dtype)call->inputs[0]->dtype;
	if (status != SJ_OK)
		return status;
	if (rank < 0)
		return sj__out_unknown(call, 0, dtype);
	if (rank == SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the values have %d dimensions already, the most there can be", rank);
	status = sj__call_axis(call, "axis", args->axis, rank + 1, &axis);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i <= rank; i++)
		all[i] = i < axis ? dims[i] : i == axis ? call->n_inputs : dims[i - 1];
	return sj__out(call, 0, dtype, rank + 1, all);
}

/* Output k: elements [begin, begin + dims[axis]) of input i along the axis; a view where they are one run. */
static sj_status part_out(sj__call *call, int k, int i, int axis, int64_t begin, int rank, const int64_t *dims,
                          int out_rank, const int64_t *out_dims)
{
	const sj_tensor *x = call->inputs[i];
	int64_t before[SJ_MAX_RANK], offset;
	if (x->storage != NULL && dims[axis] != SJ__UNKNOWN && begin >= 0) {
		for (int a = 0; a < rank; a++)
			before[a] = a == axis ? begin : 0;
		if (sj__block_is_run(rank, sj__dims(x), before, dims, &offset))
			return sj__out_view(call, k, i, out_rank, out_dims,
			                    offset * (int64_t)sj_dtype_size((sj_dtype)x->dtype));
	}
	return sj__out(call, k, (sj_dtype)x->dtype, out_rank, out_dims);
}

static sj_status all_unknown(sj__call *call, int i, int rank)
{
	int64_t dims[SJ_MAX_RANK];
	sj_status status = SJ_OK;
	for (int a = 0; a < rank; a++)
		dims[a] = SJ__UNKNOWN;
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++)
		status = sj__out(call, k, (sj_dtype)call->inputs[i]->dtype, rank, dims);
	return status;
}

sj_status sj__rule_unstack(sj__call *call)
{
	const sj_unstack_args *args = call->args;
	const sj_tensor *x = call->inputs[0];
	int rank = x->shape.rank, axis;
	int64_t dims[SJ_MAX_RANK], out[SJ_MAX_RANK], n = call->n_outputs;
	if (args->num != 0 && args->num != n)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "num is %lld but %lld outputs are asked for",
		                     (long long)args->num, (long long)n);
	if (rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the value is a scalar; it must have at least one dimension");
	if (rank < 0)
		return all_unknown(call, 0, -1);
	sj_status status = sj__call_axis(call, "axis", args->axis, rank, &axis);
	if (status != SJ_OK)
		return status;
	if (sj__dims(x)[axis] != n && sj__dims(x)[axis] != SJ__UNKNOWN)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dimension %d of shape %s gives %lld outputs, not %lld",
		                     axis, sj__shape_text(x), (long long)sj__dims(x)[axis], (long long)n);
	for (int a = 0; a < rank; a++) {
		dims[a] = a == axis ? 1 : sj__dims(x)[a];
		if (a != axis)
			out[a < axis ? a : a - 1] = sj__dims(x)[a];
	}
	for (int k = 0; status == SJ_OK && k < n; k++)
		status = part_out(call, k, 0, axis, k, rank, dims, rank - 1, out);
	return status;
}

static sj_status split_counts(const sj__call *call, int64_t num_split)
{
	if (num_split != 0 && num_split != call->n_outputs)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "num_split is %lld but %d outputs are asked for",
		                     (long long)num_split, call->n_outputs);
	if (call->n_outputs < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "num_split is %d; it must be > 0", call->n_outputs);
	return SJ_OK;
}

static sj_status split_scalar(const sj__call *call)
{
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the value is a scalar; it must have at least one dimension");
}

sj_status sj__rule_split(sj__call *call)
{
	const sj_split_args *args = call->args;
	const sj_tensor *x = call->inputs[1];
	int rank = x->shape.rank, axis;
	int64_t dims[SJ_MAX_RANK], n = call->n_outputs;
	sj_status status = split_counts(call, args->num_split);
	if (status == SJ_OK && rank == 0)
		status = split_scalar(call);
	if (status == SJ_OK)
		status = sj__call_axis_input(call, 0, rank, 0, &axis);
	if (status != SJ_OK)
		return status;
	if (axis < 0)
		return all_unknown(call, 1, rank);
	memcpy(dims, sj__dims(x), sizeof(*dims) * (size_t)rank);
	if (dims[axis] != SJ__UNKNOWN && dims[axis] % n != 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dimension %d of shape %s is not divided by %lld parts",
		                     axis, sj__shape_text(x), (long long)n);
	dims[axis] = dims[axis] == SJ__UNKNOWN ? SJ__UNKNOWN : dims[axis] / n;
	for (int k = 0; status == SJ_OK && k < n; k++)
		status = part_out(call, k, 1, axis, k * dims[axis], rank, dims, rank, dims);
	return status;
}

sj_status sj__split_size(const sj__call *call, int k, int64_t dim, int64_t *ret_size)
{
	const sj_tensor *sizes = call->inputs[1];
	int64_t sum = 0, n = sizes->shape.size;
	int free_at = -1;
	for (int64_t i = 0; i < n; i++) {
		int64_t size = sj__index_at(sizes, i);
		if (size < -1 || (size == -1 && free_at >= 0))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "size_splits[%lld] is %lld; sizes must be >= 0, and -1 at most once",
			                     (long long)i, (long long)size);
		if (size == -1)
			free_at = (int)i;
		else if (!sj__add_fits(sum, size, &sum))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the sum of size_splits overflows");
	}
	if (dim != SJ__UNKNOWN && (free_at < 0 ? sum != dim : sum > dim))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "size_splits add up to %lld, the dimension is %lld",
		                     (long long)sum, (long long)dim);
	*ret_size = sj__index_at(sizes, k);
	if (k == free_at)
		*ret_size = dim == SJ__UNKNOWN ? SJ__UNKNOWN : dim - sum;
	return SJ_OK;
}

sj_status sj__rule_split_v(sj__call *call)
{
	const sj_split_v_args *args = call->args;
	const sj_tensor *x = call->inputs[0], *sizes = call->inputs[1];
	int rank = x->shape.rank, axis;
	int64_t dims[SJ_MAX_RANK], at = 0;
	sj_status status = split_counts(call, args->num_split);
	if (status == SJ_OK && rank == 0)
		status = split_scalar(call);
	if (status == SJ_OK && ((sizes->shape.rank >= 0 && sizes->shape.rank != 1) ||
	                        (sizes->shape.size >= 0 && sizes->shape.size != call->n_outputs)))
		status = sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"size_splits has shape %s; it must be a vector of %d numbers, one for each output",
			sj__shape_text(sizes), call->n_outputs);
	if (status == SJ_OK)
		status = sj__call_axis_input(call, 2, rank, 0, &axis);
	if (status != SJ_OK)
		return status;
	if (axis < 0)
		return all_unknown(call, 0, rank);
	memcpy(dims, sj__dims(x), sizeof(*dims) * (size_t)rank);
	int64_t whole = dims[axis];
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++) {
		dims[axis] = SJ__UNKNOWN;
		if (sj__known_value(sizes) != NULL)
			status = sj__split_size(call, k, whole, &dims[axis]);
		if (status == SJ_OK)
			status = part_out(call, k, 0, axis, at, rank, dims, rank, dims);
		at = at >= 0 && dims[axis] >= 0 ? at + dims[axis] : -1; /* -1: not known */
	}
	return status;
}

sj_status sj__rule_add_n(sj__call *call)
{
	int64_t dims[SJ_MAX_RANK];
	int rank;
	if (call->n_inputs < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "no tensors to add; give at least one");
	sj_status status = shapes_join(call, call->n_inputs, &rank, dims);
	if (status != SJ_OK)
		return status;
	if (call->n_inputs == 1)
		return sj__out_view(call, 0, 0, rank, dims, 0);
	return sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, rank, dims);
}

/* ---- the dynamic ones ---- */

static bool begins_with(const sj_tensor *data, const sj_tensor *head)
{
	if (data->shape.rank < 0 || head->shape.rank < 0)
		return true;
	bool fits = head->shape.rank <= data->shape.rank;
	for (int i = 0; fits && i < head->shape.rank; i++)
		fits = sj__dims(data)[i] == sj__dims(head)[i] || sj__dims(data)[i] == SJ__UNKNOWN ||
		       sj__dims(head)[i] == SJ__UNKNOWN;
	return fits;
}

sj_status sj__rule_dynamic_partition(sj__call *call)
{
	const sj_dynamic_partition_args *args = call->args;
	const sj_tensor *data = call->inputs[0], *partitions = call->inputs[1];
	int64_t dims[SJ_MAX_RANK + 1] = {SJ__UNKNOWN};
	int rank = -1;
	if ((args->num_partitions != 0 && args->num_partitions != call->n_outputs) || call->n_outputs < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "num_partitions is %lld and %d outputs are asked for; it must be > 0 and equal",
		                     (long long)args->num_partitions, call->n_outputs);
	if (!begins_with(data, partitions))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "data %s must begin with the shape of partitions, %s",
		                     sj__shape_text(data), sj__shape_text(partitions));
	if (data->shape.rank >= 0 && partitions->shape.rank >= 0) {
		rank = 1 + data->shape.rank - partitions->shape.rank;
		for (int i = 1; i < rank; i++)
			dims[i] = sj__dims(data)[partitions->shape.rank + i - 1];
	}
	sj_status status = SJ_OK;
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++)
		status = sj__out(call, k, (sj_dtype)data->dtype, rank, dims);
	return status;
}

sj_status sj__rule_dynamic_stitch(sj__call *call)
{
	int n = call->n_inputs / 2;
	int64_t dims[SJ_MAX_RANK + 1] = {SJ__UNKNOWN};
	int rank = -1;
	if (n < 1 || call->n_inputs % 2 != 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%d inputs given; as many tensors of indices as of data are expected",
		                     call->n_inputs);
	for (int i = 0; i < n; i++) {
		const sj_tensor *indices = call->inputs[i], *data = call->inputs[n + i];
		if (indices->dtype != SJ_INT32 || data->dtype != call->inputs[n]->dtype)
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"indices[%d] is %s and data[%d] is %s; indices must be int32, and all data of one dtype",
				i, sj_dtype_name((sj_dtype)indices->dtype), i, sj_dtype_name((sj_dtype)data->dtype));
		if (!begins_with(data, indices))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "data[%d] %s must begin with the shape of indices[%d], %s", i,
			                     sj__shape_text(data), i, sj__shape_text(indices));
		if (indices->shape.rank < 0 || data->shape.rank < 0)
			continue;
		int rest = data->shape.rank - indices->shape.rank;
		const int64_t *tail = sj__dims(data) + indices->shape.rank;
		bool fits = rank < 0 || rank == rest + 1;
		for (int a = 0; fits && a < rest; a++) {
			fits = rank < 0 || tail[a] == dims[a + 1] || tail[a] == SJ__UNKNOWN ||
			       dims[a + 1] == SJ__UNKNOWN;
			dims[a + 1] = rank < 0 || dims[a + 1] == SJ__UNKNOWN ? tail[a] : dims[a + 1];
		}
		if (!fits)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "the rows of data[%d] %s differ from those of the data before it", i,
			                     sj__shape_text(data));
		rank = rest + 1;
	}
	return sj__out(call, 0, (sj_dtype)call->inputs[n]->dtype, rank, dims);
}

/* Shape rules of padding, repeating and reversing. */
#include "ops/array.h"
#include "ops/array_slice.h"
#include "ops/rules.h"
#include "ops_numbers.h"

/* Pairs from a matrix (n, 2) or a flat list of 2n; *ret_n is -1 when their number is not known. */
static sj_status pairs_count(const sj__call *call, int i, int64_t *ret_n)
{
	const sj_tensor *t = call->inputs[i];
	const int64_t *dims = sj__dims(t);
	*ret_n = -1;
	if (t->shape.rank < 0)
		return SJ_OK;
	bool fits = t->shape.rank == 1 ? dims[0] == SJ__UNKNOWN || dims[0] % 2 == 0
	                               : t->shape.rank == 2 && (dims[1] == 2 || dims[1] == SJ__UNKNOWN);
	if (!fits)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%s has shape %s; it must be (n, 2): a pair for each dimension",
		                     call->op->inputs[i].name, sj__shape_text(t));
	*ret_n = dims[0] == SJ__UNKNOWN ? -1 : t->shape.rank == 1 ? dims[0] / 2 : dims[0];
	return SJ_OK;
}

sj_status sj__call_pairs(const sj__call *call, int i, int n_expected, sj__pairs *ret_pairs)
{
	const sj_tensor *t = call->inputs[i];
	int64_t n;
	ret_pairs->known = sj__known_value(t) != NULL;
	ret_pairs->n = n_expected;
	sj_status status = pairs_count(call, i, &n);
	if (status == SJ_OK && n > SJ_MAX_RANK)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld pairs; at most %d are possible",
		                       call->op->inputs[i].name, (long long)n, SJ_MAX_RANK);
	if (status == SJ_OK && n >= 0 && n_expected >= 0 && n != n_expected)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld pairs where %d are expected",
		                       call->op->inputs[i].name, (long long)n, n_expected);
	if (n >= 0)
		ret_pairs->n = (int)n;
	for (int64_t a = 0; status == SJ_OK && ret_pairs->known && a < n; a++) {
		ret_pairs->before[a] = sj__index_at(t, 2 * a);
		ret_pairs->after[a] = sj__index_at(t, 2 * a + 1);
		if (ret_pairs->before[a] < 0 || ret_pairs->after[a] < 0)
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s[%lld] is (%lld, %lld); both must be >= 0",
			                       call->op->inputs[i].name, (long long)a, (long long)ret_pairs->before[a],
			                       (long long)ret_pairs->after[a]);
	}
	return status;
}

/* before + dim + after; unknown where dim or the pairs are. */
static sj_status dims_widen(const sj__call *call, const sj__pairs *pairs, int64_t *dims)
{
	const sj_tensor *x = call->inputs[0];
	for (int i = 0; i < pairs->n; i++) {
		dims[i] = x->shape.rank >= 0 ? sj__dims(x)[i] : SJ__UNKNOWN;
		if (!pairs->known || dims[i] == SJ__UNKNOWN)
			dims[i] = SJ__UNKNOWN;
		else if (!sj__add_fits(dims[i], pairs->before[i], &dims[i]) ||
		         !sj__add_fits(dims[i], pairs->after[i], &dims[i]))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "paddings[%d] is (%lld, %lld); the padded size overflows", i,
			                     (long long)pairs->before[i], (long long)pairs->after[i]);
	}
	return SJ_OK;
}

sj_status sj__rule_pad(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__pairs pairs;
	int64_t dims[SJ_MAX_RANK];
	if (call->n_inputs == 3 && call->inputs[2]->shape.rank > 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "constant_values has shape %s; it must be a scalar",
		                     sj__shape_text(call->inputs[2]));
	sj_status status = sj__call_pairs(call, 1, x->shape.rank, &pairs);
	if (status == SJ_OK)
		status = dims_widen(call, &pairs, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)x->dtype, pairs.n, dims) : status;
}

/* ---- mirrors ---- */

sj_status sj__mirror_offset(const sj__call *call, int *ret_offset)
{
	const sj_mirror_pad_args *args = call->args; /* MirrorPadGrad's is alike */
	*ret_offset = args->mode == SJ_PAD_MODE_REFLECT;
	if (args->mode != SJ_PAD_MODE_REFLECT && args->mode != SJ_PAD_MODE_SYMMETRIC)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "mode %d is neither REFLECT nor SYMMETRIC",
		                     (int)args->mode);
	return SJ_OK;
}

static sj_status mirror_fits(const sj__call *call, const sj__pairs *pairs, int i, int64_t dim, int offset)
{
	if (pairs->before[i] <= dim - offset && pairs->after[i] <= dim - offset)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT,
	                     "paddings[%d] is (%lld, %lld); for a dimension of %lld neither can pass %lld", i,
	                     (long long)pairs->before[i], (long long)pairs->after[i], (long long)dim,
	                     (long long)sj__max_i64(0, dim - offset));
}

sj_status sj__rule_mirror_pad(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__pairs pairs;
	int64_t dims[SJ_MAX_RANK];
	int offset;
	sj_status status = sj__mirror_offset(call, &offset);
	if (status == SJ_OK)
		status = sj__call_pairs(call, 1, x->shape.rank, &pairs);
	for (int i = 0; status == SJ_OK && pairs.known && i < x->shape.rank; i++)
		if (sj__dims(x)[i] != SJ__UNKNOWN && (pairs.before[i] > 0 || pairs.after[i] > 0))
			status = mirror_fits(call, &pairs, i, sj__dims(x)[i], offset);
	if (status == SJ_OK)
		status = dims_widen(call, &pairs, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)x->dtype, pairs.n, dims) : status;
}

sj_status sj__rule_mirror_pad_grad(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__pairs pairs;
	int64_t dims[SJ_MAX_RANK];
	int offset;
	sj_status status = sj__mirror_offset(call, &offset);
	if (status == SJ_OK)
		status = sj__call_pairs(call, 1, x->shape.rank, &pairs);
	for (int i = 0; status == SJ_OK && i < pairs.n; i++) {
		dims[i] = x->shape.rank >= 0 && pairs.known ? sj__dims(x)[i] : SJ__UNKNOWN;
		if (dims[i] == SJ__UNKNOWN || (pairs.before[i] == 0 && pairs.after[i] == 0))
			continue;
		if (pairs.before[i] > dims[i] || pairs.after[i] > dims[i] - pairs.before[i])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "paddings[%d] is (%lld, %lld), larger than the input's dimension %lld", i,
			                     (long long)pairs.before[i], (long long)pairs.after[i], (long long)dims[i]);
		dims[i] -= pairs.before[i] + pairs.after[i];
		status = mirror_fits(call, &pairs, i, dims[i], offset);
	}
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)x->dtype, pairs.n, dims) : status;
}

/* ---- repeating and reversing ---- */

sj_status sj__rule_tile(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int n;
	sj_status status = sj__call_shape_input(call, 1, &n, dims);
	bool known = sj__known_value(call->inputs[1]) != NULL;
	if (status == SJ_OK && n >= 0 && x->shape.rank >= 0 && n != x->shape.rank)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "multiples has %d entries, the input has rank %d", n,
		                       x->shape.rank);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < n; i++) {
		int64_t dim = x->shape.rank >= 0 ? sj__dims(x)[i] : SJ__UNKNOWN;
		if (!known || dim == SJ__UNKNOWN)
			dims[i] = SJ__UNKNOWN;
		else if (!sj__multiply_fits(dims[i], dim, &dims[i]))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "dimension %d of %lld, repeated %lld times, overflows", i, (long long)dim,
			                     (long long)dims[i]);
	}
	if (n < 0 && x->shape.rank >= 0) {
		n = x->shape.rank;
		for (int i = 0; i < n; i++)
			dims[i] = SJ__UNKNOWN;
	}
	return sj__out(call, 0, (sj_dtype)x->dtype, n, dims);
}

sj_status sj__reverse_axes(const sj__call *call, bool *ret_reversed)
{
	const sj_tensor *x = call->inputs[0], *axes = call->inputs[1];
	int64_t values[SJ_MAX_RANK], n;
	if (axes->shape.rank >= 0 && axes->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "axis has shape %s; it must be a vector",
		                     sj__shape_text(axes));
	sj_status status = sj__call_ints(call, 1, values, &n);
	for (int i = 0; i < x->shape.rank; i++)
		ret_reversed[i] = false;
	for (int64_t i = 0; status == SJ_OK && x->shape.rank >= 0 && i < n; i++) {
		int axis;
		status = sj__call_axis(call, "axis", values[i], x->shape.rank, &axis);
		if (status == SJ_OK && ret_reversed[axis])
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "axis %d is given twice", axis);
		if (status == SJ_OK)
			ret_reversed[axis] = true;
	}
	return status;
}

sj_status sj__rule_reverse(sj__call *call)
{
	bool reversed[SJ_MAX_RANK];
	sj_status status = sj__reverse_axes(call, reversed);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)call->inputs[0]->dtype, call->inputs[0]) : status;
}

static sj_status roll_refused(const sj__call *call)
{
	return sj__call_fail(call, SJ_INVALID_ARGUMENT,
	                     "shift has shape %s and axis %s; there must be a shift for each axis",
	                     sj__shape_text(call->inputs[1]), sj__shape_text(call->inputs[2]));
}

sj_status sj__roll_shifts(const sj__call *call, int64_t *ret_shifts, bool *ret_known)
{
	const sj_tensor *x = call->inputs[0];
	int64_t shifts[SJ_MAX_RANK], axes[SJ_MAX_RANK], n_shifts, n_axes;
	int axis;
	*ret_known = false;
	if (x->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "input is a scalar; it must have at least one dimension");
	sj_status status = sj__call_ints(call, 1, shifts, &n_shifts);
	if (status == SJ_OK)
		status = sj__call_ints(call, 2, axes, &n_axes);
	if (status == SJ_OK && n_shifts >= 0 && n_axes >= 0 && n_shifts != n_axes)
		return roll_refused(call);
	if (status != SJ_OK || n_shifts < 0 || n_axes < 0 || x->shape.rank < 0)
		return status;
	memset(ret_shifts, 0, sizeof(*ret_shifts) * (size_t)x->shape.rank);
	for (int64_t i = 0; i < n_axes; i++) {
		status = sj__call_axis(call, "axis", axes[i], x->shape.rank, &axis);
		if (status != SJ_OK)
			return status;
		int64_t dim = sj__dims(x)[axis];
		if (dim > 0)
			ret_shifts[axis] = ((ret_shifts[axis] + shifts[i] % dim) % dim + dim) % dim;
	}
	*ret_known = true;
	return SJ_OK;
}

sj_status sj__rule_roll(sj__call *call)
{
	int64_t shifts[SJ_MAX_RANK];
	bool known;
	sj_status status = sj__roll_shifts(call, shifts, &known);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)call->inputs[0]->dtype, call->inputs[0]) : status;
}

sj_status sj__rule_reverse_sequence(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *lengths = call->inputs[1];
	const sj_reverse_sequence_args *args = call->args;
	int seq_dim, batch_dim;
	if (lengths->shape.rank >= 0 && lengths->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "seq_lengths has shape %s; it must be a vector",
		                     sj__shape_text(lengths));
	if (x->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	sj_status status = sj__call_axis(call, "seq_dim", args->seq_dim, x->shape.rank, &seq_dim);
	if (status == SJ_OK)
		status = sj__call_axis(call, "batch_dim", args->batch_dim, x->shape.rank, &batch_dim);
	if (status != SJ_OK)
		return status;
	if (seq_dim == batch_dim)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "seq_dim and batch_dim are both %d; they must differ",
		                     seq_dim);
	int64_t n = sj__dims(x)[batch_dim];
	if (n != SJ__UNKNOWN && lengths->shape.size != SJ__UNKNOWN && n != lengths->shape.size)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "seq_lengths has %lld numbers, dimension %d of %s has %lld",
		                     (long long)lengths->shape.size, batch_dim, sj__shape_text(x), (long long)n);
	return sj__out_like(call, 0, (sj_dtype)x->dtype, x);
}

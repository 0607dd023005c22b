/* Statistics over axes, written with operations. */
#include "sokuji/reduce_functions.h"

#include <math.h>

#include "ops/op.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"

static const sj_reduce_args no_options = {.size = sizeof(sj_reduce_args)};

static const sj_reduce_args *options_of(const sj_reduce_args *args) { return args != NULL ? args : &no_options; }

/* A result whose reduced dimensions were kept, with or without them. */
static sj_tensor *kept_as_asked(sj_tensor *kept, const sj_reduce_args *o)
{
	static const int64_t nothing[1];
	if (o->keep_dims)
		return kept;
	if (o->axis.data == NULL)
		return sj_reshape(kept, ((sj_ints){0, nothing}));
	return o->axis.count == 0 ? kept : sj_squeeze(kept, .axis = o->axis);
}

/* An infinite maximum (of infinities, or of nothing) is not subtracted: the sum has it already. */
sj_tensor *sj_logsumexp_with(sj_tensor *input, const sj_reduce_args *args)
{
	const sj_reduce_args *o = options_of(args);
	sj_scope scope = sj_scope_begin();
	sj_tensor *shift = sj_finite_or_zero(sj_max(input, .axis = o->axis, .keep_dims = true));
	sj_tensor *sum = sj_sum(sj_exp(sj_sub(input, shift)), .axis = o->axis, .keep_dims = true);
	return sj_scope_return(scope, kept_as_asked(sj_add(sj_log(sum), shift), o));
}

static sj_tensor *variance_around(sj_tensor *input, sj_tensor *kept_mean, const sj_reduce_args *o)
{
	return sj_mean(sj_squared_difference(input, kept_mean), .axis = o->axis, .keep_dims = o->keep_dims);
}

sj_tensor *sj_variance_with(sj_tensor *input, const sj_reduce_args *args)
{
	const sj_reduce_args *o = options_of(args);
	sj_scope scope = sj_scope_begin();
	sj_tensor *mean = sj_mean(input, .axis = o->axis, .keep_dims = true);
	return sj_scope_return(scope, variance_around(input, mean, o));
}

sj_tensor *sj_std_with(sj_tensor *input, const sj_reduce_args *args)
{
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, sj_sqrt(sj_variance_with(input, args)));
}

sj_status sj_moments_with(sj_tensor *input, sj_tensor **ret_mean, sj_tensor **ret_variance, const sj_reduce_args *args)
{
	const sj_reduce_args *o = options_of(args);
	sj_tensor *kept = sj_mean(input, .axis = o->axis, .keep_dims = true);
	sj_tensor *mean = kept_as_asked(kept, o), *variance = variance_around(input, kept, o);
	bool works = !sj__is_nil(mean) && !sj__is_nil(variance);
	*ret_mean = works ? mean : sj_nil();
	*ret_variance = works ? variance : sj_nil();
	return works ? SJ_OK : sj_error_code();
}

sj_tensor *sj_norm_with(sj_tensor *input, double order, const sj_reduce_args *args)
{
	const sj_reduce_args *o = options_of(args);
	if (!(order > 0)) {
		sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT, "norm: the order is %g; it must be positive", order));
		return sj_nil();
	}
	if (order == 2)
		return sj_euclidean_norm(input, .axis = o->axis, .keep_dims = o->keep_dims);
	sj_scope scope = sj_scope_begin();
	sj_tensor *sizes = sj_abs(input), *norm;
	if (order == 1) {
		norm = sj_sum(sizes, .axis = o->axis, .keep_dims = o->keep_dims);
	} else if (isinf(order)) {
		norm = sj_max(sizes, .axis = o->axis, .keep_dims = o->keep_dims);
	} else {
		sj_dtype dtype = sj_tensor_dtype(sizes);
		sj_tensor *sum = sj_sum(sj_pow(sizes, sj_scalar(dtype, order)), .axis = o->axis,
		                        .keep_dims = o->keep_dims);
		norm = sj_pow(sum, sj_scalar(dtype, 1 / order));
	}
	return sj_scope_return(scope, norm);
}

sj_tensor *sj_count_nonzero_with(sj_tensor *input, const sj_reduce_args *args)
{
	const sj_reduce_args *o = options_of(args);
	sj_dtype dtype = sj_tensor_dtype(input);
	sj_scope scope = sj_scope_begin();
	sj_tensor *zero = dtype == SJ_STRING ? sj_string_new("")
	                                     : sj_scalar(dtype == SJ_DTYPE_NONE ? SJ_FLOAT32 : dtype, 0);
	sj_tensor *hits = sj_cast(sj_not_equal(input, zero), SJ_INT64);
	return sj_scope_return(scope, sj_sum(hits, .axis = o->axis, .keep_dims = o->keep_dims));
}

sj_tensor *sj_logical_xor(sj_tensor *x, sj_tensor *y)
{
	sj_dtype dtype = sj_tensor_dtype(x);
	if (dtype != SJ_BOOL && dtype != SJ_DTYPE_NONE) {
		sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT, "logical_xor: x is %s where bool is expected",
		                         sj_dtype_name(dtype)));
		return sj_nil();
	}
	return sj_not_equal(x, y);
}

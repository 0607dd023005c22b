/* Normalising, dropout and convolutions made of operations. */
#include "ops/functions.h"
#include "ops/op.h"
#include "sokuji/nn_functions.h"
#include "sokuji/random.h"
#include "sokuji/scope.h"

/* ---- normalising ---- */

sj_tensor *sj_batch_normalization(sj_tensor *x, sj_tensor *mean, sj_tensor *variance, sj_tensor *offset,
                                  sj_tensor *scale, double variance_epsilon)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *factor = sj_rsqrt(sj_add(variance, sj_scalar(sj_tensor_dtype(variance), variance_epsilon)));
	if (scale != NULL)
		factor = sj_mul(factor, scale);
	sj_tensor *shift = sj_mul(mean, factor);
	shift = offset != NULL ? sj_sub(offset, shift) : sj_neg(shift);
	return sj_scope_return(scope, sj_add(sj_mul(x, factor), shift));
}

sj_tensor *sj_l2_normalize_with(sj_tensor *x, const sj_l2_normalize_args *args)
{
	double epsilon = args != NULL && args->epsilon.given ? args->epsilon.value : 1e-12;
	sj_ints axis = args != NULL ? args->axis : (sj_ints){0, NULL};
	sj_scope scope = sj_scope_begin();
	sj_tensor *sum = sj_sum(sj_square(x), .axis = axis, .keep_dims = true);
	sj_tensor *factor = sj_rsqrt(sj_maximum(sum, sj_scalar(sj_tensor_dtype(x), epsilon)));
	return sj_scope_return(scope, sj_mul(x, factor));
}

/* ---- dropout ---- */

/* Uniform numbers in x's shape; of a graph's tensor a node, which draws anew in each run, when the shape is known at the latest. */
static sj_tensor *noise_like(sj_tensor *x, sj_int_option seed)
{
	sj_random_uniform_seeded_args row = {.size = sizeof(row), .dtype = sj_tensor_dtype(x)};
	if (!(x->flags & SJ__FLAG_SYMBOLIC))
		return sj_random_uniform(sj__shape_of(x), .dtype = row.dtype, .seed = seed);
	sj_random_op_seeds(seed, &row.seed, &row.seed2);
	return sj__run_1(sj_op_find("RandomUniform"), &row, sj_shape(x));
}

sj_tensor *sj_dropout_with(sj_tensor *x, double rate, const sj_dropout_args *args)
{
	static const char me[] = "sj_dropout";
	if (!sj__function_takes(me, "x", x))
		return sj_nil();
	if (!(rate >= 0 && rate < 1))
		return sj__function_fail(me, "rate is %g; it must be in [0, 1)", rate);
	if (!sj_dtype_is_floating(sj_tensor_dtype(x)))
		return sj__function_fail(me, "x is %s; it must be floating", sj_dtype_name(sj_tensor_dtype(x)));
	bool shared = args != NULL && args->noise_shape.data != NULL;
	sj_ints shape = shared ? args->noise_shape : sj__shape_of(x);
	bool fits = !shared || shape.count == sj_tensor_rank(x);
	for (int64_t i = 0; shared && fits && i < shape.count; i++)
		fits = shape.data[i] == 1 || shape.data[i] == sj_tensor_dim(x, (int)i);
	if (!fits)
		return sj__function_fail(me, "noise_shape does not broadcast to x's shape %s", sj__shape_words(x));
	sj_dtype dtype = sj_tensor_dtype(x);
	sj_scope scope = sj_scope_begin();
	if (rate == 0)
		return sj_scope_return(scope, sj_identity(x));
	sj_int_option seed = args != NULL ? args->seed : (sj_int_option){0};
	sj_tensor *noise = shared ? sj_random_uniform(shape, .dtype = dtype, .seed = seed) : noise_like(x, seed);
	sj_tensor *kept = sj_cast(sj_greater_equal(noise, sj_scalar(dtype, rate)), dtype);
	return sj_scope_return(scope, sj_mul(sj_mul(x, sj_scalar(dtype, 1 / (1 - rate))), kept));
}

/* ---- convolutions ---- */

sj_tensor *sj_conv2d_transpose_with(sj_tensor *value, sj_tensor *filter, sj_ints output_shape,
                                    const sj_conv2d_backprop_input_args *args)
{
	return sj_conv2d_backprop_input_with(output_shape, filter, value, args);
}

sj_tensor *sj_separable_conv2d_with(sj_tensor *input, sj_tensor *depthwise_filter, sj_tensor *pointwise_filter,
                                    const sj_depthwise_conv2d_args *args)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *wide = sj_depthwise_conv2d_with(input, depthwise_filter, args);
	sj_data_format format = args != NULL ? args->data_format : SJ_DATA_FORMAT_NHWC;
	return sj_scope_return(scope, sj_conv2d(wide, pointwise_filter, .data_format = format));
}

/* The functions of random.h: seeds by TensorFlow's rule, then the table's operations. */
#include "sokuji/random.h"

#include "base/arguments.h"
#include "ops/op.h"
#include "ops/random_state.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"
#include "tensor/local.h"

/* How the argument structs of all stateful draws begin. */
typedef struct seeded_args {
	size_t size;
	int64_t seed, seed2;
} seeded_args;

_Static_assert(offsetof(sj_random_uniform_seeded_args, seed2) == offsetof(seeded_args, seed2), "seeds come first");
_Static_assert(offsetof(sj_random_uniform_int_seeded_args, seed2) == offsetof(seeded_args, seed2), "seeds come first");
_Static_assert(offsetof(sj_random_shuffle_seeded_args, seed2) == offsetof(seeded_args, seed2), "seeds come first");
_Static_assert(offsetof(sj_multinomial_seeded_args, seed2) == offsetof(seeded_args, seed2), "seeds come first");
_Static_assert(offsetof(sj_random_poisson_seeded_args, seed2) == offsetof(seeded_args, seed2), "seeds come first");
_Static_assert(offsetof(sj_random_gamma_seeded_args, seed2) == offsetof(seeded_args, seed2), "seeds come first");

static sj_tensor *refused(sj_status status)
{
	sj__error_stick(status);
	return sj_nil();
}

/*
 * Runs a row with the seeds of this call in its arguments. A stream whose seed was drawn is nobody else's: its position need not
 * be remembered.
 */
static sj_tensor *run_seeded(enum sj__op_number number, void *args, sj_int_option op_seed, int n_inputs,
                             sj_tensor *const *inputs)
{
	sj__random_seeds seeds = sj__random_seeds_for(op_seed);
	uint64_t position = 0;
	memcpy((char *)args + offsetof(seeded_args, seed), &seeds.seed, sizeof(seeds.seed));
	memcpy((char *)args + offsetof(seeded_args, seed2), &seeds.seed2, sizeof(seeds.seed2));
	uint64_t *before = seeds.is_drawn ? sj__random_use_position(&position) : NULL;
	sj_tensor *result = sj__run(&sj__op_table[number], args, n_inputs, inputs);
	if (seeds.is_drawn)
		sj__random_use_position(before);
	if (sj__is_nil(result))
		sj__random_seeds_return(&seeds);
	return result;
}

/* ---- numbers ---- */

static double rounded(sj_dtype dtype, double value) { return dtype == SJ_FLOAT32 ? (double)(float)value : value; }

/* x * scale + shift, each rounded as TensorFlow's operations round it. */
static sj_tensor *scaled(sj_tensor *x, double scale, double shift)
{
	sj_dtype dtype = sj_tensor_dtype(x);
	if (scale != 1)
		x = sj_mul(x, sj_scalar(dtype, scale));
	return shift != 0 ? sj_add(x, sj_scalar(dtype, shift)) : x;
}

static sj_tensor *draw_scaled(enum sj__op_number number, sj_ints shape, sj_dtype dtype, sj_int_option seed,
                              double scale, double shift)
{
	sj_random_uniform_seeded_args row = {.size = sizeof(row), .dtype = dtype != SJ_DTYPE_NONE ? dtype : SJ_FLOAT32};
	sj_scope scope = sj_scope_begin();
	sj_tensor *list = sj__list(shape.data != NULL ? shape : SJ_SCALAR_SHAPE);
	return sj_scope_return(scope, scaled(run_seeded(number, &row, seed, 1, &list), scale, shift));
}

sj_tensor *sj_random_uniform_with(sj_ints shape, const sj_random_uniform_args *given)
{
	sj_random_uniform_args args;
	sj__local_now();
	sj_status status = sj__arguments_take("sj_random_uniform", given, sizeof(args), &args);
	if (status == SJ_OK && sj_dtype_is_integer(args.dtype))
		status = sj__fail(SJ_INVALID_ARGUMENT,
		                  "sj_random_uniform: dtype is %s; integers are drawn by sj_random_uniform_int",
		                  sj_dtype_name(args.dtype));
	if (status != SJ_OK)
		return refused(status);
	sj_dtype kind = args.dtype == SJ_FLOAT64 ? SJ_FLOAT64 : SJ_FLOAT32;
	double low = rounded(kind, args.minval), high = rounded(kind, args.maxval.given ? args.maxval.value : 1);
	return draw_scaled(SJ__OP_RANDOM_UNIFORM_SEEDED, shape, args.dtype, args.seed, rounded(kind, high - low), low);
}

static sj_tensor *draw_normal(const char *who, enum sj__op_number number, sj_ints shape,
                              const sj_random_normal_args *given)
{
	sj_random_normal_args args;
	sj__local_now();
	sj_status status = sj__arguments_take(who, given, sizeof(args), &args);
	if (status != SJ_OK)
		return refused(status);
	return draw_scaled(number, shape, args.dtype, args.seed, args.stddev.given ? args.stddev.value : 1, args.mean);
}

sj_tensor *sj_random_normal_with(sj_ints shape, const sj_random_normal_args *args)
{
	return draw_normal("sj_random_normal", SJ__OP_RANDOM_STANDARD_NORMAL_SEEDED, shape, args);
}

sj_tensor *sj_truncated_normal_with(sj_ints shape, const sj_random_normal_args *args)
{
	return draw_normal("sj_truncated_normal", SJ__OP_TRUNCATED_NORMAL_SEEDED, shape, args);
}

static sj_tensor *int_scalar(sj_dtype dtype, int64_t value)
{
	if (dtype == SJ_INT64)
		return sj_scalar_i64(value);
	if (value >= INT32_MIN && value <= INT32_MAX)
		return sj_int((int32_t)value);
	return refused(sj__fail(SJ_INVALID_ARGUMENT, "sj_random_uniform_int: %lld is no int32; give .dtype = SJ_INT64",
	                        (long long)value));
}

sj_tensor *sj_random_uniform_int_with(sj_ints shape, int64_t minval, int64_t maxval,
                                      const sj_random_uniform_int_args *given)
{
	sj_random_uniform_int_args args;
	sj__local_now();
	sj_status status = sj__arguments_take("sj_random_uniform_int", given, sizeof(args), &args);
	if (status == SJ_OK && args.dtype != SJ_DTYPE_NONE && args.dtype != SJ_INT32 && args.dtype != SJ_INT64)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_random_uniform_int: dtype is %s; supported are int32, int64",
		                  sj_dtype_name(args.dtype));
	if (status != SJ_OK)
		return refused(status);
	sj_random_uniform_int_seeded_args row = {.size = sizeof(row)};
	sj_scope scope = sj_scope_begin();
	sj_tensor *inputs[] = {sj__list(shape.data != NULL ? shape : SJ_SCALAR_SHAPE), int_scalar(args.dtype, minval),
	                       int_scalar(args.dtype, maxval)};
	return sj_scope_return(scope, run_seeded(SJ__OP_RANDOM_UNIFORM_INT_SEEDED, &row, args.seed, 3, inputs));
}

sj_tensor *sj_random_gamma_with(sj_ints shape, sj_tensor *alpha, const sj_random_gamma_args *given)
{
	sj_random_gamma_args args;
	sj__local_now();
	sj_status status = sj__arguments_take("sj_random_gamma", given, sizeof(args), &args);
	if (status != SJ_OK)
		return refused(status);
	sj_random_gamma_seeded_args row = {.size = sizeof(row)};
	sj_scope scope = sj_scope_begin();
	if (args.beta != NULL) /* alpha takes the shape of both */
		alpha = sj_add(alpha, sj_sub(args.beta, args.beta));
	sj_tensor *inputs[] = {sj__list(shape.data != NULL ? shape : SJ_SCALAR_SHAPE), alpha};
	sj_tensor *result = run_seeded(SJ__OP_RANDOM_GAMMA_SEEDED, &row, args.seed, 2, inputs);
	return sj_scope_return(scope, args.beta != NULL ? sj_div(result, args.beta) : result);
}

sj_tensor *sj_random_poisson_with(sj_ints shape, sj_tensor *rate, const sj_random_poisson_args *given)
{
	sj_random_poisson_args args;
	sj__local_now();
	sj_status status = sj__arguments_take("sj_random_poisson", given, sizeof(args), &args);
	if (status != SJ_OK)
		return refused(status);
	sj_random_poisson_seeded_args row = {.size = sizeof(row), .dtype = args.dtype ? args.dtype : SJ_FLOAT32};
	sj_scope scope = sj_scope_begin();
	sj_tensor *inputs[] = {sj__list(shape.data != NULL ? shape : SJ_SCALAR_SHAPE), rate};
	return sj_scope_return(scope, run_seeded(SJ__OP_RANDOM_POISSON_SEEDED, &row, args.seed, 2, inputs));
}

/* ---- orders and choices ---- */

sj_tensor *sj_random_shuffle_with(sj_tensor *value, const sj_random_seed_args *given)
{
	sj_random_seed_args args;
	sj__local_now();
	sj_status status = sj__arguments_take("sj_random_shuffle", given, sizeof(args), &args);
	if (status != SJ_OK)
		return refused(status);
	sj_random_shuffle_seeded_args row = {.size = sizeof(row)};
	return run_seeded(SJ__OP_RANDOM_SHUFFLE_SEEDED, &row, args.seed, 1, &value);
}

sj_tensor *sj_permutation_with(int64_t n, const sj_random_seed_args *args)
{
	sj_tensor *numbers;
	sj__local_now();
	sj_status status = sj__tensor_make("sj_permutation", SJ_INT64, 1, &n, &numbers);
	if (status != SJ_OK)
		return refused(status);
	for (int64_t i = 0; i < n; i++)
		((int64_t *)numbers->data)[i] = i;
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, sj_random_shuffle_with(sj_scope_own(numbers), args));
}

sj_tensor *sj_multinomial_with(sj_tensor *logits, int64_t n_samples, const sj_random_seed_args *given)
{
	sj_random_seed_args args;
	sj__local_now();
	sj_status status = sj__arguments_take("sj_multinomial", given, sizeof(args), &args);
	if (status == SJ_OK && (n_samples < 0 || n_samples > INT32_MAX))
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_multinomial: n_samples is %lld; it must be between 0 and %d",
		                  (long long)n_samples, INT32_MAX);
	if (status != SJ_OK)
		return refused(status);
	sj_multinomial_seeded_args row = {.size = sizeof(row), .output_dtype = SJ_INT64};
	sj_scope scope = sj_scope_begin();
	sj_tensor *inputs[] = {logits, sj_int((int32_t)n_samples)};
	return sj_scope_return(scope, run_seeded(SJ__OP_MULTINOMIAL_SEEDED, &row, args.seed, 2, inputs));
}

/* Shape rules of the random operations. Dtypes and shapes are refused here, so that a kernel that has taken numbers cannot fail. */
#include "ops/array.h"
#include "ops/rules.h"

#include "ops_numbers.h"

/* The shape that input i tells; *ret_rank is -1 while it is not known. dims has room for SJ_MAX_RANK. */
static sj_status shape_read(const sj__call *call, int i, int *ret_rank, int64_t *dims)
{
	sj_status status = sj__call_shape_input(call, i, ret_rank, dims);
	if (status == SJ_OK && *ret_rank >= 0 && call->inputs[i]->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s is a scalar; it must be a vector",
		                     call->op->inputs[i].name);
	return status;
}

static sj_status shape_out(sj__call *call, sj_dtype dtype)
{
	int rank;
	int64_t dims[SJ_MAX_RANK];
	sj_status status = shape_read(call, 0, &rank, dims);
	return status == SJ_OK ? sj__out(call, 0, dtype, rank, dims) : status;
}

/* A dtype left out of an argument struct is the row's default. */
static sj_dtype dtype_or(sj_dtype given, sj_dtype otherwise) { return given == SJ_DTYPE_NONE ? otherwise : given; }

static sj_status float_is_good(const sj__call *call, sj_dtype dtype)
{
	if (dtype == SJ_FLOAT32 || dtype == SJ_FLOAT64)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dtype is %s; supported are float32, float64",
	                     sj_dtype_name(dtype));
}

static sj_status scalar_is_good(const sj__call *call, int i)
{
	if (call->inputs[i]->shape.rank <= 0)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a scalar",
	                     call->op->inputs[i].name, sj__shape_text(call->inputs[i]));
}

/* Two integers, or, for generators that keep their state, a counter's halves and a key in int64. */
static sj_status seed_is_good(const sj__call *call, int i)
{
	const sj_tensor *seed = call->inputs[i];
	if (seed->shape.rank < 0 ||
	    (seed->shape.rank == 1 && (sj__dims(seed)[0] == 2 || sj__dims(seed)[0] == SJ__UNKNOWN ||
	                               (sj__dims(seed)[0] == 3 && seed->dtype == SJ_INT64))))
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "seed has shape %s; it must have shape [2]",
	                     sj__shape_text(seed));
}

/* RandomUniform, RandomStandardNormal and TruncatedNormal have the same arguments. */
sj_status sj__rule_random(sj__call *call)
{
	const sj_random_uniform_seeded_args *args = call->args;
	sj_status status = float_is_good(call, args->dtype);
	return status == SJ_OK ? shape_out(call, args->dtype) : status;
}

sj_status sj__rule_stateless_random(sj__call *call)
{
	const sj_stateless_random_uniform_args *args = call->args;
	sj_dtype dtype = dtype_or(args->dtype, SJ_FLOAT32);
	sj_status status = float_is_good(call, dtype);
	if (status == SJ_OK)
		status = seed_is_good(call, 1);
	return status == SJ_OK ? shape_out(call, dtype) : status;
}

static sj_status int_out(sj__call *call, int minval)
{
	sj_status status = scalar_is_good(call, minval);
	if (status == SJ_OK)
		status = scalar_is_good(call, minval + 1);
	return status == SJ_OK ? shape_out(call, (sj_dtype)call->inputs[minval]->dtype) : status;
}

sj_status sj__rule_random_int(sj__call *call) { return int_out(call, 1); }

sj_status sj__rule_stateless_random_int(sj__call *call)
{
	sj_status status = seed_is_good(call, 1);
	return status == SJ_OK ? int_out(call, 2) : status;
}

sj_status sj__rule_stateless_full_int(sj__call *call)
{
	const sj_stateless_random_uniform_full_int_args *args = call->args;
	sj_dtype dtype = dtype_or(args->dtype, SJ_INT32);
	sj_status status = seed_is_good(call, 1);
	if (status == SJ_OK && dtype != SJ_INT32 && dtype != SJ_INT64 && dtype != SJ_UINT32 && dtype != SJ_UINT64)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "dtype is %s; supported are int32, int64, uint32, uint64", sj_dtype_name(dtype));
	return status == SJ_OK ? shape_out(call, dtype) : status;
}

sj_status sj__rule_random_shuffle(sj__call *call)
{
	const sj_tensor *value = call->inputs[0];
	if (value->shape.rank > 0 && sj__dims(value)[0] > UINT32_MAX)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "value has %lld rows; at most %lld can be shuffled",
		                     (long long)sj__dims(value)[0], (long long)UINT32_MAX);
	return sj__out_like(call, 0, (sj_dtype)value->dtype, value);
}

static sj_status samples_read(const sj__call *call, int64_t *ret_n)
{
	const sj_tensor *num_samples = call->inputs[1];
	*ret_n = SJ__UNKNOWN;
	sj_status status = scalar_is_good(call, 1);
	if (status != SJ_OK || sj__known_value(num_samples) == NULL)
		return status;
	*ret_n = *(const int32_t *)num_samples->data;
	if (*ret_n < 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "num_samples is %lld; it must be >= 0",
		                     (long long)*ret_n);
	return SJ_OK;
}

/* Multinomial and StatelessMultinomial: the latter has the seed as third input. */
sj_status sj__rule_multinomial(sj__call *call)
{
	bool is_stateless = call->n_inputs == 3;
	sj_dtype dtype = is_stateless ? ((const sj_stateless_multinomial_args *)call->args)->output_dtype
	                              : ((const sj_multinomial_seeded_args *)call->args)->output_dtype;
	const sj_tensor *logits = call->inputs[0];
	int64_t dims[2] = {SJ__UNKNOWN, SJ__UNKNOWN};
	dtype = dtype_or(dtype, SJ_INT64);
	sj_status status = is_stateless ? seed_is_good(call, 2) : SJ_OK;
	if (status != SJ_OK)
		return status;
	if (dtype != SJ_INT32 && dtype != SJ_INT64)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "output_dtype is %s; supported are int32, int64",
		                     sj_dtype_name(dtype));
	if (logits->shape.rank >= 0 && logits->shape.rank != 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "logits has shape %s; it must be a matrix (rows, classes)",
		                     sj__shape_text(logits));
	if (logits->shape.rank == 2) {
		dims[0] = sj__dims(logits)[0];
		if (sj__dims(logits)[1] == 0 || sj__dims(logits)[1] > INT32_MAX)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "logits has %lld classes; there must be between 1 and %d",
			                     (long long)sj__dims(logits)[1], INT32_MAX);
	}
	status = samples_read(call, &dims[1]);
	return status == SJ_OK ? sj__out(call, 0, dtype, 2, dims) : status;
}

/* The shape that input 0 says, followed by that of the parameter, input 1. */
static sj_status shape_before_parameter(sj__call *call, sj_dtype dtype)
{
	const sj_tensor *parameter = call->inputs[1];
	int rank;
	int64_t dims[SJ_MAX_RANK];
	sj_status status = shape_read(call, 0, &rank, dims);
	if (status != SJ_OK)
		return status;
	if (rank < 0 || parameter->shape.rank < 0)
		return sj__out_unknown(call, 0, dtype);
	if (rank + parameter->shape.rank > SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape and %s make rank %d; at most %d is possible",
		                     call->op->inputs[1].name, rank + parameter->shape.rank, SJ_MAX_RANK);
	memcpy(dims + rank, sj__dims(parameter), sizeof(*dims) * (size_t)parameter->shape.rank);
	return sj__out(call, 0, dtype, rank + parameter->shape.rank, dims);
}

sj_status sj__rule_random_gamma(sj__call *call)
{
	return shape_before_parameter(call, (sj_dtype)call->inputs[1]->dtype);
}

static sj_status count_dtype_is_good(const sj__call *call, sj_dtype dtype)
{
	if (dtype == SJ_INT32 || dtype == SJ_INT64 || dtype == SJ_FLOAT32 || dtype == SJ_FLOAT64)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dtype is %s; it must be int32, int64, float32 or float64",
	                     sj_dtype_name(dtype));
}

sj_status sj__rule_random_poisson(sj__call *call)
{
	sj_dtype dtype = dtype_or(((const sj_random_poisson_seeded_args *)call->args)->dtype, SJ_INT64);
	sj_status status = count_dtype_is_good(call, dtype);
	return status == SJ_OK ? shape_before_parameter(call, dtype) : status;
}

static sj_status shape_ends_with(const sj__call *call, int i, int rank, const int64_t *dims)
{
	const sj_tensor *parameter = call->inputs[i];
	int n = parameter->shape.rank;
	bool fits = n <= rank;
	for (int k = 0; fits && k < n; k++) {
		int64_t is = sj__dims(parameter)[k], asked = dims[rank - n + k];
		fits = is == asked || is == SJ__UNKNOWN || asked == SJ__UNKNOWN;
	}
	return fits ? SJ_OK
	            : sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; the given shape must end with it",
	                            call->op->inputs[i].name, sj__shape_text(parameter));
}

/* StatelessRandomGammaV2, StatelessRandomPoisson and StatelessRandomBinomial: the inputs from 2 on are parameters. */
sj_status sj__rule_stateless_of_parameter(sj__call *call)
{
	int rank;
	int64_t dims[SJ_MAX_RANK];
	sj_dtype dtype = (sj_dtype)call->inputs[2]->dtype;
	sj_status status = seed_is_good(call, 1);
	if (status == SJ_OK && call->op->n_attributes > 0) {
		dtype = dtype_or(((const sj_stateless_random_poisson_args *)call->args)->dtype, SJ_INT64);
		status = count_dtype_is_good(call, dtype);
	}
	if (status == SJ_OK)
		status = shape_read(call, 0, &rank, dims);
	for (int i = 2; status == SJ_OK && rank >= 0 && i < call->n_inputs; i++)
		status = shape_ends_with(call, i, rank, dims);
	if (status == SJ_OK && call->n_inputs == 4 && call->inputs[2]->shape.rank >= 0 &&
	    call->inputs[3]->shape.rank >= 0 && call->inputs[2]->shape.rank != call->inputs[3]->shape.rank)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "counts and probs have ranks %d and %d",
		                       call->inputs[2]->shape.rank, call->inputs[3]->shape.rank);
	return status == SJ_OK ? sj__out(call, 0, dtype, rank, dims) : status;
}

/* Shape rules of the string operations. */
#include "ops/rules.h"

#include "base/memory.h"
#include "ops_numbers.h"

sj_status sj__rule_string_unary(sj__call *call) { return sj__out_like(call, 0, SJ_STRING, call->inputs[0]); }

static const char *text_or_empty(const char *text) { return text != NULL ? text : ""; }

static sj_status scalar_is_good(const sj__call *call, int i)
{
	if (call->inputs[i]->shape.rank <= 0)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a scalar",
	                     call->op->inputs[i].name, sj__shape_text(call->inputs[i]));
}

/* StringLower and StringUpper have the same arguments. */
sj_status sj__rule_string_case(sj__call *call)
{
	const sj_string_lower_args *args = call->args;
	if (*text_or_empty(args->encoding) != 0)
		return sj__call_fail(call, SJ_UNIMPLEMENTED, "encoding is '%s'; only '' (ASCII) is there",
		                     args->encoding);
	return sj__rule_string_unary(call);
}

sj_status sj__rule_string_length(sj__call *call)
{
	const char *unit = text_or_empty(((const sj_string_length_args *)call->args)->unit);
	if (*unit != 0 && strcmp(unit, "BYTE") != 0 && strcmp(unit, "UTF8_CHAR") != 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "unit is '%s'; it must be BYTE or UTF8_CHAR", unit);
	return sj__out_like(call, 0, SJ_INT32, call->inputs[0]);
}

static sj_status out_buckets(sj__call *call, int64_t n_buckets)
{
	if (n_buckets < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "num_buckets is %lld; it must be at least 1",
		                     (long long)n_buckets);
	return sj__out_like(call, 0, SJ_INT64, call->inputs[0]);
}

/* StringToHashBucket and StringToHashBucketFast have the same arguments. */
sj_status sj__rule_string_to_hash_bucket(sj__call *call)
{
	return out_buckets(call, ((const sj_string_to_hash_bucket_args *)call->args)->num_buckets);
}

sj_status sj__rule_string_to_hash_bucket_strong(sj__call *call)
{
	const sj_string_to_hash_bucket_strong_args *args = call->args;
	if (args->key.count != 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "key has %lld numbers; it must have 2",
		                     (long long)args->key.count);
	return out_buckets(call, args->num_buckets);
}

sj_status sj__rule_string_to_number(sj__call *call)
{
	const sj_string_to_number_args *args = call->args;
	sj_dtype dtype = args->out_type == SJ_DTYPE_NONE ? SJ_FLOAT32 : args->out_type;
	if (dtype != SJ_FLOAT32 && dtype != SJ_FLOAT64 && dtype != SJ_INT32 && dtype != SJ_INT64)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "out_type is %s; supported are float32, float64, int32, int64",
		                     sj_dtype_name(dtype));
	return sj__out_like(call, 0, dtype, call->inputs[0]);
}

sj_status sj__rule_string_join(sj__call *call)
{
	const sj_tensor *shaped = NULL;
	bool is_known = true;
	if (call->n_inputs < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "there are no inputs; give one at least");
	for (int i = 0; i < call->n_inputs; i++) {
		const sj_tensor *t = call->inputs[i];
		is_known &= t->shape.rank >= 0 && (t->shape.rank == 0 || t->shape.size >= 0);
		if (t->shape.rank <= 0)
			continue;
		if (shaped != NULL && shaped->shape.size >= 0 && t->shape.size >= 0 && !sj__same_shape(shaped, t))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "input %d has shape %s where another has %s; all but scalars must agree",
			                     i, sj__shape_text(t), sj__shape_text(shaped));
		if (shaped == NULL || shaped->shape.size < 0)
			shaped = t;
	}
	if (!is_known)
		return sj__out_unknown(call, 0, SJ_STRING);
	return shaped != NULL ? sj__out_like(call, 0, SJ_STRING, shaped) : sj__out(call, 0, SJ_STRING, 0, NULL);
}

static sj_status split_rule(sj__call *call)
{
	const sj_tensor *input = call->inputs[0];
	if (input->shape.rank >= 0 && input->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "input has shape %s; it must be a vector",
		                     sj__shape_text(input));
	sj_status status = scalar_is_good(call, 1);
	if (status == SJ_OK)
		status = sj__out(call, 0, SJ_INT64, 2, (int64_t[]){SJ__UNKNOWN, 2});
	if (status == SJ_OK)
		status = sj__out(call, 1, SJ_STRING, 1, (int64_t[]){SJ__UNKNOWN});
	return status == SJ_OK ? sj__out(call, 2, SJ_INT64, 1, (int64_t[]){2}) : status;
}

sj_status sj__rule_string_split(sj__call *call) { return split_rule(call); }

sj_status sj__rule_string_split_v2(sj__call *call)
{
	int64_t maxsplit = sj__string_split_v2_maxsplit(call->args);
	if (maxsplit < -1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "maxsplit is %lld; it must be -1 or more",
		                     (long long)maxsplit);
	return split_rule(call);
}

sj_status sj__rule_substr(sj__call *call)
{
	const sj_tensor *input = call->inputs[0], *pos = call->inputs[1], *len = call->inputs[2];
	bool is_known = input->shape.size >= 0 && pos->shape.size >= 0 && len->shape.size >= 0;
	if (is_known && !sj__same_shape(pos, len))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "pos has shape %s and len %s; they must have the same shape", sj__shape_text(pos),
		                     sj__shape_text(len));
	if (is_known && pos->shape.rank != 0 && !sj__same_shape(pos, input))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "pos has shape %s and input %s; they must agree, or pos and len be scalars",
		                     sj__shape_text(pos), sj__shape_text(input));
	return sj__rule_string_unary(call);
}

sj_status sj__rule_as_string(sj__call *call)
{
	const sj_as_string_args *args = call->args;
	const char *fill = text_or_empty(args->fill);
	sj_dtype dtype = (sj_dtype)call->inputs[0]->dtype;
	bool is_whole = sj_dtype_is_integer(dtype) || dtype == SJ_BOOL;
	int64_t precision = sj__as_string_precision(args), width = sj__as_string_width(args);
	if (strlen(fill) > 1 || (*fill != 0 && strchr(" 0+-#", *fill) == NULL))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "fill is '%.20s'; it must be empty or one of space, 0, +, -, #", fill);
	if (args->scientific && args->shortest)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "scientific and shortest are both set; choose one");
	if (is_whole && (args->scientific || args->shortest))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "scientific and shortest are not for %s",
		                     sj_dtype_name(dtype));
	if (is_whole && precision >= 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "precision is not for %s", sj_dtype_name(dtype));
	if (precision < -1 || precision > 65535 || width < -1 || width > 65535)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "precision %lld or width %lld is outside [-1, 65535]",
		                     (long long)precision, (long long)width);
	return sj__rule_string_unary(call);
}

sj_status sj__rule_reduce_join(sj__call *call)
{
	const sj_tensor *inputs = call->inputs[0];
	const sj_reduce_join_args *args = call->args;
	bool reduced[SJ_MAX_RANK], known;
	int64_t dims[SJ_MAX_RANK];
	int rank = 0;
	sj_status status = sj__reduce_axes(call, inputs, call->inputs[1], reduced, &known);
	if (status != SJ_OK)
		return status;
	if (inputs->shape.rank < 0 || (!known && !args->keep_dims))
		return sj__out_unknown(call, 0, SJ_STRING);
	for (int i = 0; i < inputs->shape.rank; i++) {
		int64_t dim = sj__dims(inputs)[i];
		if (known && reduced[i] && dim == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "dimension %d of shape %s has no strings to join", i,
			                     sj__shape_text(inputs));
		if (!known)
			dims[rank++] = SJ__UNKNOWN;
		else if (!reduced[i])
			dims[rank++] = dim;
		else if (args->keep_dims)
			dims[rank++] = 1;
	}
	return sj__out(call, 0, SJ_STRING, rank, dims);
}

static sj_status csv_columns_are_good(const sj__call *call, const sj_decode_csv_args *args, int n_fields)
{
	sj_ints columns = args->select_cols;
	if (columns.count == 0)
		return SJ_OK;
	if (columns.count != n_fields || columns.data == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "select_cols has %lld numbers for %d record_defaults",
		                     (long long)columns.count, n_fields);
	for (int64_t i = 0; i < columns.count; i++)
		if (columns.data[i] < (i == 0 ? 0 : columns.data[i - 1] + 1))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "select_cols[%lld] is %lld; they must be >= 0 and ascending", (long long)i,
			                     (long long)columns.data[i]);
	return SJ_OK;
}

sj_status sj__rule_decode_csv(sj__call *call)
{
	const sj_decode_csv_args *args = call->args;
	const char *delimiter = text_or_empty(args->field_delim);
	int n_fields = call->n_inputs - 1;
	if (n_fields < 1 || n_fields != call->n_outputs)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%d outputs asked for with %d record_defaults; there is one each, one at least",
		                     call->n_outputs, n_fields);
	if (strlen(delimiter) > 1 || (*delimiter != 0 && strchr("\n\r\"", *delimiter) != NULL))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "field_delim is '%.20s'; it must be one byte, and no quote or end of line",
		                     delimiter);
	sj_status status = csv_columns_are_good(call, args, n_fields);
	for (int i = 0; status == SJ_OK && i < n_fields; i++) {
		const sj_tensor *usual = call->inputs[i + 1];
		sj_dtype dtype = (sj_dtype)usual->dtype;
		if (dtype != SJ_FLOAT32 && dtype != SJ_FLOAT64 && dtype != SJ_INT32 && dtype != SJ_INT64 &&
		    dtype != SJ_STRING)
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"record_defaults[%d] is %s; supported are float32, float64, int32, int64, string", i,
				sj_dtype_name(dtype));
		if (usual->shape.rank > 1 || usual->shape.size > 1)
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"record_defaults[%d] has shape %s; it must be a scalar or a vector of at most 1 element",
				i, sj__shape_text(usual));
		status = sj__out_like(call, i, dtype, call->inputs[0]);
	}
	return status;
}

static sj_status scalar_check(const sj__call *call, int i)
{
	const sj_tensor *t = call->inputs[i];
	if (t->shape.rank <= 0)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a scalar",
	                     call->op->inputs[i].name, sj__shape_text(t));
}

sj_status sj__rule_regex_replace(sj__call *call)
{
	sj_status status = scalar_check(call, 1);
	if (status == SJ_OK)
		status = scalar_check(call, 2);
	return status == SJ_OK ? sj__rule_string_unary(call) : status;
}

sj_status sj__rule_regex_full_match(sj__call *call)
{
	sj_status status = scalar_check(call, 1);
	return status == SJ_OK ? sj__out_like(call, 0, SJ_BOOL, call->inputs[0]) : status;
}

/* Functions that make tensors of zeros, ones and coordinates, or repeat what is there. */
#include "base/memory.h"
#include "ops/functions.h"
#include "ops/lists.h"
#include "sokuji/array_functions.h"
#include "sokuji/scope.h"

sj_tensor *sj_zeros(sj_dtype dtype, sj_ints shape)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *zero = dtype == SJ_STRING ? sj_string_new("") : sj_scalar(dtype, 0);
	return sj_scope_return(scope, sj_fill(shape, zero));
}

sj_tensor *sj_ones(sj_dtype dtype, sj_ints shape)
{
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, sj_fill(shape, sj_scalar(dtype, 1)));
}

sj_tensor *sj_eye(sj_dtype dtype, int64_t rows, int64_t columns)
{
	if (columns < 0)
		columns = rows;
	sj_scope scope = sj_scope_begin();
	sj_tensor *matrix = sj_zeros(dtype, SJ_INTS(rows, columns));
	sj_tensor *diagonal = sj_ones(dtype, SJ_INTS(rows < columns ? rows : columns));
	return sj_scope_return(scope, sj_matrix_set_diag(matrix, diagonal));
}

sj_tensor *sj_range_i64(int64_t start, int64_t limit)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *from = sj_scalar_i64(start), *to = sj_scalar_i64(limit > start ? limit : start);
	return sj_scope_return(scope, sj_range(from, to, sj_scalar_i64(1)));
}

/* ---- grids ---- */

static sj_status grid_shape(int n, sj_tensor *const *values, bool xy, int64_t *ret_dims)
{
	for (int i = 0; i < n; i++) {
		int place = xy && n > 1 && i < 2 ? 1 - i : i;
		if (!sj__function_takes("sj_meshgrid", "a vector", values[i]))
			return sj_ok() ? SJ_FAILED_PRECONDITION : sj_error_code();
		if (sj_tensor_rank(values[i]) > 1) {
			sj__function_fail("sj_meshgrid", "tensor %d has shape %s; it must be a vector or a scalar", i,
			                  sj__shape_words(values[i]));
			return SJ_INVALID_ARGUMENT;
		}
		ret_dims[place] = sj_tensor_size(values[i]);
	}
	return SJ_OK;
}

static sj_tensor *grid_along(sj_tensor *value, int place, sj_ints shape)
{
	int64_t dims[SJ_MAX_RANK];
	for (int64_t i = 0; i < shape.count; i++)
		dims[i] = i == place ? shape.data[i] : 1;
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, sj_broadcast_to(sj_reshape(value, ((sj_ints){shape.count, dims})), shape));
}

sj_status sj_meshgrid(int64_t n, sj_tensor *const *values, bool xy, sj_tensor **ret_grids)
{
	int64_t dims[SJ_MAX_RANK];
	sj_tensor *grids[SJ_MAX_RANK];
	if (n < 1 || n > SJ_MAX_RANK || values == NULL || ret_grids == NULL)
		return sj__list_refused_status("sj_meshgrid", n, ret_grids != NULL ? (const void *)values : NULL);
	sj_status status = grid_shape((int)n, values, xy, dims);
	for (int i = 0; status == SJ_OK && i < n; i++) {
		grids[i] = grid_along(values[i], xy && n > 1 && i < 2 ? 1 - i : i, (sj_ints){n, dims});
		if (!sj_tensor_is_valid(grids[i]))
			status = sj_error_code();
	}
	for (int i = 0; status == SJ_OK && i < n; i++)
		ret_grids[i] = grids[i];
	return status;
}

/* ---- reshape and repeat ---- */

sj_tensor *sj_flatten(sj_tensor *tensor, int64_t first)
{
	int64_t dims[SJ_MAX_RANK + 1];
	if (!sj__function_takes("sj_flatten", "the tensor", tensor))
		return sj_nil();
	int rank = sj_tensor_rank(tensor);
	if (first < 0 || first > rank)
		return sj__function_fail("sj_flatten", "first is %lld for shape %s; it must be in [0, %d]",
		                         (long long)first, sj__shape_words(tensor), rank);
	dims[first] = 1;
	for (int i = 0; i < rank; i++)
		if (i < first)
			dims[i] = sj_tensor_dim(tensor, i);
		else
			dims[first] *= sj_tensor_dim(tensor, i);
	return sj_reshape(tensor, ((sj_ints){first + 1, dims}));
}

sj_tensor *sj_repeat(sj_tensor *tensor, int64_t count, int64_t axis)
{
	int64_t dims[SJ_MAX_RANK + 1];
	if (!sj__function_takes("sj_repeat", "the tensor", tensor))
		return sj_nil();
	int rank = sj_tensor_rank(tensor);
	if (count < 0)
		return sj__function_fail("sj_repeat", "count is %lld; it must be 0 or more", (long long)count);
	if (axis < -rank || axis >= rank || rank == SJ_MAX_RANK)
		return sj__function_fail("sj_repeat", "axis %lld is outside [%d, %d) of shape %s", (long long)axis,
		                         -rank, rank, sj__shape_words(tensor));
	axis += axis < 0 ? rank : 0;
	for (int i = 0; i <= rank; i++)
		dims[i] = i <= axis ? sj_tensor_dim(tensor, i) : i == axis + 1 ? count : sj_tensor_dim(tensor, i - 1);
	sj_scope scope = sj_scope_begin();
	sj_tensor *wide = sj_broadcast_to(sj_expand_dims(tensor, SJ_INTS(axis + 1)), ((sj_ints){rank + 1, dims}));
	if (!sj_tensor_is_valid(wide))
		return sj_scope_return(scope, wide);
	dims[axis] *= count; /* fits: the wide tensor exists, or has no elements */
	for (int i = (int)axis + 1; i < rank; i++)
		dims[i] = sj_tensor_dim(tensor, i);
	return sj_scope_return(scope, sj_reshape(wide, ((sj_ints){rank, dims})));
}

/* Functions over the operations that move elements: masks and lookups. */
#include "base/memory.h"
#include "ops/functions.h"
#include "ops/lists.h"
#include "sokuji/array_functions.h"
#include "sokuji/scope.h"

/* The tensor's dimensions with the mask's from `axis` on as one; false with a sticky error where they differ. */
static bool masked_dims(const sj_tensor *tensor, const sj_tensor *mask, int axis, int64_t *ret_dims)
{
	int rank = sj_tensor_rank(tensor), n = sj_tensor_rank(mask);
	bool fits = n > 0 && axis + n <= rank;
	for (int i = 0; fits && i < n; i++)
		fits = sj_tensor_dim(tensor, axis + i) == sj_tensor_dim(mask, i);
	if (!fits) {
		sj__function_fail("sj_boolean_mask",
		                  "the mask has shape %s, which the dimensions of %s from axis %d on do not begin with",
		                  sj__shape_words(mask), sj__shape_words(tensor), axis);
		return false;
	}
	for (int i = 0; i <= rank - n; i++)
		ret_dims[i] = i < axis    ? sj_tensor_dim(tensor, i)
		              : i == axis ? sj_tensor_size(mask)
		                          : sj_tensor_dim(tensor, i + n - 1);
	return true;
}

sj_tensor *sj_boolean_mask(sj_tensor *tensor, sj_tensor *mask, int64_t axis)
{
	int64_t dims[SJ_MAX_RANK];
	if (!sj__function_takes("sj_boolean_mask", "tensor", tensor) ||
	    !sj__function_takes("sj_boolean_mask", "mask", mask))
		return sj_nil();
	int rank = sj_tensor_rank(tensor);
	if (sj_tensor_dtype(mask) != SJ_BOOL)
		return sj__function_fail("sj_boolean_mask", "the mask is %s; it must be bool",
		                         sj_dtype_name(sj_tensor_dtype(mask)));
	if (axis < -rank || axis >= rank)
		return sj__function_fail("sj_boolean_mask", "axis %lld is outside [%d, %d)", (long long)axis, -rank,
		                         rank);
	axis += axis < 0 ? rank : 0;
	if (!masked_dims(tensor, mask, (int)axis, dims))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	sj_tensor *places = sj_reshape(sj_where(sj_reshape(mask, SJ_INTS(-1))), SJ_INTS(-1));
	sj_tensor *flat = sj_reshape(tensor, ((sj_ints){rank - sj_tensor_rank(mask) + 1, dims}));
	return sj_scope_return(scope, sj_gather(flat, places, .axis = {1, &axis}));
}

sj_tensor *sj_sequence_mask(sj_tensor *lengths, int64_t max_length)
{
	if (!sj__function_takes("sj_sequence_mask", "lengths", lengths))
		return sj_nil();
	if (sj_tensor_dtype(lengths) != SJ_INT32 && sj_tensor_dtype(lengths) != SJ_INT64)
		return sj__function_fail("sj_sequence_mask", "lengths is %s; it must be int32 or int64",
		                         sj_dtype_name(sj_tensor_dtype(lengths)));
	if (max_length < 0) {
		max_length = 0;
		for (int64_t i = 0; i < sj_tensor_size(lengths); i++)
			if (sj_tensor_item(lengths, i) > (double)max_length)
				max_length = (int64_t)sj_tensor_item(lengths, i);
	}
	sj_scope scope = sj_scope_begin();
	sj_tensor *places = sj_range_i64(0, max_length), *wide = sj_cast(lengths, SJ_INT64);
	return sj_scope_return(scope, sj_less(places, sj_expand_dims(wide, SJ_INTS(-1))));
}

/* ---- lookups ---- */

/* With parts: ids are dealt out to them, each part gathers its own, and the rows are put back in the order of the ids. */
static sj_tensor *lookup_dealt(int n, sj_tensor *const *params, sj_tensor *ids, sj_tensor **room)
{
	sj_tensor **rows = room, **places = room + n;
	sj_tensor *flat = sj_cast(sj_reshape(ids, SJ_INTS(-1)), SJ_INT64), *n_parts = sj_scalar_i64(n);
	sj_tensor *part_of = sj_cast(sj_floor_mod(flat, n_parts), SJ_INT32), *row_of = sj_floor_div(flat, n_parts);
	sj_tensor *order = sj_cast(sj_range_i64(0, sj_tensor_size(ids)), SJ_INT32);
	if (sj_dynamic_partition(row_of, part_of, n, rows) != SJ_OK ||
	    sj_dynamic_partition(order, part_of, n, places) != SJ_OK)
		return sj_nil();
	for (int i = 0; i < n; i++)
		rows[i] = sj_gather(params[i], rows[i]);
	return sj_dynamic_stitch(n, places, rows);
}

static sj_tensor *lookup_parts(int n, sj_tensor *const *params, sj_tensor *ids)
{
	int64_t dims[2 * SJ_MAX_RANK];
	int rank = sj_tensor_rank(ids), rest = sj_tensor_rank(params[0]) - 1;
	if (rest < 0 || rank + rest > SJ_MAX_RANK)
		return sj__function_fail("sj_embedding_lookup", "params has shape %s and ids %s",
		                         sj__shape_words(params[0]), sj__shape_words(ids));
	for (int i = 0; i < rank + rest; i++)
		dims[i] = i < rank ? sj_tensor_dim(ids, i) : sj_tensor_dim(params[0], i - rank + 1);
	sj_tensor **room = sj__memory_new(sizeof(*room) * 2 * (size_t)n);
	if (room == NULL) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return sj_nil();
	}
	sj_scope scope = sj_scope_begin();
	sj_tensor *found = lookup_dealt(n, params, ids, room);
	sj__memory_free(room);
	return sj_scope_return(scope, sj_reshape(found, ((sj_ints){rank + rest, dims})));
}

sj_tensor *sj_embedding_lookup(int64_t n, sj_tensor *const *params, sj_tensor *ids)
{
	if (n < 1 || n > INT32_MAX / 4 || params == NULL)
		return sj__list_refused("sj_embedding_lookup", n, params);
	if (!sj__function_takes("sj_embedding_lookup", "ids", ids))
		return sj_nil();
	for (int64_t i = 0; i < n; i++)
		if (!sj__function_takes("sj_embedding_lookup", "a part of params", params[i]))
			return sj_nil();
	return n == 1 ? sj_gather(params[0], ids) : lookup_parts((int)n, params, ids);
}

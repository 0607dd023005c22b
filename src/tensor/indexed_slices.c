/* The public face of indexed slices: making them from parts that are checked, and taking them apart. */
#include "sokuji/indexed_slices.h"

#include "sokuji/scope.h"
#include "tensor/concrete.h"
#include "tensor/slices.h"

static const char me[] = "sj_indexed_slices";

static sj_status parts_types_check(const sj_tensor *values, const sj_tensor *indices)
{
	if (values->dtype != SJ_FLOAT32 && values->dtype != SJ_FLOAT64)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: values is %s; it must be float32 or float64", me,
		                sj_dtype_name((sj_dtype)values->dtype));
	if (indices->dtype != SJ_INT32 && indices->dtype != SJ_INT64)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: indices is %s; it must be int32 or int64", me,
		                sj_dtype_name((sj_dtype)indices->dtype));
	return SJ_OK;
}

static sj_status parts_shapes_check(const sj_tensor *values, const sj_tensor *indices, sj_ints dense)
{
	bool fits = dense.count >= 1 && dense.count == values->shape.rank && dense.data != NULL;
	for (int i = 1; fits && i < values->shape.rank; i++)
		fits = sj__dims(values)[i] == dense.data[i];
	if (!fits)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: values has shape %s, which are no rows of the dense shape %s",
		                me, sj__shape_text(values),
		                dense.data != NULL && dense.count >= 0 && dense.count <= SJ_MAX_RANK
		                        ? sj__dims_text((int)dense.count, dense.data)
		                        : "(none)");
	if (indices->shape.rank != 1 || sj__dims(indices)[0] != sj__dims(values)[0])
		return sj__fail(
			SJ_INVALID_ARGUMENT,
			"%s: indices has shape %s; it must be a vector of a number for each of the %lld rows of values",
			me, sj__shape_text(indices), (long long)sj__dims(values)[0]);
	return SJ_OK;
}

static sj_status parts_indices_check(const sj_tensor *indices, int64_t n_rows)
{
	for (int64_t i = 0; i < indices->shape.size; i++) {
		int64_t row = sj__element_as_int64((sj_dtype)indices->dtype, indices->data, i);
		if (row < 0 || row >= n_rows)
			return sj__fail(SJ_INVALID_ARGUMENT, "%s: indices[%lld] = %lld is not in [0, %lld)", me,
			                (long long)i, (long long)row, (long long)n_rows);
	}
	return SJ_OK;
}

sj_status sj__slices_checked(sj_tensor *values, sj_tensor *indices, int rank, const int64_t *dims,
                             sj_tensor **ret_slices)
{
	bool waits = ((values->flags | indices->flags) & SJ__FLAG_SYMBOLIC) != 0;
	sj_ints dense = {rank, dims};
	sj_status status = parts_types_check(values, indices);
	if (status == SJ_OK && (rank < 1 || rank > SJ_MAX_RANK || dims == NULL || !waits))
		status = parts_shapes_check(values, indices, dense);
	if (status == SJ_OK && !waits)
		status = parts_indices_check(indices, dims[0]);
	return status == SJ_OK ? sj__slices_new(values, indices, rank, dims, ret_slices) : status;
}

/* Parts of a graph stay as they are: whoever runs it checks them. */
static sj_status part_take(sj_tensor *t, sj_tensor **ret_part)
{
	if (!sj__is_live(t) || !(t->flags & SJ__FLAG_SYMBOLIC))
		return sj__concrete(me, t, ret_part);
	*ret_part = sj__keep(t);
	return SJ_OK;
}

sj_tensor *sj_indexed_slices(sj_tensor *values, sj_tensor *indices, sj_ints dense_shape)
{
	sj_tensor *rows = NULL, *numbers = NULL, *slices = NULL;
	if (values == &sj__nil_tensor || indices == &sj__nil_tensor)
		return &sj__nil_tensor;
	sj_status status = part_take(values, &rows);
	if (status == SJ_OK)
		status = part_take(indices, &numbers);
	if (status == SJ_OK)
		status = sj__slices_checked(rows, numbers, (int)dense_shape.count, dense_shape.data, &slices);
	sj__drop(rows);
	sj__drop(numbers);
	return sj__result(status, slices);
}

bool sj_tensor_is_indexed_slices(const sj_tensor *tensor)
{
	return sj__is_live(tensor) && (tensor->flags & SJ__FLAG_SLICES) != 0;
}

static sj_tensor *part_of(const char *who, const sj_tensor *slices, sj_tensor *(*part)(const sj_tensor *))
{
	if (slices == &sj__nil_tensor)
		return &sj__nil_tensor;
	if (sj_tensor_is_indexed_slices(slices))
		return sj_scope_own(sj__keep(part(slices)));
	return sj__result(sj__fail(SJ_INVALID_ARGUMENT, "%s: the tensor is %s; ask sj_tensor_is_indexed_slices first",
	                           who,
	                           slices == NULL         ? "NULL"
	                           : !sj__is_live(slices) ? "not valid (released?)"
	                                                  : "no indexed slices"),
	                  NULL);
}

sj_tensor *sj_indexed_slices_values(const sj_tensor *slices)
{
	return part_of("sj_indexed_slices_values", slices, sj__slices_values);
}

sj_tensor *sj_indexed_slices_indices(const sj_tensor *slices)
{
	return part_of("sj_indexed_slices_indices", slices, sj__slices_indices);
}

/* Indexed slices: making them, joining them, and adding them up into a dense tensor. */
#include "tensor/slices.h"

#include "base/memory.h"

struct sj__slices {
	sj_tensor *values, *indices;
	sj_tensor *dense; /* NULL until somebody looks at the elements */
};

sj_status sj__slices_new(sj_tensor *values, sj_tensor *indices, int rank, const int64_t *dims, sj_tensor **ret_slices)
{
	sj_tensor *handle;
	sj_status status = sj__tensor_new("indexed slices", (sj_dtype)values->dtype, rank, dims, &handle);
	if (status != SJ_OK)
		return status;
	struct sj__slices *parts = sj__memory_new(sizeof(*parts));
	if (parts == NULL) {
		sj__drop(handle);
		return SJ_RESOURCE_EXHAUSTED;
	}
	parts->values = sj__keep(values);
	parts->indices = sj__keep(indices);
	parts->dense = NULL;
	handle->flags |= SJ__FLAG_SLICES;
	handle->slices = parts;
	*ret_slices = handle;
	return SJ_OK;
}

sj_tensor *sj__slices_values(const sj_tensor *slices) { return slices->slices->values; }
sj_tensor *sj__slices_indices(const sj_tensor *slices) { return slices->slices->indices; }

bool sj__slices_are_symbolic(const sj_tensor *slices)
{
	return ((slices->slices->values->flags | slices->slices->indices->flags) & SJ__FLAG_SYMBOLIC) != 0;
}

void sj__slices_destroy(struct sj__slices *parts)
{
	sj__drop(parts->values);
	sj__drop(parts->indices);
	sj__drop(parts->dense);
	sj__memory_free(parts);
}

static void row_add(sj_dtype dtype, void *sum, const void *row, int64_t n)
{
	if (dtype == SJ_FLOAT32) {
		for (int64_t i = 0; i < n; i++)
			((float *)sum)[i] += ((const float *)row)[i];
	} else {
		for (int64_t i = 0; i < n; i++)
			((double *)sum)[i] += ((const double *)row)[i];
	}
}

sj_status sj__slices_dense(sj_tensor *slices, sj_tensor **ret_dense)
{
	const sj_tensor *values = slices->slices->values, *indices = slices->slices->indices;
	sj_dtype dtype = (sj_dtype)slices->dtype;
	sj_tensor *dense;
	if (sj__slices_are_symbolic(slices))
		return sj__fail(SJ_INVALID_ARGUMENT, "indexed slices of a graph have no value yet; run the graph");
	if (dtype != SJ_FLOAT32 && dtype != SJ_FLOAT64)
		return sj__fail(SJ_UNIMPLEMENTED, "indexed slices of %s have no dense form yet", sj_dtype_name(dtype));
	sj_status status = sj__tensor_zeros("indexed slices", slices, &dense);
	if (status != SJ_OK)
		return status;
	size_t size = sj_dtype_size(dtype);
	int64_t n_rows = indices->shape.size, row_size = n_rows > 0 ? values->shape.size / n_rows : 0;
	for (int64_t i = 0; i < n_rows; i++) {
		int64_t row = sj__element_as_int64((sj_dtype)indices->dtype, indices->data, i);
		row_add(dtype, (char *)dense->data + (size_t)(row * row_size) * size,
		        (const char *)values->data + (size_t)(i * row_size) * size, row_size);
	}
	*ret_dense = dense;
	return SJ_OK;
}

const sj_tensor *sj__slices_dense_kept(const sj_tensor *slices)
{
	struct sj__slices *parts = slices->slices;
	sj_tensor *known = __atomic_load_n(&parts->dense, __ATOMIC_ACQUIRE), *dense;
	if (known != NULL || sj__slices_dense((sj_tensor *)slices, &dense) != SJ_OK)
		return known;
	if (__atomic_compare_exchange_n(&parts->dense, &known, dense, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return dense;
	sj__drop(dense); /* another thread was faster */
	return known;
}

/* One after the other, along the first dimension. Both of dtype `dtype`. */
static sj_status concatenate(sj_tensor *a, sj_tensor *b, sj_tensor **ret_both)
{
	int64_t dims[SJ_MAX_RANK];
	memcpy(dims, sj__dims(a), sizeof(int64_t) * (size_t)a->shape.rank);
	dims[0] += sj__dims(b)[0];
	sj_status status = sj__tensor_make("indexed slices", (sj_dtype)a->dtype, a->shape.rank, dims, ret_both);
	if (status != SJ_OK)
		return status;
	size_t size = sj_dtype_size((sj_dtype)a->dtype), n_a = (size_t)a->shape.size * size;
	memcpy((*ret_both)->data, a->data, n_a);
	memcpy((char *)(*ret_both)->data + n_a, b->data, (size_t)b->shape.size * size);
	return SJ_OK;
}

/* Row numbers as a vector of int64. */
static sj_status indices_widen(const sj_tensor *indices, sj_tensor **ret_wide)
{
	int64_t n = indices->shape.size;
	sj_status status = sj__tensor_make("indexed slices", SJ_INT64, 1, &n, ret_wide);
	for (int64_t i = 0; status == SJ_OK && i < n; i++)
		((int64_t *)(*ret_wide)->data)[i] = sj__element_as_int64((sj_dtype)indices->dtype, indices->data, i);
	return status;
}

sj_status sj__slices_join(sj_tensor *a, sj_tensor *b, sj_tensor **ret_slices)
{
	sj_tensor *values = NULL, *wide_a = NULL, *wide_b = NULL, *indices = NULL;
	sj_status status = concatenate(a->slices->values, b->slices->values, &values);
	if (status == SJ_OK)
		status = indices_widen(a->slices->indices, &wide_a);
	if (status == SJ_OK)
		status = indices_widen(b->slices->indices, &wide_b);
	if (status == SJ_OK)
		status = concatenate(wide_a, wide_b, &indices);
	if (status == SJ_OK)
		status = sj__slices_new(values, indices, a->shape.rank, sj__dims(a), ret_slices);
	sj__drop(values);
	sj__drop(wide_a);
	sj__drop(wide_b);
	sj__drop(indices);
	return status;
}

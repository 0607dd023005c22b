/*
 * Indexed slices: the gradient of a gather, kept as rows and their numbers until something needs it dense. A handle with
 * SJ__FLAG_SLICES has the dense shape; operations see its dense form.
 */
#ifndef SOKUJI_TENSOR_SLICES_H
#define SOKUJI_TENSOR_SLICES_H

#include "tensor/tensor.h"

/* A handle of the dense shape; takes its own references. values: [n, dims[1:]], indices: [n], int32 or int64, each in [0, dims[0]). */
sj_status sj__slices_new(sj_tensor *values, sj_tensor *indices, int rank, const int64_t *dims, sj_tensor **ret_slices);

/* The same of parts that are checked first; of those of a graph only the types are. */
sj_status sj__slices_checked(sj_tensor *values, sj_tensor *indices, int rank, const int64_t *dims,
                             sj_tensor **ret_slices);

/* Borrowed parts. */
sj_tensor *sj__slices_values(const sj_tensor *slices);
sj_tensor *sj__slices_indices(const sj_tensor *slices);
/* Whether a part belongs to a graph and has no value yet. */
bool sj__slices_are_symbolic(const sj_tensor *slices);

/* The dense tensor, an own reference: rows added in the order of the indices. */
sj_status sj__slices_dense(sj_tensor *slices, sj_tensor **ret_dense);

/* The same, borrowed: made once and kept as long as the slices; NULL (and a message) without memory. */
const sj_tensor *sj__slices_dense_kept(const sj_tensor *slices);

/* Both one after the other: the sum of two slices of one shape. */
sj_status sj__slices_join(sj_tensor *a, sj_tensor *b, sj_tensor **ret_slices);

/* Ends what the handle holds; called with the handle's last reference. */
void sj__slices_destroy(struct sj__slices *slices);

#endif

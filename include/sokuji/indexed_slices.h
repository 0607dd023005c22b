/*
 * Indexed slices: a tensor most of whose rows are 0, kept as the others and their numbers. The gradient of a gather is one.
 *
 * They are tensors: dtype, rank and dimensions are those of the dense form; looking at the elements (sj_tensor_data, sj_tensor_item, printing)
 * and every operation see that form, made on demand. Optimizers touch only the rows that are there. TensorFlow: tf.IndexedSlices.
 */
#ifndef SOKUJI_INDEXED_SLICES_H
#define SOKUJI_INDEXED_SLICES_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

/*
 * Row indices[i] of a tensor of `dense_shape` is the sum of the rows values[i] that name it, all other rows are 0. values: float32 or float64,
 * (n, dense_shape[1:]); indices: int32 or int64, (n), each in [0, dense_shape[0]). Neither is copied. The result belongs to the open scope; no
 * tape looks through it. InvalidArgument when shapes or indices do not fit; of a graph's tensors only the dtypes are looked at, and the rest when
 * the graph runs.
 */
SJ_PUBLIC sj_tensor *sj_indexed_slices(sj_tensor *values, sj_tensor *indices, sj_ints dense_shape);

/* False for NULL, nil, released handles and all other tensors. */
SJ_PUBLIC bool sj_tensor_is_indexed_slices(const sj_tensor *tensor);

/*
 * The rows, and their numbers: tensors of the open scope. An index may come several times. nil and a sticky InvalidArgument for any other
 * tensor. The dense shape is sj_tensor_dims.
 */
SJ_PUBLIC sj_tensor *sj_indexed_slices_values(const sj_tensor *slices);
SJ_PUBLIC sj_tensor *sj_indexed_slices_indices(const sj_tensor *slices);

SJ_END_DECLARATIONS

#endif

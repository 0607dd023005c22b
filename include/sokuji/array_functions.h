/*
 * Functions over the operations that move elements: those that TensorFlow has only in Python, and those whose operation has a list before its
 * last argument. Like the operations, each returns a tensor of the open scope, or nil with a sticky error, and can be differentiated.
 * An axis may count from the end.
 */
#ifndef SOKUJI_ARRAY_FUNCTIONS_H
#define SOKUJI_ARRAY_FUNCTIONS_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

/* ---- make ---- */

/* Zeros (false, empty strings) and ones (true; not for strings) of a dtype and shape. TensorFlow: tf.zeros, tf.ones. */
SJ_PUBLIC sj_tensor *sj_zeros(sj_dtype dtype, sj_ints shape);
SJ_PUBLIC sj_tensor *sj_ones(sj_dtype dtype, sj_ints shape);

/* (rows, columns): ones on the diagonal, else zeros. columns < 0: as many as rows. Not for strings. TensorFlow: tf.eye. */
SJ_PUBLIC sj_tensor *sj_eye(sj_dtype dtype, int64_t rows, int64_t columns);

/* The int64 vector start, start + 1, … up to and without limit; empty when limit is not above start. TensorFlow: tf.range. */
SJ_PUBLIC sj_tensor *sj_range_i64(int64_t start, int64_t limit);

/*
 * The coordinates of a grid: n tensors, each of rank 0 or 1, whose lengths are the grid's dimensions; ret_grids[i] is values[i] repeated along
 * all dimensions but i. xy: the first two dimensions change places, as x and y of a picture do (NumPy's and TensorFlow's default). On failure
 * the error sticks and ret_grids is untouched. TensorFlow: tf.meshgrid, with indexing 'xy' or 'ij'.
 */
SJ_PUBLIC sj_status sj_meshgrid(int64_t n, sj_tensor *const *values, bool xy, sj_tensor **ret_grids);

/* ---- join and put in order ---- */

/*
 * The n tensors one after the other along `axis`, which may count from the end. They agree in dtype and in all other dimensions.
 * InvalidArgument when they do not, for scalars, and when n is 0. TensorFlow: ConcatV2, tf.concat.
 */
SJ_PUBLIC sj_tensor *sj_concat(int64_t n, sj_tensor *const *values, int64_t axis);

/*
 * result[indices[m][i]] = data[m][i]: n int32 tensors of row numbers and n of data, data[m]'s shape beginning with indices[m]'s, all of one
 * dtype and with one shape of rows. Later ones win; the result has as many rows as the greatest number says, and rows that nobody
 * gives are zeros. It puts together again what sj_dynamic_partition took apart. TensorFlow: DynamicStitch.
 */
SJ_PUBLIC sj_tensor *sj_dynamic_stitch(int64_t n, sj_tensor *const *indices, sj_tensor *const *data);

/* ---- reshape and repeat ---- */

/* The first `first` dimensions as they are (1: the batch), all others as one. TensorFlow: tf.layers.flatten. */
SJ_PUBLIC sj_tensor *sj_flatten(sj_tensor *tensor, int64_t first);

/* Each slice along the axis `count` times, one copy after the other: [a, b] gives [a, a, b, b]. TensorFlow: tf.repeat. */
SJ_PUBLIC sj_tensor *sj_repeat(sj_tensor *tensor, int64_t count, int64_t axis);

/* ---- choose ---- */

/*
 * The slices of tensor's dimensions from `axis` on where the bool mask is true, one after the other in one dimension; the mask's shape (rank 1
 * or more) is that of those dimensions. TensorFlow: tf.boolean_mask.
 */
SJ_PUBLIC sj_tensor *sj_boolean_mask(sj_tensor *tensor, sj_tensor *mask, int64_t axis);

/*
 * lengths' shape + (max_length): true in the first lengths[…] places of the last dimension. lengths: int32 or int64; max_length < 0: the greatest
 * of them. TensorFlow: tf.sequence_mask.
 */
SJ_PUBLIC sj_tensor *sj_sequence_mask(sj_tensor *lengths, int64_t max_length);

/*
 * Rows of a table by number: ids' shape + row shape. The table is in n parts, row i being row i / n of part i % n; one part is the table
 * itself. ids: int32 or int64. InvalidArgument when one is no row. TensorFlow: tf.nn.embedding_lookup with strategy 'mod'.
 */
SJ_PUBLIC sj_tensor *sj_embedding_lookup(int64_t n, sj_tensor *const *params, sj_tensor *ids);

SJ_END_DECLARATIONS

#endif

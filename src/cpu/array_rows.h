/* Folding one row of numbers into another, by dtype: what segments, scatters, scans and sums of many tensors are made of. */
#ifndef SOKUJI_CPU_ARRAY_ROWS_H
#define SOKUJI_CPU_ARRAY_ROWS_H

#include "tensor/tensor.h"

enum sj__fold { SJ__FOLD_SUM, SJ__FOLD_SUBTRACT, SJ__FOLD_PROD, SJ__FOLD_MAX, SJ__FOLD_MIN, SJ__FOLDS };

/* result[i] = result[i] fold row[i]; integers wrap. The rows do not overlap. */
typedef void sj__row_function(int64_t n, const void *row, void *result);

/* The function of a real dtype (bool: sum is "or", product is "and"); NULL for others. */
sj__row_function *sj__row_fold(sj_dtype dtype, enum sj__fold fold);

/* The element that a fold begins with: 0, 1, the lowest or the highest finite number. */
const void *sj__fold_start(sj_dtype dtype, enum sj__fold fold);

#endif

/* The iris data for the examples: 150 flowers, split at random into 112 to learn from and 38 to check with. */
#ifndef EXAMPLES_IRIS_H
#define EXAMPLES_IRIS_H

#include "options.h"

enum { IRIS_TRAIN = 112, IRIS_FEATURES = 4, IRIS_CLASSES = 3 };

typedef struct iris_data {
	sj_tensor *train_x, *train_y; /* (112, 4) float32, (112) int32 */
	sj_tensor *valid_x, *valid_y; /* (38, 4), (38) */
} iris_data;

/* Tensors of the open scope, nil without the files. The split follows the global random seed. */
static inline iris_data iris_load(const char *folder)
{
	sj_tensor *rows[] = {sj_csv_read(path_of(folder, "iris/iris_training.csv").text, .skip_lines = 1),
	                     sj_csv_read(path_of(folder, "iris/iris_test.csv").text, .skip_lines = 1)};
	sj_tensor *all = sj_concat(2, rows, 0); /* (150, 5) */
	sj_tensor *x = sj_slice(all, SJ_INTS(0, 0), SJ_INTS(-1, IRIS_FEATURES));
	sj_tensor *y = sj_cast(sj_reshape(sj_slice(all, SJ_INTS(0, IRIS_FEATURES), SJ_INTS(-1, 1)), SJ_INTS(-1)),
	                       SJ_INT32);
	sj_tensor *order = sj_permutation(sj_ok() ? sj_tensor_dim(all, 0) : 0);
	sj_tensor *train = sj_slice(order, SJ_INTS(0), SJ_INTS(IRIS_TRAIN));
	sj_tensor *valid = sj_slice(order, SJ_INTS(IRIS_TRAIN), SJ_INTS(-1));
	return (iris_data){sj_gather(x, train), sj_gather(y, train), sj_gather(x, valid), sj_gather(y, valid)};
}

#endif

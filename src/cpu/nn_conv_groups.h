/* Convolutions in groups: the channels are cut into equal parts, each convolved with filters of its own. */
#ifndef SOKUJI_CPU_NN_CONV_GROUPS_H
#define SOKUJI_CPU_NN_CONV_GROUPS_H

#include "cpu/conv.h"
#include "ops/op.h"

/* Images or a filter, seen as a matrix whose columns are the channels that are cut. */
typedef struct sj__conv_matrix_view {
	void *data;
	int64_t rows, columns;
} sj__conv_matrix_view;

/* One of the three convolutions of whole (ungrouped) channels: result from a and b. */
typedef sj_status sj__conv_step(const sj__call *call, const sj__conv_geometry *g, const void *a, const void *b,
                                void *result);

/* Runs the step for each group on copies of its columns; g has all channels. With one group it is the step itself. */
sj_status sj__conv_in_groups(const sj__call *call, const sj__conv_geometry *g, int64_t n_groups, sj__conv_step *step,
                             sj__conv_matrix_view a, sj__conv_matrix_view b, sj__conv_matrix_view result);

#endif

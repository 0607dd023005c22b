/* What the kernels of volumes share: floats as float64, whatever the dtype. */
#ifndef SOKUJI_CPU_VOLUME_H
#define SOKUJI_CPU_VOLUME_H

#include "ops/volume.h"

/* A tensor's elements in float64: its own bytes, or a copy that the caller frees through *ret_copy (which is NULL then). */
sj_status sj__volume_take(const sj_tensor *t, const double **ret_values, double **ret_copy);

/* Where a result in float64 is made, all zeros: the tensor itself, or scratch that sj__volume_put brings into it and frees. */
sj_status sj__volume_room(sj_tensor *t, double **ret_values);
void sj__volume_put(sj_tensor *t, double *values);

#endif

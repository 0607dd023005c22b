/* Windows that slide over volumes (n, d, h, w, c): what the rules and kernels of three-dimensional convolutions and pooling share. */
#ifndef SOKUJI_OPS_VOLUME_H
#define SOKUJI_OPS_VOLUME_H

#include "ops/window.h"

enum { SJ__VOLUME_RANK = 5 };

typedef struct sj__volume {
	int64_t n, in_c, out_c; /* pooling: the same channels */
	sj__window w[3];        /* depth, height, width */
} sj__volume;

/* Checks the attributes of a convolution of these dimensions (parts may be unknown) and works out its windows. */
sj_status sj__volume_of_convolution(const sj__call *call, const int64_t *input, const int64_t *filter,
                                    sj__volume *ret_volume);

/* The same of a pooling operation. */
sj_status sj__volume_of_pooling(const sj__call *call, const int64_t *input, sj__volume *ret_volume);

/* The dimensions of the output. */
void sj__volume_output(const sj__volume *v, int64_t dims[SJ__VOLUME_RANK]);

#endif

/* The kernels that rows name. One declaration a kernel; each stands in the file of its family. */
#ifndef SOKUJI_CPU_KERNELS_H
#define SOKUJI_CPU_KERNELS_H

#include "ops/op.h"

/* elementwise.c */
sj_status sj__kernel_binary_division(sj__call *call);
sj_status sj__kernel_binary_power(sj__call *call);

/* matmul.c */
sj_status sj__kernel_matmul(sj__call *call);

/* reduce.c */
sj_status sj__kernel_reduce_sum(sj__call *call);
sj_status sj__kernel_reduce_mean(sj__call *call);

/* shape.c */
sj_status sj__kernel_reshape(sj__call *call);
sj_status sj__kernel_broadcast_to(sj__call *call);

#endif

/* What a program can set for the whole process: threads, memory, interruption. Also how much memory is in use. */
#ifndef SOKUJI_SETTINGS_H
#define SOKUJI_SETTINGS_H

#include <stdint.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

/* "0.1.0" */
SJ_PUBLIC const char *sj_version(void);

/* Threads that large kernels use, the calling one included; results do not depend on it. n < 1: the container's quota again. */
SJ_PUBLIC void sj_set_threads(int n);
SJ_PUBLIC int sj_threads(void);

/* Bytes that tensors and all else may take; beyond it operations fail with ResourceExhausted. n < 0: the machine's or container's memory. */
SJ_PUBLIC void sj_set_memory_limit(int64_t n_bytes);
SJ_PUBLIC int64_t sj_memory_limit(void);
/* Bytes in use now, and the most there ever were. */
SJ_PUBLIC int64_t sj_memory_in_use(void);
SJ_PUBLIC int64_t sj_memory_peak(void);
/* Gives cached memory that is not in use back to the operating system. */
SJ_PUBLIC void sj_memory_trim(void);

/*
 * Asks running kernels to stop; safe in a signal handler. The operation fails with Cancelled, as do later long ones, and nothing else has changed, until
 * sj_cancel_clear.
 */
SJ_PUBLIC void sj_cancel(void);
SJ_PUBLIC void sj_cancel_clear(void);

/*
 * Whether the gradients of sqrt, rsqrt and reciprocal are 0 wherever what comes from above is 0, also at 0 and for nan (TensorFlow 2, the
 * default), or 0 * inf = nan there (TensorFlow 1).
 */
SJ_PUBLIC void sj_set_zero_gradients(bool zero);

SJ_END_DECLARATIONS

#endif

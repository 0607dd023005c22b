/*
 * The library's clock: monotonic, in nanoseconds from an arbitrary start; a test can put its own in place. Independent of
 * everything else.
 */
#ifndef SOKUJI_CLOCK_H
#define SOKUJI_CLOCK_H

#include <stdint.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

typedef int64_t sj_clock_function(void);

/* Nanoseconds; never decreases while the clock is not changed. */
SJ_PUBLIC int64_t sj_clock_ns(void);

/* From now on the time is what `clock` returns; NULL: the machine's monotonic clock again. `clock` may be called from any thread. */
SJ_PUBLIC void sj_set_clock(sj_clock_function *clock);

SJ_END_DECLARATIONS

#endif

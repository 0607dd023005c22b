/* Time, injected: a monotonic clock that tests may replace. */
#ifndef SOKUJI_BASE_CLOCK_H
#define SOKUJI_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some fixed moment; never goes back. */
int64_t sj__clock_ns(void);

/* Replaces the clock; NULL puts the machine's back. The function may be called on any thread. */
void sj__clock_set(int64_t (*clock_ns)(void));

#endif

/* The public face of the clock: two names that forward. */
#include <sokuji/clock.h>

#include "base/clock.h"

int64_t sj_clock_ns(void) { return sj__clock_ns(); }

void sj_set_clock(sj_clock_function *clock) { sj__clock_set(clock); }

/* The monotonic clock behind a pointer, so that tests decide what time it is. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t (*clock_of_test)(void);

int64_t sj__clock_ns(void)
{
	int64_t (*replaced)(void) = __atomic_load_n(&clock_of_test, __ATOMIC_ACQUIRE);
	if (replaced != NULL)
		return replaced();
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sj__clock_set(int64_t (*clock_ns)(void)) { __atomic_store_n(&clock_of_test, clock_ns, __ATOMIC_RELEASE); }

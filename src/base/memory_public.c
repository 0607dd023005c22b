/* The public face of the allocator: two names that forward. */
#include <sokuji/memory.h>

#include "base/memory.h"

void *sj_memory_new(size_t n_bytes) { return sj__memory_new(n_bytes); }

void sj_memory_free(void *block) { sj__memory_free(block); }

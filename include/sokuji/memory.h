/*
 * Plain blocks from the library's one allocator, for code that sees public headers only: they count towards the memory
 * limit and meet the injected failures of tests. Independent of tensors and scopes: a block lives until it is freed.
 */
#ifndef SOKUJI_MEMORY_H
#define SOKUJI_MEMORY_H

#include <stddef.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

/*
 * A block of at least n_bytes, 64-byte aligned, uninitialised; a valid pointer also for 0 bytes. NULL when memory is
 * exhausted; the message of that failure is sj_error_message's until the next one, but it does not stick.
 */
SJ_PUBLIC void *sj_memory_new(size_t n_bytes);

/* Gives a block back, from any thread; NULL is ignored. */
SJ_PUBLIC void sj_memory_free(void *block);

SJ_END_DECLARATIONS

#endif

/* The registered decompressor, asked for by readers. */
#ifndef SOKUJI_IO_INFLATE_H
#define SOKUJI_IO_INFLATE_H

#include <stdint.h>

#include "base/status.h"
#include "sokuji/inflate.h"

/*
 * Decompresses n bytes into at most n_most bytes, to be freed with sj__memory_free. FailedPrecondition when no decompressor is
 * registered. Nothing sticks.
 */
sj_status sj__inflate(sj_compression compression, const uint8_t *bytes, int64_t n, int64_t n_most, uint8_t **ret_bytes,
                      int64_t *ret_n);

/* The most that deflate can make of n bytes. */
int64_t sj__inflate_bound(int64_t n);

#endif

/*
 * CRC-32C (Castagnoli), which TensorFlow's checkpoints and record files carry: by the processor's instruction where there is one, else by
 * tables. Stored values are "masked", since a CRC of bytes that hold CRCs is weak.
 */
#ifndef SOKUJI_IO_CRC32C_H
#define SOKUJI_IO_CRC32C_H

#include <stdbool.h>

#include "io/crc32.h"

typedef struct sj__crc32c {
	uint32_t value; /* of the bytes so far */
	bool has_instruction;
	sj__crc32 crc; /* tables; not filled in where the instruction is there */
} sj__crc32c;

void sj__crc32c_begin(sj__crc32c *crc);
void sj__crc32c_add(sj__crc32c *crc, const void *bytes, int64_t n);

/* The masked value of the bytes. */
uint32_t sj__crc32c_masked(const void *bytes, int64_t n);
uint32_t sj__crc32c_mask(uint32_t value);

/* For tests: false forces the tables. */
void sj__crc32c_begin_with(sj__crc32c *crc, bool has_instruction);

#endif

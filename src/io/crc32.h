/* CRC-32 as zip and gzip use it (polynomial 0xEDB88320 reflected), eight bytes a step. */
#ifndef SOKUJI_IO_CRC32_H
#define SOKUJI_IO_CRC32_H

#include <stdint.h>

/* The tables are computed at begin (a few microseconds), so that nothing of the process is written. */
typedef struct sj__crc32 {
	uint32_t value; /* of the bytes so far */
	uint32_t tables[8][256];
} sj__crc32;

void sj__crc32_begin(sj__crc32 *crc);
/* Another polynomial, reflected (crc32c.h). */
void sj__crc32_begin_with(sj__crc32 *crc, uint32_t polynomial);
void sj__crc32_add(sj__crc32 *crc, const void *bytes, int64_t n);

#endif

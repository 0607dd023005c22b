/* CRC-32 by slicing into eight tables (Kounavis and Berry: A systematic approach to building high performance CRC generators, 2005). */
#include "io/crc32.h"

#include <string.h>

static uint32_t byte_value(uint32_t polynomial, uint32_t byte)
{
	for (int bit = 0; bit < 8; bit++)
		byte = byte >> 1 ^ (byte & 1 ? polynomial : 0);
	return byte;
}

void sj__crc32_begin(sj__crc32 *crc) { sj__crc32_begin_with(crc, 0xEDB88320u); }

void sj__crc32_begin_with(sj__crc32 *crc, uint32_t polynomial)
{
	crc->value = 0;
	for (uint32_t i = 0; i < 256; i++)
		crc->tables[0][i] = byte_value(polynomial, i);
	for (int k = 1; k < 8; k++)
		for (int i = 0; i < 256; i++) {
			uint32_t before = crc->tables[k - 1][i];
			crc->tables[k][i] = before >> 8 ^ crc->tables[0][before & 255];
		}
}

void sj__crc32_add(sj__crc32 *crc, const void *bytes, int64_t n)
{
	const uint8_t *at = bytes;
	uint32_t value = ~crc->value;
	for (; n >= 8; n -= 8, at += 8) {
		uint32_t low, high;
		memcpy(&low, at, 4);
		memcpy(&high, at + 4, 4);
		low ^= value;
		value = crc->tables[7][low & 255] ^ crc->tables[6][low >> 8 & 255] ^ crc->tables[5][low >> 16 & 255] ^
		        crc->tables[4][low >> 24] ^ crc->tables[3][high & 255] ^ crc->tables[2][high >> 8 & 255] ^
		        crc->tables[1][high >> 16 & 255] ^ crc->tables[0][high >> 24];
	}
	for (; n > 0; n--, at++)
		value = value >> 8 ^ crc->tables[0][(value ^ *at) & 255];
	crc->value = ~value;
}

/*
 * Philox4x32-10 (Salmon, Moraes, Dror and Shaw: Parallel random numbers, as easy as 1, 2, 3, 2011) as pure functions, and
 * what TensorFlow makes of its words.
 *
 * A stream is a 64-bit key and a 128-bit counter; each counter value gives one group of four 32-bit words, so any part of
 * the stream can be computed alone. Words become numbers by bits only: no rounding decides them.
 */
#ifndef SOKUJI_BASE_PHILOX_H
#define SOKUJI_BASE_PHILOX_H

#include <stdint.h>

#include "base/compiler.h"

#define SJ__PHILOX_M0 0xD2511F53u
#define SJ__PHILOX_M1 0xCD9E8D57u
#define SJ__PHILOX_W0 0x9E3779B9u
#define SJ__PHILOX_W1 0xBB67AE85u

/* Where in which stream: `low` and `high` are the counter. */
typedef struct sj__philox {
	uint64_t key, high, low;
} sj__philox;

/* The stream n groups on. */
static SJ_ALWAYS_INLINE sj__philox sj__philox_skip(sj__philox stream, uint64_t n)
{
	stream.low += n;
	stream.high += stream.low < n;
	return stream;
}

/* The group of four words at the stream's counter. */
static SJ_ALWAYS_INLINE void sj__philox_group(sj__philox stream, uint32_t words[4])
{
	uint32_t k0 = (uint32_t)stream.key, k1 = (uint32_t)(stream.key >> 32);
	uint32_t c0 = (uint32_t)stream.low, c1 = (uint32_t)(stream.low >> 32);
	uint32_t c2 = (uint32_t)stream.high, c3 = (uint32_t)(stream.high >> 32);
	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)SJ__PHILOX_M0 * c0, b = (uint64_t)SJ__PHILOX_M1 * c2;
		c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)b;
		c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)a;
		k0 += SJ__PHILOX_W0;
		k1 += SJ__PHILOX_W1;
	}
	words[0] = c0;
	words[1] = c1;
	words[2] = c2;
	words[3] = c3;
}

/* [0, 1): 23 bits of the word as the fraction of a float in [1, 2), less 1. */
static SJ_ALWAYS_INLINE float sj__unit_float(uint32_t word)
{
	union {
		uint32_t bits;
		float value;
	} pun = {(word & 0x7fffffu) | 0x3f800000u};
	return pun.value - 1;
}

/* [0, 1): 20 bits of the first word above the 32 of the second. */
static SJ_ALWAYS_INLINE double sj__unit_double(uint32_t first, uint32_t second)
{
	union {
		uint64_t bits;
		double value;
	} pun = {(uint64_t)(first & 0xfffffu) << 32 | second | 0x3ff0000000000000u};
	return pun.value - 1;
}

#endif

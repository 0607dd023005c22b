/* float16 and bfloat16 to and from float32, by bits: rounded to nearest even, the same on every machine. */
#ifndef SOKUJI_CPU_ARRAY_HALF_H
#define SOKUJI_CPU_ARRAY_HALF_H

#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

static SJ_ALWAYS_INLINE uint32_t sj__float_bits(float x)
{
	uint32_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static SJ_ALWAYS_INLINE float sj__float_of_bits(uint32_t bits)
{
	float x;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

static SJ_ALWAYS_INLINE float sj__half_to_float(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
	if (exponent == 31)
		return sj__float_of_bits(sign | 0x7f800000 | fraction << 13);
	if (exponent == 0)
		return sj__float_of_bits(sign | sj__float_bits((float)fraction * 0x1p-24f));
	return sj__float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

static SJ_ALWAYS_INLINE uint16_t sj__float_to_half(float x)
{
	uint32_t bits = sj__float_bits(x), magnitude = bits & 0x7fffffff;
	uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
	if (magnitude > 0x7f800000)
		return sign | 0x7e00;
	if (magnitude >= 0x477ff000) /* rounds to 65536 or more */
		return sign | 0x7c00;
	if (magnitude >= 0x38800000) /* normal */
		return (uint16_t)(sign | (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
	if (magnitude < 0x33000000) /* below half of the least subnormal */
		return sign;
	int shift = 126 - (int)(magnitude >> 23); /* 14 .. 24 */
	uint32_t fraction = (magnitude & 0x7fffff) | 0x800000;
	uint32_t kept = fraction >> shift, rest = fraction & ((1u << shift) - 1), middle = 1u << (shift - 1);
	return (uint16_t)(sign | (kept + (rest > middle || (rest == middle && (kept & 1)))));
}

static SJ_ALWAYS_INLINE float sj__bfloat16_to_float(uint16_t x) { return sj__float_of_bits((uint32_t)x << 16); }

static SJ_ALWAYS_INLINE uint16_t sj__float_to_bfloat16(float x)
{
	uint32_t bits = sj__float_bits(x);
	if (x != x)
		return (uint16_t)((bits >> 16 & 0x8000) | 0x7fc0);
	return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#endif

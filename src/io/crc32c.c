/* CRC-32C: eight bytes an instruction on x86-64 with SSE 4.2, eight bytes a step of table look-ups elsewhere. */
#include "io/crc32c.h"

#include <string.h>

#define POLYNOMIAL 0x82F63B78u

#if defined(__x86_64__)
static bool has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2"))) static uint32_t add_by_instruction(uint32_t value, const uint8_t *at, int64_t n)
{
	uint64_t wide = value;
	for (; n >= 8; n -= 8, at += 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		wide = __builtin_ia32_crc32di(wide, word);
	}
	for (; n > 0; n--, at++)
		wide = __builtin_ia32_crc32qi((uint32_t)wide, *at);
	return (uint32_t)wide;
}
#else
static bool has_instruction(void) { return false; }
static uint32_t add_by_instruction(uint32_t value, const uint8_t *at, int64_t n)
{
	(void)at, (void)n;
	return value;
}
#endif

void sj__crc32c_begin_with(sj__crc32c *crc, bool instruction)
{
	crc->value = 0;
	crc->has_instruction = instruction && has_instruction();
	if (!crc->has_instruction)
		sj__crc32_begin_with(&crc->crc, POLYNOMIAL);
}

void sj__crc32c_begin(sj__crc32c *crc) { sj__crc32c_begin_with(crc, true); }

void sj__crc32c_add(sj__crc32c *crc, const void *bytes, int64_t n)
{
	if (crc->has_instruction) {
		crc->value = ~add_by_instruction(~crc->value, bytes, n);
		return;
	}
	crc->crc.value = crc->value;
	sj__crc32_add(&crc->crc, bytes, n);
	crc->value = crc->crc.value;
}

uint32_t sj__crc32c_mask(uint32_t value) { return (value >> 15 | value << 17) + 0xA282EAD8u; }

uint32_t sj__crc32c_masked(const void *bytes, int64_t n)
{
	sj__crc32c crc;
	sj__crc32c_begin(&crc);
	sj__crc32c_add(&crc, bytes, n);
	return sj__crc32c_mask(crc.value);
}

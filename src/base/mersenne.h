/*
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded and read as CPython's random.Random does it, since
 * TensorFlow draws the seeds of operations from one.
 */
#ifndef SOKUJI_BASE_MERSENNE_H
#define SOKUJI_BASE_MERSENNE_H

#include <stdint.h>

enum { SJ__MERSENNE_WORDS = 624 };

typedef struct sj__mersenne {
	uint32_t words[SJ__MERSENNE_WORDS];
	int at; /* the next word to give; SJ__MERSENNE_WORDS: new ones are due */
} sj__mersenne;

/* random.Random(seed). */
void sj__mersenne_seed(sj__mersenne *m, int64_t seed);

/* getrandbits(32). */
uint32_t sj__mersenne_word(sj__mersenne *m);

/* randint(0, n - 1) for 1 <= n < 2^32. */
uint32_t sj__mersenne_below(sj__mersenne *m, uint32_t n);

#endif

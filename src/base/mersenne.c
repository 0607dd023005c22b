/* MT19937 as CPython seeds and reads it. */
#include "base/mersenne.h"

enum { N = SJ__MERSENNE_WORDS, M = 397 };

static void seed_with_word(sj__mersenne *m, uint32_t seed)
{
	m->words[0] = seed;
	for (int i = 1; i < N; i++)
		m->words[i] = 1812433253u * (m->words[i - 1] ^ m->words[i - 1] >> 30) + (uint32_t)i;
	m->at = N;
}

/* The authors' init_by_array. */
static void seed_with_words(sj__mersenne *m, const uint32_t *key, int n)
{
	int i = 1, j = 0;
	seed_with_word(m, 19650218u);
	for (int k = N > n ? N : n; k > 0; k--) {
		m->words[i] = (m->words[i] ^ (m->words[i - 1] ^ m->words[i - 1] >> 30) * 1664525u) + key[j] +
		              (uint32_t)j;
		i++;
		j = j + 1 < n ? j + 1 : 0;
		if (i == N) {
			m->words[0] = m->words[N - 1];
			i = 1;
		}
	}
	for (int k = N - 1; k > 0; k--) {
		m->words[i] = (m->words[i] ^ (m->words[i - 1] ^ m->words[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
		i++;
		if (i == N) {
			m->words[0] = m->words[N - 1];
			i = 1;
		}
	}
	m->words[0] = 0x80000000u;
}

/* CPython's key is the absolute value in 32-bit digits, the lowest first. */
void sj__mersenne_seed(sj__mersenne *m, int64_t seed)
{
	uint64_t magnitude = seed < 0 ? 0 - (uint64_t)seed : (uint64_t)seed;
	uint32_t key[2] = {(uint32_t)magnitude, (uint32_t)(magnitude >> 32)};
	seed_with_words(m, key, key[1] != 0 ? 2 : 1);
}

static void words_renew(sj__mersenne *m)
{
	for (int i = 0; i < N; i++) {
		uint32_t y = (m->words[i] & 0x80000000u) | (m->words[(i + 1) % N] & 0x7fffffffu);
		m->words[i] = m->words[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
	}
	m->at = 0;
}

uint32_t sj__mersenne_word(sj__mersenne *m)
{
	if (m->at >= N)
		words_renew(m);
	uint32_t y = m->words[m->at++];
	y ^= y >> 11;
	y ^= y << 7 & 0x9d2c5680u;
	y ^= y << 15 & 0xefc60000u;
	return y ^ y >> 18;
}

/* As many bits as n has, until they are below n. */
uint32_t sj__mersenne_below(sj__mersenne *m, uint32_t n)
{
	int n_bits = 32 - __builtin_clz(n);
	uint32_t value;
	do {
		value = sj__mersenne_word(m) >> (32 - n_bits);
	} while (value >= n);
	return value;
}

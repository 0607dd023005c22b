/*
 * Buckets of strings by their hash: StringToHashBucketFast is FarmHash's Fingerprint64, StringToHashBucketStrong is SipHash-2-4 under a key, and
 * StringToHashBucket is MurmurHash64A as TensorFlow seeds it. The first is written after Geoff Pike's description of FarmHash (farmhashna).
 */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/string.h"
#include "ops_numbers.h"

/* ---- words ---- */

typedef struct pair {
	uint64_t first, second;
} pair;

static const uint64_t k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f;

/* Up to eight bytes, the first one lowest. */
static uint64_t bytes_at(const char *s, int64_t n)
{
	uint64_t word = 0;
	for (int64_t i = 0; i < n; i++)
		word |= (uint64_t)(uint8_t)s[i] << 8 * i;
	return word;
}

static uint64_t at(const char *s) { return bytes_at(s, 8); }
static uint64_t right(uint64_t v, int n) { return v >> n | v << (64 - n); }
static uint64_t left(uint64_t v, int n) { return right(v, 64 - n); }
static uint64_t mixed(uint64_t v) { return v ^ v >> 47; }
static uint64_t of_two(uint64_t u, uint64_t v, uint64_t mul) { return mixed((v ^ mixed((u ^ v) * mul)) * mul) * mul; }

/* ---- FarmHash ---- */

static uint64_t farm_to_16(const char *s, int64_t n)
{
	uint64_t mul = k2 + (uint64_t)n * 2;
	if (n >= 8) {
		uint64_t a = at(s) + k2, b = at(s + n - 8);
		return of_two(right(b, 37) * mul + a, (right(a, 25) + b) * mul, mul);
	}
	if (n >= 4)
		return of_two((uint64_t)n + (bytes_at(s, 4) << 3), bytes_at(s + n - 4, 4), mul);
	if (n == 0)
		return k2;
	uint64_t y = bytes_at(s, 1) + (bytes_at(s + n / 2, 1) << 8), z = (uint64_t)n + (bytes_at(s + n - 1, 1) << 2);
	return mixed(y * k2 ^ z * k0) * k2;
}

static uint64_t farm_to_64(const char *s, int64_t n)
{
	uint64_t mul = k2 + (uint64_t)n * 2, a = at(s) * (n <= 32 ? k1 : k2), b = at(s + 8);
	uint64_t c = at(s + n - 8) * mul, d = at(s + n - 16) * k2;
	uint64_t y = right(a + b, 43) + right(c, 30) + d, z = of_two(y, a + right(b + k2, 18) + c, mul);
	if (n <= 32)
		return z;
	uint64_t e = at(s + 16) * mul, f = at(s + 24), g = (y + at(s + n - 32)) * mul, h = (z + at(s + n - 24)) * mul;
	return of_two(right(e + f, 43) + right(g, 30) + h, e + right(f + a, 18) + g, mul);
}

static pair of_32(const char *s, uint64_t a, uint64_t b)
{
	a += at(s);
	b = right(b + a + at(s + 24), 21);
	uint64_t c = a;
	a += at(s + 8) + at(s + 16);
	return (pair){a + at(s + 24), b + right(a, 44) + c};
}

typedef struct farm {
	uint64_t x, y, z;
	pair v, w;
} farm;

/* Takes 64 bytes in. `weight` is 1 but for the last ones, where it is 9. */
static void farm_step(farm *f, const char *s, uint64_t mul, uint64_t weight)
{
	uint64_t x = right(f->x + f->y + f->v.first + at(s + 8), 37) * mul,
		 y = right(f->y + f->v.second + at(s + 48), 42) * mul;
	x ^= f->w.second * weight;
	y += f->v.first * weight + at(s + 40);
	uint64_t z = right(f->z + f->w.first, 33) * mul;
	f->v = of_32(s, f->v.second * mul, x + f->w.first);
	f->w = of_32(s + 32, z + f->w.second, y + at(s + 16));
	*f = (farm){z, y, x, f->v, f->w};
}

static uint64_t farm_hash(const char *s, int64_t n, const uint64_t *key)
{
	(void)key;
	if (n <= 64)
		return n <= 16 ? farm_to_16(s, n) : farm_to_64(s, n);
	farm f = {.x = 81 * k2 + at(s), .y = 81 * k1 + 113};
	f.z = mixed(f.y * k2 + 113) * k2;
	for (int64_t i = 0; i < (n - 1) / 64; i++)
		farm_step(&f, s + 64 * i, k1, 1);
	uint64_t mul = k1 + ((f.z & 0xff) << 1);
	f.w.first += (uint64_t)(n - 1) & 63;
	f.v.first += f.w.first;
	f.w.first += f.v.first;
	farm_step(&f, s + n - 64, mul, 9);
	return of_two(of_two(f.v.first, f.w.first, mul) + mixed(f.y) * k0 + f.z,
	              of_two(f.v.second, f.w.second, mul) + f.x, mul);
}

/* ---- SipHash-2-4 (Aumasson and Bernstein) ---- */

static void sip_rounds(uint64_t *v, int n)
{
	for (; n > 0; n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = left(v[1], 13) ^ v[0];
		v[3] = left(v[3], 16) ^ v[2];
		v[0] = left(v[0], 32) + v[3];
		v[2] += v[1];
		v[1] = left(v[1], 17) ^ v[2];
		v[3] = left(v[3], 21) ^ v[0];
		v[2] = left(v[2], 32);
	}
}

static uint64_t sip_hash(const char *s, int64_t n, const uint64_t *key)
{
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
	                 key[1] ^ 0x7465646279746573};
	for (int64_t i = 0; i <= n / 8; i++) {
		uint64_t word = i < n / 8 ? at(s + 8 * i) : bytes_at(s + 8 * i, n % 8) | (uint64_t)n << 56;
		v[3] ^= word;
		sip_rounds(v, 2);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- MurmurHash64A (Austin Appleby) ---- */

static uint64_t murmur_hash(const char *s, int64_t n, const uint64_t *key)
{
	(void)key;
	const uint64_t m = 0xc6a4a7935bd1e995;
	uint64_t h = 0xdecafcaffe ^ (uint64_t)n * m;
	for (int64_t i = 0; i < n / 8; i++) {
		uint64_t k = at(s + 8 * i) * m;
		h = (h ^ (k ^ k >> 47) * m) * m;
	}
	if (n % 8 != 0)
		h = (h ^ bytes_at(s + n / 8 * 8, n % 8)) * m;
	h = mixed(h) * m;
	return mixed(h);
}

/* ---- buckets ---- */

static sj_status into_buckets(sj__call *call, int64_t n_buckets,
                              uint64_t (*hash)(const char *s, int64_t n, const uint64_t *key), const uint64_t *key)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	for (int64_t i = 0; i < x->shape.size && !sj__cancelled(); i++) {
		const sj__string *s = sj__strings(x) + i;
		((int64_t *)y->data)[i] = (int64_t)(hash(sj__string_bytes(s), s->length, key) % (uint64_t)n_buckets);
	}
	return SJ_OK;
}

sj_status sj__kernel_string_to_hash_bucket_fast(sj__call *call)
{
	return into_buckets(call, ((const sj_string_to_hash_bucket_fast_args *)call->args)->num_buckets, farm_hash,
	                    NULL);
}

sj_status sj__kernel_string_to_hash_bucket(sj__call *call)
{
	return into_buckets(call, ((const sj_string_to_hash_bucket_args *)call->args)->num_buckets, murmur_hash, NULL);
}

sj_status sj__kernel_string_to_hash_bucket_strong(sj__call *call)
{
	const sj_string_to_hash_bucket_strong_args *args = call->args;
	uint64_t key[2] = {(uint64_t)args->key.data[0], (uint64_t)args->key.data[1]}; /* the rule has checked them */
	return into_buckets(call, args->num_buckets, sip_hash, key);
}

/* Stores past the caches, and the loops that use them. Other processors than x86-64 get the plain loops. */
#include "cpu/elementwise_stream.h"

#include <string.h>

#include "tensor/handle.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

enum {
	CACHE_LINE = 64,
	BLOCK = 512, /* elements */
	LARGEST_ELEMENT = 8,
	STREAMED_LEAST = 16 << 20, /* bytes; with the operands more than a last-level cache has for one program */
};

typedef struct block {
	_Alignas(CACHE_LINE) char bytes[BLOCK * LARGEST_ELEMENT];
} block;

bool sj__streams(const sj_op *op, const sj_tensor *x, const sj_tensor *y, const sj_tensor *z)
{
#if defined(__x86_64__)
	return (op->flags & SJ__OP_LIGHT) != 0 && z->shape.size * (int64_t)sj__dtype_size(z->dtype) >= STREAMED_LEAST &&
	       (x == NULL || x->data != z->data) && (y == NULL || y->data != z->data);
#else
	return (void)op, (void)x, (void)y, (void)z, false;
#endif
}

#if defined(__x86_64__)
static SJ_ALWAYS_INLINE void write_line(char *to, const char *from)
{
	const __m128i *quarter = (const __m128i *)from;
	__m128i a = quarter[0], b = quarter[1], c = quarter[2], d = quarter[3];
	_mm_stream_si128((__m128i *)to, a);
	_mm_stream_si128((__m128i *)to + 1, b);
	_mm_stream_si128((__m128i *)to + 2, c);
	_mm_stream_si128((__m128i *)to + 3, d);
}
#else
static void write_line(char *to, const char *from) { memcpy(to, from, CACHE_LINE); }
#endif

void sj__stream_write(char *to, const char *from, int64_t n_bytes, const sj__stream_next *next)
{
	const char *x = next->x, *y = next->y;
	int64_t whole = n_bytes & -CACHE_LINE, n = sj__max_i64(whole, next->n);
	for (int64_t i = 0; i < n; i += CACHE_LINE, x += next->x_line, y += next->y_line) {
		__builtin_prefetch(x);
		__builtin_prefetch(y);
		if (i < whole)
			write_line(to + i, from + i);
	}
	memcpy(to + whole, from + whole, (size_t)(n_bytes - whole));
}

void sj__stream_end(void)
{
#if defined(__x86_64__)
	_mm_sfence();
#endif
}

void sj__stream_unary(sj__unary_loop *loop, int64_t n, const char *x, char *z, int64_t size_in, int64_t size_out)
{
	block b;
	if ((uintptr_t)z % CACHE_LINE != 0) {
		loop(n, x, z);
		return;
	}
	for (int64_t i = 0; i < n; i += BLOCK) {
		int64_t count = sj__min_i64(BLOCK, n - i);
		const char *after = x + (i + count) * size_in;
		loop(count, x + i * size_in, b.bytes);
		sj__stream_write(z + i * size_out, b.bytes, count * size_out,
		                 &(sj__stream_next){after, after, CACHE_LINE, CACHE_LINE, count * size_in});
	}
	sj__stream_end();
}

void sj__stream_binary(sj__binary_loop *loop, int64_t n, const char *x, int64_t stride_x, const char *y,
                       int64_t stride_y, char *z, int64_t size_in, int64_t size_out)
{
	block b;
	if ((uintptr_t)z % CACHE_LINE != 0) {
		loop(n, x, stride_x, y, stride_y, z);
		return;
	}
	for (int64_t i = 0; i < n; i += BLOCK) {
		int64_t count = sj__min_i64(BLOCK, n - i);
		const char *at_x = x + i * stride_x * size_in, *at_y = y + i * stride_y * size_in;
		sj__stream_next next = {at_x + count * stride_x * size_in, at_y + count * stride_y * size_in,
		                        stride_x * CACHE_LINE, stride_y * CACHE_LINE, count * size_in};
		loop(count, at_x, stride_x, at_y, stride_y, b.bytes);
		sj__stream_write(z + i * size_out, b.bytes, count * size_out, &next);
	}
	sj__stream_end();
}

/* Remainders and scalar operands for elementwise loops that only run over whole blocks. */
#include "cpu/elementwise.h"

enum { BLOCK = 512, LARGEST_ELEMENT = 8 };

typedef struct block {
	_Alignas(64) char bytes[BLOCK * LARGEST_ELEMENT];
} block;

typedef struct padded_rest {
	_Alignas(64) char bytes[SJ__LOOP_STEP * LARGEST_ELEMENT];
} padded_rest;

/* Copies n < SJ__LOOP_STEP elements and fills the step up with zeros. */
static SJ_ALWAYS_INLINE const void *rest_padded(padded_rest *rest, const void *x, int64_t n, size_t size)
{
	memset(rest->bytes, 0, sizeof(rest->bytes));
	memcpy(rest->bytes, x, (size_t)n * size);
	return rest->bytes;
}

void sj__loop_unary_padded(sj__unary_loop *whole, int64_t n, const void *x, void *y, size_t size_x, size_t size_y)
{
	int64_t main = n & -SJ__LOOP_STEP, rest = n - main;
	padded_rest in, out;
	if (main > 0)
		whole(main, x, y);
	if (rest > 0) {
		whole(SJ__LOOP_STEP, rest_padded(&in, (const char *)x + (size_t)main * size_x, rest, size_x),
		      out.bytes);
		memcpy((char *)y + (size_t)main * size_y, out.bytes, (size_t)rest * size_y);
	}
}

static void full_padded(sj__full_loop *whole, int64_t n, const char *x, const char *y, char *z, size_t size_in,
                        size_t size_out)
{
	int64_t main = n & -SJ__LOOP_STEP, rest = n - main;
	size_t done_in = (size_t)main * size_in, done_out = (size_t)main * size_out;
	padded_rest in_x, in_y, out;
	if (main > 0)
		whole(main, x, y, z);
	if (rest > 0) {
		whole(SJ__LOOP_STEP, rest_padded(&in_x, x + done_in, rest, size_in),
		      rest_padded(&in_y, y + done_in, rest, size_in), out.bytes);
		memcpy(z + done_out, out.bytes, (size_t)rest * size_out);
	}
}

/* The element repeated n times, doubling what is there. */
static const char *spread(block *b, const void *x, int64_t n, size_t size)
{
	size_t done = size, all = (size_t)n * size;
	memcpy(b->bytes, x, size);
	for (; done < all; done *= 2)
		memcpy(b->bytes + done, b->bytes, done * 2 <= all ? done : all - done);
	return b->bytes;
}

static SJ_ALWAYS_INLINE void blocks_run(sj__full_loop *loop, bool padded, int64_t n, const char *x, int64_t stride_x,
                                        const char *y, int64_t stride_y, char *z, size_t size_in, size_t size_out)
{
	block scalars; /* one at most: two scalar operands make one element, whose strides do not matter */
	int64_t length = n < BLOCK ? n : BLOCK;
	if (!stride_x)
		x = spread(&scalars, x, length, size_in);
	else if (!stride_y)
		y = spread(&scalars, y, length, size_in);
	for (int64_t i = 0; i < n; i += BLOCK) {
		int64_t count = n - i < BLOCK ? n - i : BLOCK;
		const char *at_x = x + (size_t)(i * stride_x) * size_in, *at_y = y + (size_t)(i * stride_y) * size_in;
		if (padded)
			full_padded(loop, count, at_x, at_y, z + (size_t)i * size_out, size_in, size_out);
		else
			loop(count, at_x, at_y, z + (size_t)i * size_out);
	}
}

void sj__loop_binary_expanded(sj__full_loop *full, int64_t n, const void *x, int64_t stride_x, const void *y,
                              int64_t stride_y, void *z, size_t size_in, size_t size_out)
{
	if (n <= 1 || (stride_x & stride_y))
		full(n, x, y, z);
	else
		blocks_run(full, false, n, x, stride_x, y, stride_y, z, size_in, size_out);
}

void sj__loop_binary_padded(sj__full_loop *whole, int64_t n, const void *x, int64_t stride_x, const void *y,
                            int64_t stride_y, void *z, size_t size_in, size_t size_out)
{
	if (n <= 1 || (stride_x & stride_y))
		full_padded(whole, n, x, y, z, size_in, size_out);
	else
		blocks_run(whole, true, n, x, stride_x, y, stride_y, z, size_in, size_out);
}

/* The row side by side with itself, doubling what is there. */
static void row_repeat(block *b, const char *row, size_t row_bytes, size_t all)
{
	memcpy(b->bytes, row, row_bytes);
	for (size_t done = row_bytes; done < all; done *= 2)
		memcpy(b->bytes + done, b->bytes, done * 2 <= all ? done : all - done);
}

void sj__loop_binary_repeated(sj__binary_loop *loop, int64_t n, int64_t row, size_t size, const void *x, bool repeats_x,
                              const void *y, void *z)
{
	block repeated;
	const char *const narrow = repeats_x ? x : y, *const wide = repeats_x ? y : x;
	const char *side = narrow;
	int64_t step = row;
	if (row <= BLOCK / 2) {
		step = sj__min_i64(BLOCK / row * row, n);
		row_repeat(&repeated, narrow, (size_t)row * size, (size_t)step * size);
		side = repeated.bytes;
	}
	for (int64_t i = 0; i < n; i += step) {
		int64_t count = sj__min_i64(step, n - i);
		const char *at = wide + (size_t)i * size;
		loop(count, repeats_x ? side : at, 1, repeats_x ? at : side, 1, (char *)z + (size_t)i * size);
	}
}

/*
 * Large results past the caches: a store to a line that is in no cache reads the line first, a third of what an addition moves. So
 * blocks are computed in the first-level cache by the usual loops, and written from there with stores that read nothing.
 */
#ifndef SOKUJI_CPU_ELEMENTWISE_STREAM_H
#define SOKUJI_CPU_ELEMENTWISE_STREAM_H

#include "ops/op.h"

/* What is read next: one line for each line written, since a processor fetches no page ahead by itself. */
typedef struct sj__stream_next {
	const char *x, *y; /* the bytes behind those of this block */
	int64_t x_line;    /* CACHE_LINE or, where there is nothing to fetch, 0 */
	int64_t y_line;
	int64_t n; /* bytes of an operand in a block */
} sj__stream_next;

/*
 * Whether the operation does little but move bytes, and z is so large that nobody finds it in a cache and lies in no operand's place (NULL:
 * none). Writing a block is a time without arithmetic, which only such operations can spare.
 */
bool sj__streams(const sj_op *op, const sj_tensor *x, const sj_tensor *y, const sj_tensor *z);
/* Writes n_bytes to `to`; both begin at a cache line. */
void sj__stream_write(char *to, const char *from, int64_t n_bytes, const sj__stream_next *next);
/* Before other threads read what was written. */
void sj__stream_end(void);

/* Loops block by block. A z that does not begin at a cache line gets the loop itself. */
void sj__stream_unary(sj__unary_loop *loop, int64_t n, const char *x, char *z, int64_t size_in, int64_t size_out);
void sj__stream_binary(sj__binary_loop *loop, int64_t n, const char *x, int64_t stride_x, const char *y,
                       int64_t stride_y, char *z, int64_t size_in, int64_t size_out);

#endif

/* The loops that draw numbers, one table per instruction set, with the same bits from each. */
#ifndef SOKUJI_CPU_RANDOM_LOOPS_H
#define SOKUJI_CPU_RANDOM_LOOPS_H

#include "base/philox.h"

/* What is drawn, and how many numbers of it a group of four words gives: 4 of float32, 2 of float64. */
typedef enum sj__draw { SJ__DRAW_UNIFORM, SJ__DRAW_NORMAL, SJ__DRAW_TRUNCATED_NORMAL, SJ__DRAWS } sj__draw;

/*
 * n numbers from the stream's counter on, which stands at a group of the draw. The part that begins at number i, a multiple of
 * the numbers of a group, stands sj__draw_groups(draw, dtype, i) groups on.
 */
typedef void sj__draw_loop(sj__philox stream, int64_t n, void *y);

enum { SJ__RANDOM_CHUNK = 32 };

typedef struct sj__random_loops {
	/* n_chunks times SJ__RANDOM_CHUNK groups of words, each `stride` counts from the one before. */
	void (*words)(sj__philox stream, uint64_t stride, int64_t n_chunks, uint32_t *words);
	sj__draw_loop *draw[2][SJ__DRAWS]; /* float32, float64 */
} sj__random_loops;

extern const sj__random_loops sj__random_loops_plain, sj__random_loops_avx2, sj__random_loops_avx512;

/* The table of the instruction set in use. */
const sj__random_loops *sj__random_loops_now(void);

/* TensorFlow's kernels reserve so many groups for each number they make, however few it takes. */
enum { SJ__GROUPS_RESERVED = 256 };

#endif

/* The update rules' loops, one table per instruction set. */
#ifndef SOKUJI_CPU_OPTIMIZER_LOOPS_H
#define SOKUJI_CPU_OPTIMIZER_LOOPS_H

#include <stdint.h>

#include "sokuji/update.h"

/* n elements of a variable, of up to three slots and of the gradient. */
typedef void sj__update_loop(const sj_update *u, int64_t n, void *var, void *slot0, void *slot1, void *slot2,
                             const void *g);

typedef struct sj__update_loops {
	sj__update_loop *of[2][SJ_UPDATE_RULES]; /* float32, float64 */
} sj__update_loops;

extern const sj__update_loops sj__update_loops_plain, sj__update_loops_avx2, sj__update_loops_avx512;

#endif

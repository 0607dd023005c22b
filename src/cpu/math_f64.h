/*
 * The elementary functions for float64, gathered: each family's header says how near the exact values it comes. Most are
 * within 1 unit in the last place. Branch-free (sin, cos and tan: see math_trig.h; remainders: see math_divide.h): a plain
 * loop over a call vectorises, with the same bits at every vector width.
 */
#ifndef SOKUJI_CPU_MATH_F64_H
#define SOKUJI_CPU_MATH_F64_H

#include "cpu/math_arc.h"
#include "cpu/math_divide.h"
#include "cpu/math_exp.h"
#include "cpu/math_log.h"
#include "cpu/math_special.h"
#include "cpu/math_trig.h"

static SJ_ALWAYS_INLINE double sj__sqrt(double x) { return __builtin_sqrt(x); }

/* 1 / sqrt(x), with the rounding errors of the root and the quotient mended; x is scaled to keep those normal. */
static SJ_ALWAYS_INLINE double sj__rsqrt(double x)
{
	int small = x<0x1p-500, large = x> 0x1p500;
	double scaled = x * (small ? 0x1p600 : large ? 0x1p-600 : 1), root = __builtin_sqrt(scaled), y = 1 / root;
	sj__pair square = sj__multiply_exact(root, root), one = sj__multiply_exact(y, root);
	double rest = ((1 - one.hi) - one.lo) - 0.5 * y * (y * ((scaled - square.hi) - square.lo));
	y = ((y < SJ__INFINITY) & (y > 0)) ? y + y * rest : y;
	return y * (small ? 0x1p300 : large ? 0x1p-300 : 1);
}

#endif

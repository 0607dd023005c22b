/* One element of float32 or float64 memory, computed with in float64. */
#ifndef SOKUJI_CPU_FLOAT_ELEMENT_H
#define SOKUJI_CPU_FLOAT_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

static SJ_ALWAYS_INLINE double sj__float_get(const void *x, int64_t i, bool single)
{
	return single ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static SJ_ALWAYS_INLINE void sj__float_put(void *y, int64_t i, double value, bool single)
{
	if (single)
		((float *)y)[i] = (float)value;
	else
		((double *)y)[i] = value;
}

#endif

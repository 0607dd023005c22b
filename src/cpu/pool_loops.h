/* Pooling over one image, one table per instruction set. All give the same bits. */
#ifndef SOKUJI_CPU_POOL_LOOPS_H
#define SOKUJI_CPU_POOL_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* Images are (in_h, in_w, channels); NCHW is taken as images of one channel. Every window has a pixel inside the image. */
typedef struct sj__pool_geometry {
	int64_t images, in_h, in_w, channels, out_h, out_w;
	int64_t window_h, window_w, stride_h, stride_w, pad_top, pad_left;
} sj__pool_geometry;

/* Of the channels [c0, c1), at most SJ__POOL_CHANNELS, of one image. Of equal maxima the first in the window counts; NaN is largest. */
enum { SJ__POOL_CHANNELS = 128 };

typedef struct sj__pool_loops {
	void (*max)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, void *y);
	/* Where the maxima are: (h * in_w + w) * channels + c. */
	void (*max_places)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, int64_t *places);
	/* dx, already zero, += dy at the maxima. */
	void (*max_grad)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, const void *dy, void *dx);
	/* y = d, of x's shape, at the maxima of x. */
	void (*max_take)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, const void *d, void *y);
	/* Of floats only. Padding does not count. */
	void (*average)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, void *y);
	void (*average_grad)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *dy, void *dx);
} sj__pool_loops;

/* In the order of enum sj__loop_type; the faster builds have float32 and float64 alone. */
enum { SJ__POOL_TYPES = 7 };
extern SJ_HIDDEN const sj__pool_loops sj__pool_plain[SJ__POOL_TYPES], sj__pool_avx2[2], sj__pool_avx512[2];

#endif

/*
 * What the convolution drivers share, and what the batch-in-lanes one asks of an instruction set. There, sixteen images lie
 * side by side: [row][column][channel][image], so that a vector holds one channel of one pixel of several images; strides,
 * dilations and few channels cost nothing.
 */
#ifndef SOKUJI_CPU_CONV_KERNELS_H
#define SOKUJI_CPU_CONV_KERNELS_H

#include "cpu/conv.h"
#include "cpu/gemm_kernels.h"

enum {
	SJ__CONV_GROUP = 16, /* images side by side */
	SJ__CONV_PIXELS = 3  /* pixels of a tile with a batch in lanes, the same on every instruction set */
};

/*
 * One direction of a convolution that brings source pixels to destination pixels: forward from x to y, backward from dy to
 * dx. Along one axis destination d and tap t meet at source (d * multiplier + origin + t * step) / divisor, if that division
 * leaves no rest and the source exists.
 */
typedef struct sj__conv_axis {
	int64_t n_source, n_destination, n_taps;
	int64_t multiplier, divisor, origin, step;
} sj__conv_axis;

typedef struct sj__conv_direction {
	bool backward;
	int64_t n, source_c, destination_c; /* images, channels */
	sj__conv_axis y, x;
	const void *source, *filter;
	void *destination;
	const void *bias; /* NULL backward */
	bool relu;
} sj__conv_direction;

/* The directions of a geometry. */
sj__conv_direction sj__conv_forward(const sj__conv_geometry *g, const void *x, const void *filter, void *y,
                                    const void *bias, bool relu);
sj__conv_direction sj__conv_backward(const sj__conv_geometry *g, const void *dy, const void *filter, void *dx);

/* The source that meets destination d through tap t, or -1. */
int64_t sj__conv_meet(const sj__conv_axis *axis, int64_t d, int64_t t);

/* Convolutions as products of matrices whose rows are gathered panel by panel; any element type. */
sj_status sj__conv_matrix(const sj__conv_direction *d, const sj__gemm_kernels *kernels);
sj_status sj__conv_matrix_filter(const sj__conv_geometry *g, const void *x, const void *dy, void *dfilter,
                                 const sj__gemm_kernels *kernels);

/* Adds elements [begin, end) of matrices 1 to n_chunks - 1, `size` elements each, to those of the first, in order. */
void sj__conv_add_chunks(const sj__gemm_kernels *kernels, int64_t n_chunks, int64_t size, char *sums, int64_t begin,
                         int64_t end);

/* The filter's gradient from x and dy where they lie; sj__conv_lines_fit says whether that is the faster way. */
bool sj__conv_lines_fit(const sj__conv_geometry *g);
sj_status sj__conv_lines_filter(const sj__conv_geometry *g, const void *x, const void *dy, void *dfilter,
                                const sj__gemm_kernels *kernels);

/* float32 with a batch in lanes. sj__conv_lanes_fit says whether that is the faster way; the geometry alone decides. */
bool sj__conv_lanes_fit(const sj__conv_direction *d);
sj_status sj__conv_lanes(const sj__conv_direction *d);

/* A tap that a tile sums over: where its source pixel lies, in floats from the tile's, and its place in the filter panel. */
typedef struct sj__lanes_tap {
	int64_t source, filter;
} sj__lanes_tap;

/* The sums for `rows` channels of a few pixels, for all images of a group. */
typedef struct sj__lanes_tile {
	int rows, pixels;
	int64_t n_taps, n_channels; /* to sum over */
	const sj__lanes_tap *tap;
	const float *source; /* [channel][image] of the first pixel */
	int64_t source_step; /* floats to the next pixel */
	const float *filter; /* [tap][channel][row] */
	float *destination;  /* [row][image] of the first pixel */
	int64_t destination_step;
	bool add, relu;
	const float *bias; /* (rows) or NULL */
} sj__lanes_tile;

typedef struct sj__lanes_kernels {
	int64_t rows; /* the most in a tile */
	void (*tile)(const sj__lanes_tile *t);
	/* row[r][i] = lanes[i * SJ__CONV_GROUP + r] for r < n_rows, i < n. */
	void (*scatter)(const float *lanes, int64_t n_rows, int64_t n, float *const *row);
} sj__lanes_kernels;

extern const sj__lanes_kernels sj__lanes_plain, sj__lanes_avx2, sj__lanes_avx512;

#endif

/* Loops over rows that normalise, one table per instruction set, each for float32 and float64. All give the same bits. */
#ifndef SOKUJI_CPU_NORMALIZE_LOOPS_H
#define SOKUJI_CPU_NORMALIZE_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* What batch normalisation has for each channel. */
typedef struct sj__channel_numbers {
	const double *shift, *factor, *offset, *slope;
} sj__channel_numbers;

/* Rows are contiguous; columns >= 1. Sums are kept in float64, in an order that the number of columns alone fixes. */
typedef struct sj__normalize_loops {
	/* y = exp(x - max) / sum, or its logarithm. */
	void (*softmax)(int64_t rows, int64_t columns, bool logarithm, const void *x, void *y);
	/* loss (rows) = sum(labels (log(sum(exp(x))) - x)); backprop = softmax(x) - labels. */
	void (*cross_entropy)(int64_t rows, int64_t columns, const void *x, const void *labels, void *loss,
	                      void *backprop);
	/* The same for one-hot labels, given as the places of their ones, each in [0, columns). */
	void (*sparse_cross_entropy)(int64_t rows, int64_t columns, const void *x, const int64_t *labels, void *loss,
	                             void *backprop);
	/* y[r][c] = x[r][c] + bias[c], or, across, + bias[0], bias[1], … a row (columns is then a row's length). */
	void (*add_bias)(int64_t rows, int64_t columns, bool across, const void *x, const void *bias, void *y);
	/* sums[c] += the sum over r of x[r][c]. */
	void (*add_rows)(int64_t rows, int64_t columns, const void *x, double *sums);
	/* The sum of the elements (squared, less `shift`). */
	double (*sum)(int64_t n, const void *x);
	double (*sum_squares)(int64_t n, const void *x, double shift);
	/* sums[c] += (x[r][c] - shift[c])^2. */
	void (*add_squares)(int64_t rows, int64_t columns, const void *x, const double *shift, double *sums);
	/* sums[c] += d[r][c], products[c] += d[r][c] (x[r][c] - shift[c]); or of a single channel, with columns counting its elements. */
	void (*add_products)(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
	                     const double *shift, double *sums, double *products);
	/* y = (x - shift[c]) factor[c] + offset[c]; c = 0 throughout for one channel. */
	void (*scale_shift)(int64_t rows, int64_t columns, bool one_channel, const void *x,
	                    const sj__channel_numbers *n, void *y);
	/* y = (d - offset[c] - (x - shift[c]) slope[c]) factor[c]. */
	void (*scale_grad)(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
	                   const sj__channel_numbers *n, void *y);
} sj__normalize_loops;

extern SJ_HIDDEN const sj__normalize_loops sj__normalize_plain[2], sj__normalize_avx2[2], sj__normalize_avx512[2];

/* The table of this machine for float32 (single) or float64. */
const sj__normalize_loops *sj__normalize_loops_of(bool single);

#endif

/*
 * What the driver of matrix products (gemm.c) asks of an instruction set: a table of functions for each element type. The
 * driver decides what is computed where; the functions only compute.
 */
#ifndef SOKUJI_CPU_GEMM_KERNELS_H
#define SOKUJI_CPU_GEMM_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/gemm.h"
#include "cpu/isa.h"

/* The arguments of sj__gemm_f32 or sj__gemm_f64. */
typedef struct sj__gemm {
	bool transpose_a, transpose_b, accumulate, relu;
	int64_t m, n, k;
	const void *a;
	int64_t lda;
	const void *b;
	int64_t ldb;
	void *c;
	int64_t ldc;
	const void *bias;
} sj__gemm;

enum { SJ__GEMM_RUN_ROWS = 12 }; /* at least the rows of any register tile */

/* Terms that lie side by side in every row of a register tile, where they lie; a tile lower than others repeats a row. */
typedef struct sj__gemm_run {
	int64_t n;
	const void *row[SJ__GEMM_RUN_ROWS];
} sj__gemm_run;

/* Memory that is needed soon: `n` rows of `bytes`, `step` bytes apart. It is asked for while something else is computed. */
typedef struct sj__gemm_ahead {
	const char *from;
	int64_t n, bytes, step;
} sj__gemm_ahead;

/*
 * One block: c (n_rows, n_columns) gets the sums over n_k <= SJ__GEMM_BLOCK terms, by adding or by storing.
 * a: panels of rows_of(vectors) rows, the last one filled up with anything: [panel][k][row of the panel]; or NULL, and the runs of
 * as many rows, one tile's after the other's, n_k terms each.
 * b: panels of `vectors` vectors of columns, the last one filled up with anything: [panel][k][column of the panel].
 */
typedef struct sj__gemm_block {
	int64_t n_rows, n_columns, n_k, vectors;
	const void *a, *b;
	const sj__gemm_run *run;
	void *c;                 /* element (0, 0) */
	const int64_t *c_offset; /* (n_rows): elements from c to the beginning of each row */
	bool add;
	const void *bias; /* (n_columns) or NULL; given with the last block of k only, like relu */
	bool relu;
	sj__gemm_ahead ahead; /* what is needed behind this block */
} sj__gemm_block;

/* A run of elements to copy. */
typedef struct sj__piece {
	int64_t from, to, length;
} sj__piece;

/* Terms side by side in a product of matrices that lie as they are: how many, and where the first is, in elements from a. */
typedef struct sj__gemm_line {
	int64_t n, a;
} sj__gemm_line;

/*
 * c (n_rows, n_columns) gets the sums over all terms of all lines, by adding or by storing. Row r of a line's term p lies at
 * a + line.a + p * a_step + r; if there are fewer rows than in a tile, as many as in a tile are read. The lines' terms follow each other in b.
 * The last n_turned columns, at most SJ__GEMM_MOST_TURNED, are summed with rows in the lanes; then there are at least `lanes` rows and
 * SJ__GEMM_MOST_TURNED columns.
 */
enum { SJ__GEMM_MOST_TURNED = 4 };
typedef struct sj__gemm_lines {
	int64_t n_rows, n_columns, n_turned, n_lines, vectors; /* of a tile, at most */
	const sj__gemm_line *line;
	const void *a, *b;
	int64_t a_step, b_step;
	void *c;
	int64_t c_row;
	bool add;
} sj__gemm_lines;

typedef struct sj__gemm_kernels {
	int64_t element;                     /* bytes */
	int64_t lanes, most_vectors;         /* in a panel */
	int64_t (*rows_of)(int64_t vectors); /* of a tile from a panel of so many vectors */
	int64_t rows, columns;               /* of one tile from unpacked matrices */

	/* Computes the given part of c from a and b where they lie. Needs no scratch memory. */
	void (*direct)(const sj__gemm *g, int64_t row_begin, int64_t row_end, int64_t column_begin, int64_t column_end);
	/* The same, for m, n, k below SJ__GEMM_BLOCK and b not transposed; element (r, p) of a at r * a_row + p * a_term. */
	void (*tiny)(int64_t m, int64_t n, int64_t k, const void *a, int64_t a_row, int64_t a_term, const void *b,
	             int64_t ldb, void *c, int64_t ldc, bool add, const void *bias, bool relu);
	/* The same, for m * n * k up to SJ__GEMM_FEW, c without gaps. */
	void (*few)(int64_t m, int64_t n, int64_t k, const void *a, int64_t a_row, int64_t a_term, const void *b,
	            int64_t ldb, void *c);
	/* The same for matrices of two by two, none of which has gaps. */
	void (*two_by_two)(const void *a, const void *b, void *c);
	/* Packs a's rows [row, row + n_rows) and terms [k, k + n_k) as sj__gemm_block wants them. */
	void (*pack_a)(const sj__gemm *g, int64_t row, int64_t n_rows, int64_t k, int64_t n_k, int64_t height,
	               void *packed);
	void (*pack_b)(const sj__gemm *g, int64_t column, int64_t n_columns, int64_t k, int64_t n_k, int64_t width,
	               void *packed);
	void (*block)(const sj__gemm_block *b);
	void (*lines)(const sj__gemm_lines *l);
	/* packed[i * step + r] = row[r][i] for r < n_rows, i < n. */
	void (*interleave)(const void *const *row, int64_t n_rows, int64_t n, void *packed, int64_t step);
	/* Depthwise: out[c * multiplier + j] += a[c] * b[c * multiplier + j]; and out[c] += a[…] * b[…], j ascending. */
	void (*spread)(const void *a, const void *b, int64_t n_c, int64_t multiplier, void *out);
	void (*collect)(const void *a, const void *b, int64_t n_c, int64_t multiplier, void *out);
	/* packed[i * step + to + j] = source[i * source_step + from + j] for j < length, each piece, i < n. */
	void (*copy_pieces)(const void *source, int64_t source_step, const sj__piece *piece, int64_t n_pieces,
	                    int64_t n, void *packed, int64_t step);
} sj__gemm_kernels;

/*
 * A product some of whose parts come from elsewhere (a convolution's): pack_a stands for the table's, c_offset says where
 * each row of c begins, in elements. Either may be NULL.
 */
typedef struct sj__gemm_source {
	void (*pack_a)(const struct sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t k, int64_t n_k,
	               int64_t height, void *packed);
	void (*c_offset)(const struct sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t *ret_offset);
	/* Stands for the table's pack_b, for one panel of columns. */
	void (*pack_b)(const struct sj__gemm_source *source, int64_t column, int64_t n_columns, int64_t k, int64_t n_k,
	               int64_t width, void *packed);
	/* Instead of packing, the runs of a block; false where there are more than `most` (or packing is better). May be NULL. */
	bool (*find_runs)(const struct sj__gemm_source *source, int64_t row, int64_t n_rows, int64_t k, int64_t n_k,
	                  int64_t height, int64_t most, sj__gemm_run *ret_run);
} sj__gemm_source;

/* The product from packed panels. SJ_RESOURCE_EXHAUSTED: c is untouched. Sizes may be 0. */
sj_status sj__gemm_packed(const sj__gemm *g, const sj__gemm_kernels *kernels, const sj__gemm_source *source);

/* How many vectors a panel had best have for so many columns. */
int64_t sj__gemm_vectors(const sj__gemm_kernels *kernels, int64_t n_columns);

/* The table of the instruction set in use. */
extern SJ_HIDDEN const sj__gemm_kernels *const sj__gemm_f32_tables[];
static SJ_ALWAYS_INLINE const sj__gemm_kernels *sj__gemm_f32_kernels(void) { return sj__gemm_f32_tables[sj__isa()]; }
const sj__gemm_kernels *sj__gemm_f64_kernels(void);

extern const sj__gemm_kernels sj__gemm_f32_plain, sj__gemm_f32_avx2, sj__gemm_f32_avx512;
extern const sj__gemm_kernels sj__gemm_f64_plain, sj__gemm_f64_avx2, sj__gemm_f64_avx512;

#endif

/*
 * The hot loops of the linear algebra as a table for each instruction set. linalg_vector.c is compiled once for each;
 * all tables give the same bits, since no fused multiply-add enters and sums run on eight fixed lanes.
 */
#ifndef SOKUJI_CPU_LINALG_VECTOR_H
#define SOKUJI_CPU_LINALG_VECTOR_H

#include <stdbool.h>
#include <stdint.h>

/* The members do what the functions of linalg_core.h named sj__vector_… , sj__matrix_… and sj__reflector_… say. */
typedef struct sj__linalg_vector {
	double (*dot)(int64_t n, const double *x, const double *y);
	void (*add_scaled)(int64_t n, double scale, const double *x, double *y);
	void (*rotate)(int64_t n, double c, double s, double *x, double *y);
	void (*reflector_apply)(int64_t m, int64_t n, const double *v, double tau, double *a, int64_t lda);
	void (*subtract_product)(int64_t m, int64_t n, int64_t k, const double *a, int64_t lda, const double *b,
	                         int64_t ldb, bool transpose_b, double *c, int64_t ldc);
} sj__linalg_vector;

extern const sj__linalg_vector sj__linalg_vector_plain;
#if defined(__x86_64__)
extern const sj__linalg_vector sj__linalg_vector_avx2, sj__linalg_vector_avx512;
#endif

#endif

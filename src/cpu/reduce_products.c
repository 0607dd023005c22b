/*
 * The products of all elements but one, and their derivatives of any order: what the gradients of Prod are made of. An element
 * x + e_1 t_1 + … + e_m t_m (with e_a^2 = 0) is a vector of 2^m coefficients, one for each subset of the directions; products
 * from the left and from the right give all results in linear time, and no division, so zeros do no harm.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/reduce.h"
#include "ops/rules.h"

enum { COEFFICIENTS = 1 << SJ__PROD_DIRECTIONS };

typedef struct line {
	int64_t n;              /* elements in the line */
	const int64_t *offsets; /* of them, from the line's first */
	int n_tensors;          /* the operand and its directions */
	int n_coefficients;
	double *left; /* n + 1 products of the elements before each */
} line;

/* a times (x + e_1 t_1 + …): from the largest subset down, so that a may be the result. */
static void multiply(const line *l, double *a, const double *element)
{
	for (int s = l->n_coefficients - 1; s >= 0; s--) {
		double sum = a[s] * element[0];
		for (int d = 1; d < l->n_tensors; d++)
			if (s >> (d - 1) & 1)
				sum += a[s & ~(1 << (d - 1))] * element[d];
		a[s] = sum;
	}
}

/* The coefficient of e_1 … e_m in a b. */
static double last_of_product(const line *l, const double *a, const double *b)
{
	double sum = 0;
	for (int s = 0; s < l->n_coefficients; s++)
		sum += a[s] * b[l->n_coefficients - 1 - s];
	return sum;
}

static void element_load(const line *l, sj__call *call, int64_t at, double *element)
{
	for (int d = 0; d < l->n_tensors; d++) {
		const sj_tensor *t = call->inputs[1 + d];
		element[d] = t->dtype == SJ_FLOAT32 ? (double)((const float *)t->data)[at]
		                                    : ((const double *)t->data)[at];
	}
}

static void line_compute(const line *l, sj__call *call, int64_t base)
{
	double element[SJ__PROD_DIRECTIONS + 1], right[COEFFICIENTS] = {1};
	size_t size = sizeof(double) * (size_t)l->n_coefficients;
	sj_tensor *output = call->outputs[0];
	memset(l->left, 0, size);
	l->left[0] = 1;
	for (int64_t i = 0; i + 1 < l->n && sj__loop_goes(i); i++) {
		double *next = l->left + (i + 1) * l->n_coefficients;
		memcpy(next, next - l->n_coefficients, size);
		element_load(l, call, base + l->offsets[i], element);
		multiply(l, next, element);
	}
	for (int64_t i = l->n - 1; i >= 0 && sj__loop_goes(i); i--) {
		int64_t at = base + l->offsets[i];
		double value = last_of_product(l, l->left + i * l->n_coefficients, right);
		element_load(l, call, at, element);
		multiply(l, right, element);
		if (output->dtype == SJ_FLOAT32)
			((float *)output->data)[at] = (float)value;
		else
			((double *)output->data)[at] = value;
	}
}

/* The offsets of all elements whose indices of the other dimensions are 0. */
static void offsets_fill(const sj_tensor *x, const bool *wanted, int64_t n, int64_t *offsets)
{
	for (int64_t i = 0; i < n; i++) {
		int64_t rest = i, stride = 1, offset = 0;
		for (int a = x->shape.rank - 1; a >= 0; a--) {
			int64_t dim = sj__dims(x)[a];
			if (wanted[a]) {
				offset += rest % dim * stride;
				rest /= dim;
			}
			stride *= dim;
		}
		offsets[i] = offset;
	}
}

sj_status sj__kernel_prod_others(sj__call *call)
{
	const sj_tensor *x = call->inputs[1];
	bool reduced[SJ_MAX_RANK], kept[SJ_MAX_RANK], known;
	int64_t n_line = 1, n_lines = 1;
	sj_status status = sj__reduce_axes(call, x, call->inputs[0], reduced, &known);
	if (status != SJ_OK || x->shape.size == 0)
		return status;
	for (int a = 0; a < x->shape.rank; a++) {
		kept[a] = !reduced[a];
		*(reduced[a] ? &n_line : &n_lines) *= sj__dims(x)[a];
	}
	int n_tensors = call->n_inputs - 1;
	line l = {.n = n_line, .n_tensors = n_tensors, .n_coefficients = 1 << (n_tensors - 1)};
	int64_t *offsets = sj__memory_new(sizeof(*offsets) * (size_t)(n_line + n_lines));
	l.left = sj__memory_new(sizeof(double) * (size_t)(n_line * l.n_coefficients));
	if (offsets != NULL && l.left != NULL) {
		l.offsets = offsets;
		offsets_fill(x, reduced, n_line, offsets);
		offsets_fill(x, kept, n_lines, offsets + n_line);
		for (int64_t i = 0; i < n_lines && !sj__cancelled(); i++)
			line_compute(&l, call, offsets[n_line + i]);
	} else {
		status = SJ_RESOURCE_EXHAUSTED;
	}
	sj__memory_free(l.left);
	sj__memory_free(offsets);
	return status;
}

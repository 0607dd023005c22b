/*
 * Eigenvalues and eigenvectors of a symmetric matrix in float64: Householder reduction to tridiagonal form, then
 * implicit QR steps with Wilkinson's shift (Golub and Van Loan, "Matrix Computations", 8.3). Eigenvectors are kept as
 * rows, so that reflectors and rotations run along memory.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "cpu/linalg_core.h"

enum { steps_per_value = 60 };

/* Couplings below this are dropped whatever stands beside them: far below rounding in a matrix whose largest element is
 * near 1, and far enough from underflow for squares. */
static const double negligible = 1e-140;

/* The trailing matrix t (n, n) between two reflectors: with p = tau t v and w = p - tau/2 (p.v) v, t -= v w^T + w v^T.
 */
static void reflect_both_sides(int64_t n, const double *v, double tau, double *t, int64_t ld, double *w)
{
	for (int64_t i = 0; i < n; i++)
		w[i] = tau * sj__vector_dot(n, t + i * ld, v);
	sj__vector_add_scaled(n, -tau / 2 * sj__vector_dot(n, w, v), v, w);
	for (int64_t i = 0; i < n; i++) {
		sj__vector_add_scaled(n, -v[i], w, t + i * ld);
		sj__vector_add_scaled(n, -w[i], v, t + i * ld);
	}
}

/* a becomes tridiagonal: d its diagonal, e (n - 1) beside it; row k of a then holds reflector k from column k + 1. */
static void reduce_to_tridiagonal(int64_t n, double *a, int64_t ld, double *d, double *e, double *tau, double *w)
{
	for (int64_t k = 0; k < n && !sj__cancelled(); k++) {
		double *v = a + k * ld + k + 1;
		d[k] = a[k * ld + k];
		if (k + 1 == n)
			return;
		tau[k] = sj__reflector_new(n - k - 1, v, &e[k]);
		if (tau[k] != 0)
			reflect_both_sides(n - k - 1, v, tau[k], v + ld, ld, w);
	}
}

/* The eigenvalue of the last 2 x 2 block ((a, b), (b, c)) that is nearer to c. */
static double wilkinson_shift(double a, double b, double c)
{
	double half_gap = (a - c) / 2, root = sj__hypot(half_gap, b);
	return c - b * (b / (half_gap < 0 ? half_gap - root : half_gap + root));
}

/* One implicit QR step on rows low..high, no coupling between which is 0. */
static void step(int64_t n, int64_t low, int64_t high, double *d, double *e, double *vt, int64_t ld)
{
	double x = d[low] - wilkinson_shift(d[high - 1], e[high - 1], d[high]), bulge = e[low];
	for (int64_t k = low; k < high; k++) {
		double c, s, r = sj__rotation_new(x, bulge, &c, &s);
		if (k > low)
			e[k - 1] = r;
		double t = s * (d[k + 1] - d[k]) + 2 * c * e[k];
		d[k] += s * t;
		d[k + 1] -= s * t;
		x = e[k] = c * t - e[k];
		if (k + 1 < high) {
			bulge = s * e[k + 1];
			e[k + 1] *= c;
		}
		if (vt)
			sj__vector_rotate(n, c, s, vt + k * ld, vt + (k + 1) * ld);
	}
}

/* The first row of the block that ends in row high; the coupling above it is 0 or made so. */
static int64_t find_block(int64_t high, const double *d, double *e)
{
	for (int64_t low = high; low > 0; low--)
		if (fabs(e[low - 1]) <= DBL_EPSILON / 2 * (fabs(d[low - 1]) + fabs(d[low])) + negligible) {
			e[low - 1] = 0;
			return low;
		}
	return 0;
}

static bool diagonalize(int64_t n, double *d, double *e, double *vt, int64_t ld)
{
	int64_t high = n - 1;
	for (int64_t steps = 0; high > 0 && !sj__cancelled();) {
		int64_t low = find_block(high, d, e);
		if (low == high) {
			high--;
			continue;
		}
		if (steps++ == steps_per_value * n)
			return false;
		step(n, low, high, d, e, vt, ld);
	}
	return true;
}

static void sort_ascending(int64_t n, double *d, double *vt, int64_t ld)
{
	for (int64_t i = 0; i < n; i++) {
		int64_t least = i;
		for (int64_t j = i + 1; j < n; j++)
			least = d[j] < d[least] ? j : least;
		if (least == i)
			continue;
		sj__vector_swap(1, d + i, d + least);
		if (vt)
			sj__vector_swap(n, vt + i * ld, vt + least * ld);
	}
}

bool sj__symmetric_eigen(int64_t n, double *a, int64_t ld, double *d, double *vt, double *scratch)
{
	double *e = scratch, *tau = e + n, *w = tau + n;
	reduce_to_tridiagonal(n, a, ld, d, e, tau, w);
	if (vt) {
		sj__matrix_set_identity(n, n, vt, ld);
		sj__reflectors_apply_backward(n, n, n - 1, 1, true, a, ld, tau, vt, ld);
	}
	if (!diagonalize(n, d, e, vt, ld))
		return false;
	if (!sj__cancelled())
		sort_ascending(n, d, vt, ld);
	return true;
}

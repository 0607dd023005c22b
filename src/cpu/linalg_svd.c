/*
 * Singular values and vectors of a square matrix in float64: Householder reduction to bidiagonal form, then implicit QR
 * steps (Golub and Reinsch 1970, "Singular value decomposition and least squares solutions"). The orthogonal factors
 * are kept transposed, so that reflectors and rotations run along memory. Other shapes come here by way of QR.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"
#include "cpu/linalg_core.h"

enum { steps_per_value = 60 };

/* See linalg_eigen.c: couplings below this are dropped in any case. */
static const double negligible = 1e-140;

/* The bidiagonal matrix, d on its diagonal and e above it, and the factors turned along with it (both may be NULL). */
typedef struct bidiagonal {
	int64_t n;
	double *d, *e;
	double *ut, *vt;
	int64_t ld;
} bidiagonal;

/* The rows of the trailing matrix after the first: minus the left reflector's update, times the right reflector. */
static void update_trailing_rows(int64_t m, int64_t n, const double *left, const double *w, double left_tau,
                                 const double *right, double right_tau, double *rows, int64_t ld)
{
	for (int64_t i = 0; i < m; i++) {
		sj__vector_add_scaled(n, -left_tau * left[i], w, rows + i * ld);
		sj__reflector_apply(1, n, right, right_tau, rows + i * ld, ld);
	}
}

/* Afterwards row k of a holds the right reflector from column k + 1, row k of left the left one from column k. */
static void reduce_to_bidiagonal(const bidiagonal *b, double *a, double *left, double *left_tau, double *right_tau,
                                 double *w)
{
	int64_t n = b->n, ld = b->ld;
	for (int64_t k = 0; k < n && !sj__cancelled(); k++) {
		double *v = left + k * ld + k, *row = a + k * ld + k + 1;
		int64_t rest = n - k - 1;
		for (int64_t i = k; i < n; i++)
			v[i - k] = a[i * ld + k];
		left_tau[k] = sj__reflector_new(n - k, v, &b->d[k]);
		if (rest == 0)
			return;
		memset(w, 0, (size_t)rest * sizeof(double));
		for (int64_t i = 0; i <= rest; i++)
			sj__vector_add_scaled(rest, v[i], row + i * ld, w);
		sj__vector_add_scaled(rest, -left_tau[k], w, row);
		right_tau[k] = sj__reflector_new(rest, row, &b->e[k]);
		update_trailing_rows(rest, rest, v + 1, w, left_tau[k], row, right_tau[k], row + ld, ld);
	}
}

static void rotate_rows(const bidiagonal *b, double *factor, int64_t i, int64_t j, double c, double s)
{
	if (factor)
		sj__vector_rotate(b->n, c, s, factor + i * b->ld, factor + j * b->ld);
}

/* d[i] is 0: rotations with the rows below take e[i] away to the right. */
static void clear_row(const bidiagonal *b, int64_t i, int64_t high)
{
	double f = b->e[i];
	b->e[i] = 0;
	for (int64_t j = i + 1; j <= high && f != 0; j++) {
		double c, s;
		b->d[j] = sj__rotation_new(b->d[j], f, &c, &s);
		if (j < high) {
			f = -s * b->e[j];
			b->e[j] *= c;
		}
		rotate_rows(b, b->ut, j, i, c, s);
	}
}

/* d[high] is 0: rotations with the columns before it take e[high - 1] away upwards. */
static void clear_last_column(const bidiagonal *b, int64_t low, int64_t high)
{
	double f = b->e[high - 1];
	b->e[high - 1] = 0;
	for (int64_t j = high - 1; j >= low && f != 0; j--) {
		double c, s;
		b->d[j] = sj__rotation_new(b->d[j], f, &c, &s);
		if (j > low) {
			f = -s * b->e[j - 1];
			b->e[j - 1] *= c;
		}
		rotate_rows(b, b->vt, j, high, c, s);
	}
}

/*
 * The first column of B^T B - shift I, up to a factor, where the shift is the eigenvalue of B^T B's last 2 x 2 block
 * nearer to its last element. Everything is divided by the largest entry first, so that squares stay in range.
 */
static void first_rotation(const bidiagonal *b, int64_t low, int64_t high, double *ret_f, double *ret_g)
{
	const double *d = b->d, *e = b->e;
	double before = high - 1 > low ? e[high - 2] : 0;
	double largest = fmax(fmax(fabs(d[high]), fmax(fabs(d[high - 1]), fabs(e[high - 1]))),
	                      fmax(fabs(before), fmax(fabs(d[low]), fabs(e[low]))));
	double p = d[high - 1] / largest, q = e[high - 1] / largest, r = d[high] / largest, x = before / largest;
	double half_gap = ((p - r) * (p + r) + (x - q) * (x + q)) / 2, coupling = p * q;
	double root = sj__hypot(half_gap, coupling), sum = half_gap < 0 ? half_gap - root : half_gap + root;
	double shift = r * r + q * q - (sum == 0 ? 0 : coupling * (coupling / sum));
	double first = d[low] / largest;
	*ret_f = first * first - shift;
	*ret_g = first * (e[low] / largest);
}

/* One implicit QR step on rows low..high, no d or e among which is 0. */
static void step(const bidiagonal *b, int64_t low, int64_t high)
{
	double *d = b->d, *e = b->e, f, g, c, s;
	first_rotation(b, low, high, &f, &g);
	for (int64_t k = low; k < high; k++) {
		double r = sj__rotation_new(f, g, &c, &s);
		if (k > low)
			e[k - 1] = r;
		f = c * d[k] + s * e[k];
		e[k] = c * e[k] - s * d[k];
		g = s * d[k + 1];
		d[k + 1] *= c;
		rotate_rows(b, b->vt, k, k + 1, c, s);
		d[k] = sj__rotation_new(f, g, &c, &s);
		f = c * e[k] + s * d[k + 1];
		d[k + 1] = c * d[k + 1] - s * e[k];
		if (k + 1 < high) {
			g = s * e[k + 1];
			e[k + 1] *= c;
		}
		rotate_rows(b, b->ut, k, k + 1, c, s);
	}
	e[high - 1] = f;
}

/* The first row of the block that ends in row high; the coupling above it is 0 or made so. */
static int64_t find_block(const bidiagonal *b, int64_t high)
{
	for (int64_t low = high; low > 0; low--)
		if (fabs(b->e[low - 1]) <= DBL_EPSILON / 2 * (fabs(b->d[low - 1]) + fabs(b->d[low])) + negligible) {
			b->e[low - 1] = 0;
			return low;
		}
	return 0;
}

/* The first row in low..high whose d is 0 beside its couplings (and then made so), or -1. */
static int64_t find_zero(const bidiagonal *b, int64_t low, int64_t high)
{
	for (int64_t i = low; i <= high; i++) {
		double beside = (i > low ? fabs(b->e[i - 1]) : 0) + (i < high ? fabs(b->e[i]) : 0);
		if (fabs(b->d[i]) <= DBL_EPSILON / 2 * beside) {
			b->d[i] = 0;
			return i;
		}
	}
	return -1;
}

static bool diagonalize(const bidiagonal *b)
{
	int64_t high = b->n - 1;
	for (int64_t steps = 0; high > 0 && !sj__cancelled();) {
		int64_t low = find_block(b, high);
		if (low == high) {
			high--;
			continue;
		}
		if (steps++ == steps_per_value * b->n)
			return false;
		int64_t zero = find_zero(b, low, high);
		if (zero == high)
			clear_last_column(b, low, high);
		else if (zero >= 0)
			clear_row(b, zero, high);
		else
			step(b, low, high);
	}
	return true;
}

/* Values not negative and descending, their vectors with them. */
static void put_in_order(const bidiagonal *b)
{
	int64_t n = b->n, ld = b->ld;
	for (int64_t i = 0; i < n; i++) {
		for (int64_t j = 0; j < n && b->vt && signbit(b->d[i]); j++)
			b->vt[i * ld + j] = -b->vt[i * ld + j];
		b->d[i] = fabs(b->d[i]);
	}
	for (int64_t i = 0; i < n; i++) {
		int64_t largest = i;
		for (int64_t j = i + 1; j < n; j++)
			largest = b->d[j] > b->d[largest] ? j : largest;
		if (largest == i)
			continue;
		sj__vector_swap(1, b->d + i, b->d + largest);
		if (b->ut)
			sj__vector_swap(n, b->ut + i * ld, b->ut + largest * ld);
		if (b->vt)
			sj__vector_swap(n, b->vt + i * ld, b->vt + largest * ld);
	}
}

/* a (n, n), destroyed, = u * diag(d) * v^T; ut and vt both or neither. scratch: 4 * n numbers. */
static bool decompose_square(int64_t n, double *a, double *left, int64_t ld, double *d, double *ut, double *vt,
                             double *scratch)
{
	double *left_tau = scratch + n, *right_tau = left_tau + n;
	bidiagonal b = {.n = n, .d = d, .e = scratch, .ut = ut, .vt = vt, .ld = ld};
	reduce_to_bidiagonal(&b, a, left, left_tau, right_tau, right_tau + n);
	if (ut) {
		sj__matrix_set_identity(n, n, ut, ld);
		sj__reflectors_apply_backward(n, n, n, 0, true, left, ld, left_tau, ut, ld);
		sj__matrix_set_identity(n, n, vt, ld);
		sj__reflectors_apply_backward(n, n, n - 1, 1, true, a, ld, right_tau, vt, ld);
	}
	if (!diagonalize(&b))
		return false;
	if (!sj__cancelled())
		put_in_order(&b);
	return true;
}

/* square = A^T, or R^T of A's QR factorization, whose reflectors stay in at. */
static void reduce_to_square(int64_t m, int64_t n, double *at, int64_t ldat, double *tau, double *diagonal,
                             double *square, int64_t ld)
{
	if (m > n)
		sj__qr_factor_transposed(m, n, at, ldat, tau, diagonal);
	for (int64_t i = 0; i < n; i++) {
		double *row = square + i * ld;
		memcpy(row, at + i * ldat, (size_t)n * sizeof(double));
		if (m > n) {
			memset(row + i, 0, (size_t)(n - i) * sizeof(double));
			row[i] = diagonal[i];
		}
	}
}

/* ut (n_columns, m) = the square problem's factor bordered by ones, times Q^T. */
static void expand_factor(int64_t m, int64_t n, const double *at, int64_t ldat, const double *tau,
                          const double *square_t, int64_t ld, int64_t n_columns, double *ut, int64_t ldut)
{
	sj__matrix_set_identity(n_columns, m, ut, ldut);
	for (int64_t i = 0; i < n; i++)
		memcpy(ut + i * ldut, square_t + i * ld, (size_t)n * sizeof(double));
	if (m > n)
		sj__reflectors_apply_backward(n_columns, m, n, 0, false, at, ldat, tau, ut, ldut);
}

sj_status sj__svd_tall(int64_t m, int64_t n, double *at, int64_t ldat, double *s, int64_t n_columns, double *ut,
                       int64_t ldut, double *vt, int64_t ldvt)
{
	double *part[4];
	const int64_t sizes[][2] = {{n, ldvt}, {n, ldvt}, {ut ? n : 0, ldvt}, {6, n}};
	sj_status status = sj__scratch_new(4, sizes, part);
	if (status != SJ_OK)
		return status;
	double *square = part[0], *left = part[1], *factor = ut ? part[2] : NULL;
	double *scratch = part[3], *tau = scratch + 4 * n, *diagonal = tau + n;
	reduce_to_square(m, n, at, ldat, tau, diagonal, square, ldvt);
	if (!decompose_square(n, square, left, ldvt, s, ut ? vt : NULL, factor, scratch))
		status = sj__fail(SJ_INTERNAL, "SVD of a %lld x %lld matrix did not converge in %lld steps",
		                  (long long)m, (long long)n, (long long)(steps_per_value * n));
	else if (ut)
		expand_factor(m, n, at, ldat, tau, factor, ldvt, n_columns, ut, ldut);
	sj__memory_free(part[0]);
	return status;
}

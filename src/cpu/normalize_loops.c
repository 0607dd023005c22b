/*
 * The loops of normalize_loops.h: softmax and the cross entropies, biases, sums over rows and columns, batch normalisation. Compiled
 * once per instruction set. Elements are read into float64, so that one text serves both dtypes; sums run in eight fixed lanes.
 */
#include "cpu/normalize_loops.h"

#include "cpu/normalize_softmax.h"

#if defined(__AVX512F__)
#define TABLE sj__normalize_avx512
#elif defined(__AVX2__)
#define TABLE sj__normalize_avx2
#else
#define TABLE sj__normalize_plain
#endif

/* ---- biases and sums ---- */

static SJ_ALWAYS_INLINE void add_bias(int64_t rows, int64_t columns, bool across, const void *x, const void *bias,
                                      void *y, bool single)
{
	for (int64_t r = 0; r < rows; r++)
		for (int64_t c = 0; c < columns; c++) {
			int64_t i = r * columns + c;
			if (single)
				((float *)y)[i] = ((const float *)x)[i] + ((const float *)bias)[across ? r : c];
			else
				((double *)y)[i] = ((const double *)x)[i] + ((const double *)bias)[across ? r : c];
		}
}

static SJ_ALWAYS_INLINE void add_rows(int64_t rows, int64_t columns, const void *x, double *sums, bool single)
{
	for (int64_t r = 0; r < rows; r++) {
		page_ahead(x, r * columns, columns, single);
		for (int64_t c = 0; c < columns; c++)
			sums[c] += sj__float_get(x, r * columns + c, single);
	}
}

static SJ_ALWAYS_INLINE double sum_powers(int64_t n, const void *x, double shift, bool squares, bool single)
{
	lanes total = {0};
	int64_t i = 0;
	for (; i + LANES <= n; i += LANES) {
		lanes v = get_lanes(x, i, single) - shift;
		total += squares ? v * v : v;
	}
	double rest = lanes_sum(total);
	for (; i < n; i++) {
		double v = sj__float_get(x, i, single) - shift;
		rest += squares ? v * v : v;
	}
	return rest;
}

/* ---- batch normalisation ---- */

static SJ_ALWAYS_INLINE void add_squares(int64_t rows, int64_t columns, const void *x, const double *shift,
                                         double *sums, bool single)
{
	for (int64_t r = 0; r < rows; r++) {
		page_ahead(x, r * columns, columns, single);
		for (int64_t c = 0; c < columns; c++) {
			double v = sj__float_get(x, r * columns + c, single) - shift[c];
			sums[c] += v * v;
		}
	}
}

static SJ_ALWAYS_INLINE void add_channel_products(int64_t n, const void *d, const void *x, double shift, double *sum,
                                                  double *product, bool single)
{
	lanes sums = {0}, products = {0};
	int64_t i = 0;
	for (; i + LANES <= n; i += LANES) {
		lanes v = get_lanes(d, i, single);
		sums += v;
		products += v * (get_lanes(x, i, single) - shift);
	}
	double rest_sum = lanes_sum(sums), rest_product = lanes_sum(products);
	for (; i < n; i++) {
		rest_sum += sj__float_get(d, i, single);
		rest_product += sj__float_get(d, i, single) * (sj__float_get(x, i, single) - shift);
	}
	*sum += rest_sum;
	*product += rest_product;
}

static SJ_ALWAYS_INLINE void add_products(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
                                          const double *shift, double *restrict sums, double *restrict products,
                                          bool single)
{
	if (one_channel) {
		add_channel_products(rows * columns, d, x, *shift, sums, products, single);
		return;
	}
	for (int64_t r = 0; r < rows; r++)
		for (int64_t c = 0; c < columns; c++) {
			double v = sj__float_get(d, r * columns + c, single);
			sums[c] += v;
			products[c] += v * (sj__float_get(x, r * columns + c, single) - shift[c]);
		}
}

static SJ_ALWAYS_INLINE void scale_shift(int64_t rows, int64_t columns, bool one_channel, const void *x,
                                         const sj__channel_numbers *n, void *y, bool single)
{
	const double *shift = n->shift, *factor = n->factor, *offset = n->offset;
	for (int64_t r = 0; r < rows; r++) {
		if (!one_channel)
			page_ahead(x, r * columns, columns, single);
		for (int64_t i = 0; i < columns; i++) {
			int64_t c = one_channel ? 0 : i;
			sj__float_put(y, r * columns + i,
			              (sj__float_get(x, r * columns + i, single) - shift[c]) * factor[c] + offset[c],
			              single);
		}
	}
}

static SJ_ALWAYS_INLINE void scale_grad(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
                                        const sj__channel_numbers *n, void *y, bool single)
{
	const double *shift = n->shift, *factor = n->factor, *offset = n->offset, *slope = n->slope;
	for (int64_t r = 0; r < rows; r++)
		for (int64_t i = 0; i < columns; i++) {
			int64_t c = one_channel ? 0 : i, k = r * columns + i;
			sj__float_put(y, k,
			              (sj__float_get(d, k, single) - offset[c] -
			               (sj__float_get(x, k, single) - shift[c]) * slope[c]) *
			                      factor[c],
			              single);
		}
}

/* ---- the table: each loop for both dtypes ---- */

static void softmax_f32(int64_t rows, int64_t columns, bool logarithm, const void *x, void *y)
{
	softmax(rows, columns, logarithm, x, y, true);
}

static void softmax_f64(int64_t rows, int64_t columns, bool logarithm, const void *x, void *y)
{
	softmax(rows, columns, logarithm, x, y, false);
}

static void cross_entropy_f32(int64_t rows, int64_t columns, const void *x, const void *labels, void *loss,
                              void *backprop)
{
	cross_entropy(rows, columns, x, labels, loss, backprop, true);
}

static void cross_entropy_f64(int64_t rows, int64_t columns, const void *x, const void *labels, void *loss,
                              void *backprop)
{
	cross_entropy(rows, columns, x, labels, loss, backprop, false);
}

static void sparse_f32(int64_t rows, int64_t columns, const void *x, const int64_t *labels, void *loss, void *backprop)
{
	sparse_cross_entropy(rows, columns, x, labels, loss, backprop, true);
}

static void sparse_f64(int64_t rows, int64_t columns, const void *x, const int64_t *labels, void *loss, void *backprop)
{
	sparse_cross_entropy(rows, columns, x, labels, loss, backprop, false);
}

static void add_bias_f32(int64_t rows, int64_t columns, bool across, const void *x, const void *bias, void *y)
{
	if (across)
		add_bias(rows, columns, true, x, bias, y, true);
	else
		add_bias(rows, columns, false, x, bias, y, true);
}

static void add_bias_f64(int64_t rows, int64_t columns, bool across, const void *x, const void *bias, void *y)
{
	if (across)
		add_bias(rows, columns, true, x, bias, y, false);
	else
		add_bias(rows, columns, false, x, bias, y, false);
}

static void add_rows_f32(int64_t rows, int64_t columns, const void *x, double *sums)
{
	add_rows(rows, columns, x, sums, true);
}
static void add_rows_f64(int64_t rows, int64_t columns, const void *x, double *sums)
{
	add_rows(rows, columns, x, sums, false);
}

static double sum_f32(int64_t n, const void *x) { return sum_powers(n, x, 0, false, true); }
static double sum_f64(int64_t n, const void *x) { return sum_powers(n, x, 0, false, false); }
static double sum_squares_f32(int64_t n, const void *x, double shift) { return sum_powers(n, x, shift, true, true); }
static double sum_squares_f64(int64_t n, const void *x, double shift) { return sum_powers(n, x, shift, true, false); }

static void add_squares_f32(int64_t rows, int64_t columns, const void *x, const double *shift, double *sums)
{
	add_squares(rows, columns, x, shift, sums, true);
}

static void add_squares_f64(int64_t rows, int64_t columns, const void *x, const double *shift, double *sums)
{
	add_squares(rows, columns, x, shift, sums, false);
}

static void add_products_f32(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
                             const double *shift, double *sums, double *products)
{
	add_products(rows, columns, one_channel, d, x, shift, sums, products, true);
}

static void add_products_f64(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
                             const double *shift, double *sums, double *products)
{
	add_products(rows, columns, one_channel, d, x, shift, sums, products, false);
}

static void scale_shift_f32(int64_t rows, int64_t columns, bool one_channel, const void *x,
                            const sj__channel_numbers *n, void *y)
{
	if (one_channel)
		scale_shift(rows, columns, true, x, n, y, true);
	else
		scale_shift(rows, columns, false, x, n, y, true);
}

static void scale_shift_f64(int64_t rows, int64_t columns, bool one_channel, const void *x,
                            const sj__channel_numbers *n, void *y)
{
	if (one_channel)
		scale_shift(rows, columns, true, x, n, y, false);
	else
		scale_shift(rows, columns, false, x, n, y, false);
}

static void scale_grad_f32(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
                           const sj__channel_numbers *n, void *y)
{
	if (one_channel)
		scale_grad(rows, columns, true, d, x, n, y, true);
	else
		scale_grad(rows, columns, false, d, x, n, y, true);
}

static void scale_grad_f64(int64_t rows, int64_t columns, bool one_channel, const void *d, const void *x,
                           const sj__channel_numbers *n, void *y)
{
	if (one_channel)
		scale_grad(rows, columns, true, d, x, n, y, false);
	else
		scale_grad(rows, columns, false, d, x, n, y, false);
}

const sj__normalize_loops TABLE[2] = {
	{softmax_f32, cross_entropy_f32, sparse_f32, add_bias_f32, add_rows_f32, sum_f32, sum_squares_f32,
         add_squares_f32, add_products_f32, scale_shift_f32, scale_grad_f32},
	{softmax_f64, cross_entropy_f64, sparse_f64, add_bias_f64, add_rows_f64, sum_f64, sum_squares_f64,
         add_squares_f64, add_products_f64, scale_shift_f64, scale_grad_f64},
};

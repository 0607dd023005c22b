/*
 * Matrix products and convolutions against a naive float64 reference: random and chosen shapes, guards around every buffer,
 * and equal bits on every instruction set and for any number of threads.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv.h"
#include "cpu/gemm.h"
#include "cpu/isa.h"

/* Buffers with guards */

enum { GUARD = 64 };
#define GUARD_BYTE 0x5a

typedef struct buffer {
	char *block;
	void *data;
	size_t n_bytes;
} buffer;

/* Ends where its last element ends, whatever that does to the alignment. */
static buffer new_buffer(int64_t n, size_t element)
{
	buffer b = {.n_bytes = (size_t)n * element};
	b.block = malloc(b.n_bytes + 2 * GUARD);
	assert_non_null(b.block);
	memset(b.block, GUARD_BYTE, b.n_bytes + 2 * GUARD);
	b.data = b.block + GUARD;
	return b;
}

static void delete_buffer(buffer b)
{
	for (int i = 0; i < GUARD; i++) {
		assert_int_equal(b.block[i], GUARD_BYTE);
		assert_int_equal(b.block[GUARD + b.n_bytes + (size_t)i], GUARD_BYTE);
	}
	free(b.block);
}

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static int64_t random_below(int64_t n) { return (int64_t)(random_bits() % (uint64_t)n); }

static double random_value(void) { return (double)(int64_t)(random_bits() >> 12) * 0x1p-51 - 1; }

static buffer new_random(int64_t n, size_t element)
{
	buffer b = new_buffer(n, element);
	for (int64_t i = 0; i < n; i++) {
		if (element == sizeof(float))
			((float *)b.data)[i] = (float)random_value();
		else
			((double *)b.data)[i] = random_value();
	}
	return b;
}

static double value_at(const void *data, size_t element, int64_t i)
{
	return element == sizeof(float) ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

/*
 * A chain of n products of values in [-1, 1] loses at most n / 2 ulp of its largest partial sum, itself at most n; what is
 * seen with random signs is far less. 4 * sqrt(n) + 4 ulp of sqrt(n) holds with a wide margin and still sees one lost term.
 */
static double tolerance(size_t element, int64_t n)
{
	double ulp = element == sizeof(float) ? 0x1p-23 : 0x1p-52, root = sqrt((double)n);
	return ulp * (4 * root + 4) * (root + 1);
}

/* The settings under which the bits must agree. */
typedef struct setting {
	int isa, n_threads;
} setting;

static const setting settings[] = {
	{SJ__ISA_PLAIN, 1}, {SJ__ISA_AVX2, 1},  {SJ__ISA_AVX512, 1}, {SJ__ISA_AVX512, 2},
	{SJ__ISA_AVX2, 3},  {SJ__ISA_PLAIN, 7}, {SJ__ISA_AVX512, 7},
};

/* False where the machine has not got the instruction set: another setting covers what it falls back to. */
static bool enter_setting(int i)
{
	sj__set_threads(settings[i].n_threads);
	return sj__set_isa(settings[i].isa) == settings[i].isa;
}

static void leave_settings(void)
{
	sj__set_threads(0);
	sj__set_isa(SJ__ISA_COUNT);
}

/* Products */

typedef struct product {
	bool transpose_a, transpose_b, accumulate, bias, relu;
	int64_t m, n, k, lda, ldb, ldc;
	size_t element;
	buffer a, b, bias_values, c_before;
} product;

static int64_t rows_bytes(int64_t n_rows, int64_t n_columns, int64_t step)
{
	return n_rows > 0 ? (n_rows - 1) * step + n_columns : 0;
}

static void run_product(const product *p, void *c)
{
	sj_status status;
	const void *bias = p->bias ? p->bias_values.data : NULL;
	if (p->element == sizeof(float))
		status = sj__gemm_f32(p->transpose_a, p->transpose_b, p->m, p->n, p->k, p->a.data, p->lda, p->b.data,
		                      p->ldb, c, p->ldc, p->accumulate, bias, p->relu);
	else
		status = sj__gemm_f64(p->transpose_a, p->transpose_b, p->m, p->n, p->k, p->a.data, p->lda, p->b.data,
		                      p->ldb, c, p->ldc, p->accumulate, bias, p->relu);
	assert_int_equal(status, SJ_OK);
}

static double expected_product(const product *p, int64_t i, int64_t j)
{
	double sum = p->accumulate ? value_at(p->c_before.data, p->element, i * p->ldc + j) : 0;
	for (int64_t q = 0; q < p->k; q++)
		sum += value_at(p->a.data, p->element, p->transpose_a ? q * p->lda + i : i * p->lda + q) *
		       value_at(p->b.data, p->element, p->transpose_b ? j * p->ldb + q : q * p->ldb + j);
	if (p->bias)
		sum += value_at(p->bias_values.data, p->element, j);
	return p->relu && sum < 0 ? 0 : sum;
}

/* Every element within the tolerance; nothing written between the rows. */
static void check_values(const product *p, const void *c)
{
	for (int64_t i = 0; i < p->m; i++)
		for (int64_t j = 0; j < p->ldc && (i < p->m - 1 || j < p->n); j++) {
			double got = value_at(c, p->element, i * p->ldc + j);
			if (j >= p->n)
				assert_true(got == value_at(p->c_before.data, p->element, i * p->ldc + j));
			else if (!(fabs(got - expected_product(p, i, j)) <= tolerance(p->element, p->k + 2)))
				fail_msg("%dx%dx%d%s%s f%d [%d,%d]: %.9g, not %.9g", (int)p->m, (int)p->n, (int)p->k,
				         p->transpose_a ? " ta" : "", p->transpose_b ? " tb" : "", (int)p->element * 8,
				         (int)i, (int)j, got, expected_product(p, i, j));
		}
}

static void check_product(product *p)
{
	int64_t c_size = rows_bytes(p->m, p->n, p->ldc);
	p->a = new_random(p->transpose_a ? rows_bytes(p->k, p->m, p->lda) : rows_bytes(p->m, p->k, p->lda), p->element);
	p->b = new_random(p->transpose_b ? rows_bytes(p->n, p->k, p->ldb) : rows_bytes(p->k, p->n, p->ldb), p->element);
	p->bias_values = new_random(p->n, p->element);
	p->c_before = new_random(c_size, p->element);
	buffer first = new_buffer(c_size, p->element);
	for (int i = 0; i < SJ_COUNT_OF(settings); i++) {
		if (!enter_setting(i))
			continue;
		buffer c = new_buffer(c_size, p->element);
		memcpy(c.data, p->c_before.data, c.n_bytes);
		run_product(p, c.data);
		if (i == 0) {
			memcpy(first.data, c.data, c.n_bytes);
			check_values(p, c.data);
		} else if (memcmp(first.data, c.data, c.n_bytes) != 0) {
			fail_msg("%dx%dx%d%s%s f%d: other bits with isa %d, %d threads", (int)p->m, (int)p->n,
			         (int)p->k, p->transpose_a ? " ta" : "", p->transpose_b ? " tb" : "",
			         (int)p->element * 8, settings[i].isa, settings[i].n_threads);
		}
		delete_buffer(c);
	}
	leave_settings();
	delete_buffer(p->a);
	delete_buffer(p->b);
	delete_buffer(p->bias_values);
	delete_buffer(p->c_before);
	delete_buffer(first);
}

/* One size, its options drawn at random. */
static void check_size(int64_t m, int64_t n, int64_t k)
{
	uint64_t bits = random_bits();
	product p = {.transpose_a = bits & 1,
	             .transpose_b = bits & 2,
	             .accumulate = bits & 4,
	             .bias = bits & 8,
	             .relu = bits & 16,
	             .m = m,
	             .n = n,
	             .k = k,
	             .element = bits & 96 ? sizeof(float) : sizeof(double)};
	int64_t loose = bits & 128 ? random_below(20) : 0;
	p.lda = (p.transpose_a ? m : k) + loose;
	p.ldb = (p.transpose_b ? k : n) + loose;
	p.ldc = n + loose;
	check_product(&p);
}

static void test_small_products(void **state)
{
	(void)state;
	for (int i = 0; i < 1500; i++)
		check_size(random_below(36), random_below(70), random_below(40));
}

/* Below, at and above each tile and block, one side at a time and together. */
static void test_products_around_tiles(void **state)
{
	(void)state;
	static const int64_t edges[] = {0, 1, 4, 8, 12, 16, 24, 31, 32, 33, 48, 63, 64, 65};
	for (int i = 0; i < SJ_COUNT_OF(edges); i++)
		for (int delta = -1; delta <= 1; delta++) {
			int64_t size = sj__max_i64(0, edges[i] + delta);
			check_size(size, 40, 30);
			check_size(40, size, 30);
			check_size(40, 30, size);
			check_size(size, size, size);
			check_size(size, 150, 200);
			check_size(150, size, 200);
		}
}

static void test_products_around_blocks(void **state)
{
	(void)state;
	for (int64_t k = SJ__GEMM_BLOCK - 1; k <= 2 * SJ__GEMM_BLOCK + 1; k += k % SJ__GEMM_BLOCK == 1 ? 382 : 1) {
		check_size(5, 7, k);
		check_size(50, 33, k);
		check_size(97, 61, k);
	}
	for (int64_t edge = 191; edge <= 193; edge++) {
		check_size(edge, 60, 70);
		check_size(2 * edge, 130, 50);
		check_size(60, 511 + edge - 191, 50);
	}
	check_size(30, 2800, 400); /* more columns than one pass packs */
	check_size(30, 600, 3000); /* more terms than one pass packs */
}

static void test_thin_products(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		check_size(1, random_below(3000), random_below(800));
		check_size(random_below(3000), 1, random_below(800));
		check_size(random_below(3000), 1 + random_below(9), random_below(300));
		check_size(1 + random_below(9), random_below(3000), random_below(300));
		check_size(random_below(500), random_below(500), random_below(5));
	}
}

static void test_special_values(void **state)
{
	(void)state;
	float a[2] = {1, NAN}, b[1] = {1}, c[2] = {7, 7}, bias[1] = {-3};
	sj__gemm_f32(false, false, 2, 1, 1, a, 1, b, 1, c, 1, false, bias, true);
	assert_true(c[0] == 0 && isnan(c[1]));
	sj__gemm_f32(false, false, 2, 1, 0, NULL, 1, NULL, 1, c, 1, false, NULL, false);
	assert_true(c[0] == 0 && c[1] == 0);
	bias[0] = 2;
	sj__gemm_f32(false, false, 2, 1, 0, NULL, 1, NULL, 1, c, 1, false, bias, false);
	assert_true(c[0] == 2 && c[1] == 2);
	sj__gemm_f32(false, false, 2, 1, 0, NULL, 1, NULL, 1, c, 1, true, bias, false);
	assert_true(c[0] == 4 && c[1] == 4);
}

static void test_integer_products(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		int64_t m = random_below(30), n = random_below(30), k = random_below(30);
		bool ta = random_below(2), tb = random_below(2);
		int64_t lda = ta ? m : k, ldb = tb ? k : n;
		buffer a = new_buffer(m * k, 8), b = new_buffer(k * n, 8), c = new_buffer(m * n, 8);
		buffer d = new_buffer(m * n, 4);
		for (int64_t i = 0; i < m * k; i++)
			((int64_t *)a.data)[i] = (int64_t)random_bits();
		for (int64_t i = 0; i < k * n; i++)
			((int64_t *)b.data)[i] = (int64_t)random_bits();
		sj__gemm_i64(ta, tb, m, n, k, a.data, lda, b.data, ldb, c.data, n);
		sj__gemm_i32(ta, tb, m, n, k, a.data, lda, b.data, ldb, d.data, n);
		for (int64_t i = 0; i < m; i++)
			for (int64_t j = 0; j < n; j++) {
				uint64_t sum = 0;
				uint32_t sum32 = 0;
				for (int64_t p = 0; p < k; p++) {
					int64_t at_a = ta ? p * lda + i : i * lda + p,
						at_b = tb ? j * ldb + p : p * ldb + j;
					sum += ((uint64_t *)a.data)[at_a] * ((uint64_t *)b.data)[at_b];
					sum32 += ((uint32_t *)a.data)[at_a] * ((uint32_t *)b.data)[at_b];
				}
				assert_true(((uint64_t *)c.data)[i * n + j] == sum);
				assert_true(((uint32_t *)d.data)[i * n + j] == sum32);
			}
		delete_buffer(a);
		delete_buffer(b);
		delete_buffer(c);
		delete_buffer(d);
	}
}

static void test_product_without_memory(void **state)
{
	(void)state;
	product p = {.m = 200, .n = 200, .k = 200, .lda = 200, .ldb = 200, .ldc = 200, .element = sizeof(float)};
	p.a = new_random(40000, sizeof(float));
	p.b = new_random(40000, sizeof(float));
	buffer c = new_random(40000, sizeof(float)), before = new_buffer(40000, sizeof(float));
	memcpy(before.data, c.data, c.n_bytes);
	sj__memory_fail_at(1, false);
	assert_int_equal(sj__gemm_f32(false, false, 200, 200, 200, p.a.data, 200, p.b.data, 200, c.data, 200, true,
	                              NULL, false),
	                 SJ_RESOURCE_EXHAUSTED);
	sj__memory_fail_at(0, false);
	assert_memory_equal(c.data, before.data, c.n_bytes);
	delete_buffer(p.a);
	delete_buffer(p.b);
	delete_buffer(c);
	delete_buffer(before);
}

/* Convolutions */

typedef struct convolution {
	sj__conv_geometry g;
	bool depthwise, bias, relu;
	size_t element;
	buffer x, filter, y, bias_values; /* y also stands for dy */
} convolution;

enum { FORWARD, BACKWARD_INPUT, BACKWARD_FILTER, WAYS };

static int64_t x_size(const sj__conv_geometry *g) { return g->n * g->in_h * g->in_w * g->in_c; }

static int64_t y_size(const sj__conv_geometry *g) { return g->n * g->out_h * g->out_w * g->out_c; }

static int64_t filter_size(const convolution *v)
{
	const sj__conv_geometry *g = &v->g;
	return g->filter_h * g->filter_w * (v->depthwise ? 1 : g->in_c) * g->out_c;
}

#define CALL(type) \
	static sj_status run_##type(const convolution *v, int way, void *to) \
	{ \
		const sj__conv_geometry *g = &v->g; \
		const void *bias = v->bias ? v->bias_values.data : NULL; \
		switch (way + (v->depthwise ? WAYS : 0)) { \
		case FORWARD: return sj__conv2d_forward_##type(g, v->x.data, v->filter.data, to, bias, v->relu); \
		case BACKWARD_INPUT: return sj__conv2d_backward_input_##type(g, v->y.data, v->filter.data, to); \
		case BACKWARD_FILTER: return sj__conv2d_backward_filter_##type(g, v->x.data, v->y.data, to); \
		case WAYS + FORWARD: \
			return sj__depthwise_forward_##type(g, v->x.data, v->filter.data, to, bias, v->relu); \
		case WAYS + BACKWARD_INPUT: \
			return sj__depthwise_backward_input_##type(g, v->y.data, v->filter.data, to); \
		default: return sj__depthwise_backward_filter_##type(g, v->x.data, v->y.data, to); \
		} \
	}
CALL(f32)
CALL(f64)

/* Adds all products that one output pixel and tap take part in to the reference of the given way. */
static void refer_tap(const convolution *v, int way, int64_t in, int64_t out, int64_t tap, double *to)
{
	const sj__conv_geometry *g = &v->g;
	int64_t multiplier = v->depthwise ? g->out_c / g->in_c : g->out_c;
	for (int64_t c = 0; c < g->in_c; c++)
		for (int64_t j = 0; j < multiplier; j++) {
			int64_t o = v->depthwise ? c * multiplier + j : j;
			int64_t f = v->depthwise ? tap * g->out_c + o : (tap * g->in_c + c) * g->out_c + o;
			double x = value_at(v->x.data, v->element, in * g->in_c + c);
			double y = value_at(v->y.data, v->element, out * g->out_c + o);
			double w = value_at(v->filter.data, v->element, f);
			if (way == FORWARD)
				to[out * g->out_c + o] += x * w;
			else if (way == BACKWARD_INPUT)
				to[in * g->in_c + c] += y * w;
			else
				to[f] += x * y;
		}
}

static void refer(const convolution *v, int way, double *to)
{
	const sj__conv_geometry *g = &v->g;
	for (int64_t out = 0; out < g->n * g->out_h * g->out_w; out++)
		for (int64_t tap = 0; tap < g->filter_h * g->filter_w; tap++) {
			int64_t image = out / (g->out_h * g->out_w);
			int64_t y = out / g->out_w % g->out_h * g->stride_h + tap / g->filter_w * g->dilation_h -
			            g->pad_top;
			int64_t x = out % g->out_w * g->stride_w + tap % g->filter_w * g->dilation_w - g->pad_left;
			if (y >= 0 && y < g->in_h && x >= 0 && x < g->in_w)
				refer_tap(v, way, (image * g->in_h + y) * g->in_w + x, out, tap, to);
		}
	for (int64_t i = 0; way == FORWARD && i < y_size(g); i++) {
		if (v->bias)
			to[i] += value_at(v->bias_values.data, v->element, i % g->out_c);
		if (v->relu && to[i] < 0)
			to[i] = 0;
	}
}

static void fail_convolution(const convolution *v, int way, const char *how, int a, int b)
{
	const sj__conv_geometry *g = &v->g;
	fail_msg("%s way %d f%d x %dx%dx%dx%d filter %dx%d y %dx%dx%d stride %d,%d dilation %d,%d pad %d,%d: %s %d %d",
	         v->depthwise ? "depthwise" : "conv2d", way, (int)v->element * 8, (int)g->n, (int)g->in_h, (int)g->in_w,
	         (int)g->in_c, (int)g->filter_h, (int)g->filter_w, (int)g->out_h, (int)g->out_w, (int)g->out_c,
	         (int)g->stride_h, (int)g->stride_w, (int)g->dilation_h, (int)g->dilation_w, (int)g->pad_top,
	         (int)g->pad_left, how, a, b);
}

static void check_way(const convolution *v, int way)
{
	const sj__conv_geometry *g = &v->g;
	int64_t size = way == FORWARD ? y_size(g) : way == BACKWARD_INPUT ? x_size(g) : filter_size(v);
	int64_t terms = way == FORWARD          ? g->filter_h * g->filter_w * g->in_c
	                : way == BACKWARD_INPUT ? g->filter_h * g->filter_w * g->out_c
	                                        : g->n * g->out_h * g->out_w;
	double *expected = calloc((size_t)size + 1, sizeof(double));
	assert_non_null(expected);
	refer(v, way, expected);
	buffer first = new_buffer(size, v->element);
	for (int i = 0; i < SJ_COUNT_OF(settings); i++) {
		if (!enter_setting(i))
			continue;
		buffer got = new_buffer(size, v->element);
		sj_status status = v->element == sizeof(float) ? run_f32(v, way, got.data) : run_f64(v, way, got.data);
		assert_int_equal(status, SJ_OK);
		if (i == 0)
			memcpy(first.data, got.data, got.n_bytes);
		else if (memcmp(first.data, got.data, got.n_bytes) != 0)
			fail_convolution(v, way, "other bits with isa, threads", settings[i].isa,
			                 settings[i].n_threads);
		delete_buffer(got);
	}
	for (int64_t i = 0; i < size; i++)
		if (!(fabs(value_at(first.data, v->element, i) - expected[i]) <= tolerance(v->element, terms + 2)))
			fail_convolution(v, way, "wrong at", (int)i, (int)terms);
	leave_settings();
	delete_buffer(first);
	free(expected);
}

static void check_convolution(convolution *v)
{
	v->x = new_random(x_size(&v->g), v->element);
	v->y = new_random(y_size(&v->g), v->element);
	v->filter = new_random(filter_size(v), v->element);
	v->bias_values = new_random(v->g.out_c, v->element);
	for (int way = 0; way < WAYS; way++)
		check_way(v, way);
	delete_buffer(v->x);
	delete_buffer(v->y);
	delete_buffer(v->filter);
	delete_buffer(v->bias_values);
}

static int64_t out_size(int64_t in, int64_t filter, int64_t stride, int64_t dilation, int64_t pad)
{
	int64_t room = in + pad - ((filter - 1) * dilation + 1);
	return room < 0 ? 0 : room / stride + 1;
}

/* A geometry with a few random properties; pads on both sides up to the filter's reach. */
static sj__conv_geometry random_geometry(int64_t n, int64_t side, int64_t in_c, int64_t out_c)
{
	sj__conv_geometry g = {.n = n,
	                       .in_h = 1 + random_below(side),
	                       .in_w = 1 + random_below(side),
	                       .in_c = in_c,
	                       .filter_h = 1 + random_below(5),
	                       .filter_w = 1 + random_below(5),
	                       .out_c = out_c,
	                       .stride_h = 1 + random_below(3),
	                       .stride_w = 1 + random_below(3),
	                       .dilation_h = 1 + random_below(2),
	                       .dilation_w = 1 + random_below(3)};
	int64_t reach_h = (g.filter_h - 1) * g.dilation_h, reach_w = (g.filter_w - 1) * g.dilation_w;
	g.pad_top = random_below(reach_h + 1);
	g.pad_left = random_below(reach_w + 1);
	g.out_h = out_size(g.in_h, g.filter_h, g.stride_h, g.dilation_h, g.pad_top + random_below(reach_h + 1));
	g.out_w = out_size(g.in_w, g.filter_w, g.stride_w, g.dilation_w, g.pad_left + random_below(reach_w + 1));
	return g;
}

static void check_random(int64_t n, int64_t side, int64_t in_c, int64_t out_c, bool depthwise)
{
	convolution v = {.g = random_geometry(n, side, in_c, out_c),
	                 .depthwise = depthwise,
	                 .bias = random_below(2),
	                 .relu = random_below(2),
	                 .element = random_below(4) ? sizeof(float) : sizeof(double)};
	check_convolution(&v);
}

static void test_random_convolutions(void **state)
{
	(void)state;
	for (int i = 0; i < 150; i++)
		check_random(random_below(4), 9, 1 + random_below(6), 1 + random_below(40), false);
	for (int i = 0; i < 40; i++)
		check_random(1 + random_below(40), 8, 1 + random_below(5), 1 + random_below(30), false);
	for (int i = 0; i < 8; i++)
		check_random(1, 7, 1 + random_below(100), 1 + random_below(70), false);
}

static void test_random_depthwise(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		int64_t in_c = 1 + random_below(40);
		check_random(random_below(4), 9, in_c, in_c * (1 + random_below(3)), true);
	}
}

static void check_square(int64_t n, int64_t side, int64_t in_c, int64_t filter, int64_t out_c, int64_t stride,
                         int64_t pad)
{
	int64_t out = out_size(side, filter, stride, 1, 2 * pad);
	convolution v = {.g = {n, side, side, in_c, filter, filter, out, out, out_c, stride, stride, 1, 1, pad, pad},
	                 .bias = true,
	                 .relu = true,
	                 .element = sizeof(float)};
	check_convolution(&v);
}

/* The column's two, and the kinds that residual networks are made of, cut down. */
static void test_known_convolutions(void **state)
{
	(void)state;
	check_square(17, 12, 1, 5, 20, 1, 0);
	check_square(18, 9, 20, 5, 50, 1, 0);
	check_square(2, 7, 64, 3, 64, 1, 1);
	check_square(1, 8, 130, 3, 128, 2, 1);
	check_square(2, 6, 96, 1, 160, 1, 0);
	check_square(2, 6, 40, 1, 64, 2, 0);
	check_square(9, 21, 3, 7, 16, 2, 3);
	check_square(1, 3, 400, 3, 33, 1, 1);
	check_square(16, 2, 400, 2, 10, 1, 1); /* more channels than one block */
	check_square(3, 4, 2, 1, 3, 3, 0);     /* pixels that no tap meets */
	check_square(8, 7, 40, 3, 70, 1, 1);   /* a few pixels more than one block */
	check_square(8, 14, 9, 3, 35, 1, 1);   /* than four */
	check_square(5, 10, 30, 3, 20, 1, 1);  /* too many for it */
}

/* Filter gradients that are summed where x and dy lie (conv_lines.c): enough images, and enough pixels in each. */
static void test_filters_along_lines(void **state)
{
	(void)state;
	check_square(9, 14, 5, 3, 70, 1, 1);
	check_square(8, 12, 64, 1, 33, 1, 0); /* x itself */
	check_square(16, 10, 1, 5, 20, 1, 2); /* fewer rows than in a tile */
	check_square(8, 25, 3, 7, 16, 2, 3);
	check_square(17, 13, 14, 3, 96, 1, 0);
	check_square(9, 14, 16, 5, 51, 1, 0); /* a few columns more than whole vectors */
	check_square(10, 12, 20, 3, 50, 1, 1);
	for (int i = 0; i < 12; i++) {
		convolution v = {.g = random_geometry(8 + random_below(9), 1, 1 + random_below(20),
		                                      1 + random_below(70)),
		                 .element = random_below(4) ? sizeof(float) : sizeof(double)};
		v.g.in_h = 14 + random_below(5);
		v.g.in_w = 14 + random_below(5);
		v.g.stride_h = v.g.dilation_w = 1;
		v.g.stride_w = 1 + random_below(2);
		v.g.pad_top = random_below((v.g.filter_h - 1) * v.g.dilation_h + 1);
		v.g.pad_left = random_below(v.g.filter_w);
		v.g.out_h = out_size(v.g.in_h, v.g.filter_h, 1, v.g.dilation_h, 2 * v.g.pad_top);
		v.g.out_w = out_size(v.g.in_w, v.g.filter_w, v.g.stride_w, 1, 2 * v.g.pad_left);
		check_convolution(&v);
	}
}

static void test_empty_convolutions(void **state)
{
	(void)state;
	check_square(0, 4, 2, 3, 3, 1, 1);
	check_square(2, 4, 0, 3, 3, 1, 1);
	check_square(20, 4, 0, 3, 3, 1, 1);
	check_square(2, 4, 2, 3, 0, 1, 1);
	check_square(20, 2, 2, 3, 5, 1, 0); /* no output pixels: zero gradients */
	check_square(2, 0, 2, 1, 5, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_products),         cmocka_unit_test(test_products_around_tiles),
		cmocka_unit_test(test_products_around_blocks), cmocka_unit_test(test_thin_products),
		cmocka_unit_test(test_special_values),         cmocka_unit_test(test_integer_products),
		cmocka_unit_test(test_product_without_memory), cmocka_unit_test(test_random_convolutions),
		cmocka_unit_test(test_random_depthwise),       cmocka_unit_test(test_known_convolutions),
		cmocka_unit_test(test_filters_along_lines),    cmocka_unit_test(test_empty_convolutions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

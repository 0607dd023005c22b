/*
 * The elementary functions, judged by mpmath's values (tests/data/math_reference.bin, written by make_math_reference.py,
 * which describes it): the greatest error in units in the last place, for float32 and float64, and the same bits from
 * loops compiled for each instruction set that the machine has. The limits are what the headers promise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/math_f32.h"
#include "cpu/math_f64.h"

#ifndef SOKUJI_TEST_DATA
#define SOKUJI_TEST_DATA "tests/data"
#endif

enum { COUNT = 2000, N_SPECIALS = 15 };

typedef void loop_f32(int n, const float *x, const float *y, float *ret_z);
typedef void loop_f64(int n, const double *x, const double *y, double *ret_z);

/* Loops over one function, compiled for one instruction set. Bodies differ in name only, which C can say by macro alone. */
#define LOOPS(isa, attribute, name, call_f32, call_f64) \
	attribute static void name##_f32_##isa(int n, const float *x, const float *y, float *ret_z) \
	{ \
		for (int i = 0; i < n; i++) \
			ret_z[i] = call_f32; \
		(void)y; \
	} \
	attribute static void name##_f64_##isa(int n, const double *x, const double *y, double *ret_z) \
	{ \
		for (int i = 0; i < n; i++) \
			ret_z[i] = call_f64; \
		(void)y; \
	}

#if defined(__x86_64__)
#define LOOPS_OF_ALL(name, call_f32, call_f64) \
	LOOPS(plain, , name, call_f32, call_f64) \
	LOOPS(avx2, __attribute__((target("avx2,fma"))), name, call_f32, call_f64) \
	LOOPS(avx512, __attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"))), name, call_f32, call_f64)
#define LOOP_NAMES(name, type) \
	{ \
		name##_##type##_plain, name##_##type##_avx2, name##_##type##_avx512 \
	}
#else
#define LOOPS_OF_ALL(name, call_f32, call_f64) LOOPS(plain, , name, call_f32, call_f64)
#define LOOP_NAMES(name, type) \
	{ \
		name##_##type##_plain \
	}
#endif

/* Name, greatest errors for float32 and float64 in units in the last place. Arguments below zero of lgamma and digamma are
 * held to it in units of the larger of the result and 8. */
#define ONE_ARGUMENT(row) \
	row(exp, 0.72, 0.7) row(expm1, 0.51, 0.9) row(log, 0.51, 0.8) row(log1p, 0.51, 0.8) row(sqrt, 0.5, 0.5) \
		row(rsqrt, 0.51, 0.51) row(sigmoid, 0.51, 0.7) row(softplus, 0.51, 2) row(sinh, 0.51, 0.9) \
			row(cosh, 0.51, 0.7) row(tanh, 0.72, 0.9) row(asinh, 0.51, 2) row(acosh, 0.51, 3) \
				row(atanh, 0.51, 2) row(sin, 0.51, 0.8) row(cos, 0.51, 0.8) row(tan, 0.51, 0.9) \
					row(asin, 0.51, 0.7) row(acos, 0.51, 0.7) row(atan, 0.51, 0.7) \
						row(erf, 0.51, 0.9) row(erfc, 0.51, 4) row(lgamma, 0.51, 6) \
							row(digamma, 0.51, 4)
#define TWO_ARGUMENTS(row) row(pow, 0.51, 0.8) row(atan2, 0.51, 0.8) row(fmod, 0, 0) row(floormod, 0.5, 0.5)

#define LOOPS_ONE(name, limit_f32, limit_f64) LOOPS_OF_ALL(name, sj__##name##f(x[i]), sj__##name(x[i]))
#define LOOPS_TWO(name, limit_f32, limit_f64) LOOPS_OF_ALL(name, sj__##name##f(x[i], y[i]), sj__##name(x[i], y[i]))
ONE_ARGUMENT(LOOPS_ONE)
TWO_ARGUMENTS(LOOPS_TWO)

#define ROW(name, limit_f32, limit_f64) {#name, limit_f32, limit_f64, LOOP_NAMES(name, f32), LOOP_NAMES(name, f64)},
static const struct row {
	const char *name;
	double limit_f32, limit_f64;
	loop_f32 *loops_f32[3];
	loop_f64 *loops_f64[3];
} rows[] = {ONE_ARGUMENT(ROW) TWO_ARGUMENTS(ROW)};

static int isa_is_here(int isa)
{
#if defined(__x86_64__)
	return isa == 0 || (isa == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) ||
	       (isa == 2 && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
	        __builtin_cpu_supports("avx512dq"));
#else
	return isa == 0;
#endif
}

struct domain {
	double low, high;
	int32_t least, greatest;
};

/* The arguments are those of arguments() in make_math_reference.py. */

static double unit(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double draw(int i, const struct domain *d, uint64_t *state)
{
	double uniform = d->low + (d->high - d->low) * unit(state);
	int exponent = (int)floor(d->least + (d->greatest - d->least) * unit(state));
	double scaled = ldexp(1 + unit(state), exponent);
	scaled = unit(state) < 0.5 && d->low < 0 ? -scaled : scaled;
	return i % 2 ? scaled : uniform;
}

static void draw_arguments(const struct domain *domains, int n_arguments, int single, double x[2][COUNT])
{
	static const double specials[N_SPECIALS] = {0.0, -0.0, 1,        -1,        0.5, 0.5 - 1,  2,        -2,
	                                            3,   -3,   INFINITY, -INFINITY, NAN, 0x1p-126, -0x1p-126};
	uint64_t state = 1 + (uint64_t)single;
	for (int i = 0; i < COUNT; i++)
		for (int j = 0; j < n_arguments; j++) {
			double value = draw(i, domains + j, &state);
			if (i < (n_arguments == 2 ? N_SPECIALS * N_SPECIALS : N_SPECIALS))
				value = specials[j ? i / N_SPECIALS : i % N_SPECIALS];
			x[j][i] = single ? (double)(float)value : value;
		}
}

/* The error of y in units in the last place of the exact value + rest / 254 units; infinite where a special is missed. */
static double error_of(double y, double exact, int rest, double floor_of_unit, int single)
{
	double least_normal = single ? 0x1p-126 : 0x1p-1022;
	if (isnan(exact) || isnan(y))
		return isnan(exact) && isnan(y) ? 0 : INFINITY;
	if (isinf(exact) || exact == 0)
		return (y == exact && signbit(y) == signbit(exact)) || (exact == 0 && y != 0 && fabs(y) <= least_normal)
		               ? 0
		               : INFINITY;
	if (fabs(exact) < least_normal)
		return fabs(y) <= least_normal ? 0 : INFINITY;
	int exponent;
	frexp(exact, &exponent);
	double ulp = ldexp(1, exponent - (single ? 24 : 53));
	double unit_taken = fmax(ulp, floor_of_unit * (single ? 0x1p-23 : 0x1p-52));
	return fabs((y - exact) / ulp - rest / 254.0) * (ulp / unit_taken);
}

struct test {
	const struct row *row;
	int n_arguments;
	double x[2][COUNT];
	float x_f32[2][COUNT];
};

static double floor_of_unit(const struct test *t, int i)
{
	int gamma_like = !strcmp(t->row->name, "lgamma") || !strcmp(t->row->name, "digamma");
	return gamma_like && t->x[0][i] < 0 ? 8 : 0;
}

static double worst_f64(const struct test *t, const double *exact, const int8_t *rest)
{
	static double z[3][COUNT];
	double worst = 0;
	for (int isa = 0; isa < 3 && isa_is_here(isa); isa++) {
		t->row->loops_f64[isa](COUNT, t->x[0], t->x[1], z[isa]);
		for (int i = 0; i < COUNT; i++)
			if (memcmp(&z[isa][i], &z[0][i], sizeof z[0][i]) && !(isnan(z[isa][i]) && isnan(z[0][i])))
				fail_msg("%s(%a, %a): %a or %a", t->row->name, t->x[0][i], t->x[1][i], z[0][i],
				         z[isa][i]);
	}
	for (int i = 0; i < COUNT; i++) {
		double error = error_of(z[0][i], exact[i], rest[i], floor_of_unit(t, i), 0);
		if (error > t->row->limit_f64)
			fail_msg("%s(%a, %a) is %a, expected %a", t->row->name, t->x[0][i], t->x[1][i], z[0][i],
			         exact[i]);
		worst = fmax(worst, error);
	}
	return worst;
}

static double worst_f32(const struct test *t, const float *exact, const int8_t *rest)
{
	static float z[3][COUNT];
	double worst = 0;
	for (int isa = 0; isa < 3 && isa_is_here(isa); isa++) {
		t->row->loops_f32[isa](COUNT, t->x_f32[0], t->x_f32[1], z[isa]);
		for (int i = 0; i < COUNT; i++)
			if (memcmp(&z[isa][i], &z[0][i], sizeof z[0][i]) && !(isnan(z[isa][i]) && isnan(z[0][i])))
				fail_msg("%sf(%a, %a): %a or %a", t->row->name, t->x[0][i], t->x[1][i], z[0][i],
				         z[isa][i]);
	}
	for (int i = 0; i < COUNT; i++) {
		double error = error_of(z[0][i], exact[i], rest[i], floor_of_unit(t, i), 1);
		if (error > t->row->limit_f32 + 1 / 254.0)
			fail_msg("%sf(%a, %a) is %a, expected %a", t->row->name, t->x[0][i], t->x[1][i], z[0][i],
			         exact[i]);
		worst = fmax(worst, error);
	}
	return worst;
}

static void read_exactly(FILE *file, void *ret_bytes, size_t n_bytes)
{
	assert_int_equal(fread(ret_bytes, 1, n_bytes, file), n_bytes);
}

static const struct row *row_named(const char *name)
{
	for (int i = 0; i < SJ_COUNT_OF(rows); i++)
		if (!strcmp(rows[i].name, name))
			return rows + i;
	return NULL;
}

static void check_function(FILE *file, const char *name)
{
	static struct test t;
	static double exact_f64[COUNT];
	static float exact_f32[COUNT];
	static int8_t rest[COUNT];
	int32_t sizes[2];
	struct domain domains[2];
	t.row = row_named(name);
	assert_non_null(t.row);
	read_exactly(file, sizes, sizeof sizes);
	assert_int_equal(sizes[0], COUNT);
	assert_in_range(sizes[1], 1, 2);
	t.n_arguments = sizes[1];
	read_exactly(file, domains, (size_t)t.n_arguments * sizeof *domains);
	read_exactly(file, exact_f64, sizeof exact_f64);
	read_exactly(file, rest, sizeof rest);
	draw_arguments(domains, t.n_arguments, 0, t.x);
	double f64 = worst_f64(&t, exact_f64, rest);
	read_exactly(file, exact_f32, sizeof exact_f32);
	read_exactly(file, rest, sizeof rest);
	draw_arguments(domains, t.n_arguments, 1, t.x);
	for (int j = 0; j < t.n_arguments; j++)
		for (int i = 0; i < COUNT; i++)
			t.x_f32[j][i] = (float)t.x[j][i];
	print_message("%-9s float32 %.3f  float64 %.3f\n", name, worst_f32(&t, exact_f32, rest), f64);
}

static void test_reference(void **state)
{
	char name[17] = "";
	int n_functions = 0;
	FILE *file = fopen(SOKUJI_TEST_DATA "/math_reference.bin", "rb");
	(void)state;
	assert_non_null(file);
	while (fread(name, 1, 16, file) == 16) {
		check_function(file, name);
		n_functions++;
	}
	fclose(file);
	assert_int_equal(n_functions, SJ_COUNT_OF(rows));
}

/* Rounding, against the C library's, which is exact too. */
static void test_rounding(void **state)
{
	static const double values[] = {0.0,    -0.0,     0.25,         -0.25,         0.5,
	                                -0.5,   0.75,     -0.75,        1.5,           -1.5,
	                                2.5,    -2.5,     1e9,          -1e9,          0x1p23 - 0.5,
	                                0x1p23, 0x1p24,   0x1p52 - 0.5, 0x1p52,        0x1p53,
	                                1e300,  INFINITY, -INFINITY,    0x1.fffffep-2, 0x1.fffffffffffffp-2};
	(void)state;
	for (int i = 0; i < SJ_COUNT_OF(values); i++) {
		double x = values[i];
		float y = (float)x;
		double pairs[][2] = {{sj__floor(x), floor(x)}, {sj__ceil(x), ceil(x)},     {sj__rint(x), rint(x)},
		                     {sj__trunc(x), trunc(x)}, {sj__floorf(y), floorf(y)}, {sj__ceilf(y), ceilf(y)},
		                     {sj__rintf(y), rintf(y)}, {sj__truncf(y), truncf(y)}};
		for (int j = 0; j < SJ_COUNT_OF(pairs); j++)
			if (memcmp(&pairs[j][0], &pairs[j][1], sizeof pairs[j][0]))
				fail_msg("rounding %d of %a is %a", j, x, pairs[j][0]);
	}
	assert_true(isnan(sj__floor(NAN)) && isnan(sj__rintf((float)NAN)));
}

/* Blocks with and without large arguments, in place, of lengths around the block's. */
static void test_trig_blocks(void **state)
{
	static float x[1300], y[1300];
	static double x_wide[1300], y_wide[1300];
	(void)state;
	for (int i = 0; i < SJ_COUNT_OF(x); i++) {
		x[i] = (float)(i * 0.37 - 200) * (i == 700 ? 1e30f : 1);
		x_wide[i] = x[i] * 1.1;
	}
	memcpy(y, x, sizeof y);
	memcpy(y_wide, x_wide, sizeof y_wide);
	sj__sinf_block(SJ_COUNT_OF(y), y, y);
	sj__tan_block(SJ_COUNT_OF(y_wide), y_wide, y_wide);
	for (int i = 0; i < SJ_COUNT_OF(x); i++)
		assert_true(y[i] == sj__sinf(x[i]) && y_wide[i] == sj__tan(x_wide[i]));
	sj__cosf_block(0, x, NULL);
	sj__cosf_block(1, x, y);
	assert_true(y[0] == sj__cosf(x[0]));
}

static void test_remainder_blocks(void **state)
{
	static float x[1300], y[1300], z[1300];
	static double x_wide[1300], y_wide[1300];
	(void)state;
	for (int i = 0; i < SJ_COUNT_OF(x); i++) {
		x_wide[i] = x[i] = (float)(i * 0.37 - 200) * (i == 700 ? 1e30f : 1);
		y_wide[i] = y[i] = i % 3 ? 1.75f : i % 2 ? -0.3f : (float)(i % 4);
	}
	sj__floormodf_block(SJ_COUNT_OF(x), x, y, z);
	sj__fmod_block(SJ_COUNT_OF(x), x_wide, y_wide, x_wide);
	for (int i = 0; i < SJ_COUNT_OF(x); i++) {
		float rest = fmodf(x[i], y[i]);
		rest = rest != 0 && (rest < 0) != (y[i] < 0) ? rest + y[i] : rest;
		assert_true(z[i] == rest || (isnan(z[i]) && isnan(rest)));
		double rest_wide = fmod(x[i], y[i]);
		assert_true(x_wide[i] == rest_wide || (isnan(x_wide[i]) && isnan(rest_wide)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_trig_blocks),
		cmocka_unit_test(test_remainder_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

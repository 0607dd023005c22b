/* Learning-rate schedules and clipping against the real TensorFlow 1.8. */
#include "train_support.h"

/* ---- schedules ---- */

enum { N_FLOAT64 = 9 };

static double exponential(int64_t t) { return sj_exponential_decay(0.1, t, 20, 0.9, false); }
static double exponential_staircase(int64_t t) { return sj_exponential_decay(0.1, t, 20, 0.9, true); }
static double natural_exp(int64_t t) { return sj_natural_exp_decay(0.1, t, 20, 0.3, false); }
static double natural_exp_staircase(int64_t t) { return sj_natural_exp_decay(0.1, t, 20, 0.3, true); }
static double inverse_time(int64_t t) { return sj_inverse_time_decay(0.1, t, 20, 0.5, false); }
static double inverse_time_staircase(int64_t t) { return sj_inverse_time_decay(0.1, t, 20, 0.5, true); }
static double polynomial(int64_t t) { return sj_polynomial_decay(0.1, t, 50, 0.0001, 1, false); }
static double polynomial_square(int64_t t) { return sj_polynomial_decay(0.1, t, 50, 0.01, 2, false); }
static double polynomial_cycle(int64_t t) { return sj_polynomial_decay(0.1, t, 25, 0.01, 0.5, true); }
static double cosine(int64_t t) { return sj_cosine_decay(0.1, t, 100, 0); }
static double cosine_alpha(int64_t t) { return sj_cosine_decay(0.1, t, 100, 0.2); }
static double cosine_restarts(int64_t t) { return sj_cosine_decay_restarts(0.1, t, 30, 2, 1, 0); }
static double cosine_restarts_shrinking(int64_t t) { return sj_cosine_decay_restarts(0.1, t, 30, 1.5, 0.8, 0.1); }
static double cosine_restarts_even(int64_t t) { return sj_cosine_decay_restarts(0.1, t, 30, 1, 1, 0); }
static double linear_cosine(int64_t t) { return sj_linear_cosine_decay(0.1, t, 100, 0.5, 0, 0.001); }
static double linear_cosine_more(int64_t t) { return sj_linear_cosine_decay(0.1, t, 100, 3, 0.1, 0.02); }

static double piecewise(int64_t t)
{
	static const int64_t boundaries[] = {5, 40, 500};
	static const double values[] = {1, 0.5, 0.25, 0.1};
	return sj_piecewise_constant(t, 3, boundaries, values);
}

/*
 * TensorFlow computes the values in float32, where step / decay_steps loses digits as the step grows; those it also computes in float64
 * come first and are compared more closely (its other numbers are rounded to float32 all the same).
 */
static void decays(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		double (*rate)(int64_t step);
	} cases[] = {
#define CASE(name) {#name, name}
		CASE(exponential),
		CASE(exponential_staircase),
		CASE(natural_exp),
		CASE(natural_exp_staircase),
		CASE(inverse_time),
		CASE(inverse_time_staircase),
		CASE(piecewise),
		CASE(polynomial),
		CASE(polynomial_square),
		CASE(polynomial_cycle),
		CASE(cosine),
		CASE(cosine_alpha),
		CASE(cosine_restarts),
		CASE(cosine_restarts_shrinking),
		CASE(cosine_restarts_even),
		CASE(linear_cosine),
		CASE(linear_cosine_more),
#undef CASE
	};
	sj_scope scope = sj_scope_begin();
	sj_npz *npz = reference_open("schedules");
	sj_tensor *steps = reference(npz, "steps");
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		sj_tensor *values = reference(npz, "decay/%s/values", cases[k].name);
		sj_tensor *close = k < N_FLOAT64 ? reference(npz, "decay/%s/float64", cases[k].name) : NULL;
		for (int64_t i = 0; i < sj_tensor_size(steps); i++) {
			int64_t step = (int64_t)sj_tensor_item(steps, i);
			double rate = cases[k].rate(step);
			assert_near_number(cases[k].name, rate, sj_tensor_item(values, i), 1e-6 + 4e-10 * (double)step);
			if (close != NULL)
				assert_near_number(cases[k].name, rate, sj_tensor_item(close, i), 1e-8);
		}
	}
	assert_no_error();
	sj_npz_close(npz);
	sj_scope_end(scope);
}

static void decays_refuse(void **state)
{
	(void)state;
	static const int64_t unordered[] = {5, 5};
	static const double values[] = {1, 2, 3};
	assert_true(isnan(sj_exponential_decay(0.1, 1, 0, 0.9, false)) && !sj_ok());
	sj_error_clear();
	assert_true(isnan(sj_cosine_decay_restarts(0.1, 1, 10, 0, 1, 0)) && !sj_ok());
	sj_error_clear();
	assert_true(isnan(sj_piecewise_constant(1, 2, unordered, values)) && !sj_ok());
	sj_error_clear();
	assert_true(sj_exponential_decay(0.1, -5, 20, 0.9, false) == 0.1);
	assert_no_error();
}

/* ---- clipping ---- */

static const char *const DTYPES[] = {"float32", "float64"};
static const double NORMS[] = {0.5, 2, 100};

static double tolerance_of(int dtype) { return dtype ? 1e-14 : 1e-6; }

static void clip_by_norm(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_npz *npz = reference_open("schedules");
	for (int d = 0; d < 2; d++)
		for (int k = 0; k < 3; k++) {
			sj_tensor *x = reference(npz, "clip/norm_%g/%s/in0", NORMS[k], DTYPES[d]);
			assert_close("norm", sj_clip_by_norm(x, NORMS[k]),
			             reference(npz, "clip/norm_%g/%s/out0", NORMS[k], DTYPES[d]), tolerance_of(d));
			for (int64_t axis = 0; axis < 2; axis++)
				assert_close("norm of an axis", sj_clip_by_norm(x, NORMS[k], .axis = SJ_INTS(axis)),
				             reference(npz, "clip/norm_axis%d_%g/%s/out0", (int)axis, NORMS[k],
				                       DTYPES[d]),
				             tolerance_of(d));
			if (d == 0)
				assert_close("average norm", sj_clip_by_average_norm(x, NORMS[k]),
				             reference(npz, "clip/average_norm_%g/float32/out0", NORMS[k]), 1e-6);
		}
	sj_tensor *zero = reference(npz, "clip/norm_zero/float32/in0");
	assert_close("zero", sj_clip_by_norm(zero, 1), reference(npz, "clip/norm_zero/float32/out0"), 0);
	sj_npz_close(npz);
	sj_scope_end(scope);
}

static void clip_by_global_norm(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_npz *npz = reference_open("schedules");
	for (int d = 0; d < 2; d++)
		for (int k = 0; k < 3; k++) {
			sj_tensor *x[4] = {NULL};
			for (int i = 0; i < 3; i++) /* one place left out, as for a variable without gradient */
				x[i + (i > 0)] = reference(npz, "clip/global_norm_%g/%s/in%d", NORMS[k], DTYPES[d], i);
			assert_close("norm", sj_global_norm(4, x),
			             reference(npz, "clip/global_norm/%s/out0", DTYPES[d]), tolerance_of(d));
			sj_tensor *norm = sj_clip_by_global_norm(4, x, NORMS[k]);
			assert_close("norm", norm, reference(npz, "clip/global_norm_%g/%s/out3", NORMS[k], DTYPES[d]),
			             tolerance_of(d));
			assert_null(x[1]);
			for (int i = 0; i < 3; i++)
				assert_close("clipped", x[i + (i > 0)],
				             reference(npz, "clip/global_norm_%g/%s/out%d", NORMS[k], DTYPES[d], i),
				             tolerance_of(d));
		}
	sj_tensor *zero = reference(npz, "clip/norm_zero/float32/in0");
	assert_true(sj_item(sj_clip_by_global_norm(1, &zero, 1)) == 0);
	assert_close("zero", zero, reference(npz, "clip/global_norm_zero/float32/out0"), 0);
	assert_true(sj_item(sj_clip_by_global_norm(0, NULL, 1)) == 0);
	assert_no_error();
	sj_npz_close(npz);
	sj_scope_end(scope);
}

static void clip_refuses(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *a = sj_float(3), *both[] = {a, sj_scalar(SJ_FLOAT64, 4)};
	assert_ptr_equal(sj_clip_by_norm(a, 0), sj_nil());
	sj_error_clear();
	assert_ptr_equal(sj_clip_by_average_norm(a, NAN), sj_nil());
	sj_error_clear();
	assert_ptr_equal(sj_clip_by_global_norm(2, both, 1), sj_nil()); /* two dtypes */
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	assert_ptr_equal(both[0], a);
	sj_error_clear();
	assert_ptr_equal(sj_clip_by_global_norm(2, NULL, 1), sj_nil());
	sj_error_clear();
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decays),       cmocka_unit_test(decays_refuse),
		cmocka_unit_test(clip_by_norm), cmocka_unit_test(clip_by_global_norm),
		cmocka_unit_test(clip_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Chains of large elementwise operations in optimised plans: eager's bits, whatever is broadcast, viewed, fetched in between or as wide as it likes. */
#include "failing_allocations.h"
#include "graph_support.h"
#include "scope_fixture.h"

#include <string.h>

enum { RUNS = 4, POOL = 64, FETCHES = 3 };

static uint64_t draws;

static int draw(int n)
{
	draws = draws * 6364136223846793005u + 1442695040888963407u;
	return (int)((draws >> 33) % (uint64_t)n);
}

/* ---- random expressions ---- */

static sj_tensor *unary(int which, sj_tensor *x)
{
	switch (which) {
	case 0: return sj_neg(x);
	case 1: return sj_relu(x);
	case 2: return sj_square(x);
	case 3: return sj_abs(x);
	case 4: return sj_sign(x);
	default: return sj_tensor_dtype(x) == SJ_INT32 ? sj_neg(x) : sj_tanh(x);
	}
}

static sj_tensor *binary(int which, sj_tensor *x, sj_tensor *y)
{
	switch (which) {
	case 0: return sj_add(x, y);
	case 1: return sj_sub(x, y);
	case 2: return sj_mul(x, y);
	case 3: return sj_maximum(x, y);
	case 4: return sj_minimum(x, y);
	default: return sj_tensor_dtype(x) == SJ_INT32 ? sj_add(x, y) : sj_div(x, y);
	}
}

/* Beside operands of the full size a row, a scalar, a column, views of results and what narrower elements were made of. */
static sj_tensor *operand(sj_tensor **pool, int n, int64_t width)
{
	sj_tensor *t = pool[draw(n)];
	switch (draw(12)) {
	case 0: return sj_slice(t, SJ_INTS(1, 0), SJ_INTS(1, 1));
	case 1: return sj_slice(t, SJ_INTS(2, 0), SJ_INTS(1, width));
	case 2: return sj_slice(t, SJ_INTS(0, 0), SJ_INTS(-1, 1));
	case 3: return sj_reshape(sj_slice(t, SJ_INTS(1, 0), SJ_INTS(1, width)), SJ_INTS(width));
	case 4:
		return sj_cast(sj_logical_or(sj_greater(t, pool[0]), sj_logical_not(sj_less(t, pool[1]))),
		               sj_tensor_dtype(t));
	default: return t;
	}
}

static void expression(uint64_t seed, int64_t width, sj_tensor *x, sj_tensor *row, sj_tensor *number,
                       sj_tensor **ret_results)
{
	sj_tensor *pool[POOL];
	int n = 0, n_steps = 3;
	draws = seed;
	n_steps += draw(40);
	pool[n++] = x;
	pool[n++] = sj_mul(x, number);
	pool[n++] = sj_add(row, x);
	while (n < n_steps) {
		sj_tensor *a = pool[n - 1 - draw(n < 6 ? n : 6)], *b = operand(pool, n, width);
		int which = draw(18);
		pool[n++] = which < 6    ? unary(which, a)
		            : which < 12 ? binary(which - 6, a, b)
		                         : binary(which - 12, b, a);
	}
	ret_results[0] = pool[n - 1];
	ret_results[1] = pool[draw(n)];
	ret_results[2] = sj_sum(pool[draw(n)]);
}

static void expression_check(uint64_t seed)
{
	static const sj_dtype dtypes[] = {SJ_FLOAT32, SJ_FLOAT64, SJ_INT32};
	static const int64_t widths[] = {1, 3, 16, 100, 1000, 5000};
	sj_scope scope = sj_scope_begin();
	sj_dtype dtype = dtypes[seed % 3];
	int64_t width = widths[seed / 3 % 6], height = (20000 + (int64_t)seed * 977 % 50000) / width + 3;
	sj_tensor *value = sj_cast(sj_random_normal(SJ_INTS(height, width), .stddev = SJ_GIVEN(5),
	                                            .seed = SJ_GIVEN(seed)),
	                           dtype);
	sj_tensor *row = sj_cast(sj_random_normal(SJ_INTS(width), .stddev = SJ_GIVEN(5), .seed = SJ_GIVEN(seed)),
	                         dtype),
		  *number = sj_cast(sj_float(3), dtype), *want[FETCHES], *fetches[FETCHES], *got[FETCHES];
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, dtype, SJ_INTS(-1, width), "x");
	expression(seed, width, value, row, number, want);
	expression(seed, width, x, row, number, fetches);
	is_ok(sj_error_code());
	sj_session *session = sj_session_new(graph);
	for (int i = 0; i < RUNS; i++) {
		sj_set_threads(1 + i % 2);
		is_ok(sj_session_run(session, 1, &x, &value, FETCHES, fetches, 0, NULL, got));
		for (int k = 0; k < FETCHES; k++)
			same_bits(sj_scope_own(got[k]), want[k]);
	}
	sj_set_threads(0);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_scope_end(scope);
}

static void expressions_have_eager_bits(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 120; seed++)
		expression_check(seed);
}

/* ---- what is between is no tensor ---- */

static void products_sum(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *x = inputs[0];
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	ret_outputs[0] = sj_add(sj_add(sj_exp(x), sj_square(x)), sj_add(sj_neg(x), sj_tanh(x)));
}

static void values_between_take_no_memory(void **state)
{
	(void)state;
	enum { N = 1 << 18 };
	sj_function *f = sj_function_new(products_sum, NULL, 1);
	sj_tensor *x = sj_random_normal(SJ_INTS(N), .seed = SJ_GIVEN(1)), *want, *got;
	products_sum(NULL, 1, &x, 1, &want);
	for (int i = 0; i < RUNS; i++) {
		sj__memory_peak_reset();
		int64_t before = sj__memory_peak();
		is_ok(sj_function_call(f, 1, &x, &got));
		same_bits(got, want);
		assert_true(i == 0 || sj__memory_peak() - before < (int64_t)(1.5 * sizeof(float) * N));
	}
	sj_function_free(f);
}

static void interrupted_chains_fail(void **state)
{
	(void)state;
	sj_function *f = sj_function_new(products_sum, NULL, 1);
	sj_tensor *x = sj_random_normal(SJ_INTS(1 << 17), .seed = SJ_GIVEN(1)), *want, *got;
	products_sum(NULL, 1, &x, 1, &want);
	for (int i = 0; i < RUNS; i++)
		is_ok(sj_function_call(f, 1, &x, &got));
	sj_cancel();
	assert_int_equal(sj_function_call(f, 1, &x, &got), SJ_CANCELLED);
	sj_cancel_clear();
	sj_error_clear();
	is_ok(sj_function_call(f, 1, &x, &got));
	same_bits(got, want);
	sj_function_free(f);
}

/* ---- without memory ---- */

static void failing_calls(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_function *f = sj_function_new(products_sum, NULL, 1);
	sj_tensor *got, *const x = context;
	for (int i = 0; i < 3 && f != NULL && sj_ok(); i++)
		sj_function_call(f, 1, &x, &got);
	sj_function_free(f);
	sj_scope_end(scope);
}

static void allocations_fail(void **state)
{
	(void)state;
	every_allocation_fails(failing_calls, sj_random_normal(SJ_INTS(20000), .seed = SJ_GIVEN(1)));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scope_open, scope_close)
	const struct CMUnitTest tests[] = {
		TEST(expressions_have_eager_bits),
		TEST(values_between_take_no_memory),
		TEST(interrupted_chains_fail),
		TEST(allocations_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

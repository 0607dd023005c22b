/* Elementwise results of 16 MiB and more, which go past the caches: the bits of their halves, which do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sokuji.h>

#include "graph_support.h"
#include "scope_fixture.h"

enum { COLUMNS = 1008, ROWS = 4262, BYTES_LEAST = 16 << 20, RUNS = 3 };

typedef sj_tensor *function(sj_tensor *x, sj_tensor *y, sj_tensor *row);

static sj_tensor *square(sj_tensor *x, sj_tensor *y, sj_tensor *row) { return (void)y, (void)row, sj_square(x); }
static sj_tensor *relu(sj_tensor *x, sj_tensor *y, sj_tensor *row) { return (void)y, (void)row, sj_relu(x); }
static sj_tensor *add(sj_tensor *x, sj_tensor *y, sj_tensor *row) { return (void)row, sj_add(x, y); }
static sj_tensor *subtract_row(sj_tensor *x, sj_tensor *y, sj_tensor *row) { return (void)y, sj_sub(x, row); }
static sj_tensor *from_row(sj_tensor *x, sj_tensor *y, sj_tensor *row) { return (void)y, sj_sub(row, x); }
static sj_tensor *from_one(sj_tensor *x, sj_tensor *y, sj_tensor *row)
{
	return (void)y, (void)row, sj_sub(sj_cast(sj_float(1), sj_tensor_dtype(x)), x);
}
static sj_tensor *chain(sj_tensor *x, sj_tensor *y, sj_tensor *row) { return sj_relu(sj_add(sj_mul(x, y), row)); }

static sj_tensor *rows_of(sj_tensor *t, int64_t begin, int64_t n)
{
	return sj_slice(t, SJ_INTS(begin, 0), SJ_INTS(n, -1));
}

/* The whole's bits are those of the upper and the lower half. */
static void halves_check(function *f, sj_tensor *whole, sj_tensor *x, sj_tensor *y, sj_tensor *row)
{
	int64_t n_rows = sj_tensor_dims(x)[0], half = n_rows / 2;
	assert_true(sj_tensor_bytes(whole) >= BYTES_LEAST);
	for (int i = 0; i < 2; i++) {
		int64_t begin = i * half, n = i == 0 ? half : n_rows - half;
		sj_scope scope = sj_scope_begin();
		sj_tensor *part = f(rows_of(x, begin, n), rows_of(y, begin, n), row);
		assert_true(sj_tensor_bytes(part) < BYTES_LEAST);
		same_bits(rows_of(whole, begin, n), part);
		sj_scope_end(scope);
	}
}

static sj_tensor *numbers(int64_t n_rows, int64_t n_columns, uint64_t seed)
{
	return sj_random_uniform(SJ_INTS(n_rows, n_columns), .minval = -1, .maxval = SJ_GIVEN(1),
	                         .seed = SJ_GIVEN(seed));
}

static void results_have_the_bits_of_halves(void **state)
{
	(void)state;
	static function *const functions[] = {square, relu, add, subtract_row, from_row, from_one};
	sj_tensor *x = numbers(ROWS, COLUMNS, 1), *y = numbers(ROWS, COLUMNS, 2), *row = numbers(1, COLUMNS, 3);
	for (int i = 0; i < 6; i++) {
		sj_scope scope = sj_scope_begin();
		sj_set_threads(1 + i % 2);
		halves_check(functions[i], functions[i](x, y, row), x, y, row);
		sj_scope_end(scope);
	}
	sj_set_threads(0);
}

/* Rows that end in the middle of a line, and elements of eight bytes that do not fill the last one. */
static void odd_sizes(void **state)
{
	(void)state;
	sj_tensor *x = numbers(ROWS, COLUMNS + 1, 1), *y = numbers(ROWS, COLUMNS + 1, 2),
		  *row = numbers(1, COLUMNS + 1, 3);
	halves_check(subtract_row, subtract_row(x, y, row), x, y, row);
	halves_check(add, add(x, y, row), x, y, row);
	x = sj_cast(rows_of(x, 0, ROWS / 2 + 1), SJ_FLOAT64);
	halves_check(square, square(x, x, row), x, x, row);
}

static void chain_run(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_inputs, (void)n_outputs;
	ret_outputs[0] = chain(inputs[0], inputs[1], inputs[2]);
}

static void chains_have_the_bits_of_halves(void **state)
{
	(void)state;
	sj_function *f = sj_function_new(chain_run, NULL, 1);
	sj_tensor *inputs[] = {numbers(ROWS, COLUMNS, 1), numbers(ROWS, COLUMNS, 2), numbers(1, COLUMNS, 3)};
	for (int i = 0; i < RUNS; i++) {
		sj_tensor *whole;
		is_ok(sj_function_call(f, 3, inputs, &whole));
		halves_check(chain, whole, inputs[0], inputs[1], inputs[2]);
	}
	sj_function_free(f);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scope_open, scope_close)
	const struct CMUnitTest tests[] = {
		TEST(results_have_the_bits_of_halves),
		TEST(odd_sizes),
		TEST(chains_have_the_bits_of_halves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

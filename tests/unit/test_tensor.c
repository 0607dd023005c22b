/* Tensors, scopes, variables: making, looking, ending, and every kind of wrong argument. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sokuji.h>

#include "base/memory.h"

static int clean(void **state)
{
	(void)state;
	sj_error_clear();
	return 0;
}

static void expect_error(sj_status code, const char *part)
{
	assert_int_equal(sj_error_code(), code);
	if (strstr(sj_error_message(), part) == NULL)
		fail_msg("the message '%s' lacks '%s'", sj_error_message(), part);
	sj_error_clear();
}

static void tensor_holds_a_copy(void **state)
{
	(void)state;
	float values[] = {1, 2, 3, 4, 5, 6};
	sj_scope scope = sj_scope_begin();
	sj_tensor *t = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), values);
	values[0] = 9;
	assert_int_equal(sj_tensor_rank(t), 2);
	assert_int_equal(sj_tensor_dim(t, -1), 3);
	assert_int_equal(sj_tensor_dim(t, 2), -1);
	assert_int_equal(sj_tensor_size(t), 6);
	assert_int_equal(sj_tensor_bytes(t), 24);
	assert_float_equal(sj_tensor_item(t, 0), 1, 0);
	float copy[6];
	assert_int_equal(sj_tensor_copy_to(t, copy, sizeof(copy)), SJ_OK);
	assert_float_equal(copy[5], 6, 0);
	sj_scope_end(scope);
}

static void wrong_shapes_are_refused(void **state)
{
	(void)state;
	float value = 1;
	int64_t huge[] = {(int64_t)1 << 40, (int64_t)1 << 40}, with_zero[] = {0, (int64_t)1 << 40, (int64_t)1 << 40},
		many[300] = {0};
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, SJ_INTS(-1), &value, 4), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "dimension 0 is -1");
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, SJ_INTS(2), &value, 4), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "4 bytes given");
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, SJ_INTS(1), NULL, 4), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "NULL");
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, (sj_ints){2, huge}, &value, 4), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "overflow");
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, (sj_ints){3, with_zero}, &value, 0), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "overflow");
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, (sj_ints){255, many}, NULL, 0), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "rank");
	assert_ptr_equal(sj_tensor_new((sj_dtype)99, SJ_INTS(1), &value, 4), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "dtype");
	assert_ptr_equal(sj_tensor_new(SJ_STRING, SJ_INTS(1), &value, 16), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "string");
	assert_ptr_equal(sj_tensor_new(SJ_FLOAT32, (sj_ints){1, NULL}, &value, 4), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "NULL");
}

static void scalars_hold_what_their_dtype_can(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	assert_float_equal(sj_item(sj_scalar(SJ_INT8, -128)), -128, 0);
	assert_float_equal(sj_item(sj_scalar(SJ_FLOAT16, 1.5)), 1.5, 0);
	assert_float_equal(sj_item(sj_scalar(SJ_BFLOAT16, -3)), -3, 0);
	assert_true(isnan(sj_item(sj_scalar(SJ_FLOAT64, (double)NAN))));
	assert_ptr_equal(sj_scalar(SJ_UINT8, 256), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "256");
	assert_ptr_equal(sj_scalar(SJ_INT32, 1.5), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "1.5");
	assert_ptr_equal(sj_scalar(SJ_INT64, (double)NAN), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "whole number");
	sj_scope_end(scope);
}

static void strings_are_kept_with_their_lengths(void **state)
{
	(void)state;
	const char *words[] = {"one", "", "t\0o"};
	size_t lengths[] = {3, 0, 3}, length;
	sj_scope scope = sj_scope_begin();
	sj_tensor *t = sj_strings_new(SJ_INTS(3), words, lengths, 3);
	assert_memory_equal(sj_tensor_string(t, 2, &length), "t\0o", 3);
	assert_int_equal(length, 3);
	assert_null(sj_tensor_string(t, 3, &length));
	expect_error(SJ_INVALID_ARGUMENT, "outside");
	assert_ptr_equal(sj_strings_new(SJ_INTS(2), words, lengths, 3), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "3 strings");
	sj_scope_end(scope);
}

static void scopes_release_everything(void **state)
{
	(void)state;
	sj_scope warm = sj_scope_begin();
	for (int i = 0; i < 1000; i++)
		sj_float((float)i);
	sj_scope_end(warm);
	int64_t before = sj__memory_in_use();
	sj_scope outer = sj_scope_begin();
	for (int i = 0; i < 100; i++)
		sj_float(1);
	sj_scope_begin(); /* left open: ends with the outer one */
	for (int i = 0; i < 100; i++)
		sj_float(2);
	sj_scope_end(outer);
	assert_int_equal(sj__memory_in_use(), before);
	sj_scope_end(outer); /* ended already: ignored */
}

static void scope_hands_one_tensor_out(void **state)
{
	(void)state;
	sj_scope outer = sj_scope_begin(), inner = sj_scope_begin();
	sj_tensor *lost = sj_float(1), *kept = sj_scope_return(inner, sj_float(2));
	assert_false(sj_tensor_is_valid(lost));
	assert_float_equal(sj_item(kept), 2, 0);
	sj_scope_end(outer);
	assert_false(sj_tensor_is_valid(kept));
}

static void kept_tensor_outlives_its_scope(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *t = sj_keep(sj_float(7));
	sj_scope_end(scope);
	assert_float_equal(sj_item(t), 7, 0);
	sj_free(t);
	assert_false(sj_tensor_is_valid(t));
	sj_free(t); /* ignored */
	sj_free(NULL);
	sj_free(sj_nil());
}

static void released_handles_are_told(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *gone = sj_keep(sj_float(1));
	sj_scope_end(scope);
	sj_free(gone);
	scope = sj_scope_begin();
	assert_ptr_equal(sj_neg(gone), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "released");
	assert_ptr_equal(sj_neg(NULL), sj_nil());
	expect_error(SJ_INVALID_ARGUMENT, "NULL");
	assert_true(isnan(sj_item(NULL)));
	expect_error(SJ_INVALID_ARGUMENT, "NULL");
	sj_scope_end(scope);
}

static void nil_passes_through_and_the_first_error_sticks(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_float(1), *v = sj_variable_new(x);
	sj_tensor *y = sj_relu(sj_matmul(x, x));
	assert_ptr_equal(y, sj_nil());
	char first[256];
	snprintf(first, sizeof(first), "%s", sj_error_message());
	sj_add(x, sj_int(1));
	assert_string_equal(sj_error_message(), first);
	assert_int_equal(sj_assign(v, sj_float(5)), SJ_INVALID_ARGUMENT); /* refused while an error sticks */
	sj_error_clear();
	assert_float_equal(sj_item(v), 1, 0);
	sj_free(v);
	sj_scope_end(scope);
}

static void variables_refuse_what_does_not_fit(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *v = sj_variable_new_named(sj_float(1), "weight", true);
	assert_string_equal(sj_variable_name(v), "weight");
	sj_assign(v, sj_int(2));
	expect_error(SJ_INVALID_ARGUMENT, "weight");
	sj_assign(v, sj_reshape(sj_float(2), SJ_INTS(1)));
	expect_error(SJ_INVALID_ARGUMENT, "shape");
	sj_assign(sj_float(1), sj_float(2));
	expect_error(SJ_INVALID_ARGUMENT, "no variable");
	sj_tensor *empty = sj_variable_new_uninitialized(SJ_FLOAT32, SJ_INTS(2), "empty", true);
	assert_ptr_equal(sj_neg(empty), sj_nil());
	expect_error(SJ_FAILED_PRECONDITION, "empty");
	sj_free(empty);
	sj_free(v);
	sj_scope_end(scope);
}

#define TEST(name) cmocka_unit_test_setup(name, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tensor_holds_a_copy),
		TEST(wrong_shapes_are_refused),
		TEST(scalars_hold_what_their_dtype_can),
		TEST(strings_are_kept_with_their_lengths),
		TEST(scopes_release_everything),
		TEST(scope_hands_one_tensor_out),
		TEST(kept_tensor_outlives_its_scope),
		TEST(released_handles_are_told),
		TEST(nil_passes_through_and_the_first_error_sticks),
		TEST(variables_refuse_what_does_not_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Metrics: running means with and without weights, accuracy, confusion counts; refused input changes nothing. */
#include "train_support.h"

static const float VALUES[] = {1, 2, 3, 4, 5, 6};

static void means(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_mean_metric mean = {0};
	assert_true(isnan(sj_mean_result(&mean)));
	assert_int_equal(sj_mean_add(&mean, sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), VALUES)), SJ_OK);
	assert_true(sj_mean_result(&mean) == 3.5);
	assert_int_equal(sj_mean_add(&mean, sj_int(14)), SJ_OK);
	assert_true(sj_mean_result(&mean) == 5);
	assert_int_equal(sj_mean_add(&mean, sj_fill(SJ_INTS(0), sj_float(1))), SJ_OK);
	assert_true(sj_mean_result(&mean) == 5);
	assert_true(isnan(sj_mean_result(NULL)));
	sj_scope_end(scope);
}

static void weighted_means(void **state)
{
	(void)state;
	static const float column[] = {1, 3}, row[] = {0, 1, 2};
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), VALUES);
	sj_mean_metric by_column = {0}, by_row = {0}, by_scalar = {0};
	sj_mean_add_weighted(&by_column, x, sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 1), column));
	assert_true(sj_mean_result(&by_column) == (6 + 3 * 15) / 12.0);
	sj_mean_add_weighted(&by_row, x, sj_tensor_from(SJ_FLOAT32, SJ_INTS(3), row));
	assert_true(sj_mean_result(&by_row) == (2 + 2 * 3 + 5 + 2 * 6) / 6.0);
	sj_mean_add_weighted(&by_scalar, x, sj_float(0.5f));
	assert_true(sj_mean_result(&by_scalar) == 3.5 && by_scalar.weight == 3);
	assert_no_error();
	assert_int_equal(sj_mean_add_weighted(&by_row, x, sj_tensor_from(SJ_FLOAT32, SJ_INTS(2), column)),
	                 SJ_INVALID_ARGUMENT);
	sj_error_clear();
	assert_true(by_row.weight == 6);
	sj_scope_end(scope);
}

static void accuracies(void **state)
{
	(void)state;
	static const int32_t labels[] = {0, 1, 2, 1}, predictions[] = {0, 1, 1, 1};
	sj_scope scope = sj_scope_begin();
	sj_mean_metric accuracy = {0};
	sj_tensor *y = sj_tensor_from(SJ_INT32, SJ_INTS(4), labels),
		  *p = sj_tensor_from(SJ_INT32, SJ_INTS(4), predictions);
	assert_int_equal(sj_accuracy_add(&accuracy, y, p), SJ_OK);
	assert_int_equal(sj_accuracy_add(&accuracy, y, y), SJ_OK);
	assert_true(sj_mean_result(&accuracy) == 7 / 8.0);
	assert_int_equal(sj_accuracy_add(&accuracy, y, sj_cast(p, SJ_INT64)), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_accuracy_add(&accuracy, y, y), SJ_INVALID_ARGUMENT); /* refused while an error sticks */
	sj_error_clear();
	assert_int_equal(sj_accuracy_add(&accuracy, y, sj_reshape(p, SJ_INTS(2, 2))), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	assert_int_equal(sj_accuracy_add(NULL, y, p), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	assert_true(accuracy.weight == 8);
	sj_scope_end(scope);
}

static void confusions(void **state)
{
	(void)state;
	static const int32_t labels[] = {0, 1, 2, 1}, predictions[] = {0, 1, 1, 1};
	static const int64_t wanted[9] = {1, 0, 0, 0, 2, 0, 0, 1, 0};
	int64_t counts[9] = {0};
	sj_scope scope = sj_scope_begin();
	sj_tensor *y = sj_tensor_from(SJ_INT32, SJ_INTS(4), labels),
		  *p = sj_tensor_from(SJ_INT32, SJ_INTS(4), predictions);
	assert_int_equal(sj_confusion_add(counts, 3, y, p), SJ_OK);
	assert_memory_equal(counts, wanted, sizeof(counts));
	assert_int_equal(sj_confusion_add(counts, 2, y, p), SJ_INVALID_ARGUMENT); /* label 2 of two classes */
	sj_error_clear();
	assert_memory_equal(counts, wanted, sizeof(counts));
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means),
		cmocka_unit_test(weighted_means),
		cmocka_unit_test(accuracies),
		cmocka_unit_test(confusions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

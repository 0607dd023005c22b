/* For the tests of training: reference arrays by name, and comparison of tensors. */
#ifndef SOKUJI_TESTS_TRAIN_SUPPORT_H
#define SOKUJI_TESTS_TRAIN_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sokuji.h>

/* Fails the test with the library's message when an error sticks. */
#define assert_no_error() \
	do { \
		if (!sj_ok()) \
			fail_msg("%s: %s", sj_status_name(sj_error_code()), sj_error_message()); \
	} while (0)

/* A folder of the repository; tests run in its root. */
static inline sj_npz *reference_open(const char *name)
{
	char path[256];
	snprintf(path, sizeof(path), "tests/reference/%s.npz", name);
	sj_npz *npz = sj_npz_open(path);
	assert_no_error();
	return npz;
}

static inline bool reference_has(sj_npz *npz, const char *format, ...) SJ_PRINTF_LIKE(2, 3);
static inline bool reference_has(sj_npz *npz, const char *format, ...)
{
	char name[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	for (int64_t i = 0; i < sj_npz_count(npz); i++)
		if (strcmp(sj_npz_name(npz, i), name) == 0)
			return true;
	return false;
}

/* The array whose name printf's format gives; a tensor of the open scope. */
static inline sj_tensor *reference(sj_npz *npz, const char *format, ...) SJ_PRINTF_LIKE(2, 3);
static inline sj_tensor *reference(sj_npz *npz, const char *format, ...)
{
	char name[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	sj_tensor *t = sj_npz_read(npz, name);
	if (!sj_ok())
		fail_msg("%s: %s", name, sj_error_message());
	return t;
}

/* The array with one row for each step: row `step`, without that axis. */
static inline sj_tensor *row_of(sj_tensor *rows, int64_t step) { return sj_gather(rows, sj_scalar_i64(step)); }

/* Same shape, and |got - wanted| <= tolerance (1 + |wanted|) for each element; NaN only beside NaN, infinities equal. */
static inline void assert_close(const char *what, sj_tensor *got, sj_tensor *wanted, double tolerance)
{
	assert_no_error();
	if (sj_tensor_rank(got) != sj_tensor_rank(wanted) || sj_tensor_size(got) != sj_tensor_size(wanted))
		fail_msg("%s: rank %d, %lld elements; wanted %d, %lld", what, sj_tensor_rank(got),
		         (long long)sj_tensor_size(got), sj_tensor_rank(wanted), (long long)sj_tensor_size(wanted));
	for (int i = 0; i < sj_tensor_rank(got); i++)
		if (sj_tensor_dim(got, i) != sj_tensor_dim(wanted, i))
			fail_msg("%s: dimension %d is %lld, wanted %lld", what, i, (long long)sj_tensor_dim(got, i),
			         (long long)sj_tensor_dim(wanted, i));
	for (int64_t i = 0; i < sj_tensor_size(wanted); i++) {
		double a = sj_tensor_item(got, i), b = sj_tensor_item(wanted, i);
		bool is_same = a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * (1 + fabs(b));
		if (!is_same)
			fail_msg("%s: element %lld is %.9g, wanted %.9g (difference %.3g, allowed %.3g)", what,
			         (long long)i, a, b, a - b, tolerance * (1 + fabs(b)));
	}
	assert_no_error();
}

static inline void assert_near_number(const char *what, double got, double wanted, double tolerance)
{
	if (!(fabs(got - wanted) <= tolerance))
		fail_msg("%s is %.9g, wanted %.9g (allowed %.3g)", what, got, wanted, tolerance);
}

#endif

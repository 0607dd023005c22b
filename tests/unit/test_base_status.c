/* Errors of a thread, texts and numbers, the clock, the denormal mode, quotas of containers. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "base/container.h"
#include "base/denormals.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

static void status_first_error_sticks(void **state)
{
	(void)state;
	sj_error_clear();
	assert_string_equal(sj_error_message(), "");
	assert_int_equal(sj__fail(SJ_NOT_FOUND, "no %s", "file"), SJ_NOT_FOUND);
	assert_true(sj_ok());
	assert_string_equal(sj_error_message(), "no file");
	assert_int_equal(sj__fail_within(SJ_INVALID_ARGUMENT, "Read"), SJ_INVALID_ARGUMENT);
	assert_string_equal(sj_error_message(), "Read: no file");
	sj__error_stick(SJ_INVALID_ARGUMENT);
	sj__fail(SJ_INTERNAL, "later");
	sj__error_stick(SJ_INTERNAL);
	assert_int_equal(sj_error_set(SJ_INTERNAL, "later %d", 2), SJ_INTERNAL);
	assert_false(sj_ok());
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	assert_string_equal(sj_error_message(), "Read: no file");
	assert_int_equal(sj__error_take(), SJ_INVALID_ARGUMENT);
	assert_true(sj_ok());
	assert_string_equal(sj_error_message(), "Read: no file");
	sj_error_clear();
	assert_int_equal(sj_error_set(SJ_OK, "taken as unknown"), SJ_UNKNOWN);
	sj_error_clear();
	assert_int_equal(sj__error_take(), SJ_OK);
}

static void status_frames_nest(void **state)
{
	sj__error_frame outer, inner;
	(void)state;
	sj_error_clear();
	sj_error_set(SJ_ABORTED, "outer");
	sj__error_frame_begin(&outer);
	assert_true(sj_ok());
	sj__error_frame_begin(&inner);
	assert_int_equal(sj__error_frame_end(&inner), SJ_OK);
	sj_error_set(SJ_DATA_LOSS, "inside");
	assert_int_equal(sj__error_frame_end(&outer), SJ_DATA_LOSS);
	assert_int_equal(sj_error_code(), SJ_ABORTED);
	assert_string_equal(sj_error_message(), "outer");
	sj__error_take();
	sj_error_clear();
	sj__error_frame_begin(&outer);
	sj_error_set(SJ_DATA_LOSS, "inside");
	assert_int_equal(sj__error_frame_end(&outer), SJ_DATA_LOSS);
	assert_true(sj_ok());
	assert_string_equal(sj_error_message(), "inside");
	sj_error_clear();
}

static void status_long_messages_are_cut(void **state)
{
	char long_text[3000];
	(void)state;
	for (size_t i = 0; i + 2 < sizeof long_text; i += 2)
		memcpy(long_text + i, "\xC3\xA4", 3);
	sj__fail(SJ_INTERNAL, "%s", long_text);
	assert_int_equal(strlen(sj_error_message()), 1022); /* 1,023 would halve a character */
	sj__fail(SJ_INTERNAL, "x%s", long_text);
	assert_int_equal(strlen(sj_error_message()), 1023);
	sj__fail(SJ_INTERNAL, "%s, again", sj_error_message());
	assert_int_equal(strlen(sj_error_message()), 1023);
	sj_error_clear();
}

static void *other_thread(void *unused)
{
	bool *result = unused;
	result[0] = sj_ok() && strcmp(sj_error_message(), "") == 0;
	sj_error_set(SJ_INTERNAL, "theirs");
	return NULL;
}

static void status_is_per_thread(void **state)
{
	pthread_t thread;
	bool was_clean = false;
	(void)state;
	sj_error_set(SJ_INTERNAL, "ours");
	for (int i = 0; i < 2; i++) { /* the second thread gets the record of the first */
		pthread_create(&thread, NULL, other_thread, &was_clean);
		pthread_join(thread, NULL);
		assert_true(was_clean);
	}
	assert_string_equal(sj_error_message(), "ours");
	sj_error_clear();
}

static void status_names(void **state)
{
	(void)state;
	assert_string_equal(sj_status_name(SJ_OK), "OK");
	assert_string_equal(sj_status_name(SJ_INVALID_ARGUMENT), "InvalidArgument");
	assert_string_equal(sj_status_name(SJ_UNAUTHENTICATED), "Unauthenticated");
	assert_string_equal(sj_status_name((sj_status)17), "Unknown");
	assert_string_equal(sj_status_name((sj_status)-1), "Unknown");
}

static void text_grows(void **state)
{
	sj__text text = {0};
	(void)state;
	assert_string_equal(sj__text_string(&text), "");
	for (int i = 0; i < 1000; i++)
		assert_int_equal(sj__text_append(&text, "%03d ", i), SJ_OK);
	assert_int_equal(text.length, 4000);
	assert_int_equal(memcmp(text.bytes + 3996, "999 ", 5), 0);
	sj__text_append(&text, "%500d", 7);
	assert_int_equal(text.length, 4500);
	sj__text_append_bytes(&text, "a\0b", 3);
	assert_int_equal(text.length, 4503);
	char *bytes = sj__text_take(&text);
	assert_int_equal(memcmp(bytes + 4499, "7a\0b", 5), 0);
	sj__memory_free(bytes);
	bytes = sj__text_take(&text);
	assert_string_equal(bytes, "");
	sj__memory_free(bytes);
	sj__text_release(&text);
}

static void text_keeps_its_first_failure(void **state)
{
	sj__text text = {0};
	(void)state;
	sj__memory_fail_at(1, false);
	assert_int_equal(sj__text_append_string(&text, "abc"), SJ_RESOURCE_EXHAUSTED);
	sj__memory_fail_at(0, false);
	assert_int_equal(sj__text_append_string(&text, "abc"), SJ_RESOURCE_EXHAUSTED);
	assert_null(sj__text_take(&text));
	sj__text_clear(&text);
	assert_int_equal(sj__text_append_string(&text, "abc"), SJ_OK);
	assert_int_equal(sj__text_reserve(&text, INT64_MAX), SJ_RESOURCE_EXHAUSTED);
	assert_string_equal(sj__text_string(&text), "abc");
	sj__text_release(&text);
}

static void text_ignores_the_locale(void **state)
{
	sj__text text = {0};
	double value = 0;
	(void)state;
	const char *found = setlocale(LC_ALL, "de_DE.UTF-8"); /* where installed */
	sj__text_append(&text, "%g", 0.5);
	assert_string_equal(sj__text_string(&text), "0.5");
	assert_true(sj__parse_double("0.5", 3, &value));
	assert_true(value == 0.5);
	sj__text_release(&text);
	if (found != NULL)
		setlocale(LC_ALL, "C");
}

static bool int64_of(const char *string, int64_t *ret_value)
{
	return sj__parse_int64(string, (int64_t)strlen(string), ret_value);
}

static void numbers_int64(void **state)
{
	static const char *const bad[] = {"",
	                                  "+",
	                                  "-",
	                                  " 1",
	                                  "1 ",
	                                  "0x1",
	                                  "1.",
	                                  "--1",
	                                  "9223372036854775808",
	                                  "-9223372036854775809",
	                                  "99999999999999999999",
	                                  "1e3"};
	int64_t value = 7;
	(void)state;
	for (int i = 0; i < SJ_COUNT_OF(bad); i++)
		assert_false(int64_of(bad[i], &value));
	assert_int_equal(value, 7);
	assert_true(int64_of("9223372036854775807", &value) && value == INT64_MAX);
	assert_true(int64_of("-9223372036854775808", &value) && value == INT64_MIN);
	assert_true(int64_of("+007", &value) && value == 7);
	assert_true(sj__parse_int64("123", 2, &value) && value == 12);
}

static bool double_of(const char *string, double *ret_value)
{
	return sj__parse_double(string, (int64_t)strlen(string), ret_value);
}

static void numbers_double(void **state)
{
	static const char *const bad[] = {"",   ".",     "+",   "1e",     "1e+",  "e5",   " 1",
	                                  "1 ", "0x1p3", "1,5", "nan(1)", "infi", "1.2.3"};
	double value = 7;
	char digits[400];
	(void)state;
	for (int i = 0; i < SJ_COUNT_OF(bad); i++)
		assert_false(double_of(bad[i], &value));
	assert_true(value == 7);
	assert_true(double_of("0.1", &value) && value == 0.1);
	assert_true(double_of("-.5e1", &value) && value == -5);
	assert_true(double_of("5.", &value) && value == 5);
	assert_true(double_of("1e999", &value) && isinf(value));
	assert_true(double_of("-Infinity", &value) && isinf(value) && value < 0);
	assert_true(double_of("NaN", &value) && isnan(value));
	assert_true(double_of("1.7976931348623157e308", &value) && value == DBL_MAX);
	memset(digits, '1', sizeof digits);
	digits[1] = '.';
	assert_true(sj__parse_double(digits, sizeof digits, &value) && value == 1.1111111111111112);
	assert_true(sj__parse_double("12.5", 3, &value) && value == 12);
}

static int64_t stopped(void) { return 42; }

static void clock_is_injected(void **state)
{
	(void)state;
	int64_t before = sj__clock_ns();
	assert_true(before > 0 && sj__clock_ns() >= before);
	sj__clock_set(stopped);
	assert_int_equal(sj__clock_ns(), 42);
	sj__clock_set(NULL);
	assert_true(sj__clock_ns() >= before);
}

static void denormals_flush_and_come_back(void **state)
{
	volatile float tiny = FLT_MIN;
	volatile float half = 0.5f;
	(void)state;
	uint32_t before = sj__denormals_flush_begin();
	uint32_t inner = sj__denormals_flush_begin();
	volatile float flushed = tiny * half;
	sj__denormals_flush_end(inner);
	volatile float still_flushed = tiny * half;
	sj__denormals_flush_end(before);
	volatile float kept = tiny * half;
#if defined(__x86_64__) || defined(__aarch64__)
	assert_true(flushed == 0 && still_flushed == 0);
#endif
	assert_true(kept > 0);
}

/* A folder that looks like the root of a machine. */
static void put(const char *root, const char *path, const char *content)
{
	char whole[512];
	snprintf(whole, sizeof whole, "%s/%s", root, path);
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = 0;
		mkdir(whole, 0700);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static void remove_tree(const char *root)
{
	char command[600];
	snprintf(command, sizeof command, "rm -r '%s'", root);
	assert_int_equal(system(command), 0);
}

static void container_version_2(void **state)
{
	char root[] = "/tmp/sokuji_container_XXXXXX";
	(void)state;
	assert_non_null(mkdtemp(root));
	int all = sj__container_processors(root);
	put(root, "proc/self/cgroup", "0::/a/b\n");
	put(root, "sys/fs/cgroup/a/memory.max", "1048576\n");
	put(root, "sys/fs/cgroup/a/b/memory.max", "max\n");
	put(root, "sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
	assert_int_equal(sj__container_memory(root), 1048576);
	assert_int_equal(sj__container_processors(root), 1);
	put(root, "sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	assert_int_equal(sj__container_processors(root), all);
	put(root, "sys/fs/cgroup/memory.max", "4096\n"); /* as a container sees its own group */
	assert_int_equal(sj__container_memory(root), 4096);
	remove_tree(root);
}

static void container_version_1(void **state)
{
	char root[] = "/tmp/sokuji_container_XXXXXX";
	(void)state;
	assert_non_null(mkdtemp(root));
	int64_t physical = sj__container_memory(root);
	assert_true(physical > 0);
	put(root, "proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/y\n2:cpuset:/\n0::/\n");
	put(root, "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "2097152\n");
	put(root, "sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "100000\n");
	put(root, "sys/fs/cgroup/cpu/y/cpu.cfs_period_us", "100000\n");
	assert_int_equal(sj__container_memory(root), 2097152);
	assert_int_equal(sj__container_processors(root), 1);
	put(root, "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
	put(root, "sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "-1\n");
	assert_int_equal(sj__container_memory(root), physical);
	assert_true(sj__container_processors(root) >= 1);
	remove_tree(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_first_error_sticks),
		cmocka_unit_test(status_frames_nest),
		cmocka_unit_test(status_long_messages_are_cut),
		cmocka_unit_test(status_is_per_thread),
		cmocka_unit_test(status_names),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(text_keeps_its_first_failure),
		cmocka_unit_test(text_ignores_the_locale),
		cmocka_unit_test(numbers_int64),
		cmocka_unit_test(numbers_double),
		cmocka_unit_test(clock_is_injected),
		cmocka_unit_test(denormals_flush_and_come_back),
		cmocka_unit_test(container_version_2),
		cmocka_unit_test(container_version_1),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Datasets: every source and transformation, errors in their places, guards, constant memory, threads; failing allocations lose no element. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/threads.h"
#include "sokuji.h"

/* ---- helpers ---- */

/* The first components of all elements as numbers: "0 1 2", then "!Code" if an error ended it. */
static const char *numbers_of(sj_dataset *d)
{
	static char text[4096];
	sj_tensor *t[8];
	sj_iterator *it = sj_dataset_begin(d);
	text[0] = 0;
	while (sj_iterator_next(it, t))
		for (int64_t i = 0; i < sj_tensor_size(t[0]) && strlen(text) < sizeof text - 32; i++)
			sprintf(text + strlen(text), "%s%g",
			        text[0] == 0 ? ""
			        : i == 0     ? " "
			                     : ",",
			        sj_tensor_item(t[0], i));
	if (!sj_ok())
		sprintf(text + strlen(text), "!%s", sj_status_name(sj_error_code()));
	sj_error_clear();
	sj_iterator_free(it);
	return text;
}

static void assert_numbers(sj_dataset *d, const char *expected)
{
	assert_non_null(d);
	assert_string_equal(numbers_of(d), expected);
	assert_string_equal(numbers_of(d), expected); /* once more from the beginning */
	sj_dataset_free(d);
}

static void assert_refused(sj_dataset *d, const char *words)
{
	assert_null(d);
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	if (strstr(sj_error_message(), words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", sj_error_message(), words);
	sj_error_clear();
}

static int64_t n_released;
static void count_release(void *context)
{
	(void)context;
	n_released++;
}

static void square(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_inputs, (void)n_outputs;
	sj_tensor *x = inputs[n_inputs - 1];
	ret_outputs[0] = sj_mul(x, x);
}

/* Fails for multiples of five. */
static void fail_at_fives(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_inputs, (void)n_outputs;
	if ((int64_t)sj_item(inputs[0]) % 5 == 0)
		sj_error_set(SJ_ABORTED, "it is %g", sj_item(inputs[0]));
	ret_outputs[0] = inputs[0];
}

static bool is_odd(void *context, int n_inputs, sj_tensor *const *inputs)
{
	(void)context, (void)n_inputs;
	return (int64_t)sj_item(inputs[0]) % 2 != 0;
}

static bool below_four(void *context, int64_t index, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_outputs;
	ret_outputs[0] = sj_scalar_i64(index * 10);
	return index < 4;
}

static sj_dataset *range(int64_t n) { return sj_dataset_range(0, n, 1); }

/* ---- sources ---- */

static void test_sources(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	float matrix[] = {1, 2, 3, 4, 5, 6};
	int64_t labels[] = {7, 8, 9};
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(3, 2), matrix),
		  *y = sj_tensor_from(SJ_INT64, SJ_INTS(3), labels);
	assert_numbers(sj_dataset_from_tensors(2, (sj_tensor *[]){y, x}), "7,8,9");
	assert_numbers(sj_dataset_from_slices(2, (sj_tensor *[]){x, y}), "1,2 3,4 5,6");
	sj_dataset *d = sj_dataset_from_slices(2, (sj_tensor *[]){y, x});
	sj_tensor *t[2];
	sj_iterator *it = sj_dataset_begin(d);
	sj_dataset_free(d); /* the iterator holds it */
	assert_true(sj_iterator_next(it, t) && sj_iterator_next(it, t));
	assert_int_equal(sj_tensor_rank(t[0]), 0);
	assert_int_equal(sj_tensor_dim(t[1], 0), 2);
	assert_true(sj_item(t[0]) == 8 && sj_tensor_item(t[1], 1) == 4);
	sj_iterator_free(it);
	/* A slice of a slice: views of views. */
	sj_dataset *inner = sj_dataset_from_slices(1, &x);
	it = sj_dataset_begin(inner);
	assert_true(sj_iterator_next(it, t) && sj_iterator_next(it, t));
	assert_numbers(sj_dataset_from_slices(1, t), "3 4");
	sj_iterator_free(it);
	sj_dataset_free(inner);
	assert_numbers(sj_dataset_range(3, 3, 1), "");
	assert_numbers(sj_dataset_range(0, 10, 3), "0 3 6 9");
	assert_numbers(sj_dataset_range(2, -3, -2), "2 0 -2");
	assert_numbers(sj_dataset_take(sj_dataset_range(INT64_MIN, INT64_MAX, INT64_MAX), 9),
	               "-9.22337e+18 -1 9.22337e+18");
	assert_numbers(sj_dataset_from_function(1, below_four, NULL, count_release), "0 10 20 30");
	assert_refused(sj_dataset_range(0, 1, 0), "step");
	assert_refused(sj_dataset_from_slices(1, (sj_tensor *[]){sj_float(1)}), "scalar");
	assert_refused(sj_dataset_from_slices(2, (sj_tensor *[]){x, sj_tensor_new(SJ_INT64, SJ_INTS(1), labels, 8)}),
	               "differ");
	assert_refused(sj_dataset_from_tensors(0, NULL), "tensors");
	assert_refused(sj_dataset_from_tensors(1, (sj_tensor *[]){NULL}), "NULL");
	sj_scope_end(scope);
}

static char folder[] = "/tmp/sokuji_dataset_XXXXXX";

static const char *file_of(const char *name, const char *text, size_t n)
{
	static char paths[4][128];
	static int i;
	char *path = paths[i++ % 4];
	snprintf(path, 128, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	fwrite(text, 1, n, file);
	fclose(file);
	return path;
}

static const char *lines_of(sj_dataset *d)
{
	static char text[4096];
	sj_tensor *t;
	size_t n;
	text[0] = 0;
	sj_iterator *it = sj_dataset_begin(d);
	for (int errors = 0; errors < 3;) {
		if (sj_iterator_next(it, &t)) {
			const char *line = sj_tensor_string(t, 0, &n);
			sprintf(text + strlen(text), "[%.*s]", (int)n, line);
			continue;
		}
		if (sj_ok())
			break;
		sprintf(text + strlen(text), "!%s ", sj_status_name(sj_error_code()));
		sj_error_clear();
		errors++;
	}
	sj_iterator_free(it);
	sj_dataset_free(d);
	return text;
}

static void test_lines(void **state)
{
	(void)state;
	const char *a = file_of("a", "one\r\n\ntwo\nthree", 15), *b = file_of("b", "", 0),
		   *c = file_of("c", "last\n", 5);
	assert_string_equal(lines_of(sj_dataset_text_lines(3, (const char *[]){a, b, c})), "[one][][two][three][last]");
	assert_string_equal(lines_of(sj_dataset_text_lines(0, NULL)), "");
	const char *paths[] = {"/nonexistent/file", c, folder, c};
	assert_string_equal(lines_of(sj_dataset_text_lines(4, paths)), "!NotFound [last]!FailedPrecondition [last]");
	assert_refused(sj_dataset_text_lines(1, (const char *[]){NULL}), "NULL");
	/* A line of exactly 16 MiB passes, one byte more does not; the next file is read after it. */
	size_t n = (16 << 20) + 8;
	char *bytes = malloc(n);
	memset(bytes, 'x', n);
	memcpy(bytes, "first\n", 6);
	const char *good = file_of("good", bytes, 6 + (16 << 20)), *bad = file_of("bad", bytes, 6 + (16 << 20) + 1);
	sj_dataset *d = sj_dataset_text_lines(1, &good);
	sj_tensor *t;
	sj_iterator *it = sj_dataset_begin(d);
	size_t length = 0;
	assert_true(sj_iterator_next(it, &t) && sj_iterator_next(it, &t));
	sj_tensor_string(t, 0, &length);
	assert_int_equal(length, 16 << 20);
	sj_iterator_free(it);
	sj_dataset_free(d);
	d = sj_dataset_text_lines(2, (const char *[]){bad, c});
	it = sj_dataset_begin(d);
	assert_true(sj_iterator_next(it, &t));
	assert_false(sj_iterator_next(it, &t));
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "offset 6 "));
	assert_false(sj_iterator_next(it, &t)); /* while it sticks */
	sj_error_clear();
	assert_true(sj_iterator_next(it, &t));
	assert_false(sj_iterator_next(it, &t));
	assert_true(sj_ok());
	sj_iterator_free(it);
	sj_dataset_free(d);
	free(bytes);
}

/* ---- transformations ---- */

static void test_transformations(void **state)
{
	(void)state;
	n_released = 0;
	assert_numbers(sj_dataset_map(range(4), 1, square, NULL, count_release), "0 1 4 9");
	assert_numbers(sj_dataset_filter(range(6), is_odd, NULL, count_release), "1 3 5");
	assert_int_equal(n_released, 2);
	assert_numbers(sj_dataset_batch(range(5), 2), "0,1 2,3 4");
	assert_numbers(sj_dataset_batch(range(5), 2, .drop_remainder = true), "0,1 2,3");
	assert_numbers(sj_dataset_batch(sj_dataset_batch(range(4), 2), 9), "0,1,2,3");
	assert_numbers(sj_dataset_batch(range(2), INT64_MAX), "0,1");
	assert_numbers(sj_dataset_repeat(range(2), 3), "0 1 0 1 0 1");
	assert_numbers(sj_dataset_repeat(range(2), 0), "");
	assert_numbers(sj_dataset_repeat(range(0), -1), "");
	assert_numbers(sj_dataset_take(sj_dataset_repeat(range(2), -1), 5), "0 1 0 1 0");
	assert_numbers(sj_dataset_skip(range(5), 3), "3 4");
	assert_numbers(sj_dataset_skip(range(5), -1), "");
	assert_numbers(sj_dataset_take(range(3), -1), "0 1 2");
	assert_numbers(sj_dataset_zip(2, (sj_dataset *[]){range(3), range(5)}), "0 1 2");
	assert_numbers(sj_dataset_map(sj_dataset_zip(2, (sj_dataset *[]){range(9), sj_dataset_range(3, 5, 1)}), 1,
	                              square, NULL, NULL),
	               "9 16");
	assert_numbers(sj_dataset_concatenate(range(2), sj_dataset_range(7, 9, 1)), "0 1 7 8");
	assert_numbers(sj_dataset_enumerate(sj_dataset_range(7, 9, 1), 3), "3 4");
	assert_numbers(sj_dataset_prefetch(sj_dataset_prefetch(range(5), 1), 3), "0 1 2 3 4");
	assert_numbers(sj_dataset_shuffle(range(5), 1), "0 1 2 3 4");
	char order[256];
	sj_dataset *same = sj_dataset_shuffle(range(9), 9, .seed = SJ_GIVEN(3), .same_order = true);
	strcpy(order, numbers_of(same));
	assert_numbers(same, order);
}

static void test_arguments(void **state)
{
	(void)state;
	n_released = 0;
	assert_refused(sj_dataset_batch(range(3), 0), "batch_size is 0");
	assert_refused(sj_dataset_shuffle(range(3), 0), "buffer_size is 0");
	assert_refused(sj_dataset_shuffle(range(3), -5), "buffer_size is -5");
	assert_refused(sj_dataset_prefetch(range(3), 0), "at least 1");
	assert_refused(sj_dataset_map(range(3), 1, NULL, NULL, count_release), "NULL");
	assert_refused(sj_dataset_map(range(3), 0, square, NULL, count_release), "tensors");
	assert_refused(sj_dataset_map(NULL, 1, square, NULL, count_release), "NULL");
	assert_refused(sj_dataset_zip(2, (sj_dataset *[]){range(3), NULL}), "NULL");
	assert_refused(sj_dataset_concatenate(range(3), sj_dataset_enumerate(range(2), 0)), "tensors");
	assert_int_equal(n_released, 3);
	/* The first error is the one that sticks. */
	assert_refused(sj_dataset_batch(sj_dataset_shuffle(sj_dataset_repeat(sj_dataset_prefetch(range(3), 0), 1), 0),
	                                0),
	               "at least 1");
	sj_dataset *d = range(1);
	for (int i = 0; i < 2000 && d != NULL; i++)
		d = sj_dataset_skip(d, 0);
	assert_refused(d, "one over another");
	assert_null(sj_dataset_begin(NULL));
	sj_error_clear();
	assert_false(sj_iterator_next(NULL, NULL));
	sj_error_clear();
	sj_iterator_free(NULL);
	sj_dataset_free(NULL);
}

static void ragged(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	float values[] = {1, 2, 3, 4, 5, 6};
	int64_t n = (int64_t)sj_item(inputs[0]);
	(void)context, (void)n_inputs, (void)n_outputs;
	ret_outputs[0] = sj_tensor_new(SJ_FLOAT32, SJ_INTS(n, 2), values, (size_t)n * 8);
}

static void test_shapes(void **state)
{
	(void)state;
	sj_dataset *d = sj_dataset_map(range(4), 1, ragged, NULL, NULL);
	assert_numbers(sj_dataset_batch(sj_dataset_keep(d), 2), "!InvalidArgument");
	sj_dataset *padded = sj_dataset_padded_batch(d, 4);
	sj_iterator *it = sj_dataset_begin(padded);
	sj_tensor *t;
	assert_true(sj_iterator_next(it, &t));
	assert_int_equal(sj_tensor_rank(t), 3);
	assert_int_equal(sj_tensor_dim(t, 1), 3);
	const float expected[] = {0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 6};
	assert_memory_equal(sj_tensor_data(t), expected, sizeof expected);
	sj_iterator_free(it);
	sj_dataset_free(padded);
}

static void test_cache(void **state)
{
	(void)state;
	sj_dataset *d = sj_dataset_cache(sj_dataset_shuffle(range(20), 20, .seed = SJ_GIVEN(1)));
	sj_tensor *t;
	sj_iterator *early = sj_dataset_begin(d);
	assert_true(sj_iterator_next(early, &t));
	sj_iterator_free(early);
	char first[256];
	strcpy(first, numbers_of(d));
	assert_string_equal(numbers_of(d), first); /* no longer shuffled anew */
	assert_numbers(d, first);
	assert_numbers(sj_dataset_repeat(sj_dataset_cache(range(3)), 2), "0 1 2 0 1 2");
}

/* ---- errors in functions ---- */

static void errors_pass_once(sj_dataset *d)
{
	sj_tensor *t;
	int n_errors = 0, n_elements = 0;
	sj_iterator *it = sj_dataset_begin(d);
	for (;;) {
		if (sj_iterator_next(it, &t)) {
			n_elements++;
			assert_int_not_equal((int)sj_item(t) % 5, 0);
			continue;
		}
		if (sj_ok())
			break;
		assert_int_equal(sj_error_code(), SJ_ABORTED);
		char expected[32];
		sprintf(expected, "it is %d", 5 * n_errors++);
		assert_string_equal(sj_error_message(), expected);
		sj_error_clear();
	}
	assert_int_equal(n_errors, 4);
	assert_int_equal(n_elements, 16);
	assert_false(sj_iterator_next(it, &t));
	assert_true(sj_ok());
	sj_iterator_free(it);
	sj_dataset_free(d);
}

static void nothing(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_inputs, (void)n_outputs, (void)inputs, (void)ret_outputs;
}

static void test_errors(void **state)
{
	(void)state;
	errors_pass_once(sj_dataset_map(range(20), 1, fail_at_fives, NULL, NULL));
	errors_pass_once(sj_dataset_prefetch(sj_dataset_map(range(20), 1, fail_at_fives, NULL, NULL), 3));
	errors_pass_once(
		sj_dataset_prefetch(sj_dataset_cache(sj_dataset_map(range(20), 1, fail_at_fives, NULL, NULL)), 1));
	assert_numbers(sj_dataset_map(range(3), 1, nothing, NULL, NULL), "!InvalidArgument");
}

/* A function that calls its own iterator, and one that frees it. */
static sj_iterator *own;
static void call_back(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *t;
	(void)n_inputs, (void)n_outputs;
	if (context != NULL)
		sj_iterator_free(own);
	else
		sj_iterator_next(own, &t);
	assert_int_equal(sj_error_code(), SJ_FAILED_PRECONDITION);
	ret_outputs[0] = inputs[0];
}

static void test_reentry(void **state)
{
	(void)state;
	for (int variant = 0; variant < 4; variant++) {
		sj_dataset *d = sj_dataset_map(range(3), 1, call_back, variant & 1 ? &own : NULL, NULL);
		if (variant & 2)
			d = sj_dataset_prefetch(sj_dataset_prefetch(d, 1), 2);
		sj_tensor *t;
		own = sj_dataset_begin(d);
		for (int i = 0; i < 3; i++) {
			assert_false(sj_iterator_next(own, &t));
			assert_int_equal(sj_error_code(), SJ_FAILED_PRECONDITION);
			sj_error_clear();
		}
		assert_false(sj_iterator_next(own, &t));
		assert_true(sj_ok());
		sj_iterator_free(own);
		sj_dataset_free(d);
	}
}

/* ---- memory and threads ---- */

static sj_dataset *long_chain(int64_t n)
{
	sj_dataset *d = sj_dataset_map(range(n), 1, square, NULL, NULL);
	d = sj_dataset_batch(sj_dataset_shuffle(sj_dataset_filter(d, is_odd, NULL, NULL), 50, .seed = SJ_GIVEN(1)), 10);
	return sj_dataset_prefetch(sj_dataset_repeat(d, 2), 4);
}

static void test_constant_memory(void **state)
{
	(void)state;
	sj_dataset *d = long_chain(100000);
	sj_iterator *it = sj_dataset_begin(d);
	sj_tensor *t;
	int64_t n = 0, early = 0;
	for (; sj_iterator_next(it, &t); n++)
		if (n == 100)
			early = sj__memory_in_use();
	assert_true(sj_ok());
	assert_int_equal(n, 10000);
	assert_true(sj__memory_in_use() < early + (64 << 10));
	sj_iterator_free(it);
	sj_dataset_free(d);
}

static void test_leaks(void **state)
{
	(void)state;
	int64_t before = 0;
	for (int round = 0; round < 3; round++) {
		for (int n = 0; n < 30; n++) { /* ended early, at every place */
			sj_dataset *d = long_chain(300);
			sj_iterator *it = sj_dataset_begin(d);
			sj_tensor *t;
			for (int i = 0; i < n; i++)
				sj_iterator_next(it, &t);
			sj_iterator_free(it);
			sj_dataset_free(d);
		}
		if (round == 0)
			before = sj__memory_in_use();
	}
	assert_true(sj__memory_in_use() <= before + 4096);
}

typedef struct reader {
	sj_dataset *dataset;
	int64_t sum;
} reader;

static void read_all(void *context)
{
	reader *r = context;
	sj_tensor *t;
	sj_iterator *it = sj_dataset_begin(r->dataset);
	while (sj_iterator_next(it, &t))
		r->sum += (int64_t)sj_item(t);
	sj_iterator_free(it);
}

static void test_threads_share(void **state)
{
	(void)state;
	sj_dataset *d = sj_dataset_prefetch(sj_dataset_cache(sj_dataset_shuffle(range(200), 20)), 2);
	reader readers[4] = {{d, 0}, {d, 0}, {d, 0}, {d, 0}};
	sj__thread *threads[4];
	for (int i = 0; i < 4; i++)
		threads[i] = sj__thread_begin(read_all, &readers[i]);
	for (int i = 0; i < 4; i++) {
		sj__thread_join(threads[i]);
		assert_int_equal(readers[i].sum, 199 * 100);
	}
	sj_dataset_free(d);
}

/* Waits until it is cancelled. */
static void wait_long(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_inputs, (void)n_outputs;
	sj__cancel();
	for (int i = 0; i < 100; i++)
		usleep(1000);
	ret_outputs[0] = inputs[0];
}

static void test_cancel(void **state)
{
	(void)state;
	sj_dataset *d = sj_dataset_prefetch(sj_dataset_map(range(3), 1, wait_long, NULL, NULL), 1);
	sj_tensor *t;
	sj_iterator *it = sj_dataset_begin(d);
	assert_false(sj_iterator_next(it, &t));
	assert_int_equal(sj_error_code(), SJ_CANCELLED);
	sj_error_clear();
	sj_iterator_free(it);
	sj__cancel_clear();
	sj_dataset_free(d);
}

/* A failed allocation loses no element: the next call goes on. */
static void test_retry(void **state)
{
	(void)state;
	char good[256];
	sj_dataset *d = sj_dataset_batch(sj_dataset_shuffle(range(12), 4, .seed = SJ_GIVEN(1), .same_order = true), 4);
	strcpy(good, numbers_of(d));
	for (int n = 1; n < 60; n++) {
		char text[256] = "";
		sj_tensor *t;
		sj_iterator *it = sj_dataset_begin(d);
		sj__memory_fail_at(n, false);
		for (;;) {
			if (sj_iterator_next(it, &t)) {
				for (int i = 0; i < 4; i++)
					sprintf(text + strlen(text), "%s%g",
					        text[0] == 0 ? ""
					        : i == 0     ? " "
					                     : ",",
					        sj_tensor_item(t, i));
				continue;
			}
			if (sj_ok())
				break;
			sj_error_clear();
		}
		sj__memory_fail_at(0, false);
		sj_iterator_free(it);
		assert_string_equal(text, good);
	}
	sj_dataset_free(d);
}

/* ---- passes ---- */

/* The differences of neighbours of two inputs in turn: a state of its own for each pass. */
typedef struct pairing {
	sj_dataset_input *inputs[2];
	int turn;
} pairing;

static void *pairing_begin(void *context, int n_inputs, sj_dataset_input *const *inputs)
{
	assert_int_equal(n_inputs, 2);
	pairing *p = calloc(1, sizeof *p);
	p->inputs[0] = inputs[0];
	p->inputs[1] = inputs[1];
	++*(int *)context;
	return p;
}

static bool pairing_next(void *pass, int n_outputs, sj_tensor **ret_outputs)
{
	pairing *p = pass;
	assert_int_equal(n_outputs, 1);
	if (!sj_dataset_input_next(p->inputs[p->turn], ret_outputs))
		return false;
	sj_scope_own(ret_outputs[0]);
	p->turn = 1 - p->turn;
	if (sj_item(ret_outputs[0]) == 12)
		sj_error_set(SJ_DATA_LOSS, "twelve");
	return true;
}

static void test_passes(void **state)
{
	(void)state;
	int n_begun = 0;
	const sj_dataset_passes passes = {sizeof passes, pairing_begin, pairing_next, free, &n_begun, count_release};
	sj_dataset *both[2] = {sj_dataset_range(0, 3, 1), sj_dataset_range(10, 99, 1)};
	n_released = 0;
	sj_dataset *d = sj_dataset_from_passes(1, 2, both, &passes);
	assert_string_equal(numbers_of(d), "0 10 1 11 2!DataLoss");
	sj_iterator *it = sj_dataset_begin(sj_dataset_keep(d));
	sj_tensor *t[1];
	double last = -1;
	for (int k = 0; k < 9; k++) {
		if (sj_iterator_next(it, t))
			last = sj_item(t[0]);
		sj_error_clear();
	}
	assert_true(last == 2); /* the error's element is lost, then the shorter input ends the pass */
	sj_iterator_free(it);
	sj_dataset_free(d);
	assert_int_equal(n_released, 0);
	sj_dataset_free(d);
	assert_int_equal(n_released, 1);
	assert_int_equal(n_begun, 2);
	/* An order below a repeat goes on from round to round. */
	both[0] = sj_dataset_shuffle(sj_dataset_range(0, 9, 1), 9, .seed = {true, 1});
	both[1] = sj_dataset_range(20, 30, 1);
	d = sj_dataset_repeat(sj_dataset_from_passes(1, 2, both,
	                                             &(sj_dataset_passes){sizeof passes, pairing_begin, pairing_next,
	                                                                  free, &n_begun, NULL}),
	                      2);
	char text[256];
	snprintf(text, sizeof text, "%s", numbers_of(d));
	assert_memory_not_equal(text, strlen(text) / 2 + 1 + text, 12);
	sj_dataset_free(d);
	assert_refused(sj_dataset_from_passes(1, 0, NULL, &(sj_dataset_passes){.size = sizeof passes}), "NULL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),   cmocka_unit_test(test_passes),
		cmocka_unit_test(test_lines),     cmocka_unit_test(test_transformations),
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_cache),     cmocka_unit_test(test_errors),
		cmocka_unit_test(test_reentry),   cmocka_unit_test(test_constant_memory),
		cmocka_unit_test(test_leaks),     cmocka_unit_test(test_threads_share),
		cmocka_unit_test(test_cancel),    cmocka_unit_test(test_retry),
	};
	if (mkdtemp(folder) == NULL)
		return 1;
	int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command) != 0 || n_failed != 0;
}

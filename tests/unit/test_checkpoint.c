/*
 * Checkpoints and records: files that the real TensorFlow wrote (tests/data/checkpoints) are read, the same tensors give the same bytes when
 * written here, and every altered byte and every truncation is an error. Allocations and file calls fail one after the other.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/crc32c.h"
#include "io/sorted_table.h"
#include "sokuji.h"

static char folder[] = "/tmp/sokuji_checkpoint_XXXXXX";

static const char *path_of(const char *name)
{
	static char paths[4][160];
	static int next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static unsigned char *whole_file(const char *path, size_t *ret_n)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	unsigned char *bytes = malloc(1 << 20);
	*ret_n = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

static void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "wb");
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
}

static bool same_files(const char *a, const char *b)
{
	size_t na, nb;
	unsigned char *of_a = whole_file(a, &na), *of_b = whole_file(b, &nb);
	bool same = na == nb && memcmp(of_a, of_b, na) == 0;
	free(of_a);
	free(of_b);
	return same;
}

/* ---- checksums ---- */

static void test_crc32c(void **state)
{
	uint8_t bytes[300];
	sj__crc32c one, other;
	(void)state;
	for (int i = 0; i < 300; i++)
		bytes[i] = (uint8_t)(i * i >> 2);
	for (int n = 0; n < 300; n++) {
		sj__crc32c_begin_with(&one, false);
		sj__crc32c_begin(&other);
		sj__crc32c_add(&one, bytes, n / 3);
		sj__crc32c_add(&one, bytes + n / 3, n - n / 3);
		sj__crc32c_add(&other, bytes, n);
		assert_int_equal(one.value, other.value);
	}
	sj__crc32c_begin(&one); /* RFC 3720, B.4: 32 bytes of zeros */
	memset(bytes, 0, 32);
	sj__crc32c_add(&one, bytes, 32);
	assert_int_equal(one.value, 0x8A9136AAu);
}

/* ---- reading what TensorFlow wrote ---- */

static const char *const dtype_names[] = {"bool",  "int8",    "uint8",   "int16",   "uint16",    "int32",
                                          "int64", "float16", "float32", "float64", "complex64", "complex128"};

/* As make_checkpoints.py made it: arange(6) * 3 % 7, of bool arange(6) % 7. */
static void check_numbers(const sj_checkpoint *checkpoint)
{
	for (size_t i = 0; i < sizeof dtype_names / sizeof *dtype_names; i++) {
		char name[64];
		snprintf(name, sizeof name, "numbers/%s", dtype_names[i]);
		sj_tensor *t = sj_checkpoint_read(checkpoint, name);
		assert_true(sj_ok());
		assert_int_equal(sj_tensor_dtype(t), sj_dtype_from_name(dtype_names[i]));
		assert_int_equal(sj_tensor_rank(t), 2);
		for (int k = 0; k < 6 && i < 10; k++)
			assert_true(sj_tensor_item(t, k) == (i == 0 ? k > 0 : k * 3 % 7));
	}
	sj_tensor *t = sj_checkpoint_read(checkpoint, "numbers/complex64");
	assert_true(((const float *)sj_tensor_data(t))[2] == 3 && ((const float *)sj_tensor_data(t))[3] == 0);
}

static void check_strings(const sj_checkpoint *checkpoint)
{
	size_t n;
	sj_tensor *t = sj_checkpoint_read(checkpoint, "text");
	assert_int_equal(sj_tensor_size(t), 4);
	assert_memory_equal(sj_tensor_string(t, 1, &n), "abc", 3);
	assert_memory_equal(sj_tensor_string(t, 2, &n), "\0\377", 2);
	assert_int_equal(n, 2);
	sj_tensor_string(t, 3, &n);
	assert_int_equal(n, 300);
	assert_memory_equal(sj_tensor_string(sj_checkpoint_read(checkpoint, "word"), 0, &n), "hello", 5);
}

static void check_plain(const char *prefix)
{
	int64_t dims[SJ_MAX_RANK];
	sj_checkpoint *checkpoint = sj_checkpoint_open(prefix);
	assert_non_null(checkpoint);
	sj_scope scope = sj_scope_begin();
	assert_int_equal(sj_checkpoint_count(checkpoint), 57);
	assert_string_equal(sj_checkpoint_name(checkpoint, 0), "empty");
	assert_null(sj_checkpoint_name(checkpoint, 57));
	assert_int_equal(sj_checkpoint_dtype(checkpoint, 0), SJ_INT32);
	assert_int_equal(sj_checkpoint_shape(checkpoint, 0, dims), 2);
	assert_int_equal(dims[1], 4);
	check_numbers(checkpoint);
	check_strings(checkpoint);
	assert_true(sj_item(sj_checkpoint_read(checkpoint, "scalar")) == 2.5);
	assert_int_equal(sj_tensor_rank(sj_checkpoint_read(checkpoint, "ones")), 8);
	assert_true(sj_tensor_item(sj_checkpoint_read(checkpoint, "many/variable_39/kernel"), 1) == -39);
	assert_true(sj_ok());
	sj_checkpoint_read(checkpoint, "nothing");
	assert_int_equal(sj_error_code(), SJ_NOT_FOUND);
	sj_error_clear();
	sj_scope_end(scope);
	sj_checkpoint_close(checkpoint);
}

static void test_read_stored(void **state)
{
	(void)state;
	check_plain(SOKUJI_TEST_DATA "/checkpoints/tf1/plain");
	check_plain(SOKUJI_TEST_DATA "/checkpoints/tf2/plain");
}

/* ---- writing what TensorFlow would have written ---- */

static sj_status copy_checkpoint(const char *from, const char *to)
{
	sj_scope scope = sj_scope_begin();
	sj_checkpoint *checkpoint = sj_checkpoint_open(from);
	sj_checkpoint_writer *writer = sj_checkpoint_writer_begin(to);
	for (int64_t i = 0; i < sj_checkpoint_count(checkpoint); i++) {
		const char *name = sj_checkpoint_name(checkpoint, i);
		sj_checkpoint_writer_add(writer, name, sj_checkpoint_read(checkpoint, name));
	}
	sj_status status = sj_checkpoint_writer_end(writer);
	sj_checkpoint_close(checkpoint);
	sj_scope_end(scope);
	return status;
}

static void test_same_bytes(void **state)
{
	(void)state;
	assert_int_equal(copy_checkpoint(SOKUJI_TEST_DATA "/checkpoints/tf1/plain", path_of("copy")), SJ_OK);
	assert_true(same_files(SOKUJI_TEST_DATA "/checkpoints/tf1/plain.index", path_of("copy.index")));
	assert_true(same_files(SOKUJI_TEST_DATA "/checkpoints/tf1/plain.data-00000-of-00001",
	                       path_of("copy.data-00000-of-00001")));
}

/* An index of several blocks, and names that come in any order. */
static void test_many(void **state)
{
	enum { N = 9000 };
	char name[64];
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_checkpoint_writer *writer = sj_checkpoint_writer_begin(path_of("many"));
	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof name, "%d/a/rather/long/name/of/a/variable", i * 7919 % N);
		sj_checkpoint_writer_add(writer, name, sj_int(i * 7919 % N));
	}
	assert_int_equal(sj_checkpoint_writer_end(writer), SJ_OK);
	sj_checkpoint *checkpoint = sj_checkpoint_open(path_of("many"));
	assert_int_equal(sj_checkpoint_count(checkpoint), N);
	for (int i = 0; i < N; i += 97) {
		snprintf(name, sizeof name, "%d/a/rather/long/name/of/a/variable", i);
		assert_true(sj_item(sj_checkpoint_read(checkpoint, name)) == i);
	}
	sj_checkpoint_close(checkpoint);
	sj_scope_end(scope);
}

static void test_refused(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_checkpoint_writer *writer = sj_checkpoint_writer_begin(path_of("refused"));
	assert_int_equal(sj_checkpoint_writer_add(writer, "a", sj_int(1)), SJ_OK);
	assert_int_equal(sj_checkpoint_writer_add(writer, "a", sj_int(1)), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	assert_int_equal(sj_checkpoint_writer_end(writer), SJ_FAILED_PRECONDITION);
	sj_error_clear();
	assert_int_not_equal(access(path_of("refused.index"), F_OK), 0);
	assert_int_not_equal(access(path_of("refused.data-00000-of-00001"), F_OK), 0);
	assert_null(sj_checkpoint_open(path_of("refused")));
	assert_int_equal(sj_error_code(), SJ_NOT_FOUND);
	sj_error_clear();
	assert_null(sj_checkpoint_writer_begin(path_of("no/folder/x")));
	sj_error_clear();
	sj_scope_end(scope);
}

/* ---- damage ---- */

/* Whether reading all of it fails at some point. */
static bool some_error(const char *prefix)
{
	sj_scope scope = sj_scope_begin();
	sj_checkpoint *checkpoint = sj_checkpoint_open(prefix);
	for (int64_t i = 0; sj_ok() && i < sj_checkpoint_count(checkpoint); i++)
		sj_checkpoint_read(checkpoint, sj_checkpoint_name(checkpoint, i));
	bool failed = !sj_ok();
	sj_error_clear();
	sj_checkpoint_close(checkpoint);
	sj_scope_end(scope);
	return failed;
}

static void damage_file(const char *target, const char *prefix)
{
	size_t n;
	unsigned char *bytes = whole_file(target, &n);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 3; k++) {
			unsigned char was = bytes[i];
			bytes[i] ^= k == 0 ? 1 : k == 1 ? 128 : 255;
			write_file(target, bytes, n);
			if (!some_error(prefix))
				fail_msg("byte %zu of %s altered, and nothing is said", i, target);
			bytes[i] = was;
		}
	for (size_t i = 0; i < n; i++) {
		write_file(target, bytes, i);
		if (!some_error(prefix))
			fail_msg("%s cut at %zu, and nothing is said", target, i);
	}
	write_file(target, bytes, n);
	assert_false(some_error(prefix));
	free(bytes);
}

static void test_damage(void **state)
{
	(void)state;
	assert_int_equal(copy_checkpoint(SOKUJI_TEST_DATA "/checkpoints/tf2/objects-1", path_of("hurt")), SJ_OK);
	damage_file(path_of("hurt.index"), path_of("hurt"));
	damage_file(path_of("hurt.data-00000-of-00001"), path_of("hurt"));
	assert_int_equal(copy_checkpoint(SOKUJI_TEST_DATA "/checkpoints/tf1/plain", path_of("hurt")), SJ_OK);
	damage_file(path_of("hurt.data-00000-of-00001"), path_of("hurt"));
}

static sj_status visit_nothing(void *context, const char *key, int64_t n_key, sj__wire value)
{
	(void)context, (void)key, (void)n_key, (void)value;
	return SJ_OK;
}

/* A hostile index: bytes are altered and the checksums of all three blocks made right again, so that the parsers themselves must hold. */
static void test_hostile_index(void **state)
{
	size_t n;
	unsigned char *bytes = whole_file(SOKUJI_TEST_DATA "/checkpoints/tf2/objects-1.index", &n);
	uint32_t random = 1;
	(void)state;
	for (int round = 0; round < 60000; round++) {
		unsigned char *altered = malloc(n); /* of its exact size, for the address sanitizer */
		memcpy(altered, bytes, n);
		for (int k = 0; k <= round % 4; k++) {
			random = random * 1664525u + 1013904223u;
			altered[(random >> 8) % (n - 48)] = (unsigned char)(random >> 24);
		}
		sj__wire footer = {altered + n - 48, altered + n - 8};
		uint64_t handle[4];
		for (int k = 0; k < 4; k++)
			sj__wire_varint(&footer, &handle[k]);
		int64_t starts[] = {0, (int64_t)handle[0], (int64_t)handle[2]};
		int64_t sizes[] = {(int64_t)handle[0] - 5, (int64_t)handle[1], (int64_t)handle[3]};
		for (int k = 0; k < 3; k++) {
			unsigned char *end = altered + starts[k] + sizes[k];
			end[0] = 0;
			uint32_t crc = sj__crc32c_masked(altered + starts[k], sizes[k] + 1);
			memcpy(end + 1, &crc, 4);
		}
		sj__table_read(altered, (int64_t)n, visit_nothing, NULL);
		if (round % 16 == 0) {
			write_file(path_of("hostile.index"), altered, n);
			sj_checkpoint_close(sj_checkpoint_open(path_of("hostile")));
			sj_error_clear();
		}
		free(altered);
	}
	free(bytes);
}

/* ---- failures ---- */

static void test_injected_failures(void **state)
{
	const char *from = SOKUJI_TEST_DATA "/checkpoints/tf2/objects-1", *to = path_of("again");
	(void)state;
	assert_int_equal(copy_checkpoint(from, to), SJ_OK);
	int64_t before = sj__memory_in_use();
	for (int64_t k = 1, fails = 1; fails; k++) {
		sj__memory_fail_at(k, false);
		sj_status status = copy_checkpoint(from, to);
		fails = sj__memory_count_allocations() >= k;
		sj__memory_fail_at(0, false);
		assert_true(status == SJ_OK || status == SJ_RESOURCE_EXHAUSTED);
		sj_error_clear();
		assert_false(some_error(to));
	}
	for (int64_t k = 1, fails = 1; fails; k++) {
		sj__file_fail_at(k, ENOSPC, false);
		copy_checkpoint(from, to);
		fails = sj__file_count_calls() >= k;
		sj__file_fail_at(0, 0, false);
		sj_error_clear();
		assert_false(some_error(to)); /* the same content, so either file may be the new one */
	}
	assert_int_equal(sj__memory_in_use(), before);
}

/* ---- records ---- */

static int count_records(const char *path, sj_status *ret_status)
{
	const void *bytes;
	int64_t n, offset;
	int count = 0;
	sj_record_reader *reader = sj_record_reader_open(path);
	while ((*ret_status = sj_record_reader_next(reader, &bytes, &n, &offset)) == SJ_OK) {
		for (int64_t i = 0; i < n; i++)
			assert_int_equal(((const unsigned char *)bytes)[i], i % 251);
		count++;
	}
	sj_record_reader_close(reader);
	sj_error_clear();
	return count;
}

static void test_records(void **state)
{
	static const int lengths[] = {0, 1, 7, 8, 9, 1000};
	uint8_t head[12], tail[4], content[1000];
	sj_status status;
	size_t n;
	(void)state;
	assert_int_equal(count_records(SOKUJI_TEST_DATA "/checkpoints/tf1/records", &status), 6);
	assert_int_equal(status, SJ_OUT_OF_RANGE);
	for (int i = 0; i < 1000; i++)
		content[i] = (uint8_t)(i % 251);
	FILE *file = fopen(path_of("records"), "wb");
	for (int i = 0; i < 6; i++) {
		sj_record_head((uint64_t)lengths[i], head);
		sj_record_tail(content, (uint64_t)lengths[i], tail);
		fwrite(head, 1, 12, file);
		fwrite(content, 1, (size_t)lengths[i], file);
		fwrite(tail, 1, 4, file);
	}
	fclose(file);
	assert_true(same_files(path_of("records"), SOKUJI_TEST_DATA "/checkpoints/tf2/records"));
	unsigned char *bytes = whole_file(path_of("records"), &n);
	for (size_t i = 0; i < n; i++) {
		bytes[i] ^= 4;
		write_file(path_of("hurt_records"), bytes, n);
		bytes[i] ^= 4;
		sj_record_reader *reader = sj_record_reader_open(path_of("hurt_records"));
		const void *data;
		int64_t length;
		while ((status = sj_record_reader_next(reader, &data, &length, NULL)) == SJ_OK)
			;
		assert_int_equal(status, SJ_DATA_LOSS);
		sj_error_clear();
		sj_record_reader_close(reader);
	}
	for (size_t i = 0; i < n; i++) { /* a cut between records cannot be seen */
		write_file(path_of("hurt_records"), bytes, i);
		int count = count_records(path_of("hurt_records"), &status);
		assert_true(status == SJ_DATA_LOSS || (status == SJ_OUT_OF_RANGE && count < 6));
	}
	free(bytes);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),        cmocka_unit_test(test_read_stored),
		cmocka_unit_test(test_same_bytes),    cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),       cmocka_unit_test(test_damage),
		cmocka_unit_test(test_hostile_index), cmocka_unit_test(test_injected_failures),
		cmocka_unit_test(test_records),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

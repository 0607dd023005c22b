/* Files: reading, atomic writing, and every single failure of a system call or an allocation on the way. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/memory.h"

/* Each test runs in a folder of its own. */
static char folder[64];
static char before[4096];

static int enter_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/sokuji_file_XXXXXX");
	return getcwd(before, sizeof before) == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave_folder(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return chdir(before) != 0 || system(command) != 0;
}

static int n_entries(void)
{
	int n = 0;
	DIR *entries = opendir(".");
	while (readdir(entries) != NULL)
		n++;
	closedir(entries);
	return n - 2;
}

static int n_descriptors(void)
{
	int n = 0;
	DIR *entries = opendir("/proc/self/fd");
	while (readdir(entries) != NULL)
		n++;
	closedir(entries);
	return n;
}

static sj_status write_whole(const char *path, const void *bytes, int64_t n)
{
	sj__writer *writer;
	sj_status status = sj__writer_open(path, &writer);
	if (status != SJ_OK)
		return status;
	status = sj__writer_write(writer, bytes, n / 2);
	if (status == SJ_OK)
		status = sj__writer_write(writer, (const char *)bytes + n / 2, n - n / 2);
	if (status == SJ_OK)
		status = sj__writer_commit(writer);
	if (status != SJ_OK)
		sj__writer_abandon(writer);
	return status;
}

static bool holds(const char *path, const void *bytes, int64_t n)
{
	uint8_t *found;
	int64_t length;
	if (sj__file_read_all(path, -1, &found, &length) != SJ_OK)
		return false;
	bool is_same = length == n && memcmp(found, bytes, (size_t)n) == 0 && found[n] == 0;
	sj__memory_free(found);
	return is_same;
}

static void file_comes_back(void **state)
{
	static const int64_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 1000000};
	uint8_t *bytes = malloc(1000000);
	(void)state;
	for (int i = 0; i < 1000000; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	for (int i = 0; i < SJ_COUNT_OF(sizes); i++) {
		assert_int_equal(write_whole("a", bytes, sizes[i]), SJ_OK);
		assert_true(holds("a", bytes, sizes[i]));
		assert_int_equal(n_entries(), 1);
	}
	free(bytes);
}

static void file_read_errors(void **state)
{
	uint8_t *bytes = NULL;
	int64_t length = -7;
	(void)state;
	mkdir("d", 0700);
	mkfifo("pipe", 0600);
	write_whole("five", "12345", 5);
	assert_int_equal(sj__file_read_all("none", -1, &bytes, &length), SJ_NOT_FOUND);
	assert_non_null(strstr(sj_error_message(), "\"none\""));
	assert_int_equal(sj__file_read_all("five/x", -1, &bytes, &length), SJ_NOT_FOUND);
	assert_int_equal(sj__file_read_all("d", -1, &bytes, &length), SJ_FAILED_PRECONDITION);
	assert_int_equal(sj__file_read_all("pipe", -1, &bytes, &length), SJ_FAILED_PRECONDITION);
	assert_int_equal(sj__file_read_all("five", 4, &bytes, &length), SJ_RESOURCE_EXHAUSTED);
	assert_null(bytes);
	assert_int_equal(length, -7);
	assert_int_equal(sj__file_read_all("five", 5, &bytes, &length), SJ_OK);
	assert_int_equal(length, 5);
	sj__memory_free(bytes);
	assert_int_equal(sj__file_read_all("/proc/self/status", -1, &bytes, &length), SJ_OK); /* claims 0 bytes */
	assert_true(length > 100);
	sj__memory_free(bytes);
	if (geteuid() != 0) {
		chmod("five", 0);
		assert_int_equal(sj__file_read_all("five", -1, &bytes, &length), SJ_PERMISSION_DENIED);
	}
}

static void reader_reads_in_pieces(void **state)
{
	enum { N = 300000 };
	static uint8_t bytes[N], found[N];
	sj__reader *reader;
	int64_t n, at = 0, piece = 1;
	(void)state;
	for (int i = 0; i < N; i++)
		bytes[i] = (uint8_t)(i * 13 + i / 256);
	write_whole("a", bytes, N);
	assert_int_equal(sj__reader_open("a", &reader), SJ_OK);
	do {
		assert_int_equal(sj__reader_read(reader, found + at, sj__min_i64(piece, N - at + 1), &n), SJ_OK);
		at += n;
		piece = piece * 3 % 99991;
	} while (n > 0 && at < N);
	assert_int_equal(at, N);
	assert_int_equal(sj__reader_read(reader, found, 10, &n), SJ_OK);
	assert_int_equal(n, 0);
	sj__reader_close(reader);
	assert_int_equal(memcmp(bytes, found, N), 0);
	assert_int_equal(sj__reader_open("none", &reader), SJ_NOT_FOUND);
	assert_int_equal(sj__reader_open(".", &reader), SJ_FAILED_PRECONDITION);
	sj__reader_close(NULL);
}

static mode_t mode_of(const char *path)
{
	struct stat info;
	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 07777;
}

static void writer_keeps_modes_and_links(void **state)
{
	struct stat info;
	(void)state;
	mode_t mask = umask(027);
	assert_int_equal(write_whole("new", "x", 1), SJ_OK);
	umask(mask);
	assert_int_equal(mode_of("new"), 0640);
	chmod("new", 0604);
	assert_int_equal(write_whole("new", "yz", 2), SJ_OK);
	assert_int_equal(mode_of("new"), 0604);
	mkdir("d", 0700);
	assert_int_equal(symlink("d/target", "link"), 0); /* to what does not exist yet */
	assert_int_equal(symlink("link", "link2"), 0);
	assert_int_equal(write_whole("link2", "linked", 6), SJ_OK);
	assert_true(holds("d/target", "linked", 6));
	assert_int_equal(lstat("link", &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(write_whole("link", "again", 5), SJ_OK);
	assert_true(holds("d/target", "again", 5));
}

static void writer_refuses_what_is_no_file(void **state)
{
	(void)state;
	mkdir("d", 0700);
	mkfifo("pipe", 0600);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(write_whole("d", "x", 1), SJ_FAILED_PRECONDITION);
	assert_int_equal(write_whole("pipe", "x", 1), SJ_FAILED_PRECONDITION);
	assert_int_equal(write_whole("/dev/null", "x", 1), SJ_FAILED_PRECONDITION);
	assert_int_equal(write_whole("loop", "x", 1), SJ_INVALID_ARGUMENT);
	assert_int_equal(write_whole("none/x", "x", 1), SJ_NOT_FOUND);
	assert_int_equal(write_whole("", "x", 1), SJ_NOT_FOUND);
	assert_int_equal(n_entries(), 3);
}

static void writer_abandons(void **state)
{
	sj__writer *writer;
	(void)state;
	write_whole("a", "old", 3);
	assert_int_equal(sj__writer_open("a", &writer), SJ_OK);
	assert_int_equal(sj__writer_write(writer, "new content", 11), SJ_OK);
	assert_int_equal(n_entries(), 2);
	sj__writer_abandon(writer);
	sj__writer_abandon(NULL);
	assert_int_equal(n_entries(), 1);
	assert_true(holds("a", "old", 3));
}

static void writer_stays_failed(void **state)
{
	static char large[70000];
	sj__writer *writer;
	(void)state;
	write_whole("a", "old", 3);
	assert_int_equal(sj__writer_open("a", &writer), SJ_OK);
	sj__file_fail_at(1, ENOSPC, false);
	assert_int_equal(sj__writer_write(writer, large, sizeof large), SJ_RESOURCE_EXHAUSTED);
	sj__file_fail_at(0, 0, false);
	assert_int_equal(sj__writer_write(writer, "x", 1), SJ_FAILED_PRECONDITION);
	assert_int_equal(sj__writer_commit(writer), SJ_FAILED_PRECONDITION);
	sj__writer_abandon(writer);
	assert_true(holds("a", "old", 3));
	assert_int_equal(n_entries(), 1);
}

/* The walk: either the call failed and the old content stands, or it succeeded and the new one does. */
static void walk(int error_number, bool for_ever)
{
	static char content[200000];
	memset(content, 'n', sizeof content);
	for (int64_t n = 1;; n++) {
		assert_int_equal(write_whole("a", "old", 3), SJ_OK);
		int n_open = n_descriptors();
		int n_files = n_entries(); /* for ever: abandoned temporary files cannot be removed either */
		int64_t in_use = sj__memory_in_use();
		sj__file_fail_at(n, error_number, for_ever);
		sj_status status = write_whole("link", content, sizeof content);
		bool was_reached = sj__file_count_calls() >= n;
		sj__file_fail_at(0, 0, false);
		assert_int_equal(n_descriptors(), n_open);
		assert_int_equal(sj__memory_in_use(), in_use);
		if (status == SJ_OK)
			assert_true(holds("a", content, sizeof content));
		else
			assert_true(holds("a", "old", 3));
		if (!for_ever)
			assert_int_equal(n_entries(), n_files);
		if (!was_reached) {
			assert_int_equal(status, SJ_OK);
			assert_true(n > 8);
			return;
		}
	}
}

static void writer_survives_every_failure(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EINTR, EACCES, EINVAL};
	(void)state;
	assert_int_equal(symlink("a", "link"), 0);
	for (int i = 0; i < SJ_COUNT_OF(errors); i++) {
		walk(errors[i], false);
		walk(errors[i], true);
	}
}

static void writer_survives_lack_of_memory(void **state)
{
	(void)state;
	for (int64_t n = 1;; n++) {
		assert_int_equal(write_whole("a", "old", 3), SJ_OK);
		int64_t in_use = sj__memory_in_use();
		sj__memory_fail_at(n, false);
		sj_status status = write_whole("a", "new", 3);
		bool was_reached = sj__memory_count_allocations() >= n;
		sj__memory_fail_at(0, false);
		assert_int_equal(sj__memory_in_use(), in_use);
		assert_int_equal(status, was_reached ? SJ_RESOURCE_EXHAUSTED : SJ_OK);
		assert_true(holds("a", was_reached ? "old" : "new", 3));
		assert_int_equal(n_entries(), 1);
		if (!was_reached)
			return;
	}
}

static void reading_survives_every_failure(void **state)
{
	uint8_t *bytes;
	int64_t length;
	sj__reader *reader;
	(void)state;
	write_whole("a", "content", 7);
	int n_open = n_descriptors();
	for (int64_t n = 1; n <= 8; n++) {
		sj__file_fail_at(n, EIO, false);
		if (sj__file_read_all("a", -1, &bytes, &length) == SJ_OK)
			sj__memory_free(bytes);
		else
			assert_true(n <= 4);
		sj__file_fail_at(n, EIO, false);
		if (sj__reader_open("a", &reader) == SJ_OK) {
			char found[7];
			sj__reader_read(reader, found, 7, &length);
			sj__reader_close(reader);
		}
		sj__file_fail_at(n, EINTR, false); /* a signal is no failure, but for fstat */
		sj_status status = sj__file_read_all("a", -1, &bytes, &length);
		assert_true(status == SJ_OK || n == 2);
		if (status == SJ_OK)
			sj__memory_free(bytes);
		sj__file_fail_at(0, 0, false);
	}
	assert_int_equal(n_descriptors(), n_open);
}

#define TEST_IN_FOLDER(function) cmocka_unit_test_setup_teardown(function, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(file_comes_back),
		TEST_IN_FOLDER(file_read_errors),
		TEST_IN_FOLDER(reader_reads_in_pieces),
		TEST_IN_FOLDER(writer_keeps_modes_and_links),
		TEST_IN_FOLDER(writer_refuses_what_is_no_file),
		TEST_IN_FOLDER(writer_abandons),
		TEST_IN_FOLDER(writer_stays_failed),
		TEST_IN_FOLDER(writer_survives_every_failure),
		TEST_IN_FOLDER(writer_survives_lack_of_memory),
		TEST_IN_FOLDER(reading_survives_every_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

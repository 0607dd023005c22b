/*
 * The system calls of the file layer. Every one passes one gate, where tests make it fail; signals and short transfers are
 * taken up again. Linux and other POSIX systems.
 */
#define _GNU_SOURCE
#include "base/file_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"

#define TRANSFER_MOST ((int64_t)1 << 30) /* Linux moves no more at once */
#define INTERRUPTIONS_MOST 1000

/* ---- Injected failures ---- */

static int64_t n_calls;
static int64_t n_until_failure;
static int injected_error;
static int fails_for_ever;

void sj__file_fail_at(int64_t n, int error_number, bool for_ever)
{
	__atomic_store_n(&injected_error, error_number, __ATOMIC_RELAXED);
	__atomic_store_n(&fails_for_ever, for_ever, __ATOMIC_RELAXED);
	if (n > 0)
		__atomic_store_n(&n_calls, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&n_until_failure, n, __ATOMIC_RELAXED);
}

int64_t sj__file_count_calls(void) { return __atomic_load_n(&n_calls, __ATOMIC_RELAXED); }

/* Before every system call: true, with errno set, when this one must fail. */
static bool is_injected(void)
{
	int64_t count = __atomic_add_fetch(&n_calls, 1, __ATOMIC_RELAXED);
	int64_t n = __atomic_load_n(&n_until_failure, __ATOMIC_RELAXED);
	if (SJ_LIKELY(n <= 0 || count < n || (count > n && !__atomic_load_n(&fails_for_ever, __ATOMIC_RELAXED))))
		return false;
	errno = __atomic_load_n(&injected_error, __ATOMIC_RELAXED);
	return true;
}

/* ---- System calls ---- */

/* True when a signal cut the call short; bounded, since tests inject that for ever. */
static bool is_interrupted(int *n_interruptions) { return errno == EINTR && ++*n_interruptions < INTERRUPTIONS_MOST; }

int sj__system_open(const char *path, int flags)
{
	int file, n = 0;
	do
		file = is_injected() ? -1 : open(path, flags | O_CLOEXEC, 0666);
	while (file < 0 && is_interrupted(&n));
	return file;
}

int64_t sj__system_read(int file, void *bytes, int64_t n_bytes)
{
	ssize_t n_read;
	int n = 0;
	do
		n_read = is_injected() ? -1 : read(file, bytes, (size_t)sj__min_i64(n_bytes, TRANSFER_MOST));
	while (n_read < 0 && is_interrupted(&n));
	return n_read;
}

int64_t sj__system_read_at(int file, void *bytes, int64_t n_bytes, int64_t offset)
{
	ssize_t n_read;
	int n = 0;
	do
		n_read = is_injected() ? -1 : pread(file, bytes, (size_t)sj__min_i64(n_bytes, TRANSFER_MOST), offset);
	while (n_read < 0 && is_interrupted(&n));
	return n_read;
}

int sj__system_write(int file, const uint8_t *bytes, int64_t n_bytes)
{
	int n = 0;
	while (n_bytes > 0) {
		ssize_t n_written = is_injected() ? -1
		                                  : write(file, bytes, (size_t)sj__min_i64(n_bytes, TRANSFER_MOST));
		if (n_written < 0 && !is_interrupted(&n))
			return -1;
		if (n_written > 0) {
			bytes += n_written;
			n_bytes -= n_written;
		}
	}
	return 0;
}

/* File systems that cannot flush say EINVAL or ENOSYS; there is nothing more to do on them. */
int sj__system_flush(int file)
{
	int result, n = 0;
	do
		result = is_injected() ? -1 : fsync(file);
	while (result < 0 && is_interrupted(&n));
	return result < 0 && (errno == EINVAL || errno == ENOSYS) ? 0 : result;
}

/* The descriptor is gone in any case, also after EINTR; an injected failure closes as well. */
int sj__system_close(int file)
{
	bool fails = is_injected();
	int error = errno;
	int result = close(file);
	if (fails)
		errno = error;
	return fails || (result < 0 && errno != EINTR) ? -1 : 0;
}

int sj__system_stat_file(int file, struct stat *ret_info) { return is_injected() ? -1 : fstat(file, ret_info); }
int sj__system_stat_path(const char *path, struct stat *ret_info) { return is_injected() ? -1 : stat(path, ret_info); }
int sj__system_stat_link(const char *path, struct stat *ret_info) { return is_injected() ? -1 : lstat(path, ret_info); }
int sj__system_check_writable(const char *path)
{
	return is_injected() ? -1 : faccessat(AT_FDCWD, path, W_OK, AT_EACCESS);
}
int sj__system_set_mode(int file, mode_t mode) { return is_injected() ? -1 : fchmod(file, mode); }
int sj__system_rename(const char *from, const char *to) { return is_injected() ? -1 : rename(from, to); }
int sj__system_remove(const char *path) { return is_injected() ? -1 : unlink(path); }

ssize_t sj__system_read_link(const char *path, char *ret_bytes, size_t size)
{
	return is_injected() ? -1 : readlink(path, ret_bytes, size);
}

/* ---- Messages ---- */

static sj_status status_of_error(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR: return SJ_NOT_FOUND;
	case EEXIST: return SJ_ALREADY_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS: return SJ_PERMISSION_DENIED;
	case EISDIR:
	case ETXTBSY:
	case EBUSY: return SJ_FAILED_PRECONDITION;
	case ENOSPC:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EFBIG: return SJ_RESOURCE_EXHAUSTED;
	case EINVAL:
	case ENAMETOOLONG:
	case ELOOP: return SJ_INVALID_ARGUMENT;
	default: return SJ_UNKNOWN;
	}
}

/* "cannot open "x": No such file or directory", from errno. */
sj_status sj__fail_from_errno(const char *verb, const char *path)
{
	int error = errno;
	char reason[128];
	return sj__fail(status_of_error(error), "cannot %s \"%s\": %s", verb, path,
	                strerror_r(error, reason, sizeof reason));
}

sj_status sj__fail_not_regular(const char *verb, const char *path, mode_t mode)
{
	return sj__fail(SJ_FAILED_PRECONDITION, "cannot %s \"%s\": it is %s", verb, path,
	                S_ISDIR(mode) ? "a directory" : "not a regular file");
}

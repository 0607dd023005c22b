/*
 * A picture into a PNG file: written beside its place under a name of its own, flushed to the disk, then renamed, so that a
 * reader sees the earlier file or the whole new one. Symbolic links are followed; only regular files are replaced.
 */
#include "plot/plot_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100, SINK_BYTES = 1 << 16 };

typedef struct sink {
	int fd, error; /* error: errno of the first write that failed, or 0 */
	size_t length;
	unsigned char bytes[SINK_BYTES];
} sink;

static sj_status status_of_errno(int error)
{
	switch (error) {
	case ENOENT: return SJ_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS: return SJ_PERMISSION_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EMFILE:
	case ENFILE:
	case ENOMEM: return SJ_RESOURCE_EXHAUSTED;
	case EISDIR:
	case ENOTDIR: return SJ_FAILED_PRECONDITION;
	case ENAMETOOLONG:
	case ELOOP: return SJ_INVALID_ARGUMENT;
	default: return SJ_UNKNOWN;
	}
}

static sj_status fail(const char *function, const char *path, int error)
{
	return sj_error_set(status_of_errno(error), "%s: cannot write '%s': %s", function, path, strerror(error));
}

static void sink_flush(sink *s)
{
	for (size_t at = 0; at < s->length && s->error == 0;) {
		ssize_t n = write(s->fd, s->bytes + at, s->length - at);
		if (n > 0)
			at += (size_t)n;
		else if (n == 0 || errno != EINTR)
			s->error = n == 0 ? ENOSPC : errno;
	}
	s->length = 0;
}

static cairo_status_t sink_write(void *context, const unsigned char *bytes, unsigned int length)
{
	sink *s = context;
	while (length > 0 && s->error == 0) {
		size_t n = sizeof(s->bytes) - s->length;
		n = n < length ? n : length;
		memcpy(s->bytes + s->length, bytes, n);
		s->length += n;
		bytes += n;
		length -= (unsigned int)n;
		if (s->length == sizeof(s->bytes))
			sink_flush(s);
	}
	return s->error == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Where the file really is, and the permissions it has if it exists (else 0666 less the umask, by mode -1). */
static sj_status find_place(const char *function, const char *path, char place[PATH_MAX], int *ret_mode)
{
	struct stat found;
	*ret_mode = -1;
	if (strlen(path) >= PATH_MAX)
		return fail(function, path, ENAMETOOLONG);
	strcpy(place, path);
	if (stat(path, &found) != 0)
		return SJ_OK; /* not there, or the opening beside it will tell why not */
	if (!S_ISREG(found.st_mode))
		return sj_error_set(SJ_FAILED_PRECONDITION, "%s: cannot write '%s': it is %s: give the name of a file",
		                    function, path, S_ISDIR(found.st_mode) ? "a directory" : "not a regular file");
	if (realpath(path, place) == NULL)
		return fail(function, path, errno);
	*ret_mode = (int)(found.st_mode & 0777);
	return SJ_OK;
}

/* A new file beside the place; -1 and errno. */
static int open_beside(const char *place, char temporary[PATH_MAX + 40])
{
	for (int i = 0; i < ATTEMPTS; i++) {
		snprintf(temporary, PATH_MAX + 40, "%s.tmp-%ld-%d", place, (long)getpid(), i);
		int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* errno of what failed, or 0. */
static int write_picture(int fd, int mode, cairo_surface_t *surface)
{
	sink s;
	s.fd = fd;
	s.error = 0;
	s.length = 0;
	cairo_status_t status = cairo_surface_write_to_png_stream(surface, sink_write, &s);
	sink_flush(&s);
	if (s.error == 0 && status != CAIRO_STATUS_SUCCESS)
		s.error = ENOMEM;
	if (s.error == 0 && ((mode >= 0 && fchmod(fd, (mode_t)mode) != 0) || fsync(fd) != 0))
		s.error = errno;
	return s.error;
}

sj_status sj__png_write(const char *function, cairo_surface_t *surface, const char *path)
{
	char place[PATH_MAX], temporary[PATH_MAX + 40];
	int mode;
	sj_status status = find_place(function, path, place, &mode);
	if (status != SJ_OK)
		return status;
	int fd = open_beside(place, temporary);
	if (fd < 0)
		return fail(function, path, errno);
	int error = write_picture(fd, mode, surface);
	if (close(fd) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(temporary, place) != 0)
		error = errno;
	if (error == 0)
		return SJ_OK;
	unlink(temporary);
	return fail(function, path, error);
}

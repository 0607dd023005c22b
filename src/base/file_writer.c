/*
 * Writing files atomically: the new content goes to a temporary file beside the target and becomes visible by rename alone,
 * so the old content survives any failure before it. Links are followed, the mode of an existing file is kept.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/file_calls.h"
#include "base/memory.h"
#include "base/text.h"

#define BUFFER_SIZE ((int64_t)64 << 10)
#define LINKS_MOST 40
#define TRIES_MOST 100

struct sj__writer {
	int file; /* -1 once closed */
	bool has_failed;
	bool has_temporary;
	int64_t n_buffered;
	sj__text target;    /* with links followed */
	sj__text temporary; /* beside the target: rename works within one file system */
	uint8_t bytes[BUFFER_SIZE];
};

/* The length of the path's folder, its last slash included; 0: the current folder. */
static int64_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? 0 : slash - path + 1;
}

/* Whether `path` is a link; what does not exist is none. */
static sj_status look_for_link(const char *path, bool *ret_is_link)
{
	struct stat info;
	*ret_is_link = false;
	if (sj__system_stat_link(path, &info) < 0)
		return errno == ENOENT ? SJ_OK : sj__fail_from_errno("look at", path);
	*ret_is_link = S_ISLNK(info.st_mode);
	return SJ_OK;
}

/* Replaces the link at `path` by what it points to. */
static sj_status follow_link(sj__text *path)
{
	char link[PATH_MAX];
	sj__text followed = {0};
	const char *from = sj__text_string(path);
	ssize_t n = sj__system_read_link(from, link, sizeof link);
	if (n < 0)
		return sj__fail_from_errno("follow", from);
	if (n > 0 && link[0] != '/')
		sj__text_append_bytes(&followed, from, folder_length(from));
	sj_status status = sj__text_append_bytes(&followed, link, n);
	sj__text_release(status == SJ_OK ? path : &followed);
	if (status == SJ_OK)
		*path = followed;
	return status;
}

/* By hand, since realpath refuses a link to what does not exist yet. */
static sj_status follow_links(sj__text *path)
{
	bool is_link = true;
	sj_status status = path->status;
	for (int i = 0; i < LINKS_MOST && status == SJ_OK; i++) {
		status = look_for_link(sj__text_string(path), &is_link);
		if (!is_link)
			return status;
		status = follow_link(path);
	}
	if (status != SJ_OK)
		return status;
	errno = ELOOP;
	return sj__fail_from_errno("follow", sj__text_string(path));
}

/* An existing target must be a regular file that we might write to; *ret_mode is its mode, or 0 for a new file. */
static sj_status look_at_target(const char *path, mode_t *ret_mode)
{
	struct stat info;
	*ret_mode = 0;
	if (sj__system_stat_path(path, &info) < 0)
		return errno == ENOENT ? SJ_OK : sj__fail_from_errno("look at", path);
	if (!S_ISREG(info.st_mode))
		return sj__fail_not_regular("write", path, info.st_mode);
	if (sj__system_check_writable(path) < 0)
		return sj__fail_from_errno("write", path);
	*ret_mode = info.st_mode & 07777;
	return SJ_OK;
}

static sj_status name_temporary(sj__writer *writer)
{
	static uint64_t n_named;
	const char *target = sj__text_string(&writer->target);
	sj__text_clear(&writer->temporary);
	sj__text_append_bytes(&writer->temporary, target, folder_length(target));
	return sj__text_append(&writer->temporary, ".sokuji-%lx-%llx-%llx.tmp", (unsigned long)getpid(),
	                       (unsigned long long)sj__clock_ns(),
	                       (unsigned long long)__atomic_add_fetch(&n_named, 1, __ATOMIC_RELAXED));
}

static sj_status open_temporary(sj__writer *writer)
{
	for (int i = 0; i < TRIES_MOST; i++) {
		if (name_temporary(writer) != SJ_OK)
			return SJ_RESOURCE_EXHAUSTED;
		writer->file = sj__system_open(sj__text_string(&writer->temporary), O_WRONLY | O_CREAT | O_EXCL);
		writer->has_temporary = writer->file >= 0;
		if (writer->has_temporary)
			return SJ_OK;
		if (errno != EEXIST)
			break;
	}
	return sj__fail_from_errno("write beside", sj__text_string(&writer->target));
}

static sj_status open_writer(sj__writer *writer, const char *path)
{
	mode_t mode;
	sj__text_append_string(&writer->target, path);
	sj_status status = follow_links(&writer->target);
	if (status == SJ_OK)
		status = look_at_target(sj__text_string(&writer->target), &mode);
	if (status == SJ_OK)
		status = open_temporary(writer);
	if (status == SJ_OK && mode != 0 && sj__system_set_mode(writer->file, mode) < 0)
		status = sj__fail_from_errno("set the mode of", sj__text_string(&writer->temporary));
	return status;
}

sj_status sj__writer_open(const char *path, sj__writer **ret_writer)
{
	sj__writer *writer = sj__memory_new(sizeof *writer);
	if (writer == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	writer->file = -1;
	writer->has_failed = writer->has_temporary = false;
	writer->n_buffered = 0;
	writer->target = writer->temporary = (sj__text){0};
	sj_status status = open_writer(writer, path);
	if (status == SJ_OK)
		*ret_writer = writer;
	else
		sj__writer_abandon(writer);
	return status;
}

static sj_status fail_writer(sj__writer *writer, const char *verb)
{
	writer->has_failed = true;
	return sj__fail_from_errno(verb, sj__text_string(&writer->target));
}

static sj_status write_buffered(sj__writer *writer)
{
	int64_t n = writer->n_buffered;
	writer->n_buffered = 0;
	return sj__system_write(writer->file, writer->bytes, n) < 0 ? fail_writer(writer, "write") : SJ_OK;
}

static sj_status refuse_failed(const sj__writer *writer)
{
	return sj__fail(SJ_FAILED_PRECONDITION, "cannot write \"%s\": an earlier write failed",
	                sj__text_string(&writer->target));
}

sj_status sj__writer_write(sj__writer *writer, const void *bytes, int64_t n)
{
	if (writer->has_failed)
		return refuse_failed(writer);
	sj_status status = n > BUFFER_SIZE - writer->n_buffered ? write_buffered(writer) : SJ_OK;
	if (status != SJ_OK)
		return status;
	if (n >= BUFFER_SIZE)
		return sj__system_write(writer->file, bytes, n) < 0 ? fail_writer(writer, "write") : SJ_OK;
	if (n > 0)
		memcpy(writer->bytes + writer->n_buffered, bytes, (size_t)n);
	writer->n_buffered += sj__max_i64(n, 0);
	return SJ_OK;
}

/*
 * Makes the rename itself durable. Its failure is not reported: the new content is in place and on the disk, and a caller
 * told of a failure would believe in the old one.
 */
static void flush_folder(sj__writer *writer)
{
	sj__text *folder = &writer->temporary;
	int64_t n = folder_length(folder->bytes);
	folder->bytes[n] = 0;
	int file = sj__system_open(n == 0 ? "." : folder->bytes, O_RDONLY | O_DIRECTORY);
	if (file < 0)
		return;
	sj__system_flush(file);
	sj__system_close(file);
}

static sj_status commit(sj__writer *writer)
{
	if (writer->has_failed)
		return refuse_failed(writer);
	sj_status status = write_buffered(writer);
	if (status != SJ_OK)
		return status;
	if (sj__system_flush(writer->file) < 0)
		return fail_writer(writer, "flush");
	int file = writer->file;
	writer->file = -1;
	if (sj__system_close(file) < 0)
		return fail_writer(writer, "close");
	if (sj__system_rename(sj__text_string(&writer->temporary), sj__text_string(&writer->target)) < 0)
		return fail_writer(writer, "replace");
	writer->has_temporary = false;
	flush_folder(writer);
	return SJ_OK;
}

sj_status sj__writer_commit(sj__writer *writer)
{
	sj_status status = commit(writer);
	if (status == SJ_OK)
		sj__writer_abandon(writer); /* nothing is left to abandon but memory */
	return status;
}

void sj__writer_abandon(sj__writer *writer)
{
	if (writer == NULL)
		return;
	if (writer->file >= 0)
		sj__system_close(writer->file);
	if (writer->has_temporary)
		sj__system_remove(sj__text_string(&writer->temporary));
	sj__text_release(&writer->target);
	sj__text_release(&writer->temporary);
	sj__memory_free(writer);
}

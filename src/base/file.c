/*
 * Reading files: the whole of one, and sequentially through a buffer. Writing is in file_writer.c.
 */
#define _GNU_SOURCE
#include "base/file.h"

#include <fcntl.h>
#include <string.h>

#include "base/compiler.h"
#include "base/file_calls.h"
#include "base/memory.h"
#include "base/text.h"

#define BUFFER_SIZE ((int64_t)64 << 10)

/* ---- Whole files ---- */

static sj_status fail_too_large(const char *path, int64_t limit)
{
	return sj__fail(SJ_RESOURCE_EXHAUSTED, "cannot read \"%s\": it has more than the %lld bytes allowed", path,
	                (long long)limit);
}

/* Reads up to the end, whatever size the file claimed: it may grow meanwhile, and files of /proc claim 0. */
static sj_status read_to_end(int file, const char *path, int64_t limit, uint8_t **bytes, int64_t *length)
{
	for (;;) {
		int64_t room = (int64_t)sj__memory_capacity(*bytes) - 1 - *length;
		if (room <= 0) {
			uint8_t *larger = sj__memory_resize(*bytes, (size_t)*length, 2 * (size_t)*length + 2);
			if (larger == NULL)
				return SJ_RESOURCE_EXHAUSTED;
			*bytes = larger;
			continue;
		}
		int64_t n = sj__system_read(file, *bytes + *length, room);
		if (n < 0)
			return sj__fail_from_errno("read", path);
		if (n == 0)
			return SJ_OK;
		*length += n;
		if (limit >= 0 && *length > limit)
			return fail_too_large(path, limit);
	}
}

static sj_status read_open_file(int file, const char *path, int64_t limit, uint8_t **ret_bytes, int64_t *ret_length)
{
	struct stat info;
	int64_t length = 0;
	if (sj__system_stat_file(file, &info) < 0)
		return sj__fail_from_errno("look at", path);
	if (!S_ISREG(info.st_mode))
		return sj__fail_not_regular("read", path, info.st_mode);
	if (limit >= 0 && info.st_size > limit)
		return fail_too_large(path, limit);
	uint8_t *bytes = sj__memory_new((size_t)info.st_size + 2); /* one to see the end, one for the 0 byte */
	if (bytes == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = read_to_end(file, path, limit, &bytes, &length);
	if (status != SJ_OK) {
		sj__memory_free(bytes);
		return status;
	}
	bytes[length] = 0;
	*ret_bytes = bytes;
	*ret_length = length;
	return SJ_OK;
}

/* Opened without blocking, since a pipe nobody writes to would hold us; a regular file never blocks. */
sj_status sj__file_read_all(const char *path, int64_t limit, uint8_t **ret_bytes, int64_t *ret_length)
{
	int file = sj__system_open(path, O_RDONLY | O_NONBLOCK);
	if (file < 0)
		return sj__fail_from_errno("open", path);
	sj_status status = read_open_file(file, path, limit, ret_bytes, ret_length);
	sj__system_close(file); /* what was read is read */
	return status;
}

sj_status sj__file_length(const char *path, int64_t *ret_length)
{
	struct stat info;
	if (sj__system_stat_path(path, &info) < 0)
		return sj__fail_from_errno("look at", path);
	if (!S_ISREG(info.st_mode))
		return sj__fail_not_regular("read", path, info.st_mode);
	*ret_length = info.st_size;
	return SJ_OK;
}

static sj_status read_range(int file, const char *path, int64_t offset, int64_t n, uint8_t *bytes)
{
	struct stat info;
	if (sj__system_stat_file(file, &info) < 0)
		return sj__fail_from_errno("look at", path);
	if (!S_ISREG(info.st_mode))
		return sj__fail_not_regular("read", path, info.st_mode);
	while (n > 0) {
		int64_t n_read = sj__system_read_at(file, bytes, n, offset);
		if (n_read < 0)
			return sj__fail_from_errno("read", path);
		if (n_read == 0)
			return sj__fail(SJ_DATA_LOSS, "cannot read \"%s\": it ends at %lld, %lld bytes too early", path,
			                (long long)info.st_size, (long long)n);
		bytes += n_read;
		offset += n_read;
		n -= n_read;
	}
	return SJ_OK;
}

sj_status sj__file_read_range(const char *path, int64_t offset, int64_t n, void *bytes)
{
	int file = sj__system_open(path, O_RDONLY | O_NONBLOCK);
	if (file < 0)
		return sj__fail_from_errno("open", path);
	sj_status status = read_range(file, path, offset, n, bytes);
	sj__system_close(file);
	return status;
}

/* ---- Sequential reading ---- */

struct sj__reader {
	int file;
	int64_t at, n_buffered; /* bytes[at, n_buffered) are not handed out yet */
	sj__text path;
	uint8_t bytes[BUFFER_SIZE];
};

static sj_status check_readable(int file, const char *path)
{
	struct stat info;
	if (sj__system_stat_file(file, &info) < 0)
		return sj__fail_from_errno("look at", path);
	return S_ISDIR(info.st_mode) ? sj__fail_not_regular("read", path, info.st_mode) : SJ_OK;
}

sj_status sj__reader_open(const char *path, sj__reader **ret_reader)
{
	sj__reader *reader = sj__memory_new(sizeof *reader);
	if (reader == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	reader->path = (sj__text){0};
	reader->at = reader->n_buffered = 0;
	reader->file = -1;
	sj_status status = sj__text_append_string(&reader->path, path);
	if (status == SJ_OK && (reader->file = sj__system_open(path, O_RDONLY)) < 0)
		status = sj__fail_from_errno("open", path);
	if (status == SJ_OK)
		status = check_readable(reader->file, path);
	if (status == SJ_OK)
		*ret_reader = reader;
	else
		sj__reader_close(reader);
	return status;
}

/* What is buffered first; then straight into the caller's memory if that is large, else through the buffer. */
static int64_t read_piece(sj__reader *reader, uint8_t *bytes, int64_t n)
{
	if (reader->at == reader->n_buffered && n >= BUFFER_SIZE)
		return sj__system_read(reader->file, bytes, n);
	if (reader->at == reader->n_buffered) {
		int64_t n_read = sj__system_read(reader->file, reader->bytes, BUFFER_SIZE);
		if (n_read <= 0)
			return n_read;
		reader->at = 0;
		reader->n_buffered = n_read;
	}
	n = sj__min_i64(n, reader->n_buffered - reader->at);
	memcpy(bytes, reader->bytes + reader->at, (size_t)n);
	reader->at += n;
	return n;
}

sj_status sj__reader_read(sj__reader *reader, void *bytes, int64_t n, int64_t *ret_n)
{
	int64_t n_done = 0;
	while (n_done < n) {
		int64_t n_read = read_piece(reader, (uint8_t *)bytes + n_done, n - n_done);
		if (n_read < 0)
			return sj__fail_from_errno("read", sj__text_string(&reader->path));
		if (n_read == 0)
			break;
		n_done += n_read;
	}
	*ret_n = n_done;
	return SJ_OK;
}

void sj__reader_close(sj__reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->file >= 0)
		sj__system_close(reader->file);
	sj__text_release(&reader->path);
	sj__memory_free(reader);
}

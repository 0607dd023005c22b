/*
 * The one file layer. Parsers take (pointer, length), so whole files are read here; large ones stream through sj__reader.
 * Messages name the file. Failures of the n-th system call can be injected.
 */
#ifndef SOKUJI_BASE_FILE_H
#define SOKUJI_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The whole of a regular file; SJ_NOT_FOUND, SJ_FAILED_PRECONDITION (a directory), SJ_PERMISSION_DENIED,
 * SJ_RESOURCE_EXHAUSTED (larger than limit; limit < 0: none). Free *ret_bytes with sj__memory_free; a 0 byte follows the data. */
sj_status sj__file_read_all(const char *path, int64_t limit, uint8_t **ret_bytes, int64_t *ret_length);

/* Of a regular file. */
sj_status sj__file_length(const char *path, int64_t *ret_length);

/* Bytes [offset, offset + n) of a regular file; SJ_DATA_LOSS when it ends before. */
sj_status sj__file_read_range(const char *path, int64_t offset, int64_t n, void *bytes);

/* Sequential reading in constant memory. read: up to n bytes, *ret_n = 0 at the end. */
typedef struct sj__reader sj__reader;
sj_status sj__reader_open(const char *path, sj__reader **ret_reader);
sj_status sj__reader_read(sj__reader *reader, void *bytes, int64_t n, int64_t *ret_n);
void sj__reader_close(sj__reader *reader);

/*
 * Atomic writing: bytes go to a temporary file beside `path`; commit flushes it to the disk and renames it over `path`;
 * abandon removes it. After a failed write or commit only abandon is allowed, and `path` holds what it held before.
 */
typedef struct sj__writer sj__writer;
sj_status sj__writer_open(const char *path, sj__writer **ret_writer);
sj_status sj__writer_write(sj__writer *writer, const void *bytes, int64_t n);
sj_status sj__writer_commit(sj__writer *writer); /* frees the writer on success */
void sj__writer_abandon(sj__writer *writer);     /* frees the writer; NULL is ignored */

/* Fails the n-th file system call from now on with the errno given (once or for ever); n = 0 disarms. */
void sj__file_fail_at(int64_t n, int error_number, bool for_ever);
/* Calls since the last arming. */
int64_t sj__file_count_calls(void);

#endif

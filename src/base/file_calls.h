/*
 * System calls for the file layer, with injected failures, and its messages. Unless said otherwise: 0 or a count on success,
 * -1 and errno on failure. Included by this room's file*.c only.
 */
#ifndef SOKUJI_BASE_FILE_CALLS_H
#define SOKUJI_BASE_FILE_CALLS_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/status.h"

int sj__system_open(const char *path, int flags); /* close-on-exec; new files get mode 0666 less the umask */
int sj__system_close(int file);
int64_t sj__system_read(int file, void *bytes, int64_t n_bytes); /* up to n_bytes, 0 at the end */
int64_t sj__system_read_at(int file, void *bytes, int64_t n_bytes, int64_t offset);
int sj__system_write(int file, const uint8_t *bytes, int64_t n_bytes); /* all of them */
int sj__system_flush(int file);
int sj__system_stat_file(int file, struct stat *ret_info);
int sj__system_stat_path(const char *path, struct stat *ret_info);
int sj__system_stat_link(const char *path, struct stat *ret_info); /* of a link itself */
int sj__system_check_writable(const char *path);
int sj__system_set_mode(int file, mode_t mode);
int sj__system_rename(const char *from, const char *to);
int sj__system_remove(const char *path);
ssize_t sj__system_read_link(const char *path, char *ret_bytes, size_t size);

/* "cannot open "x": No such file or directory", from errno. */
sj_status sj__fail_from_errno(const char *verb, const char *path);

/* The same for a folder or a device where a regular file must be. */
sj_status sj__fail_not_regular(const char *verb, const char *path, mode_t mode);

#endif

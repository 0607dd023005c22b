/* Checks and words that the readers share. */
#include "io/file_words.h"

#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "tensor/concrete.h"

sj_status sj__fail_reading(sj_status status, const char *path)
{
	char prefix[512];
	snprintf(prefix, sizeof prefix, "cannot read \"%s\"", path);
	return sj__fail_within(status, prefix);
}

sj_status sj__path_check(const char *path)
{
	if (path == NULL || path[0] == 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "the path is %s", path == NULL ? "NULL" : "empty");
	return SJ_OK;
}

sj_status sj__bytes_check(const void *bytes, size_t n_bytes)
{
	if ((bytes == NULL && n_bytes > 0) || n_bytes > INT64_MAX)
		return sj__fail(SJ_INVALID_ARGUMENT, "%zu bytes are given at %s", n_bytes,
		                bytes == NULL ? "NULL" : "the data");
	return SJ_OK;
}

static sj_status file_decode(const char *path, sj__decoder *decode, sj_tensor **ret_tensor)
{
	uint8_t *bytes;
	int64_t n;
	sj_status status = sj__path_check(path);
	if (status == SJ_OK)
		status = sj__file_read_all(path, -1, &bytes, &n);
	if (status != SJ_OK)
		return status;
	status = decode(bytes, n, ret_tensor);
	sj__memory_free(bytes);
	return status == SJ_OK ? SJ_OK : sj__fail_reading(status, path);
}

sj_tensor *sj__read_file(const char *path, sj__decoder *decode)
{
	sj_tensor *t = NULL;
	sj_status status = file_decode(path, decode, &t);
	return sj__result(status, t);
}

sj_tensor *sj__read_bytes(const char *who, const void *bytes, size_t n_bytes, sj__decoder *decode)
{
	sj_tensor *t = NULL;
	sj_status status = sj__bytes_check(bytes, n_bytes);
	if (status == SJ_OK)
		status = decode(bytes, (int64_t)n_bytes, &t);
	return sj__result(status == SJ_OK ? status : sj__fail_within(status, who), t);
}

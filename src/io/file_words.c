/* Checks and words that the readers share. */
#include "io/file_words.h"

#include <stdio.h>

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

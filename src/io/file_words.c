/* Checks and words that the readers share. */
#include "io/file_words.h"

#include <stdio.h>
#include <string.h>

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
		return sj__fail(SJ_INVALID_ARGUMENT, "%zu bytes are given at %s", n_bytes, bytes == NULL ? "NULL" : "the data");
	return SJ_OK;
}

sj_status sj__args_take(const char *who, const void *given, size_t own_size, void *ret_args)
{
	size_t size = own_size;
	memset(ret_args, 0, own_size);
	if (given != NULL)
		memcpy(&size, given, sizeof(size));
	if (size < sizeof(size) || size > 65536)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the argument struct says its size is %zu; set .size = sizeof", who, size);
	if (given != NULL)
		memcpy(ret_args, given, size < own_size ? size : own_size);
	return SJ_OK;
}

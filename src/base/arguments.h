/* Argument structs of another header's size, brought to ours. */
#ifndef SOKUJI_BASE_ARGUMENTS_H
#define SOKUJI_BASE_ARGUMENTS_H

#include <stddef.h>
#include <string.h>

#include "base/status.h"

/* What the given struct lacks is zero; NULL: all zero. */
static inline sj_status sj__arguments_take(const char *who, const void *given, size_t own_size, void *ret_args)
{
	size_t size = own_size;
	memset(ret_args, 0, own_size);
	if (given != NULL)
		memcpy(&size, given, sizeof(size));
	if (size < sizeof(size) || size > 65536)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the argument struct says its size is %zu; set .size = sizeof",
		                who, size);
	if (given != NULL)
		memcpy(ret_args, given, size < own_size ? size : own_size);
	return SJ_OK;
}

#endif

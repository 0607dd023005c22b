/* What all readers here say the same way. */
#ifndef SOKUJI_IO_FILE_WORDS_H
#define SOKUJI_IO_FILE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Puts: cannot read "path": in front of the last failure's message. */
sj_status sj__fail_reading(sj_status status, const char *path);

/* InvalidArgument for NULL and for "". */
sj_status sj__path_check(const char *path);
/* InvalidArgument for NULL with a length, and for lengths beyond 63 bits. */
sj_status sj__bytes_check(const void *bytes, size_t n_bytes);

#endif

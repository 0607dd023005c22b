/* What all readers here say and do the same way. */
#ifndef SOKUJI_IO_FILE_WORDS_H
#define SOKUJI_IO_FILE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "tensor/tensor.h"

/* Puts: cannot read "path": in front of the last failure's message. */
sj_status sj__fail_reading(sj_status status, const char *path);

/* InvalidArgument for NULL and for "". */
sj_status sj__path_check(const char *path);
/* Decodes a whole file, or bytes; a result of the open scope. `who` is the public function, for messages about bytes. */
typedef sj_status sj__decoder(const uint8_t *bytes, int64_t n, sj_tensor **ret_tensor);
sj_tensor *sj__read_file(const char *path, sj__decoder *decode);
sj_tensor *sj__read_bytes(const char *who, const void *bytes, size_t n_bytes, sj__decoder *decode);

/* InvalidArgument for NULL with a length, and for lengths beyond 63 bits. */
sj_status sj__bytes_check(const void *bytes, size_t n_bytes);

#endif

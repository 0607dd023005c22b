/*
 * libsokuji-io: zlib for the library. Link it and call sj_use_zlib once; then .npz members that are deflated and .gz files of IDX can
 * be read.
 */
#ifndef SOKUJI_GZIP_H
#define SOKUJI_GZIP_H

#include <sokuji/inflate.h>

SJ_BEGIN_DECLARATIONS

/* Registers zlib with sj_set_inflate. */
SJ_PUBLIC void sj_use_zlib(void);

/*
 * Decompresses gzip data (all of its members) of at most n_most bytes when unpacked. *ret_output: a block to be freed with
 * sj_memory_free. DataLoss for damaged data, OutOfRange above n_most; the error sticks, outputs are then untouched.
 */
SJ_PUBLIC sj_status sj_gzip_read_all(const void *input, size_t n_input, size_t n_most, void **ret_output,
                                     size_t *ret_n_output);

SJ_END_DECLARATIONS

#endif

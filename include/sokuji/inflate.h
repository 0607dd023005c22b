/*
 * How compressed files are read: the library asks a decompressor that the program registers, so that it needs no other library itself.
 * libsokuji-io registers zlib (gzip.h); another one can be given here. Independent of tensors.
 */
#ifndef SOKUJI_INFLATE_H
#define SOKUJI_INFLATE_H

#include <stddef.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

typedef enum sj_compression {
	SJ_COMPRESSION_DEFLATE, /* RFC 1951, as in zip archives: one stream, nothing after it */
	SJ_COMPRESSION_GZIP     /* RFC 1952: one or more members, checksums verified */
} sj_compression;

/*
 * Decompresses all of the input into a block from sj_memory_new that the caller frees, with a 0 byte after the n_output bytes. More
 * than n_most bytes of output is SJ_OUT_OF_RANGE; damaged, cut off or continued input is SJ_DATA_LOSS. Failures are said with sj_error_set;
 * the caller unsticks them. Outputs are untouched on failure. May be called from any thread.
 */
typedef sj_status sj_inflate_function(sj_compression compression, const void *input, size_t n_input, size_t n_most,
                                      void **ret_output, size_t *ret_n_output);

/* Registers the decompressor for the whole process; NULL: none. */
SJ_PUBLIC void sj_set_inflate(sj_inflate_function *function);

SJ_END_DECLARATIONS

#endif

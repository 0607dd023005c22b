/*
 * NumPy's files: .npy holds one array, .npz a zip archive of them by name.
 *
 * Read: versions 1.0, 2.0 and 3.0, both byte orders, C and Fortran order; bool, integers of 8 to 64 bits, float16/32/64, complex64/128,
 * bytes 'S' and unicode 'U' (as UTF-8) into strings, 'V2' as bfloat16 (as other libraries store it). Python objects are refused: nothing of a file
 * is ever run. Headers follow a fixed grammar, and the size that a header declares is checked against the file before anything is
 * allocated. A shorter or longer file, a failed checksum or a directory that contradicts itself is DataLoss; a header that says nonsense
 * is InvalidArgument. Written: version 1.0, C order, little-endian; strings as 'S'; an existing file is replaced whole or not at all.
 *
 * Results belong to the open scope; on failure the nil tensor is returned and the error sticks.
 */
#ifndef SOKUJI_NPY_H
#define SOKUJI_NPY_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

/* ---- one array ---- */

SJ_PUBLIC sj_tensor *sj_npy_read(const char *path);
SJ_PUBLIC sj_tensor *sj_npy_read_bytes(const void *bytes, size_t n_bytes);

/*
 * Writes the tensor (or a variable's value). A string that ends with a 0 byte is InvalidArgument, since 'S' cannot hold it. Refused
 * (returns the sticky code) while an error sticks.
 */
SJ_PUBLIC sj_status sj_npy_write(const char *path, sj_tensor *tensor);

/* ---- many arrays: reading ---- */

typedef struct sj_npz sj_npz;

/*
 * Opens an archive; NULL on failure. Members may be stored or deflated; the latter need a decompressor (inflate.h), else reading them
 * is FailedPrecondition. From memory: the bytes must stay as they are until sj_npz_close.
 */
SJ_PUBLIC sj_npz *sj_npz_open(const char *path);
SJ_PUBLIC sj_npz *sj_npz_open_bytes(const void *bytes, size_t n_bytes);

/* The members' names without ".npy", in the archive's order; NULL outside 0 .. count-1. Valid until sj_npz_close. */
SJ_PUBLIC int64_t sj_npz_count(const sj_npz *npz);
SJ_PUBLIC const char *sj_npz_name(const sj_npz *npz, int64_t index);

/* The array of that name; NotFound when there is none. */
SJ_PUBLIC sj_tensor *sj_npz_read(sj_npz *npz, const char *name);

/* NULL is ignored. */
SJ_PUBLIC void sj_npz_close(sj_npz *npz);

/* ---- many arrays: writing ---- */

typedef struct sj_npz_writer sj_npz_writer;

/* NULL on failure, also while an error sticks. The archive appears under `path` when sj_npz_writer_end succeeds, not before. */
SJ_PUBLIC sj_npz_writer *sj_npz_writer_begin(const char *path);

/* Adds an array, stored. Names are UTF-8, not empty, and each is used once. After a failure the archive cannot be finished. */
SJ_PUBLIC sj_status sj_npz_writer_add(sj_npz_writer *writer, const char *name, sj_tensor *tensor);

/* Finishes the archive and frees the writer in any case. On failure, or while an error sticks, `path` holds what it held before. */
SJ_PUBLIC sj_status sj_npz_writer_end(sj_npz_writer *writer);

/* Gives up: nothing is written. NULL is ignored. */
SJ_PUBLIC void sj_npz_writer_abandon(sj_npz_writer *writer);

SJ_END_DECLARATIONS

#endif

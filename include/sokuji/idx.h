/*
 * IDX, the format of the MNIST files: a big-endian header and the elements. uint8, int8, int16, int32, float32 and float64, up to 255
 * dimensions. Files compressed with gzip need a decompressor (inflate.h). A file that is shorter or longer than its header says is
 * DataLoss; nothing is allocated before that is checked.
 */
#ifndef SOKUJI_IDX_H
#define SOKUJI_IDX_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

/* The array of the file, belonging to the open scope; nil and a sticky error on failure. */
SJ_PUBLIC sj_tensor *sj_idx_read(const char *path);
SJ_PUBLIC sj_tensor *sj_idx_read_bytes(const void *bytes, size_t n_bytes);

SJ_END_DECLARATIONS

#endif

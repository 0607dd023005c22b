/* .npz archives inside the room: what npz.c and save.c share. Nothing sticks, results are own references. */
#ifndef SOKUJI_IO_NPZ_H
#define SOKUJI_IO_NPZ_H

#include "sokuji/npy.h"
#include "tensor/tensor.h"

sj_status sj__npz_open(const char *path, sj_npz **ret_npz);
sj_status sj__npz_read(sj_npz *npz, const char *name, sj_tensor **ret_tensor);

sj_status sj__npz_writer_begin(const char *path, sj_npz_writer **ret_writer);
/* t: an ordinary tensor with bytes. */
sj_status sj__npz_writer_add(sj_npz_writer *writer, const char *name, const sj_tensor *t);
/* Frees the writer in any case. */
sj_status sj__npz_writer_end(sj_npz_writer *writer);

#endif

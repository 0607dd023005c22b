/*
 * Checkpoints in TensorFlow's own format (version 2): PREFIX.index, a sorted table of names, and PREFIX.data-00000-of-00001, the bytes.
 * TensorFlow reads what is written here and the other way round. The names are the caller's; what TensorFlow's objects are called in
 * a checkpoint is a front end's matter.
 *
 * A file is believed nothing that its checksums do not confirm: a damaged, cut off or foreign one is DataLoss or InvalidArgument, and a size that it
 * declares is compared with the file before anything is allocated. Reading errors stick; results belong to the open scope.
 */
#ifndef SOKUJI_CHECKPOINT_H
#define SOKUJI_CHECKPOINT_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

/* ---- reading ---- */

typedef struct sj_checkpoint sj_checkpoint;

/* Reads PREFIX.index; the data are read when asked for. NULL on failure: NotFound when there is no such file. */
SJ_PUBLIC sj_checkpoint *sj_checkpoint_open(const char *prefix);

/* The tensors in the names' order. name: NULL outside 0 .. count-1, else valid until close. find: -1 when it is not there. */
SJ_PUBLIC int64_t sj_checkpoint_count(const sj_checkpoint *checkpoint);
SJ_PUBLIC const char *sj_checkpoint_name(const sj_checkpoint *checkpoint, int64_t index);
SJ_PUBLIC int64_t sj_checkpoint_find(const sj_checkpoint *checkpoint, const char *name);

/* SJ_DTYPE_NONE, and a rank of -1, outside 0 .. count-1. dims has room for SJ_MAX_RANK numbers. */
SJ_PUBLIC sj_dtype sj_checkpoint_dtype(const sj_checkpoint *checkpoint, int64_t index);
SJ_PUBLIC int sj_checkpoint_shape(const sj_checkpoint *checkpoint, int64_t index, int64_t *ret_dims);

/* The tensor of that name; NotFound when there is none. Unimplemented for one that was stored in slices (partitioned variables). */
SJ_PUBLIC sj_tensor *sj_checkpoint_read(const sj_checkpoint *checkpoint, const char *name);

/* NULL is ignored. */
SJ_PUBLIC void sj_checkpoint_close(sj_checkpoint *checkpoint);

/* ---- writing ---- */

typedef struct sj_checkpoint_writer sj_checkpoint_writer;

/* NULL on failure, also while an error sticks. Nothing appears under the prefix before sj_checkpoint_writer_end. */
SJ_PUBLIC sj_checkpoint_writer *sj_checkpoint_writer_begin(const char *prefix);

/* Adds a tensor (or a variable's value). Names are not empty, have no 0 byte, and each is used once. A failure spoils the checkpoint. */
SJ_PUBLIC sj_status sj_checkpoint_writer_add(sj_checkpoint_writer *writer, const char *name, sj_tensor *tensor);

/*
 * Puts both files in place, each whole and flushed to the disk, the data first; frees the writer in any case. On failure what was
 * there before is there still, or, between the two, an index whose checksums refuse the new data.
 */
SJ_PUBLIC sj_status sj_checkpoint_writer_end(sj_checkpoint_writer *writer);

/* Gives up: nothing is written. NULL is ignored. */
SJ_PUBLIC void sj_checkpoint_writer_abandon(sj_checkpoint_writer *writer);

SJ_END_DECLARATIONS

#endif

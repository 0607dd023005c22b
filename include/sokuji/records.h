/*
 * Files of records, as TensorFlow writes them (TFRecord; event files are such files too): each record is its length, the length's checksum, its
 * bytes, their checksum. Not compressed. Independent of tensors.
 *
 * A writer of records writes sj_record_head, the bytes, sj_record_tail to a file of its own; one that appears whole or not at all is
 * not wanted here, since others read these files while they grow.
 */
#ifndef SOKUJI_RECORDS_H
#define SOKUJI_RECORDS_H

#include <stdint.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_record_reader sj_record_reader;

/* NULL on failure, and the error sticks. */
SJ_PUBLIC sj_record_reader *sj_record_reader_open(const char *path);

/*
 * The next record; its bytes are the reader's and valid until the next call. OutOfRange, which does not stick, after the last one; DataLoss
 * where the file is damaged or ends inside a record. ret_offset (may be NULL): where the record begins in the file.
 */
SJ_PUBLIC sj_status sj_record_reader_next(sj_record_reader *reader, const void **ret_bytes, int64_t *ret_n,
                                          int64_t *ret_offset);

/* NULL is ignored. */
SJ_PUBLIC void sj_record_reader_close(sj_record_reader *reader);

/* What stands before and after n bytes of a record. */
SJ_PUBLIC void sj_record_head(uint64_t n, uint8_t head[12]);
SJ_PUBLIC void sj_record_tail(const void *bytes, uint64_t n, uint8_t tail[4]);

SJ_END_DECLARATIONS

#endif

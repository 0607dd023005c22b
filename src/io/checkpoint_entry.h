/* What a checkpoint's index says of one tensor (TensorFlow's BundleEntryProto) and of itself (BundleHeaderProto). */
#ifndef SOKUJI_IO_CHECKPOINT_ENTRY_H
#define SOKUJI_IO_CHECKPOINT_ENTRY_H

#include "io/wire.h"
#include "sokuji/tensor.h"

typedef struct sj__checkpoint_entry {
	sj_dtype dtype;
	int rank;
	int64_t dims[SJ_MAX_RANK];
	int64_t n_elements;
	int64_t shard, offset, size; /* which data file, and which bytes of it */
	uint32_t crc;                /* masked */
	bool is_sliced;              /* the bytes are under other names */
} sj__checkpoint_entry;

/* DataLoss when the bytes are no such message, or it contradicts itself. n_shards: as the header said. */
sj_status sj__checkpoint_entry_parse(sj__wire bytes, int64_t n_shards, sj__checkpoint_entry *ret_entry);
void sj__checkpoint_entry_put(const sj__checkpoint_entry *entry, sj__text *text);

sj_status sj__checkpoint_header_parse(sj__wire bytes, int64_t *ret_n_shards);
void sj__checkpoint_header_put(sj__text *text);

/* The CRC of a string's length, as the checksum of string tensors takes it in: four bytes, or eight for 4 GiB and more. */
int sj__checkpoint_length_bytes(uint64_t length, uint8_t bytes[8]);

#endif

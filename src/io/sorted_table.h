/*
 * Sorted tables of LevelDB's kind: blocks of keys with shared beginnings, an index of the blocks, a footer; every block has a checksum. The
 * index of a checkpoint is such a table. Written as TensorFlow writes it, to the byte; not compressed.
 */
#ifndef SOKUJI_IO_SORTED_TABLE_H
#define SOKUJI_IO_SORTED_TABLE_H

#include "io/names.h"
#include "io/wire.h"

/* Called for each pair, in the keys' order. What it fails with ends the reading. */
typedef sj_status sj__table_visit(void *context, const char *key, int64_t n_key, sj__wire value);

/* DataLoss unless the bytes are one whole table: every byte of them belongs to it and every checksum holds. */
sj_status sj__table_read(const uint8_t *bytes, int64_t n, sj__table_visit *visit, void *context);

typedef struct sj__block {
	sj__text bytes, last_key, restarts;
	int64_t n_since_restart, n_restarts, restart_interval;
} sj__block;

/* All zero but for what begin sets; release in any case. */
typedef struct sj__table_writer {
	sj__block block, index;
	sj__text file, key; /* key: the last one of the block that the index does not name yet */
	sj__text pending;   /* that block's place */
} sj__table_writer;

void sj__table_begin(sj__table_writer *table);
/* Keys come in ascending order of their bytes. Failures stay in table->file. */
void sj__table_add(sj__table_writer *table, const char *key, int64_t n_key, const sj__text *value);
/* Afterwards table->file holds the whole file. */
sj_status sj__table_end(sj__table_writer *table);
void sj__table_release(sj__table_writer *table);

#endif

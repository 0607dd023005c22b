/*
 * Zip archives as .npz uses them: reading from memory with every check that the format allows, writing stored members. One disk, no
 * encryption, ZIP64 where it is needed. The format: PKWARE's APPNOTE.TXT.
 */
#ifndef SOKUJI_IO_ZIP_H
#define SOKUJI_IO_ZIP_H

#include "base/compiler.h"
#include "base/file.h"
#include "io/crc32.h"
#include "io/names.h"

enum { SJ__ZIP_STORED = 0, SJ__ZIP_DEFLATED = 8 };

typedef struct sj__zip_member {
	uint16_t flags, method;
	uint32_t crc;
	int64_t n_compressed, n_bytes;
	int64_t offset; /* of the local header */
} sj__zip_member;

typedef struct sj__zip {
	const uint8_t *bytes; /* borrowed */
	int64_t n;
	int64_t directory; /* where the central directory begins */
	sj__names names;   /* of the members, in their order */
	sj__zip_member *members;
} sj__zip;

/* Reads and checks the directory. */
sj_status sj__zip_open(const uint8_t *bytes, int64_t n, sj__zip *ret_zip);
void sj__zip_close(sj__zip *zip);

/* Member `index`, checksum verified. *ret_owned is to be freed with sj__memory_free (NULL: the bytes lie in the archive). */
sj_status sj__zip_read(const sj__zip *zip, int64_t index, const uint8_t **ret_bytes, int64_t *ret_n,
                       uint8_t **ret_owned);

/* ---- writing ---- */

typedef struct sj__zip_writer sj__zip_writer;
sj_status sj__zip_writer_open(const char *path, sj__zip_writer **ret_writer);
/* Begins a stored member whose size and checksum are known; exactly n_bytes follow through sj__zip_writer_write. */
sj_status sj__zip_writer_member(sj__zip_writer *writer, const char *name, int64_t n_bytes, uint32_t crc);
sj_status sj__zip_writer_write(sj__zip_writer *writer, const void *bytes, int64_t n);
sj_status sj__zip_writer_commit(sj__zip_writer *writer); /* frees the writer on success */
void sj__zip_writer_abandon(sj__zip_writer *writer);

#endif

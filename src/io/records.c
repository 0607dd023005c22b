/* Records: framing, and reading in the memory of one record. A length is believed once its checksum holds and the file is that long. */
#include "sokuji/records.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/crc32c.h"
#include "io/file_words.h"
#include "io/wire.h"

enum { HEAD = 12, TAIL = 4 };

struct sj_record_reader {
	sj__reader *file;
	sj__text path;
	uint8_t *bytes;
	int64_t room, at;
};

/* ---- framing ---- */

static void word_put(uint32_t value, uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t word_get(const uint8_t bytes[4])
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void sj_record_head(uint64_t n, uint8_t head[12])
{
	word_put((uint32_t)n, head);
	word_put((uint32_t)(n >> 32), head + 4);
	word_put(sj__crc32c_masked(head, 8), head + 8);
}

void sj_record_tail(const void *bytes, uint64_t n, uint8_t tail[4])
{
	word_put(sj__crc32c_masked(bytes, (int64_t)n), tail);
}

/* ---- reading ---- */

static sj_status reader_open(const char *path, sj_record_reader **ret_reader)
{
	sj_status status = sj__path_check(path);
	sj_record_reader *r = status == SJ_OK ? sj__memory_new_zeroed(sizeof(*r)) : NULL;
	if (r == NULL)
		return status == SJ_OK ? SJ_RESOURCE_EXHAUSTED : status;
	status = sj__text_append_string(&r->path, path);
	if (status == SJ_OK)
		status = sj__reader_open(path, &r->file);
	if (status == SJ_OK)
		*ret_reader = r;
	else
		sj_record_reader_close(r);
	return status;
}

sj_record_reader *sj_record_reader_open(const char *path)
{
	sj_record_reader *reader = NULL;
	sj_status status = reader_open(path, &reader);
	if (status != SJ_OK)
		sj__error_stick(status);
	return reader;
}

static sj_status damaged(const sj_record_reader *r, const char *what)
{
	return sj__fail(SJ_DATA_LOSS, "\"%s\": the record at %lld %s", sj__text_string(&r->path), (long long)r->at,
	                what);
}

static sj_status length_read(sj_record_reader *r, int64_t *ret_n)
{
	uint8_t head[HEAD];
	int64_t n_read;
	sj_status status = sj__reader_read(r->file, head, HEAD, &n_read);
	if (status != SJ_OK)
		return status;
	if (n_read == 0)
		return sj__fail(SJ_OUT_OF_RANGE, "\"%s\" has no more records", sj__text_string(&r->path));
	if (n_read < HEAD)
		return damaged(r, "is cut off");
	if (word_get(head + 8) != sj__crc32c_masked(head, 8))
		return damaged(r, "has a damaged length");
	uint64_t n = (uint64_t)word_get(head + 4) << 32 | word_get(head);
	if (n > INT64_MAX / 4)
		return damaged(r, "claims more bytes than a file can have");
	*ret_n = (int64_t)n;
	return SJ_OK;
}

/* Room grows with what is read, so that a false length costs no more memory than the file has bytes. */
static sj_status content_read(sj_record_reader *r, int64_t n)
{
	int64_t n_done = 0, n_read;
	while (n_done < n) {
		int64_t n_next = n - n_done < (1 << 20) + n_done ? n - n_done : (1 << 20) + n_done;
		if (r->room < n_done + n_next) {
			uint8_t *larger = sj__memory_resize(r->bytes, (size_t)n_done, (size_t)(n_done + n_next));
			if (larger == NULL)
				return SJ_RESOURCE_EXHAUSTED;
			r->bytes = larger;
			r->room = n_done + n_next;
		}
		sj_status status = sj__reader_read(r->file, r->bytes + n_done, n_next, &n_read);
		if (status != SJ_OK)
			return status;
		if (n_read < n_next)
			return damaged(r, "is cut off");
		n_done += n_read;
	}
	return SJ_OK;
}

static sj_status record_read(sj_record_reader *r, int64_t *ret_n)
{
	uint8_t tail[TAIL];
	int64_t n = 0, n_read = 0;
	sj_status status = length_read(r, &n);
	if (status == SJ_OK)
		status = content_read(r, n);
	if (status == SJ_OK)
		status = sj__reader_read(r->file, tail, TAIL, &n_read);
	if (status != SJ_OK)
		return status;
	if (n_read < TAIL)
		return damaged(r, "is cut off");
	if (word_get(tail) != sj__crc32c_masked(r->bytes, n))
		return damaged(r, "has a checksum that does not hold");
	*ret_n = n;
	return SJ_OK;
}

sj_status sj_record_reader_next(sj_record_reader *reader, const void **ret_bytes, int64_t *ret_n, int64_t *ret_offset)
{
	int64_t n = 0;
	if (reader == NULL || ret_bytes == NULL || ret_n == NULL) {
		sj_status wrong = sj__fail(SJ_INVALID_ARGUMENT,
		                           "sj_record_reader_next: the reader or a result is NULL");
		sj__error_stick(wrong);
		return wrong;
	}
	sj_status status = record_read(reader, &n);
	if (status != SJ_OK) {
		if (status != SJ_OUT_OF_RANGE)
			sj__error_stick(status);
		return status;
	}
	if (ret_offset != NULL)
		*ret_offset = reader->at;
	*ret_bytes = n == 0 ? (const void *)"" : reader->bytes;
	*ret_n = n;
	reader->at += HEAD + n + TAIL;
	return SJ_OK;
}

void sj_record_reader_close(sj_record_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->file != NULL)
		sj__reader_close(reader->file);
	sj__memory_free(reader->bytes);
	sj__text_release(&reader->path);
	sj__memory_free(reader);
}

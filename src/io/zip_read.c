/*
 * Reading zip archives. The central directory is the truth; each local header must agree with it, nothing may lie before the first
 * or after the last record, and every member's checksum is verified. So a flipped bit is refused unless it says nothing (a date).
 */
#include <string.h>

#include "base/memory.h"
#include "io/inflate.h"
#include "io/zip.h"

enum { LOCAL_SIZE = 30, CENTRAL_SIZE = 46, END_SIZE = 22, LOCATOR64_SIZE = 20, END64_SIZE = 56 };
enum { ENCRYPTED = 1, SIZES_FOLLOW = 8, PATCHED = 32, STRONGLY_ENCRYPTED = 64, MASKED = 8192 };

static uint32_t u16(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }
static uint32_t u32(const uint8_t *at) { return u16(at) | u16(at + 2) << 16; }
static uint64_t u64(const uint8_t *at) { return u32(at) | (uint64_t)u32(at + 4) << 32; }

static bool is_record(const uint8_t *at, const char *letters) { return memcmp(at, letters, 4) == 0; }

static sj_status damaged(const char *what) { return sj__fail(SJ_DATA_LOSS, "the zip archive is damaged: %s", what); }

/* ---- the end of the directory ---- */

typedef struct directory_end {
	int64_t begin, size, n_members;
	int64_t end; /* of the directory: where the records that close the archive begin */
} directory_end;

/* The closing record lies at the very end, but for its comment. */
static bool end_find(const uint8_t *bytes, int64_t n, int64_t *ret_at)
{
	for (int64_t at = n - END_SIZE; at >= 0 && at >= n - END_SIZE - 65535; at--)
		if (is_record(bytes + at, "PK\5\6") && at + END_SIZE + u16(bytes + at + 20) == n) {
			*ret_at = at;
			return true;
		}
	return false;
}

static sj_status end64_read(const uint8_t *bytes, int64_t end_at, directory_end *ret_end)
{
	const uint8_t *locator = bytes + end_at - LOCATOR64_SIZE;
	uint64_t at = u64(locator + 8);
	if (u32(locator + 4) != 0 || u32(locator + 16) != 1)
		return damaged("it is spread over several disks");
	if (end_at < LOCATOR64_SIZE + END64_SIZE || at != (uint64_t)(end_at - LOCATOR64_SIZE - END64_SIZE))
		return damaged("the ZIP64 record is not where its locator says");
	const uint8_t *end = bytes + at;
	if (!is_record(end, "PK\6\6") || u64(end + 4) != END64_SIZE - 12 || u32(end + 16) != 0 || u32(end + 20) != 0 ||
	    u64(end + 24) != u64(end + 32))
		return damaged("the ZIP64 record contradicts itself");
	if (u64(end + 24) > INT64_MAX || u64(end + 40) > INT64_MAX || u64(end + 48) > INT64_MAX)
		return damaged("the ZIP64 record's numbers are too large");
	*ret_end = (directory_end){(int64_t)u64(end + 48), (int64_t)u64(end + 40), (int64_t)u64(end + 24), (int64_t)at};
	return SJ_OK;
}

/* The closing record's numbers are the ZIP64 record's, or say that they do not fit. */
static bool ends_agree(const uint8_t *end, const directory_end *e)
{
	return (u16(end + 10) == 0xFFFF || u16(end + 10) == (uint64_t)e->n_members) &&
	       (u32(end + 12) == 0xFFFFFFFF || u32(end + 12) == (uint64_t)e->size) &&
	       (u32(end + 16) == 0xFFFFFFFF || u32(end + 16) == (uint64_t)e->begin);
}

static sj_status end_read(const uint8_t *bytes, int64_t n, directory_end *e)
{
	int64_t at;
	if (n < 4 || (!is_record(bytes, "PK\3\4") && !is_record(bytes, "PK\5\6")))
		return sj__fail(SJ_INVALID_ARGUMENT, "this is no .npz data: it does not begin as a zip archive");
	if (!end_find(bytes, n, &at))
		return damaged("its end is missing");
	const uint8_t *end = bytes + at;
	if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != u16(end + 10))
		return damaged("it is spread over several disks");
	*e = (directory_end){u32(end + 16), u32(end + 12), u16(end + 10), at};
	if (at >= LOCATOR64_SIZE && is_record(end - LOCATOR64_SIZE, "PK\6\7")) {
		sj_status status = end64_read(bytes, at, e);
		if (status != SJ_OK)
			return status;
	}
	if (!ends_agree(end, e) || e->begin > e->end || e->size != e->end - e->begin ||
	    e->n_members > e->size / CENTRAL_SIZE)
		return damaged("its directory is not where the end says");
	return SJ_OK;
}

/* ---- one member ---- */

/* Replaces those of the numbers that are 0xFFFFFFFF by the ones of the ZIP64 field, in its order. */
static sj_status extra_read(const uint8_t *extra, int64_t n_extra, uint64_t *numbers, int n_numbers)
{
	while (n_extra > 0) {
		if (n_extra < 4 || u16(extra + 2) > n_extra - 4)
			return damaged("an extra field is cut off");
		int64_t n = u16(extra + 2), at = 0;
		for (int i = 0; u16(extra) == 1 && i < n_numbers; i++) {
			if (numbers[i] != 0xFFFFFFFF)
				continue;
			if (at + 8 > n)
				return damaged("a ZIP64 field is cut off");
			numbers[i] = u64(extra + 4 + at);
			at += 8;
		}
		extra += 4 + n;
		n_extra -= 4 + n;
	}
	return SJ_OK;
}

static sj_status member_check(const sj__zip *zip, const uint64_t *numbers, const sj__zip_member *m)
{
	if (numbers[0] > INT64_MAX || numbers[1] > (uint64_t)zip->n || numbers[2] > (uint64_t)zip->directory)
		return damaged("a member lies outside it");
	if (m->flags & (ENCRYPTED | PATCHED | STRONGLY_ENCRYPTED | MASKED))
		return sj__fail(SJ_UNIMPLEMENTED, "a member of the zip archive is encrypted or a patch");
	if (m->method != SJ__ZIP_STORED && m->method != SJ__ZIP_DEFLATED)
		return sj__fail(SJ_UNIMPLEMENTED, "a member is compressed by method %d; stored and deflated are read",
		                m->method);
	return SJ_OK;
}

/* The directory's entry at `at`; *ret_next is where the following one begins. */
static sj_status entry_read(sj__zip *zip, int64_t at, int64_t end, int64_t *ret_next)
{
	const uint8_t *entry = zip->bytes + at;
	if (end - at < CENTRAL_SIZE || !is_record(entry, "PK\1\2"))
		return damaged("a directory entry is missing");
	int64_t n_name = u16(entry + 28), n_extra = u16(entry + 30), n_comment = u16(entry + 32);
	if (n_name + n_extra + n_comment > end - at - CENTRAL_SIZE || u16(entry + 34) != 0)
		return damaged("a directory entry is cut off");
	const char *name = (const char *)entry + CENTRAL_SIZE;
	if (n_name == 0 || memchr(name, 0, (size_t)n_name) != NULL)
		return damaged("a member's name is empty or has a 0 byte");
	uint64_t numbers[3] = {u32(entry + 24), u32(entry + 20), u32(entry + 42)};
	sj__zip_member m = {.flags = (uint16_t)u16(entry + 8),
	                    .method = (uint16_t)u16(entry + 10),
	                    .crc = u32(entry + 16)};
	sj_status status = extra_read(entry + CENTRAL_SIZE + n_name, n_extra, numbers, 3);
	if (status == SJ_OK)
		status = member_check(zip, numbers, &m);
	if (status == SJ_OK)
		status = sj__names_add(&zip->names, name, n_name);
	if (status != SJ_OK)
		return status == SJ_ALREADY_EXISTS ? sj__fail_within(SJ_DATA_LOSS, "the zip archive is damaged")
		                                   : status;
	m.n_bytes = (int64_t)numbers[0];
	m.n_compressed = (int64_t)numbers[1];
	m.offset = (int64_t)numbers[2];
	zip->members[zip->names.n - 1] = m;
	*ret_next = at + CENTRAL_SIZE + n_name + n_extra + n_comment;
	return SJ_OK;
}

sj_status sj__zip_open(const uint8_t *bytes, int64_t n, sj__zip *ret_zip)
{
	directory_end e = {0};
	sj_status status = end_read(bytes, n, &e);
	if (status != SJ_OK)
		return status;
	sj__zip zip = {.bytes = bytes, .n = n, .directory = e.begin};
	zip.members = sj__memory_new(sizeof(*zip.members) * (size_t)e.n_members);
	status = zip.members == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
	int64_t at = e.begin;
	for (int64_t i = 0; status == SJ_OK && i < e.n_members; i++)
		status = entry_read(&zip, at, e.end, &at);
	if (status == SJ_OK && at != e.end)
		status = damaged("its directory has more entries than its end says");
	if (status == SJ_OK)
		*ret_zip = zip;
	else
		sj__zip_close(&zip);
	return status;
}

void sj__zip_close(sj__zip *zip)
{
	sj__names_release(&zip->names);
	sj__memory_free(zip->members);
	zip->members = NULL;
}

/* ---- a member's bytes ---- */

/* The local header must repeat the entry; sizes and checksum may follow the data instead. */
static sj_status local_check(const sj__zip *zip, const sj__zip_member *m, const char *name, int64_t *ret_data)
{
	int64_t n_name = (int64_t)strlen(name);
	const uint8_t *local = zip->bytes + m->offset;
	if (zip->directory - m->offset < LOCAL_SIZE || !is_record(local, "PK\3\4"))
		return damaged("a member does not begin where the directory says");
	int64_t n_extra = u16(local + 28), room = zip->directory - m->offset - LOCAL_SIZE;
	if (u16(local + 26) != n_name || n_name + n_extra > room ||
	    memcmp(local + LOCAL_SIZE, name, (size_t)n_name) != 0)
		return damaged("a member's name differs from the directory's");
	uint64_t numbers[2] = {u32(local + 22), u32(local + 18)};
	sj_status status = extra_read(local + LOCAL_SIZE + n_name, n_extra, numbers, 2);
	if (status != SJ_OK)
		return status;
	bool has_numbers = (m->flags & SIZES_FOLLOW) == 0;
	if (u16(local + 6) != m->flags || u16(local + 8) != m->method ||
	    (has_numbers && (u32(local + 14) != m->crc || numbers[0] != (uint64_t)m->n_bytes ||
	                     numbers[1] != (uint64_t)m->n_compressed)))
		return damaged("a member's header differs from the directory's entry");
	if (m->n_compressed > room - n_name - n_extra)
		return damaged("a member reaches into the directory");
	*ret_data = m->offset + LOCAL_SIZE + n_name + n_extra;
	return SJ_OK;
}

static sj_status member_unpack(const sj__zip_member *m, const uint8_t *data, uint8_t **ret_bytes)
{
	int64_t n;
	uint8_t *bytes;
	if (m->n_bytes > sj__inflate_bound(m->n_compressed))
		return damaged("a member would be larger than deflate can make it");
	sj_status status = sj__inflate(SJ_COMPRESSION_DEFLATE, data, m->n_compressed, m->n_bytes, &bytes, &n);
	if (status == SJ_OUT_OF_RANGE)
		return damaged("a member is longer than it says");
	if (status != SJ_OK)
		return status;
	if (n != m->n_bytes) {
		sj__memory_free(bytes);
		return damaged("a member is shorter than it says");
	}
	*ret_bytes = bytes;
	return SJ_OK;
}

sj_status sj__zip_read(const sj__zip *zip, int64_t index, const uint8_t **ret_bytes, int64_t *ret_n,
                       uint8_t **ret_owned)
{
	const sj__zip_member *m = &zip->members[index];
	int64_t data = 0;
	uint8_t *owned = NULL;
	sj__crc32 crc;
	sj_status status = local_check(zip, m, zip->names.names[index], &data);
	if (status == SJ_OK && m->method == SJ__ZIP_STORED && m->n_compressed != m->n_bytes)
		status = damaged("a stored member has two sizes");
	if (status == SJ_OK && m->method == SJ__ZIP_DEFLATED)
		status = member_unpack(m, zip->bytes + data, &owned);
	if (status != SJ_OK)
		return status;
	const uint8_t *bytes = owned != NULL ? owned : zip->bytes + data;
	sj__crc32_begin(&crc);
	sj__crc32_add(&crc, bytes, m->n_bytes);
	if (crc.value != m->crc) {
		sj__memory_free(owned);
		return damaged("a member's checksum is wrong");
	}
	*ret_bytes = bytes;
	*ret_n = m->n_bytes;
	*ret_owned = owned;
	return SJ_OK;
}

/* Writing zip archives of stored members. All dates are the format's first day, so that the same members make the same bytes. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/zip.h"

enum { VERSION_PLAIN = 20, VERSION_64 = 45, UTF8_NAME = 0x800, FIRST_DAY = 0x21 };

struct sj__zip_writer {
	sj__writer *file;
	int64_t offset; /* bytes written */
	sj__names names;
	sj__text directory;
};

static void put(sj__text *text, uint64_t number, int n_bytes)
{
	uint8_t bytes[8];
	for (int i = 0; i < n_bytes; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	sj__text_append_bytes(text, bytes, n_bytes);
}

static bool is_large(int64_t number) { return number >= 0xFFFFFFFF; }
static uint64_t or_most(int64_t number) { return is_large(number) ? 0xFFFFFFFFu : (uint64_t)number; }

sj_status sj__zip_writer_open(const char *path, sj__zip_writer **ret_writer)
{
	sj__zip_writer *writer = sj__memory_new_zeroed(sizeof(*writer));
	if (writer == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = sj__writer_open(path, &writer->file);
	if (status == SJ_OK)
		*ret_writer = writer;
	else
		sj__zip_writer_abandon(writer);
	return status;
}

sj_status sj__zip_writer_write(sj__zip_writer *writer, const void *bytes, int64_t n)
{
	writer->offset += n;
	return sj__writer_write(writer->file, bytes, n);
}

static sj_status text_write(sj__zip_writer *writer, sj__text *text)
{
	sj_status status = text->status;
	if (status == SJ_OK)
		status = sj__zip_writer_write(writer, text->bytes, text->length);
	sj__text_release(text);
	return status;
}

/* What the local header and the directory's entry have in common, from the version needed to the size. */
static void common_put(sj__text *text, const char *name, bool is_64, int64_t n_bytes, uint32_t crc)
{
	bool is_ascii = true;
	for (const char *at = name; *at != 0; at++)
		is_ascii &= (uint8_t)*at < 128;
	put(text, is_64 ? VERSION_64 : VERSION_PLAIN, 2);
	put(text, is_ascii ? 0 : UTF8_NAME, 2);
	put(text, SJ__ZIP_STORED, 2);
	put(text, 0, 2);
	put(text, FIRST_DAY, 2);
	put(text, crc, 4);
	put(text, or_most(n_bytes), 4);
	put(text, or_most(n_bytes), 4);
	put(text, strlen(name), 2);
}

static void entry_put(sj__text *text, const char *name, int64_t n_bytes, int64_t offset, uint32_t crc)
{
	int n_extra = (is_large(n_bytes) ? 16 : 0) + (is_large(offset) ? 8 : 0);
	sj__text_append_bytes(text, "PK\1\2", 4);
	put(text, 3 << 8 | (n_extra > 0 ? VERSION_64 : VERSION_PLAIN), 2);
	common_put(text, name, n_extra > 0, n_bytes, crc);
	put(text, n_extra > 0 ? (uint64_t)n_extra + 4 : 0, 2);
	put(text, 0, 2 + 2 + 2); /* no comment, disk 0, no internal attributes */
	put(text, (uint64_t)0100644 << 16, 4);
	put(text, or_most(offset), 4);
	sj__text_append_string(text, name);
	if (n_extra == 0)
		return;
	put(text, 1, 2);
	put(text, (uint64_t)n_extra, 2);
	if (is_large(n_bytes)) {
		put(text, (uint64_t)n_bytes, 8);
		put(text, (uint64_t)n_bytes, 8);
	}
	if (is_large(offset))
		put(text, (uint64_t)offset, 8);
}

static sj_status name_check(const char *name)
{
	size_t n = strlen(name);
	if (n == 0 || n > 65535)
		return sj__fail(SJ_INVALID_ARGUMENT, "a member's name has %zu bytes; 1 to 65535 are allowed", n);
	if (!sj__is_utf8(name, (int64_t)n))
		return sj__fail(SJ_INVALID_ARGUMENT, "a member's name is not UTF-8");
	return SJ_OK;
}

sj_status sj__zip_writer_member(sj__zip_writer *writer, const char *name, int64_t n_bytes, uint32_t crc)
{
	sj__text header = {0};
	sj_status status = name_check(name);
	if (status == SJ_OK)
		status = sj__names_add(&writer->names, name, (int64_t)strlen(name));
	if (status != SJ_OK)
		return status;
	entry_put(&writer->directory, name, n_bytes, writer->offset, crc);
	sj__text_append_bytes(&header, "PK\3\4", 4);
	common_put(&header, name, is_large(n_bytes), n_bytes, crc);
	put(&header, is_large(n_bytes) ? 20 : 0, 2);
	sj__text_append_string(&header, name);
	if (is_large(n_bytes)) {
		put(&header, 1, 2);
		put(&header, 16, 2);
		put(&header, (uint64_t)n_bytes, 8);
		put(&header, (uint64_t)n_bytes, 8);
	}
	status = text_write(writer, &header);
	return status == SJ_OK ? writer->directory.status : status;
}

static void end64_put(sj__text *text, int64_t n_members, int64_t begin, int64_t size)
{
	sj__text_append_bytes(text, "PK\6\6", 4);
	put(text, 44, 8);
	put(text, 3 << 8 | VERSION_64, 2);
	put(text, VERSION_64, 2);
	put(text, 0, 8);
	put(text, (uint64_t)n_members, 8);
	put(text, (uint64_t)n_members, 8);
	put(text, (uint64_t)size, 8);
	put(text, (uint64_t)begin, 8);
	sj__text_append_bytes(text, "PK\6\7", 4);
	put(text, 0, 4);
	put(text, (uint64_t)(begin + size), 8);
	put(text, 1, 4);
}

static void end_put(sj__text *text, int64_t n_members, int64_t begin, int64_t size)
{
	if (n_members >= 0xFFFF || is_large(begin) || is_large(size))
		end64_put(text, n_members, begin, size);
	uint64_t n = n_members >= 0xFFFF ? 0xFFFF : (uint64_t)n_members;
	sj__text_append_bytes(text, "PK\5\6\0\0\0\0", 8);
	put(text, n, 2);
	put(text, n, 2);
	put(text, or_most(size), 4);
	put(text, or_most(begin), 4);
	put(text, 0, 2);
}

sj_status sj__zip_writer_commit(sj__zip_writer *writer)
{
	int64_t begin = writer->offset, size = writer->directory.length;
	sj__text end = {0};
	end_put(&end, writer->names.n, begin, size);
	sj_status status = text_write(writer, &writer->directory);
	if (status == SJ_OK)
		status = text_write(writer, &end);
	else
		sj__text_release(&end);
	if (status == SJ_OK)
		status = sj__writer_commit(writer->file);
	if (status != SJ_OK)
		return status;
	writer->file = NULL;
	sj__zip_writer_abandon(writer);
	return SJ_OK;
}

void sj__zip_writer_abandon(sj__zip_writer *writer)
{
	if (writer == NULL)
		return;
	sj__writer_abandon(writer->file);
	sj__names_release(&writer->names);
	sj__text_release(&writer->directory);
	sj__memory_free(writer);
}

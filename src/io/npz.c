/* Archives of arrays: zip members named NAME.npy. The whole file is read into memory; members are decoded when they are asked for. */
#include "io/npz.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/file_words.h"
#include "io/npy.h"
#include "io/zip.h"
#include "tensor/concrete.h"

struct sj_npz {
	sj__zip zip;
	uint8_t *own_bytes; /* NULL: the caller's */
	sj__text path;      /* for messages; empty: from memory */
	sj__names names;    /* the members' without ".npy" */
};

/* ---- reading ---- */

/* A member "a" beside "a.npy" keeps its whole name, so that both can be told apart. */
static sj_status names_shorten(sj_npz *npz)
{
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < npz->zip.names.n; i++) {
		const char *name = npz->zip.names.names[i];
		int64_t n = (int64_t)strlen(name), n_short = n > 4 && memcmp(name + n - 4, ".npy", 4) == 0 ? n - 4 : n;
		if (n_short < n && sj__names_find(&npz->zip.names, name, n_short) >= 0)
			n_short = n;
		status = sj__names_add(&npz->names, name, n_short);
	}
	return status == SJ_ALREADY_EXISTS ? SJ_DATA_LOSS : status;
}

static sj_status npz_make(const uint8_t *bytes, int64_t n, sj_npz **ret_npz)
{
	sj_npz *npz = sj__memory_new_zeroed(sizeof(*npz));
	if (npz == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = sj__zip_open(bytes, n, &npz->zip);
	if (status == SJ_OK)
		status = names_shorten(npz);
	if (status == SJ_OK)
		*ret_npz = npz;
	else
		sj_npz_close(npz);
	return status;
}

sj_status sj__npz_open(const char *path, sj_npz **ret_npz)
{
	uint8_t *bytes;
	int64_t n;
	sj_npz *npz;
	sj_status status = sj__path_check(path);
	if (status == SJ_OK)
		status = sj__file_read_all(path, -1, &bytes, &n);
	if (status != SJ_OK)
		return status;
	status = npz_make(bytes, n, &npz);
	if (status != SJ_OK) {
		sj__memory_free(bytes);
		return sj__fail_reading(status, path);
	}
	npz->own_bytes = bytes;
	status = sj__text_append_string(&npz->path, path);
	if (status == SJ_OK)
		*ret_npz = npz;
	else
		sj_npz_close(npz);
	return status;
}

static sj_npz *opened(sj_status status, sj_npz *npz)
{
	if (status != SJ_OK)
		sj__error_stick(status);
	return npz;
}

sj_npz *sj_npz_open(const char *path)
{
	sj_npz *npz = NULL;
	sj_status status = sj__npz_open(path, &npz);
	return opened(status, npz);
}

sj_npz *sj_npz_open_bytes(const void *bytes, size_t n_bytes)
{
	sj_npz *npz = NULL;
	sj_status status = sj__bytes_check(bytes, n_bytes);
	if (status == SJ_OK)
		status = npz_make(bytes, (int64_t)n_bytes, &npz);
	return opened(status, npz);
}

int64_t sj_npz_count(const sj_npz *npz) { return npz == NULL ? 0 : npz->names.n; }

const char *sj_npz_name(const sj_npz *npz, int64_t index)
{
	return index >= 0 && index < sj_npz_count(npz) ? npz->names.names[index] : NULL;
}

static sj_status member_decode(const sj_npz *npz, int64_t index, sj_tensor **ret_tensor)
{
	const uint8_t *bytes;
	uint8_t *owned;
	int64_t n;
	sj_status status = sj__zip_read(&npz->zip, index, &bytes, &n, &owned);
	if (status == SJ_OK) {
		status = sj__npy_decode(bytes, n, ret_tensor);
		sj__memory_free(owned);
	}
	return status == SJ_OK ? SJ_OK : sj__fail_within(status, npz->names.names[index]);
}

sj_status sj__npz_read(sj_npz *npz, const char *name, sj_tensor **ret_tensor)
{
	if (npz == NULL || name == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_npz_read: the %s is NULL", npz == NULL ? "archive" : "name");
	const char *path = npz->path.length > 0 ? sj__text_string(&npz->path) : "memory";
	int64_t index = sj__names_find(&npz->names, name, (int64_t)strlen(name));
	if (index < 0)
		return sj__fail(SJ_NOT_FOUND, "\"%s\" has no array '%s'; it has %lld, the first is '%s'", path, name,
		                (long long)npz->names.n, npz->names.n > 0 ? npz->names.names[0] : "");
	sj_status status = member_decode(npz, index, ret_tensor);
	return status == SJ_OK ? SJ_OK : sj__fail_reading(status, path);
}

sj_tensor *sj_npz_read(sj_npz *npz, const char *name)
{
	sj_tensor *t = NULL;
	sj_status status = sj__npz_read(npz, name, &t);
	return sj__result(status, t);
}

void sj_npz_close(sj_npz *npz)
{
	if (npz == NULL)
		return;
	sj__zip_close(&npz->zip);
	sj__names_release(&npz->names);
	sj__text_release(&npz->path);
	sj__memory_free(npz->own_bytes);
	sj__memory_free(npz);
}

/* ---- writing ---- */

struct sj_npz_writer {
	sj__zip_writer *zip;
	bool has_failed;
};

sj_status sj__npz_writer_begin(const char *path, sj_npz_writer **ret_writer)
{
	sj_status status = sj__path_check(path);
	sj_npz_writer *writer = status == SJ_OK ? sj__memory_new_zeroed(sizeof(*writer)) : NULL;
	if (writer == NULL)
		return status == SJ_OK ? SJ_RESOURCE_EXHAUSTED : status;
	status = sj__zip_writer_open(path, &writer->zip);
	if (status == SJ_OK)
		*ret_writer = writer;
	else
		sj__memory_free(writer);
	return status;
}

static sj_status crc_sink(void *context, const void *bytes, int64_t n)
{
	sj__crc32_add(context, bytes, n);
	return SJ_OK;
}

static sj_status zip_sink(void *context, const void *bytes, int64_t n)
{
	return sj__zip_writer_write(context, bytes, n);
}

/* Encoded twice: the checksum stands before the bytes. */
static sj_status member_write(sj__zip_writer *zip, const char *name, const sj_tensor *t)
{
	sj__crc32 crc;
	sj__text member = {0};
	int64_t n;
	sj_status status = sj__npy_encoded_size(t, &n);
	if (status != SJ_OK)
		return status;
	sj__crc32_begin(&crc);
	status = sj__npy_encode(t, crc_sink, &crc);
	if (status == SJ_OK)
		status = sj__text_append(&member, "%s.npy", name);
	if (status == SJ_OK)
		status = sj__zip_writer_member(zip, sj__text_string(&member), n, crc.value);
	if (status == SJ_OK)
		status = sj__npy_encode(t, zip_sink, zip);
	sj__text_release(&member);
	return status;
}

sj_status sj__npz_writer_add(sj_npz_writer *writer, const char *name, const sj_tensor *t)
{
	sj_status status = name == NULL || name[0] == 0
	                           ? sj__fail(SJ_INVALID_ARGUMENT, "sj_npz_writer_add: the name is empty")
	                           : SJ_OK;
	if (status == SJ_OK && writer->has_failed)
		status = sj__fail(SJ_FAILED_PRECONDITION, "sj_npz_writer_add: an earlier array could not be written");
	if (status == SJ_OK) {
		status = member_write(writer->zip, name, t);
		if (status != SJ_OK)
			sj__fail_within(status, name);
	}
	writer->has_failed |= status != SJ_OK;
	return status;
}

sj_status sj__npz_writer_end(sj_npz_writer *writer)
{
	sj_status status = SJ_OK;
	if (writer->has_failed)
		status = sj__fail(SJ_FAILED_PRECONDITION,
		                  "sj_npz_writer_end: an array could not be written, so the archive is not either");
	if (status == SJ_OK)
		status = sj__zip_writer_commit(writer->zip);
	if (status == SJ_OK)
		writer->zip = NULL;
	sj_npz_writer_abandon(writer);
	return status;
}

static sj_status stuck(sj_status status)
{
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

sj_npz_writer *sj_npz_writer_begin(const char *path)
{
	sj_npz_writer *writer = NULL;
	if (sj_ok())
		stuck(sj__npz_writer_begin(path, &writer));
	return writer;
}

sj_status sj_npz_writer_add(sj_npz_writer *writer, const char *name, sj_tensor *tensor)
{
	sj_tensor *value = NULL;
	if (!sj_ok())
		return sj_error_code();
	if (writer == NULL)
		return stuck(sj__fail(SJ_INVALID_ARGUMENT, "sj_npz_writer_add: the writer is NULL"));
	sj_status status = sj__concrete("sj_npz_writer_add", tensor, &value);
	if (status == SJ_OK)
		status = sj__npz_writer_add(writer, name, value);
	writer->has_failed |= status != SJ_OK;
	sj__drop(value);
	return stuck(status);
}

sj_status sj_npz_writer_end(sj_npz_writer *writer)
{
	if (!sj_ok()) {
		sj_npz_writer_abandon(writer);
		return sj_error_code();
	}
	if (writer == NULL)
		return stuck(sj__fail(SJ_INVALID_ARGUMENT, "sj_npz_writer_end: the writer is NULL"));
	return stuck(sj__npz_writer_end(writer));
}

void sj_npz_writer_abandon(sj_npz_writer *writer)
{
	if (writer == NULL)
		return;
	sj__zip_writer_abandon(writer->zip);
	sj__memory_free(writer);
}

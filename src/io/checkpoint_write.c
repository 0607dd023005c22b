/* Writing checkpoints: the data stream into one file, the index is made at the end; both appear by rename. */
#include "sokuji/checkpoint.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/checkpoint_entry.h"
#include "io/crc32c.h"
#include "io/file_words.h"
#include "io/sorted_table.h"
#include "tensor/concrete.h"

typedef struct writer_entry {
	const char *name; /* the names' copy */
	sj__text value;
} writer_entry;

struct sj_checkpoint_writer {
	sj__writer *data;
	int64_t offset;
	sj__names names;
	writer_entry *entries; /* of the names */
	int64_t n_entries, n_room;
	bool has_failed;
	sj__text prefix;
};

/* ---- the beginning ---- */

static sj_status writer_open(const char *prefix, sj_checkpoint_writer *w)
{
	sj__text path = {0};
	sj_status status = sj__text_append_string(&w->prefix, prefix);
	if (status == SJ_OK)
		status = sj__text_append(&path, "%s.data-00000-of-00001", prefix);
	if (status == SJ_OK)
		status = sj__writer_open(sj__text_string(&path), &w->data);
	sj__text_release(&path);
	return status;
}

static sj_status writer_begin(const char *prefix, sj_checkpoint_writer **ret_writer)
{
	sj_status status = sj__path_check(prefix);
	sj_checkpoint_writer *w = status == SJ_OK ? sj__memory_new_zeroed(sizeof(*w)) : NULL;
	if (w == NULL)
		return status == SJ_OK ? SJ_RESOURCE_EXHAUSTED : status;
	status = writer_open(prefix, w);
	if (status == SJ_OK)
		*ret_writer = w;
	else
		sj_checkpoint_writer_abandon(w);
	return status;
}

/* ---- tensors ---- */

static sj_status name_add(sj_checkpoint_writer *w, const char *name)
{
	if (name == NULL || name[0] == 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_checkpoint_writer_add: the name is empty");
	if (w->n_entries == w->n_room) {
		int64_t n = w->n_room == 0 ? 64 : 2 * w->n_room;
		size_t size = sizeof(*w->entries);
		writer_entry *larger = sj__memory_resize(w->entries, (size_t)w->n_room * size, (size_t)n * size);
		if (larger == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		w->entries = larger;
		w->n_room = n;
	}
	sj_status status = sj__names_add(&w->names, name, (int64_t)strlen(name));
	if (status == SJ_ALREADY_EXISTS)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_checkpoint_writer_add: two tensors are named '%s'", name);
	if (status == SJ_OK)
		w->entries[w->n_entries++] = (writer_entry){.name = w->names.names[w->names.n - 1]};
	return status;
}

static sj_status bytes_write(sj_checkpoint_writer *w, sj__crc32c *crc, const void *bytes, int64_t n)
{
	if (crc != NULL)
		sj__crc32c_add(crc, bytes, n);
	w->offset += n;
	return sj__writer_write(w->data, bytes, n);
}

/* Lengths, their checksum, the bytes. The whole's checksum takes the lengths in as words. */
static sj_status strings_write(sj_checkpoint_writer *w, const sj_tensor *t, sj__crc32c *crc)
{
	const sj__string *strings = t->data;
	sj__text lengths = {0};
	uint8_t word[8];
	for (int64_t i = 0; i < t->shape.size; i++) {
		sj__wire_put_varint(&lengths, (uint64_t)strings[i].length);
		sj__crc32c_add(crc, word, sj__checkpoint_length_bytes((uint64_t)strings[i].length, word));
	}
	sj_status status = lengths.status;
	if (status == SJ_OK)
		status = bytes_write(w, NULL, sj__text_string(&lengths), lengths.length);
	sj__text_clear(&lengths);
	sj__wire_put_fixed32(&lengths, sj__crc32c_mask(crc->value));
	if (status == SJ_OK)
		status = lengths.status == SJ_OK ? bytes_write(w, crc, lengths.bytes, 4) : lengths.status;
	for (int64_t i = 0; status == SJ_OK && i < t->shape.size; i++)
		status = bytes_write(w, crc, sj__string_bytes(&strings[i]), strings[i].length);
	sj__text_release(&lengths);
	return status;
}

static sj_status tensor_write(sj_checkpoint_writer *w, const sj_tensor *t)
{
	sj__checkpoint_entry entry = {.dtype = (sj_dtype)t->dtype, .rank = t->shape.rank, .offset = w->offset};
	sj__crc32c crc;
	sj__crc32c_begin(&crc);
	memcpy(entry.dims, sj__dims(t), (size_t)entry.rank * sizeof(*entry.dims));
	sj_status status = t->dtype == SJ_STRING
	                           ? strings_write(w, t, &crc)
	                           : bytes_write(w, &crc, t->data, t->shape.size * (int64_t)sj__dtype_size(t->dtype));
	entry.size = w->offset - entry.offset;
	entry.crc = sj__crc32c_mask(crc.value);
	if (status != SJ_OK)
		return status;
	sj__text *value = &w->entries[w->n_entries - 1].value;
	sj__checkpoint_entry_put(&entry, value);
	return value->status;
}

static sj_status writer_add(sj_checkpoint_writer *w, const char *name, sj_tensor *tensor)
{
	sj_tensor *value;
	if (w->has_failed)
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "sj_checkpoint_writer_add: an earlier tensor could not be written");
	sj_status status = sj__concrete("sj_checkpoint_writer_add", tensor, &value);
	if (status != SJ_OK)
		return status;
	status = name_add(w, name);
	if (status == SJ_OK) {
		status = tensor_write(w, value);
		if (status != SJ_OK)
			sj__fail_within(status, name);
	}
	sj__drop(value);
	return status;
}

/* ---- the end ---- */

static int entries_compare(const void *a, const void *b)
{
	return strcmp(((const writer_entry *)a)->name, ((const writer_entry *)b)->name);
}

static sj_status index_make(sj_checkpoint_writer *w, sj__table_writer *table)
{
	sj__text header = {0};
	sj__checkpoint_header_put(&header);
	sj__table_begin(table);
	sj__table_add(table, "", 0, &header);
	if (w->n_entries > 0)
		qsort(w->entries, (size_t)w->n_entries, sizeof(*w->entries), entries_compare);
	for (int64_t i = 0; i < w->n_entries; i++)
		sj__table_add(table, w->entries[i].name, (int64_t)strlen(w->entries[i].name), &w->entries[i].value);
	sj_status status = sj__table_end(table), failed = header.status;
	sj__text_release(&header);
	return status == SJ_OK ? failed : status;
}

/* The index is on the disk before the data are put in place, so that little can go wrong between the two. */
static sj_status files_commit(sj_checkpoint_writer *w, const char *path, const sj__text *file)
{
	sj__writer *index;
	sj_status status = sj__writer_open(path, &index);
	if (status != SJ_OK)
		return status;
	status = sj__writer_write(index, file->bytes, file->length);
	if (status == SJ_OK)
		status = sj__writer_commit(w->data);
	if (status == SJ_OK) {
		w->data = NULL;
		status = sj__writer_commit(index);
	}
	if (status != SJ_OK)
		sj__writer_abandon(index);
	return status;
}

static sj_status writer_end(sj_checkpoint_writer *w)
{
	sj__table_writer table = {0};
	sj__text path = {0};
	if (w->has_failed)
		return sj__fail(
			SJ_FAILED_PRECONDITION,
			"sj_checkpoint_writer_end: a tensor could not be written, so the checkpoint is not either");
	sj_status status = index_make(w, &table);
	if (status == SJ_OK)
		status = sj__text_append(&path, "%s.index", sj__text_string(&w->prefix));
	if (status == SJ_OK)
		status = files_commit(w, sj__text_string(&path), &table.file);
	sj__text_release(&path);
	sj__table_release(&table);
	return status;
}

void sj_checkpoint_writer_abandon(sj_checkpoint_writer *w)
{
	if (w == NULL)
		return;
	sj__writer_abandon(w->data);
	for (int64_t i = 0; i < w->n_entries; i++)
		sj__text_release(&w->entries[i].value);
	sj__memory_free(w->entries);
	sj__names_release(&w->names);
	sj__text_release(&w->prefix);
	sj__memory_free(w);
}

static sj_status stuck(sj_status status)
{
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

sj_checkpoint_writer *sj_checkpoint_writer_begin(const char *prefix)
{
	sj_checkpoint_writer *writer = NULL;
	if (sj_ok())
		stuck(writer_begin(prefix, &writer));
	return writer;
}

sj_status sj_checkpoint_writer_add(sj_checkpoint_writer *writer, const char *name, sj_tensor *tensor)
{
	if (!sj_ok())
		return sj_error_code();
	if (writer == NULL)
		return stuck(sj__fail(SJ_INVALID_ARGUMENT, "sj_checkpoint_writer_add: the writer is NULL"));
	sj_status status = writer_add(writer, name, tensor);
	writer->has_failed |= status != SJ_OK;
	return stuck(status);
}

sj_status sj_checkpoint_writer_end(sj_checkpoint_writer *writer)
{
	sj_status status = sj_error_code();
	if (status == SJ_OK && writer == NULL)
		return stuck(sj__fail(SJ_INVALID_ARGUMENT, "sj_checkpoint_writer_end: the writer is NULL"));
	if (status == SJ_OK)
		status = stuck(writer_end(writer));
	sj_checkpoint_writer_abandon(writer);
	return status;
}

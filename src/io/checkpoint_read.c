/* Reading checkpoints: the whole index is checked when it is opened, the bytes of a tensor when it is asked for. */
#include "sokuji/checkpoint.h"

#include "base/file.h"
#include "base/memory.h"
#include "io/checkpoint_entry.h"
#include "io/crc32c.h"
#include "io/file_words.h"
#include "io/sorted_table.h"
#include "tensor/concrete.h"

struct sj_checkpoint {
	uint8_t *index;    /* the file; the entries lie in it */
	sj__names names;   /* in the file's order, which is the bytes' */
	sj__wire *entries; /* of the names */
	int64_t n_room, n_shards;
	bool has_header;
	sj__text prefix;
};

/* ---- the index ---- */

static sj_status entry_room(sj_checkpoint *c)
{
	if (c->names.n < c->n_room)
		return SJ_OK;
	int64_t n = c->n_room == 0 ? 64 : 2 * c->n_room;
	size_t size = sizeof(*c->entries);
	sj__wire *larger = sj__memory_resize(c->entries, (size_t)c->n_room * size, (size_t)n * size);
	if (larger == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	c->entries = larger;
	c->n_room = n;
	return SJ_OK;
}

/* The empty name is the header's. Names that begin with a 0 byte are the slices of partitioned variables. */
static sj_status entry_take(void *context, const char *key, int64_t n_key, sj__wire value)
{
	sj_checkpoint *c = context;
	sj__checkpoint_entry entry;
	if (!c->has_header) {
		c->has_header = true;
		return n_key > 0 ? sj__fail(SJ_DATA_LOSS, "the index has no header")
		                 : sj__checkpoint_header_parse(value, &c->n_shards);
	}
	sj_status status = sj__checkpoint_entry_parse(value, c->n_shards, &entry);
	if (status != SJ_OK || key[0] == 0)
		return status;
	if (memchr(key, 0, (size_t)n_key) != NULL)
		return sj__fail(SJ_DATA_LOSS, "a name holds a 0 byte");
	status = entry_room(c);
	if (status == SJ_OK)
		status = sj__names_add(&c->names, key, n_key);
	if (status == SJ_OK)
		c->entries[c->names.n - 1] = value;
	return status;
}

static sj_status index_read(sj_checkpoint *c, const char *prefix)
{
	sj__text path = {0};
	int64_t n = 0;
	sj_status status = sj__text_append(&path, "%s.index", prefix);
	if (status == SJ_OK)
		status = sj__file_read_all(sj__text_string(&path), -1, &c->index, &n);
	if (status == SJ_OK) {
		status = sj__table_read(c->index, n, entry_take, c);
		if (status == SJ_OK && !c->has_header)
			status = sj__fail(SJ_DATA_LOSS, "the index has no header");
		if (status != SJ_OK)
			sj__fail_reading(status, sj__text_string(&path));
	}
	sj__text_release(&path);
	return status;
}

static sj_status checkpoint_open(const char *prefix, sj_checkpoint **ret_checkpoint)
{
	sj_status status = sj__path_check(prefix);
	sj_checkpoint *c = status == SJ_OK ? sj__memory_new_zeroed(sizeof(*c)) : NULL;
	if (c == NULL)
		return status == SJ_OK ? SJ_RESOURCE_EXHAUSTED : status;
	status = sj__text_append_string(&c->prefix, prefix);
	if (status == SJ_OK)
		status = index_read(c, prefix);
	if (status == SJ_OK)
		*ret_checkpoint = c;
	else
		sj_checkpoint_close(c);
	return status;
}

sj_checkpoint *sj_checkpoint_open(const char *prefix)
{
	sj_checkpoint *checkpoint = NULL;
	sj_status status = checkpoint_open(prefix, &checkpoint);
	if (status != SJ_OK)
		sj__error_stick(status);
	return checkpoint;
}

void sj_checkpoint_close(sj_checkpoint *c)
{
	if (c == NULL)
		return;
	sj__memory_free(c->index);
	sj__memory_free(c->entries);
	sj__names_release(&c->names);
	sj__text_release(&c->prefix);
	sj__memory_free(c);
}

/* ---- looking ---- */

int64_t sj_checkpoint_count(const sj_checkpoint *c) { return c == NULL ? 0 : c->names.n; }

const char *sj_checkpoint_name(const sj_checkpoint *c, int64_t index)
{
	return index >= 0 && index < sj_checkpoint_count(c) ? c->names.names[index] : NULL;
}

int64_t sj_checkpoint_find(const sj_checkpoint *c, const char *name)
{
	return c == NULL || name == NULL ? -1 : sj__names_find(&c->names, name, (int64_t)strlen(name));
}

/* Cannot fail inside: the entries were parsed once already. */
static bool entry_at(const sj_checkpoint *c, int64_t index, sj__checkpoint_entry *ret_entry)
{
	return index >= 0 && index < sj_checkpoint_count(c) &&
	       sj__checkpoint_entry_parse(c->entries[index], c->n_shards, ret_entry) == SJ_OK;
}

sj_dtype sj_checkpoint_dtype(const sj_checkpoint *c, int64_t index)
{
	sj__checkpoint_entry entry;
	return entry_at(c, index, &entry) ? entry.dtype : SJ_DTYPE_NONE;
}

int sj_checkpoint_shape(const sj_checkpoint *c, int64_t index, int64_t *ret_dims)
{
	sj__checkpoint_entry entry;
	if (ret_dims == NULL || !entry_at(c, index, &entry))
		return -1;
	memcpy(ret_dims, entry.dims, (size_t)entry.rank * sizeof(*ret_dims));
	return entry.rank;
}

/* ---- the bytes of a tensor ---- */

static sj_status checksum_check(uint32_t value, const sj__checkpoint_entry *entry)
{
	return sj__crc32c_mask(value) == entry->crc ? SJ_OK
	                                            : sj__fail(SJ_DATA_LOSS, "the data's checksum does not hold");
}

static sj_status numbers_check(const uint8_t *bytes, const sj__checkpoint_entry *entry)
{
	sj__crc32c crc;
	sj__crc32c_begin(&crc);
	sj__crc32c_add(&crc, bytes, entry->size);
	sj_status status = checksum_check(crc.value, entry);
	for (int64_t i = 0; status == SJ_OK && entry->dtype == SJ_BOOL && i < entry->size; i++)
		if (bytes[i] > 1)
			status = sj__fail(SJ_DATA_LOSS, "element %lld of the bools is %d", (long long)i, bytes[i]);
	return status;
}

/* Strings are stored as their lengths, the lengths' checksum, their bytes. The lengths are summed up before anything is made of them. */
static sj_status lengths_check(sj__wire bytes, const sj__checkpoint_entry *entry, sj__wire *ret_content)
{
	sj__crc32c crc;
	uint64_t length, left = (uint64_t)entry->size;
	uint8_t word[8];
	uint32_t stored;
	sj__crc32c_begin(&crc);
	for (int64_t i = 0; i < entry->n_elements; i++) {
		if (!sj__wire_varint(&bytes, &length) || length > left)
			return sj__fail(SJ_DATA_LOSS, "the length of string %lld is damaged", (long long)i);
		left -= length;
		sj__crc32c_add(&crc, word, sj__checkpoint_length_bytes(length, word));
	}
	const uint8_t *checksum = bytes.at;
	if (!sj__wire_fixed32(&bytes, &stored) || stored != sj__crc32c_mask(crc.value))
		return sj__fail(SJ_DATA_LOSS, "the checksum of the strings' lengths does not hold");
	sj__crc32c_add(&crc, checksum, 4);
	sj__crc32c_add(&crc, bytes.at, bytes.end - bytes.at);
	*ret_content = bytes;
	return checksum_check(crc.value, entry);
}

static sj_status strings_decode(sj__wire bytes, const sj__checkpoint_entry *entry, sj_tensor *t)
{
	sj__wire content = {0};
	uint64_t length;
	sj_status status = lengths_check(bytes, entry, &content);
	for (int64_t i = 0; status == SJ_OK && i < entry->n_elements; i++) {
		sj__wire_varint(&bytes, &length);
		if (length > (uint64_t)(content.end - content.at))
			return sj__fail(SJ_DATA_LOSS, "string %lld passes the end of the data", (long long)i);
		status = sj__string_set((sj__string *)t->data + i, content.at, (int64_t)length);
		content.at += length;
	}
	if (status == SJ_OK && content.at != content.end)
		return sj__fail(SJ_DATA_LOSS, "bytes follow the last string");
	return status;
}

static sj_status strings_read(const char *path, const sj__checkpoint_entry *entry, sj_tensor *t)
{
	uint8_t *bytes = sj__memory_new((size_t)entry->size);
	if (bytes == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = sj__file_read_range(path, entry->offset, entry->size, bytes);
	if (status == SJ_OK)
		status = strings_decode((sj__wire){bytes, bytes + entry->size}, entry, t);
	sj__memory_free(bytes);
	return status;
}

static sj_status entry_read(const char *path, const sj__checkpoint_entry *entry, sj_tensor **ret_tensor)
{
	sj_tensor *t;
	int64_t length;
	sj_status status = sj__file_length(path, &length);
	if (status == SJ_OK && length - entry->offset < entry->size)
		return sj__fail(SJ_DATA_LOSS, "\"%s\" ends at %lld, before the tensor does", path, (long long)length);
	if (status == SJ_OK)
		status = sj__tensor_make("checkpoint", entry->dtype, entry->rank, entry->dims, &t);
	if (status != SJ_OK)
		return status;
	if (entry->dtype == SJ_STRING) {
		status = strings_read(path, entry, t);
	} else {
		status = sj__file_read_range(path, entry->offset, entry->size, t->data);
		if (status == SJ_OK)
			status = numbers_check(t->data, entry);
	}
	if (status == SJ_OK)
		*ret_tensor = t;
	else
		sj__drop(t);
	return status;
}

static sj_status entry_check(const sj__checkpoint_entry *entry)
{
	if (entry->is_sliced)
		return sj__fail(SJ_UNIMPLEMENTED,
		                "not implemented: variables stored in slices; save it without a partitioner");
	if (sj_dtype_size(entry->dtype) == 0 || entry->dtype == SJ_RESOURCE || entry->dtype == SJ_VARIANT)
		return sj__fail(SJ_UNIMPLEMENTED, "not implemented: tensors of dtype number %d (%s)", (int)entry->dtype,
		                sj_dtype_name(entry->dtype));
	return SJ_OK;
}

static sj_status checkpoint_read(const sj_checkpoint *c, const char *name, sj_tensor **ret_tensor)
{
	sj__checkpoint_entry entry;
	sj__text path = {0};
	if (c == NULL || name == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_checkpoint_read: the %s is NULL",
		                c == NULL ? "checkpoint" : "name");
	const char *prefix = sj__text_string(&c->prefix);
	if (!entry_at(c, sj_checkpoint_find(c, name), &entry))
		return sj__fail(SJ_NOT_FOUND, "Key %s not found in checkpoint \"%s\", which has %lld tensors", name,
		                prefix, (long long)c->names.n);
	sj_status status = entry_check(&entry);
	if (status == SJ_OK)
		status = sj__text_append(&path, "%s.data-%05lld-of-%05lld", prefix, (long long)entry.shard,
		                         (long long)c->n_shards);
	if (status == SJ_OK)
		status = entry_read(sj__text_string(&path), &entry, ret_tensor);
	sj__text_release(&path);
	if (status != SJ_OK)
		sj__fail_within(status, name);
	return status == SJ_OK ? SJ_OK : sj__fail_reading(status, prefix);
}

sj_tensor *sj_checkpoint_read(const sj_checkpoint *checkpoint, const char *name)
{
	sj_tensor *t = NULL;
	sj_status status = checkpoint_read(checkpoint, name, &t);
	return sj__result(status, t);
}

/* The messages of a checkpoint's index, read and written field by field; fields that are not known are passed over, as protocol buffers ask. */
#include "io/checkpoint_entry.h"

#include "base/compiler.h"
#include "tensor/tensor.h"

enum {
	ENTRY_DTYPE = 1,
	ENTRY_SHAPE = 2,
	ENTRY_SHARD = 3,
	ENTRY_OFFSET = 4,
	ENTRY_SIZE = 5,
	ENTRY_CRC = 6,
	ENTRY_SLICES = 7
};
enum { SHAPE_DIM = 2, SHAPE_UNKNOWN_RANK = 3, DIM_SIZE = 1 };
enum { HEADER_SHARDS = 1, HEADER_ENDIANNESS = 2, HEADER_VERSION = 3, VERSION_PRODUCER = 1, VERSION_CONSUMER = 2 };
enum { FORMAT_VERSION = 1, SHARDS_MOST = 99999 };

static sj_status damaged(const char *what) { return sj__fail(SJ_DATA_LOSS, "the index is damaged: %s", what); }

/* ---- shapes ---- */

static bool dim_parse(sj__wire bytes, int64_t *ret_size)
{
	sj__wire_field field;
	*ret_size = 0;
	while (bytes.at < bytes.end) {
		if (!sj__wire_next(&bytes, &field))
			return false;
		if (field.number == DIM_SIZE && field.kind == SJ__WIRE_VARINT)
			*ret_size = (int64_t)field.value;
	}
	return *ret_size >= 0;
}

static bool shape_parse(sj__wire bytes, sj__checkpoint_entry *entry)
{
	sj__wire_field field;
	entry->rank = 0;
	while (bytes.at < bytes.end) {
		if (!sj__wire_next(&bytes, &field))
			return false;
		if (field.number == SHAPE_UNKNOWN_RANK && field.value != 0)
			return false;
		if (field.number != SHAPE_DIM || field.kind != SJ__WIRE_BYTES)
			continue;
		if (entry->rank == SJ_MAX_RANK || !dim_parse(field.bytes, &entry->dims[entry->rank++]))
			return false;
	}
	return true;
}

/* ---- entries ---- */

static bool field_take(const sj__wire_field *field, sj__checkpoint_entry *entry)
{
	static const int kinds[] =
		{[ENTRY_DTYPE] = SJ__WIRE_VARINT,  [ENTRY_SHAPE] = SJ__WIRE_BYTES, [ENTRY_SHARD] = SJ__WIRE_VARINT,
	         [ENTRY_OFFSET] = SJ__WIRE_VARINT, [ENTRY_SIZE] = SJ__WIRE_VARINT, [ENTRY_CRC] = SJ__WIRE_FIXED32,
	         [ENTRY_SLICES] = SJ__WIRE_BYTES};
	if (field->number >= (uint32_t)SJ_COUNT_OF(kinds))
		return true;
	if (field->kind != kinds[field->number])
		return false;
	switch (field->number) {
	case ENTRY_DTYPE: entry->dtype = field->value < 4096 ? (sj_dtype)field->value : SJ_DTYPE_NONE; return true;
	case ENTRY_SHAPE: return shape_parse(field->bytes, entry);
	case ENTRY_SHARD: entry->shard = (int64_t)field->value; return true;
	case ENTRY_OFFSET: entry->offset = (int64_t)field->value; return true;
	case ENTRY_SIZE: entry->size = (int64_t)field->value; return true;
	case ENTRY_CRC: entry->crc = (uint32_t)field->value; return true;
	default: entry->is_sliced = true; return true;
	}
}

/* Numbers take exactly their shape's bytes; of strings each takes one byte of length at least. */
static bool size_fits(const sj__checkpoint_entry *entry)
{
	int64_t n_bytes;
	if (entry->is_sliced || sj_dtype_size(entry->dtype) == 0 || entry->dtype == SJ_RESOURCE ||
	    entry->dtype == SJ_VARIANT)
		return true;
	if (entry->dtype == SJ_STRING)
		return entry->size >= 4 && entry->size - 4 >= entry->n_elements;
	return sj__multiply_fits(entry->n_elements, (int64_t)sj_dtype_size(entry->dtype), &n_bytes) &&
	       n_bytes == entry->size;
}

sj_status sj__checkpoint_entry_parse(sj__wire bytes, int64_t n_shards, sj__checkpoint_entry *entry)
{
	sj__wire_field field;
	int64_t end;
	*entry = (sj__checkpoint_entry){.dtype = SJ_DTYPE_NONE};
	while (bytes.at < bytes.end)
		if (!sj__wire_next(&bytes, &field) || !field_take(&field, entry))
			return damaged("an entry is no message of TensorFlow's");
	if (entry->dtype == SJ_DTYPE_NONE)
		return damaged("an entry has no dtype");
	if (!sj__shape_size(entry->rank, entry->dims, &entry->n_elements))
		return damaged("an entry's shape is larger than can be");
	if (entry->shard < 0 || entry->shard >= n_shards || entry->offset < 0 || entry->size < 0 ||
	    !sj__add_fits(entry->offset, entry->size, &end))
		return damaged("an entry lies outside of the data");
	return size_fits(entry) ? SJ_OK : damaged("an entry's size is not its shape's");
}

static void shape_put(const sj__checkpoint_entry *entry, sj__text *shape)
{
	sj__text dim = {0};
	for (int i = 0; i < entry->rank; i++) {
		sj__text_clear(&dim);
		sj__wire_put_number(&dim, DIM_SIZE, (uint64_t)entry->dims[i]);
		sj__wire_put_bytes(shape, SHAPE_DIM, sj__text_string(&dim), dim.length);
		shape->status |= dim.status;
	}
	sj__text_release(&dim);
}

void sj__checkpoint_entry_put(const sj__checkpoint_entry *entry, sj__text *text)
{
	sj__text shape = {0};
	shape_put(entry, &shape);
	sj__wire_put_number(text, ENTRY_DTYPE, (uint64_t)entry->dtype);
	sj__wire_put_bytes(text, ENTRY_SHAPE, sj__text_string(&shape), shape.length);
	sj__wire_put_number(text, ENTRY_SHARD, (uint64_t)entry->shard);
	sj__wire_put_number(text, ENTRY_OFFSET, (uint64_t)entry->offset);
	sj__wire_put_number(text, ENTRY_SIZE, (uint64_t)entry->size);
	if (entry->crc != 0) {
		sj__wire_put_varint(text, ENTRY_CRC << 3 | SJ__WIRE_FIXED32);
		sj__wire_put_fixed32(text, entry->crc);
	}
	text->status |= shape.status;
	sj__text_release(&shape);
}

/* ---- the header ---- */

static sj_status version_check(sj__wire bytes)
{
	sj__wire_field field;
	while (bytes.at < bytes.end) {
		if (!sj__wire_next(&bytes, &field))
			return damaged("its header is no message of TensorFlow's");
		if (field.number == VERSION_CONSUMER && field.value > FORMAT_VERSION)
			return sj__fail(SJ_UNIMPLEMENTED,
			                "the checkpoint asks for a reader of version %llu; this is version %d",
			                (unsigned long long)field.value, FORMAT_VERSION);
	}
	return SJ_OK;
}

sj_status sj__checkpoint_header_parse(sj__wire bytes, int64_t *ret_n_shards)
{
	sj__wire_field field;
	int64_t n_shards = 0;
	sj_status status = SJ_OK;
	while (status == SJ_OK && bytes.at < bytes.end) {
		if (!sj__wire_next(&bytes, &field))
			return damaged("its header is no message of TensorFlow's");
		if (field.number == HEADER_SHARDS)
			n_shards = field.value > SHARDS_MOST ? 0 : (int64_t)field.value;
		else if (field.number == HEADER_ENDIANNESS && field.value != 0)
			return sj__fail(SJ_UNIMPLEMENTED,
			                "the checkpoint was written by a machine of the other byte order");
		else if (field.number == HEADER_VERSION && field.kind == SJ__WIRE_BYTES)
			status = version_check(field.bytes);
	}
	if (status == SJ_OK && n_shards < 1)
		return damaged("its header counts no data files");
	*ret_n_shards = n_shards;
	return status;
}

void sj__checkpoint_header_put(sj__text *text)
{
	static const uint8_t version[] = {VERSION_PRODUCER << 3, FORMAT_VERSION};
	sj__wire_put_number(text, HEADER_SHARDS, 1);
	sj__wire_put_bytes(text, HEADER_VERSION, version, sizeof(version));
}

int sj__checkpoint_length_bytes(uint64_t length, uint8_t bytes[8])
{
	int n = length > UINT32_MAX ? 8 : 4;
	for (int i = 0; i < n; i++)
		bytes[i] = (uint8_t)(length >> 8 * i);
	return n;
}

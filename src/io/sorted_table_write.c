/* Writing sorted tables into memory, as TensorFlow's table builder does: the same sizes of blocks, restart points and names in the index. */
#include <string.h>

#include "base/compiler.h"
#include "io/crc32c.h"
#include "io/sorted_table.h"

#define BLOCK_SIZE 262144
#define FOOTER_SIZE 48

/* ---- one block ---- */

static int64_t shared_length(const sj__text *a, const char *b, int64_t n)
{
	int64_t i = 0;
	while (i < sj__min_i64(a->length, n) && a->bytes[i] == b[i])
		i++;
	return i;
}

static void block_add(sj__block *block, const char *key, int64_t n_key, const sj__text *value)
{
	int64_t n_shared = 0;
	if (block->n_restarts == 0 || block->n_since_restart == block->restart_interval) {
		sj__wire_put_fixed32(&block->restarts, (uint32_t)block->bytes.length);
		block->n_restarts++;
		block->n_since_restart = 0;
	} else {
		n_shared = shared_length(&block->last_key, key, n_key);
	}
	sj__wire_put_varint(&block->bytes, (uint64_t)n_shared);
	sj__wire_put_varint(&block->bytes, (uint64_t)(n_key - n_shared));
	sj__wire_put_varint(&block->bytes, (uint64_t)value->length);
	sj__text_append_bytes(&block->bytes, key + n_shared, n_key - n_shared);
	sj__text_append_bytes(&block->bytes, sj__text_string(value), value->length);
	sj__text_clear(&block->last_key);
	sj__text_append_bytes(&block->last_key, key, n_key);
	block->n_since_restart++;
}

static int64_t block_size(const sj__block *block) { return block->bytes.length + 4 * block->n_restarts + 4; }

static void block_clear(sj__block *block)
{
	sj__text_clear(&block->bytes);
	sj__text_clear(&block->last_key);
	sj__text_clear(&block->restarts);
	block->n_restarts = block->n_since_restart = 0;
}

static void block_release(sj__block *block)
{
	sj__text_release(&block->bytes);
	sj__text_release(&block->last_key);
	sj__text_release(&block->restarts);
}

/* Appends the block with its trailer to the file; its place goes to handle. */
static void block_flush(sj__block *block, sj__text *file, sj__text *handle)
{
	int64_t offset = file->length;
	if (block->n_restarts == 0) {
		sj__wire_put_fixed32(&block->restarts, 0);
		block->n_restarts = 1;
	}
	sj_status failed = block->bytes.status | block->restarts.status | block->last_key.status;
	sj__text_append_bytes(file, sj__text_string(&block->bytes), block->bytes.length);
	sj__text_append_bytes(file, sj__text_string(&block->restarts), block->restarts.length);
	sj__wire_put_fixed32(file, (uint32_t)block->n_restarts);
	sj__wire_put_varint(handle, (uint64_t)offset);
	sj__wire_put_varint(handle, (uint64_t)(file->length - offset));
	sj__text_append_bytes(file, "", 1); /* not compressed */
	if (file->status == SJ_OK)
		sj__wire_put_fixed32(file, sj__crc32c_masked(file->bytes + offset, file->length - offset));
	if (failed != SJ_OK || handle->status != SJ_OK)
		file->status = SJ_RESOURCE_EXHAUSTED;
	block_clear(block);
}

/* ---- short names of blocks ---- */

/* Cuts *key to a shorter text that is not before it and is before `next` (NULL: nothing follows). */
static void key_shorten(sj__text *key, const char *next, int64_t n_next)
{
	int64_t i = 0;
	if (next == NULL) {
		while (i < key->length && (uint8_t)key->bytes[i] == 255)
			i++;
	} else {
		i = shared_length(key, next, n_next);
		if (i >= n_next || (i < key->length && (uint8_t)key->bytes[i] + 1 >= (uint8_t)next[i]))
			return;
	}
	if (i >= key->length || (uint8_t)key->bytes[i] == 255)
		return;
	key->bytes[i]++;
	key->bytes[key->length = i + 1] = 0;
}

static void pending_write(sj__table_writer *table, const char *next, int64_t n_next)
{
	if (table->pending.length == 0)
		return;
	key_shorten(&table->key, next, n_next);
	block_add(&table->index, sj__text_string(&table->key), table->key.length, &table->pending);
	sj__text_clear(&table->pending);
}

/* ---- the whole ---- */

void sj__table_begin(sj__table_writer *table)
{
	*table = (sj__table_writer){.block.restart_interval = 16, .index.restart_interval = 1};
}

static void table_flush(sj__table_writer *table)
{
	if (table->block.n_restarts == 0)
		return;
	sj__text_clear(&table->key);
	sj__text_append_bytes(&table->key, sj__text_string(&table->block.last_key), table->block.last_key.length);
	block_flush(&table->block, &table->file, &table->pending);
}

void sj__table_add(sj__table_writer *table, const char *key, int64_t n_key, const sj__text *value)
{
	pending_write(table, key, n_key);
	block_add(&table->block, key, n_key, value);
	if (block_size(&table->block) >= BLOCK_SIZE)
		table_flush(table);
}

sj_status sj__table_end(sj__table_writer *table)
{
	static const uint8_t zeros[FOOTER_SIZE], magic[8] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
	sj__block none = {.restart_interval = 16};
	sj__text footer = {0};
	table_flush(table);
	block_flush(&none, &table->file, &footer);
	pending_write(table, NULL, 0);
	block_flush(&table->index, &table->file, &footer);
	sj__text_append_bytes(&footer, zeros, FOOTER_SIZE - 8 - footer.length);
	sj__text_append_bytes(&footer, magic, 8);
	sj__text_append_bytes(&table->file, sj__text_string(&footer), footer.length);
	sj_status status = table->key.status | footer.status | table->pending.status;
	sj__text_release(&footer);
	block_release(&none);
	return table->file.status != SJ_OK ? table->file.status : status;
}

void sj__table_release(sj__table_writer *table)
{
	block_release(&table->block);
	block_release(&table->index);
	sj__text_release(&table->file);
	sj__text_release(&table->key);
	sj__text_release(&table->pending);
}

/* Reading sorted tables. The blocks must follow one another without a gap from the first byte to the footer, so that no byte is left unread. */
#include <string.h>

#include "base/compiler.h"
#include "io/crc32c.h"
#include "io/sorted_table.h"

#define FOOTER_SIZE 48
#define TRAILER_SIZE 5          /* kind of compression, checksum */
#define KEY_MOST 65536          /* bytes of one key */
#define KEYS_MOST_PER_BYTE 1024 /* keys may share beginnings, but a file must not unfold without end */

static const uint8_t magic[8] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};

typedef struct table_reader {
	const uint8_t *bytes;
	int64_t n, next; /* where the next block of pairs must begin */
	sj__text key;    /* the last one */
	int64_t n_keys, n_key_bytes;
	sj__table_visit *visit;
	void *context;
} table_reader;

static sj_status damaged(const char *what) { return sj__fail(SJ_DATA_LOSS, "the index is damaged: %s", what); }

/* ---- blocks ---- */

static bool handle_parse(sj__wire *wire, int64_t n, int64_t *ret_offset, int64_t *ret_size)
{
	uint64_t offset, size;
	if (!sj__wire_varint(wire, &offset) || !sj__wire_varint(wire, &size))
		return false;
	if (n < TRAILER_SIZE || offset > (uint64_t)n || size > (uint64_t)(n - TRAILER_SIZE) ||
	    offset > (uint64_t)n - TRAILER_SIZE - size)
		return false;
	*ret_offset = (int64_t)offset;
	*ret_size = (int64_t)size;
	return true;
}

/* The pairs of a block, without its trailer and its restart points. */
static sj_status block_open(const table_reader *r, int64_t offset, int64_t size, sj__wire *ret_pairs)
{
	sj__wire trailer = {r->bytes + offset + size + 1, r->bytes + offset + size + TRAILER_SIZE};
	uint32_t stored, n_restarts;
	sj__wire_fixed32(&trailer, &stored);
	if (sj__crc32c_masked(r->bytes + offset, size + 1) != stored)
		return damaged("a block's checksum does not hold");
	if (r->bytes[offset + size] != 0)
		return sj__fail(SJ_UNIMPLEMENTED, "the index is compressed, which TensorFlow itself does not do");
	if (size < 4)
		return damaged("a block is too short");
	sj__wire count = {r->bytes + offset + size - 4, r->bytes + offset + size};
	sj__wire_fixed32(&count, &n_restarts);
	if ((int64_t)n_restarts > (size - 4) / 4)
		return damaged("a block has more restart points than room");
	*ret_pairs = (sj__wire){r->bytes + offset, r->bytes + offset + size - 4 - 4 * (int64_t)n_restarts};
	return SJ_OK;
}

/* The next key, which begins like the one before it, and where the value lies. */
static bool pair_next(sj__wire *pairs, sj__text *key, sj__wire *ret_value)
{
	uint64_t n_shared, n_rest, n_value;
	if (!sj__wire_varint(pairs, &n_shared) || !sj__wire_varint(pairs, &n_rest) || !sj__wire_varint(pairs, &n_value))
		return false;
	uint64_t left = (uint64_t)(pairs->end - pairs->at);
	if (n_shared > (uint64_t)key->length || n_rest > left || n_value > left - n_rest ||
	    n_shared + n_rest > KEY_MOST)
		return false;
	if (key->bytes != NULL)
		key->bytes[key->length = (int64_t)n_shared] = 0;
	sj__text_append_bytes(key, pairs->at, (int64_t)n_rest);
	*ret_value = (sj__wire){pairs->at + n_rest, pairs->at + n_rest + n_value};
	pairs->at += n_rest + n_value;
	return true;
}

static bool is_after(const sj__text *key, const sj__text *before)
{
	int64_t n = sj__min_i64(key->length, before->length);
	int order = n == 0 ? 0 : memcmp(key->bytes, before->bytes, (size_t)n);
	return order != 0 ? order > 0 : key->length > before->length;
}

static sj_status pairs_read(table_reader *r, sj__wire pairs)
{
	sj__text key = {0};
	sj__wire value;
	sj_status status = SJ_OK;
	while (status == SJ_OK && pairs.at < pairs.end) {
		if (!pair_next(&pairs, &key, &value))
			status = damaged("a pair passes the end of its block");
		else if (key.status != SJ_OK)
			status = key.status;
		else if (r->n_keys > 0 && !is_after(&key, &r->key))
			status = damaged("its keys are out of order");
		else if ((r->n_key_bytes += key.length) > r->n * KEYS_MOST_PER_BYTE)
			status = damaged("its keys are too long for its size");
		if (status == SJ_OK)
			status = r->visit(r->context, sj__text_string(&key), key.length, value);
		r->n_keys++;
		sj__text_clear(&r->key);
		if (status == SJ_OK)
			status = sj__text_append_bytes(&r->key, sj__text_string(&key), key.length);
	}
	sj__text_release(&key);
	return status;
}

static sj_status block_read(table_reader *r, sj__wire handle)
{
	int64_t offset, size;
	sj__wire pairs;
	if (!handle_parse(&handle, r->n, &offset, &size) || handle.at != handle.end || offset != r->next)
		return damaged("a block is not where it should be");
	sj_status status = block_open(r, offset, size, &pairs);
	r->next = offset + size + TRAILER_SIZE;
	return status == SJ_OK ? pairs_read(r, pairs) : status;
}

/* ---- the whole ---- */

static sj_status blocks_read(table_reader *r, sj__wire index)
{
	sj__text key = {0};
	sj__wire handle;
	sj_status status = SJ_OK;
	while (status == SJ_OK && index.at < index.end) {
		if (!pair_next(&index, &key, &handle))
			status = damaged("the list of blocks ends too soon");
		else
			status = key.status == SJ_OK ? block_read(r, handle) : key.status;
	}
	sj__text_release(&key);
	return status;
}

static sj_status footer_read(table_reader *r, sj__wire *ret_index)
{
	int64_t n = r->n - FOOTER_SIZE, meta, n_meta, at, size;
	sj__wire pairs;
	if (n < 0)
		return damaged("it is shorter than a footer");
	sj__wire footer = {r->bytes + n, r->bytes + r->n - 8};
	if (memcmp(footer.end, magic, 8) != 0)
		return damaged("it does not end as a checkpoint's index does");
	if (!handle_parse(&footer, n, &meta, &n_meta) || !handle_parse(&footer, n, &at, &size))
		return damaged("the footer points outside");
	if (meta + n_meta + TRAILER_SIZE != at || at + size + TRAILER_SIZE != n)
		return damaged("bytes lie between its blocks");
	for (; footer.at < footer.end; footer.at++)
		if (*footer.at != 0)
			return damaged("the footer's rest is not 0");
	sj_status status = block_open(r, meta, n_meta, &pairs);
	if (status != SJ_OK)
		return status;
	r->next = 0;
	r->n = meta; /* pairs lie before it */
	table_reader all = *r;
	all.n = n;
	return block_open(&all, at, size, ret_index);
}

sj_status sj__table_read(const uint8_t *bytes, int64_t n, sj__table_visit *visit, void *context)
{
	table_reader r = {.bytes = bytes, .n = n, .visit = visit, .context = context};
	sj__wire index;
	sj_status status = footer_read(&r, &index);
	if (status == SJ_OK)
		status = blocks_read(&r, index);
	if (status == SJ_OK && r.next != r.n)
		status = damaged("bytes lie between its blocks");
	sj__text_release(&r.key);
	return status;
}

/* The log's memory: records in chunks, slots, and the table of foreign handles. */
#include "gradient/log.h"

#include "base/memory.h"
#include "tensor/handle.h"

enum { CHUNK_BYTES = 64 * 1024 };

struct sj__chunk {
	struct sj__chunk *older;
	size_t capacity;
	_Alignas(16) char bytes[];
};

/* The newest chunk's rest is left unused. */
void *sj__log_room_slow(sj__log *log, size_t n)
{
	size_t capacity = n > CHUNK_BYTES ? n : CHUNK_BYTES;
	struct sj__chunk *chunk = sj__memory_new(sizeof(*chunk) + capacity);
	if (chunk == NULL)
		return NULL;
	chunk->older = log->chunks;
	chunk->capacity = capacity;
	log->chunks = chunk;
	log->next = chunk->bytes + n;
	log->end = chunk->bytes + capacity;
	return chunk->bytes;
}

static SJ_NOINLINE void custom_release(sj__record *r)
{
	struct sj__custom *custom = (struct sj__custom *)r->args;
	if (custom->release != NULL)
		custom->release(custom->context);
	custom->release = NULL;
}

/* Nil is never saved. What is let go of is forgotten: a record may be released more than once. */
static SJ_ALWAYS_INLINE void record_let_go(sj__local *thread, sj__record *r)
{
	for (int i = 0, n = r->n_inputs + r->n_outputs; i < n; i++) {
		sj_tensor *t = r->tensors[i];
		if (t == NULL)
			continue;
		r->tensors[i] = NULL;
		sj__drop_quick(thread, t);
	}
	if (SJ_UNLIKELY(r->op == NULL))
		custom_release(r);
}

void sj__record_release(sj__record *r) { record_let_go(&sj__local_state, r); }

static void map_clear(sj__slot_map *map)
{
	sj__memory_free(map->keys);
	sj__memory_free(map->slots);
	*map = (sj__slot_map){0};
}

void sj__log_release(sj__log *log, const sj__record *before_first)
{
	sj__local *thread = &sj__local_state;
	for (sj__record *r = log->last; r != before_first; r = r->previous)
		record_let_go(thread, r);
}

void sj__log_forget(sj__log *log)
{
	while (log->chunks != NULL && log->chunks->older != NULL) {
		struct sj__chunk *older = log->chunks->older;
		sj__memory_free(log->chunks);
		log->chunks = older;
	}
	if (SJ_UNLIKELY(log->chunks != NULL && log->chunks->capacity > CHUNK_BYTES)) {
		sj__memory_free(log->chunks);
		log->chunks = NULL;
	}
	log->next = log->chunks ? log->chunks->bytes : NULL;
	log->end = log->chunks ? log->chunks->bytes + log->chunks->capacity : NULL;
	log->first = log->last = NULL;
	log->n_slots = 0;
	if (SJ_UNLIKELY(log->foreign.keys != NULL))
		map_clear(&log->foreign);
}

void sj__log_unlink(sj__log *log, sj__record *r)
{
	if (r->previous != NULL)
		r->previous->next = r->next;
	else
		log->first = r->next;
	if (r->next != NULL)
		r->next->previous = r->previous;
	else
		log->last = r->previous;
}

static bool chunk_holds(const struct sj__chunk *chunk, const sj__record *r)
{
	return (const char *)r >= chunk->bytes && (const char *)r < chunk->bytes + chunk->capacity;
}

/* Records lie in the chunks in the list's order, so what is before the first and from `end` on is free. */
void sj__log_shrink(sj__log *log, sj__record *end)
{
	while (end != NULL && !chunk_holds(log->chunks, end)) {
		struct sj__chunk *older = log->chunks->older;
		sj__memory_free(log->chunks);
		log->chunks = older;
	}
	if (end != NULL) {
		log->next = (char *)end;
		log->end = log->chunks->bytes + log->chunks->capacity;
	}
	struct sj__chunk *chunk = log->chunks;
	while (log->first != NULL && !chunk_holds(chunk, log->first))
		chunk = chunk->older;
	while (chunk != NULL && chunk->older != NULL) {
		struct sj__chunk *older = chunk->older->older;
		sj__memory_free(chunk->older);
		chunk->older = older;
	}
}

/* ---- slots ---- */

static int64_t map_place(const sj__slot_map *map, const void *key)
{
	uint64_t hash = ((uint64_t)(uintptr_t)key >> 4) * 0x9e3779b97f4a7c15u;
	int64_t at = (int64_t)(hash >> 20) & (map->capacity - 1);
	while (map->keys[at] != NULL && map->keys[at] != key)
		at = (at + 1) & (map->capacity - 1);
	return at;
}

static bool map_grow(sj__slot_map *map)
{
	sj__slot_map wider = {.capacity = map->capacity ? map->capacity * 2 : 64};
	wider.keys = sj__memory_new_zeroed(sizeof(*wider.keys) * (size_t)wider.capacity);
	wider.slots = sj__memory_new_zeroed(sizeof(*wider.slots) * (size_t)wider.capacity);
	if (wider.keys == NULL || wider.slots == NULL) {
		map_clear(&wider);
		return false;
	}
	for (int64_t i = 0; i < map->capacity; i++) {
		if (map->keys[i] == NULL)
			continue;
		int64_t at = map_place(&wider, map->keys[i]);
		wider.keys[at] = map->keys[i];
		wider.slots[at] = map->slots[i];
		wider.count++;
	}
	map_clear(map);
	*map = wider;
	return true;
}

uint32_t sj__slot_of_foreign(const sj__log *log, const sj_tensor *t)
{
	if (log->foreign.count == 0)
		return 0;
	int64_t at = map_place(&log->foreign, t);
	return log->foreign.keys[at] == NULL ? 0 : log->foreign.slots[at];
}

uint32_t sj__slot_give_foreign(sj__log *log, sj_tensor *t, uint32_t bits)
{
	sj__slot_map *map = &log->foreign;
	if (map->count * 2 >= map->capacity && !map_grow(map))
		return 0;
	int64_t at = map_place(map, t);
	if (map->keys[at] == NULL) {
		map->keys[at] = t;
		map->slots[at] = ++log->n_slots | bits;
		map->count++;
	}
	return map->slots[at];
}

/* The log's memory: records in chunks, slots, and the table of foreign handles. */
#include "gradient/log.h"

#include "base/memory.h"
#include "tensor/local.h"

enum { CHUNK_BYTES = 64 * 1024 };

struct sj__chunk {
	struct sj__chunk *older;
	size_t used, capacity;
	_Alignas(16) char bytes[];
};

static size_t round_up(size_t n) { return (n + 15) & ~(size_t)15; }

static void *chunk_take(sj__log *log, size_t n)
{
	struct sj__chunk *chunk = log->chunks;
	n = round_up(n);
	if (SJ_UNLIKELY(chunk == NULL || chunk->capacity - chunk->used < n)) {
		size_t capacity = n > CHUNK_BYTES ? n : CHUNK_BYTES;
		chunk = sj__memory_new(sizeof(*chunk) + capacity);
		if (chunk == NULL)
			return NULL;
		chunk->older = log->chunks;
		chunk->used = 0;
		chunk->capacity = capacity;
		log->chunks = chunk;
	}
	void *taken = chunk->bytes + chunk->used;
	chunk->used += n;
	return taken;
}

sj__record *sj__log_append(sj__log *log, int n_inputs, int n_outputs, size_t n_args)
{
	size_t n_ports = (size_t)n_inputs + (size_t)n_outputs;
	size_t head = round_up(sizeof(sj__record)), tensors = round_up(n_ports * sizeof(sj_tensor *));
	size_t slots = round_up(n_ports * sizeof(uint32_t));
	char *bytes = chunk_take(log, head + tensors + slots + n_args);
	if (SJ_UNLIKELY(bytes == NULL))
		return NULL;
	sj__record *r = (sj__record *)bytes;
	r->op = NULL;
	r->custom = NULL;
	r->custom_release = NULL;
	r->n_inputs = n_inputs;
	r->n_outputs = n_outputs;
	r->inputs = (sj_tensor **)(bytes + head);
	r->outputs = r->inputs + n_inputs;
	r->input_slots = (uint32_t *)(bytes + head + tensors);
	r->output_slots = r->input_slots + n_inputs;
	r->args = bytes + head + tensors + slots;
	for (size_t i = 0; i < n_ports; i++) {
		r->inputs[i] = NULL;
		r->input_slots[i] = 0;
	}
	r->previous = log->last;
	r->next = NULL;
	if (log->last != NULL)
		log->last->next = r;
	else
		log->first = r;
	log->last = r;
	return r;
}

void sj__log_unappend(sj__log *log, sj__record *record)
{
	sj__record_release(record);
	log->last = record->previous;
	if (log->last != NULL)
		log->last->next = NULL;
	else
		log->first = NULL;
}

void sj__record_release(sj__record *r)
{
	for (int i = 0; i < r->n_inputs + r->n_outputs; i++) {
		sj__drop(r->inputs[i]); /* the outputs follow the inputs */
		r->inputs[i] = NULL;
	}
	if (r->custom_release != NULL)
		r->custom_release(r->custom_context);
	r->custom_release = NULL;
}

static void map_clear(sj__slot_map *map)
{
	sj__memory_free(map->keys);
	sj__memory_free(map->slots);
	*map = (sj__slot_map){0};
}

void sj__log_clear(sj__log *log)
{
	for (sj__record *r = log->last; r != NULL; r = r->previous)
		sj__record_release(r);
	while (log->chunks != NULL && log->chunks->older != NULL) {
		struct sj__chunk *older = log->chunks->older;
		sj__memory_free(log->chunks);
		log->chunks = older;
	}
	if (log->chunks != NULL)
		log->chunks->used = 0;
	if (SJ_UNLIKELY(log->chunks != NULL && log->chunks->capacity > CHUNK_BYTES)) {
		sj__memory_free(log->chunks);
		log->chunks = NULL;
	}
	log->first = log->last = NULL;
	log->n_slots = 0;
	if (SJ_UNLIKELY(log->foreign.keys != NULL))
		map_clear(&log->foreign);
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

static uint32_t map_give(sj__log *log, const void *key, uint32_t bits)
{
	sj__slot_map *map = &log->foreign;
	if (map->count * 2 >= map->capacity && !map_grow(map))
		return 0;
	int64_t at = map_place(map, key);
	if (map->keys[at] == NULL) {
		map->keys[at] = key;
		map->slots[at] = ++log->n_slots | bits;
		map->count++;
	}
	return map->slots[at];
}

uint32_t sj__slot_of(const sj__log *log, const sj_tensor *t)
{
	const sj__local *local = &sj__local_state;
	if (SJ_LIKELY(t->owner == local->number))
		return t->tape_epoch == local->tape_epoch ? t->tape_slot : 0;
	if (log->foreign.count == 0)
		return 0;
	int64_t at = map_place(&log->foreign, t);
	return log->foreign.keys[at] == NULL ? 0 : log->foreign.slots[at];
}

uint32_t sj__slot_give(sj__log *log, sj_tensor *t, uint32_t bits)
{
	const sj__local *local = &sj__local_state;
	if (SJ_UNLIKELY(t->owner != local->number))
		return map_give(log, t, bits);
	if (t->tape_epoch != local->tape_epoch) {
		t->tape_epoch = local->tape_epoch;
		t->tape_slot = ++log->n_slots | bits;
	}
	return t->tape_slot;
}

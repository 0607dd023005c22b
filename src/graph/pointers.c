/* Numbers found by an address, by open addressing over a power of two of places, at most half of which are taken. */
#include "graph/pointers.h"

#include "base/memory.h"

static size_t place_of(const sj__pointers *p, const void *key)
{
	size_t at = (size_t)((uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15u >> 20) & (p->capacity - 1);
	while (p->places[at].key != NULL && p->places[at].key != key)
		at = (at + 1) & (p->capacity - 1);
	return at;
}

int32_t sj__pointers_get(const sj__pointers *p, const void *key)
{
	if (p->capacity == 0)
		return -1;
	size_t at = place_of(p, key);
	return p->places[at].key != NULL ? p->places[at].number : -1;
}

static sj_status widen(sj__pointers *p)
{
	sj__pointers wider = {.capacity = p->capacity ? 2 * p->capacity : 16, .count = p->count};
	wider.places = sj__memory_new_zeroed(sizeof(*wider.places) * wider.capacity);
	if (wider.places == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (size_t i = 0; i < p->capacity; i++)
		if (p->places[i].key != NULL) {
			size_t at = place_of(&wider, p->places[i].key);
			wider.places[at].key = p->places[i].key;
			wider.places[at].number = p->places[i].number;
		}
	sj__memory_free(p->places);
	*p = wider;
	return SJ_OK;
}

sj_status sj__pointers_put(sj__pointers *p, const void *key, int32_t number)
{
	if (2 * (p->count + 1) > p->capacity && widen(p) != SJ_OK)
		return SJ_RESOURCE_EXHAUSTED;
	size_t at = place_of(p, key);
	p->count += p->places[at].key == NULL;
	p->places[at].key = key;
	p->places[at].number = number;
	return SJ_OK;
}

void sj__pointers_release(sj__pointers *p)
{
	sj__memory_free(p->places);
	*p = (sj__pointers){0};
}

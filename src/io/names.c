/* The set of names is a hash table of indices; UTF-8 is checked as RFC 3629 says (no overlong forms, no surrogates). */
#include "io/names.h"

#include <string.h>

#include "base/memory.h"

/* FNV-1a. */
static uint64_t hash_of(const char *bytes, int64_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (int64_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

static bool is_same(const char *name, const char *bytes, int64_t length)
{
	return strncmp(name, bytes, (size_t)length) == 0 && name[length] == 0;
}

/* The slot where the name is or would be. */
static int64_t slot_of(const sj__names *names, const char *bytes, int64_t length)
{
	int64_t slot = (int64_t)(hash_of(bytes, length) & (uint64_t)(names->n_slots - 1));
	while (names->slots[slot] != 0 && !is_same(names->names[names->slots[slot] - 1], bytes, length))
		slot = (slot + 1) & (names->n_slots - 1);
	return slot;
}

int64_t sj__names_find(const sj__names *names, const char *bytes, int64_t length)
{
	return names->n == 0 ? -1 : names->slots[slot_of(names, bytes, length)] - 1;
}

static sj_status names_grow(sj__names *names)
{
	int64_t capacity = names->capacity == 0 ? 16 : 2 * names->capacity, n_slots = 4 * capacity;
	int64_t *slots = sj__memory_new_zeroed(sizeof(*slots) * (size_t)n_slots);
	char **list = slots == NULL ? NULL
	                            : sj__memory_resize(names->names, sizeof(*list) * (size_t)names->n,
	                                                sizeof(*list) * (size_t)capacity);
	if (list == NULL) {
		sj__memory_free(slots);
		return SJ_RESOURCE_EXHAUSTED;
	}
	sj__memory_free(names->slots);
	*names = (sj__names){names->n, capacity, n_slots, list, slots};
	for (int64_t i = 0; i < names->n; i++)
		slots[slot_of(names, list[i], (int64_t)strlen(list[i]))] = i + 1;
	return SJ_OK;
}

sj_status sj__names_add(sj__names *names, const char *bytes, int64_t length)
{
	if (names->n == names->capacity && names_grow(names) != SJ_OK)
		return SJ_RESOURCE_EXHAUSTED;
	int64_t slot = slot_of(names, bytes, length);
	if (names->slots[slot] != 0)
		return sj__fail(SJ_ALREADY_EXISTS, "the name '%s' is there twice",
		                names->names[names->slots[slot] - 1]);
	char *copy = sj__memory_new((size_t)length + 1);
	if (copy == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(copy, bytes, (size_t)length);
	copy[length] = 0;
	names->names[names->n++] = copy;
	names->slots[slot] = names->n;
	return SJ_OK;
}

void sj__names_release(sj__names *names)
{
	for (int64_t i = 0; i < names->n; i++)
		sj__memory_free(names->names[i]);
	sj__memory_free(names->names);
	sj__memory_free(names->slots);
	*names = (sj__names){0};
}

int sj__utf8_encode(uint32_t c, char bytes[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return 0;
	if (c < 0x80) {
		bytes[0] = (char)c;
		return 1;
	}
	int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
	for (int i = n - 1; i > 0; i--, c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3F));
	bytes[0] = (char)(leads[n] | c);
	return n;
}

bool sj__is_utf8(const char *bytes, int64_t length)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	for (int64_t i = 0; i < length;) {
		uint8_t lead = (uint8_t)bytes[i++];
		int n_more = lead < 0x80                   ? 0
		             : lead >= 0xC2 && lead < 0xE0 ? 1
		             : (lead & 0xF0) == 0xE0       ? 2
		             : (lead & 0xF8) == 0xF0       ? 3
		                                           : -1;
		uint32_t c = n_more < 1 ? 0 : lead & (0x3Fu >> n_more);
		if (n_more < 0 || n_more > length - i)
			return false;
		for (int k = 0; k < n_more; k++, i++) {
			if (((uint8_t)bytes[i] & 0xC0) != 0x80)
				return false;
			c = c << 6 | ((uint8_t)bytes[i] & 0x3F);
		}
		if (n_more > 0 && (c < least[n_more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)))
			return false;
	}
	return true;
}

/* The slots of before a walk's tape that the walk meets, in a table of open addressing: each has a place in arrays as long as the table. */
#include "base/memory.h"
#include "gradient/log.h"

struct sj__early {
	uint32_t mask; /* capacity - 1, a power of two less one */
	uint32_t slots[];
};

static uint32_t index_of(const sj__early *early, uint32_t slot)
{
	uint32_t at = slot * 0x9e3779b1u >> 4 & early->mask;
	while (early->slots[at] != 0 && early->slots[at] != slot)
		at = (at + 1) & early->mask;
	return at;
}

uint32_t sj__early_place(const sj__early *early, uint32_t slot, uint32_t n_before)
{
	if (slot > n_before)
		return slot - n_before + early->mask + 1;
	uint32_t at = index_of(early, slot);
	return slot == 0 || early->slots[at] == 0 ? 0 : at + 1;
}

uint32_t sj__early_count(const sj__early *early) { return early->mask + 1; }

static void add(sj__early *early, uint32_t bits, uint32_t n_before)
{
	uint32_t slot = SJ__SLOT(bits);
	if (slot != 0 && slot <= n_before)
		early->slots[index_of(early, slot)] = slot;
}

sj__early *sj__early_make(const sj__walk *walk, int n_sources, sj_tensor *const *sources)
{
	size_t n = (size_t)walk->n_watched + (size_t)n_sources, capacity = 16;
	for (const sj__record *r = walk->last; r != NULL && r != walk->before_first; r = r->previous)
		n += (size_t)r->n_inputs + (size_t)r->n_outputs;
	while (capacity < 2 * n)
		capacity *= 2;
	sj__early *early = capacity > UINT32_MAX / 4
	                           ? NULL
	                           : sj__memory_new_zeroed(sizeof(*early) + capacity * sizeof(uint32_t));
	if (early == NULL)
		return NULL;
	early->mask = (uint32_t)capacity - 1;
	for (int i = 0; i < walk->n_watched; i++)
		add(early, walk->watched[i], walk->n_slots_before);
	for (int i = 0; i < n_sources; i++)
		add(early, sj__slot_of(walk->log, sources[i]), walk->n_slots_before);
	for (const sj__record *r = walk->last; r != NULL && r != walk->before_first; r = r->previous) {
		const uint32_t *slots = sj__record_input_slots(r);
		for (int i = 0; i < r->n_inputs + r->n_outputs; i++)
			add(early, slots[i], walk->n_slots_before);
	}
	return early;
}

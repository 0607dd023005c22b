/* Unique and ListDiff: a hash table of the first places of different elements. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/array_half.h"
#include "ops/array.h"

/* Open addressing over a power of two of slots; each holds 1 + the place of an element in `data`, or 0. */
typedef struct element_set {
	sj_dtype dtype;
	size_t size;
	const char *data;
	int64_t *slots;
	uint64_t mask;
} element_set;

static bool set_begin(element_set *set, const sj_tensor *t)
{
	uint64_t n_slots = 16;
	while (n_slots < 2 * (uint64_t)t->shape.size)
		n_slots *= 2;
	set->dtype = (sj_dtype)t->dtype;
	set->size = sj_dtype_size(set->dtype);
	set->data = t->data;
	set->mask = n_slots - 1;
	set->slots = sj__memory_new_zeroed(sizeof(*set->slots) * n_slots);
	return set->slots != NULL;
}

static uint64_t bytes_hash(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t hash = 0xcbf29ce484222325u;
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t word;
		memcpy(&word, p, 8);
		hash = (hash ^ word) * 0x9fb21c651e98df25u;
		hash ^= hash >> 32;
	}
	uint64_t rest = 0;
	memcpy(&rest, p, n);
	hash = (hash ^ rest) * 0x9fb21c651e98df25u;
	return hash ^ hash >> 32;
}

static bool is_floating_zero(const element_set *set, const void *element)
{
	static const uint64_t zero;
	if (!sj_dtype_is_floating(set->dtype))
		return false;
	uint64_t bits = 0;
	memcpy(&bits, element, set->size);
	bits &= ~((uint64_t)1 << (8 * set->size - 1)); /* the sign */
	return memcmp(&bits, &zero, sizeof(bits)) == 0;
}

static uint64_t element_hash(const element_set *set, const void *element)
{
	if (set->dtype == SJ_STRING)
		return bytes_hash(sj__string_bytes(element), (size_t)((const sj__string *)element)->length);
	return is_floating_zero(set, element) ? 0 : bytes_hash(element, set->size);
}

static bool element_is_nan(const element_set *set, const void *element)
{
	switch (set->dtype) {
	case SJ_FLOAT32: return *(const float *)element != *(const float *)element;
	case SJ_FLOAT64: return *(const double *)element != *(const double *)element;
	case SJ_FLOAT16: return (*(const uint16_t *)element & 0x7fff) > 0x7c00;
	case SJ_BFLOAT16: return (*(const uint16_t *)element & 0x7fff) > 0x7f80;
	default: return false;
	}
}

/* As numbers: -0 is 0, a NaN equals nothing. */
static bool elements_equal(const element_set *set, const void *a, const void *b)
{
	if (set->dtype == SJ_STRING) {
		const sj__string *s = a, *t = b;
		return s->length == t->length &&
		       memcmp(sj__string_bytes(s), sj__string_bytes(t), (size_t)s->length) == 0;
	}
	if (is_floating_zero(set, a))
		return is_floating_zero(set, b);
	return memcmp(a, b, set->size) == 0 && !element_is_nan(set, a);
}

/* The place of an equal element, or -1 after putting `place` in (where it is >= 0). */
static int64_t set_find(element_set *set, const void *element, int64_t place)
{
	uint64_t at = element_hash(set, element) & set->mask;
	for (; set->slots[at] != 0; at = (at + 1) & set->mask)
		if (elements_equal(set, set->data + (size_t)(set->slots[at] - 1) * set->size, element))
			return set->slots[at] - 1;
	if (place >= 0)
		set->slots[at] = place + 1;
	return -1;
}

/* ---- Unique ---- */

/* number[i]: which different element x[i] is. Gives how many there are, -1 when cancelled; first[j] is where the j-th is. */
static int64_t unique_number(element_set *set, int64_t n, int64_t *number, int64_t *first)
{
	int64_t n_different = 0;
	for (int64_t i = 0; i < n; i++) {
		if (sj__loop_step(i) != SJ_OK)
			return -1;
		int64_t found = set_find(set, set->data + (size_t)i * set->size, i);
		number[i] = found < 0 ? n_different : number[found];
		if (found < 0)
			first[n_different++] = i;
	}
	return n_different;
}

static sj_status unique_write(sj__call *call, int64_t n, int64_t n_different, const int64_t *number,
                              const int64_t *first)
{
	const sj_tensor *x = call->inputs[0];
	sj_dtype dtype = (sj_dtype)x->dtype;
	size_t size = sj_dtype_size(dtype);
	sj_status status = sj__call_allocate(call, 0, dtype, 1, &n_different);
	if (status == SJ_OK && call->n_outputs == 3)
		status = sj__call_allocate(call, 2, (sj_dtype)call->outputs[2]->dtype, 1, &n_different);
	if (status != SJ_OK)
		return status;
	for (int64_t j = 0; status == SJ_OK && j < n_different; j++, status = sj__loop_step(j))
		sj__elements_copy(dtype, (char *)call->outputs[0]->data + (size_t)j * size,
		                  (const char *)x->data + (size_t)first[j] * size, 1);
	for (int64_t i = 0; i < n && sj__loop_goes(i); i++)
		sj__index_set(call->outputs[1], i, number[i]);
	for (int64_t j = 0; call->n_outputs == 3 && j < n_different && sj__loop_goes(j); j++)
		sj__index_set(call->outputs[2], j, 0);
	for (int64_t i = 0; status == SJ_OK && call->n_outputs == 3 && i < n; i++, status = sj__loop_step(i))
		sj__index_set(call->outputs[2], number[i], sj__index_at(call->outputs[2], number[i]) + 1);
	return status;
}

sj_status sj__kernel_unique(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t n = x->shape.size;
	element_set set;
	if (n > INT32_MAX && call->outputs[1]->dtype == SJ_INT32)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%lld elements; ask for out_idx int64", (long long)n);
	int64_t *numbers = sj__memory_new(sizeof(*numbers) * 2 * (size_t)n);
	if (numbers == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = set_begin(&set, x) ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK) {
		int64_t n_different = unique_number(&set, n, numbers, numbers + n);
		status = n_different < 0 ? SJ_CANCELLED : unique_write(call, n, n_different, numbers, numbers + n);
		sj__memory_free(set.slots);
	}
	sj__memory_free(numbers);
	return status;
}

/* ---- ListDiff ---- */

static sj_status difference_write(sj__call *call, element_set *set)
{
	const sj_tensor *x = call->inputs[0];
	int64_t n = 0, at = 0;
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < x->shape.size; i++, status = sj__loop_step(i))
		n += set_find(set, (const char *)x->data + (size_t)i * set->size, -1) < 0;
	if (status == SJ_OK)
		status = sj__call_allocate(call, 0, set->dtype, 1, &n);
	if (status == SJ_OK)
		status = sj__call_allocate(call, 1, (sj_dtype)call->outputs[1]->dtype, 1, &n);
	for (int64_t i = 0; status == SJ_OK && i < x->shape.size;
	     i++, status = status == SJ_OK ? sj__loop_step(i) : status) {
		const char *element = (const char *)x->data + (size_t)i * set->size;
		if (set_find(set, element, -1) >= 0)
			continue;
		sj__elements_copy(set->dtype, (char *)call->outputs[0]->data + (size_t)at * set->size, element, 1);
		sj__index_set(call->outputs[1], at++, i);
	}
	return status;
}

sj_status sj__kernel_list_diff(sj__call *call)
{
	const sj_tensor *y = call->inputs[1];
	element_set set;
	if (!set_begin(&set, y))
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < y->shape.size; i++, status = sj__loop_step(i))
		set_find(&set, set.data + (size_t)i * set.size, i);
	if (status == SJ_OK)
		status = difference_write(call, &set);
	sj__memory_free(set.slots);
	return status;
}

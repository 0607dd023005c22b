/* The elements of .npy files: brought into row-major, native order; 'S' and 'U' become strings. */
#include <string.h>

#include "base/memory.h"
#include "io/names.h"
#include "io/npy.h"

/* ---- order of the elements ---- */

#define COPY_ITEMS(n_bytes) \
	for (int64_t i = 0; i < n; i++) \
	memcpy(to + i * (n_bytes), from + i * step * (n_bytes), n_bytes)

/* n items, `step` items apart, one after another. */
static void items_gather(uint8_t *to, const uint8_t *from, int64_t n, int64_t step, int64_t item_bytes)
{
	switch (item_bytes) {
	case 1: COPY_ITEMS(1); return;
	case 2: COPY_ITEMS(2); return;
	case 4: COPY_ITEMS(4); return;
	case 8: COPY_ITEMS(8); return;
	case 16: COPY_ITEMS(16); return;
	default: COPY_ITEMS((size_t)item_bytes);
	}
}

/* From Fortran's order to C's; rank > 0 and no dimension is 0. */
static void fortran_gather(const sj__npy_header *h, uint8_t *to, const uint8_t *from)
{
	int64_t strides[SJ_MAX_RANK], index[SJ_MAX_RANK] = {0}, offset = 0;
	int last = h->rank - 1;
	strides[0] = 1;
	for (int i = 1; i <= last; i++)
		strides[i] = strides[i - 1] * h->dims[i - 1];
	int64_t row_bytes = h->dims[last] * h->item_bytes;
	for (int64_t row = 0; row < h->size / h->dims[last]; row++) {
		items_gather(to + row * row_bytes, from + offset * h->item_bytes, h->dims[last], strides[last],
		             h->item_bytes);
		for (int axis = last - 1; axis >= 0; axis--) {
			offset += strides[axis];
			if (++index[axis] < h->dims[axis])
				break;
			offset -= index[axis] * strides[axis];
			index[axis] = 0;
		}
	}
}

static void items_copy(const sj__npy_header *h, uint8_t *to, const uint8_t *from)
{
	if (h->is_fortran && h->rank > 1 && h->size > 0)
		fortran_gather(h, to, from);
	else if (h->size > 0)
		memcpy(to, from, (size_t)(h->size * h->item_bytes));
}

/* ---- numbers ---- */

static void bytes_swap(const sj__npy_header *h, uint8_t *data)
{
	int64_t unit = h->kind == 'c' ? h->item_bytes / 2 : h->item_bytes, n = h->size * h->item_bytes / unit;
	for (int64_t i = 0; i < n; i++, data += unit)
		for (int64_t k = 0; k < unit / 2; k++) {
			uint8_t low = data[k];
			data[k] = data[unit - 1 - k];
			data[unit - 1 - k] = low;
		}
}

static sj_status bools_check(const uint8_t *data, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (data[i] > 1)
			return sj__fail(SJ_DATA_LOSS, "element %lld of the bools is %d", (long long)i, data[i]);
	return SJ_OK;
}

static sj_status numbers_decode(const sj__npy_header *h, const uint8_t *from, sj_tensor *t)
{
	items_copy(h, t->data, from);
	if (h->is_big_endian && h->item_bytes > 1)
		bytes_swap(h, t->data);
	return h->dtype == SJ_BOOL ? bools_check(t->data, h->size) : SJ_OK;
}

/* ---- strings ---- */

static uint32_t code_point_at(const sj__npy_header *h, const uint8_t *at)
{
	if (h->is_big_endian)
		return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* One item of 'U' as UTF-8 into room (as many bytes as the item); 0 characters at the end are padding. */
static sj_status unicode_decode(const sj__npy_header *h, const uint8_t *item, char *room, sj__string *ret_string)
{
	int64_t n_characters = h->item_bytes / 4, n = 0;
	while (n_characters > 0 && code_point_at(h, item + 4 * (n_characters - 1)) == 0)
		n_characters--;
	for (int64_t i = 0; i < n_characters; i++) {
		uint32_t c = code_point_at(h, item + 4 * i);
		int n_encoded = sj__utf8_encode(c, room + n);
		if (n_encoded == 0)
			return sj__fail(SJ_DATA_LOSS, "a string holds 0x%lx, which is no character", (unsigned long)c);
		n += n_encoded;
	}
	return sj__string_set(ret_string, room, n);
}

static sj_status string_decode(const sj__npy_header *h, const uint8_t *item, char *room, sj__string *ret_string)
{
	if (h->kind == 'U')
		return unicode_decode(h, item, room, ret_string);
	int64_t n = h->item_bytes;
	while (n > 0 && item[n - 1] == 0)
		n--;
	return sj__string_set(ret_string, item, n);
}

static sj_status strings_decode(const sj__npy_header *h, const uint8_t *from, sj_tensor *t)
{
	uint8_t *ordered = h->is_fortran && h->rank > 1 ? sj__memory_new((size_t)(h->size * h->item_bytes)) : NULL;
	char *room = sj__memory_new((size_t)h->item_bytes + 4);
	sj_status status = room == NULL || (h->is_fortran && h->rank > 1 && ordered == NULL) ? SJ_RESOURCE_EXHAUSTED
	                                                                                     : SJ_OK;
	if (status == SJ_OK && ordered != NULL) {
		items_copy(h, ordered, from);
		from = ordered;
	}
	for (int64_t i = 0; status == SJ_OK && i < h->size; i++)
		status = string_decode(h, from + i * h->item_bytes, room, (sj__string *)t->data + i);
	sj__memory_free(room);
	sj__memory_free(ordered);
	return status;
}

/* Everything that needs no memory is checked before anything is allocated. */
sj_status sj__npy_decode(const uint8_t *bytes, int64_t n, sj_tensor **ret_tensor)
{
	sj__npy_header h = {0};
	sj_tensor *t;
	sj_status status = sj__npy_header_parse(bytes, n, &h);
	if (status != SJ_OK)
		return status;
	int64_t n_declared = h.size * h.item_bytes, n_there = n - h.data_offset;
	if (n_there != n_declared)
		return sj__fail(SJ_DATA_LOSS, "the shape %s takes %lld bytes of elements, but %lld are there",
		                sj__dims_text(h.rank, h.dims), (long long)n_declared, (long long)n_there);
	status = sj__tensor_make("npy", h.dtype, h.rank, h.dims, &t);
	if (status != SJ_OK)
		return status;
	status = h.dtype == SJ_STRING ? strings_decode(&h, bytes + h.data_offset, t)
	                              : numbers_decode(&h, bytes + h.data_offset, t);
	if (status == SJ_OK)
		*ret_tensor = t;
	else
		sj__drop(t);
	return status;
}

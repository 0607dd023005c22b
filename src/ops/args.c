/* Copies of argument structs that outlive the call: what their pointers show is copied with them. */
#include "base/memory.h"
#include "ops/op.h"

size_t sj__args_pointers_size(const sj_op *op, const void *args)
{
	size_t n = 0;
	for (int i = 0; i < op->n_attributes; i++) {
		const char *field = (const char *)args + op->attributes[i].offset;
		if (op->attributes[i].kind == SJ_ATTRIBUTE_INTS)
			n += sizeof(int64_t) * (size_t)((const sj_ints *)field)->count;
		else if (op->attributes[i].kind == SJ_ATTRIBUTE_STRING && *(const char *const *)field != NULL)
			n += (strlen(*(const char *const *)field) + 8) & ~(size_t)7;
	}
	return n;
}

void sj__args_pointers_copy(const sj_op *op, void *args, char *room)
{
	for (int i = 0; i < op->n_attributes; i++) {
		char *field = (char *)args + op->attributes[i].offset;
		if (op->attributes[i].kind == SJ_ATTRIBUTE_INTS) {
			sj_ints *list = (sj_ints *)field;
			size_t n = sizeof(int64_t) * (size_t)list->count;
			if (n > 0)
				list->data = memcpy(room, list->data, n);
			room += n;
		} else if (op->attributes[i].kind == SJ_ATTRIBUTE_STRING && *(const char **)field != NULL) {
			size_t n = strlen(*(const char **)field) + 1;
			*(const char **)field = memcpy(room, *(const char **)field, n);
			room += (n + 7) & ~(size_t)7;
		}
	}
}

sj_status sj__args_copy(const sj_op *op, const void *args, void **ret_copy)
{
	*ret_copy = NULL;
	if (op->args_size == 0)
		return SJ_OK;
	size_t size = (op->args_size + 15u) & ~(size_t)15;
	size_t n_pointers = op->flags & SJ__OP_HAS_POINTERS ? sj__args_pointers_size(op, args) : 0;
	void *copy = sj__memory_new(size + n_pointers);
	if (copy == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(copy, args, op->args_size);
	if (n_pointers != 0)
		sj__args_pointers_copy(op, copy, (char *)copy + size);
	*ret_copy = copy;
	return SJ_OK;
}

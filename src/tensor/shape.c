/* Sizes of shapes, with checked arithmetic, shapes as text for messages, and whether shapes that are partly unknown go together. */
#include <stdio.h>

#include "tensor/local.h"

bool sj__shape_size(int rank, const int64_t *dims, int64_t *ret_size)
{
	int64_t size = 1, without_zeros = 1;
	bool unknown = false;
	for (int i = 0; i < rank; i++) {
		if (dims[i] == SJ__UNKNOWN) {
			unknown = true;
			continue;
		}
		if (dims[i] != 0 && !sj__multiply_fits(without_zeros, dims[i], &without_zeros))
			return false;
		size = dims[i] == 0 ? 0 : size * dims[i];
	}
	*ret_size = unknown ? SJ__UNKNOWN : size;
	return true;
}

const char *sj__dims_text(int rank, const int64_t *dims)
{
	enum { N_BUFFERS = 8, LENGTH = 120 };
	static SJ_THREAD_LOCAL_COLD char buffers[N_BUFFERS][LENGTH];
	static SJ_THREAD_LOCAL_COLD unsigned next;
	char *buffer = buffers[next++ % N_BUFFERS];
	if (rank < 0)
		return "unknown rank";
	int at = snprintf(buffer, LENGTH, "[");
	for (int i = 0; i < rank; i++) {
		if (at > LENGTH - 30) {
			at += snprintf(buffer + at, (size_t)(LENGTH - at), "...");
			break;
		}
		if (dims[i] == SJ__UNKNOWN)
			at += snprintf(buffer + at, (size_t)(LENGTH - at), "%s?", i ? "," : "");
		else
			at += snprintf(buffer + at, (size_t)(LENGTH - at), "%s%lld", i ? "," : "", (long long)dims[i]);
	}
	snprintf(buffer + at, (size_t)(LENGTH - at), "]");
	return buffer;
}

const char *sj__shape_text(const sj_tensor *t) { return sj__dims_text(t->shape.rank, sj__dims(t)); }

bool sj__dims_may_match(int rank_a, const int64_t *a, int rank_b, const int64_t *b)
{
	if (rank_a < 0 || rank_b < 0)
		return true;
	bool fits = rank_a == rank_b;
	for (int i = 0; fits && i < rank_a; i++)
		fits = a[i] == b[i] || a[i] < 0 || b[i] < 0;
	return fits;
}

bool sj__shapes_may_match(const sj_tensor *a, const sj_tensor *b)
{
	return sj__dims_may_match(a->shape.rank, sj__dims(a), b->shape.rank, sj__dims(b));
}

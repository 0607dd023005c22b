/* Sizes of shapes, with checked arithmetic, and shapes as text for messages. */
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

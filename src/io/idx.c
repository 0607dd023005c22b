/* IDX files: two 0 bytes, a type, the number of dimensions, the dimensions and the elements, all big-endian. */
#include "sokuji/idx.h"

#include <string.h>

#include "base/memory.h"
#include "io/file_words.h"
#include "io/inflate.h"

static sj_dtype dtype_of(int type)
{
	switch (type) {
	case 0x08: return SJ_UINT8;
	case 0x09: return SJ_INT8;
	case 0x0B: return SJ_INT16;
	case 0x0C: return SJ_INT32;
	case 0x0D: return SJ_FLOAT32;
	case 0x0E: return SJ_FLOAT64;
	default: return SJ_DTYPE_NONE;
	}
}

static void swap_copy(uint8_t *to, const uint8_t *from, int64_t n_bytes, int unit)
{
	for (int64_t i = 0; i < n_bytes; i += unit)
		for (int k = 0; k < unit; k++)
			to[i + k] = from[i + unit - 1 - k];
}

static sj_status header_read(const uint8_t *bytes, int64_t n, sj_dtype *ret_dtype, int *ret_rank, int64_t *dims)
{
	if (n < 4 || bytes[0] != 0 || bytes[1] != 0 || dtype_of(bytes[2]) == SJ_DTYPE_NONE)
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "this is no IDX data: it does not begin with 0, 0, a type (8, 9, 11 to 14) and a rank");
	int rank = bytes[3];
	if (rank > SJ_MAX_RANK)
		return sj__fail(SJ_INVALID_ARGUMENT, "the header says %d dimensions; at most %d are read", rank,
		                SJ_MAX_RANK);
	if (n - 4 < 4 * (int64_t)rank)
		return sj__fail(SJ_DATA_LOSS, "the data end within the header of %d dimensions", rank);
	for (int i = 0; i < rank; i++) {
		const uint8_t *at = bytes + 4 + 4 * i;
		dims[i] = (int64_t)at[0] << 24 | (int64_t)at[1] << 16 | (int64_t)at[2] << 8 | at[3];
	}
	*ret_dtype = dtype_of(bytes[2]);
	*ret_rank = rank;
	return SJ_OK;
}

static sj_status plain_decode(const uint8_t *bytes, int64_t n, sj_tensor **ret_tensor)
{
	int64_t dims[SJ_MAX_RANK], size, n_declared;
	sj_dtype dtype = SJ_DTYPE_NONE;
	int rank = 0;
	sj_status status = header_read(bytes, n, &dtype, &rank, dims);
	if (status != SJ_OK)
		return status;
	int unit = (int)sj__dtype_size(dtype);
	if (!sj__shape_size(rank, dims, &size) || !sj__multiply_fits(size, unit, &n_declared))
		return sj__fail(SJ_INVALID_ARGUMENT, "the shape %s overflows: too many bytes for 64 bits",
		                sj__dims_text(rank, dims));
	int64_t n_there = n - 4 - 4 * rank;
	if (n_there != n_declared)
		return sj__fail(SJ_DATA_LOSS, "the shape %s takes %lld bytes of elements, but %lld are there",
		                sj__dims_text(rank, dims), (long long)n_declared, (long long)n_there);
	status = sj__tensor_make("idx", dtype, rank, dims, ret_tensor);
	if (status == SJ_OK)
		swap_copy((*ret_tensor)->data, bytes + n - n_there, n_there, unit);
	return status;
}

/* What begins as gzip does is unpacked first. */
static sj_status decode(const uint8_t *bytes, int64_t n, sj_tensor **ret_tensor)
{
	uint8_t *plain;
	int64_t n_plain;
	if (n < 2 || bytes[0] != 0x1F || bytes[1] != 0x8B)
		return plain_decode(bytes, n, ret_tensor);
	sj_status status = sj__inflate(SJ_COMPRESSION_GZIP, bytes, n, sj__inflate_bound(n), &plain, &n_plain);
	if (status != SJ_OK)
		return status;
	status = plain_decode(plain, n_plain, ret_tensor);
	sj__memory_free(plain);
	return status;
}

sj_tensor *sj_idx_read(const char *path) { return sj__read_file(path, decode); }

sj_tensor *sj_idx_read_bytes(const void *bytes, size_t n_bytes)
{
	return sj__read_bytes("sj_idx_read_bytes", bytes, n_bytes, decode);
}

/* The process's one decompressor: a pointer that a program sets. */
#include "io/inflate.h"

#include "base/compiler.h"

static sj_inflate_function *registered;

void sj_set_inflate(sj_inflate_function *function) { __atomic_store_n(&registered, function, __ATOMIC_RELEASE); }

/* A deflate stream's longest match of 258 bytes takes two bits at best, so a byte makes at most 1032. */
int64_t sj__inflate_bound(int64_t n)
{
	int64_t bound;
	return sj__multiply_fits(n, 1032, &bound) ? bound : INT64_MAX;
}

sj_status sj__inflate(sj_compression compression, const uint8_t *bytes, int64_t n, int64_t n_most, uint8_t **ret_bytes,
                      int64_t *ret_n)
{
	sj_inflate_function *inflate = __atomic_load_n(&registered, __ATOMIC_ACQUIRE);
	void *output = NULL;
	size_t n_output = 0;
	sj__error_frame frame;
	if (inflate == NULL)
		return sj__fail(
			SJ_FAILED_PRECONDITION,
			"the data are compressed; link libsokuji-io and call sj_use_zlib() once, or give sj_set_inflate a decompressor");
	sj__error_frame_begin(&frame);
	sj_status status = inflate(compression, bytes, (size_t)n, (size_t)n_most, &output, &n_output);
	sj_status stuck = sj__error_frame_end(&frame);
	if (status != SJ_OK && stuck == SJ_OK)
		sj__fail(status, "the decompressor failed");
	if (status != SJ_OK)
		return status;
	*ret_bytes = output;
	*ret_n = (int64_t)n_output;
	return SJ_OK;
}

/* The public functions for .npy files. */
#include "sokuji/npy.h"

#include "base/file.h"
#include "base/memory.h"
#include "io/file_words.h"
#include "io/npy.h"
#include "tensor/concrete.h"

sj_tensor *sj_npy_read(const char *path) { return sj__read_file(path, sj__npy_decode); }

sj_tensor *sj_npy_read_bytes(const void *bytes, size_t n_bytes)
{
	return sj__read_bytes("sj_npy_read_bytes", bytes, n_bytes, sj__npy_decode);
}

static sj_status file_sink(void *context, const void *bytes, int64_t n) { return sj__writer_write(context, bytes, n); }

static sj_status tensor_write(const char *path, const sj_tensor *t)
{
	sj__writer *writer;
	int64_t n;
	sj_status status = sj__npy_encoded_size(t, &n);
	if (status != SJ_OK)
		return sj__fail_within(status, "sj_npy_write");
	status = sj__writer_open(path, &writer);
	if (status != SJ_OK)
		return status;
	status = sj__npy_encode(t, file_sink, writer);
	if (status == SJ_OK)
		status = sj__writer_commit(writer);
	if (status != SJ_OK)
		sj__writer_abandon(writer);
	return status;
}

sj_status sj_npy_write(const char *path, sj_tensor *tensor)
{
	sj_tensor *value = NULL;
	if (!sj_ok())
		return sj_error_code();
	sj_status status = sj__path_check(path);
	if (status == SJ_OK)
		status = sj__concrete("sj_npy_write", tensor, &value);
	if (status == SJ_OK)
		status = tensor_write(path, value);
	sj__drop(value);
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

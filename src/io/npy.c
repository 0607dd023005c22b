/* The public functions for .npy files. */
#include "sokuji/npy.h"

#include "base/file.h"
#include "base/memory.h"
#include "io/file_words.h"
#include "io/npy.h"
#include "tensor/concrete.h"

sj_tensor *sj_npy_read_bytes(const void *bytes, size_t n_bytes)
{
	sj_tensor *t = NULL;
	sj_status status = sj__bytes_check(bytes, n_bytes);
	if (status == SJ_OK)
		status = sj__npy_decode(bytes, (int64_t)n_bytes, &t);
	return sj__result(status == SJ_OK ? status : sj__fail_within(status, "sj_npy_read_bytes"), t);
}

static sj_status npy_read(const char *path, sj_tensor **ret_tensor)
{
	uint8_t *bytes;
	int64_t n;
	sj_status status = sj__path_check(path);
	if (status == SJ_OK)
		status = sj__file_read_all(path, -1, &bytes, &n);
	if (status != SJ_OK)
		return status;
	status = sj__npy_decode(bytes, n, ret_tensor);
	sj__memory_free(bytes);
	return status == SJ_OK ? SJ_OK : sj__fail_reading(status, path);
}

sj_tensor *sj_npy_read(const char *path)
{
	sj_tensor *t = NULL;
	sj_status status = npy_read(path, &t);
	return sj__result(status, t);
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

/* zlib behind sj_inflate_function. The output grows as it comes, so that what a file claims is never believed. */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <zlib.h>

#include <sokuji/gzip.h>
#include <sokuji/memory.h>

enum { GZIP_WINDOW = 15 + 16, RAW_WINDOW = -15, FIRST_ROOM = 1 << 16 };

typedef struct output {
	unsigned char *bytes;
	size_t n, room, most;
} output;

/* zlib's own state counts towards the memory limit too. */
static voidpf state_new(voidpf context, uInt n, uInt size)
{
	(void)context;
	return sj_memory_new((size_t)n * size);
}

static void state_free(voidpf context, voidpf block)
{
	(void)context;
	sj_memory_free(block);
}

static sj_status out_of_memory(void)
{
	return sj_error_set(SJ_RESOURCE_EXHAUSTED, "unpacking: %s", sj_error_message());
}

/* One more byte than `most` is room for the 0 byte. */
static sj_status output_grow(output *o)
{
	size_t room = o->room == 0 ? FIRST_ROOM : 2 * o->room;
	if (room > o->most)
		room = o->most;
	unsigned char *bytes = sj_memory_new(room + 1);
	if (bytes == NULL)
		return out_of_memory();
	if (o->n > 0)
		memcpy(bytes, o->bytes, o->n);
	sj_memory_free(o->bytes);
	o->bytes = bytes;
	o->room = room;
	return SJ_OK;
}

static sj_status too_long(const output *o)
{
	return sj_error_set(SJ_OUT_OF_RANGE, "more than %zu bytes come out", o->most);
}

static sj_status stream_fail(const z_stream *stream, int code)
{
	if (code == Z_MEM_ERROR)
		return out_of_memory();
	if (code == Z_BUF_ERROR)
		return sj_error_set(SJ_DATA_LOSS, "the compressed data are cut off");
	return sj_error_set(SJ_DATA_LOSS, "the compressed data are damaged: %s",
	                    stream->msg ? stream->msg : "zlib gives no reason");
}

/* Whether one more byte would come: the room is used up, and the stream may have ended exactly there. */
static sj_status probe_end(z_stream *stream, const output *o, int *ret_code)
{
	unsigned char extra;
	stream->next_out = &extra;
	stream->avail_out = 1;
	*ret_code = inflate(stream, Z_NO_FLUSH);
	return stream->avail_out == 0 ? too_long(o) : SJ_OK;
}

/* Runs one stream to its end. */
static sj_status stream_run(z_stream *stream, output *o)
{
	int code = Z_OK;
	while (code == Z_OK) {
		sj_status status = SJ_OK;
		if (o->n == o->room && (o->bytes == NULL || o->room < o->most))
			status = output_grow(o);
		if (status != SJ_OK)
			return status;
		if (o->n == o->most) {
			status = probe_end(stream, o, &code);
			if (status != SJ_OK)
				return status;
			continue;
		}
		size_t room = o->room - o->n < UINT_MAX ? o->room - o->n : UINT_MAX;
		stream->next_out = o->bytes + o->n;
		stream->avail_out = (uInt)room;
		code = inflate(stream, Z_NO_FLUSH);
		o->n += room - stream->avail_out;
	}
	return code == Z_STREAM_END ? SJ_OK : stream_fail(stream, code);
}

static sj_status streams_run(z_stream *stream, sj_compression compression, const unsigned char *input, size_t n,
                             output *o)
{
	const unsigned char *end = input + n;
	sj_status status = SJ_OK;
	stream->next_in = (z_const Bytef *)input;
	do {
		/* zlib counts in 32 bits; larger inputs are refused by the caller. */
		stream->avail_in = (uInt)(end - stream->next_in);
		status = stream_run(stream, o);
	} while (status == SJ_OK && compression == SJ_COMPRESSION_GZIP && stream->next_in < end &&
	         inflateReset(stream) == Z_OK);
	if (status == SJ_OK && stream->next_in != end)
		status = sj_error_set(SJ_DATA_LOSS, "%zu bytes follow the compressed data",
		                      (size_t)(end - stream->next_in));
	return status;
}

static sj_status unpack(sj_compression compression, const void *input, size_t n_input, size_t n_most, void **ret_output,
                        size_t *ret_n_output)
{
	z_stream stream = {.zalloc = state_new, .zfree = state_free};
	output o = {.most = n_most < SIZE_MAX / 4 ? n_most : SIZE_MAX / 4};
	if (n_input > UINT_MAX)
		return sj_error_set(SJ_UNIMPLEMENTED, "%zu compressed bytes are more than 4 GiB", n_input);
	int code = inflateInit2(&stream, compression == SJ_COMPRESSION_GZIP ? GZIP_WINDOW : RAW_WINDOW);
	if (code != Z_OK)
		return stream_fail(&stream, code);
	sj_status status = streams_run(&stream, compression, input, n_input, &o);
	inflateEnd(&stream);
	if (status != SJ_OK) {
		sj_memory_free(o.bytes);
		return status;
	}
	o.bytes[o.n] = 0;
	*ret_output = o.bytes;
	*ret_n_output = o.n;
	return SJ_OK;
}

void sj_use_zlib(void) { sj_set_inflate(unpack); }

sj_status sj_gzip_read_all(const void *input, size_t n_input, size_t n_most, void **ret_output, size_t *ret_n_output)
{
	if ((input == NULL && n_input > 0) || ret_output == NULL || ret_n_output == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_gzip_read_all: an argument is NULL");
	return unpack(SJ_COMPRESSION_GZIP, input, n_input, n_most, ret_output, ret_n_output);
}

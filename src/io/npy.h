/* The .npy format inside the room: header, decoding from memory, encoding into a sink. */
#ifndef SOKUJI_IO_NPY_H
#define SOKUJI_IO_NPY_H

#include "base/compiler.h"
#include "tensor/tensor.h"

typedef struct sj__npy_header {
	sj_dtype dtype;
	char kind; /* NumPy's letter: b i u f c V S U */
	bool is_big_endian;
	bool is_fortran; /* the first axis moves fastest */
	int rank;
	int64_t item_bytes; /* of an element in the file */
	int64_t size;       /* elements */
	int64_t data_offset;
	int64_t dims[SJ_MAX_RANK];
} sj__npy_header;

/* Reads the header at the beginning of a file of n bytes; the elements need not be there. */
sj_status sj__npy_header_parse(const uint8_t *bytes, int64_t n, sj__npy_header *ret_header);

/* The tensor that the n bytes of a file describe, an own reference. */
sj_status sj__npy_decode(const uint8_t *bytes, int64_t n, sj_tensor **ret_tensor);

/* Takes the next n bytes of a file. */
typedef sj_status sj__sink(void *context, const void *bytes, int64_t n);

/* Checks that the tensor can be written and says how many bytes the file has. */
sj_status sj__npy_encoded_size(const sj_tensor *t, int64_t *ret_n);
/* Gives the file's bytes to the sink, piece by piece. Only for tensors that sj__npy_encoded_size accepted. */
sj_status sj__npy_encode(const sj_tensor *t, sj__sink *sink, void *context);

#endif

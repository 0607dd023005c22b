/*
 * Tensors: reference-counted, dense, row-major arrays of one dtype. A tensor's contents never change once it is made.
 *
 * Make them from C data, look at them, release them. Every tensor that a function here (or an operation) returns belongs
 * to the scope open on the calling thread (scope.h) unless its comment says otherwise. A function that fails returns the nil
 * tensor, and the error sticks (status.h). Independent of operations.
 */
#ifndef SOKUJI_TENSOR_H
#define SOKUJI_TENSOR_H

#include <stdint.h>

#include <sokuji/dtype.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_tensor sj_tensor;

/* A list of integers given to a function: axes, a shape, sizes. {0, NULL} means "not given". */
typedef struct sj_ints {
	int64_t count;
	const int64_t *data;
} sj_ints;

/* SJ_INTS(2, 3): the list 2, 3. It lives as long as the block it is written in. */
#define SJ_INTS(...) \
	((sj_ints){(int64_t)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__}})
/* The shape of a scalar: a list that is given and empty. */
#define SJ_SCALAR_SHAPE ((sj_ints){0, (const int64_t[]){0}})

/* The most dimensions a tensor can have (TensorFlow's limit). */
#define SJ_MAX_RANK 254

/* ---- make ---- */

/*
 * A tensor of the given shape with a copy of `data` (row-major, n_bytes of it). InvalidArgument when a dimension is negative, the shape
 * overflows, the rank passes SJ_MAX_RANK, or n_bytes is not the size of the shape. Not for strings. A bool byte
 * that is not 0 is true.
 */
SJ_PUBLIC sj_tensor *sj_tensor_new(sj_dtype dtype, sj_ints shape, const void *data, size_t n_bytes);

/* The same from a C array of the right type; the macro counts its bytes: sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values). */
#define sj_tensor_from(dtype, shape, array) sj_tensor_new(dtype, shape, array, sizeof(array))

/* Scalars. A value that the dtype cannot hold is InvalidArgument. */
SJ_PUBLIC sj_tensor *sj_scalar(sj_dtype dtype, double value);
SJ_PUBLIC sj_tensor *sj_float(float value);
SJ_PUBLIC sj_tensor *sj_int(int32_t value);
SJ_PUBLIC sj_tensor *sj_scalar_i64(int64_t value);
SJ_PUBLIC sj_tensor *sj_scalar_bool(bool value);

/* A string scalar with a copy of `length` bytes; sj_string_new: up to the terminating 0. */
SJ_PUBLIC sj_tensor *sj_string_new_n(const void *bytes, size_t length);
SJ_PUBLIC sj_tensor *sj_string_new(const char *text);
/* A string tensor; lengths may be NULL: each is 0-terminated. `count` must be the number of elements of the shape. */
SJ_PUBLIC sj_tensor *sj_strings_new(sj_ints shape, const char *const *strings, const size_t *lengths, int64_t count);

/* The nil tensor: what a failed operation returns. Any operation given nil returns nil and does nothing. */
SJ_PUBLIC sj_tensor *sj_nil(void);

/* ---- look ---- */

/* False for NULL, nil, and handles that were released (as long as their memory has not been taken for another). */
SJ_PUBLIC bool sj_tensor_is_valid(const sj_tensor *tensor);
SJ_PUBLIC sj_dtype sj_tensor_dtype(const sj_tensor *tensor); /* SJ_DTYPE_NONE when invalid */
SJ_PUBLIC int sj_tensor_rank(const sj_tensor *tensor);       /* -1 when invalid */
SJ_PUBLIC int64_t sj_tensor_dim(const sj_tensor *tensor,
                                int axis); /* negative axes count from the end; -1 when there is none */
SJ_PUBLIC const int64_t *sj_tensor_dims(const sj_tensor *tensor); /* `rank` numbers; NULL when invalid */
SJ_PUBLIC int64_t sj_tensor_size(const sj_tensor *tensor);        /* number of elements; -1 when invalid */
SJ_PUBLIC size_t sj_tensor_bytes(const sj_tensor *tensor);        /* elements times element size; 0 when invalid */

/*
 * The elements, row-major; for strings an array of private 16-byte elements, read with sj_tensor_string. Valid while the tensor is.
 * NULL when invalid. A variable gives its value at the moment of the call.
 */
SJ_PUBLIC const void *sj_tensor_data(const sj_tensor *tensor);

/* Element `index` (row-major) as a number; NaN and a sticky error when out of range or not numeric. */
SJ_PUBLIC double sj_tensor_item(const sj_tensor *tensor, int64_t index);
/* The only element of a tensor of size 1. */
SJ_PUBLIC double sj_item(const sj_tensor *tensor);
/* Bytes of string element `index` (not 0-terminated) and their number; NULL and a sticky error when there is none. */
SJ_PUBLIC const char *sj_tensor_string(const sj_tensor *tensor, int64_t index, size_t *ret_length);

/* Copies the elements to `data`, whose size must be exactly sj_tensor_bytes; not for strings. */
SJ_PUBLIC sj_status sj_tensor_copy_to(const sj_tensor *tensor, void *data, size_t n_bytes);

/*
 * The tensor as NumPy prints it ("[[1. 2.]\n [3. 4.]]", summarised above 1,000 elements). Writes at most `capacity` bytes, a
 * terminating 0 included, and returns the length of the whole text, like snprintf; -1 and a sticky error without memory.
 */
SJ_PUBLIC int64_t sj_tensor_text(const sj_tensor *tensor, char *buffer, size_t capacity);

/* Writes the text and a new line to the output (output.h). */
SJ_PUBLIC void sj_print(const sj_tensor *tensor);

/* ---- end ---- */

/* One more reference, the caller's own, which outlives every scope; returns its argument. */
SJ_PUBLIC sj_tensor *sj_keep(sj_tensor *tensor);

/* Gives up a reference of the caller's own (from sj_keep, sj_variable_new, sj_execute). NULL, nil and released handles are ignored. */
SJ_PUBLIC void sj_free(sj_tensor *tensor);

SJ_END_DECLARATIONS

#endif

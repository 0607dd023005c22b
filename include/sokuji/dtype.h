/*
 * Element types, under TensorFlow's numbers (types.proto), which files and graphs store.
 * Kernels exist for the integers, bool, float, double and, where it makes sense, string; the others can be stored, cast and copied.
 */
#ifndef SOKUJI_DTYPE_H
#define SOKUJI_DTYPE_H

#include <stddef.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

typedef enum sj_dtype {
	SJ_DTYPE_NONE = 0,
	SJ_FLOAT32 = 1,
	SJ_FLOAT64 = 2,
	SJ_INT32 = 3,
	SJ_UINT8 = 4,
	SJ_INT16 = 5,
	SJ_INT8 = 6,
	SJ_STRING = 7,
	SJ_COMPLEX64 = 8,
	SJ_INT64 = 9,
	SJ_BOOL = 10,
	SJ_QINT8 = 11,
	SJ_QUINT8 = 12,
	SJ_QINT32 = 13,
	SJ_BFLOAT16 = 14,
	SJ_QINT16 = 15,
	SJ_QUINT16 = 16,
	SJ_UINT16 = 17,
	SJ_COMPLEX128 = 18,
	SJ_FLOAT16 = 19,
	SJ_RESOURCE = 20,
	SJ_VARIANT = 21,
	SJ_UINT32 = 22,
	SJ_UINT64 = 23
} sj_dtype;

/* Bytes of one element (16 for string, resource and variant); 0 for a number that is no dtype. */
SJ_PUBLIC size_t sj_dtype_size(sj_dtype dtype);

/* TensorFlow's name ("float32", "int64", "string"); "invalid" for a number that is no dtype. */
SJ_PUBLIC const char *sj_dtype_name(sj_dtype dtype);

/* The dtype of a name, TensorFlow's aliases ("float", "double", "half") included; SJ_DTYPE_NONE when there is none. */
SJ_PUBLIC sj_dtype sj_dtype_from_name(const char *name);

/* float16, bfloat16, float32, float64. */
SJ_PUBLIC bool sj_dtype_is_floating(sj_dtype dtype);
/* Signed and unsigned integers of 8 to 64 bits; not bool, not the quantised ones. */
SJ_PUBLIC bool sj_dtype_is_integer(sj_dtype dtype);

SJ_END_DECLARATIONS

#endif

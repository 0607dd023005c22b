/* The table of dtypes: sizes, names, classes. */
#include "sokuji/dtype.h"

#include <string.h>

#include "tensor/tensor.h"

static const struct {
	const char *name;
} dtypes[] = {
	[SJ_DTYPE_NONE] = {"invalid"},
	[SJ_FLOAT32] = {"float32"},
	[SJ_FLOAT64] = {"float64"},
	[SJ_INT32] = {"int32"},
	[SJ_UINT8] = {"uint8"},
	[SJ_INT16] = {"int16"},
	[SJ_INT8] = {"int8"},
	[SJ_STRING] = {"string"},
	[SJ_COMPLEX64] = {"complex64"},
	[SJ_INT64] = {"int64"},
	[SJ_BOOL] = {"bool"},
	[SJ_QINT8] = {"qint8"},
	[SJ_QUINT8] = {"quint8"},
	[SJ_QINT32] = {"qint32"},
	[SJ_BFLOAT16] = {"bfloat16"},
	[SJ_QINT16] = {"qint16"},
	[SJ_QUINT16] = {"quint16"},
	[SJ_UINT16] = {"uint16"},
	[SJ_COMPLEX128] = {"complex128"},
	[SJ_FLOAT16] = {"float16"},
	[SJ_RESOURCE] = {"resource"},
	[SJ_VARIANT] = {"variant"},
	[SJ_UINT32] = {"uint32"},
	[SJ_UINT64] = {"uint64"},
};

const uint8_t sj__dtype_sizes[32] = {0, 4, 8, 4, 1, 2, 1, 16, 8, 8, 1, 1, 1, 4, 2, 2, 2, 2, 16, 2, 16, 16, 4, 8};

static int is_dtype(sj_dtype dtype) { return (unsigned)dtype < (unsigned)SJ_COUNT_OF(dtypes); }

size_t sj_dtype_size(sj_dtype dtype) { return is_dtype(dtype) ? sj__dtype_sizes[dtype] : 0; }

const char *sj_dtype_name(sj_dtype dtype) { return is_dtype(dtype) ? dtypes[dtype].name : "invalid"; }

sj_dtype sj_dtype_from_name(const char *name)
{
	static const struct {
		const char *alias;
		sj_dtype dtype;
	} aliases[] = {{"float", SJ_FLOAT32}, {"double", SJ_FLOAT64}, {"half", SJ_FLOAT16}};
	if (name == NULL)
		return SJ_DTYPE_NONE;
	for (int i = 1; i < SJ_COUNT_OF(dtypes); i++)
		if (strcmp(name, dtypes[i].name) == 0)
			return (sj_dtype)i;
	for (int i = 0; i < SJ_COUNT_OF(aliases); i++)
		if (strcmp(name, aliases[i].alias) == 0)
			return aliases[i].dtype;
	return SJ_DTYPE_NONE;
}

bool sj_dtype_is_floating(sj_dtype dtype)
{
	return dtype == SJ_FLOAT32 || dtype == SJ_FLOAT64 || dtype == SJ_FLOAT16 || dtype == SJ_BFLOAT16;
}

bool sj_dtype_is_integer(sj_dtype dtype)
{
	switch (dtype) {
	case SJ_INT8:
	case SJ_INT16:
	case SJ_INT32:
	case SJ_INT64:
	case SJ_UINT8:
	case SJ_UINT16:
	case SJ_UINT32:
	case SJ_UINT64: return true;
	default: return false;
	}
}

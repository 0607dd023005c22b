/* Kernels of evenly spaced numbers, with TensorFlow's rounding: each number of a range is the one before plus delta. */
#include "cpu/kernels.h"
#include "tensor/tensor.h"

#define RANGE(T, W) \
	{ \
		T *y = call->outputs[0]->data; \
		W value = *(const T *)call->inputs[0]->data, delta = *(const T *)call->inputs[2]->data; \
		for (int64_t i = 0; i < n; i++) { \
			y[i] = (T)value; \
			value += delta; \
		} \
		return SJ_OK; \
	}

sj_status sj__kernel_range(sj__call *call)
{
	int64_t n = call->outputs[0]->shape.size;
	switch ((sj_dtype)call->outputs[0]->dtype) {
	case SJ_FLOAT32: RANGE(float, float)
	case SJ_FLOAT64: RANGE(double, double)
	case SJ_INT8: RANGE(int8_t, uint64_t)
	case SJ_INT16: RANGE(int16_t, uint64_t)
	case SJ_INT32: RANGE(int32_t, uint64_t)
	case SJ_UINT16: RANGE(uint16_t, uint64_t)
	case SJ_UINT32: RANGE(uint32_t, uint64_t)
	default: RANGE(uint64_t, uint64_t)
	}
}

#define LINSPACE(T) \
	{ \
		T *y = call->outputs[0]->data, start = *(const T *)call->inputs[0]->data, \
		  stop = *(const T *)call->inputs[1]->data; \
		T step = n > 1 ? (stop - start) / (T)(n - 1) : 0; \
		for (int64_t i = 0; i < n; i++) \
			y[i] = start + step * (T)i; \
		if (n > 1) \
			y[n - 1] = stop; \
		return SJ_OK; \
	}

sj_status sj__kernel_linspace(sj__call *call)
{
	int64_t n = call->outputs[0]->shape.size;
	if (call->outputs[0]->dtype == SJ_FLOAT32)
		LINSPACE(float)
	LINSPACE(double)
}

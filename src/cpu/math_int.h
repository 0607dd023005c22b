/* Integer arithmetic with TensorFlow's signs and wrapping, defined for every operand. Division by zero is refused by the kernels before. */
#ifndef SOKUJI_CPU_MATH_INT_H
#define SOKUJI_CPU_MATH_INT_H

#include <stddef.h>
#include <stdint.h>

/* floordiv rounds down; floormod has the divisor's sign; MIN / -1 wraps. */
#define SJ__INT_FUNCTIONS(T, U, suffix) \
	static inline T sj__truncdiv_##suffix(T x, T y) \
	{ \
		return y == (T)-1 ? (T)(0 - (U)x) : y == 0 ? 0 : (T)(x / y); \
	} \
	static inline T sj__truncmod_##suffix(T x, T y) { return y == (T)-1 || y == 0 ? 0 : (T)(x % y); } \
	static inline T sj__floordiv_##suffix(T x, T y) \
	{ \
		T q = sj__truncdiv_##suffix(x, y); \
		return (T)(q - (y != (T)-1 && y != 0 && (x % y != 0) && ((x < 0) != (y < 0)))); \
	} \
	static inline T sj__floormod_##suffix(T x, T y) \
	{ \
		T r = sj__truncmod_##suffix(x, y); \
		return (T)(r != 0 && ((r < 0) != (y < 0)) ? r + y : r); \
	} \
	static inline T sj__pow_##suffix(T x, T y) \
	{ \
		U result = 1, base = (U)x; \
		for (U n = (U)y; n > 0; n >>= 1) { \
			if (n & 1) \
				result = (U)(result * base); \
			base = (U)(base * base); \
		} \
		return (T)result; \
	}

/* The number of bits to shift by: at least 0, at most the width less one. */
static inline int sj__shift_count(int64_t n, size_t size)
{
	int64_t most = (int64_t)size * 8 - 1;
	return (int)(n < 0 ? 0 : n > most ? most : n);
}

/* Unsigned types have no -1 divisor and no negative remainders. */
#define SJ__UNSIGNED_FUNCTIONS(T, suffix) \
	static inline T sj__truncdiv_##suffix(T x, T y) { return y == 0 ? 0 : (T)(x / y); } \
	static inline T sj__truncmod_##suffix(T x, T y) { return y == 0 ? 0 : (T)(x % y); } \
	static inline T sj__floordiv_##suffix(T x, T y) { return sj__truncdiv_##suffix(x, y); } \
	static inline T sj__floormod_##suffix(T x, T y) { return sj__truncmod_##suffix(x, y); } \
	static inline T sj__pow_##suffix(T x, T y) \
	{ \
		uint32_t result = 1, base = x; \
		for (T n = y; n > 0; n >>= 1) { \
			if (n & 1) \
				result *= base; \
			base *= base; \
		} \
		return (T)result; \
	}

SJ__INT_FUNCTIONS(int32_t, uint32_t, i32)
SJ__INT_FUNCTIONS(int64_t, uint64_t, i64)
SJ__INT_FUNCTIONS(int16_t, uint32_t, i16)
SJ__INT_FUNCTIONS(int8_t, uint32_t, i8)
SJ__UNSIGNED_FUNCTIONS(uint8_t, u8)

#endif

/* The update rules for float32 and float64, compiled once per instruction set with the same bits from each. */
#include "cpu/optimizer_loops.h"

#include <math.h>

#include "cpu/math_f32.h"
#include "cpu/math_f64.h"

#define real float
#define NAME(rule) rule##_f32
#define SQRT __builtin_sqrtf
#define ABS __builtin_fabsf
#define POW sj__powf
#include "cpu/update_template.h"
#undef real
#undef NAME
#undef SQRT
#undef ABS
#undef POW

#define real double
#define NAME(rule) rule##_f64
#define SQRT __builtin_sqrt
#define ABS __builtin_fabs
#define POW sj__pow
#include "cpu/update_template.h"

#if defined(__AVX512F__)
#define TABLE sj__update_loops_avx512
#elif defined(__AVX2__)
#define TABLE sj__update_loops_avx2
#else
#define TABLE sj__update_loops_plain
#endif

#define RULES(type) \
	{ \
		[SJ_UPDATE_GRADIENT_DESCENT] = gradient_descent_##type, [SJ_UPDATE_MOMENTUM] = momentum_##type, \
		[SJ_UPDATE_ADAM] = adam_##type, [SJ_UPDATE_RMSPROP] = rmsprop_##type, \
		[SJ_UPDATE_CENTERED_RMSPROP] = centered_rmsprop_##type, [SJ_UPDATE_ADAGRAD] = adagrad_##type, \
		[SJ_UPDATE_ADADELTA] = adadelta_##type, [SJ_UPDATE_FTRL] = ftrl_##type, \
		[SJ_UPDATE_PROXIMAL_GRADIENT_DESCENT] = proximal_gradient_descent_##type, \
		[SJ_UPDATE_PROXIMAL_ADAGRAD] = proximal_adagrad_##type, [SJ_UPDATE_ADAGRAD_DA] = adagrad_da_##type \
	}

const sj__update_loops TABLE = {{RULES(f32), RULES(f64)}};

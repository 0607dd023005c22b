/*
 * Initializers: how a variable's first value is drawn. TensorFlow's formulas and, with a seed, its numbers.
 *
 * 	sj_tensor *start = sj_initialize(sj_he_normal(), SJ_FLOAT32, SJ_INTS(784, 100));
 */
#ifndef SOKUJI_INITIALIZERS_H
#define SOKUJI_INITIALIZERS_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef enum sj_initializer_kind {
	SJ_INIT_DEFAULT,          /* whatever the layer takes by itself */
	SJ_INIT_CONSTANT,         /* a */
	SJ_INIT_UNIFORM,          /* in [a, b) */
	SJ_INIT_NORMAL,           /* mean a, standard deviation b */
	SJ_INIT_TRUNCATED_NORMAL, /* the same, redrawn beyond two standard deviations */
	SJ_INIT_VARIANCE_SCALING, /* variance a / fan, by mode and distribution */
	SJ_INIT_ORTHOGONAL,       /* gain a; rank 2 or more */
	SJ_INIT_IDENTITY          /* gain a; rank 2 */
} sj_initializer_kind;

typedef enum sj_fan_mode { SJ_FAN_IN, SJ_FAN_OUT, SJ_FAN_AVERAGE } sj_fan_mode;

typedef struct sj_initializer {
	sj_initializer_kind kind;
	double a, b;
	sj_fan_mode mode;
	bool uniform; /* variance scaling: uniform in place of truncated normal */
	bool has_seed;
	int64_t seed;
} sj_initializer;

/* A tensor of the open scope; nil and a sticky error when the shape or the numbers make no sense. Default counts as Glorot uniform. */
SJ_PUBLIC sj_tensor *sj_initialize(sj_initializer initializer, sj_dtype dtype, sj_ints shape);

/* The usual ones. Fans: of (in, out), or of a kernel (…, in, out) times its receptive field. */
SJ_PUBLIC sj_initializer sj_init_zeros(void);
SJ_PUBLIC sj_initializer sj_init_ones(void);
SJ_PUBLIC sj_initializer sj_init_constant(double value);
SJ_PUBLIC sj_initializer sj_init_uniform(double low, double high);
SJ_PUBLIC sj_initializer sj_init_normal(double mean, double stddev);
SJ_PUBLIC sj_initializer sj_init_truncated_normal(double mean, double stddev);
SJ_PUBLIC sj_initializer sj_init_variance_scaling(double scale, sj_fan_mode mode, bool uniform);
SJ_PUBLIC sj_initializer sj_glorot_uniform(void);
SJ_PUBLIC sj_initializer sj_glorot_normal(void);
SJ_PUBLIC sj_initializer sj_he_uniform(void);
SJ_PUBLIC sj_initializer sj_he_normal(void);
SJ_PUBLIC sj_initializer sj_lecun_uniform(void);
SJ_PUBLIC sj_initializer sj_lecun_normal(void);
SJ_PUBLIC sj_initializer sj_init_orthogonal(double gain);
SJ_PUBLIC sj_initializer sj_init_identity(double gain);
/* The same initializer with a seed of its own. */
SJ_PUBLIC sj_initializer sj_init_seeded(sj_initializer initializer, int64_t seed);

SJ_END_DECLARATIONS

#endif

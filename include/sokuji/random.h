/*
 * Random numbers: TensorFlow's, bit for bit (integers and uniforms; normals to the last place or two), for any number of threads.
 *
 * A call's numbers depend on two seeds. With a global seed and .seed they are (global seed, .seed); with the global seed alone,
 * (global seed, the next number of Python's random.Random(global seed)), so that a program's calls follow one another as in TensorFlow's
 * eager mode; with .seed alone, (87654321, .seed); with neither, the numbers come from the machine's entropy and differ from run to run.
 * A call with .seed goes on where the last one with the same seeds, dtype and operation stopped; setting the global
 * seed lets all begin anew. A failed call uses nothing up. The seeds belong to the process; threads that draw at the same time get
 * different numbers, in no fixed order. C does not fix the order in which arguments are evaluated: give two draws two statements.
 *
 * Gradients stop at random numbers. The rows themselves, with both seeds as TensorFlow's attributes, are in operations.h (…_seeded), and
 * functions of their seed alone (sj_stateless_…).
 */
#ifndef SOKUJI_RANDOM_H
#define SOKUJI_RANDOM_H

#include <sokuji/execute.h>

SJ_BEGIN_DECLARATIONS

/* ---- seeds ---- */

/* Sets the global seed (tf.set_random_seed): whatever is drawn from here on can be repeated. */
SJ_PUBLIC void sj_set_random_seed(int64_t seed);
/* No global seed, as in the beginning. */
SJ_PUBLIC void sj_clear_random_seed(void);

/* The two seeds that a call with this .seed would get; draws one when it is not given. For front ends. */
SJ_PUBLIC void sj_random_op_seeds(sj_int_option op_seed, int64_t *ret_seed, int64_t *ret_seed2);

/* ---- numbers ---- */

/* Floats of [minval, maxval), by default [0, 1); dtype float32 (the default) or float64. TensorFlow: random_uniform. */
typedef struct sj_random_uniform_args {
	size_t size;
	double minval;
	sj_float_option maxval; /* default 1 */
	sj_dtype dtype;         /* default SJ_FLOAT32 */
	sj_int_option seed;
} sj_random_uniform_args;
SJ_PUBLIC sj_tensor *sj_random_uniform_with(sj_ints shape, const sj_random_uniform_args *args);
#define sj_random_uniform(shape_, ...) \
	sj_random_uniform_with(shape_, \
	                       &(const sj_random_uniform_args){.size = sizeof(sj_random_uniform_args), ##__VA_ARGS__})

/* Integers of [minval, maxval); dtype int32 (the default) or int64, which must hold both. */
typedef struct sj_random_uniform_int_args {
	size_t size;
	sj_dtype dtype; /* default SJ_INT32 */
	sj_int_option seed;
} sj_random_uniform_int_args;
SJ_PUBLIC sj_tensor *sj_random_uniform_int_with(sj_ints shape, int64_t minval, int64_t maxval,
                                                const sj_random_uniform_int_args *args);
#define sj_random_uniform_int(shape_, minval_, maxval_, ...) \
	sj_random_uniform_int_with(shape_, minval_, maxval_, \
	                           &(const sj_random_uniform_int_args){.size = sizeof(sj_random_uniform_int_args), \
	                                                               ##__VA_ARGS__})

/* Normal numbers of the given mean and standard deviation. TensorFlow: random_normal. */
typedef struct sj_random_normal_args {
	size_t size;
	double mean;
	sj_float_option stddev; /* default 1 */
	sj_dtype dtype;         /* default SJ_FLOAT32 */
	sj_int_option seed;
} sj_random_normal_args;
SJ_PUBLIC sj_tensor *sj_random_normal_with(sj_ints shape, const sj_random_normal_args *args);
#define sj_random_normal(shape_, ...) \
	sj_random_normal_with(shape_, \
	                      &(const sj_random_normal_args){.size = sizeof(sj_random_normal_args), ##__VA_ARGS__})

/* The same, with numbers further than two deviations from the mean drawn again. TensorFlow: truncated_normal. */
SJ_PUBLIC sj_tensor *sj_truncated_normal_with(sj_ints shape, const sj_random_normal_args *args);
#define sj_truncated_normal(shape_, ...) \
	sj_truncated_normal_with(shape_, \
	                         &(const sj_random_normal_args){.size = sizeof(sj_random_normal_args), ##__VA_ARGS__})

/*
 * Gamma numbers of shape parameter alpha and inverse scale beta (default 1): the result's shape is `shape` followed by alpha's. alpha: float32 or
 * float64. TensorFlow: random_gamma.
 */
typedef struct sj_random_gamma_args {
	size_t size;
	sj_tensor *beta; /* broadcast against alpha; default 1 */
	sj_int_option seed;
} sj_random_gamma_args;
SJ_PUBLIC sj_tensor *sj_random_gamma_with(sj_ints shape, sj_tensor *alpha, const sj_random_gamma_args *args);
#define sj_random_gamma(shape_, alpha_, ...) \
	sj_random_gamma_with(shape_, alpha_, \
	                     &(const sj_random_gamma_args){.size = sizeof(sj_random_gamma_args), ##__VA_ARGS__})

/*
 * Numbers of the Poisson distribution of `rate`, how often what happens at that rate does: the result's shape is `shape` followed by rate's. rate:
 * float32, float64, int32 or int64, not negative. dtype: the same, float32 by default. TensorFlow: random_poisson.
 */
typedef struct sj_random_poisson_args {
	size_t size;
	sj_dtype dtype;
	sj_int_option seed;
} sj_random_poisson_args;
SJ_PUBLIC sj_tensor *sj_random_poisson_with(sj_ints shape, sj_tensor *rate, const sj_random_poisson_args *args);
#define sj_random_poisson(shape_, rate_, ...) \
	sj_random_poisson_with(shape_, rate_, \
	                       &(const sj_random_poisson_args){.size = sizeof(sj_random_poisson_args), ##__VA_ARGS__})

/* ---- orders and choices ---- */

typedef struct sj_random_seed_args {
	size_t size;
	sj_int_option seed;
} sj_random_seed_args;

/* The rows of value in random order. TensorFlow: random_shuffle. */
SJ_PUBLIC sj_tensor *sj_random_shuffle_with(sj_tensor *value, const sj_random_seed_args *args);
#define sj_random_shuffle(value_, ...) \
	sj_random_shuffle_with(value_, &(const sj_random_seed_args){.size = sizeof(sj_random_seed_args), ##__VA_ARGS__})

/* 0 .. n-1 in random order, int64: what sj_random_shuffle makes of them. */
SJ_PUBLIC sj_tensor *sj_permutation_with(int64_t n, const sj_random_seed_args *args);
#define sj_permutation(n_, ...) \
	sj_permutation_with(n_, &(const sj_random_seed_args){.size = sizeof(sj_random_seed_args), ##__VA_ARGS__})

/* n_samples classes (int64) for each row of logits (rows, classes), with the probabilities softmax(logits). TensorFlow: multinomial. */
SJ_PUBLIC sj_tensor *sj_multinomial_with(sj_tensor *logits, int64_t n_samples, const sj_random_seed_args *args);
#define sj_multinomial(logits_, n_samples_, ...) \
	sj_multinomial_with(logits_, n_samples_, \
	                    &(const sj_random_seed_args){.size = sizeof(sj_random_seed_args), ##__VA_ARGS__})

SJ_END_DECLARATIONS

#endif

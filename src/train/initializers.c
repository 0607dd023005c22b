/*
 * Initializers: TensorFlow's formulas over the public random numbers. Draws take the same seeds as TensorFlow's 1.x initializers,
 * so with a seed the weights are the same numbers.
 */
#include <math.h>
#include <string.h>

#include <sokuji/initializers.h>
#include <sokuji/memory.h>
#include <sokuji/operations.h>
#include <sokuji/random.h>
#include <sokuji/scope.h>

/* ---- the usual ones ---- */

static sj_initializer make(sj_initializer_kind kind, double a, double b)
{
	return (sj_initializer){.kind = kind, .a = a, .b = b};
}

sj_initializer sj_init_zeros(void) { return make(SJ_INIT_CONSTANT, 0, 0); }
sj_initializer sj_init_ones(void) { return make(SJ_INIT_CONSTANT, 1, 0); }
sj_initializer sj_init_constant(double value) { return make(SJ_INIT_CONSTANT, value, 0); }
sj_initializer sj_init_uniform(double low, double high) { return make(SJ_INIT_UNIFORM, low, high); }
sj_initializer sj_init_normal(double mean, double stddev) { return make(SJ_INIT_NORMAL, mean, stddev); }
sj_initializer sj_init_truncated_normal(double mean, double stddev)
{
	return make(SJ_INIT_TRUNCATED_NORMAL, mean, stddev);
}
sj_initializer sj_init_orthogonal(double gain) { return make(SJ_INIT_ORTHOGONAL, gain, 0); }
sj_initializer sj_init_identity(double gain) { return make(SJ_INIT_IDENTITY, gain, 0); }

sj_initializer sj_init_variance_scaling(double scale, sj_fan_mode mode, bool uniform)
{
	return (sj_initializer){.kind = SJ_INIT_VARIANCE_SCALING, .a = scale, .mode = mode, .uniform = uniform};
}

sj_initializer sj_glorot_uniform(void) { return sj_init_variance_scaling(1, SJ_FAN_AVERAGE, true); }
sj_initializer sj_glorot_normal(void) { return sj_init_variance_scaling(1, SJ_FAN_AVERAGE, false); }
sj_initializer sj_he_uniform(void) { return sj_init_variance_scaling(2, SJ_FAN_IN, true); }
sj_initializer sj_he_normal(void) { return sj_init_variance_scaling(2, SJ_FAN_IN, false); }
sj_initializer sj_lecun_uniform(void) { return sj_init_variance_scaling(1, SJ_FAN_IN, true); }
sj_initializer sj_lecun_normal(void) { return sj_init_variance_scaling(1, SJ_FAN_IN, false); }

sj_initializer sj_init_seeded(sj_initializer initializer, int64_t seed)
{
	initializer.has_seed = true;
	initializer.seed = seed;
	return initializer;
}

/* ---- draws ---- */

static sj_tensor *refused(sj_status code, const char *format, long long number)
{
	sj_error_set(code, format, number);
	return sj_nil();
}

static sj_int_option seed_of(const sj_initializer *init)
{
	return (sj_int_option){.given = init->has_seed, .value = init->seed};
}

static sj_tensor *uniform(const sj_initializer *init, sj_dtype dtype, sj_ints shape, double low, double high)
{
	return sj_random_uniform(shape, .minval = low, .maxval = SJ_GIVEN(high), .dtype = dtype, .seed = seed_of(init));
}

static sj_tensor *truncated(const sj_initializer *init, sj_dtype dtype, sj_ints shape, double mean, double stddev)
{
	return sj_truncated_normal(shape, .mean = mean, .stddev = SJ_GIVEN(stddev), .dtype = dtype,
	                           .seed = seed_of(init));
}

/* The inputs and outputs of one unit: of (in, out), or of a kernel (…, in, out) times its receptive field. */
static double fan(sj_ints shape, sj_fan_mode mode)
{
	double field = 1, in = 1, out = 1;
	for (int64_t i = 0; i + 2 < shape.count; i++)
		field *= (double)shape.data[i];
	if (shape.count > 0) {
		in = field * (double)shape.data[shape.count > 1 ? shape.count - 2 : 0];
		out = field * (double)shape.data[shape.count - 1];
	}
	double n = mode == SJ_FAN_IN ? in : mode == SJ_FAN_OUT ? out : (in + out) / 2;
	return n > 1 ? n : 1;
}

static sj_tensor *variance_scaling(const sj_initializer *init, sj_dtype dtype, sj_ints shape)
{
	if (!(init->a > 0) || init->mode > SJ_FAN_AVERAGE)
		return refused(SJ_INVALID_ARGUMENT,
		               init->a > 0 ? "sj_initialize: %lld is no fan mode"
		                           : "sj_initialize: variance scaling needs a scale above 0",
		               (long long)init->mode);
	double scale = init->a / fan(shape, init->mode), limit = sqrt(3 * scale);
	if (init->uniform)
		return uniform(init, dtype, shape, -limit, limit);
	return truncated(init, dtype, shape, 0, sqrt(scale));
}

/* ---- matrices ---- */

static sj_tensor *tensor_of_doubles(sj_dtype dtype, sj_ints shape, double *values, int64_t n)
{
	if (dtype == SJ_FLOAT32) /* each float lands where doubles are already read */
		for (int64_t i = 0; i < n; i++) {
			float rounded = (float)values[i];
			memcpy((char *)values + (size_t)i * sizeof(rounded), &rounded, sizeof(rounded));
		}
	return sj_tensor_new(dtype, shape, values, (size_t)n * sj_dtype_size(dtype));
}

/* With eight sums, so that it vectorises, in one order everywhere. */
static double dot(int64_t n, const double *x, const double *y)
{
	double sums[8] = {0};
	int64_t i = 0;
	for (; i + 8 <= n; i += 8)
		for (int j = 0; j < 8; j++)
			sums[j] += x[i + j] * y[i + j];
	for (; i < n; i++)
		sums[i % 8] += x[i] * y[i];
	return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/*
 * Makes n rows of length m >= n orthonormal: what QR with a positive diagonal of R gives. Each row is freed from those before
 * twice, which is enough (Giraud, Langou, Rozloznik and van den Eshof 2005). A row that vanishes stays 0.
 */
static void orthonormalise(int64_t n, int64_t m, double *rows)
{
	for (int64_t i = 0; i < n; i++) {
		double *row = rows + i * m;
		for (int again = 0; again < 2; again++)
			for (int64_t j = 0; j < i; j++) {
				const double *other = rows + j * m;
				double share = dot(m, row, other);
				for (int64_t k = 0; k < m; k++)
					row[k] -= share * other[k];
			}
		double length = sqrt(dot(m, row, row));
		for (int64_t k = 0; k < m; k++)
			row[k] = length > 0 ? row[k] / length : 0;
	}
}

/* The normal numbers of the taller matrix, its columns as rows. */
static bool columns_draw(const sj_initializer *init, sj_dtype dtype, int64_t tall, int64_t wide, double *ret_columns)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *drawn = sj_random_normal(SJ_INTS(tall, wide), .dtype = dtype, .seed = seed_of(init));
	const void *data = sj_tensor_is_valid(drawn) ? sj_tensor_data(drawn) : NULL;
	for (int64_t i = 0; data != NULL && i < tall; i++)
		for (int64_t j = 0; j < wide; j++)
			ret_columns[j * tall + i] = dtype == SJ_FLOAT64 ? ((const double *)data)[i * wide + j]
			                                                : (double)((const float *)data)[i * wide + j];
	sj_scope_end(scope);
	return data != NULL;
}

/* The shape as a matrix: all dimensions but the last, and the last. */
static bool matrix_sizes(sj_ints shape, int64_t *ret_rows, int64_t *ret_columns)
{
	int64_t rows = 1, size;
	for (int64_t i = 0; i + 1 < shape.count; i++)
		if (__builtin_mul_overflow(rows, shape.data[i], &rows))
			return false;
	*ret_rows = rows;
	*ret_columns = shape.data[shape.count - 1];
	return !__builtin_mul_overflow(rows, *ret_columns, &size) && size <= INT64_MAX / 16;
}

static sj_tensor *orthogonal(const sj_initializer *init, sj_dtype dtype, sj_ints shape)
{
	int64_t rows, columns;
	if (shape.count < 2)
		return refused(SJ_INVALID_ARGUMENT,
		               "sj_initialize: orthogonal needs rank 2 or more, the shape has rank %lld",
		               (long long)shape.count);
	if (!matrix_sizes(shape, &rows, &columns))
		return refused(SJ_INVALID_ARGUMENT, "sj_initialize: the shape of rank %lld overflows",
		               (long long)shape.count);
	int64_t tall = rows < columns ? columns : rows, wide = rows < columns ? rows : columns, n = tall * wide;
	double *q = sj_memory_new((size_t)n * 2 * sizeof(*q)), *values = q + n;
	if (q == NULL)
		return refused(SJ_RESOURCE_EXHAUSTED, "sj_initialize: no memory for %lld numbers", (long long)n);
	sj_tensor *result = sj_nil();
	if (columns_draw(init, dtype, tall, wide, q)) {
		double gain = dtype == SJ_FLOAT32 ? (double)(float)init->a : init->a;
		orthonormalise(wide, tall, q);
		for (int64_t i = 0; i < rows; i++)
			for (int64_t j = 0; j < columns; j++) {
				double value = rows < columns ? q[i * tall + j] : q[j * tall + i];
				values[i * columns + j] = gain * (dtype == SJ_FLOAT32 ? (double)(float)value : value);
			}
		result = tensor_of_doubles(dtype, shape, values, n);
	}
	sj_memory_free(q);
	return result;
}

static sj_tensor *identity(const sj_initializer *init, sj_dtype dtype, sj_ints shape)
{
	int64_t rows, columns;
	if (shape.count != 2)
		return refused(SJ_INVALID_ARGUMENT, "sj_initialize: identity needs rank 2, the shape has rank %lld",
		               (long long)shape.count);
	if (!matrix_sizes(shape, &rows, &columns))
		return refused(SJ_INVALID_ARGUMENT, "sj_initialize: the shape of rank %lld overflows",
		               (long long)shape.count);
	double *values = sj_memory_new((size_t)(rows * columns) * sizeof(*values));
	if (values == NULL)
		return refused(SJ_RESOURCE_EXHAUSTED, "sj_initialize: no memory for %lld numbers",
		               (long long)(rows * columns));
	for (int64_t i = 0; i < rows; i++)
		for (int64_t j = 0; j < columns; j++)
			values[i * columns + j] = i == j ? init->a : 0;
	sj_tensor *result = tensor_of_doubles(dtype, shape, values, rows * columns);
	sj_memory_free(values);
	return result;
}

/* ---- all ---- */

static sj_tensor *constant(const sj_initializer *init, sj_dtype dtype, sj_ints shape)
{
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, sj_broadcast_to(sj_scalar(dtype, init->a), shape));
}

sj_tensor *sj_initialize(sj_initializer init, sj_dtype dtype, sj_ints shape)
{
	if (shape.count < 0 || shape.count > SJ_MAX_RANK || (shape.count > 0 && shape.data == NULL))
		return refused(SJ_INVALID_ARGUMENT, "sj_initialize: a shape of rank %lld", (long long)shape.count);
	for (int64_t i = 0; i < shape.count; i++)
		if (shape.data[i] < 0)
			return refused(SJ_INVALID_ARGUMENT,
			               "sj_initialize: a dimension of the shape is %lld; it must be >= 0",
			               (long long)shape.data[i]);
	if (shape.data == NULL)
		shape = SJ_SCALAR_SHAPE;
	if (init.kind == SJ_INIT_CONSTANT)
		return constant(&init, dtype, shape);
	if (dtype != SJ_FLOAT32 && dtype != SJ_FLOAT64) {
		sj_error_set(SJ_INVALID_ARGUMENT, "sj_initialize: dtype is %s; supported are float32, float64",
		             sj_dtype_name(dtype));
		return sj_nil();
	}
	sj_initializer usual = init.has_seed ? sj_init_seeded(sj_glorot_uniform(), init.seed) : sj_glorot_uniform();
	switch (init.kind) {
	case SJ_INIT_DEFAULT: return variance_scaling(&usual, dtype, shape);
	case SJ_INIT_UNIFORM: return uniform(&init, dtype, shape, init.a, init.b);
	case SJ_INIT_NORMAL:
		return sj_random_normal(shape, .mean = init.a, .stddev = SJ_GIVEN(init.b), .dtype = dtype,
		                        .seed = seed_of(&init));
	case SJ_INIT_TRUNCATED_NORMAL: return truncated(&init, dtype, shape, init.a, init.b);
	case SJ_INIT_VARIANCE_SCALING: return variance_scaling(&init, dtype, shape);
	case SJ_INIT_ORTHOGONAL: return orthogonal(&init, dtype, shape);
	case SJ_INIT_IDENTITY: return identity(&init, dtype, shape);
	default:
		return refused(SJ_INVALID_ARGUMENT, "sj_initialize: %lld is no kind of initializer",
		               (long long)init.kind);
	}
}

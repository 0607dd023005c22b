/*
 * Prints a hash of the bits of many results: every operation of the table that takes one or two float tensors and no more, contractions, convolutions,
 * poolings, random numbers. The same text on every processor and instruction set. Every NaN counts as the same one. The word given is the number of threads.
 */
#include <inttypes.h>
#include <math.h>
#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash;

static void hash_bytes(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * 1099511628211u;
}

static void hash_tensor(const sj_tensor *t)
{
	sj_dtype dtype = sj_tensor_dtype(t);
	const void *data = sj_tensor_data(t);
	int64_t n = sj_tensor_size(t);
	if (dtype == SJ_STRING)
		hash_bytes("text", 4);
	else if (dtype == SJ_FLOAT32)
		for (int64_t i = 0; i < n; i++)
			hash_bytes(isnan(((const float *)data)[i]) ? &(float){NAN} : (const float *)data + i, 4);
	else if (dtype == SJ_FLOAT64)
		for (int64_t i = 0; i < n; i++)
			hash_bytes(isnan(((const double *)data)[i]) ? &(double){NAN} : (const double *)data + i, 8);
	else
		hash_bytes(data, sj_tensor_bytes(t));
}

/* The operation on the inputs with all its defaults; what refuses them has no line. */
static void operation_print(const sj_op *op, int n, sj_tensor *const *inputs)
{
	sj_tensor *outputs[8];
	int n_outputs = sj_op_output_count(op);
	if (n_outputs < 1 || n_outputs > 8)
		return;
	hash = 14695981039346656037u;
	if (sj_execute(op, NULL, n, inputs, n_outputs, outputs) != SJ_OK)
		return;
	for (int i = 0; i < n_outputs; i++) {
		hash_tensor(outputs[i]);
		sj_free(outputs[i]);
	}
	printf("%s %s: %016" PRIx64 "\n", sj_op_name(op), sj_dtype_name(sj_tensor_dtype(inputs[0])), hash);
}

static void print(const char *what, const sj_tensor *t)
{
	hash = 14695981039346656037u;
	hash_tensor(t);
	printf("%s %s: %016" PRIx64 "\n", what, sj_dtype_name(sj_tensor_dtype(t)), hash);
}

static sj_tensor *numbers(sj_ints shape, sj_dtype dtype, double low, double high, int seed)
{
	return sj_random_uniform(shape, .minval = low, .maxval = SJ_GIVEN(high), .dtype = dtype,
	                         .seed = SJ_GIVEN(seed));
}

static void table_print(sj_dtype dtype)
{
	sj_tensor *inputs[] = {numbers(SJ_INTS(37, 37), dtype, -4, 4, 1),
	                       numbers(SJ_INTS(37, 37), dtype, 0.01, 0.99, 2)};
	for (int i = 0; i < sj_op_count(); i++) {
		const sj_op *op = sj_op_at(i);
		int n = sj_op_input_count(op);
		if (n < 1 || n > 2 || strstr(sj_op_name(op), "Random") != NULL)
			continue;
		operation_print(op, n, inputs);
		operation_print(op, n, (sj_tensor *[]){inputs[1], inputs[0]});
	}
}

static void contractions_print(sj_dtype dtype)
{
	static const int sizes[][3] = {{1, 1, 1},    {3, 5, 7},      {16, 20, 4},  {16, 16, 16},
	                               {33, 70, 65}, {130, 300, 96}, {1, 500, 37}, {200, 9, 1}};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const int *s = sizes[i];
		char name[64];
		snprintf(name, sizeof name, "product of %d by %d by %d", s[0], s[1], s[2]);
		print(name, sj_matmul(numbers(SJ_INTS(s[0], s[1]), dtype, -1, 1, 3),
		                      numbers(SJ_INTS(s[1], s[2]), dtype, -1, 1, 4)));
		print(name, sj_matmul(numbers(SJ_INTS(s[1], s[0]), dtype, -1, 1, 3),
		                      numbers(SJ_INTS(s[2], s[1]), dtype, -1, 1, 4), .transpose_a = true,
		                      .transpose_b = true));
	}
}

/* A convolution and what follows it in a network, with both gradients. */
static void convolution_print(sj_dtype dtype, int rows, int channels, int window, int filters, int stride)
{
	sj_tensor *x[] = {numbers(SJ_INTS(3, rows, rows, channels), dtype, -1, 1, 5),
	                  numbers(SJ_INTS(window, window, channels, filters), dtype, -1, 1, 6)};
	sj_tensor *gradients[2];
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x[0]);
	sj_tape_watch(tape, x[1]);
	sj_tensor *y = sj_relu(sj_conv2d(x[0], x[1], SJ_INTS(1, stride, stride, 1), .padding = SJ_PADDING_SAME));
	sj_tensor *pooled = sj_max_pool(y, SJ_INTS(1, 2, 2, 1), SJ_INTS(1, 2, 2, 1), .padding = SJ_PADDING_SAME);
	sj_tensor *loss = sj_sum(
		sj_square(sj_avg_pool(pooled, SJ_INTS(1, 2, 2, 1), SJ_INTS(1, 1, 1, 1), .padding = SJ_PADDING_VALID)));
	sj_gradient(tape, loss, 2, x, gradients);
	print("convolution", y);
	print("pooled", pooled);
	print("its loss", loss);
	print("gradient of the images", gradients[0]);
	print("gradient of the filters", gradients[1]);
}

int main(int argc, char **argv)
{
	static const sj_dtype dtypes[] = {SJ_FLOAT32, SJ_FLOAT64};
	sj_scope scope = sj_scope_begin();
	sj_set_random_seed(1);
	sj_set_threads(argc > 1 ? atoi(argv[1]) : 0);
	for (int i = 0; i < 2; i++) {
		print("uniform", numbers(SJ_INTS(1001), dtypes[i], 0, 1, 7));
		print("normal", sj_random_normal(SJ_INTS(1001), .dtype = dtypes[i], .seed = SJ_GIVEN(8)));
		table_print(dtypes[i]);
		contractions_print(dtypes[i]);
		convolution_print(dtypes[i], 12, 1, 5, 20, 1);
		convolution_print(dtypes[i], 9, 20, 5, 50, 1);
		convolution_print(dtypes[i], 14, 64, 3, 64, 1);
		convolution_print(dtypes[i], 15, 3, 7, 16, 2);
		convolution_print(dtypes[i], 7, 40, 1, 33, 1);
	}
	if (!sj_ok())
		printf("%s\n", sj_error_message());
	sj_scope_end(scope);
	return !sj_ok();
}

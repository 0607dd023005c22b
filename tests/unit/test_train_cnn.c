/*
 * Training against the real TensorFlow 1.8: five Adam steps of the convolutional network on MNIST, a softmax in the model and another
 * in the loss, from the same ten million weights through the same batches of 1,000. Also how much memory its step and its evaluation take.
 */
#include "train_support.h"

#include <stdlib.h>

#include <sokuji/gzip.h>

#include "base/memory.h"

enum { CNN_KERNELS = 5, CNN_VARIABLES = 10, CNN_STEPS = 5 };

static sj_tensor *loss_of(sj_tensor *outputs, sj_tensor *y)
{
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(10)), outputs));
}

static uint64_t splitmix64(uint64_t index)
{
	uint64_t z = (index + 1) * 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* reference.py's hashed_uniform: array `number` of a model, from -limit to limit. */
static sj_tensor *hashed_uniform(int number, sj_ints shape, float limit)
{
	int64_t n = 1;
	for (int i = 0; i < shape.count; i++)
		n *= shape.data[i];
	float *values = sj_memory_new(sizeof(*values) * (size_t)n);
	assert_non_null(values);
	for (int64_t i = 0; i < n; i++) {
		int64_t centred = (int64_t)(splitmix64(((uint64_t)number << 32) + (uint64_t)i) >> 40) - (1 << 23);
		values[i] = (float)centred * 0x1p-23f * limit;
	}
	sj_tensor *t = sj_tensor_new(SJ_FLOAT32, shape, values, sizeof(*values) * (size_t)n);
	sj_memory_free(values);
	return t;
}

static void cnn_weights_assign(sj_layer *model, sj_tensor *limits)
{
	sj_tensor *const *p = sj_layer_trainable(model);
	assert_int_equal(sj_layer_trainable_count(model), CNN_VARIABLES);
	for (int k = 0; k < CNN_KERNELS; k++) {
		sj_scope temporaries = sj_scope_begin();
		sj_ints shape = {sj_tensor_rank(p[2 * k]), sj_tensor_dims(p[2 * k])};
		sj_assign(p[2 * k], hashed_uniform(k, shape, (float)sj_tensor_item(limits, k)));
		assert_no_error();
		sj_scope_end(temporaries);
	}
}

static sj_tensor *cnn_images(sj_tensor *images, sj_tensor *rows)
{
	sj_tensor *x = sj_cast(sj_gather(images, rows), SJ_FLOAT32);
	return sj_div(sj_reshape(x, SJ_INTS(-1, 28, 28, 1)), sj_float(255));
}

/* The sampled elements of each kernel (or its gradient), in every second place of `tensors`. */
static void samples_check(const char *what, sj_tensor *const *tensors, sj_tensor *indices, sj_tensor *wanted,
                          double tolerance)
{
	for (int k = 0; k < CNN_KERNELS; k++) {
		sj_tensor *flat = sj_reshape(tensors[2 * k], SJ_INTS(-1));
		assert_close(what, sj_gather(flat, row_of(indices, k)), row_of(wanted, k), tolerance);
	}
}

/* TensorFlow sums the biases' gradients, of up to 576,000 elements, in float32. */
static void cnn_gradients_check(sj_npz *npz, sj_tensor *const *gradients)
{
	samples_check("first gradient", gradients, reference(npz, "sample_indices"),
	              reference(npz, "first_gradient_samples"), 1e-6);
	for (int k = 0; k < CNN_KERNELS; k++)
		assert_close("first bias gradient", gradients[2 * k + 1], reference(npz, "first_bias_gradient/%d", k),
		             1e-5);
}

static sj_layer *cnn_make(void)
{
	return sj_sequential_new(6, (sj_layer *[]){sj_conv2d_layer(20, 5, 5, .activation = SJ_RELU),
	                                           sj_conv2d_layer(50, 5, 5, .activation = SJ_RELU), sj_flatten_layer(),
	                                           sj_dense(500, .activation = SJ_RELU),
	                                           sj_dense(500, .activation = SJ_RELU),
	                                           sj_dense(10, .activation = SJ_SOFTMAX)});
}

/* One is enough for a sanitizer, under which each takes ten times as long. */
static int steps_wanted(void)
{
	const char *sanitizer = getenv("SOKUJI_SANITIZE");
	return sanitizer != NULL && sanitizer[0] != 0 ? 1 : CNN_STEPS;
}

static void cnn_steps(void **state)
{
	(void)state;
	int n_steps = steps_wanted();
	sj_scope scope = sj_scope_begin();
	sj_use_zlib();
	sj_npz *npz = reference_open("cnn_steps");
	sj_tensor *images = sj_idx_read("data/mnist/t10k-images-idx3-ubyte.gz");
	sj_tensor *labels = sj_cast(sj_idx_read("data/mnist/t10k-labels-idx1-ubyte.gz"), SJ_INT32);
	sj_tensor *batches = reference(npz, "batches"), *losses = reference(npz, "losses"),
		  *indices = reference(npz, "sample_indices");
	sj_tensor *first = cnn_images(images, sj_slice(batches, SJ_INTS(0, 0), SJ_INTS(1, 10)));
	sj_layer *model = cnn_make();
	sj_layer_call(model, first, false);
	cnn_weights_assign(model, reference(npz, "limits"));
	sj_tensor *const *p = sj_layer_trainable(model);
	samples_check("first weights", p, indices, reference(npz, "initial_samples"), 0);
	assert_close("first outputs", sj_layer_call(model, first, false), reference(npz, "initial_outputs"), 1e-6);
	sj_optimizer *adam = sj_adam_new(0.001);
	for (int step = 0; step < n_steps; step++) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *rows = row_of(batches, step), *gradients[CNN_VARIABLES];
		sj_tape *tape = sj_tape_begin();
		sj_tensor *loss = loss_of(sj_layer_call(model, cnn_images(images, rows), true),
		                          sj_gather(labels, rows));
		sj_gradient(tape, loss, CNN_VARIABLES, p, gradients);
		sj_optimizer_apply(adam, CNN_VARIABLES, p, gradients);
		assert_no_error();
		assert_near_number("loss", sj_item(loss), sj_tensor_item(losses, step), 1e-3);
		if (step == 0)
			cnn_gradients_check(npz, gradients);
		sj_scope_end(temporaries);
	}
	/*
	 * Adam makes a step of 0.001 of a gradient of any size, so that weights whose gradients are rounding errors part; five steps move
	 * a weight by at most 0.005. Of ten outputs that change from 0.1 to nearly 0 or 1, some are then on the steepest part.
	 */
	if (n_steps == CNN_STEPS) {
		samples_check("last weights", p, indices, reference(npz, "final_samples"), 1e-3);
		assert_close("last outputs", sj_layer_call(model, first, false), reference(npz, "final_outputs"), 0.03);
	}
	sj_optimizer_free(adam);
	sj_layer_free(model);
	sj_npz_close(npz);
	sj_scope_end(scope);
}

/* ---- memory ---- */

enum { IMAGES = 64, HIDDEN_1 = 24 * 24 * 20 * 4, HIDDEN_2 = 20 * 20 * 50 * 4 }; /* bytes of an image's results */

static void step_take(sj_layer *model, sj_optimizer *adam, sj_tensor *x, sj_tensor *y)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *gradients[CNN_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(sj_layer_call(model, x, true), y);
	sj_gradient(tape, loss, CNN_VARIABLES, sj_layer_trainable(model), gradients);
	sj_optimizer_apply(adam, CNN_VARIABLES, sj_layer_trainable(model), gradients);
	assert_no_error();
	sj_scope_end(scope);
}

/*
 * At the most the results of both convolutions are there, the gradient of the second's, and the first dense kernel's; of an evaluation
 * the results of both. The rest: what the kernels need besides, about 1 MiB a thread.
 */
static void cnn_memory_is_bounded(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_set_threads(2);
	sj_tensor *x = sj_random_uniform(SJ_INTS(IMAGES, 28, 28, 1)),
		  *y = sj_random_uniform_int(SJ_INTS(IMAGES), 0, 10);
	sj_layer *model = cnn_make();
	sj_optimizer *adam = sj_adam_new(0.001);
	step_take(model, adam, x, y);
	int64_t before = sj__memory_in_use(), kernel = 20 * 20 * 50 * 500 * 4, rest = 5 << 20;
	sj__memory_peak_reset();
	step_take(model, adam, x, y);
	assert_in_range(sj__memory_peak() - before, 0, IMAGES * (HIDDEN_1 + 2 * HIDDEN_2) + kernel + rest);
	sj__memory_peak_reset();
	sj_layer_call(model, x, false);
	assert_in_range(sj__memory_peak() - before, 0, IMAGES * (HIDDEN_1 + HIDDEN_2) + rest);
	assert_no_error();
	sj_set_threads(0);
	sj_optimizer_free(adam);
	sj_layer_free(model);
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cnn_steps), cmocka_unit_test(cnn_memory_is_bounded)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

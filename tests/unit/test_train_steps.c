/*
 * Training against the real TensorFlow 1.8: a hundred Adam steps of the iris network, from the same weights through the same batches.
 * Also that ten thousand steps need no more memory than one.
 */
#include "train_support.h"

#include <unistd.h>

#include "base/memory.h"

enum { IRIS_VARIABLES = 6, IRIS_STEPS = 100 };

/* ---- iris ---- */

static sj_tensor *iris_logits(sj_tensor *x, sj_tensor *const *p)
{
	sj_tensor *h = sj_relu(sj_add(sj_matmul(x, p[0]), p[1]));
	h = sj_relu(sj_add(sj_matmul(h, p[2]), p[3]));
	return sj_add(sj_matmul(h, p[4]), p[5]);
}

static sj_tensor *loss_of(sj_tensor *logits, sj_tensor *y)
{
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(3)), logits));
}

/* One step; the loss before it. */
static double iris_step(sj_optimizer *adam, sj_tensor *const *p, sj_tensor *x, sj_tensor *y, sj_tensor **gradients)
{
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(iris_logits(x, p), y);
	sj_gradient(tape, loss, IRIS_VARIABLES, p, gradients);
	sj_optimizer_apply(adam, IRIS_VARIABLES, p, gradients);
	assert_no_error();
	return sj_item(loss);
}

static void iris_variables(sj_npz *npz, sj_tensor **p)
{
	for (int i = 0; i < IRIS_VARIABLES; i++)
		p[i] = sj_variable_new(reference(npz, "initial/%d", i));
	assert_no_error();
}

static void iris_steps(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_npz *npz = reference_open("iris_steps");
	sj_tensor *p[IRIS_VARIABLES], *x = reference(npz, "x"), *y = reference(npz, "y");
	sj_tensor *batches = reference(npz, "batches"), *losses = reference(npz, "losses");
	iris_variables(npz, p);
	assert_close("first logits", iris_logits(x, p), reference(npz, "initial_logits"), 1e-6);
	sj_optimizer *adam = sj_adam_new(0.001);
	for (int step = 0; step < IRIS_STEPS; step++) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *rows = row_of(batches, step), *gradients[IRIS_VARIABLES];
		double loss = iris_step(adam, p, sj_gather(x, rows), sj_gather(y, rows), gradients);
		assert_near_number("loss", loss, sj_tensor_item(losses, step), 1e-4);
		for (int i = 0; step == 0 && i < IRIS_VARIABLES; i++)
			assert_close("first gradient", gradients[i], reference(npz, "first_gradient/%d", i), 1e-6);
		sj_scope_end(temporaries);
	}
	/* Adam turns a gradient's sign into a step of 0.001, so that weights whose gradient is next to 0 may part by some steps. */
	for (int i = 0; i < IRIS_VARIABLES; i++)
		assert_close("last weights", p[i], reference(npz, "final/%d", i), 1e-3);
	assert_close("last logits", iris_logits(x, p), reference(npz, "final_logits"), 1e-3);
	sj_optimizer_free(adam);
	for (int i = 0; i < IRIS_VARIABLES; i++)
		sj_free(p[i]);
	sj_npz_close(npz);
	sj_scope_end(scope);
}

/* The script that recorded the steps drew its weights after tf.set_random_seed(1). */
static void iris_first_weights(void **state)
{
	(void)state;
	static const int64_t sizes[][2] = {{4, 20}, {20, 20}, {20, 3}};
	sj_scope scope = sj_scope_begin();
	sj_npz *npz = reference_open("iris_steps");
	sj_set_random_seed(1);
	for (int i = 0; i < 3; i++) {
		sj_tensor *drawn = sj_truncated_normal(SJ_INTS(sizes[i][0], sizes[i][1]), .stddev = SJ_GIVEN(0.1));
		assert_close("weights", drawn, reference(npz, "initial/%d", 2 * i), 1e-7);
	}
	sj_clear_random_seed();
	sj_npz_close(npz);
	sj_scope_end(scope);
}

/* ---- memory ---- */

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
	__has_feature(thread_sanitizer)
enum { HAS_SANITIZER = 1 };
#else
enum { HAS_SANITIZER = 0 };
#endif

static int64_t resident_bytes(void)
{
	long pages = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld %ld", &pages, &resident), 2);
	fclose(file);
	return resident * (int64_t)sysconf(_SC_PAGESIZE);
}

static void iris_steps_run(int n, sj_optimizer *adam, sj_tensor *const *p, sj_tensor *x, sj_tensor *y,
                           sj_tensor *batches)
{
	for (int step = 0; step < n; step++) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *rows = row_of(batches, step % IRIS_STEPS), *gradients[IRIS_VARIABLES];
		iris_step(adam, p, sj_gather(x, rows), sj_gather(y, rows), gradients);
		sj_scope_end(temporaries);
	}
}

static void memory_is_constant(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_npz *npz = reference_open("iris_steps");
	sj_tensor *p[IRIS_VARIABLES], *x = reference(npz, "x"), *y = reference(npz, "y"),
				      *batches = reference(npz, "batches");
	iris_variables(npz, p);
	sj_optimizer *adam = sj_adam_new(0.001);
	iris_steps_run(100, adam, p, x, y, batches);
	int64_t in_use = sj__memory_in_use(), resident = resident_bytes();
	iris_steps_run(10000, adam, p, x, y, batches);
	assert_int_equal(sj__memory_in_use(), in_use);
	if (!HAS_SANITIZER) /* which keeps freed blocks for a while */
		assert_true(resident_bytes() - resident < 1 << 20);
	sj_optimizer_free(adam);
	for (int i = 0; i < IRIS_VARIABLES; i++)
		sj_free(p[i]);
	sj_npz_close(npz);
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iris_first_weights),
		cmocka_unit_test(iris_steps),
		cmocka_unit_test(memory_is_constant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

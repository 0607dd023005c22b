/*
 * The column's MNIST network: seconds of a training step on 1,000 images and of an evaluation of 8,000 at once, peak memory; JSON lines.
 * The images are random numbers: the work is the same.
 */
#include <sys/resource.h>

#include "bench.h"

enum { IMAGES = 8000, BATCH = 1000, STEPS = 3, EVALUATIONS = 1 };

#define STEP "training step of 1,000 images"
#define EVALUATION "evaluation of 8,000 images at once"

static sj_tensor *loss_of(sj_tensor *predicted, sj_tensor *y)
{
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(10)), predicted));
}

static double train_step(sj_layer *model, sj_optimizer *adam, sj_tensor *x, sj_tensor *y)
{
	int64_t begin = sj_clock_ns();
	sj_scope scope = sj_scope_begin();
	sj_tensor *rows = sj_slice(sj_permutation(IMAGES), SJ_INTS(0), SJ_INTS(BATCH)), *gradients[16];
	sj_tensor *batch_x = sj_gather(x, rows), *batch_y = sj_gather(y, rows);
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(sj_layer_call(model, batch_x, true), batch_y);
	sj_gradient(tape, loss, sj_layer_trainable_count(model), sj_layer_trainable(model), gradients);
	sj_optimizer_apply(adam, sj_layer_trainable_count(model), sj_layer_trainable(model), gradients);
	sj_scope_end(scope);
	return (double)(sj_clock_ns() - begin) * 1e-9;
}

static double evaluation(sj_layer *model, sj_tensor *x, sj_tensor *y)
{
	int64_t begin = sj_clock_ns();
	sj_scope scope = sj_scope_begin();
	sj_item(loss_of(sj_layer_call(model, x, false), y));
	sj_scope_end(scope);
	return (double)(sj_clock_ns() - begin) * 1e-9;
}

static double peak_mib(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

int main(void)
{
	double steps[STEPS], evaluations[EVALUATIONS], peak;
	sj_scope scope = sj_scope_begin();
	sj_set_random_seed(1);
	sj_tensor *x = sj_random_uniform(SJ_INTS(IMAGES, 28, 28, 1)),
		  *y = sj_random_uniform_int(SJ_INTS(IMAGES), 0, 10);
	sj_layer *model = sj_sequential_new(6, (sj_layer *[]){sj_conv2d_layer(20, 5, 5, .activation = SJ_RELU),
	                                                      sj_conv2d_layer(50, 5, 5, .activation = SJ_RELU),
	                                                      sj_flatten_layer(), sj_dense(500, .activation = SJ_RELU),
	                                                      sj_dense(500, .activation = SJ_RELU),
	                                                      sj_dense(10, .activation = SJ_SOFTMAX)});
	sj_optimizer *adam = sj_adam_new(0.001);
	train_step(model, adam, x, y);
	int n_steps = bench_is_brief() ? 1 : STEPS, n_evaluations = bench_is_brief() ? 1 : EVALUATIONS;
	for (int round = 0; bench_turn(STEP, round); round++) {
		for (int i = 0; i < n_steps; i++)
			steps[i] = train_step(model, adam, x, y);
		bench_show("cnn", STEP, "s", steps, n_steps);
	}
	peak = peak_mib();
	bench_show("cnn", "peak memory of training", "MiB", &peak, 1);
	evaluation(model, x, y);
	for (int round = 0; bench_turn(EVALUATION, round); round++) {
		for (int i = 0; i < n_evaluations; i++)
			evaluations[i] = evaluation(model, x, y);
		bench_show("cnn", EVALUATION, "s", evaluations, n_evaluations);
	}
	peak = peak_mib();
	bench_show("cnn", "peak memory", "MiB", &peak, 1);
	sj_layer_free(model);
	sj_optimizer_free(adam);
	sj_scope_end(scope);
	return bench_status();
}

/*
 * The column's iris network by hand: six variables, matrix products, a tape and Adam, all run eagerly.
 *
 * 	cc iris_lowlevel.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include "iris.h"

enum { HIDDEN = 20, BATCH = 16, N_VARIABLES = 6 };

static void model_make(sj_tensor **p)
{
	const int64_t sizes[][2] = {{IRIS_FEATURES, HIDDEN}, {HIDDEN, HIDDEN}, {HIDDEN, IRIS_CLASSES}};
	for (int i = 0; i < 3; i++) {
		p[2 * i] = sj_variable_new(
			sj_truncated_normal(SJ_INTS(sizes[i][0], sizes[i][1]), .stddev = SJ_GIVEN(0.1)));
		p[2 * i + 1] = sj_variable_new(sj_fill(SJ_INTS(sizes[i][1]), sj_float(0.1f)));
	}
}

static sj_tensor *predict(sj_tensor *x, sj_tensor *const *p)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *h = sj_relu(sj_add(sj_matmul(x, p[0]), p[1]));
	h = sj_relu(sj_add(sj_matmul(h, p[2]), p[3]));
	return sj_scope_return(scope, sj_add(sj_matmul(h, p[4]), p[5]));
}

static sj_tensor *loss_of(sj_tensor *logits, sj_tensor *y)
{
	sj_tensor *labels = sj_one_hot(y, SJ_INTS(IRIS_CLASSES));
	return sj_mean(sj_softmax_cross_entropy(labels, logits));
}

static void train_step(sj_optimizer *adam, sj_tensor *const *p, sj_tensor *x, sj_tensor *y)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *gradients[N_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(predict(x, p), y);
	sj_gradient(tape, loss, N_VARIABLES, p, gradients);
	sj_optimizer_apply(adam, N_VARIABLES, p, gradients);
	sj_scope_end(temporaries);
}

static void evaluate(sj_tensor *const *p, sj_tensor *x, sj_tensor *y, double *loss, double *accuracy)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *logits = predict(x, p);
	sj_tensor *hits = sj_equal(sj_argmax(logits, .axis = SJ_INTS(1), .output_type = SJ_INT32), y);
	*loss = sj_item(loss_of(logits, y));
	*accuracy = sj_item(sj_mean(sj_cast(hits, SJ_FLOAT32)));
	sj_scope_end(temporaries);
}

static void epoch_run(sj_optimizer *adam, sj_tensor *const *p, const iris_data *iris)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *order = sj_permutation(IRIS_TRAIN);
	for (int64_t i = 0; i < IRIS_TRAIN && sj_ok(); i += BATCH) {
		sj_tensor *rows = sj_slice(order, SJ_INTS(i), SJ_INTS(BATCH));
		train_step(adam, p, sj_gather(iris->train_x, rows), sj_gather(iris->train_y, rows));
	}
	sj_scope_end(temporaries);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 30);
	figures f = {0};
	sj_tensor *p[N_VARIABLES];
	sj_set_random_seed(o.seed);
	sj_scope scope = sj_scope_begin();
	iris_data iris = iris_load(o.data);
	model_make(p);
	sj_optimizer *adam = sj_adam_new(0.001);
	sj_progress *bar = o.quiet || !sj_ok() ? NULL : sj_progress_begin(o.epochs, NULL);
	for (long epoch = 1; epoch <= o.epochs && sj_ok(); epoch++) {
		epoch_run(adam, p, &iris);
		evaluate(p, iris.train_x, iris.train_y, &f.train_loss, &f.train_accuracy);
		evaluate(p, iris.valid_x, iris.valid_y, &f.valid_loss, &f.valid_accuracy);
		if (epoch % 5 == 0)
			figures_show(bar, epoch, f);
		sj_progress_update(bar, 1);
	}
	int status = training_end(bar, f);
	sj_optimizer_free(adam);
	for (int i = 0; i < N_VARIABLES; i++)
		sj_free(p[i]);
	sj_scope_end(scope);
	return status;
}

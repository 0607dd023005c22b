/*
 * The column's iris network from layers: three Dense layers in a Sequential, trained eagerly by Adam.
 *
 * 	cc iris_layers.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include "iris.h"

enum { HIDDEN = 20, BATCH = 16, MOST_VARIABLES = 8 };

static sj_layer *model_make(void)
{
	sj_layer *layers[] = {
		sj_dense(HIDDEN, .activation = SJ_RELU),
		sj_dense(HIDDEN, .activation = SJ_RELU),
		sj_dense(IRIS_CLASSES),
	};
	return sj_sequential_new(3, layers);
}

static sj_tensor *loss_of(sj_tensor *logits, sj_tensor *y)
{
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(IRIS_CLASSES)), logits));
}

static void train_step(sj_optimizer *adam, sj_layer *model, sj_tensor *x, sj_tensor *y)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *gradients[MOST_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(sj_layer_call(model, x, true), y);
	int n = sj_layer_trainable_count(model);
	sj_gradient(tape, loss, n, sj_layer_trainable(model), gradients);
	sj_optimizer_apply(adam, n, sj_layer_trainable(model), gradients);
	sj_scope_end(temporaries);
}

static void evaluate(sj_layer *model, sj_tensor *x, sj_tensor *y, double *loss, double *accuracy)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *logits = sj_layer_call(model, x, false);
	sj_tensor *hits = sj_equal(sj_argmax(logits, .axis = SJ_INTS(1), .output_type = SJ_INT32), y);
	*loss = sj_item(loss_of(logits, y));
	*accuracy = sj_item(sj_mean(sj_cast(hits, SJ_FLOAT32)));
	sj_scope_end(temporaries);
}

static void epoch_run(sj_optimizer *adam, sj_layer *model, const iris_data *iris)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *order = sj_permutation(IRIS_TRAIN);
	for (int64_t i = 0; i < IRIS_TRAIN && sj_ok(); i += BATCH) {
		sj_tensor *rows = sj_slice(order, SJ_INTS(i), SJ_INTS(BATCH));
		train_step(adam, model, sj_gather(iris->train_x, rows), sj_gather(iris->train_y, rows));
	}
	sj_scope_end(temporaries);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 30);
	figures f = {0};
	sj_set_random_seed(o.seed);
	sj_scope scope = sj_scope_begin();
	iris_data iris = iris_load(o.data);
	sj_layer *model = model_make();
	sj_optimizer *adam = sj_adam_new(0.001);
	sj_progress *bar = o.quiet || !sj_ok() ? NULL : sj_progress_begin(o.epochs, NULL);
	for (long epoch = 1; epoch <= o.epochs && sj_ok(); epoch++) {
		epoch_run(adam, model, &iris);
		evaluate(model, iris.train_x, iris.train_y, &f.train_loss, &f.train_accuracy);
		evaluate(model, iris.valid_x, iris.valid_y, &f.valid_loss, &f.valid_accuracy);
		if (epoch % 5 == 0)
			figures_show(bar, epoch, f);
		sj_progress_update(bar, 1);
	}
	int status = training_end(bar, f);
	sj_optimizer_free(adam);
	sj_layer_free(model);
	sj_scope_end(scope);
	return status;
}

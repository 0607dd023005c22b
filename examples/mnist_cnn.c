/*
 * The column's convolutional network on the 10,000 MNIST test images: two convolutions, three dense layers, trained eagerly by Adam.
 * As in the column, a softmax ends the model and another one begins the loss, which makes the network slow to start.
 *
 * 	cc mnist_cnn.c $(pkg-config --cflags --libs sokuji sokuji-io sokuji-plot) && ./a.out --seed 1 --pictures pictures
 */
#include <sokuji/gzip.h>
#include <sokuji/plot.h>
#include <sys/stat.h>

#include "options.h"

enum { SIDE = 28, CLASSES = 10, BATCH = 1000, MOST_VARIABLES = 10, SHOWN = 30 };

typedef struct mnist_data {
	sj_tensor *images, *labels; /* (10000, 28, 28) uint8, (10000) int32 */
	sj_tensor *train, *valid;   /* numbers of the images to learn from (80 %) and to check with */
} mnist_data;

static mnist_data mnist_load(const char *folder)
{
	sj_use_zlib();
	sj_tensor *images = sj_idx_read(path_of(folder, "mnist/t10k-images-idx3-ubyte.gz").text);
	sj_tensor *labels = sj_idx_read(path_of(folder, "mnist/t10k-labels-idx1-ubyte.gz").text);
	int64_t n = sj_ok() ? sj_tensor_dim(images, 0) : 0, n_train = n * 8 / 10;
	sj_tensor *order = sj_permutation(n);
	return (mnist_data){images, sj_cast(labels, SJ_INT32), sj_slice(order, SJ_INTS(0), SJ_INTS(n_train)),
	                    sj_slice(order, SJ_INTS(n_train), SJ_INTS(-1))};
}

static sj_layer *model_make(void)
{
	sj_layer *layers[] = {
		sj_conv2d_layer(20, 5, 5, .activation = SJ_RELU),
		sj_conv2d_layer(50, 5, 5, .activation = SJ_RELU),
		sj_flatten_layer(),
		sj_dense(500, .activation = SJ_RELU),
		sj_dense(500, .activation = SJ_RELU),
		sj_dense(CLASSES, .activation = SJ_SOFTMAX),
	};
	return sj_sequential_new(6, layers);
}

/* Up to a batch of rows from row i on. */
static sj_tensor *batch_at(sj_tensor *rows, int64_t i)
{
	int64_t rest = sj_tensor_size(rows) - i;
	return sj_slice(rows, SJ_INTS(i), SJ_INTS(rest < BATCH ? rest : BATCH));
}

/* (n, 28, 28, 1), from 0 to 1. */
static sj_tensor *images_of(const mnist_data *mnist, sj_tensor *rows)
{
	sj_tensor *x = sj_cast(sj_gather(mnist->images, rows), SJ_FLOAT32);
	return sj_div(sj_reshape(x, SJ_INTS(-1, SIDE, SIDE, 1)), sj_float(255));
}

/* A loss for each example. */
static sj_tensor *losses_of(sj_tensor *outputs, sj_tensor *y)
{
	return sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(CLASSES)), outputs);
}

static sj_tensor *classes_of(sj_tensor *outputs)
{
	return sj_argmax(outputs, .axis = SJ_INTS(1), .output_type = SJ_INT32);
}

static void train_step(sj_optimizer *adam, sj_layer *model, const mnist_data *mnist, sj_tensor *rows)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *x = images_of(mnist, rows), *y = sj_gather(mnist->labels, rows), *gradients[MOST_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = sj_mean(losses_of(sj_layer_call(model, x, true), y));
	int n = sj_layer_trainable_count(model);
	sj_gradient(tape, loss, n, sj_layer_trainable(model), gradients);
	sj_optimizer_apply(adam, n, sj_layer_trainable(model), gradients);
	sj_scope_end(temporaries);
}

static void epoch_run(sj_optimizer *adam, sj_layer *model, const mnist_data *mnist, sj_progress *bar)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *rows = sj_random_shuffle(mnist->train);
	for (int64_t i = 0; i < sj_tensor_size(rows) && sj_ok(); i += BATCH) {
		train_step(adam, model, mnist, batch_at(rows, i));
		sj_progress_update(bar, 1);
	}
	sj_scope_end(temporaries);
}

/* In batches, so that memory stays small. counts: of (label, prediction), or NULL. */
static void evaluate(sj_layer *model, const mnist_data *mnist, sj_tensor *rows, double *ret_loss, double *ret_accuracy,
                     int64_t *counts)
{
	sj_mean_metric loss = {0}, accuracy = {0};
	for (int64_t i = 0; i < sj_tensor_size(rows) && sj_ok(); i += BATCH) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *batch = batch_at(rows, i), *y = sj_gather(mnist->labels, batch);
		sj_tensor *outputs = sj_layer_call(model, images_of(mnist, batch), false);
		sj_tensor *predicted = classes_of(outputs);
		sj_mean_add(&loss, losses_of(outputs, y));
		sj_accuracy_add(&accuracy, y, predicted);
		if (counts != NULL)
			sj_confusion_add(counts, CLASSES, y, predicted);
		sj_scope_end(temporaries);
	}
	*ret_loss = sj_mean_result(&loss);
	*ret_accuracy = sj_mean_result(&accuracy);
}

static void confusion_draw(sj_layer *model, const mnist_data *mnist, const char *folder)
{
	int64_t counts[CLASSES * CLASSES] = {0};
	double cells[CLASSES * CLASSES], loss, accuracy;
	evaluate(model, mnist, mnist->valid, &loss, &accuracy, counts);
	for (int i = 0; i < CLASSES * CLASSES; i++)
		cells[i] = (double)counts[i];
	sj_plot_heat_map(path_of(folder, "confusion.png").text, CLASSES, CLASSES, cells,
	                 &(sj_heat_map_options){.size = sizeof(sj_heat_map_options),
	                                        .x_title = "predicted",
	                                        .y_title = "label"});
}

static void digits_draw(sj_layer *model, const mnist_data *mnist, const char *folder)
{
	sj_scope temporaries = sj_scope_begin();
	char captions[SHOWN][40];
	const char *texts[SHOWN];
	bool wrong[SHOWN];
	sj_tensor *rows = sj_slice(mnist->valid, SJ_INTS(0), SJ_INTS(SHOWN)), *y = sj_gather(mnist->labels, rows);
	sj_tensor *predicted = classes_of(sj_layer_call(model, images_of(mnist, rows), false));
	for (int i = 0; i < SHOWN && sj_ok(); i++) {
		int label = (int)sj_tensor_item(y, i), prediction = (int)sj_tensor_item(predicted, i);
		snprintf(captions[i], sizeof(captions[i]), "y: %d\npred: %d", label, prediction);
		texts[i] = captions[i];
		wrong[i] = label != prediction;
	}
	sj_plot_image_grid_bytes(path_of(folder, "digits.png").text, SHOWN, SIDE, SIDE, 1,
	                         sj_tensor_data(sj_gather(mnist->images, rows)),
	                         &(sj_image_grid_options){.size = sizeof(sj_image_grid_options),
	                                                  .captions = texts,
	                                                  .wrong = wrong});
	sj_scope_end(temporaries);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 5);
	figures f = {0};
	sj_set_random_seed(o.seed);
	sj_scope scope = sj_scope_begin();
	mnist_data mnist = mnist_load(o.data);
	sj_layer *model = model_make();
	sj_optimizer *adam = sj_adam_new(0.001);
	int64_t steps = (sj_tensor_size(mnist.train) + BATCH - 1) / BATCH * o.epochs;
	sj_progress *bar = o.quiet || !sj_ok() ? NULL : sj_progress_begin(steps, NULL);
	for (long epoch = 1; epoch <= o.epochs && sj_ok(); epoch++) {
		epoch_run(adam, model, &mnist, bar);
		evaluate(model, &mnist, mnist.train, &f.train_loss, &f.train_accuracy, NULL);
		evaluate(model, &mnist, mnist.valid, &f.valid_loss, &f.valid_accuracy, NULL);
		figures_show(bar, epoch, f);
	}
	if (o.pictures != NULL && sj_ok()) {
		mkdir(o.pictures, 0777);
		confusion_draw(model, &mnist, o.pictures);
		digits_draw(model, &mnist, o.pictures);
	}
	int status = training_end(bar, f);
	sj_optimizer_free(adam);
	sj_layer_free(model);
	sj_scope_end(scope);
	return status;
}

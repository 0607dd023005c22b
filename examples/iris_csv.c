/*
 * TensorFlow's eager tutorial on iris: a dataset reads a file line by line, parses, shuffles and batches; gradient descent trains on it.
 *
 * 	cc iris_csv.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include "options.h"

enum { FEATURES = 4, CLASSES = 3, HIDDEN = 10, BATCH = 32, BUFFER = 1000, MOST_VARIABLES = 6 };

/* "6.4,2.8,5.6,2.2,2": four features, (4) float32, and a label, () int32. */
static void line_parse(void *context, int n_inputs, sj_tensor *const *line, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *fields[FEATURES + 1], *defaults[FEATURES + 1];
	(void)context, (void)n_inputs, (void)n_outputs;
	for (int i = 0; i < FEATURES; i++)
		defaults[i] = sj_float(0);
	defaults[FEATURES] = sj_int(0); /* the defaults say the fields' types */
	sj_decode_csv(line[0], FEATURES + 1, defaults, FEATURES + 1, fields);
	ret_outputs[0] = sj_ok() ? sj_stack(FEATURES, fields) : sj_nil();
	ret_outputs[1] = sj_ok() ? fields[FEATURES] : sj_nil();
}

static sj_dataset *flowers(const char *file)
{
	sj_dataset *d = sj_dataset_text_lines(1, &file);
	d = sj_dataset_skip(d, 1); /* a line of counts */
	d = sj_dataset_map(d, 2, line_parse, NULL, NULL);
	d = sj_dataset_shuffle(d, BUFFER);
	return sj_dataset_batch(d, BATCH);
}

static sj_tensor *loss_of(sj_layer *model, sj_tensor *x, sj_tensor *y)
{
	return sj_loss_sparse_softmax_cross_entropy(y, sj_layer_call(model, x, true));
}

static void train_step(sj_optimizer *descent, sj_layer *model, sj_tensor *x, sj_tensor *y)
{
	sj_tensor *gradients[MOST_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(model, x, y);
	int n = sj_layer_trainable_count(model);
	sj_gradient(tape, loss, n, sj_layer_trainable(model), gradients);
	sj_optimizer_apply(descent, n, sj_layer_trainable(model), gradients);
}

/* One pass over the data. As in the tutorial, each batch counts with what the model says about it after its step. */
static void epoch_run(sj_optimizer *descent, sj_layer *model, sj_dataset *data, sj_mean_metric *loss,
                      sj_mean_metric *accuracy)
{
	sj_tensor *batch[2];
	sj_iterator *iterator = sj_dataset_begin(data);
	while (sj_iterator_next(iterator, batch)) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *x = batch[0], *y = batch[1];
		train_step(descent, model, x, y);
		sj_mean_add(loss, loss_of(model, x, y));
		sj_tensor *logits = sj_layer_call(model, x, false);
		sj_accuracy_add(accuracy, y, sj_argmax(logits, .axis = SJ_INTS(1), .output_type = SJ_INT32));
		sj_scope_end(temporaries);
	}
	sj_iterator_free(iterator);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 201);
	figures f = {0};
	sj_set_random_seed(o.seed);
	sj_dataset *data = flowers(path_of(o.data, "iris/iris_training.csv").text);
	sj_layer *model = sj_sequential_new(3,
	                                    (sj_layer *[]){sj_dense(HIDDEN, .activation = SJ_RELU),
	                                                   sj_dense(HIDDEN, .activation = SJ_RELU), sj_dense(CLASSES)});
	sj_optimizer *descent = sj_gradient_descent_new(0.01);
	for (long epoch = 0; epoch < o.epochs && sj_ok(); epoch++) {
		sj_mean_metric loss = {0}, accuracy = {0};
		epoch_run(descent, model, data, &loss, &accuracy);
		f.train_loss = sj_mean_result(&loss);
		f.train_accuracy = sj_mean_result(&accuracy);
		if (epoch % 50 == 0 && !o.quiet && sj_ok())
			printf("Epoch %03ld: Loss: %.3f, Accuracy: %.3f%%\n", epoch, f.train_loss,
			       100 * f.train_accuracy);
	}
	if (o.quiet && sj_ok())
		printf("%.6f %.6f\n", f.train_loss, f.train_accuracy);
	sj_optimizer_free(descent);
	sj_layer_free(model);
	sj_dataset_free(data);
	return error_show();
}

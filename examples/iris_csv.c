/*
 * The iris network fed from its files line by line, in constant memory: a dataset reads, parses, shuffles, batches and works ahead on a
 * thread of its own.
 *
 * 	cc iris_csv.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include "options.h"

enum { FEATURES = 4, CLASSES = 3, HIDDEN = 10, BATCH = 32, SHUFFLE_BUFFER = 1000, MOST_VARIABLES = 8 };

/* "6.4,2.8,5.6,2.2,2" becomes four features and a label. */
static void parse_line(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	size_t length;
	const char *line = sj_tensor_string(inputs[0], 0, &length);
	sj_tensor *row = sj_reshape(sj_csv_parse(line, length), SJ_INTS(FEATURES + 1));
	ret_outputs[0] = sj_slice(row, SJ_INTS(0), SJ_INTS(FEATURES));
	ret_outputs[1] = sj_cast(sj_reshape(sj_slice(row, SJ_INTS(FEATURES), SJ_INTS(1)), SJ_SCALAR_SHAPE), SJ_INT32);
	(void)context, (void)n_inputs, (void)n_outputs;
}

static sj_dataset *flowers(const char *folder, const char *name)
{
	path file = path_of(folder, name);
	sj_dataset *d = sj_dataset_text_lines(1, (const char *[]){file.text});
	return sj_dataset_map(sj_dataset_skip(d, 1), 2, parse_line, NULL, NULL);
}

static sj_tensor *loss_of(sj_tensor *logits, sj_tensor *y)
{
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(CLASSES)), logits));
}

static void train_step(sj_optimizer *sgd, sj_layer *model, sj_tensor *x, sj_tensor *y)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *gradients[MOST_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(sj_layer_call(model, x, true), y);
	int n = sj_layer_trainable_count(model);
	sj_gradient(tape, loss, n, sj_layer_trainable(model), gradients);
	sj_optimizer_apply(sgd, n, sj_layer_trainable(model), gradients);
	sj_scope_end(temporaries);
}

static void epoch_run(sj_optimizer *sgd, sj_layer *model, sj_dataset *batches)
{
	sj_tensor *batch[2];
	sj_iterator *iterator = sj_dataset_begin(batches);
	while (sj_iterator_next(iterator, batch))
		train_step(sgd, model, batch[0], batch[1]);
	sj_iterator_free(iterator);
}

/* All of a dataset as one batch. */
static void evaluate(sj_layer *model, sj_dataset *all, double *ret_loss, double *ret_accuracy)
{
	sj_tensor *batch[2];
	sj_iterator *iterator = sj_dataset_begin(all);
	if (sj_iterator_next(iterator, batch)) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *logits = sj_layer_call(model, batch[0], false);
		sj_tensor *hits = sj_equal(sj_argmax(logits, .axis = SJ_INTS(1), .output_type = SJ_INT32), batch[1]);
		*ret_loss = sj_item(loss_of(logits, batch[1]));
		*ret_accuracy = sj_item(sj_mean(sj_cast(hits, SJ_FLOAT32)));
		sj_scope_end(temporaries);
	}
	sj_iterator_free(iterator);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 50);
	figures f = {0};
	sj_set_random_seed(o.seed);
	sj_scope scope = sj_scope_begin();
	sj_dataset *train = flowers(o.data, "iris/iris_training.csv");
	sj_dataset *batches = sj_dataset_batch(sj_dataset_shuffle(sj_dataset_keep(train), SHUFFLE_BUFFER), BATCH);
	batches = sj_dataset_prefetch(batches, 1);
	sj_dataset *all_train = sj_dataset_cache(sj_dataset_batch(train, INT64_MAX));
	sj_dataset *all_valid = sj_dataset_cache(sj_dataset_batch(flowers(o.data, "iris/iris_test.csv"), INT64_MAX));
	sj_layer *model = sj_sequential_new(3, (sj_layer *[]){
		sj_dense(HIDDEN, .activation = SJ_RELU), sj_dense(HIDDEN, .activation = SJ_RELU), sj_dense(CLASSES)});
	sj_optimizer *sgd = sj_sgd_new(0.01);
	sj_progress *bar = o.quiet || !sj_ok() ? NULL : sj_progress_begin(o.epochs, NULL);
	for (long epoch = 1; epoch <= o.epochs && sj_ok(); epoch++) {
		epoch_run(sgd, model, batches);
		evaluate(model, all_train, &f.train_loss, &f.train_accuracy);
		evaluate(model, all_valid, &f.valid_loss, &f.valid_accuracy);
		if (epoch % 5 == 0)
			figures_show(bar, epoch, f);
		sj_progress_update(bar, 1);
	}
	int status = training_end(bar, f);
	sj_optimizer_free(sgd);
	sj_layer_free(model);
	sj_dataset_free(batches);
	sj_dataset_free(all_train);
	sj_dataset_free(all_valid);
	sj_scope_end(scope);
	return status;
}

/*
 * A network whose path an ordinary `if` chooses on every call: with a coin's toss the hidden values pass through one more layer.
 * A variable that the path leaves out gets no gradient (NULL), and the optimizer leaves it alone.
 *
 * 	cc iris_dynamic.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include "iris.h"

enum { HIDDEN = 20, BATCH = 16, MOST_VARIABLES = 8 };

typedef struct network {
	sj_layer *fc1, *fc2, *fc2_2, *fc3;
	sj_tensor *variables[MOST_VARIABLES]; /* of all four layers, whichever path is taken */
} network;

static void network_make(network *net)
{
	const int64_t in[] = {IRIS_FEATURES, HIDDEN, HIDDEN, HIDDEN};
	sj_layer *layers[] = {sj_dense(HIDDEN), sj_dense(HIDDEN), sj_dense(HIDDEN), sj_dense(IRIS_CLASSES)};
	for (int i = 0; i < 4; i++) {
		sj_layer_build(layers[i], SJ_INTS(BATCH, in[i]));
		for (int k = 0; k < 2 && sj_ok(); k++)
			net->variables[2 * i + k] = sj_layer_trainable(layers[i])[k];
	}
	net->fc1 = layers[0], net->fc2 = layers[1], net->fc2_2 = layers[2], net->fc3 = layers[3];
}

static sj_tensor *predict(const network *net, sj_tensor *x)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *h = sj_relu(sj_layer_call(net->fc1, x, true));
	h = sj_relu(sj_layer_call(net->fc2, h, true));
	if (sj_item(sj_random_normal(SJ_SCALAR_SHAPE)) > 0)
		h = sj_relu(sj_layer_call(net->fc2_2, h, true));
	return sj_scope_return(scope, sj_layer_call(net->fc3, h, true));
}

static sj_tensor *loss_of(sj_tensor *logits, sj_tensor *y)
{
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(IRIS_CLASSES)), logits));
}

static void train_step(sj_optimizer *adam, const network *net, sj_tensor *x, sj_tensor *y)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *gradients[MOST_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(predict(net, x), y);
	sj_gradient(tape, loss, MOST_VARIABLES, net->variables, gradients);
	sj_optimizer_apply(adam, MOST_VARIABLES, net->variables, gradients);
	sj_scope_end(temporaries);
}

static void evaluate(const network *net, sj_tensor *x, sj_tensor *y, double *loss, double *accuracy)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *logits = predict(net, x);
	sj_tensor *hits = sj_equal(sj_argmax(logits, .axis = SJ_INTS(1), .output_type = SJ_INT32), y);
	*loss = sj_item(loss_of(logits, y));
	*accuracy = sj_item(sj_mean(sj_cast(hits, SJ_FLOAT32)));
	sj_scope_end(temporaries);
}

static void epoch_run(sj_optimizer *adam, const network *net, const iris_data *iris)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *order = sj_permutation(IRIS_TRAIN);
	for (int64_t i = 0; i < IRIS_TRAIN && sj_ok(); i += BATCH) {
		sj_tensor *rows = sj_slice(order, SJ_INTS(i), SJ_INTS(BATCH));
		train_step(adam, net, sj_gather(iris->train_x, rows), sj_gather(iris->train_y, rows));
	}
	sj_scope_end(temporaries);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 30);
	figures f = {0};
	network net;
	sj_set_random_seed(o.seed);
	sj_scope scope = sj_scope_begin();
	iris_data iris = iris_load(o.data);
	network_make(&net);
	sj_optimizer *adam = sj_adam_new(0.001);
	sj_progress *bar = o.quiet || !sj_ok() ? NULL : sj_progress_begin(o.epochs, NULL);
	for (long epoch = 1; epoch <= o.epochs && sj_ok(); epoch++) {
		epoch_run(adam, &net, &iris);
		evaluate(&net, iris.train_x, iris.train_y, &f.train_loss, &f.train_accuracy);
		evaluate(&net, iris.valid_x, iris.valid_y, &f.valid_loss, &f.valid_accuracy);
		if (epoch % 5 == 0)
			figures_show(bar, epoch, f);
		sj_progress_update(bar, 1);
	}
	int status = training_end(bar, f);
	sj_optimizer_free(adam);
	sj_layer_free(net.fc1);
	sj_layer_free(net.fc2);
	sj_layer_free(net.fc2_2);
	sj_layer_free(net.fc3);
	sj_scope_end(scope);
	return status;
}

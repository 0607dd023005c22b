/*
 * The column's iris network as a graph: defined once with placeholders whose batch is open, then run by a session.
 *
 * 	cc iris_graph.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include "iris.h"

enum { HIDDEN = 20, BATCH = 16, N_VARIABLES = 6 };

typedef struct network {
	sj_graph *graph;
	sj_tensor *variables[N_VARIABLES];
	sj_tensor *feeds[2];   /* x, y */
	sj_tensor *fetches[2]; /* loss, accuracy */
	sj_node *train_step;
} network;

static sj_tensor *full(network *net, int layer, sj_tensor *x, int64_t n_inputs, int64_t n_outputs)
{
	sj_tensor **p = net->variables + (ptrdiff_t)2 * layer;
	p[0] = sj_variable_new(sj_truncated_normal(SJ_INTS(n_inputs, n_outputs), .stddev = SJ_GIVEN(0.1)));
	p[1] = sj_variable_new(sj_fill(SJ_INTS(n_outputs), sj_float(0.1f)));
	return sj_add(sj_matmul(x, p[0]), p[1]);
}

/* Nothing is computed here: each call on a placeholder, or on what came of one, appends a node. */
static void network_define(network *net, sj_optimizer *adam)
{
	net->graph = sj_graph_new();
	sj_tensor *x = net->feeds[0] = sj_placeholder(net->graph, SJ_FLOAT32, SJ_INTS(-1, IRIS_FEATURES), "x");
	sj_tensor *y = net->feeds[1] = sj_placeholder(net->graph, SJ_INT32, SJ_INTS(-1), "y");
	sj_tensor *h = sj_relu(full(net, 0, x, IRIS_FEATURES, HIDDEN));
	h = sj_relu(full(net, 1, h, HIDDEN, HIDDEN));
	sj_tensor *logits = full(net, 2, h, HIDDEN, IRIS_CLASSES), *gradients[N_VARIABLES];
	sj_tensor *loss = sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(IRIS_CLASSES)), logits));
	sj_tensor *hits = sj_equal(sj_argmax(logits, .axis = SJ_INTS(1), .output_type = SJ_INT32), y);
	net->fetches[0] = loss;
	net->fetches[1] = sj_mean(sj_cast(hits, SJ_FLOAT32));
	sj_graph_gradients(net->graph, 1, &loss, NULL, N_VARIABLES, net->variables, 0, NULL, gradients);
	sj_optimizer_apply(adam, N_VARIABLES, net->variables, gradients);
	net->train_step = sj_graph_node(net->graph, sj_graph_size(net->graph) - 1);
}

/* The status of a run does not stick by itself. */
static void check(sj_status status)
{
	if (status != SJ_OK && sj_ok())
		sj_error_set(status, "%s", sj_error_message());
}

static void epoch_run(sj_session *session, const network *net, const iris_data *iris)
{
	sj_scope temporaries = sj_scope_begin();
	sj_tensor *order = sj_permutation(IRIS_TRAIN);
	for (int64_t i = 0; i < IRIS_TRAIN && sj_ok(); i += BATCH) {
		sj_tensor *rows = sj_slice(order, SJ_INTS(i), SJ_INTS(BATCH));
		sj_tensor *values[] = {sj_gather(iris->train_x, rows), sj_gather(iris->train_y, rows)};
		check(sj_session_run(session, 2, net->feeds, values, 0, NULL, 1, &net->train_step, NULL));
	}
	sj_scope_end(temporaries);
}

static void evaluate(sj_session *session, const network *net, sj_tensor *x, sj_tensor *y, double *loss,
                     double *accuracy)
{
	sj_tensor *values[] = {x, y}, *results[2];
	sj_status status = sj_ok() ? sj_session_run(session, 2, net->feeds, values, 2, net->fetches, 0, NULL, results)
	                           : sj_error_code();
	check(status);
	if (status != SJ_OK)
		return;
	*loss = sj_item(results[0]);
	*accuracy = sj_item(results[1]);
	sj_free(results[0]);
	sj_free(results[1]);
}

int main(int argc, char **argv)
{
	options o = options_read(argc, argv, 30);
	figures f = {0};
	network net = {0};
	sj_set_random_seed(o.seed);
	sj_scope scope = sj_scope_begin();
	iris_data iris = iris_load(o.data);
	sj_optimizer *adam = sj_adam_new(0.001);
	network_define(&net, adam);
	sj_session *session = sj_session_new(net.graph);
	sj_progress *bar = o.quiet || !sj_ok() ? NULL : sj_progress_begin(o.epochs, NULL);
	for (long epoch = 1; epoch <= o.epochs && sj_ok(); epoch++) {
		epoch_run(session, &net, &iris);
		evaluate(session, &net, iris.train_x, iris.train_y, &f.train_loss, &f.train_accuracy);
		evaluate(session, &net, iris.valid_x, iris.valid_y, &f.valid_loss, &f.valid_accuracy);
		if (epoch % 5 == 0)
			figures_show(bar, epoch, f);
		sj_progress_update(bar, 1);
	}
	int status = training_end(bar, f);
	sj_session_free(session);
	sj_graph_free(net.graph);
	sj_optimizer_free(adam);
	for (int i = 0; i < N_VARIABLES; i++)
		sj_free(net.variables[i]);
	sj_scope_end(scope);
	return status;
}

/*
 * How time grows: with the batch, a layer's width, the number of operations on a tape and the number of nodes of a graph. Each point is a JSON
 * line, and so is the exponent between the first and the last: 1 where theory says a straight line, 2 for the width.
 */
#include <math.h>
#include <string.h>

#include "bench.h"

enum { ROUNDS = 7, POINTS = 4 };

typedef double series(int64_t n); /* microseconds */

static double since(int64_t begin) { return (double)(sj_clock_ns() - begin) * 1e-3; }

/* One step of a layer: forward, gradients by inputs and weights. */
static double layer_us(int64_t batch, int64_t width)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_random_uniform(SJ_INTS(batch, width)), *w = sj_random_uniform(SJ_INTS(width, width)), *d[2];
	int64_t begin = sj_clock_ns();
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tape_watch(tape, w);
	sj_gradient(tape, sj_sum(sj_relu(sj_matmul(x, w))), 2, (sj_tensor *[]){x, w}, d);
	double us = since(begin);
	sj_scope_end(scope);
	return us;
}

static double by_batch(int64_t n) { return layer_us(n, 512); }
static double by_width(int64_t n) { return layer_us(512, n); }

/* A chain of small operations on a tape, and its gradient. */
static double by_operations(int64_t n)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(10), sj_float(1)), *y = x, *d;
	int64_t begin = sj_clock_ns();
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	for (int64_t i = 0; i < n; i++)
		y = sj_tanh(y);
	sj_gradient(tape, y, 1, &x, &d);
	double us = since(begin);
	sj_scope_end(scope);
	return us;
}

/* Building a graph, planning its first run and running it. */
static double by_nodes(int64_t n)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *value = sj_fill(SJ_INTS(2, 2), sj_float(1)), *result;
	int64_t begin = sj_clock_ns();
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2, 2), "x"), *y = x;
	for (int64_t i = 0; i < n; i++)
		y = sj_neg(y);
	sj_session *session = sj_session_new(graph);
	if (sj_session_run(session, 1, &x, &value, 1, &y, 0, NULL, &result) == SJ_OK)
		sj_free(result);
	sj_session_free(session);
	sj_graph_free(graph);
	double us = since(begin);
	sj_scope_end(scope);
	return us;
}

/* The first run of a graph and its second one, in which it is written down for its shapes and optimised. */
static double start_us(sj_graph *graph, sj_tensor *x, sj_tensor *value, sj_tensor *y, sj_node *target)
{
	sj_tensor *result;
	int64_t begin = sj_clock_ns();
	sj_session *session = sj_session_new(graph);
	for (int i = 0; i < 2; i++)
		if (sj_session_run(session, 1, &x, &value, 1, &y, target != NULL, &target, &result) == SJ_OK)
			sj_free(result);
	double us = since(begin);
	sj_session_free(session);
	return us;
}

static double by_nodes_of_a_chain(int64_t n)
{
	sj_scope scope = sj_scope_begin();
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 2), "x"), *y = x;
	for (int64_t i = 0; i < n; i++)
		y = sj_neg(y);
	double us = start_us(graph, x, sj_fill(SJ_INTS(2, 2), sj_float(1)), y, NULL);
	sj_graph_free(graph);
	sj_scope_end(scope);
	return us;
}

/* Products that do not need one another, and their sum. */
static double by_nodes_side_by_side(int64_t n)
{
	enum { MOST = 64000 };
	static sj_tensor *parts[MOST];
	sj_scope scope = sj_scope_begin();
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 2), "x"), *y;
	for (int64_t i = 0; i < n / 2 && i < MOST; i++)
		parts[i] = sj_mul(x, sj_float((float)i));
	sj_execute(sj_op_find("AddN"), NULL, (int)(n / 2), parts, 1, &y);
	double us = start_us(graph, x, sj_fill(SJ_INTS(2, 2), sj_float(1)), sj_scope_own(y), NULL);
	sj_graph_free(graph);
	sj_scope_end(scope);
	return us;
}

/* Layers with their gradients and Adam: about eleven nodes a layer. */
static double by_nodes_of_a_network(int64_t n)
{
	enum { MOST = 6000 };
	static sj_tensor *v[2 * MOST], *d[2 * MOST];
	sj_scope scope = sj_scope_begin();
	sj_graph *graph = sj_graph_new();
	sj_optimizer *adam = sj_adam_new(0.01);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 3), "x"), *y = x;
	int n_layers = (int)(n / 11);
	for (int i = 0; i < n_layers; i++) {
		v[2 * i] = sj_variable_new(sj_fill(SJ_INTS(3, 3), sj_float(0.1f)));
		v[2 * i + 1] = sj_variable_new(sj_fill(SJ_INTS(3), sj_float(0.1f)));
		y = sj_relu(sj_add(sj_matmul(y, v[2 * i]), v[2 * i + 1]));
	}
	y = sj_mean(sj_square(y));
	sj_graph_gradients(graph, 1, &y, NULL, 2 * n_layers, v, 0, NULL, d);
	sj_optimizer_apply(adam, 2 * n_layers, v, d);
	sj_node *step = sj_graph_node(graph, sj_graph_size(graph) - 1);
	double us = start_us(graph, x, sj_fill(SJ_INTS(4, 3), sj_float(1)), y, step);
	sj_graph_free(graph);
	sj_optimizer_free(adam);
	for (int i = 0; i < 2 * n_layers; i++)
		sj_free(v[i]);
	sj_scope_end(scope);
	return us;
}

static const struct {
	const char *name;
	series *run;
	int64_t sizes[POINTS];
} all[] = {
	{"layer of 512, by the batch", by_batch, {128, 256, 512, 1024}},
	{"batch of 512, by the layer's width", by_width, {128, 256, 512, 1024}},
	{"tape, by the number of operations", by_operations, {1000, 4000, 16000, 64000}},
	{"graph and first run, by the number of nodes", by_nodes, {1000, 4000, 16000, 64000}},
	{"optimised start of a chain, by nodes", by_nodes_of_a_chain, {1000, 10000, 20000, 40000}},
	{"optimised start of parallel nodes", by_nodes_side_by_side, {1000, 10000, 20000, 40000}},
	{"optimised start of a network's training", by_nodes_of_a_network, {1000, 10000, 20000, 40000}},
};

static void show(int s)
{
	double figures[ROUNDS], medians[POINTS];
	char name[128];
	for (int p = 0; p < POINTS; p++) {
		int64_t size = bench_is_brief() ? all[s].sizes[p] / 32 : all[s].sizes[p];
		for (int i = 0; i < ROUNDS; i++)
			figures[i] = all[s].run(size);
		snprintf(name, sizeof(name), "%s: %lld", all[s].name, (long long)all[s].sizes[p]);
		bench_show("growth", name, "us", figures, ROUNDS);
		medians[p] = figures[ROUNDS / 2];
	}
	double wider = (double)all[s].sizes[POINTS - 1] / (double)all[s].sizes[0];
	double exponent = log(medians[POINTS - 1] / medians[0]) / log(wider);
	snprintf(name, sizeof(name), "%s: exponent", all[s].name);
	bench_show("growth", name, "", &exponent, 1);
}

int main(void)
{
	for (int s = 0; s < (int)(sizeof(all) / sizeof(all[0])); s++)
		show(s);
	return bench_status();
}

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

static const struct {
	const char *name;
	series *run;
	int64_t sizes[POINTS];
} all[] = {
	{"layer of 512, by the batch", by_batch, {128, 256, 512, 1024}},
	{"batch of 512, by the layer's width", by_width, {128, 256, 512, 1024}},
	{"tape, by the number of operations", by_operations, {1000, 4000, 16000, 64000}},
	{"graph and first run, by the number of nodes", by_nodes, {1000, 4000, 16000, 64000}},
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

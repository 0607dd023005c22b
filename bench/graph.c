/* Graphs: a call of a traced function beside the same operation run eagerly, and making a plan of many nodes; the median of several rounds, each a JSON line. */
#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 15, CALLS = 20000, NODES = 10000 };

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void show(const char *name, const char *unit, double *figures)
{
	qsort(figures, ROUNDS, sizeof(figures[0]), ascending);
	printf("{\"workload\": \"graph\", \"name\": \"%s\", \"unit\": \"%s\", \"median\": %.1f, \"low\": %.1f, \"high\": %.1f}\n",
	       name, unit, figures[ROUNDS / 2], figures[0], figures[ROUNDS - 1]);
}

static double call_ns(sj_concrete_function *f, sj_tensor *x)
{
	const sj_op *matmul = sj_op_find("MatMul");
	sj_tensor *inputs[] = {x, x}, *y;
	int64_t begin = sj_clock_ns();
	for (int i = 0; i < CALLS; i++) {
		if (f != NULL)
			sj_concrete_function_call(f, 1, &x, 1, &y);
		else
			sj_execute(matmul, NULL, 2, inputs, 1, &y);
		sj_free(y);
	}
	return (double)(sj_clock_ns() - begin) / CALLS;
}

static void show_calls(sj_tensor *x)
{
	double ns[ROUNDS];
	sj_graph *graph = sj_graph_new();
	sj_tensor *p = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2, 2), "x"), *y = sj_matmul(p, p);
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &p, 1, &y);
	for (int with_function = 0; with_function < 2 && f != NULL; with_function++) {
		for (int i = 0; i < ROUNDS; i++)
			ns[i] = call_ns(with_function ? f : NULL, x);
		show(with_function ? "function: matmul 2x2" : "eager: matmul 2x2", "ns", ns);
	}
	sj_concrete_function_free(f);
	sj_graph_free(graph);
}

/* The first run makes the plan; what running costs is the second's time. */
static void show_plan(sj_tensor *value)
{
	double ms[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		sj_scope scope = sj_scope_begin();
		sj_graph *graph = sj_graph_new();
		sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2, 2), "x"), *y = x, *result;
		for (int n = 0; n < NODES; n++)
			y = sj_neg(y);
		sj_session *session = sj_session_new(graph);
		int64_t times[3] = {sj_clock_ns()};
		for (int run = 1; run < 3 && sj_ok(); run++) {
			if (sj_session_run(session, 1, &x, &value, 1, &y, 0, NULL, &result) == SJ_OK)
				sj_free(result);
			times[run] = sj_clock_ns();
		}
		ms[i] = (double)(times[1] - times[0] - (times[2] - times[1])) / 1e6;
		sj_session_free(session);
		sj_graph_free(graph);
		sj_scope_end(scope);
	}
	show("plan of 10,000 nodes", "ms", ms);
}

int main(void)
{
	float values[] = {1, 2, 3, 4};
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values);
	show_calls(x);
	show_plan(x);
	if (!sj_ok())
		fprintf(stderr, "%s\n", sj_error_message());
	int status = sj_ok() ? 0 : 1;
	sj_scope_end(scope);
	return status;
}

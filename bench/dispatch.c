/*
 * Cost of one small operation from C, in nanoseconds: the median of several rounds, each a JSON line.
 * dispatch NAME N runs one of them N times and prints nothing: for counting instructions.
 */
#include <string.h>

#include "bench.h"

enum { ROUNDS = 15, CALLS = 100 };

/* What the work is done with. */
typedef struct things {
	sj_tensor *matrix, *scalar, *vector, *variable;
	sj_concrete_function *function;
} things;

typedef struct work {
	const char *name;
	void (*run)(const things *t, int n);
	bool has_tape; /* that watches matrix and scalar */
	int n_calls;   /* of a round */
} work;

static void matmul(const things *t, int n)
{
	for (int i = 0; i < n; i++)
		sj_matmul(t->matrix, t->matrix);
}

static void add(const things *t, int n)
{
	for (int i = 0; i < n; i++)
		sj_add(t->scalar, t->scalar);
}

static void square(const things *t, int n)
{
	for (int i = 0; i < n; i++)
		sj_square(t->matrix);
}

/* x*x + x and its gradient, for a vector of 10. */
static void gradient(const things *t, int n)
{
	sj_tensor *x = t->vector, *dx;
	for (int i = 0; i < n; i++) {
		sj_tape *tape = sj_tape_begin();
		sj_tape_watch(tape, x);
		sj_gradient(tape, sj_add(sj_mul(x, x), x), 1, &x, &dx);
	}
}

static void from_list(const things *t, int n)
{
	static const float values[] = {1, 2, 3, 4};
	(void)t;
	for (int i = 0; i < n; i++)
		sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values);
}

static void to_number(const things *t, int n)
{
	for (int i = 0; i < n; i++)
		sj_item(t->scalar);
}

static void read_variable(const things *t, int n)
{
	for (int i = 0; i < n; i++)
		sj_variable_read(t->variable);
}

static void call_function(const things *t, int n)
{
	sj_tensor *x = t->matrix, *y;
	for (int i = 0; i < n; i++)
		if (sj_concrete_function_call(t->function, 1, &x, 1, &y) == SJ_OK)
			sj_free(y);
}

static const work works[] = {
	{"matmul 2x2", matmul, false, 30000},
	{"add of scalars", add, false, 30000},
	{"x*x+x and gradient", gradient, false, 5000},
	{"tensor from a list", from_list, false, 30000},
	{"scalar to a number", to_number, false, 30000},
	{"read a variable", read_variable, false, 30000},
	{"function call: matmul 2x2", call_function, false, 30000},
	{"matmul 2x2 with tape", matmul, true, 30000},
	{"add of scalars with tape", add, true, 30000},
	{"square 2x2 with tape", square, true, 30000},
};
enum { N_WORKS = sizeof(works) / sizeof(works[0]) };

/* In scopes of CALLS calls: what is made lives as long as in a training step. */
static void run(const work *w, const things *t, int n)
{
	for (int done = 0; done < n; done += CALLS) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = w->has_tape ? sj_tape_begin() : NULL;
		if (tape != NULL) {
			sj_tape_watch(tape, t->matrix);
			sj_tape_watch(tape, t->scalar);
		}
		w->run(t, n - done < CALLS ? n - done : CALLS);
		sj_tape_free(tape);
		sj_scope_end(scope);
	}
}

static void measure(const work *w, const things *t)
{
	double ns[ROUNDS];
	int n = bench_is_brief() ? CALLS : w->n_calls;
	for (int i = 0; i < ROUNDS; i++) {
		int64_t begin = sj_clock_ns();
		run(w, t, n);
		ns[i] = (double)(sj_clock_ns() - begin) / n;
	}
	bench_show("overhead", w->name, "ns", ns, ROUNDS);
}

int main(int argc, char **argv)
{
	static const float values[] = {1, 2, 3, 4};
	if (argc > 2)
		sj_set_threads(1);
	sj_scope scope = sj_scope_begin();
	things t = {.matrix = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values), .scalar = sj_float(2)};
	t.vector = sj_fill(SJ_INTS(10), t.scalar);
	t.variable = sj_variable_new(t.matrix);
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2, 2), "x"), *y = sj_matmul(x, x);
	t.function = sj_concrete_function_new(graph, 1, &x, 1, &y);
	for (int i = 0; i < N_WORKS; i++)
		if (argc < 3)
			for (int round = 0; bench_turn(works[i].name, round); round++)
				measure(&works[i], &t);
		else if (strcmp(argv[1], works[i].name) == 0)
			run(&works[i], &t, atoi(argv[2]));
	sj_concrete_function_free(t.function);
	sj_graph_free(graph);
	sj_scope_end(scope);
	return bench_status();
}

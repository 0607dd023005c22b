/*
 * The same work done eagerly, as a function and as a graph that a session runs: chains of 1 to 12 operations of several sizes, alone, under tapes, with gradients,
 * nested, with variables and as training steps. Calls calls_mark before and after each stretch of work, where calls.py has Callgrind write down what it has counted.
 *
 * 	calls count ROUNDS [PATTERN]   one line for each case and way, in the order of the marks
 * 	calls time MILLISECONDS [PATTERN]   medians of the times, the ways in alternation
 */
#include <string.h>

#include "bench.h"

enum { VARIABLES = 2, WARM_CALLS = 8, ALTERNATIONS = 15 };

typedef enum way { EAGER, FUNCTION, SESSION, N_WAYS } way;
static const char *const way_names[] = {"eager", "function", "session"};

/* What a chain of operations is made of. */
typedef struct work {
	const char *size;
	int rank, n_ops;
	int64_t dims[4];
	bool has_variables;
	sj_tensor *x, *variables[VARIABLES];
	sj_optimizer *optimizer;
	sj_function *nested; /* called in the chain's place; NULL: none */
} work;

/* Fills the outputs from the input; what it is called with and on differs by the way. */
typedef void body(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs);

typedef struct mode {
	const char *name;
	body *inside;                            /* what becomes the function, or the graph */
	void (*around)(work *w, sj_function *f); /* with f in the place of `inside`; NULL: it is called as it is */
	bool has_variables, is_nested, has_session;
} mode;

/* ---- chains ---- */

static sj_tensor *link(const work *w, int i, sj_tensor *h, sj_tensor *x)
{
	sj_tensor *other = w->has_variables ? w->variables[i / 2 % VARIABLES] : x;
	if (w->rank == 4 && i % 4 == 0)
		return sj_conv2d(h, w->variables[0], .padding = SJ_PADDING_SAME);
	switch (i % 4) {
	case 0: return sj_mul(h, other);
	case 1: return w->rank == 4 ? sj_relu(h) : sj_add(h, other);
	case 2: return w->rank == 4 ? sj_add(h, x) : sj_tanh(h);
	default: return w->rank == 2 ? sj_matmul(h, other) : sj_sub(h, x);
	}
}

static void chain(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	const work *w = context;
	sj_tensor *h = inputs[0];
	(void)n_outputs;
	if (w->nested != NULL) {
		sj_function_call(w->nested, n_inputs, inputs, ret_outputs);
		return;
	}
	for (int i = 0; i < w->n_ops; i++)
		h = link(w, i, h, inputs[0]);
	ret_outputs[0] = h;
}

static void chain_call(work *w, sj_function *f, sj_tensor *x, sj_tensor **y)
{
	if (f != NULL)
		sj_function_call(f, 1, &x, y);
	else
		chain(w, 1, &x, 1, y);
}

static void with_gradient(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *x = inputs[0];
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	chain(context, n_inputs, inputs, n_outputs, ret_outputs);
	sj_gradient(tape, ret_outputs[0], 1, &x, ret_outputs);
}

static void update(work *w, sj_tape *tape, sj_tensor *loss)
{
	sj_tensor *gradients[VARIABLES];
	int n = w->n_ops < 4 || w->rank == 4 ? 1 : VARIABLES;
	sj_gradient(tape, loss, n, w->variables, gradients);
	sj_optimizer_apply(w->optimizer, n, w->variables, gradients);
}

static void step(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tape *tape = sj_tape_begin();
	chain(context, n_inputs, inputs, n_outputs, ret_outputs);
	ret_outputs[0] = sj_sum(sj_square(ret_outputs[0]));
	update(context, tape, ret_outputs[0]);
}

/* ---- what is done with them eagerly ---- */

static void recorded(work *w, sj_function *f)
{
	sj_tensor *y;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, w->x);
	chain_call(w, f, w->x, &y);
	sj_tape_free(tape);
}

static void gradient(work *w, sj_function *f)
{
	sj_tensor *y, *dx;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, w->x);
	chain_call(w, f, w->x, &y);
	sj_gradient(tape, y, 1, &w->x, &dx);
}

static void variables_gradient(work *w, sj_function *f)
{
	sj_tensor *y, *gradients[VARIABLES];
	sj_tape *tape = sj_tape_begin();
	chain_call(w, f, w->x, &y);
	sj_gradient(tape, y, VARIABLES, w->variables, gradients);
}

static void second_gradient(work *w, sj_function *f)
{
	sj_tensor *y, *dx, *ddx;
	sj_tape *outer = sj_tape_begin(), *inner;
	sj_tape_watch(outer, w->x);
	inner = sj_tape_begin();
	sj_tape_watch(inner, w->x);
	chain_call(w, f, w->x, &y);
	sj_gradient(inner, y, 1, &w->x, &dx);
	if (dx != NULL)
		sj_gradient(outer, dx, 1, &w->x, &ddx);
}

static void calls_in_a_row(work *w, sj_function *f)
{
	sj_tensor *h = w->x, *dx;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, w->x);
	for (int i = 0; i < 3; i++)
		chain_call(w, f, h, &h);
	sj_gradient(tape, h, 1, &w->x, &dx);
}

static void step_around(work *w, sj_function *f)
{
	sj_tensor *y;
	sj_tape *tape = sj_tape_begin();
	chain_call(w, f, w->x, &y);
	update(w, tape, sj_sum(sj_square(y)));
}

static const mode modes[] = {
	{"plain", chain, NULL, false, false, true},
	{"recorded", chain, recorded, false, false, false},
	{"gradient", chain, gradient, false, false, false},
	{"calls in a row", chain, calls_in_a_row, false, false, false},
	{"gradient inside", with_gradient, NULL, false, false, true},
	{"second gradient", chain, second_gradient, false, false, false},
	{"nested", chain, NULL, false, true, true},
	{"nested gradient", chain, gradient, false, true, false},
	{"variables", chain, NULL, true, false, true},
	{"variables' gradient", chain, variables_gradient, true, false, false},
	{"step", chain, step_around, true, false, false},
	{"step inside", step, NULL, true, false, true},
};

static const work sizes[] = {
	{.size = "scalar", .rank = 0},
	{.size = "2x2", .rank = 2, .dims = {2, 2}},
	{.size = "10", .rank = 1, .dims = {10}},
	{.size = "64x64", .rank = 2, .dims = {64, 64}},
	{.size = "1000x1000", .rank = 2, .dims = {1000, 1000}},
	{.size = "conv", .rank = 4, .dims = {4, 8, 8, 4}},
};

static const int counts[] = {1, 2, 3, 4, 6, 8, 12};

/* ---- one case ---- */

typedef struct ways {
	work w, traced; /* the second is what the function and the graph are made of */
	const mode *m;
	sj_function *function;
	sj_graph *graph;
	sj_session *session;
	sj_tensor *feed, *fetch;
	sj_node *target;
} ways;

static sj_ints shape_of(const work *w) { return (sj_ints){w->rank, w->dims}; }

static sj_tensor *small(sj_ints shape) { return sj_random_normal(shape, .stddev = SJ_GIVEN(0.1), .seed = SJ_GIVEN(1)); }

static void graph_make(ways *c)
{
	c->graph = sj_graph_new();
	c->feed = sj_placeholder(c->graph, SJ_FLOAT32, shape_of(&c->w), "x");
	sj_graph_begin(c->graph);
	c->m->inside(&c->traced, 1, &c->feed, 1, &c->fetch);
	sj_graph_end();
	if (c->m->inside == step)
		c->target = sj_graph_node(c->graph, sj_graph_size(c->graph) - 1);
	c->session = sj_session_new(c->graph);
}

static void ways_make(ways *c, const work *w, const mode *m, int n_ops)
{
	*c = (ways){.w = *w, .m = m};
	c->w.n_ops = n_ops;
	c->w.has_variables = m->has_variables;
	c->w.x = small(shape_of(w));
	for (int i = 0; i < VARIABLES; i++)
		c->w.variables[i] = sj_variable_new(small(w->rank == 4 ? SJ_INTS(3, 3, 4, 4) : shape_of(w)));
	c->w.optimizer = sj_gradient_descent_new(0.001);
	c->traced = c->w;
	if (m->is_nested)
		c->traced.nested = sj_function_new(chain, &c->w, 1);
	if (m->has_session)
		graph_make(c);
	c->function = sj_function_new(m->inside, &c->traced, 1);
}

static void ways_free(ways *c)
{
	sj_session_free(c->session);
	sj_graph_free(c->graph);
	sj_function_free(c->function);
	sj_function_free(c->traced.nested);
	sj_optimizer_free(c->w.optimizer);
	for (int i = 0; i < VARIABLES; i++)
		sj_free(c->w.variables[i]);
}

static bool has_way(const ways *c, way by) { return by != SESSION || c->session != NULL; }

static void once(ways *c, way by)
{
	sj_tensor *y;
	sj_scope scope = sj_scope_begin();
	if (by == SESSION) {
		sj_status status = sj_session_run(c->session, 1, &c->feed, &c->w.x, 1, &c->fetch, c->target != NULL,
		                                  &c->target, &y);
		if (status == SJ_OK)
			sj_free(y);
		else
			sj_error_set(status, "%s", sj_error_message());
	} else if (c->m->around != NULL) {
		c->m->around(&c->w, by == FUNCTION ? c->function : NULL);
	} else if (by == FUNCTION) {
		sj_function_call(c->function, 1, &c->w.x, &y);
	} else {
		c->m->inside(&c->w, 1, &c->w.x, 1, &y);
	}
	sj_scope_end(scope);
}

/* Callgrind dumps its counts whenever this is entered. */
__attribute__((noinline, visibility("default"))) void calls_mark(void) { __asm__ volatile("" ::: "memory"); }

static void name_show(const ways *c, way by)
{
	printf("%s|%s|%d|%s|", c->m->name, c->w.size, c->w.n_ops, way_names[by]);
}

static void count(ways *c, int n_rounds)
{
	for (way by = EAGER; by < N_WAYS; by++) {
		if (!has_way(c, by))
			continue;
		for (int i = 0; i < WARM_CALLS; i++)
			once(c, by);
		name_show(c, by);
		printf("%d\n", n_rounds);
		calls_mark();
		for (int i = 0; i < n_rounds; i++)
			once(c, by);
		calls_mark();
	}
}

static void stretch(ways *c, way by, int n, double *ret_ns)
{
	int64_t begin = sj_clock_ns();
	for (int i = 0; i < n; i++)
		once(c, by);
	*ret_ns = (double)(sj_clock_ns() - begin) / n;
}

static void measure(ways *c, double budget_ns)
{
	double ns[N_WAYS][ALTERNATIONS];
	for (int i = 0; i < WARM_CALLS; i++)
		for (way by = EAGER; by < N_WAYS; by++)
			if (has_way(c, by))
				stretch(c, by, 1, &ns[by][0]);
	int n = (int)(budget_ns / N_WAYS / ALTERNATIONS / ns[EAGER][0]) + 1;
	for (int i = 0; i < ALTERNATIONS; i++)
		for (way by = EAGER; by < N_WAYS; by++)
			if (has_way(c, by))
				stretch(c, by, n, &ns[by][i]);
	for (way by = EAGER; by < N_WAYS; by++)
		if (has_way(c, by)) {
			qsort(ns[by], ALTERNATIONS, sizeof(ns[by][0]), bench_ascending);
			name_show(c, by);
			printf("%.0f\n", ns[by][ALTERNATIONS / 2]);
		}
}

/* Whether every word of the pattern (words are parted by |) is one of the case's: mode, size or number of operations. */
static bool is_wanted(const char *pattern, const mode *m, const work *w, int n_ops)
{
	char name[128], word[64];
	snprintf(name, sizeof(name), "|%s|%s|%d|", m->name, w->size, n_ops);
	for (const char *at = pattern; at != NULL && *at != '\0';) {
		size_t n = strcspn(at, "|");
		snprintf(word, sizeof(word), "|%.*s|", (int)n, at);
		if (strstr(name, word) == NULL)
			return false;
		at += at[n] == '|' ? n + 1 : n;
	}
	return true;
}

int main(int argc, char **argv)
{
	enum { N_MODES = sizeof(modes) / sizeof(modes[0]), N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };
	bool counts_only = argc > 1 && strcmp(argv[1], "count") == 0;
	double budget = argc > 2 ? atof(argv[2]) : 1;
	sj_set_threads(1);
	for (int m = 0; m < N_MODES; m++)
		for (int s = 0; s < N_SIZES; s++)
			for (size_t n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
				if (!is_wanted(argc > 3 ? argv[3] : NULL, &modes[m], &sizes[s], counts[n]))
					continue;
				sj_scope scope = sj_scope_begin();
				ways c;
				ways_make(&c, &sizes[s], &modes[m], counts[n]);
				if (counts_only)
					count(&c, (int)budget);
				else
					measure(&c, budget * 1e6);
				ways_free(&c);
				sj_scope_end(scope);
			}
	return bench_status();
}

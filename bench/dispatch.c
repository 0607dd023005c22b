/* Cost of one eager operation from C, in nanoseconds: the median of several rounds, each a JSON line. */
#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 15, SCOPES = 300, CALLS = 100 };

typedef sj_tensor *operation(sj_tensor *x);

static sj_tensor *matmul(sj_tensor *x) { return sj_matmul(x, x); }
static sj_tensor *add(sj_tensor *x) { return sj_add(x, x); }
static sj_tensor *square(sj_tensor *x) { return sj_square(x); }

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double round_ns(operation *run, sj_tensor *x, bool with_tape)
{
	int64_t begin = sj_clock_ns();
	for (int s = 0; s < SCOPES; s++) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = with_tape ? sj_tape_begin() : NULL;
		if (tape != NULL)
			sj_tape_watch(tape, x);
		for (int i = 0; i < CALLS; i++)
			run(x);
		sj_tape_free(tape);
		sj_scope_end(scope);
	}
	return (double)(sj_clock_ns() - begin) / (SCOPES * CALLS);
}

static void show(const char *name, operation *run, sj_tensor *x, bool with_tape)
{
	double ns[ROUNDS];
	for (int i = 0; i < ROUNDS; i++)
		ns[i] = round_ns(run, x, with_tape);
	qsort(ns, ROUNDS, sizeof(ns[0]), ascending);
	printf("{\"workload\": \"dispatch\", \"name\": \"%s%s\", \"unit\": \"ns\", \"median\": %.1f, \"low\": %.1f, \"high\": %.1f}\n",
	       name, with_tape ? " with tape" : "", ns[ROUNDS / 2], ns[0], ns[ROUNDS - 1]);
}

/* x*x + x and its gradient, for a vector of 10. */
static double gradient_ns(sj_tensor *x)
{
	int64_t begin = sj_clock_ns();
	for (int i = 0; i < 5000; i++) {
		sj_tensor *dx;
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = sj_tape_begin();
		sj_tape_watch(tape, x);
		sj_gradient(tape, sj_add(sj_mul(x, x), x), 1, &x, &dx);
		sj_scope_end(scope);
	}
	return (double)(sj_clock_ns() - begin) / 5000;
}

static void show_gradient(sj_tensor *x)
{
	double ns[ROUNDS];
	for (int i = 0; i < ROUNDS; i++)
		ns[i] = gradient_ns(x);
	qsort(ns, ROUNDS, sizeof(ns[0]), ascending);
	printf("{\"workload\": \"dispatch\", \"name\": \"x*x+x and gradient\", \"unit\": \"ns\", \"median\": %.1f, \"low\": %.1f, \"high\": %.1f}\n",
	       ns[ROUNDS / 2], ns[0], ns[ROUNDS - 1]);
}

int main(void)
{
	float values[] = {1, 2, 3, 4};
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values), *scalar = sj_float(2);
	show("matmul 2x2", matmul, x, false);
	show("matmul 2x2", matmul, x, true);
	show("add of scalars", add, scalar, false);
	show("add of scalars", add, scalar, true);
	show("square 2x2", square, x, true);
	show_gradient(sj_fill(SJ_INTS(10), scalar));
	sj_scope_end(scope);
	return sj_ok() ? 0 : 1;
}

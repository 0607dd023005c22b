/* Functions called while a tape records: eager's gradients to the bit, whatever is followed, asked for, nested or gone by then. */
#include "failing_allocations.h"
#include "graph_support.h"
#include "scope_fixture.h"

#include <pthread.h>
#include <string.h>

enum { CALLS = 6, POOL = 64, OUTPUTS = 3, INPUTS = 2, SOURCES = 5, WIDTH = 3 };

/* What a random expression reads beside its inputs: a row, a matrix, and a matrix that no tape follows by itself. */
static sj_tensor *variables[3];
static _Thread_local uint64_t draws;
static uint64_t seed_now;

static int draw(int n)
{
	draws = draws * 6364136223846793005u + 1442695040888963407u;
	return (int)((draws >> 33) % (uint64_t)n);
}

static void variables_make(void)
{
	for (int i = 0; i < 3; i++) {
		sj_tensor *value = sj_random_normal(i == 0 ? SJ_INTS(WIDTH) : SJ_INTS(WIDTH, WIDTH),
		                                    .seed = SJ_GIVEN(seed_now + (uint64_t)i));
		variables[i] = sj_variable_new_named(value, NULL, i < 2);
	}
}

static void variables_free(void)
{
	for (int i = 0; i < 3; i++)
		sj_free(variables[i]);
}

static sj_tensor *next(sj_tensor *a, sj_tensor *b)
{
	switch (draw(14)) {
	case 0: return sj_tanh(a);
	case 1: return sj_relu(a);
	case 2: return sj_mul(a, b);
	case 3: return sj_add(a, a);
	case 4: return sj_mul(a, a);
	case 5: return sj_sub(b, a);
	case 6: return sj_add(a, variables[0]);
	case 7: return sj_matmul(a, variables[1 + draw(2)]);
	case 8: return sj_reshape(sj_transpose(sj_transpose(a)), SJ_INTS(-1, WIDTH));
	case 9: return sj_stop_gradient(a);
	case 10: return sj_add(a, sj_mean(b, .axis = SJ_INTS(0), .keep_dims = true));
	case 11: return sj_add(sj_slice(a, SJ_INTS(0, 1), SJ_INTS(-1, 1)), b);
	case 12: return sj_sigmoid(sj_mul(variables[0], a));
	default: return sj_maximum(a, b);
	}
}

static void expression(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *pool[POOL];
	int n = 0;
	(void)context;
	draws = seed_now;
	int n_steps = 6 + draw(20);
	(void)n_inputs;
	pool[n++] = inputs[0];
	pool[n++] = inputs[1];
	pool[n++] = sj_add(inputs[0], inputs[1]);
	pool[n++] = sj_mul(inputs[0], pool[2]);
	for (; n < n_steps; n++)
		pool[n] = next(pool[n - 1 - draw(n < 5 ? n : 5)], pool[draw(n)]);
	for (int k = 0; k < n_outputs; k++)
		ret_outputs[k] = k == 2 ? sj_sum(pool[n - 1 - draw(3)]) : pool[n - 1 - k];
}

/* What to call: the function, or the expression itself. */
typedef struct callee {
	sj_function *function;
	bool uses_early, uses_late; /* whether the inputs are used outside as well */
	bool uses_sum_alone;        /* of the results, the one that nothing inside uses */
} callee;

static void call(const callee *c, sj_tensor *const *inputs, sj_tensor **ret_outputs)
{
	if (c->function != NULL)
		is_ok(sj_function_call(c->function, INPUTS, inputs, ret_outputs));
	else
		expression(NULL, INPUTS, inputs, OUTPUTS, ret_outputs);
}

static sj_tensor *loss_of(const callee *c, sj_tensor *const *inputs)
{
	sj_tensor *outputs[OUTPUTS], *loss = sj_float(1);
	if (c->uses_early)
		loss = sj_add(sj_sum(sj_sin(inputs[0])), sj_sum(sj_mul(variables[0], inputs[1])));
	call(c, inputs, outputs);
	for (int k = 0; k < OUTPUTS; k++)
		if (c->uses_sum_alone ? k == 2 : k == 0 || (seed_now >> k & 1))
			loss = sj_add(loss, sj_sum(sj_square(outputs[k])));
	if (c->uses_late)
		loss = sj_add(loss, sj_add(sj_sum(sj_mul(inputs[0], variables[0])), sj_sum(variables[1])));
	return loss;
}

static void inputs_make(int64_t rows, sj_tensor **ret_inputs)
{
	for (int i = 0; i < INPUTS; i++)
		ret_inputs[i] = sj_random_normal(SJ_INTS(rows, WIDTH), .seed = SJ_GIVEN(seed_now + 7 * (uint64_t)i));
}

/* Which are asked for differs from call to call. */
static void gradients_find(const callee *c, int round, sj_tensor *const *inputs, sj_tensor **ret_gradients)
{
	sj_tensor *all[SOURCES] = {inputs[0], inputs[1], variables[0], variables[1], variables[2]};
	int n = round % 3 == 2 ? 2 : SOURCES;
	sj_tape *tape = sj_tape_begin();
	is_ok(sj_tape_watch(tape, inputs[0]));
	if (seed_now % 3 != 0)
		is_ok(sj_tape_watch(tape, inputs[1]));
	if (seed_now % 5 == 0)
		is_ok(sj_tape_watch(tape, variables[2]));
	sj_tensor *loss = loss_of(c, inputs);
	memset(ret_gradients, 0, sizeof(*ret_gradients) * SOURCES);
	is_ok(sj_gradient(tape, loss, n, all + (n == 2 ? round % 4 : 0), ret_gradients));
}

static void same_gradients(sj_tensor *const *got, sj_tensor *const *want)
{
	for (int i = 0; i < SOURCES; i++) {
		assert_int_equal(got[i] == NULL, want[i] == NULL);
		if (want[i] != NULL)
			same_bits(got[i], want[i]);
	}
}

static void expression_check(void)
{
	sj_scope scope = sj_scope_begin();
	callee called = {sj_function_new(expression, NULL, OUTPUTS), seed_now & 1, seed_now & 2, false}, eager = called;
	sj_tensor *inputs[INPUTS], *want[SOURCES], *got[SOURCES];
	eager.function = NULL;
	variables_make();
	for (int round = 0; round < 3 * CALLS; round++) {
		inputs_make(4 + round % 2, inputs);
		gradients_find(&eager, round, inputs, want);
		gradients_find(&called, round, inputs, got);
		same_gradients(got, want);
	}
	sj_function_free(called.function);
	variables_free();
	sj_scope_end(scope);
}

static void gradients_have_eager_bits(void **state)
{
	(void)state;
	for (seed_now = 1; seed_now < 150; seed_now++)
		expression_check();
}

/* ---- tapes within tapes ---- */

static sj_tensor *second_of(const callee *c, bool is_persistent, sj_tensor *const *inputs)
{
	sj_tensor *dx[1], *ddx[1];
	sj_tape *outer = sj_tape_begin();
	is_ok(sj_tape_watch(outer, inputs[0]));
	sj_tape *inner = is_persistent ? sj_tape_begin_persistent() : sj_tape_begin();
	is_ok(sj_tape_watch(inner, inputs[0]));
	is_ok(sj_gradient(inner, loss_of(c, inputs), 1, inputs, dx));
	is_ok(sj_gradient(outer, sj_sum(sj_square(dx[0])), 1, inputs, ddx));
	sj_tape_free(inner);
	return ddx[0] ? ddx[0] : sj_float(0);
}

/* The second tape begins when the first has recorded: it sees the walk back alone. */
static sj_tensor *late_of(const callee *c, sj_tensor *const *inputs)
{
	sj_tensor *dx[1], *ddx[2], *sources[] = {inputs[0], variables[1]};
	sj_tape *first = sj_tape_begin();
	is_ok(sj_tape_watch(first, inputs[0]));
	sj_tensor *loss = loss_of(c, inputs);
	sj_tape_end(first);
	sj_tape *second = sj_tape_begin();
	is_ok(sj_tape_watch(second, inputs[0]));
	is_ok(sj_gradient(first, loss, 1, inputs, dx));
	is_ok(sj_gradient(second, sj_sum(sj_square(dx[0])), 2, sources, ddx));
	return sj_add(ddx[0] ? sj_sum(ddx[0]) : sj_float(0), ddx[1] ? sj_sum(ddx[1]) : sj_float(0));
}

static double difference(sj_tensor *a, sj_tensor *b)
{
	sj_tensor *scale = sj_add(sj_max(sj_abs(b)), sj_float(1));
	return sj_item(sj_div(sj_max(sj_abs(sj_sub(a, b))), scale));
}

/* A result that the function also uses is two tensors to a tape, whose parts are added up apart: there, second gradients round otherwise. */
static void second_gradients_agree(void **state)
{
	(void)state;
	for (seed_now = 1; seed_now < 40; seed_now++) {
		callee called = {sj_function_new(expression, NULL, OUTPUTS), false, true, false},
		       eager = {NULL, false, true, false};
		sj_scope scope = sj_scope_begin();
		sj_tensor *inputs[INPUTS];
		variables_make();
		inputs_make(4, inputs);
		for (int round = 0; round < CALLS; round++) {
			sj_tensor *want = second_of(&eager, round & 1, inputs);
			assert_true(difference(second_of(&called, round & 1, inputs), want) < 1e-5);
			callee called_sum = called, eager_sum = eager;
			called_sum.uses_sum_alone = eager_sum.uses_sum_alone = true;
			want = second_of(&eager_sum, round & 1, inputs);
			same_bits(second_of(&called_sum, round & 1, inputs), want);
			assert_true(difference(late_of(&called, inputs), late_of(&eager, inputs)) < 1e-5);
			sj_tensor *dx[SOURCES];
			gradients_find(&called, 0, inputs, dx);
		}
		sj_function_free(called.function);
		variables_free();
		sj_scope_end(scope);
	}
}

/* ---- what is gone, what fails, who else calls ---- */

static void a_function_may_go_before_its_gradient(void **state)
{
	(void)state;
	sj_tensor *inputs[INPUTS], *want[SOURCES], *got[SOURCES];
	seed_now = 5;
	variables_make();
	inputs_make(4, inputs);
	gradients_find(&(callee){0}, 0, inputs, want);
	callee c = {.function = sj_function_new(expression, NULL, OUTPUTS)};
	for (int i = 0; i < CALLS; i++)
		gradients_find(&c, 0, inputs, got);
	sj_tape *tape = sj_tape_begin();
	is_ok(sj_tape_watch(tape, inputs[0]));
	sj_tensor *loss = loss_of(&c, inputs);
	sj_function_free(c.function);
	sj_assign(variables[1], sj_zeros_like(variables[1])); /* the values of then count */
	is_ok(sj_gradient(tape, loss, 1, inputs, got));
	same_bits(got[0], want[0]);
	variables_free();
}

static void checked(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	sj_tensor *y = sj_tanh(sj_mul(inputs[0], inputs[0]));
	ret_outputs[0] = sj_add(sj_check_numerics(sj_log(inputs[0]), "a logarithm"), sj_exp(y));
}

static void errors_name_the_node(void **state)
{
	(void)state;
	sj_function *f = sj_function_new(checked, NULL, 1);
	sj_tensor *good = sj_float(2), *bad = sj_float(-1), *y, *dx;
	for (int i = 0; i < 2 * CALLS; i++) {
		sj_tape *tape = sj_tape_begin();
		sj_tensor *x = i % 4 == 3 ? bad : good;
		is_ok(sj_tape_watch(tape, x));
		sj_status status = sj_function_call(f, 1, &x, &y);
		assert_int_equal(status, i % 4 == 3 ? SJ_INVALID_ARGUMENT : SJ_OK);
		if (status != SJ_OK)
			assert_non_null(strstr(sj_error_message(), "[node 'CheckNumerics' of type CheckNumerics]"));
		else
			is_ok(sj_gradient(tape, y, 1, &x, &dx));
		sj_error_clear();
		sj_tape_free(tape);
	}
	sj_function_free(f);
}

static void *calls_of_a_thread(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *inputs[INPUTS], *got[SOURCES], *want[SOURCES];
	inputs_make(4, inputs);
	gradients_find(&(callee){0}, 0, inputs, want);
	for (int i = 0; i < 40; i++) {
		gradients_find(context, i % 2, inputs, got);
		same_gradients(got, want);
	}
	sj_scope_end(scope);
	return NULL;
}

static void threads_share_a_function(void **state)
{
	(void)state;
	pthread_t threads[3];
	seed_now = 7;
	variables_make();
	callee c = {.function = sj_function_new(expression, NULL, OUTPUTS)};
	sj_tensor *inputs[INPUTS], *got[SOURCES];
	inputs_make(4, inputs);
	gradients_find(&c, 0, inputs, got); /* traced: bodies run on one thread at a time */
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, calls_of_a_thread, &c), 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	sj_function_free(c.function);
	variables_free();
}

/* ---- to a tape a function is one operation ---- */

static void chain(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	ret_outputs[0] = sj_mul(inputs[0], inputs[0]);
	ret_outputs[1] = sj_mul(ret_outputs[0], inputs[0]);
	ret_outputs[2] = inputs[0];
	ret_outputs[3] = sj_tanh(sj_exp(ret_outputs[1]));
}

static void no_output_is_made_of_another(void **state)
{
	(void)state;
	sj_function *f = sj_function_new(chain, NULL, 4);
	sj_tensor *x = sj_float(3);
	for (int i = 0; i < CALLS; i++) {
		sj_tensor *y[4], *sources[4], *gradients[4];
		sj_tape *tape = i & 1 ? sj_tape_begin() : sj_tape_begin_persistent();
		is_ok(sj_tape_watch(tape, x));
		is_ok(sj_function_call(f, 1, &x, y));
		for (int k = 0; k < 4; k++)
			sources[k] = k < 3 ? y[k == 1 ? 3 : k] : x;
		is_ok(sj_gradient(tape, y[1], 4, sources, gradients));
		assert_true(gradients[0] == NULL && gradients[1] == NULL && gradients[2] == NULL);
		assert_true(sj_item(gradients[3]) == 27);
		sj_tape_free(tape);
	}
	sj_function_free(f);
}

/* ---- conditions ---- */

/* x * variable of the number, as a function of x. */
static sj_concrete_function *branch(int number)
{
	sj_graph *graph = sj_graph_new_inside(sj_graph_now());
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y = NULL;
	if (graph != NULL && sj_graph_begin(graph) == SJ_OK) {
		y = sj_mul(x, sj_sum(variables[number]));
		sj_graph_end();
	} else {
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "no graph was opened");
	}
	sj_concrete_function *f = sj_ok() ? sj_concrete_function_new(graph, 1, &x, 1, &y) : NULL;
	sj_graph_free(graph);
	return f;
}

/* Of two inputs, the second of which nothing but the untaken branch could use. */
static void condition(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	sj_concrete_function *then = branch(0), *otherwise = branch(1);
	sj_tensor *y = NULL;
	sj_status status = then != NULL && otherwise != NULL
	                           ? sj_cond(sj_greater(inputs[0], sj_float(0)), then, otherwise, 1, inputs, 1, &y)
	                           : sj_error_code();
	if (status == SJ_OK)
		ret_outputs[0] = sj_scope_own(y);
	else
		sj_error_set(status, "no condition");
	sj_concrete_function_free(then);
	sj_concrete_function_free(otherwise);
}

static void untaken_branches_give_zeros(void **state)
{
	(void)state;
	seed_now = 3;
	variables_make();
	sj_function *f = sj_function_new(condition, NULL, 1);
	for (int i = 0; i < CALLS; i++) {
		sj_tensor *x[] = {sj_float(i & 1 ? 2 : -2), sj_float(1)}, *y, *dv[3];
		sj_tape *tape = sj_tape_begin();
		is_ok(sj_tape_watch(tape, x[0]));
		is_ok(sj_function_call(f, 2, x, &y));
		is_ok(sj_gradient(tape, y, 3, (sj_tensor *[]){variables[0], variables[1], x[1]}, dv));
		assert_true(sj_item(sj_sum(dv[0])) == (i & 1 ? 2 * WIDTH : 0));
		assert_true(sj_item(sj_sum(dv[1])) == (i & 1 ? 0 : -2 * WIDTH * WIDTH));
		assert_null(dv[2]);
	}
	sj_function_free(f);
	variables_free();
}

static void failing_conditions(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_function *f = sj_function_new(condition, NULL, 1);
	sj_tensor *y, *dv[2], *const *inputs = context;
	for (int i = 0; i < 2 && f != NULL && sj_ok(); i++) {
		sj_tape *tape = sj_tape_begin();
		if (tape != NULL && sj_tape_watch(tape, inputs[0]) == SJ_OK &&
		    sj_function_call(f, 2, inputs, &y) == SJ_OK)
			sj_gradient(tape, y, 2, variables, dv);
		else
			sj_tape_free(tape);
	}
	sj_function_free(f);
	sj_scope_end(scope);
}

/* ---- without memory ---- */

static void failing_calls(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_function *f = sj_function_new(expression, NULL, OUTPUTS);
	sj_tensor *y[OUTPUTS], *dx[2], *const *inputs = context, *sources[] = {inputs[0], variables[1]};
	for (int i = 0; i < 4 && f != NULL && sj_ok(); i++) {
		sj_tape *tape = sj_tape_begin();
		if (tape != NULL && sj_tape_watch(tape, inputs[0]) == SJ_OK &&
		    sj_function_call(f, INPUTS, inputs, y) == SJ_OK)
			sj_gradient(tape, y[0], 2 - i % 2, sources, dx);
		else
			sj_tape_free(tape);
	}
	sj_function_free(f);
	sj_scope_end(scope);
}

static void allocations_fail(void **state)
{
	(void)state;
	sj_tensor *inputs[INPUTS];
	seed_now = 11;
	variables_make();
	inputs_make(2, inputs);
	every_allocation_fails(failing_calls, inputs);
	inputs[0] = inputs[1] = sj_float(2);
	every_allocation_fails(failing_conditions, inputs);
	variables_free();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scope_open, scope_close)
	const struct CMUnitTest tests[] = {
		TEST(gradients_have_eager_bits),
		TEST(second_gradients_agree),
		TEST(a_function_may_go_before_its_gradient),
		TEST(errors_name_the_node),
		TEST(threads_share_a_function),
		TEST(no_output_is_made_of_another),
		TEST(untaken_branches_give_zeros),
		TEST(allocations_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Plans and what changes variables: in which order, of which shapes, interrupted, without memory, on two threads. Each runs often enough to be optimised. */
#include "failing_allocations.h"
#include "graph_support.h"
#include "scope_fixture.h"

#include <pthread.h>
#include <string.h>

#include "base/threads.h"

enum { RUNS = 4, LARGE = 200000 };

static float first_of(const sj_tensor *t) { return ((const float *)sj_tensor_data(t))[0]; }

/* ---- order ---- */

static sj_concrete_function *adds_to_variable(sj_graph *outer, sj_tensor *v, float much)
{
	sj_graph *graph = sj_graph_new_inside(outer);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y;
	is_ok(sj_graph_begin(graph));
	y = sj_add(sj_mul(x, sj_float(much)), v);
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &x, 1, &y);
	is_ok(sj_error_code());
	sj_graph_free(graph);
	return f;
}

/* What a stateless branch reads within it reads behind the assignments that come before it. */
static void branches_read_behind_assignments(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "v", true);
	run_one(session, NULL, NULL, sj_graph_assign(graph, 0, v, sj_float(0)));
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *value = sj_float(10), *y;
	sj_concrete_function *then = adds_to_variable(graph, v, 1), *otherwise = adds_to_variable(graph, v, 2);
	sj_node *after = sj_tensor_node(sj_graph_assign(graph, 1, v, sj_float(1)), NULL);
	is_ok(sj_graph_set_controls(graph, 1, &after));
	is_ok(sj_cond(sj_greater(x, sj_float(0)), then, otherwise, 1, &x, 1, &y));
	is_ok(sj_graph_set_controls(graph, 0, NULL));
	sj_scope_own(y);
	for (int i = 1; i <= RUNS; i++)
		assert_float_equal(sj_item(run_one(session, x, value, y)), 10 + i, 0);
	sj_concrete_function_free(then);
	sj_concrete_function_free(otherwise);
	sj_free(v);
	sj_session_free(session);
	sj_graph_free(graph);
}

/* A result does not take the place of a tensor that another input of the same operation is a view of. */
static void views_are_read_before_they_are_written(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x");
	sj_tensor *value = sj_random_uniform(SJ_INTS(LARGE), .seed = SJ_GIVEN(1));
	sj_tensor *want = sj_sub(value, sj_slice(value, SJ_INTS(1), SJ_INTS(1)));
	sj_tensor *y = sj_neg(sj_neg(x)), *z = sj_sub(y, sj_slice(y, SJ_INTS(1), SJ_INTS(1)));
	for (int i = 0; i < RUNS; i++)
		same_bits(run_one(session, x, value, z), want);
	sj_session_free(session);
	sj_graph_free(graph);
}

/* ---- shapes that change ---- */

static sj_tensor *ones(int64_t n) { return sj_fill(SJ_INTS(n), sj_float(1)); }

static void variables_of_unknown_size(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(3), "v", true), *result;
	is_ok(sj_variable_set_shape(v, SJ_INTS(-1)));
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x");
	sj_tensor *set = sj_graph_assign(graph, 0, v, x), *add = sj_graph_assign(graph, 1, v, sj_float(1));
	assert_int_equal(sj_tensor_rank(add), 1);
	assert_int_equal(sj_tensor_dim(add, 0), -1);
	is_ok(sj_graph_begin(graph));
	sj_tensor *y = sj_add(sj_exp(sj_neg(sj_relu(v))), sj_exp(sj_relu(v)));
	sj_graph_end();
	for (int64_t i = 0; i < 3 * RUNS; i++) {
		int64_t n = 3 + i / RUNS;
		same_bits(run_one(session, x, ones(n), set), ones(n));
		assert_int_equal(sj_tensor_dim(run_one(session, NULL, NULL, y), 0), n);
		same_bits(run_one(session, NULL, NULL, add), sj_fill(SJ_INTS(n), sj_float(2)));
	}
	sj_tensor *matrix = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2, 2), "matrix"),
		  *wrong = sj_graph_assign(graph, 0, v, matrix), *value = sj_fill(SJ_INTS(2, 2), sj_float(1));
	assert_int_equal(sj_session_run(session, 1, &matrix, &value, 1, &wrong, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	sj_free(v);
	sj_session_free(session);
	sj_graph_free(graph);
}

/* What depends on a variable's shape alone follows an assignment of any shape, in another run and in the same one. */
static void loose_assignments_are_seen(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(2), "v", true);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x");
	sj_tensor *set = sj_graph_assign(graph, 3, v, x);
	sj_tensor *s = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "s");
	is_ok(sj_graph_begin(graph));
	sj_tensor *y = sj_add(sj_exp(sj_neg(sj_exp(s))), sj_ones_like(v));
	sj_graph_end();
	for (int64_t i = 0; i < 3 * RUNS; i++) {
		int64_t n = 2 + 3 * (i / RUNS);
		run_one(session, x, ones(n), set);
		assert_int_equal(sj_tensor_dim(run_one(session, s, sj_float(1), y), 0), n);
		assert_null(sj_session_failed());
	}
	sj_node *after = sj_tensor_node(set, NULL);
	is_ok(sj_graph_set_controls(graph, 1, &after));
	is_ok(sj_graph_begin(graph));
	sj_tensor *z = sj_exp(sj_neg(sj_exp(sj_add(v, sj_float(0)))));
	sj_graph_end();
	is_ok(sj_graph_set_controls(graph, 0, NULL));
	for (int64_t i = 0; i < 3 * RUNS; i++)
		assert_int_equal(sj_tensor_dim(run_one(session, x, ones(7), z), 0), 7);
	run_one(session, x, ones(4), set);
	assert_int_equal(sj_tensor_dim(run_one(session, x, ones(7), z), 0), 7);
	sj_free(v);
	sj_session_free(session);
	sj_graph_free(graph);
}

/* A handle has room for six dimensions; a variable whose shape changes has no more. */
static void many_dimensions_are_refused(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_fill(SJ_INTS(500), sj_float(1)));
	is_ok(sj_variable_set_shape(v, (sj_ints){-1, NULL}));
	assert_int_equal(sj_assign(v, sj_fill(SJ_INTS(1, 1, 1, 1, 1, 1, 2), sj_float(1))), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "at most 6"));
	sj_error_clear();
	sj_update update = {.size = sizeof(update), .rule = SJ_UPDATE_GRADIENT_DESCENT, .learning_rate = 1};
	sj_tensor *d = ones(500), *kept = sj_variable_read(v);
	is_ok(sj_update_apply(&update, 1, &v, NULL, &d));
	assert_float_equal(first_of(kept), 1, 0);
	assert_float_equal(first_of(sj_variable_read(v)), 0, 0);
	is_ok(sj_assign(v, sj_fill(SJ_INTS(1, 2, 1, 2, 1, 2), sj_float(1))));
	assert_int_equal(sj_tensor_rank(v), 6);
	sj_free(v);
}

/* ---- values known beforehand ---- */

static void known_values_are_whole_or_none(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *six = sj_fill(SJ_INTS(2), sj_int(6)), *zero = sj_fill(SJ_INTS(2), sj_int(0)), *result;
	is_ok(sj_graph_begin(graph));
	sj_tensor *refused = sj_slice(sj_floor_div(six, zero), SJ_INTS(1), SJ_INTS(1)), *sum = sj_add(refused, six);
	sj_cancel();
	sj_tensor *interrupted = sj_add(sj_gather(six, zero), six);
	sj_cancel_clear();
	sj_graph_end();
	is_ok(sj_error_code());
	assert_int_equal(sj_session_run(session, 0, NULL, NULL, 1, &sum, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	for (int i = 0; i < RUNS; i++)
		assert_float_equal(sj_item(sj_sum(run_one(session, NULL, NULL, interrupted))), 24, 0);
	sj_session_free(session);
	sj_graph_free(graph);
}

/* ---- a failed run changes no variable ---- */

static sj_status cancel_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                               sj_tensor **ret_outputs)
{
	(void)n_inputs;
	(void)n_outputs;
	ret_outputs[0] = sj_keep(inputs[0]);
	if (*(bool *)context)
		sj_cancel();
	return SJ_OK;
}

/* An interruption comes before all changes, or all of them are made. */
static void interrupted_changes_are_whole(void **state)
{
	(void)state;
	bool cancels = false;
	const sj_callable_type type = {sizeof(type), .name = "Cancels", .is_stateful = true, .invoke = cancel_invoke};
	sj_callable *callable = sj_callable_new(&type, &cancels);
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *v[] = {sj_variable_new(ones(3)), sj_variable_new(ones(LARGE))}, *n = sj_variable_new(sj_float(0)),
		  *d[2], *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y, *value = sj_float(1),
		  *result;
	sj_update update = {.size = sizeof(update), .rule = SJ_UPDATE_GRADIENT_DESCENT, .learning_rate = 0.5};
	is_ok(sj_call(callable, 1, &x, 1, &y));
	is_ok(sj_tensor_set_shape(sj_scope_own(y), SJ_SCALAR_SHAPE));
	for (int i = 0; i < 2; i++)
		d[i] = sj_fill(SJ_INTS(i ? LARGE : 3), sj_float(1));
	sj_node *first = sj_tensor_node(y, NULL);
	is_ok(sj_graph_set_controls(graph, 1, &first));
	is_ok(sj_graph_begin(graph));
	is_ok(sj_update_apply(&update, 2, v, NULL, d));
	sj_graph_end();
	sj_node *apply = sj_graph_node(graph, sj_graph_size(graph) - 1);
	is_ok(sj_graph_set_controls(graph, 1, &apply));
	sj_tensor *step = sj_graph_assign(graph, 1, n, sj_float(1));
	is_ok(sj_graph_set_controls(graph, 0, NULL));
	for (int i = 0; i < 2 * RUNS; i++) {
		cancels = i % 2;
		sj_status status = sj_session_run(session, 1, &x, &value, 1, &step, 0, NULL, &result);
		sj_cancel_clear();
		sj_error_clear();
		if (status == SJ_OK)
			sj_free(result);
		float rounds = (float)sj_item(n), want = 1 - rounds / 2;
		assert_true(status == SJ_OK || i % 2);
		assert_float_equal(first_of(sj_variable_read(v[0])), want, 0);
		assert_float_equal(first_of(sj_variable_read(v[1])), want, 0);
		assert_float_equal(((const float *)sj_tensor_data(sj_variable_read(v[1])))[LARGE - 1], want, 0);
	}
	sj_session_free(session);
	sj_graph_free(graph);
	sj_callable_free(callable);
	sj_free(v[0]);
	sj_free(v[1]);
	sj_free(n);
}

static void later_variables_without_value(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *v = sj_variable_new(ones(3)), *w = sj_variable_new_uninitialized(SJ_FLOAT32, SJ_INTS(3), "w", true),
		  *result[2];
	sj_tensor *fetches[] = {sj_graph_assign(graph, 1, v, ones(3)), sj_graph_assign(graph, 1, w, ones(3))};
	for (int i = 0; i < 2 * RUNS; i++) {
		sj_status status = sj_session_run(session, 0, NULL, NULL, 2, fetches, 0, NULL, result);
		sj_error_clear();
		assert_int_equal(status, i < RUNS ? SJ_FAILED_PRECONDITION : SJ_OK);
		assert_float_equal(first_of(sj_variable_read(v)), i < RUNS ? 1 : 2 + i - RUNS, 0);
		if (i == RUNS - 1)
			is_ok(sj_assign(w, ones(3)));
		for (int k = 0; k < 2 && status == SJ_OK; k++)
			sj_free(result[k]);
	}
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
	sj_free(w);
}

/* ---- shapes that do not come again ---- */

static sj_status count_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                             int *ranks, int64_t *dims)
{
	(void)n_inputs;
	(void)inputs;
	(void)n_outputs;
	(void)dtypes;
	(void)dims;
	ranks[0] = 0;
	++*(int *)context;
	return SJ_OK;
}

static sj_status count_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs)
{
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	ret_outputs[0] = sj_keep(inputs[0]);
	return SJ_OK;
}

/* Plans are made at once for the first of them only. */
static void shapes_that_never_repeat(void **state)
{
	(void)state;
	int n_inferred = 0;
	const sj_callable_type type = {sizeof(type), .name = "Counts", .invoke = count_invoke, .infer = count_infer};
	sj_callable *callable = sj_callable_new(&type, &n_inferred);
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x"), *d, *loss = sj_sum(sj_square(sj_sin(x))),
		  *y;
	is_ok(sj_graph_gradients(graph, 1, &loss, NULL, 1, &x, 0, NULL, &d));
	loss = sj_sum(d);
	is_ok(sj_call(callable, 1, &loss, 1, &y));
	sj_scope_own(y);
	for (int64_t n = 1; n <= 60; n++)
		run_one(session, x, ones(n), y);
	assert_in_range(n_inferred, 2, 20);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_callable_free(callable);
}

/* More sets of fetches than plans are kept, each twice. */
static void many_plans(void **state)
{
	(void)state;
	enum { N = 1200 };
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y[N], *value = sj_float(1);
	for (int i = 0; i < N; i++)
		y[i] = sj_add(i ? y[i / 2] : x, value);
	int64_t before = 0;
	for (int i = 0; i < 2 * N; i++) {
		assert_in_range(sj_item(run_one(session, x, value, y[i % N])), 2, 14);
		before = i == N ? sj__memory_in_use() : before;
	}
	assert_true(sj__memory_in_use() < before + (1 << 20));
	sj_session_free(session);
	sj_graph_free(graph);
}

/* ---- two threads ---- */

enum { ROUNDS = 300 };

static void *assigns(void *variable)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *value = ones(5000);
	for (int i = 0; i < ROUNDS; i++)
		sj_assign(variable, sj_add(value, value));
	sj_scope_end(scope);
	return NULL;
}

/* The bytes that an update writes stay until it is done, whoever assigns the variable meanwhile. */
static void updates_beside_assignments(void **state)
{
	(void)state;
	pthread_t thread;
	sj_tensor *v = sj_variable_new(ones(5000)), *d = sj_fill(SJ_INTS(5000), sj_float(0));
	sj_update update = {.size = sizeof(update), .rule = SJ_UPDATE_GRADIENT_DESCENT, .learning_rate = 0.5};
	assert_int_equal(pthread_create(&thread, NULL, assigns, v), 0);
	for (int i = 0; i < ROUNDS; i++)
		is_ok(sj_update_apply(&update, 1, &v, NULL, &d));
	pthread_join(thread, NULL);
	assert_in_range((int)first_of(sj_variable_read(v)), 1, 2);
	sj_free(v);
}

/* ---- without memory ---- */

static void failing_runs(void *context)
{
	(void)context;
	sj_scope scope = sj_scope_begin();
	sj_graph *graph = sj_graph_new();
	sj_session *session = graph ? sj_session_new(graph) : NULL;
	sj_tensor *v = session ? sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(3), "v", true) : sj_nil();
	if (sj_ok()) {
		sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x"), *value = ones(3), *result, *d;
		sj_tensor *set = sj_graph_assign(graph, 0, v, value), *y = sj_sum(sj_exp(sj_mul(sj_sin(x), v)));
		sj_status status = sj_graph_gradients(graph, 1, &y, NULL, 1, &v, 0, NULL, &d);
		sj_tensor *fetches[] = {set, status == SJ_OK ? sj_graph_assign(graph, 2, v, d) : sj_nil()};
		for (int i = 0; i < 4 && sj_ok(); i++) {
			status = sj_session_run(session, 1, &x, &value, 1, &fetches[i > 0], 0, NULL, &result);
			if (status == SJ_OK)
				sj_free(result);
			else
				sj_error_set(status, "%s", sj_error_message());
		}
	}
	sj_free(v);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_scope_end(scope);
}

static void allocations_fail(void **state)
{
	(void)state;
	every_allocation_fails(failing_runs, NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scope_open, scope_close)
	const struct CMUnitTest tests[] = {
		TEST(branches_read_behind_assignments),
		TEST(views_are_read_before_they_are_written),
		TEST(variables_of_unknown_size),
		TEST(loose_assignments_are_seen),
		TEST(many_dimensions_are_refused),
		TEST(known_values_are_whole_or_none),
		TEST(interrupted_changes_are_whole),
		TEST(later_variables_without_value),
		TEST(shapes_that_never_repeat),
		TEST(many_plans),
		TEST(allocations_fail),
		TEST(updates_beside_assignments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

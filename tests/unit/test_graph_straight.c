/* Functions and runs of a few small operations: eager's bits and gradients, whatever their shapes, and what the quick ways decline or refuse. */
#include "failing_allocations.h"
#include "graph_support.h"
#include "scope_fixture.h"

#include <string.h>

enum { CALLS = 3, OPS_MOST = 9, VARIABLES = 2 };

static sj_tensor *variables[VARIABLES];
static int seed_now, n_ops_now;

static sj_tensor *link(int i, sj_tensor *h, sj_tensor *x)
{
	switch ((seed_now * 7 + i * 5 + seed_now / 3 * i) % 8) {
	case 0: return sj_mul(h, x);
	case 1: return sj_add(h, variables[0]);
	case 2: return sj_tanh(h);
	case 3: return sj_sub(variables[1], h);
	case 4: return sj_maximum(h, sj_float(0.1f));
	case 5: return sj_mul(h, h);
	case 6: return sj_relu(h);
	default: return sj_add(x, h);
	}
}

static void chain(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj_tensor *h = sj_mul(inputs[0], inputs[n_inputs - 1]);
	(void)context;
	for (int i = 1; i < n_ops_now; i++)
		h = link(i, h, inputs[0]);
	ret_outputs[0] = h;
	for (int k = 1; k < n_outputs; k++)
		ret_outputs[k] = sj_exp(inputs[n_inputs - 1]);
}

static void chain_call(sj_function *f, sj_tensor *const *inputs, sj_tensor **ret_outputs)
{
	if (f != NULL)
		is_ok(sj_function_call(f, 2, inputs, ret_outputs));
	else
		chain(NULL, 2, inputs, 2, ret_outputs);
}

/* Shapes that have a direct way, that need a row or a scalar spread, or both operands. */
static void inputs_make(int round, sj_tensor **ret_inputs)
{
	sj_ints wide = SJ_INTS(2, 3), others[] = {SJ_INTS(2, 3), SJ_SCALAR_SHAPE, SJ_INTS(3), SJ_INTS(2, 1)};
	ret_inputs[0] = sj_random_normal(round % 5 == 4 ? SJ_INTS(1, 3) : wide, .seed = SJ_GIVEN(seed_now + 1));
	ret_inputs[1] = sj_random_normal(others[round % 4], .seed = SJ_GIVEN(seed_now + 2));
}

static void variables_make(void)
{
	variables[0] = sj_variable_new(sj_random_normal(SJ_INTS(3), .seed = SJ_GIVEN(5)));
	variables[1] = sj_variable_new_named(sj_random_normal(SJ_INTS(2, 3), .seed = SJ_GIVEN(6)), NULL, false);
}

static void variables_free(void)
{
	for (int i = 0; i < VARIABLES; i++)
		sj_free(variables[i]);
}

static void gradients_find(sj_function *f, bool is_persistent, sj_tensor *const *inputs, sj_tensor **ret_gradients)
{
	sj_tensor *y[2], *sources[] = {inputs[0], inputs[1], variables[0]};
	sj_tape *tape = is_persistent ? sj_tape_begin_persistent() : sj_tape_begin();
	is_ok(sj_tape_watch(tape, inputs[0]));
	chain_call(f, inputs, y);
	is_ok(sj_gradient(tape, y[0], 3, sources, ret_gradients));
	sj_tape_free(tape);
}

static void same_as_eager(sj_function *f, int round)
{
	sj_tensor *inputs[2], *want[3], *got[3];
	inputs_make(round, inputs);
	for (int call = 0; call < CALLS; call++) {
		chain_call(NULL, inputs, want);
		chain_call(f, inputs, got);
		same_bits(got[0], want[0]);
		same_bits(got[1], want[1]);
		gradients_find(NULL, false, inputs, want);
		gradients_find(f, call == 1, inputs, got);
		for (int i = 0; i < 3; i++) {
			assert_int_equal(got[i] == NULL, want[i] == NULL);
			if (want[i] != NULL)
				same_bits(got[i], want[i]);
		}
	}
}

static void functions_have_eager_bits(void **state)
{
	(void)state;
	variables_make();
	for (seed_now = 0; seed_now < 24; seed_now++)
		for (n_ops_now = 1; n_ops_now <= OPS_MOST; n_ops_now += 1 + n_ops_now / 4) {
			sj_scope scope = sj_scope_begin();
			sj_function *f = sj_function_new(chain, NULL, 2);
			for (int round = 0; round < 6; round++)
				same_as_eager(f, round);
			sj_function_free(f);
			sj_scope_end(scope);
		}
	variables_free();
}

/* ---- sessions ---- */

static void sessions_read_their_own_variables(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x"), *y, *three[] = {NULL, NULL};
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(2), "v", true), *set;
	is_ok(sj_graph_begin(graph));
	y = sj_mul(v, x);
	set = sj_graph_assign(graph, 0, v, sj_fill(SJ_INTS(2), sj_float(3)));
	sj_graph_end();
	sj_session *session = sj_session_new(graph);
	sj_tensor *value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2), ((float[]){1, 2}));
	for (int i = 0; i < CALLS; i++)
		assert_int_equal(sj_session_run(session, 1, &x, &value, 1, &y, 0, NULL, three), SJ_FAILED_PRECONDITION);
	assert_non_null(strstr(sj_node_name(sj_session_failed()), "Read"));
	run_one(session, NULL, NULL, set);
	for (int i = 0; i < CALLS; i++)
		assert_true(sj_tensor_item(run_one(session, x, value, y), 1) == 6);
	assert_null(sj_session_failed());
	sj_tensor *wrong[] = {sj_fill(SJ_INTS(3), sj_float(1)), sj_cast(value, SJ_FLOAT64), NULL};
	for (int i = 0; i < 3; i++)
		assert_int_equal(sj_session_run(session, 1, &x, &wrong[i], 1, &y, 0, NULL, three), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_session_run(session, 1, &x, NULL, 1, &y, 0, NULL, three), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_session_run(session, 1, NULL, &value, 1, &y, 0, NULL, three), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_session_run(session, 1, three, &value, 1, &y, 0, NULL, three), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
}

/* ---- shapes that are not as they were said to be ---- */

static void shapes_are_looked_at(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x"), *y, *z, *got;
	is_ok(sj_graph_begin(graph));
	y = sj_tanh(x);
	z = sj_add(y, y);
	is_ok(sj_tensor_set_shape(y, SJ_INTS(3)));
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &x, 1, &z);
	sj_session *session = sj_session_new(graph);
	sj_tensor *five = sj_fill(SJ_INTS(5), sj_float(0));
	for (int i = 0; i < CALLS; i++) {
		is_ok(sj_concrete_function_call(f, 1, &five, 1, &got));
		assert_int_equal(sj_tensor_size(sj_scope_own(got)), 5);
		assert_int_equal(sj_tensor_size(run_one(session, x, five, z)), 5);
		assert_int_equal(sj_session_run(session, 1, &y, &five, 1, &z, 0, NULL, &got), SJ_INVALID_ARGUMENT);
		sj_error_clear();
	}
	sj_session_free(session);
	sj_concrete_function_free(f);
	sj_graph_free(graph);
}

/* ---- who else looks ---- */

static void count_node(void *context, sj_node *node, int64_t begin_ns, int64_t end_ns)
{
	(void)node;
	(void)begin_ns;
	(void)end_ns;
	++*(int *)context;
}

static void observers_see_every_node(void **state)
{
	(void)state;
	int n_seen = 0;
	sj_tensor *inputs[2], *y[2];
	n_ops_now = seed_now = 2;
	variables_make();
	inputs_make(0, inputs);
	sj_function *f = sj_function_new(chain, NULL, 2);
	chain_call(f, inputs, y);
	sj_graph_observe(count_node, &n_seen);
	chain_call(f, inputs, y);
	sj_graph_observe(NULL, NULL);
	chain_call(f, inputs, y);
	assert_int_equal(n_seen, 4); /* a variable is read */
	sj_function_free(f);
	variables_free();
}

static void nil_and_released_inputs_are_refused(void **state)
{
	(void)state;
	sj_tensor *inputs[2], *y[2];
	n_ops_now = seed_now = 1;
	variables_make();
	inputs_make(0, inputs);
	sj_function *f = sj_function_new(chain, NULL, 2);
	chain_call(f, inputs, y);
	inputs[1] = NULL;
	assert_int_equal(sj_function_call(f, 2, inputs, y), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_function_call(f, 2, inputs, y), SJ_INVALID_ARGUMENT); /* it sticks */
	sj_error_clear();
	sj_function_free(f);
	variables_free();
}

/* ---- without memory ---- */

static void failing_calls(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *y[2];
	sj_function *f = sj_function_new(chain, NULL, 2);
	for (int i = 0; i < CALLS && f != NULL && sj_ok(); i++)
		sj_function_call(f, 2, context, y);
	sj_function_free(f);
	sj_scope_end(scope);
}

static void allocations_fail(void **state)
{
	(void)state;
	sj_tensor *inputs[2];
	variables_make();
	seed_now = 3;
	for (n_ops_now = 1; n_ops_now < 6; n_ops_now += 2) {
		inputs_make(n_ops_now, inputs);
		every_allocation_fails(failing_calls, inputs);
	}
	variables_free();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scope_open, scope_close)
	const struct CMUnitTest tests[] = {
		TEST(functions_have_eager_bits), TEST(sessions_read_their_own_variables),   TEST(shapes_are_looked_at),
		TEST(observers_see_every_node),  TEST(nil_and_released_inputs_are_refused), TEST(allocations_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

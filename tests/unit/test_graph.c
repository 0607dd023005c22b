/* Graphs: capture, known and unknown shapes, gradients to the second order, variables of sessions, functions, control flow, misuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sokuji.h>

#include "graph_support.h"
#include "scope_fixture.h"

static const float six[] = {1, 2, 3, 4, 5, 6};

static void operations_wait_for_a_run(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 3), "x");
	sj_tensor *w = sj_tensor_from(SJ_FLOAT32, SJ_INTS(3, 2), six);
	sj_tensor *y = sj_relu(sj_add(sj_matmul(x, w), sj_float(-30)));
	assert_true(sj_tensor_is_symbolic(y));
	assert_int_equal(sj_tensor_rank(y), 2);
	assert_int_equal(sj_tensor_dim(y, 0), -1);
	assert_int_equal(sj_tensor_dim(y, 1), 2);
	assert_string_equal(sj_node_name(sj_tensor_node(y, NULL)), "Relu");
	sj_session *session = sj_session_new(graph);
	sj_tensor *value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), six);
	sj_tensor *got = run_one(session, x, value, y), *want = sj_relu(sj_add(sj_matmul(value, w), sj_float(-30)));
	assert_memory_equal(sj_tensor_data(got), sj_tensor_data(want), sj_tensor_bytes(want));
	assert_false(sj_tensor_is_symbolic(want));
	sj_session_free(session);
	sj_graph_free(graph);
}

static void open_graph_takes_everything(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	assert_int_equal(sj_graph_begin(graph), SJ_OK);
	sj_tensor *y = sj_add(sj_float(1), sj_float(2));
	assert_true(sj_tensor_is_symbolic(y));
	assert_ptr_equal(sj_graph_now(), graph);
	sj_graph_end();
	assert_null(sj_graph_now());
	assert_false(sj_tensor_is_symbolic(sj_add(sj_float(1), sj_float(2))));
	sj_session *session = sj_session_new(graph);
	assert_float_equal(sj_item(run_one(session, NULL, NULL, y)), 3, 0);
	/* what is computed from constants follows a constant that is fed */
	sj_node *node = sj_tensor_node(y, NULL);
	assert_float_equal(sj_item(run_one(session, sj_node_input(node, 0), sj_float(5), y)), 7, 0);
	sj_session_free(session);
	sj_graph_free(graph);
}

/* loss and gradients with the batch unknown, against eager. */
static sj_tensor *network(sj_tensor *x, sj_tensor *y, sj_tensor *const *p)
{
	sj_tensor *h = sj_relu(sj_add(sj_matmul(x, p[0]), p[1]));
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(2)), sj_add(sj_matmul(h, p[2]), p[3])));
}

static void network_make(sj_tensor **p)
{
	static const float w[] = {0.5f, -0.25f, 0.125f, 0.75f, -0.5f, 0.25f};
	p[0] = sj_variable_new(sj_tensor_from(SJ_FLOAT32, SJ_INTS(3, 2), w));
	p[1] = sj_variable_new(sj_fill(SJ_INTS(2), sj_float(0.1f)));
	p[2] = sj_variable_new(sj_slice(sj_reshape(sj_tensor_from(SJ_FLOAT32, SJ_INTS(6), w), SJ_INTS(3, 2)),
	                                SJ_INTS(0, 0), SJ_INTS(2, 2)));
	p[3] = sj_variable_new(sj_fill(SJ_INTS(2), sj_float(0)));
}

static void gradients_equal_eager(int64_t batch, bool with_tape)
{
	sj_tensor *p[4], *eager[4], *symbolic[4];
	network_make(p);
	sj_tensor *x_value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), six),
		  *y_value = sj_tensor_from(SJ_INT32, SJ_INTS(2), ((int32_t[]){0, 1}));
	sj_tape *tape = sj_tape_begin();
	assert_int_equal(sj_gradient(tape, network(x_value, y_value, p), 4, p, eager), SJ_OK);
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(batch, 3), "x"),
		  *y = sj_placeholder(graph, SJ_INT32, SJ_INTS(batch), "y");
	if (with_tape) {
		tape = sj_tape_begin();
		sj_tensor *loss = network(x, y, p);
		assert_int_equal(sj_gradient(tape, loss, 4, p, symbolic), SJ_OK);
	} else {
		assert_int_equal(sj_graph_begin(graph), SJ_OK);
		sj_tensor *loss = network(x, y, p);
		sj_graph_end();
		sj_status status = sj_graph_gradients(graph, 1, &loss, NULL, 4, p, 0, NULL, symbolic);
		assert_int_equal(status, SJ_OK);
	}
	sj_session *session = sj_session_new(graph);
	sj_tensor *feeds[] = {x, y}, *values[] = {x_value, y_value}, *results[4];
	for (int i = 0; i < 4; i++)
		assert_true(sj_tensor_is_symbolic(symbolic[i]));
	sj_status status = sj_session_run(session, 2, feeds, values, 4, symbolic, 0, NULL, results);
	assert_string_equal(status == SJ_OK ? "" : sj_error_message(), "");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(sj_tensor_bytes(results[i]), sj_tensor_bytes(eager[i]));
		assert_memory_equal(sj_tensor_data(results[i]), sj_tensor_data(eager[i]), sj_tensor_bytes(eager[i]));
		sj_free(results[i]);
	}
	sj_session_free(session);
	sj_graph_free(graph);
	for (int i = 0; i < 4; i++)
		sj_free(p[i]);
}

static void gradients_with_known_shapes(void **state)
{
	(void)state;
	gradients_equal_eager(2, true);
	gradients_equal_eager(2, false);
}

static void gradients_with_unknown_shapes(void **state)
{
	(void)state;
	gradients_equal_eager(-1, true);
	gradients_equal_eager(-1, false);
}

static void second_order(int64_t n)
{
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(n), "x"), *first, *second, *third;
	sj_tensor *y = sj_mul(sj_square(x), x);
	assert_int_equal(sj_graph_gradients(graph, 1, &y, NULL, 1, &x, 0, NULL, &first), SJ_OK);
	assert_int_equal(sj_graph_gradients(graph, 1, &first, NULL, 1, &x, 0, NULL, &second), SJ_OK);
	assert_int_equal(sj_graph_gradients(graph, 1, &second, NULL, 1, &x, 0, NULL, &third), SJ_OK);
	sj_session *session = sj_session_new(graph);
	sj_tensor *value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2), ((float[]){2, 3}));
	assert_float_equal(sj_tensor_item(run_one(session, x, value, first), 1), 27, 0);
	assert_float_equal(sj_tensor_item(run_one(session, x, value, second), 1), 18, 0);
	assert_float_equal(sj_tensor_item(run_one(session, x, value, third), 0), 6, 0);
	sj_session_free(session);
	sj_graph_free(graph);
}

static void gradients_of_gradients(void **state)
{
	(void)state;
	second_order(2);
	second_order(-1);
}

static void variables_belong_to_sessions(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(2), "v", true);
	sj_tensor *start = sj_graph_assign(graph, 0, v, sj_fill(SJ_INTS(2), sj_float(1)));
	sj_tensor *more = sj_graph_assign(graph, 1, v, sj_fill(SJ_INTS(2), sj_float(2)));
	sj_tensor *twice = sj_mul(v, sj_float(2));
	assert_true(sj_tensor_is_symbolic(twice));
	sj_session *a = sj_session_new(graph), *b = sj_session_new(graph);
	sj_tensor *result;
	assert_int_equal(sj_session_run(a, 0, NULL, NULL, 1, &twice, 0, NULL, &result), SJ_FAILED_PRECONDITION);
	assert_non_null(strstr(sj_error_message(), "'v'"));
	run_one(a, NULL, NULL, start);
	run_one(b, NULL, NULL, start);
	assert_float_equal(sj_tensor_item(run_one(a, NULL, NULL, more), 0), 3, 0);
	assert_float_equal(sj_tensor_item(run_one(a, NULL, NULL, twice), 0), 6, 0);
	assert_float_equal(sj_tensor_item(run_one(b, NULL, NULL, twice), 0), 2, 0);
	assert_float_equal(sj_tensor_item(sj_session_variable(a, v), 1), 3, 0);
	sj_session_free(a);
	sj_session_free(b);
	sj_free(v);
	sj_graph_free(graph);
}

static void failed_run_changes_no_variable(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_variable_new(sj_float(1)), *x = sj_placeholder(graph, SJ_FLOAT32, (sj_ints){-1, NULL}, "x");
	sj_tensor *after = sj_graph_assign(graph, 1, v, sj_float(5));
	sj_node *assigned = sj_tensor_node(after, NULL);
	assert_int_equal(sj_graph_set_controls(graph, 1, &assigned), SJ_OK);
	sj_tensor *y = sj_matmul(x, x);
	sj_session *session = sj_session_new(graph);
	sj_tensor *value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), six), *result;
	assert_int_equal(sj_session_run(session, 1, &x, &value, 1, &y, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "[node 'MatMul'"));
	assert_ptr_equal(sj_session_failed(), sj_tensor_node(y, NULL));
	assert_float_equal(sj_item(v), 1, 0);
	value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), ((float[]){1, 0, 0, 1}));
	run_one(session, x, value, y);
	assert_float_equal(sj_item(v), 6, 0);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
}

static void product_squared(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret)
{
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	ret[0] = sj_square(sj_matmul(inputs[0], inputs[0]));
	assert_int_equal(sj_graph_note_origin(sj_graph_now(), "inner.c:7"), SJ_OK);
}

/* Nodes of a function called in a graph keep the place that they had in it. */
static void errors_say_where_the_node_comes_from(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, (sj_ints){-1, NULL}, "x"), *z, *result;
	sj_tensor *value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), six), *y = sj_matmul(x, x);
	assert_null(sj_node_origin(sj_tensor_node(y, NULL)));
	assert_int_equal(sj_graph_note_origin(NULL, "net.c:1"), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_graph_note_origin(graph, NULL), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_graph_note_origin(graph, "net.c:12"), SJ_OK);
	assert_int_equal(sj_graph_note_origin(graph, "net.c:13"), SJ_OK); /* of nothing */
	assert_string_equal(sj_node_origin(sj_tensor_node(y, NULL)), "net.c:12");
	sj_function *function = sj_function_new(product_squared, NULL, 1);
	assert_int_equal(sj_function_call(function, 1, &x, &z), SJ_OK);
	assert_int_equal(sj_graph_note_origin(graph, "net.c:20"), SJ_OK);
	sj_session *session = sj_session_new(graph);
	assert_int_equal(sj_session_run(session, 1, &x, &value, 1, &y, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "[node 'MatMul' of type MatMul, defined at net.c:12]"));
	assert_int_equal(sj_session_run(session, 1, &x, &value, 1, &z, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "of type MatMul, defined at inner.c:7]"));
	assert_null(strstr(sj_error_message(), "net.c"));
	sj_session_free(session);
	sj_function_free(function);
	sj_graph_free(graph);
}

static void square_and_count(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                             sj_tensor **ret_outputs)
{
	(void)n_inputs;
	(void)n_outputs;
	++*(int *)context;
	ret_outputs[0] = sj_mul(sj_square(inputs[0]), inputs[0]);
}

static void function_is_traced_once_a_signature(void **state)
{
	(void)state;
	int n_runs = 0;
	sj_function *f = sj_function_new(square_and_count, &n_runs, 1);
	sj_tensor *x = sj_float(3), *y, *first, *second;
	for (int i = 0; i < 3; i++) {
		sj_status status = sj_function_call(f, 1, &x, &y);
		assert_string_equal(status == SJ_OK ? "" : sj_error_message(), "");
	}
	assert_float_equal(sj_item(y), 27, 0);
	assert_int_equal(n_runs, 1);
	sj_tape *outer = sj_tape_begin();
	sj_tape_watch(outer, x);
	sj_tape *inner = sj_tape_begin();
	sj_tape_watch(inner, x);
	assert_int_equal(sj_function_call(f, 1, &x, &y), SJ_OK);
	assert_int_equal(sj_gradient(inner, y, 1, &x, &first), SJ_OK);
	assert_string_equal(sj_error_message(), "");
	assert_int_equal(sj_gradient(outer, first, 1, &x, &second), SJ_OK);
	assert_float_equal(sj_item(first), 27, 0);
	assert_float_equal(sj_item(second), 18, 0);
	sj_tensor *vector = sj_fill(SJ_INTS(2), sj_float(2));
	assert_int_equal(sj_function_call(f, 1, &vector, &y), SJ_OK);
	assert_int_equal(n_runs, 2);
	assert_int_equal(sj_function_traces(f), 2);
	sj_function_free(f);
}

static sj_concrete_function *branch(sj_graph *outer, double factor, sj_tensor *captured)
{
	sj_graph *graph = sj_graph_new_inside(outer);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x");
	assert_int_equal(sj_graph_begin(graph), SJ_OK);
	sj_tensor *y = sj_add(sj_mul(x, sj_scalar(SJ_FLOAT32, factor)), captured);
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &x, 1, &y);
	assert_non_null(f);
	sj_graph_free(graph);
	return f;
}

static void condition_chooses(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y, *d;
	sj_tensor *captured = sj_mul(x, sj_float(10));
	sj_concrete_function *then = branch(graph, 2, captured), *otherwise = branch(graph, 3, captured);
	assert_int_equal(sj_cond(sj_greater(x, sj_float(0)), then, otherwise, 1, &x, 1, &y), SJ_OK);
	sj_scope_own(y);
	assert_int_equal(sj_graph_gradients(graph, 1, &y, NULL, 1, &x, 0, NULL, &d), SJ_OK);
	sj_session *session = sj_session_new(graph);
	assert_float_equal(sj_item(run_one(session, x, sj_float(1), y)), 12, 0);
	assert_float_equal(sj_item(run_one(session, x, sj_float(-1), y)), -13, 0);
	assert_float_equal(sj_item(run_one(session, x, sj_float(1), d)), 12, 0);
	assert_float_equal(sj_item(run_one(session, x, sj_float(-1), d)), 13, 0);
	sj_session_free(session);
	sj_concrete_function_free(then);
	sj_concrete_function_free(otherwise);
	sj_graph_free(graph);
}

static void loop_runs_and_is_differentiated(void **state)
{
	(void)state;
	sj_graph *test = sj_graph_new(), *round = sj_graph_new();
	sj_tensor *i = sj_placeholder(test, SJ_INT32, SJ_SCALAR_SHAPE, "i"),
		  *x = sj_placeholder(test, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x");
	sj_tensor *ports[] = {i, x}, *holds = sj_less(i, sj_int(3));
	sj_concrete_function *condition = sj_concrete_function_new(test, 2, ports, 1, &holds);
	ports[0] = sj_placeholder(round, SJ_INT32, SJ_SCALAR_SHAPE, "i");
	ports[1] = sj_placeholder(round, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x");
	sj_tensor *next[] = {sj_add(ports[0], sj_int(1)), sj_square(ports[1])};
	sj_concrete_function *body = sj_concrete_function_new(round, 2, ports, 2, next);
	/* eagerly, with a tape */
	sj_tensor *start[] = {sj_int(0), sj_float(2)}, *end[2], *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, start[1]);
	assert_int_equal(sj_while(condition, body, -1, 2, start, end), SJ_OK);
	assert_float_equal(sj_item(end[1]), 256, 0);
	assert_int_equal(sj_gradient(tape, end[1], 1, &start[1], &d), SJ_OK);
	assert_float_equal(sj_item(d), 8 * 128, 0);
	sj_free(end[0]);
	sj_free(end[1]);
	/* in a graph */
	sj_graph *graph = sj_graph_new();
	sj_tensor *given = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "given");
	start[1] = given;
	assert_int_equal(sj_while(condition, body, -1, 2, start, end), SJ_OK);
	assert_int_equal(sj_graph_gradients(graph, 1, &end[1], NULL, 1, &given, 0, NULL, &d), SJ_OK);
	sj_session *session = sj_session_new(graph);
	assert_float_equal(sj_item(run_one(session, given, sj_float(2), end[1])), 256, 0);
	assert_float_equal(sj_item(run_one(session, given, sj_float(2), d)), 8 * 128, 0);
	sj_free(end[0]);
	sj_free(end[1]);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_concrete_function_free(condition);
	sj_concrete_function_free(body);
	sj_graph_free(test);
	sj_graph_free(round);
}

static void mistakes_are_refused(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new(), *other = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 2), "x"), *result;
	sj_tensor *y = sj_square(x), *z = sj_square(sj_placeholder(other, SJ_FLOAT32, SJ_INTS(2, 2), "z"));
	assert_ptr_equal(sj_add(y, z), sj_nil());
	assert_non_null(strstr(sj_error_message(), "another graph"));
	sj_error_clear();
	sj_session *session = sj_session_new(graph);
	assert_int_equal(sj_session_run(session, 0, NULL, NULL, 1, &y, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	assert_string_equal(sj_error_message(),
	                    "You must feed a value for placeholder tensor 'x' with dtype float32 and shape [?,2]");
	sj_tensor *wrong = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), six);
	assert_int_equal(sj_session_run(session, 1, &x, &wrong, 1, &y, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_session_run(session, 0, NULL, NULL, 1, &z, 0, NULL, &result), SJ_INVALID_ARGUMENT);
	assert_int_equal(sj_session_run(NULL, 0, NULL, NULL, 0, NULL, 0, NULL, NULL), SJ_INVALID_ARGUMENT);
	assert_null(sj_tensor_data(y));
	sj_item(y);
	assert_false(sj_ok());
	sj_error_clear();
	assert_ptr_equal(sj_matmul(y, sj_tensor_from(SJ_FLOAT32, SJ_INTS(3, 2), six)), sj_nil());
	sj_error_clear();
	sj_graph_finalize(graph);
	assert_ptr_equal(sj_square(x), sj_nil());
	sj_error_clear();
	sj_keep(y);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_graph_free(other);
	assert_ptr_equal(sj_square(y), sj_nil()); /* its graph is gone */
	sj_error_clear();
	sj_free(y);
}

static void names_are_unique(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2), NULL);
	assert_string_equal(sj_node_name(sj_tensor_node(x, NULL)), "Placeholder");
	assert_int_equal(sj_graph_begin(graph), SJ_OK);
	sj_graph_next_name(graph, "sum");
	sj_tensor *a = sj_add(x, sj_float(1));
	sj_graph_set_scope(graph, "layer/");
	sj_tensor *b = sj_add(x, x), *c = sj_add(x, x);
	sj_graph_set_scope(graph, NULL);
	sj_graph_end();
	assert_string_equal(sj_node_name(sj_tensor_node(a, NULL)), "sum");
	assert_string_equal(sj_node_name(sj_tensor_node(b, NULL)), "layer/Add");
	assert_string_equal(sj_node_name(sj_tensor_node(c, NULL)), "layer/Add_1");
	assert_ptr_equal(sj_graph_find(graph, "layer/Add_1"), sj_tensor_node(c, NULL));
	assert_string_equal(sj_graph_unique_name(graph, "sum", false), "sum_1");
	sj_graph_free(graph);
}

static void names_are_exact_or_changed(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(2), "x");
	assert_int_equal(sj_graph_begin(graph), SJ_OK);
	assert_string_equal(sj_graph_unique_name(graph, "layer", true), "layer");
	sj_graph_set_scope(graph, "elsewhere/");
	sj_graph_next_name(graph, "layer/");
	sj_tensor *a = sj_add(x, x), *b = sj_add(x, x);
	sj_graph_set_scope(graph, NULL);
	sj_graph_end();
	sj_node *node = sj_tensor_node(b, NULL);
	assert_string_equal(sj_node_name(sj_tensor_node(a, NULL)), "layer");
	assert_string_equal(sj_node_name(node), "elsewhere/Add");
	assert_int_equal(sj_node_rename(node, "sum"), SJ_OK);
	assert_string_equal(sj_node_name(node), "sum");
	assert_ptr_equal(sj_graph_find(graph, "sum"), node);
	assert_null(sj_graph_find(graph, "elsewhere/Add"));
	assert_int_equal(sj_node_rename(node, "layer"), SJ_ALREADY_EXISTS);
	assert_string_equal(sj_node_name(node), "sum");
	assert_int_equal(sj_node_rename(node, ""), SJ_INVALID_ARGUMENT);
	sj_graph_free(graph);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scope_open, scope_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(operations_wait_for_a_run),
		TEST(open_graph_takes_everything),
		TEST(gradients_with_known_shapes),
		TEST(gradients_with_unknown_shapes),
		TEST(gradients_of_gradients),
		TEST(variables_belong_to_sessions),
		TEST(failed_run_changes_no_variable),
		TEST(errors_say_where_the_node_comes_from),
		TEST(function_is_traced_once_a_signature),
		TEST(condition_chooses),
		TEST(loop_runs_and_is_differentiated),
		TEST(mistakes_are_refused),
		TEST(names_are_unique),
		TEST(names_are_exact_or_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Graphs, further: graphs inside graphs, fed intermediate tensors, effects, streams of random numbers, lifetimes, failures, threads, and random graphs against eager. */
#include "failing_allocations.h"

#include <float.h>
#include <pthread.h>
#include <string.h>

#include "base/threads.h"
#include "graph_support.h"
#include "scope_fixture.h"

/* ---- graphs inside graphs ---- */

static sj_concrete_function *adds_captured(sj_graph *outer, sj_tensor *captured, sj_concrete_function *inner)
{
	sj_graph *graph = sj_graph_new_inside(outer);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y;
	sj_graph_begin(graph);
	y = sj_add(x, captured);
	if (inner != NULL) {
		is_ok(sj_concrete_function_call(inner, 1, &y, 1, &y));
		sj_scope_own(y);
	}
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &x, 1, &y);
	is_ok(sj_error_code());
	sj_graph_free(graph);
	return f;
}

static void captures_through_two_levels(void **state)
{
	(void)state;
	sj_graph *outer = sj_graph_new(), *middle = sj_graph_new_inside(outer);
	sj_tensor *a = sj_placeholder(outer, SJ_FLOAT32, SJ_SCALAR_SHAPE, "a");
	sj_tensor *x = sj_placeholder(middle, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y, *z, *d;
	sj_concrete_function *inner = adds_captured(middle, a, NULL); /* y + a, a from two levels up */
	assert_int_equal(sj_graph_capture_count(sj_concrete_function_graph(inner)), 1);
	sj_graph_begin(middle);
	is_ok(sj_concrete_function_call(inner, 1, &x, 1, &y));
	y = sj_mul(sj_scope_own(y), a);
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(middle, 1, &x, 1, &y);
	assert_int_equal(sj_graph_capture_count(middle), 1);
	is_ok(sj_concrete_function_call(f, 1, &a, 1, &z));
	sj_scope_own(z); /* (a + a) a */
	is_ok(sj_graph_gradients(outer, 1, &z, NULL, 1, &a, 0, NULL, &d));
	sj_session *session = sj_session_new(outer);
	assert_float_equal(sj_item(run_one(session, a, sj_float(3), z)), 18, 0);
	assert_float_equal(sj_item(run_one(session, a, sj_float(3), d)), 12, 0);
	sj_session_free(session);
	sj_concrete_function_free(f);
	sj_concrete_function_free(inner);
	sj_graph_free(middle);
	sj_graph_free(outer);
}

/* Functions inside functions, each inlined in the next. */
static void deep_nesting(void **state)
{
	(void)state;
	enum { DEEP = 60 };
	sj_concrete_function *functions[DEEP];
	sj_tensor *x = sj_float(1), *y;
	for (int i = 0; i < DEEP; i++)
		functions[i] = adds_captured(NULL, sj_float(1), i > 0 ? functions[i - 1] : NULL);
	is_ok(sj_concrete_function_call(functions[DEEP - 1], 1, &x, 1, &y));
	assert_float_equal(sj_item(sj_scope_own(y)), 1 + DEEP, 0);
	for (int i = 0; i < DEEP; i++)
		sj_concrete_function_free(functions[i]);
	sj_graph *graph = sj_graph_new();
	for (int i = 0; i < 1000; i++)
		is_ok(sj_graph_begin(graph));
	for (int i = 0; i < 1000; i++)
		sj_graph_end();
	assert_null(sj_graph_now());
	sj_graph_end(); /* one too many is nothing */
	sj_graph_free(graph);
}

/* Constants are folded at once, whatever is open around. */
static void functions_made_while_a_graph_is_open(void **state)
{
	(void)state;
	sj_graph *outer = sj_graph_new();
	int before = sj_graph_size(outer);
	sj_tensor *constant = sj_float(1), *x = sj_float(4), *y;
	is_ok(sj_graph_begin(outer));
	sj_graph *inner = sj_graph_new();
	sj_tensor *p = sj_placeholder(inner, SJ_FLOAT32, SJ_SCALAR_SHAPE, "p");
	is_ok(sj_graph_begin(inner));
	sj_tensor *sum = sj_add(p, sj_exp(sj_mul(sj_add(constant, constant), constant)));
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(inner, 1, &p, 1, &sum);
	sj_graph_end();
	assert_int_equal(sj_graph_size(outer), before);
	is_ok(sj_concrete_function_call(f, 1, &x, 1, &y));
	same_bits(sj_scope_own(y), sj_add(x, sj_exp(sj_float(2))));
	sj_concrete_function_free(f);
	sj_graph_free(inner);
	sj_graph_free(outer);
}

static void variables_come_back_as_their_value(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y, *d;
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &x, 1, &x);
	sj_tensor *v = sj_variable_new(sj_float(3));
	sj_tape *tape = sj_tape_begin();
	is_ok(sj_concrete_function_call(f, 1, &v, 1, &y));
	assert_false(sj_is_variable(y));
	sj_scope_own(y);
	is_ok(sj_gradient(tape, sj_square(y), 1, &v, &d));
	assert_float_equal(sj_item(d), 6, 0);
	sj_assign(v, sj_float(9));
	assert_float_equal(sj_item(y), 3, 0);
	sj_free(v);
	sj_concrete_function_free(f);
	sj_graph_free(graph);
}

/* ---- feeds, controls, groups ---- */

static void intermediate_tensors_can_be_fed(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x"), *parts[2];
	sj_tensor *y = sj_square(x), *z = sj_add(y, sj_float(1));
	sj_split(SJ_INTS(0), sj_concat(2, ((sj_tensor *[]){y, z}), 0), 2, parts);
	sj_tensor *w = sj_add(parts[0], parts[1]);
	sj_session *session = sj_session_new(graph);
	sj_tensor *two = sj_fill(SJ_INTS(2), sj_float(2)), *feeds[] = {x, parts[0]}, *values[] = {two, two}, *result;
	assert_float_equal(sj_tensor_item(run_one(session, y, two, z), 0), 3, 0); /* x is not needed */
	is_ok(sj_session_run(session, 2, feeds, values, 1, &w, 0, NULL, &result));
	assert_float_equal(sj_tensor_item(sj_scope_own(result), 0), 7, 0); /* one of two outputs is fed */
	same_bits(run_one(session, y, two, y), two);                       /* a feed is fetched */
	sj_tensor *fetches[] = {w, w, x}, *results[3];
	is_ok(sj_session_run(session, 1, &x, &two, 3, fetches, 0, NULL, results));
	assert_float_equal(sj_tensor_item(results[1], 1), 9, 0);
	for (int i = 0; i < 3; i++)
		sj_free(results[i]);
	sj_session_free(session);
	sj_graph_free(graph);
}

static void controls_and_groups_run_first(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_variable_new(sj_float(1)), *w = sj_variable_new(sj_float(10));
	sj_node *nodes[] = {sj_tensor_node(sj_graph_assign(graph, 1, v, sj_float(1)), NULL),
	                    sj_tensor_node(sj_graph_assign(graph, 2, w, sj_float(1)), NULL)};
	sj_node *both = sj_graph_group(graph, 2, nodes, "both");
	assert_string_equal(sj_node_type(both), "NoOp");
	is_ok(sj_graph_set_controls(graph, 1, &both));
	is_ok(sj_graph_begin(graph));
	sj_tensor *sum = sj_add(v, w);
	sj_graph_end();
	is_ok(sj_graph_set_controls(graph, 0, NULL));
	sj_session *session = sj_session_new(graph);
	assert_float_equal(sj_item(run_one(session, NULL, NULL, sum)), 11, 0);
	assert_float_equal(sj_item(v), 2, 0);
	is_ok(sj_session_run(session, 0, NULL, NULL, 0, NULL, 1, &both, NULL));
	assert_float_equal(sj_item(v), 3, 0);
	assert_float_equal(sj_item(w), 8, 0);
	assert_int_equal(sj_node_add_control(nodes[0], both), SJ_INVALID_ARGUMENT); /* made later */
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
	sj_free(w);
}

/* ---- random numbers ---- */

static void streams_belong_to_sessions_and_nodes(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	is_ok(sj_graph_begin(graph));
	sj_tensor *a = sj_random_uniform(SJ_INTS(4), .seed = SJ_GIVEN(7)), *b = sj_add(a, sj_float(0));
	sj_tensor *other = sj_random_uniform(SJ_INTS(4), .seed = SJ_GIVEN(7));
	sj_graph_end();
	sj_session *first = sj_session_new(graph), *second = sj_session_new(graph);
	sj_tensor *drawn[3];
	drawn[0] = run_one(first, NULL, NULL, a);
	drawn[1] = run_one(first, NULL, NULL, b); /* another plan, the same stream */
	drawn[2] = run_one(first, NULL, NULL, a);
	assert_true(memcmp(sj_tensor_data(drawn[0]), sj_tensor_data(drawn[1]), 16) != 0);
	assert_true(memcmp(sj_tensor_data(drawn[1]), sj_tensor_data(drawn[2]), 16) != 0);
	for (int i = 0; i < 3; i++)
		same_bits(run_one(second, NULL, NULL, a), drawn[i]);
	same_bits(run_one(second, NULL, NULL, other), drawn[0]);
	sj_session_free(first);
	sj_session_free(second);
	sj_graph_free(graph);
}

/* ---- lifetimes ---- */

static void variables_outlive_their_graph(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(2), "v", true);
	sj_tensor *start = sj_graph_assign(graph, 0, v, sj_fill(SJ_INTS(2), sj_float(5)));
	sj_session *session = sj_session_new(graph);
	sj_graph_free(graph);
	run_one(session, NULL, NULL, start); /* the session has the graph */
	sj_tensor *value = sj_keep(sj_session_variable(session, v));
	sj_session_free(session);
	assert_float_equal(sj_tensor_item(value, 0), 5, 0);
	sj_free(value);
	assert_ptr_equal(sj_square(v), sj_nil());
	assert_non_null(strstr(sj_error_message(), "released"));
	sj_error_clear();
	assert_int_not_equal(sj_assign(v, sj_fill(SJ_INTS(2), sj_float(0))), SJ_OK);
	sj_error_clear();
	sj_free(v);
}

static void branches_make_no_cycle(void **state)
{
	(void)state;
	int64_t before = 0;
	for (int i = 0; i < 6; i++) {
		sj_scope scope = sj_scope_begin();
		sj_graph *graph = sj_graph_new();
		sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y;
		sj_concrete_function *then = adds_captured(graph, sj_square(x), NULL),
				     *otherwise = adds_captured(graph, x, NULL);
		is_ok(sj_cond(sj_greater(x, sj_float(0)), then, otherwise, 1, &x, 1, &y));
		sj_free(y);
		sj_concrete_function_free(then);
		sj_concrete_function_free(otherwise);
		sj_graph_free(graph);
		sj_scope_end(scope);
		if (i == 2)
			before = sj__memory_in_use();
	}
	assert_int_equal(sj__memory_in_use(), before);
}

static void body_leaves_tape_open(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                                  sj_tensor **ret_outputs)
{
	(void)n_inputs;
	(void)n_outputs;
	*(sj_tape **)context = sj_tape_begin();
	ret_outputs[0] = sj_square(inputs[0]);
}

static void tapes_left_open_by_a_trace(void **state)
{
	(void)state;
	sj_tape *left = NULL, *tape;
	sj_function *f = sj_function_new(body_leaves_tape_open, &left, 1);
	sj_tensor *x = sj_float(3), *y, *d;
	tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	is_ok(sj_function_call(f, 1, &x, &y));
	is_ok(sj_gradient(tape, y, 1, &x, &d));
	assert_float_equal(sj_item(d), 6, 0);
	sj_tape_free(left);
	sj_function_free(f);
}

/* ---- callables ---- */

static sj_status invoke_refuses(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret)
{
	(void)n_inputs;
	(void)inputs;
	(void)n_outputs;
	ret[0] = sj_keep(sj_float(1)); /* is let go all the same */
	return *(bool *)context ? sj_error_set(SJ_DATA_LOSS, "the callable refuses") : SJ_OK;
}

static void callables_fail(void **state)
{
	(void)state;
	bool refuses = true;
	const sj_callable_type type = {.size = sizeof(type), .name = "Refuses", .invoke = invoke_refuses};
	sj_callable *callable = sj_callable_new(&type, &refuses);
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y, *z, *result, *value = sj_float(2);
	is_ok(sj_call(callable, 1, &x, 1, &y));
	z = sj_add(sj_scope_own(y), x);
	sj_session *session = sj_session_new(graph);
	assert_int_equal(sj_session_run(session, 1, &x, &value, 1, &z, 0, NULL, &result), SJ_DATA_LOSS);
	assert_non_null(strstr(sj_error_message(), "refuses [node 'Refuses' of type Refuses]"));
	assert_true(sj_ok());
	refuses = false;
	assert_float_equal(sj_item(run_one(session, x, value, z)), 3, 0);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_callable_free(callable);
}

/* Whether denormals are there where the callback runs. */
static sj_status invoke_looks(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret)
{
	volatile float tiny = FLT_MIN, half = 0.5f;
	(void)n_inputs;
	(void)n_outputs;
	sj_scope scope = sj_scope_begin();
	sj_add(inputs[0], inputs[0]);
	sj_scope_end(scope);
	*(int *)context += tiny * half > 0;
	ret[0] = sj_keep(inputs[0]);
	return SJ_OK;
}

static void gradient_looks(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **ret_dx)
{
	volatile float tiny = FLT_MIN, half = 0.5f;
	(void)n_outputs;
	(void)n_inputs;
	*(int *)context += tiny * half > 0;
	ret_dx[0] = dy[0];
}

static void callbacks_have_the_caller_s_mode(void **state)
{
	(void)state;
	int n_seen = 0;
	volatile float tiny = FLT_MIN, half = 0.5f;
	const sj_callable_type type = {.size = sizeof(type), .name = "Looks", .invoke = invoke_looks};
	sj_callable *callable = sj_callable_new(&type, &n_seen);
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *y, *value = sj_float(2), *dx;
	is_ok(sj_call(callable, 1, &x, 1, &y));
	sj_session *session = sj_session_new(graph);
	run_one(session, x, value, sj_add(sj_scope_own(y), x));
	assert_int_equal(n_seen, 1);
	is_ok(sj_call(callable, 1, &value, 1, &y)); /* eagerly, within the test's scope */
	sj_scope_own(y);
	assert_int_equal(n_seen, 2);
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, value);
	sj_tensor *own = sj_identity(value);
	is_ok(sj_tape_record(1, &value, 1, &own, gradient_looks, &n_seen, NULL));
	is_ok(sj_gradient(tape, own, 1, &value, &dx));
	assert_int_equal(n_seen, 3);
#if defined(__x86_64__) || defined(__aarch64__)
	assert_true(tiny * half == 0); /* within the scope that is open here */
#endif
	sj_session_free(session);
	sj_graph_free(graph);
	sj_callable_free(callable);
}

static sj_status invoke_sums(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret)
{
	(void)context;
	for (int k = 0; k < n_outputs; k++)
		ret[k] = sj_keep(sj_add_n(n_inputs, inputs));
	return sj_error_code();
}

static void many_ports(void **state)
{
	(void)state;
	enum { MANY = 40 };
	const sj_callable_type type = {.size = sizeof(type), .name = "Sums", .invoke = invoke_sums};
	sj_callable *callable = sj_callable_new(&type, NULL);
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *inputs[MANY], *outputs[MANY], *d;
	for (int i = 0; i < MANY; i++)
		inputs[i] = sj_add(x, sj_float((float)i));
	is_ok(sj_call(callable, MANY, inputs, MANY, outputs));
	for (int i = 0; i < MANY; i++)
		sj_scope_own(outputs[i]);
	sj_tensor *sum = sj_add_n(MANY, outputs);
	is_ok(sj_graph_gradients(graph, 1, &sum, NULL, 1, &x, 0, NULL, &d));
	sj_session *session = sj_session_new(graph);
	assert_float_equal(sj_item(run_one(session, x, sj_float(1), sum)), MANY * (MANY + MANY * (MANY - 1) / 2), 0);
	assert_float_equal(sj_item(run_one(session, x, sj_float(1), d)), MANY * MANY, 0);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_callable_free(callable);
}

/* ---- effects ---- */

static sj_concrete_function *assigns_and_inverts(sj_graph *outer, sj_tensor *v)
{
	sj_graph *graph = sj_graph_new_inside(outer);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, -1), "x");
	is_ok(sj_graph_begin(graph));
	is_ok(sj_assign_add(v, sj_float(1)));
	sj_tensor *y = sj_matmul(x, x);
	sj_graph_end();
	sj_concrete_function *f = sj_concrete_function_new(graph, 1, &x, 1, &y);
	is_ok(sj_error_code());
	sj_graph_free(graph);
	return f;
}

/* What a branch has changed is put back where a later step fails. */
static void failed_branch_changes_no_variable(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(1)), *results, *y;
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, -1), "x"),
		  *test = sj_placeholder(graph, SJ_BOOL, SJ_SCALAR_SHAPE, "test");
	sj_concrete_function *then = assigns_and_inverts(graph, v), *otherwise = assigns_and_inverts(graph, v);
	is_ok(sj_cond(test, then, otherwise, 1, &x, 1, &y));
	sj_scope_own(y);
	sj_tensor *feeds[] = {x, test}, *values[] = {sj_fill(SJ_INTS(2, 3), sj_float(1)), sj_scalar(SJ_BOOL, 1)};
	sj_session *session = sj_session_new(graph);
	assert_int_equal(sj_session_run(session, 2, feeds, values, 1, &y, 0, NULL, &results), SJ_INVALID_ARGUMENT);
	assert_float_equal(sj_item(v), 1, 0);
	values[0] = sj_fill(SJ_INTS(2, 2), sj_float(1));
	is_ok(sj_session_run(session, 2, feeds, values, 1, &y, 0, NULL, &results));
	sj_free(results);
	assert_float_equal(sj_item(v), 2, 0);
	sj_session_free(session);
	sj_concrete_function_free(then);
	sj_concrete_function_free(otherwise);
	sj_graph_free(graph);
	sj_free(v);
}

/* A variable beside a symbolic tensor is read when the graph runs, wherever it stands among the inputs. */
static void variables_are_read_by_the_run(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_variable_new(sj_float(2)),
		  *later = sj_variable_new_uninitialized(SJ_FLOAT32, SJ_SCALAR_SHAPE, "later", true);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x"), *value = sj_float(10), *d, *got[2];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *y = sj_sub(v, x), *z = sj_sub(later, x);
	is_ok(sj_gradient(tape, sj_mul(y, y), 1, &v, &d));
	sj_tensor *fetches[] = {y, d};
	sj_session *session = sj_session_new(graph);
	sj_assign(v, sj_float(5));
	is_ok(sj_session_run(session, 1, &x, &value, 2, fetches, 0, NULL, got));
	assert_float_equal(sj_item(sj_scope_own(got[0])), -5, 0);
	assert_float_equal(sj_item(sj_scope_own(got[1])), -10, 0);
	sj_assign(later, sj_float(1));
	assert_float_equal(sj_item(run_one(session, x, value, z)), -9, 0);
	assert_ptr_equal(sj_sub(sj_scalar(SJ_INT32, 1), x), sj_nil());
	sj_error_clear();
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
	sj_free(later);
}

/* Gradients of a gather stay sparse, in eager and in a graph. */
static void sparse_gradients_update(void **state)
{
	(void)state;
	for (int with_momentum = 0; with_momentum < 2; with_momentum++) {
		sj_update update = {.size = sizeof(update), .learning_rate = 0.5, .momentum = 0.9};
		update.rule = with_momentum ? SJ_UPDATE_MOMENTUM : SJ_UPDATE_GRADIENT_DESCENT;
		sj_tensor *v[2], *slots[2], *d, *rows = sj_tensor_from(SJ_INT32, SJ_INTS(3), ((int32_t[]){1, 3, 1}));
		for (int i = 0; i < 2; i++) {
			v[i] = sj_variable_new(sj_fill(SJ_INTS(5, 2), sj_float(1)));
			slots[i] = sj_variable_new(sj_fill(SJ_INTS(5, 2), sj_float(0.25f)));
		}
		for (int step = 0; step < 2; step++) {
			sj_tape *tape = sj_tape_begin();
			is_ok(sj_gradient(tape, sj_square(sj_gather(v[0], rows)), 1, &v[0], &d));
			is_ok(sj_update_apply(&update, 1, &v[0], &slots[0], &d));
		}
		sj_graph *graph = sj_graph_new();
		sj_tensor *which = sj_placeholder(graph, SJ_INT32, SJ_INTS(-1), "which");
		sj_tensor *y = sj_square(sj_gather(v[1], which));
		is_ok(sj_graph_gradients(graph, 1, &y, NULL, 1, &v[1], 0, NULL, &d));
		is_ok(sj_update_apply(&update, 1, &v[1], &slots[1], &d));
		sj_node *apply = sj_graph_node(graph, sj_graph_size(graph) - 1);
		sj_session *session = sj_session_new(graph);
		for (int step = 0; step < 2; step++)
			is_ok(sj_session_run(session, 1, &which, &rows, 0, NULL, 1, &apply, NULL));
		same_bits(sj_identity(v[0]), sj_identity(v[1]));
		same_bits(sj_identity(slots[0]), sj_identity(slots[1]));
		sj_session_free(session);
		sj_graph_free(graph);
		for (int i = 0; i < 2; i++) {
			sj_free(v[i]);
			sj_free(slots[i]);
		}
	}
}

static void interrupted_runs_stop(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_variable_new(sj_float(1)), *x = sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x");
	sj_tensor *after = sj_graph_assign(graph, 1, v, sj_square(x)), *result, *value = sj_float(2);
	sj_session *session = sj_session_new(graph);
	sj_cancel();
	assert_int_equal(sj_session_run(session, 1, &x, &value, 1, &after, 0, NULL, &result), SJ_CANCELLED);
	sj_cancel_clear();
	sj_error_clear();
	assert_float_equal(sj_item(v), 1, 0);
	assert_float_equal(sj_item(run_one(session, x, value, after)), 5, 0);
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
}

/* ---- training ---- */

typedef struct training {
	sj_layer *model;
	sj_optimizer *adam;
	bool with_dropout;
} training;

static sj_layer *model_new(void)
{
	sj_layer *layers[] = {sj_dense(4, .activation = SJ_RELU), sj_batch_norm(), sj_dense(2)};
	return sj_sequential_new(3, layers);
}

static void train_body(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	training *t = context;
	sj_tape *tape = sj_tape_begin();
	(void)n_inputs;
	(void)n_outputs;
	ret_outputs[0] = sj_mean(sj_square(sj_layer_call(t->model, inputs[0], true)));
	int n = sj_layer_trainable_count(t->model);
	sj_tensor *variables[16], *gradients[16];
	for (int i = 0; i < n; i++)
		variables[i] = sj_layer_trainable(t->model)[i];
	if (sj_gradient(tape, ret_outputs[0], n, variables, gradients) == SJ_OK)
		sj_optimizer_apply(t->adam, n, variables, gradients);
}

/* Layers that make their variables while traced, batch normalisation's statistics and Adam's steps: as eagerly, run after run. */
static void training_step_in_a_function(void **state)
{
	(void)state;
	training eager = {0}, traced = {0};
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), ((float[]){1, 2, 3, 4, 5, 6})), *a, *b;
	for (int way = 0; way < 2; way++) {
		training *t = way ? &traced : &eager;
		sj_set_random_seed(5);
		*t = (training){model_new(), sj_adam_new(0.01), false};
		sj_function *f = sj_function_new(train_body, t, 1);
		for (int step = 0; step < 4; step++) {
			if (way) {
				is_ok(sj_function_call(f, 1, &x, &b));
			} else {
				train_body(t, 1, &x, 1, &a);
			}
		}
		assert_int_equal(sj_function_traces(f), way);
		sj_function_free(f);
	}
	is_ok(sj_error_code());
	same_bits(a, b);
	assert_int_equal(sj_optimizer_steps(traced.adam), 4);
	for (int i = 0; i < sj_layer_variable_count(eager.model); i++)
		same_bits(sj_identity(sj_layer_variables(eager.model)[i]),
		          sj_identity(sj_layer_variables(traced.model)[i]));
	sj_layer_free(eager.model);
	sj_layer_free(traced.model);
	sj_optimizer_free(eager.adam);
	sj_optimizer_free(traced.adam);
	sj_clear_random_seed();
}

static void dropout_draws_anew_each_run(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		sj_graph *graph = sj_graph_new();
		sj_layer *dropout = sj_dropout_layer(0.5, 3);
		sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(known ? 64 : -1), "x");
		sj_tensor *y = sj_layer_call(dropout, x, true), *ones = sj_fill(SJ_INTS(64), sj_float(1));
		is_ok(sj_error_code());
		sj_session *session = sj_session_new(graph);
		sj_tensor *first = run_one(session, x, ones, y), *second = run_one(session, x, ones, y);
		assert_true(memcmp(sj_tensor_data(first), sj_tensor_data(second), 64 * sizeof(float)) != 0);
		sj_session_free(session);
		sj_layer_free(dropout);
		sj_graph_free(graph);
	}
}

/* ---- threads ---- */

typedef struct shared_run {
	sj_session *session;
	sj_tensor *x, *y, *noise;
	int n_wrong;
} shared_run;

static void *thread_run(void *context)
{
	shared_run *r = context;
	for (int i = 0; i < 200; i++) {
		sj_scope scope = sj_scope_begin();
		float number = (float)(i % 7);
		sj_tensor *value = sj_fill(SJ_INTS(1 + i % 3), sj_float(number)), *fetches[] = {r->y, r->noise},
			  *got[2];
		int n = 1 + i % 2; /* two plans, both made by whoever comes first */
		if (sj_session_run(r->session, 1, &r->x, &value, n, fetches, 0, NULL, got) != SJ_OK) {
			__atomic_fetch_add(&r->n_wrong, 1, __ATOMIC_RELAXED);
		} else {
			if (sj_tensor_item(got[0], 0) != number * number + 2)
				__atomic_fetch_add(&r->n_wrong, 1, __ATOMIC_RELAXED);
			for (int k = 0; k < n; k++)
				sj_free(got[k]);
		}
		sj_scope_end(scope);
	}
	return NULL;
}

static void threads_share_a_session(void **state)
{
	(void)state;
	enum { THREADS = 4 };
	pthread_t threads[THREADS];
	sj_graph *graph = sj_graph_new();
	sj_tensor *v = sj_variable_new(sj_float(2));
	shared_run r = {.x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x")};
	r.y = sj_add(sj_square(r.x), v);
	is_ok(sj_graph_begin(graph));
	r.noise = sj_random_uniform(SJ_INTS(3), .seed = SJ_GIVEN(1));
	sj_graph_end();
	r.session = sj_session_new(graph);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, thread_run, &r), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(r.n_wrong, 0);
	sj_session_free(r.session);
	sj_graph_free(graph);
	sj_free(v);
}

/* ---- random graphs ---- */

static uint64_t draw(uint64_t *seed, uint64_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % n;
}

/* Some operation on earlier tensors, all of shape (n, n). */
static sj_tensor *drawn_operation(uint64_t *seed, sj_tensor *const *made, int n_made)
{
	sj_tensor *a = made[draw(seed, (uint64_t)n_made)], *b = made[draw(seed, (uint64_t)n_made)];
	switch (draw(seed, 12)) {
	case 0: return sj_add(a, b);
	case 1: return sj_sub(a, b);
	case 2: return sj_mul(a, b);
	case 3: return sj_matmul(a, b);
	case 4: return sj_relu(sj_add(sj_matmul(a, b), sj_mean(a, .axis = SJ_INTS(0))));
	case 5: return sj_tanh(a);
	case 6: return sj_transpose(sj_sigmoid(a));
	case 7: return sj_mul(a, sj_sum(b, .axis = SJ_INTS(1), .keep_dims = true));
	case 8: return sj_softmax(a);
	case 9: return sj_reshape(sj_reshape(a, SJ_INTS(-1)), SJ_INTS(3, 3));
	case 10: return sj_maximum(a, b);
	default: return sj_square(a);
	}
}

static void operations_draw(uint64_t seed, int n, int n_made, sj_tensor **made, sj_tensor **ret_loss)
{
	for (int i = n_made; i < n; i++)
		made[i] = sj_tanh(drawn_operation(&seed, made, i));
	*ret_loss = sj_mean(sj_square(sj_add_n(3, made + n - 3)));
}

static void random_graph_check(uint64_t seed)
{
	enum { GIVEN = 3, MOST = 30 };
	sj_scope scope = sj_scope_begin();
	sj_tensor *eager[MOST], *made[MOST], *loss, *symbolic, *d[GIVEN], *wanted[GIVEN], *got[GIVEN + 1];
	int n = GIVEN + 3 + (int)(seed % (MOST - GIVEN - 3));
	sj_graph *graph = sj_graph_new();
	sj_tape *tape = sj_tape_begin();
	for (int i = 0; i < GIVEN; i++) {
		eager[i] = sj_random_uniform(SJ_INTS(3, 3), .minval = -1, .seed = SJ_GIVEN((int64_t)seed + i));
		made[i] = sj_placeholder(graph, SJ_FLOAT32, seed % 2 ? SJ_INTS(3, 3) : SJ_INTS(-1, 3), "x");
		sj_tape_watch(tape, eager[i]);
	}
	operations_draw(seed, n, GIVEN, eager, &loss);
	is_ok(sj_gradient(tape, loss, GIVEN, eager, wanted));
	operations_draw(seed, n, GIVEN, made, &symbolic);
	is_ok(sj_graph_gradients(graph, 1, &symbolic, NULL, GIVEN, made, 0, NULL, d));
	sj_tensor *fetches[GIVEN + 1] = {symbolic}, *wants[GIVEN + 1] = {loss};
	int n_fetches = 1;
	for (int i = 0; i < GIVEN; i++) {
		assert_true((d[i] == NULL) == (wanted[i] == NULL));
		fetches[n_fetches] = d[i];
		wants[n_fetches] = wanted[i];
		n_fetches += d[i] != NULL;
	}
	sj_session *session = sj_session_new(graph);
	for (int round = 0; round < 3; round++) {
		is_ok(sj_session_run(session, GIVEN, made, eager, n_fetches, fetches, 0, NULL, got));
		for (int i = 0; i < n_fetches; i++) {
			same_bits(got[i], wants[i]);
			sj_free(got[i]);
		}
	}
	sj_session_free(session);
	sj_graph_free(graph);
	sj_scope_end(scope);
}

static void random_graphs_are_eager(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++)
		random_graph_check(seed);
}

/* ---- allocations that fail ---- */

static void step_body(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)n_inputs;
	(void)n_outputs;
	sj_assign_add(context, sj_float(1));
	ret_outputs[0] = sj_mul(sj_square(inputs[0]), context);
}

static void failing_function(void *context)
{
	(void)context;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(3), sj_float(2)), *v = sj_variable_new(sj_float(1)), *y, *d;
	sj_function *f = sj_function_new(step_body, v, 1);
	sj_tape *tape = sj_tape_begin();
	if (f != NULL && tape != NULL && sj_tape_watch(tape, x) == SJ_OK) {
		sj_function_call(f, 1, &x, &y);
		sj_gradient(tape, y, 1, &x, &d);
		sj_function_call(f, 1, &x, &y);
	} else {
		sj_tape_free(tape);
	}
	sj_function_free(f);
	sj_free(v);
	sj_scope_end(scope);
}

static void failing_session_run(sj_graph *graph, sj_session *session, sj_tensor *x, sj_tensor *w)
{
	static const float numbers[] = {1, 2, 3, 4, 5, 6};
	sj_tensor *y = sj_mean(sj_square(sj_matmul(x, w))), *d, *result;
	sj_tensor *start = sj_graph_assign(graph, 0, w, sj_tensor_from(SJ_FLOAT32, SJ_INTS(3, 2), numbers));
	if (sj_graph_gradients(graph, 1, &y, NULL, 1, &w, 0, NULL, &d) != SJ_OK)
		return;
	sj_tensor *after = sj_graph_assign(graph, 2, w, d), *value = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 3), numbers);
	sj_tensor *fetches[] = {start, y, after};
	for (int i = 0; i < 3 && sj_ok(); i++) {
		sj_status status = sj_session_run(session, i > 0, &x, &value, 1, &fetches[i], 0, NULL, &result);
		if (status == SJ_OK)
			sj_free(result);
		else
			sj_error_set(status, "%s", sj_error_message());
	}
}

static void failing_session(void *context)
{
	(void)context;
	sj_scope scope = sj_scope_begin();
	sj_graph *graph = sj_graph_new();
	sj_session *session = graph ? sj_session_new(graph) : NULL;
	if (session != NULL) {
		sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 3), "x");
		sj_tensor *w = sj_graph_variable(graph, SJ_FLOAT32, SJ_INTS(3, 2), "w", true);
		if (sj_ok())
			failing_session_run(graph, session, x, w);
		sj_free(w);
	}
	sj_session_free(session);
	sj_graph_free(graph);
	sj_scope_end(scope);
}

static sj_concrete_function *failing_branch(sj_graph *outer, sj_tensor *captured)
{
	sj_concrete_function *f = NULL;
	sj_graph *graph = sj_graph_new_inside(outer);
	sj_tensor *x = graph ? sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x") : sj_nil(), *y;
	if (sj_ok() && sj_graph_begin(graph) != SJ_OK)
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "no memory");
	if (sj_ok()) {
		y = sj_mul(x, captured);
		sj_graph_end();
		if (sj_ok())
			f = sj_concrete_function_new(graph, 1, &x, 1, &y);
	}
	sj_graph_free(graph);
	return f;
}

static void failing_condition(void *context)
{
	(void)context;
	sj_scope scope = sj_scope_begin();
	sj_graph *graph = sj_graph_new();
	sj_tensor *x = graph ? sj_placeholder(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "x") : sj_nil(), *y, *d, *result;
	sj_concrete_function *then = sj_ok() ? failing_branch(graph, x) : NULL,
			     *otherwise = sj_ok() ? failing_branch(graph, sj_square(x)) : NULL;
	if (sj_ok()) {
		sj_tensor *test = sj_greater(x, sj_float(0)), *value = sj_float(3);
		sj_status status = sj_ok() ? sj_cond(test, then, otherwise, 1, &x, 1, &y) : sj_error_code();
		if (status == SJ_OK)
			status = sj_graph_gradients(graph, 1, &y, NULL, 1, &x, 0, NULL, &d), sj_free(y);
		sj_session *session = status == SJ_OK ? sj_session_new(graph) : NULL;
		if (session != NULL)
			status = sj_session_run(session, 1, &x, &value, 1, &d, 0, NULL, &result);
		if (session != NULL && status == SJ_OK)
			sj_free(result);
		if (status != SJ_OK && sj_ok())
			sj_error_set(status, "%s", sj_error_message());
		sj_session_free(session);
	}
	sj_concrete_function_free(then);
	sj_concrete_function_free(otherwise);
	sj_graph_free(graph);
	sj_scope_end(scope);
}

static void allocations_fail(void **state)
{
	(void)state;
	every_allocation_fails(failing_session, NULL);
	every_allocation_fails(failing_function, NULL);
	every_allocation_fails(failing_condition, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scope_open, scope_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(captures_through_two_levels),
		TEST(deep_nesting),
		TEST(functions_made_while_a_graph_is_open),
		TEST(variables_come_back_as_their_value),
		TEST(intermediate_tensors_can_be_fed),
		TEST(controls_and_groups_run_first),
		TEST(streams_belong_to_sessions_and_nodes),
		TEST(variables_outlive_their_graph),
		TEST(branches_make_no_cycle),
		TEST(tapes_left_open_by_a_trace),
		TEST(callables_fail),
		TEST(callbacks_have_the_caller_s_mode),
		TEST(many_ports),
		TEST(failed_branch_changes_no_variable),
		TEST(variables_are_read_by_the_run),
		TEST(sparse_gradients_update),
		TEST(training_step_in_a_function),
		TEST(dropout_draws_anew_each_run),
		TEST(interrupted_runs_stop),
		TEST(random_graphs_are_eager),
		TEST(allocations_fail),
		TEST(threads_share_a_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

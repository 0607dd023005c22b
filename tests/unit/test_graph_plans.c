/* Optimised plans: the same bits as without, whatever is fed; what must not be merged, moved or written over; whom errors name. */
#include "failing_allocations.h"
#include "graph_support.h"
#include "scope_fixture.h"

#include <string.h>

enum { LAYERS = 2, N_VARIABLES = 4, FEATURES = 5, CLASSES = 3 };

/* ---- a network ---- */

typedef struct network {
	sj_graph *graph;
	sj_session *session;
	sj_optimizer *adam;
	sj_tensor *variables[N_VARIABLES], *x, *y, *loss;
	sj_node *step;
} network;

static sj_tensor *loss_of(sj_tensor *x, sj_tensor *y, sj_tensor *const *v)
{
	sj_tensor *h = sj_relu(sj_add(sj_matmul(x, v[0]), v[1]));
	sj_tensor *logits = sj_add(sj_matmul(h, v[2]), v[3]);
	return sj_mean(sj_softmax_cross_entropy(sj_one_hot(y, SJ_INTS(CLASSES)), logits));
}

static void variables_make(sj_tensor **v)
{
	const int64_t sizes[] = {FEATURES, 7, CLASSES};
	for (int i = 0; i < LAYERS; i++) {
		sj_tensor *numbers = sj_range(sj_float(1), sj_float((float)(sizes[i] * sizes[i + 1]) + 1), sj_float(1));
		v[2 * i] = sj_variable_new(sj_reshape(sj_sin(numbers), SJ_INTS(sizes[i], sizes[i + 1])));
		v[2 * i + 1] = sj_variable_new(sj_fill(SJ_INTS(sizes[i + 1]), sj_float(0.1f)));
	}
}

static void network_make(network *n)
{
	sj_tensor *gradients[N_VARIABLES];
	n->graph = sj_graph_new();
	n->session = sj_session_new(n->graph);
	n->adam = sj_adam_new(0.01);
	variables_make(n->variables);
	n->x = sj_placeholder(n->graph, SJ_FLOAT32, SJ_INTS(-1, FEATURES), "x");
	n->y = sj_placeholder(n->graph, SJ_INT32, SJ_INTS(-1), "y");
	n->loss = loss_of(n->x, n->y, n->variables);
	is_ok(sj_graph_gradients(n->graph, 1, &n->loss, NULL, N_VARIABLES, n->variables, 0, NULL, gradients));
	is_ok(sj_optimizer_apply(n->adam, N_VARIABLES, n->variables, gradients));
	n->step = sj_graph_node(n->graph, sj_graph_size(n->graph) - 1);
}

static void network_end(network *n)
{
	sj_session_free(n->session);
	sj_graph_free(n->graph);
	sj_optimizer_free(n->adam);
	for (int i = 0; i < N_VARIABLES; i++)
		sj_free(n->variables[i]);
}

static void rows_make(int64_t n, int seed, sj_tensor **ret_values)
{
	ret_values[0] = sj_random_uniform(SJ_INTS(n, FEATURES), .seed = SJ_GIVEN(seed));
	ret_values[1] = sj_cast(sj_random_uniform_int(SJ_INTS(n), 0, CLASSES, .seed = SJ_GIVEN(seed)), SJ_INT32);
}

static sj_tensor *network_step(network *n, sj_tensor *const *values)
{
	sj_tensor *feeds[] = {n->x, n->y}, *loss = NULL;
	is_ok(sj_session_run(n->session, 2, feeds, values, 1, &n->loss, 1, &n->step, &loss));
	return sj_scope_own(loss);
}

static sj_tensor *eager_step(sj_optimizer *adam, sj_tensor *const *v, sj_tensor *const *values)
{
	sj_tensor *gradients[N_VARIABLES];
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = loss_of(values[0], values[1], v);
	is_ok(sj_gradient(tape, loss, N_VARIABLES, v, gradients));
	is_ok(sj_optimizer_apply(adam, N_VARIABLES, v, gradients));
	return loss;
}

/* More shapes than are kept, each of them again and again, beside a network that is not optimised and one that is trained eagerly. */
static void training_has_eager_bits(void **state)
{
	(void)state;
	network fast, slow;
	sj_tensor *eager[N_VARIABLES], *values[2];
	sj_optimizer *adam = sj_adam_new(0.01);
	network_make(&fast);
	network_make(&slow);
	variables_make(eager);
	for (int i = 0; i < 120; i++) {
		rows_make(i < 60 ? 4 + i / 3 % 3 : 1 + i % 11, i, values);
		sj_tensor *a = network_step(&fast, values);
		sj_graph_set_optimized(false);
		assert_false(sj_graph_is_optimized());
		sj_tensor *b = network_step(&slow, values);
		sj_graph_set_optimized(true);
		same_bits(a, b);
		same_bits(a, eager_step(adam, eager, values));
	}
	for (int i = 0; i < N_VARIABLES; i++) {
		same_bits(sj_variable_read(fast.variables[i]), sj_variable_read(slow.variables[i]));
		same_bits(sj_variable_read(fast.variables[i]), sj_variable_read(eager[i]));
		sj_free(eager[i]);
	}
	sj_optimizer_free(adam);
	network_end(&fast);
	network_end(&slow);
}

/* ---- what must not be written over ---- */

static void feeds_and_variables_stay(void **state)
{
	(void)state;
	enum { N = 40000 };
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1), "x"),
		  *v = sj_variable_new(sj_fill(SJ_INTS(N), sj_float(2)));
	sj_tensor *sum = sj_add(sj_square(sj_neg(x)), v), *y = sj_relu(sj_mul(sum, v)),
		  *z = sj_neg(sj_reshape(x, SJ_INTS(-1)));
	sj_tensor *value = sj_random_uniform(SJ_INTS(N), .seed = SJ_GIVEN(1));
	sj_tensor *kept = sj_add(value, sj_float(0)), *two = sj_fill(SJ_INTS(N), sj_float(2)), *results[4];
	sj_tensor *want = sj_relu(sj_mul(sj_add(sj_square(sj_neg(value)), two), two));
	sj_tensor *fetches[] = {y, sum, z, x};
	for (int i = 0; i < 3; i++) {
		is_ok(sj_session_run(session, 1, &x, &value, 4, fetches, 0, NULL, results));
		same_bits(results[0], want);
		same_bits(results[2], sj_neg(value));
		same_bits(results[3], kept);
		same_bits(run_one(session, x, value, y), want);
		same_bits(value, kept);
		same_bits(sj_variable_read(v), two);
		for (int k = 0; k < 4; k++)
			sj_scope_own(results[k]); /* those of one run stay beside the next one's */
	}
	sj_session_free(session);
	sj_graph_free(graph);
	sj_free(v);
}

/* ---- what must not be merged or moved ---- */

static void reads_stay_behind_assignments(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *v = sj_graph_variable(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "v", true);
	sj_tensor *w = sj_graph_variable(graph, SJ_FLOAT32, SJ_SCALAR_SHAPE, "w", true);
	sj_tensor *start = sj_graph_assign(graph, 0, v, sj_float(1)),
		  *other = sj_graph_assign(graph, 0, w, sj_float(5));
	run_one(session, NULL, NULL, start);
	run_one(session, NULL, NULL, other);
	is_ok(sj_graph_begin(graph));
	sj_tensor *before = sj_add(v, sj_float(0));
	sj_graph_end();
	sj_tensor *after = sj_graph_assign(graph, 1, v, sj_float(1));
	sj_node *controls[] = {sj_tensor_node(after, NULL)};
	is_ok(sj_graph_begin(graph));
	is_ok(sj_graph_set_controls(graph, 1, controls));
	sj_tensor *again = sj_add(v, sj_float(0)), *untouched = sj_add(w, sj_float(0));
	is_ok(sj_graph_set_controls(graph, 0, NULL));
	sj_graph_end();
	sj_tensor *fetches[] = {before, again, untouched, after}, *results[4];
	for (int i = 1; i < 6; i++) {
		is_ok(sj_session_run(session, 0, NULL, NULL, 4, fetches, 0, NULL, results));
		assert_float_equal(sj_item(results[0]), i, 0);
		assert_float_equal(sj_item(results[1]), i + 1, 0);
		assert_float_equal(sj_item(results[2]), 5, 0);
		assert_float_equal(sj_item(results[3]), i + 1, 0);
		for (int k = 0; k < 4; k++)
			sj_free(results[k]);
	}
	sj_free(v);
	sj_free(w);
	sj_session_free(session);
	sj_graph_free(graph);
}

static void draws_are_two(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	is_ok(sj_graph_begin(graph));
	sj_tensor *a = sj_random_uniform(SJ_INTS(8)), *b = sj_random_uniform(SJ_INTS(8)), *d = sj_sub(a, b);
	sj_graph_end();
	sj_tensor *last = NULL;
	for (int i = 0; i < 4; i++) {
		sj_tensor *now = run_one(session, NULL, NULL, d);
		assert_true(sj_item(sj_sum(sj_abs(now))) > 0);
		assert_true(last == NULL || memcmp(sj_tensor_data(last), sj_tensor_data(now), 32) != 0);
		last = now;
	}
	sj_session_free(session);
	sj_graph_free(graph);
}

/* The value that a rule would have to look at is known only in the run: it is looked at in each. */
static void values_are_checked_in_each_run(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	const sj_op *slice = sj_op_find("Slice");
	sj_tensor *begin = sj_placeholder(graph, SJ_INT64, SJ_INTS(1), "begin");
	sj_tensor *ports[] = {sj_range(sj_float(0), sj_float(6), sj_float(1)), begin,
	                      sj_tensor_from(SJ_INT64, SJ_INTS(1), (int64_t[]){2})};
	sj_tensor *y, *result;
	is_ok(sj_execute(slice, NULL, 3, ports, 1, &y));
	sj_scope_own(y);
	for (int64_t i = 0; i < 9; i++) {
		sj_tensor *value = sj_tensor_from(SJ_INT64, SJ_INTS(1), (int64_t[]){i});
		sj_status status = sj_session_run(session, 1, &begin, &value, 1, &y, 0, NULL, &result);
		assert_int_equal(status, i <= 4 ? SJ_OK : SJ_INVALID_ARGUMENT);
		if (status != SJ_OK) {
			assert_string_equal(sj_node_name(sj_session_failed()), "Slice");
			continue;
		}
		assert_float_equal(((const float *)sj_tensor_data(result))[1], i + 1, 0);
		sj_free(result);
	}
	sj_session_free(session);
	sj_graph_free(graph);
}

static void errors_name_the_user_s_node(void **state)
{
	(void)state;
	sj_graph *graph = sj_graph_new();
	sj_session *session = sj_session_new(graph);
	sj_tensor *x = sj_placeholder(graph, SJ_INT32, SJ_INTS(-1), "x"), *result;
	sj_tensor *y = sj_floor_div(sj_fill(SJ_INTS(2), sj_int(6)), x);
	for (int i = 0; i < 6; i++) {
		sj_tensor *value = sj_tensor_from(SJ_INT32, SJ_INTS(2), ((int32_t[]){2, i % 2}));
		sj_status status = sj_session_run(session, 1, &x, &value, 1, &y, 0, NULL, &result);
		assert_int_equal(status, i % 2 ? SJ_OK : SJ_INVALID_ARGUMENT);
		if (status == SJ_OK) {
			sj_free(result);
			continue;
		}
		assert_string_equal(sj_node_name(sj_session_failed()), sj_node_name(sj_tensor_node(y, NULL)));
		assert_non_null(strstr(sj_error_message(), sj_node_name(sj_tensor_node(y, NULL))));
	}
	sj_session_free(session);
	sj_graph_free(graph);
}

/* ---- without memory ---- */

static sj_status two_runs(void *context)
{
	network n;
	sj_tensor *values[2], *feeds[2], *loss = NULL;
	sj_status status = SJ_OK;
	(void)context;
	network_make(&n);
	rows_make(3, 1, values);
	feeds[0] = n.x;
	feeds[1] = n.y;
	sj_error_clear();
	for (int i = 0; i < 2 && status == SJ_OK; i++) {
		status = sj_session_run(n.session, 2, feeds, values, 1, &n.loss, 1, &n.step, &loss);
		if (status == SJ_OK)
			sj_free(loss);
	}
	network_end(&n);
	return status;
}

static void runs_twice(void **state)
{
	(void)state;
	assert_int_equal(two_runs(NULL), SJ_OK);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scope_open, scope_close)
	const struct CMUnitTest tests[] = {
		TEST(training_has_eager_bits),
		TEST(feeds_and_variables_stay),
		TEST(reads_stay_behind_assignments),
		TEST(draws_are_two),
		TEST(values_are_checked_in_each_run),
		TEST(errors_name_the_user_s_node),
		TEST(runs_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

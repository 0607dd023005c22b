/* Tapes: nesting, persistence, pausing, resetting, variables, own gradients, several threads, misuse. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sokuji.h>

#include "scope_fixture.h"

#include "base/memory.h"
#include "tensor/tensor.h"

static void second_derivative(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(3), *first, *second;
	sj_tape *outer = sj_tape_begin();
	sj_tape_watch(outer, x);
	sj_tape *inner = sj_tape_begin();
	sj_tape_watch(inner, x);
	sj_tensor *y = sj_mul(sj_square(x), x);
	assert_int_equal(sj_gradient(inner, y, 1, &x, &first), SJ_OK);
	assert_int_equal(sj_gradient(outer, first, 1, &x, &second), SJ_OK);
	assert_float_equal(sj_item(first), 27, 0);
	assert_float_equal(sj_item(second), 18, 0);
}

static void inner_tape_knows_only_what_it_watches(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(3), *d;
	sj_tape *outer = sj_tape_begin();
	sj_tape_watch(outer, x);
	sj_tape *inner = sj_tape_begin();
	sj_tensor *y = sj_square(x);
	assert_int_equal(sj_gradient(inner, y, 1, &x, &d), SJ_OK);
	assert_null(d);
	assert_int_equal(sj_gradient(outer, y, 1, &x, &d), SJ_OK);
	assert_float_equal(sj_item(d), 6, 0);
}

static void a_tape_never_asked_gives_back_what_it_held(void **state)
{
	(void)state;
	sj_tensor *x = sj_fill(SJ_INTS(2, 2), sj_float(1));
	int32_t before = x->refs;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_matmul(x, x);
	assert_int_equal(x->refs, before + 2);
	sj_tape_free(tape);
	assert_int_equal(x->refs, before);
}

static void persistent_tape_answers_again(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(2), *d;
	sj_tape *tape = sj_tape_begin_persistent();
	sj_tape_watch(tape, x);
	sj_tensor *y = sj_square(x), *z = sj_mul(y, y);
	sj_tape_end(tape);
	sj_gradient(tape, z, 1, &x, &d);
	assert_float_equal(sj_item(d), 32, 0);
	sj_gradient(tape, y, 1, &x, &d);
	assert_float_equal(sj_item(d), 4, 0);
	sj_gradient(tape, z, 1, &y, &d); /* with respect to what lies between */
	assert_float_equal(sj_item(d), 8, 0);
	sj_tape_free(tape);
	assert_true(sj_ok());
}

static void used_up_tape_is_refused(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(2), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_gradient(tape, sj_square(x), 1, &x, &d);
	assert_false(sj_tape_is_recording());
	sj_tape_free(tape); /* ignored */
	assert_true(sj_ok());
	assert_int_equal(sj_gradient(NULL, x, 1, &x, &d), SJ_INVALID_ARGUMENT);
	assert_null(d);
}

static void pausing_hides_operations(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(2), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tape_pause();
	sj_tensor *hidden = sj_square(x);
	sj_tape_resume();
	sj_tensor *y = sj_add(sj_mul(x, x), hidden);
	sj_gradient(tape, y, 1, &x, &d);
	assert_float_equal(sj_item(d), 4, 0);
}

static void reset_forgets(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(2), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tensor *y = sj_square(x);
	sj_tape_reset(tape);
	sj_gradient(tape, y, 1, &x, &d);
	assert_null(d);
}

static void variables_are_watched_and_updated_in_place(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(3)), *d;
	const void *before = NULL;
	sj_optimizer *descent = sj_gradient_descent_new(0.1);
	for (int i = 0; i < 3; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = sj_tape_begin();
		sj_gradient(tape, sj_square(v), 1, &v, &d);
		sj_optimizer_apply(descent, 1, &v, &d);
		sj_scope_end(scope);
		if (i > 0)
			assert_ptr_equal(before, sj_tensor_data(v));
		before = sj_tensor_data(v);
	}
	assert_float_equal(sj_item(v), 3 * 0.8 * 0.8 * 0.8, 1e-6);
	sj_optimizer_free(descent);
	sj_free(v);
}

static void value_read_earlier_keeps_its_contents(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(3)), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tensor *y = sj_mul(v, v);
	sj_assign_add(v, sj_float(10));
	sj_tensor *z = sj_add(y, v); /* both reads are the variable's */
	sj_gradient(tape, z, 1, &v, &d);
	assert_float_equal(sj_item(d), 7, 0);
	assert_float_equal(sj_item(v), 13, 0);
	sj_free(v);
}

static void double_gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **dx)
{
	(void)n_outputs, (void)n_inputs;
	++*(int *)context;
	dx[0] = sj_mul(dy[0], sj_float(2));
}

static void count_release(void *context) { *(int *)context += 100; }

static void own_gradient(void **state)
{
	(void)state;
	int calls = 0;
	sj_tensor *x = sj_float(5), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tape_pause();
	sj_tensor *y = sj_square(x);
	sj_tape_resume();
	sj_tape_record(1, &x, 1, &y, double_gradient, &calls, count_release);
	sj_gradient(tape, sj_mul(y, sj_float(3)), 1, &x, &d);
	assert_float_equal(sj_item(d), 6, 0);
	assert_int_equal(calls, 101);
	sj_tape_record(1, &x, 1, &y, double_gradient, &calls, count_release); /* nothing records: released at once */
	assert_int_equal(calls, 201);
}

static void wrong_shape(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **dx)
{
	(void)context, (void)n_outputs, (void)n_inputs;
	dx[0] = sj_reshape(dy[0], SJ_INTS(1, 1));
}

static void own_gradient_of_a_wrong_shape_is_refused(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(5), *y = sj_float(1), *d = x;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tape_record(1, &x, 1, &y, wrong_shape, NULL, NULL);
	assert_int_equal(sj_gradient(tape, y, 1, &x, &d), SJ_INVALID_ARGUMENT);
	assert_null(d);
	assert_non_null(strstr(sj_error_message(), "custom gradient"));
	assert_false(sj_tape_is_recording());
}

static void integers_have_no_gradient(void **state)
{
	(void)state;
	sj_tensor *i = sj_int(3), *x = sj_float(2), *d;
	sj_tape *tape = sj_tape_begin();
	assert_int_equal(sj_tape_watch(tape, i), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	sj_tape_watch(tape, x);
	sj_tensor *y = sj_cast(sj_cast(x, SJ_INT32), SJ_FLOAT32);
	sj_gradient(tape, y, 1, &x, &d);
	assert_null(d);
}

static void jacobian_of_a_square(void **state)
{
	(void)state;
	double values[] = {1, 2, 3};
	sj_tensor *x = sj_tensor_from(SJ_FLOAT64, SJ_INTS(3), values);
	sj_tape *tape = sj_tape_begin_persistent();
	sj_tape_watch(tape, x);
	sj_tensor *y = sj_square(x);
	sj_tape_end(tape);
	sj_tensor *jacobian = sj_jacobian(tape, y, x);
	assert_int_equal(sj_tensor_rank(jacobian), 2);
	for (int i = 0; i < 9; i++)
		assert_float_equal(sj_tensor_item(jacobian, i), (i / 3 == i % 3 ? 2 * values[i / 3] : 0), 0);
	sj_tape_free(tape);
}

static void nil_loss_is_refused_and_the_tape_ends(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(2), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tensor *loss = sj_matmul(x, x);
	assert_ptr_equal(loss, sj_nil());
	assert_int_not_equal(sj_gradient(tape, loss, 1, &x, &d), SJ_OK);
	assert_null(d);
	assert_false(sj_tape_is_recording());
}

static void memory_is_steady(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(1)), *d;
	int64_t before = 0;
	for (int i = 0; i < 1000; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = sj_tape_begin();
		sj_gradient(tape, sj_mul(sj_square(v), v), 1, &v, &d);
		sj_scope_end(scope);
		if (i == 10)
			before = sj__memory_in_use();
	}
	assert_int_equal(sj__memory_in_use(), before);
	sj_free(v);
}

/* ---- what the walk may write over ---- */

static void gradient_asked_for_is_not_written_over(void **state)
{
	(void)state;
	enum { N = 1 << 18 };
	sj_tensor *x = sj_random_uniform(SJ_INTS(N), .minval = -1), *gradients[2],
		  *weight = sj_fill(SJ_INTS(N), sj_float(2)), *d;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tensor *y = sj_relu(x), *z = sj_mul(y, sj_float(3)), *sources[] = {x, y};
	assert_int_equal(sj_gradient(tape, z, 2, sources, gradients), SJ_OK);
	assert_float_equal(sj_item(sj_min(gradients[1])), 3, 0);
	assert_float_equal(sj_item(sj_min(gradients[0])), 0, 0);
	tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	y = sj_relu(x);
	assert_int_equal(sj_gradient_of(tape, 1, &y, &weight, 1, &x, &d), SJ_OK);
	assert_float_equal(sj_item(sj_min(weight)), 2, 0);
	assert_float_equal(sj_item(sj_min(d)), 0, 0);
}

static void gradient_that_two_results_share_is_not_written_over(void **state)
{
	(void)state;
	enum { N = 1 << 18 };
	sj_tensor *a = sj_fill(SJ_INTS(N), sj_float(-1)), *b = sj_fill(SJ_INTS(N), sj_float(1)), *gradients[2];
	sj_tensor *sources[] = {a, b};
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, a);
	sj_tape_watch(tape, b);
	sj_tensor *sum = sj_mul(sj_add(sj_relu(a), sj_relu(b)), sj_float(3)); /* both addends have the sum's gradient */
	assert_int_equal(sj_gradient(tape, sum, 2, sources, gradients), SJ_OK);
	assert_float_equal(sj_item(sj_max(gradients[0])), 0, 0);
	assert_float_equal(sj_item(sj_min(gradients[1])), 3, 0);
}

/* ---- tapes that live on beside others ---- */

static void steps_take(sj_tensor *v, int n, int64_t *ret_in_use)
{
	sj_tensor *d;
	for (int i = 0; i < n; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = sj_tape_begin();
		assert_int_equal(sj_gradient(tape, sj_mul(sj_square(v), v), 1, &v, &d), SJ_OK);
		assert_float_equal(sj_item(d), 12, 0);
		sj_scope_end(scope);
		if (i == 10)
			*ret_in_use = sj__memory_in_use();
	}
}

static void forgotten_tape_holds_nothing_of_later_ones(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(2)), *x = sj_float(3), *d;
	int64_t before = 0;
	sj_tape *forgotten = sj_tape_begin();
	sj_tape_watch(forgotten, x);
	sj_tensor *y = sj_mul(sj_square(x), v);
	sj_tape_end(forgotten);
	steps_take(v, 3000, &before);
	assert_int_equal(sj__memory_in_use(), before);
	assert_int_equal(sj_gradient(forgotten, y, 1, &x, &d), SJ_OK);
	assert_float_equal(sj_item(d), 12, 0);
	sj_free(v);
}

/* Beside a tape that lives on, later ones meet slots of long before them: of variables, of watched tensors, of none. */
static void slots_of_long_before(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(2)), *x = sj_float(3), *alone = sj_float(5), *gradients[3];
	sj_tensor *sources[] = {v, x, alone};
	int64_t in_use;
	sj_tape *lasting = sj_tape_begin_persistent();
	sj_tape_watch(lasting, x);
	sj_tape_watch(lasting, alone);
	sj_tensor *y = sj_mul(sj_square(x), v);
	sj_tape_end(lasting);
	steps_take(v, 5000, &in_use);
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_tensor *z = sj_mul(sj_mul(x, v), y); /* y is of the other tape: a constant here */
	assert_int_equal(sj_gradient(tape, z, 3, sources, gradients), SJ_OK);
	assert_float_equal(sj_item(gradients[0]), 54, 0);
	assert_float_equal(sj_item(gradients[1]), 36, 0);
	assert_null(gradients[2]);
	assert_int_equal(sj_gradient(lasting, y, 3, sources, gradients), SJ_OK);
	assert_float_equal(sj_item(gradients[0]), 9, 0);
	assert_float_equal(sj_item(gradients[1]), 12, 0);
	assert_null(gradients[2]);
	sj_tape_free(lasting);
	sj_free(v);
}

/* As in a loop of a program that binds the new tape to the old one's name: the old one goes when the new one has begun. */
static void tape_that_follows_another_is_steady(void **state)
{
	(void)state;
	sj_tensor *v = sj_variable_new(sj_float(2)), *d;
	sj_tape *last = NULL;
	int64_t before = 0;
	for (int i = 0; i < 3000; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = sj_tape_begin_persistent();
		sj_tape_free(last);
		last = tape;
		sj_tensor *y = sj_mul(sj_square(v), v);
		sj_tape_end(tape);
		assert_int_equal(sj_gradient(tape, y, 1, &v, &d), SJ_OK);
		assert_float_equal(sj_item(d), 12, 0);
		sj_scope_end(scope);
		if (i == 10)
			before = sj__memory_in_use();
	}
	assert_int_equal(sj__memory_in_use(), before);
	sj_tape_free(last);
	sj_free(v);
}

static void freed_tape_lets_go_once(void **state)
{
	(void)state;
	sj_tensor *x = sj_float(3);
	for (int persistent = 0; persistent < 2; persistent++) {
		sj_tape *tape = persistent ? sj_tape_begin_persistent() : sj_tape_begin();
		sj_tape_watch(tape, x);
		sj_tensor *y = sj_square(x);
		sj_tape_free(tape);
		assert_true(sj_tensor_is_valid(x));
		assert_float_equal(sj_item(y), 9, 0);
	}
}

/* What the caller's own record holds may run anything as it goes, tapes among it. */
typedef struct busy_context {
	int n_released;
	sj_tape *left;
} busy_context;

static void no_gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **ret_dx)
{
	(void)context, (void)n_outputs, (void)dy, (void)n_inputs, (void)ret_dx;
}

static void busy_release(void *context)
{
	busy_context *c = context;
	sj_tensor *x = sj_float(2), *d;
	c->n_released++;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	assert_int_equal(sj_gradient(tape, sj_square(x), 1, &x, &d), SJ_OK);
	assert_float_equal(sj_item(d), 4, 0);
	sj_tape_free(c->left);
	c->left = sj_tape_begin();
	sj_tape_watch(c->left, x);
	sj_square(x);
	sj_tape_end(c->left);
}

static void context_that_runs_tapes_as_it_goes(void **state)
{
	(void)state;
	busy_context context = {0};
	sj_tensor *x = sj_float(3), *d;
	for (int i = 0; i < 4; i++) {
		sj_tape *tape = sj_tape_begin();
		sj_tape_watch(tape, x);
		sj_tensor *y = sj_square(x);
		sj_tape_record(1, &x, 1, &y, no_gradient, &context, busy_release);
		sj_square(y);
		sj_tape_free(tape);
		assert_int_equal(context.n_released, i + 1);
	}
	sj_tape_free(context.left);
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	assert_int_equal(sj_gradient(tape, sj_square(x), 1, &x, &d), SJ_OK);
	assert_float_equal(sj_item(d), 6, 0);
}

/* A chain v = 2 v under tapes that begin, end and go in any order: each knows the power of 2 that it saw. */
typedef struct chain_tape {
	sj_tape *tape;
	sj_tensor *begin, *end;
	int n_doubled;
} chain_tape;

static void chain_tape_end(chain_tape *t, sj_tensor *v)
{
	if (t->end == NULL) {
		sj_tape_end(t->tape);
		t->end = sj_keep(v);
	}
}

static void chain_tape_check(chain_tape *t)
{
	sj_tensor *d;
	sj_scope scope = sj_scope_begin();
	assert_int_equal(sj_gradient(t->tape, t->end, 1, &t->begin, &d), SJ_OK);
	assert_non_null(d);
	assert_float_equal(sj_item(d), (double)(1 << t->n_doubled), 0);
	sj_scope_end(scope);
}

static void chain_tape_free(chain_tape *t)
{
	sj_tape_free(t->tape);
	sj_free(t->begin);
	sj_free(t->end);
	*t = (chain_tape){0};
}

static uint32_t next_number(uint32_t *seed) { return (*seed = *seed * 1664525u + 1013904223u) >> 16; }

static void tapes_overlap_in_any_order(void **state)
{
	(void)state;
	enum { TAPES = 4 };
	chain_tape tapes[TAPES] = {{0}};
	bool persistent[TAPES] = {false};
	sj_tensor *v = sj_keep(sj_float(1));
	uint32_t seed = 1;
	for (int i = 0; i < 20000; i++) {
		int k = (int)(next_number(&seed) % TAPES);
		chain_tape *t = &tapes[k];
		if (next_number(&seed) % 2) {
			sj_scope scope = sj_scope_begin();
			sj_tensor *next = sj_keep(sj_tensor_item(v, 0) > 1e6 ? sj_mul(v, sj_float(0)) : sj_add(v, v));
			sj_scope_end(scope);
			for (int j = 0; j < TAPES; j++)
				tapes[j].n_doubled += tapes[j].tape != NULL && tapes[j].end == NULL;
			sj_free(v);
			v = next;
			if (sj_item(v) == 0) { /* the chain begins anew, without tapes */
				for (int j = 0; j < TAPES; j++)
					chain_tape_free(&tapes[j]);
				sj_free(v);
				v = sj_keep(sj_float(1));
			}
		} else if (t->tape == NULL) {
			persistent[k] = next_number(&seed) % 2;
			*t = (chain_tape){persistent[k] ? sj_tape_begin_persistent() : sj_tape_begin(), sj_keep(v),
			                  NULL, 0};
			sj_tape_watch(t->tape, v);
		} else if (next_number(&seed) % 3) {
			chain_tape_end(t, v);
			if (next_number(&seed) % 2)
				chain_tape_check(t);
			if (!persistent[k] || next_number(&seed) % 2)
				chain_tape_free(t);
		} else {
			chain_tape_free(t);
		}
	}
	for (int j = 0; j < TAPES; j++)
		chain_tape_free(&tapes[j]);
	sj_free(v);
}

/* ---- several threads on one variable ---- */

static void *thread_steps(void *variable)
{
	sj_tensor *v = variable, *d;
	for (int i = 0; i < 200; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tape *tape = sj_tape_begin();
		sj_tensor *y = sj_mul(v, v);
		if (sj_gradient(tape, y, 1, &v, &d) != SJ_OK || d == NULL)
			return NULL;
		sj_scope_end(scope);
	}
	return variable;
}

static void threads_share_a_variable(void **state)
{
	(void)state;
	enum { THREADS = 3 };
	pthread_t threads[THREADS];
	sj_tensor *v = sj_variable_new(sj_float(3));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, thread_steps, v), 0);
	for (int i = 0; i < 50; i++)
		sj_assign(v, sj_float((float)i));
	for (int i = 0; i < THREADS; i++) {
		void *result;
		pthread_join(threads[i], &result);
		assert_ptr_equal(result, v);
	}
	sj_free(v);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scope_open, scope_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(second_derivative),
		TEST(inner_tape_knows_only_what_it_watches),
		TEST(a_tape_never_asked_gives_back_what_it_held),
		TEST(persistent_tape_answers_again),
		TEST(used_up_tape_is_refused),
		TEST(pausing_hides_operations),
		TEST(reset_forgets),
		TEST(variables_are_watched_and_updated_in_place),
		TEST(value_read_earlier_keeps_its_contents),
		TEST(own_gradient),
		TEST(own_gradient_of_a_wrong_shape_is_refused),
		TEST(integers_have_no_gradient),
		TEST(jacobian_of_a_square),
		TEST(nil_loss_is_refused_and_the_tape_ends),
		TEST(memory_is_steady),
		TEST(gradient_asked_for_is_not_written_over),
		TEST(gradient_that_two_results_share_is_not_written_over),
		TEST(forgotten_tape_holds_nothing_of_later_ones),
		TEST(slots_of_long_before),
		TEST(tape_that_follows_another_is_steady),
		TEST(tapes_overlap_in_any_order),
		TEST(freed_tape_lets_go_once),
		TEST(context_that_runs_tapes_as_it_goes),
		TEST(threads_share_a_variable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

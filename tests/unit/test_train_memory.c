/*
 * Training where memory runs out: each allocation of a step fails in its turn, once and for ever. The step then fails with
 * ResourceExhausted or goes through, nothing leaks, and a failed update has changed no variable and no slot.
 */
#include "train_support.h"

#include "failing_allocations.h"

enum { MOST_VARIABLES = 16 };

static sj_layer *model_make(void)
{
	sj_layer *layers[] = {
		sj_conv2d_layer(2, 3, 3, .activation = SJ_RELU),
		sj_max_pool_layer(2, 2, 0, 0, SJ_PADDING_VALID),
		sj_batch_norm(),
		sj_dropout_layer(0.5, 1),
		sj_flatten_layer(),
		sj_dense(3),
	};
	return sj_sequential_new(6, layers);
}

static void model_step(void *context)
{
	(void)context;
	sj_scope scope = sj_scope_begin();
	sj_layer *model = model_make();
	sj_optimizer *adam = sj_adam_new(0.001);
	sj_tensor *x = sj_fill(SJ_INTS(2, 6, 6, 1), sj_float(0.5f)), *y = sj_fill(SJ_INTS(2), sj_int(1));
	sj_tensor *gradients[MOST_VARIABLES] = {NULL};
	sj_tape *tape = sj_tape_begin();
	sj_tensor *loss = sj_loss_sparse_softmax_cross_entropy(y, sj_layer_call(model, x, true));
	int n = sj_layer_trainable_count(model);
	sj_gradient(tape, loss, n, sj_layer_trainable(model), gradients);
	sj_clip_by_global_norm(n, gradients, 1);
	sj_optimizer_apply(adam, n, sj_layer_trainable(model), gradients);
	sj_tape_free(tape);
	sj_optimizer_free(adam);
	sj_layer_free(model);
	sj_scope_end(scope);
}

static void whole_step(void **state)
{
	(void)state;
	every_allocation_fails(model_step, NULL);
}

static void cell_step(void *context)
{
	(void)context;
	sj_scope scope = sj_scope_begin();
	sj_layer *cell = sj_lstm_cell(3);
	sj_tensor *x = sj_fill(SJ_INTS(2, 2), sj_float(0.5f)), *state[2] = {NULL}, *gradients[MOST_VARIABLES] = {NULL};
	sj_tape *tape = sj_tape_begin();
	if (cell != NULL && sj_cell_zero_state(cell, 2, SJ_FLOAT32, state) == SJ_OK) {
		sj_tensor *y = sj_cell_step(cell, x, state);
		sj_gradient(tape, sj_sum(y), sj_layer_trainable_count(cell), sj_layer_trainable(cell), gradients);
	}
	sj_tape_free(tape);
	sj_layer_free(cell);
	sj_scope_end(scope);
}

static void cell(void **state)
{
	(void)state;
	every_allocation_fails(cell_step, NULL);
}

/* ---- an update is whole or not at all ---- */

static sj_tensor *update_x, *update_table;
static sj_optimizer *update_optimizer;

static void two_variables_update(void)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *variables[] = {update_x, update_table}, *gradients[2] = {NULL};
	sj_tape *tape = sj_tape_begin();
	sj_tensor *rows = sj_gather(update_table, sj_fill(SJ_INTS(3), sj_int(1)));
	sj_tensor *loss = sj_add(sj_sum(sj_square(update_x)), sj_sum(sj_square(rows)));
	sj_gradient(tape, loss, 2, variables, gradients);
	sj_optimizer_apply(update_optimizer, 2, variables, gradients);
	sj_tape_free(tape);
	sj_scope_end(scope);
}

/* Both variables begin as 1: their own slots and values say whether a step was made. */
static void update_is_whole(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	for (int64_t n = 1, is_over = 0; !is_over; n++) {
		update_x = sj_variable_new(sj_fill(SJ_INTS(4), sj_float(1)));
		update_table = sj_variable_new(sj_fill(SJ_INTS(5, 2), sj_float(1)));
		update_optimizer = sj_momentum_new(0.1, 0.9, false);
		sj__memory_fail_at(n, false);
		two_variables_update();
		is_over = sj__memory_count_allocations() < n;
		sj__memory_fail_at(0, false);
		bool is_done = sj_ok();
		sj_error_clear();
		assert_int_equal(sj_optimizer_steps(update_optimizer), is_done);
		assert_near_number("x", sj_tensor_item(update_x, 0), is_done ? 0.8 : 1, 1e-6);
		assert_near_number("table", sj_tensor_item(update_table, 2), is_done ? 0.4 : 1, 1e-6);
		sj_tensor *slot = sj_optimizer_slot(update_optimizer, update_table, 0);
		if (slot != NULL)
			assert_near_number("slot", sj_tensor_item(slot, 2), is_done ? 6 : 0, 1e-6);
		sj_optimizer_free(update_optimizer);
		sj_free(update_x);
		sj_free(update_table);
	}
	sj_scope_end(scope);
}

/* Both of BatchNorm's moving statistics take part in a call, or neither does. */
static void moving_statistics_are_whole(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_add(sj_random_normal(SJ_INTS(8, 3), .seed = SJ_GIVEN(1)), sj_float(5));
	for (int64_t n = 1, is_over = 0; !is_over; n++) {
		sj_layer *layer = sj_batch_norm();
		sj_layer_build(layer, SJ_INTS(-1, 3));
		sj_tensor *const *v = sj_layer_variables(layer);
		sj__memory_fail_at(n, false);
		sj_layer_call(layer, x, true);
		is_over = sj__memory_count_allocations() < n;
		sj__memory_fail_at(0, false);
		sj_error_clear();
		assert_int_equal(sj_tensor_item(v[2], 0) != 0, sj_tensor_item(v[3], 0) != 1);
		sj_layer_free(layer);
	}
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_step),
		cmocka_unit_test(cell),
		cmocka_unit_test(update_is_whole),
		cmocka_unit_test(moving_statistics_are_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

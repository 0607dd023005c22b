/*
 * The quick ways against the ordinary way, which is taken wherever allocation failures are armed: the same bits on every instruction set, the
 * same gradients, the same refusals; and a quick way that gets no memory leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sokuji.h>

#include "base/memory.h"
#include "cpu/isa.h"
#include "ops/op.h"

enum { SHAPES = 13 };

/* Pairs of shapes, a count and up to three dimensions each. */
static const int64_t shapes[SHAPES][2][4] = {
	{{0}, {0}},
	{{1, 1}, {0}},
	{{0}, {2, 2, 3}},
	{{2, 2, 2}, {2, 2, 2}},
	{{2, 2, 3}, {1, 3}},
	{{1, 3}, {2, 2, 3}},
	{{2, 5, 7}, {2, 7, 4}},
	{{2, 16, 20}, {1, 20}},
	{{2, 3, 1}, {2, 1, 3}},
	{{2, 0, 2}, {2, 2, 0}},
	{{3, 2, 3, 4}, {2, 3, 4}},
	{{2, 2, 0}, {2, 0, 2}},
	{{2, 2, 3}, {2, 2, 2}},
};

static sj_tensor *tensor_of(sj_dtype dtype, const int64_t *shape, int seed)
{
	double values[512];
	int64_t n = 1;
	for (int i = 0; i < (int)shape[0]; i++)
		n *= shape[1 + i];
	for (int64_t i = 0; i < n; i++) /* zeros of both signs among them */
		values[i] = ((i * 7 + seed) % 11 - 5) * ((i + seed) % 3 ? 0.37 : -0.0);
	sj_ints dims = {shape[0], shape + 1};
	return sj_cast(sj_tensor_new(SJ_FLOAT64, dims, values, (size_t)n * sizeof(double)), dtype);
}

typedef struct outcome {
	sj_status status;
	sj_tensor *results[3]; /* and the gradients */
} outcome;

/* Runs with the tensors themselves or with variables of them. */
static outcome outcome_of(const sj_op *op, sj_tensor *x, sj_tensor *y, bool in_variables)
{
	outcome o = {SJ_OK, {NULL}};
	sj_tensor *inputs[] = {in_variables ? sj_variable_new(x) : x, in_variables ? sj_variable_new(y) : y};
	sj_tape *tape = sj_tape_begin();
	for (int i = 0; i < op->n_inputs && !in_variables; i++)
		sj_tape_watch(tape, inputs[i]);
	o.results[0] = op->n_inputs == 1 ? sj__run_1(op, NULL, inputs[0]) : sj__run_2(op, NULL, inputs[0], inputs[1]);
	o.status = sj_error_code();
	if (o.status == SJ_OK)
		sj_gradient(tape, o.results[0], op->n_inputs, inputs, o.results + 1);
	else
		sj_tape_free(tape);
	for (int i = 0; i < 2 && in_variables; i++)
		sj_free(inputs[i]);
	sj_error_clear();
	return o;
}

static void same_tensor(const char *name, const sj_tensor *a, const sj_tensor *b)
{
	if (a == NULL || b == NULL) {
		assert_true(a == b);
		return;
	}
	assert_int_equal(sj_tensor_dtype(a), sj_tensor_dtype(b));
	assert_int_equal(sj_tensor_rank(a), sj_tensor_rank(b));
	for (int i = 0; i < sj_tensor_rank(a); i++)
		assert_int_equal(sj_tensor_dim(a, i), sj_tensor_dim(b, i));
	if (memcmp(sj_tensor_data(a), sj_tensor_data(b), sj_tensor_bytes(a)) != 0)
		fail_msg("%s: other bits", name);
}

static void both_ways(const sj_op *op, sj_tensor *x, sj_tensor *y, bool in_variables)
{
	outcome quick = outcome_of(op, x, y, in_variables);
	sj__memory_fail_at(INT64_MAX, true);
	outcome ordinary = outcome_of(op, x, y, in_variables);
	sj__memory_fail_at(0, false);
	if (quick.status != ordinary.status)
		fail_msg("%s: %d and %d", op->name, quick.status, ordinary.status);
	for (int i = 0; i < 3 && quick.status == SJ_OK; i++)
		same_tensor(op->name, quick.results[i], ordinary.results[i]);
}

static void quick_ways_do_what_the_ordinary_way_does(void **state)
{
	int best = sj__set_isa(SJ__ISA_COUNT - 1), n_quick = 0;
	(void)state;
	for (int isa = SJ__ISA_PLAIN; isa <= best; isa++) {
		sj__set_isa(isa);
		for (int i = 0; i < sj__op_table_count; i++)
			for (int s = 0; s < SHAPES * 4 && sj__op_table[i].quick != NULL; s++) {
				sj_dtype dtype = s & 1 ? SJ_FLOAT64 : SJ_FLOAT32;
				sj_scope scope = sj_scope_begin();
				both_ways(&sj__op_table[i], tensor_of(dtype, shapes[s / 4][0], 1),
				          tensor_of(dtype, shapes[s / 4][1], 2), s & 2);
				sj_scope_end(scope);
				n_quick++;
			}
	}
	sj__set_isa(best);
	assert_true(n_quick > 20 * SHAPES * 4);
}

static void a_quick_way_without_memory_leaves_nothing_behind(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(30000), sj_float(1));
	int64_t before = sj__memory_in_use();
	sj__memory_set_limit(before + 1000);
	sj_tensor *refused = sj_add(x, x);
	sj__memory_set_limit(-1);
	assert_ptr_equal(refused, sj_nil());
	assert_int_equal(sj_error_code(), SJ_RESOURCE_EXHAUSTED);
	sj_error_clear();
	assert_int_equal(sj__memory_in_use(), before);
	assert_float_equal(sj_item(sj_sum(sj_add(x, x))), 60000, 0);
	sj_scope_end(scope);
}

static void nil_and_what_was_released_are_refused(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_float(1);
	assert_ptr_equal(sj_add(x, sj_nil()), sj_nil());
	assert_ptr_equal(sj_add(NULL, x), sj_nil());
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_ways_do_what_the_ordinary_way_does),
		cmocka_unit_test(a_quick_way_without_memory_leaves_nothing_behind),
		cmocka_unit_test(nil_and_what_was_released_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

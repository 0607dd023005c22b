/* Every optimizer against the real TensorFlow 1.8: twenty steps, dense and sparse, float32 and float64. */
#include "train_support.h"

enum { STEPS = 20 };

typedef struct optimizer_case {
	const char *name; /* in optimizers.npz */
	sj_update_rule rule;
	sj_optimizer_options options;
} optimizer_case;

#define OPTIONS(...) \
	{ \
		.size = sizeof(sj_optimizer_options), __VA_ARGS__ \
	}

static const optimizer_case CASES[] = {
	{"sgd", SJ_UPDATE_GRADIENT_DESCENT, OPTIONS(.learning_rate = SJ_GIVEN(0.1))},
	{"momentum", SJ_UPDATE_MOMENTUM, OPTIONS(.learning_rate = SJ_GIVEN(0.05), .momentum = SJ_GIVEN(0.9))},
	{"nesterov", SJ_UPDATE_MOMENTUM,
         OPTIONS(.learning_rate = SJ_GIVEN(0.05), .momentum = SJ_GIVEN(0.9), .nesterov = true)},
	{"adam", SJ_UPDATE_ADAM, OPTIONS(.learning_rate = SJ_GIVEN(0.001))},
	{"adam_fast", SJ_UPDATE_ADAM,
         OPTIONS(.learning_rate = SJ_GIVEN(0.1), .beta1 = SJ_GIVEN(0.8), .beta2 = SJ_GIVEN(0.95),
                 .epsilon = SJ_GIVEN(1e-3))},
	{"rmsprop", SJ_UPDATE_RMSPROP, OPTIONS(.learning_rate = SJ_GIVEN(0.05))},
	{"rmsprop_momentum", SJ_UPDATE_RMSPROP,
         OPTIONS(.learning_rate = SJ_GIVEN(0.05), .rho = SJ_GIVEN(0.8), .momentum = SJ_GIVEN(0.7),
                 .epsilon = SJ_GIVEN(1e-4))},
	{"rmsprop_centered", SJ_UPDATE_CENTERED_RMSPROP,
         OPTIONS(.learning_rate = SJ_GIVEN(0.05), .rho = SJ_GIVEN(0.8), .momentum = SJ_GIVEN(0.5))},
	{"adagrad", SJ_UPDATE_ADAGRAD, OPTIONS(.learning_rate = SJ_GIVEN(0.1))},
	{"adagrad_big_start", SJ_UPDATE_ADAGRAD,
         OPTIONS(.learning_rate = SJ_GIVEN(0.3), .initial_accumulator = SJ_GIVEN(0.5))},
	{"adadelta", SJ_UPDATE_ADADELTA, OPTIONS(.learning_rate = SJ_GIVEN(0.001))},
	{"adadelta_fast", SJ_UPDATE_ADADELTA,
         OPTIONS(.learning_rate = SJ_GIVEN(1), .rho = SJ_GIVEN(0.8), .epsilon = SJ_GIVEN(1e-3))},
	{"ftrl", SJ_UPDATE_FTRL, OPTIONS(.learning_rate = SJ_GIVEN(0.1))},
	{"ftrl_regularized", SJ_UPDATE_FTRL,
         OPTIONS(.learning_rate = SJ_GIVEN(0.2), .initial_accumulator = SJ_GIVEN(0.2), .l1 = SJ_GIVEN(0.05),
                 .l2 = SJ_GIVEN(0.3))},
	{"ftrl_power", SJ_UPDATE_FTRL,
         OPTIONS(.learning_rate = SJ_GIVEN(0.2), .learning_rate_power = SJ_GIVEN(-0.7), .l1 = SJ_GIVEN(0.01),
                 .l2_shrinkage = SJ_GIVEN(0.1))},
	{"adagrad_da", SJ_UPDATE_ADAGRAD_DA,
         OPTIONS(.learning_rate = SJ_GIVEN(0.2), .initial_accumulator = SJ_GIVEN(0.2), .l1 = SJ_GIVEN(0.02),
                 .l2 = SJ_GIVEN(0.01))},
	{"proximal_sgd", SJ_UPDATE_PROXIMAL_GRADIENT_DESCENT,
         OPTIONS(.learning_rate = SJ_GIVEN(0.1), .l1 = SJ_GIVEN(0.1), .l2 = SJ_GIVEN(0.2))},
	{"proximal_adagrad", SJ_UPDATE_PROXIMAL_ADAGRAD,
         OPTIONS(.learning_rate = SJ_GIVEN(0.2), .l1 = SJ_GIVEN(0.1), .l2 = SJ_GIVEN(0.2))},
};

/* TensorFlow 1.8 has the proximal rules for float32 only. */
static bool has_float64(sj_update_rule rule)
{
	return rule != SJ_UPDATE_PROXIMAL_GRADIENT_DESCENT && rule != SJ_UPDATE_PROXIMAL_ADAGRAD;
}

enum { N_CASES = sizeof(CASES) / sizeof(CASES[0]) };

static void check(const optimizer_case *c, const char *what, int step, sj_tensor *got, sj_tensor *wanted,
                  double tolerance)
{
	char text[160];
	snprintf(text, sizeof(text), "%s %s %s, step %d", c->name, sj_dtype_name(sj_tensor_dtype(wanted)), what,
	         step + 1);
	assert_close(text, got, wanted, tolerance);
}

/* ---- dense: 0.5 sum(c (x - t)^2) + sum(d tanh(y)) + 0.1 sum(x) sum(y^2) + sum(cos(2y)) ---- */

typedef struct problem {
	sj_tensor *c, *t, *d;
	sj_dtype dtype;
} problem;

static sj_tensor *dense_loss(const problem *p, sj_tensor *x, sj_tensor *y)
{
	sj_tensor *squares = sj_sum(sj_mul(p->c, sj_square(sj_sub(x, p->t))));
	sj_tensor *tanhs = sj_sum(sj_mul(p->d, sj_tanh(y)));
	sj_tensor *both = sj_mul(sj_sum(x), sj_sum(sj_square(y)));
	sj_tensor *waves = sj_sum(sj_cos(sj_mul(y, sj_scalar(p->dtype, 2))));
	sj_tensor *sum = sj_add(sj_mul(squares, sj_scalar(p->dtype, 0.5)), tanhs);
	return sj_add(sj_add(sum, sj_mul(both, sj_scalar(p->dtype, 0.1))), waves);
}

/* Steps by the recorded gradients, so that only the rule is judged; the tape's gradient is compared with them. */
static void dense_run(sj_npz *npz, const optimizer_case *c, const char *dtype)
{
	sj_scope scope = sj_scope_begin();
	sj_dtype type = strcmp(dtype, "float64") == 0 ? SJ_FLOAT64 : SJ_FLOAT32;
	problem p = {sj_cast(reference(npz, "problem/c"), type), sj_cast(reference(npz, "problem/t"), type),
	             sj_cast(reference(npz, "problem/d"), type), type};
	sj_tensor *v[] = {sj_variable_new(sj_cast(reference(npz, "problem/x"), type)),
	                  sj_variable_new(sj_cast(reference(npz, "problem/y"), type))};
	sj_tensor *wanted[] = {reference(npz, "dense/%s/%s/x", c->name, dtype),
	                       reference(npz, "dense/%s/%s/y", c->name, dtype)};
	sj_tensor *slopes[] = {reference(npz, "dense/%s/%s/x_gradient", c->name, dtype),
	                       reference(npz, "dense/%s/%s/y_gradient", c->name, dtype)};
	sj_optimizer *o = sj_optimizer_new(c->rule, &c->options);
	for (int step = 0; step < STEPS; step++) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *found[2], *given[] = {row_of(slopes[0], step), row_of(slopes[1], step)};
		sj_tape *tape = sj_tape_begin();
		sj_gradient(tape, dense_loss(&p, v[0], v[1]), 2, v, found);
		sj_optimizer_apply(o, 2, v, given);
		for (int i = 0; i < 2; i++) {
			check(c, i ? "y gradient" : "x gradient", step, found[i], given[i],
			      type == SJ_FLOAT64 ? 1e-12 : 3e-6);
			check(c, i ? "y" : "x", step, v[i], row_of(wanted[i], step), type == SJ_FLOAT64 ? 1e-12 : 1e-6);
		}
		sj_scope_end(temporaries);
	}
	assert_int_equal(sj_optimizer_steps(o), STEPS);
	sj_optimizer_free(o);
	sj_free(v[0]);
	sj_free(v[1]);
	sj_scope_end(scope);
}

static void dense(void **state)
{
	(void)state;
	sj_npz *npz = reference_open("optimizers");
	for (int i = 0; i < N_CASES; i++) {
		dense_run(npz, &CASES[i], "float32");
		if (has_float64(CASES[i].rule))
			dense_run(npz, &CASES[i], "float64");
	}
	sj_npz_close(npz);
}

/* ---- sparse: 0.5 sum((gather(table, ids) - target)^2), with repeated ids ---- */

static void sparse_run(sj_npz *npz, const optimizer_case *c, const char *dtype)
{
	sj_scope scope = sj_scope_begin();
	sj_dtype type = strcmp(dtype, "float64") == 0 ? SJ_FLOAT64 : SJ_FLOAT32;
	sj_tensor *table = sj_variable_new(sj_cast(reference(npz, "problem/table"), type));
	sj_tensor *ids = reference(npz, "problem/ids"), *targets = sj_cast(reference(npz, "problem/target"), type);
	sj_tensor *wanted = reference(npz, "sparse/%s/%s/table", c->name, dtype);
	sj_optimizer *o = sj_optimizer_new(c->rule, &c->options);
	for (int step = 0; step < STEPS; step++) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *gradient;
		sj_tape *tape = sj_tape_begin();
		sj_tensor *off = sj_sub(sj_gather(table, row_of(ids, step)), row_of(targets, step));
		sj_gradient(tape, sj_mul(sj_sum(sj_square(off)), sj_scalar(type, 0.5)), 1, &table, &gradient);
		sj_optimizer_apply(o, 1, &table, &gradient);
		check(c, "table", step, table, row_of(wanted, step), type == SJ_FLOAT64 ? 1e-12 : 1e-6);
		sj_scope_end(temporaries);
	}
	sj_optimizer_free(o);
	sj_free(table);
	sj_scope_end(scope);
}

static void sparse(void **state)
{
	(void)state;
	sj_npz *npz = reference_open("optimizers");
	for (int i = 0; i < N_CASES; i++) {
		sparse_run(npz, &CASES[i], "float32");
		if (has_float64(CASES[i].rule))
			sparse_run(npz, &CASES[i], "float64");
	}
	sj_npz_close(npz);
}

/* A gradient that does not fit: nothing of the step happens, to no variable, slot or count. */
static void refused(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *v[] = {sj_variable_new(sj_fill(SJ_INTS(3), sj_float(1))),
	                  sj_variable_new(sj_fill(SJ_INTS(2), sj_float(2)))};
	sj_tensor *good = sj_fill(SJ_INTS(3), sj_float(1)), *fits = sj_fill(SJ_INTS(2), sj_float(1));
	sj_tensor *bad[] = {good, sj_fill(SJ_INTS(1, 2), sj_float(1)), sj_fill(SJ_INTS(2), sj_scalar(SJ_FLOAT64, 1)),
	                    sj_fill(SJ_INTS(2), sj_int(1))};
	sj_optimizer *adam = sj_adam_new(0.1);
	assert_int_equal(sj_optimizer_apply(adam, 2, v, (sj_tensor *[]){good, fits}), SJ_OK);
	double before = sj_tensor_item(v[0], 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(sj_optimizer_apply(adam, 2, v, (sj_tensor *[]){good, bad[i]}), SJ_INVALID_ARGUMENT);
		assert_non_null(strstr(sj_error_message(), "gradient 1"));
		sj_error_clear();
		assert_true(sj_tensor_item(v[0], 0) == before && sj_optimizer_steps(adam) == 1);
	}
	sj_optimizer_free(adam);
	sj_free(v[0]);
	sj_free(v[1]);
	sj_scope_end(scope);
}

/* A caller with an older header says a smaller size: what lies beyond it is not looked at. */
static void older_structs(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *v = sj_variable_new(sj_float(1)), *g = sj_float(1);
	sj_update update = {.size = offsetof(sj_update, momentum),
	                    .rule = SJ_UPDATE_GRADIENT_DESCENT,
	                    .learning_rate = 0.5};
	assert_int_equal(sj_update_apply(&update, 1, &v, NULL, &g), SJ_OK);
	assert_true(sj_tensor_item(v, 0) == 0.5);
	update.size = offsetof(sj_update, learning_rate); /* the rate is then 0 */
	assert_int_equal(sj_update_apply(&update, 1, &v, NULL, &g), SJ_OK);
	assert_true(sj_tensor_item(v, 0) == 0.5);
	update.size = 0;
	assert_int_equal(sj_update_apply(&update, 1, &v, NULL, &g), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	sj_optimizer_options options = {.size = offsetof(sj_optimizer_options, momentum),
	                                .learning_rate = SJ_GIVEN(0.25),
	                                .beta1 = SJ_GIVEN(7)}; /* would be refused */
	sj_optimizer *o = sj_optimizer_new(SJ_UPDATE_ADAM, &options);
	assert_no_error();
	assert_true(sj_optimizer_learning_rate(o) == 0.25);
	sj_optimizer_free(o);
	sj_free(v);
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dense),
		cmocka_unit_test(sparse),
		cmocka_unit_test(refused),
		cmocka_unit_test(older_structs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

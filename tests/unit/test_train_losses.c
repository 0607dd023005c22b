/* Losses against their formulas written as plain loops in double: every reduction, weights of every shape, gradients by differences. */
#include "train_support.h"

enum { ROWS = 3, COLUMNS = 4, N = ROWS * COLUMNS };

static const double LABELS[N] = {0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0};
static const double LOGITS[N] = {-1.5, 0.25, 2, 0.5, 3, -2.25, 1.25, -0.75, 0.875, -3, 0.125, 1.75};
static const double CHANCES[N] = {0.1, 0.8, 0.55, 0.3, 0.95, 0.2, 0.7, 0.4, 0.6, 0.05, 0.5, 0.25};

typedef sj_tensor *loss_function(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args);
typedef double element_loss(double label, double prediction);

static double squared(double y, double p) { return (p - y) * (p - y); }
static double absolute(double y, double p) { return fabs(p - y); }
static double log_loss(double y, double p) { return -y * log(p + 1e-7) - (1 - y) * log(1 - p + 1e-7); }
static double hinge(double y, double p) { return fmax(0, 1 - (2 * y - 1) * p); }
static double sigmoid_cross_entropy(double y, double p) { return fmax(p, 0) - p * y + log1p(exp(-fabs(p))); }

static double huber(double y, double p)
{
	double d = fabs(p - y), delta = 1.4;
	return d <= delta ? d * d / 2 : delta * d - delta * delta / 2;
}

typedef struct loss_case {
	const char *name;
	loss_function *function;
	element_loss *formula;
	const double *predictions;
} loss_case;

static const loss_case CASES[] = {
	{"mean squared error", sj_loss_mean_squared_error_with, squared, LOGITS},
	{"absolute difference", sj_loss_absolute_difference_with, absolute, LOGITS},
	{"huber", sj_loss_huber_with, huber, LOGITS},
	{"log", sj_loss_log_with, log_loss, CHANCES},
	{"hinge", sj_loss_hinge_with, hinge, LOGITS},
	{"sigmoid cross entropy", sj_loss_sigmoid_cross_entropy_with, sigmoid_cross_entropy, LOGITS},
};
enum { N_CASES = sizeof(CASES) / sizeof(CASES[0]) };

/* Weights of the losses' rank, as rows x columns of numbers; {0}: not given. */
typedef struct weight_case {
	int64_t rows, columns;
	double values[N];
} weight_case;

static const weight_case WEIGHTS[] = {
	{0},
	{1, 1, {2.5}},
	{ROWS, 1, {0.5, 0, 3}},
	{1, COLUMNS, {1, 0, 2, 0}},
	{ROWS, COLUMNS, {1, 0, 0.5, 2, 0, 0, 0, 0, 3, 1, 1, 0.25}},
	{1, 1, {0}},
};
enum { N_WEIGHTS = sizeof(WEIGHTS) / sizeof(WEIGHTS[0]) };

static double weight_at(const weight_case *w, int i)
{
	if (w->rows == 0)
		return 1;
	int64_t row = w->rows == 1 ? 0 : i / COLUMNS, column = w->columns == 1 ? 0 : i % COLUMNS;
	return w->values[row * w->columns + column];
}

static double expected(const double *losses, const weight_case *w, sj_loss_reduction reduction)
{
	double sum = 0, weights = 0, present = 0;
	for (int i = 0; i < N; i++) {
		sum += losses[i] * weight_at(w, i);
		weights += weight_at(w, i);
		present += weight_at(w, i) != 0;
	}
	double divisor = reduction == SJ_LOSS_SUM                   ? 1
	                 : reduction == SJ_LOSS_MEAN                ? weights
	                 : reduction == SJ_LOSS_SUM_OVER_BATCH_SIZE ? N
	                                                            : present;
	return divisor == 0 ? 0 : sum / divisor;
}

static sj_tensor *matrix(sj_dtype dtype, int64_t rows, int64_t columns, const double *values)
{
	sj_tensor *t = sj_tensor_new(SJ_FLOAT64, SJ_INTS(rows, columns), values,
	                             sizeof(double) * (size_t)(rows * columns));
	return sj_cast(t, dtype);
}

static sj_loss_args args_for(sj_dtype dtype, const weight_case *w, int reduction)
{
	return (sj_loss_args){.size = sizeof(sj_loss_args),
	                      .reduction = (sj_loss_reduction)reduction,
	                      .delta = SJ_GIVEN(1.4),
	                      .weights = w->rows ? matrix(dtype, w->rows, w->columns, w->values) : NULL};
}

static void case_check(const loss_case *c, const weight_case *w, sj_dtype dtype)
{
	sj_scope scope = sj_scope_begin();
	double losses[N], weighted[N], tolerance = dtype == SJ_FLOAT64 ? 1e-12 : 1e-6;
	sj_tensor *labels = matrix(dtype, ROWS, COLUMNS, LABELS),
		  *predictions = matrix(dtype, ROWS, COLUMNS, c->predictions);
	for (int i = 0; i < N; i++) {
		losses[i] = c->formula(sj_tensor_item(labels, i), sj_tensor_item(predictions, i));
		weighted[i] = losses[i] * weight_at(w, i);
	}
	for (int reduction = 0; reduction < SJ_LOSS_NONE; reduction++) {
		sj_loss_args args = args_for(dtype, w, reduction);
		sj_tensor *loss = c->function(labels, predictions, &args);
		assert_no_error();
		assert_int_equal(sj_tensor_rank(loss), 0);
		assert_int_equal(sj_tensor_dtype(loss), dtype);
		assert_near_number(c->name, sj_item(loss), expected(losses, w, args.reduction), 10 * tolerance);
	}
	sj_loss_args args = args_for(dtype, w, SJ_LOSS_NONE);
	assert_close(c->name, c->function(labels, predictions, &args), matrix(dtype, ROWS, COLUMNS, weighted),
	             tolerance);
	sj_scope_end(scope);
}

static void values(void **state)
{
	(void)state;
	for (int i = 0; i < N_CASES; i++)
		for (int k = 0; k < N_WEIGHTS; k++) {
			case_check(&CASES[i], &WEIGHTS[k], SJ_FLOAT64);
			case_check(&CASES[i], &WEIGHTS[k], SJ_FLOAT32);
		}
}

static double loss_at(const loss_case *c, const double *predictions, const sj_loss_args *args)
{
	sj_scope scope = sj_scope_begin();
	double loss = sj_item(c->function(matrix(SJ_FLOAT64, ROWS, COLUMNS, LABELS),
	                                  matrix(SJ_FLOAT64, ROWS, COLUMNS, predictions), args));
	sj_scope_end(scope);
	return loss;
}

/* Central differences, wrong by h^2 times a third derivative; no prediction lies within a step of a corner of its loss. */
static void gradients(void **state)
{
	(void)state;
	const double h = 1e-5;
	for (int k = 0; k < N_CASES; k++) {
		sj_scope scope = sj_scope_begin();
		const loss_case *c = &CASES[k];
		sj_tensor *x = matrix(SJ_FLOAT64, ROWS, COLUMNS, c->predictions), *dx;
		sj_loss_args args = args_for(SJ_FLOAT64, &WEIGHTS[4], SJ_LOSS_SUM_BY_NONZERO_WEIGHTS);
		sj_tape *tape = sj_tape_begin();
		sj_tape_watch(tape, x);
		sj_gradient(tape, c->function(matrix(SJ_FLOAT64, ROWS, COLUMNS, LABELS), x, &args), 1, &x, &dx);
		assert_no_error();
		for (int i = 0; i < N; i++) {
			double moved[N];
			memcpy(moved, c->predictions, sizeof(moved));
			moved[i] += h;
			double above = loss_at(c, moved, &args);
			moved[i] -= 2 * h;
			assert_near_number(c->name, sj_tensor_item(dx, i), (above - loss_at(c, moved, &args)) / (2 * h),
			                   1e-7);
		}
		sj_scope_end(scope);
	}
}

/* ---- softmax: a loss for each row ---- */

static double row_loss(const double *labels, const double *logits)
{
	double top = -INFINITY, sum = 0, loss = 0;
	for (int i = 0; i < COLUMNS; i++)
		top = fmax(top, logits[i]);
	for (int i = 0; i < COLUMNS; i++)
		sum += exp(logits[i] - top);
	for (int i = 0; i < COLUMNS; i++)
		loss -= labels[i] * (logits[i] - top - log(sum));
	return loss;
}

static void softmax(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	static const int32_t classes[ROWS] = {2, 0, 3};
	static const double row_weights[ROWS] = {0.5, 0, 3};
	const double smoothing = 0.2;
	double sum = 0, smooth_sum = 0;
	for (int i = 0; i < ROWS; i++) {
		double labels[COLUMNS] = {0}, smooth[COLUMNS];
		labels[classes[i]] = 1;
		for (int j = 0; j < COLUMNS; j++)
			smooth[j] = labels[j] * (1 - smoothing) + smoothing / COLUMNS;
		sum += row_weights[i] * row_loss(labels, LOGITS + i * COLUMNS);
		smooth_sum += row_weights[i] * row_loss(smooth, LOGITS + i * COLUMNS);
	}
	sj_tensor *y = sj_tensor_from(SJ_INT32, SJ_INTS(ROWS), classes),
		  *logits = matrix(SJ_FLOAT64, ROWS, COLUMNS, LOGITS);
	sj_tensor *labels = sj_cast(sj_one_hot(y, SJ_INTS(COLUMNS)), SJ_FLOAT64);
	sj_tensor *w = sj_tensor_from(SJ_FLOAT64, SJ_INTS(ROWS), row_weights);
	assert_near_number("sparse", sj_item(sj_loss_sparse_softmax_cross_entropy(y, logits, .weights = w)), sum / 2,
	                   1e-12);
	sj_tensor *column = sj_reshape(y, SJ_INTS(ROWS, 1));
	assert_near_number("column", sj_item(sj_loss_sparse_softmax_cross_entropy(column, logits, .weights = w)),
	                   sum / 2, 1e-12);
	assert_near_number("dense", sj_item(sj_loss_softmax_cross_entropy(labels, logits, .weights = w)), sum / 2,
	                   1e-12);
	assert_near_number("smooth",
	                   sj_item(sj_loss_softmax_cross_entropy(labels, logits, .weights = w,
	                                                         .label_smoothing = smoothing)),
	                   smooth_sum / 2, 1e-12);
	assert_no_error();
	sj_scope_end(scope);
}

static void no_gradient_into_labels(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *labels = matrix(SJ_FLOAT64, ROWS, COLUMNS, LABELS),
		  *logits = matrix(SJ_FLOAT64, ROWS, COLUMNS, LOGITS), *dlabels;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, labels);
	sj_gradient(tape, sj_loss_softmax_cross_entropy(labels, logits), 1, &labels, &dlabels);
	assert_no_error();
	assert_null(dlabels);
	sj_scope_end(scope);
}

/* ---- refusals ---- */

static void assert_refused(const char *what, sj_tensor *t)
{
	if (t != sj_nil() || sj_error_code() != SJ_INVALID_ARGUMENT)
		fail_msg("%s: %s", what, sj_status_name(sj_error_code()));
	sj_error_clear();
}

static void refusals(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = matrix(SJ_FLOAT64, ROWS, COLUMNS, LOGITS), *row = matrix(SJ_FLOAT64, 1, COLUMNS, LOGITS);
	sj_tensor *vector = sj_reshape(row, SJ_INTS(COLUMNS));
	assert_refused("labels that would broadcast", sj_loss_mean_squared_error(row, x));
	assert_refused("labels of another rank", sj_loss_huber(vector, x));
	assert_refused("weights of another rank", sj_loss_mean_squared_error(x, x, .weights = vector));
	assert_refused("too many weights", sj_loss_mean_squared_error(row, row, .weights = x));
	assert_refused("no reduction", sj_loss_mean_squared_error(x, x, .reduction = (sj_loss_reduction)9));
	assert_refused("labels of classes", sj_loss_sparse_softmax_cross_entropy(x, x));
	assert_refused("NULL", sj_loss_weighted(NULL));
	assert_ptr_equal(sj_loss_weighted(sj_nil()), sj_nil());
	sj_error_clear();
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),   cmocka_unit_test(gradients),
		cmocka_unit_test(softmax),  cmocka_unit_test(no_gradient_into_labels),
		cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

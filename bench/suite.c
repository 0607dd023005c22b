/*
 * The lines of bench/kernels.txt through the public functions, as a program calls them: GFLOP/s of contractions, GB/s of what must move in the
 * others. suite FILE prints a JSON line for each; suite FILE NAME N runs one line N times and prints nothing: for counting instructions.
 */
#include <string.h>

#include "bench.h"
#include "peak.h"

enum { NUMBERS = 8, MOST_SAMPLES = 200 };

typedef struct line {
	char name[128], kind[32];
	int64_t n[NUMBERS];
	bool is_same;
	sj_dtype dtype;
	sj_tensor *x, *y, *z; /* what it works on */
} line;

typedef struct kind {
	const char *name;
	void (*prepare)(line *l);
	sj_tensor *(*run)(const line *l);
	double (*work)(const line *l); /* floating point operations, or elements that move */
	bool is_contraction;
} kind;

static sj_tensor *numbers(const line *l, sj_ints shape)
{
	sj_tensor *t = sj_random_uniform(shape, .minval = -1);
	return l->dtype == SJ_FLOAT32 ? t : sj_cast(t, l->dtype);
}

/* ---- matrix products: m n k ---- */

static void matmul_prepare(line *l)
{
	bool transpose_a = strstr(l->kind, "_tn") != NULL, transpose_b = strstr(l->kind, "_nt") != NULL;
	int64_t m = l->n[0], n = l->n[1], k = l->n[2];
	l->x = numbers(l, transpose_a ? SJ_INTS(k, m) : SJ_INTS(m, k));
	l->y = numbers(l, transpose_b ? SJ_INTS(n, k) : SJ_INTS(k, n));
}

static sj_tensor *matmul(const line *l) { return sj_matmul(l->x, l->y); }
static sj_tensor *matmul_tn(const line *l) { return sj_matmul(l->x, l->y, .transpose_a = true); }
static sj_tensor *matmul_nt(const line *l) { return sj_matmul(l->x, l->y, .transpose_b = true); }
static double matmul_work(const line *l) { return 2. * (double)l->n[0] * (double)l->n[1] * (double)l->n[2]; }

/* ---- convolutions: n h w c window filters stride ---- */

#define CONV_OPTIONS \
	.strides = SJ_INTS(1, l->n[6], l->n[6], 1), .padding = l->is_same ? SJ_PADDING_SAME : SJ_PADDING_VALID
#define CONV_INPUT SJ_INTS(l->n[0], l->n[1], l->n[2], l->n[3])
#define CONV_FILTER SJ_INTS(l->n[4], l->n[4], l->n[3], l->n[5])

static sj_tensor *conv2d(const line *l) { return sj_conv2d(l->x, l->y, CONV_OPTIONS); }

static sj_tensor *conv2d_dx(const line *l) { return sj_conv2d_backprop_input(CONV_INPUT, l->y, l->z, CONV_OPTIONS); }

static sj_tensor *conv2d_dw(const line *l) { return sj_conv2d_backprop_filter(l->x, CONV_FILTER, l->z, CONV_OPTIONS); }

static void conv2d_prepare(line *l)
{
	l->x = numbers(l, CONV_INPUT);
	l->y = numbers(l, CONV_FILTER);
	l->z = conv2d(l);
}

static double conv2d_work(const line *l)
{
	return 2. * (double)sj_tensor_size(l->z) * (double)(l->n[4] * l->n[4] * l->n[3]);
}

/* ---- elementwise: a number of elements ---- */

static void elements_prepare(line *l)
{
	l->x = numbers(l, SJ_INTS(l->n[0]));
	l->y = numbers(l, SJ_INTS(l->n[0]));
	l->z = numbers(l, SJ_INTS(l->n[0]));
}

static sj_tensor *add(const line *l) { return sj_add(l->x, l->y); }
static sj_tensor *relu(const line *l) { return sj_relu(l->x); }
static sj_tensor *exp_of(const line *l) { return sj_exp(l->x); }
static sj_tensor *tanh_of(const line *l) { return sj_tanh(l->x); }
static sj_tensor *multiply_add_relu(const line *l) { return sj_relu(sj_add(sj_mul(l->x, l->y), l->z)); }
static double one_in(const line *l) { return 2. * (double)sj_tensor_size(l->x); }
static double two_in(const line *l) { return 3. * (double)sj_tensor_size(l->x); }
static double three_in(const line *l) { return 4. * (double)sj_tensor_size(l->x); }

/* ---- matrices: rows columns ---- */

static void matrix_prepare(line *l) { l->x = numbers(l, SJ_INTS(l->n[0], l->n[1])); }
static sj_tensor *softmax(const line *l) { return sj_softmax(l->x); }
static sj_tensor *sum_all(const line *l) { return sj_sum(l->x); }
static sj_tensor *sum_rows(const line *l) { return sj_sum(l->x, .axis = SJ_INTS(1)); }
static sj_tensor *sum_columns(const line *l) { return sj_sum(l->x, .axis = SJ_INTS(0)); }
static sj_tensor *transpose(const line *l) { return sj_transpose(l->x); }
static double only_in(const line *l) { return (double)sj_tensor_size(l->x); }

/* A fifth of the rows, at random. */
static void gather_prepare(line *l)
{
	matrix_prepare(l);
	l->y = sj_random_uniform_int(SJ_INTS(l->n[0] / 5), 0, l->n[0]);
}

static sj_tensor *gather(const line *l) { return sj_gather(l->x, l->y); }
static double gather_work(const line *l) { return 2. * (double)(l->n[0] / 5) * (double)l->n[1]; }

/* ---- images: n h w c ---- */

static void images_prepare(line *l)
{
	l->x = numbers(l, SJ_INTS(l->n[0], l->n[1], l->n[2], l->n[3]));
	l->y = numbers(l, SJ_INTS(l->n[3]));
	l->z = numbers(l, SJ_INTS(0));
}

static sj_tensor *batch_norm(const line *l)
{
	sj_tensor *y, *rest[4];
	sj_fused_batch_norm(l->x, l->y, l->y, l->z, l->z, &y, &rest[0], &rest[1], &rest[2], &rest[3]);
	return y;
}

static sj_tensor *max_pool(const line *l) { return sj_max_pool(l->x, SJ_INTS(1, 2, 2, 1), SJ_INTS(1, 2, 2, 1)); }
static sj_tensor *avg_pool(const line *l) { return sj_avg_pool(l->x, SJ_INTS(1, 2, 2, 1), SJ_INTS(1, 2, 2, 1)); }
static double pool_work(const line *l) { return 1.25 * (double)sj_tensor_size(l->x); }

static const kind kinds[] = {
	{"matmul", matmul_prepare, matmul, matmul_work, true},
	{"matmul_tn", matmul_prepare, matmul_tn, matmul_work, true},
	{"matmul_nt", matmul_prepare, matmul_nt, matmul_work, true},
	{"conv2d", conv2d_prepare, conv2d, conv2d_work, true},
	{"conv2d_dx", conv2d_prepare, conv2d_dx, conv2d_work, true},
	{"conv2d_dw", conv2d_prepare, conv2d_dw, conv2d_work, true},
	{"add", elements_prepare, add, two_in, false},
	{"relu", elements_prepare, relu, one_in, false},
	{"exp", elements_prepare, exp_of, one_in, false},
	{"tanh", elements_prepare, tanh_of, one_in, false},
	{"multiply_add_relu", elements_prepare, multiply_add_relu, three_in, false},
	{"softmax", matrix_prepare, softmax, one_in, false},
	{"sum_all", matrix_prepare, sum_all, only_in, false},
	{"sum_rows", matrix_prepare, sum_rows, only_in, false},
	{"sum_columns", matrix_prepare, sum_columns, only_in, false},
	{"transpose", matrix_prepare, transpose, one_in, false},
	{"gather", gather_prepare, gather, gather_work, false},
	{"batch_norm", images_prepare, batch_norm, one_in, false},
	{"max_pool", images_prepare, max_pool, pool_work, false},
	{"avg_pool", images_prepare, avg_pool, pool_work, false},
};

static const kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Takes a line apart; false for a comment or an empty one. */
static bool line_read(char *text, line *l)
{
	text[strcspn(text, "\n")] = 0;
	if (*text == 0 || *text == '#')
		return false;
	*l = (line){.dtype = SJ_FLOAT32};
	memcpy(l->name, text, strlen(text) + 1);
	int at = 0;
	for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
		if (l->kind[0] == 0)
			snprintf(l->kind, sizeof(l->kind), "%s", word);
		else if (strcmp(word, "float64") == 0)
			l->dtype = SJ_FLOAT64;
		else if (strcmp(word, "same") == 0)
			l->is_same = true;
		else if (at < NUMBERS)
			l->n[at++] = atoll(word);
	return true;
}

static sj_function *function; /* that lines are run through; NULL: eagerly */
static const kind *traced;

static void function_body(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	line l = *(const line *)context;
	(void)n_inputs;
	(void)n_outputs;
	l.x = inputs[0];
	l.y = inputs[1];
	l.z = inputs[2];
	ret_outputs[0] = traced->run(&l);
}

static double seconds_of(const kind *k, const line *l, int64_t calls)
{
	int64_t begin = sj_clock_ns();
	for (int64_t i = 0; i < calls; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tensor *y;
		if (function != NULL)
			sj_function_call(function, 3, (sj_tensor *[]){l->x, l->y, l->z}, &y);
		else
			k->run(l);
		sj_scope_end(scope);
	}
	return (double)(sj_clock_ns() - begin) * 1e-9;
}

static double now(void) { return (double)sj_clock_ns() * 1e-9; }

/* GFLOP/s of the units now, in the line's type; 0 where a line does not depend on them. */
static double peak_of(const kind *k, const line *l)
{
	return k->is_contraction ? peak_gflops(sj__isa(), now) * 4 / (double)sj_dtype_size(l->dtype) : 0;
}

/* Samples of about 5 ms until a tenth of a second is spent, three at least; the peak beside them. */
static void measure(const kind *k, const line *l)
{
	double figures[MOST_SAMPLES], spent = 0, most = bench_is_brief() ? 0 : 0.1;
	double scale = k->is_contraction ? 1e-9 : 1e-9 * (double)sj_dtype_size(l->dtype);
	seconds_of(k, l, 1);
	double before = peak_of(k, l);
	int64_t calls = (int64_t)(0.005 / (seconds_of(k, l, 3) / 3)) + 1;
	int n = 0;
	while (n < 3 || (spent < most && n < MOST_SAMPLES)) {
		double seconds = seconds_of(k, l, calls);
		figures[n++] = k->work(l) * (double)calls * scale / seconds;
		spent += seconds;
	}
	bench_show_beside("kernels", l->name, k->is_contraction ? "GFLOP/s" : "GB/s", figures, n,
	                  (before + peak_of(k, l)) / 2);
}

int main(int argc, char **argv)
{
	line l;
	char text[sizeof(l.name)];
	FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
	if (file == NULL) {
		fprintf(stderr, "suite FILE [NAME N | function]\n");
		return 2;
	}
	if (argc > 3)
		sj_set_threads(1);
	while (fgets(text, sizeof(text), file) != NULL) {
		if (!line_read(text, &l) || (argc > 3 && strcmp(argv[2], l.name) != 0))
			continue;
		const kind *k = kind_find(l.kind);
		if (k == NULL) {
			fprintf(stderr, "%s: no such kind\n", l.name);
			continue;
		}
		sj_scope scope = sj_scope_begin();
		k->prepare(&l);
		traced = k;
		if (argc == 3)
			function = sj_function_new(function_body, &l, 1);
		if (argc > 3)
			seconds_of(k, &l, atoi(argv[3]));
		else
			for (int round = 0; bench_turn(l.name, round); round++)
				measure(k, &l);
		sj_function_free(function);
		function = NULL;
		sj_scope_end(scope);
	}
	fclose(file);
	return bench_status();
}

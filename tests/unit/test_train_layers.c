/* Layers and cells against the real TensorFlow: outputs, gradients for inputs and weights, what training moves; and layers' manners. */
#include "train_support.h"

#include <unistd.h>

/* ---- layers with one input ---- */

typedef struct layer_case {
	int number;           /* in layers_1.8.npz */
	const char *expected; /* a word of the recorded call: guards against a file made anew in another order */
	sj_layer *(*make)(void);
	bool training;
} layer_case;

#define MAKER(name, ...) \
	static sj_layer *name(void) { return __VA_ARGS__; }

MAKER(dense_linear, sj_dense(3))
MAKER(dense_relu, sj_dense(3, .activation = SJ_RELU))
MAKER(dense_tanh, sj_dense(3, .activation = SJ_TANH))
MAKER(dense_sigmoid, sj_dense(3, .activation = SJ_SIGMOID))
MAKER(dense_softmax, sj_dense(3, .activation = SJ_SOFTMAX))
MAKER(dense_elu, sj_dense(3, .activation = SJ_ELU))
MAKER(dense_selu, sj_dense(3, .activation = SJ_SELU))
MAKER(dense_softplus, sj_dense(3, .activation = SJ_SOFTPLUS))
MAKER(dense_softsign, sj_dense(3, .activation = SJ_SOFTSIGN))
MAKER(dense_rank3, sj_dense(3, .without_bias = true))
MAKER(conv_valid, sj_conv2d_layer(3, 3, 2))
MAKER(conv_valid_strides, sj_conv2d_layer(3, 3, 2, .stride_h = 2))
MAKER(conv_valid_stride, sj_conv2d_layer(3, 3, 2, .stride_h = 2, .stride_w = 2))
MAKER(conv_valid_dilation, sj_conv2d_layer(3, 3, 2, .dilation_h = 2, .dilation_w = 2))
MAKER(conv_valid_relu, sj_conv2d_layer(3, 3, 2, .activation = SJ_RELU))
MAKER(conv_same, sj_conv2d_layer(3, 3, 2, .padding = SJ_PADDING_SAME))
MAKER(conv_same_strides, sj_conv2d_layer(3, 3, 2, .padding = SJ_PADDING_SAME, .stride_h = 2))
MAKER(conv_same_stride, sj_conv2d_layer(3, 3, 2, .padding = SJ_PADDING_SAME, .stride_h = 2, .stride_w = 2))
MAKER(conv_same_dilation, sj_conv2d_layer(3, 3, 2, .padding = SJ_PADDING_SAME, .dilation_h = 2, .dilation_w = 2))
MAKER(conv_same_relu, sj_conv2d_layer(3, 3, 2, .padding = SJ_PADDING_SAME, .activation = SJ_RELU))
MAKER(max_pool_valid, sj_max_pool_layer(3, 2, 2, 1, SJ_PADDING_VALID))
MAKER(max_pool_same, sj_max_pool_layer(3, 2, 2, 1, SJ_PADDING_SAME))
MAKER(avg_pool_valid, sj_avg_pool_layer(3, 2, 2, 1, SJ_PADDING_VALID))
MAKER(avg_pool_same, sj_avg_pool_layer(3, 2, 2, 1, SJ_PADDING_SAME))
MAKER(batch_norm, sj_batch_norm())
MAKER(batch_norm_options, sj_batch_norm(.momentum = SJ_GIVEN(0.7), .epsilon = SJ_GIVEN(0.1), .without_scale = true))
MAKER(dropout_none, sj_dropout_layer(0, 1))
MAKER(embedding, sj_embedding(6, 3))
MAKER(flatten, sj_flatten_layer())

static const layer_case CASES[] = {
	{0, "\"activation\": null", dense_linear, false},
	{1, "relu", dense_relu, false},
	{2, "tanh", dense_tanh, false},
	{3, "sigmoid", dense_sigmoid, false},
	{4, "softmax", dense_softmax, false},
	{5, "elu", dense_elu, false},
	{6, "selu", dense_selu, false},
	{7, "softplus", dense_softplus, false},
	{8, "softsign", dense_softsign, false},
	{10, "use_bias", dense_rank3, false},
	{11, "valid", conv_valid, false},
	{12, "[2, 1]", conv_valid_strides, false},
	{13, "\"strides\": 2", conv_valid_stride, false},
	{14, "dilation_rate", conv_valid_dilation, false},
	{15, "relu", conv_valid_relu, false},
	{21, "same", conv_same, false},
	{22, "[2, 1]", conv_same_strides, false},
	{23, "\"strides\": 2", conv_same_stride, false},
	{24, "dilation_rate", conv_same_dilation, false},
	{25, "relu", conv_same_relu, false},
	{33, "MaxPooling2D", max_pool_valid, false},
	{36, "AveragePooling2D", avg_pool_valid, false},
	{39, "MaxPooling2D", max_pool_same, false},
	{42, "AveragePooling2D", avg_pool_same, false},
	{48, "BatchNormalization", batch_norm, true},
	{49, "BatchNormalization", batch_norm, true},
	{50, "momentum", batch_norm_options, true},
	{52, "Dropout", dropout_none, true},
	{53, "BatchNormalization", batch_norm, false},
	{54, "BatchNormalization", batch_norm, false},
	{55, "momentum", batch_norm_options, false},
	{84, "Embedding", embedding, false},
	{85, "Flatten", flatten, false},
};

static void call_check(sj_npz *npz, int number, const char *expected)
{
	sj_tensor *call = reference(npz, "case%d/call", number);
	char text[512];
	size_t n = sj_tensor_bytes(call);
	assert_true(n < sizeof(text));
	memcpy(text, sj_tensor_data(call), n);
	text[n] = 0;
	if (strstr(text, expected) == NULL)
		fail_msg("case %d is %s, not %s", number, text, expected);
}

static void weights_assign(sj_npz *npz, int number, const sj_layer *layer)
{
	for (int k = 0; k < sj_layer_variable_count(layer); k++)
		sj_assign(sj_layer_variables(layer)[k], reference(npz, "case%d/weight%d", number, k));
	assert_no_error();
	assert_false(reference_has(npz, "case%d/weight%d", number, sj_layer_variable_count(layer)));
}

static void compare(sj_npz *npz, int number, const char *part, int k, sj_tensor *got)
{
	char what[64];
	snprintf(what, sizeof(what), "case%d/%s%d", number, part, k);
	if (reference_has(npz, "%s", what))
		assert_close(what, got, reference(npz, "%s", what), 2e-6);
	else if (got != NULL && strcmp(part, "after") != 0)
		fail_msg("%s: a gradient that TensorFlow does not have", what);
}

/* A weight that the call leaves alone has no "after". */
static void weights_check(sj_npz *npz, int number, const sj_layer *layer)
{
	for (int k = 0; k < sj_layer_variable_count(layer); k++) {
		sj_tensor *now = sj_layer_variables(layer)[k];
		if (reference_has(npz, "case%d/after%d", number, k))
			compare(npz, number, "after", k, now);
		else
			assert_close("unmoved weight", now, reference(npz, "case%d/weight%d", number, k), 0);
	}
}

static void layer_check(sj_npz *npz, const layer_case *c)
{
	enum { MOST = 8 };
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = reference(npz, "case%d/in0", c->number), *sources[MOST] = {x}, *found[MOST];
	sj_layer *layer = c->make();
	call_check(npz, c->number, c->expected);
	sj_layer_build(layer, (sj_ints){sj_tensor_rank(x), sj_tensor_dims(x)});
	weights_assign(npz, c->number, layer);
	int n = sj_layer_trainable_count(layer);
	for (int k = 0; k < n; k++)
		sources[1 + k] = sj_layer_trainable(layer)[k];
	bool is_float = sj_tensor_dtype(x) == SJ_FLOAT32;
	sj_tape *tape = sj_tape_begin();
	if (is_float)
		sj_tape_watch(tape, x);
	sj_tensor *y = sj_layer_call(layer, x, c->training), *dy = reference(npz, "case%d/dout0", c->number);
	sj_gradient_of(tape, 1, &y, &dy, n + is_float, sources + !is_float, found + !is_float);
	compare(npz, c->number, "out", 0, y);
	if (is_float)
		compare(npz, c->number, "din", 0, found[0]);
	for (int k = 0; k < n; k++)
		compare(npz, c->number, "dweight", k, found[1 + k]);
	weights_check(npz, c->number, layer);
	sj_layer_free(layer);
	sj_scope_end(scope);
}

static void layers(void **state)
{
	(void)state;
	sj_npz *npz = reference_open("layers_1.8");
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
		layer_check(npz, &CASES[i]);
	sj_npz_close(npz);
}

/* ---- cells ---- */

static void cell_check(sj_npz *npz, int number, const char *expected, sj_layer *cell)
{
	enum { MOST = 8 };
	sj_scope scope = sj_scope_begin();
	int n_states = sj_cell_state_count(cell), n_in = 1 + n_states;
	sj_tensor *sources[MOST], *state[2], *found[MOST];
	call_check(npz, number, expected);
	for (int i = 0; i < n_in; i++)
		sources[i] = reference(npz, "case%d/in%d", number, i);
	sj_layer_build(cell, (sj_ints){sj_tensor_rank(sources[0]), sj_tensor_dims(sources[0])});
	weights_assign(npz, number, cell);
	int n = sj_layer_trainable_count(cell);
	memcpy(sources + n_in, sj_layer_trainable(cell), sizeof(*sources) * (size_t)n);
	memcpy(state, sources + 1, sizeof(*state) * (size_t)n_states);
	sj_tape *tape = sj_tape_begin();
	for (int i = 0; i < n_in; i++)
		sj_tape_watch(tape, sources[i]);
	sj_tensor *y = sj_cell_step(cell, sources[0], state), *dy = reference(npz, "case%d/dout0", number);
	sj_gradient_of(tape, 1, &y, &dy, n + n_in, sources, found);
	compare(npz, number, "out", 0, y);
	for (int i = 0; i < n_states; i++)
		compare(npz, number, "out", 1 + i, state[i]);
	for (int i = 0; i < n_in; i++)
		compare(npz, number, "din", i, found[i]);
	for (int k = 0; k < n; k++)
		compare(npz, number, "dweight", k, found[n_in + k]);
	sj_layer_free(cell);
	sj_scope_end(scope);
}

static void cells(void **state)
{
	(void)state;
	sj_npz *old = reference_open("layers_1.8"), *new = reference_open("layers_2.21");
	cell_check(old, 64, "\"recurrent_activation\": \"sigmoid\"", sj_lstm_cell(4));
	cell_check(old, 69, "\"recurrent_activation\": \"sigmoid\"", sj_gru_cell(4));
	cell_check(new, 62, "LSTMCell", sj_lstm_cell(4));
	cell_check(new, 72, "\"reset_after\": false", sj_gru_cell(4));
	sj_npz_close(old);
	sj_npz_close(new);
}

/* ---- manners ---- */

static void dropout_drops(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_layer *layer = sj_dropout_layer(0.25, 7);
	sj_tensor *ones = sj_fill(SJ_INTS(100, 100), sj_float(1)), *y = sj_layer_call(layer, ones, true);
	int n_kept = 0;
	for (int64_t i = 0; i < sj_tensor_size(y); i++) {
		double v = sj_tensor_item(y, i);
		assert_true(v == 0 || fabs(v - 1 / 0.75) < 1e-6);
		n_kept += v != 0;
	}
	assert_in_range(n_kept, 7300, 7700); /* 7,500 of deviation 43 */
	assert_close("without training", sj_layer_call(layer, ones, false), ones, 0);
	sj_layer_free(layer);
	sj_scope_end(scope);
}

static sj_layer *small_model(void)
{
	return sj_sequential_new(3, (sj_layer *[]){sj_dense(5, .activation = SJ_RELU), sj_batch_norm(),
	                                           sj_sequential_new(1, (sj_layer *[]){
										sj_dense(2, .without_bias = true)})});
}

static void sequential_shows_variables(void **state)
{
	(void)state;
	static const char *const names[] = {"dense_0/kernel",
	                                    "dense_0/bias",
	                                    "batch_norm_1/gamma",
	                                    "batch_norm_1/beta",
	                                    "batch_norm_1/moving_mean",
	                                    "batch_norm_1/moving_variance",
	                                    "sequential_2/dense_0/kernel"};
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(4, 3), sj_float(1));
	for (int by_call = 0; by_call < 2; by_call++) {
		sj_layer *model = small_model();
		assert_int_equal(sj_sequential_count(model), 3);
		if (by_call)
			sj_layer_call(model, x, false);
		else
			sj_layer_build(model, SJ_INTS(-1, 3));
		assert_no_error();
		assert_int_equal(sj_layer_trainable_count(model), 5);
		assert_int_equal(sj_layer_variable_count(model), 7);
		for (int i = 0; i < 7; i++)
			assert_string_equal(sj_variable_name(sj_layer_variables(model)[i]), names[i]);
		sj_layer_call(model, x, true);
		sj_layer_build(model, SJ_INTS(-1, 3));
		assert_int_equal(sj_layer_variable_count(model), 7);
		sj_layer_free(model);
	}
	sj_scope_end(scope);
}

static void model_is_saved(void **state)
{
	(void)state;
	char path[64];
	snprintf(path, sizeof(path), "/tmp/sokuji_test_model_%ld.npz", (long)getpid());
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_random_normal(SJ_INTS(4, 3), .seed = SJ_GIVEN(1));
	sj_layer *one = small_model(), *other = small_model();
	sj_tensor *y = sj_layer_call(one, x, true);
	sj_layer_build(other, SJ_INTS(-1, 3));
	sj_variables_save(path, sj_layer_variable_count(one), sj_layer_variables(one));
	sj_variables_restore(path, sj_layer_variable_count(other), sj_layer_variables(other));
	assert_close("restored", sj_layer_call(other, x, false), sj_layer_call(one, x, false), 0);
	assert_int_equal(sj_tensor_dim(y, 1), 2);
	remove(path);
	sj_layer_free(one);
	sj_layer_free(other);
	sj_scope_end(scope);
}

static void sequential_of_ids(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_layer *model = sj_sequential_new(3, (sj_layer *[]){sj_embedding(10, 4), sj_flatten_layer(), sj_dense(2)});
	assert_int_equal(sj_layer_build(model, SJ_INTS(-1, 3)), SJ_OK);
	assert_int_equal(sj_layer_variable_count(model), 3);
	sj_layer_free(model);
	sj_scope_end(scope);
}

static void assert_refused(const void *result)
{
	assert_true(result == NULL || result == sj_nil());
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	sj_error_clear();
}

static void refusals(void **state)
{
	(void)state;
	sj_scope scope = sj_scope_begin();
	sj_layer *dense = sj_dense(3);
	sj_tensor *x = sj_fill(SJ_INTS(2, 4), sj_float(1));
	assert_refused(sj_dense(0));
	assert_refused(sj_conv2d_layer(1, 0, 1));
	assert_refused(sj_dropout_layer(1, 1));
	assert_refused(sj_embedding(0, 3));
	assert_refused(sj_lstm_cell(0));
	assert_refused(sj_sequential_new(2, (sj_layer *[]){sj_dense(1), NULL}));
	assert_refused(sj_layer_new(NULL));
	assert_refused(sj_layer_call(dense, sj_float(1), false)); /* a scalar has no features */
	assert_int_equal(sj_layer_variable_count(dense), 0);
	assert_true(sj_tensor_is_valid(sj_layer_call(dense, x, false)));
	assert_refused(sj_layer_call(dense, sj_fill(SJ_INTS(2, 5), sj_float(1)), false)); /* built for 4 features */
	assert_refused(sj_layer_call(dense, NULL, false));
	assert_refused(sj_layer_call(NULL, x, false));
	assert_true(sj_cell_step(dense, x, (sj_tensor *[]){x, x}) == sj_nil());
	sj_error_clear();
	sj_layer_free(dense);
	sj_layer_free(NULL);
	sj_scope_end(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers),         cmocka_unit_test(cells),
		cmocka_unit_test(dropout_drops),  cmocka_unit_test(sequential_shows_variables),
		cmocka_unit_test(model_is_saved), cmocka_unit_test(sequential_of_ids),
		cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

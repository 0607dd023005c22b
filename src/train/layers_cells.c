/* LSTM and GRU cells, Keras' equations: one step each, written out by the caller's loop. */
#include <string.h>

#include <sokuji/array_functions.h>
#include <sokuji/scope.h>
#include <sokuji/variable.h>

#include "layer_parts.h"

typedef struct cell {
	int64_t units;
	int n_gates;                          /* 4: LSTM (i, f, c, o); 3: GRU (z, r, h) */
	sj_tensor *kernel, *recurrent, *bias; /* (in, gates units), (units, gates units), (gates units) */
} cell;

static sj_status cell_build(sj_layer *layer, void *context, sj_ints shape)
{
	cell *c = context;
	int64_t width = c->n_gates * c->units;
	sj_status status = sj__layer_rank_check(sj_layer_name(layer), shape, 2, 2);
	if (status != SJ_OK)
		return status;
	c->kernel = sj__layer_weight(layer, "kernel", sj_glorot_uniform(), sj_glorot_uniform(),
	                             SJ_INTS(shape.data[1], width), true);
	c->recurrent = sj__layer_weight(layer, "recurrent_kernel", sj_init_orthogonal(1), sj_glorot_uniform(),
	                                SJ_INTS(c->units, width), true);
	if (c->n_gates == 3) {
		c->bias = sj__layer_weight(layer, "bias", sj_init_zeros(), sj_init_zeros(), SJ_INTS(width), true);
		return sj_error_code();
	}
	/* The forget gate starts open: ones in its part of the bias. */
	sj_tensor *zeros = sj_fill(SJ_INTS(c->units), sj_float(0)), *ones = sj_fill(SJ_INTS(c->units), sj_float(1));
	sj_tensor *start = sj_concat(3, (sj_tensor *[]){zeros, ones, sj_fill(SJ_INTS(2 * c->units), sj_float(0))}, 0);
	c->bias = sj_layer_add_variable(layer, sj__layer_variable(layer, start, "bias", true));
	return sj_error_code();
}

/* Columns of gate number `gate`. */
static sj_tensor *gate_of(const cell *c, sj_tensor *all, int gate)
{
	return sj_slice(all, SJ_INTS(0, gate * c->units), SJ_INTS(-1, c->units));
}

static sj_tensor *lstm_step(const cell *c, sj_tensor *x, sj_tensor **state)
{
	sj_tensor *gates = sj_bias_add(sj_add(sj_matmul(x, c->kernel), sj_matmul(state[0], c->recurrent)), c->bias);
	sj_tensor *in = sj_sigmoid(gate_of(c, gates, 0)), *forget = sj_sigmoid(gate_of(c, gates, 1));
	sj_tensor *candidate = sj_tanh(gate_of(c, gates, 2)), *out = sj_sigmoid(gate_of(c, gates, 3));
	state[1] = sj_add(sj_mul(forget, state[1]), sj_mul(in, candidate));
	state[0] = sj_mul(out, sj_tanh(state[1]));
	return state[0];
}

static sj_tensor *gru_step(const cell *c, sj_tensor *x, sj_tensor **state)
{
	sj_tensor *h = state[0], *from_x = sj_bias_add(sj_matmul(x, c->kernel), c->bias);
	sj_tensor *gate_kernel = sj_slice(c->recurrent, SJ_INTS(0, 0), SJ_INTS(-1, 2 * c->units));
	sj_tensor *from_h = sj_matmul(h, gate_kernel);
	sj_tensor *update = sj_sigmoid(sj_add(gate_of(c, from_x, 0), gate_of(c, from_h, 0)));
	sj_tensor *reset = sj_sigmoid(sj_add(gate_of(c, from_x, 1), gate_of(c, from_h, 1)));
	sj_tensor *candidate = sj_tanh(
		sj_add(gate_of(c, from_x, 2), sj_matmul(sj_mul(reset, h), gate_of(c, c->recurrent, 2))));
	state[0] = sj_add(sj_mul(update, h), sj_mul(sj_sub(sj_float(1), update), candidate));
	return state[0];
}

/* As a plain layer: one step from a state of zeros. */
static sj_tensor *cell_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	sj_tensor *state[2];
	(void)context, (void)training;
	if (sj_cell_zero_state(layer, sj_tensor_dim(x, 0), sj_tensor_dtype(x), state) != SJ_OK)
		return sj_nil();
	return sj_cell_step(layer, x, state);
}

static const sj_layer_class lstm_class = {.name = "lstm_cell",
                                          .context_size = sizeof(cell),
                                          .build = cell_build,
                                          .call = cell_call};
static const sj_layer_class gru_class = {.name = "gru_cell",
                                         .context_size = sizeof(cell),
                                         .build = cell_build,
                                         .call = cell_call};

static sj_layer *cell_new(const sj_layer_class *class_of, int64_t units, int n_gates)
{
	if (units < 1)
		return sj__layer_refused(class_of->name, "units", units);
	sj_layer *layer = sj_layer_new(class_of);
	if (layer != NULL)
		*(cell *)sj_layer_context(layer) = (cell){.units = units, .n_gates = n_gates};
	return layer;
}

sj_layer *sj_lstm_cell(int64_t units) { return cell_new(&lstm_class, units, 4); }
sj_layer *sj_gru_cell(int64_t units) { return cell_new(&gru_class, units, 3); }

static const cell *as_cell(const sj_layer *layer)
{
	const sj_layer_class *class_of = sj_layer_class_of(layer);
	return class_of == &lstm_class || class_of == &gru_class ? sj_layer_context((sj_layer *)layer) : NULL;
}

int sj_cell_state_count(const sj_layer *layer)
{
	const cell *c = as_cell(layer);
	return c == NULL ? 0 : c->n_gates == 4 ? 2 : 1;
}

sj_status sj_cell_zero_state(const sj_layer *layer, int64_t batch, sj_dtype dtype, sj_tensor **ret_state)
{
	const cell *c = as_cell(layer);
	if (c == NULL || ret_state == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_cell_zero_state: the %s",
		                    c ? "state is NULL" : "layer is no cell");
	for (int i = 0; i < sj_cell_state_count(layer); i++)
		ret_state[i] = sj_fill(SJ_INTS(batch, c->units), sj_scalar(dtype, 0));
	return sj_error_code();
}

sj_tensor *sj_cell_step(sj_layer *layer, sj_tensor *x, sj_tensor **state)
{
	const cell *c = as_cell(layer);
	if (c == NULL || state == NULL || !sj_tensor_is_valid(x)) {
		sj_error_set(SJ_INVALID_ARGUMENT, "sj_cell_step: the %s",
		             c == NULL ? "layer is no cell"
		             : state   ? "input is no valid tensor"
		                       : "state is NULL");
		return sj_nil();
	}
	if (sj_layer_build(layer, (sj_ints){sj_tensor_rank(x), sj_tensor_dims(x)}) != SJ_OK)
		return sj_nil();
	return c->n_gates == 4 ? lstm_step(c, x, state) : gru_step(c, x, state);
}

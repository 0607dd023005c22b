/*
 * Layers: functions with variables. A layer makes its variables when it is first called, from the shape it meets.
 *
 * 	sj_layer *model = sj_sequential_new(3, (sj_layer *[]){
 * 		sj_dense(20, .activation = SJ_RELU), sj_dense(20, .activation = SJ_RELU), sj_dense(3)});
 * 	sj_tensor *logits = sj_layer_call(model, x, false);
 * 	sj_layer_free(model);
 *
 * Defaults and initial values are Keras' and tf.layers' (Glorot uniform kernels, zero biases). Written with public headers only:
 * a layer of your own is an sj_layer_class.
 */
#ifndef SOKUJI_LAYERS_H
#define SOKUJI_LAYERS_H

#include <sokuji/initializers.h>
#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_layer sj_layer;

/* What is applied to a layer's result. */
typedef enum sj_layer_activation {
	SJ_LINEAR,
	SJ_RELU,
	SJ_SOFTMAX,
	SJ_TANH,
	SJ_SIGMOID,
	SJ_ELU,
	SJ_SOFTPLUS,
	SJ_SELU,
	SJ_SOFTSIGN
} sj_layer_activation;
SJ_PUBLIC sj_tensor *sj_activate(sj_tensor *x, sj_layer_activation activation);

/* ---- every layer ---- */

/*
 * The layer's result, belonging to the open scope; intermediate results end with the call. training: whether Dropout drops and BatchNorm
 * uses (and moves) the batch's statistics. nil and a sticky error when the input's shape does not fit.
 */
SJ_PUBLIC sj_tensor *sj_layer_call(sj_layer *layer, sj_tensor *x, bool training);

/*
 * Makes the variables for inputs of the shape (the batch dimension may be anything); calling does it by itself. They are named "kernel", "bias", …,
 * within a Sequential "dense_2/kernel" by the layer's name and place, so that a model's variables can be saved by name (save.h).
 */
SJ_PUBLIC sj_status sj_layer_build(sj_layer *layer, sj_ints input_shape);

/* The variables made so far, borrowed, in the order of making: trainable ones, and all (moving averages included). */
SJ_PUBLIC int sj_layer_trainable_count(const sj_layer *layer);
SJ_PUBLIC sj_tensor *const *sj_layer_trainable(const sj_layer *layer);
SJ_PUBLIC int sj_layer_variable_count(const sj_layer *layer);
SJ_PUBLIC sj_tensor *const *sj_layer_variables(const sj_layer *layer);

SJ_PUBLIC const char *sj_layer_name(const sj_layer *layer);

/* Ends the layer, its variables and the layers it contains. NULL is ignored. */
SJ_PUBLIC void sj_layer_free(sj_layer *layer);

/* ---- the layers ---- */

/* Fully connected: activation(x kernel + bias), x (…, in), kernel (in, units). */
typedef struct sj_dense_args {
	size_t size;
	sj_layer_activation activation;
	bool without_bias;
	sj_initializer kernel_initializer; /* zero: Glorot uniform */
	sj_initializer bias_initializer;   /* zero: zeros */
} sj_dense_args;
SJ_PUBLIC sj_layer *sj_dense_with(int64_t units, const sj_dense_args *args);
#define sj_dense(units_, ...) \
	sj_dense_with(units_, &(const sj_dense_args){.size = sizeof(sj_dense_args), ##__VA_ARGS__})

/* Two-dimensional convolution of (n, h, w, c) with a kernel (kernel_h, kernel_w, c, filters), padding VALID unless told. */
typedef struct sj_conv2d_layer_args {
	size_t size;
	sj_layer_activation activation;
	bool without_bias;
	int64_t stride_h, stride_w;     /* 0: 1 */
	int64_t dilation_h, dilation_w; /* 0: 1 */
	sj_padding padding;
	sj_initializer kernel_initializer, bias_initializer;
} sj_conv2d_layer_args;
SJ_PUBLIC sj_layer *sj_conv2d_layer_with(int64_t filters, int64_t kernel_h, int64_t kernel_w,
                                         const sj_conv2d_layer_args *args);
#define sj_conv2d_layer(filters_, kernel_h_, kernel_w_, ...) \
	sj_conv2d_layer_with(filters_, kernel_h_, kernel_w_, \
	                     &(const sj_conv2d_layer_args){.size = sizeof(sj_conv2d_layer_args), ##__VA_ARGS__})

/* Pooling of (n, h, w, c); strides 0: the pool's size. */
SJ_PUBLIC sj_layer *sj_max_pool_layer(int64_t pool_h, int64_t pool_w, int64_t stride_h, int64_t stride_w,
                                      sj_padding padding);
SJ_PUBLIC sj_layer *sj_avg_pool_layer(int64_t pool_h, int64_t pool_w, int64_t stride_h, int64_t stride_w,
                                      sj_padding padding);

/* (n, …) to (n, product of the rest). */
SJ_PUBLIC sj_layer *sj_flatten_layer(void);

/* An activation alone. */
SJ_PUBLIC sj_layer *sj_activation_layer(sj_layer_activation activation);

/* Drops a fraction `rate` of the elements in training and scales the others by 1 / (1 - rate). */
SJ_PUBLIC sj_layer *sj_dropout_layer(double rate, int64_t seed);

/*
 * Normalises each channel, an index of the last axis, over the other axes; momentum 0.99, epsilon 0.001 as Keras' unless given. The moving variance
 * takes the batches' biased variances, of images (rank 4) the unbiased ones, as TensorFlow has it.
 */
typedef struct sj_batch_norm_args {
	size_t size;
	sj_float_option momentum, epsilon;
	bool without_center, without_scale;
} sj_batch_norm_args;
SJ_PUBLIC sj_layer *sj_batch_norm_with(const sj_batch_norm_args *args);
#define sj_batch_norm(...) \
	sj_batch_norm_with(&(const sj_batch_norm_args){.size = sizeof(sj_batch_norm_args), ##__VA_ARGS__})

/* Rows of a table (count, size) by integer ids of any shape. */
SJ_PUBLIC sj_layer *sj_embedding(int64_t count, int64_t size);

/* One layer after the other. Takes over the layers, also when it fails (NULL among them: an error). */
SJ_PUBLIC sj_layer *sj_sequential_new(int n, sj_layer *const *layers);
SJ_PUBLIC int sj_sequential_count(const sj_layer *sequential);
SJ_PUBLIC sj_layer *sj_sequential_layer(const sj_layer *sequential, int index); /* borrowed */

/* ---- cells: one step of a recurrent network, written out by the caller's loop ---- */

/* Keras' LSTM (gates i, f, c, o; forget bias 1) and GRU (gates z, r, h; reset before the product). */
SJ_PUBLIC sj_layer *sj_lstm_cell(int64_t units);
SJ_PUBLIC sj_layer *sj_gru_cell(int64_t units);
/* Number of state tensors: 2 (h, c) for LSTM, 1 (h) for GRU, 0 for what is no cell. */
SJ_PUBLIC int sj_cell_state_count(const sj_layer *cell);
/* Zeros (batch, units) for each state. */
SJ_PUBLIC sj_status sj_cell_zero_state(const sj_layer *cell, int64_t batch, sj_dtype dtype, sj_tensor **ret_state);
/* x (batch, in) and the state give the output (batch, units) and, in place of the state, the next one. */
SJ_PUBLIC sj_tensor *sj_cell_step(sj_layer *cell, sj_tensor *x, sj_tensor **state);

/* ---- layers of your own ---- */

typedef struct sj_layer_class {
	const char *name;
	size_t context_size; /* bytes of the layer's own data, zeroed at first */
	/* Makes variables with sj_layer_add_variable. NULL: none to make. */
	sj_status (*build)(sj_layer *layer, void *context, sj_ints input_shape);
	sj_tensor *(*call)(sj_layer *layer, void *context, sj_tensor *x, bool training);
	void (*release)(void *context); /* NULL: nothing to release */
} sj_layer_class;

/* The class must outlive the layer. */
SJ_PUBLIC sj_layer *sj_layer_new(const sj_layer_class *layer_class);
SJ_PUBLIC void *sj_layer_context(sj_layer *layer);
SJ_PUBLIC const sj_layer_class *sj_layer_class_of(const sj_layer *layer);
/* A variable of the layer: takes over the caller's reference, returns the variable; nil and a sticky error when that failed. */
SJ_PUBLIC sj_tensor *sj_layer_add_variable(sj_layer *layer, sj_tensor *variable);

SJ_END_DECLARATIONS

#endif

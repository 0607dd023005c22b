/*
 * Optimizers: an update rule (update.h), its numbers, and the slots it keeps for each variable it meets.
 *
 * 	sj_optimizer *adam = sj_adam_new(0.001);
 * 	sj_optimizer_apply(adam, n, variables, gradients);
 * 	sj_optimizer_free(adam);
 *
 * The defaults are those of TensorFlow 1.8's tf.train optimizers.
 */
#ifndef SOKUJI_OPTIMIZER_H
#define SOKUJI_OPTIMIZER_H

#include <sokuji/execute.h>
#include <sokuji/update.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_optimizer sj_optimizer;

/*
 * What a rule can be told; each is given as SJ_GIVEN(value), else it has the default named here. As in TensorFlow, the numbers (but
 * for initial_accumulator) are rounded to float32, also for float64 variables.
 */
typedef struct sj_optimizer_options {
	size_t size;                          /* sizeof(sj_optimizer_options) */
	sj_float_option learning_rate;        /* 0.001; 0.01 for gradient descent and momentum */
	sj_float_option momentum;             /* 0.9 under Momentum, 0 under RMSProp */
	bool nesterov;                        /* Momentum */
	sj_float_option rho;                  /* RMSProp's decay 0.9, Adadelta's rho 0.95 */
	sj_float_option beta1, beta2;         /* Adam: 0.9, 0.999 */
	sj_float_option epsilon;              /* Adam 1e-8, RMSProp 1e-10, Adadelta 1e-8 */
	sj_float_option initial_accumulator;  /* Adagrad, Adagrad DA, Ftrl: 0.1 */
	sj_float_option learning_rate_power;  /* Ftrl: -0.5 */
	sj_float_option l1, l2, l2_shrinkage; /* Ftrl, the proximal rules and Adagrad DA: 0 */
} sj_optimizer_options;

/* NULL and a sticky error when the rule or a number makes no sense, or without memory. options: NULL for all defaults. */
SJ_PUBLIC sj_optimizer *sj_optimizer_new(sj_update_rule rule, const sj_optimizer_options *options);

/* The usual ones, by their learning rate alone. */
SJ_PUBLIC sj_optimizer *sj_gradient_descent_new(double learning_rate);
SJ_PUBLIC sj_optimizer *sj_momentum_new(double learning_rate, double momentum, bool nesterov);
SJ_PUBLIC sj_optimizer *sj_adam_new(double learning_rate);
SJ_PUBLIC sj_optimizer *sj_rmsprop_new(double learning_rate);
SJ_PUBLIC sj_optimizer *sj_adagrad_new(double learning_rate);
SJ_PUBLIC sj_optimizer *sj_adadelta_new(double learning_rate);
SJ_PUBLIC sj_optimizer *sj_ftrl_new(double learning_rate);

/*
 * One step: updates each variable by its gradient (NULL: left alone; all NULL: InvalidArgument). Slots are made when a variable is
 * met first. On failure no variable and no slot has changed. Refused while an error sticks.
 * While a graph is open, or where a gradient is symbolic, one node is appended (the graph's last) that does all this whenever it runs: steps count runs.
 * Slots and steps are the optimizer's, the same in every session.
 */
SJ_PUBLIC sj_status sj_optimizer_apply(sj_optimizer *optimizer, int n, sj_tensor *const *variables,
                                       sj_tensor *const *gradients);

SJ_PUBLIC double sj_optimizer_learning_rate(const sj_optimizer *optimizer);
SJ_PUBLIC sj_status sj_optimizer_set_learning_rate(sj_optimizer *optimizer, double learning_rate);
/* Steps applied so far. */
SJ_PUBLIC int64_t sj_optimizer_steps(const sj_optimizer *optimizer);
/* Slot k of a variable (update.h says which), borrowed; NULL when the optimizer has not met the variable. */
SJ_PUBLIC sj_tensor *sj_optimizer_slot(const sj_optimizer *optimizer, const sj_tensor *variable, int k);

SJ_PUBLIC void sj_optimizer_free(sj_optimizer *optimizer);

SJ_END_DECLARATIONS

#endif

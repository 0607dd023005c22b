/*
 * Update rules: what optimizers do to variables, for any number of them in one call, in place.
 *
 * Each rule is TensorFlow's (its Apply… operation) in the variable's own dtype. Optimizers (optimizer.h) keep slots and steps and call this;
 * it can be called directly too. Everything is checked and made writable before the first write; after it the call runs to its end.
 */
#ifndef SOKUJI_UPDATE_H
#define SOKUJI_UPDATE_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef enum sj_update_rule {
	SJ_UPDATE_GRADIENT_DESCENT, /* var -= lr g. No slots. */
	SJ_UPDATE_MOMENTUM, /* a = momentum a + g; var -= lr a, or lr g + lr momentum a with nesterov. Slot: a (0). */
	SJ_UPDATE_ADAM, /* m, v (0, 0); learning_rate is already corrected for the step: lr sqrt(1 - beta2^t) / (1 - beta1^t). */
	SJ_UPDATE_RMSPROP,                   /* ms (1), mom (0). */
	SJ_UPDATE_CENTERED_RMSPROP,          /* mg (0), ms (1), mom (0). */
	SJ_UPDATE_ADAGRAD,                   /* a (0.1). */
	SJ_UPDATE_ADADELTA,                  /* a (0), u (0). */
	SJ_UPDATE_FTRL,                      /* a (0.1), linear (0). */
	SJ_UPDATE_PROXIMAL_GRADIENT_DESCENT, /* no slots */
	SJ_UPDATE_PROXIMAL_ADAGRAD,          /* a (0.1). */
	SJ_UPDATE_ADAGRAD_DA,                /* dual averaging: sum of gradients (0), of their squares (0.1). */
	SJ_UPDATE_RULES
} sj_update_rule;

/* The numbers of one step; a rule reads those it needs. */
typedef struct sj_update {
	size_t size; /* sizeof(sj_update) */
	sj_update_rule rule;
	bool nesterov;
	double learning_rate;
	double momentum;              /* Momentum, RMSProp */
	double rho;                   /* RMSProp's decay, Adadelta */
	double beta1, beta2, epsilon; /* Adam; epsilon: RMSProp, Adadelta too */
	double learning_rate_power, l1, l2,
		l2_shrinkage; /* Ftrl, the proximal rules and Adagrad DA; power normally -0.5 */
	int64_t step;         /* Adagrad DA: the number of this step, from 1 */
} sj_update;

/* Slots that the rule keeps for each variable: 0 to 3. -1 for a number that is no rule. */
SJ_PUBLIC int sj_update_slots(sj_update_rule rule);

/*
 * Updates variables[0 .. n). slots: n times sj_update_slots variables, those of variable 0 first. A NULL gradient leaves its
 * variable alone; a sparse one (from a gather) touches only its rows, duplicates summed first, except under Adam, whose
 * moments decay everywhere. float32 and float64. InvalidArgument when a gradient's or slot's shape or dtype differs; nothing has
 * changed then. Refused (returns the sticky code) while an error sticks.
 */
SJ_PUBLIC sj_status sj_update_apply(const sj_update *update, int n, sj_tensor *const *variables,
                                    sj_tensor *const *slots, sj_tensor *const *gradients);

/*
 * The same with the learning rate as a scalar tensor of a floating dtype. Where a graph is open, or the rate or a gradient is symbolic, a node is
 * appended that updates the variables when it runs; the other numbers are those of now.
 */
SJ_PUBLIC sj_status sj_update_apply_rate(const sj_update *update, sj_tensor *learning_rate, int n,
                                         sj_tensor *const *variables, sj_tensor *const *slots,
                                         sj_tensor *const *gradients);

SJ_END_DECLARATIONS

#endif

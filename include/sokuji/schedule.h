/*
 * Learning-rate schedules: the rate at a step, as TensorFlow's decays compute it. Pure functions; give the result to
 * sj_optimizer_set_learning_rate. Steps below 0 are taken as 0; a number that makes no sense gives NaN and a sticky error.
 */
#ifndef SOKUJI_SCHEDULE_H
#define SOKUJI_SCHEDULE_H

#include <stdint.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

/* rate decay_rate^(step / decay_steps); staircase: with whole exponents only. */
SJ_PUBLIC double sj_exponential_decay(double rate, int64_t step, double decay_steps, double decay_rate, bool staircase);
/* rate e^(-decay_rate step / decay_steps). */
SJ_PUBLIC double sj_natural_exp_decay(double rate, int64_t step, double decay_steps, double decay_rate, bool staircase);
/* rate / (1 + decay_rate step / decay_steps). */
SJ_PUBLIC double sj_inverse_time_decay(double rate, int64_t step, double decay_steps, double decay_rate,
                                       bool staircase);
/* values[i] up to boundaries[i] (inclusive), values[n] beyond: n boundaries that ascend, n + 1 values. */
SJ_PUBLIC double sj_piecewise_constant(int64_t step, int n, const int64_t *boundaries, const double *values);
/* (rate - end) (1 - step / decay_steps)^power + end; cycle: decay_steps grows to the next multiple beyond the step. */
SJ_PUBLIC double sj_polynomial_decay(double rate, int64_t step, double decay_steps, double end, double power,
                                     bool cycle);
/* rate ((1 - alpha) (1 + cos(pi step / decay_steps)) / 2 + alpha). */
SJ_PUBLIC double sj_cosine_decay(double rate, int64_t step, double decay_steps, double alpha);
/* The same restarted: each period t_mul times as long and m_mul times as high as the one before. */
SJ_PUBLIC double sj_cosine_decay_restarts(double rate, int64_t step, double first_steps, double t_mul, double m_mul,
                                          double alpha);
/* rate ((alpha + 1 - step / decay_steps) (1 + cos(2 pi n_periods step / decay_steps)) / 2 + beta); TensorFlow: 0.5, 0, 0.001. */
SJ_PUBLIC double sj_linear_cosine_decay(double rate, int64_t step, double decay_steps, double n_periods, double alpha,
                                        double beta);

SJ_END_DECLARATIONS

#endif

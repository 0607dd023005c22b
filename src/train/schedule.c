/* Learning-rate schedules, in double. */
#include <math.h>
#include <stddef.h>

#include <sokuji/schedule.h>

static const double PI = 3.14159265358979323846;

static double refused(const char *who, const char *what)
{
	sj_error_set(SJ_INVALID_ARGUMENT, "%s: %s", who, what);
	return (double)NAN;
}

/* step / decay_steps, in whole units with staircase; NaN and an error when decay_steps is not positive. */
static double progress(const char *who, int64_t step, double decay_steps, bool staircase)
{
	if (!(decay_steps > 0))
		return refused(who, "decay_steps must be positive");
	double p = (double)(step < 0 ? 0 : step) / decay_steps;
	return staircase ? floor(p) : p;
}

double sj_exponential_decay(double rate, int64_t step, double decay_steps, double decay_rate, bool staircase)
{
	return rate * pow(decay_rate, progress("sj_exponential_decay", step, decay_steps, staircase));
}

double sj_natural_exp_decay(double rate, int64_t step, double decay_steps, double decay_rate, bool staircase)
{
	return rate * exp(-decay_rate * progress("sj_natural_exp_decay", step, decay_steps, staircase));
}

double sj_inverse_time_decay(double rate, int64_t step, double decay_steps, double decay_rate, bool staircase)
{
	return rate / (1 + decay_rate * progress("sj_inverse_time_decay", step, decay_steps, staircase));
}

double sj_piecewise_constant(int64_t step, int n, const int64_t *boundaries, const double *values)
{
	if (n < 0 || values == NULL || (n > 0 && boundaries == NULL))
		return refused("sj_piecewise_constant", "boundaries or values are missing");
	for (int i = 1; i < n; i++)
		if (boundaries[i] <= boundaries[i - 1])
			return refused("sj_piecewise_constant", "the boundaries must ascend");
	for (int i = 0; i < n; i++)
		if (step <= boundaries[i])
			return values[i];
	return values[n];
}

double sj_polynomial_decay(double rate, int64_t step, double decay_steps, double end, double power, bool cycle)
{
	double p = progress("sj_polynomial_decay", step, decay_steps, false);
	if (cycle)
		p /= fmax(1, ceil(p));
	else
		p = fmin(p, 1);
	return (rate - end) * pow(1 - p, power) + end;
}

static double cosine(double p) { return 0.5 * (1 + cos(PI * p)); }

double sj_cosine_decay(double rate, int64_t step, double decay_steps, double alpha)
{
	double p = fmin(progress("sj_cosine_decay", step, decay_steps, false), 1);
	return rate * ((1 - alpha) * cosine(p) + alpha);
}

double sj_cosine_decay_restarts(double rate, int64_t step, double first_steps, double t_mul, double m_mul, double alpha)
{
	double p = progress("sj_cosine_decay_restarts", step, first_steps, false), n_restarts = floor(p);
	if (!(t_mul > 0))
		return refused("sj_cosine_decay_restarts", "t_mul must be positive");
	if (t_mul == 1) {
		p -= n_restarts;
	} else {
		n_restarts = floor(log(1 - p * (1 - t_mul)) / log(t_mul));
		double before = (1 - pow(t_mul, n_restarts)) / (1 - t_mul);
		p = (p - before) / pow(t_mul, n_restarts);
	}
	return rate * ((1 - alpha) * pow(m_mul, n_restarts) * cosine(p) + alpha);
}

double sj_linear_cosine_decay(double rate, int64_t step, double decay_steps, double n_periods, double alpha,
                              double beta)
{
	double p = fmin(progress("sj_linear_cosine_decay", step, decay_steps, false), 1);
	return rate * ((alpha + 1 - p) * cosine(2 * n_periods * p) + beta);
}

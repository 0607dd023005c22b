/*
 * The update rules over `real`, included once for float and once for double. Each line is TensorFlow's formula (the Apply…
 * kernels of its training operations), in its order of operations.
 */

static void NAME(gradient_descent)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2,
                                   const void *g_)
{
	real *restrict var = var_;
	const real *restrict g = g_, lr = (real)u->learning_rate;
	(void)s0, (void)s1, (void)s2;
	for (int64_t i = 0; i < n; i++)
		var[i] -= g[i] * lr;
}

static void NAME(momentum)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict a = s0;
	const real *restrict g = g_, lr = (real)u->learning_rate, momentum = (real)u->momentum;
	(void)s1, (void)s2;
	if (u->nesterov) {
		for (int64_t i = 0; i < n; i++) {
			a[i] = a[i] * momentum + g[i];
			var[i] -= g[i] * lr + a[i] * momentum * lr;
		}
		return;
	}
	for (int64_t i = 0; i < n; i++) {
		a[i] = a[i] * momentum + g[i];
		var[i] -= a[i] * lr;
	}
}

static void NAME(adam)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict m = s0, *restrict v = s1;
	const real *restrict g = g_, lr = (real)u->learning_rate, epsilon = (real)u->epsilon;
	const real rest1 = 1 - (real)u->beta1, rest2 = 1 - (real)u->beta2;
	(void)s2;
	for (int64_t i = 0; i < n; i++) {
		m[i] += (g[i] - m[i]) * rest1;
		v[i] += (g[i] * g[i] - v[i]) * rest2;
		var[i] -= (m[i] * lr) / (SQRT(v[i]) + epsilon);
	}
}

static void NAME(rmsprop)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict ms = s0, *restrict mom = s1;
	const real *restrict g = g_, lr = (real)u->learning_rate, epsilon = (real)u->epsilon;
	const real rest = 1 - (real)u->rho, momentum = (real)u->momentum;
	(void)s2;
	for (int64_t i = 0; i < n; i++) {
		ms[i] += (g[i] * g[i] - ms[i]) * rest;
		mom[i] = mom[i] * momentum + (g[i] * lr) / SQRT(ms[i] + epsilon);
		var[i] -= mom[i];
	}
}

static void NAME(centered_rmsprop)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2,
                                   const void *g_)
{
	real *restrict var = var_, *restrict mg = s0, *restrict ms = s1, *restrict mom = s2;
	const real *restrict g = g_, lr = (real)u->learning_rate, epsilon = (real)u->epsilon;
	const real rest = 1 - (real)u->rho, momentum = (real)u->momentum;
	for (int64_t i = 0; i < n; i++) {
		ms[i] += (g[i] * g[i] - ms[i]) * rest;
		mg[i] += (g[i] - mg[i]) * rest;
		mom[i] = mom[i] * momentum + (g[i] * lr) / SQRT((ms[i] - mg[i] * mg[i]) + epsilon);
		var[i] -= mom[i];
	}
}

static void NAME(adagrad)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict a = s0;
	const real *restrict g = g_, lr = (real)u->learning_rate;
	(void)s1, (void)s2;
	for (int64_t i = 0; i < n; i++) {
		a[i] += g[i] * g[i];
		var[i] -= (g[i] * lr) / SQRT(a[i]);
	}
}

static void NAME(adadelta)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict a = s0, *restrict d = s1;
	const real *restrict g = g_, lr = (real)u->learning_rate, epsilon = (real)u->epsilon, rho = (real)u->rho;
	(void)s2;
	for (int64_t i = 0; i < n; i++) {
		a[i] = a[i] * rho + g[i] * g[i] * (1 - rho);
		real step = SQRT(d[i] + epsilon) / SQRT(a[i] + epsilon) * g[i];
		d[i] = d[i] * rho + step * step * (1 - rho);
		var[i] -= step * lr;
	}
}

static void NAME(ftrl)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict a = s0, *restrict linear = s1;
	const real *restrict g = g_, lr = (real)u->learning_rate, l1 = (real)u->l1, l2 = (real)u->l2;
	const real power = -(real)u->learning_rate_power, shrink = 2 * (real)u->l2_shrinkage;
	(void)s2;
	for (int64_t i = 0; i < n; i++) {
		real slope = g[i] + shrink * var[i], sum = a[i] + slope * slope, before, after;
		before = power == (real)0.5 ? SQRT(a[i]) : POW(a[i], power);
		after = power == (real)0.5 ? SQRT(sum) : POW(sum, power);
		linear[i] += slope - (after - before) / lr * var[i];
		real sign = (real)((linear[i] > 0) - (linear[i] < 0));
		var[i] = ABS(linear[i]) > l1 ? (l1 * sign - linear[i]) / (after / lr + 2 * l2) : 0;
		slope = g[i] + shrink * var[i]; /* TensorFlow 1.8 accumulates after the variable's update */
		a[i] += slope * slope;
	}
}

/* Shrinks towards zero by l1, then scales by l2. */
static inline real NAME(proximal)(real v, real lr, real l1, real l2)
{
	real sign = (real)((v > 0) - (v < 0)), size = ABS(v) - lr * l1;
	return l1 > 0 ? sign * (size > 0 ? size : 0) / (1 + l2 * lr) : v / (1 + l2 * lr);
}

static void NAME(proximal_gradient_descent)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2,
                                            const void *g_)
{
	real *restrict var = var_;
	const real *restrict g = g_, lr = (real)u->learning_rate, l1 = (real)u->l1, l2 = (real)u->l2;
	(void)s0, (void)s1, (void)s2;
	for (int64_t i = 0; i < n; i++)
		var[i] = NAME(proximal)(var[i] - g[i] * lr, lr, l1, l2);
}

static void NAME(proximal_adagrad)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2,
                                   const void *g_)
{
	real *restrict var = var_, *restrict a = s0;
	const real *restrict g = g_, l1 = (real)u->l1, l2 = (real)u->l2;
	(void)s1, (void)s2;
	for (int64_t i = 0; i < n; i++) {
		a[i] += g[i] * g[i];
		real lr = (real)u->learning_rate / SQRT(a[i]);
		var[i] = NAME(proximal)(var[i] - g[i] * lr, lr, l1, l2);
	}
}

static void NAME(adagrad_da)(const sj_update *u, int64_t n, void *var_, void *s0, void *s1, void *s2, const void *g_)
{
	real *restrict var = var_, *restrict sum = s0, *restrict squares = s1;
	const real *restrict g = g_, lr = (real)u->learning_rate, l1 = (real)u->l1 * (real)u->step,
			     l2 = (real)u->l2 * (real)u->step * lr;
	(void)s2;
	for (int64_t i = 0; i < n; i++) {
		sum[i] += g[i];
		squares[i] += g[i] * g[i];
		real sign = (real)((sum[i] > 0) - (sum[i] < 0)), size = ABS(sum[i]) - l1;
		real pull = l1 > 0 ? sign * (size > 0 ? size : 0) : sum[i];
		var[i] = -lr * pull / (l2 + SQRT(squares[i]));
	}
}

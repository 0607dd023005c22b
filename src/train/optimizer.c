/* Optimizers over the public update rules: slots by variable, numbers, steps. The arithmetic is in update.h's implementation. */
#include <math.h>
#include <string.h>

#include <sokuji/graph.h>
#include <sokuji/indexed_slices.h>
#include <sokuji/memory.h>
#include <sokuji/operations.h>
#include <sokuji/optimizer.h>
#include <sokuji/scope.h>
#include <sokuji/variable.h>

enum { SLOTS_MOST = 3 };

struct sj_optimizer {
	int refs; /* the caller's, and one of each node of a graph that applies it */
	sj_update update;
	double learning_rate;
	double slot_start[SLOTS_MOST];
	float power1,
		power2; /* Adam's beta1^t and beta2^t, which TensorFlow keeps in float32 for float64 variables too */
	int64_t steps;
	int n_slots; /* of each variable */
	int n_variables, capacity;
	int *places;           /* by hash: a variable's number from 1, 0: free */
	sj_tensor **variables; /* references */
	sj_tensor **slots;     /* n_slots each, in the variables' order */
};

/* TensorFlow rounds these numbers to float32, whatever the variables' dtype. */
static double given(sj_float_option option, double otherwise)
{
	return (float)(option.given ? option.value : otherwise);
}

/* ---- making ---- */

static void numbers_set(sj_optimizer *o, const sj_optimizer_options *options)
{
	sj_update *u = &o->update;
	bool plain = u->rule == SJ_UPDATE_GRADIENT_DESCENT || u->rule == SJ_UPDATE_MOMENTUM;
	bool rms = u->rule == SJ_UPDATE_RMSPROP || u->rule == SJ_UPDATE_CENTERED_RMSPROP;
	double accumulator = options->initial_accumulator.given ? options->initial_accumulator.value : 0.1;
	o->learning_rate = options->learning_rate.given ? options->learning_rate.value : plain ? 0.01 : 0.001;
	u->momentum = given(options->momentum, u->rule == SJ_UPDATE_MOMENTUM ? 0.9 : 0);
	u->nesterov = options->nesterov;
	u->rho = given(options->rho, u->rule == SJ_UPDATE_ADADELTA ? 0.95 : 0.9);
	u->beta1 = given(options->beta1, 0.9);
	u->beta2 = given(options->beta2, 0.999);
	u->epsilon = given(options->epsilon, rms ? 1e-10 : 1e-8);
	u->learning_rate_power = given(options->learning_rate_power, -0.5);
	u->l1 = given(options->l1, 0);
	u->l2 = given(options->l2, 0);
	u->l2_shrinkage = given(options->l2_shrinkage, 0);
	if (u->rule == SJ_UPDATE_ADAGRAD || u->rule == SJ_UPDATE_FTRL || u->rule == SJ_UPDATE_PROXIMAL_ADAGRAD)
		o->slot_start[0] = accumulator;
	if (u->rule == SJ_UPDATE_ADAGRAD_DA)
		o->slot_start[1] = accumulator;
	if (u->rule == SJ_UPDATE_RMSPROP)
		o->slot_start[0] = 1;
	if (u->rule == SJ_UPDATE_CENTERED_RMSPROP)
		o->slot_start[1] = 1;
}

static sj_status number_check(const char *name, double value, double low, double high)
{
	if (value >= low && value <= high)
		return SJ_OK;
	return sj_error_set(SJ_INVALID_ARGUMENT, "sj_optimizer_new: %s is %g; it must be in [%g, %g]", name, value, low,
	                    high);
}

static sj_status numbers_check(const sj_optimizer *o)
{
	const sj_update *u = &o->update;
	const struct {
		const char *name;
		double value, low, high;
	} checks[] = {
		{"learning_rate", o->learning_rate, 0, HUGE_VAL},
		{"momentum", u->momentum, 0, HUGE_VAL},
		{"rho", u->rho, 0, 1},
		{"beta1", u->beta1, 0, 1},
		{"beta2", u->beta2, 0, 1},
		{"epsilon", u->epsilon, 0, HUGE_VAL},
		{"learning_rate_power", u->learning_rate_power, -HUGE_VAL, 0},
		{"l1", u->l1, 0, HUGE_VAL},
		{"l2", u->l2, 0, HUGE_VAL},
		{"l2_shrinkage", u->l2_shrinkage, 0, HUGE_VAL},
		{"initial_accumulator", o->slot_start[0] + o->slot_start[1], 0, HUGE_VAL},
	};
	sj_status status = SJ_OK;
	for (size_t i = 0; status == SJ_OK && i < sizeof(checks) / sizeof(checks[0]); i++)
		status = number_check(checks[i].name, checks[i].value, checks[i].low, checks[i].high);
	return status;
}

sj_optimizer *sj_optimizer_new(sj_update_rule rule, const sj_optimizer_options *options)
{
	sj_optimizer_options all = {.size = sizeof(all)};
	if (sj_update_slots(rule) < 0) {
		sj_error_set(SJ_INVALID_ARGUMENT, "sj_optimizer_new: %d is no update rule", (int)rule);
		return NULL;
	}
	if (options != NULL && options->size > sizeof(size_t))
		memcpy(&all, options, options->size < sizeof(all) ? options->size : sizeof(all));
	sj_optimizer *o = sj_memory_new(sizeof(*o));
	if (o == NULL) {
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_optimizer_new: no memory");
		return NULL;
	}
	*o = (sj_optimizer){.refs = 1,
	                    .update = {.size = sizeof(sj_update), .rule = rule},
	                    .n_slots = sj_update_slots(rule)};
	numbers_set(o, &all);
	o->power1 = (float)o->update.beta1;
	o->power2 = (float)o->update.beta2;
	if (numbers_check(o) != SJ_OK) {
		sj_memory_free(o);
		return NULL;
	}
	return o;
}

static sj_optimizer *with_rate(sj_update_rule rule, double learning_rate)
{
	sj_optimizer_options options = {.size = sizeof(options), .learning_rate = SJ_GIVEN(learning_rate)};
	return sj_optimizer_new(rule, &options);
}

sj_optimizer *sj_gradient_descent_new(double learning_rate)
{
	return with_rate(SJ_UPDATE_GRADIENT_DESCENT, learning_rate);
}
sj_optimizer *sj_adam_new(double learning_rate) { return with_rate(SJ_UPDATE_ADAM, learning_rate); }
sj_optimizer *sj_rmsprop_new(double learning_rate) { return with_rate(SJ_UPDATE_RMSPROP, learning_rate); }
sj_optimizer *sj_adagrad_new(double learning_rate) { return with_rate(SJ_UPDATE_ADAGRAD, learning_rate); }
sj_optimizer *sj_adadelta_new(double learning_rate) { return with_rate(SJ_UPDATE_ADADELTA, learning_rate); }
sj_optimizer *sj_ftrl_new(double learning_rate) { return with_rate(SJ_UPDATE_FTRL, learning_rate); }

sj_optimizer *sj_momentum_new(double learning_rate, double momentum, bool nesterov)
{
	sj_optimizer_options options = {.size = sizeof(options),
	                                .learning_rate = SJ_GIVEN(learning_rate),
	                                .momentum = SJ_GIVEN(momentum),
	                                .nesterov = nesterov};
	return sj_optimizer_new(SJ_UPDATE_MOMENTUM, &options);
}

void sj_optimizer_free(sj_optimizer *o)
{
	if (o == NULL || __atomic_sub_fetch(&o->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	for (int i = 0; i < o->n_variables; i++)
		sj_free(o->variables[i]);
	for (int i = 0; i < o->n_variables * o->n_slots; i++)
		sj_free(o->slots[i]);
	sj_memory_free(o->variables);
	sj_memory_free(o->slots);
	sj_memory_free(o->places);
	sj_memory_free(o);
}

/* ---- slots ---- */

/* Where the variable's number stands, or is to stand, among twice as many places as there is room for variables. */
static int *place_of(const sj_optimizer *o, const sj_tensor *variable)
{
	size_t mask = 2 * (size_t)o->capacity - 1,
	       at = (size_t)((uintptr_t)variable / 16 * 0x9e3779b97f4a7c15u >> 20) & mask;
	while (o->places[at] != 0 && o->variables[o->places[at] - 1] != variable)
		at = (at + 1) & mask;
	return &o->places[at];
}

static int variable_find(const sj_optimizer *o, const sj_tensor *variable)
{
	return o->capacity > 0 ? *place_of(o, variable) - 1 : -1;
}

static sj_status room_make(sj_optimizer *o, int n_more)
{
	int needed = o->n_variables + n_more, capacity = o->capacity ? o->capacity : 8;
	if (needed <= o->capacity)
		return SJ_OK;
	while (capacity < needed)
		capacity *= 2;
	sj_tensor **variables = sj_memory_new(sizeof(*variables) * (size_t)capacity);
	sj_tensor **slots = sj_memory_new(sizeof(*slots) * (size_t)(capacity * o->n_slots));
	int *places = sj_memory_new(sizeof(*places) * 2 * (size_t)capacity);
	if (variables == NULL || slots == NULL || places == NULL) {
		sj_memory_free(variables);
		sj_memory_free(slots);
		sj_memory_free(places);
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_optimizer_apply: no memory for slots");
	}
	if (o->n_variables > 0) {
		memcpy(variables, o->variables, sizeof(*variables) * (size_t)o->n_variables);
		memcpy(slots, o->slots, sizeof(*slots) * (size_t)(o->n_variables * o->n_slots));
	}
	sj_memory_free(o->variables);
	sj_memory_free(o->slots);
	sj_memory_free(o->places);
	o->variables = variables;
	o->slots = slots;
	o->places = memset(places, 0, sizeof(*places) * 2 * (size_t)capacity);
	o->capacity = capacity;
	for (int i = 0; i < o->n_variables; i++)
		*place_of(o, variables[i]) = i + 1;
	return SJ_OK;
}

/* Adds the variable with fresh slots; on failure the optimizer is as before. */
static sj_status variable_add(sj_optimizer *o, sj_tensor *variable)
{
	sj_status status = room_make(o, 1);
	sj_ints shape = {sj_tensor_rank(variable), sj_tensor_dims(variable)};
	if (!sj_is_variable(variable))
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_optimizer_apply: an entry of variables is no variable");
	sj_tensor **slots = o->slots + o->n_variables * o->n_slots;
	for (int k = 0; k < o->n_slots && status == SJ_OK; k++) {
		sj_scope scope = sj_scope_begin();
		sj_tensor *start = sj_fill(shape, sj_scalar(sj_tensor_dtype(variable), o->slot_start[k]));
		slots[k] = sj_variable_new_named(start, NULL, false);
		sj_scope_end(scope);
		if (!sj_ok()) {
			status = sj_error_code();
			while (k > 0)
				sj_free(slots[--k]);
		}
	}
	if (status == SJ_OK) {
		int *place = place_of(o, variable);
		o->variables[o->n_variables++] = sj_keep(variable);
		*place = o->n_variables;
	}
	return status;
}

/* ---- a step ---- */

/* The rate of this step for variables of the dtype, in that dtype's arithmetic. */
static double step_rate(const sj_optimizer *o, sj_dtype dtype)
{
	float rate = (float)o->learning_rate;
	if (o->update.rule != SJ_UPDATE_ADAM)
		return rate;
	if (dtype == SJ_FLOAT64)
		return rate * sqrt(1 - (double)o->power2) / (1 - (double)o->power1);
	return rate * sqrtf(1 - o->power2) / (1 - o->power1);
}

static sj_status arguments_check(const sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor *const *gradients)
{
	if (o == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_optimizer_apply: the optimizer is NULL");
	if (n < 0 || (n > 0 && (variables == NULL || gradients == NULL)))
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_optimizer_apply: %d variables with a NULL array", n);
	for (int i = 0; i < n; i++)
		if (gradients[i] != NULL)
			return SJ_OK;
	return sj_error_set(
		SJ_INVALID_ARGUMENT,
		"sj_optimizer_apply: no gradients for any of the %d variables; does the loss depend on them?", n);
}

/* True when the call's variables are the optimizer's own list: the steady state. */
static bool is_own_list(const sj_optimizer *o, int n, sj_tensor *const *variables)
{
	if (n != o->n_variables)
		return false;
	for (int i = 0; i < n; i++)
		if (o->variables[i] != variables[i])
			return false;
	return true;
}

static sj_status step_apply(sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                            sj_tensor *const *gradients)
{
	sj_dtype dtype = sj_tensor_dtype(variables[0]);
	for (int i = 1; i < n; i++)
		if (sj_tensor_dtype(variables[i]) != dtype)
			return sj_error_set(
				SJ_INVALID_ARGUMENT,
				"sj_optimizer_apply: variable 0 is %s, variable %d is %s; use an optimizer per dtype",
				sj_dtype_name(dtype), i, sj_dtype_name(sj_tensor_dtype(variables[i])));
	o->update.learning_rate = step_rate(o, dtype);
	o->update.step = o->steps + 1;
	return sj_update_apply(&o->update, n, variables, slots, gradients);
}

static sj_status slots_gather(sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor **slots)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < n && status == SJ_OK; i++) {
		if (variable_find(o, variables[i]) < 0)
			status = variable_add(o, variables[i]);
	}
	for (int i = 0; i < n && status == SJ_OK; i++) {
		int at = variable_find(o, variables[i]);
		for (int k = 0; k < o->n_slots; k++)
			slots[i * o->n_slots + k] = o->slots[at * o->n_slots + k];
	}
	return status;
}

static sj_status other_list_apply(sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor *const *gradients)
{
	sj_tensor **slots = sj_memory_new(sizeof(*slots) * (size_t)(n * o->n_slots));
	if (slots == NULL)
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_optimizer_apply: no memory");
	sj_status status = slots_gather(o, n, variables, slots);
	if (status == SJ_OK)
		status = step_apply(o, n, variables, slots, gradients);
	sj_memory_free(slots);
	return status;
}

/* ---- in graphs ---- */

/* A node that applies the optimizer whenever it runs. Inputs: for each variable its gradient, or the rows and their numbers of a sparse one. */
typedef struct apply_context {
	sj_optimizer *optimizer;
	int n, n_all;
	bool *is_sparse;  /* by variable */
	sj_tensor *all[]; /* variables, then their slots: references */
} apply_context;

static void apply_release(void *context)
{
	apply_context *c = context;
	for (int i = 0; i < c->n_all; i++)
		sj_free(c->all[i]);
	sj_optimizer_free(c->optimizer);
	sj_memory_free(c);
}

static int apply_changes(void *context, sj_tensor *const **ret_variables)
{
	*ret_variables = ((apply_context *)context)->all;
	return ((apply_context *)context)->n_all;
}

static sj_status apply_sparse(const apply_context *c, sj_tensor *const *inputs)
{
	sj_tensor **gradients = sj_memory_new(sizeof(*gradients) * (size_t)c->n);
	if (gradients == NULL)
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_optimizer_apply: no memory");
	sj_scope scope = sj_scope_begin();
	for (int i = 0; i < c->n; i++) {
		sj_ints shape = {sj_tensor_rank(c->all[i]), sj_tensor_dims(c->all[i])};
		gradients[i] = c->is_sparse[i] ? sj_indexed_slices(inputs[0], inputs[1], shape) : inputs[0];
		inputs += c->is_sparse[i] ? 2 : 1;
	}
	sj_status status = sj_optimizer_apply(c->optimizer, c->n, c->all, gradients);
	sj_scope_end(scope);
	sj_memory_free(gradients);
	return status;
}

static sj_status apply_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs)
{
	const apply_context *c = context;
	(void)n_outputs;
	(void)ret_outputs;
	return n_inputs == c->n ? sj_optimizer_apply(c->optimizer, c->n, c->all, inputs) : apply_sparse(c, inputs);
}

static const sj_callable_type apply_type = {.size = sizeof(sj_callable_type),
                                            .name = "OptimizerApply",
                                            .is_stateful = true,
                                            .invoke = apply_invoke,
                                            .release = apply_release,
                                            .changes = apply_changes,
                                            .is_atomic = true,
                                            .only_looks = true};

/* The slots are made now, whatever graph is open. */
static sj_status slots_now(sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor **slots)
{
	if (sj_graph_begin(NULL) != SJ_OK)
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_optimizer_apply: no memory");
	sj_status status = slots_gather(o, n, variables, slots);
	sj_graph_end();
	return status;
}

static apply_context *apply_context_new(sj_optimizer *o, int n, sj_tensor *const *variables)
{
	size_t n_all = (size_t)n * ((size_t)o->n_slots + 1);
	apply_context *c = sj_memory_new(sizeof(*c) + sizeof(sj_tensor *) * n_all + (size_t)n);
	if (c == NULL) {
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_optimizer_apply: no memory");
		return NULL;
	}
	*c = (apply_context){.n = n, .n_all = (int)n_all, .is_sparse = (bool *)(c->all + n_all)};
	if (slots_now(o, n, variables, c->all + n) != SJ_OK) {
		sj_memory_free(c);
		return NULL;
	}
	memcpy(c->all, variables, sizeof(sj_tensor *) * (size_t)n);
	for (size_t i = 0; i < n_all; i++)
		sj_keep(c->all[i]);
	__atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED);
	c->optimizer = o;
	return c;
}

static sj_status apply_append(sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor *const *gradients)
{
	int at = 0;
	apply_context *c = apply_context_new(o, n, variables);
	if (c == NULL)
		return sj_error_code();
	sj_scope scope = sj_scope_begin();
	sj_tensor **inputs = sj_memory_new(sizeof(*inputs) * 2 * (size_t)n);
	for (int i = 0; i < n && inputs != NULL; i++) {
		c->is_sparse[i] = sj_tensor_is_indexed_slices(gradients[i]);
		inputs[at++] = c->is_sparse[i] ? sj_indexed_slices_values(gradients[i]) : gradients[i];
		if (c->is_sparse[i])
			inputs[at++] = sj_indexed_slices_indices(gradients[i]);
	}
	sj_callable *callable = sj_callable_new(&apply_type, c);
	sj_status status = inputs && callable ? sj_call(callable, at, inputs, 0, NULL) : SJ_RESOURCE_EXHAUSTED;
	sj_callable_free(callable);
	sj_memory_free(inputs);
	sj_scope_end(scope);
	return status == SJ_OK || !sj_ok() ? sj_error_code() : sj_error_set(status, "%s", sj_error_message());
}

/* Whether a graph will run the step. */
static bool waits_for_graph(int n, sj_tensor *const *gradients)
{
	bool waits = sj_graph_now() != NULL;
	for (int i = 0; i < n && !waits; i++) {
		waits = sj_tensor_is_symbolic(gradients[i]);
		if (sj_tensor_is_indexed_slices(gradients[i])) {
			sj_scope scope = sj_scope_begin();
			waits = sj_tensor_is_symbolic(sj_indexed_slices_values(gradients[i])) ||
			        sj_tensor_is_symbolic(sj_indexed_slices_indices(gradients[i]));
			sj_scope_end(scope);
		}
	}
	return waits;
}

sj_status sj_optimizer_apply(sj_optimizer *o, int n, sj_tensor *const *variables, sj_tensor *const *gradients)
{
	if (!sj_ok())
		return sj_error_code();
	sj_status status = arguments_check(o, n, variables, gradients);
	if (status != SJ_OK)
		return status;
	if (waits_for_graph(n, gradients))
		return apply_append(o, n, variables, gradients);
	status = is_own_list(o, n, variables) ? step_apply(o, n, variables, o->slots, gradients)
	                                      : other_list_apply(o, n, variables, gradients);
	if (status != SJ_OK)
		return status;
	o->steps++;
	o->power1 *= (float)o->update.beta1;
	o->power2 *= (float)o->update.beta2;
	return SJ_OK;
}

/* ---- looking ---- */

double sj_optimizer_learning_rate(const sj_optimizer *o) { return o ? o->learning_rate : 0; }

sj_status sj_optimizer_set_learning_rate(sj_optimizer *o, double learning_rate)
{
	if (o == NULL || !(learning_rate >= 0))
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_optimizer_set_learning_rate: %s",
		                    o ? "the rate must be a number >= 0" : "the optimizer is NULL");
	o->learning_rate = learning_rate;
	return SJ_OK;
}

int64_t sj_optimizer_steps(const sj_optimizer *o) { return o ? o->steps : 0; }

sj_tensor *sj_optimizer_slot(const sj_optimizer *o, const sj_tensor *variable, int k)
{
	int at = o ? variable_find(o, variable) : -1;
	return at >= 0 && k >= 0 && k < o->n_slots ? o->slots[at * o->n_slots + k] : NULL;
}

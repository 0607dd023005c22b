/* What changes variables, as callables: assignments and the optimizers' updates. A node holds the variables; a session runs it on its own. */
#include "base/memory.h"
#include "base/threads.h"
#include "graph/graph.h"
#include "sokuji/scope.h"
#include "sokuji/update.h"
#include "tensor/local.h"
#include "tensor/slices.h"
#include "tensor/variable.h"

/* ---- assignments ---- */

typedef struct assign_context {
	enum sj__assignment how;
	sj_tensor *variable;
} assign_context;

static void assign_release(void *context)
{
	assign_context *c = context;
	sj__drop(c->variable);
	sj__memory_free(c);
}

static int assign_changes(void *context, sj_tensor *const **ret_variables)
{
	*ret_variables = &((assign_context *)context)->variable;
	return 1;
}

static sj_status SJ_COLD instance_missing(const sj_tensor *variable)
{
	return sj__fail(sj_session_now() ? SJ_RESOURCE_EXHAUSTED : SJ_FAILED_PRECONDITION, "the variable '%s' %s",
	                sj_variable_name(variable),
	                sj_session_now() ? "got no memory" : "has no value outside of a session of its graph");
}

/* The result is the value afterwards. */
static sj_status assign_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                               sj_tensor **ret_outputs)
{
	static sj_status (*const how[])(sj_tensor *, sj_tensor *) = {sj_assign, sj_assign_add, sj_assign_sub,
	                                                             sj_assign};
	const assign_context *c = context;
	(void)n_inputs;
	sj_tensor *instance = sj__variable_instance(c->variable);
	if (instance == NULL)
		return instance_missing(c->variable);
	if (c->how == SJ__ASSIGN_LOOSELY && instance != c->variable)
		instance->variable->is_loose = true;
	sj__cancel_hold(); /* what a run changed before it need not be kept */
	sj_status status = how[c->how](instance, inputs[0]);
	sj__cancel_release();
	return status == SJ_OK && n_outputs == 1 ? sj__variable_read(instance, ret_outputs) : status;
}

static sj_status assign_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                              int *ranks, int64_t *dims)
{
	const sj_tensor *variable = ((assign_context *)context)->variable, *value = inputs[0];
	(void)n_inputs;
	if (value->dtype != variable->dtype)
		return sj__fail(SJ_INVALID_ARGUMENT, "the variable '%s' is %s, the value is %s; cast it with sj_cast",
		                sj_variable_name(variable), sj_dtype_name((sj_dtype)variable->dtype),
		                sj_dtype_name((sj_dtype)value->dtype));
	enum sj__assignment how = ((assign_context *)context)->how;
	bool adds = how == SJ__ASSIGN_ADD || how == SJ__ASSIGN_SUB;
	bool is_loose = how == SJ__ASSIGN_LOOSELY || variable->variable->dims != NULL;
	bool fits = is_loose || value->shape.rank < 0 || value->shape.rank == variable->shape.rank || adds;
	for (int a = 0; fits && !is_loose && value->shape.rank == variable->shape.rank && a < value->shape.rank; a++)
		fits = sj__dims(value)[a] < 0 || sj__dims(value)[a] == sj__dims(variable)[a] ||
		       (adds && sj__dims(value)[a] == 1);
	if (!fits)
		return sj__fail(SJ_INVALID_ARGUMENT, "the variable '%s' has shape %s, the value has shape %s",
		                sj_variable_name(variable), sj__shape_text(variable), sj__shape_text(value));
	if (n_outputs != 1)
		return SJ_OK;
	sj__infer_like(0, is_loose && !adds ? value : variable, dtypes, ranks, dims);
	if (is_loose && adds) { /* a sum is as large as the variable is then */
		ranks[0] = variable->variable->rank;
		for (int a = 0; a < ranks[0]; a++)
			dims[a] = variable->variable->dims[a];
	}
	return SJ_OK;
}

static const sj_callable_type assign_types[] = {
	{sizeof(sj_callable_type), "AssignVariableOp", true, assign_invoke, assign_infer, assign_release,
         assign_changes, true, NULL, false},
	{sizeof(sj_callable_type), "AssignAddVariableOp", true, assign_invoke, assign_infer, assign_release,
         assign_changes, true, NULL, false},
	{sizeof(sj_callable_type), "AssignSubVariableOp", true, assign_invoke, assign_infer, assign_release,
         assign_changes, true, NULL, false},
	{sizeof(sj_callable_type), "Assign", true, assign_invoke, assign_infer, assign_release, assign_changes, true,
         NULL, false},
};

bool sj__callable_adds(const sj_callable *callable)
{
	const assign_context *c = callable->context;
	return callable->type.invoke == assign_invoke && (c->how == SJ__ASSIGN_ADD || c->how == SJ__ASSIGN_SUB);
}

/* Appends to the open graph, the value's or the variable's. */
static sj_status callable_append(sj_graph *graph, sj_callable *callable, int n_inputs, sj_tensor *const *inputs,
                                 int n_outputs, sj_tensor **ret_outputs)
{
	sj__local *thread = &sj__local_state;
	struct sj_graph *open = thread->graph;
	int32_t recording = thread->recording;
	if (open == NULL)
		thread->graph = graph;
	thread->recording = 0; /* what changes variables is not differentiated */
	sj_status status = sj_call(callable, n_inputs, inputs, n_outputs, ret_outputs);
	thread->recording = recording;
	thread->graph = open;
	return status;
}

static sj_graph *graph_for(sj_tensor *variable, int n, sj_tensor *const *inputs)
{
	sj_graph *graph = sj__graph_for(n, inputs);
	return graph ? graph : variable->variable->graph;
}

static sj_status assign_append(enum sj__assignment how, sj_tensor *variable, sj_tensor *value, sj_graph *graph,
                               sj_tensor **ret_after)
{
	assign_context *c = sj__memory_new(sizeof(*c));
	if (c == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	*c = (assign_context){how, sj__keep(variable)};
	if (how == SJ__ASSIGN_LOOSELY && variable->variable->place != 0)
		variable->variable->is_loose = true; /* plans for sure shapes leave it alone */
	sj_callable *callable = sj__callable_new(&assign_types[how], c);
	if (callable == NULL)
		return sj_error_code();
	sj_status status = callable_append(graph, callable, 1, &value, 1, ret_after);
	sj_callable_free(callable);
	return status;
}

sj_status sj__graph_assign(enum sj__assignment how, sj_tensor *variable, sj_tensor *value)
{
	sj_tensor *after;
	sj_graph *graph = graph_for(variable, 1, &value);
	if (graph == NULL)
		return sj__fail(SJ_FAILED_PRECONDITION, "assigning the variable '%s': its graph was released",
		                sj_variable_name(variable));
	sj_status status = assign_append(how, variable, value, graph, &after);
	if (status == SJ_OK)
		sj__drop(after); /* the graph has it */
	return status;
}

sj_tensor *sj_graph_assign(sj_graph *graph, int how, sj_tensor *variable, sj_tensor *value)
{
	sj__local_now();
	sj_tensor *after = NULL;
	sj_status status = SJ_OK;
	if (graph == NULL || how < 0 || how > SJ__ASSIGN_LOOSELY || !sj_is_variable(variable) ||
	    !sj_tensor_is_valid(value))
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_assign: %s",
		                  graph == NULL              ? "the graph is NULL"
		                  : how < 0 || how > 3       ? "how is 0, 1, 2 or 3"
		                  : sj_is_variable(variable) ? "the value is no valid tensor"
		                                             : "that is no variable");
	if (status == SJ_OK)
		status = assign_append((enum sj__assignment)how, variable, value, graph, &after);
	if (status == SJ_OK) {
		sj__drop(after);
		return after;
	}
	sj__error_stick(status);
	return &sj__nil_tensor;
}

/* ---- updates ---- */

/*
 * Inputs: for each variable its gradient (NULL: none), or the rows and their numbers where it is sparse, and then the learning rate where that is
 * a tensor.
 */
typedef struct update_context {
	sj_update update;
	bool has_rate;
	int n, n_changed; /* variables; with their slots */
	bool *is_sparse;  /* by variable */
	sj_tensor *all[]; /* variables, slots: own references */
} update_context;

static void update_release(void *context)
{
	update_context *c = context;
	for (int i = 0; i < c->n_changed; i++)
		sj__drop(c->all[i]);
	sj__memory_free(c);
}

static int update_changes(void *context, sj_tensor *const **ret_variables)
{
	update_context *c = context;
	*ret_variables = c->all;
	return c->n_changed;
}

/* The running session's own variables are there, or can be made. */
static sj_status instances_find(int n, sj_tensor *const *variables, sj_tensor **ret_instances)
{
	int n_found = sj__session_instances(n, variables, ret_instances);
	return SJ_LIKELY(n_found == n) ? SJ_OK : instance_missing(variables[n_found]);
}

static sj_status update_apply(const update_context *c, sj_tensor *rate, sj_tensor *const *gradients)
{
	enum { FEW = 32 };
	sj_tensor *few[FEW], **all = few;
	sj_update update = c->update;
	if (rate != NULL && (rate->shape.size != 1 || !sj_dtype_is_floating((sj_dtype)rate->dtype)))
		return sj__fail(SJ_INVALID_ARGUMENT, "the learning rate is %s %s; give a floating scalar",
		                sj_dtype_name((sj_dtype)rate->dtype), sj__shape_text(rate));
	if (rate != NULL)
		update.learning_rate = sj__element_as_double((sj_dtype)rate->dtype, rate->data, 0);
	if (c->n_changed > FEW && (all = sj__memory_new(sizeof(*all) * (size_t)c->n_changed)) == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = instances_find(c->n_changed, c->all, all);
	if (status == SJ_OK)
		status = sj__update_now(&update, c->n, all, all + c->n, gradients);
	if (all != few)
		sj__memory_free(all);
	return status;
}

/* With the sparse gradients put together again. */
static sj_status sparse_apply(const update_context *c, sj_tensor *const *inputs)
{
	sj_tensor **gradients = sj__memory_new_zeroed(sizeof(*gradients) * (size_t)c->n);
	sj_status status = gradients ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < c->n && status == SJ_OK; i++, inputs++) {
		if (!c->is_sparse[i])
			gradients[i] = *inputs ? sj__keep(*inputs) : NULL;
		else
			status = sj__slices_checked(inputs[0], inputs[1], c->all[i]->shape.rank, sj__dims(c->all[i]),
			                            &gradients[i]);
		inputs += c->is_sparse[i];
	}
	if (status == SJ_OK)
		status = update_apply(c, c->has_rate ? *inputs : NULL, gradients);
	for (int i = 0; i < c->n && gradients != NULL; i++)
		sj__drop(gradients[i]);
	sj__memory_free(gradients);
	return status;
}

static sj_status update_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                               sj_tensor **ret_outputs)
{
	const update_context *c = context;
	(void)n_outputs;
	(void)ret_outputs;
	if (n_inputs > c->n + c->has_rate)
		return sparse_apply(c, inputs);
	return update_apply(c, c->has_rate ? inputs[c->n] : NULL, inputs);
}

static const sj_callable_type update_type = {.size = sizeof(sj_callable_type),
                                             .name = "ResourceApplyUpdate",
                                             .is_stateful = true,
                                             .invoke = update_invoke,
                                             .release = update_release,
                                             .changes = update_changes,
                                             .is_atomic = true,
                                             .only_looks = true};

static update_context *update_context_new(const sj_update *update, bool has_rate, int n, sj_tensor *const *variables,
                                          sj_tensor *const *slots)
{
	int n_slots = n * sj_update_slots(update->rule);
	size_t n_all = (size_t)n + (size_t)n_slots;
	update_context *c = sj__memory_new_zeroed(sizeof(*c) + sizeof(sj_tensor *) * n_all + (size_t)n);
	if (c == NULL)
		return NULL;
	c->update = *update;
	c->has_rate = has_rate;
	c->n = n;
	c->n_changed = (int)n_all;
	c->is_sparse = (bool *)(c->all + n_all);
	for (int i = 0; i < n; i++)
		c->all[i] = sj__keep(variables[i]);
	for (int i = 0; i < n_slots; i++)
		c->all[n + i] = sj__keep(slots[i]);
	return c;
}

/* Returns how many inputs there are. */
static int inputs_gather(update_context *c, sj_tensor *learning_rate, sj_tensor *const *gradients, sj_tensor **inputs)
{
	int at = 0;
	for (int i = 0; i < c->n; i++) {
		c->is_sparse[i] = sj__is_live(gradients[i]) && (gradients[i]->flags & SJ__FLAG_SLICES) != 0;
		inputs[at++] = c->is_sparse[i] ? sj__slices_values(gradients[i]) : gradients[i];
		if (c->is_sparse[i])
			inputs[at++] = sj__slices_indices(gradients[i]);
	}
	if (learning_rate != NULL)
		inputs[at++] = learning_rate;
	return at;
}

static sj_status all_variables(int n, sj_tensor *const *tensors)
{
	for (int i = 0; i < n; i++)
		if (!sj_is_variable(tensors[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: variable or slot %d is no variable", i);
	return SJ_OK;
}

/* A gradient whose shape is known not to fit is refused now. */
static sj_status gradients_fit(int n, sj_tensor *const *variables, sj_tensor *const *gradients)
{
	for (int i = 0; i < n; i++) {
		const sj_tensor *g = gradients[i], *v = variables[i];
		if (g == NULL)
			continue;
		if (!sj_tensor_is_valid(g))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: gradient %d is no valid tensor", i);
		if (g->dtype != v->dtype || !sj__shapes_may_match(g, v))
			return sj__fail(SJ_INVALID_ARGUMENT,
			                "sj_update_apply: gradient %d is %s %s, the variable '%s' is %s %s", i,
			                sj_dtype_name((sj_dtype)g->dtype), sj__shape_text(g), sj_variable_name(v),
			                sj_dtype_name((sj_dtype)v->dtype), sj__shape_text(v));
	}
	return SJ_OK;
}

static sj_status update_append(update_context *c, sj_tensor *learning_rate, sj_tensor *const *gradients,
                               sj_tensor **inputs)
{
	int n_inputs = inputs_gather(c, learning_rate, gradients, inputs);
	sj_graph *graph = graph_for(c->all[0], n_inputs, inputs);
	sj_callable *callable = sj__callable_new(&update_type, c);
	sj_status status = callable ? SJ_OK : sj_error_code();
	if (graph == NULL && status == SJ_OK)
		status = sj__fail(SJ_FAILED_PRECONDITION, "sj_update_apply: the variables' graph was released");
	if (status == SJ_OK)
		status = callable_append(graph, callable, n_inputs, inputs, 0, NULL);
	sj_callable_free(callable);
	return status;
}

sj_status sj__graph_update(const sj_update *update, sj_tensor *learning_rate, int n, sj_tensor *const *variables,
                           sj_tensor *const *slots, sj_tensor *const *gradients)
{
	sj_status status = all_variables(n, variables);
	if (status == SJ_OK)
		status = all_variables(n * sj_update_slots(update->rule), slots);
	if (status == SJ_OK)
		status = gradients_fit(n, variables, gradients);
	if (status != SJ_OK || n == 0)
		return status;
	sj_tensor **inputs = sj__memory_new(sizeof(*inputs) * (2 * (size_t)n + 1));
	update_context *c = inputs ? update_context_new(update, learning_rate != NULL, n, variables, slots) : NULL;
	status = c ? update_append(c, learning_rate, gradients, inputs) : SJ_RESOURCE_EXHAUSTED;
	sj__memory_free(inputs);
	return status;
}

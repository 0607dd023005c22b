/* Functions: a graph with inputs and outputs that is called like an operation, and C functions traced once for each signature. */
#include "base/memory.h"
#include "graph/function.h"
#include "graph/plan.h"
#include "graph/taped.h"
#include "sokuji/scope.h"
#include "tensor/local.h"
#include "tensor/variable.h"

/* ---- concrete functions ---- */

static sj_status ports_are_good(const sj_graph *graph, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                                sj_tensor *const *outputs)
{
	if (graph == NULL || n_inputs < 0 || n_outputs < 0 || (n_inputs > 0 && inputs == NULL) ||
	    (n_outputs > 0 && outputs == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_concrete_function_new: %s",
		                graph ? "an array is NULL or a count negative" : "the graph is NULL");
	for (int i = 0; i < n_inputs; i++)
		if (sj_tensor_graph(inputs[i]) != graph || inputs[i]->node->kind != SJ__NODE_PLACEHOLDER)
			return sj__fail(SJ_INVALID_ARGUMENT,
			                "sj_concrete_function_new: input %d is no placeholder of the graph", i);
	for (int k = 0; k < n_outputs; k++)
		if (!sj_tensor_is_valid(outputs[k]))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_concrete_function_new: output %d is no valid tensor",
			                k);
	return SJ_OK;
}

int sj__graph_effects(const sj_graph *graph, sj_node **ret_nodes)
{
	int n = 0;
	for (int i = 0; i < graph->n_nodes && !graph->is_lazy; i++)
		if (graph->nodes[i]->kind == SJ__NODE_CALLABLE && graph->nodes[i]->callable->type.is_stateful) {
			if (ret_nodes != NULL)
				ret_nodes[n] = graph->nodes[i];
			n++;
		}
	return n;
}

/* Whether the function's inputs name all that the graph captured: nothing is passed by itself then. */
static bool captures_are_given(const sj_graph *graph, int n_inputs, sj_tensor *const *inputs)
{
	for (int i = 0; i < graph->n_captures; i++) {
		bool found = false;
		for (int k = 0; k < n_inputs && !found; k++)
			found = inputs[k] == graph->captures[i].placeholder;
		if (!found)
			return false;
	}
	return true;
}

static bool output_is_shared(const sj__plan *plan, int k)
{
	int32_t slot = plan->fetch_slots[k];
	bool is_shared = slot < plan->key.n_feeds;
	for (int s = 0; s < plan->n_steps && !is_shared; s++) {
		const sj__step *step = &plan->steps[s];
		const int32_t *slots = plan->slots + step->ports;
		is_shared = step->node->kind == SJ__NODE_READ && slots[0] == slot;
		for (int i = 0; i < step->n_inputs; i++)
			is_shared |= slots[i] == slot;
	}
	return is_shared;
}

static sj_status shared_find(sj_concrete_function *f)
{
	bool any = false;
	f->is_shared = sj__memory_new((size_t)f->n_outputs + 1);
	if (f->is_shared == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int k = 0; k < f->n_outputs; k++)
		any |= f->is_shared[k] = output_is_shared(f->plan, k);
	if (!any) {
		sj__memory_free(f->is_shared);
		f->is_shared = NULL;
	}
	return SJ_OK;
}

/* The outputs as tensors of the graph; what it captures counts among the inputs from here on. */
static sj_status function_fill(sj_concrete_function *f, sj_graph *graph, int n_inputs, sj_tensor *const *inputs,
                               int n_outputs, sj_tensor *const *outputs)
{
	size_t n = (size_t)n_inputs + (size_t)n_outputs + (size_t)graph->n_nodes + (size_t)n_outputs;
	sj_tensor **feeds = sj__memory_new(sizeof(*feeds) * (n + 1)), **fetches;
	sj_status status = feeds ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	if (status != SJ_OK)
		return status;
	fetches = feeds + n_inputs + graph->n_nodes + n_outputs; /* captures are nodes too, and outputs may add some */
	for (int k = 0; k < n_outputs && status == SJ_OK; k++)
		status = sj__graph_take(graph, outputs[k], &fetches[k]);
	f->n_inputs = n_inputs;
	f->n_outputs = n_outputs;
	f->n_captures = captures_are_given(graph, n_inputs, inputs) ? 0 : graph->n_captures;
	for (int i = 0; i < n_inputs; i++)
		feeds[i] = inputs[i];
	for (int i = 0; i < f->n_captures && status == SJ_OK; i++)
		feeds[n_inputs + i] = graph->captures[i].placeholder;
	int n_targets = sj__graph_effects(graph, NULL);
	sj_node **targets = sj__memory_new(sizeof(*targets) * ((size_t)n_targets + 1));
	if (targets == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK) {
		sj__graph_effects(graph, targets);
		sj__plan_key key = {n_inputs + f->n_captures, n_outputs, n_targets, feeds, fetches, targets};
		status = sj__plan_make(graph, &key, NULL, &f->plan);
	}
	if (status == SJ_OK)
		status = shared_find(f);
	if (status == SJ_OK) {
		bool is_quick = f->plan->straight != NULL && f->plan->is_short && f->n_captures == 0;
		f->n_quick = is_quick ? n_inputs : -1;
		f->n_quick_taped = is_quick && f->is_shared == NULL && sj__taped_is_declined(f) ? n_inputs : -1;
	}
	sj__memory_free(targets);
	sj__memory_free(feeds);
	return status;
}

sj_concrete_function *sj_concrete_function_new(sj_graph *graph, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                                               sj_tensor *const *outputs)
{
	sj__local_now();
	sj_concrete_function *f = NULL;
	sj_status status = ports_are_good(graph, n_inputs, inputs, n_outputs, outputs);
	if (status == SJ_OK && (f = sj__memory_new_zeroed(sizeof(*f))) == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK) {
		f->refs = 1;
		status = function_fill(f, graph, n_inputs, inputs, n_outputs, outputs);
	}
	if (status == SJ_OK)
		return f;
	sj_concrete_function_free(f);
	sj__error_stick(status);
	return NULL;
}

sj_concrete_function *sj_concrete_function_keep(sj_concrete_function *f)
{
	if (f != NULL)
		__atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
	return f;
}

void sj_concrete_function_free(sj_concrete_function *f)
{
	if (f == NULL || __atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	sj__taped_free(f->taped);
	sj__memory_free(f->is_shared);
	sj__plan_destroy(f->plan);
	sj__memory_free(f);
}

void sj_concrete_function_restart(sj_concrete_function *f)
{
	for (int s = 0; f != NULL && s < f->plan->n_steps; s++)
		*f->plan->steps[s].position = 0;
}

sj_graph *sj_concrete_function_graph(const sj_concrete_function *f) { return f ? f->plan->graph : NULL; }

sj_tensor *sj__function_capture(const sj_concrete_function *f, int i) { return f->plan->graph->captures[i].outer; }

const sj_tensor *sj__function_output(const sj_concrete_function *f, int k) { return f->plan->key.fetches[k]; }

const sj_tensor *sj__function_input(const sj_concrete_function *f, int i) { return f->plan->key.feeds[i]; }

static int read_add(sj_tensor *variable, int at, int room, sj_tensor **ret_variables)
{
	if (!variable->variable->trainable || !sj_dtype_is_floating((sj_dtype)variable->dtype))
		return at;
	for (int i = 0; i < at && i < room; i++)
		if (ret_variables[i] == variable)
			return at;
	if (at < room)
		ret_variables[at] = variable;
	return at + 1;
}

int sj__function_reads(const sj_concrete_function *f, int at, int room, sj_tensor **ret_variables)
{
	const sj_graph *graph = f->plan->graph;
	for (int i = 0; i < graph->n_nodes; i++) {
		const sj_node *node = graph->nodes[i];
		if (node->kind == SJ__NODE_READ)
			at = read_add(node->value, at, room, ret_variables);
		else if (node->kind == SJ__NODE_CALLABLE && node->callable->type.reads != NULL)
			at += node->callable->type.reads(node->callable->context, room > at ? room - at : 0,
			                                 ret_variables + (room > at ? at : 0));
	}
	return at;
}

static sj_status inputs_fit(const sj_concrete_function *f, sj_tensor *const *inputs)
{
	for (int i = 0; i < f->n_inputs; i++) {
		const sj_tensor *placeholder = f->plan->key.feeds[i];
		if (!sj_tensor_is_valid(inputs[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "function: input %d is no valid tensor", i);
		if (SJ_UNLIKELY(placeholder->dtype != inputs[i]->dtype ||
		                !sj__shapes_may_match(placeholder, inputs[i])))
			return sj__fail(SJ_INVALID_ARGUMENT, "function: input %d is %s %s, where %s %s is expected", i,
			                sj_dtype_name((sj_dtype)inputs[i]->dtype), sj__shape_text(inputs[i]),
			                sj_dtype_name((sj_dtype)placeholder->dtype), sj__shape_text(placeholder));
	}
	return SJ_OK;
}

/* Variables are read once, by the call; sparse tensors become dense: own references in place of the input. */
static sj_status input_read(sj_tensor *input, sj_tensor **ret_feed)
{
	if (input->flags & SJ__FLAG_VARIABLE)
		return sj__variable_read(input, ret_feed);
	return sj_execute(sj_op_find("Identity"), NULL, 1, &input, 1, ret_feed);
}

/* To a tape a function is one operation: no output is made of another, whatever happens inside. */
static sj_status outputs_separate(const sj_concrete_function *f, sj_tensor **outputs)
{
	sj_status status = SJ_OK;
	int k = 0;
	for (; k < f->n_outputs && status == SJ_OK; k++) {
		sj_tensor *output = outputs[k];
		if (!f->is_shared[k] || !sj_dtype_is_floating((sj_dtype)output->dtype))
			continue;
		status = sj_execute(sj_op_find("Identity"), NULL, 1, &output, 1, &outputs[k]);
		sj__drop(output);
	}
	for (int i = 0; status != SJ_OK && i < f->n_outputs; i++)
		if (i != k - 1)
			sj__drop(outputs[i]);
	return status;
}

static sj_status plan_run(sj_concrete_function *f, sj_tensor *const *feeds, sj_tensor **ret_outputs)
{
	const sj__local *thread = &sj__local_state;
	if (SJ_LIKELY(thread->recording == 0 || thread->graph != NULL))
		return sj__plan_run(f->plan, feeds, ret_outputs);
	sj_status status = sj__taped_run(f, feeds, ret_outputs);
	return SJ_LIKELY(status != SJ_OK || f->is_shared == NULL) ? status : outputs_separate(f, ret_outputs);
}

static sj_status feeds_run(sj_concrete_function *f, sj_tensor *const *inputs, sj_tensor *const *captures,
                           sj_tensor **feeds, sj_tensor **ret_outputs)
{
	sj_status status = SJ_OK;
	bool any_read = false;
	for (int i = 0; i < f->n_inputs; i++) {
		feeds[i] = inputs[i];
		if (SJ_LIKELY(!(inputs[i]->flags & (SJ__FLAG_VARIABLE | SJ__FLAG_SLICES))) || status != SJ_OK)
			continue;
		status = input_read(inputs[i], &feeds[i]);
		any_read = true;
	}
	for (int i = 0; i < f->n_captures; i++)
		feeds[f->n_inputs + i] = captures ? captures[i] : f->plan->graph->captures[i].outer;
	if (SJ_LIKELY(status == SJ_OK))
		status = plan_run(f, feeds, ret_outputs);
	for (int i = 0; any_read && i < f->n_inputs; i++)
		if (feeds[i] != inputs[i])
			sj__drop(feeds[i]);
	return status;
}

/* With inputs that fit. */
static sj_status function_run(sj_concrete_function *f, sj_tensor *const *inputs, sj_tensor *const *captures,
                              sj_tensor **ret_outputs)
{
	enum { FEW = 16 };
	sj_tensor *few[FEW], **feeds = few;
	int n = f->n_inputs + f->n_captures;
	if (n > FEW && (feeds = sj__memory_new(sizeof(*feeds) * (size_t)n)) == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = feeds_run(f, inputs, captures, feeds, ret_outputs);
	if (feeds != few)
		sj__memory_free(feeds);
	return status;
}

sj_status sj__function_run(sj_concrete_function *f, sj_tensor *const *inputs, sj_tensor *const *captures,
                           sj_tensor **ret_outputs)
{
	sj_status status = inputs_fit(f, inputs);
	return status == SJ_OK ? function_run(f, inputs, captures, ret_outputs) : status;
}

/* False, and nothing done: inputs that somebody has to look at more closely, or nothing is ready for. */
static SJ_ALWAYS_INLINE bool quick_call(sj_concrete_function *f, int n_inputs, sj_tensor *const *inputs,
                                        sj_tensor **ret_outputs, sj_status *ret_status)
{
	const sj__local *thread = sj__local_now();
	if (SJ_UNLIKELY(n_inputs != (thread->recording == 0 ? f->n_quick : f->n_quick_taped) ||
	                (n_inputs > 0 && inputs == NULL) || ret_outputs == NULL || !sj__straight_may_run(thread)))
		return false;
	for (int i = 0; i < n_inputs; i++) {
		const sj_tensor *t = inputs[i], *placeholder = f->plan->key.feeds[i];
		if (SJ_UNLIKELY(!sj__is_live(t) || t->flags != 0 || t->dtype != placeholder->dtype ||
		                !sj__same_shape(t, placeholder)))
			return false;
	}
	*ret_status = sj__straight_run(f->plan, inputs, ret_outputs);
	return true;
}

sj_status sj_concrete_function_call(sj_concrete_function *f, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                                    sj_tensor **ret_outputs)
{
	sj_status status;
	if (SJ_LIKELY(f != NULL && n_outputs == f->n_outputs) && quick_call(f, n_inputs, inputs, ret_outputs, &status))
		return status;
	if (f == NULL || n_inputs != f->n_inputs || n_outputs != f->n_outputs || (n_inputs > 0 && inputs == NULL) ||
	    (n_outputs > 0 && ret_outputs == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_concrete_function_call: %s",
		                f == NULL                   ? "the function is NULL"
		                : n_inputs != f->n_inputs   ? "that is not its number of inputs"
		                : n_outputs != f->n_outputs ? "that is not its number of outputs"
		                                            : "an array is NULL");
	return sj__function_run(f, inputs, NULL, ret_outputs);
}

/* ---- traced functions ---- */

typedef struct trace {
	struct trace *next;
	sj_concrete_function *function;
} trace;

struct sj_function {
	sj_function_body *body;
	void *context;
	int n_outputs, n_traces;
	trace *traces; /* the one used last first */
};

sj_function *sj_function_new(sj_function_body *body, void *context, int n_outputs)
{
	sj__local_now();
	sj_status status = body == NULL || n_outputs < 0
	                           ? sj__fail(SJ_INVALID_ARGUMENT, "sj_function_new: %s",
	                                      body ? "a negative number of outputs" : "the body is NULL")
	                           : SJ_OK;
	sj_function *f = status == SJ_OK ? sj__memory_new_zeroed(sizeof(*f)) : NULL;
	if (f == NULL) {
		sj__error_stick(status == SJ_OK ? SJ_RESOURCE_EXHAUSTED : status);
		return NULL;
	}
	f->body = body;
	f->context = context;
	f->n_outputs = n_outputs;
	return f;
}

void sj_function_free(sj_function *f)
{
	while (f != NULL && f->traces != NULL) {
		trace *next = f->traces->next;
		sj_concrete_function_free(f->traces->function);
		sj__memory_free(f->traces);
		f->traces = next;
	}
	sj__memory_free(f);
}

int sj_function_traces(const sj_function *f) { return f ? f->n_traces : 0; }

/* A trace that uses tensors of the graph around it is good there alone. */
static bool is_for(const sj_concrete_function *f, int n, sj_tensor *const *inputs)
{
	bool same = n == f->n_inputs &&
	            (f->n_captures == 0 || sj__graph_outer(f->plan->graph) == sj__local_state.graph);
	for (int i = 0; same && i < n; i++) {
		const sj_tensor *placeholder = f->plan->key.feeds[i];
		same = placeholder->dtype == inputs[i]->dtype && sj__same_shape(placeholder, inputs[i]);
	}
	return same;
}

static trace *trace_find(sj_function *f, int n, sj_tensor *const *inputs)
{
	for (trace **link = &f->traces; *link != NULL; link = &(*link)->next) {
		trace *t = *link;
		if (!is_for(t->function, n, inputs))
			continue;
		*link = t->next;
		t->next = f->traces;
		f->traces = t;
		return t;
	}
	return NULL;
}

/* Runs the body with placeholders, inside the graph, in a scope of its own. */
static sj_status body_trace(sj_function *f, sj_graph *graph, int n, sj_tensor *const *inputs,
                            sj_concrete_function **ret_function)
{
	sj_tensor **ports = sj__memory_new_zeroed(sizeof(*ports) * ((size_t)n + (size_t)f->n_outputs + 1));
	if (ports == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_tensor **outputs = ports + n;
	sj_status status = SJ_OK;
	for (int i = 0; i < n && status == SJ_OK; i++) {
		ports[i] = sj_placeholder(graph, (sj_dtype)inputs[i]->dtype,
		                          (sj_ints){inputs[i]->shape.rank, sj__dims(inputs[i])}, "input");
		status = sj_error_code();
	}
	if (status == SJ_OK)
		status = sj_graph_begin(graph);
	if (status == SJ_OK) {
		sj_scope scope = sj_scope_begin();
		sj__outside around = sj__outside_begin();
		f->body(f->context, n, ports, f->n_outputs, outputs);
		sj__outside_end(around);
		sj_graph_end();
		status = sj_error_code();
		if (status == SJ_OK)
			*ret_function = sj_concrete_function_new(graph, n, ports, f->n_outputs, outputs);
		status = sj_error_code();
		sj_scope_end(scope);
	}
	sj__memory_free(ports);
	return status;
}

static sj_status trace_make(sj_function *f, int n, sj_tensor *const *inputs, trace **ret_trace)
{
	trace *t = sj__memory_new_zeroed(sizeof(*t));
	sj_graph *graph = t ? sj_graph_new_inside(sj__local_state.graph) : NULL;
	sj_status status = graph ? body_trace(f, graph, n, inputs, &t->function) : SJ_RESOURCE_EXHAUSTED;
	sj_graph_free(graph);
	if (status != SJ_OK) {
		sj__memory_free(t);
		return status;
	}
	t->next = f->traces;
	f->traces = t;
	f->n_traces++;
	*ret_trace = t;
	return SJ_OK;
}

static sj_status function_call(sj_function *f, int n, sj_tensor *const *inputs, sj_tensor **ret_outputs)
{
	sj_status status = SJ_OK;
	if (f == NULL || n < 0 || (n > 0 && inputs == NULL) || (f->n_outputs > 0 && ret_outputs == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_function_call: %s",
		                f ? "an array is NULL or a count negative" : "the function is NULL");
	for (int i = 0; i < n; i++)
		if (!sj_tensor_is_valid(inputs[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_function_call: input %d is no valid tensor", i);
	trace *t = trace_find(f, n, inputs);
	if (t == NULL)
		status = trace_make(f, n, inputs, &t);
	return status == SJ_OK ? function_run(t->function, inputs, NULL, ret_outputs) : status;
}

sj_status sj_function_call(sj_function *f, int n_inputs, sj_tensor *const *inputs, sj_tensor **ret_outputs)
{
	sj_status status = sj_error_code();
	if (SJ_LIKELY(status == SJ_OK) && (f == NULL || f->traces == NULL ||
	                                   !quick_call(f->traces->function, n_inputs, inputs, ret_outputs, &status)))
		status = function_call(f, n_inputs, inputs, ret_outputs);
	if (SJ_LIKELY(status == SJ_OK)) {
		for (int k = 0; k < f->n_outputs; k++)
			ret_outputs[k] = sj__scope_push(ret_outputs[k]);
		return SJ_OK;
	}
	for (int k = 0; f != NULL && k < f->n_outputs && ret_outputs != NULL; k++)
		ret_outputs[k] = &sj__nil_tensor;
	sj__error_stick(status);
	return status;
}

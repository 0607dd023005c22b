/* Appending nodes: from calls of execute, from callables, constants, placeholders and variables. A node that fails leaves nothing. */
#include "base/memory.h"
#include "graph/graph.h"
#include "tensor/local.h"
#include "tensor/variable.h"

/* ---- nodes ---- */

void sj__node_destroy(sj_node *node)
{
	for (int i = 0; i < node->n_inputs; i++)
		sj__drop(node->inputs[i]);
	for (int k = 0; k < node->n_outputs; k++)
		if (node->outputs[k] != NULL) {
			node->outputs[k]->node = NULL;
			sj__drop(node->outputs[k]);
		}
	sj__drop(node->value);
	sj_callable_free(node->callable);
	sj__memory_free(node->controls);
	sj__memory_free(node->args);
	sj__memory_free(node->name);
	sj__memory_free(node);
}

static sj_status controls_copy(sj_node *node)
{
	const sj_graph *graph = node->graph;
	if (graph->n_controls == 0)
		return SJ_OK;
	node->controls = sj__memory_new(sizeof(*node->controls) * (size_t)graph->n_controls);
	if (node->controls == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(node->controls, graph->controls, sizeof(*node->controls) * (size_t)graph->n_controls);
	node->n_controls = graph->n_controls;
	return SJ_OK;
}

sj_status sj__node_new(sj_graph *graph, enum sj__node_kind kind, const char *type, int n_inputs, int n_outputs,
                       sj_node **ret_node)
{
	if (graph->is_final)
		return sj__fail(SJ_FAILED_PRECONDITION, "%s: the graph is finalized and cannot be modified", type);
	sj_node *node = sj__memory_new_zeroed(sizeof(*node) +
	                                      sizeof(sj_tensor *) * ((size_t)n_inputs + (size_t)n_outputs));
	if (node == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	node->graph = graph;
	node->kind = kind;
	node->index = graph->n_nodes;
	node->inputs = (sj_tensor **)(node + 1);
	node->outputs = node->inputs + n_inputs;
	node->n_inputs = n_inputs;
	node->n_outputs = n_outputs;
	sj_status status = sj__names_unique(graph, graph->next_name ? graph->next_name : type, &node->name);
	if (status == SJ_OK)
		status = controls_copy(node);
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return status;
	}
	sj_graph_next_name(graph, NULL);
	*ret_node = node;
	return SJ_OK;
}

sj_status sj__node_add(sj_node *node)
{
	sj_graph *graph = node->graph;
	sj_status status = sj__grow(&graph->nodes, graph->n_nodes, &graph->capacity, sizeof(*graph->nodes));
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return status;
	}
	node->index = graph->n_nodes;
	graph->nodes[graph->n_nodes++] = node;
	sj__names_set_node(graph, node->name, node);
	return SJ_OK;
}

sj_status sj__node_output_set(sj_node *node, int k, sj_dtype dtype, int rank, const int64_t *dims)
{
	sj_tensor *t;
	sj_status status = sj__tensor_symbolic(dtype, rank, dims, &t);
	if (status != SJ_OK)
		return status;
	t->node = node;
	node->outputs[k] = t;
	return SJ_OK;
}

/* ---- inputs ---- */

/* A name given for the next node is not for the constants it takes. */
static sj_status constant_append(sj_graph *graph, sj_tensor *value, const char *name, sj_tensor **ret_tensor)
{
	sj_node *node;
	char *kept = graph->next_name;
	graph->next_name = NULL;
	sj_status status = sj__node_new(graph, SJ__NODE_CONSTANT, name, 0, 1, &node);
	graph->next_name = kept;
	if (status != SJ_OK)
		return status;
	node->value = sj__keep(value);
	status = sj__tensor_view(value, value->shape.rank, sj__dims(value), 0, &node->outputs[0]);
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return status;
	}
	node->outputs[0]->flags |= SJ__FLAG_SYMBOLIC;
	node->outputs[0]->node = node;
	*ret_tensor = node->outputs[0];
	return sj__node_add(node);
}

static sj_status placeholder_append(sj_graph *graph, const sj_tensor *like, const char *name, sj_tensor **ret_tensor)
{
	sj_node *node;
	char *kept = graph->next_name;
	graph->next_name = NULL;
	sj_status status = sj__node_new(graph, SJ__NODE_PLACEHOLDER, name, 0, 1, &node);
	graph->next_name = kept;
	if (status != SJ_OK)
		return status;
	status = sj__node_output_set(node, 0, (sj_dtype)like->dtype, like->shape.rank, sj__dims(like));
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return status;
	}
	*ret_tensor = node->outputs[0];
	return sj__node_add(node);
}

static sj_status capture(sj_graph *graph, sj_tensor *outer, sj_tensor **ret_input)
{
	for (int i = 0; i < graph->n_captures; i++)
		if (graph->captures[i].outer == outer) {
			*ret_input = graph->captures[i].placeholder;
			return SJ_OK;
		}
	sj_status status = sj__grow(&graph->captures, graph->n_captures, &graph->captures_capacity,
	                            sizeof(*graph->captures));
	if (status == SJ_OK)
		status = placeholder_append(graph, outer, "captured", ret_input);
	if (status == SJ_OK)
		graph->captures[graph->n_captures++] = (sj__capture){sj__keep(outer), *ret_input};
	return status;
}

static bool is_outside(const sj_graph *graph, const sj_graph *other)
{
	while (graph != NULL && graph != other)
		graph = sj__graph_outer(graph);
	return graph != NULL;
}

/* ReadVariable's node for a variable. */
static sj_status read_append(sj_graph *graph, sj_tensor *variable, sj_tensor **ret_tensor)
{
	sj_node *node;
	char *kept = graph->next_name;
	graph->next_name = NULL;
	sj_status status = sj__node_new(graph, SJ__NODE_READ, "ReadVariableOp", 0, 1, &node);
	graph->next_name = kept;
	if (status != SJ_OK)
		return status;
	node->value = sj__keep(variable);
	status = sj__node_output_set(node, 0, (sj_dtype)variable->dtype, variable->shape.rank, sj__dims(variable));
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return status;
	}
	*ret_tensor = node->outputs[0];
	return sj__node_add(node);
}

sj_status sj__graph_take(sj_graph *graph, sj_tensor *t, sj_tensor **ret_input)
{
	if (t->flags & SJ__FLAG_VARIABLE)
		return read_append(graph, t, ret_input);
	if (!sj__is_symbolic(t))
		return constant_append(graph, t, "Const", ret_input);
	if (t->node == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "the graph of this symbolic tensor was released");
	if (t->node->graph == graph) {
		*ret_input = t;
		return SJ_OK;
	}
	if (!is_outside(graph, t->node->graph))
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "the tensor '%s:0' belongs to another graph, whose values this one cannot see",
		                t->node->name);
	return capture(graph, t, ret_input);
}

sj_graph *sj__graph_for(int n_inputs, sj_tensor *const *inputs)
{
	sj_graph *graph = sj__local_state.graph;
	for (int i = 0; i < n_inputs && graph == NULL; i++)
		if (inputs[i] != NULL && sj__is_symbolic(inputs[i]))
			graph = sj_tensor_graph(inputs[i]);
	return graph;
}

static sj_status inputs_take(sj_node *node, sj_tensor *const *inputs)
{
	for (int i = 0; i < node->n_inputs; i++) {
		if (inputs[i] == NULL)
			continue;
		sj_status status = sj__graph_take(node->graph, inputs[i], &node->inputs[i]);
		if (status != SJ_OK) {
			node->inputs[i] = NULL;
			return status;
		}
		sj__keep(node->inputs[i]);
	}
	return SJ_OK;
}

/* ---- calls ---- */

static sj_status args_copy(sj_node *node, const sj__call *call)
{
	const sj_op *op = call->op;
	if (op->args_size == 0)
		return SJ_OK;
	size_t size = (op->args_size + 15) & ~(size_t)15;
	size_t n_pointers = op->flags & SJ__OP_HAS_POINTERS ? sj__args_pointers_size(op, call->args) : 0;
	node->args = sj__memory_new(size + n_pointers);
	if (node->args == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(node->args, call->args, op->args_size);
	if (n_pointers != 0)
		sj__args_pointers_copy(op, node->args, (char *)node->args + size);
	return SJ_OK;
}

/* Shapes are known before a run where their input's is, and so is what is computed from small constants. */
static bool value_is_known(const sj__call *call)
{
	enum { SMALL = 64 };
	bool looks_at_shape = call->op == sj_op_find("Shape") || call->op == sj_op_find("Size") ||
	                      call->op == sj_op_find("Rank");
	if (call->op->flags & (SJ__OP_STATEFUL | SJ__OP_ALLOCATES))
		return false;
	for (int i = 0; i < call->n_inputs; i++) {
		const sj_tensor *t = call->inputs[i];
		if (t == NULL)
			continue;
		if (looks_at_shape ? t->shape.size < 0 : t->data == NULL || t->shape.size > SMALL)
			return false;
	}
	for (int k = 0; k < call->n_outputs; k++)
		if (call->outputs[k]->shape.size < 0 || call->outputs[k]->shape.size > SMALL)
			return false;
	return call->n_inputs > 0;
}

/* A kernel that refuses leaves the value unknown: the run will say it. */
static void value_know(sj__call *call)
{
	bool views = false;
	for (int k = 0; k < call->n_outputs; k++)
		views |= call->outputs[k]->storage != NULL;
	if (views || !value_is_known(call))
		return;
	for (int k = 0; k < call->n_outputs; k++)
		if (sj__tensor_allocate(call->outputs[k]) != SJ_OK)
			return;
	if (call->op->kernel(call) != SJ_OK)
		for (int k = 0; k < call->n_outputs; k++)
			call->outputs[k]->data = NULL;
}

static sj_status outputs_check(const sj__call *call)
{
	for (int k = 0; k < call->n_outputs; k++)
		if (call->outputs[k] == NULL)
			return sj__call_fail(call, SJ_UNIMPLEMENTED, "not implemented in a graph; run it eagerly");
	return SJ_OK;
}

static sj_status append_to(sj_graph *graph, sj__call *call)
{
	sj_node *node;
	sj_status status = call->op->rule(call);
	if (status == SJ_OK)
		status = outputs_check(call);
	if (status != SJ_OK)
		return status;
	value_know(call);
	status = sj__node_new(graph, SJ__NODE_OP, call->op->name, call->n_inputs, call->n_outputs, &node);
	if (status != SJ_OK)
		return status;
	node->op = call->op;
	status = args_copy(node, call);
	if (status == SJ_OK)
		status = inputs_take(node, call->inputs);
	for (int k = 0; k < call->n_outputs && status == SJ_OK; k++) {
		sj_tensor *t = call->outputs[k];
		t->flags |= SJ__FLAG_SYMBOLIC;
		t->node = node;
		node->outputs[k] = sj__keep(t);
	}
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return sj__fail_within(status, call->op->name);
	}
	return sj__node_add(node);
}

static sj_status append(sj__call *call)
{
	sj_graph *graph = sj__graph_for(call->n_inputs, call->inputs);
	if (graph == NULL)
		return sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"the graph of a symbolic input was released; keep the graph as long as its tensors");
	return append_to(graph, call);
}

static sj_status read(sj_tensor *variable, sj_tensor **ret_value)
{
	sj_graph *graph = sj__local_state.graph;
	if (graph == NULL && variable->variable->place != 0) {
		sj_tensor *instance = sj__session_instance(variable);
		if (instance != NULL)
			return sj__variable_value(instance, ret_value);
		graph = variable->variable->graph;
	}
	if (graph == NULL)
		return sj__fail(SJ_FAILED_PRECONDITION, "reading the variable '%s': its graph was released",
		                sj_variable_name(variable));
	sj_tensor *value;
	sj_status status = read_append(graph, variable, &value);
	if (status == SJ_OK)
		*ret_value = sj__keep(value);
	return status;
}

/* ---- callables ---- */

static sj_status callable_infer(sj_node *node)
{
	sj_callable *callable = node->callable;
	size_t n = (size_t)node->n_outputs;
	struct ports {
		int64_t dims[SJ_MAX_RANK];
	} *shapes = sj__memory_new((sizeof(*shapes) + sizeof(int) + sizeof(sj_dtype)) * (n ? n : 1));
	if (shapes == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	int *ranks = (int *)(shapes + n);
	sj_dtype *dtypes = (sj_dtype *)(ranks + n);
	sj_status status = SJ_OK;
	for (size_t k = 0; k < n; k++) {
		ranks[k] = -1;
		dtypes[k] = SJ_FLOAT32;
	}
	if (callable->type.infer != NULL)
		status = callable->type.infer(callable->context, node->n_inputs, node->inputs, node->n_outputs, dtypes,
		                              ranks, shapes->dims);
	for (int k = 0; k < node->n_outputs && status == SJ_OK; k++)
		status = sj__node_output_set(node, k, dtypes[k], ranks[k], shapes[k].dims);
	sj__memory_free(shapes);
	return status;
}

static sj_status append_callable(sj_callable *callable, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                                 sj_tensor **ret_outputs)
{
	sj_graph *graph = sj__graph_for(n_inputs, inputs);
	sj_node *node;
	if (graph == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the graph of a symbolic input was released",
		                callable->type.name);
	sj_status status = sj__node_new(graph, SJ__NODE_CALLABLE, callable->type.name, n_inputs, n_outputs, &node);
	if (status != SJ_OK)
		return status;
	node->callable = sj_callable_keep(callable);
	status = inputs_take(node, inputs);
	if (status == SJ_OK)
		status = callable_infer(node);
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return sj__fail_within(status, callable->type.name);
	}
	status = sj__node_add(node);
	if (status == SJ_OK && sj__local_state.recording)
		status = sj__callable_record(node, inputs);
	for (int k = 0; k < n_outputs && status == SJ_OK; k++)
		ret_outputs[k] = sj__keep(node->outputs[k]);
	return status;
}

const sj__graph_hooks sj__graph = {.append = append,
                                   .graph_of = sj_tensor_graph,
                                   .read = read,
                                   .instance = sj__session_instance,
                                   .shape_of = sj__graph_shape_of,
                                   .assign = sj__graph_assign,
                                   .update = sj__graph_update,
                                   .append_callable = append_callable,
                                   .must_defer = sj__gradient_must_defer,
                                   .defer = sj__gradient_defer};

/* ---- the public face ---- */

static sj_tensor *made(sj_status status, sj_tensor *t)
{
	if (status == SJ_OK)
		return t;
	sj__error_stick(status);
	return &sj__nil_tensor;
}

sj_tensor *sj_placeholder(sj_graph *graph, sj_dtype dtype, sj_ints shape, const char *name)
{
	sj__local_now();
	sj_node *node;
	int rank = shape.count < 0 ? -1 : shape.count > SJ_MAX_RANK ? SJ_MAX_RANK + 1 : (int)shape.count;
	if (graph == NULL || sj_dtype_size(dtype) == 0 || (rank > 0 && shape.data == NULL))
		return made(sj__fail(SJ_INVALID_ARGUMENT, "sj_placeholder: %s",
		                     graph == NULL               ? "the graph is NULL"
		                     : sj_dtype_size(dtype) == 0 ? "that is no dtype"
		                                                 : "the shape is NULL"),
		            NULL);
	for (int i = 0; i < rank && rank <= SJ_MAX_RANK; i++)
		if (shape.data[i] < -1)
			return made(sj__fail(SJ_INVALID_ARGUMENT,
			                     "sj_placeholder: dimension %d is %lld; use -1 for unknown", i,
			                     (long long)shape.data[i]),
			            NULL);
	if (name != NULL)
		sj_graph_next_name(graph, name);
	sj_status status = sj__node_new(graph, SJ__NODE_PLACEHOLDER, "Placeholder", 0, 1, &node);
	if (status != SJ_OK)
		return made(status, NULL);
	status = sj__node_output_set(node, 0, dtype, rank, shape.data);
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return made(status, NULL);
	}
	sj_tensor *t = node->outputs[0];
	return made(sj__node_add(node), t);
}

sj_tensor *sj_graph_constant(sj_graph *graph, sj_tensor *value, const char *name)
{
	sj__local_now();
	sj_tensor *t = NULL;
	sj_status status = SJ_OK;
	if (graph == NULL || !sj_tensor_is_valid(value) || value->data == NULL)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_constant: %s",
		                  graph ? "the value is no ordinary tensor" : "the graph is NULL");
	if (status == SJ_OK)
		status = constant_append(graph, value, name ? name : "Const", &t);
	return made(status, t);
}

sj_tensor *sj_graph_variable(sj_graph *graph, sj_dtype dtype, sj_ints shape, const char *name, bool trainable)
{
	sj__local_now();
	if (graph == NULL)
		return made(sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_variable: the graph is NULL"), NULL);
	sj_status status = sj__grow(&graph->variables, graph->n_variables, &graph->variables_capacity,
	                            sizeof(sj_tensor *));
	if (status != SJ_OK)
		return made(status, NULL);
	sj_tensor *variable = sj_variable_new_uninitialized(dtype, shape, name, trainable);
	if (variable == &sj__nil_tensor)
		return variable;
	graph->variables[graph->n_variables++] = sj__keep(variable);
	variable->variable->graph = graph;
	variable->variable->place = graph->n_variables;
	return variable;
}

static sj_status node_list_is_good(const char *who, const sj_graph *graph, int n, sj_node *const *nodes)
{
	if (graph == NULL || n < 0 || (n > 0 && nodes == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: %s", who, graph ? "the nodes are NULL" : "the graph is NULL");
	for (int i = 0; i < n; i++)
		if (nodes[i] == NULL || nodes[i]->graph != graph)
			return sj__fail(SJ_INVALID_ARGUMENT, "%s: node %d is %s", who, i,
			                nodes[i] ? "of another graph" : "NULL");
	return SJ_OK;
}

sj_status sj_graph_set_controls(sj_graph *graph, int n, sj_node *const *controls)
{
	sj_node **copy = NULL;
	sj_status status = node_list_is_good("sj_graph_set_controls", graph, n, controls);
	if (status == SJ_OK && n > 0) {
		copy = sj__memory_new(sizeof(*copy) * (size_t)n);
		if (copy == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		memcpy(copy, controls, sizeof(*copy) * (size_t)n);
	}
	if (status != SJ_OK)
		return status;
	sj__memory_free(graph->controls);
	graph->controls = copy;
	graph->n_controls = n;
	return SJ_OK;
}

sj_status sj_node_add_control(sj_node *node, sj_node *control)
{
	sj_status status = node_list_is_good("sj_node_add_control", node ? node->graph : NULL, 1, &control);
	if (status == SJ_OK && control->index >= node->index)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_node_add_control: '%s' was made after '%s'", control->name,
		                  node->name);
	if (status != SJ_OK)
		return status;
	sj_node **wider = sj__memory_resize(node->controls, sizeof(*wider) * (size_t)node->n_controls,
	                                    sizeof(*wider) * ((size_t)node->n_controls + 1));
	if (wider == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	node->controls = wider;
	wider[node->n_controls++] = control;
	return SJ_OK;
}

sj_node *sj_graph_group(sj_graph *graph, int n, sj_node *const *controls, const char *name)
{
	sj_node *node = NULL;
	sj_status status = node_list_is_good("sj_graph_group", graph, n, controls);
	if (status == SJ_OK && name != NULL)
		sj_graph_next_name(graph, name);
	if (status == SJ_OK)
		status = sj__node_new(graph, SJ__NODE_GROUP, "NoOp", 0, 0, &node);
	if (status == SJ_OK)
		status = sj__node_add(node);
	for (int i = 0; status == SJ_OK && i < n; i++)
		status = sj_node_add_control(node, controls[i]);
	if (status == SJ_OK)
		return node;
	sj__error_stick(status);
	return NULL;
}

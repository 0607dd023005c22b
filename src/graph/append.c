/* Appending nodes: from calls of execute, from callables, and what stands for their inputs. A node that fails leaves nothing. */
#include "base/memory.h"
#include "base/threads.h"
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
	t->output = (uint16_t)k;
	node->outputs[k] = t;
	return SJ_OK;
}

/* ---- inputs ---- */

sj_status sj__source_append(sj_graph *graph, enum sj__node_kind kind, const char *name, sj_tensor *value,
                            sj_dtype dtype, sj_ints shape, sj_tensor **ret_tensor)
{
	sj_node *node;
	char *kept = graph->next_name;
	graph->next_name = NULL;
	sj_status status = sj__node_new(graph, kind, name, 0, 1, &node);
	graph->next_name = kept;
	if (status != SJ_OK)
		return status;
	if (value != NULL)
		node->value = sj__keep(value);
	if (kind == SJ__NODE_CONSTANT)
		status = sj__tensor_view(value, (int)shape.count, shape.data, 0, &node->outputs[0]);
	else
		status = sj__node_output_set(node, 0, dtype, (int)shape.count, shape.data);
	if (status != SJ_OK) {
		sj__node_destroy(node);
		return status;
	}
	node->outputs[0]->flags |= SJ__FLAG_SYMBOLIC;
	node->outputs[0]->node = node;
	node->outputs[0]->output = 0;
	*ret_tensor = node->outputs[0];
	return sj__node_add(node);
}

/* A source that looks like the tensor. */
static sj_status source_like(sj_graph *graph, enum sj__node_kind kind, const char *name, sj_tensor *like,
                             sj_tensor **ret_tensor)
{
	sj_tensor *value = kind == SJ__NODE_PLACEHOLDER ? NULL : like;
	if (kind == SJ__NODE_READ && like->variable->dims != NULL) /* of many shapes: what they have in common */
		return sj__source_append(graph, kind, name, value, (sj_dtype)like->dtype,
		                         (sj_ints){like->variable->rank, like->variable->dims}, ret_tensor);
	return sj__source_append(graph, kind, name, value, (sj_dtype)like->dtype, sj__shape_list(like), ret_tensor);
}

static sj_status capture(sj_graph *graph, sj_tensor *outer, sj_tensor **ret_input)
{
	int32_t known = sj__pointers_get(&graph->captured, outer);
	if (known >= 0) {
		*ret_input = graph->captures[known].placeholder;
		return SJ_OK;
	}
	sj_status status = sj__grow(&graph->captures, graph->n_captures, &graph->captures_capacity,
	                            sizeof(*graph->captures));
	if (status == SJ_OK)
		status = source_like(graph, SJ__NODE_PLACEHOLDER, "captured", outer, ret_input);
	if (status == SJ_OK)
		status = sj__pointers_put(&graph->captured, outer, graph->n_captures);
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

sj_status sj__graph_take(sj_graph *graph, sj_tensor *t, sj_tensor **ret_input)
{
	if (t->flags & SJ__FLAG_VARIABLE)
		return source_like(graph, SJ__NODE_READ, "ReadVariableOp", t, ret_input);
	if (!sj__is_symbolic(t))
		return source_like(graph, SJ__NODE_CONSTANT, "Const", t, ret_input);
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

/* Shapes are known before a run where their input's is, and so is what is computed from small constants. */
static bool value_is_known(const sj__call *call)
{
	enum { SMALL = 64 };
	if (call->op->flags & (SJ__OP_STATEFUL | SJ__OP_ALLOCATES))
		return false;
	for (int i = 0; i < call->n_inputs; i++) {
		const sj_tensor *t = call->inputs[i];
		if (t == NULL)
			continue;
		if (call->op->flags & SJ__OP_OF_SHAPE ? t->shape.size < 0 : t->data == NULL || t->shape.size > SMALL)
			return false;
	}
	for (int k = 0; k < call->n_outputs; k++)
		if (call->outputs[k]->shape.size < 0 || call->outputs[k]->shape.size > SMALL)
			return false;
	return call->n_inputs > 0;
}

/* The bytes were allocated for it alone. */
static void value_forget(sj_tensor *t)
{
	if (t->storage != NULL && t->storage != &t->inside)
		sj__storage_destroy(t->storage);
	t->storage = NULL;
	t->data = NULL;
}

/* Without memory, where a kernel refuses or was interrupted the value stays unknown: the run will say it. */
static void value_know(sj__call *call)
{
	sj_status status = SJ_OK;
	bool views = false;
	for (int k = 0; k < call->n_outputs; k++)
		views |= call->outputs[k]->storage != NULL;
	if (views || !value_is_known(call))
		return;
	for (int k = 0; k < call->n_outputs && status == SJ_OK; k++)
		status = sj__tensor_allocate(call->outputs[k]);
	if (status == SJ_OK)
		status = call->op->kernel(call);
	for (int k = 0; k < call->n_outputs && (status != SJ_OK || sj__cancelled()); k++)
		value_forget(call->outputs[k]);
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
	sj__local_state.asked_values = false;
	sj_status status = call->op->rule(call);
	bool asked_values = sj__local_state.asked_values;
	if (status == SJ_OK)
		status = outputs_check(call);
	if (status != SJ_OK)
		return status;
	value_know(call);
	status = sj__node_new(graph, SJ__NODE_OP, call->op->name, call->n_inputs, call->n_outputs, &node);
	if (status != SJ_OK)
		return status;
	node->op = call->op;
	node->asked_values = asked_values;
	status = sj__args_copy(call->op, call->args, &node->args);
	if (status == SJ_OK)
		status = inputs_take(node, call->inputs);
	for (int k = 0; k < call->n_outputs && status == SJ_OK; k++) {
		sj_tensor *t = call->outputs[k];
		t->flags |= SJ__FLAG_SYMBOLIC;
		t->node = node;
		t->output = (uint16_t)k;
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
	sj_status status = source_like(graph, SJ__NODE_READ, "ReadVariableOp", variable, &value);
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

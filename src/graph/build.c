/* What a program adds to a graph by itself: placeholders, constants, variables, groups and controls. */
#include "base/memory.h"
#include "graph/graph.h"
#include "tensor/local.h"
#include "tensor/variable.h"

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
	if (name == NULL)
		name = graph->next_name ? graph->next_name : "Placeholder";
	sj_tensor *t = NULL;
	sj_status status = sj__source_append(graph, SJ__NODE_PLACEHOLDER, name, NULL, dtype,
	                                     (sj_ints){rank, shape.data}, &t);
	if (status == SJ_OK)
		sj_graph_next_name(graph, NULL);
	return made(status, t);
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
		status = sj__source_append(graph, SJ__NODE_CONSTANT, name ? name : "Const", value,
		                           (sj_dtype)value->dtype, sj__shape_list(value), &t);
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

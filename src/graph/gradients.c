/* Gradients of a finished graph: its nodes are offered once more to a tape, in their order, and the tape is asked. */
#include "base/memory.h"
#include "graph/graph.h"
#include "sokuji/scope.h"
#include "sokuji/tape.h"
#include "tensor/local.h"
#include "tensor/variable.h"

/* The nodes that the ys need. */
static void needs_mark(const sj_graph *graph, int n, sj_tensor *const *ys, bool *needed)
{
	for (int i = 0; i < n; i++)
		needed[ys[i]->node->index] = true;
	for (int i = graph->n_nodes - 1; i >= 0; i--)
		for (int j = 0; needed[i] && j < graph->nodes[i]->n_inputs; j++)
			if (graph->nodes[i]->inputs[j] != NULL)
				needed[graph->nodes[i]->inputs[j]->node->index] = true;
}

static bool is_among(const sj_node *node, int n, sj_tensor *const *tensors)
{
	for (int i = 0; i < n; i++)
		if (tensors[i]->node == node)
			return true;
	return false;
}

static sj_status node_offer(sj_node *node)
{
	if (node->kind == SJ__NODE_READ) {
		sj_tensor *value = node->outputs[0];
		return sj__tape.variable_read(node->value, &value);
	}
	if (node->kind == SJ__NODE_CALLABLE)
		return sj__callable_record(node, node->inputs);
	if (node->kind != SJ__NODE_OP || node->op->flags & SJ__OP_NOT_DIFFERENTIABLE)
		return SJ_OK;
	bool tracked = false;
	for (int i = 0; i < node->n_inputs; i++)
		tracked |= node->inputs[i] != NULL && node->inputs[i]->tape_epoch == sj__local_state.tape_epoch;
	sj__call call = {.op = node->op,
	                 .args = node->args,
	                 .n_inputs = node->n_inputs,
	                 .n_outputs = node->n_outputs,
	                 .inputs = node->inputs,
	                 .outputs = node->outputs};
	return tracked ? sj__tape.record(&call) : SJ_OK;
}

static sj_status nodes_offer(sj_graph *graph, const bool *needed, int n_nodes, int n_stops, sj_tensor *const *stops)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < n_nodes && status == SJ_OK; i++)
		if (needed[i] && !is_among(graph->nodes[i], n_stops, stops))
			status = node_offer(graph->nodes[i]);
	return status;
}

static sj_status gradients_ask(sj_graph *graph, const bool *needed, int n_ys, sj_tensor *const *ys,
                               sj_tensor *const *weights, int n_xs, sj_tensor *const *xs, int n_stops,
                               sj_tensor *const *stops, sj_tensor **ret_gradients)
{
	int n_nodes = graph->n_nodes;
	sj_tape *tape = sj_tape_begin();
	sj_status status = tape ? SJ_OK : sj_error_code();
	for (int i = 0; i < n_xs && status == SJ_OK; i++)
		status = sj_tape_watch(tape, xs[i]);
	if (status == SJ_OK)
		status = nodes_offer(graph, needed, n_nodes, n_stops, stops);
	if (status == SJ_OK)
		status = sj_gradient_of(tape, n_ys, ys, weights, n_xs, xs, ret_gradients);
	else
		sj_tape_free(tape);
	return status;
}

/* A gradient that is no tensor of the graph yet (a constant, indexed slices) becomes one. */
static sj_status gradients_take(sj_graph *graph, int n, sj_tensor **gradients)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < n && status == SJ_OK; i++)
		if (gradients[i] != NULL && gradients[i]->flags & SJ__FLAG_SLICES)
			sj__keep(gradients[i]); /* stays sparse; for the caller's scope */
		else if (gradients[i] != NULL)
			status = sj__graph_take(graph, gradients[i], &gradients[i]);
	return status;
}

static sj_status lists_are_good(const sj_graph *graph, const char *what, int n, sj_tensor *const *tensors, bool is_x)
{
	if (n < 0 || (n > 0 && tensors == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_gradients: %d %s at %s", n, what,
		                tensors ? "an array" : "NULL");
	for (int i = 0; i < n; i++) {
		bool fits = sj_tensor_is_symbolic(tensors[i]) ? sj_tensor_graph(tensors[i]) == graph
		                                              : is_x && sj_is_variable(tensors[i]);
		if (!fits)
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_gradients: %s %d is no tensor of this graph",
			                what, i);
	}
	return SJ_OK;
}

static sj_status gradients_find(sj_graph *graph, int n_ys, sj_tensor *const *ys, sj_tensor *const *weights, int n_xs,
                                sj_tensor *const *xs, int n_stops, sj_tensor *const *stops, sj_tensor **ret_gradients)
{
	bool *needed = sj__memory_new_zeroed((size_t)graph->n_nodes + 1);
	if (needed == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	needs_mark(graph, n_ys, ys, needed);
	sj_status status = sj_graph_begin(graph);
	if (status == SJ_OK) {
		sj_scope scope = sj_scope_begin();
		status = gradients_ask(graph, needed, n_ys, ys, weights, n_xs, xs, n_stops, stops, ret_gradients);
		if (status == SJ_OK)
			status = gradients_take(graph, n_xs, ret_gradients);
		sj_scope_end(scope);
		sj_graph_end();
		for (int i = 0; i < n_xs && status == SJ_OK; i++)
			if (ret_gradients[i] != NULL && ret_gradients[i]->flags & SJ__FLAG_SLICES)
				sj_scope_own(ret_gradients[i]);
	}
	sj__memory_free(needed);
	return status;
}

sj_status sj_graph_gradients(sj_graph *graph, int n_ys, sj_tensor *const *ys, sj_tensor *const *weights, int n_xs,
                             sj_tensor *const *xs, int n_stops, sj_tensor *const *stops, sj_tensor **ret_gradients)
{
	sj__local_now();
	sj_status status = graph && (ret_gradients || n_xs <= 0)
	                           ? SJ_OK
	                           : sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_gradients: %s is NULL",
	                                      graph ? "ret_gradients" : "the graph");
	if (status == SJ_OK)
		status = lists_are_good(graph, "ys", n_ys, ys, false);
	if (status == SJ_OK)
		status = lists_are_good(graph, "xs", n_xs, xs, true);
	if (status == SJ_OK)
		status = lists_are_good(graph, "stops", n_stops, stops, false);
	for (int i = 0; status == SJ_OK && i < n_xs; i++)
		ret_gradients[i] = NULL;
	if (status == SJ_OK)
		status = gradients_find(graph, n_ys, ys, weights, n_xs, xs, n_stops, stops, ret_gradients);
	if (status == SJ_OK)
		return SJ_OK;
	for (int i = 0; i < n_xs && ret_gradients != NULL; i++)
		ret_gradients[i] = NULL;
	sj__error_stick(status);
	return status;
}

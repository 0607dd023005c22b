/* Graphs: their beginning and end, which one is open on a thread, and looking at nodes and symbolic tensors. */
#include "graph/graph.h"

#include "base/memory.h"
#include "tensor/local.h"
#include "tensor/variable.h"

sj_status sj__grow(void *array, int count, int *capacity, size_t size)
{
	void **pointer = array;
	if (count < *capacity)
		return SJ_OK;
	int wider = *capacity ? *capacity * 2 : 8;
	void *grown = sj__memory_resize(*pointer, size * (size_t)count, size * (size_t)wider);
	if (grown == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	*pointer = grown;
	*capacity = wider;
	return SJ_OK;
}

static sj__anchor *anchor_of(sj_graph *graph)
{
	if (graph->anchor == NULL && (graph->anchor = sj__memory_new(sizeof(*graph->anchor))) != NULL)
		*graph->anchor = (sj__anchor){1, graph};
	if (graph->anchor != NULL)
		__atomic_fetch_add(&graph->anchor->refs, 1, __ATOMIC_RELAXED);
	return graph->anchor;
}

static void anchor_drop(sj__anchor *anchor)
{
	if (anchor != NULL && __atomic_sub_fetch(&anchor->refs, 1, __ATOMIC_ACQ_REL) == 0)
		sj__memory_free(anchor);
}

sj_graph *sj_graph_new_inside(sj_graph *outer)
{
	sj__local_now();
	sj_graph *graph = sj__memory_new_zeroed(sizeof(*graph));
	if (graph == NULL || (outer != NULL && (graph->outer = anchor_of(outer)) == NULL)) {
		sj__memory_free(graph);
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return NULL;
	}
	graph->refs = 1;
	return graph;
}

sj_graph *sj_graph_new(void) { return sj_graph_new_inside(NULL); }

sj_graph *sj_graph_keep(sj_graph *graph)
{
	if (graph != NULL)
		__atomic_fetch_add(&graph->refs, 1, __ATOMIC_RELAXED);
	return graph;
}

static void graph_destroy(sj_graph *graph)
{
	for (int i = graph->n_nodes - 1; i >= 0; i--)
		sj__node_destroy(graph->nodes[i]);
	for (int i = 0; i < graph->n_captures; i++)
		sj__drop(graph->captures[i].outer);
	for (int i = 0; i < graph->n_variables; i++) {
		graph->variables[i]->variable->graph = NULL;
		sj__drop(graph->variables[i]);
	}
	sj__names_clear(&graph->names);
	for (int i = 0; i < graph->n_origins; i++)
		sj__memory_free(graph->origins[i]);
	sj__memory_free(graph->origins);
	sj__memory_free(graph->nodes);
	sj__memory_free(graph->captures);
	sj__pointers_release(&graph->captured);
	sj__memory_free(graph->variables);
	sj__memory_free(graph->controls);
	sj__memory_free(graph->scope);
	sj__memory_free(graph->next_name);
	sj__memory_free(graph->unique);
	if (graph->anchor != NULL)
		graph->anchor->graph = NULL;
	anchor_drop(graph->anchor);
	anchor_drop(graph->outer);
	sj__memory_free(graph);
}

void sj_graph_free(sj_graph *graph)
{
	if (graph != NULL && __atomic_sub_fetch(&graph->refs, 1, __ATOMIC_ACQ_REL) == 0)
		graph_destroy(graph);
}

/* ---- the open graph ---- */

/* What was open when a graph was opened. In memory of its own: a thread's room in a shared library is small. */
typedef struct opening {
	struct opening *before;
	sj_graph *graph; /* own reference; NULL: none */
	sj__tapes_aside tapes;
} opening;
static SJ_THREAD_LOCAL_COLD opening *openings;

sj_status sj_graph_begin(sj_graph *graph)
{
	sj__local *thread = sj__local_now();
	opening *now = sj__memory_new(sizeof(*now));
	if (now == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	now->before = openings;
	now->graph = thread->graph; /* the reference goes with it */
	sj__tape.set_aside(&now->tapes);
	thread->graph = sj_graph_keep(graph);
	openings = now;
	return SJ_OK;
}

void sj_graph_end(void)
{
	sj__local *thread = sj__local_now();
	opening *now = openings;
	if (now == NULL)
		return;
	sj_graph *ended = thread->graph;
	thread->graph = now->graph;
	sj__tape.bring_back(&now->tapes);
	openings = now->before;
	sj__memory_free(now);
	sj_graph_free(ended);
}

sj_graph *sj_graph_now(void) { return sj__local_now()->graph; }

void sj_graph_finalize(sj_graph *graph)
{
	if (graph != NULL)
		graph->is_final = true;
}

void sj_graph_unfinalize(sj_graph *graph)
{
	if (graph != NULL)
		graph->is_final = false;
}

/* ---- symbolic tensors ---- */

bool sj_tensor_is_symbolic(const sj_tensor *t) { return sj_tensor_is_valid(t) && sj__is_symbolic(t); }

sj_node *sj_tensor_node(const sj_tensor *t, int *ret_output)
{
	if (!sj_tensor_is_symbolic(t) || t->node == NULL)
		return NULL;
	if (ret_output != NULL)
		*ret_output = sj__output_number(t);
	return t->node;
}

sj_graph *sj_tensor_graph(const sj_tensor *t)
{
	sj_node *node = sj_tensor_node(t, NULL);
	return node ? node->graph : NULL;
}

static sj_status set_shape_is_good(const sj_tensor *t, sj_ints shape)
{
	if (!sj_tensor_is_symbolic(t))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_set_shape: the tensor is not symbolic");
	if (shape.count > SJ_MAX_RANK || (shape.count > 0 && shape.data == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_set_shape: %lld dimensions at %s",
		                (long long)shape.count, shape.data ? "data" : "NULL");
	if (!sj__dims_may_match(t->shape.rank, sj__dims(t), (int)shape.count, shape.data))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_tensor_set_shape: shapes %s and %s are not compatible",
		                sj__shape_text(t), sj__dims_text((int)shape.count, shape.data));
	return SJ_OK;
}

/* Through a new handle's shape: the tensor's own is then exchanged for it. */
sj_status sj_tensor_set_shape(sj_tensor *t, sj_ints shape)
{
	int64_t dims[SJ_MAX_RANK];
	sj_tensor *refined;
	sj_status status = set_shape_is_good(t, shape);
	if (status != SJ_OK || shape.count < 0)
		return status;
	for (int i = 0; i < shape.count; i++)
		dims[i] = shape.data[i] >= 0 || t->shape.rank < 0 ? shape.data[i] : sj__dims(t)[i];
	status = sj__tensor_symbolic((sj_dtype)t->dtype, (int)shape.count, dims, &refined);
	if (status != SJ_OK)
		return status;
	sj__shape before = t->shape;
	t->shape = refined->shape;
	refined->shape = before;
	sj__drop(refined);
	return SJ_OK;
}

/* ---- nodes ---- */

int sj_graph_size(const sj_graph *graph) { return graph ? graph->n_nodes : 0; }

sj_node *sj_graph_node(const sj_graph *graph, int index)
{
	return graph != NULL && index >= 0 && index < graph->n_nodes ? graph->nodes[index] : NULL;
}

int sj_node_index(const sj_node *node) { return node ? node->index : -1; }
sj_graph *sj_node_graph(const sj_node *node) { return node ? node->graph : NULL; }
const char *sj_node_origin(const sj_node *node) { return node ? node->origin : NULL; }
const char *sj_node_name(const sj_node *node) { return node ? node->name : ""; }
const sj_op *sj_node_op(const sj_node *node) { return node ? node->op : NULL; }
const void *sj_node_args(const sj_node *node) { return node ? node->args : NULL; }
sj_callable *sj_node_callable(const sj_node *node) { return node ? node->callable : NULL; }
sj_tensor *sj_node_changed(const sj_node *node, int index)
{
	sj_tensor *const *variables = NULL;
	const sj_callable *c = node ? node->callable : NULL;
	int n = c && c->type.changes ? c->type.changes(c->context, &variables) : 0;
	return index >= 0 && index < n ? variables[index] : NULL;
}

sj_tensor *sj_node_value(const sj_node *node) { return node ? node->value : NULL; }
int sj_node_input_count(const sj_node *node) { return node ? node->n_inputs : 0; }
int sj_node_output_count(const sj_node *node) { return node ? node->n_outputs : 0; }
int sj_node_control_count(const sj_node *node) { return node ? node->n_controls : 0; }

sj_tensor *sj_node_input(const sj_node *node, int index)
{
	return node != NULL && index >= 0 && index < node->n_inputs ? node->inputs[index] : NULL;
}

sj_tensor *sj_node_output(const sj_node *node, int index)
{
	return node != NULL && index >= 0 && index < node->n_outputs ? node->outputs[index] : NULL;
}

sj_node *sj_node_control(const sj_node *node, int index)
{
	return node != NULL && index >= 0 && index < node->n_controls ? node->controls[index] : NULL;
}

const char *sj_node_type(const sj_node *node)
{
	static const char *const types[] = {"", "", "Placeholder", "Const", "ReadVariableOp", "NoOp"};
	if (node == NULL)
		return "";
	return node->op ? node->op->name : node->callable ? node->callable->type.name : types[node->kind];
}

int sj_graph_capture_count(const sj_graph *graph) { return graph ? graph->n_captures : 0; }

sj_tensor *sj_graph_capture(const sj_graph *graph, int index, sj_tensor **ret_placeholder)
{
	if (graph == NULL || index < 0 || index >= graph->n_captures)
		return NULL;
	if (ret_placeholder != NULL)
		*ret_placeholder = graph->captures[index].placeholder;
	return graph->captures[index].outer;
}

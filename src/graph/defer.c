/*
 * Gradients whose rules cannot run while the graph is built: of operations whose shapes or values are known only when it runs, and of
 * callables. A node stands for the rule; it runs it on the tensors of the day. Nodes like these have gradients in turn: what they run is recorded then.
 */
#include <stdio.h>

#include "base/memory.h"
#include "graph/graph.h"
#include "ops/random_state.h"
#include "sokuji/operations.h"
#include "sokuji/scope.h"
#include "sokuji/tape.h"
#include "tensor/concrete.h"
#include "tensor/local.h"
#include "tensor/slices.h"

/* ---- gradients of operations ---- */

static bool is_unknown(const sj_tensor *t)
{
	if (t == NULL || t->flags & SJ__FLAG_SLICES)
		return false;
	bool has_value = t->data != NULL || sj_dtype_is_floating((sj_dtype)t->dtype) || t->flags & SJ__FLAG_SHAPE_ONLY;
	return t->shape.size < 0 || !has_value;
}

static bool all_shapes_known(const sj__gradient *g)
{
	bool known = true;
	for (int i = 0; i < g->n_inputs; i++)
		known = known && (g->inputs[i] == NULL || g->inputs[i]->shape.size >= 0);
	for (int k = 0; k < g->n_outputs; k++)
		known = known && (g->outputs[k] == NULL || g->outputs[k]->shape.size >= 0) &&
		        (g->dy[k] == NULL || g->dy[k]->shape.size >= 0);
	return known;
}

bool sj__gradient_must_defer(const sj__gradient *g)
{
	bool unknown = false;
	if (sj__gradient_gather_is_sparse(g))
		return false;
	if (g->op->flags & SJ__OP_GRADIENT_READS_SHAPES)
		return !all_shapes_known(g);
	for (int i = 0; i < g->n_inputs; i++)
		unknown |= is_unknown(g->inputs[i]);
	for (int k = 0; k < g->n_outputs; k++)
		unknown |= is_unknown(g->outputs[k]) || is_unknown(g->dy[k]);
	const sj_tensor *last = g->n_inputs > 0 ? g->inputs[g->n_inputs - 1] : NULL;
	return unknown || (g->op->flags & SJ__OP_GRADIENT_READS_LAST && last != NULL && last->data == NULL);
}

enum port_how {
	PORT_ABSENT,
	PORT_WHOLE, /* an input of the node */
	PORT_SHAPE, /* the input of the node is the shape, as a vector */
	PORT_KEPT   /* known, and kept in the context */
};

typedef struct port {
	enum port_how how;
	sj_tensor *kept; /* own reference */
	sj_dtype dtype;
} port;

typedef struct rule_context {
	const sj_op *op;
	void *args;
	int n_inputs, n_outputs;
	bool *needs;
	port *ports;       /* inputs, outputs, dys */
	sj_tensor **likes; /* by input: what its gradient looks like; NULL: not known. Own references */
} rule_context;

static void rule_release(void *context)
{
	rule_context *c = context;
	int n = c->n_inputs + 2 * c->n_outputs;
	for (int i = 0; i < n; i++)
		sj__drop(c->ports[i].kept);
	for (int i = 0; i < c->n_inputs; i++)
		sj__drop(c->likes[i]);
	sj__memory_free(c->args);
	sj__memory_free(c);
}

static sj_status shape_only_of(const sj_tensor *shape, sj_dtype dtype, sj_tensor **ret_tensor)
{
	int64_t dims[SJ_MAX_RANK];
	int rank = (int)shape->shape.size;
	for (int i = 0; i < rank && i < SJ_MAX_RANK; i++)
		dims[i] = sj__element_as_int64((sj_dtype)shape->dtype, shape->data, i);
	sj_status status = sj__tensor_new("gradient", dtype, rank, dims, ret_tensor);
	if (status == SJ_OK)
		(*ret_tensor)->flags |= SJ__FLAG_SHAPE_ONLY;
	return status;
}

static sj_status dense_of(sj_tensor *t, sj_tensor **ret_dense)
{
	if (t->flags & (SJ__FLAG_SLICES | SJ__FLAG_VARIABLE))
		return sj__concrete("gradient", t, ret_dense);
	*ret_dense = sj__keep(t);
	return SJ_OK;
}

/* The gradients that were asked for, one after the other; where the rule has none, zeros. */
static sj_status outputs_give(const rule_context *c, sj_tensor *const *all, sj_tensor *const *dx, int n_results,
                              sj_tensor **ret_results)
{
	sj_status status = SJ_OK;
	int k = 0;
	for (int i = 0; i < c->n_inputs && status == SJ_OK && k < n_results; i++) {
		if (!c->needs[i])
			continue;
		if (dx[i] != NULL) {
			status = dense_of(dx[i], &ret_results[k++]);
			continue;
		}
		const sj_tensor *like = all[i] ? all[i] : all[c->n_inputs + c->n_outputs];
		if (like == NULL)
			return sj__fail(SJ_INTERNAL, "%s: its gradient by input %d is not known", c->op->name, i);
		status = sj__tensor_zeros("gradient", like, &ret_results[k++]);
	}
	return status;
}

static sj_status ports_fill(const rule_context *c, sj_tensor *const *inputs, sj_tensor **all)
{
	sj_status status = SJ_OK;
	int n = c->n_inputs + 2 * c->n_outputs, at = 0;
	for (int i = 0; i < n && status == SJ_OK; i++) {
		if (c->ports[i].how == PORT_ABSENT)
			continue;
		if (c->ports[i].how == PORT_KEPT)
			all[i] = sj__keep(c->ports[i].kept);
		else if (c->ports[i].how == PORT_WHOLE)
			all[i] = sj__keep(inputs[at++]);
		else
			status = shape_only_of(inputs[at++], c->ports[i].dtype, &all[i]);
	}
	return status;
}

/* Where it must be known, everything the rule asks for: Unimplemented, and nothing done, where it is not. */
static sj_status rule_run(const rule_context *c, bool must_be_known, sj_tensor **all, int n_outputs,
                          sj_tensor **ret_outputs)
{
	sj_tensor **dx = all + c->n_inputs + (ptrdiff_t)2 * c->n_outputs;
	sj__gradient g = {.op = c->op,
	                  .args = c->args,
	                  .n_inputs = c->n_inputs,
	                  .n_outputs = c->n_outputs,
	                  .inputs = all,
	                  .outputs = all + c->n_inputs,
	                  .dy = all + c->n_inputs + c->n_outputs,
	                  .needs = c->needs};
	if (must_be_known && sj__gradient_must_defer(&g))
		return SJ_UNIMPLEMENTED;
	sj_scope scope = sj_scope_begin();
	c->op->gradient(&g, dx);
	sj_status status = sj_error_code();
	for (int i = 0; i < c->n_inputs && must_be_known && status == SJ_OK; i++)
		if (c->needs[i] && dx[i] != NULL && dx[i]->flags & SJ__FLAG_SLICES)
			status = SJ_UNIMPLEMENTED;
	if (status == SJ_OK)
		status = outputs_give(c, all, dx, n_outputs, ret_outputs);
	sj_scope_end(scope);
	return status;
}

static sj_status rule_take(const rule_context *c, bool must_be_known, sj_tensor *const *inputs, int n_outputs,
                           sj_tensor **ret_outputs)
{
	int n = c->n_inputs + 2 * c->n_outputs;
	sj_tensor **all = sj__memory_new_zeroed(sizeof(*all) * (size_t)(n + c->n_inputs + 1));
	if (all == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = ports_fill(c, inputs, all);
	if (status == SJ_OK)
		status = rule_run(c, must_be_known, all, n_outputs, ret_outputs);
	for (int i = 0; i < n; i++)
		sj__drop(all[i]);
	sj__memory_free(all);
	return status;
}

/* Ends what was tried within the frame; a failure names the operation whose gradient it was. */
static sj_status gradient_end(sj_status status, const sj__error_frame *frame, const char *of)
{
	char what[96];
	sj__error_frame_end(frame);
	if (status == SJ_OK)
		return SJ_OK;
	snprintf(what, sizeof what, "the gradient of %s", of);
	return sj__fail_within(status, what);
}

static sj_status rule_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                             sj_tensor **ret_outputs)
{
	const rule_context *c = context;
	sj__error_frame frame;
	(void)n_inputs;
	sj__error_frame_begin(&frame);
	sj_status status = rule_take(c, false, inputs, n_outputs, ret_outputs);
	return gradient_end(status, &frame, c->op->name);
}

bool sj__gradient_is_deferred(const sj_callable *callable) { return callable->type.invoke == rule_invoke; }

sj_status sj__gradient_run_symbolic(const sj_callable *callable, sj_tensor *const *inputs, int n_outputs,
                                    sj_tensor **ret_outputs)
{
	const rule_context *c = callable->context;
	sj__error_frame frame;
	if (!sj__gradient_is_deferred(callable))
		return SJ_UNIMPLEMENTED;
	for (int i = 0, at = 0; i < c->n_inputs + 2 * c->n_outputs; i++)
		if (c->ports[i].how == PORT_SHAPE || c->ports[i].how == PORT_WHOLE) {
			const sj_tensor *input = inputs[at++];
			if (c->ports[i].how == PORT_SHAPE && input->data == NULL)
				return SJ_UNIMPLEMENTED;
		}
	sj__error_frame_begin(&frame);
	sj_status status = rule_take(c, true, inputs, n_outputs, ret_outputs);
	sj__error_frame_end(&frame);
	return status;
}

/* A gradient has its input's shape and dtype. */
static sj_status rule_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                            int *ranks, int64_t *dims)
{
	const rule_context *c = context;
	int k = 0;
	(void)n_inputs;
	(void)inputs;
	for (int i = 0; i < c->n_inputs && k < n_outputs; i++) {
		if (!c->needs[i])
			continue;
		dtypes[k] = c->ports[c->n_inputs + c->n_outputs].dtype; /* of an unknown rank */
		if (c->likes[i] != NULL)
			sj__infer_like(k, c->likes[i], dtypes, ranks, dims);
		k++;
	}
	return SJ_OK;
}

static const sj_callable_type rule_type = {.size = sizeof(sj_callable_type),
                                           .name = "SymbolicGradient",
                                           .invoke = rule_invoke,
                                           .infer = rule_infer,
                                           .release = rule_release};

static rule_context *context_new(const sj__gradient *g)
{
	size_t n_ports = (size_t)g->n_inputs + 2 * (size_t)g->n_outputs, n_inputs = (size_t)g->n_inputs;
	rule_context *c = sj__memory_new_zeroed(sizeof(*c) + n_ports * sizeof(port) +
	                                        n_inputs * (sizeof(sj_tensor *) + sizeof(bool)));
	if (c == NULL)
		return NULL;
	c->op = g->op;
	c->n_inputs = g->n_inputs;
	c->n_outputs = g->n_outputs;
	c->ports = (port *)(c + 1);
	c->likes = (sj_tensor **)(c->ports + n_ports);
	c->needs = (bool *)(c->likes + n_inputs);
	if (sj__args_copy(g->op, g->args, &c->args) == SJ_OK)
		return c;
	sj__memory_free(c);
	return NULL;
}

/* Decides how a recorded tensor reaches the rule. A shape that is not known goes as a vector, so that the tensor itself need not live so long. */
static sj_status port_set(port *p, sj_tensor *t, bool only_shape, sj_tensor **inputs, int *n)
{
	if (t == NULL)
		return SJ_OK;
	p->dtype = (sj_dtype)t->dtype;
	if (t->flags & SJ__FLAG_SHAPE_ONLY) {
		p->how = PORT_KEPT;
		p->kept = sj__keep(t);
		return SJ_OK;
	}
	p->how = only_shape && t->shape.size < 0 ? PORT_SHAPE : PORT_WHOLE;
	inputs[*n] = t;
	if (p->how == PORT_SHAPE) {
		inputs[*n] = sj_shape(t, .out_type = SJ_INT64);
		if (inputs[*n] == sj_nil())
			return sj_error_code();
	}
	++*n;
	return SJ_OK;
}

static bool saves(unsigned ports, int i, int n_named) { return ports >> (i < n_named ? i : n_named - 1) & 1; }

static sj_status ports_set(rule_context *c, const sj__gradient *g, sj_tensor **inputs, int *n)
{
	sj_status status = SJ_OK;
	port *p = c->ports;
	for (int i = 0; i < g->n_inputs && status == SJ_OK; i++) {
		sj_tensor *t = g->inputs[i];
		c->needs[i] = g->needs[i];
		c->likes[i] = t != NULL ? sj__keep(t) : NULL;
		status = port_set(p++, t, !saves(g->op->saves_inputs, i, g->op->n_inputs), inputs, n);
	}
	for (int k = 0; k < g->n_outputs && status == SJ_OK; k++)
		status = port_set(p++, g->outputs[k], !saves(g->op->saves_outputs, k, g->op->n_outputs), inputs, n);
	for (int k = 0; k < g->n_outputs && status == SJ_OK; k++)
		status = port_set(p++, g->dy[k], false, inputs, n);
	return status;
}

/* What symbolic tensors the context keeps would keep nothing alive, but their nodes are gone with the graph: only shapes are kept. */
static sj_status likes_detach(rule_context *c)
{
	for (int i = 0; i < c->n_inputs; i++) {
		const sj_tensor *t = c->likes[i];
		sj_tensor *detached;
		if (t == NULL || !sj__is_symbolic(t))
			continue;
		sj_status status = sj__tensor_symbolic((sj_dtype)t->dtype, t->shape.rank, sj__dims(t), &detached);
		if (status != SJ_OK)
			return status;
		sj__drop(c->likes[i]);
		c->likes[i] = detached;
	}
	return SJ_OK;
}

static int count_true(int n, const bool *needs)
{
	int count = 0;
	for (int i = 0; i < n; i++)
		count += needs[i];
	return count;
}

static sj_status rule_append(const sj__gradient *g, sj_tensor **ports, sj_tensor **results)
{
	int n = 0;
	rule_context *c = context_new(g);
	if (c == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = ports_set(c, g, ports, &n);
	if (status == SJ_OK)
		status = likes_detach(c);
	if (status != SJ_OK) {
		rule_release(c);
		return status;
	}
	sj_callable *callable = sj__callable_new(&rule_type, c);
	if (callable == NULL)
		return sj_error_code();
	status = sj_call(callable, n, ports, count_true(g->n_inputs, g->needs), results);
	sj_callable_free(callable);
	return status;
}

void sj__gradient_defer(const sj__gradient *g, sj_tensor **dx)
{
	size_t n = (size_t)g->n_inputs * 2 + 2 * (size_t)g->n_outputs;
	sj_tensor **ports = sj__memory_new_zeroed(sizeof(*ports) * (n + 1)),
		  **results = ports + n - (size_t)g->n_inputs;
	sj_status status = ports ? rule_append(g, ports, results) : SJ_RESOURCE_EXHAUSTED;
	for (int i = 0, k = 0; i < g->n_inputs && status == SJ_OK; i++)
		if (g->needs[i])
			dx[i] = sj_scope_own(results[k++]);
	sj__memory_free(ports);
	if (status != SJ_OK)
		sj__error_stick(status);
}

/* ---- gradients of callables: the callable again, under a tape ---- */

typedef struct again_context {
	sj_callable *callable;
	int n_inputs, n_outputs, n_variables;
	sj_tensor **variables; /* that the callable reads; own references, behind likes */
	sj_tensor *likes[];    /* inputs, detached; NULL: not differentiable */
} again_context;

static void again_release(void *context)
{
	again_context *c = context;
	for (int i = 0; i < c->n_inputs; i++)
		sj__drop(c->likes[i]);
	for (int i = 0; i < c->n_variables; i++)
		sj__drop(c->variables[i]);
	sj_callable_free(c->callable);
	sj__memory_free(c);
}

static int again_reads(void *context, int room, sj_tensor **ret_variables)
{
	const again_context *c = context;
	for (int i = 0; i < c->n_variables && i < room; i++)
		ret_variables[i] = c->variables[i];
	return c->n_variables;
}

/* A tensor that is given twice is told apart by handles of their own, in the open scope. */
static void inputs_separate(int n, sj_tensor *const *inputs, sj_tensor **ret_separate)
{
	for (int i = 0; i < n; i++) {
		bool is_again = false;
		for (int j = 0; j < i && inputs[i] != NULL; j++)
			is_again |= inputs[j] == inputs[i];
		ret_separate[i] = is_again ? sj_identity(inputs[i]) : inputs[i];
	}
}

/* With the random numbers of the run whose gradient this is. */
static sj_status again_run(const again_context *c, sj_tensor *const *x, sj_tensor **y)
{
	if (!sj__callable_draws(c->callable))
		return sj__callable_invoke(c->callable, c->n_inputs, x, c->n_outputs, y);
	sj__random_journal journal;
	sj_status status = sj__callable_journal(c->callable, &journal);
	if (status != SJ_OK)
		return status;
	sj__random_journal_begin(&journal);
	status = sj__callable_invoke(c->callable, c->n_inputs, x, c->n_outputs, y);
	sj__random_journal_end();
	sj__memory_free(journal.draws);
	return status;
}

/* Gradients of sum(dy * y) by the floating inputs and then the variables, in the open scope. */
static sj_status again_gradient(const again_context *c, sj_tensor *const *x, sj_tensor *const *dy, sj_tensor **y,
                                sj_tensor **sources, sj_tensor **dx)
{
	int n_targets = 0, n_sources = 0;
	sj_tape *tape = sj_ok() ? sj_tape_begin() : NULL;
	sj_status status = tape ? SJ_OK : sj_error_code();
	for (int i = 0; i < c->n_inputs && status == SJ_OK; i++)
		if (c->likes[i] != NULL) {
			sources[n_sources++] = x[i];
			status = sj_tape_watch(tape, x[i]);
		}
	for (int i = 0; i < c->n_variables; i++)
		sources[n_sources++] = c->variables[i];
	if (status == SJ_OK)
		status = again_run(c, x, y);
	sj_tensor **targets = dx + c->n_inputs + c->n_variables, **weights = targets + c->n_outputs;
	for (int k = 0; k < c->n_outputs && status == SJ_OK; k++)
		if (dy[k] != NULL && sj_dtype_is_floating((sj_dtype)y[k]->dtype)) {
			targets[n_targets] = y[k];
			weights[n_targets++] = dy[k];
		}
	if (status == SJ_OK)
		status = sj_gradient_of(tape, n_targets, targets, weights, n_sources, sources, dx);
	sj_tape_free(tape);
	return status;
}

static sj_status again_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs)
{
	const again_context *c = context;
	(void)n_inputs;
	size_t n = 3 * (size_t)c->n_inputs + 3 * (size_t)c->n_outputs + 2 * (size_t)c->n_variables;
	sj_tensor **y = sj__memory_new_zeroed(sizeof(*y) * (n + 1)), **sources = y + c->n_outputs;
	sj__error_frame frame;
	if (y == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj__error_frame_begin(&frame);
	sj_tensor **x = sources + c->n_inputs + c->n_variables, **dx = x + c->n_inputs;
	sj_scope scope = sj_scope_begin();
	inputs_separate(c->n_inputs, inputs, x);
	sj_status status = again_gradient(c, x, inputs + c->n_inputs, y, sources, dx);
	for (int k = 0; k < n_outputs && status == SJ_OK; k++)
		status = dx[k] != NULL ? dense_of(dx[k], &ret_outputs[k])
		                       : sj__tensor_zeros("gradient", sources[k], &ret_outputs[k]);
	sj_scope_end(scope);
	for (int k = 0; k < c->n_outputs; k++)
		sj__drop(y[k]);
	sj__memory_free(y);
	return gradient_end(status, &frame, c->callable->type.name);
}

static sj_status again_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                             int *ranks, int64_t *dims)
{
	const again_context *c = context;
	(void)n_inputs;
	(void)inputs;
	for (int i = 0, k = 0; i < c->n_inputs + c->n_variables && k < n_outputs; i++) {
		const sj_tensor *like = i < c->n_inputs ? c->likes[i] : c->variables[i - c->n_inputs];
		if (like != NULL)
			sj__infer_like(k++, like, dtypes, ranks, dims);
	}
	return SJ_OK;
}

static const sj_callable_type again_type = {.size = sizeof(sj_callable_type),
                                            .name = "SymbolicGradient",
                                            .invoke = again_invoke,
                                            .infer = again_infer,
                                            .release = again_release,
                                            .reads = again_reads};

/* The record's context: the callable, its inputs and then the variables it reads, kept until the tape is done. */
typedef struct record_context {
	sj_callable *callable;
	sj_tensor *output; /* of its node; NULL: it draws no random numbers */
	int n_inputs, n_outputs, n_variables;
	sj_tensor *inputs[];
} record_context;

static void record_release(void *context)
{
	record_context *c = context;
	for (int i = 0; i < c->n_inputs + c->n_variables; i++)
		sj__drop(c->inputs[i]);
	if (c->output != NULL)
		sj__drop(c->output);
	sj_callable_free(c->callable);
	sj__memory_free(c);
}

static again_context *again_new(const record_context *r, int *ret_n_results)
{
	again_context *c = sj__memory_new_zeroed(sizeof(*c) +
	                                         sizeof(sj_tensor *) * ((size_t)r->n_inputs + (size_t)r->n_variables));
	if (c == NULL)
		return NULL;
	c->variables = c->likes + r->n_inputs;
	c->n_variables = r->n_variables;
	for (int i = 0; i < r->n_variables; i++)
		c->variables[i] = sj__keep(r->inputs[r->n_inputs + i]);
	c->callable = sj_callable_keep(r->callable);
	c->n_inputs = r->n_inputs;
	c->n_outputs = r->n_outputs;
	*ret_n_results = r->n_variables;
	for (int i = 0; i < r->n_inputs; i++) {
		const sj_tensor *t = r->inputs[i];
		if (t == NULL || !sj_dtype_is_floating((sj_dtype)t->dtype))
			continue;
		if (sj__tensor_symbolic((sj_dtype)t->dtype, t->shape.rank, sj__dims(t), &c->likes[i]) != SJ_OK) {
			again_release(c);
			return NULL;
		}
		++*ret_n_results;
	}
	return c;
}

static sj_status again_append(const record_context *r, sj_tensor *const *dy, sj_tensor **ports, sj_tensor **dx)
{
	int n_results;
	again_context *c = again_new(r, &n_results);
	sj_callable *callable = c ? sj__callable_new(&again_type, c) : NULL;
	if (callable == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < r->n_inputs; i++)
		ports[i] = r->inputs[i];
	for (int k = 0; k < r->n_outputs; k++)
		ports[r->n_inputs + k] = dy[k];
	sj_tensor **results = ports + r->n_inputs + r->n_outputs;
	sj_status status = sj_call(callable, r->n_inputs + r->n_outputs, ports, n_results, results);
	sj_node *made = status == SJ_OK && n_results > 0 ? sj_tensor_node(results[0], NULL) : NULL;
	sj_node *drew = r->output ? sj_tensor_node(r->output, NULL) : NULL;
	if (made != NULL && drew != NULL && drew->graph == made->graph)
		status = sj_node_add_control(made, drew); /* what it drew is known when it has run */
	for (int i = 0, k = 0; i < r->n_inputs + r->n_variables && status == SJ_OK; i++)
		if (i >= r->n_inputs || c->likes[i] != NULL)
			dx[i] = sj_scope_own(results[k++]);
	sj_callable_free(callable);
	return status;
}

static void record_gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **ret_dx)
{
	const record_context *r = context;
	size_t n = 2 * (size_t)n_inputs + (size_t)n_outputs; /* variables are among the inputs */
	sj_tensor **ports = sj__memory_new_zeroed(sizeof(*ports) * (n + 1));
	sj_status status = ports ? again_append(r, dy, ports, ret_dx) : SJ_RESOURCE_EXHAUSTED;
	sj__memory_free(ports);
	if (status != SJ_OK)
		sj__error_stick(status);
}

/* A variable that is read in several places counts once: without room a count is of all places. */
static void variables_take(record_context *c, int room)
{
	sj_tensor **list = c->inputs + c->n_inputs;
	int n = c->callable->type.reads(c->callable->context, room, list);
	n = n < room ? n : room;
	for (int i = 0; i < n; i++) {
		bool is_known = false;
		for (int j = 0; j < c->n_variables; j++)
			is_known |= list[j] == list[i];
		if (!is_known)
			list[c->n_variables++] = list[i];
	}
	for (int i = 0; i < c->n_variables; i++)
		sj__keep(list[i]);
}

static int reads_count(const sj_callable *callable)
{
	return callable->type.reads ? callable->type.reads(callable->context, 0, NULL) : 0;
}

sj_status sj__callable_record(const sj_node *node, sj_tensor *const *inputs)
{
	int n = node->n_inputs, room = reads_count(node->callable);
	record_context *c = sj__memory_new_zeroed(sizeof(*c) + sizeof(sj_tensor *) * 2 * ((size_t)n + (size_t)room));
	if (c == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	c->callable = sj_callable_keep(node->callable);
	c->n_inputs = n;
	c->n_outputs = node->n_outputs;
	if (node->n_outputs > 0 && sj__callable_draws(node->callable))
		c->output = sj__keep(node->outputs[0]);
	if (room > 0)
		variables_take(c, room);
	bool any = c->n_variables > 0;
	for (int i = 0; i < n; i++) {
		c->inputs[i] = node->inputs[i] ? sj__keep(node->inputs[i]) : NULL;
		any |= inputs[i] != NULL && sj_dtype_is_floating((sj_dtype)inputs[i]->dtype);
	}
	sj_tensor **recorded = c->inputs + n + room; /* the caller's tensors, and the variables */
	for (int i = 0; i < n; i++)
		recorded[i] = inputs[i];
	for (int i = 0; i < c->n_variables; i++)
		recorded[n + i] = c->inputs[n + i];
	if (any && node->n_outputs > 0)
		return sj_tape_record(n + c->n_variables, recorded, node->n_outputs, node->outputs, record_gradient, c,
		                      record_release);
	record_release(c);
	return SJ_OK;
}

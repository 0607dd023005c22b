/*
 * If and While on a tape: what runs is recorded operation by operation, so a tensor that only the other branch, or another result, uses would have no
 * gradient at all. TensorFlow's is zero: each result depends on everything that is given. A record beside the others says so.
 */
#include "graph/connect.h"

#include "base/memory.h"
#include "gradient/log.h"
#include "sokuji/scope.h"
#include "tensor/variable.h"

typedef struct connection {
	int n_results, n_sources;
	sj_tensor *zeros[]; /* by source: nothing but its shape */
} connection;

static void connection_release(void *context)
{
	connection *c = context;
	for (int i = 0; i < c->n_sources; i++)
		sj__drop(c->zeros[i]);
	sj__memory_free(c);
}

static void connection_gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, const bool *needs,
                                sj_tensor **ret_dx)
{
	const connection *c = context;
	(void)n_outputs;
	for (int i = 0; i < n_inputs; i++)
		if (i < c->n_results)
			ret_dx[i] = dy[i];
		else if (needs[i])
			ret_dx[i] = sj_scope_own(sj__keep(c->zeros[i - c->n_results]));
}

static bool is_followed(const sj_tensor *t)
{
	if (t == NULL || t->shape.size < 0 || (t->dtype != SJ_FLOAT32 && t->dtype != SJ_FLOAT64) ||
	    t->flags & SJ__FLAG_SLICES)
		return false;
	return sj__slot_of(sj__local_state.log, t) != 0 || (t->flags & SJ__FLAG_VARIABLE && t->variable->trainable);
}

/* Handles of their own for the results, between ports (results and then sources) and what the caller gets. */
static sj_status results_record(connection *c, sj_tensor **ports, sj_tensor **made)
{
	sj_status status = SJ_OK;
	int n = 0;
	for (; n < c->n_results && status == SJ_OK; n++)
		status = sj__tensor_view(ports[n], ports[n]->shape.rank, sj__dims(ports[n]), 0, &made[n]);
	if (status == SJ_OK)
		return sj__tape.record_call(c->n_results + c->n_sources, ports, c->n_results, made, connection_gradient,
		                            c, connection_release);
	while (--n > 0)
		sj__drop(made[n - 1]);
	connection_release(c);
	return status;
}

static sj_status connection_make(int n_ports, sj_tensor *const *ports, connection **ret)
{
	connection *c = sj__memory_new_zeroed(sizeof(*c) + sizeof(sj_tensor *) * (size_t)n_ports);
	sj_status status = c ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < n_ports && status == SJ_OK; i++) {
		status = sj__tensor_shape_only(ports[i], &c->zeros[i]);
		c->n_sources += status == SJ_OK;
	}
	if (status == SJ_OK)
		*ret = c;
	else if (c != NULL)
		connection_release(c);
	return status;
}

static int results_find(int n, sj_tensor *const *outputs, sj_tensor **ports)
{
	int n_results = 0;
	for (int k = 0; k < n; k++)
		if ((outputs[k]->dtype == SJ_FLOAT32 || outputs[k]->dtype == SJ_FLOAT64) && outputs[k]->flags == 0)
			ports[n_results++] = outputs[k];
	return n_results;
}

static int sources_find(int n, sj_tensor *const *tensors, sj_tensor **ports)
{
	int n_sources = 0;
	for (int i = 0; i < n; i++)
		if (is_followed(tensors[i]))
			ports[n_sources++] = tensors[i];
	return n_sources;
}

sj_status sj__results_connect(int n_inputs, sj_tensor *const *inputs, int n_variables, sj_tensor *const *variables,
                              int n_outputs, sj_tensor **outputs)
{
	sj_tensor **ports = sj__memory_new(sizeof(*ports) * (size_t)(2 * n_outputs + n_inputs + n_variables + 1));
	if (ports == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	int n_results = results_find(n_outputs, outputs, ports);
	int n_sources = sources_find(n_inputs, inputs, ports + n_results);
	n_sources += sources_find(n_variables, variables, ports + n_results + n_sources);
	connection *c = NULL;
	sj_status status = SJ_OK;
	if (n_results > 0 && n_sources > 0) {
		sj_tensor **made = ports + n_results + n_sources;
		status = connection_make(n_sources, ports + n_results, &c);
		if (status == SJ_OK) {
			c->n_results = n_results;
			status = results_record(c, ports, made);
		}
		for (int k = 0, r = 0; k < n_outputs && status == SJ_OK && r < n_results; k++)
			if (outputs[k] == ports[r]) {
				sj__drop(outputs[k]);
				outputs[k] = made[r++];
			}
	}
	sj__memory_free(ports);
	return status;
}

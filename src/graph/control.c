/* If and While: callables over concrete functions. Their inputs are the function's own and then what both functions captured. */
#include <pthread.h>

#include "base/memory.h"
#include "base/threads.h"
#include "graph/connect.h"
#include "graph/function.h"
#include "ops/random_state.h"
#include "tensor/concrete.h"
#include "tensor/local.h"

/* What a thread's last run drew. */
typedef struct drawn {
	struct drawn *next;
	uint32_t thread;
	sj__random_journal journal;
} drawn;

/* Both functions and how many inputs belong to each. */
typedef struct pair_context {
	sj_concrete_function *first, *second; /* then and otherwise; condition and body */
	int n_inputs;
	int64_t limit;
	sj_tensor **changed; /* the variables that either changes, borrowed from their nodes */
	int n_changed, changed_capacity;
	bool draws;           /* random numbers */
	drawn *drawn;         /* for the gradient, which a thread runs after the run that it is of */
	pthread_mutex_t lock; /* of drawn: a graph may run on several threads */
} pair_context;

static void pair_release(void *context)
{
	pair_context *c = context;
	sj__memory_free(c->changed);
	while (c->drawn != NULL) {
		drawn *next = c->drawn->next;
		sj__memory_free(c->drawn->journal.draws);
		sj__memory_free(c->drawn);
		c->drawn = next;
	}
	pthread_mutex_destroy(&c->lock);
	sj_concrete_function_free(c->first);
	sj_concrete_function_free(c->second);
	sj__memory_free(c);
}

static int pair_changes(void *context, sj_tensor *const **ret_variables)
{
	const pair_context *c = context;
	*ret_variables = c->changed;
	return c->n_changed;
}

static sj_status changed_gather(pair_context *c, const sj_concrete_function *f)
{
	const sj_graph *graph = sj_concrete_function_graph(f);
	sj_status status = SJ_OK;
	for (int i = 0; i < graph->n_nodes && status == SJ_OK; i++)
		status = sj__changes_add(graph->nodes[i], &c->changed, &c->n_changed, &c->changed_capacity);
	return status;
}

static int pair_reads(void *context, int room, sj_tensor **ret_variables)
{
	const pair_context *c = context;
	int n = sj__function_reads(c->first, 0, room, ret_variables);
	return sj__function_reads(c->second, n, room, ret_variables);
}

static bool is_stateful(const sj_concrete_function *f)
{
	return sj__graph_effects(sj_concrete_function_graph(f), NULL) > 0;
}

static bool function_draws(const sj_concrete_function *f)
{
	const sj_graph *graph = sj_concrete_function_graph(f);
	bool draws = false;
	for (int i = 0; i < graph->n_nodes && !draws; i++) {
		const sj_node *node = graph->nodes[i];
		draws = (node->kind == SJ__NODE_OP && node->op->flags & SJ__OP_STATEFUL) ||
		        (node->kind == SJ__NODE_CALLABLE && sj__callable_draws(node->callable));
	}
	return draws;
}

/* A bool scalar's value. */
static sj_status truth_of(const char *who, sj_tensor *t, bool *ret_truth)
{
	sj_tensor *value;
	sj_status status = sj__concrete(who, t, &value);
	if (status != SJ_OK)
		return status;
	if (value->dtype != SJ_BOOL || value->shape.size != 1)
		status = sj__fail(SJ_INVALID_ARGUMENT, "%s: the condition is %s %s; it must be a bool scalar", who,
		                  sj_dtype_name((sj_dtype)value->dtype), sj__shape_text(value));
	else
		*ret_truth = *(const uint8_t *)value->data != 0;
	sj__drop(value);
	return status;
}

static sj_status pair_call(const sj_callable_type *type, pair_context context, sj_tensor *extra, int n_inputs,
                           sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	int n_first = context.first->n_captures, n_second = context.second->n_captures, at = 0;
	size_t n = (size_t)n_inputs + (size_t)n_first + (size_t)n_second + 1;
	pair_context *c = sj__memory_new(sizeof(*c));
	sj_tensor **all = sj__memory_new(sizeof(*all) * n);
	if (c == NULL || all == NULL) {
		sj__memory_free(c);
		sj__memory_free(all);
		return SJ_RESOURCE_EXHAUSTED;
	}
	*c = context;
	c->draws = function_draws(c->first) || function_draws(c->second);
	pthread_mutex_init(&c->lock, NULL);
	sj_concrete_function_keep(c->first);
	sj_concrete_function_keep(c->second);
	if (extra != NULL)
		all[at++] = extra;
	for (int i = 0; i < n_inputs; i++)
		all[at++] = inputs[i];
	for (int i = 0; i < n_first; i++)
		all[at++] = sj__function_capture(c->first, i);
	for (int i = 0; i < n_second; i++)
		all[at++] = sj__function_capture(c->second, i);
	sj_status status = changed_gather(c, c->first);
	if (status == SJ_OK)
		status = changed_gather(c, c->second);
	if (status != SJ_OK) {
		pair_release(c);
		sj__memory_free(all);
		return status;
	}
	sj_callable *callable = sj__callable_new(type, c);
	if (callable != NULL && c->n_changed > 0) /* also where only what the results need runs */
		callable->type.changes = pair_changes;
	status = callable ? sj_call(callable, at, all, n_outputs, ret_outputs) : sj_error_code();
	sj_callable_free(callable);
	sj__memory_free(all);
	return status;
}

/* ---- what it drew ---- */

/* Under the lock. */
static drawn *drawn_here(const pair_context *c)
{
	drawn *d = c->drawn;
	while (d != NULL && d->thread != sj__local_state.number)
		d = d->next;
	return d;
}

/* A run's journal, empty, is open where the pair draws. */
static sj_status draws_begin(pair_context *c, sj__random_journal *ret_journal)
{
	*ret_journal = (sj__random_journal){0};
	if (!c->draws)
		return SJ_OK;
	pthread_mutex_lock(&c->lock);
	drawn *own = drawn_here(c);
	if (own == NULL && (own = sj__memory_new_zeroed(sizeof(*own))) != NULL) {
		own->thread = sj__local_state.number;
		own->next = c->drawn;
		c->drawn = own;
	}
	pthread_mutex_unlock(&c->lock);
	if (own != NULL)
		sj__random_journal_begin(ret_journal);
	return own ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
}

static void draws_keep(pair_context *c, sj__random_journal *journal)
{
	if (!c->draws)
		return;
	sj__random_journal_end();
	pthread_mutex_lock(&c->lock);
	drawn *own = drawn_here(c);
	sj__philox *old = own->journal.draws;
	own->journal = *journal;
	pthread_mutex_unlock(&c->lock);
	sj__memory_free(old);
}

/* On a tape. The outputs are let go of on failure. */
static sj_status pair_connect(pair_context *c, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **outputs)
{
	const sj__local *thread = &sj__local_state;
	if (SJ_LIKELY(thread->recording == 0) || thread->graph != NULL)
		return SJ_OK;
	int room = pair_reads(c, 0, NULL);
	sj_tensor **variables = sj__memory_new(sizeof(*variables) * ((size_t)room + 1));
	sj_status status = variables ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK) {
		int n = pair_reads(c, room, variables);
		status = sj__results_connect(n_inputs, inputs, n < room ? n : room, variables, n_outputs, outputs);
	}
	sj__memory_free(variables);
	for (int k = 0; k < n_outputs && status != SJ_OK; k++)
		sj__drop(outputs[k]);
	return status;
}

/* One shape for both: what differs is unknown. */
static void shape_join(const sj_tensor *a, const sj_tensor *b, int *ret_rank, int64_t *dims)
{
	*ret_rank = a->shape.rank == b->shape.rank ? a->shape.rank : -1;
	for (int i = 0; i < *ret_rank; i++)
		dims[i] = sj__dims(a)[i] == sj__dims(b)[i] ? sj__dims(a)[i] : SJ__UNKNOWN;
}

/* ---- if ---- */

static sj_status if_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                           sj_tensor **ret_outputs)
{
	pair_context *c = context;
	bool truth = false;
	sj_status status = truth_of("If", inputs[0], &truth);
	if (status != SJ_OK)
		return status;
	sj_tensor *const *captures = inputs + 1 + c->n_inputs;
	sj__random_journal journal;
	status = draws_begin(c, &journal);
	if (status != SJ_OK)
		return status;
	status = truth ? sj__function_run(c->first, inputs + 1, captures, ret_outputs)
	               : sj__function_run(c->second, inputs + 1, captures + c->first->n_captures, ret_outputs);
	draws_keep(c, &journal);
	return status == SJ_OK ? pair_connect(c, n_inputs, inputs, n_outputs, ret_outputs) : status;
}

static sj_status if_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                          int *ranks, int64_t *dims)
{
	const pair_context *c = context;
	(void)n_inputs;
	(void)inputs;
	for (int k = 0; k < n_outputs; k++) {
		const sj_tensor *a = sj__function_output(c->first, k), *b = sj__function_output(c->second, k);
		if (a->dtype != b->dtype)
			return sj__fail(SJ_INVALID_ARGUMENT, "output %d is %s in one branch and %s in the other", k,
			                sj_dtype_name((sj_dtype)a->dtype), sj_dtype_name((sj_dtype)b->dtype));
		dtypes[k] = (sj_dtype)a->dtype;
		shape_join(a, b, &ranks[k], dims + (int64_t)k * SJ_MAX_RANK);
	}
	return SJ_OK;
}

static const sj_callable_type if_types[] = {
	{.size = sizeof(sj_callable_type),
         .name = "StatelessIf",
         .invoke = if_invoke,
         .infer = if_infer,
         .release = pair_release,
         .reads = pair_reads},
	{.size = sizeof(sj_callable_type),
         .name = "If",
         .is_stateful = true,
         .invoke = if_invoke,
         .infer = if_infer,
         .release = pair_release,
         .changes = pair_changes,
         .reads = pair_reads},
};

sj_status sj_cond(sj_tensor *condition, sj_concrete_function *then, sj_concrete_function *otherwise, int n_inputs,
                  sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	sj__local_now();
	if (then == NULL || otherwise == NULL || !sj_tensor_is_valid(condition))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_cond: %s",
		                then && otherwise ? "the condition is no valid tensor" : "a branch is NULL");
	if (n_inputs < 0 || n_inputs != then->n_inputs || n_inputs != otherwise->n_inputs ||
	    n_outputs != then->n_outputs || n_outputs != otherwise->n_outputs || (n_inputs > 0 && inputs == NULL) ||
	    (n_outputs > 0 && ret_outputs == NULL))
		return sj__fail(
			SJ_INVALID_ARGUMENT,
			"sj_cond: %d inputs and %d outputs; the branches have %d and %d inputs, %d and %d outputs",
			n_inputs, n_outputs, then->n_inputs, otherwise->n_inputs, then->n_outputs,
			otherwise->n_outputs);
	if (!sj__is_symbolic(condition) && !(condition->flags & SJ__FLAG_VARIABLE && sj__local_state.graph)) {
		bool truth = false;
		sj_status status = truth_of("sj_cond", condition, &truth);
		return status == SJ_OK ? sj__function_run(truth ? then : otherwise, inputs, NULL, ret_outputs) : status;
	}
	pair_context c = {.first = then, .second = otherwise, .n_inputs = n_inputs};
	return pair_call(&if_types[is_stateful(then) || is_stateful(otherwise)], c, condition, n_inputs, inputs,
	                 n_outputs, ret_outputs);
}

/* ---- while ---- */

static void state_drop(int n, sj_tensor **state)
{
	for (int i = 0; i < n; i++)
		sj__drop(state[i]);
}

static sj_status while_holds(const pair_context *c, sj_tensor *const *state, sj_tensor *const *captures,
                             bool *ret_holds)
{
	sj_tensor *truth;
	sj_status status = sj__function_run(c->first, state, captures, &truth);
	if (status != SJ_OK)
		return status;
	status = truth_of("While", truth, ret_holds);
	sj__drop(truth);
	return status;
}

static sj_status while_rounds(const pair_context *c, int n, sj_tensor **state, sj_tensor **next,
                              sj_tensor *const *captures)
{
	sj_status status = SJ_OK;
	bool holds = true;
	for (int64_t round = 0; status == SJ_OK && (c->limit < 0 || round < c->limit); round++) {
		status = while_holds(c, state, captures, &holds);
		if (status != SJ_OK || !holds)
			break;
		status = sj__function_run(c->second, state, captures + c->first->n_captures, next);
		if (status != SJ_OK)
			break;
		state_drop(n, state);
		memcpy(state, next, sizeof(*state) * (size_t)n);
		if (sj__cancelled())
			status = sj__fail(SJ_CANCELLED, "While: interrupted; clear the interruption to go on");
	}
	return status;
}

/* The state is in ret_state from the start: values of the inputs, own references. */
static sj_status while_run(const pair_context *c, int n, sj_tensor *const *inputs, sj_tensor *const *captures,
                           sj_tensor **ret_state)
{
	sj_tensor **next = sj__memory_new(sizeof(*next) * ((size_t)n + 1));
	sj_status status = next ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	int n_taken = 0;
	for (; n_taken < n && status == SJ_OK; n_taken++) {
		if (inputs[n_taken]->flags & SJ__FLAG_VARIABLE)
			status = sj__variable_read(inputs[n_taken], &ret_state[n_taken]);
		else
			ret_state[n_taken] = sj__keep(inputs[n_taken]);
		if (status != SJ_OK)
			break;
	}
	if (status == SJ_OK)
		status = while_rounds(c, n, ret_state, next, captures);
	if (status != SJ_OK) {
		state_drop(n_taken, ret_state);
		memset(ret_state, 0, sizeof(*ret_state) * (size_t)n);
	}
	sj__memory_free(next);
	return status;
}

static sj_status while_invoke(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs)
{
	pair_context *c = context;
	sj__random_journal journal;
	sj_status status = draws_begin(c, &journal);
	if (status != SJ_OK)
		return status;
	status = while_run(c, c->n_inputs, inputs, inputs + c->n_inputs, ret_outputs);
	draws_keep(c, &journal);
	return status == SJ_OK ? pair_connect(c, n_inputs, inputs, n_outputs, ret_outputs) : status;
}

static sj_status while_infer(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
                             int *ranks, int64_t *dims)
{
	const pair_context *c = context;
	(void)n_inputs;
	for (int k = 0; k < n_outputs; k++) {
		const sj_tensor *after = sj__function_output(c->second, k);
		dtypes[k] = (sj_dtype)inputs[k]->dtype;
		shape_join(inputs[k], after, &ranks[k], dims + (int64_t)k * SJ_MAX_RANK);
	}
	return SJ_OK;
}

static const sj_callable_type while_types[] = {
	{.size = sizeof(sj_callable_type),
         .name = "StatelessWhile",
         .invoke = while_invoke,
         .infer = while_infer,
         .release = pair_release,
         .reads = pair_reads},
	{.size = sizeof(sj_callable_type),
         .name = "While",
         .is_stateful = true,
         .invoke = while_invoke,
         .infer = while_infer,
         .release = pair_release,
         .changes = pair_changes,
         .reads = pair_reads},
};

static sj_status while_is_good(const sj_concrete_function *condition, const sj_concrete_function *body, int n,
                               sj_tensor *const *state, sj_tensor **ret_state)
{
	if (condition == NULL || body == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_while: the %s is NULL", condition ? "body" : "condition");
	if (n < 0 || n != condition->n_inputs || n != body->n_inputs || n != body->n_outputs ||
	    condition->n_outputs != 1 || (n > 0 && (state == NULL || ret_state == NULL)))
		return sj__fail(
			SJ_INVALID_ARGUMENT,
			"sj_while: %d tensors of state; the condition takes %d and gives %d, the body takes %d and "
			"gives %d",
			n, condition->n_inputs, condition->n_outputs, body->n_inputs, body->n_outputs);
	for (int i = 0; i < n; i++) {
		if (!sj_tensor_is_valid(state[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_while: state %d is no valid tensor", i);
		if (state[i]->dtype != sj__function_output(body, i)->dtype)
			return sj__fail(SJ_INVALID_ARGUMENT,
			                "sj_while: state %d is %s before the loop and %s after its body", i,
			                sj_dtype_name((sj_dtype)state[i]->dtype),
			                sj_dtype_name((sj_dtype)sj__function_output(body, i)->dtype));
	}
	return SJ_OK;
}

sj_status sj_while(sj_concrete_function *condition, sj_concrete_function *body, int64_t limit, int n_state,
                   sj_tensor *const *state, sj_tensor **ret_state)
{
	sj__local_now();
	sj_status status = while_is_good(condition, body, n_state, state, ret_state);
	if (status != SJ_OK)
		return status;
	pair_context c = {.first = condition, .second = body, .n_inputs = n_state, .limit = limit};
	return pair_call(&while_types[is_stateful(condition) || is_stateful(body)], c, NULL, n_state, state, n_state,
	                 ret_state);
}

bool sj__callable_draws(const sj_callable *callable)
{
	const pair_context *c = callable->context;
	bool is_pair = callable->type.invoke == if_invoke || callable->type.invoke == while_invoke;
	return is_pair && c->draws;
}

sj_status sj__callable_journal(const sj_callable *callable, sj__random_journal *ret_journal)
{
	pair_context *c = callable->context;
	pthread_mutex_lock(&c->lock);
	const drawn *own = drawn_here(c);
	size_t size = own ? sizeof(*own->journal.draws) * (size_t)own->journal.n : 0;
	*ret_journal = (sj__random_journal){.replays = true, .draws = size ? sj__memory_new(size) : NULL};
	if (ret_journal->draws != NULL) {
		memcpy(ret_journal->draws, own->journal.draws, size);
		ret_journal->n = own->journal.n;
	}
	pthread_mutex_unlock(&c->lock);
	return size == 0 || ret_journal->draws != NULL ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
}

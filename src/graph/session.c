/* Sessions: the values of a graph's variables, plans kept by what they are for, and feeding. */
#include <pthread.h>

#include "base/memory.h"
#include "graph/plan.h"
#include "ops/random_state.h"
#include "tensor/concrete.h"
#include "tensor/local.h"
#include "tensor/variable.h"

/* A session's variables. It is read without the lock: one that became too small stays, behind the one in its place. */
typedef struct table {
	struct table *before;
	int n;
	sj_tensor *of[]; /* by place - 1; NULL: not used yet */
} table;

struct sj_session {
	sj_graph *graph;
	pthread_mutex_t lock; /* of plans and variables */
	sj__plan *plans;      /* the one used last first */
	int n_plans;
	table *variables;
	uint64_t **
		streams; /* how far a node's random numbers have been used: all plans go on where the last one stopped */
	int n_streams, streams_capacity;
	sj__pointers
		streams_of; /* by the node or, of a branch or a function, the position that it has outside of sessions; and by its own position */
};

sj_session *sj_session_now(void) { return sj__local_state.session; }
sj_node *sj_session_failed(void) { return sj__local_state.failed; }

sj_session *sj_session_new(sj_graph *graph)
{
	sj__local_now();
	sj_session *session = NULL;
	sj_status status = graph == NULL ? sj__fail(SJ_INVALID_ARGUMENT, "sj_session_new: the graph is NULL") : SJ_OK;
	if (status == SJ_OK && (session = sj__memory_new_zeroed(sizeof(*session))) == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	if (status != SJ_OK) {
		sj__error_stick(status);
		return NULL;
	}
	session->graph = sj_graph_keep(graph);
	pthread_mutex_init(&session->lock, NULL);
	return session;
}

void sj_session_free(sj_session *session)
{
	if (session == NULL)
		return;
	while (session->plans != NULL) {
		sj__plan *next = session->plans->next;
		sj__plan_destroy(session->plans);
		session->plans = next;
	}
	for (int i = 0; session->variables != NULL && i < session->variables->n; i++)
		sj__drop(session->variables->of[i]);
	while (session->variables != NULL) {
		table *before = session->variables->before;
		sj__memory_free(session->variables);
		session->variables = before;
	}
	for (int i = 0; i < session->n_streams; i++)
		sj__memory_free(session->streams[i]);
	sj__memory_free(session->streams);
	sj__pointers_release(&session->streams_of);
	sj_graph_free(session->graph);
	pthread_mutex_destroy(&session->lock);
	sj__memory_free(session);
}

/* ---- variables ---- */

static bool table_reach(sj_session *session, int place)
{
	const table *old = session->variables;
	int n = session->graph->n_variables > place ? session->graph->n_variables : place;
	if (old != NULL && place <= old->n)
		return true;
	table *wider = sj__memory_new_zeroed(sizeof(*wider) + sizeof(sj_tensor *) * (size_t)n);
	if (wider == NULL)
		return false;
	wider->before = session->variables;
	wider->n = n;
	if (old != NULL)
		memcpy(wider->of, old->of, sizeof(sj_tensor *) * (size_t)old->n);
	__atomic_store_n(&session->variables, wider, __ATOMIC_RELEASE);
	return true;
}

static sj_tensor *instance_find(const sj_session *session, int place)
{
	table *all = __atomic_load_n(&session->variables, __ATOMIC_ACQUIRE);
	return all != NULL && place <= all->n ? __atomic_load_n(&all->of[place - 1], __ATOMIC_ACQUIRE) : NULL;
}

static SJ_NOINLINE sj_tensor *instance_make(sj_session *session, int place, const sj_tensor *variable)
{
	pthread_mutex_lock(&session->lock);
	sj_tensor *instance = instance_find(session, place);
	if (instance == NULL && table_reach(session, place)) {
		instance = sj_variable_new_uninitialized((sj_dtype)variable->dtype,
		                                         (sj_ints){variable->shape.rank, sj__dims(variable)},
		                                         sj_variable_name(variable), variable->variable->trainable);
		const struct sj__variable *v = variable->variable;
		if (instance != &sj__nil_tensor && v->dims != NULL &&
		    sj_variable_set_shape(instance, (sj_ints){v->rank, v->dims}) != SJ_OK) {
			sj_free(instance);
			instance = &sj__nil_tensor;
		}
		instance = instance == &sj__nil_tensor ? NULL : instance;
		__atomic_store_n(&session->variables->of[place - 1], instance, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&session->lock);
	return instance;
}

sj_tensor *sj_session_variable(sj_session *session, sj_tensor *variable)
{
	if (session == NULL || !sj_is_variable(variable) || variable->variable->place == 0 ||
	    variable->variable->graph != session->graph)
		return NULL;
	sj_tensor *instance = instance_find(session, variable->variable->place);
	return SJ_LIKELY(instance != NULL) ? instance : instance_make(session, variable->variable->place, variable);
}

int sj__session_instances(int n, sj_tensor *const *variables, sj_tensor **ret_instances)
{
	sj_session *session = sj__local_state.session;
	for (int i = 0; i < n; i++) {
		const struct sj__variable *v = variables[i]->variable;
		sj_tensor *instance = variables[i];
		if (v->place != 0) {
			instance = session && v->graph == session->graph ? instance_find(session, v->place) : NULL;
			if (SJ_UNLIKELY(instance == NULL && (instance = sj__session_instance(variables[i])) == NULL))
				return i;
		}
		ret_instances[i] = instance;
	}
	return n;
}

sj_tensor *sj__session_instance(sj_tensor *variable) { return sj_session_variable(sj__local_state.session, variable); }

/* ---- running ---- */

/* Under the lock; NULL without memory. */
static uint64_t *stream_of(sj_session *session, const void *node)
{
	int32_t known = sj__pointers_get(&session->streams_of, node);
	if (known >= 0)
		return session->streams[known];
	int n = session->n_streams;
	if (sj__grow(&session->streams, n, &session->streams_capacity, sizeof(*session->streams)) != SJ_OK)
		return NULL;
	uint64_t *own = sj__memory_new_zeroed(sizeof(*own));
	if (own == NULL)
		return NULL;
	session->streams[session->n_streams++] = own;
	bool is_noted = sj__pointers_put(&session->streams_of, own, n) == SJ_OK &&
	                sj__pointers_put(&session->streams_of, node, n) == SJ_OK;
	return is_noted ? own : NULL;
}

uint64_t *sj__session_position(uint64_t *position)
{
	sj_session *session = sj__local_state.session;
	if (session == NULL)
		return sj__random_position_now(position);
	pthread_mutex_lock(&session->lock);
	uint64_t *own = stream_of(session, position);
	pthread_mutex_unlock(&session->lock);
	return own ? own : position;
}

static sj_status streams_set(sj_session *session, sj__plan *plan)
{
	for (int s = 0; s < plan->n_steps; s++) {
		const sj_node *node = plan->steps[s].node;
		if (node->kind != SJ__NODE_OP || !(node->op->flags & SJ__OP_STATEFUL))
			continue;
		uint64_t *own = stream_of(session, node);
		if (own == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		plan->steps[s].position = own;
	}
	return SJ_OK;
}

static SJ_ALWAYS_INLINE bool is_for(const sj__plan *plan, const sj__plan_key *key)
{
	const sj__plan_key *own = &plan->key;
	bool same = own->n_feeds == key->n_feeds && own->n_fetches == key->n_fetches &&
	            own->n_targets == key->n_targets;
	for (int i = 0; same && i < key->n_feeds; i++)
		same = own->feeds[i] == key->feeds[i];
	for (int i = 0; same && i < key->n_fetches; i++)
		same = own->fetches[i] == key->fetches[i];
	for (int i = 0; same && i < key->n_targets; i++)
		same = own->targets[i] == key->targets[i];
	return same;
}

/* Under the lock: the plan comes first, and is counted as running. */
static void plan_put(sj_session *session, sj__plan *plan)
{
	plan->next = session->plans;
	session->plans = plan;
	__atomic_fetch_add(&plan->n_running, 1, __ATOMIC_RELAXED);
}

/* Under the lock. NULL: there is none yet. */
static sj__plan *plan_find(sj_session *session, const sj__plan_key *key)
{
	for (sj__plan **link = &session->plans; *link != NULL; link = &(*link)->next)
		if (is_for(*link, key)) {
			sj__plan *plan = *link;
			*link = plan->next;
			plan_put(session, plan);
			return plan;
		}
	return NULL;
}

/* Under the lock: of many plans the one that was used longest ago goes, unless all of them are running. */
static void plans_limit(sj_session *session)
{
	enum { PLANS_MOST = 500 };
	sj__plan **oldest = NULL;
	if (++session->n_plans <= PLANS_MOST)
		return;
	for (sj__plan **link = &session->plans; *link != NULL; link = &(*link)->next)
		if (__atomic_load_n(&(*link)->n_running, __ATOMIC_ACQUIRE) == 0)
			oldest = link;
	if (oldest == NULL)
		return;
	sj__plan *plan = *oldest;
	*oldest = plan->next;
	session->n_plans--;
	sj__plan_destroy(plan);
}

/* The caller counts the plan as running no more when it is done with it. */
static sj_status plan_for(sj_session *session, const sj__plan_key *key, sj__plan **ret_plan)
{
	pthread_mutex_lock(&session->lock);
	sj__plan *plan = plan_find(session, key);
	pthread_mutex_unlock(&session->lock);
	*ret_plan = plan;
	if (plan != NULL)
		return SJ_OK;
	sj_status status = sj__plan_make(session->graph, key, NULL, &plan);
	pthread_mutex_lock(&session->lock);
	if (status == SJ_OK)
		status = streams_set(session, plan);
	if (status == SJ_OK) {
		plan_put(session, plan);
		plans_limit(session);
		*ret_plan = plan;
	} else {
		sj__plan_destroy(plan);
	}
	pthread_mutex_unlock(&session->lock);
	return status;
}

static sj_status tensor_is_good(const sj_session *session, const char *what, int i, const sj_tensor *t)
{
	if (!sj_tensor_is_symbolic(t))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_session_run: %s %d is no tensor of a graph", what, i);
	if (sj_tensor_graph(t) != session->graph)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_session_run: %s %d ('%s') is not of this session's graph",
		                what, i, t->node ? t->node->name : "its graph was released");
	return SJ_OK;
}

static sj_status feed_is_good(const sj_session *session, int i, const sj_tensor *feed, const sj_tensor *value)
{
	sj_status status = tensor_is_good(session, "feed", i, feed);
	if (status != SJ_OK)
		return status;
	if (!sj_tensor_is_valid(value) || sj__is_symbolic(value))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_session_run: the value fed to '%s' is no ordinary tensor",
		                feed->node->name);
	if (value->dtype != feed->dtype)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_session_run: '%s:0' is %s, the value fed to it is %s",
		                feed->node->name, sj_dtype_name((sj_dtype)feed->dtype),
		                sj_dtype_name((sj_dtype)value->dtype));
	if (!sj__shapes_may_match(feed, value))
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "Cannot feed value of shape %s for Tensor '%s:0', which has shape %s",
		                sj__shape_text(value), feed->node->name, sj__shape_text(feed));
	return SJ_OK;
}

static sj_status key_is_good(const sj_session *session, const sj__plan_key *key, sj_tensor *const *values)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < key->n_feeds && status == SJ_OK; i++)
		status = feed_is_good(session, i, key->feeds[i], values[i]);
	for (int i = 0; i < key->n_fetches && status == SJ_OK; i++)
		status = tensor_is_good(session, "fetch", i, key->fetches[i]);
	for (int i = 0; i < key->n_targets && status == SJ_OK; i++)
		if (key->targets[i] == NULL || key->targets[i]->graph != session->graph)
			status = sj__fail(SJ_INVALID_ARGUMENT,
			                  "sj_session_run: target %d is not of this session's graph", i);
	return status;
}

static sj_status values_take(int n, sj_tensor *const *values, sj_tensor **ret_taken)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < n && status == SJ_OK; i++)
		status = sj__concrete("sj_session_run", values[i], &ret_taken[i]);
	return status;
}

/* A run is not differentiated, and appends to no graph, whoever calls it. is_plain: the values are ordinary tensors of shapes that fit. */
static SJ_ALWAYS_INLINE sj_status run_apart(sj_session *session, sj__plan *plan, sj_tensor *const *values,
                                            bool is_plain, sj_tensor **ret_values)
{
	sj__local *thread = &sj__local_state;
	sj_session *outer = thread->session;
	struct sj_graph *open = thread->graph;
	int32_t recording = thread->recording;
	thread->session = session;
	thread->graph = NULL;
	thread->recording = 0;
	sj_status status = is_plain && plan->is_short && plan->straight != NULL && sj__straight_may_run(thread)
	                           ? sj__straight_run(plan, values, ret_values)
	                           : sj__plan_run(plan, values, ret_values);
	thread->recording = recording;
	thread->graph = open;
	thread->session = outer;
	return status;
}

static void plan_end(sj__plan *plan) { __atomic_fetch_sub(&plan->n_running, 1, __ATOMIC_RELEASE); }

/* A key that the last run did not have, or values or arguments that something has to be done or said about. */
static SJ_NOINLINE sj_status run_slowly(sj_session *session, const sj__plan_key *key, sj_tensor *const *values,
                                        bool has_arrays, sj_tensor **ret_values)
{
	sj__plan *plan = NULL;
	if (session == NULL || !has_arrays || key->n_feeds < 0 || key->n_fetches < 0 || key->n_targets < 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_session_run: %s",
		                session ? "an array is NULL or a count negative" : "the session is NULL");
	sj_status status = key_is_good(session, key, values);
	if (status != SJ_OK)
		return status;
	sj_tensor **taken = sj__memory_new_zeroed(sizeof(*taken) * ((size_t)key->n_feeds + 1));
	if (taken == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	status = values_take(key->n_feeds, values, taken);
	if (status == SJ_OK)
		status = plan_for(session, key, &plan);
	if (status == SJ_OK) {
		status = run_apart(session, plan, taken, false, ret_values);
		plan_end(plan);
	}
	for (int i = 0; i < key->n_feeds; i++)
		sj__drop(taken[i]);
	sj__memory_free(taken);
	return status;
}

/* The plan used last, where it is for the key, whose tensors it vouches for; it counts as running. NULL: another. */
static SJ_ALWAYS_INLINE sj__plan *plan_again(sj_session *session, const sj__plan_key *key)
{
	bool are_many = SJ__COUNTS_ARE_SHARED;
	if (are_many)
		pthread_mutex_lock(&session->lock);
	sj__plan *plan = session->plans;
	if (plan != NULL && !is_for(plan, key))
		plan = NULL;
	if (plan != NULL)
		__atomic_fetch_add(&plan->n_running, 1, __ATOMIC_RELAXED);
	if (are_many)
		pthread_mutex_unlock(&session->lock);
	return plan;
}

/* Ordinary tensors that fit. */
static SJ_ALWAYS_INLINE bool values_are_plain(const sj__plan_key *key, sj_tensor *const *values)
{
	for (int i = 0; i < key->n_feeds; i++) {
		const sj_tensor *t = values[i], *feed = key->feeds[i];
		if (!sj__is_live(t) || t->flags != 0 || t->dtype != feed->dtype ||
		    !(sj__same_shape(t, feed) || sj__shapes_may_match(feed, t)))
			return false;
	}
	return true;
}

sj_status sj_session_run(sj_session *session, int n_feeds, sj_tensor *const *feeds, sj_tensor *const *values,
                         int n_fetches, sj_tensor *const *fetches, int n_targets, sj_node *const *targets,
                         sj_tensor **ret_values)
{
	sj__local_now()->failed = NULL;
	sj__plan_key key = {n_feeds, n_fetches, n_targets, feeds, fetches, targets};
	bool has_arrays = (n_feeds == 0 || (feeds != NULL && values != NULL)) &&
	                  (n_fetches == 0 || (fetches != NULL && ret_values != NULL)) &&
	                  (n_targets == 0 || targets != NULL);
	sj__plan *plan = session != NULL && has_arrays ? plan_again(session, &key) : NULL;
	bool is_ready = plan != NULL && values_are_plain(&key, values);
	sj_status status = SJ_OK;
	if (SJ_LIKELY(is_ready))
		status = run_apart(session, plan, values, true, ret_values);
	if (plan != NULL)
		plan_end(plan);
	return SJ_LIKELY(is_ready) ? status : run_slowly(session, &key, values, has_arrays, ret_values);
}

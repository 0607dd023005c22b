/* What the library keeps for each thread: the scope's stack of tensors, the pool of handles, the tape's log. */
#ifndef SOKUJI_TENSOR_LOCAL_H
#define SOKUJI_TENSOR_LOCAL_H

#include "base/denormals.h"
#include "tensor/tensor.h"

struct sj__log;
struct sj_graph;
struct sj_node;
struct sj_session;

typedef struct sj__local {
	uint32_t number;            /* 0 before the thread's first use of the library */
	int32_t region_depth;       /* scopes and executes open: denormals are flushed inside */
	uint32_t denormals_before;  /* the mode to go back to, where callbacks can be reached */
	int32_t recording;          /* open tapes, 0 while paused */
	uint64_t tape_epoch;        /* of the log now being written; 0: none */
	struct sj_graph *graph;     /* open: operations are appended to it; NULL: they run */
	struct sj_session *session; /* that runs, or NULL */
	struct sj_node *failed;     /* at which a run failed since the last began */
	bool is_observed;           /* somebody is told of every node that a plan runs */
	bool asked_values;          /* a rule asked for a value that is not known yet */
	sj_tensor **owned;          /* the scopes' tensors */
	int64_t n_owned, owned_capacity;
	int64_t n_scopes;
	sj_tensor *free_handles;    /* linked through `data` */
	sj_tensor *foreign_handles; /* the same, of handles that other threads made */
	int32_t n_foreign_handles;
	struct sj__log *log;
	void (*log_release)(struct sj__log *log); /* set by the tape's room: ends the log with the thread */
} sj__local;

extern SJ_HIDDEN SJ_THREAD_LOCAL sj__local sj__local_state;

/* Registers the thread on its first use. */
void sj__local_register(void) SJ_COLD;

static SJ_ALWAYS_INLINE sj__local *sj__local_now(void)
{
	sj__local *thread = &sj__local_state;
	if (SJ_UNLIKELY(thread->number == 0))
		sj__local_register();
	return thread;
}

/*
 * Around a callback of the program's: outside of all regions, with the mode that the outermost one found. Scopes that the callback ends
 * too many, or leaves open, still count.
 */
typedef struct sj__outside {
	int32_t region_depth;
	uint32_t denormals_before;
} sj__outside;

static inline sj__outside sj__outside_begin(void)
{
	sj__local *thread = &sj__local_state;
	sj__outside around = {thread->region_depth, thread->denormals_before};
	thread->region_depth = 0;
	if (around.region_depth > 0)
		sj__denormals_flush_end(around.denormals_before);
	return around;
}

static inline void sj__outside_end(sj__outside around)
{
	sj__local *thread = &sj__local_state;
	thread->region_depth += around.region_depth;
	thread->denormals_before = around.denormals_before;
	if (thread->region_depth > 0)
		sj__denormals_flush_begin();
}

/*
 * A released handle that another thread made: such ones go back to all threads in bunches, so that a producer and a consumer do not
 * use up ever more handles.
 */
void sj__handle_return_foreign(sj__local *thread, sj_tensor *handle) SJ_COLD;
/* Takes the handles that all threads left, if there are any. */
void sj__handles_adopt(sj__local *thread);

/* Gives an own reference to the open scope and returns the tensor; nil (and the reference is dropped) without memory. */
sj_tensor *sj__scope_push_slow(sj__local *thread, sj_tensor *tensor) SJ_COLD;

static SJ_ALWAYS_INLINE sj_tensor *sj__scope_push(sj_tensor *tensor)
{
	sj__local *thread = &sj__local_state;
	if (SJ_UNLIKELY(thread->n_owned == thread->owned_capacity))
		return sj__scope_push_slow(thread, tensor);
	thread->owned[thread->n_owned++] = tensor;
	return tensor;
}

#endif

/* What functions under a tape are kept as (taped_find.c), how a gradient is written down for it (taped_gradient.c): for taped.c alone. */
#ifndef SOKUJI_GRAPH_TAPED_PARTS_H
#define SOKUJI_GRAPH_TAPED_PARTS_H

#include "base/memory.h"
#include "base/threads.h"
#include "graph/program.h"
#include "graph/taped.h"

/* The plan backward for some of the outputs' gradients and some of the inputs'. */
typedef struct sj__taped_backward {
	struct sj__taped_backward *next;
	sj__plan *plan;
	bool *has_dy, *needs; /* by output, by port */
	int *fetch_of;        /* by port: which of the plan's results; -1: none */
	bool is_kept;         /* among the entry's, else its caller's */
} sj__taped_backward;

/* For the shapes of the inputs and which of them are followed. */
typedef struct sj__taped_entry {
	struct sj__taped_entry *next;
	int32_t refs;
	int n_times;
	int64_t *numbers; /* what it is for */
	sj__plan *forward;
	int n_saved, n_ports, n_ys;
	int32_t *
		saved; /* slots of the function's plan whose values the gradient reads: the last results of `forward` */
	int32_t *ports; /* a slot that is followed for each of its uses: the last operation's first */
	int32_t *ys;    /* which of the function's outputs are the record's */
	sj__taped_backward *backwards;
} sj__taped_entry;

struct sj__taped {
	sj__lock *lock;
	bool is_good;
	int n_reads;
	int32_t *reads;           /* the steps that read variables */
	sj__taped_entry *entries; /* the one used last first */
};

/* ---- taped_find.c ---- */
/* What is kept of the function; NULL without memory. */
struct sj__taped *sj__taped_of(sj_concrete_function *f);
/* By slot: inputs that a tape may follow, and variables. Whether there are any. */
bool sj__taped_follows(const sj_concrete_function *f, const struct sj__taped *t, sj_tensor *const *feeds,
                       bool *follows);
/* The entry to run with, kept; NULL: the plan as it is. */
sj__taped_entry *sj__taped_entry_begin(const sj_concrete_function *f, struct sj__taped *t, sj_tensor *const *feeds,
                                       const bool *follows);
void sj__taped_entry_free(sj__taped_entry *e);
void sj__taped_backward_free(sj__taped_backward *b);

/* ---- taped_gradient.c ---- */
/* The outputs that depend on what is followed, each once; an input or a variable's value that is handed on stands for itself. */
sj_status sj__taped_ys_find(const sj_concrete_function *f, sj__taped_entry *e, const bool *follows);
/*
 * values: the inputs, of which nothing but dtypes and shapes counts. has_dy, needs NULL: the entry's first, for all of them, with which it becomes known what is
 * saved, and the plan forward.
 */
sj_status sj__taped_backward_make(const sj_concrete_function *f, sj__taped_entry *e, const bool *follows,
                                  sj_tensor *const *values, const bool *has_dy, const bool *needs,
                                  sj__taped_backward **ret);
/* The user's tensor that is in a slot which some step fills. */
sj_tensor *sj__taped_slot_tensor(const sj__plan *plan, int32_t slot);

static inline bool sj__taped_is_floating(const sj_tensor *t)
{
	return t->dtype == SJ_FLOAT32 || t->dtype == SJ_FLOAT64;
}

#endif

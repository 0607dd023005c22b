/*
 * What tapes record: one log per thread, a list of records in a bump arena. A tracked tensor has a slot, a small number that
 * indexes plain arrays in the backward walk: nothing is hashed. Slots are dealt per epoch, and an epoch ends when no tape is left.
 */
#ifndef SOKUJI_GRADIENT_LOG_H
#define SOKUJI_GRADIENT_LOG_H

#include "ops/op.h"
#include "sokuji/tape.h"
#include "tensor/local.h"

/* In a record's input slots: the slot is a trainable variable's, which most tapes watch by themselves. */
#define SJ__SLOT_VARIABLE 0x80000000u
#define SJ__SLOT(bits) ((bits) & ~SJ__SLOT_VARIABLE)

/* Behind the tensors lie as many slots (0: not tracked), and behind those the arguments. */
typedef struct sj__record {
	struct sj__record *previous, *next;
	const sj_op *op;  /* NULL: a gradient of the caller's own */
	const void *args; /* the operation's, or a struct sj__custom */
	int32_t n_inputs, n_outputs;
	sj_tensor *tensors[]; /* the inputs' and then the outputs', saved: whole, shape-only or NULL */
} sj__record;

struct sj__custom {
	sj_gradient_function *function;
	void *context;
	void (*release)(void *context);
	sj__call_gradient *call; /* in the function's place; NULL: none */
};

static SJ_ALWAYS_INLINE sj_tensor **sj__record_outputs(sj__record *r) { return r->tensors + r->n_inputs; }
static SJ_ALWAYS_INLINE uint32_t *sj__record_input_slots(const sj__record *r)
{
	return (uint32_t *)(r->tensors + r->n_inputs + r->n_outputs);
}
static SJ_ALWAYS_INLINE uint32_t *sj__record_output_slots(const sj__record *r)
{
	return sj__record_input_slots(r) + r->n_inputs;
}

struct sj__chunk;

/* Foreign handles (made by other threads) have their slots here: a table of pointers, open addressing. */
typedef struct sj__slot_map {
	const void **keys;
	uint32_t *slots;
	int64_t capacity, count;
} sj__slot_map;

typedef struct sj__log {
	bool has_symbolic;      /* some record holds symbolic tensors */
	struct sj__log *parked; /* logs of graphs that were built on this thread and left tapes behind */
	sj__record *first, *last;
	uint32_t n_slots; /* slots 1 .. n_slots are dealt */
	int n_tapes;      /* alive, recording or not */
	int n_open;       /* recording */
	int paused;
	struct sj__chunk *chunks; /* newest first */
	char *next, *end;         /* what is left of the newest */
	sj__slot_map foreign;
	struct sj_tape *open;  /* recording tapes, innermost first */
	struct sj_tape *live;  /* all that n_tapes counts, newest first */
	struct sj_tape *ended; /* structs to be used again */
	uint64_t n_events;     /* beginnings and ends of tapes: their order */
	int busy;              /* records are being walked or let go: none may be unlinked */
	bool is_stale;         /* a tape ended meanwhile */
} sj__log;

/* n bytes of the arena; NULL without memory. */
void *sj__log_room_slow(sj__log *log, size_t n) SJ_COLD;

static SJ_ALWAYS_INLINE size_t sj__log_round(size_t n) { return (n + 15) & ~(size_t)15; }

/* Bytes of a record with its arrays, without its arguments. */
static SJ_ALWAYS_INLINE size_t sj__record_size(int n_inputs, int n_outputs)
{
	size_t n_ports = (size_t)n_inputs + (size_t)n_outputs;
	return sj__log_round(sizeof(sj__record) + n_ports * (sizeof(sj_tensor *) + sizeof(uint32_t)));
}

static SJ_ALWAYS_INLINE sj__record *sj__record_at(char *bytes, int n_inputs, int n_outputs)
{
	sj__record *r = (sj__record *)bytes;
	r->n_inputs = n_inputs;
	r->n_outputs = n_outputs;
	r->args = bytes + sj__record_size(n_inputs, n_outputs);
	return r;
}

/*
 * Room for a record with its arrays (not yet filled) and n_args bytes of arguments, not yet in the list; NULL where the newest chunk
 * has no such room left.
 */
static SJ_ALWAYS_INLINE sj__record *sj__log_room_left(sj__log *log, int n_inputs, int n_outputs, size_t n_args)
{
	char *bytes = log->next;
	size_t n = sj__record_size(n_inputs, n_outputs) + sj__log_round(n_args);
	if (SJ_UNLIKELY((size_t)(log->end - bytes) < n))
		return NULL;
	log->next = bytes + n;
	return sj__record_at(bytes, n_inputs, n_outputs);
}

/* The same with a new chunk if need be; NULL without memory. */
static inline sj__record *sj__log_room(sj__log *log, int n_inputs, int n_outputs, size_t n_args)
{
	sj__record *r = sj__log_room_left(log, n_inputs, n_outputs, n_args);
	if (SJ_LIKELY(r != NULL))
		return r;
	char *bytes = sj__log_room_slow(log, sj__record_size(n_inputs, n_outputs) + sj__log_round(n_args));
	return bytes == NULL ? NULL : sj__record_at(bytes, n_inputs, n_outputs);
}

/* Puts a filled record at the list's end. */
static SJ_ALWAYS_INLINE void sj__log_append(sj__log *log, sj__record *r)
{
	r->previous = log->last;
	r->next = NULL;
	if (log->last != NULL)
		log->last->next = r;
	else
		log->first = r;
	log->last = r;
}

/* Lets go of what a record holds; it stays in the list. */
void sj__record_release(sj__record *record);
/* Lets go of what the records behind before_first (NULL: all) hold, which is not noted in them: they are to be forgotten. */
void sj__log_release(sj__log *log, const sj__record *before_first);
/* Forgets all records, which hold nothing any more, and all slots. */
void sj__log_forget(sj__log *log);
/* Takes a released record out of the list; its memory is used again when sj__log_shrink finds none after or before it in the list. */
void sj__log_unlink(sj__log *log, sj__record *record);
/* After unlinking: `end` is the lowest of the records that were unlinked at the list's end, or NULL. */
void sj__log_shrink(sj__log *log, sj__record *end);

uint32_t sj__slot_of_foreign(const sj__log *log, const sj_tensor *t) SJ_COLD;
uint32_t sj__slot_give_foreign(sj__log *log, sj_tensor *t, uint32_t bits) SJ_COLD;

/* The slot of a handle in this thread's log, 0 when it has none. */
static SJ_ALWAYS_INLINE uint32_t sj__slot_of(const sj__log *log, const sj_tensor *t)
{
	const sj__local *local = &sj__local_state;
	if (SJ_UNLIKELY(t->owner != local->number))
		return sj__slot_of_foreign(log, t);
	return t->tape_epoch == local->tape_epoch ? t->tape_slot : 0;
}

/* Gives the handle a slot (the one it has, or a new one); 0 without memory. */
static SJ_ALWAYS_INLINE uint32_t sj__slot_give(sj__log *log, sj_tensor *t, uint32_t bits)
{
	const sj__local *local = &sj__local_state;
	if (SJ_UNLIKELY(t->owner != local->number))
		return sj__slot_give_foreign(log, t, bits);
	if (t->tape_epoch != local->tape_epoch) {
		t->tape_epoch = local->tape_epoch;
		t->tape_slot = ++log->n_slots | bits;
	}
	return t->tape_slot;
}

/* ---- backward.c ---- */

typedef struct sj__walk {
	sj__log *log;
	sj__record *before_first; /* the record before the tape's first; NULL: the log's first */
	sj__record *last;         /* NULL: nothing was recorded */
	uint32_t n_slots_before;  /* dealt before the tape began */
	const uint32_t *watched;
	int n_watched;
	bool watches_variables;
	bool consumes; /* records may be released as the walk passes them */
} sj__walk;

/* ---- early.c ---- */

typedef struct sj__early sj__early;

/* The table of a walk's slots up to n_slots_before; NULL without memory. */
sj__early *sj__early_make(const sj__walk *walk, int n_sources, sj_tensor *const *sources);
/* From 1 to the table's count for a slot in it, 0 for one that is not, and for those after n_before one by one behind. */
uint32_t sj__early_place(const sj__early *early, uint32_t slot, uint32_t n_before) SJ_COLD;
uint32_t sj__early_count(const sj__early *early);

/*
 * Fills ret_gradients with own references (NULL: independent). Runs gradient rules as ordinary operations on this thread.
 * On failure everything is released and the error sticks.
 */
sj_status sj__backward(const sj__walk *walk, int n_targets, sj_tensor *const *targets, sj_tensor *const *weights,
                       int n_sources, sj_tensor *const *sources, sj_tensor **ret_gradients);

#endif

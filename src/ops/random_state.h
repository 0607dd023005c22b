/* Seeds, and how far each seeded stream has been used: the process's one state of random numbers. */
#ifndef SOKUJI_OPS_RANDOM_STATE_H
#define SOKUJI_OPS_RANDOM_STATE_H

#include "base/philox.h"
#include "ops/op.h"

/* The two seeds of a call, as TensorFlow derives them from the global seed and the operation's (which may be not given). */
typedef struct sj__random_seeds {
	int64_t seed, seed2;
	bool is_drawn;    /* seed2 was drawn from the global seed's generator: no other call has it */
	uint32_t drawn;   /* the number drawn */
	uint64_t n_draws; /* how many had been drawn then */
} sj__random_seeds;

sj__random_seeds sj__random_seeds_for(sj_int_option op_seed);
/* The call failed: what was drawn for it is drawn again by the next. */
void sj__random_seeds_return(const sj__random_seeds *seeds);

/*
 * Takes n_groups groups of the stream of these seeds and returns where they begin. A call with the same operation, seeds and
 * dtypes as one before goes on where that one stopped; seeds 0 and 0 are a stream from the machine's entropy. Never fails.
 */
sj__philox sj__random_reserve(const sj__call *call, int64_t seed, int64_t seed2, uint64_t n_groups);

/* The call was interrupted: what it has just taken of its stream is taken by the next, unless another thread has gone on there. */
void sj__random_give_back(const sj__call *call);

/*
 * While *position is set on this thread, calls with seeds count there instead of in the common table (a graph's node, a call
 * whose seeds are its own). NULL: the common table. Returns what was set before.
 */
uint64_t *sj__random_use_position(uint64_t *position);

/* The position of a function's node: at the beginning again where the global seed has been set since it was used. */
uint64_t *sj__random_position_now(uint64_t *position);

/*
 * What a call drew, in order, so that a second run of it (its gradient) has the same numbers. From begin to end on this thread draws are noted in
 * the innermost journals, or, where one replays, come from it as long as it lasts. The draws are the caller's, to be freed with sj__memory_free.
 */
typedef struct sj__random_journal {
	sj__philox *draws;
	int n, capacity, at;
	bool replays;
	struct sj__random_journal *outer;
} sj__random_journal;

void sj__random_journal_begin(sj__random_journal *journal);
void sj__random_journal_end(void);

/* Replaces the source of entropy, for tests; NULL puts the machine's back. The entropy's stream begins anew. */
void sj__random_set_entropy(void (*fill)(void *bytes, size_t n));

#endif

/* A tape: a stretch of its thread's log and what it watches. */
#ifndef SOKUJI_TAPE_TAPE_H
#define SOKUJI_TAPE_TAPE_H

#include "gradient/log.h"

struct sj_tape {
	uint32_t magic;
	uint32_t owner; /* number of the thread it records */
	bool persistent, watches_variables, is_open;
	uint64_t began, ended; /* the log's count of events then */
	sj__log *log;
	uint32_t n_slots_before;
	sj__record *before_first;
	sj__record *last;  /* once it is ended */
	uint32_t *watched; /* slots */
	int n_watched, watched_capacity;
	struct sj_tape *outer; /* the next open tape of the thread */
	struct sj_tape *older; /* the next live one */
};

/* Lets go of the records that no live tape needs, of those behind before_first (NULL: of all); put off while records are walked. */
void sj__tape_sweep(sj__log *log, const sj__record *before_first);

void sj__tapes_set_aside(sj__tapes_aside *aside);
void sj__tapes_bring_back(const sj__tapes_aside *aside);

#endif

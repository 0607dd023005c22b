/*
 * Letting go of the records that no tape needs any more, where other tapes of the thread live on: one that was never asked for
 * gradients, or a persistent one, must not hold what the tapes after it recorded. A tape needs the stretch of the log that it recorded.
 */
#include "tape/tape.h"

/* Walks a log from its last record back, knowing how many tapes need each record. */
typedef struct sweep {
	sj__log *log;
	sj__record *at;
	int n_needing;
} sweep;

/* At a record: tapes whose stretch begins after it leave, ended ones whose stretch ends with it come. */
static void tapes_count(sweep *s)
{
	for (const sj_tape *t = s->log->live; t != NULL; t = t->older) {
		bool is_empty = !t->is_open && t->last == NULL;
		if (!is_empty && t->before_first == s->at)
			s->n_needing--;
		if (!t->is_open && t->last == s->at)
			s->n_needing++;
	}
}

static sweep sweep_begin(sj__log *log)
{
	sweep s = {.log = log, .at = log->last};
	for (const sj_tape *t = log->live; t != NULL; t = t->older)
		s.n_needing += t->is_open;
	if (s.at != NULL)
		tapes_count(&s);
	return s;
}

static void sweep_step(sweep *s)
{
	s->at = s->at->previous;
	if (s->at != NULL)
		tapes_count(s);
}

static void unneeded_release(sj__log *log, const sj__record *before_first)
{
	for (sweep s = sweep_begin(log); s.at != NULL && s.at != before_first; sweep_step(&s))
		if (s.n_needing == 0)
			sj__record_release(s.at);
}

/* The tapes that begin after a record that goes begin after the one before it. */
static void unlink(sj__log *log, sj__record *r)
{
	for (sj_tape *t = log->live; t != NULL; t = t->older)
		if (t->before_first == r)
			t->before_first = r->previous;
	sj__log_unlink(log, r);
}

static void unneeded_unlink(sj__log *log, const sj__record *before_first)
{
	sj__record *end = NULL;
	for (sweep s = sweep_begin(log); s.at != NULL && s.at != before_first;) {
		sj__record *r = s.at;
		bool is_needed = s.n_needing > 0;
		sweep_step(&s);
		if (is_needed)
			continue;
		if (r == log->last)
			end = r;
		unlink(log, r);
	}
	sj__log_shrink(log, end);
}

/* What a record holds may end other tapes as it goes (an object of the caller's own): then all is looked through again. */
void sj__tape_sweep(sj__log *log, const sj__record *before_first)
{
	if (log->busy > 0) {
		log->is_stale = true;
		return;
	}
	if (log->is_stale)
		before_first = NULL;
	log->busy++;
	do {
		log->is_stale = false;
		unneeded_release(log, before_first);
		if (log->is_stale)
			before_first = NULL;
	} while (log->is_stale);
	log->busy--;
	unneeded_unlink(log, before_first);
}

/* Tapes: opening, watching, pausing, ending, and asking for gradients. */
#include "tape/tape.h"

#include "base/memory.h"
#include "sokuji/scope.h"
#include "sokuji/variable.h"
#include "tensor/local.h"

enum { TAPE_LIVE = 0x54415045 };

static uint64_t last_epoch;

static void log_release(sj__log *log)
{
	sj__log_release(log, NULL);
	sj__log_forget(log);
	while (log->live != NULL) {
		sj_tape *older = log->live->older;
		sj__memory_free(log->live->watched);
		sj__memory_free(log->live);
		log->live = older;
	}
	while (log->ended != NULL) {
		sj_tape *next = log->ended->outer;
		sj__memory_free(log->ended);
		log->ended = next;
	}
	sj__memory_free(log->chunks);
	while (log->parked != NULL) {
		sj__log *next = log->parked->parked;
		log->parked->parked = NULL;
		log_release(log->parked);
		log->parked = next;
	}
	sj__memory_free(log);
}

static sj__log *log_now(sj__local *local)
{
	if (local->log == NULL) {
		local->log = sj__memory_new_zeroed(sizeof(sj__log));
		local->log_release = log_release;
	}
	return local->log;
}

static void recording_update(sj__local *local) { local->recording = local->log->paused ? 0 : local->log->n_open; }

void sj__tapes_set_aside(sj__tapes_aside *aside)
{
	sj__local *local = &sj__local_state;
	*aside = (sj__tapes_aside){local->log, local->recording, local->tape_epoch};
	local->log = NULL;
	local->recording = 0;
	local->tape_epoch = 0;
}

/* A log whose tapes somebody still has is kept with the log that comes back, until the thread ends. */
void sj__tapes_bring_back(const sj__tapes_aside *aside)
{
	sj__local *local = &sj__local_state;
	sj__log *inner = local->log;
	local->log = aside->log;
	local->recording = aside->recording;
	local->tape_epoch = aside->epoch;
	if (inner == NULL)
		return;
	if (inner->live == NULL && inner->parked == NULL) {
		log_release(inner);
		return;
	}
	sj__log_release(inner, NULL);
	sj__log *outer = log_now(local), *last = inner;
	if (outer == NULL)
		return;
	while (last->parked != NULL)
		last = last->parked;
	last->parked = outer->parked;
	outer->parked = inner;
}

/* Structs of ended tapes are kept for the next ones, so that a tape used up can be told by its magic number. */
static sj_tape *struct_take(sj__log *log)
{
	sj_tape *tape = log->ended;
	if (tape == NULL)
		return sj__memory_new(sizeof(*tape));
	log->ended = tape->outer;
	return tape;
}

static sj_tape *tape_begin(bool persistent)
{
	sj__local *local = sj__local_now();
	sj__log *log = log_now(local);
	sj_tape *tape = log ? struct_take(log) : NULL;
	if (tape == NULL) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return NULL;
	}
	if (log->n_tapes++ == 0)
		local->tape_epoch = __atomic_add_fetch(&last_epoch, 1, __ATOMIC_RELAXED);
	*tape = (sj_tape){.magic = TAPE_LIVE,
	                  .owner = local->number,
	                  .persistent = persistent,
	                  .watches_variables = true,
	                  .is_open = true,
	                  .began = ++log->n_events,
	                  .log = log,
	                  .n_slots_before = log->n_slots,
	                  .before_first = log->last,
	                  .outer = log->open,
	                  .older = log->live};
	log->open = log->live = tape;
	log->n_open++;
	recording_update(local);
	return tape;
}

sj_tape *sj_tape_begin(void) { return tape_begin(false); }
sj_tape *sj_tape_begin_persistent(void) { return tape_begin(true); }

static sj_status tape_is_good(const char *who, const sj_tape *tape)
{
	if (tape == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the tape is NULL", who);
	if (tape->magic != TAPE_LIVE)
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "%s: the tape was used up or freed; a persistent tape answers more than once", who);
	if (tape->owner != sj__local_now()->number)
		return sj__fail(SJ_FAILED_PRECONDITION, "%s: the tape belongs to another thread", who);
	if (tape->log != sj__local_state.log)
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "%s: the tape was opened in or outside of another graph than the one open now", who);
	return SJ_OK;
}

static sj_status stuck(sj_status status)
{
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

void sj_tape_watch_variables(sj_tape *tape, bool watch)
{
	if (stuck(tape_is_good("sj_tape_watch_variables", tape)) == SJ_OK)
		tape->watches_variables = watch;
}

static sj_status watched_add(sj_tape *tape, uint32_t slot)
{
	if (tape->n_watched == tape->watched_capacity) {
		int capacity = tape->watched_capacity ? tape->watched_capacity * 2 : 8;
		uint32_t *watched = sj__memory_resize(tape->watched, sizeof(*watched) * (size_t)tape->n_watched,
		                                      sizeof(*watched) * (size_t)capacity);
		if (watched == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		tape->watched = watched;
		tape->watched_capacity = capacity;
	}
	tape->watched[tape->n_watched++] = slot;
	return SJ_OK;
}

sj_status sj_tape_watch(sj_tape *tape, sj_tensor *t)
{
	sj_status status = tape_is_good("sj_tape_watch", tape);
	if (status == SJ_OK && !sj_tensor_is_valid(t))
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_tape_watch: the tensor is %s", t ? "not valid" : "NULL");
	if (status == SJ_OK && !sj_dtype_is_floating((sj_dtype)t->dtype) && t->dtype != SJ_COMPLEX64 &&
	    t->dtype != SJ_COMPLEX128)
		status = sj__fail(SJ_INVALID_ARGUMENT,
		                  "sj_tape_watch: the tensor is %s; only floating tensors have gradients",
		                  sj_dtype_name((sj_dtype)t->dtype));
	if (status == SJ_OK && t->flags & SJ__FLAG_SLICES)
		status =
			sj__fail(SJ_INVALID_ARGUMENT,
		                 "sj_tape_watch: the tensor is indexed slices; watch sj_identity of it, or its values");
	if (status != SJ_OK)
		return stuck(status);
	bool automatic = sj_is_variable(t) && sj_variable_is_trainable(t);
	uint32_t bits = sj__slot_give(tape->log, t, automatic ? SJ__SLOT_VARIABLE : 0);
	return stuck(bits == 0 ? SJ_RESOURCE_EXHAUSTED : watched_add(tape, SJ__SLOT(bits)));
}

static void tape_close(sj_tape *tape)
{
	sj__log *log = tape->log;
	if (!tape->is_open)
		return;
	for (sj_tape **link = &log->open; *link != NULL; link = &(*link)->outer)
		if (*link == tape) {
			*link = tape->outer;
			break;
		}
	tape->is_open = false;
	tape->ended = ++log->n_events;
	tape->last = log->last == tape->before_first ? NULL : log->last;
	log->n_open--;
	recording_update(&sj__local_state);
}

void sj_tape_end(sj_tape *tape)
{
	if (stuck(tape_is_good("sj_tape_end", tape)) == SJ_OK)
		tape_close(tape);
}

sj_status sj_tape_reopen(sj_tape *tape)
{
	sj_status status = tape_is_good("sj_tape_reopen", tape);
	if (status != SJ_OK || tape->is_open)
		return stuck(status);
	sj__log *log = tape->log;
	if (tape->last == NULL)
		tape->before_first = log->last;
	tape->is_open = true;
	tape->outer = log->open;
	log->open = tape;
	log->n_open++;
	recording_update(&sj__local_state);
	return SJ_OK;
}

/* ---- letting go ---- */

/* True when nothing of this epoch is left that a tape could be asked about. */
static bool nothing_is_known(const sj__log *log)
{
	bool is_nothing = log->last == NULL;
	for (const sj_tape *t = log->live; t != NULL; t = t->older)
		is_nothing &= t->n_watched == 0;
	return is_nothing;
}

/* Slots are dealt from 1 again; the live tapes, which know nothing yet, go on. */
static void epoch_renew(sj__log *log)
{
	sj__log_forget(log);
	for (sj_tape *t = log->live; t != NULL; t = t->older) {
		t->before_first = NULL;
		t->n_slots_before = 0;
	}
	sj__local_state.tape_epoch = log->live ? __atomic_add_fetch(&last_epoch, 1, __ATOMIC_RELAXED) : 0;
}

/* An open tape that began before holds all that came after its beginning. */
static bool is_within_another(const sj__log *log, uint64_t began)
{
	for (const sj_tape *t = log->open; t != NULL; t = t->outer)
		if (t->began < began)
			return true;
	return false;
}

/* No tape is left; but the caller's own contexts may begin and end some as they go. */
static void everything_let_go(sj__log *log)
{
	sj__record *done = NULL;
	log->busy++;
	while (log->live == NULL && log->last != done) {
		sj__record *last = log->last;
		sj__log_release(log, done);
		done = last;
	}
	log->busy--;
	if (SJ_UNLIKELY(log->live != NULL))
		for (sj__record *r = done; r != NULL; r = r->previous)
			r->n_inputs = r->n_outputs = 0;
}

static void unneeded_let_go(sj__log *log, uint64_t began, const sj__record *before_first)
{
	if (log->live == NULL && log->busy == 0)
		everything_let_go(log);
	if (log->live != NULL && (log->is_stale || !is_within_another(log, began)))
		sj__tape_sweep(log, before_first);
	if (log->busy == 0 && (log->live == NULL || nothing_is_known(log)))
		epoch_renew(log);
}

void sj_tape_reset(sj_tape *tape)
{
	if (stuck(tape_is_good("sj_tape_reset", tape)) != SJ_OK)
		return;
	sj__record *before_first = tape->before_first;
	tape->n_watched = 0;
	if (tape->is_open)
		tape->before_first = tape->log->last;
	else
		tape->last = NULL;
	unneeded_let_go(tape->log, tape->began, before_first);
}

static void live_leave(sj_tape *tape)
{
	sj_tape **link = &tape->log->live;
	while (*link != tape)
		link = &(*link)->older;
	*link = tape->older;
	tape->log->n_tapes--;
}

static void tape_release(sj_tape *tape)
{
	sj__log *log = tape->log;
	tape_close(tape);
	tape->magic = 0;
	sj__memory_free(tape->watched);
	live_leave(tape);
	tape->outer = log->ended;
	log->ended = tape;
	unneeded_let_go(log, tape->began, tape->before_first);
}

void sj_tape_free(sj_tape *tape)
{
	if (tape == NULL || tape->magic != TAPE_LIVE || tape->owner != sj__local_now()->number)
		return;
	if (tape->log == sj__local_state.log)
		tape_release(tape);
	else
		tape->magic = 0; /* its struct ends with its log */
}

void sj_tape_pause(void)
{
	sj__local *local = sj__local_now();
	if (log_now(local) == NULL)
		return;
	local->log->paused++;
	recording_update(local);
}

void sj_tape_resume(void)
{
	sj__local *local = sj__local_now();
	if (local->log == NULL || local->log->paused == 0)
		return;
	local->log->paused--;
	recording_update(local);
}

bool sj_tape_is_recording(void) { return sj__local_now()->recording > 0; }

/* ---- gradients ---- */

static sj_status tensors_are_good(const char *what, int n, sj_tensor *const *tensors, bool may_be_null)
{
	if (n < 0 || (n > 0 && tensors == NULL))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_gradient: %d %s at %s", n, what,
		                tensors ? "an array" : "NULL");
	for (int i = 0; i < n; i++)
		if (!sj_tensor_is_valid(tensors[i]) && !(may_be_null && tensors[i] == NULL))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_gradient: %s %d is %s", what, i,
			                tensors[i] ? "no valid tensor" : "NULL");
	return SJ_OK;
}

static sj_status gradient(sj_tape *tape, int n_targets, sj_tensor *const *targets, sj_tensor *const *weights,
                          int n_sources, sj_tensor *const *sources, sj_tensor **ret_gradients)
{
	if (!tape->persistent)
		tape_close(tape);
	sj__log *log = tape->log;
	sj__record *last = tape->is_open ? (log->last == tape->before_first ? NULL : log->last) : tape->last;
	bool is_alone = true;
	for (const sj_tape *t = log->live; t != NULL; t = t->older)
		is_alone &= t == tape || (!t->is_open && t->ended < tape->began) || t->began > tape->ended;
	sj__walk walk = {log,
	                 tape->before_first,
	                 last,
	                 tape->n_slots_before,
	                 tape->watched,
	                 tape->n_watched,
	                 tape->watches_variables,
	                 !tape->persistent && is_alone};
	log->busy++;
	/* A persistent tape that is still open records its own gradients, as TensorFlow's does. */
	sj_status status = sj__backward(&walk, n_targets, targets, weights, n_sources, sources, ret_gradients);
	log->busy--;
	return status;
}

sj_status sj_gradient_of(sj_tape *tape, int n_targets, sj_tensor *const *targets, sj_tensor *const *weights,
                         int n_sources, sj_tensor *const *sources, sj_tensor **ret_gradients)
{
	sj_status status = tape_is_good("sj_gradient", tape);
	if (ret_gradients != NULL && n_sources > 0)
		memset(ret_gradients, 0, sizeof(*ret_gradients) * (size_t)n_sources);
	if (status != SJ_OK)
		return stuck(status);
	if (!sj_ok())
		status = sj_error_code();
	if (status == SJ_OK)
		status = tensors_are_good("targets", n_targets, targets, false);
	if (status == SJ_OK)
		status = tensors_are_good("sources", n_sources, sources, false);
	if (status == SJ_OK && weights != NULL)
		status = tensors_are_good("weights", n_targets, weights, true);
	if (status == SJ_OK && ret_gradients == NULL && n_sources > 0)
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_gradient: ret_gradients is NULL");
	if (status == SJ_OK)
		status = gradient(tape, n_targets, targets, weights, n_sources, sources, ret_gradients);
	if (!tape->persistent)
		tape_release(tape);
	for (int i = 0; status == SJ_OK && i < n_sources; i++)
		if (ret_gradients[i] != NULL)
			sj_scope_own(ret_gradients[i]);
	return stuck(status);
}

sj_status sj_gradient(sj_tape *tape, sj_tensor *target, int n_sources, sj_tensor *const *sources,
                      sj_tensor **ret_gradients)
{
	return sj_gradient_of(tape, 1, &target, NULL, n_sources, sources, ret_gradients);
}

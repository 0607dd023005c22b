/*
 * Gradient tapes: what runs while a tape is open is recorded; sj_gradient walks the record backwards.
 *
 * Tapes nest, persist, pause and reset. Gradients are operations themselves, so a second tape differentiates them again.
 */
#ifndef SOKUJI_TAPE_H
#define SOKUJI_TAPE_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_tape sj_tape;

/* Opens a tape on this thread, which watches trainable variables as they are read. NULL and a sticky error without memory. */
SJ_PUBLIC sj_tape *sj_tape_begin(void);
/* The same for a tape that answers any number of sj_gradient calls, until sj_tape_free. */
SJ_PUBLIC sj_tape *sj_tape_begin_persistent(void);
/* Whether the tape watches variables by itself (by default it does). */
SJ_PUBLIC void sj_tape_watch_variables(sj_tape *tape, bool watch);

/* Watches a tensor (or variable): operations that use it from now on are recorded. Floating dtypes only. */
SJ_PUBLIC sj_status sj_tape_watch(sj_tape *tape, sj_tensor *tensor);

/* Ends recording; the tape can still be asked for gradients. */
SJ_PUBLIC void sj_tape_end(sj_tape *tape);
/* Records again on a tape that was ended and not used up; what other tapes of this thread recorded meanwhile is recorded on it too. */
SJ_PUBLIC sj_status sj_tape_reopen(sj_tape *tape);
/* Forgets all that was recorded and watched; the tape goes on recording. */
SJ_PUBLIC void sj_tape_reset(sj_tape *tape);
/* Ends and forgets the tape. NULL and tapes already used up are ignored. */
SJ_PUBLIC void sj_tape_free(sj_tape *tape);

/* While paused, nothing on this thread is recorded. Pauses nest. */
SJ_PUBLIC void sj_tape_pause(void);
SJ_PUBLIC void sj_tape_resume(void);
/* True while a tape records on this thread. */
SJ_PUBLIC bool sj_tape_is_recording(void);

/*
 * The gradient of `target` (of its sum, if it is no scalar) with respect to each source: ret_gradients[i], of sources[i]'s
 * shape, belonging to the open scope, or NULL where the target does not depend on the source. Uses up a tape that is not
 * persistent. Returns a status, which also sticks; on failure every ret_gradients[i] is NULL.
 */
SJ_PUBLIC sj_status sj_gradient(sj_tape *tape, sj_tensor *target, int n_sources, sj_tensor *const *sources,
                                sj_tensor **ret_gradients);

/* The same for several targets, each with a weight tensor of its shape (NULL: ones): the gradient of sum(weight * target). */
SJ_PUBLIC sj_status sj_gradient_of(sj_tape *tape, int n_targets, sj_tensor *const *targets, sj_tensor *const *weights,
                                   int n_sources, sj_tensor *const *sources, sj_tensor **ret_gradients);

/* d target / d source, shape target.shape + source.shape; the tape must be persistent. nil on failure, zeros when independent. */
SJ_PUBLIC sj_tensor *sj_jacobian(sj_tape *tape, sj_tensor *target, sj_tensor *source);

/*
 * A gradient of the caller's own: `dy` has one gradient per output (NULL: zero), and the function fills ret_dx, one per input
 * (NULL: none), with tensors of the open scope. An error that it makes stick fails the gradient call.
 */
typedef void sj_gradient_function(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **ret_dx);

/*
 * Records that `outputs` were computed from `inputs` with the given gradient, in place of what happened between sj_tape_pause and
 * sj_tape_resume. `release` (may be NULL) is called with the context when the record is dropped, or at once when nothing records.
 */
SJ_PUBLIC sj_status sj_tape_record(int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor *const *outputs,
                                   sj_gradient_function *gradient, void *context, void (*release)(void *context));

SJ_END_DECLARATIONS

#endif

/*
 * The machine that transformations plug into. A dataset says what to do; a stage does it, for one iterator. Each kind of dataset has a
 * struct that begins with sj_dataset, a struct that begins with sj__stage, and a row of functions.
 *
 * Inside the room nothing sticks: functions return a status and leave a message; tensors are own references.
 */
#ifndef SOKUJI_DATA_DATA_H
#define SOKUJI_DATA_DATA_H

#include "base/threads.h"
#include "sokuji/dataset.h"
#include "tensor/tensor.h"

typedef struct sj__stage sj__stage;

typedef struct sj__dataset_kind {
	const char *name; /* of the public function, for messages */
	size_t dataset_size, stage_size;
	bool begins_input; /* the one input's stage begins and ends with this one */
	/* May be NULL. Own fields are zero before; what begin made is released by end, also when begin fails. */
	sj_status (*begin)(sj__stage *stage);
	/* Fills ret_tensors with the dataset's n_components own references, or sets *ret_end; on failure neither is touched. */
	sj_status (*next)(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end);
	void (*end)(sj__stage *stage);        /* may be NULL */
	void (*release)(sj_dataset *dataset); /* of the dataset's own fields, which may be zero; may be NULL */
} sj__dataset_kind;

struct sj_dataset {
	const sj__dataset_kind *kind;
	int32_t refs;
	int n_components;
	int n_inputs;
	int depth; /* the longest chain of inputs */
	sj_dataset **inputs;
};

struct sj__stage {
	const sj_dataset *dataset; /* held by the iterator */
	sj_iterator *root;
	sj__stage *input; /* of kinds with one input at a time; ended with the stage */
};

/* ---- datasets ---- */

/*
 * A dataset of the kind over n_inputs inputs, whose references it takes over, also on failure. NULL and a sticky error on failure, NULL when an input
 * is NULL. n_components 0: those of the first input.
 */
void *sj__dataset_new(const sj__dataset_kind *kind, int n_components, int n_inputs, sj_dataset *const *inputs);

/* Makes InvalidArgument stick (unless the input is NULL because of an error that does), frees the input and returns NULL. */
sj_dataset *sj__dataset_refuse(sj_dataset *input, const char *format, ...) SJ_PRINTF_LIKE(2, 3);

/* ---- stages ---- */

sj_status sj__stage_begin(const sj_dataset *dataset, sj_iterator *root, sj__stage **ret_stage);
/* Calls the kind's next; Cancelled when the thread's operation is. */
sj_status sj__stage_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end);
void sj__stage_end(sj__stage *stage); /* NULL is ignored */

/* ---- iterators ---- */

/* While a frame lies on its thread, sj_iterator_next and _free of that iterator are refused there. */
typedef struct sj__frame {
	const sj_iterator *iterator;
	struct sj__frame *outer;
} sj__frame;
void sj__frame_push(sj__frame *frame, const sj_iterator *iterator);
void sj__frame_pop(sj__frame *frame);

/* Takes n numbers of a count that the iterator keeps for a dataset; *ret_first is how many had been taken. */
sj_status sj__root_count(sj_iterator *root, const sj_dataset *dataset, uint64_t n, uint64_t *ret_first);

/* ---- lists of elements ---- */

/* n elements of `width` tensors each, own references. All zero but the width is empty. */
typedef struct sj__elements {
	int width;
	int64_t n, capacity;
	sj_tensor **tensors;
} sj__elements;

/* Room for one more element; it is filled by the caller, who then counts n up. */
sj_status sj__elements_room(sj__elements *elements);
static inline sj_tensor **sj__elements_at(const sj__elements *e, int64_t i) { return e->tensors + i * e->width; }
void sj__elements_clear(sj__elements *elements);
void sj__elements_release(sj__elements *elements);
void sj__tensors_drop(int n, sj_tensor **tensors);

/* ---- functions of the caller ---- */

typedef struct sj__callback {
	void *context;
	void (*release)(void *context);
} sj__callback;
static inline void sj__callback_release(const sj__callback *callback)
{
	if (callback->release != NULL)
		callback->release(callback->context);
}

/*
 * What a function left in n outputs, as own references to ordinary tensors; `stuck` is what stuck inside it. Fails with `who` in front.
 */
sj_status sj__outputs_take(const char *who, sj_status stuck, int n, sj_tensor *const *outputs, sj_tensor **ret_tensors);

#endif

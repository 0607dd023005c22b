/*
 * Datasets: elements of one or more tensors that come one after another, in constant memory, through a chain of transformations.
 *
 * 	sj_dataset *d = sj_dataset_text_lines(1, &path);
 * 	d = sj_dataset_map(sj_dataset_skip(d, 1), 2, parse_line, NULL, NULL);
 * 	d = sj_dataset_batch(sj_dataset_shuffle(d, 1000), 32);
 * 	sj_iterator *it = sj_dataset_begin(d);
 * 	sj_tensor *batch[2];
 * 	while (sj_iterator_next(it, batch)) { … }     // at the end sj_ok() tells whether it was an error
 * 	sj_iterator_free(it);
 * 	sj_dataset_free(d);
 *
 * Each function that takes a dataset takes over the caller's reference to it, also when it fails: one sj_dataset_free ends a whole chain, and who
 * wants to go on using an input gives sj_dataset_keep(input). Given NULL (a function before failed) they return NULL. Wrong arguments
 * stick as InvalidArgument. A dataset can be iterated any number of times, by several iterators at once; each runs its functions
 * anew. Semantics and orders are TensorFlow's tf.data.
 */
#ifndef SOKUJI_DATASET_H
#define SOKUJI_DATASET_H

#include <sokuji/execute.h>
#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_dataset sj_dataset;
typedef struct sj_iterator sj_iterator;

/* The most tensors that an element can have. */
#define SJ_DATASET_MOST_COMPONENTS 1024

/* ---- where elements come from ---- */

/* One element: the n tensors. */
SJ_PUBLIC sj_dataset *sj_dataset_from_tensors(int n, sj_tensor *const *components);
/* One element for each index of the first axis, which all n tensors have of the same size. Elements share the tensors' memory. */
SJ_PUBLIC sj_dataset *sj_dataset_from_slices(int n, sj_tensor *const *components);
/* int64 scalars begin, begin + step, … before end. */
SJ_PUBLIC sj_dataset *sj_dataset_range(int64_t begin, int64_t end, int64_t step);
/*
 * The lines of the files, one after another, as string scalars without line breaks (\n; every \r is dropped). The paths are
 * copied. While iterating: NotFound, FailedPrecondition for a folder, InvalidArgument with the offset for a line above 16 MiB;
 * after an error the next file is due.
 */
SJ_PUBLIC sj_dataset *sj_dataset_text_lines(int n_paths, const char *const *paths);

/*
 * Elements that a function makes: it fills ret_outputs with n_outputs tensors (of the open scope, which ends after the call, or of any
 * other) for index 0, 1, … of a pass, and returns false where the pass ends. `release` (may be NULL) is called with the context when the
 * dataset ends.
 */
typedef bool sj_dataset_function(void *context, int64_t index, int n_outputs, sj_tensor **ret_outputs);
SJ_PUBLIC sj_dataset *sj_dataset_from_function(int n_outputs, sj_dataset_function *function, void *context,
                                               void (*release)(void *context));

/*
 * A source or transformation of the caller's own that keeps a state for each pass. `begin` makes the state when the pass's first element is asked
 * for (NULL with an error that sticks: it failed, and is called again for the next); `next` fills ret_outputs with n_outputs tensors of the open
 * scope, which ends after the call, or of any other, and returns false where the pass ends; `end` releases the state. From begin and
 * next alone elements of the inputs may be taken. An error that sticks is passed on once by sj_iterator_next; the next call goes on.
 * `release` (may be NULL) is called with the context when the dataset ends. Below a prefetch all of it runs on another thread.
 */
#define SJ_DATASET_MOST_INPUTS 256
typedef struct sj_dataset_input sj_dataset_input;
typedef struct sj_dataset_passes {
	size_t size;
	void *(*begin)(void *context, int n_inputs, sj_dataset_input *const *inputs);
	bool (*next)(void *pass, int n_outputs, sj_tensor **ret_outputs);
	void (*end)(void *pass);
	void *context;
	void (*release)(void *context);
} sj_dataset_passes;
/* The n_inputs references are taken over. */
SJ_PUBLIC sj_dataset *sj_dataset_from_passes(int n_outputs, int n_inputs, sj_dataset *const *inputs,
                                             const sj_dataset_passes *passes);
/* The next element of an input: own references, each to be given up with sj_free. False at its end and while an error sticks. */
SJ_PUBLIC bool sj_dataset_input_next(sj_dataset_input *input, sj_tensor **ret_components);
SJ_PUBLIC int sj_dataset_input_components(const sj_dataset_input *input);

/* ---- transformations ---- */

/*
 * Each element through a function: it gets n_inputs tensors and fills ret_outputs with n_outputs (1 or more). It runs in a scope of its
 * own. An error that it makes stick is passed on once by sj_iterator_next; the next call goes on with the element after. `release` (may
 * be NULL) is called with the context when the dataset ends. Below a prefetch the function runs on another thread.
 */
typedef void sj_map_function(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                             sj_tensor **ret_outputs);
SJ_PUBLIC sj_dataset *sj_dataset_map(sj_dataset *input, int n_outputs, sj_map_function *function, void *context,
                                     void (*release)(void *context));

/* The elements for which the function returns true. */
typedef bool sj_filter_function(void *context, int n_inputs, sj_tensor *const *inputs);
SJ_PUBLIC sj_dataset *sj_dataset_filter(sj_dataset *input, sj_filter_function *function, void *context,
                                        void (*release)(void *context));

/*
 * Draws each element at random from a window of buffer_size that is filled up in order: TensorFlow's order for a seed. Seeds are
 * derived as random.h says (the global seed, .seed, both, neither). Each iteration has another order, unless .same_order.
 */
typedef struct sj_dataset_shuffle_args {
	size_t size;
	sj_int_option seed;
	bool same_order; /* TensorFlow: reshuffle_each_iteration=False */
} sj_dataset_shuffle_args;
SJ_PUBLIC sj_dataset *sj_dataset_shuffle_with(sj_dataset *input, int64_t buffer_size,
                                              const sj_dataset_shuffle_args *args);
#define sj_dataset_shuffle(input_, buffer_size_, ...) \
	sj_dataset_shuffle_with(input_, buffer_size_, \
	                        &(const sj_dataset_shuffle_args){.size = sizeof(sj_dataset_shuffle_args), \
	                                                         ##__VA_ARGS__})

/* The same with both seeds given, for front ends; 0 and 0: seeds from the machine's entropy. */
typedef enum sj_shuffle_mode {
	SJ_SHUFFLE_ANEW, /* another order each time the dataset is iterated (TensorFlow 2 eager) */
	SJ_SHUFFLE_FIRST, /* another order each round of a repeat, but every iterator begins alike (graphs, TensorFlow 1) */
	SJ_SHUFFLE_SAME,   /* one order */
	SJ_SHUFFLE_SAME_V1 /* the same as TensorFlow 1 has it, which takes the first seed for both */
} sj_shuffle_mode;
SJ_PUBLIC sj_dataset *sj_dataset_shuffle_seeded(sj_dataset *input, int64_t buffer_size, int64_t seed, int64_t seed2,
                                                sj_shuffle_mode mode);

/* Stacks batch_size (1 or more) elements along a new first axis. The last batch may be smaller, unless .drop_remainder leaves it out. */
typedef struct sj_dataset_batch_args {
	size_t size;
	bool drop_remainder;
} sj_dataset_batch_args;
SJ_PUBLIC sj_dataset *sj_dataset_batch_with(sj_dataset *input, int64_t batch_size, const sj_dataset_batch_args *args);
#define sj_dataset_batch(input_, batch_size_, ...) \
	sj_dataset_batch_with(input_, batch_size_, \
	                      &(const sj_dataset_batch_args){.size = sizeof(sj_dataset_batch_args), ##__VA_ARGS__})

/* The same for elements of one rank and different sizes: each axis gets the batch's largest size, filled up with 0, false or "". */
SJ_PUBLIC sj_dataset *sj_dataset_padded_batch_with(sj_dataset *input, int64_t batch_size,
                                                   const sj_dataset_batch_args *args);
#define sj_dataset_padded_batch(input_, batch_size_, ...) \
	sj_dataset_padded_batch_with(input_, batch_size_, \
	                             &(const sj_dataset_batch_args){.size = sizeof(sj_dataset_batch_args), \
	                                                            ##__VA_ARGS__})

/* The elements `count` times over; count < 0: for ever (an input without elements ends at once). */
SJ_PUBLIC sj_dataset *sj_dataset_repeat(sj_dataset *input, int64_t count);
/* Without the first n elements (n < 0: without any); only the first n (n < 0: all). */
SJ_PUBLIC sj_dataset *sj_dataset_skip(sj_dataset *input, int64_t n);
SJ_PUBLIC sj_dataset *sj_dataset_take(sj_dataset *input, int64_t n);

/* The components of n datasets side by side; ends with the shortest. All n references are taken over. */
SJ_PUBLIC sj_dataset *sj_dataset_zip(int n, sj_dataset *const *inputs);
/* First the elements of one, then of the other; both have the same number of components. */
SJ_PUBLIC sj_dataset *sj_dataset_concatenate(sj_dataset *first, sj_dataset *second);
/* An int64 number, counted from `start`, before the components. */
SJ_PUBLIC sj_dataset *sj_dataset_enumerate(sj_dataset *input, int64_t start);

/* Keeps the elements in memory when they have come through to the end once; later iterations take them from there. */
SJ_PUBLIC sj_dataset *sj_dataset_cache(sj_dataset *input);
/*
 * Computes up to n elements (n >= 1) ahead on a thread of its own, which begins with the first sj_iterator_next. Its errors
 * arrive in their places. Freeing the iterator early waits for the one element being made.
 */
SJ_PUBLIC sj_dataset *sj_dataset_prefetch(sj_dataset *input, int64_t n);

/* ---- use ---- */

/* The number of tensors of an element; 0 for NULL. */
SJ_PUBLIC int sj_dataset_components(const sj_dataset *dataset);

/* Begins at the first element. The iterator holds the dataset by itself: the caller's reference stays the caller's. NULL on failure. */
SJ_PUBLIC sj_iterator *sj_dataset_begin(sj_dataset *dataset);

/*
 * The next element: fills ret_components with sj_dataset_components tensors, which belong to the iterator and are valid until the next
 * call with it (sj_keep one to hold it longer), and returns true. False at the end, where nothing sticks, and on errors, which stick; false at
 * once while an error sticks. After sj_error_clear one may go on. FailedPrecondition when called from within one of
 * the iterator's own functions or by two threads at once.
 */
SJ_PUBLIC bool sj_iterator_next(sj_iterator *iterator, sj_tensor **ret_components);

/* Ends the iterator, threads included. NULL is ignored. */
SJ_PUBLIC void sj_iterator_free(sj_iterator *iterator);

/* ---- end ---- */

/* One more reference to be given up; returns its argument. From any thread. */
SJ_PUBLIC sj_dataset *sj_dataset_keep(sj_dataset *dataset);
SJ_PUBLIC void sj_dataset_free(sj_dataset *dataset);

SJ_END_DECLARATIONS

#endif

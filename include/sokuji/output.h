/*
 * Where everything goes that the library shows: progress bars, tf.print, warnings.
 *
 * By default the text goes to file descriptor 1, after what the program printed to stdout; a program, a test or a notebook can take
 * it instead. Independent of tensors, operations and errors: showing text never fails.
 */
#ifndef SOKUJI_OUTPUT_H
#define SOKUJI_OUTPUT_H

#include <stddef.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

/* Takes `length` bytes of UTF-8 (no 0 byte follows them). May be called from any thread, also from several at once. */
typedef void sj_output_function(void *context, const char *text, size_t length);

/*
 * From now on text goes to f(context, …); f = NULL: to file descriptor 1 again. A call of the earlier function that
 * has begun on another thread may still be under way when this returns.
 */
SJ_PUBLIC void sj_set_output(sj_output_function *f, void *context);

/*
 * Shows text. File descriptor 1 is written until everything is out, across interruptions and full pipes; when it cannot
 * be written (closed, disk full), the rest of the text is dropped. NULL shows nothing.
 */
SJ_PUBLIC void sj_output_write(const char *text, size_t length);

/*
 * Columns of the terminal that the text goes to: 0 when it goes to a function, a file or a pipe, 80 when the terminal
 * does not say.
 */
SJ_PUBLIC int sj_output_columns(void);

SJ_END_DECLARATIONS

#endif

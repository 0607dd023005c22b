/*
 * A progress bar that looks and behaves like tqdm's, on the settable output.
 *
 * 	sj_progress *bar = sj_progress_begin(30, &(sj_progress_options){.size = sizeof(sj_progress_options), .description = "train"});
 * 	for (int epoch = 0; epoch < 30; epoch++) {
 * 		…
 * 		sj_progress_write(bar, "epoch:\t%d\tloss:\t%.5f", epoch + 1, loss);
 * 		sj_progress_update(bar, 1);
 * 	}
 * 	sj_progress_end(bar);
 *
 * shows `train:  43%|████▎     | 13/30 [00:02<00:03,  5.10it/s]` and redraws it at most ten times a second. Independent of tensors:
 * it counts whatever it is told. A bar belongs to one thread at a time.
 */
#ifndef SOKUJI_PROGRESS_H
#define SOKUJI_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_progress sj_progress;

/* Where the output is no terminal (a file, a pipe, a function): */
typedef enum sj_progress_fallback {
	SJ_PROGRESS_BARS = 0, /* draw all the same, as tqdm does */
	SJ_PROGRESS_PLAIN,    /* only the written lines, and the bar's last state as one line at its end */
	SJ_PROGRESS_SILENT    /* only the written lines */
} sj_progress_fallback;

/* Values of `columns` and `smoothing` that are not amounts. */
#define SJ_PROGRESS_NO_BAR (-1)  /* columns: the numbers only */
#define SJ_PROGRESS_AVERAGE (-1) /* smoothing: the speed since the beginning */

typedef struct sj_progress_options {
	size_t size;             /* sizeof(sj_progress_options) */
	const char *description; /* shown before the bar; UTF-8, copied, at most 255 bytes of it */
	const char *unit;        /* what is counted; NULL: "it"; copied, at most 31 bytes of it */
	bool unit_scale;         /* 12.3k instead of 12345 */
	int unit_divisor;        /* of unit_scale; 0: 1000 */
	int64_t initial;         /* where counting starts */
	double smoothing;        /* weight of the newest speed, up to 1; 0: 0.3, or SJ_PROGRESS_AVERAGE */
	double min_interval;     /* seconds between two drawings; 0: 0.1, negative: draw at each update */
	int columns; /* width of a line; 0: the terminal's, or a bar of 10; given, the output counts as a terminal */
	bool ascii;  /* digits and # instead of blocks */
	bool vanish; /* the bar is wiped at its end (tqdm's leave=False) */
	sj_progress_fallback when_not_terminal;
	sj_progress *inside; /* the bar of the loop around this one, which must not have another bar inside; or NULL */
} sj_progress_options;

/*
 * Draws a bar for `total` steps, total < 0: unknown. options may be NULL. NULL and a sticky error for invalid options
 * and without memory; every function below takes NULL and then does nothing (sj_progress_write still shows its line).
 */
SJ_PUBLIC sj_progress *sj_progress_begin(int64_t total, const sj_progress_options *options);

/* Counts n more steps (n < 0: fewer) and redraws the bar when it is time. */
SJ_PUBLIC void sj_progress_update(sj_progress *progress, int64_t n);

/* Replaces the description and redraws; NULL or "": none. */
SJ_PUBLIC void sj_progress_describe(sj_progress *progress, const char *description);

/* Replaces the text behind the speed ("loss=0.123", printf's format, at most 255 bytes) and redraws; NULL: none. */
SJ_PUBLIC void sj_progress_postfix(sj_progress *progress, const char *format, ...) SJ_PRINTF_LIKE(2, 3);

/* Shows a line above the bar and the bars around and inside it: printf's format, the end of the line is added. */
SJ_PUBLIC void sj_progress_write(sj_progress *progress, const char *format, ...) SJ_PRINTF_LIKE(2, 3);

/* The steps counted so far; 0 for NULL. */
SJ_PUBLIC int64_t sj_progress_count(const sj_progress *progress);

/* Draws the bar a last time, with the average speed, ends its line and frees it. */
SJ_PUBLIC void sj_progress_end(sj_progress *progress);

SJ_END_DECLARATIONS

#endif

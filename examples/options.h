/* What the training examples share: the words of their command line, where the data is, and the column's line about an epoch. */
#ifndef EXAMPLES_OPTIONS_H
#define EXAMPLES_OPTIONS_H

#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
	const char *data;     /* the folder that holds iris/ and mnist/ */
	const char *pictures; /* where to draw; NULL: nowhere */
	long seed, epochs;
	bool quiet; /* only the last figures */
} options;

static inline options options_read(int argc, char **argv, long epochs)
{
	const char *data = getenv("SOKUJI_DATA");
	options o = {.data = data != NULL ? data : "data", .epochs = epochs};
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		if (strcmp(word, "--quiet") == 0) {
			o.quiet = true;
			continue;
		}
		if (value != NULL && strcmp(word, "--seed") == 0) {
			o.seed = atol(value);
		} else if (value != NULL && strcmp(word, "--epochs") == 0) {
			o.epochs = atol(value);
		} else if (value != NULL && strcmp(word, "--data") == 0) {
			o.data = value;
		} else if (value != NULL && strcmp(word, "--pictures") == 0) {
			o.pictures = value;
		} else {
			fprintf(stderr,
			        "usage: %s [--seed N] [--epochs N] [--data FOLDER] [--pictures FOLDER] [--quiet]\n",
			        argv[0]);
			exit(2);
		}
		i++;
	}
	return o;
}

typedef struct path {
	char text[1024];
} path;

static inline path path_of(const char *folder, const char *name)
{
	path p;
	snprintf(p.text, sizeof(p.text), "%s/%s", folder, name);
	return p;
}

typedef struct figures {
	double train_loss, train_accuracy, valid_loss, valid_accuracy;
} figures;

/* Above the bar; without a bar nothing is shown. */
static inline void figures_show(sj_progress *bar, long epoch, figures f)
{
	if (bar != NULL)
		sj_progress_write(
			bar,
			"epoch:\t%ld\ttrain/loss:\t%.5f\tvalid/loss:\t%.5f\ttrain/accuracy:\t%.5f\tvalid/accuracy:\t%.5f",
			epoch, f.train_loss, f.valid_loss, f.train_accuracy, f.valid_accuracy);
}

/* main's exit status: 0, or 1 after saying what went wrong. */
static inline int error_show(void)
{
	if (sj_ok())
		return 0;
	fprintf(stderr, "%s\n", sj_error_message());
	if (sj_error_code() == SJ_NOT_FOUND)
		fprintf(stderr, "Run from the project's folder, or give the folder with the data: --data FOLDER\n");
	return 1;
}

/* Ends the bar; without one, prints the last figures alone. Returns main's exit status. */
static inline int training_end(sj_progress *bar, figures f)
{
	sj_progress_end(bar);
	if (bar == NULL && sj_ok())
		printf("%.6f %.6f %.6f %.6f\n", f.train_loss, f.valid_loss, f.train_accuracy, f.valid_accuracy);
	return error_show();
}

#endif

/* The iris data for the examples: 150 flowers, split at random into 112 to learn from and 38 to check with. */
#ifndef EXAMPLES_IRIS_H
#define EXAMPLES_IRIS_H

#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IRIS_ROWS = 150, IRIS_TRAIN = 112, IRIS_FEATURES = 4, IRIS_CLASSES = 3 };

typedef struct iris_data {
	sj_tensor *train_x, *train_y; /* (112, 4) float32, (112) int32 */
	sj_tensor *valid_x, *valid_y; /* (38, 4), (38) */
} iris_data;

typedef struct iris_options {
	const char *folder;
	long seed, epochs;
	bool quiet;
} iris_options;

typedef struct iris_figures {
	double train_loss, train_accuracy, valid_loss, valid_accuracy;
} iris_figures;

/* The column's line, every fifth epoch, above the bar; without a bar nothing is shown. */
static inline void iris_epoch_show(sj_progress *bar, long epoch, iris_figures f)
{
	if (bar == NULL)
		return;
	if (epoch % 5 == 0)
		sj_progress_write(bar, "epoch:\t%ld\ttrain/loss:\t%.5f\tvalid/loss:\t%.5f\ttrain/accuracy:\t%.5f\tvalid/accuracy:\t%.5f",
		                  epoch, f.train_loss, f.valid_loss, f.train_accuracy, f.valid_accuracy);
	sj_progress_update(bar, 1);
}

/* Ends the bar; without one, prints the last figures alone. Says what went wrong, if something did. */
static inline void iris_end_show(sj_progress *bar, iris_figures f)
{
	if (bar == NULL)
		printf("%.6f %.6f %.6f %.6f\n", f.train_loss, f.valid_loss, f.train_accuracy, f.valid_accuracy);
	sj_progress_end(bar);
	if (!sj_ok())
		fprintf(stderr, "%s\n", sj_error_message());
}

static inline iris_options iris_options_read(int argc, char **argv, long epochs)
{
	iris_options o = {.folder = "data/iris", .seed = 0, .epochs = epochs};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quiet") == 0) {
			o.quiet = true;
		} else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0) {
			o.seed = atol(argv[++i]);
		} else if (i + 1 < argc && strcmp(argv[i], "--epochs") == 0) {
			o.epochs = atol(argv[++i]);
		} else if (i + 1 < argc && strcmp(argv[i], "--data") == 0) {
			o.folder = argv[++i];
		} else {
			fprintf(stderr, "usage: %s [--seed N] [--epochs N] [--data FOLDER] [--quiet]\n", argv[0]);
			exit(2);
		}
	}
	return o;
}

/* Adds the rows of one file; the first line holds counts. Returns the number of rows read, -1 without the file. */
static inline int iris_read(const char *folder, const char *name, float (*x)[IRIS_FEATURES], int32_t *y, int room)
{
	char path[1024], line[256];
	int n = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		fprintf(stderr, "cannot read %s; run from the project's folder or give --data FOLDER\n", path);
		return -1;
	}
	for (int row = 0; fgets(line, sizeof(line), file) != NULL && n < room; row++)
		if (row > 0 && sscanf(line, "%f,%f,%f,%f,%d", &x[n][0], &x[n][1], &x[n][2], &x[n][3], &y[n]) == 5)
			n++;
	fclose(file);
	return n;
}

/* Tensors of the open scope. The split follows the global random seed. */
static inline bool iris_load(const char *folder, iris_data *iris)
{
	float x[IRIS_ROWS][IRIS_FEATURES];
	int32_t y[IRIS_ROWS];
	int n = iris_read(folder, "iris_training.csv", x, y, IRIS_ROWS);
	int m = n < 0 ? -1 : iris_read(folder, "iris_test.csv", x + n, y + n, IRIS_ROWS - n);
	if (m < 0 || n + m != IRIS_ROWS)
		return false;
	sj_tensor *all_x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(IRIS_ROWS, IRIS_FEATURES), x);
	sj_tensor *all_y = sj_tensor_from(SJ_INT32, SJ_INTS(IRIS_ROWS), y);
	sj_tensor *order = sj_permutation(IRIS_ROWS);
	sj_tensor *train = sj_slice(order, SJ_INTS(0), SJ_INTS(IRIS_TRAIN));
	sj_tensor *valid = sj_slice(order, SJ_INTS(IRIS_TRAIN), SJ_INTS(-1));
	*iris = (iris_data){sj_gather(all_x, train), sj_gather(all_y, train), sj_gather(all_x, valid), sj_gather(all_y, valid)};
	return sj_ok();
}

#endif

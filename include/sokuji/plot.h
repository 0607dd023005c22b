/*
 * Pictures of what was learned, as PNG files: heat maps, grids of images, lines. A library of its own (sokuji-plot, over cairo).
 *
 * It takes plain arrays and knows no tensors. Texts are UTF-8. Every function checks its arguments first, then draws in
 * memory, then puts the whole file in place at once: a file is never half written, and a failed call leaves an earlier file
 * as it was. A failure's status also sticks to the thread, and while an error sticks nothing is written. Options may
 * be NULL; otherwise their `size` is that of the struct, and zero is the default of every other field.
 */
#ifndef SOKUJI_PLOT_H
#define SOKUJI_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include <sokuji/status.h>

SJ_BEGIN_DECLARATIONS

/* Colour maps of even lightness, so that equal steps of a value look equally large. */
typedef enum sj_colour_map {
	SJ_COLOUR_MAP_EMBER = 0, /* black, purple, red, sand */
	SJ_COLOUR_MAP_LAGOON,    /* violet, blue, green, yellow; also clear to the colour-blind */
	SJ_COLOUR_MAP_GREY       /* black to white */
} sj_colour_map;

typedef struct sj_heat_map_options {
	size_t size; /* sizeof(sj_heat_map_options) */
	const char *title, *x_title, *y_title;
	const char *const *row_labels;    /* `rows` texts; NULL: 0, 1, 2, … */
	const char *const *column_labels; /* `columns` texts */
	int decimals;                     /* of the numbers in the cells; 0: integers; at most 15 */
	bool hide_numbers;                /* numbers that would be too small to read are left out anyway */
	bool hide_colour_bar;
	sj_colour_map colours;
	double lowest, highest; /* values of the first and last colour; both 0: the data's */
	int width, height;      /* of the picture; 0: 1000 x 800 */
	double scale;           /* pixels for one unit of width and height, text included; 0: 1 */
} sj_heat_map_options;

/*
 * Draws values (rows, columns), row-major, first row on top: a confusion matrix, weights. All values finite, 1 to 4,096 rows
 * and columns.
 */
SJ_PUBLIC sj_status sj_plot_heat_map(const char *path, int64_t rows, int64_t columns, const double *values,
                                     const sj_heat_map_options *options);

typedef struct sj_image_grid_options {
	size_t size; /* sizeof(sj_image_grid_options) */
	const char *title;
	const char *const *captions; /* n texts of one or two lines, shown above the images; NULL: none */
	const bool *wrong;           /* n flags: these images are highlighted; NULL: none */
	uint32_t highlight;          /* 0xRRGGBB; 0: red */
	int columns;                 /* images side by side; 0: 10 */
	int image_size; /* shown length of the longer side; 0: whole multiples for small images, 256 for large */
	double lowest,
		highest; /* black and white of float pixels, values outside are cut; both 0: 0 and 1, none outside */
	double scale;    /* pixels for one unit of length, text included; 0: 1 */
} sj_image_grid_options;

/*
 * Draws pixels (n, height, width, channels), channels 1 (grey) or 3 (red, green, blue), as floats or as bytes 0 to 255. 1 to 10,000
 * images of at most 4,096 x 4,096.
 */
SJ_PUBLIC sj_status sj_plot_image_grid(const char *path, int64_t n, int64_t height, int64_t width, int64_t channels,
                                       const float *pixels, const sj_image_grid_options *options);
SJ_PUBLIC sj_status sj_plot_image_grid_bytes(const char *path, int64_t n, int64_t height, int64_t width,
                                             int64_t channels, const uint8_t *pixels,
                                             const sj_image_grid_options *options);

typedef struct sj_line_series {
	const char *name; /* in the legend; NULL: not there */
	const double *x;  /* n finite numbers; NULL: 0, 1, 2, … */
	const double *y;  /* n numbers; NaN leaves a gap */
	int64_t n;        /* up to 10,000,000 */
	uint32_t colour;  /* 0xRRGGBB; 0: the next of ten */
	bool dashed;
	bool markers; /* a dot at each point, of up to 5,000 */
} sj_line_series;

typedef struct sj_lines_options {
	size_t size; /* sizeof(sj_lines_options) */
	const char *title, *x_title, *y_title;
	bool log_y; /* every y is above 0 */
	bool hide_legend;
	double lowest, highest; /* y at the bottom and top; both 0: the data's */
	int width, height;      /* of the picture; 0: 1000 x 600 */
	double scale;           /* pixels for one unit of width and height, text included; 0: 1 */
} sj_lines_options;

/* Draws 1 to 100 series: losses and accuracies over epochs. */
SJ_PUBLIC sj_status sj_plot_lines(const char *path, int n_series, const sj_line_series *series,
                                  const sj_lines_options *options);

SJ_END_DECLARATIONS

#endif

/*
 * The parts that the three plots share: argument checks, a canvas with text in any script, colours, axis ticks, and the PNG
 * file. Lengths are units of the picture, from its top left corner; angles turn counter-clockwise.
 */
#ifndef SOKUJI_PLOT_PARTS_H
#define SOKUJI_PLOT_PARTS_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sokuji/plot.h>

/* checks.c: the error sticks, `function` opens its message. */

/* The error that sticks already, or a path that is no text. */
sj_status sj__plot_check_start(const char *function, const char *path);
/* Copies the caller's options (NULL: none), whose first field is their size, over `options` of `size` bytes. */
sj_status sj__plot_check_options(const char *function, const void *given, void *options, size_t size);
/* Valid UTF-8 of at most 4,096 bytes and `lines` lines without other control characters; NULL is valid. index < 0: none. */
sj_status sj__plot_check_text(const char *function, const char *name, int64_t index, const char *text, int lines);
sj_status sj__plot_check_texts(const char *function, const char *name, int64_t n, const char *const *texts, int lines);
sj_status sj__plot_check_count(const char *function, const char *name, int64_t value, int64_t least, int64_t most);
sj_status sj__plot_check_range(const char *function, double lowest, double highest);
sj_status sj__plot_check_scale(const char *function, double scale);
/* Finite, and small enough for differences to be finite too. */
bool sj__plot_is_usable(double value);
/* Whether two values are so near that no axis can tell them apart. */
bool sj__plot_is_one(double lowest, double highest);

/* canvas.c */

typedef struct sj__colour {
	double red, green, blue; /* 0 to 1 */
} sj__colour;

sj__colour sj__colour_of(uint32_t rgb); /* 0xRRGGBB */

typedef struct sj__canvas {
	const char *function; /* for messages */
	cairo_surface_t *surface;
	cairo_t *cairo;
	double width, height;
} sj__canvas;

/* A white canvas; to be released in any case. */
sj_status sj__canvas_begin(sj__canvas *canvas, const char *function, double width, double height, double scale);
/* Puts the picture into the file, if all drawing went well. */
sj_status sj__canvas_save(sj__canvas *canvas, const char *path);
void sj__canvas_release(sj__canvas *canvas);

typedef struct sj__text_style {
	double size;
	sj__colour colour;
	double align; /* the part of the text that lies before x: 0 left, 0.5 centre, 1 right */
	bool upwards; /* turned a quarter */
} sj__text_style;

extern const sj__colour sj__ink, sj__soft_ink, sj__rule;
enum { SJ__LABEL_SIZE = 14, SJ__TITLE_SIZE = 18 };

/* Width of one line of text. */
double sj__canvas_text_width(sj__canvas *canvas, const char *text, double size);
/* One line, its middle (half the height of a capital) at (x, y); NULL draws nothing. */
void sj__canvas_text(sj__canvas *canvas, double x, double y, const char *text, sj__text_style style);
/* Crisp lines one unit wide, and filled boxes. */
void sj__canvas_line(sj__canvas *canvas, double x0, double y0, double x1, double y1, sj__colour colour);
void sj__canvas_box(sj__canvas *canvas, double x, double y, double width, double height, sj__colour colour);

/* Title above, axis titles below and to the left of the box (x, y, width, height). */
typedef struct sj__box {
	double x, y, width, height;
} sj__box;
void sj__canvas_titles(sj__canvas *canvas, sj__box box, const char *title, const char *x_title, const char *y_title);

/* colours.c */

sj__colour sj__colour_map_at(sj_colour_map map, double t); /* t from 0 to 1, cut */
double sj__colour_luminance(sj__colour colour);            /* 0 to 1 */
sj__colour sj__colour_of_series(int index);

/* ticks.c */

enum { SJ__NUMBER_BYTES = 400, SJ__TICKS_MOST = 40 };

/* A value with so many decimals, with a real minus sign and a point in any locale; no "-0". */
void sj__number_format(char *text, double value, int decimals);

typedef struct sj__ticks {
	int count;
	double at[SJ__TICKS_MOST];
	char label[SJ__TICKS_MOST][32];
} sj__ticks;

/* About `wanted` round numbers within lowest < highest; whole: integers only. */
void sj__ticks_linear(sj__ticks *ticks, double lowest, double highest, int wanted, bool whole);
/* Powers of ten, and 2 and 5 times them where there are few. lowest, highest and the ticks' places are log10 of the values. */
void sj__ticks_logarithmic(sj__ticks *ticks, double lowest, double highest, int wanted);

/* png_file.c: the file appears whole or not at all. */
sj_status sj__png_write(const char *function, cairo_surface_t *surface, const char *path);

#endif

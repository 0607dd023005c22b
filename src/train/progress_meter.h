/* The text of a progress bar as a pure function of its numbers, and the width of texts on a terminal. */
#ifndef SOKUJI_TRAIN_PROGRESS_METER_H
#define SOKUJI_TRAIN_PROGRESS_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SJ__METER_BYTES = 4096,      /* the longest line with its final 0 byte */
	SJ__METER_COLUMNS_FREE = -1, /* any width: a bar of ten columns */
	SJ__METER_COLUMNS_MOST = 1000
};

typedef struct sj__meter {
	int64_t n, total;   /* total < 0: unknown */
	int64_t initial;    /* the count at elapsed = 0 */
	double elapsed;     /* seconds */
	double rate;        /* steps a second; 0: the average since the beginning */
	int columns;        /* of the whole line; 0: no bar; SJ__METER_COLUMNS_FREE */
	const char *prefix; /* "" for none */
	const char *unit;
	const char *postfix; /* "" for none */
	bool ascii;
	bool unit_scale;
	double unit_divisor;
} sj__meter;

/* Writes the line (no end of line) to text, at most SJ__METER_BYTES with the final 0 byte. */
void sj__meter_format(const sj__meter *meter, char *text);

/* Terminal columns of UTF-8 text: East Asian wide characters take two, escape sequences for colours none, all others one. */
int sj__display_columns(const char *text);

/* Cuts text to at most `columns` columns, at a character's edge; text with colours then ends with their reset. */
void sj__display_trim(char *text, size_t capacity, int columns);

/* Copies at most capacity - 1 bytes of whole characters; line ends and other control characters but ESC become spaces. */
void sj__display_copy(char *to, size_t capacity, const char *from);

#endif

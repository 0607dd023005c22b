/* What compiling and matching regular expressions share: the program of a small machine that runs all alternatives at once. */
#ifndef SOKUJI_BASE_REGEX_PARTS_H
#define SOKUJI_BASE_REGEX_PARTS_H

#include "base/regex.h"

/* Jumps are relative to the instruction, so that pieces of program can be moved and copied. */
enum sj__regex_op {
	SJ__REGEX_SET,    /* a code point of ranges x … x + y - 1 */
	SJ__REGEX_SPLIT,  /* go on at +x, and if that does not lead to a match at +y */
	SJ__REGEX_JUMP,   /* to +x */
	SJ__REGEX_SAVE,   /* the place is slot x */
	SJ__REGEX_ASSERT, /* condition x */
	SJ__REGEX_MATCH,
};

enum sj__regex_condition {
	SJ__REGEX_TEXT_BEGIN,
	SJ__REGEX_TEXT_END,
	SJ__REGEX_LINE_BEGIN,
	SJ__REGEX_LINE_END,
	SJ__REGEX_WORD_EDGE,
	SJ__REGEX_NO_WORD_EDGE,
};

typedef struct sj__regex_step {
	int32_t op, x, y;
} sj__regex_step;

typedef struct sj__regex_range {
	int32_t low, high;
} sj__regex_range;

struct sj__regex {
	sj__regex_step *steps;
	sj__regex_range *ranges;
	int32_t n_steps, n_ranges, n_groups;
	int64_t *room; /* of the machine: see regex_match.c */
};

/* What the machine needs for a program of n steps, in numbers. */
int64_t sj__regex_room(int64_t n_steps);

/* The code point at the bytes (at least one) and in *ret_width how many they are; -1 of width 1 where they are no UTF-8. */
int32_t sj__regex_code_point(const char *bytes, int64_t n, int *ret_width);

#endif

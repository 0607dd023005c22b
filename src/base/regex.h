/*
 * Regular expressions in the syntax of RE2 (leftmost match, first alternative first), matched in time linear in the text, whatever the pattern.
 * Texts are UTF-8; a byte that is not matches nothing. Not there: \p classes, \C, and case folding beyond ASCII; they are
 * refused.
 */
#ifndef SOKUJI_BASE_REGEX_H
#define SOKUJI_BASE_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { SJ__REGEX_GROUPS = 10 }; /* the whole match, and the groups 1 to 9 that a rewrite can name */

typedef struct sj__regex sj__regex;

/* Where the match and its groups begin and end, in bytes; -1: the group took no part. */
typedef struct sj__regex_match {
	int64_t begin[SJ__REGEX_GROUPS], end[SJ__REGEX_GROUPS];
} sj__regex_match;

/* InvalidArgument (Unimplemented for what is not there) with a message that quotes the pattern; `who` goes in front. */
sj_status sj__regex_new(const char *who, const char *pattern, int64_t length, sj__regex **ret_regex);
void sj__regex_free(sj__regex *regex);

/* Groups that the pattern has, the whole match not counted. */
int sj__regex_group_count(const sj__regex *regex);

/* The first match that begins at `start` or later. False when there is none. One thread at a time. */
bool sj__regex_search(sj__regex *regex, const char *text, int64_t length, int64_t start, sj__regex_match *ret_match);

/* Whether the whole text matches. */
bool sj__regex_matches_all(sj__regex *regex, const char *text, int64_t length);

#endif

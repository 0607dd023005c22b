/* A set of different names, each with the number of its coming; and whether bytes are UTF-8. */
#ifndef SOKUJI_IO_NAMES_H
#define SOKUJI_IO_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* All zero is the empty set. */
typedef struct sj__names {
	int64_t n, capacity, n_slots;
	char **names;   /* copies, 0-terminated */
	int64_t *slots; /* open addressing: index + 1, 0: free */
} sj__names;

/* -1 when it is not there. */
int64_t sj__names_find(const sj__names *names, const char *bytes, int64_t length);
/* AlreadyExists when it is there. The new name's index is the old n. */
sj_status sj__names_add(sj__names *names, const char *bytes, int64_t length);
void sj__names_release(sj__names *names);

bool sj__is_utf8(const char *bytes, int64_t length);
/* Writes the code point's UTF-8 and returns its length (1 to 4), 0 for surrogates and numbers above 0x10FFFF. */
int sj__utf8_encode(uint32_t code_point, char bytes[4]);

#endif

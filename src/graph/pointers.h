/* Numbers found by an address: what a graph or a plan would otherwise look for in a list as long as itself. */
#ifndef SOKUJI_GRAPH_POINTERS_H
#define SOKUJI_GRAPH_POINTERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Open addressing; zero is empty. */
typedef struct sj__pointers {
	struct {
		const void *key; /* NULL: free */
		int32_t number;
	} * places;
	size_t capacity, count;
} sj__pointers;

/* The number put in for the key last; -1: none. */
int32_t sj__pointers_get(const sj__pointers *p, const void *key);
sj_status sj__pointers_put(sj__pointers *p, const void *key, int32_t number);
void sj__pointers_release(sj__pointers *p);

#endif

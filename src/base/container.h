/*
 * What the machine and its container allow: bytes of memory and processors, from control groups (version 2 and 1), the
 * affinity mask and the hardware. `root` is put in front of /proc and /sys paths: "" for the machine, a folder in tests.
 */
#ifndef SOKUJI_BASE_CONTAINER_H
#define SOKUJI_BASE_CONTAINER_H

#include <stdint.h>

/* The least of all memory limits that hold for this process, in bytes; INT64_MAX if nothing is known. */
int64_t sj__container_memory(const char *root);

/* Processors that this process may keep busy, at least 1; a quota of 1.5 counts as 2. */
int sj__container_processors(const char *root);

#endif

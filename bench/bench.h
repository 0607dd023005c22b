/* What the benchmarks share: figures as lines of JSON, and how long to go on. Included once by each program. */
#ifndef SOKUJI_BENCH_BENCH_H
#define SOKUJI_BENCH_BENCH_H

#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>

static int bench_ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* BENCH_BRIEF: only to see that everything runs. */
static inline bool bench_is_brief(void) { return getenv("BENCH_BRIEF") != NULL; }

/* Whether to measure this work (again). paced.py lets all programs of a workload measure one work in turn: each announces it and waits. */
static inline bool bench_turn(const char *name, int round)
{
	char answer[16];
	if (getenv("BENCH_PACED") == NULL)
		return round == 0;
	printf("{\"turn\": \"%s\"}\n", name);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) != NULL && answer[0] == 'm';
}

/* n figures, which are sorted, as one line; limit: what the machine could have done at that time, 0 if not measured. */
static inline void bench_show_beside(const char *workload, const char *name, const char *unit, double *figures, int n, double limit)
{
	qsort(figures, (size_t)n, sizeof(figures[0]), bench_ascending);
	printf("{\"workload\": \"%s\", \"name\": \"%s\", \"unit\": \"%s\", \"median\": %.6g, \"low\": %.6g, \"high\": %.6g",
	       workload, name, unit, figures[n / 2], figures[0], figures[n - 1]);
	if (limit > 0)
		printf(", \"limit\": %.6g", limit);
	printf("}\n");
	fflush(stdout);
}

static inline void bench_show(const char *workload, const char *name, const char *unit, double *figures, int n)
{
	bench_show_beside(workload, name, unit, figures, n, 0);
}

/* The exit status: 1 and the message where an error stuck. */
static inline int bench_status(void)
{
	if (!sj_ok())
		fprintf(stderr, "%s\n", sj_error_message());
	return sj_ok() ? 0 : 1;
}

#endif

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

/* n figures, which are sorted, as one line. */
static inline void bench_show(const char *workload, const char *name, const char *unit, double *figures, int n)
{
	qsort(figures, (size_t)n, sizeof(figures[0]), bench_ascending);
	printf("{\"workload\": \"%s\", \"name\": \"%s\", \"unit\": \"%s\", \"median\": %.6g, \"low\": %.6g, \"high\": %.6g}\n",
	       workload, name, unit, figures[n / 2], figures[0], figures[n - 1]);
	fflush(stdout);
}

/* The exit status: 1 and the message where an error stuck. */
static inline int bench_status(void)
{
	if (!sj_ok())
		fprintf(stderr, "%s\n", sj_error_message());
	return sj_ok() ? 0 : 1;
}

#endif

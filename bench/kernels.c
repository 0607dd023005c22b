/*
 * Times the contraction kernels against what the machine's fused multiply-add units can do: GFLOP/s at best, and
 * the percent of the peak, measured beside each batch, that the median batch reaches; on one thread and on all. Arguments, all optional: words that a line's name must contain.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/compiler.h"
#include "base/threads.h"
#include "cpu/conv.h"
#include "cpu/gemm.h"
#include "cpu/isa.h"
#include "peak.h"

/* Processor time where there is one thread, so that a busy machine disturbs less; the wall clock's where there are more. */
static double now(void)
{
	struct timespec t;
	clock_gettime(sj__threads() > 1 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is timed */

typedef struct work {
	const char *name;
	double flops;
	void (*run)(const struct work *w);
	int64_t m, n, k;
	bool transpose_a, transpose_b;
	sj__conv_geometry g;
} work;

static float *left, *right, *result; /* big enough for every line */

static void run_gemm(const work *w)
{
	sj__gemm_f32(w->transpose_a, w->transpose_b, w->m, w->n, w->k, left, w->transpose_a ? w->m : w->k, right,
	             w->transpose_b ? w->k : w->n, result, w->n, false, NULL, false);
}

static void run_gemm_f64(const work *w)
{
	sj__gemm_f64(w->transpose_a, w->transpose_b, w->m, w->n, w->k, (double *)left, w->transpose_a ? w->m : w->k,
	             (double *)right, w->transpose_b ? w->k : w->n, (double *)result, w->n, false, NULL, false);
}

static void run_forward(const work *w) { sj__conv2d_forward_f32(&w->g, left, right, result, NULL, false); }

static void run_backward_input(const work *w) { sj__conv2d_backward_input_f32(&w->g, left, right, result); }

static void run_backward_filter(const work *w) { sj__conv2d_backward_filter_f32(&w->g, left, right, result); }

static void run_depthwise(const work *w) { sj__depthwise_forward_f32(&w->g, left, right, result, NULL, false); }

/* One line's result: the best batch, and the median of what share of the peak, measured beside it, each batch reached. */
typedef struct timing {
	double seconds, share;
} timing;

static int compare(const void *a, const void *b)
{
	double left_value = *(const double *)a, right_value = *(const double *)b;
	return (left_value > right_value) - (left_value < right_value);
}

static double time_batch(const work *w, int64_t calls)
{
	double begin = now();
	for (int64_t i = 0; i < calls; i++)
		w->run(w);
	return (now() - begin) / (double)calls;
}

static timing time_of(const work *w)
{
	enum { BATCHES = 21 };
	double share[BATCHES], spent = 0;
	timing t = {.seconds = INFINITY};
	time_batch(w, 1);
	int64_t calls = (int64_t)fmax(1, 0.004 / time_batch(w, 3));
	int n = 0;
	for (double peak = peak_gflops(sj__isa(), now); n < BATCHES && (n < 3 || spent < 1.5);) {
		double seconds = time_batch(w, calls), after = peak_gflops(sj__isa(), now);
		share[n++] = w->flops / seconds * 1e-9 / (0.5 * (peak + after));
		t.seconds = fmin(t.seconds, seconds);
		spent += seconds * (double)calls;
		peak = after;
	}
	qsort(share, (size_t)n, sizeof(double), compare);
	t.share = share[n / 2];
	return t;
}

static bool is_wanted(const char *name, int n_words, char **words)
{
	for (int i = 0; i < n_words; i++)
		if (strstr(name, words[i]))
			return true;
	return n_words == 0;
}

static void report(const work *w)
{
	timing t = time_of(w);
	printf("%-38s %12.3f us %8.1f GFLOP/s %5.1f %%\n", w->name, t.seconds * 1e6, w->flops / t.seconds * 1e-9,
	       100 * t.share);
	fflush(stdout);
}

#define GEMM(m, n, k, ta, tb) \
	{ \
		"gemm " #m "x" #n "x" #k " " #ta #tb, 2. * (m) * (n) * (k), run_gemm, m, n, k, ta, tb, { 0 } \
	}
#define CONV(name, run, n, h, c, f, o, oc, stride, pad) \
	{ \
		name, 2. * (n) * (o) * (o) * (f) * (f) * (c) * (oc), run, 0, 0, 0, false, false, \
		{ \
			n, h, h, c, f, f, o, o, oc, stride, stride, 1, 1, pad, pad \
		} \
	}
#define CONV_ALL(name, n, h, c, f, o, oc, stride, pad) \
	CONV(name " forward", run_forward, n, h, c, f, o, oc, stride, pad), \
		CONV(name " dx", run_backward_input, n, h, c, f, o, oc, stride, pad), \
		CONV(name " dfilter", run_backward_filter, n, h, c, f, o, oc, stride, pad)

static const work works[] = {
	GEMM(2, 2, 2, 0, 0),
	GEMM(16, 20, 4, 0, 0),
	GEMM(16, 20, 20, 0, 0),
	GEMM(16, 3, 20, 0, 0),
	GEMM(4, 20, 16, 1, 0),
	GEMM(20, 20, 16, 1, 0),
	GEMM(16, 20, 20, 0, 1),
	GEMM(20, 3, 16, 1, 0),
	GEMM(16, 20, 3, 0, 1),
	GEMM(112, 20, 4, 0, 0),
	GEMM(112, 20, 20, 0, 0),
	GEMM(4, 20, 112, 1, 0),
	GEMM(64, 64, 64, 0, 0),
	GEMM(64, 64, 64, 0, 1),
	GEMM(64, 64, 64, 1, 0),
	GEMM(128, 128, 128, 0, 0),
	GEMM(256, 256, 256, 0, 0),
	GEMM(256, 256, 256, 0, 1),
	GEMM(256, 256, 256, 1, 0),
	GEMM(512, 512, 512, 0, 0),
	GEMM(1024, 1024, 1024, 0, 0),
	GEMM(1024, 1024, 1024, 0, 1),
	GEMM(1024, 1024, 1024, 1, 0),
	GEMM(1000, 500, 20000, 0, 0),
	GEMM(20000, 500, 1000, 1, 0),
	GEMM(1000, 20000, 500, 0, 1),
	GEMM(128, 10, 500, 0, 0),
	GEMM(1, 1000, 1000, 0, 0),
	GEMM(1000, 1, 1000, 0, 0),
	GEMM(1, 1000, 1000, 0, 1),
	GEMM(1000, 3, 1000, 0, 0),
	{"gemm f64 512", 2. * 512 * 512 * 512, run_gemm_f64, 512, 512, 512, false, false, {0}},
	CONV_ALL("conv1 1000x28x28x1 5x5x20", 1000, 28, 1, 5, 24, 20, 1, 0),
	CONV_ALL("conv2 1000x24x24x20 5x5x50", 1000, 24, 20, 5, 20, 50, 1, 0),
	CONV_ALL("conv2 16x24x24x20 5x5x50", 16, 24, 20, 5, 20, 50, 1, 0),
	CONV_ALL("conv2 1x24x24x20 5x5x50", 1, 24, 20, 5, 20, 50, 1, 0),
	CONV_ALL("resnet 8x56x56x64 3x3x64", 8, 56, 64, 3, 56, 64, 1, 1),
	CONV_ALL("resnet 8x56x56x128 3x3x128 /2", 8, 56, 128, 3, 28, 128, 2, 1),
	CONV_ALL("resnet 8x14x14x256 3x3x256", 8, 14, 256, 3, 14, 256, 1, 1),
	CONV_ALL("resnet 8x28x28x512 1x1x128", 8, 28, 512, 1, 28, 128, 1, 0),
	CONV_ALL("resnet 8x224x224x3 7x7x64 /2", 8, 224, 3, 7, 112, 64, 2, 3),
	{"depthwise 8x56x56x128 3x3",
         2. * 8 * 56 * 56 * 128 * 9,
         run_depthwise,
         0,
         0,
         0,
         false,
         false,
         {8, 56, 56, 128, 3, 3, 56, 56, 128, 1, 1, 1, 1, 1, 1}},
};

enum { FLOATS = 26 << 20 };

/* On huge pages, as the library's own blocks are. Every value is also, two by two, an ordinary double. */
static float *new_buffer(void)
{
	float *buffer = mmap(NULL, FLOATS * sizeof(float), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED)
		exit(1);
	madvise(buffer, FLOATS * sizeof(float), MADV_HUGEPAGE);
	for (int i = 0; i < FLOATS; i++)
		buffer[i] = (float)(i % 1009) * 0.001f - 0.5001f;
	return buffer;
}

int main(int argc, char **argv)
{
	left = new_buffer();
	right = new_buffer();
	result = new_buffer();
	int most = sj__threads();
	for (int n_threads = 1; n_threads <= most; n_threads += sj__max_i64(1, most - 1)) {
		sj__set_threads(n_threads);
		double peak = 0;
		for (int i = 0; i < 20; i++)
			peak = fmax(peak, peak_gflops(sj__isa(), now));
		printf("isa %d, %d thread(s), peak %.1f GFLOP/s\n", sj__isa(), n_threads, peak);
		for (int i = 0; i < SJ_COUNT_OF(works); i++)
			if (is_wanted(works[i].name, argc - 1, argv + 1))
				report(&works[i]);
	}
	return 0;
}

/*
 * What the machine can do, on one thread and on all: fused multiply-adds by instruction set, memory read, written and copied, and pages
 * touched for the first time. JSON lines; the limits that other figures are compared with.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "peak.h"

enum { ROUNDS = 9, BYTES = 256 << 20, BRIEF_BYTES = 1 << 20, CHUNK = 1 << 20 };

static size_t n_bytes;
static char *source, *target;

static double now(void) { return (double)sj_clock_ns() * 1e-9; }

static void show(const char *what, int n_threads, const char *unit, double *figures)
{
	char name[96];
	snprintf(name, sizeof(name), "%s, %d thread%s", what, n_threads, n_threads == 1 ? "" : "s");
	bench_show("machine", name, unit, figures, ROUNDS);
}

static void show_peaks(int n_threads)
{
	static const struct {
		int isa;
		const char *name;
	} sets[] = {{SJ__ISA_AVX2, "float32 multiply-adds, AVX2"}, {SJ__ISA_AVX512, "float32 multiply-adds, AVX-512"}};
	double figures[ROUNDS];
	for (int s = 0; s < 2; s++) {
		if (sj__isa() < sets[s].isa)
			continue;
		for (int i = 0; i < ROUNDS; i++)
			figures[i] = peak_gflops(sets[s].isa, now);
		show(sets[s].name, n_threads, "GFLOP/s", figures);
	}
}

static volatile int64_t sink;

static void read_part(void *context, int64_t begin, int64_t end)
{
	enum { LANES = 64 };
	int64_t sums[LANES] = {0}, total = 0;
	const int64_t *from = (const int64_t *)(source + begin * CHUNK),
		      *past = (const int64_t *)(source + end * CHUNK);
	(void)context;
	for (; from < past; from += LANES)
		for (int i = 0; i < LANES; i++)
			sums[i] += from[i];
	for (int i = 0; i < LANES; i++)
		total += sums[i];
	sink = total;
}

static void write_part(void *context, int64_t begin, int64_t end)
{
	(void)context;
	memset(target + begin * CHUNK, 1, (size_t)(end - begin) * CHUNK);
}

static void copy_part(void *context, int64_t begin, int64_t end)
{
	(void)context;
	memcpy(target + begin * CHUNK, source + begin * CHUNK, (size_t)(end - begin) * CHUNK);
}

static void show_memory(int n_threads)
{
	static const struct {
		const char *name;
		sj__range_function *run;
		double share; /* arrays that move */
	} works[] = {{"memory read", read_part, 1}, {"memory written", write_part, 1}, {"memory copied", copy_part, 2}};
	double figures[ROUNDS];
	for (int w = 0; w < 3; w++) {
		for (int i = 0; i < ROUNDS; i++) {
			double begin = now();
			sj__parallel_for((int64_t)(n_bytes / CHUNK), 1, works[w].run, NULL);
			figures[i] = works[w].share * (double)n_bytes / (now() - begin) * 1e-9;
		}
		show(works[w].name, n_threads, "GB/s", figures);
	}
}

static void touch_part(void *context, int64_t begin, int64_t end)
{
	char *fresh = context;
	for (int64_t i = begin; i < end; i++)
		fresh[i * sysconf(_SC_PAGESIZE)] = 1;
}

static void show_faults(int n_threads)
{
	double figures[ROUNDS];
	int64_t n = (int64_t)n_bytes / 4 / sysconf(_SC_PAGESIZE);
	for (int i = 0; i < ROUNDS; i++) {
		char *fresh = mmap(NULL, n_bytes / 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (fresh == MAP_FAILED)
			return;
		madvise(fresh, n_bytes / 4, MADV_NOHUGEPAGE);
		double begin = now();
		sj__parallel_for(n, 16, touch_part, fresh);
		figures[i] = (double)n / (now() - begin) * 1e-6;
		munmap(fresh, n_bytes / 4);
	}
	show("small pages touched first", n_threads, "million/s", figures);
}

int main(void)
{
	n_bytes = bench_is_brief() ? BRIEF_BYTES : BYTES;
	source = aligned_alloc(CHUNK, n_bytes);
	target = aligned_alloc(CHUNK, n_bytes);
	if (source == NULL || target == NULL)
		return 1;
	madvise(source, n_bytes, MADV_HUGEPAGE);
	madvise(target, n_bytes, MADV_HUGEPAGE);
	memset(source, 1, n_bytes);
	memset(target, 1, n_bytes);
	int most = sj_threads();
	for (int n = 1; n <= most; n += most > 1 ? most - 1 : 1) {
		sj_set_threads(n);
		show_peaks(n);
		show_memory(n);
		show_faults(n);
	}
	free(source);
	free(target);
	return bench_status();
}

/*
 * The common store of small blocks, behind one lock: a list a class, filled from runs of 64 KiB pages that are cut from
 * 2 MiB spans. Threads come here with half a list at a time. Trimming returns runs whose blocks are all here.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "base/memory_parts.h"

#ifndef SJ_MEMORY_PLAIN

#define PAGE_SIZE ((size_t)1 << SJ__SPAN_PAGE_SHIFT)
#define PAGES_A_SPAN 32
#define CLASS_NONE 255

typedef struct central_list {
	void *head;
	int64_t count;
} central_list;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static central_list lists[SJ__N_SIZE_CLASSES];
static sj__span *spans;

void sj__central_lock(void) { pthread_mutex_lock(&lock); }
void sj__central_unlock(void) { pthread_mutex_unlock(&lock); }

static void *next_of(void *block) { return *(void **)block; }
static void set_next(void *block, void *next) { *(void **)block = next; }

static sj__span *span_of(void *block) { return (sj__span *)((uintptr_t)block & ~(uintptr_t)(SJ__SPAN_SIZE - 1)); }

static int run_of(void *block)
{
	uintptr_t offset = (uintptr_t)block & (SJ__SPAN_SIZE - 1);
	return span_of(block)->run_of_page[offset >> SJ__SPAN_PAGE_SHIFT];
}

/* The fewest pages of which at most a sixteenth is wasted; every class has such a run of up to seven. */
static int pages_of_run(int size_class)
{
	size_t size = sj__class_sizes[size_class];
	int n = 1;
	while (n * PAGE_SIZE < size || n * PAGE_SIZE % size > n * PAGE_SIZE / 16)
		n++;
	return n;
}

/* The first of n free pages in a row, or -1. */
static int find_pages(const sj__span *span, int n)
{
	uint32_t wanted = (1u << n) - 1;
	for (int page = 1; page + n <= PAGES_A_SPAN; page++)
		if ((span->free_pages >> page & wanted) == wanted)
			return page;
	return -1;
}

/* Only a program that needs a second span gains from huge pages; the first would cost every start 2 MiB. */
static sj__span *map_span(void)
{
	sj__span *span = sj__arena_map(SJ__SPAN_SIZE, spans != NULL);
	if (span == NULL)
		return NULL;
	memset(span->class_of_page, CLASS_NONE, sizeof span->class_of_page);
	span->free_pages = ~1u;
	span->next = spans;
	spans = span;
	return span;
}

static sj__span *find_span(int n_pages, int *ret_page)
{
	for (sj__span *span = spans; span != NULL; span = span->next) {
		*ret_page = find_pages(span, n_pages);
		if (*ret_page > 0)
			return span;
	}
	*ret_page = 1;
	return map_span();
}

static void mark_run(sj__span *span, int page, int n_pages, int size_class)
{
	span->free_pages &= ~(((1u << n_pages) - 1) << page);
	memset(span->class_of_page + page, size_class, (size_t)n_pages);
	memset(span->run_of_page + page, page, (size_t)n_pages);
}

/* Cuts a new run into blocks, lowest address first; addresses that look like the arena's are left out. */
static bool carve(int size_class)
{
	int page;
	int n_pages = pages_of_run(size_class);
	sj__span *span = find_span(n_pages, &page);
	if (span == NULL)
		return false;
	mark_run(span, page, n_pages, size_class);
	size_t size = sj__class_sizes[size_class];
	char *run = (char *)span + page * PAGE_SIZE;
	central_list *list = &lists[size_class];
	uint16_t n = 0;
	for (size_t at = n_pages * PAGE_SIZE / size; at-- > 0;) {
		void *block = run + at * size;
		if (sj__arena_owns(block))
			continue;
		set_next(block, list->head);
		list->head = block;
		n++;
	}
	list->count += n;
	span->n_of_run[page] = n;
	return true;
}

int32_t sj__central_take(int size_class, int32_t n, void **ret_head)
{
	central_list *list = &lists[size_class];
	pthread_mutex_lock(&lock);
	if (list->head == NULL && !carve(size_class)) {
		pthread_mutex_unlock(&lock);
		return 0;
	}
	int32_t n_taken = 1;
	void *tail = list->head;
	for (; n_taken < n && next_of(tail) != NULL; n_taken++)
		tail = next_of(tail);
	*ret_head = list->head;
	list->head = next_of(tail);
	list->count -= n_taken;
	set_next(tail, NULL);
	pthread_mutex_unlock(&lock);
	return n_taken;
}

void sj__central_give(int size_class, void *head, void *tail, int32_t n)
{
	pthread_mutex_lock(&lock);
	set_next(tail, lists[size_class].head);
	lists[size_class].head = head;
	lists[size_class].count += n;
	pthread_mutex_unlock(&lock);
}

static void count_free(const central_list *list)
{
	for (sj__span *span = spans; span != NULL; span = span->next)
		memset(span->n_free_of_run, 0, sizeof span->n_free_of_run);
	for (void *block = list->head; block != NULL; block = next_of(block))
		span_of(block)->n_free_of_run[run_of(block)]++;
}

static bool is_wholly_free(const sj__span *span, int run)
{
	return span->n_free_of_run[run] > 0 && span->n_free_of_run[run] == span->n_of_run[run];
}

static void unlist_wholly_free(central_list *list)
{
	void *kept = NULL;
	void *next;
	for (void *block = list->head; block != NULL; block = next) {
		next = next_of(block);
		if (is_wholly_free(span_of(block), run_of(block))) {
			list->count--;
			continue;
		}
		set_next(block, kept);
		kept = block;
	}
	list->head = kept;
}

static void return_runs(int n_pages)
{
	for (sj__span *span = spans; span != NULL; span = span->next)
		for (int page = 1; page < PAGES_A_SPAN; page++) {
			if (!is_wholly_free(span, page))
				continue;
			span->free_pages |= ((1u << n_pages) - 1) << page;
			span->n_of_run[page] = 0;
			madvise((char *)span + page * PAGE_SIZE, n_pages * PAGE_SIZE, MADV_DONTNEED);
		}
}

void sj__central_trim(void)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < SJ__N_SIZE_CLASSES; i++) {
		if (lists[i].head == NULL)
			continue;
		count_free(&lists[i]);
		unlist_wholly_free(&lists[i]);
		return_runs(pages_of_run(i));
	}
	pthread_mutex_unlock(&lock);
}

#endif

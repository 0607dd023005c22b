/*
 * Large blocks: regions of huge pages, cut into chunks with boundary tags, best fit from bins of free chunks (four a power
 * of two), neighbours merged at once. Regions stay mapped until sj__memory_trim, since touching a fresh 80 MiB costs tens
 * of milliseconds of page faults; but when fresh pages are needed, free chunks give theirs up, so that about as many are held as were
 * ever in use at once. Everything is behind one lock.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>

#include "base/memory.h"
#include "base/memory_parts.h"

#ifndef SJ_MEMORY_PLAIN

#define REST_LEAST ((size_t)64 << 10) /* a smaller rest stays with its chunk */
#define GROWTH_LEAST ((size_t)8 << 20)
#define GROWTH_MOST ((size_t)128 << 20)
#define SCAN_MOST 64
#define SPARE_LEAST ((size_t)32 << 20)  /* pages held beyond the most ever in use: this, and an eighth of those */
#define EMPTIED_LEAST ((size_t)2 << 20) /* smaller free chunks keep their pages */
#define N_BINS 160

typedef struct chunk {
	size_t size;        /* with this header; a multiple of SJ__CHUNK_PAGE */
	size_t size_before; /* of the neighbour below; 0: the region begins here */
	bool is_free;
	bool is_last;                  /* the region ends here */
	bool is_empty;                 /* while free: no page of it is held but its first */
	struct chunk *next, *previous; /* in the bin, while free */
} chunk;

_Static_assert(sizeof(chunk) <= SJ__CHUNK_HEADER, "a chunk's header fits before its block");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static chunk *bins[N_BINS];
static uint64_t bin_is_filled[(N_BINS + 63) / 64];
static size_t n_mapped;
static size_t n_empty; /* of free chunks whose pages are not held */
static size_t n_in_use, most_in_use;
static chunk *lowest; /* of the newest region, which grows downwards; NULL: none */

void sj__arena_lock(void) { pthread_mutex_lock(&lock); }
void sj__arena_unlock(void) { pthread_mutex_unlock(&lock); }

static chunk *chunk_of(const void *block) { return (chunk *)((uintptr_t)block - SJ__CHUNK_HEADER); }
static chunk *above(chunk *c) { return (chunk *)((char *)c + c->size); }
static chunk *below(chunk *c) { return (chunk *)((char *)c - c->size_before); }
static size_t pages_held(void) { return n_mapped - n_empty; } /* in bytes */
static size_t round_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

static int bin_of(size_t size)
{
	int exponent = 63 - __builtin_clzll((unsigned long long)size);
	int bin = (exponent - 12) * 4 + (int)(size >> (exponent - 2) & 3);
	return bin < N_BINS ? bin : N_BINS - 1;
}

static void list_free(chunk *c)
{
	int bin = bin_of(c->size);
	c->is_free = true;
	c->previous = NULL;
	c->next = bins[bin];
	if (c->next != NULL)
		c->next->previous = c;
	bins[bin] = c;
	bin_is_filled[bin / 64] |= (uint64_t)1 << bin % 64;
	n_empty += c->is_empty ? c->size : 0;
}

static void unlist_free(chunk *c)
{
	int bin = bin_of(c->size);
	c->is_free = false;
	if (c->next != NULL)
		c->next->previous = c->previous;
	if (c->previous != NULL)
		c->previous->next = c->next;
	else
		bins[bin] = c->next;
	if (bins[bin] == NULL)
		bin_is_filled[bin / 64] &= ~((uint64_t)1 << bin % 64);
	n_empty -= c->is_empty ? c->size : 0;
}

/* The smallest chunk of a bin that is large enough, among the first SCAN_MOST that are; an empty one only if it may be. */
static chunk *best_of_bin(int bin, size_t size, bool may_be_empty)
{
	chunk *best = NULL;
	int n_seen = 0;
	for (chunk *c = bins[bin]; c != NULL && n_seen < SCAN_MOST; c = c->next) {
		if (c->size < size || (c->is_empty && !may_be_empty))
			continue;
		if (best == NULL || c->size < best->size)
			best = c;
		n_seen++;
	}
	return best;
}

static int next_filled_bin(int bin)
{
	for (int word = bin / 64; word < SJ_COUNT_OF(bin_is_filled); word++) {
		uint64_t filled = bin_is_filled[word];
		if (word == bin / 64)
			filled &= ~(uint64_t)0 << bin % 64;
		if (filled != 0)
			return word * 64 + __builtin_ctzll(filled);
	}
	return N_BINS;
}

static chunk *find_free(size_t size, bool may_be_empty)
{
	for (int bin = next_filled_bin(bin_of(size)); bin < N_BINS; bin = next_filled_bin(bin + 1)) {
		chunk *best = best_of_bin(bin, size, may_be_empty);
		if (best != NULL)
			return best;
		if (bin + 1 == N_BINS)
			break;
	}
	return NULL;
}

/* Cuts what lies above `size` off an unlisted chunk and lists it. */
static void split(chunk *c, size_t size)
{
	if (c->size - size < REST_LEAST)
		return;
	chunk *rest = (chunk *)((char *)c + size);
	rest->size = c->size - size;
	rest->size_before = size;
	rest->is_last = c->is_last;
	rest->is_empty = c->is_empty;
	c->size = size;
	c->is_last = false;
	if (!rest->is_last)
		above(rest)->size_before = rest->size;
	list_free(rest);
}

/* Joins an unlisted chunk with its free neighbours; the result is unlisted. */
static chunk *merge(chunk *c)
{
	if (!c->is_last && above(c)->is_free) {
		chunk *upper = above(c);
		unlist_free(upper);
		c->is_last = upper->is_last;
		c->is_empty &= upper->is_empty;
		c->size += upper->size;
	}
	if (c->size_before != 0 && below(c)->is_free) {
		chunk *lower = below(c);
		unlist_free(lower);
		lower->is_last = c->is_last;
		lower->is_empty &= c->is_empty;
		lower->size += c->size;
		c = lower;
	}
	if (!c->is_last)
		above(c)->size_before = c->size;
	return c;
}

/* Maps more than asked for and cuts the ends off: mmap itself aligns to 4 KiB only. */
void *sj__arena_map(size_t n_bytes, bool huge_pages)
{
	char *pages = mmap(NULL, n_bytes + SJ__SPAN_SIZE, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages == MAP_FAILED)
		return NULL;
	size_t before = (SJ__SPAN_SIZE - (uintptr_t)pages % SJ__SPAN_SIZE) % SJ__SPAN_SIZE;
	if (before > 0)
		munmap(pages, before);
	munmap(pages + before + n_bytes, SJ__SPAN_SIZE - before);
	if (huge_pages)
		madvise(pages + before, n_bytes, MADV_HUGEPAGE);
	return pages + before;
}

/* The first page of a free chunk holds its header and stays. */
static void empty_chunk(chunk *c)
{
	if (c->is_empty)
		return;
	madvise((char *)c + SJ__CHUNK_PAGE, c->size - SJ__CHUNK_PAGE, MADV_DONTNEED);
	c->is_empty = true;
	n_empty += c->size;
}

/* A region that is free as a whole goes. */
static void trim_chunk(chunk *c)
{
	if (c->size_before == 0 && c->is_last) {
		unlist_free(c);
		if (c == lowest)
			lowest = NULL;
		n_mapped -= c->size;
		munmap(c, c->size);
	} else {
		empty_chunk(c);
	}
}

static void trim_all(void)
{
	for (int bin = 0; bin < N_BINS; bin++)
		for (chunk *c = bins[bin], *next; c != NULL; c = next) {
			next = c->next;
			trim_chunk(c);
		}
}

static bool holds_too_much(void) { return pages_held() > most_in_use + most_in_use / 16 + SPARE_LEAST; }

/* Fresh pages are about to be touched: free chunks give up theirs, the largest first. */
static void make_up_for_fresh_pages(void)
{
	for (int bin = N_BINS - 1; bin >= bin_of(EMPTIED_LEAST) && holds_too_much(); bin--)
		for (chunk *c = bins[bin]; c != NULL && holds_too_much(); c = c->next)
			empty_chunk(c);
}

/* Pages below the newest region, where nothing else lies, so that its free chunks go on in them; NULL when that cannot be. */
static chunk *extend(size_t growth)
{
	if (lowest == NULL || (uintptr_t)lowest < growth)
		return NULL;
	chunk *c = (chunk *)((char *)lowest - growth);
	void *pages = mmap(c, growth, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (pages != c) {
		if (pages != MAP_FAILED) /* a kernel that does not know the flag */
			munmap(pages, growth);
		return NULL;
	}
	madvise(c, growth, MADV_HUGEPAGE);
	lowest->size_before = growth;
	*c = (chunk){.size = growth, .is_empty = true};
	return c;
}

static chunk *region_new(size_t growth)
{
	chunk *c = sj__arena_map(growth, true);
	if (c != NULL)
		*c = (chunk){.size = growth, .is_last = true, .is_empty = true};
	return c;
}

/* What the arena must grow by at least for a chunk of that size. */
static size_t growth_for(size_t size, bool extends)
{
	size_t there = extends && lowest != NULL && lowest->is_free && lowest->size < size ? lowest->size : 0;
	return round_up(size - there, SJ__SPAN_SIZE);
}

/* As much as makes further growth seldom, if the limit allows it. */
static size_t growth_wanted(size_t least)
{
	size_t growth = round_up(n_mapped / 8, SJ__SPAN_SIZE);
	growth = growth < GROWTH_LEAST ? GROWTH_LEAST : growth > GROWTH_MOST ? GROWTH_MOST : growth;
	return growth < least || pages_held() + growth > (size_t)sj__memory_limit() ? least : growth;
}

/* Fresh pages as one unlisted chunk of at least that size. Near the limit, cached pages go first, so that the container does not kill us. */
static chunk *grow(size_t size)
{
	if (pages_held() + growth_for(size, true) > (size_t)sj__memory_limit())
		trim_all();
	size_t growth = growth_wanted(growth_for(size, true));
	chunk *c = extend(growth);
	if (c == NULL) {
		growth = growth_wanted(growth_for(size, false));
		c = region_new(growth);
	}
	if (c == NULL) {
		trim_all();
		growth = growth_for(size, false);
		c = region_new(growth);
	}
	if (c == NULL)
		return NULL;
	n_mapped += growth;
	lowest = c;
	return merge(c);
}

/* Cuts the unlisted chunk to size and counts it as in use; is_fresh: pages of it are not held yet. */
static void cut_and_count(chunk *c, size_t size, bool is_fresh)
{
	split(c, size);
	n_in_use += c->size;
	most_in_use = n_in_use > most_in_use ? n_in_use : most_in_use;
	if (is_fresh)
		make_up_for_fresh_pages();
	c->is_empty = false;
}

void *sj__arena_take(size_t n_bytes)
{
	size_t size = round_up(n_bytes + SJ__CHUNK_HEADER, SJ__CHUNK_PAGE);
	pthread_mutex_lock(&lock);
	chunk *c = find_free(size, false);
	bool is_fresh = c == NULL;
	if (c == NULL)
		c = find_free(size, true);
	if (c != NULL)
		unlist_free(c);
	else
		c = grow(size);
	if (c != NULL)
		cut_and_count(c, size, is_fresh);
	pthread_mutex_unlock(&lock);
	return c == NULL ? NULL : (char *)c + SJ__CHUNK_HEADER;
}

void sj__arena_give(void *block)
{
	pthread_mutex_lock(&lock);
	n_in_use -= chunk_of(block)->size;
	list_free(merge(chunk_of(block)));
	pthread_mutex_unlock(&lock);
}

size_t sj__arena_capacity(const void *block) { return chunk_of(block)->size - SJ__CHUNK_HEADER; }

void sj__arena_trim(void)
{
	pthread_mutex_lock(&lock);
	trim_all();
	pthread_mutex_unlock(&lock);
}

#endif

/*
 * The state behind seeded numbers: the global seed with its generator of operation seeds, and a table of how far each
 * seeded stream has been used. TensorFlow keeps the latter in its cache of kernels.
 *
 * The table is a cache of fixed size: where more than WAYS streams fall into one of its sets, the one unused for the
 * longest time is forgotten, and would begin anew. Seeds drawn from the generator never enter it.
 */
#define _GNU_SOURCE
#include "ops/random_state.h"

#include <pthread.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/mersenne.h"
#include "sokuji/random.h"

enum { SETS = 4096, WAYS = 8, POSITION_BITS = 48 };

/* A function's positions have the low bits of the generation above them. */
#define POSITION_MASK ((UINT64_C(1) << POSITION_BITS) - 1)

#define SEED_LIMIT 2147483647 /* TensorFlow takes seeds modulo 2^31 - 1 */
#define DEFAULT_GRAPH_SEED 87654321

/* One stream in use: `position` groups of it are taken. */
typedef struct entry {
	const sj_op *op;
	int64_t seed, seed2;
	uint64_t position;
	uint32_t types;
	uint32_t generation; /* of the global seed; others are empty places */
	uint64_t used_at;
} entry;

static pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
	bool has_seed, has_returned;
	int64_t seed;
	sj__mersenne generator;
	uint32_t returned; /* a drawn number that the next call takes */
	uint64_t n_draws, clock;
	uint32_t generation;
	entry entries[SETS][WAYS];
	pid_t entropy_owner; /* a child of fork must not repeat its parent's numbers */
	sj__philox entropy;
	void (*entropy_fill)(void *bytes, size_t n);
} state;

static SJ_THREAD_LOCAL_COLD uint64_t *own_position;
static SJ_THREAD_LOCAL_COLD sj__random_journal *journals; /* the innermost first */

/* What this thread took last: of a position of its own, or (NULL) of the table. */
static SJ_THREAD_LOCAL_COLD struct {
	const sj__call *call; /* NULL: nothing that could be given back */
	uint64_t *own;
	int64_t seed, seed2;
	uint64_t n_groups, end; /* the position after it */
} last;

/* ---- seeds ---- */

static void generation_begin(void)
{
	__atomic_store_n(&state.generation, state.generation + 1, __ATOMIC_RELAXED);
	state.has_returned = false;
}

void sj_set_random_seed(int64_t seed)
{
	pthread_mutex_lock(&state_lock);
	state.has_seed = true;
	state.seed = seed;
	sj__mersenne_seed(&state.generator, seed);
	generation_begin();
	pthread_mutex_unlock(&state_lock);
}

void sj_clear_random_seed(void)
{
	pthread_mutex_lock(&state_lock);
	state.has_seed = false;
	generation_begin();
	pthread_mutex_unlock(&state_lock);
}

/* Python's modulo: never negative. */
static int64_t seed_reduce(int64_t seed)
{
	int64_t rest = seed % SEED_LIMIT;
	return rest < 0 ? rest + SEED_LIMIT : rest;
}

static uint32_t number_draw(void)
{
	state.n_draws++;
	if (!state.has_returned)
		return sj__mersenne_below(&state.generator, 0x80000000u);
	state.has_returned = false;
	return state.returned;
}

sj__random_seeds sj__random_seeds_for(sj_int_option op_seed)
{
	sj__random_seeds seeds = {0};
	pthread_mutex_lock(&state_lock);
	if (state.has_seed || op_seed.given) {
		seeds.is_drawn = !op_seed.given;
		if (seeds.is_drawn)
			seeds.drawn = number_draw();
		seeds.n_draws = state.n_draws;
		seeds.seed = seed_reduce(state.has_seed ? state.seed : DEFAULT_GRAPH_SEED);
		seeds.seed2 = seed_reduce(seeds.is_drawn ? (int64_t)seeds.drawn : op_seed.value);
		if (seeds.seed == 0 && seeds.seed2 == 0)
			seeds.seed2 = SEED_LIMIT; /* 0 and 0 would mean entropy */
	}
	pthread_mutex_unlock(&state_lock);
	return seeds;
}

void sj__random_seeds_return(const sj__random_seeds *seeds)
{
	if (!seeds->is_drawn)
		return;
	pthread_mutex_lock(&state_lock);
	if (state.n_draws == seeds->n_draws) {
		state.returned = seeds->drawn;
		state.has_returned = true;
		state.n_draws--;
	}
	pthread_mutex_unlock(&state_lock);
}

void sj_random_op_seeds(sj_int_option op_seed, int64_t *ret_seed, int64_t *ret_seed2)
{
	sj__random_seeds seeds = sj__random_seeds_for(op_seed);
	*ret_seed = seeds.seed;
	*ret_seed2 = seeds.seed2;
}

/* ---- entropy ---- */

static void machine_entropy(void *bytes, size_t n)
{
	if (getrandom(bytes, n, 0) == (ssize_t)n)
		return;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	sj__philox mix = {(uint64_t)now.tv_nsec, (uint64_t)getpid(), (uint64_t)now.tv_sec};
	uint32_t words[4];
	sj__philox_group(mix, words);
	memcpy(bytes, words, n < sizeof(words) ? n : sizeof(words));
}

void sj__random_set_entropy(void (*fill)(void *bytes, size_t n))
{
	pthread_mutex_lock(&state_lock);
	state.entropy_fill = fill;
	state.entropy_owner = 0;
	pthread_mutex_unlock(&state_lock);
}

static sj__philox entropy_reserve(uint64_t n_groups)
{
	pid_t now = getpid();
	if (state.entropy_owner != now) {
		uint64_t bits[2] = {0};
		(state.entropy_fill ? state.entropy_fill : machine_entropy)(bits, sizeof(bits));
		state.entropy = (sj__philox){.key = bits[0], .high = bits[1]};
		state.entropy_owner = now;
	}
	sj__philox begin = state.entropy;
	state.entropy = sj__philox_skip(begin, n_groups);
	return begin;
}

/* ---- streams ---- */

/* The dtypes of a call's ports, as a number: TensorFlow's cache of kernels is told apart by them too. */
static uint32_t call_types(const sj__call *call)
{
	uint32_t types = 0;
	for (int i = 0; i < call->n_inputs; i++)
		types = types * 31 + (call->inputs[i] ? call->inputs[i]->dtype : 0);
	return types * 31 + call->outputs[0]->dtype;
}

static entry *entry_find(const sj__call *call, int64_t seed, int64_t seed2)
{
	uint32_t types = call_types(call), words[4];
	sj__philox_group((sj__philox){(uint64_t)seed, (uint64_t)seed2, (uintptr_t)call->op + types}, words);
	entry *set = state.entries[words[0] % SETS], *oldest = set;
	for (entry *e = set; e < set + WAYS; e++) {
		bool in_use = e->generation == state.generation + 1; /* 0: an empty place */
		if (in_use && e->op == call->op && e->seed == seed && e->seed2 == seed2 && e->types == types)
			return e;
		if (!in_use)
			e->used_at = 0;
		if (e->used_at < oldest->used_at)
			oldest = e;
	}
	*oldest = (entry){call->op, seed, seed2, 0, types, state.generation + 1, 0};
	return oldest;
}

static sj__philox table_reserve(const sj__call *call, int64_t seed, int64_t seed2, uint64_t n_groups)
{
	entry *e = entry_find(call, seed, seed2);
	sj__philox begin = {(uint64_t)seed, (uint64_t)seed2, e->position};
	e->position += n_groups;
	e->used_at = ++state.clock;
	last.call = call;
	last.own = NULL;
	last.end = e->position;
	return begin;
}

static sj__philox fresh_reserve(const sj__call *call, int64_t seed, int64_t seed2, uint64_t n_groups)
{
	last.seed = seed;
	last.seed2 = seed2;
	last.n_groups = n_groups;
	if (own_position != NULL && (seed != 0 || seed2 != 0)) {
		/* a session may run on several threads */
		uint64_t position = __atomic_fetch_add(own_position, n_groups, __ATOMIC_RELAXED);
		last.call = call;
		last.own = own_position;
		last.end = position + n_groups;
		return (sj__philox){(uint64_t)seed, (uint64_t)seed2, position & POSITION_MASK};
	}
	pthread_mutex_lock(&state_lock);
	sj__philox begin = seed == 0 && seed2 == 0 ? entropy_reserve(n_groups)
	                                           : table_reserve(call, seed, seed2, n_groups);
	pthread_mutex_unlock(&state_lock);
	return begin;
}

void sj__random_give_back(const sj__call *call)
{
	if (last.call != call || last.call == NULL)
		return;
	uint64_t end = last.end, begin = end - last.n_groups;
	last.call = NULL;
	if (last.own != NULL) {
		__atomic_compare_exchange_n(last.own, &end, begin, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
		return;
	}
	pthread_mutex_lock(&state_lock);
	entry *e = entry_find(call, last.seed, last.seed2);
	if (e->position == end)
		e->position = begin;
	pthread_mutex_unlock(&state_lock);
}

/* Without memory a draw is not noted, and drawn anew by a replay. */
static void draw_note(sj__random_journal *j, sj__philox draw)
{
	if (j->n == j->capacity) {
		size_t kept = sizeof(draw) * (size_t)j->capacity;
		sj__philox *wider = sj__memory_resize(j->draws, kept, 2 * kept + 4 * sizeof(draw));
		if (wider == NULL)
			return;
		j->draws = wider;
		j->capacity = 2 * j->capacity + 4;
	}
	j->draws[j->n++] = draw;
}

sj__philox sj__random_reserve(const sj__call *call, int64_t seed, int64_t seed2, uint64_t n_groups)
{
	sj__random_journal *replay = journals;
	while (replay != NULL && !(replay->replays && replay->at < replay->n))
		replay = replay->outer;
	last.call = NULL;
	sj__philox draw = replay ? replay->draws[replay->at++] : fresh_reserve(call, seed, seed2, n_groups);
	for (sj__random_journal *j = journals; j != replay; j = j->outer)
		if (!j->replays)
			draw_note(j, draw);
	return draw;
}

void sj__random_journal_begin(sj__random_journal *journal)
{
	journal->outer = journals;
	journals = journal;
}

void sj__random_journal_end(void) { journals = journals->outer; }

uint64_t *sj__random_position_now(uint64_t *position)
{
	uint64_t tag = (uint64_t)__atomic_load_n(&state.generation, __ATOMIC_RELAXED) << POSITION_BITS;
	uint64_t is = __atomic_load_n(position, __ATOMIC_RELAXED);
	if ((is ^ tag) & ~POSITION_MASK)
		__atomic_compare_exchange_n(position, &is, tag, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	return position;
}

uint64_t *sj__random_use_position(uint64_t *position)
{
	uint64_t *before = own_position;
	own_position = position;
	return before;
}

/*
 * The tensor handle, its storage and its shape, as the rooms above see them.
 *
 * A handle says what a tensor is (dtype, shape, where its bytes begin); a storage holds the bytes and may be shared by
 * several handles (reshape, leading slices and variables' values are views); a small tensor's lies inside its handle. Counts are plain integers until a second
 * thread uses the library, atomics from then on. Handles live in slabs that are never given back, so a released handle can be told by its magic word.
 */
#ifndef SOKUJI_TENSOR_TENSOR_H
#define SOKUJI_TENSOR_TENSOR_H

#include <string.h>

#include "base/compiler.h"
#include "base/status.h"
#include "sokuji/tensor.h"

#define SJ__TENSOR_LIVE 0x534a5431u
#define SJ__INLINE_DIMS 6
/* Tensors of at most so many bytes need no storage of their own. */
#define SJ__INSIDE_BYTES 64
#define SJ__UNKNOWN (-1)

enum sj__tensor_flag {
	SJ__FLAG_NIL = 1,
	SJ__FLAG_VARIABLE = 2,
	SJ__FLAG_SYMBOLIC =
		4, /* of a graph: the shape may be partly unknown; bytes only where the value is known beforehand */
	SJ__FLAG_SHAPE_ONLY = 8, /* kept by a tape record for its shape */
	SJ__FLAG_SLICES = 16,    /* a sparse gradient: see slices.h */
};

typedef struct sj_storage {
	int32_t refs;
	bool holds_strings;
	bool is_inside; /* of the handle that was made with it, which then lives as long */
	int64_t n_bytes;
	void *bytes; /* of the one allocator, or the handle's own */
} sj_storage;

typedef struct sj__shape {
	int32_t rank; /* -1: unknown (symbolic tensors only) */
	int64_t size; /* number of elements; -1: unknown */
	int64_t inline_dims[SJ__INLINE_DIMS];
	int64_t *heap_dims; /* all dimensions, where there are more than SJ__INLINE_DIMS */
} sj__shape;

struct sj__variable;
struct sj_node;

struct sj_tensor {
	uint32_t magic;
	int32_t refs;
	uint8_t dtype;
	uint8_t flags;
	uint16_t output;    /* of a symbolic one: about which of its node's outputs it is */
	uint32_t owner;     /* number of the thread that made the handle */
	uint32_t tape_slot; /* valid while tape_epoch is the epoch of the owner's log */
	uint64_t tape_epoch;
	void *data;
	sj_storage *storage;
	sj__shape shape;
	union {
		struct sj__variable *variable; /* of handles with SJ__FLAG_VARIABLE */
		struct sj__slices *slices;     /* of handles with SJ__FLAG_SLICES */
		struct sj_node *node; /* of handles with SJ__FLAG_SYMBOLIC, borrowed; NULL where the graph is gone */
	};
	sj_storage inside; /* in use where storage points here */
	_Alignas(64) char inside_bytes[SJ__INSIDE_BYTES];
};

/* Bytes of an element by dtype number: what sj_dtype_size answers, without the call. */
extern SJ_HIDDEN const uint8_t sj__dtype_sizes[32];
static SJ_ALWAYS_INLINE size_t sj__dtype_size(unsigned dtype) { return sj__dtype_sizes[dtype & 31]; }

/* ---- shapes ---- */

static SJ_ALWAYS_INLINE const int64_t *sj__dims(const sj_tensor *t)
{
	return SJ_LIKELY(t->shape.rank <= SJ__INLINE_DIMS) ? t->shape.inline_dims : t->shape.heap_dims;
}

static SJ_ALWAYS_INLINE bool sj__same_shape(const sj_tensor *a, const sj_tensor *b)
{
	if (a->shape.rank != b->shape.rank)
		return false;
	const int64_t *da = sj__dims(a), *db = sj__dims(b);
	for (int i = 0; i < a->shape.rank; i++)
		if (da[i] != db[i])
			return false;
	return true;
}

/*
 * Multiplies the dimensions (each known and >= 0) with checks: a zero dimension does not excuse an overflow of the others.
 * False on overflow. With unknown (-1) dimensions *ret_size is -1.
 */
bool sj__shape_size(int rank, const int64_t *dims, int64_t *ret_size);

/* "[2,3]", "[?,3]", "unknown rank" into a ring of per-thread buffers: good for one message. */
const char *sj__shape_text(const sj_tensor *t);
/* Whether two shapes may be one: what is not known yet (a rank or dimension below 0) may turn out to fit. */
bool sj__dims_may_match(int rank_a, const int64_t *a, int rank_b, const int64_t *b);
bool sj__shapes_may_match(const sj_tensor *a, const sj_tensor *b);
const char *sj__dims_text(int rank, const int64_t *dims);

/* ---- handles; all references returned are the caller's own ---- */

/* A handle with the shape and no bytes yet. Validates rank, signs and overflow (of bytes too); `who` names the operation in messages. */
sj_status sj__tensor_new(const char *who, sj_dtype dtype, int rank, const int64_t *dims, sj_tensor **ret_tensor);
/* Gives a handle without bytes its storage (zero-filled for strings). */
sj_status sj__tensor_allocate(sj_tensor *t);
/* A handle of t's shape (which is known) and another dtype, no bytes yet. */
sj_status sj__tensor_like(const sj_tensor *t, sj_dtype dtype, sj_tensor **ret_tensor);
/* Handle and storage at once. */
sj_status sj__tensor_make(const char *who, sj_dtype dtype, int rank, const int64_t *dims, sj_tensor **ret_tensor);
/* Zeros of like's dtype and shape. */
sj_status sj__tensor_zeros(const char *who, const sj_tensor *like, sj_tensor **ret_tensor);
/* A view of base's storage from `byte_offset` on, of another shape. */
sj_status sj__tensor_view(sj_tensor *base, int rank, const int64_t *dims, int64_t byte_offset, sj_tensor **ret_tensor);
/* dtype and shape of t, nothing else; t itself where its shape is not known yet. */
sj_status sj__tensor_shape_only(sj_tensor *t, sj_tensor **ret_tensor);
/* A symbolic handle: dims may hold -1, rank may be -1. */
sj_status sj__tensor_symbolic(sj_dtype dtype, int rank, const int64_t *dims, sj_tensor **ret_tensor);
/* A 1-D int64 tensor of the list. */
sj_status sj__tensor_from_ints(sj_ints list, sj_tensor **ret_tensor);

void sj__tensor_destroy(sj_tensor *t);
void sj__storage_destroy(sj_storage *storage);

/* Set for good when a second thread begins to use the library. */
extern SJ_HIDDEN int sj__many_threads;

#if defined(__SANITIZE_THREAD__)
#define SJ__COUNTS_ARE_SHARED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SJ__COUNTS_ARE_SHARED 1
#endif
#endif
#ifndef SJ__COUNTS_ARE_SHARED
#define SJ__COUNTS_ARE_SHARED SJ_UNLIKELY(__atomic_load_n(&sj__many_threads, __ATOMIC_RELAXED))
#endif

static SJ_ALWAYS_INLINE void sj__count_up(int32_t *refs)
{
	if (SJ__COUNTS_ARE_SHARED)
		__atomic_fetch_add(refs, 1, __ATOMIC_RELAXED);
	else
		++*refs;
}

/* True when the count reached zero. */
static SJ_ALWAYS_INLINE bool sj__count_down(int32_t *refs)
{
	if (SJ__COUNTS_ARE_SHARED)
		return __atomic_sub_fetch(refs, 1, __ATOMIC_ACQ_REL) == 0;
	return --*refs == 0;
}

static SJ_ALWAYS_INLINE int32_t sj__count_read(const int32_t *refs)
{
	return SJ__COUNTS_ARE_SHARED ? __atomic_load_n(refs, __ATOMIC_ACQUIRE) : *refs;
}

static SJ_ALWAYS_INLINE bool sj__is_live(const sj_tensor *t) { return t != NULL && t->magic == SJ__TENSOR_LIVE; }
static SJ_ALWAYS_INLINE bool sj__is_nil(const sj_tensor *t) { return (t->flags & SJ__FLAG_NIL) != 0; }

static SJ_ALWAYS_INLINE sj_tensor *sj__keep(sj_tensor *t)
{
	sj__count_up(&t->refs);
	return t;
}

static SJ_ALWAYS_INLINE void sj__drop(sj_tensor *t)
{
	if (t != NULL && !sj__is_nil(t) && sj__count_down(&t->refs))
		sj__tensor_destroy(t);
}

/* Nobody but the caller's one handle sees these bytes. */
static SJ_ALWAYS_INLINE bool sj__is_sole_owner(const sj_tensor *t)
{
	return t->storage != NULL && sj__count_read(&t->refs) == 1 && sj__count_read(&t->storage->refs) == 1;
}

/* ---- elements ---- */

/* One string element: a counted, immutable blob, or {NULL, 0} for "". */
typedef struct sj__string {
	struct sj__blob *blob;
	int64_t length;
} sj__string;

struct sj__blob {
	int32_t refs;
	char bytes[];
};

/* Sets *element to a copy of the bytes; the element must be empty (fresh storage). */
sj_status sj__string_set(sj__string *element, const void *bytes, int64_t length);
/* Another reference to the same blob. */
void sj__string_share(sj__string *element, const sj__string *source);
void sj__string_clear(sj__string *element);
static SJ_ALWAYS_INLINE const char *sj__string_bytes(const sj__string *s) { return s->blob ? s->blob->bytes : ""; }

/* Copies n elements of the dtype; strings share their blobs. The destination must be fresh storage. */
void sj__elements_copy(sj_dtype dtype, void *destination, const void *source, int64_t n);

/* Element `index` of a numeric tensor as a number. */
double sj__element_as_double(sj_dtype dtype, const void *data, int64_t index);
int64_t sj__element_as_int64(sj_dtype dtype, const void *data, int64_t index);

extern SJ_HIDDEN sj_tensor sj__nil_tensor;

#endif

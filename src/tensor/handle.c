/* Handles and storages: their pool, their making and their end. Nothing here looks at the elements. */
#include <stddef.h>

#include "base/memory.h"
#include "tensor/handle.h"
#include "tensor/slices.h"
#include "tensor/variable.h"

int sj__many_threads;

sj_tensor sj__nil_tensor = {.magic = SJ__TENSOR_LIVE, .refs = 1, .flags = SJ__FLAG_NIL};

enum { HANDLES_IN_A_SLAB = 64 };

static bool slab_add(sj__local *thread)
{
	sj_tensor *slab = sj__memory_new_zeroed(sizeof(sj_tensor) * HANDLES_IN_A_SLAB);
	if (slab == NULL)
		return false;
	for (int i = HANDLES_IN_A_SLAB - 1; i >= 0; i--) {
		slab[i].inside = (sj_storage){.is_inside = true, .bytes = slab[i].inside_bytes};
		slab[i].data = thread->free_handles;
		thread->free_handles = &slab[i];
	}
	return true;
}

/* While failures are injected, a handle from the pool counts as an allocation like any other. */
static bool SJ_COLD allocation_is_allowed(void)
{
	void *probe = sj__memory_new(1);
	sj__memory_free(probe);
	return probe != NULL;
}

bool sj__handles_prepare(sj__local *thread)
{
	if (sj__memory_is_armed() && !allocation_is_allowed())
		return false;
	sj__local_now();
	if (thread->free_handles == NULL)
		sj__handles_adopt(thread);
	return thread->free_handles != NULL || slab_add(thread);
}

/* A handle in the pool has neither variable nor dimensions on the heap: who takes it need not say so. */
static void handle_give_back(sj_tensor *t)
{
	sj__local *thread = &sj__local_state;
	t->magic = 0;
	if (SJ_UNLIKELY(t->owner != thread->number)) { /* so it is, too, before the thread is registered */
		sj__handle_return_foreign(sj__local_now(), t);
		return;
	}
	t->data = thread->free_handles;
	thread->free_handles = t;
}

static sj_status shape_set(sj_tensor *t, int rank, const int64_t *dims)
{
	int64_t *own = t->shape.inline_dims;
	if (SJ_UNLIKELY(rank > SJ__INLINE_DIMS)) {
		own = sj__memory_new(sizeof(int64_t) * (size_t)rank);
		if (own == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		t->shape.heap_dims = own;
	}
	for (int i = 0; i < rank; i++)
		own[i] = dims[i];
	t->shape.rank = rank;
	return SJ_OK;
}

static sj_status handle_with_shape(sj_dtype dtype, int rank, const int64_t *dims, int64_t size, sj_tensor **ret_tensor)
{
	sj_tensor *t = sj__handle_take();
	if (SJ_UNLIKELY(t == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	t->dtype = (uint8_t)dtype;
	t->shape.size = size;
	if (SJ_UNLIKELY(shape_set(t, rank, dims) != SJ_OK)) {
		handle_give_back(t);
		return SJ_RESOURCE_EXHAUSTED;
	}
	*ret_tensor = t;
	return SJ_OK;
}

static sj_status SJ_COLD bad_shape(const char *who, sj_dtype dtype, int rank, const int64_t *dims)
{
	if (sj_dtype_size(dtype) == 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: %d is no dtype; use one of the SJ_... dtypes", who,
		                (int)dtype);
	if (rank < 0 || rank > SJ_MAX_RANK)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: rank %d is outside [0, %d]", who, rank, SJ_MAX_RANK);
	if (dims == NULL && rank > 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the shape is NULL", who);
	for (int i = 0; i < rank; i++)
		if (dims[i] < 0)
			return sj__fail(SJ_INVALID_ARGUMENT, "%s: dimension %d is %lld; dimensions must be >= 0", who,
			                i, (long long)dims[i]);
	return sj__fail(SJ_INVALID_ARGUMENT, "%s: the shape %s overflows: too many elements for 64 bits", who,
	                sj__dims_text(rank, dims));
}

static bool shape_is_good(sj_dtype dtype, int rank, const int64_t *dims, int64_t *ret_size)
{
	int64_t n_bytes;
	if (rank < 0 || rank > SJ_MAX_RANK || (rank > 0 && dims == NULL))
		return false;
	for (int i = 0; i < rank; i++)
		if (dims[i] < 0)
			return false;
	int64_t element = (int64_t)sj__dtype_size(dtype);
	return (unsigned)dtype < 32 && element != 0 && sj__shape_size(rank, dims, ret_size) &&
	       sj__multiply_fits(*ret_size, element, &n_bytes);
}

sj_status sj__tensor_new(const char *who, sj_dtype dtype, int rank, const int64_t *dims, sj_tensor **ret_tensor)
{
	int64_t size;
	if (SJ_UNLIKELY(!shape_is_good(dtype, rank, dims, &size)))
		return bad_shape(who, dtype, rank, dims);
	return handle_with_shape(dtype, rank, dims, size, ret_tensor);
}

sj_status sj__tensor_like(const sj_tensor *like, sj_dtype dtype, sj_tensor **ret_tensor)
{
	if (SJ_UNLIKELY(like->shape.rank > SJ__INLINE_DIMS))
		return handle_with_shape(dtype, like->shape.rank, like->shape.heap_dims, like->shape.size, ret_tensor);
	sj_tensor *t = sj__handle_take();
	if (SJ_UNLIKELY(t == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	t->dtype = (uint8_t)dtype;
	t->shape = like->shape; /* heap_dims is NULL there */
	*ret_tensor = t;
	return SJ_OK;
}

sj_status sj__tensor_symbolic(sj_dtype dtype, int rank, const int64_t *dims, sj_tensor **ret_tensor)
{
	int64_t size = SJ__UNKNOWN;
	if (rank > SJ_MAX_RANK || (rank >= 0 && !sj__shape_size(rank, dims, &size)))
		return bad_shape("shape", dtype, rank, dims);
	sj_status status = handle_with_shape(dtype, rank < 0 ? 0 : rank, dims, size, ret_tensor);
	if (status == SJ_OK) {
		(*ret_tensor)->shape.rank = rank < 0 ? -1 : rank;
		(*ret_tensor)->flags |= SJ__FLAG_SYMBOLIC;
	}
	return status;
}

sj_status sj__tensor_shape_only(sj_tensor *t, sj_tensor **ret_tensor)
{
	if (t->shape.size < 0) { /* a symbolic one costs nothing to keep */
		*ret_tensor = sj__keep(t);
		return SJ_OK;
	}
	sj_status status = handle_with_shape((sj_dtype)t->dtype, t->shape.rank, sj__dims(t), t->shape.size, ret_tensor);
	if (status == SJ_OK)
		(*ret_tensor)->flags |= SJ__FLAG_SHAPE_ONLY;
	return status;
}

/* The storage's header lies before its bytes in one block, so a tensor costs two pops. */
enum { STORAGE_HEADER = 64 };

static sj_storage *storage_new(int64_t n_bytes, bool strings)
{
	char *block = sj__memory_new((size_t)n_bytes + STORAGE_HEADER);
	if (SJ_UNLIKELY(block == NULL))
		return NULL;
	sj_storage *storage = (sj_storage *)block;
	storage->refs = 1;
	storage->holds_strings = strings;
	storage->is_inside = false;
	storage->n_bytes = n_bytes;
	storage->bytes = block + STORAGE_HEADER;
	if (SJ_UNLIKELY(strings))
		memset(storage->bytes, 0, (size_t)n_bytes);
	return storage;
}

sj_status sj__tensor_allocate(sj_tensor *t)
{
	int64_t n_bytes = t->shape.size * (int64_t)sj__dtype_size(t->dtype);
	if (SJ_UNLIKELY(n_bytes > INT64_MAX - STORAGE_HEADER))
		return sj__fail(SJ_RESOURCE_EXHAUSTED, "cannot hold a tensor of %lld bytes", (long long)n_bytes);
	if (SJ_LIKELY(n_bytes <= SJ__INSIDE_MOST && t->dtype != SJ_STRING)) {
		t->inside.refs = 1;
		t->inside.n_bytes = n_bytes;
		t->storage = &t->inside;
		t->data = t->inside_bytes;
		return SJ_OK;
	}
	t->storage = storage_new(n_bytes, t->dtype == SJ_STRING);
	if (SJ_UNLIKELY(t->storage == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	t->data = t->storage->bytes;
	return SJ_OK;
}

sj_status sj__tensor_make(const char *who, sj_dtype dtype, int rank, const int64_t *dims, sj_tensor **ret_tensor)
{
	sj_tensor *t;
	sj_status status = sj__tensor_new(who, dtype, rank, dims, &t);
	if (status != SJ_OK)
		return status;
	status = sj__tensor_allocate(t);
	if (status != SJ_OK) {
		sj__drop(t);
		return status;
	}
	*ret_tensor = t;
	return SJ_OK;
}

sj_status sj__tensor_zeros(const char *who, const sj_tensor *like, sj_tensor **ret_tensor)
{
	sj_status status = sj__tensor_make(who, (sj_dtype)like->dtype, like->shape.rank, sj__dims(like), ret_tensor);
	if (status == SJ_OK)
		memset((*ret_tensor)->data, 0, (size_t)like->shape.size * sj__dtype_size(like->dtype));
	return status;
}

sj_status sj__tensor_view(sj_tensor *base, int rank, const int64_t *dims, int64_t byte_offset, sj_tensor **ret_tensor)
{
	sj_status status = sj__tensor_new("view", (sj_dtype)base->dtype, rank, dims, ret_tensor);
	if (status != SJ_OK)
		return status;
	sj__count_up(&base->storage->refs);
	(*ret_tensor)->storage = base->storage;
	(*ret_tensor)->data = (char *)base->data + byte_offset;
	return SJ_OK;
}

sj_status sj__tensor_from_ints(sj_ints list, sj_tensor **ret_tensor)
{
	int64_t n = list.count;
	sj_status status = sj__tensor_make("list", SJ_INT64, 1, &n, ret_tensor);
	if (status == SJ_OK && n > 0)
		memcpy((*ret_tensor)->data, list.data, sizeof(int64_t) * (size_t)n);
	return status;
}

void sj__storage_destroy(sj_storage *storage)
{
	if (storage->is_inside) {
		handle_give_back((sj_tensor *)((char *)storage - offsetof(sj_tensor, inside)));
		return;
	}
	if (SJ_UNLIKELY(storage->holds_strings)) {
		sj__string *elements = storage->bytes;
		for (int64_t i = 0; i < storage->n_bytes / (int64_t)sizeof(sj__string); i++)
			sj__string_clear(&elements[i]);
	}
	sj__memory_free(storage);
}

static void SJ_NOINLINE variable_destroy(struct sj__variable *variable)
{
	sj__drop(variable->value);
	sj__memory_free(variable->name);
	sj__memory_free(variable->dims);
	sj__memory_free(variable);
}

static SJ_NOINLINE void parts_destroy(sj_tensor *t)
{
	if (t->flags & SJ__FLAG_SLICES)
		sj__slices_destroy(t->slices);
	else if (t->flags & SJ__FLAG_VARIABLE)
		variable_destroy(t->variable);
	sj__memory_free(t->shape.heap_dims);
	t->variable = NULL;
	t->shape.heap_dims = NULL;
}

/* With the count of its storage goes the right to touch the handle, where others look at the bytes inside. */
void sj__tensor_destroy(sj_tensor *t)
{
	sj_storage *storage = t->storage;
	if (SJ_UNLIKELY(t->variable != NULL || t->shape.heap_dims != NULL))
		parts_destroy(t);
	t->magic = 0;
	if (SJ_LIKELY(storage == &t->inside)) {
		if (sj__count_down(&storage->refs))
			handle_give_back(t);
		return;
	}
	handle_give_back(t);
	if (storage != NULL && sj__count_down(&storage->refs))
		sj__storage_destroy(storage);
}

sj_tensor *sj_nil(void) { return &sj__nil_tensor; }

sj_tensor *sj_keep(sj_tensor *tensor)
{
	if (sj__is_live(tensor) && !sj__is_nil(tensor))
		sj__keep(tensor);
	return tensor;
}

void sj_free(sj_tensor *tensor)
{
	if (sj__is_live(tensor) && !sj__is_nil(tensor))
		sj__drop_quick(&sj__local_state, tensor);
}

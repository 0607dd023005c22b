/* Variables: their value, reading, and assignment in place when nobody else looks. Arithmetic on them is the operations' matter. */
#include "tensor/variable.h"

#include <sched.h>

#include "base/memory.h"
#include "tensor/concrete.h"
#include "tensor/local.h"

static void lock_enter(struct sj__variable *v)
{
	if (SJ__COUNTS_ARE_SHARED)
		while (__atomic_exchange_n(&v->lock, 1, __ATOMIC_ACQUIRE))
			sched_yield();
}

static void lock_leave(struct sj__variable *v)
{
	if (SJ__COUNTS_ARE_SHARED)
		__atomic_store_n(&v->lock, 0, __ATOMIC_RELEASE);
}

bool sj_is_variable(const sj_tensor *t) { return sj__is_live(t) && (t->flags & SJ__FLAG_VARIABLE) != 0; }

bool sj_variable_is_trainable(const sj_tensor *t) { return sj_is_variable(t) && t->variable->trainable; }

const char *sj_variable_name(const sj_tensor *t)
{
	return sj_is_variable(t) && t->variable->name ? t->variable->name : "";
}

static sj_status name_copy(const char *name, char **ret_copy)
{
	*ret_copy = NULL;
	if (name == NULL || name[0] == 0)
		return SJ_OK;
	size_t n = strlen(name) + 1;
	*ret_copy = sj__memory_new(n);
	if (*ret_copy == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memcpy(*ret_copy, name, n);
	return SJ_OK;
}

static sj_status variable_make(sj_dtype dtype, int rank, const int64_t *dims, const char *name, bool trainable,
                               sj_tensor **ret_variable)
{
	sj_tensor *handle;
	sj_status status = sj__tensor_new("sj_variable_new", dtype, rank, dims, &handle);
	if (status != SJ_OK)
		return status;
	struct sj__variable *v = sj__memory_new_zeroed(sizeof(*v));
	if (v == NULL || name_copy(name, &v->name) != SJ_OK) {
		sj__memory_free(v);
		sj__drop(handle);
		return SJ_RESOURCE_EXHAUSTED;
	}
	v->trainable = trainable;
	handle->variable = v;
	handle->flags |= SJ__FLAG_VARIABLE;
	*ret_variable = handle;
	return SJ_OK;
}

sj_status sj__variable_value(sj_tensor *variable, sj_tensor **ret_value)
{
	struct sj__variable *v = variable->variable;
	lock_enter(v);
	sj_tensor *value = v->value ? sj__keep(v->value) : NULL;
	lock_leave(v);
	if (SJ_UNLIKELY(value == NULL))
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "reading the variable '%s': it has no value yet; assign it first",
		                sj_variable_name(variable));
	*ret_value = value;
	return SJ_OK;
}

sj_status sj__variable_writable(sj_tensor *variable, sj_tensor **ret_value)
{
	struct sj__variable *v = variable->variable;
	sj_tensor *copy;
	lock_enter(v);
	sj_tensor *value = v->value;
	bool is_own = value != NULL && sj__is_sole_owner(value);
	if (value != NULL)
		sj__keep(value);
	lock_leave(v);
	if (value == NULL)
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "updating the variable '%s': it has no value yet; assign it first",
		                sj_variable_name(variable));
	if (is_own) {
		*ret_value = value;
		return SJ_OK;
	}
	sj_status status = sj__tensor_make("variable", (sj_dtype)variable->dtype, value->shape.rank, sj__dims(value),
	                                   &copy);
	if (status == SJ_OK) {
		sj__elements_copy((sj_dtype)variable->dtype, copy->data, value->data, value->shape.size);
		*ret_value = sj__keep(copy);
		sj__variable_exchange(variable, &copy);
		sj__drop(copy);
	}
	sj__drop(value);
	return status;
}

/* The handle, which has to say the value's shape, has no room for more dimensions than it was made with. */
static bool may_take(const sj_tensor *variable, const sj_tensor *value)
{
	const struct sj__variable *v = variable->variable;
	if (value->shape.rank > SJ__INLINE_DIMS || variable->shape.rank > SJ__INLINE_DIMS)
		return sj__same_shape(variable, value);
	bool fits = v->dims == NULL || v->rank < 0 || v->rank == value->shape.rank;
	for (int a = 0; fits && v->dims != NULL && a < v->rank; a++)
		fits = v->dims[a] < 0 || v->dims[a] == sj__dims(value)[a];
	return fits;
}

/* Of a loose variable the handle says what its value is. */
static void shape_follow(sj_tensor *variable, const sj_tensor *value)
{
	sj__shape *shape = &variable->shape;
	if (value == NULL || value->shape.rank > SJ__INLINE_DIMS || shape->rank > SJ__INLINE_DIMS)
		return;
	shape->rank = value->shape.rank;
	shape->size = value->shape.size;
	memcpy(shape->inline_dims, value->shape.inline_dims, sizeof(shape->inline_dims));
}

sj_status sj_variable_set_shape(sj_tensor *variable, sj_ints dims)
{
	sj_status status = SJ_OK;
	int64_t *own = NULL;
	if (!sj_is_variable(variable) || dims.count > SJ__INLINE_DIMS || (dims.count > 0 && dims.data == NULL))
		status = sj__fail(SJ_INVALID_ARGUMENT, "sj_variable_set_shape: %s",
		                  sj_is_variable(variable) ? "at most 6 dimensions are possible"
		                                           : "the argument is no variable");
	else if ((own = sj__memory_new(sizeof(*own) * SJ__INLINE_DIMS)) == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	if (status != SJ_OK) {
		sj__error_stick(status);
		return status;
	}
	struct sj__variable *v = variable->variable;
	v->is_loose = true;
	v->rank = dims.count < 0 ? -1 : (int32_t)dims.count;
	for (int a = 0; a < v->rank; a++)
		own[a] = dims.data[a];
	sj__memory_free(v->dims);
	v->dims = own;
	return SJ_OK;
}

static sj_status assignment_is_good(const sj_tensor *variable, const sj_tensor *value)
{
	if (value->dtype != variable->dtype)
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "assign: the variable '%s' is %s, the value is %s; cast it with sj_cast",
		                sj_variable_name(variable), sj_dtype_name((sj_dtype)variable->dtype),
		                sj_dtype_name((sj_dtype)value->dtype));
	if (!(variable->variable->is_loose ? may_take(variable, value) : sj__same_shape(variable, value)))
		return sj__fail(SJ_INVALID_ARGUMENT, "assign: the variable '%s' has shape %s, the value has shape %s%s",
		                sj_variable_name(variable), sj__shape_text(variable), sj__shape_text(value),
		                variable->variable->is_loose && value->shape.rank > SJ__INLINE_DIMS
		                        ? "; shapes that change have at most 6 dimensions"
		                        : "");
	return SJ_OK;
}

/* A handle of the variable's own on the same bytes: the caller's handle may be watched by a tape or released. */
sj_status sj__variable_set(sj_tensor *variable, sj_tensor *value)
{
	struct sj__variable *v = variable->variable;
	sj_tensor *own;
	sj_status status = assignment_is_good(variable, value);
	if (status == SJ_OK)
		status = sj__tensor_view(value, value->shape.rank, sj__dims(value), 0, &own);
	if (status != SJ_OK)
		return status;
	lock_enter(v);
	sj_tensor *old = v->value;
	v->value = own;
	if (v->is_loose)
		shape_follow(variable, own);
	lock_leave(v);
	sj__drop(old);
	return SJ_OK;
}

void sj__variable_exchange(sj_tensor *variable, sj_tensor **value)
{
	struct sj__variable *v = variable->variable;
	lock_enter(v);
	sj_tensor *old = v->value;
	v->value = *value;
	if (v->is_loose)
		shape_follow(variable, *value);
	lock_leave(v);
	*value = old;
}

static sj_status variable_new(sj_tensor *initial, const char *name, bool trainable, sj_tensor **ret_variable)
{
	sj_tensor *value = NULL, *variable = NULL;
	sj_status status = sj__concrete("sj_variable_new", initial, &value);
	if (status != SJ_OK)
		return status;
	status = variable_make((sj_dtype)value->dtype, value->shape.rank, sj__dims(value), name, trainable, &variable);
	if (status == SJ_OK)
		status = sj__variable_set(variable, value);
	sj__drop(value);
	if (status != SJ_OK) {
		sj__drop(variable);
		return status;
	}
	*ret_variable = variable;
	return SJ_OK;
}

sj_tensor *sj_variable_new_named(sj_tensor *initial_value, const char *name, bool trainable)
{
	sj__local_now();
	sj_tensor *variable;
	sj_status status = variable_new(initial_value, name, trainable, &variable);
	if (status == SJ_OK)
		return variable;
	sj__error_stick(status);
	return &sj__nil_tensor;
}

sj_tensor *sj_variable_new(sj_tensor *initial_value) { return sj_variable_new_named(initial_value, NULL, true); }

sj_tensor *sj_variable_new_uninitialized(sj_dtype dtype, sj_ints shape, const char *name, bool trainable)
{
	sj__local_now();
	sj_tensor *variable;
	int rank = shape.count < 0 || shape.count > SJ_MAX_RANK ? SJ_MAX_RANK + 1 : (int)shape.count;
	sj_status status = variable_make(dtype, rank, shape.data, name, trainable, &variable);
	if (status == SJ_OK)
		return variable;
	sj__error_stick(status);
	return &sj__nil_tensor;
}

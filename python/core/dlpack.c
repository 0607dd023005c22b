/*
 * DLPack both ways. Takers that know version 1 get the tensor's own memory, marked read-only; to the others, which would write to it, a copy is
 * given. Taking copies: the library owns the memory of its tensors. Layouts are those of the DLPack specification, versions 0.8 and 1.0.
 */
#include "core.h"

typedef struct Device {
	int32_t type, id;
} Device;
typedef struct Kind {
	uint8_t code, bits;
	uint16_t lanes;
} Kind;
typedef struct Described {
	void *data;
	Device device;
	int32_t rank;
	Kind kind;
	int64_t *dims, *strides; /* strides in elements; NULL: rows one after the other */
	uint64_t byte_offset;
} Described;
typedef struct Managed {
	Described array;
	void *context;
	void (*release)(struct Managed *);
} Managed;
typedef struct Versioned {
	uint32_t major, minor;
	void *context;
	void (*release)(struct Versioned *);
	uint64_t flags;
	Described array;
} Versioned;

enum {
	CPU = 1,
	INT = 0,
	UNSIGNED = 1,
	FLOAT = 2,
	BFLOAT = 4,
	COMPLEX = 5,
	BOOL = 6,
	READ_ONLY = 1,
	MOST_DIMENSIONS = 64
};

/* What a capsule owns: the tensor, or a copy of its elements, and room for the array's numbers. */
typedef struct Given {
	Managed managed;
	Versioned versioned;
	sj_tensor *tensor;
	void *copy;
	int64_t numbers[2 * MOST_DIMENSIONS];
} Given;

static const struct {
	sj_dtype dtype;
	Kind kind;
} kinds[] = {{SJ_FLOAT32, {FLOAT, 32, 1}},   {SJ_FLOAT64, {FLOAT, 64, 1}},     {SJ_INT32, {INT, 32, 1}},
             {SJ_INT64, {INT, 64, 1}},       {SJ_UINT8, {UNSIGNED, 8, 1}},     {SJ_INT8, {INT, 8, 1}},
             {SJ_INT16, {INT, 16, 1}},       {SJ_UINT16, {UNSIGNED, 16, 1}},   {SJ_UINT32, {UNSIGNED, 32, 1}},
             {SJ_UINT64, {UNSIGNED, 64, 1}}, {SJ_FLOAT16, {FLOAT, 16, 1}},     {SJ_BFLOAT16, {BFLOAT, 16, 1}},
             {SJ_BOOL, {BOOL, 8, 1}},        {SJ_COMPLEX64, {COMPLEX, 64, 1}}, {SJ_COMPLEX128, {COMPLEX, 128, 1}}};

/* ---- giving ---- */

static void owner_free(Given *owner)
{
	sj_free(owner->tensor);
	PyMem_RawFree(owner->copy);
	PyMem_RawFree(owner);
}

/* Takers may release without the interpreter's lock, which the counts of a tensor need. */
static void owner_release(Given *owner)
{
	PyGILState_STATE state = PyGILState_Ensure();
	owner_free(owner);
	PyGILState_Release(state);
}

static void managed_release(Managed *m) { owner_release(m->context); }
static void versioned_release(Versioned *v) { owner_release(v->context); }

/* A capsule that nobody took. */
static void capsule_end(PyObject *capsule)
{
	const char *name = PyCapsule_GetName(capsule);
	if (name != NULL && strcmp(name, "dltensor") == 0)
		owner_free(((Managed *)PyCapsule_GetPointer(capsule, name))->context);
	else if (name != NULL && strcmp(name, "dltensor_versioned") == 0)
		owner_free(((Versioned *)PyCapsule_GetPointer(capsule, name))->context);
}

static bool array_fill(Described *array, Given *owner)
{
	const sj_tensor *t = owner->tensor;
	*array = (Described){.device = {CPU, 0},
	                     .rank = sj_tensor_rank(t),
	                     .data = owner->copy ? owner->copy : (void *)sj_tensor_data(t)};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].dtype == sj_tensor_dtype(t))
			array->kind = kinds[i].kind;
	if (array->kind.bits == 0 || array->rank > MOST_DIMENSIONS) {
		PyErr_Format(PyExc_BufferError, "DLPack has no tensors of dtype %s", sj_dtype_name(sj_tensor_dtype(t)));
		return false;
	}
	array->dims = owner->numbers;
	array->strides = owner->numbers + MOST_DIMENSIONS;
	int64_t step = 1;
	for (int i = array->rank - 1; i >= 0; step *= array->dims[i], i--) {
		array->dims[i] = sj_tensor_dims(t)[i];
		array->strides[i] = step;
	}
	return true;
}

/* to_dlpack(tensor, versioned) */
PyObject *core_to_dlpack(PyObject *Py_UNUSED(module), PyObject *arguments)
{
	PyObject *handle, *capsule = NULL;
	int versioned;
	if (!PyArg_ParseTuple(arguments, "Op", &handle, &versioned) || core_handle_check(handle, "the argument") < 0)
		return NULL;
	Given *owner = PyMem_RawCalloc(1, sizeof(*owner));
	if (owner == NULL)
		return PyErr_NoMemory();
	sj_tensor *t = HANDLE_TENSOR(handle);
	size_t n_bytes = sj_tensor_bytes(t);
	owner->tensor = sj_is_variable(t) ? core_read(t) : sj_keep(t);
	if (owner->tensor != NULL && !versioned) {
		owner->copy = PyMem_RawMalloc(n_bytes > 0 ? n_bytes : 1);
		if (owner->copy == NULL)
			PyErr_NoMemory();
		else if (n_bytes > 0 && sj_tensor_dtype(t) != SJ_STRING)
			memcpy(owner->copy, sj_tensor_data(owner->tensor), n_bytes);
	}
	owner->managed = (Managed){.context = owner, .release = managed_release};
	owner->versioned = (Versioned){.major = 1, .context = owner, .release = versioned_release, .flags = READ_ONLY};
	if (!PyErr_Occurred() && array_fill(versioned ? &owner->versioned.array : &owner->managed.array, owner))
		capsule = versioned ? PyCapsule_New(&owner->versioned, "dltensor_versioned", capsule_end)
		                    : PyCapsule_New(&owner->managed, "dltensor", capsule_end);
	if (capsule == NULL)
		owner_free(owner);
	return capsule;
}

/* ---- taking ---- */

static sj_dtype dtype_of(Kind kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(&kinds[i].kind, &kind, sizeof(kind)) == 0)
			return kinds[i].dtype;
	return SJ_DTYPE_NONE;
}

/* Copies the elements below one index of each of the first `depth` axes. */
static char *gather(const Described *a, int depth, const char *from, size_t size, char *to)
{
	if (depth == a->rank) {
		memcpy(to, from, size);
		return to + size;
	}
	int64_t step = 1;
	for (int i = a->rank - 1; a->strides == NULL && i > depth; i--)
		step *= a->dims[i];
	if (a->strides != NULL)
		step = a->strides[depth];
	for (int64_t i = 0; i < a->dims[depth]; i++)
		to = gather(a, depth + 1, from + i * step * (int64_t)size, size, to);
	return to;
}

static PyObject *array_take(const Described *a)
{
	sj_dtype dtype = dtype_of(a->kind);
	if (a->device.type != CPU || dtype == SJ_DTYPE_NONE || a->rank < 0 || a->rank > 32)
		return PyErr_Format(
			PyExc_BufferError,
			"from_dlpack: device %d, kind %d of %d bits, %d dimensions: only dense tensors on the CPU "
			"are taken",
			(int)a->device.type, (int)a->kind.code, (int)a->kind.bits, (int)a->rank);
	size_t size = sj_dtype_size(dtype), n_bytes = size;
	for (int i = 0; i < a->rank; i++)
		if (a->dims[i] < 0 || __builtin_mul_overflow(n_bytes, (size_t)a->dims[i], &n_bytes))
			return PyErr_Format(PyExc_BufferError, "from_dlpack: the array's size overflows");
	char *data = PyMem_Malloc(n_bytes > 0 ? n_bytes : 1);
	if (data == NULL)
		return PyErr_NoMemory();
	if (n_bytes > 0)
		gather(a, 0, (const char *)a->data + a->byte_offset, size, data);
	sj_scope scope = sj_scope_begin();
	int64_t none = 0;
	sj_tensor *t = sj_tensor_new(dtype, (sj_ints){a->rank, a->rank ? a->dims : &none}, data, n_bytes);
	if (sj_ok())
		sj_keep(t);
	sj_scope_end(scope);
	PyMem_Free(data);
	return sj_ok() ? core_wrap(t) : core_raise_sticky();
}

/* from_dlpack(capsule) */
PyObject *core_from_dlpack(PyObject *Py_UNUSED(module), PyObject *capsule)
{
	if (PyCapsule_IsValid(capsule, "dltensor_versioned")) {
		Versioned *v = PyCapsule_GetPointer(capsule, "dltensor_versioned");
		if (v->major != 1)
			return PyErr_Format(PyExc_BufferError, "from_dlpack: version %u of DLPack; 1 is known",
			                    v->major);
		PyObject *made = array_take(&v->array);
		if (made != NULL && PyCapsule_SetName(capsule, "used_dltensor_versioned") == 0 && v->release != NULL)
			v->release(v);
		return made;
	}
	if (!PyCapsule_IsValid(capsule, "dltensor"))
		return PyErr_Format(PyExc_ValueError,
		                    "from_dlpack: a DLPack capsule that nobody took yet is expected, not %R", capsule);
	Managed *m = PyCapsule_GetPointer(capsule, "dltensor");
	PyObject *made = array_take(&m->array);
	if (made != NULL && PyCapsule_SetName(capsule, "used_dltensor") == 0 && m->release != NULL)
		m->release(m);
	return made;
}

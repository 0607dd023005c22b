/* t[key]: integers, slices, new axes and the ellipsis become one StridedSlice; other keys go to Python. */
#include "core.h"

enum { MOST_KEYS = 32 };

typedef struct Spec {
	int n;
	int64_t begin[MOST_KEYS], end[MOST_KEYS], stride[MOST_KEYS];
	int64_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
} Spec;

static const sj_op *strided_slice;
static size_t mask_offsets[5];

int core_index_init(void)
{
	static const char *const masks[5] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask",
	                                     "shrink_axis_mask"};
	strided_slice = sj_op_find("StridedSlice");
	for (int k = 0; strided_slice != NULL && k < 5; k++)
		for (int i = 0; i < sj_op_attribute_count(strided_slice); i++)
			if (strcmp(sj_op_attribute(strided_slice, i)->name, masks[k]) == 0)
				mask_offsets[k] = sj_op_attribute(strided_slice, i)->offset;
	if (strided_slice == NULL)
		PyErr_SetString(PyExc_ImportError, "the library has no operation StridedSlice");
	return strided_slice == NULL ? -1 : 0;
}

enum { KNOWN = 1, UNKNOWN = 0, FAILED = -1 };

/* An integer of Python, NumPy or a scalar integer tensor. */
static int whole(PyObject *o, int64_t *ret_value)
{
	if (Handle_Check(o)) {
		sj_tensor *t = HANDLE_TENSOR(o);
		if (t == NULL || sj_tensor_rank(t) != 0 || !sj_dtype_is_integer(sj_tensor_dtype(t)) ||
		    sj_tensor_data(t) == NULL || (sj_is_variable(t) && sj_graph_now() != NULL))
			return UNKNOWN;
		*ret_value = (int64_t)sj_tensor_item(t, 0);
		return KNOWN;
	}
	if (PyBool_Check(o) || !PyIndex_Check(o))
		return UNKNOWN;
	*ret_value = PyNumber_AsSsize_t(o, PyExc_IndexError);
	if (*ret_value == -1 && PyErr_Occurred()) {
		if (!PyErr_ExceptionMatches(PyExc_IndexError) && !PyErr_ExceptionMatches(PyExc_TypeError))
			return FAILED; /* of the object's own */
		PyErr_Clear();
		return UNKNOWN;
	}
	return KNOWN;
}

static int slice_part(PyObject *o, int64_t *ret_value, int64_t *mask, int k)
{
	if (o == Py_None) {
		if (mask != NULL)
			*mask |= (int64_t)1 << k;
		return KNOWN;
	}
	return whole(o, ret_value);
}

static int key_add(Spec *s, PyObject *key)
{
	int k = s->n++;
	s->begin[k] = 0, s->end[k] = 0, s->stride[k] = 1;
	if (PySlice_Check(key)) {
		PySliceObject *slice = (PySliceObject *)key;
		int known = slice_part(slice->start, &s->begin[k], &s->begin_mask, k);
		if (known == KNOWN)
			known = slice_part(slice->stop, &s->end[k], &s->end_mask, k);
		return known == KNOWN ? slice_part(slice->step, &s->stride[k], NULL, k) : known;
	}
	if (key == Py_Ellipsis) {
		s->ellipsis_mask |= (int64_t)1 << k;
		return KNOWN;
	}
	if (key == Py_None) {
		s->new_axis_mask |= (int64_t)1 << k;
		return KNOWN;
	}
	int known = whole(key, &s->begin[k]);
	s->end[k] = s->begin[k] + 1;
	s->shrink_axis_mask |= (int64_t)1 << k;
	if (s->begin[k] == -1)
		s->end_mask |= (int64_t)1 << k;
	return known;
}

static PyObject *spec_run(PyObject *self, const Spec *s)
{
	_Alignas(16) char args[256] = {0};
	const int64_t masks[5] = {s->begin_mask, s->end_mask, s->ellipsis_mask, s->new_axis_mask, s->shrink_axis_mask};
	*(size_t *)args = sj_op_args_size(strided_slice);
	if (Py_TYPE(self) != &EagerTensor_Type)
		CORE_NOTE_READ(self);
	for (int k = 0; k < 5; k++)
		*(int64_t *)(args + mask_offsets[k]) = masks[k];
	sj_tensor *inputs[4] = {HANDLE_TENSOR(self), core_vector(s->n, s->begin), core_vector(s->n, s->end),
	                        core_vector(s->n, s->stride)};
	PyObject *result = inputs[1] && inputs[2] && inputs[3] ? core_run_one(strided_slice, args, 4, inputs) : NULL;
	for (int i = 1; i < 4; i++)
		sj_free(inputs[i]);
	return result;
}

PyObject *core_index(PyObject *self, PyObject *key)
{
	if (core_any_graph && Py_TYPE(self) != &EagerTensor_Type) {
		PyObject *made = core_operator("StridedSlice", self, key);
		if (made != Py_NotImplemented)
			return made;
		Py_DECREF(made);
	}
	return core_index_plain(self, key);
}

PyObject *core_index_plain(PyObject *self, PyObject *key)
{
	Spec s = {0};
	bool many = PyTuple_Check(key) || PyList_Check(key);
	Py_ssize_t n = many ? PySequence_Fast_GET_SIZE(key) : 1;
	if (HANDLE_TENSOR(self) == NULL)
		return PyErr_Format(PyExc_ValueError, "the variable has no value yet");
	int known = n <= MOST_KEYS ? KNOWN : UNKNOWN;
	for (Py_ssize_t i = 0; known == KNOWN && i < n; i++)
		known = key_add(&s, many ? PySequence_Fast_GET_ITEM(key, i) : key);
	if (known == KNOWN)
		return spec_run(self, &s);
	if (known == FAILED)
		return NULL;
	if (core.index_other == NULL)
		return PyErr_Format(PyExc_TypeError, "%R is no index of a tensor", key);
	return PyObject_CallFunctionObjArgs(core.index_other, self, key, NULL);
}

PyObject *core_item(PyObject *self, Py_ssize_t i)
{
	if (i < 0 || i >= sj_tensor_dim(HANDLE_TENSOR(self), 0)) {
		PyErr_SetString(PyExc_IndexError, "past the end of the tensor");
		return NULL;
	}
	Spec s = {.n = 1, .begin = {i}, .end = {i + 1}, .stride = {1}, .shrink_axis_mask = 1};
	return spec_run(self, &s);
}

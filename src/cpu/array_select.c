/* Kernels of choosing by a condition. */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"

enum { ELEMENTS_IN_A_CHUNK = 32768 };

/* Innermost dimension first. Strides in elements, 0 where an input is broadcast. */
typedef struct select_work {
	sj_dtype dtype;
	int64_t size;
	const uint8_t *c;
	const char *t, *e;
	char *y;
	int rank;
	int64_t dims[SJ_MAX_RANK + 1], sc[SJ_MAX_RANK + 1], st[SJ_MAX_RANK + 1], se[SJ_MAX_RANK + 1];
} select_work;

#define CHOOSE(T) \
	for (int64_t i = 0; i < n; i++) \
		((T *)y)[i] = c[i * sc] ? ((const T *)t)[i * st] : ((const T *)e)[i * se];

typedef struct element16 {
	uint64_t halves[2];
} element16;

static void row_choose(const select_work *w, int64_t n, const uint8_t *c, const char *t, const char *e, char *y)
{
	int64_t sc = w->sc[0], st = w->st[0], se = w->se[0];
	if (sc == 0 && (c[0] ? st : se) == 1) { /* one condition for the row */
		sj__elements_copy(w->dtype, y, c[0] ? t : e, n);
	} else if (w->dtype == SJ_STRING) {
		for (int64_t i = 0; i < n; i++)
			sj__string_share((sj__string *)y + i,
			                 c[i * sc] ? (const sj__string *)t + i * st : (const sj__string *)e + i * se);
	} else if (sc == 1 && st == 1 && se == 1 && w->size == 4) {
		for (int64_t i = 0; i < n; i++) {
			uint32_t a = ((const uint32_t *)t)[i], b = ((const uint32_t *)e)[i], mask = 0u - (c[i] != 0);
			((uint32_t *)y)[i] = b ^ ((a ^ b) & mask);
		}
	} else {
		switch (w->size) {
		case 1: CHOOSE(uint8_t) break;
		case 2: CHOOSE(uint16_t) break;
		case 4: CHOOSE(uint32_t) break;
		case 8: CHOOSE(uint64_t) break;
		default: CHOOSE(element16)
		}
	}
}

static void select_range(void *context, int64_t begin, int64_t end)
{
	const select_work *w = context;
	while (begin < end) {
		int64_t rest = begin / w->dims[0], from = begin % w->dims[0],
			n = sj__min_i64(w->dims[0] - from, end - begin);
		int64_t at_c = from * w->sc[0], at_t = from * w->st[0], at_e = from * w->se[0];
		for (int i = 1; i < w->rank; i++) {
			int64_t index = rest % w->dims[i];
			rest /= w->dims[i];
			at_c += index * w->sc[i];
			at_t += index * w->st[i];
			at_e += index * w->se[i];
		}
		row_choose(w, n, w->c + at_c, w->t + at_t * w->size, w->e + at_e * w->size, w->y + begin * w->size);
		begin += n;
	}
}

static int64_t dim_from_end(const sj_tensor *t, int i, int extra_right)
{
	int at = t->shape.rank - 1 - (i - extra_right);
	return at < 0 || at >= t->shape.rank ? 1 : sj__dims(t)[at];
}

/* c_shift: dimensions of 1 that the condition has behind its own. */
static sj_status choose(sj__call *call, int c_shift)
{
	const sj_tensor *c = call->inputs[0], *t = call->inputs[1], *e = call->inputs[2];
	sj_tensor *y = call->outputs[0];
	select_work w = {.dtype = (sj_dtype)y->dtype,
	                 .size = (int64_t)sj_dtype_size((sj_dtype)y->dtype),
	                 .c = c->data,
	                 .t = t->data,
	                 .e = e->data};
	int64_t next_c = 1, next_t = 1, next_e = 1;
	if (y->shape.size == 0)
		return SJ_OK;
	w.y = y->data;
	w.dims[0] = 1;
	for (int i = 0; i < y->shape.rank; i++) {
		int64_t dim = sj__dims(y)[y->shape.rank - 1 - i], n_c = dim_from_end(c, i, c_shift),
			n_t = dim_from_end(t, i, 0), n_e = dim_from_end(e, i, 0);
		int64_t sc = n_c == 1 ? 0 : next_c, st = n_t == 1 ? 0 : next_t, se = n_e == 1 ? 0 : next_e;
		next_c *= n_c;
		next_t *= n_t;
		next_e *= n_e;
		if (dim == 1)
			continue;
		int last = w.rank - 1;
		if (last >= 0 && sc == w.sc[last] * w.dims[last] && st == w.st[last] * w.dims[last] &&
		    se == w.se[last] * w.dims[last]) {
			w.dims[last] *= dim;
			continue;
		}
		w.dims[w.rank] = dim;
		w.sc[w.rank] = sc;
		w.st[w.rank] = st;
		w.se[w.rank] = se;
		w.rank++;
	}
	sj__parallel_for(y->shape.size, ELEMENTS_IN_A_CHUNK, select_range, &w);
	return SJ_OK;
}

sj_status sj__kernel_select(sj__call *call)
{
	const sj_tensor *c = call->inputs[0], *y = call->outputs[0];
	return choose(call, c->shape.rank == 1 ? y->shape.rank - 1 : 0);
}

sj_status sj__kernel_where_values(sj__call *call) { return choose(call, 0); }

/* ---- Where ---- */

static bool is_true(sj_dtype dtype, const void *data, int64_t i)
{
	switch (dtype) {
	case SJ_BOOL: return ((const uint8_t *)data)[i] != 0;
	case SJ_COMPLEX64: return ((const float *)data)[2 * i] != 0 || ((const float *)data)[2 * i + 1] != 0;
	case SJ_COMPLEX128: return ((const double *)data)[2 * i] != 0 || ((const double *)data)[2 * i + 1] != 0;
	default:
		if (sj_dtype_is_floating(dtype))
			return sj__element_as_double(dtype, data, i) != 0;
		return sj__element_as_int64(dtype, data, i) != 0;
	}
}

sj_status sj__kernel_where(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_dtype dtype = (sj_dtype)x->dtype;
	int rank = x->shape.rank;
	int64_t dims[2] = {0, rank}, index[SJ_MAX_RANK] = {0};
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < x->shape.size; i++, status = sj__loop_step(i))
		dims[0] += is_true(dtype, x->data, i);
	if (status == SJ_OK)
		status = sj__call_allocate(call, 0, SJ_INT64, 2, dims);
	int64_t *to = status == SJ_OK ? call->outputs[0]->data : NULL;
	for (int64_t i = 0; status == SJ_OK && i < x->shape.size; i++, status = sj__loop_step(i)) {
		if (is_true(dtype, x->data, i)) {
			memcpy(to, index, sizeof(*index) * (size_t)rank);
			to += rank;
		}
		for (int a = rank - 1; a >= 0 && ++index[a] == sj__dims(x)[a]; a--)
			index[a] = 0;
	}
	return status;
}

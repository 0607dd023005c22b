/* Shape rules of Slice, StridedSlice and StridedSliceGrad. */
#include "ops/array.h"
#include "ops/array_slice.h"
#include "ops/rules.h"
#include "ops_numbers.h"

typedef struct entries {
	int64_t n;
	bool known;        /* the numbers, not only how many there are */
	bool knows_stride; /* the strides at least */
	int64_t begin[SJ_MAX_RANK], end[SJ_MAX_RANK], stride[SJ_MAX_RANK];
} entries;

static bool bit(int64_t mask, int64_t i) { return i < 64 && ((uint64_t)mask >> i & 1); }

/* One vector of a slice; how many entries it has, -1 when unknown. */
static sj_status vector_read(const sj__call *call, int i, int64_t *values, int64_t *ret_n, bool *known)
{
	const sj_tensor *t = call->inputs[i];
	int64_t n;
	if (t->shape.rank >= 0 && t->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a vector",
		                     call->op->inputs[i].name, sj__shape_text(t));
	sj_status status = sj__call_ints(call, i, values, &n);
	if (n < 0)
		*known = false;
	*ret_n = t->shape.rank == 1 ? t->shape.size : -1;
	if (*ret_n > SJ_MAX_RANK && status == SJ_OK)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld elements; at most %d are possible",
		                       call->op->inputs[i].name, (long long)*ret_n, SJ_MAX_RANK);
	return status;
}

static sj_status entries_read(const sj__call *call, int first, entries *e)
{
	int64_t n[3], *room[3] = {e->begin, e->end, e->stride};
	e->known = true;
	e->n = -1;
	for (int i = 0; i < 3; i++) {
		sj_status status = vector_read(call, first + i, room[i], &n[i], &e->known);
		if (status != SJ_OK)
			return status;
		if (n[i] >= 0 && e->n >= 0 && n[i] != e->n)
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"begin, end and strides must have equal lengths; %s has %lld, another %lld",
				call->op->inputs[first + i].name, (long long)n[i], (long long)e->n);
		if (n[i] >= 0)
			e->n = n[i];
		e->knows_stride = e->known || (i == 2 && sj__known_value(call->inputs[first + 2]) != NULL);
	}
	for (int64_t i = 0; e->knows_stride && i < e->n; i++)
		if (e->stride[i] == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "strides[%lld] must be non-zero", (long long)i);
	return SJ_OK;
}

/* The elements that begin:end:stride takes of a dimension; canonical as Python's slice.indices. */
static void range_take(sj__slice_plan *p, int at, const entries *e, int64_t i, bool no_begin, bool no_end, int64_t dim)
{
	int64_t stride = e->stride[i], low = stride > 0 ? 0 : -1, high = stride > 0 ? dim : dim - 1;
	int64_t begin = e->begin[i] < 0 ? e->begin[i] + dim : e->begin[i],
		end = e->end[i] < 0 ? e->end[i] + dim : e->end[i];
	begin = no_begin ? (stride > 0 ? low : high) : sj__max_i64(low, sj__min_i64(begin, high));
	end = no_end ? (stride > 0 ? high : low) : sj__max_i64(low, sj__min_i64(end, high));
	int64_t interval = end - begin, length = 0;
	if (interval != 0 && (interval < 0) == (stride < 0))
		length = interval / stride + (interval % stride != 0);
	p->begin[at] = length > 0 ? begin : 0;
	p->stride[at] = length > 1 ? stride : 1;
	p->length[at] = length;
}

static sj_status index_take(const sj__call *call, sj__slice_plan *p, int at, const entries *e, int64_t i, int64_t dim)
{
	p->stride[at] = p->length[at] = 1;
	if (!e->known || dim == SJ__UNKNOWN)
		return SJ_OK;
	if (e->stride[i] < 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "strides[%lld] is %lld; only a positive stride goes with an index", (long long)i,
		                     (long long)e->stride[i]);
	p->begin[at] = e->begin[i] < 0 ? e->begin[i] + dim : e->begin[i];
	if (p->begin[at] < 0 || p->begin[at] >= dim)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "slice index %lld of dimension %d out of bounds: the dimension is %lld",
		                     (long long)e->begin[i], at, (long long)dim);
	return SJ_OK;
}

static sj_status out_add(const sj__call *call, sj__slice_plan *p, int64_t dim)
{
	if (p->out_rank == SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the result has more than %d dimensions", SJ_MAX_RANK);
	p->out_dims[p->out_rank++] = dim;
	return SJ_OK;
}

static sj_status whole_take(const sj__call *call, sj__slice_plan *p, int at, int64_t dim)
{
	p->begin[at] = 0;
	p->stride[at] = 1;
	p->length[at] = dim;
	return out_add(call, p, dim);
}

/* Entry i, which speaks of dimension *at. */
static sj_status entry_take(const sj__call *call, sj__slice_plan *p, int *at, const entries *e, int64_t i,
                            const int64_t *dims)
{
	const sj_strided_slice_args *args = call->args;
	if (bit(args->new_axis_mask, i))
		return out_add(call, p, 1);
	if (*at == p->rank)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%lld entries index more than the %d dimensions of shape %s", (long long)e->n,
		                     p->rank, sj__dims_text(p->rank, dims));
	int64_t dim = dims[*at];
	if (bit(args->shrink_axis_mask, i))
		return index_take(call, p, (*at)++, e, i, dim);
	bool no_begin = bit(args->begin_mask, i), no_end = bit(args->end_mask, i);
	if (dim != SJ__UNKNOWN && (e->known || (e->knows_stride && no_begin && no_end))) {
		range_take(p, *at, e, i, no_begin, no_end, dim);
	} else {
		p->begin[*at] = 0;
		p->stride[*at] = 1;
		p->length[*at] = SJ__UNKNOWN;
	}
	return out_add(call, p, p->length[(*at)++]);
}

/* Which entry is the ellipsis (n: an implied one at the end), and how many new axes follow it. */
static sj_status ellipsis_find(const sj__call *call, int64_t n, int64_t *ret_at, int64_t *ret_new_after)
{
	const sj_strided_slice_args *args = call->args;
	*ret_at = n;
	*ret_new_after = 0;
	for (int64_t i = 0; i < n; i++) {
		if (bit(args->ellipsis_mask, i) && *ret_at < n)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "multiple ellipses in a slice are not allowed");
		if (bit(args->ellipsis_mask, i))
			*ret_at = i;
		else if (*ret_at < n && bit(args->new_axis_mask, i))
			++*ret_new_after;
	}
	return SJ_OK;
}

sj_status sj__slice_plan_make(const sj__call *call, int first, int rank, const int64_t *dims, sj__slice_plan *ret_plan,
                              bool *ret_known)
{
	entries e;
	int64_t ellipsis, new_after;
	int at = 0;
	sj__slice_plan *p = ret_plan;
	p->rank = rank;
	p->out_rank = 0;
	sj_status status = entries_read(call, first, &e);
	*ret_known = e.n >= 0 && rank >= 0;
	if (status == SJ_OK && *ret_known)
		status = ellipsis_find(call, e.n, &ellipsis, &new_after);
	if (status != SJ_OK || !*ret_known)
		return status;
	for (int64_t i = 0; i <= e.n && status == SJ_OK; i++) {
		if (i == ellipsis) {
			int64_t after = i == e.n ? 0 : e.n - i - 1 - new_after;
			while (at < rank - after && status == SJ_OK) {
				status = whole_take(call, p, at, dims[at]);
				at++;
			}
		} else if (i < e.n) {
			status = entry_take(call, p, &at, &e, i, dims);
		}
	}
	return status;
}

bool sj__slice_plan_is_run(const sj__slice_plan *plan, const int64_t *dims, int64_t *ret_offset)
{
	for (int i = 0; i < plan->rank; i++)
		if (plan->stride[i] != 1)
			return false;
	return sj__block_is_run(plan->rank, dims, plan->begin, plan->length, ret_offset);
}

/* ---- Slice ---- */

static sj_status slice_check(const sj__call *call, int i, int64_t begin, int64_t *size, int64_t dim)
{
	int64_t end;
	if (begin < 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "begin[%d] is %lld; it must be >= 0", i,
		                     (long long)begin);
	if (*size < -1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "size[%d] is %lld; it must be >= 0, or -1 for all that follow", i,
		                     (long long)*size);
	if (dim == SJ__UNKNOWN)
		return SJ_OK;
	if (begin > dim)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "begin[%d] is %lld; it must be in [0, %lld]", i,
		                     (long long)begin, (long long)dim);
	if (*size == -1)
		*size = dim - begin;
	if (!sj__add_fits(begin, *size, &end) || end > dim)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "size[%d] is %lld; from begin %lld it must be in [0, %lld]", i, (long long)*size,
		                     (long long)begin, (long long)(dim - begin));
	return SJ_OK;
}

sj_status sj__slice_plan_simple(const sj__call *call, sj__slice_plan *p)
{
	const sj_tensor *x = call->inputs[0];
	int64_t n[2];
	bool known[2] = {true, true};
	sj_status status = vector_read(call, 1, p->begin, &n[0], &known[0]);
	if (status == SJ_OK)
		status = vector_read(call, 2, p->length, &n[1], &known[1]);
	p->rank = x->shape.rank;
	for (int i = 0; i < 2; i++) {
		if (status == SJ_OK && n[i] >= 0 && p->rank >= 0 && n[i] != p->rank)
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld entries, the input has rank %d",
			                       i ? "size" : "begin", (long long)n[i], p->rank);
		if (p->rank < 0 && n[i] >= 0)
			p->rank = (int)n[i];
	}
	for (int i = 0; i < p->rank && status == SJ_OK; i++) {
		int64_t dim = x->shape.rank >= 0 ? sj__dims(x)[i] : SJ__UNKNOWN;
		p->stride[i] = 1;
		if (!known[1])
			p->length[i] = SJ__UNKNOWN;
		else if (known[0])
			status = slice_check(call, i, p->begin[i], &p->length[i], dim);
		else if (p->length[i] < -1)
			status = slice_check(call, i, 0, &p->length[i], dim);
	}
	return status;
}

sj_status sj__rule_slice(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__slice_plan plan;
	int64_t offset;
	sj_status status = sj__slice_plan_simple(call, &plan);
	if (status != SJ_OK)
		return status;
	if (x->storage != NULL && sj__known_value(call->inputs[1]) != NULL &&
	    sj__known_value(call->inputs[2]) != NULL && sj__slice_plan_is_run(&plan, sj__dims(x), &offset))
		return sj__out_view(call, 0, 0, plan.rank, plan.length,
		                    offset * (int64_t)sj_dtype_size((sj_dtype)x->dtype));
	return sj__out(call, 0, (sj_dtype)x->dtype, plan.rank, plan.length);
}

/* ---- StridedSlice ---- */

sj_status sj__rule_strided_slice(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__slice_plan plan;
	int64_t offset;
	bool known;
	sj_status status = sj__slice_plan_make(call, 1, x->shape.rank, sj__dims(x), &plan, &known);
	if (status != SJ_OK)
		return status;
	if (!known)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	bool concrete = x->storage != NULL;
	for (int i = 1; i < 4; i++)
		concrete = concrete && sj__known_value(call->inputs[i]) != NULL;
	if (concrete && sj__slice_plan_is_run(&plan, sj__dims(x), &offset))
		return sj__out_view(call, 0, 0, plan.out_rank, plan.out_dims,
		                    offset * (int64_t)sj_dtype_size((sj_dtype)x->dtype));
	return sj__out(call, 0, (sj_dtype)x->dtype, plan.out_rank, plan.out_dims);
}

static sj_status grad_fits(const sj__call *call, const sj__slice_plan *plan)
{
	const sj_tensor *dy = call->inputs[4];
	bool fits = dy->shape.rank < 0 || dy->shape.rank == plan->out_rank;
	for (int i = 0; fits && i < dy->shape.rank; i++)
		fits = sj__dims(dy)[i] == plan->out_dims[i] || sj__dims(dy)[i] == SJ__UNKNOWN ||
		       plan->out_dims[i] == SJ__UNKNOWN;
	if (fits)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dy has shape %s, the slice has shape %s", sj__shape_text(dy),
	                     sj__dims_text(plan->out_rank, plan->out_dims));
}

sj_status sj__rule_strided_slice_grad(sj__call *call)
{
	int64_t dims[SJ_MAX_RANK];
	int rank;
	sj__slice_plan plan;
	bool known;
	sj_status status = sj__call_shape_input(call, 0, &rank, dims);
	if (status == SJ_OK)
		status = sj__slice_plan_make(call, 1, rank, dims, &plan, &known);
	if (status == SJ_OK && known)
		status = grad_fits(call, &plan);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[4]->dtype, rank, dims) : status;
}

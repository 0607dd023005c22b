/* tensordot, and small functions of matrices. */
#include <float.h>

#include "ops/functions.h"
#include "sokuji/array_functions.h"
#include "sokuji/linalg_functions.h"
#include "sokuji/scope.h"

/* ---- tensordot ---- */

/* A tensor's axes: those summed, in the order given, and the others. */
typedef struct split {
	int64_t summed[SJ_MAX_RANK], free[SJ_MAX_RANK], free_dims[SJ_MAX_RANK];
	int n_summed, n_free;
	int64_t summed_size, free_size;
} split;

static bool axes_split(const char *name, const sj_tensor *t, sj_ints axes, split *s)
{
	static const char me[] = "sj_tensordot";
	int rank = sj_tensor_rank(t);
	bool taken[SJ_MAX_RANK] = {false};
	*s = (split){.summed_size = 1, .free_size = 1};
	for (int64_t i = 0; i < axes.count; i++) {
		int64_t axis = axes.data[i] < 0 ? axes.data[i] + rank : axes.data[i];
		if (axis < 0 || axis >= rank || taken[axis]) {
			sj__function_fail(me, "axis %lld of %s (shape %s) is out of range or repeated",
			                  (long long)axes.data[i], name, sj__shape_words(t));
			return false;
		}
		taken[axis] = true;
		s->summed[s->n_summed++] = axis;
		s->summed_size *= sj_tensor_dim(t, (int)axis);
	}
	for (int i = 0; i < rank; i++)
		if (!taken[i]) {
			s->free_dims[s->n_free] = sj_tensor_dim(t, i);
			s->free_size *= s->free_dims[s->n_free];
			s->free[s->n_free++] = i;
		}
	return true;
}

/* t as a matrix: the axes of one list, then those of the other. */
static sj_tensor *as_matrix(sj_tensor *t, int n_first, const int64_t *first, int n_second, const int64_t *second,
                            int64_t rows, int64_t columns)
{
	int64_t perm[SJ_MAX_RANK];
	bool moves = false;
	for (int i = 0; i < n_first + n_second; i++) {
		perm[i] = i < n_first ? first[i] : second[i - n_first];
		moves |= perm[i] != i;
	}
	if (moves)
		t = sj_transpose(t, .perm = {n_first + n_second, perm});
	return sj_reshape(t, SJ_INTS(rows, columns));
}

sj_tensor *sj_tensordot(sj_tensor *a, sj_tensor *b, sj_ints axes_a, sj_ints axes_b)
{
	static const char me[] = "sj_tensordot";
	split sa, sb;
	if (!sj__function_takes(me, "a", a) || !sj__function_takes(me, "b", b))
		return sj_nil();
	if (axes_a.count != axes_b.count || axes_a.count < 0 ||
	    (axes_a.count > 0 && (axes_a.data == NULL || axes_b.data == NULL)))
		return sj__function_fail(me, "%lld axes of a and %lld of b are given; they go in pairs",
		                         (long long)axes_a.count, (long long)axes_b.count);
	if (!axes_split("a", a, axes_a, &sa) || !axes_split("b", b, axes_b, &sb))
		return sj_nil();
	for (int i = 0; i < sa.n_summed; i++)
		if (sj_tensor_dim(a, (int)sa.summed[i]) != sj_tensor_dim(b, (int)sb.summed[i]))
			return sj__function_fail(me, "axis %lld of a %s and axis %lld of b %s differ in size",
			                         (long long)sa.summed[i], sj__shape_words(a), (long long)sb.summed[i],
			                         sj__shape_words(b));
	if (sa.n_free + sb.n_free > SJ_MAX_RANK)
		return sj__function_fail(me, "the result would have %d dimensions; at most %d are possible",
		                         sa.n_free + sb.n_free, SJ_MAX_RANK);
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = as_matrix(a, sa.n_free, sa.free, sa.n_summed, sa.summed, sa.free_size, sa.summed_size);
	sj_tensor *y = as_matrix(b, sb.n_summed, sb.summed, sb.n_free, sb.free, sb.summed_size, sb.free_size);
	for (int i = 0; i < sb.n_free; i++)
		sa.free_dims[sa.n_free + i] = sb.free_dims[i];
	int64_t none = 0;
	int rank = sa.n_free + sb.n_free;
	return sj_scope_return(scope, sj_reshape(sj_matmul(x, y), (sj_ints){rank, rank ? sa.free_dims : &none}));
}

/* ---- matrices ---- */

sj_tensor *sj_matrix_transpose(sj_tensor *a)
{
	static const char me[] = "sj_matrix_transpose";
	int64_t perm[SJ_MAX_RANK];
	int rank = sj_tensor_rank(a);
	if (!sj__function_takes(me, "a", a))
		return sj_nil();
	if (rank < 2)
		return sj__function_fail(me, "a has shape %s; its rank must be at least 2", sj__shape_words(a));
	for (int i = 0; i < rank; i++)
		perm[i] = i < rank - 2 ? i : 2 * rank - 3 - i;
	return sj_transpose(a, .perm = {rank, perm});
}

sj_tensor *sj_trace(sj_tensor *a)
{
	static const char me[] = "sj_trace";
	int64_t dims[SJ_MAX_RANK + 1], begin[SJ_MAX_RANK] = {0}, strides[SJ_MAX_RANK];
	int rank = sj_tensor_rank(a);
	if (!sj__function_takes(me, "a", a))
		return sj_nil();
	if (rank < 2)
		return sj__function_fail(me, "a has shape %s; its rank must be at least 2", sj__shape_words(a));
	int64_t m = sj_tensor_dim(a, -2), n = sj_tensor_dim(a, -1), least = m < n ? m : n;
	for (int i = 0; i < rank - 1; i++) {
		dims[i] = i < rank - 2 ? sj_tensor_dim(a, i) : m * n;
		strides[i] = i < rank - 2 ? 1 : n + 1;
	}
	sj_scope scope = sj_scope_begin();
	sj_tensor *flat = sj_reshape(a, (sj_ints){rank - 1, dims});
	dims[rank - 2] = least * n; /* row `least` begins here: what comes after it is not on the diagonal */
	sj_ints from = {rank - 1, begin}, to = {rank - 1, dims}, steps = {rank - 1, strides};
	return sj_scope_return(scope, sj_sum(sj_strided_slice(flat, from, to, steps), .axis = SJ_INTS(-1)));
}

sj_tensor *sj_matrix_rank(sj_tensor *a, double tolerance)
{
	static const char me[] = "sj_matrix_rank";
	sj_tensor *s, *u, *v;
	if (!sj__function_takes(me, "a", a))
		return sj_nil();
	if (sj_tensor_rank(a) < 2)
		return sj__function_fail(me, "a has shape %s; its rank must be at least 2", sj__shape_words(a));
	sj_dtype dtype = sj_tensor_dtype(a);
	int64_t m = sj_tensor_dim(a, -2), n = sj_tensor_dim(a, -1);
	double factor = (double)(m > n ? m : n) * (dtype == SJ_FLOAT32 ? FLT_EPSILON : DBL_EPSILON);
	sj_scope scope = sj_scope_begin();
	sj_svd(a, &s, &u, &v, .compute_uv = {.given = true, .value = false});
	sj_tensor *limit = tolerance >= 0 ? sj_scalar(dtype, tolerance)
	                                  : sj_mul(sj_max(s, .axis = SJ_INTS(-1), .keep_dims = true),
	                                           sj_scalar(dtype, factor));
	return sj_scope_return(scope, sj_sum(sj_cast(sj_greater(s, limit), SJ_INT32), .axis = SJ_INTS(-1)));
}

/* ---- confusion ---- */

/* Vectors of one length; of class numbers where `classes`. */
static bool is_vector_like(const char *name, const sj_tensor *t, const sj_tensor *labels, bool classes)
{
	static const char me[] = "sj_confusion_matrix";
	if (!sj__function_takes(me, name, t))
		return false;
	sj_dtype dtype = sj_tensor_dtype(t);
	if (classes && dtype != SJ_INT32 && dtype != SJ_INT64)
		sj__function_fail(me, "%s is %s; it must be int32 or int64", name, sj_dtype_name(dtype));
	else if (sj_tensor_rank(t) != 1 || sj_tensor_size(t) != sj_tensor_size(labels))
		sj__function_fail(me, "%s has shape %s, labels %s; they must be vectors of one length", name,
		                  sj__shape_words(t), sj__shape_words(labels));
	else
		return true;
	return false;
}

static bool classes_fit(const char *name, const sj_tensor *t, int64_t n)
{
	for (int64_t i = 0; i < sj_tensor_size(t); i++) {
		double class = sj_tensor_item(t, i);
		if (class < 0 || class >= (double)n) {
			sj__function_fail("sj_confusion_matrix", "%s[%lld] is %.0f; it must be in [0, %lld)", name,
			                  (long long)i, class, (long long)n);
			return false;
		}
	}
	return true;
}

static double greatest(const sj_tensor *t, double most)
{
	for (int64_t i = 0; i < sj_tensor_size(t); i++)
		if (sj_tensor_item(t, i) > most)
			most = sj_tensor_item(t, i);
	return most;
}

sj_tensor *sj_confusion_matrix(sj_tensor *labels, sj_tensor *predictions, int64_t n_classes, sj_tensor *weights)
{
	if (!is_vector_like("labels", labels, labels, true) ||
	    !is_vector_like("predictions", predictions, labels, true) ||
	    (weights != NULL && !is_vector_like("weights", weights, labels, false)))
		return sj_nil();
	if (n_classes < 0)
		n_classes = (int64_t)greatest(predictions, greatest(labels, -1)) + 1;
	if (!classes_fit("labels", labels, n_classes) || !classes_fit("predictions", predictions, n_classes))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	sj_tensor *columns[] = {sj_cast(labels, SJ_INT64), sj_cast(predictions, SJ_INT64)};
	if (weights == NULL)
		weights = sj_ones(SJ_INT32, SJ_INTS(sj_tensor_size(labels)));
	sj_tensor *places = sj_stack(2, columns, .axis = 1);
	return sj_scope_return(scope, sj_scatter_nd(places, weights, SJ_INTS(n_classes, n_classes)));
}

/* Clipping by norms, in TensorFlow 1.8's formulas: the factor clip_norm min(1 / norm, 1 / clip_norm) needs no branch, also for norm 0. */
#include <math.h>
#include <string.h>

#include <sokuji/clip.h>
#include <sokuji/memory.h>
#include <sokuji/scope.h>

static bool clip_norm_check(const char *who, double clip_norm)
{
	if (clip_norm > 0)
		return true;
	sj_error_set(SJ_INVALID_ARGUMENT, "%s: clip_norm is %g; it must be above 0", who, clip_norm);
	return false;
}

/* x clip_norm min(inverse, 1 / clip_norm). */
static sj_tensor *scaled(sj_tensor *x, sj_tensor *inverse, double clip_norm)
{
	sj_dtype dtype = sj_tensor_dtype(x);
	sj_tensor *least = sj_minimum(inverse, sj_scalar(dtype, 1 / clip_norm));
	return sj_mul(sj_mul(x, sj_scalar(dtype, clip_norm)), least);
}

sj_tensor *sj_clip_by_norm_with(sj_tensor *x, double clip_norm, const sj_clip_by_norm_args *args)
{
	sj_clip_by_norm_args all = {.size = sizeof(all)};
	if (!clip_norm_check("sj_clip_by_norm", clip_norm))
		return sj_nil();
	if (args != NULL)
		memcpy(&all, args, args->size < sizeof(all) ? args->size : sizeof(all));
	sj_scope scope = sj_scope_begin();
	sj_tensor *inverse = sj_rsqrt(sj_sum(sj_square(x), .axis = all.axis, .keep_dims = true));
	sj_tensor *y = scaled(x, inverse, clip_norm);
	return sj_scope_return(scope, y);
}

sj_tensor *sj_clip_by_average_norm(sj_tensor *x, double clip_norm)
{
	if (!clip_norm_check("sj_clip_by_average_norm", clip_norm))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	sj_tensor *size = sj_cast(sj_size(x), sj_tensor_dtype(x));
	sj_tensor *y = scaled(x, sj_mul(sj_rsqrt(sj_sum(sj_square(x))), size), clip_norm);
	return sj_scope_return(scope, y);
}

static bool list_check(const char *who, int n, const void *tensors)
{
	if (n >= 0 && (n == 0 || tensors != NULL))
		return true;
	sj_error_set(SJ_INVALID_ARGUMENT, "%s: %d tensors%s", who, n, n > 0 ? " with a NULL array" : "");
	return false;
}

sj_tensor *sj_global_norm(int n, sj_tensor *const *tensors)
{
	sj_tensor *total = NULL;
	if (!list_check("sj_global_norm", n, tensors))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	for (int i = 0; i < n; i++) {
		if (tensors[i] == NULL)
			continue;
		sj_scope squares = sj_scope_begin();
		sj_tensor *sum = sj_scope_return(squares, sj_sum(sj_square(tensors[i])));
		total = total ? sj_add(total, sum) : sum;
	}
	return sj_scope_return(scope, total ? sj_sqrt(total) : sj_float(0));
}

/* The clipped tensors as references of the caller's own; none on failure. */
static bool global_clip(int n, sj_tensor *const *tensors, sj_tensor *norm, double clip_norm, sj_tensor **clipped)
{
	sj_scope scope = sj_scope_begin();
	sj_dtype dtype = sj_tensor_dtype(norm);
	sj_tensor *least = sj_minimum(sj_div(sj_scalar(dtype, 1), norm), sj_scalar(dtype, 1 / clip_norm));
	sj_tensor *scale = sj_mul(sj_scalar(dtype, clip_norm), least);
	for (int i = 0; i < n; i++)
		clipped[i] = tensors[i] != NULL && sj_ok() ? sj_keep(sj_mul(tensors[i], scale)) : NULL;
	sj_scope_end(scope);
	for (int i = 0; i < n && !sj_ok(); i++)
		sj_free(clipped[i]);
	return sj_ok();
}

sj_tensor *sj_clip_by_global_norm(int n, sj_tensor **tensors, double clip_norm)
{
	if (!clip_norm_check("sj_clip_by_global_norm", clip_norm) || !list_check("sj_clip_by_global_norm", n, tensors))
		return sj_nil();
	sj_tensor *norm = sj_global_norm(n, tensors);
	if (!sj_ok())
		return sj_nil();
	sj_tensor **clipped = sj_memory_new(sizeof(*clipped) * (size_t)n);
	if (clipped == NULL) {
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_clip_by_global_norm: no memory");
		return sj_nil();
	}
	bool is_done = global_clip(n, tensors, norm, clip_norm, clipped);
	for (int i = 0; is_done && i < n; i++)
		if (tensors[i] != NULL)
			tensors[i] = sj_scope_own(clipped[i]);
	sj_memory_free(clipped);
	return is_done ? norm : sj_nil();
}

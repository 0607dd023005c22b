/* Linear algebra kernels: the tensor's side of linalg.h, matrix by matrix over the batch. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/float_element.h"
#include "cpu/kernels.h"
#include "cpu/linalg.h"
#include "ops_numbers.h"

enum { OPERATIONS_IN_A_RANGE = 1 << 17 };

typedef struct linalg_work linalg_work;
/* Computes matrix i of the batch. */
typedef sj_status matrix_function(const linalg_work *w, int64_t i);

struct linalg_work {
	const sj__call *call;
	matrix_function *function;
	bool single;
	int64_t m, n, k; /* sizes of input 0, and columns of input 1 */
	const int64_t *first,
		*second; /* matrices of inputs 0 and 1 that belong to each of the result's; NULL: the same number */
	int64_t failed;  /* the first matrix that failed, or the batch's size */
	int exhausted;   /* some matrix found no scratch memory */
};

/* Elements [i * n, …) of a tensor. */
static void *part(const sj_tensor *t, int64_t i, int64_t n)
{
	return (char *)t->data + (size_t)(i * n) * sj__dtype_size(t->dtype);
}

static void failed_note(int64_t *failed, int64_t i)
{
	int64_t now = __atomic_load_n(failed, __ATOMIC_RELAXED);
	while (i < now && !__atomic_compare_exchange_n(failed, &now, i, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

static void matrices_range(void *context, int64_t begin, int64_t end)
{
	linalg_work *w = context;
	for (int64_t i = begin; i < end; i++) {
		sj_status status = w->function(w, i);
		if (status != SJ_OK)
			failed_note(&w->failed, i);
		if (status == SJ_RESOURCE_EXHAUSTED)
			__atomic_store_n(&w->exhausted, 1, __ATOMIC_RELAXED);
	}
}

/* Runs the function over the batch. The first failure is repeated here, so that its message is this thread's. */
static sj_status batch_run(linalg_work *w, int64_t batch, matrix_function *function)
{
	int64_t size = sj__max_i64(1, w->m) * sj__max_i64(1, w->n) *
	               sj__max_i64(sj__max_i64(1, w->k), sj__min_i64(w->m, w->n));
	w->function = function;
	w->failed = batch;
	sj__parallel_for(batch, sj__max_i64(1, OPERATIONS_IN_A_RANGE / size), matrices_range, w);
	if (w->failed == batch || sj__cancelled()) /* which the caller sees */
		return SJ_OK;
	if (w->exhausted)
		return sj__fail(SJ_RESOURCE_EXHAUSTED, "%s: there is no scratch memory", w->call->op->name);
	sj_status status = function(w, w->failed);
	return status == SJ_OK ? SJ_OK : sj__fail_within(status, w->call->op->name);
}

static linalg_work work_of(const sj__call *call)
{
	const sj_tensor *a = call->inputs[0];
	const int64_t *d = sj__dims(a) + a->shape.rank - 2;
	return (linalg_work){.call = call, .single = a->dtype == SJ_FLOAT32, .m = d[0], .n = d[1]};
}

/* The product of the dimensions before the last two. */
static int64_t batch_of(const sj_tensor *t)
{
	int64_t batch = 1;
	for (int i = 0; i < t->shape.rank - 2; i++)
		batch *= sj__dims(t)[i];
	return batch;
}

static sj_status run(sj__call *call, matrix_function *function)
{
	linalg_work w = work_of(call);
	return batch_run(&w, batch_of(call->inputs[0]), function);
}

/* ---- one square matrix ---- */

static sj_status inverse_one(const linalg_work *w, int64_t i)
{
	const sj_matrix_inverse_args *args = w->call->args;
	const void *a = part(w->call->inputs[0], i, w->n * w->n);
	void *y = part(w->call->outputs[0], i, w->n * w->n);
	return w->single ? sj__inverse_f32(w->n, args->adjoint, a, y) : sj__inverse_f64(w->n, args->adjoint, a, y);
}

static sj_status determinant_one(const linalg_work *w, int64_t i)
{
	const void *a = part(w->call->inputs[0], i, w->n * w->n);
	void *y = part(w->call->outputs[0], i, 1);
	return w->single ? sj__determinant_f32(w->n, a, y) : sj__determinant_f64(w->n, a, y);
}

static sj_status log_determinant_one(const linalg_work *w, int64_t i)
{
	const void *a = part(w->call->inputs[0], i, w->n * w->n);
	void *sign = part(w->call->outputs[0], i, 1), *log = part(w->call->outputs[1], i, 1);
	return w->single ? sj__log_determinant_f32(w->n, a, sign, log) : sj__log_determinant_f64(w->n, a, sign, log);
}

static sj_status cholesky_one(const linalg_work *w, int64_t i)
{
	const void *a = part(w->call->inputs[0], i, w->n * w->n);
	void *y = part(w->call->outputs[0], i, w->n * w->n);
	return w->single ? sj__cholesky_f32(w->n, a, y) : sj__cholesky_f64(w->n, a, y);
}

sj_status sj__kernel_matrix_inverse(sj__call *call) { return run(call, inverse_one); }
sj_status sj__kernel_matrix_determinant(sj__call *call) { return run(call, determinant_one); }
sj_status sj__kernel_log_matrix_determinant(sj__call *call) { return run(call, log_determinant_one); }
sj_status sj__kernel_cholesky(sj__call *call) { return run(call, cholesky_one); }

/* ---- CholeskyGrad ---- */

/* p = the lower triangle of l^T d, its diagonal halved, and above the diagonal the same mirrored. */
static void cholesky_middle(int64_t n, const double *l, const void *d, bool single, double *p)
{
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = 0; j <= i && !sj__cancelled(); j++) {
			double sum = 0;
			for (int64_t k = i; k < n; k++)
				sum += l[k * n + i] * sj__float_get(d, k * n + j, single);
			p[i * n + j] = p[j * n + i] = sum / 2; /* half of p + p^T */
		}
}

/* L^-T p L^-1 through two triangular solves with the symmetric p. */
static sj_status cholesky_grad_one(const linalg_work *w, int64_t i)
{
	int64_t n = w->n;
	const void *l = part(w->call->inputs[0], i, n * n), *d = part(w->call->inputs[1], i, n * n);
	void *y = part(w->call->outputs[0], i, n * n);
	double *wide = sj__memory_new((size_t)sj__max_i64(1, 3 * n * n) * sizeof(*wide));
	if (wide == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	double *p = wide + n * n, *turned = p + n * n;
	for (int64_t j = 0; j < n * n && sj__loop_goes(j); j++)
		wide[j] = sj__float_get(l, j, w->single);
	cholesky_middle(n, wide, d, w->single, p);
	sj_status status = sj__triangular_solve_f64(true, true, n, n, wide, p, p);
	for (int64_t r = 0; r < n && !sj__cancelled(); r++)
		for (int64_t c = 0; c < n; c++)
			turned[c * n + r] = p[r * n + c];
	if (status == SJ_OK)
		status = sj__triangular_solve_f64(true, true, n, n, wide, turned, turned);
	for (int64_t j = 0; status == SJ_OK && j < n * n && sj__loop_goes(j); j++)
		sj__float_put(y, j, turned[j], w->single);
	sj__memory_free(wide);
	return status;
}

sj_status sj__kernel_cholesky_grad(sj__call *call) { return run(call, cholesky_grad_one); }

/* ---- LU ---- */

static sj_status lu_one(const linalg_work *w, int64_t i)
{
	const sj_tensor *p = w->call->outputs[1];
	int64_t n = w->n, *rows = sj__memory_new((size_t)sj__max_i64(1, n) * sizeof(*rows));
	void *lu = part(w->call->outputs[0], i, n * n);
	int sign;
	bool singular = false;
	if (rows == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	if (n > 0)
		memcpy(lu, part(w->call->inputs[0], i, n * n),
		       (size_t)(n * n) * sj__dtype_size(w->call->inputs[0]->dtype));
	sj_status status = w->single ? sj__lu_f32(n, lu, rows, &sign, &singular)
	                             : sj__lu_f64(n, lu, rows, &sign, &singular);
	if (status == SJ_OK && singular)
		status = sj__fail(SJ_INVALID_ARGUMENT, "Input is not invertible: a pivot is 0");
	for (int64_t r = 0; status == SJ_OK && r < n; r++)
		if (p->dtype == SJ_INT64)
			((int64_t *)part(p, i, n))[r] = rows[r];
		else
			((int32_t *)part(p, i, n))[r] = (int32_t)rows[r];
	sj__memory_free(rows);
	return status;
}

sj_status sj__kernel_lu(sj__call *call) { return run(call, lu_one); }

/* ---- systems ---- */

static int64_t first_of(const linalg_work *w, int64_t i) { return w->first ? w->first[i] : i; }
static int64_t second_of(const linalg_work *w, int64_t i) { return w->second ? w->second[i] : i; }

static sj_status triangular_one(const linalg_work *w, int64_t i)
{
	const sj_matrix_triangular_solve_args *args = w->call->args;
	bool lower = sj__matrix_triangular_solve_lower(args);
	const void *a = part(w->call->inputs[0], first_of(w, i), w->n * w->n),
		   *b = part(w->call->inputs[1], second_of(w, i), w->n * w->k);
	void *x = part(w->call->outputs[0], i, w->n * w->k);
	return w->single ? sj__triangular_solve_f32(lower, args->adjoint, w->n, w->k, a, b, x)
	                 : sj__triangular_solve_f64(lower, args->adjoint, w->n, w->k, a, b, x);
}

static sj_status solve_one(const linalg_work *w, int64_t i)
{
	const sj_matrix_solve_args *args = w->call->args;
	const void *a = part(w->call->inputs[0], i, w->n * w->n), *b = part(w->call->inputs[1], i, w->n * w->k);
	void *x = part(w->call->outputs[0], i, w->n * w->k);
	return w->single ? sj__solve_f32(args->adjoint, w->n, w->k, a, b, x)
	                 : sj__solve_f64(args->adjoint, w->n, w->k, a, b, x);
}

static sj_status least_squares_one(const linalg_work *w, int64_t i)
{
	const void *a = part(w->call->inputs[0], i, w->m * w->n), *b = part(w->call->inputs[1], i, w->m * w->k);
	void *x = part(w->call->outputs[0], i, w->n * w->k);
	double l2 = *(const double *)w->call->inputs[2]->data;
	return w->single ? sj__least_squares_f32(w->m, w->n, w->k, a, b, l2, x)
	                 : sj__least_squares_f64(w->m, w->n, w->k, a, b, l2, x);
}

static sj_status run_system(sj__call *call, matrix_function *function)
{
	const sj_tensor *b = call->inputs[1];
	linalg_work w = work_of(call);
	w.k = sj__dims(b)[b->shape.rank - 1];
	return batch_run(&w, batch_of(call->outputs[0]), function);
}

sj_status sj__kernel_matrix_solve(sj__call *call) { return run_system(call, solve_one); }
sj_status sj__kernel_matrix_solve_ls(sj__call *call) { return run_system(call, least_squares_one); }

/* For each matrix of the result the number of t's that broadcasting gives it. */
static void broadcast_numbers(const sj_tensor *t, const sj_tensor *result, int64_t *numbers)
{
	int rank = result->shape.rank - 2, skip = result->shape.rank - t->shape.rank;
	int64_t batch = batch_of(result);
	for (int64_t i = 0; i < batch; i++) {
		int64_t rest = i, step = 1;
		numbers[i] = 0;
		for (int d = rank - 1; d >= skip; d--) {
			int64_t n = sj__dims(t)[d - skip], index = rest % sj__dims(result)[d];
			numbers[i] += n == 1 ? 0 : index * step;
			step *= n;
			rest /= sj__dims(result)[d];
		}
	}
}

sj_status sj__kernel_matrix_triangular_solve(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1], *x = call->outputs[0];
	int64_t batch = batch_of(x), *numbers = NULL;
	if (batch_of(a) == batch && batch_of(b) == batch)
		return run_system(call, triangular_one);
	numbers = sj__memory_new((size_t)sj__max_i64(1, 2 * batch) * sizeof(*numbers));
	if (numbers == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	linalg_work w = work_of(call);
	w.k = sj__dims(b)[b->shape.rank - 1];
	broadcast_numbers(a, x, numbers);
	broadcast_numbers(b, x, numbers + batch);
	w.first = numbers;
	w.second = numbers + batch;
	sj_status status = batch_run(&w, batch, triangular_one);
	sj__memory_free(numbers);
	return status;
}

/* ---- factors ---- */

static sj_status qr_one(const linalg_work *w, int64_t i)
{
	const sj_qr_args *args = w->call->args;
	int64_t p = args->full_matrices ? w->m : sj__min_i64(w->m, w->n);
	const void *a = part(w->call->inputs[0], i, w->m * w->n);
	void *q = part(w->call->outputs[0], i, w->m * p), *r = part(w->call->outputs[1], i, p * w->n);
	return w->single ? sj__qr_f32(w->m, w->n, args->full_matrices, a, q, r)
	                 : sj__qr_f64(w->m, w->n, args->full_matrices, a, q, r);
}

static sj_status svd_one(const linalg_work *w, int64_t i)
{
	const sj_svd_args *args = w->call->args;
	bool uv = sj__svd_compute_uv(args), full = args->full_matrices;
	int64_t p = sj__min_i64(w->m, w->n);
	const void *a = part(w->call->inputs[0], i, w->m * w->n);
	void *s = part(w->call->outputs[0], i, p),
	     *u = uv ? part(w->call->outputs[1], i, w->m * (full ? w->m : p)) : NULL;
	void *v = uv ? part(w->call->outputs[2], i, w->n * (full ? w->n : p)) : NULL;
	return w->single ? sj__svd_f32(w->m, w->n, uv, full, a, s, u, v)
	                 : sj__svd_f64(w->m, w->n, uv, full, a, s, u, v);
}

static sj_status eigen_one(const linalg_work *w, int64_t i)
{
	bool vectors = sj__self_adjoint_eig_compute_v(w->call->args);
	const void *a = part(w->call->inputs[0], i, w->n * w->n);
	void *e = part(w->call->outputs[0], i, w->n), *v = vectors ? part(w->call->outputs[1], i, w->n * w->n) : NULL;
	return w->single ? sj__self_adjoint_eigen_f32(w->n, vectors, a, e, v)
	                 : sj__self_adjoint_eigen_f64(w->n, vectors, a, e, v);
}

sj_status sj__kernel_qr(sj__call *call) { return run(call, qr_one); }
sj_status sj__kernel_svd(sj__call *call) { return run(call, svd_one); }
sj_status sj__kernel_self_adjoint_eig(sj__call *call) { return run(call, eigen_one); }

/*
 * Applying an update rule to variables: everything is validated and made writable first, then the loops run, in parallel
 * over fixed pieces of each variable, or over the rows that a sparse gradient has.
 */
#include "base/arguments.h"
#include "base/denormals.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/optimizer_loops.h"
#include "ops/op.h"
#include "tensor/concrete.h"
#include "tensor/local.h"
#include "tensor/slices.h"
#include "tensor/variable.h"

enum { SLOTS_MOST = 3, ELEMENTS_IN_A_CHUNK = 32768 };

int sj_update_slots(sj_update_rule rule)
{
	static const int8_t slots[SJ_UPDATE_RULES] = {
		[SJ_UPDATE_MOMENTUM] = 1,   [SJ_UPDATE_ADAM] = 2,
		[SJ_UPDATE_RMSPROP] = 2,    [SJ_UPDATE_CENTERED_RMSPROP] = 3,
		[SJ_UPDATE_ADAGRAD] = 1,    [SJ_UPDATE_ADADELTA] = 2,
		[SJ_UPDATE_FTRL] = 2,       [SJ_UPDATE_PROXIMAL_ADAGRAD] = 1,
		[SJ_UPDATE_ADAGRAD_DA] = 2,
	};
	return (unsigned)rule < SJ_UPDATE_RULES ? slots[rule] : -1;
}

static const sj__update_loops *loops(void)
{
#if defined(__x86_64__)
	if (sj__isa() == SJ__ISA_AVX512)
		return &sj__update_loops_avx512;
	if (sj__isa() == SJ__ISA_AVX2)
		return &sj__update_loops_avx2;
#endif
	return &sj__update_loops_plain;
}

/* ---- what one variable needs ---- */

typedef struct piece {
	const sj_update *update;
	sj__update_loop *loop;
	size_t size; /* of an element */
	char *var, *slots[SLOTS_MOST];
	const char *gradient;
	int64_t n;
	/* Of a sparse gradient, duplicates summed: rows[i] of the variable gets row i of `gradient`. */
	int64_t *rows, n_rows, row_size;
	char *summed;                    /* the summed rows, freed at the end */
	sj_tensor *held[1 + SLOTS_MOST]; /* values kept while they are written; NULL: nobody can take them away */
} piece;

static void dense_range(void *context, int64_t begin, int64_t end)
{
	const piece *p = context;
	size_t at = (size_t)begin * p->size;
	p->loop(p->update, end - begin, p->var + at, p->slots[0] ? p->slots[0] + at : NULL,
	        p->slots[1] ? p->slots[1] + at : NULL, p->slots[2] ? p->slots[2] + at : NULL, p->gradient + at);
}

static void piece_run(piece *p)
{
	if (p->rows == NULL) {
		if (p->n <= ELEMENTS_IN_A_CHUNK)
			dense_range(p, 0, p->n);
		else
			sj__parallel_for(p->n, ELEMENTS_IN_A_CHUNK, dense_range, p);
		return;
	}
	for (int64_t i = 0; i < p->n_rows; i++) {
		size_t at = (size_t)(p->rows[i] * p->row_size) * p->size;
		p->loop(p->update, p->row_size, p->var + at, p->slots[0] ? p->slots[0] + at : NULL,
		        p->slots[1] ? p->slots[1] + at : NULL, p->slots[2] ? p->slots[2] + at : NULL,
		        p->gradient + (size_t)(i * p->row_size) * p->size);
	}
}

/* ---- sparse gradients: rows in the order of their first appearance, duplicates summed ---- */

static int64_t table_place(const int64_t *keys, int64_t capacity, int64_t key)
{
	int64_t at = (int64_t)(((uint64_t)key * 0x9e3779b97f4a7c15u) >> 20) & (capacity - 1);
	while (keys[2 * at] >= 0 && keys[2 * at] != key)
		at = (at + 1) & (capacity - 1);
	return at;
}

static void row_add(const piece *p, int64_t to, const char *row)
{
	for (int64_t j = 0; j < p->row_size; j++) {
		if (p->size == sizeof(float))
			((float *)p->summed)[to * p->row_size + j] += ((const float *)row)[j];
		else
			((double *)p->summed)[to * p->row_size + j] += ((const double *)row)[j];
	}
}

static sj_status sparse_prepare(piece *p, const sj_tensor *gradient)
{
	const sj_tensor *values = sj__slices_values(gradient), *indices = sj__slices_indices(gradient);
	int64_t n = indices->shape.size, capacity = 16;
	while (capacity < 2 * n)
		capacity *= 2;
	p->row_size = n > 0 ? values->shape.size / n : 0;
	p->rows = sj__memory_new(sizeof(int64_t) * (size_t)(n + 1));
	p->summed = sj__memory_new_zeroed((size_t)values->shape.size * p->size);
	int64_t *table = sj__memory_new(sizeof(int64_t) * 2 * (size_t)capacity); /* key, place */
	if (p->rows == NULL || p->summed == NULL || table == NULL) {
		sj__memory_free(table);
		return SJ_RESOURCE_EXHAUSTED;
	}
	memset(table, 0xff, sizeof(int64_t) * 2 * (size_t)capacity);
	for (int64_t i = 0; i < n; i++) {
		int64_t row = sj__element_as_int64((sj_dtype)indices->dtype, indices->data, i);
		int64_t at = table_place(table, capacity, row);
		if (table[2 * at] < 0) {
			table[2 * at] = row;
			table[2 * at + 1] = p->n_rows;
			p->rows[p->n_rows++] = row;
		}
		row_add(p, table[2 * at + 1], (const char *)values->data + (size_t)(i * p->row_size) * p->size);
	}
	sj__memory_free(table);
	p->gradient = p->summed;
	return SJ_OK;
}

/* ---- validation ---- */

static SJ_ALWAYS_INLINE bool is_variable(const sj_tensor *t)
{
	return sj__is_live(t) && (t->flags & SJ__FLAG_VARIABLE) != 0;
}

static SJ_ALWAYS_INLINE sj_status variable_check(const char *what, int i, const sj_tensor *t)
{
	if (SJ_UNLIKELY(!is_variable(t)))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: %s %d is %s", what, i,
		                t ? "no variable" : "NULL");
	return SJ_OK;
}

static SJ_NOINLINE SJ_COLD sj_status unlike(const char *what, int i, const sj_tensor *variable, const sj_tensor *t)
{
	if (!sj_tensor_is_valid(t))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: %s %d is no valid tensor", what, i);
	return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: %s %d is %s %s, the variable '%s' is %s %s", what, i,
	                sj_dtype_name((sj_dtype)t->dtype), sj__shape_text(t), sj_variable_name(variable),
	                sj_dtype_name((sj_dtype)variable->dtype), sj__shape_text(variable));
}

static SJ_ALWAYS_INLINE sj_status like_check(const char *what, int i, const sj_tensor *variable, const sj_tensor *t)
{
	if (SJ_LIKELY(sj__is_live(t) && !sj__is_nil(t) && t->dtype == variable->dtype && sj__same_shape(t, variable)))
		return SJ_OK;
	return unlike(what, i, variable, t);
}

static sj_status piece_check(int i, sj_tensor *variable, int n_slots, sj_tensor *const *slots,
                             const sj_tensor *gradient)
{
	sj_status status = variable_check("variable", i, variable);
	if (status == SJ_OK && variable->dtype != SJ_FLOAT32 && variable->dtype != SJ_FLOAT64)
		status = sj__fail(SJ_INVALID_ARGUMENT,
		                  "sj_update_apply: the variable '%s' is %s; float32 and float64 can be trained",
		                  sj_variable_name(variable), sj_dtype_name((sj_dtype)variable->dtype));
	if (status == SJ_OK)
		status = like_check("gradient", i, variable, gradient);
	for (int k = 0; k < n_slots && status == SJ_OK; k++) {
		status = variable_check("slot", k, slots[k]);
		if (status == SJ_OK)
			status = like_check("slot", k, variable, slots[k]);
	}
	return status;
}

static bool keeps_dense(const sj_update *u) { return u->rule == SJ_UPDATE_ADAM; }

/* The gradient's bytes: its own, a variable's value, or a dense copy noted in *ret_copy. */
static sj_status gradient_prepare(piece *p, sj_tensor *gradient, sj_tensor **ret_copy)
{
	sj_status status = SJ_OK;
	*ret_copy = NULL;
	if (gradient->flags & SJ__FLAG_SLICES && !keeps_dense(p->update))
		return sparse_prepare(p, gradient);
	if (gradient->flags & SJ__FLAG_SLICES)
		status = sj__slices_dense(gradient, ret_copy);
	else if (gradient->flags & SJ__FLAG_VARIABLE)
		status = sj__variable_value(gradient, ret_copy);
	if (status == SJ_OK)
		p->gradient = *ret_copy ? (*ret_copy)->data : gradient->data;
	return status;
}

static sj_status writable(sj_tensor *variable, char **ret_data, sj_tensor **ret_held)
{
	sj_status status = sj__variable_writable(variable, ret_held);
	if (status == SJ_OK)
		*ret_data = (*ret_held)->data;
	return status;
}

static sj_status piece_prepare(piece *p, sj_tensor *variable, int n_slots, sj_tensor *const *slots, sj_tensor *gradient,
                               sj_tensor **ret_copy)
{
	p->size = sj__dtype_size(variable->dtype);
	p->loop = loops()->of[variable->dtype == SJ_FLOAT64][p->update->rule];
	p->n = variable->shape.size;
	sj_status status = gradient_prepare(p, gradient, ret_copy);
	if (status == SJ_OK)
		status = writable(variable, &p->var, &p->held[0]);
	for (int k = 0; k < n_slots && status == SJ_OK; k++)
		status = writable(slots[k], &p->slots[k], &p->held[1 + k]);
	return status;
}

/* ---- the whole ---- */

/* The bytes of a variable that fits the gradient and whose value nobody else holds; NULL of any other. */
static SJ_ALWAYS_INLINE char *plain_bytes(const sj_tensor *variable, const sj_tensor *gradient)
{
	if (!sj__is_live(variable) || !(variable->flags & SJ__FLAG_VARIABLE) || variable->dtype != gradient->dtype)
		return NULL;
	const sj_tensor *value = variable->variable->value;
	return value != NULL && sj__is_sole_owner(value) && sj__same_shape(variable, gradient) ? value->data : NULL;
}

/* The commonest piece, checked and prepared at once. False: the long way finds out what there is to do, or to say. */
static bool piece_take(piece *p, sj_tensor *const *slots, int n_slots, const sj_tensor *variable,
                       const sj_tensor *gradient)
{
	if (!sj__is_live(gradient) || gradient->flags != 0 ||
	    (gradient->dtype != SJ_FLOAT32 && gradient->dtype != SJ_FLOAT64))
		return false;
	p->var = plain_bytes(variable, gradient);
	for (int k = 0; k < n_slots; k++)
		if ((p->slots[k] = plain_bytes(slots[k], gradient)) == NULL)
			return false;
	p->size = sj__dtype_size(gradient->dtype);
	p->loop = loops()->of[gradient->dtype == SJ_FLOAT64][p->update->rule];
	p->n = gradient->shape.size;
	p->gradient = gradient->data;
	return p->var != NULL;
}

static bool pieces_take(const sj_update *u, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                        sj_tensor *const *gradients, piece *pieces)
{
	int n_slots = sj_update_slots(u->rule);
	if (SJ__COUNTS_ARE_SHARED) /* values must be held: another thread may assign the variables meanwhile */
		return false;
	for (int i = 0; i < n; i++) {
		pieces[i].update = u;
		if (gradients[i] != NULL &&
		    !piece_take(&pieces[i], slots + i * n_slots, n_slots, variables[i], gradients[i]))
			return false;
	}
	return true;
}

static sj_status pieces_prepare(const sj_update *u, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                                sj_tensor *const *gradients, piece *pieces, sj_tensor **copies)
{
	int n_slots = sj_update_slots(u->rule);
	sj_status status = SJ_OK;
	for (int i = 0; i < n && status == SJ_OK; i++)
		if (gradients[i] != NULL)
			status = piece_check(i, variables[i], n_slots, slots + i * n_slots, gradients[i]);
	for (int i = 0; i < n && status == SJ_OK; i++) {
		pieces[i].update = u;
		if (gradients[i] != NULL)
			status = piece_prepare(&pieces[i], variables[i], n_slots, slots + i * n_slots, gradients[i],
			                       &copies[i]);
	}
	return status;
}

static sj_status pieces_apply(const sj_update *u, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                              sj_tensor *const *gradients, piece *pieces, sj_tensor **copies)
{
	sj_status status = SJ_OK;
	bool is_taken = pieces_take(u, n, variables, slots, gradients, pieces);
	if (!is_taken)
		status = pieces_prepare(u, n, variables, slots, gradients, pieces, copies);
	uint32_t before = sj__denormals_flush_begin();
	sj__cancel_hold(); /* all of it or nothing */
	for (int i = 0; i < n && status == SJ_OK; i++)
		if (gradients[i] != NULL)
			piece_run(&pieces[i]);
	sj__cancel_release();
	sj__denormals_flush_end(before);
	for (int i = 0; i < n && !is_taken; i++) {
		for (int k = 0; k <= SLOTS_MOST; k++)
			sj__drop(pieces[i].held[k]);
		sj__drop(copies[i]);
		sj__memory_free(pieces[i].rows);
		sj__memory_free(pieces[i].summed);
	}
	return status;
}

sj_status sj__update_now(const sj_update *update, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                         sj_tensor *const *gradients)
{
	enum { FEW = 8 };
	struct {
		piece pieces[FEW];
		sj_tensor *copies[FEW];
	} few;
	if (SJ_LIKELY(n <= FEW)) {
		memset(few.pieces, 0, sizeof(piece) * (size_t)n);
		memset(few.copies, 0, sizeof(sj_tensor *) * (size_t)n);
		return pieces_apply(update, n, variables, slots, gradients, few.pieces, few.copies);
	}
	piece *pieces = sj__memory_new_zeroed((sizeof(piece) + sizeof(sj_tensor *)) * (size_t)n);
	sj_status status = pieces ? pieces_apply(update, n, variables, slots, gradients, pieces,
	                                         (sj_tensor **)(pieces + n))
	                          : SJ_RESOURCE_EXHAUSTED;
	sj__memory_free(pieces);
	return status;
}

/* The update in a struct of ours: fields that the caller's header does not have yet are 0. */
static sj_status arguments_check(const sj_update *given, int n, const void *variables, const void *slots,
                                 const void *gradients, sj_update *ret_update)
{
	if (given == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: the update is NULL");
	sj_status status = sj__arguments_take("sj_update_apply", given, sizeof(*ret_update), ret_update);
	if (status != SJ_OK)
		return status;
	int n_slots = sj_update_slots(ret_update->rule);
	if (n_slots < 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: %d is no update rule", (int)ret_update->rule);
	if (n < 0 || (n > 0 && (variables == NULL || gradients == NULL || (slots == NULL && n_slots > 0))))
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_update_apply: %d variables with a NULL array", n);
	return SJ_OK;
}

/* Whether the update has to wait for a graph to run. */
static bool is_written_down(sj_tensor *learning_rate, int n, sj_tensor *const *variables, sj_tensor *const *gradients)
{
	bool waits = sj__local_state.graph != NULL ||
	             (sj__is_live(learning_rate) && learning_rate->flags & SJ__FLAG_SYMBOLIC);
	for (int i = 0; i < n && !waits; i++)
		waits = (sj__is_live(gradients[i]) &&
		         ((gradients[i]->flags & SJ__FLAG_SYMBOLIC) != 0 ||
		          (gradients[i]->flags & SJ__FLAG_SLICES && sj__slices_are_symbolic(gradients[i])))) ||
		        (is_variable(variables[i]) && sj__variable_instance(variables[i]) == NULL);
	return waits;
}

/* Graphs' variables stand for those of the running session. */
static void instances_find(int n, sj_tensor *const *variables, sj_tensor **ret_instances)
{
	for (int i = 0; i < n; i++)
		ret_instances[i] = sj__variable_instance(variables[i]);
}

static bool any_of_graph(int n, sj_tensor *const *variables)
{
	for (int i = 0; i < n; i++)
		if (sj__variable_instance(variables[i]) != variables[i])
			return true;
	return false;
}

static sj_status instances_apply(const sj_update *update, int n, int n_slots, sj_tensor *const *variables,
                                 sj_tensor *const *slots, sj_tensor *const *gradients)
{
	sj_tensor **all = sj__memory_new(sizeof(*all) * (size_t)n * ((size_t)n_slots + 1));
	if (all == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	instances_find(n, variables, all);
	instances_find(n * n_slots, slots, all + n);
	sj_status status = sj_update_apply(update, n, all, all + n, gradients);
	sj__memory_free(all);
	return status;
}

sj_status sj_update_apply_rate(const sj_update *update, sj_tensor *learning_rate, int n, sj_tensor *const *variables,
                               sj_tensor *const *slots, sj_tensor *const *gradients)
{
	sj__local_now();
	if (!sj_ok())
		return sj_error_code();
	sj_update all;
	sj_tensor *rate = NULL;
	sj_status status = arguments_check(update, n, variables, slots, gradients, &all);
	if (status == SJ_OK && is_written_down(learning_rate, n, variables, gradients)) {
		status = sj__graph.update(&all, learning_rate, n, variables, slots, gradients);
	} else if (status == SJ_OK) {
		status = sj__concrete("sj_update_apply_rate", learning_rate, &rate);
		if (status == SJ_OK && (rate->shape.size != 1 || !sj_dtype_is_floating((sj_dtype)rate->dtype)))
			status = sj__fail(SJ_INVALID_ARGUMENT,
			                  "sj_update_apply_rate: the learning rate is %s %s; give a floating scalar",
			                  sj_dtype_name((sj_dtype)rate->dtype), sj__shape_text(rate));
		if (status == SJ_OK) {
			all.learning_rate = sj__element_as_double((sj_dtype)rate->dtype, rate->data, 0);
			sj__drop(rate);
			return sj_update_apply(&all, n, variables, slots, gradients);
		}
		sj__drop(rate);
	}
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

sj_status sj_update_apply(const sj_update *update, int n, sj_tensor *const *variables, sj_tensor *const *slots,
                          sj_tensor *const *gradients)
{
	sj__local_now();
	if (!sj_ok())
		return sj_error_code();
	sj_update all;
	sj_status status = arguments_check(update, n, variables, slots, gradients, &all);
	if (status == SJ_OK && is_written_down(NULL, n, variables, gradients)) {
		status = sj__graph.update(&all, NULL, n, variables, slots, gradients);
	} else if (status == SJ_OK && SJ_UNLIKELY(any_of_graph(n, variables))) {
		return instances_apply(&all, n, sj_update_slots(all.rule), variables, slots, gradients);
	} else if (status == SJ_OK && n > 0) {
		status = sj__update_now(&all, n, variables, slots, gradients);
	}
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

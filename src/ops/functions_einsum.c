/*
 * Einstein summation: the equation is parsed into a label for each axis, and the inputs are contracted two at a time, each pair by one
 * batched matrix product: batch labels (in both, still wanted), labels of one input alone, and labels summed over.
 */
#include "ops/functions.h"
#include "sokuji/array_functions.h"
#include "sokuji/linalg_functions.h"
#include "sokuji/scope.h"
#include "tensor/tensor.h"

/* Labels: 'A'..'Z', 'a'..'z' as themselves; axis k from the end of an ellipsis is ELLIPSIS + k. Sets of labels are arrays of counts. */
enum { ELLIPSIS = 128, MOST_AXES = 64, LABELS = ELLIPSIS + MOST_AXES };

static const char me[] = "sj_einsum";

typedef struct axes {
	int n;
	uint8_t labels[MOST_AXES];
} axes;

typedef struct operand {
	sj_tensor *t;
	axes a;
} operand;

typedef struct equation {
	int64_t sizes[LABELS]; /* of labels met in an input; -1 elsewhere */
	axes result;
	int n_ellipsis; /* the most axes that an ellipsis stands for */
} equation;

/* ---- parsing ---- */

static bool refuse(const char *text, const char *problem)
{
	sj__function_fail(me, "the equation \"%.200s\" %s", text, problem);
	return false;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* One term, up to ',' or '-' or the end; *at is moved there. An ellipsis gets n_ellipsis axes. */
static bool term_parse(const char *text, const char **at, int n_ellipsis, axes *a, bool *ret_has_ellipsis)
{
	*ret_has_ellipsis = false;
	a->n = 0;
	for (; **at != '\0' && **at != ',' && **at != '-'; ++*at) {
		char c = **at;
		if (c == ' ')
			continue;
		if (c == '.') {
			if (*ret_has_ellipsis || (*at)[1] != '.' || (*at)[2] != '.')
				return refuse(text, "has a dot that is no ellipsis, or two ellipses in a term");
			*at += 2;
			*ret_has_ellipsis = true;
			for (int k = n_ellipsis - 1; k >= 0 && a->n < MOST_AXES; k--)
				a->labels[a->n++] = (uint8_t)(ELLIPSIS + k);
		} else if (!is_letter(c)) {
			return refuse(text, "has a character that is no letter, ellipsis, comma or arrow");
		} else if (a->n == MOST_AXES) {
			return refuse(text, "has too many labels in a term");
		} else {
			a->labels[a->n++] = (uint8_t)c;
		}
	}
	return true;
}

/* Letters of a term, to tell how many axes its ellipsis stands for. */
static int letters_in_term(const char *at)
{
	int n = 0;
	for (; *at != '\0' && *at != ',' && *at != '-'; at++)
		n += is_letter(*at);
	return n;
}

static bool size_note(equation *e, const char *text, int label, int64_t size)
{
	int64_t known = e->sizes[label];
	if (known == -1 || (label >= ELLIPSIS && known == 1))
		e->sizes[label] = size;
	else if (known != size && !(label >= ELLIPSIS && size == 1)) {
		if (label < ELLIPSIS)
			sj__function_fail(me, "the equation \"%.200s\": label %c is %lld and %lld", text, label,
			                  (long long)known, (long long)size);
		else
			sj__function_fail(me, "the equation \"%.200s\": sizes %lld and %lld do not broadcast", text,
			                  (long long)known, (long long)size);
		return false;
	}
	return true;
}

static bool input_parse(equation *e, const char *text, const char **at, operand *x)
{
	int rank = sj_tensor_rank(x->t), letters = letters_in_term(*at);
	bool has_ellipsis;
	if (rank > MOST_AXES)
		return refuse(text, "is given an input of more than 64 axes");
	if (!term_parse(text, at, rank - letters, &x->a, &has_ellipsis))
		return false;
	if (has_ellipsis ? rank < letters : rank != letters) {
		sj__function_fail(me, "the equation \"%.200s\" has %d labels%s for an input of shape %s", text, letters,
		                  has_ellipsis ? " and an ellipsis" : "", sj__shape_words(x->t));
		return false;
	}
	if (has_ellipsis && rank - letters > e->n_ellipsis)
		e->n_ellipsis = rank - letters;
	for (int i = 0; i < rank; i++)
		if (!size_note(e, text, x->a.labels[i], sj_tensor_dim(x->t, i)))
			return false;
	return true;
}

/* The result of an equation without an arrow: the ellipsis, then what occurs once. */
static void result_imply(equation *e, const int *counts)
{
	e->result.n = 0;
	for (int k = e->n_ellipsis - 1; k >= 0; k--)
		e->result.labels[e->result.n++] = (uint8_t)(ELLIPSIS + k);
	for (int label = 0; label < ELLIPSIS; label++)
		if (counts[label] == 1 && e->result.n < MOST_AXES)
			e->result.labels[e->result.n++] = (uint8_t)label;
}

static bool result_check(const equation *e, const char *text)
{
	bool seen[LABELS] = {false};
	for (int i = 0; i < e->result.n; i++) {
		int label = e->result.labels[i];
		if (e->sizes[label] == -1 || seen[label])
			return refuse(text, e->sizes[label] == -1 ? "has a label in the result that no input has"
			                                          : "has a label twice in the result");
		seen[label] = true;
	}
	return true;
}

static bool equation_parse(const char *text, int64_t n, operand *operands, equation *e)
{
	const char *at = text;
	int counts[LABELS] = {0};
	bool has_ellipsis;
	e->n_ellipsis = 0;
	for (int i = 0; i < LABELS; i++)
		e->sizes[i] = -1;
	for (int64_t k = 0; k < n; k++) {
		if (!input_parse(e, text, &at, &operands[k]))
			return false;
		if ((*at == ',') != (k + 1 < n))
			return refuse(text, "has not one term for each input");
		at += *at == ',';
		for (int i = 0; i < operands[k].a.n; i++)
			counts[operands[k].a.labels[i]]++;
	}
	if (*at == '\0') {
		result_imply(e, counts);
		return true;
	}
	if (at[1] != '>')
		return refuse(text, "has a '-' that is no arrow");
	at += 2;
	if (!term_parse(text, &at, e->n_ellipsis, &e->result, &has_ellipsis))
		return false;
	if (e->n_ellipsis > 0 && !has_ellipsis)
		return refuse(text, "has an ellipsis that the result lacks");
	return *at == '\0' ? result_check(e, text) : refuse(text, "goes on after the result");
}

/* ---- one operand ---- */

static int place_of(const axes *a, int label)
{
	for (int i = 0; i < a->n; i++)
		if (a->labels[i] == label)
			return i;
	return -1;
}

static void operand_transpose(operand *x, const axes *wanted)
{
	int64_t perm[MOST_AXES];
	bool moves = false;
	for (int i = 0; i < wanted->n; i++) {
		perm[i] = place_of(&x->a, wanted->labels[i]);
		moves |= perm[i] != i;
	}
	if (moves)
		x->t = sj_transpose(x->t, .perm = {wanted->n, perm});
	x->a = *wanted;
}

static void operand_reshape(operand *x, const equation *e)
{
	int64_t dims[MOST_AXES + 1];
	for (int i = 0; i < x->a.n; i++)
		dims[i] = e->sizes[x->a.labels[i]];
	x->t = sj_reshape(x->t, (sj_ints){x->a.n, dims});
}

/* Axes of size 1 that broadcast are dropped: the other inputs bring them. */
static void operand_squeeze(operand *x, const equation *e)
{
	int64_t places[MOST_AXES];
	int n = 0;
	axes kept = {0};
	for (int i = 0; i < x->a.n; i++) {
		int label = x->a.labels[i];
		if (label >= ELLIPSIS && e->sizes[label] != 1 && sj_tensor_dim(x->t, i) == 1)
			places[n++] = i;
		else
			kept.labels[kept.n++] = (uint8_t)label;
	}
	if (n == 0)
		return;
	x->t = sj_squeeze(x->t, .axis = {n, places});
	x->a = kept;
}

/* The diagonal of the first label that stands twice: both axes last, flattened, every (n + 1)th element. */
static bool operand_diagonal(operand *x, const equation *e)
{
	int first = -1, second = -1;
	for (int i = 0; i < x->a.n && second < 0; i++)
		for (int j = i + 1; j < x->a.n && second < 0; j++)
			if (x->a.labels[i] == x->a.labels[j])
				first = i, second = j;
	if (second < 0)
		return false;
	int64_t perm[MOST_AXES], dims[MOST_AXES], begin[MOST_AXES] = {0}, strides[MOST_AXES],
						  size = e->sizes[x->a.labels[first]];
	axes left = {0};
	for (int i = 0; i < x->a.n; i++)
		if (i != first && i != second) {
			perm[left.n] = i;
			dims[left.n] = sj_tensor_dim(x->t, i);
			strides[left.n] = 1;
			left.labels[left.n++] = x->a.labels[i];
		}
	perm[left.n] = first;
	perm[left.n + 1] = second;
	x->t = sj_transpose(x->t, .perm = {x->a.n, perm});
	dims[left.n] = size * size;
	strides[left.n] = size + 1;
	left.labels[left.n] = x->a.labels[first];
	left.n++;
	sj_ints shape = {left.n, dims}, from = {left.n, begin}, steps = {left.n, strides};
	x->t = sj_strided_slice(sj_reshape(x->t, shape), from, shape, steps);
	x->a = left;
	return true;
}

/* Sums over the labels that nothing else wants. */
static void operand_sum(operand *x, const bool *wanted)
{
	int64_t places[MOST_AXES];
	int n = 0;
	axes kept = {0};
	for (int i = 0; i < x->a.n; i++)
		if (wanted[x->a.labels[i]])
			kept.labels[kept.n++] = x->a.labels[i];
		else
			places[n++] = i;
	if (n > 0)
		x->t = sj_sum(x->t, .axis = {n, places});
	x->a = kept;
}

/* ---- two operands ---- */

static void axes_append(axes *a, const axes *more)
{
	for (int i = 0; i < more->n && a->n < MOST_AXES; i++)
		a->labels[a->n++] = more->labels[i];
}

static bool axes_equal(const axes *a, const axes *b)
{
	return a->n == b->n && memcmp(a->labels, b->labels, (size_t)a->n) == 0;
}

static int64_t size_of(const axes *a, const equation *e)
{
	int64_t size = 1;
	for (int i = 0; i < a->n; i++)
		size *= e->sizes[a->labels[i]];
	return size;
}

/* x as (batch, rows, columns); already so in the other order, it is given as it lies and *ret_turned says so. */
static sj_tensor *as_matrices(operand *x, const equation *e, const axes *batch, const axes *rows, const axes *columns,
                              bool *ret_turned)
{
	axes wanted = *batch, other = *batch;
	axes_append(&wanted, rows);
	axes_append(&wanted, columns);
	axes_append(&other, columns);
	axes_append(&other, rows);
	*ret_turned = !axes_equal(&x->a, &wanted) && axes_equal(&x->a, &other);
	operand_transpose(x, *ret_turned ? &other : &wanted);
	int64_t r = size_of(rows, e), c = size_of(columns, e);
	sj_ints shape = batch->n == 0 ? SJ_INTS(*ret_turned ? c : r, *ret_turned ? r : c)
	                              : SJ_INTS(size_of(batch, e), *ret_turned ? c : r, *ret_turned ? r : c);
	return sj_reshape(x->t, shape);
}

/* x becomes the contraction of x and y; later: labels that are still wanted afterwards. */
static void contract(operand *x, operand *y, const equation *e, const bool *later)
{
	bool in_x[LABELS] = {false}, in_y[LABELS] = {false}, wanted[LABELS];
	axes batch = {0}, summed = {0}, rows = {0}, columns = {0};
	for (int i = 0; i < x->a.n; i++)
		in_x[x->a.labels[i]] = true;
	for (int i = 0; i < y->a.n; i++)
		in_y[y->a.labels[i]] = true;
	for (int l = 0; l < LABELS; l++)
		wanted[l] = later[l] || (in_x[l] && in_y[l]);
	operand_sum(x, wanted);
	operand_sum(y, wanted);
	for (int i = 0; i < x->a.n; i++) {
		int l = x->a.labels[i];
		axes *into = !in_y[l] ? &rows : later[l] ? &batch : &summed;
		into->labels[into->n++] = (uint8_t)l;
	}
	for (int i = 0; i < y->a.n; i++)
		if (!in_x[y->a.labels[i]])
			columns.labels[columns.n++] = y->a.labels[i];
	bool turned_x, turned_y;
	sj_tensor *a = as_matrices(x, e, &batch, &rows, &summed, &turned_x),
		  *b = as_matrices(y, e, &batch, &summed, &columns, &turned_y);
	x->t = batch.n == 0 ? sj_matmul(a, b, .transpose_a = turned_x, .transpose_b = turned_y)
	                    : sj_batch_matmul(a, b, .adj_x = turned_x, .adj_y = turned_y);
	x->a = batch;
	axes_append(&x->a, &rows);
	axes_append(&x->a, &columns);
	operand_reshape(x, e);
}

static sj_tensor *contract_all(int64_t n, operand *operands, const equation *e)
{
	for (int64_t k = 0; k < n; k++) {
		operand_squeeze(&operands[k], e);
		while (operand_diagonal(&operands[k], e))
			continue;
	}
	operand *x = &operands[0];
	for (int64_t k = 1; k <= n; k++) {
		bool later[LABELS] = {false};
		for (int i = 0; i < e->result.n; i++)
			later[e->result.labels[i]] = true;
		for (int64_t j = k + 1; j < n; j++)
			for (int i = 0; i < operands[j].a.n; i++)
				later[operands[j].a.labels[i]] = true;
		if (k < n)
			contract(x, &operands[k], e, later);
		else
			operand_sum(x, later);
	}
	operand_transpose(x, &e->result);
	return x->t;
}

sj_tensor *sj_einsum(const char *text, int64_t n, sj_tensor *const *inputs)
{
	enum { MOST_INPUTS = 32 };
	operand operands[MOST_INPUTS];
	equation e;
	if (text == NULL || inputs == NULL || n < 1 || n > MOST_INPUTS)
		return sj__function_fail(
			me, "the equation or the inputs are NULL, or there are %lld inputs; possible are 1 to %d",
			(long long)n, MOST_INPUTS);
	for (int64_t k = 0; k < n; k++) {
		if (!sj__function_takes(me, "an input", inputs[k]))
			return sj_nil();
		operands[k].t = inputs[k];
	}
	if (!equation_parse(text, n, operands, &e))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, contract_all(n, operands, &e));
}

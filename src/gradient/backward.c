/*
 * The backward walk: which records lie between sources and targets, and the chain rule over them, last to first. Gradient
 * rules run as ordinary operations, each in a scope of its own, so open tapes record them in turn.
 */
#include "base/memory.h"
#include "gradient/log.h"
#include "sokuji/operations.h"
#include "sokuji/scope.h"
#include "tensor/local.h"
#include "tensor/slices.h"

#include "ops_numbers.h"

/* Up to so many slots of before a tape cost less than a table of them. */
enum { FEW_SLOTS = 4096 };

enum { MARK_TRACKED = 1, MARK_SOURCE = 2, MARK_LEADS_TO_SOURCE = 4 };

typedef struct state {
	const sj__walk *walk;
	uint32_t n_places;
	uint8_t *marks;        /* by place */
	sj_tensor **gradients; /* by place, own references */
	uint32_t n_before;     /* slots up to this one have their places in a table; 0: a slot is its own place */
	sj__early *early;
} state;

static sj__record *first_record(const sj__walk *walk)
{
	if (walk->last == NULL)
		return NULL;
	return walk->before_first ? walk->before_first->next : walk->log->first;
}

/*
 * Place 0 is nobody's. Where a tape lives on for long, those after it deal ever higher slots: then the few slots of before the
 * walk's tape that it meets (variables', watched tensors') have their places in a table, and the others follow.
 */
static SJ_ALWAYS_INLINE uint32_t place_of(const state *s, uint32_t bits)
{
	uint32_t slot = SJ__SLOT(bits);
	return SJ_LIKELY(s->n_before == 0) ? slot : sj__early_place(s->early, slot, s->n_before);
}

/* ---- which slots matter ---- */

static void sources_mark(state *s, int n_sources, sj_tensor *const *sources)
{
	for (int i = 0; i < s->walk->n_watched; i++)
		s->marks[place_of(s, s->walk->watched[i])] |= MARK_TRACKED;
	for (int i = 0; i < n_sources; i++) {
		uint32_t bits = sj__slot_of(s->walk->log, sources[i]);
		s->marks[place_of(s, bits)] |= MARK_SOURCE;
		if (bits & SJ__SLOT_VARIABLE && s->walk->watches_variables)
			s->marks[place_of(s, bits)] |= MARK_TRACKED;
	}
	s->marks[0] = 0;
}

static uint8_t input_marks(state *s, uint32_t bits)
{
	uint8_t *mark = &s->marks[place_of(s, bits)];
	if (bits & SJ__SLOT_VARIABLE && s->walk->watches_variables)
		*mark |= MARK_TRACKED;
	if (!(*mark & MARK_TRACKED))
		return 0;
	return *mark & MARK_SOURCE ? *mark | MARK_LEADS_TO_SOURCE : *mark;
}

/* Forward: a tensor is tracked by this tape when it comes from a watched one, and leads to a source likewise. */
static void records_mark(state *s)
{
	for (sj__record *r = first_record(s->walk); r != NULL; r = r->next) {
		uint8_t marks = 0;
		const uint32_t *slots = sj__record_input_slots(r);
		int n_inputs = r->n_inputs, n_ports = n_inputs + r->n_outputs;
		for (int i = 0; i < n_inputs; i++)
			marks |= input_marks(s, slots[i]);
		marks &= MARK_TRACKED | MARK_LEADS_TO_SOURCE;
		for (int k = n_inputs; k < n_ports; k++)
			s->marks[place_of(s, slots[k])] |= marks;
		s->marks[0] = 0;
		if (r == s->walk->last)
			return;
	}
}

static bool leads_to_source(const state *s, uint32_t bits)
{
	uint8_t mark = s->marks[place_of(s, bits)];
	return (mark & MARK_TRACKED) != 0 && (mark & (MARK_SOURCE | MARK_LEADS_TO_SOURCE)) != 0;
}

/* ---- accumulation ---- */

static bool may_add_in_place(const sj_tensor *sum, const sj_tensor *d)
{
	return sj__local_state.recording == 0 && sum->flags == 0 && d->flags == 0 && sj__is_sole_owner(sum) &&
	       sum->dtype == d->dtype && (sj__op_table[SJ__OP_ADD].type_masks[0] >> d->dtype & 1) &&
	       sj__same_shape(sum, d);
}

static sj_status add_in_place(sj_tensor *sum, sj_tensor *d)
{
	sj_tensor *inputs[] = {sum, d}, *outputs[] = {sum};
	sj__call call = {.op = &sj__op_table[SJ__OP_ADD],
	                 .n_inputs = 2,
	                 .n_outputs = 1,
	                 .inputs = inputs,
	                 .outputs = outputs};
	return call.op->kernel(&call);
}

static bool are_complex(const sj_tensor *a, const sj_tensor *b)
{
	return (a->dtype == SJ_COMPLEX64 || a->dtype == SJ_COMPLEX128) && a->dtype == b->dtype && a->data != NULL &&
	       b->data != NULL && sj__same_shape(a, b);
}

/* The kernels do not add complex numbers; gradients of functions with gradients of their own do meet. */
static sj_status add_complex(const sj_tensor *a, const sj_tensor *b, sj_tensor **ret_sum)
{
	sj_status status = sj__tensor_make("gradient", (sj_dtype)a->dtype, a->shape.rank, sj__dims(a), ret_sum);
	if (status != SJ_OK)
		return status;
	int64_t n = 2 * a->shape.size;
	if (a->dtype == SJ_COMPLEX64) {
		const float *x = a->data, *y = b->data;
		float *sum = (*ret_sum)->data;
		for (int64_t i = 0; i < n; i++)
			sum[i] = x[i] + y[i];
	} else {
		const double *x = a->data, *y = b->data;
		double *sum = (*ret_sum)->data;
		for (int64_t i = 0; i < n; i++)
			sum[i] = x[i] + y[i];
	}
	return SJ_OK;
}

/* A gradient of nothing but a shape is zeros that nobody has needed yet. */
static bool is_zero(const sj_tensor *d) { return (d->flags & SJ__FLAG_SHAPE_ONLY) != 0; }

static sj_status zero_make(sj_tensor **d)
{
	sj_tensor *zeros;
	if (*d == NULL || !is_zero(*d))
		return SJ_OK;
	sj_status status = sj__tensor_zeros("gradient", *d, &zeros);
	if (status == SJ_OK) {
		sj__drop(*d);
		*d = zeros;
	}
	return status;
}

/* gradients[slot] += d, which is borrowed. */
static sj_status accumulate(state *s, uint32_t bits, sj_tensor *d)
{
	sj_tensor **sum = &s->gradients[place_of(s, bits)], *joined;
	sj_status status = SJ_OK;
	if (*sum == NULL || is_zero(*sum)) {
		sj__drop(*sum);
		*sum = sj__keep(d);
		return SJ_OK;
	}
	if (is_zero(d))
		return SJ_OK;
	if (are_complex(*sum, d))
		status = add_complex(*sum, d, &joined);
	else if (may_add_in_place(*sum, d))
		return add_in_place(*sum, d);
	else if ((*sum)->flags & d->flags & SJ__FLAG_SLICES && !sj__slices_are_symbolic(*sum) &&
	         !sj__slices_are_symbolic(d))
		status = sj__slices_join(*sum, d, &joined);
	else
		status = sj_execute(&sj__op_table[SJ__OP_ADD], NULL, 2, (sj_tensor *[]){*sum, d}, 1, &joined);
	if (status == SJ_OK) {
		sj__drop(*sum);
		*sum = joined;
	}
	return status;
}

/* ---- one record ---- */

static sj_status custom_is_good(const sj__record *r, int i, const sj_tensor *d)
{
	const sj_tensor *x = r->tensors[i];
	if (!sj_tensor_is_valid(d))
		return sj__fail(SJ_INVALID_ARGUMENT, "custom gradient: gradient %d is no valid tensor", i);
	if (x != NULL && (d->dtype != x->dtype || !sj__shapes_may_match(x, d)))
		return sj__fail(SJ_INVALID_ARGUMENT, "custom gradient: gradient %d is %s %s, its input is %s %s", i,
		                sj_dtype_name((sj_dtype)d->dtype), sj__shape_text(d), sj_dtype_name((sj_dtype)x->dtype),
		                sj__shape_text(x));
	return SJ_OK;
}

/* What flows into the record's one output is the walk's alone: nobody asked for it, no tape records that it is used. */
static bool may_write_dy(const state *s, const sj__record *r, sj_tensor *const *dy)
{
	return r->n_outputs == 1 && dy[0] != NULL &&
	       !(s->marks[place_of(s, *sj__record_output_slots(r))] & MARK_SOURCE) && sj__local_state.recording == 0 &&
	       sj__local_state.graph == NULL && sj__is_sole_owner(dy[0]);
}

static void rule_call(const state *s, sj__record *r, sj_tensor *const *dy, const bool *needs, sj_tensor **dx)
{
	if (r->op == NULL) {
		const struct sj__custom *custom = r->args;
		if (custom->call != NULL) {
			custom->call(custom->context, r->n_outputs, dy, r->n_inputs, needs, dx);
			return;
		}
		sj__outside around = sj__outside_begin();
		custom->function(custom->context, r->n_outputs, dy, r->n_inputs, dx);
		sj__outside_end(around);
		return;
	}
	if (r->op->gradient == NULL) {
		sj__error_stick(sj__fail(SJ_UNIMPLEMENTED, "the gradient of %s is not implemented", r->op->name));
		return;
	}
	sj_tensor **outputs = sj__record_outputs(r);
	sj__gradient g = {r->op,   r->args, r->n_inputs, r->n_outputs,           r->tensors,
	                  outputs, dy,      needs,       may_write_dy(s, r, dy), s->walk->consumes};
	if (SJ_UNLIKELY(sj__local_state.log->has_symbolic) && sj__graph.must_defer(&g))
		sj__graph.defer(&g, dx);
	else
		r->op->gradient(&g, dx);
}

static sj_status record_apply(state *s, sj__record *r, sj_tensor **dy, bool *needs, sj_tensor **dx)
{
	sj_status status = SJ_OK;
	const uint32_t *input_slots = sj__record_input_slots(r), *output_slots = sj__record_output_slots(r);
	for (int k = 0; k < r->n_outputs && status == SJ_OK; k++) {
		sj_tensor **d = &s->gradients[place_of(s, output_slots[k])];
		if (output_slots[k] != 0)
			status = zero_make(d);
		dy[k] = output_slots[k] != 0 ? *d : NULL;
	}
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < r->n_inputs; i++) {
		needs[i] = leads_to_source(s, input_slots[i]);
		dx[i] = NULL;
	}
	sj_scope scope = sj_scope_begin();
	rule_call(s, r, dy, needs, dx);
	if (!sj_ok())
		status = sj_error_code();
	for (int i = 0; i < r->n_inputs && status == SJ_OK; i++) {
		if (!needs[i] || dx[i] == NULL)
			continue;
		if (r->op == NULL)
			status = custom_is_good(r, i, dx[i]);
		if (status == SJ_OK)
			status = accumulate(s, input_slots[i], dx[i]);
	}
	sj_scope_end(scope);
	return status;
}

static sj_status record_walk(state *s, sj__record *r)
{
	enum { FEW = 16 };
	sj_tensor *few[FEW];
	bool few_needs[FEW];
	size_t n = (size_t)r->n_inputs + (size_t)r->n_outputs;
	if (SJ_LIKELY(n <= FEW))
		return record_apply(s, r, few, few_needs, few + r->n_outputs);
	sj_tensor **many = sj__memory_new((sizeof(*many) + sizeof(bool)) * n);
	if (many == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = record_apply(s, r, many, (bool *)(many + n), many + r->n_outputs);
	sj__memory_free(many);
	return status;
}

static bool must_walk(const state *s, const sj__record *r)
{
	bool has_gradient = false, leads = false;
	const uint32_t *input_slots = sj__record_input_slots(r), *output_slots = sj__record_output_slots(r);
	for (int k = 0; k < r->n_outputs; k++)
		has_gradient |= output_slots[k] != 0 && s->gradients[place_of(s, output_slots[k])] != NULL;
	for (int i = 0; has_gradient && !leads && i < r->n_inputs; i++)
		leads = leads_to_source(s, input_slots[i]);
	return leads;
}

/* What flowed into a record's outputs is no longer needed, unless it was asked for. */
static void outputs_forget(state *s, const sj__record *r)
{
	const uint32_t *output_slots = sj__record_output_slots(r);
	for (int k = 0; k < r->n_outputs; k++) {
		uint32_t slot = place_of(s, output_slots[k]);
		if (slot != 0 && !(s->marks[slot] & MARK_SOURCE)) {
			sj__drop(s->gradients[slot]);
			s->gradients[slot] = NULL;
		}
	}
}

static sj_status records_walk(state *s)
{
	sj_status status = SJ_OK;
	for (sj__record *r = s->walk->last; r != s->walk->before_first && r != NULL && status == SJ_OK;
	     r = r->previous) {
		if (must_walk(s, r))
			status = record_walk(s, r);
		outputs_forget(s, r);
		if (s->walk->consumes)
			sj__record_release(r);
	}
	return status;
}

/* ---- seeds ---- */

static sj_status ones_like(sj_tensor *t, sj_tensor **ret_ones)
{
	sj_tensor *ones;
	if (t->shape.size < 0)
		return sj_execute(sj_op_find("OnesLike"), NULL, 1, (sj_tensor *[]){t}, 1, ret_ones);
	sj_status status = sj__tensor_make("gradient", (sj_dtype)t->dtype, t->shape.rank, sj__dims(t), &ones);
	if (status != SJ_OK)
		return status;
	for (int64_t i = 0; i < ones->shape.size; i++) {
		if (ones->dtype == SJ_FLOAT32)
			((float *)ones->data)[i] = 1;
		else if (ones->dtype == SJ_FLOAT64)
			((double *)ones->data)[i] = 1;
		else
			((uint16_t *)ones->data)[i] = ones->dtype == SJ_FLOAT16 ? 0x3c00 : 0x3f80;
	}
	*ret_ones = ones;
	return SJ_OK;
}

static sj_status target_seed(state *s, sj_tensor *target, sj_tensor *weight)
{
	uint32_t bits = sj__slot_of(s->walk->log, target);
	sj_tensor *seed;
	if (bits == 0 || !leads_to_source(s, bits))
		return SJ_OK;
	if (!sj_dtype_is_floating((sj_dtype)target->dtype))
		return sj__fail(SJ_UNIMPLEMENTED, "gradient: the target is %s; it must be a float",
		                sj_dtype_name((sj_dtype)target->dtype));
	if (weight != NULL && (weight->dtype != target->dtype || !sj__shapes_may_match(weight, target)))
		return sj__fail(SJ_INVALID_ARGUMENT, "gradient: the target is %s %s, its weight is %s %s",
		                sj_dtype_name((sj_dtype)target->dtype), sj__shape_text(target),
		                sj_dtype_name((sj_dtype)weight->dtype), sj__shape_text(weight));
	sj_status status = SJ_OK;
	if (weight != NULL)
		seed = sj__keep(weight);
	else
		status = ones_like(target, &seed);
	if (status != SJ_OK)
		return status;
	status = accumulate(s, bits, seed);
	sj__drop(seed);
	return status;
}

static void results_take(state *s, int n_sources, sj_tensor *const *sources, sj_tensor **ret_gradients)
{
	for (int i = 0; i < n_sources; i++) {
		uint32_t slot = place_of(s, sj__slot_of(s->walk->log, sources[i]));
		ret_gradients[i] = slot != 0 && s->gradients[slot] != NULL ? sj__keep(s->gradients[slot]) : NULL;
	}
}

/* Arrays by place, zeroed. */
static sj_status state_make(state *s, int n_sources, sj_tensor *const *sources)
{
	uint32_t n_slots = s->walk->log->n_slots;
	s->n_places = n_slots + 1;
	if (SJ_UNLIKELY(s->walk->n_slots_before > FEW_SLOTS)) {
		s->early = sj__early_make(s->walk, n_sources, sources);
		if (s->early == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		s->n_before = s->walk->n_slots_before;
		s->n_places = n_slots - s->n_before + sj__early_count(s->early) + 1;
	}
	s->gradients = sj__memory_new_zeroed((sizeof(*s->gradients) + 1) * (size_t)s->n_places);
	s->marks = (uint8_t *)(s->gradients + s->n_places);
	return s->gradients == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
}

static void state_free(state *s)
{
	for (size_t place = 0; s->gradients != NULL && place < s->n_places; place++)
		sj__drop(s->gradients[place]);
	sj__memory_free(s->gradients);
	sj__memory_free(s->early);
}

sj_status sj__backward(const sj__walk *walk, int n_targets, sj_tensor *const *targets, sj_tensor *const *weights,
                       int n_sources, sj_tensor *const *sources, sj_tensor **ret_gradients)
{
	state s = {.walk = walk};
	sj_status status = state_make(&s, n_sources, sources);
	if (status == SJ_OK) {
		sources_mark(&s, n_sources, sources);
		records_mark(&s);
	}
	for (int i = 0; i < n_targets && status == SJ_OK; i++)
		status = target_seed(&s, targets[i], weights ? weights[i] : NULL);
	if (status == SJ_OK)
		status = records_walk(&s);
	for (int i = 0; i < n_sources && status == SJ_OK; i++)
		status = zero_make(&s.gradients[place_of(&s, sj__slot_of(walk->log, sources[i]))]);
	if (status == SJ_OK)
		results_take(&s, n_sources, sources, ret_gradients);
	state_free(&s);
	return status;
}

/* Kernels that draw an order or a choice: shuffling rows, and classes with given probabilities. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/math_f64.h"
#include "cpu/random.h"
#include "cpu/strided_copy.h"

enum { WORDS_AT_ONCE = 4 * SJ__RANDOM_CHUNK, MOST_PARTS = 16 };

/* ---- shuffling ---- */

/* Each place in turn, but the last, takes the row that lies word % (places left) ahead, and that place takes its row. */
static sj_status order_shuffle(sj__philox stream, int64_t n, int64_t *order)
{
	uint32_t words[WORDS_AT_ONCE];
	const sj__random_loops *loops = sj__random_loops_now();
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < n; i++, status = sj__loop_step(i))
		order[i] = i;
	for (int64_t i = 0; status == SJ_OK && i < n - 1; i++, status = sj__loop_step(i)) {
		if (i % WORDS_AT_ONCE == 0)
			loops->words(sj__philox_skip(stream, (uint64_t)i / 4), 1, 1, words);
		int64_t j = i + words[i % WORDS_AT_ONCE] % (uint32_t)(n - i), other = order[j];
		order[j] = order[i];
		order[i] = other;
	}
	return status;
}

typedef struct gather_work {
	const int64_t *order;
	const char *x;
	char *y;
	size_t row_bytes;
} gather_work;

static void gather_range(void *context, int64_t begin, int64_t end)
{
	const gather_work *w = context;
	if (w->row_bytes == 4)
		for (int64_t i = begin; i < end; i++)
			((uint32_t *)w->y)[i] = ((const uint32_t *)w->x)[w->order[i]];
	else
		for (int64_t i = begin; i < end; i++)
			memcpy(w->y + (size_t)i * w->row_bytes, w->x + (size_t)w->order[i] * w->row_bytes,
			       w->row_bytes);
}

static void rows_gather(const sj_tensor *x, const sj_tensor *y, const int64_t *order)
{
	int64_t n = sj__dims(x)[0], per_row = x->shape.size / n;
	if (x->dtype == SJ_STRING) {
		for (int64_t i = 0; i < n && !sj__cancelled(); i++)
			sj__elements_copy(SJ_STRING, (sj__string *)y->data + i * per_row,
			                  (const sj__string *)x->data + order[i] * per_row, per_row);
		return;
	}
	gather_work work = {order, x->data, y->data, (size_t)per_row * sj__dtype_size(x->dtype)};
	sj__parallel_for(n, sj__max_i64(1, (1 << 18) / (int64_t)work.row_bytes), gather_range, &work);
}

sj_status sj__kernel_random_shuffle(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->outputs[0];
	int64_t n = x->shape.rank == 0 ? 1 : sj__dims(x)[0];
	if (x->shape.size <= 1 || n == 1) { /* TensorFlow draws nothing here */
		sj__random_stateful(call, 0);
		sj__tensor_copy(call->outputs[0], x);
		return SJ_OK;
	}
	int64_t *order = sj__memory_new((size_t)n * sizeof(*order));
	if (order == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = order_shuffle(sj__random_stateful(call, (uint64_t)(n + 2) / 4), n, order);
	if (status == SJ_OK)
		rows_gather(x, y, order);
	sj__memory_free(order);
	return status;
}

/* ---- choosing ---- */

typedef struct choose_work {
	sj__philox stream;
	const sj_tensor *logits, *y;
	int64_t n_classes, n_samples, grain;
	double *sums; /* n_classes for each part */
} choose_work;

static bool is_finite(double x) { return x - x == 0; }

static double logit(const choose_work *w, int64_t row, int64_t c)
{
	return sj__element_as_double((sj_dtype)w->logits->dtype, w->logits->data, row * w->n_classes + c);
}

/* sums[c]: of exp(logit - the largest) over classes 0 .. c, impossible ones left out. */
static void sums_of_row(const choose_work *w, int64_t row, double *sums)
{
	double largest = -SJ__INFINITY, total = 0;
	for (int64_t c = 0; c < w->n_classes && sj__loop_goes(c); c++) {
		double x = logit(w, row, c);
		if (is_finite(x) && x > largest)
			largest = x;
	}
	for (int64_t c = 0; c < w->n_classes && sj__loop_goes(c); c++) {
		double x = logit(w, row, c);
		if (is_finite(x))
			total += sj__exp(x - largest);
		sums[c] = total;
	}
}

/* The first class whose sum is above `wanted`, which is below the last sum. */
static int64_t class_find(const double *sums, int64_t n_classes, double wanted)
{
	int64_t low = 0, high = n_classes - 1;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (sums[middle] > wanted)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void choose_range(void *context, int64_t begin, int64_t end)
{
	const choose_work *w = context;
	double *sums = w->sums + begin / w->grain * w->n_classes;
	uint32_t words[4] = {0};
	for (int64_t row = begin; row < end && !sj__cancelled(); row++) {
		sums_of_row(w, row, sums);
		for (int64_t s = 0; s < w->n_samples && sj__loop_goes(s); s++) {
			int64_t at = row * w->n_samples + s;
			if (s == 0 || at % 2 == 0)
				sj__philox_group(sj__philox_skip(w->stream, (uint64_t)at / 2), words);
			double u = at % 2 ? sj__unit_double(words[2], words[3]) : sj__unit_double(words[0], words[1]);
			int64_t found = class_find(sums, w->n_classes, u * sums[w->n_classes - 1]);
			if (w->y->dtype == SJ_INT64)
				((int64_t *)w->y->data)[at] = found;
			else
				((int32_t *)w->y->data)[at] = (int32_t)found;
		}
	}
}

/* A row without a finite logit has no probabilities. */
static sj_status rows_are_good(const sj__call *call, const choose_work *w, int64_t n_rows)
{
	for (int64_t row = 0; row < n_rows && !sj__cancelled(); row++) {
		int64_t c = 0;
		while (c < w->n_classes && !is_finite(logit(w, row, c)))
			c++;
		if (c == w->n_classes)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "logits[%lld] has no finite number",
			                     (long long)row);
	}
	return SJ_OK;
}

static sj_status choose(sj__call *call, int seed)
{
	choose_work w = {.logits = call->inputs[0], .y = call->outputs[0]};
	int64_t n_rows = sj__dims(w.logits)[0];
	w.n_classes = sj__dims(w.logits)[1];
	w.n_samples = sj__dims(w.y)[1];
	w.grain = n_rows * (w.n_classes + w.n_samples) < 65536 ? sj__max_i64(n_rows, 1)
	                                                       : (n_rows + MOST_PARTS - 1) / MOST_PARTS;
	sj_status status = w.y->shape.size > 0 ? rows_are_good(call, &w, n_rows) : SJ_OK;
	if (status != SJ_OK)
		return status;
	w.sums = sj__memory_new((size_t)w.n_classes * sizeof(double) * (size_t)((n_rows + w.grain - 1) / w.grain));
	if (w.sums == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	uint64_t n_reserved = (uint64_t)n_rows * (uint64_t)((w.n_samples + 3) / 4 * 4) * 2 * SJ__GROUPS_RESERVED;
	w.stream = seed < 0 ? sj__random_stateful(call, n_reserved) : sj__random_stateless(call, seed);
	if (w.n_samples > 0)
		sj__parallel_for(n_rows, w.grain, choose_range, &w);
	sj__memory_free(w.sums);
	return SJ_OK;
}

sj_status sj__kernel_multinomial(sj__call *call) { return choose(call, -1); }
sj_status sj__kernel_stateless_multinomial(sj__call *call) { return choose(call, 2); }

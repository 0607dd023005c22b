/* Records a second through an input pipeline: map, shuffle, batch, prefetch. A JSON line. */
#include "bench.h"

enum { ROUNDS = 5, RECORDS = 20000, BATCH = 32, FEATURES = 4 };

#define NAME "map, shuffle, batch, prefetch"

static void scale(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_inputs, (void)n_outputs;
	ret_outputs[0] = sj_mul(inputs[0], sj_float(0.1f));
	ret_outputs[1] = inputs[1];
}

static double records_per_second(sj_tensor *x, sj_tensor *y)
{
	sj_dataset *d = sj_dataset_map(sj_dataset_from_slices(2, (sj_tensor *[]){x, y}), 2, scale, NULL, NULL);
	d = sj_dataset_prefetch(sj_dataset_batch(sj_dataset_shuffle(d, 1000), BATCH), 2);
	int64_t begin = sj_clock_ns();
	sj_iterator *it = sj_dataset_begin(d);
	sj_scope scope = sj_scope_begin();
	sj_tensor *batch[2];
	while (sj_iterator_next(it, batch)) {
		sj_scope_end(scope);
		scope = sj_scope_begin();
	}
	sj_scope_end(scope);
	double seconds = (double)(sj_clock_ns() - begin) * 1e-9;
	sj_iterator_free(it);
	sj_dataset_free(d);
	return (double)sj_tensor_dim(x, 0) / seconds;
}

int main(void)
{
	double figures[ROUNDS];
	int n = bench_is_brief() ? 200 : RECORDS;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_random_uniform(SJ_INTS(n, FEATURES)), *y = sj_random_uniform_int(SJ_INTS(n), 0, 3);
	for (int round = 0; bench_turn(NAME, round); round++) {
		for (int i = 0; i < ROUNDS; i++)
			figures[i] = records_per_second(x, y);
		bench_show("pipeline", NAME, "records/s", figures, ROUNDS);
	}
	sj_scope_end(scope);
	return bench_status();
}

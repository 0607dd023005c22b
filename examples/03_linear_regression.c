/*
 * Linear regression: finds the line that points were scattered around, by gradient descent.
 *
 * 	cc 03_linear_regression.c $(pkg-config --cflags --libs sokuji) && ./a.out --seed 1
 */
#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 100, STEPS = 200 };

static sj_tensor *predict(sj_tensor *x, sj_tensor *const *p) { return sj_add(sj_mul(x, p[0]), p[1]); }

int main(int argc, char **argv)
{
	sj_set_random_seed(argc == 3 && strcmp(argv[1], "--seed") == 0 ? atol(argv[2]) : 0);
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_random_normal(SJ_INTS(POINTS));
	sj_tensor *noise = sj_random_normal(SJ_INTS(POINTS), .stddev = SJ_GIVEN(0.1));
	sj_tensor *y = sj_add(sj_add(sj_mul(x, sj_float(3)), sj_float(2)), noise); /* 3 x + 2 and a little noise */
	sj_tensor *p[] = {sj_variable_new(sj_float(0)), sj_variable_new(sj_float(0))};
	sj_optimizer *descent = sj_gradient_descent_new(0.05);

	for (int step = 0; step <= STEPS && sj_ok(); step++) {
		sj_scope temporaries = sj_scope_begin();
		sj_tensor *gradients[2];
		sj_tape *tape = sj_tape_begin();
		sj_tensor *loss = sj_mean(sj_square(sj_sub(predict(x, p), y)));
		sj_gradient(tape, loss, 2, p, gradients);
		if (step % 50 == 0)
			printf("step %3d: loss %.4f, line %.3f x + %.3f\n", step, sj_item(loss), sj_item(p[0]),
			       sj_item(p[1]));
		sj_optimizer_apply(descent, 2, p, gradients);
		sj_scope_end(temporaries);
	}

	sj_optimizer_free(descent);
	sj_free(p[0]);
	sj_free(p[1]);
	sj_scope_end(scope);
	return sj_ok() ? 0 : 1;
}

/*
 * A C function traced once for each signature of its inputs, then called as a graph: values, a gradient, how often it was traced.
 *
 * 	cc function.c $(pkg-config --cflags --libs sokuji) && ./a.out
 */
#include <sokuji.h>
#include <stdio.h>

/* Runs only while it is traced: its inputs then have dtypes and shapes, and no values yet. */
static void cube(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context;
	(void)n_inputs;
	(void)n_outputs;
	printf("tracing for rank %d\n", sj_tensor_rank(inputs[0]));
	ret_outputs[0] = sj_mul(sj_square(inputs[0]), inputs[0]);
}

int main(void)
{
	sj_scope scope = sj_scope_begin();
	sj_function *f = sj_function_new(cube, NULL, 1);
	sj_tensor *two = sj_float(2), *three = sj_float(3),
		  *vector = sj_tensor_from(SJ_FLOAT32, SJ_INTS(3), ((float[]){1, 2, 3}));
	sj_tensor *y, *dx;
	sj_function_call(f, 1, &two, &y); /* traces */
	printf("cube of 2: %g\n", sj_item(y));
	sj_function_call(f, 1, &three, &y); /* another scalar: the same graph */
	printf("cube of 3: %g\n", sj_item(y));
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, vector);
	sj_function_call(f, 1, &vector, &y); /* a vector: traced once more */
	sj_gradient(tape, y, 1, &vector, &dx);
	for (int i = 0; i < 3; i++)
		printf("cube of %g: %g, derivative %g\n", sj_tensor_item(vector, i), sj_tensor_item(y, i),
		       sj_tensor_item(dx, i));
	printf("traced %d times\n", sj_function_traces(f));
	if (!sj_ok())
		fprintf(stderr, "%s\n", sj_error_message());
	int status = sj_ok() ? 0 : 1;
	sj_function_free(f);
	sj_scope_end(scope);
	return status;
}

/*
 * Looking inside: stop anywhere, print any tensor, catch an error with its message and go on.
 *
 * 	cc inspect.c $(pkg-config --cflags --libs sokuji) && ./a.out
 */
#include <sokuji.h>
#include <stdio.h>

int main(void)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *a = sj_random_normal(SJ_INTS(4, 16), .seed = SJ_GIVEN(1));
	sj_tensor *b = sj_random_normal(SJ_INTS(19, 1), .seed = SJ_GIVEN(2));

	/* Everything runs at once, so an intermediate value is there to be looked at: in a debugger, call sj_print(a). */
	sj_tensor *h = sj_relu(a);
	printf("h is a %s tensor of shape (%lld, %lld), its mean is %.4f\n", sj_dtype_name(sj_tensor_dtype(h)),
	       (long long)sj_tensor_dim(h, 0), (long long)sj_tensor_dim(h, 1), sj_item(sj_mean(h)));
	sj_print(sj_slice(h, SJ_INTS(0, 0), SJ_INTS(2, 4)));

	/* A failed operation returns nil; what is given nil returns nil; the first error sticks, with its message. */
	sj_tensor *y = sj_relu(sj_matmul(h, b));
	if (!sj_ok()) {
		printf("%s: %s\n", sj_status_name(sj_error_code()), sj_error_message());
		printf("y is %s\n", y == sj_nil() ? "nil" : "a tensor");
		sj_error_clear();
	}

	/* After sj_error_clear all goes on as before. */
	y = sj_matmul(h, sj_reshape(sj_slice(b, SJ_INTS(0, 0), SJ_INTS(16, 1)), SJ_INTS(16, 1)));
	sj_print(y);
	sj_scope_end(scope);
	return sj_ok() ? 0 : 1;
}

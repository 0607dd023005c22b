/*
 * Hello: tensors, operations, printing.
 *
 * 	cc 01_hello.c $(pkg-config --cflags --libs sokuji) && ./a.out
 */
#include <sokuji.h>

int main(void)
{
	sj_scope scope = sj_scope_begin(); /* everything made below ends with it */
	float values[] = {1, 2, 3, 4};
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values);
	sj_print(sj_matmul(x, x));
	sj_print(sj_add(sj_square(x), sj_float(0.5f)));
	sj_print(sj_mean(x, .axis = SJ_INTS(0)));
	sj_scope_end(scope);
	return sj_ok() ? 0 : 1;
}

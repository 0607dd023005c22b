/*
 * Gradients: a tape records what runs, a second tape around it gives the second derivative.
 *
 * 	cc 02_gradient.c $(pkg-config --cflags --libs sokuji) && ./a.out
 */
#include <sokuji.h>
#include <stdio.h>

int main(void)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_float(3), *first, *second;

	sj_tape *outer = sj_tape_begin();
	sj_tape_watch(outer, x);
	sj_tape *inner = sj_tape_begin();
	sj_tape_watch(inner, x);
	sj_tensor *y = sj_mul(sj_square(x), x);    /* x^3 */
	sj_gradient(inner, y, 1, &x, &first);      /* 3 x^2, recorded by the outer tape in its turn */
	sj_gradient(outer, first, 1, &x, &second); /* 6 x */

	printf("x^3 at 3: %g, first derivative %g, second derivative %g\n", sj_item(y), sj_item(first),
	       sj_item(second));
	sj_scope_end(scope);
	return sj_ok() ? 0 : 1;
}

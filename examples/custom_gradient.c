/*
 * A gradient of one's own: log(1 + e^x), whose written-out gradient overflows where the right one is 1.
 *
 * 	cc custom_gradient.c $(pkg-config --cflags --libs sokuji) && ./a.out
 */
#include <sokuji.h>
#include <stdio.h>

static sj_tensor *log_one_plus_exp(sj_tensor *x) { return sj_log(sj_add(sj_float(1), sj_exp(x))); }

/* dx = dy (1 - 1 / (1 + e^x)); the context is x. */
static void gradient(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **ret_dx)
{
	sj_tensor *one = sj_float(1);
	(void)n_outputs, (void)n_inputs;
	ret_dx[0] = sj_mul(dy[0], sj_sub(one, sj_div(one, sj_add(one, sj_exp(context)))));
}

static void release(void *context) { sj_free(context); }

static sj_tensor *log_one_plus_exp_with_gradient(sj_tensor *x)
{
	sj_tape_pause(); /* what runs here is recorded by the line below instead */
	sj_tensor *y = log_one_plus_exp(x);
	sj_tape_resume();
	sj_tape_record(1, &x, 1, &y, gradient, sj_keep(x), release);
	return y;
}

static void show(const char *name, sj_tensor *(*function)(sj_tensor *x), float at)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_float(at), *dx;
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_gradient(tape, function(x), 1, &x, &dx);
	printf("%-22s gradient at %3g: %g\n", name, at, sj_item(dx));
	sj_scope_end(scope);
}

int main(void)
{
	show("as written", log_one_plus_exp, 0);
	show("as written", log_one_plus_exp, 100); /* inf / inf: nan */
	show("with its own gradient", log_one_plus_exp_with_gradient, 0);
	show("with its own gradient", log_one_plus_exp_with_gradient, 100);
	return sj_ok() ? 0 : 1;
}

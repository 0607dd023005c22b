/*
 * A program that ends in the midst of its work: from within scopes, under open tapes, after an error, on another thread. The library lets go of
 * what its scopes and tapes hold by itself; a leak checker that watches must find nothing. The word given says where main returns (or exits).
 */
#include <pthread.h>
#include <sokuji.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is(const char *word, const char *wanted) { return strcmp(word, wanted) == 0; }

/* Leaves a scope, tensors of several sizes and a tape open. */
static sj_tensor *work_begin(void)
{
	sj_scope_begin();
	sj_tensor *x = sj_random_normal(SJ_INTS(100, 50)), *big = sj_fill(SJ_INTS(300, 1000), sj_float(1));
	sj_tape *tape = sj_tape_begin();
	sj_tape_watch(tape, x);
	sj_scope_begin();
	sj_tensor *words = sj_strings_new(SJ_INTS(2),
	                                  (const char *const[]){"a", "a text that is longer than short ones are"}, NULL,
	                                  2);
	sj_add(sj_sum(big), sj_cast(sj_size(words), SJ_FLOAT32));
	return sj_mean(sj_square(sj_matmul(x, x, .transpose_b = true)));
}

static void *thread_work(void *unused)
{
	(void)unused;
	work_begin();
	return NULL;
}

static void *thread_exit(void *unused)
{
	(void)unused;
	work_begin();
	exit(0);
}

static int in_function(const char *word)
{
	sj_scope_begin();
	sj_tape *tape = sj_tape_begin_persistent();
	sj_tensor *v = sj_variable_new(sj_fill(SJ_INTS(1000), sj_float(2))), *gradient;
	sj_scope_own(v);
	sj_tensor *loss = sj_sum(sj_mul(v, sj_square(v)));
	if (is(word, "gradient")) {
		sj_gradient(tape, loss, 1, &v, &gradient);
		return !sj_ok();
	}
	sj_matmul(v, v);
	return sj_ok(); /* "error": a message sticks */
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	pthread_t thread;
	sj_scope_begin();
	if (is(word, "scope")) {
		work_begin();
		return !sj_ok();
	}
	if (is(word, "exit")) {
		work_begin();
		exit(!sj_ok());
	}
	if (is(word, "thread")) {
		pthread_create(&thread, NULL, thread_work, NULL);
		pthread_join(thread, NULL);
		return !sj_ok();
	}
	if (is(word, "thread-exit")) {
		work_begin();
		pthread_create(&thread, NULL, thread_exit, NULL);
		pthread_join(thread, NULL);
	}
	if (is(word, "gradient") || is(word, "error"))
		return in_function(word);
	fprintf(stderr, "usage: %s scope|exit|thread|thread-exit|gradient|error\n", argv[0]);
	return 2;
}

/*
 * Every allocation made to fail in its turn, once and for ever: tensors and scopes, tapes, datasets, files. Operations have the same in
 * tests/ops/, layers and optimizers in test_train_memory.c.
 */
#define _GNU_SOURCE
#include "failing_allocations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "/tmp/sokuji_failing_XXXXXX";

typedef struct path {
	char text[64];
} path;

static path path_of(const char *name)
{
	path p;
	snprintf(p.text, sizeof(p.text), "%.32s/%.24s", folder, name);
	return p;
}

/* Asks for a NULL result only where memory ran out: elsewhere the work goes on by itself. */
static bool failed(const void *result)
{
	assert_true(result != NULL || !sj_ok());
	return result == NULL;
}

/* ---- tensors ---- */

static void tensors_work(void *context)
{
	static const char *const words[] = {"a", "a text that is longer than what an element holds by itself", ""};
	sj_scope scope = sj_scope_begin();
	sj_tensor *many[300], *text = sj_strings_new(SJ_INTS(3), words, NULL, 3);
	sj_tensor *twice_the_text[] = {text, text};
	char buffer[256];
	(void)context;
	for (int i = 0; i < 300; i++) /* the scope's list grows */
		many[i] = i < 3 ? sj_float((float)i) : sj_neg(many[i - 3]);
	sj_tensor_text(sj_string_join(2, twice_the_text), buffer, sizeof(buffer));
	sj_tensor *v = sj_variable_new_named(sj_fill(SJ_INTS(2, 2, 2, 2, 2, 2, 2, 2), many[299]), "deep", true);
	sj_tensor *before = sj_identity(v);
	sj_assign_add(v, before);
	sj_tensor *strings = sj_variable_new(text);
	sj_assign(strings, sj_string_upper(text));
	sj_free(v);
	sj_free(strings);
	sj_scope_end(scope);
}

static void tensors(void **state)
{
	(void)state;
	every_allocation_fails(tensors_work, NULL);
}

/* ---- tapes ---- */

static void nested_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(3), sj_float(2)), *first = NULL, *second = NULL;
	(void)context;
	sj_tape *outer = sj_tape_begin();
	sj_tape_watch(outer, x);
	sj_tape *inner = sj_tape_begin_persistent();
	sj_tape_watch(inner, x);
	sj_tensor *y = sj_mul(sj_square(x), x);
	sj_tape_end(inner);
	sj_gradient(inner, y, 1, &x, &first);
	sj_jacobian(inner, y, x);
	sj_tape_free(inner);
	if (sj_ok())
		sj_gradient(outer, first, 1, &x, &second);
	sj_tape_free(outer);
	assert_false(sj_tape_is_recording());
	sj_scope_end(scope);
}

/* The variable is context. */
static void variable_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *v = context, *d = NULL;
	sj_tape *tape = sj_tape_begin();
	sj_gradient(tape, sj_sum(sj_square(sj_matmul(v, v))), 1, &v, &d);
	sj_tape_free(tape);
	sj_scope_end(scope);
	assert_true(sj_tensor_item(v, 3) == 4);
}

static int n_contexts;
static void context_release(void *context) { n_contexts -= *(int *)context; }

static void twice(void *context, int n_outputs, sj_tensor *const *dy, int n_inputs, sj_tensor **dx)
{
	(void)context, (void)n_outputs, (void)n_inputs;
	dx[0] = sj_add(dy[0], dy[0]);
}

static void own_gradient_work(void *context)
{
	static int one = 1;
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_variable_new(sj_fill(SJ_INTS(4), sj_float(1))), *d = NULL;
	(void)context;
	sj_tape *tape = sj_tape_begin();
	sj_tape_pause();
	sj_tensor *y = sj_mul(x, sj_float(2));
	sj_tape_resume();
	n_contexts++;
	sj_tape_record(1, &x, 1, &y, twice, &one, context_release);
	sj_gradient(tape, sj_sum(y), 1, &x, &d);
	sj_tape_free(tape);
	assert_int_equal(n_contexts, 0);
	sj_free(x);
	sj_scope_end(scope);
}

static void sparse_work(void *context)
{
	static const int32_t ids[] = {1, 3, 1};
	sj_scope scope = sj_scope_begin();
	sj_tensor *table = sj_variable_new(sj_fill(SJ_INTS(5, 2), sj_float(1))), *d = NULL;
	(void)context;
	sj_tape *tape = sj_tape_begin();
	sj_tensor *rows = sj_gather(table, sj_tensor_from(SJ_INT32, SJ_INTS(3), ids));
	sj_gradient(tape, sj_add(sj_sum(sj_square(rows)), sj_sum(table)), 1, &table, &d);
	sj_tape_free(tape);
	sj_free(table);
	sj_scope_end(scope);
}

static void tapes(void **state)
{
	(void)state;
	const float values[] = {1, 2, 3, 4};
	sj_scope scope = sj_scope_begin();
	sj_tensor *v = sj_variable_new(sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values));
	every_allocation_fails(variable_work, v);
	sj_free(v);
	sj_scope_end(scope);
	every_allocation_fails(nested_work, NULL);
	every_allocation_fails(own_gradient_work, NULL);
	every_allocation_fails(sparse_work, NULL);
}

/* ---- datasets ---- */

static void negate(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_outputs;
	for (int i = 0; i < n_inputs; i++)
		ret_outputs[i] = sj_tensor_dtype(inputs[i]) == SJ_STRING ? inputs[i] : sj_neg(inputs[i]);
}

static bool is_odd(void *context, int n_inputs, sj_tensor *const *inputs)
{
	(void)context, (void)n_inputs;
	return sj_item(sj_mod(inputs[0], sj_scalar_i64(2))) != 0;
}

static bool five_of_them(void *context, int64_t index, int n_outputs, sj_tensor **ret_outputs)
{
	(void)context, (void)n_outputs;
	ret_outputs[0] = sj_fill(SJ_INTS(index % 3), sj_scalar_i64(index));
	return index < 5;
}

static void elements_take(sj_dataset *d)
{
	sj_tensor *element[4];
	sj_iterator *it = sj_dataset_begin(d);
	while (sj_iterator_next(it, element))
		assert_true(sj_tensor_is_valid(element[0]));
	sj_iterator_free(it);
	sj_dataset_free(d);
}

static void chain_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	path lines = path_of("lines.txt");
	const char *file = lines.text;
	(void)context;
	sj_tensor *rows = sj_range(sj_scalar_i64(0), sj_scalar_i64(8), sj_scalar_i64(1));
	sj_dataset *numbers = sj_dataset_cache(sj_dataset_from_slices(1, &rows));
	sj_dataset *d = sj_dataset_zip(2, (sj_dataset *[]){numbers, sj_dataset_text_lines(1, &file)});
	d = sj_dataset_filter(sj_dataset_map(d, 2, negate, NULL, NULL), is_odd, NULL, NULL);
	d = sj_dataset_shuffle(sj_dataset_enumerate(d, 1), 3, .seed = SJ_GIVEN(1), .same_order = true);
	elements_take(sj_dataset_repeat(sj_dataset_batch(d, 2), 2));
	sj_scope_end(scope);
}

static void uneven_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	(void)context;
	sj_dataset *d = sj_dataset_from_function(1, five_of_them, NULL, NULL);
	d = sj_dataset_concatenate(sj_dataset_take(d, 4),
	                           sj_dataset_from_tensors(1, (sj_tensor *[]){sj_fill(SJ_INTS(2), sj_scalar_i64(7))}));
	elements_take(sj_dataset_padded_batch(sj_dataset_skip(d, 1), 3));
	sj_scope_end(scope);
}

static void datasets(void **state)
{
	(void)state;
	FILE *file = fopen(path_of("lines.txt").text, "wb");
	assert_non_null(file);
	fputs("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight, which is longer than the others and not held in place\n",
	      file);
	fclose(file);
	every_allocation_fails(chain_work, NULL);
	every_allocation_fails(uneven_work, NULL);
}

/* ---- files ---- */

static void arrays_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(3, 4), sj_float(1)),
		  *words = sj_strings_new(SJ_INTS(1), (const char *const[]){"word"}, NULL, 1);
	(void)context;
	sj_npy_write(path_of("x.npy").text, x);
	if (sj_ok())
		sj_npy_read(path_of("x.npy").text);
	sj_npz_writer *writer = sj_npz_writer_begin(path_of("x.npz").text);
	if (!failed(writer)) {
		sj_npz_writer_add(writer, "x", x);
		sj_npz_writer_add(writer, "words", words);
		sj_npz_writer_end(writer);
	}
	sj_npz *npz = sj_ok() ? sj_npz_open(path_of("x.npz").text) : NULL;
	if (!failed(npz)) {
		sj_npz_read(npz, "words");
		sj_npz_close(npz);
	}
	sj_scope_end(scope);
}

static void variables_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *v[] = {sj_variable_new_named(sj_float(1), "v", true),
	                  sj_variable_new_named(sj_string_new("text"), "s", false)};
	(void)context;
	sj_variables_save(path_of("v.npz").text, 2, v);
	if (sj_ok())
		sj_variables_restore(path_of("v.npz").text, 2, v);
	sj_free(v[0]);
	sj_free(v[1]);
	sj_scope_end(scope);
}

static void checkpoint_work(void *context)
{
	sj_scope scope = sj_scope_begin();
	sj_tensor *x = sj_fill(SJ_INTS(3, 4), sj_float(1));
	(void)context;
	sj_checkpoint_writer *writer = sj_checkpoint_writer_begin(path_of("c").text);
	if (!failed(writer)) {
		sj_checkpoint_writer_add(writer, "layer/kernel", x);
		sj_checkpoint_writer_add(writer, "layer/bias", sj_float(1));
		sj_checkpoint_writer_end(writer);
	}
	sj_checkpoint *c = sj_ok() ? sj_checkpoint_open(path_of("c").text) : NULL;
	if (!failed(c)) {
		sj_checkpoint_read(c, "layer/kernel");
		sj_checkpoint_close(c);
	}
	sj_scope_end(scope);
}

static void tables_work(void *context)
{
	static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9};
	static const sj_dtype dtypes[] = {SJ_INT32, SJ_STRING};
	sj_scope scope = sj_scope_begin();
	sj_tensor *columns[2];
	(void)context;
	sj_csv_parse("1,2\n3,4\n", 8);
	sj_idx_read_bytes(idx, sizeof(idx));
	if (sj_ok())
		sj_csv_read_columns(path_of("t.csv").text, 2, dtypes, columns);
	sj_scope_end(scope);
}

static void files(void **state)
{
	(void)state;
	FILE *file = fopen(path_of("t.csv").text, "wb");
	assert_non_null(file);
	fputs("1,\"two, of them\"\n3,four\n", file);
	fclose(file);
	every_allocation_fails(arrays_work, NULL);
	every_allocation_fails(variables_work, NULL);
	every_allocation_fails(checkpoint_work, NULL);
	every_allocation_fails(tables_work, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tensors),
		cmocka_unit_test(tapes),
		cmocka_unit_test(datasets),
		cmocka_unit_test(files),
	};
	if (mkdtemp(folder) == NULL)
		return 1;
	int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	char command[64];
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) != 0 || n_failed != 0;
}

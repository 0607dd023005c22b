/* Tables of comma-separated values as tensors. The text is walked twice: once to count, once to store. */
#include "sokuji/csv.h"

#include "base/arguments.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/csv_fields.h"
#include "io/file_words.h"
#include "sokuji/scope.h"
#include "tensor/concrete.h"

enum { COLUMNS_MOST = 1 << 20 };

typedef struct table {
	const char *text;
	int64_t length;
	sj_csv_args args;
	int64_t n_rows, n_columns;
} table;

static sj_status args_check(const sj_csv_args *given, sj_csv_args *args)
{
	sj_status status = sj__arguments_take("csv", given, sizeof(*args), args);
	if (status != SJ_OK)
		return status;
	if (args->delimiter == 0)
		args->delimiter = ',';
	if (args->dtype == SJ_DTYPE_NONE)
		args->dtype = SJ_FLOAT32;
	if (args->delimiter == '"' || args->delimiter == '\n' || args->delimiter == '\r')
		return sj__fail(SJ_INVALID_ARGUMENT, "csv: a quote or line break cannot be the delimiter");
	if (args->skip_lines < 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "csv: skip_lines is %lld", (long long)args->skip_lines);
	if (!sj__csv_takes(args->dtype) || args->dtype == SJ_STRING)
		return sj__fail(SJ_INVALID_ARGUMENT, "csv: a matrix of %s cannot be read; floats and integers can",
		                sj_dtype_name(args->dtype));
	return SJ_OK;
}

static void walk_begin(const table *t, sj__csv *csv)
{
	sj__csv_begin(csv, t->text, t->length, t->args.delimiter);
	sj__csv_skip_lines(csv, t->args.skip_lines);
}

static sj_status row_count(sj__csv *csv, int64_t n_expected, int64_t *ret_n)
{
	sj__csv_field field = {0};
	int64_t n = 0, line = csv->line;
	while (!field.ends_row) {
		sj_status status = sj__csv_next(csv, &field);
		if (status != SJ_OK)
			return status;
		n++;
	}
	if (n_expected >= 0 && n != n_expected)
		return sj__fail(SJ_INVALID_ARGUMENT, "line %lld has %lld fields where %lld are expected",
		                (long long)line, (long long)n, (long long)n_expected);
	*ret_n = n;
	return SJ_OK;
}

/* n_columns < 0: what the first row has. */
static sj_status table_count(table *t, int64_t n_columns)
{
	sj__csv csv;
	sj_status status = SJ_OK;
	walk_begin(t, &csv);
	for (t->n_rows = 0; status == SJ_OK && sj__csv_row_begins(&csv); t->n_rows++)
		status = row_count(&csv, n_columns, &n_columns);
	t->n_columns = sj__max_i64(n_columns, 0);
	sj__csv_end(&csv);
	return status;
}

/* Field (row, column) becomes element row * row_step of column's tensor, or one of a matrix. */
static sj_status table_store(const table *t, sj_tensor **columns, sj_tensor *matrix)
{
	sj__csv csv;
	sj__csv_field field;
	sj_status status = SJ_OK;
	walk_begin(t, &csv);
	for (int64_t row = 0; row < t->n_rows && status == SJ_OK; row++) {
		sj__csv_row_begins(&csv);
		for (int64_t column = 0; column < t->n_columns && status == SJ_OK; column++) {
			status = sj__csv_next(&csv, &field);
			if (status == SJ_OK && matrix != NULL)
				status = sj__csv_store(&field, matrix, row * t->n_columns + column);
			else if (status == SJ_OK)
				status = sj__csv_store(&field, columns[column], row);
		}
	}
	sj__csv_end(&csv);
	return status;
}

static sj_status matrix_parse(table *t, sj_tensor **ret_matrix)
{
	sj_tensor *matrix;
	sj_status status = table_count(t, -1);
	if (status == SJ_OK)
		status = sj__tensor_make("csv", t->args.dtype, 2, (int64_t[]){t->n_rows, t->n_columns}, &matrix);
	if (status != SJ_OK)
		return status;
	status = table_store(t, NULL, matrix);
	if (status == SJ_OK)
		*ret_matrix = matrix;
	else
		sj__drop(matrix);
	return status;
}

sj_tensor *sj_csv_parse_with(const char *text, size_t length, const sj_csv_args *args)
{
	sj_tensor *matrix = NULL;
	table t = {.text = text, .length = (int64_t)length};
	sj_status status = sj__bytes_check(text, length);
	if (status == SJ_OK)
		status = args_check(args, &t.args);
	if (status == SJ_OK)
		status = matrix_parse(&t, &matrix);
	return sj__result(status == SJ_OK ? status : sj__fail_within(status, "sj_csv_parse"), matrix);
}

/* Checks the arguments and reads the file into the table, whose text is then to be freed. */
static sj_status table_read(const char *path, const sj_csv_args *args, table *t)
{
	uint8_t *bytes = NULL;
	sj_status status = args_check(args, &t->args);
	if (status == SJ_OK)
		status = sj__path_check(path);
	if (status == SJ_OK)
		status = sj__file_read_all(path, -1, &bytes, &t->length);
	t->text = (const char *)bytes;
	return status;
}

sj_tensor *sj_csv_read_with(const char *path, const sj_csv_args *args)
{
	sj_tensor *matrix = NULL;
	table t = {0};
	sj_status status = table_read(path, args, &t);
	if (status == SJ_OK) {
		status = matrix_parse(&t, &matrix);
		if (status != SJ_OK)
			sj__fail_reading(status, path);
	}
	sj__memory_free((void *)t.text);
	return sj__result(status, matrix);
}

/* ---- columns ---- */

static sj_status columns_check(int n, const sj_dtype *dtypes, sj_tensor **ret_columns)
{
	if (n < 1 || n > COLUMNS_MOST || dtypes == NULL || ret_columns == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_csv_read_columns: %d columns at %s", n,
		                dtypes && ret_columns ? "arrays" : "NULL");
	for (int i = 0; i < n; i++)
		if (!sj__csv_takes(dtypes[i]))
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_csv_read_columns: column %d cannot be %s", i + 1,
			                sj_dtype_name(dtypes[i]));
	return SJ_OK;
}

static sj_status columns_parse(table *t, int n, const sj_dtype *dtypes, sj_tensor **columns)
{
	sj_status status = table_count(t, n);
	for (int i = 0; status == SJ_OK && i < n; i++)
		status = sj__tensor_make("csv", dtypes[i], 1, &t->n_rows, &columns[i]);
	return status == SJ_OK ? table_store(t, columns, NULL) : status;
}

static sj_status columns_read(const char *path, int n, const sj_dtype *dtypes, sj_tensor **columns,
                              const sj_csv_args *args)
{
	table t = {0};
	sj_status status = table_read(path, args, &t);
	if (status == SJ_OK) {
		t.n_columns = n;
		status = columns_parse(&t, n, dtypes, columns);
		if (status != SJ_OK)
			sj__fail_reading(status, path);
	}
	sj__memory_free((void *)t.text);
	return status;
}

sj_status sj_csv_read_columns_with(const char *path, int n_columns, const sj_dtype *dtypes, sj_tensor **ret_columns,
                                   const sj_csv_args *args)
{
	sj_status status = columns_check(n_columns, dtypes, ret_columns);
	sj_tensor **columns = status == SJ_OK ? sj__memory_new_zeroed(sizeof(*columns) * (size_t)n_columns) : NULL;
	if (status == SJ_OK && columns == NULL)
		status = SJ_RESOURCE_EXHAUSTED;
	if (status == SJ_OK)
		status = columns_read(path, n_columns, dtypes, columns, args);
	for (int i = 0; columns != NULL && i < n_columns; i++) {
		if (status == SJ_OK)
			ret_columns[i] = sj_scope_own(columns[i]);
		else
			sj__drop(columns[i]);
	}
	sj__memory_free(columns);
	if (status != SJ_OK)
		sj__error_stick(status);
	return status;
}

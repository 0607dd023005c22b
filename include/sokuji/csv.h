/*
 * Comma-separated values (RFC 4180), read strictly: every row has the same number of fields, every number is a whole field. Spaces and
 * tabs around a number are allowed, lines may end in \r\n, empty lines are skipped. Numbers are read as in the C locale.
 * What is wrong is InvalidArgument naming line and column, both counted from 1.
 */
#ifndef SOKUJI_CSV_H
#define SOKUJI_CSV_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_csv_args {
	size_t size;
	int64_t skip_lines; /* at the beginning: 1 for a header */
	char delimiter;     /* default ',' */
	sj_dtype dtype;     /* of the matrix: default SJ_FLOAT32; floats and integers, not uint64 */
} sj_csv_args;

/* All fields as one matrix (rows, columns) of the open scope; (0, 0) without rows; nil and a sticky error on failure. */
SJ_PUBLIC sj_tensor *sj_csv_read_with(const char *path, const sj_csv_args *args);
#define sj_csv_read(path_, ...) \
	sj_csv_read_with(path_, &(const sj_csv_args){.size = sizeof(sj_csv_args), ##__VA_ARGS__})

/* The same from memory: a text of one line gives a matrix (1, columns). */
SJ_PUBLIC sj_tensor *sj_csv_parse_with(const char *text, size_t length, const sj_csv_args *args);
#define sj_csv_parse(text_, length_, ...) \
	sj_csv_parse_with(text_, length_, &(const sj_csv_args){.size = sizeof(sj_csv_args), ##__VA_ARGS__})

/*
 * A vector for each of the n_columns columns, of the dtypes given (SJ_STRING too: the field without its quotes). ret_columns belong to
 * the open scope and are untouched on failure, which sticks. The file must have exactly n_columns columns.
 */
SJ_PUBLIC sj_status sj_csv_read_columns_with(const char *path, int n_columns, const sj_dtype *dtypes,
                                             sj_tensor **ret_columns, const sj_csv_args *args);
#define sj_csv_read_columns(path_, n_columns_, dtypes_, ret_columns_, ...) \
	sj_csv_read_columns_with(path_, n_columns_, dtypes_, ret_columns_, \
	                         &(const sj_csv_args){.size = sizeof(sj_csv_args), ##__VA_ARGS__})

SJ_END_DECLARATIONS

#endif

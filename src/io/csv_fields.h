/* The fields of a text of comma-separated values, one after another, with where they stand. */
#ifndef SOKUJI_IO_CSV_FIELDS_H
#define SOKUJI_IO_CSV_FIELDS_H

#include "base/text.h"
#include "tensor/tensor.h"

typedef struct sj__csv {
	const char *at, *end;
	char delimiter;
	int64_t line, column; /* of the next field, counted from 1 */
	sj__text unquoted;    /* the present field, when it had doubled quotes */
} sj__csv;

typedef struct sj__csv_field {
	const char *bytes; /* without quotes; valid until the next field */
	int64_t length;
	int64_t line, column;
	bool was_quoted;
	bool ends_row;
} sj__csv_field;

void sj__csv_begin(sj__csv *csv, const char *text, int64_t length, char delimiter);
void sj__csv_skip_lines(sj__csv *csv, int64_t n);
/* False at the end of the text. Empty lines are passed over at the beginning of a row. */
bool sj__csv_row_begins(sj__csv *csv);
sj_status sj__csv_next(sj__csv *csv, sj__csv_field *ret_field);
void sj__csv_end(sj__csv *csv);

/* Stores the field as element `index` of a tensor with fresh bytes; InvalidArgument naming line and column. */
sj_status sj__csv_store(const sj__csv_field *field, sj_tensor *t, int64_t index);
/* Whether sj__csv_store can: floats and integers but uint64, strings. */
bool sj__csv_takes(sj_dtype dtype);

#endif

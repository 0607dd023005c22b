/*
 * The lines of text files, read piece by piece. As in TensorFlow every carriage return is dropped, and a last line without a line break
 * counts if anything is on it.
 */
#include "base/compiler.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/data.h"

#define LINE_MOST ((int64_t)16 << 20)

enum { PIECE_SIZE = 1 << 16 };

typedef struct lines_dataset {
	sj_dataset base;
	int n_paths;
	char **paths;
} lines_dataset;

typedef struct lines_stage {
	sj__stage base;
	int path;           /* the file that is open or due */
	sj__reader *reader; /* NULL: due */
	int64_t at, n;      /* piece[at, n) is not looked at yet */
	int64_t offset;     /* of piece[at] in the file */
	int64_t line_begin; /* offset of the line being read */
	bool holds_line;    /* `line` is complete and not given yet */
	sj__text line;
	char piece[PIECE_SIZE];
} lines_stage;

static void lines_release(sj_dataset *dataset)
{
	lines_dataset *d = (lines_dataset *)dataset;
	for (int i = 0; d->paths != NULL && i < d->n_paths; i++)
		sj__memory_free(d->paths[i]);
	sj__memory_free(d->paths);
}

static void lines_end(sj__stage *stage)
{
	lines_stage *s = (lines_stage *)stage;
	sj__reader_close(s->reader);
	sj__text_release(&s->line);
}

static void file_leave(lines_stage *s)
{
	sj__reader_close(s->reader);
	s->reader = NULL;
	s->path++;
}

static sj_status line_too_long(const lines_stage *s, const char *path)
{
	return sj__fail(SJ_INVALID_ARGUMENT, "\"%s\": the line at offset %lld is longer than %lld bytes", path,
	                (long long)s->line_begin, (long long)LINE_MOST);
}

/* The next bytes of the file; *ret_n = 0 at its end. */
static sj_status piece_read(lines_stage *s)
{
	s->at = s->n = 0;
	return sj__reader_read(s->reader, s->piece, PIECE_SIZE, &s->n);
}

/* Appends piece[at, end) without carriage returns. */
static sj_status piece_append(lines_stage *s, int64_t end)
{
	while (s->at < end && s->line.status == SJ_OK) {
		const char *begin = s->piece + s->at, *found = memchr(begin, '\r', (size_t)(end - s->at));
		int64_t n = found == NULL ? end - s->at : found - begin;
		sj__text_append_bytes(&s->line, begin, n);
		n += found != NULL;
		s->at += n;
		s->offset += n;
	}
	return s->line.status;
}

/* Completes s->line from the open file; *ret_end when the file ends and nothing is on the line. */
static sj_status line_read(lines_stage *s, const char *path, bool *ret_end)
{
	for (;;) {
		if (s->at == s->n) {
			sj_status status = piece_read(s);
			if (status != SJ_OK)
				return status;
			if (s->n == 0) {
				*ret_end = s->line.length == 0;
				return SJ_OK;
			}
		}
		const char *found = memchr(s->piece + s->at, '\n', (size_t)(s->n - s->at));
		int64_t end = found == NULL ? s->n : found - s->piece;
		if (s->line.length + end - s->at > LINE_MOST)
			return line_too_long(s, path);
		if (piece_append(s, end) != SJ_OK)
			return SJ_RESOURCE_EXHAUSTED;
		if (found != NULL) {
			s->at++;
			s->offset++;
			return SJ_OK;
		}
	}
}

/* A file that cannot be opened is passed over after its error. */
static sj_status file_enter(lines_stage *s, const char *path)
{
	sj_status status = sj__reader_open(path, &s->reader);
	if (status != SJ_OK && status != SJ_RESOURCE_EXHAUSTED)
		s->path++;
	s->at = s->n = s->offset = 0;
	return status;
}

static sj_status line_give(lines_stage *s, sj_tensor **ret_tensor)
{
	sj_tensor *t;
	sj_status status = sj__tensor_make("sj_dataset_text_lines", SJ_STRING, 0, NULL, &t);
	if (status != SJ_OK)
		return status;
	status = sj__string_set(t->data, s->line.bytes, s->line.length);
	if (status != SJ_OK) {
		sj__drop(t);
		return status;
	}
	s->holds_line = false;
	*ret_tensor = t;
	return SJ_OK;
}

/* Looks for a line in the file that is open or due, and leaves the file at its end. An error within a file ends it too. */
static sj_status line_find(lines_stage *s, const char *path)
{
	bool at_end = false;
	sj__text_clear(&s->line);
	sj_status status = s->reader == NULL ? file_enter(s, path) : SJ_OK;
	if (status != SJ_OK)
		return status;
	s->line_begin = s->offset;
	status = line_read(s, path, &at_end);
	s->holds_line = status == SJ_OK && !at_end;
	if (!s->holds_line)
		file_leave(s);
	return status;
}

static sj_status lines_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	const lines_dataset *d = (const lines_dataset *)stage->dataset;
	lines_stage *s = (lines_stage *)stage;
	while (!s->holds_line && s->path < d->n_paths) {
		sj_status status = line_find(s, d->paths[s->path]);
		if (status != SJ_OK)
			return status;
	}
	*ret_end = !s->holds_line;
	return *ret_end ? SJ_OK : line_give(s, ret_tensors);
}

static const sj__dataset_kind lines_kind = {
	.name = "sj_dataset_text_lines",
	.dataset_size = sizeof(lines_dataset),
	.stage_size = sizeof(lines_stage),
	.next = lines_next,
	.end = lines_end,
	.release = lines_release,
};

static sj_status paths_take(lines_dataset *d, int n, const char *const *paths)
{
	d->paths = sj__memory_new_zeroed(sizeof(*d->paths) * (size_t)n);
	if (d->paths == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (d->n_paths = 0; d->n_paths < n; d->n_paths++) {
		const char *path = paths[d->n_paths];
		if (path == NULL || path[0] == 0)
			return sj__fail(SJ_INVALID_ARGUMENT, "sj_dataset_text_lines: path %d is %s", d->n_paths,
			                path ? "empty" : "NULL");
		char *copy = sj__memory_new(strlen(path) + 1);
		if (copy == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		d->paths[d->n_paths] = strcpy(copy, path);
	}
	return SJ_OK;
}

sj_dataset *sj_dataset_text_lines(int n_paths, const char *const *paths)
{
	if (n_paths < 0 || (n_paths > 0 && paths == NULL))
		return sj__dataset_refuse(NULL, "sj_dataset_text_lines: %d paths at %s", n_paths,
		                          paths ? "an array" : "NULL");
	lines_dataset *d = sj__dataset_new(&lines_kind, 1, 0, NULL);
	if (d == NULL)
		return NULL;
	sj_status status = paths_take(d, n_paths, paths);
	if (status == SJ_OK)
		return &d->base;
	sj__error_stick(status);
	sj_dataset_free(&d->base);
	return NULL;
}

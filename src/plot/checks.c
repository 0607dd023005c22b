/* What the plots ask of their arguments. A message names the function, the argument, its value and the mend. */
#include "plot/plot_parts.h"

#include <math.h>
#include <string.h>

enum { TEXT_BYTES_MOST = 4096 };

sj_status sj__plot_check_start(const char *function, const char *path)
{
	if (!sj_ok())
		return sj_error_code();
	if (path == NULL || *path == '\0')
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: path is %s: give the name of the PNG file to write",
		                    function, path == NULL ? "NULL" : "empty");
	return SJ_OK;
}

sj_status sj__plot_check_options(const char *function, const void *given, void *options, size_t size)
{
	size_t given_size;
	if (given == NULL)
		return SJ_OK;
	memcpy(&given_size, given, sizeof(given_size));
	if (given_size < sizeof(given_size))
		return sj_error_set(SJ_INVALID_ARGUMENT,
		                    "%s: options->size is %zu: set it to the size of the struct (%zu)", function,
		                    given_size, size);
	memcpy(options, given, given_size < size ? given_size : size);
	return SJ_OK;
}

/* Bytes of the UTF-8 character at s (Unicode 15, table 3-7), or 0. */
static size_t character_length(const unsigned char *s)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	if (s[0] < 0x80)
		return 1;
	size_t n = s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
	uint32_t code = s[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	bool valid = n > 0 && code >= least[n] && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
	return valid ? n : 0;
}

/* What is wrong with the text, or NULL. */
static const char *text_fault(const char *text, int lines)
{
	const unsigned char *s = (const unsigned char *)text;
	int seen_lines = 1;
	for (size_t i = 0, n; s[i] != '\0'; i += n) {
		n = character_length(s + i);
		if (n == 0)
			return "not UTF-8: convert it";
		if (i + n > TEXT_BYTES_MOST)
			return "longer than 4,096 bytes: shorten it";
		if (s[i] == '\n' && ++seen_lines > lines)
			return lines == 1 ? "more than one line: take the line end out"
			                  : "more than two lines: shorten it";
		if ((s[i] < 0x20 && s[i] != '\n') || s[i] == 0x7f)
			return "not printable: take its control characters out";
	}
	return NULL;
}

sj_status sj__plot_check_text(const char *function, const char *name, int64_t index, const char *text, int lines)
{
	const char *fault = text != NULL ? text_fault(text, lines) : NULL;
	if (fault == NULL)
		return SJ_OK;
	if (index < 0)
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: %s is %s", function, name, fault);
	return sj_error_set(SJ_INVALID_ARGUMENT, "%s: %s[%lld] is %s", function, name, (long long)index, fault);
}

sj_status sj__plot_check_texts(const char *function, const char *name, int64_t n, const char *const *texts, int lines)
{
	for (int64_t i = 0; texts != NULL && i < n; i++) {
		sj_status status = sj__plot_check_text(function, name, i, texts[i], lines);
		if (status != SJ_OK)
			return status;
	}
	return SJ_OK;
}

sj_status sj__plot_check_count(const char *function, const char *name, int64_t value, int64_t least, int64_t most)
{
	if (value >= least && value <= most)
		return SJ_OK;
	return sj_error_set(SJ_INVALID_ARGUMENT, "%s: %s is %lld: expected %lld to %lld", function, name,
	                    (long long)value, (long long)least, (long long)most);
}

bool sj__plot_is_usable(double value) { return fabs(value) <= 1e300; }

bool sj__plot_is_one(double lowest, double highest)
{
	return highest - lowest <= fmax(1e-290, 1e-12 * fmax(fabs(lowest), fabs(highest)));
}

sj_status sj__plot_check_range(const char *function, double lowest, double highest)
{
	if (lowest == 0 && highest == 0)
		return SJ_OK;
	if (sj__plot_is_usable(lowest) && sj__plot_is_usable(highest) && !sj__plot_is_one(lowest, highest))
		return SJ_OK;
	return sj_error_set(SJ_INVALID_ARGUMENT,
	                    "%s: lowest is %g and highest %g: expected finite numbers, lowest < highest, or both 0",
	                    function, lowest, highest);
}

sj_status sj__plot_check_scale(const char *function, double scale)
{
	if (scale == 0 || (scale >= 0.1 && scale <= 10))
		return SJ_OK;
	return sj_error_set(SJ_INVALID_ARGUMENT, "%s: scale is %g: expected 0.1 to 10, or 0 for 1", function, scale);
}

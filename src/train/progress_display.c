/*
 * How wide UTF-8 text is on a terminal, and cutting it at a character's edge. Widths are Unicode's East_Asian_Width: wide
 * and fullwidth characters take two columns, all others one, as tqdm counts. Bytes that are not UTF-8 take one column each.
 */
#include "train/progress_meter.h"

#include <string.h>

typedef struct code_range {
	uint32_t first, last;
} code_range;

/* Unicode 14, East_Asian_Width F and W; unassigned code points between two ranges join them. */
static const code_range wide_ranges[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x23f0, 0x23f0},
	{0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267f, 0x267f},
	{0x2693, 0x2693},   {0x26a1, 0x26a1},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},
	{0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
	{0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
	{0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
	{0x27b0, 0x27b0},   {0x27bf, 0x27bf},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},
	{0x2e80, 0x303e},   {0x3041, 0x3247},   {0x3250, 0x4dbf},   {0x4e00, 0xa4c6},   {0xa960, 0xa97c},
	{0xac00, 0xd7a3},   {0xf900, 0xfad9},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6b},   {0xff01, 0xff60},
	{0xffe0, 0xffe6},   {0x16fe0, 0x1b2fb}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e},
	{0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393},
	{0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
	{0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567},
	{0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5},
	{0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6df}, {0x1f6eb, 0x1f6ec}, {0x1f6f4, 0x1f6fc},
	{0x1f7e0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faf6},
	{0x20000, 0x3fffd},
};

static int code_columns(uint32_t code)
{
	int low = 0, high = (int)(sizeof(wide_ranges) / sizeof(wide_ranges[0])) - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		if (code < wide_ranges[middle].first)
			high = middle - 1;
		else if (code > wide_ranges[middle].last)
			low = middle + 1;
		else
			return 2;
	}
	return 1;
}

/* The number of bytes of the character at text (not at its end); ret_code: the code point, or 0 for a stray byte. */
static size_t decode(const char *text, uint32_t *ret_code)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
	uint32_t code = n == 1 ? s[0] : n == 0 ? 0 : s[0] & (0xffu >> (n + 1));
	*ret_code = 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (n == 0 || code < least[n] || code > 0x10ffff)
		return 1;
	*ret_code = code;
	return n;
}

/* Bytes of the escape sequence ESC [ digits and semicolons, letter that begins at text; 0 if none does. */
static size_t escape_length(const char *text)
{
	if (text[0] != '\033' || text[1] != '[')
		return 0;
	size_t n = 2 + strspn(text + 2, "0123456789;");
	char last = text[n];
	return (last >= 'A' && last <= 'Z') || (last >= 'a' && last <= 'z') ? n + 1 : 0;
}

/* Bytes and columns of the next piece: an escape sequence or a character. */
static size_t next_piece(const char *text, int *ret_columns)
{
	size_t n = escape_length(text);
	*ret_columns = 0;
	if (n > 0)
		return n;
	uint32_t code;
	n = decode(text, &code);
	*ret_columns = code_columns(code);
	return n;
}

int sj__display_columns(const char *text)
{
	int columns = 0, piece_columns;
	while (*text != '\0') {
		text += next_piece(text, &piece_columns);
		columns += piece_columns;
	}
	return columns;
}

void sj__display_trim(char *text, size_t capacity, int columns)
{
	static const char reset[] = "\033[0m";
	const size_t reset_length = sizeof(reset) - 1;
	size_t at = 0, piece;
	int used = 0, piece_columns;
	bool coloured = false;
	for (; text[at] != '\0'; at += piece) {
		piece = next_piece(text + at, &piece_columns);
		if (used + piece_columns > columns)
			break;
		used += piece_columns;
		coloured = coloured || piece_columns == 0;
	}
	text[at] = '\0';
	bool ends_reset = at >= reset_length && strcmp(text + at - reset_length, reset) == 0;
	if (coloured && !ends_reset && at + sizeof(reset) <= capacity)
		memcpy(text + at, reset, sizeof(reset));
}

void sj__display_copy(char *to, size_t capacity, const char *from)
{
	size_t used = 0;
	uint32_t code;
	while (*from != '\0') {
		size_t n = decode(from, &code);
		if (used + n >= capacity)
			break;
		memcpy(to + used, from, n);
		if ((unsigned char)*from < 0x20 && *from != '\033')
			to[used] = ' ';
		from += n;
		used += n;
	}
	to[used] = '\0';
}

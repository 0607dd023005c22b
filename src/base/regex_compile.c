/*
 * Compiling: one pass over the pattern by recursive descent, which writes the program as it reads. Repetition copies a piece of program; an
 * alternative or an option puts a split in front of what is already written.
 */
#include <string.h>

#include "base/memory.h"
#include "base/regex_parts.h"

enum { MOST_STEPS = 20000, MOST_RANGES = 200000, MOST_DEPTH = 500, MOST_REPEATS = 1000, MOST_POINT = 0x10ffff };

typedef struct flags {
	bool any_case, many_lines, dot_is_all, lazy;
} flags;

typedef struct parser {
	const char *who, *pattern;
	int64_t length, at;
	sj__regex *regex;
	int32_t steps_room, ranges_room, depth;
	flags f;
	sj_status status;
} parser;

/* ---- failures ---- */

static void refuse(parser *p, sj_status code, const char *what)
{
	if (p->status != SJ_OK)
		return;
	int shown = p->length < 200 ? (int)p->length : 200;
	p->status = sj__fail(code, "%s: the pattern '%.*s': %s at byte %lld", p->who, shown, p->pattern, what,
	                     (long long)p->at);
}

static void invalid(parser *p, const char *what) { refuse(p, SJ_INVALID_ARGUMENT, what); }

/* ---- reading ---- */

static bool at_end(const parser *p) { return p->status != SJ_OK || p->at >= p->length; }
static int peek(const parser *p) { return at_end(p) ? -1 : (unsigned char)p->pattern[p->at]; }

static bool take(parser *p, const char *words)
{
	int64_t n = (int64_t)strlen(words);
	if (p->status != SJ_OK || p->length - p->at < n || memcmp(p->pattern + p->at, words, (size_t)n) != 0)
		return false;
	p->at += n;
	return true;
}

static int32_t point_take(parser *p)
{
	int width;
	if (at_end(p))
		return -1;
	int32_t point = sj__regex_code_point(p->pattern + p->at, p->length - p->at, &width);
	if (point < 0)
		invalid(p, "invalid UTF-8");
	p->at += width;
	return point;
}

/* ---- writing ---- */

static sj__regex_step *room_for_steps(parser *p, int32_t n)
{
	sj__regex *r = p->regex;
	if (p->status == SJ_OK && n > MOST_STEPS - r->n_steps)
		invalid(p, "the pattern is too large");
	if (p->status == SJ_OK && r->n_steps + n > p->steps_room) {
		int32_t room = 2 * (r->n_steps + n) + 32;
		void *grown = sj__memory_resize(r->steps, sizeof(*r->steps) * (size_t)r->n_steps,
		                                sizeof(*r->steps) * (size_t)room);
		if (grown == NULL) {
			p->status = SJ_RESOURCE_EXHAUSTED;
		} else {
			r->steps = grown;
			p->steps_room = room;
		}
	}
	return p->status == SJ_OK ? r->steps + r->n_steps : NULL;
}

static void emit(parser *p, int32_t op, int32_t x, int32_t y)
{
	sj__regex_step *s = room_for_steps(p, 1);
	if (s != NULL) {
		*s = (sj__regex_step){op, x, y};
		p->regex->n_steps++;
	}
}

/* Puts a split before step `first`: on to what follows it, or to `other` behind itself; the first preferred unless lazy. */
static void split_insert(parser *p, int32_t first, int32_t other, bool lazy)
{
	sj__regex *r = p->regex;
	if (room_for_steps(p, 1) == NULL)
		return;
	memmove(r->steps + first + 1, r->steps + first, sizeof(*r->steps) * (size_t)(r->n_steps++ - first));
	r->steps[first] = (sj__regex_step){SJ__REGEX_SPLIT, lazy ? other : 1, lazy ? 1 : other};
}

/* A copy of the `n` steps from `first` on, at the end. */
static void steps_copy(parser *p, const sj__regex_step *from, int32_t n)
{
	sj__regex_step *s = room_for_steps(p, n);
	if (s != NULL && n > 0) {
		memcpy(s, from, sizeof(*s) * (size_t)n);
		p->regex->n_steps += n;
	}
}

static void range_add(parser *p, int32_t low, int32_t high)
{
	sj__regex *r = p->regex;
	if (p->status == SJ_OK && r->n_ranges >= MOST_RANGES)
		invalid(p, "the pattern is too large");
	if (p->status == SJ_OK && r->n_ranges == p->ranges_room) {
		int32_t room = 2 * r->n_ranges + 32;
		void *grown = sj__memory_resize(r->ranges, sizeof(*r->ranges) * (size_t)r->n_ranges,
		                                sizeof(*r->ranges) * (size_t)room);
		if (grown == NULL) {
			p->status = SJ_RESOURCE_EXHAUSTED;
		} else {
			r->ranges = grown;
			p->ranges_room = room;
		}
	}
	if (p->status == SJ_OK && low <= high)
		r->ranges[r->n_ranges++] = (sj__regex_range){low, high};
}

/* ---- sets ---- */

/* The letters of low … high in the other case; K and S have a third form. */
static void folds_add(parser *p, int32_t low, int32_t high)
{
	bool has_no_case = high < 128 || (low >= 0x2e80 && high < 0xa640); /* ASCII; East Asian scripts */
	if (!has_no_case)
		refuse(p, SJ_UNIMPLEMENTED, "not implemented: ignoring the case of letters beyond ASCII");
	for (int32_t c = low; c <= high && c < 128; c++) {
		int32_t letter = c | 0x20;
		if (letter < 'a' || letter > 'z')
			continue;
		range_add(p, c ^ 0x20, c ^ 0x20);
		if (letter == 'k')
			range_add(p, 0x212a, 0x212a);
		if (letter == 's')
			range_add(p, 0x17f, 0x17f);
	}
}

static void range_add_folded(parser *p, int32_t low, int32_t high)
{
	range_add(p, low, high);
	if (p->f.any_case)
		folds_add(p, low, high);
}

/* Everything but the ranges from `first` on takes their place. */
static void ranges_negate(parser *p, int32_t first)
{
	sj__regex *r = p->regex;
	int32_t end = r->n_ranges, low = 0;
	while (p->status == SJ_OK && low <= MOST_POINT) { /* the least range above `low`, or the whole rest */
		int32_t from = MOST_POINT + 1, to = low - 1;
		for (int32_t i = first; i < end; i++) {
			if (r->ranges[i].low <= low && r->ranges[i].high >= low && r->ranges[i].high > to)
				to = r->ranges[i].high;
			if (r->ranges[i].low > low && r->ranges[i].low < from)
				from = r->ranges[i].low;
		}
		if (to >= low) {
			low = to + 1;
			continue;
		}
		range_add(p, low, from - 1);
		low = from;
	}
	if (p->status != SJ_OK)
		return;
	memmove(r->ranges + first, r->ranges + end, sizeof(*r->ranges) * (size_t)(r->n_ranges - end));
	r->n_ranges -= end - first;
}

/* Pairs of bytes: "az" is a … z. */
static void pairs_add(parser *p, const char *pairs, bool negated)
{
	int32_t first = p->regex->n_ranges;
	for (; *pairs != 0; pairs += 2)
		range_add_folded(p, (unsigned char)pairs[0], (unsigned char)pairs[1]);
	if (negated)
		ranges_negate(p, first);
}

/* \d, \s, \w and their contraries. */
static bool letter_class(parser *p, int letter)
{
	const char *pairs = (letter | 0x20) == 'd'   ? "09"
	                    : (letter | 0x20) == 's' ? "\t\n\f\r  "
	                    : (letter | 0x20) == 'w' ? "09AZaz__"
	                                             : NULL;
	if (pairs == NULL)
		return false;
	pairs_add(p, pairs, letter < 'a');
	return true;
}

static bool named_class(parser *p)
{
	static const char *const names[][2] = {
		{"alnum:]", "09AZaz"},
		{"alpha:]", "AZaz"},
		{"blank:]", "\t\t  "},
		{"digit:]", "09"},
		{"graph:]", "!~"},
		{"lower:]", "az"},
		{"print:]", " ~"},
		{"punct:]", "!/:@[`{~"},
		{"space:]", "\t\r  "},
		{"upper:]", "AZ"},
		{"word:]", "09AZaz__"},
		{"xdigit:]", "09AFaf"},
		{"cntrl:]", "\x01\x1f\x7f\x7f"},
		{"ascii:]", "\x01\x7f"},
	};
	if (!take(p, "[:"))
		return false;
	bool negated = take(p, "^");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		int32_t first = p->regex->n_ranges;
		if (!take(p, names[i][0]))
			continue;
		pairs_add(p, names[i][1], false);
		if (i >= sizeof(names) / sizeof(*names) - 2) /* 0 cannot stand in the text above */
			range_add(p, 0, 0);
		if (negated)
			ranges_negate(p, first);
		return true;
	}
	invalid(p, "invalid character class range");
	return true;
}

static int digit_value(int c, int base)
{
	int v = c >= '0' && c <= '9'   ? c - '0'
	        : c >= 'a' && c <= 'f' ? c - 'a' + 10
	        : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                               : 99;
	return v < base ? v : -1;
}

/* Behind \x: two digits, or any number in braces. */
static int32_t hexadecimal(parser *p)
{
	bool braces = take(p, "{");
	int32_t value = 0, n = 0;
	while (digit_value(peek(p), 16) >= 0 && (braces ? value <= MOST_POINT : n < 2)) {
		value = value * 16 + digit_value(peek(p), 16);
		p->at++;
		n++;
	}
	if (n == 0 || (!braces && n != 2) || value > MOST_POINT || (braces && !take(p, "}")))
		invalid(p, "invalid escape sequence");
	return value;
}

static int32_t octal(parser *p, int first)
{
	int32_t value = first - '0';
	for (int i = 0; i < 2 && digit_value(peek(p), 8) >= 0; i++, p->at++)
		value = value * 8 + digit_value(peek(p), 8);
	return value;
}

/* The code point that an escape means, the backslash being read. */
static int32_t escaped_point(parser *p)
{
	static const char letters[] = "aftnrv", meanings[] = "\a\f\t\n\r\v";
	int c = peek(p);
	p->at++;
	const char *known = c > 0 ? strchr(letters, c) : NULL;
	if (known != NULL)
		return meanings[known - letters];
	if (c == 'x')
		return hexadecimal(p);
	if (c == '0' || (c >= '1' && c <= '7' && digit_value(peek(p), 8) >= 0))
		return octal(p, c);
	if (c == 'p' || c == 'P' || c == 'C')
		refuse(p, SJ_UNIMPLEMENTED, "not implemented: \\p classes and \\C; write the ranges in brackets");
	else if (c < 0)
		invalid(p, "trailing \\");
	else if (c >= 128 || digit_value(c, 10) >= 0 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		invalid(p, "invalid escape sequence");
	return c;
}

static int32_t bracket_point(parser *p)
{
	if (take(p, "\\"))
		return escaped_point(p);
	return point_take(p);
}

static void bracket(parser *p)
{
	int32_t first = p->regex->n_ranges;
	bool negated = take(p, "^");
	for (bool begins = true; p->status == SJ_OK && (begins || peek(p) != ']'); begins = false) {
		if (p->at >= p->length) {
			invalid(p, "missing ]");
			return;
		}
		if (p->length - p->at > 1 && peek(p) == '[' && p->pattern[p->at + 1] == ':' && named_class(p))
			continue;
		if (p->length - p->at > 1 && peek(p) == '\\' && letter_class(p, p->pattern[p->at + 1])) {
			p->at += 2;
			continue;
		}
		int32_t low = bracket_point(p), high = low;
		if (peek(p) == '-' && p->length - p->at > 1 && p->pattern[p->at + 1] != ']') {
			p->at++;
			high = bracket_point(p);
		}
		if (high < low)
			invalid(p, "invalid character class range");
		range_add_folded(p, low, high);
	}
	p->at++;
	if (negated)
		ranges_negate(p, first);
	emit(p, SJ__REGEX_SET, first, p->regex->n_ranges - first);
}

static void set_of_range(parser *p, int32_t low, int32_t high)
{
	int32_t first = p->regex->n_ranges;
	range_add_folded(p, low, high);
	emit(p, SJ__REGEX_SET, first, p->regex->n_ranges - first);
}

static void dot(parser *p)
{
	int32_t first = p->regex->n_ranges;
	range_add(p, 0, p->f.dot_is_all ? MOST_POINT : '\n' - 1);
	if (!p->f.dot_is_all)
		range_add(p, '\n' + 1, MOST_POINT);
	emit(p, SJ__REGEX_SET, first, p->regex->n_ranges - first);
}

/* ---- what can be repeated ---- */

static void alternatives(parser *p);

/* \Q…\E: the last point may be repeated, so the others are written here. */
static void quoted(parser *p, int32_t *ret_first)
{
	while (p->status == SJ_OK && p->at < p->length && !take(p, "\\E")) {
		*ret_first = p->regex->n_steps;
		int32_t point = point_take(p);
		set_of_range(p, point, point);
	}
}

static void escape(parser *p, int32_t *ret_first)
{
	int c = peek(p);
	int32_t first = p->regex->n_ranges;
	int32_t condition = c == 'b'   ? SJ__REGEX_WORD_EDGE
	                    : c == 'B' ? SJ__REGEX_NO_WORD_EDGE
	                    : c == 'A' ? SJ__REGEX_TEXT_BEGIN
	                    : c == 'z' ? SJ__REGEX_TEXT_END
	                               : -1;
	if (condition >= 0) {
		p->at++;
		emit(p, SJ__REGEX_ASSERT, condition, 0);
	} else if (c == 'Q') {
		p->at++;
		quoted(p, ret_first);
	} else if (letter_class(p, c)) {
		p->at++;
		emit(p, SJ__REGEX_SET, first, p->regex->n_ranges - first);
	} else {
		int32_t point = escaped_point(p);
		set_of_range(p, point, point);
	}
}

/* Behind "(?": flags up to ':' or ')'. True when they hold for a group that begins here. */
static bool flags_take(parser *p)
{
	bool on = true, any = false;
	for (;; p->at++) {
		int c = peek(p);
		if (c == 'i')
			p->f.any_case = on;
		else if (c == 'm')
			p->f.many_lines = on;
		else if (c == 's')
			p->f.dot_is_all = on;
		else if (c == 'U')
			p->f.lazy = on;
		else if (c == '-' && on)
			on = false;
		else if ((c == ':' || c == ')') && (on || any)) {
			p->at++;
			return c == ':';
		} else {
			invalid(p, "invalid or unsupported Perl syntax");
			return false;
		}
		any = c != '-';
	}
}

static void name_take(parser *p)
{
	int64_t begin = p->at;
	while (!at_end(p) && peek(p) != '>')
		p->at++;
	if (p->at == begin || !take(p, ">"))
		invalid(p, "invalid named capture group");
}

static void group(parser *p)
{
	flags outside = p->f;
	int32_t number = 0;
	if (take(p, "?P<") || take(p, "?<")) {
		number = ++p->regex->n_groups;
		name_take(p);
	} else if (take(p, "?")) {
		if (!flags_take(p))
			return; /* they hold up to the end of the group around */
	} else {
		number = ++p->regex->n_groups;
	}
	bool saved = number > 0 && number < SJ__REGEX_GROUPS;
	if (saved)
		emit(p, SJ__REGEX_SAVE, 2 * number, 0);
	alternatives(p);
	if (saved)
		emit(p, SJ__REGEX_SAVE, 2 * number + 1, 0);
	if (!take(p, ")"))
		invalid(p, "missing )");
	p->f = outside;
}

/* One thing; *ret_first: where the program of what a repetition would repeat begins. */
static void atom(parser *p, int32_t *ret_first)
{
	*ret_first = p->regex->n_steps;
	if (take(p, "("))
		group(p);
	else if (take(p, "["))
		bracket(p);
	else if (take(p, "."))
		dot(p);
	else if (take(p, "^"))
		emit(p, SJ__REGEX_ASSERT, p->f.many_lines ? SJ__REGEX_LINE_BEGIN : SJ__REGEX_TEXT_BEGIN, 0);
	else if (take(p, "$"))
		emit(p, SJ__REGEX_ASSERT, p->f.many_lines ? SJ__REGEX_LINE_END : SJ__REGEX_TEXT_END, 0);
	else if (take(p, "\\"))
		escape(p, ret_first);
	else {
		int32_t point = point_take(p);
		set_of_range(p, point, point);
	}
}

/* ---- repetition ---- */

static bool number_take(parser *p, int32_t *ret_number)
{
	int64_t begin = p->at;
	int32_t value = 0;
	for (; digit_value(peek(p), 10) >= 0; p->at++)
		value = value > 100000 ? value : value * 10 + digit_value(peek(p), 10);
	*ret_number = value;
	return p->at > begin;
}

/* {n}, {n,} (most: -1) and {n,m}; anything else in braces is text. */
static bool braces_take(parser *p, int32_t *ret_least, int32_t *ret_most)
{
	int64_t begin = p->at;
	bool good = take(p, "{") && number_take(p, ret_least);
	if (good) {
		*ret_most = *ret_least;
		if (take(p, ",") && !number_take(p, ret_most))
			*ret_most = -1;
		good = take(p, "}");
	}
	if (!good) {
		p->at = begin;
		return false;
	}
	if (*ret_least > MOST_REPEATS || *ret_most > MOST_REPEATS || (*ret_most >= 0 && *ret_most < *ret_least))
		invalid(p, "invalid repetition size");
	return true;
}

static bool repeat_take(parser *p, int32_t *ret_least, int32_t *ret_most)
{
	*ret_least = peek(p) == '+';
	*ret_most = peek(p) == '?' ? 1 : -1;
	return take(p, "*") || take(p, "+") || take(p, "?") || braces_take(p, ret_least, ret_most);
}

static void star(parser *p, int32_t first, bool lazy)
{
	int32_t n = p->regex->n_steps - first;
	split_insert(p, first, n + 2, lazy);
	emit(p, SJ__REGEX_JUMP, -(n + 1), 0);
}

/* The program from `first` on becomes `least` copies of itself, and then up to `most`, each inside the one before; -1: any number. */
static void repeat(parser *p, int32_t first, int32_t least, int32_t most, bool lazy)
{
	sj__regex *r = p->regex;
	int32_t n = r->n_steps - first;
	if (least == 0 && most < 0) {
		star(p, first, lazy);
		return;
	}
	sj__regex_step *body = sj__memory_new(sizeof(*body) * (size_t)(n + 1));
	if (body == NULL) {
		p->status = SJ_RESOURCE_EXHAUSTED;
		return;
	}
	memcpy(body, r->steps + first, sizeof(*body) * (size_t)n);
	r->n_steps = first;
	for (int32_t i = 0; i < least; i++)
		steps_copy(p, body, n);
	if (most < 0)
		emit(p, SJ__REGEX_SPLIT, lazy ? 1 : -n, lazy ? -n : 1);
	for (int32_t i = least; i < most && p->status == SJ_OK;
	     i++) { /* a split leads past all that is still to come */
		int32_t rest = (most - i) * (n + 1);
		emit(p, SJ__REGEX_SPLIT, lazy ? rest : 1, lazy ? 1 : rest);
		steps_copy(p, body, n);
	}
	sj__memory_free(body);
}

static void piece(parser *p)
{
	int32_t first, least, most;
	atom(p, &first);
	if (p->status != SJ_OK || !repeat_take(p, &least, &most))
		return;
	bool lazy = take(p, "?") != p->f.lazy;
	int64_t here = p->at;
	repeat(p, first, least, most, lazy);
	if (p->status == SJ_OK && repeat_take(p, &least, &most)) {
		p->at = here;
		invalid(p, "bad repetition operator");
	}
}

/* ---- alternatives ---- */

/* After each alternative but the last a jump to the end; until that is known, y links them. */
static void alternatives(parser *p)
{
	int32_t first = p->regex->n_steps, jumps = -1, least, most;
	if (++p->depth > MOST_DEPTH)
		invalid(p, "groups are nested too deeply");
	while (p->status == SJ_OK) {
		int c = peek(p);
		if (c < 0 || c == ')')
			break;
		if (c == '|') {
			p->at++;
			split_insert(p, first, p->regex->n_steps - first + 2, false);
			emit(p, SJ__REGEX_JUMP, 0, jumps);
			jumps = p->regex->n_steps - 1;
			first = p->regex->n_steps;
		} else if (c == '*' || c == '+' || c == '?' || (c == '{' && braces_take(p, &least, &most))) {
			invalid(p, "no argument for repetition operator");
		} else {
			piece(p);
		}
	}
	while (p->status == SJ_OK && jumps >= 0) {
		sj__regex_step *jump = &p->regex->steps[jumps];
		int32_t before = jump->y;
		*jump = (sj__regex_step){SJ__REGEX_JUMP, p->regex->n_steps - jumps, 0};
		jumps = before;
	}
	p->depth--;
}

sj_status sj__regex_new(const char *who, const char *pattern, int64_t length, sj__regex **ret_regex)
{
	sj__regex *r = sj__memory_new_zeroed(sizeof(*r));
	if (r == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	parser p = {.who = who, .pattern = pattern, .length = length, .regex = r};
	emit(&p, SJ__REGEX_SAVE, 0, 0);
	alternatives(&p);
	if (!at_end(&p))
		invalid(&p, "unexpected )");
	emit(&p, SJ__REGEX_SAVE, 1, 0);
	emit(&p, SJ__REGEX_MATCH, 0, 0);
	if (p.status == SJ_OK) {
		r->room = sj__memory_new(sizeof(*r->room) * (size_t)sj__regex_room(r->n_steps));
		p.status = r->room != NULL ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	}
	if (p.status != SJ_OK) {
		sj__regex_free(r);
		return p.status;
	}
	*ret_regex = r;
	return SJ_OK;
}

void sj__regex_free(sj__regex *regex)
{
	if (regex == NULL)
		return;
	sj__memory_free(regex->steps);
	sj__memory_free(regex->ranges);
	sj__memory_free(regex->room);
	sj__memory_free(regex);
}

int sj__regex_group_count(const sj__regex *regex) { return regex->n_groups; }

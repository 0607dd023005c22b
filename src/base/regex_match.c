/*
 * Matching: Thompson's machine with the places of groups (Pike). Each step of the program holds at most one thread at a time; threads are kept in the
 * order in which alternatives are preferred, and those behind one that has matched are given up.
 */
#include <string.h>

#include "base/memory.h"
#include "base/regex_parts.h"

enum { SLOTS = 2 * SJ__REGEX_GROUPS };

typedef struct threads {
	int64_t n;
	int64_t *steps; /* of each thread; its places are slots + i * SLOTS */
	int64_t *slots;
} threads;

typedef struct machine {
	const sj__regex *regex;
	const char *text;
	int64_t length;
	bool whole;            /* only matches that end with the text count */
	int64_t *seen, *stack; /* seen[step]: the last turn in which it got a thread; stack of (step or ~slot, value) */
	int64_t turn;
	threads now, next;
} machine;

int64_t sj__regex_room(int64_t n_steps) { return n_steps * (1 + 4 + 2 * (1 + SLOTS)); }

int32_t sj__regex_code_point(const char *bytes, int64_t n, int *ret_width)
{
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)bytes[0];
	int width = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
	*ret_width = 1;
	if (width == 1)
		return first;
	if (width == 0 || first > 0xf4 || n < width)
		return -1;
	int32_t point = first & (0x7f >> width);
	for (int i = 1; i < width; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return -1;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	if (point < least[width] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return -1;
	*ret_width = width;
	return point;
}

static bool is_word(const machine *m, int64_t at)
{
	if (at < 0 || at >= m->length)
		return false;
	char c = m->text[at];
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool holds(const machine *m, int32_t condition, int64_t at)
{
	switch (condition) {
	case SJ__REGEX_TEXT_BEGIN: return at == 0;
	case SJ__REGEX_TEXT_END: return at == m->length;
	case SJ__REGEX_LINE_BEGIN: return at == 0 || m->text[at - 1] == '\n';
	case SJ__REGEX_LINE_END: return at == m->length || m->text[at] == '\n';
	case SJ__REGEX_WORD_EDGE: return is_word(m, at - 1) != is_word(m, at);
	default: return is_word(m, at - 1) == is_word(m, at);
	}
}

/* Follows the steps that take no text from `step` on, preferred ones first; each that does take some becomes a thread with these slots. */
static void thread_add(machine *m, threads *list, int64_t step, int64_t at, int64_t *slots)
{
	int64_t n = 0;
	m->stack[n++] = step;
	while (n > 0) {
		int64_t top = m->stack[--n];
		if (top < 0) { /* what was saved on a way that is finished */
			slots[~top] = m->stack[--n];
			continue;
		}
		if (m->seen[top] == m->turn)
			continue;
		m->seen[top] = m->turn;
		const sj__regex_step *s = &m->regex->steps[top];
		switch (s->op) {
		case SJ__REGEX_SPLIT:
			m->stack[n++] = top + s->y;
			m->stack[n++] = top + s->x;
			break;
		case SJ__REGEX_JUMP: m->stack[n++] = top + s->x; break;
		case SJ__REGEX_SAVE:
			m->stack[n++] = slots[s->x];
			m->stack[n++] = ~(int64_t)s->x;
			slots[s->x] = at;
			m->stack[n++] = top + 1;
			break;
		case SJ__REGEX_ASSERT:
			if (holds(m, s->x, at))
				m->stack[n++] = top + 1;
			break;
		default:
			list->steps[list->n] = top;
			memcpy(list->slots + list->n++ * SLOTS, slots, sizeof(*slots) * SLOTS);
		}
	}
}

static bool set_has(const sj__regex *regex, const sj__regex_step *s, int32_t point)
{
	for (int32_t i = s->x; i < s->x + s->y; i++)
		if (point >= regex->ranges[i].low && point <= regex->ranges[i].high)
			return true;
	return false;
}

/* Moves all threads over one code point. True when one has matched: its slots are copied, and the threads behind it are given up. */
static bool threads_step(machine *m, int64_t at, int32_t point, int width, int64_t *ret_slots)
{
	m->next.n = 0;
	m->turn++;
	for (int64_t i = 0; i < m->now.n; i++) {
		const sj__regex_step *s = &m->regex->steps[m->now.steps[i]];
		int64_t *slots = m->now.slots + i * SLOTS;
		if (s->op == SJ__REGEX_MATCH) {
			if (m->whole && at != m->length)
				continue;
			memcpy(ret_slots, slots, sizeof(*slots) * SLOTS);
			return true;
		}
		if (at < m->length && set_has(m->regex, s, point))
			thread_add(m, &m->next, m->now.steps[i] + 1, at + width, slots);
	}
	return false;
}

static bool machine_run(machine *m, int64_t start, bool anchored, int64_t *ret_slots)
{
	bool matched = false;
	int64_t fresh[SLOTS];
	for (int64_t at = start;;) {
		int width = 1;
		if (!matched && (at == start || !anchored)) {
			for (int i = 0; i < SLOTS; i++)
				fresh[i] = -1;
			thread_add(m, &m->now, 0, at, fresh);
		}
		if (m->now.n == 0 && (matched || anchored))
			return matched;
		int32_t point = at < m->length ? sj__regex_code_point(m->text + at, m->length - at, &width) : -1;
		matched |= threads_step(m, at, point, width, ret_slots);
		threads swapped = m->now;
		m->now = m->next;
		m->next = swapped;
		at += width;
		if (at > m->length)
			return matched;
	}
}

static bool run(sj__regex *regex, const char *text, int64_t length, int64_t start, bool whole, int64_t *ret_slots)
{
	int64_t n = regex->n_steps, *room = regex->room;
	machine m = {.regex = regex, .text = text, .length = length, .whole = whole, .seen = room, .stack = room + n};
	m.now = (threads){0, room + 5 * n, room + 6 * n};
	m.next = (threads){0, room + (6 + SLOTS) * n, room + (7 + SLOTS) * n};
	memset(m.seen, 0, sizeof(*m.seen) * (size_t)n);
	m.turn = 1;
	return machine_run(&m, start, whole, ret_slots);
}

bool sj__regex_search(sj__regex *regex, const char *text, int64_t length, int64_t start, sj__regex_match *ret_match)
{
	int64_t slots[SLOTS];
	if (!run(regex, text, length, start, false, slots))
		return false;
	for (int i = 0; i < SJ__REGEX_GROUPS; i++) {
		ret_match->begin[i] = slots[2 * i];
		ret_match->end[i] = slots[2 * i + 1];
	}
	return true;
}

bool sj__regex_matches_all(sj__regex *regex, const char *text, int64_t length)
{
	int64_t slots[SLOTS];
	return run(regex, text, length, 0, true, slots);
}

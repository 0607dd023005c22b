/*
 * Progress bars: the text against tqdm's own for a table of numbers, the bytes of whole runs against tqdm's with the same
 * clock, and where they go: a function, a pipe, a terminal.
 */
#define _GNU_SOURCE /* posix_openpt */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sokuji/clock.h>
#include <sokuji/output.h>
#include <sokuji/progress.h>
#include <sokuji/status.h>

#include "base/memory.h"
#include "train/progress_meter.h"

enum { FREE = SJ__METER_COLUMNS_FREE };

typedef struct meter_case {
	sj__meter meter; /* texts may be NULL and the divisor 0: the usual ones */
	const char *expected;
} meter_case;

enum { STEP_UPDATE, STEP_WRITE, STEP_DESCRIBE, STEP_POSTFIX, STEP_END, MOST_BARS = 2, MOST_STEPS = 20 };

typedef struct scenario {
	struct {
		int64_t total;
		sj_progress_options options;
	} bars[MOST_BARS];
	int bar_count;
	struct {
		double seconds; /* that pass before the action */
		int bar, action;
		int64_t n;
		const char *text;
	} steps[MOST_STEPS];
	int step_count;
	const char *expected;
} scenario;

#include "progress_cases.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

static int64_t now_ns;
static int64_t test_clock(void) { return now_ns; }

static struct {
	size_t length;
	char text[1 << 16];
} shown;

static void collect(void *context, const char *text, size_t length)
{
	(void)context;
	assert_true(shown.length + length < sizeof(shown.text));
	memcpy(shown.text + shown.length, text, length);
	shown.length += length;
	shown.text[shown.length] = '\0';
}

static int setup(void **state)
{
	(void)state;
	now_ns = 1000000000000;
	shown.length = 0;
	shown.text[0] = '\0';
	sj_set_clock(test_clock);
	sj_set_output(collect, NULL);
	sj_error_clear();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sj_set_clock(NULL);
	sj_set_output(NULL, NULL);
	return 0;
}

static sj__meter meter_of(sj__meter meter)
{
	meter.prefix = meter.prefix ? meter.prefix : "";
	meter.unit = meter.unit ? meter.unit : "it";
	meter.postfix = meter.postfix ? meter.postfix : "";
	meter.unit_divisor = meter.unit_divisor != 0 ? meter.unit_divisor : 1000;
	return meter;
}

static void meters_read_like_tqdm(void **state)
{
	(void)state;
	for (int i = 0; i < COUNT_OF(meter_cases); i++) {
		char text[SJ__METER_BYTES];
		sj__meter meter = meter_of(meter_cases[i].meter);
		sj__meter_format(&meter, text);
		assert_string_equal(text, meter_cases[i].expected);
	}
}

static void play(const scenario *s)
{
	sj_progress *bars[MOST_BARS] = {NULL};
	for (int i = 0; i < s->bar_count; i++) {
		sj_progress_options options = s->bars[i].options;
		options.inside = i > 0 ? bars[i - 1] : NULL;
		bars[i] = sj_progress_begin(s->bars[i].total, &options);
		assert_non_null(bars[i]);
	}
	for (int i = 0; i < s->step_count; i++) {
		sj_progress *bar = bars[s->steps[i].bar];
		now_ns += (int64_t)(s->steps[i].seconds * 1e9);
		switch (s->steps[i].action) {
		case STEP_UPDATE: sj_progress_update(bar, s->steps[i].n); break;
		case STEP_WRITE: sj_progress_write(bar, "%s", s->steps[i].text); break;
		case STEP_DESCRIBE: sj_progress_describe(bar, s->steps[i].text); break;
		case STEP_POSTFIX: sj_progress_postfix(bar, "%s", s->steps[i].text); break;
		case STEP_END: sj_progress_end(bar); break;
		}
	}
}

static void runs_show_the_bytes_of_tqdm(void **state)
{
	for (int i = 0; i < COUNT_OF(scenarios); i++) {
		setup(state);
		play(&scenarios[i]);
		assert_string_equal(shown.text, scenarios[i].expected);
	}
}

static void the_decimal_point_ignores_the_locale(void **state)
{
	(void)state;
	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL)
		skip();
	meters_read_like_tqdm(state);
	setlocale(LC_NUMERIC, "C");
}

static void extreme_numbers_fit(void **state)
{
	(void)state;
	static char long_text[255 + 1];
	memset(long_text, 'x', sizeof(long_text) - 1);
	sj__meter m = {.n = INT64_MIN,
	               .total = INT64_MAX,
	               .initial = INT64_MAX,
	               .elapsed = 1e300,
	               .rate = 1e300,
	               .columns = SJ__METER_COLUMNS_MOST,
	               .prefix = long_text,
	               .unit = "it",
	               .postfix = long_text,
	               .unit_divisor = 1000};
	char text[SJ__METER_BYTES];
	static const double rates[] = {1e300, -1e300, 1e-300, -1e-300, 0};
	static const double times[] = {1e300, 0, -5, 1e-300};
	for (int i = 0; i < COUNT_OF(rates) * COUNT_OF(times) * 4; i++) {
		m.rate = rates[i % COUNT_OF(rates)];
		m.elapsed = times[i / COUNT_OF(rates) % COUNT_OF(times)];
		m.unit_scale = i % 2 == 0;
		m.total = i / 20 % 2 == 0 ? INT64_MAX : -1;
		m.n = i / 40 % 2 == 0 ? INT64_MIN : INT64_MAX - 1;
		sj__meter_format(&m, text);
		assert_true(strlen(text) < SJ__METER_BYTES);
	}
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(sj__display_columns(""), 0);
	assert_int_equal(sj__display_columns("abc"), 3);
	assert_int_equal(sj__display_columns("日本語"), 6);
	assert_int_equal(sj__display_columns("\033[1;31mab\033[0m"), 2);
	assert_int_equal(sj__display_columns("\xff\xfe"), 2);
	assert_int_equal(sj__display_columns("\xe6\x97"), 2); /* cut character: each byte takes a column */
	assert_int_equal(sj__display_columns("\033[1"), 3);
	char text[32] = "日本語";
	sj__display_trim(text, sizeof(text), 5);
	assert_string_equal(text, "日本");
	sj__display_trim(text, sizeof(text), 0);
	assert_string_equal(text, "");
	sj__display_copy(text, 6, "日\n本");
	assert_string_equal(text, "日 ");
	sj__display_copy(text, 1, "abc");
	assert_string_equal(text, "");
}

static void options_are_checked(void **state)
{
	(void)state;
	static const struct {
		sj_progress_options options;
		const char *named;
	} cases[] = {
		{{.size = 0}, "size"},
		{{.size = sizeof(sj_progress_options), .unit_divisor = -1}, "unit_divisor"},
		{{.size = sizeof(sj_progress_options), .unit_divisor = 1}, "unit_divisor"},
		{{.size = sizeof(sj_progress_options), .smoothing = 1.5}, "smoothing"},
		{{.size = sizeof(sj_progress_options), .smoothing = -0.5}, "smoothing"},
		{{.size = sizeof(sj_progress_options), .smoothing = NAN}, "smoothing"},
		{{.size = sizeof(sj_progress_options), .min_interval = INFINITY}, "min_interval"},
		{{.size = sizeof(sj_progress_options), .min_interval = NAN}, "min_interval"},
		{{.size = sizeof(sj_progress_options), .columns = -2}, "columns"},
		{{.size = sizeof(sj_progress_options), .columns = 1001}, "columns"},
		{{.size = sizeof(sj_progress_options), .when_not_terminal = (sj_progress_fallback)3},
	         "when_not_terminal"},
		{{.size = sizeof(sj_progress_options), .when_not_terminal = (sj_progress_fallback)-1},
	         "when_not_terminal"},
	};
	for (int i = 0; i < COUNT_OF(cases); i++) {
		sj_error_clear();
		assert_null(sj_progress_begin(3, &cases[i].options));
		assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
		assert_non_null(strstr(sj_error_message(), "sj_progress_begin"));
		assert_non_null(strstr(sj_error_message(), cases[i].named));
	}
	assert_int_equal(shown.length, 0);
	sj_error_clear();
}

static void a_bar_holds_one_inner_bar(void **state)
{
	(void)state;
	sj_progress_options options = {.size = sizeof(options)};
	sj_progress *bars[64] = {options.inside = sj_progress_begin(1, NULL)};
	bars[1] = sj_progress_begin(1, &options);
	assert_non_null(bars[1]);
	assert_null(sj_progress_begin(1, &options));
	assert_int_equal(sj_error_code(), SJ_FAILED_PRECONDITION);
	sj_error_clear();
	int n = 2;
	for (options.inside = bars[1]; n < COUNT_OF(bars) && options.inside != NULL; n++)
		options.inside = bars[n] = sj_progress_begin(1, &options);
	assert_int_equal(sj_error_code(), SJ_INVALID_ARGUMENT);
	sj_error_clear();
	for (int i = 0; i < n; i++)
		sj_progress_end(bars[i]);
}

static void nothing_takes_null(void **state)
{
	(void)state;
	sj_progress_update(NULL, 1);
	sj_progress_describe(NULL, "text");
	sj_progress_postfix(NULL, "text");
	sj_progress_end(NULL);
	assert_int_equal(sj_progress_count(NULL), 0);
	assert_int_equal(shown.length, 0);
	sj_progress_write(NULL, "line %d", 1);
	assert_string_equal(shown.text, "line 1\n");
	sj_output_write(NULL, 5);
	sj_output_write("text", 0);
	assert_string_equal(shown.text, "line 1\n");
}

static void an_older_options_struct_is_understood(void **state)
{
	(void)state;
	sj_progress_options options = {.size = offsetof(sj_progress_options, unit), .description = "old"};
	memset((char *)&options + options.size, 0xff, sizeof(options) - options.size);
	sj_progress *bar = sj_progress_begin(2, &options);
	assert_string_equal(shown.text, "\rold:   0%|          | 0/2 [00:00<?, ?it/s]");
	sj_progress_end(bar);
}

static void counts_stop_at_the_ends_of_int64(void **state)
{
	(void)state;
	sj_progress *bar = sj_progress_begin(INT64_MAX, NULL);
	sj_progress_update(bar, INT64_MAX);
	sj_progress_update(bar, INT64_MAX);
	assert_true(sj_progress_count(bar) == INT64_MAX);
	now_ns += 1000000000;
	sj_progress_update(bar, INT64_MIN);
	sj_progress_update(bar, INT64_MIN);
	assert_true(sj_progress_count(bar) == INT64_MIN);
	now_ns += 1000000000;
	sj_progress_update(bar, 5);
	sj_progress_end(bar);
}

static void long_lines_are_whole(void **state)
{
	(void)state;
	sj_progress *bar = sj_progress_begin(1, &(sj_progress_options){.size = sizeof(sj_progress_options),
	                                                               .when_not_terminal = SJ_PROGRESS_SILENT});
	sj_progress_write(bar, "%*s", 5000, "end");
	assert_int_equal(shown.length, 5001);
	assert_string_equal(shown.text + 4997, "end\n");
	shown.length = 0;
	sj__memory_fail_at(1, true);
	sj_progress_write(bar, "%*s", 5000, "end");
	assert_null(sj_progress_begin(1, NULL));
	sj__memory_fail_at(0, false);
	assert_int_equal(shown.length, 1024); /* without memory the line is cut */
	assert_int_equal(sj_error_code(), SJ_RESOURCE_EXHAUSTED);
	sj_error_clear();
	sj_progress_end(bar);
}

static void not_a_terminal(void **state)
{
	for (int silent = 0; silent < 2; silent++) {
		setup(state);
		sj_progress_options options = {.size = sizeof(options)};
		options.when_not_terminal = silent ? SJ_PROGRESS_SILENT : SJ_PROGRESS_PLAIN;
		sj_progress *bar = sj_progress_begin(2, &options);
		now_ns += 1000000000;
		sj_progress_update(bar, 1);
		sj_progress_write(bar, "epoch %d", 1);
		now_ns += 1000000000;
		sj_progress_update(bar, 1);
		sj_progress_describe(bar, "done");
		sj_progress_end(bar);
		assert_string_equal(shown.text,
		                    silent ? "epoch 1\n"
		                           : "epoch 1\ndone: 100%|██████████| 2/2 [00:02<00:00,  1.00it/s]\n");
	}
}

/* An inner bar that stays goes above the outer one, which is drawn again. */
static void an_inner_bar_that_stays(void **state)
{
	(void)state;
	sj_progress *outer = sj_progress_begin(2, NULL);
	sj_progress *inner = sj_progress_begin(1, &(sj_progress_options){.size = sizeof(sj_progress_options),
	                                                                 .inside = outer});
	now_ns += 1000000000;
	sj_progress_update(inner, 1);
	shown.length = 0;
	sj_progress_end(inner);
	assert_string_equal(shown.text, "\r                                     \r\n"
	                                "\r                                             \r\033[A"
	                                "\r100%|██████████| 1/1 [00:01<00:00,  1.00it/s]\n"
	                                "\r  0%|          | 0/2 [00:01<?, ?it/s]");
	sj_progress_end(outer);
}

/* File descriptor 1 is replaced by `fd` while `show` runs. */
static void with_descriptor_1(int fd, void (*show)(void))
{
	int saved = dup(1);
	assert_true(saved >= 0 && dup2(fd, 1) == 1);
	sj_set_output(NULL, NULL);
	show();
	assert_int_equal(dup2(saved, 1), 1);
	close(saved);
}

static void read_shown(int fd, size_t at_least)
{
	while (shown.length < at_least) {
		ssize_t n = read(fd, shown.text + shown.length, sizeof(shown.text) - 1 - shown.length);
		if (n <= 0)
			break;
		shown.length += (size_t)n;
	}
	shown.text[shown.length] = '\0';
}

static void show_two_steps(void)
{
	sj_progress *bar = sj_progress_begin(2, &(sj_progress_options){.size = sizeof(sj_progress_options),
	                                                               .when_not_terminal = SJ_PROGRESS_PLAIN});
	now_ns += 500000000;
	sj_progress_update(bar, 2);
	sj_progress_end(bar);
}

static void show_between_prints(void)
{
	setvbuf(stdout, NULL, _IOFBF, 4096);
	printf("before\n");
	sj_progress *bar = sj_progress_begin(1, &(sj_progress_options){.size = sizeof(sj_progress_options),
	                                                               .when_not_terminal = SJ_PROGRESS_SILENT});
	sj_progress_write(bar, "epoch");
	printf("after\n");
	sj_progress_end(bar);
	fflush(stdout);
}

/* The program's own printing and the bar's come out in the order in which they were made. */
static void prints_and_bars_keep_their_order(void **state)
{
	(void)state;
	int ends[2];
	fflush(stdout);
	assert_int_equal(pipe(ends), 0);
	with_descriptor_1(ends[1], show_between_prints);
	close(ends[1]);
	read_shown(ends[0], 19);
	close(ends[0]);
	assert_string_equal(shown.text, "before\nepoch\nafter\n");
}

static void a_terminal_is_filled(void **state)
{
	(void)state;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
		skip();
	int fd = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	struct winsize window = {.ws_col = 50, .ws_row = 24};
	assert_true(fd >= 0 && ioctl(fd, TIOCSWINSZ, &window) == 0);
	const char *expected = "\r  0%|                       | 0/2 [00:00<?, ?it/s]"
			       "\r100%|███████████████| 2/2 [00:00<00:00,  4.00it/s]"
			       "\r100%|███████████████| 2/2 [00:00<00:00,  4.00it/s]\r\n";
	with_descriptor_1(fd, show_two_steps);
	read_shown(terminal, strlen(expected));
	assert_string_equal(shown.text, expected);
	close(fd);
	close(terminal);
}

static void a_pipe_is_none(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	with_descriptor_1(ends[1], show_two_steps);
	close(ends[1]);
	read_shown(ends[0], sizeof(shown.text));
	assert_string_equal(shown.text, "100%|██████████| 2/2 [00:00<00:00,  4.00it/s]\n");
	close(ends[0]);
}

static void show_to_nowhere(void)
{
	errno = 42;
	sj_output_write("text", 4);
	assert_int_equal(errno, 42);
	assert_int_equal(sj_output_columns(), 0);
}

static void unwritable_output_is_dropped(void **state)
{
	(void)state;
	int fd = open("/dev/null", O_RDONLY);
	with_descriptor_1(fd, show_to_nowhere);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(meters_read_like_tqdm, setup, teardown),
		cmocka_unit_test_setup_teardown(runs_show_the_bytes_of_tqdm, setup, teardown),
		cmocka_unit_test_setup_teardown(the_decimal_point_ignores_the_locale, setup, teardown),
		cmocka_unit_test_setup_teardown(extreme_numbers_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(widths, setup, teardown),
		cmocka_unit_test_setup_teardown(options_are_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bar_holds_one_inner_bar, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_takes_null, setup, teardown),
		cmocka_unit_test_setup_teardown(an_older_options_struct_is_understood, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_stop_at_the_ends_of_int64, setup, teardown),
		cmocka_unit_test_setup_teardown(long_lines_are_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(not_a_terminal, setup, teardown),
		cmocka_unit_test_setup_teardown(an_inner_bar_that_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(prints_and_bars_keep_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(a_terminal_is_filled, setup, teardown),
		cmocka_unit_test_setup_teardown(a_pipe_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(unwritable_output_is_dropped, setup, teardown),
	};
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}

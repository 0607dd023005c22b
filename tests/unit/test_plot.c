/*
 * Plots: the files are whole PNGs of the size asked for with the colours in their places, wrong arguments are named, and
 * whatever fails leaves the folder as it was. Files are read back with libpng.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <png.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sokuji/plot.h>

#include "plot/plot_parts.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* fontconfig keeps the patterns of its caches for the life of the process. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }

static char folder[] = "/tmp/sokuji-plot-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static const char *in_folder(const char *name)
{
	static char path[300];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Number of files in the folder; removes them if told to. */
static int count_files(bool removes)
{
	int n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		if (removes && unlink(in_folder(entry->d_name)) != 0)
			rmdir(in_folder(entry->d_name));
	}
	closedir(d);
	return n;
}

static int remove_folder(void **state)
{
	(void)state;
	count_files(true);
	cairo_debug_reset_static_data(); /* so that leak checkers see only what is lost */
	return rmdir(folder);
}

static int clear(void **state)
{
	(void)state;
	sj_error_clear();
	count_files(true);
	return 0;
}

typedef struct picture {
	int width, height;
	uint8_t *pixels; /* (height, width, 3) */
} picture;

static picture read_picture(const char *path)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	assert_true(png_image_begin_read_from_file(&image, path));
	image.format = PNG_FORMAT_RGB;
	picture p = {(int)image.width, (int)image.height, malloc(PNG_IMAGE_SIZE(image))};
	assert_true(png_image_finish_read(&image, NULL, p.pixels, 0, NULL));
	return p;
}

static uint32_t pixel_at(const picture *p, int x, int y)
{
	const uint8_t *pixel = p->pixels + ((size_t)y * (size_t)p->width + (size_t)x) * 3;
	return (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2];
}

static int count_pixels(const picture *p, uint32_t colour)
{
	int n = 0;
	for (int i = 0; i < p->width * p->height; i++)
		n += pixel_at(p, i % p->width, i / p->width) == colour;
	return n;
}

static void assert_whole(const char *path, int width, int height)
{
	assert_int_equal(sj_error_code(), SJ_OK);
	picture p = read_picture(path);
	assert_int_equal(p.width, width);
	assert_int_equal(p.height, height);
	assert_true(count_pixels(&p, 0xffffff) < width * height);
	free(p.pixels);
}

#define HEAT_MAP(...) (&(sj_heat_map_options){.size = sizeof(sj_heat_map_options), __VA_ARGS__})
#define GRID(...) (&(sj_image_grid_options){.size = sizeof(sj_image_grid_options), __VA_ARGS__})
#define LINES(...) (&(sj_lines_options){.size = sizeof(sj_lines_options), __VA_ARGS__})

static const double values[6] = {1, 2, 3, 4, 5, 6};
static const char *const labels[3] = {"犬", "a very long label that has to stand upright", NULL};

static void heat_maps(void **state)
{
	(void)state;
	const char *path = in_folder("map.png");
	assert_int_equal(sj_plot_heat_map(path, 2, 3, values, NULL), SJ_OK);
	assert_whole(path, 1000, 800);
	sj_plot_heat_map(path, 2, 3, values, HEAT_MAP(.width = 300, .height = 200, .scale = 2));
	assert_whole(path, 600, 400);
	sj_plot_heat_map(path, 2, 3, values,
	                 HEAT_MAP(.title = "混同行列", .x_title = "x", .y_title = "y", .row_labels = labels,
	                          .column_labels = labels, .decimals = 3, .width = 400));
	assert_whole(path, 400, 800);
	assert_int_equal(count_files(false), 1);
}

/* A cell of the lowest value is the map's first colour, of the highest its last. */
static void heat_map_colours(void **state)
{
	(void)state;
	const double two[2] = {-3, 8};
	const char *path = in_folder("map.png");
	for (int map = 0; map <= SJ_COLOUR_MAP_GREY; map++) {
		sj_plot_heat_map(path, 1, 2, two,
		                 HEAT_MAP(.hide_numbers = true, .hide_colour_bar = true,
		                          .colours = (sj_colour_map)map));
		assert_true(sj_ok());
		picture p = read_picture(path);
		for (int side = 0; side < 2; side++) {
			sj__colour c = sj__colour_map_at((sj_colour_map)map, side);
			uint32_t expected = (uint32_t)(c.red * 255 + 0.5) << 16 | (uint32_t)(c.green * 255 + 0.5) << 8 |
			                    (uint32_t)(c.blue * 255 + 0.5);
			assert_int_equal(pixel_at(&p, side == 0 ? 250 : 750, 400), expected);
		}
		free(p.pixels);
	}
}

/* CIELAB's L of a map's colour. */
static double lightness(int map, double t)
{
	double y = sj__colour_luminance(sj__colour_map_at((sj_colour_map)map, t));
	return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : 24389.0 / 27 * y;
}

/* Half a unit of L, half of what an eye can tell, is what cutting to sRGB's range may cost. */
static void colour_maps_are_even(void **state)
{
	(void)state;
	for (int map = 0; map <= SJ_COLOUR_MAP_GREY; map++) {
		double first = lightness(map, 0), last = lightness(map, 1);
		assert_true(last - first > 70);
		for (int i = 0; i <= 64; i++)
			assert_true(fabs(lightness(map, i / 64.0) - (first + (last - first) * i / 64)) < 0.5);
	}
}

static void extreme_heat_maps(void **state)
{
	(void)state;
	const char *path = in_folder("map.png");
	static const double cases[][4] = {
		{0, 0, 0, 0},
		{-0.0, 0, -0.0, 0},
		{1e300, -1e300, 0, 1},
		{5e-324, 0, 0, 1e-320},
		{1e15, 1e15 + 1, 1e15, 1e15 + 2},
		{1, 1 + 1e-15, 1, 1},
		{-1e-9, 1e-9, 0, 0},
		{1e9, 3e9, 2e9, 0},
		{-0.001, 0.001, 0, 0},
	};
	for (int i = 0; i < COUNT_OF(cases); i++)
		for (int decimals = 0; decimals <= 15; decimals += 5) {
			assert_int_equal(sj_plot_heat_map(path, 2, 2, cases[i], HEAT_MAP(.decimals = decimals)), SJ_OK);
			assert_whole(path, 1000, 800);
		}
	double *many = calloc(4096 * 4096, sizeof(double));
	assert_int_equal(sj_plot_heat_map(path, 4096, 4096, many, NULL), SJ_OK);
	assert_int_equal(sj_plot_heat_map(path, 4096, 1, many, NULL), SJ_OK);
	assert_int_equal(sj_plot_heat_map(path, 1, 4096, many, HEAT_MAP(.width = 200, .height = 200)), SJ_OK);
	free(many);
}

static void image_grids(void **state)
{
	(void)state;
	uint8_t bytes[3 * 4 * 5] = {0};
	float floats[3 * 4 * 5] = {0};
	bool wrong[3] = {false, true, false};
	const char *captions[3] = {"y: 1\npred: 1", "y: 2\n予測: 3", NULL};
	const char *path = in_folder("grid.png");
	memset(bytes, 0x7b, 4 * 5);
	/* 20 times as large: 100 x 80 each; margins of 20, gaps of 12 */
	assert_int_equal(sj_plot_image_grid_bytes(path, 3, 4, 5, 1, bytes, NULL), SJ_OK);
	assert_whole(path, 3 * 112 + 28, 92 + 28);
	picture p = read_picture(path);
	assert_int_equal(pixel_at(&p, 20 + 50, 20 + 40), 0x7b7b7b);
	assert_int_equal(pixel_at(&p, 20 + 112 + 50, 20 + 40), 0);
	assert_int_equal(count_pixels(&p, 0x7b7b7b), 100 * 80);
	free(p.pixels);
	assert_int_equal(sj_plot_image_grid(path, 3, 4, 5, 1, floats,
	                                    GRID(.captions = captions, .wrong = wrong, .highlight = 0x00ff00,
	                                         .columns = 2)),
	                 SJ_OK);
	p = read_picture(path);
	assert_true(count_pixels(&p, 0x00ff00) >= 106 * 86 - 100 * 80); /* the frame at least */
	free(p.pixels);
	floats[0] = 1;
	floats[4] = 1.0005f;
	floats[8] = 0.5f;
	assert_int_equal(sj_plot_image_grid(path, 5, 2, 2, 3, floats, GRID(.title = "t", .image_size = 50)), SJ_OK);
	p = read_picture(path);
	assert_int_equal(count_pixels(&p, 0xff0000), 25 * 25); /* pixel 0 */
	assert_int_equal(count_pixels(&p, 0x00ff00), 25 * 25); /* pixel 1, cut to 1 */
	free(p.pixels);
	floats[0] = -40;
	floats[1] = 90;
	assert_int_equal(sj_plot_image_grid(path, 1, 1, 2, 1, floats, GRID(.lowest = -40, .highest = 50)), SJ_OK);
}

static void large_images_are_shrunk(void **state)
{
	(void)state;
	uint8_t *bytes = malloc(4096 * 2048);
	memset(bytes, 200, 4096 * 2048);
	const char *path = in_folder("grid.png");
	assert_int_equal(sj_plot_image_grid_bytes(path, 1, 2048, 4096, 1, bytes, NULL), SJ_OK);
	assert_whole(path, 256 + 40, 128 + 40);
	picture p = read_picture(path);
	assert_int_equal(count_pixels(&p, 0xc8c8c8), 256 * 128);
	free(p.pixels);
	free(bytes);
}

static void lines(void **state)
{
	(void)state;
	const char *path = in_folder("lines.png");
	const double y[5] = {3, 1, NAN, 2, 5}, x[5] = {0, 1, 2, 2.5, 3};
	const sj_line_series series[2] = {{.name = "損失", .y = y, .n = 5, .colour = 0x00ff00},
	                                  {.x = x, .y = y, .n = 5, .dashed = true, .markers = true}};
	assert_int_equal(sj_plot_lines(path, 2, series, NULL), SJ_OK);
	assert_whole(path, 1000, 600);
	picture p = read_picture(path);
	assert_true(count_pixels(&p, 0x00ff00) > 200);
	free(p.pixels);
	sj_plot_lines(path, 2, series,
	              LINES(.title = "t", .x_title = "x", .y_title = "y", .log_y = true, .width = 300, .height = 250));
	assert_whole(path, 300, 250);
	sj_plot_lines(path, 2, series, LINES(.lowest = 1.5, .highest = 2, .scale = 0.5, .hide_legend = true));
	assert_whole(path, 500, 300);
}

static void extreme_lines(void **state)
{
	(void)state;
	const char *path = in_folder("lines.png");
	static const double cases[][4] = {
		{NAN, NAN, NAN, NAN},
		{0, 0, 0, 0},
		{1e300, -1e300, 0, 1},
		{5e-324, 1e-320, 0, 0},
		{1e15, 1e15 + 1, 1e15, 1e15 + 2},
		{1, 1 + 1e-15, 1, 1},
		{NAN, 3, NAN, NAN},
		{1e6, 3e6, 2e6, 4e6},
		{-2e-8, 1e-8, 0, 5e-9},
		{1e-300, 1e300, 1, 2},
	};
	for (int i = 0; i < COUNT_OF(cases); i++)
		for (int n = 0; n <= 4; n++) {
			sj_line_series series = {.name = "",
			                         .x = i % 2 ? cases[0 + 1] : NULL,
			                         .y = cases[i],
			                         .n = n,
			                         .markers = true};
			if (sj_plot_lines(path, 1, &series, NULL) != SJ_OK)
				fail_msg("case %d, %d points: %s", i, n, sj_error_message());
			if (sj_plot_lines(path, 1, &series, LINES(.lowest = 1e-9, .highest = 2e-9)) != SJ_OK)
				fail_msg("case %d, %d points: %s", i, n, sj_error_message());
			bool positive = true;
			for (int k = 0; k < n; k++)
				positive = positive && !(cases[i][k] <= 0);
			if (positive)
				assert_int_equal(sj_plot_lines(path, 1, &series, LINES(.log_y = true)), SJ_OK);
			assert_whole(path, 1000, 600);
		}
}

static void expect_error(sj_status status, sj_status code, const char *function, const char *named, int files)
{
	assert_int_equal(status, code);
	assert_int_equal(sj_error_code(), code);
	assert_ptr_equal(strstr(sj_error_message(), function), sj_error_message());
	if (strstr(sj_error_message(), named) == NULL)
		fail_msg("'%s' does not name %s", sj_error_message(), named);
	sj_error_clear();
	assert_int_equal(count_files(false), files);
}

static void wrong_heat_maps(void **state)
{
	(void)state;
	const char *path = in_folder("map.png"), *cut = "\xe6\x97", *const bad[3] = {"", "ok", "\x01"};
	double with_nan[6] = {1, 2, 3, 4, NAN, 6}, with_infinity[6] = {1, 2, -INFINITY, 4, 5, 6};
	const struct {
		const char *path;
		int64_t rows, columns;
		const double *values;
		sj_heat_map_options options;
		const char *named;
	} cases[] = {
		{NULL, 2, 3, values, *HEAT_MAP(0), "path is NULL"},
		{"", 2, 3, values, *HEAT_MAP(0), "path is empty"},
		{path, 0, 3, values, *HEAT_MAP(0), "rows is 0"},
		{path, -1, 3, values, *HEAT_MAP(0), "rows is -1"},
		{path, 2, 4097, values, *HEAT_MAP(0), "columns is 4097"},
		{path, INT64_MAX, INT64_MAX, values, *HEAT_MAP(0), "rows is 9223372036854775807"},
		{path, 2, 3, NULL, *HEAT_MAP(0), "values is NULL"},
		{path, 2, 3, with_nan, *HEAT_MAP(0), "values[1][1] is nan"},
		{path, 2, 3, with_infinity, *HEAT_MAP(0), "values[0][2] is -inf"},
		{path, 2, 3, values, {.size = 0}, "options->size is 0"},
		{path, 2, 3, values, *HEAT_MAP(.title = cut), "title is not UTF-8"},
		{path, 2, 3, values, *HEAT_MAP(.title = "a\nb"), "title is more than one line"},
		{path, 2, 3, values, *HEAT_MAP(.x_title = "\xed\xa0\x80"), "x_title is not UTF-8"},
		{path, 2, 3, values, *HEAT_MAP(.y_title = "\xc0\xaf"), "y_title is not UTF-8"},
		{path, 2, 3, values, *HEAT_MAP(.column_labels = bad), "column_labels[2] is not printable"},
		{path, 3, 2, values, *HEAT_MAP(.row_labels = bad), "row_labels[2] is not printable"},
		{path, 2, 3, values, *HEAT_MAP(.decimals = -1), "decimals is -1"},
		{path, 2, 3, values, *HEAT_MAP(.decimals = 16), "decimals is 16"},
		{path, 2, 3, values, *HEAT_MAP(.colours = (sj_colour_map)7), "colours is 7"},
		{path, 2, 3, values, *HEAT_MAP(.lowest = 2, .highest = 1), "lowest is 2"},
		{path, 2, 3, values, *HEAT_MAP(.lowest = NAN, .highest = 1), "lowest is nan"},
		{path, 2, 3, values, *HEAT_MAP(.width = -5), "width is -5"},
		{path, 2, 3, values, *HEAT_MAP(.height = 100000), "height is 100000"},
		{path, 2, 3, values, *HEAT_MAP(.scale = -1), "scale is -1"},
		{path, 2, 3, values, *HEAT_MAP(.scale = NAN), "scale is nan"},
		{path, 2, 3, values, *HEAT_MAP(.width = 10000, .scale = 10), "100000 x 8000 pixels"},
	};
	for (int i = 0; i < COUNT_OF(cases); i++)
		expect_error(sj_plot_heat_map(cases[i].path, cases[i].rows, cases[i].columns, cases[i].values,
		                              &cases[i].options),
		             SJ_INVALID_ARGUMENT, "sj_plot_heat_map: ", cases[i].named, 0);
}

static void wrong_image_grids(void **state)
{
	(void)state;
	const char *path = in_folder("grid.png"), *const bad[2] = {"a\nb", "a\nb\nc"};
	static float pixels[2 * 3 * 4] = {[17] = 255};
	const float nan[2] = {0, NAN};
	const struct {
		int64_t n, height, width, channels;
		const float *pixels;
		sj_image_grid_options options;
		const char *named;
	} cases[] = {
		{0, 3, 4, 1, pixels, *GRID(0), "n is 0"},
		{INT64_MAX, 3, 4, 1, pixels, *GRID(0), "n is 9223372036854775807"},
		{1, 0, 4, 1, pixels, *GRID(0), "height is 0"},
		{1, 3, -4, 1, pixels, *GRID(0), "width is -4"},
		{1, 3, 4, 2, pixels, *GRID(0), "channels is 2"},
		{1, 3, 4, 1, NULL, *GRID(0), "pixels is NULL"},
		{2, 3, 4, 1, pixels, *GRID(0), "image 1, row 1, column 1 is 255"},
		{1, 1, 2, 1, nan, *GRID(0), "image 0, row 0, column 1 is nan"},
		{1, 1, 2, 1, nan, *GRID(.highest = 1), "column 1 is nan"},
		{1, 3, 4, 1, pixels, *GRID(.columns = -1), "columns is -1"},
		{1, 3, 4, 1, pixels, *GRID(.image_size = 5000), "image_size is 5000"},
		{1, 3, 4, 1, pixels, *GRID(.highlight = 0xff000000), "highlight is 4278190080"},
		{1, 3, 4, 1, pixels, *GRID(.lowest = 1), "lowest is 1"},
		{1, 3, 4, 1, pixels, *GRID(.scale = 11), "scale is 11"},
		{2, 1, 1, 1, pixels, *GRID(.captions = bad), "captions[1] is more than two lines"},
		{1, 3, 4, 1, pixels, *GRID(.title = "\t"), "title is not printable"},
		{1, 3, 4, 1, pixels, {.size = 4}, "options->size is 4"},
		{6, 1, 2, 1, pixels, *GRID(.image_size = 4000, .columns = 6), "24100 x 2040 pixels"},
	};
	for (int i = 0; i < COUNT_OF(cases); i++)
		expect_error(sj_plot_image_grid(path, cases[i].n, cases[i].height, cases[i].width, cases[i].channels,
		                                cases[i].pixels, &cases[i].options),
		             SJ_INVALID_ARGUMENT, "sj_plot_image_grid: ", cases[i].named, 0);
	expect_error(sj_plot_image_grid_bytes(path, 1, 1, 1, 1, NULL, NULL), SJ_INVALID_ARGUMENT,
	             "sj_plot_image_grid_bytes: ", "pixels is NULL", 0);
}

static void wrong_lines(void **state)
{
	(void)state;
	const char *path = in_folder("lines.png");
	const double y[3] = {1, 0, 3}, bad[3] = {1, NAN, INFINITY};
	const struct {
		int n_series;
		sj_line_series series;
		sj_lines_options options;
		const char *named;
	} cases[] = {
		{0, {.y = y, .n = 3}, *LINES(0), "n_series is 0"},
		{101, {.y = y, .n = 3}, *LINES(0), "n_series is 101"},
		{1, {.y = NULL, .n = 3}, *LINES(0), "series[0].y is NULL"},
		{1, {.y = y, .n = -1}, *LINES(0), "n of a series is -1"},
		{1, {.y = y, .n = INT64_MAX}, *LINES(0), "n of a series is 9223372036854775807"},
		{1, {.y = bad, .n = 3}, *LINES(0), "series[0].y[2] is inf"},
		{1, {.x = bad, .y = y, .n = 3}, *LINES(0), "series[0].x[1] is nan"},
		{1, {.y = y, .n = 3}, *LINES(.log_y = true), "series[0].y[1] is 0"},
		{1, {.y = y, .n = 3, .colour = 0x1000000}, *LINES(0), "colour of a series is 16777216"},
		{1, {.y = y, .n = 3, .name = "\xff"}, *LINES(0), "series name[0] is not UTF-8"},
		{1, {.y = y, .n = 1}, *LINES(.log_y = true, .highest = 1), "lowest is 0 with log_y"},
		{1, {.y = y, .n = 3}, *LINES(.lowest = 1, .highest = INFINITY), "highest inf"},
		{1, {.y = y, .n = 3}, *LINES(.width = 1), "width is 1"},
		{1, {.y = y, .n = 3}, {.size = 0}, "options->size is 0"},
	};
	for (int i = 0; i < COUNT_OF(cases); i++)
		expect_error(sj_plot_lines(path, cases[i].n_series, &cases[i].series, &cases[i].options),
		             SJ_INVALID_ARGUMENT, "sj_plot_lines: ", cases[i].named, 0);
	expect_error(sj_plot_lines(path, 1, NULL, NULL), SJ_INVALID_ARGUMENT, "sj_plot_lines: ", "series is NULL", 0);
}

static sj_status plot_to(const char *path) { return sj_plot_heat_map(path, 2, 3, values, HEAT_MAP(.width = 300)); }

static void unwritable_places(void **state)
{
	(void)state;
	char name[600];
	expect_error(plot_to(in_folder("none/map.png")), SJ_NOT_FOUND, "sj_plot_heat_map: ", "none/map.png", 0);
	expect_error(plot_to(folder), SJ_FAILED_PRECONDITION, "sj_plot_heat_map: ", folder, 0);
	expect_error(plot_to("/dev/null"), SJ_FAILED_PRECONDITION, "sj_plot_heat_map: ", "/dev/null", 0);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	expect_error(plot_to(name), SJ_INVALID_ARGUMENT, "sj_plot_heat_map: ", "xxx", 0);
}

/* The largest file allowed is smaller than the picture, so that a write in the middle fails. */
static void a_full_disk_leaves_the_earlier_file(void **state)
{
	(void)state;
	char before[8] = "earlier", after[8] = "";
	const char *path = in_folder("map.png");
	int fd = open(path, O_WRONLY | O_CREAT, 0640);
	assert_int_equal(write(fd, before, sizeof(before)), sizeof(before));
	close(fd);
	struct rlimit old, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){1000, old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	sj_status status = plot_to(path);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	expect_error(status, SJ_RESOURCE_EXHAUSTED, "sj_plot_heat_map: ", path, 1);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, after, sizeof(after)), sizeof(after));
	close(fd);
	assert_string_equal(after, before);
	struct stat found;
	assert_int_equal(plot_to(path), SJ_OK); /* and with room it is replaced, with the permissions it had */
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0640);
	assert_int_equal(count_files(false), 1);
}

static void links_are_followed(void **state)
{
	(void)state;
	char target[100], link[100];
	struct stat found;
	strcpy(target, in_folder("target.png"));
	strcpy(link, in_folder("link.png"));
	assert_int_equal(plot_to(target), SJ_OK);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(plot_to(link), SJ_OK);
	assert_int_equal(lstat(link, &found), 0);
	assert_true(S_ISLNK(found.st_mode));
	assert_int_equal(count_files(false), 2);
}

static void nothing_is_written_while_an_error_sticks(void **state)
{
	(void)state;
	sj_error_set(SJ_OUT_OF_RANGE, "earlier");
	assert_int_equal(plot_to(in_folder("map.png")), SJ_OUT_OF_RANGE);
	assert_string_equal(sj_error_message(), "earlier");
	assert_int_equal(count_files(false), 0);
}

static void the_same_bytes_every_time(void **state)
{
	(void)state;
	char first[100];
	strcpy(first, in_folder("first.png"));
	assert_int_equal(plot_to(first), SJ_OK);
	assert_int_equal(plot_to(in_folder("second.png")), SJ_OK);
	picture a = read_picture(first), b = read_picture(in_folder("second.png"));
	assert_memory_equal(a.pixels, b.pixels, (size_t)a.width * (size_t)a.height * 3);
	free(a.pixels);
	free(b.pixels);
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		double value;
		int decimals;
		const char *expected;
	} cases[] = {
		{0, 0, "0"},          {-0.0, 2, "0.00"},          {-0.001, 2, "0.00"},
		{-0.006, 2, "−0.01"}, {1234.5678, 3, "1234.568"}, {-5, 0, "−5"},
	};
	for (int i = 0; i < COUNT_OF(cases); i++) {
		char text[SJ__NUMBER_BYTES];
		sj__number_format(text, cases[i].value, cases[i].decimals);
		assert_string_equal(text, cases[i].expected);
	}
}

static void numbers_ignore_the_locale(void **state)
{
	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL)
		skip();
	numbers(state);
	setlocale(LC_NUMERIC, "C");
}

static void expect_ticks(const sj__ticks *ticks, const char *expected)
{
	char all[SJ__TICKS_MOST * 33] = "";
	for (int i = 0; i < ticks->count; i++) {
		strcat(all, i > 0 ? " " : "");
		strcat(all, ticks->label[i]);
	}
	assert_string_equal(all, expected);
}

static void tick_labels(void **state)
{
	(void)state;
	static const struct {
		double lowest, highest;
		int wanted;
		bool whole;
		const char *expected;
	} cases[] = {
		{0, 1, 5, false, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{-1, 1, 8, false, "−1.00 −0.75 −0.50 −0.25 0.00 0.25 0.50 0.75 1.00"},
		{0, 4, 8, true, "0 1 2 3 4"},
		{0.2, 29.5, 6, true, "5 10 15 20 25"},
		{0, 5e6, 5, false, "0 1e6 2e6 3e6 4e6 5e6"},
		{2.4e6, 2.6e6, 4, false, "2.4e6 2.45e6 2.5e6 2.55e6 2.6e6"},
		{0, 4e-6, 4, false, "0 1e−6 2e−6 3e−6 4e−6"},
		{900, 1100, 4, false, "900 950 1000 1050 1100"},
	};
	sj__ticks ticks;
	for (int i = 0; i < COUNT_OF(cases); i++) {
		sj__ticks_linear(&ticks, cases[i].lowest, cases[i].highest, cases[i].wanted, cases[i].whole);
		expect_ticks(&ticks, cases[i].expected);
	}
	sj__ticks_logarithmic(&ticks, -5, 2.2, 8);
	expect_ticks(&ticks, "10⁻⁵ 10⁻⁴ 0.001 0.01 0.1 1 10 100");
	sj__ticks_logarithmic(&ticks, -0.5, 0.6, 8);
	expect_ticks(&ticks, "0.5 1 2");
	sj__ticks_logarithmic(&ticks, -20, 20, 5);
	expect_ticks(&ticks, "10⁻¹⁶ 10⁻⁸ 1 10⁸ 10¹⁶");
	sj__ticks_logarithmic(&ticks, log10(0.25), log10(0.4), 3);
	expect_ticks(&ticks, "0.25 0.30 0.35 0.40");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(heat_maps, clear, clear),
		cmocka_unit_test_setup_teardown(heat_map_colours, clear, clear),
		cmocka_unit_test_setup_teardown(colour_maps_are_even, clear, clear),
		cmocka_unit_test_setup_teardown(extreme_heat_maps, clear, clear),
		cmocka_unit_test_setup_teardown(image_grids, clear, clear),
		cmocka_unit_test_setup_teardown(large_images_are_shrunk, clear, clear),
		cmocka_unit_test_setup_teardown(lines, clear, clear),
		cmocka_unit_test_setup_teardown(extreme_lines, clear, clear),
		cmocka_unit_test_setup_teardown(wrong_heat_maps, clear, clear),
		cmocka_unit_test_setup_teardown(wrong_image_grids, clear, clear),
		cmocka_unit_test_setup_teardown(wrong_lines, clear, clear),
		cmocka_unit_test_setup_teardown(unwritable_places, clear, clear),
		cmocka_unit_test_setup_teardown(a_full_disk_leaves_the_earlier_file, clear, clear),
		cmocka_unit_test_setup_teardown(links_are_followed, clear, clear),
		cmocka_unit_test_setup_teardown(nothing_is_written_while_an_error_sticks, clear, clear),
		cmocka_unit_test_setup_teardown(the_same_bytes_every_time, clear, clear),
		cmocka_unit_test_setup_teardown(numbers, clear, clear),
		cmocka_unit_test_setup_teardown(numbers_ignore_the_locale, clear, clear),
		cmocka_unit_test_setup_teardown(tick_labels, clear, clear),
	};
	return cmocka_run_group_tests_name("plot", tests, make_folder, remove_folder);
}

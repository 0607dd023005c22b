/*
 * A cairo picture with text in any script for which the machine has a font: each piece of a text is set in the
 * first family of a list that has its characters, since one font seldom has both Latin letters and kanji.
 */
#include "plot/plot_parts.h"

#include <math.h>
#include <string.h>

enum { LONGEST_SIDE = 16384, MOST_PIXELS = 100000000 };

const sj__colour sj__ink = {0.15, 0.15, 0.18}, sj__soft_ink = {0.33, 0.33, 0.37}, sj__rule = {0.88, 0.88, 0.91};

sj__colour sj__colour_of(uint32_t rgb)
{
	return (sj__colour){(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0};
}

static sj_status cairo_failure(const sj__canvas *c, cairo_status_t status)
{
	const char *text = cairo_status_to_string(status);
	if (status == CAIRO_STATUS_NO_MEMORY)
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "%s: no memory for a picture of %.0f x %.0f", c->function,
		                    c->width, c->height);
	if (status == CAIRO_STATUS_INVALID_STRING)
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: a text is not valid UTF-8: convert it", c->function);
	return sj_error_set(SJ_INTERNAL, "%s: cairo failed: %s", c->function, text);
}

static sj_status check_pixels(const char *function, double width, double height)
{
	if (width >= 1 && height >= 1 && width <= LONGEST_SIDE && height <= LONGEST_SIDE &&
	    width * height <= MOST_PIXELS)
		return SJ_OK;
	return sj_error_set(SJ_INVALID_ARGUMENT,
	                    "%s: the picture would have %.0f x %.0f pixels: expected at most %d a side and %d in all: "
	                    "make it smaller, or its texts shorter",
	                    function, width, height, LONGEST_SIDE, MOST_PIXELS);
}

/* Widths that are proportional to the size, and grey edges: the same on a screen of any kind. */
static void set_font_options(cairo_t *cairo)
{
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_set_font_options(cairo, options);
	cairo_font_options_destroy(options);
}

sj_status sj__canvas_begin(sj__canvas *canvas, const char *function, double width, double height, double scale)
{
	scale = scale == 0 ? 1 : scale;
	*canvas = (sj__canvas){.function = function, .width = width, .height = height};
	double pixel_width = ceil(width * scale), pixel_height = ceil(height * scale);
	sj_status status = check_pixels(function, pixel_width, pixel_height);
	if (status != SJ_OK)
		return status;
	canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)pixel_width, (int)pixel_height);
	canvas->cairo = cairo_create(canvas->surface);
	if (cairo_status(canvas->cairo) != CAIRO_STATUS_SUCCESS)
		return cairo_failure(canvas, cairo_status(canvas->cairo));
	cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
	cairo_paint(canvas->cairo);
	cairo_scale(canvas->cairo, scale, scale);
	set_font_options(canvas->cairo);
	return SJ_OK;
}

sj_status sj__canvas_save(sj__canvas *canvas, const char *path)
{
	if (cairo_status(canvas->cairo) != CAIRO_STATUS_SUCCESS)
		return cairo_failure(canvas, cairo_status(canvas->cairo));
	cairo_surface_flush(canvas->surface);
	return sj__png_write(canvas->function, canvas->surface, path);
}

void sj__canvas_release(sj__canvas *canvas)
{
	if (canvas->cairo != NULL)
		cairo_destroy(canvas->cairo);
	if (canvas->surface != NULL)
		cairo_surface_destroy(canvas->surface);
	*canvas = (sj__canvas){0};
}

static size_t character_bytes(const char *text)
{
	size_t n = 1;
	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Whether the font that is set now has the character; index 0 is the box that fonts draw for what they lack. */
static bool font_has(cairo_t *cairo, const char *character, size_t bytes)
{
	cairo_glyph_t space[4], *glyphs = space;
	int count = 4;
	cairo_scaled_font_t *font = cairo_get_scaled_font(cairo);
	if (cairo_scaled_font_text_to_glyphs(font, 0, 0, character, (int)bytes, &glyphs, &count, NULL, NULL, NULL) !=
	    CAIRO_STATUS_SUCCESS)
		return false;
	bool has = count > 0 && glyphs[0].index != 0;
	if (glyphs != space)
		cairo_glyph_free(glyphs);
	return has;
}

/* Families in the order of trying; one that is not installed becomes the machine's own choice. */
static const char *const families[] = {
	"DejaVu Sans",   "sans-serif",        "Noto Sans CJK JP",
	"Noto Sans JP",  "IPAexGothic",       "IPAPGothic",
	"IPAGothic",     "TakaoPGothic",      "VL PGothic",
	"Hiragino Sans", "Yu Gothic",         "Meiryo",
	"MS PGothic",    "WenQuanYi Zen Hei", "Droid Sans Fallback",
	"Noto Sans",     "Noto Sans Symbols", "Noto Sans Symbols2",
	"Symbola",       "FreeSans",
};
enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

static void set_family(cairo_t *cairo, int family)
{
	cairo_select_font_face(cairo, families[family], CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

/* The first family with the character, the first of all if none has it; it is left set. */
static int family_for(cairo_t *cairo, const char *character, size_t bytes)
{
	for (int i = 0; i < FAMILIES; i++) {
		set_family(cairo, i);
		if (font_has(cairo, character, bytes))
			return i;
	}
	set_family(cairo, 0);
	return 0;
}

/* Copies the longest beginning of the text that one family sets, and leaves that family set; returns its bytes. */
static size_t next_piece(cairo_t *cairo, const char *text, char *piece, size_t capacity)
{
	size_t bytes = character_bytes(text), used = 0;
	int family = family_for(cairo, text, bytes);
	while (text[used] != '\0') {
		bytes = character_bytes(text + used);
		bool ascii = (unsigned char)text[used] < 0x80;
		if (used + bytes >= capacity ||
		    (used > 0 && !(ascii && family == 0) && !font_has(cairo, text + used, bytes)))
			break;
		if (used > 0 && family > 0 && ascii && text[used] != ' ')
			break; /* letters go back to the first family */
		memcpy(piece + used, text + used, bytes);
		used += bytes;
	}
	piece[used] = '\0';
	return used;
}

/* Goes through the pieces; draws them from the current point on if told to. Returns the width. */
static double walk_text(cairo_t *cairo, const char *text, double size, bool draws)
{
	char piece[512];
	double width = 0;
	cairo_set_font_size(cairo, size);
	while (*text != '\0') {
		cairo_text_extents_t extents;
		text += next_piece(cairo, text, piece, sizeof(piece));
		cairo_text_extents(cairo, piece, &extents);
		if (draws) {
			cairo_move_to(cairo, width, 0);
			cairo_show_text(cairo, piece);
		}
		width += extents.x_advance;
	}
	return width;
}

double sj__canvas_text_width(sj__canvas *canvas, const char *text, double size)
{
	return text != NULL ? walk_text(canvas->cairo, text, size, false) : 0;
}

void sj__canvas_text(sj__canvas *canvas, double x, double y, const char *text, sj__text_style style)
{
	const double half_capital = 0.36; /* of the size, in most sans-serif fonts */
	cairo_t *cairo = canvas->cairo;
	if (text == NULL || *text == '\0')
		return;
	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	if (style.upwards)
		cairo_rotate(cairo, -acos(-1) / 2);
	double before = style.align == 0 ? 0 : style.align * walk_text(cairo, text, style.size, false);
	cairo_translate(cairo, -before, half_capital * style.size);
	cairo_set_source_rgb(cairo, style.colour.red, style.colour.green, style.colour.blue);
	walk_text(cairo, text, style.size, true);
	cairo_restore(cairo);
}

void sj__canvas_line(sj__canvas *canvas, double x0, double y0, double x1, double y1, sj__colour colour)
{
	cairo_t *cairo = canvas->cairo;
	cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
	cairo_set_line_width(cairo, 1);
	cairo_move_to(cairo, floor(x0) + 0.5, floor(y0) + 0.5);
	cairo_line_to(cairo, floor(x1) + 0.5, floor(y1) + 0.5);
	cairo_stroke(cairo);
}

void sj__canvas_box(sj__canvas *canvas, double x, double y, double width, double height, sj__colour colour)
{
	cairo_set_source_rgb(canvas->cairo, colour.red, colour.green, colour.blue);
	cairo_rectangle(canvas->cairo, x, y, width, height);
	cairo_fill(canvas->cairo);
}

void sj__canvas_titles(sj__canvas *canvas, sj__box box, const char *title, const char *x_title, const char *y_title)
{
	sj__text_style large = {.size = SJ__TITLE_SIZE, .colour = sj__ink, .align = 0.5};
	sj__text_style plain = {.size = SJ__LABEL_SIZE + 1, .colour = sj__ink, .align = 0.5};
	sj__canvas_text(canvas, box.x + box.width / 2, box.y - 22, title, large);
	sj__canvas_text(canvas, box.x + box.width / 2, canvas->height - 20, x_title, plain);
	plain.upwards = true;
	sj__canvas_text(canvas, 20, box.y + box.height / 2, y_title, plain);
}

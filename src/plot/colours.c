/*
 * Colour maps and the colours of lines. A map is a path through CIELAB under D65 (CIE 15:2004) whose lightness grows
 * evenly, with a and b drawn smoothly through a few points; so equal steps of a value look equally large.
 */
#include "plot/plot_parts.h"

#include <math.h>

enum { PATH_POINTS = 6 };

typedef struct colour_path {
	double darkest, lightest; /* CIELAB's L */
	double ab[PATH_POINTS][2];
} colour_path;

static const colour_path paths[] = {
	[SJ_COLOUR_MAP_EMBER] = {4, 94, {{6, -12}, {30, -19}, {56, -3}, {64, 38}, {30, 36}, {3, 9}}},
	[SJ_COLOUR_MAP_LAGOON] = {16, 91, {{40, -34}, {19, -39}, {-16, -19}, {-43, 9}, {-49, 54}, {-10, 85}}},
	[SJ_COLOUR_MAP_GREY] = {0, 100, {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}},
};

/* The smooth curve through the points (Catmull and Rom, 1974) at t from 0 to 1. */
static double path_at(const colour_path *path, int axis, double t)
{
	double at = t * (PATH_POINTS - 1);
	int i = (int)fmin(at, PATH_POINTS - 2);
	double u = at - i;
	double p1 = path->ab[i][axis], p2 = path->ab[i + 1][axis];
	double p0 = i > 0 ? path->ab[i - 1][axis] : 2 * p1 - p2;
	double p3 = i + 2 < PATH_POINTS ? path->ab[i + 2][axis] : 2 * p2 - p1;
	return 0.5 * (2 * p1 + u * (p2 - p0 + u * (2 * p0 - 5 * p1 + 4 * p2 - p3 + u * (3 * (p1 - p2) + p3 - p0))));
}

static double lab_inverse(double f)
{
	return f > 6.0 / 29 ? f * f * f : (f - 16.0 / 116) * 3 * (6.0 / 29) * (6.0 / 29);
}

/* sRGB's curve (IEC 61966-2-1), cut to 0 to 1. */
static double srgb_of_linear(double v)
{
	double s = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
	return fmin(1, fmax(0, s));
}

static double linear_of_srgb(double s) { return s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4); }

static sj__colour colour_of_lab(double l, double a, double b)
{
	double fy = (l + 16) / 116;
	double x = 0.95047 * lab_inverse(fy + a / 500), y = lab_inverse(fy), z = 1.08883 * lab_inverse(fy - b / 200);
	return (sj__colour){
		srgb_of_linear(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
		srgb_of_linear(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
		srgb_of_linear(0.0556434 * x - 0.2040259 * y + 1.0572252 * z),
	};
}

sj__colour sj__colour_map_at(sj_colour_map map, double t)
{
	const colour_path *path = &paths[map];
	t = fmin(1, fmax(0, t));
	return colour_of_lab(path->darkest + t * (path->lightest - path->darkest), path_at(path, 0, t),
	                     path_at(path, 1, t));
}

double sj__colour_luminance(sj__colour c)
{
	return 0.2126 * linear_of_srgb(c.red) + 0.7152 * linear_of_srgb(c.green) + 0.0722 * linear_of_srgb(c.blue);
}

sj__colour sj__colour_of_series(int index)
{
	static const uint32_t colours[] = {0x3b6fb6, 0xe0823d, 0x4fa36b, 0xc8505a, 0x7f6bb5,
	                                   0x94775f, 0xd985be, 0x7f858d, 0xbda74a, 0x4fa9c4};
	return sj__colour_of(colours[index % (int)(sizeof(colours) / sizeof(colours[0]))]);
}

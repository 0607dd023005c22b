/*
 * Pooling loops for one dtype. Before including: `element` is the type, FUNCTION(name) makes the functions' names, and
 * POOL_AVERAGE is defined for floats. Channels run innermost, so that the compiler makes vectors of them.
 */

typedef element FUNCTION(vector) __attribute__((vector_size(POOL_BYTES)));
typedef __typeof__((FUNCTION(vector)){0} > (FUNCTION(vector)){0}) FUNCTION(mask);

#ifdef POOL_AVERAGE
static SJ_ALWAYS_INLINE bool FUNCTION(above)(element x, element best)
{
	return (x > best) | ((x != x) & (best == best));
}
#else
static SJ_ALWAYS_INLINE bool FUNCTION(above)(element x, element best) { return x > best; }
#endif

/* Of two vectors of channels, x's elements where they are above. */
static SJ_ALWAYS_INLINE FUNCTION(mask) FUNCTION(mask_above)(FUNCTION(vector) x, FUNCTION(vector) best)
{
#ifdef POOL_AVERAGE
	return ~(x <= best) & (best == best);
#else
	return x > best;
#endif
}

static SJ_ALWAYS_INLINE FUNCTION(vector)
	FUNCTION(choose)(FUNCTION(mask) mask, FUNCTION(vector) yes, FUNCTION(vector) no)
{
	return (FUNCTION(vector))(((FUNCTION(mask))yes & mask) | ((FUNCTION(mask))no & ~mask));
}

static SJ_ALWAYS_INLINE FUNCTION(vector) FUNCTION(larger)(FUNCTION(vector) x, FUNCTION(vector) best)
{
	return FUNCTION(choose)(FUNCTION(mask_above)(x, best), x, best);
}

static SJ_ALWAYS_INLINE FUNCTION(vector) FUNCTION(load)(const element *p)
{
	FUNCTION(vector) v;
	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static SJ_ALWAYS_INLINE void FUNCTION(store)(element *p, FUNCTION(vector) v) { __builtin_memcpy(p, &v, sizeof(v)); }

/* The first channel of the vector after the one at c: the last vector begins early rather than go beyond n. */
#define NEXT_VECTOR(c, n, lanes) ((c) + (lanes) < (n) && (c) + 2 * (lanes) > (n) ? (n) - (lanes) : (c) + (lanes))

/* The maxima of whole vectors of channels; x is the window's first pixel, of rows x columns, a row `below` apart. */
static SJ_NOINLINE void FUNCTION(max_vectors)(int64_t n, int64_t rows, int64_t columns, int64_t right, int64_t below,
                                              const element *x, element *y)
{
	enum { LANES = POOL_BYTES / (int)sizeof(element) };
	if (rows == 2 && columns == 2) {
		for (int64_t c = 0; c < n; c = NEXT_VECTOR(c, n, LANES)) {
			const element *from = x + c;
			FUNCTION(vector) top = FUNCTION(larger)(FUNCTION(load)(from + right), FUNCTION(load)(from));
			FUNCTION(vector)
			bottom = FUNCTION(larger)(FUNCTION(load)(from + below + right), FUNCTION(load)(from + below));
			FUNCTION(store)(y + c, FUNCTION(larger)(bottom, top));
		}
		return;
	}
	for (int64_t c = 0; c < n; c = NEXT_VECTOR(c, n, LANES)) {
		FUNCTION(vector) best = FUNCTION(load)(x + c);
		for (int64_t h = 0; h < rows; h++)
			for (int64_t w = 0; w < columns; w++)
				best = FUNCTION(larger)(FUNCTION(load)(x + c + h * below + w * right), best);
		FUNCTION(store)(y + c, best);
	}
}

static void FUNCTION(max)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x_, void *y_)
{
	const element *x = x_;
	int64_t n = c1 - c0, below = g->in_w * g->channels;
	for (int64_t oh = 0; oh < g->out_h && !sj__cancelled(); oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			int64_t rows = s.h1 - s.h0, columns = s.w1 - s.w0;
			const element *first = x + (s.h0 * g->in_w + s.w0) * g->channels + c0;
			element *y = (element *)y_ + (oh * g->out_w + ow) * g->channels + c0;
			if (n * (int64_t)sizeof(element) >= POOL_BYTES) {
				FUNCTION(max_vectors)(n, rows, columns, g->channels, below, first, y);
				continue;
			}
			for (int64_t c = 0; c < n; c++) {
				element best = first[c];
				for (int64_t h = 0; h < rows; h++)
					for (int64_t w = 0; w < columns; w++) {
						element z = first[c + h * below + w * g->channels];
						best = FUNCTION(above)(z, best) ? z : best;
					}
				y[c] = best;
			}
		}
}

/* places[c]: the pixel of the window, counted from 0, that holds channel c's maximum. */
static SJ_ALWAYS_INLINE void FUNCTION(find)(const sj__pool_geometry *g, pool_span s, const element *x, int64_t n,
                                            int32_t *restrict places)
{
	element best[SJ__POOL_CHANNELS];
	int32_t place = 0;
	for (int64_t c = 0; c < n; c++) {
		best[c] = x[(s.h0 * g->in_w + s.w0) * g->channels + c];
		places[c] = 0;
	}
	for (int64_t h = s.h0; h < s.h1; h++)
		for (int64_t w = s.w0; w < s.w1; w++, place++) {
			const element *from = x + (h * g->in_w + w) * g->channels;
			for (int64_t c = 0; c < n; c++) {
				bool more = FUNCTION(above)(from[c], best[c]);
				best[c] = more ? from[c] : best[c];
				places[c] = more ? place : places[c];
			}
		}
}

static void FUNCTION(max_places)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, int64_t *result)
{
	int32_t places[SJ__POOL_CHANNELS];
	for (int64_t oh = 0; oh < g->out_h && !sj__cancelled(); oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			FUNCTION(find)(g, s, (const element *)x + c0, c1 - c0, places);
			for (int64_t c = c0; c < c1; c++) {
				int64_t h = s.h0 + places[c - c0] / (s.w1 - s.w0),
					w = s.w0 + places[c - c0] % (s.w1 - s.w0);
				result[(oh * g->out_w + ow) * g->channels + c] = (h * g->in_w + w) * g->channels + c;
			}
		}
}

/* The common case: whole windows of 2 x 2, none of which overlap, so that each element of dx is written once. */
static SJ_NOINLINE void FUNCTION(max_grad_four)(int64_t n, int64_t right, int64_t below, const element *x,
                                                const element *dy, element *dx)
{
	enum { LANES = POOL_BYTES / (int)sizeof(element) };
	for (int64_t c = 0; c < n; c = NEXT_VECTOR(c, n, LANES)) {
		FUNCTION(vector) best = FUNCTION(load)(x + c), zero = {0}, d = FUNCTION(load)(dy + c);
		FUNCTION(vector) other = FUNCTION(load)(x + c + right);
		FUNCTION(mask) second = FUNCTION(mask_above)(other, best);
		best = FUNCTION(choose)(second, other, best);
		other = FUNCTION(load)(x + c + below);
		FUNCTION(mask) third = FUNCTION(mask_above)(other, best);
		best = FUNCTION(choose)(third, other, best);
		FUNCTION(mask) fourth = FUNCTION(mask_above)(FUNCTION(load)(x + c + below + right), best);
		FUNCTION(store)(dx + c, FUNCTION(choose)(second | third | fourth, zero, d));
		FUNCTION(store)(dx + c + right, FUNCTION(choose)(second & ~third & ~fourth, d, zero));
		FUNCTION(store)(dx + c + below, FUNCTION(choose)(third & ~fourth, d, zero));
		FUNCTION(store)(dx + c + below + right, FUNCTION(choose)(fourth, d, zero));
	}
}

static void FUNCTION(max_grad)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, const void *dy_,
                               void *dx)
{
	int32_t places[SJ__POOL_CHANNELS];
	int64_t n = c1 - c0;
	bool apart = g->stride_h >= g->window_h && g->stride_w >= g->window_w;
	for (int64_t oh = 0; oh < g->out_h && !sj__cancelled(); oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			const element *dy = (const element *)dy_ + (oh * g->out_w + ow) * g->channels + c0;
			int32_t place = 0;
			if (apart && n * (int64_t)sizeof(element) >= POOL_BYTES && s.h1 - s.h0 == 2 &&
			    s.w1 - s.w0 == 2) {
				int64_t offset = (s.h0 * g->in_w + s.w0) * g->channels + c0;
				FUNCTION(max_grad_four)
				(n, g->channels, g->in_w * g->channels, (const element *)x + offset, dy,
				 (element *)dx + offset);
				continue;
			}
			FUNCTION(find)(g, s, (const element *)x + c0, n, places);
			for (int64_t h = s.h0; h < s.h1; h++)
				for (int64_t w = s.w0; w < s.w1; w++, place++) {
					element *restrict to = (element *)dx + (h * g->in_w + w) * g->channels + c0;
					for (int64_t c = 0; c < n; c++)
						to[c] = (element)(to[c] + (places[c] == place ? dy[c] : 0));
				}
		}
}

static void FUNCTION(max_take)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, const void *d,
                               void *y_)
{
	int32_t places[SJ__POOL_CHANNELS];
	int64_t n = c1 - c0;
	for (int64_t oh = 0; oh < g->out_h && !sj__cancelled(); oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			element *restrict y = (element *)y_ + (oh * g->out_w + ow) * g->channels + c0;
			int32_t place = 0;
			FUNCTION(find)(g, s, (const element *)x + c0, n, places);
			for (int64_t h = s.h0; h < s.h1; h++)
				for (int64_t w = s.w0; w < s.w1; w++, place++) {
					const element *from = (const element *)d + (h * g->in_w + w) * g->channels + c0;
					for (int64_t c = 0; c < n; c++)
						y[c] = places[c] == place ? from[c] : y[c];
				}
		}
}

#ifdef POOL_AVERAGE

static SJ_NOINLINE void FUNCTION(sums)(int64_t n, int64_t rows, int64_t columns, int64_t right, int64_t below,
                                       const element *x, double *restrict sums)
{
	for (int64_t c = 0; c < n; c++)
		sums[c] = 0;
	for (int64_t h = 0; h < rows; h++)
		for (int64_t w = 0; w < columns; w++) {
			const element *from = x + h * below + w * right;
			for (int64_t c = 0; c < n; c++)
				sums[c] += from[c];
		}
}

/* sums[c] times the inverse, or divided by the count where that would round otherwise. */
static SJ_ALWAYS_INLINE void FUNCTION(quotients)(int64_t n, const double *sums, int64_t count, element *restrict y)
{
	double inverse = 1 / (double)count;
	if (sizeof(element) < sizeof(double) || (count & (count - 1)) == 0)
		for (int64_t c = 0; c < n; c++)
			y[c] = (element)(sums[c] * inverse);
	else
		for (int64_t c = 0; c < n; c++)
			y[c] = (element)(sums[c] / (double)count);
}

static void FUNCTION(average)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, void *y)
{
	double sums[SJ__POOL_CHANNELS];
	int64_t n = c1 - c0, right = g->channels, below = g->in_w * g->channels;
	for (int64_t oh = 0; oh < g->out_h && !sj__cancelled(); oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			int64_t rows = s.h1 - s.h0, columns = s.w1 - s.w0;
			const element *first = (const element *)x + s.h0 * below + s.w0 * right + c0;
			element *to = (element *)y + (oh * g->out_w + ow) * g->channels + c0;
			if (rows == 2 && columns == 2)
				for (int64_t c = 0; c < n; c++)
					sums[c] = (((double)first[c] + first[c + right]) + first[c + below]) +
					          first[c + below + right];
			else
				FUNCTION(sums)(n, rows, columns, right, below, first, sums);
			FUNCTION(quotients)(n, sums, rows * columns, to);
		}
}

static void FUNCTION(average_grad)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *dy_, void *dx)
{
	int64_t n = c1 - c0;
	for (int64_t oh = 0; oh < g->out_h && !sj__cancelled(); oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			const element *dy = (const element *)dy_ + (oh * g->out_w + ow) * g->channels + c0;
			element count = (element)((s.h1 - s.h0) * (s.w1 - s.w0));
			for (int64_t h = s.h0; h < s.h1; h++)
				for (int64_t w = s.w0; w < s.w1; w++) {
					element *restrict to = (element *)dx + (h * g->in_w + w) * g->channels + c0;
					for (int64_t c = 0; c < n; c++)
						to[c] += dy[c] / count;
				}
		}
}

#endif

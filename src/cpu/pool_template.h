/*
 * Pooling loops for one dtype. Before including: `element` is the type, FUNCTION(name) makes the functions' names, and
 * POOL_AVERAGE is defined for floats. Channels run innermost, so that the compiler makes vectors of them.
 */

#ifdef POOL_AVERAGE
static SJ_ALWAYS_INLINE bool FUNCTION(above)(element x, element best)
{
	return (x > best) | ((x != x) & (best == best));
}
#else
static SJ_ALWAYS_INLINE bool FUNCTION(above)(element x, element best) { return x > best; }
#endif

static void FUNCTION(max)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x_, void *y_)
{
	const element *x = x_;
	int64_t n = c1 - c0;
	for (int64_t oh = 0; oh < g->out_h; oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			const element *first = x + (s.h0 * g->in_w + s.w0) * g->channels + c0;
			element *restrict y = (element *)y_ + (oh * g->out_w + ow) * g->channels + c0;
			if (s.h1 - s.h0 == 2 && s.w1 - s.w0 == 2) {
				const element *right = first + g->channels, *below = first + g->in_w * g->channels,
					      *last = below + g->channels;
				for (int64_t c = 0; c < n; c++) {
					element top = FUNCTION(above)(right[c], first[c]) ? right[c] : first[c];
					element bottom = FUNCTION(above)(last[c], below[c]) ? last[c] : below[c];
					y[c] = FUNCTION(above)(bottom, top) ? bottom : top;
				}
				continue;
			}
			for (int64_t c = 0; c < n; c++)
				y[c] = first[c];
			for (int64_t h = s.h0; h < s.h1; h++)
				for (int64_t w = s.w0; w < s.w1; w++) {
					const element *from = x + (h * g->in_w + w) * g->channels + c0;
					for (int64_t c = 0; c < n; c++)
						y[c] = FUNCTION(above)(from[c], y[c]) ? from[c] : y[c];
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
	for (int64_t oh = 0; oh < g->out_h; oh++)
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
static SJ_ALWAYS_INLINE void FUNCTION(max_grad_four)(int64_t n, int64_t right, int64_t below, const element *restrict x,
                                                     const element *restrict dy, element *restrict dx)
{
	for (int64_t c = 0; c < n; c++) {
		element best = x[c], d = dy[c];
		bool second = FUNCTION(above)(x[c + right], best);
		best = second ? x[c + right] : best;
		bool third = FUNCTION(above)(x[c + below], best);
		best = third ? x[c + below] : best;
		bool fourth = FUNCTION(above)(x[c + below + right], best);
		dx[c] = (second | third | fourth) ? 0 : d;
		dx[c + right] = (second & !third & !fourth) ? d : 0;
		dx[c + below] = (third & !fourth) ? d : 0;
		dx[c + below + right] = fourth ? d : 0;
	}
}

static void FUNCTION(max_grad)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, const void *dy_,
                               void *dx)
{
	int32_t places[SJ__POOL_CHANNELS];
	int64_t n = c1 - c0;
	bool apart = g->stride_h >= g->window_h && g->stride_w >= g->window_w;
	for (int64_t oh = 0; oh < g->out_h; oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			const element *dy = (const element *)dy_ + (oh * g->out_w + ow) * g->channels + c0;
			int32_t place = 0;
			if (apart && s.h1 - s.h0 == 2 && s.w1 - s.w0 == 2) {
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
	for (int64_t oh = 0; oh < g->out_h; oh++)
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

static void FUNCTION(average)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *x, void *y_)
{
	double sums[SJ__POOL_CHANNELS];
	int64_t n = c1 - c0;
	for (int64_t oh = 0; oh < g->out_h; oh++)
		for (int64_t ow = 0; ow < g->out_w; ow++) {
			pool_span s = span_of(g, oh, ow);
			element *restrict y = (element *)y_ + (oh * g->out_w + ow) * g->channels + c0;
			double count = (double)((s.h1 - s.h0) * (s.w1 - s.w0));
			for (int64_t c = 0; c < n; c++)
				sums[c] = 0;
			for (int64_t h = s.h0; h < s.h1; h++)
				for (int64_t w = s.w0; w < s.w1; w++) {
					const element *from = (const element *)x + (h * g->in_w + w) * g->channels + c0;
					for (int64_t c = 0; c < n; c++)
						sums[c] += from[c];
				}
			for (int64_t c = 0; c < n; c++)
				y[c] = (element)(sums[c] / count);
		}
}

static void FUNCTION(average_grad)(const sj__pool_geometry *g, int64_t c0, int64_t c1, const void *dy_, void *dx)
{
	int64_t n = c1 - c0;
	for (int64_t oh = 0; oh < g->out_h; oh++)
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

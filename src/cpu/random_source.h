/* The stream of one output of a draw that takes as many numbers as it needs: groups, given out as uniforms. */
#ifndef SOKUJI_CPU_RANDOM_SOURCE_H
#define SOKUJI_CPU_RANDOM_SOURCE_H

#include "cpu/random_loops.h"

typedef struct sj__random_source {
	sj__philox stream;
	double uniforms[2], normals[2];
	int n_uniforms, n_normals;
} sj__random_source;

static inline void sj__random_source_words(sj__random_source *s, uint32_t words[4])
{
	sj__philox_group(s->stream, words);
	s->stream = sj__philox_skip(s->stream, 1);
}

/* A number of [0, 1). A group gives two, the last first. */
static inline double sj__random_source_uniform(sj__random_source *s)
{
	uint32_t words[4];
	if (s->n_uniforms == 0) {
		sj__random_source_words(s, words);
		s->uniforms[0] = sj__unit_double(words[0], words[1]);
		s->uniforms[1] = sj__unit_double(words[2], words[3]);
		s->n_uniforms = 2;
	}
	return s->uniforms[--s->n_uniforms];
}

#endif

/* What the layers of this folder share. */
#ifndef SOKUJI_TRAIN_LAYER_PARTS_H
#define SOKUJI_TRAIN_LAYER_PARTS_H

#include <sokuji/layers.h>

typedef struct sj_layer_list {
	sj_tensor **items;
	int count, capacity;
} sj_layer_list;

enum { SJ__LAYER_PATH_BYTES = 256 };

/* The layer's first call builds it, so that calling does not build first. */
void sj__layer_builds_by_call(sj_layer *layer);

/* Says that `inner` is number `place` of `outer`, which outlives it. */
void sj__layer_place(sj_layer *inner, const sj_layer *outer, int place);

/* The outer layer shows the n inner ones' variables too: all of them, or none when memory runs out. */
sj_status sj__layer_adopt(sj_layer *outer, int n, sj_layer *const *inner);

/* A variable named by its layer's place and `name`; a reference of the caller's own. */
sj_tensor *sj__layer_variable(const sj_layer *layer, sj_tensor *start, const char *name, bool trainable);

/* A float32 variable of the layer, drawn by `initializer`, or by `otherwise` when that is the default. */
sj_tensor *sj__layer_weight(sj_layer *layer, const char *name, sj_initializer initializer, sj_initializer otherwise,
                            sj_ints shape, bool trainable);

sj_status sj__layer_rank_check(const char *who, sj_ints shape, int lowest, int highest);

/* NULL and a sticky error: a count below 1. */
sj_layer *sj__layer_refused(const char *who, const char *what, int64_t value);

#endif

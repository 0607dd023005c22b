/* Kernels of moving blocks of space into depth or batch, and back: strided copies. */
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array_slice.h"
#include "ops_numbers.h"

/*
 * `space` is (n, h, w, c) or (n, c, h, w), seen with each of h and w as (blocks, in the block); `depth` has the places in the
 * block in front of the channels.
 */
static void depth_move(const sj_tensor *space, int64_t block, bool channels_last, bool to_depth, char *to,
                       const char *from)
{
	const int64_t *d = sj__dims(space);
	int64_t n = d[0], c = channels_last ? d[3] : d[1], h = channels_last ? d[1] : d[2],
		w = channels_last ? d[2] : d[3];
	int64_t hb = h / block, wb = w / block;
	int64_t dims[6] = {n, hb, wb, block, block, c}, in_space[6], in_depth[6];
	int64_t pixel = channels_last ? c : 1, plane = channels_last ? 1 : h * w; /* strides of a step in w and in c */
	int64_t space_strides[6] = {h * w * c, block * w * pixel, block * pixel, w * pixel, pixel, plane};
	int64_t deep = block * block * c, deep_pixel = channels_last ? deep : 1,
		deep_plane = channels_last ? 1 : hb * wb;
	int64_t depth_strides[6] = {hb * wb * deep,         wb * deep_pixel, deep_pixel,
	                            block * c * deep_plane, c * deep_plane,  deep_plane};
	static const int last_order[6] = {0, 1, 2, 3, 4, 5}, first_order[6] = {0, 3, 4, 5, 1, 2};
	int64_t ordered[6];
	for (int i = 0; i < 6; i++) {
		int at = channels_last ? last_order[i] : first_order[i];
		ordered[i] = dims[at];
		in_space[i] = space_strides[at];
		in_depth[i] = depth_strides[at];
	}
	sj__strided_copy((sj_dtype)space->dtype, 6, ordered, to, to_depth ? in_depth : in_space, from,
	                 to_depth ? in_space : in_depth);
}

sj_status sj__kernel_space_to_depth(sj__call *call)
{
	const sj_space_to_depth_args *args = call->args;
	depth_move(call->inputs[0], args->block_size, args->data_format == SJ_DATA_FORMAT_NHWC, true,
	           call->outputs[0]->data, call->inputs[0]->data);
	return SJ_OK;
}

sj_status sj__kernel_depth_to_space(sj__call *call)
{
	const sj_depth_to_space_args *args = call->args;
	depth_move(call->outputs[0], args->block_size, args->data_format == SJ_DATA_FORMAT_NHWC, false,
	           call->outputs[0]->data, call->inputs[0]->data);
	return SJ_OK;
}

/* ---- batches ---- */

typedef struct batch_move {
	const sj__blocks *blocks;
	const sj_tensor *space, *batch; /* the two tensors; the padding or crop is of the space */
	bool to_batch;
	char *to;
	const char *from;
	int64_t space_strides[SJ_MAX_RANK], batch_strides[SJ_MAX_RANK];
} batch_move;

/* All elements that lie at place `at` of their block: those of one batch of the result. */
static void place_move(const batch_move *m, int64_t number, const int64_t *at)
{
	int64_t dims[SJ_MAX_RANK], in_space[SJ_MAX_RANK], n = sj__dims(m->space)[0],
							  size = (int64_t)sj_dtype_size((sj_dtype)m->space->dtype);
	int64_t space_offset = 0, batch_offset = number * n * m->batch_strides[0];
	int rank = m->space->shape.rank;
	for (int i = 0; i < rank; i++) {
		dims[i] = sj__dims(m->space)[i];
		in_space[i] = m->space_strides[i];
		if (i == 0 || i > m->blocks->n)
			continue;
		int64_t block = m->blocks->block[i - 1], before = m->blocks->pairs.before[i - 1],
			blocks = sj__dims(m->batch)[i];
		int64_t first = at[i - 1] >= before
		                        ? 0
		                        : (before - at[i - 1] + block - 1) / block; /* the first block inside */
		int64_t place = first * block + at[i - 1] - before;
		dims[i] = place < dims[i] ? sj__min_i64(blocks - first, (dims[i] - place + block - 1) / block) : 0;
		if (dims[i] <= 0)
			return;
		space_offset += place * in_space[i];
		batch_offset += first * m->batch_strides[i];
		in_space[i] *= block;
	}
	const int64_t *to_strides = m->to_batch ? m->batch_strides : in_space,
		      *from_strides = m->to_batch ? in_space : m->batch_strides;
	int64_t to_offset = m->to_batch ? batch_offset : space_offset,
		from_offset = m->to_batch ? space_offset : batch_offset;
	sj__strided_copy((sj_dtype)m->space->dtype, rank, dims, m->to + to_offset * size, to_strides,
	                 m->from + from_offset * size, from_strides);
}

static sj_status batches_move(sj__call *call, bool to_batch)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	sj__blocks blocks;
	int64_t at[SJ_MAX_RANK] = {0};
	sj_status status = sj__blocks_read(call, &blocks);
	if (status != SJ_OK || y->shape.size == 0)
		return status;
	batch_move m = {.blocks = &blocks,
	                .space = to_batch ? x : y,
	                .batch = to_batch ? y : x,
	                .to_batch = to_batch,
	                .to = y->data,
	                .from = x->data};
	sj__dense_strides(x->shape.rank, sj__dims(m.space), m.space_strides);
	sj__dense_strides(x->shape.rank, sj__dims(m.batch), m.batch_strides);
	if (to_batch && y->dtype != SJ_STRING) /* what the padding becomes */
		sj__tensor_clear(y);
	for (int64_t number = 0; number < blocks.product; number++) {
		place_move(&m, number, at);
		for (int i = blocks.n - 1; i >= 0 && ++at[i] == blocks.block[i]; i--)
			at[i] = 0;
	}
	return SJ_OK;
}

sj_status sj__kernel_space_to_batch(sj__call *call) { return batches_move(call, true); }
sj_status sj__kernel_batch_to_space(sj__call *call) { return batches_move(call, false); }

/* Shape rules of moving blocks of space into depth or batch, and back. */
#include "ops/array.h"
#include "ops/array_slice.h"
#include "ops/rules.h"
#include "ops_numbers.h"

static sj_status depth_check(const sj__call *call, int64_t *ret_block, bool *ret_channels_last)
{
	const sj_space_to_depth_args *args = call->args; /* DepthToSpace's is alike */
	const sj_tensor *x = call->inputs[0];
	*ret_block = args->block_size;
	*ret_channels_last = args->data_format == SJ_DATA_FORMAT_NHWC;
	if (args->block_size < 2 || args->block_size > INT32_MAX)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "block_size is %lld; it must be at least 2",
		                     (long long)args->block_size);
	if (args->data_format != SJ_DATA_FORMAT_NHWC && args->data_format != SJ_DATA_FORMAT_NCHW)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "data_format %d is neither NHWC nor NCHW",
		                     (int)args->data_format);
	if (x->shape.rank >= 0 && x->shape.rank != 4)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has shape %s; its rank must be 4",
		                     sj__shape_text(x));
	return SJ_OK;
}

/* dim / by, which must be exact. */
static sj_status divided(const sj__call *call, int i, int64_t by, int64_t *dim)
{
	if (*dim == SJ__UNKNOWN)
		return SJ_OK;
	if (*dim % by != 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dimension %d of shape %s is not divided by %lld", i,
		                     sj__shape_text(call->inputs[0]), (long long)by);
	*dim /= by;
	return SJ_OK;
}

static sj_status multiplied(const sj__call *call, int i, int64_t by, int64_t *dim)
{
	if (*dim == SJ__UNKNOWN || sj__multiply_fits(*dim, by, dim))
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "dimension %d of shape %s times %lld overflows", i,
	                     sj__shape_text(call->inputs[0]), (long long)by);
}

static sj_status depth_rule(sj__call *call, bool to_depth)
{
	const sj_tensor *x = call->inputs[0];
	int64_t block, dims[4];
	bool last;
	sj_status status = depth_check(call, &block, &last);
	if (status != SJ_OK)
		return status;
	if (x->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	memcpy(dims, sj__dims(x), sizeof(dims));
	int channels = last ? 3 : 1, height = last ? 1 : 2;
	for (int i = height; i < height + 2 && status == SJ_OK; i++)
		status = to_depth ? divided(call, i, block, &dims[i]) : multiplied(call, i, block, &dims[i]);
	if (status == SJ_OK)
		status = to_depth ? multiplied(call, channels, block * block, &dims[channels])
		                  : divided(call, channels, block * block, &dims[channels]);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)x->dtype, 4, dims) : status;
}

sj_status sj__rule_space_to_depth(sj__call *call) { return depth_rule(call, true); }
sj_status sj__rule_depth_to_space(sj__call *call) { return depth_rule(call, false); }

/* ---- batches ---- */

sj_status sj__blocks_read(const sj__call *call, sj__blocks *b)
{
	const sj_tensor *shape = call->inputs[1];
	int64_t n;
	if (shape->shape.rank >= 0 && shape->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "block_shape has shape %s; it must be a vector",
		                     sj__shape_text(shape));
	sj_status status = sj__call_ints(call, 1, b->block, &n);
	b->known = n >= 0;
	b->n = (int)(n >= 0 ? n : shape->shape.rank == 1 ? shape->shape.size : -1);
	b->product = 1;
	for (int i = 0; status == SJ_OK && b->known && i < b->n; i++) {
		if (b->block[i] < 1)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "block_shape[%d] is %lld; it must be >= 1", i,
			                     (long long)b->block[i]);
		if (!sj__multiply_fits(b->product, b->block[i], &b->product))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the product of block_shape overflows");
	}
	if (status == SJ_OK)
		status = sj__call_pairs(call, 2, b->n, &b->pairs);
	if (status == SJ_OK && b->n < 0)
		b->n = b->pairs.n;
	b->known = b->known && b->pairs.known;
	if (status == SJ_OK && call->inputs[0]->shape.rank >= 0 && call->inputs[0]->shape.rank < b->n + 1)
		status = sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"the input has shape %s; it must have more dimensions than block_shape has entries, %d",
			sj__shape_text(call->inputs[0]), b->n);
	return status;
}

static sj_status batch_dim(const sj__call *call, const sj__blocks *b, int i, bool to_batch, int64_t *dim)
{
	int64_t before = b->pairs.before[i - 1], after = b->pairs.after[i - 1], block = b->block[i - 1];
	if (*dim == SJ__UNKNOWN)
		return SJ_OK;
	if (to_batch) {
		if (!sj__add_fits(*dim, before, dim) || !sj__add_fits(*dim, after, dim))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "paddings[%d] is too great: size overflow",
			                     i - 1);
		if (*dim % block != 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "dimension %d, padded to %lld, is not divided by the block's %lld", i,
			                     (long long)*dim, (long long)block);
		*dim /= block;
		return SJ_OK;
	}
	sj_status status = multiplied(call, i, block, dim);
	if (status != SJ_OK)
		return status;
	if (before > *dim || after > *dim - before)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "crops[%d] is (%lld, %lld), more than the %lld that there are", i - 1,
		                     (long long)before, (long long)after, (long long)*dim);
	*dim -= before + after;
	return SJ_OK;
}

static sj_status batch_rule(sj__call *call, bool to_batch)
{
	const sj_tensor *x = call->inputs[0];
	sj__blocks b;
	int64_t dims[SJ_MAX_RANK];
	sj_status status = sj__blocks_read(call, &b);
	if (status != SJ_OK)
		return status;
	if (x->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	for (int i = 0; i < x->shape.rank; i++) {
		dims[i] = !b.known && (b.n < 0 || i <= b.n) ? SJ__UNKNOWN : sj__dims(x)[i];
		if (b.known && i > 0 && i <= b.n)
			status = batch_dim(call, &b, i, to_batch, &dims[i]);
		if (status != SJ_OK)
			return status;
	}
	if (b.known)
		status = to_batch ? multiplied(call, 0, b.product, &dims[0]) : divided(call, 0, b.product, &dims[0]);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)x->dtype, x->shape.rank, dims) : status;
}

sj_status sj__rule_space_to_batch(sj__call *call) { return batch_rule(call, true); }
sj_status sj__rule_batch_to_space(sj__call *call) { return batch_rule(call, false); }

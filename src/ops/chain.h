/*
 * A chain of elementwise operations over tensors of one size, run block by block: what one link computes for another stays in a buffer of the
 * thread's and never reaches memory. The loops are those that the operations' kernels run, so the bits are theirs.
 */
#ifndef SOKUJI_OPS_CHAIN_H
#define SOKUJI_OPS_CHAIN_H

#include "ops/op.h"

enum { SJ__CHAIN_BUFFERS = 4 };

enum sj__chain_operand {
	SJ__CHAIN_NONE,
	SJ__CHAIN_WHOLE,  /* as many elements as the result */
	SJ__CHAIN_SCALAR, /* one element */
	SJ__CHAIN_ROW     /* the last dimensions, repeated */
};

typedef struct sj__chain_link {
	const sj_op *op;
	void (*loop)(void);
	const sj_tensor *x, *y, *z;
	enum sj__chain_operand how_x, how_y;
	int8_t buffer_x, buffer_y, buffer_z; /* where the values lie; -1: in the tensor's bytes */
	uint8_t size_in, size_out;           /* of an element */
} sj__chain_link;

typedef struct sj__chain {
	int n_links;
	int64_t n, block, row; /* elements: of each result, of a block, of a row (0: none) */
	sj__chain_link links[];
} sj__chain;

/* The prepared call as a link, its values in the tensors' bytes; false where it is none. *row: 0, or of the links so far. */
bool sj__chain_link_make(const sj__call *call, int64_t *row, sj__chain_link *ret_link);
/* Says how large blocks are; false where a row is too long for them. */
bool sj__chain_settle(sj__chain *chain);
/* Runs all links; skips the rest once the operation is cancelled. */
void sj__chain_run(const sj__chain *chain);

#endif

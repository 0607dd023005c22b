/* The table of float32 matrix products, named by the instruction set that this file is compiled for. */
#define SJ_REAL_BITS 32
#include "cpu/gemm_tiles.h"

#if defined(__AVX512F__)
#define TABLE sj__gemm_f32_avx512
#elif defined(__AVX2__)
#define TABLE sj__gemm_f32_avx2
#else
#define TABLE sj__gemm_f32_plain
#endif

const sj__gemm_kernels TABLE = {
	.element = sizeof(real),
	.lanes = LANES,
	.most_vectors = MOST_VECTORS,
	.rows_of = rows_of,
	.rows = DIRECT_ROWS,
	.columns = TILE_COLUMNS,
	.direct = direct,
	.few = few,
	.two_by_two = two_by_two,
	.tiny = tiny,
	.pack_a = pack_a,
	.pack_b = pack_b,
	.block = block,
	.lines = lines,
	.interleave = interleave,
	.spread = spread,
	.collect = collect,
	.copy_pieces = copy_pieces,
};

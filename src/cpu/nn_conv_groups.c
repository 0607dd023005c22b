/* Convolutions in groups: each group's columns are copied out, convolved, and copied back. */
#include "cpu/nn_conv_groups.h"

#include "base/memory.h"
#include "base/threads.h"

static size_t part_bytes(const sj__conv_matrix_view *m, int64_t n_groups, size_t size)
{
	return (size_t)(m->rows * (m->columns / n_groups)) * size;
}

static void columns_take(const sj__conv_matrix_view *m, int64_t group, int64_t n_groups, size_t size, char *to)
{
	size_t run = (size_t)(m->columns / n_groups) * size, row = (size_t)m->columns * size;
	const char *from = (const char *)m->data + (size_t)group * run;
	for (int64_t i = 0; i < m->rows && sj__loop_goes(i); i++)
		memcpy(to + (size_t)i * run, from + (size_t)i * row, run);
}

static void columns_put(const sj__conv_matrix_view *m, int64_t group, int64_t n_groups, size_t size, const char *from)
{
	size_t run = (size_t)(m->columns / n_groups) * size, row = (size_t)m->columns * size;
	char *to = (char *)m->data + (size_t)group * run;
	for (int64_t i = 0; i < m->rows && sj__loop_goes(i); i++)
		memcpy(to + (size_t)i * row, from + (size_t)i * run, run);
}

sj_status sj__conv_in_groups(const sj__call *call, const sj__conv_geometry *g, int64_t n_groups, sj__conv_step *step,
                             sj__conv_matrix_view a, sj__conv_matrix_view b, sj__conv_matrix_view result)
{
	if (n_groups == 1)
		return step(call, g, a.data, b.data, result.data);
	size_t size = sj_dtype_size((sj_dtype)call->outputs[0]->dtype);
	size_t n_a = part_bytes(&a, n_groups, size), n_b = part_bytes(&b, n_groups, size);
	sj__conv_geometry part = *g;
	part.in_c /= n_groups;
	part.out_c /= n_groups;
	char *parts_a = sj__memory_new(n_a), *parts_b = sj__memory_new(n_b);
	char *parts_result = sj__memory_new(part_bytes(&result, n_groups, size));
	sj_status status = parts_a && parts_b && parts_result ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	for (int64_t group = 0; status == SJ_OK && group < n_groups; group++) {
		columns_take(&a, group, n_groups, size, parts_a);
		columns_take(&b, group, n_groups, size, parts_b);
		status = step(call, &part, parts_a, parts_b, parts_result);
		columns_put(&result, group, n_groups, size, parts_result);
	}
	sj__memory_free(parts_a);
	sj__memory_free(parts_b);
	sj__memory_free(parts_result);
	return status;
}

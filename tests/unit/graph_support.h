/* What tests of graphs share: a run's status, a run that fetches one tensor, the comparison of two tensors' bits. */
#ifndef SOKUJI_TESTS_GRAPH_SUPPORT_H
#define SOKUJI_TESTS_GRAPH_SUPPORT_H

#include <sokuji.h>

static inline void is_ok(sj_status status)
{
	assert_string_equal(status == SJ_OK && sj_ok() ? "" : sj_error_message(), "");
}

/* Of the scope; feed may be NULL. */
static inline sj_tensor *run_one(sj_session *session, sj_tensor *feed, sj_tensor *value, sj_tensor *fetch)
{
	sj_tensor *result = NULL;
	is_ok(sj_session_run(session, feed != NULL, &feed, &value, 1, &fetch, 0, NULL, &result));
	return sj_scope_own(result);
}

static inline void same_bits(const sj_tensor *a, const sj_tensor *b)
{
	assert_int_equal(sj_tensor_dtype(a), sj_tensor_dtype(b));
	assert_int_equal(sj_tensor_bytes(a), sj_tensor_bytes(b));
	assert_memory_equal(sj_tensor_data(a), sj_tensor_data(b), sj_tensor_bytes(a));
}

#endif

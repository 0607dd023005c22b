/* Setup and teardown of a test that lets a scope own its tensors; no error sticks at its start. */
#ifndef SOKUJI_TESTS_SCOPE_FIXTURE_H
#define SOKUJI_TESTS_SCOPE_FIXTURE_H

#include <sokuji.h>

static int scope_open(void **state)
{
	static sj_scope scope;
	sj_error_clear();
	scope = sj_scope_begin();
	*state = &scope;
	return 0;
}

static int scope_close(void **state)
{
	sj_scope_end(*(sj_scope *)*state);
	return 0;
}

#endif

/* The ordinary tensor behind whatever handle was given. */
#include "tensor/concrete.h"

#include "sokuji/scope.h"
#include "tensor/local.h"
#include "tensor/slices.h"
#include "tensor/variable.h"

sj_status sj__concrete(const char *who, sj_tensor *t, sj_tensor **ret_tensor)
{
	sj__local_now();
	if (!sj__is_live(t))
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the tensor is %s", who,
		                t == NULL ? "NULL" : "not valid (released?)");
	if (sj__is_nil(t))
		return sj__fail(SJ_FAILED_PRECONDITION, "%s: the tensor is nil: an operation before failed", who);
	if (t->flags & SJ__FLAG_VARIABLE)
		return sj__variable_value(t, ret_tensor);
	if (t->flags & SJ__FLAG_SLICES)
		return sj__slices_dense(t, ret_tensor);
	if (t->data == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the tensor has no value yet: it is symbolic", who);
	*ret_tensor = sj__keep(t);
	return SJ_OK;
}

sj_tensor *sj__result(sj_status status, sj_tensor *t)
{
	if (status == SJ_OK)
		return sj_scope_own(t);
	sj__error_stick(status);
	return &sj__nil_tensor;
}

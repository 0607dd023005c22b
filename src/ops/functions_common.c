/* What functions written over the public operations share. */
#include "ops/functions.h"

#include <stdarg.h>
#include <stdio.h>

#include "tensor/tensor.h"

sj_tensor *sj__function_fail(const char *function, const char *format, ...)
{
	char text[896];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT, "%s: %s", function, text));
	return sj_nil();
}

bool sj__function_takes(const char *function, const char *name, const sj_tensor *t)
{
	if (sj_tensor_is_valid(t))
		return true;
	if (t == NULL || !sj__is_live(t))
		sj__function_fail(function, "%s is %s; give a tensor", name, t == NULL ? "NULL" : "not a valid tensor");
	return false;
}

const char *sj__shape_words(const sj_tensor *t) { return sj__shape_text(t); }

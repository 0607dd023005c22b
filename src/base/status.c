/*
 * The errors of a thread: the last failure of a core function, and the first one that the pleasant face made stick. The
 * codes are thread-local; the messages lie in the thread's record, and without one the code alone is kept.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/thread_state.h"

static SJ_THREAD_LOCAL int sticky_code;
static SJ_THREAD_LOCAL int last_code;

static const char *const names[] = {
	"OK",       "Cancelled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
	"NotFound", "AlreadyExists",   "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
	"Aborted",  "OutOfRange",      "Unimplemented",    "Internal",          "Unavailable",
	"DataLoss", "Unauthenticated",
};

const char *sj_status_name(sj_status status)
{
	unsigned i = (unsigned)status;
	return i < (unsigned)SJ_COUNT_OF(names) ? names[i] : "Unknown";
}

bool sj_ok(void) { return sticky_code == SJ_OK; }

sj_status sj_error_code(void) { return (sj_status)sticky_code; }

const char *sj_error_message(void)
{
	const sj__thread_state *state = sj__thread_state_now;
	if (sticky_code == SJ_OK && last_code == SJ_OK)
		return "";
	if (state == NULL)
		return "out of memory: the message could not be kept";
	return sticky_code != SJ_OK ? state->sticky_message : state->last_message;
}

void sj_error_clear(void)
{
	sj__thread_state *state = sj__thread_state_now;
	sticky_code = SJ_OK;
	last_code = SJ_OK;
	if (state == NULL)
		return;
	state->sticky_message[0] = 0;
	state->last_message[0] = 0;
}

/* A message cut in the middle of a UTF-8 character loses that character. */
static void cut_cleanly(char *message)
{
	size_t n = strlen(message);
	if (n + 1 < SJ__MESSAGE_SIZE)
		return;
	size_t start = n;
	while (start > 0 && n - start < 4 && (message[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)message[start - 1];
	size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
	if (length > 1 && n - (start - 1) < length)
		message[start - 1] = 0;
}

/* Formats aside first: the arguments may point into the old message. */
static void fail_list(sj_status code, const char *format, va_list arguments)
{
	char message[SJ__MESSAGE_SIZE];
	last_code = code;
	sj__thread_state *state = sj__thread_state_get();
	if (state == NULL)
		return;
	if (sj__format(message, sizeof message, format, arguments) < 0)
		snprintf(message, sizeof message, "%s", format);
	cut_cleanly(message);
	memcpy(state->last_message, message, sizeof message);
}

sj_status sj__fail(sj_status code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fail_list(code, format, arguments);
	va_end(arguments);
	return code;
}

sj_status sj__fail_within(sj_status code, const char *prefix)
{
	const sj__thread_state *state = sj__thread_state_get();
	return sj__fail(code, "%s: %s", prefix, state == NULL ? "" : state->last_message);
}

void sj__error_stick(sj_status code)
{
	if (code == SJ_OK || sticky_code != SJ_OK)
		return;
	sticky_code = code;
	sj__thread_state *state = sj__thread_state_get();
	if (state != NULL)
		memcpy(state->sticky_message, state->last_message, sizeof state->sticky_message);
}

sj_status sj_error_set(sj_status code, const char *format, ...)
{
	va_list arguments;
	if (code == SJ_OK)
		code = SJ_UNKNOWN;
	va_start(arguments, format);
	fail_list(code, format, arguments);
	va_end(arguments);
	sj__error_stick(code);
	return code;
}

sj_status sj__error_take(void)
{
	sj_status code = (sj_status)sticky_code;
	sj__thread_state *state = sj__thread_state_now;
	if (code == SJ_OK)
		return SJ_OK;
	sticky_code = SJ_OK;
	last_code = code;
	if (state != NULL)
		memcpy(state->last_message, state->sticky_message, sizeof state->last_message);
	return code;
}

void sj__error_frame_begin(sj__error_frame *frame)
{
	const sj__thread_state *state = sj__thread_state_now;
	frame->code = (sj_status)sticky_code;
	frame->message[0] = 0;
	if (frame->code != SJ_OK && state != NULL)
		memcpy(frame->message, state->sticky_message, sizeof frame->message);
	sticky_code = SJ_OK;
}

sj_status sj__error_frame_end(const sj__error_frame *frame)
{
	sj_status code = sj__error_take();
	sj__thread_state *state = sj__thread_state_now;
	sticky_code = frame->code;
	if (frame->code != SJ_OK && state != NULL)
		memcpy(state->sticky_message, frame->message, sizeof frame->message);
	return code;
}

/* How a function of the library fails: it writes a message into the thread's error and returns the code. */
#ifndef SOKUJI_BASE_STATUS_H
#define SOKUJI_BASE_STATUS_H

#include "sokuji/status.h"

/*
 * Records code and message as this thread's last failure (not yet sticky) and returns code. The message is cut at 1,023
 * bytes. Format: printf's. Never fails, never allocates.
 */
sj_status sj__fail(sj_status code, const char *format, ...) SJ_PRINTF_LIKE(2, 3) __attribute__((cold));

/* Puts `prefix` and ": " in front of the last failure's message ("Conv2D: …") and returns code. */
sj_status sj__fail_within(sj_status code, const char *prefix) __attribute__((cold));

/* Makes the last failure sticky if no error sticks yet. Called by the pleasant face only. */
void sj__error_stick(sj_status code) __attribute__((cold));

/* Unsticks the error that sticks (it stays as the last failure, with its message) and returns its code, or SJ_OK. */
sj_status sj__error_take(void);

/*
 * A callback's frame: begin sets the sticky error aside, so that the callback starts clean; end returns what stuck inside
 * (SJ_OK if nothing), leaves it as the last failure, and puts the outer error back.
 */
typedef struct sj__error_frame {
	sj_status code;
	char message[1024];
} sj__error_frame;

void sj__error_frame_begin(sj__error_frame *frame);
sj_status sj__error_frame_end(const sj__error_frame *frame);

#endif

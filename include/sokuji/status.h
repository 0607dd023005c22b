/*
 * Status codes and the sticky error of a thread.
 *
 * Core functions return an sj_status; its values are TensorFlow's codes. The pleasant face returns tensors: a failed
 * operation returns the nil tensor, and the first error of the thread sticks until it is cleared. A message names the
 * operation, what it was given, what it expected, and the mend. Nothing here prints, exits or aborts.
 * Independent of tensors and operations.
 */
#ifndef SOKUJI_STATUS_H
#define SOKUJI_STATUS_H

#include <stdbool.h>

#if defined(__GNUC__)
#define SJ_PUBLIC __attribute__((visibility("default")))
#define SJ_PRINTF_LIKE(format, first) __attribute__((__format__(__printf__, format, first)))
#else
#define SJ_PUBLIC
#define SJ_PRINTF_LIKE(format, first)
#endif

#ifdef __cplusplus
#define SJ_BEGIN_DECLARATIONS extern "C" {
#define SJ_END_DECLARATIONS }
#else
#define SJ_BEGIN_DECLARATIONS
#define SJ_END_DECLARATIONS
#endif

SJ_BEGIN_DECLARATIONS

/* TensorFlow's (and gRPC's) numbers. */
typedef enum sj_status {
	SJ_OK = 0,
	SJ_CANCELLED = 1,
	SJ_UNKNOWN = 2,
	SJ_INVALID_ARGUMENT = 3,
	SJ_DEADLINE_EXCEEDED = 4,
	SJ_NOT_FOUND = 5,
	SJ_ALREADY_EXISTS = 6,
	SJ_PERMISSION_DENIED = 7,
	SJ_RESOURCE_EXHAUSTED = 8,
	SJ_FAILED_PRECONDITION = 9,
	SJ_ABORTED = 10,
	SJ_OUT_OF_RANGE = 11,
	SJ_UNIMPLEMENTED = 12,
	SJ_INTERNAL = 13,
	SJ_UNAVAILABLE = 14,
	SJ_DATA_LOSS = 15,
	SJ_UNAUTHENTICATED = 16
} sj_status;

/* "InvalidArgument", "ResourceExhausted", ...; "Unknown" for any other number. */
SJ_PUBLIC const char *sj_status_name(sj_status status);

/* True while no error sticks to this thread. */
SJ_PUBLIC bool sj_ok(void);

/* The code of the error that sticks to this thread, or SJ_OK. */
SJ_PUBLIC sj_status sj_error_code(void);

/*
 * The message of the error that sticks to this thread or, when none does, of the last core function that failed on it.
 * Never NULL; "" when nothing failed yet. Valid until the next failure or sj_error_clear on this thread.
 */
SJ_PUBLIC const char *sj_error_message(void);

/* Forgets the sticky error and the last message of this thread. */
SJ_PUBLIC void sj_error_clear(void);

/* Makes an error of the caller's own stick (if none does yet) and returns its code; SJ_OK as code is taken as SJ_UNKNOWN. */
SJ_PUBLIC sj_status sj_error_set(sj_status code, const char *format, ...) SJ_PRINTF_LIKE(2, 3);

SJ_END_DECLARATIONS

#endif

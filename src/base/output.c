/*
 * The settable output. Function and context are changed together under a lock and copied before the call, so that an
 * output function may itself set the output. Failures to write are dropped: there is nowhere left to tell them.
 */
#include <sokuji/output.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OUTPUT_FD = 1, USUAL_COLUMNS = 80 };

typedef struct output {
	sj_output_function *function; /* NULL: OUTPUT_FD */
	void *context;
} output;

static pthread_mutex_t output_lock = PTHREAD_MUTEX_INITIALIZER;
static output current_output;

static output output_get(void)
{
	pthread_mutex_lock(&output_lock);
	output copy = current_output;
	pthread_mutex_unlock(&output_lock);
	return copy;
}

void sj_set_output(sj_output_function *f, void *context)
{
	pthread_mutex_lock(&output_lock);
	current_output = (output){f, context};
	pthread_mutex_unlock(&output_lock);
}

/* A pipe or terminal in non-blocking mode is full: waits until it takes more. */
static int wait_until_writable(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};
	int n = poll(&wanted, 1, -1);
	return n > 0 || (n < 0 && errno == EINTR);
}

static void write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		} else if (n == 0) {
			return;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!wait_until_writable(fd))
				return;
		} else if (errno != EINTR) {
			return;
		}
	}
}

void sj_output_write(const char *text, size_t length)
{
	if (text == NULL || length == 0)
		return;
	output o = output_get();
	if (o.function != NULL) {
		o.function(o.context, text, length);
		return;
	}
	int saved = errno;
	fflush(stdout); /* what the program printed before stays before */
	write_all(OUTPUT_FD, text, length);
	errno = saved;
}

static int terminal_columns(int fd)
{
	if (!isatty(fd))
		return 0;
	struct winsize window = {0};
	if (ioctl(fd, TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
		return USUAL_COLUMNS;
	return window.ws_col;
}

int sj_output_columns(void)
{
	if (output_get().function != NULL)
		return 0;
	int saved = errno;
	int columns = terminal_columns(OUTPUT_FD);
	errno = saved;
	return columns;
}

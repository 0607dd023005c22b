/*
 * Work that may take long: the interpreter is released for it, and Ctrl-C ends it. While it runs in the main thread, our handler of SIGINT asks the
 * library to stop and then calls the one that was there; what stops has changed nothing. When Python's handler does not raise, the work begins again.
 * While the work calls Python, the handler that was there is back, so that long work within it begins and ends like any other.
 * An element of a dataset that is stopped is lost, so it is stopped only where Ctrl-C raises KeyboardInterrupt; its Python functions run as ever.
 */
#include "core.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

static struct sigaction previous;
static volatile sig_atomic_t was_hit;
static bool is_armed; /* in the main thread, which alone is interrupted */

static void handler(int number, siginfo_t *info, void *context)
{
	was_hit = 1;
	sj_cancel();
	if (previous.sa_flags & SA_SIGINFO)
		previous.sa_sigaction(number, info, context);
	else
		previous.sa_handler(number);
}

/* Python runs its handlers in the main thread alone. */
static bool is_main_thread(void) { return gettid() == getpid(); }

static bool arm(void)
{
	struct sigaction now;
	if (!is_main_thread() || is_armed || sigaction(SIGINT, NULL, &now) != 0)
		return false;
	if (!(now.sa_flags & SA_SIGINFO) && (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN))
		return false;
	previous = now;
	struct sigaction ours = {.sa_sigaction = handler, .sa_flags = previous.sa_flags | SA_SIGINFO};
	sigemptyset(&ours.sa_mask);
	was_hit = 0;
	return is_armed = sigaction(SIGINT, &ours, NULL) == 0;
}

static bool disarm(void)
{
	sigaction(SIGINT, &previous, NULL);
	is_armed = false;
	if (was_hit)
		sj_cancel_clear();
	return was_hit;
}

/* Another thread's interruption stops this one's work too; it begins again when that is over. */
static bool shall_retry(int *tries)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	return ++*tries < 1000;
}

sj_status core_long(core_work *work, void *context, bool *ret_done)
{
	sj_status status;
	int tries = 0;
	for (;;) {
		bool armed = arm(), hit = false, again = false;
		Py_BEGIN_ALLOW_THREADS status = work(context);
		if (armed)
			hit = disarm();
		else if (status == SJ_CANCELLED)
			again = shall_retry(&tries);
		Py_END_ALLOW_THREADS *ret_done = status == SJ_OK;
		if (hit && (PyErr_Occurred() || PyErr_CheckSignals() < 0))
			return SJ_CANCELLED;
		if (!(hit && status == SJ_CANCELLED) && !again)
			return status;
	}
}

/* ---- elements of datasets ---- */

static bool raises_by_itself(void)
{
	static PyObject *ask, *number, *raises;
	if (ask == NULL) {
		PyObject *module = PyImport_ImportModule("_signal");
		raises = module ? PyObject_GetAttrString(module, "default_int_handler") : NULL;
		number = PyLong_FromLong(SIGINT);
		ask = module && raises && number ? PyObject_GetAttrString(module, "getsignal") : NULL;
		Py_XDECREF(module);
	}
	PyObject *now = ask ? PyObject_CallOneArg(ask, number) : NULL;
	if (now == NULL)
		PyErr_Clear();
	Py_XDECREF(now);
	return now != NULL && now == raises;
}

bool core_iteration_begin(void) { return is_main_thread() && raises_by_itself() && arm(); }

bool core_iteration_end(bool began) { return began && disarm(); }

core_callback core_callback_begin(void)
{
	core_callback callback = {PyGILState_Ensure(), is_main_thread() && is_armed, false};
	if (callback.was_armed)
		callback.was_hit = disarm();
	return callback;
}

void core_callback_end(core_callback callback)
{
	if (callback.was_armed) {
		arm();
		was_hit |= callback.was_hit;
	}
	PyGILState_Release(callback.state);
}

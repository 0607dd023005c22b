"""tf.train.Coordinator: threads that end together."""

import contextlib
import sys
import threading
import time

from sokuji._src.core import errors, logging


class Coordinator:
    """Threads ask should_stop(); an exception of one is raised where they are joined."""

    def __init__(self, clean_stop_exception_types=None):
        self._clean = (errors.OutOfRangeError,) if clean_stop_exception_types is None else tuple(clean_stop_exception_types)
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._raised, self._joined, self._threads = None, False, set()

    joined = property(lambda self: self._joined)

    def request_stop(self, ex=None):
        with self._lock:
            if self._joined:
                if isinstance(ex, tuple):
                    ex = ex[1]
                if ex is not None and not isinstance(ex, self._clean):
                    raise ex
                return
            if not self._stop.is_set():
                error = ex[1] if isinstance(ex, tuple) else ex
                if error is not None and not isinstance(error, self._clean):
                    logging.NAMES["info"]("Error reported to Coordinator: %s, %s", type(error), error)
                    self._raised = error
                self._stop.set()

    def clear_stop(self):
        with self._lock:
            self._joined, self._raised = False, None
            self._stop.clear()

    def should_stop(self):
        return self._stop.is_set()

    @contextlib.contextmanager
    def stop_on_exception(self):
        try:
            yield
        except:  # noqa: E722 (whatever a thread ends with is told where it is joined)
            self.request_stop(ex=sys.exc_info())

    def wait_for_stop(self, timeout=None):
        return self._stop.wait(timeout)

    def register_thread(self, thread):
        with self._lock:
            self._threads.add(thread)

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits for the threads, and raises what one of them reported."""
        with self._lock:
            threads = list(self._threads) if threads is None else list(self._threads.union(threads))
        while any(t.is_alive() for t in threads) and not self.wait_for_stop(1.0):
            pass
        end = time.monotonic() + stop_grace_period_secs
        while any(t.is_alive() for t in threads) and time.monotonic() < end:
            time.sleep(0.01)
        alive = [t.name for t in threads if t.is_alive()]
        with self._lock:
            self._joined = True
            self._threads = set()
            raised, self._raised = self._raised, None
        if raised is not None:
            raise raised
        if alive:
            if not ignore_live_threads:
                raise RuntimeError("Coordinator stopped with threads still running: %s" % " ".join(alive))
            logging.NAMES["info"]("Coordinator stopped with threads still running: %s", " ".join(alive))

    def raise_requested_exception(self):
        with self._lock:
            if self._raised is not None:
                raise self._raised


class LooperThread(threading.Thread):
    """Calls run_loop() again and again until the coordinator stops."""

    def __init__(self, coord, timer_interval_secs, target=None, args=None, kwargs=None):
        if not isinstance(coord, Coordinator):
            raise ValueError("'coord' argument must be a Coordinator: %s" % coord)
        super().__init__(daemon=True)
        self._coord, self._interval = coord, timer_interval_secs
        self._what = (target, args or (), kwargs or {}) if target else None
        if not target and (args or kwargs):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        coord.register_thread(self)

    @staticmethod
    def loop(coord, timer_interval_secs, target, args=None, kwargs=None):
        made = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        made.start()
        return made

    def run(self):
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._interval is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                next_time = time.time()
                while not self._coord.wait_for_stop(max(0.0, next_time - time.time())):
                    next_time += self._interval
                    self.run_loop()
            self.stop_loop()

    def start_loop(self):
        pass

    def stop_loop(self):
        pass

    def run_loop(self):
        if self._what:
            self._what[0](*self._what[1], **self._what[2])


NAMES = {"Coordinator": Coordinator}

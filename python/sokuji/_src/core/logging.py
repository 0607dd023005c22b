"""tf.logging: Python's logging under TensorFlow's names. Lines go to stderr as LEVEL:tensorflow:text."""

import collections
import logging as _logging
import sys

DEBUG, INFO, WARN, ERROR, FATAL = _logging.DEBUG, _logging.INFO, _logging.WARN, _logging.ERROR, _logging.FATAL
_counts = collections.Counter()


class _Stderr(_logging.StreamHandler):
    """Writes to what sys.stderr is at the time."""

    def __init__(self):
        _logging.Handler.__init__(self)

    stream = property(lambda self: sys.stderr, lambda self, value: None)


def _logger():
    found = _logging.getLogger("tensorflow")
    if not found.handlers and not _logging.getLogger().handlers:
        handler = _Stderr()
        handler.setFormatter(_logging.Formatter(_logging.BASIC_FORMAT, None))
        found.addHandler(handler)
    return found


def get_logger():
    """tf.get_logger: Python's logger that TensorFlow's messages go through."""
    return _logger()


def _writer(level):
    def write(msg, *args, **kwargs):
        """Logs msg % args at this level."""
        _logger().log(level, msg, *args, **kwargs)

    return write


debug, info, warning, error, fatal = (_writer(level) for level in (DEBUG, INFO, WARN, ERROR, FATAL))


def log(level, msg, *args, **kwargs):
    """Logs msg % args at the level."""
    _logger().log(level, msg, *args, **kwargs)


def vlog(level, msg, *args, **kwargs):
    """Logs at a level given as a number."""
    _logger().log(level, msg, *args, **kwargs)


def _caller():
    frame = sys._getframe(2)
    return frame.f_code, frame.f_lineno


def log_every_n(level, msg, n, *args):
    """Logs the first of n calls from the same line, and every n-th after it."""
    where = _caller()
    if _counts[where] % n == 0:
        log(level, msg, *args)
    _counts[where] += 1


def log_first_n(level, msg, n, *args):
    """Logs the first n times that it is called from one place."""
    where = _caller()
    if _counts[where] < n:
        log(level, msg, *args)
    _counts[where] += 1


def log_if(level, msg, condition, *args):
    """Logs when the condition holds."""
    if condition:
        log(level, msg, *args)


def TaskLevelStatusMessage(msg):
    """Logs a message as information."""
    error(msg)


def flush():
    """Writes out what was logged."""
    for handler in _logger().handlers:
        handler.flush()


def set_verbosity(v):
    """From now on messages below this level are not logged."""
    _logger().setLevel(v)


def get_verbosity():
    """The lowest level that is logged: DEBUG, INFO, WARN, ERROR or FATAL."""
    return _logger().getEffectiveLevel()


NAMES = {
    "DEBUG": DEBUG, "INFO": INFO, "WARN": WARN, "ERROR": ERROR, "FATAL": FATAL, "set_verbosity": set_verbosity, "get_verbosity": get_verbosity,
    "debug": debug, "info": info, "warn": warning, "warning": warning, "error": error, "fatal": fatal, "log": log, "vlog": vlog,
    "log_every_n": log_every_n, "log_first_n": log_first_n, "log_if": log_if, "flush": flush, "TaskLevelStatusMessage": TaskLevelStatusMessage,
}  # fmt: skip

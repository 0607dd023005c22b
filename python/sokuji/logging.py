"""tf.logging: Python's logging under TensorFlow's names."""

import logging as _logging

DEBUG, INFO, WARN, ERROR, FATAL = _logging.DEBUG, _logging.INFO, _logging.WARN, _logging.ERROR, _logging.FATAL
_logger = _logging.getLogger("tensorflow")


def set_verbosity(v):
    _logger.setLevel(v)


def get_verbosity():
    return _logger.getEffectiveLevel()


NAMES = {
    "DEBUG": DEBUG, "INFO": INFO, "WARN": WARN, "ERROR": ERROR, "FATAL": FATAL, "set_verbosity": set_verbosity, "get_verbosity": get_verbosity,
    "debug": _logger.debug, "info": _logger.info, "warn": _logger.warning, "warning": _logger.warning, "error": _logger.error,
    "fatal": _logger.critical,
}  # fmt: skip
